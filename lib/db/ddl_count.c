/* ddl_count.c: see ddl_count.h. */
#include "db/ddl_count.h"

#include <stdlib.h>

#include "base/strlist.h"
#include "db/result.h"

/* Statement counters of the server by what they change. Source: MariaDB
 * manual, "Server Status Variables", Com_*. */
static const char *const table_counters[] = {"Com_alter_db", "Com_create_db",
	"Com_drop_db", "Com_alter_table", "Com_create_table", "Com_drop_table",
	"Com_rename_table", "Com_truncate", "Com_create_index",
	"Com_drop_index", "Com_create_sequence", "Com_alter_sequence",
	"Com_drop_sequence", NULL};
static const char *const object_counters[] = {"Com_create_view",
	"Com_drop_view", "Com_create_procedure", "Com_alter_procedure",
	"Com_drop_procedure", "Com_create_function", "Com_alter_function",
	"Com_drop_function", "Com_create_package", "Com_drop_package",
	"Com_create_package_body", "Com_drop_package_body",
	"Com_create_trigger", "Com_drop_trigger", "Com_create_event",
	"Com_alter_event", "Com_drop_event", NULL};
static const char *const user_counters[] = {"Com_create_user", "Com_alter_user",
	"Com_drop_user", "Com_rename_user", "Com_create_role", "Com_drop_role",
	"Com_grant", "Com_grant_role", "Com_grant_roles", "Com_revoke",
	"Com_revoke_all", "Com_revoke_role", "Com_revoke_roles",
	"Com_alter_user_default_role", NULL};

int ddl_count_read(struct ddl_count *count, struct db *db, struct err *e)
{
	struct db_result *result = db_query_shape(
		db, "ss", "SHOW GLOBAL STATUS LIKE 'Com\\_%'", e);
	char **row;

	*count = (struct ddl_count){0};
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		uint64_t value = strtoull(row[1], NULL, 10);

		if (name_in(table_counters, row[0]))
			count->tables += value;
		else if (name_in(object_counters, row[0]))
			count->objects += value;
		else if (name_in(user_counters, row[0]))
			count->users += value;
	}
	db_result_free(result);
	return 0;
}
