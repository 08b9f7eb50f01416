/* gate.h: which statements of a dump reach its target, and in which words.
 *
 * Held back is what steers or states replication, what turns the binary log
 * off, table locks, and what --database and --table do not pick. Collations and
 * definers are put in the place of others, as --map-collation and --definer
 * say. What does not go with the target (findings.h) is an error at the
 * statement where it shows, or, for a look at the whole dump before its load,
 * gathered.
 */
#ifndef DBPIPES_SEED_GATE_H
#define DBPIPES_SEED_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/load_options.h"
#include "db/load_resume.h"
#include "db/target.h"
#include "seed/findings.h"
#include "seed/select.h"
#include "stream/lexer.h"
#include "stream/statement.h"

/* A statement that passes; all is borrowed for the call. Its db is resolved:
 * what USE has said where it names none itself. */
struct gate_out {
	const struct statement *st;
	const char *sql;
	size_t len;
	uint64_t offset; /* in the dump */
	bool ours;       /* not in the dump: put before what is there; of
			  * several that change data, each has another
			  * offset */
	const struct lexer_modes *modes;
};

/* Who takes what passes, and hears, by touch if that is not NULL, of each table
 * before its first statement does. */
struct gate_to {
	int (*send)(void *ctx, const struct gate_out *out, struct err *e);
	int (*touch)(void *ctx, const char *db, const char *table,
		const struct resume_touch *touch, struct err *e);
	void *ctx;
};

struct gate;

/* gate_new: options and target are borrowed. `findings` NULL: the first one is
 * an error; else they are gathered there, for the whole dump. Owns: ended by
 * gate_free. Errors: ERR_USAGE for options that make no sense. */
struct gate *gate_new(const struct load_options *options, struct target *target,
	struct findings *findings, struct err *e);
void gate_free(struct gate *gate);

/* gate_take: a piece, in order; of kinds other than PIECE_STATEMENT nothing
 * passes. `position`: it states one (positions_take). Errors: ERR_UNAVAILABLE
 * for a finding; those of to.send. */
int gate_take(struct gate *gate, const struct piece *piece,
	const struct lexer_modes *modes, bool position, struct gate_to to,
	struct err *e);

/* gate_source: whether the dump says so far that it is of a server of MySQL:
 * clauses of that are looked for nowhere else. */
void gate_source(struct gate *gate, bool mysql);

/* gate_changes: something has passed that changes data. */
bool gate_changes(const struct gate *gate);

/* gate_select: what is picked, for an input that need not be read whole. */
struct select *gate_select(struct gate *gate);

/* gate_end: behind the last piece: what was picked and was not there is
 * ERR_DATA; definers that the target lacks by now are added to `findings`. */
int gate_end(struct gate *gate, const char *input, struct findings *findings,
	struct err *e);

#endif
