/* archive.h: a compressed dump of dbdump in a regular file, read from any of
 * its places: what is in it, and the text of a table without the rest.
 *
 * What an archive says is checked when it is opened: its end by checksum, and
 * that the frames of tables are where they can be. The text of a frame is
 * checked when it is read. Whether all of the file is as it was written only
 * archive_verify tells, or input_read to the end.
 */
#ifndef DBPIPES_STREAM_ARCHIVE_H
#define DBPIPES_STREAM_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"
#include "stream/input.h"
#include "stream/manifest.h"

struct archive;

/* archive_open: of an input with an input_head that is a regular file (and no
 * view); the input is borrowed and may be read on its own. Memory: 24 bytes a
 * frame, a struct and the names a table. Owns: ended by archive_close. Errors:
 * ERR_DATA if the end is cut off or damaged; ERR_USAGE for another input. */
struct archive *archive_open(struct input *in, struct err *e);
void archive_close(struct archive *a);

/* archive_check_end: of an input that archive_open would take: is its end
 * there, and by its checksum unchanged? What it says of tables is not looked
 * at. */
int archive_check_end(struct input *in, struct err *e);

/* archive_tables: in the order of the dump. */
const struct manifest_table *archive_tables(
	const struct archive *a, size_t *count);
/* archive_frames: each frame of text, in the order of the dump, those of the
 * tables and those between them. */
const struct frame_range *archive_frames(
	const struct archive *a, size_t *count);
const struct manifest_end *archive_end(const struct archive *a);

/* Which of a table's frames to take. */
enum archive_part {
	ARCHIVE_NONE,
	ARCHIVE_ENDS, /* the first and the last one: its definition and its
		       * triggers, and what rows stand beside them */
	ARCHIVE_ALL
};

/* archive_select: the frames that are no table's, and of each table the part
 * that `part` says. Owns: the caller frees *frames. */
void archive_select(const struct archive *a,
	enum archive_part (*part)(void *ctx, const struct manifest_table *t),
	void *ctx, struct frame_range **frames, size_t *count);

/* archive_input: these frames as an input of their own, unpacked by threads
 * ahead of who reads (ahead.h). The archive and the frames are borrowed. Owns:
 * ended by input_close. */
struct input *archive_input(const struct archive *a,
	const struct frame_range *frames, size_t count, unsigned threads,
	struct err *e);

/* archive_verify_file: the bytes of the file up to its manifest have the
 * SHA-256 that this states; quicker than archive_verify, for nothing is
 * unpacked. */
int archive_verify_file(const struct archive *a, struct err *e);

/* archive_verify: read all of it: is every byte as it was written? */
int archive_verify(const struct archive *a, struct err *e);

/* An archive_reader takes text out of an archive. For one thread each, and
 * several of one archive may be at work at once. */
struct archive_reader;

struct archive_reader *archive_reader_new(const struct archive *a);
void archive_reader_free(struct archive_reader *r);

/* archive_read: the text of these frames, one of archive_frames or those of a
 * table, into a sink, in pieces that end anywhere. Errors: ERR_DATA for
 * damage; those of the sink. */
int archive_read(struct archive_reader *r, const struct frame_range *frames,
	struct sink to, struct err *e);

#endif
