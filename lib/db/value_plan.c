/* value_plan.c: how a result column becomes SQL; see value.h. */
#include <stdio.h>
#include <string.h>

#include "db/value.h"
#include "db/value_internal.h"

/* kind_of: by the type that the server says it sends. Types that are not here
 * come with their length, whatever they are. */
static enum kind kind_of(const MYSQL_FIELD *field)
{
	switch (field->type) {
	case MYSQL_TYPE_NULL:
		return KIND_INVALID;
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_YEAR:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
		return KIND_INTEGER;
	case MYSQL_TYPE_FLOAT:
		return KIND_FLOAT;
	case MYSQL_TYPE_DOUBLE:
		return field->decimals < NOT_FIXED ? KIND_ROUNDED : KIND_DOUBLE;
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_NEWDATE:
		return KIND_DATE;
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return KIND_DATETIME;
	case MYSQL_TYPE_TIME:
		return KIND_TIME;
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		return KIND_DECIMAL;
	case MYSQL_TYPE_BIT:
		return KIND_BITS;
	default:
		return KIND_STRING;
	}
}

/* fixed_size: of the types that have one; a number of three bytes comes in
 * four. */
static unsigned char fixed_size(enum enum_field_types type)
{
	switch (type) {
	case MYSQL_TYPE_TINY:
		return 1;
	case MYSQL_TYPE_YEAR:
	case MYSQL_TYPE_SHORT:
		return 2;
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_FLOAT:
		return 4;
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_DOUBLE:
		return 8;
	default:
		return 0;
	}
}

/* string_kind: what a string becomes by its column's form. */
static enum kind string_kind(
	const MYSQL_FIELD *field, enum value_form form, bool hex, bool *binary)
{
	const unsigned charset = 63; /* MariaDB, SHOW COLLATION: binary */

	switch (form) {
	case FORM_NUMBER:
	case FORM_FLOAT:
		return KIND_DECIMAL;
	case FORM_BIT:
		return KIND_BITS;
	case FORM_TEXT:
		/* MySQL calls JSON binary, and takes none that is. */
		*binary = field->charsetnr == charset &&
			field->type != MYSQL_TYPE_JSON;
		break;
	case FORM_BINARY:
		*binary = true;
		break;
	case FORM_PLAIN:
		break;
	}
	return hex && *binary ? KIND_HEX : KIND_STRING;
}

void value_plan_make(struct value_plan *plan, const MYSQL_FIELD *field,
	enum value_form form, bool hex)
{
	enum kind kind = kind_of(field);
	bool binary = false;
	const char *before;

	if (kind == KIND_STRING)
		kind = string_kind(field, form, hex, &binary);
	before = binary ? "_binary '" : "'";
	*plan = (struct value_plan){.kind = (unsigned char)kind,
		.size = fixed_size(field->type),
		.is_signed = !(field->flags & UNSIGNED_FLAG),
		.decimals = (unsigned char)(field->decimals < NOT_FIXED
				? field->decimals
				: NOT_FIXED),
		.before_len = (unsigned char)strlen(before)};
	memcpy(plan->before, before, strlen(before));
}

void value_plan_raw(struct value_plan *plan, unsigned raw, const char *charset)
{
	int len = snprintf(
		plan->raw_before, sizeof(plan->raw_before), "_%s 0x", charset);

	plan->raw = raw;
	plan->raw_before_len = (unsigned char)len;
}
