/* hot_copy.c: a copy by a program that takes the server's locks itself; it is
 * told how to log in, and states the position that it read. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/io.h"
#include "capture/capture_internal.h"

/* open_info: the file that mariadb-backup, or its forebear, left. */
static int open_info(const struct snap *snap)
{
	static const char *const names[] = {
		"mariadb_backup_binlog_info", "xtrabackup_binlog_info"};
	struct strbuf path = STRBUF_INIT;
	struct err none;
	int fd = -1;

	for (int i = 0; fd < 0 && i < 2; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", snap->path, names[i]);
		fd = io_open_read(path.buf, &none);
	}
	strbuf_release(&path);
	return fd;
}

/* take_position: as it was noted there: file, position, GTID. */
static void take_position(const struct snap *snap, struct moment *moment)
{
	char text[4096], file[512], gtid[2048] = "";
	unsigned long long pos;
	int fd = open_info(snap);
	struct err none;
	ssize_t n;

	if (fd < 0)
		return;
	n = io_read_full(fd, text, sizeof(text) - 1, "binlog_info", &none);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%511s %llu %2047s", file, &pos, gtid) < 2)
		return;
	moment->log_file = xstrdup(file);
	moment->log_pos = pos;
	moment->gtid = *gtid ? xstrdup(gtid) : NULL;
}

/* write_login: an option file that nobody else can read. */
static int write_login(
	const char *path, const struct db_options *server, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct atomic_file file;
	int rc = atomic_open(&file, path, e);

	if (!rc) {
		db_options_file(server, &text);
		rc = io_write_all(file.fd, text.buf, text.len, path, e);
		if (!rc)
			rc = atomic_commit(&file, e);
		else
			atomic_abort(&file);
	}
	secret_wipe(text.buf, text.len);
	strbuf_release(&text);
	return rc;
}

int capture_hot_copy(struct capture *c, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct snap *snap = &c->snap;
	int rc;

	if (snap->method->settle(snap, e))
		return -1;
	strbuf_addf(&path, "%s/" SNAP_CLIENT_FILE, snap->keep);
	db_options_local(&c->options->server, c->freeze.db, &snap->login);
	rc = write_login(path.buf, &c->options->server, e) ||
		snap->method->create(snap, e);
	unlink(path.buf);
	if (!rc)
		take_position(snap, &c->freeze.moment);
	strbuf_release(&path);
	return rc ? -1 : 0;
}
