/* binlog_info.c: see binlog_info.h. FILE TAB POSITION [TAB GTID] NEWLINE;
 * MySQL's GTID sets go on behind commas on further lines. Source:
 * mariadb-backup 10.11, write_binlog_info in extra/mariabackup/backup_mysql.cc.
 */
#include "stream/binlog_info.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "stream/position_internal.h"

/* is_name_byte: log_bin may be "my bin", too. */
static bool is_name_byte(char c)
{
	return (unsigned char)c >= ' ' && c != 0x7f;
}

/* A file's name, a tab, a number, and a tab or the end of the line. */
bool binlog_info_begins(const char *head, size_t len)
{
	const char *p = head, *end = head + len, *from;

	while (p < end && is_name_byte(*p))
		p++;
	if (p == head || p == end || *p++ != '\t')
		return false;
	from = p;
	while (p < end && isdigit((unsigned char)*p))
		p++;
	return p > from && p < end && (*p == '\t' || *p == '\n' || *p == '\r');
}

/* read_number: of digits; *text is moved behind them. */
static bool read_number(const char **text, uint64_t *number)
{
	for (*number = 0; isdigit((unsigned char)**text); (*text)++) {
		if (*number > POSITION_NUMBER_MAX / 10)
			return false;
		*number = *number * 10 + (uint64_t)(**text - '0');
	}
	return *number;
}

bool binlog_info_read(const struct strbuf *text, struct position *pos)
{
	const char *tab = strchr(text->buf, '\t'), *p;
	uint64_t number;

	if (!text->len || strlen(text->buf) != text->len ||
		text->buf[text->len - 1] != '\n' ||
		!binlog_info_begins(text->buf, text->len) ||
		tab - text->buf > POSITION_NAME_MAX)
		return false;
	p = tab + 1;
	if (!read_number(&p, &number) ||
		!position_set_gtid(pos, p, text->len - (size_t)(p - text->buf)))
		return false;
	pos->log_pos = number;
	pos->log_file = xstrndup(text->buf, (size_t)(tab - text->buf));
	return true;
}
