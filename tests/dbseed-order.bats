#!/usr/bin/env bats
# dbseed-order.bats: in SQL that no dumper writes, a statement finds what those
# before it have left, as with the stock client: numbers, sequences, tables.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shapes

setup_file() { servers_begin; }

teardown_file() { servers_end; }

setup() {
	server_empty source
	server_empty target
}

# is_as_stock FILE [OPTION…]
is_as_stock() {
	mariadb --defaults-file="$(server_cnf source)" <"$1"
	dbseed --defaults-file="$(server_cnf target)" -j 4 "${@:2}" "$1" >"$BATS_TEST_TMPDIR/records"
	diff <(dump_of source) <(dump_of target)
}

# loads_as_stock [OPTION…]: standard input, in a database of its own.
loads_as_stock() {
	{ echo 'SET NAMES utf8mb4; CREATE DATABASE shapes; USE shapes;' && cat; } >"$BATS_TEST_TMPDIR/sql"
	is_as_stock "$BATS_TEST_TMPDIR/sql" "$@"
}

@test "a block of sql_mode ORACLE runs when the rows before it are there" {
	{
		echo 'CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB; INSERT INTO t VALUES'
		times 20000 '(%d,1)'
		echo 'SET sql_mode = ORACLE;'
		printf 'DELIMITER //\nBEGIN UPDATE t SET n = n + 1; END;\n//\nDELIMITER ;\n'
	} | loads_as_stock
}
