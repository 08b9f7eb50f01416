#!/usr/bin/env bats
# dbverify.bats: what dbverify lets pass, what it refuses and by which name, and
# that nothing of a restore is left.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed

setup_file() {
	servers_begin source
	seed_data source
	sql source <"$TREE/tests/data/values.sql"
	sql source "CREATE EVENT shop.tick ON SCHEDULE EVERY 1 SECOND DO
			DELETE FROM shop.item;
		CREATE FUNCTION shop.one() RETURNS INT NO SQL RETURN 1;
		CREATE SEQUENCE shop.numbers;
		SET GLOBAL event_scheduler = 0"
	export CNF DUMPS
	CNF=$(server_cnf source)
	DUMPS=$(mktemp -d "$SERVERS/dumps.XXXXXX")
	dbdump --defaults-file="$CNF" -A >"$DUMPS/plain"
	dbdump --defaults-file="$CNF" -A -z >"$DUMPS/zstd"
	mariadb-dump --defaults-file="$CNF" -A --routines --events >"$DUMPS/stock"
}

teardown_file() { servers_end; }

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
	damaged=$BATS_TEST_TMPDIR/damaged
}

damage() { perl "$TREE/tests/lib/damage.pl" "$@"; }

# unseen TABLE: a statement by which its rows are lost, which nobody reads.
unseen() { echo "EXECUTE IMMEDIATE CONCAT('DELETE FROM ', '$1');"; }

# record FILTER: the last record on $output.
record() { tail -n 1 <<<"$output" | jq -e "$1"; }

# nothing_left: of the folder, the server, and what it runs.
nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	run -1 pgrep -f "$TMPDIR"
}

# refused TEXT OPTION…: it ends with 1, and says why on stderr and in records.
refused() {
	local text=$1
	shift
	run -1 --separate-stderr dbverify "$@"
	[[ $stderr == *"dbverify: error: "*"$text"* ]]
	record '.event == "verified" and .ok == false and .faults > 0 and
		(.reason | type) == "string"'
}

@test "a whole dump is verified by reading it, whoever wrote it and in whichever form" {
	gzip -c "$DUMPS/plain" >"$BATS_TEST_TMPDIR/gzip"
	for file in "$DUMPS/plain" "$DUMPS/zstd" "$BATS_TEST_TMPDIR/gzip"; do
		run -0 --separate-stderr dbverify --quick "$file"
		[ -z "$stderr" ]
		record '.event == "verified" and .ok and .mode == "quick" and
			.format == "dbdump" and .proof == "digest" and
			.faults == 0 and .reason == null and .server == null and
			.rows > 200 and .tables > 3 and .position.log_pos > 0'
	done
	run -0 --separate-stderr dbverify --quick - < <(cat "$DUMPS/stock")
	record '.ok and .format == "mariadb-dump" and .proof == "completion" and
		.input == "standard input" and .rows > 200'
}

@test "a changed byte anywhere in a dump is refused, compressed or not, with the reason" {
	local seed file
	for file in zstd plain; do
		for seed in {1..30}; do
			damage "$DUMPS/$file" byte "$seed" >"$damaged"
			refused '' --quick "$damaged"
		done
	done
}

@test "a dump that is packed in another way is refused with what unpacks it" {
	printf '\3757zXZ\0' >"$damaged"
	refused 'compressed with xz' --quick "$damaged"
	[[ $stderr == *'xz -dc FILE | dbverify'* ]]
}

@test "a dump whose end is missing is refused (case 55)" {
	local seed file
	for file in zstd plain stock; do
		for seed in {1..7}; do
			damage "$DUMPS/$file" cut "$seed" >"$damaged"
			refused '' --quick "$damaged"
		done
	done
	for seed in 1 20 158 300; do # nothing to be read, from the first bytes on
		head -c "$seed" "$DUMPS/zstd" >"$damaged"
		refused 'end in the middle, after' --quick "$damaged"
		record '.proof == null'
		refused 'end in the middle, after' --quick <"$damaged"
		refused 'end in the middle, after' "$damaged"
	done
}

@test "a compressed dump with a frame missing, or in another's place, is refused" {
	local frames frame
	frames=$(damage "$DUMPS/zstd" frames)
	[ "$frames" -gt 8 ]
	for ((frame = 0; frame < frames; frame++)); do
		damage "$DUMPS/zstd" frame-drop "$frame" >"$damaged"
		refused '' --quick "$damaged"
		[ $((frame + 1)) -lt "$frames" ] || continue
		damage "$DUMPS/zstd" frame-swap "$frame" >"$damaged"
		refused '' --quick "$damaged"
	done
}

@test "rows that were changed, lost or doubled are named by their table" {
	sed "0,/^(150,/s/^(150,'it/(150,'IT/" "$DUMPS/plain" >"$damaged"
	refused '`shop`.`item`: the rows are not those' --quick "$damaged"
	grep -av '^(150,' "$DUMPS/plain" >"$damaged"
	refused '`shop`.`item`: the dump has 199 rows, its manifest, at byte ' \
		--quick "$damaged"
	sed '/^(150,/{p}' "$DUMPS/plain" >"$damaged"
	refused '`shop`.`item`: the dump has 201 rows' --quick "$damaged"
}

@test "a dump that states no digest is known by the one in its folder's catalogue" {
	local dir=$BATS_TEST_TMPDIR/folder seed
	mkdir "$dir"
	dbdump --defaults-file="$CNF" -A --skip-comments --report="$dir/report" \
		>"$dir/bare"
	jq -c '. + {tool: "dbpipes-backup", event: "backup", file: "bare"}' \
		"$dir/report" >"$dir/backups.jsonl"
	run -0 dbverify --quick "$dir/bare"
	record '.ok and .proof == "digest"'
	cp "$dir/bare" "$BATS_TEST_TMPDIR/whole"
	for seed in {1..10}; do
		damage "$BATS_TEST_TMPDIR/whole" byte "$seed" >"$dir/bare"
		refused '' --quick "$dir/bare"
	done
	sed 's/it/iT/' "$BATS_TEST_TMPDIR/whole" >"$dir/bare"
	mv "$dir/backups.jsonl" "$BATS_TEST_TMPDIR/elsewhere"
	run -0 dbverify --quick "$dir/bare"
	refused 'the catalogue' --quick --catalog="$BATS_TEST_TMPDIR/elsewhere" \
		"$dir/bare"
}

@test "a dump that nothing tells the end of passes without a proof, and with a warning" {
	local bare=$BATS_TEST_TMPDIR/bare mode option
	for option in --compact --skip-comments; do
		mariadb-dump --defaults-file="$CNF" --databases shop "$option" >"$bare.whole"
		# Between two statements, without the rows.
		sed '/^INSERT INTO `item`/Q' "$bare.whole" >"$bare"
		[ "$(wc -c <"$bare")" -lt "$(wc -c <"$bare.whole")" ]
		for mode in --quick --restore; do
			run -0 --separate-stderr dbverify "$mode" "$bare"
			[ "$stderr" = "dbverify: warning: nothing in $bare tells whether it is complete" ]
			run ! grep -E '"(completion|digest)"' <<<"$output"
			record '.ok and .proof == null'
		done
	done
	# A compressed one ends as it should.
	run -0 --separate-stderr dbverify --quick - < <(gzip -c "$bare")
	[ -z "$stderr" ]
	record '.ok and .proof == "completion"'
}

@test "rows that a clause of the INSERT may change or skip are not counted as a fault" {
	local clause mode
	cat >"$BATS_TEST_TMPDIR/head" <<-'SQL'
		-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
		CREATE TABLE a (id INT PRIMARY KEY, n INT);
		CREATE TABLE b (id INT PRIMARY KEY, n INT);
		INSERT INTO b VALUES (1,1),(2,2);
	SQL
	for clause in 'ON DUPLICATE KEY UPDATE n = VALUES(n)' \
		'ON DUPLICATE KEY UPDATE n = IF(n > (SELECT 0), VALUES(n), 0)' \
		'RETURNING id'; do
		{
			cat "$BATS_TEST_TMPDIR/head"
			echo "INSERT INTO a VALUES (1,1),(2,2) $clause;"
			[[ $clause == RET* ]] || echo "INSERT INTO a VALUES (2,3) $clause;"
			echo '-- Dump completed on 2026-11-21  3:00:00'
		} >"$BATS_TEST_TMPDIR/dump"
		for mode in --quick --restore; do
			run -0 --separate-stderr dbverify "$mode" "$BATS_TEST_TMPDIR/dump"
			[ "$mode" = --quick ] || [[ $stderr == *'the rows of `a` are not compared'* ]]
			record '.ok and .tables == 2'
		done
	done
	# Of the other table they are, and what is no clause is damage.
	sed "s/^INSERT INTO b.*/&\n$(unseen b)/" "$BATS_TEST_TMPDIR/dump" >"$damaged"
	refused 'rows `dbverify`.`b`: has 0 rows' "$damaged"
	sed 's/RETURNING/RETURN/' "$BATS_TEST_TMPDIR/dump" >"$damaged"
	refused 'is no row' --quick "$damaged"
}

@test "rows of REPLACE or INSERT IGNORE over others are no fault, and those of a dump are counted" {
	local dump=$BATS_TEST_TMPDIR/dump option line
	for option in --replace --insert-ignore; do
		mariadb-dump --defaults-file="$CNF" "$option" --skip-extended-insert \
			--no-autocommit shop >"$dump"
		run -0 --separate-stderr dbverify "$dump"
		[ -z "$stderr" ]
		sed "\$s/^/EXECUTE IMMEDIATE 'DELETE FROM item WHERE id = 7';\n/" "$dump" >"$damaged"
		refused 'rows `shop`.`item`: has' "$damaged"
		# With those of the same tables before it, they replace them all.
		mariadb-dump --defaults-file="$CNF" "$option" --skip-triggers \
			--skip-add-locks --skip-disable-keys --no-create-info shop >"$dump.again"
		cat "$dump" "$dump.again" >"$dump.twice"
		sql source 'CREATE DATABASE judge'
		mariadb --defaults-file="$CNF" judge <"$dump.twice"
		[ "$(sql source 'SELECT COUNT(*) FROM judge.item')" -eq \
			"$(sql source 'SELECT COUNT(*) FROM shop.item')" ]
		sql source 'DROP DATABASE judge'
		run -0 --separate-stderr dbverify "$dump.twice"
		[[ $stderr == *'the rows of `item` are not compared'* ]]
	done
	while IFS= read -r line; do
		{
			echo '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
			echo 'CREATE TABLE a (id INT PRIMARY KEY, n INT); CREATE TABLE b (id INT PRIMARY KEY, n INT);
				INSERT INTO a VALUES (1,1),(2,2); REPLACE INTO b VALUES (1,1),(2,2);'
			echo "$line"
			echo '-- Dump completed on 2026-11-21  3:00:00'
		} >"$dump"
		sql source 'CREATE DATABASE judge'
		mariadb --defaults-file="$CNF" judge <"$dump"
		[ "$(sql source 'SELECT COUNT(*) FROM judge.a')" -le 3 ]
		sql source 'DROP DATABASE judge'
		run -0 --separate-stderr dbverify "$dump"
		[ "$stderr" = 'dbverify: warning: the rows of `a` are not compared: it cannot be told how many a statement of the dump makes or leaves' ]
		sed "\$s/^/$(unseen b)\n/" "$dump" >"$damaged"
		refused 'rows `dbverify`.`b`: has 0 rows after' "$damaged"
	done <<-'SQL'
		REPLACE INTO a VALUES (1,3);
		INSERT IGNORE INTO a VALUES (1,3),(3,3);
		TRUNCATE a; INSERT IGNORE INTO a VALUES (1,3); REPLACE INTO a VALUES (1,4);
		TRUNCATE a; REPLACE INTO a VALUES (1,3); UPDATE a SET n = 4; REPLACE INTO a VALUES (1,4);
	SQL
}

@test "a table or sequence that is dropped and made again counts once, with its last rows" {
	local dump=$BATS_TEST_TMPDIR/dump
	mariadb-dump --defaults-file="$CNF" --skip-triggers shop >"$dump"
	run -0 dbverify - < <(cat "$dump" "$dump")
	# DROP; CREATE: none, OR REPLACE; IF NOT EXISTS after a DROP, and without.
	cat >"$dump" <<-'SQL'
		-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
		CREATE TABLE a (id INT); INSERT INTO a VALUES (1),(2);
		CREATE TABLE b (id INT); INSERT INTO b VALUES (1),(2);
		CREATE TABLE c (id INT); INSERT INTO c VALUES (1),(2);
		CREATE SEQUENCE s; CREATE OR REPLACE SEQUENCE s; CREATE SEQUENCE t;
		DROP SEQUENCE s; CREATE SEQUENCE s; DROP SEQUENCE t;
		DROP TABLE a, b; CREATE TABLE b (id INT); CREATE TABLE a (id INT);
		INSERT INTO a VALUES (5);
		CREATE OR REPLACE TABLE b (id INT); INSERT INTO b VALUES (5);
		CREATE TABLE IF NOT EXISTS c (id INT); INSERT INTO c VALUES (5);
		DROP TABLE b; CREATE TABLE IF NOT EXISTS b (id INT);
		INSERT INTO b VALUES (6),(7),(8);
		-- Dump completed on 2026-11-21  3:00:00
	SQL
	run -0 dbverify "$dump"
	record '.ok and .tables == 3 and .rows == 7'
	sed "\$s/^/$(unseen a)\n/" "$dump" >"$damaged"
	refused 'rows `dbverify`.`a`: has 0 rows after the restore, the dump has 1' \
		"$damaged"
}

@test "rows that triggers make which come before their table's rows are a fault" {
	local dump=$BATS_TEST_TMPDIR/dump
	sql source "CREATE DATABASE audited; USE audited;
		CREATE TABLE a (id INT); INSERT INTO a VALUES (1), (2); CREATE TABLE log (id INT);
		CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW INSERT INTO log VALUES (NEW.id)"
	mariadb-dump --defaults-file="$CNF" --no-data audited >"$dump"
	mariadb-dump --defaults-file="$CNF" --no-create-info --skip-triggers audited >>"$dump"
	refused 'rows `audited`.`log`: has 2 rows after the restore, the dump has 0' "$dump"
	mariadb-dump --defaults-file="$CNF" audited >"$dump"
	sql source 'DROP DATABASE audited'
	run -0 dbverify "$dump"
}

@test "rows that statements make or leave of which it cannot be told how many are no fault" {
	local dump=$BATS_TEST_TMPDIR/dump line
	while IFS= read -r line; do
		{
			echo '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
			echo 'CREATE TABLE a (id INT PRIMARY KEY, n INT); INSERT INTO a VALUES (1,1),(2,2);
				CREATE TABLE b (id INT); INSERT INTO b VALUES (1),(2);'
			echo "$line"
			echo '-- Dump completed on 2026-11-21  3:00:00'
		} >"$dump"
		run -0 --separate-stderr dbverify "$dump"
		[ "$stderr" = 'dbverify: warning: the rows of `a` are not compared: it cannot be told how many a statement of the dump makes or leaves' ]
		sed "\$s/^/$(unseen b)\n/" "$dump" >"$damaged"
		refused 'rows `dbverify`.`b`: has 0 rows after' "$damaged"
	done <<-'SQL'
		INSERT INTO a SET id = 3;
		REPLACE INTO a SELECT id + 5, 1 FROM b;
		INSERT /* by hand */ INTO a VALUES (3,3);
		DELETE FROM a WHERE id = 1;
		ALTER IGNORE TABLE a DROP PRIMARY KEY, ADD UNIQUE (n);
		DROP TABLE a; CREATE TABLE a (id INT PRIMARY KEY) AS SELECT 7 AS id;
	SQL
}

@test "of many tables whose rows are not counted the first ones are named" {
	{
		echo '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
		for i in {1..13}; do
			echo "CREATE TABLE t$i (id INT); INSERT INTO t$i SELECT 1;"
		done
		echo '-- Dump completed on 2026-11-21  3:00:00'
	} >"$BATS_TEST_TMPDIR/dump"
	run -0 --separate-stderr dbverify "$BATS_TEST_TMPDIR/dump"
	[ "$(grep -c 'are not compared' <<<"$stderr")" -eq 10 ]
	[[ $stderr == *'nor are those of more tables' ]]
}

@test "tables that are renamed, emptied, dropped together or open for a session count as they are at the end" {
	local dump=$BATS_TEST_TMPDIR/dump
	cat >"$dump" <<-'SQL'
		-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
		CREATE TABLE a (id INT); INSERT INTO a VALUES (1),(2);
		CREATE TABLE c (id INT); INSERT INTO c VALUES (1);
		RENAME TABLE a TO b, c TO a, b TO c;
		ALTER TABLE a ADD COLUMN b INT, RENAME TO z; ALTER TABLE z RENAME COLUMN b TO d;
		CREATE TABLE e (id INT); INSERT INTO e VALUES (1),(2),(3);
		TRUNCATE TABLE e; INSERT INTO e VALUES (1),(2),(3),(4); UPDATE e SET id = 7;
		CREATE TABLE g (id INT); CREATE TABLE h (id INT); INSERT INTO h VALUES (1);
		CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT 1; CREATE VIEW x AS SELECT 1;
		DROP TABLE g, h; DROP VIEW v, w; DROP TABLE IF EXISTS x; DROP VIEW IF EXISTS z;
		CREATE TABLE t (id INT); INSERT INTO t VALUES (1),(2);
		CREATE TEMPORARY TABLE t (id INT); INSERT INTO t VALUES (3); INSERT INTO t SELECT 4;
		DROP TABLE t; DROP TEMPORARY TABLE IF EXISTS t; INSERT INTO t VALUES (5);
		ALTER TABLE t RENAME TO t; DROP SEQUENCE IF EXISTS t;
		CREATE DATABASE shop; USE shop; CREATE TABLE i (id INT); INSERT INTO i VALUES (1);
		CREATE VIEW i2 AS SELECT * FROM i; CREATE PROCEDURE p() SELECT 1;
		DROP DATABASE shop;
		-- Dump completed on 2026-11-21  3:00:00
	SQL
	run -0 --separate-stderr dbverify "$dump"
	[ -z "$stderr" ]
	record '.ok and .tables == 4 and .rows == 10'
	for change in 'z 0 1' 'c 0 2' 'e 0 4' 't 0 3'; do
		read -r table there said <<<"$change"
		sed "s/^CREATE DATABASE/$(unseen "$table")\n&/" "$dump" >"$damaged"
		refused "rows \`dbverify\`.\`$table\`: has $there rows after the restore, the dump has $said" "$damaged"
	done
	sed "s/^CREATE DATABASE/EXECUTE IMMEDIATE 'DROP VIEW x';\n&/" "$dump" >"$damaged"
	refused '0 views are there after the restore, the dump has 1' "$damaged"
}

@test "a sequence that the dump has as a table is one" {
	cat >"$BATS_TEST_TMPDIR/dump" <<-'SQL'
		-- MySQL dump 10.13  Distrib 5.7.30, for Linux (x86_64)
		CREATE TABLE `s` (
		  `next_not_cached_value` bigint(21) NOT NULL,
		  `minimum_value` bigint(21) NOT NULL,
		  `maximum_value` bigint(21) NOT NULL,
		  `start_value` bigint(21) NOT NULL COMMENT 'a) SEQUENCE=0',
		  `increment` bigint(21) NOT NULL,
		  `cache_size` bigint(21) unsigned NOT NULL,
		  `cycle_option` tinyint(1) unsigned NOT NULL,
		  `cycle_count` bigint(21) NOT NULL
		) ENGINE=InnoDB SEQUENCE=1;
		INSERT INTO `s` VALUES (1,1,9223372036854775806,1,1,1000,0,0);
		CREATE TABLE sequence (id INT COMMENT 'SEQUENCE=1'); INSERT INTO sequence VALUES (1);
		-- Dump completed on 2026-11-21  3:00:00
	SQL
	run -0 dbverify "$BATS_TEST_TMPDIR/dump"
	record '.ok and .tables == 1 and .rows == 1'
	sed "\$s/^/EXECUTE IMMEDIATE 'DROP SEQUENCE s';\n/" "$BATS_TEST_TMPDIR/dump" >"$damaged"
	refused '0 sequences are there after the restore, the dump has 1' "$damaged"
}

@test "programs that are made again, or dropped, count as they are at the end" {
	local dump=$BATS_TEST_TMPDIR/dump
	cat >"$dump" <<-'SQL'
		-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
		CREATE TABLE a (id INT); CREATE TABLE b (id INT);
		CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1;
		DROP TRIGGER IF EXISTS t;
		CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 2;
		CREATE TRIGGER u BEFORE INSERT ON b FOR EACH ROW SET @a = 2;
		CREATE OR REPLACE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 3;
		RENAME TABLE b TO c; DROP TABLE c;
		CREATE PROCEDURE p() SELECT 1; DROP PROCEDURE dbverify.P;
		CREATE PROCEDURE p() SELECT 2; CREATE OR REPLACE PROCEDURE p() SELECT 3;
		CREATE PROCEDURE IF NOT EXISTS p() SELECT 4;
		CREATE FUNCTION p() RETURNS INT RETURN 1; CREATE FUNCTION q() RETURNS INT RETURN 1;
		DROP FUNCTION q;
		CREATE TABLE d (id INT); CREATE TRIGGER v BEFORE INSERT ON d FOR EACH ROW SET @a = 1;
		CREATE OR REPLACE TABLE d (id INT);
		CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1; DROP EVENT e;
		CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 2;
		SET sql_mode = ORACLE;
		DELIMITER ;;
		CREATE PACKAGE k AS FUNCTION a RETURN INT; END;;
		CREATE PACKAGE BODY k AS FUNCTION a RETURN INT AS BEGIN RETURN 1; END; END;;
		CREATE OR REPLACE PACKAGE k AS FUNCTION a RETURN INT; END;;
		CREATE PACKAGE l AS FUNCTION a RETURN INT; END;;
		CREATE PACKAGE BODY l AS FUNCTION a RETURN INT AS BEGIN RETURN 1; END; END;;
		DROP PACKAGE l;;
		DELIMITER ;
		-- Dump completed on 2026-11-21  3:00:00
	SQL
	run -0 --separate-stderr dbverify "$dump"
	[ -z "$stderr" ]
	record .ok
	for what in 'TRIGGER t' 'PROCEDURE p' 'FUNCTION p' 'PACKAGE k' 'EVENT e'; do
		sed "\$s/^/EXECUTE IMMEDIATE 'DROP $what';\n/" "$dump" >"$damaged"
		refused 'are there after the restore, the dump has' "$damaged"
	done
}

@test "an event that has ended by the time of the restore is not missed" {
	cat >"$BATS_TEST_TMPDIR/dump" <<-'SQL'
		-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
		DELIMITER ;;
		/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`%`*/ /*!50106 EVENT `once` ON SCHEDULE AT '2020-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO SELECT 1 */ ;;
		CREATE EVENT term ON SCHEDULE EVERY 1 DAY STARTS '2019-01-01 00:00:00' ENDS '2020-01-01 00:00:00' DO SELECT 1 ;;
		CREATE EVENT kept ON SCHEDULE AT '2020-01-01 00:00:00' ON COMPLETION PRESERVE DO SELECT 1 ;;
		CREATE EVENT daily ON SCHEDULE EVERY 1 DAY DO SELECT 'AT' ;;
		DELIMITER ;
		-- Dump completed on 2026-11-21  3:00:00
	SQL
	run -0 dbverify "$BATS_TEST_TMPDIR/dump"
	for name in kept daily; do
		sed "\$s/^/EXECUTE IMMEDIATE 'DROP EVENT $name';\n/" "$BATS_TEST_TMPDIR/dump" >"$damaged"
		refused '1 events are there after the restore, the dump has 2' "$damaged"
	done
}

@test "a table whose name the dump has in another character set is not missed" {
	local set
	sql source "CREATE DATABASE odd CHARACTER SET utf8mb4; USE odd;
		CREATE TABLE \`$(printf '\303\274')\` (a INT); CREATE TABLE b (a INT);
		INSERT INTO \`$(printf '\303\274')\` VALUES (1); INSERT INTO b VALUES (1)"
	for set in latin1 latin2 dec8; do
		mariadb-dump --defaults-file="$CNF" --default-character-set="$set" odd \
			>"$BATS_TEST_TMPDIR/$set"
	done
	sql source 'DROP DATABASE odd'
	for set in latin1 latin2; do
		run -0 --separate-stderr dbverify "$BATS_TEST_TMPDIR/$set"
		[ -z "$stderr" ]
		record '.ok and .tables == 2 and .rows == 2'
	done
	grep -av '^(1)' "$BATS_TEST_TMPDIR/latin1" |
		sed 's/VALUES$/VALUES (1),(1);/' >"$damaged"
	run -0 dbverify "$damaged"
	record '.rows == 4'
	# Of this one it is not known here how it is written in UTF-8.
	run -0 --separate-stderr dbverify "$BATS_TEST_TMPDIR/dec8"
	[[ $stderr == *"the rows of table '\xFC' are not compared"* ]]
	record '.ok and .rows == 2'
}

@test "a dump of one database is restored under its name, which its objects may state" {
	local dump=$BATS_TEST_TMPDIR/dump mode
	sql source "CREATE DATABASE \`o dd%\`; USE \`o dd%\`; CREATE SEQUENCE s;
		CREATE TABLE a (id INT DEFAULT NEXT VALUE FOR s)
			COMMENT 'as after CREATE DATABASE'; INSERT INTO a VALUES (1);
		CREATE FUNCTION f() RETURNS INT NO SQL RETURN 1;
		CREATE VIEW v AS SELECT f() AS f"
	mariadb-dump --defaults-file="$CNF" --routines 'o dd%' >"$dump"
	dbdump --defaults-file="$CNF" -z 'o dd%' >"$dump.zst"
	mariadb-dump --defaults-file="$CNF" --routines --databases 'o dd%' >"$dump.named"
	sql source 'DROP DATABASE `o dd%`'
	for file in "$dump" "$dump.zst" "$dump.named"; do
		run -0 --separate-stderr dbverify "$file"
		[ -z "$stderr" ]
		record '.ok and .tables == 1 and .rows == 1'
	done
	sed "\$s/^/$(unseen a)\n/" "$dump" >"$damaged"
	refused 'rows `o dd%`.`a`: has 0 rows' "$damaged"
	# Named or not, a table is one.
	for mode in --quick --restore; do
		run -0 --separate-stderr dbverify "$mode" - < <(sed '$s/^/INSERT INTO a VALUES (2);\
			INSERT INTO `o dd%`.a VALUES (3); USE `o dd%`; INSERT INTO a VALUES (4);\
			CREATE OR REPLACE VIEW `o dd%`.v AS SELECT 1; DROP FUNCTION `o dd%`.f;\n/' "$dump")
		[ -z "$stderr" ]
		record '.ok and .tables == 1 and .rows == 4'
	done
	# No name for a database of ours.
	for file in mysql "$(printf 'x%.0s' {1..65})" $'\xff'; do
		printf '%s\n' "-- Host: a    Database: $file" 'CREATE TABLE a (id INT);' \
			'-- Dump completed on 2026-11-21  3:00:00' >"$dump"
		run -0 --separate-stderr dbverify "$dump"
		record '.ok and .tables == 1'
	done
}

@test "accounts of hosts that a server makes itself, and of others by name, are no fault" {
	local host
	host=$(hostname)
	printf '%s\n' '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB' \
		"CREATE USER IF NOT EXISTS root@\`$host\`; CREATE USER u@db.example.org;" \
		"GRANT SELECT ON *.* TO root@\`$host\`, u@db.example.org;" \
		'-- Dump completed on 2026-11-21  3:00:00' >"$BATS_TEST_TMPDIR/dump"
	run -0 dbverify "$BATS_TEST_TMPDIR/dump"
}

@test "a part of a compressed dump can be read and restored, the same for the same seed" {
	run -0 --separate-stderr dbverify --sample=30 --sample-seed=7 "$DUMPS/zstd"
	[ -z "$stderr" ]
	record '.ok and .mode == "restore" and .tables > 3 and .rows > 200 and
		.sample == {"percent": 30, "seed": "7"}'
	# So that frames are left out, of which the digest is, too.
	sql source 'CREATE DATABASE large; USE large; CREATE TABLE a (b BLOB);
		INSERT INTO a SELECT RANDOM_BYTES(1000) FROM seq_1_to_20000'
	dbdump --defaults-file="$CNF" -z large >"$BATS_TEST_TMPDIR/dump"
	dbdump --defaults-file="$CNF" -z --skip-dump-date large >"$BATS_TEST_TMPDIR/undated"
	sql source 'DROP DATABASE large'
	for dump in dump undated; do
		run -0 --separate-stderr dbverify --sample=1 --sample-seed=1 \
			"$BATS_TEST_TMPDIR/$dump"
		[ -z "$stderr" ]
		record '.ok and .rows < 20000'
	done
	run -64 dbverify --sample=30 "$DUMPS/plain"
	run -64 dbverify --sample=101 "$DUMPS/zstd"
}

@test "records that cannot be written, or that nobody reads, are no good end (case 56)" {
	run -74 --separate-stderr bash -c 'dbverify --quick "$1" >/dev/full' _ \
		"$DUMPS/zstd"
	[[ $stderr == *'standard output'* ]]
	run -141 bash -c 'set -o pipefail; dbverify --quick "$1" | true' _ \
		<(
			sleep 0.3
			cat "$DUMPS/zstd"
		)
}

@test "what a private server warns of is no fault (case 57)" {
	sed "s/^-- Dump completed/SELECT 1 + 'a';\n&/" "$DUMPS/stock" \
		>"$BATS_TEST_TMPDIR/warned"
	run -0 dbverify "$BATS_TEST_TMPDIR/warned"
	record '.ok and .faults == 0'
}

@test "an empty input, and one that is no dump, are refused; a missing one is no input" {
	: >"$damaged"
	refused 'is empty' --quick "$damaged"
	head -c 100000 /dev/urandom >"$damaged"
	refused '' --quick "$damaged"
	mariadb-dump --defaults-file="$CNF" --xml shop >"$damaged"
	refused 'is XML' --quick "$damaged"
	refused 'is XML' "$damaged"
	echo '[{"a": 1}]' >"$damaged"
	refused 'is JSON' --quick "$damaged"
	run -66 dbverify --quick "$BATS_TEST_TMPDIR/nowhere"
}

@test "a dump is restored, every table checked, and its rows are those that were dumped" {
	local file
	for file in plain zstd stock; do
		run -0 --separate-stderr dbverify -j 2 - <"$DUMPS/$file"
		[ -z "$stderr" ]
		jq -es '[.[] | select(.event == "check") | .check] |
			.[1:] == ["load", "tables", "rows", "objects"]' <<<"$output"
		record '.ok and .mode == "restore" and .rows > 200 and
			(.server | test("^[0-9]+\\.[0-9]+"))'
		nothing_left
	done
}

@test "dumps of other forms have the rows that their digests are of, too" {
	local options
	for options in '--hex-blob -A' '--skip-dump-history -z -A' \
		'--replace shop' '--skip-comments -A'; do
		# shellcheck disable=SC2086 # options are words
		dbdump --defaults-file="$CNF" $options >"$BATS_TEST_TMPDIR/dump"
		run -0 dbverify "$BATS_TEST_TMPDIR/dump"
	done
}

@test "versions by transaction numbers and a large MEMORY table are no fault" {
	sql source "CREATE DATABASE odd; USE odd;
		CREATE TABLE precise (id INT,
			a BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
			b BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
			PERIOD FOR SYSTEM_TIME (a, b)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
		INSERT INTO precise (id) VALUES (1), (2); UPDATE precise SET id = 3 WHERE id = 1;
		SET max_heap_table_size = 64 << 20;
		CREATE TABLE heap (a CHAR(200)) ENGINE=MEMORY;
		INSERT INTO heap SELECT REPEAT('x', 200) FROM seq_1_to_50000"
	dbdump --defaults-file="$CNF" --skip-dump-history odd >"$BATS_TEST_TMPDIR/dump"
	sql source "DROP DATABASE odd"
	run -0 --separate-stderr dbverify "$BATS_TEST_TMPDIR/dump"
	record '.ok and .rows == 50002'
}

@test "a table without rows or definition in the dump is not taken for another's of its name" {
	sql source "CREATE DATABASE x; CREATE DATABASE y;
		CREATE TABLE x.t (a INT); CREATE TABLE y.t (a INT);
		INSERT INTO y.t VALUES (1), (2)"
	dbdump --defaults-file="$CNF" -t --databases x y >"$BATS_TEST_TMPDIR/dump"
	sql source "DROP DATABASE x; DROP DATABASE y"
	run -0 --separate-stderr dbverify --quick "$BATS_TEST_TMPDIR/dump"
	record '.ok and .rows == 2'
}

@test "the last record goes into the catalogue, too, as a receipt" {
	dbverify --quick --catalog="$BATS_TEST_TMPDIR/backups.jsonl" "$DUMPS/zstd"
	run -1 dbverify --quick --catalog="$BATS_TEST_TMPDIR/backups.jsonl" /dev/null
	run -66 dbverify --quick --catalog="$BATS_TEST_TMPDIR/backups.jsonl" nowhere
	jq -es 'map([.event, .ok]) == [["verified", true], ["verified", false],
			["error", false]] and
		(.[2] | .code == 66 and .name == "noinput" and
			.input == "nowhere")' "$BATS_TEST_TMPDIR/backups.jsonl"
}

@test "the newest backup of a folder is found, and refused when it is too old" {
	local dir=$BATS_TEST_TMPDIR/backups
	mkdir "$dir"
	run -66 dbverify --quick --latest="$dir"
	cp "$DUMPS/stock" "$dir/a.sql"
	cp "$DUMPS/zstd" "$dir/b.sql.zst"
	touch -d '3 hours ago' "$dir/a.sql"
	touch -d '90 minutes ago' "$dir/b.sql.zst"
	touch "$dir/.c.sql.tmp" "$dir/backups.jsonl" "$dir/b.sql.zst."{md5,sha256,sha512,asc,sig}
	run -0 dbverify --quick --latest="$dir" --max-age=2h
	record ".ok and .input == \"$dir/b.sql.zst\""
	refused 'b.sql.zst, the newest backup, is 1 h 30 min old' \
		--quick --latest="$dir" --max-age=1h
	touch -d '3 hours' "$dir/a.sql" # the clock was set back
	run -0 dbverify --quick --latest="$dir" --max-age=1h
	record '.input | endswith("/a.sql")'
	# By more than a day: it would be the newest, and new, for so long.
	touch -d '50 hours 50 seconds' "$dir/a.sql"
	refused 'a.sql, the newest backup, is 50 h 0 min ahead of the clock' \
		--quick --latest="$dir" --max-age=1h
	run -0 dbverify --quick --latest="$dir"
}

@test "a restore that a server refuses is told in the server's words, and nothing is left" {
	sed 's/RETURNS int/RETURNS NONSENSE/I' "$DUMPS/plain" |
		sed '/^-- dbpipes-/d; 1s/dbdump/dump/' >"$damaged"
	refused '`one`' "$damaged"
	record '.mode == "restore"'
	nothing_left
	sed 's/^-- Table structure for table `note`/&\nDROP TABLE shop.item;/' \
		"$DUMPS/plain" | sed '/^-- dbpipes-/d; 1s/dbdump/dump/' >"$damaged"
	run -1 dbverify "$damaged"
	nothing_left
}

@test "a view whose table is not there is named, and what of the table is missing" {
	sed "s/^-- Dump completed/EXECUTE IMMEDIATE 'DROP TABLE shop.item';\n&/" \
		"$DUMPS/stock" >"$damaged"
	refused 'view `shop`.`big`: ' "$damaged"
	grep '"fault"' <<<"$output" | jq -es 'map([.kind, .name]) |
		contains([["view", "big"], ["rows", "item"]])'
	nothing_left
}

@test "a restore that is interrupted or killed leaves no server, and its folder goes next time" {
	local signal
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for signal in TERM KILL; do
		dbverify - <"$BATS_TEST_TMPDIR/fifo" >/dev/null 2>&1 3>&- &
		exec 9>"$BATS_TEST_TMPDIR/fifo"
		head -c 5000 "$DUMPS/plain" >&9
		wait_until 60 has_answers
		kill -"$signal" $!
		wait $! || true
		exec 9>&-
		wait_until 20 none_running
	done
	dbverify "$DUMPS/zstd" >/dev/null
	nothing_left
}

@test "of root's restores the server is another user's, and it goes with them, too" {
	local signal folder user
	[ "$(id -u)" = 0 ] || skip 'root only'
	user=$(id -un mysql 2>/dev/null) || user=nobody
	folder=$(mktemp -d /tmp/dbpipes-open.XXXXXX)
	chmod 711 "$folder"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for signal in TERM KILL; do
		TMPDIR=$folder dbverify - <"$BATS_TEST_TMPDIR/fifo" >/dev/null 2>&1 3>&- &
		exec 9>"$BATS_TEST_TMPDIR/fifo"
		head -c 5000 "$DUMPS/plain" >&9
		wait_until 60 is_listening "$folder"
		[ "$(ps -o user= -p "$(pgrep -f "mariadbd .*$folder/dbverify")")" = "$user" ]
		kill -"$signal" $!
		wait $! || true
		exec 9>&-
		wait_until 20 none_of "$folder"
	done
	mkdir "$folder/dbverify.backup"
	TMPDIR=$folder dbverify "$DUMPS/zstd" >/dev/null
	rmdir "$folder/dbverify.backup" "$folder"
}

@test "a restore of which any part is killed has no result, and leaves nothing" {
	local part status
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for part in mariadbd dbseed; do
		dbverify - <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/records" \
			2>"$BATS_TEST_TMPDIR/said" 3>&- &
		exec 9>"$BATS_TEST_TMPDIR/fifo"
		head -c 5000 "$DUMPS/plain" >&9
		wait_until 60 has_answers
		pkill -KILL -f "^[^ ]*$part .*$TMPDIR/dbverify"
		(tail -c +5001 "$DUMPS/plain" >&9) 2>/dev/null || :
		exec 9>&-
		status=0
		wait $! || status=$?
		[ "$status" = 69 ]
		grep -q 'is memory or disk short' "$BATS_TEST_TMPDIR/said"
		run ! grep "\"verified\"" "$BATS_TEST_TMPDIR/records"
		tail -n 1 "$BATS_TEST_TMPDIR/records" | jq -e '.code == 69 and
			.event == "error" and .ok == false and .hint != ""'
		nothing_left
	done
}

is_listening() { [ -S "$(echo "$1"/dbverify.*/server/sock)" ]; }
none_of() { ! pgrep -f "mariadbd .*$1/dbverify"; }
has_answers() { [ -e "$(echo "$TMPDIR"/dbverify.*/dbseed)" ]; }
none_running() { ! pgrep -f "$TMPDIR/dbverify"; }

@test "a restore without room for it is put off, before anything is made" {
	truncate -s 10T "$BATS_TEST_TMPDIR/huge"
	run -75 --separate-stderr dbverify "$BATS_TEST_TMPDIR/huge"
	[[ $stderr == *'MiB free'*--tmpdir* ]]
	nothing_left
}

# blobs MIB: a dump of so much, which is compressed to nearly nothing.
blobs() {
	echo '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
	echo 'CREATE TABLE a (b LONGTEXT) ENGINE=InnoDB;'
	perl -e 'print "INSERT INTO a VALUES (\x27", "x" x (1 << 20), "\x27);\n" for 1 .. $ARGV[0]' "$1"
	echo '-- Dump completed on 2026-11-21  3:00:00'
}

@test "a disk that is full in the middle of a restore is no fault of the backup" {
	local disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	mount -t tmpfs -o size=440m,mode=1777 tmpfs "$disk" 2>/dev/null ||
		skip 'cannot mount a tmpfs'
	run -75 --separate-stderr dbverify --tmpdir="$disk" - < <(blobs 250)
	[[ $stderr == *'has no room left for the restore: '*--tmpdir* ]]
	record '.event == "error" and .ok == false and .code == 75'
	[ -z "$(ls -A "$disk")" ]
	# What there is room for is tried, and what is known to be too much is not.
	dbdump --defaults-file="$CNF" -z shop >"$BATS_TEST_TMPDIR/small"
	run -0 dbverify --tmpdir="$disk" "$BATS_TEST_TMPDIR/small"
	sql source 'CREATE DATABASE wide; USE wide;
		CREATE TABLE a (b LONGTEXT) ROW_FORMAT=COMPRESSED;
		INSERT INTO a SELECT REPEAT("x", 1 << 20) FROM seq_1_to_300'
	dbdump --defaults-file="$CNF" -z wide >"$BATS_TEST_TMPDIR/wide"
	sql source 'DROP DATABASE wide'
	run -0 dbverify --tmpdir="$disk" "$BATS_TEST_TMPDIR/wide"
	mount -o remount,size=370m "$disk"
	run -75 --separate-stderr dbverify --tmpdir="$disk" "$BATS_TEST_TMPDIR/wide"
	umount "$disk"
	[[ $stderr == *'MiB free; the restore may want 380'* ]]
}

@test "a disk that is full while keys are added is no fault of the backup, whatever error that makes" {
	local disk=$BATS_TEST_TMPDIR/disk size full=0
	sql source 'CREATE DATABASE wide; USE wide;
		CREATE TABLE a (i INT PRIMARY KEY, t VARCHAR(200), u VARCHAR(200), KEY (t), KEY (u, t));
		INSERT INTO a SELECT seq, REPEAT(MD5(seq), 5), MD5(seq) FROM seq_1_to_160000'
	dbdump --defaults-file="$CNF" wide >"$BATS_TEST_TMPDIR/wide"
	sql source 'DROP DATABASE wide'
	mkdir "$disk"
	# What is full first, the table or a temporary file, goes by the size.
	for size in 372 388 404; do
		mount -t tmpfs -o "size=${size}m,mode=1777" tmpfs "$disk" 2>/dev/null ||
			skip 'cannot mount a tmpfs'
		run --separate-stderr dbverify --tmpdir="$disk" - <"$BATS_TEST_TMPDIR/wide"
		umount "$disk"
		[ "$status" != 0 ] || continue
		[ "$status" = 75 ]
		[[ $stderr == *'has no room left for the restore: '*--tmpdir* ]]
		full=$((full + 1))
	done
	[ "$full" -gt 0 ]
}

@test "a table of Aria or MyISAM that meets a full disk is not waited for without end" {
	local disk=$BATS_TEST_TMPDIR/disk engine
	mkdir "$disk"
	for engine in Aria MyISAM; do
		sql source "CREATE DATABASE wide; USE wide;
			CREATE TABLE a (i INT PRIMARY KEY, t TEXT) ENGINE=$engine;
			INSERT INTO a SELECT seq, REPEAT(MD5(seq), 30) FROM seq_1_to_150000"
		dbdump --defaults-file="$CNF" wide >"$BATS_TEST_TMPDIR/wide"
		sql source 'DROP DATABASE wide'
		mount -t tmpfs -o size=372m,mode=1777 tmpfs "$disk" 2>/dev/null ||
			skip 'cannot mount a tmpfs'
		run --separate-stderr timeout 100 \
			dbverify --tmpdir="$disk" - <"$BATS_TEST_TMPDIR/wide"
		umount "$disk"
		[ "$status" = 75 ]
		[[ $stderr == *'has no room left for the restore: '*--tmpdir* ]]
	done
}

@test "wrong usage is told" {
	run -64 dbverify --quick --restore "$DUMPS/plain"
	run -64 dbverify "$DUMPS/plain" "$DUMPS/zstd"
	run -64 dbverify -j 99 "$DUMPS/plain"
	run -64 dbverify --latest="$DUMPS" "$DUMPS/plain"
	run -64 dbverify --max-age=1h "$DUMPS/plain"
}

# tables: what dbverify says of the tables that were loaded into a server.
tables() {
	local tool=$TREE/build/tool/check_tables
	[ ! -x "${DBPIPES_BIN:-}/../tool/check_tables" ] ||
		tool=$DBPIPES_BIN/../tool/check_tables
	"$tool" "$(server_cnf "$1")"
}

@test "an index that holds other values than the rows is found, of every kind that can be one" {
	server_start keys
	sql keys "CREATE DATABASE shop; USE shop;
		CREATE TABLE kinds (id INT, z BIGINT, t VARCHAR(50), e ENUM('a', 'b'),
			d DECIMAL(10, 3), dt DATETIME(6), f FLOAT, db DOUBLE, b BIT(9),
			bin VARBINARY(20), u UUID, i INET6, c CHAR(10) COLLATE utf8mb4_bin,
			PRIMARY KEY (z, id), KEY (t), UNIQUE (e, d, id), KEY (dt, f), KEY (db),
			KEY (b), KEY (bin, u), KEY (i), KEY (c, t DESC));
		INSERT INTO kinds SELECT seq, seq * 3, IF(seq % 5, CONCAT('té', seq), NULL),
			1 + seq % 2, seq / 7, NOW(6), seq / 3, seq / 9, seq % 512,
			UNHEX(MD5(seq)), UUID(), CONCAT('::', HEX(seq)), seq FROM seq_1_to_5000;
		CREATE TABLE prefixed (id INT PRIMARY KEY, t TEXT, KEY (t(5)));
		CREATE TABLE keyless (a INT, KEY (a));
		CREATE TABLE nothing (id INT PRIMARY KEY, a INT, KEY (a));
		CREATE TABLE parted (id INT PRIMARY KEY, a INT, KEY (a))
			PARTITION BY HASH (id) PARTITIONS 3;
		CREATE TABLE made (id INT PRIMARY KEY, a INT, g INT AS (a + 1) VIRTUAL,
			t TEXT, KEY (g), FULLTEXT (t));
		CREATE TABLE past (id INT PRIMARY KEY, a INT, KEY (a)) WITH SYSTEM VERSIONING;
		INSERT INTO keyless VALUES (1), (1);
		INSERT INTO parted SELECT seq, seq % 5 FROM seq_1_to_100;
		INSERT INTO past VALUES (1, 1); UPDATE past SET a = 2"
	run -0 tables keys
	[ "$output" = "" ]
	# A table of which the server takes each of two indexes for the other.
	sql keys <<-SQL
		USE shop;
		CREATE TABLE a (id INT PRIMARY KEY, before_ INT NOT NULL,
			behind_ INT NOT NULL, KEY k (before_), KEY l (behind_));
		INSERT INTO a SELECT seq, seq % 7, seq % 11 FROM seq_1_to_1000;
		CREATE TABLE b (id INT PRIMARY KEY, before_ INT NOT NULL,
			behind_ INT NOT NULL, KEY k (behind_), KEY l (before_));
		ALTER TABLE b DISCARD TABLESPACE;
		FLUSH TABLES a FOR EXPORT;
		system cd '$SERVERS/keys/data/shop' && cp a.ibd b.ibd && cp a.cfg b.cfg
		system perl -0777 -pi -e 's{(.*)before_(.*)behind_}{\${1}behind_\${2}before_}s' $SERVERS/keys/data/shop/b.cfg
		UNLOCK TABLES;
		ALTER TABLE b IMPORT TABLESPACE;
	SQL
	[ "$(sql keys 'CHECK TABLE shop.b' | cut -f 4)" = OK ]
	run -1 tables keys
	[ "$output" = "table shop.b: index 'k' does not hold what the rows do" ]
	sql keys 'CHECK TABLE shop.b EXTENDED' | grep Corrupt
	server_drop keys
}

@test "a private server that meets a full disk while it is made is not waited for, and no fault" {
	local disk=$BATS_TEST_TMPDIR/disk size
	sql source 'CREATE DATABASE small; CREATE TABLE small.t (i INT)'
	dbdump --defaults-file="$CNF" small >"$BATS_TEST_TMPDIR/small"
	sql source 'DROP DATABASE small'
	mkdir "$disk"
	# What meets it goes by the size: InnoDB, or, from 124500 on, a table of Aria.
	for size in 60000 124500 125500 126500 200000; do
		mount -t tmpfs -o "size=${size}k,mode=1777" tmpfs "$disk" 2>/dev/null ||
			skip 'cannot mount a tmpfs'
		run --separate-stderr timeout 100 \
			dbverify --tmpdir="$disk" - < <(cat "$BATS_TEST_TMPDIR/small")
		# Who has been killed may be on its way still.
		wait_until 30 umount "$disk" 2>/dev/null
		[ "$status" = 75 ]
		[[ $stderr == *'has no room left for the restore: '*--tmpdir* ]]
	done
}

@test "rows of a table whose columns are all generated are counted" {
	local form
	sql source 'CREATE DATABASE made; CREATE TABLE made.t (a INT AS (1) STORED) ENGINE=InnoDB;
		INSERT INTO made.t VALUES (), (), ()'
	for form in '' --zstd; do
		dbdump --defaults-file="$CNF" $form -B made >"$BATS_TEST_TMPDIR/made"
		run -0 --separate-stderr dbverify --quick "$BATS_TEST_TMPDIR/made"
		record '.ok and .rows == 3'
	done
	sql source 'DROP DATABASE made'
}

@test "rows of a table in whose names the marks of comments stand are counted" {
	local form
	sql source 'CREATE DATABASE `/*x`; CREATE TABLE `/*x`.`/*! t */` (`a/*` INT, b INT AS (1));
		INSERT INTO `/*x`.`/*! t */` (`a/*`) VALUES (1), (2)'
	for form in '' --zstd --complete-insert; do
		dbdump --defaults-file="$CNF" $form -B '/*x' >"$BATS_TEST_TMPDIR/marks"
		run -0 --separate-stderr dbverify --quick "$BATS_TEST_TMPDIR/marks"
		record '.ok and .rows == 2'
	done
	run -0 --separate-stderr dbverify "$BATS_TEST_TMPDIR/marks"
	record '.ok and .rows == 2'
	[ -z "$stderr" ]
	sql source 'DROP DATABASE `/*x`'
}
