/* follow.c: see follow.h. */
#include "seed/follow.h"

#include <string.h>

#include "base/clock.h"
#include "db/replica_gtid.h"
#include "db/replica_record.h"

static int check(struct follow *f, struct err *e)
{
	struct db *source = NULL;
	int rc;

	if (f->options->check_source) {
		source = db_open(&f->source, e);
		if (!source) {
			err_prefix(e,
				"the replication user cannot log in at "
				"the source: ");
			return err_hint(e,
				"nothing was loaded; see --master-host, "
				"--master-user, --master-password and, for "
				"TLS, --master-ssl-ca; where only the target "
				"can reach the source, add "
				"--skip-check-source");
		}
	}
	rc = replica_check(f->control, &f->plan, source, e);
	db_close(source);
	return rc;
}

int follow_begin(struct follow *f, const struct replica_options *options,
	struct db *control, const struct flavor *flavor, uint64_t timeout_ms,
	struct err *e)
{
	*f = (struct follow){.options = options,
		.control = control,
		.flavor = flavor,
		.source = replica_options_source(options, timeout_ms),
		.plan = replica_options_plan(options)};
	f->plan.flavor = flavor;
	if (!options->replicate)
		return 0;
	if (replica_session(control, e) ||
		replica_events_list(control, &f->own_events, e))
		return -1;
	return check(f, e);
}

void follow_release(struct follow *f)
{
	strlist_release(&f->own_events);
}

/* take_position: by GTID or by file, as asked for and as the dump allows. */
static int take_position(struct follow *f, const struct positions *p,
	const char *input, struct err *e)
{
	const struct position *at =
		positions_choose(p, input, f->options->channel, e);

	if (!at)
		return -1;
	f->plan.use_gtid = at->use_gtid;
	f->plan.gtid = at->gtid;
	f->plan.log_file = at->log_file;
	f->plan.log_pos = at->log_pos;
	return replica_options_position(f->options, &f->plan, input, e);
}

/* check_awaited: a GTID that only the end will state must do, unless a file is
 * stated, too. It is of the kind that the dump's server has. */
static int check_awaited(struct follow *f, const struct positions *p,
	const char *input, struct err *e)
{
	bool mysql = p->mysql;
	bool mariadb = f->flavor->vendor == VENDOR_MARIADB;

	/* "sql": without its first lines, whose it is shows at the end. */
	if (!(positions_awaited(p) & GTID_OWN) || !strcmp(p->format, "sql"))
		return 0;
	if (!f->plan.use_gtid && !p->own.log_file)
		return replica_options_position(f->options, &f->plan, input, e);
	if (!f->plan.use_gtid || mysql != mariadb ||
		(p->own.log_file && f->options->use_gtid == USE_GTID_AUTO))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the dump will state a GTID position of %s's, which the "
		"target, a %s server, does not know",
		mysql ? "MySQL" : "MariaDB", mysql ? "MariaDB" : "MySQL");
	return err_hint(e,
		"nothing was loaded; replicate by file and position: "
		"--use-gtid=no, from a dump made with --master-data");
}

/* expects_gtid: before all of the dump is read. */
static bool expects_gtid(const struct follow *f, const struct positions *p)
{
	bool only = !p->own.log_file && positions_awaited(p) & GTID_OWN;

	return replica_options_expect_gtid(f->options, p->own.use_gtid || only);
}

int follow_check_head(struct follow *f, const struct positions *p,
	const char *input, struct err *e)
{
	if (!f->options->replicate)
		return 0;
	if (positions_check_head(p, input, e))
		return -1;
	if (positions_found(p) && !positions_awaited(p)) {
		if (take_position(f, p, input, e))
			return -1;
	} else {
		f->plan.use_gtid = expects_gtid(f, p);
		if (check_awaited(f, p, input, e))
			return -1;
	}
	return replica_gtid_check(f->control, &f->plan, e);
}

/* source_options: to ask the source itself, where we may. */
static const struct db_options *source_options(const struct follow *f)
{
	return f->options->check_source ? &f->source : NULL;
}

int follow_plan(struct follow *f, const struct positions *p, const char *input,
	struct err *e)
{
	if (!f->options->replicate)
		return 0;
	if (positions_check_dumps(p, input, e) ||
		take_position(f, p, input, e) ||
		replica_check_position(&f->plan, source_options(f), e))
		return -1;
	return replica_gtid_check(f->control, &f->plan, e);
}

int follow_events(struct follow *f, struct err *e)
{
	if (!f->options->replicate)
		return 0;
	return replica_events_disable(f->control, f->flavor, &f->own_events, e);
}

static int wait_caught_up(struct follow *f, struct err *e)
{
	struct replica_status at = REPLICA_STATUS_INIT;
	uint64_t began = clock_ms();
	int rc;

	if (!f->options->wait_ms)
		return 0;
	rc = replica_wait(f->control, &f->plan, source_options(f),
		f->options->wait_ms, &at, e);
	if (!rc)
		rc = replica_record_caught_up(&at, clock_ms() - began, e);
	replica_status_release(&at);
	return rc;
}

int follow_start(struct follow *f, struct err *e)
{
	if (!f->options->replicate)
		return 0;
	if (replica_configure(f->control, &f->plan, e) ||
		replica_start(f->control, &f->plan, e) ||
		replica_record_started(&f->plan, e) || wait_caught_up(f, e))
		return -1;
	return f->options->read_only ? replica_read_only(f->control, e) : 0;
}
