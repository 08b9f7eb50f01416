/* hot_copy.c: a copy by a program that takes the server's locks itself; it is
 * told how to log in, and states the position that it read. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "capture/capture_internal.h"
#include "stream/binlog_info.h"

enum {
	INFO_MOST = 1 << 20, /* bytes */
	/* Of a value in SHOW VARIABLES: 4096 in MariaDB 10.11, 2048 in older
	 * ones. Source: the types in information_schema.SESSION_VARIABLES. */
	VARIABLE_LEAST = 2048
};

/* open_info: the file that mariadb-backup, or its forebear, left. *path gets
 * its name; -1: there is none. */
static int open_info(const struct snap *snap, struct strbuf *path)
{
	static const char *const names[] = {
		"mariadb_backup_binlog_info", "xtrabackup_binlog_info"};
	struct err none;
	int fd = -1;

	for (int i = 0; fd < 0 && i < 2; i++) {
		strbuf_reset(path);
		strbuf_addf(path, "%s/%s", snap->path, names[i]);
		fd = io_open_read(path->buf, &none);
	}
	return fd;
}

/* read_info: as it is noted there: file, position, GTID. */
static int read_info(
	int fd, const char *path, struct position *pos, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	ssize_t n;
	int rc = 0;

	strbuf_grow(&text, INFO_MOST + 1);
	n = io_read_full(fd, text.buf, INFO_MOST + 1, path, e);
	strbuf_setlen(&text, n > 0 ? (size_t)n : 0);
	if (n < 0)
		rc = -1;
	else if (n > INFO_MOST || !binlog_info_read(&text, pos))
		rc = err_set(e, ERR_DATA,
			"%s is no line of file, position and GTID", path);
	strbuf_release(&text);
	return rc;
}

/* complete: mariadb-backup has the list of GTIDs from SHOW VARIABLES, which
 * cuts a long one off, maybe within a number: then the server is asked for it.
 */
static int complete(struct freeze *freeze, const char *path, struct err *e)
{
	struct moment *moment = &freeze->moment;

	if (!moment->gtid || strlen(moment->gtid) < VARIABLE_LEAST)
		return 0;
	free(moment->gtid);
	moment->gtid = NULL;
	if (moment_gtid(moment, freeze->db, &freeze->flavor, e))
		return -1;
	return moment->gtid
		? 0
		: err_set(e, ERR_DATA,
			  "%s: the list of GTIDs is cut off, and the server "
			  "does not know it any more",
			  path);
}

/* take_position: none is noted where the server keeps no binary log. */
static int take_position(struct capture *c, struct err *e)
{
	struct moment *moment = &c->freeze.moment;
	struct strbuf path = STRBUF_INIT;
	struct position pos = {0};
	int fd = open_info(&c->snap, &path), rc = 0;

	if (fd >= 0) {
		rc = read_info(fd, path.buf, &pos, e);
		close(fd);
		*moment = (struct moment){pos.log_file, pos.log_pos, pos.gtid};
		if (!rc)
			rc = complete(&c->freeze, path.buf, e);
	} else if (c->freeze.places.binlog) {
		rc = err_set(e, ERR_DATA,
			"mariadb-backup has left no position in %s",
			c->snap.path);
	}
	strbuf_release(&path);
	return rc;
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
		rc = take_position(c, e);
	strbuf_release(&path);
	return rc ? -1 : 0;
}
