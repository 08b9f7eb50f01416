/* sample.h: a part of what is large, picked by chance, yet the same part each
 * time for the same seed: of a table's ranges, of a dump's frames.
 */
#ifndef DBPIPES_VERIFY_SAMPLE_H
#define DBPIPES_VERIFY_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/opt.h"
#include "stream/input.h"

struct sample {
	uint64_t percent; /* of the pieces; 100: all */
	uint64_t seed;
};

#define SAMPLE_ALL                                                             \
	{                                                                      \
		.percent = 100, .seed = UINT64_MAX                             \
	}

extern const struct opt_def sample_option_defs[];

/* sample_finish: after opt_parse: a seed where none was given. Errors:
 * ERR_USAGE. */
int sample_finish(struct sample *sample, struct err *e);

/* sample_takes: whether piece number i of the thing of this name is one. */
bool sample_takes(const struct sample *sample, const char *name, uint64_t i);

/* sample_to_json: an object "sample", or null where all is taken. */
void sample_to_json(const struct sample *sample, struct json *j);

/* A sample of a compressed dump: of each table its first and last frames, with
 * its definition and triggers, and some of those between; all of what is no
 * table's. */
struct sample_input;

/* sample_open: of an input that is such a file, and borrowed. Owns: ended by
 * sample_close, NULL is fine. Errors: ERR_USAGE for another input; those of
 * archive_open. */
struct sample_input *sample_open(
	struct input *in, const struct sample *sample, struct err *e);
void sample_close(struct sample_input *s);

/* sample_text: its text. Borrowed. */
struct input *sample_text(const struct sample_input *s);

#endif
