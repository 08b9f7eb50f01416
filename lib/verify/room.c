/* room.c: see room.h. */
#include "verify/room.h"

#include <inttypes.h>
#include <sys/statvfs.h>

int room_check(const struct room *wants, const char *folder,
	const struct input *in, struct err *e)
{
	struct statvfs there;
	uint64_t size, have, want;

	if (!input_file(in, &size) || statvfs(folder, &there))
		return 0;
	want = wants->server +
		size *
			(input_format(in) == INPUT_PLAIN ? wants->plain
							 : wants->compressed);
	have = (uint64_t)there.f_bavail * there.f_frsize;
	if (have >= want)
		return 0;
	err_set(e, ERR_TEMP,
		"%s has %" PRIu64 " MiB free; the restore may want %" PRIu64,
		folder, have >> 20, want >> 20);
	return err_hint(e, "name a place with more room with --tmpdir");
}
