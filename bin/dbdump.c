/* dbdump: a server's data as one consistent SQL stream, on stdout. */
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/output.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "db/dump.h"
#include "db/moment.h"
#include "stream/writer.h"

struct args {
	struct db_options server;
	struct dump_options dump;
	struct opt_common common;
	uint64_t level;    /* of zstd; 0: plain */
	char *result_file; /* NULL: stdout */
	char *report;
	bool force_terminal;
};

/* A dump on its way: pieces to the writer and the output. */
struct job {
	const struct args *args;
	struct strbuf given; /* the options, as they were given */
	struct output output;
	struct stream_writer *writer;
	struct progress progress;
	struct report report;
	struct dump_result result;
};

static const struct opt_def own_defs[] = {{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 'r', "result-file", "FILE",
		.offset = offsetof(struct args, result_file),
		.help = "write to a file, which appears when it is whole"},
	{OPT_UINT, 'z', "zstd", "LEVEL", "3", offsetof(struct args, level),
		.help = "compress with zstd, at level 1 to 19 (just -z: 3)"},
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

static void *new_packer(const void *ctx)
{
	const struct job *job = ctx;

	return frame_packer_new((int)job->args->level);
}

static void free_packer(void *packer)
{
	frame_packer_free(packer);
}

static int pack(void *packer, struct dump_piece *piece, struct err *e)
{
	return frame_pack(
		packer, piece->text.buf, piece->text.len, &piece->packed, e);
}

static struct stream_position stated(const struct dump_position *from)
{
	return (struct stream_position){.log_file = from->log_file,
		.log_pos = from->log_pos,
		.gtid = from->gtid,
		.channel = from->channel,
		.host = from->host,
		.port = from->port,
		.use_gtid = from->use_gtid};
}

static int write_head(void *ctx, const struct dump_head *from, struct err *e)
{
	struct job *job = ctx;
	struct stream_position *upstreams =
		xcalloc(from->upstreams + 1, sizeof(*upstreams));
	char now[CLOCK_TEXT_SIZE];
	const struct stream_head head = {.tool = prog_name(),
		.tool_version = DBPIPES_VERSION,
		.time = now,
		.server = from->server,
		.options = job->given.buf,
		.position = stated(from->own),
		.upstreams = upstreams,
		.upstream_count = from->upstreams};
	int rc;

	clock_rfc3339(time(NULL), now);
	for (size_t i = 0; i < from->upstreams; i++)
		upstreams[i] = stated(&from->upstream[i]);
	rc = stream_writer_head(job->writer, &head, e);
	free(upstreams);
	return rc;
}

static int write_piece(void *ctx, const struct dump_piece *piece, struct err *e)
{
	struct job *job = ctx;

	return stream_writer_piece(job->writer, piece->text.buf,
		piece->text.len, piece->packed.len ? &piece->packed : NULL, e);
}

static int begin_table(
	void *ctx, const char *db, const char *table, struct err *e)
{
	struct job *job = ctx;

	return stream_writer_table_begin(job->writer, db, table, e);
}

static int end_table(void *ctx, uint64_t rows, const struct row_digest *digest,
	struct err *e)
{
	struct job *job = ctx;

	return stream_writer_table_end(job->writer, rows, digest, e);
}

static int write_trailer(void *ctx, const char *completed, struct err *e)
{
	struct job *job = ctx;

	return stream_writer_manifest(job->writer, completed, e);
}

static int run(struct job *job, struct err *e)
{
	const struct args *args = job->args;
	const struct stream_writer_options how = {.compressed = args->level > 0,
		.level = (int)args->level,
		.comments = args->dump.comments};
	const struct dump_output output = {.pack = how.compressed ? pack : NULL,
		.packer_new = new_packer,
		.packer_free = free_packer,
		.begin = write_head,
		.piece = write_piece,
		.table_begin = begin_table,
		.table_end = end_table,
		.trailer = write_trailer,
		.ctx = job,
		.progress = &job->progress};
	int rc;

	job->writer = stream_writer_new(out_sink(&job->output.out), &how);
	progress_begin(
		&job->progress, (enum progress_when)args->common.progress);
	rc = dump_run(&args->server, &args->dump, &output, &job->result, e);
	if (!rc)
		rc = stream_writer_finish(job->writer, e);
	if (!rc)
		rc = output_commit(&job->output, e);
	progress_end(&job->progress);
	return rc;
}

/* record: said last, when all is written. */
static int record(struct job *job, uint64_t began_ms, struct err *e)
{
	const struct dump_result *result = &job->result;
	const struct moment position = {
		result->log_file, result->log_pos, result->gtid};
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "dumped");
	json_string(&j, "server", result->server);
	moment_to_json(&j, &position);
	json_uint(&j, "tables", result->tables);
	json_uint(&j, "rows", result->rows);
	json_uint(&j, "bytes", stream_writer_bytes(job->writer));
	json_uint(&j, "written", stream_writer_written(job->writer));
	json_string(&j, "sha256", stream_writer_sha256(job->writer));
	json_string(&j, "lock", result->lock);
	json_uint(&j, "lock_ms", result->lock_ms);
	json_uint(&j, "sql_thread_stopped_ms", result->stopped_ms);
	json_seconds(&j, "seconds", clock_ms() - began_ms);
	rc = report_write(&job->report, &j, e);
	json_release(&j);
	return rc;
}

/* note_options: for the head; a password is never among them (opt.h). */
static void note_options(struct job *job, char **argv)
{
	for (argv++; *argv; argv++)
		strbuf_addf(
			&job->given, "%s%s", job->given.len ? " " : "", *argv);
}

static int check_level(const struct args *args, struct err *e)
{
	if (args->level > FRAME_LEVEL_MAX)
		return err_set(e, ERR_USAGE,
			"--zstd takes a level from 1 to %d", FRAME_LEVEL_MAX);
	return 0;
}

static void job_release(struct job *job)
{
	dump_result_release(&job->result);
	stream_writer_free(job->writer);
	output_release(&job->output);
	strbuf_release(&job->given);
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
	struct job job = {
		.args = &args, .given = STRBUF_INIT, .output = OUTPUT_INIT};
	uint64_t began = clock_ms();
	struct err e = {0};

	prog_init("dbdump");
	alloc_return_large();
	note_options(&job, argv);
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (check_level(&args, &e) ||
		dump_options_finish(&args.dump, argc, argv, &e) ||
		db_options_finish(&args.server, &e) ||
		report_open(&job.report, args.report, &e) ||
		output_open(&job.output, args.result_file, "a dump",
			args.force_terminal, &e))
		die_err(&e);
	if (run(&job, &e) || record(&job, began, &e))
		die_err(&e);
	job_release(&job);
	strlist_release(&args.dump.names);
	opt_release(&spec);
	return prog_finish(0);
}
