/* target.c: see target.h. */
#include "db/target.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/strmap.h"
#include "base/text.h"
#include "db/conn_internal.h"
#include "db/escape.h"
#include "db/load_resume.h"
#include "db/result.h"
#include "db/session.h"
#include "db/sql_text.h"

struct target {
	struct db *db; /* borrowed */
	struct flavor flavor;
	bool folds, logs;
	struct strmap tables;    /* by target_key; enum target_kind */
	struct strmap databases; /* by the same; how much is in each */
	char *any;
};

static enum target_kind kind_of(const char *type)
{
	if (strstr(type, "VIEW"))
		return TARGET_VIEW;
	return strcmp(type, "SEQUENCE") ? TARGET_TABLE : TARGET_SEQUENCE;
}

/* What is the server's or ours, not the target's data. */
#define NOT_DATA                                                               \
	"NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys', " \
	"'" LOAD_RESUME_DATABASE "')"

/* add_database: one with something in it. */
static int add_database(struct target *t, const char *name, struct err *e)
{
	struct strbuf key = STRBUF_INIT;
	int rc = target_key(t, NULL, name, &key, e);

	if (!rc)
		++*strmap_add(&t->databases, key.buf);
	strbuf_release(&key);
	return rc;
}

static int read_tables(struct target *t, struct err *e)
{
	struct db_result *result = db_query_shape(t->db, "sss",
		"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM "
		"information_schema.TABLES WHERE TABLE_SCHEMA " NOT_DATA,
		e);
	struct strbuf key = STRBUF_INIT;
	int rc = result ? 0 : -1;
	char **row;

	while (!rc && (row = db_next(result))) {
		rc = target_key(t, row[0], row[1], &key, e);
		if (rc)
			break;
		*strmap_add(&t->tables, key.buf) = kind_of(row[2]);
		if (!t->any)
			t->any = xstrdup(key.buf);
		rc = add_database(t, row[0], e);
	}
	strbuf_release(&key);
	db_result_free(result);
	return rc;
}

/* read_programs: databases that hold routines or events, if nothing else. */
static int read_programs(struct target *t, struct err *e)
{
	struct db_result *result = db_query_shape(t->db, "s",
		"SELECT ROUTINE_SCHEMA FROM information_schema.ROUTINES WHERE "
		"ROUTINE_SCHEMA " NOT_DATA
		" UNION SELECT EVENT_SCHEMA FROM information_schema.EVENTS "
		"WHERE EVENT_SCHEMA " NOT_DATA,
		e);
	int rc = result ? 0 : -1;
	char **row;

	while (!rc && (row = db_next(result)))
		rc = add_database(t, row[0], e);
	db_result_free(result);
	return rc;
}

/* ask_flag: a global variable that is not 0. */
static int ask_flag(
	struct db *db, const char *variable, bool *set, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql, "SELECT @@GLOBAL.%s", variable);
	rc = db_query_value(db, sql.buf, &value, e);
	*set = rc > 0 && strcmp(value.buf, "0") != 0;
	strbuf_release(&sql);
	strbuf_release(&value);
	return rc < 0 ? -1 : 0;
}

struct target *target_read(struct db *db, struct err *e)
{
	struct target *t = xcalloc(1, sizeof(*t));
	int rc;
	t->db = db;
	/* It is asked now and then, as long as the load takes. */
	rc = session_last(db, e);
	if (!rc)
		rc = ask_flag(db, "lower_case_table_names", &t->folds, e);
	if (!rc)
		rc = ask_flag(db, "log_bin", &t->logs, e);
	if (!rc && !flavor_detect(&t->flavor, db, e) && !read_tables(t, e) &&
		!read_programs(t, e))
		return t;
	target_free(t);
	return NULL;
}

void target_free(struct target *t)
{
	if (!t)
		return;
	strmap_release(&t->tables);
	strmap_release(&t->databases);
	free(t->any);
	free(t);
}

/* Source: MariaDB manual, "START TRANSACTION": READ WRITE is refused where
 * changes would be. */
int target_check_writable(struct target *t, struct err *e)
{
	if (!db_exec(t->db, "START TRANSACTION READ WRITE", e))
		return db_exec(t->db, "ROLLBACK", e);
	if (db_errno(t->db) != ER_OPTION_PREVENTS_STATEMENT)
		return -1;
	err_set(e, ERR_UNAVAILABLE, "%s is read-only", t->db->where.buf);
	return err_hint(e,
		"SET GLOBAL read_only = 0 there, or give the account READ_ONLY "
		"ADMIN");
}

const struct flavor *target_flavor(const struct target *t)
{
	return &t->flavor;
}

/* needs_conversion: a character set by whose name nothing else can be meant. */
static bool needs_conversion(const char *charset)
{
	static const char part[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return *charset && strncasecmp(charset, "utf8", 4) != 0 &&
		strspn(charset, part) == strlen(charset);
}

int target_convert(struct target *t, const char *charset, struct strbuf *name,
	struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	if (text_is_ascii(name->buf) || !needs_conversion(charset))
		return 0;
	strbuf_addf(&sql, "SELECT CONVERT(_%s X'", charset);
	escape_hex(&sql, name->buf, name->len);
	strbuf_addstr(&sql, "' USING utf8mb4)");
	strbuf_reset(name);
	rc = db_query_value(t->db, sql.buf, name, e);
	strbuf_release(&sql);
	return rc < 0 ? -1 : 0;
}

/* fold: to lower case, as the server does it; it is asked for letters that are
 * not ASCII. */
static int fold(
	struct target *t, const char *name, struct strbuf *to, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_reset(to);
	for (const char *p = name; *p; p++)
		strbuf_addch(to, (char)tolower((unsigned char)*p));
	if (text_is_ascii(name))
		return 0;
	strbuf_addstr(&sql, "SELECT LOWER(");
	sql_value_str(&sql, name);
	strbuf_addch(&sql, ')');
	rc = db_query_value(t->db, sql.buf, to, e);
	strbuf_release(&sql);
	return rc < 0 ? -1 : 0;
}

static int add_key(
	struct target *t, const char *name, struct strbuf *key, struct err *e)
{
	struct strbuf folded = STRBUF_INIT;
	int rc = 0;

	if (t->folds)
		rc = fold(t, name, &folded, e);
	if (!rc)
		sql_ident(key, t->folds ? folded.buf : name);
	strbuf_release(&folded);
	return rc;
}

int target_key(struct target *t, const char *db, const char *table,
	struct strbuf *key, struct err *e)
{
	strbuf_reset(key);
	if (db && *db) {
		if (add_key(t, db, key, e))
			return -1;
		strbuf_addch(key, '.');
	}
	return add_key(t, table, key, e);
}

enum target_kind target_find(const struct target *t, const char *key)
{
	const uint64_t *kind = strmap_find(&t->tables, key);

	return kind ? (enum target_kind) * kind : TARGET_NOTHING;
}

int target_find_database(struct target *t, const char *db, struct err *e)
{
	struct strbuf key = STRBUF_INIT;
	int rc = target_key(t, NULL, db, &key, e);

	if (!rc)
		rc = strmap_find(&t->databases, key.buf) != NULL;
	strbuf_release(&key);
	return rc;
}

const char *target_any(const struct target *t)
{
	return t->any;
}

bool target_logs(const struct target *t)
{
	return t->logs;
}

bool target_folds(const struct target *t)
{
	return t->folds;
}

/* lacks: 1 if the statement with the name in it fails with this number. */
static int lacks(struct target *t, const char *before, const char *name,
	unsigned number, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct err failed;
	int rc;

	strbuf_addstr(&sql, before);
	sql_ident(&sql, name);
	if (number == ER_UNKNOWN_CHARACTER_SET)
		strbuf_addch(&sql, ')');
	rc = db_exec(t->db, sql.buf, &failed);
	strbuf_release(&sql);
	if (!rc)
		return 0;
	if (db_errno(t->db) == number)
		return 1;
	/* It knows it, but not for this string. */
	if (db_errno(t->db) == ER_COLLATION_CHARSET_MISMATCH)
		return 0;
	*e = failed;
	return -1;
}

int target_lacks_collation(struct target *t, const char *name, struct err *e)
{
	return lacks(
		t, "DO _utf8mb4'' COLLATE ", name, ER_UNKNOWN_COLLATION, e);
}

int target_lacks_charset(struct target *t, const char *name, struct err *e)
{
	return lacks(
		t, "DO CONVERT('' USING ", name, ER_UNKNOWN_CHARACTER_SET, e);
}

/* propose: another version of the Unicode algorithm under the name: the same
 * words behind the version. */
static bool propose(const char *lacking, const char *version, const char *other,
	struct strbuf *name)
{
	const char *at = strstr(lacking, version);

	strbuf_reset(name);
	if (!at)
		return false;
	strbuf_addf(name, "%.*s%s%s", (int)(at - lacking), lacking, other,
		at + strlen(version));
	return true;
}

/* propose_plain: what every server has: binary, or by Unicode without regard
 * to case. */
static void propose_plain(const char *lacking, struct strbuf *name)
{
	size_t len = strlen(lacking), charset = strcspn(lacking, "_");
	bool exact = len > 4 &&
		(!strcmp(lacking + len - 4, "_bin") ||
			!strcmp(lacking + len - 3, "_cs"));

	strbuf_reset(name);
	strbuf_addf(name, "%.*s%s", (int)charset, lacking,
		exact ? "_bin" : "_unicode_ci");
}

int target_similar_collation(struct target *t, const char *lacking,
	struct strbuf *name, struct err *e)
{
	int rc = 1;

	if (propose(lacking, "_0900_", "_uca1400_", name) ||
		propose(lacking, "_uca1400_", "_0900_", name))
		rc = target_lacks_collation(t, name->buf, e);
	if (rc == 1) {
		propose_plain(lacking, name);
		rc = target_lacks_collation(t, name->buf, e);
	}
	if (rc)
		strbuf_reset(name);
	return rc < 0 ? -1 : 0;
}

int target_lacks_account(
	struct target *t, const char *user, const char *host, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, found = STRBUF_INIT;
	int rc;

	/* As bytes: the columns' character set has fewer characters than names
	 * in a dump may have. Without the blanks that such a column is filled
	 * up with under sql_mode PAD_CHAR_TO_FULL_LENGTH. */
	strbuf_addstr(&sql,
		"SELECT COUNT(*) FROM mysql.user WHERE "
		"BINARY CONVERT(RTRIM(User) USING utf8mb4) = BINARY ");
	sql_value_str(&sql, user);
	strbuf_addstr(&sql,
		" AND BINARY CONVERT(RTRIM(Host) USING utf8mb4) = BINARY ");
	sql_value_str(&sql, host);
	rc = db_query_value(t->db, sql.buf, &found, e);
	if (rc < 0 && e->code == ERR_DENIED)
		rc = 0;
	else if (rc > 0)
		rc = !strcmp(found.buf, "0");
	strbuf_release(&sql);
	strbuf_release(&found);
	return rc;
}
