/* conn.c: connecting, simple statements, and what their errors mean to us. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <errmsg.h>
#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/conn_internal.h"

/* Numbers that errmsg.h and mysqld_error.h of one vendor or the other lack. */
enum {
	NUMBER_CONNECTION_KILLED = 1927,  /* MariaDB */
	NUMBER_STATEMENT_TIMEOUT = 1969,  /* MariaDB */
	NUMBER_MYSQL_LOCKED = 3118,       /* MySQL: the account is */
	NUMBER_CLIENT_INTERACTION = 4031, /* MySQL: idle for too long */
	NUMBER_SERVER_LOST_EXTENDED = 2055
};

enum err_code db_err_code(unsigned number)
{
	switch (number) {
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_ERR_NET_READ:
	case CR_ERR_NET_WRITE:
	case NUMBER_SERVER_LOST_EXTENDED:
	case NUMBER_CONNECTION_KILLED:
	case NUMBER_STATEMENT_TIMEOUT:
	case NUMBER_CLIENT_INTERACTION:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_LOCK_DEADLOCK:
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
	case ER_SERVER_SHUTDOWN:
	case ER_QUERY_INTERRUPTED:
	case ER_TABLE_DEF_CHANGED:
		return ERR_TEMP;
	case ER_ACCESS_DENIED_ERROR:
	case ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
	case ER_DBACCESS_DENIED_ERROR:
	case ER_TABLEACCESS_DENIED_ERROR:
	case ER_COLUMNACCESS_DENIED_ERROR:
	case ER_SPECIFIC_ACCESS_DENIED_ERROR:
	case ER_PROCACCESS_DENIED_ERROR:
	case ER_HOST_NOT_PRIVILEGED:
	case ER_HOST_IS_BLOCKED:
	case ER_KILL_DENIED_ERROR:
	case ER_MUST_CHANGE_PASSWORD:
	case ER_MUST_CHANGE_PASSWORD_LOGIN:
	case ER_ACCOUNT_HAS_BEEN_LOCKED:
	case NUMBER_MYSQL_LOCKED:
		return ERR_DENIED;
	case ER_BAD_DB_ERROR:
	case ER_NO_SUCH_TABLE:
		return ERR_NOINPUT;
	case CR_OUT_OF_MEMORY:
		return ERR_OS;
	default:
		return ERR_UNAVAILABLE;
	}
}

/* Of MySQL; its number is not in MariaDB's headers. Source:
 * mysqld_error.h of MySQL 5.7. */
enum { ER_SECURE_TRANSPORT_REQUIRED = 3159 };

/* hint_for_tls: the client library tells a name that does not fit from an
 * authority that is not known by its words alone. The certificates that a
 * server of MySQL makes for itself are for no host. */
static void hint_for_tls(struct err *e)
{
	if (strstr(e->msg, "Validation of SSL server certificate failed"))
		err_hint(e,
			"is the certificate for that host? Give the name it is "
			"for, with the --ssl-ca of who signed it; "
			"--skip-ssl-verify-server-cert encrypts without "
			"knowing the server");
	else
		err_hint(e,
			"see --ssl-ca for the authority that signed the "
			"server's certificate");
}

static void hint_for(unsigned number, struct err *e)
{
	switch (number) {
	case ER_SECURE_TRANSPORT_REQUIRED:
		err_hint(e, "use TLS: see --ssl");
		break;
	case ER_ACCESS_DENIED_ERROR:
		err_hint(e,
			"check user and password: the groups [client] and "
			"[%s] of the option file, or -u and -p; who is to "
			"use TLS, and does not, hears the same: see --ssl",
			prog_name());
		break;
	case ER_MUST_CHANGE_PASSWORD:
	case ER_MUST_CHANGE_PASSWORD_LOGIN:
		err_hint(e,
			"the account needs a new password: ALTER USER ... "
			"IDENTIFIED BY, or PASSWORD EXPIRE NEVER");
		break;
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_UNKNOWN_HOST:
		err_hint(e,
			"is the server running there? See --host, --port "
			"and --socket");
		break;
	case CR_SSL_CONNECTION_ERROR:
		hint_for_tls(e);
		break;
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_ERR_NET_READ:
	case CR_ERR_NET_WRITE:
		err_hint(e,
			"the server or the network went away; try again, "
			"and see the server's error log");
		break;
	default:
		break;
	}
}

int db_fail(struct db *db, const char *doing, struct err *e)
{
	unsigned number = mysql_errno(db->my);
	enum err_code code = db_err_code(number);

	if ((number >= CR_MIN_ERROR && number <= CR_MAX_ERROR) ||
		(number >= CER_MIN_ERROR && number <= CER_MAX_ERROR))
		err_set(e, code, "%s: %s (%u)", db->where.buf,
			mysql_error(db->my), number);
	else
		err_set(e, code, "%s says: %s (%u, %s)", db->where.buf,
			mysql_error(db->my), number, mysql_sqlstate(db->my));
	if (doing)
		err_prefix(e, "cannot %s: ", doing);
	hint_for(number, e);
	return -1;
}

static void set_options(MYSQL *my, const struct db_options *o)
{
	unsigned seconds = (unsigned)((o->connect_timeout_ms + 999) / 1000);
	unsigned local_infile = 0; /* a server could ask for any file of ours */
	my_bool reconnect = 0;
	size_t packet = 1024UL * 1024 * 1024; /* the protocol's largest */
	int protocol = o->protocol == DB_PROTOCOL_TCP ? MYSQL_PROTOCOL_TCP
						      : MYSQL_PROTOCOL_SOCKET;

	mysql_optionsv(my, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
	mysql_optionsv(my, MYSQL_OPT_LOCAL_INFILE, &local_infile);
	mysql_optionsv(my, MYSQL_OPT_RECONNECT, &reconnect);
	mysql_optionsv(my, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
	mysql_optionsv(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	/* Said again, for the server's init_connect may say otherwise. */
	mysql_optionsv(
		my, MYSQL_INIT_COMMAND, "SET autocommit=1, NAMES utf8mb4");
	mysql_optionsv(
		my, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", prog_name());
	if (o->protocol != DB_PROTOCOL_DEFAULT)
		mysql_optionsv(my, MYSQL_OPT_PROTOCOL, &protocol);
	if (o->plugin_dir)
		mysql_optionsv(my, MYSQL_PLUGIN_DIR, o->plugin_dir);
	if (o->default_auth)
		mysql_optionsv(my, MYSQL_DEFAULT_AUTH, o->default_auth);
	conn_tls_set(my, o);
}

static void describe(struct strbuf *where, const struct db_options *o)
{
	bool local = !o->host || !strcmp(o->host, "localhost");

	/* As the client library chooses: the socket is for localhost. */
	if (o->protocol != DB_PROTOCOL_TCP && local)
		strbuf_addf(where, "server at '%s'",
			o->socket ? o->socket : "localhost");
	else
		strbuf_addf(where, "server at '%s:%u'",
			o->host ? o->host : "localhost",
			o->port ? (unsigned)o->port : 3306);
}

/* keep_alive: some connections say nothing for hours, while others read, and
 * what stands between may forget them after minutes. A Unix socket refuses what
 * it has no need of. */
static void keep_alive(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 60}, /* seconds */
		{IPPROTO_TCP, TCP_KEEPINTVL, 15},
		{IPPROTO_TCP, TCP_KEEPCNT, 4}};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		setsockopt(fd, options[i].level, options[i].name,
			&options[i].value, sizeof(options[i].value));
}

struct db *db_open(const struct db_options *o, struct err *e)
{
	struct db *db;

	if (conn_tls_files(o, e))
		return NULL;
	db = xcalloc(1, sizeof(*db));
	strbuf_init(&db->where);
	describe(&db->where, o);
	db->my = mysql_init(NULL);
	if (!db->my) {
		err_set(e, ERR_OS, "cannot start the client library");
		db_close(db);
		return NULL;
	}
	set_options(db->my, o);
	/* CLIENT_MULTI_STATEMENTS is not asked for, so no text of a dump can
	 * smuggle in a second statement. */
	if (!mysql_real_connect(db->my, o->host, o->user, o->password.value,
		    NULL, (unsigned)o->port, o->socket, 0)) {
		db_fail(db, NULL, e);
		db_close(db);
		return NULL;
	}
	if (conn_tls_check(db, o, e)) {
		db_close(db);
		return NULL;
	}
	keep_alive((int)mysql_get_socket(db->my));
	/* A child would keep the connection, and its locks, open. */
	fcntl((int)mysql_get_socket(db->my), F_SETFD, FD_CLOEXEC);
	sig_watch_socket((int)mysql_get_socket(db->my));
	return db;
}

bool db_peer(const struct db *db, pid_t *pid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	*pid = 0;
	if (mysql_get_socket(db->my) < 0 ||
		getsockopt((int)mysql_get_socket(db->my), SOL_SOCKET,
			SO_PEERCRED, &peer, &len) ||
		peer.uid == (uid_t)-1)
		return false;
	*pid = peer.pid;
	return true;
}

bool db_socket(const struct db *db, struct strbuf *path)
{
	struct sockaddr_un there = {0};
	socklen_t len = sizeof(there) - 1;

	if (mysql_get_socket(db->my) < 0 ||
		getpeername((int)mysql_get_socket(db->my),
			(struct sockaddr *)&there, &len) ||
		there.sun_family != AF_UNIX || !*there.sun_path)
		return false;
	strbuf_addstr(path, there.sun_path);
	return true;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->my) {
		int fd = (int)mysql_get_socket(db->my);

		if (fd >= 0)
			sig_unwatch_socket(fd);
		mysql_close(db->my);
	}
	packets_release(&db->packets);
	strbuf_release(&db->where);
	free(db);
}

void db_abandon(struct db *db)
{
	shutdown((int)mysql_get_socket(db->my), SHUT_RDWR);
}

/* read_results: all of them, as a procedure or a batch can send several; the
 * first value of the last one goes into *value, unless that is NULL. */
static int read_results(struct db *db, struct strbuf *value, struct err *e)
{
	for (;;) {
		MYSQL_RES *res = mysql_use_result(db->my);
		MYSQL_ROW row;

		while (res && (row = mysql_fetch_row(res))) {
			if (!value)
				continue;
			strbuf_reset(value);
			strbuf_addstr(value, row[0] ? row[0] : "");
		}
		if (mysql_errno(db->my)) {
			db_fail(db, NULL, e);
			mysql_free_result(res);
			return -1;
		}
		mysql_free_result(res);
		switch (mysql_next_result(db->my)) {
		case -1:
			return 0;
		case 0:
			break;
		default:
			return db_fail(db, NULL, e);
		}
	}
}

int db_execn(struct db *db, const char *sql, size_t len, struct err *e)
{
	if (mysql_real_query(db->my, sql, len))
		return db_fail(db, NULL, e);
	/* Asking for a next result makes the library forget the count. */
	db->affected =
		mysql_field_count(db->my) ? 0 : mysql_affected_rows(db->my);
	return read_results(db, NULL, e);
}

int db_allow_batches(struct db *db, struct err *e)
{
	return mysql_set_server_option(db->my, MYSQL_OPTION_MULTI_STATEMENTS_ON)
		? db_fail(db, NULL, e)
		: 0;
}

int db_batch(
	struct db *db, const char *sql, struct strbuf *value, struct err *e)
{
	return mysql_query(db->my, sql) ? db_fail(db, NULL, e)
					: read_results(db, value, e);
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
	return db_execn(db, sql, strlen(sql), e);
}

int db_take_all(struct db *const *dbs, size_t count, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		if (mysql_read_query_result(dbs[i]->my) && !rc)
			rc = db_fail(dbs[i], NULL, e);
	return rc;
}

int db_send_all(
	struct db *const *dbs, size_t count, const char *sql, struct err *e)
{
	struct err later;

	for (size_t i = 0; i < count; i++) {
		if (!mysql_send_query(dbs[i]->my, sql, strlen(sql)))
			continue;
		db_fail(dbs[i], NULL, e);
		/* The one that failed to send has no answer coming. */
		db_take_all(dbs, i, &later);
		return -1;
	}
	return 0;
}

int db_exec_all(
	struct db *const *dbs, size_t count, const char *sql, struct err *e)
{
	return db_send_all(dbs, count, sql, e) ? -1
					       : db_take_all(dbs, count, e);
}

bool db_answered(struct db *const *dbs, size_t count, uint64_t ms)
{
	uint64_t until = clock_ms() + ms;

	for (size_t i = 0; i < count; i++) {
		struct pollfd answer = {.fd = (int)mysql_get_socket(dbs[i]->my),
			.events = POLLIN};
		uint64_t now = clock_ms();

		/* What is there already counts, however late we look. */
		if (poll(&answer, 1, now < until ? (int)(until - now) : 0) <= 0)
			return false;
	}
	return true;
}

int db_use(struct db *db, const char *name, struct err *e)
{
	return mysql_select_db(db->my, name) ? db_fail(db, NULL, e) : 0;
}

unsigned db_errno(const struct db *db)
{
	return mysql_errno(db->my);
}

const char *db_message(const struct db *db)
{
	return mysql_error(db->my);
}

uint64_t db_thread_id(const struct db *db)
{
	return mysql_thread_id(db->my);
}

const char *db_server_version(const struct db *db)
{
	return mysql_get_server_info(db->my);
}
