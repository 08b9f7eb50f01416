#!/usr/bin/env bats
# dbseed-checks.bats: what a dump asks for and its target does not have:
# collations, accounts, names, clauses of another vendor; and large statements.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed

setup_file() {
	servers_begin
	seed_data source
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

MYSQL=$BATS_TEST_DIRNAME/data/mysql

# seed_mysql [OPTION…]: the dump of MySQL 8, with what it needs.
seed_mysql() {
	seed --map-collation=utf8mb4_0900_ai_ci=utf8mb4_unicode_520_ci \
		--map-collation=utf8mb4_0900_as_cs=utf8mb4_bin \
		--map-collation=utf8mb4_0900_bin=utf8mb4_nopad_bin "$@"
}

lacks_0900() {
	run sql target "DO _utf8mb4'' COLLATE utf8mb4_0900_ai_ci"
	[ "$status" -ne 0 ]
}

@test "unknown collations are listed before the load, with those that would do (case 49)" {
	lacks_0900 || skip 'this server knows the collations of MySQL 8'
	run -69 --separate-stderr seed "$MYSQL/8.0.sql"
	[[ $stderr == *'utf8mb4_0900_ai_ci, utf8mb4_0900_as_cs, utf8mb4_0900_bin'* ]]
	[[ $stderr == *'nothing was loaded'*--map-collation=utf8mb4_0900_ai_ci=utf8mb4_* ]]
	[ -z "$(server_databases target)" ]
	# What is proposed is what works.
	local -a proposed
	mapfile -t proposed < <(grep -o -- '--map-collation=[a-z0-9_=]*' <<<"$stderr")
	[ ${#proposed[@]} -eq 3 ]
	seed "${proposed[@]}" "$MYSQL/8.0.sql" 2>/dev/null
	[ "$(sql target 'SELECT COUNT(*) FROM crm.customer')" = 3 ]
}

@test "of a pipe, an unknown collation is told at its first statement (case 49)" {
	lacks_0900 || skip 'this server knows the collations of MySQL 8'
	run -69 --separate-stderr seed - < <(cat "$MYSQL/8.0.sql")
	[[ $stderr == *utf8mb4_0900_ai_ci*--map-collation=utf8mb4_0900_ai_ci=utf8mb4_* ]]
	[ -z "$(server_databases target)" ]
}

@test "a mapped collation is put where it is meant, not into rows and names (case 49)" {
	seed_mysql "$MYSQL/8.0.sql" 2>/dev/null
	diff - <(sql target 'SELECT column_name, collation_name FROM information_schema.columns
		WHERE table_schema = "crm" AND column_name IN ("code", "name", "note")
		ORDER BY 1' | tr '\t' ' ') <<-'TEXT'
		code utf8mb4_nopad_bin
		name utf8mb4_bin
		note utf8mb4_unicode_520_ci
	TEXT
	diff - <(sql target 'SELECT id, code, note FROM crm.customer WHERE id = 1') <<<$'1\tutf8mb4_0900_ai_ci\tCOLLATE utf8mb4_0900_ai_ci'
	run -64 --separate-stderr seed --map-collation=utf8mb4_0900_ai_ci "$MYSQL/8.0.sql"
	[[ $stderr == *OLD=NEW* ]]
	server_empty target
	run -69 --separate-stderr seed --map-collation=utf8mb4_0900_ai_ci=no_such_ci "$MYSQL/8.0.sql"
	[[ $stderr == *no_such_ci* ]]
}

@test "a dump of MySQL 8 loads, and what MariaDB leaves out of it is said (cases 49, 51, 61)" {
	run -0 --separate-stderr seed_mysql "$MYSQL/8.0.sql"
	jq -e '.event == "loaded" and .format == "mysqldump" and .rows == 3 and
		.position.log_file == "binlog.000004" and
		.position.gtid == "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77"' <<<"$output"
	[[ $stderr == *INVISIBLE*customer* ]]
	diff - <(sql target 'SELECT id, HEX(name), secret, twice FROM crm.customer ORDER BY id' | tr '\t' ' ') <<-'TEXT'
		1 416E6E 7 14
		2 426AC3B8726E 8 16
		3 F09F9880 9 18
	TEXT
	[ "$(sql target "SELECT crm.hello('x')" 2>&1 | grep -c 1449)" = 1 ]
}

@test "what MariaDB cannot take of MySQL 8 is named, with the way round, before the load" {
	run -69 --separate-stderr seed "$MYSQL/8.4-refused.sql"
	[[ $stderr == *'SRID'*'`place`'*'at byte'*'`priced`'* ]]
	[[ $stderr == *'nothing was loaded'* ]]
	[ -z "$(server_databases target)" ]
	run -69 --separate-stderr seed --dry-run "$MYSQL/8.4-refused.sql"
	jq -se '.[-1] | .event == "plan" and .ok == false and (.clauses | length) >= 2' <<<"$output"
}

@test "names that are one on the target are found before the load (case 47)" {
	server_start target-lower --lower-case-table-names=1
	local lower=(dbseed --defaults-file="$(server_cnf target-lower)")
	cat >"$BATS_TEST_TMPDIR/two.sql" <<-'SQL'
		CREATE DATABASE d; USE d;
		CREATE TABLE Größe (i INT); CREATE TABLE Item (i INT); CREATE TABLE item (i INT);
		CREATE TABLE GRÖSSE (i INT); CREATE TABLE GRÖßE (i INT);
	SQL
	run -69 --separate-stderr "${lower[@]}" "$BATS_TEST_TMPDIR/two.sql"
	[[ $stderr == *'`d`.`Item` and `d`.`item`'*'nothing was loaded'*lower_case_table_names* ]]
	[[ $stderr == *'`d`.`Größe` and `d`.`GRÖßE`'* ]]
	[ -z "$(server_databases target-lower)" ]
	# And with a table that is there.
	sql target-lower 'CREATE DATABASE d; CREATE TABLE d.item (i INT)'
	run -69 --separate-stderr "${lower[@]}" --table=Item "$BATS_TEST_TMPDIR/two.sql"
	[[ $stderr == *'holds data already: `d`.`item`'* ]]
	# A server that keeps them apart takes both.
	seed "$BATS_TEST_TMPDIR/two.sql"
	[ "$(sql target 'SHOW TABLES FROM d' | wc -l)" = 5 ]
	server_drop target-lower
}

@test "definers that the target lacks are named, and --definer gives another (case 40)" {
	sql source 'CREATE USER gone@`away%`; GRANT ALL ON *.* TO gone@`away%`;
		CREATE DATABASE own; USE own; CREATE TABLE t (i INT);
		CREATE DEFINER=gone@`away%` VIEW v AS SELECT 1;
		CREATE DEFINER=gone@`away%` FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
		CREATE DEFINER=gone@`away%` TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1;
		CREATE DEFINER=gone@`away%` EVENT e ON SCHEDULE EVERY 1 HOUR DISABLE DO SET @a = 1'
	local dump how
	for dump in mariadb-dump dbdump; do
		"$dump" --defaults-file="$(server_cnf source)" --routines --events --triggers \
			--databases own >"$BATS_TEST_TMPDIR/$dump.sql"
		server_empty target
		run -0 --separate-stderr seed "$BATS_TEST_TMPDIR/$dump.sql"
		[[ $stderr == *'`gone`@`away%`'*--definer=current* ]]
		[ "$(definers)" = 'gone@away%' ]
		for how in drop current loader@h; do
			server_empty target
			run -0 --separate-stderr seed --definer="$how" "$BATS_TEST_TMPDIR/$dump.sql"
			[[ $stderr != *'gone'* ]]
			case $how in
			loader@h) [ "$(definers)" = loader@h ] ;;
			*) [ "$(definers)" = root@localhost ] ;;
			esac
		done
		[ "$(sql target 'SELECT COUNT(*) FROM own.v' 2>&1 | grep -c 1449)" = 1 ]
	done
	sql source 'DROP DATABASE own; DROP USER gone@`away%`'
	run -64 seed --definer=@ "$BATS_TEST_TMPDIR/dbdump.sql"
}

# definers: those of all four kinds, each once.
definers() {
	sql target 'SELECT definer FROM information_schema.views WHERE table_schema = "own"
		UNION SELECT definer FROM information_schema.routines WHERE routine_schema = "own"
		UNION SELECT definer FROM information_schema.triggers WHERE trigger_schema = "own"
		UNION SELECT definer FROM information_schema.events WHERE event_schema = "own"'
}

@test "the database of another name keeps the tables' own collations (case 48)" {
	sql source 'CREATE DATABASE old COLLATE latin1_german2_ci; USE old;
		CREATE TABLE t (a CHAR(3))'
	mariadb-dump --defaults-file="$(server_cnf source)" old >"$BATS_TEST_TMPDIR/old.sql"
	sql source 'DROP DATABASE old'
	seed --into=new "$BATS_TEST_TMPDIR/old.sql"
	[ "$(sql target 'SELECT table_collation FROM information_schema.tables
		WHERE table_schema = "new"')" = latin1_german2_ci ]
}

@test "the line of the sandbox mode stops nothing, also behind other comments (case 58)" {
	seed - <<-'SQL'
		/*M!999999\- enable the sandbox mode */
		CREATE DATABASE d1;
	SQL
	seed - <<-'SQL'
		-- a comment
		/*M!999999\- enable the sandbox mode */ 
		CREATE DATABASE d2;
	SQL
	[ "$(server_databases target)" = $'d1\nd2' ]
}

@test "warnings of statements are no failure (case 57)" {
	run -0 --separate-stderr seed - <<<'DROP TABLE IF EXISTS test.nowhere; CREATE DATABASE d; CREATE DATABASE IF NOT EXISTS d;'
	[ -z "$stderr" ]
}

@test "TLS that was asked for is checked, and said where it is missing (case 59)" {
	run -69 --separate-stderr dbseed --defaults-file="$(server_cnf target)" \
		--protocol=tcp --host=127.0.0.1 --ssl - <<<'CREATE DATABASE d;'
	[[ $stderr == *SSL* || $stderr == *TLS* ]]
	[ -z "$(server_databases target)" ]
}

@test "an account with no privilege but on its database loads there (case 61)" {
	sql target "CREATE DATABASE mine; CREATE OR REPLACE USER small@127.0.0.1
		IDENTIFIED BY 'small-Secret'; GRANT ALL ON mine.* TO small@127.0.0.1"
	server_cnf_as target small small-Secret
	mariadb-dump --defaults-file="$(server_cnf source)" app >"$BATS_TEST_TMPDIR/app.sql"
	dbseed --defaults-file="$SERVERS/target/small.cnf" --into=mine "$BATS_TEST_TMPDIR/app.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM mine.note')" = 3 ]
	sql target 'DROP USER small@127.0.0.1'
}

# named_dump SERVER CHARSET NAME…: a dump of databases, in that character set.
named_dump() {
	local -a names
	mapfile -t names < <(printf '%s\n' "${@:3}" | iconv -f utf-8 -t "${2/koi8r/koi8-r}")
	mariadb-dump --defaults-file="$(server_cnf "$1")" --skip-comments --skip-add-locks \
		--default-character-set="$2" --databases "${names[@]}"
}

@test "names in a dump that is not UTF-8 are the target's names" {
	local charset database names
	sql source 'SET NAMES utf8mb4; CREATE DATABASE `läden`; CREATE DATABASE `straßen`;
		USE `läden`; CREATE TABLE `größe` (`id` INT PRIMARY KEY, `breite` VARCHAR(9), KEY `schlüssel` (`breite`));
		INSERT INTO `größe` SELECT seq, "ä" FROM seq_1_to_20000;
		CREATE TABLE `straßen`.`größe` LIKE `größe`; INSERT INTO `straßen`.`größe` SELECT * FROM `größe`;
		CREATE DATABASE `улицы`; CREATE TABLE `улицы`.`дом` (`номер` INT, `имя` TEXT, KEY (`номер`)) CHARSET utf8mb4;
		INSERT INTO `улицы`.`дом` VALUES (1, "я")'
	for charset in latin1 koi8r; do
		names=(läden straßen)
		[ $charset = latin1 ] || names=(улицы)
		named_dump source $charset "${names[@]}" >"$BATS_TEST_TMPDIR/dump"
		run -1 iconv -f utf-8 -t utf-8 "$BATS_TEST_TMPDIR/dump"
		named_dump source utf8 "${names[@]}" >"$BATS_TEST_TMPDIR/expected"
		seed -j 2 "$BATS_TEST_TMPDIR/dump"
		diff "$BATS_TEST_TMPDIR/expected" <(named_dump target utf8 "${names[@]}")
		# A target that holds them is told by their names, too.
		run -69 --separate-stderr seed "$BATS_TEST_TMPDIR/dump"
		[[ $stderr == *"\`${names[0]}\`"* ]]
		sed '/^DROP TABLE/d' "$BATS_TEST_TMPDIR/dump" >"$BATS_TEST_TMPDIR/undropped"
		seed --replace-tables -j 2 "$BATS_TEST_TMPDIR/undropped"
		diff "$BATS_TEST_TMPDIR/expected" <(named_dump target utf8 "${names[@]}")
	done
	for database in läden straßen улицы; do
		sql source "SET NAMES utf8mb4; DROP DATABASE \`$database\`"
	done
}
