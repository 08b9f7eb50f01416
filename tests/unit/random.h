/* random.h: the same random numbers in each run. */
#ifndef DBPIPES_TESTS_RANDOM_H
#define DBPIPES_TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 88172645463325252;

/* Source: George Marsaglia, "Xorshift RNGs", 2003. */
static inline uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

#endif
