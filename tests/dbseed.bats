#!/usr/bin/env bats
# dbseed.bats: dbseed as a loader: what it loads, what it refuses, how it ends.
# Replicas are in replica.bats.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed

setup_file() {
	servers_begin
	seed_data source
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--databases shop app >"$SERVERS/dump.sql"
}

teardown_file() { servers_end; }

setup() { server_empty target; }

# loaded: the last record, of the records on stdin.
loaded() { jq -c 'select(.event == "loaded")'; }

table_is_locked() {
	run sql target "SET innodb_lock_wait_timeout = 0; UPDATE $1 SET i = 2"
	[[ $output == *'Lock wait timeout'* ]]
}

target_has() { server_databases target | grep -qx "$1"; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

@test "a dump by mariadb-dump gives a server whose dump is the same text" {
	seed "$SERVERS/dump.sql"
	diff <(dump_of source) <(dump_of target)
}

@test "dumps load plain, compressed by zstd and by gzip, from a file and a pipe" {
	local form
	for form in cat 'zstd -q -c' 'gzip -c'; do
		server_empty target
		$form "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/dump"
		seed "$BATS_TEST_TMPDIR/dump"
		diff <(dump_of source) <(dump_of target)
		server_empty target
		seed - < <(cat "$BATS_TEST_TMPDIR/dump")
		diff <(dump_of source) <(dump_of target)
	done
}

@test "the record counts statements, rows and bytes, and says where they came from" {
	run -0 --separate-stderr seed "$SERVERS/dump.sql"
	[ -z "$stderr" ]
	jq -e --arg input "$SERVERS/dump.sql" \
		--argjson bytes "$(wc -c <"$SERVERS/dump.sql")" '
		.tool == "dbseed" and .event == "loaded" and .input == $input and
		.format == "mariadb-dump" and .rows == 203 and
		.bytes <= $bytes and .bytes > $bytes - 64 and
		.statements > 20 and .position == null and
		(.seconds | type) == "number" and (.time | endswith("Z"))' \
		<<<"$output"
}

@test "the target's binary log has the load, unless --skip-log-bin says no" {
	server_start source-logged --log-bin=binlog
	run -0 dbseed --defaults-file="$(server_cnf source-logged)" --skip-log-bin \
		"$SERVERS/dump.sql"
	[ "$(loaded <<<"$output" | jq .log_bin)" = false ]
	[ -z "$(sql source-logged 'SELECT @@gtid_binlog_pos')" ]
	run -0 dbseed --defaults-file="$(server_cnf source-logged)" --force \
		"$SERVERS/dump.sql"
	[ "$(loaded <<<"$output" | jq .log_bin)" = true ]
	[ -n "$(sql source-logged 'SELECT @@gtid_binlog_pos')" ]
	server_kill source-logged
}

@test "of a SET only what is about the binary log is left out" {
	server_start source-set --log-bin=binlog
	dbseed --defaults-file="$(server_cnf source-set)" - <<-'SQL'
		CREATE DATABASE d; USE d; CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE c (id INT AUTO_INCREMENT PRIMARY KEY, p INT, t TEXT, FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		/*!40101 SET @was = @@foreign_key_checks, sql_log_bin = 0, foreign_key_checks = 0,
			SESSION sql_log_bin = IF(1, 0, 1), @n = 5, sql_mode = 'NO_AUTO_VALUE_ON_ZERO' */;
		INSERT INTO c VALUES (0, 7, 't'); INSERT INTO c VALUES (1, 7, @n);
	SQL
	[ "$(sql source-set 'SELECT * FROM d.c')" = $'0\t7\tt\n1\t7\t5' ]
	sql source-set 'SHOW BINLOG EVENTS' >"$BATS_TEST_TMPDIR/events"
	grep 'table_id.*(d\.c)' "$BATS_TEST_TMPDIR/events" ||
		grep 'INSERT INTO c' "$BATS_TEST_TMPDIR/events"
	server_drop source-set
}

@test "a SET of several leaves the place of a replica as it is, too" {
	local set
	for set in '@a = 1, GLOBAL gtid_slave_pos = "0-1-1"' '@a = 1, @@GLOBAL.gtid_slave_pos = "0-1-1"' \
		"GLOBAL \`gtid_slave_pos\` = '0-1-1', SESSION max_error_count = 9" \
		'@@global . gtid_slave_pos = "0-1-1"'; do
		server_empty target
		sql target "SET GLOBAL gtid_slave_pos = '0-1-500'"
		seed - <<<"CREATE DATABASE d; SET @b = 2, $set, @c = 3;
			CREATE TABLE d.t AS SELECT @b + @c AS n;"
		[ "$(sql target 'SELECT n, @@gtid_slave_pos FROM d.t')" = $'5\t0-1-500' ]
	done
}

@test "a binary log that may not be turned off is a matter of privilege" {
	server_start source-denied --log-bin=binlog
	sql source-denied "CREATE OR REPLACE USER loader@127.0.0.1
		IDENTIFIED BY 'loader-Secret'; GRANT ALL ON shop.* TO loader@127.0.0.1"
	server_cnf_as source-denied loader loader-Secret
	run -77 --separate-stderr dbseed \
		--defaults-file="$SERVERS/source-denied/loader.cnf" \
		--skip-log-bin "$SERVERS/dump.sql"
	[[ $stderr == *"BINLOG ADMIN"* ]]
	server_kill source-denied
}

@test "--into makes the database that the dump does not name" {
	mariadb-dump --defaults-file="$(server_cnf source)" app >"$BATS_TEST_TMPDIR/app.sql"
	run -69 --separate-stderr seed "$BATS_TEST_TMPDIR/app.sql"
	[[ $stderr == *"No database selected"*"--into"* ]]
	seed --into="other \`app\`" "$BATS_TEST_TMPDIR/app.sql"
	[ "$(sql target "SELECT COUNT(*) FROM \`other \`\`app\`\`\`.note")" = 3 ]
	# It is refused only for what that database holds.
	seed --into=app "$BATS_TEST_TMPDIR/app.sql"
	run -69 seed --into=app "$BATS_TEST_TMPDIR/app.sql"
	run -64 seed --into= "$BATS_TEST_TMPDIR/app.sql"
}

@test "a target that has one of the dump's tables is refused by name and stays as it was" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.kept (i INT);
		CREATE TABLE shop.item (i INT); CREATE VIEW shop.big AS SELECT 1'
	run -69 --separate-stderr seed "$SERVERS/dump.sql"
	[ -z "$output" ]
	[[ $stderr == *"\`shop\`.\`big\`"*"\`shop\`.\`item\`"*'nothing was loaded'*'--replace-tables'*'--force'* ]]
	[[ $stderr != *kept* ]]
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 0 ]
	# Of a pipe it shows on the way.
	run -69 --separate-stderr seed - < <(cat "$SERVERS/dump.sql")
	[[ $stderr == *"\`shop\`.\`big\`"* ]]
	[ "$(server_databases target)" = shop ]
}

@test "--replace-tables drops those, whatever they are, and no other; --force loads over them" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.kept (i INT);
		CREATE TABLE shop.big (i INT); CREATE VIEW shop.item AS SELECT 1'
	seed --replace-tables - < <(cat "$SERVERS/dump.sql")
	sql target 'DROP TABLE shop.kept'
	diff <(dump_of source) <(dump_of target)
	seed --force "$SERVERS/dump.sql"
	diff <(dump_of source) <(dump_of target)
	# Rows alone take nobody's place.
	run -69 seed --replace-tables - <<<'INSERT INTO shop.item VALUES (999, NULL, 1);'
	seed --force - <<<'INSERT INTO shop.item VALUES (999, NULL, 1);'
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 201 ]
}

# changes STATEMENT: to the target's table, refused from a pipe and a file.
changes() {
	local way sql="CREATE DATABASE IF NOT EXISTS shop; USE shop; $1;
		INSERT INTO item VALUES (1), (2);"
	for way in "$BATS_TEST_TMPDIR/sql" -; do
		echo "$sql" >"$BATS_TEST_TMPDIR/sql"
		run -69 --separate-stderr seed "$way" <"$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *"holds data already: \`shop\`.\`item\`"*'--force'* ]]
		[ "$(sql target 'CHECKSUM TABLE shop.item; SHOW TABLES FROM shop;
			SHOW CREATE TABLE shop.item')" = "$before" ]
	done
}

@test "what empties, changes or renames a table of the target is refused before it does" {
	local before statement
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.item (i INT, KEY k (i)) ENGINE=MyISAM;
		INSERT INTO shop.item VALUES (7)'
	before=$(sql target 'CHECKSUM TABLE shop.item; SHOW TABLES FROM shop;
		SHOW CREATE TABLE shop.item')
	# shellcheck disable=SC2016 # names
	for statement in 'TRUNCATE TABLE `item`' 'TRUNCATE shop.item' 'DELETE FROM `item`' \
		'DELETE QUICK FROM item WHERE i = 7' 'UPDATE IGNORE item SET i = 8' \
		'RENAME TABLE item TO other' 'DROP INDEX k ON item' \
		'/*!40000 ALTER TABLE `item` DISABLE KEYS */' \
		'DELETE a FROM shop.item AS a' 'UPDATE item, item AS b SET item.i = 8'; do
		changes "$statement"
	done
	seed --force - <<<'DELETE FROM shop.item; INSERT INTO shop.item VALUES (1), (2);'
	[ "$(sql target 'SELECT SUM(i) FROM shop.item')" = 3 ]
}

@test "what changes the dump's own tables is no change of the target's" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.kept (i INT)'
	seed - <<-'SQL'
		USE shop; CREATE TABLE item (i INT, KEY k (i)); CREATE TABLE t (i INT);
		TRUNCATE item; INSERT INTO item VALUES (1), (2), (3);
		INSERT INTO t VALUES (1);
		DELETE FROM item WHERE i = 3; UPDATE item, t SET item.i = 5 WHERE item.i = t.i;
		DROP INDEX k ON item; RENAME TABLE t TO u; DELETE u FROM u JOIN item;
	SQL
	[ "$(sql target 'SELECT SUM(i) FROM shop.item')" = 7 ]
	[ "$(sql target 'SELECT COUNT(*) FROM shop.u')" = 0 ]
}

@test "each table of a DROP of several is looked for, picked and replaced" {
	local drop='CREATE DATABASE IF NOT EXISTS shop; USE shop;
		/*!40000 DROP TABLE IF EXISTS other, kept, shop.more */;
		CREATE TABLE other (i INT); CREATE TABLE more (i INT);'
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.kept (i INT)'
	run -69 --separate-stderr seed - <<<"$drop"
	[[ $stderr == *"\`shop\`.\`kept\`"*'--replace-tables'* ]]
	seed --table=more - <<<"$drop"
	[ "$(sql target 'SHOW TABLES FROM shop' | paste -sd' ')" = 'kept more' ]
	seed --replace-tables - <<<"$drop"
	[ "$(sql target 'SHOW TABLES FROM shop' | paste -sd' ')" = 'more other' ]
}

@test "a temporary table is in the way of none, and what it hides stays" {
	local option statement
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.item (i INT); CREATE TABLE shop.kept (i INT);
		INSERT INTO shop.item VALUES (7); INSERT INTO shop.kept VALUES (8)'
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		USE shop;
		DROP TEMPORARY TABLE IF EXISTS item, kept;
		CREATE TEMPORARY TABLE item (n INT, KEY n (n));
		CREATE TEMPORARY TABLE own LIKE item;
		INSERT INTO item VALUES (1), (2);
		INSERT INTO own VALUES (1);
		ALTER TABLE item ADD t TEXT;
		UPDATE item, own SET item.t = 'x';
		DELETE FROM shop.item WHERE n = 1;
		CREATE TABLE made SELECT * FROM item;
		DROP TABLE item, own;
	SQL
	for option in '' --replace-tables --resume; do
		seed ${option:+"$option"} "$BATS_TEST_TMPDIR/sql"
		[ "$(sql target 'SELECT i FROM shop.item UNION ALL SELECT i FROM shop.kept')" = $'7\n8' ]
		[ "$(sql target 'SELECT * FROM shop.made')" = $'2\tx' ]
		sql target 'DROP TABLE shop.made'
	done
	run -0 seed --dry-run "$BATS_TEST_TMPDIR/sql"
	jq -se '[.[] | select(.event == "would-load").name] == ["`shop`.`made`"]' <<<"$output"
	# Behind it the name is the other one's again.
	for statement in 'INSERT INTO item VALUES (3)' 'DROP TABLE item' \
		'CREATE TEMPORARY TABLE item (n INT); CREATE TABLE item (n INT)' \
		'CREATE TEMPORARY TABLE item (n INT); RENAME TABLE item TO own; DELETE FROM item' \
		'CREATE TEMPORARY TABLE item (n INT); ALTER TABLE item RENAME own; DELETE FROM item'; do
		run -69 --separate-stderr seed - < <(cat "$BATS_TEST_TMPDIR/sql" - <<<"$statement;")
		[[ $stderr == *"\`shop\`.\`item\`"* ]]
		[ "$(sql target 'SELECT i FROM shop.item; DROP TABLE shop.made')" = 7 ]
	done
}

@test "progress tells bytes, rows, and which table is at work" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	seed -j 1 --log=json --progress=always "$BATS_TEST_TMPDIR/pipe" \
		>/dev/null 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	{
		echo 'CREATE DATABASE slow; USE slow; CREATE TABLE t (i INT);
			INSERT INTO t VALUES (1),(2);
			INSERT INTO t VALUES (SLEEP(3));'
		echo 'CREATE TABLE u (i INT); CREATE VIEW v AS SELECT 1;'
	} >"$BATS_TEST_TMPDIR/pipe"
	wait $!
	jq -es 'map(select(.event == "progress" and .what == "slow.t" and
		.bytes > 0)) | length > 0' "$BATS_TEST_TMPDIR/said"
}

@test "a database that the dump drops must be empty, for all in it goes" {
	local program
	sql target 'CREATE DATABASE app; CREATE TABLE app.other (i INT)'
	mariadb-dump --defaults-file="$(server_cnf source)" --add-drop-database \
		--databases app >"$BATS_TEST_TMPDIR/dump.sql"
	run -69 --separate-stderr seed --replace-tables "$BATS_TEST_TMPDIR/dump.sql"
	[[ $stderr == *"\`app\`"*drops* ]]
	[ "$(sql target 'SELECT COUNT(*) FROM app.other')" = 0 ]
	seed --force "$BATS_TEST_TMPDIR/dump.sql"
	diff <(dump_of source app) <(dump_of target app)
	for program in 'PROCEDURE app.p() DO 1' 'EVENT app.e ON SCHEDULE EVERY 1 DAY DO DO 1'; do
		server_empty target
		sql target "CREATE DATABASE app; CREATE $program"
		run -69 --separate-stderr seed "$BATS_TEST_TMPDIR/dump.sql"
		[[ $stderr == *"\`app\`"*drops* ]]
	done
	server_empty target
	sql target 'CREATE DATABASE app'
	seed "$BATS_TEST_TMPDIR/dump.sql"
}

@test "--dry-run lists tables, what is in the way, and the plan, and changes nothing" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.item (i INT)'
	run -69 --separate-stderr seed --dry-run "$SERVERS/dump.sql"
	jq -se '([.[] | select(.event == "would-load") | [.name, .exists, .action]] == [
			["`shop`.`big`", false, "load"], ["`shop`.`item`", true, "refuse"],
			["`app`.`note`", false, "load"]]) and
		(.[-1] | .event == "plan" and .ok == false and .tables == 3 and
			.existing == ["`shop`.`item`"] and .replication == null)' <<<"$output"
	run -0 --separate-stderr seed --dry-run --replace-tables - < <(cat "$SERVERS/dump.sql")
	jq -se '(.[-1].ok == true) and
		any(.[]; .name == "`shop`.`item`" and .action == "replace" and .bytes > 5000)' <<<"$output"
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 0 ]
	[ "$(server_databases target)" = shop ]
}

@test "a dump cut short is bad data: nothing is loaded of a file, of a pipe it is said what was" {
	head -n -20 "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/short.sql"
	run -65 --separate-stderr seed "$BATS_TEST_TMPDIR/short.sql"
	[ -z "$output" ]
	[[ $stderr == *truncated*'nothing was loaded'* ]]
	[ -z "$(server_databases target)" ]
	run -65 --separate-stderr seed - < <(cat "$BATS_TEST_TMPDIR/short.sql")
	[ -z "$(loaded <<<"$output")" ]
	[[ $stderr == *truncated*'203 rows were loaded'* ]]
}

@test "a dump cut in the middle of a statement is bad data" {
	head -c 5000 "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/short.sql"
	run -65 seed "$BATS_TEST_TMPDIR/short.sql"
}

@test "a compressed dump cut short is bad data" {
	local form
	for form in 'zstd -q -c' 'gzip -c'; do
		server_empty target
		$form "$SERVERS/dump.sql" | head -c 2000 >"$BATS_TEST_TMPDIR/short"
		run -65 seed "$BATS_TEST_TMPDIR/short"
	done
}

@test "a changed byte in a plain dump of dbdump is bad data, told when it is loaded" {
	dbdump --defaults-file="$(server_cnf source)" --databases shop \
		>"$BATS_TEST_TMPDIR/dump.sql"
	sed -i "0,/^([0-9]/s/,'./,'#/" "$BATS_TEST_TMPDIR/dump.sql"
	run -65 --separate-stderr seed "$BATS_TEST_TMPDIR/dump.sql"
	[[ -z $output && $stderr == *'is damaged: '*'SHA-256'*'nothing was loaded'* ]]
	run -65 --separate-stderr seed - < <(cat "$BATS_TEST_TMPDIR/dump.sql")
	[ -z "$(loaded <<<"$output")" ]
	[[ $stderr == *'is damaged: '*'SHA-256'*'were loaded'* ]]
	gzip "$BATS_TEST_TMPDIR/dump.sql"
	server_empty target
	run -65 --separate-stderr seed "$BATS_TEST_TMPDIR/dump.sql.gz"
	[[ $stderr == *'is damaged: '* ]]
}

@test "an input without a statement is bad data, for its writer has failed" {
	run -65 seed </dev/null
	run -65 seed <<<'-- nothing'
}

@test "a tar is named as one, with what is to be done with it" {
	echo 'SELECT 1' >"$BATS_TEST_TMPDIR/dump.sql"
	tar -C "$BATS_TEST_TMPDIR" -cf "$BATS_TEST_TMPDIR/tar" dump.sql
	zstd -q "$BATS_TEST_TMPDIR/tar"
	run -65 --separate-stderr seed "$BATS_TEST_TMPDIR/tar"
	[[ $stderr == *'/tar: a tar, not SQL'*'tar -xO'* ]]
	run -65 --separate-stderr seed - < <(cat "$BATS_TEST_TMPDIR/tar.zst")
	[[ $stderr == *'a tar, not SQL'*'dbsnap(1)'* ]]
}

@test "a dump that ends inside a transaction is bad data, for its rows are lost" {
	run -65 --separate-stderr seed <<-'SQL'
		CREATE DATABASE d; CREATE TABLE d.t (i INT) ENGINE=InnoDB;
		SET autocommit = 0; INSERT INTO d.t VALUES (1);
	SQL
	[[ $stderr == *transaction* ]]
	server_empty target
	mariadb-dump --defaults-file="$(server_cnf source)" --no-autocommit \
		--databases app >"$BATS_TEST_TMPDIR/app.sql"
	seed "$BATS_TEST_TMPDIR/app.sql"
	diff <(dump_of source app) <(dump_of target app)
}

@test "a file that is not there is no input" {
	run -66 seed "$BATS_TEST_TMPDIR/missing.sql"
}

@test "an error names offset, beginning, database, and the server's words" {
	local sql="CREATE DATABASE d; USE d;
	CREATE TABLE t (id INT PRIMARY KEY);
	INSERT INTO t VALUES (1), (1);"
	run -69 --separate-stderr seed <<<"$sql"
	local offset=${sql%%INSERT*}
	[[ $stderr == *"byte ${#offset} "*'INSERT INTO t'*'database d'*"Duplicate entry '1'"* ]]
	[[ $stderr != *'(1), (1)'* ]]
}

@test "a statement for a server without its table is refused with 69, not 66" {
	run -69 seed <<<'INSERT INTO nowhere.t VALUES (1);'
}

@test "a failing statement that may hold a password is not shown" {
	run -69 --separate-stderr seed \
		<<<"CREATE USER u@h IDENTIFIED BY 'shown-Secret' AND NONSENSE;"
	[[ $stderr == *'CREATE USER'* ]]
	[[ $stderr != *shown-Secret* ]]
}

@test "control bytes of a dump do not reach the terminal" {
	run -69 --separate-stderr seed <<<$'SELECT \e[31m nonsense;'
	[[ $stderr != *$'\e'* ]]
}

@test "a statement that is too long for the target is named with its size (case 33)" {
	sql target 'SET GLOBAL max_allowed_packet = 65536'
	{
		echo -n "SELECT '"
		head -c 70000 /dev/zero | tr '\0' x
		echo "';"
	} >"$BATS_TEST_TMPDIR/long.sql"
	run -69 --separate-stderr seed "$BATS_TEST_TMPDIR/long.sql"
	sql target 'SET GLOBAL max_allowed_packet = 16777216'
	[[ $stderr == *'70009 bytes'*max_allowed_packet* ]]
}

@test "a dump cannot make us send a file of ours" {
	echo secret-of-ours >"$BATS_TEST_TMPDIR/file"
	run -69 seed <<-SQL
		CREATE DATABASE d;
		CREATE TABLE d.t (a TEXT);
		LOAD DATA LOCAL INFILE '$BATS_TEST_TMPDIR/file' INTO TABLE d.t;
	SQL
	[ "$(sql target 'SELECT COUNT(*) FROM d.t')" = 0 ]
}

@test "a plain load leaves the target's replication as it is, whatever the dump says (case 51)" {
	local gtid
	gtid=$(sql source 'SELECT @@gtid_binlog_pos')
	mariadb-dump --defaults-file="$(server_cnf source)" --master-data=1 --gtid \
		--single-transaction --databases app >"$BATS_TEST_TMPDIR/app.sql"
	grep -q '^SET GLOBAL gtid_slave_pos' "$BATS_TEST_TMPDIR/app.sql"
	sql target "SET GLOBAL gtid_slave_pos = '0-5-5,7-7-7'"
	run -0 seed "$BATS_TEST_TMPDIR/app.sql"
	[ "$(loaded <<<"$output" | jq -r .position.gtid)" = "$gtid" ]
	[ "$(sql target 'SELECT @@gtid_slave_pos')" = 0-5-5,7-7-7 ]
	[ -z "$(sql target 'SHOW ALL SLAVES STATUS')" ]
}

@test "GTID_PURGED is not set, and the log not turned off, by a dump of MySQL's (cases 51, 52)" {
	server_start source-purged --log-bin=binlog
	run -0 dbseed --defaults-file="$(server_cnf source-purged)" - <<-'SQL'
		SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
		SET @@SESSION.SQL_LOG_BIN= 0;
		SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
		CREATE DATABASE purged; CREATE TABLE purged.t (i INT);
		SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;
	SQL
	[ "$(loaded <<<"$output" | jq .log_bin)" = true ]
	[ "$(loaded <<<"$output" | jq -r .position.gtid)" = 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5 ]
	mariadb-binlog "$SERVERS/source-purged/data/binlog.000001" | grep -q 'CREATE TABLE purged.t'
	server_drop source-purged
}

@test "a wrong password is a matter of privilege, and no password is shown" {
	server_cnf_as target root wrong-Secret
	run -77 --separate-stderr dbseed \
		--defaults-file="$SERVERS/target/root.cnf" "$SERVERS/dump.sql"
	[[ $stderr == *'Access denied'* ]]
	[[ $stderr != *wrong-Secret* ]]
}

@test "a port where nobody answers is unavailable" {
	run -69 dbseed --no-defaults --host=127.0.0.1 --port=1 "$SERVERS/dump.sql"
}

@test "a password on the command line is refused (case 60)" {
	run -64 --separate-stderr seed --password="$SERVER_PASSWORD" \
		"$SERVERS/dump.sql"
	[[ $stderr != *"$SERVER_PASSWORD"* ]]
	run -64 --separate-stderr seed --master-password="$REPL_PASSWORD" \
		"$SERVERS/dump.sql"
	[[ $stderr != *"$REPL_PASSWORD"* ]]
}

@test "more than one file, or --wait without --replicate, is wrong usage" {
	run -64 seed one two
	run -64 seed --wait "$SERVERS/dump.sql"
	run -64 seed --replicate "$SERVERS/dump.sql"
}

@test "the whole error is one JSON object under --log=json" {
	run -65 --separate-stderr seed --log=json </dev/null
	jq -e '.tool == "dbseed" and .event == "error" and .code == 65' <<<"$stderr"
}

@test "an interrupt in mid-load is a death by that signal and leaves no lock" {
	local pid status=0
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	cat >"$BATS_TEST_TMPDIR/head.sql" <<-'SQL'
		CREATE DATABASE e; CREATE TABLE e.t (i INT);
		INSERT INTO e.t VALUES (1);
		START TRANSACTION; SELECT i FROM e.t FOR UPDATE;
		SELECT 'so long that the statement before it is known to be whole';
	SQL
	seed <"$BATS_TEST_TMPDIR/pipe" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	cat "$BATS_TEST_TMPDIR/head.sql" >&8
	wait_until 20 table_is_locked e.t
	[[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != *Secret* ]]
	kill -TERM "$pid"
	wait "$pid" || status=$?
	exec 8>&-
	[ "$status" -eq $((128 + 15)) ]
	sql target 'SET innodb_lock_wait_timeout = 20; UPDATE e.t SET i = 3'
}

@test "a target that dies in mid-load is worth another try" {
	local pid status=0
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	seed <"$BATS_TEST_TMPDIR/pipe" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	printf '%s\n' 'CREATE DATABASE gone;' 'SELECT 1;' "SELECT '$(seq -s ' ' 99)';" >&8
	wait_until 20 target_has gone
	server_kill target
	echo 'CREATE DATABASE more;' >&8
	wait "$pid" || status=$?
	exec 8>&-
	server_start target
	[ "$status" -eq 75 ]
}
