/* gtid.c: reading, comparing and joining lists of global transaction ids. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "db/gtid.h"

void gtid_list_release(struct gtid_list *list)
{
	free(list->item);
	list->item = NULL;
	list->count = list->cap = 0;
}

/* number: a decimal of at most `max`; moves *s behind it. */
static bool number(const char **s, uint64_t max, uint64_t *value)
{
	char *behind;

	if (!isdigit((unsigned char)**s))
		return false;
	errno = 0;
	*value = strtoull(*s, &behind, 10);
	*s = behind;
	return !errno && *value <= max;
}

static bool dash(const char **s)
{
	return *(*s)++ == '-';
}

static const struct gtid *find(const struct gtid_list *list, uint32_t domain)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->item[i].domain == domain)
			return &list->item[i];
	return NULL;
}

static void add(struct gtid_list *list, struct gtid gtid)
{
	list->item = grow_array(
		list->item, list->count, &list->cap, sizeof(*list->item));
	list->item[list->count++] = gtid;
}

static const char *skip_space(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* one: "domain-server-sequence" and the white space around it. */
static bool one(const char **s, struct gtid *gtid)
{
	uint64_t domain, server, sequence;

	*s = skip_space(*s);
	if (!number(s, UINT32_MAX, &domain) || !dash(s) ||
		!number(s, UINT32_MAX, &server) || !dash(s) ||
		!number(s, UINT64_MAX, &sequence))
		return false;
	*gtid = (struct gtid){(uint32_t)domain, (uint32_t)server, sequence};
	*s = skip_space(*s);
	return true;
}

bool gtid_list_parse(struct gtid_list *list, const char *text)
{
	struct gtid gtid;

	list->count = 0;
	text = skip_space(text);
	while (*text) {
		if (!one(&text, &gtid) || find(list, gtid.domain) ||
			(*text && *text != ',')) {
			list->count = 0;
			return false;
		}
		add(list, gtid);
		text += *text == ',';
	}
	return true;
}

bool gtid_list_covers(
	const struct gtid_list *have, const struct gtid_list *want)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct gtid *at = find(have, want->item[i].domain);

		if (!at || at->sequence < want->item[i].sequence)
			return false;
	}
	return true;
}

bool gtid_list_ahead(const struct gtid_list *list, const struct gtid_list *than)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct gtid *at = find(than, list->item[i].domain);

		if (at && list->item[i].sequence > at->sequence)
			return true;
	}
	return false;
}

uint64_t gtid_list_sequence(const struct gtid_list *list, uint32_t domain)
{
	const struct gtid *at = find(list, domain);

	return at ? at->sequence : 0;
}

void gtid_list_keep(struct gtid_list *list, const struct gtid_list *old)
{
	for (size_t i = 0; i < old->count; i++)
		if (!find(list, old->item[i].domain))
			add(list, old->item[i]);
}

void gtid_list_text(const struct gtid_list *list, struct strbuf *text)
{
	for (size_t i = 0; i < list->count; i++)
		strbuf_addf(text, "%s%" PRIu32 "-%" PRIu32 "-%" PRIu64,
			i ? "," : "", list->item[i].domain,
			list->item[i].server, list->item[i].sequence);
}
