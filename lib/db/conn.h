/* conn.h: a connection to a server, its options, and simple statements.
 *
 * The client library's types stay inside lib/db. One thread, one connection.
 * Its socket is watched (sig.h), so a signal ends a blocked call.
 */
#ifndef DBPIPES_DB_CONN_H
#define DBPIPES_DB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/opt.h"
#include "base/strbuf.h"
#include "base/strlist.h"

/* What was said with a flag whose default is the client library's. */
enum db_said { DB_NO, DB_YES, DB_UNSAID };

/* Where and how to connect: the options of every MariaDB client. */
struct db_options {
	char *host;
	uint64_t port; /* 0: the library's default */
	char *socket;
	char *user;
	struct opt_password password;
	int protocol; /* enum db_protocol */
	int ssl;      /* enum db_said */
	char *ssl_ca, *ssl_capath, *ssl_cert, *ssl_key, *ssl_cipher;
	int ssl_verify_server_cert; /* enum db_said */
	char *tls_version;
	char *plugin_dir, *default_auth;
	uint64_t connect_timeout_ms;
};

enum db_protocol { DB_PROTOCOL_DEFAULT, DB_PROTOCOL_TCP, DB_PROTOCOL_SOCKET };

/* The option table for opt_parse; its target is a struct db_options that
 * started as DB_OPTIONS_INIT. */
extern const struct opt_def db_option_defs[];
/* clang-format off */
#define DB_OPTIONS_INIT \
	{.connect_timeout_ms = 30000, .ssl = DB_UNSAID, \
	 .ssl_verify_server_cert = DB_UNSAID}
/* clang-format on */

/* db_options_finish: after opt_parse: take MYSQL_HOST, MYSQL_TCP_PORT,
 * MYSQL_UNIX_PORT and MYSQL_PWD where nothing else was said, and prompt for a
 * password that was to be asked for. */
int db_options_finish(struct db_options *options, struct err *e);

/* db_options_forget_environment: take these names out of it, once what they say
 * is taken: for a program that goes on with servers of its own, for which the
 * library and children would take them, too. Before any thread is started. */
void db_options_forget_environment(void);

/* db_options_read: another server's, from the groups [client] and
 * [client-mariadb] of one option file. What else stands in them is passed over.
 * Owns: ended by db_options_release. Errors: those of optfile_read. */
int db_options_read(
	struct db_options *options, const char *path, struct err *e);
void db_options_release(struct db_options *options);

/* db_options_name: what to call the server: its host or socket. Borrowed. */
const char *db_options_name(const struct db_options *options);

/* db_options_file: the password as an option file with the group [client], for
 * other programs. The rest is not in there, for ~/.my.cnf has the last word on
 * it; see db_options_local. */
void db_options_file(const struct db_options *options, struct strbuf *text);

struct db;

/* db_options_local: options for the command line of another program, which beat
 * all option files: the same server, through the socket that `db` goes through,
 * and the same user. Nothing if that is no Unix socket. */
void db_options_local(const struct db_options *options, const struct db *db,
	struct strlist *args);

/* db_open: connect. The session speaks utf8mb4 and has autocommit on; nothing
 * else is set. Owns: ended by db_close. Errors: ERR_UNAVAILABLE nobody
 * answers there; ERR_DENIED login or privilege refused; ERR_TEMP too many
 * connections; never with the password in the text. */
struct db *db_open(const struct db_options *options, struct err *e);
/* db_close: NULL is fine. */
void db_close(struct db *db);

/* db_abandon: cut the connection off, with whatever the server is sending;
 * nothing but db_close may follow. */
void db_abandon(struct db *db);

/* db_exec: run one statement (len bytes, or a C string), drop its result. */
int db_exec(struct db *db, const char *sql, struct err *e);
int db_execn(struct db *db, const char *sql, size_t len, struct err *e);

/* db_batch: several statements, separated by "; ", that the server runs one
 * after the other without waiting for us in between. What the last SELECT of
 * them answers, one value, goes into *value. The first that fails ends them.
 * For constant texts only, after db_allow_batches: nothing that comes from
 * elsewhere may stand where a second statement would be run. */
int db_allow_batches(struct db *db, struct err *e);
int db_batch(
	struct db *db, const char *sql, struct strbuf *value, struct err *e);

/* db_exec_all: one statement on several connections, sent to all before any
 * has answered, so that it runs at as much the same time as can be. */
int db_exec_all(
	struct db *const *dbs, size_t count, const char *sql, struct err *e);

/* The same in steps. db_send_all: sends it. db_answered: whether all have begun
 * to answer, within so many milliseconds. db_take_all: waits for the answers;
 * to be called whatever db_answered says, and not after a failure to send. */
int db_send_all(
	struct db *const *dbs, size_t count, const char *sql, struct err *e);
bool db_answered(struct db *const *dbs, size_t count, uint64_t ms);
int db_take_all(struct db *const *dbs, size_t count, struct err *e);

/* db_use: make a database the default one. */
int db_use(struct db *db, const char *name, struct err *e);

/* db_errno: the server's or library's number for the last failure, 0: none. */
unsigned db_errno(const struct db *db);
/* db_message: its text, as the server or library gave it. */
const char *db_message(const struct db *db);
uint64_t db_thread_id(const struct db *db);
/* db_peer: whether the server was reached through a Unix socket, so on this
 * machine; then *pid gets the process that opened that socket, 0 if it cannot
 * be seen from here. */
bool db_peer(const struct db *db, pid_t *pid);
/* db_socket: append the name of that socket. Returns whether it has one. */
bool db_socket(const struct db *db, struct strbuf *path);
const char *db_server_version(const struct db *db); /* "10.11.19-MariaDB-…" */

#endif
