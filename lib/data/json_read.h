/* json_read.h: JSON from a file, whose every value may be of any type. It is
 * jansson's, under names of our own: some of jansson's are those of
 * base/json.h. A getter returns false (or NULL) where the key is missing or
 * holds something else.
 */
#ifndef DBPIPES_DATA_JSON_READ_H
#define DBPIPES_DATA_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strlist.h"

struct json_value; /* an object, or an array */

/* json_read: an object and nothing else but white space. Owns: ended by
 * json_read_free. NULL if it is none. */
struct json_value *json_read(const char *text, size_t len);
/* json_read_list: the same for an array. */
struct json_value *json_read_list(const char *text, size_t len);
void json_read_free(struct json_value *json);

bool json_read_null(const struct json_value *object, const char *key);
bool json_read_bool(
	const struct json_value *object, const char *key, bool *value);
/* json_read_uint: 0 to 2^63 - 1. */
bool json_read_uint(
	const struct json_value *object, const char *key, uint64_t *value);
/* json_read_number: also one with a fraction. */
bool json_read_number(
	const struct json_value *object, const char *key, double *value);
/* json_read_text: *value is borrowed from the object. */
bool json_read_text(
	const struct json_value *object, const char *key, const char **value);
/* json_read_text_or_null: a null is a NULL. */
bool json_read_text_or_null(
	const struct json_value *object, const char *key, const char **value);

/* json_read_shown: append a value as people read it: a text as it is, numbers,
 * true and false in JSON, nothing for a null. False for what is none of these,
 * and where the key is missing. */
bool json_read_shown(
	const struct json_value *object, const char *key, struct strbuf *out);

/* json_read_object, json_read_array, json_read_item: what they return is
 * borrowed; an item is NULL if it is no object, or there is none. */
const struct json_value *json_read_object(
	const struct json_value *object, const char *key);
const struct json_value *json_read_array(
	const struct json_value *object, const char *key);
size_t json_read_count(const struct json_value *array);
const struct json_value *json_read_item(
	const struct json_value *array, size_t i);

/* json_read_item_text: an item that is a text; NULL if it is none. */
const char *json_read_item_text(const struct json_value *array, size_t i);
/* json_read_keys: add the keys of an object to the list, in its order. */
void json_read_keys(const struct json_value *object, struct strlist *keys);

#endif
