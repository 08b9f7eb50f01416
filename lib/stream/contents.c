/* contents.c: see contents.h. */
#include "stream/contents.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "base/text.h"
#include "stream/contents_internal.h"
#include "stream/manifest.h"
#include "stream/name_utf8.h"

#define MANIFEST_LINE "-- dbpipes-table "
#define HEADER_LINE "-- Host: "
#define HEADER_DB " Database: "

enum { NAME_MOST = 64 * 4 /* bytes of an identifier */ };

struct contents *contents_new(void)
{
	struct contents *c = xcalloc(1, sizeof(*c));

	strbuf_init(&c->use);
	strbuf_init(&c->inner);
	c->head = (struct insert_head)INSERT_HEAD_INIT;
	c->statement = (struct statement)STATEMENT_INIT;
	return c;
}

void contents_into(struct contents *c, const char *db)
{
	free(c->into);
	c->into = db ? xstrdup(db) : NULL;
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
	free(c->into);
	programs_release(&c->programs);
	strbuf_release(&c->use);
	strbuf_release(&c->inner);
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

const char *contents_database(const struct contents *c, const char *named)
{
	const char *db = *named ? named : c->use.buf;

	return c->into && !strcmp(db, c->into) ? "" : db;
}

struct contents_table *contents_table(
	struct contents *c, const char *db, const char *table, bool add)
{
	struct contents_table *t = xcalloc(1, sizeof(*t)), **there;

	t->db = xstrdup(contents_database(c, db));
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

static int take_rows(
	struct contents *c, const struct piece *piece, struct err *e)
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
	if (!more)
		return 0;
	if (insert_rows_end(&rows)) {
		t->rows++;
		t->uncounted = true;
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

/* may_meet: REPLACE and INSERT IGNORE can leave fewer rows than they bring,
 * where there are others already. Those that a dumper writes for a table one
 * behind the other come from one read of it, and meet none of each other. */
static bool may_meet(const struct contents *c, const struct contents_table *t)
{
	return (c->head.replace || c->head.ignore) && t->has_rows &&
		(c->run != t || c->run_replaces != c->head.replace);
}

/* take_insert: of the table that the head names, mostly that of the statement
 * before. */
static int take_insert(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, bool same, struct err *e)
{
	if (!same || !c->current) {
		if (!same) {
			name_utf8(&c->head.db, modes->charset);
			name_utf8(&c->head.table, modes->charset);
		}
		c->current = contents_table(
			c, c->head.db.buf, c->head.table.buf, true);
	}
	/* They are gone when the dump has been loaded; that of a sequence is
	 * its state. */
	if (c->current->temporary || c->current->sequence)
		return 0;
	if (may_meet(c, c->current))
		c->current->uncounted = true;
	c->run = c->head.replace || c->head.ignore ? c->current : NULL;
	c->run_replaces = c->head.replace;
	return take_rows(c, piece, e);
}

static int take_statement(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, struct err *e)
{
	bool same;

	if (insert_head_read(&c->head, piece->text, piece->len, modes, &same))
		return take_insert(c, piece, modes, same, e);
	c->current = NULL;
	contents_change(c, piece, modes);
	return 0;
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
		t = contents_table(c, stated.db, stated.table, c->use.len > 0);
		if (!t)
			t = contents_table(c, "", stated.table, true);
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

/* header_name: "-- Host: localhost    Database: shop", as mariadb-dump and
 * mysqldump begin, and dbdump; behind the word nothing, if it is of more than
 * one. A host has no blanks. Returns the name; NULL: none. */
static const char *header_name(const char *line, size_t len, size_t *name_len)
{
	const size_t word = sizeof(HEADER_DB) - 1;
	const char *end = line + len;
	const char *name = memmem(line, len, HEADER_DB, word);

	if (!name)
		return NULL;
	name += word;
	if (end > name && end[-1] == '\r')
		end--;
	*name_len = (size_t)(end - name);
	return name == end || *name_len > NAME_MOST ||
			memchr(name, '\0', *name_len)
		? NULL
		: name;
}

static void take_header(struct contents *c, const struct piece *piece)
{
	size_t len;
	const char *name = header_name(piece->text, piece->len, &len);

	c->run = NULL; /* another dump begins */
	if (!name)
		return;
	if (!c->header_db)
		c->header_db = xstrndup(name, len);
	else if (strlen(c->header_db) != len || memcmp(c->header_db, name, len))
		c->many_db = true;
}

/* may_be_name: of a database, on any server. */
static bool may_be_name(const char *name)
{
	size_t characters = 0;

	if (!*name || !utf8_valid(name, strlen(name)))
		return false;
	for (const char *p = name; *p; p++) {
		characters += ((unsigned char)*p & 0xc0) != 0x80;
		if ((unsigned char)*p >= 0xf0)
			return false; /* beyond the Basic Multilingual Plane */
	}
	return characters <= 64 && name[strlen(name) - 1] != ' ' &&
		!contents_is_system(name);
}

char *contents_home(const char *begin, size_t len)
{
	static const char *const others[] = {
		"\n-- Current Database: ", "\nCREATE DATABASE", "\nUSE "};
	const char *line = memmem(begin, len, HEADER_LINE, strlen(HEADER_LINE));
	const char *end =
		line ? memchr(line, '\n', len - (size_t)(line - begin)) : NULL;
	const char *name;
	char *home;
	size_t name_len;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (memmem(begin, len, others[i], strlen(others[i])))
			return NULL;
	if (!end)
		return NULL;
	name = header_name(line, (size_t)(end - line), &name_len);
	home = name ? xstrndup(name, name_len) : NULL;
	if (!home || may_be_name(home))
		return home;
	free(home);
	return NULL;
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
	struct contents_objects objects = {0};

	programs_count(&c->programs, &objects);
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
