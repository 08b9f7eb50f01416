/* gate.c: see gate.h. Checks of a statement are in gate_check.c,
 * and its words in gate_words.c. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/text.h"
#include "db/sql_text.h"
#include "seed/gate_internal.h"

static int take_options(struct gate *g, struct err *e)
{
	const struct load_options *o = g->options;

	if (gate_words_begin(g, e))
		return -1;
	if (o->into)
		strbuf_addstr(&g->dump_db, o->into);
	strbuf_addstr(&g->used_db, g->dump_db.buf);
	strbuf_addstr(&g->session_db, g->dump_db.buf);
	return select_begin(&g->select, &o->databases, &o->tables, e);
}

struct gate *gate_new(const struct load_options *options, struct target *target,
	struct findings *findings, struct err *e)
{
	struct gate *g = xcalloc(1, sizeof(*g));
	struct strbuf *texts[] = {&g->dump_db, &g->used_db, &g->session_db,
		&g->from, &g->text, &g->inner, &g->key, &g->raw, &g->st.db,
		&g->st.table};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		strbuf_init(texts[i]);
	g->options = options;
	g->target = target;
	g->gather = findings != NULL;
	g->findings = findings ? findings : &g->own_findings;
	g->findings->nothing_begun = options->resume && !options->begun;
	if (!take_options(g, e))
		return g;
	gate_free(g);
	return NULL;
}

void gate_free(struct gate *g)
{
	struct strbuf *texts[] = {&g->dump_db, &g->used_db, &g->session_db,
		&g->from, &g->text, &g->inner, &g->key, &g->raw};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		strbuf_release(texts[i]);
	gate_words_release(g);
	strlist_release(&g->databases);
	strlist_release(&g->database_sql);
	strlist_release(&g->collations);
	strlist_release(&g->charsets);
	strlist_release(&g->spelled);
	strmap_release(&g->touched);
	strmap_release(&g->temporary);
	statement_release(&g->st);
	findings_release(&g->own_findings);
	select_release(&g->select);
	free(g);
}

void gate_source(struct gate *g, bool mysql)
{
	g->mysql = mysql;
}

bool gate_changes(const struct gate *g)
{
	return g->changes;
}

struct select *gate_select(struct gate *g)
{
	return &g->select;
}

/* held_back: what must not reach the target. What steers or states replication
 * is ours to do, and done only if asked for: else GTIDs that do not fit, and
 * replicas that get nothing. Table locks, which mariadb-dump writes around each
 * table's rows, would shut out the sequence that a column's default takes its
 * value from (error 1100), and our other sessions. */
static bool held_back(const struct statement *st)
{
	return st->kind == STATEMENT_LOCK || st->kind == STATEMENT_REPLICATION;
}

/* is_place: about a table where the server keeps, for its next start, how far
 * its replication has got: one for each engine (gtid_pos_auto_engines). */
static bool is_place(const struct statement *st)
{
	static const char prefix[] = "gtid_slave_pos";

	return !strcmp(st->db.buf, "mysql") &&
		!strncmp(st->table.buf, prefix, sizeof(prefix) - 1);
}

int gate_put_before(struct gate *g, enum statement_kind kind, const char *sql,
	struct gate_to to, struct err *e)
{
	struct statement st = g->st;
	uint64_t place = 1 + 2 * g->part + (kind == STATEMENT_DROP_TABLE);
	struct gate_out out = {.st = &st,
		.sql = sql,
		.len = strlen(sql),
		.offset = g->offset + place,
		.ours = true,
		.modes = &g->plain};

	st.kind = kind;
	return to.send(to.ctx, &out, e);
}

static void set(struct strbuf *name, const char *value)
{
	strbuf_reset(name);
	strbuf_addstr(name, value);
}

/* enter_database: make it, if the dump does, and use it, before the first thing
 * that is wanted of it. */
static int enter_database(struct gate *g, struct gate_to to, struct err *e)
{
	const char *db = g->st.db.buf;
	struct strbuf sql = STRBUF_INIT;
	int rc = 0;

	if (!*db || !strcmp(db, g->session_db.buf))
		return 0;
	for (size_t i = 0; !rc && i < g->databases.count; i++) {
		char *create = g->database_sql.item[i];

		if (strcmp(g->databases.item[i], db) != 0 || !*create)
			continue;
		rc = gate_check_collations(
			g, create, strlen(create), &g->plain, e);
		if (rc)
			break;
		g->changes = true;
		rc = gate_put_before(g, STATEMENT_DATABASE, create, to, e);
		*create = '\0';
	}
	strbuf_addstr(&sql, "USE ");
	sql_ident(&sql, db);
	if (!rc)
		rc = gate_put_before(g, STATEMENT_USE, sql.buf, to, e);
	strbuf_release(&sql);
	set(&g->session_db, db);
	return rc;
}

/* picked: whether a statement is wanted of a dump that is loaded in part. */
static bool picked(struct gate *g, const char *sql, size_t len)
{
	if (g->st.kind == STATEMENT_USE)
		return false;
	if (g->st.kind == STATEMENT_DATABASE &&
		sql_word(sql, sql + len, "DROP"))
		return false;
	/* ALTER, around a program that was made under another collation. */
	if (g->st.kind == STATEMENT_DATABASE && g->select.tables->count &&
		strcmp(g->st.db.buf, g->session_db.buf) != 0)
		return false;
	return select_statement(&g->select, &g->st, g->from.buf);
}

/* resolve: the database that the statement is about: in the dump, and on the
 * target. */
static void resolve(struct gate *g)
{
	struct statement *st = &g->st;
	const bool uses = st->kind == STATEMENT_USE;

	g->nameless |= st->table.len && !st->db.len && !g->named;
	g->explicit = st->db.len > 0;
	g->used |= uses;
	if (uses)
		set(&g->dump_db, st->db.buf);
	set(&g->from, g->explicit ? st->db.buf : g->dump_db.buf);
	set(&st->db,
		g->explicit || uses ? gate_words_database(g) : g->used_db.buf);
	if (uses)
		set(&g->used_db, st->db.buf);
}

/* refuse_named: with --into, what is about a database that the dump has named,
 * and nothing renames, where only a part is wanted or what is there is dropped:
 * who means to have a copy would load over what there is. Behind what is for
 * --into's it is another dump, of several in one. */
static int refuse_named(const struct gate *g, struct err *e)
{
	const char *into = g->options->into, *db = g->st.db.buf;

	if (!into || !g->named || g->nameless || !*db || !strcmp(db, into) ||
		strcmp(db, g->from.buf) != 0)
		return 0;
	if (!g->options->replace_tables && !select_active(&g->select))
		return 0;
	err_set(e, ERR_USAGE,
		"the dump names its database, '%.192s': --into=%.192s is for "
		"statements that name none",
		db, into);
	return err_hint(e, "%s--map-database=%.192s=%.192s renames it",
		g->changes ? "" : "nothing was loaded; ", db, into);
}

/* put_by: a CREATE DATABASE for when something of it is wanted, which can be
 * itself. What we put there is UTF-8, whatever the dump is. */
static int put_by(struct gate *g, const char *sql, size_t len,
	const struct lexer_modes *modes, struct gate_to to, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc;

	rc = gate_words(g, modes, &sql, &len, e);
	strbuf_add(&text, sql, len);
	if (!rc)
		rc = target_convert(g->target, modes->charset, &text, e);
	/* Of the dump's own database of a name that another one gets, nothing
	 * can be wanted. */
	if (!gate_words_other(g)) {
		strlist_add(&g->databases, g->st.db.buf);
		strlist_add(&g->database_sql, text.buf);
	}
	strbuf_release(&text);
	if (rc || g->select.tables->count ||
		!select_statement(&g->select, &g->st, g->from.buf))
		return rc;
	gate_words_met(g);
	return refuse_named(g, e) || gate_words_refuse(g, e)
		? -1
		: enter_database(g, to, e);
}

static bool changes_something(const struct statement *st)
{
	return st->kind != STATEMENT_SET && st->kind != STATEMENT_USE &&
		st->kind != STATEMENT_TRANSACTION;
}

/* take_one: a statement about one thing, which g->st has. */
static int take_one(struct gate *g, const struct piece *piece,
	const struct lexer_modes *modes, struct gate_to to, struct err *e)
{
	const char *sql = piece->text;
	size_t len = piece->len;
	bool part = select_active(&g->select), creates, changes;

	if (target_convert(g->target, modes->charset, &g->st.db, e) ||
		target_convert(g->target, modes->charset, &g->st.table, e))
		return -1;
	resolve(g);
	creates = g->st.kind == STATEMENT_DATABASE &&
		sql_word(sql, sql + len, "CREATE");
	g->named |= creates || g->st.kind == STATEMENT_USE;
	if (part && creates)
		return put_by(g, sql, len, modes, to, e);
	if (is_place(&g->st) || (part && !picked(g, sql, len)))
		return 0;
	changes = changes_something(&g->st);
	if (changes && (refuse_named(g, e) || gate_words_refuse(g, e)))
		return -1;
	if (changes || g->st.kind == STATEMENT_USE)
		gate_words_met(g);
	if (gate_words(g, modes, &sql, &len, e) ||
		gate_check(g, piece, sql, len, modes, e))
		return -1;
	if (changes) {
		if (part && enter_database(g, to, e))
			return -1;
		if (gate_touch(g, to, e) || gate_make_room(g, to, e))
			return -1;
		g->changes = true;
	}
	return to.send(to.ctx,
		&(struct gate_out){.st = &g->st,
			.sql = sql,
			.len = len,
			.offset = piece->offset,
			.modes = modes},
		e);
}

/* take_each: a DROP of several, one after the other: some of them may be picked
 * or be there, and others not. The first one has the place of the whole, and
 * each of the others one within it. What cannot be split is for the server to
 * refuse, before it drops any. */
static int take_each(struct gate *g, const struct piece *piece,
	const struct lexer_modes *modes, struct gate_to to, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct piece one = *piece;
	int rc = 0;

	for (; !rc &&
		statement_split(piece->text, piece->len, modes, g->part, &text);
		g->part++) {
		one.text = text.buf;
		one.len = one.total = text.len;
		one.offset = g->offset + g->part;
		statement_read(&g->st, one.text, one.len, modes);
		rc = take_one(g, &one, modes, to, e);
	}
	if (!g->part)
		rc = take_one(g, piece, modes, to, e);
	strbuf_release(&text);
	return rc;
}

/* lock_commits: whether a statement that is held back ends a transaction that
 * may be open: UNLOCK TABLES does where tables are locked. Source: MariaDB
 * manual, "SQL statements that cause an implicit commit". */
static bool lock_commits(struct gate *g, const struct piece *piece)
{
	const bool ends = sql_word(piece->text, piece->text + piece->len,
				  "UNLOCK") != NULL;
	const bool commits =
		g->st.kind == STATEMENT_LOCK && g->opens && (!ends || g->locks);

	if (g->st.kind == STATEMENT_LOCK)
		g->locks = !ends;
	return commits;
}

int gate_take(struct gate *g, const struct piece *piece,
	const struct lexer_modes *modes, bool position, struct gate_to to,
	struct err *e)
{
	struct piece whole = *piece;

	g->offset = piece->offset;
	g->part = 0;
	if (piece->kind != PIECE_STATEMENT || position)
		return 0;
	if (statement_inner(piece->text, piece->len, modes, &g->inner)) {
		whole.text = g->inner.buf;
		whole.len = whole.total = g->inner.len;
	}
	statement_read(&g->st, whole.text, whole.len, modes);
	if (held_back(&g->st))
		return lock_commits(g, &whole)
			? gate_put_before(
				  g, STATEMENT_TRANSACTION, "COMMIT", to, e)
			: 0;
	g->opens |= g->st.kind == STATEMENT_TRANSACTION ||
		(g->st.kind == STATEMENT_SET &&
			text_contains(whole.text, whole.len, "autocommit"));
	if (g->st.kind == STATEMENT_SET &&
		statement_drop_steering(
			whole.text, whole.len, modes, &g->text)) {
		whole.text = g->text.buf;
		whole.len = g->text.len;
		if (!whole.len)
			return 0;
	}
	return g->st.several ? take_each(g, &whole, modes, to, e)
			     : take_one(g, &whole, modes, to, e);
}

int gate_end(struct gate *g, const char *input, struct findings *findings,
	struct err *e)
{
	if (gate_words_definers(g, &findings->definers, e))
		return -1;
	for (size_t i = 0; !g->gather && i < g->findings->lost.count; i++)
		strlist_add(&findings->lost, g->findings->lost.item[i]);
	if (select_check_found(&g->select, input, e))
		return -1;
	return gate_words_check_found(g, input, e);
}
