/* manifest.h: reading the manifest of a dump, line by line: one JSON object a
 * table, and in a compressed dump a last one of the whole. stream_writer
 * writes it.
 */
#ifndef DBPIPES_STREAM_MANIFEST_H
#define DBPIPES_STREAM_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/row_digest.h"
#include "data/sha256.h"

/* Frames that follow each other. */
struct frame_range {
	uint64_t offset; /* in the file, of the first one */
	uint64_t length; /* in the file, bytes of all of them */
	uint64_t bytes;  /* of the text that they hold */
};

struct manifest_table {
	char *db, *table;
	bool has_rows; /* its rows were dumped */
	uint64_t rows;
	struct row_digest digest;
	struct frame_range frames;
};

struct manifest_end {
	uint64_t tables;
	uint64_t bytes;      /* of the text */
	uint64_t text_bytes; /* of the text that text_sha256 is of */
	unsigned char text_sha256[SHA256_SIZE];
	unsigned char sha256[SHA256_SIZE]; /* of the file up to the manifest */
};

/* manifest_read_table: Owns: ended by manifest_table_release, also after an
 * error. Errors: ERR_DATA. */
int manifest_read_table(
	const char *line, size_t len, struct manifest_table *t, struct err *e);
/* manifest_read_comment: the same of a plain dump, from behind the words of
 * its comment line: without frames. */
int manifest_read_comment(
	const char *line, size_t len, struct manifest_table *t, struct err *e);
void manifest_table_release(struct manifest_table *t);

int manifest_read_end(
	const char *line, size_t len, struct manifest_end *end, struct err *e);

#endif
