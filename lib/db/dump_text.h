/* dump_text.h: the lines before the first and behind the last object of a
 * dump; dbpipes-stream(5) describes them. */
#ifndef DBPIPES_DB_DUMP_TEXT_H
#define DBPIPES_DB_DUMP_TEXT_H

#include "base/strbuf.h"
#include "db/snapshot.h"

/* dump_text_head: who wrote it, the session's settings, the position. */
void dump_text_head(const struct snapshot *snapshot, struct strbuf *out);
/* dump_text_stated: the positions that the head states, for those who do not
 * read it. Borrowed from the snapshot but the array, which the caller frees:
 * the own one first, its log_file NULL if it is not stated. *count: all. */
struct dump_position *dump_text_stated(
	const struct snapshot *snapshot, size_t *count);
/* dump_text_foot: the session's settings put back. */
void dump_text_foot(const struct snapshot *snapshot, struct strbuf *out);
/* dump_text_completion: the last line, with the time in RFC 3339 or NULL.
 * Without it a dump is not whole. */
void dump_text_completion(struct strbuf *out, const char *completed);

#endif
