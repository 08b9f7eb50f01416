/* load_work.h: the threads that load, each over a connection of its own: they
 * take jobs from the queue until it ends.
 */
#ifndef DBPIPES_DB_LOAD_WORK_H
#define DBPIPES_DB_LOAD_WORK_H

#include <stddef.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/load_queue.h"
#include "db/load_resume.h"

struct load_workers;

/* load_workers_start: one thread a connection. Owns: the connections, which
 * are closed by load_workers_stop, and so they are after a failure. The queue
 * is borrowed, and so is `resume`, NULL where no progress is kept. Errors:
 * ERR_OS. */
struct load_workers *load_workers_start(struct db **dbs, size_t count,
	struct load_queue *q, const struct load_resume *resume, struct err *e);

/* load_workers_stop: wait for the threads, which the queue must have told to
 * end. NULL is fine. */
void load_workers_stop(struct load_workers *all);

/* load_ask_engine: whether what is at work on the table is rolled back with the
 * session: its engine has transactions, or it is none of the kind that stays.
 */
int load_ask_engine(struct db *db, const struct load_table *table,
	bool *transactions, struct err *e);

#endif
