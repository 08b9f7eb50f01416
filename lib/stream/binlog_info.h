/* binlog_info.h: the line in which mariadb-backup and xtrabackup state the
 * position of a backup, in a file of its own.
 */
#ifndef DBPIPES_STREAM_BINLOG_INFO_H
#define DBPIPES_STREAM_BINLOG_INFO_H

#include "stream/position.h"

/* binlog_info_begins: whether bytes can be the first ones of such a file. */
bool binlog_info_begins(const char *head, size_t len);

/* binlog_info_read: all of it. False, with *pos as it was, if that is no such
 * line. Owns: the caller frees log_file and gtid. */
bool binlog_info_read(const struct strbuf *text, struct position *pos);

#endif
