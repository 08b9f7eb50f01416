/* dump_text.c: see dump_text.h. */
#include "db/dump_text.h"

#include <sys/utsname.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "db/sql_text.h"

/* add_line: text from a server or the person, kept on its line. */
static void add_line(struct strbuf *out, const char *text)
{
	for (; *text; text++)
		strbuf_addch(out, (unsigned char)*text < ' ' ? ' ' : *text);
}

static void head_comments(const struct snapshot *s, struct strbuf *out)
{
	const struct dump_options *o = s->options;
	struct utsname machine = {0};

	uname(&machine);
	strbuf_addf(out, "-- dbdump %s  Distrib ", DBPIPES_VERSION);
	add_line(out, db_server_version(s->control));
	strbuf_addf(out, ", for %s (%s)\n--\n-- Host: ", machine.sysname,
		machine.machine);
	add_line(out, s->server->host ? s->server->host : "localhost");
	strbuf_addstr(out, "    Database: ");
	add_line(out,
		o->all_databases || o->databases || !o->names.count
			? ""
			: o->names.item[0]);
	strbuf_addstr(out,
		"\n-- ---------------------------------------------"
		"---------\n-- Server version\t");
	add_line(out, db_server_version(s->control));
	strbuf_addstr(out, "\n\n");
}

/* The settings under which the rest is to be read. Those that mariadb-dump
 * pins, in its words, and what our escapes rely on; and some that make rows
 * vanish, stop a load or add defaults: a server may have autocommit off, rows
 * may be older than the CHECK that they fail, a TIMESTAMP without a default may
 * get one, and a generated column or a partition that takes from an unsigned
 * number can be made only under NO_UNSIGNED_SUBTRACTION. */
static const char head_settings[] =
	"/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n"
	"/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;\n"
	"/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;\n"
	"/*!40101 SET NAMES utf8mb4 */;\n"
	"/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;\n"
	"/*!40103 SET TIME_ZONE='+00:00' */;\n"
	"/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 "
	"*/;\n"
	"/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, "
	"FOREIGN_KEY_CHECKS=0 */;\n"
	"/*!40101 SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, AUTOCOMMIT=1 */;\n"
	"/*M!100201 SET "
	"@OLD_CHECK_CONSTRAINT_CHECKS=@@CHECK_CONSTRAINT_CHECKS, "
	"CHECK_CONSTRAINT_CHECKS=0 */;\n"
	"/*M!100804 SET @OLD_EXPLICIT_DEFAULTS=@@EXPLICIT_DEFAULTS_FOR_"
	"TIMESTAMP, EXPLICIT_DEFAULTS_FOR_TIMESTAMP=1 */;\n"
	"/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, "
	"SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,"
	"NO_UNSIGNED_SUBTRACTION' */;\n"
	"/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n";

static const char foot_settings[] =
	"\n/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n\n"
	"/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n"
	"/*M!100201 SET "
	"CHECK_CONSTRAINT_CHECKS=@OLD_CHECK_CONSTRAINT_CHECKS */;\n"
	"/*M!100804 SET "
	"EXPLICIT_DEFAULTS_FOR_TIMESTAMP=@OLD_EXPLICIT_DEFAULTS */;\n"
	"/*!40101 SET AUTOCOMMIT=@OLD_AUTOCOMMIT */;\n"
	"/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;\n"
	"/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;\n"
	"/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n"
	"/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;\n"
	"/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n"
	"/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n";

/* Tables that were made without it, or before it was the default (10.2), may
 * have rows or a row format that it refuses. Only where there is such a table:
 * a server without the engine does not know the setting. */
static const char head_innodb[] =
	"/*M!100202 SET @OLD_INNODB_STRICT_MODE=@@INNODB_STRICT_MODE, "
	"INNODB_STRICT_MODE=0 */;\n";

static const char foot_innodb[] =
	"\n/*M!100202 SET INNODB_STRICT_MODE=@OLD_INNODB_STRICT_MODE */;";

static bool makes_innodb(const struct snapshot *s)
{
	const struct catalog *all = &s->catalog;

	for (size_t i = 0; !s->options->no_create_info && i < all->tables; i++)
		if (all->table[i].table->engine &&
			!strcmp(all->table[i].table->engine, "InnoDB"))
			return true;
	return false;
}

/* How one server's position is written: which of its two forms is a statement,
 * if any, and which stands there as a comment. */
struct position_form {
	const char *file, *gtid; /* what precedes them: "" or "-- " */
	bool comments;           /* those that are comments are wanted: as all
				  * comments are, or by their own option */
	bool use_gtid;           /* a replica is to go by GTID */
};

static struct position_form form_of(
	const struct dump_options *o, enum dump_position_mode mode)
{
	bool statement = mode == DUMP_POSITION_STATEMENT;

	return (struct position_form){
		.file = statement && !o->gtid ? "" : "-- ",
		.gtid = statement && o->gtid ? "" : "-- ",
		.comments = o->comments || mode == DUMP_POSITION_COMMENT,
		.use_gtid = o->gtid,
	};
}

static void add_log_position(struct strbuf *out, const char *whose,
	const char *log_file, uint64_t log_pos)
{
	strbuf_addf(out, "%s_LOG_FILE=", whose);
	sql_value_str(out, log_file);
	strbuf_addf(out, ", %s_LOG_POS=%llu;\n", whose,
		(unsigned long long)log_pos);
}

static bool is_mysql(const struct snapshot *s)
{
	return s->flavor.vendor == VENDOR_MYSQL;
}

/* add_gtid: a MySQL that has some already (8.0) is given these, too. */
static void add_gtid(const struct snapshot *s, struct strbuf *out,
	const struct position_form *form, const char *gtid)
{
	if (!gtid || !*gtid || (!form->comments && *form->gtid))
		return;
	strbuf_addf(out, "%sSET %s=", form->gtid,
		is_mysql(s) ? "@@GLOBAL.GTID_PURGED" : "GLOBAL gtid_slave_pos");
	if (s->flavor.gtid_add)
		strbuf_addstr(out, "/*!80000 '+'*/ ");
	sql_value_str(out, gtid);
	strbuf_addstr(out, ";\n");
}

static void own_position(const struct snapshot *s, struct strbuf *out)
{
	const struct dump_options *o = s->options;
	struct position_form form =
		form_of(o, (enum dump_position_mode)o->master_data);
	const char *change = s->flavor.source_terms
		? "CHANGE REPLICATION SOURCE"
		: "CHANGE MASTER";
	const char *whose = s->flavor.source_terms ? "SOURCE" : "MASTER";

	if (!s->moment.log_file || (o->dump_slave && !o->master_data))
		return;
	if (o->comments)
		strbuf_addstr(out,
			"\n--\n-- Position to start replication or "
			"point-in-time recovery from\n--\n\n");
	if (o->gtid && (form.comments || !*form.gtid))
		strbuf_addf(out, "%s%s TO %s_%s;\n", form.gtid, change, whose,
			is_mysql(s) ? "AUTO_POSITION=1" : "USE_GTID=slave_pos");
	if (form.comments || !*form.file) {
		strbuf_addf(out, "%s%s TO ", form.file, change);
		add_log_position(
			out, whose, s->moment.log_file, s->moment.log_pos);
	}
	add_gtid(s, out, &form, s->moment.gtid);
}

static void one_upstream(const struct snapshot *s, const struct upstream *from,
	const struct position_form *form, struct strbuf *out)
{
	if (s->options->gtid && (form->comments || !*form->gtid)) {
		strbuf_addf(out, "%sCHANGE MASTER ", form->gtid);
		sql_value_str(out, from->channel);
		strbuf_addstr(out, " TO MASTER_USE_GTID=slave_pos;\n");
	}
	if (!form->comments && *form->file)
		return;
	strbuf_addf(out, "%sCHANGE MASTER ", form->file);
	sql_value_str(out, from->channel);
	strbuf_addstr(out, " TO ");
	if (s->options->include_host_port) {
		strbuf_addstr(out, "MASTER_HOST=");
		sql_value_str(out, from->host);
		strbuf_addf(out, ", MASTER_PORT=%llu, ",
			(unsigned long long)from->port);
	}
	add_log_position(out, "MASTER", from->log_file, from->log_pos);
}

/* In mariadb-dump's words, which tools that read dumps look for. Of MariaDB
 * only: see upstream.c. */
static void upstream_positions(const struct snapshot *s, struct strbuf *out)
{
	const struct dump_options *o = s->options;
	struct position_form form =
		form_of(o, (enum dump_position_mode)o->dump_slave);

	if (!o->dump_slave)
		return;
	if (o->comments)
		strbuf_addstr(out,
			"\n--\n-- The following is the SQL position of the "
			"replication taken from SHOW SLAVE STATUS at the time "
			"of backup.\n"
			"-- Use this position when creating a clone of, or "
			"replacement server, from where the backup was "
			"taken.\n--\n\n");
	for (size_t i = 0; i < s->upstreams.count; i++)
		one_upstream(s, &s->upstreams.item[i], &form, out);
	add_gtid(s, out, &form, s->upstreams.gtid);
}

void dump_text_head(const struct snapshot *s, struct strbuf *out)
{
	if (s->options->sandbox)
		strbuf_addstr(
			out, "/*M!999999\\- enable the sandbox mode */ \n");
	if (s->options->comments)
		head_comments(s, out);
	strbuf_addstr(out, head_settings);
	if (makes_innodb(s))
		strbuf_addstr(out, head_innodb);
	own_position(s, out);
	upstream_positions(s, out);
}

/* stated: what of a position stands in the text under this form. */
static void stated(struct dump_position *position,
	const struct position_form *form, const char *log_file,
	const char *gtid)
{
	bool with_gtid = form->comments || !*form->gtid;

	if (form->comments || !*form->file)
		position->log_file = log_file;
	if (with_gtid && gtid && *gtid)
		position->gtid = gtid;
	position->use_gtid = with_gtid && form->use_gtid;
}

struct dump_position *dump_text_stated(const struct snapshot *s, size_t *count)
{
	const struct dump_options *o = s->options;
	struct position_form own =
		form_of(o, (enum dump_position_mode)o->master_data);
	struct position_form form =
		form_of(o, (enum dump_position_mode)o->dump_slave);
	struct dump_position *all =
		xcalloc(s->upstreams.count + 1, sizeof(*all));

	*count = 1;
	all[0].log_pos = s->moment.log_pos;
	if (s->moment.log_file && (!o->dump_slave || o->master_data))
		stated(&all[0], &own, s->moment.log_file, s->moment.gtid);
	for (size_t i = 0; o->dump_slave && i < s->upstreams.count; i++) {
		const struct upstream *from = &s->upstreams.item[i];
		struct dump_position *position = &all[(*count)++];

		position->channel = from->channel;
		position->log_pos = from->log_pos;
		if (o->include_host_port) {
			position->host = from->host;
			position->port = from->port;
		}
		stated(position, &form, from->log_file, s->upstreams.gtid);
	}
	return all;
}

void dump_text_foot(const struct snapshot *s, struct strbuf *out)
{
	if (makes_innodb(s))
		strbuf_addstr(out, foot_innodb);
	strbuf_addstr(out, foot_settings);
}

void dump_text_completion(struct strbuf *out, const char *completed)
{
	strbuf_addf(out, "-- Dump completed%s%s\n", completed ? " on " : "",
		completed ? completed : "");
}
