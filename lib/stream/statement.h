/* statement.h: what a loader must know of a statement before it sends it. */
#ifndef DBPIPES_STREAM_STATEMENT_H
#define DBPIPES_STREAM_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/strlist.h"
#include "stream/lexer.h"

enum statement_kind {
	STATEMENT_OTHER,
	STATEMENT_SET,    /* of variables; a password is an account's, and SET
			   * STATEMENT ... FOR is OTHER */
	STATEMENT_USE,    /* names db */
	STATEMENT_INSERT, /* INSERT or REPLACE into table */
	STATEMENT_CREATE_TABLE,
	STATEMENT_DROP_TABLE,
	STATEMENT_ALTER_TABLE,
	STATEMENT_KEYS_OFF, /* ALTER TABLE ... DISABLE KEYS */
	STATEMENT_KEYS_ON,  /* ALTER TABLE ... ENABLE KEYS */
	STATEMENT_CHANGE,  /* TRUNCATE, DELETE, UPDATE, LOAD DATA, RENAME TABLE,
			    * WITH; table is the only one that it may change,
			    * none where it can be one of several */
	STATEMENT_INDEX,   /* CREATE or DROP INDEX; table is the one after ON */
	STATEMENT_TRIGGER, /* CREATE or DROP; table is the one after ON, none
			    * for a DROP */
	STATEMENT_DATABASE, /* CREATE, ALTER or DROP; names db */
	STATEMENT_VIEW,     /* CREATE, ALTER or DROP; table is the view */
	STATEMENT_ROUTINE,  /* CREATE, ALTER or DROP of a PROCEDURE, FUNCTION or
			     * PACKAGE; table is none */
	STATEMENT_EVENT,    /* CREATE, ALTER or DROP; table is none */
	STATEMENT_SEQUENCE, /* CREATE, ALTER or DROP, or SETVAL by way of DO or
			     * SELECT; table is the sequence */
	STATEMENT_LOCK,     /* LOCK or UNLOCK TABLES, or a FLUSH that locks */
	STATEMENT_TRANSACTION, /* START TRANSACTION, BEGIN, COMMIT, ROLLBACK */
	STATEMENT_REPLICATION, /* CHANGE MASTER, START SLAVE and their like */
	STATEMENT_ACCOUNT      /* users, roles, grants, passwords */
};

/* A statement as far as a loader looks into it. */
struct statement {
	enum statement_kind kind;
	/* What it is about, unquoted. db is empty where the statement leaves
	 * it to USE, both where it names none or no one can say. */
	struct strbuf db, table;
	/* Of a trigger, routine or event: its own, with the same meaning. */
	struct strbuf program_db, program;
	const char *routine; /* of a routine: which kind; else NULL */
	bool several; /* a DROP of more tables, views or sequences than this */
	bool if_exists; /* IF EXISTS or IF NOT EXISTS */
	bool temporary; /* of a table or sequence */
};

#define STATEMENT_INIT                                                         \
	{                                                                      \
		.db = STRBUF_INIT, .table = STRBUF_INIT,                       \
		.program_db = STRBUF_INIT, .program = STRBUF_INIT              \
	}

/* statement_read: the kind and the names of a statement; of what stands in it
 * only the head is looked at, so that it costs the same for a long one.
 * Comments are skipped, version comments entered. In a stream of a wide
 * character set (lexer_modes), names with bytes from 0x80 on are left empty:
 * their quotes cannot be told.
 * Owns: the caller releases *st; one can take any number of statements. */
void statement_read(struct statement *st, const char *sql, size_t len,
	const struct lexer_modes *modes);
void statement_release(struct statement *st);

/* statement_split: of a DROP of several, the one of the n-th alone, counted
 * from 0. Returns false behind the last one; for each of them if what stands
 * for one of them is no name. */
bool statement_split(const char *sql, size_t len,
	const struct lexer_modes *modes, size_t n, struct strbuf *one);

/* statement_dropped: append the names in a DROP of tables, views or sequences,
 * with their databases, "" where none is named, as statement_read has them. */
void statement_dropped(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *databases,
	struct strlist *tables);

/* statement_names: append each name in a statement that can be a table's, and
 * its database, "" where none is named; among them those of columns and words
 * of SQL. In a stream of a wide character set, names may be missing. */
void statement_names(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *databases,
	struct strlist *tables);

/* statement_asks: a SET that may look at tables, or change them: by a subquery,
 * a sequence or a function. A built-in one is taken for one, too. */
bool statement_asks(
	const char *sql, size_t len, const struct lexer_modes *modes);

/* statement_inner: of an EXECUTE IMMEDIATE of hex digits in the character set
 * of the stream, as dbdump writes a text that clients misread: that text, in
 * *inner. False for all else; *inner means nothing then. */
bool statement_inner(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *inner);

/* What a statement takes from those before it, in the same session: */
struct statement_recalls {
	bool variables; /* user variables; it may also set them */
	bool counts;    /* LAST_INSERT_ID() */
	bool rows;      /* ROW_COUNT(), FOUND_ROWS(), and it keeps them */
};

/* statement_recalls: `skip_mysql`: what MariaDB skips takes nothing (struct
 * tokens). */
struct statement_recalls statement_recalls(const char *sql, size_t len,
	const struct lexer_modes *modes, bool skip_mysql);

/* statement_moves: a RENAME of a table, or an ALTER TABLE that gives a name to
 * another thing: another one has it the second time. */
bool statement_moves(
	const char *sql, size_t len, const struct lexer_modes *modes);

/* statement_new_name: the one that an ALTER TABLE gives its table; *db "" where
 * none is named. Returns false for any other statement. */
bool statement_new_name(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *db,
	struct strbuf *table);

/* statement_hints: a view's that names an index of a table, FORCE INDEX (i): it
 * must be there when the view is made. */
bool statement_hints(
	const char *sql, size_t len, const struct lexer_modes *modes);

/* statement_drop_steering: of a SET of what steers or states replication, what
 * else it sets: *rest is a SET of that, or empty. With sql_log_bin mysqldump
 * keeps the load of a dump with GTIDs out of the binary log of the server and
 * so away from its replicas. Returns false for any other statement. */
bool statement_drop_steering(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *rest);

#endif
