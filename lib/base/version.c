/* version.c: see version.h. */
#include "base/version.h"

#include <stdio.h>
#include <string.h>

unsigned version_number(const char *text)
{
	unsigned major = 0, minor = 0, patch = 0;

	if (!strncmp(text, "5.5.5-", 6) && strstr(text, "MariaDB"))
		text += 6;
	sscanf(text, "%3u.%3u.%3u", &major, &minor, &patch);
	return major * 10000 + minor * 100 + patch;
}

void version_add(struct strbuf *out, const char *vendor, unsigned version)
{
	strbuf_addstr(out, vendor);
	if (version)
		strbuf_addf(
			out, " %u.%u", version / 10000, version / 100 % 100);
	if (version % 100)
		strbuf_addf(out, ".%u", version % 100);
}
