/* dbpos: where replication must start, as a dump states it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "stream/position_find.h"

enum format { FORMAT_JSON, FORMAT_SQL, FORMAT_SH };

struct args {
	int format;
	bool first;
	bool full;
	bool upstream; /* of upstreams, not of the dumped server */
	char *host, *user;
	uint64_t port;
	struct opt_common common;
};

static const char *const formats[] = {"json", "sql", "sh", NULL};

static const struct opt_def defs[] = {{OPT_HEADING, .help = "Output"},
	{OPT_ENUM, 'f', "format", "FORMAT", .choices = formats,
		.offset = offsetof(struct args, format),
		.help = "json: a record (default); sql: statements for a "
			"replica; sh: assignments for eval"},
	{OPT_FLAG, 0, "first", .offset = offsetof(struct args, first),
		.help = "stop at the first answer; do not check that the dump "
			"is complete"},
	{OPT_FLAG, 0, "full", .offset = offsetof(struct args, full),
		.help = "read all of a file or pipe, also where its head and "
			"its end would do"},
	{OPT_FLAG, 0, "upstream", .offset = offsetof(struct args, upstream),
		.help = "with -f sql: the positions on the servers that the "
			"dumped one replicates from"},
	{OPT_STRING, 0, "master-host", "HOST",
		.offset = offsetof(struct args, host),
		.help = "with -f sql: the server to replicate from"},
	{OPT_UINT, 0, "master-port", "PORT",
		.offset = offsetof(struct args, port),
		.help = "with -f sql: its port"},
	{OPT_STRING, 0, "master-user", "USER",
		.offset = offsetof(struct args, user),
		.help = "with -f sql: the account to replicate as; its "
			"password is never written"},
	{0}};

static const char *const synopsis[] = {"[OPTIONS] [FILE...]", NULL};
static const char *const groups[] = {"dbpipes", "dbpos", NULL};

/* add_upstream: one upstream, as a JSON object. */
static void add_upstream(
	struct json *j, const char *key, const struct position *p)
{
	json_begin_object(j, key);
	json_string(j, "channel", p->channel ? p->channel : "");
	json_string_or_null(j, "host", p->host);
	if (p->port)
		json_uint(j, "port", p->port);
	else
		json_null(j, "port");
	position_to_json(j, p);
	json_end_object(j);
}

static int write_json(
	const struct positions *p, const char *name, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "position");
	json_string(&j, "input", name);
	json_string(&j, "format", p->format);
	position_to_json(&j, &p->own);
	if (p->upstream_count == 1)
		add_upstream(&j, "upstream", p->upstream);
	else
		json_null(&j, "upstream");
	json_begin_array(&j, "upstreams");
	for (size_t i = 0; i < p->upstream_count; i++)
		add_upstream(&j, NULL, &p->upstream[i]);
	json_end_array(&j);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

/* not_stated: the kind of position that was asked for is not there, but the
 * other one is: which of them is meant must be said, not guessed. */
static int not_stated(
	const struct args *args, const char *name, struct err *e)
{
	err_set(e, ERR_NO, "%s states no position %s", name,
		args->upstream ? "of an upstream" : "of the dumped server");
	return err_hint(e,
		args->upstream ? "without --upstream you get the dumped "
				 "server's own"
			       : "it states one of the server's upstream: "
				 "--upstream");
}

static int append_sql(const struct args *args, const struct positions *p,
	struct strbuf *sql, struct err *e)
{
	struct position_source source = {args->host, args->port, args->user};

	if (!args->upstream)
		return position_to_sql(sql, &p->own, &source, e);
	if (args->host && p->upstream_count > 1)
		return err_set(e, ERR_USAGE,
			"%zu upstreams are stated, but --master-host is one",
			p->upstream_count);
	for (size_t i = 0; i < p->upstream_count; i++)
		if (position_to_sql(sql, &p->upstream[i], &source, e))
			return -1;
	return 0;
}

static int write_sql(const struct args *args, const struct positions *p,
	const char *name, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc = -1;

	if (args->upstream ? !p->upstream_count : !p->has_own)
		not_stated(args, name, e);
	else if (append_sql(args, p, &sql, e))
		err_prefix(e, "%s: ", name);
	else
		rc = io_write_all(
			STDOUT_FILENO, sql.buf, sql.len, "standard output", e);
	strbuf_release(&sql);
	return rc;
}

static int write_sh(
	const struct positions *p, const char *name, struct err *e)
{
	struct strbuf sh = STRBUF_INIT, prefix = STRBUF_INIT;
	int rc;

	sh_assign(&sh, "dbpos", "input", name);
	sh_assign(&sh, "dbpos", "format", p->format);
	position_to_sh(&sh, "dbpos", &p->own);
	strbuf_addf(&sh, "dbpos_upstreams=%zu\n", p->upstream_count);
	for (size_t i = 0; i < p->upstream_count; i++) {
		strbuf_reset(&prefix);
		strbuf_addf(&prefix, "dbpos_upstream%zu", i + 1);
		position_to_sh(&sh, prefix.buf, &p->upstream[i]);
	}
	rc = io_write_all(STDOUT_FILENO, sh.buf, sh.len, "standard output", e);
	strbuf_release(&prefix);
	strbuf_release(&sh);
	return rc;
}

static int write_answer(const struct args *args, const struct positions *p,
	const char *name, struct err *e)
{
	switch ((enum format)args->format) {
	case FORMAT_SQL:
		return write_sql(args, p, name, e);
	case FORMAT_SH:
		return write_sh(p, name, e);
	case FORMAT_JSON:
		break;
	}
	return write_json(p, name, e);
}

/* find: what an input states, a file or a folder. */
static int find(const struct args *args, const char *path, struct positions *p,
	struct err *e)
{
	struct input *in;
	int rc;

	if (path && io_is_folder(path))
		return positions_find_folder(p, path, args->first, e);
	in = input_open(path, e);
	if (!in)
		return -1;
	rc = positions_find_input(p, in, args->first, e);
	input_close(in);
	return rc;
}

/* answer: read one input and write what it states; *found is cleared if it
 * states nothing. */
static int answer(
	const struct args *args, const char *path, bool *found, struct err *e)
{
	bool standard = !path || !strcmp(path, "-");
	const char *name = standard ? "standard input" : path;
	struct progress progress = {0};
	struct positions p = POSITIONS_INIT;
	int rc;

	p.progress = &progress;
	p.full = args->full;
	progress_begin(&progress, (enum progress_when)args->common.progress);
	rc = find(args, path, &p, e);
	progress_end(&progress);
	if (!rc && positions_found(&p)) {
		rc = write_answer(args, &p, name, e);
	} else if (!rc) {
		*found = false;
		log_info("%s states no position", name);
	}
	positions_release(&p);
	return rc;
}

static int check_args(const struct args *args, int inputs, struct err *e)
{
	if (args->first && args->full)
		return err_set(e, ERR_USAGE,
			"--first and --full exclude "
			"each other");
	if (args->format != FORMAT_JSON && inputs > 1)
		return err_set(e, ERR_USAGE,
			"-f %s takes one input, for its answers have no names",
			formats[args->format]);
	return 0;
}

int main(int argc, char **argv)
{
	struct args args = {0};
	const struct opt_table tables[] = {
		{defs, &args}, {opt_common_defs, &args.common}, {0}};
	const struct opt_spec spec = {synopsis,
		"Prints the replication coordinates that a dump states.",
		groups, tables};
	struct err e = {0};
	bool found = true;

	prog_init("dbpos");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (check_args(&args, argc, &e))
		die_err(&e);
	if (!argc && answer(&args, NULL, &found, &e))
		die_err(&e);
	for (int i = 0; i < argc; i++)
		if (answer(&args, argv[i], &found, &e))
			die_err(&e);
	opt_release(&spec);
	return prog_finish(found ? 0 : ERR_NO);
}
