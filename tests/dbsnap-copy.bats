#!/usr/bin/env bats
# dbsnap-copy.bats: --method=copy: that mariadb-backup, which does the work, ends
# when it shall, and is told nothing that it would not heed;
# and that the position which it notes is taken over whole.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # scripts in quotes; a test is a subshell; run
bats_require_minimum_version 1.5.0
load lib/servers
load lib/tls
load lib/traced

setup_file() {
	command -v mariadb-backup >/dev/null || return 0
	servers_begin source
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY
		AUTO_INCREMENT) ENGINE=InnoDB'
}

teardown_file() {
	servers_end
}

setup() {
	command -v mariadb-backup >/dev/null || skip 'no mariadb-backup'
	mkdir "$BATS_TEST_TMPDIR/copies"
	snap=(dbsnap --defaults-file="$(server_cnf source)" --method=copy
	--state-dir="$SERVERS/state" --snapshot-dir="$BATS_TEST_TMPDIR/copies")
}

# nothing_left: of a copy, and of who makes it.
nothing_left() {
	[ -z "$(find "$SERVERS/state" "$BATS_TEST_TMPDIR/copies" -mindepth 1)" ]
	run -1 copying
}

# copying: mariadb-backup is at work on the test's server.
copying() {
	pgrep -f "^mariadb-backup .*--target-dir=$BATS_TEST_TMPDIR/copies/" >/dev/null
}

# held OPTION…: a copy in the background, as $pid, that a lock which the server
# does not grant keeps from its end.
held() {
	sql source 'BACKUP STAGE START; DO SLEEP(60)' >/dev/null 2>&1 3>&- &
	holder=$!
	wait_until 10 holds
	"${snap[@]}" "$@" >"$BATS_TEST_TMPDIR/tar" 3>&- &
	pid=$!
	wait_until 20 waits
}

holds() {
	[ "$(sql source 'SELECT COUNT(*) FROM information_schema.processlist
		WHERE info LIKE "DO SLEEP%"')" = 1 ]
}

waits() {
	[ "$(sql source 'SELECT COUNT(*) FROM information_schema.processlist
		WHERE state LIKE "Waiting for backup lock"')" = 1 ]
}

let_go() {
	sql source "KILL $(sql source 'SELECT id FROM information_schema.processlist
		WHERE info LIKE "DO SLEEP%"')"
	wait "$holder" || :
}

# ends_with STATUS
ends_with() {
	local status=0
	wait "$pid" || status=$?
	[ "$status" = "$1" ]
}

@test "SIGTERM during the copy: mariadb-backup ends, the copy is removed, and the death is the signal's" {
	held
	copying
	kill -TERM "$pid"
	ends_with 143
	holds
	nothing_left
	let_go
	[ ! -s "$BATS_TEST_TMPDIR/tar" ]
}

@test "kill -9 during the copy: mariadb-backup ends as well, and the next run removes the rest" {
	held --name=left
	kill -KILL "$pid"
	ends_with 137
	wait_until 10 is_over
	holds
	let_go
	run -0 "${snap[@]}" list
	jq -e '.name == "left" and .state == "leftover"' <<<"$output"
	"${snap[@]}" >"$BATS_TEST_TMPDIR/tar"
	nothing_left
	tar -tf "$BATS_TEST_TMPDIR/tar" | grep -qx ibdata1
}

is_over() { ! copying; }

@test "options on the lock that mariadb-backup would not heed are refused, also in option files" {
	local option file=$BATS_TEST_TMPDIR/option.cnf
	for option in --dump-slave --flush --lock=ftwrl --lock-wait=60 --max-lock=5; do
		run -64 --separate-stderr "${snap[@]}" "$option"
		[[ $stderr == *"--method=copy cannot be used with ${option%=[0-9]*}"* ]]
	done
	printf '!include %s\n[dbsnap]\nmethod=copy\nmax-lock=5\n' "$(server_cnf source)" >"$file"
	run -64 --separate-stderr dbsnap --defaults-file="$file" --state-dir="$SERVERS/state"
	[[ $stderr == *'--method=copy cannot be used with --max-lock'* ]]
	nothing_left
}

@test "--lock=stage is what mariadb-backup does" {
	"${snap[@]}" --lock=stage >"$BATS_TEST_TMPDIR/tar"
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json | jq -e '.lock == "mariadb-backup"'
	nothing_left
}

# gtid_is_whole DOMAINS: transactions of so many are in the binary log. A list of
# 4 KB or more is cut off in SHOW VARIABLES, from which mariadb-backup has it.
gtid_is_whole() {
	local domain file pos
	for domain in $(seq 1000000001 $((1000000000 + $1))); do
		echo "SET gtid_domain_id = $domain; INSERT INTO shop.t () VALUES ();"
	done | sql source
	"${snap[@]}" >"$BATS_TEST_TMPDIR/tar"
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json >"$BATS_TEST_TMPDIR/json"
	read -r file pos < <(jq -r '.position | "\(.log_file) \(.log_pos)"' "$BATS_TEST_TMPDIR/json")
	[ "$(jq -r .position.gtid "$BATS_TEST_TMPDIR/json")" = \
		"$(sql source "SELECT BINLOG_GTID_POS('$file', $pos)")" ]
	[ "$(jq -r .position.gtid "$BATS_TEST_TMPDIR/json" | tr , '\n' | grep -c '^1[0-9]*-')" = "$1" ]
}

@test "the GTIDs of 200 domains are recorded, and those of 600" {
	gtid_is_whole 200
	gtid_is_whole 600
}

@test "a position that mariadb-backup has not noted as it should fails the copy" {
	local real
	real=$(command -v mariadb-backup)
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/mariadb-backup" <<-EOF
		#!/bin/bash
		"$real" "\$@" || exit
		[ "\$1" != --prepare ] || $BATS_TEST_TMPDIR/spoil "\${2#*=}/xtrabackup_binlog_info"
	EOF
	printf '#!/bin/sh\nprintf "binlog.000001\t" >"$1"\n' >"$BATS_TEST_TMPDIR/spoil"
	chmod +x "$BATS_TEST_TMPDIR"/{bin/mariadb-backup,spoil}
	local -x PATH=$BATS_TEST_TMPDIR/bin:$PATH
	run -65 --separate-stderr "${snap[@]}"
	[[ $stderr == *'xtrabackup_binlog_info is no line of file, position and GTID'* ]]
	nothing_left
	printf '#!/bin/sh\nrm "$1"\n' >"$BATS_TEST_TMPDIR/spoil"
	run -65 --separate-stderr "${snap[@]}"
	[[ $stderr == *'mariadb-backup has left no position'* ]]
	nothing_left
}

@test "a server without a binary log has no position" {
	server_start silent
	dbsnap --defaults-file="$(server_cnf silent)" "${snap[@]:2}" >"$BATS_TEST_TMPDIR/tar"
	tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json | jq -e '.position == null'
	server_drop silent
}

@test "which privilege the account misses is said, and not the hash of its password" {
	local login
	login=$(printf '%s\n' '[client]' user=less password=less-Secret \
		"socket=$(server_socket source)")
	sql source "CREATE USER less@localhost IDENTIFIED BY 'less-Secret';
		GRANT RELOAD, BINLOG MONITOR ON *.* TO less@localhost"
	snap[1]=--defaults-file=$BATS_TEST_TMPDIR/less.cnf
	(umask 077 && echo "$login" >"$BATS_TEST_TMPDIR/less.cnf")
	run -77 --separate-stderr "${snap[@]}"
	[[ $stderr == *'missing required privilege PROCESS'* ]]
	[[ $stderr != *"$(sql source "SELECT PASSWORD('less-Secret')")"* ]]
	nothing_left
	sql source 'GRANT PROCESS ON *.* TO less@localhost'
	"${snap[@]}" >/dev/null
	sql source 'DROP USER less@localhost'
}

@test "an account that wants a certificate gets it from mariadb-backup, too" {
	local tls=$BATS_TEST_TMPDIR/tls
	certificates "$tls"
	tls_server secure "$tls"
	sql secure "CREATE USER x509@localhost IDENTIFIED BY 'x509-Secret' REQUIRE X509;
		GRANT ALL ON *.* TO x509@localhost"
	(umask 077 && printf '%s\n' '[client]' user=x509 password=x509-Secret \
		"socket=$(server_socket secure)" "ssl-ca=$tls/ca.pem" \
		"ssl-cert=$tls/cert.pem" "ssl-key=$tls/key.pem" >"$BATS_TEST_TMPDIR/x509.cnf")
	snap[1]=--defaults-file=$BATS_TEST_TMPDIR/x509.cnf
	"${snap[@]}" >"$BATS_TEST_TMPDIR/tar"
	server_drop secure
	tar -tf "$BATS_TEST_TMPDIR/tar" | grep -qx ibdata1
	nothing_left
}

@test "what the machine refuses is said with its cause and the directory's name" {
	local data=$SERVERS/source/data
	run --separate-stderr traced -b execve \
		-e inject=clone3:error=EAGAIN:when=1 "${snap[@]}" --result-file="$BATS_TEST_TMPDIR/tar"
	injected || skip 'threads are not started by clone3 here'
	[ "$status" = 71 ]
	[[ $stderr == *'cannot start a thread: Resource temporarily unavailable'* ]]
	run -74 --separate-stderr traced -b execve -P "$data" \
		-e inject=getdents64:error=EIO "${snap[@]}"
	[[ $stderr == *"cannot read directory $data: Input/output error"* ]]
	nothing_left
}

@test "the position is noted where the binary log has a blank in its name" {
	local wanted
	server_start blank --log-bin='my bin'
	wanted=$(sql blank 'SHOW MASTER STATUS' | cut -f 1,2)
	snap[1]=--defaults-file=$(server_cnf blank)
	"${snap[@]}" >"$BATS_TEST_TMPDIR/tar"
	server_drop blank
	[ "$(tar -xOf "$BATS_TEST_TMPDIR/tar" dbpipes-snapshot.json |
		jq -r '.position | "\(.log_file)\t\(.log_pos)"')" = "$wanted" ]
	[[ $wanted == 'my bin.'* ]]
}

# What mariadb-backup says last is only that it could not copy.
@test "that the disk is full is said, with the file, and is no fault of the system" {
	local small=$BATS_TEST_TMPDIR/copies status2=0
	mount -t tmpfs -o mode=0700,size=6M tmpfs "$small" || skip 'cannot mount'
	"${snap[@]}" >"$BATS_TEST_TMPDIR/tar" 2>"$BATS_TEST_TMPDIR/err" || status2=$?
	ls -A "$small" >"$BATS_TEST_TMPDIR/left"
	umount "$small"
	cat "$BATS_TEST_TMPDIR/err"
	[ "$status2" = 74 ]
	grep -q "writing file '$small/.*No space left on device" "$BATS_TEST_TMPDIR/err"
	[ ! -s "$BATS_TEST_TMPDIR/left" ]
	nothing_left
}
