/* dbsnap: a data directory frozen in an instant, as a tar on stdout.
 *
 * The story: remove what an interrupted run left; see where the server keeps
 * its files and what can freeze them; write down what will be made; hold
 * commits up for the instant in which it is made; read the position; let go;
 * then, at leisure, stream it and drop it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "base/sig.h"
#include "base/undo.h"
#include "db/freeze.h"
#include "snap/clone.h"
#include "snap/shelf.h"
#include "snap/snap.h"
#include "snap/state.h"
#include "snap/stream.h"
#include "stream/frame.h"
#include "stream/squeeze.h"

struct args {
	struct db_options server;
	struct freeze_options freeze;
	struct opt_common common;
	int method; /* index into methods */
	char *name, *snapshot_dir, *state_dir;
	uint64_t size;
	struct strlist exclude;
	uint64_t level; /* of zstd; 0: plain */
	char *result_file, *report;
	bool force_terminal;
};

/* What main's steps share. */
struct job {
	const struct args *args;
	char *state_dir;
	struct freeze freeze;
	struct snap snap;
	struct state state;
	struct snap_size size;
	struct strbuf record; /* of the snapshot, a line of JSON */
	struct atomic_file file;
	struct out out;
	struct squeeze *squeeze;
	struct progress progress;
	struct report report;
	uint64_t began_ms, create_ms, written;
};

enum { PIPE_BYTES = 1024 * 1024 }; /* what everyone may have */

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
	{OPT_STRING, 0, "name", "NAME", .offset = AT(name),
		.help = "the snapshot's name (default: the time)"},
	{OPT_STRING, 0, "snapshot-dir", "DIR", .offset = AT(snapshot_dir),
		.help = "where snapshots that are directories are made "
			"(default: .dbsnap beside the data directory)"},
	{OPT_STRING, 0, "state-dir", "DIR", .offset = AT(state_dir),
		.help = "where it is kept which snapshots there are (default: "
			"/var/lib/dbpipes)"},
	{OPT_SIZE, 0, "size", "BYTES", .offset = AT(size),
		.help = "room for changes in a thick LVM snapshot (default: a "
			"fifth of the volume)"},
	{OPT_HEADING, .help = "Lock"},
	{OPT_ENUM, 0, "lock", "HOW", .offset = AT(freeze.lock),
		.choices = locks,
		.help = "auto, stage, ftwrl (default: auto)"},
	{OPT_DURATION, 0, "lock-wait", "SECONDS",
		.offset = AT(freeze.lock_wait_ms),
		.help = "give up if the lock is not granted (default: 60)"},
	{OPT_DURATION, 0, "max-lock", "SECONDS",
		.offset = AT(freeze.max_lock_ms),
		.help = "let the server go, and fail, when commits have been "
			"held up for so long (default: 5)"},
	{OPT_FLAG, 0, "flush", .offset = AT(freeze.flush),
		.help = "FLUSH TABLES before the lock, which is then shorter"},
	{OPT_FLAG, 0, "dump-slave", .offset = AT(freeze.dump_slave),
		.help = "stop a replica's SQL threads for the lock, and "
			"record its upstreams' positions"},
	{OPT_HEADING, .help = "Output"},
	{OPT_STRING, 'r', "result-file", "FILE", .offset = AT(result_file),
		.help = "write to a file, which appears when it is whole"},
	{OPT_UINT, 'z', "zstd", "LEVEL", "3", AT(level),
		.help = "compress with zstd, at level 1 to 19 (just -z: 3)"},
	{OPT_LIST, 0, "exclude", "PATTERN", .offset = AT(exclude),
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

/* drop_undo: on the list from before the snapshot exists. */
static void drop_undo(void *arg)
{
	struct job *job = arg;
	struct err e;

	if (shelf_drop(&job->state, &job->snap, &e))
		log_warn("%s; dbsnap drop %s tries again", e.msg,
			job->snap.name);
}

/* begin_snap: an empty one for state_open to fill. */
static void begin_snap(struct job *job, struct snap *snap)
{
	*snap = (struct snap){.state = xstrdup(job->state_dir),
		.exclude = &job->args->exclude};
}

static int check_places(struct job *job, struct err *e)
{
	const struct freeze_places *p = &job->freeze.places;
	const struct snap *snap = &job->snap;
	struct err outside;
	char *dir = NULL, *slash;
	int rc;

	rc = snap_inside(snap, "innodb_log_group_home_dir", p->redo, e) ||
		snap_inside(snap, "innodb_undo_directory", p->undo, e) ||
		snap_inside(snap, "innodb_data_home_dir", p->data_home, e);
	if (!rc && p->data_file_path && strchr(p->data_file_path, '/'))
		rc = err_set(e, ERR_UNAVAILABLE,
			"innodb_data_file_path is '%s', with directories, and "
			"would not all be in the snapshot",
			p->data_file_path);
	if (!rc && p->binlog) {
		dir = xstrdup(p->binlog);
		slash = strrchr(dir, '/');
		*(slash ? slash : dir) = '\0';
		if (snap_inside(snap, "log_bin_basename", dir, &outside))
			log_info("the binary logs are in '%s' and are not part "
				 "of the snapshot",
				dir);
		free(dir);
	}
	return rc ? -1 : 0;
}

/* name_snap: the one that was given, or the time and our process. */
static int name_snap(struct job *job, struct err *e)
{
	char text[64], *p;
	time_t now = time(NULL);
	struct tm parts;

	if (job->args->name) {
		job->snap.name = xstrdup(job->args->name);
		return state_check_name(job->snap.name, e);
	}
	gmtime_r(&now, &parts);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &parts);
	p = text + strlen(text);
	snprintf(p, sizeof(text) - (size_t)(p - text), "-%ld", (long)getpid());
	job->snap.name = xstrdup(text);
	return 0;
}

/* find: the server, its files, and what can freeze them. */
static int find(struct job *job, struct err *e)
{
	const struct args *args = job->args;
	struct snap *snap = &job->snap;

	if (freeze_open(&job->freeze, &args->server, &args->freeze, e))
		return -1;
	snap->datadir = realpath(job->freeze.places.datadir, NULL);
	if (!snap->datadir)
		return err_sys(e, ERR_NOINPUT, "cannot find data directory %s",
			job->freeze.places.datadir);
	snap->where = args->snapshot_dir ? xstrdup(args->snapshot_dir) : NULL;
	snap->size = args->size;
	return name_snap(job, e) || check_places(job, e) ||
			snap_inspect(snap, e) ||
			snap_choose(snap, methods[args->method], e)
		? -1
		: 0;
}

/* take_position: as mariadb-backup noted it: file, position, GTID. */
static void take_position(struct job *job)
{
	static const char *const names[] = {
		"mariadb_backup_binlog_info", "xtrabackup_binlog_info"};
	struct moment *moment = &job->freeze.moment;
	struct strbuf path = STRBUF_INIT;
	struct err none;
	char text[4096], file[512], gtid[2048] = "";
	unsigned long long pos;
	int fd = -1;
	ssize_t n;

	for (int i = 0; fd < 0 && i < 2; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", job->snap.path, names[i]);
		fd = io_open_read(path.buf, &none);
	}
	n = fd < 0 ? -1
		   : io_read_full(fd, text, sizeof(text) - 1, path.buf, &none);
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%511s %llu %2047s", file, &pos, gtid) >= 2) {
		moment->log_file = xstrdup(file);
		moment->log_pos = pos;
		moment->gtid = *gtid ? xstrdup(gtid) : NULL;
	}
	if (fd >= 0)
		close(fd);
	strbuf_release(&path);
}

/* copy_hot: by a program that takes its locks itself. */
static int copy_hot(struct job *job, struct err *e)
{
	struct strbuf text = STRBUF_INIT, path = STRBUF_INIT;
	struct snap *snap = &job->snap;
	struct atomic_file file = {.fd = -1};
	int rc = snap->method->settle(snap, e);

	strbuf_addf(&path, "%s/" SNAP_CLIENT_FILE, snap->keep);
	db_options_file(&job->args->server, &text);
	if (!rc)
		rc = atomic_open(&file, path.buf, e);
	if (!rc) {
		rc = io_write_all(file.fd, text.buf, text.len, path.buf, e);
		if (!rc)
			rc = atomic_commit(&file, e);
		else
			atomic_abort(&file);
	}
	if (!rc)
		rc = snap->method->create(snap, e);
	unlink(path.buf);
	if (!rc)
		take_position(job);
	secret_wipe(text.buf, text.len);
	strbuf_release(&text);
	strbuf_release(&path);
	return rc;
}

/* freeze_once: the instant. Returns 1; 0: it has to be done again; -1. */
static int freeze_once(struct job *job, struct err *e)
{
	struct freeze *freeze = &job->freeze;
	struct snap *snap = &job->snap;
	int (*early)(struct snap *, struct err *) = snap->method->early;
	int (*settle)(struct snap *, struct err *) = snap->method->settle;
	uint64_t redo_end = 0, began_ms;
	int right = 1;

	/* Twice: the second time little is left to do. */
	if ((settle && settle(snap, e)) || freeze_begin(freeze, e) ||
		(freeze->stages && early && early(snap, e)) ||
		(settle && settle(snap, e)) || freeze_hold(freeze, e) ||
		(!freeze->stages && early && early(snap, e)))
		return -1;
	began_ms = clock_ms();
	if (snap->method->create(snap, e))
		return -1;
	job->create_ms = clock_ms() - began_ms;
	if (snap->method->right) {
		if (freeze_redo_end(freeze, &redo_end, e))
			return -1;
		right = snap->method->right(snap, redo_end, e);
	}
	if (right < 0 || freeze_end(freeze, e))
		return -1;
	return right;
}

static int freeze_all(struct job *job, struct err *e)
{
	enum { TRIES = 3 };
	struct snap *snap = &job->snap;
	int right = 0;

	if (snap->method->self_locking)
		return copy_hot(job, e);
	for (int i = 0; !right && i < TRIES; i++) {
		if (i && snap->method->drop(snap, e))
			return -1;
		right = freeze_once(job, e);
	}
	if (right)
		return right < 0 ? -1 : 0;
	err_set(e, ERR_TEMP,
		"InnoDB's redo log came round faster than its tablespaces "
		"could be cloned, %d times",
		TRIES);
	return err_hint(e,
		"raise innodb_log_file_size, try again when less is written, "
		"or use --method=btrfs");
}

static void add_position(struct json *j, const struct moment *moment)
{
	if (!moment->log_file) {
		json_null(j, "position");
		return;
	}
	json_begin_object(j, "position");
	json_string(j, "log_file", moment->log_file);
	json_uint(j, "log_pos", moment->log_pos);
	json_string_or_null(j, "gtid", moment->gtid);
	json_end_object(j);
}

static void add_upstreams(struct json *j, const struct upstreams *upstreams)
{
	json_begin_array(j, "upstreams");
	for (size_t i = 0; i < upstreams->count; i++) {
		const struct upstream *one = &upstreams->item[i];

		json_begin_object(j, NULL);
		json_string(j, "channel", one->channel);
		json_string(j, "host", one->host);
		json_uint(j, "port", one->port);
		json_string(j, "log_file", one->log_file);
		json_uint(j, "log_pos", one->log_pos);
		json_string_or_null(j, "gtid", upstreams->gtid);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_snapshot(struct json *j, const struct job *job)
{
	const struct freeze *freeze = &job->freeze;

	json_string(j, "name", job->snap.name);
	json_string(j, "method", job->snap.method->name);
	json_string(j, "server", db_server_version(freeze->db));
	json_string(j, "datadir", job->snap.datadir);
	json_string(j, "path", job->snap.path);
	add_position(j, &freeze->moment);
	add_upstreams(j, &freeze->upstreams);
	json_uint(j, "files", job->size.files);
	json_uint(j, "bytes", job->size.bytes);
	json_string(j, "lock",
		job->snap.method->self_locking ? "mariadb-backup"
					       : freeze_name(freeze));
	json_uint(j, "lock_ms", freeze->lock_ms);
	json_uint(j, "ddl_lock_ms", freeze->ddl_ms);
	json_uint(j, "create_ms", job->create_ms);
	json_uint(j, "sql_thread_stopped_ms", freeze->upstreams.stopped_ms);
}

/* end_record: the line of a record, for more places than one. */
static void end_record(struct json *j, struct strbuf *line)
{
	json_end_object(j);
	strbuf_reset(line);
	strbuf_add(line, j->out.buf, j->out.len);
	strbuf_addch(line, '\n');
}

/* take: until the snapshot is there, whole, and its record made. */
static int take(struct job *job, bool lasting, struct err *e)
{
	struct snap *snap = &job->snap;
	struct json j = JSON_INIT;

	begin_snap(job, snap);
	if (shelf_sweep(job->state_dir, e) || find(job, e) ||
		snap->method->plan(snap, e) ||
		state_create(&job->state, snap, lasting, e))
		return -1;
	undo_push(drop_undo, job);
	if (freeze_all(job, e) ||
		(snap->method->finish && snap->method->finish(snap, e)) ||
		snap_measure(snap, &job->size, e))
		return -1;
	json_record_begin(&j, "taken");
	add_snapshot(&j, job);
	end_record(&j, &job->record);
	json_release(&j);
	return 0;
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
		prog_refuse_terminal(STDOUT_FILENO, "a snapshot", e))
		return -1;
	/* Fewer turns between us and the reader, where it is a pipe. */
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
	out_init(&job->out, STDOUT_FILENO, "standard output");
	return 0;
}

/* pour: the snapshot to the output. */
static int pour(struct job *job, struct err *e)
{
	const struct args *args = job->args;
	struct sink to = out_sink(&job->out);
	int rc = 0;

	progress_begin(
		&job->progress, (enum progress_when)args->common.progress);
	job->progress.total_bytes = job->size.bytes;
	if (args->level) {
		job->squeeze = squeeze_new(to, (int)args->level,
			(unsigned)sysconf(_SC_NPROCESSORS_ONLN), e);
		if (!job->squeeze)
			return -1;
		to = squeeze_sink(job->squeeze);
	}
	rc = snap_stream(
		&job->snap, &job->record, to, &job->progress, &job->written, e);
	if (!rc && job->squeeze)
		rc = squeeze_finish(job->squeeze, e);
	if (!rc)
		rc = out_flush(&job->out, e);
	progress_end(&job->progress);
	return rc;
}

/* say: the last record, when all is done. */
static int say(struct job *job, bool whole_story, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "streamed");
	if (whole_story)
		add_snapshot(&j, job);
	else
		json_string(&j, "name", job->snap.name);
	json_uint(&j, "tar_bytes", job->written);
	json_seconds(&j, "seconds", clock_ms() - job->began_ms);
	rc = report_write(&job->report, &j, e);
	json_release(&j);
	return rc;
}

static int print(const struct strbuf *line, struct err *e)
{
	return io_write_all(
		STDOUT_FILENO, line->buf, line->len, "standard output", e);
}

/* all: take, stream, drop. The file gets its name last. */
static int verb_all(struct job *job, char **operands, struct err *e)
{
	(void)operands;
	if (open_output(job, e) || take(job, false, e) || pour(job, e))
		return -1;
	undo_drop(drop_undo, job);
	if (shelf_drop(&job->state, &job->snap, e))
		return -1;
	if (job->args->result_file && atomic_commit(&job->file, e))
		return -1;
	return say(job, true, e);
}

static int verb_take(struct job *job, char **operands, struct err *e)
{
	(void)operands;
	if (take(job, true, e) || state_complete(&job->snap, &job->record, e))
		return -1;
	undo_drop(drop_undo, job);
	state_close(&job->state);
	return print(&job->record, e);
}

/* open_whole: a snapshot that was taken. */
static int open_whole(struct job *job, const char *name, struct err *e)
{
	begin_snap(job, &job->snap);
	if (state_open(&job->state, &job->snap, name, e) ||
		state_record(&job->snap, &job->record, e))
		return -1;
	if (job->record.len)
		return 0;
	err_set(e, ERR_DATA, "snapshot '%s' is not whole", name);
	return err_hint(e, "its maker was interrupted; dbsnap drop removes it");
}

static int verb_stream(struct job *job, char **operands, struct err *e)
{
	if (open_output(job, e) || open_whole(job, operands[0], e))
		return -1;
	if (job->snap.method->finish && job->snap.mount &&
		job->snap.method->finish(&job->snap, e))
		return -1;
	if (snap_measure(&job->snap, &job->size, e) || pour(job, e))
		return -1;
	state_close(&job->state);
	if (job->args->result_file && atomic_commit(&job->file, e))
		return -1;
	return say(job, false, e);
}

static int drop_named(struct job *job, const char *name, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	begin_snap(job, &job->snap);
	rc = state_open(&job->state, &job->snap, name, e) ||
		shelf_drop(&job->state, &job->snap, e);
	if (!rc) {
		json_record_begin(&j, "dropped");
		json_string(&j, "name", name);
		json_string(&j, "method", job->snap.method->name);
		rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	}
	json_release(&j);
	state_close(&job->state);
	snap_release(&job->snap);
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
		.exclude = &job->args->exclude};
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
	if (args->level > FRAME_LEVEL_MAX)
		return err_set(e, ERR_USAGE,
			"--zstd takes a level from 1 to %d", FRAME_LEVEL_MAX);
	if (verb->server && db_options_finish(&args->server, e))
		return -1;
	if (verb->run == verb_clone)
		return 0;
	job->state_dir = state_directory(args->state_dir, e);
	return job->state_dir ? 0 : -1;
}

static void job_release(struct job *job)
{
	freeze_close(&job->freeze);
	snap_release(&job->snap);
	squeeze_free(job->squeeze);
	out_release(&job->out);
	strbuf_release(&job->record);
	free(job->state_dir);
}

int main(int argc, char **argv)
{
	struct args args = {.server = DB_OPTIONS_INIT,
		.freeze = {.lock_wait_ms = 60000, .max_lock_ms = 5000}};
	const struct opt_table tables[] = {{own_defs, &args},
		{db_option_defs, &args.server}, {opt_common_defs, &args.common},
		{0}};
	const struct opt_spec spec = {synopsis,
		"Freezes the data directory of a running MariaDB server and "
		"streams it as a tar.",
		groups, tables};
	struct job job = {.args = &args,
		.state = STATE_INIT,
		.record = STRBUF_INIT,
		.out = {.buf = STRBUF_INIT},
		.report = {.fd = -1},
		.began_ms = clock_ms()};
	const struct verb *verb;
	struct err e = {0};

	prog_init("dbsnap");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	verb = choose_verb(&argc, &argv, &e);
	if (!verb || prepare(&job, &args, verb, &e) ||
		verb->run(&job, argv, &e))
		die_err(&e);
	job_release(&job);
	opt_release(&spec);
	return prog_finish(0);
}
