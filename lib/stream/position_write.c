/* position_write.c: a position as JSON, as SQL, and as shell assignments. */
#include "stream/position.h"

#include <string.h>

void position_to_json(struct json *j, const struct position *p)
{
	json_string_or_null(j, "log_file", p->log_file);
	if (p->log_file)
		json_uint(j, "log_pos", p->log_pos);
	else
		json_null(j, "log_pos");
	json_string_or_null(j, "gtid", p->gtid);
}

/* sql_text: append a string literal. The statement may be read under any
 * sql_mode, and CHANGE MASTER takes no hex literals: so what a backslash
 * would be needed for cannot be written, and what one would alter neither. */
static int sql_text(struct strbuf *sql, const char *text, struct err *e)
{
	strbuf_addch(sql, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\\' || (unsigned char)*p < ' ' || *p == 0x7f) {
			err_set(e, ERR_DATA,
				"a name in the position cannot be quoted for "
				"SQL: %s",
				text);
			return err_hint(e, "-f json shows it as it is");
		}
		if (*p == '\'')
			strbuf_addch(sql, '\'');
		strbuf_addch(sql, *p);
	}
	strbuf_addch(sql, '\'');
	return 0;
}

static int add_option(
	struct strbuf *sql, const char *name, const char *text, struct err *e)
{
	strbuf_addf(sql, "%s=", name);
	if (sql_text(sql, text, e))
		return -1;
	strbuf_addstr(sql, ", ");
	return 0;
}

/* add_source: the options that say where to connect to, each with a comma. */
static int add_source(struct strbuf *sql, const struct position *p,
	const struct position_source *source, struct err *e)
{
	const char *host = source->host ? source->host : p->host;
	uint64_t port = source->port ? source->port : p->port;

	if (host && add_option(sql, "MASTER_HOST", host, e))
		return -1;
	if (port)
		strbuf_addf(
			sql, "MASTER_PORT=%llu, ", (unsigned long long)port);
	return source->user ? add_option(sql, "MASTER_USER", source->user, e)
			    : 0;
}

static int add_change(struct strbuf *sql, const struct position *p,
	const struct position_source *source, bool by_gtid, struct err *e)
{
	strbuf_addstr(sql, "CHANGE MASTER ");
	if (p->channel && *p->channel) {
		if (sql_text(sql, p->channel, e))
			return -1;
		strbuf_addch(sql, ' ');
	}
	strbuf_addstr(sql, "TO ");
	if (add_source(sql, p, source, e))
		return -1;
	if (by_gtid) {
		strbuf_addstr(sql, "MASTER_USE_GTID=slave_pos;\n");
		return 0;
	}
	if (add_option(sql, "MASTER_LOG_FILE", p->log_file, e))
		return -1;
	strbuf_addf(sql, "MASTER_LOG_POS=%llu, MASTER_USE_GTID=no;\n",
		(unsigned long long)p->log_pos);
	return 0;
}

int position_to_sql(struct strbuf *sql, const struct position *p,
	const struct position_source *source, struct err *e)
{
	/* Only MySQL's GTIDs have colons, and MariaDB cannot begin at one. */
	bool gtid = p->gtid && !strchr(p->gtid, ':');
	bool by_gtid = gtid && (p->use_gtid || !p->log_file);

	if (!by_gtid && !p->log_file) {
		err_set(e, ERR_DATA,
			"only a GTID set of MySQL is stated, and MariaDB "
			"cannot begin there");
		return err_hint(e, "make the dump with --source-data=2");
	}
	if (by_gtid) {
		strbuf_addstr(sql, "SET GLOBAL gtid_slave_pos=");
		if (sql_text(sql, p->gtid, e))
			return -1;
		strbuf_addstr(sql, ";\n");
	}
	return add_change(sql, p, source, by_gtid, e);
}

/* Within single quotes the shell changes nothing; a single quote itself is
 * written as '\''. Source: POSIX.1-2017, Shell Command Language, 2.2.2. */
void sh_assign(struct strbuf *sh, const char *prefix, const char *name,
	const char *value)
{
	strbuf_addf(sh, "%s_%s='", prefix, name);
	for (const char *p = value ? value : ""; *p; p++) {
		if (*p == '\'')
			strbuf_addstr(sh, "'\\''");
		else
			strbuf_addch(sh, *p);
	}
	strbuf_addstr(sh, "'\n");
}

static void assign_number(struct strbuf *sh, const char *prefix,
	const char *name, uint64_t value, bool stated)
{
	struct strbuf text = STRBUF_INIT;

	if (stated)
		strbuf_addf(&text, "%llu", (unsigned long long)value);
	sh_assign(sh, prefix, name, text.buf);
	strbuf_release(&text);
}

void position_to_sh(
	struct strbuf *sh, const char *prefix, const struct position *p)
{
	sh_assign(sh, prefix, "log_file", p->log_file);
	assign_number(sh, prefix, "log_pos", p->log_pos, p->log_file);
	sh_assign(sh, prefix, "gtid", p->gtid);
	sh_assign(sh, prefix, "channel", p->channel);
	sh_assign(sh, prefix, "host", p->host);
	assign_number(sh, prefix, "port", p->port, p->port);
}
