/* readers.c: see readers.h. Each thread takes jobs from the lineup: it opens a
 * table, which means its definition and its first rows, or cuts the next range
 * off a table that is open, and reads that. */
#include "db/readers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/chunk.h"
#include "db/definition.h"
#include "db/lineup.h"
#include "db/rows.h"

enum { SMALL_TEXT = 16 * 1024 }; /* bytes; copied sooner than thought about */

/* What servers and the stock client take unless told otherwise. Source: MariaDB
 * manual, max_allowed_packet. */
static const size_t usual_packet = 16UL * 1024 * 1024;

/* A table's, from its opening until the end. Of its fields only `chunker`
 * changes once it is open, by the one thread that cuts, and `largest`. */
struct source {
	const struct table_ref *ref;
	struct columns columns;
	struct rows_table rows;
	struct chunker *chunker; /* NULL: it is read as a whole */
	size_t largest; /* guarded by readers.mutex: a row that needs more than
			 * the usual packet, as SQL; 0: none does */
};

struct reader {
	struct readers *all;
	struct db *db;
	const char *current; /* its default database; NULL: none */
	pthread_t thread;
	void *packer;
	/* of the job at work */
	struct lineup_table *table;
	struct lineup_chunk *chunk;
	struct dump_piece *piece; /* counts the rows that are in text */
	struct strbuf text;
	uint64_t bytes; /* of the chunk's pieces put so far */
};

struct readers {
	struct snapshot *snapshot;
	const struct dump_options *options;
	const struct dump_output *output;
	struct lineup *lineup;
	struct source *source; /* in the order of the lineup */
	size_t sources;
	size_t next; /* the source that is handed out */
	struct reader *reader;
	size_t count;
	bool keeper_reads; /* the only reader is the keeper itself */
	pthread_mutex_t mutex;
	size_t written; /* guarded by mutex: tables; where the keeper reads */
};

bool readers_rows_wanted(
	const struct dump_options *options, const struct catalog_table *table)
{
	return !options->no_data && !table->no_data;
}

/* move_text: into the piece. A large text goes as it is, and the reader goes on
 * with the piece's buffer. A small one is copied into no more than it needs:
 * many such pieces may wait, and none shall hold the buffer of a large one. */
static void move_text(struct reader *r, struct dump_piece *piece)
{
	struct strbuf empty = piece->text;

	if (r->text.len > SMALL_TEXT) {
		piece->text = r->text;
		r->text = empty;
		return;
	}
	strbuf_shrink(&piece->text, SMALL_TEXT);
	strbuf_shrink(&piece->packed, SMALL_TEXT);
	strbuf_add(&piece->text, r->text.buf, r->text.len);
	strbuf_reset(&r->text);
}

/* put: the text made so far of the chunk. */
static int put(struct reader *r, struct err *e)
{
	const struct dump_output *output = r->all->output;
	struct dump_piece *piece = r->piece;

	if (!r->text.len)
		return 0;
	move_text(r, piece);
	r->bytes += piece->text.len;
	if (output->pack && output->pack(r->packer, piece, e))
		return -1;
	r->piece = lineup_piece(r->all->lineup);
	return lineup_put(r->all->lineup, r->table, r->chunk, piece);
}

static int flush(void *ctx, struct err *e)
{
	return put(ctx, e);
}

static void take_row(void *ctx, const char *text, size_t len)
{
	struct reader *r = ctx;
	struct source *source = r->table->ctx;

	r->piece->rows++;
	if (len > usual_packet) {
		pthread_mutex_lock(&r->all->mutex);
		if (len > source->largest)
			source->largest = len;
		pthread_mutex_unlock(&r->all->mutex);
	}
	row_digest_add(&r->piece->digest, text, len);
}

/* over_keeper: somebody's DDL waits for the table, and whoever comes later
 * waits for the DDL, but not its keeper, which has its lock already. Wait until
 * it is this chunk's turn: only then nobody else uses the keeper. NULL: this is
 * the keeper, or the dump has ended. */
static struct db *over_keeper(struct reader *r, const struct db *db)
{
	const struct source *source = r->table->ctx;
	struct db *keeper = snapshot_keeper(r->all->snapshot, source->ref);

	return db == keeper || lineup_turn(r->all->lineup, r->table, r->chunk)
		? NULL
		: keeper;
}

/* read_rows: of a range of the table, or all of it. */
static int read_rows(struct reader *r, const struct chunk_range *range,
	uint64_t *rows, struct err *e)
{
	const struct source *source = r->table->ctx;
	const struct rows_out out = {
		r->all->options, &r->text, flush, take_row, r};
	struct snapshot *s = r->all->snapshot;
	struct db *db = r->table->alone ? s->locker : r->db, *keeper;
	int rc = rows_read(db, &source->rows, range, &out, rows, e);

	if (rc > 0 && (keeper = over_keeper(r, db)))
		rc = rows_read(keeper, &source->rows, range, &out, rows, e);
	if (rc)
		return -1;
	if (snapshot_release(s, db, e))
		return err_prefix(e,
			"table `%s`.`%s`, after its rows: ", source->ref->db,
			source->ref->table->name);
	return 0;
}

static int next_range(struct reader *r, uint64_t rows,
	struct chunk_range *range, struct err *e)
{
	const struct source *source = r->table->ctx;
	struct db *keeper;
	int rc = chunker_next(source->chunker, r->db, rows, range, e);

	if (rc && db_errno(r->db) == ER_LOCK_WAIT_TIMEOUT &&
		(keeper = over_keeper(r, r->db)))
		rc = chunker_next(source->chunker, keeper, rows, range, e);
	if (rc)
		err_prefix(e, "table `%s`.`%s`: ", source->ref->db,
			source->ref->table->name);
	return rc;
}

/* Old row versions can be put in only while this is set. */
static void begin_history(struct strbuf *text)
{
	strbuf_addstr(text,
		"/*M!101100 SET @old_insert_history="
		"@@system_versioning_insert_history, "
		"@@system_versioning_insert_history=1 */;\n");
}

static void end_history(struct strbuf *text)
{
	strbuf_addstr(text,
		"/*M!101100 SET system_versioning_insert_history="
		"@old_insert_history */;\n");
}

/* history: whether this table's old row versions are written, too. */
static bool history(const struct readers *all, const struct source *source)
{
	const struct columns *columns = &source->columns;

	if (!all->options->dump_history || !columns->versioned)
		return false;
	if (all->snapshot->flavor.insert_history)
		return true;
	log_warn("`%s`.`%s`: only its present rows are dumped, for this server "
		 "takes no old row versions back (MariaDB 10.11 does)",
		source->ref->db, source->ref->table->name);
	return false;
}

/* prepare: what is to be known before the first row. */
static void prepare(const struct readers *all, struct source *source)
{
	const struct catalog_table *table = source->ref->table;
	bool clustered = table->engine && !strcmp(table->engine, "InnoDB");
	bool old = history(all, source);

	source->rows = (struct rows_table){
		source->ref->db, table->name, &source->columns, clustered, old};
	if (clustered && !all->options->where)
		source->chunker = chunker_new(
			source->ref->db, table->name, &source->columns, old);
}

/* first_rows: those of the first chunk. Returns 1 where there may be more, 0,
 * -1. */
static int first_rows(struct reader *r, const struct lineup_job *job,
	uint64_t *rows, struct err *e)
{
	const struct source *source = r->table->ctx;
	struct chunk_range range = {.where = STRBUF_INIT, .last = true};
	int rc = 0;

	definition_comment(r->all->options, "Dumping data for table",
		source->ref->table->name, &r->text);
	if (source->rows.history)
		begin_history(&r->text);
	if (source->chunker)
		rc = next_range(r, job->rows, &range, e);
	if (!rc)
		rc = read_rows(r, &range, rows, e);
	if (range.limit && *rows < range.limit)
		range.last = true;
	strbuf_release(&range.where);
	return rc ? rc : !range.last;
}

/* define: the table's definition, into text. */
static int define(struct reader *r, struct err *e)
{
	struct source *source = r->table->ctx;

	if (r->current != source->ref->db && db_use(r->db, source->ref->db, e))
		return err_prefix(e, "database `%s`: ", source->ref->db);
	r->current = source->ref->db;
	return definition_table(r->db, source->ref, r->all->options,
		&source->columns, &r->text, e);
}

/* open_table: its definition, and the first of its rows. */
static int open_table(
	struct reader *r, const struct lineup_job *job, struct err *e)
{
	struct readers *all = r->all;
	struct source *source = r->table->ctx;
	uint64_t rows = 0;
	int more = 0;

	r->chunk = job->chunk;
	if (define(r, e))
		return -1;
	if (readers_rows_wanted(all->options, source->ref->table)) {
		prepare(all, source);
		more = first_rows(r, job, &rows, e);
		if (more < 0)
			return -1;
		if (!more && source->rows.history)
			end_history(&r->text);
	}
	lineup_opened(
		all->lineup, r->table, rows, r->bytes + r->text.len, more);
	if (put(r, e))
		return -1;
	lineup_done(all->lineup, r->table, r->chunk, rows, r->bytes);
	return 0;
}

/* read_chunk: the next range of a table that is open. */
static int read_chunk(
	struct reader *r, const struct lineup_job *job, struct err *e)
{
	const struct source *source = r->table->ctx;
	struct chunk_range range = {.where = STRBUF_INIT};
	uint64_t rows = 0;
	int rc;

	r->chunk = NULL;
	rc = next_range(r, job->rows, &range, e);
	if (!rc) {
		r->chunk = lineup_cut(r->all->lineup, r->table, range.last);
		rc = read_rows(r, &range, &rows, e);
	}
	if (!rc && range.last && source->rows.history)
		end_history(&r->text);
	if (!rc)
		rc = put(r, e);
	if (!rc)
		lineup_done(r->all->lineup, r->table, r->chunk, rows, r->bytes);
	strbuf_release(&range.where);
	return rc;
}

/* release_written: give back the locks of what is written, where only this
 * thread can. */
static int release_written(struct readers *all, struct err *e)
{
	size_t written;

	if (!all->keeper_reads)
		return 0;
	pthread_mutex_lock(&all->mutex);
	written = all->written;
	pthread_mutex_unlock(&all->mutex);
	return snapshot_written(all->snapshot, written, e);
}

static void *work(void *arg)
{
	struct reader *r = arg;
	struct lineup *lineup = r->all->lineup;
	struct lineup_job job;
	struct err e = {0};
	int rc = 0;

	sig_block_in_thread();
	r->piece = lineup_piece(lineup);
	while (!rc && lineup_take(lineup, &job)) {
		r->table = job.table;
		r->bytes = 0;
		rc = release_written(r->all, &e);
		if (!rc)
			rc = job.chunk ? open_table(r, &job, &e)
				       : read_chunk(r, &job, &e);
	}
	if (rc)
		lineup_fail(lineup, &e);
	lineup_give_back(lineup, r->piece);
	strbuf_release(&r->text);
	return NULL;
}

/* line_up: every table that holds rows. */
static void line_up(struct readers *all)
{
	const struct catalog *catalog = &all->snapshot->catalog;

	all->source = xcalloc(catalog->tables + 1, sizeof(*all->source));
	for (size_t i = 0; i < catalog->tables; i++)
		if (catalog->table[i].table->kind == TABLE_BASE)
			all->source[all->sources++].ref = &catalog->table[i];
	all->lineup = lineup_new(all->sources);
	for (size_t i = 0; i < all->sources; i++) {
		struct lineup_table *table = lineup_table(all->lineup, i);
		const struct catalog_table *what = all->source[i].ref->table;

		table->ctx = &all->source[i];
		table->alone = readers_rows_wanted(all->options, what) &&
			snapshot_locked(all->snapshot, what);
	}
}

int readers_start(struct readers **readers, struct snapshot *snapshot,
	const struct dump_options *options, const struct dump_output *output,
	struct err *e)
{
	struct readers *all = xcalloc(1, sizeof(*all));

	*readers = all;
	all->snapshot = snapshot;
	all->options = options;
	all->output = output;
	all->keeper_reads = snapshot->reader[0] == snapshot->keeper[0];
	pthread_mutex_init(&all->mutex, NULL);
	line_up(all);
	all->reader = xcalloc(snapshot->readers, sizeof(*all->reader));
	for (; all->count < snapshot->readers; all->count++) {
		struct reader *r = &all->reader[all->count];

		*r = (struct reader){.all = all,
			.db = snapshot->reader[all->count],
			.text = STRBUF_INIT};
		if (output->pack)
			r->packer = output->packer_new(output->ctx);
		errno = pthread_create(&r->thread, NULL, work, r);
		if (!errno)
			continue;
		if (r->packer)
			output->packer_free(r->packer);
		return err_sys(e, ERR_OS, "cannot start a thread");
	}
	return 0;
}

/* warn_packet: better now than at the restore. */
static void warn_packet(struct readers *all, const struct source *source)
{
	size_t largest;

	pthread_mutex_lock(&all->mutex);
	largest = source->largest;
	pthread_mutex_unlock(&all->mutex);
	if (largest)
		log_warn("`%s`.`%s` has a row of %zu MiB as SQL: to restore "
			 "it, server and client need max_allowed_packet=%zuM",
			source->ref->db, source->ref->table->name,
			largest >> 20, (largest >> 20) + 2);
}

int readers_next(struct readers *all, const struct table_ref *table,
	struct dump_piece **piece, struct err *e)
{
	int found;

	if (all->source[all->next].ref != table)
		return err_set(e, ERR_BUG, "tables in another order");
	found = lineup_next(all->lineup, all->next, piece, e);
	if (!found) {
		struct source *source = &all->source[all->next++];

		warn_packet(all, source);
		columns_release(&source->columns);
		chunker_free(source->chunker);
		source->chunker = NULL;
	}
	return found;
}

void readers_give_back(struct readers *all, struct dump_piece *piece)
{
	lineup_give_back(all->lineup, piece);
}

int readers_written(struct readers *all, size_t tables, struct err *e)
{
	if (snapshot_unlock(all->snapshot, tables, e))
		return -1;
	if (!all->keeper_reads)
		return snapshot_written(all->snapshot, tables, e);
	pthread_mutex_lock(&all->mutex);
	all->written = tables;
	pthread_mutex_unlock(&all->mutex);
	return 0;
}

/* cut_off: threads may be waiting for a server that has long work to do. */
static void cut_off(struct readers *all)
{
	struct snapshot *s = all->snapshot;
	struct err ignored;

	for (size_t i = 0; i < all->count; i++)
		snapshot_kill(s, all->reader[i].db, &ignored);
	if (s->locker)
		snapshot_kill(s, s->locker, &ignored);
}

void readers_stop(struct readers *all)
{
	if (!all)
		return;
	lineup_stop(all->lineup);
	if (all->next < all->sources)
		cut_off(all);
	for (size_t i = 0; i < all->count; i++) {
		pthread_join(all->reader[i].thread, NULL);
		if (all->reader[i].packer)
			all->output->packer_free(all->reader[i].packer);
	}
	for (size_t i = all->next; i < all->sources; i++) {
		columns_release(&all->source[i].columns);
		chunker_free(all->source[i].chunker);
	}
	lineup_free(all->lineup);
	free(all->source);
	free(all->reader);
	pthread_mutex_destroy(&all->mutex);
	free(all);
}
