/* image_options.c: what an image is told to say: the options, and their checks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "image/image.h"

#define AT(member) offsetof(struct image_settings, member)

/* clang-format off */
const struct opt_def image_option_defs[] = {
	{OPT_HEADING, .help = "What the image says"},
	{OPT_LIST, 0, "label", "KEY=VALUE", .offset = AT(label),
		.help = "a label, and an annotation of the manifest"},
	{OPT_LIST, 0, "env", "KEY=VALUE", .offset = AT(env),
		.help = "an environment variable"},
	{OPT_STRING, 0, "cmd", "WORDS", .offset = AT(cmd),
		.help = "what runs: a JSON array of words, or a line for sh "
			"-c"},
	{OPT_STRING, 0, "entrypoint", "WORDS", .offset = AT(entrypoint),
		.help = "what runs that; the base's --cmd is dropped"},
	{OPT_STRING, 0, "user", "USER", .offset = AT(user),
		.help = "who runs it: NAME, UID or UID:GID"},
	{OPT_STRING, 0, "workdir", "DIR", .offset = AT(workdir),
		.help = "where it runs"},
	{OPT_LIST, 0, "port", "PORT", .offset = AT(port),
		.help = "a port that it listens on: 3306, 3306/tcp"},
	{OPT_STRING, 0, "healthcheck", "COMMAND", .offset = AT(healthcheck),
		.help = "a line for sh -c that fails while it does not work; "
			"run every 10 seconds"},
	{OPT_STRING, 0, "platform", "OS/ARCH", .offset = AT(platform_name),
		.help = "which of the base's images; of a scratch image, what "
			"it is for (this machine)"},
	{0}
};
/* clang-format on */

/* check_text: an image says it in JSON, which has no other bytes. */
static int check_text(const char *text, const char *what, struct err *e)
{
	if (!text || utf8_valid(text, strlen(text)))
		return 0;
	/* Not what is behind `=', which may be a password. */
	return err_set(e, ERR_USAGE, "--%s=%.*s: not UTF-8", what,
		(int)strcspn(text, "="), text);
}

static int check_pairs(
	const struct strlist *list, const char *what, struct err *e)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *equals = strchr(list->item[i], '=');

		if (!equals || equals == list->item[i])
			return err_set(e, ERR_USAGE,
				"--%s=%s: KEY=VALUE is wanted", what,
				list->item[i]);
		if (check_text(list->item[i], what, e))
			return -1;
	}
	return 0;
}

/* check_words: what begins like a JSON array must be one, of texts. */
static int check_words(const char *text, const char *what, struct err *e)
{
	struct json_value *words;
	bool good = true;

	if (!text || *text != '[')
		return check_text(text, what, e);
	words = json_read_list(text, strlen(text));
	for (size_t i = 0; words && i < json_read_count(words); i++)
		good = good && json_read_item_text(words, i);
	good = good && words;
	json_read_free(words);
	if (good)
		return 0;
	err_set(e, ERR_USAGE, "--%s: no JSON array of texts", what);
	return err_hint(e, "as in '[\"mariadbd\", \"--skip-log-bin\"]'");
}

static int check_ports(const struct strlist *list, struct err *e)
{
	for (size_t i = 0; i < list->count; i++) {
		char *end;
		unsigned long port = strtoul(list->item[i], &end, 10);

		if (list->item[i][0] < '0' || list->item[i][0] > '9' || !port ||
			port > 65535 ||
			(*end && strcmp(end, "/tcp") && strcmp(end, "/udp")))
			return err_set(e, ERR_USAGE,
				"--port=%s: no port, as 3306 or 3306/tcp",
				list->item[i]);
	}
	return 0;
}

int image_settings_finish(struct image_settings *s, struct err *e)
{
	if (check_pairs(&s->label, "label", e) ||
		check_pairs(&s->env, "env", e) ||
		check_words(s->cmd, "cmd", e) ||
		check_words(s->entrypoint, "entrypoint", e) ||
		check_text(s->user, "user", e) ||
		check_text(s->workdir, "workdir", e) ||
		check_text(s->healthcheck, "healthcheck", e) ||
		check_text(s->platform_name, "platform", e))
		return -1;
	if (!s->platform_name)
		platform_here(&s->platform);
	else if (platform_parse(s->platform_name, &s->platform, e))
		return -1;
	return check_ports(&s->port, e);
}
