/* private_room.c: see private_room.h. */
#include "db/private_room.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/watchdog.h"

/* Without room for a page for so many looks, others than these tables have
 * failed long ago, and the log may have had no room to say so. */
enum { LOOK_MS = 1000, LOOKS = 5, ROOM_LEAST = 64 * 1024 };

struct private_room {
	const char *folder;
	int log, server; /* what it says; a pidfd */
	pid_t pid;       /* of the same */
	off_t read;      /* of the log, so far */
	int without;     /* looks in turn that found no room */
	struct watchdog *dog;
};

/* says_so: what is new in the log. The server writes a message at once, so that
 * it can be cut where our piece ends, and nowhere else. */
static bool says_so(struct private_room *room)
{
	/* Source: MariaDB, mysys/errors.c, EE_DISK_FULL. */
	static const char mark[] = "Waiting for someone to free space";
	char text[16 * 1024];
	ssize_t n;

	while ((n = pread(room->log, text, sizeof(text), room->read)) > 0) {
		if (memmem(text, (size_t)n, mark, sizeof(mark) - 1))
			return true;
		room->read += n;
		if (n == (ssize_t)sizeof(text))
			room->read -= (off_t)sizeof(mark);
	}
	return false;
}

static bool is_out(const char *folder)
{
	struct statvfs there;

	return !statvfs(folder, &there) &&
		there.f_bavail * there.f_frsize < ROOM_LEAST;
}

static bool end_it(void *arg)
{
	struct private_room *room = arg;

	room->without = is_out(room->folder) ? room->without + 1 : 0;
	if (!says_so(room) && room->without < LOOKS)
		return false;
	/* Not reaped, its number is nobody else's; it may lead a group. */
	if (!pidfd_send_signal(room->server, SIGKILL, NULL, 0))
		kill(-room->pid, SIGKILL);
	return true;
}

struct private_room *private_room_watch(
	const char *folder, const char *log, pid_t pid, struct err *e)
{
	struct private_room *room = xcalloc(1, sizeof(*room));

	room->folder = folder;
	room->log = open(log, O_RDONLY | O_CLOEXEC);
	room->server = pidfd_open(pid, 0);
	room->pid = pid;
	if (room->log < 0)
		err_sys(e, ERR_CANTCREATE, "cannot read %s", log);
	else if (room->server < 0)
		err_sys(e, ERR_OS, "cannot watch the private server");
	else
		room->dog = watchdog_watch(LOOK_MS, end_it, room, e);
	if (room->dog)
		return room;
	private_room_release(room);
	return NULL;
}

bool private_room_was_out(const struct private_room *room)
{
	return room && watchdog_has_fired(room->dog);
}

void private_room_release(struct private_room *room)
{
	if (!room)
		return;
	watchdog_stop(room->dog);
	if (room->log >= 0)
		close(room->log);
	if (room->server >= 0)
		close(room->server);
	free(room);
}
