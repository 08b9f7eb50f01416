/* private.c: see private.h. */
#include "db/private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/sig.h"
#include "base/strlist.h"
#include "base/undo.h"
#include "db/private_owner.h"
#include "db/private_program.h"
#include "db/private_room.h"
#include "db/private_zones.h"

#define POOL_MOST (UINT64_C(1) << 30)
#define POOL_LEAST (UINT64_C(64) << 20)

/* Open files of the server. Refused some, it says of tables that they do not
 * exist; it takes as many as the soft limit, which suits those who use
 * select(2), and memory for each. */
enum { FILES_LEAST = 1024, FILES_MOST = 65536 };

enum { ASK_MS = 20, LOG_SHOWN = 64 * 1024 };

/* A server that is killed closes its socket a moment before its end can be
 * waited for. */
enum { ENDED_MS = 10000 };

struct private_server {
	const struct private_program *program;
	char *folder, *datadir, *log;
	char *version;
	const struct passwd *user; /* whom it runs as; NULL: we */
	bool recovers;             /* what was in use */
	char *init; /* file with statements for its start; NULL: none */
	struct db_options login;
	pid_t pid;    /* 0: none */
	int status;   /* that it ended with, as a shell shows it */
	off_t logged; /* bytes of the log when it first answered */
	struct private_room *room;
};

/* add_user: a server wants to be told that it is to be root. */
static void add_user(const struct private_server *p, struct strlist *args)
{
	if (!p->user && !geteuid())
		strlist_add(args, "--user=root");
}

/* Options, each a string of its own. */
static void add(struct strlist *argv, const char *option, const char *value)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s%s", option, value);
	strlist_add(argv, text.buf);
	strbuf_release(&text);
}

static int start_child(const struct private_server *p,
	const struct strlist *args, bool group, pid_t *pid, struct err *e)
{
	int log = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const char **argv = xcalloc(args->count + 1, sizeof(*argv));
	const struct child_spec spec = {.argv = argv,
		.in = null,
		.out = log,
		.err = log,
		.death_signal = SIGKILL,
		.uid = p->user ? p->user->pw_uid : 0,
		.gid = p->user ? p->user->pw_gid : 0,
		.group = group,
		.files = FILES_MOST};
	int rc = -1;

	for (size_t i = 0; i < args->count; i++)
		argv[i] = args->item[i];
	if (log < 0 || null < 0)
		err_sys(e, ERR_CANTCREATE, "cannot write %s", p->log);
	else
		rc = child_start(&spec, pid, e);
	if (log >= 0)
		close(log);
	if (null >= 0)
		close(null);
	free(argv);
	return rc;
}

/* explain: put the first error of the server's log behind our message: those
 * after it mostly follow from it. */
static int explain(const struct private_server *p, struct err *e)
{
	/* A server's, and mariadb-install-db's. */
	static const char *const marks[] = {"[ERROR] ", "FATAL ERROR: "};
	struct strbuf text = STRBUF_INIT;
	struct err other;
	int fd = io_open_read(p->log, &other);
	const char *at = NULL;
	ssize_t n;

	if (fd < 0)
		return -1;
	strbuf_grow(&text, LOG_SHOWN);
	n = io_pread_full(fd, text.buf, LOG_SHOWN, 0, p->log, &other);
	close(fd);
	strbuf_setlen(&text, n > 0 ? (size_t)n : 0);
	for (size_t i = 0; !at && i < sizeof(marks) / sizeof(*marks); i++) {
		at = strstr(text.buf, marks[i]);
		at = at ? at + strlen(marks[i]) : NULL;
	}
	if (at) {
		struct err told = *e;

		err_set(&told, e->code, "%.300s: %.*s", e->msg,
			(int)strcspn(at, "\n"), at);
		err_hint(&told, "%s", e->hint);
		*e = told;
	}
	if (strstr(text.buf, "ermission denied") && !*e->hint)
		err_hint(e,
			"does AppArmor, say, confine the server? Then name a "
			"folder where it may write with --tmpdir, such as "
			"/tmp");
	strbuf_release(&text);
	return -1;
}

/* run_install: its server makes tables of Aria, which wait for room as a
 * private server's do, and is not its process but one that it has started. */
static int run_install(const struct private_server *p,
	const struct strlist *args, int *status, struct err *e)
{
	struct private_room *room;
	struct err ignored;
	pid_t pid;
	int rc;

	if (start_child(p, args, true, &pid, e))
		return -1;
	room = private_room_watch(p->folder, p->log, pid, e);
	rc = room ? child_await(pid, status, e) : -1;
	private_room_release(room);
	if (rc) {
		kill(-pid, SIGKILL);
		child_wait(pid, status, &ignored);
	}
	return rc;
}

static int install(struct private_server *p, struct err *e)
{
	const struct private_kind *kind = p->program->kind;
	char *tool = kind->install
		? private_program_tool(p->program, kind->install)
		: xstrdup(p->program->server);
	struct strlist args = STRLIST_INIT;
	int rc, status = 0;

	strlist_add(&args, tool);
	private_program_options(kind->install_options, &args);
	if (kind->install && p->program->base)
		add(&args, "--basedir=", p->program->base);
	add(&args, "--datadir=", p->datadir);
	/* TMPDIR may be a place where the server's user cannot write. */
	add(&args, "--tmpdir=", p->folder);
	add_user(p, &args);
	rc = run_install(p, &args, &status, e);
	strlist_release(&args);
	if (!rc && status) {
		err_set(e, ERR_UNAVAILABLE,
			"%.200s cannot make a data directory in %s (status %d)",
			kind->install ? kind->install : tool, p->folder,
			status);
		rc = explain(p, e);
	}
	free(tool);
	return rc;
}

/* find_zones: what is missing is missed by few dumps, and told then. */
static int find_zones(struct private_server *p, struct err *e)
{
	char *tool = private_program_tool(p->program, p->program->kind->zones);
	struct strbuf file = STRBUF_INIT;
	int rc;

	strbuf_addf(&file, "%s/zones.sql", p->folder);
	rc = private_zones_write(tool, file.buf, e);
	if (rc > 0)
		p->init = strbuf_detach(&file);
	free(tool);
	strbuf_release(&file);
	return rc < 0 ? -1 : 0;
}

static uint64_t pool_size(uint64_t wanted)
{
	struct sysinfo info;
	uint64_t size = POOL_LEAST;

	if (wanted)
		return wanted;
	if (!sysinfo(&info))
		size = (uint64_t)info.freeram * info.mem_unit / 4;
	return size < POOL_LEAST   ? POOL_LEAST
		: size > POOL_MOST ? POOL_MOST
				   : size;
}

static void add_options(const struct private_server *p,
	const struct private_options *options, struct strlist *args)
{
	struct strbuf text = STRBUF_INIT;

	private_program_options(p->program->kind->options, args);
	add(args, "--datadir=", p->datadir);
	add(args, "--socket=", p->login.socket);
	strbuf_addf(&text, "%s/pid", p->folder);
	add(args, "--pid-file=", text.buf);
	add(args, "--tmpdir=", p->folder);
	add(args, "--secure-file-priv=", p->folder);
	strbuf_reset(&text);
	strbuf_addf(&text, "%" PRIu64, pool_size(options->buffer_pool));
	add(args, "--innodb-buffer-pool-size=", text.buf);
	strbuf_release(&text);
	add_user(p, args);
	if (p->recovers)
		private_program_options(
			p->program->kind->recovery_options, args);
	if (p->init)
		add(args, "--init-file=", p->init);
	if (options->extra)
		private_program_options(options->extra, args);
}

/* log_in_as_ours: as the account that the statements of let_in make. */
static void log_in_as_ours(struct private_server *p)
{
	const char *password = p->program->kind->password;

	free(p->login.user);
	free(p->login.password.value);
	p->login.user = xstrdup(PRIVATE_ACCOUNT);
	p->login.password.value = password ? xstrdup(password) : NULL;
}

/* let_us_in: an existing directory has accounts, whose passwords we do not
 * know. It is another one of a name of ours, made as the server starts. */
static int let_us_in(struct private_server *p, struct err *e)
{
	const char *const *statement = p->program->kind->let_in;
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int fd, rc;

	strbuf_addf(&path, "%s/init.sql", p->folder);
	p->recovers = true;
	p->init = strbuf_detach(&path);
	for (; *statement; statement++)
		strbuf_addf(&text, "%s;\n", *statement);
	/* The folder keeps others out; its server may be another user. */
	fd = open(p->init, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	rc = fd < 0 || fchmod(fd, 0644)
		? err_sys(e, ERR_CANTCREATE, "cannot write %s", p->init)
		: io_write_all(fd, text.buf, text.len, p->init, e);
	if (fd >= 0)
		close(fd);
	strbuf_release(&text);
	log_in_as_ours(p);
	return rc;
}

static int launch(struct private_server *p,
	const struct private_options *options, struct err *e)
{
	struct strlist args = STRLIST_INIT;
	int rc;

	strlist_add(&args, p->program->server);
	add_options(p, options, &args);
	rc = start_child(p, &args, false, &p->pid, e);
	strlist_release(&args);
	if (!rc)
		p->room = private_room_watch(p->folder, p->log, p->pid, e);
	return p->room ? 0 : -1;
}

/* has_ended: the server; p->status tells how. */
static bool has_ended(struct private_server *p)
{
	int raw;

	if (waitpid(p->pid, &raw, WNOHANG) != p->pid)
		return false;
	p->status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
	p->pid = 0;
	return true;
}

/* was_ended: it neither gave up nor crashed: SIGKILL, as of a kernel that is
 * short of memory, or SIGTERM, upon which it ends well. */
static bool was_ended(const struct private_server *p)
{
	static const int own[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (p->status == 128 + own[i])
			return false;
	return !p->status || p->status > 128;
}

/* ask: does it answer? Keeps its version. */
static bool ask(struct private_server *p, struct err *e)
{
	struct stat status;
	struct db *db;

	if (access(p->login.socket, F_OK))
		return false;
	db = db_open(&p->login, e);
	if (!db)
		return false;
	p->version = xstrdup(db_server_version(db));
	p->logged = stat(p->log, &status) ? 0 : status.st_size;
	db_close(db);
	return true;
}

/* wants_older: *e has what a newer series says of a redo log that is not empty.
 * Source: MariaDB 11.8 and MySQL 8.0, log0recv.cc. */
static bool wants_older(const struct err *e)
{
	return strstr(e->msg, "Upgrade after a crash is not supported") ||
		strstr(e->msg, "Upgrade is not supported after a crash");
}

/* ended_early: of an existing directory that is the answer, if the server
 * itself brought it about. */
static int ended_early(const struct private_server *p, struct err *e)
{
	/* 127: its program could not be loaded. */
	const bool killed = was_ended(p) || p->status == 127;

	err_set(e, p->recovers && !killed ? ERR_DATA : ERR_UNAVAILABLE,
		"the private server ended while it started (status %d)",
		p->status);
	if (killed)
		err_hint(e, "%s", PRIVATE_HINT);
	explain(p, e);
	if (!wants_older(e))
		return -1;
	e->code = ERR_UNAVAILABLE;
	return err_hint(e, "%s", PRIVATE_OTHER_HINT);
}

static int await(struct private_server *p, uint64_t limit_ms, struct err *e)
{
	const uint64_t began = clock_ms();
	struct err answer = {0};

	while (!ask(p, &answer)) {
		struct pollfd signal = {.fd = sig_fd(), .events = POLLIN};

		if (has_ended(p))
			return ended_early(p, e);
		if (answer.code == ERR_DENIED)
			return err_set(e, ERR_UNAVAILABLE,
				"the private server refuses us: %.300s",
				answer.msg);
		if (clock_ms() - began > limit_ms) {
			err_set(e, ERR_UNAVAILABLE,
				"the private server does not answer after "
				"%" PRIu64 " s",
				limit_ms / 1000);
			return explain(p, e);
		}
		poll(&signal, 1, ASK_MS);
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
	}
	return 0;
}

static void kill_now(void *arg)
{
	struct private_server *p = arg;

	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
}

static void release(struct private_server *p)
{
	private_room_release(p->room);
	free(p->folder);
	free(p->datadir);
	free(p->log);
	free(p->version);
	free(p->init);
	free(p->login.socket);
	free(p->login.user);
	free(p->login.password.value);
	free(p);
}

/* lay_out: the names of all that is in the folder. */
static int lay_out(struct private_server *p,
	const struct private_options *options, struct err *e)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%s/server", options->folder);
	p->folder = xstrdup(path.buf);
	strbuf_addstr(&path, "/data");
	p->datadir = xstrdup(options->datadir ? options->datadir : path.buf);
	strbuf_reset(&path);
	strbuf_addf(&path, "%s/log", p->folder);
	p->log = xstrdup(path.buf);
	strbuf_reset(&path);
	strbuf_addf(&path, "%s/sock", p->folder);
	p->login = (struct db_options)DB_OPTIONS_INIT;
	p->login.user = xstrdup("root");
	p->login.protocol = DB_PROTOCOL_SOCKET;
	p->login.socket = strbuf_detach(&path);
	if (strlen(p->login.socket) <
		sizeof(((struct sockaddr_un *)0)->sun_path))
		return 0;
	err_set(e, ERR_CANTCREATE, "%s: too long a name for a socket",
		p->login.socket);
	return err_hint(e, "set TMPDIR to a shorter one");
}

static int count_files(struct err *e)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max >= FILES_LEAST)
		return 0;
	err_set(e, ERR_OS,
		"a private server needs %d open files, and the hard limit is "
		"%ju",
		FILES_LEAST, (uintmax_t)limit.rlim_max);
	return err_hint(e, "raise the limit (ulimit -n)");
}

struct private_server *private_start(
	const struct private_options *options, struct err *e)
{
	struct private_server *p = xcalloc(1, sizeof(*p));

	undo_push(kill_now, p);
	p->program = options->program;
	if (count_files(e) || lay_out(p, options, e))
		goto fail;
	if (private_owner_give(&p->user, options->folder, p->folder,
		    options->datadir, e) ||
		(options->datadir ? let_us_in(p, e)
				  : install(p, e) || find_zones(p, e)) ||
		launch(p, options, e) || await(p, options->start_ms, e))
		goto fail;
	return p;
fail:
	kill_now(p);
	undo_drop(kill_now, p);
	release(p);
	return NULL;
}

const struct db_options *private_login(const struct private_server *p)
{
	return &p->login;
}

const char *private_version(const struct private_server *p)
{
	return p->version;
}

int private_let_in(struct private_server *p, struct db *db, struct err *e)
{
	const char *const *statement = p->program->kind->let_in;
	int rc = db_exec(db, "FLUSH PRIVILEGES", e);

	for (; !rc && *statement; statement++)
		rc = db_exec(db, *statement, e);
	if (!rc)
		log_in_as_ours(p);
	return rc;
}

static int run_upgrade(const struct strlist *args, struct err *e)
{
	const char **argv = xcalloc(args->count + 1, sizeof(*argv));
	struct strbuf said = STRBUF_INIT;
	int rc;

	for (size_t i = 0; i < args->count; i++)
		argv[i] = args->item[i];
	rc = child_capture_bound(argv, SIGKILL, &said, e);
	strbuf_release(&said);
	free(argv);
	return rc;
}

int private_upgrade(const struct private_server *p, struct err *e)
{
	const struct private_kind *kind = p->program->kind;
	struct strlist args = STRLIST_INIT;
	struct err why;
	char *tool;
	int rc;

	if (!kind->upgrade)
		return 0;
	tool = private_program_tool(p->program, kind->upgrade);
	strlist_add(&args, tool);
	private_program_options(kind->upgrade_options, &args);
	add(&args, "--socket=", p->login.socket);
	add(&args, "--user=", p->login.user);
	rc = run_upgrade(&args, e);
	strlist_release(&args);
	free(tool);
	if (!rc || e->code == ERR_SIGNAL)
		return rc;
	why = *e;
	err_set(e, ERR_UNAVAILABLE,
		"the data directory is of an older series: %s", why.msg);
	return err_hint(e, "%s", PRIVATE_OTHER_HINT);
}

int private_errors(const struct private_server *p,
	int (*take)(void *ctx, const char *text, struct err *e), void *ctx,
	struct err *e)
{
	static const char mark[] = "[ERROR] ";
	FILE *file = fopen(p->log, "re");
	char *line = NULL, *at;
	size_t cap = 0;
	ssize_t len;
	int rc = 0;

	if (!file || fseeko(file, p->logged, SEEK_SET))
		rc = err_sys(e, ERR_IO, "cannot read %s", p->log);
	while (!rc && (len = getline(&line, &cap, file)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		at = strstr(line, mark);
		if (at)
			rc = take(ctx, at + strlen(mark), e);
	}
	/* What is not read is not without errors. */
	if (!rc && file && ferror(file))
		rc = err_sys(e, ERR_IO, "cannot read %s", p->log);
	free(line);
	if (file)
		fclose(file);
	return rc;
}

bool private_was_ended(struct private_server *p, struct err *e)
{
	const uint64_t began = clock_ms();
	struct err other;
	struct db *db = p->pid ? db_open(&p->login, &other) : NULL;

	while (!db && p->pid && !has_ended(p) && !sig_pending() &&
		clock_ms() - began < ENDED_MS)
		poll(NULL, 0, ASK_MS);
	db_close(db);
	if (p->pid || !was_ended(p))
		return false;
	other = *e;
	err_set(e, ERR_UNAVAILABLE,
		"the private server was ended by signal %d: %s",
		p->status ? p->status - 128 : SIGTERM, other.msg);
	err_hint(e, "%s", PRIVATE_HINT);
	return true;
}

bool private_crashed(const struct private_server *p, struct err *e)
{
	const struct err why = *e;

	if (p->pid || was_ended(p))
		return false;
	err_set(e, ERR_DATA, "the private server crashed: %.300s", why.msg);
	explain(p, e);
	return true;
}

bool private_was_full(const struct private_server *p)
{
	return private_room_was_out(p->room);
}

int private_stop(struct private_server *p, int orderly, struct err *e)
{
	int status = 0, rc = 0;

	if (!p)
		return 0;
	if (orderly && p->pid) {
		kill(p->pid, SIGTERM);
		rc = child_wait(p->pid, &status, e);
		p->pid = 0;
		if (!rc && status) {
			err_set(e, ERR_UNAVAILABLE,
				"the private server ended with status %d",
				status);
			rc = explain(p, e);
		}
	}
	kill_now(p);
	undo_drop(kill_now, p);
	release(p);
	return rc;
}
