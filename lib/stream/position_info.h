/* position_info.h: positions in the documents of other backup tools: short
 * files beside the data, each with a layout of its own.
 */
#ifndef DBPIPES_STREAM_POSITION_INFO_H
#define DBPIPES_STREAM_POSITION_INFO_H

#include "stream/position.h"

enum document {
	DOCUMENT_NONE,        /* of another kind */
	DOCUMENT_SNAPSHOT,    /* dbpipes-snapshot.json of dbsnap */
	DOCUMENT_JSON,        /* that, or the next: its keys tell */
	DOCUMENT_MYSQLSH,     /* @.json of MySQL Shell */
	DOCUMENT_BINLOG_INFO, /* of mariadb-backup and xtrabackup */
	DOCUMENT_SLAVE_INFO,  /* of the same: the upstream's position */
	DOCUMENT_MYDUMPER,    /* metadata, both of its layouts */
	/* What belongs to a backup, but states no position. */
	DOCUMENT_CHECKPOINTS, /* of mariadb-backup and xtrabackup */
	DOCUMENT_MYSQLSH_END, /* @.done.json: MySQL Shell had ended well */
	DOCUMENT_UNFINISHED,  /* metadata.partial: mydumper had not */
};

/* document_by_name: the kind of a file by the last part of its path; ".gz" and
 * ".zst" behind it do not count. */
enum document document_by_name(const char *path);

/* document_by_content: by its first bytes; what is read as SQL is
 * DOCUMENT_NONE. */
enum document document_by_content(const char *head, size_t len);

/* positions_from_document: take what one states into *p, besides what is there
 * already. `text` is all of it, `name` what messages call it. Errors: ERR_DATA
 * with the offset for what is truncated or makes no sense, and for positions
 * that contradict those in *p. */
int positions_from_document(struct positions *p, enum document kind,
	const struct strbuf *text, const char *name, struct err *e);

#endif
