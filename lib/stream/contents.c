/* contents.c: see contents.h. */
#include "stream/contents.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "stream/cursor.h"
#include "stream/insert.h"
#include "stream/manifest.h"
#include "stream/statement.h"

#define MANIFEST_LINE "-- dbpipes-table "
#define HEADER_LINE "-- Host: "
#define HEADER_DB " Database: "

enum { NAME_MOST = 64 * 4 /* bytes of an identifier */ };

struct contents {
	struct contents_table **tables;
	size_t count, cap;
	void *by_name;     /* tsearch(3) */
	struct strbuf use; /* the default database, "" before a USE */
	struct insert_head head;
	struct contents_table *current; /* that the head is of */
	struct statement statement;
	struct contents_objects objects;
	char *header_db; /* that the first line names; NULL: none */
	bool many_db;    /* another such line names another one */
	bool sealed;
	bool part; /* only some of it comes */
};

struct contents *contents_new(void)
{
	struct contents *c = xcalloc(1, sizeof(*c));

	strbuf_init(&c->use);
	c->head = (struct insert_head)INSERT_HEAD_INIT;
	c->statement = (struct statement)STATEMENT_INIT;
	return c;
}

void contents_part(struct contents *c)
{
	c->part = true;
}

static void keep(void *table)
{
	(void)table; /* it is also in the array */
}

void contents_free(struct contents *c)
{
	if (!c)
		return;
	tdestroy(c->by_name, keep);
	for (size_t i = 0; i < c->count; i++) {
		free(c->tables[i]->db);
		free(c->tables[i]->table);
		free(c->tables[i]->stated_db);
		free(c->tables[i]);
	}
	free(c->tables);
	free(c->header_db);
	strbuf_release(&c->use);
	insert_head_release(&c->head);
	statement_release(&c->statement);
	free(c);
}

static int compare_names(const void *a, const void *b)
{
	const struct contents_table *x = a, *y = b;
	int order = strcmp(x->table, y->table);

	return order ? order : strcmp(x->db, y->db);
}

/* find_table: the table of that name; a new one if `add`, else NULL. */
static struct contents_table *find_table(
	struct contents *c, const char *db, const char *table, bool add)
{
	struct contents_table *t = xcalloc(1, sizeof(*t)), **there;

	t->db = xstrdup(*db ? db : c->use.buf);
	t->table = xstrdup(table);
	there = add ? tsearch(t, &c->by_name, compare_names)
		    : tfind(t, &c->by_name, compare_names);
	if (there && *there == t) {
		c->tables = grow_array(
			c->tables, c->count, &c->cap, sizeof(*c->tables));
		c->tables[c->count++] = t;
		return t;
	}
	free(t->db);
	free(t->table);
	free(t);
	return there ? *there : NULL;
}

static int take_rows(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, struct err *e)
{
	struct contents_table *t = c->current;
	struct insert_rows rows;
	const char *row;
	size_t len;
	int more;

	insert_rows_begin(&rows, &c->head, piece->text, piece->len);
	while ((more = insert_next_row(&rows, &row, &len)) > 0)
		row_digest_add(&t->digest, row, len);
	t->rows += rows.count;
	t->has_rows = true;
	(void)modes;
	if (!more)
		return 0;
	if (insert_rows_end(&rows)) {
		t->rows++;
		t->merged = true;
		return 0;
	}
	return err_set(e, ERR_DATA,
		"the INSERT at byte %" PRIu64 " into `%.64s`: what stands "
		"at byte %" PRIu64 " is no row",
		piece->offset, t->table,
		piece->offset + (uint64_t)(rows.pos - piece->text));
}

bool contents_is_system(const char *db)
{
	static const char *const names[] = {"mysql", "information_schema",
		"performance_schema", "sys", NULL};

	return name_in(names, db);
}

/* What a name stands for. */
enum named { NOTHING, TABLE, VIEW, SEQUENCE };

/* note: what the name stands for from now on; NULL: for nothing, as before. */
static struct contents_table *note(struct contents *c, enum named named)
{
	const struct statement *st = &c->statement;
	struct contents_table *t =
		find_table(c, st->db.buf, st->table.buf, named != NOTHING);

	if (t) {
		t->created = named == TABLE;
		t->view = named == VIEW;
		t->sequence = named == SEQUENCE;
	}
	return t;
}

/* drop_table: it may be made again. */
static void drop_table(struct contents *c)
{
	struct contents_table *t = note(c, NOTHING);

	if (t)
		t->dropped = true;
}

/* create_table: without the rows that one of this name had before, as where two
 * dumps of it stand behind each other. Only IF NOT EXISTS can leave a table in
 * its place; else a server takes no other one. */
static void create_table(struct contents *c)
{
	struct contents_table *t = note(c, TABLE);

	if (t->dropped || !c->statement.if_exists) {
		t->has_rows = t->merged = false;
		t->rows = 0;
		t->digest = (struct row_digest){0};
	}
	t->dropped = false;
}

/* may_pass: an event that ends, which a server drops by itself then, and does
 * not keep any more when it is created later: AT or ENDS, without ON COMPLETION
 * PRESERVE. */
static bool may_pass(const struct piece *piece, const struct lexer_modes *modes)
{
	struct cursor c;
	bool ends = false, negated = false;

	cursor_begin(&c, piece->text, piece->len, modes, false);
	while (c.t.kind != TOKEN_END && !cursor_word(&c, "SCHEDULE"))
		cursor_next(&c);
	while (c.t.kind != TOKEN_END && !token_word(&c.t, "DO")) {
		if (!negated && token_word(&c.t, "PRESERVE"))
			return false;
		ends = ends || token_word(&c.t, "AT") ||
			token_word(&c.t, "ENDS");
		negated = token_word(&c.t, "NOT");
		cursor_next(&c);
	}
	return ends;
}

/* take_object: count it, or note its name. */
static void take_object(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes)
{
	const struct statement *st = &c->statement;
	const char *end = piece->text + piece->len;
	const bool create = sql_word(piece->text, end, "CREATE") &&
		!contents_is_system(st->db.len ? st->db.buf : c->use.buf);

	switch (st->kind) {
	case STATEMENT_USE:
		strbuf_reset(&c->use);
		strbuf_addstr(&c->use, st->db.buf);
		c->current = NULL;
		break;
	case STATEMENT_CREATE_TABLE:
		create_table(c);
		break;
	case STATEMENT_DROP_TABLE:
		drop_table(c);
		break;
	case STATEMENT_VIEW:
		note(c, create ? VIEW : NOTHING);
		break;
	case STATEMENT_TRIGGER:
		c->objects.triggers += create;
		break;
	case STATEMENT_ROUTINE:
		c->objects.routines += create;
		break;
	case STATEMENT_EVENT:
		c->objects.events += create && !may_pass(piece, modes);
		break;
	case STATEMENT_SEQUENCE:
		if (create || sql_word(piece->text, end, "DROP"))
			note(c, create ? SEQUENCE : NOTHING);
		break;
	default:
		break;
	}
}

static int take_statement(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, struct err *e)
{
	bool same;

	if (!insert_head_read(
		    &c->head, piece->text, piece->len, modes, &same)) {
		c->current = NULL;
		statement_read(&c->statement, piece->text, piece->len, modes);
		take_object(c, piece, modes);
		return 0;
	}
	if (!same || !c->current)
		c->current =
			find_table(c, c->head.db.buf, c->head.table.buf, true);
	return take_rows(c, piece, modes, e);
}

/* compare: `at`: where the text has the manifest's line. */
static int compare(const struct contents_table *found,
	const struct manifest_table *stated, uint64_t at, struct err *e)
{
	uint64_t rows = found ? found->rows : 0;
	const struct row_digest none = {0};

	if (rows != stated->rows)
		return err_set(e, ERR_DATA,
			"table `%.64s`.`%.64s`: the dump has %" PRIu64
			" rows, its manifest, at byte %" PRIu64
			" of the text, states %" PRIu64,
			stated->db, stated->table, rows, at, stated->rows);
	if (!row_digest_same(found ? &found->digest : &none, &stated->digest))
		return err_set(e, ERR_DATA,
			"table `%.64s`.`%.64s`: the rows are not those "
			"that the manifest states, at byte %" PRIu64
			" of the text",
			stated->db, stated->table, at);
	return 0;
}

/* take_stated: a line of the manifest. */
static int take_stated(
	struct contents *c, const struct piece *piece, struct err *e)
{
	const size_t prefix = sizeof(MANIFEST_LINE) - 1;
	struct contents_table *t;
	struct manifest_table stated;
	int rc = manifest_read_comment(
		piece->text + prefix, piece->len - prefix, &stated, e);

	if (!rc) {
		/* Without --databases the dump names none, its manifest does;
		 * with it, a table may have neither definition nor rows. */
		t = find_table(c, stated.db, stated.table, c->use.len > 0);
		if (!t)
			t = find_table(c, "", stated.table, true);
		rc = c->part ? 0 : compare(t, &stated, piece->offset, e);
		t->stated = true;
		if (!*t->db && !t->stated_db)
			t->stated_db = xstrdup(stated.db);
		t->has_rows = true;
		c->sealed = true;
	}
	manifest_table_release(&stated);
	return rc;
}

/* take_header: "-- Host: localhost    Database: shop", as mariadb-dump and
 * mysqldump begin, and dbdump; behind the word nothing, if it is of more than
 * one. A host has no blanks. */
static void take_header(struct contents *c, const struct piece *piece)
{
	const size_t word = sizeof(HEADER_DB) - 1;
	const char *end = piece->text + piece->len;
	const char *name = memmem(piece->text, piece->len, HEADER_DB, word);

	if (!name)
		return;
	name += word;
	if (end > name && end[-1] == '\r')
		end--;
	if (name == end || end - name > NAME_MOST ||
		memchr(name, '\0', (size_t)(end - name)))
		return;
	if (!c->header_db)
		c->header_db = xstrndup(name, (size_t)(end - name));
	else if (strlen(c->header_db) != (size_t)(end - name) ||
		memcmp(c->header_db, name, (size_t)(end - name)) != 0)
		c->many_db = true;
}

static bool is_line(const struct piece *piece, const char *begin)
{
	const size_t len = strlen(begin);

	return piece->kind == PIECE_LINE && piece->len > len &&
		!memcmp(piece->text, begin, len);
}

int contents_take(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, struct err *e)
{
	if (piece->kind == PIECE_STATEMENT)
		return take_statement(c, piece, modes, e);
	if (is_line(piece, MANIFEST_LINE))
		return take_stated(c, piece, e);
	if (is_line(piece, HEADER_LINE))
		take_header(c, piece);
	return 0;
}

int contents_end(const struct contents *c, struct err *e)
{
	for (size_t i = 0; c->sealed && i < c->count; i++) {
		const struct contents_table *t = c->tables[i];

		if (t->rows && !t->stated)
			return err_set(e, ERR_DATA,
				"table `%.64s` has rows in the dump, but is "
				"not in its manifest",
				t->table);
	}
	return 0;
}

const struct contents_table *const *contents_tables(
	const struct contents *c, size_t *count)
{
	*count = c->count;
	return (const struct contents_table *const *)c->tables;
}

struct contents_objects contents_objects(const struct contents *c)
{
	struct contents_objects objects = c->objects;

	for (size_t i = 0; i < c->count; i++) {
		objects.views += c->tables[i]->view;
		objects.sequences += c->tables[i]->sequence;
	}
	return objects;
}

const char *contents_only_db(const struct contents *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->tables[i]->stated_db)
			return c->tables[i]->stated_db;
	return c->many_db ? NULL : c->header_db;
}

bool contents_needs_db(const struct contents *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct contents_table *t = c->tables[i];

		if (!*t->db && (t->created || t->view || t->rows))
			return true;
	}
	return false;
}
