/* users_text.c: see users_text.h. */
#include "db/users_text.h"

#include <string.h>

#include "db/grants.h"

/* The clauses of CREATE USER in MariaDB, in their order, and what to put in
 * ALTER USER to have the same as without them. Source: MariaDB manual, CREATE
 * USER; Sql_user_table and mysql_show_create_user() in its source. */
struct clause {
	const char *word;
	const char *without;
	const char *before; /* stands before the clause's own text */
};

/* Of two values for a limit the later one counts. */
#define NO_LIMITS                                                              \
	" WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 "                 \
	"MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 "                   \
	"MAX_STATEMENT_TIME 0"

static const struct clause clauses[] = {
	{" IDENTIFIED", " IDENTIFIED VIA mysql_native_password USING ''", NULL},
	{" REQUIRE", " REQUIRE NONE", NULL},
	{" WITH", NO_LIMITS, NO_LIMITS},
	{" ACCOUNT", " ACCOUNT UNLOCK", NULL},
	{" PASSWORD EXPIRE", " PASSWORD EXPIRE DEFAULT", NULL},
};

enum { CLAUSES = sizeof(clauses) / sizeof(*clauses) };

static const char create_user[] = "CREATE USER ", alter_user[] = "ALTER USER ";

/* account_end: the byte behind `user`@`host`, a `role`, or PUBLIC. */
static const char *account_end(const char *s)
{
	while (*s && *s != ' ')
		s = strchr("`'\"", *s) ? grants_skip(s) : s + 1;
	return s;
}

/* add_line: MySQL's DEFAULT ROLE, which stands before its REQUIRE, is left
 * out. */
static void add_line(const char *text, struct strbuf *sql)
{
	const char *role = grants_find(text, " DEFAULT ROLE ");
	const char *behind = role ? grants_find(role, " REQUIRE ") : NULL;

	if (role)
		strbuf_add(sql, text, (size_t)(role - text));
	strbuf_addstr(sql, !role ? text : behind ? behind : "");
}

bool users_create(const char *line, const char *verb, struct strbuf *sql)
{
	size_t len = strlen(create_user);

	if (strncmp(line, create_user, len) != 0)
		return false;
	strbuf_addstr(sql, verb);
	add_line(line + len, sql);
	return true;
}

/* clause_end: where the clause at s ends: at the next one. */
static const char *clause_end(const char *s, size_t clause)
{
	const char *end = s + strlen(s);

	for (size_t i = clause + 1; i < CLAUSES; i++) {
		const char *next = grants_find(s, clauses[i].word);

		if (next && next < end)
			end = next;
	}
	return end;
}

/* add_without: the text without `what`, which is outside of names. */
static void add_without(const char *text, const char *what, struct strbuf *out)
{
	const char *found = grants_find(text, what);

	if (found)
		strbuf_add(out, text, (size_t)(found - text));
	strbuf_addstr(out, found ? found + strlen(what) : text);
}

/* alter_whole: MySQL's, which has every clause. No password is one that is
 * named here: ALTER USER, unlike CREATE USER, makes what is not named an
 * expired one, and takes no expiry of an anonymous account (error 3016). */
static bool alter_whole(const char *line, struct strbuf *sql)
{
	static const char with[] = " IDENTIFIED WITH ";
	const char *name = line + strlen(create_user), *plugin;
	struct strbuf named = STRBUF_INIT, text = STRBUF_INIT;
	bool anonymous =
		strncmp(name, "``@", 3) == 0 || strncmp(name, "''@", 3) == 0;
	bool understood;

	plugin = grants_find(line, with);
	if (plugin)
		plugin = grants_skip(plugin + strlen(with));
	if (plugin && strncmp(plugin, " AS ", 4) != 0) {
		strbuf_add(&named, line, (size_t)(plugin - line));
		strbuf_addstr(&named, " AS ''");
	} else {
		plugin = line;
	}
	strbuf_addstr(&named, plugin);
	if (anonymous)
		add_without(named.buf, " PASSWORD EXPIRE DEFAULT", &text);
	else
		strbuf_addstr(&text, named.buf);
	understood = users_create(text.buf, alter_user, sql);
	strbuf_release(&named);
	strbuf_release(&text);
	return understood;
}

bool users_alter(const char *line, bool whole, struct strbuf *sql)
{
	size_t len = strlen(create_user);
	const char *s, *end;

	if (strncmp(line, create_user, len) != 0)
		return false;
	if (whole)
		return alter_whole(line, sql);
	s = account_end(line + len);
	strbuf_addstr(sql, alter_user);
	strbuf_add(sql, line + len, (size_t)(s - line) - len);
	for (size_t i = 0; i < CLAUSES; i++) {
		const struct clause *c = &clauses[i];

		if (strncmp(s, c->word, strlen(c->word)) != 0) {
			strbuf_addstr(sql, c->without);
			continue;
		}
		end = clause_end(s, i);
		if (c->before) {
			strbuf_addstr(sql, c->before);
			s += strlen(c->word);
		}
		strbuf_add(sql, s, (size_t)(end - s));
		s = end;
	}
	strbuf_addstr(sql, s);
	return true;
}

/* scope_of: `on` is " ON " of the line, or NULL: it grants a role. */
static enum users_scope scope_of(const char *line, const char *on)
{
	if (!on || !strncmp(line, "GRANT PROXY ", 12))
		return USERS_SERVER;
	on += 4;
	if (*on == '*')
		return USERS_SERVER;
	if (*on != '`' && *on != '\'' && *on != '"')
		return USERS_OBJECT; /* FUNCTION, PROCEDURE, PACKAGE … */
	return strncmp(grants_skip(on), ".*", 2) ? USERS_OBJECT : USERS_SERVER;
}

/* same_account: the name at s, up to end, is `grantee`. */
static bool same_account(const char *s, const char *end, const char *grantee)
{
	return !grantee ||
		((size_t)(end - s) == strlen(grantee) &&
			!strncmp(s, grantee, strlen(grantee)));
}

enum users_scope users_grant(
	const char *line, const char *grantee, struct strbuf *sql)
{
	static const char usage[] = "GRANT USAGE ON *.* TO ";
	const char *on = grants_find(line, " ON ");
	const char *to = grants_find(line, " TO ");
	const char *end, *with;

	if (!strncmp(line, "REVOKE ", 7)) { /* MySQL: in part */
		strbuf_addstr(sql, line);
		return scope_of(line, on);
	}
	if (strncmp(line, "GRANT ", 6) != 0 || !to)
		return USERS_NOTHING;
	end = account_end(to + 4);
	with = grants_find(end, " WITH GRANT OPTION");
	if (!with)
		with = grants_find(end, " WITH ADMIN OPTION");
	if (!same_account(to + 4, end, grantee) ||
		(!with && !strncmp(line, usage, strlen(usage))))
		return USERS_NOTHING;
	strbuf_add(sql, line, (size_t)(end - line));
	if (with)
		strbuf_add(sql, with, strlen(" WITH GRANT OPTION"));
	return scope_of(line, on);
}
