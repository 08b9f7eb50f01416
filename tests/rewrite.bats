#!/usr/bin/env bats
# rewrite.bats: what the loader makes of a dump's text is what the dump is: rows
# by LOAD DATA, and tables whose keys come later. A server is the judge, and the
# stock client sends it what tests/tool/rewrite makes of the dump.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects
load lib/faithful

setup_file() {
	local data
	servers_begin -
	TZ=Europe/Berlin server_start source --log-bin=binlog \
		--innodb-log-file-size=256M --plugin-load-add=ha_blackhole \
		--plugin-load-add=ha_archive
	TZ=America/New_York server_start target --innodb-log-file-size=256M \
		--plugin-load-add=ha_blackhole --plugin-load-add=ha_archive
	every_object source
	definers target
	for data in values faithful; do
		mariadb --defaults-file="$(server_cnf source)" --comments \
			<"$TREE/tests/data/$data.sql"
	done
	mariadb --defaults-file="$(server_cnf source)" <"$TREE/tests/data/keys.sql"
}

teardown_file() { servers_end; }

rewrite() { "${DBPIPES_BIN:-$TREE/build/bin}/../tool/rewrite" "$@"; }

# rewritten FILE: load it into target by way of rewrite; its counts in $counts, and
# what LOAD DATA warned of, in the file warnings.
rewritten() {
	local dir=$BATS_TEST_TMPDIR/lines
	rm -rf "$dir"
	mkdir -p "$dir"
	server_empty target
	counts=$(rewrite "$dir" <"$1" 2>&1 >"$BATS_TEST_TMPDIR/script")
	echo "$counts"
	mariadb --defaults-file="$(server_cnf target)" --comments --binary-mode \
		--local-infile=1 -N -B <"$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/warnings"
}

@test "rows by LOAD DATA and keys added later make what the dump makes, of dbdump" {
	dump source -A >"$BATS_TEST_TMPDIR/dump" 2>/dev/null
	rewritten "$BATS_TEST_TMPDIR/dump"
	head -50 "$BATS_TEST_TMPDIR/warnings" >&3; echo "$counts" >&3
	compare_definitions source target
	compare_values source target
}
