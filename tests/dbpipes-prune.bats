#!/usr/bin/env bats
# dbpipes-prune.bats: which of hundreds of backups stay. The files are empty or
# short; what the catalogue says of them is as dbpipes-backup and dbverify write it.
# passes: plain

# shellcheck disable=SC2016,SC2154 # commands for other shells; run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers

setup() {
	FOLDER=$BATS_TEST_TMPDIR/backups
	mkdir "$FOLDER"
	cd "$FOLDER" || return
	number=0
}

# made SOURCE TIME [verified|bad]: a backup, in the catalogue and as a file of 4
# bytes.
made() {
	local name
	number=$((number + 1))
	name=$(printf '%s-%06d-%s.sql.zst' "$1" "$number" "${2//[-:]/}")
	printf dump >"$name"
	printf '{"tool":"dbpipes-backup","event":"backup","time":"%s","source":"%s","kind":"dump","ok":true,"file":"%s","written":4}\n' \
		"$2" "$1" "$name" >>backups.jsonl
	case ${3:-} in
	verified) verdict "$name" true ;;
	bad) verdict "$name" false ;;
	esac
}

# verdict NAME OK [KEYS]
verdict() {
	printf '{"tool":"dbverify","event":"verified","time":"2026-01-01T00:00:00Z","file":"%s","ok":%s%s}\n' \
		"$1" "$2" "${3:-}" >>backups.jsonl
}

prune() { dbpipes-prune --no-defaults --quiet "$@" .; }
left() { find . -name '*.sql.zst' | wc -l; }
stamps() { find . -name "$1-*.sql.zst" -printf '%f\n' | sed 's/.*-\(2.*\)T.*/\1/' | sort | xargs; }

# year: a verified backup of db1 a night from 2025-01-01, 400 of them.
year() {
	local day
	while IFS= read -r day; do
		made db1 "$day" verified
	done < <(jq -rn 'range(400) | 1735701420 + . * 86400 | todate')
}

@test "each file counts by its own records, whatever order they come in" {
	made db1 2026-01-01T00:00:00Z
	made db2 2026-01-01T00:00:00Z
	made db1 2026-01-02T00:00:00Z
	verdict db2-000002-20260101T000000Z.sql.zst true
	verdict db1-000001-20260101T000000Z.sql.zst false
	verdict db1-000003-20260102T000000Z.sql.zst true
	# One that the catalogue tells of before it was made, and one that is no backup.
	verdict db2-000004-20260102T000000Z.sql.zst false
	verdict other.sql.zst true
	printf dump >other.sql.zst
	made db2 2026-01-02T00:00:00Z verified
	prune --keep-daily=1 >records
	[ "$(left)" = 3 ]
	[ "$(stamps db1)" = 20260102 ]
	[ "$(stamps db2)" = 20260102 ]
	[ -e other.sql.zst ]
}

@test "of 400 nights the last ones of days, weeks, months and years stay" {
	year
	[ "$(left)" = 400 ]
	run -0 prune --dry-run --keep-daily=7 --keep-weekly=4 --keep-monthly=12 --keep-yearly=3
	[ "$(left)" = 400 ]
	jq -se 'all(.event == "would-prune")' <<<"$output"
	would=$(jq -r .file <<<"$output" | sort)
	run -0 prune --keep-daily=7 --keep-weekly=4 --keep-monthly=12 --keep-yearly=3
	[ "$(jq -r .file <<<"$output" | sort)" = "$would" ]
	[ "$(jq -r 'select(.event == "pruned").file' backups.jsonl | sort)" = "$would" ]
	# The last day of each month; Sundays; the last night of 2025.
	[ "$(stamps db1)" = '20250331 20250430 20250531 20250630 20250731 20250831 20250930 20251031 20251130 20251231 20260118 20260125 20260129 20260130 20260131 20260201 20260202 20260203 20260204' ]
	# Once more: nothing to do.
	run -0 prune --keep-daily=7 --keep-weekly=4 --keep-monthly=12 --keep-yearly=3
	[ -z "$output" ]
}

@test "hours are told apart, and sources" {
	for hour in 01 02 03 04; do
		for minute in 10 40; do
			made db1 "2026-02-03T$hour:$minute:00Z" verified
			made db2 "2026-02-03T$hour:$minute:30Z" verified
		done
	done
	prune --keep-hourly=2
	[ "$(find . -name 'db1-*' -printf '%f\n' | cut -d - -f 3 | sort | xargs)" = '20260203T034000Z.sql.zst 20260203T044000Z.sql.zst' ]
	[ "$(left)" = 4 ]
}

@test "nothing goes that has no newer verified one, and never the newest verified" {
	for day in 1 2 3 4 5 6; do made db1 "2026-02-0${day}T03:00:00Z"; done
	prune --keep-daily=1
	[ "$(left)" = 6 ]
	verdict "$(basename ./db1-000003-*)" true
	prune --keep-daily=1
	# Those before it are older; those after it nobody has looked at.
	[ "$(stamps db1)" = '20260203 20260204 20260205 20260206' ]
	made db1 2026-02-07T03:00:00Z bad
	made db1 2026-02-08T03:00:00Z bad
	prune --keep-daily=1
	[ "$(left)" = 6 ]
}

@test "rules that nothing can follow, since nothing is known to be good, are told" {
	local day
	made db1 2026-02-01T03:00:00Z
	for day in 1 2; do made db2 "2026-02-0${day}T04:00:00Z" verified; done
	run -0 --separate-stderr prune --keep-daily=1
	[ -z "$stderr" ]
	for day in 2 3; do made db1 "2026-02-0${day}T03:00:00Z" bad; done
	run -0 --separate-stderr prune --keep-daily=9
	[[ $stderr == *'no backup of db1 in '*' is known to be good'* ]]
	[ "$(wc -l <<<"$stderr")" = 1 ]
	[ "$(left)" = 4 ]
	run -0 --separate-stderr prune
	[ -z "$stderr" ]
}

@test "a digest proves nothing of what is in a file, and no lesser check undoes a refusal" {
	local mode
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z
	verdict "$(basename ./db1-000002-*)" true ',"mode":"digest"'
	made db1 2026-02-03T03:00:00Z bad
	for mode in quick digest; do
		verdict "$(basename ./db1-000003-*)" true ",\"mode\":\"$mode\""
	done
	verdict "$(basename ./db1-000003-*)" false ',"mode":"digest"'
	verdict "$(basename ./db1-000003-*)" true ',"mode":"digest"'
	prune --keep-daily=1
	[ "$(left)" = 3 ]
	# It restores after all.
	verdict "$(basename ./db1-000003-*)" true ',"mode":"restore"'
	prune --keep-daily=1
	[ "$(stamps db1)" = 20260203 ]
}

@test "a sample that restores undoes no refusal, one that does not is one" {
	local sample=',"mode":"restore","sample":{"percent":10,"seed":"1"}'
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z bad
	verdict "$(basename ./db1-000002-*)" true "$sample"
	prune --keep-daily=1
	[ "$(left)" = 2 ]
	made db1 2026-02-03T03:00:00Z verified
	verdict "$(basename ./db1-000003-*)" false "$sample"
	verdict "$(basename ./db1-000003-*)" true ',"mode":"quick"'
	prune --keep-daily=1
	[ "$(left)" = 3 ]
	verdict "$(basename ./db1-000002-*)" true ',"mode":"restore","sample":null'
	prune --keep-daily=1
	[ "$(stamps db1)" = '20260202 20260203' ]
}

@test "one that was looked at too late, or whose source moved on, is not worse for it" {
	made db1 2026-02-01T03:00:00Z verified
	verdict "$(basename ./db1-000001-*)" false \
		',"mode":"quick","faults":1,"reason":"x, the newest backup, is 28 h 3 min old"'
	made db1 2026-02-02T03:00:00Z verified
	verdict "$(basename ./db1-000002-*)" false ',"mode":"against","against":{"server":"x"},"faults":2'
	made db1 2026-02-03T03:00:00Z verified
	prune --keep-daily=3
	[ "$(left)" = 3 ]
	# That it did not restore is another matter.
	verdict "$(basename ./db1-000002-*)" false ',"mode":"against","against":null,"faults":2'
	prune --keep-daily=3
	[ "$(stamps db1)" = '20260201 20260203' ]
}

@test "a verdict behind a torn line in the same line counts" {
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z verified
	printf '{"tool":"dbverify","event":"veri' >>backups.jsonl
	verdict "$(basename ./db1-000002-*)" false ',"mode":"restore"'
	prune --keep-daily=1
	[ "$(left)" = 2 ]
}

@test "a verified one that is gone, or has another size, is no reason to delete" {
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z verified
	made db1 2026-02-03T03:00:00Z verified
	rm ./db1-000003-*
	printf longer >>db1-000002-20260202T030000Z.sql.zst
	prune --keep-daily=1
	[ "$(left)" = 2 ]
}

@test "without rules nothing is deleted" {
	year
	run -0 prune
	[ "$(left)" = 400 ]
}

@test "in a period the verified one stays before one that is newer" {
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-01T04:00:00Z
	made db1 2026-02-01T05:00:00Z bad
	made db1 2026-02-02T03:00:00Z verified
	prune --keep-daily=2
	[ "$(find . -name '*.zst' | sort | xargs)" = './db1-000001-20260201T030000Z.sql.zst ./db1-000004-20260202T030000Z.sql.zst' ]
}

@test "a clock that jumped forward and back costs no backup of the days before" {
	for day in 2026-02-01 2026-02-02 2026-02-03 2031-07-01 2026-02-04 2026-02-05; do
		made db1 "${day}T03:00:00Z" verified
	done
	prune --keep-daily=6
	[ "$(left)" = 6 ]
	# Set back by three days: the same dates once more.
	for day in 2026-02-03 2026-02-04 2026-02-05; do made db1 "${day}T03:00:00Z" verified; done
	prune --keep-daily=9
	[ "$(left)" = 9 ]
}

@test "days are those of UTC, in summer, too, wherever it is run" {
	made db1 2026-06-30T12:00:00Z verified
	made db1 2026-07-01T22:30:00Z verified
	made db1 2026-07-01T23:30:00Z verified
	TZ=CET-1CEST,M3.5.0,M10.5.0/3 prune --keep-daily=2
	[ "$(stamps db1)" = '20260630 20260701' ]
}

@test "a catalogue that was appended to itself makes nothing newer" {
	local day
	for day in 1 2 3; do made db1 "2026-02-0${day}T03:00:00Z" verified; done
	cat backups.jsonl backups.jsonl >twice && mv twice backups.jsonl
	prune --keep-daily=1
	[ "$(stamps db1)" = 20260203 ]
}

@test "what the catalogue does not know stays, whatever the catalogue says" {
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z verified
	mkdir db1-dir && touch ../outside stranger.sql
	ln -s ../outside link
	for name in ../outside db1-dir link . '' '-rf' '*'; do
		printf '{"event":"backup","ok":true,"time":"2026-01-01T00:00:00Z","source":"db1","kind":"dump","file":"%s","written":0}\n' "$name"
	done >old
	cat old backups.jsonl >new && mv new backups.jsonl && rm old
	printf '{"torn\nnull\n[1]\n"text"\n' >>backups.jsonl
	prune --keep-daily=1
	[ -e ../outside ] && [ -d db1-dir ] && [ -e stranger.sql ] && [ -L link ]
	[ "$(left)" = 1 ]
}

@test "one that cannot be deleted is told, and those that are gone are noted" {
	local day
	for day in 1 2 3; do made db1 "2026-02-0${day}T03:00:00Z" verified; done
	mkdir ../bin
	# As chattr +i would have it.
	printf '#!/bin/bash\nfor f; do [[ $f != *-000001-* ]] || continue; a+=("$f"); done\n%s "${a[@]}"; exit 1\n' \
		"$(command -v rm)" >../bin/rm
	chmod +x ../bin/rm
	DBPIPES_BIN=$BATS_TEST_TMPDIR/bin run -74 --separate-stderr prune --keep-daily=1
	[[ $stderr == *'1 of 2 files could not be deleted'* ]]
	[ "$(jq -r .file <<<"$output")" = "$(jq -r 'select(.event == "pruned").file' backups.jsonl)" ]
	[ "$(jq -r .file <<<"$output")" = db1-000002-20260202T030000Z.sql.zst ]
	[ "$(stamps db1)" = '20260201 20260203' ]
}

@test "what is gone is noted, whatever comes of the standard output, and of a signal" {
	local day
	for day in 1 2 3; do made db1 "2026-02-0${day}T03:00:00Z" verified; done
	run -74 --separate-stderr bash -c 'dbpipes-prune --no-defaults --keep-daily=2 . >/dev/full'
	[[ $stderr == *'records cannot be written to the standard output'* ]]
	[ "$(jq -r 'select(.event == "pruned").file' backups.jsonl)" = db1-000001-20260201T030000Z.sql.zst ]
	mkdir ../bin
	printf '#!/bin/bash\n%s "$@" && kill $PPID && sleep 1\n' "$(command -v rm)" >../bin/rm
	chmod +x ../bin/rm
	DBPIPES_BIN=$BATS_TEST_TMPDIR/bin run -0 prune --keep-daily=1
	[ "$(jq -r 'select(.event == "pruned").file' backups.jsonl | tail -n 1)" = db1-000002-20260202T030000Z.sql.zst ]
}

@test "temporary files go after a day, others stay" {
	touch -d '2 days ago' .a.sql.0123456789abcdef.tmp .db1-000001-x.sql.4711.tmp \
		.other.tmp kept.0123456789abcdef.tmp
	touch .b.sql.0123456789abcdef.tmp
	run -0 prune
	[ "$(find . -type f -printf '%f\n' | grep tmp | sort | xargs)" = \
		'.b.sql.0123456789abcdef.tmp .other.tmp kept.0123456789abcdef.tmp' ]
	[ "$(jq -r .reason backups.jsonl | sort -u)" = 'a run that was killed has left it' ]
}

@test "a folder may be called like an option, or as the one before is to cd" {
	local name
	for name in - -L; do
		mkdir -- "$name"
		OLDPWD=/nowhere HOME=/nowhere run -0 dbpipes-prune --no-defaults --folder="$name"
		[ -e "./$name/.dbpipes.lock" ]
	done
}

@test "one that meets a run at work ends with 75, and deletes nothing" {
	made db1 2026-02-01T03:00:00Z verified
	made db1 2026-02-02T03:00:00Z verified
	exec 9>.dbpipes.lock
	flock 9
	run -75 prune --keep-daily=1
	[ "$(left)" = 2 ]
	run -64 dbpipes-prune --no-defaults --keep-daily=x .
	run -64 dbpipes-prune --no-defaults --keep-daily x .
	[[ $output == *"takes a number, not 'x'"* ]]
	run -64 dbpipes-prune --no-defaults --keep-daily --quiet .
	[[ $output == *'--keep-daily wants a value'* ]]
	run -64 dbpipes-prune . --defaults-file=/missing
	[[ $output == *'--defaults-file must come before all other options'* ]]
	run -78 dbpipes-prune --defaults-file /missing .
	run -66 dbpipes-prune --no-defaults none
}

@test "years of records of files that have gone cost the few that are there nothing" {
	jq -nc 'range(20000) | "db1-\(. + 200000)-20200101T000000Z.sql.zst" as $file |
		{event: "backup", time: "2020-01-01T00:00:00Z", source: "db1", kind: "dump", ok: true, $file, written: 4},
		{event: "verified", time: "2020-01-01T00:00:00Z", $file, ok: true, mode: "restore"}' >backups.jsonl
	made db1 2026-01-01T03:00:00Z verified
	made db1 2026-01-02T03:00:00Z verified
	run -0 prune --keep-daily=1
	[ "$(stamps db1)" = 20260102 ]
}
