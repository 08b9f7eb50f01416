/* frozen.c: see frozen.h. */
#include "verify/frozen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/scratch.h"
#include "base/strlist.h"
#include "base/version.h"
#include "data/json_read.h"
#include "db/check.h"
#include "db/private.h"
#include "stream/position_info.h"
#include "stream/tar.h"
#include "verify/blame.h"
#include "verify/compare.h"
#include "verify/datadir.h"
#include "verify/room.h"
#include "verify/unpack.h"

/* Recovery takes as long as it takes; this is against a hang. */
enum { RECOVERY_MS = 6 * 3600 * 1000 };

/* The files of a tar, compressed as little as it may be, and logs. */
static const struct room wants = {
	.server = UINT64_C(300) << 20, .plain = 100, .compressed = 300};

/* A verification at work. */
struct work {
	struct frozen *s;
	struct input *in; /* NULL: the directory */
	const char *path;
	const struct frozen_options *options;
	struct verdict *verdict;
	struct private_program program;
	struct scratch folder;
	char *datadir;
	struct unpacked unpacked;
	struct datadir facts;
	struct private_server *server;
	struct blame blame;
};

void frozen_release(struct frozen *s)
{
	free(s->method);
	free(s->server);
	*s = (struct frozen){0};
}

int frozen_is_tar(struct input *in, bool *is, struct err *e)
{
	const char *data;
	ssize_t n = input_peek(in, TAR_BLOCK, &data, e);

	*is = n > 0 && tar_begins(data, (size_t)n);
	return n < 0 ? -1 : 0;
}

void frozen_to_json(struct json *j, const struct frozen *s)
{
	if (s->checked) {
		json_uint(j, "tables", s->tables);
		json_uint(j, "rows", s->rows);
	} else {
		json_null(j, "tables");
		json_null(j, "rows");
	}
	json_uint(j, "bytes", s->bytes);
	json_uint(j, "files", s->files);
	json_string_or_null(j, "method", s->method);
	if (s->upgrade_known)
		json_bool(j, "upgrade_needed", s->upgrade_needed);
	else
		json_null(j, "upgrade_needed");
}

static int make_place(struct work *w, struct err *e)
{
	struct strbuf path = STRBUF_INIT;

	if (scratch_make(&w->folder, w->options->tmpdir, "dbverify", e) ||
		(w->in && room_check(&wants, w->folder.path, w->in, e)))
		return -1;
	w->blame.folder = w->folder.path;
	strbuf_addf(&path, "%s/data", w->folder.path);
	w->datadir = strbuf_detach(&path);
	if (!mkdir(w->datadir, 0700))
		return 0;
	return err_sys(e, ERR_CANTCREATE, "cannot make %s", w->datadir);
}

/* take_note: what dbsnap states. */
static int take_note(struct work *w, struct positions *p, struct err *e)
{
	const struct strbuf *note = &w->unpacked.note;
	struct json_value *json;
	const char *method;

	w->s->sealed = w->unpacked.sealed;
	w->s->files = w->unpacked.files;
	w->s->bytes = w->unpacked.bytes;
	if (!note->len)
		return 0;
	json = json_read(note->buf, note->len);
	if (json && json_read_text(json, "method", &method))
		w->s->method = xstrdup(method);
	json_read_free(json);
	return positions_from_document(
		p, DOCUMENT_SNAPSHOT, note, "dbpipes-snapshot.json", e);
}

/* read_all: returns 1, 0 if it is not good, which is told, or -1. */
static int read_all(struct work *w, struct positions *p, struct err *e)
{
	struct progress progress = {0};
	int rc;

	p->format = w->in ? "tar" : "directory";
	progress_begin(&progress, w->options->progress);
	rc = w->in ? unpack_tar(w->in, w->datadir, &w->unpacked, &progress, e)
		   : unpack_directory(w->path, w->datadir, &w->unpacked, e);
	progress_end(&progress);
	if (!rc)
		rc = take_note(w, p, e);
	if (rc && e->code == ERR_DATA)
		return verdict_fault_whole(w->verdict, "snapshot", e);
	if (rc)
		return -1;
	w->s->whole = true;
	return verdict_passed(
		       w->verdict, w->s->sealed ? "digest" : "completion", e)
		? -1
		: 1;
}

/* start: returns as read_all. That a server gives up on it is an answer; that
 * there is none, or that it was killed, is not. */
static int start(struct work *w, const struct positions *p, struct err *e)
{
	const char **extra;
	struct private_options options = {.program = &w->program,
		.folder = w->folder.path,
		.datadir = w->datadir,
		.start_ms = RECOVERY_MS};
	struct strlist *list = &w->facts.options;

	if (datadir_prepare(
		    &w->facts, w->datadir, p->own.log_file, &w->program, e))
		return e->code == ERR_DATA
			? verdict_fault_whole(w->verdict, "snapshot", e)
			: -1;
	extra = xcalloc(list->count + 1, sizeof(*extra));
	for (size_t i = 0; i < list->count; i++)
		extra[i] = list->item[i];
	options.extra = extra;
	w->server = private_start(&options, e);
	free(extra);
	if (!w->server)
		return blame_elsewhere(&w->blame, e) || e->code != ERR_DATA
			? -1
			: verdict_fault_whole(w->verdict, "recovery", e);
	w->blame.server = w->server;
	w->s->server = xstrdup(private_version(w->server));
	return verdict_passed(w->verdict, "recovery", e) ? -1 : 1;
}

/* look_at_version: mariadb-upgrade goes by the first two numbers. */
static void look_at_version(struct work *w)
{
	const unsigned was =
		w->facts.upgraded ? version_number(w->facts.upgraded) : 0;

	w->s->upgrade_known = was;
	w->s->upgrade_needed =
		was && was / 100 != version_number(w->s->server) / 100;
}

/* warn_fault: of what the server had like that: with all its files, and none
 * was changed since. */
static int warn_fault(void *ctx, const char *kind, const char *db,
	const char *table, const char *what, struct err *e)
{
	(void)ctx, (void)e;
	log_warn("%s `%s`.`%s`: %s", kind, db, table, what);
	return 0;
}

/* check_parts: tables, then programs. What has faults may have ended the
 * server: then what cannot be asked any more is no error. */
static int check_parts(struct work *w, struct err *e)
{
	const struct db_options *login = private_login(w->server);
	struct verdict *v = w->verdict;
	const uint64_t before = v->faults;
	uint64_t tables;

	if (check_outside(login, blame_backup, &w->blame, e))
		return -1;
	if (v->faults > before)
		return 0;
	if (check_all(login, w->options->jobs, CHECK_FILES, blame_backup,
		    &w->blame, e))
		return -1;
	/* A server that has ended at one of them is asked nothing more. */
	if (v->faults == before && !w->facts.partial &&
		check_files(login,
			w->unpacked.sealed ? warn_fault : blame_backup,
			&w->blame, e))
		return -1;
	tables = v->faults;
	if (tables == before && verdict_passed(v, "tables", e))
		return -1;
	if (check_programs(login, blame_backup, &w->blame, e))
		return tables > before && !blame_elsewhere(&w->blame, e) &&
				(e->code == ERR_TEMP ||
					e->code == ERR_UNAVAILABLE)
			? 0
			: -1;
	return v->faults == tables ? verdict_passed(v, "programs", e) : 0;
}

/* An error of the server's log, and the tables that were named by others. */
struct logged {
	struct blame *blame;
	struct strlist named;
};

/* of_innodb: in the words of MariaDB, or of MySQL 8.0 and later. */
static bool of_innodb(const char *text)
{
	return !strncmp(text, "InnoDB: ", 8) ||
		(!strncmp(text, "[MY-", 4) && strstr(text, "] [InnoDB] "));
}

/* take_error: one of InnoDB names a file, './DATABASE/TABLE.ibd'. */
static int take_error(void *ctx, const char *text, struct err *e)
{
	struct logged *l = ctx;
	const char *begin = strstr(text, "'./");
	const char *end = begin ? strstr(begin, ".ibd'") : NULL;
	char *db = end ? xstrndup(begin + 3, (size_t)(end - begin - 3)) : NULL;
	char *table = db ? strchr(db, '/') : NULL;
	const char *what = table ? db : text;
	int rc = 0;

	if (!of_innodb(text) || strlist_has(&l->named, what)) {
		free(db);
		return 0;
	}
	strlist_add(&l->named, what);
	if (table)
		*table++ = '\0';
	rc = blame_backup(l->blame, "table", table ? db : NULL, table, text, e);
	free(db);
	return rc;
}

/* read_failed: of rows that cannot be read, in the words of the server; what is
 * no matter of the tables is an error. */
static int read_failed(struct work *w, struct err *e)
{
	const struct err why = *e;

	if (why.code == ERR_SIGNAL || why.code == ERR_OS ||
		why.code == ERR_BUG || why.code == ERR_IO)
		return -1;
	return blame_backup(&w->blame, "rows", NULL, NULL, why.msg, e);
}

/* check_rows: all of them, and then what the server had to say of it. */
static int check_rows(struct work *w, struct err *e)
{
	struct logged logged = {.blame = &w->blame};
	int rc = compare_read(private_login(w->server), w->options->jobs,
		&w->s->tables, &w->s->rows, e);

	if (rc)
		return read_failed(w, e);
	rc = private_errors(w->server, take_error, &logged, e);
	strlist_release(&logged.named);
	if (rc || w->verdict->faults)
		return rc;
	w->s->checked = true;
	return verdict_passed(w->verdict, "rows", e);
}

static int check_server(struct work *w, struct err *e)
{
	look_at_version(w);
	if ((w->s->upgrade_needed && private_upgrade(w->server, e)) ||
		check_parts(w, e))
		return -1;
	/* Of tables with faults it is known already. */
	return w->verdict->faults ? 0 : check_rows(w, e);
}

static void work_release(struct work *w)
{
	struct err ignored;

	private_stop(w->server, false, &ignored);
	private_program_release(&w->program);
	datadir_release(&w->facts);
	strbuf_release(&w->unpacked.note);
	scratch_remove(&w->folder);
	free(w->datadir);
}

/* read_only: a whole tar of something else, of a folder where nothing is
 * mounted, say, is no backup either. */
static int read_only(struct work *w, struct positions *p, struct err *e)
{
	int good = read_all(w, p, e);

	if (good > 0 && !w->unpacked.datadir) {
		datadir_none(e);
		good = verdict_fault_whole(w->verdict, "snapshot", e);
	}
	return good < 0 ? -1 : 0;
}

static int restore(struct work *w, struct positions *p, struct err *e)
{
	int good;

	if (private_program_find(&w->program, w->options->program, e) ||
		make_place(w, e))
		return -1;
	good = read_all(w, p, e);
	if (good <= 0)
		return good;
	good = start(w, p, e);
	if (good > 0)
		good = check_server(w, e);
	if (good < 0 && !blame_elsewhere(&w->blame, e) && w->server &&
		private_crashed(w->server, e))
		good = verdict_fault_whole(w->verdict, "recovery", e);
	return good < 0 ? -1 : 0;
}

int frozen_verify(struct frozen *s, struct input *in, const char *path,
	const struct frozen_options *options, struct positions *p,
	struct verdict *v, struct err *e)
{
	struct work w = {.s = s,
		.in = in,
		.path = path,
		.options = options,
		.verdict = v,
		.folder = SCRATCH_INIT,
		.unpacked = UNPACKED_INIT,
		.blame = {.verdict = v}};
	int rc;

	rc = options->quick ? read_only(&w, p, e) : restore(&w, p, e);
	work_release(&w);
	return rc;
}
