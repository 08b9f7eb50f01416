#!/usr/bin/env bats
# dbdump-replica.bats: --dump-slave on replicas of more than one source, with
# parallel threads, and beside a global lock: what each was at, and that only
# what was stopped is started again.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects

setup_file() {
	servers_begin source source2 target
	server_start replica --log-bin=own --slave-parallel-threads=4 \
		--slave-parallel-mode=optimistic
	sql source 'CREATE DATABASE one; CREATE TABLE one.t (id INT PRIMARY KEY, n INT)
		ENGINE=InnoDB; CREATE TABLE one.other LIKE one.t'
	sql source2 'CREATE DATABASE two; CREATE TABLE two.t (id INT PRIMARY KEY, n INT)
		ENGINE=InnoDB'
	sql replica "$(follow '' source); $(follow 'second`s' source2); START ALL SLAVES"
	wait_until 30 caught_up '' source
	wait_until 30 caught_up 'second`s' source2
}

teardown_file() { servers_end; }

# follow CHANNEL NAME: from the begin of its first binary log, without GTID.
follow() {
	echo "CHANGE MASTER '$1' TO MASTER_HOST = '127.0.0.1', MASTER_USE_GTID = NO,
		MASTER_PORT = $(server_port "$2"), MASTER_USER = 'repl',
		MASTER_PASSWORD = '$REPL_PASSWORD', MASTER_LOG_FILE = 'binlog.000001',
		MASTER_LOG_POS = 4"
}

# status_of CHANNEL FIELD
status_of() {
	mariadb --defaults-file="$(server_cnf replica)" \
		-e "SHOW SLAVE '$1' STATUS\\G" | sed -n "s/^ *$2: //p"
}

position_of() { sql "$1" 'SHOW MASTER STATUS' | cut -f 2; }

caught_up() { [ "$(status_of "$1" Exec_Master_Log_Pos)" = "$(position_of "$2")" ]; }

sql_thread_is() { [ "$(status_of "$1" Slave_SQL_Running)" = "$2" ]; }

# ends_as_before: where the test below has it end.
ends_as_before() {
	sql_thread_is 'second`s' Yes
	[ "$(status_of 'second`s' Until_Condition)" = Master ]
	[ "$(status_of 'second`s' Until_Log_File)" = binlog.000001 ]
	[ "$(status_of 'second`s' Until_Log_Pos)" = 999999 ]
}

# stated FILE CHANNEL: the position of this channel in a dump.
stated() {
	sed -n "s/^-- CHANGE MASTER '$2' TO .*MASTER_LOG_POS=\([0-9]*\);/\1/p" "$1"
}

@test "each of several sources has its name and its position, and dbpos tells them apart (case 9)" {
	sql source 'INSERT INTO one.t VALUES (1, 1)'
	sql source2 'INSERT INTO two.t VALUES (1, 1), (2, 2)'
	wait_until 30 caught_up '' source
	wait_until 30 caught_up 'second`s' source2
	dump replica --dump-slave=2 --master-data=2 -B one two >"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(stated "$BATS_TEST_TMPDIR/dump.sql" '')" = "$(position_of source)" ]
	[ "$(stated "$BATS_TEST_TMPDIR/dump.sql" 'second`s')" = "$(position_of source2)" ]
	dbpos "$BATS_TEST_TMPDIR/dump.sql" >"$BATS_TEST_TMPDIR/record"
	jq -e --argjson own "$(position_of replica)" --argjson first "$(position_of source)" \
		--argjson second "$(position_of source2)" '
		.log_file == "own.000001" and .log_pos == $own and
		([.. | objects | select(.channel == "second`s") | .log_pos] == [$second]) and
		([.. | objects | select(.channel == "") | .log_pos] == [$first])' \
		"$BATS_TEST_TMPDIR/record"
}

@test "of two channels only the one that ran is started again (case 10)" {
	sql replica "STOP SLAVE '' SQL_THREAD"
	run -0 dump replica --dump-slave=2 one
	sql_thread_is '' No
	sql_thread_is 'second`s' Yes
	sql replica "START SLAVE '' SQL_THREAD; STOP SLAVE 'second\`s' SQL_THREAD"
	# Also when the dump fails after they were stopped.
	run dump replica --dump-slave=2 one --where='no_such = 1'
	[ "$status" -ne 0 ]
	sql_thread_is '' Yes
	sql_thread_is 'second`s' No
	sql replica "START SLAVE 'second\`s' SQL_THREAD"
}

@test "a connection that cannot be started again keeps no other from it (case 10)" {
	local said=$BATS_TEST_TMPDIR/said status=0
	sql replica "CHANGE MASTER 'aaa' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1,
		MASTER_USER = 'repl'; START SLAVE 'aaa'"
	# For its lock the dump waits, and the threads stand still meanwhile.
	sql replica 'BACKUP STAGE START; DO SLEEP(5)' &
	wait_until 20 eval 'sql replica "SHOW PROCESSLIST" | grep -q SLEEP'
	dump replica --dump-slave=2 --lock=stage one >/dev/null 2>"$said" &
	wait_until 20 sql_thread_is 'second`s' No
	sql replica "STOP SLAVE 'aaa'; RESET SLAVE 'aaa' ALL"
	wait $! || status=$?
	[ "$status" = 69 ]
	grep -q "no master connection 'aaa'" "$said"
	sql_thread_is '' Yes
	sql_thread_is 'second`s' Yes
}

@test "an SQL thread that is to run UNTIL a position still does behind it, or is not stopped (case 10)" {
	sql replica "STOP SLAVE 'second\`s'; START SLAVE 'second\`s' UNTIL
		MASTER_LOG_FILE = 'binlog.000001', MASTER_LOG_POS = 999999"
	wait_until 20 sql_thread_is 'second`s' Yes
	dump replica --dump-slave=2 one
	ends_as_before
	dbpipes-backup --defaults-file="$(server_cnf replica)" --stop-replica --verify=none "$BATS_TEST_TMPDIR"
	ends_as_before
	sql replica "STOP SLAVE 'second\`s'; START SLAVE 'second\`s';
		CHANGE MASTER 'gtid' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1,
		MASTER_USER = 'repl', MASTER_USE_GTID = slave_pos;
		START SLAVE 'gtid' UNTIL master_gtid_pos = '0-1-999999'"
	wait_until 20 sql_thread_is 'second`s' Yes
	run -69 dump replica --dump-slave=2 one
	[[ $output == *'UNTIL a GTID'* ]]
	run -69 dbpipes-backup --defaults-file="$(server_cnf replica)" --stop-replica "$BATS_TEST_TMPDIR"
	[[ $output == *'UNTIL a GTID'* ]]
	sql_thread_is '' Yes
	sql_thread_is 'gtid' Yes
	sql replica "STOP SLAVE 'gtid'; RESET SLAVE 'gtid' ALL"
}

@test "all the time that the SQL threads stood still is counted, over several tries" {
	sql replica <<-'SQL'
		CREATE DATABASE race;
		DELIMITER //
		CREATE PROCEDURE race.once() BEGIN
			COMMIT;
			IF NOT EXISTS (SELECT 1 FROM information_schema.VIEWS
				WHERE TABLE_SCHEMA = 'race') THEN
				DO SLEEP(2);
				CREATE VIEW race.late AS SELECT 1 AS a;
			END IF;
		END//
	SQL
	# Both as soon as the snapshot is there: the objects are read again then.
	liar 'CALL race.once()' COMMIT replica
	dbdump --defaults-file="$liar_cnf" --dump-slave -B one \
		--report="$BATS_TEST_TMPDIR/record" >"$BATS_TEST_TMPDIR/dump.sql"
	kill "$liar_pid"
	sql replica 'DROP DATABASE race; RESET MASTER'
	jq -e '.sql_thread_stopped_ms >= 2000' "$BATS_TEST_TMPDIR/record"
	sql_thread_is '' Yes
}

@test "a parallel replica without GTID: the source's log from the stated place makes both the same (case 8)" {
	local i round
	[ "$(status_of '' Using_Gtid)" = No ]
	for ((i = 0; i < 3000; i++)); do
		echo "SET gtid_domain_id = $((i % 3));
			INSERT INTO one.other VALUES ($i, $i);"
	done | mariadb --defaults-file="$(server_cnf source)" 3>&- &
	for round in 1 2 3; do
		wait_until 60 eval '[ "$(sql replica "SELECT COUNT(*) FROM one.other")" -gt $((round * 200)) ]'
		dump replica --dump-slave=2 -B one >"$BATS_TEST_TMPDIR/$round.sql"
		sql_thread_is '' Yes
	done
	wait $!
	for round in 1 2 3; do
		restore target "$BATS_TEST_TMPDIR/$round.sql"
		mariadb-binlog --start-position="$(stated "$BATS_TEST_TMPDIR/$round.sql" '')" \
			"$SERVERS/source/data/binlog.000001" |
			mariadb --defaults-file="$(server_cnf target)"
		diff <(sql source 'SELECT * FROM one.other ORDER BY id') \
			<(sql target 'SELECT * FROM one.other ORDER BY id')
	done
}

@test "transactions that parallel threads have begun are waited for, and belong to the dump (case 8)" {
	sql source 'INSERT INTO one.t VALUES (10, 0), (11, 0)'
	wait_until 30 caught_up '' source
	sql replica 'BEGIN; UPDATE one.t SET n = 5 WHERE id = 10; SELECT SLEEP(3); ROLLBACK' \
		>/dev/null 3>&- &
	wait_until 20 eval 'sql replica "SHOW PROCESSLIST" | grep -q SLEEP'
	sql source 'SET gtid_domain_id = 1; UPDATE one.t SET n = 1 WHERE id = 10;
		SET gtid_domain_id = 2; UPDATE one.t SET n = 2 WHERE id = 11'
	dump replica --dump-slave=2 one t >"$BATS_TEST_TMPDIR/dump.sql"
	wait $!
	restore target <(echo 'CREATE DATABASE one; USE one;' && cat "$BATS_TEST_TMPDIR/dump.sql")
	mariadb-binlog --start-position="$(stated "$BATS_TEST_TMPDIR/dump.sql" '')" \
		--database=one "$SERVERS/source/data/binlog.000001" |
		mariadb --defaults-file="$(server_cnf target)"
	diff <(sql source 'SELECT * FROM one.t ORDER BY id') \
		<(sql target 'SELECT * FROM one.t ORDER BY id')
	sql_thread_is '' Yes
}

@test "a global lock that keeps the SQL thread from ending is waited out, no dead lock comes of it (case 11)" {
	sql replica 'FLUSH TABLES WITH READ LOCK; SELECT SLEEP(4)' >/dev/null 3>&- &
	wait_until 20 eval 'sql replica "SHOW PROCESSLIST" | grep -q SLEEP'
	sql source 'INSERT INTO one.t VALUES (20, 0)'
	dump replica --dump-slave=2 --lock=ftwrl --lock-wait=10 one >"$BATS_TEST_TMPDIR/dump.sql"
	wait $!
	sql_thread_is '' Yes
	wait_until 30 caught_up '' source
	[[ $(stated "$BATS_TEST_TMPDIR/dump.sql" '') -le $(position_of source) ]]
}

@test "the GTID is that of the binary log, of all domains, and not the replica's state (case 7)" {
	local gtid
	wait_until 30 caught_up '' source
	# The replica logs nothing of its source's, so its own log is behind.
	sql replica 'SET gtid_domain_id = 7; CREATE DATABASE IF NOT EXISTS mine;
		SET gtid_domain_id = 8; CREATE TABLE IF NOT EXISTS mine.t (i INT)'
	gtid=$(sql replica 'SELECT @@gtid_binlog_pos')
	[ "$gtid" != "$(sql replica 'SELECT @@gtid_current_pos')" ]
	[[ $gtid == *7-*8-* ]]
	dump replica --report="$BATS_TEST_TMPDIR/record" -B mine >"$BATS_TEST_TMPDIR/dump.sql"
	grep -qx -- "-- SET GLOBAL gtid_slave_pos='$gtid';" "$BATS_TEST_TMPDIR/dump.sql"
	jq -e --arg gtid "$gtid" '.position.gtid == $gtid' "$BATS_TEST_TMPDIR/record"
}

@test "a replica that has no GTID of its source's is refused where one was asked for (case 6)" {
	local gtid
	sql replica 'STOP ALL SLAVES'
	gtid=$(sql replica "SELECT @@gtid_slave_pos; SET GLOBAL gtid_slave_pos = ''" 2>/dev/null)
	run -69 --separate-stderr dump replica --dump-slave --gtid one
	[[ -z $output && $stderr == *'gtid_slave_pos is empty'*'leave --gtid out'* ]]
	run -0 dump replica --dump-slave one
	[[ $output == *"CHANGE MASTER '' TO MASTER_LOG_FILE='binlog.000001'"* ]]
	sql replica "SET GLOBAL gtid_slave_pos = '$gtid'; START ALL SLAVES" 2>/dev/null
	wait_until 30 caught_up '' source
}

is_locked() {
	[ "$(sql replica "SELECT COUNT(*) FROM information_schema.PROCESSLIST
		WHERE INFO LIKE 'DO SLEEP%'")" = 1 ]
}

# holds_up: whether a thread that applies waits for the lock of another session.
holds_up() {
	[ "$(sql replica "SELECT COUNT(*) FROM information_schema.PROCESSLIST
		WHERE COMMAND IN ('Slave_SQL', 'Slave_worker') AND
		STATE LIKE 'Waiting for % lock'")" != 0 ]
}

@test "a replica that is held up by another session's global lock is given up in time, with the reason (case 11)" {
	local locker
	sql replica 'FLUSH TABLES WITH READ LOCK; DO SLEEP(60)' 3>&- &
	locker=$!
	wait_until 30 is_locked
	sql source 'REPLACE INTO one.other VALUES (11, 11)'
	wait_until 30 holds_up
	run -75 --separate-stderr dbdump --defaults-file="$(server_cnf replica)" \
		--dump-slave --lock-wait=1 one
	[[ $stderr == *"cannot be stopped: it stands still itself (Waiting for"* ]]
	kill "$locker"
	sql replica "KILL $(sql replica "SELECT ID FROM
		information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'")"
	wait "$locker" || true
	sql_thread_is '' Yes
	wait_until 30 caught_up '' source
}
