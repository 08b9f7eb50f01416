#!/usr/bin/env bats
# dbseed-resume-state.bats: what a load that goes on must know of the one that
# was interrupted, besides the rows: what it had found, dropped and remembered.

# shellcheck disable=SC2154 # run
bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shapes
load lib/resume

setup_file() {
	servers_begin
	server_start target
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

# The comments are more than dbseed reads ahead: the statements before them have
# been run when the one behind them is there.
so_far() {
	times 20000 '-- %d: what is read ahead must be full'
	echo '-- so far'
}

v_is_there() { sql target 'SELECT 1 FROM d.v' >/dev/null 2>&1; }

@test "a DROP of several is done once, also of a table that was replaced" {
	sql target 'CREATE DATABASE d; CREATE TABLE d.b (old INT)'
	{
		echo 'CREATE DATABASE IF NOT EXISTS d; USE d; DROP TABLE IF EXISTS a, b, c;
			CREATE TABLE b (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY);
			INSERT INTO b VALUES (1),(2); INSERT INTO c VALUES (3);
			DROP TABLE IF EXISTS x, c, y; CREATE TABLE c (id INT PRIMARY KEY);
			INSERT INTO c VALUES (4); CREATE VIEW v AS SELECT * FROM b;'
		so_far
		echo 'INSERT INTO b VALUES (5); INSERT INTO c VALUES (6);'
	} | begin_with '^-- so far' v_is_there --replace-tables
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 3 ]
	seed --resume --replace-tables "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 8 ]
	[ "$(sql target 'SELECT SUM(id) FROM d.c')" = 10 ]
}

@test "a table that has got its triggers since is still the one that its rows went into" {
	{
		echo 'SET foreign_key_checks = 0; CREATE DATABASE d; USE d;
			CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB;
			CREATE TABLE m (id INT) ENGINE=MyISAM;
			CREATE TABLE b LIKE a; INSERT INTO b VALUES (1); INSERT INTO b VALUES (2);
			CREATE TABLE n LIKE m; INSERT INTO n VALUES (1); INSERT INTO n VALUES (2);
			CREATE TABLE IF NOT EXISTS a (other INT); INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);
			CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW SET NEW.id = NEW.id + 100;
			CREATE TRIGGER u BEFORE INSERT ON n FOR EACH ROW SET NEW.id = NEW.id + 100;
			CREATE TRIGGER w BEFORE INSERT ON a FOR EACH ROW SET NEW.id = NEW.id + 100;
			CREATE VIEW v AS SELECT 1;'
		so_far
		echo 'INSERT INTO a VALUES (3);'
	} | begin_with '^-- so far' v_is_there
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT GROUP_CONCAT(id ORDER BY id) FROM d.b')" = 1,2 ]
	[ "$(sql target 'SELECT GROUP_CONCAT(id ORDER BY id) FROM d.n')" = 1,2 ]
	[ "$(sql target 'SELECT GROUP_CONCAT(id ORDER BY id) FROM d.a')" = 1,2,103 ]
}

# A table without transactions is emptied before its rows go in again, but those
# that are there by right stay.
@test "a table that loses its transactions, or gets another name, keeps its rows" {
	{
		echo 'SET foreign_key_checks = 0; CREATE DATABASE d; USE d;
			CREATE TABLE a (id INT) ENGINE=InnoDB; CREATE TABLE e (id INT) ENGINE=MyISAM;
			CREATE TABLE m (id INT) ENGINE=MyISAM; INSERT INTO m VALUES (1);
			CREATE VIEW v AS SELECT 1;'
		so_far
		echo 'INSERT INTO a VALUES (1),(2);
			ALTER TABLE a ENGINE=MyISAM; INSERT INTO a VALUES (3);
			RENAME TABLE e TO f, m TO e; INSERT INTO e VALUES (2);'
	} | begin_with '^-- so far' v_is_there
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT GROUP_CONCAT(id ORDER BY id) FROM d.a')" = 1,2,3 ]
	[ "$(sql target 'SELECT GROUP_CONCAT(id ORDER BY id) FROM d.e')" = 1,2 ]
}

@test "a name that a table has got before the interruption is none that was there" {
	local rename
	for rename in 'RENAME TABLE a TO b' 'ALTER TABLE a RENAME b' \
		'ALTER TABLE a RENAME COLUMN x TO id, RENAME TO d.b'; do
		server_empty target
		{
			echo "SET foreign_key_checks = 0; CREATE DATABASE d; USE d;
				CREATE TABLE a (x INT) ENGINE=InnoDB; INSERT INTO a VALUES (1);
				$rename; CREATE VIEW v AS SELECT 1;"
			so_far
			echo 'INSERT INTO b VALUES (2);'
		} | begin_with '^-- so far' v_is_there
		seed --resume "$BATS_TEST_TMPDIR/sql"
		[ "$(sql target 'SELECT COUNT(*) FROM d.b')" = 2 ]
	done
}

# remembering STATEMENTS: those behind an interruption.
remembering() {
	server_empty target
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT);
			CREATE TABLE c (p INT, t TEXT); INSERT INTO p VALUES (7, NULL);
			SET @known = 5; INSERT INTO p (t) VALUES (@known);
			SET @made = LAST_INSERT_ID(); SELECT COUNT(*) FROM p INTO @counted;
			CREATE VIEW v AS SELECT 1;'
		so_far
		echo "$1"
	} | begin_with '^-- so far' v_is_there
	run --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
}

@test "what the session knew before an interruption is not taken for nothing" {
	local -A needs=(
		['LAST_INSERT_ID()']='INSERT INTO c VALUES (LAST_INSERT_ID(), 1);'
		['@made']='INSERT INTO c VALUES (@made, 1);'
		['@counted']='INSERT INTO c VALUES (@counted, 1);'
		['@counted in CREATE']='CREATE TABLE e AS SELECT * FROM p WHERE id > @counted;'
		['LAST_INSERT_ID() in CREATE']='CREATE TABLE e AS SELECT LAST_INSERT_ID();'
		['@counted in SETVAL']='CREATE SEQUENCE s; SELECT SETVAL(s, @counted);'
		['@again']='SET @again = LAST_INSERT_ID(); INSERT INTO c VALUES (@again, 1);'
	)
	local what
	for what in "${!needs[@]}"; do
		echo "$what"
		remembering "${needs[$what]}"
		[ "$status" = 65 ]
		[[ $stderr == *'needs a variable or LAST_INSERT_ID() of the session that was interrupted'* ]]
		[ "$(sql target 'SELECT COUNT(*) FROM d.c')" = 0 ]
	done
}

# tempted STATEMENTS: the same, where a temporary table hides one of the target.
tempted() {
	server_empty target
	sql target 'CREATE DATABASE d; CREATE TABLE d.item (n INT); INSERT INTO d.item VALUES (7)'
	{
		echo 'USE d; CREATE TABLE made (n INT); CREATE TEMPORARY TABLE item (n INT) ENGINE=InnoDB;
			INSERT INTO item VALUES (1); CREATE VIEW v AS SELECT 1;'
		so_far
		echo "$1"
	} | begin_with '^-- so far' v_is_there
	run --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT n FROM d.item')" = 7 ]
}

@test "a temporary table that an interruption took is not taken for another" {
	local sql
	for sql in 'INSERT INTO item VALUES (2);' 'INSERT INTO made SELECT * FROM item;' \
		'CREATE TABLE copy SELECT * FROM item;' 'DELETE FROM item;' \
		'SET @n = (SELECT MAX(n) FROM item); INSERT INTO made VALUES (@n);' \
		'ALTER TABLE item ADD t TEXT;'; do
		echo "$sql"
		tempted "$sql"
		[ "$status" = 65 ]
		[[ $stderr == *'needs the temporary table item of the session that was interrupted'* ]]
		[ -z "$(sql target 'SELECT * FROM d.made')" ]
	done
	tempted 'INSERT INTO made VALUES (1), (2); DROP TABLE item;
		CREATE TEMPORARY TABLE item (n INT); INSERT INTO item VALUES (3);
		INSERT INTO made SELECT * FROM item; DROP TEMPORARY TABLE item;'
	[ "$status" = 0 ]
	[ "$(sql target 'SELECT SUM(n) FROM d.made')" = 6 ]
}

@test "what the session has learned since an interruption is used" {
	remembering "INSERT INTO p (t) VALUES ('new'); INSERT INTO c VALUES (LAST_INSERT_ID(), 1);
		SET foreign_key_checks = 0; INSERT INTO c VALUES (9, '@made LAST_INSERT_ID()');"
	[ "$status" = 0 ]
	[ "$(sql target 'SELECT GROUP_CONCAT(p ORDER BY p) FROM d.c')" = 9,9 ]
}

# Percona Server's mysqldump: statements that MariaDB takes for comments at the
# head, and one of their variables, set anew, at the end.
@test "a dump of Percona Server's mysqldump goes on, too" {
	{
		cat <<-'SQL'
			-- MySQL dump 10.13  Distrib 8.0.25-15, for Linux (x86_64)
			/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
			/*!50717 SELECT COUNT(*) INTO @rocksdb_has_p_s_session_variables FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'performance_schema' AND TABLE_NAME = 'session_variables' */;
			/*!50717 SET @rocksdb_get_is_supported = IF (@rocksdb_has_p_s_session_variables, 'SELECT COUNT(*) INTO @rocksdb_is_supported FROM performance_schema.session_variables WHERE VARIABLE_NAME=\'rocksdb_bulk_load\'', 'SELECT 0') */;
			/*!50717 PREPARE s FROM @rocksdb_get_is_supported */;
			/*!50717 EXECUTE s */;
			/*!50717 DEALLOCATE PREPARE s */;
			CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
			USE `d`;
			CREATE TABLE `a` (`id` int NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;
			INSERT INTO `a` VALUES (1),(2);
			CREATE TABLE `b` (`a` int NOT NULL, CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `a` (`id`)) ENGINE=InnoDB;
			/*!50001 CREATE VIEW `v` AS SELECT 1 */;
		SQL
		so_far
		cat <<-'SQL'
			INSERT INTO `b` VALUES (1),(2);
			/*!50112 SET @disable_bulk_load = IF (@is_rocksdb_supported, 'SET SESSION rocksdb_bulk_load = @old_rocksdb_bulk_load', 'SET @dummy_rocksdb_bulk_load = 0') */;
			/*!50112 PREPARE s FROM @disable_bulk_load */;
			/*!50112 EXECUTE s */;
			/*!50112 DEALLOCATE PREPARE s */;
			/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
			-- Dump completed on 2024-01-01 12:00:00
		SQL
	} | begin_with '^-- so far' v_is_there
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT COUNT(*) FROM d.b')" = 2 ]
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS
		WHERE CONSTRAINT_SCHEMA = 'd'")" = 1 ]
}
