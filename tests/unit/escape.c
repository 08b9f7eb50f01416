/* Escaping, in blocks of bytes, against the same byte by byte. */
#include "db/escape.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "db/escape_internal.h"
#include "random.h"
#include "tap.h"

/* plain: what the manual says, without any haste. */
static size_t plain(char *to, const char *value, size_t len)
{
	static const char from[] = "\0\n\r\\'\032", behind[] = "0nr\\'Z";
	char *begin = to;

	for (size_t i = 0; i < len; i++) {
		const char *found = memchr(from, value[i], sizeof(from) - 1);

		if (found)
			*to++ = '\\';
		*to++ = found ? behind[found - from] : value[i];
	}
	return (size_t)(to - begin);
}

static size_t plain_hex(char *to, const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		snprintf(to + 2 * i, 3, "%02X", (unsigned char)value[i]);
	return 2 * len;
}

/* same: all ways into memory of just the size that is asked for. */
static bool same(const char *value, size_t len)
{
	char *got = malloc(2 * len + ESCAPE_SLACK);
	char *want = malloc(2 * len + 1);
	size_t made, wanted;
	bool equal;

	made = (size_t)(escape_put(got, value, len) - got);
	wanted = plain(want, value, len);
	equal = made == wanted && !memcmp(got, want, made);
	made = (size_t)(escape_put_blocks(got, value, len) - got);
	equal = equal && made == wanted && !memcmp(got, want, made);
	made = (size_t)(escape_put_hex(got, value, len) - got);
	wanted = plain_hex(want, value, len);
	equal = equal && made == wanted && !memcmp(got, want, made);
	free(got);
	free(want);
	return equal;
}

static void test_bytes(void)
{
	char all[256 + ESCAPE_READ], block[64 + ESCAPE_READ];
	bool equal = true;

	memset(block, '\'', sizeof(block));
	memset(all, '\'', sizeof(all));
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	ok(same(all, 256), "each byte is escaped as it must be");
	for (int i = 0; i < 256; i++)
		for (size_t at = 0; at < 64; at++) {
			memset(block, 'x', 64);
			block[at] = (char)i;
			equal &= same(block, 64);
		}
	ok(equal, "at each place of a block");
	/* Every pattern of eight bytes, at both halves of a block. */
	for (unsigned mask = 0; mask < 1 << 16; mask++) {
		for (unsigned at = 0; at < 16; at++)
			block[at] = (char)(mask >> at & 1 ? '\n' : 'a' + at);
		equal &= same(block, 16);
	}
	ok(equal, "and any number of bytes of a block");
}

/* fill: random bytes: any, mostly clean, or mostly not. */
static void fill(char *value, size_t len, int kind)
{
	for (size_t i = 0; i < len; i++) {
		uint64_t n = random_next();

		value[i] = (char)(n >> 8);
		if (kind && n % 64 != 0)
			value[i] = kind == 1 ? 'a' : '\'';
	}
}

/* test_ends: behind values, no more is read than may be. */
static void test_ends(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *end = memory + page;
	bool equal = true, inside = true;

	if (!ok(memory != MAP_FAILED && !mprotect(end, page, PROT_NONE),
		    "a page with nothing behind it"))
		return;
	end -= ESCAPE_READ;
	for (int kind = 0; kind < 3; kind++)
		for (size_t len = 0; len < 300; len++) {
			fill(memory + page - 500, 500, kind);
			equal &= same(end - len, len);
			for (size_t behind = 0; behind < 70; behind += 3)
				inside &= same(end - len - behind, len);
		}
	ok(equal, "values of all lengths are escaped up to the page's end");
	ok(inside, "and others only as far as they go");
	munmap(memory, 2 * page);
}

static void test_strbuf(void)
{
	struct strbuf sql = STRBUF_INIT;

	strbuf_addstr(&sql, "'");
	escape_string(&sql, "it's", 4);
	escape_string(&sql, "", 0);
	is_str(sql.buf, "'it\\'s", "text is appended");
	escape_hex(&sql, "\xab\x01", 2);
	is_str(sql.buf, "'it\\'sAB01", "and digits");
	strbuf_release(&sql);
}

int main(void)
{
	test_bytes();
	test_ends();
	test_strbuf();
	return done_testing();
}
