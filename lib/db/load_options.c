/* load_options.c: see load_options.h. */
#include "db/load_options.h"

#define AT(member) offsetof(struct load_options, member)

/* clang-format off */
const struct opt_def load_option_defs[] = {
	{OPT_HEADING, .help = "Load"},
	{OPT_STRING, 'D', "into", "DB", .offset = AT(into),
		.help = "database for statements that name none; created if "
			"it is missing"},
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
