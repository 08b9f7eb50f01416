/* dbsnap: a data directory frozen in an instant, as a tar on stdout.
 *
 * The story: remove what an interrupted run left; see where the server keeps
 * its files and what can freeze them; write down what will be made; hold
 * commits up for the instant in which it is made; read the position; let go
 * (all that is capture_take); then, at leisure, stream it and drop it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/output.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "capture/capture.h"
#include "snap/clone.h"
#include "snap/shelf.h"
#include "snap/stream.h"
#include "stream/frame.h"
#include "stream/squeeze.h"

struct args {
	struct capture_options capture;
	struct opt_common common;
	int method; /* index into methods */
	char *state_dir;
	uint64_t level; /* of zstd; 0: plain */
	char *result_file, *report;
	bool force_terminal;
};

/* What main's steps share. */
struct job {
	const struct args *args;
	char *state_dir;
	struct capture capture;
	struct output output;
	struct squeeze *squeeze;
	struct progress progress;
	struct report report;
	uint64_t began_ms, written;
};

/* Threads that compress: with more, reading is what takes the time, and memory
 * would grow. */
enum { JOBS_MOST = 8 };

static const char *const methods[] = {
	"auto", "reflink", "btrfs", "lvm", "zfs", "copy", NULL};
static const char *const locks[] = {"auto", "stage", "ftwrl", NULL};

#define AT(member) offsetof(struct args, member)

/* clang-format off */
static const struct opt_def own_defs[] = {
	{OPT_HEADING, .help = "Snapshot"},
	{OPT_ENUM, 0, "method", "NAME", .offset = AT(method),
		.choices = methods,
		.help = "auto, reflink, btrfs, lvm, zfs, copy (default: auto)"},
	{OPT_STRING, 0, "name", "NAME", .offset = AT(capture.name),
		.help = "the snapshot's name (default: the time)"},
	{OPT_STRING, 0, "snapshot-dir", "DIR", .offset = AT(capture.snapshot_dir),
		.help = "where snapshots that are directories are made "
			"(default: .dbsnap beside the data directory)"},
	{OPT_STRING, 0, "state-dir", "DIR", .offset = AT(state_dir),
		.help = "where it is kept which snapshots there are (default: "
			"/var/lib/dbpipes)"},
	{OPT_SIZE, 0, "size", "BYTES", .offset = AT(capture.size),
		.help = "room for changes in a thick LVM snapshot (default: a "
			"fifth of the volume)"},
	{OPT_HEADING, .help = "Lock"},
	{OPT_ENUM, 0, "lock", "HOW", .offset = AT(capture.freeze.lock),
		.choices = locks,
		.help = "auto, stage, ftwrl (default: auto)"},
	{OPT_DURATION, 0, "lock-wait", "SECONDS",
		.offset = AT(capture.freeze.lock_wait_ms),
		.help = "give up if the lock is not granted (default: 60)"},
	{OPT_DURATION, 0, "max-lock", "SECONDS",
		.offset = AT(capture.freeze.max_lock_ms),
		.help = "let the server go, and fail, when commits have been "
			"held up for so long (default: 5)"},
	{OPT_FLAG, 0, "flush", .offset = AT(capture.freeze.flush),
		.help = "FLUSH TABLES before the lock, which is then shorter"},
	{OPT_FLAG, 0, "dump-slave", .offset = AT(capture.freeze.dump_slave),
		.help = "stop a replica's SQL threads for the lock, and "
			"record its upstreams' positions"},
	{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 'r', "result-file", "FILE", .offset = AT(result_file),
		.help = "write to a file, which appears when it is whole"},
	{OPT_UINT, 'z', "zstd", "LEVEL", "3", AT(level),
		.help = "compress with zstd, at level 1 to 19 (just -z: 3)"},
	{OPT_LIST, 0, "exclude", "PATTERN", .offset = AT(capture.exclude),
		.help = "leave out files whose path in the data directory "
			"matches; can be given again"},
	{OPT_STRING, 0, "report", "FD|FILE", .offset = AT(report),
		.help = "append the record of the snapshot, a JSON line"},
	{OPT_FLAG, 0, "force-terminal", .offset = AT(force_terminal),
		.help = "write to a terminal, too"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {"[OPTIONS] >SNAPSHOT.tar",
	"take [OPTIONS]", "stream [OPTIONS] NAME >SNAPSHOT.tar",
	"drop [OPTIONS] NAME...", "list [OPTIONS]",
	"clone [OPTIONS] SOURCE TARGET", NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbsnap", NULL};

/* open_output: and --report, before there is anything to lose. */
static int open_output(struct job *job, struct err *e)
{
	const struct args *args = job->args;

	if (report_open(&job->report, args->report, e))
		return -1;
	io_widen_pipe(STDOUT_FILENO);
	return output_open(&job->output, args->result_file, "a snapshot",
		args->force_terminal, e);
}

/* compressed: what goes there, by all processors. */
static int compressed(struct job *job, struct sink *to, struct err *e)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	job->squeeze = squeeze_new(*to, (int)job->args->level,
		processors < JOBS_MOST ? (unsigned)processors : JOBS_MOST, e);
	if (!job->squeeze)
		return -1;
	*to = squeeze_sink(job->squeeze);
	return 0;
}

/* pour: the snapshot to the output, but for its end. */
static int pour(struct job *job, struct err *e)
{
	const struct args *args = job->args;
	struct capture *capture = &job->capture;
	struct sink to = out_sink(&job->output.out);
	int rc = 0;

	progress_begin(
		&job->progress, (enum progress_when)args->common.progress);
	job->progress.total_bytes = capture->size.bytes;
	if (args->level && compressed(job, &to, e))
		return -1;
	rc = snap_stream(&capture->snap, &capture->record, to, &job->progress,
		&job->written, e);
	progress_end(&job->progress);
	return rc;
}

/* end: what was held back, when nothing can fail any more; a file appears. Who
 * dies before that leaves no archive that is whole. */
static int end(struct job *job, struct err *e)
{
	if (job->squeeze && squeeze_finish(job->squeeze, e))
		return -1;
	return output_commit(&job->output, e);
}

/* say: the last record, when all is done. */
static int say(struct job *job, bool whole_story, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "streamed");
	if (whole_story)
		capture_describe(&j, &job->capture);
	else
		json_string(&j, "name", job->capture.snap.name);
	json_uint(&j, "tar_bytes", job->written);
	json_seconds(&j, "seconds", clock_ms() - job->began_ms);
	rc = report_write(&job->report, &j, e);
	json_release(&j);
	return rc;
}

/* all: take, stream, drop. The file gets its name last. */
static int verb_all(struct job *job, char **operands, struct err *e)
{
	(void)operands;
	if (open_output(job, e) || capture_take(&job->capture, false, e) ||
		pour(job, e) || capture_drop(&job->capture, e) || end(job, e))
		return -1;
	return say(job, true, e);
}

static int verb_take(struct job *job, char **operands, struct err *e)
{
	const struct strbuf *record = &job->capture.record;

	(void)operands;
	/* Whoever does not read its name could not drop it. */
	if (capture_take(&job->capture, true, e) ||
		capture_whole(&job->capture, e) ||
		io_write_all(STDOUT_FILENO, record->buf, record->len,
			"standard output", e))
		return -1;
	capture_keep(&job->capture);
	return 0;
}

static int verb_stream(struct job *job, char **operands, struct err *e)
{
	if (open_output(job, e) ||
		capture_open(&job->capture, operands[0], e) || pour(job, e) ||
		end(job, e))
		return -1;
	return say(job, false, e);
}

static int drop_named(struct job *job, const char *name, struct err *e)
{
	struct capture *capture = &job->capture;
	struct json j = JSON_INIT;
	int rc;

	rc = capture_find(capture, name, e) || capture_drop(capture, e);
	if (!rc) {
		json_record_begin(&j, "dropped");
		json_string(&j, "name", name);
		json_string(&j, "method", capture->snap.method->name);
		rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	}
	json_release(&j);
	capture_release(capture);
	return rc ? -1 : 0;
}

static int verb_drop(struct job *job, char **operands, struct err *e)
{
	for (; *operands; operands++)
		if (drop_named(job, *operands, e))
			return -1;
	return 0;
}

static int verb_list(struct job *job, char **operands, struct err *e)
{
	(void)operands;
	return shelf_list(job->state_dir, STDOUT_FILENO, "standard output", e);
}

static int verb_clone(struct job *job, char **operands, struct err *e)
{
	const struct clone_options options = {
		.bytes = !strcmp(methods[job->args->method], "copy"),
		.exclude = &job->args->capture.exclude};
	struct clone_result result;
	struct json j = JSON_INIT;
	int rc;

	if (clone_directory(operands[0], operands[1], &options, &result, e))
		return -1;
	json_record_begin(&j, "cloned");
	json_string(&j, "source", operands[0]);
	json_string(&j, "target", operands[1]);
	json_string(&j, "method", options.bytes ? "copy" : "reflink");
	json_uint(&j, "files", result.files);
	json_uint(&j, "bytes", result.bytes);
	json_string_or_null(
		&j, "server_uuid", *result.uuid ? result.uuid : NULL);
	json_seconds(&j, "seconds", clock_ms() - job->began_ms);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

struct verb {
	const char *name;
	int least, most; /* operands */
	bool server;     /* speaks to one */
	int (*run)(struct job *job, char **operands, struct err *e);
};

static const struct verb verbs[] = {{"", 0, 0, true, verb_all},
	{"take", 0, 0, true, verb_take}, {"stream", 1, 1, false, verb_stream},
	{"drop", 1, 1 << 20, false, verb_drop},
	{"list", 0, 0, false, verb_list}, {"clone", 2, 2, false, verb_clone}};

/* choose_verb: by the first operand, which is taken away. */
static const struct verb *choose_verb(int *argc, char ***argv, struct err *e)
{
	const struct verb *verb = &verbs[0];

	for (size_t i = 1; *argc && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].name, (*argv)[0]))
			verb = &verbs[i];
	if (*verb->name) {
		(*argc)--;
		(*argv)++;
	}
	if (*argc >= verb->least && *argc <= verb->most)
		return verb;
	if (!*verb->name)
		err_set(e, ERR_USAGE, "there is no verb '%s'", (*argv)[0]);
	else
		err_set(e, ERR_USAGE, "'%s' takes %s", verb->name,
			verb->most == 0           ? "no operand"
				: verb->most == 1 ? "the name of a snapshot"
				: verb->most == 2 ? "two directories"
						  : "names of snapshots");
	err_hint(e, "see dbsnap --help");
	return NULL;
}

static int prepare(struct job *job, struct args *args, const struct verb *verb,
	struct err *e)
{
	args->capture.method = methods[args->method];
	if (args->level > FRAME_LEVEL_MAX)
		return err_set(e, ERR_USAGE,
			"--zstd takes a level from 1 to %d", FRAME_LEVEL_MAX);
	if (verb->server &&
		(capture_options_finish(&args->capture, e) ||
			db_options_finish(&args->capture.server, e)))
		return -1;
	if (verb->run == verb_clone)
		return 0;
	job->state_dir = state_directory(args->state_dir, e);
	job->capture.state_dir = job->state_dir;
	return job->state_dir ? 0 : -1;
}

static void job_release(struct job *job)
{
	capture_release(&job->capture);
	squeeze_free(job->squeeze);
	output_release(&job->output);
	free(job->state_dir);
}

int main(int argc, char **argv)
{
	struct args args = {.capture = {.server = DB_OPTIONS_INIT,
				    .freeze = {.lock_wait_ms = FREEZE_USUAL,
					    .max_lock_ms = FREEZE_USUAL}}};
	const struct opt_table tables[] = {{own_defs, &args},
		{db_option_defs, &args.capture.server},
		{opt_common_defs, &args.common}, {0}};
	const struct opt_spec spec = {synopsis,
		"Freezes the data directory of a running MariaDB server and "
		"streams it as a tar.",
		groups, tables};
	struct job job = {.args = &args,
		.capture = CAPTURE_INIT,
		.output = OUTPUT_INIT,
		.report = {.fd = -1},
		.began_ms = clock_ms()};
	const struct verb *verb;
	struct err e = {0};

	prog_init("dbsnap");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	job.capture.options = &args.capture;
	verb = choose_verb(&argc, &argv, &e);
	if (!verb || prepare(&job, &args, verb, &e) ||
		verb->run(&job, argv, &e))
		die_err(&e);
	job_release(&job);
	opt_release(&spec);
	return prog_finish(0);
}
