#!/usr/bin/env bats
# server-settings.bats: what a server's own settings do to every session, such
# as a limit of rows, does not reach a dump or a load.
bats_require_minimum_version 1.5.0

load lib/servers
load lib/seed

setup_file() {
	servers_begin source target
	seed_data source
	sql source "CREATE TABLE app.checked (n INT CHECK (n > 0));
		SET check_constraint_checks = 0;
		INSERT INTO app.checked VALUES (-1)"
}
teardown_file() { servers_end; }

setup() { server_empty target; }

teardown() {
	sql source "SET GLOBAL sql_select_limit = DEFAULT"
	sql source "SET GLOBAL max_join_size = DEFAULT"
	sql source "SET GLOBAL init_connect = ''"
	sql source "SET GLOBAL system_versioning_asof = DEFAULT"
	sql target "SET GLOBAL alter_algorithm = DEFAULT"
	sql target "SET GLOBAL autocommit = 1"
	sql target "SET GLOBAL explicit_defaults_for_timestamp = DEFAULT"
	sql target "SET GLOBAL sql_mode = DEFAULT"
	sql target "SET GLOBAL session_track_schema = DEFAULT"
	sql target "SET GLOBAL session_track_system_variables = DEFAULT"
	sql target "SET GLOBAL time_zone = DEFAULT"
}

source_dump() { dbdump --defaults-file="$(server_cnf source)" "$@"; }

@test "a global sql_select_limit or max_join_size takes no row from a dump (case 27)" {
	source_dump shop --skip-dump-date >"$BATS_TEST_TMPDIR/whole.sql"
	sql source "SET GLOBAL sql_select_limit = 3"
	sql source "SET GLOBAL max_join_size = 5"
	source_dump shop --skip-dump-date >"$BATS_TEST_TMPDIR/limited.sql"
	cmp "$BATS_TEST_TMPDIR"/{whole,limited}.sql
	grep -c '^(' "$BATS_TEST_TMPDIR/limited.sql" | grep -x 200
}

@test "a global system_versioning_asof does not turn a dump into one of the past" {
	sql source "CREATE TABLE app.dated (n INT) WITH SYSTEM VERSIONING;
		SET timestamp = 1500000000; INSERT INTO app.dated VALUES (1);
		SET timestamp = 1600000000; UPDATE app.dated SET n = 2;
		SET GLOBAL system_versioning_asof = '2020-01-01'"
	source_dump app dated --skip-dump-history >"$BATS_TEST_TMPDIR/present.sql"
	source_dump app dated >"$BATS_TEST_TMPDIR/all.sql"
	sql source "DROP TABLE app.dated"
	grep -x '(2);' "$BATS_TEST_TMPDIR/present.sql"
	grep -c '^([12],' "$BATS_TEST_TMPDIR/all.sql" | grep -x 2
}

@test "a server's init_connect does not change a dump's character set (case 24)" {
	sql source "CREATE OR REPLACE TABLE app.wide (t TEXT CHARSET utf8mb4);
		INSERT INTO app.wide VALUES (x'E282ACF09F9880');
		CREATE OR REPLACE USER plain@127.0.0.1 IDENTIFIED BY 'p';
		GRANT SELECT, TRIGGER ON app.* TO plain@127.0.0.1;
		SET GLOBAL init_connect = 'SET NAMES latin1, autocommit = 0'"
	dbdump --defaults-file="$(server_cnf_as source plain p &&
		echo "$SERVERS/source/plain.cnf")" app wide |
		grep -F "$(printf '\xe2\x82\xac\xf0\x9f\x98\x80')"
}

@test "a target with autocommit off keeps what the stock client and dbseed load" {
	sql target "SET GLOBAL autocommit = 0"
	source_dump --databases shop |
		mariadb --defaults-file="$(server_cnf target)"
	[ "$(sql target "SELECT COUNT(*) FROM shop.item")" = 200 ]
	mariadb-dump --defaults-file="$(server_cnf source)" --skip-opt \
		--create-options app note |
		dbseed --defaults-file="$(server_cnf target)" --into=app
	[ "$(sql target "SELECT COUNT(*) FROM app.note")" = 3 ]
}

@test "rows that are older than the CHECK they fail can be restored (case 31)" {
	source_dump --databases app |
		mariadb --defaults-file="$(server_cnf target)"
	[ "$(sql target "SELECT n FROM app.checked")" = -1 ]
}

@test "a TIMESTAMP without a default gets none on a target that gives them" {
	sql source "CREATE OR REPLACE TABLE app.stamp (t TIMESTAMP NOT NULL)"
	sql target "SET GLOBAL explicit_defaults_for_timestamp = 0"
	source_dump --databases app |
		mariadb --defaults-file="$(server_cnf target)"
	[ "$(sql target "SHOW CREATE TABLE app.stamp")" = \
		"$(sql source "SHOW CREATE TABLE app.stamp")" ]
}

@test "accounts are found on a target that pads what it reads of them" {
	local made='CREATE DATABASE p; USE p; CREATE DEFINER=%s VIEW v AS SELECT 1;\n'
	sql target "SET GLOBAL sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'"
	# shellcheck disable=SC2059 # a format of ours
	printf "$made" 'root@localhost' >"$BATS_TEST_TMPDIR/has.sql"
	# shellcheck disable=SC2059 # likewise
	printf "$made" 'gone@localhost' >"$BATS_TEST_TMPDIR/lacks.sql"
	run -0 --separate-stderr dbseed --defaults-file="$(server_cnf target)" \
		"$BATS_TEST_TMPDIR/has.sql"
	[ -z "$stderr" ]
	server_empty target
	run -0 --separate-stderr dbseed --defaults-file="$(server_cnf target)" \
		"$BATS_TEST_TMPDIR/lacks.sql"
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == *'lacks accounts'*gone* ]]
}

@test "a table that innodb_strict_mode would refuse today can be restored" {
	local columns create
	# A text of up to 255 bytes stays in the row itself.
	columns=$(printf 'c%d VARCHAR(254),' {1..40})
	create="CREATE TABLE broad (${columns%,}) CHARSET latin1"
	sql source "SET innodb_strict_mode = 0; USE app;
		CREATE TABLE fixed (id INT PRIMARY KEY, t TEXT, KEY (t(9)))
			ENGINE=InnoDB ROW_FORMAT=FIXED; INSERT INTO fixed VALUES (1, 'a');
		$create ENGINE=InnoDB; INSERT INTO broad (c1) VALUES ('a')"
	run -1 sql target "CREATE DATABASE made; USE made; $create"
	[[ $output == *'Row size too large'* ]]
	server_empty target
	source_dump -B app | mariadb --defaults-file="$(server_cnf target)"
	diff <(dump_of source app) <(dump_of target app)
	server_empty target
	source_dump -B app | dbseed --defaults-file="$(server_cnf target)"
	diff <(dump_of source app) <(dump_of target app)
	sql source 'DROP TABLE app.fixed, app.broad'
	# Servers without InnoDB do not know the setting.
	source_dump -B app --ignore-table=app.% >"$BATS_TEST_TMPDIR/none.sql"
	source_dump -t app >>"$BATS_TEST_TMPDIR/none.sql"
	run -1 grep -in strict "$BATS_TEST_TMPDIR/none.sql"
}

@test "a table that was made under NO_UNSIGNED_SUBTRACTION can be restored" {
	local column='(n INT UNSIGNED, less BIGINT AS (n - 10) STORED, KEY (less))'
	sql source "SET sql_mode = 'NO_UNSIGNED_SUBTRACTION'; USE app;
		CREATE TABLE taken $column; INSERT INTO taken (n) VALUES (5), (20);
		CREATE TABLE parted (n INT UNSIGNED) PARTITION BY RANGE (n - 10)
			(PARTITION a VALUES LESS THAN (-5), PARTITION b VALUES LESS THAN (9));
		INSERT INTO parted VALUES (0), (5), (12)"
	run -1 sql target "CREATE DATABASE made; CREATE TABLE made.taken $column"
	source_dump -B app | mariadb --defaults-file="$(server_cnf target)"
	diff <(dump_of source app) <(dump_of target app)
	[ "$(sql target 'SELECT GROUP_CONCAT(less ORDER BY less) FROM app.taken')" = -5,10 ]
	[ "$(sql target 'SELECT GROUP_CONCAT(n ORDER BY n) FROM app.parted PARTITION (b)')" = 5,12 ]
	server_empty target
	source_dump -B app | dbseed --defaults-file="$(server_cnf target)"
	diff <(dump_of source app) <(dump_of target app)
	sql source 'DROP TABLE app.taken, app.parted'
}

@test "a target that does not report what its sessions set loads all as it is meant" {
	local dump=$BATS_TEST_TMPDIR/dump.sql named=$BATS_TEST_TMPDIR/named.sql setting
	cat >"$dump" <<-'SQL'
		SET time_zone = '+00:00', sql_mode = 'NO_BACKSLASH_ESCAPES';
		CREATE TABLE moments (id INT PRIMARY KEY, at TIMESTAMP NULL, t TEXT);
		INSERT INTO moments VALUES (1, '2020-06-01 12:00:00', 'a\nb'), (2, NULL, '');
	SQL
	{ echo 'CREATE DATABASE app; USE app;' && cat "$dump"; } >"$named"
	for setting in "session_track_system_variables = ''" 'session_track_schema = 0'; do
		sql target "SET GLOBAL time_zone = '-07:00', GLOBAL $setting"
		dbseed --defaults-file="$(server_cnf target)" "$named"
		[ "$(sql target "SELECT UNIX_TIMESTAMP(at), HEX(t) FROM app.moments WHERE id = 1")" = \
			"$(printf '1591012800\t615C6E62')" ]
		server_empty target
		dbseed --defaults-file="$(server_cnf target)" --into=other "$dump"
		[ "$(sql target "SELECT UNIX_TIMESTAMP(at) FROM other.moments WHERE id = 1")" = 1591012800 ]
		server_empty target
		sql target "SET GLOBAL session_track_system_variables = DEFAULT"
	done
	sql target "SET GLOBAL session_track_system_variables = ''"
	run -78 dbseed --defaults-file="$(server_cnf target)" --resume "$named"
	[[ $output == *'session_track_system_variables = DEFAULT'* ]]
	[ -z "$(server_databases target)" ]
}

@test "keys that wait for the rows are added whatever alter_algorithm is" {
	local before
	cat >"$BATS_TEST_TMPDIR/dump.sql" <<-'SQL'
		CREATE DATABASE app; USE app;
		CREATE TABLE p (id INT PRIMARY KEY, a INT, v INT AS (a + 1), KEY a (a), KEY v (v));
		CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY p (p),
			CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id));
		INSERT INTO p (id, a) VALUES (1, 2);
		INSERT INTO c VALUES (1, 1);
	SQL
	sql target "SET GLOBAL alter_algorithm = INSTANT"
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/dump.sql"
	dump_of target app >"$BATS_TEST_TMPDIR/expected"
	server_empty target
	alters() { sql target "SHOW GLOBAL STATUS LIKE 'Com_alter_table'" | cut -f 2; }
	before=$(alters)
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/dump.sql"
	# Only keys with a name wait.
	[ "$(alters)" -gt "$before" ]
	diff "$BATS_TEST_TMPDIR/expected" <(dump_of target app)
}

@test "a view named as an operand is in the dump" {
	run -0 --separate-stderr source_dump shop big
	[[ $output == *"VIEW \`big\` AS select"* ]]
	[[ $output != *'PROCEDURE'* ]]
}

# paused COMMAND…: its output, of which only the first line is read for so long
# that the server would have given up; sets $rest and $status.
paused() {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$@" >"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	exec 8<"$BATS_TEST_TMPDIR/pipe"
	IFS= read -r _ <&8
	sleep "${PAUSE:-6}"
	cat <&8 >"$BATS_TEST_TMPDIR/rest"
	exec 8<&-
	status=0
	wait $! || status=$?
	rm "$BATS_TEST_TMPDIR/pipe"
}

@test "a reader that pauses outlasts the server's timeouts, of which another client dies (case 36)" {
	sql source "CREATE DATABASE slow; CREATE TABLE slow.a (id INT PRIMARY KEY, t TEXT)
		ENGINE=InnoDB; USE slow; INSERT INTO a SELECT seq, REPEAT('x', 2000)
		FROM seq_1_to_30000; CREATE TABLE slow.z (i INT); INSERT INTO z VALUES (1)"
	sql source 'SET GLOBAL net_write_timeout = 2, GLOBAL net_read_timeout = 2,
		GLOBAL wait_timeout = 3, GLOBAL idle_transaction_timeout = 2'
	paused sql source 'SELECT * FROM slow.a' -q
	[ "$status" -ne 0 ]
	grep -q 'Lost connection' "$BATS_TEST_TMPDIR/err"
	paused source_dump --databases slow
	sql source 'SET GLOBAL net_write_timeout = DEFAULT, GLOBAL net_read_timeout = DEFAULT,
		GLOBAL wait_timeout = DEFAULT, GLOBAL idle_transaction_timeout = DEFAULT'
	[ "$status" = 0 ]
	[[ $(tail -n 1 "$BATS_TEST_TMPDIR/rest") == '-- Dump completed'* ]]
	grep -q '"table":"a","rows":30000,' "$BATS_TEST_TMPDIR/rest"
	grep -q '"table":"z","rows":1,' "$BATS_TEST_TMPDIR/rest"
	sql source 'DROP DATABASE slow'
}
