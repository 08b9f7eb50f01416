/* users.h: accounts, roles and what they are granted, as SQL text.
 *
 * The system's own accounts are left out. What stands in the stream in which
 * place: accounts first, for they are definers of what follows, with the
 * grants that need no table; the others when there are tables, routines and
 * stand-ins of views, but before the views, for the server looks whether the
 * definer of a view that another one reads may read what it reads.
 *
 * Definitions are those of the dump, as far as that cannot lock out the
 * account that loads it: that one keeps its own.
 */
#ifndef DBPIPES_DB_USERS_H
#define DBPIPES_DB_USERS_H

#include "base/err.h"
#include "base/sink.h"
#include "db/conn.h"
#include "db/dump.h"
#include "db/flavor.h"

/* users_accounts: with options->users: all roles and accounts, their grants on
 * all databases, databases, roles and proxies, and default roles. What the
 * server itself does not take for an account is named in a warning. Errors:
 * ERR_UNAVAILABLE where it cannot tell; ERR_DENIED. */
int users_accounts(struct db *db, const struct flavor *flavor,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

/* users_grants: with options->users: the grants on tables, columns and
 * routines. One on what the target does not have is passed over. */
int users_grants(struct db *db, const struct flavor *flavor,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

#endif
