/* insert_fields.c: insert_convert: literals of SQL as fields of LOAD DATA. */
#include <string.h>

#include "stream/insert.h"
#include "stream/insert_internal.h"
#include "stream/token.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void fields_grow(struct fields *f, size_t len)
{
	strbuf_setlen(f->out, (size_t)(f->to - f->out->buf));
	strbuf_grow(f->out, len);
	f->to = f->out->buf + f->out->len;
	f->room = f->out->buf + f->out->cap - 1;
}

/* copy_plain: the bytes of '...' up to the next quote or backslash, or to the
 * end of the SQL. */
static inline void copy_plain(struct fields *f)
{
#ifdef __SSE2__
	const __m128i quotes = _mm_set1_epi8('\'');
	const __m128i escapes = _mm_set1_epi8('\\');

	while (f->end - f->p >= BLOCK) {
		__m128i v =
			_mm_loadu_si128((const __m128i *)(const void *)f->p);
		unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(
			_mm_cmpeq_epi8(v, quotes), _mm_cmpeq_epi8(v, escapes)));

		need(f, ROOM);
		_mm_storeu_si128((__m128i *)(void *)f->to, v);
		if (found) {
			f->p += __builtin_ctz(found);
			f->to += __builtin_ctz(found);
			return;
		}
		f->p += BLOCK;
		f->to += BLOCK;
	}
#endif
	while (f->p < f->end && *f->p != '\'' && *f->p != '\\') {
		need(f, ROOM);
		*f->to++ = *f->p++;
	}
}

/* put_escape: what the backslash at p does in SQL, as LOAD DATA is to read it.
 * Returns false at the end of the SQL. */
static inline bool put_escape(struct fields *f)
{
	char c;

	f->p++;
	*f->to++ = '\\';
	if (!f->escapes) {
		*f->to++ = '\\';
		return true;
	}
	if (f->p == f->end)
		return false;
	c = *f->p++;
	if (c == '%' || c == '_') { /* SQL keeps the backslash */
		*f->to++ = '\\';
	} else if (c == 'N') { /* that is NULL, if nothing else is there */
		f->to--;
	}
	*f->to++ = c;
	return true;
}

/* put_single: the string '...' at p. A doubled quote is one to LOAD DATA,
 * too. */
static inline bool put_single(struct fields *f)
{
	f->p++;
	for (;;) {
		copy_plain(f);
		if (f->p == f->end)
			return false;
		need(f, ROOM);
		if (*f->p == '\\') {
			if (!put_escape(f))
				return false;
			continue;
		}
		f->p++;
		if (f->p == f->end || *f->p != '\'')
			return true;
		f->p++;
		*f->to++ = '\'';
		*f->to++ = '\'';
	}
}

/* put_double: the string "..." at p, which dumps do not write. */
static bool put_double(struct fields *f)
{
	for (f->p++; f->p < f->end;) {
		need(f, ROOM);
		if (*f->p == '\\') {
			if (!put_escape(f))
				return false;
			continue;
		}
		if (*f->p == '"') {
			f->p++;
			if (f->p == f->end || *f->p != '"')
				return true;
		}
		if (*f->p == '\'')
			*f->to++ = '\'';
		*f->to++ = *f->p++;
	}
	return false;
}

/* put_string: two strings side by side are one to SQL, but as nobody writes
 * them they are refused. */
static inline bool put_string(struct fields *f)
{
	need(f, ROOM);
	*f->to++ = '\'';
	if (*f->p == '\'' ? !put_single(f) : f->ansi_quotes || !put_double(f))
		return false;
	need(f, ROOM);
	*f->to++ = '\'';
	skip_space(f);
	return f->p < f->end && *f->p != '\'' && *f->p != '"';
}

/* What a number looks like. */
struct number {
	size_t len, digits; /* digits: in front of the point */
	bool negative, zero, point, exponent;
};

static size_t digits_at(const char *p, const char *end, bool *zero)
{
	const char *from = p;

	for (; p < end && is_digit(*p); p++)
		if (*p != '0')
			*zero = false;
	return (size_t)(p - from);
}

/* read_number: -12.34e-5, with as little of it as SQL allows. */
static bool read_number(const struct fields *f, struct number *n)
{
	const char *p = f->p, *end = f->end;
	size_t decimals = 0, power;
	bool any;

	*n = (struct number){.negative = *p == '-', .zero = true};
	p += n->negative;
	n->digits = digits_at(p, end, &n->zero);
	p += n->digits;
	if (p < end && *p == '.') {
		n->point = true;
		p++;
		decimals = digits_at(p, end, &n->zero);
		p += decimals;
	}
	if (p < end && (*p | 0x20) == 'e') {
		n->exponent = true;
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			p++;
		power = digits_at(p, end, &any);
		p += power;
		if (!power)
			return false;
	}
	n->len = (size_t)(p - f->p);
	return n->digits + decimals > 0 && n->len <= NUMBER_MAX;
}

/* fits: is the text of the number to the column what the number is to it? */
static bool fits(
	const struct fields *f, const struct number *n, enum column_kind kind)
{
	bool integer = !n->point && !n->exponent;

	if (n->negative && n->zero)
		return false; /* -0 is 0, and -0.0 is not */
	switch (kind) {
	case COLUMN_FLOAT:
		return true;
	case COLUMN_EXACT:
		return !n->exponent;
	case COLUMN_YEAR: /* 1 is another year than '1' */
		return integer && (n->digits == 4 || n->zero);
	case COLUMN_TEXT: /* 007 is '7' */
		return integer && (f->p[n->negative] != '0' || n->digits == 1);
	default:
		return false;
	}
}

#ifdef __SSE2__
/* match: a bit for each of 16 bytes. */
static inline unsigned match(__m128i v, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline unsigned match_digits(__m128i v)
{
	__m128i n = _mm_sub_epi8(v, _mm_set1_epi8('0'));

	return (unsigned)_mm_movemask_epi8(
		_mm_cmpeq_epi8(_mm_min_epu8(n, _mm_set1_epi8(9)), n));
}

/* put_short_number: what most numbers are: at most 31 digits, with one point
 * and a sign perhaps, in a column of numbers. Returns false where that has to
 * be looked at more closely. */
static inline bool put_short_number(struct fields *f, enum column_kind kind)
{
	const __m128i *from = (const __m128i *)(const void *)f->p;
	__m128i low, high;
	unsigned digits, points, zeros, run, len;

	if ((kind != COLUMN_EXACT && kind != COLUMN_FLOAT) ||
		f->end - f->p < 2 * BLOCK)
		return false;
	low = _mm_loadu_si128(from);
	high = _mm_loadu_si128(from + 1);
	digits = match_digits(low) | match_digits(high) << BLOCK;
	points = match(low, '.') | match(high, '.') << BLOCK;
	zeros = match(low, '0') | match(high, '0') << BLOCK;
	run = ~(digits | points | (*f->p == '-'));
	if (!run)
		return false;
	len = (unsigned)__builtin_ctz(run);
	run = (1u << len) - 1;
	points &= run;
	if ((points & (points - 1)) || !(digits & ~zeros & run) ||
		(f->p[len] != ',' && f->p[len] != ')'))
		return false;
	need(f, ROOM);
	_mm_storeu_si128((__m128i *)(void *)f->to, low);
	_mm_storeu_si128((__m128i *)(void *)f->to + 1, high);
	f->to += len;
	f->p += len;
	return true;
}
#endif

static inline bool put_number(struct fields *f, enum column_kind kind)
{
	struct number n;

#ifdef __SSE2__
	if (put_short_number(f, kind))
		return true;
#endif
	if (!read_number(f, &n) || !fits(f, &n, kind))
		return false;
	need(f, ROOM);
	if (kind == COLUMN_YEAR && n.zero) {
		memcpy(f->to, "0000", 4); /* '0' is 2000 */
		f->to += 4;
	} else {
		memcpy(f->to, f->p, n.len);
		f->to += n.len;
	}
	f->p += n.len;
	return true;
}

static bool take_word(struct fields *f, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(f->end - f->p) < len ||
		!bytes_equal_nocase(f->p, len, word))
		return false;
	f->p += len;
	return true;
}

static bool put_null(struct fields *f)
{
	if (!take_word(f, "NULL"))
		return false;
	need(f, ROOM);
	memcpy(f->to, "NULL", 4);
	f->to += 4;
	return true;
}

static bool is_bytes(enum column_kind kind)
{
	return kind == COLUMN_BINARY || kind == COLUMN_BIT;
}

/* put_binary: _binary '...'; bytes of a column that has a character set are
 * the server's business. */
static bool put_binary(struct fields *f, enum column_kind kind)
{
	if (!take_word(f, "_binary") || !is_bytes(kind))
		return false;
	skip_space(f);
	if (f->p == f->end)
		return false;
	if (*f->p == '\'' || *f->p == '"')
		return put_string(f);
	if (is_bare_digits(f))
		return put_bare_digits(f);
	return (*f->p | 0x20) == 'x' && put_quoted_digits(f);
}

static inline bool put_value(struct fields *f, enum column_kind kind)
{
	switch (*f->p) {
	case '\'':
	case '"':
		return put_string(f);
	case 'N':
	case 'n':
		return put_null(f);
	case '_':
		return put_binary(f, kind);
	case 'x':
	case 'X':
	case 'b':
	case 'B':
		return is_bytes(kind) && put_quoted_digits(f);
	case '0':
		if (is_bare_digits(f))
			return is_bytes(kind) && put_bare_digits(f);
		return put_number(f, kind);
	default:
		if (is_digit(*f->p) || *f->p == '-' || *f->p == '.')
			return put_number(f, kind);
		return false;
	}
}

/* at_row_end: behind a value: puts the comma or the newline. Returns 1 at the
 * row's end, 0 before another value, -1. Each value leaves room for that. */
static inline int at_row_end(struct fields *f)
{
	if (f->p < f->end && is_space(*f->p))
		skip_space(f);
	if (f->p == f->end)
		return -1;
	if (*f->p == ',') {
		f->p++;
		*f->to++ = ',';
		return 0;
	}
	if (*f->p != ')')
		return -1;
	f->p++;
	*f->to++ = '\n';
	return 1;
}

/* put_row: the row at p, p then behind its parenthesis. */
static inline bool put_row(struct fields *f, struct insert_rows *rows)
{
	enum column_kind kind = COLUMN_UNKNOWN;
	size_t i = 0;
	int ended;

	f->p++;
	do {
		if (f->p < f->end && is_space(*f->p))
			skip_space(f);
		if (f->p == f->end || (rows->columns && i == rows->columns))
			return false;
		if (rows->kinds)
			kind = rows->kinds[i];
		if (!put_value(f, kind))
			return false;
		i++;
		ended = at_row_end(f);
	} while (!ended);
	if (ended < 0)
		return false;
	if (!rows->columns)
		rows->columns = i;
	return i == rows->columns;
}

/* to_next_row: p is behind a row. */
static bool to_next_row(struct fields *f)
{
	skip_space(f);
	if (f->p == f->end)
		return true;
	if (*f->p++ != ',')
		return false;
	skip_space(f);
	return f->p < f->end && *f->p == '(';
}

int insert_convert(struct insert_rows *rows, size_t limit, struct strbuf *out)
{
	struct fields f = {
		.p = rows->pos,
		.end = rows->end,
		.out = out,
		.to = out->buf + out->len,
		.escapes = !rows->modes.no_backslash_escapes,
		.ansi_quotes = rows->modes.ansi_quotes,
	};
	size_t done = out->len;
	int rc = 0;

	fields_grow(&f, ROOM);
	while (rows->pos < rows->end && done < limit) {
		if (!put_row(&f, rows) || !to_next_row(&f)) {
			rc = -1;
			break;
		}
		done = (size_t)(f.to - out->buf);
		rows->pos = f.p;
		rows->count++;
	}
	strbuf_setlen(out, done);
	return rc ? rc : rows->pos < rows->end;
}
