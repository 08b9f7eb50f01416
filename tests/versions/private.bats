#!/usr/bin/env bats
# passes: plain
# private.bats: private servers of the versions of versions.bats: their dumps and
# their data directories have a verdict by a server of their own kind, and by
# another one none.

# shellcheck disable=SC2154,SC2030,SC2031 # run

bats_require_minimum_version 1.5.0
load ../lib/servers
load ../lib/versions

setup_file() {
	local version
	versions_begin
	for version in "${versions[@]}"; do
		own_dump "$version" first | ask "$version" second
		server_ended "$version" TERM
	done
}

teardown_file() {
	versions_end
}

teardown() {
	local dir
	for dir in "$BATS_TEST_TMPDIR"/*.img; do
		dir=${dir%.img}
		! mountpoint -q "$dir" || {
			kill -KILL "$(cat "$dir/pid")" && sleep 1
			umount -l "$dir"
		}
	done
}

# server_ended VERSION SIGNAL: the second one.
server_ended() {
	local pid
	pid=$(cat "$(place "$1")/second/pid")
	kill "-$2" "$pid"
	wait_until 60 gone "$pid"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# verified VERSION ARGUMENT…: by a server of that kind; the last record.
verified() {
	run --separate-stderr dbverify -q --private-server="$(program "$1")" "${@:2}"
	echo "$output"
	echo "$stderr"
}

data() { echo "$(place "$1")/second/data"; }

# good: and its rows are there.
good() {
	[ "$status" = 0 ]
	tail -n 1 <<<"$output" | jq -e '.ok and .rows >= 46000'
}

@test "a dump of each is restored into a server of its own kind" {
	local version
	for version in "${versions[@]}"; do
		dbdump --defaults-file="$(cnf "$version" first)" -q -A --users -z \
			--result-file="$BATS_TEST_TMPDIR/$version.zst"
		verified "$version" "$BATS_TEST_TMPDIR/$version.zst"
		good
		own_dump "$version" first >"$BATS_TEST_TMPDIR/theirs.sql"
		verified "$version" "$BATS_TEST_TMPDIR/theirs.sql"
		good
	done
}

@test "so is one of everything by mysqldump, with its accounts" {
	local version root
	for version in mysql-5.7 "${mysql8[@]}"; do
		root=$ROOTS/$version
		within "$root" mysqldump --no-defaults -uroot -S "$(place "$version" |
			sed "s|^$root||")/first/s" --all-databases --routines --events \
			--single-transaction >"$BATS_TEST_TMPDIR/all.sql" 2>"$BATS_TEST_TMPDIR/said"
		verified "$version" "$BATS_TEST_TMPDIR/all.sql"
		good
	done
}

@test "damage in one of each is told by the table's name" {
	local version copy=$BATS_TEST_TMPDIR/data page
	for version in "${versions[@]}"; do
		cp -a "$(data "$version")" "$copy"
		for page in 4 5 6 7; do
			printf '\xaa\x55\xaa\x55' | dd of="$copy/shop/many.ibd" bs=1 \
				seek=$((page * 16384 + 9000)) conv=notrunc status=none
		done
		verified "$version" "$copy"
		[ "$status" = 1 ]
		jq -es 'any(.event == "fault" and .db == "shop" and .name == "many")' <<<"$output"
		rm "$copy/shop/many.ibd"
		verified "$version" "$copy"
		[ "$status" = 1 ]
		jq -es 'any(.event == "fault" and .db == "shop" and .name == "many")' <<<"$output"
		rm -r "$copy"
	done
}

# What is in which page differs from one release to the next.
@test "one of MySQL 8 is refused whose server crashes at its dictionary" {
	local version copy=$BATS_TEST_TMPDIR/data page
	for version in "${mysql8[@]}"; do
		for page in 597 600 700 800 900 1000; do
			cp -a "$(data "$version")" "$copy"
			printf '\xaa\x55\xaa\x55' | dd of="$copy/mysql.ibd" bs=1 conv=notrunc \
				status=none seek=$((page * 16384 + 8000))
			verified "$version" "$copy"
			rm -r "$copy"
			[ "$status" = 0 ] || break
		done
		[ "$status" = 1 ]
		[[ $stderr == *'the private server crashed: '*'Database page corruption'* ]]
	done
}

@test "a data directory of each is checked, and recovered if its server was killed" {
	local version
	for version in "${versions[@]}"; do
		verified "$version" "$(data "$version")"
		good
		version_start "$version" second 2
		ask "$version" second "INSERT INTO shop.many (v) SELECT v FROM shop.many; FLUSH TABLES"
		server_ended "$version" KILL
		tar -C "$(data "$version")" -cf "$BATS_TEST_TMPDIR/tar" .
		verified "$version" "$BATS_TEST_TMPDIR/tar"
		good
		tail -n 1 <<<"$output" | jq -e '.rows > 90000'
	done
}

# no_verdict VERSION OF: by that kind of server, of another one's data directory.
no_verdict() {
	verified "$1" "$(data "$2")"
	[ "$status" = 69 ]
	[[ $stderr == *'it is a data directory of '*', which may be good, and the private server is one of '* ]]
	[[ $output != *'"fault"'* ]]
}

@test "a server of another series says nothing of it" {
	no_verdict mysql-9 mysql-8.0
	no_verdict mysql-8.0 mysql-9
	no_verdict mysql-8.4 mysql-8.0
	no_verdict mysql-9 mysql-8.4
	no_verdict mysql-8.0 mysql-5.7
	no_verdict mysql-5.7 mysql-8.0
	no_verdict mysql-9 mariadb-11.8
	no_verdict mariadb-11.8 mysql-5.7
	no_verdict mariadb-10.5 mariadb-11.8
	# MariaDB takes what is older, if its server ended well.
	verified mariadb-11.8 "$(data mariadb-10.5)"
	[ "$status" = 69 ]
	[[ $stderr == *'Upgrade after a crash is not supported'*--private-server* ]]
	version_start mariadb-10.5 second 2
	server_ended mariadb-10.5 TERM
	run -0 dbverify -q "$(data mariadb-10.5)" # 10.11
	good
	tail -n 1 <<<"$output" | jq -e .upgrade_needed
}

@test "a dump of a newer or another server that it does not take has no verdict either" {
	local dump=$BATS_TEST_TMPDIR/dump.sql
	own_dump mariadb-11.8 first >"$dump"
	verified mariadb-10.5 "$dump"
	[ "$status" = 69 ]
	[[ $stderr == *'one of MariaDB 10.5.'*'this dump of MariaDB 11.8.'*'utf8mb4_uca1400_ai_ci'* ]]
	verified mysql-8.0 "$dump"
	[ "$status" = 69 ]
	[[ $stderr == *'one of MySQL 8.0.'*'this dump of MariaDB 11.8.'* ]]
}

@test "names in lower case alone, and pages of another size, are as MySQL's files say" {
	local version dir
	for version in "${mysql8[@]}"; do
		dir=$BATS_TEST_TMPDIR/$version
		"$(program "$version")" --no-defaults --initialize-insecure --user=root \
			--datadir="$dir" --secure-file-priv= --lower-case-table-names=1 \
			--innodb-page-size=32k 2>"$dir.log" || { cat "$dir.log" && return 1; }
		verified "$version" "$dir"
		[ "$status" = 0 ]
	done
}

@test "a table of MySQL 8 that is elsewhere is refused by dbsnap, and a fault to dbverify" {
	local version out
	for version in "${mysql8[@]}"; do
		out=$(place "$version")/out
		mkdir -p "$out"
		version_start "$version" second 2 --innodb-directories="${out#"$ROOTS/$version"}"
		ask "$version" second "CREATE TABLE shop.far (id INT PRIMARY KEY)
			DATA DIRECTORY='${out#"$ROOTS/$version"}'; INSERT INTO shop.far VALUES (1)"
		run -69 --separate-stderr dbsnap --defaults-file="$(cnf "$version" second)" \
			--state-dir="$BATS_TEST_TMPDIR/state"
		[[ $stderr == *"'shop/far' has its file outside of the data directory"* ]]
		ask "$version" second 'SET GLOBAL innodb_fast_shutdown=0; SHUTDOWN'
		wait_until 60 test ! -e "$(place "$version")/second/pid"
		# Here it would be found where it says that it is.
		verified "$version" "$(data "$version")"
		[ "$status" = 1 ]
		jq -es 'any(.event == "fault" and .name == "far")' <<<"$output"
	done
}

# on KIND VERSION: its server runs for this root file system, with its data on a
# file system of this kind: $dir, $cnf.
on() {
	dir=$BATS_TEST_TMPDIR/$1-$2
	cnf=$dir.cnf
	mkdir "$dir"
	truncate -s 1500M "$dir.img"
	"mkfs.$1" -q "$dir.img"
	mount -o loop "$dir.img" "$dir"
	[ "$1" != btrfs ] || btrfs -q subvolume create "$dir/data"
	cp -a "$(data "$2")" "$dir"
	chmod 755 "$dir"
	printf '[client]\nuser=root\nsocket=%s\n' "$dir/s" >"$cnf"
	chmod 600 "$cnf"
	"$(program "$2")" --no-defaults --user=root --datadir="$dir/data" --socket="$dir/s" \
		--pid-file="$dir/pid" --skip-networking --log-bin=binlog --server-id=3 \
		--gtid-mode=ON --enforce-gtid-consistency=ON --secure-file-priv= \
		--performance-schema=OFF >>"$dir.log" 2>&1 </dev/null 3>&- 9>&- &
	wait_until 60 mariadb --defaults-file="$cnf" -e 'DO 0' 2>/dev/null
}

off() {
	kill -KILL "$(cat "$dir/pid")"
	wait_until 30 umount "$dir" 2>/dev/null
}

@test "snapshots of MySQL under writes, on btrfs, are verified" {
	local version dir cnf writer
	command -v mkfs.btrfs >/dev/null
	for version in mysql-5.7 "${mysql8[@]}"; do
		on btrfs "$version"
		while :; do echo "INSERT INTO shop.many (v) VALUES (UUID()); DO SLEEP(0.001);"; done |
			mariadb --defaults-file="$cnf" >/dev/null 2>&1 3>&- &
		writer=$!
		dbsnap --defaults-file="$cnf" -q --state-dir="$dir.state" \
			--result-file="$BATS_TEST_TMPDIR/tar"
		verified "$version" "$BATS_TEST_TMPDIR/tar"
		kill "$writer"
		good
		tail -n 1 <<<"$output" | jq -e '.method == "btrfs" and .position.gtid != null'
		off
		rm "$BATS_TEST_TMPDIR/tar"
	done
}

@test "on XFS alone there are none, and the reasons are said" {
	local version dir cnf
	for version in "${mysql8[@]}"; do
		on xfs "$version"
		run -69 --separate-stderr dbsnap --defaults-file="$cnf" --state-dir="$dir.state"
		[[ $stderr == *'reflink: ib_logfile0 is not in the format of MariaDB'*'lvm: '* ]]
		[[ $stderr == *'dbdump works everywhere' && $stderr != *mariadb-backup* ]]
		run -69 --separate-stderr dbsnap --defaults-file="$cnf" --state-dir="$dir.state" \
			--method=copy --snapshot-dir="$BATS_TEST_TMPDIR"
		[[ $stderr == *'mariadb-backup copies no server of MySQL'* ]]
		off
	done
}
