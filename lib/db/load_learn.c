/* load_learn.c: what the target says of tables that the dump does not make, or
 * has altered.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/load_internal.h"
#include "db/result.h"
#include "db/sql_text.h"

/* Its foreign keys are not looked for: it may have some. */
int load_ask_table(
	struct load *load, struct load_table *table, bool *there, struct err *e)
{
	const struct load_session *now = load_now(load);
	struct strbuf sql = STRBUF_INIT, found = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql,
		"SELECT TABLE_TYPE = 'BASE TABLE' AND NOT EXISTS (SELECT 1 "
		"FROM "
		"information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "
		"TABLE_SCHEMA AND EVENT_OBJECT_TABLE = TABLE_NAME) FROM "
		"information_schema.TABLES WHERE ");
	sql_of_table(&sql, table->db, table->name);
	rc = load_session_names(load->db, now, table->db, table->name, e);
	if (!rc)
		rc = db_query_value(load->db, sql.buf, &found, e);
	rc = load_session_again(load->db, now, table->db, table->name, rc, e);
	*there = rc == 1;
	table->hidden = strcmp(found.buf, "1") != 0;
	strbuf_release(&sql);
	strbuf_release(&found);
	return rc < 0 ? -1 : 0;
}

/* A load that goes on must find what the first one found: the table may have
 * got the dump's triggers since. */
int load_learn(struct load *load, struct load_table *table, uint64_t offset,
	bool *there, struct err *e)
{
	table->known = table->refers = table->numbers_unknown = true;
	if (load->resume &&
		load_resume_has(load->resume, PLACE_PLAIN, offset)) {
		table->hidden = false;
		*there = true;
		return 0;
	}
	if (load_ask_table(load, table, there, e))
		return -1;
	return !load->resume || table->hidden
		? 0
		: load_resume_note(
			  load->resume, load->db, PLACE_PLAIN, offset, 0, e);
}

int load_was_there(struct load *load, struct load_table *table, uint64_t offset,
	bool *there, struct err *e)
{
	struct resume_touch touch;
	bool touched = load->resume &&
		load_resume_touched(
			load->resume, table->db, table->name, &touch);

	if (load_learn(load, table, offset, there, e))
		return -1;
	if (touched)
		*there = touch.stays ||
			load_resume_has(load->resume, PLACE_THERE, offset);
	if (touched || !load->resume || !*there)
		return 0;
	return load_resume_note(
		load->resume, load->db, PLACE_THERE, offset, 0, e);
}

/* An interrupted load may have altered it since: there it stays unknown. */
int load_find_numbers(
	struct load *load, struct load_table *table, struct err *e)
{
	const struct load_session *now = load_now(load);
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result = NULL;
	char **column;
	int rc, visible = 0;

	if (!table->numbers_unknown || load->resume)
		return 0;
	strbuf_addstr(&sql,
		"SELECT COLUMN_NAME, EXTRA LIKE '%INVISIBLE%', EXTRA LIKE "
		"'%auto_increment%', COALESCE(COLUMN_DEFAULT LIKE "
		"'%nextval(%', 0) FROM information_schema.COLUMNS WHERE ");
	sql_of_table(&sql, table->db, table->name);
	strbuf_addstr(&sql, " ORDER BY ORDINAL_POSITION");
	rc = load_wait(load, false, e) ||
			load_session_names(
				load->db, now, table->db, table->name, e)
		? -1
		: 0;
	if (!rc)
		result = db_query_shape(load->db, "ssss", sql.buf, e);
	rc = load_session_again(
		load->db, now, table->db, table->name, result ? rc : -1, e);
	strbuf_release(&sql);
	free(table->makes_numbers);
	table->makes_numbers = NULL;
	table->numbers_unknown = table->from_sequence = false;
	while (!rc && (column = db_next(result))) {
		bool hidden = *column[1] == '1';

		if (*column[2] == '1') {
			table->makes_numbers = xstrdup(column[0]);
			table->numbers_at = hidden ? -1 : visible;
		}
		table->from_sequence |= *column[3] == '1';
		visible += !hidden;
	}
	db_result_free(result);
	return rc;
}
