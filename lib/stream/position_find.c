/* position_find.c: see position_find.h. */
#include "stream/position_find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stream/position_info.h"
#include "stream/tar.h"

enum {
	/* Bytes of a document: of mydumper it has some for each table. */
	DOCUMENT_MOST = 64 << 20,
	/* JSON takes ten times its size in memory when it is read. */
	JSON_MOST = 8 << 20
};

/* A place with several files, and what was found in it. */
struct place {
	struct positions *p;
	const char *name;
	char *folder; /* within a tar, of the documents; NULL: none yet */
	bool any;     /* a document that is known */
	bool mysqlsh, mysqlsh_end;
};

static size_t most_of(enum document kind)
{
	bool json = kind == DOCUMENT_SNAPSHOT || kind == DOCUMENT_JSON ||
		kind == DOCUMENT_MYSQLSH;

	return json ? JSON_MOST : DOCUMENT_MOST;
}

/* take_document: all that an input still has. */
static int take_document(struct positions *p, struct input *in,
	enum document kind, const char *name, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc = input_read_all(in, &text, most_of(kind), e);

	if (!rc)
		rc = positions_from_document(p, kind, &text, name, e);
	strbuf_release(&text);
	return rc;
}

/* note: a document that a place holds. */
static void note(struct place *place, enum document kind)
{
	place->any = true;
	place->mysqlsh |= kind == DOCUMENT_MYSQLSH;
	place->mysqlsh_end |= kind == DOCUMENT_MYSQLSH_END;
}

/* check_place: is it a backup, and finished? */
static int check_place(const struct place *place, bool first, struct err *e)
{
	if (!place->any) {
		err_set(e, ERR_DATA, "%s: holds no file that states a position",
			place->name);
		return err_hint(e,
			"known are those of mydumper, MySQL Shell, xtrabackup, "
			"mariadb-backup and dbsnap");
	}
	if (first || !place->mysqlsh || place->mysqlsh_end)
		return 0;
	err_set(e, ERR_DATA,
		"%s: holds no @.done.json: MySQL Shell has not finished this "
		"dump",
		place->name);
	return err_hint(e, "make or fetch it again");
}

/* Tars. */

/* in_same_folder: all documents of one backup stand side by side. */
static bool in_same_folder(struct place *place, const char *member)
{
	const char *slash = strrchr(member, '/');
	size_t len = slash ? (size_t)(slash - member) : 0;

	if (!place->folder)
		place->folder = xstrndup(member, len);
	return strlen(place->folder) == len &&
		!memcmp(place->folder, member, len);
}

static int read_member(struct tar *tar, const struct tar_member *member,
	size_t most, struct strbuf *text, struct err *e)
{
	ssize_t n;

	if (member->size > most)
		return err_set(e, ERR_DATA, "%s in the tar is too large",
			member->name);
	strbuf_grow(text, (size_t)member->size);
	while ((n = tar_read(tar, text->buf + text->len,
			(size_t)member->size - text->len, e)) > 0)
		strbuf_setlen(text, text->len + (size_t)n);
	return n < 0 ? -1 : 0;
}

/* take_packed: a member may be compressed by itself. */
static int take_packed(struct place *place, const struct strbuf *text,
	enum document kind, const char *name, struct err *e)
{
	struct input *in = input_packed_text(name, text->buf, text->len, e);
	int rc;

	if (!in)
		return -1;
	rc = take_document(place->p, in, kind, name, e);
	input_close(in);
	return rc;
}

static int take_member(struct place *place, struct tar *tar,
	const struct tar_member *member, enum document kind, struct err *e)
{
	struct strbuf text = STRBUF_INIT, name = STRBUF_INIT;
	int rc;

	strbuf_addf(&name, "%s: %s", place->name, member->name);
	if (!in_same_folder(place, member->name)) {
		rc = err_set(e, ERR_DATA,
			"%s: there is another backup in this tar", name.buf);
		err_hint(e, "unpack the one that is meant");
	} else {
		note(place, kind);
		rc = read_member(tar, member, most_of(kind), &text, e);
	}
	if (!rc)
		rc = take_packed(place, &text, kind, name.buf, e);
	strbuf_release(&name);
	strbuf_release(&text);
	return rc;
}

/* is_enough: need the rest of the tar not be looked at? */
static bool is_enough(struct positions *p, const struct input *in,
	enum document kind, bool first)
{
	uint64_t size;

	if (first)
		return positions_found(p);
	return kind == DOCUMENT_SNAPSHOT && !p->full &&
		!input_plain_file(in, &size);
}

static int take_members(struct place *place, struct input *in, struct tar *tar,
	bool first, struct err *e)
{
	struct tar_member member;
	int rc;

	while ((rc = tar_next(tar, &member, e)) > 0) {
		enum document kind = member.file ? document_by_name(member.name)
						 : DOCUMENT_NONE;

		positions_show_progress(place->p, in);
		if (kind == DOCUMENT_NONE)
			continue;
		if (take_member(place, tar, &member, kind, e))
			return -1;
		if (is_enough(place->p, in, kind, first))
			return 0;
	}
	return rc;
}

static int take_tar(
	struct positions *p, struct input *in, bool first, struct err *e)
{
	struct place place = {.p = p, .name = input_name(in)};
	struct tar *tar = tar_new(in);
	int rc = take_members(&place, in, tar, first, e);

	if (!rc)
		rc = check_place(&place, first, e);
	free(place.folder);
	tar_free(tar);
	return rc;
}

int positions_find_input(
	struct positions *p, struct input *in, bool first, struct err *e)
{
	enum document kind, by_name = document_by_name(input_name(in));
	const char *head;
	ssize_t len;

	if (input_head(in))
		return positions_read(p, in, first, e);
	len = input_peek(in, TAR_BLOCK, &head, e);
	if (len < 0)
		return -1;
	if (tar_begins(head, (size_t)len))
		return take_tar(p, in, first, e);
	kind = document_by_content(head, (size_t)len);
	/* What it should be, though cut off; and an upstream's position is told
	 * from an own one by the name alone. */
	if (kind == DOCUMENT_NONE)
		kind = by_name;
	if (kind == DOCUMENT_NONE)
		return positions_read(p, in, first, e);
	return take_document(p, in, kind, input_name(in), e);
}

/* Folders. */

static int take_file(struct place *place, const char *name, enum document kind,
	struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct input *in;
	int rc = -1;

	strbuf_addf(&path, "%s/%s", place->name, name);
	note(place, kind);
	in = input_open(path.buf, e);
	if (in) {
		rc = take_document(place->p, in, kind, path.buf, e);
		input_close(in);
	}
	strbuf_release(&path);
	return rc;
}

static int take_files(struct place *place, DIR *dir, bool first, struct err *e)
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		enum document kind = document_by_name(entry->d_name);

		/* What is no file could keep us waiting. */
		if (kind == DOCUMENT_NONE || entry->d_type == DT_FIFO ||
			entry->d_type == DT_SOCK || entry->d_type == DT_CHR)
			continue;
		if (take_file(place, entry->d_name, kind, e))
			return -1;
		if (first && positions_found(place->p))
			break;
	}
	return 0;
}

int positions_find_folder(
	struct positions *p, const char *path, bool first, struct err *e)
{
	struct place place = {.p = p, .name = path};
	DIR *dir = opendir(path);
	int rc;

	if (!dir)
		return err_sys(e, errno == EACCES ? ERR_DENIED : ERR_NOINPUT,
			"cannot open %s", path);
	rc = take_files(&place, dir, first, e);
	closedir(dir);
	return rc ? rc : check_place(&place, first, e);
}
