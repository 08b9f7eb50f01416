/* definition.c: see definition.h. */
#include "db/definition.h"

#include <stdio.h>
#include <string.h>

#include "db/ddl_text.h"
#include "db/flavor.h"
#include "db/result.h"
#include "db/sql_text.h"
#include "db/table_text.h"
#include "db/trigger_text.h"

void definition_comment(const struct dump_options *options, const char *text,
	const char *name, struct strbuf *out)
{
	if (!options->comments)
		return;
	strbuf_addf(out, "\n--\n-- %s `", text);
	for (; *name; name++)
		strbuf_addch(out, *name == '\n' || *name == '\r' ? ' ' : *name);
	strbuf_addstr(out, "`\n--\n\n");
}

void definition_use(const char *name, const struct dump_options *options,
	struct strbuf *out)
{
	if (!options->databases && !options->all_databases)
		return;
	definition_comment(options, "Current Database:", name, out);
	strbuf_addstr(out, "USE ");
	sql_ident(out, name);
	strbuf_addstr(out, ";\n");
}

struct db_result *definition_show(struct db *db, const char *kind,
	const char *shape, const char *name, char ***row, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;

	strbuf_addf(&sql, "SHOW CREATE %s ", kind);
	sql_ident(&sql, name);
	result = db_query_shape(db, shape, sql.buf, e);
	strbuf_release(&sql);
	*row = result ? db_next(result) : NULL;
	if (!result || *row)
		return result;
	err_set(e, ERR_TEMP, "it is gone");
	db_result_free(result);
	return NULL;
}

/* show_create: the same for what has no better name in an error. */
static struct db_result *show_create(struct db *db, const char *kind,
	const char *shape, const char *name, char ***row, struct err *e)
{
	struct db_result *result =
		definition_show(db, kind, shape, name, row, e);

	if (!result)
		err_prefix(e, "%s `%s`: ", kind, name);
	return result;
}

int definition_database(struct db *db, const char *name,
	const struct dump_options *options, struct strbuf *out, struct err *e)
{
	struct db_result *result;
	char **row;

	if (!options->databases && !options->all_databases)
		return 0;
	if (options->no_create_db || options->no_create_info) {
		definition_use(name, options, out);
		return 0;
	}
	result = definition_show(
		db, "DATABASE IF NOT EXISTS", "-s", name, &row, e);
	if (!result)
		return err_prefix(e, "database `%s`: ", name);
	definition_comment(options, "Current Database:", name, out);
	if (options->add_drop_database) {
		strbuf_addstr(out, "/*!40000 DROP DATABASE IF EXISTS ");
		sql_ident(out, name);
		strbuf_addstr(out, "*/;\n\n");
	}
	strbuf_addf(out, "%s;\n\nUSE ", row[1]);
	sql_ident(out, name);
	strbuf_addstr(out, ";\n");
	db_result_free(result);
	return 0;
}

static void add_drop(const char *kind, const char *name,
	const struct dump_options *options, struct strbuf *out)
{
	if (!options->add_drop_table)
		return;
	strbuf_addf(out, "DROP %s IF EXISTS ", kind);
	sql_ident(out, name);
	strbuf_addstr(out, ";\n");
}

int definition_sequence(struct db *db, const char *name,
	const struct dump_options *options, struct strbuf *out, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	if (options->no_create_info)
		return 0;
	result = show_create(db, "SEQUENCE", "-s", name, &row, e);
	if (!result)
		return -1;
	definition_comment(options, "Sequence structure for", name, out);
	add_drop("SEQUENCE", name, options, out);
	strbuf_addf(out, "%s;\n", row[1]);
	db_result_free(result);
	strbuf_addstr(&sql, "SELECT next_not_cached_value, cycle_count FROM ");
	sql_ident(&sql, name);
	result = db_query_shape(db, "ss", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return err_prefix(e, "sequence `%s`: ", name);
	row = db_next(result);
	if (row) {
		strbuf_addstr(out, "DO SETVAL(");
		sql_ident(out, name);
		strbuf_addf(out, ", %s, 0, %s);\n", row[0], row[1]);
	}
	db_result_free(result);
	return 0;
}

int definition_table(struct db *db, const struct table_ref *table,
	const struct dump_options *options, struct columns *columns,
	struct strbuf *out, struct err *e)
{
	const char *name = table->table->name;
	char **row;
	struct db_result *result =
		show_create(db, "TABLE", "-s", name, &row, e);
	int rc;

	if (!result)
		return -1;
	rc = columns_parse(columns, row[1], e);
	if (!rc && !options->no_create_info) {
		definition_comment(
			options, "Table structure for table", name, out);
		add_drop("TABLE", name, options, out);
		rc = table_text_write(db, name, columns, row[1], out, e);
		strbuf_addstr(out, ";\n");
	}
	if (rc)
		err_prefix(e, "table `%s`: ", name);
	db_result_free(result);
	return rc;
}

void definition_charset_begin(
	const char *charset, const char *collation, struct strbuf *out)
{
	strbuf_addf(out,
		"/*!50003 SET @saved_cs_client      = @@character_set_client "
		"*/ ;\n"
		"/*!50003 SET @saved_cs_results     = @@character_set_results "
		"*/ ;\n"
		"/*!50003 SET @saved_col_connection = @@collation_connection "
		"*/ ;\n"
		"/*!50003 SET character_set_client  = %s */ ;\n"
		"/*!50003 SET character_set_results = %s */ ;\n"
		"/*!50003 SET collation_connection  = %s */ ;\n",
		charset, charset, collation);
}

void definition_charset_end(struct strbuf *out)
{
	strbuf_addstr(out,
		"/*!50003 SET character_set_client  = @saved_cs_client */ ;\n"
		"/*!50003 SET character_set_results = @saved_cs_results */ ;\n"
		"/*!50003 SET collation_connection  = @saved_col_connection */ "
		";\n");
}

/* choose_delimiter: one that does not occur in the text. */
static void choose_delimiter(const char *text, char *delimiter, size_t size)
{
	static const char *const usual[] = {";;", "$$", "//"};

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (!strstr(text, usual[i])) {
			snprintf(delimiter, size, "%s", usual[i]);
			return;
		}
	for (unsigned n = 0;; n++) {
		snprintf(delimiter, size, "$dbdump%u$", n);
		if (!strstr(text, delimiter))
			return;
	}
}

void definition_delimited(const char *statement, struct strbuf *out)
{
	char delimiter[32];

	choose_delimiter(statement, delimiter, sizeof(delimiter));
	strbuf_addf(out, "DELIMITER %s\n%s\n%s\nDELIMITER ;\n", delimiter,
		statement, delimiter);
}

/* looks_quoted: whether the second byte of a character is that of a backslash
 * or a backtick; other quotes it never is. */
static bool looks_quoted(const char *text, const char *charset)
{
	for (; *text; text++)
		if (ddl_pair(text, charset) &&
			(*++text == '\\' || *text == '`'))
			return true;
	return false;
}

int definition_immediate(struct db *db, const struct strbuf *create,
	const char *charset, struct strbuf *out, struct err *e)
{
	bool nul = memchr(create->buf, '\0', create->len) != NULL;
	struct flavor flavor;

	if (!nul && !looks_quoted(create->buf, charset))
		return 0;
	if (flavor_detect(&flavor, db, e))
		return -1;
	if (flavor.executes_any) {
		strbuf_addf(out, "EXECUTE IMMEDIATE _%s 0x", charset);
		for (size_t i = 0; i < create->len; i++)
			strbuf_addf(out, "%02x", (unsigned char)create->buf[i]);
		strbuf_addstr(out, ";\n");
		return 1;
	}
	if (!nul)
		return 0;
	err_set(e, ERR_DATA,
		"its text holds a NUL byte, which no client loads");
	return err_hint(e, "make it again without, or leave its kind out");
}

/* add_program: `text` is all that makes it, with the line's end. */
static void add_program(
	const struct program *program, const char *text, struct strbuf *out)
{
	bool other = program->db_collation &&
		strcmp(program->db_collation, program->db_now) != 0;

	strbuf_addf(out,
		"/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\n"
		"/*!50003 SET sql_mode              = '%s' */ ;\n",
		program->text.sql_mode);
	if (program->drop)
		strbuf_addf(out, "/*!50003 %s */;\n", program->drop);
	if (other)
		strbuf_addf(out, "ALTER DATABASE COLLATE %s;\n",
			program->db_collation);
	definition_charset_begin(
		program->text.charset, program->collation, out);
	if (program->time_zone) {
		strbuf_addstr(out,
			"/*!50106 SET @saved_time_zone      = "
			"@@time_zone */ ;\n"
			"/*!50106 SET time_zone             = ");
		sql_value_str(out, program->time_zone);
		strbuf_addstr(out, " */ ;\n");
	}
	strbuf_addstr(out, text);
	if (program->time_zone)
		strbuf_addstr(out,
			"/*!50106 SET time_zone             = "
			"@saved_time_zone */ ;\n");
	definition_charset_end(out);
	strbuf_addstr(out,
		"/*!50003 SET sql_mode              = "
		"@saved_sql_mode */ ;\n");
	if (other)
		strbuf_addf(
			out, "ALTER DATABASE COLLATE %s;\n", program->db_now);
}

int definition_program(struct db *db, const struct program *program,
	const struct dump_options *options, struct strbuf *out, struct err *e)
{
	struct strbuf create = STRBUF_INIT, text = STRBUF_INIT;
	int rc = program_text_write(db, &program->text, options, &create, e);

	if (!rc)
		rc = definition_immediate(
			db, &create, program->text.charset, &text, e);
	if (!rc)
		definition_delimited(create.buf, &text);
	if (rc >= 0)
		add_program(program, text.buf, out);
	strbuf_release(&create);
	strbuf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* one_trigger: `listed` is its name, and the database's present collation. */
static int one_trigger(struct db *db, const struct table_ref *table,
	char *const *listed, const struct dump_options *options,
	struct strbuf *out, struct err *e)
{
	const char *name = listed[0];
	char **row;
	struct db_result *result =
		show_create(db, "TRIGGER", "-s-sss", name, &row, e);
	struct program program = {.text = {.kind = PROGRAM_TRIGGER}};
	struct strbuf create = STRBUF_INIT;
	int rc = -1;

	if (!result)
		return -1;
	/* Trigger, sql_mode, statement, character set, collation, that of the
	 * database, … */
	program.text.sql_mode = row[1];
	program.text.charset = row[3];
	program.collation = row[4];
	program.db_collation = row[5];
	program.db_now = listed[1];
	if (row[2]) {
		program.text.create = row[2];
		program.text.len = db_lengths(result)[2];
		trigger_text_write(
			&program.text, table->db, table->table->name, &create);
		program.text.create = create.buf;
		program.text.len = create.len;
		rc = definition_program(db, &program, options, out, e);
	} else {
		err_set(e, ERR_DENIED, "its text is not shown to us");
		err_hint(e, "grant TRIGGER, or use --skip-triggers");
	}
	if (rc)
		err_prefix(e, "trigger `%s`: ", name);
	strbuf_release(&create);
	db_result_free(result);
	return rc;
}

int definition_triggers(struct db *db, const struct table_ref *table,
	const struct dump_options *options, struct strbuf *out, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc = 0;

	if (!options->triggers)
		return 0;
	strbuf_addstr(&sql,
		"SELECT TRIGGER_NAME, @@collation_database "
		"FROM information_schema.TRIGGERS "
		"WHERE EVENT_OBJECT_SCHEMA = ");
	sql_value_str(&sql, table->db);
	strbuf_addstr(&sql, " AND EVENT_OBJECT_TABLE = ");
	sql_value_str(&sql, table->table->name);
	strbuf_addstr(&sql,
		" ORDER BY EVENT_MANIPULATION, ACTION_TIMING, "
		"ACTION_ORDER");
	result = db_query_shape(db, "ss", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return err_prefix(e, "triggers of `%s`.`%s`: ", table->db,
			table->table->name);
	if (db_result_count(result))
		definition_comment(
			options, "Triggers of table", table->table->name, out);
	while (!rc && (row = db_next(result)))
		rc = one_trigger(db, table, row, options, out, e);
	db_result_free(result);
	return rc;
}
