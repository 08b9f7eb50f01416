/* replica_events.c: events that came with a dump must not fire on a replica:
 * what they do arrives by replication, and would be done twice. */
#include <string.h>

#include "db/replica.h"
#include "db/result.h"
#include "db/sql_text.h"

static const char enabled_events[] =
	"SELECT EVENT_SCHEMA, EVENT_NAME, DEFINER, CHARACTER_SET_CLIENT, "
	"COLLATION_CONNECTION FROM information_schema.EVENTS "
	"WHERE STATUS = 'ENABLED'";

enum { SCHEMA, NAME, DEFINER, CHARSET, COLLATION };

static void add_name(struct strbuf *sql, char **row)
{
	sql_ident(sql, row[SCHEMA]);
	strbuf_addch(sql, '.');
	sql_ident(sql, row[NAME]);
}

int replica_events_list(struct db *db, struct strlist *names, struct err *e)
{
	struct db_result *result =
		db_query_shape(db, "sssss", enabled_events, e);
	struct strbuf name = STRBUF_INIT;
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result))) {
		strbuf_reset(&name);
		add_name(&name, row);
		strlist_add(names, name.buf);
	}
	strbuf_release(&name);
	db_result_free(result);
	return 0;
}

/* add_definer: DEFINER=`user`@`host`; without it the event would become ours.
 */
static void add_definer(struct strbuf *sql, char *definer)
{
	char *at = strrchr(definer, '@');

	if (!at)
		return;
	*at = '\0';
	strbuf_addstr(sql, "DEFINER=");
	sql_ident(sql, definer);
	strbuf_addch(sql, '@');
	sql_ident(sql, at + 1);
	strbuf_addch(sql, ' ');
}

/* take_charset: MySQL's tables of events cannot be written to, so the session
 * speaks the event's character set meanwhile. */
static int take_charset(struct db *db, char **row, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "SET SESSION character_set_client = ");
	sql_value_str(&sql, row[CHARSET]);
	strbuf_addstr(&sql, ", collation_connection = ");
	sql_value_str(&sql, row[COLLATION]);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

/* keep_charset: ALTER EVENT also writes the session's character set over the
 * one that the event's body is stored in. */
static int keep_charset(struct db *db, char **row, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "UPDATE mysql.event SET character_set_client = ");
	sql_value_str(&sql, row[CHARSET]);
	strbuf_addstr(&sql, ", collation_connection = ");
	sql_value_str(&sql, row[COLLATION]);
	strbuf_addstr(&sql, " WHERE db = ");
	sql_value_str(&sql, row[SCHEMA]);
	strbuf_addstr(&sql, " AND name = ");
	sql_value_str(&sql, row[NAME]);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static int alter(struct db *db, char **row, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "ALTER ");
	add_definer(&sql, row[DEFINER]);
	strbuf_addstr(&sql, "EVENT ");
	add_name(&sql, row);
	strbuf_addstr(&sql, " DISABLE ON SLAVE");
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static int disable(
	struct db *db, const struct flavor *flavor, char **row, struct err *e)
{
	struct strbuf name = STRBUF_INIT;
	struct err ignored;
	int rc;

	if (flavor->vendor == VENDOR_MARIADB) {
		rc = alter(db, row, e) || keep_charset(db, row, e);
	} else {
		rc = take_charset(db, row, e) || alter(db, row, e);
		(void)db_exec(db, "SET NAMES utf8mb4", &ignored);
	}
	add_name(&name, row);
	if (rc)
		err_prefix(e,
			"cannot keep event %.140s from firing on the "
			"replica: ",
			name.buf);
	strbuf_release(&name);
	return rc ? -1 : 0;
}

int replica_events_disable(struct db *db, const struct flavor *flavor,
	struct strlist *except, struct err *e)
{
	struct db_result *result =
		db_query_shape(db, "sssss", enabled_events, e);
	struct strbuf name = STRBUF_INIT;
	struct strlist kept = STRLIST_INIT;
	char **row;
	int rc = result ? 0 : -1;

	while (!rc && (row = db_next(result))) {
		strbuf_reset(&name);
		add_name(&name, row);
		if (strlist_has(except, name.buf))
			strlist_add(&kept, name.buf);
		else
			rc = disable(db, flavor, row, e);
	}
	if (!rc) {
		strlist_release(except);
		*except = kept;
	} else {
		strlist_release(&kept);
	}
	strbuf_release(&name);
	db_result_free(result);
	return rc;
}
