/* load_session.c: see load_session.h. */
#include "db/load_session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "base/text.h"
#include "db/conn_internal.h"
#include "db/result.h"
#include "db/sql_text.h"

enum { SET_MAX = 65536 /* no SET is so long */ };

struct variable {
	char *name, *value;
};

struct load_sessions {
	struct db *db;
	struct variable *variable;
	size_t count, cap;
	char *database;
	unsigned changes;          /* of databases */
	struct load_session *list; /* the latest one first */
	bool changed;              /* since list was */
};

/* What dumps set, so that it is known from the beginning. */
static const char known[] =
	"SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', "
	"'time_zone', 'character_set_client', 'character_set_results', "
	"'collation_connection', 'foreign_key_checks', 'sql_notes', "
	"'check_constraint_checks', 'system_versioning_insert_history', "
	"'default_storage_engine', 'alter_algorithm')";

/* What is not for the sessions that load: their transactions are ours, and so
 * is what the binary log has, and unique_checks: with foreign_key_checks off as
 * well, MariaDB fills an empty table in a way that locks it and that takes more
 * time (see dbseed(1)). character_set_connection is a part of
 * collation_connection. */
static const char *const ours[] = {"autocommit", "sql_log_bin", "unique_checks",
	"insert_id", "last_insert_id", "identity", "rand_seed1", "rand_seed2",
	"wait_timeout", "session_track_system_variables",
	"character_set_connection", "pseudo_thread_id", "last_gtid",
	"in_transaction", "warning_count", "error_count", "statement_id", NULL};

/* Second bytes of these can be a backslash or a quote. */
static const char *const wide[] = {
	"big5", "cp932", "gbk", "gb18030", "sjis", NULL};

/* The value of timestamp that is none. */
static const char clock_goes_on[] = "DEFAULT";

static bool set_value(struct load_sessions *all, const char *name, size_t len,
	const char *value, size_t value_len)
{
	struct variable *v;
	size_t i = 0;

	while (i < all->count &&
		(strncasecmp(all->variable[i].name, name, len) ||
			all->variable[i].name[len]))
		i++;
	if (i == all->count) {
		all->variable = grow_array(all->variable, all->count, &all->cap,
			sizeof(*all->variable));
		all->variable[all->count++] =
			(struct variable){.name = xstrndup(name, len)};
	}
	v = &all->variable[i];
	all->changed = true;
	if (v->value) {
		free(v->value);
		v->value = xstrndup(value, value_len);
		return false;
	}
	v->value = xstrndup(value, value_len);
	return true;
}

static const char *value_of(const struct load_sessions *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (!strcasecmp(all->variable[i].name, name))
			return all->variable[i].value;
	return "";
}

static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncasecmp(word, name, len);
}

static bool is_ours(const char *name, size_t len)
{
	for (size_t i = 0; ours[i]; i++)
		if (word_is(name, len, ours[i]))
			return true;
	return false;
}

/* note_collation: SET NAMES reports a character set, but no collation. */
static int note_collation(struct load_sessions *all, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int rc = db_query_value(
		all->db, "SELECT @@SESSION.collation_connection", &value, e);

	if (rc == 1)
		set_value(all, "collation_connection",
			strlen("collation_connection"), value.buf, value.len);
	strbuf_release(&value);
	return rc < 0 ? -1 : 0;
}

/* note_clock: SET timestamp reports the time of that SET, whether the clock is
 * stopped by it or goes on again. */
static int note_clock(struct load_sessions *all, struct err *e)
{
	static const char sql[] = "SELECT @@SESSION.timestamp";
	struct strbuf now = STRBUF_INIT, later = STRBUF_INIT;
	int rc = db_query_value(all->db, sql, &now, e);

	if (rc == 1)
		rc = db_query_value(all->db, sql, &later, e);
	if (rc == 1 && strcmp(now.buf, later.buf) != 0) {
		strbuf_reset(&now);
		strbuf_addstr(&now, clock_goes_on);
	}
	if (rc == 1)
		set_value(all, "timestamp", strlen("timestamp"), now.buf,
			now.len);
	strbuf_release(&now);
	strbuf_release(&later);
	return rc < 0 ? -1 : 0;
}

static void note_database(struct load_sessions *all)
{
	const char *name;
	size_t len;

	if (mysql_session_track_get_first(
		    all->db->my, SESSION_TRACK_SCHEMA, &name, &len))
		return;
	free(all->database);
	all->database = len ? xstrndup(name, len) : NULL;
	all->changed = true;
}

/* What of a report must be asked for. */
struct to_ask {
	bool collation, clock;
};

static struct to_ask note_reported(struct load_sessions *all, bool *fresh)
{
	MYSQL *my = all->db->my;
	const char *name, *value;
	size_t len, value_len;
	struct to_ask ask = {false, false};

	if (mysql_session_track_get_first(
		    my, SESSION_TRACK_SYSTEM_VARIABLES, &name, &len))
		return ask;
	do {
		if (mysql_session_track_get_next(my,
			    SESSION_TRACK_SYSTEM_VARIABLES, &value, &value_len))
			break;
		if (word_is(name, len, "character_set_connection"))
			ask.collation = true;
		if (word_is(name, len, "timestamp"))
			ask.clock = true;
		if (!is_ours(name, len) &&
			set_value(all, name, len, value, value_len))
			*fresh = true;
	} while (!mysql_session_track_get_next(
		my, SESSION_TRACK_SYSTEM_VARIABLES, &name, &len));
	return ask;
}

/* report_is_lost: MariaDB begins each report with a length byte of zero,
 * written in the current database's character set, and puts the length into the
 * first byte behind it. Where that character set has no characters of one byte
 * (ucs2, utf16, utf32), the zero that is left says that nothing is reported. */
static bool report_is_lost(MYSQL *my)
{
	const char *item;
	size_t len;

	if (!(my->server_status & SERVER_SESSION_STATE_CHANGED))
		return false;
	for (int type = SESSION_TRACK_BEGIN; type <= SESSION_TRACK_END; type++)
		if (!mysql_session_track_get_first(my,
			    (enum enum_session_state_type)type, &item, &len))
			return false;
	return true;
}

/* ask_known: what the session has of what dumps set. */
static int ask_known(struct load_sessions *all, struct err *e)
{
	struct db_result *result = db_query_shape(all->db, "s-", known, e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result)))
		if (row[1])
			set_value(all, row[0], strlen(row[0]), row[1],
				strlen(row[1]));
	db_result_free(result);
	return 0;
}

/* ask_database: which one is used by now, as UTF-8 whatever the session reads.
 */
static int ask_database(struct load_sessions *all, struct err *e)
{
	struct strbuf name = STRBUF_INIT;
	int rc = db_query_value(
		all->db, "SELECT CAST(DATABASE() AS BINARY)", &name, e);

	free(all->database);
	all->database = rc == 1 ? xstrndup(name.buf, name.len) : NULL;
	all->changed = true;
	strbuf_release(&name);
	return rc < 0 ? -1 : 0;
}

static bool is_part(char c)
{
	static const char part[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	return memchr(part, c, sizeof(part) - 1);
}

/* next_name: of a variable, behind the next "@@", or `any` that may be one.
 * NULL if there is none. */
static const char *next_name(const char *p, const char *end, bool any)
{
	if (!any) {
		p = memmem(p, (size_t)(end - p), "@@", 2);
		return p ? p + 2 : NULL;
	}
	while (p < end && !is_part(*p))
		p++;
	return p < end ? p : NULL;
}

/* assigned: the next name in a statement, without a scope, that has an = behind
 * it. Returns the text behind the name, NULL if there is none. In a string it
 * does no harm: a variable is then asked for in vain. */
static const char *assigned(const char *p, const char *end, bool any,
	const char **name, size_t *len)
{
	while ((p = next_name(p, end, any))) {
		*name = p;
		while (p < end && is_part(*p))
			p++;
		*len = (size_t)(p - *name);
		while (p < end && memchr(" :\t\r\n", *p, 5))
			p++;
		if (*len && p < end && *p == '=')
			return p;
	}
	return NULL;
}

/* note_assigned: what the server does not report, or lost all reports of. */
static int note_assigned(struct load_sessions *all, const char *sql, size_t len,
	bool lost, bool *fresh, struct err *e)
{
	struct strbuf query = STRBUF_INIT, value = STRBUF_INIT;
	const char *p = sql, *end = sql + len, *name;
	size_t name_len;
	int rc = 0;

	while (rc >= 0 && (p = assigned(p, end, lost, &name, &name_len))) {
		if (is_ours(name, name_len))
			continue;
		strbuf_reset(&query);
		strbuf_addstr(&query, "SELECT @@SESSION.");
		strbuf_add(&query, name, name_len);
		rc = db_query_value(all->db, query.buf, &value, e);
		if (rc == 1 &&
			set_value(all, name, name_len, value.buf, value.len))
			*fresh = true;
		if (rc < 0 && e->code == ERR_UNAVAILABLE)
			rc = 0; /* no such variable, or none of a session */
	}
	strbuf_release(&query);
	strbuf_release(&value);
	return rc < 0 ? -1 : 0;
}

int load_sessions_note(struct load_sessions *all, const char *sql, size_t len,
	bool *fresh, struct err *e)
{
	bool lost = report_is_lost(all->db->my);
	struct to_ask ask;

	*fresh = false;
	note_database(all);
	ask = note_reported(all, fresh);
	if (lost && (ask_database(all, e) || ask_known(all, e)))
		return -1;
	if (lost)
		ask.clock = text_contains(sql, len, "timestamp");
	if (len < SET_MAX && note_assigned(all, sql, len, lost, fresh, e))
		return -1;
	if (ask.clock && note_clock(all, e))
		return -1;
	return ask.collation ? note_collation(all, e) : 0;
}

/* is_number: a value that must stand without quotes. */
static bool is_number(const char *value)
{
	const char *p = value + (*value == '-');

	return *p && strspn(p, "0123456789.") == strlen(p);
}

/* build_set: character sets before the collation, for setting one of them
 * changes the other. */
static char *build_set(const struct load_sessions *all)
{
	struct strbuf sql = STRBUF_INIT;

	strbuf_addstr(&sql, "SET SESSION ");
	for (size_t i = 0; i < all->count; i++) {
		const struct variable *v = &all->variable[i];

		if (i)
			strbuf_addstr(&sql, ", ");
		strbuf_addf(&sql, "%s = ", v->name);
		/* An empty character_set_results is NULL: no conversion. */
		if (!*v->value && !strcasecmp(v->name, "character_set_results"))
			strbuf_addstr(&sql, "NULL");
		else if (is_number(v->value) ||
			(!strcasecmp(v->name, "timestamp") &&
				!strcmp(v->value, clock_goes_on)))
			strbuf_addstr(&sql, v->value);
		else
			sql_value_str(&sql, v->value);
	}
	return strbuf_detach(&sql);
}

static bool is_utf8(const struct load_sessions *all)
{
	static const char prefix[] = "utf8mb4_";

	return !strcmp(value_of(all, "character_set_client"), "utf8mb4") &&
		!strncmp(value_of(all, "collation_connection"), prefix,
			sizeof(prefix) - 1);
}

static bool same_name(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

void load_sessions_renew(struct load_sessions *all)
{
	all->changes++;
	all->changed = true;
}

const struct load_session *load_sessions_now(struct load_sessions *all)
{
	const char *checks = value_of(all, "foreign_key_checks");
	struct load_session **at, *found;
	char *set;

	if (!all->changed)
		return all->list;
	all->changed = false;
	set = build_set(all);
	for (at = &all->list; (found = *at); at = &found->next)
		if (!strcmp(found->set, set) &&
			found->changes == all->changes &&
			same_name(found->database, all->database))
			break;
	if (found) {
		*at = found->next;
		free(set);
	} else {
		found = xcalloc(1, sizeof(*found));
		found->set = set;
		found->changes = all->changes;
		found->database = all->database ? xstrdup(all->database) : NULL;
		found->checks_keys =
			strcmp(checks, "0") && strcasecmp(checks, "OFF");
		found->literal =
			!name_in(wide, value_of(all, "character_set_client"));
		found->utf8 = is_utf8(all);
	}
	found->next = all->list;
	all->list = found;
	return found;
}

/* reports: whether the server says what a SET has set. Where the global list of
 * what to report is empty, MariaDB takes a session's own and reports nothing.
 */
static bool reports(MYSQL *my)
{
	const char *item;
	size_t len;

	return report_is_lost(my) ||
		!mysql_session_track_get_first(
			my, SESSION_TRACK_SYSTEM_VARIABLES, &item, &len);
}

/* begin: 1, 0 if the server does not report, -1. */
static int begin(struct load_sessions *all, struct err *e)
{
	if (db_exec(all->db,
		    "SET SESSION session_track_schema = 1, "
		    "session_track_system_variables = '*'",
		    e) ||
		db_exec(all->db, "SET SESSION sql_notes = @@SESSION.sql_notes",
			e))
		return -1;
	if (!reports(all->db->my))
		return 0;
	return ask_known(all, e) ? -1 : 1;
}

struct load_sessions *load_sessions_new(struct db *db, struct err *e)
{
	struct load_sessions *all;

	e->code = ERR_NONE;
	if (!(db->my->server_capabilities & CLIENT_SESSION_TRACKING))
		return NULL;
	all = xcalloc(1, sizeof(*all));
	all->db = db;
	all->changed = true;
	if (begin(all, e) != 1) {
		load_sessions_free(all);
		return NULL;
	}
	return all;
}

void load_sessions_free(struct load_sessions *all)
{
	struct load_session *next;

	if (!all)
		return;
	for (struct load_session *s = all->list; s; s = next) {
		next = s->next;
		free(s->database);
		free(s->set);
		free(s);
	}
	for (size_t i = 0; i < all->count; i++) {
		free(all->variable[i].name);
		free(all->variable[i].value);
	}
	free(all->variable);
	free(all->database);
	free(all);
}

/* use: into the database of a state, whose default collation a server looks up
 * when a session comes from another one. */
static int use(struct db *db, const struct load_session *from,
	const struct load_session *to, struct err *e)
{
	if (from && same_name(from->database, to->database) &&
		db_use(db, "information_schema", e))
		return -1;
	/* The server has named it in UTF-8. */
	if (!text_is_ascii(to->database) && db_exec(db, "SET NAMES utf8mb4", e))
		return -1;
	return db_use(db, to->database, e);
}

int load_session_apply(struct db *db, const struct load_session **is,
	const struct load_session *to, struct err *e)
{
	const struct load_session *from = *is;

	if (from == to)
		return 0;
	*is = NULL;
	if (to->database &&
		(!from || from->changes != to->changes ||
			!same_name(from->database, to->database))) {
		if (use(db, from, to, e))
			return -1;
		from = NULL;
	}
	if ((!from || strcmp(from->set, to->set)) && db_exec(db, to->set, e))
		return -1;
	*is = to;
	return 0;
}

static bool misreads(
	const struct load_session *in, const char *a, const char *b)
{
	return !in->utf8 && !(text_is_ascii(a) && text_is_ascii(b));
}

int load_session_names(struct db *db, const struct load_session *in,
	const char *a, const char *b, struct err *e)
{
	return misreads(in, a, b) ? db_exec(db, "SET NAMES utf8mb4", e) : 0;
}

int load_session_again(struct db *db, const struct load_session *in,
	const char *a, const char *b, int rc, struct err *e)
{
	struct err later;

	if (misreads(in, a, b) && db_exec(db, in->set, rc < 0 ? &later : e))
		return -1;
	return rc;
}
