#!/usr/bin/env bats
# compressed.bats: compressed dumps of dbdump, as the programs and stock tools
# take them. The unit program archive has damage to every byte.

# shellcheck disable=SC2002,SC2154 # pipes are meant; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects

setup_file() {
	servers_begin
	every_object source
	seed_data source
	definers target
	dump source -A --skip-dump-date >"$SERVERS/all.sql" 2>/dev/null
	dump source -A --skip-dump-date --zstd >"$SERVERS/all.sql.zst" 2>/dev/null
}

teardown_file() { servers_end; }

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# bare: a record without what differs from run to run.
bare() { jq -c 'del(.time, .input)'; }

# change FILE OFFSET: another byte there.
change() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%b' "\\0$(printf %o $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "zstd -d makes the plain dump of a compressed one (case 55)" {
	zstd -qt "$SERVERS/all.sql.zst"
	zstd -qdc "$SERVERS/all.sql.zst" | cmp - "$SERVERS/all.sql"
}

@test "a compressed dump comes back by zstdcat and the stock client" {
	zstd -qdc "$SERVERS/all.sql.zst" >all.sql
	restore target all.sql
	diff <(dump_of source) <(dump_of target)
}

@test "a compressed dump comes back through dbseed, from a file and a pipe" {
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$SERVERS/all.sql.zst"
	diff <(dump_of source) <(dump_of target)
	server_empty target
	cat "$SERVERS/all.sql.zst" |
		dbseed --defaults-file="$(server_cnf target)"
	diff <(dump_of source) <(dump_of target)
}

@test "dbseed never calls a changed or cut dump good (case 55)" {
	local at size
	size=$(stat -c %s "$SERVERS/all.sql.zst")
	for at in 20 $((size / 2)) $((size - 400)) $((size - 3)); do
		cp "$SERVERS/all.sql.zst" bad.zst
		change bad.zst "$at"
		server_empty target
		run -65 dbseed --defaults-file="$(server_cnf target)" bad.zst
		[[ $output == *bad.zst*damaged* ]]
	done
	head -c $((size - 1)) "$SERVERS/all.sql.zst" >bad.zst
	server_empty target
	run -65 dbseed --defaults-file="$(server_cnf target)" bad.zst
	[[ $output == *'bad.zst: damaged dump: it is cut off'* ]]
	# A pipe shows that only at its end.
	server_empty target
	run -65 dbseed --defaults-file="$(server_cnf target)" - < <(cat bad.zst)
	[[ $output == *'the dump data end in the middle'* ]]
}

@test "dbpos says the same of both forms, by head, by text and by pipe" {
	local option name
	for option in -fjson -fsql -fsh; do
		dbpos "$option" "$SERVERS/all.sql" >plain
		dbpos "$option" "$SERVERS/all.sql.zst" >first
		dbpos "$option" --full "$SERVERS/all.sql.zst" >text
		dbpos "$option" <"$SERVERS/all.sql.zst" >file
		cat "$SERVERS/all.sql.zst" | dbpos "$option" >pipe
		[ -s plain ]
		sed -i -e '/^dbpos_input=/d' -e 's/"time":"[^"]*",//' \
			-e 's/"input":"[^"]*",//' plain first text file pipe
		for name in first text file pipe; do
			diff plain "$name"
		done
	done
}

@test "dbpos answers while nothing but the head has come through a pipe" {
	local size
	size=$(od -An -tu4 --endian=little -j 4 -N 4 "$SERVERS/all.sql.zst")
	mkfifo pipe
	exec 5<>pipe
	head -c $((size + 40)) "$SERVERS/all.sql.zst" >&5
	timeout 60 dbpos 5<&- <pipe >record
	exec 5>&-
	diff <(bare <record) <(dbpos "$SERVERS/all.sql" | bare)
}

@test "dbpos sees that a file is cut off, unless --first asks not to" {
	head -c -1000 "$SERVERS/all.sql.zst" >cut.zst
	run -65 dbpos cut.zst
	[[ $output == *'cut.zst: damaged dump: it is cut off'* ]]
	run -65 dbpos --full cut.zst
	run -0 dbpos --first cut.zst
	[ "$(jq -r .format <<<"$output")" = dbdump ]
}

@test "a dump that there is too little memory to unpack is not called damaged" {
	local tool
	[ -z "${DBPIPES_SLOW:-}" ] || skip 'takes memory of its own'
	# From a pipe: the window is as large as was asked for.
	cat "$SERVERS/all.sql" | zstd -q --long=27 -c >window.zst
	for tool in 'dbpos --full' 'dbverify --quick'; do
		run -0 --separate-stderr bash -c "exec $tool window.zst"
		run -71 --separate-stderr bash -c "ulimit -v 140000; exec $tool window.zst"
		[[ $stderr == *'window.zst: no memory to read zstd'* ]]
		[[ $stderr$output != *damaged* ]]
	done
}

@test "what zstd has packed in too large windows is named so, and not called damaged" {
	cat "$SERVERS/all.sql" | zstd -q --long=31 -c >window.zst
	run -65 --separate-stderr dbpos --full window.zst
	[[ $stderr == *"windows of more than 128M"*'zstd -dc --long=31 FILE | dbpos'* ]]
	[[ $stderr != *damaged* ]]
	run -0 dbpos --full <(zstd -dc --long=31 window.zst)
}
