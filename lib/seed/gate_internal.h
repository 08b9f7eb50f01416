/* gate_internal.h: what gate.c, gate_check.c and gate_words.c share. */
#ifndef DBPIPES_SEED_GATE_INTERNAL_H
#define DBPIPES_SEED_GATE_INTERNAL_H

#include "base/name_map.h"
#include "base/strmap.h"
#include "db/definer.h"
#include "seed/gate.h"
#include "stream/definer_clause.h"
#include "stream/dialect.h"

struct gate {
	const struct load_options *options;
	struct target *target;
	struct findings *findings, own_findings;
	bool gather;   /* findings are no errors yet */
	bool mysql;    /* the dump is MySQL's */
	bool changes;  /* see gate_changes */
	bool opens;    /* the dump may have a transaction open */
	bool locks;    /* it has locked tables, which was held back */
	bool named;    /* it has named a database, by USE or CREATE */
	bool used;     /* by USE */
	bool nameless; /* before it has named any, a table of none */
	struct select select;

	struct gate_wording {
		/* What --map-database, --map-collation and --definer say. */
		struct name_map databases, collations;
		enum definer_mode definer;
		struct strbuf definer_sql;
		/* The statement at work, when each of these has changed it. */
		struct strbuf moved, mapped, less, defined;
		struct definer_clause clause;
		struct strlist users, hosts; /* of definers that are kept */
	} words;

	/* The statement at work, and its texts. */
	uint64_t offset;
	size_t part; /* of a DROP of several: how many are before it */
	struct lexer_modes plain; /* how what we put there is written */
	struct statement st;
	bool explicit;      /* it names its database itself */
	struct strbuf from; /* the name that this has in the dump */
	struct strbuf text, inner, key, raw;
	bool first; /* it is the first one about its table, and: */
	struct resume_touch touch;
	bool renamed; /* it is a RENAME that an interrupted load has done */

	struct strbuf dump_db;    /* what the dump uses */
	struct strbuf used_db;    /* where that goes */
	struct strbuf session_db; /* what the target's session uses, where the
				   * dump is loaded in part */
	struct strlist databases, database_sql; /* CREATE DATABASEs put by */

	struct strlist collations, charsets; /* seen so far */
	struct strmap touched;   /* by key: 1 + index of its spelling */
	struct strmap temporary; /* by key: 1: the session has one, for now */
	struct strlist spelled;
};

/* gate_check: does the statement, in the words that it goes out in, go with
 * the target? */
int gate_check(struct gate *g, const struct piece *piece, const char *sql,
	size_t len, const struct lexer_modes *modes, struct err *e);

/* gate_check_collations: does the target know those that the statement names?
 */
int gate_check_collations(struct gate *g, const char *sql, size_t len,
	const struct lexer_modes *modes, struct err *e);

/* gate_put_before: send a statement of our own before the one at work. Its
 * place does not depend on what else is put there, for --resume: a DROP has
 * one, and a CREATE DATABASE another. */
int gate_put_before(struct gate *g, enum statement_kind kind, const char *sql,
	struct gate_to to, struct err *e);

/* gate_touch: before anything is sent of a table, that it will be. */
int gate_touch(struct gate *g, struct gate_to to, struct err *e);

/* gate_make_room: with --replace-tables, drop what is in the way of the
 * statement. */
int gate_make_room(struct gate *g, struct gate_to to, struct err *e);

/* gate_words_begin: what the options say of words. g->words begins as zeros,
 * and is ended by gate_words_release, also behind an error. */
int gate_words_begin(struct gate *g, struct err *e);
void gate_words_release(struct gate *g);

/* gate_words_database: where what is in g->from goes. */
const char *gate_words_database(const struct gate *g);

/* gate_words_met: something is loaded of the statement's database. */
void gate_words_met(const struct gate *g);

/* gate_words_check_found: behind the dump: what --map-database renames was
 * there, unless the dump names no database: a name misspelled would load the
 * backup over what lives under its own name. */
int gate_words_check_found(
	const struct gate *g, const char *input, struct err *e);

/* gate_words_other: the database that --map-database puts where the statement's
 * own would go, which nothing renames; or NULL. */
const char *gate_words_other(const struct gate *g);

/* gate_words_refuse: a statement that changes what is in a database of the dump
 * where --map-database puts another one. */
int gate_words_refuse(const struct gate *g, struct err *e);

/* gate_words: the statement at work in the words that it goes out in: *sql and
 * *len are valid until the next call. */
int gate_words(struct gate *g, const struct lexer_modes *modes,
	const char **sql, size_t *len, struct err *e);

/* gate_words_definers: append those that were kept, and the target lacks. */
int gate_words_definers(struct gate *g, struct strlist *lacking, struct err *e);

#endif
