/* writer.h: writes a dump, plain or compressed: passes its text on in the form
 * wanted, counts it, hashes it, and says at its end what is in it.
 * dbpipes-stream(5) has both forms byte for byte.
 *
 * The calls come in this order: head; pieces, those of a table between its
 * table_begin and table_end; manifest; the completion line's piece; finish.
 * The text that comes out is the same in both forms. For one thread; memory
 * is 8 bytes a frame and two lines a table, and what is gathered of text that
 * comes unpacked, FRAME_TEXT.
 */
#ifndef DBPIPES_STREAM_WRITER_H
#define DBPIPES_STREAM_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"
#include "data/row_digest.h"
#include "data/sha256.h"
#include "stream/frame.h"

struct stream_writer_options {
	bool compressed;
	int level;     /* of the text that the writer packs itself */
	bool comments; /* the manifest's lines are wanted */
};

/* A position that the text of the dump states. Strings are borrowed. */
struct stream_position {
	const char *log_file; /* NULL: not stated */
	uint64_t log_pos;
	const char *gtid;    /* NULL: not stated */
	const char *channel; /* of an upstream: its connection; "" or NULL */
	const char *host;    /* of an upstream; NULL: not stated */
	uint64_t port;       /* of an upstream; 0: not stated */
	bool use_gtid;       /* replication is meant to go by GTID */
};

/* What stands in the head, so that it is read without the text: the positions
 * as the text has them, neither more nor less. Strings are borrowed, and NULL
 * where there is nothing to say. */
struct stream_head {
	const char *tool;         /* "dbdump" */
	const char *tool_version; /* "0.1.0" */
	const char *time;         /* RFC 3339 */
	const char *server;       /* its version */
	const char *options;      /* as they were given, for people */
	struct stream_position position;
	const struct stream_position *upstreams;
	size_t upstream_count;
};

struct stream_writer;

/* stream_writer_new: `below` takes the bytes. Owns: ended by
 * stream_writer_free. */
struct stream_writer *stream_writer_new(
	struct sink below, const struct stream_writer_options *options);
void stream_writer_free(struct stream_writer *w);

/* stream_writer_head: the first frame; nothing in a plain dump. Errors:
 * ERR_DATA if it is longer than readers take (1 MiB). */
int stream_writer_head(
	struct stream_writer *w, const struct stream_head *head, struct err *e);

/* stream_writer_piece: text that ends with a statement. In a compressed dump
 * `packed` is what is written for it: whole frames (frame_pack) of exactly
 * this text; NULL: the writer packs, small pieces together. In a plain dump
 * it is not looked at. Errors: those of the sink; ERR_BUG if `packed` is
 * something else. */
int stream_writer_piece(struct stream_writer *w, const char *text, size_t len,
	const struct strbuf *packed, struct err *e);

/* stream_writer_table_begin, _end: the pieces between them are a table's: its
 * definition, rows and triggers. Names are bytes, UTF-8. `digest` NULL: its
 * rows were not dumped, and the comment lines do not name it. */
int stream_writer_table_begin(struct stream_writer *w, const char *db,
	const char *table, struct err *e);
int stream_writer_table_end(struct stream_writer *w, uint64_t rows,
	const struct row_digest *digest, struct err *e);

/* stream_writer_manifest: the manifest's lines, if wanted. The SHA-256 is of
 * the text up to the line that states it. Behind it comes nothing but the
 * completion line; `completed` is the time that it will state, so that no
 * byte of a dump stands there only once, or NULL. */
int stream_writer_manifest(
	struct stream_writer *w, const char *completed, struct err *e);

/* stream_writer_finish: what ends a compressed dump. */
int stream_writer_finish(struct stream_writer *w, struct err *e);

uint64_t stream_writer_bytes(const struct stream_writer *w);   /* of text */
uint64_t stream_writer_written(const struct stream_writer *w); /* below */
/* stream_writer_sha256: of the text, as hex; valid after
 * stream_writer_manifest. */
const char *stream_writer_sha256(const struct stream_writer *w);

#endif
