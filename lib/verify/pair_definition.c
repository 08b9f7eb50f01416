/* pair_definition.c: how a table is defined on both sides. */
#include <stdlib.h>
#include <string.h>

#include "db/ddl_same.h"
#include "db/ddl_text.h"
#include "db/definition.h"
#include "db/result.h"
#include "verify/against_internal.h"

enum { LINE_SHOWN = 120 }; /* bytes of a definition's line */

/* drop_counter: AUTO_INCREMENT=n of a table's options is no part of what it
 * is. */
static void drop_counter(char *create)
{
	char *at, *options = NULL;

	for (at = create; (at = strstr(at, "\n) ")); at++)
		options = at;
	at = options ? strstr(options, " AUTO_INCREMENT=") : NULL;
	if (!at)
		return;
	options = at + strlen(" AUTO_INCREMENT=");
	options += strspn(options, "0123456789");
	memmove(at, options, strlen(options) + 1);
}

/* drop_folders: nor is where its files lie: DATA DIRECTORY and INDEX DIRECTORY,
 * its own and its partitions', none of which a private server heeds. */
static void drop_folders(char *create)
{
	const char *at = ddl_next(create, NULL);

	while (*at) {
		const char *next = ddl_after(at, NULL), *begin = at, *end;

		if ((!ddl_is(at, "DATA") && !ddl_is(at, "INDEX")) ||
			!ddl_is(next, "DIRECTORY")) {
			at = next;
			continue;
		}
		next = ddl_after(next, NULL);
		if (*next == '=')
			next = ddl_after(next, NULL);
		end = ddl_skip(next, NULL);
		if (at > create && at[-1] == ' ')
			begin--;
		memmove(create + (begin - create), end, strlen(end) + 1);
		at = ddl_next(begin, NULL);
	}
}

/* show: the table's definition. Owns: the caller frees it. */
static char *show(
	struct comparer *c, const struct pair *p, int side, struct err *e)
{
	struct db_result *result = NULL;
	char **row, *create;

	if (!db_use(c->db[side], p->db[side], e))
		result = definition_show(
			c->db[side], "TABLE", "-s", p->table, &row, e);
	if (!result) {
		err_prefix(e, "table `%.64s`.`%.64s`: ", p->db[side], p->table);
		return NULL;
	}
	create = charset_text(&c->all->charsets[side], row[1]);
	db_result_free(result);
	drop_counter(create);
	drop_folders(create);
	return create;
}

/* line_length: without the comma that stands between two. */
static size_t line_length(const char *line)
{
	size_t len = strcspn(line, "\n");

	return len && line[len - 1] == ',' ? len - 1 : len;
}

static int shown_length(const char *line)
{
	size_t len = line_length(line);

	return (int)(len < LINE_SHOWN ? len : LINE_SHOWN);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

int pair_tell_definition(struct against *a, const struct pair *p,
	const char *what, struct err *e)
{
	return verdict_fault(
		a->verdict, "definition", p->db[THERE], p->table, what, e);
}

/* same_line: to servers that write definitions in other words, what means the
 * same. */
static bool same_line(
	const struct against *a, const char *here, const char *there)
{
	const size_t len = line_length(here);

	if (len == line_length(there) && !strncmp(here, there, len))
		return true;
	return !flavor_same_words(
		       &a->snapshot[HERE].flavor, &a->snapshot[THERE].flavor) &&
		ddl_same_line(here, len, there, line_length(there));
}

/* note_definition: the first lines that are not the same, if there are any. */
static int note_definition(struct comparer *c, struct pair *p, struct err *e)
{
	const char *here = p->create[HERE], *there = p->create[THERE];
	struct strbuf what = STRBUF_INIT;
	int rc = 0;

	while (*here && *there && same_line(c->all, here, there)) {
		here = next_line(here);
		there = next_line(there);
	}
	if (!*here && !*there)
		return 0;
	here += strspn(here, " ");
	there += strspn(there, " ");
	strbuf_addf(&what, "is defined as: %.*s; on the other server as: %.*s",
		shown_length(here), here, shown_length(there), there);
	if (c->all->result->exact) {
		pthread_mutex_lock(&c->all->mutex);
		rc = pair_tell_definition(c->all, p, what.buf, e);
		pthread_mutex_unlock(&c->all->mutex);
	} else {
		p->differing = strbuf_detach(&what);
	}
	strbuf_release(&what);
	return rc;
}

int pair_define(struct comparer *c, struct pair *p, struct err *e)
{
	for (int i = HERE; i <= THERE; i++) {
		p->create[i] = show(c, p, i, e);
		if (!p->create[i] ||
			columns_parse(&p->columns[i], p->create[i], e))
			return -1;
	}
	return strcmp(p->create[HERE], p->create[THERE])
		? note_definition(c, p, e)
		: 0;
}

int pair_changed(struct comparer *c, const struct pair *p, struct err *e)
{
	bool changed = false;

	for (int i = HERE; i <= THERE; i++) {
		char *create = show(c, p, i, e);

		if (!create)
			return -1;
		changed = changed || strcmp(create, p->create[i]) != 0;
		free(create);
	}
	return comparer_release(c, e) ? -1 : changed;
}
