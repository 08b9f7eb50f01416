/* pair_tell.c: what is said of a table that differs. */
#include <inttypes.h>
#include <unistd.h>

#include "verify/against_internal.h"

enum { KEYS_NAMED = 5 }; /* of a kind */

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
	if (p->differing && pair_tell_definition(a, p, p->differing, e))
		return -1;
	return p->suspect ? tell_rows(a, p, e) : 0;
}
