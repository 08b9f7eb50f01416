/* Lines of SHOW GRANTS: who may see what. */
#include <string.h>

#include "db/grants.h"
#include "tap.h"

static void held(const char *line, const char *privilege, const char *db,
	const char *table, bool want)
{
	char title[256];

	snprintf(title, sizeof(title), "%s has %s%s on %s.%s", line,
		want ? "" : "no ", privilege, db, table ? table : "*");
	ok(grants_line(line, privilege, db, table) == want, title);
}

/* want: the database, or NULL. */
static void revoked(const char *line, const char *privilege, const char *want)
{
	struct strbuf db = STRBUF_INIT;
	const bool found = grants_revoke(line, privilege, &db);

	ok(found == (want != NULL) && (!want || !strcmp(db.buf, want)), line);
	strbuf_release(&db);
}

int main(void)
{
	held("GRANT ALL PRIVILEGES ON *.* TO `u`@`h` WITH GRANT OPTION",
		"EVENT", "d", NULL, true);
	held("GRANT USAGE ON *.* TO `u`@`h`", "EVENT", "d", NULL, false);
	held("GRANT SELECT, EVENT ON *.* TO `u`@`h`", "EVENT", "d", NULL, true);
	held("GRANT EVENT, SELECT ON *.* TO `u`@`h`", "EVENT", "d", NULL, true);
	held("GRANT SELECT, EVENTUAL ON *.* TO `u`@`h`", "EVENT", "d", NULL,
		false);
	held("GRANT CREATE ROUTINE, TRIGGER ON `d`.* TO `u`@`h`", "TRIGGER",
		"d", "t", true);
	held("GRANT TRIGGER ON `d`.* TO `u`@`h`", "TRIGGER", "e", "t", false);
	held("GRANT TRIGGER ON `d_\\_%`.* TO `u`@`h`", "TRIGGER", "dx_y", NULL,
		true);
	held("GRANT TRIGGER ON `d_\\_%`.* TO `u`@`h`", "TRIGGER", "dxyz", NULL,
		false);
	held("GRANT TRIGGER ON `d`.`t` TO `u`@`h`", "TRIGGER", "d", "t", true);
	held("GRANT TRIGGER ON `d`.`t` TO `u`@`h`", "TRIGGER", "d", NULL,
		false);
	held("GRANT TRIGGER ON `_`.`t` TO `u`@`h`", "TRIGGER", "d", "t", false);
	held("GRANT TRIGGER ON `d``d`.`t.*` TO `u`@`h`", "TRIGGER", "d`d",
		"t.*", true);
	held("GRANT SELECT (`EVENT`, ` ON *.* `), TRIGGER ON `d`.`t` TO `u`",
		"EVENT", "x", NULL, false);
	held("GRANT SELECT (`EVENT`, ` ON *.* `), TRIGGER ON `d`.`t` TO `u`",
		"TRIGGER", "d", "t", true);
	held("GRANT SELECT (`a`) ON `d`.`t` TO `u`", "SELECT", "d", "t", false);
	held("GRANT EXECUTE ON PROCEDURE `d`.`p` TO `u`@`h`", "EXECUTE", "d",
		NULL, false);
	held("GRANT `EVENT` TO `u`@`h`", "EVENT", "d", NULL, false);
	held("GRANT PROXY ON ``@`%` TO `u`@`h`", "EVENT", "d", NULL, false);
	held("SET DEFAULT ROLE `r` FOR `u`@`h`", "EVENT", "d", NULL, false);
	held("REVOKE EVENT ON *.* FROM `u`@`h`", "EVENT", "d", NULL, false);
	held("", "EVENT", "d", NULL, false);
	revoked("REVOKE EVENT, SELECT ON `d``_`.* FROM `u`@`h`", "SELECT",
		"d`_");
	revoked("REVOKE EVENT ON `d`.* FROM `u`@`h`", "SELECT", NULL);
	revoked("GRANT SELECT ON `d`.* TO `u`@`h`", "SELECT", NULL);
	return done_testing();
}
