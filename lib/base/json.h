/* json.h: writing JSON into a strbuf, one object a line.
 *
 * Only writing: C reads JSON with jansson, scripts with jq. Commas and
 * nesting are the writer's care; keys come in the order of the calls. Text
 * that is not UTF-8 is kept readable: each bad byte becomes U+FFFD.
 * Source: RFC 8259.
 */
#ifndef DBPIPES_BASE_JSON_H
#define DBPIPES_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

struct json {
	struct strbuf out;
	bool comma; /* the next value needs one before it */
};

#define JSON_INIT                                                              \
	{                                                                      \
		STRBUF_INIT, false                                             \
	}

void json_release(struct json *j);

/* Each of these writes a value; key is NULL inside an array. */
void json_begin_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_begin_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_string(struct json *j, const char *key, const char *value);
void json_stringn(
	struct json *j, const char *key, const char *value, size_t len);
/* json_string_or_null: null for a NULL pointer. */
void json_string_or_null(struct json *j, const char *key, const char *value);
/* json_uint: a number; what can pass 2^53 goes through json_uint_string. */
void json_uint(struct json *j, const char *key, uint64_t value);
void json_uint_string(struct json *j, const char *key, uint64_t value);
/* json_seconds: a number with three decimals, from milliseconds. */
void json_seconds(struct json *j, const char *key, uint64_t milliseconds);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* json_record_begin: reset j and open a record: {"tool":..,"event":..,
 * "time":..; the tool's name is prog_name(), the time now in RFC 3339, Z. */
void json_record_begin(struct json *j, const char *event);
/* json_record_write: close the record and write it with its newline in one
 * write(2). */
int json_record_write(struct json *j, int fd, const char *name, struct err *e);

/* json_escape: append s as the inside of a JSON string, without quotes. */
void json_escape(struct strbuf *out, const char *s, size_t len);

#endif
