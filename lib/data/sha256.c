/* sha256.c: see sha256.h. */
#include "data/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

bool hex_parse(const char *text, unsigned char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 2 * size; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return false;
		out[i / 2] =
			(unsigned char)(out[i / 2] << 4 | (digit - digits));
	}
	return !text[2 * size];
}

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = xcalloc(1, sizeof(*s));

	s->ctx = EVP_MD_CTX_new();
	/* These fail only for want of memory. */
	if (!s->ctx || !EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL))
		abort();
	return s;
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	EVP_DigestUpdate(s->ctx, data, len);
}

void sha256_end(struct sha256 *s, unsigned char digest[SHA256_SIZE])
{
	EVP_DigestFinal_ex(s->ctx, digest, NULL);
}

void sha256_text(
	const unsigned char digest[SHA256_SIZE], char text[SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_SIZE; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	text[SHA256_TEXT - 1] = '\0';
}

bool sha256_parse(const char *text, unsigned char digest[SHA256_SIZE])
{
	return hex_parse(text, digest, SHA256_SIZE);
}
