/* private_zones.c: see private_zones.h. */
#include "db/private_zones.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "base/strlist.h"

/* Where distributions have them. Source: tzfile(5). */
static const char zones[] = "/usr/share/zoneinfo";

/* The same zones again, for others: they would take three times as long. */
static const char *const again[] = {"posix", "right", NULL};

/* link_zones: those that are wanted, into a folder of their own. */
static int link_zones(int folder, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	DIR *dir = opendir(zones);
	const struct dirent *entry;
	int rc = 0;

	while (!rc && dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' || name_in(again, entry->d_name))
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", zones, entry->d_name);
		rc = symlinkat(path.buf, folder, entry->d_name);
	}
	if (rc)
		err_sys(e, ERR_CANTCREATE, "cannot link %s", path.buf);
	if (dir)
		closedir(dir);
	strbuf_release(&path);
	return rc;
}

static int make_folder(const char *path, struct err *e)
{
	int fd, rc;

	if (mkdir(path, 0700))
		return err_sys(e, ERR_CANTCREATE, "cannot make %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, ERR_CANTCREATE, "cannot open %s", path);
	rc = link_zones(fd, e);
	close(fd);
	return rc;
}

/* convert: what it says of files that are no zones is no news. */
static int convert(
	const char *program, const char *folder, int out, struct err *e)
{
	const char *const argv[] = {program, folder, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const struct child_spec spec = {
		.argv = argv, .in = null, .out = out, .err = null};
	int status = 0, rc;
	pid_t pid;

	rc = child_start(&spec, &pid, e);
	if (!rc)
		rc = child_wait(pid, &status, e);
	if (null >= 0)
		close(null);
	return rc ? -1 : !status;
}

int private_zones_write(const char *program, const char *path, struct err *e)
{
	static const char begin[] = "USE mysql;\n";
	struct strbuf folder = STRBUF_INIT;
	int out, rc = -1;

	if (access(program, X_OK) || access(zones, R_OK | X_OK))
		return 0;
	strbuf_addf(&folder, "%s.d", path);
	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0)
		err_sys(e, ERR_CANTCREATE, "cannot write %s", path);
	else if (fchmod(out, 0644)) /* its server may be another user */
		err_sys(e, ERR_CANTCREATE, "cannot write %s", path);
	else if (!make_folder(folder.buf, e) &&
		!io_write_all(out, begin, strlen(begin), path, e))
		rc = convert(program, folder.buf, out, e);
	if (out >= 0)
		close(out);
	strbuf_release(&folder);
	return rc;
}
