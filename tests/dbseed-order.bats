#!/usr/bin/env bats
# dbseed-order.bats: in SQL that no dumper writes, a statement finds what those
# before it have left, as with the stock client: numbers, sequences, tables.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shapes

setup_file() { servers_begin; }

teardown_file() { servers_end; }

setup() {
	server_empty source
	server_empty target
}

@test "a block of sql_mode ORACLE runs when the rows before it are there" {
	{
		echo 'CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB; INSERT INTO t VALUES'
		times 20000 '(%d,1)'
		echo 'SET sql_mode = ORACLE;'
		printf 'DELIMITER //\nBEGIN UPDATE t SET n = n + 1; END;\n//\nDELIMITER ;\n'
	} | loads_as_stock
}

@test "rows take their numbers from a sequence in the order of the script" {
	{
		echo 'CREATE SEQUENCE s;
			CREATE TABLE a (id INT DEFAULT NEXTVAL(s) PRIMARY KEY, t TEXT) ENGINE=InnoDB;
			CREATE TABLE b (t TEXT, id INT DEFAULT (NEXT VALUE FOR s)) ENGINE=InnoDB;
			CREATE TABLE c LIKE a;'
		echo 'INSERT INTO a (t) VALUES'
		times 3000 "('row %d')"
		echo "INSERT INTO b (t) VALUES ('one'), ('two');
			INSERT INTO a (t) VALUES ('three');
			INSERT INTO c (t) VALUES ('four');
			SELECT SETVAL(s, 100000);
			INSERT INTO b VALUES ('five', DEFAULT);
			ALTER SEQUENCE s RESTART 200000;
			INSERT INTO c (t) VALUES ('six'), ('seven');"
	} | loads_as_stock
}

@test "LAST_INSERT_ID() is that of a table that was altered, copied, renamed or there before" {
	local option server
	for option in --force --resume; do
		for server in source target; do
			server_empty "$server"
			sql "$server" 'CREATE DATABASE old;
				CREATE TABLE old.p (t TEXT, id INT AUTO_INCREMENT PRIMARY KEY)'
		done
		loads_as_stock --force "$option" <<-'SQL'
			SET foreign_key_checks = 0;
			CREATE TABLE c (p INT, t TEXT) ENGINE=InnoDB;
			CREATE TABLE p (t TEXT) ENGINE=InnoDB;
			ALTER TABLE p ADD id INT AUTO_INCREMENT PRIMARY KEY FIRST;
			INSERT INTO p (t) VALUES ('a'), ('b');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'altered');
			ALTER TABLE p AUTO_INCREMENT = 20, ADD n INT FIRST;
			INSERT INTO p VALUES (1, NULL, 'a');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'moved');
			CREATE TABLE l LIKE p;
			ALTER TABLE l AUTO_INCREMENT = 30;
			INSERT INTO l (t) VALUES ('a');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'copied');
			CREATE TABLE x (t TEXT) ENGINE=InnoDB;
			CREATE TABLE y (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=InnoDB AUTO_INCREMENT=40;
			RENAME TABLE x TO z, y TO x;
			INSERT INTO x (t) VALUES ('a');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'renamed');
			CREATE OR REPLACE TABLE x (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB
				AUTO_INCREMENT=50 SELECT 'a' t;
			INSERT INTO x (t) VALUES ('b');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'selected');
			INSERT INTO old.p (t) VALUES ('a'), ('b');
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'there');
			INSERT INTO old.p VALUES ('c', 60), ('d', NULL);
			INSERT INTO c VALUES (LAST_INSERT_ID(), 'there');
		SQL
	done
}

@test "LAST_INSERT_ID() is that of any row of a statement, not only of the first one" {
	loads_as_stock <<-'SQL'
		CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT, at DATETIME) ENGINE=InnoDB;
		CREATE TABLE c (p INT) ENGINE=InnoDB;
		INSERT INTO p VALUES (10, 'it''s', NULL), (NULL, '),(', NULL);
		INSERT INTO c VALUES (LAST_INSERT_ID());
		INSERT INTO p VALUES (20, 'a\'(', CAST('2020-01-01' AS DATETIME)), (DEFAULT, '', NULL);
		INSERT INTO c VALUES (LAST_INSERT_ID());
		INSERT INTO p VALUES (30, 'a', NULL) /* ( */, (0, '', NULL);
		INSERT INTO c VALUES (LAST_INSERT_ID());
		INSERT INTO p VALUES (40, 'a', NULL), (41, '', NULL), (42, 'b', NULL);
		INSERT INTO c VALUES (LAST_INSERT_ID());
	SQL
}

@test "CREATE TABLE IF NOT EXISTS leaves the table that the script has made, however it is written" {
	{
		for n in {1..8}; do
			printf '%s %s (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;\n' \
				'CREATE TABLE IF NOT EXISTS' "t$n" $'CREATE /* again */ TABLE IF  NOT\nEXISTS' "t$n"
			echo "CREATE TABLE IF NOT EXISTS t$n (id INT PRIMARY KEY, m INT, KEY m (m)) ENGINE=InnoDB;
				CREATE TABLE IF NOT EXISTS t$n (id INT PRIMARY KEY, n INT, KEY more (n)) ENGINE=InnoDB;
				INSERT INTO t$n VALUES (1, 2), (2, 3);"
		done
	} | loads_as_stock
}

@test "a database or table that is dropped takes the keys with it that were still to come" {
	loads_as_stock <<-'SQL'
		SET foreign_key_checks = 0;
		CREATE DATABASE tmp;
		CREATE TABLE tmp.p (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE tmp.c (id INT PRIMARY KEY, p INT, KEY p (p),
			CONSTRAINT c FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		DROP DATABASE tmp;
		CREATE DATABASE tmp;
		CREATE TABLE tmp.c (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
		INSERT INTO tmp.c VALUES (1, 2);
		CREATE OR REPLACE DATABASE tmp;
		CREATE TABLE tmp.d (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
		DROP SCHEMA IF EXISTS tmp;
		CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY p (p),
			CONSTRAINT c FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		CREATE TABLE d (id INT PRIMARY KEY, p INT, KEY p (p),
			CONSTRAINT d FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		CREATE TABLE e (id INT PRIMARY KEY, p INT, KEY p (p),
			CONSTRAINT e FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		CREATE OR REPLACE TABLE c SELECT 1 AS p;
		CREATE OR REPLACE TABLE d LIKE p;
		CREATE TABLE IF NOT EXISTS e SELECT 1 AS p;
	SQL
}

@test "tables that are there are dropped in the order of the script where foreign keys are checked" {
	local n
	for n in {1..8}; do
		cat <<-SQL
			CREATE TABLE p$n (id INT PRIMARY KEY) ENGINE=InnoDB;
			CREATE TABLE c$n (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p$n (id)) ENGINE=InnoDB;
		SQL
	done >"$BATS_TEST_TMPDIR/tables"
	loads_as_stock <"$BATS_TEST_TMPDIR/tables"
	{
		echo 'USE shapes;'
		for n in {1..8}; do echo "DROP TABLE IF EXISTS c$n; DROP TABLE IF EXISTS p$n;"; done
		cat "$BATS_TEST_TMPDIR/tables"
	} >"$BATS_TEST_TMPDIR/again"
	for n in 1 2 3; do
		is_as_stock "$BATS_TEST_TMPDIR/again" --replace-tables
	done
}

@test "a table becomes a partition with its rows and keys, or is one no more" {
	local version n
	version=$(sql source 'SELECT VERSION()')
	[[ $version != 10.[0-6].* ]] || skip "CONVERT TABLE came with MariaDB 10.7"
	{
		echo 'SET foreign_key_checks = 0; CREATE TABLE parts (id INT, n INT, KEY n (n)) ENGINE=InnoDB
				PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (0));
			CREATE TABLE part (id INT, n INT, KEY n (n)) ENGINE=InnoDB;
			INSERT INTO part VALUES'
		times 4000 '(%d,%d)'
		echo 'ALTER TABLE parts CONVERT TABLE part TO PARTITION p1 VALUES LESS THAN (5000);
			INSERT INTO parts VALUES (-1, 1), (20, 2);'
		for n in {1..30}; do
			echo 'CREATE TABLE other (id INT) ENGINE=InnoDB; DROP TABLE other;'
		done
		echo 'ALTER TABLE parts CONVERT PARTITION p0 TO TABLE other; INSERT INTO other VALUES (2, 3);'
	} | loads_as_stock
}

@test "a merge table finds the tables that it is of" {
	local n
	{
		echo 'SET foreign_key_checks = 0; CREATE TABLE a (id INT, KEY (id)) ENGINE=MyISAM;
			CREATE TABLE m (id INT, KEY (id)) ENGINE=MERGE UNION=(a) INSERT_METHOD=LAST;'
		for n in {1..30}; do
			echo 'CREATE TABLE b (id INT, KEY (id)) ENGINE=MyISAM; DROP TABLE b;'
		done
		echo 'CREATE TABLE b (id INT, KEY (id)) ENGINE=MyISAM;
			ALTER TABLE m UNION=(a, b);
			INSERT INTO m VALUES (1), (2);'
		for n in {1..30}; do
			echo 'CREATE TABLE c (id INT, KEY (id)) ENGINE=MyISAM; DROP TABLE c;'
		done
		echo 'CREATE TABLE c (id INT, KEY (id)) ENGINE=MyISAM;
			CREATE TABLE of_c (id INT, KEY (id)) ENGINE=MRG_MyISAM UNION=(a, c) INSERT_METHOD=LAST;
			INSERT INTO of_c VALUES (3), (4);'
	} | loads_as_stock
}
