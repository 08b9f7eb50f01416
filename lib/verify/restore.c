/* restore.c: see restore.h. */
#include "verify/restore.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/io.h"
#include "base/scratch.h"
#include "base/undo.h"
#include "base/version.h"
#include "data/json_read.h"
#include "db/private.h"
#include "stream/text_seal.h"
#include "verify/room.h"

enum { START_MS = 60000 /* a new server may take to answer */ };

/* A table takes half of its text where that is blobs in hex, mostly more; far
 * less where its pages or columns are compressed. What might fit is tried: that
 * it does not shows as the disk fills up. And the server's own tables and
 * logs. */
static const struct room wants = {
	.server = UINT64_C(320) << 20, .plain = 20, .compressed = 200};

struct restore {
	struct scratch folder;
	struct private_program program;
	struct private_server *server;
	struct db *control; /* opened before the dump changes accounts */
	char *answers;      /* the file with what dbseed says */
	pid_t seed;         /* 0: none */
	int pipe;           /* to dbseed; -1: none */
	/* What is read is a part of a dump, and dbseed gets it as a dump of its
	 * own; NULL: it is all. */
	struct text_reseal *part;
};

static void kill_seed(void *arg)
{
	struct restore *r = arg;
	struct err ignored;
	int status;

	if (!r->seed)
		return;
	kill(r->seed, SIGTERM);
	child_wait(r->seed, &status, &ignored);
	r->seed = 0;
}

static int start_server(struct restore *r, struct err *e)
{
	const struct private_options options = {.program = &r->program,
		.folder = r->folder.path,
		.start_ms = START_MS};
	struct blame blame = {.folder = r->folder.path};

	r->server = private_start(&options, e);
	if (!r->server) {
		blame_elsewhere(&blame, e);
		return -1;
	}
	r->control = db_open(private_login(r->server), e);
	return r->control ? 0 : -1;
}

/* seed_program: Owns: the caller frees. */
static char *seed_program(void)
{
	char *self = realpath("/proc/self/exe", NULL);
	const char *slash = self ? strrchr(self, '/') : NULL;
	struct strbuf path = STRBUF_INIT;

	if (slash)
		strbuf_addf(&path, "%.*s/dbseed", (int)(slash - self), self);
	free(self);
	if (!path.len || access(path.buf, X_OK)) {
		strbuf_reset(&path);
		strbuf_addstr(&path, "dbseed");
	}
	return strbuf_detach(&path);
}

/* seed_answers: the file that dbseed's two outputs go to. */
static int seed_answers(struct restore *r, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	int fd;

	strbuf_addf(&path, "%s/dbseed", r->folder.path);
	r->answers = strbuf_detach(&path);
	fd = open(r->answers, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		err_sys(e, ERR_CANTCREATE, "cannot write %s", r->answers);
	return fd;
}

static int start_child(struct restore *r, uint64_t jobs, const char *db, int in,
	int out, struct err *e)
{
	struct strbuf how_many = STRBUF_INIT, socket = STRBUF_INIT;
	struct strbuf into = STRBUF_INIT;
	char *program = seed_program();
	int rc;

	strbuf_addf(&how_many, "--jobs=%" PRIu64, jobs);
	strbuf_addf(&into, "--into=%s", db);
	strbuf_addf(&socket, "--socket=%s", private_login(r->server)->socket);
	{
		const char *const argv[] = {program, "--no-defaults",
			"--log=json", "--quiet", "--progress=never",
			"--host=localhost", "--user=root", into.buf,
			"--definer=current", how_many.buf, socket.buf, "-",
			NULL};
		const struct child_spec spec = {.argv = argv,
			.in = in,
			.out = out,
			.err = out,
			.death_signal = SIGTERM};

		rc = child_start(&spec, &r->seed, e);
	}
	strbuf_release(&how_many);
	strbuf_release(&into);
	strbuf_release(&socket);
	free(program);
	return rc;
}

static int feed(void *ctx, const void *data, size_t len, struct err *e)
{
	struct restore *r = ctx;

	return io_write_all(r->pipe, data, len, "dbseed", e);
}

static int start_seed(struct restore *r, uint64_t jobs, const char *into,
	struct input *in, struct err *e)
{
	int ends[2], rc, out = seed_answers(r, e);

	if (out < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC)) {
		close(out);
		return err_sys(e, ERR_OS, "cannot make a pipe");
	}
	undo_push(kill_seed, r);
	rc = start_child(r, jobs, into, ends[0], out, e);
	close(ends[0]);
	close(out);
	r->pipe = ends[1];
	input_tee(in,
		r->part ? text_reseal_sink(r->part) : (struct sink){feed, r});
	return rc;
}

struct restore *restore_begin(const char *program, const char *tmpdir,
	uint64_t jobs, struct input *in, const char *into, bool part,
	struct err *e)
{
	struct restore *r = xcalloc(1, sizeof(*r));

	r->folder = (struct scratch)SCRATCH_INIT;
	r->pipe = -1;
	r->part = part ? text_reseal_new((struct sink){feed, r}) : NULL;
	if (!private_program_find(&r->program, program, e) &&
		!scratch_make(&r->folder, tmpdir, "dbverify", e) &&
		!room_check(&wants, r->folder.path, in, e) &&
		!start_server(r, e) && !start_seed(r, jobs, into, in, e))
		return r;
	restore_end(r);
	return NULL;
}

/* seed_error: the message of dbseed's last record that is one. */
static void seed_error(const struct restore *r, struct strbuf *why)
{
	FILE *file = fopen(r->answers, "re");
	const char *event, *text;
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while (file && (len = getline(&line, &cap, file)) > 0) {
		struct json_value *json = json_read(line, (size_t)len);

		if (json && json_read_text(json, "event", &event) &&
			!strcmp(event, "error") &&
			json_read_text(json, "msg", &text)) {
			strbuf_reset(why);
			strbuf_addstr(why, text);
		}
		json_read_free(json);
	}
	free(line);
	if (file)
		fclose(file);
}

/* wants_pages: whether a row has met InnoDB's limit for pages of 16 KiB, which
 * rows of a server of that kind keep to. *e has what dbseed says. */
static bool wants_pages(struct err *e)
{
	const struct err why = *e;

	if (!strstr(why.msg, "Row size too large (> 8126)"))
		return false;
	err_set(e, ERR_UNAVAILABLE,
		"the private server has pages of 16 KiB, and a row does not "
		"fit: %s",
		why.msg);
	err_hint(e,
		"has the server of the dump a larger innodb_page_size? "
		"Then use --quick, or verify a snapshot of it");
	return true;
}

/* broken_off: whether something else than the dump ended the load: -1 then.
 * *e has what dbseed says. */
static int broken_off(const struct restore *r, int status, struct err *e)
{
	struct err gone = {0};

	if (room_was_out(r->folder.path, r->server, e) || blame_machine(e) ||
		wants_pages(e))
		return -1;
	if (status > 128)
		err_set(e, ERR_UNAVAILABLE, "dbseed was ended by signal %d",
			status - 128);
	else if (db_exec(r->control, "DO 0", &gone))
		err_set(e, ERR_UNAVAILABLE, "the private server has ended: %s",
			gone.msg);
	else
		return 0;
	return err_hint(e, "%s", PRIVATE_HINT);
}

/* is_foreign: the dump is of another vendor's server, or a newer one, than the
 * private server. */
static bool is_foreign(const struct restore *r, const struct positions *of)
{
	const bool mysql = !strcmp(r->program.kind->vendor, "MySQL");

	if (!of->mysql && !of->version)
		return false; /* it does not say */
	return of->mysql != mysql ||
		of->version / 100 > r->program.version / 100;
}

/* refused_foreign: *e has what dbseed says. */
static int refused_foreign(
	const struct restore *r, const struct positions *of, struct err *e)
{
	struct strbuf own = STRBUF_INIT, dump = STRBUF_INIT;
	const struct err why = *e;

	version_add(&own, r->program.kind->vendor, r->program.version);
	version_add(&dump, of->mysql ? "MySQL" : "MariaDB", of->version);
	err_set(e, ERR_UNAVAILABLE,
		"the private server, one of %s, does not take this dump of %s, "
		"which may be good: %s",
		own.buf, dump.buf, why.msg);
	strbuf_release(&own);
	strbuf_release(&dump);
	return err_hint(e,
		"restore it into a server of its own kind with "
		"--private-server, or verify it with --quick (dbpipes-backup: "
		"--verify=quick)");
}

int restore_loaded(struct restore *r, const struct positions *of,
	struct verdict *v, struct err *e)
{
	struct strbuf why = STRBUF_INIT;
	int status, rc;

	/* If dbseed has ended, its reason comes from it. */
	if (r->part && text_reseal_end(r->part, e) && e->code != ERR_PIPE)
		return -1;
	close(r->pipe);
	r->pipe = -1;
	if (child_await(r->seed, &status, e))
		return -1;
	r->seed = 0;
	if (!status)
		return verdict_passed(v, "load", e) ||
				private_let_in(r->server, r->control, e)
			? -1
			: 1;
	strbuf_addf(&why, "dbseed ended with status %d", status);
	seed_error(r, &why);
	err_set(e, ERR_NO, "%s", why.buf);
	rc = broken_off(r, status, e);
	if (!rc && is_foreign(r, of))
		rc = refused_foreign(r, of, e);
	if (!rc)
		rc = verdict_fault(v, "restore", NULL, NULL, why.buf, e);
	strbuf_release(&why);
	return rc;
}

const struct db_options *restore_login(const struct restore *r)
{
	return private_login(r->server);
}

struct blame restore_blame(const struct restore *r, struct verdict *v)
{
	return (struct blame){
		.verdict = v, .folder = r->folder.path, .server = r->server};
}

const char *restore_version(const struct restore *r)
{
	return private_version(r->server);
}

void restore_end(struct restore *r)
{
	struct err ignored;

	if (!r)
		return;
	if (r->pipe >= 0)
		close(r->pipe);
	kill_seed(r);
	undo_drop(kill_seed, r);
	db_close(r->control);
	private_stop(r->server, false, &ignored);
	scratch_remove(&r->folder);
	private_program_release(&r->program);
	text_reseal_free(r->part);
	free(r->answers);
	free(r);
}
