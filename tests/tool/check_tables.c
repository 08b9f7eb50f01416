/* check_tables OPTIONFILE: check what was loaded into a server, as dbverify
 * does after a restore; each fault on a line: "table shop.orders: what".
 */
#include <stdio.h>

#include "base/prog.h"
#include "db/check.h"

static int tell(void *ctx, const char *kind, const char *db, const char *name,
	const char *what, struct err *e)
{
	(void)e;
	*(int *)ctx = 1;
	printf("%s %s.%s: %s\n", kind, db, name, what);
	return 0;
}

int main(int argc, char **argv)
{
	struct db_options login = {0};
	struct err e;
	int bad = 0, rc = argc != 2;

	if (rc || db_options_read(&login, argv[1], &e) ||
		check_all(&login, 2, CHECK_LOADED, tell, &bad, &e)) {
		fprintf(stderr, "%s\n", rc ? "wrong usage" : e.msg);
		bad = 69;
	}
	db_options_release(&login);
	return bad;
}
