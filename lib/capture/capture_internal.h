/* capture_internal.h: what the files of this folder share. */
#ifndef DBPIPES_CAPTURE_CAPTURE_INTERNAL_H
#define DBPIPES_CAPTURE_CAPTURE_INTERNAL_H

#include "capture/capture.h"

/* capture_places: find the server, where it keeps its files, and check that
 * all of that would be in the snapshot. */
int capture_places(struct capture *capture, struct err *e);

/* capture_check_path: error ERR_UNAVAILABLE if what is read as the frozen data
 * directory is another one: what lies underneath a mount, say. */
int capture_check_path(const struct snap *snap, struct err *e);

/* capture_hot_copy: by a program that takes the server's locks itself. */
int capture_hot_copy(struct capture *capture, struct err *e);

#endif
