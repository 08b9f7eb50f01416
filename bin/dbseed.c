/* dbseed: load a dump into a server, and make the server a replica.
 *
 * The story: open the dump, connect, look at all of it where that can be had,
 * refuse what would go wrong, load it, and, with --replicate, set the position
 * that it states, start, and wait until the replica has caught up. One record
 * on stdout says that each of these steps is done.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/sig.h"
#include "db/load.h"
#include "db/load_resume.h"
#include "db/target.h"
#include "seed/feed.h"
#include "seed/follow.h"
#include "seed/gate.h"
#include "seed/reading.h"
#include "seed/survey.h"
#include "stream/text_digest.h"

struct args {
	struct db_options db;
	struct opt_common common;
	struct load_options load;
	struct replica_options replica;
};

static const char *const synopsis[] = {"[OPTION...] [FILE | -]",
	"--replicate --master-host=NAME --master-user=NAME [OPTION...] "
	"[FILE | -]",
	NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbseed", NULL};

/* A run: everything that main's steps share. */
struct seed {
	const struct args *args;
	struct load_options options; /* those of args; strings are borrowed */
	struct input *in;
	struct reading reading;     /* what of it is loaded */
	struct db *db;              /* loads */
	struct db *control;         /* does all else */
	struct load_resume *resume; /* as it was found; NULL: not asked for */
	struct target *target;
	struct gate *gate;
	struct follow follow;
	struct load *load;
	struct text_digest *digest; /* with --resume */
	struct feed feed;
	struct survey survey; /* the dump before the load, if it is a file */
	struct positions positions;
	struct progress progress;
	struct strbuf at_work; /* the table that progress names */
	bool head_done; /* the first statement that changes data went by */
	uint64_t bytes; /* of the stream, decompressed */
	uint64_t started_ms;
};

/* finish_args: what the options say together, passwords included, before
 * anything is opened. */
static int finish_args(struct args *args, int operands, struct err *e)
{
	if (operands > 1) {
		err_set(e, ERR_USAGE, "one FILE at most, or - for stdin");
		return err_hint(e, "see dbseed --help");
	}
	if (replica_options_finish(&args->replica, e))
		return -1;
	args->load.replica = args->replica.replicate;
	if (args->replica.replicate && args->load.map_databases.count) {
		err_set(e, ERR_USAGE,
			"--map-database with --replicate: a replica has the "
			"names of its source");
		return err_hint(e, "see dbseed --help");
	}
	if (load_options_finish(&args->load, e))
		return -1;
	return db_options_finish(&args->db, e);
}

/* check_alone: a replica of all that its source has holds nothing else, unless
 * it has several sources, or somebody says so. */
static int check_alone(struct seed *s, struct err *e)
{
	const struct args *a = s->args;
	/* The empty name is that of the only connection. */
	bool named = a->replica.channel && *a->replica.channel;

	if (!a->replica.replicate || named || s->options.force ||
		s->options.replace_tables || s->options.begun ||
		!target_any(s->target))
		return 0;
	err_set(e, ERR_UNAVAILABLE, "the target holds data already: %.300s",
		target_any(s->target));
	return err_hint(e,
		"nothing was loaded; a replica is made of an empty server, or "
		"with --replace-tables, or with --force");
}

/* look_back: whether there is a load to go on with. */
static int look_back(struct seed *s, struct err *e)
{
	s->options = s->args->load;
	if (!s->options.resume)
		return 0;
	s->resume = load_resume_open(s->control, s->options.into, e);
	if (!s->resume)
		return -1;
	if (load_resume_begun(s->resume))
		s->options.begun = s->resume;
	return 0;
}

/* prepare: connect, and check all that can be checked without the dump. Two
 * connections, now, for the dump may change the accounts, and sets what it
 * likes. */
static int prepare(struct seed *s, struct err *e)
{
	const struct args *a = s->args;

	s->db = db_open(&a->db, e);
	s->control = s->db ? db_open(&a->db, e) : NULL;
	if (!s->control || look_back(s, e))
		return -1;
	s->target = target_read(s->control, e);
	s->gate = s->target ? gate_new(&s->options, s->target, NULL, e) : NULL;
	if (!s->gate || check_alone(s, e) ||
		target_check_writable(s->target, e))
		return -1;
	s->feed.mariadb = target_flavor(s->target)->vendor == VENDOR_MARIADB;
	return follow_begin(&s->follow, &a->replica, s->control,
		target_flavor(s->target), a->db.connect_timeout_ms, e);
}

/* survey: look at the whole dump, if it can be read twice. */
static int survey(struct seed *s, struct err *e)
{
	const struct args *a = s->args;
	int rc;

	s->positions.apart = s->survey.positions.apart = !a->replica.replicate;
	progress_begin(&s->progress, (enum progress_when)a->common.progress);
	rc = survey_take(
		&s->survey, s->in, &s->options, s->target, &s->progress, e);
	progress_end(&s->progress);
	if (rc || !s->survey.done)
		return rc;
	if (follow_plan(&s->follow, &s->survey.positions, input_name(s->in), e))
		return survey_unharmed(e);
	return 0;
}

/* dry_run: say what would be done. */
static int dry_run(struct seed *s, struct err *e)
{
	const struct args *a = s->args;
	bool logs =
		target_logs(s->target) && a->load.log_bin && !a->load.replica;

	if (survey_print(&s->survey, &a->load,
		    a->replica.replicate ? &s->follow.plan : NULL, logs, e))
		return -1;
	return findings_error(&s->survey.findings, true, e);
}

/* check_head: before anything is changed. */
static int check_head(struct seed *s, struct err *e)
{
	if (!s->head_done &&
		follow_check_head(
			&s->follow, &s->positions, input_name(s->in), e))
		return -1;
	s->head_done = true;
	return 0;
}

/* touch: what the gate is about to let pass is about a table. */
static int touch(void *ctx, const char *db, const char *table,
	const struct resume_touch *touch, struct err *e)
{
	struct seed *s = ctx;

	return check_head(s, e) || load_touch(s->load, db, table, touch, e) ? -1
									    : 0;
}

/* send: what the gate lets pass. */
static int send(void *ctx, const struct gate_out *out, struct err *e)
{
	struct seed *s = ctx;

	if (gate_changes(s->gate) && check_head(s, e))
		return -1;
	if (feed_statement(&s->feed, s->load, out, e))
		return -1;
	/* A DROP, of their database, too, comes before a CREATE. */
	return out->st->kind == STATEMENT_EVENT ||
			out->st->kind == STATEMENT_DATABASE
		? follow_events(&s->follow, e)
		: 0;
}

static void show_progress(void *ctx)
{
	struct seed *s = ctx;

	s->progress.bytes =
		input_consumed(s->reading.text, &s->progress.total_bytes);
	s->progress.rows = load_rows(s->load);
	strbuf_reset(&s->at_work);
	s->progress.what =
		load_at_work(s->load, &s->at_work) ? s->at_work.buf : NULL;
	progress_show(&s->progress);
}

/* record_tables: of each table that is done. */
static int record_tables(struct seed *s, struct err *e)
{
	struct load_done done;
	struct json j = JSON_INIT;
	int rc = 0;

	while (!rc && load_next_done(s->load, &done)) {
		json_record_begin(&j, "table");
		json_string(&j, "db", done.db);
		json_string(&j, "table", done.table);
		json_uint(&j, "rows", done.rows);
		json_uint(&j, "bytes", done.bytes);
		json_seconds(&j, "seconds", done.milliseconds);
		rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	}
	json_release(&j);
	return rc;
}

/* begin_digest: a load that goes on puts the rest where the beginning is. */
static void begin_digest(struct seed *s)
{
	const struct strlist *moved = &s->args->load.map_databases;

	s->digest = text_digest_new();
	for (size_t i = 0; i < moved->count; i++)
		text_digest_add(
			s->digest, moved->item[i], strlen(moved->item[i]));
}

/* take_digest: with --resume: what the dump is up to here. */
static void take_digest(struct seed *s, const struct piece *piece)
{
	if (!s->args->load.resume)
		return;
	if (!s->digest)
		begin_digest(s);
	text_digest_add(s->digest, piece->text, piece->len);
	load_at(s->load, text_digest_now(s->digest));
}

static int load_pieces(struct seed *s, struct lexer *lexer, struct err *e)
{
	const struct gate_to to = {send, touch, s};
	struct lexer_modes modes;
	struct piece piece;
	bool position;
	int more;

	while ((more = lexer_next(lexer, &piece, e)) > 0) {
		s->bytes = piece.offset + piece.total;
		modes = lexer_modes(lexer);
		gate_source(s->gate, s->positions.mysql);
		feed_format(&s->feed, s->positions.format);
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		take_digest(s, &piece);
		if (positions_take(&s->positions, &piece, &position, e) ||
			gate_take(s->gate, &piece, &modes, position, to, e) ||
			record_tables(s, e))
			return -1;
		show_progress(s);
	}
	return more;
}

static int check_whole(struct seed *s, struct err *e)
{
	if (positions_check_complete(&s->positions, input_name(s->in), e))
		return -1;
	if (load_in_transaction(s->load)) {
		err_set(e, ERR_DATA,
			"%s ends inside a transaction, so that the server "
			"drops what it changed",
			input_name(s->in));
		return err_hint(e, "is a COMMIT missing at its end?");
	}
	/* Where nothing was picked, gate_end says so. */
	if (!load_statements(s->load) && !select_active(gate_select(s->gate))) {
		err_set(e, ERR_DATA, "%s holds no statement",
			input_name(s->in));
		return err_hint(e, "did the program that writes it fail?");
	}
	return 0;
}

/* tell_loaded: put behind an error what the target holds by now. */
static int tell_loaded(struct seed *s, struct err *e)
{
	uint64_t statements;
	struct err told;

	load_settle(s->load, e);
	statements = load_statements(s->load);
	told = *e;
	if (!gate_changes(s->gate) || !s->head_done)
		return -1;
	err_set(&told, e->code,
		"%.800s; before that %" PRIu64 " statements with %" PRIu64
		" rows were loaded%s",
		e->msg, statements, load_rows(s->load),
		s->args->replica.replicate ? ", and replication was not started"
					   : "");
	if (e->hint[0])
		err_hint(&told, "%s", e->hint);
	*e = told;
	return -1;
}

static int load_all(struct seed *s, struct err *e)
{
	struct lexer *lexer;
	int rc = reading_open(&s->reading, s->in, gate_select(s->gate),
		READING_ALL, false, e);

	if (rc)
		return -1;
	lexer = lexer_new(s->reading.text, 0);
	progress_begin(
		&s->progress, (enum progress_when)s->args->common.progress);
	load_tick(s->load, show_progress, s);
	rc = load_pieces(s, lexer, e);
	lexer_free(lexer);
	if (!rc)
		rc = check_whole(s, e);
	if (!rc)
		rc = load_finish(s->load, e);
	progress_end(&s->progress);
	if (rc || record_tables(s, e) || load_check_complete(s->load, e))
		return -1;
	return follow_events(&s->follow, e);
}

/* load: all that is wanted of the dump, and the plan for what comes behind. */
static int load(struct seed *s, struct err *e)
{
	struct findings found = FINDINGS_INIT;
	int rc;

	s->started_ms = clock_ms();
	s->load = load_begin(s->db, &s->args->db, &s->options, e);
	if (!s->load)
		return -1;
	rc = load_all(s, e);
	if (!rc)
		rc = gate_end(s->gate, input_name(s->in), &found, e);
	if (!rc)
		rc = follow_plan(
			&s->follow, &s->positions, input_name(s->in), e);
	findings_warn(&found);
	findings_release(&found);
	return rc ? tell_loaded(s, e) : 0;
}

static int record_loaded(struct seed *s, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "loaded");
	json_string(&j, "input", input_name(s->in));
	json_string(&j, "format", s->positions.format);
	json_uint(&j, "statements", load_statements(s->load));
	json_uint(&j, "rows", load_rows(s->load));
	json_uint(&j, "bytes", s->bytes);
	json_seconds(&j, "seconds", clock_ms() - s->started_ms);
	json_uint(&j, "jobs", load_jobs(s->load));
	json_string(&j, "way", load_way(s->load));
	json_bool(&j, "log_bin", load_log_bin(s->load));
	positions_own_to_json(&j, &s->positions);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

static int seed(struct seed *s, struct err *e)
{
	if (prepare(s, e) || survey(s, e))
		return -1;
	if (s->args->load.dry_run)
		return dry_run(s, e);
	if (findings_error(&s->survey.findings, true, e) || load(s, e) ||
		record_loaded(s, e) || load_forget(s->load, e))
		return -1;
	return follow_start(&s->follow, e);
}

static void seed_release(struct seed *s)
{
	load_end(s->load);
	feed_release(&s->feed);
	if (s->gate)
		gate_free(s->gate);
	follow_release(&s->follow);
	load_resume_free(s->resume);
	target_free(s->target);
	db_close(s->db);
	db_close(s->control);
	reading_close(&s->reading);
	input_close(s->in);
	survey_release(&s->survey);
	positions_release(&s->positions);
	text_digest_free(s->digest);
	strbuf_release(&s->at_work);
}

int main(int argc, char **argv)
{
	struct args args = {
		.db = DB_OPTIONS_INIT,
		.load = LOAD_OPTIONS_INIT,
		.replica = REPLICA_OPTIONS_INIT,
	};
	const struct opt_table tables[] = {{load_option_defs, &args.load},
		{replica_option_defs, &args.replica},
		{db_option_defs, &args.db}, {opt_common_defs, &args.common},
		{NULL, NULL}};
	const struct opt_spec spec = {synopsis,
		"Load a dump into a MariaDB server; with --replicate, make the "
		"server a replica of the dump's source.",
		groups, tables};
	struct seed s = {.args = &args,
		.feed = FEED_INIT,
		.survey = SURVEY_INIT,
		.positions = POSITIONS_INIT,
		.at_work = STRBUF_INIT};
	struct err e;
	int rc;

	prog_init("dbseed");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (finish_args(&args, argc, &e))
		die_err(&e);
	s.in = input_open(argc ? argv[0] : NULL, &e);
	rc = s.in ? seed(&s, &e) : -1;
	seed_release(&s);
	opt_release(&spec);
	if (rc)
		die_err(&e);
	return prog_finish(0);
}
