/* sample.c: see sample.h. */
#include "verify/sample.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "stream/archive.h"

enum { THREADS = 1 };

#define AT(member) offsetof(struct sample, member)

/* clang-format off */
const struct opt_def sample_option_defs[] = {
	{OPT_HEADING, .help = "A part of it"},
	{OPT_UINT, 0, "sample", "PERCENT", .offset = AT(percent),
		.help = "of a compressed dump, or with --against of the ranges "
			"of large tables, only so much, picked by chance"},
	{OPT_UINT, 0, "sample-seed", "N", .offset = AT(seed),
		.help = "pick what was picked when the record said this seed"},
	{0}
};
/* clang-format on */

int sample_finish(struct sample *sample, struct err *e)
{
	uint32_t seed = 0;

	if (!sample->percent || sample->percent > 100)
		return err_set(e, ERR_USAGE, "--sample is from 1 to 100");
	if (sample->seed != UINT64_MAX)
		return 0;
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		return err_sys(e, ERR_OS, "no random number is to be had");
	sample->seed = seed;
	return 0;
}

/* mix: bits of a number spread over all of it. Source: the finalizer of
 * splitmix64, Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

bool sample_takes(const struct sample *sample, const char *name, uint64_t i)
{
	uint64_t x = mix(sample->seed + 1);

	for (; *name; name++)
		x = mix(x + (unsigned char)*name);
	return mix(x + i) % 100 < sample->percent;
}

void sample_to_json(const struct sample *sample, struct json *j)
{
	if (sample->percent == 100) {
		json_null(j, "sample");
		return;
	}
	json_begin_object(j, "sample");
	json_uint(j, "percent", sample->percent);
	json_uint_string(j, "seed", sample->seed);
	json_end_object(j);
}

struct sample_input {
	struct archive *archive;
	struct frame_range *frames;
	struct input *text;
};

static enum archive_part ends(void *ctx, const struct manifest_table *t)
{
	(void)ctx, (void)t;
	return ARCHIVE_ENDS;
}

/* pick: some frames more than those that are always taken, in their order. */
static size_t pick(struct sample_input *s, const struct sample *sample)
{
	struct frame_range *always;
	size_t all, least, next = 0, count = 0;
	const struct frame_range *frames = archive_frames(s->archive, &all);

	archive_select(s->archive, ends, NULL, &always, &least);
	s->frames = xcalloc(all + 1, sizeof(*s->frames));
	for (size_t i = 0; i < all; i++) {
		bool needed =
			next < least && frames[i].offset == always[next].offset;

		next += needed;
		if (needed || sample_takes(sample, "", i))
			s->frames[count++] = frames[i];
	}
	free(always);
	return count;
}

struct sample_input *sample_open(
	struct input *in, const struct sample *sample, struct err *e)
{
	struct sample_input *s = xcalloc(1, sizeof(*s));
	uint64_t size;

	if (!input_head(in) || !input_file(in, &size)) {
		err_set(e, ERR_USAGE,
			"--sample wants a compressed dump of dbdump in a file");
		free(s);
		return NULL;
	}
	s->archive = archive_open(in, e);
	if (s->archive) {
		size_t count = pick(s, sample);

		s->text =
			archive_input(s->archive, s->frames, count, THREADS, e);
	}
	if (s->text)
		return s;
	sample_close(s);
	return NULL;
}

void sample_close(struct sample_input *s)
{
	if (!s)
		return;
	input_close(s->text);
	archive_close(s->archive);
	free(s->frames);
	free(s);
}

struct input *sample_text(const struct sample_input *s)
{
	return s->text;
}
