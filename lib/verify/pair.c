/* pair.c: a table that both sides have: its definitions, ranges, and the rows
 * in which they differ. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "db/ddl_text.h"
#include "db/definition.h"
#include "verify/against_internal.h"

enum {
	/* Of a range: so many that a server answers in a fraction of a second,
	 * and few enough to be searched. */
	RANGE_ROWS_MOST = 50000,
	RANGE_ROWS_LEAST = 100,
	RANGE_BYTES = 64 * 1024 * 1024,
	LEAF_ROWS = 256,   /* a range this small is halved no further */
	LEAF_MOST = 4096,  /* rows of one that are looked at */
	KEYS_MOST = 100,   /* rows that are noted of a range */
	KEYS_AT_ONCE = 50, /* in one condition */
	KEYS_NAMED = 5,    /* of a kind */
	LINE_SHOWN = 120   /* bytes of a definition's line */
};

const struct table_ref *pair_ref(
	const struct snapshot *s, const struct pair *p, int side)
{
	const struct catalog *catalog = &s->catalog;

	for (size_t i = 0; i < catalog->tables; i++) {
		size_t at = (p->index[side] + i) % catalog->tables;
		const struct table_ref *ref = &catalog->table[at];

		if (!strcmp(ref->table->name, p->table) &&
			!strcmp(ref->db, p->db[side]))
			return ref;
	}
	return NULL;
}

/* drop_counter: AUTO_INCREMENT=n of a table's options is no part of what it
 * is. */
static void drop_counter(char *create)
{
	char *at, *options = NULL;

	for (at = create; (at = strstr(at, "\n) ")); at++)
		options = at;
	at = options ? strstr(options, " AUTO_INCREMENT=") : NULL;
	if (!at)
		return;
	options = at + strlen(" AUTO_INCREMENT=");
	options += strspn(options, "0123456789");
	memmove(at, options, strlen(options) + 1);
}

/* drop_folders: nor is where its files lie: DATA DIRECTORY and INDEX DIRECTORY,
 * its own and its partitions', none of which a private server heeds. */
static void drop_folders(char *create)
{
	const char *at = ddl_next(create, NULL);

	while (*at) {
		const char *next = ddl_after(at, NULL), *begin = at, *end;

		if ((!ddl_is(at, "DATA") && !ddl_is(at, "INDEX")) ||
			!ddl_is(next, "DIRECTORY")) {
			at = next;
			continue;
		}
		next = ddl_after(next, NULL);
		if (*next == '=')
			next = ddl_after(next, NULL);
		end = ddl_skip(next, NULL);
		if (at > create && at[-1] == ' ')
			begin--;
		memmove(create + (begin - create), end, strlen(end) + 1);
		at = ddl_next(begin, NULL);
	}
}

/* show: the table's definition. Owns: the caller frees it. */
static char *show(
	struct comparer *c, const struct pair *p, int side, struct err *e)
{
	struct db_result *result = NULL;
	char **row, *create;

	if (!db_use(c->db[side], p->db[side], e))
		result = definition_show(
			c->db[side], "TABLE", "-s", p->table, &row, e);
	if (!result) {
		err_prefix(e, "table `%.64s`.`%.64s`: ", p->db[side], p->table);
		return NULL;
	}
	create = charset_text(&c->all->charsets[side], row[1]);
	db_result_free(result);
	drop_counter(create);
	drop_folders(create);
	return create;
}

/* line_length: without the comma that stands between two. */
static size_t line_length(const char *line)
{
	size_t len = strcspn(line, "\n");

	return len && line[len - 1] == ',' ? len - 1 : len;
}

static int shown_length(const char *line)
{
	size_t len = line_length(line);

	return (int)(len < LINE_SHOWN ? len : LINE_SHOWN);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static int tell_definition(struct against *a, const struct pair *p,
	const char *what, struct err *e)
{
	return verdict_fault(
		a->verdict, "definition", p->db[THERE], p->table, what, e);
}

/* note_definition: the first lines that are not the same. */
static int note_definition(struct comparer *c, struct pair *p, struct err *e)
{
	const char *here = p->create[HERE], *there = p->create[THERE];
	struct strbuf what = STRBUF_INIT;
	int rc = 0;

	while (*here && line_length(here) == line_length(there) &&
		!strncmp(here, there, line_length(here))) {
		here = next_line(here);
		there = next_line(there);
	}
	here += strspn(here, " ");
	there += strspn(there, " ");
	strbuf_addf(&what, "is defined as: %.*s; on the other server as: %.*s",
		shown_length(here), here, shown_length(there), there);
	if (c->all->result->exact) {
		pthread_mutex_lock(&c->all->mutex);
		rc = tell_definition(c->all, p, what.buf, e);
		pthread_mutex_unlock(&c->all->mutex);
	} else {
		p->differing = strbuf_detach(&what);
	}
	strbuf_release(&what);
	return rc;
}

static int read_definitions(struct comparer *c, struct pair *p, struct err *e)
{
	for (int i = HERE; i <= THERE; i++) {
		p->create[i] = show(c, p, i, e);
		if (!p->create[i] ||
			columns_parse(&p->columns[i], p->create[i], e))
			return -1;
	}
	return strcmp(p->create[HERE], p->create[THERE])
		? note_definition(c, p, e)
		: 0;
}

static int release(struct comparer *c, struct err *e)
{
	for (int i = HERE; i <= THERE; i++)
		if (snapshot_release(&c->all->snapshot[i], c->db[i], e))
			return -1;
	return 0;
}

int pair_changed(struct comparer *c, const struct pair *p, struct err *e)
{
	bool changed = false;

	for (int i = HERE; i <= THERE; i++) {
		char *create = show(c, p, i, e);

		if (!create)
			return -1;
		changed = changed || strcmp(create, p->create[i]) != 0;
		free(create);
	}
	return release(c, e) ? -1 : changed;
}

/* rows_of: how many rows of this size make a range. */
static uint64_t rows_of(uint64_t bytes)
{
	const uint64_t rows = RANGE_BYTES / (bytes + 1);

	return rows > RANGE_ROWS_MOST     ? RANGE_ROWS_MOST
		: rows < RANGE_ROWS_LEAST ? RANGE_ROWS_LEAST
					  : rows;
}

/* choose_rows: of a range, by how large the server says that rows are. */
static int choose_rows(struct comparer *c, struct pair *p, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found;

	strbuf_addstr(&sql,
		"SELECT AVG_ROW_LENGTH FROM information_schema.TABLES WHERE "
		"TABLE_SCHEMA = ");
	sql_value_str(&sql, p->db[HERE]);
	strbuf_addstr(&sql, " AND TABLE_NAME = ");
	sql_value_str(&sql, p->table);
	found = db_query_value(c->db[HERE], sql.buf, &value, e);
	p->chunk_rows = rows_of(found > 0 ? strtoull(value.buf, NULL, 10) : 0);
	strbuf_release(&sql);
	strbuf_release(&value);
	return found < 0 ? -1 : 0;
}

int pair_open(struct comparer *c, struct pair *p, struct err *e)
{
	int rc = read_definitions(c, p, e);

	if (rc)
		return rc;
	for (int i = HERE; i <= THERE; i++) {
		struct range_side *side = &p->range.side[i];

		side->db = p->db[i];
		side->table = p->table;
		side->columns = &p->columns[i];
	}
	range_table_init(&p->range, c->all->way, p->clustered);
	p->open = true;
	if (!p->range.keyed || !p->rows)
		return 0;
	p->chunker =
		chunker_new(p->db[HERE], p->table, &p->columns[HERE], false);
	chunker_by_keys(p->chunker, NULL);
	return choose_rows(c, p, e);
}

void suspect_free(struct suspect *s)
{
	free(s->where);
	range_rows_release(&s->rows);
	free(s);
}

bool pair_differs(const struct pair *p)
{
	return p->suspect || p->differing;
}

void pair_forget(struct pair *p)
{
	while (p->suspect) {
		struct suspect *next = p->suspect->next;

		suspect_free(p->suspect);
		p->suspect = next;
	}
	p->different = 0;
	free(p->differing);
	p->differing = NULL;
}

void pair_release(struct pair *p)
{
	pair_forget(p);
	if (p->open)
		range_table_release(&p->range);
	chunker_free(p->chunker);
	for (int i = HERE; i <= THERE; i++) {
		columns_release(&p->columns[i]);
		free(p->create[i]);
		free(p->db[i]);
	}
	free(p->table);
}

/* read_alone: over connections that all threads share: those that have the
 * table's lock. */
static int read_alone(struct comparer *c, const struct pair *p,
	struct db *db[2], struct err *e)
{
	for (int i = HERE; i <= THERE; i++) {
		const struct snapshot *s = &c->all->snapshot[i];
		const struct table_ref *ref = pair_ref(s, p, i);

		if (!ref)
			return err_set(e, ERR_TEMP,
				"table `%.64s`.`%.64s` is gone", p->db[i],
				p->table);
		db[i] = p->locked[i] ? s->locker : snapshot_keeper(s, ref);
	}
	return 0;
}

/* What is asked of both sides. */
struct question {
	const char *where;
	struct range_sum *sum;   /* sums into these; or NULL */
	struct range_rows *rows; /* rows into these */
};

static int put(struct db *const db[2], const struct pair *p,
	const struct question *q, struct err *e)
{
	return q->sum ? range_sums(db, &p->range, q->where, q->sum, e)
		      : range_rows_read(
				db, &p->range, q->where, LEAF_MOST, q->rows, e);
}

/* ask: over our own connections, or if these are kept out, as they are where
 * DDL waits for the table, over those that are not. */
static int ask(struct comparer *c, const struct pair *p,
	const struct question *q, struct err *e)
{
	struct db *alone[2];
	int rc = 1;

	if (!p->locked[HERE] && !p->locked[THERE])
		rc = put(c->db, p, q, e);
	if (rc <= 0)
		return rc || release(c, e) ? -1 : 0;
	pthread_mutex_lock(&c->all->mutex);
	rc = read_alone(c, p, alone, e);
	if (!rc)
		rc = put(alone, p, q, e);
	pthread_mutex_unlock(&c->all->mutex);
	return rc ? -1 : 0;
}

int pair_sums(struct comparer *c, const struct pair *p, const char *where,
	struct range_sum sum[2], struct err *e)
{
	const struct question q = {.where = where, .sum = sum};

	return ask(c, p, &q, e);
}

int pair_next(struct comparer *c, struct pair *p, struct chunk_range *range,
	struct err *e)
{
	struct db *alone[2];
	int rc = chunker_next(p->chunker, c->db[HERE], p->chunk_rows, range, e);

	/* As with ask(). */
	if (rc && e->code == ERR_TEMP) {
		pthread_mutex_lock(&c->all->mutex);
		rc = read_alone(c, p, alone, e);
		if (!rc)
			rc = chunker_next(p->chunker, alone[HERE],
				p->chunk_rows, range, e);
		pthread_mutex_unlock(&c->all->mutex);
	}
	if (rc)
		err_prefix(e, "table `%.64s`.`%.64s`: ", p->db[HERE], p->table);
	return rc;
}

void pair_suspect(
	struct pair *p, const struct part *part, const struct range_sum sum[2])
{
	struct suspect *s = xcalloc(1, sizeof(*s));
	struct suspect **at = &p->suspect;

	s->where = xstrdup(part->where);
	s->number = part->number;
	s->sum[HERE] = sum[HERE];
	s->sum[THERE] = sum[THERE];
	s->rows = (struct range_rows)RANGE_ROWS_INIT;
	/* Whichever was compared first. */
	while (*at && (*at)->number < s->number)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
	p->different++;
}

static uint64_t most_rows(const struct range_sum sum[2])
{
	return sum[HERE].rows > sum[THERE].rows ? sum[HERE].rows
						: sum[THERE].rows;
}

/* ask_rows: for rows of a suspect; where there are more than are looked at, the
 * ones found are not all. */
static int ask_rows(struct comparer *c, const struct pair *p, struct suspect *s,
	const struct question *q, struct err *e)
{
	int rc = ask(c, p, q, e);

	s->all_rows = s->all_rows && !q->rows->cut;
	return rc;
}

static int search(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e);

/* search_half: sum: of the range that it was cut from. */
static int search_half(struct comparer *c, const struct pair *p,
	struct suspect *s, const char *where, const struct range_sum sum[2],
	struct err *e)
{
	struct question q = {.where = where, .rows = &s->rows};
	struct range_sum half[2];

	if (pair_sums(c, p, where, half, e))
		return -1;
	if (range_sum_same(&half[HERE], &half[THERE]))
		return 0;
	/* Rows that no condition can tell apart, or that came up meanwhile. */
	if (most_rows(half) < most_rows(sum))
		return search(c, p, s, where, half, e);
	return ask_rows(c, p, s, &q, e);
}

/* halve: by the rows of the side that has more of them. */
static int halve(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e)
{
	int side = sum[HERE].rows >= sum[THERE].rows ? HERE : THERE;
	struct chunker *chunker =
		chunker_new(p->db[side], p->table, &p->columns[side], false);
	struct chunk_range half = {.where = STRBUF_INIT};
	uint64_t rows = sum[side].rows / 2;
	int rc = 0;

	chunker_by_keys(chunker, *where ? where : NULL);
	while (!rc && !half.last) {
		rc = chunker_next(chunker, c->db[side], rows, &half, e);
		if (!rc)
			rc = search_half(c, p, s, half.where.buf, sum, e);
		/* The second one is the rest. */
		rows = UINT32_MAX;
	}
	strbuf_release(&half.where);
	chunker_free(chunker);
	return rc;
}

/* search: add the rows that differ in a range whose sums do. */
static int search(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e)
{
	struct question q = {.where = where, .rows = &s->rows};

	if (s->rows.count >= KEYS_MOST) {
		s->all_rows = false;
		return 0;
	}
	if (most_rows(sum) <= LEAF_ROWS)
		return ask_rows(c, p, s, &q, e);
	return halve(c, p, s, where, sum, e);
}

/* look_at_found: which of the rows that were found are still not the same? */
static int look_at_found(struct comparer *c, const struct pair *p,
	struct suspect *s, struct err *e)
{
	struct range_rows still = RANGE_ROWS_INIT;
	struct strbuf where = STRBUF_INIT;
	struct question q = {.rows = &still};
	/* What is a part of the key may stand for any number of rows. */
	const size_t at_once = range_whole_key(&p->range) ? KEYS_AT_ONCE : 1;
	int rc = 0;

	for (size_t i = 0; i < s->rows.count && !rc; i++) {
		strbuf_addf(&where, "%s(%s)", where.len ? " OR " : "",
			s->rows.item[i].equal);
		if ((i + 1) % at_once && i + 1 < s->rows.count)
			continue;
		q.where = where.buf;
		rc = ask_rows(c, p, s, &q, e);
		strbuf_reset(&where);
	}
	strbuf_release(&where);
	range_rows_release(&s->rows);
	s->rows = still;
	return rc;
}

int suspect_search(struct comparer *c, const struct pair *p, struct suspect *s,
	bool *differs, struct err *e)
{
	*differs = true;
	if (s->rows.count) {
		if (look_at_found(c, p, s, e))
			return -1;
		if (s->rows.count)
			return 0;
		if (s->all_rows) {
			*differs = false;
			return 0;
		}
	}
	if (pair_sums(c, p, s->where, s->sum, e))
		return -1;
	*differs = !range_sum_same(&s->sum[HERE], &s->sum[THERE]);
	if (!*differs || !p->range.keyed)
		return 0;
	s->all_rows = true;
	return search(c, p, s, s->where, s->sum, e);
}

/* The ways in which a row can differ. */
static const struct {
	const char *key, *text;
} kinds[] = {{"changed", "changed"}, {"only_here", "missing there"},
	{"only_there", "missing here"}};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static size_t kind_of(const struct range_row *row)
{
	return row->rows[HERE] && row->rows[THERE] ? 0
		: row->rows[HERE]                  ? 1
						   : 2;
}

/* record_range: what is known of one. */
static int record_range(const struct pair *p, const struct suspect *s,
	const struct against *a, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "difference");
	json_string(&j, "input", a->verdict->input);
	json_string(&j, "db", p->db[THERE]);
	json_string(&j, "table", p->table);
	json_string_or_null(&j, "where", *s->where ? s->where : NULL);
	json_uint(&j, "rows", s->sum[HERE].rows);
	json_uint(&j, "rows_there", s->sum[THERE].rows);
	for (size_t kind = 0; kind < KINDS; kind++) {
		json_begin_array(&j, kinds[kind].key);
		for (size_t i = 0; i < s->rows.count; i++)
			if (kind_of(&s->rows.item[i]) == kind)
				json_string(&j, NULL, s->rows.item[i].shown);
		json_end_array(&j);
	}
	json_bool(&j, "all", s->all_rows);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

/* add_kind: the first rows that differ in this way. */
static void add_kind(const struct suspect *s, size_t kind, struct strbuf *what)
{
	size_t found = 0;

	for (size_t i = 0; i < s->rows.count; i++) {
		const struct range_row *row = &s->rows.item[i];

		if (kind_of(row) != kind || found++ >= KEYS_NAMED)
			continue;
		if (found == 1)
			strbuf_addf(what, "; %s:", kinds[kind].text);
		strbuf_addf(what, " (%.200s)", row->shown);
	}
	if (found > KEYS_NAMED)
		strbuf_addf(what, " and %zu more", found - KEYS_NAMED);
}

/* describe: the first range that differs, in words. */
static void describe(const struct pair *p, struct strbuf *what)
{
	const struct suspect *s = p->suspect;

	if (!p->chunker)
		strbuf_addstr(what, "the rows are not the same");
	else
		strbuf_addf(what,
			"%" PRIu64 " of %" PRIu64
			" ranges of the key are not the same, first %.300s",
			p->different, p->seen,
			*s->where ? s->where : "the only one");
	if (s->sum[HERE].rows != s->sum[THERE].rows)
		strbuf_addf(what,
			", with %" PRIu64 " rows here, %" PRIu64 " there",
			s->sum[HERE].rows, s->sum[THERE].rows);
	for (size_t kind = 0; kind < KINDS; kind++)
		add_kind(s, kind, what);
}

/* tell_rows: of a table with suspects. */
static int tell_rows(struct against *a, const struct pair *p, struct err *e)
{
	struct strbuf what = STRBUF_INIT;
	unsigned named = 0;
	int rc = 0;

	for (const struct suspect *s = p->suspect; s && !rc; s = s->next)
		if (named++ < RANGES_NAMED)
			rc = record_range(p, s, a, e);
	describe(p, &what);
	if (!rc)
		rc = verdict_fault(a->verdict, "rows", p->db[THERE], p->table,
			what.buf, e);
	strbuf_release(&what);
	return rc;
}

int pair_tell(struct against *a, const struct pair *p, struct err *e)
{
	if (p->differing && tell_definition(a, p, p->differing, e))
		return -1;
	return p->suspect ? tell_rows(a, p, e) : 0;
}
