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

/* A stored result. Values are byte strings; NULL is SQL NULL. */
struct db_result;

/* db_query: run a statement and store its result, for small ones. Owns: ended
 * by db_result_free (NULL is fine). */
struct db_result *db_query(struct db *db, const char *sql, struct err *e);
/* db_query_shape: the same, for rows that are read by column number. `shape`
 * has a letter for each: 's' is never NULL, '-' may be. A server that answers
 * with fewer columns, or with NULL there, is refused: ERR_UNAVAILABLE. */
struct db_result *db_query_shape(
	struct db *db, const char *shape, const char *sql, struct err *e);
/* The same in two steps, so that several servers can be at work: db_ask sends
 * it, db_answer waits for the result; to be called if db_ask returned 0. */
int db_ask(struct db *db, const char *sql, struct err *e);
struct db_result *db_answer(
	struct db *db, const char *shape, const char *sql, struct err *e);
void db_result_free(struct db_result *result);
/* db_next: the next row, one pointer a column, each ended by a NUL; NULL
 * behind the last one. db_lengths: the byte lengths of that row's values. */
char **db_next(struct db_result *result);
const unsigned long *db_lengths(struct db_result *result);
/* db_column: the index of a column by name, any case; -1: none such. */
int db_column(struct db_result *result, const char *name);
/* db_value: the row's value in the column of that name, any case; NULL for SQL
 * NULL and for a column that this server does not have. */
const char *db_value(struct db_result *result, char **row, const char *name);
/* db_value_uint: the same as a number, 0 for none. */
uint64_t db_value_uint(struct db_result *result, char **row, const char *name);
size_t db_result_count(struct db_result *result); /* rows */

/* db_query_value: the first column of the first row into `value` (reset
 * first). Returns 1, 0 for no row or NULL, -1. */
int db_query_value(
	struct db *db, const char *sql, struct strbuf *value, struct err *e);

/* db_warned: whether the last statement, whose result has been read, was
 * answered with this warning or note as well, and its text. Costs a query only
 * where there was any. Returns 1, 0, -1. */
int db_warned(
	struct db *db, unsigned number, struct strbuf *text, struct err *e);

/* db_column_default: what a column of a table of the default database gets
 * where nothing is said, as bytes of the connection's character set for
 * results, up to the first NUL. `value` is reset first. Waits for no lock but
 * that of a statement that is changing the table this instant. Returns 1, 0 for
 * NULL or no such column, -1. Errors: those of db_query. */
int db_column_default(struct db *db, const char *table, const char *column,
	struct strbuf *value, struct err *e);

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

/* sql_ident, sql_value: the only ways that names and values get into SQL:
 * append `name` in backticks; append a string literal, which is right in a
 * session whether or not it has NO_BACKSLASH_ESCAPES, and in a comment line,
 * too, for it holds no control bytes (hex where in doubt). */
void sql_ident(struct strbuf *sql, const char *name);
void sql_value(struct strbuf *sql, const char *value, size_t len);
void sql_value_str(struct strbuf *sql, const char *value);

#endif
