/* position_info.c: see position_info.h. What mydumper writes has a file of its
 * own, position_mydumper.c.
 *
 * Sources: mariadb-backup 10.11, write_slave_info in
 * extra/mariabackup/backup_mysql.cc; Percona XtraBackup 8.0 manual, "Index of
 * files created by Percona XtraBackup"; MySQL Shell 8 and 9,
 * modules/util/dump/dumper.cc, write_dump_started_metadata.
 */
#include "stream/position_info.h"

#include <string.h>

#include "base/alloc.h"
#include "data/json_read.h"
#include "stream/binlog_info.h"
#include "stream/lexer.h"
#include "stream/position_internal.h"

static const struct {
	const char *name;
	enum document kind;
} names[] = {
	{"dbpipes-snapshot.json", DOCUMENT_SNAPSHOT},
	{"@.json", DOCUMENT_MYSQLSH},
	{"@.done.json", DOCUMENT_MYSQLSH_END},
	{"xtrabackup_binlog_info", DOCUMENT_BINLOG_INFO},
	{"xtrabackup_slave_info", DOCUMENT_SLAVE_INFO},
	{"xtrabackup_checkpoints", DOCUMENT_CHECKPOINTS},
	/* from MariaDB 11.1 on, MDEV-18931 */
	{"mariadb_backup_binlog_info", DOCUMENT_BINLOG_INFO},
	{"mariadb_backup_slave_info", DOCUMENT_SLAVE_INFO},
	{"mariadb_backup_checkpoints", DOCUMENT_CHECKPOINTS},
	{"metadata", DOCUMENT_MYDUMPER},
	{"metadata.partial", DOCUMENT_UNFINISHED},
};

static size_t without_suffix(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && !memcmp(name + len - n, suffix, n) ? len - n : len;
}

enum document document_by_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t len = strlen(name);

	len = without_suffix(name, len, ".gz");
	len = without_suffix(name, len, ".zst");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (len == strlen(names[i].name) &&
			!memcmp(name, names[i].name, len))
			return names[i].kind;
	return DOCUMENT_NONE;
}

static bool begins(const char *head, size_t len, const char *text)
{
	return len >= strlen(text) && !memcmp(head, text, strlen(text));
}

enum document document_by_content(const char *head, size_t len)
{
	if (begins(head, len, "{"))
		return DOCUMENT_JSON;
	if (begins(head, len, "Started dump at: ") ||
		begins(head, len, "# Started dump at: "))
		return DOCUMENT_MYDUMPER;
	if (binlog_info_begins(head, len))
		return DOCUMENT_BINLOG_INFO;
	return DOCUMENT_NONE;
}

static int no_sense(const char *name, const char *what, struct err *e)
{
	err_set(e, ERR_DATA, "%s: %s", name, what);
	return err_hint(e, "it is truncated or damaged: fetch it again");
}

static int contradiction(const char *name, struct err *e)
{
	err_set(e, ERR_DATA, "%s: its position is not the one stated elsewhere",
		name);
	return err_hint(e, "several backups in one place? Name one of them");
}

static int take_own(struct positions *p, const struct position *pos,
	const char *name, struct err *e)
{
	p->has_own = true;
	return position_merge(&p->own, pos) ? 0 : contradiction(name, e);
}

static int take_binlog_info(struct positions *p, const struct strbuf *text,
	const char *name, struct err *e)
{
	struct position pos = {0};
	int rc;

	if (binlog_info_read(text, &pos))
		rc = take_own(p, &pos, name, e);
	else
		rc = no_sense(name, "is no line of file, position and GTID", e);
	position_release(&pos);
	return rc;
}

/* take_slave_info: statements, the last one of which may lack its semicolon,
 * but not the end of its line. */
static int take_slave_info(struct positions *p, const struct strbuf *text,
	const char *name, struct err *e)
{
	struct input *in = input_text(name, text->buf, text->len);
	struct lexer *lx = lexer_new(in, 0);
	struct piece piece;
	bool taken, any = false;
	int rc;

	lexer_lenient(lx);
	p->section = SECTION_UPSTREAM;
	p->upstreams_only = true;
	while ((rc = lexer_next(lx, &piece, e)) > 0) {
		if (positions_take(p, &piece, &taken, e)) {
			rc = err_prefix(e, "%s: ", name);
			break;
		}
		any |= taken;
	}
	p->upstreams_only = false;
	p->section = SECTION_NONE;
	if (!rc && (!any || text->buf[text->len - 1] != '\n'))
		rc = no_sense(name, "is no CHANGE MASTER statement", e);
	lexer_free(lx);
	input_close(in);
	return rc;
}

/* read_mysqlsh: a dump that is not consistent has no position. */
static bool read_mysqlsh(
	const struct json_value *json, struct position *pos, bool *stated)
{
	const char *file, *gtid;
	bool consistent, inconsistent;

	*stated = json_read_bool(json, "consistent", &consistent) && consistent;
	if (json_read_text(json, "binlogFile", &file)) {
		if (!json_read_uint(json, "binlogPosition", &pos->log_pos) ||
			pos->log_pos > POSITION_NUMBER_MAX ||
			strlen(file) > POSITION_NAME_MAX ||
			!*file != !pos->log_pos)
			return false;
		pos->log_file = *file ? xstrdup(file) : NULL;
	}
	if (!json_read_text(json, "gtidExecuted", &gtid))
		return true;
	if (json_read_bool(json, "gtidExecutedInconsistent", &inconsistent) &&
		inconsistent)
		return true;
	return position_set_gtid(pos, gtid, strlen(gtid));
}

static int take_mysqlsh(struct positions *p, const struct json_value *json,
	const char *name, struct err *e)
{
	struct position pos = {0};
	bool stated;
	int rc = 0;

	p->format = "mysqlsh";
	if (!read_mysqlsh(json, &pos, &stated))
		rc = no_sense(name, "its position makes no sense", e);
	else if (stated)
		rc = take_own(p, &pos, name, e);
	position_release(&pos);
	return rc;
}

static int take_json(struct positions *p, const struct strbuf *text,
	const char *name, struct err *e)
{
	struct json_value *json = json_read(text->buf, text->len);
	const char *dumper;
	int rc;

	if (!json)
		return no_sense(name, "is no JSON object", e);
	if (json_read_text(json, "dumper", &dumper))
		rc = take_mysqlsh(p, json, name, e);
	else
		rc = positions_from_snapshot(p, json, name, e);
	json_read_free(json);
	return rc;
}

int positions_from_document(struct positions *p, enum document kind,
	const struct strbuf *text, const char *name, struct err *e)
{
	switch (kind) {
	case DOCUMENT_SNAPSHOT:
	case DOCUMENT_MYSQLSH:
	case DOCUMENT_JSON:
		return take_json(p, text, name, e);
	case DOCUMENT_BINLOG_INFO:
		p->format = "binlog-info";
		return take_binlog_info(p, text, name, e);
	case DOCUMENT_SLAVE_INFO:
		if (!p->has_own)
			p->format = "slave-info";
		return take_slave_info(p, text, name, e);
	case DOCUMENT_MYDUMPER:
		p->format = "mydumper";
		return positions_from_mydumper(p, text, name, e);
	case DOCUMENT_UNFINISHED:
		return no_sense(name, "mydumper has not finished this dump", e);
	case DOCUMENT_CHECKPOINTS:
	case DOCUMENT_MYSQLSH_END:
	case DOCUMENT_NONE:
		break;
	}
	return 0;
}
