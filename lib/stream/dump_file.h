/* dump_file.h: a dump made ready to be stored: proved to be complete, as one
 * file that stock zstd reads, with what is known of it.
 */
#ifndef DBPIPES_STREAM_DUMP_FILE_H
#define DBPIPES_STREAM_DUMP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "data/sha256.h"
#include "stream/input.h"
#include "stream/position.h"

struct dump_file {
	int fd; /* where the bytes are */
	uint64_t offset, size;
	/* What is known; NULL and false where it is not. */
	char *time; /* RFC 3339: when the dump began */
	char *server;
	struct positions positions;
	bool counted; /* tables, rows and sha256 are known */
	uint64_t tables, rows;
	char sha256[SHA256_TEXT]; /* of the file up to its manifest */
	/* private */
	bool owned; /* fd */
};

/* dump_file_open: `in` is at its beginning, and borrowed as long as the file is
 * used. What is compressed with zstd is taken as it is, anything else is
 * compressed into a temporary file. All of it is read. Owns: ended by
 * dump_file_close, also after an error. Errors: ERR_DATA for a dump that is
 * damaged, or without its end. */
int dump_file_open(struct dump_file *file, struct input *in, struct err *e);
/* dump_file_check: the same, but nothing is stored: there is no fd. */
int dump_file_check(struct dump_file *file, struct input *in, struct err *e);
void dump_file_close(struct dump_file *file);

#endif
