/* against_internal.h: what the files of against.h share: against.c has the two
 * servers and the story, meet.c the moments at which they are compared, match.c
 * what either has, pair.c a table that both have, pair_definition.c how it is
 * defined, suspect.c a range of it that differs, pair_tell.c what is said of
 * that, again.c what differed, looked at once more, unsettled.c what of it is
 * only written to all the time. */
#ifndef DBPIPES_VERIFY_AGAINST_INTERNAL_H
#define DBPIPES_VERIFY_AGAINST_INTERNAL_H

#include <pthread.h>

#include "base/progress.h"
#include "db/charset_text.h"
#include "db/chunk.h"
#include "db/range.h"
#include "db/snapshot.h"
#include "verify/against.h"

/* A range of a table that is compared. */
struct part {
	const char *where; /* empty: all of it */
	uint64_t number;   /* in the order of the key */
};

/* A range in which the sides differ. */
struct suspect {
	char *where;
	uint64_t number;
	struct range_sum sum[2];
	struct range_rows rows; /* that differ; none: not looked for yet */
	bool all_rows;          /* these are all */
	bool lasting;           /* its sums were seen to differ for good */
	bool followed;          /* what is known of it was looked at twice */
	struct suspect *next;
};

enum pair_state { PAIR_WAITING, PAIR_OPENING, PAIR_CUTTING, PAIR_CUT };

/* A base table that both sides have. Names are its own, for a snapshot that is
 * taken again brings other catalogues. */
struct pair {
	char *db[2], *table;
	size_t index[2]; /* in the catalogues' lists of tables, at first */
	bool clustered;
	bool locked[2];  /* only the side's locker may read it */
	bool rows;       /* it holds rows of its own on both sides */
	char *create[2]; /* its definitions */
	char *differing; /* how they do, while that may pass; or NULL */
	struct columns columns[2];
	struct range_table range;
	bool open; /* columns and range are there */
	struct chunker *chunker;
	uint64_t chunk_rows;
	uint64_t seen; /* ranges cut so far, taken or not */
	bool taken;    /* one of them was */
	/* guarded by the mutex */
	enum pair_state state;
	bool cut_now; /* by somebody */
	unsigned at_work;
	uint64_t different;      /* ranges */
	struct suspect *suspect; /* by their numbers */
};

struct doubt;

struct against {
	const struct against_plan *plan;
	struct verdict *verdict;
	struct against_result *result;
	struct db_options there;
	struct dump_options options[2];
	struct snapshot snapshot[2];
	struct charsets charsets[2];
	bool replica;   /* `here` follows some source */
	bool one_sided; /* a name was seen that only one side has */
	enum row_hash_way way;
	struct doubt *doubt; /* of match.c */
	struct pair **pair;  /* they stay where they are */
	size_t count, cap;
	struct progress progress;
	pthread_mutex_t mutex; /* over all that follows, states of pairs, the
				* keepers and lockers, and records */
	pthread_cond_t changed;
	size_t next;     /* pair to open */
	size_t released; /* pairs before it are done, and their locks given
			  * back */
	bool stopped;
};

/* A thread's connections, and the table at work. */
struct comparer {
	struct against *all;
	struct db *db[2];
};

/* comparer_release: what its reading keeps locked on both sides. */
int comparer_release(struct comparer *c, struct err *e);

/* meet: take snapshots of both sides, at one position if there is one; again:
 * once more. result->exact is set. */
int meet(struct against *a, bool again, struct err *e);

/* against_prefix: put before an error which side it is of. Returns -1. */
int against_prefix(const struct against *a, int side, struct err *e);

/* match: find the pairs, and what only one side has; again: with the catalogues
 * of a later moment, to see what of it is left. Tells it, or match_tell does
 * where it may pass. */
int match(struct against *a, bool again, struct err *e);
int match_tell(struct against *a, struct err *e);
void match_release(struct against *a);

/* match_add: a pair more, of these places in the catalogues. Others move. */
void match_add(struct against *a, const struct table_ref *const ref[2]);

/* match_wants: whether a database here is compared at all. */
bool match_wants(const struct against *a, const struct catalog_db *db);

/* name_there: what a database here is called on the other server. */
const char *name_there(const struct against *a, const char *db);

/* compare_pairs: those that were not yet, over all connections. */
int compare_pairs(struct against *a, struct err *e);

/* look_again: what differed. */
int look_again(struct against *a, struct err *e);

/* unsettled_drop: of what differed at each look, that which is not known to
 * differ for good, for it changed from each look to the next on both sides.
 * Tells it. */
int unsettled_drop(struct against *a, struct err *e);

/* pair_open: its definitions and columns; tells where they differ, unless that
 * may pass. Not under the mutex. */
int pair_open(struct comparer *c, struct pair *p, struct err *e);

/* pair_define: the first half of it. pair_tell_definition: `what` of the two
 * definitions. */
int pair_define(struct comparer *c, struct pair *p, struct err *e);
int pair_tell_definition(struct against *a, const struct pair *p,
	const char *what, struct err *e);

/* pair_changed: whether it is defined in other ways than when it was opened.
 * Returns 1, 0, -1. */
int pair_changed(struct comparer *c, const struct pair *p, struct err *e);

/* pair_differs: as far as is known now. pair_forget: that it does. */
bool pair_differs(const struct pair *p);
void pair_forget(struct pair *p);

/* pair_ref: the table in the present catalogue of a side; NULL: it is gone. */
const struct table_ref *pair_ref(
	const struct snapshot *s, const struct pair *p, int side);

void pair_free(struct pair *p);

/* pair_sums: of a range, over whichever connections can see it. */
int pair_sums(struct comparer *c, const struct pair *p, const char *where,
	struct range_sum sum[2], struct err *e);

/* pair_rows: the same of rows that differ, at most so many. */
int pair_rows(struct comparer *c, const struct pair *p, const char *where,
	size_t most, struct range_rows *rows, struct err *e);

/* pair_next: cut the next range off. */
int pair_next(struct comparer *c, struct pair *p, struct chunk_range *range,
	struct err *e);

/* pair_suspect: note a range that differs. */
void pair_suspect(
	struct pair *p, const struct part *part, const struct range_sum sum[2]);

/* RANGES_NAMED: of a table, in records. */
enum { RANGES_NAMED = 3 };

/* suspect_search: look for the rows in which it differs, or look at those that
 * were found before again. *differs: it still does. */
int suspect_search(struct comparer *c, const struct pair *p, struct suspect *s,
	bool *differs, struct err *e);
void suspect_free(struct suspect *s);

/* suspect_drop: it differs no more. *at is the next one then. */
void suspect_drop(struct pair *p, struct suspect **at);

/* pair_tell: how it differs. Nobody else may be at work. */
int pair_tell(struct against *a, const struct pair *p, struct err *e);

#endif
