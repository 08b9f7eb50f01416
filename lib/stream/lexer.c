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
#include "stream/token.h"

enum {
	BUFFER_SIZE = 256 * 1024, /* fits the second level cache */
	READ_SIZE = 64 * 1024,    /* room below which the buffer is tidied */
	KEEP_LEAST = 4096,        /* of each piece, for our own look at SETs */
	LOOKAHEAD = 24,           /* longer than any mark or delimiter */
	DELIMITER_SIZE = 16       /* the stock client's, with a NUL */
};

struct lexer {
	struct input *in;
	size_t keep;  /* what the caller wants; 0: everything */
	size_t hold;  /* what we keep of a piece, at least */
	bool lenient; /* a last statement needs no delimiter */

	/* The window on the stream: buf[pos..end) is still to be read. */
	char *buf;
	size_t cap, pos, end;
	uint64_t base; /* offset in the stream of buf[0] */
	bool eof;      /* the stream has nothing behind end */

	/* The piece being read. What of it has left the window is in kept, as
	 * far as `hold` allows; the rest begins at buf[start]. */
	bool in_piece;
	size_t start;
	uint64_t piece_offset;
	struct strbuf kept;

	uint64_t open_offset;  /* of the string or comment we are in */
	const char *open_what; /* its kind, NULL: in none */

	char delimiter[DELIMITER_SIZE];
	size_t delimiter_len;
	struct sql_modes modes;
};

struct lexer *lexer_new(struct input *in, size_t keep)
{
	struct lexer *lx = xcalloc(1, sizeof(*lx));

	lx->in = in;
	lx->keep = keep;
	lx->hold = !keep ? SIZE_MAX : keep < KEEP_LEAST ? KEEP_LEAST : keep;
	lx->cap = BUFFER_SIZE;
	lx->buf = xmalloc(lx->cap);
	strbuf_init(&lx->kept);
	lx->delimiter[0] = ';';
	lx->delimiter_len = 1;
	return lx;
}

void lexer_free(struct lexer *lx)
{
	if (!lx)
		return;
	strbuf_release(&lx->kept);
	free(lx->buf);
	free(lx);
}

void lexer_lenient(struct lexer *lx)
{
	lx->lenient = true;
}

struct lexer_modes lexer_modes(const struct lexer *lx)
{
	const struct mode_value *now = &lx->modes.now;

	return (struct lexer_modes){
		.no_backslash_escapes = now->no_backslash_escapes,
		.ansi_quotes = now->ansi_quotes,
		.wide_charset = now->wide != WIDE_NONE,
	};
}

/* The window. */

/* save_head: buf[start..pos) is about to go: keep what must be kept of it. */
static void save_head(struct lexer *lx)
{
	size_t len = lx->pos - lx->start;
	size_t room = lx->hold - lx->kept.len;

	strbuf_add(&lx->kept, lx->buf + lx->start, len < room ? len : room);
	lx->start = lx->pos;
}

/* make_room: drop what is read, or grow if nothing can be dropped. */
static void make_room(struct lexer *lx)
{
	size_t from = lx->pos;

	if (lx->cap - lx->end >= READ_SIZE)
		return;
	if (lx->in_piece) {
		if (lx->keep)
			save_head(lx);
		from = lx->start;
	}
	if (lx->end - from > lx->cap / 2) {
		lx->cap *= 2;
		lx->buf = xreallocarray(lx->buf, lx->cap, 1);
		return;
	}
	memmove(lx->buf, lx->buf + from, lx->end - from);
	lx->base += from;
	lx->start -= lx->in_piece ? from : lx->start;
	lx->pos -= from;
	lx->end -= from;
}

/* fill: more bytes behind end. Returns 1, 0 at the end of the stream, -1. */
static int fill(struct lexer *lx, struct err *e)
{
	ssize_t n;

	if (lx->eof)
		return 0;
	make_room(lx);
	n = input_read(lx->in, lx->buf + lx->end, lx->cap - lx->end, e);
	if (n < 0)
		return -1;
	lx->end += (size_t)n;
	lx->eof = n == 0;
	return n > 0;
}

/* look_ahead: have LOOKAHEAD bytes at pos, or all there are. */
static int look_ahead(struct lexer *lx, struct err *e)
{
	int rc = 1;

	while (rc > 0 && lx->end - lx->pos < LOOKAHEAD)
		rc = fill(lx, e);
	return rc < 0 ? -1 : 0;
}

static uint64_t offset(const struct lexer *lx)
{
	return lx->base + lx->pos;
}

uint64_t lexer_offset(const struct lexer *lx)
{
	return offset(lx);
}

/* at: does the stream go on with text? After look_ahead only. */
static bool at(const struct lexer *lx, const char *text, size_t len)
{
	return lx->end - lx->pos >= len &&
		!memcmp(lx->buf + lx->pos, text, len);
}

static bool at_delimiter(const struct lexer *lx)
{
	return at(lx, lx->delimiter, lx->delimiter_len);
}

/* byte_at: the byte n behind pos, or a newline behind the end. */
static unsigned char byte_at(const struct lexer *lx, size_t n)
{
	if (lx->end - lx->pos <= n)
		return '\n';
	return (unsigned char)lx->buf[lx->pos + n];
}

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

static bool at_line_comment(const struct lexer *lx)
{
	return byte_at(lx, 0) == '#' ||
		(at(lx, "--", 2) &&
			(byte_at(lx, 2) == ' ' || is_control(byte_at(lx, 2))));
}

static bool at_block_comment(const struct lexer *lx)
{
	return at(lx, "/*", 2) && byte_at(lx, 2) != '!' &&
		!(byte_at(lx, 2) == 'M' && byte_at(lx, 3) == '!');
}

/* at_sandbox_line: a version comment that holds nothing but the client's
 * command `\-`: newer mariadb-dump writes one first. */
static bool at_sandbox_line(const struct lexer *lx)
{
	size_t n = at(lx, "/*M!", 4) ? 4 : at(lx, "/*!", 3) ? 3 : 0;

	if (!n)
		return false;
	while (byte_at(lx, n) >= '0' && byte_at(lx, n) <= '9')
		n++;
	return byte_at(lx, n) == '\\' && byte_at(lx, n + 1) == '-';
}

/* Pieces. */

static void begin_piece(struct lexer *lx)
{
	lx->in_piece = true;
	lx->start = lx->pos;
	lx->piece_offset = offset(lx);
	strbuf_reset(&lx->kept);
	strbuf_shrink(&lx->kept, BUFFER_SIZE);
}

/* end_piece: the piece ends at pos. Returns the text that is held, which may
 * be more than the caller asked for; *len gets its bytes. */
static const char *end_piece(struct lexer *lx, size_t *len)
{
	lx->in_piece = false;
	if (!lx->kept.len) {
		*len = lx->pos - lx->start;
		if (*len > lx->hold)
			*len = lx->hold;
		return lx->buf + lx->start;
	}
	save_head(lx);
	*len = lx->kept.len;
	return lx->kept.buf;
}

static void set_piece(struct lexer *lx, struct piece *piece,
	enum piece_kind kind, const char *text, size_t len)
{
	piece->kind = kind;
	piece->text = text;
	piece->len = lx->keep && len > lx->keep ? lx->keep : len;
	piece->total = offset(lx) - lx->piece_offset;
	piece->offset = lx->piece_offset;
}

static int finish_piece(
	struct lexer *lx, struct piece *piece, enum piece_kind kind)
{
	size_t len;
	const char *text = end_piece(lx, &len);

	set_piece(lx, piece, kind, text, len);
	return 1;
}

static int truncated(struct lexer *lx, struct err *e)
{
	if (lx->open_what)
		err_set(e, ERR_DATA,
			"%s: ends at byte %llu, inside the %s that began at "
			"byte %llu",
			input_name(lx->in),
			(unsigned long long)(lx->base + lx->end), lx->open_what,
			(unsigned long long)lx->open_offset);
	else
		err_set(e, ERR_DATA,
			"%s: ends at byte %llu, inside the statement that "
			"began at byte %llu",
			input_name(lx->in),
			(unsigned long long)(lx->base + lx->end),
			(unsigned long long)lx->piece_offset);
	return err_hint(e, "the dump is truncated: make or fetch it again");
}

static int not_sql(struct lexer *lx, struct err *e)
{
	err_set(e, ERR_DATA, "%s: not SQL: byte 0x%02x at offset %llu",
		input_name(lx->in), byte_at(lx, 0),
		(unsigned long long)offset(lx));
	return err_hint(e,
		"expected is an SQL dump, plain or compressed by zstd or gzip");
}

/* Skipping. Each returns 1 at its goal, 0 at the end of the stream, -1. */

static int skip_to_newline(struct lexer *lx, struct err *e)
{
	int rc;

	do {
		const char *p =
			memchr(lx->buf + lx->pos, '\n', lx->end - lx->pos);

		if (p) {
			lx->pos = (size_t)(p - lx->buf);
			return 1;
		}
		lx->pos = lx->end;
		rc = fill(lx, e);
	} while (rc > 0);
	return rc;
}

/* skip_comment: from its opening mark to behind its end. A version comment
 * within it does not end it, as long as that one ends on its own line: so the
 * client has it, for those who comment out a line of a dump. */
static int skip_comment(struct lexer *lx, struct err *e)
{
	bool nested = false;

	lx->open_what = "comment";
	lx->open_offset = offset(lx);
	for (lx->pos += 2;; lx->pos++) {
		if (lx->end - lx->pos < LOOKAHEAD && look_ahead(lx, e))
			return -1;
		if (lx->pos == lx->end)
			return 0;
		if (at(lx, "/*!", 3))
			nested = true;
		if (byte_at(lx, 0) == '\n')
			nested = false;
		if (!at(lx, "*/", 2))
			continue;
		if (!nested)
			break;
		nested = false;
	}
	lx->pos += 2;
	lx->open_what = NULL;
	return 1;
}

/* character_length: bytes of the character at pos. */
static size_t character_length(const struct lexer *lx)
{
	if (lx->modes.now.wide == WIDE_NONE)
		return 1;
	return wide_char_length(
		lx->modes.now.wide, lx->buf + lx->pos, lx->end - lx->pos);
}

static const char *find_string_end(
	const struct lexer *lx, char quote, bool escapes)
{
	const char *p = lx->buf + lx->pos, *end = lx->buf + lx->end;
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
	char quote = lx->buf[lx->pos];
	bool escapes = quote != '`' && !now->no_backslash_escapes &&
		!(quote == '"' && now->ansi_quotes);
	char c;

	lx->open_what = quote == '`' ? "quoted name" : "string";
	lx->open_offset = offset(lx);
	lx->pos++;
	do {
		const char *p = find_string_end(lx, quote, escapes);

		lx->pos = (size_t)(p - lx->buf);
		/* Four bytes are the longest character. */
		if (lx->end - lx->pos < 4 && look_ahead(lx, e))
			return -1;
		if (lx->pos == lx->end)
			return 0;
		c = lx->buf[lx->pos];
		lx->pos += character_length(lx);
		if (c == '\\' && escapes) {
			if (lx->pos == lx->end)
				return 0;
			lx->pos++;
		}
	} while (c != quote);
	lx->open_what = NULL;
	return 1;
}

/* skip_special: pos is at a byte that can matter inside a statement, but not
 * at the delimiter. */
static int skip_special(struct lexer *lx, struct err *e)
{
	unsigned char c = byte_at(lx, 0);

	if (c == '\'' || c == '"' || c == '`')
		return skip_string(lx, e);
	if (at_line_comment(lx))
		return skip_to_newline(lx, e);
	if (at_block_comment(lx))
		return skip_comment(lx, e);
	if (c == '\0')
		return not_sql(lx, e);
	if (c == '\\') { /* as in the client, the next byte is no mark */
		lx->pos++;
		if (lx->pos < lx->end)
			lx->pos++;
		return 1;
	}
	/* The star of an opened version comment must not be seen again: it
	 * and a slash behind it would look like a comment's beginning. */
	lx->pos += at(lx, "/*", 2) ? 2 : character_length(lx);
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
	int rc = 1;

	while (rc > 0) {
		const char *p = scan_statement(
			lx->buf + lx->pos, lx->buf + lx->end, &rules);

		lx->pos = (size_t)(p - lx->buf);
		if (lx->end - lx->pos < LOOKAHEAD && look_ahead(lx, e))
			return -1;
		if (lx->pos == lx->end)
			return 0;
		if (at_delimiter(lx))
			return 1;
		rc = skip_special(lx, e);
	}
	return rc;
}

/* Between statements. */

static int bad_delimiter(struct lexer *lx, const char *why, struct err *e)
{
	return err_set(e, ERR_DATA, "%s: DELIMITER at byte %llu %s",
		input_name(lx->in), (unsigned long long)lx->piece_offset, why);
}

/* take_delimiter: the client command DELIMITER, pos at its word. The argument
 * is read as the client reads it: to the next blank, quotes taken off. */
static int take_delimiter(struct lexer *lx, struct err *e)
{
	const char *p, *end, *to;
	size_t len;
	char quote;

	begin_piece(lx);
	if (skip_to_newline(lx, e) < 0)
		return -1;
	p = end_piece(lx, &len);
	end = p + len;
	for (p += strlen("DELIMITER"); p < end && is_space((unsigned char)*p);)
		p++;
	quote = p < end && strchr("'\"`", *p) ? *p : '\0';
	if (quote)
		p++;
	for (to = p; to < end; to++)
		if (quote ? *to == quote : is_space((unsigned char)*to))
			break;
	len = (size_t)(to - p);
	if (!len || memchr(p, '\0', len))
		return bad_delimiter(lx, "names none", e);
	if (memchr(p, '\\', len))
		return bad_delimiter(lx, "holds a backslash", e);
	if (len >= DELIMITER_SIZE)
		len = DELIMITER_SIZE - 1;
	memcpy(lx->delimiter, p, len);
	lx->delimiter[len] = '\0';
	lx->delimiter_len = len;
	return 0;
}

static bool at_delimiter_command(const struct lexer *lx)
{
	static const char word[] = "DELIMITER";
	const size_t len = sizeof(word) - 1;

	return lx->end - lx->pos >= len && is_space(byte_at(lx, len)) &&
		bytes_equal_nocase(lx->buf + lx->pos, len, word);
}

static int take_line(struct lexer *lx, struct piece *piece, struct err *e)
{
	begin_piece(lx);
	if (skip_to_newline(lx, e) < 0)
		return -1;
	return finish_piece(lx, piece, PIECE_LINE);
}

static int take_comment(struct lexer *lx, struct piece *piece, struct err *e)
{
	int rc;

	begin_piece(lx);
	rc = skip_comment(lx, e);
	if (rc < 0)
		return -1;
	if (!rc)
		return truncated(lx, e);
	return finish_piece(lx, piece, PIECE_COMMENT);
}

static int take_statement(struct lexer *lx, struct piece *piece, struct err *e)
{
	const char *text;
	size_t len;
	int rc;

	if (is_control(byte_at(lx, 0)) || byte_at(lx, 0) >= 0x80)
		return not_sql(lx, e);
	begin_piece(lx);
	rc = skip_statement(lx, e);
	if (rc < 0)
		return -1;
	if (!rc && (lx->open_what || !lx->lenient))
		return truncated(lx, e);
	text = end_piece(lx, &len);
	set_piece(lx, piece, PIECE_STATEMENT, text, len);
	if (len == piece->total)
		sql_modes_track(&lx->modes, text, len);
	if (rc)
		lx->pos += lx->delimiter_len;
	return 1;
}

/* skip_blanks: also the byte order mark that some editors put first. */
static int skip_blanks(struct lexer *lx, struct err *e)
{
	do {
		while (lx->pos < lx->end && is_space(byte_at(lx, 0)))
			lx->pos++;
		if (look_ahead(lx, e))
			return -1;
		if (!offset(lx) && at(lx, "\xEF\xBB\xBF", 3))
			lx->pos += 3;
	} while (lx->pos < lx->end && is_space(byte_at(lx, 0)));
	return 0;
}

int lexer_next(struct lexer *lx, struct piece *piece, struct err *e)
{
	for (;;) {
		if (skip_blanks(lx, e))
			return -1;
		if (lx->pos == lx->end)
			return 0;
		if (at_delimiter(lx))
			lx->pos += lx->delimiter_len;
		else if (at_line_comment(lx) || at(lx, "--", 2))
			return take_line(lx, piece, e);
		else if (at_block_comment(lx) || at_sandbox_line(lx))
			return take_comment(lx, piece, e);
		else if (!at_delimiter_command(lx))
			return take_statement(lx, piece, e);
		else if (take_delimiter(lx, e))
			return -1;
	}
}

const char *sql_word(const char *sql, const char *end, const char *word)
{
	struct tokens in = {.pos = sql, .end = end};
	struct token t;

	token_next(&in, &t);
	return token_word(&t, word) ? in.pos : NULL;
}
