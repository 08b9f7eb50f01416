/* dump.c: the order in which a dump is made, from the snapshot to the last
 * line. Accounts come first, as definers; then databases and sequences, for the
 * defaults of any table may name a sequence; then each table with its rows and
 * triggers; then what was read at the moment of the snapshot and may name
 * anything: routines, views, events. */
#include "db/dump.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/spool.h"
#include "db/definition.h"
#include "db/dump_text.h"
#include "db/grants.h"
#include "db/programs.h"
#include "db/readers.h"
#include "db/snapshot.h"
#include "db/users.h"
#include "db/views.h"

/* Tries to read all routines, views and events before one of them changes. */
enum { OBJECT_TRIES = 5 };

struct dump {
	const struct dump_options *options;
	const struct dump_output *output;
	struct dump_result *result;
	struct snapshot snapshot;
	struct spool users;      /* accounts and their grants: written first */
	struct spool objects;    /* routines, views, events: written last */
	struct strlist warnings; /* of views that do not work */
	struct readers *readers; /* NULL: not started */
	struct strbuf text;      /* being made here */
};

static int write_piece(
	struct dump *d, const struct dump_piece *piece, struct err *e)
{
	struct progress *progress = d->output->progress;

	progress->bytes += piece->text.len;
	progress->rows += piece->rows;
	progress_show(progress);
	return d->output->piece(d->output->ctx, piece, e);
}

static int write_text(struct dump *d, struct err *e)
{
	const struct dump_piece piece = {
		.text = d->text, .packed = STRBUF_INIT};
	int rc = d->text.len ? write_piece(d, &piece, e) : 0;

	strbuf_reset(&d->text);
	return rc;
}

static int write_object(void *ctx, const void *data, size_t len, struct err *e)
{
	struct dump *d = ctx;

	strbuf_add(&d->text, data, len);
	return write_text(d, e);
}

static int write_spool(struct dump *d, struct spool *spool, struct err *e)
{
	return spool_copy(spool, (struct sink){write_object, d}, e);
}

/* check_position: what was asked for can be written. */
static int check_position(const struct dump *d, struct err *e)
{
	const struct snapshot *s = &d->snapshot;

	if (d->options->master_data && !s->moment.log_file) {
		err_set(e, ERR_UNAVAILABLE,
			"no position to write: the server's binary log is off");
		return err_hint(e,
			"turn log_bin on there, or leave "
			"--master-data out");
	}
	if (d->options->gtid && d->options->master_data &&
		(!s->moment.gtid || !*s->moment.gtid)) {
		err_set(e, ERR_UNAVAILABLE,
			"no GTID to write: the server's binary log holds none");
		return err_hint(e, "leave --gtid out to use file and position");
	}
	/* Replicas would be begun at the begin of the source's log. */
	if (d->options->gtid && d->options->dump_slave && !*s->upstreams.gtid) {
		err_set(e, ERR_UNAVAILABLE,
			"no GTID to write: this replica's gtid_slave_pos is "
			"empty");
		return err_hint(e, "leave --gtid out to use file and position");
	}
	return 0;
}

static int spool_use(struct dump *d, const char *db, struct err *e)
{
	struct sink to = spool_sink(&d->objects);
	struct strbuf use = STRBUF_INIT;
	int rc;

	definition_use(db, d->options, &use);
	rc = to.write(to.ctx, use.buf, use.len, e);
	strbuf_release(&use);
	return rc;
}

/* spool_each: programs of one kind, of every database. */
static int spool_each(struct dump *d,
	int (*write)(struct db *, const char *, const struct dump_options *,
		const struct sink *, struct err *),
	const struct sink *to, struct err *e)
{
	const struct catalog *catalog = &d->snapshot.catalog;
	struct db *db = d->snapshot.control;

	for (size_t i = 0; i < catalog->count; i++) {
		const char *name = catalog->db[i].name;

		if (db_use(db, name, e) || spool_use(d, name, e) ||
			write(db, name, d->options, to, e))
			return -1;
	}
	return 0;
}

/* read_views: with what accounts are granted on tables between their stand-ins
 * and themselves: see views.h. */
static int read_views(struct dump *d, const struct sink *to, struct err *e)
{
	struct db *db = d->snapshot.control;
	struct views *views =
		views_new(db, &d->snapshot.catalog, d->options, to);
	int rc = views_stand_ins(views, e);

	if (!rc)
		rc = users_grants(db, &d->snapshot.flavor, d->options, to, e);
	if (!rc)
		rc = views_write(views, &d->warnings, e);
	views_free(views);
	return rc;
}

/* read_objects: everything that is written before and behind the tables, into
 * the spools: read now, for it belongs to the moment of the snapshot. */
static int read_objects(struct dump *d, struct err *e)
{
	struct sink to = spool_sink(&d->objects);
	struct sink first = spool_sink(&d->users);
	struct db *db = d->snapshot.control;
	const struct flavor *flavor = &d->snapshot.flavor;

	strlist_release(&d->warnings);
	if (d->options->no_create_info)
		return 0;
	if (d->options->triggers &&
		catalog_find_triggers(&d->snapshot.catalog, db, e))
		return -1;
	if (users_accounts(db, flavor, d->options, &first, e))
		return -1;
	if (!dump_options_tables_only(d->options) &&
		spool_each(d, programs_routines, &to, e))
		return -1;
	if (read_views(d, &to, e))
		return -1;
	if (dump_options_tables_only(d->options) || !d->options->events)
		return 0;
	return spool_each(d, programs_events, &to, e);
}

/* changed_since: whether objects have changed since the snapshot. A failure, or
 * a view that does not work, may come of a view's or database's change, which
 * counts as a table's. Other tables may change all the time: the last try takes
 * it for the object's own. Returns 1, 0, -1. */
static int changed_since(struct dump *d, bool failed, bool last, struct err *e)
{
	if (failed && db_errno(d->snapshot.control) == 0)
		return 0;
	return snapshot_objects_changed(
		&d->snapshot, (failed || d->warnings.count) && !last, e);
}

/* settle: the snapshot, and the objects as they were at its moment. */
static int settle(struct dump *d, struct err *e)
{
	int changed = 1;

	for (int i = 0; changed > 0 && i < OBJECT_TRIES; i++) {
		int failed;

		if ((i && snapshot_again(&d->snapshot, e)) ||
			spool_rewind(&d->users, e) ||
			spool_rewind(&d->objects, e))
			return -1;
		failed = read_objects(d, e);
		if (failed && sig_pending())
			return -1;
		changed = changed_since(d, failed, i == OBJECT_TRIES - 1, e);
		if (failed && changed <= 0)
			return -1;
	}
	if (changed < 0)
		return -1;
	if (!changed)
		return 0;
	err_set(e, ERR_TEMP,
		"views, routines, triggers, events or accounts are changed "
		"without pause");
	return err_hint(e, "try again later");
}

static int write_databases(struct dump *d, struct err *e)
{
	const struct catalog *catalog = &d->snapshot.catalog;
	struct db *db = d->snapshot.control;

	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_db *one = &catalog->db[i];

		if (db_use(db, one->name, e) ||
			definition_database(
				db, one->name, d->options, &d->text, e))
			return -1;
		for (size_t j = 0; j < one->count; j++)
			if (one->table[j].kind == TABLE_SEQUENCE &&
				definition_sequence(db, one->table[j].name,
					d->options, &d->text, e))
				return err_prefix(
					e, "database `%s`: ", one->name);
		if (write_text(d, e))
			return -1;
	}
	return 0;
}

/* write_read: what the readers made of a table. *rows and *digest get the sums
 * over its pieces. */
static int write_read(struct dump *d, const struct table_ref *ref,
	uint64_t *rows, struct row_digest *digest, struct err *e)
{
	struct dump_piece *piece;
	int found;

	*rows = 0;
	*digest = (struct row_digest){0};
	while ((found = readers_next(d->readers, ref, &piece, e)) > 0) {
		int rc = write_piece(d, piece, e);

		*rows += piece->rows;
		row_digest_sum(digest, &piece->digest);
		readers_give_back(d->readers, piece);
		if (rc)
			return -1;
	}
	return found;
}

static int write_table(
	struct dump *d, const struct table_ref *ref, struct err *e)
{
	const struct dump_output *output = d->output;
	bool wanted = readers_rows_wanted(d->options, ref->table);
	struct row_digest digest;
	uint64_t rows;

	if (output->table_begin(output->ctx, ref->db, ref->table->name, e) ||
		write_read(d, ref, &rows, &digest, e))
		return -1;
	if (!d->options->no_create_info && ref->table->triggers &&
		(db_use(d->snapshot.control, ref->db, e) ||
			definition_triggers(d->snapshot.control, ref,
				d->options, &d->text, e)))
		return -1;
	if (write_text(d, e) ||
		output->table_end(
			output->ctx, rows, wanted ? &digest : NULL, e))
		return -1;
	d->result->tables += wanted;
	d->result->rows += rows;
	return 0;
}

/* name_table: for the line of progress. */
static void name_table(
	struct dump *d, const struct table_ref *ref, struct strbuf *name)
{
	strbuf_reset(name);
	strbuf_addf(name, "%s.%s", ref->db, ref->table->name);
	d->output->progress->what = name->buf;
}

static int write_each(struct dump *d, struct strbuf *name, struct err *e)
{
	const struct catalog *catalog = &d->snapshot.catalog;
	const char *current = NULL;

	for (size_t i = 0; i < catalog->tables; i++) {
		const struct table_ref *ref = &catalog->table[i];

		if (ref->table->kind == TABLE_BASE) {
			if (ref->db != current)
				definition_use(ref->db, d->options, &d->text);
			current = ref->db;
			name_table(d, ref, name);
			if (write_text(d, e) || write_table(d, ref, e))
				return -1;
		}
		if (readers_written(d->readers, i + 1, e))
			return err_prefix(e,
				"table `%s`.`%s`, after its rows: ", ref->db,
				ref->table->name);
	}
	return 0;
}

static int write_tables(struct dump *d, struct err *e)
{
	struct strbuf name = STRBUF_INIT;
	int rc = write_each(d, &name, e);

	d->output->progress->what = NULL;
	strbuf_release(&name);
	return rc;
}

static int write_end(struct dump *d, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	const char *completed = d->options->dump_date ? now : NULL;

	if (write_spool(d, &d->objects, e))
		return -1;
	dump_text_foot(&d->snapshot, &d->text);
	if (write_text(d, e))
		return -1;
	clock_rfc3339(time(NULL), now);
	if (d->output->trailer(d->output->ctx, completed, e))
		return -1;
	if (d->options->comments)
		dump_text_completion(&d->text, completed);
	return write_text(d, e);
}

static void fill_result(struct dump *d)
{
	struct snapshot *s = &d->snapshot;

	d->result->server = xstrdup(db_server_version(s->control));
	d->result->log_file =
		s->moment.log_file ? xstrdup(s->moment.log_file) : NULL;
	d->result->log_pos = s->moment.log_pos;
	d->result->gtid = s->moment.gtid ? xstrdup(s->moment.gtid) : NULL;
	d->result->stopped_ms = s->stopped_ms;
	d->result->lock = s->lock;
	d->result->lock_ms = s->lock_ms;
}

/* tell_head: what a compressed dump says before its text. */
static int tell_head(struct dump *d, struct err *e)
{
	size_t count;
	struct dump_position *stated = dump_text_stated(&d->snapshot, &count);
	const struct dump_head head = {.server = d->result->server,
		.own = stated,
		.upstream = stated + 1,
		.upstreams = count - 1};
	int rc = d->output->begin(d->output->ctx, &head, e);

	free(stated);
	return rc;
}

static int run(struct dump *d, const struct db_options *server, struct err *e)
{
	if (spool_open(&d->users, e) || spool_open(&d->objects, e) ||
		snapshot_open(&d->snapshot, server, d->options, e) ||
		check_position(d, e) ||
		catalog_check_history(&d->snapshot.catalog, d->snapshot.control,
			d->options, e) ||
		grants_check(d->snapshot.control, &d->snapshot.flavor,
			&d->snapshot.catalog, d->options, e) ||
		settle(d, e))
		return -1;
	for (size_t i = 0; i < d->warnings.count; i++)
		log_warn("%s", d->warnings.item[i]);
	fill_result(d);
	if (tell_head(d, e))
		return -1;
	if (d->snapshot.locks_last)
		log_info("DDL on the dumped tables waits until the end of the "
			 "dump: this account may not set sql_log_bin (BINLOG "
			 "ADMIN)");
	if (progress_wanted(d->output->progress) &&
		catalog_estimate(&d->snapshot.catalog, d->snapshot.control,
			d->options, &d->output->progress->total_rows, e))
		return -1;
	dump_text_head(&d->snapshot, &d->text);
	if (readers_start(
		    &d->readers, &d->snapshot, d->options, d->output, e) ||
		write_text(d, e) || write_spool(d, &d->users, e) ||
		write_databases(d, e) || write_tables(d, e) ||
		snapshot_ddl_held(&d->snapshot, e))
		return -1;
	return write_end(d, e);
}

int dump_run(const struct db_options *server,
	const struct dump_options *options, const struct dump_output *output,
	struct dump_result *result, struct err *e)
{
	struct dump d = {.options = options,
		.output = output,
		.result = result,
		.users = SPOOL_INIT,
		.objects = SPOOL_INIT,
		.text = STRBUF_INIT};
	int rc;

	*result = (struct dump_result){0};
	rc = run(&d, server, e);
	readers_stop(d.readers);
	/* Cleaning up may talk to the server, so the signal is put by. */
	if (rc && sig_clear())
		e->code = ERR_SIGNAL;
	snapshot_close(&d.snapshot);
	spool_close(&d.users);
	spool_close(&d.objects);
	strlist_release(&d.warnings);
	strbuf_release(&d.text);
	return rc;
}

void dump_result_release(struct dump_result *result)
{
	free(result->server);
	free(result->log_file);
	free(result->gtid);
	*result = (struct dump_result){0};
}
