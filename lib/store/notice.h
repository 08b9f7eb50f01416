/* notice.h: telling somebody elsewhere what came of a run: a webhook, a ping to
 * a monitor, a mail.
 *
 *   https://HOST/PATH          the record, as JSON, is posted there
 *   slack+https://HOST/PATH    {"text": ...}; so is https://hooks.slack.com/
 *   hc+https://HOST/PATH       a ping with the text as its body; "/fail" is
 *                              appended if the run failed; so is
 *                              https://hc-ping.com/
 *   smtp://[USER@]HOST[:PORT]/?to=ADDRESS[&to=...][&from=ADDRESS][&tls=no]
 *   smtps://...                a mail; smtp wants STARTTLS unless tls=no
 *
 * http in place of https is taken as it is given. Such a URL may be a secret:
 * messages show scheme and host. It holds no password.
 * Sources: RFC 3986; healthchecks.io manual, "Pinging API"; Slack manual,
 * "Incoming webhooks" and "Formatting text".
 */
#ifndef DBPIPES_STORE_NOTICE_H
#define DBPIPES_STORE_NOTICE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"

enum notice_kind { NOTICE_WEBHOOK, NOTICE_SLACK, NOTICE_PING, NOTICE_MAIL };

/* Where notices go. */
struct notice_target {
	enum notice_kind kind;
	char *url;   /* without the user, and for mail without the query */
	char *shown; /* fit for messages and records */
	char *user;  /* NULL: none */
	/* of a mail */
	struct strlist to;
	char *from; /* NULL: us */
	bool plain; /* without TLS */
};

/* notice_parse: Owns: ended by notice_target_release, also after an error.
 * Errors: ERR_USAGE, which do not quote the URL. */
int notice_parse(struct notice_target *target, const char *url, struct err *e);
void notice_target_release(struct notice_target *target);

struct notice {
	bool ok;
	const char *record; /* a JSON object */
	const char *text;   /* for people; its first line is a mail's subject */
	const char *more;   /* lines that a mail and a ping have below it */
};

struct notice_options {
	const char *password; /* of the target's user; or NULL */
	const char *ca_file;  /* certificates to trust beside the system's */
};

/* notice_send: tries NOTICE_TRIES times, each for NOTICE_LIMIT_MS at most, if
 * it may pass. Errors: ERR_TEMP, ERR_UNAVAILABLE, ERR_DENIED; ERR_SIGNAL. */
enum { NOTICE_TRIES = 3, NOTICE_LIMIT_MS = 20000 };
int notice_send(const struct notice_target *target,
	const struct notice_options *options, const struct notice *notice,
	struct err *e);

#endif
