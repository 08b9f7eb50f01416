/* private_program.c: see private_program.h. */
#include "db/private_program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/strbuf.h"
#include "base/version.h"

/* What MySQL's policies for passwords ask for; who may reach the socket needs
 * none. */
#define PASSWORD "dbPipes-1-private"

/* What such a server holds is thrown away, so it need not be safe; and what a
 * dump brings must not reach out, nor a table be elsewhere by a DATA DIRECTORY.
 * Of the native kind of asynchronous I/O there is only so much on a machine
 * (fs.aio-max-nr), and its other servers need it. */
#define OPTIONS_OF_BOTH                                                        \
	"--skip-networking", "--skip-log-bin", "--event-scheduler=OFF",        \
		"--innodb-flush-log-at-trx-commit=0",                          \
		"--innodb-doublewrite=0", NO_NATIVE_AIO,                       \
		"--innodb-flush-method=nosync", "--innodb-fast-shutdown=2",    \
		"--innodb-buffer-pool-dump-at-shutdown=0",                     \
		"--innodb-buffer-pool-load-at-startup=0",                      \
		"--max-allowed-packet=1G", "--max-heap-table-size=1024G",      \
		"--performance-schema=OFF", "--local-infile=1",                \
		"--max-connections=120", "--sql-mode="
#define NO_NATIVE_AIO "--innodb-use-native-aio=0"

/* Of a data directory that was in use: pages that were being written are in the
 * doublewrite buffer alone; nothing of it leads to places of the server that it
 * comes from (case 64). */
#define RECOVERY_OPTIONS_OF_BOTH                                               \
	"--innodb-doublewrite=1", "--server-id=4294967295",                    \
		"--relay-log=relay", "--general-log=0", "--slow-query-log=0"

/* Source: MariaDB manual, mariadbd options, mariadb-install-db,
 * mariadb-upgrade. */
static const struct private_kind mariadb = {.vendor = "MariaDB",
	.install = "mariadb-install-db",
	.install_options = (const char *const[]){"--no-defaults",
		"--force", /* resolve no host name */
		"--skip-test-db", "--auth-root-authentication-method=normal",
		NO_NATIVE_AIO, NULL},
	.zones = "mariadb-tzinfo-to-sql",
	.upgrade = "mariadb-upgrade",
	.upgrade_options = (const char *const[]){"--no-defaults", "--force",
		"--upgrade-system-tables", NULL},
	.options = (const char *const[]){"--no-defaults", OPTIONS_OF_BOTH,
		"--symbolic-links=0", "--skip-slave-start",
		"--loose-wsrep-on=0", "--innodb-log-file-size=256M",
		"--sysdate-is-now=0", NULL},
	.recovery_options = (const char *const[]){RECOVERY_OPTIONS_OF_BOTH,
		"--strict-password-validation=0", NULL},
	.let_in = (const char *const[]){
		"CREATE OR REPLACE USER `" PRIVATE_ACCOUNT
		"`@localhost IDENTIFIED VIA mysql_native_password USING ''",
		"GRANT ALL ON *.* TO `" PRIVATE_ACCOUNT
		"`@localhost WITH GRANT OPTION",
		NULL}};

/* What one release has, and another not, or no more, is asked for loosely.
 * Source: MySQL manual, "Server Command Options", "InnoDB Startup Options". */
static const struct private_kind mysql = {.vendor = "MySQL",
	.install_options = (const char *const[]){"--no-defaults",
		"--initialize-insecure", NO_NATIVE_AIO, NULL},
	.zones = "mysql_tzinfo_to_sql",
	.options = (const char *const[]){"--no-defaults", OPTIONS_OF_BOTH,
		"--loose-symbolic-links=0", "--loose-mysqlx=0",
		"--loose-skip-slave-start", "--loose-skip-replica-start",
		"--loose-innodb-log-file-size=256M",
		"--loose-innodb-redo-log-capacity=512M", NULL},
	/* mysqld-auto.cnf is in the data directory. */
	.recovery_options = (const char *const[]){RECOVERY_OPTIONS_OF_BOTH,
		"--loose-persisted-globals-load=0", NULL},
	.let_in = (const char *const[]){"DROP USER IF EXISTS `" PRIVATE_ACCOUNT
					"`@localhost",
		"CREATE USER `" PRIVATE_ACCOUNT
		"`@localhost IDENTIFIED BY '" PASSWORD "'",
		"GRANT ALL ON *.* TO `" PRIVATE_ACCOUNT
		"`@localhost WITH GRANT OPTION",
		NULL},
	.password = PASSWORD};

/* Not all are in everybody's PATH. */
static const char *const server_folders[] = {
	"/usr/sbin", "/usr/local/sbin", "/usr/libexec", NULL};

static bool is_in(const char *folder, const char *name, struct strbuf *path)
{
	strbuf_reset(path);
	strbuf_addf(path, "%s/%s", *folder ? folder : ".", name);
	return !access(path->buf, X_OK);
}

/* find: its path; NULL: none. Owns: the caller frees. */
static char *find(const char *name)
{
	const char *search = getenv("PATH");
	char *all = xstrdup(search ? search : ""), *rest = all, *folder;
	struct strbuf path = STRBUF_INIT;
	bool found = false;

	while (!found && (folder = strsep(&rest, ":")))
		found = is_in(folder, name, &path);
	free(all);
	for (size_t i = 0; !found && server_folders[i]; i++)
		found = is_in(server_folders[i], name, &path);
	if (found)
		return strbuf_detach(&path);
	strbuf_release(&path);
	return NULL;
}

/* find_server: *p gets its path, or an error tells that there is none. */
static int find_server(
	struct private_program *p, const char *wanted, struct err *e)
{
	static const char *const usual[] = {"mariadbd", "mysqld", NULL};
	const char *slash = wanted ? strrchr(wanted, '/') : NULL;
	struct strbuf base = STRBUF_INIT;

	for (size_t i = 0; !wanted && !p->server && usual[i]; i++)
		p->server = find(usual[i]);
	if (wanted && !slash)
		p->server = find(wanted);
	if (slash) {
		p->server = xstrdup(wanted);
		strbuf_addf(&base, "%.*s/..", (int)(slash - wanted), wanted);
		p->base = strbuf_detach(&base);
	}
	if (p->server && !access(p->server, X_OK))
		return 0;
	if (wanted)
		return err_set(
			e, ERR_NOINPUT, "there is no program %s", wanted);
	err_set(e, ERR_NOINPUT,
		"there is no mariadbd, nor mysqld, for a private server");
	return err_hint(e,
		"install a server (Debian: mariadb-server-core), or name its "
		"program with --private-server");
}

/* ask: "mysqld  Ver 8.0.46 for Linux on x86_64 (MySQL Community Server)". */
static int ask(struct private_program *p, struct err *e)
{
	static const char mark[] = " Ver ";
	const char *const argv[] = {
		p->server, "--no-defaults", "--version", NULL};
	struct strbuf said = STRBUF_INIT;
	int rc = child_capture_bound(argv, SIGKILL, &said, e);
	const char *version = rc ? NULL : strstr(said.buf, mark);

	if (version) {
		p->version = version_number(version + strlen(mark));
		p->kind = strstr(version, "MariaDB") ? &mariadb : &mysql;
	}
	strbuf_release(&said);
	return rc || p->version
		? rc
		: err_set(e, ERR_UNAVAILABLE,
			  "%s says no version: is it a server's program?",
			  p->server);
}

int private_program_find(
	struct private_program *p, const char *wanted, struct err *e)
{
	*p = (struct private_program){0};
	return find_server(p, wanted, e) || ask(p, e) ? -1 : 0;
}

void private_program_release(struct private_program *p)
{
	free(p->server);
	free(p->base);
	*p = (struct private_program){0};
}

char *private_program_tool(const struct private_program *p, const char *name)
{
	/* As packages, and as archives of binaries, are laid out. */
	static const char *const folders[] = {
		"bin", "sbin", "scripts", "libexec", NULL};
	struct strbuf folder = STRBUF_INIT, path = STRBUF_INIT;
	bool found = false;
	char *tool;

	for (size_t i = 0; p->base && !found && folders[i]; i++) {
		strbuf_reset(&folder);
		strbuf_addf(&folder, "%s/%s", p->base, folders[i]);
		found = is_in(folder.buf, name, &path);
	}
	strbuf_release(&folder);
	if (found)
		return strbuf_detach(&path);
	strbuf_release(&path);
	tool = find(name);
	return tool ? tool : xstrdup(name);
}

void private_program_options(const char *const *options, struct strlist *args)
{
	for (size_t i = 0; options[i]; i++)
		strlist_add(args, options[i]);
}
