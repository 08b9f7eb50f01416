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
