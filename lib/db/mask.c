/* mask.c: which SQL text is better not shown. */
#include "db/mask.h"

#include "base/text.h"

bool sql_may_hold_secret(const char *sql, size_t len)
{
	if (len > 4096)
		len = 4096;
	return text_contains(sql, len, "identified") ||
		text_contains(sql, len, "password");
}
