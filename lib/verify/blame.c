/* blame.c: see blame.h. */
#include "verify/blame.h"

#include <string.h>

#include "verify/room.h"

/* may_be: what a full place, or a server that is gone, can come out as; ERR_NO:
 * a fault. */
static bool may_be(enum err_code code)
{
	return code == ERR_NO || code == ERR_DATA || code == ERR_UNAVAILABLE ||
		code == ERR_OS || code == ERR_CANTCREATE || code == ERR_IO ||
		code == ERR_TEMP;
}

bool blame_machine(struct err *e)
{
	/* Source: errno.h: EIO, EAGAIN (no thread), ENOMEM, ENFILE and EMFILE,
	 * in the words of the C library; os0file.cc of MariaDB, which has the
	 * number alone; its errmsg-utf8.txt, EE_OUTOFMEMORY. */
	static const char *const said[] = {"Input/output error",
		"Resource temporarily unavailable", "Cannot allocate memory",
		"Too many open files", "rror number 5 ", "rror number 12 ",
		"rror number 23 ", "rror number 24 ", "Out of memory (Needed "};
	const struct err why = *e;

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		if (!strstr(why.msg, said[i]))
			continue;
		err_set(e, ERR_UNAVAILABLE,
			"the system failed the private server: %s", why.msg);
		err_hint(e, "%s", PRIVATE_HINT);
		return true;
	}
	return false;
}

bool blame_elsewhere(struct blame *b, struct err *e)
{
	if (!may_be(e->code))
		return false;
	if (b->elsewhere.code)
		*e = b->elsewhere;
	/* ERR_OS: we ourselves were refused something; it says what. */
	else if (room_was_out(b->folder, b->server, e) ||
		(e->code != ERR_OS && blame_machine(e)) ||
		(b->server && private_was_ended(b->server, e)))
		b->elsewhere = *e;
	return b->elsewhere.code;
}

int blame_backup(void *blame, const char *kind, const char *db,
	const char *name, const char *what, struct err *e)
{
	struct blame *b = blame;

	err_set(e, ERR_NO, "%s", what);
	return blame_elsewhere(b, e)
		? -1
		: verdict_fault(b->verdict, kind, db, name, what, e);
}
