/* flavor.c: the table of what servers can do. */
#include <string.h>

#include "db/flavor.h"

#include "base/version.h"
#include "db/result.h"

/* A capability: from which version of which vendor on. 0: never. */
struct capability {
	size_t offset; /* of its bool in struct flavor */
	unsigned mariadb, mysql;
};

#define CAN(member) offsetof(struct flavor, member)

/* Sources: the release notes in the MariaDB and MySQL manuals. */
static const struct capability capabilities[] = {
	{CAN(snapshot_position), 50300, 0}, /* MariaDB 5.3, MDEV-136 */
	{CAN(backup_stage), 100401, 0},     /* MDEV-5336 */
	{CAN(insert_history), 101100, 0},   /* MDEV-16546 */
	{CAN(mariadb_gtid), 100002, 0},
	{CAN(binlog_status), 0, 80200},
	{CAN(source_terms), 0, 80023},
	{CAN(channels), 0, 50706},
	{CAN(public_key), 0, 80004},
	{CAN(gtid_add), 0, 80000},
	{CAN(show_create_user), 100200, 50706}, /* MDEV-8646 */
	{CAN(replace_user), 100101, 0},         /* MDEV-5359 */
	{CAN(blocks), 100101, 0},               /* MDEV-5317 */
	{CAN(roles), 100005, 0},                /* MDEV-4397 */
	{CAN(global_priv), 100401, 0},          /* MDEV-17658 */
	{CAN(account_roles), 0, 80000},
	{CAN(show_routine), 0, 80000},
	{CAN(instance_lock), 0, 80003},
	{CAN(lazy_regexp), 100005, 80004}, /* MDEV-4425 */
	{CAN(libraries), 0, 90200},
	{CAN(executes_any), 100602, 0}, /* MDEV-16708 */
	{CAN(crc32c), 100800, 0},       /* MDEV-27208 */
	{CAN(ftwrl_waits), 0, 1},
	{CAN(only_creates), 0, 80011},
	{CAN(one_dictionary), 0, 80000},
	{CAN(file_names), 1, 0},
	{CAN(whole_accounts), 0, 50706},
};

int flavor_detect(struct flavor *flavor, struct db *db, struct err *e)
{
	struct strbuf version = STRBUF_INIT;
	bool mariadb;
	int rc;

	memset(flavor, 0, sizeof(*flavor));
	rc = db_query_value(db, "SELECT VERSION()", &version, e);
	if (rc < 0)
		return -1;
	mariadb = strcasestr(version.buf, "mariadb") != NULL;
	flavor->vendor = mariadb ? VENDOR_MARIADB : VENDOR_MYSQL;
	flavor->version = version_number(version.buf);
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities);
		i++) {
		const struct capability *c = &capabilities[i];
		unsigned since = mariadb ? c->mariadb : c->mysql;

		*(bool *)((char *)flavor + c->offset) =
			since && flavor->version >= since;
	}
	strbuf_release(&version);
	return 0;
}

bool flavor_same_words(const struct flavor *a, const struct flavor *b)
{
	const unsigned releases = a->vendor == VENDOR_MARIADB ? 100 : 1;

	return a->vendor == b->vendor &&
		a->version / releases == b->version / releases;
}
