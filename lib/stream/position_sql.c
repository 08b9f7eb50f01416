/* position_sql.c: recognising position statements among the pieces of a dump.
 *
 * Own and upstream positions look alike in the oldest dumps, so the comments
 * around them count as well. Sources: the text that mariadb-dump 10.3 to 11
 * and mysqldump 5.5 to 9 write; MariaDB manual, "CHANGE MASTER TO"; MySQL
 * manual, "CHANGE REPLICATION SOURCE TO". Reading whole inputs:
 * position_read.c.
 */
#include "stream/position.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/version.h"
#include "stream/position_internal.h"
#include "stream/token.h"

enum {
	COMMENT_MAX_LEN = 512 /* of a comment that announces a section */
};

/* A statement being looked at. */
struct statement {
	struct tokens in;
	struct token t; /* the latest token */
	uint64_t offset;
	bool commented; /* it stands in a comment */
	bool whole;     /* all of its text is there */
};

static void next(struct statement *s)
{
	token_next(&s->in, &s->t);
}

/* take_word: step over a word if it comes next. */
static bool take_word(struct statement *s, const char *word)
{
	if (!token_word(&s->t, word))
		return false;
	next(s);
	return true;
}

/* at_end: nothing follows; in a comment the semicolon must be there, for it
 * is what tells a statement from prose. */
static bool at_end(struct statement *s)
{
	if (s->commented) {
		if (!token_mark(&s->t, ';'))
			return false;
		next(s);
	}
	return s->t.kind == TOKEN_END && s->whole;
}

/* unreadable: a statement that is no position after all: an error, unless it
 * is a comment, which may say what it likes. */
static int unreadable(
	const struct statement *s, const char *what, struct err *e)
{
	if (s->commented)
		return 0;
	err_set(e, ERR_DATA, "the position stated at byte %llu %s",
		(unsigned long long)s->offset, what);
	return err_hint(e, "look at that statement of the dump");
}

static int contradiction(
	struct positions *p, const struct statement *s, struct err *e)
{
	p->contradict = true;
	if (p->apart)
		return 0;
	err_set(e, ERR_DATA,
		"the position stated at byte %llu is not the one stated "
		"before",
		(unsigned long long)s->offset);
	return err_hint(e, "several dumps in one file? Take them one by one");
}

/* take_text: a quoted value. Owns: the caller frees it. NULL if it is none,
 * too long, or holds a NUL. */
static char *take_text(struct statement *s)
{
	struct strbuf text = STRBUF_INIT;
	char *value = NULL;

	if (s->t.kind != TOKEN_STRING && s->t.kind != TOKEN_NAME)
		return NULL;
	if (s->t.len <= POSITION_NAME_MAX) {
		token_value(&s->in, &s->t, &text);
		if (!memchr(text.buf, '\0', text.len))
			value = xstrndup(text.buf, text.len);
	}
	strbuf_release(&text);
	next(s);
	return value;
}

/* set_text: as take_text; said twice, the last one counts. */
static bool set_text(struct statement *s, char **to)
{
	free(*to);
	*to = take_text(s);
	return *to;
}

/* take_number: digits that fit. */
static bool take_number(struct statement *s, uint64_t *value)
{
	*value = 0;
	if (s->t.kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < s->t.len; i++) {
		char c = s->t.text[i];

		if (c < '0' || c > '9' || *value > POSITION_NUMBER_MAX / 10)
			return false;
		*value = *value * 10 + (uint64_t)(c - '0');
	}
	next(s);
	return true;
}

/* CHANGE MASTER TO, CHANGE REPLICATION SOURCE TO. */

/* take_option: one KEY = VALUE; s is left at the comma or the end behind it.
 * Returns false where the value makes no sense. */
static bool take_option(struct statement *s, struct position *pos)
{
	struct token key = s->t;
	const char *name = key.text;
	size_t len = key.len, prefix = strlen("MASTER_"); /* as "SOURCE_" */
	uint64_t yes;
	int depth = 0;

	next(s);
	if (key.kind != TOKEN_WORD || !token_mark(&s->t, '='))
		return false;
	next(s);
	if (len > prefix &&
		(bytes_equal_nocase(name, prefix, "MASTER_") ||
			bytes_equal_nocase(name, prefix, "SOURCE_"))) {
		name += prefix;
		len -= prefix;
		if (bytes_equal_nocase(name, len, "LOG_FILE"))
			return set_text(s, &pos->log_file);
		if (bytes_equal_nocase(name, len, "HOST"))
			return set_text(s, &pos->host);
		if (bytes_equal_nocase(name, len, "LOG_POS"))
			return take_number(s, &pos->log_pos);
		if (bytes_equal_nocase(name, len, "PORT"))
			return take_number(s, &pos->port);
		if (bytes_equal_nocase(name, len, "USE_GTID"))
			pos->use_gtid = !token_word(&s->t, "no");
		if (bytes_equal_nocase(name, len, "AUTO_POSITION")) {
			if (!take_number(s, &yes))
				return false;
			pos->use_gtid = yes;
			return true;
		}
	}
	/* Anything else does not matter; lists stand in parentheses. */
	while (s->t.kind != TOKEN_END && !token_mark(&s->t, ';') &&
		(depth || !token_mark(&s->t, ',')) &&
		!token_word(&s->t, "FOR")) {
		depth += token_mark(&s->t, '(') - token_mark(&s->t, ')');
		next(s);
	}
	return true;
}

/* take_channel: FOR CHANNEL 'name'. */
static bool take_channel(struct statement *s, struct position *pos)
{
	if (!take_word(s, "FOR"))
		return true;
	if (!take_word(s, "CHANNEL") || pos->channel)
		return false;
	pos->channel = take_text(s);
	return pos->channel;
}

/* take_change: the rest of the statement, behind CHANGE MASTER or CHANGE
 * REPLICATION SOURCE, into *pos. */
static bool take_change(struct statement *s, struct position *pos)
{
	bool has_pos;

	if (s->t.kind == TOKEN_STRING || s->t.kind == TOKEN_NAME) {
		pos->channel = take_text(s);
		if (!pos->channel)
			return false;
	}
	if (!take_word(s, "TO"))
		return false;
	for (;;) {
		if (!take_option(s, pos))
			return false;
		if (!token_mark(&s->t, ','))
			break;
		next(s);
	}
	if (!take_channel(s, pos) || !at_end(s))
		return false;
	has_pos = pos->log_pos;
	if (pos->log_file && !*pos->log_file) {
		/* A replica that has never run has no file to name. */
		free(pos->log_file);
		pos->log_file = NULL;
		return true;
	}
	return !pos->log_file == !has_pos;
}

static int change_source(
	struct positions *p, struct statement *s, bool *taken, struct err *e)
{
	struct position pos = {0};
	bool upstream;
	int rc = 0;

	if (s->commented && p->body)
		return 0;
	if (!take_change(s, &pos)) {
		rc = unreadable(s, "makes no sense", e);
		goto out;
	}
	*taken = p->stated = true;
	/* The dump tools name a connection or a host only for upstreams. */
	upstream = pos.channel || pos.host || p->section == SECTION_UPSTREAM;
	if (!upstream)
		p->has_own = true;
	if (!position_merge(
		    upstream ? positions_upstream(p, pos.channel) : &p->own,
		    &pos))
		rc = contradiction(p, s, e);
out:
	position_release(&pos);
	return rc;
}

/* SET GLOBAL gtid_slave_pos, SET @@GLOBAL.GTID_PURGED. */

static int set_own_gtid(struct positions *p, const struct statement *s,
	const char *gtid, struct err *e)
{
	p->has_own = true;
	return position_merge_text(&p->own.gtid, gtid) ? 0
						       : contradiction(p, s, e);
}

static int set_upstream_gtid(struct positions *p, const struct statement *s,
	const char *gtid, struct err *e)
{
	if (!p->upstream_count)
		positions_upstream(p, NULL);
	for (size_t i = 0; i < p->upstream_count; i++)
		if (!position_merge_text(&p->upstream[i].gtid, gtid))
			return contradiction(p, s, e);
	return 0;
}

/* gtid_is_own: whose GTID is this? The section's; without comments in the
 * dump, of those who have none yet the own server comes first. */
static bool gtid_is_own(const struct positions *p)
{
	if (p->section != SECTION_NONE)
		return p->section == SECTION_OWN;
	return !p->upstream_count || (p->has_own && !p->own.gtid);
}

static int set_gtid(struct positions *p, struct statement *s, bool own,
	bool *taken, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	/* In the data a comment counts only if the head left a gap. */
	if (s->commented && p->body &&
		!(p->missing & (own ? GTID_OWN : GTID_UPSTREAM)))
		return 0;
	if (s->t.kind != TOKEN_STRING) {
		rc = unreadable(s, "is not a text", e);
		goto out;
	}
	for (; s->t.kind == TOKEN_STRING; next(s))
		token_value(&s->in, &s->t, &text);
	if (!at_end(s) || !position_clean_gtid(&text)) {
		rc = unreadable(s, "is not a GTID", e);
		goto out;
	}
	*taken = p->stated = true;
	rc = own ? set_own_gtid(p, s, text.buf, e)
		 : set_upstream_gtid(p, s, text.buf, e);
out:
	strbuf_release(&text);
	return rc;
}

/* note_announced: mysqldump turns the binary log off where it states its GTIDs:
 * in the head or, as that of 5.7.42, at the end. */
static void note_announced(struct positions *p, const struct token *t)
{
	if (!p->body && t->kind == TOKEN_USERVAR &&
		bytes_equal_nocase(t->text, t->len, "MYSQLDUMP_TEMP_LOG_BIN"))
		p->announced |= GTID_OWN;
}

static int set_statement(
	struct positions *p, struct statement *s, bool *taken, struct err *e)
{
	const char *name;
	size_t len, prefix = strlen("GLOBAL.");
	bool purged;

	note_announced(p, &s->t);
	if (take_word(s, "GLOBAL")) {
		name = s->t.text;
		len = s->t.len;
	} else if (s->t.kind == TOKEN_SYSVAR && s->t.len > prefix &&
		bytes_equal_nocase(s->t.text, prefix, "GLOBAL.")) {
		name = s->t.text + prefix;
		len = s->t.len - prefix;
	} else {
		return 0;
	}
	purged = bytes_equal_nocase(name, len, "gtid_purged");
	if (!purged && !bytes_equal_nocase(name, len, "gtid_slave_pos"))
		return 0;
	next(s);
	if (!token_mark(&s->t, '='))
		return unreadable(s, "makes no sense", e);
	next(s);
	return set_gtid(p, s, !p->upstreams_only && (purged || gtid_is_own(p)),
		taken, e);
}

/* Pieces. */

/* enter_body: the head is over; remember what it left open. */
static void enter_body(struct positions *p)
{
	p->body = true;
	if ((p->has_own || p->announced & GTID_OWN) && !p->own.gtid)
		p->missing |= GTID_OWN;
	if (p->upstream_count && !positions_shared_gtid(p))
		p->missing |= GTID_UPSTREAM;
}

/* Statements that may stand in a dump's head; any other begins the data. */
static bool is_head_statement(const struct token *t)
{
	static const char *const words[] = {"SET", "SELECT", "PREPARE",
		"EXECUTE", "DEALLOCATE", "STOP", "START", "CHANGE", "RESET",
		"FLUSH", NULL};

	for (const char *const *w = words; *w; w++)
		if (token_word(t, *w))
			return true;
	return t->kind == TOKEN_END;
}

static bool is_replica_word(const struct token *t)
{
	return token_word(t, "SLAVE") || token_word(t, "SLAVES") ||
		token_word(t, "REPLICA") || token_word(t, "REPLICAS");
}

static int take_sql(
	struct positions *p, struct statement *s, bool *taken, struct err *e)
{
	next(s);
	if (!s->commented && !p->body && !is_head_statement(&s->t))
		enter_body(p);
	if (take_word(s, "CHANGE")) {
		if (take_word(s, "MASTER") ||
			(take_word(s, "REPLICATION") && take_word(s, "SOURCE")))
			return change_source(p, s, taken, e);
	} else if (take_word(s, "SET")) {
		return set_statement(p, s, taken, e);
	} else if (!s->commented &&
		(take_word(s, "STOP") || take_word(s, "START"))) {
		take_word(s, "ALL");
		*taken = is_replica_word(&s->t);
	}
	return 0;
}

static bool contains(const struct piece *piece, const char *text)
{
	return memmem(piece->text, piece->len, text, strlen(text));
}

static bool begins(const struct piece *piece, const char *text)
{
	size_t len = strlen(text);

	return piece->len >= len && !memcmp(piece->text, text, len);
}

/* begin_dump: another dump stands behind the one before, which has a head and
 * positions of its own. */
static void begin_dump(struct positions *p)
{
	p->silent_dumps += p->dumps > 1 && !p->stated;
	p->stated = false;
	p->body = false;
	p->missing = p->announced = 0;
	p->section = SECTION_NONE;
}

/* read_header: the first line of a dump tells who wrote it. MariaDB's tool
 * called itself "MySQL dump" before 10.4 or so. */
static bool read_header(struct positions *p, const struct piece *piece)
{
	if (begins(piece, "-- MariaDB dump "))
		p->format = "mariadb-dump";
	else if (begins(piece, "-- MySQL dump "))
		p->format = contains(piece, "MariaDB") ? "mariadb-dump"
						       : "mysqldump";
	else if (begins(piece, "-- dbdump "))
		p->format = "dbdump";
	else
		return false;
	p->mysql = strcmp(p->format, "mariadb-dump") != 0 &&
		!contains(piece, "MariaDB");
	p->version = 0;
	p->expects_completion = true;
	p->complete = false;
	p->dumps++;
	p->dump_offset = piece->offset;
	begin_dump(p);
	return true;
}

/* read_server: what the header says goes by the tool, which may be another
 * vendor's than the server. */
static void read_server(struct positions *p, const struct piece *piece)
{
	static const char line[] = "-- Server version\t";
	const size_t len = sizeof(line) - 1;
	char *version;

	if (p->body || !begins(piece, line))
		return;
	version = xstrndup(piece->text + len, piece->len - len);
	p->version = version_number(version);
	if (p->version)
		p->mysql = !strstr(version, "MariaDB");
	free(version);
}

/* What the comments of the dump tools announce. */
static const struct {
	const char *text;
	int section;
	unsigned announced;
} announcements[] = {
	/* mariadb-dump 10.11 and later */
	{"binary logging from SHOW MASTER STATUS", SECTION_OWN, 0},
	{"above master-data CHANGE-MASTER settings", SECTION_OWN, GTID_OWN},
	{"to the master-data CHANGE-MASTER follows", SECTION_OWN, 0},
	{"replication taken from SHOW SLAVE STATUS", SECTION_UPSTREAM, 0},
	{"below dump-slave CHANGE-MASTER settings", SECTION_UPSTREAM,
		GTID_UPSTREAM},
	{"to the dump-slave CHANGE-MASTER follows", SECTION_UPSTREAM, 0},
	/* mariadb-dump before, and mysqldump */
	{"(the master of this slave)", SECTION_UPSTREAM, 0},
	{"(the source of this replica)", SECTION_UPSTREAM, 0},
	{"-- Gtid position to start replication from", SECTION_UPSTREAM, 0},
	{"-- Position to start replication or point-in-time", SECTION_OWN, 0},
	{"-- GTID to start replication from", SECTION_OWN, 0},
};

static void read_announcement(struct positions *p, const struct piece *piece)
{
	if (piece->total > COMMENT_MAX_LEN)
		return;
	for (size_t i = 0; i < sizeof(announcements) / sizeof(*announcements);
		i++) {
		if (!contains(piece, announcements[i].text))
			continue;
		p->section = announcements[i].section;
		if (!p->body)
			p->announced |= announcements[i].announced;
		return;
	}
}

/* is_completion: "-- Dump completed", alone or with the date. */
static bool is_completion(const struct piece *piece)
{
	static const char line[] = "-- Dump completed";
	size_t len = sizeof(line) - 1;

	return begins(piece, line) &&
		(piece->len == len || begins(piece, "-- Dump completed on ") ||
			piece->text[len] == '\r');
}

static int take_line(struct positions *p, const struct piece *piece,
	struct statement *s, bool *taken, struct err *e)
{
	if (!begins(piece, "-- ") || read_header(p, piece))
		return 0;
	if (is_completion(piece)) {
		p->complete = true;
		return 0;
	}
	read_server(p, piece);
	read_announcement(p, piece);
	s->in.pos += strlen("-- ");
	s->commented = true;
	return take_sql(p, s, taken, e);
}

/* take_comment: what --set-gtid-purged=COMMENTED of mysqldump writes, and
 * nothing else. */
static int take_comment(struct positions *p, const struct piece *piece,
	struct statement *s, bool *taken, struct err *e)
{
	if (!s->whole || !begins(piece, "/* SET @@GLOBAL.GTID_PURGED="))
		return 0;
	s->in.pos += strlen("/* ");
	s->in.end -= strlen("*/");
	s->commented = true;
	return take_sql(p, s, taken, e);
}

/* swallows: whether a line that begins so stands in the statement, and not in a
 * string. */
static bool swallows(const struct piece *piece, const char *line)
{
	struct tokens in = {
		.pos = piece->text, .end = piece->text + piece->len};
	const char *at = memmem(piece->text, piece->len, line, strlen(line));
	struct token t;

	if (!at)
		return false;
	do
		token_next(&in, &t);
	while (t.kind != TOKEN_END && t.text + t.len <= at);
	return t.kind != TOKEN_END && t.text > at;
}

/* check_first: before a dump, a line that is no SQL, such as a message of the
 * tool, makes one statement of itself and the dump's head. */
static int check_first(
	const struct positions *p, const struct piece *piece, struct err *e)
{
	if (p->body || p->dumps ||
		(!swallows(piece, "\n-- MariaDB dump ") &&
			!swallows(piece, "\n-- MySQL dump ")))
		return 0;
	err_set(e, ERR_DATA,
		"what stands at byte %llu, before the dump, is no SQL",
		(unsigned long long)piece->offset);
	return err_hint(e,
		"a message of the dump tool, by 2>&1? Take the line out, and "
		"look for others behind it");
}

int positions_take(struct positions *p, const struct piece *piece, bool *taken,
	struct err *e)
{
	struct statement s = {
		.in = {.pos = piece->text, .end = piece->text + piece->len},
		.offset = piece->offset,
		.whole = piece->len == piece->total,
	};

	*taken = false;
	switch (piece->kind) {
	case PIECE_LINE:
		return take_line(p, piece, &s, taken, e);
	case PIECE_STATEMENT:
		if (check_first(p, piece, e))
			return -1;
		p->complete = false; /* nothing may follow that line */
		return take_sql(p, &s, taken, e);
	case PIECE_COMMENT:
		return take_comment(p, piece, &s, taken, e);
	}
	return 0;
}
