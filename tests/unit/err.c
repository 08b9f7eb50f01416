/* Errors as values. */
#include "base/err.h"

#include <errno.h>

#include "tap.h"

int main(void)
{
	struct err e;
	char longer[4000];

	is_int(err_set(&e, ERR_DATA, "row %d", 7), -1, "err_set returns -1");
	ok(e.code == ERR_DATA && !strcmp(e.msg, "row 7") && !e.hint[0],
		"an error has its code and message and no hint");
	err_hint(&e, "look at %s", "it");
	is_str(e.hint, "look at it", "a hint is added");
	err_prefix(&e, "%s: ", "shop.orders");
	is_str(e.msg, "shop.orders: row 7", "a prefix goes before the message");
	is_str(e.hint, "look at it", "and leaves the hint");
	errno = ENOSPC;
	err_sys(&e, ERR_IO, "cannot write %s", "x");
	is_str(e.msg, "cannot write x: No space left on device",
		"the reason of the system comes last");
	is_int(errno, ENOSPC, "errno is left as it was");
	is_str(e.hint, "", "a new error drops the hint of the old one");
	memset(longer, 'y', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, ERR_DATA, "%s", longer);
	is_int((intmax_t)strlen(e.msg), sizeof(e.msg) - 1,
		"a longer message is cut");
	err_prefix(&e, "before: ");
	ok(!strncmp(e.msg, "before: yyy", 11) &&
			strlen(e.msg) == sizeof(e.msg) - 1,
		"and takes a prefix all the same");
	is_str(err_name(ERR_NONE), "ok", "0 is called ok");
	is_str(err_name(ERR_TEMP), "tempfail", "75 is called tempfail");
	is_str(err_name(ERR_USAGE), "usage", "64 is called usage");
	is_str(err_name((enum err_code)99), "error",
		"an unknown code is called error");
	return done_testing();
}
