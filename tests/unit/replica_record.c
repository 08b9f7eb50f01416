/* The records of a replica: what is not known is null. */
#include "db/replica_record.h"

#include <fcntl.h>
#include <unistd.h>

#include "fixture.h"
#include "tap.h"

/* Run with the standard output in a file, whose text is returned. */
static const char *caught_up(char *log_file, uint64_t log_pos)
{
	static char text[512];
	const struct replica_status at = {
		.log_file = log_file, .log_pos = log_pos, .gtid = "0-1-2"};
	int out = open(put_file("record", ""), O_RDWR | O_CLOEXEC);
	int own = dup(STDOUT_FILENO);
	struct err e = {0};
	ssize_t len;
	int rc;

	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	rc = replica_record_caught_up(&at, 0, &e);
	dup2(own, STDOUT_FILENO);
	is_int(rc, 0, "a record is written");
	len = pread(out, text, sizeof(text) - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	close(out);
	close(own);
	return text;
}

int main(void)
{
	fixture_begin();
	ok(strstr(caught_up("b.000001", 4),
		   "\"log_file\":\"b.000001\",\"log_pos\":4,"),
		"the place in the source's log is told");
	ok(strstr(caught_up("", 0), "\"log_file\":null,\"log_pos\":null,"),
		"a replica by GTID that was sent no change knows none");
	fixture_end();
	return done_testing();
}
