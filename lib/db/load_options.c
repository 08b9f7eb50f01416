/* load_options.c: see load_options.h. */
#include "db/load_options.h"

#define AT(member) offsetof(struct load_options, member)

/* clang-format off */
const struct opt_def load_option_defs[] = {
	{OPT_HEADING, .help = "Load"},
	{OPT_STRING, 'D', "into", "DB", .offset = AT(into),
		.help = "database for statements that name none; created if "
			"it is missing"},
	{OPT_FLAG, 0, "force", .offset = AT(force),
		.help = "load though the target holds data"},
	{OPT_FLAG, 0, "log-bin", .offset = AT(log_bin),
		.help = "let the target's binary log have the load (on; off "
			"with --replicate)"},
	{0}
};
/* clang-format on */
