#!/usr/bin/env bats
# replica.bats: dbseed --replicate and dbpipes-replica: a source under writes,
# a target that follows it, and all that may be in the way. The long form is
# under tests/soak.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/shop
load lib/seed
load lib/tls

setup_file() {
	servers_begin
	seed_data source
	sql source "CREATE USER plain@127.0.0.1 IDENTIFIED BY 'plain-Secret';
		GRANT REPLICATION SLAVE ON *.* TO plain@127.0.0.1"
	REPLICA_CNF=$(replica_cnf target source)
	export REPLICA_CNF
}

teardown_file() { servers_end; }

setup() { server_empty target; }

teardown() { write_end || :; }

dump() {
	mariadb-dump --defaults-file="$(server_cnf source)" --single-transaction \
		--routines --events "$@"
}

dump_all() { dump --all-databases --master-data=1 "$@"; }

seed() { dbseed --defaults-file="$REPLICA_CNF" "$@"; }

# record EVENT: that record of $output.
record() { jq -ce "select(.event == \"$1\")" <<<"$output"; }

# seed_as USER PASSWORD [OPTION…]: with another replication user.
seed_as() {
	local cnf=$SERVERS/target/as-$1.cnf
	(umask 077 && cat "$(server_cnf target)" - >"$cnf") <<-CNF
		[dbseed]
		master-host=127.0.0.1
		master-port=$(server_port source)
		master-user=$1
		master-password="$2"
	CNF
	dbseed --defaults-file="$cnf" "${@:3}"
}

# write_begin, write_end: writers on the source, and their end.
write_begin() {
	local me
	rm -f "$BATS_TEST_TMPDIR/stop"
	writers=()
	for me in 1 2 3; do
		write "$me" </dev/null 3>&- &
		writers+=($!)
	done
}

write() {
	while [ ! -e "$BATS_TEST_TMPDIR/stop" ]; do
		cat <<-SQL
			UPDATE shop.item SET n = n + 1 WHERE id % 3 = $1 - 1;
			INSERT INTO app.note VALUES (UUID_SHORT() % 2000000000, UUID());
			DELETE FROM app.note WHERE id > 100 LIMIT 1;
		SQL
	done | sql source
}

write_end() {
	local pid status=0
	touch "$BATS_TEST_TMPDIR/stop"
	for pid in "${writers[@]}"; do
		wait "$pid" || status=1
	done
	writers=()
	return "$status"
}

same_rows() { diff <(tables_of source) <(tables_of target); }

not_configured() { [ -z "$(sql target 'SHOW ALL SLAVES STATUS')" ]; }

untouched() {
	[ -z "$(server_databases target)" ]
	not_configured
}

@test "where the help cannot be printed, no replica is made in its place" {
	run -74 bash -c 'dbpipes-replica "$@" >/dev/full' - --help \
		--source="$(server_cnf source)" --target="$REPLICA_CNF"
	run -74 bash -c 'dbpipes-replica "$@" >&-' - --version \
		--source="$(server_cnf source)" --target="$REPLICA_CNF"
	[ -z "$(server_databases target)$(sql target 'SHOW ALL SLAVES STATUS')" ]
}

@test "several dumps that do not all state one position make no replica, and are loaded without" {
	local dir=$BATS_TEST_TMPDIR way
	dump --databases shop --master-data=2 >"$dir/first.sql"
	sql source "CREATE TABLE app.later (id INT PRIMARY KEY)"
	dump --databases app >"$dir/silent.sql"
	dump --databases app --master-data=2 >"$dir/other.sql"
	sql source "DROP TABLE app.later"
	for way in silent other; do
		cat "$dir/first.sql" "$dir/$way.sql" >"$dir/both.sql"
		run -65 dbpos "$dir/both.sql"
		run -65 --separate-stderr seed --replicate "$dir/both.sql"
		[[ $stderr == *'nothing was loaded; '*[Tt]'ake them one by one'* ]]
		run -65 --separate-stderr seed --replicate <"$dir/both.sql"
		[ -z "$(sql target 'SHOW ALL SLAVES STATUS')" ]
		server_empty target
		run -0 --separate-stderr seed <"$dir/both.sql"
		record loaded | jq -e '.position == null'
		[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = "$(sql source 'SELECT COUNT(*) FROM shop.item')" ]
		[ "$(sql target "SHOW TABLES FROM app LIKE 'later'")" = later ]
		dbverify --quick "$dir/both.sql" | jq -es '.[-1].ok and .[-1].position == null'
		server_empty target
	done
	cat "$dir/first.sql" "$dir/first.sql" >"$dir/both.sql"
	run -0 --separate-stderr seed --replace-tables "$dir/both.sql"
	record loaded | jq -e '.position.log_pos > 0'
}

@test "a replica seeded under writes has the source's rows, by file and position" {
	write_begin
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -0 --separate-stderr seed --replicate --wait "$BATS_TEST_TMPDIR/dump.sql"
	write_end
	[ -z "$stderr" ]
	replica_await target source 30
	same_rows
	record loaded | jq -e '.log_bin == false and .position.log_pos > 0'
	record replicating | jq -e --arg port "$(server_port source)" '
		.use_gtid == false and .source.host == "127.0.0.1" and
		.source.port == ($port | tonumber) and .log_file == "binlog.000001"'
	record caught-up | jq -e '.log_file == "binlog.000001" and
		(.seconds | type) == "number"'
	[[ $(sql target 'SHOW SLAVE STATUS') != *Slave_Pos* ]]
}

@test "a replica seeded under writes has the source's rows, by GTID" {
	write_begin
	output=$(set -o pipefail && dump_all --gtid | seed --replicate --wait)
	write_end
	replica_await target source 30
	same_rows
	record replicating | jq -e '.use_gtid == true and (.gtid | length) > 4'
	record caught-up | jq -e '.gtid | length > 4'
	[[ $(sql target 'SHOW SLAVE STATUS') == *Slave_Pos* ]]
}

@test "--use-gtid overrides what the dump says" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -0 seed --replicate --use-gtid=yes --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	record replicating | jq -e '.use_gtid == true'
	server_empty target
	run -0 seed --replicate --use-gtid=no --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	record replicating | jq -e '.use_gtid == false'
}

@test "a named connection keeps its name" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -0 seed --replicate --channel=up --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	record replicating | jq -e '.channel == "up"'
	[ "$(sql target 'SHOW ALL SLAVES STATUS' | cut -f 1)" = up ]
	sql source 'UPDATE shop.item SET n = -1 WHERE id = 7'
	wait_until 20 same_rows
	run -69 --separate-stderr seed --replicate --channel=UP --force \
		"$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'replica of 127.0.0.1 already'* ]]
}

@test "a second connection to the same source is refused before the load" {
	local channel
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql target "CHANGE MASTER 'up' TO MASTER_HOST='127.0.0.1',
		MASTER_PORT=$(server_port source), MASTER_USER='repl'"
	# The server itself would refuse it behind the load.
	run -1 sql target "CHANGE MASTER 'down' TO MASTER_HOST='127.0.0.1',
		MASTER_PORT=$(server_port source), MASTER_USER='repl'"
	for channel in down ''; do
		run -69 --separate-stderr seed --replicate --channel="$channel" \
			"$BATS_TEST_TMPDIR/dump.sql"
		[[ $stderr == *"by the connection 'up'"*'nothing was loaded'* ]]
	done
	[ -z "$(server_databases target)" ]
	sql target "RESET SLAVE 'up' ALL"
}

@test "STOP SLAVE, START SLAVE and positions in the dump are held back" {
	dump_all --gtid --apply-slave-statements >"$BATS_TEST_TMPDIR/dump.sql"
	grep -q 'START ALL SLAVES' "$BATS_TEST_TMPDIR/dump.sql"
	seed --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	same_rows
}

@test "GTID domains that the dump does not name are kept" {
	sql target "SET GLOBAL gtid_slave_pos = '77-5-9'"
	dump_all --gtid | seed --replicate --wait=60
	[[ $(sql target 'SELECT @@gtid_slave_pos') == *77-5-9* ]]
	sql source 'UPDATE shop.item SET n = -2 WHERE id = 7'
	wait_until 20 same_rows
}

@test "the source's own mysql.gtid_slave_pos does no harm on the replica" {
	sql source "SET GLOBAL gtid_slave_pos = '9-9-9,0-$(server_port source)-1'"
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql source "SET GLOBAL gtid_slave_pos = ''"
	grep -A 2 'INSERT INTO .gtid_slave_pos' "$BATS_TEST_TMPDIR/dump.sql" |
		grep -q '(9,'
	seed --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	# As many transactions as would meet a row that the dump brought.
	for _ in 1 2 3 4 5 6; do
		sql source 'UPDATE shop.item SET n = n + 1 WHERE id = 8'
	done
	wait_until 20 same_rows
	[[ $(sql target 'SELECT * FROM mysql.gtid_slave_pos') != *$'9\t9'* ]]
	[[ $(sql target 'SELECT @@gtid_slave_pos') == "$(sql source 'SELECT @@gtid_binlog_pos')" ]]
}

@test "a dump of all databases leaves the place of a replica as it is, also behind a restart" {
	local where='SELECT @@gtid_slave_pos; SELECT * FROM mysql.gtid_slave_pos' before
	sql source "SET GLOBAL gtid_slave_pos = '9-9-9,0-7-3'"
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql source "SET GLOBAL gtid_slave_pos = ''"
	grep -q 'INSERT INTO .gtid_slave_pos' "$BATS_TEST_TMPDIR/dump.sql"
	sql target "SET GLOBAL gtid_slave_pos = '0-1-500'; CHANGE MASTER TO MASTER_HOST = '127.0.0.1',
		MASTER_PORT = 1, MASTER_USER = 'nobody', MASTER_USE_GTID = slave_pos"
	before=$(sql target "$where")
	seed "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target "$where")" = "$before" ]
	server_stop target
	server_start target
	[ "$(sql target "$where")" = "$before" ]
}

@test "accounts that come with the dump count at once" {
	sql source "CREATE USER IF NOT EXISTS late@127.0.0.1"
	dump_all | seed --replicate --wait=60
	sql source "DROP USER late@127.0.0.1"
	sql source 'UPDATE shop.item SET n = -3 WHERE id = 7'
	wait_until 20 same_rows
	sql target "DROP USER IF EXISTS late@127.0.0.1"
}

@test "events of the dump do not fire on the replica, its own still do (case 43)" {
	sql source "SET NAMES latin1; CREATE DEFINER=nobody@nowhere
		EVENT shop.each_hour ON SCHEDULE EVERY 1 HOUR DO SET @a = 1"
	sql source 'CREATE EVENT shop.off ON SCHEDULE EVERY 1 HOUR DISABLE DO SET @a = 1'
	sql target "CREATE DATABASE IF NOT EXISTS own;
		CREATE EVENT own.mine ON SCHEDULE EVERY 1 HOUR DO SET @a = 1"
	dump --databases shop app --master-data=1 >"$BATS_TEST_TMPDIR/dump.sql"
	seed --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	diff - <(sql target "SELECT CONCAT_WS(' ', event_name, definer, status,
		character_set_client) FROM information_schema.events
		ORDER BY event_name") <<-TEXT
		each_hour nobody@nowhere SLAVESIDE_DISABLED latin1
		mine root@localhost ENABLED utf8mb3
		off root@localhost DISABLED utf8mb3
	TEXT
	sql source 'DROP EVENT shop.each_hour; DROP EVENT shop.off'
	sql target 'DROP DATABASE own'
}

@test "an event of the target's own that the dump replaces is the dump's from then on" {
	local how
	sql source 'CREATE EVENT shop.each_hour ON SCHEDULE EVERY 1 HOUR DO SET @a = 1'
	for how in --replace-tables --force; do
		server_empty target
		sql target "CREATE DATABASE shop; CREATE DATABASE own;
			CREATE EVENT own.mine ON SCHEDULE EVERY 1 HOUR DO SET @a = 1;
			CREATE EVENT shop.each_hour ON SCHEDULE EVERY 1 HOUR DO SET @a = 2"
		dump --databases shop --master-data=1 >"$BATS_TEST_TMPDIR/dump.sql"
		[ "$how" != --force ] ||
			dump --databases shop --master-data=1 --add-drop-database \
				>"$BATS_TEST_TMPDIR/dump.sql"
		seed --replicate "$how" --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
		[ "$(sql target "SELECT event_name, status FROM information_schema.events
			ORDER BY event_name")" = $'each_hour\tSLAVESIDE_DISABLED\nmine\tENABLED' ]
	done
	sql source 'DROP EVENT shop.each_hour'
}

@test "GTIDs are set by difference, never over those of another connection (cases 51, 52)" {
	local how
	dump_all --gtid >"$BATS_TEST_TMPDIR/dump.sql"
	sql target "SET GLOBAL gtid_slave_pos = '0-999-1,77-5-9';
		CHANGE MASTER 'other' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1,
		MASTER_USER = 'nobody', MASTER_USE_GTID = slave_pos"
	# By file and position ours would write its GTIDs there as it goes on.
	for how in auto no; do
		run -69 --separate-stderr seed --replicate --use-gtid=$how --channel=ours \
			"$BATS_TEST_TMPDIR/dump.sql"
		[[ $stderr == *127.0.0.1*0-999-1,77-5-9*'nothing was loaded'*gtid_domain_id* ]]
		[ "$(sql target 'SELECT @@gtid_slave_pos')" = 0-999-1,77-5-9 ]
		[ -z "$(server_databases target)" ]
	done
	# Of a pipe the GTID may show at the end.
	run -69 --separate-stderr seed --replicate --use-gtid=no --channel=ours \
		< <(cat "$BATS_TEST_TMPDIR/dump.sql")
	[[ $stderr == *127.0.0.1*0-999-1,77-5-9*gtid_domain_id* ]]
	[ "$(sql target 'SELECT @@gtid_slave_pos')" = 0-999-1,77-5-9 ]
	[ "$(sql target 'SHOW ALL SLAVES STATUS' | cut -f 1)" = other ]
	# One that goes by file and position has no place there.
	server_empty target
	sql target "SET GLOBAL gtid_slave_pos = '0-999-1'; CHANGE MASTER 'other' TO
		MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'nobody',
		MASTER_LOG_FILE = 'b.1', MASTER_LOG_POS = 4, MASTER_USE_GTID = no"
	seed --replicate --use-gtid=no --channel=ours --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	same_rows
	# One that runs keeps the server from taking any position.
	server_empty target
	sql target "CHANGE MASTER 'other' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1,
		MASTER_USER = 'nobody'; START SLAVE 'other'"
	run -69 --separate-stderr seed --replicate "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'replicating from 127.0.0.1'*'STOP ALL SLAVES'* ]]
	[ -z "$(server_databases target)" ]
	# By file and position there is nothing to set.
	seed --replicate --use-gtid=no --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	same_rows
}

@test "a GTID of MySQL's is explained to a target of MariaDB's before the load (case 51)" {
	run -69 --separate-stderr seed --replicate - <<-'SQL'
		SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
		CREATE DATABASE purged; CREATE TABLE purged.t (i INT);
	SQL
	[[ $stderr == *"is MySQL's"*'MariaDB server'*--use-gtid=no* ]]
	untouched
}

@test "of a mysqldump whose end will state its GTIDs, a pipe is told the same in time" {
	local sql="-- MySQL dump 10.13  Distrib 5.7.42, for Linux (x86_64)
		SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
		CREATE DATABASE purged; CREATE TABLE purged.t (i INT);
		SET @@GLOBAL.GTID_PURGED='3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';"
	run -69 --separate-stderr seed --replicate < <(cat - <<<"$sql")
	[[ $stderr == *"of MySQL's"*'MariaDB server'*'nothing was loaded'*--use-gtid=no* ]]
	run -65 --separate-stderr seed --replicate --use-gtid=no < <(cat - <<<"$sql")
	[[ $stderr == *'states no file and position'*--master-data* ]]
	untouched
}

@test "--read-only leaves a replica that takes changes from its source alone" {
	local dry
	sql target 'CREATE OR REPLACE USER app@localhost; GRANT ALL ON shop.* TO app@localhost'
	dump --databases shop app --master-data=1 >"$BATS_TEST_TMPDIR/dump.sql"
	seed --replicate --read-only --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT @@global.read_only')" = 1 ]
	sql source 'UPDATE shop.item SET n = -9 WHERE id = 7'
	wait_until 20 same_rows
	run mariadb --no-defaults --socket="$(server_socket target)" --user=app \
		-e 'UPDATE shop.item SET n = 1'
	[[ $output == *read-only* ]]
	echo 'INSERT INTO shop.item VALUES (1)' >"$BATS_TEST_TMPDIR/sql"
	for dry in '' --dry-run; do
		run -69 --separate-stderr dbseed --socket="$(server_socket target)" \
			--user=app --force ${dry:+"$dry"} "$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *'is read-only'*read_only* ]]
	done
	sql target 'SET GLOBAL read_only = 0; DROP USER app@localhost'
	run -64 seed --read-only "$BATS_TEST_TMPDIR/dump.sql"
}

@test "a dump that states no position is refused before anything is loaded" {
	dump --all-databases >"$BATS_TEST_TMPDIR/dump.sql"
	run -65 --separate-stderr seed --replicate "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'states no position'*--master-data* ]]
	untouched
	run -65 --separate-stderr seed --replicate < <(cat "$BATS_TEST_TMPDIR/dump.sql")
	[[ $stderr == *'states no position'*'nothing was loaded'* ]]
	[[ $stderr != *'before that'* ]]
	untouched
}

@test "a target with tables is refused, in whatever database they are" {
	sql target 'CREATE DATABASE kept; CREATE TABLE kept.a (i INT)'
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed --replicate --into=other \
		"$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *kept*--force* ]]
	# A connection without a name is the only one.
	run -69 seed --replicate --channel= "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(server_databases target)" = kept ]
	not_configured
}

@test "a target that is a replica already is refused and goes on" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	seed --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed --replicate --force "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'replica of 127.0.0.1 already'*'RESET SLAVE ALL'* ]]
	sql source 'UPDATE shop.item SET n = -4 WHERE id = 7'
	wait_until 20 same_rows
}

@test "the same server_id on both sides is refused" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	local id
	id=$(sql target 'SELECT @@server_id')
	sql target "SET GLOBAL server_id = $(sql source 'SELECT @@server_id')"
	run -69 --separate-stderr seed --replicate "$BATS_TEST_TMPDIR/dump.sql"
	sql target "SET GLOBAL server_id = $id"
	[[ $stderr == *server_id* ]]
	untouched
}

@test "a source without a binary log is refused" {
	server_start plain
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr dbseed \
		--defaults-file="$(replica_cnf target plain)" --replicate \
		"$BATS_TEST_TMPDIR/dump.sql"
	server_kill plain
	[[ $stderr == *'no binary log'* ]]
	untouched
}

@test "a replication user with a wrong password ends it before the load" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -77 --separate-stderr seed_as repl wrong-Secret --replicate \
		"$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'Access denied'*--master-password* ]]
	[[ $stderr != *wrong-Secret* ]]
	untouched
}

@test "a source that nobody answers for ends it before the load" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 seed --replicate --master-port=1 "$BATS_TEST_TMPDIR/dump.sql"
	untouched
}

@test "a replica that is refused by its source is reported in the server's words" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed_as repl wrong-Secret --replicate --wait \
		--skip-check-source "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'I/O thread says'*'Access denied'*1045* ]]
	[[ $stderr != *wrong-Secret* ]]
}

@test "a position that the source has not reached is another server's" {
	dump_all | sed 's/binlog.000001/binlog.000077/' >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed --replicate "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'binlog.000077'*'end of the source'*'nothing was loaded'* ]]
	untouched
	run -69 --separate-stderr seed --replicate - < <(cat "$BATS_TEST_TMPDIR/dump.sql")
	[[ $stderr == *'binlog.000077'*'end of the source'*'not started'* ]]
	not_configured
}

@test "a position that the source has no more is reported in its words" {
	dump_all | sed 's/binlog.000001/binlog.000000/' >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed --replicate --wait "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'Could not find first log file'*1236* ]]
}

@test "a replica that cannot apply a change is reported in the server's words" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql source "INSERT INTO app.note VALUES (7777, 'source')"
	sed "s/^INSERT INTO .note. VALUES/&\n(7777,NULL),/" \
		"$BATS_TEST_TMPDIR/dump.sql" >"$BATS_TEST_TMPDIR/more.sql"
	run -69 --separate-stderr seed --replicate --wait "$BATS_TEST_TMPDIR/more.sql"
	sql source 'DELETE FROM app.note WHERE id = 7777'
	[[ $stderr == *'SQL thread says'*"Duplicate entry '7777'"*1062* ]]
	[[ $stderr == *'START SLAVE'* ]]
}

@test "a password in the words of a broken replica is left out" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	# The replica has the account already, the source does not yet.
	{
		cat "$BATS_TEST_TMPDIR/dump.sql"
		echo 'FLUSH PRIVILEGES; CREATE USER twice@h;'
		tail -n 1 "$BATS_TEST_TMPDIR/dump.sql"
	} >"$BATS_TEST_TMPDIR/more.sql"
	sql source "CREATE USER twice@h IDENTIFIED BY 'twice-Secret'"
	run -69 --separate-stderr seed --replicate --wait "$BATS_TEST_TMPDIR/more.sql"
	sql source 'DROP USER twice@h'
	sql target 'DROP USER IF EXISTS twice@h'
	[[ $stderr == *'SQL thread says'* ]]
	[[ $stderr != *twice-Secret* ]]
}

@test "a replica that is late is worth another look, and goes on by itself" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'SET binlog_format = STATEMENT;
		UPDATE shop.item SET n = SLEEP(6) WHERE id = 9'
	run -75 --separate-stderr seed --replicate --wait=1 "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'not caught up in time'*'goes on by itself'* ]]
	wait_until 30 same_rows
}

@test "a replication user without BINLOG MONITOR is enough" {
	local gtid
	for gtid in '' --gtid; do
		server_empty target
		dump_all ${gtid:+"$gtid"} >"$BATS_TEST_TMPDIR/dump.sql"
		sql source 'UPDATE shop.item SET n = n + 5 WHERE id = 10'
		seed_as plain plain-Secret --replicate --wait=60 \
			"$BATS_TEST_TMPDIR/dump.sql"
		same_rows
	done
}

@test "what another connection executes in the same domain is not taken for our source's" {
	server_start source-busy --log-bin=binlog
	sql source-busy "CREATE DATABASE busy; CREATE TABLE busy.t (id INT PRIMARY KEY);
		SET gtid_seq_no = 1000000000; INSERT INTO busy.t VALUES (0)"
	sql target "CHANGE MASTER 'busy' TO MASTER_HOST='127.0.0.1',
		MASTER_PORT=$(server_port source-busy), MASTER_USER='repl',
		MASTER_PASSWORD='$REPL_PASSWORD', MASTER_LOG_FILE='binlog.000001',
		MASTER_LOG_POS=4; START SLAVE 'busy'"
	wait_until 20 sql target 'SELECT 1 FROM busy.t' >/dev/null
	dump --databases app --master-data=1 >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'SET binlog_format = STATEMENT; INSERT INTO app.note SELECT 70 + SLEEP(4), 1' 2>/dev/null
	(sleep 1 && sql source-busy 'INSERT INTO busy.t VALUES (1)') 3>&- &
	seed_as plain plain-Secret --replicate --channel=app --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM app.note WHERE id = 70')" = 1 ]
	wait $!
	sql source 'DELETE FROM app.note WHERE id = 70'
	server_empty target
	server_drop source-busy
}

@test "a source that only the target can ask is waited for by what it sends" {
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'UPDATE shop.item SET n = n + 5 WHERE id = 10'
	seed --replicate --skip-check-source --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	same_rows
}

@test "a truncated dump configures nothing" {
	dump_all | head -n -3 >"$BATS_TEST_TMPDIR/short.sql"
	run -65 --separate-stderr seed --replicate --wait "$BATS_TEST_TMPDIR/short.sql"
	[[ $stderr == *'nothing was loaded'* ]]
	untouched
	run -65 --separate-stderr seed --replicate --wait - < <(cat "$BATS_TEST_TMPDIR/short.sql")
	[[ $stderr == *'replication was not started'* ]]
	not_configured
}

@test "passwords with quotes and backslashes work, and no log or argument has them (case 60)" {
	local odd="odd'\"\\-Secret"
	sql source "CREATE OR REPLACE USER odd@127.0.0.1 IDENTIFIED BY 'odd''\"\\\\-Secret';
		GRANT REPLICATION SLAVE ON *.* TO odd@127.0.0.1"
	sql target "SET GLOBAL general_log_file = 'general.log';
		SET GLOBAL slow_query_log_file = 'slow.log';
		SET GLOBAL general_log = 1, slow_query_log = 1, long_query_time = 0"
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	odd=${odd//\\/\\\\} odd=${odd//\"/\\\"}
	run -0 seed_as odd "$odd" -v --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	[[ $output != *-Secret* ]]
	sql target 'SET GLOBAL general_log = 0, slow_query_log = 0, long_query_time = 10'
	[ -s "$SERVERS/target/data/general.log" ]
	run -1 grep -r -e -Secret "$SERVERS/target/data/general.log" \
		"$SERVERS/target/data/slow.log" "$(server_log target)"
	sql source 'DROP USER odd@127.0.0.1'
}

@test "a target that may not turn off its binary log is told so before the load" {
	server_start source-logged --log-bin=binlog
	sql source-logged "CREATE USER loader@127.0.0.1 IDENTIFIED BY 'loader-Secret';
		GRANT ALL ON shop.* TO loader@127.0.0.1"
	server_cnf_as source-logged loader loader-Secret
	sed -n '/dbseed/,$p' "$REPLICA_CNF" >>"$SERVERS/source-logged/loader.cnf"
	dump_all >"$BATS_TEST_TMPDIR/dump.sql"
	run -77 --separate-stderr dbseed \
		--defaults-file="$SERVERS/source-logged/loader.cnf" --replicate \
		"$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'BINLOG ADMIN'* ]]
	[ -z "$(server_databases source-logged)" ]
	server_kill source-logged
}

@test "a dump of a replica with --dump-slave makes another replica of its source (case 54)" {
	local how
	seed --replicate --wait=60 < <(dump_all)
	for how in '' --gtid; do
		server_start target-second
		mariadb-dump --defaults-file="$(server_cnf target)" --dump-slave=1 \
			--single-transaction --databases shop app \
			${how:+"$how"} >"$BATS_TEST_TMPDIR/dump.sql"
		run -0 dbseed --defaults-file="$(replica_cnf target-second source)" \
			--replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
		sql source 'UPDATE shop.item SET n = n + 1 WHERE id = 11'
		replica_await target-second source 20
		diff <(tables_of source) <(tables_of target-second)
		server_kill target-second
		rm -rf "$SERVERS/target-second"
	done
}

@test "by GTID a dump of a replica, however long its own log, makes a replica of the source" {
	seed --replicate --use-gtid=yes --wait=60 < <(dump_all)
	server_start target-third --log-bin=own --log-slave-updates
	dump_all --gtid >"$BATS_TEST_TMPDIR/dump.sql"
	dbseed --defaults-file="$(replica_cnf target-third source)" --replicate --wait=60 \
		"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'UPDATE shop.item SET n = n + 1 WHERE id = 13'
	replica_await target-third source 20
	for _ in 1 2 3 4 5; do sql target-third 'FLUSH BINARY LOGS'; done
	mariadb-dump --defaults-file="$(server_cnf target-third)" --master-data=1 --gtid \
		--single-transaction --databases shop app >"$BATS_TEST_TMPDIR/dump.sql"
	server_empty target
	run -0 seed --replicate --wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	record replicating | jq -e '.use_gtid == true and .log_file == "own.000006"'
	sql source 'UPDATE shop.item SET n = n + 1 WHERE id = 12'
	replica_await target source 20
	same_rows
	# By file and position it is another server's.
	server_empty target
	run -69 --separate-stderr seed --replicate --use-gtid=no "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'lies behind the end'* ]]
	server_drop target-third
}

@test "GTIDs of the target's own that contradict the dump's are named" {
	server_start target-logged --log-bin=own --gtid-strict-mode=1
	sql target-logged 'SET gtid_seq_no = 1000000; CREATE DATABASE d; DROP DATABASE d'
	dump_all --gtid >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr dbseed \
		--defaults-file="$(replica_cnf target-logged source)" --replicate \
		--wait=60 "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *-100000[01]* ]]
	[[ $stderr == *'RESET MASTER'* ]]
	[ -z "$(sql target-logged 'SHOW ALL SLAVES STATUS')" ]
	server_kill target-logged
}

@test "by file and position the GTIDs of the target's own log are no matter" {
	local dump=$BATS_TEST_TMPDIR/dump.sql
	dump --databases shop app --master-data=1 >"$dump"
	server_start target-strict --log-bin=own --gtid-strict-mode=1
	# The same domain and further on; then a domain that the dump has not.
	for domain in 0 7; do
		server_empty target-strict || :
		sql target-strict "RESET MASTER; SET gtid_domain_id = $domain, gtid_seq_no = 1000000;
			CREATE DATABASE d; DROP DATABASE d"
		dbseed --defaults-file="$(replica_cnf target-strict source)" --replicate \
			--wait=60 "$dump"
		sql source 'UPDATE shop.item SET n = n + 1 WHERE id = 14'
		replica_await target-strict source 20
		diff <(tables_of source) <(tables_of target-strict)
		server_empty target-strict 2>/dev/null || :
	done
	server_drop target-strict
}

@test "a password that the target cannot keep is in no message" {
	local long
	long=$(printf 'Geheim%.0s' {1..20})
	sql source "CREATE USER lengthy@127.0.0.1 IDENTIFIED BY '$long';
		GRANT REPLICATION SLAVE ON *.* TO lengthy@127.0.0.1"
	dump --databases shop --master-data=1 >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 seed_as lengthy "$long" --replicate "$BATS_TEST_TMPDIR/dump.sql"
	[[ $output == *'so long'* && $output != *Geheim* ]]
	not_configured
}

@test "a replica by TLS checks the source's certificate, on both ways to it" {
	local tls=$BATS_TEST_TMPDIR/tls
	getent hosts localhost >/dev/null ||
		skip 'the name localhost is unknown on this machine'
	certificates "$tls"
	certificates "$tls.other"
	tls_server source-tls "$tls" --log-bin=binlog
	sql source-tls 'CREATE DATABASE tls; CREATE TABLE tls.t (i INT);
		ALTER USER repl@127.0.0.1 REQUIRE SSL'
	mariadb-dump --defaults-file="$(server_cnf source-tls)" --master-data=1 \
		--single-transaction --databases tls >"$BATS_TEST_TMPDIR/dump.sql"
	local seed=(dbseed --defaults-file="$(replica_cnf target source-tls)"
	--replicate --wait=60 --master-host=localhost)
	run -69 --separate-stderr "${seed[@]}" --master-ssl-ca="$tls.other/ca.pem" \
		"$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *TLS*--master-ssl-ca* ]]
	untouched
	"${seed[@]}" --master-ssl-ca="$tls/ca.pem" "$BATS_TEST_TMPDIR/dump.sql"
	sql source-tls 'INSERT INTO tls.t VALUES (1)'
	replica_await target source-tls 20
	[ "$(sql target 'SELECT COUNT(*) FROM tls.t')" = 1 ]
	server_empty target
	run -69 --separate-stderr "${seed[@]}" --skip-check-source \
		--master-ssl-ca="$tls.other/ca.pem" "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *'I/O thread says'* ]]
	server_empty target
	server_kill source-tls
}

# replica_files: option files for dbpipes-replica: source.cnf, target.cnf.
replica_files() {
	cp "$(server_cnf source)" "$BATS_TEST_TMPDIR/source.cnf"
	cp "$REPLICA_CNF" "$BATS_TEST_TMPDIR/target.cnf"
	sed -i '/^master-host/d; /^master-port/d' "$BATS_TEST_TMPDIR/target.cnf"
}

make_replica() {
	dbpipes-replica --source="$BATS_TEST_TMPDIR/source.cnf" \
		--target="$BATS_TEST_TMPDIR/target.cnf" "$@"
}

@test "dbpipes-replica makes a replica of a source under writes in one command" {
	local how
	replica_files
	for how in '' --gtid; do
		server_empty target
		write_begin
		run -0 --separate-stderr make_replica ${how:+"$how"} --wait=60
		write_end
		record caught-up
		replica_await target source 30
		same_rows
	done
}

@test "dbpipes-replica makes a broken replica anew, in place" {
	replica_files
	make_replica --wait=60
	sql target 'STOP SLAVE; TRUNCATE shop.item'
	run -69 --separate-stderr make_replica
	[[ $stderr == *--replace-tables* ]]
	run -69 --separate-stderr make_replica --replace-tables
	[[ $stderr == *'RESET SLAVE ALL'* ]]
	sql target 'RESET SLAVE ALL'
	make_replica --replace-tables --wait=60
	same_rows
	sql target 'STOP SLAVE'
}

@test "dbpipes-replica takes some databases only, and the source's place out of any group of dbdump's" {
	replica_files
	sed -i "s/^port/[dbdump]\nhost=127.0.0.1\nport/; /^socket/d" "$BATS_TEST_TMPDIR/source.cnf"
	make_replica --databases=app --wait=60
	[ "$(server_databases target)" = app ]
	sql target 'STOP SLAVE'
}

@test "dbpipes-replica ends as the tool that failed first" {
	replica_files
	sed -i 's/^password=.*/password=wrong-Secret/' "$BATS_TEST_TMPDIR/source.cnf"
	run -77 --separate-stderr make_replica
	[[ $stderr == *'dbdump: error: '* ]]
	replica_files
	sed -i 's/^master-password=.*/master-password=wrong-Secret/' \
		"$BATS_TEST_TMPDIR/target.cnf"
	run -77 --separate-stderr make_replica
	[[ $stderr == *'dbseed: error: '*'Access denied'* ]]
	[[ $stderr != *-Secret* ]]
	untouched
}

@test "dbpipes-replica names the option that is missing and the file that is not there" {
	run -64 --separate-stderr dbpipes-replica
	[[ $stderr == *--source* ]]
	run -66 --separate-stderr dbpipes-replica --source=/missing --target=/missing
	[[ $stderr == *'/missing'* ]]
	run -66 --separate-stderr dbpipes-replica --source /missing --wait --target /missing
	run -64 --separate-stderr dbpipes-replica --wait --source
	[[ $stderr == *'--source wants a value'* ]]
	run -64 --separate-stderr dbpipes-replica source.cnf target.cnf
	[[ $stderr == *'no operand'* ]]
	DBPIPES_LOG=json run -64 --separate-stderr dbpipes-replica --nonsense
	jq -e '.tool == "dbpipes-replica" and .event == "error" and .code == 64' \
		<<<"$stderr"
}
