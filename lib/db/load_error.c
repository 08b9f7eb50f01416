/* load_error.c: see load_error.h. */
#include "db/load_error.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/strbuf.h"
#include "db/mask.h"

enum {
	STATEMENT_SHOWN = 72, /* bytes of a statement in an error */
	/* ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN. Source: MySQL 8.0 manual,
	 * "Server Error Message Reference". */
	GENERATED_VALUE = 3105
};

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
int load_explain(const struct load_place *place, unsigned number, struct err *e)
{
	const char *sql = place->sql, *database = place->database;
	size_t len = place->len;
	struct strbuf words = STRBUF_INIT;

	first_words(&words, sql, len);
	if (number == ER_PARSE_ERROR && sql_may_hold_secret(sql, len))
		err_set(e, e->code,
			"the server cannot read it (its words are left out: "
			"the statement may hold a password)");
	/* For a load "no such table" is a refusal, not a missing input. */
	if (e->code == ERR_NOINPUT)
		e->code = ERR_UNAVAILABLE;
	err_prefix(e, "statement at byte %" PRIu64 " of the dump (%s)%s%.64s: ",
		place->offset, words.buf, database ? ", database " : "",
		database ? database : "");
	if (number == ER_NO_DB_ERROR)
		err_hint(e, "the dump names no database: say --into=DB");
	else if (number == ER_BAD_DB_ERROR)
		err_hint(e,
			"the dump does not create it: CREATE DATABASE on the "
			"target, and load again");
	else if (number == GENERATED_VALUE)
		err_hint(e,
			"mariadb-dump writes values of generated columns, "
			"which MySQL refuses; dbdump leaves them out");
	else if (!e->hint[0])
		err_hint(e,
			"keys may be missing, and some of what is behind it "
			"may be in: empty the target and load again; a load "
			"with --resume goes on");
	strbuf_release(&words);
	return -1;
}

int load_check_size(
	const struct load_place *place, uint64_t max_packet, struct err *e)
{
	if (place->len < max_packet)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the statement at byte %" PRIu64 " of the dump has %zu bytes; "
		"the target takes %" PRIu64,
		place->offset, place->len, max_packet);
	return err_hint(e,
		"SET GLOBAL max_allowed_packet there to more than "
		"that, and load again");
}
