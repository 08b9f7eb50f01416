/* snapshot_check.c: see snapshot_check.h. */
#include "db/snapshot_check.h"

#include <stdlib.h>
#include <strings.h>

#include "base/prog.h"
#include "db/result.h"
#include "db/tablelock.h"

int snapshot_check_asked(const struct snapshot *s, struct err *e)
{
	if (s->options->lock == DUMP_LOCK_STAGE && !s->flavor.backup_stage) {
		err_set(e, ERR_UNAVAILABLE,
			"this server (%s) knows no BACKUP STAGE",
			db_server_version(s->control));
		return err_hint(e, "use --lock=ftwrl");
	}
	if (s->options->block_ddl && s->flavor.vendor == VENDOR_MARIADB &&
		!s->flavor.backup_stage)
		return err_set(e, ERR_UNAVAILABLE,
			"this server (%s) knows no BACKUP STAGE, which "
			"--block-ddl needs",
			db_server_version(s->control));
	if (s->options->block_ddl && s->flavor.vendor != VENDOR_MARIADB &&
		!s->flavor.instance_lock)
		return err_set(e, ERR_UNAVAILABLE,
			"this server (%s) knows no LOCK INSTANCE FOR BACKUP, "
			"which --block-ddl needs",
			db_server_version(s->control));
	if (s->options->lock == DUMP_LOCK_NONE &&
		!s->flavor.snapshot_position && s->options->master_data) {
		err_set(e, ERR_UNAVAILABLE,
			"this server (%s) cannot tell a snapshot's position "
			"without a lock",
			db_server_version(s->control));
		return err_hint(e, "use --lock=auto");
	}
	if (s->options->dump_slave && s->flavor.vendor != VENDOR_MARIADB) {
		err_set(e, ERR_UNAVAILABLE,
			"--dump-slave is for MariaDB; this server is %s",
			db_server_version(s->control));
		return err_hint(e, "leave it out, and use --master-data");
	}
	return 0;
}

/* warn_untransactional: say what that means for the server, or for the dump. */
static void warn_untransactional(const struct snapshot *s)
{
	struct strbuf names = STRBUF_INIT;
	size_t last;

	if (tablelock_untransactional(&s->catalog, &last, &names) &&
		!s->options->no_data && !s->options->alone)
		log_warn(s->locked_end
				? "locked against writes until they are "
				  "written, for their engine knows no "
				  "transactions: %s"
				: "not consistent with the rest, for their "
				  "engine knows no transactions and "
				  "--lock=none was given: %s",
			names.buf);
	strbuf_release(&names);
}

/* warn_statement: a transaction that wrote to such a table and is still open
 * goes to the binary log as a whole, behind our position, though that table's
 * rows are there already; logged as rows they go there at once. */
static int warn_statement(const struct snapshot *s, struct err *e)
{
	struct strbuf format = STRBUF_INIT;
	int found = 0;

	if (s->locked_end && s->moment.log_file)
		found = db_query_value(s->control,
			"SELECT @@GLOBAL.binlog_format", &format, e);
	if (found > 0 && !strcasecmp(format.buf, "STATEMENT"))
		log_warn("binlog_format is STATEMENT: a replica may get "
			 "writes to tables without transactions twice; MIXED "
			 "and ROW are safe");
	strbuf_release(&format);
	return found < 0 ? -1 : 0;
}

/* xa_prepared: how many XA transactions are prepared. A snapshot does not see
 * their changes, yet the binary log has them before its position, and behind
 * it a mere XA COMMIT, which a replica begun there cannot execute. */
static int xa_prepared(const struct snapshot *s, size_t *count, struct err *e)
{
	struct db_result *result = NULL;

	*count = 0;
	if (s->flavor.vendor != VENDOR_MARIADB || !s->moment.log_file)
		return 0;
	result = db_query(s->control, "XA RECOVER", e);
	if (!result)
		return -1;
	*count = db_result_count(result);
	db_result_free(result);
	return 0;
}

/* check_xa: an error where the position was asked for, else a warning. */
static int check_xa(const struct snapshot *s, struct err *e)
{
	size_t count;

	if (xa_prepared(s, &count, e))
		return -1;
	if (!count)
		return 0;
	if (!s->options->master_data) {
		log_warn("%zu XA transactions are prepared (XA RECOVER): a "
			 "replica from this dump's position would miss them",
			count);
		return 0;
	}
	err_set(e, ERR_TEMP,
		"%zu XA transactions are prepared; a replica from this "
		"position would miss them",
		count);
	return err_hint(e,
		"commit or roll them back (XA RECOVER lists them) and try "
		"again, or leave --master-data out");
}

/* warn_recovery: a server that is rescued so has let what was never committed
 * stand, with no word of it. Source: MariaDB manual, "InnoDB Recovery Modes".
 */
static int warn_recovery(const struct snapshot *s, struct err *e)
{
	const unsigned long no_undo_log_scan = 5;
	struct err failed = {0};
	char *mode = db_server_variable(
		s->control, "innodb_force_recovery", &failed);

	if (mode && strtoul(mode, NULL, 10) >= no_undo_log_scan)
		log_warn("innodb_force_recovery is %s: what was never "
			 "committed when the server crashed is in this dump",
			mode);
	free(mode);
	if (failed.code)
		*e = failed;
	return failed.code ? -1 : 0;
}

int snapshot_check_taken(const struct snapshot *s, struct err *e)
{
	warn_untransactional(s);
	return warn_recovery(s, e) || warn_statement(s, e) ? -1
							   : check_xa(s, e);
}
