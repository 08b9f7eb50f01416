/* check_programs.c: routines, triggers and events parsed; see check.h. */

#include "base/sig.h"
#include "db/check.h"
#include "db/result.h"
#include "db/sql_text.h"

/* Programs of one kind: how they are listed, as kind, database, name, and how
 * their text is shown. */
struct listing {
	const char *list;
	const char *column; /* with their text; NULL: showing it parses it */
};

/* Source: MariaDB manual, "Information Schema Tables", "SHOW CREATE ...". */
static const struct listing listings[] = {
	{"SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME FROM "
	 "information_schema.ROUTINES",
		NULL},
	{"SELECT 'TRIGGER', TRIGGER_SCHEMA, TRIGGER_NAME FROM "
	 "information_schema.TRIGGERS",
		"SQL Original Statement"},
	{"SELECT 'EVENT', EVENT_SCHEMA, EVENT_NAME FROM "
	 "information_schema.EVENTS",
		"Create Event"},
};

enum {
	ER_UNSUPPORTED_PS = 1295, /* it was parsed, and cannot be prepared */
	KIND_SIZE = 20
};

struct program {
	const char *type, *db, *name;
	const struct listing *listing;
};

/* parse: under the sql_mode that it was made with. Returns 1, 0 and *e for what
 * the server cannot parse, -1. */
static int parse(
	struct db *db, const char *mode, const char *text, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "SET sql_mode=");
	sql_value_str(&sql, mode);
	rc = db_exec(db, sql.buf, e);
	if (!rc) {
		strbuf_reset(&sql);
		/* MySQL takes no literal with a character set there. */
		strbuf_addstr(&sql, "SET @program=");
		sql_value_str(&sql, text);
		rc = db_exec(db, sql.buf, e);
	}
	if (!rc) {
		rc = db_exec(db, "PREPARE parsed FROM @program", e) &&
				db_errno(db) != ER_UNSUPPORTED_PS
			? 0
			: 1;
	}
	strbuf_release(&sql);
	return rc;
}

/* look_at: as parse. */
static int look_at(struct db *db, const struct program *p, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	const char *text, *mode;
	char **row;
	int rc = 1;

	/* The session may still have the mode of the program before this one,
	 * by which the text of an event is quoted. */
	if (db_exec(db, "SET sql_mode=''", e))
		return -1;
	if (db_use(db, p->db, e))
		return 0;
	strbuf_addf(&sql, "SHOW CREATE %s ", p->type);
	sql_ident(&sql, p->name);
	result = db_query(db, sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return 0;
	row = db_next(result);
	text = row && p->listing->column
		? db_value(result, row, p->listing->column)
		: NULL;
	mode = text ? db_value(result, row, "sql_mode") : NULL;
	if (mode)
		rc = parse(db, mode, text, e);
	db_result_free(result);
	return rc;
}

/* kind_of: "PACKAGE BODY" is of the kind "package". */
static void kind_of(const char *type, char kind[KIND_SIZE])
{
	size_t i;

	for (i = 0; i < KIND_SIZE - 1 && type[i] && type[i] != ' '; i++)
		kind[i] = (char)(type[i] | 0x20);
	kind[i] = '\0';
}

static int check_listing(struct db *db, struct db *other,
	const struct listing *listing, check_fault *fault, void *ctx,
	struct err *e)
{
	struct db_result *result = db_query_shape(db, "sss", listing->list, e);
	char kind[KIND_SIZE], **row;
	struct err why;
	int rc = 0;

	if (!result)
		return -1;
	while (!rc && (row = db_next(result))) {
		const struct program p = {row[0], row[1], row[2], listing};
		int good = look_at(other, &p, &why);

		if (sig_pending()) {
			rc = err_set(e, ERR_SIGNAL, "interrupted");
		} else if (good < 0) {
			*e = why;
			rc = -1;
		} else if (!good) {
			kind_of(p.type, kind);
			rc = fault(
				ctx, kind, p.db, p.name, db_message(other), e);
		}
	}
	db_result_free(result);
	return rc;
}

int check_programs(const struct db_options *login, check_fault *fault,
	void *ctx, struct err *e)
{
	struct db *db = db_open(login, e);
	struct db *other = db ? db_open(login, e) : NULL;
	int rc = other ? 0 : -1;

	for (size_t i = 0; !rc && i < sizeof(listings) / sizeof(*listings); i++)
		rc = check_listing(db, other, &listings[i], fault, ctx, e);
	db_close(other);
	db_close(db);
	return rc;
}
