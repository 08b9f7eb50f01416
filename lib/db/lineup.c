/* lineup.c: see lineup.h. One mutex guards it all: it is held for moments. */
#include "db/lineup.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Bytes in pieces ahead of their turn, and of the one whose turn it is. */
static const size_t ahead_max = 8UL * 1024 * 1024;
static const size_t turn_max = 4UL * 1024 * 1024;

/* What an idle piece may keep of the memory that one huge row made it take. */
static const size_t keep_bytes = 4UL * 1024 * 1024;

enum {
	/* A chunk's size is reckoned from that of the chunk so many before it:
	 * always the same one, whoever was how fast, so that the cuts depend
	 * on the rows alone. More threads than that have no use of one table.
	 */
	LAG = 16,
	FIRST_ROWS = 500, /* of a table's first chunk */
	CHUNK_BYTES = 1800 * 1024,
	ROWS_MAX = 1000000,
	IDLE_MAX = 16, /* pieces kept for later */
	PIECE_OVERHEAD = 512
};

enum { WAITING, OPENING, OPEN, TAKEN };

struct lineup_chunk {
	struct lineup_chunk *next;
	struct dump_piece *first, *last; /* not yet handed out */
	uint64_t number;                 /* in its table */
	bool done;
};

struct lineup {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* guarded by mutex */
	struct lineup_table *table;
	size_t tables;
	size_t turn; /* the table that is handed out; at first none: tables */
	size_t open_begin; /* all tables before it are taken whole */
	size_t open_end;   /* all tables from it on wait */
	bool alone_busy;
	size_t queued; /* bytes in pieces not yet handed out */
	struct dump_piece *idle;
	size_t idle_count;
	bool stopped;
	struct err failure; /* code 0: none */
};

struct lineup *lineup_new(size_t tables)
{
	struct lineup *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->mutex, NULL);
	pthread_cond_init(&l->changed, NULL);
	l->table = xcalloc(tables ? tables : 1, sizeof(*l->table));
	l->tables = l->turn = tables;
	return l;
}

static void free_pieces(struct dump_piece *piece)
{
	while (piece) {
		struct dump_piece *next = piece->next;

		strbuf_release(&piece->text);
		strbuf_release(&piece->packed);
		free(piece);
		piece = next;
	}
}

void lineup_free(struct lineup *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->tables; i++) {
		struct lineup_chunk *chunk = l->table[i].first;

		while (chunk) {
			struct lineup_chunk *next = chunk->next;

			free_pieces(chunk->first);
			free(chunk);
			chunk = next;
		}
		free(l->table[i].done);
	}
	free_pieces(l->idle);
	free(l->table);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->mutex);
	free(l);
}

struct lineup_table *lineup_table(struct lineup *l, size_t i)
{
	return &l->table[i];
}

static void lock(struct lineup *l)
{
	pthread_mutex_lock(&l->mutex);
}

static void unlock(struct lineup *l)
{
	pthread_mutex_unlock(&l->mutex);
}

static void wait(struct lineup *l)
{
	pthread_cond_wait(&l->changed, &l->mutex);
}

static void tell(struct lineup *l)
{
	pthread_cond_broadcast(&l->changed);
}

static struct lineup_chunk *add_chunk(struct lineup_table *table)
{
	struct lineup_chunk *chunk = xcalloc(1, sizeof(*chunk));

	chunk->number = table->chunks++;
	if (table->last)
		table->last->next = chunk;
	else
		table->first = chunk;
	table->last = chunk;
	return chunk;
}

/* estimate: how many rows the next chunk should have. */
static uint64_t estimate(const struct lineup_table *table)
{
	const struct lineup_done *from = &table->done[0];
	double rows;

	if (table->chunks > LAG)
		from = &table->done[(table->chunks - LAG) % LAG];
	if (!from->rows || !from->bytes)
		return table->rows;
	rows = (double)from->rows * CHUNK_BYTES / (double)from->bytes;
	/* One chunk of odd rows shall not count for all. */
	if (table->chunks > 1)
		rows = (3 * (double)table->rows + rows) / 4;
	if (rows > ROWS_MAX)
		return ROWS_MAX;
	return rows < 1 ? 1 : (uint64_t)rows;
}

/* can_cut: nobody is at it, and the chunk that the next one's size depends on
 * is done. */
static bool can_cut(const struct lineup_table *table)
{
	return !table->cutting &&
		(table->chunks < LAG ||
			table->done[(table->chunks - LAG) % LAG].done);
}

/* earliest_open: the earliest table that has more chunks; NULL. *pending:
 * there is a table that may turn out to. */
static struct lineup_table *earliest_open(struct lineup *l, bool *pending)
{
	*pending = false;
	while (l->open_begin < l->open_end &&
		l->table[l->open_begin].state == TAKEN)
		l->open_begin++;
	for (size_t i = l->open_begin; i < l->open_end; i++) {
		if (l->table[i].state == OPEN)
			return &l->table[i];
		*pending |= l->table[i].state == OPENING;
	}
	return NULL;
}

/* open_next: a job to open the next table. False: not now. */
static bool open_next(struct lineup *l, struct lineup_job *job)
{
	struct lineup_table *table = &l->table[l->open_end];

	/* Taken in order: the one whose turn comes first holds what only one
	 * can hold, and does not wait for those behind it. */
	if (table->alone && l->alone_busy)
		return false;
	l->alone_busy |= table->alone;
	l->open_end++;
	table->state = OPENING;
	table->rows = FIRST_ROWS;
	table->done = xcalloc(LAG, sizeof(*table->done));
	*job = (struct lineup_job){table, add_chunk(table), FIRST_ROWS};
	return true;
}

/* find_job: 1, 0 when there is none now, -1 when there will be none. */
static int find_job(struct lineup *l, struct lineup_job *job)
{
	bool pending;
	struct lineup_table *table = earliest_open(l, &pending);

	if (table) {
		/* Rather wait for it than run ahead with later tables. */
		if (!can_cut(table))
			return 0;
		table->cutting = true;
		table->rows = estimate(table);
		*job = (struct lineup_job){table, NULL, table->rows};
		return 1;
	}
	if (l->open_end < l->tables)
		return open_next(l, job);
	return pending ? 0 : -1;
}

bool lineup_take(struct lineup *l, struct lineup_job *job)
{
	int found = 0;

	lock(l);
	while (!l->stopped && !(found = find_job(l, job)))
		wait(l);
	if (l->stopped)
		found = 0;
	unlock(l);
	return found > 0;
}

struct lineup_chunk *lineup_cut(
	struct lineup *l, struct lineup_table *table, bool last)
{
	struct lineup_chunk *chunk;

	lock(l);
	chunk = add_chunk(table);
	table->done[chunk->number % LAG].done = false;
	table->cutting = false;
	if (last)
		table->state = TAKEN;
	tell(l);
	unlock(l);
	return chunk;
}

void lineup_opened(struct lineup *l, struct lineup_table *table, uint64_t rows,
	uint64_t bytes, bool more)
{
	lock(l);
	table->done[0] = (struct lineup_done){true, rows, bytes};
	table->state = more ? OPEN : TAKEN;
	if (table->alone)
		l->alone_busy = false;
	tell(l);
	unlock(l);
}

/* on_turn: this chunk is the next to be handed out. */
static bool on_turn(const struct lineup *l, const struct lineup_table *table,
	const struct lineup_chunk *chunk)
{
	return &l->table[l->turn] == table && table->first == chunk;
}

int lineup_turn(struct lineup *l, struct lineup_table *table,
	struct lineup_chunk *chunk)
{
	bool stopped;

	lock(l);
	while (!l->stopped && !on_turn(l, table, chunk))
		wait(l);
	stopped = l->stopped;
	unlock(l);
	return stopped ? -1 : 0;
}

struct dump_piece *lineup_piece(struct lineup *l)
{
	struct dump_piece *piece;

	lock(l);
	piece = l->idle;
	if (piece) {
		l->idle = piece->next;
		l->idle_count--;
	}
	unlock(l);
	if (!piece) {
		piece = xcalloc(1, sizeof(*piece));
		strbuf_init(&piece->text);
		strbuf_init(&piece->packed);
	}
	piece->next = NULL;
	return piece;
}

static size_t size_of(const struct dump_piece *piece)
{
	return piece->text.len + piece->packed.len + PIECE_OVERHEAD;
}

/* has_room: of the one whose turn it is, one piece always has. */
static bool has_room(const struct lineup *l, const struct lineup_table *table,
	const struct lineup_chunk *chunk, size_t size)
{
	if (!on_turn(l, table, chunk))
		return l->queued + size <= ahead_max;
	return !chunk->first || l->queued + size <= ahead_max + turn_max;
}

int lineup_put(struct lineup *l, struct lineup_table *table,
	struct lineup_chunk *chunk, struct dump_piece *piece)
{
	size_t size = size_of(piece);
	bool stopped;

	lock(l);
	while (!l->stopped && !has_room(l, table, chunk, size))
		wait(l);
	if (chunk->last)
		chunk->last->next = piece;
	else
		chunk->first = piece;
	chunk->last = piece;
	l->queued += size;
	stopped = l->stopped;
	tell(l);
	unlock(l);
	return stopped ? -1 : 0;
}

void lineup_done(struct lineup *l, struct lineup_table *table,
	struct lineup_chunk *chunk, uint64_t rows, uint64_t bytes)
{
	lock(l);
	/* The first one's lineup_opened has said so already; its place may
	 * have been taken since. */
	if (chunk->number)
		table->done[chunk->number % LAG] =
			(struct lineup_done){true, rows, bytes};
	chunk->done = true;
	tell(l);
	unlock(l);
}

void lineup_fail(struct lineup *l, const struct err *e)
{
	lock(l);
	if (!l->stopped)
		l->failure = *e;
	l->stopped = true;
	tell(l);
	unlock(l);
}

void lineup_stop(struct lineup *l)
{
	lock(l);
	l->stopped = true;
	tell(l);
	unlock(l);
}

/* take_piece: the first one, if it is there. 1; 0: behind the last; -1: not
 * yet. */
static int take_piece(
	struct lineup *l, struct lineup_table *table, struct dump_piece **piece)
{
	struct lineup_chunk *chunk;

	while ((chunk = table->first)) {
		*piece = chunk->first;
		if (*piece) {
			chunk->first = (*piece)->next;
			if (!chunk->first)
				chunk->last = NULL;
			l->queued -= size_of(*piece);
			return 1;
		}
		if (!chunk->done)
			return -1;
		table->first = chunk->next;
		if (!table->first)
			table->last = NULL;
		free(chunk);
		tell(l); /* it is another one's turn */
	}
	return table->state == TAKEN ? 0 : -1;
}

int lineup_next(
	struct lineup *l, size_t i, struct dump_piece **piece, struct err *e)
{
	int found;

	lock(l);
	if (l->turn != i) {
		l->turn = i;
		tell(l);
	}
	while (!l->stopped && (found = take_piece(l, &l->table[i], piece)) < 0)
		wait(l);
	if (l->stopped) {
		*e = l->failure;
		found = -1;
	} else if (!found) {
		/* Ten thousands of tables shall not keep it. */
		free(l->table[i].done);
		l->table[i].done = NULL;
	} else {
		tell(l); /* there is room */
	}
	unlock(l);
	return found;
}

void lineup_give_back(struct lineup *l, struct dump_piece *piece)
{
	strbuf_reset(&piece->text);
	strbuf_reset(&piece->packed);
	strbuf_shrink(&piece->text, keep_bytes);
	strbuf_shrink(&piece->packed, keep_bytes);
	piece->rows = 0;
	piece->digest = (struct row_digest){0};
	piece->next = NULL;
	lock(l);
	if (l->idle_count < IDLE_MAX) {
		piece->next = l->idle;
		l->idle = piece;
		l->idle_count++;
		piece = NULL;
	}
	unlock(l);
	free_pieces(piece);
}
