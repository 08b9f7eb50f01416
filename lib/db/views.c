/* views.c: see views.h. */
#include "db/views.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/definition.h"

struct view {
	const char *db, *name; /* borrowed from the catalogue */
	size_t *needs;         /* indexes of views that its text names */
	size_t needs_count, needs_cap;
	enum { VIEW_NEW, VIEW_OPEN, VIEW_DONE } state;
};

struct views {
	struct view *item;
	size_t count, cap;
	struct db *db;
	const struct dump_options *options;
	const struct sink *to;
	const char *current; /* the database that the stream is in */
};

static int compare(const char *db_a, const char *name_a, const struct view *b)
{
	int order = strcmp(db_a, b->db);

	return order ? order : strcmp(name_a, b->name);
}

/* find: the views are in order of database and name, as the catalogue is. */
static struct view *find(
	const struct views *views, const char *db, const char *name)
{
	size_t low = 0, high = views->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare(db, name, &views->item[mid]);

		if (!order)
			return &views->item[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static struct db_result *show_view(struct views *views, const struct view *view,
	char ***row, struct err *e)
{
	struct db_result *result = NULL;

	if (!db_use(views->db, view->db, e))
		result = definition_show(views->db, "VIEW", view->name, row, e);
	if (!result)
		err_prefix(e, "view `%s`.`%s`: ", view->db, view->name);
	return result;
}

/* next_name: the next name in backticks at or behind *text into `name`; *text
 * gets the byte behind it. False at the end. */
static bool next_name(const char **text, struct strbuf *name)
{
	const char *s = *text;

	/* Strings hold no names. */
	while (*s && *s != '`') {
		if (*s == '\'')
			for (s++; *s && *s != '\''; s++)
				if (*s == '\\' && s[1])
					s++;
		s += *s != '\0';
	}
	strbuf_reset(name);
	if (!*s)
		return false;
	for (s++; *s && (*s != '`' || s[1] == '`'); s++) {
		if (*s == '`')
			s++;
		strbuf_addch(name, *s);
	}
	*text = *s ? s + 1 : s;
	return true;
}

static void add_need(struct views *views, struct view *view, const char *db,
	const char *name)
{
	struct view *needed = find(views, db, name);

	if (!needed || needed == view)
		return;
	view->needs = grow_array(view->needs, view->needs_count,
		&view->needs_cap, sizeof(*view->needs));
	view->needs[view->needs_count++] = (size_t)(needed - views->item);
}

/* read_needs: every name in the text that is also a view's. A column or alias
 * of that name gives a need too many, which costs nothing. */
static void read_needs(struct views *views, struct view *view, const char *text)
{
	struct strbuf name = STRBUF_INIT, before = STRBUF_INIT;

	while (next_name(&text, &name)) {
		add_need(views, view, view->db, name.buf);
		if (before.len)
			add_need(views, view, before.buf, name.buf);
		strbuf_reset(&before);
		if (text[0] == '.' && text[1] == '`')
			strbuf_add(&before, name.buf, name.len);
	}
	strbuf_release(&name);
	strbuf_release(&before);
}

static int write_out(struct views *views, struct strbuf *out, struct err *e)
{
	int rc = views->to->write(views->to->ctx, out->buf, out->len, e);

	strbuf_reset(out);
	return rc;
}

static void enter_db(struct views *views, const char *db, struct strbuf *out)
{
	if (views->current && !strcmp(views->current, db))
		return;
	definition_use(db, views->options, out);
	views->current = db;
}

static int broken(const struct view *view, struct err *e)
{
	if (e->code == ERR_DENIED) {
		err_prefix(e, "view `%s`.`%s`: ", view->db, view->name);
		return err_hint(e,
			"grant it to this account, or leave the view "
			"out with --ignore-table=%s.%s",
			view->db, view->name);
	}
	err_prefix(e, "view `%s`.`%s` does not work: ", view->db, view->name);
	e->code = e->code == ERR_UNAVAILABLE ? ERR_DATA : e->code;
	return err_hint(e,
		"repair or drop it, or leave it out with "
		"--ignore-table=%s.%s",
		view->db, view->name);
}

/* write_stand_in: a view of the same columns that reads nothing. */
static int write_stand_in(struct views *views, const struct view *view,
	struct strbuf *out, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	const char *before = "AS SELECT\n 1 AS ";
	char **row;

	strbuf_addstr(&sql, "SHOW FIELDS FROM ");
	sql_ident(&sql, view->name);
	result = db_query(views->db, sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return broken(view, e);
	enter_db(views, view->db, out);
	definition_comment(views->options, "Temporary structure for view",
		view->name, out);
	strbuf_addstr(out, "/*!50001 DROP VIEW IF EXISTS ");
	sql_ident(out, view->name);
	strbuf_addstr(out, "*/;\nCREATE VIEW ");
	sql_ident(out, view->name);
	strbuf_addch(out, ' ');
	while ((row = db_next(result))) {
		strbuf_addstr(out, before);
		sql_ident(out, row[0]);
		before = ",\n 1 AS ";
	}
	strbuf_addstr(out, ";\n");
	db_result_free(result);
	return write_out(views, out, e);
}

static int write_view(struct views *views, const struct view *view,
	struct strbuf *out, struct err *e)
{
	char **row;
	struct db_result *result = show_view(views, view, &row, e);

	if (!result)
		return -1;
	enter_db(views, view->db, out);
	definition_comment(
		views->options, "Final structure for view", view->name, out);
	strbuf_addstr(out, "/*!50001 DROP VIEW IF EXISTS ");
	sql_ident(out, view->name);
	strbuf_addstr(out, "*/;\n");
	definition_charset_begin(row[2], row[3], out);
	strbuf_addf(out, "%s;\n", row[1]);
	definition_charset_end(out);
	db_result_free(result);
	return write_out(views, out, e);
}

/* write_in_order: the views that this one needs, then itself. A circle, which
 * only a superfluous need can close, is cut where it is met. */
static int write_in_order(struct views *views, struct view *view,
	struct strbuf *out, struct err *e)
{
	if (view->state != VIEW_NEW)
		return 0;
	view->state = VIEW_OPEN;
	for (size_t i = 0; i < view->needs_count; i++)
		if (write_in_order(views, &views->item[view->needs[i]], out, e))
			return -1;
	view->state = VIEW_DONE;
	return write_view(views, view, out, e);
}

static void collect(struct views *views, const struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++)
		for (size_t j = 0; j < catalog->db[i].count; j++) {
			const struct catalog_table *table =
				&catalog->db[i].table[j];

			if (table->kind != TABLE_VIEW)
				continue;
			views->item = grow_array(views->item, views->count,
				&views->cap, sizeof(*views->item));
			views->item[views->count++] = (struct view){
				.db = catalog->db[i].name, .name = table->name};
		}
}

static int write_all(struct views *views, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc = 0;

	for (size_t i = 0; !rc && i < views->count; i++) {
		result = show_view(views, &views->item[i], &row, e);
		if (result)
			read_needs(views, &views->item[i], row[1]);
		rc = result ? 0 : -1;
		db_result_free(result);
	}
	for (size_t i = 0; !rc && i < views->count; i++)
		rc = write_in_order(views, &views->item[i], &out, e);
	strbuf_release(&out);
	return rc;
}

static void release(struct views *views)
{
	for (size_t i = 0; i < views->count; i++)
		free(views->item[i].needs);
	free(views->item);
}

int views_stand_ins(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	struct views views = {.db = db, .options = options, .to = to};
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	collect(&views, catalog);
	for (size_t i = 0; !rc && i < views.count; i++) {
		rc = db_use(db, views.item[i].db, e);
		if (!rc)
			rc = write_stand_in(&views, &views.item[i], &out, e);
	}
	strbuf_release(&out);
	release(&views);
	return rc;
}

int views_write(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	struct views views = {.db = db, .options = options, .to = to};
	int rc;

	collect(&views, catalog);
	rc = write_all(&views, e);
	release(&views);
	return rc;
}
