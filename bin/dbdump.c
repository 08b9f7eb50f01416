/* dbdump: a server's data as one consistent SQL stream, on stdout. */
#include <stdlib.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "db/dump.h"
#include "stream/manifest.h"

struct args {
	struct db_options server;
	struct dump_options dump;
	struct opt_common common;
	char *result_file; /* NULL: stdout */
	char *report;
	bool force_terminal;
};

/* A dump on its way: rows to digests, bytes to the manifest and the output. */
struct job {
	const struct args *args;
	struct atomic_file file;
	struct out out;
	struct manifest *manifest;
	struct row_digest digest; /* of the table at work */
	struct progress progress;
	struct report report;
	struct dump_result result;
};

static const struct opt_def own_defs[] = {{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 'r', "result-file", "FILE",
		.offset = offsetof(struct args, result_file),
		.help = "write to a file, which appears when it is whole"},
	{OPT_STRING, 0, "report", "FD|FILE",
		.offset = offsetof(struct args, report),
		.help = "append the record of the dump, a JSON line"},
	{OPT_FLAG, 0, "force-terminal",
		.offset = offsetof(struct args, force_terminal),
		.help = "write to a terminal, too"},
	{0}};

static const char *const synopsis[] = {"[OPTIONS] DB [TABLE...]",
	"[OPTIONS] --databases DB...", "[OPTIONS] --all-databases",
	"[OPTIONS] --users", NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbdump", NULL};

static void take_row(void *ctx, const char *text, size_t len)
{
	struct job *job = ctx;

	row_digest_add(&job->digest, text, len);
}

static void take_table(
	void *ctx, const char *db, const char *table, uint64_t rows)
{
	struct job *job = ctx;

	manifest_table(job->manifest, db, table, rows, &job->digest);
	job->digest = (struct row_digest){0};
}

static int write_trailer(void *ctx, struct err *e)
{
	struct job *job = ctx;

	return manifest_finish(job->manifest, job->args->dump.comments, e);
}

static int count_and_write(
	void *ctx, const void *data, size_t len, struct err *e)
{
	struct job *job = ctx;

	job->progress.bytes += len;
	return out_write(&job->out, data, len, e);
}

/* open_output: the file, or stdout if that is no terminal. */
static int open_output(struct job *job, struct err *e)
{
	const struct args *args = job->args;

	if (report_open(&job->report, args->report, e))
		return -1;
	if (args->result_file) {
		if (atomic_open(&job->file, args->result_file, e))
			return -1;
		out_init(&job->out, job->file.fd, args->result_file);
		return 0;
	}
	if (!args->force_terminal &&
		prog_refuse_terminal(STDOUT_FILENO, "a dump", e))
		return -1;
	out_init(&job->out, STDOUT_FILENO, "standard output");
	return 0;
}

static int run(struct job *job, struct err *e)
{
	struct dump_output output = {.row = take_row,
		.table = take_table,
		.trailer = write_trailer,
		.ctx = job,
		.progress = &job->progress};
	int rc;

	job->manifest = manifest_new((struct sink){count_and_write, job});
	output.sink = manifest_sink(job->manifest);
	progress_begin(
		&job->progress, (enum progress_when)job->args->common.progress);
	rc = dump_run(
		&job->args->server, &job->args->dump, &output, &job->result, e);
	if (!rc)
		rc = out_flush(&job->out, e);
	if (!rc && job->args->result_file)
		rc = atomic_commit(&job->file, e);
	progress_end(&job->progress);
	return rc;
}

static void add_position(struct json *j, const struct dump_result *result)
{
	if (!result->log_file) {
		json_null(j, "position");
		return;
	}
	json_begin_object(j, "position");
	json_string(j, "log_file", result->log_file);
	json_uint(j, "log_pos", result->log_pos);
	json_string_or_null(j, "gtid", result->gtid);
	json_end_object(j);
}

/* record: said last, when all is written. */
static int record(struct job *job, uint64_t began_ms, struct err *e)
{
	const struct dump_result *result = &job->result;
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "dumped");
	json_string(&j, "server", result->server);
	add_position(&j, result);
	json_uint(&j, "tables", result->tables);
	json_uint(&j, "rows", result->rows);
	json_uint(&j, "bytes", manifest_bytes(job->manifest));
	json_uint(&j, "written", job->progress.bytes);
	json_string(&j, "sha256", manifest_sha256(job->manifest));
	json_string(&j, "lock", result->lock);
	json_uint(&j, "lock_ms", result->lock_ms);
	json_uint(&j, "sql_thread_stopped_ms", result->stopped_ms);
	json_seconds(&j, "seconds", clock_ms() - began_ms);
	rc = report_write(&job->report, &j, e);
	json_release(&j);
	return rc;
}

static void job_release(struct job *job)
{
	dump_result_release(&job->result);
	manifest_free(job->manifest);
	out_release(&job->out);
}

int main(int argc, char **argv)
{
	struct args args = {
		.server = DB_OPTIONS_INIT, .dump = DUMP_OPTIONS_INIT};
	const struct opt_table tables[] = {{dump_option_defs, &args.dump},
		{own_defs, &args}, {db_option_defs, &args.server},
		{opt_common_defs, &args.common}, {0}};
	const struct opt_spec spec = {synopsis,
		"Writes a consistent SQL dump of a MariaDB or MySQL server.",
		groups, tables};
	struct job job = {.args = &args, .out = {.buf = STRBUF_INIT}};
	uint64_t began = clock_ms();
	struct err e = {0};

	prog_init("dbdump");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (dump_options_finish(&args.dump, argc, argv, &e) ||
		db_options_finish(&args.server, &e) || open_output(&job, &e))
		die_err(&e);
	if (run(&job, &e) || record(&job, began, &e))
		die_err(&e);
	job_release(&job);
	strlist_release(&args.dump.names);
	opt_release(&spec);
	return prog_finish(0);
}
