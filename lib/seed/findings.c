/* findings.c: see findings.h. */
#include "seed/findings.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/strbuf.h"

void findings_release(struct findings *f)
{
	struct strlist *lists[] = {&f->existing, &f->folded, &f->collations,
		&f->similar, &f->charsets, &f->clauses, &f->remedies, &f->lost,
		&f->definers};

	for (size_t i = 0; i < f->tables; i++)
		free(f->table[i].name);
	free(f->table);
	strmap_release(&f->by_name);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		strlist_release(lists[i]);
	*f = (struct findings)FINDINGS_INIT;
}

struct found_table *findings_table(struct findings *f, const char *name)
{
	uint64_t *index = strmap_add(&f->by_name, name);

	if (!*index) {
		f->table = grow_array(
			f->table, f->tables, &f->tables_cap, sizeof(*f->table));
		f->table[f->tables++] =
			(struct found_table){.name = xstrdup(name)};
		*index = f->tables;
	}
	return &f->table[*index - 1];
}

/* join: the first few, and how many more there are. */
static void join(const struct strlist *list, const char *between, size_t most,
	struct strbuf *text)
{
	size_t shown = list->count < most ? list->count : most;

	for (size_t i = 0; i < shown; i++)
		strbuf_addf(text, "%s%.160s", i ? between : "", list->item[i]);
	if (shown < list->count)
		strbuf_addf(text, "%s%zu more", between, list->count - shown);
}

static int fail(const char *what, const struct strlist *list, struct err *e)
{
	struct strbuf names = STRBUF_INIT;

	join(list, ", ", 12, &names);
	err_set(e, ERR_UNAVAILABLE, "%s: %s", what, names.buf);
	strbuf_release(&names);
	return -1;
}

static int fail_collations(
	const struct findings *f, const char *before, struct err *e)
{
	struct strbuf hint = STRBUF_INIT;

	fail("the target does not know collations of the dump", &f->collations,
		e);
	for (size_t i = 0; i < f->collations.count && i < 6; i++)
		if (*f->similar.item[i])
			strbuf_addf(&hint, " --map-collation=%s=%s",
				f->collations.item[i], f->similar.item[i]);
	err_hint(e, "%swith other ones it can be loaded:%s", before,
		hint.len ? hint.buf : " --map-collation=OLD=NEW");
	strbuf_release(&hint);
	return -1;
}

int findings_error(const struct findings *f, bool early, struct err *e)
{
	const char *before = early ? "nothing was loaded; " : "";

	if (f->folded.count) {
		fail("names that are one on the target "
		     "(lower_case_table_names)",
			&f->folded, e);
		return err_hint(e,
			"%spick with --table, or load into a server with "
			"lower_case_table_names = 0",
			before);
	}
	if (f->existing.count) {
		fail("the target holds data already", &f->existing, e);
		return err_hint(e,
			"%stake another server, or another database "
			"(--into=NEW if the dump names none, else "
			"--map-database=OLD=NEW), or --replace-tables, or "
			"load over it with --force%s",
			before,
			f->nothing_begun
				? "; there is no load to go on with: one that "
				  "was begun with --resume had ended, and one "
				  "without it keeps no progress"
				: "");
	}
	if (f->collations.count)
		return fail_collations(f, before, e);
	if (f->charsets.count) {
		fail("the target does not know character sets of the dump",
			&f->charsets, e);
		return err_hint(e,
			"%smake the dump with another "
			"--default-character-set",
			before);
	}
	if (f->clauses.count) {
		fail("the target does not take what the dump asks for",
			&f->clauses, e);
		return err_hint(e, "%s%s", before, f->remedies.item[0]);
	}
	return 0;
}

void findings_warn(const struct findings *f)
{
	struct strbuf names = STRBUF_INIT;

	if (f->lost.count) {
		join(&f->lost, ", ", 12, &names);
		log_warn("the target leaves out what another server's dump "
			 "asks for: %s",
			names.buf);
	}
	if (f->definers.count) {
		strbuf_reset(&names);
		join(&f->definers, ", ", 12, &names);
		log_warn("the target lacks accounts that views or programs of "
			 "the dump run as: %s; create them, or load with "
			 "--definer=current",
			names.buf);
	}
	strbuf_release(&names);
}
