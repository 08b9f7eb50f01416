#!/usr/bin/env bats
# dbverify-against-moving.bats: a replica that goes on while it is compared: what
# differs for a moment is no fault, what differs for good is never lost.

# shellcheck disable=SC2154 # run

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin source
	# Groups: a DOUBLE is no bound, so rows with the same part have one.
	sql source "CREATE DATABASE shop; USE shop;
		CREATE TABLE groups (part INT, d DOUBLE, amount INT,
			PRIMARY KEY (part, d));
		INSERT INTO groups SELECT seq DIV 200, seq MOD 200, 0
			FROM seq_0_to_9999;
		CREATE TABLE plain (id INT PRIMARY KEY, amount INT);
		INSERT INTO plain SELECT seq, 0 FROM seq_1_to_1000"
	export SOURCE
	SOURCE=$(server_cnf source)
	server_start replica
	export REPLICA
	REPLICA=$(replica_cnf replica source)
	dbdump --defaults-file="$SOURCE" -A --master-data --gtid |
		dbseed --defaults-file="$REPLICA" --replicate -q >/dev/null
	# Its engine has no snapshot, so that no two positions are known to be
	# the same, and whatever differs is looked at again.
	sql replica 'STOP SLAVE; ALTER TABLE mysql.gtid_slave_pos ENGINE=Aria;
		START SLAVE'
}

teardown_file() { servers_end; }

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}

against() { dbverify --defaults-file="$REPLICA" --against="$SOURCE" -j 2 "$@"; }

# only_there STATEMENT: on the replica alone; it is no part of the replication.
only_there() { sql replica "SET sql_log_bin = 0; $1"; }

# looked TRIES: dbverify, begun by compare, has looked again so many times.
looked() { grep -q "try $(($1 + 1))$" "$TMPDIR/log"; }

# compare: begin to, in the background: its PID is $verify.
compare() {
	against -v >"$TMPDIR/out" 2>"$TMPDIR/log" 3>&- 8>&- &
	verify=$!
}

# waits: dbverify has seen the source, and the replica is behind it.
waits() {
	[ "$(sql replica "SELECT COUNT(*) FROM information_schema.PROCESSLIST
		WHERE INFO LIKE 'SELECT MASTER_GTID_WAIT%'")" != 0 ]
}

# compare_while STATEMENT: begin to; the source executes it once it has been
# looked at, the replica not before that.
compare_while() {
	local holder
	mkfifo "$TMPDIR/hold"
	mariadb --defaults-file="$(server_cnf replica)" -N -B -n \
		<"$TMPDIR/hold" >"$TMPDIR/held" 3>&- &
	holder=$!
	exec 8>"$TMPDIR/hold"
	echo 'BEGIN; UPDATE shop.plain SET amount = amount WHERE id = 1; SELECT 1;' >&8
	wait_until 20 test -s "$TMPDIR/held"
	sql source 'UPDATE shop.plain SET amount = amount + 1 WHERE id = 1'
	compare
	wait_until 60 waits
	# It may have to wait for a lock that dbverify has.
	sql source "$1" 3>&- 8>&- &
	sleep 0.5
	echo 'ROLLBACK;' >&8
	exec 8>&-
	wait "$holder"
}

# compared STATUS: it ends with that.
compared() {
	local status=0
	wait "$verify" || status=$?
	cat "$TMPDIR/out" "$TMPDIR/log"
	[ "$status" -eq "$1" ]
}

@test "a row that differs for good is told also where many with its part of the key did for a moment" {
	local verify
	only_there 'UPDATE shop.groups SET amount = -1'
	compare
	wait_until 60 looked 1
	only_there 'UPDATE shop.groups SET amount = 0 WHERE part <> 45 OR d <> 5'
	compared 1
	grep '"difference"' "$TMPDIR/out" |
		jq -es 'length == 1 and .[0].changed == ["part=45"] and .[0].all'
	only_there 'UPDATE shop.groups SET amount = 0'
	run -0 against
}

@test "what is made and dropped meanwhile is no fault, and what only one side has is" {
	local verify
	only_there 'CREATE TABLE shop.extra (a INT); DROP TABLE IF EXISTS shop.none'
	compare_while 'CREATE DATABASE made; CREATE TABLE made.one (a INT PRIMARY KEY);
		CREATE TABLE shop.made (a INT PRIMARY KEY); INSERT INTO shop.made VALUES (1);
		CREATE VIEW shop.seen AS SELECT 1; CREATE SEQUENCE shop.numbers'
	compared 1
	grep '"fault"' "$TMPDIR/out" | jq -es 'length == 1 and
		.[0].kind == "table" and .[0].name == "extra"'
	only_there 'DROP TABLE shop.extra'
	run -0 against
}

@test "a new table is compared, too" {
	local verify
	compare_while 'CREATE TABLE shop.later (a INT PRIMARY KEY); INSERT INTO shop.later VALUES (1)'
	compared 0
	tail -n 1 "$TMPDIR/out" | jq -e '.against.tables == 5'
}

# goes_on [STATEMENT]: the source is written to a thousand times a second, so
# that the replica is seldom where it was, and a row hardly ever the same on both.
goes_on() {
	sql source "CREATE OR REPLACE TABLE shop.enough (a INT)"
	sql source "EXECUTE IMMEDIATE 'BEGIN NOT ATOMIC
		WHILE NOT EXISTS (SELECT * FROM shop.enough) DO
		UPDATE shop.plain SET amount = amount + 1 WHERE id = 2; ${1-}
		DO SLEEP(0.0007); END WHILE; END'" 3>&- &
}

# enough: no more of that.
enough() {
	sql source 'INSERT INTO shop.enough VALUES (1)'
	wait
	sql source 'DROP TABLE shop.enough'
}

teardown() {
	# What failed in between leaves it going on.
	sql source 'DROP TABLE IF EXISTS shop.enough'
}

@test "what is altered between two tries is altered on the replica, too, before the next" {
	local verify
	sql source 'CREATE TABLE shop.wider (a INT PRIMARY KEY, b INT); INSERT INTO shop.wider VALUES (1, 1)'
	sql replica "DO MASTER_GTID_WAIT('$(sql source 'SELECT @@gtid_binlog_pos')')"
	only_there 'UPDATE shop.wider SET b = 3'
	goes_on
	compare_while 'ALTER TABLE shop.wider ADD c INT; DO SLEEP(0.2); ALTER TABLE shop.wider ADD d INT;
		DO SLEEP(0.2); ALTER TABLE shop.wider ADD e INT; DO SLEEP(0.2); ALTER TABLE shop.wider ADD f INT'
	compared 1
	enough
	grep '"fault"' "$TMPDIR/out" | jq -es 'length == 1 and .[0].name == "wider"'
	sql source 'DROP TABLE shop.wider'
	run -0 against
}

@test "a table that differs and is dropped, or is altered meanwhile, ends nothing" {
	local verify
	sql source 'CREATE TABLE shop.gone (a INT PRIMARY KEY); INSERT INTO shop.gone VALUES (1);
		CREATE TABLE shop.altered (a INT PRIMARY KEY, b INT);
		INSERT INTO shop.altered VALUES (1, 1), (2, 2)'
	sql replica "DO MASTER_GTID_WAIT('$(sql source 'SELECT @@gtid_binlog_pos')')"
	only_there 'UPDATE shop.gone SET a = 2; UPDATE shop.altered SET b = 3 WHERE a = 2'
	goes_on
	compare_while 'DROP TABLE shop.gone; ALTER TABLE shop.altered DROP PRIMARY KEY, ADD c INT'
	compared 1
	enough
	grep '"fault"' "$TMPDIR/out" | jq -es 'length == 1 and .[0].kind == "rows" and
		.[0].name == "altered"'
	sql source 'DROP TABLE shop.altered'
	run -0 against
}

# unsettled OUTPUT: which tables were told as written to all the time.
unsettled() { grep '"event":"unsettled"' <<<"$1" | jq -sc 'map(.table)'; }

@test "a row that is written to all the time is no fault, and is told as not compared" {
	goes_on
	# It may be the same on both by chance.
	for _ in {1..8}; do
		run -0 --separate-stderr against
		[ "$(unsettled "$output")" = '[]' ] || break
	done
	enough
	[ "$(unsettled "$output")" = '["plain"]' ]
	grep '"event":"unsettled"' <<<"$output" | jq -e '.db == "shop" and .rows == ["id=2"]'
	tail -n 1 <<<"$output" | jq -e '.ok and .against.unsettled == 1'
	[[ $stderr == *'the row id=2 of '*' could not be compared'* ]]
	run -0 against
}

@test "a row that differs for good is told beside one that is written to all the time" {
	only_there 'UPDATE shop.plain SET amount = -1 WHERE id = 7'
	goes_on
	run -1 --separate-stderr against
	enough
	grep '"difference"' <<<"$output" |
		jq -es 'length == 1 and .[0].changed == ["id=7"] and .[0].all'
	only_there 'UPDATE shop.plain SET amount = 0 WHERE id = 7'
	run -0 against
}

@test "beside a row that is written to all the time, what differed for a moment is no fault" {
	local verify left
	goes_on
	for left in 900 0; do
		only_there 'UPDATE shop.plain SET amount = -1 WHERE id > 300'
		compare
		wait_until 60 looked 1
		only_there "UPDATE shop.plain SET amount = 0 WHERE id > 300 AND id <> $left"
		if [ "$left" = 900 ]; then
			compared 1
			grep '"difference"' "$TMPDIR/out" | jq -es 'length == 1 and
				.[0].changed == ["id=900"] and .[0].all'
			only_there 'UPDATE shop.plain SET amount = 0 WHERE id = 900'
		else
			compared 0
		fi
	done
	enough
	run -0 against
}

@test "a table without a key that is written to all the time is no fault, but one that differs is" {
	sql source 'CREATE TABLE shop.heap (a INT); INSERT INTO shop.heap VALUES (1), (2);
		CREATE TABLE shop.heap2 LIKE shop.heap; INSERT INTO shop.heap2 VALUES (1)'
	goes_on 'UPDATE shop.heap SET a = a + 1 ORDER BY a LIMIT 1;'
	run -0 --separate-stderr against
	[[ $(unsettled "$output") != *heap2* ]]
	only_there 'UPDATE shop.heap2 SET a = 2'
	run -1 --separate-stderr against
	enough
	grep '"fault"' <<<"$output" | jq -es 'length == 1 and .[0].name == "heap2"'
	sql source 'DROP TABLE shop.heap, shop.heap2'
	run -0 against
}
