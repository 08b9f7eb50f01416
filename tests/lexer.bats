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
	# What dbseed asks on its own is not in the script.
	logged loader | grep -v -e '^DO CONVERT(' -e '^SELECT @@SESSION\.' >got
	[ "$(wc -l <expected)" -eq 44 ]
	diff expected got
}

# marks_of_log: of each statement that the server got, the marks in it.
marks_of_log() {
	sql target "SELECT argument FROM mysql.general_log
		WHERE command_type = 'Query' ORDER BY thread_id, event_time" |
		awk '{
			line = ""
			for (rest = $0; match(rest, /[sm][0-9]+x/);
				rest = substr(rest, RSTART + RLENGTH))
				line = line " " substr(rest, RSTART, RLENGTH)
			if (line != "") print substr(line, 2)
		}'
}

# seen_of EXPECTED: of the marks on stdin those that EXPECTED has, for the client
# leaves out comments.
seen_of() {
	awk '$1 ~ /^s/ { stream = $1 }
		NR == FNR { for (i = 1; i <= NF; i++) seen[stream, $i]; next }
		{
			line = ""
			for (i = 1; i <= NF; i++)
				if ((stream, $i) in seen) line = line " " $i
			if (line != "") print substr(line, 2)
		}' "$1" -
}

@test "generated streams are cut where the stock client cuts them" {
	local count=${STREAMS:-200} i tool=$TREE/build/tool/nasty
	[ ! -x "${DBPIPES_BIN:-}/../tool/nasty" ] || tool=$DBPIPES_BIN/../tool/nasty
	mkdir "$BATS_TEST_TMPDIR/streams"
	cd "$BATS_TEST_TMPDIR/streams"
	"$tool" . 1 "$count"
	sql target "SET GLOBAL general_log = 0; TRUNCATE mysql.general_log;
		SET GLOBAL general_log = 1"
	for ((i = 1; i <= count; i++)); do
		mariadb --defaults-file="$(server_cnf target)" --binary-mode \
			--force <"$i" >/dev/null 2>&1 || :
	done
	sql target 'SET GLOBAL general_log = 0'
	marks_of_log >../expected
	seq "$count" | xargs "$tool" marks | seen_of ../expected >../got
	[ "$(wc -l <../expected)" -gt $((count * 2)) ]
	[ "$(grep -c '^s' ../expected)" -eq "$count" ]
	diff <(with_stream ../expected) <(with_stream ../got)
}

# with_stream FILE: each line with the mark of its stream.
with_stream() { awk '$1 ~ /^s/ { stream = $1 } { print stream ": " $0 }' "$1"; }
