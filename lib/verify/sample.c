/* sample.c: see sample.h. */
#include "verify/sample.h"

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
