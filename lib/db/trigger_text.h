/* trigger_text.h: the text of a trigger as SHOW CREATE gives it, with its table
 * and database called as the catalogue calls them. A server that folds names
 * (lower_case_table_names) keeps the text as somebody typed it: ON Item, where
 * the table is item; to one that does not fold them there is no such table.
 */
#ifndef DBPIPES_DB_TRIGGER_TEXT_H
#define DBPIPES_DB_TRIGGER_TEXT_H

#include "base/strbuf.h"
#include "db/program_text.h"

/* trigger_text_write: append it. Only the head is looked at, and only names
 * that differ in the case of their letters, of ASCII, are changed: the body may
 * mean anything. */
void trigger_text_write(const struct program_text *text, const char *db,
	const char *table, struct strbuf *out);

#endif
