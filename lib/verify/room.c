/* room.c: see room.h. */
#include "verify/room.h"

#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>

#include "stream/archive.h"

#define ROOM_HINT "name a place with more room with --tmpdir"

/* InnoDB makes a large table larger by so much at most, so with less it is
 * refused. Source: MariaDB manual, "InnoDB File Space Management": four
 * extents, of 4 MiB where pages have 64 KiB. */
static const uint64_t LEAST = UINT64_C(16) << 20;

/* text_bytes: as a compressed dump of dbdump states them at its end. What is
 * wrong with that is told when it is read. */
static bool text_bytes(struct input *in, uint64_t *bytes)
{
	struct err ignored;
	struct archive *archive =
		input_head(in) ? archive_open(in, &ignored) : NULL;

	if (!archive)
		return false;
	*bytes = archive_end(archive)->text_bytes;
	archive_close(archive);
	return true;
}

static uint64_t wanted(
	const struct room *wants, struct input *in, uint64_t size)
{
	uint64_t text;

	if (input_format(in) == INPUT_PLAIN)
		return wants->server + size / 100 * wants->plain;
	if (text_bytes(in, &text))
		return wants->server + text / 100 * wants->plain;
	return wants->server + size / 100 * wants->compressed;
}

static bool is_out(const char *folder)
{
	struct statvfs there;

	return !statvfs(folder, &there) &&
		((uint64_t)there.f_bavail * there.f_frsize < LEAST ||
			(there.f_files && !there.f_favail));
}

/* says_full: a server's words for what it met. */
static bool says_full(const char *why)
{
	/* Source: errmsg-utf8.txt of MariaDB, ER_TEMP_FILE_WRITE_FAILURE; its
	 * os0file.cc, preallocation; and errno.h: no space, over quota. */
	static const char *const said[] = {"Temporary file write failure",
		"rrno: 28 ", "rrcode: 28 ", "rrno: 122 ", "rrcode: 122 ",
		"rror number 28 ", "rror number 122 ", "failed with error 28",
		"failed with error 122"};

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		if (strstr(why, said[i]))
			return true;
	return false;
}

static int take_full(void *found, const char *text, struct err *e)
{
	(void)e;
	*(bool *)found |= says_full(text);
	return 0;
}

/* has_logged_full: a statement's error may only say what came of it, such as a
 * corrupt index, and its temporary files are gone by now. */
static bool has_logged_full(const struct private_server *server)
{
	struct err ignored;
	bool found = false;

	return server && !private_errors(server, take_full, &found, &ignored) &&
		found;
}

bool room_was_out(
	const char *folder, const struct private_server *server, struct err *e)
{
	const struct err why = *e;

	if (!says_full(why.msg) && !is_out(folder) &&
		!(server && private_was_full(server)) &&
		!has_logged_full(server))
		return false;
	err_set(e, ERR_TEMP, "%s has no room left for the restore: %s", folder,
		why.msg);
	err_hint(e, "%s", ROOM_HINT);
	return true;
}

int room_check(const struct room *wants, const char *folder, struct input *in,
	struct err *e)
{
	struct statvfs there;
	uint64_t size, have, want;

	if (!input_file(in, &size) || statvfs(folder, &there))
		return 0;
	want = wanted(wants, in, size);
	have = (uint64_t)there.f_bavail * there.f_frsize;
	if (have >= want)
		return 0;
	err_set(e, ERR_TEMP,
		"%s has %" PRIu64 " MiB free; the restore may want %" PRIu64,
		folder, have >> 20, want >> 20);
	return err_hint(e, "%s", ROOM_HINT);
}
