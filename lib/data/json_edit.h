/* json_edit.h: changing a JSON document of someone else and writing it again,
 * with all in it that is none of our business left as it is. What only we
 * write goes through base/json.h.
 *
 * What these return belongs to the document. Text that is not UTF-8 is kept
 * readable: each bad byte becomes U+FFFD.
 */
#ifndef DBPIPES_DATA_JSON_EDIT_H
#define DBPIPES_DATA_JSON_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "data/json_read.h"

/* json_edit_new: an empty object. json_edit_copy: of all that is in another.
 * Owns: ended by json_read_free. */
struct json_value *json_edit_new(void);
struct json_value *json_edit_copy(const struct json_value *object);

/* json_edit_object, json_edit_array: the one under this key, made anew if
 * there is none. */
struct json_value *json_edit_object(struct json_value *object, const char *key);
struct json_value *json_edit_array(struct json_value *object, const char *key);

void json_edit_text(
	struct json_value *object, const char *key, const char *value);
void json_edit_uint(struct json_value *object, const char *key, uint64_t value);
void json_edit_remove(struct json_value *object, const char *key);

void json_edit_add_text(struct json_value *array, const char *value);
struct json_value *json_edit_add_object(struct json_value *array);
/* json_edit_set_item: another text in place of item i. */
void json_edit_set_item(struct json_value *array, size_t i, const char *value);

/* json_edit_print: append the document, keys sorted and without white space:
 * the same document is always the same bytes. */
void json_edit_print(const struct json_value *json, struct strbuf *out);

#endif
