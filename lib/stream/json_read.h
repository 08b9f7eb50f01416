/* json_read.h: JSON from a file, whose every value may be of any type. For
 * lib/stream alone. A getter returns false where the key is missing or holds
 * something else.
 */
#ifndef DBPIPES_STREAM_JSON_READ_H
#define DBPIPES_STREAM_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* json_read_object: an object and nothing else but white space. Owns: ended
 * by json_decref. NULL if it is none. */
json_t *json_read_object(const char *text, size_t len);

bool json_read_uint(const json_t *object, const char *key, uint64_t *value);
bool json_read_bool(const json_t *object, const char *key, bool *value);
/* json_read_text: *value is borrowed from the object. */
bool json_read_text(const json_t *object, const char *key, const char **value);
/* json_read_text_or_null: a null is a NULL. */
bool json_read_text_or_null(
	const json_t *object, const char *key, const char **value);

#endif
