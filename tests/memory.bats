#!/usr/bin/env bats
# passes: plain
# memory.bats: what dbdump and dbseed take of the machine's memory does not grow
# with the size of the database, of a table, or with a reader that stands still.

# shellcheck disable=SC2016 # SQL names

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin -
	server_start source --max-allowed-packet=128M --innodb-log-file-size=256M
	sql source "CREATE DATABASE m; USE m;
		CREATE TABLE few (id INT PRIMARY KEY, a BIGINT, b VARCHAR(20)) ENGINE=InnoDB;
		INSERT INTO few SELECT seq, seq, seq FROM seq_1_to_10;
		CREATE TABLE many LIKE few;
		INSERT INTO many SELECT seq, seq, seq FROM seq_1_to_1000000;
		CREATE TABLE blobs (id INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB"
	# Into an empty table without checks, MariaDB inserts in bulk.
	sql source "USE m; SET sql_log_bin = 0, unique_checks = 0, foreign_key_checks = 0;
		CREATE TABLE huge LIKE few;
		INSERT INTO huge SELECT seq, seq, seq FROM seq_1_to_10000000"
	# Of the second one, every byte is escaped.
	sql source "INSERT INTO m.blobs VALUES (1, REPEAT('x', 64 << 20));
		INSERT INTO m.blobs VALUES (2, REPEAT('\\'', 64 << 20));
		INSERT INTO m.blobs VALUES (3, 'small')"
}

teardown_file() { servers_end; }

# peak_of OPTION…: of a dump, the most memory that was resident, in KiB.
peak_of() {
	/usr/bin/time -f %M -o "$BATS_TEST_TMPDIR/peak" dbdump \
		--defaults-file="$(server_cnf source)" "$@" >/dev/null
	cat "$BATS_TEST_TMPDIR/peak"
}

@test "many rows take no more memory than what four readers may be ahead" {
	local peak
	peak=$(peak_of --jobs=4 --zstd m many)
	echo "peak: $peak KiB"
	[ "$peak" -lt $((64 * 1024)) ]
}

# What has buffers of its own.
ways=('-j 1' '-j 4' '-j 4 -z')

@test "ten million rows take no more memory than a million, and less than 64 MB" {
	local way many huge
	local -a options
	for way in "${ways[@]}"; do
		read -ra options <<<"$way"
		many=$(peak_of "${options[@]}" m many)
		huge=$(peak_of "${options[@]}" m huge)
		echo "dbdump $way: many: $many KiB, huge: $huge KiB"
		[ "$huge" -lt $((64 * 1024)) ]
		# What may wait for its turn is not full with a million rows.
		[ "$((huge - many))" -lt $((16 * 1024)) ]
	done
}

@test "a row of 64 MB takes its packet, its text as SQL, and little more (case 34)" {
	local peak
	peak=$(peak_of m blobs 2>"$BATS_TEST_TMPDIR/err")
	echo "peak: $peak KiB"
	# Escaped, the second row is larger than the packet that servers take.
	grep -q 'warning: `m`.`blobs` has a row of 128 MiB.*max_allowed_packet=130M' \
		"$BATS_TEST_TMPDIR/err"
	# The row before it, 64 MB of text, may still be on its way out.
	[ "$peak" -lt $(((64 + 128 + 64 + 32) * 1024)) ]
}

# Whether a row just fits into a statement depends on its length as text and
# as a packet, so several lengths of a statement are tried.
@test "a table without a key takes no more memory, wherever its statements end" {
	local length peak
	sql source "USE m; CREATE TABLE keyless (a VARCHAR(80)) ENGINE=InnoDB;
		INSERT INTO keyless SELECT REPEAT('\\\\', 80) FROM seq_1_to_400000"
	for length in 1000000 1000040 1000080 1000120; do
		peak=$(peak_of --jobs=1 --net-buffer-length=$length m keyless)
		echo "statements of $length bytes: $peak KiB"
		[ "$peak" -lt $((48 * 1024)) ]
	done
}

# peak_of_slow OPTION…: the same, of a dump whose reader stands still for a
# while, and then takes it bit by bit.
peak_of_slow() {
	local pid i
	rm -f "$BATS_TEST_TMPDIR/pipe"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	dbdump --defaults-file="$(server_cnf source)" "$@" \
		>"$BATS_TEST_TMPDIR/pipe" 3>&- &
	pid=$!
	exec 8<"$BATS_TEST_TMPDIR/pipe"
	head -c 1000 <&8 >/dev/null
	sleep 2
	for ((i = 0; i < 40; i++)); do
		head -c 1000000 <&8 >/dev/null
		sleep 0.02
	done
	awk '/^VmHWM/ { print $2 }' "/proc/$pid/status"
	cat <&8 >/dev/null
	exec 8<&-
	wait "$pid"
}

@test "four readers that compress take less than 64 MB, and a slow reader no more" {
	local quick slow plain
	# Compressed, it is as much as waits for a slow reader, and more.
	sql source "USE m; CREATE TABLE a_wide (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		INSERT INTO a_wide SELECT seq, HEX(RANDOM_BYTES(500)) FROM seq_1_to_90000;
		CREATE TABLE z_wide LIKE a_wide; INSERT INTO z_wide SELECT * FROM a_wide"
	quick=$(peak_of -j 4 -z m a_wide few many z_wide)
	slow=$(peak_of_slow -j 4 -z m a_wide few many z_wide)
	plain=$(peak_of_slow -j 4 m a_wide few many z_wide)
	echo "compressed: $quick KiB, slow: $slow KiB, plain: $plain KiB"
	[ "$quick" -lt 65536 ] && [ "$slow" -lt 65536 ] && [ "$plain" -lt 65536 ]
	sql source 'DROP TABLE m.a_wide, m.z_wide'
}

@test "small pieces that wait between large ones hold no large buffers" {
	local peak i
	sql source "CREATE DATABASE pairs; USE pairs;
		CREATE TABLE t (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		INSERT INTO t SELECT seq, HEX(RANDOM_BYTES(500)) FROM seq_1_to_2000"
	for ((i = 100; i < 160; i++)); do
		echo "CREATE TABLE t${i}_one LIKE t; INSERT INTO t${i}_one VALUES (1, 'x');
			CREATE TABLE t${i}_two LIKE t; INSERT INTO t${i}_two SELECT * FROM t;"
	done >"$BATS_TEST_TMPDIR/pairs"
	mariadb --defaults-file="$(server_cnf source)" pairs <"$BATS_TEST_TMPDIR/pairs"
	peak=$(peak_of_slow -j 4 -z pairs)
	echo "peak: $peak KiB"
	[ "$peak" -lt $((56 * 1024)) ]
	sql source 'DROP DATABASE pairs'
}

@test "a reader that stands still does not make it grow" {
	local pid before after
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	dbdump --defaults-file="$(server_cnf source)" m many \
		>"$BATS_TEST_TMPDIR/pipe" 3>&- &
	pid=$!
	exec 8<"$BATS_TEST_TMPDIR/pipe"
	IFS= read -r _ <&8
	sleep 1
	before=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
	sleep 2
	after=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
	[ "$before" -gt 0 ] && [ "$after" = "$before" ]
	[[ $(cat <&8 | tail -n 1) == '-- Dump completed'* ]]
	exec 8<&-
	wait "$pid"
}

@test "of a table more, only its name is kept (case 35)" {
	local few many i
	for ((i = 0; i < 2000; i++)); do
		echo "CREATE TABLE IF NOT EXISTS t$i (id INT PRIMARY KEY, a TEXT) ENGINE=InnoDB;"
	done >"$BATS_TEST_TMPDIR/create"
	sql source 'CREATE DATABASE few; CREATE DATABASE many'
	head -n 100 "$BATS_TEST_TMPDIR/create" |
		mariadb --defaults-file="$(server_cnf source)" few
	mariadb --defaults-file="$(server_cnf source)" many <"$BATS_TEST_TMPDIR/create"
	few=$(peak_of few) many=$(peak_of many)
	echo "few: $few KiB, many: $many KiB"
	[ "$((many - few))" -lt 1900 ]
}

# peak_of_load JOBS: of a load of the SQL on standard input, into `loaded`.
peak_of_load() {
	sql source 'DROP DATABASE IF EXISTS loaded; CREATE DATABASE loaded'
	/usr/bin/time -f %M -o "$BATS_TEST_TMPDIR/peak" dbseed \
		--defaults-file="$(server_cnf source)" --into=loaded -j "$1" >/dev/null
	cat "$BATS_TEST_TMPDIR/peak"
}

# rows_sql TABLES: 70 MB of rows in statements of a megabyte.
rows_sql() {
	local table
	for ((table = 1; table <= $1; table++)); do
		echo "CREATE TABLE t$table (id INT PRIMARY KEY, t VARCHAR(200), KEY (t)) ENGINE=InnoDB;"
		seq $((400000 / $1)) | awk -v table="$table" '{
			printf "%s(%d,'\''%0160d'\'')%s",
				(NR % 5000 == 1 ? "INSERT INTO t" table " VALUES " : ""), $1, $1,
				(NR % 5000 ? "," : ";\n")
		}'
	done
}

@test "a load over four connections takes less than 128 MB, of one table and of many" {
	local one many
	one=$(rows_sql 1 | peak_of_load 4)
	many=$(rows_sql 8 | peak_of_load 4)
	echo "one table: $one KiB, eight: $many KiB"
	[ "$one" -lt $((128 * 1024)) ] && [ "$many" -lt $((128 * 1024)) ]
}

@test "a statement of 64 MB takes a few times its own memory to load, and no more" {
	local peak
	peak=$({
		echo 'CREATE TABLE b (id INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB;'
		echo -n "INSERT INTO b VALUES (1,'"
		head -c $((64 << 20)) /dev/zero | tr '\0' x
		echo "');"
		rows_sql 4
	} | peak_of_load 4)
	echo "peak: $peak KiB"
	[ "$peak" -lt $(((3 * 64 + 128) * 1024)) ]
}
