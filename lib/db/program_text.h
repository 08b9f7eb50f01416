/* program_text.h: the text of a view, trigger, routine or event as SHOW CREATE
 * gives it, made fit for a dump. Only its head, which the server writes, is
 * looked at and changed; the body stays as it is, byte for byte.
 *
 * SHOW CREATE mixes character sets, without saying so: the bytes of the body
 * are those of the client that made it, while the definer of a trigger, all of
 * an event's head, and a routine's type and comment are UTF-8. Loaded as one
 * text in the client's character set, as mariadb-dump does it, "ü" becomes
 * "Ã¼". And a comment is written with backslash escapes also for a sql_mode in
 * which a backslash is none. Both are put right here.
 */
#ifndef DBPIPES_DB_PROGRAM_TEXT_H
#define DBPIPES_DB_PROGRAM_TEXT_H

#include "base/err.h"
#include "base/strbuf.h"
#include "db/conn.h"
#include "db/dump.h"

enum program_kind {
	PROGRAM_ROUTINE, /* functions, procedures, packages and bodies */
	PROGRAM_EVENT,
	PROGRAM_TRIGGER,
	PROGRAM_VIEW,
	PROGRAM_LIBRARY /* of MySQL: as it is, for it runs as nobody */
};

struct program_text {
	enum program_kind kind;
	const char *create;
	size_t len;           /* of it: a body may hold a NUL */
	const char *sql_mode; /* NULL of a view */
	const char *charset;  /* character_set_client of then */
};

/* program_text_write: append the text, with the definer and the state of the
 * event that the options ask for. The connection, used only to convert, gives
 * its results in no character set. Errors: ERR_DATA for a character that the
 * text's character set lacks; ERR_BUG for a head that is not understood; those
 * of db_query. */
int program_text_write(struct db *db, const struct program_text *text,
	const struct dump_options *options, struct strbuf *out, struct err *e);

#endif
