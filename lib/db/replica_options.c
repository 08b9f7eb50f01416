/* replica_options.c: see replica_options.h. */
#include "db/replica_options.h"

#include "db/replica_gtid.h"

static const char *const use_gtid_names[] = {"auto", "yes", "no", NULL};

#define FOR_EVER "100000d"
#define AT(member) offsetof(struct replica_options, member)

/* clang-format off */
const struct opt_def replica_option_defs[] = {
	{OPT_HEADING, .help = "Replication"},
	{OPT_FLAG, 0, "replicate", .offset = AT(replicate),
		.help = "then replicate from the position that the dump states"},
	{OPT_STRING, 0, "master-host", "NAME", .offset = AT(host),
		.help = "the source, as the target reaches it"},
	{OPT_UINT, 0, "master-port", "N", .offset = AT(port),
		.help = "its TCP port (default: 3306)"},
	{OPT_STRING, 0, "master-user", "NAME", .offset = AT(user),
		.help = "replication user"},
	{OPT_PASSWORD, 0, "master-password", .offset = AT(password),
		.help = "ask for its password; a value is taken only from an "
			"option file"},
	{OPT_UINT, 0, "master-connect-retry", "SECONDS",
		.offset = AT(connect_retry),
		.help = "time between the replica's tries to connect "
			"(default: 60)"},
	{OPT_FLAG, 0, "master-ssl", .offset = AT(ssl),
		.help = "the replica uses TLS"},
	{OPT_STRING, 0, "master-ssl-ca", "FILE", .offset = AT(ssl_ca),
		.help = "authorities that the replica trusts, a file on the "
			"target; implies --master-ssl, as do the next two"},
	{OPT_STRING, 0, "master-ssl-cert", "FILE", .offset = AT(ssl_cert),
		.help = "the replica's certificate, a file on the target"},
	{OPT_STRING, 0, "master-ssl-key", "FILE", .offset = AT(ssl_key),
		.help = "the key of that certificate, a file on the target"},
	{OPT_FLAG, 0, "master-ssl-verify-server-cert",
		.offset = AT(ssl_verify),
		.help = "the replica checks the source's certificate and name "
			"(on with TLS)"},
	{OPT_STRING, 0, "channel", "NAME", .offset = AT(channel),
		.help = "connection name, for a replica of several sources"},
	{OPT_ENUM, 0, "use-gtid", "WHEN", .offset = AT(use_gtid),
		.choices = use_gtid_names,
		.help = "replicate by GTID: auto, yes or no (default: auto, as "
			"the dump says)"},
	{OPT_FLAG, 0, "check-source", .offset = AT(check_source),
		.help = "log in at the source before the load (on; turn it off "
			"where only the target can reach it)"},
	{OPT_DURATION, 0, "wait", "SECONDS", .optional = FOR_EVER,
		.offset = AT(wait_ms),
		.help = "wait until the replica has what the source had when "
			"the load was done; without a time, for ever"},
	{OPT_FLAG, 0, "read-only", .offset = AT(read_only),
		.help = "make the target read-only when all is done, until it "
			"is restarted"},
	{0}
};
/* clang-format on */

/* find_empty: an option whose value is no name. */
static const char *find_empty(const struct replica_options *o)
{
	if (o->host && !*o->host)
		return "--master-host";
	return o->user && !*o->user ? "--master-user" : NULL;
}

static int check(const struct replica_options *o, struct err *e)
{
	const char *missing = NULL, *empty = find_empty(o);

	if (!o->user)
		missing = "--master-user";
	if (!o->host)
		missing = "--master-host";
	if (o->wait_ms && !o->replicate)
		err_set(e, ERR_USAGE, "--wait needs --replicate");
	else if (o->read_only && !o->replicate)
		err_set(e, ERR_USAGE, "--read-only needs --replicate");
	else if (o->replicate && missing)
		err_set(e, ERR_USAGE, "--replicate needs %s", missing);
	else if (o->replicate && empty)
		err_set(e, ERR_USAGE, "%s: an empty name", empty);
	else if (o->port > 65535)
		err_set(e, ERR_USAGE, "--master-port: not a TCP port");
	else
		return 0;
	return err_hint(e, "see dbseed --help");
}

int replica_options_finish(struct replica_options *o, struct err *e)
{
	if (check(o, e))
		return -1;
	if (!o->replicate || !o->password.ask)
		return 0;
	o->password.value = secret_ask("Replication user's password: ", e);
	o->password.ask = false;
	return o->password.value ? 0 : -1;
}

bool replica_options_expect_gtid(const struct replica_options *o, bool meant)
{
	return o->use_gtid == USE_GTID_AUTO ? meant
					    : o->use_gtid == USE_GTID_YES;
}

int replica_options_position(const struct replica_options *o,
	struct replica_plan *plan, const char *input, struct err *e)
{
	if (o->use_gtid != USE_GTID_AUTO)
		plan->use_gtid = o->use_gtid == USE_GTID_YES;
	else if (plan->log_file)
		plan->use_gtid = plan->use_gtid && plan->gtid &&
			replica_gtid_known(plan);
	else
		plan->use_gtid = plan->gtid != NULL;
	if (plan->use_gtid ? plan->gtid != NULL : plan->log_file != NULL)
		return 0;
	err_set(e, ERR_DATA, "%s states no %s to replicate from", input,
		plan->use_gtid ? "GTID position" : "file and position");
	return err_hint(e, "dump with --master-data%s",
		plan->use_gtid ? " --gtid" : "");
}

static bool uses_tls(const struct replica_options *o)
{
	return o->ssl || o->ssl_ca || o->ssl_cert || o->ssl_key;
}

struct replica_plan replica_options_plan(const struct replica_options *o)
{
	return (struct replica_plan){
		.host = o->host,
		.port = o->port,
		.user = o->user,
		.password = o->password.value,
		.channel = o->channel,
		.connect_retry = o->connect_retry,
		.ssl = uses_tls(o),
		.ssl_verify = o->ssl_verify,
		.ssl_ca = o->ssl_ca,
		.ssl_cert = o->ssl_cert,
		.ssl_key = o->ssl_key,
	};
}

struct db_options replica_options_source(
	const struct replica_options *o, uint64_t connect_timeout_ms)
{
	return (struct db_options){
		.host = o->host,
		.port = o->port,
		.user = o->user,
		.password = {.value = o->password.value},
		.protocol = DB_PROTOCOL_TCP,
		.connect_timeout_ms = connect_timeout_ms,
		.ssl = uses_tls(o) ? DB_YES : DB_UNSAID,
		.ssl_verify_server_cert = o->ssl_verify ? DB_UNSAID : DB_NO,
		.ssl_ca = o->ssl_ca,
		.ssl_cert = o->ssl_cert,
		.ssl_key = o->ssl_key,
	};
}
