/* gate_check.c: what of a dump does not go with its target. */
#include <string.h>

#include "base/text.h"
#include "db/sql_text.h"
#include "seed/gate_internal.h"

enum { CLAUSES_MOST = 8 }; /* of one statement */

static int find_collations(struct gate *g, const char *sql, size_t len,
	const struct lexer_modes *modes, struct err *e)
{
	size_t collation = g->collations.count, charset = g->charsets.count;
	struct strbuf similar = STRBUF_INIT;
	int lacks = 0;

	dialect_collations(sql, len, modes, &g->collations, &g->charsets);
	for (; lacks >= 0 && collation < g->collations.count; collation++) {
		const char *name = g->collations.item[collation];

		lacks = target_lacks_collation(g->target, name, e);
		if (lacks <= 0)
			continue;
		lacks = target_similar_collation(g->target, name, &similar, e);
		strlist_add(&g->findings->collations, name);
		strlist_add(&g->findings->similar, similar.buf);
	}
	strbuf_release(&similar);
	for (; lacks >= 0 && charset < g->charsets.count; charset++) {
		const char *name = g->charsets.item[charset];

		lacks = target_lacks_charset(g->target, name, e);
		if (lacks > 0)
			strlist_add(&g->findings->charsets, name);
	}
	return lacks < 0 ? -1 : 0;
}

int gate_check_collations(struct gate *g, const char *sql, size_t len,
	const struct lexer_modes *modes, struct err *e)
{
	if (find_collations(g, sql, len, modes, e))
		return -1;
	return g->gather ? 0 : findings_error(g->findings, !g->changes, e);
}

/* add_clause: "INVISIBLE in `t` at byte 99". */
static void add_clause(
	struct gate *g, const struct dialect_finding *found, uint64_t offset)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, found->clause);
	if (g->st.table.len) {
		strbuf_addstr(&text, " in ");
		sql_ident(&text, g->st.table.buf);
	}
	if (found->refused)
		strbuf_addf(&text, " at byte %llu",
			(unsigned long long)(offset + found->offset));
	if (found->refused) {
		strlist_add(&g->findings->clauses, text.buf);
		strlist_add(&g->findings->remedies, found->remedy);
	} else if (!strlist_has(&g->findings->lost, text.buf)) {
		strlist_add(&g->findings->lost, text.buf);
	}
	strbuf_release(&text);
}

static void check_clauses(struct gate *g, const struct piece *piece,
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	struct dialect_finding found[CLAUSES_MOST];
	size_t count;

	if (!g->mysql || target_flavor(g->target)->vendor != VENDOR_MARIADB)
		return;
	count = dialect_foreign_clauses(sql, len, modes, found, CLAUSES_MOST);
	for (size_t i = 0; i < count; i++)
		add_clause(g, &found[i], piece->offset);
}

/* spell: the table's name as the dump writes it, for messages and to tell
 * whether it is spelled like this for the first time. */
static void spell(struct gate *g, const char *db, const char *table)
{
	strbuf_reset(&g->raw);
	if (*db) {
		sql_ident(&g->raw, db);
		strbuf_addch(&g->raw, '.');
	}
	sql_ident(&g->raw, table);
}

static void add_folded(struct gate *g, const char *first)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s and %s", first, g->raw.buf);
	if (!strlist_has(&g->findings->folded, text.buf))
		strlist_add(&g->findings->folded, text.buf);
	strbuf_release(&text);
}

static bool makes_it(const struct statement *st)
{
	return st->kind == STATEMENT_CREATE_TABLE ||
		st->kind == STATEMENT_DROP_TABLE ||
		st->kind == STATEMENT_VIEW || st->kind == STATEMENT_SEQUENCE;
}

/* found_before: the load that this one goes on with had come to it, and been
 * allowed to. What that found in the way may not be dropped yet. */
static bool found_before(struct gate *g, const char *db, const char *table)
{
	const struct load_resume *begun = g->options->begun;

	return begun && load_resume_touched(begun, db, table, &g->touch);
}

/* done_before: the statement, by the load that this one goes on with, which has
 * made what is there now. */
static bool done_before(const struct gate *g)
{
	const struct load_resume *begun = g->options->begun;

	return begun && load_resume_has(begun, PLACE_STATEMENT, g->offset);
}

/* first_touch: the dump has come to this name for the first time. */
static void first_touch(struct gate *g, const char *db, const char *table)
{
	const struct load_options *o = g->options;
	enum target_kind there = target_find(g->target, g->key.buf);

	findings_table(g->findings, g->raw.buf)->exists =
		there != TARGET_NOTHING;
	g->first = true;
	if (found_before(g, db, table))
		return;
	g->touch = (struct resume_touch){TARGET_NOTHING, false};
	if (there == TARGET_NOTHING || g->renamed)
		return;
	if (o->force)
		g->touch.stays = g->st.kind != STATEMENT_DROP_TABLE;
	else if (o->replace_tables && makes_it(&g->st))
		g->touch.in_the_way = there;
	else
		strlist_add(&g->findings->existing, g->key.buf);
}

static int check_name(
	struct gate *g, const char *db, const char *table, struct err *e)
{
	uint64_t *spelling;

	spell(g, db, table);
	if (target_key(g->target, db, table, &g->key, e))
		return -1;
	spelling = strmap_add(&g->touched, g->key.buf);
	if (!*spelling) {
		strlist_add(&g->spelled, g->raw.buf);
		*spelling = g->spelled.count;
		first_touch(g, db, table);
	} else if (target_folds(g->target) &&
		strcmp(g->spelled.item[*spelling - 1], g->raw.buf) != 0) {
		add_folded(g, g->spelled.item[*spelling - 1]);
	}
	return 0;
}

static bool is_system(const char *db)
{
	return !strcmp(db, "mysql") || !strcmp(db, "sys");
}

/* come_to_system: the system's tables are there, as they have to be; only that
 * the load comes to them is told. */
static int come_to_system(struct gate *g, struct err *e)
{
	uint64_t *come;

	if (target_key(g->target, g->st.db.buf, g->st.table.buf, &g->key, e))
		return -1;
	come = strmap_add(&g->touched, g->key.buf);
	g->first = !*come;
	*come = 1;
	g->touch = (struct resume_touch){TARGET_NOTHING, false};
	return 0;
}

/* is_hidden: what the target has under g->key, by a table that only the session
 * has. Behind a RENAME of that it no longer is. */
static bool is_hidden(const struct gate *g, const char *sql, size_t len)
{
	const uint64_t *hides = strmap_find(&g->temporary, g->key.buf);

	return hides && *hides && !text_contains(sql, len, "RENAME");
}

/* is_temporary: the statement is about a table that only the session has. One
 * hides another of its name, g->key, until it is dropped. */
static bool is_temporary(struct gate *g, const char *sql, size_t len)
{
	const bool index = g->st.kind == STATEMENT_INDEX;
	const bool makes = !index && sql_word(sql, sql + len, "CREATE");
	const bool drops = !index && sql_word(sql, sql + len, "DROP");
	bool is = g->st.temporary ||
		(is_hidden(g, sql, len) && !makes &&
			g->st.kind != STATEMENT_VIEW);

	if (is && (makes || drops))
		*strmap_add(&g->temporary, g->key.buf) = makes;
	return is;
}

static int check_table(struct gate *g, const struct piece *piece,
	const char *sql, size_t len, struct err *e)
{
	if (!g->st.table.len)
		return 0;
	if (is_system(g->st.db.buf))
		return come_to_system(g, e);
	if (g->st.temporary || g->temporary.count) {
		if (target_key(g->target, g->st.db.buf, g->st.table.buf,
			    &g->key, e))
			return -1;
		if (is_temporary(g, sql, len))
			return 0;
	}
	if (check_name(g, g->st.db.buf, g->st.table.buf, e))
		return -1;
	if (g->st.kind == STATEMENT_INSERT)
		findings_table(g->findings, g->raw.buf)->bytes += piece->total;
	return 0;
}

/* check_each: what a statement may change of which the table cannot be told:
 * each table of the target that has one of the names in it. */
static int check_each(struct gate *g, const char *sql, size_t len,
	const struct lexer_modes *modes, struct err *e)
{
	struct strlist databases = STRLIST_INIT, tables = STRLIST_INIT;
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;
	int rc = 0;

	statement_names(sql, len, modes, &databases, &tables);
	for (size_t i = 0; !rc && i < tables.count; i++) {
		strbuf_reset(&db);
		strbuf_addstr(&db, databases.item[i]);
		strbuf_reset(&table);
		strbuf_addstr(&table, tables.item[i]);
		if (target_convert(g->target, modes->charset, &db, e) ||
			target_convert(g->target, modes->charset, &table, e))
			rc = -1;
		if (!db.len)
			strbuf_addstr(&db, g->used_db.buf);
		if (!rc)
			rc = target_key(
				g->target, db.buf, table.buf, &g->key, e);
		if (!rc &&
			target_find(g->target, g->key.buf) != TARGET_NOTHING &&
			!is_hidden(g, sql, len))
			rc = check_name(g, db.buf, table.buf, e);
	}
	strbuf_release(&db);
	strbuf_release(&table);
	strlist_release(&databases);
	strlist_release(&tables);
	return rc;
}

/* check_any: in a wide character set, names cannot be told from the rest. */
static void check_any(struct gate *g, uint64_t offset)
{
	const char *any = target_any(g->target);

	if (!any || g->options->force || g->options->begun)
		return;
	strbuf_reset(&g->raw);
	strbuf_addf(&g->raw,
		"%s, or another table that the statement at byte %llu changes",
		any, (unsigned long long)offset);
	strlist_add(&g->findings->existing, g->raw.buf);
}

static int check_change(struct gate *g, const struct piece *piece,
	const char *sql, size_t len, const struct lexer_modes *modes,
	struct err *e)
{
	if (g->st.table.len)
		return check_table(g, piece, sql, len, e);
	g->renamed = done_before(g) && sql_word(sql, sql + len, "RENAME");
	if (!modes->wide_charset)
		return check_each(g, sql, len, modes, e);
	check_any(g, piece->offset);
	return 0;
}

/* check_altered: the name that such a statement had given before the load was
 * interrupted is none of what the target held. */
static int check_altered(struct gate *g, const struct piece *piece,
	const char *sql, size_t len, const struct lexer_modes *modes,
	struct err *e)
{
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;
	int rc = 0;

	if (done_before(g) &&
		statement_new_name(sql, len, modes, &db, &table)) {
		if (target_convert(g->target, modes->charset, &db, e) ||
			target_convert(g->target, modes->charset, &table, e))
			rc = -1;
		if (!db.len)
			strbuf_addstr(&db, g->used_db.buf);
		g->renamed = true;
		if (!rc)
			rc = check_name(g, db.buf, table.buf, e);
		g->renamed = g->first = false;
	}
	strbuf_release(&db);
	strbuf_release(&table);
	return rc ? rc : check_table(g, piece, sql, len, e);
}

/* check_dropped_database: a DROP DATABASE takes all with it, also what the dump
 * does not hold. */
static int check_dropped_database(
	struct gate *g, const char *sql, size_t len, struct err *e)
{
	int found;

	if (g->options->force || done_before(g) ||
		!sql_word(sql, sql + len, "DROP"))
		return 0;
	found = target_find_database(g->target, g->st.db.buf, e);
	if (found <= 0)
		return found;
	strbuf_reset(&g->raw);
	sql_ident(&g->raw, g->st.db.buf);
	strbuf_addstr(&g->raw, " (which the dump drops, with all in it)");
	strlist_add(&g->findings->existing, g->raw.buf);
	return 0;
}

static int check_names(struct gate *g, const struct piece *piece,
	const char *sql, size_t len, const struct lexer_modes *modes,
	struct err *e)
{
	switch (g->st.kind) {
	case STATEMENT_CREATE_TABLE:
	case STATEMENT_DROP_TABLE:
	case STATEMENT_INSERT:
	case STATEMENT_VIEW:
	case STATEMENT_SEQUENCE:
	case STATEMENT_KEYS_OFF:
	case STATEMENT_KEYS_ON:
	case STATEMENT_INDEX:
		return check_table(g, piece, sql, len, e);
	case STATEMENT_ALTER_TABLE:
		return check_altered(g, piece, sql, len, modes, e);
	case STATEMENT_CHANGE:
		return check_change(g, piece, sql, len, modes, e);
	case STATEMENT_DATABASE:
		return check_dropped_database(g, sql, len, e);
	default:
		return 0;
	}
}

int gate_check(struct gate *g, const struct piece *piece, const char *sql,
	size_t len, const struct lexer_modes *modes, struct err *e)
{
	g->first = g->renamed = false;
	if (check_names(g, piece, sql, len, modes, e))
		return -1;
	if (g->st.kind != STATEMENT_INSERT) {
		if (find_collations(g, sql, len, modes, e))
			return -1;
		check_clauses(g, piece, sql, len, modes);
	}
	return g->gather ? 0 : findings_error(g->findings, !g->changes, e);
}

int gate_touch(struct gate *g, struct gate_to to, struct err *e)
{
	/* Where the table cannot be told, it was there before. */
	if (!g->first || !to.touch || !g->st.table.len)
		return 0;
	return to.touch(to.ctx, g->st.db.buf, g->st.table.buf, &g->touch, e);
}

int gate_make_room(struct gate *g, struct gate_to to, struct err *e)
{
	static const char *const drops[] = {
		[TARGET_TABLE] = "DROP TABLE IF EXISTS ",
		[TARGET_VIEW] = "DROP VIEW IF EXISTS ",
		[TARGET_SEQUENCE] = "DROP SEQUENCE IF EXISTS ",
	};
	struct strbuf sql = STRBUF_INIT;
	int rc;

	if (!g->first || g->touch.in_the_way == TARGET_NOTHING)
		return 0;
	strbuf_addstr(&sql, drops[g->touch.in_the_way]);
	strbuf_addstr(&sql, g->key.buf);
	rc = gate_put_before(g, STATEMENT_DROP_TABLE, sql.buf, to, e);
	strbuf_release(&sql);
	return rc;
}
