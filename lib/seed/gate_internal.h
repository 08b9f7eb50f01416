/* gate_internal.h: what gate.c and gate_check.c share. */
#ifndef DBPIPES_SEED_GATE_INTERNAL_H
#define DBPIPES_SEED_GATE_INTERNAL_H

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
	bool nameless; /* before that, a table of none */
	struct select select;

	/* What --map-collation and --definer say. */
	struct collation_map *map;
	char **map_from;
	size_t maps;
	struct strlist map_names;
	enum definer_mode definer;
	struct strbuf definer_sql;

	/* The statement at work, and its texts. */
	uint64_t offset;
	size_t part; /* of a DROP of several: how many are before it */
	struct lexer_modes plain; /* how what we put there is written */
	struct statement st;
	struct definer_clause clause;
	struct strbuf text, inner, mapped, key, raw;
	bool first; /* it is the first one about its table, and: */
	struct resume_touch touch;
	bool renamed; /* it is a RENAME that an interrupted load has done */

	struct strbuf dump_db;    /* what the dump uses */
	struct strbuf session_db; /* what the target's session uses, where the
				   * dump is loaded in part */
	struct strlist databases, database_sql; /* CREATE DATABASEs put by */

	struct strlist collations, charsets; /* seen so far */
	struct strmap touched;   /* by key: 1 + index of its spelling */
	struct strmap temporary; /* by key: 1: the session has one, for now */
	struct strlist spelled;
	struct strlist users, hosts; /* of definers that are kept */
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

#endif
