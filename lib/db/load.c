/* load.c: a target that may be loaded, and statements sent to it as they are.
 *
 * Where statements begin and end is the lexer's business (stream/lexer.h); in
 * which order they come is the dump's.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/load.h"
#include "db/mask.h"

enum {
	STATEMENT_SHOWN = 72 /* bytes of a statement in an error */
};

struct load {
	struct db *db;
	uint64_t statements, rows;
	uint64_t max_packet;
	bool log_bin;
	struct strbuf database; /* of the last USE, as it stood there */
};

static int query_uint(
	struct db *db, const char *sql, uint64_t *value, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc = db_query_value(db, sql, &text, e);

	if (rc == 1 && uint_parse(text.buf, sql, value, e))
		rc = -1;
	if (rc == 0)
		*value = 0;
	strbuf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* quiet_log: keep the load out of the target's binary log, where it has one.
 */
static int quiet_log(
	struct load *load, const struct load_options *options, struct err *e)
{
	if (!load->log_bin || (options->log_bin && !options->replica))
		return 0;
	if (db_exec(load->db, "SET SESSION sql_log_bin = 0", e)) {
		err_prefix(e, "cannot turn the binary log off for the load: ");
		return err_hint(e, "grant the target's user BINLOG ADMIN%s",
			options->replica
				? ", or start the target without log_bin"
				: ", or leave out --skip-log-bin");
	}
	load->log_bin = false;
	return 0;
}

static int enter_database(struct db *db, const char *name, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "CREATE DATABASE IF NOT EXISTS ");
	sql_ident(&sql, name);
	rc = db_exec(db, sql.buf, e);
	strbuf_reset(&sql);
	strbuf_addstr(&sql, "USE ");
	sql_ident(&sql, name);
	if (!rc)
		rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static int set_up(
	struct load *load, const struct load_options *options, struct err *e)
{
	uint64_t log_bin;

	/* The dump may come slowly; the session must outlive its pauses. */
	if (query_uint(load->db,
		    "SELECT @@GLOBAL.log_bin AND "
		    "@@SESSION.sql_log_bin",
		    &log_bin, e) ||
		query_uint(load->db, "SELECT @@SESSION.max_allowed_packet",
			&load->max_packet, e) ||
		db_exec(load->db, "SET SESSION wait_timeout = 31536000", e))
		return -1;
	load->log_bin = log_bin;
	if (quiet_log(load, options, e))
		return -1;
	if (!options->into)
		return 0;
	strbuf_addstr(&load->database, options->into);
	return enter_database(load->db, options->into, e);
}

struct load *load_begin(
	struct db *db, const struct load_options *options, struct err *e)
{
	struct load *load = xcalloc(1, sizeof(*load));

	load->db = db;
	strbuf_init(&load->database);
	if (set_up(load, options, e)) {
		load_end(load);
		return NULL;
	}
	return load;
}

void load_end(struct load *load)
{
	if (!load)
		return;
	strbuf_release(&load->database);
	free(load);
}

static bool begins(const char *sql, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len > n && !strncasecmp(sql, word, n) &&
		!isalnum((unsigned char)sql[n]) && sql[n] != '_';
}

/* first_words: the beginning of a statement for people: one line, without the
 * rows, and without anything of one that may hold a password. */
static void first_words(struct strbuf *text, const char *sql, size_t len)
{
	size_t shown = len < STATEMENT_SHOWN ? len : STATEMENT_SHOWN;
	bool secret = sql_may_hold_secret(sql, len);
	bool space = false;

	if (secret)
		shown = len < 12 ? len : 12;
	for (size_t i = 0; i < shown; i++) {
		if (begins(sql + i, len - i, "VALUES"))
			break;
		if (isspace((unsigned char)sql[i])) {
			space = text->len > 0;
			continue;
		}
		if (space)
			strbuf_addch(text, ' ');
		space = false;
		strbuf_addch(text, sql[i] ? sql[i] : ' ');
	}
	if (shown < len)
		strbuf_addstr(text, " ...");
}

/* explain: make a refused statement's error name the place, and what to do
 * where that is known. */
static int explain(struct load *load, const char *sql, size_t len,
	uint64_t offset, struct err *e)
{
	struct strbuf words = STRBUF_INIT;
	unsigned number = db_errno(load->db);

	first_words(&words, sql, len);
	if (number == ER_PARSE_ERROR && sql_may_hold_secret(sql, len))
		err_set(e, e->code,
			"the server cannot read it (its words are left out: "
			"the statement may hold a password)");
	/* For a load "no such table" is a refusal, not a missing input. */
	if (e->code == ERR_NOINPUT)
		e->code = ERR_UNAVAILABLE;
	err_prefix(e, "statement at byte %" PRIu64 " of the dump (%s)%s%.64s: ",
		offset, words.buf, load->database.len ? ", database " : "",
		load->database.buf);
	if (number == ER_NO_DB_ERROR)
		err_hint(e, "the dump names no database: say --into=DB");
	else if (!e->hint[0])
		err_hint(e,
			"what came before it is loaded, nothing behind it is");
	strbuf_release(&words);
	return -1;
}

static int check_size(
	struct load *load, size_t len, uint64_t offset, struct err *e)
{
	if (len < load->max_packet)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the statement at byte %" PRIu64 " of the dump has %zu bytes; "
		"the target takes %" PRIu64,
		offset, len, load->max_packet);
	return err_hint(e,
		"SET GLOBAL max_allowed_packet there to more than "
		"that, and load again");
}

/* note_database: remember where a USE went, for messages. */
static void note_database(struct load *load, const char *sql, size_t len)
{
	const char *name = sql + 3, *end = sql + len;

	while (name < end && (isspace((unsigned char)*name) || *name == '`'))
		name++;
	while (end > name &&
		(isspace((unsigned char)end[-1]) || end[-1] == '`'))
		end--;
	strbuf_reset(&load->database);
	strbuf_add(&load->database, name, (size_t)(end - name));
}

int load_statement(struct load *load, const char *sql, size_t len,
	uint64_t offset, struct err *e)
{
	if (check_size(load, len, offset, e))
		return -1;
	if (db_execn(load->db, sql, len, e))
		return explain(load, sql, len, offset, e);
	load->statements++;
	if (begins(sql, len, "INSERT") || begins(sql, len, "REPLACE"))
		load->rows += load->db->affected;
	else if (begins(sql, len, "USE"))
		note_database(load, sql, len);
	return 0;
}

uint64_t load_statements(const struct load *load)
{
	return load->statements;
}

uint64_t load_rows(const struct load *load)
{
	return load->rows;
}

bool load_log_bin(const struct load *load)
{
	return load->log_bin;
}

bool load_in_transaction(const struct load *load)
{
	return load->db->my->server_status & SERVER_STATUS_IN_TRANS;
}
