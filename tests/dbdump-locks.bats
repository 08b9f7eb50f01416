#!/usr/bin/env bats
# dbdump-locks.bats: that a dump is one moment of a server that goes on working:
# consistency, locks, DDL beside it, and positions, its own and a replica's.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # SQL names; a test is a subshell; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shop
load lib/objects

setup_file() {
	servers_begin source target
	shop_make source 300
	sql source 'CREATE DATABASE held; USE held;
		CREATE TABLE a_big (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		INSERT INTO a_big SELECT seq, REPEAT("x", 1000) FROM seq_1_to_6000;
		CREATE TABLE b_small LIKE a_big; CREATE TABLE z_last LIKE a_big;
		CREATE TABLE z_big LIKE a_big; INSERT INTO z_big SELECT * FROM a_big'
}

teardown_file() { servers_end; }

teardown() {
	exec 7>&- 8<&-
	lock_end || :
	shop_writers_end
	sql source 'DROP DATABASE IF EXISTS ddl; DROP DATABASE IF EXISTS own'
}

# lock_begin STATEMENT: in a session that lasts until lock_end.
lock_begin() {
	mkfifo "$BATS_TEST_TMPDIR/lock"
	mariadb --defaults-file="$(server_cnf source)" -N -n \
		<"$BATS_TEST_TMPDIR/lock" >"$BATS_TEST_TMPDIR/locked" 3>&- &
	lock_pid=$!
	exec 9>"$BATS_TEST_TMPDIR/lock"
	echo "$1; SELECT 'done';" >&9
	wait_until 20 grep -q 'done' "$BATS_TEST_TMPDIR/locked"
}

lock_end() {
	exec 9>&-
	[ -z "${lock_pid:-}" ] || wait "$lock_pid"
	lock_pid=
}

# paused_dump OPTION…: a dump into a pipe of which only the head is read, which
# is then in $head; the rest comes from descriptor 8.
paused_dump() {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	dump source "$@" >"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	dump_pid=$!
	exec 8<"$BATS_TEST_TMPDIR/pipe"
	# As soon as the first bytes come, all locks are had.
	IFS= read -r head <&8
}

# dump_rest: read on; the whole is in $BATS_TEST_TMPDIR/dump.sql.
dump_rest() {
	{ echo "$head" && cat <&8; } >"$BATS_TEST_TMPDIR/dump.sql"
	exec 8<&-
	wait "$dump_pid"
}

# quickly STATEMENT: it succeeds without waiting for a lock.
quickly() {
	sql source "SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; $1"
}

nothing_is_locked() {
	quickly 'UPDATE held.a_big SET t = t WHERE id = 1;
		ALTER TABLE held.b_small COMMENT = ""; FLUSH TABLES WITH READ LOCK'
}

record() { jq -e "$1" "$BATS_TEST_TMPDIR/record"; }

# money FILE: restore it; the sum over two tables that writers keep.
restored_money() {
	restore target "$1" && sql target 'SELECT shop.money()'
}

# replayed FILE: after a restore of it, the rest of source's binary log makes
# target what source is.
replayed() {
	local log_file log_pos
	read -r log_file log_pos < <(sed -En \
		"s/^(-- )?CHANGE MASTER TO MASTER_LOG_FILE='(.*)', MASTER_LOG_POS=([0-9]+);/\2 \3/p" "$1")
	mariadb-binlog --start-position="$log_pos" \
		"$SERVERS/source/data/$log_file" |
		mariadb --defaults-file="$(server_cnf target)"
	diff <(tables_of source) <(tables_of target)
}

# --- One moment.

# dump_in_time LOCK: try again is what status 75 asks for.
dump_in_time() {
	local try status=75
	for ((try = 0; try < 20 && status == 75; try++)); do
		status=0
		dump source --lock="$1" --report="$BATS_TEST_TMPDIR/record" -A \
			>"$BATS_TEST_TMPDIR/$1.sql" 2>"$BATS_TEST_TMPDIR/err" ||
			status=$?
	done
	[ "$status" -eq 0 ] || cat "$BATS_TEST_TMPDIR/err"
	return "$status"
}

@test "a dump under writers is one moment, and its position is that moment, by every lock (cases 2, 3, 5, 14)" {
	local lock
	sql source 'RESET MASTER'
	shop_writers_start source 3
	for lock in auto none stage ftwrl; do
		dump_in_time "$lock"
	done
	shop_writers_stop source
	# Tables come and go: a slow build may need the stage.
	[[ $(jq -r .lock "$BATS_TEST_TMPDIR/record" | tr '\n' ' ') =~ ^(none|stage)\ none\ stage\ ftwrl\ $ ]]
	for lock in auto none stage ftwrl; do
		[ "$(restored_money "$BATS_TEST_TMPDIR/$lock.sql")" = \
			"$(sql source 'SELECT shop.money()')" ]
		replayed "$BATS_TEST_TMPDIR/$lock.sql"
	done
}

@test "nobody waits for a paused dump: not writers, not a global lock (case 15)" {
	paused_dump -B held
	quickly 'INSERT INTO held.z_last VALUES (1, "new"); FLUSH TABLES WITH READ LOCK;
		UNLOCK TABLES; DELETE FROM held.z_last'
	dump_rest
	run -1 grep -n '"new"' "$BATS_TEST_TMPDIR/dump.sql"
}

@test "a table that is written may be dropped, a later one waits (case 13)" {
	sql source 'CREATE DATABASE ddl; USE ddl;
		CREATE TABLE a_first (i INT) ENGINE=InnoDB;
		CREATE TABLE m_big ENGINE=InnoDB AS SELECT * FROM held.a_big;
		INSERT INTO m_big SELECT id + 10000, t FROM m_big;
		CREATE TABLE z_last (i INT) ENGINE=InnoDB; INSERT INTO z_last VALUES (1)'
	paused_dump -B ddl
	# The dump is stuck in m_big, for the pipe is full.
	wait_until 20 quickly 'DROP TABLE IF EXISTS ddl.a_first'
	run quickly 'DROP TABLE ddl.z_last'
	[[ $output == *'Lock wait timeout'* ]]
	dump_rest
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql" | tr '\n' ' ')" = \
		'ddl.a_first 0 ddl.m_big 12000 ddl.z_last 1 ' ]
	quickly 'DROP TABLE ddl.z_last'
}

@test "tables that come and go beside it leave a dump of whole tables (case 13)" {
	local me pids=() i
	sql source 'CREATE DATABASE ddl'
	for me in 1 2 3 4; do
		for ((i = 0; i < 400; i++)); do
			echo "CREATE TABLE t${me}_$((i % 5)) (i INT) ENGINE=InnoDB;
				INSERT INTO t${me}_$((i % 5)) VALUES (1), (2);
				DROP TABLE t${me}_$((i % 5));"
		done | mariadb --defaults-file="$(server_cnf source)" ddl 3>&- &
		pids+=($!)
	done
	for i in 1 2 3; do
		run -0 dump source --report="$BATS_TEST_TMPDIR/record" \
			-r "$BATS_TEST_TMPDIR/dump.sql" -B ddl held
		restore target "$BATS_TEST_TMPDIR/dump.sql"
		# Each table is new and empty, or has both of its rows.
		run -1 grep -vE '^(ddl\.t._. [02]|held\..*)$' <(rows_of "$BATS_TEST_TMPDIR/dump.sql")
		[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql" | grep -c '^held')" = 4 ]
	done
	kill "${pids[@]}" 2>/dev/null || :
	wait "${pids[@]}" || :
}

@test "tables without transactions are named, locked until they are written, and whole (case 12)" {
	sql source 'CREATE DATABASE ddl; USE ddl;
		CREATE TABLE a_aria (i INT) ENGINE=Aria; INSERT INTO a_aria VALUES (1), (2);
		CREATE TABLE b_big ENGINE=InnoDB AS SELECT * FROM held.a_big;
		INSERT INTO b_big SELECT id + 10000, t FROM b_big;
		CREATE TABLE c_myisam (i INT) ENGINE=MyISAM; INSERT INTO c_myisam VALUES (3)'
	paused_dump -B ddl
	grep -q 'warning.*ddl.a_aria (Aria), ddl.c_myisam (MyISAM)' "$BATS_TEST_TMPDIR/err"
	run quickly 'INSERT INTO ddl.c_myisam VALUES (4)'
	[[ $output == *'Lock wait timeout'* ]]
	sql source 'INSERT INTO ddl.a_aria VALUES (5)' 3>&- &
	dump_rest
	wait $!
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql" | tr '\n' ' ')" = \
		'ddl.a_aria 2 ddl.b_big 12000 ddl.c_myisam 1 ' ]
	[ "$(sql source 'SELECT COUNT(*) FROM ddl.a_aria')" = 3 ]
}

@test "--lock=none locks no table, and says which are not consistent (case 12)" {
	sql source 'CREATE DATABASE ddl; CREATE TABLE ddl.aria (i INT) ENGINE=Aria'
	paused_dump --lock=none -B ddl held
	quickly 'INSERT INTO ddl.aria VALUES (1)'
	dump_rest
	grep -q 'not consistent.*ddl.aria (Aria)' "$BATS_TEST_TMPDIR/err"
}

@test "a table that another session has locked is waited for no longer than --lock-wait (case 4)" {
	lock_begin 'LOCK TABLES held.z_last WRITE'
	run -75 --separate-stderr dump source --lock-wait=1 -B held
	[ -z "$output" ]
	[[ $stderr == *'--lock-wait=1s'*'SHOW PROCESSLIST'* ]]
	quickly 'UPDATE held.a_big SET t = t WHERE id = 1; ALTER TABLE held.b_small COMMENT = ""'
	lock_end
	nothing_is_locked
}

@test "a global lock that is not to be had in time leaves nothing locked (case 4)" {
	lock_begin 'LOCK TABLES held.z_last WRITE'
	run -75 --separate-stderr dump source --lock-wait=1 --lock=ftwrl -B held
	[ -z "$output" ]
	lock_end
	nothing_is_locked
}

@test "a view that no longer works is named before the first byte (case 38)" {
	sql source 'CREATE DATABASE ddl; USE ddl; CREATE TABLE t (i INT);
		CREATE VIEW fine AS SELECT * FROM t; CREATE VIEW broken AS SELECT * FROM t;
		CREATE TABLE gone (i INT); ALTER VIEW broken AS SELECT i FROM gone;
		DROP TABLE gone'
	run -65 --separate-stderr dump source -B ddl
	[ -z "$output" ]
	[[ $stderr == *'view `ddl`.`broken` does not work'*'--ignore-table=ddl.broken'* ]]
	run -0 dump source -B ddl --ignore-table=ddl.broken
}

@test "a long statement and an idle transaction hold up a global lock, not a dump (case 4)" {
	local lock updater
	lock_begin 'BEGIN; UPDATE held.z_big SET t = "y" WHERE id = 5; SELECT * FROM held.a_big LIMIT 1'
	sql source 'UPDATE held.a_big SET t = IF(SLEEP(30), t, t) WHERE id = 1' 3>&- >&2 &
	updater=$!
	wait_until 20 eval 'sql source "SHOW PROCESSLIST" | grep -q "SLEEP(30)"'
	for lock in auto stage; do
		dump source --lock="$lock" --lock-wait=3 --report="$BATS_TEST_TMPDIR/$lock" \
			-B held >"$BATS_TEST_TMPDIR/$lock.sql"
		[ "$(rows_of "$BATS_TEST_TMPDIR/$lock.sql" | tr '\n' ' ')" = \
			'held.a_big 6000 held.b_small 0 held.z_big 6000 held.z_last 0 ' ]
		run -1 grep -c "'y'" "$BATS_TEST_TMPDIR/$lock.sql"
	done
	jq -e '.lock == "none" and .lock_ms == 0' "$BATS_TEST_TMPDIR/auto"
	jq -e '.lock == "stage" and .lock_ms < 3000' "$BATS_TEST_TMPDIR/stage"
	run -75 --separate-stderr dump source --lock=ftwrl --lock-wait=1 -B held
	[[ -z $output && $stderr == *'--lock-wait=1s'* ]]
	# It killed nobody, and nobody waits behind it.
	kill -0 "$updater"
	quickly 'INSERT INTO held.z_last VALUES (1, "new"); DELETE FROM held.z_last'
	sql source "KILL QUERY $(sql source 'SHOW PROCESSLIST' | grep 'SLEEP(30)' | head -n 1 | cut -f 1)"
	wait "$updater" || :
}

@test "DDL that goes on for longer than others may wait for us is waited for again" {
	local maker dumper before
	# Three of them are an attempt.
	asked() { sql source "SHOW GLOBAL STATUS LIKE 'Com_backup'" | cut -f 2; }
	more_than() { [ "$(asked)" -gt "$1" ]; }
	sql source 'CREATE DATABASE ddl'
	lock_begin 'SELECT GET_LOCK("made", 0)'
	sql source 'CREATE TABLE ddl.a AS SELECT GET_LOCK("made", 100) AS i' 3>&- 9>&- &
	maker=$!
	wait_until 20 eval 'sql source "SHOW PROCESSLIST" | grep -q "User lock"'
	before=$(asked)
	dump source --lock=stage held >"$BATS_TEST_TMPDIR/dump.sql" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 9>&- &
	dumper=$!
	# The eight short ones, and more than the three long ones.
	wait_until 60 more_than "$((before + 3 * 13))"
	lock_end
	wait "$maker"
	wait "$dumper"
	tail -n 1 "$BATS_TEST_TMPDIR/dump.sql" | grep -q '^-- Dump completed'
	[ "$(grep -c 'waiting for it, as long as --lock-wait' "$BATS_TEST_TMPDIR/err")" = 1 ]
}

@test "DDL that does not end is waited for no longer than --lock-wait" {
	local maker
	sql source 'CREATE DATABASE IF NOT EXISTS ddl; DROP TABLE IF EXISTS ddl.a'
	lock_begin 'SELECT GET_LOCK("made", 0)'
	sql source 'CREATE TABLE ddl.a AS SELECT GET_LOCK("made", 100) AS i' 3>&- 9>&- &
	maker=$!
	wait_until 20 eval 'sql source "SHOW PROCESSLIST" | grep -q "User lock"'
	run -75 --separate-stderr dump source --lock=stage --lock-wait=2 held
	[[ -z $output && $stderr == *'within --lock-wait=2s'*'DDL, holds'*'raise --lock-wait'* ]]
	lock_end
	wait "$maker"
}

@test "a table that is truncated or altered before it is locked is an error with its name, never a gap (case 13)" {
	local i
	sql source 'CREATE DATABASE ddl; USE ddl; CREATE TABLE a (i INT) ENGINE=InnoDB;
		INSERT INTO a SELECT seq FROM seq_1_to_100;
		CREATE TABLE b ENGINE=InnoDB AS SELECT * FROM a'
	for ((i = 0; i < 600; i++)); do
		echo 'TRUNCATE a; INSERT INTO a SELECT seq FROM seq_1_to_100;
			ALTER TABLE b ADD x INT; ALTER TABLE b DROP x;'
	done | mariadb --defaults-file="$(server_cnf source)" ddl 3>&- &
	for i in 1 2 3 4 5; do
		run --separate-stderr dump source -B ddl
		case $status in
		0) [[ $(rows_of <(echo "$output") | tr '\n' ' ') =~ ^ddl.a\ (0|100)\ ddl.b\ 100\ $ ]] ;;
		75) [[ $stderr == *'try again'* || $stderr == *'dump again'* ]] ;;
		*) false ;;
		esac
	done
	kill $! 2>/dev/null || :
	wait $! || :
}

# --- The position of its own binary log.

@test "the position is a comment unless asked for, with the GTID beside it (case 7)" {
	local pos gtid
	dump source -A >"$BATS_TEST_TMPDIR/dump.sql" 2>/dev/null
	pos=$(sql source 'SHOW MASTER STATUS' | cut -f 2)
	gtid=$(sql source 'SELECT @@gtid_binlog_pos')
	grep -qx -- "-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=$pos;" \
		"$BATS_TEST_TMPDIR/dump.sql"
	grep -qx -- "-- SET GLOBAL gtid_slave_pos='$gtid';" "$BATS_TEST_TMPDIR/dump.sql"
}

position_lines() {
	dump source -d -B held "$@" | grep -E 'CHANGE MASTER|gtid_slave_pos' |
		sed -E "s/=[0-9]+;/=N;/; s/'.*'/'X'/"
}

@test "--master-data=1 and 2, with and without --gtid, choose what is a statement" {
	[ "$(position_lines --master-data)" = "$(position_lines --master-data=1)" ]
	[ "$(position_lines --master-data=2)" = "$(position_lines)" ]
	[ "$(position_lines --master-data=1)" = \
		"CHANGE MASTER TO MASTER_LOG_FILE='X', MASTER_LOG_POS=N;
-- SET GLOBAL gtid_slave_pos='X';" ]
	[ "$(position_lines --master-data=1 --gtid)" = \
		"CHANGE MASTER TO MASTER_USE_GTID=slave_pos;
-- CHANGE MASTER TO MASTER_LOG_FILE='X', MASTER_LOG_POS=N;
SET GLOBAL gtid_slave_pos='X';" ]
	[ "$(position_lines --master-data=2 --gtid)" = \
		"-- CHANGE MASTER TO MASTER_USE_GTID=slave_pos;
-- CHANGE MASTER TO MASTER_LOG_FILE='X', MASTER_LOG_POS=N;
-- SET GLOBAL gtid_slave_pos='X';" ]
	[ "$(position_lines --master-data=1 --compact)" = \
		"CHANGE MASTER TO MASTER_LOG_FILE='X', MASTER_LOG_POS=N;" ]
}

@test "a position that was asked for as a comment is the one comment where there are no others (case 6)" {
	local option
	for option in --compact --skip-comments; do
		[ "$(position_lines "$option" --master-data=2)" = "$(position_lines --master-data=2)" ]
		[ "$(position_lines "$option" --gtid)" = "$(position_lines --gtid)" ]
		[ -z "$(position_lines "$option")" ]
		[ "$(dump source "$option" --gtid -B held | grep -c '^--')" = 3 ]
	done
}

@test "without a binary log there is no position, and asking for one is refused (case 6)" {
	sql target 'CREATE DATABASE IF NOT EXISTS own'
	run -69 --separate-stderr dump target --master-data=2 own
	[ -z "$output" ]
	[[ $stderr == *'binary log is off'*log_bin* ]]
	run -0 dump target --report="$BATS_TEST_TMPDIR/record" own
	[[ $output != *'CHANGE MASTER'* ]]
	record '.position == null'
}

@test "dbpos reads the position that the record states" {
	dump source --report="$BATS_TEST_TMPDIR/record" -r "$BATS_TEST_TMPDIR/dump.sql" -B held
	diff <(dbpos "$BATS_TEST_TMPDIR/dump.sql" | jq '[.log_file, .log_pos, .gtid]') \
		<(record '.position | [.log_file, .log_pos, .gtid]')
}

# --- The positions of a replica's sources.

# replica_make: server `replica` follows source over the connection "up 1".
replica_make() {
	[ ! -d "$SERVERS/replica" ] || return 0
	server_start replica
	sql source 'CREATE DATABASE up; CREATE TABLE up.t (a INT) ENGINE=InnoDB'
	sql replica "CREATE DATABASE up; CREATE TABLE up.t (a INT) ENGINE=InnoDB;
		CREATE TABLE up.slow (a INT) ENGINE=InnoDB;
		INSERT INTO up.slow VALUES (0);
		CHANGE MASTER 'up 1' TO MASTER_HOST = '127.0.0.1',
			MASTER_PORT = $(server_port source), MASTER_USER = 'repl',
			MASTER_PASSWORD = '$REPL_PASSWORD',
			MASTER_LOG_FILE = 'binlog.000001',
			MASTER_LOG_POS = $(sql source 'SHOW MASTER STATUS' | cut -f 2);
		START ALL SLAVES"
	wait_until 30 sql_thread_is Yes
}

# slave_status FIELD
slave_status() {
	mariadb --defaults-file="$(server_cnf replica)" -e 'SHOW ALL SLAVES STATUS\G' |
		sed -n "s/^ *$1: //p"
}

sql_thread_is() { [ "$(slave_status Slave_SQL_Running)" = "$1" ]; }

caught_up() {
	[ "$(slave_status Exec_Master_Log_Pos)" = \
		"$(sql source 'SHOW MASTER STATUS' | cut -f 2)" ]
}

@test "--dump-slave states where the source's log has been executed up to" {
	local pos port
	replica_make
	sql source 'INSERT INTO up.t VALUES (1)'
	wait_until 30 caught_up
	pos=$(slave_status Exec_Master_Log_Pos)
	dump replica --dump-slave --report="$BATS_TEST_TMPDIR/record" -B up >"$BATS_TEST_TMPDIR/1.sql"
	sql_thread_is Yes
	grep -qx "CHANGE MASTER 'up 1' TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=$pos;" \
		"$BATS_TEST_TMPDIR/1.sql"
	dump replica --dump-slave=2 --include-master-host-port -B up >"$BATS_TEST_TMPDIR/2.sql"
	port=$(server_port source)
	grep -qx -- "-- CHANGE MASTER 'up 1' TO MASTER_HOST='127.0.0.1', MASTER_PORT=$port, MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=$pos;" \
		"$BATS_TEST_TMPDIR/2.sql"
	dump replica --compact --dump-slave=2 --include-master-host-port -B up |
		grep '^--' | diff - <(grep '^-- \(CHANGE MASTER\|SET GLOBAL gtid\)' "$BATS_TEST_TMPDIR/2.sql")
	record '(.sql_thread_stopped_ms | type) == "number"'
	run -1 grep -nE 'Secret|MASTER_(USER|PASSWORD)' "$BATS_TEST_TMPDIR/1.sql" "$BATS_TEST_TMPDIR/2.sql"
}

@test "--dump-slave under writes: the source's log from there makes both the same (case 5)" {
	local i pos
	replica_make
	for ((i = 0; i < 3000; i++)); do echo "INSERT INTO up.t VALUES ($i);"; done |
		mariadb --defaults-file="$(server_cnf source)" 3>&- &
	wait_until 30 eval '[ "$(sql replica "SELECT COUNT(*) FROM up.t")" -gt 100 ]'
	dump replica --dump-slave=2 --ignore-table=up.slow -B up >"$BATS_TEST_TMPDIR/dump.sql"
	wait $!
	pos=$(sed -n "s/.*'up 1' TO .*MASTER_LOG_POS=\([0-9]*\);/\1/p" "$BATS_TEST_TMPDIR/dump.sql")
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	mariadb-binlog --start-position="$pos" \
		"$SERVERS/source/data/binlog.000001" |
		mariadb --defaults-file="$(server_cnf target)"
	[ "$(sql target 'SELECT COUNT(*), SUM(a) FROM up.t')" = \
		"$(sql source 'SELECT COUNT(*), SUM(a) FROM up.t')" ]
}

@test "an SQL thread that did not run is not started (case 10)" {
	replica_make
	sql replica "STOP SLAVE 'up 1' SQL_THREAD"
	run -0 dump replica --dump-slave up
	sql_thread_is No
	sql replica "START SLAVE 'up 1' SQL_THREAD"
}

@test "a replica whose SQL thread has failed is refused (case 53)" {
	replica_make
	wait_until 30 caught_up
	sql replica 'RENAME TABLE up.t TO up.away'
	sql source 'INSERT INTO up.t VALUES (77)'
	wait_until 30 sql_thread_is No
	run -69 --separate-stderr dump replica --dump-slave up
	[ -z "$output" ]
	[[ $stderr == *'has failed'*"up.t"*'repair it first'* ]]
	sql_thread_is No
	sql replica "RENAME TABLE up.away TO up.t; START SLAVE 'up 1'"
	wait_until 30 caught_up
}

@test "a server that is no replica has no upstream's position (case 6)" {
	run -69 --separate-stderr dump source --dump-slave held
	[ -z "$output" ]
	[[ $stderr == *'no replica'*'--master-data'* ]]
}

@test "SIGTERM while the SQL thread stands still starts it again (case 10)" {
	local status=0 updater
	replica_make
	sql replica 'UPDATE up.slow SET a = SLEEP(30)' >/dev/null 2>&1 3>&- &
	updater=$!
	wait_until 20 eval 'sql replica "SHOW PROCESSLIST" | grep -q SLEEP'
	dbdump --defaults-file="$(server_cnf replica)" --dump-slave --lock=ftwrl -B up \
		>"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
	dump_pid=$!
	wait_until 20 sql_thread_is No
	wait_until 20 eval 'sql replica "SHOW PROCESSLIST" | grep -q "FLUSH TABLES"'
	kill -TERM "$dump_pid"
	wait "$dump_pid" || status=$?
	[ "$status" -eq $((128 + 15)) ]
	wait_until 20 sql_thread_is Yes
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	sql replica "KILL $(sql replica 'SHOW PROCESSLIST' | grep SLEEP | cut -f 1)"
	wait "$updater" || :
	sql replica 'SET lock_wait_timeout = 20; FLUSH TABLES WITH READ LOCK'
}
