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
	against -v >"$TMPDIR/out" 2>"$TMPDIR/log" 3>&- &
	verify=$!
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
