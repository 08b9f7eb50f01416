/* Mails as they are sent: no text of others becomes a header. */
#include "store/mail.h"

#include <stdlib.h>

#include "tap.h"

static char *made(const char *subject, const char *body)
{
	struct strlist to = STRLIST_INIT;
	struct strbuf out = STRBUF_INIT;
	struct mail mail = {.from = "a@example.org",
		.to = &to,
		.subject = subject,
		.body = body,
		.date = 1700000000,
		.id = "1.2"};

	strlist_add(&to, "b@example.org");
	strlist_add(&to, "root");
	mail_text(&mail, &out);
	strlist_release(&to);
	return strbuf_detach(&out);
}

/* header: the text behind a name, folded lines too. */
static const char *header(const char *mail, const char *name)
{
	static char value[2048];
	const char *at = strstr(mail, name), *end;

	if (!at)
		return NULL;
	at += strlen(name);
	for (end = strstr(at, "\r\n"); end[2] == ' ';
		end = strstr(end + 2, "\r\n"))
		;
	snprintf(value, sizeof(value), "%.*s", (int)(end - at), at);
	return value;
}

static void test_headers(void)
{
	char *mail = made("all is well", "text\n");

	ok(!strncmp(mail, "From: <a@example.org>\r\n", 23),
		"a mail begins with its sender");
	is_str(header(mail, "\r\nTo: "), "<b@example.org>,\r\n <root>",
		"each address has a line");
	is_str(header(mail, "\r\nSubject: "), "all is well",
		"a plain subject stands as it is");
	is_str(header(mail, "\r\nDate: "), "Tue, 14 Nov 2023 22:13:20 +0000",
		"the date is that of RFC 5322");
	is_str(header(mail, "\r\nMessage-ID: "), "<1.2@example.org>",
		"the Message-ID is of the sender's host");
	is_str(strstr(mail, "\r\n\r\n"), "\r\n\r\ntext\r\n",
		"the body follows an empty line");
	free(mail);
}

static void test_subjects(void)
{
	char *mail = made("a\r\nBcc: x@example.org\r\n\r\nbody", "text\n");
	char longest[1000];
	const char *value, *line;

	value = header(mail, "\r\nSubject: ");
	ok(!strchr(value, '\n') && !strstr(mail, "\r\nBcc"),
		"line ends in a subject make no header");
	is_str(value,
		"=?UTF-8?Q?a=3F=3FBcc=3A_x=40example=2Eorg=3F=3F=3F=3Fbody?=",
		"they are replaced");
	free(mail);
	mail = made("gr\xc3\xbc\xc3\x9f"
		    "e \xff",
		"");
	is_str(header(mail, "\r\nSubject: "), "=?UTF-8?Q?gr=C3=BC=C3=9Fe_=3F?=",
		"characters beyond ASCII are encoded, bad bytes replaced");
	free(mail);
	mail = made("=?UTF-8?Q?x?=", "");
	is_str(header(mail, "\r\nSubject: "),
		"=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=",
		"what looks encoded is encoded");
	free(mail);
	for (size_t i = 0; i < sizeof(longest) - 1; i += 3)
		memcpy(longest + i, "\xe2\x82\xac", 3);
	longest[sizeof(longest) - 1] = '\0';
	mail = made(longest, "");
	value = header(mail, "\r\nSubject: ");
	ok(strlen(value) < 1000, "a long subject is cut off");
	for (line = value; line; line = strstr(line + 1, "\r\n"))
		if (strcspn(line + 2, "\r") > 78)
			break;
	ok(!line, "its lines are no longer than RFC 5322 asks for");
	ok(!strstr(value, "?Q?=82") && !strstr(value, "?Q?=AC"),
		"no character is torn apart between two words");
	free(mail);
}

static void test_bodies(void)
{
	char body[400], *mail;
	const char *line;

	mail = made("s", "a=b \nend\t\n.\nFrom x\r\n\x01\xc3\xa4");
	is_str(strstr(mail, "\r\n\r\n") + 4,
		"a=3Db=20\r\nend=09\r\n.\r\nFrom x=0D\r\n=01=C3=A4\r\n",
		"a body is quoted-printable");
	free(mail);
	memset(body, 'x', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	mail = made("s", body);
	for (line = strstr(mail, "\r\n\r\n") + 4; *line; line += 2)
		if (strcspn(line, "\r") > 76)
			break;
		else
			line += strcspn(line, "\r");
	ok(!*line && strstr(mail, "x=\r\nx"), "long lines are folded");
	free(mail);
}

static void test_addresses(void)
{
	ok(mail_address_ok("ops@example.org") && mail_address_ok("root"),
		"an address with a host, and one without, may be used");
	ok(!mail_address_ok("") && !mail_address_ok("a b@x") &&
			!mail_address_ok("a@x\r\nRCPT TO:<b@x>") &&
			!mail_address_ok("<a@x>") && !mail_address_ok("a,b") &&
			!mail_address_ok("\xc3\xa4@x"),
		"what would end a header or a command may not");
}

int main(void)
{
	test_headers();
	test_subjects();
	test_bodies();
	test_addresses();
	return done_testing();
}
