#!/usr/bin/env bats
# dbseed-by-hand.bats: SQL that no dumper writes is loaded as the stock client
# loads it, whatever one statement needs of another.

# shellcheck disable=SC2154 # run sets stderr
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

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

@test "rows that ask for a variable, for the last number or for another table get it" {
	loads_as_stock <<-'END'
		CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, n INT) ENGINE=InnoDB;
		CREATE TABLE c (pid INT, n INT) ENGINE=InnoDB;
		CREATE FUNCTION newest() RETURNS INT READS SQL DATA RETURN (SELECT MAX(id) FROM p);
		INSERT INTO p (n) VALUES (1);
		SET @p = LAST_INSERT_ID();
		INSERT INTO c VALUES (@p, 2);
		INSERT INTO p (n) VALUES (3), (4);
		INSERT INTO c VALUES (LAST_INSERT_ID(), 5);
		INSERT INTO p (n) VALUES (6);
		INSERT INTO c VALUES ((SELECT id FROM p WHERE n = 6), 7);
		INSERT INTO p (n) VALUES (8);
		INSERT INTO c VALUES (newest(), 9), (`newest`(), ABS(-10));
	END
	[ "$(jq 'select(.event == "loaded").rows' "$BATS_TEST_TMPDIR/records")" = 10 ]
}

@test "rows that ask for a role, or in sql_mode ORACLE for a number of this session, get it" {
	loads_as_stock <<-'END'
		CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE c (id INT PRIMARY KEY, p TEXT) ENGINE=InnoDB;
		CREATE ROLE loads_it; SET ROLE loads_it;
		INSERT INTO c VALUES (1, CURRENT_ROLE);
		SET ROLE NONE; DROP ROLE loads_it;
		CREATE SEQUENCE s; SET sql_mode = 'ORACLE';
		INSERT INTO p VALUES (s.nextval); INSERT INTO c VALUES (2, s.currval);
		INSERT INTO p VALUES (s.nextval); INSERT INTO c VALUES (3, s.currval);
	END
}

@test "what somebody adds to a dumper's work is loaded as if it were all by hand" {
	{
		echo '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)'
		echo 'SET foreign_key_checks = 0; CREATE DATABASE d; USE d;
			CREATE SEQUENCE s;
			CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
			CREATE TABLE c (id INT PRIMARY KEY, p INT, UNIQUE KEY (p)) ENGINE=InnoDB;
			CREATE TABLE n (id INT PRIMARY KEY DEFAULT NEXT VALUE FOR s, t TEXT) ENGINE=InnoDB;
			INSERT INTO p VALUES'
		times 20000 "(%d,'old')"
		echo "INSERT INTO n VALUES (7,'old');
			INSERT INTO p (t) VALUES ('new');
			INSERT INTO c VALUES (1, LAST_INSERT_ID());
			INSERT INTO p VALUES (NULL, 'newer'), (NULL, 'newest');
			INSERT INTO c VALUES (2, LAST_INSERT_ID());
			SET @x = 5; INSERT INTO c VALUES (3, @x);
			INSERT INTO c VALUES (4, 5) ON DUPLICATE KEY UPDATE id = 5;
			INSERT INTO n (t) VALUES ('new'); INSERT INTO n VALUES (DEFAULT, 'newer');"
		echo '-- Dump completed on 2024-01-01 12:00:00'
	} >"$BATS_TEST_TMPDIR/dump"
	is_as_stock "$BATS_TEST_TMPDIR/dump"
}

@test "LOCK TABLES, which no target gets, ends a transaction, and a text that says ROLLBACK does not" {
	loads_as_stock <<-'END'
		CREATE TABLE t (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		BEGIN; INSERT INTO t VALUES (1, 'a'); SET @t = 'ROLLBACK'; INSERT INTO t VALUES (2, @t);
		LOCK TABLES t WRITE; UNLOCK TABLES;
		SET autocommit = 0; INSERT INTO t VALUES (3, 'b'); COMMIT;
		LOCK TABLES t WRITE; INSERT INTO t VALUES (4, 'c'); UNLOCK TABLES;
	END
	{
		cat "$BATS_TEST_TMPDIR/sql"
		echo "INSERT INTO t VALUES (5, 'd'); SET @t = 'COMMIT'; UNLOCK TABLES;"
	} >"$BATS_TEST_TMPDIR/open"
	server_empty target
	run -65 seed "$BATS_TEST_TMPDIR/open"
	[[ $output == *'ends inside a transaction'* ]]
}

@test "the clock that SET timestamp stops goes on behind its DEFAULT" {
	loads_as_stock <<-'END'
		CREATE TABLE a (id INT PRIMARY KEY, t INT) ENGINE=InnoDB;
		SET timestamp = 1000.5; INSERT INTO a VALUES (1, UNIX_TIMESTAMP());
		INSERT INTO a VALUES (2, NOW() + 0 < 20000101000000);
		SET timestamp = DEFAULT; INSERT INTO a VALUES (3, NOW() + 0 < 20000101000000);
		SET timestamp = 2000; INSERT INTO a VALUES (4, NOW() + 0 < 20000101000000);
		SET timestamp = 0; INSERT INTO a VALUES (5, NOW() + 0 < 20000101000000);
	END
	[ "$(sql target 'SELECT GROUP_CONCAT(t ORDER BY id) FROM shapes.a')" = 1000,1,0,1,0 ]
}

@test "the client's own commands use, \g and \G end what they end there" {
	loads_as_stock <<-'END'
		CREATE DATABASE more\G
		use `more`
		CREATE TABLE a (t TEXT)\g INSERT INTO a VALUES ('\g use shapes')\G
		Use shapes
		CREATE TABLE a (t TEXT);
		INSERT INTO a VALUES
		('
		use more
		') ; USE more -- behind a statement it is one itself
		; INSERT INTO a VALUES ('last');
	END
}

@test "rows go in under sql_mode ORACLE, too, where BEGIN is a program" {
	loads_as_stock <<-END
		CREATE TABLE t (id INT PRIMARY KEY, t VARCHAR(40)) ENGINE=InnoDB;
		SET sql_mode = 'ORACLE,NO_BACKSLASH_ESCAPES';
		INSERT INTO t VALUES $(seq -f "(%g, 'a row \\')" -s , 5000);
	END
}

@test "of rows that update others the latest wins, however the clause is written" {
	{
		echo 'CREATE TABLE u (id INT PRIMARY KEY, n INT, t TEXT) ENGINE=InnoDB;'
		for n in 1 2 3 4 5 6; do
			echo 'INSERT INTO u VALUES'
			times 3000 "(%d,$n,'$(printf '%0400d' "$n")')" | sed '$s/;$//'
			printf 'on duplicate\nkey update n = values(n),\n'
			printf 't = concat(%s values(t));\n' "$(printf "'', %.0s" {1..1200})"
		done
	} | loads_as_stock
}

@test "keys are there for who needs them: LIKE, IGNORE, REPLACE, ALTER of another table" {
	loads_as_stock <<-'END'
		CREATE TABLE a (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		CREATE TABLE b LIKE a;
		INSERT IGNORE INTO a VALUES (1, 7), (2, 7), (3, 8);
		REPLACE INTO b VALUES (1, 7), (2, 7), (3, 8);
		CREATE TABLE d (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		CREATE TABLE e (n INT) ENGINE=InnoDB;
		ALTER TABLE e ADD FOREIGN KEY (n) REFERENCES d (n);
		INSERT INTO d VALUES (1, 1);
		INSERT INTO e VALUES (1);
		CREATE TABLE parts (id INT, n INT, KEY n (n)) ENGINE=InnoDB
			PARTITION BY HASH (id) PARTITIONS 2;
		CREATE TABLE part (id INT, n INT, KEY n (n)) ENGINE=InnoDB;
		INSERT INTO part VALUES (2, 1), (4, 2);
		ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE part;
	END
}

@test "which rows stay is for unique keys to say: rows of a query, of a variable, of a program" {
	loads_as_stock <<-'END'
		CREATE TABLE a (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		INSERT IGNORE INTO a SELECT seq, seq % 10 FROM seq_1_to_100;
		CREATE TABLE b (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		REPLACE INTO b SET id = 1, n = 7;
		REPLACE INTO b SET id = 2, n = 7;
		CREATE TABLE c (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		SET @n = 5;
		INSERT IGNORE INTO c VALUES (1, @n), (2, @n);
		CREATE TABLE d (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		CREATE TABLE e (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TRIGGER adds AFTER INSERT ON e FOR EACH ROW REPLACE INTO d VALUES (NEW.id, NEW.id % 2);
		INSERT INTO e VALUES (1), (2), (3), (4);
		CREATE TABLE f (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		CREATE PROCEDURE fills() INSERT IGNORE INTO f VALUES (1, 8), (2, 8), (3, 9);
		CALL fills();
		SET autocommit = 0;
		CREATE TABLE g (id INT AUTO_INCREMENT PRIMARY KEY, n INT, UNIQUE KEY n (n)) ENGINE=InnoDB;
		INSERT INTO g (n) VALUES (1);
		UPDATE IGNORE g SET n = 2;
		COMMIT;
	END
}

@test "a temporary table is one session's, and hides another until it is dropped" {
	loads_as_stock <<-'END'
		CREATE TEMPORARY TABLE t (t TEXT);
		INSERT INTO t VALUES ('one');
		ALTER TABLE t ADD n INT DEFAULT 2;
		CREATE INDEX n ON t (n);
		CREATE TABLE of_t SELECT * FROM t;
		DROP TEMPORARY TABLE t;
		CREATE TABLE t (id INT PRIMARY KEY, KEY (id)) ENGINE=InnoDB;
		INSERT INTO t VALUES (1), (2);
		CREATE TABLE a (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
		INSERT INTO a VALUES (1, 1);
		CREATE TEMPORARY TABLE a (t TEXT);
		INSERT INTO a VALUES ('hidden');
		CREATE TABLE of_a SELECT * FROM a;
		DROP TABLE a;
		INSERT INTO a VALUES (2, 2);
		DROP TABLE IF EXISTS a;
		CREATE TABLE a (text TEXT, KEY (text(5))) ENGINE=InnoDB;
		INSERT INTO a VALUES ('new');
		CREATE TEMPORARY TABLE b LIKE a;
		INSERT INTO b VALUES ('like');
		DROP TABLE b;
		CREATE TEMPORARY TABLE b SELECT * FROM a;
		INSERT INTO b VALUES ('select');
		CREATE TABLE of_b SELECT * FROM b;
		DROP TABLE IF EXISTS b;
		DROP TABLE IF EXISTS b;
	END
}

@test "a DROP TEMPORARY TABLE takes nothing from the table that has the name" {
	loads_as_stock <<-'END'
		SET foreign_key_checks = 0;
		CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE t (id INT PRIMARY KEY, n INT, p INT, KEY n (n), KEY p (p),
			CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id)) ENGINE=InnoDB;
		INSERT INTO p VALUES (1);
		INSERT INTO t VALUES (1, 1, 1), (2, 2, 1);
		DROP TEMPORARY TABLE IF EXISTS t, p, nowhere;
		INSERT INTO t VALUES (3, 3, 1);
	END
}

@test "locks of tables and of the whole server shut out no rows and no keys" {
	local lock
	for lock in 'FLUSH TABLES WITH READ LOCK' 'FLUSH LOCAL TABLES a WITH READ LOCK' \
		'FLUSH NO_WRITE_TO_BINLOG TABLE a, b FOR EXPORT' 'LOCK TABLES a WRITE'; do
		server_empty target
		timeout 30 dbseed --defaults-file="$(server_cnf target)" - <<-SQL
			CREATE DATABASE s; USE s;
			CREATE TABLE a (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
			CREATE TABLE b LIKE a;
			FLUSH TABLES; FLUSH TABLES a, b; $lock;
			UNLOCK TABLES;
			INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (2, 2);
			ALTER TABLE a ADD t TEXT;
			CREATE VIEW v AS SELECT 1;
		SQL
		[ "$(sql target 'SELECT id FROM s.a UNION ALL SELECT id FROM s.b')" = $'1\n2' ]
	done
}

@test "what needs one connection for all is refused, with its place and a way round" {
	local -A refused=(
		['BEGIN; INSERT INTO t VALUES (1); ROLLBACK']='takes rows back by a ROLLBACK at byte'
		['INSERT INTO t VALUES (1), (2); INSERT INTO t VALUES (ROW_COUNT() + 5)']='keeps what ROW_COUNT()'
		['INSERT INTO t VALUES (1), (2); SET @n = ROW_COUNT()']='keeps what ROW_COUNT()'
	)
	local sql resume
	for sql in "${!refused[@]}"; do
		for resume in '' --resume; do
			server_empty target
			run -65 --separate-stderr seed -q ${resume:+"$resume"} \
				<<<"CREATE DATABASE s; USE s; CREATE TABLE t (id INT PRIMARY KEY); $sql;"
			[[ $stderr == *"${refused[$sql]}"*'stock client'* ]]
		done
	done
	server_empty target
	loads_as_stock <<<'CREATE TABLE t (row_count INT); INSERT INTO t (row_count) VALUES (1); SELECT ROW_COUNT();'
}

@test "a table and a trigger get the collation that their database has by then" {
	{
		echo 'ALTER DATABASE shapes COLLATE latin1_swedish_ci;'
		for collation in latin2_bin utf8mb3_bin utf8mb4_bin; do
			cat <<-END
				CREATE TABLE $collation (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
				INSERT INTO $collation VALUES (1, 'x');
				CREATE TRIGGER before_$collation BEFORE INSERT ON $collation FOR EACH ROW SET NEW.t = 'y';
				ALTER DATABASE shapes COLLATE $collation;
				CREATE TABLE in_$collation (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
				CREATE TRIGGER after_$collation AFTER INSERT ON $collation FOR EACH ROW SET @a = 1;
				INSERT INTO in_$collation VALUES (1, 'ř');
			END
		done
		echo 'DROP DATABASE shapes; CREATE DATABASE shapes COLLATE ascii_bin; USE shapes;'
		echo 'CREATE TABLE anew (t TEXT) ENGINE=InnoDB; INSERT INTO anew VALUES (1);'
	} >"$BATS_TEST_TMPDIR/all"
	sed '/^DROP DATABASE/,$d' "$BATS_TEST_TMPDIR/all" | loads_as_stock
	setup
	loads_as_stock <"$BATS_TEST_TMPDIR/all"
}

@test "what is used and set beside a database of wide characters, which the server fails to report, is known" {
	{
		for charset in latin1 ucs2 utf16 utf32 utf16le utf8mb4; do
			cat <<-END
				CREATE DATABASE in_$charset CHARACTER SET $charset; USE in_$charset;
				CREATE TABLE same (id INT PRIMARY KEY, v VARCHAR(9)) ENGINE=InnoDB;
				INSERT INTO same VALUES (1, '$charset');
				SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';
				CREATE TABLE dated (id INT AUTO_INCREMENT PRIMARY KEY, d DATE) ENGINE=InnoDB;
				INSERT INTO dated VALUES (0, '2020-02-31');
				SET SESSION div_precision_increment = 9, timestamp = 1500000000;
				CREATE TABLE set_there (id INT PRIMARY KEY, n DECIMAL(9, 8) DEFAULT (1 / 3),
					at TIMESTAMP DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB;
				INSERT INTO set_there (id) VALUES (1);
				SET div_precision_increment = DEFAULT, timestamp = DEFAULT, sql_mode = DEFAULT;
				SET NAMES latin1;
				INSERT INTO same VALUES (2, 'ä');
				SET NAMES utf8mb4;
			END
		done
	} | loads_as_stock
	[ "$(sql target 'SELECT v FROM in_utf16.same WHERE id = 1')" = utf16 ]
	sql target 'CREATE DATABASE wide CHARACTER SET ucs2'
	echo 'CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1);' |
		dbseed --defaults-file="$(server_cnf target)" --into=wide
	[ "$(sql target 'SELECT * FROM wide.t')" = 1 ]
}

@test "foreign keys are there for who needs them: DELETE, UPDATE, REPLACE, IGNORE, RENAME, ALTER" {
	{
		for n in 1 2 3 4 5 6 7; do
			cat <<-END
				CREATE TABLE p$n (id INT PRIMARY KEY) ENGINE=InnoDB;
				CREATE TABLE c$n (id INT PRIMARY KEY, p INT, KEY p (p), CONSTRAINT f$n FOREIGN KEY (p)
					REFERENCES p$n (id) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB;
				INSERT INTO p$n VALUES (1), (2), (3), (4);
				INSERT INTO c$n VALUES (1, 1), (2, 2), (3, 3), (4, 3);
			END
			case $n in
			1) echo 'DELETE FROM p1 WHERE id = 1; UPDATE p1 SET id = 20 WHERE id = 2;
				INSERT INTO c1 VALUES (20, 20), (40, 4);' ;;
			2) echo 'REPLACE INTO p2 VALUES (3);' ;;
			3) echo 'INSERT IGNORE INTO c3 VALUES (30, 3), (99, 99);' ;;
			4) echo 'RENAME TABLE p4 TO q4;' ;;
			5) echo 'ALTER TABLE c5 DROP FOREIGN KEY f5;' ;;
			6) echo 'SET foreign_key_checks = 0; ALTER TABLE p6 CHANGE id number INT;
				DELETE FROM p6 WHERE number = 1; SET foreign_key_checks = 1;' ;;
			7) echo 'SET foreign_key_checks = 0; RENAME TABLE c7 TO d7; SET foreign_key_checks = 1;' ;;
			esac
		done
	} | loads_as_stock
}

@test "a table that is made of other tables' rows has all of them, behind columns, too" {
	{
		echo 'CREATE TABLE a (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB; INSERT INTO a VALUES'
		times 40000 '(%d,%d)'
		echo 'CREATE TABLE b (id INT PRIMARY KEY, KEY n (n)) ENGINE=InnoDB SELECT id, n FROM a;
			CREATE TABLE c (more INT) REPLACE AS (SELECT n FROM a);
			CREATE TABLE d (more INT) WITH w AS (SELECT n FROM b) SELECT n FROM w;
			CREATE TABLE e (n INT) AS VALUES (1), (2);
			INSERT INTO b VALUES (50000, 1), (50001, 2);'
	} | loads_as_stock
}

@test "a program, a statement with settings of its own and a function see the rows before them" {
	{
		echo 'CREATE TABLE a (id INT, n INT) ENGINE=InnoDB; CREATE TABLE b (n INT) ENGINE=InnoDB;
			CREATE FUNCTION count_a() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM a);
			INSERT INTO a VALUES'
		times 20000 '(%d,1)'
		echo 'SET STATEMENT max_statement_time = 0 FOR INSERT INTO b SELECT COUNT(*) FROM a; INSERT INTO a VALUES'
		times 20000 '(%d,2)'
		printf 'DELIMITER //\nBEGIN NOT ATOMIC INSERT INTO b SELECT COUNT(*) FROM a; END //\nDELIMITER ;\n'
		echo 'INSERT INTO a VALUES'
		times 20000 '(%d,3)'
		echo 'SET @n = count_a(); INSERT INTO b VALUES (@n);'
	} | loads_as_stock
	server_empty target
	grep -v 'SET @n' "$BATS_TEST_TMPDIR/sql" | seed --table=a
	[ "$(sql target 'SELECT COUNT(*) FROM shapes.a; SHOW TABLES FROM shapes')" = $'60000\na' ]
}

@test "an event does not see its tables before their rows and keys are there" {
	local running
	running=$(sql target 'SELECT @@GLOBAL.event_scheduler')
	{
		echo 'CREATE DATABASE shapes; USE shapes;
			CREATE TABLE t (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
			CREATE TABLE seen (n INT, k INT) ENGINE=InnoDB; INSERT INTO t VALUES'
		times 200000 '(%d,%d)'
		echo 'CREATE EVENT once ON SCHEDULE AT CURRENT_TIMESTAMP DO
			INSERT INTO seen SELECT COUNT(*), (SELECT COUNT(*) FROM
			information_schema.statistics WHERE table_name = "t") FROM t;'
	} >"$BATS_TEST_TMPDIR/sql"
	sql target 'SET GLOBAL event_scheduler = ON'
	seed -j 4 "$BATS_TEST_TMPDIR/sql"
	wait_until 20 has_run
	sql target "SET GLOBAL event_scheduler = $running"
	[ "$(sql target 'SELECT n, k FROM shapes.seen')" = '200000	2' ]
}

has_run() { [ "$(sql target 'SELECT COUNT(*) FROM shapes.seen')" = 1 ]; }

@test "a table that others refer to is dropped in its turn, and refused as by the stock client" {
	local n keys
	for keys in 'KEY (p), FOREIGN KEY (p)' 'KEY p (p), CONSTRAINT f FOREIGN KEY (p)'; do
		for n in 1 2 3 4; do
			server_empty target
			cat >"$BATS_TEST_TMPDIR/drop" <<-END
				CREATE DATABASE shapes; USE shapes;
				CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB;
				CREATE TABLE c (id INT PRIMARY KEY, p INT, $keys REFERENCES p (id)) ENGINE=InnoDB;
				INSERT INTO p VALUES (1), (2);
				INSERT INTO c VALUES (1, 1), (2, 2);
			END
			case $n in
			1 | 2) echo 'SET foreign_key_checks = 0; DROP TABLE p; DROP TABLE c;' ;;
			3) echo 'DROP TABLE c; DROP TABLE p;' ;;
			4) echo 'DROP TABLE p; DROP TABLE c;' ;;
			esac >>"$BATS_TEST_TMPDIR/drop"
			if [ "$n" = 4 ]; then
				run -69 --separate-stderr seed -j 4 "$BATS_TEST_TMPDIR/drop"
				[[ $stderr == *'(DROP TABLE p)'*1451* ]]
				[ "$(sql target 'SELECT COUNT(*) FROM shapes.c')" = 2 ]
			else
				seed -j 4 "$BATS_TEST_TMPDIR/drop"
				[ -z "$(sql target 'SHOW TABLES FROM shapes')" ]
			fi
		done
	done
}

@test "what is known of a table does not stay with a name that another one got" {
	loads_as_stock <<-'SQL'
		SET foreign_key_checks = 0, @n = 0;
		CREATE TABLE a (id INT PRIMARY KEY, v INT) ENGINE=InnoDB;
		CREATE TABLE b (id INT PRIMARY KEY, v INT) ENGINE=InnoDB;
		INSERT INTO a VALUES (1, 0);
		INSERT INTO b VALUES (1, 0);
		DELIMITER ;;
		CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW BEGIN
			SET @n = @n + 1; SET NEW.v = @n; END ;;
		DELIMITER ;
		RENAME TABLE a TO x, b TO a, x TO b;
		INSERT INTO a VALUES (2, 0);
		INSERT INTO b VALUES (2, 0);
		INSERT INTO a VALUES (3, 0);
		CREATE TABLE y (id INT PRIMARY KEY, v INT) ENGINE=InnoDB;
		INSERT INTO y VALUES (1, 0);
		DROP TABLE b;
		ALTER TABLE y RENAME b;
		INSERT INTO b VALUES (3, 0);
		INSERT INTO a VALUES (4, 0);
	SQL
}

# Rows that are enough to be sent as values, by one connection: it has prepared
# their INSERT for the table that had the name before.
@test "rows go into the table that has the name by then, with its columns and engine" {
	{
		echo 'CREATE TABLE made (id INT, t TEXT CHARACTER SET utf8mb4) ENGINE=InnoDB;'
		echo 'INSERT INTO made VALUES' && times 1500 "(%d,'Käse %d')"
		echo 'DROP TABLE made;
			CREATE TABLE made (id INT, t TEXT CHARACTER SET latin1) ENGINE=InnoDB;'
		echo 'INSERT INTO made VALUES' && times 1500 "(%d,'Käse %d')"
		echo 'CREATE TABLE turned LIKE made; ALTER TABLE turned CONVERT TO CHARACTER SET utf8mb4;'
		echo 'INSERT INTO turned VALUES' && times 1500 "(%d,'Käse %d')"
		echo 'ALTER TABLE turned CONVERT TO CHARACTER SET latin1;'
		echo 'INSERT INTO turned VALUES' && times 1500 "(%d,'Käse %d')"
		echo 'RENAME TABLE turned TO was; CREATE TABLE other (id INT, t BLOB) ENGINE=InnoDB;
			RENAME TABLE other TO turned;'
		echo 'INSERT INTO turned VALUES' && times 1500 "(%d,'Käse %d')"
		echo 'RENAME TABLE turned TO x, was TO turned, x TO was;'
		echo 'INSERT INTO turned VALUES' && times 1500 "(%d,'Käse %d')"
		# What cannot be sent as a value is found behind rows that can.
		echo 'CREATE TABLE engine (id INT, t TEXT) ENGINE=InnoDB;'
		echo 'INSERT INTO engine VALUES' && times 1500 "(%d,'row %d')"
		echo 'DROP TABLE engine; CREATE TABLE engine (id INT, t TEXT) ENGINE=MyISAM;'
		echo 'INSERT INTO engine VALUES' && times 6000 "(%d,'row %d')" | sed "s/(5500,/(1+5499,/"
		echo 'CREATE TABLE kept (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=InnoDB;'
		echo 'INSERT INTO kept VALUES' && times 1500 "(%d,'row %d')"
		echo 'ALTER TABLE kept DROP PRIMARY KEY, DROP COLUMN id, ADD n INT AUTO_INCREMENT PRIMARY KEY FIRST;'
		echo 'INSERT INTO kept (t) VALUES' && times 1500 "('row %d')"
	} | loads_as_stock -j 1
}

@test "a number with an exponent is rounded as the double that it is" {
	{
		echo 'CREATE TABLE whole (id INT PRIMARY KEY, n INT, d DECIMAL(40,25)) ENGINE=InnoDB;'
		echo 'INSERT INTO whole VALUES' &&
			times 1500 '(%d,2.5e0,1.2345678901234567890123e0)'
	} | loads_as_stock -j 1
}

@test "a number of more digits than a DECIMAL has is cut as such a one" {
	local digits
	printf -v digits '1234567890%.0s' {1..8}
	{
		echo 'CREATE TABLE long_ones (id INT PRIMARY KEY, f DOUBLE, g DOUBLE) ENGINE=InnoDB;'
		echo 'INSERT IGNORE INTO long_ones VALUES' &&
			times 1500 "(%d,$digits,0.0000000000000000000000000000000000$digits)"
	} | loads_as_stock -j 1
}

@test "a number that is more than a DOUBLE holds is refused, as the stock client does" {
	{
		echo "SET sql_mode = ''; CREATE DATABASE shapes; USE shapes;
			CREATE TABLE vast (id INT PRIMARY KEY, f DOUBLE) ENGINE=InnoDB;"
		echo 'INSERT INTO vast VALUES' && times 1500 '(%d,1e400)'
	} >"$BATS_TEST_TMPDIR/sql"
	run ! sql source <"$BATS_TEST_TMPDIR/sql"
	[[ $output == *1367*"Illegal double '1e400'"* ]]
	run -69 dbseed --defaults-file="$(server_cnf target)" -j 1 "$BATS_TEST_TMPDIR/sql"
	[[ $output == *"Illegal double '1e400'"*1367* ]]
	[ "$(sql target 'SELECT COUNT(*) FROM shapes.vast')" = 0 ]
}

@test "a number for a date is the date that it is alone, beside texts, too" {
	{
		echo 'CREATE TABLE dates (id INT, d DATE, dt DATETIME, ts TIMESTAMP NULL) ENGINE=InnoDB;'
		echo 'INSERT INTO dates VALUES' && times 1500 "(%d,10101,'2024-01-05 10:00:00',20240105),
			(%d,'2024-01-05',10101,10101),(%d,'2024-1-5',20240105,'2024-1-5')"
		# Of one type for long, so that they do not all go as text.
		echo 'INSERT INTO dates (d) VALUES' && times 9000 '(10101)'
		echo 'INSERT INTO dates (d) VALUES' && times 9000 "('2024-01-05')" | sed "s/^('2024-01-05'),/(10101),/"
	} | loads_as_stock -j 1
}
