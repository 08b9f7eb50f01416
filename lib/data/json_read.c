/* json_read.c: see json_read.h. With json_edit.c the only file that
 * knows jansson. */
#include "data/json_read.h"

#include <jansson.h>

static const json_t *inside(const struct json_value *json)
{
	return (const json_t *)(const void *)json;
}

static const struct json_value *outside(const json_t *json)
{
	return (const struct json_value *)(const void *)json;
}

static const json_t *member(const struct json_value *object, const char *key)
{
	return json_object_get(inside(object), key);
}

static json_t *load(const char *text, size_t len)
{
	json_error_t ignored;

	return json_loadb(text, len, JSON_REJECT_DUPLICATES, &ignored);
}

struct json_value *json_read(const char *text, size_t len)
{
	json_t *json = load(text, len);

	if (json_is_object(json))
		return (struct json_value *)(void *)json;
	json_decref(json);
	return NULL;
}

struct json_value *json_read_list(const char *text, size_t len)
{
	json_t *json = load(text, len);

	if (json_is_array(json))
		return (struct json_value *)(void *)json;
	json_decref(json);
	return NULL;
}

void json_read_free(struct json_value *json)
{
	json_decref((json_t *)(void *)json);
}

bool json_read_null(const struct json_value *object, const char *key)
{
	return json_is_null(member(object, key));
}

bool json_read_bool(
	const struct json_value *object, const char *key, bool *value)
{
	const json_t *json = member(object, key);

	*value = json_is_true(json);
	return json_is_boolean(json);
}

bool json_read_uint(
	const struct json_value *object, const char *key, uint64_t *value)
{
	const json_t *json = member(object, key);

	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return false;
	*value = (uint64_t)json_integer_value(json);
	return true;
}

bool json_read_number(
	const struct json_value *object, const char *key, double *value)
{
	const json_t *json = member(object, key);

	*value = json_number_value(json);
	return json_is_number(json);
}

bool json_read_text(
	const struct json_value *object, const char *key, const char **value)
{
	*value = json_string_value(member(object, key));
	return *value;
}

bool json_read_text_or_null(
	const struct json_value *object, const char *key, const char **value)
{
	return json_read_text(object, key, value) ||
		json_read_null(object, key);
}

bool json_read_shown(
	const struct json_value *object, const char *key, struct strbuf *out)
{
	const json_t *json = member(object, key);

	if (json_is_string(json))
		strbuf_addstr(out, json_string_value(json));
	else if (json_is_integer(json))
		strbuf_addf(
			out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	else if (json_is_real(json))
		strbuf_addf(out, "%.3f", json_real_value(json));
	else if (json_is_boolean(json))
		strbuf_addstr(out, json_is_true(json) ? "true" : "false");
	else
		return json_is_null(json);
	return true;
}

const struct json_value *json_read_object(
	const struct json_value *object, const char *key)
{
	const json_t *json = member(object, key);

	return json_is_object(json) ? outside(json) : NULL;
}

const struct json_value *json_read_array(
	const struct json_value *object, const char *key)
{
	const json_t *json = member(object, key);

	return json_is_array(json) ? outside(json) : NULL;
}

size_t json_read_count(const struct json_value *array)
{
	return json_array_size(inside(array));
}

const struct json_value *json_read_item(
	const struct json_value *array, size_t i)
{
	const json_t *json = json_array_get(inside(array), i);

	return json_is_object(json) ? outside(json) : NULL;
}

const char *json_read_item_text(const struct json_value *array, size_t i)
{
	return json_string_value(json_array_get(inside(array), i));
}

void json_read_keys(const struct json_value *object, struct strlist *keys)
{
	/* jansson iterates over objects that are not const only. */
	json_t *json = (json_t *)(uintptr_t)object;

	for (void *at = json_object_iter(json); at;
		at = json_object_iter_next(json, at))
		strlist_add(keys, json_object_iter_key(at));
}
