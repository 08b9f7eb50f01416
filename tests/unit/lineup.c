/* What several threads make at once comes out in one order, in bounded memory,
 * and nobody waits for ever. Real threads, and no server. */
#include "db/lineup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

enum { THREADS = 4, TABLES_MAX = 3000, STUCK_SECONDS = 60 };

/* The lineup's own limit, with what the chunks at work may have besides. */
enum { BYTES_MAX = 20 * 1024 * 1024 };

/* What the tables of a test are like. */
struct shape {
	size_t tables;
	uint64_t chunks; /* of every third table; the others have one */
	unsigned pieces; /* of a chunk */
	size_t bytes;    /* of a piece */
	bool alone;      /* every other table is */
	bool turns;      /* every fifth chunk waits for its turn */
	unsigned fail;   /* this many chunks on, a thread fails; 0: none does */
};

struct run {
	const struct shape *shape;
	struct lineup *lineup;
	pthread_t thread[THREADS];
	uint64_t cut[TABLES_MAX]; /* chunks of each; by who cuts */
	atomic_int alone;         /* tables of that kind at work now */
	atomic_int alone_most;
	atomic_size_t put, taken; /* bytes */
	atomic_size_t put_most;   /* put and not taken, at most */
	atomic_uint made;         /* chunks */
	atomic_bool off_turn;     /* a turn came that was none */
	atomic_uint wanted;       /* hash of the rows that chunks should have */
};

struct maker {
	struct run *run;
	const struct lineup_job *job;
	struct lineup_chunk *chunk;
	size_t table;
	uint64_t number; /* of the chunk */
};

static uint64_t chunks_of(const struct shape *shape, size_t table)
{
	return table % 3 ? 1 : shape->chunks;
}

static size_t index_of(struct run *run, const struct lineup_table *table)
{
	return (size_t)(table - lineup_table(run->lineup, 0));
}

static void note_most(atomic_size_t *most, size_t now)
{
	size_t before = atomic_load(most);

	while (now > before &&
		!atomic_compare_exchange_weak(most, &before, now))
		;
}

/* fill: a piece says what it is, and is as long as wanted. */
static void fill(const struct maker *m, unsigned piece, struct strbuf *text)
{
	size_t bytes = m->run->shape->bytes;

	strbuf_addf(text, "%zu.%llu.%u;", m->table,
		(unsigned long long)m->number, piece);
	strbuf_grow(text, bytes);
	memset(text->buf + text->len, '.', bytes);
	strbuf_setlen(text, text->len + bytes);
}

/* put_pieces: all of a chunk; returns their bytes. */
static uint64_t put_pieces(const struct maker *m, uint64_t *bytes)
{
	struct run *run = m->run;

	for (unsigned i = 0; i < run->shape->pieces; i++) {
		struct dump_piece *piece = lineup_piece(run->lineup);
		size_t len;

		fill(m, i, &piece->text);
		piece->rows = 1;
		len = piece->text.len;
		if (lineup_put(run->lineup, m->job->table, m->chunk, piece))
			return 1;
		*bytes += len;
		note_most(&run->put_most,
			atomic_fetch_add(&run->put, len) + len -
				atomic_load(&run->taken));
	}
	return 0;
}

/* fails: whether it is time for a thread to fail. */
static bool fails(struct run *run)
{
	unsigned made = atomic_fetch_add(&run->made, 1) + 1;
	struct err e = {0};

	if (!run->shape->fail || made != run->shape->fail)
		return false;
	err_set(&e, ERR_TEMP, "chunk %u", made);
	lineup_fail(run->lineup, &e);
	return true;
}

static bool wait_turn(const struct maker *m)
{
	struct run *run = m->run;

	if (!run->shape->turns || m->number % 5)
		return true;
	return !lineup_turn(run->lineup, m->job->table, m->chunk);
}

static bool make_first(struct maker *m)
{
	struct run *run = m->run;
	struct lineup_table *table = m->job->table;
	bool more = chunks_of(run->shape, m->table) > 1;
	uint64_t bytes = 0;
	int now;

	m->chunk = m->job->chunk;
	if (table->alone) {
		now = atomic_fetch_add(&run->alone, 1) + 1;
		if (now > atomic_load(&run->alone_most))
			atomic_store(&run->alone_most, now);
	}
	if (fails(run) || !wait_turn(m))
		return false;
	run->cut[m->table] = 1;
	if (table->alone)
		atomic_fetch_sub(&run->alone, 1);
	lineup_opened(run->lineup, table, run->shape->pieces,
		run->shape->bytes * run->shape->pieces, more);
	/* The others may be many chunks on before it is done. */
	if (more)
		usleep(200);
	if (put_pieces(m, &bytes))
		return false;
	lineup_done(run->lineup, table, m->chunk, run->shape->pieces, bytes);
	return true;
}

static bool make_next(struct maker *m)
{
	struct run *run = m->run;
	uint64_t bytes = 0;

	m->number = run->cut[m->table]++;
	m->chunk = lineup_cut(run->lineup, m->job->table,
		run->cut[m->table] == chunks_of(run->shape, m->table));
	/* The same sum, whoever made which. */
	atomic_fetch_add(&run->wanted,
		(unsigned)(m->job->rows * (m->number + 7 * m->table + 1)));
	if (fails(run) || !wait_turn(m) || put_pieces(m, &bytes))
		return false;
	/* Chunks differ, so that those after them do. */
	lineup_done(run->lineup, m->job->table, m->chunk,
		run->shape->pieces + m->number % 7, bytes);
	return true;
}

static void *make(void *arg)
{
	struct run *run = arg;
	struct lineup_job job;
	bool going = true;

	while (going && lineup_take(run->lineup, &job)) {
		struct maker m = {run, &job, NULL, index_of(run, job.table), 0};

		going = job.chunk ? make_first(&m) : make_next(&m);
	}
	return NULL;
}

static void begin(struct run *run, const struct shape *shape, size_t threads)
{
	*run = (struct run){.shape = shape};
	run->lineup = lineup_new(shape->tables);
	for (size_t i = 0; i < shape->tables; i++)
		lineup_table(run->lineup, i)->alone = shape->alone && i % 2;
	for (size_t i = 0; i < threads; i++)
		pthread_create(&run->thread[i], NULL, make, run);
}

static void end(struct run *run, size_t threads)
{
	lineup_stop(run->lineup);
	for (size_t i = 0; i < threads; i++)
		pthread_join(run->thread[i], NULL);
	lineup_free(run->lineup);
}

/* is_next: the piece that comes here. */
static bool is_next(const struct dump_piece *piece, size_t table,
	uint64_t chunk, unsigned number)
{
	char label[64];

	snprintf(label, sizeof(label), "%zu.%llu.%u;", table,
		(unsigned long long)chunk, number);
	return !strncmp(piece->text.buf, label, strlen(label));
}

/* take_table: all of its pieces. Returns 1 where they came in order. */
static int take_table(struct run *run, size_t table, struct err *e)
{
	struct dump_piece *piece;
	uint64_t came = 0, wanted;
	bool right = true;
	int found;

	while ((found = lineup_next(run->lineup, table, &piece, e)) > 0) {
		right &= is_next(piece, table, came / run->shape->pieces,
			(unsigned)(came % run->shape->pieces));
		came++;
		atomic_fetch_add(&run->taken, piece->text.len);
		lineup_give_back(run->lineup, piece);
	}
	wanted = chunks_of(run->shape, table) * run->shape->pieces;
	return found ? -1 : right && came == wanted;
}

/* take_all: returns how many tables came right, -1. pause_us: after each. */
static int take_all(struct run *run, unsigned pause_us, struct err *e)
{
	int right = 0;

	for (size_t i = 0; i < run->shape->tables; i++) {
		int rc = take_table(run, i, e);

		if (rc < 0)
			return -1;
		right += rc;
		if (pause_us)
			usleep(pause_us);
	}
	return right;
}

static void test_order(void)
{
	const struct shape shape = {.tables = TABLES_MAX,
		.chunks = 40,
		.pieces = 2,
		.bytes = 100,
		.alone = true,
		.turns = true};
	struct err e = {0};
	unsigned wanted[2];
	struct run run;

	begin(&run, &shape, THREADS);
	is_int(take_all(&run, 0, &e), TABLES_MAX,
		"all pieces of all tables come in order");
	end(&run, THREADS);
	wanted[0] = atomic_load(&run.wanted);
	ok(atomic_load(&run.alone_most) == 1,
		"no two tables of the kind for one are worked on at once");
	begin(&run, &shape, 1);
	is_int(take_all(&run, 0, &e), TABLES_MAX, "likewise by one thread");
	end(&run, 1);
	wanted[1] = atomic_load(&run.wanted);
	is_int(wanted[0], wanted[1],
		"each chunk is to have as many rows by four threads as by one");
}

static void test_backpressure(void)
{
	const struct shape shape = {
		.tables = 30, .chunks = 20, .pieces = 3, .bytes = 1000000};
	/* One piece is larger than all that may be ahead. */
	const struct shape huge = {.tables = 4,
		.chunks = 3,
		.pieces = 1,
		.bytes = (size_t)2 * BYTES_MAX};
	struct err e = {0};
	struct run run;

	begin(&run, &shape, THREADS);
	usleep(300000);
	is_int(take_all(&run, 5000, &e), 30, "a slow consumer gets everything");
	end(&run, THREADS);
	printf("# %zu bytes at most\n", atomic_load(&run.put_most));
	ok(atomic_load(&run.put_most) < BYTES_MAX + 2 * shape.bytes,
		"and what waits for it is bounded");
	begin(&run, &huge, THREADS);
	is_int(take_all(&run, 0, &e), 4,
		"pieces larger than the bounds go through, in their turn");
	end(&run, THREADS);
	ok(atomic_load(&run.put_most) < 3 * huge.bytes, "one after the other");
}

static void test_stop(void)
{
	const struct shape shape = {
		.tables = 50, .chunks = 30, .pieces = 2, .bytes = 500000};
	const struct shape turns = {.tables = 50,
		.chunks = 30,
		.pieces = 2,
		.bytes = 100,
		.turns = true};
	struct shape failing = shape;
	struct err e = {0};
	struct run run;

	begin(&run, &shape, THREADS);
	end(&run, THREADS);
	ok(true, "all threads go when nobody takes anything");
	begin(&run, &turns, THREADS);
	usleep(20000);
	end(&run, THREADS);
	ok(true, "also those that wait for their turn");
	begin(&run, &shape, THREADS);
	is_int(take_table(&run, 0, &e), 1, "one table is taken");
	end(&run, THREADS);
	ok(true, "and in the middle they go as well");
	failing.fail = 70;
	begin(&run, &failing, THREADS);
	is_int(take_all(&run, 0, &e), -1, "a thread that fails stops it all");
	is_str(e.msg, "chunk 70", "with its error");
	end(&run, THREADS);
}

static void test_none(void)
{
	const struct shape shape = {.tables = 0, .pieces = 1};
	struct lineup_job job;
	struct err e = {0};
	struct run run;

	begin(&run, &shape, 0);
	ok(!lineup_take(run.lineup, &job), "no tables, no jobs");
	is_int(take_all(&run, 0, &e), 0, "and nothing to take");
	end(&run, 0);
}

int main(void)
{
	/* Whoever waits for ever is told by the signal. */
	alarm(STUCK_SECONDS);
	test_order();
	test_backpressure();
	test_stop();
	test_none();
	return done_testing();
}
