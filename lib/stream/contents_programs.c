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
	strmap_release(&p->by_table);
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
static char *key_of(
	const struct statement *st, const char *routine, const char *db)
{
	struct strbuf key = STRBUF_INIT;

	strbuf_addf(&key, "%d %s %zu %s.", st->kind, routine ? routine : "",
		strlen(db), db);
	add_name(&key, st);
	return strbuf_detach(&key);
}

/* table_key: Owns: the caller frees. */
static char *table_key(const char *db, const char *table)
{
	struct strbuf key = STRBUF_INIT;

	strbuf_addf(&key, "%zu %s.%s", strlen(db), db, table);
	return strbuf_detach(&key);
}

/* find: the one of that name, of this kind of routine; NULL: none is known. */
static struct program *find(const struct programs *p,
	const struct statement *st, const char *routine, const char *db)
{
	char *key = key_of(st, routine, db);
	const uint64_t *known = strmap_find(&p->by_name, key);

	free(key);
	return known ? &p->item[*known] : NULL;
}

static struct program *add(
	struct programs *p, const struct statement *st, const char *db)
{
	char *name = key_of(st, st->routine, db);
	char *table = table_key(db, st->table.buf);
	uint64_t *first = strmap_add(&p->by_table, table);
	struct program *program;

	p->item = grow_array(p->item, p->count, &p->cap, sizeof(*p->item));
	*strmap_add(&p->by_name, name) = p->count;
	program = &p->item[p->count++];
	*program = (struct program){.kind = st->kind,
		.db = xstrdup(db),
		.table = xstrdup(st->table.buf),
		.next = *first};
	*first = p->count;
	free(name);
	free(table);
	return program;
}

/* drop_body: a package goes with its body, also when it is replaced. */
static void drop_body(
	struct programs *p, const struct statement *st, const char *db)
{
	struct program *body;

	if (!st->routine || strcmp(st->routine, "PACKAGE") != 0)
		return;
	body = find(p, st, "PACKAGE BODY", db);
	if (body)
		body->there = false;
}

void programs_make(struct programs *p, const struct statement *st,
	const char *db, bool counts)
{
	struct program *program;

	if (!st->program.len) {
		*count_of(&p->unnamed, st->kind) += counts;
		return;
	}
	program = find(p, st, st->routine, db);
	/* What is there already stays as it is: it is replaced, IF NOT EXISTS
	 * passes it, or the load fails. */
	if (program && program->there && st->if_exists)
		return;
	drop_body(p, st, db);
	if (program && strcmp(program->table, st->table.buf) != 0) {
		program->there = false;
		program = NULL;
	}
	if (!program)
		program = add(p, st, db);
	program->there = counts;
}

void programs_drop(
	struct programs *p, const struct statement *st, const char *db)
{
	struct program *program = find(p, st, st->routine, db);

	if (program)
		program->there = false;
	drop_body(p, st, db);
}

void programs_drop_of(struct programs *p, const char *db, const char *table)
{
	char *key = table_key(db, table);
	const uint64_t *first = strmap_find(&p->by_table, key);

	for (uint64_t i = first ? *first : 0; i; i = p->item[i - 1].next)
		p->item[i - 1].there = false;
	free(key);
}

void programs_drop_all(struct programs *p, const char *db)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->item[i].db, db))
			p->item[i].there = false;
}

void programs_move(
	struct programs *p, const char *db, const char *from, const char *to)
{
	char *from_key = table_key(db, from), *to_key = table_key(db, to);
	uint64_t *first = strmap_find(&p->by_table, from_key);
	uint64_t moved = first ? *first : 0, last = 0;

	for (uint64_t i = moved; i; i = p->item[i - 1].next) {
		free(p->item[i - 1].table);
		p->item[i - 1].table = xstrdup(to);
		last = i;
	}
	if (last) {
		*first = 0;
		first = strmap_add(&p->by_table, to_key);
		p->item[last - 1].next = *first;
		*first = moved;
	}
	free(from_key);
	free(to_key);
}

void programs_count(const struct programs *p, struct contents_objects *count)
{
	count->triggers += p->unnamed.triggers;
	count->routines += p->unnamed.routines;
	count->events += p->unnamed.events;
	for (size_t i = 0; i < p->count; i++)
		*count_of(count, p->item[i].kind) += p->item[i].there;
}
