#!/usr/bin/env bats
# dbdump-jobs.bats: several readers under one snapshot: the same bytes however
# many they are, every row once, whatever key a table is cut by, and no way in
# which DDL, signals or a lost connection leave a gap, a lock or a hang.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # SQL names; a test is a subshell; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shop
load lib/objects

setup_file() {
	servers_begin
	shop_make source 300
	# More than fits into all buffers, also when it is compressed.
	sql source 'CREATE DATABASE kept; USE kept;
		CREATE TABLE big (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		INSERT INTO big SELECT seq, HEX(RANDOM_BYTES(500)) FROM seq_1_to_60000;
		CREATE DATABASE held; USE held;
		CREATE TABLE a_first (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE m_big LIKE kept.big; INSERT INTO m_big SELECT * FROM kept.big;
		CREATE TABLE z_last LIKE a_first; INSERT INTO z_last VALUES (1)'
	dump source -B held | same_lines | tail -n +2 >"$SERVERS/held.sql"
}

teardown_file() { servers_end; }

teardown() {
	exec 8<&-
	shop_writers_end
}

# same_lines: a dump without the lines that differ from one to the next.
same_lines() {
	grep -av -e '^-- dbpipes-sha256 ' -e '^-- Dump completed on ' \
		-e '^-- CHANGE MASTER TO ' -e '^-- SET GLOBAL gtid'
}

# lines_of FILE OPTION…
lines_of() { dump source "${@:2}" 2>/dev/null | same_lines >"$1"; }

# frames_of FILE: without the head, and what comes behind the last table.
frames_of() {
	local head last
	head=$((8 + $(od -An -tu4 -j 4 -N 4 "$1")))
	last=$(grep -ao '"offset":[0-9]*,"length":[0-9]*' "$1" | tail -n 1)
	last=${last//[^0-9,]/}
	tail -c +$((head + 1)) "$1" | head -c $((${last/,/ + } - head))
}

record() { jq -e "$1" "$BATS_TEST_TMPDIR/record"; }

# quickly STATEMENT: it succeeds without waiting for a lock.
quickly() {
	sql source "SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; $1"
}

nothing_is_locked() {
	quickly 'UPDATE held.m_big SET t = t WHERE id = 1;
		ALTER TABLE held.z_last COMMENT = ""; FLUSH TABLES WITH READ LOCK'
}

connections_of_dbdump() {
	sql source "SELECT id FROM information_schema.processlist
		WHERE user = 'root' AND id <> CONNECTION_ID() ORDER BY id"
}

nobody_is_connected() { [ -z "$(connections_of_dbdump)" ]; }

# waits_for STATE TEXT: a statement does.
waits_for() {
	[ "$(sql source "SELECT COUNT(*) FROM information_schema.processlist
		WHERE state LIKE '$1' AND info LIKE '$2'")" -gt 0 ]
}

# --- The same bytes.

# keys_dump: $SERVERS/keys.sql, by four readers, made once.
keys_dump() {
	[ ! -e "$SERVERS/keys.sql" ] || return 0
	mariadb --defaults-file="$(server_cnf source)" \
		<"$TREE/tests/data/keys.sql"
	dump source -j 4 -B keys >"$SERVERS/keys.sql" 2>/dev/null
}

@test "one, two and four readers write the same bytes, whatever the keys (case 32)" {
	local jobs
	keys_dump
	same_lines <"$SERVERS/keys.sql" >"$BATS_TEST_TMPDIR/4.sql"
	for jobs in 1 2; do
		lines_of "$BATS_TEST_TMPDIR/$jobs.sql" -j "$jobs" -B keys
		cmp "$BATS_TEST_TMPDIR/$jobs.sql" "$BATS_TEST_TMPDIR/4.sql"
	done
	[ "$(grep -ac '^INSERT INTO `n_dense`' "$BATS_TEST_TMPDIR/4.sql")" -ge 4 ]
}

@test "one and four readers write the same frames, of the same text" {
	local jobs
	keys_dump
	same_lines <"$SERVERS/keys.sql" >"$BATS_TEST_TMPDIR/plain.sql"
	for jobs in 1 4; do
		dump source -z -j "$jobs" -B keys >"$BATS_TEST_TMPDIR/$jobs.zst" 2>/dev/null
		zstd -qdc "$BATS_TEST_TMPDIR/$jobs.zst" | same_lines |
			cmp - "$BATS_TEST_TMPDIR/plain.sql"
		frames_of "$BATS_TEST_TMPDIR/$jobs.zst" >"$BATS_TEST_TMPDIR/$jobs.frames"
	done
	[ -s "$BATS_TEST_TMPDIR/1.frames" ]
	cmp "$BATS_TEST_TMPDIR/1.frames" "$BATS_TEST_TMPDIR/4.frames"
}

@test "no row is lost or doubled between two chunks, whatever the key is (case 32)" {
	local history='SELECT COUNT(*), BIT_XOR(CRC32(CONCAT_WS("|", id, n, row_start,
		row_end))) FROM `keys`.x_history FOR SYSTEM_TIME ALL'
	keys_dump
	restore target "$SERVERS/keys.sql"
	tables_of source | grep '^keys ' >"$BATS_TEST_TMPDIR/source"
	tables_of target >"$BATS_TEST_TMPDIR/target"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/source")" -ge 49 ]
	diff "$BATS_TEST_TMPDIR/source" "$BATS_TEST_TMPDIR/target"
	[ "$(sql source "$history")" = "$(sql target "$history")" ]
	sql source 'DROP DATABASE `keys`'
	server_empty target
}

@test "all readers read the one huge table" {
	sql source 'SET GLOBAL log_output = "TABLE", GLOBAL general_log = 1'
	# A slow reader of the dump, so that nobody is done before all began.
	dump source -j 4 held m_big | while read -r -N 1000000 _; do sleep 0.02; done
	sql source 'SET GLOBAL general_log = 0'
	[ "$(sql source 'SELECT COUNT(DISTINCT thread_id) FROM mysql.general_log
		WHERE argument LIKE "SELECT SQL\_NO\_CACHE%`m\_big`%"')" = 4 ]
	sql source 'TRUNCATE mysql.general_log'
}

# --- DDL.

# big_again: held.m_big is made as it was.
big_again() {
	sql source 'USE held; DROP TABLE IF EXISTS m_big, renamed;
		CREATE TABLE m_big LIKE kept.big; INSERT INTO m_big SELECT * FROM kept.big'
}

# held_is_whole: the paused dump is, of held as it always is.
held_is_whole() {
	dump_rest && same_lines <"$BATS_TEST_TMPDIR/rest.sql" | cmp - "$SERVERS/held.sql"
}

# ddl_in_mid_dump STATEMENT OPTION…: it waits for a table that readers are at,
# and goes through behind it; the dump is what it was without.
ddl_in_mid_dump() {
	local ddl
	rm -f "$BATS_TEST_TMPDIR/pipe"
	paused_dump "${@:2}" -B held
	sql source "$1" 3>&- &
	ddl=$!
	wait_until 20 waits_for 'Waiting for table%' "$1"
	held_is_whole
	wait "$ddl"
}

@test "commits that are kept out of the binary log do not come between readers" {
	local i pid
	local -a pids=()
	sql source "CREATE DATABASE unlogged; USE unlogged;
		CREATE TABLE a (id INT PRIMARY KEY, n INT, t CHAR(200)) ENGINE=InnoDB;
		INSERT INTO a SELECT seq, 20, 'x' FROM seq_1_to_20000"
	for i in 1 2 3 4; do
		while :; do
			echo "BEGIN; UPDATE a SET n = n - 1 WHERE id = $((RANDOM % 10000 + 1));
				UPDATE a SET n = n + 1 WHERE id = $((RANDOM % 10000 + 10001)); COMMIT;"
		done | mariadb --defaults-file="$(server_cnf source)" \
			--init-command='SET sql_log_bin = 0' unlogged 3>&- &
		pids+=($!)
	done
	for i in 1 2 3 4 5 6; do
		dump source -j 4 -B unlogged >"$BATS_TEST_TMPDIR/$i.sql"
	done
	for pid in "${pids[@]}"; do kill "$pid"; done
	wait "${pids[@]}" || :
	for i in 1 2 3 4 5 6; do
		restore target "$BATS_TEST_TMPDIR/$i.sql"
		[ "$(sql target 'SELECT SUM(n) FROM unlogged.a')" = 400000 ]
	done
	sql source 'DROP DATABASE unlogged'
}

@test "readers whose snapshots the server does not show share one under a lock" {
	liar 'SELECT "InnoDB", "", "...truncated..."' 'SHOW ENGINE INNODB STATUS'
	dbdump --defaults-file="$liar_cnf" -j 4 --report="$BATS_TEST_TMPDIR/record" -B held |
		same_lines >"$BATS_TEST_TMPDIR/held.sql"
	kill "$liar_pid"
	cmp <(tail -n +2 "$BATS_TEST_TMPDIR/held.sql" | sed '/^-- Host/d') \
		<(sed '/^-- Host/d' "$SERVERS/held.sql")
	record '.lock == "stage"'
}

@test "DDL that waits for a table gets it when it is written, and the dump is whole" {
	local ddl
	for ddl in 'ALTER TABLE held.m_big ADD c INT, ALGORITHM=COPY' \
		'TRUNCATE TABLE held.m_big' 'DROP TABLE held.m_big' \
		'RENAME TABLE held.m_big TO held.renamed' \
		'OPTIMIZE TABLE held.m_big' 'LOCK TABLES held.m_big WRITE'; do
		ddl_in_mid_dump "$ddl" -j 4
		big_again
	done
}

@test "DDL that waits for a table that is not begun yet gets it likewise" {
	ddl_in_mid_dump 'ALTER TABLE held.z_last ADD c INT' -j 4
	quickly 'ALTER TABLE held.z_last DROP c'
	ddl_in_mid_dump 'RENAME TABLE held.z_last TO held.y, held.m_big TO held.x' -j 3
	quickly 'RENAME TABLE held.y TO held.z_last, held.x TO held.m_big'
}

@test "--block-ddl keeps all DDL off until the end, and no writer" {
	local ddl
	paused_dump --block-ddl -j 4 -B held
	for ddl in 'CREATE TABLE shop.new (i INT)' 'DROP TABLE held.z_last' \
		'ALTER TABLE held.a_first ADD c INT' 'TRUNCATE TABLE held.a_first' \
		'RENAME TABLE shop.orders TO shop.o' 'DROP DATABASE shop'; do
		run quickly "$ddl"
		[[ $output == *'Lock wait timeout'* ]]
	done
	quickly 'INSERT INTO held.z_last VALUES (2); UPDATE held.m_big SET t = "y"
		WHERE id > 100; DELETE FROM held.z_last WHERE id = 2'
	held_is_whole
	quickly 'CREATE TABLE held.new (i INT); DROP TABLE held.new'
	big_again
}

# Each connection alone: the one that keeps DDL off reads nothing, and says nothing.
@test "where --block-ddl is lost, tables that were renamed since are not taken for one another" {
	local i id status lost=0
	sql source 'CREATE TABLE held.z_other LIKE held.z_last'
	for i in 1 2 3 4 5; do
		rm -f "$BATS_TEST_TMPDIR/pipe"
		status=0
		paused_dump --block-ddl -j 1 -B held
		id=$(connections_of_dbdump | sed -n "${i}p")
		[ -z "$id" ] || sql source "KILL $id"
		if quickly 'RENAME TABLE held.z_last TO held.y, held.z_other TO held.z_last,
			held.y TO held.z_other'; then
			lost=$((lost + 1))
			dump_rest || status=$?
			[ "$status" -eq 75 ]
			run -1 grep -n 'Dump completed' "$BATS_TEST_TMPDIR/rest.sql"
			grep -q -e '--block-ddl was lost' "$BATS_TEST_TMPDIR/err"
			quickly 'RENAME TABLE held.z_last TO held.y,
				held.z_other TO held.z_last, held.y TO held.z_other'
		else
			dump_rest || :
		fi
		wait_until 20 nobody_is_connected
	done
	sql source 'DROP TABLE held.z_other'
	[ "$lost" -ge 1 ]
}

@test "--block-ddl and all other locks go with a dump that is killed" {
	paused_dump --block-ddl -j 4 -B held
	kill -KILL "$dump_pid"
	wait "$dump_pid" || :
	wait_until 10 nobody_is_connected
	nothing_is_locked
	quickly 'BACKUP STAGE START; BACKUP STAGE BLOCK_COMMIT; BACKUP STAGE END'
}

# --- One moment for all readers.

# shop_of SERVER OPTION…: dumps of a shop at work: no money is made or lost.
shop_of() {
	local money
	money=$(sql "$1" 'SELECT shop.money()')
	for _ in 1 2 3; do
		dump "$1" --report="$BATS_TEST_TMPDIR/record" "${@:2}" -B shop \
			>"$BATS_TEST_TMPDIR/shop.zst" 2>"$BATS_TEST_TMPDIR/err"
		zstd -qdcf "$BATS_TEST_TMPDIR/shop.zst" >"$BATS_TEST_TMPDIR/shop.sql"
		restore target "$BATS_TEST_TMPDIR/shop.sql"
		[ "$(sql target 'SELECT shop.money()')" = "$money" ]
	done
}

@test "under eight writers most dumps need no lock" {
	local i none
	shop_writers_start source 8
	for ((i = 0; i < 20; i++)); do
		dump source -j 4 -q --report="$BATS_TEST_TMPDIR/record" -B shop >/dev/null
	done
	none=$(jq -r .lock "$BATS_TEST_TMPDIR/record" | grep -c none)
	echo "without a lock: $none of 20"
	# How many depends on what else the machine does; the soak counts them.
	[ "$none" -gt "$([ -n "${DBPIPES_SLOW:-}" ] && echo 0 || echo 4)" ]
	shop_of source -j 4
	shop_of source -j 4 -z --lock=stage
	shop_writers_stop source
}

@test "without a binary log a lock of a moment makes all readers see the same" {
	server_start bare
	shop_make bare 300
	shop_writers_start bare 4
	shop_of bare -j 4
	record '.lock == "stage"'
	shop_of bare -j 4 --lock=none
	record '.lock == "none"'
	shop_of bare -j 4 --block-ddl
	shop_writers_stop bare
}

@test "where the binary log leaves a database out, a lock is taken" {
	server_stop bare
	server_start bare --log-bin --binlog-do-db=other
	shop_writers_start bare 4
	shop_of bare -j 4
	record '.lock == "stage"'
	shop_writers_stop bare
}

@test "an account that may not lock gets by with one reader" {
	sql bare "CREATE USER poor@127.0.0.1 IDENTIFIED BY 'poor';
		GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON *.* TO poor@127.0.0.1"
	server_cnf_as bare poor poor
	shop_writers_start bare 4
	run -0 --separate-stderr dbdump --defaults-file="$SERVERS/bare/poor.cnf" \
		-j 4 -v --report="$BATS_TEST_TMPDIR/record" \
		-r "$BATS_TEST_TMPDIR/shop.sql" -B shop
	shop_writers_stop bare
	[[ $stderr == *'one reader only'* ]]
	record '.lock == "none"'
	restore target "$BATS_TEST_TMPDIR/shop.sql"
	[ "$(sql target 'SELECT shop.money()')" = "$(sql bare 'SELECT shop.money()')" ]
}

@test "on a replica that does not log what it replicates, a lock is taken" {
	server_drop bare
	server_start replica --log-bin --skip-log-slave-updates
	sql replica "CHANGE MASTER TO MASTER_HOST = '127.0.0.1',
		MASTER_PORT = $(server_port source), MASTER_USER = 'repl',
		MASTER_PASSWORD = '$REPL_PASSWORD'"
	dump source -q -j 4 --master-data -B shop | sql replica
	sql replica 'START SLAVE'
	shop_writers_start source 4
	wait_until 20 eval '[ "$(sql replica "SELECT SUM(balance) FROM shop.savings")" != 300000 ]'
	shop_of replica -j 4
	record '.lock == "stage"'
	shop_writers_stop source
	replica_await replica source 60
	server_drop replica
}

# --- How it ends when it cannot end well.

@test "signals in mid-dump end it at once, with several readers, and leave nothing" {
	local signal option status
	for signal in TERM INT; do
		for option in -q -z; do
			rm -f "$BATS_TEST_TMPDIR/pipe"
			mkfifo "$BATS_TEST_TMPDIR/pipe"
			# A shell's background job ignores INT.
			perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' dbdump \
				--defaults-file="$(server_cnf source)" -j 4 "$option" held \
				>"$BATS_TEST_TMPDIR/pipe" 2>/dev/null 3>&- &
			dump_pid=$! status=0
			exec 8<"$BATS_TEST_TMPDIR/pipe"
			head -c 1000 <&8 >/dev/null
			kill -s "$signal" "$dump_pid"
			wait_until 20 eval '! server_alive "$dump_pid"'
			wait "$dump_pid" || status=$?
			[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
			exec 8<&-
			wait_until 20 nobody_is_connected
			nothing_is_locked
		done
	done
}

@test "whichever connection is killed, the dump is whole or says that it is not" {
	local i id status failed=0
	for i in 1 2 3 4 5 6; do
		rm -f "$BATS_TEST_TMPDIR/pipe"
		status=0
		paused_dump -j 4 -B held
		id=$(connections_of_dbdump | sed -n "${i}p")
		sql source "KILL $id"
		dump_rest || status=$?
		if [ "$status" -eq 0 ]; then
			grep -q '^-- Dump completed' "$BATS_TEST_TMPDIR/rest.sql"
			continue
		fi
		failed=$((failed + 1))
		[ "$status" -eq 75 ]
		run -1 grep -n 'Dump completed' "$BATS_TEST_TMPDIR/rest.sql"
		[ "$(grep -c '^dbdump: error: ' "$BATS_TEST_TMPDIR/err")" = 1 ]
		wait_until 20 nobody_is_connected
		nothing_is_locked
	done
	[ "$failed" -ge 4 ]
}

@test "a reader that goes away and a full disk end all readers (case 56)" {
	local option
	for option in -q -z; do
		run timeout 60 bash -c 'dbdump --defaults-file="$1" -j 4 "$2" held |
			head -c 1000 >/dev/null; echo "${PIPESTATUS[0]}"' - \
			"$(server_cnf source)" "$option"
		[ "${lines[-1]}" = 141 ]
		run -74 timeout 60 bash -c 'dbdump --defaults-file="$1" -j 4 "$2" held \
			>/dev/full' - "$(server_cnf source)" "$option"
		[[ $output == *'No space left on device'* ]]
		wait_until 10 nobody_is_connected
		nothing_is_locked
	done
}

@test "hashes that are kept as UUIDs are all in the dump" {
	sql source "CREATE DATABASE hashes; USE hashes;
		CREATE TABLE h (k UUID PRIMARY KEY, t VARCHAR(1000)) ENGINE=InnoDB;
		INSERT INTO h SELECT UNHEX(MD5(seq)), REPEAT(MD5(seq), 30) FROM seq_1_to_6000"
	dump source hashes >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP DATABASE hashes'
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql")" = 'hashes.h 6000' ]
}

@test "a server that dies ends all readers, and is worth another try" {
	local status=0
	paused_dump -j 4 -z -B held
	server_kill source
	dump_rest || status=$?
	[ "$status" -eq 75 ]
	[ "$(grep -c '^dbdump: error: ' "$BATS_TEST_TMPDIR/err")" = 1 ]
	[ -s "$BATS_TEST_TMPDIR/rest.sql" ]
	run -1 grep -c '"text_sha256"' "$BATS_TEST_TMPDIR/rest.sql"
}
