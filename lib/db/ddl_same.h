/* ddl_same.h: whether two servers of other versions mean the same by a line of
 * SHOW CREATE TABLE that they write in other words.
 */
#ifndef DBPIPES_DB_DDL_SAME_H
#define DBPIPES_DB_DDL_SAME_H

#include <stdbool.h>
#include <stddef.h>

/* ddl_same_line: without what one server writes and another does not: display
 * widths of integers, DEFAULT NULL, character sets and collations, comments for
 * versions, parentheses and character sets of expressions, quotes around names
 * and numbers, the case of words; and JSON as MariaDB keeps it. Sources: MySQL
 * 8.0 manual, "Numeric Type Attributes"; MariaDB manual, "SHOW CREATE TABLE",
 * "JSON Data Type". */
bool ddl_same_line(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
