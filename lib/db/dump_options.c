/* dump_options.c: the options of a dump, named as mariadb-dump names them. */
#include <string.h>

#include "db/definer.h"
#include "db/dump.h"

static const char *const locks[] = {"auto", "none", "stage", "ftwrl", NULL};
/* In the order of enum dump_position_mode. */
static const char *const position_modes[] = {"0", "1", "2", NULL};

/* In the order of enum dump_events, enum dump_on_broken. */
static const char *const events[] = {"skip", "keep", "disable", NULL};
static const char *const on_broken[] = {"fail", "comment", NULL};

#define AT(member) offsetof(struct dump_options, member)

/* clang-format off */
const struct opt_def dump_option_defs[] = {
	{OPT_HEADING, .help = "What to dump"},
	{OPT_FLAG, 'A', "all-databases", .offset = AT(all_databases),
		.help = "all databases but the server's own"},
	{OPT_FLAG, 'B', "databases", .offset = AT(databases),
		.help = "the operands are databases, each with CREATE DATABASE "
			"and USE"},
	{OPT_LIST, 0, "ignore-database", "NAME",
		.offset = AT(ignore_database),
		.help = "leave a database out; % stands for any text"},
	{OPT_LIST, 0, "ignore-table", "DB.TABLE", .offset = AT(ignore_table),
		.help = "leave a table or view out; % stands for any text"},
	{OPT_STRING, 'w', "where", "CONDITION", .offset = AT(where),
		.help = "only rows for which this SQL condition holds"},
	{OPT_FLAG, 'd', "no-data", .offset = AT(no_data),
		.help = "no rows"},
	{OPT_FLAG, 't', "no-create-info", .offset = AT(no_create_info),
		.help = "rows only: nothing that creates or drops"},
	{OPT_FLAG, 'n', "no-create-db", .offset = AT(no_create_db),
		.help = "no CREATE DATABASE"},
	{OPT_FLAG, 'R', "routines", .offset = AT(routines),
		.help = "functions, procedures, packages (on)"},
	{OPT_MODE, 'E', "events", "HOW", "keep", AT(events), events,
		.help = "keep: events as they are (on); disable: those that "
			"are on get DISABLE ON SLAVE; skip: none"},
	{OPT_FLAG, 0, "triggers", .offset = AT(triggers),
		.help = "triggers (on)"},
	{OPT_FLAG, 0, "users", .offset = AT(users),
		.help = "all accounts, roles and grants, too; needs no "
			"database"},
	{OPT_FLAG, 0, "dump-history", .offset = AT(dump_history),
		.help = "old row versions of system-versioned tables (on, where "
			"the server can take them back)"},
	{OPT_STRING, 0, "definer", "WHOSE", .offset = AT(definer),
		.help = "of views, triggers, routines and events: keep, drop, "
			"current (whoever loads the dump), or an account, "
			"name@host (default: keep)"},
	{OPT_ENUM, 0, "on-broken", "HOW", .offset = AT(on_broken),
		.choices = on_broken,
		.help = "views that do not work: fail, or comment: write them "
			"as comments, and warn (default: fail)"},
	{OPT_UINT, 'j', "jobs", "N", .offset = AT(jobs),
		.help = "read over N connections at once, 1 to 32 (default: one "
			"for each processor here, at most 4)"},
	{OPT_HEADING, .help = "Consistency and position"},
	{OPT_ENUM, 0, "lock", "HOW", .offset = AT(lock), .choices = locks,
		.help = "auto, none, stage or ftwrl (default: auto)"},
	{OPT_DURATION, 0, "lock-wait", "SECONDS", .offset = AT(lock_wait_ms),
		.help = "give up with status 75 rather than wait longer for a "
			"lock (default: 60)"},
	{OPT_ENUM, 0, "master-data", "1|2", "1", AT(master_data),
		position_modes,
		.help = "state the binary log position, as a statement (1) or a "
			"comment (2); fail if there is none (default: a "
			"comment, if there is one)"},
	{OPT_ENUM, 0, "dump-slave", "1|2", "1", AT(dump_slave),
		position_modes,
		.help = "of a replica: state where its sources' binary logs "
			"have been executed up to, in the same way; its own "
			"position only with --master-data"},
	{OPT_FLAG, 0, "include-master-host-port",
		.offset = AT(include_host_port),
		.help = "with --dump-slave: name the sources' hosts and ports"},
	{OPT_FLAG, 0, "gtid", .offset = AT(gtid),
		.help = "replicas shall use the GTID, not file and position"},
	{OPT_FLAG, 0, "block-ddl", .offset = AT(block_ddl),
		.help = "let DDL wait, in all databases, until the dump is done; "
			"needs RELOAD"},
	{OPT_HEADING, .help = "How the SQL looks"},
	{OPT_FLAG, 0, "add-drop-database", .offset = AT(add_drop_database),
		.help = "DROP DATABASE before each CREATE DATABASE"},
	{OPT_FLAG, 0, "add-drop-table", .offset = AT(add_drop_table),
		.help = "DROP TABLE before each CREATE TABLE, and likewise "
			"for views, routines and events (on)"},
	{OPT_FLAG, 'c', "complete-insert", .offset = AT(complete_insert),
		.help = "name the columns in every INSERT"},
	{OPT_FLAG, 'e', "extended-insert", .offset = AT(extended_insert),
		.help = "many rows in an INSERT (on)"},
	{OPT_FLAG, 0, "opt", .offset = AT(add_drop_table),
		.also = AT(extended_insert),
		.help = "--add-drop-table and --extended-insert (on)"},
	{OPT_FLAG, 0, "insert-ignore", .offset = AT(insert_ignore),
		.help = "INSERT IGNORE"},
	{OPT_FLAG, 0, "replace", .offset = AT(replace),
		.help = "REPLACE in place of INSERT"},
	{OPT_FLAG, 0, "hex-blob", .offset = AT(hex_blob),
		.help = "binary values as hex digits"},
	{OPT_SIZE, 0, "net-buffer-length", "BYTES",
		.offset = AT(net_buffer_length),
		.help = "the size of an INSERT aimed at (default: 1022K)"},
	{OPT_FLAG, 'i', "comments", .offset = AT(comments),
		.help = "comments, the manifest and the completion line (on)"},
	{OPT_FLAG, 0, "dump-date", .offset = AT(dump_date),
		.help = "the date in the completion line (on)"},
	{OPT_FLAG, 0, "compact", .offset = AT(compact),
		.help = "no comments and no DROP TABLE"},
	{OPT_FLAG, 0, "sandbox", .offset = AT(sandbox),
		.help = "begin with the line that makes newer clients refuse "
			"commands to the shell"},
	{OPT_HEADING, .help = "Taken for the sake of mariadb-dump's users"},
	{OPT_IGNORED, 0, "single-transaction",
		.help = "always so"},
	{OPT_IGNORED, 0, "quick",
		.help = "always so"},
	{OPT_IGNORED, 0, "set-charset",
		.help = "always so"},
	{OPT_IGNORED, 0, "tz-utc",
		.help = "always so"},
	{OPT_IGNORED, 'y', "no-tablespaces",
		.help = "always so"},
	{OPT_IGNORED, 'Q', "quote-names",
		.help = "always so"},
	{OPT_IGNORED, 0, "lock-tables",
		.help = "no need of it"},
	{OPT_IGNORED, 'K', "disable-keys",
		.help = "no need of it"},
	{OPT_IGNORED, 0, "add-locks",
		.help = "no need of it"},
	{OPT_IGNORED, 0, "default-character-set", "NAME",
		.help = "always utf8mb4"},
	{OPT_IGNORED, 0, "max-allowed-packet", "BYTES",
		.help = "always the largest there is"},
	{0}
};
/* clang-format on */

static int refuse_operands(
	const struct dump_options *o, int argc, struct err *e)
{
	if (o->all_databases && argc)
		return err_set(e, ERR_USAGE,
			"--all-databases takes no database names");
	if (!o->all_databases && !argc && !o->users)
		return err_set(e, ERR_USAGE,
			"which database? Name one, or use "
			"--databases or --all-databases");
	if (o->all_databases && o->databases)
		return err_set(e, ERR_USAGE,
			"--databases and --all-databases exclude each other");
	if (o->users && o->no_create_info)
		return err_set(e, ERR_USAGE,
			"--users and --no-create-info exclude each other");
	/* Only one connection at a time can hold a BACKUP STAGE. */
	if (o->block_ddl && o->lock == DUMP_LOCK_STAGE)
		return err_set(e, ERR_USAGE,
			"--block-ddl and --lock=stage exclude each other");
	if (o->replace && o->insert_ignore)
		return err_set(e, ERR_USAGE,
			"--replace and --insert-ignore exclude each other");
	return 0;
}

static int check_definer(const struct dump_options *o, struct err *e)
{
	struct strbuf clause = STRBUF_INIT;
	enum definer_mode mode;
	int rc = definer_parse(o->definer, &mode, &clause, e);

	strbuf_release(&clause);
	return rc;
}

int dump_options_finish(
	struct dump_options *o, int argc, char **argv, struct err *e)
{
	const uint64_t smallest = 4096, largest = 512UL * 1024 * 1024;

	if (refuse_operands(o, argc, e))
		return err_hint(e, "see 'dbdump --help'");
	if (check_definer(o, e))
		return -1;
	for (int i = 0; i < argc; i++) {
		if (!*argv[i])
			return err_set(e, ERR_USAGE, "an empty name");
		strlist_add(&o->names, argv[i]);
	}
	for (size_t i = 0; i < o->ignore_table.count; i++)
		if (!strchr(o->ignore_table.item[i], '.'))
			return err_set(e, ERR_USAGE,
				"--ignore-table wants "
				"DATABASE.TABLE, not '%s'",
				o->ignore_table.item[i]);
	if (o->net_buffer_length < smallest || o->net_buffer_length > largest)
		return err_set(e, ERR_USAGE,
			"--net-buffer-length is from 4K "
			"to 512M");
	if (jobs_finish(&o->jobs, e))
		return -1;
	if (o->gtid && !o->master_data && !o->dump_slave)
		o->master_data = DUMP_POSITION_COMMENT;
	if (o->compact) {
		o->comments = false;
		o->add_drop_table = false;
	}
	return 0;
}

bool dump_options_tables_only(const struct dump_options *o)
{
	return !o->all_databases && !o->databases && o->names.count > 1;
}
