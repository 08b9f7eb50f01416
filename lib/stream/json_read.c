/* json_read.c: see json_read.h. */
#include "stream/json_read.h"

json_t *json_read_object(const char *text, size_t len)
{
	json_error_t ignored;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &ignored);

	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

bool json_read_uint(const json_t *object, const char *key, uint64_t *value)
{
	const json_t *json = json_object_get(object, key);

	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return false;
	*value = (uint64_t)json_integer_value(json);
	return true;
}

bool json_read_bool(const json_t *object, const char *key, bool *value)
{
	const json_t *json = json_object_get(object, key);

	*value = json_is_true(json);
	return json_is_boolean(json);
}

bool json_read_text(const json_t *object, const char *key, const char **value)
{
	*value = json_string_value(json_object_get(object, key));
	return *value;
}

bool json_read_text_or_null(
	const json_t *object, const char *key, const char **value)
{
	return json_read_text(object, key, value) ||
		json_is_null(json_object_get(object, key));
}
