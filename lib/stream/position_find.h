/* position_find.h: the positions of a backup, whatever it is: a dump, one of
 * the documents of position_info.h, or a folder or tar that holds such.
 */
#ifndef DBPIPES_STREAM_POSITION_FIND_H
#define DBPIPES_STREAM_POSITION_FIND_H

#include "stream/position.h"

/* positions_find_input: as positions_read, for an input of any kind. Of a tar
 * the members are looked at in turn: all of them, but behind dbsnap's first
 * one nothing of a pipe or a compressed tar is read without p->full. */
int positions_find_input(
	struct positions *p, struct input *in, bool first, struct err *e);

/* positions_find_folder: of the files in it, not of folders below. Errors:
 * ERR_DATA if there is none that is known, or if they contradict each other;
 * ERR_NOINPUT, ERR_DENIED. */
int positions_find_folder(
	struct positions *p, const char *path, bool first, struct err *e);

#endif
