/* definer.c: see definer.h. */
#include "db/definer.h"

#include <string.h>
#include <strings.h>

#include "db/conn.h"
#include "db/sql_text.h"

/* take_part: a name at *s into `part`: quoted, its quote doubled for itself; or
 * all up to the last @ (up to the end where `last`). *s gets the byte behind
 * it. */
static bool take_part(const char **s, bool last, struct strbuf *part)
{
	const char *p = *s, *at = strrchr(p, '@');
	char quote = *p;

	strbuf_reset(part);
	if (!*p || !strchr("'\"`", quote)) {
		*s = at && !last ? at : p + strlen(p);
		strbuf_add(part, p, (size_t)(*s - p));
		return *s > p;
	}
	for (p++; *p; p++) {
		if (*p == quote && *++p != quote) {
			*s = p;
			return true;
		}
		strbuf_addch(part, *p);
	}
	*s = p;
	return false;
}

static int bad(const char *asked, struct err *e)
{
	err_set(e, ERR_USAGE, "--definer: '%s' is no account", asked);
	return err_hint(e,
		"keep, drop, current, name@host, or 'name'@'host' where a "
		"name holds quotes or is one of these words");
}

static int parse_account(
	const char *asked, struct strbuf *clause, struct err *e)
{
	struct strbuf name = STRBUF_INIT, host = STRBUF_INIT;
	const char *s = asked;
	bool fine = take_part(&s, false, &name);

	strbuf_reset(clause);
	strbuf_addstr(clause, "DEFINER=");
	sql_ident(clause, name.buf);
	if (fine && *s == '@') {
		s++;
		fine = take_part(&s, true, &host);
		strbuf_addch(clause, '@');
		sql_ident(clause, host.buf);
	} else if (!name.len) {
		fine = false;
	}
	if (*s)
		fine = false;
	strbuf_release(&name);
	strbuf_release(&host);
	return fine ? 0 : bad(asked, e);
}

int definer_parse(const char *asked, enum definer_mode *mode,
	struct strbuf *clause, struct err *e)
{
	*mode = DEFINER_KEEP;
	if (!asked || !strcasecmp(asked, "keep"))
		return 0;
	*mode = DEFINER_DROP;
	if (!strcasecmp(asked, "drop"))
		return 0;
	*mode = DEFINER_SET;
	if (strcasecmp(asked, "current"))
		return parse_account(asked, clause, e);
	strbuf_reset(clause);
	strbuf_addstr(clause, "DEFINER=CURRENT_USER");
	return 0;
}
