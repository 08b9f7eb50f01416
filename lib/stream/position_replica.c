/* position_replica.c: positions as the SQL that makes a replica begin there.
 *
 * Sources: MariaDB manual, "CHANGE MASTER TO"; MySQL 8.4 manual, "CHANGE
 * REPLICATION SOURCE TO", "gtid_purged"; MySQL 5.7 manual, "CHANGE MASTER TO".
 */
#include "stream/position.h"

#include <string.h>

bool position_quotable(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p == '\\' || (unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return true;
}

/* sql_text: append a string literal. */
static int sql_text(struct strbuf *sql, const char *text, struct err *e)
{
	if (!position_quotable(text)) {
		err_set(e, ERR_DATA,
			"a name in the position cannot be quoted for SQL: %s",
			text);
		return err_hint(e, "-f json shows it as it is");
	}
	strbuf_addch(sql, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			strbuf_addch(sql, '\'');
		strbuf_addch(sql, *p);
	}
	strbuf_addch(sql, '\'');
	return 0;
}

/* A statement on its way. */
struct change {
	struct strbuf *sql;
	enum position_flavor flavor;
	const char *prefix; /* of its options */
};

static int add_text(const struct change *c, const char *name, const char *text,
	struct err *e)
{
	if (!text)
		return 0;
	strbuf_addf(c->sql, "%s%s=", c->prefix, name);
	if (sql_text(c->sql, text, e))
		return -1;
	strbuf_addstr(c->sql, ", ");
	return 0;
}

static int add_tls(const struct change *c, const struct position_source *source,
	struct err *e)
{
	if (!source->ssl && !source->ssl_ca && !source->ssl_cert &&
		!source->ssl_key)
		return 0;
	strbuf_addf(c->sql, "%sSSL=1, ", c->prefix);
	if (add_text(c, "SSL_CA", source->ssl_ca, e) ||
		add_text(c, "SSL_CERT", source->ssl_cert, e) ||
		add_text(c, "SSL_KEY", source->ssl_key, e))
		return -1;
	strbuf_addf(c->sql, "%sSSL_VERIFY_SERVER_CERT=%d, ", c->prefix,
		source->ssl_verify);
	return 0;
}

/* add_source: the options that say where to connect to, each with a comma. */
static int add_source(const struct change *c, const struct position *p,
	const struct position_source *source, struct err *e)
{
	const char *host = source->host ? source->host : p->host;
	/* The port of one host is not that of another. */
	uint64_t port = source->port ? source->port
		: source->host       ? 0
				     : p->port;

	if (add_text(c, "HOST", host, e))
		return -1;
	if (port)
		strbuf_addf(c->sql, "%sPORT=%llu, ", c->prefix,
			(unsigned long long)port);
	return add_text(c, "USER", source->user, e) || add_tls(c, source, e)
		? -1
		: 0;
}

/* add_place: the last options: where to begin. */
static int add_place(const struct change *c, const struct position *p,
	bool by_gtid, struct err *e)
{
	bool mariadb = c->flavor == POSITION_MARIADB;

	if (!by_gtid) {
		if (add_text(c, "LOG_FILE", p->log_file, e))
			return -1;
		strbuf_addf(c->sql, "%sLOG_POS=%llu, ", c->prefix,
			(unsigned long long)p->log_pos);
	}
	if (mariadb)
		strbuf_addf(c->sql, "MASTER_USE_GTID=%s",
			by_gtid ? "slave_pos" : "no");
	else
		strbuf_addf(c->sql, "%sAUTO_POSITION=%d", c->prefix, by_gtid);
	return 0;
}

static int add_change(const struct change *c, const struct position *p,
	const struct position_source *source, bool by_gtid, struct err *e)
{
	bool mariadb = c->flavor == POSITION_MARIADB;
	bool named = p->channel && *p->channel;

	strbuf_addstr(c->sql,
		c->flavor == POSITION_MYSQL ? "CHANGE REPLICATION SOURCE "
					    : "CHANGE MASTER ");
	if (mariadb && named) {
		if (sql_text(c->sql, p->channel, e))
			return -1;
		strbuf_addch(c->sql, ' ');
	}
	strbuf_addstr(c->sql, "TO ");
	if (add_source(c, p, source, e) || add_place(c, p, by_gtid, e))
		return -1;
	if (!mariadb && named) {
		strbuf_addstr(c->sql, " FOR CHANNEL ");
		if (sql_text(c->sql, p->channel, e))
			return -1;
	}
	strbuf_addstr(c->sql, ";\n");
	return 0;
}

/* add_gtid: what the replica has already. MySQL knows some of it from the dump
 * itself; what it knows must not be said again. Before 8.0 nothing could be
 * added to it at all. */
static int add_gtid(const struct change *c, const char *gtid, struct err *e)
{
	const char *before = "SET GLOBAL gtid_slave_pos=", *behind = ";\n";

	if (c->flavor == POSITION_MYSQL_57)
		before = "SET @@GLOBAL.gtid_purged=";
	if (c->flavor == POSITION_MYSQL) {
		before = "SET @@GLOBAL.gtid_purged=CONCAT('+', GTID_SUBTRACT(";
		behind = ", @@GLOBAL.gtid_executed));\n";
	}
	strbuf_addstr(c->sql, before);
	if (sql_text(c->sql, gtid, e))
		return -1;
	strbuf_addstr(c->sql, behind);
	return 0;
}

static int no_place(enum position_flavor flavor, struct err *e)
{
	bool mariadb = flavor == POSITION_MARIADB;

	err_set(e, ERR_DATA,
		"only a GTID of %s is stated, and %s cannot begin "
		"there",
		mariadb ? "MySQL" : "MariaDB", mariadb ? "MariaDB" : "MySQL");
	return err_hint(e,
		mariadb ? "for MySQL use --flavor=mysql; for MariaDB make the "
			  "dump with --source-data=2"
			: "make the dump with --master-data=2");
}

int position_to_sql(struct strbuf *sql, const struct position *p,
	enum position_flavor flavor, const struct position_source *source,
	struct err *e)
{
	const struct change c = {
		sql, flavor, flavor == POSITION_MYSQL ? "SOURCE_" : "MASTER_"};
	/* Only MySQL's GTIDs have colons. */
	bool gtid = p->gtid &&
		!strchr(p->gtid, ':') == (flavor == POSITION_MARIADB);
	bool by_gtid = gtid && (p->use_gtid || !p->log_file);

	if (!by_gtid && !p->log_file)
		return no_place(flavor, e);
	if (by_gtid && add_gtid(&c, p->gtid, e))
		return -1;
	return add_change(&c, p, source, by_gtid, e);
}

/* not_stated: the kind of position that was asked for is not there, but the
 * other one is: which of them is meant must be said, not guessed. */
static int not_stated(bool upstream, const char *name, struct err *e)
{
	err_set(e, ERR_NO, "%s states no position %s", name,
		upstream ? "of an upstream" : "of the dumped server");
	return err_hint(e,
		upstream ? "without --upstream you get the dumped "
			   "server's own"
			 : "it states one of the server's upstream: "
			   "--upstream");
}

static const struct position *find_channel(const struct positions *p,
	const char *channel, const char *name, struct err *e)
{
	for (size_t i = 0; i < p->upstream_count; i++) {
		const struct position *pos = &p->upstream[i];

		if (!strcmp(pos->channel ? pos->channel : "", channel))
			return pos;
	}
	err_set(e, ERR_NO, "%s states no position of a connection '%s'", name,
		channel);
	err_hint(e, "-f json shows those that it states");
	return NULL;
}

const struct position *positions_one(const struct positions *p, bool upstream,
	const char *channel, const char *name, struct err *e)
{
	if (upstream ? !p->upstream_count : !p->has_own) {
		not_stated(upstream, name, e);
		return NULL;
	}
	if (!upstream)
		return &p->own;
	if (channel)
		return find_channel(p, channel, name, e);
	if (p->upstream_count == 1)
		return p->upstream;
	err_set(e, ERR_USAGE, "%s states %zu upstreams", name,
		p->upstream_count);
	err_hint(e, "choose one with --channel=NAME");
	return NULL;
}

int positions_to_sql(struct strbuf *sql, const struct positions *p,
	const struct position_choice *choice,
	const struct position_source *source, struct err *e)
{
	bool all = choice->upstream && !choice->channel && !source->host &&
		p->upstream_count > 1;
	const struct position *one;
	struct position named;

	for (size_t i = 0; all && i < p->upstream_count; i++)
		if (position_to_sql(
			    sql, &p->upstream[i], choice->flavor, source, e))
			return err_prefix(e, "%s: ", choice->name);
	if (all)
		return 0;
	one = positions_one(
		p, choice->upstream, choice->channel, choice->name, e);
	if (!one)
		return -1;
	named = *one;
	if (choice->channel)
		named.channel = choice->channel;
	if (position_to_sql(sql, &named, choice->flavor, source, e))
		return err_prefix(e, "%s: ", choice->name);
	return 0;
}
