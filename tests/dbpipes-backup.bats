#!/usr/bin/env bats
# dbpipes-backup.bats: the nightly line, as cron runs it, on good nights and on bad
# ones: what its end is, who is told, what stays. Real servers, a real receiver of
# notices, a clock that is really set back, a disk that is really full.
# passes: plain

# shellcheck disable=SC2016,SC2154 # commands for other shells; run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers
load lib/tls
load lib/receiver

setup_file() {
	servers_begin source
	receiver_begin
	sql source <<-'SQL'
		CREATE DATABASE shop;
		USE shop;
		CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40)) ENGINE=InnoDB;
		INSERT INTO item SELECT seq, MD5(seq) FROM seq_1_to_2000;
	SQL
}

teardown_file() {
	receiver_end
	servers_end
}

# A home with the settings, and a folder for the backups.
setup() {
	receiver_forget
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp
	FOLDER=$BATS_TEST_TMPDIR/backups
	mkdir "$HOME" "$TMPDIR" "$FOLDER"
	(umask 077 && cat "$(server_cnf source)" - >"$HOME/.my.cnf") <<-CNF
		[dbpipes-backup]
		source=db1
		retries=0
		[dbverify]
		notify=http://127.0.0.1:$(receiver_port http)/hook
		notify="smtp://localhost:$(receiver_port plain)/?to=root&tls=no"
		metrics=$HOME/backup.prom
	CNF
	cd "$HOME" || return
}

# nightly: the line of the fragment, as cron runs it, but for the folder.
nightly() {
	local line path
	line=$(sed -n 's/^[0-9*]* [0-9*]* [0-9*]* [0-9*]* [0-9*]* root //p' \
		"$TREE/cron/dbpipes-backup")
	path=$(sed -n 's/^PATH=//p' "$TREE/cron/dbpipes-backup")
	env -i HOME="$HOME" LOGNAME=root SHELL=/bin/sh PATH="$TREE/bin:$path" \
		/bin/sh -c "${line//\/var\/backups\/mysql/$FOLDER}" </dev/null
}

# backup [OPTION…]: by hand, and quickly.
backup() { dbpipes-backup --quiet --verify=quick "$@" "$FOLDER" </dev/null; }

catalogue() { jq -cs "$1" "$FOLDER/backups.jsonl"; }
last() { tail -n 1 "$FOLDER/backups.jsonl" | jq -e "$@"; }
dumps() { find "$FOLDER" -name 'db1-*' -printf '%f\n' | sort; }
# told FILTER: once by HTTP and once by mail, and so.
told() {
	[ "$(received -s 'map(select(.method)) | length')" = 1 ]
	[ "$(received -s 'map(select(.mail)) | length')" = 1 ]
	received -s 'map(select(.method))[0].body | fromjson' >told
	jq -e "$1" told
}
# nothing_left: of processes, and of temporary files.
nothing_left() {
	[ -z "$(find "$FOLDER" -name '*.tmp')" ]
	[ ! -s "$FOLDER/.dbpipes.lock" ]
	flock -n "$FOLDER/.dbpipes.lock" true
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "the nightly line of cron makes a backup, restores it, prunes, and tells" {
	printf '[dbpipes-prune]\nkeep-daily=1\n' >>"$HOME/.my.cnf"
	backup
	receiver_forget
	run -0 --separate-stderr nightly
	# Cron mails whatever is said.
	[ -z "$output$stderr" ]
	catalogue 'map(select(.event == "backup")) | length == 2 and all(.ok and
		.source == "db1" and .kind == "dump" and .rows == 2000 and
		.position.log_pos > 0 and .code == 0 and .msg == null)' | grep true
	catalogue 'map([.tool, .event])' | grep -F '[["dbpipes-backup","backup"],["dbverify","verified"],["dbpipes-backup","backup"],["dbverify","verified"],["dbpipes-prune","pruned"]]'
	[ "$(dumps)" = "$(jq -r 'select(.event == "backup") | .file' "$FOLDER/backups.jsonl" | tail -n 1)" ]
	told '.event == "verified" and .ok and .mode == "restore" and .source == "db1"'
	received 'select(.mail) | .text | test("OK")'
	grep -q 'source="db1"' backup.prom
	[ "$(stat -c %a "$FOLDER"/db1-* "$FOLDER/backups.jsonl" | sort -u)" = 600 ]
	nothing_left
}

@test "good or bad, a source is one line of the metrics" {
	backup
	grep -qxF 'dbpipes_ok{tool="dbpipes-backup",source="db1"} 1' backup.prom
	run -69 backup --before=false
	[ "$(grep '^dbpipes_ok{' backup.prom)" = 'dbpipes_ok{tool="dbpipes-backup",source="db1"} 0' ]
	received -s 'map(select(.method).body | fromjson | .tool) | unique == ["dbpipes-backup"]'
}

@test "the source down: status 69, told, and nothing is touched" {
	backup
	before=$(dumps)
	receiver_forget
	sed -i 's/^socket=.*/socket=nowhere/' "$HOME/.my.cnf"
	run -69 --separate-stderr nightly
	[[ $stderr == *'no backup of db1'* ]]
	[ "$(dumps)" = "$before" ]
	last '(.ok | not) and .code == 69 and .file == null and (.msg | test("nowhere"))'
	told '.event == "backup" and (.ok | not) and (.msg | test("nowhere"))'
	nothing_left
}

@test "the disk full, before and during: status 74, told, and nothing is touched" {
	mount -t tmpfs -o size=256k tmpfs "$FOLDER" 2>/dev/null || skip 'cannot mount a tmpfs'
	run -0 backup
	before=$(dumps)
	head -c 190k /dev/zero >"$FOLDER/.other"
	receiver_forget
	run -74 --separate-stderr nightly
	[[ $stderr == *'make room there'* ]]
	told '(.ok | not) and (.msg | test("room for"))'
	# Another part of the server may be as small as it likes.
	run -0 dbpipes-backup --quiet --verify=quick --databases=shop "$FOLDER" -- --no-data
	rm "$FOLDER"/db1-000002-*
	receiver_forget
	# Now it cannot know: the last one was small.
	sed -i 's/"written":[0-9]*/"written":10/' "$FOLDER/backups.jsonl"
	receiver_forget
	run -74 --separate-stderr nightly
	told '(.ok | not) and .code == 74'
	[ "$(dumps)" = "$before" ]
	nothing_left
	umount "$FOLDER"
}

@test "a backup that is damaged on its way to the disk: status 1, told, none is pruned" {
	printf '[dbpipes-prune]\nkeep-daily=1\n' >>"$HOME/.my.cnf"
	backup
	before=$(dumps)
	receiver_forget
	# As a bad disk would have it: another byte than the one that was written.
	mkdir bin
	cat >bin/dbdump <<-SH
		#!/bin/bash
		"$TREE/bin/dbdump" "\$@" || exit
		for o; do case \$o in --result-file=*) printf X | dd of="\${o#*=}" bs=1 \
			seek=2000 conv=notrunc status=none ;; esac; done
	SH
	chmod +x bin/dbdump
	DBPIPES_BIN=$PWD/bin run -1 --separate-stderr backup
	[[ $stderr == *'is not good'* ]]
	grep -qF "$before" < <(dumps)
	[ "$(dumps | wc -l)" = 2 ]
	last '.event == "verified" and (.ok | not) and .file != null'
	told '.event == "verified" and (.ok | not)'
	# The next good one has more to keep than the bad one.
	run -0 backup
	[ "$(catalogue '[.[] | select(.event == "pruned").file]' | jq length)" = 2 ]
}

@test "two at once: the second ends with 75 and says so, the first goes on" {
	dbpipes-backup --quiet --verify=none --before='touch begun; while [ ! -e go ]; do sleep 0.1; done' \
		"$FOLDER" 3>&- &
	first=$!
	wait_until 20 test -e "$FOLDER/begun"
	run -75 --separate-stderr nightly
	[[ $stderr == *'another run is at work'* ]]
	told '(.ok | not) and .code == 75'
	touch "$FOLDER/go"
	wait "$first"
	[ "$(dumps | wc -l)" = 1 ]
	nothing_left
}

@test "a clock set back: names sort in the order they were made, and nothing is deleted for it" {
	printf '[dbpipes-prune]\nkeep-daily=3\n' >>"$HOME/.my.cnf"
	for day in 10 11 12 03 04 05 06; do
		faketime "2026-11-$day 03:17:00" dbpipes-backup --quiet --verify=quick "$FOLDER"
	done
	[ "$(dumps | cut -c 5-18 | xargs)" = '000005-2026110 000006-2026110 000007-2026110' ]
	[ "$(jq -r 'select(.event == "backup").file' "$FOLDER/backups.jsonl" | xargs)" = \
		"$(jq -r 'select(.event == "backup").file' "$FOLDER/backups.jsonl" | sort | xargs)" ]
	# Those that were made before it went back stayed until three days were newer.
	catalogue '[.[] | select(.event == "pruned").file[4:10]]' | grep -F \
		'["000001","000002","000003","000004"]'
	run -0 faketime '2026-11-05 04:00:00' dbpipes-verify --quiet --verify=quick "$FOLDER"
	tail -n 1 <<<"$output" | jq -e '.ok and (.file | test("db1-000007"))'
}

@test "kill -9 in the midst: no file, its parts end, and the next run tells" {
	backup
	before=$(dumps)
	receiver_forget
	dbpipes-backup --quiet --filter='touch begun; sleep 3; cat' "$FOLDER" 3>&- &
	wait_until 20 test -e "$FOLDER/begun"
	kill -9 $!
	wait $! || [ $? = 137 ]
	wait_until 20 flock -n "$FOLDER/.dbpipes.lock" true
	[ "$(dumps)" = "$before" ]
	# The next one may be of another source; it does not take it upon itself.
	run -0 --separate-stderr backup --source=db2 --databases=shop
	[[ $stderr == *'db1-000002'*'was killed'* ]]
	received -s 'map(select(.method).body | fromjson) | (.[0] | .code == 137 and
		(.ok | not) and .source == "db1" and .kind == "dump" and .scope == null) and
		(.[1] | .ok and .source == "db2") and length == 2'
	[ "$(dumps)" = "$before" ]
	nothing_left
}

@test "kill -9 while a backup is verified: it stays, and the next run tells" {
	mkdir bin
	printf '#!/bin/sh\ncase "$*" in *--outcome*) ;; *) touch begun; sleep 5 ;; esac\nexec %s "$@"\n' \
		"$TREE/bin/dbverify" >bin/dbverify
	chmod +x bin/dbverify
	DBPIPES_BIN=$PWD/bin dbpipes-backup --quiet "$FOLDER" 3>&- &
	wait_until 20 test -e "$FOLDER/begun"
	kill -9 $!
	wait $! || [ $? = 137 ]
	wait_until 20 flock -n "$FOLDER/.dbpipes.lock" true
	receiver_forget
	run -0 --separate-stderr backup
	[[ $stderr == *'db1-000001'*'was killed before its end'* ]]
	received -s 'map(select(.method).body | fromjson) | (.[0] | .code == 137 and .source == "db1" and
		(.ok | not)) and .[1].ok and length == 2'
	[ "$(catalogue 'map([.event, .ok, .code])')" = \
		'[["backup",true,0],["backup",false,137],["backup",true,0],["verified",true,null]]' ]
	[ "$(dumps | wc -l)" = 2 ]
}

@test "SIGTERM in the midst: it dies of that, undoes what it began, and tells" {
	dbpipes-backup --quiet --filter='touch begun; sleep 60; cat' "$FOLDER" 3>&- &
	wait_until 20 test -e "$FOLDER/begun"
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	told '(.ok | not) and .code == 143 and .msg == "ended by SIGTERM"'
	[ -z "$(dumps)" ]
	nothing_left
}

@test "signals that nobody sends a backup: it dies of them, undoes what it began, and tells" {
	local signal status
	for signal in PIPE USR1 USR2 XCPU; do
		receiver_forget
		rm -f "$FOLDER"/{begun,after}
		dbpipes-backup --quiet --filter='touch begun; sleep 60; cat' \
			--after='echo "$DBPIPES_STATUS" >after' "$FOLDER" 3>&- &
		wait_until 20 test -e "$FOLDER/begun"
		kill -s "$signal" $!
		status=0
		wait $! || status=$?
		[ "$status" = $((128 + $(kill -l "$signal"))) ]
		[ "$(cat "$FOLDER/after")" = "$status" ]
		told "(.ok | not) and .code == $status and .msg == \"ended by SIG$signal\""
		last ".code == $status"
		[ -z "$(dumps)" ]
		nothing_left
	done
}

@test "messages that nobody reads any more end it, and that is told" {
	backup
	receiver_forget
	mkfifo messages
	dbpipes-backup --verify=quick --before='touch begun; sleep 1; echo no; false' \
		--after='echo yes; echo "$DBPIPES_STATUS" >after' "$FOLDER" 2>messages 3>&- &
	exec 6<messages
	wait_until 20 test -e "$FOLDER/begun"
	exec 6<&-
	status=0
	wait $! || status=$?
	[ "$status" = 141 ]
	told '(.ok | not) and .code == 141'
	nothing_left
}

@test "SIGTERM to all of it at once, as systemd sends it, is no reason to hang" {
	local try
	cat >script <<-SH
		TOOL=script
		. "$TREE/lib/dbpipes.sh"
		trap 'stop TERM' TERM
		exec 7> >(trap '' TERM; exec cat)
		sleep 60 7>&- &
		echo \$! >begun.new && mv begun.new begun
		wait \$!
	SH
	for try in {1..12}; do
		rm -f begun
		bash script 2>/dev/null 3>&- &
		wait_until 20 test -e begun
		# The script first: one whose child has died of it is at fault.
		kill -TERM $! "$(cat begun)"
		wait_until 20 bash -c '! kill -0 "$1" 2>/dev/null' bash $! || {
			kill -9 $!
			echo "try $try hangs"
			return 1
		}
		wait $! || [ $? = 143 ]
	done
}

@test "a server that is busy is asked again, and no other failure is" {
	sql source 'CREATE TABLE shop.log (i INT) ENGINE=MyISAM'
	(echo 'LOCK TABLES shop.log WRITE; SELECT SLEEP(4)' | sql source) 3>&- &
	wait_until 20 bash -c '[ -n "$(sql source "SELECT 1 FROM information_schema.processlist WHERE info LIKE \"SELECT SLEEP%\"")" ]'
	run -0 --separate-stderr dbpipes-backup --quiet --verify=quick --retries=30 \
		--pause=1 "$FOLDER" -- --lock-wait=0.2
	wait
	[[ $stderr == *'trying again in 1 s'* ]]
	sql source 'DROP TABLE shop.log'
	[ "$(catalogue 'length')" = 2 ]
	run -66 --separate-stderr backup --databases=nowhere --retries=5
	[[ $stderr != *'trying again'* ]]
}

@test "a filter encrypts, is verified before it, and through its inverse" {
	age-keygen -o key 2>pub
	recipient=$(sed -n 's/^Public key: //p' pub)
	backup --filter="age -r $recipient" --suffix=age
	file=$(dumps)
	[[ $file == *.sql.zst.age ]]
	age -d -i key "$FOLDER/$file" | zstdcat | tail -n 1 | grep -q 'Dump completed'
	catalogue '.[0].file_sha256' | grep -F "$(sha256sum "$FOLDER/$file" | cut -c 1-64)"
	receiver_forget
	run -0 dbpipes-verify --quiet "$FOLDER"
	told '.event == "verified" and .ok and .mode == "digest"'
	run -0 dbpipes-verify --quiet --verify=quick --unfilter="age -d -i $PWD/key" "$FOLDER"
	jq -e 'select(.event == "verified") | .ok and .rows == 2000' <<<"$output"
	backup --filter="age -r $recipient" --unfilter="age -d -i $PWD/key"
	printf X | dd of="$FOLDER/$(dumps | tail -n 1)" bs=1 seek=900 conv=notrunc status=none
	run -1 dbpipes-verify --quiet "$FOLDER"
	run -1 dbpipes-verify --quiet --verify=quick --unfilter="age -d -i $PWD/key" "$FOLDER"
}

# summing: a run, $!, that is reading a filtered file back.
summing() {
	mkdir bin
	printf '#!/bin/sh\n[ $# = 0 ] || { touch summing; sleep 2; }; exec %s "$@"\n' \
		"$(command -v sha256sum)" >bin/sha256sum
	chmod +x bin/sha256sum
	DBPIPES_BIN=$PWD/bin dbpipes-backup --quiet --filter=cat "$FOLDER" </dev/null 3>&- &
	wait_until 20 test -e "$FOLDER/summing"
}

@test "a signal or a bad disk while a filtered file is read back: told, and no good backup" {
	summing
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	told '(.ok | not) and .code == 143'
	last '.event == "backup" and (.ok | not) and .code == 143'
	[ -z "$(dumps)" ]
	nothing_left
	receiver_forget
	sed -i 's/touch summing/exit 1/' bin/sha256sum
	DBPIPES_BIN=$PWD/bin run -74 --separate-stderr backup --filter=cat
	[[ $stderr == *'cannot be read back'* ]]
	told '(.ok | not) and .code == 74'
	last '(.ok | not) and .code == 74'
	[ -z "$(dumps)" ]
}

@test "kill -9 while a filtered file is read back: the next run tells of the file" {
	summing
	kill -9 $!
	wait $! || [ $? = 137 ]
	wait_until 20 flock -n "$FOLDER/.dbpipes.lock" true
	run -0 --separate-stderr backup
	[[ $stderr == *'was to make db1-000001'*'was killed; the file is there, and not in backups.jsonl'* ]]
	[ "$(dumps | wc -l)" = 2 ]
}

@test "the failure of any part of a filter is one of the backup" {
	run -74 backup --filter='false | cat'
	run -74 backup --filter='cat >/dev/null; exit 3'
	[ -z "$(dumps)" ]
	nothing_left
}

@test "a filter that writes nothing, or takes not all of it, makes no backup" {
	printf '[dbpipes-prune]\nkeep-daily=1\n' >>"$HOME/.my.cnf"
	backup --filter=cat
	before=$(dumps)
	receiver_forget
	run -74 --separate-stderr backup --filter='cat >elsewhere'
	[[ $stderr == *'the filter wrote nothing'* ]]
	told '(.ok | not) and .code == 74'
	# What a pipe holds, and more than that.
	run -74 --separate-stderr backup --filter='head -c 10'
	[[ $stderr == *'the filter ended with status 141'* ]]
	sql source 'CREATE TABLE shop.noise AS SELECT seq, RANDOM_BYTES(1024) FROM shop.seq_1_to_3000'
	run -74 --separate-stderr backup --verify=none --filter='head -c 10'
	sql source 'DROP TABLE shop.noise'
	[[ $stderr == *'the filter ended with status 141'* ]]
	[ "$(dumps)" = "$before" ]
	nothing_left
}

@test "a stream to the standard output is verified on its way" {
	dbpipes-backup --quiet --catalog=catalog.jsonl - >all.sql.zst </dev/null
	dbverify --no-defaults --quick all.sql.zst
	jq -es '.[0].event == "backup" and .[0].file == null and .[1].event == "verified" and
		.[1].ok' catalog.jsonl
	told '.ok'
	run ! bash -c 'dbpipes-backup --quiet - >/dev/full'
}

@test "an inverse is of no use to what stands in no file, or went through no filter" {
	printf '[dbpipes-backup]\nunfilter=tac\n' >>"$HOME/.my.cnf"
	timeout 60 dbpipes-backup --quiet --filter=cat --catalog=catalog.jsonl - >all.sql.zst
	jq -es '.[1] | .event == "verified" and .ok and .mode == "quick"' catalog.jsonl
	run -0 backup
	last '.event == "verified" and .ok'
}

@test "the hooks know what it is about, and one that fails is told" {
	backup --before='env | grep ^DBPIPES_ | sort >before' \
		--after='env | grep ^DBPIPES_ | sort >after'
	grep -qx DBPIPES_SOURCE=db1 "$FOLDER/before"
	grep -qx DBPIPES_STATUS=0 "$FOLDER/after"
	grep -qx "DBPIPES_FILE=$(dumps)" "$FOLDER/after"
	run -69 backup --before='exit 1' --after='echo $DBPIPES_STATUS >after'
	[ "$(cat "$FOLDER/after")" = 69 ]
	receiver_forget
	run -69 backup --after='exit 1'
	told '(.ok | not) and (.msg | test("--after"))'
}

@test "a run that fails after its backup is made has a line that says so" {
	run -69 backup --after=false
	last '.event == "backup" and .ok == false and .code == 69 and (.file | test("^db1-"))'
	[ "$(catalogue 'map([.event, .ok])')" = '[["backup",true],["verified",true],["backup",false]]' ]
	dbpipes-list --json "$FOLDER" | jq -es 'length == 2 and any(.ok and .verified.ok) and
		any(.ok == false and .code == 69)'
	run -0 dbpipes-verify --quiet --verify=quick "$FOLDER"
}

@test "a notice that cannot be delivered is in the catalogue, and the status is 69" {
	receiver_answers 404
	run -69 --separate-stderr backup
	last '.event == "notice-failed"'
	[ "$(catalogue '.[1] | .event == "verified" and .ok')" = true ]
}

@test "settings come from option files, of several servers with suffixes" {
	printf '[dbpipes-backup-two]\nsource=db2\ndatabases=shop\nskip_prune\nzstd=0\n' >>"$HOME/.my.cnf"
	run -0 dbpipes-backup --defaults-group-suffix=-two --quiet --verify=none "$FOLDER"
	[[ $(find "$FOLDER" -name 'db2-*') == *db2-000001-*Z.sql ]]
	printf '[dbpipes-backup]\nnonsense=1\n' >>"$HOME/.my.cnf"
	run -78 --separate-stderr backup
	[[ $stderr == *'unknown option --nonsense'* ]]
	run -64 dbpipes-backup --no-defaults --zstd=x "$FOLDER"
	run -64 --separate-stderr dbpipes-backup --no-defaults --stop-replica=5 "$FOLDER"
	[[ $stderr == *"--stop-replica is a flag: '5' is no value of one"* ]]
	run -66 dbpipes-backup --no-defaults "$FOLDER/none"
	run -64 dbpipes-backup --no-defaults
}

@test "two servers, or two parts of one, under the same name do not prune each other" {
	printf '[dbpipes-prune]\nkeep-daily=1\n' >>"$HOME/.my.cnf"
	sed -i '/^source=/d' "$HOME/.my.cnf"
	# The server is asked at its socket, whatever the port is.
	printf '[client-two]\nport=3307\n' >>"$HOME/.my.cnf"
	for _ in 1 2; do
		backup
		dbpipes-backup --defaults-group-suffix=-two --quiet --verify=quick "$FOLDER"
		backup --databases=shop
	done
	catalogue '[.[] | select(.event == "pruned").file | capture("-(?<n>0000[0-9]*)-").n]' |
		grep -F '["000001","000002","000003"]'
	[ "$(catalogue '[.[] | select(.event == "backup").source] | unique | length')" = 1 ]
	[ "$(catalogue '[.[] | select(.event == "backup").scope] | unique | length')" = 3 ]
	# A name that somebody gave is one server, wherever it runs now.
	backup --source=db1
	dbpipes-backup --defaults-group-suffix=-two --quiet --verify=quick --source=db1 "$FOLDER"
	last '.event == "pruned" and (.file | test("^db1-000001"))'
}

@test "of a list that has a database a line, none is left out" {
	run -66 --separate-stderr backup --databases=$'shop\nother'
	[ -z "$(dumps)" ]
	run -0 backup --databases=shop,
}

@test "a temporary folder that is full keeps nobody from being told" {
	mount -t tmpfs -o size=16k tmpfs "$TMPDIR" 2>/dev/null || skip 'cannot mount a tmpfs'
	head -c 16k /dev/zero >"$TMPDIR/other" || :
	run -74 backup
	rm "$TMPDIR/other"
	umount "$TMPDIR"
	told '(.ok | not) and .code == 74'
	grep -qxF 'dbpipes_ok{tool="dbpipes-backup",source="db1"} 0' backup.prom
}

@test "a good run is good, be its messages read or not" {
	dbpipes-backup --verify=quick "$FOLDER" 2>/dev/full
	DBPIPES_LOG=json dbpipes-backup --verify=quick "$FOLDER" 2>/dev/full
	catalogue 'map(.ok) == [true, true, true, true]' | grep true
}

@test "a descriptor that was closed is no pipe of the run: nothing is said in circles" {
	(
		ulimit -f 4096
		dbpipes-backup --verify=quick --after='
			[ "$(stat -c %s "$TMPDIR"/dbpipes-backup.tmp.*/said)" -lt 100000 ]' \
			"$FOLDER" -- --verbose <&- >&- 2>&-
	)
	last '.event == "verified" and .ok'
}

@test "no password is in an argument list, the catalogue or a notice" {
	backup --before='for p in /proc/[0-9]*; do tr "\0" " " <$p/cmdline; done >args 2>/dev/null; :'
	[ -s "$FOLDER/args" ]
	run ! grep -rF "$SERVER_PASSWORD" "$FOLDER" "$RECEIVER/received" backup.prom
}
