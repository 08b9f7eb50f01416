/* lexer.c: cutting a stream of SQL into pieces, in one pass.
 *
 * Not here: what a piece means (token.h, position.h), how bytes are found
 * fast (scan.h), how SETs change the reading (sqlmode.h).
 */
#include "stream/lexer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "stream/scan.h"
#include "stream/sqlmode.h"
#include "stream/tar.h"
#include "stream/token.h"
#include "stream/window.h"

enum {
	/* Of each piece, for our own look at SETs: they are not longer. */
	KEEP_LEAST = 64 * 1024,
	DELIMITER_SIZE = 16 /* the stock client's, with a NUL */
};

struct lexer {
	struct window w;
	size_t keep;  /* what the caller wants; 0: everything */
	bool lenient; /* a last statement needs no delimiter */

	uint64_t open_offset;  /* of the string or comment we are in */
	const char *open_what; /* its kind, NULL: in none */
	/* Behind the latest thing that is no blank, and behind the latest two
	 * bytes that were taken together. */
	uint64_t seen_offset, taken_offset;
	/* A version comment that is open; it counts in its line alone. */
	bool in_version;
	uint64_t version_offset;

	char delimiter[DELIMITER_SIZE];
	size_t delimiter_len;
	struct sql_modes modes;
};

struct lexer *lexer_new(struct input *in, size_t keep)
{
	struct lexer *lx = xcalloc(1, sizeof(*lx));

	lx->keep = keep;
	window_init(&lx->w, in,
		!keep                       ? 0
			: keep < KEEP_LEAST ? KEEP_LEAST
					    : keep);
	lx->delimiter[0] = ';';
	lx->delimiter_len = 1;
	return lx;
}

void lexer_free(struct lexer *lx)
{
	if (!lx)
		return;
	window_release(&lx->w);
	free(lx);
}

void lexer_lenient(struct lexer *lx)
{
	lx->lenient = true;
}

struct lexer_modes lexer_modes(const struct lexer *lx)
{
	const struct mode_value *now = &lx->modes.now;
	struct lexer_modes modes = {
		.no_backslash_escapes = now->no_backslash_escapes,
		.ansi_quotes = now->ansi_quotes,
		.wide_charset = now->wide != WIDE_NONE,
	};

	memcpy(modes.charset, now->charset, sizeof(modes.charset));
	return modes;
}

uint64_t lexer_offset(const struct lexer *lx)
{
	return window_offset(&lx->w);
}

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

/* at_delimiter: bytes of what ends a statement at pos; 0: nothing does. So do
 * the client's commands \g and \G, and to a server they are none of SQL. */
static size_t at_delimiter(const struct lexer *lx)
{
	if (window_at(&lx->w, lx->delimiter, lx->delimiter_len))
		return lx->delimiter_len;
	return window_at(&lx->w, "\\g", 2) || window_at(&lx->w, "\\G", 2) ? 2
									  : 0;
}

/* on_its_line: nothing but blanks stands before pos there. */
static bool on_its_line(const struct lexer *lx)
{
	return lx->seen_offset <= window_line(&lx->w);
}

/* at_line_comment: a NUL, which no dump has there, is left to be refused. */
static bool at_line_comment(const struct lexer *lx)
{
	return window_byte(&lx->w, 0) == '#' ||
		(window_at(&lx->w, "--", 2) &&
			is_space(window_byte(&lx->w, 2)));
}

static bool at_block_comment(const struct lexer *lx)
{
	return window_at(&lx->w, "/*", 2) && window_byte(&lx->w, 2) != '!' &&
		!(window_byte(&lx->w, 2) == 'M' &&
			window_byte(&lx->w, 3) == '!');
}

/* at_sandbox_line: the client's command `\-` in a comment for a version that no
 * server has: newer mariadb-dump writes one first. */
static bool at_sandbox_line(const struct lexer *lx)
{
	return window_at(&lx->w, "/*M!999999\\-", 12) ||
		window_at(&lx->w, "/*!999999\\-", 11);
}

/* Pieces. */

static void set_piece(struct lexer *lx, struct piece *piece,
	enum piece_kind kind, const char *text, size_t len)
{
	piece->kind = kind;
	piece->text = text;
	piece->len = lx->keep && len > lx->keep ? lx->keep : len;
	piece->total = lexer_offset(lx) - lx->w.piece_offset;
	piece->offset = lx->w.piece_offset;
}

static int finish_piece(
	struct lexer *lx, struct piece *piece, enum piece_kind kind)
{
	size_t len;
	const char *text = window_end(&lx->w, &len);

	set_piece(lx, piece, kind, text, len);
	return 1;
}

static int truncated(struct lexer *lx, struct err *e)
{
	if (lx->open_what)
		err_set(e, ERR_DATA,
			"%s: ends at byte %llu, inside the %s that began at "
			"byte %llu",
			input_name(lx->w.in),
			(unsigned long long)(lx->w.base + lx->w.end),
			lx->open_what, (unsigned long long)lx->open_offset);
	else
		err_set(e, ERR_DATA,
			"%s: ends at byte %llu, inside the statement that "
			"began at byte %llu",
			input_name(lx->w.in),
			(unsigned long long)(lx->w.base + lx->w.end),
			(unsigned long long)lx->w.piece_offset);
	return err_hint(e, "the dump is truncated: make or fetch it again");
}

static int not_sql(struct lexer *lx, struct err *e)
{
	const struct window *w = &lx->w;

	if (!w->base && tar_begins(w->buf, w->end)) {
		err_set(e, ERR_DATA, "%s: a tar, not SQL",
			input_name(lx->w.in));
		return err_hint(e,
			"a snapshot is no dump: it is extracted into an empty "
			"data directory, see dbsnap(1); a dump within a tar "
			"comes out of it by tar -xO");
	}
	err_set(e, ERR_DATA, "%s: not SQL: byte 0x%02x at offset %llu",
		input_name(lx->w.in), window_byte(&lx->w, 0),
		(unsigned long long)lexer_offset(lx));
	return err_hint(e,
		"expected is an SQL dump, plain or compressed by zstd or gzip");
}

/* Skipping. Each returns 1 at its goal, 0 at the end of the stream, -1. */

static int skip_to_newline(struct lexer *lx, struct err *e)
{
	struct window *w = &lx->w;
	int rc;

	do {
		const char *p = memchr(w->buf + w->pos, '\n', w->end - w->pos);

		if (p) {
			w->pos = (size_t)(p - w->buf);
			return 1;
		}
		w->pos = w->end;
		rc = window_fill(w, e);
	} while (rc > 0);
	return rc;
}

/* The client has a version comment open until its end or the end of its line,
 * and a comment does not end while it is: so a line of a dump can be commented
 * out. Those that only MariaDB knows do not count. */

static void open_version(struct lexer *lx)
{
	lx->in_version = true;
	lx->version_offset = lexer_offset(lx);
}

static bool version_is_open(const struct lexer *lx)
{
	return lx->in_version && lx->version_offset >= window_line(&lx->w);
}

/* skip_in_comment: what is at pos; returns whether it was the comment's end. */
static bool skip_in_comment(struct lexer *lx)
{
	struct window *w = &lx->w;

	if (window_at(w, "/*!", 3)) {
		open_version(lx);
	} else if (at_block_comment(lx)) {
		w->pos++; /* the star is not that of an end */
	} else if (window_at(w, "*/", 2)) {
		if (!version_is_open(lx)) {
			w->pos += 2;
			return true;
		}
		lx->in_version = false;
	}
	w->pos++;
	return false;
}

/* skip_comment: from its opening mark to behind its end. */
static int skip_comment(struct lexer *lx, struct err *e)
{
	struct window *w = &lx->w;

	lx->open_what = "comment";
	lx->open_offset = lexer_offset(lx);
	w->pos += 2;
	do {
		if (window_ahead(w, e))
			return -1;
		if (w->pos == w->end)
			return 0;
	} while (!skip_in_comment(lx));
	lx->open_what = NULL;
	return 1;
}

/* character_length: bytes of the character at pos. */
static size_t character_length(const struct lexer *lx)
{
	const struct window *w = &lx->w;

	if (lx->modes.now.wide == WIDE_NONE)
		return 1;
	return wide_char_length(
		lx->modes.now.wide, w->buf + w->pos, w->end - w->pos);
}

static const char *find_string_end(
	const struct lexer *lx, char quote, bool escapes)
{
	const char *p = lx->w.buf + lx->w.pos, *end = lx->w.buf + lx->w.end;
	char other = escapes ? '\\' : quote;

	if (lx->modes.now.wide)
		return scan_pair_wide(p, end, quote, other);
	return scan_pair(p, end, quote, other);
}

/* skip_string: from its quote to behind the closing one. A doubled quote
 * looks like one string behind another, which comes to the same. */
static int skip_string(struct lexer *lx, struct err *e)
{
	const struct mode_value *now = &lx->modes.now;
	struct window *w = &lx->w;
	char quote = w->buf[w->pos];
	bool escapes = quote != '`' && !now->no_backslash_escapes &&
		!(quote == '"' && now->ansi_quotes);
	char c;

	lx->open_what = quote == '`' ? "quoted name" : "string";
	lx->open_offset = lexer_offset(lx);
	w->pos++;
	do {
		const char *p = find_string_end(lx, quote, escapes);

		w->pos = (size_t)(p - w->buf);
		if (window_ahead(w, e))
			return -1;
		if (w->pos == w->end)
			return 0;
		c = w->buf[w->pos];
		w->pos += character_length(lx);
		if (c == '\\' && escapes) {
			if (w->pos == w->end)
				return 0;
			w->pos++;
		}
	} while (c != quote);
	lx->open_what = NULL;
	return 1;
}

/* skip_backslash: outside of quotes it makes the next byte no mark, but a
 * newline stays what it is. */
static void skip_backslash(struct lexer *lx)
{
	lx->w.pos += window_byte(&lx->w, 1) == '\n' ? 1 : 2;
	lx->taken_offset = lexer_offset(lx);
}

/* skip_delimiter: if one is at pos. */
static bool skip_delimiter(struct lexer *lx)
{
	size_t len = at_delimiter(lx);

	if (!len)
		return false;
	lx->w.pos += len;
	lx->taken_offset = lexer_offset(lx);
	return true;
}

/* note_slash: a version comment may end with the one at pos. */
static void note_slash(struct lexer *lx)
{
	if (window_before(&lx->w) == '*' && lexer_offset(lx) > lx->taken_offset)
		lx->in_version = false;
}

/* skip_special: pos is at a byte that can matter inside a statement, but not
 * at the delimiter. */
static int skip_special(struct lexer *lx, struct err *e)
{
	unsigned char c = window_byte(&lx->w, 0);

	if (window_at(&lx->w, "/*!", 3))
		open_version(lx);
	if (c == '\'' || c == '"' || c == '`')
		return skip_string(lx, e);
	if (at_line_comment(lx))
		return skip_to_newline(lx, e);
	if (at_block_comment(lx))
		return skip_comment(lx, e);
	if (c == '\0')
		return not_sql(lx, e);
	if (c == '\\')
		skip_backslash(lx);
	else
		lx->w.pos += character_length(lx);
	return 1;
}

/* skip_statement: up to its delimiter. */
static int skip_statement(struct lexer *lx, struct err *e)
{
	const struct mode_value *now = &lx->modes.now;
	const struct scan_rules rules = {
		.delimiter = lx->delimiter[0],
		.escapes = !now->no_backslash_escapes,
		.double_escapes =
			!now->no_backslash_escapes && !now->ansi_quotes,
		.wide = now->wide != WIDE_NONE,
	};
	struct window *w = &lx->w;
	int rc = 1;

	while (rc > 0) {
		const char *p = scan_statement(
			w->buf + w->pos, w->buf + w->end, &rules);

		w->pos = (size_t)(p - w->buf);
		if (window_ahead(w, e))
			return -1;
		if (w->pos == w->end)
			return 0;
		if (window_byte(w, 0) == '/')
			note_slash(lx);
		if (at_delimiter(lx))
			return 1;
		rc = skip_special(lx, e);
	}
	return rc;
}

/* at_use: the client's command: of what begins like it, its line is all. */
static bool at_use(const struct lexer *lx)
{
	const struct window *w = &lx->w;
	unsigned char behind = window_byte(w, 3);

	return w->end - w->pos > 3 &&
		bytes_equal_nocase(w->buf + w->pos, 3, "USE") &&
		(behind == ' ' || behind == '\t') && on_its_line(lx);
}

/* skip_use: up to its delimiter, or to the end of its line. */
static int skip_use(struct lexer *lx, struct err *e)
{
	int rc = 1;

	while (rc > 0) {
		if (window_ahead(&lx->w, e))
			return -1;
		if (lx->w.pos == lx->w.end)
			return 0;
		if (at_delimiter(lx) || window_byte(&lx->w, 0) == '\n')
			return 1;
		rc = skip_special(lx, e);
	}
	return rc;
}

/* Between statements. */

static int bad_delimiter(struct lexer *lx, const char *why, struct err *e)
{
	return err_set(e, ERR_DATA, "%s: DELIMITER at byte %llu %s",
		input_name(lx->w.in), (unsigned long long)lx->w.piece_offset,
		why);
}

/* set_delimiter: as the line says: to the next space, or what is quoted. */
static int set_delimiter(
	struct lexer *lx, const char *line, size_t len, struct err *e)
{
	const char *p = line, *end = line + len, *to;
	char quote = '\0';

	while (p < end && !is_space((unsigned char)*p))
		p++;
	while (p < end && is_space((unsigned char)*p))
		p++;
	if (p < end && strchr("'\"`", *p))
		quote = *p++;
	else if (end > p && end[-1] == '\r')
		end--;
	to = memchr(p, quote ? quote : ' ', (size_t)(end - p));
	if (!to && !quote)
		to = end;
	if (!to || to == p || memchr(p, '\0', (size_t)(to - p)))
		return bad_delimiter(lx, "names none", e);
	if (memchr(p, '\\', (size_t)(to - p)))
		return bad_delimiter(lx, "holds a backslash", e);
	len = (size_t)(to - p);
	lx->delimiter_len = len < DELIMITER_SIZE ? len : DELIMITER_SIZE - 1;
	memcpy(lx->delimiter, p, lx->delimiter_len);
	return 0;
}

/* take_delimiter: the client's command, alone on its line, pos at its word. */
static int take_delimiter(struct lexer *lx, struct err *e)
{
	const char *text;
	size_t len;

	window_begin(&lx->w);
	if (skip_to_newline(lx, e) < 0)
		return -1;
	text = window_end(&lx->w, &len);
	return set_delimiter(lx, text, len, e);
}

/* is_delimiter_command: by its first letters: that is all the client looks at.
 */
static bool is_delimiter_command(const char *text, size_t len)
{
	static const char word[] = "DELIMITER";
	const size_t n = sizeof(word) - 1;

	return len >= n && bytes_equal_nocase(text, n, word);
}

/* at_delimiter_command: on a line of its own. */
static bool at_delimiter_command(const struct lexer *lx)
{
	const struct window *w = &lx->w;

	return is_delimiter_command(w->buf + w->pos, w->end - w->pos) &&
		on_its_line(lx);
}

static int take_line(struct lexer *lx, struct piece *piece, struct err *e)
{
	window_begin(&lx->w);
	if (skip_to_newline(lx, e) < 0)
		return -1;
	return finish_piece(lx, piece, PIECE_LINE);
}

static int take_comment(struct lexer *lx, struct piece *piece, struct err *e)
{
	int rc;

	window_begin(&lx->w);
	rc = skip_comment(lx, e);
	if (rc < 0)
		return -1;
	if (!rc)
		return truncated(lx, e);
	return finish_piece(lx, piece, PIECE_COMMENT);
}

/* end_statement: pos is at its delimiter, at the end of its line, or at the end
 * of the stream. Behind another statement on its line, DELIMITER is one to the
 * client, too, and its argument goes on in the next line: nobody means that. */
static int end_statement(struct lexer *lx, struct piece *piece, struct err *e)
{
	size_t len;
	const char *text = window_end(&lx->w, &len);

	if (is_delimiter_command(text, len))
		return bad_delimiter(lx, "does not begin its line", e);
	set_piece(lx, piece, PIECE_STATEMENT, text, len);
	skip_delimiter(lx);
	if (len == piece->total)
		sql_modes_track(&lx->modes, text, len);
	return 1;
}

static int take_statement(struct lexer *lx, struct piece *piece, struct err *e)
{
	unsigned char c = window_byte(&lx->w, 0);
	int rc;

	if (is_control(c) || c >= 0x80)
		return not_sql(lx, e);
	window_begin(&lx->w);
	rc = at_use(lx) ? skip_use(lx, e) : skip_statement(lx, e);
	if (rc < 0)
		return -1;
	if (!rc && (lx->open_what || !lx->lenient))
		return truncated(lx, e);
	return end_statement(lx, piece, e);
}

/* skip_blanks: also the byte order mark that some editors put first. */
static int skip_blanks(struct lexer *lx, struct err *e)
{
	struct window *w = &lx->w;

	do {
		while (w->pos < w->end && is_space(window_byte(w, 0)))
			w->pos++;
		if (window_ahead(w, e))
			return -1;
		if (!lexer_offset(lx) && window_at(w, "\xEF\xBB\xBF", 3))
			w->pos += 3;
	} while (w->pos < w->end && is_space(window_byte(w, 0)));
	return 0;
}

/* take: what is at pos. Returns 1 with a piece, 0 with none, -1. */
static int take(struct lexer *lx, struct piece *piece, struct err *e)
{
	struct window *w = &lx->w;

	if (at_delimiter_command(lx))
		return take_delimiter(lx, e);
	if (skip_delimiter(lx))
		return 0;
	if (window_at(w, "\\", 1) && window_byte(w, 1) == '\n') {
		w->pos++;
		return 0;
	}
	if (at_line_comment(lx) || window_at(w, "--", 2))
		return take_line(lx, piece, e);
	if (at_block_comment(lx) || at_sandbox_line(lx))
		return take_comment(lx, piece, e);
	return take_statement(lx, piece, e);
}

int lexer_next(struct lexer *lx, struct piece *piece, struct err *e)
{
	int rc;

	do {
		if (skip_blanks(lx, e))
			return -1;
		if (lx->w.pos == lx->w.end)
			return 0;
		rc = take(lx, piece, e);
		lx->seen_offset = lexer_offset(lx);
	} while (!rc);
	return rc;
}

const char *sql_word(const char *sql, const char *end, const char *word)
{
	struct tokens in = {.pos = sql, .end = end};
	struct token t;

	token_next(&in, &t);
	return token_word(&t, word) ? in.pos : NULL;
}
