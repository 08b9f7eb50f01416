/* users.c: see users.h. */
#include "db/users.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/strlist.h"
#include "db/definition.h"
#include "db/escape.h"
#include "db/grants.h"
#include "db/result.h"
#include "db/sql_text.h"
#include "db/users_text.h"

/* Accounts that belong to a server, and are its own on every one. */
static const char *const system_users[] = {
	"mariadb.sys", "mysql.sys", "mysql.session", "mysql.infoschema", NULL};

enum { BLOCK_SIZE = 65536 }; /* bytes of grants in one statement */

struct account {
	char *user, *host;
	char *name; /* as SQL text */
	bool role;
	bool public;        /* the role that everybody has */
	char *default_role; /* or NULL */
};

struct users {
	struct account *item;
	size_t count, cap;
	struct db *db;
	const struct flavor *flavor;
	const struct dump_options *options;
	const struct sink *to;
	struct strbuf text; /* to be written next */
};

/* Each list has the columns user, host, is it a role, default role. A default
 * role that is no longer granted is none. */
static const char list_global_priv[] =
	"SELECT g.User, g.Host, COALESCE(JSON_VALUE(g.Priv, '$.is_role'), '0') "
	"IN ('1', 'true'), (SELECT MIN(m.Role) FROM mysql.roles_mapping m "
	"WHERE m.User = g.User AND m.Host = g.Host AND CAST(m.Role AS BINARY) "
	"= CAST(JSON_VALUE(g.Priv, '$.default_role') AS BINARY)) "
	"FROM mysql.global_priv g "
	"ORDER BY 3 DESC, CAST(g.User AS BINARY), CAST(g.Host AS BINARY)";
static const char list_roles[] =
	"SELECT g.User, g.Host, g.is_role = 'Y', (SELECT MIN(m.Role) FROM "
	"mysql.roles_mapping m WHERE m.User = g.User AND m.Host = g.Host AND "
	"CAST(m.Role AS BINARY) = CAST(g.default_role AS BINARY)) "
	"FROM mysql.user g "
	"ORDER BY 3 DESC, CAST(g.User AS BINARY), CAST(g.Host AS BINARY)";
static const char list_accounts[] =
	"SELECT User, Host, 0, NULL FROM mysql.user "
	"ORDER BY CAST(User AS BINARY), CAST(Host AS BINARY)";

static void add_account(struct users *users, char **row)
{
	struct strbuf name = STRBUF_INIT;
	struct account *one;

	users->item = grow_array(
		users->item, users->count, &users->cap, sizeof(*users->item));
	one = &users->item[users->count++];
	*one = (struct account){
		.user = xstrdup(row[0]), .host = xstrdup(row[1])};
	one->role = *row[2] == '1';
	one->public = one->role && !strcasecmp(row[0], "PUBLIC");
	one->default_role = row[3] ? xstrdup(row[3]) : NULL;
	if (one->public) {
		strbuf_addstr(&name, "PUBLIC");
	} else {
		sql_ident(&name, one->user);
		if (!one->role) {
			strbuf_addch(&name, '@');
			sql_ident(&name, one->host);
		}
	}
	one->name = strbuf_detach(&name);
}

static int read_accounts(struct users *users, struct err *e)
{
	const struct flavor *f = users->flavor;
	struct db_result *result = db_query_shape(users->db, "sss-",
		f->global_priv     ? list_global_priv
			: f->roles ? list_roles
				   : list_accounts,
		e);
	char **row;

	if (!result)
		return err_prefix(e, "accounts: ");
	while ((row = db_next(result)))
		if (!name_in(system_users, row[0]))
			add_account(users, row);
	db_result_free(result);
	return 0;
}

static void users_release(struct users *users)
{
	for (size_t i = 0; i < users->count; i++) {
		free(users->item[i].user);
		free(users->item[i].host);
		free(users->item[i].name);
		free(users->item[i].default_role);
	}
	free(users->item);
	strbuf_release(&users->text);
}

static int write_text(struct users *users, struct err *e)
{
	int rc = users->to->write(
		users->to->ctx, users->text.buf, users->text.len, e);

	strbuf_reset(&users->text);
	return rc;
}

static void add_heading(struct users *users, const char *text)
{
	if (users->options->comments)
		strbuf_addf(&users->text, "\n--\n-- %s\n--\n\n", text);
}

/* add_unless: a statement that runs where the condition does not hold. It
 * works outside of routines on every server. */
static void add_unless(
	struct strbuf *out, const char *condition, const char *sql)
{
	strbuf_addf(out, "SET @dbdump_sql=IF(%s, 'DO 0', '", condition);
	escape_string(out, sql, strlen(sql));
	strbuf_addstr(out,
		"');\nPREPARE dbdump FROM @dbdump_sql;\nEXECUTE dbdump;\n"
		"DEALLOCATE PREPARE dbdump;\n");
}

/* is_loader: the condition that this account is the one that loads. */
static void is_loader(const struct account *one, struct strbuf *condition)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "%s@%s", one->user, one->host);
	strbuf_addstr(condition, "CAST(CURRENT_USER() AS BINARY)=");
	sql_value(condition, name.buf, name.len);
	strbuf_release(&name);
}

/* is_there: the condition that it was on the target before this load. */
static void is_there(const struct account *one, struct strbuf *condition)
{
	strbuf_addstr(condition, "EXISTS(SELECT 1 FROM mysql.user WHERE User=");
	sql_value_str(condition, one->user);
	strbuf_addstr(condition, " AND Host=");
	sql_value_str(condition, one->host);
	strbuf_addch(condition, ')');
}

/* add_definition: the account itself; `line` creates it. False: it was not
 * understood. */
static bool add_definition(struct users *users, const char *line,
	const char *loader, const struct account *one)
{
	bool replace = users->options->replace;
	bool direct = replace && users->flavor->replace_user;
	struct strbuf sql = STRBUF_INIT;
	bool understood;

	if (replace && !direct) {
		strbuf_addf(&sql, "DROP USER IF EXISTS %s", one->name);
		add_unless(&users->text, loader, sql.buf);
		strbuf_reset(&sql);
	}
	understood = users_create(line,
		direct ? "CREATE OR REPLACE USER "
		       : "CREATE USER IF NOT EXISTS ",
		&sql);
	if (direct)
		add_unless(&users->text, loader, sql.buf);
	else
		strbuf_addf(&users->text, "%s;\n", sql.buf);
	if (understood && !replace && !users->options->insert_ignore) {
		strbuf_reset(&sql);
		understood =
			users_alter(line, users->flavor->whole_accounts, &sql);
		add_unless(&users->text, loader, sql.buf);
	}
	strbuf_release(&sql);
	return understood;
}

/* add_account_text: what SHOW CREATE USER says: a line that creates it, then
 * perhaps one that says more, ALTER USER. */
static int add_account_text(struct users *users, const struct account *one,
	struct db_result *result, struct err *e)
{
	bool ignore = users->options->insert_ignore;
	struct strbuf condition = STRBUF_INIT, there = STRBUF_INIT;
	char **row = db_next(result);
	int rc = 0;

	is_loader(one, &condition);
	if (ignore && db_result_count(result) > 1) {
		is_there(one, &there);
		strbuf_addf(&users->text, "SET @dbdump_there=%s;\n", there.buf);
	}
	if (!row || !add_definition(users, row[0], condition.buf, one))
		rc = err_set(e, ERR_BUG,
			"account %s: what SHOW CREATE USER says of it is not "
			"understood",
			one->name);
	while (!rc && (row = db_next(result)))
		add_unless(&users->text,
			ignore ? "@dbdump_there" : condition.buf, row[0]);
	strbuf_release(&condition);
	strbuf_release(&there);
	return rc;
}

/* show: SHOW what account. NULL with *e and db_errno; *unknown: the server has
 * a row of such an account, but does not use it. */
static struct db_result *show(struct users *users, const char *what,
	const struct account *one, bool *unknown, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;

	strbuf_addf(&sql, "SHOW %s %s", what, one->name);
	result = db_query_shape(users->db, "s", sql.buf, e);
	strbuf_release(&sql);
	*unknown = !result &&
		(db_errno(users->db) == ER_PASSWORD_NO_MATCH ||
			db_errno(users->db) == ER_NONEXISTING_GRANT);
	if (!result)
		err_prefix(e, "account %s: ", one->name);
	return result;
}

static int define_account(
	struct users *users, const struct account *one, struct err *e)
{
	struct db_result *result;
	bool unknown;
	int rc;

	if (one->public)
		return 0;
	if (one->role) {
		strbuf_addf(&users->text, "CREATE ROLE IF NOT EXISTS %s;\n",
			one->name);
		return write_text(users, e);
	}
	result = show(users, "CREATE USER", one, &unknown, e);
	if (unknown) {
		log_warn("account %s is not dumped: the server has it in its "
			 "tables but does not use it (a host name under "
			 "skip_name_resolve, or privileges not flushed)",
			one->name);
		return 0;
	}
	if (!result)
		return -1;
	rc = add_account_text(users, one, result, e);
	db_result_free(result);
	return rc ? -1 : write_text(users, e);
}

/* write_grants: the statements of the text. Those of objects stand in a block
 * in which each of them may fail for want of its object. */
static int write_grants(
	struct users *users, enum users_scope scope, struct err *e)
{
	struct strbuf block = STRBUF_INIT;

	if (scope == USERS_OBJECT && users->flavor->blocks && users->text.len) {
		strbuf_addf(&block,
			"BEGIN NOT ATOMIC\n"
			"DECLARE CONTINUE HANDLER FOR %d, %d, %d BEGIN END;\n"
			"%sEND",
			ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE,
			ER_SP_DOES_NOT_EXIST, users->text.buf);
		strbuf_reset(&users->text);
		definition_delimited(block.buf, &users->text);
		strbuf_release(&block);
	}
	return write_text(users, e);
}

/* may_proxy: the condition that it may already be a proxy for anybody. The root
 * of a new MariaDB is, by a row of an old form, beside which GRANT would put
 * another one. */
static void may_proxy(const struct account *one, struct strbuf *condition)
{
	strbuf_addstr(condition,
		"EXISTS(SELECT 1 FROM mysql.proxies_priv WHERE Proxied_user='' "
		"AND Proxied_host='' AND With_grant=1 AND User=");
	sql_value_str(condition, one->user);
	strbuf_addstr(condition, " AND Host=");
	sql_value_str(condition, one->host);
	strbuf_addch(condition, ')');
}

/* add_oracle: a statement that only sql_mode ORACLE knows. */
static void add_oracle(struct strbuf *out, const char *sql)
{
	strbuf_addstr(
		out, "SET STATEMENT sql_mode='ORACLE' FOR EXECUTE IMMEDIATE '");
	escape_string(out, sql, strlen(sql));
	strbuf_addstr(out, "';\n");
}

static void add_grant(
	struct users *users, const struct account *one, const char *sql)
{
	static const char proxy[] = "GRANT PROXY ON ``@`%` TO ";
	struct strbuf condition = STRBUF_INIT;

	if (grants_find(sql, " ON PACKAGE ")) {
		add_oracle(&users->text, sql);
		return;
	}
	if (strncmp(sql, proxy, strlen(proxy)) != 0) {
		strbuf_addf(&users->text, "%s;\n", sql);
		return;
	}
	may_proxy(one, &condition);
	add_unless(&users->text, condition.buf, sql);
	strbuf_release(&condition);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* read_grants: what the account is granted of one scope, in an order that is
 * always the same; the server has none. */
static int read_grants(struct users *users, const struct account *one,
	enum users_scope scope, struct strlist *grants, struct err *e)
{
	/* A role's list has what it gets from others, too. */
	const char *grantee = one->role ? one->name : NULL;
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	bool unknown;
	char **row;

	result = show(users, "GRANTS FOR", one, &unknown, e);
	if (!result)
		return unknown ? 0 : -1;
	while ((row = db_next(result))) {
		strbuf_reset(&sql);
		if (users_grant(row[0], grantee, &sql) == scope)
			strlist_add(grants, sql.buf);
	}
	db_result_free(result);
	strbuf_release(&sql);
	if (grants->count)
		qsort(grants->item, grants->count, sizeof(*grants->item),
			by_bytes);
	return 0;
}

/* each_grant: what the account is granted of one scope, written. */
static int each_grant(struct users *users, const struct account *one,
	enum users_scope scope, struct err *e)
{
	struct strlist grants = STRLIST_INIT;
	int rc = read_grants(users, one, scope, &grants, e);

	for (size_t i = 0; !rc && i < grants.count; i++) {
		add_grant(users, one, grants.item[i]);
		if (users->text.len > BLOCK_SIZE)
			rc = write_grants(users, scope, e);
	}
	strlist_release(&grants);
	return rc ? rc : write_grants(users, scope, e);
}

static int write_server_grants(
	struct users *users, const struct account *one, struct err *e)
{
	return each_grant(users, one, USERS_SERVER, e);
}

static int write_object_grants(
	struct users *users, const struct account *one, struct err *e)
{
	return each_grant(users, one, USERS_OBJECT, e);
}

static int write_default_role(
	struct users *users, const struct account *one, struct err *e)
{
	if (!one->default_role)
		return 0;
	strbuf_addstr(&users->text, "SET DEFAULT ROLE ");
	sql_ident(&users->text, one->default_role);
	strbuf_addf(&users->text, " FOR %s;\n", one->name);
	return write_text(users, e);
}

/* write_account_roles: the default roles where they are accounts. */
static int write_account_roles(struct users *users, struct err *e)
{
	struct db_result *result;
	char **row;

	if (!users->flavor->account_roles)
		return 0;
	result = db_query_shape(users->db, "s",
		"SELECT CONCAT('ALTER USER ', QUOTE(USER), '@', QUOTE(HOST), "
		"' DEFAULT ROLE ', GROUP_CONCAT(QUOTE(DEFAULT_ROLE_USER), '@', "
		"QUOTE(DEFAULT_ROLE_HOST) SEPARATOR ', ')) "
		"FROM mysql.default_roles GROUP BY USER, HOST "
		"ORDER BY USER, HOST",
		e);
	if (!result)
		return err_prefix(e, "default roles: ");
	while ((row = db_next(result)))
		strbuf_addf(&users->text, "%s;\n", row[0]);
	db_result_free(result);
	return write_text(users, e);
}

static int each(struct users *users,
	int (*write)(struct users *, const struct account *, struct err *),
	struct err *e)
{
	for (size_t i = 0; i < users->count; i++)
		if (write(users, &users->item[i], e))
			return -1;
	return 0;
}

static int write_accounts(struct users *users, struct err *e)
{
	struct err ignored;

	if (!users->flavor->show_create_user)
		return err_set(e, ERR_UNAVAILABLE,
			"this server is too old for --users: it has no SHOW "
			"CREATE USER");
	/* MySQL: hashes that hold any byte; of 8.0.17 and later. */
	if (users->flavor->account_roles)
		(void)db_exec(users->db,
			"SET SESSION print_identified_with_as_hex=1, "
			"group_concat_max_len=1048576",
			&ignored);
	add_heading(users, "Accounts and roles");
	if (read_accounts(users, e) || each(users, define_account, e) ||
		each(users, write_server_grants, e) ||
		each(users, write_default_role, e) ||
		write_account_roles(users, e))
		return -1;
	strbuf_addstr(&users->text, "SET @dbdump_sql=NULL;\n");
	return write_text(users, e);
}

static int write_later_grants(struct users *users, struct err *e)
{
	add_heading(users, "Grants on tables and routines");
	if (write_text(users, e) || read_accounts(users, e))
		return -1;
	return each(users, write_object_grants, e);
}

/* run: one part of them, if they are wanted at all. */
static int run(struct users *users,
	int (*write)(struct users *users, struct err *e), struct err *e)
{
	int rc = users->options->users ? write(users, e) : 0;

	users_release(users);
	return rc;
}

static struct users users_of(struct db *db, const struct flavor *flavor,
	const struct dump_options *options, const struct sink *to)
{
	return (struct users){.db = db,
		.flavor = flavor,
		.options = options,
		.to = to,
		.text = STRBUF_INIT};
}

int users_accounts(struct db *db, const struct flavor *flavor,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	struct users users = users_of(db, flavor, options, to);

	return run(&users, write_accounts, e);
}

int users_grants(struct db *db, const struct flavor *flavor,
	const struct dump_options *options, const struct sink *to,
	struct err *e)
{
	struct users users = users_of(db, flavor, options, to);

	return run(&users, write_later_grants, e);
}
