/* mask.c: which SQL text is better not shown. */
#include <string.h>
#include <strings.h>

#include "db/mask.h"

static bool contains(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (!strncasecmp(text + i, word, n))
			return true;
	return false;
}

bool sql_may_hold_secret(const char *sql, size_t len)
{
	if (len > 4096)
		len = 4096;
	return contains(sql, len, "identified") ||
		contains(sql, len, "password");
}
