/* sha256.h: the digest of bytes, by which dumps, layers and images are known.
 * libcrypto's, which uses what the processor has for it.
 */
#ifndef DBPIPES_DATA_SHA256_H
#define DBPIPES_DATA_SHA256_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SHA256_SIZE = 32, /* bytes; source: FIPS 180-4 */
	SHA256_TEXT = 65  /* hex digits and a NUL */
};

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);
/* sha256_end: the digest of what was added; nothing can be added behind it. */
void sha256_end(struct sha256 *s, unsigned char digest[SHA256_SIZE]);
void sha256_text(
	const unsigned char digest[SHA256_SIZE], char text[SHA256_TEXT]);
/* sha256_parse: the reverse, from 64 hex digits and nothing else. */
bool sha256_parse(const char *text, unsigned char digest[SHA256_SIZE]);

/* hex_parse: exactly `size` bytes of lower case digits, and nothing else. */
bool hex_parse(const char *text, unsigned char *out, size_t size);

#endif
