/* snapshot.c: see snapshot.h. */
#include "db/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/attempt.h"
#include "db/session.h"
#include "db/snapshot_check.h"
#include "db/snapshot_internal.h"

int snapshot_connect(struct snapshot *s, struct db **db, struct err *e)
{
	*db = db_open(s->server, e);
	return *db ? session_set(*db, &s->flavor, s->options->lock_wait_ms, e)
		   : -1;
}

/* With the binary log on for a session, MariaDB keeps metadata locks beyond
 * ROLLBACK TO SAVEPOINT. It writes nothing, so it loses nothing by having it
 * off. */
int snapshot_connect_to_read(struct snapshot *s, struct db **db, struct err *e)
{
	struct err refused;

	if (snapshot_connect(s, db, e) || session_send_much(*db, e))
		return -1;
	s->locks_last =
		db_exec(*db, "SET SESSION sql_log_bin=0", &refused) != 0;
	return 0;
}

void snapshot_one_keeper(struct snapshot *s)
{
	while (s->keepers > 1)
		db_close(s->keeper[--s->keepers]);
	while (s->guards > 1)
		db_close(s->guard[--s->guards]);
}

void snapshot_one_reader(struct snapshot *s, const char *why)
{
	log_debug("one reader only: %s", why);
	snapshot_one_keeper(s);
	for (size_t i = 0; i < s->readers; i++)
		db_close(s->reader[i]);
	s->reader[0] = s->keeper[0];
	s->readers = 1;
}

/* connect_readers: and a keeper, which is the only reader itself. */
static int connect_readers(struct snapshot *s, struct err *e)
{
	size_t wanted = (size_t)s->options->jobs;
	int rc = 0;

	s->guard[s->guards++] = s->control;
	if (snapshot_connect_to_read(s, &s->keeper[s->keepers++], e))
		return -1;
	s->reader = xcalloc(wanted, sizeof(*s->reader));
	if (wanted == 1)
		s->reader[s->readers++] = s->keeper[0];
	for (; !rc && s->readers < wanted; s->readers++) {
		/* None waits for a lock: a DDL statement that waits for the
		 * keeper's would be in front, and both wait for ever. */
		rc = snapshot_connect_to_read(s, &s->reader[s->readers], e);
		if (!rc)
			rc = session_lock_wait(s->reader[s->readers], 0, e);
	}
	if (rc && e->code == ERR_TEMP && !sig_pending()) {
		snapshot_one_reader(s, e->msg);
		rc = 0;
	}
	return rc;
}

bool snapshot_shared(const struct snapshot *s)
{
	return s->reader[0] != s->keeper[0];
}

/* attempt: with the SQL threads standing still where that is asked for. */
static int attempt(struct snapshot *s, struct err *e)
{
	if (!s->options->dump_slave)
		return attempt_all(s, e);
	if (upstreams_stop(
		    &s->upstreams, s->control, &s->flavor, s->server, e) ||
		attempt_all(s, e) ||
		upstreams_start(&s->upstreams, s->control, e))
		return -1;
	s->stopped_ms += s->upstreams.stopped_ms;
	return 0;
}

/* block_ddl: until the end of the dump. */
static int block_ddl(struct snapshot *s, struct err *e)
{
	if (!s->options->block_ddl)
		return 0;
	if (snapshot_connect(s, &s->ddl, e))
		return -1;
	if (s->flavor.vendor != VENDOR_MARIADB)
		return db_exec(s->ddl, "LOCK INSTANCE FOR BACKUP", e);
	if (db_exec(s->ddl, "BACKUP STAGE START", e) ||
		db_exec(s->ddl, "BACKUP STAGE BLOCK_DDL", e))
		return err_prefix(e, "--block-ddl: ");
	return 0;
}

/* plan: whether the snapshot can be had without a lock, and shared. */
static int plan(struct snapshot *s, struct err *e)
{
	int all_logged = snapshot_shared(s)
		? moment_shared(s->control, &s->flavor, e)
		: 1;

	if (all_logged < 0)
		return -1;
	s->free = s->flavor.snapshot_position && all_logged;
	if (!all_logged &&
		(s->options->lock == DUMP_LOCK_NONE || s->options->block_ddl))
		snapshot_one_reader(s,
			"the binary log of this server does not have every "
			"commit, so equal positions prove nothing");
	return 0;
}

int snapshot_open(struct snapshot *s, const struct db_options *server,
	const struct dump_options *options, struct err *e)
{
	*s = (struct snapshot){
		.server = server, .options = options, .lock = "none"};
	s->control = db_open(server, e);
	if (!s->control || flavor_detect(&s->flavor, s->control, e) ||
		session_set(s->control, &s->flavor, options->lock_wait_ms, e) ||
		snapshot_check_asked(s, e) ||
		db_exec(s->control, "SET SESSION character_set_results=NULL",
			e) ||
		connect_readers(s, e) || plan(s, e) || block_ddl(s, e))
		return -1;
	return attempt(s, e);
}

void snapshot_drop(struct snapshot *s)
{
	attempt_undo(s);
	upstreams_release(&s->upstreams);
}

int snapshot_again(struct snapshot *s, struct err *e)
{
	snapshot_drop(s);
	return attempt(s, e);
}

int snapshot_objects_changed(struct snapshot *s, bool tables, struct err *e)
{
	struct ddl_count now;

	if (ddl_count_read(&now, s->control, e))
		return -1;
	return now.objects != s->before.objects ||
		(tables && now.tables != s->before.tables) ||
		(s->options->users && now.users != s->before.users);
}

bool snapshot_locked(
	const struct snapshot *s, const struct catalog_table *table)
{
	return !table->transactional && s->locked_end;
}

struct db *snapshot_keeper(
	const struct snapshot *s, const struct table_ref *table)
{
	size_t index = (size_t)(table - s->catalog.table);

	return s->keeper[tablelock_share(
		&s->catalog, s->keepers, index / tablelock_group(&s->catalog))];
}

int snapshot_release(const struct snapshot *s, struct db *reader, struct err *e)
{
	if (reader == s->locker)
		return 0;
	for (size_t i = 0; i < s->keepers; i++)
		if (reader == s->keeper[i])
			return 0;
	return db_exec(reader, "ROLLBACK TO SAVEPOINT " READER_SAVEPOINT, e);
}

/* release_group: give the next group's locks back. */
static int release_group(struct snapshot *s, struct err *e)
{
	size_t group = s->released++;
	size_t share = tablelock_share(&s->catalog, s->keepers, group);

	return tablelock_release(s->keeper[share], group, e);
}

int snapshot_unlock(struct snapshot *s, size_t tables, struct err *e)
{
	if (!s->locked_end || tables < s->locked_end)
		return 0;
	s->locked_end = 0;
	return db_exec(s->locker, "UNLOCK TABLES", e);
}

int snapshot_written(struct snapshot *s, size_t tables, struct err *e)
{
	size_t group = tablelock_group(&s->catalog);
	bool all = tables == s->catalog.tables;

	while (!s->ddl &&
		(s->released < tables / group ||
			(all && s->released * group < tables)))
		if (release_group(s, e))
			return -1;
	return 0;
}

int snapshot_ddl_held(const struct snapshot *s, struct err *e)
{
	if (!s->ddl || !db_exec(s->ddl, "DO 0", e))
		return 0;
	return err_prefix(e, "--block-ddl was lost, and DDL may have run: ");
}

int snapshot_kill(const struct snapshot *s, const struct db *db, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "KILL %llu",
		(unsigned long long)db_thread_id(db));
	return db_exec(s->control, sql, e);
}

void snapshot_close(struct snapshot *s)
{
	upstreams_release(&s->upstreams);
	db_close(s->hold.db);
	db_close(s->locker);
	for (size_t i = 0; i < s->readers; i++)
		if (s->reader[i] != s->keeper[0])
			db_close(s->reader[i]);
	free(s->reader);
	snapshot_one_keeper(s);
	db_close(s->keeper[0]);
	db_close(s->ddl);
	db_close(s->control);
	catalog_release(&s->catalog);
	moment_release(&s->moment);
	*s = (struct snapshot){0};
}
