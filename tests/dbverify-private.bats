#!/usr/bin/env bats
# dbverify-private.bats: what the private server of dbverify may touch, and what
# its end says of the backup.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin source
	export CNF
	CNF=$(server_cnf source)
}

teardown_file() { servers_end; }

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}

record() { tail -n 1 <<<"$output" | jq -e "$1"; }

nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	run -1 pgrep -f "$TMPDIR"
}

@test "tables with folders of their own are restored within the private server's" {
	local far=$SERVERS/far dump=$BATS_TEST_TMPDIR/dump tool engine where
	mkdir -m 777 "$far" "$far"/{InnoDB,MyISAM,Aria}
	sql source "CREATE DATABASE far"
	for engine in InnoDB MyISAM Aria; do
		where="DATA DIRECTORY='$far/$engine'"
		[ "$engine" = InnoDB ] || where+=" INDEX DIRECTORY='$far/$engine'"
		sql source "USE far; SET @@default_storage_engine = $engine;
			CREATE TABLE whole_$engine (id INT PRIMARY KEY, data INT COMMENT
				'a DATA DIRECTORY=''x''') $where;
			CREATE TABLE parted_$engine (id INT PRIMARY KEY)
				PARTITION BY RANGE (id) (
				PARTITION a VALUES LESS THAN (5) $where,
				PARTITION b VALUES LESS THAN MAXVALUE);
			INSERT INTO whole_$engine (id) SELECT seq FROM seq_1_to_9;
			INSERT INTO parted_$engine SELECT seq FROM seq_1_to_9"
		[ -n "$(ls -A "$far/$engine")" ]
	done
	for tool in dbdump mariadb-dump; do
		"$tool" --defaults-file="$CNF" --databases far >"$dump.$tool"
		grep -q "DATA DIRECTORY.*'$far/InnoDB" "$dump.$tool"
		# Where they lie is no difference, and they are in nobody's way.
		run -0 dbverify --against="$CNF" "$dump.$tool"
		record '.ok and .rows == 54 and .against.tables == 6'
	done
	sql source "CREATE TABLE far.more (id INT PRIMARY KEY) DATA DIRECTORY='$far/InnoDB' COMMENT 'x'"
	dbdump --defaults-file="$CNF" --databases far >"$dump"
	sql source "ALTER TABLE far.more COMMENT 'y'"
	run -1 --separate-stderr dbverify --against="$CNF" "$dump"
	[[ $stderr == *'`more`: is defined as: '* ]]
	sql source "DROP DATABASE far"
	run -0 dbverify "$dump.dbdump"
	[ -z "$(find "$far" -type f)" ]
	rm -r "$far"
	run -0 dbverify "$dump.dbdump"
	[ ! -e "$far" ]
	nothing_left
}
