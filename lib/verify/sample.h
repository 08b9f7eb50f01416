/* sample.h: a part of what is large, picked by chance, yet the same part each
 * time for the same seed.
 */
#ifndef DBPIPES_VERIFY_SAMPLE_H
#define DBPIPES_VERIFY_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

struct sample {
	uint64_t percent; /* of the pieces; 100: all */
	uint64_t seed;
};

/* sample_takes: whether piece number i of the thing of this name is one. */
bool sample_takes(const struct sample *sample, const char *name, uint64_t i);

#endif
