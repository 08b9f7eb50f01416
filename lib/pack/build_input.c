/* build_input.c: what is read, put into the new layer: a dump, or the tar of a
 * data directory; and the time at which the image says that it was made. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/opt.h"
#include "base/prog.h"
#include "data/json_read.h"
#include "pack/build_internal.h"
#include "pack/labels.h"
#include "stream/dump_file.h"

/* take_time: as RFC 3339 has it; a fraction is left out. Others than we write
 * the time of where they are: "...T00:30:00.5+02:00". */
static bool take_time(const char *text, int64_t *seconds)
{
	struct tm tm = {0}, zone = {0};
	const char *end;

	end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	if (!end)
		return false;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (strptime(end, "%z", &zone))
		tm.tm_sec -= (int)zone.tm_gmtoff;
	*seconds = (int64_t)timegm(&tm);
	return true;
}

/* set_created: SOURCE_DATE_EPOCH, or the time of the dump that tells of it, or
 * of what was read, or that of the base, never the clock: the same input makes
 * the same image. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH
 * specification". */
static int set_created(struct build *b, const char *time, struct err *e)
{
	static const uint64_t year_10000 =
		253402300800; /* RFC 3339: 4 digits */
	const char *given = getenv("SOURCE_DATE_EPOCH"), *base;
	int64_t *created = &b->settings->created;
	uint64_t seconds;

	if (b->about_time)
		time = b->about_time;
	if (given) {
		if (uint_parse(given, "SOURCE_DATE_EPOCH", &seconds, e))
			return -1;
		if (seconds >= year_10000) {
			err_set(e, ERR_USAGE,
				"SOURCE_DATE_EPOCH=%s is beyond the year 9999",
				given);
			return err_hint(e, "it counts seconds since 1970");
		}
		*created = (int64_t)seconds;
	} else if (!take_time(time, created) && b->base.config &&
		json_read_text(b->base.config, "created", &base)) {
		take_time(base, created);
	}
	/* Nothing in a tar is older; "no time" in Go is the year 1. */
	if (*created < 0)
		*created = 0;
	b->content.mtime = *created;
	return 0;
}

static int store_dump(
	struct build *b, const struct dump_file *dump, struct err *e)
{
	const struct tar_member m = {.path = b->path.buf,
		.type = TAR_FILE,
		.mode = 0644,
		.size = dump->size,
		.mtime = b->content.mtime};

	if (content_add(&b->content, &m, e))
		return -1;
	return layer_add_range(b->content.layer, dump->size, dump->fd,
		dump->offset, "dump", e);
}

static int add_dump(struct build *b, struct err *e)
{
	struct dump_file dump;
	int rc = dump_file_open(&dump, b->in, e);

	if (!rc && !dump.counted && !dump.positions.expects_completion)
		log_warn("nothing in %s tells whether it is complete",
			input_name(b->in));
	if (!rc)
		rc = set_created(b, dump.time, e);
	if (!rc) {
		label_dump(&b->settings->label, &dump);
		rc = store_dump(b, &dump, e);
	}
	dump_file_close(&dump);
	return rc;
}

/* read_tar: the first bytes, which were looked at, and then the rest. */
static ssize_t read_tar(void *ctx, void *buf, size_t len, struct err *e)
{
	struct build *b = ctx;
	size_t left = b->peek_len - b->peek_used;

	b->progress->bytes = layer_bytes(b->content.layer);
	progress_show(b->progress);
	if (!left)
		return input_read(b->in, buf, len, e);
	if (len > left)
		len = left;
	memcpy(buf, b->peek + b->peek_used, len);
	b->peek_used += len;
	return (ssize_t)len;
}

/* take_note: what dbsnap wrote of it. */
static int take_note(struct build *b, const char *note, struct err *e)
{
	char *time = NULL;
	int rc;

	if (!note)
		return 0;
	rc = label_snapshot(&b->settings->label, note, &time, e);
	if (!rc)
		rc = set_created(b, time, e);
	free(time);
	return rc;
}

static int add_data(struct build *b, struct err *e)
{
	const struct tar_source source = {read_tar, b, input_name(b->in)};
	struct tar_reader *tar;
	struct owner owner;
	char *note = NULL;
	int rc;

	if (set_created(b, NULL, e) ||
		content_owner(&b->content, b->owner, &owner, e))
		return -1;
	tar = tar_reader_new(&source);
	rc = content_add_data(&b->content, tar, b->path.buf, &owner, &note, e);
	tar_reader_free(tar);
	if (!rc)
		rc = take_note(b, note, e);
	free(note);
	return rc ? -1 : content_add_conf(&b->content, b->path.buf, e);
}

/* describe: by a dump that is not stored. Labels that are there already stay,
 * so this comes before all that is read. */
static int describe(struct build *b, struct err *e)
{
	struct input *in = input_open(b->about, e);
	struct dump_file dump;
	int rc;

	if (!in)
		return -1;
	rc = dump_file_check(&dump, in, e);
	if (!rc) {
		label_dump(&b->settings->label, &dump);
		b->about_time = dump.time;
		dump.time = NULL;
	}
	dump_file_close(&dump);
	input_close(in);
	return rc;
}

int build_add_input(struct build *b, struct err *e)
{
	if (b->about && describe(b, e))
		return -1;
	switch (b->kind) {
	case BUILD_DATA:
		return add_data(b, e);
	case BUILD_NONE:
		return set_created(b, NULL, e);
	default:
		return add_dump(b, e);
	}
}
