/* conn_options.c: the connection options of every MariaDB client, as a table
 * for opt_parse, and the environment names that stand behind them. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/optfile.h"
#include "db/conn.h"

static const char *const protocols[] = {"default", "tcp", "socket", NULL};

/* In the order of enum db_said. */
static const char *const said[] = {"0", "1", NULL};

#define AT(member) offsetof(struct db_options, member)

/* clang-format off */
const struct opt_def db_option_defs[] = {
	{OPT_HEADING, .help = "Connection"},
	{OPT_STRING, 'h', "host", "NAME", .offset = AT(host),
		.help = "connect to this host"},
	{OPT_UINT, 'P', "port", "N", .offset = AT(port),
		.help = "TCP port (default: 3306)"},
	{OPT_STRING, 'S', "socket", "FILE", .offset = AT(socket),
		.help = "Unix socket for localhost"},
	{OPT_STRING, 'u', "user", "NAME", .offset = AT(user),
		.help = "log in as this user (default: the system's)"},
	{OPT_PASSWORD, 'p', "password", .offset = AT(password),
		.help = "ask for the password; a value is taken only from an "
			"option file"},
	{OPT_ENUM, 0, "protocol", "NAME", .offset = AT(protocol),
		.choices = protocols,
		.help = "tcp or socket (default: by the host)"},
	{OPT_DURATION, 0, "connect-timeout", "SECONDS",
		.offset = AT(connect_timeout_ms),
		.help = "give up connecting after this time (default: 30)"},
	{OPT_MODE, 0, "ssl", .optional = "1", .offset = AT(ssl),
		.choices = said,
		.help = "insist on TLS"},
	{OPT_STRING, 0, "ssl-ca", "FILE", .offset = AT(ssl_ca),
		.help = "authorities to trust; implies --ssl, as do the others"},
	{OPT_STRING, 0, "ssl-capath", "DIR", .offset = AT(ssl_capath),
		.help = "directory of authorities to trust"},
	{OPT_STRING, 0, "ssl-cert", "FILE", .offset = AT(ssl_cert),
		.help = "our certificate"},
	{OPT_STRING, 0, "ssl-key", "FILE", .offset = AT(ssl_key),
		.help = "the key of our certificate"},
	{OPT_STRING, 0, "ssl-cipher", "LIST", .offset = AT(ssl_cipher),
		.help = "ciphers to permit"},
	{OPT_STRING, 0, "tls-version", "LIST", .offset = AT(tls_version),
		.help = "TLS versions to permit"},
	{OPT_MODE, 0, "ssl-verify-server-cert", .optional = "1",
		.offset = AT(ssl_verify_server_cert), .choices = said,
		.help = "check the server's certificate and name (on with "
			"TLS)"},
	{OPT_STRING, 0, "plugin-dir", "DIR", .offset = AT(plugin_dir),
		.help = "directory of client plugins"},
	{OPT_STRING, 0, "default-auth", "NAME", .offset = AT(default_auth),
		.help = "authentication plugin to try first"},
	{0}
};
/* clang-format on */

static const char *const environment[] = {
	"MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_PWD", NULL};

static void take_env(char **value, const char *name)
{
	const char *env = getenv(name);

	if (!*value && env && *env)
		*value = xstrdup(env);
}

int db_options_finish(struct db_options *o, struct err *e)
{
	const char *port = getenv("MYSQL_TCP_PORT");

	take_env(&o->host, "MYSQL_HOST");
	take_env(&o->socket, "MYSQL_UNIX_PORT");
	if (!o->port && port && *port &&
		uint_parse(port, "MYSQL_TCP_PORT", &o->port, e))
		return -1;
	if (o->port > 65535)
		return err_set(e, ERR_USAGE, "port %llu is not a TCP port",
			(unsigned long long)o->port);
	if (o->password.ask) {
		o->password.value = secret_ask("Password: ", e);
		if (!o->password.value)
			return -1;
		o->password.ask = false;
	}
	take_env(&o->password.value, "MYSQL_PWD");
	return 0;
}

void db_options_forget_environment(void)
{
	for (size_t i = 0; environment[i]; i++)
		unsetenv(environment[i]);
}

/* spec_of: the tables that opt_set and opt_release look into. */
static struct opt_spec spec_of(const struct opt_table *tables)
{
	return (struct opt_spec){.tables = tables};
}

static int set_one(void *ctx, const char *group, const char *name,
	const char *value, const char *where, struct err *e)
{
	const struct opt_table tables[] = {{db_option_defs, ctx}, {0}};
	const struct opt_spec spec = spec_of(tables);

	(void)group;
	/* Other clients know other options. */
	if (!opt_set(&spec, name, value, e) || e->code == ERR_NOINPUT)
		return 0;
	e->code = ERR_CONFIG;
	return err_prefix(e, "%s: ", where);
}

int db_options_read(struct db_options *o, const char *path, struct err *e)
{
	static const char *const groups[] = {"client", "client-mariadb", NULL};
	const struct optfile_choice choice = {.file = path};

	*o = (struct db_options)DB_OPTIONS_INIT;
	return optfile_read(&choice, groups, set_one, o, e);
}

void db_options_release(struct db_options *o)
{
	const struct opt_table tables[] = {{db_option_defs, o}, {0}};
	const struct opt_spec spec = spec_of(tables);

	opt_release(&spec);
}

const char *db_options_name(const struct db_options *o)
{
	return o->host ? o->host : o->socket ? o->socket : "localhost";
}

/* add_option: quoted; a backslash would begin an escape. */
static void add_option(struct strbuf *text, const char *name, const char *value)
{
	if (!value)
		return;
	strbuf_addf(text, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\\')
			strbuf_addch(text, '\\');
		strbuf_addch(text, *value);
	}
	strbuf_addstr(text, "\"\n");
}

void db_options_file(const struct db_options *o, struct strbuf *text)
{
	strbuf_addstr(text, "[client]\n");
	add_option(text, "password", o->password.value);
}

/* add_path: an option of TLS, if it was given. */
static void add_path(struct strlist *args, const char *option, const char *path)
{
	struct strbuf arg = STRBUF_INIT;

	if (path) {
		strbuf_addf(&arg, "--%s=%s", option, path);
		strlist_add(args, arg.buf);
	}
	strbuf_release(&arg);
}

void db_options_local(
	const struct db_options *o, const struct db *db, struct strlist *args)
{
	struct strbuf arg = STRBUF_INIT;

	strbuf_addstr(&arg, "--socket=");
	if (db_socket(db, &arg)) {
		strlist_add(args, "--host=localhost");
		strlist_add(args, "--protocol=socket");
		strlist_add(args, arg.buf);
	}
	if (o->user) {
		strbuf_reset(&arg);
		strbuf_addf(&arg, "--user=%s", o->user);
		strlist_add(args, arg.buf);
	}
	/* An account may want a certificate through the socket, too. */
	add_path(args, "ssl-ca", o->ssl_ca);
	add_path(args, "ssl-capath", o->ssl_capath);
	add_path(args, "ssl-cert", o->ssl_cert);
	add_path(args, "ssl-key", o->ssl_key);
	strbuf_release(&arg);
}
