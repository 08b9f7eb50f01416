#!/usr/bin/env bats
# passes: plain
# versions.bats: real servers that this Debian does not have: MySQL 5.7, 8.0, 8.4 and 9,
# MariaDB 10.5 and 11.8, two of each, in root file systems of their own (roots),
# beside MariaDB of this one. Their own dump programs are the judges.

# shellcheck disable=SC2154,SC2030,SC2031 # run

bats_require_minimum_version 1.5.0
load ../lib/servers
load ../lib/versions

setup_file() {
	versions_begin
}

teardown_file() {
	versions_end
}

# judged VERSION: both servers have the same, says its own program.
judged() {
	diff <(own_dump "$1" first --skip-dump-date --skip-comments) \
		<(own_dump "$1" second --skip-dump-date --skip-comments)
}

theirs() { own_dump "$1" first; }
ours() { dbdump --defaults-file="$(cnf "$1" first)" -q --databases shop "${@:2}"; }

# into VERSION [OPTION…]: a dump, into its second server, which has nothing.
into() {
	ask "$1" second 'DROP DATABASE IF EXISTS shop'
	dbseed --defaults-file="$(cnf "$1" second)" -q "${@:2}"
}

@test "what dbdump writes of each, a client loads into a second one, which then has the same" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		ask "$version" second 'DROP DATABASE IF EXISTS shop'
		ours "$version" --master-data | ask "$version" second
		judged "$version"
	done
}

@test "dbseed loads what dbdump writes of each, packed or not" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		ours "$version" --master-data | into "$version" >/dev/null
		judged "$version"
		ours "$version" -z >"$BATS_TEST_TMPDIR/dump.zst"
		into "$version" -j 2 "$BATS_TEST_TMPDIR/dump.zst" >/dev/null
		judged "$version"
	done
}

@test "dbseed loads what the dump program of each writes" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		theirs "$version" | into "$version" -j 2 >/dev/null
		judged "$version"
	done
}

@test "dbverify --against says that they are the same, and finds a changed row" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		ours "$version" | into "$version" >/dev/null
		run -0 dbverify --defaults-file="$(cnf "$version" second)" -q \
			--against="$(cnf "$version" first)"
		ask "$version" second "UPDATE shop.many SET v = 'other' WHERE id = 4321"
		run -1 --separate-stderr dbverify --defaults-file="$(cnf "$version" second)" -q \
			--against="$(cnf "$version" first)"
		jq -es 'map(select(.event == "difference"))
			| length == 1 and .[0].changed == ["id=4321"]' <<<"$output"
	done
}

@test "a dump of each passes dbverify --quick" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		ours "$version" -z >"$BATS_TEST_TMPDIR/dump.zst"
		run -0 dbverify --quick "$BATS_TEST_TMPDIR/dump.zst"
		run -0 dbverify --quick - < <(theirs "$version")
	done
}

# as_backup VERSION: a dump by an account with what dbdump(1) names.
as_backup() {
	local routines='SHOW_ROUTINE ON *.*'
	case $1 in
	mysql-5.7 | mariadb-10.5) routines='SELECT ON mysql.proc' ;;
	mariadb-11.8) routines='SHOW CREATE ROUTINE ON *.*' ;;
	esac
	ask "$1" first "CREATE USER backup@localhost IDENTIFIED BY 'Secret-17';
		GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE, LOCK TABLES, PROCESS, RELOAD,
			REPLICATION CLIENT ON *.* TO backup@localhost;
		GRANT $routines TO backup@localhost"
	printf '[client]\nuser=backup\npassword=Secret-17\nsocket=%s\n' "$(place "$1")/first/s" \
		>"$BATS_TEST_TMPDIR/backup.cnf"
	dbdump --defaults-file="$BATS_TEST_TMPDIR/backup.cnf" -q --databases shop
}

@test "an account with the privileges that dbdump(1) names makes the same dump of each" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		as_backup "$version" >"$BATS_TEST_TMPDIR/one.sql"
		diff <(grep -av '^--' "$BATS_TEST_TMPDIR/one.sql") <(ours "$version" | grep -av '^--')
	done
}

customers_are_there() {
	[ "$(ask "$1" second 'SELECT COUNT(*) FROM shop.customers' 2>/dev/null)" = 3 ]
}

@test "a load into each goes on behind kill -9, with no row twice" {
	local version pid
	for version in "${versions[@]}"; do
		echo "# $version"
		ours "$version" >"$BATS_TEST_TMPDIR/dump.sql"
		rm -f "$BATS_TEST_TMPDIR/fifo"
		mkfifo "$BATS_TEST_TMPDIR/fifo"
		ask "$version" second 'DROP DATABASE IF EXISTS shop'
		dbseed --defaults-file="$(cnf "$version" second)" -q --resume \
			<"$BATS_TEST_TMPDIR/fifo" >/dev/null 3>&- &
		pid=$!
		exec 9>"$BATS_TEST_TMPDIR/fifo"
		sed '/^INSERT INTO `many`/q' "$BATS_TEST_TMPDIR/dump.sql" >&9
		wait_until 30 customers_are_there "$version"
		kill -KILL "$pid"
		exec 9>&-
		wait "$pid" || :
		run -0 dbseed --defaults-file="$(cnf "$version" second)" -q --resume \
			<"$BATS_TEST_TMPDIR/dump.sql"
		judged "$version"
	done
}

# alone VERSION: its second server replicates from nobody, and never did.
alone() {
	local word=SLAVE reset='RESET MASTER'
	case $1 in
	mysql-5.7) ;;
	mysql-8.0) word=REPLICA ;;
	mysql-*) word=REPLICA reset='RESET BINARY LOGS AND GTIDS' ;;
	mariadb-*) reset="RESET MASTER; SET GLOBAL gtid_slave_pos = ''" ;;
	esac
	ask "$1" second "STOP $word; RESET $word ALL; DROP DATABASE IF EXISTS shop; $reset" 2>/dev/null
}

# follows VERSION [OPTION…]: the second server is made a replica of the first, out
# of a dump with these options, behind which a row is written.
follows() {
	local version=$1 of="SELECT COUNT(*) FROM shop.many WHERE v = 'later'"
	shift
	alone "$version"
	ours "$version" --master-data "$@" >"$BATS_TEST_TMPDIR/dump.sql"
	ask "$version" first "INSERT INTO shop.many (v) VALUES ('later')"
	(umask 077 && cat "$(cnf "$version" second)" - >"$BATS_TEST_TMPDIR/replica.cnf") <<-CNF
		[dbseed]
		master-host=127.0.0.1
		master-port=$(cat "$(place "$version")/first/port")
		master-user=repl
		master-password=Secret-18
	CNF
	dbseed --defaults-file="$BATS_TEST_TMPDIR/replica.cnf" -q --replicate --wait=60 \
		"$BATS_TEST_TMPDIR/dump.sql" >"$BATS_TEST_TMPDIR/records"
	jq -es 'map(select(.event == "caught-up")) | length == 1' "$BATS_TEST_TMPDIR/records"
	[ "$(ask "$version" second "$of")" = "$(ask "$version" first "$of")" ]
}

@test "a second server of each is made a replica of the first, by file and position and by GTID" {
	local version
	for version in "${versions[@]}"; do
		echo "# $version"
		ask "$version" first "CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'Secret-18';
			GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1'"
		follows "$version"
		follows "$version" --gtid
		jq -es 'map(select(.event == "replicating"))[0].use_gtid' "$BATS_TEST_TMPDIR/records"
		alone "$version"
	done
}

# mapped: collations that MariaDB here does not know.
mapped=(--map-collation=utf8mb4_0900_ai_ci=utf8mb4_unicode_ci
	--map-collation=utf8mb4_uca1400_ai_ci=utf8mb4_unicode_ci)

# compared_here VERSION: what MariaDB here has of it.
compared_here() {
	dbverify --defaults-file="$(server_cnf here)" -q --against="$(cnf "$1" first)"
}

@test "a dump of each goes into the MariaDB of this Debian, with collations mapped" {
	local version
	for version in mysql-5.7 mariadb-10.5 mariadb-11.8; do
		echo "# $version"
		sql here 'DROP DATABASE IF EXISTS shop'
		ours "$version" | dbseed --defaults-file="$(server_cnf here)" -q "${mapped[@]}" >/dev/null
		run -0 compared_here "$version"
	done
}

@test "what MariaDB lacks of MySQL 8 is told before anything is loaded, in a dump of either program" {
	local version writer
	for version in "${mysql8[@]}"; do
		for writer in ours theirs; do
			echo "# $version $writer"
			sql here 'DROP DATABASE IF EXISTS shop'
			"$writer" "$version" >"$BATS_TEST_TMPDIR/dump.sql"
			run -69 --separate-stderr dbseed --defaults-file="$(server_cnf here)" -q \
				"${mapped[@]}" "$BATS_TEST_TMPDIR/dump.sql"
			[[ $stderr == *'a key of an expression in `m8`'*'nothing was loaded; add a generated column'* ]]
			[ -z "$(sql here "SHOW DATABASES LIKE 'shop'")" ]
		done
	done
}

@test "without that it goes there, and what is lost is said" {
	local version
	for version in "${mysql8[@]}"; do
		echo "# $version"
		sql here 'DROP DATABASE IF EXISTS shop'
		ask "$version" first 'ALTER TABLE shop.m8 DROP KEY k, DROP KEY mv'
		ours "$version" >"$BATS_TEST_TMPDIR/dump.sql"
		run -0 --separate-stderr dbseed --defaults-file="$(server_cnf here)" -q \
			"${mapped[@]}" "$BATS_TEST_TMPDIR/dump.sql"
		[[ $stderr == *'leaves out'*'SRID in `geo`'*'INVISIBLE in `m8`'* ]]
		run -1 --separate-stderr compared_here "$version"
		jq -es 'map(select(.event == "fault") | [.kind, .name]) | sort
			== [["definition", "geo"], ["definition", "m8"]]' <<<"$output"
	done
}

@test "what is in the MariaDB of this Debian goes into each" {
	local version
	sql here 'DROP DATABASE IF EXISTS shop'
	mariadb --defaults-file="$(server_cnf here)" --default-character-set=utf8mb4 \
		<"$TREE/tests/versions/objects.sql"
	dbdump --defaults-file="$(server_cnf here)" -q --databases shop >"$BATS_TEST_TMPDIR/dump.sql"
	for version in "${versions[@]}"; do
		echo "# $version"
		into "$version" "$BATS_TEST_TMPDIR/dump.sql" >/dev/null
		run -0 dbverify --defaults-file="$(cnf "$version" second)" -q \
			--against="$(server_cnf here)"
	done
}
