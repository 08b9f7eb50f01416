/* row_digest.c: see row_digest.h. */
#include "data/row_digest.h"

#include <stdio.h>

#include "data/sha256.h"

void row_digest_text(const struct row_digest *d, char text[ROW_DIGEST_TEXT])
{
	snprintf(text, ROW_DIGEST_TEXT, "%016llx%016llx",
		(unsigned long long)d->high, (unsigned long long)d->low);
}

bool row_digest_parse(const char *text, struct row_digest *d)
{
	unsigned char bytes[(ROW_DIGEST_TEXT - 1) / 2];

	*d = (struct row_digest){0};
	if (!hex_parse(text, bytes, sizeof(bytes)))
		return false;
	for (size_t i = 0; i < sizeof(d->high); i++) {
		d->high = d->high << 8 | bytes[i];
		d->low = d->low << 8 | bytes[sizeof(d->high) + i];
	}
	return true;
}
