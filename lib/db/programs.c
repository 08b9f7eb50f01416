/* programs.c: see programs.h. */
#include "db/programs.h"

#include "db/definition.h"

/* Where SHOW CREATE puts what, and how the kind is called. Source: MariaDB
 * manual, SHOW CREATE PROCEDURE, SHOW CREATE EVENT. */
struct program_kind {
	const char *kind; /* as in SHOW CREATE and DROP */
	const char *name; /* the column of names in `list` */
	const char *list; /* a query for the names, and the present collation of
			   * the database, whose name ends it */
	/* Columns. */
	int sql_mode, time_zone, create, charset, collation, db_collation;
};

/* clang-format off */
#define ROUTINES(type)                                                         \
	"SELECT ROUTINE_NAME, @@collation_database "                           \
	"FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = '" type         \
	"' AND ROUTINE_SCHEMA = "
/* clang-format on */

/* In the order in which they can be made again: a package before its body. */
static const struct program_kind routine_kinds[] = {
	{"FUNCTION", "ROUTINE_NAME", ROUTINES("FUNCTION"), 1, -1, 2, 3, 4, 5},
	{"PROCEDURE", "ROUTINE_NAME", ROUTINES("PROCEDURE"), 1, -1, 2, 3, 4, 5},
	{"PACKAGE", "ROUTINE_NAME", ROUTINES("PACKAGE"), 1, -1, 2, 3, 4, 5},
	{"PACKAGE BODY", "ROUTINE_NAME", ROUTINES("PACKAGE BODY"), 1, -1, 2, 3,
		4, 5},
};

static const struct program_kind event_kind = {"EVENT", "EVENT_NAME",
	"SELECT EVENT_NAME, @@collation_database FROM "
	"information_schema.EVENTS WHERE EVENT_SCHEMA "
	"= ",
	1, 2, 3, 4, 5, 6};

/* add_program: `listed` is its row of the list. */
static int add_program(struct db *db, const struct program_kind *kind,
	char *const *listed, struct strbuf *out, struct err *e)
{
	const char *name = listed[0];
	struct strbuf drop = STRBUF_INIT;
	struct db_result *result;
	struct program program = {0};
	char **row;
	int rc = -1;

	strbuf_addf(&drop, "DROP %s IF EXISTS ", kind->kind);
	sql_ident(&drop, name);
	result = definition_show(db, kind->kind, name, &row, e);
	if (!result) {
		err_prefix(e, "%s `%s`: ", kind->kind, name);
	} else if (!row[kind->create]) {
		err_set(e, ERR_DENIED, "%s `%s`: its text is not shown to us",
			kind->kind, name);
		err_hint(e,
			"grant SELECT on mysql.proc or SHOW CREATE "
			"ROUTINE, or use --skip-routines");
	} else {
		program.create = row[kind->create];
		program.drop = drop.buf;
		program.sql_mode = row[kind->sql_mode];
		program.charset = row[kind->charset];
		program.collation = row[kind->collation];
		program.db_collation = row[kind->db_collation];
		program.db_now = listed[1];
		if (kind->time_zone >= 0)
			program.time_zone = row[kind->time_zone];
		definition_program(&program, out);
		rc = 0;
	}
	db_result_free(result);
	strbuf_release(&drop);
	return rc;
}

/* add_kind: every program of a kind in database `name`. */
static int add_kind(struct db *db, const struct program_kind *kind,
	const char *name, const struct sink *to, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, out = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc = 0;

	strbuf_addstr(&sql, kind->list);
	sql_value_str(&sql, name);
	strbuf_addf(&sql, " ORDER BY CAST(%s AS BINARY)", kind->name);
	result = db_query(db, sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while (!rc && (row = db_next(result))) {
		strbuf_reset(&out);
		rc = add_program(db, kind, row, &out, e);
		if (!rc)
			rc = to->write(to->ctx, out.buf, out.len, e);
	}
	db_result_free(result);
	strbuf_release(&out);
	return rc;
}

static int add_heading(const struct dump_options *options, const char *text,
	const char *name, const struct sink *to, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	int rc;

	definition_comment(options, text, name, &out);
	rc = to->write(to->ctx, out.buf, out.len, e);
	strbuf_release(&out);
	return rc;
}

int programs_routines(struct db *db, const char *name,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	size_t count = sizeof(routine_kinds) / sizeof(*routine_kinds);

	if (!options->routines)
		return 0;
	if (add_heading(options, "Dumping routines for database", name, to, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (add_kind(db, &routine_kinds[i], name, to, e))
			return err_prefix(e, "database `%s`: ", name);
	return 0;
}

int programs_events(struct db *db, const char *name,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	if (!options->events)
		return 0;
	if (add_heading(options, "Dumping events for database", name, to, e))
		return -1;
	if (add_kind(db, &event_kind, name, to, e))
		return err_prefix(e, "database `%s`: ", name);
	return 0;
}
