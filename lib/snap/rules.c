/* rules.c: see rules.h. */
#include "snap/rules.h"

#include <fnmatch.h>
#include <string.h>

/* Binary, relay and Aria logs. */
#define NUMBERED "*.[0-9][0-9][0-9][0-9][0-9][0-9]*"

/* Neither a database's directory nor a file of a table has such a name: the
 * server writes a '.', '#' or '+' in those as "@002e". */
static const char *const unwanted[] = {"*.pid", "#innodb_temp",
	"#sql-temptable-*", "lost+found", RULES_OWN_DIR, NULL};
/* These may be names of databases and tables elsewhere. */
static const char *const unwanted_files[] = {"ibtmp*", "ddl.log", NULL};

static bool matches(const char *const *patterns, const char *name)
{
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, name, FNM_PERIOD))
			return true;
	return false;
}

static bool is_excluded(const struct strlist *exclude, const char *path)
{
	for (size_t i = 0; exclude && i < exclude->count; i++)
		if (!fnmatch(exclude->item[i], path, FNM_PATHNAME))
			return true;
	return false;
}

bool rules_unwanted(
	const struct tree_entry *entry, const struct strlist *exclude)
{
	mode_t mode = entry->st.st_mode;

	if (!S_ISDIR(mode) && !S_ISREG(mode) && !S_ISLNK(mode))
		return true;
	if (S_ISREG(mode) && !strchr(entry->path, '/') &&
		matches(unwanted_files, entry->path))
		return true;
	return matches(unwanted, entry->name) ||
		is_excluded(exclude, entry->path);
}

bool rules_aria_log(const char *path)
{
	static const char *const logs[] = {"aria_log.[0-9]*", NULL};

	return matches(logs, path);
}

/* matches_name: as matches, of the last part of a path. */
static bool matches_name(const char *const *patterns, const char *path)
{
	const char *slash = strrchr(path, '/');

	return matches(patterns, slash ? slash + 1 : path);
}

bool rules_log(const char *path)
{
	static const char *const logs[] = {NUMBERED, NULL};

	return matches_name(logs, path) && !rules_aria_log(path);
}

bool rules_log_index(const char *path)
{
	static const char *const indexes[] = {"*.index", NULL};

	return matches_name(indexes, path);
}

bool rules_log_list(const char *path)
{
	static const char *const places[] = {"relay-log*.info", NULL};

	return rules_log_index(path) || matches_name(places, path);
}

bool rules_early(const char *path)
{
	static const char *const top[] = {"ibdata*", "undo[0-9]*", NULL};
	/* Binary, relay and Aria logs, and what goes with them, which may have
	 * directories of their own. No file of a table has such a name. */
	static const char *const logs[] = {NUMBERED, "*.index", "*.info",
		"*.state", "aria_log_control", NULL};
	/* The server writes to transactional tables of Aria, its default, until
	 * commits are held up, and even then: BACKUP STAGE takes them for
	 * tables with a log (HA_CAN_ONLINE_BACKUPS), as they are. The others
	 * of Aria have the same names. */
	static const char *const aria[] = {"*.MAI", "*.MAD", NULL};
	/* So it does to its own log and statistics tables. */
	static const char *const system_tables[] = {
		"*.MYI", "*.MYD", "*.CSV", "*.CSM", NULL};
	const char *slash = strchr(path, '/');

	if (!slash)
		return matches(top, path);
	if (matches(logs, strrchr(path, '/') + 1) ||
		matches(aria, strrchr(path, '/') + 1))
		return false;
	return strncmp(path, "mysql/", 6) != 0 ||
		!matches(system_tables, slash + 1);
}

int rules_check(const struct tree_entry *entry, dev_t dev, struct err *e)
{
	size_t len = strlen(entry->name);

	if (entry->st.st_dev != dev) {
		err_set(e, ERR_UNAVAILABLE,
			"'%s' in the data directory is another file system or "
			"subvolume, which would not be in the snapshot",
			entry->path);
		return err_hint(e,
			"move it into the data directory itself, or dump with "
			"dbdump");
	}
	if (S_ISLNK(entry->st.st_mode)) {
		err_set(e, ERR_UNAVAILABLE,
			"'%s' in the data directory is a symbolic link; what "
			"it points to would not be in the snapshot",
			entry->path);
		return err_hint(
			e, "move the file itself there, or dump with dbdump");
	}
	if (len > 4 && !strcmp(entry->name + len - 4, ".isl")) {
		err_set(e, ERR_UNAVAILABLE,
			"'%.*s' is a table with a DATA DIRECTORY outside of "
			"the server's, which would not be in the snapshot",
			(int)strlen(entry->path) - 4, entry->path);
		return err_hint(e,
			"rebuild the table without DATA DIRECTORY, or dump "
			"with dbdump");
	}
	return 0;
}

int rules_check_engine(const struct tree_entry *entry, struct err *e)
{
	static const char *const foreign[] = {
		"#rocksdb", "*.tokudb", "tokudb.*", "*.mrn*", NULL};

	if (!strcmp(entry->name, "ib_logfile0") && strchr(entry->path, '/'))
		err_set(e, ERR_UNAVAILABLE,
			"'%s' is a redo log in a directory of its own",
			entry->path);
	else if (!strcmp(entry->name, "aria_log_control") &&
		strchr(entry->path, '/'))
		err_set(e, ERR_UNAVAILABLE,
			"'%s' belongs to a log of Aria in a directory of its "
			"own",
			entry->path);
	else if (matches(foreign, entry->name))
		err_set(e, ERR_UNAVAILABLE,
			"'%s' belongs to an engine whose files can only be "
			"frozen all at once",
			entry->path);
	else
		return 0;
	return err_hint(e, "use --method=btrfs or lvm");
}
