/* dbverify: proof that a backup restores.
 *
 * The story: see whether it is a dump or a data directory, which lib/verify
 * goes through on its own. Read the dump from its first byte to its last, and
 * check that its bytes are those that were written, its statements whole, its
 * rows those that its manifest states. With --restore what is read also goes
 * into a server of our own; then that one checks every table, and is dumped
 * once more, to nobody, to see whether each table has the rows that went in. A
 * record a check, and one of the whole at the end; that one is told to those
 * who were not there, too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/report.h"
#include "base/sig.h"
#include "base/workers.h"
#include "db/check.h"
#include "stream/contents.h"
#include "stream/input.h"
#include "stream/position.h"
#include "verify/against.h"
#include "verify/blame.h"
#include "verify/compare.h"
#include "verify/frozen.h"
#include "verify/latest.h"
#include "verify/outcome.h"
#include "verify/receipt.h"
#include "verify/restore.h"
#include "verify/sql_dump.h"
#include "verify/verdict.h"

struct args {
	bool quick, restore;
	uint64_t jobs;
	char *latest;
	uint64_t max_age_ms;
	char *catalog, *tmpdir, *program;
	char *source, *outcome;
	struct outcome_options telling;
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
	{OPT_STRING, 0, "private-server", "PROGRAM", .offset = AT(program),
		.help = "what the private server is; default: mariadbd, or "
			"else mysqld"},
	{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 0, "catalog", "FILE", .offset = AT(catalog),
		.help = "append the last record to it, also if there is no "
			"result"},
	{OPT_STRING, 0, "source", "NAME", .offset = AT(source),
		.help = "what the last record, notices and metrics call the "
			"server that the backup is of"},
	{OPT_STRING, 0, "outcome", "FILE", .offset = AT(outcome),
		.help = "check nothing; tell what the last record in FILE (-: "
			"standard input) says came of a run"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {
	"[--quick | --restore] [OPTION...] [FILE | -]",
	"[--quick | --restore] [OPTION...] --latest=DIR [--max-age=TIME]",
	"--against=FILE [OPTION...] [FILE | - | --latest=DIR]",
	"--outcome=FILE [OPTION...]", NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbverify", NULL};

/* A run: what its steps share. */
struct verify {
	const struct args *args;
	struct input *in;
	struct contents *contents;
	struct positions positions;
	struct restore *restore;
	char *home; /* the database that it is restored into; NULL: ours */
	const char *folder; /* a data directory, in the place of `in` */
	char *latest;       /* the file that was found, if that is asked for */
	bool is_frozen;
	bool unreadable; /* from its first bytes on */
	struct frozen frozen;
	struct against_result against;
	struct sql_dump dump;
	struct verdict verdict;
	struct report catalog;
	struct strbuf told; /* the record of what came of it */
	uint64_t rows;      /* in the restored tables */
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
	if (args->outcome &&
		(operands || args->latest || args->quick || args->restore ||
			args->against.file))
		return err_set(e, ERR_USAGE,
			"--outcome checks nothing, so it goes with no backup");
	if (args->quick && args->against.file)
		return err_set(e, ERR_USAGE,
			"--quick and --against exclude each other");
	if (args->sample.percent < 100 && args->against.file &&
		(operands || args->latest)) {
		err_set(e, ERR_USAGE,
			"--sample restores a part of a backup, and --against "
			"compares all of it");
		return err_hint(e, "use one of them");
	}
	return sample_finish(&args->sample, e) || jobs_finish(&args->jobs, e)
		? -1
		: 0;
}

static int read_dump(struct verify *v, struct err *e)
{
	return sql_dump_read(&v->dump,
		(enum progress_when)v->args->common.progress, &v->verdict, e);
}

/* into: where statements go that name no database. A dump can name its own in
 * a column's default or a view, so that it restores only there. */
static const char *into(const struct verify *v)
{
	return v->home ? v->home : RESTORE_INTO;
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
		.into = into(v),
		.stands_for = contents_only_db(v->contents)};

	if (!plan.stands_for && contents_needs_db(v->contents)) {
		err_set(e, ERR_USAGE,
			"--against: the dump does not say which database its "
			"tables are of");
		return err_hint(e,
			"dump with --databases, or without --skip-comments; or "
			"load this one into a server, and compare that");
	}
	return against(v, plan, e);
}

/* against_replica: the server that the connection options name. */
static int against_replica(struct verify *v, struct err *e)
{
	const struct against_plan plan = {.here = &v->args->server};

	v->verdict.input = db_options_name(&v->args->server);
	return against(v, plan, e);
}

static int check_tables(struct verify *v, struct blame *blame, struct err *e)
{
	const struct db_options *login = restore_login(v->restore);
	const uint64_t before = v->verdict.faults;

	if (check_all(
		    login, v->args->jobs, CHECK_LOADED, blame_backup, blame, e))
		return -1;
	if (v->verdict.faults == before &&
		verdict_passed(&v->verdict, "tables", e))
		return -1;
	return compare_rows(login, v->args->jobs, v->contents, into(v),
		       &v->verdict, &v->rows, e) ||
			compare_objects(login, v->contents, &v->verdict, e)
		? -1
		: 0;
}

static int check_restored(struct verify *v, struct err *e)
{
	struct blame blame = restore_blame(v->restore, &v->verdict);
	const uint64_t before = v->verdict.faults;

	if (check_tables(v, &blame, e)) {
		blame_elsewhere(&blame, e);
		return -1;
	}
	/* What is damaged is no measure of anything. */
	return v->args->against.file && v->verdict.faults == before
		? against_backup(v, restore_login(v->restore), e)
		: 0;
}

static int restore(struct verify *v, struct err *e)
{
	int good;

	v->restore =
		restore_begin(v->args->program, v->args->tmpdir, v->args->jobs,
			v->dump.text, into(v), v->dump.sample != NULL, e);
	if (!v->restore)
		return -1;
	good = read_dump(v, e);
	/* If dbseed has ended, its reason comes from it. */
	if (good > 0 || (good < 0 && e->code == ERR_PIPE))
		good = restore_loaded(
			v->restore, &v->positions, &v->verdict, e);
	return good > 0 ? check_restored(v, e) : good;
}

static const char *mode(const struct verify *v)
{
	return v->args->against.file ? "against"
		: v->args->quick     ? "quick"
				     : "restore";
}

/* proof: that the backup is whole. */
static const char *proof(const struct verify *v)
{
	if (v->is_frozen)
		return !v->frozen.whole    ? NULL
			: v->frozen.sealed ? "digest"
					   : "completion";
	return sql_dump_proof(&v->dump);
}

/* record: of the whole; also into the catalogue, as a receipt. */
static int record(struct verify *v, struct err *e)
{
	const bool backup = v->in || v->folder;
	const struct receipt receipt = {.source = v->args->source,
		.verdict = &v->verdict,
		.mode = mode(v),
		.format = backup ? v->positions.format : NULL,
		.proof = backup ? proof(v) : NULL,
		.server = v->is_frozen ? v->frozen.server
			: v->restore   ? restore_version(v->restore)
				       : NULL,
		.in = v->in,
		.frozen = v->is_frozen ? &v->frozen : NULL,
		.contents = v->contents,
		.against = &v->against,
		.positions = &v->positions,
		.sample = &v->args->sample,
		.bytes = v->dump.bytes,
		.ms = clock_ms() - v->began_ms};

	receipt_write(&receipt, &v->told);
	return receipt_give(&v->told, &v->catalog, e);
}

/* record_error: what cannot be written is no news: it ends the run with its
 * first error anyway. */
static void record_error(
	struct verify *v, const char *path, const struct err *why)
{
	struct err ignored;

	if (v->verdict.input)
		path = v->verdict.input;
	else if (v->args->latest)
		path = v->args->latest;
	receipt_write_error(v->args->source, path, why, &v->told);
	receipt_give(&v->told, &v->catalog, &ignored);
}

/* check_age: a clock that was set back makes nothing too old; but what it dated
 * far ahead would be new enough until then, whatever became of backups since.
 */
static int check_age(struct verify *v, time_t made, struct err *e)
{
	enum { DAY_S = 86400 };
	const time_t now = time(NULL);
	const bool ahead = made > now;
	const uint64_t age = (uint64_t)(ahead ? made - now : now - made);
	char what[160];

	if (!v->args->max_age_ms)
		return 0;
	if (ahead ? age <= DAY_S : age * 1000 <= v->args->max_age_ms)
		return verdict_passed(&v->verdict, "age", e);
	snprintf(what, sizeof(what),
		"%.80s, the newest backup, is %" PRIu64 " h %" PRIu64 " min %s",
		v->verdict.input, age / 3600, age / 60 % 60,
		ahead ? "ahead of the clock" : "old");
	return verdict_fault(&v->verdict, "age", NULL, NULL, what, e);
}

/* open_frozen: what is asked for that only a dump has. */
static int open_frozen(const struct verify *v, struct err *e)
{
	if (v->args->sample.percent < 100)
		return err_set(e, ERR_USAGE,
			"--sample reads a part of a dump; a data directory is "
			"checked as a whole");
	if (v->args->against.file)
		return err_set(e, ERR_USAGE,
			"--against compares a dump, or a server; start one on "
			"the data directory and give its connection options");
	return 0;
}

static int open_folder(struct verify *v, const char *path, struct err *e)
{
	if (v->args->quick)
		return err_set(e, ERR_USAGE,
			"--quick reads a stream; a directory is restored");
	v->folder = v->verdict.input = path;
	v->is_frozen = true;
	return open_frozen(v, e);
}

/* not_readable: a backup of which nothing can be read is not a good one. */
static int not_readable(struct verify *v, struct err *e)
{
	if (e->code != ERR_DATA)
		return -1;
	v->unreadable = true;
	return verdict_fault_whole(&v->verdict, "dump", e);
}

static int open_backup(struct verify *v, const char *path, struct err *e)
{
	time_t made = 0;

	if (path && io_is_folder(path))
		return open_folder(v, path, e);
	if (v->args->latest) {
		path = v->latest = latest_find(v->args->latest, &made, e);
		if (!path)
			return -1;
	}
	v->verdict.input =
		path && strcmp(path, "-") != 0 ? path : "standard input";
	v->in = input_open(path, e);
	if (!v->in)
		return not_readable(v, e);
	v->dump.in = v->in;
	v->verdict.input = input_name(v->in);
	/* A compressed dump of dbdump has shown by now what it is. */
	if (!input_head(v->in) && frozen_is_tar(v->in, &v->is_frozen, e))
		return not_readable(v, e);
	if (v->is_frozen ? open_frozen(v, e)
			 : sql_dump_open(&v->dump, &v->args->sample, e))
		return -1;
	if (!v->is_frozen && sql_dump_home(&v->dump, &v->home, e))
		return not_readable(v, e);
	contents_into(v->contents, v->home);
	return v->args->latest ? check_age(v, made, e) : 0;
}

static int verify_frozen(struct verify *v, struct err *e)
{
	const struct frozen_options options = {.program = v->args->program,
		.tmpdir = v->args->tmpdir,
		.jobs = v->args->jobs,
		.quick = v->args->quick,
		.progress = (enum progress_when)v->args->common.progress};

	return frozen_verify(&v->frozen, v->in, v->folder, &options,
		&v->positions, &v->verdict, e);
}

static int verify(struct verify *v, const char *path, struct err *e)
{
	int rc;

	v->began_ms = clock_ms();
	v->contents = contents_new();
	v->dump = (struct sql_dump){.contents = v->contents,
		.positions = &v->positions,
		.catalog = v->args->catalog};
	if (report_open(&v->catalog, v->args->catalog, e))
		return -1;
	if (v->args->against.file && !path && !v->args->latest)
		return against_replica(v, e) ? -1 : record(v, e);
	if (open_backup(v, path, e))
		return -1;
	if (v->unreadable)
		rc = 0;
	else if (v->is_frozen)
		rc = verify_frozen(v, e);
	else
		rc = v->args->quick ? read_dump(v, e) < 0 : restore(v, e);
	return rc ? -1 : record(v, e);
}

static void verify_release(struct verify *v)
{
	restore_end(v->restore);
	frozen_release(&v->frozen);
	contents_free(v->contents);
	positions_release(&v->positions);
	sql_dump_close(&v->dump);
	input_close(v->in);
	free(v->latest);
	free(v->home);
	against_result_release(&v->against);
}

/* run: what came of it stands in v->told and, if it is not good, in *e: then
 * it returns -1. */
static int run(struct verify *v, const char *path, struct err *e)
{
	int rc;

	if (v->args->outcome) {
		rc = outcome_last(v->args->outcome, &v->told, e);
	} else {
		rc = verify(v, path, e);
		if (rc)
			record_error(v, path, e);
	}
	if (!rc && v->verdict.faults) {
		*e = v->verdict.first;
		rc = -1;
	}
	if (sig_pending())
		die_err(e);
	verify_release(v);
	return rc;
}

/* tell: those who were not there. */
static int tell(const struct verify *v, struct outcome *outcome, struct err *e)
{
	int untold = v->told.len
		? outcome_tell(outcome, v->told.buf, v->told.len, e)
		: 0;

	if (untold > 0)
		err_set(e, ERR_UNAVAILABLE,
			"%d of the notices and metrics could not be delivered",
			untold);
	return untold ? -1 : 0;
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
		{outcome_option_defs, &args.telling},
		{db_option_defs, &args.server}, {opt_common_defs, &args.common},
		{0}};
	const struct opt_spec spec = {synopsis,
		"Checks that a dump is whole, and that it restores.", groups,
		tables};
	struct verify v = {.args = &args,
		.positions = POSITIONS_INIT,
		.catalog = {.fd = -1},
		.told = STRBUF_INIT};
	struct outcome *outcome;
	struct err e = {0}, untold = {0};
	int bad;

	v.positions.apart = true;
	prog_init("dbverify");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (finish_args(&args, argc, &e) ||
		(args.against.file && !argc && !args.latest &&
			db_options_finish(&args.server, &e)))
		die_err(&e);
	db_options_forget_environment();
	outcome = outcome_open(&args.telling, &e);
	if (!outcome)
		die_err(&e);
	bad = run(&v, argc ? argv[0] : NULL, &e);
	/* What could not be told never hides what came of the run. */
	if (tell(&v, outcome, &untold) && !bad)
		die_err(&untold);
	if (bad)
		die_err(&e);
	strbuf_release(&v.told);
	outcome_close(outcome);
	opt_release(&spec);
	return prog_finish(0);
}
