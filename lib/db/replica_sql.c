/* replica_sql.c: see replica_sql.h. */
#include <inttypes.h>
#include <string.h>

#include "db/replica_sql.h"

#include "db/sql_text.h"

/* How a server calls the source in names of settings, and the replica. */
static const char *source_word(const struct flavor *flavor)
{
	return flavor->source_terms ? "SOURCE" : "MASTER";
}

static const char *replica_word(const struct flavor *flavor)
{
	return flavor->source_terms ? "REPLICA" : "SLAVE";
}

static bool mariadb(const struct flavor *flavor)
{
	return flavor->vendor == VENDOR_MARIADB;
}

void replica_sql_literal(struct strbuf *sql, const char *value)
{
	if (!strchr(value, '\\')) {
		sql_value_str(sql, value);
		return;
	}
	strbuf_addch(sql, '\'');
	for (; *value; value++) {
		if (*value == '\'')
			strbuf_addch(sql, '\'');
		strbuf_addch(sql, *value);
	}
	strbuf_addch(sql, '\'');
}

/* add_channel: behind the statement, as MySQL has it. Without a name START and
 * STOP would be for all channels. */
static void add_channel(
	struct strbuf *sql, const struct flavor *flavor, const char *channel)
{
	if (!flavor->channels)
		return;
	strbuf_addstr(sql, " FOR CHANNEL ");
	replica_sql_literal(sql, channel ? channel : "");
}

void replica_sql_control(struct strbuf *sql, const struct flavor *flavor,
	enum replica_verb verb, const char *channel)
{
	static const char *const words[] = {"START", "STOP", "RESET"};

	strbuf_addf(sql, "%s %s", words[verb], replica_word(flavor));
	if (mariadb(flavor)) {
		strbuf_addch(sql, ' ');
		replica_sql_literal(sql, channel ? channel : "");
	}
	if (verb == REPLICA_FORGET)
		strbuf_addstr(sql, " ALL");
	if (!mariadb(flavor))
		add_channel(sql, flavor, channel);
}

/* add_name: ", MASTER_name = ". */
static void add_name(
	struct strbuf *sql, const struct replica_plan *plan, const char *name)
{
	strbuf_addf(sql, ", %s_%s = ", source_word(plan->flavor), name);
}

static void add_text(struct strbuf *sql, const struct replica_plan *plan,
	const char *name, const char *value)
{
	if (!value)
		return;
	add_name(sql, plan, name);
	replica_sql_literal(sql, value);
}

static void add_number(struct strbuf *sql, const struct replica_plan *plan,
	const char *name, uint64_t value)
{
	add_name(sql, plan, name);
	strbuf_addf(sql, "%" PRIu64, value);
}

/* add_tls: without it MySQL's usual accounts (caching_sha2_password) send a
 * password only under the source's public key, which must be asked for. */
static void add_tls(struct strbuf *sql, const struct replica_plan *plan)
{
	add_number(sql, plan, "SSL", plan->ssl);
	if (!plan->ssl) {
		if (plan->flavor->public_key)
			strbuf_addf(sql, ", GET_%s_PUBLIC_KEY = 1",
				source_word(plan->flavor));
		return;
	}
	add_number(sql, plan, "SSL_VERIFY_SERVER_CERT", plan->ssl_verify);
	add_text(sql, plan, "SSL_CA", plan->ssl_ca);
	add_text(sql, plan, "SSL_CERT", plan->ssl_cert);
	add_text(sql, plan, "SSL_KEY", plan->ssl_key);
}

static void add_position(struct strbuf *sql, const struct replica_plan *plan)
{
	if (mariadb(plan->flavor))
		strbuf_addf(sql, ", MASTER_USE_GTID = %s",
			plan->use_gtid ? "slave_pos" : "no");
	else
		add_number(sql, plan, "AUTO_POSITION", plan->use_gtid);
	if (plan->use_gtid)
		return;
	add_text(sql, plan, "LOG_FILE", plan->log_file);
	add_number(sql, plan, "LOG_POS", plan->log_pos);
}

void replica_sql_change(struct strbuf *sql, const struct replica_plan *plan)
{
	const struct flavor *flavor = plan->flavor;

	strbuf_addstr(sql,
		flavor->source_terms ? "CHANGE REPLICATION SOURCE"
				     : "CHANGE MASTER");
	if (mariadb(flavor)) {
		strbuf_addch(sql, ' ');
		replica_sql_literal(sql, plan->channel ? plan->channel : "");
	}
	strbuf_addf(sql, " TO %s_HOST = ", source_word(flavor));
	replica_sql_literal(sql, plan->host);
	add_number(sql, plan, "PORT", plan->port ? plan->port : 3306);
	add_text(sql, plan, "USER", plan->user);
	add_text(sql, plan, "PASSWORD", plan->password ? plan->password : "");
	add_number(sql, plan, "CONNECT_RETRY", plan->connect_retry);
	add_tls(sql, plan);
	add_position(sql, plan);
	if (!mariadb(flavor))
		add_channel(sql, flavor, plan->channel);
}

const char *replica_sql_status(const struct flavor *flavor)
{
	if (mariadb(flavor))
		return "SHOW ALL SLAVES STATUS";
	return flavor->source_terms ? "SHOW REPLICA STATUS"
				    : "SHOW SLAVE STATUS";
}
