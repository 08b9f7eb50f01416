/* datadir_maker.c: see datadir_maker.h. */
#include "verify/datadir_maker.h"

#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/version.h"
#include "db/private.h"
#include "verify/datadir_file.h"

enum {
	/* FIL_PAGE_SRV_VERSION in the first page of a tablespace: who made it,
	 * or upgraded it last. Source: MySQL 8.0, include/fil0types.h. */
	VERSION_AT = 8,
	LAST_WITHOUT = 50700, /* the last one of MySQL that does not do so */
	NEVER_BACK = 800      /* MySQL 8.0 starts on nothing of a later 8.0 */
};

/* Who made it. */
struct maker {
	bool mariadb, mysql; /* neither: too long ago */
	unsigned version;    /* see base/version.h; 0: not known */
};

/* find: MySQL 8.0 and later keeps its own tables in one file, which MariaDB
 * does not know; 5.7 has some that MariaDB never had, and lacks one that each
 * MariaDB has since 10.0, also of what it took over. */
static int find(struct maker *m, const char *folder, const char *upgraded,
	struct err *e)
{
	struct strbuf page = STRBUF_INIT;
	int rc = datadir_read(folder, "mysql.ibd", VERSION_AT + 4, &page, e);

	*m = (struct maker){.version = upgraded ? version_number(upgraded) : 0};
	if (rc > 0) {
		m->mysql = true;
		m->version = page.len == VERSION_AT + 4
			? datadir_uint32(page.buf + VERSION_AT)
			: 0;
	} else if (datadir_size(folder, "mysql/column_stats.frm")) {
		m->mariadb = true;
	} else if (datadir_size(folder, "mysql/engine_cost.frm")) {
		m->mysql = true;
		m->version = LAST_WITHOUT;
	}
	strbuf_release(&page);
	return rc < 0 ? -1 : 0;
}

/* is_right: MariaDB starts on what older ones left as they were killed; MySQL
 * wants the same series for that. Source: MySQL manual, "Upgrade Paths". */
static bool is_right(
	const struct maker *m, const struct private_program *program)
{
	const bool mysql = !strcmp(program->kind->vendor, "MySQL");
	const unsigned series = m->version / 100;
	const unsigned own = program->version / 100;

	if (mysql ? m->mariadb : m->mysql)
		return false;
	if (!m->mysql)
		return series <= own;
	return series == own &&
		(series != NEVER_BACK || m->version <= program->version);
}

int datadir_check_maker(const char *folder, const char *upgraded,
	const struct private_program *program, struct err *e)
{
	struct strbuf maker = STRBUF_INIT, own = STRBUF_INIT;
	struct maker m;

	if (find(&m, folder, upgraded, e))
		return -1;
	if (is_right(&m, program))
		return 0;
	version_add(&maker, m.mysql ? "MySQL" : "MariaDB", m.version);
	version_add(&own, program->kind->vendor, program->version);
	err_set(e, ERR_UNAVAILABLE,
		"it is a data directory of %s, which may be good, and the "
		"private server is one of %s",
		maker.buf, own.buf);
	strbuf_release(&maker);
	strbuf_release(&own);
	return err_hint(e, "%s", PRIVATE_OTHER_HINT);
}
