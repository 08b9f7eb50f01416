/* programs.c: see programs.h. */
#include "db/programs.h"

#include "db/definition.h"
#include "db/flavor.h"
#include "db/result.h"
#include "db/sql_text.h"

/* Where SHOW CREATE puts what, and how the kind is called. Source: MariaDB
 * manual, SHOW CREATE PROCEDURE, SHOW CREATE EVENT. */
struct program_source {
	const char *kind; /* as in SHOW CREATE and DROP */
	enum program_kind text;
	const char *name; /* the column of names in `list` */
	const char *db;   /* the column of their databases */
	const char *list; /* a query for the names, and the present collation of
			   * the database; a condition on `db` ends it */
	const char *grant; /* what shows its text, and how to do without */
	const char *shape; /* of what SHOW CREATE answers */
	/* Columns; -1: it has none. */
	int sql_mode, time_zone, create, charset, collation, db_collation;
};

/* clang-format off */
#define ROUTINES(type)                                                         \
	"SELECT ROUTINE_NAME, @@collation_database "                           \
	"FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = '" type "' AND "
/* clang-format on */

static const char routine_grant[] =
	"grant SELECT on mysql.proc or SHOW CREATE ROUTINE (MySQL 8.0: "
	"SHOW_ROUTINE), or use --skip-routines";

/* In the order in which they can be made again: a package before its body. */
static const struct program_source routine_kinds[] = {
	{"FUNCTION", PROGRAM_ROUTINE, "ROUTINE_NAME", "ROUTINE_SCHEMA",
		ROUTINES("FUNCTION"), routine_grant, "-s-sss", 1, -1, 2, 3, 4,
		5},
	{"PROCEDURE", PROGRAM_ROUTINE, "ROUTINE_NAME", "ROUTINE_SCHEMA",
		ROUTINES("PROCEDURE"), routine_grant, "-s-sss", 1, -1, 2, 3, 4,
		5},
	{"PACKAGE", PROGRAM_ROUTINE, "ROUTINE_NAME", "ROUTINE_SCHEMA",
		ROUTINES("PACKAGE"), routine_grant, "-s-sss", 1, -1, 2, 3, 4,
		5},
	{"PACKAGE BODY", PROGRAM_ROUTINE, "ROUTINE_NAME", "ROUTINE_SCHEMA",
		ROUTINES("PACKAGE BODY"), routine_grant, "-s-sss", 1, -1, 2, 3,
		4, 5},
};

/* Of a language of its own, which functions use that come behind. Source: MySQL
 * manual, SHOW CREATE LIBRARY. */
static const struct program_source library_kind = {"LIBRARY", PROGRAM_LIBRARY,
	"LIBRARY_NAME", "LIBRARY_SCHEMA",
	"SELECT LIBRARY_NAME, @@collation_database FROM "
	"information_schema.LIBRARIES WHERE ",
	"grant SHOW_ROUTINE, or use --skip-routines", "-ss", 1, -1, 2, -1, -1,
	-1};

static const struct program_source event_kind = {"EVENT", PROGRAM_EVENT,
	"EVENT_NAME", "EVENT_SCHEMA",
	"SELECT EVENT_NAME, @@collation_database FROM "
	"information_schema.EVENTS WHERE ",
	"grant EVENT on its database, or use --skip-events", "-ss-sss", 1, 2, 3,
	4, 5, 6};

/* add_program: `listed` is its row of the list. */
static int add_program(struct db *db, const struct program_source *kind,
	char *const *listed, const struct dump_options *options,
	struct strbuf *out, struct err *e)
{
	const char *name = listed[0];
	struct strbuf drop = STRBUF_INIT;
	struct db_result *result;
	struct program program = {.text = {.kind = kind->text}};
	char **row;
	int rc = -1;

	strbuf_addf(&drop, "DROP %s IF EXISTS ", kind->kind);
	sql_ident(&drop, name);
	result = definition_show(db, kind->kind, kind->shape, name, &row, e);
	if (result && !row[kind->create]) {
		err_set(e, ERR_DENIED, "its text is not shown to us");
		err_hint(e, "%s", kind->grant);
	} else if (result) {
		program.text.create = row[kind->create];
		program.text.len = db_lengths(result)[kind->create];
		program.text.sql_mode = row[kind->sql_mode];
		program.text.charset =
			kind->charset < 0 ? "utf8mb4" : row[kind->charset];
		program.drop = options->add_drop_table ? drop.buf : NULL;
		program.collation = kind->collation < 0 ? "utf8mb4_general_ci"
							: row[kind->collation];
		if (kind->db_collation >= 0)
			program.db_collation = row[kind->db_collation];
		program.db_now = listed[1];
		if (kind->time_zone >= 0)
			program.time_zone = row[kind->time_zone];
		rc = definition_program(db, &program, options, out, e);
	}
	if (rc)
		err_prefix(e, "%s `%s`: ", kind->kind, name);
	db_result_free(result);
	strbuf_release(&drop);
	return rc;
}

/* add_where: of database `name`. As text, `Shop` and `shop` are one name, which
 * they are only to some servers. */
static void add_where(
	const struct program_source *kind, const char *name, struct strbuf *sql)
{
	strbuf_addf(sql, "%s = ", kind->db);
	sql_value_str(sql, name);
	strbuf_addf(sql,
		" AND (@@lower_case_table_names <> 0 OR CAST(%s AS BINARY) = ",
		kind->db);
	sql_value_str(sql, name);
	strbuf_addstr(sql, ")");
}

/* add_kind: every program of a kind in database `name`. */
static int add_kind(struct db *db, const struct program_source *kind,
	const char *name, const struct dump_options *options,
	const struct sink *to, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, out = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc = 0;

	strbuf_addstr(&sql, kind->list);
	add_where(kind, name, &sql);
	strbuf_addf(&sql, " ORDER BY CAST(%s AS BINARY)", kind->name);
	result = db_query_shape(db, "ss", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while (!rc && (row = db_next(result))) {
		strbuf_reset(&out);
		rc = add_program(db, kind, row, options, &out, e);
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
	struct flavor flavor;

	if (!options->routines)
		return 0;
	if (flavor_detect(&flavor, db, e) ||
		add_heading(
			options, "Dumping routines for database", name, to, e))
		return -1;
	if (flavor.libraries &&
		add_kind(db, &library_kind, name, options, to, e))
		return err_prefix(e, "database `%s`: ", name);
	for (size_t i = 0; i < count; i++)
		if (add_kind(db, &routine_kinds[i], name, options, to, e))
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
	if (add_kind(db, &event_kind, name, options, to, e))
		return err_prefix(e, "database `%s`: ", name);
	return 0;
}
