/* column.c: see column.h. */
#include "stream/column.h"

#include "stream/token.h"

/* Source: MariaDB manual, "Data Types", with the synonyms that a definition
 * written by hand may have. */
static const struct {
	const char *name;
	enum column_kind kind;
} types[] = {
	{"tinyint", COLUMN_EXACT},
	{"smallint", COLUMN_EXACT},
	{"mediumint", COLUMN_EXACT},
	{"int", COLUMN_EXACT},
	{"bigint", COLUMN_EXACT},
	{"integer", COLUMN_EXACT},
	{"decimal", COLUMN_EXACT},
	{"dec", COLUMN_EXACT},
	{"numeric", COLUMN_EXACT},
	{"fixed", COLUMN_EXACT},
	{"float", COLUMN_FLOAT},
	{"double", COLUMN_FLOAT},
	{"real", COLUMN_FLOAT},
	{"bool", COLUMN_EXACT},
	{"boolean", COLUMN_EXACT},
	{"year", COLUMN_YEAR},
	{"bit", COLUMN_BIT},
	{"char", COLUMN_TEXT},
	{"varchar", COLUMN_TEXT},
	{"tinytext", COLUMN_TEXT},
	{"text", COLUMN_TEXT},
	{"mediumtext", COLUMN_TEXT},
	{"longtext", COLUMN_TEXT},
	{"json", COLUMN_TEXT},
	{"binary", COLUMN_BINARY},
	{"varbinary", COLUMN_BINARY},
	{"tinyblob", COLUMN_BINARY},
	{"blob", COLUMN_BINARY},
	{"mediumblob", COLUMN_BINARY},
	{"longblob", COLUMN_BINARY},
	{"geometry", COLUMN_BINARY},
	{"point", COLUMN_BINARY},
	{"linestring", COLUMN_BINARY},
	{"polygon", COLUMN_BINARY},
	{"multipoint", COLUMN_BINARY},
	{"multilinestring", COLUMN_BINARY},
	{"multipolygon", COLUMN_BINARY},
	{"geometrycollection", COLUMN_BINARY},
	{"geomcollection", COLUMN_BINARY},
};

enum column_kind column_kind_of_type(const char *type, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (bytes_equal_nocase(type, len, types[i].name))
			return types[i].kind;
	return COLUMN_OTHER;
}
