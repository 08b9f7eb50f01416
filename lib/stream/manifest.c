/* manifest.c: see manifest.h. */
#include "stream/manifest.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/json.h"

struct manifest {
	struct sink below;
	EVP_MD_CTX *sha256;
	uint64_t bytes;
	struct json tables; /* the lines so far, one a table */
	char hex[SHA256_TEXT];
};

void row_digest_add(struct row_digest *d, const char *row, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(row, len);

	d->low += hash.low64;
	d->high += hash.high64 + (d->low < hash.low64);
}

void row_digest_text(const struct row_digest *d, char text[ROW_DIGEST_TEXT])
{
	snprintf(text, ROW_DIGEST_TEXT, "%016llx%016llx",
		(unsigned long long)d->high, (unsigned long long)d->low);
}

struct manifest *manifest_new(struct sink below)
{
	struct manifest *m = xcalloc(1, sizeof(*m));

	m->below = below;
	m->tables = (struct json)JSON_INIT;
	m->sha256 = EVP_MD_CTX_new();
	/* These fail only for want of memory. */
	if (!m->sha256 || !EVP_DigestInit_ex(m->sha256, EVP_sha256(), NULL))
		abort();
	return m;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	EVP_MD_CTX_free(m->sha256);
	json_release(&m->tables);
	free(m);
}

static int pass(void *ctx, const void *data, size_t len, struct err *e)
{
	struct manifest *m = ctx;

	EVP_DigestUpdate(m->sha256, data, len);
	m->bytes += len;
	return m->below.write(m->below.ctx, data, len, e);
}

struct sink manifest_sink(struct manifest *m)
{
	return (struct sink){pass, m};
}

void manifest_table(struct manifest *m, const char *db, const char *table,
	uint64_t rows, const struct row_digest *digest)
{
	char text[sizeof("xxh3-128:") + ROW_DIGEST_TEXT] = "xxh3-128:";

	row_digest_text(digest, text + sizeof("xxh3-128:") - 1);
	strbuf_addstr(&m->tables.out, "-- dbpipes-table ");
	m->tables.comma = false;
	json_begin_object(&m->tables, NULL);
	json_string(&m->tables, "db", db);
	json_string(&m->tables, "table", table);
	json_uint(&m->tables, "rows", rows);
	json_string(&m->tables, "digest", text);
	json_end_object(&m->tables);
	strbuf_addch(&m->tables.out, '\n');
}

int manifest_finish(struct manifest *m, bool lines, struct err *e)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct strbuf line = STRBUF_INIT;
	int rc;

	if (lines && pass(m, m->tables.out.buf, m->tables.out.len, e))
		return -1;
	EVP_DigestFinal_ex(m->sha256, digest, NULL);
	for (size_t i = 0; i < (SHA256_TEXT - 1) / 2; i++) {
		m->hex[2 * i] = digits[digest[i] >> 4];
		m->hex[2 * i + 1] = digits[digest[i] & 15];
	}
	m->hex[SHA256_TEXT - 1] = '\0';
	strbuf_addf(&line, "-- dbpipes-sha256 %s %llu\n", m->hex,
		(unsigned long long)m->bytes);
	rc = lines ? m->below.write(m->below.ctx, line.buf, line.len, e) : 0;
	m->bytes += lines ? line.len : 0;
	strbuf_release(&line);
	return rc;
}

uint64_t manifest_bytes(const struct manifest *m)
{
	return m->bytes;
}

const char *manifest_sha256(const struct manifest *m)
{
	return m->hex;
}
