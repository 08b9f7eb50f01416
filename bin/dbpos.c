/* dbpos: where replication must start, as a backup or a server states it. */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "db/lag.h"
#include "db/present.h"
#include "stream/position_find.h"

enum format { FORMAT_JSON, FORMAT_SQL, FORMAT_SH };

struct args {
	int format;
	bool first;
	bool full;
	bool live;
	bool lag;
	bool pass;
	bool upstream; /* of upstreams, not of the dumped server */
	char *report;
	int flavor; /* enum position_flavor */
	char *channel;
	struct position_source source;
	struct db_options server;
	struct opt_common common;
};

static const char *const formats[] = {"json", "sql", "sh", NULL};
static const char *const flavors[] = {"mariadb", "mysql", "mysql-5.7", NULL};

#define AT(member) offsetof(struct args, member)

/* clang-format off */
static const struct opt_def defs[] = {
	{OPT_HEADING, .help = "What to read"},
	{OPT_FLAG, 0, "live", .offset = AT(live),
		.help = "ask a server where it is now, also as a replica"},
	{OPT_FLAG, 0, "lag", .offset = AT(lag),
		.help = "tell how far a server has gone since the position"},
	{OPT_FLAG, 0, "first", .offset = AT(first),
		.help = "stop at the first answer; do not check that the "
			"backup is complete"},
	{OPT_FLAG, 0, "full", .offset = AT(full),
		.help = "read all of a file or pipe, also where its head and "
			"its end would do"},
	{OPT_FLAG, 0, "pass", .offset = AT(pass),
		.help = "copy standard input to standard output; the answer "
			"goes to --report"},
	{OPT_HEADING, .help = "Output"},
	{OPT_ENUM, 'f', "format", "FORMAT", .choices = formats,
		.offset = AT(format),
		.help = "json: a record (default); sql: statements for a "
			"replica; sh: assignments for eval"},
	{OPT_STRING, 0, "report", "FD|FILE", .offset = AT(report),
		.help = "with --pass: append the answer there"},
	{OPT_FLAG, 0, "upstream", .offset = AT(upstream),
		.help = "with -f sql and --lag: the positions on the servers "
			"that the dumped one replicates from"},
	{OPT_STRING, 0, "channel", "NAME", .offset = AT(channel),
		.help = "with --upstream: that of this connection alone; else "
			"with -f sql: what the new connection is called"},
	{OPT_ENUM, 0, "flavor", "NAME", .choices = flavors,
		.offset = AT(flavor),
		.help = "with -f sql: what reads it: mariadb (default), mysql "
			"(8.0.23 or later) or mysql-5.7"},
	{OPT_STRING, 0, "master-host", "HOST", .offset = AT(source.host),
		.help = "with -f sql: the server to replicate from"},
	{OPT_UINT, 0, "master-port", "PORT", .offset = AT(source.port),
		.help = "with -f sql: its port"},
	{OPT_STRING, 0, "master-user", "USER", .offset = AT(source.user),
		.help = "with -f sql: the account to replicate as; its "
			"password is never written"},
	{OPT_FLAG, 0, "master-ssl", .offset = AT(source.ssl),
		.help = "with -f sql: the replica uses TLS"},
	{OPT_STRING, 0, "master-ssl-ca", "FILE", .offset = AT(source.ssl_ca),
		.help = "with -f sql: authorities that the replica trusts; "
			"implies --master-ssl, as do the next two"},
	{OPT_STRING, 0, "master-ssl-cert", "FILE",
		.offset = AT(source.ssl_cert),
		.help = "with -f sql: the replica's certificate"},
	{OPT_STRING, 0, "master-ssl-key", "FILE", .offset = AT(source.ssl_key),
		.help = "with -f sql: the key of that certificate"},
	{OPT_FLAG, 0, "master-ssl-verify-server-cert",
		.offset = AT(source.ssl_verify),
		.help = "with -f sql: the replica checks the source's "
			"certificate and name (on with TLS)"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {"[OPTIONS] [FILE...]",
	"[OPTIONS] --live", "[OPTIONS] --lag [FILE]",
	"[OPTIONS] --pass --report=FD|FILE", NULL};
static const char *const groups[] = {
	"client", "client-mariadb", "dbpipes", "dbpos", NULL};

/* An answer on its way: from where, and to where. */
struct job {
	const struct args *args;
	const char *name; /* what is asked, for messages and records */
	struct positions positions;
	int to;
	const char *to_name;
};

static int write_text(
	const struct job *job, const struct strbuf *text, struct err *e)
{
	return io_write_all(job->to, text->buf, text->len, job->to_name, e);
}

static int write_json(const struct job *job, struct err *e)
{
	const struct positions *p = &job->positions;
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "position");
	json_string(&j, "input", job->name);
	positions_to_json(&j, p);
	rc = json_record_write(&j, job->to, job->to_name, e);
	json_release(&j);
	return rc;
}

static int write_sql(const struct job *job, struct err *e)
{
	const struct args *args = job->args;
	const struct position_choice choice = {.name = job->name,
		.upstream = args->upstream,
		.channel = args->channel,
		.flavor = (enum position_flavor)args->flavor};
	struct strbuf sql = STRBUF_INIT;
	int rc;

	rc = positions_to_sql(&sql, &job->positions, &choice, &args->source, e);
	if (!rc)
		rc = write_text(job, &sql, e);
	strbuf_release(&sql);
	return rc;
}

static int write_sh(const struct job *job, struct err *e)
{
	struct strbuf sh = STRBUF_INIT;
	int rc;

	sh_assign(&sh, "dbpos", "input", job->name);
	positions_to_sh(&sh, "dbpos", &job->positions);
	rc = write_text(job, &sh, e);
	strbuf_release(&sh);
	return rc;
}

static int write_position(const struct job *job, struct err *e)
{
	switch ((enum format)job->args->format) {
	case FORMAT_SQL:
		return write_sql(job, e);
	case FORMAT_SH:
		return write_sh(job, e);
	case FORMAT_JSON:
		break;
	}
	return write_json(job, e);
}

/* --lag */

static void add_domains(struct json *j, const struct lag *lag)
{
	json_begin_array(j, "domains");
	for (size_t i = 0; i < lag->domains; i++) {
		json_begin_object(j, NULL);
		json_uint(j, "domain", lag->domain[i].domain);
		json_uint_string(
			j, "transactions", lag->domain[i].transactions);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_place(
	struct json *j, const char *key, const struct position *place)
{
	json_begin_object(j, key);
	position_to_json(j, place);
	json_end_object(j);
}

static int write_lag_json(const struct job *job, const struct position *since,
	const struct lag *lag, struct err *e)
{
	const struct position now = {.log_file = lag->now.log_file,
		.log_pos = lag->now.log_pos,
		.gtid = lag->now.gtid};
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "lag");
	json_string(&j, "input", job->name);
	if (lag->has_bytes)
		json_uint(&j, "bytes", lag->bytes);
	else
		json_null(&j, "bytes");
	if (lag->has_transactions)
		json_uint_string(&j, "transactions", lag->transactions);
	else
		json_null(&j, "transactions");
	add_domains(&j, lag);
	json_bool(&j, "available", !lag->lost);
	add_place(&j, "position", since);
	add_place(&j, "server", &now);
	rc = json_record_write(&j, job->to, job->to_name, e);
	json_release(&j);
	return rc;
}

static int write_lag_sh(
	const struct job *job, const struct lag *lag, struct err *e)
{
	struct strbuf sh = STRBUF_INIT;
	int rc;

	sh_assign(&sh, "dbpos", "input", job->name);
	sh_assign_number(&sh, "dbpos", "lag_bytes", lag->bytes, lag->has_bytes);
	sh_assign_number(&sh, "dbpos", "lag_transactions", lag->transactions,
		lag->has_transactions);
	sh_assign(&sh, "dbpos", "lag_available", lag->lost ? "no" : "yes");
	rc = write_text(job, &sh, e);
	strbuf_release(&sh);
	return rc;
}

/* open_server: a session on the server that the options name. */
static struct db *open_server(
	const struct args *args, struct flavor *flavor, struct err *e)
{
	struct db *db = db_open(&args->server, e);

	if (db && !flavor_detect(flavor, db, e))
		return db;
	db_close(db);
	return NULL;
}

/* write_lag: how far the server has gone; one that cannot go on from there is
 * an answer, too, and ends with status 1. */
static int write_lag(const struct job *job, struct err *e)
{
	const struct position *from = positions_one(&job->positions,
		job->args->upstream, job->args->channel, job->name, e);
	struct flavor flavor;
	struct lag lag = {0};
	struct db *db;
	int rc;

	if (!from)
		return -1;
	db = open_server(job->args, &flavor, e);
	if (!db)
		return -1;
	rc = lag_read(&lag, db, &flavor,
		&(struct moment){from->log_file, from->log_pos, from->gtid},
		job->args->upstream && job->positions.upstream_count > 1, e);
	if (!rc)
		rc = job->args->format == FORMAT_SH
			? write_lag_sh(job, &lag, e)
			: write_lag_json(job, from, &lag, e);
	if (!rc && lag.lost)
		rc = err_set(e, ERR_NO, "%s", lag.lost);
	lag_release(&lag);
	db_close(db);
	return rc;
}

/* --live */

static void take_present(struct positions *p, struct present *present)
{
	struct moment *own = &present->own;

	p->format = "live";
	p->has_own = own->log_file;
	p->own.log_file = own->log_file ? xstrdup(own->log_file) : NULL;
	p->own.log_pos = own->log_pos;
	p->own.gtid = own->gtid ? xstrdup(own->gtid) : NULL;
	for (size_t i = 0; i < present->count; i++) {
		const struct present_upstream *one = &present->upstream[i];

		positions_add_upstream(p,
			&(struct position){.log_file = one->log_file,
				.log_pos = one->log_pos,
				.gtid = one->gtid,
				.channel = one->channel,
				.host = one->host,
				.port = one->port,
				.use_gtid = one->use_gtid});
	}
}

static int ask(struct job *job, struct err *e)
{
	struct present present = {0};
	struct flavor flavor;
	struct db *db = open_server(job->args, &flavor, e);
	int rc;

	if (!db)
		return -1;
	rc = present_read(&present, db, &flavor, e);
	if (!rc)
		take_present(&job->positions, &present);
	present_release(&present);
	db_close(db);
	return rc;
}

/* Inputs */

/* pass: whatever becomes of the answer, all of the input is passed on. */
static int pass(struct job *job, struct err *e)
{
	struct input *in = input_open_pass(STDOUT_FILENO, e);
	struct err late = {0};
	int rc;

	if (!in)
		return -1;
	rc = positions_find_input(&job->positions, in, job->args->first, e);
	if ((!rc || e->code == ERR_DATA) && input_pass_rest(in, &late)) {
		*e = late;
		rc = -1;
	}
	input_close(in);
	return rc;
}

static int find(struct job *job, const char *path, struct err *e)
{
	struct input *in;
	int rc;

	if (job->args->live)
		return ask(job, e);
	if (job->args->pass)
		return pass(job, e);
	if (path && io_is_folder(path))
		return positions_find_folder(
			&job->positions, path, job->args->first, e);
	in = input_open(path, e);
	if (!in)
		return -1;
	rc = positions_find_input(&job->positions, in, job->args->first, e);
	input_close(in);
	return rc;
}

/* name_of: what is asked: a server by its host, or an input. */
static const char *name_of(const struct args *args, const char *path)
{
	if (args->live)
		return args->server.host ? args->server.host : "localhost";
	return path && strcmp(path, "-") != 0 ? path : "standard input";
}

/* answer: ask one input, or the server, and write what it states; *found is
 * cleared if it states nothing. */
static int answer(const struct args *args, const struct report *to,
	const char *path, bool *found, struct err *e)
{
	struct progress progress = {0};
	struct job job = {.args = args,
		.name = name_of(args, path),
		.positions = POSITIONS_INIT,
		.to = args->pass ? to->fd : STDOUT_FILENO,
		.to_name = args->pass ? to->name : "standard output"};
	int rc;

	job.positions.progress = &progress;
	job.positions.full = args->full;
	progress_begin(&progress, (enum progress_when)args->common.progress);
	rc = find(&job, path, e);
	progress_end(&progress);
	if (!rc && positions_found(&job.positions)) {
		rc = args->lag ? write_lag(&job, e) : write_position(&job, e);
	} else if (!rc) {
		*found = false;
		log_info("%s states no position", job.name);
	}
	positions_release(&job.positions);
	return rc;
}

static int check_modes(const struct args *args, int inputs, struct err *e)
{
	if (args->first && args->full)
		return err_set(
			e, ERR_USAGE, "--first and --full exclude each other");
	if (args->live + args->lag + args->pass > 1)
		return err_set(e, ERR_USAGE,
			"--live, --lag and --pass exclude each other");
	if (args->live && inputs)
		return err_set(e, ERR_USAGE, "--live takes no input");
	if (args->pass && inputs)
		return err_set(e, ERR_USAGE,
			"--pass takes its input from standard input");
	if (args->pass != (args->report != NULL))
		return err_set(e, ERR_USAGE,
			"--pass and --report=FD|FILE go "
			"together");
	return 0;
}

/* check_names: what goes into the statements of -f sql. */
static int check_names(const struct args *args, struct err *e)
{
	const struct position_source *s = &args->source;
	/* Of an upstream, a channel only says which. */
	const char *const given[][2] = {{"master-host", s->host},
		{"master-user", s->user}, {"master-ssl-ca", s->ssl_ca},
		{"master-ssl-cert", s->ssl_cert},
		{"master-ssl-key", s->ssl_key},
		{"channel", args->upstream ? NULL : args->channel}};

	if (args->format != FORMAT_SQL)
		return 0;
	if (s->host && !*s->host)
		return err_set(e, ERR_USAGE, "--master-host: an empty name");
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		if (given[i][1] && !position_quotable(given[i][1]))
			return err_set(e, ERR_USAGE,
				"--%s: backslashes and control characters "
				"cannot be quoted for every sql_mode",
				given[i][0]);
	return 0;
}

static int check_args(const struct args *args, int inputs, struct err *e)
{
	if (check_modes(args, inputs, e) || check_names(args, e))
		return -1;
	if (args->lag && args->format == FORMAT_SQL)
		return err_set(e, ERR_USAGE, "--lag knows no -f sql");
	if (args->source.port > 65535)
		return err_set(e, ERR_USAGE, "--master-port: not a TCP port");
	if ((args->format != FORMAT_JSON || args->lag) && inputs > 1)
		return err_set(e, ERR_USAGE,
			"%s takes one input, for its answers have no names",
			args->lag ? "--lag" : "-f sh and -f sql");
	return 0;
}

static int prepare(struct args *args, struct report *report, struct err *e)
{
	if (report_open(report, args->report, e))
		return -1;
	if (args->pass && prog_refuse_terminal(STDOUT_FILENO, "a backup", e))
		return -1;
	return args->live || args->lag ? db_options_finish(&args->server, e)
				       : 0;
}

int main(int argc, char **argv)
{
	struct args args = {
		.server = DB_OPTIONS_INIT, .source = {.ssl_verify = true}};
	const struct opt_table tables[] = {{defs, &args},
		{db_option_defs, &args.server}, {opt_common_defs, &args.common},
		{0}};
	const struct opt_spec spec = {synopsis,
		"Prints the replication coordinates that a backup or a server "
		"states.",
		groups, tables};
	struct report report;
	struct err e = {0};
	bool found = true;

	prog_init("dbpos");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	if (check_args(&args, argc, &e) || prepare(&args, &report, &e))
		die_err(&e);
	if (!argc && answer(&args, &report, NULL, &found, &e))
		die_err(&e);
	for (int i = 0; i < argc; i++)
		if (answer(&args, &report, argv[i], &found, &e))
			die_err(&e);
	opt_release(&spec);
	return prog_finish(found ? 0 : ERR_NO);
}
