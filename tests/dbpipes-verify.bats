#!/usr/bin/env bats
# dbpipes-verify.bats: what the catalogue of a folder makes dbpipes-verify say,
# which is never that all is well where nothing was looked at. Verified is without
# a restore, which dbpipes-backup.bats has.
# passes: plain

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir backups
	catalog=backups/backups.jsonl
}

verify() { dbpipes-verify --no-defaults --quiet --verify=quick "$@" backups; }

# dump FILE: a whole one.
dump() {
	# shellcheck disable=SC2016 # names in SQL
	printf '%s\n' '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB' '' 'CREATE TABLE `a` (`id` int(11));' \
		'INSERT INTO `a` VALUES (1);' '' '-- Dump completed on 2026-11-21  3:17:00' >"backups/$1"
}

# made FILE: the record of a backup of db1, as dbpipes-backup writes it; with more
# keys from stdin.
made() {
	jq -c --arg file "$1" --argjson written "$(stat -c %s "backups/$1")" '
		{tool: "dbpipes-backup", event: "backup", time: (now | todate), source: "db1",
			kind: "dump", ok: true, file: $file, written: $written} + .' >>"$catalog"
}

# humble COMMAND…: without root's right to read all files.
humble() {
	local -a drop=(setpriv '--bounding-set=-dac_override,-dac_read_search')
	[ "$(id -u)" = 0 ] || drop=()
	${drop[@]+"${drop[@]}"} "$@"
}

@test "a catalogue that may not be read is no good news" {
	dump a.sql
	made a.sql <<<'{}'
	run -0 verify
	chmod 0 "$catalog"
	run -77 --separate-stderr humble dbpipes-verify --no-defaults --quiet --verify=quick backups
	[[ $stderr == *"cannot read $PWD/$catalog"* ]]
	run -77 humble dbpipes-verify --no-defaults --quiet --verify=quick --sources=db1 backups
}

@test "where a catalogue names no source, the newest file is verified" {
	dump a.sql
	for line in '{"tool":"dbdump","event":"dumped","rows":1}' '{"tool":"dbpi' ''; do
		echo "$line" >"$catalog"
		run -0 --separate-stderr verify
		jq -e '.event == "verified" and .ok' <<<"$output"
	done
	: >backups/a.sql
	run -1 verify
	rm backups/a.sql
	run -66 verify
}

@test "one that a clock far ahead has dated is not new until then" {
	dump a.sql
	made a.sql <<<'{"time": "'"$(date -u -d '23 hours' +%FT%TZ)"'"}'
	run -0 verify
	made a.sql <<<'{"time": "'"$(date -u -d '400 days' +%FT%TZ)"'"}'
	run -1 --separate-stderr verify
	[[ $stderr == *'a.sql, the newest backup, is 9'*' min ahead of the clock'* ]]
	made a.sql <<<'{}'
	run -0 verify
}

# filtered FILE: as one that went through a filter, and its record.
filtered() {
	dump "$1"
	jq -n --arg sum "$(sha256sum "backups/$1" | cut -c 1-64)" '{file_sha256: $sum}' | made "$1"
}

@test "a digest is as good as what was verified before the filter, and is told" {
	printf '[dbverify]\nmetrics=%s/backup.prom\n' "$PWD" >cnf
	filtered a.sql.age
	run -0 dbpipes-verify --defaults-file="$PWD/cnf" --quiet backups
	jq -e '.event == "verified" and .ok and .mode == "digest"' <<<"$output"
	grep -F 'dbpipes_ok{tool="dbpipes-verify",source="db1"} 1' backup.prom
	# What was refused stays so, whatever its bytes are.
	jq -nc '{tool: "dbverify", event: "verified", source: "db1", file: "a.sql.age", ok: false,
		mode: "restore", reason: "rows are missing"}' >>"$catalog"
	for _ in 1 2; do
		run -1 --separate-stderr dbpipes-verify --defaults-file="$PWD/cnf" --quiet backups
		jq -e '(.ok | not) and .mode == "digest" and (.msg | test("rows are missing"))' <<<"$output"
	done
	run -0 dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick --unfilter=cat backups
	filtered b.sql.age
	run -0 dbpipes-verify --defaults-file="$PWD/cnf" --quiet backups
	printf X >>backups/b.sql.age
	run -1 dbpipes-verify --defaults-file="$PWD/cnf" --quiet backups
}

@test "a notice that does not arrive hides no verdict, and is noted beside it" {
	printf '[dbverify]\nnotify=http://127.0.0.1:1/hook\n' >cnf
	dump a.sql
	sed -i '$d' backups/a.sql
	made a.sql <<<'{}'
	verify_telling() {
		dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick --catalog=verified.jsonl backups
	}
	run -1 --separate-stderr verify_telling
	jq -es 'length == 1 and (.[0] | .event == "verified" and .ok == false and .file == "a.sql")' <<<"$output"
	jq -es 'map(.event) == ["verified", "notice-failed"] and .[0].ok == false' verified.jsonl
	dump a.sql
	made a.sql <<<'{}'
	cp "$catalog" before
	run -69 --separate-stderr verify_telling
	jq -e '.event == "verified" and .ok' <<<"$output"
	cmp before "$catalog"
}

@test "a file that went through no filter is read as it is" {
	dump a.sql
	made a.sql <<<'{}'
	dump b.sql
	rev backups/b.sql >backups/b.sql.rev
	jq -n --arg sum "$(sha256sum backups/b.sql.rev | cut -c 1-64)" \
		'{file_sha256: $sum, source: "db2"}' | made b.sql.rev
	run -0 verify --unfilter=rev
	jq -es 'map(select(.event == "verified") | [.file, .ok]) == [["a.sql", true], ["b.sql.rev", true]]' <<<"$output"
}

@test "an inverse that fails is no answer, however content dbverify is" {
	filtered a.sql.age
	run -65 --separate-stderr verify --unfilter='cat; exit 3'
	[[ $stderr == *'--unfilter ended with status 3'* ]]
	jq -e '.event == "error" and .ok == false and .file == "a.sql.age"' <<<"$output"
	[ -z "$(jq 'select(.event == "verified")' "$catalog")" ]
}

@test "an inverse without its key says nothing of the file, which stays as good as it was" {
	filtered a.sql.age
	run -65 --separate-stderr verify --unfilter='head -c 9 >&2; exit 2'
	[[ $stderr == *'--unfilter ended with status 2'* ]]
	jq -e '.event == "error" and .ok == false and .file == "a.sql.age"' <<<"$output"
	[ -z "$(jq 'select(.event == "verified")' "$catalog")" ]
	run -0 verify
	# One that fails since what it wrote was refused, and read no further.
	truncate -s 8M backups/b.sql.age
	jq -n --arg sum "$(sha256sum backups/b.sql.age | cut -c 1-64)" '{file_sha256: $sum}' | made b.sql.age
	run -1 --separate-stderr verify --unfilter='trap "" PIPE; cat'
	jq -e '.event == "verified" and .ok == false' <<<"$output"
}

@test "good or bad, a source is one line of the metrics, and this script's" {
	printf '[dbverify]\nmetrics=%s/backup.prom\n' "$PWD" >cnf
	dump a.sql
	made a.sql <<<'{}'
	ok() { [ "$(grep '^dbpipes_ok{' backup.prom)" = "dbpipes_ok{tool=\"dbpipes-verify\",source=\"db1\"} $1" ]; }
	run -0 dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick backups
	ok 1
	sed -i '$d' backups/a.sql
	made a.sql <<<'{}'
	run -1 dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick backups
	ok 0
	tail -n 1 "$catalog" | jq -e '.tool == "dbverify" and .event == "verified" and .ok == false'
}

@test "a filtered file that may not be read is told at once" {
	dump a.sql.age
	made a.sql.age <<<'{}'
	chmod 0 backups/a.sql.age
	run -77 --separate-stderr humble timeout 20 dbpipes-verify --no-defaults --quiet \
		--verify=quick --unfilter=cat backups
	[[ $stderr == *'a.sql.age cannot be read'* ]]
	jq -e '.event == "error" and .ok == false and .file == "a.sql.age"' <<<"$output"
}

@test "what cannot be read is told, is no verdict, and the next folder is looked at" {
	printf '[dbverify]\nmetrics=%s/backup.prom\n' "$PWD" >cnf
	mkdir closed torn bin
	chmod 0 closed
	: >torn/backups.jsonl
	chmod 0 torn/backups.jsonl
	dump a.sql
	made a.sql <<<'{}'
	run -77 humble dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick none closed torn backups
	jq -es --arg at "$PWD/" 'map(select(type == "object") | [.source, .event, .ok]) ==
		[[$at + "none", "overdue", false], [$at + "closed", "error", false],
		[$at + "torn", "error", false], ["db1", "verified", true]]' < <(grep '^{' <<<"$output")
	[ "$(grep -c '^dbpipes_ok{' backup.prom)" = 4 ]
	# A disk that gives errors.
	printf '#!/bin/sh\nexit 1\n' >bin/sha256sum
	chmod +x bin/sha256sum
	filtered b.sql.age
	DBPIPES_BIN=$PWD/bin run -74 --separate-stderr verify
	jq -e '.event == "error" and (.msg | test("b.sql.age cannot be read"))' <<<"$output"
	[ -z "$(jq 'select(.file == "b.sql.age" and .event == "verified")' "$catalog")" ]
	run -0 verify
}

@test "a folder without a name is no good news, one with an odd name is one folder" {
	dump a.sql
	made a.sql <<<'{}'
	run -64 --separate-stderr dbpipes-verify --no-defaults --verify=quick ''
	[ -z "$output" ]
	run -64 dbpipes-verify --no-defaults --verify=quick '' backups
	run -64 dbpipes-verify --no-defaults --verify=quick --folders=nowhere,,backups
	mv backups $'odd -back\nups '
	run -0 --separate-stderr dbpipes-verify --no-defaults --verify=quick "./"*ups*
	jq -e '.event == "verified" and .ok and .source == "db1"' <<<"$output"
	# A catalogue that cannot be written takes nothing from the answer.
	run -0 --separate-stderr dbpipes-verify --no-defaults --verify=quick \
		--catalog=nowhere/here/log "./"*ups*
	[[ $stderr == *"$PWD/nowhere/here/log cannot be written"* ]]
}

@test "of a list that has a folder a line, none is left out" {
	dump a.sql
	made a.sql <<<'{}'
	run -1 dbpipes-verify --no-defaults --quiet --verify=quick --folders=$'backups\nnowhere'
	run -0 dbpipes-verify --no-defaults --quiet --verify=quick --folders=backups,
}

@test "a catalogue that calls a backup like an option is no good news" {
	local name
	for name in --help --version -; do
		dump "$name"
		made "$name" <<<'{}'
		run -1 verify
	done
}

@test "a folder that is back leaves no metric, one that is missing stands for the named" {
	printf '[dbverify]\nmetrics=%s/backup.prom\nnotify=http://127.0.0.1:1/hook\n' "$PWD" >cnf
	try() { dbpipes-verify --defaults-file="$PWD/cnf" --quiet --verify=quick "$@" backups; }
	ok() { sed -n 's/^dbpipes_ok.*source="\(.*\)"} /\1 /p' backup.prom | sort; }
	dump a.sql
	made a.sql <<<'{}'
	mv backups away
	run -1 try
	[ "$(ok)" = "$PWD/backups 0" ]
	run -1 try --sources=db1,db2
	[ "$(ok)" = "$PWD/backups 0"$'\n''db1 0'$'\n''db2 0' ]
	mv away backups
	run -69 --separate-stderr try
	jq -es 'map(.event) == ["verified"]' <<<"$output"
	[ "$(ok)" = 'db1 1'$'\n''db2 0' ]
	# Nobody was told that the folder is back.
	[ "$(jq -s 'map(select(.event == "notice-failed")) | length' "$catalog")" = 1 ]
}

@test "the fragment of cron says so where the run before it still hangs" {
	local line
	line=$(sed -n 's/^41 7 \* \* \* root //p' "$TREE/cron/dbpipes-verify")
	line=${line//\/run\/lock\/dbpipes-verify/$PWD/lock}
	dump a.sql
	made a.sql <<<'{}'
	run -0 --separate-stderr env HOME="$PWD" sh -c "${line//\/srv\/backups/$PWD/backups}"
	[ -z "$output$stderr" ]
	jq -es '.[-1].event == "verified"' "$catalog"
	exec 7>lock
	flock 7
	run --separate-stderr sh -c "${line//\/srv\/backups/$PWD/backups}"
	[ "$stderr" = 'dbpipes-verify: the run before is still at work' ]
}

@test "an option file is where the caller sees it, whichever folder is entered" {
	dump a.sql
	made a.sql <<<'{}'
	printf '[dbpipes-verify]\nverify=quick\n' >my.cnf
	run -0 --separate-stderr dbpipes-verify --defaults-file=my.cnf --quiet backups
	jq -e '.event == "verified" and .mode == "quick"' <<<"$output"
	mkdir sub
	cd sub
	run -0 dbpipes-verify --defaults-file=../my.cnf --quiet ../backups
}

@test "what ends it leaves nothing behind, wherever TMPDIR is" {
	local signal ended
	dump a.sql
	made a.sql <<<'{}'
	mkdir bin tmp
	cat >bin/dbverify <<-'SH'
		#!/bin/sh
		case " $* " in *' --outcome='*) exit 0 ;; esac
		touch begun
		exec sleep 60
	SH
	chmod +x bin/dbverify
	for signal in TERM HUP PIPE USR1 USR2 XCPU; do
		rm -f backups/begun
		TMPDIR=tmp DBPIPES_BIN=$PWD/bin setsid dbpipes-verify --no-defaults --quiet backups 3>&- &
		timeout 30 bash -c 'until [ -e backups/begun ]; do sleep 0.05; done'
		ls tmp/dbpipes-verify.*
		kill -s "$signal" $!
		ended=0
		wait $! || ended=$?
		[ "$ended" = $((128 + $(kill -l "$signal"))) ]
		[ -z "$(ls tmp)" ]
		run ! pgrep -g $!
	done
}

@test "an answer that cannot be printed is noted all the same" {
	dump a.sql
	made a.sql <<<'{}'
	run -74 --separate-stderr bash -c \
		'dbpipes-verify --no-defaults --quiet --verify=quick backups >/dev/full'
	[[ $stderr == *"error: the records cannot be written to the standard output" ]]
	jq -se 'last | .event == "verified" and .ok' "$catalog"
}
