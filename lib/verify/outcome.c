/* outcome.c: see outcome.h. */
#include "verify/outcome.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/text.h"
#include "data/json_read.h"
#include "store/notice.h"
#include "verify/metrics.h"
#include "verify/template.h"

#define PASSWORD_VARIABLE "DBPIPES_NOTIFY_PASSWORD"

static const char *const when_names[] = {"always", "failure", "never", NULL};

#define AT(member) offsetof(struct outcome_options, member)

/* clang-format off */
const struct opt_def outcome_option_defs[] = {
	{OPT_HEADING, .help = "Notices and metrics"},
	{OPT_LIST, 0, "notify", "URL", .offset = AT(notify),
		.help = "tell what came of it: https, slack+https, hc+https, "
			"smtp or smtps; can be given again"},
	{OPT_ENUM, 0, "notify-when", "WHEN", .offset = AT(when),
		.choices = when_names,
		.help = "always, failure (but pings always), never: somebody "
			"tells it later (default: always)"},
	{OPT_STRING, 0, "notify-template", "TEXT", .offset = AT(template),
		.help = "the text of notices; {key} is a value of the record"},
	{OPT_STRING, 0, "notify-ca", "FILE", .offset = AT(ca_file),
		.help = "certificates of authorities to trust, besides the "
			"system's"},
	{OPT_PASSWORD, 0, "notify-password", NULL, .offset = AT(password),
		.help = "ask for the password of the user in the URL; better "
			"in an option file"},
	{OPT_STRING, 0, "metrics", "FILE", .offset = AT(metrics),
		.help = "write metrics for node_exporter's textfile collector"},
	{0}
};
/* clang-format on */

struct outcome {
	const struct outcome_options *options;
	struct notice_target *targets;
	size_t count;
	char *password; /* NULL: none; wiped */
};

/* A record on its way into texts. */
struct told {
	const struct json_value *record;
	bool ok;
};

static int take_targets(struct outcome *o, struct err *e)
{
	const struct strlist *urls = &o->options->notify;

	o->targets = xcalloc(urls->count + 1, sizeof(*o->targets));
	for (size_t i = 0; i < urls->count; i++) {
		o->count++;
		if (notice_parse(&o->targets[i], urls->item[i], e))
			return -1;
	}
	return 0;
}

/* the_user: the target that logs in; there is one password, so they are not to
 * be several. */
static int the_user(const struct outcome *o, const struct notice_target **user,
	struct err *e)
{
	*user = NULL;
	for (size_t i = 0; i < o->count; i++) {
		const struct notice_target *t = &o->targets[i];

		if (!t->user)
			continue;
		if (*user &&
			(strcmp((*user)->user, t->user) != 0 ||
				strcmp((*user)->shown, t->shown) != 0))
			return err_set(e, ERR_USAGE,
				"--notify: %s and %s both name a user, and "
				"there is one password",
				(*user)->shown, t->shown);
		*user = t;
	}
	return 0;
}

static int take_password(struct outcome *o, struct err *e)
{
	const struct opt_password *given = &o->options->password;
	const char *variable = getenv(PASSWORD_VARIABLE);
	const struct notice_target *user;
	struct strbuf prompt = STRBUF_INIT;

	if (the_user(o, &user, e))
		return -1;
	if (!user)
		return 0;
	if (given->value) {
		o->password = xstrdup(given->value);
	} else if (given->ask) {
		strbuf_addf(&prompt, "Password of %s: ", user->shown);
		o->password = secret_ask(prompt.buf, e);
		strbuf_release(&prompt);
		return o->password ? 0 : -1;
	} else if (variable) {
		o->password = xstrdup(variable);
	}
	if (o->password)
		return 0;
	err_set(e, ERR_CONFIG,
		"--notify: %s names a user, and there is no "
		"password",
		user->shown);
	return err_hint(e,
		"put it into an option file: notify-password=... in the group "
		"[dbverify], or into " PASSWORD_VARIABLE);
}

struct outcome *outcome_open(
	const struct outcome_options *options, struct err *e)
{
	struct outcome *o = xcalloc(1, sizeof(*o));

	o->options = options;
	if (!take_targets(o, e) && !take_password(o, e) &&
		(!options->template || !template_check(options->template, e)))
		return o;
	outcome_close(o);
	return NULL;
}

void outcome_close(struct outcome *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->count; i++)
		notice_target_release(&o->targets[i]);
	free(o->targets);
	if (o->password)
		secret_wipe(o->password, strlen(o->password));
	free(o->password);
	free(o);
}

/* first_of: the first key of these that has a text. NULL for none. */
static const char *first_of(
	const struct json_value *record, const char *const *keys)
{
	const char *text;

	for (; *keys; keys++)
		if (json_read_text(record, *keys, &text) && *text)
			return text;
	return NULL;
}

static const char *name_of(const struct json_value *record)
{
	static const char *const keys[] = {"file", "input", "source", NULL};

	return first_of(record, keys);
}

static const char *message_of(const struct json_value *record)
{
	static const char *const keys[] = {"msg", "reason", NULL};

	return first_of(record, keys);
}

static void value_of(void *ctx, const char *key, struct strbuf *out)
{
	const struct told *told = ctx;
	char host[256] = "";
	const char *text = NULL;

	if (!strcmp(key, "status")) {
		text = told->ok ? "OK" : "FAILED";
	} else if (!strcmp(key, "host")) {
		gethostname(host, sizeof(host) - 1);
		text = host;
	} else if (!strcmp(key, "name")) {
		text = name_of(told->record);
	} else if (!strcmp(key, "message")) {
		text = message_of(told->record);
	} else {
		json_read_shown(told->record, key, out);
	}
	if (text)
		strbuf_addstr(out, text);
}

/* text_of: the one of the template, or of ours. */
static void text_of(
	const struct outcome *o, struct told *told, struct strbuf *out)
{
	const char *template = o->options->template;

	if (!template)
		template = told->ok || !message_of(told->record)
			? "{status}: {name} ({tool} on {host})"
			: "{status}: {name}: {message} ({tool} on {host})";
	template_fill(template, value_of, told, out);
}

/* more_of: the values of the record, a line each. */
static void more_of(const struct json_value *record, struct strbuf *out)
{
	struct strlist keys = STRLIST_INIT;
	struct strbuf value = STRBUF_INIT;

	json_read_keys(record, &keys);
	for (size_t i = 0; i < keys.count; i++) {
		const char *key = keys.item[i];

		strbuf_reset(&value);
		if (!json_read_shown(record, key, &value) || !value.len)
			continue;
		if (value.len > TEMPLATE_VALUE_MOST)
			strbuf_setlen(&value, TEMPLATE_VALUE_MOST);
		text_escape(out, key, strlen(key));
		strbuf_addstr(out, ": ");
		text_escape(out, value.buf, value.len);
		strbuf_addch(out, '\n');
	}
	strlist_release(&keys);
	strbuf_release(&value);
}

/* undelivered: the run's result stays what it is; this is told beside it. */
static int undelivered(const char *where, const struct err *why, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	log_warn("not told: %s", why->msg);
	json_record_begin(&j, "notice-failed");
	json_string(&j, "url", where);
	json_uint(&j, "code", why->code);
	json_string(&j, "name", err_name(why->code));
	json_string(&j, "msg", why->msg);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc ? -1 : 1;
}

/* send_one: returns 1 if it could not be delivered. */
static int send_one(struct outcome *o, const struct notice_target *target,
	const struct notice *notice, struct err *e)
{
	const struct notice_options options = {
		.password = target->user ? o->password : NULL,
		.ca_file = o->options->ca_file};
	struct err why = {0};

	/* A monitor waits for pings: their absence is its alarm. */
	if (notice->ok && o->options->when == OUTCOME_FAILURE &&
		target->kind != NOTICE_PING)
		return 0;
	if (!notice_send(target, &options, notice, &why))
		return 0;
	if (sig_pending()) {
		*e = why;
		return -1;
	}
	return undelivered(target->shown, &why, e);
}

static int send_all(
	struct outcome *o, struct told *told, const char *record, struct err *e)
{
	struct strbuf text = STRBUF_INIT, more = STRBUF_INIT;
	struct notice notice = {.ok = told->ok, .record = record};
	int failed = 0;

	text_of(o, told, &text);
	more_of(told->record, &more);
	notice.text = text.buf;
	notice.more = more.buf;
	for (size_t i = 0; i < o->count && failed >= 0; i++) {
		int rc = send_one(o, &o->targets[i], &notice, e);

		failed = rc < 0 ? -1 : failed + rc;
	}
	strbuf_release(&text);
	strbuf_release(&more);
	return failed;
}

static struct metric number_of(
	const struct json_value *record, const char *key, const char *other)
{
	struct metric m = {0};

	m.known = json_read_number(record, key, &m.value) ||
		(other && json_read_number(record, other, &m.value));
	return m;
}

/* is_gone: what the record is about has no outcome any longer. */
static bool is_gone(const struct json_value *record)
{
	const char *event;

	return json_read_text(record, "event", &event) &&
		!strcmp(event, "gone");
}

/* write_metrics: returns 1 if they could not be written. */
static int write_metrics(
	const struct outcome *o, const struct told *told, struct err *e)
{
	static const char *const tool[] = {"tool", NULL};
	static const char *const source[] = {"source", NULL};
	static const char *const file[] = {"file", "input", NULL};
	const char *path = o->options->metrics;
	struct metrics m = {.tool = first_of(told->record, tool),
		.source = first_of(told->record, source),
		.file = first_of(told->record, file),
		.ok = told->ok,
		.gone = is_gone(told->record),
		.now = time(NULL),
		.age = number_of(told->record, "age", NULL),
		.size = number_of(told->record, "size", "written"),
		.rows = number_of(told->record, "rows", NULL),
		.seconds = number_of(told->record, "seconds", NULL)};
	struct err why;

	m.tool = m.tool ? m.tool : "";
	m.source = m.source ? m.source : "";
	return metrics_write(path, &m, &why) ? undelivered(path, &why, e) : 0;
}

int outcome_tell(
	struct outcome *o, const char *record, size_t len, struct err *e)
{
	struct json_value *json;
	struct told told = {0};
	struct strbuf text = STRBUF_INIT;
	int failed = 0, rc;

	if (o->options->when == OUTCOME_NEVER)
		return 0;
	told.record = json = json_read(record, len);
	if (!json || !json_read_bool(json, "ok", &told.ok)) {
		json_read_free(json);
		return err_set(e, ERR_BUG, "a record without an outcome");
	}
	if (o->options->metrics)
		failed = write_metrics(o, &told, e);
	if (failed >= 0 && !is_gone(json)) {
		while (len && record[len - 1] == '\n')
			len--;
		strbuf_add(&text, record, len);
		rc = send_all(o, &told, text.buf, e);
		failed = rc < 0 ? -1 : failed + rc;
	}
	strbuf_release(&text);
	json_read_free(json);
	return failed;
}
