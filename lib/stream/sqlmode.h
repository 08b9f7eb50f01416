/* sqlmode.h: what the SETs of a stream do to the way its strings are read:
 * sql_mode and character_set_client, also by way of user variables. */
#ifndef DBPIPES_STREAM_SQLMODE_H
#define DBPIPES_STREAM_SQLMODE_H

#include <stdbool.h>
#include <stddef.h>

/* Character sets whose second bytes can be a backslash or a backtick. */
enum wide_charset {
	WIDE_NONE,
	WIDE_BIG5,
	WIDE_GBK, /* and gb18030 */
	WIDE_SJIS /* and cp932 */
};

/* Bytes of the longest name of a character set, and a NUL. Source: MariaDB
 * server, include/m_ctype.h, MY_CS_NAME_SIZE. */
enum { CHARSET_NAME = 33 };

/* A value as far as it matters here. Every value is looked at as a mode and
 * as a name of a character set; what it is assigned to decides. */
struct mode_value {
	bool no_backslash_escapes;
	bool ansi_quotes;
	bool combined; /* by way of ANSI, ORACLE and their like */
	enum wide_charset wide;
	char charset[CHARSET_NAME]; /* "" where it cannot be one */
};

enum { MODE_VARS = 32, MODE_VAR_NAME = 65 };

struct mode_var {
	char name[MODE_VAR_NAME]; /* "" for a free place */
	struct mode_value value;
};

struct sql_modes {
	struct mode_value now;
	struct mode_var vars[MODE_VARS]; /* the latest ones */
	unsigned next_var;               /* the place to use next */
};

/* sql_modes_track: take in a statement; those that set nothing of interest
 * change nothing. */
void sql_modes_track(struct sql_modes *modes, const char *sql, size_t len);

/* wide_char_length: bytes of the character at p: 1, or 2 or 4 where p leads
 * a wide one; may be more than there are. */
size_t wide_char_length(enum wide_charset wide, const char *p, size_t avail);

#endif
