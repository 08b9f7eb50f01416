# shellcheck shell=bash
# resume.bash: loads that are killed and go on, for dbseed-resume.bats,
# dbseed-resume-state.bats and tests/soak/seed-resume. After servers.bash and shapes.bash.
#
#   resume_data NAME          all shapes, and tables that are larger
#   resume_dump NAME          a dump of that, and statements that change it
#   resume_until_done FILE KILL  run dbseed --resume until it ends by itself; each
#                             time but the last, after a moment, KILL does harm.
#                             Prints how often it was interrupted
#   kill_dbseed, kill_server  harm
#   begin_with PATTERN CONDITION [OPTION…]
#                             --resume with the dump on standard input up to the
#                             line that matches, killed when the condition holds.
#                             All of it is $BATS_TEST_TMPDIR/sql then
#   target_is_left_alone      the server is done with what killed clients had sent

resume_data() {
	shapes_sql | mariadb --defaults-file="$(server_cnf "$1")"
	sql "$1" "CREATE DATABASE large; USE large;
		CREATE TABLE a (id INT PRIMARY KEY, n INT, t TEXT, KEY (n), FULLTEXT (t)) ENGINE=InnoDB;
		INSERT INTO a SELECT seq, seq * 7919 % 10007, REPEAT(CONCAT('word', seq, ' '), 4)
			FROM seq_1_to_60000;
		CREATE TABLE b LIKE a; INSERT INTO b SELECT * FROM a;
		CREATE TABLE m (id INT, t TEXT) ENGINE=MyISAM; INSERT INTO m SELECT id, t FROM a"
}

# What the server numbers by itself would have other numbers after a rollback,
# so it is dumped with its numbers.
resume_dump() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --routines --events --skip-add-locks \
		--net-buffer-length=200000 --databases shapes more large
	cat <<-'SQL'
		USE large; SET AUTOCOMMIT = 0;
		DELETE FROM a WHERE id % 1000 = 0;
		INSERT INTO b SELECT id + 1000000, n, t FROM a;
		COMMIT; SET AUTOCOMMIT = 1;
		UPDATE b SET n = n + 1;
		-- Dump completed
	SQL
}

kill_dbseed() { kill -KILL "$1"; }

kill_server() {
	server_kill target
	wait_until 60 server_is_gone_for "$1"
	server_start target
}

server_is_gone_for() { ! kill -0 "$1" 2>/dev/null; }

# had_ended: it was interrupted when it had told that all is loaded, and dropped what
# it could have gone on with.
had_ended() {
	grep -q '"event":"loaded"' "$SERVERS/records" &&
		! server_databases target | grep -q dbpipes
}

# resume_until_done FILE KILL MOMENT…: seconds after which harm is done.
resume_until_done() {
	local pid status moment interrupted=0
	for moment in "${@:3}" ''; do
		status=0
		dbseed --defaults-file="$(server_cnf target)" -j 3 --resume "$1" \
			>"$SERVERS/records" 2>"$SERVERS/said" 3>&- &
		pid=$!
		if [ -n "$moment" ]; then
			sleep "$moment"
			"$2" "$pid" 2>/dev/null || :
		fi
		wait "$pid" || status=$?
		[ $status -ne 0 ] || break
		! had_ended || { status=0 && break; }
		interrupted=$((interrupted + 1))
		case $status in
		75 | 69 | 137) ;;
		*) cat "$SERVERS/said" >&2 && return 1 ;;
		esac
	done
	[ $status -eq 0 ] || { cat "$SERVERS/said" >&2 && return 1; }
	echo "$interrupted"
}

target_is_left_alone() {
	[ "$(sql target 'SELECT COUNT(*) FROM information_schema.processlist
		WHERE user = SUBSTRING_INDEX(CURRENT_USER(), "@", 1)')" = 1 ]
}

begin_with() {
	local pid
	cat >"$BATS_TEST_TMPDIR/sql"
	rm -f "$BATS_TEST_TMPDIR/pipe"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	dbseed --defaults-file="$(server_cnf target)" -j 1 --resume "${@:3}" \
		"$BATS_TEST_TMPDIR/pipe" >/dev/null 2>&1 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	sed "/$1/q" "$BATS_TEST_TMPDIR/sql" >&8
	wait_until 60 "$2"
	kill -KILL "$pid"
	exec 8>&-
	wait "$pid" || :
	wait_until 20 target_is_left_alone
}
