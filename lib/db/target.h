/* target.h: what a server holds and knows before a dump is loaded into it. */
#ifndef DBPIPES_DB_TARGET_H
#define DBPIPES_DB_TARGET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/conn.h"
#include "db/flavor.h"

struct target;

/* What stands under a name. */
enum target_kind { TARGET_NOTHING, TARGET_TABLE, TARGET_VIEW, TARGET_SEQUENCE };

/* target_read: of all databases but the system's. `db` is borrowed, and asked
 * by the functions below: a connection that is not the loading one's. Owns:
 * ended by target_free. Errors: those of db_query. */
struct target *target_read(struct db *db, struct err *e);
void target_free(struct target *target);

/* target_check_writable: that it takes changes from us. Errors: ERR_UNAVAILABLE
 * if it is read-only for our account. */
int target_check_writable(struct target *target, struct err *e);

const struct flavor *target_flavor(const struct target *target);

/* target_convert: a name in that character set, to UTF-8, in which the target
 * keeps it. `charset` is of the dump: "" and what is not the name of one leave
 * the name as it is. Errors: those of db_query. */
int target_convert(struct target *target, const char *charset,
	struct strbuf *name, struct err *e);

/* target_key: the name of a table as the target would keep it, quoted, for
 * comparing: with lower_case_table_names two names may be one. `db` NULL or
 * "": none. key is reset. Errors: those of db_query. */
int target_key(struct target *target, const char *db, const char *table,
	struct strbuf *key, struct err *e);

/* target_find: what stood there when the target was read, by target_key. */
enum target_kind target_find(const struct target *target, const char *key);

/* target_find_database: 1: it held something when the target was read; 0, -1.
 */
int target_find_database(struct target *target, const char *db, struct err *e);

/* target_any: a name that is there, NULL: nothing is. */
const char *target_any(const struct target *target);

/* target_logs: it writes a binary log. */
bool target_logs(const struct target *target);

/* target_folds: names that differ by case are one. */
bool target_folds(const struct target *target);

/* target_lacks_collation, target_lacks_charset: 1, 0, -1. */
int target_lacks_collation(
	struct target *target, const char *name, struct err *e);
int target_lacks_charset(
	struct target *target, const char *name, struct err *e);

/* target_similar_collation: one that the target has, in place of one that it
 * lacks; `name` is reset, and empty if there is none. */
int target_similar_collation(struct target *target, const char *lacking,
	struct strbuf *name, struct err *e);

/* target_lacks_account: 1, 0, -1: an account that a definer names. Who may not
 * read mysql.user gets 0. */
int target_lacks_account(struct target *target, const char *user,
	const char *host, struct err *e);

#endif
