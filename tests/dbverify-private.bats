#!/usr/bin/env bats
# dbverify-private.bats: what the private server of dbverify may touch, and what
# its end says of the backup.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin source
	export CNF
	CNF=$(server_cnf source)
	server_start stopped
	sql stopped "CREATE DATABASE shop; USE shop; CREATE TABLE item (id INT PRIMARY KEY,
			name VARCHAR(100), KEY (name));
		INSERT INTO item SELECT seq, seq FROM seq_1_to_20000"
	dbdump --defaults-file="$(server_cnf stopped)" shop >"$SERVERS/dump"
	server_stop stopped
	export DATA=$SERVERS/stopped/data
}

teardown_file() { servers_end; }

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}

record() { tail -n 1 <<<"$output" | jq -e "$1"; }

nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	run -1 pgrep -f "$TMPDIR"
}

# server_that COMMAND: what dbverify starts in the place of mariadbd, with its
# arguments; its version it says as always.
server_that() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\n[ "$2" != --version ] || exec "$REAL" "$@"\n%s\n' "$1" \
		>"$BATS_TEST_TMPDIR/bin/mariadbd"
	chmod +x "$BATS_TEST_TMPDIR/bin/mariadbd"
	REAL=$(PATH=${PATH#"$BATS_TEST_TMPDIR/bin:"} command -v mariadbd)
	export REAL PATH=$BATS_TEST_TMPDIR/bin:${PATH#"$BATS_TEST_TMPDIR/bin:"}
}

# no_result CODE TEXT OPTION…: it ends so, and with no word of the backup.
no_result() {
	local text=$2
	run "-$1" --separate-stderr dbverify "${@:3}"
	[[ $stderr == *"dbverify: error: "*"$text"* ]]
	run ! grep '"fault"\|"verified"' <<<"$output"
}

@test "tables with folders of their own are restored within the private server's" {
	local far=$SERVERS/far dump=$BATS_TEST_TMPDIR/dump tool engine where
	mkdir -m 777 "$far" "$far"/{InnoDB,MyISAM,Aria}
	sql source "CREATE DATABASE far"
	for engine in InnoDB MyISAM Aria; do
		where="DATA DIRECTORY='$far/$engine'"
		[ "$engine" = InnoDB ] || where+=" INDEX DIRECTORY='$far/$engine'"
		sql source "USE far; SET @@default_storage_engine = $engine;
			CREATE TABLE whole_$engine (id INT PRIMARY KEY, data INT COMMENT
				'a DATA DIRECTORY=''x''') $where;
			CREATE TABLE parted_$engine (id INT PRIMARY KEY)
				PARTITION BY RANGE (id) (
				PARTITION a VALUES LESS THAN (5) $where,
				PARTITION b VALUES LESS THAN MAXVALUE);
			INSERT INTO whole_$engine (id) SELECT seq FROM seq_1_to_9;
			INSERT INTO parted_$engine SELECT seq FROM seq_1_to_9"
		[ -n "$(ls -A "$far/$engine")" ]
	done
	for tool in dbdump mariadb-dump; do
		"$tool" --defaults-file="$CNF" --databases far >"$dump.$tool"
		grep -q "DATA DIRECTORY.*'$far/InnoDB" "$dump.$tool"
		# Where they lie is no difference, and they are in nobody's way.
		run -0 dbverify --against="$CNF" "$dump.$tool"
		record '.ok and .rows == 54 and .against.tables == 6'
	done
	sql source "CREATE TABLE far.more (id INT PRIMARY KEY) DATA DIRECTORY='$far/InnoDB' COMMENT 'x'"
	dbdump --defaults-file="$CNF" --databases far >"$dump"
	sql source "ALTER TABLE far.more COMMENT 'y'"
	run -1 --separate-stderr dbverify --against="$CNF" "$dump"
	[[ $stderr == *'`more`: is defined as: '* ]]
	sql source "DROP DATABASE far"
	run -0 dbverify "$dump.dbdump"
	[ -z "$(find "$far" -type f)" ]
	rm -r "$far"
	run -0 dbverify "$dump.dbdump"
	[ ! -e "$far" ]
	nothing_left
}

@test "a server that is killed while it recovers has no result, one that gives up or crashes refuses" {
	local server
	server_that 'kill -KILL $$'
	no_result 69 'the private server ended while it started (status 137)' "$DATA"
	[[ $stderr == *'is memory or disk short?' ]]
	for server in 'kill -ABRT $$' 'kill -SEGV $$' \
		'echo "[ERROR] InnoDB: the page is corrupted"; exit 1'; do
		server_that "$server"
		run -1 --separate-stderr dbverify "$DATA"
		[[ $stderr == *'the private server ended while it started'* ]]
		record '.ok == false and .faults == 1'
	done
	nothing_left
}

@test "the private server gets as many open files as it may have; too few are an error beforehand" {
	local data
	for data in "$DATA" "$SERVERS/dump"; do
		run -71 --separate-stderr prlimit --nofile=100:1023 dbverify "$data"
		[[ $stderr == *'needs 1024 open files, and the hard limit is 1023'*'ulimit -n'* ]]
		record '.event == "error"'
		run -0 prlimit --nofile=30:4096 dbverify "$data"
	done
	nothing_left
}

@test "a signal while the private server is made ends all that makes it" {
	local dbverify status=0 pipe=$BATS_TEST_TMPDIR/pipe made
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	mkfifo "$pipe"
	printf '#!/bin/bash\nexec 4>%q\necho making >&4\nsleep 1000\necho\n' "$pipe" \
		>"$BATS_TEST_TMPDIR/bin/mariadb-install-db"
	chmod +x "$BATS_TEST_TMPDIR/bin/mariadb-install-db"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH timeout --foreground -k 30 300 \
		dbverify "$SERVERS/dump" 3>&- &
	dbverify=$!
	exec 8<"$pipe"
	read -r made <&8
	[ "$made" = making ]
	kill -TERM "$dbverify"
	wait "$dbverify" || status=$?
	[ "$status" = 143 ]
	# It ends when nobody writes to it any more.
	timeout 30 cat <&8
	exec 8<&-
	nothing_left
}

@test "a server that is refused files or memory says nothing about a good snapshot" {
	local said
	for said in "Can't create file 'x' (Errcode: 24 \"Too many open files\")" \
		'InnoDB: Operating system error number 24 in a file operation.' \
		'Out of memory (Needed 134217728 bytes)' \
		"Can't create interrupt-thread (error 11 \"Resource temporarily unavailable\")"; do
		server_that "echo $(printf %q "[ERROR] $said"); exit 1"
		no_result 69 "$said" "$DATA"
		[[ $stderr == *'the system failed the private server'* ]]
	done
	nothing_left
}

@test "a row that only larger pages hold is no fault of the dump" {
	{
		echo '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
		perl -e 'print "CREATE DATABASE a; USE a; CREATE TABLE wide (",
			join(",", map("c$_ VARCHAR(250)", 1 .. 55)), ") CHARSET latin1 ENGINE=InnoDB;
			INSERT INTO wide VALUES (", join(",", ("\x27" . "x" x 250 . "\x27") x 55), ");\n"'
		echo '-- Dump completed on 2026-11-21  3:00:00'
	} >"$BATS_TEST_TMPDIR/wide"
	no_result 69 'Row size too large' "$BATS_TEST_TMPDIR/wide"
	[[ $stderr == *'larger innodb_page_size'*--quick* ]]
	run -0 dbverify --quick "$BATS_TEST_TMPDIR/wide"
	nothing_left
}

@test "a server that is killed while tables are checked is no fault of them" {
	local what
	export LOG=$BATS_TEST_TMPDIR/log
	server_that '{ until grep -q "CHECK TABLE" "$LOG"; do sleep 0.01; done
			kill -KILL $$; } 2>/dev/null &
		exec "$REAL" "$@" --general-log=1 --general-log-file="$LOG"'
	for what in "$DATA" "$SERVERS/dump"; do
		for _ in {1..5}; do
			rm -f "$LOG"
			run --separate-stderr dbverify "$what"
			# On a busy machine the kill can come too late.
			[ "$status" = 0 ] || break
		done
		[ "$status" = 69 ]
		[[ $stderr == *'dbverify: error: '*'the private server was ended by signal 9: '* ]]
		run ! grep '"fault"\|"verified"' <<<"$output"
	done
	nothing_left
}

@test "a disk that is full when a snapshot is recovered is no fault of it" {
	local disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	# The files, and half of what a server adds to them.
	mount -t tmpfs -o "size=$(($(du -sm "$DATA" | cut -f 1) + 6))m,mode=1777" \
		tmpfs "$disk" 2>/dev/null || skip 'cannot mount a tmpfs'
	no_result 75 'has no room left for the restore: ' --tmpdir="$disk" "$DATA"
	umount "$disk"
	[[ $stderr == *--tmpdir* ]]
}

@test "what the environment says of other servers is not for the private one" {
	local dump=$BATS_TEST_TMPDIR/dump
	cp "$SERVERS/dump" "$dump"
	export MYSQL_PWD=another MYSQL_HOST=127.0.0.1 MYSQL_TCP_PORT=1 MYSQL_UNIX_PORT=/nowhere
	run -0 --separate-stderr dbverify "$dump"
	record '.ok and .rows == 20000'
	run -0 --separate-stderr dbverify "$DATA"
	record '.ok and .rows == 20000'
	nothing_left
}

@test "a dump may name time zones" {
	local dump=$BATS_TEST_TMPDIR/dump
	mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null |
		mariadb --defaults-file="$CNF" mysql
	sql source "CREATE DATABASE zones; USE zones; SET time_zone = 'Europe/Berlin';
		CREATE TABLE t (at TIMESTAMP); INSERT INTO t VALUES ('2026-07-01 12:00');
		CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t"
	mariadb-dump --defaults-file="$CNF" --events zones >"$dump"
	grep -q "time_zone .*= 'Europe/Berlin'" "$dump"
	run -0 --separate-stderr dbverify "$dump"
	record '.ok and .rows == 1'
}

@test "a dump of MySQL that MariaDB does not take is not called damaged" {
	local dump=$BATS_TEST_TMPDIR/dump.sql
	cat >"$dump" <<-'EOF'
		-- MySQL dump 10.13  Distrib 8.0.46, for Linux (x86_64)
		--
		-- Host: localhost    Database: shop
		-- ------------------------------------------------------
		-- Server version 8.0.46

		CREATE TABLE `t` (`a` int) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unknown_0900_ci;
		INSERT INTO `t` VALUES (1);

		-- Dump completed
	EOF
	sed -i 's/version 8/version\t8/' "$dump"
	no_result 69 'this dump of MySQL 8.0.46, which may be good: ' "$dump"
	[[ $stderr == *utf8mb4_unknown_0900_ci*'--private-server'*'--quick'* ]]
	nothing_left
	dbverify --quick "$dump"
	# Nor one of a newer server; the tool's name says nothing of that.
	sed -i 's/version\t8\.0\.46/version\t99.1.2-MariaDB/' "$dump"
	no_result 69 'this dump of MariaDB 99.1.2, which may be good: ' "$dump"
	sed -i 's/99\.1\.2/10.4.6/' "$dump"
	run -1 dbverify "$dump"
	# Without its first lines it is nobody's.
	sed -i '/^-- [HMS-]/d' "$dump"
	run -1 dbverify "$dump"
}

@test "a data directory of MySQL is not called damaged" {
	local copy=$BATS_TEST_TMPDIR/data
	cp -r "$DATA" "$copy"
	dbverify "$copy"
	echo dictionary >"$copy/mysql.ibd"
	no_result 69 'a data directory of MySQL, which may be good' "$copy"
	tar -C "$copy" -cf "$copy.tar" .
	no_result 69 'a data directory of MySQL, which may be good' "$copy.tar"
	rm "$copy/mysql.ibd" "$copy"/mysql/column_stats.*
	echo costs >"$copy/mysql/engine_cost.frm"
	no_result 69 'a data directory of MySQL 5.7, which may be good' "$copy"
	nothing_left
}

@test "nor one of a newer MariaDB than the private server; of an older one it is restored" {
	local copy=$BATS_TEST_TMPDIR/data
	cp -r "$DATA" "$copy"
	printf 10.4.8-MariaDB >"$copy/mariadb_upgrade_info"
	run -0 dbverify "$copy"
	record .upgrade_needed
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "error: no such luck" >&2\nexit 3\n' \
		>"$BATS_TEST_TMPDIR/bin/mariadb-upgrade"
	chmod +x "$BATS_TEST_TMPDIR/bin/mariadb-upgrade"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH no_result 69 \
		'the data directory is of an older series: '"$BATS_TEST_TMPDIR/bin/mariadb-upgrade failed" "$copy"
	[[ $stderr == *'no such luck'*--private-server* ]]
	printf 99.1.2-MariaDB >"$copy/mariadb_upgrade_info"
	no_result 69 'a data directory of MariaDB 99.1.2, which may be good' "$copy"
	[[ $stderr == *'and the private server is one of MariaDB '*--private-server* ]]
	nothing_left
}

@test "the private server is the one that is asked for, or what there is" {
	local real bin=$BATS_TEST_TMPDIR/bin
	real=$(command -v mariadbd)
	mkdir "$bin"
	no_result 66 'there is no program /no/mysqld' --private-server=/no/mysqld "$DATA"
	no_result 66 'there is no program gone' --private-server=gone "$SERVERS/dump"
	no_result 69 'says no version' --private-server="$(command -v echo)" "$DATA"
	# What makes its data directory is near it.
	mkdir "$BATS_TEST_TMPDIR/sbin"
	ln -s "$real" "$BATS_TEST_TMPDIR/sbin/mine"
	printf '#!/bin/sh\necho "$*" >%q\nexit 9\n' "$bin/said" >"$bin/mariadb-install-db"
	chmod +x "$bin/mariadb-install-db"
	no_result 69 'mariadb-install-db cannot make a data directory' \
		--private-server="$BATS_TEST_TMPDIR/sbin/mine" "$SERVERS/dump"
	grep -q -- "--basedir=$BATS_TEST_TMPDIR/sbin/\.\. " "$bin/said"
	run -0 dbverify --private-server="$BATS_TEST_TMPDIR/sbin/mine" "$DATA"
	run -0 dbverify --private-server="$real" "$SERVERS/dump"
	# Of two in PATH it is mariadbd; alone, mysqld.
	printf '#!/bin/sh\necho "mysqld  Ver 8.0.46 for Linux"\n' >"$bin/mysqld"
	chmod +x "$bin/mysqld"
	PATH=$bin:$PATH run -0 dbverify "$DATA"
	no_result 69 'and the private server is one of MySQL 8.0.46' --private-server="$bin/mysqld" "$DATA"
	# Its own first line is no error in its log's words.
	printf '#!/bin/sh\n[ "$2" != --version ] || { echo "mysqld  Ver 8.0.46 for Linux" && exit; }
		echo "mysqld: Can'"'"'t create directory (OS errno 13 - Permission denied)"
		echo "[ERROR] [MY-013236] [Server] The data directory is unusable"; exit 1' >"$bin/mysqld"
	no_result 69 'The data directory is unusable' --private-server="$bin/mysqld" "$SERVERS/dump"
	[[ $stderr == *AppArmor*--tmpdir* ]]
	nothing_left
}
