/* reading.h: the text of a dump, or of what is picked of it, from an input. Of
 * a compressed dump of dbdump in a file, the frames that are not needed are not
 * read, and the others are unpacked by threads ahead of who reads.
 */
#ifndef DBPIPES_SEED_READING_H
#define DBPIPES_SEED_READING_H

#include "base/err.h"
#include "seed/select.h"
#include "stream/archive.h"
#include "stream/input.h"

struct reading {
	struct input *text; /* what to read; borrowed where it is the input */
	struct input *own;  /* what was made of it; NULL: nothing */
	struct archive *archive;
	struct frame_range *frames;
};

/* How much of each picked table. */
enum reading_part { READING_ENDS, READING_ALL };

/* reading_open: `again`: from the beginning, beside the input's own reader;
 * else the input itself is read where it is no such file. The input is
 * borrowed. An archive of which all is read has its file's SHA-256 checked
 * first. Owns: ended by reading_close. */
int reading_open(struct reading *r, struct input *in, struct select *select,
	enum reading_part part, bool again, struct err *e);
void reading_close(struct reading *r);

#endif
