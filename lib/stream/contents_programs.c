/* contents_programs.c: see contents_programs.h. */
#include "stream/contents_programs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

void programs_release(struct programs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->item[i].db);
		free(p->item[i].table);
	}
	free(p->item);
	strmap_release(&p->by_name);
}

static uint64_t *count_of(
	struct contents_objects *count, enum statement_kind kind)
{
	return kind == STATEMENT_TRIGGER    ? &count->triggers
		: kind == STATEMENT_ROUTINE ? &count->routines
					    : &count->events;
}

/* add_name: names of routines and events are the same in any case, on every
 * server; of other letters than ASCII ones that is not seen. */
static void add_name(struct strbuf *key, const struct statement *st)
{
	const size_t from = key->len;

	strbuf_addstr(key, st->program.buf);
	for (size_t i = from; st->kind != STATEMENT_TRIGGER && i < key->len;
		i++)
		if (key->buf[i] >= 'A' && key->buf[i] <= 'Z')
			key->buf[i] = (char)(key->buf[i] - 'A' + 'a');
}

/* key_of: Owns: the caller frees. */
static char *key_of(const struct statement *st, const char *db)
{
	struct strbuf key = STRBUF_INIT;

	strbuf_addf(&key, "%d %s %zu %s.", st->kind,
		st->routine ? st->routine : "", strlen(db), db);
	add_name(&key, st);
	return strbuf_detach(&key);
}

static struct program *add(
	struct programs *p, const struct statement *st, const char *db)
{
	char *key = key_of(st, db);
	const uint64_t *known = strmap_find(&p->by_name, key);
	struct program *program;

	if (known) {
		program = &p->item[*known];
	} else {
		p->item = grow_array(
			p->item, p->count, &p->cap, sizeof(*p->item));
		*strmap_add(&p->by_name, key) = p->count;
		program = &p->item[p->count++];
		*program =
			(struct program){.kind = st->kind, .db = xstrdup(db)};
	}
	free(key);
	return program;
}

void programs_make(struct programs *p, const struct statement *st,
	const char *db, bool counts)
{
	struct program *program;

	if (!st->program.len) {
		*count_of(&p->unnamed, st->kind) += counts;
		return;
	}
	program = add(p, st, db);
	/* What is there already stays as it is: it is replaced, IF NOT EXISTS
	 * passes it, or the load fails. */
	program->there = counts || (program->there && st->if_exists);
	free(program->table);
	program->table = xstrdup(st->table.buf);
}

void programs_drop(
	struct programs *p, const struct statement *st, const char *db)
{
	char *key = key_of(st, db);
	const uint64_t *known = strmap_find(&p->by_name, key);

	if (known)
		p->item[*known].there = false;
	free(key);
}

void programs_drop_of(struct programs *p, const char *db, const char *table)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->item[i].db, db) &&
			(!table || !strcmp(p->item[i].table, table)))
			p->item[i].there = false;
}

void programs_move(
	struct programs *p, const char *db, const char *from, const char *to)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->item[i].db, db) != 0 ||
			strcmp(p->item[i].table, from) != 0)
			continue;
		free(p->item[i].table);
		p->item[i].table = xstrdup(to);
	}
}

void programs_count(const struct programs *p, struct contents_objects *count)
{
	count->triggers += p->unnamed.triggers;
	count->routines += p->unnamed.routines;
	count->events += p->unnamed.events;
	for (size_t i = 0; i < p->count; i++)
		*count_of(count, p->item[i].kind) += p->item[i].there;
}
