#!/usr/bin/env bats
# lexer.bats: statements end where the stock client ends them. The server's
# general log is the judge: it has what dbseed sends, and what mariadb sends.

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin target
	sql target "SET GLOBAL log_output = 'TABLE'"
}

teardown_file() {
	servers_end
}

# logged COMMAND…: the statements, escaped, one a line, from SELECT 'begin' to
# SELECT 'end', that the server gets from a client reading nasty.sql.
logged() {
	sql target "SET GLOBAL general_log = 0; TRUNCATE mysql.general_log;
		DROP DATABASE IF EXISTS nasty; CREATE DATABASE nasty;
		SET GLOBAL general_log = 1"
	"$@" <"$TREE/tests/data/lexer/nasty.sql" >/dev/null || return
	sql target "SET GLOBAL general_log = 0;
		SELECT argument FROM mysql.general_log
		WHERE command_type = 'Query'" |
		sed -n "/^SELECT 'begin'$/,/^SELECT 'end'$/p"
}

client() {
	mariadb --defaults-file="$(server_cnf target)" --binary-mode nasty
}

loader() {
	dbseed --defaults-file="$(server_cnf target)" --into=nasty --force
}

@test "a nasty script reaches the server as the stock client sends it" {
	cd "$BATS_TEST_TMPDIR"
	logged client >expected
	logged loader >got
	[ "$(wc -l <expected)" -eq 44 ]
	diff expected got
}
