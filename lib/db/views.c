/* views.c: see views.h. */
#include "db/views.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/text.h"
#include "db/definition.h"
#include "db/result.h"
#include "db/sql_text.h"

struct view {
	const char *db, *name; /* borrowed from the catalogue */
	size_t *needs;         /* indexes of views that its text names */
	size_t needs_count, needs_cap;
	enum { VIEW_NEW, VIEW_OPEN, VIEW_DONE } state;
	char *broken; /* what the server says of it, or NULL: it works */
};

struct views {
	struct view *item;
	size_t count, cap;
	struct db *db;
	const struct dump_options *options;
	const struct sink *to;
	const char *current; /* the database that the stream is in */
	struct strlist *warnings;
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
		result = definition_show(
			views->db, "VIEW", "-sss", view->name, row, e);
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

/* takes_broken: whether a failure is the view's own, for --on-broken to tell.
 * What is no privilege of ours and no matter of time, is. */
static bool takes_broken(
	struct views *views, struct view *view, const struct err *e)
{
	if (e->code != ERR_UNAVAILABLE && e->code != ERR_NOINPUT)
		return false;
	view->broken = xstrdup(db_message(views->db));
	return true;
}

static int refused(const struct view *view, struct err *e)
{
	err_prefix(e, "view `%s`.`%s`: ", view->db, view->name);
	if (e->code == ERR_DENIED)
		err_hint(e,
			"grant it to this account, or leave the view "
			"out with --ignore-table=%s.%s",
			view->db, view->name);
	return -1;
}

/* show_fields: the columns of a view, which the server knows only of one that
 * works. */
static struct db_result *show_fields(
	struct views *views, const struct view *view, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;

	strbuf_addstr(&sql, "SHOW FIELDS FROM ");
	sql_ident(&sql, view->name);
	result = db_query_shape(views->db, "s", sql.buf, e);
	strbuf_release(&sql);
	return result;
}

/* check_definer: a view whose definer is gone, or that reads such a one, works
 * no more, but its columns can be read: the server says so in a note. With a
 * definer of our own it works again. */
static int check_definer(struct views *views, struct view *view, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int found = 0;

	if (!views->options->definer ||
		!strcasecmp(views->options->definer, "keep"))
		found = db_warned(views->db, ER_NO_SUCH_USER, &text, e);
	if (found > 0)
		view->broken = strbuf_detach(&text);
	strbuf_release(&text);
	return found < 0 ? refused(view, e) : 0;
}

static void drop_view(const struct view *view, struct strbuf *out)
{
	strbuf_addstr(out, "/*!50001 DROP VIEW IF EXISTS ");
	sql_ident(out, view->name);
	strbuf_addstr(out, "*/;\n");
}

/* write_stand_in: a view of the same columns that reads nothing. */
static int write_stand_in(struct views *views, struct view *view,
	struct strbuf *out, struct err *e)
{
	struct db_result *result = show_fields(views, view, e);
	const char *before = "AS SELECT\n 1 AS ";
	char **row;

	if (!result)
		return takes_broken(views, view, e) ? 0 : refused(view, e);
	if (check_definer(views, view, e) || view->broken) {
		db_result_free(result);
		return view->broken ? 0 : -1;
	}
	enter_db(views, view->db, out);
	definition_comment(views->options, "Temporary structure for view",
		view->name, out);
	if (views->options->add_drop_table)
		drop_view(view, out);
	strbuf_addstr(out, "CREATE VIEW ");
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

/* write_broken: what it was, in a line of comment: nothing in a name or text
 * ends that. */
static int write_broken(struct views *views, const struct view *view,
	const char *create, struct strbuf *out, struct err *e)
{
	struct strbuf warning = STRBUF_INIT;

	strbuf_addf(&warning,
		"view `%s`.`%s` does not work and is written as a comment "
		"only: %s",
		view->db, view->name, view->broken);
	strlist_add(views->warnings, warning.buf);
	strbuf_release(&warning);
	if (!views->options->comments)
		return 0;
	definition_comment(
		views->options, "View that does not work", view->name, out);
	strbuf_addstr(out, "-- ");
	text_escape(out, view->broken, strlen(view->broken));
	strbuf_addstr(out, "\n-- ");
	text_escape(out, create, strlen(create));
	strbuf_addch(out, '\n');
	return write_out(views, out, e);
}

static int write_view(struct views *views, const struct view *view,
	struct strbuf *out, struct err *e)
{
	struct program_text text = {.kind = PROGRAM_VIEW};
	struct strbuf create = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc;

	result = show_view(views, view, &row, e);
	if (view->broken) {
		rc = write_broken(views, view, result ? row[1] : "", out, e);
		db_result_free(result);
		return rc;
	}
	if (!result)
		return -1;
	enter_db(views, view->db, out);
	definition_comment(
		views->options, "Final structure for view", view->name, out);
	drop_view(view, out); /* the stand-in */
	definition_charset_begin(row[2], row[3], out);
	text.create = row[1];
	text.len = db_lengths(result)[1];
	text.charset = row[2];
	rc = program_text_write(views->db, &text, views->options, &create, e);
	if (!rc)
		rc = definition_immediate(
			views->db, &create, text.charset, out, e);
	if (!rc)
		strbuf_addf(out, "%s;\n", create.buf);
	if (rc < 0)
		err_prefix(e, "view `%s`.`%s`: ", view->db, view->name);
	definition_charset_end(out);
	db_result_free(result);
	strbuf_release(&create);
	return rc < 0 ? -1 : write_out(views, out, e);
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

/* check: all that do not work in one error. The first is asked again, so that
 * the connection's last failure is this one: it may come of DDL just now, which
 * is for the caller to find out. */
static int check(struct views *views, struct err *e)
{
	struct strbuf names = STRBUF_INIT;
	struct view *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < views->count; i++) {
		struct view *view = &views->item[i];

		if (!view->broken)
			continue;
		if (count++)
			strbuf_addf(
				&names, ", `%s`.`%s`", view->db, view->name);
		else
			first = view;
	}
	if (!first || views->options->on_broken == DUMP_BROKEN_COMMENT) {
		strbuf_release(&names);
		return 0;
	}
	if (!db_use(views->db, first->db, e))
		db_result_free(show_fields(views, first, e));
	err_set(e, ERR_DATA, "view `%s`.`%s` does not work: %s", first->db,
		first->name, first->broken);
	if (count > 1)
		err_set(e, ERR_DATA,
			"view `%s`.`%s` does not work: %s; nor do %zu more: %s",
			first->db, first->name, first->broken, count - 1,
			names.buf + 2);
	strbuf_release(&names);
	return err_hint(e,
		"repair or drop it, leave it out with "
		"--ignore-table=%s.%s, or see --on-broken and --definer",
		first->db, first->name);
}

static int write_stand_ins(
	struct views *views, struct strbuf *out, struct err *e)
{
	struct db_result *result;
	char **row;
	int rc = 0;

	for (size_t i = 0; !rc && i < views->count; i++) {
		struct view *view = &views->item[i];

		result = show_view(views, view, &row, e);
		if (result)
			read_needs(views, view, row[1]);
		if (result)
			rc = write_stand_in(views, view, out, e);
		else
			rc = takes_broken(views, view, e) ? 0 : -1;
		db_result_free(result);
	}
	return rc;
}

struct views *views_new(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to)
{
	struct views *views = xcalloc(1, sizeof(*views));

	views->db = db;
	views->options = options;
	views->to = to;
	collect(views, catalog);
	return views;
}

void views_free(struct views *views)
{
	for (size_t i = 0; i < views->count; i++) {
		free(views->item[i].needs);
		free(views->item[i].broken);
	}
	free(views->item);
	free(views);
}

/* hear_warnings: the server's own settings may keep it from telling. To set
 * the second takes a privilege on MySQL 8.0 and later, which has no reason to
 * be asked for where it is high enough. */
static int hear_warnings(struct db *db, struct err *e)
{
	struct strbuf few = STRBUF_INIT;
	int rc = db_exec(db, "SET SESSION sql_notes=1", e);

	if (!rc &&
		db_query_value(db, "SELECT @@SESSION.max_error_count < 64",
			&few, e) < 0)
		rc = -1;
	if (!rc && !strcmp(few.buf, "1"))
		rc = db_exec(db, "SET SESSION max_error_count=64", e);
	strbuf_release(&few);
	return rc;
}

int views_stand_ins(struct views *views, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	int rc = hear_warnings(views->db, e);

	if (!rc)
		rc = write_stand_ins(views, &out, e);
	if (!rc)
		rc = check(views, e);
	strbuf_release(&out);
	return rc;
}

int views_write(struct views *views, struct strlist *warnings, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	views->warnings = warnings;
	views->current = NULL; /* others may have written meanwhile */
	for (size_t i = 0; !rc && i < views->count; i++)
		rc = write_in_order(views, &views->item[i], &out, e);
	strbuf_release(&out);
	return rc;
}
