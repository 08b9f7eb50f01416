#!/usr/bin/env bats
# dbsnap-fails.bats: what dbsnap does to the server's commits, and what is left
# when something goes wrong. The snapshots are made by a program that stands in
# for zfs(8), see lib/zfs: it can look at the server while the lock is held,
# take its time, or fail.

# The hooks' commands are for another shell, and run sets stderr.
# shellcheck disable=SC2016,SC2154
bats_require_minimum_version 1.5.0
load lib/servers
load lib/traced

setup_file() {
	servers_begin source
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY
		AUTO_INCREMENT, at TIMESTAMP(6) DEFAULT NOW(6)) ENGINE=InnoDB'
	mkdir "$SERVERS/bin"
	ln -s "$TREE/tests/lib/zfs" "$SERVERS/bin/zfs"
	export PATH=$SERVERS/bin:$PATH ZFS_ROOT=$SERVERS ZFS_HOOK=
}

teardown_file() {
	servers_end
}

setup() {
	rm -f "$SERVERS/zfs.log" "$SERVERS/hook.log"
}

# Whatever a test does: nothing is left of it.
teardown() {
	[ -z "$(find "$SERVERS/.zfs/snapshot" -mindepth 1 -maxdepth 1 2>/dev/null)" ]
	[ -z "$(find "$SERVERS/state" -mindepth 1 2>/dev/null)" ]
	commits
}

snap() {
	dbsnap --defaults-file="$(server_cnf source)" --method=zfs \
		--state-dir="$SERVERS/state" "$@"
}

# start OPTION…: the same in the background, as $!.
start() {
	dbsnap --defaults-file="$(server_cnf source)" --method=zfs \
		--state-dir="$SERVERS/state" "$@" >"$BATS_TEST_TMPDIR/tar" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
}

# ends_with STATUS PID
ends_with() {
	local status=0
	wait "$2" || status=$?
	[ "$status" = "$1" ]
}

# commits: a commit gets through at once.
commits() {
	sql source 'SET lock_wait_timeout = 2; INSERT INTO shop.t () VALUES ()'
}

# waiting: how many sessions wait for a backup lock.
waiting='SELECT COUNT(*) FROM information_schema.processlist
	WHERE state LIKE "Waiting for%lock"'

# hook COMMAND…: with the server's option file, as $cnf.
hook() {
	ZFS_HOOK="cnf=$(server_cnf source); $*"
	export ZFS_HOOK
}

# until_hook: the snapshot is just being made.
until_hook() {
	wait_until 20 test -e "$SERVERS/hook.log"
}

is_left() {
	snap list | jq -es --arg name "$1" \
		'any(.name == $name and .state == "leftover")' >/dev/null
}

@test "no commit gets through while the snapshot is made, though its lock's maker says nothing then (case 1)" {
	commits
	hook 'date +%s.%N; mariadb --defaults-file=$cnf -e "INSERT INTO shop.t () VALUES ()" &
		sleep 0.5; mariadb --defaults-file=$cnf -NBe '"'$waiting'"'; date +%s.%N; exec >&-'
	snap >"$BATS_TEST_TMPDIR/tar"
	mapfile -t log <"$SERVERS/hook.log"
	[ "${log[1]}" = 1 ]
	wait_until 5 commits
	# None of them is of that time.
	[ "$(sql source "SELECT COUNT(*) FROM shop.t WHERE at >
		FROM_UNIXTIME(${log[0]}) + INTERVAL 0.4 SECOND AND at < FROM_UNIXTIME(${log[2]})")" = 0 ]
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json |
		jq -e '.lock == "stage" and .lock_ms >= 500 and .method == "zfs"'
}

@test "a long UPDATE does not make commits wait for the lock (case 4)" {
	sql source 'USE shop; CREATE TABLE slow SELECT seq FROM seq_1_to_5'
	sql source 'UPDATE shop.slow SET seq = seq + SLEEP(1)' 3>&- &
	sleep 0.5
	hook 'date +%s.%N'
	run -0 --separate-stderr snap --report="$BATS_TEST_TMPDIR/report" --result-file="$BATS_TEST_TMPDIR/tar"
	jq -e '.lock_ms < 2000' "$BATS_TEST_TMPDIR/report"
	wait
	sql source 'DROP TABLE shop.slow'
}

@test "with --lock=ftwrl no commit gets through either" {
	hook 'mariadb --defaults-file=$cnf -e "INSERT INTO shop.t () VALUES ()" &
		sleep 0.3; mariadb --defaults-file=$cnf -NBe '"'$waiting'"'; exec >&-'
	snap --lock=ftwrl >"$BATS_TEST_TMPDIR/tar"
	[ "$(cat "$SERVERS/hook.log")" = 1 ]
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json | jq -e '.lock == "ftwrl"'
}

@test "the position is the one under the lock, also as a GTID" {
	hook 'mariadb --defaults-file=$cnf -NBe "SHOW MASTER STATUS; SELECT @@gtid_binlog_pos"'
	snap >"$BATS_TEST_TMPDIR/tar"
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json >"$BATS_TEST_TMPDIR/record"
	run -0 jq -r '.position | "\(.log_file)\t\(.log_pos)\t\t\n\(.gtid)"' "$BATS_TEST_TMPDIR/record"
	[ "$output" = "$(cat "$SERVERS/hook.log")" ]
}

@test "zfs is called with these arguments" {
	snap --name=one >"$BATS_TEST_TMPDIR/tar"
	run -0 sort -u "$SERVERS/zfs.log"
	[ "$output" = "destroy tank/db@dbsnap-one
list -H -t filesystem -o name,mountpoint $SERVERS/source/data
list -H -t snapshot -o name tank/db@dbsnap-one
snapshot tank/db@dbsnap-one" ]
}

@test "a snapshot that takes longer than --max-lock fails, and the server goes on long before it is made" {
	hook 'sleep 1; mariadb --defaults-file=$cnf -NBe "SET lock_wait_timeout = 1;
		INSERT INTO shop.t () VALUES (); SELECT 1"'
	run -75 --separate-stderr snap --max-lock=0.5
	[[ $stderr == *'longer than --max-lock=0.5s'* ]]
	[ "$(cat "$SERVERS/hook.log")" = 1 ]
	[ -z "$output" ]
}

holds_lock() {
	sql source 'SHOW PROCESSLIST' | grep -q 'DO SLEEP(4)'
}

@test "a lock that another backup holds is not waited for longer than --lock-wait" {
	sql source 'BACKUP STAGE START; BACKUP STAGE BLOCK_DDL; DO SLEEP(4)' 3>&- &
	wait_until 20 holds_lock
	run -75 --separate-stderr snap --lock-wait=1
	[[ $stderr == *'no lock within --lock-wait=1s'* ]]
	wait
}

@test "a privilege that is missing under the lock is no lost lock" {
	sql source "CREATE USER less@localhost IDENTIFIED BY 'less-Secret';
		GRANT RELOAD ON *.* TO less@localhost"
	run -77 --separate-stderr env MYSQL_PWD=less-Secret dbsnap --no-defaults \
		--user=less --socket="$(server_socket source)" --method=zfs \
		--state-dir="$SERVERS/state"
	sql source 'DROP USER less@localhost'
	[[ $stderr == *'BINLOG MONITOR'* && $stderr != *lost* ]]
}

@test "a snapshot that cannot be made ends the lock, says why, and leaves nothing" {
	hook false
	run -69 --separate-stderr snap
	[[ $stderr == *'zfs failed with status 1'* ]]
	[ -z "$output" ]
}

# As underneath a mount that the file system knows nothing of.
@test "a snapshot that holds another directory in the data directory's place is refused, and goes" {
	local old=$SERVERS/underneath/source/data
	mkdir -p "$old/mysql"
	hook 'ZFS_ROOT=$ZFS_ROOT/underneath'
	run -69 --separate-stderr snap
	[[ $stderr == *"'$SERVERS/.zfs/snapshot/dbsnap-"*"/source/data' in the snapshot is not what the server has as '$SERVERS/source/data'"* ]]
	[ -z "$output" ]
	rm -r "$old"
	run -69 --separate-stderr snap take
	[[ $stderr == *'is not what the server has'* ]]
	rm -r "$SERVERS/underneath"
}

# The stand-in makes no snapshot there: what is refused is the path of one.
@test "where zfs has its file system on /, or on a name that begins like another, the path is right" {
	local -x ZFS_MOUNT=/
	run -69 --separate-stderr snap --name=one
	[[ $stderr == *" '/.zfs/snapshot/dbsnap-one$SERVERS/source/data' in the snapshot is not"* ]]
	ZFS_MOUNT=$SERVERS/sour
	run -69 --separate-stderr snap
	[[ $stderr == *"'$SERVERS/source/data' is not below '$SERVERS/sour', where zfs has it mounted"* ]]
}

@test "a server that dies under the lock makes the snapshot fail" {
	hook 'kill -9 $(cat '"$SERVERS"'/source/pid); sleep 0.5'
	run -75 --separate-stderr snap
	[[ $stderr == *'the lock was lost'* ]]
	server_start source --log-bin=binlog
}

@test "SIGTERM while the snapshot is made: it is removed, commits go on, and the death is the signal's" {
	hook 'sleep 1'
	start
	until_hook
	kill -TERM $!
	ends_with 143 $!
	run -2 tar -tf "$BATS_TEST_TMPDIR/tar"
}

@test "kill -9 while the snapshot is made: the lock is gone with it, list shows the rest, and drop clears it" {
	hook 'sleep 1'
	start --name=left
	until_hook
	kill -KILL $!
	commits
	ends_with 137 $!
	# The snapshot's maker lives on, and whoever comes keeps off.
	run -75 --separate-stderr snap drop left
	wait_until 10 is_left left
	[ -d "$SERVERS/.zfs/snapshot/dbsnap-left" ]
	run -0 snap list
	jq -e '.name == "left" and .state == "leftover"' <<<"$output"
	run -65 --separate-stderr snap stream left
	run -0 snap drop left
	jq -e '.event == "dropped" and .name == "left"' <<<"$output"
	[ ! -d "$SERVERS/.zfs/snapshot/dbsnap-left" ]
}

@test "what a kill -9 has left goes with the next run, but not what another run is making" {
	hook 'sleep 1'
	start --name=left
	until_hook
	kill -KILL $!
	ends_with 137 $!
	wait_until 10 is_left left
	hook "touch $SERVERS/second; sleep 2"
	start --name=second
	second=$!
	wait_until 20 test -e "$SERVERS/second"
	[ ! -d "$SERVERS/.zfs/snapshot/dbsnap-left" ]
	run -0 snap list
	jq -e '.name == "second" and .state == "busy"' <<<"$output"
	run -75 --separate-stderr snap drop second
	wait "$second"
	tar -tf "$BATS_TEST_TMPDIR/tar" >/dev/null
}

@test "a reader that goes away ends it with SIGPIPE, and the snapshot goes" {
	run bash -c 'dbsnap --defaults-file='"$(server_cnf source)"' --method=zfs \
		--state-dir='"$SERVERS"'/state 2>'"$BATS_TEST_TMPDIR"'/err | head -c 100 >/dev/null
		echo "${PIPESTATUS[0]}"'
	cat "$BATS_TEST_TMPDIR/err"
	[ "$output" = 141 ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "a full disk is an error" {
	run -74 --separate-stderr bash -c 'dbsnap --defaults-file='"$(server_cnf source)"' \
		--method=zfs --state-dir='"$SERVERS"'/state >/dev/full'
	[[ $stderr == *'No space left'* ]]
}

@test "a server that was reached over TCP is refused, for its files may be elsewhere" {
	run -69 --separate-stderr snap --host=127.0.0.1 --protocol=tcp
	[[ $stderr == *'reached over TCP'* ]]
}

# Whatever it is asked for just then: also the last settings.
@test "a server that goes away is one that may be asked again later" {
	local nth
	for nth in {1..60}; do
		run --separate-stderr traced \
			-e inject=sendto:error=EPIPE:when="$nth" dbsnap \
			--defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" --method=zfs \
			--result-file="$BATS_TEST_TMPDIR/tar"
		[ "$status" != 0 ] || break
		echo "$nth: $stderr"
		[ "$status" = 75 ]
	done
	[ "$nth" -gt 15 ]
	[ "$status" = 0 ]
}

# Its own data directory and pid file may have the same names as here.
@test "so is one behind a socket that leads elsewhere, as with ssh -L" {
	perl "$TREE/tests/lib/relay.pl" "$SERVERS/relay" "$(server_socket source)" 3>&- &
	wait_until 5 test -S "$SERVERS/relay"
	run -69 --separate-stderr snap --socket="$SERVERS/relay"
	kill $!
	[[ $stderr == *"is not the one of that name here"*"does the socket lead to another machine"* ]]
}

@test "but not one whose socket another process has opened, as systemd does" {
	mkdir "$SERVERS/sd"
	printf '#!/bin/sh\nexec perl "%s" "%s" %s "$@"\n' "$TREE/tests/lib/activate.pl" \
		"$SERVERS/elsewhere/sock" "$(command -v mariadbd)" >"$SERVERS/sd/mariadbd"
	chmod +x "$SERVERS/sd/mariadbd"
	PATH=$SERVERS/sd:$PATH server_start elsewhere
	run -69 --separate-stderr dbsnap --defaults-file="$(server_cnf elsewhere)" \
		--state-dir="$SERVERS/state" --method=lvm
	server_drop elsewhere
	[[ $stderr == *'--method=lvm: the data directory is not on a logical volume'* ]]
}

@test "two snapshots of one name are refused, and the first one stays (case 70)" {
	run -0 snap take --name=one
	run -73 --separate-stderr snap take --name=one
	[[ $stderr == *"there is a snapshot 'one' already"* ]]
	[ -d "$SERVERS/.zfs/snapshot/dbsnap-one" ]
	snap drop one
	run -66 --separate-stderr snap drop one
}

# Another one has a state directory of its own.
@test "a snapshot that another one has made stays, also when that shows only in the making (case 70)" {
	run -0 snap take --name=one
	hook "mkdir -p $SERVERS/.zfs/snapshot/dbsnap-two"
	for name in one two; do
		run -73 --separate-stderr dbsnap --defaults-file="$(server_cnf source)" \
			take --method=zfs --state-dir="$SERVERS/state2" --name="$name"
		[[ $stderr == *"there is a snapshot '$name' already: tank/db@dbsnap-$name"* ]]
		[ -d "$SERVERS/.zfs/snapshot/dbsnap-$name" ]
		[ -z "$(ls "$SERVERS/state2")" ]
	done
	rmdir "$SERVERS/.zfs/snapshot/dbsnap-two"
	snap drop one
}

@test "a record of any length is listed and streamed whole" {
	local domain
	for domain in {4294000001..4294003000}; do
		echo "SET gtid_domain_id = $domain, server_id = 4294967295; INSERT INTO shop.t () VALUES ();"
	done | sql source
	run -0 snap take --name=one
	[ "${#output}" -gt 70000 ]
	[ "$(snap list | jq -c .record)" = "$output" ]
	[ "$(snap stream one | tar -xOf - dbpipes-snapshot.json)" = "$output" ]
	snap drop one
	sql source 'RESET MASTER'
}

@test "a name that is no file name is refused" {
	run -64 --separate-stderr snap take --name=../one
	run -64 --separate-stderr snap drop ../one
	run -64 --separate-stderr snap steal
	run -64 --separate-stderr snap drop
}

@test "redo log, undo log, Aria's log and tablespaces outside of the data directory are refused by name (case 62)" {
	local dir=$SERVERS/outside option
	mkdir -p "$dir"
	for option in innodb-log-group-home-dir innodb-undo-directory aria-log-dir-path; do
		server_start elsewhere
		server_stop elsewhere
		[[ $option != innodb-log* ]] || mv "$SERVERS/elsewhere/data/ib_logfile0" "$dir"
		[[ $option != aria* ]] || mv "$SERVERS"/elsewhere/data/aria_log* "$dir"
		server_start elsewhere --"$option=$dir"
		run -69 --separate-stderr dbsnap \
			--defaults-file="$(server_cnf elsewhere)" \
			--state-dir="$SERVERS/state" --method=zfs
		[[ $stderr == *"${option//-/_} is '$dir'"* ]]
		server_drop elsewhere
		rm -rf "${dir:?}"/*
	done
}

@test "a directory that cannot be found, or a redo log that is not where it should be, is no small thing (case 62)" {
	server_start elsewhere
	server_stop elsewhere
	mkdir -p "$SERVERS/elsewhere/undo"
	server_start elsewhere --innodb-undo-directory="$SERVERS/elsewhere/undo"
	mv "$SERVERS/elsewhere/undo" "$SERVERS/elsewhere/gone"
	run -69 --separate-stderr dbsnap --defaults-file="$(server_cnf elsewhere)" \
		--state-dir="$SERVERS/state" --method=zfs
	[[ $stderr == *"cannot find '$SERVERS/elsewhere/undo', which is innodb_undo_directory"* ]]
	server_drop elsewhere
	mv "$SERVERS/source/data/ib_logfile0" "$SERVERS/ib_logfile0"
	run -69 --separate-stderr snap
	mv "$SERVERS/ib_logfile0" "$SERVERS/source/data/ib_logfile0"
	[[ $stderr == *"innodb_log_group_home_dir is '"*"where no redo log can be seen"* ]]
}

@test "a table with a DATA DIRECTORY, and a link to a database elsewhere, are refused by name (case 62)" {
	mkdir "$SERVERS/far"
	sql source "CREATE TABLE shop.far (id INT) ENGINE=InnoDB DATA DIRECTORY='$SERVERS/far'"
	run -69 --separate-stderr snap
	[[ $stderr == *"'shop/far' is a table with a DATA DIRECTORY"* ]]
	sql source 'DROP TABLE shop.far'
	mkdir "$SERVERS/far/linked"
	ln -s "$SERVERS/far/linked" "$SERVERS/source/data/linked"
	run -69 --separate-stderr snap
	[[ $stderr == *"'linked' in the data directory is a symbolic link"* ]]
	rm "$SERVERS/source/data/linked"
}

@test "one that comes between the look and the lock is refused, too" {
	hook 'd='"$SERVERS"'/source/data; : >$d/shop/late.isl; exec >&-'
	run -69 --separate-stderr snap
	rm "$SERVERS/source/data/shop/late.isl"
	[[ $stderr == *"'shop/late' is a table with a DATA DIRECTORY"* ]]
}

@test "a snapshot whose name nobody could read is removed" {
	run -74 --separate-stderr bash -c 'dbsnap "$@" >/dev/full' - \
		--defaults-file="$(server_cnf source)" --method=zfs \
		--state-dir="$SERVERS/state" take
	[ -z "$(ls "$SERVERS/.zfs/snapshot")" ]
}

@test "a state directory that others may write to is not trusted" {
	mkdir -m 0777 "$SERVERS/open"
	run -77 --separate-stderr dbsnap list --state-dir="$SERVERS/open"
	[[ $stderr == *'is not ours alone'* ]]
}
