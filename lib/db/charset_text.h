/* charset_text.h: the character sets and collations in a table's definition,
 * stated in one way, so that definitions of servers of different versions can
 * be compared. Older ones leave out a collation that is the default one of its
 * character set, which newer ones always state, and call utf8 what has become
 * utf8mb3. Source: MariaDB, MDEV-29446 and MDEV-8334.
 */
#ifndef DBPIPES_DB_CHARSET_TEXT_H
#define DBPIPES_DB_CHARSET_TEXT_H

#include "base/err.h"
#include "base/strlist.h"
#include "db/conn.h"

/* A server's character sets, each with the collation that is meant where none
 * is stated, at the same place. */
struct charsets {
	struct strlist name, collation;
};

/* charsets_read: ask it. Owns: ended by charsets_release. */
int charsets_read(struct charsets *charsets, struct db *db, struct err *e);
void charsets_release(struct charsets *charsets);

/* charset_text: this definition, as that server's SHOW CREATE TABLE gives it,
 * with both stated for the table, and for each column that has others. Owns:
 * the caller frees it. */
char *charset_text(const struct charsets *charsets, const char *create);

#endif
