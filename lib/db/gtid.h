/* gtid.h: lists of MariaDB's global transaction ids: "0-11-42,5-7-100".
 *
 * Source: MariaDB manual, "Global Transaction ID". MySQL's GTID sets are
 * another thing and do not parse.
 */
#ifndef DBPIPES_DB_GTID_H
#define DBPIPES_DB_GTID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct gtid {
	uint32_t domain, server;
	uint64_t sequence;
};

struct gtid_list {
	struct gtid *item;
	size_t count, cap;
};

void gtid_list_release(struct gtid_list *list);

/* gtid_list_parse: replace the list by what the text says; "" is an empty
 * list. Returns false, with an empty list, if it is none of MariaDB's. */
bool gtid_list_parse(struct gtid_list *list, const char *text);

/* gtid_list_covers: every domain of `want` is in `have`, at or behind its
 * sequence number there. */
bool gtid_list_covers(
	const struct gtid_list *have, const struct gtid_list *want);

/* gtid_list_ahead: some domain that both name is further on in `list`. */
bool gtid_list_ahead(
	const struct gtid_list *list, const struct gtid_list *than);

/* gtid_list_sequence: the number that a domain has got to, 0 if it is not
 * named. */
uint64_t gtid_list_sequence(const struct gtid_list *list, uint32_t domain);

/* gtid_list_keep: add those of `old` whose domain the list does not name. */
void gtid_list_keep(struct gtid_list *list, const struct gtid_list *old);

void gtid_list_text(const struct gtid_list *list, struct strbuf *text);

#endif
