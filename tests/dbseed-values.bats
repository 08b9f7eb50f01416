#!/usr/bin/env bats
# dbseed-values.bats: what dbseed makes of the text of a dump is what the dump is:
# rows sent as values, tables whose keys come later. The stock client is the judge.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects
load lib/faithful

setup_file() {
	local data
	local -a options=(--innodb-log-file-size=256M --local-infile=1
		--plugin-load-add=ha_blackhole --plugin-load-add=ha_archive)
	servers_begin -
	TZ=Europe/Berlin server_start source --log-bin=binlog "${options[@]}"
	TZ=America/New_York server_start target "${options[@]}"
	every_object source
	definers target
	for data in values faithful literals tables; do
		client source <"$TREE/tests/data/$data.sql"
	done
}

teardown_file() { servers_end; }

client() {
	mariadb --defaults-file="$(server_cnf "$1")" --comments --binary-mode \
		--local-infile=1 -N -B "${@:2}"
}

# seeded FILE: into target, which is empty before.
seeded() {
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" -j 2 "$1" >"$BATS_TEST_TMPDIR/record"
}

@test "each way to write a value in an INSERT makes the same value, however it is sent" {
	local blanks
	seeded "$TREE/tests/data/literals.sql"
	compare_only literals
	# Few bytes are sent as the text that they are.
	printf -v blanks '%*s' 20000 ''
	sed -E "/^(INSERT|REPLACE) /s/ VALUES ?\\(/ VALUES$blanks(/" \
		"$TREE/tests/data/literals.sql" >"$BATS_TEST_TMPDIR/long"
	seeded "$BATS_TEST_TMPDIR/long"
	[ "$(sql target "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'" | cut -f 2)" -gt 20 ]
	compare_only literals
}

@test "keys taken out of CREATE TABLE and added later make the same SHOW CREATE TABLE" {
	seeded "$TREE/tests/data/tables.sql"
	compare_only tables
	# With a name for each key and constraint.
	dump source -B tables >"$BATS_TEST_TMPDIR/dump"
	seeded "$BATS_TEST_TMPDIR/dump"
	compare_only tables
}

# compare_only DB: this one is on target what it is on source.
compare_only() {
	diff <(judge source "$1") <(judge target "$1")
}

judge() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --hex-blob --order-by-primary \
		--skip-extended-insert --skip-dump-date --skip-comments --skip-add-locks "$2"
}

# rows_today NAME: but for tables with old versions, in which is when they were
# loaded.
rows_today() { rows_with "$1" | grep -vE '^faithful\.(history|bitemporal|all_gone)'; }

@test "dumps by mariadb-dump with any option load as by the stock client" {
	local options
	local -a databases=(literals vals faithful)
	for options in '--replace --net-buffer-length=4096' \
		'--hex-blob --skip-extended-insert --complete-insert --insert-ignore'; do
		echo "mariadb-dump $options"
		# shellcheck disable=SC2086 # options are words
		mariadb-dump --defaults-file="$(server_cnf source)" --skip-add-locks \
			--ignore-table=faithful.{refused,near_packet,bitemporal} \
			$options --databases "${databases[@]}" >"$BATS_TEST_TMPDIR/dump"
		server_empty target
		client target <"$BATS_TEST_TMPDIR/dump"
		rows_today target >"$BATS_TEST_TMPDIR/expected"
		seeded "$BATS_TEST_TMPDIR/dump"
		rows_today target >"$BATS_TEST_TMPDIR/got"
		diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got" | cut -c 1-300
		cmp "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got"
	done
}
