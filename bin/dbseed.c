/* dbseed: load a dump into a server, and make the server a replica.
 *
 * The story: open the dump, connect, check all that can be checked, send the
 * statements as they come, and, with --replicate, set the position that the
 * dump states, start, and wait until the replica has caught up. One record
 * on stdout says that each of these steps is done.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/sig.h"
#include "db/load.h"
#include "db/replica.h"
#include "db/replica_options.h"
#include "stream/input.h"
#include "stream/lexer.h"
#include "stream/position.h"
#include "stream/statement.h"

struct args {
	struct db_options db;
	struct opt_common common;
	struct replica_options replica;
	char *into;
	bool force, log_bin;
};

#define AT(member) offsetof(struct args, member)

/* clang-format off */
static const struct opt_def seed_defs[] = {
	{OPT_HEADING, .help = "Load"},
	{OPT_STRING, 'D', "into", "DB", .offset = AT(into),
		.help = "database for statements that name none; created if "
			"it is missing"},
	{OPT_FLAG, 0, "force", .offset = AT(force),
		.help = "load though the target holds data"},
	{OPT_FLAG, 0, "log-bin", .offset = AT(log_bin),
		.help = "let the target's binary log have the load (on; off "
			"with --replicate)"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {"[OPTION...] [FILE | -]",
	"--replicate --master-host=NAME --master-user=NAME [OPTION...] "
	"[FILE | -]",
	NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbseed", NULL};

/* A run: everything that main's steps share. */
struct seed {
	const struct args *args;
	struct input *in;
	struct lexer *lexer;
	struct db *db;      /* loads */
	struct db *control; /* with --replicate: all but the load */
	struct flavor flavor;
	struct db_options source;  /* the replication user's way in; borrowed */
	struct replica_plan plan;  /* borrowed */
	struct strlist own_events; /* enabled before the load */
	struct load *load;
	struct positions positions;
	struct progress progress;
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
	return db_options_finish(&args->db, e);
}

static int connect_target(struct seed *s, struct err *e)
{
	s->db = db_open(&s->args->db, e);
	if (!s->db)
		return -1;
	if (!s->args->replica.replicate)
		return 0;
	/* Now, for the dump may change the accounts. */
	s->control = db_open(&s->args->db, e);
	if (!s->control || flavor_detect(&s->flavor, s->control, e) ||
		replica_session(s->control, e))
		return -1;
	return replica_events_list(s->control, &s->own_events, e);
}

/* check_replication: everything that could make --replicate fail later. */
static int check_replication(struct seed *s, struct err *e)
{
	struct db *source = NULL;
	int rc;

	if (!s->args->replica.replicate)
		return 0;
	if (s->args->replica.check_source) {
		source = db_open(&s->source, e);
		if (!source) {
			err_prefix(e,
				"the replication user cannot log in at "
				"the source: ");
			return err_hint(e,
				"nothing was loaded; see --master-host, "
				"--master-user and --master-password; where "
				"only the target can reach the source, add "
				"--skip-check-source");
		}
	}
	rc = replica_check(s->control, &s->flavor, &s->plan, source, e);
	db_close(source);
	return rc;
}

static int begin_load(struct seed *s, struct err *e)
{
	const struct load_options options = {
		.into = s->args->into,
		.force = s->args->force,
		.skip_log_bin = !s->args->log_bin,
		.replica = s->args->replica.replicate,
	};

	s->load = load_begin(s->db, &options, e);
	return s->load ? 0 : -1;
}

/* check_head: a dump states its position before its first object, or at least
 * that it will. One that does not must not be loaded in vain. */
static int check_head(struct seed *s, struct err *e)
{
	const struct positions *p = &s->positions;

	s->head_done = true;
	if (!p->expects_completion || positions_found(p) || p->own.use_gtid)
		return 0;
	err_set(e, ERR_DATA, "%s states no position to replicate from",
		input_name(s->in));
	return err_hint(e, "nothing was loaded; dump with --master-data");
}

/* load_piece: a statement goes to the server as it is, with two exceptions:
 * what steers replication is held back where we do that ourselves; and table
 * locks, which mariadb-dump writes around each table's rows, would shut out
 * the sequence that a column's default takes its value from (error 1100). */
static int load_piece(
	struct seed *s, const struct piece *piece, bool position, struct err *e)
{
	const char *sql = piece->text;
	size_t len = piece->len;
	bool replicate = s->args->replica.replicate;

	if (piece->kind != PIECE_STATEMENT)
		return 0;
	if (statement_locks_tables(sql, len))
		return 0;
	if (replicate && (position || statement_steers_replication(sql, len)))
		return 0;
	if (replicate && !s->head_done && !statement_only_sets(sql, len) &&
		check_head(s, e))
		return -1;
	if (load_statement(s->load, sql, len, piece->offset, e))
		return -1;
	if (replicate && statement_may_create_event(sql, len))
		return replica_events_disable(s->control, &s->own_events, e);
	return 0;
}

static void show_progress(struct seed *s)
{
	s->progress.bytes = input_consumed(s->in, &s->progress.total_bytes);
	s->progress.rows = load_rows(s->load);
	progress_show(&s->progress);
}

static int load_pieces(struct seed *s, struct err *e)
{
	struct piece piece;
	bool position;
	int more;

	while ((more = lexer_next(s->lexer, &piece, e)) > 0) {
		s->bytes = piece.offset + piece.total;
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		if (positions_take(&s->positions, &piece, &position, e) ||
			load_piece(s, &piece, position, e))
			return -1;
		show_progress(s);
	}
	return more;
}

static int check_whole(struct seed *s, struct err *e)
{
	const struct positions *p = &s->positions;

	if (p->expects_completion && !p->complete) {
		err_set(e, ERR_DATA,
			"%s is truncated: it ends without the line that says "
			"that the dump is complete",
			input_name(s->in));
		return err_hint(e,
			"make the dump anew; empty the target "
			"before it is loaded");
	}
	if (load_in_transaction(s->load)) {
		err_set(e, ERR_DATA,
			"%s ends inside a transaction, so that the server "
			"drops what it changed",
			input_name(s->in));
		return err_hint(e, "is a COMMIT missing at its end?");
	}
	if (!load_statements(s->load)) {
		err_set(e, ERR_DATA, "%s holds no statement",
			input_name(s->in));
		return err_hint(e, "did the program that writes it fail?");
	}
	return 0;
}

/* tell_loaded: put behind an error what the target holds by now. */
static int tell_loaded(struct seed *s, struct err *e)
{
	uint64_t statements = load_statements(s->load);
	struct err told = *e;

	if (!s->head_done && s->args->replica.replicate)
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

static int load_stream(struct seed *s, struct err *e)
{
	int rc;

	s->started_ms = clock_ms();
	s->lexer = lexer_new(s->in, 0);
	progress_begin(
		&s->progress, (enum progress_when)s->args->common.progress);
	rc = load_pieces(s, e);
	progress_end(&s->progress);
	if (!rc)
		rc = check_whole(s, e);
	if (!rc && s->args->replica.replicate)
		rc = replica_events_disable(s->control, &s->own_events, e);
	return rc ? tell_loaded(s, e) : 0;
}

/* choose_position: the dump's own, else the only one of its upstreams, else
 * the one of the channel's name. */
static const struct position *choose_position(
	const struct seed *s, struct err *e)
{
	const struct positions *p = &s->positions;
	const char *channel =
		s->args->replica.channel ? s->args->replica.channel : "";

	if (p->has_own)
		return &p->own;
	if (p->upstream_count == 1)
		return &p->upstream[0];
	for (size_t i = 0; i < p->upstream_count; i++)
		if (!strcasecmp(p->upstream[i].channel ? p->upstream[i].channel
						       : "",
			    channel))
			return &p->upstream[i];
	if (p->upstream_count) {
		err_set(e, ERR_DATA,
			"the dump states the positions of %zu sources",
			p->upstream_count);
		err_hint(e, "choose one by its name, with --channel");
	} else {
		err_set(e, ERR_DATA, "%s states no position to replicate from",
			input_name(s->in));
		err_hint(e, "dump with --master-data");
	}
	return NULL;
}

/* plan_position: by GTID or by file, as asked for and as the dump allows. */
static int plan_position(struct seed *s, struct err *e)
{
	const struct position *p = choose_position(s, e);
	int use = s->args->replica.use_gtid;

	if (!p)
		return -1;
	if (use == USE_GTID_AUTO)
		s->plan.use_gtid = p->gtid && (p->use_gtid || !p->log_file);
	else
		s->plan.use_gtid = use == USE_GTID_YES;
	s->plan.gtid = p->gtid;
	s->plan.log_file = p->log_file;
	s->plan.log_pos = p->log_pos;
	if (s->plan.use_gtid ? p->gtid != NULL : p->log_file != NULL)
		return 0;
	err_set(e, ERR_DATA, "%s states no %s to replicate from",
		input_name(s->in),
		s->plan.use_gtid ? "GTID position" : "file and position");
	return err_hint(e, "dump with --master-data%s",
		s->plan.use_gtid ? " --gtid" : "");
}

static int record_loaded(struct seed *s, struct err *e)
{
	const struct positions *p = &s->positions;
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "loaded");
	json_string(&j, "input", input_name(s->in));
	json_string(&j, "format", p->format);
	json_uint(&j, "statements", load_statements(s->load));
	json_uint(&j, "rows", load_rows(s->load));
	json_uint(&j, "bytes", s->bytes);
	json_seconds(&j, "seconds", clock_ms() - s->started_ms);
	json_bool(&j, "log_bin", load_log_bin(s->load));
	if (p->has_own) {
		json_begin_object(&j, "position");
		position_to_json(&j, &p->own);
		json_end_object(&j);
	} else {
		json_null(&j, "position");
	}
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

static int record_replicating(struct seed *s, struct err *e)
{
	const struct replica_plan *plan = &s->plan;
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "replicating");
	json_begin_object(&j, "source");
	json_string(&j, "host", plan->host);
	json_uint(&j, "port", plan->port ? plan->port : 3306);
	json_end_object(&j);
	json_string(&j, "channel", plan->channel ? plan->channel : "");
	json_bool(&j, "use_gtid", plan->use_gtid);
	json_string_or_null(&j, "log_file", plan->log_file);
	if (plan->log_file)
		json_uint(&j, "log_pos", plan->log_pos);
	else
		json_null(&j, "log_pos");
	json_string_or_null(&j, "gtid", plan->gtid);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

static int record_caught_up(
	const struct replica_status *at, uint64_t waited_ms, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "caught-up");
	json_seconds(&j, "seconds", waited_ms);
	json_string_or_null(&j, "log_file", at->log_file);
	json_uint(&j, "log_pos", at->log_pos);
	json_string_or_null(&j, "gtid", at->gtid);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

/* source_options: to ask the source itself, where we may. */
static const struct db_options *source_options(const struct seed *s)
{
	return s->args->replica.check_source ? &s->source : NULL;
}

static int replicate(struct seed *s, struct err *e)
{
	if (replica_configure(s->control, &s->plan, e) ||
		replica_start(s->control, &s->plan, e))
		return -1;
	return record_replicating(s, e);
}

static int wait_caught_up(struct seed *s, struct err *e)
{
	const struct args *a = s->args;
	struct replica_status at = REPLICA_STATUS_INIT;
	uint64_t began = clock_ms();
	int rc;

	if (!a->replica.wait_ms)
		return 0;
	rc = replica_wait(s->control, &s->plan, source_options(s),
		a->replica.wait_ms, &at, e);
	if (!rc)
		rc = record_caught_up(&at, clock_ms() - began, e);
	replica_status_release(&at);
	return rc;
}

static int seed(struct seed *s, struct err *e)
{
	s->plan = replica_options_plan(&s->args->replica);
	s->source = replica_options_source(
		&s->args->replica, s->args->db.connect_timeout_ms);
	if (connect_target(s, e) || check_replication(s, e) ||
		begin_load(s, e) || load_stream(s, e))
		return -1;
	if (!s->args->replica.replicate)
		return record_loaded(s, e);
	if (plan_position(s, e) ||
		replica_check_position(&s->plan, source_options(s), e))
		return tell_loaded(s, e);
	return record_loaded(s, e) || replicate(s, e) || wait_caught_up(s, e)
		? -1
		: 0;
}

static void seed_release(struct seed *s)
{
	load_end(s->load);
	db_close(s->db);
	db_close(s->control);
	lexer_free(s->lexer);
	input_close(s->in);
	positions_release(&s->positions);
	strlist_release(&s->own_events);
}

int main(int argc, char **argv)
{
	struct args args = {
		.db = DB_OPTIONS_INIT,
		.replica = REPLICA_OPTIONS_INIT,
		.log_bin = true,
	};
	const struct opt_table tables[] = {{seed_defs, &args},
		{replica_option_defs, &args.replica},
		{db_option_defs, &args.db}, {opt_common_defs, &args.common},
		{NULL, NULL}};
	const struct opt_spec spec = {synopsis,
		"Load a dump into a MariaDB server; with --replicate, make the "
		"server a replica of the dump's source.",
		groups, tables};
	struct seed s = {.args = &args, .positions = POSITIONS_INIT};
	struct err e;
	int rc;

	prog_init("dbseed");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (finish_args(&args, argc, &e))
		die_err(&e);
	s.in = input_open(argc ? argv[0] : NULL, &e);
	if (s.in)
		input_check_text(s.in);
	rc = s.in ? seed(&s, &e) : -1;
	seed_release(&s);
	opt_release(&spec);
	if (rc)
		die_err(&e);
	return prog_finish(0);
}
