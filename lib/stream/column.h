/* column.h: the types of columns, as far as literals mean other things in
 * them. */
#ifndef DBPIPES_STREAM_COLUMN_H
#define DBPIPES_STREAM_COLUMN_H

#include <stddef.h>

enum column_kind {
	COLUMN_UNKNOWN,
	COLUMN_EXACT, /* integers, DECIMAL */
	COLUMN_FLOAT, /* FLOAT, DOUBLE */
	COLUMN_YEAR,
	COLUMN_BIT,
	COLUMN_TEXT,   /* CHAR, VARCHAR, TEXT, JSON */
	COLUMN_BINARY, /* BINARY, VARBINARY, BLOB, GEOMETRY and its kinds */
	COLUMN_OTHER   /* DATE, ENUM, UUID...: written as strings */
};

/* column_kind_of_type: by the name of a type as SHOW CREATE TABLE or
 * information_schema.columns.data_type has it ("int", "varchar"), any case. */
enum column_kind column_kind_of_type(const char *type, size_t len);

#endif
