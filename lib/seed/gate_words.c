/* gate_words.c: a statement in the words that the target gets: as
 * --map-database, --map-collation and --definer say, and without a mode that it
 * has not. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "db/catalog.h"
#include "db/sql_text.h"
#include "seed/gate_internal.h"
#include "stream/cursor.h"
#include "stream/database_names.h"

static const char map_database[] = "--map-database";

static const char *before(const struct gate *g)
{
	return g->changes ? "" : "nothing was loaded; ";
}

/* is_same: of databases, to the target. */
static bool is_same(const struct gate *g, const char *one, const char *other)
{
	return target_folds(g->target) ? !strcasecmp(one, other)
				       : !strcmp(one, other);
}

/* check_databases: each is one, and goes somewhere of its own. */
static int check_databases(const struct gate *g, struct err *e)
{
	const struct name_map *map = &g->words.databases;

	for (size_t i = 0; i < map->count; i++) {
		const struct name_pair *pair = &map->pair[i];

		if (catalog_is_system(pair->from) ||
			catalog_is_system(pair->to) ||
			!strcmp(pair->to, LOAD_RESUME_DATABASE))
			return err_set(e, ERR_USAGE,
				"%s=%.192s=%.192s: the system's databases "
				"cannot be renamed",
				map_database, pair->from, pair->to);
		for (size_t k = 0; k < i; k++) {
			const struct name_pair *had = &map->pair[k];

			if (is_same(g, had->to, pair->to))
				return err_set(e, ERR_USAGE,
					"%s: two databases cannot both become "
					"'%.192s'",
					map_database, pair->to);
			if (is_same(g, had->from, pair->from))
				return err_set(e, ERR_USAGE,
					"%s: '%.192s' and '%.192s' are one "
					"database to the target",
					map_database, had->from, pair->from);
		}
	}
	return 0;
}

/* check_into: what names no database would go under the name that all else of
 * the dump is moved away from. */
static int check_into(const struct gate *g, struct err *e)
{
	const struct name_map *map = &g->words.databases;
	const char *into = g->options->into;

	for (size_t i = 0; into && i < map->count; i++) {
		const struct name_pair *pair = &map->pair[i];

		if (!is_same(g, pair->from, into))
			continue;
		err_set(e, ERR_USAGE,
			"--into=%.192s, and %s=%.192s=%.192s, which renames it",
			into, map_database, pair->from, pair->to);
		return err_hint(e,
			"nothing was loaded; --into takes the new name: "
			"--into=%.192s",
			pair->to);
	}
	return 0;
}

static int take_map(struct name_map *map, const char *option,
	const struct strlist *texts, struct err *e)
{
	for (size_t i = 0; i < texts->count; i++)
		if (name_map_add(map, option, texts->item[i], e))
			return -1;
	return 0;
}

int gate_words_begin(struct gate *g, struct err *e)
{
	const struct load_options *o = g->options;
	struct gate_wording *w = &g->words;
	struct strbuf *texts[] = {&w->definer_sql, &w->moved, &w->mapped,
		&w->less, &w->defined, &w->clause.user, &w->clause.host};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		strbuf_init(texts[i]);
	if (take_map(&w->databases, map_database, &o->map_databases, e) ||
		check_databases(g, e) || check_into(g, e) ||
		take_map(&w->collations, "--map-collation", &o->map_collations,
			e))
		return -1;
	return definer_parse(o->definer, &w->definer, &w->definer_sql, e);
}

void gate_words_release(struct gate *g)
{
	struct gate_wording *w = &g->words;

	name_map_release(&w->databases);
	name_map_release(&w->collations);
	strbuf_release(&w->definer_sql);
	strbuf_release(&w->moved);
	strbuf_release(&w->mapped);
	strbuf_release(&w->less);
	strbuf_release(&w->defined);
	definer_clause_release(&w->clause);
	strlist_release(&w->users);
	strlist_release(&w->hosts);
}

static struct name_pair *find_database(const struct gate *g)
{
	return name_map_find(
		&g->words.databases, g->from.buf, target_folds(g->target));
}

const char *gate_words_database(const struct gate *g)
{
	const struct name_pair *pair = find_database(g);

	return pair ? pair->to : g->from.buf;
}

void gate_words_met(const struct gate *g)
{
	struct name_pair *pair = find_database(g);

	if (pair)
		pair->met = true;
}

int gate_words_check_found(
	const struct gate *g, const char *input, struct err *e)
{
	const struct name_map *map = &g->words.databases;

	for (size_t i = 0; g->named && i < map->count; i++) {
		if (map->pair[i].met)
			continue;
		err_set(e, ERR_DATA,
			"%s has nothing of a database '%.192s', which "
			"%s=%.192s=%.192s renames",
			input, map->pair[i].from, map_database,
			map->pair[i].from, map->pair[i].to);
		return err_hint(e,
			"the others go where the dump says; --dry-run lists "
			"its tables");
	}
	return 0;
}

const char *gate_words_other(const struct gate *g)
{
	const struct name_map *map = &g->words.databases;

	if (find_database(g) || (g->options->into && !g->explicit && !g->used))
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (is_same(g, map->pair[i].to, g->from.buf))
			return map->pair[i].from;
	return NULL;
}

int gate_words_refuse(const struct gate *g, struct err *e)
{
	const char *other = gate_words_other(g);

	if (!other)
		return 0;
	err_set(e, ERR_USAGE,
		"the dump has a database '%.192s' itself: '%.192s' cannot "
		"become that, too",
		g->from.buf, other);
	return err_hint(e,
		"%spick what is wanted with --database, or take another name",
		before(g));
}

/* is_plain: whether the names of the map can be found in the text as they are.
 */
static bool is_plain(const struct name_map *map,
	const struct lexer_modes *modes, const char *sql, size_t len)
{
	const char *charset = modes->charset;

	for (; modes->wide_charset && len; sql++, len--)
		if ((unsigned char)*sql >= 0x80)
			return false;
	if (!*charset || !strncmp(charset, "utf8", 4) ||
		!strcmp(charset, "binary"))
		return true;
	for (size_t i = 0; i < map->count; i++)
		if (!text_is_ascii(map->pair[i].from) ||
			!text_is_ascii(map->pair[i].to))
			return false;
	return true;
}

/* has_name: at memory speed where that can be. */
static bool has_name(
	const struct gate *g, const char *sql, size_t len, const char *name)
{
	return target_folds(g->target)
		? text_contains(sql, len, name)
		: memmem(sql, len, name, strlen(name)) != NULL;
}

/* may_name: one of the map may be in the text. What is no ASCII may be there as
 * other bytes where the text is not plain, and a quote is doubled. */
static bool may_name(
	const struct gate *g, bool plain, const char *sql, size_t len)
{
	const struct name_map *map = &g->words.databases;

	for (size_t i = 0; i < map->count; i++) {
		const char *from = map->pair[i].from;

		if (strpbrk(from, "`\"") || (!plain && !text_is_ascii(from)) ||
			has_name(g, sql, len, from))
			return true;
	}
	return false;
}

static int fail_doubt(const struct gate *g, const char *doubt, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE,
		"the statement at byte %llu has '%.192s' with a dot behind it "
		"and also without one: %s cannot tell whether it is the "
		"database",
		(unsigned long long)g->offset, doubt, map_database);
	return err_hint(e,
		"%spick tables with --table, or load into another server under "
		"the dump's own name",
		before(g));
}

static int fail_charset(
	const struct gate *g, const struct lexer_modes *modes, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE,
		"%s cannot find the name in a statement in %s, at byte %llu",
		map_database, modes->charset, (unsigned long long)g->offset);
	return err_hint(e,
		"%smake the dump with --default-character-set=utf8mb4, or load "
		"into another server under the dump's own name",
		before(g));
}

/* runs_hidden: a statement that runs another one, where that is not a string
 * without a name of the map: a variable, what a function makes, hex digits. */
static bool runs_hidden(const struct gate *g, const struct lexer_modes *modes,
	const char *sql, size_t len)
{
	struct strbuf name = STRBUF_INIT;
	struct cursor c;
	bool runs;

	cursor_begin(&c, sql, len, modes, false);
	if (cursor_word(&c, "PREPARE"))
		runs = cursor_name(&c, &name) && cursor_word(&c, "FROM");
	else
		runs = cursor_word(&c, "EXECUTE") &&
			cursor_word(&c, "IMMEDIATE");
	strbuf_release(&name);
	return runs &&
		(c.t.kind != TOKEN_STRING || may_name(g, false, sql, len));
}

static int fail_hidden(const struct gate *g, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE,
		"the statement at byte %llu runs another one, which %s does "
		"not look into",
		(unsigned long long)g->offset, map_database);
	return err_hint(e,
		"%spick tables with --table, or load into another server under "
		"the dump's own name",
		before(g));
}

static int move_databases(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len, struct err *e)
{
	struct gate_wording *w = &g->words;
	const struct database_names names = {
		&w->databases, target_folds(g->target), g->st.kind};
	/* Rows are long, and name a database in the head alone, but those of
	 * a subquery. */
	const bool rows = !g->explicit && g->st.kind == STATEMENT_INSERT;
	const char *doubt = NULL;
	size_t moved = 0;
	bool plain;

	if (!w->databases.count)
		return 0;
	if (g->st.kind == STATEMENT_OTHER && runs_hidden(g, modes, *sql, *len))
		return fail_hidden(g, e);
	strbuf_reset(&w->moved);
	plain = is_plain(&w->databases, modes, *sql, *len);
	if ((plain && !rows) || may_name(g, plain, *sql, *len)) {
		if (!plain)
			return rows ? 0 : fail_charset(g, modes, e);
		moved = database_names_map(
			*sql, *len, modes, &names, &w->moved, &doubt);
	}
	if (doubt)
		return fail_doubt(g, doubt, e);
	/* The server must not get what is ours to rename. */
	if (!moved && g->explicit && find_database(g))
		return fail_charset(g, modes, e);
	if (moved) {
		*sql = w->moved.buf;
		*len = w->moved.len;
	}
	return 0;
}

static void map_collations(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len)
{
	struct gate_wording *w = &g->words;

	strbuf_reset(&w->mapped);
	if (!w->collations.count ||
		!dialect_map_collations(
			*sql, *len, modes, &w->collations, &w->mapped))
		return;
	*sql = w->mapped.buf;
	*len = w->mapped.len;
}

/* drop_mode: a mode that the target does not know, for it has no other way. */
static void drop_mode(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len)
{
	struct strbuf *less = &g->words.less;

	strbuf_reset(less);
	if (g->st.kind != STATEMENT_SET ||
		!target_flavor(g->target)->only_creates ||
		!dialect_drop_mode(
			*sql, *len, modes, "NO_AUTO_CREATE_USER", less))
		return;
	*sql = less->buf;
	*len = less->len;
}

/* note_definer: for gate_words_definers. A role has no host. */
static void note_definer(struct gate_wording *w)
{
	const char *user = w->clause.user.buf, *host = w->clause.host.buf;

	if (!*user || !*host)
		return;
	for (size_t i = 0; i < w->users.count; i++)
		if (!strcmp(w->users.item[i], user) &&
			!strcmp(w->hosts.item[i], host))
			return;
	strlist_add(&w->users, user);
	strlist_add(&w->hosts, host);
}

/* put_definer: --definer's clause in the place of the dump's. */
static void put_definer(struct gate_wording *w, const char **sql, size_t *len)
{
	const char *behind = *sql + w->clause.offset + w->clause.len;

	strbuf_reset(&w->defined);
	strbuf_add(&w->defined, *sql, w->clause.offset);
	if (w->definer == DEFINER_SET)
		strbuf_addstr(&w->defined, w->definer_sql.buf);
	strbuf_add(&w->defined, behind, *len - (size_t)(behind - *sql));
	*sql = w->defined.buf;
	*len = w->defined.len;
}

static void set_definer(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len)
{
	struct gate_wording *w = &g->words;

	if (g->st.kind != STATEMENT_VIEW && g->st.kind != STATEMENT_ROUTINE &&
		g->st.kind != STATEMENT_TRIGGER &&
		g->st.kind != STATEMENT_EVENT)
		return;
	if (!definer_clause_find(&w->clause, *sql, *len, modes))
		return;
	if (w->definer == DEFINER_KEEP)
		note_definer(w);
	else
		put_definer(w, sql, len);
}

int gate_words(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len, struct err *e)
{
	if (move_databases(g, modes, sql, len, e))
		return -1;
	if (g->st.kind == STATEMENT_INSERT)
		return 0;
	map_collations(g, modes, sql, len);
	drop_mode(g, modes, sql, len);
	set_definer(g, modes, sql, len);
	return 0;
}

int gate_words_definers(struct gate *g, struct strlist *lacking, struct err *e)
{
	struct gate_wording *w = &g->words;
	struct strbuf name = STRBUF_INIT;
	int lacks = 0;

	for (size_t i = 0; lacks >= 0 && i < w->users.count; i++) {
		lacks = target_lacks_account(
			g->target, w->users.item[i], w->hosts.item[i], e);
		if (lacks <= 0)
			continue;
		strbuf_reset(&name);
		sql_ident(&name, w->users.item[i]);
		strbuf_addch(&name, '@');
		sql_ident(&name, w->hosts.item[i]);
		strlist_add(lacking, name.buf);
	}
	strbuf_release(&name);
	return lacks < 0 ? -1 : 0;
}
