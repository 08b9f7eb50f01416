/* mail.c: see mail.h. */
#include "store/mail.h"

#include "base/sig.h"
#include "base/text.h"
#include "store/transfer.h"

enum {
	LINE_MOST = 76,     /* characters of quoted-printable; RFC 2045, 6.7 */
	WORD_MOST = 63,     /* of an encoded word, what it is framed by aside;
			     * RFC 2047, 2 */
	SUBJECT_MOST = 200, /* bytes */
	ADDRESS_MOST = 254, /* RFC 5321, 4.5.3.1.3 */
	REFUSED_FOR_NOW = 4 /* first digit of an answer; RFC 5321, 4.2.1 */
};

static const char crlf[] = "\r\n";

static bool is_printable(unsigned char c)
{
	return c > ' ' && c < 0x7f;
}

bool mail_address_ok(const char *address)
{
	size_t len = strlen(address);

	if (!len || len > ADDRESS_MOST || *address == '-' || *address == '@')
		return false;
	for (; *address; address++)
		if (!is_printable((unsigned char)*address) ||
			strchr("<>()[]\\,;:\"", *address))
			return false;
	return true;
}

/* subject_length: whole characters only. */
static size_t subject_length(const char *subject)
{
	size_t len = 0, all = strlen(subject), n;

	while (len < all) {
		n = utf8_length(subject + len, all - len);
		n = n ? n : 1;
		if (len + n > SUBJECT_MOST)
			break;
		len += n;
	}
	return len;
}

static bool is_plain_subject(const char *subject, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_printable((unsigned char)subject[i]) &&
			subject[i] != ' ')
			return false;
	return len <= WORD_MOST && !strstr(subject, "=?");
}

/* add_character: one of an encoded word; what is none becomes a '?'. */
static void add_character(struct strbuf *word, const char *s, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)s;

	if (!len || (len == 1 && bytes[0] < ' ')) {
		strbuf_addstr(word, "=3F");
		return;
	}
	for (size_t i = 0; i < len; i++)
		strbuf_addf(word, "=%02X", bytes[i]);
}

static void add_words(struct strbuf *out, const char *subject, size_t len)
{
	struct strbuf word = STRBUF_INIT, next = STRBUF_INIT;
	const char *before = "";

	for (size_t i = 0; i < len;) {
		size_t n = utf8_length(subject + i, len - i);
		unsigned char c = (unsigned char)subject[i];

		strbuf_reset(&next);
		if (n == 1 && is_printable(c) &&
			!strchr("=?_\"(),.:;<>@[\\]", c))
			strbuf_addch(&next, (char)c);
		else if (c == ' ')
			strbuf_addch(&next, '_');
		else
			add_character(&next, subject + i, n);
		if (word.len + next.len > WORD_MOST) {
			strbuf_addf(out, "%s=?UTF-8?Q?%s?=", before, word.buf);
			strbuf_reset(&word);
			before = "\r\n ";
		}
		strbuf_add(&word, next.buf, next.len);
		i += n ? n : 1;
	}
	strbuf_addf(out, "%s=?UTF-8?Q?%s?=", before, word.buf);
	strbuf_release(&word);
	strbuf_release(&next);
}

static void add_subject(struct strbuf *out, const char *subject)
{
	size_t len = subject_length(subject);

	strbuf_addstr(out, "Subject: ");
	if (is_plain_subject(subject, len))
		strbuf_add(out, subject, len);
	else
		add_words(out, subject, len);
	strbuf_addstr(out, crlf);
}

static void add_to(struct strbuf *out, const struct strlist *to)
{
	for (size_t i = 0; i < to->count; i++)
		strbuf_addf(out, "%s<%s>", i ? ",\r\n " : "To: ", to->item[i]);
	strbuf_addstr(out, crlf);
}

/* add_body: a blank at the end of a line is encoded, or it would be lost. */
static void add_body(struct strbuf *out, const char *body)
{
	size_t line = 0;

	for (; *body; body++) {
		unsigned char c = (unsigned char)*body;
		bool ends = !body[1] || body[1] == '\n';
		bool plain = (is_printable(c) && c != '=') ||
			((c == ' ' || c == '\t') && !ends);

		if (c == '\n') {
			strbuf_addstr(out, crlf);
			line = 0;
			continue;
		}
		/* Room for it, and for the mark that the line goes on. */
		if (line + (plain ? 1 : 3) + 1 > LINE_MOST) {
			strbuf_addstr(out, "=\r\n");
			line = 0;
		}
		if (plain)
			strbuf_addch(out, (char)c);
		else
			strbuf_addf(out, "=%02X", c);
		line += plain ? 1 : 3;
	}
	if (line)
		strbuf_addstr(out, crlf);
}

void mail_text(const struct mail *mail, struct strbuf *out)
{
	const char *at = strrchr(mail->from, '@');
	char date[64];
	struct tm parts;

	gmtime_r(&mail->date, &parts);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &parts);
	strbuf_addf(out, "From: <%s>\r\n", mail->from);
	add_to(out, mail->to);
	add_subject(out, mail->subject);
	strbuf_addf(out, "Date: %s\r\nMessage-ID: <%s@%s>\r\n", date, mail->id,
		at ? at + 1 : "localhost");
	strbuf_addstr(out,
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n");
	add_body(out, mail->body);
}

/* A mail on its way out. */
struct outgoing {
	struct strbuf text;
	size_t sent;
};

static size_t on_read(char *buf, size_t size, size_t count, void *ctx)
{
	struct outgoing *out = ctx;
	size_t len = out->text.len - out->sent;

	if (len > size * count)
		len = size * count;
	memcpy(buf, out->text.buf + out->sent, len);
	out->sent += len;
	return len;
}

static struct curl_slist *recipients(const struct strlist *to)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < to->count; i++)
		list = curl_slist_append(list, to->item[i]);
	return list;
}

static void prepare(CURL *curl, const struct mail_server *server,
	const struct mail *mail, struct outgoing *out)
{
	transfer_policy(curl, server->ca_file);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_URL, server->url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)server->limit_ms);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
		(long)(server->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (server->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
	}
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, out);
}

/* failed: with what the server answered, if it was that. */
static int failed(CURL *curl, CURLcode rc, const struct mail_server *server,
	struct err *e)
{
	enum err_code code = transfer_code(rc);
	long answer = 0;

	if (sig_pending())
		return err_set(
			e, ERR_SIGNAL, "stopped by signal %d", sig_pending());
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	if (answer >= 400 && code != ERR_DENIED)
		code = answer / 100 == REFUSED_FOR_NOW ? ERR_TEMP
						       : ERR_UNAVAILABLE;
	if (answer >= 400)
		return err_set(e, code, "%s: %s (the server answers %ld)",
			server->shown, curl_easy_strerror(rc), answer);
	return err_set(
		e, code, "%s: %s", server->shown, curl_easy_strerror(rc));
}

int mail_send(const struct mail_server *server, const struct mail *mail,
	struct err *e)
{
	struct outgoing out = {STRBUF_INIT, 0};
	struct curl_slist *to = recipients(mail->to);
	CURL *curl = transfer_new();
	CURLcode code;
	int rc = 0;

	mail_text(mail, &out.text);
	prepare(curl, server, mail, &out);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		rc = failed(curl, code, server, e);
	curl_easy_cleanup(curl);
	curl_slist_free_all(to);
	strbuf_release(&out.text);
	return rc;
}
