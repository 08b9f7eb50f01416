/* json_edit.c: see json_edit.h. With json_read.c the only file that knows
 * jansson. Texts are made by json_pack, for base/json.h has a function with
 * the name of the one that is meant for it.
 */
#include "data/json_edit.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"

static json_t *inside(struct json_value *json)
{
	return (json_t *)(void *)json;
}

static const json_t *inside_const(const struct json_value *json)
{
	return (const json_t *)(const void *)json;
}

static struct json_value *outside(json_t *json)
{
	return (struct json_value *)(void *)json;
}

/* These fail only for want of memory. */
static void must(int rc)
{
	if (rc)
		abort();
}

static json_t *text(const char *value)
{
	struct strbuf clean = STRBUF_INIT;
	size_t len = strlen(value), n;
	json_t *json;

	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_length(value + i, len - i);
		if (n)
			strbuf_add(&clean, value + i, n);
		else
			strbuf_addstr(&clean, "\xef\xbf\xbd");
	}
	json = json_pack("s", clean.buf);
	strbuf_release(&clean);
	return json;
}

struct json_value *json_edit_new(void)
{
	return outside(json_object());
}

struct json_value *json_edit_copy(const struct json_value *object)
{
	return outside(json_deep_copy(inside_const(object)));
}

struct json_value *json_edit_object(struct json_value *object, const char *key)
{
	json_t *json = json_object_get(inside(object), key);

	if (!json_is_object(json)) {
		json = json_object();
		must(json_object_set_new(inside(object), key, json));
	}
	return outside(json);
}

struct json_value *json_edit_array(struct json_value *object, const char *key)
{
	json_t *json = json_object_get(inside(object), key);

	if (!json_is_array(json)) {
		json = json_array();
		must(json_object_set_new(inside(object), key, json));
	}
	return outside(json);
}

void json_edit_text(
	struct json_value *object, const char *key, const char *value)
{
	must(json_object_set_new(inside(object), key, text(value)));
}

void json_edit_uint(struct json_value *object, const char *key, uint64_t value)
{
	must(json_object_set_new(
		inside(object), key, json_integer((json_int_t)value)));
}

void json_edit_remove(struct json_value *object, const char *key)
{
	json_object_del(inside(object), key);
}

void json_edit_add_text(struct json_value *array, const char *value)
{
	must(json_array_append_new(inside(array), text(value)));
}

struct json_value *json_edit_add_object(struct json_value *array)
{
	json_t *json = json_object();

	must(json_array_append_new(inside(array), json));
	return outside(json);
}

void json_edit_set_item(struct json_value *array, size_t i, const char *value)
{
	must(json_array_set_new(inside(array), i, text(value)));
}

void json_edit_print(const struct json_value *json, struct strbuf *out)
{
	char *printed =
		json_dumps(inside_const(json), JSON_COMPACT | JSON_SORT_KEYS);

	if (!printed)
		abort();
	strbuf_addstr(out, printed);
	free(printed);
}
