/* load_options.c: see load_options.h. */
#include "db/load_options.h"
#define AT(member) offsetof(struct load_options, member)

static const char *const on_error_choices[] = {"stop", "skip-table", NULL};

/* clang-format off */
const struct opt_def load_option_defs[] = {
	{OPT_HEADING, .help = "Load"},
	{OPT_STRING, 'D', "into", "DB", .offset = AT(into),
		.help = "database for statements that name none; created if "
			"it is missing"},
	{OPT_UINT, 'j', "jobs", "N", .offset = AT(jobs),
		.help = "connections that load rows (as many as processors, "
			"at most 4)"},
	{OPT_FLAG, 0, "defer-indexes", .offset = AT(defer_indexes),
		.help = "add keys when their table's rows are in, and foreign "
			"keys at the end (on)"},
	{OPT_FLAG, 0, "resume", .offset = AT(resume),
		.help = "keep the progress in the target, and go on with a "
			"load that was interrupted"},
	{OPT_ENUM, 0, "on-error", "stop|skip-table", .offset = AT(on_error),
		.choices = on_error_choices,
		.help = "when the target refuses a statement: end, or leave "
			"out the rest of that table (stop)"},
	{OPT_LIST, 0, "database", "DB", .offset = AT(databases),
		.help = "only what the dump has of this database; repeatable, % "
			"stands for any text"},
	{OPT_LIST, 0, "table", "[DB.]TABLE", .offset = AT(tables),
		.help = "only this table, its triggers too; repeatable, with % "
			"as well"},
	{OPT_FLAG, 0, "replace-tables", .offset = AT(replace_tables),
		.help = "drop what the target has of the dump's tables"},
	{OPT_FLAG, 0, "force", .offset = AT(force),
		.help = "load though the target has some of the dump's tables"},
	{OPT_FLAG, 0, "dry-run", .offset = AT(dry_run),
		.help = "say what would be done, and change nothing"},
	{OPT_LIST, 0, "map-database", "OLD=NEW", .offset = AT(map_databases),
		.help = "load what the dump has of one database into another; "
			"repeatable"},
	{OPT_LIST, 0, "map-collation", "OLD=NEW", .offset = AT(map_collations),
		.help = "another collation for one that the target does not "
			"know; repeatable"},
	{OPT_STRING, 0, "definer", "HOW", .offset = AT(definer),
		.help = "views, routines, triggers and events run as: keep, "
			"drop (who loads), current (the same), or USER@HOST "
			"(default: keep)"},
	{OPT_FLAG, 0, "log-bin", .offset = AT(log_bin),
		.help = "let the target's binary log have the load (on; off "
			"with --replicate)"},
	{0}
};
/* clang-format on */

int load_options_finish(struct load_options *o, struct err *e)
{
	if (o->into && !*o->into)
		return err_set(e, ERR_USAGE, "--into: an empty name");
	return jobs_finish(&o->jobs, e);
}
