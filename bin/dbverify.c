/* dbverify: proof that a backup restores.
 *
 * The story: read the dump from its first byte to its last, and check that its
 * bytes are those that were written, its statements whole, its rows those that
 * its manifest states. With --restore what is read also goes into a server of
 * our own; then that one checks every table, and is dumped once more, to
 * nobody, to see whether each table has the rows that went in. A record a
 * check, and one of the whole at the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "base/sig.h"
#include "base/workers.h"
#include "db/check.h"
#include "stream/contents.h"
#include "stream/input.h"
#include "stream/lexer.h"
#include "stream/position.h"
#include "verify/against.h"
#include "verify/compare.h"
#include "verify/known.h"
#include "verify/latest.h"
#include "verify/restore.h"
#include "verify/verdict.h"

struct args {
	bool quick, restore;
	uint64_t jobs;
	char *latest;
	uint64_t max_age_ms;
	char *catalog, *tmpdir;
	struct against_options against;
	struct db_options server; /* the replica that is compared */
	struct sample sample;
	struct opt_common common;
};

#define AT(member) offsetof(struct args, member)

/* clang-format off */
static const struct opt_def verify_defs[] = {
	{OPT_HEADING, .help = "Checks"},
	{OPT_FLAG, 0, "quick", .offset = AT(quick),
		.help = "read the backup only: its bytes, statements, manifest"},
	{OPT_FLAG, 0, "restore", .offset = AT(restore),
		.help = "also restore it into a private server, and check every "
			"table there (default)"},
	{OPT_UINT, 'j', "jobs", "N", .offset = AT(jobs),
		.help = "connections that load and check; default: the "
			"processors, at most 4"},
	{OPT_STRING, 0, "latest", "DIR", .offset = AT(latest),
		.help = "check the newest backup in this folder"},
	{OPT_DURATION, 0, "max-age", "TIME", .offset = AT(max_age_ms),
		.help = "with --latest: refuse one that is older; 26h, 8d"},
	{OPT_STRING, 0, "tmpdir", "DIR", .offset = AT(tmpdir),
		.help = "where the private server keeps its data; default: "
			"TMPDIR, or /tmp"},
	{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 0, "catalog", "FILE", .offset = AT(catalog),
		.help = "append the last record to it"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {
	"[--quick | --restore] [OPTION...] [FILE | -]",
	"[--quick | --restore] [OPTION...] --latest=DIR [--max-age=TIME]",
	"--against=FILE [OPTION...] [FILE | - | --latest=DIR]", NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbverify", NULL};

/* A run: what its steps share. */
struct verify {
	const struct args *args;
	struct input *in;
	struct contents *contents;
	struct positions positions;
	struct restore *restore;
	struct against_result against;
	struct sample_input *sample; /* NULL: all of it is read */
	struct input *text;          /* what is read: in, or the sample of it */
	struct verdict verdict;
	struct report catalog;
	bool proven;          /* every byte is as it was written */
	uint64_t bytes, rows; /* of the text; in the restored tables */
	uint64_t began_ms;
};

static int finish_args(struct args *args, int operands, struct err *e)
{
	if (operands > 1)
		return err_set(
			e, ERR_USAGE, "one FILE at most, or - for stdin");
	if (args->latest && operands)
		return err_set(
			e, ERR_USAGE, "--latest and a FILE exclude each other");
	if (args->max_age_ms && !args->latest)
		return err_set(e, ERR_USAGE, "--max-age wants --latest");
	if (args->quick && args->restore)
		return err_set(e, ERR_USAGE,
			"--quick and --restore exclude each other");
	if (args->quick && args->against.file)
		return err_set(e, ERR_USAGE,
			"--quick and --against exclude each other");
	return sample_finish(&args->sample, e) || jobs_finish(&args->jobs, e)
		? -1
		: 0;
}

static int take_piece(struct verify *v, const struct lexer *lexer,
	const struct piece *piece, struct err *e)
{
	const struct lexer_modes modes = lexer_modes(lexer);
	bool position;

	v->bytes = piece->offset + piece->total;
	if (sig_pending())
		return err_set(e, ERR_SIGNAL, "interrupted");
	return positions_take(&v->positions, piece, &position, e) ||
			contents_take(v->contents, piece, &modes, e)
		? -1
		: 0;
}

static int read_pieces(struct verify *v, struct err *e)
{
	struct lexer *lexer = lexer_new(v->text, 0);
	struct progress progress = {0};
	struct piece piece;
	int rc;

	progress_begin(&progress, (enum progress_when)v->args->common.progress);
	while ((rc = lexer_next(lexer, &piece, e)) > 0) {
		rc = take_piece(v, lexer, &piece, e);
		if (rc)
			break;
		progress.bytes = input_consumed(v->text, &progress.total_bytes);
		progress_show(&progress);
	}
	progress_end(&progress);
	lexer_free(lexer);
	return rc;
}

static int check_whole(const struct verify *v, struct err *e)
{
	const struct positions *p = &v->positions;

	if (!v->bytes)
		return err_set(e, ERR_DATA, "%s is empty", input_name(v->in));
	if (p->expects_completion && !p->complete)
		return err_set(e, ERR_DATA,
			"%s is truncated: it ends without the line that says "
			"that the dump is complete",
			input_name(v->in));
	return contents_end(v->contents, e);
}

static const char *proof(const struct verify *v)
{
	return v->proven ? "digest" : "completion";
}

/* check_known: a dump that states no digest may have one in the catalogue.
 * Returns as read_dump. */
static int check_known(struct verify *v, struct err *e)
{
	int known = v->proven || v->sample
		? KNOWN_NOT
		: known_check(v->in, v->args->catalog, e);

	if (known < 0)
		return -1;
	if (known == KNOWN_OTHER)
		return verdict_fault(&v->verdict, "dump", NULL, NULL,
			"its SHA-256 is not the one that the catalogue says "
			"it was written with",
			e);
	v->proven = v->proven || known == KNOWN_SAME;
	return verdict_passed(&v->verdict, proof(v), e) ? -1 : 1;
}

/* read_dump: returns 1, 0 if the dump is not good, which is told, or -1. */
static int read_dump(struct verify *v, struct err *e)
{
	if (!read_pieces(v, e) && !check_whole(v, e)) {
		v->proven = input_text_checked(v->text);
		return check_known(v, e);
	}
	/* Its reason comes from dbseed. */
	if (v->restore && e->code == ERR_PIPE)
		return 1;
	if (e->code != ERR_DATA)
		return -1;
	return verdict_fault(&v->verdict, "dump", NULL, NULL, e->msg, e);
}

static int tell_fault(void *ctx, const char *kind, const char *db,
	const char *name, const char *what, struct err *e)
{
	return verdict_fault(ctx, kind, db, name, what, e);
}

static int against(struct verify *v, struct against_plan plan, struct err *e)
{
	plan.options = &v->args->against;
	plan.jobs = v->args->jobs;
	plan.progress = v->args->common.progress;
	plan.sample = &v->args->sample;
	return against_run(&plan, &v->verdict, &v->against, e);
}

static int against_backup(
	struct verify *v, const struct db_options *login, struct err *e)
{
	const struct against_plan plan = {.here = login,
		.backup = true,
		.into = RESTORE_INTO,
		.stands_for = contents_only_db(v->contents)};

	return against(v, plan, e);
}

/* against_replica: the server that the connection options name. */
static int against_replica(struct verify *v, struct err *e)
{
	const struct against_plan plan = {.here = &v->args->server};

	v->verdict.input = db_options_name(&v->args->server);
	return against(v, plan, e);
}

static int check_restored(struct verify *v, struct err *e)
{
	const struct db_options *login = restore_login(v->restore);
	const uint64_t before = v->verdict.faults;

	if (check_all(login, v->args->jobs, tell_fault, &v->verdict, e))
		return -1;
	if (v->verdict.faults == before &&
		verdict_passed(&v->verdict, "tables", e))
		return -1;
	if (compare_rows(login, v->args->jobs, v->contents, RESTORE_INTO,
		    &v->verdict, &v->rows, e) ||
		compare_objects(login, v->contents, &v->verdict, e))
		return -1;
	/* What is damaged is no measure of anything. */
	return v->args->against.file && v->verdict.faults == before
		? against_backup(v, login, e)
		: 0;
}

static int restore(struct verify *v, struct err *e)
{
	int good;

	v->restore = restore_begin(v->args->tmpdir, v->args->jobs, v->text, e);
	if (!v->restore)
		return -1;
	good = read_dump(v, e);
	if (good > 0)
		good = restore_loaded(v->restore, &v->verdict, e);
	return good > 0 ? check_restored(v, e) : good;
}

static void add_position(struct json *j, const struct positions *p)
{
	if (!p->has_own) {
		json_null(j, "position");
		return;
	}
	json_begin_object(j, "position");
	position_to_json(j, &p->own);
	json_end_object(j);
}

/* add_contents: how much of what the dump holds. */
static void add_contents(struct json *j, const struct verify *v)
{
	uint64_t tables = 0, rows = 0;
	size_t count;
	const struct contents_table *const *t =
		contents_tables(v->contents, &count);

	for (size_t i = 0; i < count; i++) {
		tables += t[i]->created || (t[i]->has_rows && !t[i]->view);
		rows += t[i]->rows;
	}
	json_string_or_null(j, "format", v->in ? v->positions.format : NULL);
	json_string_or_null(j, "proof", v->in ? proof(v) : NULL);
	json_uint(j, "tables", v->in ? tables : v->against.tables);
	json_uint(j, "rows", v->in ? rows : v->against.rows);
	json_uint(j, "bytes", v->bytes);
}

static const char *mode(const struct verify *v)
{
	return v->args->against.file ? "against"
		: v->args->quick     ? "quick"
				     : "restore";
}

/* add_against: the other server, and what was compared. */
static void add_against(struct json *j, const struct verify *v)
{
	if (!v->against.server) {
		json_null(j, "against");
		return;
	}
	json_begin_object(j, "against");
	against_to_json(&v->against, j);
	json_end_object(j);
}

/* record: of the whole; also into the catalogue, as a receipt. */
static int record(struct verify *v, struct err *e)
{
	const struct verdict *verdict = &v->verdict;
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "verified");
	json_string(&j, "input", verdict->input);
	json_bool(&j, "ok", !verdict->faults);
	json_string(&j, "mode", mode(v));
	add_contents(&j, v);
	add_position(&j, &v->positions);
	json_string_or_null(
		&j, "server", v->restore ? restore_version(v->restore) : NULL);
	add_against(&j, v);
	sample_to_json(&v->args->sample, &j);
	json_uint(&j, "faults", verdict->faults);
	json_string_or_null(
		&j, "reason", verdict->faults ? verdict->first.msg : NULL);
	json_seconds(&j, "seconds", clock_ms() - v->began_ms);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	if (!rc && v->catalog.fd >= 0)
		rc = io_write_all(v->catalog.fd, j.out.buf, j.out.len,
			v->catalog.name, e);
	json_release(&j);
	return rc;
}

/* check_age: a clock that was set back makes nothing too old. */
static int check_age(struct verify *v, time_t made, struct err *e)
{
	const time_t now = time(NULL);
	const uint64_t age = now > made ? (uint64_t)(now - made) : 0;
	char what[160];

	if (!v->args->max_age_ms)
		return 0;
	if (age * 1000 <= v->args->max_age_ms)
		return verdict_passed(&v->verdict, "age", e);
	snprintf(what, sizeof(what),
		"%.80s, the newest backup, is %" PRIu64 " h %" PRIu64
		" min old",
		v->verdict.input, age / 3600, age / 60 % 60);
	return verdict_fault(&v->verdict, "age", NULL, NULL, what, e);
}

static int open_backup(struct verify *v, const char *path, struct err *e)
{
	time_t made = 0;
	char *latest = NULL;

	if (v->args->latest) {
		latest = latest_find(v->args->latest, &made, e);
		if (!latest)
			return -1;
	}
	v->in = input_open(latest ? latest : path, e);
	free(latest);
	if (!v->in)
		return -1;
	v->verdict.input = input_name(v->in);
	v->text = v->in;
	if (v->args->sample.percent < 100) {
		v->sample = sample_open(v->in, &v->args->sample, e);
		if (!v->sample)
			return -1;
		v->text = sample_text(v->sample);
		contents_part(v->contents);
	} else {
		input_check_text(v->text);
	}
	return v->args->latest ? check_age(v, made, e) : 0;
}

static int verify(struct verify *v, const char *path, struct err *e)
{
	v->began_ms = clock_ms();
	v->contents = contents_new();
	if (report_open(&v->catalog, v->args->catalog, e))
		return -1;
	if (v->args->against.file && !path && !v->args->latest)
		return against_replica(v, e) ? -1 : record(v, e);
	if (open_backup(v, path, e))
		return -1;
	if (v->args->quick ? read_dump(v, e) < 0 : restore(v, e))
		return -1;
	return record(v, e);
}

static void verify_release(struct verify *v)
{
	restore_end(v->restore);
	contents_free(v->contents);
	positions_release(&v->positions);
	sample_close(v->sample);
	input_close(v->in);
	against_result_release(&v->against);
}

int main(int argc, char **argv)
{
	struct args args = {.jobs = JOBS_USUAL,
		.against = AGAINST_OPTIONS_INIT,
		.server = DB_OPTIONS_INIT,
		.sample = SAMPLE_ALL};
	const struct opt_table tables[] = {{verify_defs, &args},
		{against_option_defs, &args.against},
		{sample_option_defs, &args.sample},
		{db_option_defs, &args.server}, {opt_common_defs, &args.common},
		{0}};
	const struct opt_spec spec = {synopsis,
		"Checks that a dump is whole, and that it restores.", groups,
		tables};
	struct verify v = {.args = &args, .positions = POSITIONS_INIT};
	struct err e = {0};
	bool good;

	prog_init("dbverify");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (finish_args(&args, argc, &e) ||
		(args.against.file && !argc && !args.latest &&
			db_options_finish(&args.server, &e)) ||
		verify(&v, argc ? argv[0] : NULL, &e))
		die_err(&e);
	good = !v.verdict.faults;
	if (!good)
		die_err(&v.verdict.first);
	verify_release(&v);
	opt_release(&spec);
	return prog_finish(0);
}
