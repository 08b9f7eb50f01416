/* libFuzzer target: the positions in a tar of any bytes. Each block gets the
 * checksum that a header must have: no fuzzer would ever find it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/position_find.h"
#include "stream/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { SUM_AT = 148, SUM_SIZE = 8 };

static void set_sum(char *block)
{
	unsigned sum = 0;
	char text[SUM_SIZE + 1];

	memset(block + SUM_AT, ' ', SUM_SIZE);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(block + SUM_AT, text, SUM_SIZE - 1);
}

static void set_sums(char *blocks, size_t len)
{
	static const char zero[TAR_BLOCK];

	for (; len >= TAR_BLOCK; blocks += TAR_BLOCK, len -= TAR_BLOCK)
		if (memcmp(blocks, zero, TAR_BLOCK) != 0)
			set_sum(blocks);
}

static void find(const char *tar, size_t len, bool first)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	struct input *in = input_text("fuzz", tar, len);

	if (positions_find_input(&p, in, first, &e) && (!e.code || !e.msg[0]))
		abort();
	positions_release(&p);
	input_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *tar = malloc(len + 1);

	if (!tar)
		abort();
	memcpy(tar, data, len);
	set_sums(tar, len);
	find(tar, len, false);
	find(tar, len, true);
	free(tar);
	return 0;
}
