/* labels.h: what a backup says of itself, and what an image is built upon, as
 * labels. One that is there already, as the options gave it, stays.
 *
 * Sources: OCI image specification 1.1, annotations.md, "Pre-Defined
 * Annotation Keys"; dbpack(1), "Labels".
 */
#ifndef DBPIPES_PACK_LABELS_H
#define DBPIPES_PACK_LABELS_H

#include "base/err.h"
#include "base/strlist.h"
#include "store/reference.h"
#include "stream/dump_file.h"

/* label_add: KEY=VALUE; nothing for a value of NULL. */
void label_add(struct strlist *labels, const char *key, const char *value);

/* label_base: its name, and the digest of the document that has it. */
void label_base(struct strlist *labels, const struct reference *ref,
	const char *digest);

/* label_dump: its position, and what its manifest counts. */
void label_dump(struct strlist *labels, const struct dump_file *dump);

/* label_snapshot: by the text of dbpipes-snapshot.json. *time gets when it was
 * taken, or NULL. Owns: the caller frees it. Errors: ERR_DATA. */
int label_snapshot(
	struct strlist *labels, const char *note, char **time, struct err *e);

#endif
