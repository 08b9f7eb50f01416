/* mail.h: a mail: its text, and its way to a server.
 *
 * What stands in a mail may come from a server that is not to be trusted:
 * nothing of it can become a header, a line of SMTP, or the end of the mail.
 * Sources: RFC 5322 (format), RFC 2045, 6.7 (quoted-printable), RFC 2047
 * (encoded words), RFC 3834 (Auto-Submitted).
 */
#ifndef DBPIPES_STORE_MAIL_H
#define DBPIPES_STORE_MAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strlist.h"

struct mail {
	const char *from;
	const struct strlist *to;
	const char *subject; /* what is too long of it is cut off */
	const char *body;    /* UTF-8, lines ended by '\n' */
	time_t date;
	const char *id; /* left of the '@' of its Message-ID: letters, digits,
			 * dots */
};

/* mail_text: the mail as it is sent, its lines ended by CR LF. */
void mail_text(const struct mail *mail, struct strbuf *out);

/* mail_address_ok: may it stand in a header and in a line of SMTP as it is? */
bool mail_address_ok(const char *address);

struct mail_server {
	const char *url;             /* smtp://HOST[:PORT] or smtps://... */
	const char *shown;           /* what messages call it */
	const char *user, *password; /* or NULL */
	const char *ca_file;         /* as in transfer.h */
	bool plain;        /* without TLS; else what is not encrypted, or has a
			    * certificate that is not trusted, gets nothing */
	uint64_t limit_ms; /* of the whole */
};

/* mail_send: Errors: ERR_TEMP for what may pass, such as a refusal of the kind
 * 4xx; ERR_UNAVAILABLE; ERR_DENIED for a login; ERR_SIGNAL. */
int mail_send(const struct mail_server *server, const struct mail *mail,
	struct err *e);

#endif
