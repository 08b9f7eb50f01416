/* datadir.c: see datadir.h. */
#include "verify/datadir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "verify/datadir_file.h"
#include "verify/datadir_maker.h"

enum {
	TEXT_MOST = 1 << 20,
	DICTIONARY_MOST = 64 << 20, /* of it, what there was from the first */
	/* Of the system tablespace's first page. Source: MariaDB 10.11,
	 * storage/innobase/include/fsp0types.h, fsp0fsp.h. */
	FLAGS_AT = 54,
	FULL_CRC32 = 1 << 4,
	FULL_CRC32_SSIZE = 15,
	SSIZE_SHIFT = 6,
	SSIZE_MASK = 15,
	SSIZE_LEAST = 3, /* 4 KiB */
	SSIZE_MOST = 7   /* 64 KiB */
};

bool datadir_leaves_out(const char *path)
{
	static const char *const patterns[] = {"master*.info",
		"relay-log*.info", "multi-master.info", "auto.cnf", "*.pid",
		"tc.log.lock", NULL};

	if (strchr(path, '/'))
		return false;
	for (size_t i = 0; patterns[i]; i++)
		if (!fnmatch(patterns[i], path, 0))
			return true;
	return false;
}

bool datadir_leads_out(const char *path)
{
	return !fnmatch("*.isl", path, FNM_CASEFOLD);
}

void datadir_release(struct datadir *d)
{
	strlist_release(&d->options);
	free(d->upgraded);
	*d = (struct datadir){0};
}

static void add_number(struct datadir *d, const char *option, uint64_t value)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s=%" PRIu64, option, value);
	strlist_add(&d->options, text.buf);
	strbuf_release(&text);
}

/* add_page_size: as the system tablespace has it. */
static int add_page_size(struct datadir *d, const char *folder, struct err *e)
{
	struct strbuf page = STRBUF_INIT;
	int rc = datadir_read(folder, "ibdata1", FLAGS_AT + 4, &page, e);
	uint32_t flags, size;

	if (rc >= 0 && page.len == FLAGS_AT + 4) {
		flags = datadir_uint32(page.buf + FLAGS_AT);
		size = flags & FULL_CRC32 ? flags & FULL_CRC32_SSIZE
					  : flags >> SSIZE_SHIFT & SSIZE_MASK;
		/* 0 is the usual size, from before there were others. */
		if (size >= SSIZE_LEAST && size <= SSIZE_MOST)
			add_number(
				d, "--innodb-page-size", UINT64_C(512) << size);
	}
	strbuf_release(&page);
	return rc < 0 ? -1 : 0;
}

/* add_files: of the system tablespace, if they are several, and of the log. */
static void add_files(struct datadir *d, const char *folder)
{
	struct strbuf text = STRBUF_INIT, name = STRBUF_INIT;
	uint64_t size = datadir_size(folder, "ib_logfile0");

	if (size)
		add_number(d, "--innodb-log-file-size", size);
	strbuf_addstr(&text, "--innodb-data-file-path=");
	for (unsigned i = 1;; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "ibdata%u", i);
		size = datadir_size(folder, name.buf);
		if (!size)
			break;
		strbuf_addf(&text, "%s%s:%" PRIu64 "M", i > 1 ? ";" : "",
			name.buf, size >> 20);
	}
	strbuf_addstr(&text, ":autoextend");
	if (datadir_size(folder, "ibdata2"))
		strlist_add(&d->options, text.buf);
	strbuf_release(&text);
	strbuf_release(&name);
}

/* add_lower_case: MySQL 8.0 and later starts with no other value than it was
 * made with, which is a property of its dictionary. Source: MySQL 8.0,
 * sql/dd/impl/bootstrap/bootstrap_ctx.h, DD_properties. */
static int add_lower_case(struct datadir *d, const char *folder, struct err *e)
{
	static const char mark[] = "LCTN=";
	struct strbuf file = STRBUF_INIT;
	int rc = datadir_read(folder, "mysql.ibd", DICTIONARY_MOST, &file, e);
	const char *found = rc > 0
		? memmem(file.buf, file.len, mark, sizeof(mark) - 1)
		: NULL;

	if (found && found[sizeof(mark) - 1] != '0')
		add_number(d, "--lower-case-table-names", 1);
	strbuf_release(&file);
	return rc < 0 ? -1 : 0;
}

static int check_prepared(const char *folder, struct err *e)
{
	static const char *const names[] = {
		"mariadb_backup_checkpoints", "xtrabackup_checkpoints"};
	struct strbuf text = STRBUF_INIT;
	bool raw = false;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(*names); i++) {
		rc = datadir_read(folder, names[i], TEXT_MOST, &text, e);
		raw = rc > 0 &&
			(strstr(text.buf, "backup_type = full-backuped") ||
				strstr(text.buf, "backup_type = incremental"));
	}
	strbuf_release(&text);
	if (rc < 0 || !raw)
		return rc < 0 ? -1 : 0;
	err_set(e, ERR_DATA,
		"it is a backup of mariadb-backup that was not prepared: no "
		"server can start on it");
	return err_hint(e, "mariadb-backup --prepare --target-dir=DIR");
}

/* own_logs: "./NAME" for each file of an index that is in the directory. The
 * names may be those of the server that it comes from, with their paths.
 * Returns the newest one if that is not among them, though it is to be: it has
 * no path, or others are. */
static const char *own_logs(const char *folder, char *index, struct strbuf *out)
{
	const char *line, *gone = NULL;

	while ((line = strsep(&index, "\n"))) {
		const char *slash = strrchr(line, '/');
		const char *name = slash ? slash + 1 : line;

		if (!*name)
			continue;
		gone = datadir_size(folder, name) ? NULL : line;
		if (!gone)
			strbuf_addf(out, "./%s\n", name);
	}
	return gone && (out->len || *gone != '/') ? gone : NULL;
}

/* tell_gone: `known`: the index is that of the snapshot's position, and none
 * that the server had no use for any more. What it does without:
 * MYSQL_BIN_LOG::open in sql/log.cc. */
static int tell_gone(
	const char *index, const char *newest, bool known, struct err *e)
{
	static const char text[] =
		"'%.300s' names '%.300s' as its newest binary log, which is "
		"not there, or empty: no server that writes one starts on that";

	if (known)
		return err_set(e, ERR_DATA, text, index, newest);
	log_warn(text, index, newest);
	return 0;
}

static int write_index(const char *folder, const char *name,
	const struct strbuf *text, struct err *e)
{
	char *path = datadir_inside(folder, name);
	int fd, rc = 0;

	unlink(path);
	if (text->len) {
		fd = open(path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		rc = fd < 0
			? err_sys(e, ERR_CANTCREATE, "cannot write %s", path)
			: io_write_all(fd, text->buf, text->len, path, e);
		if (fd >= 0)
			close(fd);
	}
	free(path);
	return rc;
}

/* take_index: of the binary log, which recovery asks which transactions were
 * committed; any other is removed. */
static int take_index(struct datadir *d, const char *folder, const char *name,
	const char *base, struct err *e)
{
	struct strbuf text = STRBUF_INIT, own = STRBUF_INIT;
	struct strbuf option = STRBUF_INIT;
	size_t len = strlen(name) - strlen(".index");
	bool wanted = *base ? strlen(base) == len && !strncmp(base, name, len)
			    : !strstr(name, "relay");
	int rc = wanted ? datadir_read(folder, name, TEXT_MOST, &text, e) : 0;

	if (rc > 0) {
		const char *gone = own_logs(folder, text.buf, &own);

		rc = gone ? tell_gone(name, gone, *base, e) : 0;
	}
	if (!rc)
		rc = write_index(folder, name, &own, e);
	if (!rc && own.len) {
		strbuf_addf(&option, "--log-bin=%.*s", (int)len, name);
		strlist_add(&d->options, option.buf);
	}
	strbuf_release(&text);
	strbuf_release(&own);
	strbuf_release(&option);
	return rc;
}

/* log_base: "binlog" of "binlog.000003". */
static char *log_base(const char *log_file)
{
	const char *slash = log_file ? strrchr(log_file, '/') : NULL;
	const char *name = slash ? slash + 1 : log_file;
	const char *dot = name ? strrchr(name, '.') : NULL;

	return dot ? xstrndup(name, (size_t)(dot - name)) : xstrdup("");
}

static int take_indexes(struct datadir *d, const char *folder,
	const char *log_file, struct err *e)
{
	DIR *dir = opendir(folder);
	char *base = log_base(log_file);
	struct strlist found = STRLIST_INIT;
	const struct dirent *entry;
	int rc = 0;

	while (dir && (entry = readdir(dir)))
		if (!fnmatch("?*.index", entry->d_name, FNM_PERIOD))
			strlist_add(&found, entry->d_name);
	if (dir)
		closedir(dir);
	for (size_t i = 0; !rc && i < found.count; i++)
		rc = take_index(d, folder, found.item[i], base, e);
	strlist_release(&found);
	free(base);
	return rc;
}

/* take_upgraded: "10.11.6-MariaDB", as mariadb-upgrade leaves it. */
static int take_upgraded(struct datadir *d, const char *folder, struct err *e)
{
	static const char *const names[] = {
		"mariadb_upgrade_info", "mysql_upgrade_info"};
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(*names); i++)
		rc = datadir_read(folder, names[i], TEXT_MOST, &text, e);
	if (rc > 0 && text.len)
		d->upgraded = xstrndup(text.buf, strcspn(text.buf, "\n"));
	strbuf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* take_partial: as mariadb-backup states it, under its newer or older name. */
static int take_partial(struct datadir *d, const char *folder, struct err *e)
{
	static const char *const names[] = {
		"mariadb_backup_info", "xtrabackup_info"};
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(*names); i++)
		rc = datadir_read(folder, names[i], TEXT_MOST, &text, e);
	d->partial = rc > 0 && strstr(text.buf, "\npartial = Y\n");
	strbuf_release(&text);
	return rc < 0 ? -1 : 0;
}

int datadir_none(struct err *e)
{
	err_set(e, ERR_DATA,
		"it holds no data directory: there is no " DATADIR_SYSTEM
		" in it");
	return err_hint(e,
		"names in a tar must begin in the data directory: tar -C "
		"DATADIR -c .");
}

int datadir_prepare(struct datadir *d, const char *path, const char *log_file,
	const struct private_program *program, struct err *e)
{
	*d = (struct datadir){0};
	if (!datadir_size(path, DATADIR_SYSTEM))
		return datadir_none(e);
	if (take_upgraded(d, path, e) ||
		datadir_check_maker(path, d->upgraded, program, e) ||
		check_prepared(path, e) || add_page_size(d, path, e) ||
		add_lower_case(d, path, e) ||
		take_indexes(d, path, log_file, e) || take_partial(d, path, e))
		return -1;
	add_files(d, path);
	return 0;
}
