#!/usr/bin/env bats
# passes: plain
# huge.bats: what is too large for `make check`: a row that no server can take
# back, and tens of thousands of tables.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load ../lib/servers

setup_file() {
	servers_begin -
	server_start source --max-allowed-packet=1G
}

teardown_file() { servers_end; }

# dump_end OPTION…: a dump into a file; its last line.
dump_end() {
	dbdump --defaults-file="$(server_cnf source)" "$@" \
		>"$BATS_TEST_TMPDIR/dump.sql" || return
	tail -n 1 "$BATS_TEST_TMPDIR/dump.sql"
}

@test "a row that is larger than any packet as SQL is an error with its table and number (case 33)" {
	sql source 'CREATE DATABASE huge; CREATE TABLE huge.t (id INT PRIMARY KEY,
		b LONGBLOB) ENGINE=MyISAM; INSERT INTO huge.t VALUES (1, "small");
		INSERT INTO huge.t VALUES (2, REPEAT("\0", 513 << 20)), (3, "small")'
	run -65 --separate-stderr dump_end huge
	[[ $stderr == *'`huge`.`t`, after 1 rows: '*'larger than any'*'max_allowed_packet (1 GiB)'* ]]
	run -1 grep -c 'Dump completed' "$BATS_TEST_TMPDIR/dump.sql"
	run -0 --separate-stderr dump_end --where='id <> 2' huge
	[[ $output == '-- Dump completed'* ]]
	sql source 'DROP DATABASE huge'
}

@test "so is one that is larger already as the server sends it (case 33)" {
	sql source 'CREATE DATABASE huge; CREATE TABLE huge.t (id INT PRIMARY KEY,
		a LONGBLOB, b LONGBLOB) ENGINE=MyISAM; INSERT INTO huge.t VALUES
		(1, REPEAT("x", 513 << 20), REPEAT("x", 513 << 20))'
	run -65 --separate-stderr dump_end huge
	[[ $stderr == *'`huge`.`t`, '*'larger than any'*'max_allowed_packet (1 GiB)'* ]]
	run -1 grep -c 'Dump completed' "$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP DATABASE huge'
}

@test "twenty thousand tables take less than 20 MB (case 35)" {
	local i
	sql source 'CREATE DATABASE crowd'
	for ((i = 0; i < 20000; i++)); do
		echo "CREATE TABLE t$i (i INT) ENGINE=InnoDB;"
	done | mariadb --defaults-file="$(server_cnf source)" crowd
	/usr/bin/time -f %M -o "$BATS_TEST_TMPDIR/peak" dbdump \
		--defaults-file="$(server_cnf source)" crowd >"$BATS_TEST_TMPDIR/dump.sql"
	echo "peak: $(cat "$BATS_TEST_TMPDIR/peak") KiB"
	[ "$(cat "$BATS_TEST_TMPDIR/peak")" -lt $((20 * 1024)) ]
	[ "$(grep -c '^-- dbpipes-table' "$BATS_TEST_TMPDIR/dump.sql")" = 20000 ]
}
