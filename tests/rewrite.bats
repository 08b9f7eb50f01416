#!/usr/bin/env bats
# rewrite.bats: what the loader makes of a dump's text is what the dump is: rows
# by LOAD DATA, and tables whose keys come later. A server is the judge; the
# stock client sends it what tests/tool/rewrite makes of the text.

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

# rewritten FILE: into target; what rewrite counts is $counts, and what LOAD DATA
# warns of the file warnings.
rewritten() {
	local dir=$BATS_TEST_TMPDIR/lines tool=$TREE/build/tool/rewrite
	[ -z "${DBPIPES_SLOW:-}" ] || tool=${DBPIPES_BIN%/bin}/tool/rewrite
	[ -x "$tool" ] || tool=$TREE/build/tool/rewrite
	rm -rf "$dir" && mkdir -p "$dir"
	server_empty target
	"$tool" "$dir" <"$1" 2>"$BATS_TEST_TMPDIR/counts" >"$BATS_TEST_TMPDIR/script"
	read -r counts <"$BATS_TEST_TMPDIR/counts"
	echo "$counts"
	client target <"$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/warnings"
}

# deferred: the keys that are added later.
deferred() { grep -c '^ALTER TABLE .* ADD ' "$BATS_TEST_TMPDIR/script"; }

@test "a dump of everything by dbdump is what it was, by LOAD DATA and with keys added later" {
	dump source -A >"$BATS_TEST_TMPDIR/dump" 2>/dev/null
	rewritten "$BATS_TEST_TMPDIR/dump"
	compare_definitions source target
	compare_values source target
	cat "$BATS_TEST_TMPDIR/warnings"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/warnings")" -lt 10 ]
	[ "$(cut -d ' ' -f 1 <<<"$counts")" -gt 38000 ]
	[ "$(deferred)" -gt 50 ]
}

@test "each way to write a value in an INSERT makes the same value by LOAD DATA" {
	rewritten "$TREE/tests/data/literals.sql"
	compare_only literals
	[ "$counts" = '94 rows of 22 statements by LOAD DATA, 32 as they are' ]
}

@test "keys taken out of CREATE TABLE and added later make the same SHOW CREATE TABLE" {
	rewritten "$TREE/tests/data/tables.sql"
	compare_only tables
	# With a name for each key and constraint.
	dump source -B tables >"$BATS_TEST_TMPDIR/dump"
	rewritten "$BATS_TEST_TMPDIR/dump"
	compare_only tables
	[ "$(deferred)" -gt 40 ]
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

@test "dumps by mariadb-dump with any option load by LOAD DATA as they load by INSERT" {
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
		rewritten "$BATS_TEST_TMPDIR/dump"
		rows_today target >"$BATS_TEST_TMPDIR/got"
		diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got" | cut -c 1-300
		cmp "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got"
	done
}
