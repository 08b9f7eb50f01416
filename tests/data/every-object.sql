-- every-object.sql: three databases with every kind of object a dump can hold,
-- and names, modes and character sets that break tools. Load it as root with the
-- stock client and its option --comments; the account `definer`@`localhost` has
-- to be there, with all privileges (definers of tests/lib/objects.bash). Nothing
-- in it depends on the time when it is loaded. `objects` needs no other database;
-- `aa_other`, which sorts before it, needs `objects`.
SET NAMES utf8mb4;
SET time_zone = '+00:00', timestamp = 1700000000;
SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO';
SET foreign_key_checks = 0;

CREATE DATABASE objects DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
	COMMENT 'all ''of'' them';
CREATE DATABASE aa_other DEFAULT CHARACTER SET latin1;
USE objects;

-- Sequences: used as defaults by tables that sort before them, and by a
-- table of another database.
CREATE SEQUENCE z_ticket START WITH 1000 INCREMENT BY 10 CACHE 20;
DO NEXTVAL(z_ticket);
CREATE SEQUENCE z_down START WITH -1 INCREMENT BY -1 MINVALUE -9
	MAXVALUE -1 CYCLE NOCACHE;
DO NEXTVAL(z_down), NEXTVAL(z_down);
CREATE TABLE a_numbered (
	id BIGINT NOT NULL DEFAULT NEXTVAL(z_ticket) PRIMARY KEY,
	t TEXT) ENGINE=InnoDB;
INSERT INTO a_numbered (t) VALUES ('one'), ('two');
CREATE TABLE aa_other.numbered (
	id BIGINT NOT NULL DEFAULT NEXTVAL(objects.z_ticket), t TEXT)
	ENGINE=InnoDB;
INSERT INTO aa_other.numbered (t) VALUES ('three');

-- Columns: generated, invisible, with expressions; keys of every kind.
CREATE TABLE columns (
	b INT NOT NULL DEFAULT (10 + 1) COMMENT 'a `b`, a ''c'' and \\ GENERATED',
	v INT AS (a * 2) VIRTUAL,
	a INT NOT NULL,
	s VARCHAR(30) AS (CONCAT(a, ', (', b, ')')) STORED,
	i INT INVISIBLE DEFAULT 7,
	si INT AS (a + i) STORED INVISIBLE,
	e ENUM('x', 'it''s', 'ж', '`') NOT NULL DEFAULT 'it''s',
	m SET('a', 'b', 'ü') DEFAULT 'a,ü',
	at TIMESTAMP NOT NULL DEFAULT '2020-06-01 00:00:00'
		ON UPDATE CURRENT_TIMESTAMP,
	j JSON,
	c BLOB COMPRESSED,
	g POINT NOT NULL,
	`generated always as (1)` INT DEFAULT 1 CHECK (`a` <> 13),
	PRIMARY KEY (a DESC, b),
	UNIQUE KEY (e, a), KEY prefix (s(3)), KEY ignored (i) IGNORED,
	FULLTEXT KEY (s), SPATIAL KEY (g),
	CONSTRAINT `no ; 'quote'` CHECK (a > b OR e <> ';')
) ENGINE=InnoDB COMMENT='comment ''with'' -- and /* and \\';
INSERT INTO columns (a, b, i, e, j, c, g) VALUES
	(1, 2, 3, 'ж', '{"b": 1, "a": 2}', REPEAT('c', 300), POINT(1, 2)),
	(2, 1, 4, '`', NULL, NULL, POINT(0, -0.5));
INSERT INTO columns (a, e, g) VALUES (40, 'x', POINT(3, 4));
CREATE TABLE only_generated (g INT AS (1), h INT AS (2) STORED) ENGINE=InnoDB;
INSERT INTO only_generated () VALUES (), (), ();
CREATE TABLE no_key (a INT, b VARCHAR(10)) ENGINE=InnoDB;
INSERT INTO no_key VALUES (1, 'same'), (1, 'same'), (NULL, NULL);
CREATE TABLE auto_and_zero (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB
	AUTO_INCREMENT=500;
INSERT INTO auto_and_zero VALUES (0), (3);
CREATE TABLE empty_auto (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB
	AUTO_INCREMENT=12345;

-- System versioning, with history; periods of the application's time.
CREATE TABLE versioned (id INT PRIMARY KEY, v VARCHAR(10),
	u INT WITHOUT SYSTEM VERSIONING) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO versioned VALUES (1, 'one', 1), (2, 'two', 2);
SET timestamp = 1700000100;
UPDATE versioned SET v = 'uno' WHERE id = 1;
SET timestamp = 1700000200;
DELETE FROM versioned WHERE id = 2;
CREATE TABLE versioned_named (id INT, v INT,
	`from` TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
	`to` TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE,
	PERIOD FOR SYSTEM_TIME (`from`, `to`)) ENGINE=InnoDB
	WITH SYSTEM VERSIONING
	PARTITION BY SYSTEM_TIME LIMIT 1000
	(PARTITION p0 HISTORY, PARTITION now CURRENT);
INSERT INTO versioned_named (id, v) VALUES (1, 1);
SET timestamp = 1700000300;
UPDATE versioned_named SET v = 2;
CREATE TABLE booking (room INT, f DATE, t DATE, PERIOD FOR stay (f, t),
	PRIMARY KEY (room, stay WITHOUT OVERLAPS)) ENGINE=InnoDB;
INSERT INTO booking VALUES (1, '2020-01-01', '2020-01-05'),
	(1, '2020-01-05', '2020-02-01'), (2, '2020-01-02', '2020-01-03');

-- Foreign keys in a circle, and across databases.
CREATE TABLE egg (id INT PRIMARY KEY, hen INT) ENGINE=InnoDB;
CREATE TABLE hen (id INT PRIMARY KEY, egg INT,
	FOREIGN KEY (egg) REFERENCES egg (id) ON DELETE CASCADE) ENGINE=InnoDB;
ALTER TABLE egg ADD CONSTRAINT laid_by FOREIGN KEY (hen) REFERENCES hen (id);
INSERT INTO egg VALUES (1, 1);
INSERT INTO hen VALUES (1, 1);
CREATE TABLE aa_other.chick (egg INT, KEY (egg),
	FOREIGN KEY (egg) REFERENCES objects.egg (id)) ENGINE=InnoDB;
INSERT INTO aa_other.chick VALUES (1);

-- Partitions of every kind, some empty.
CREATE TABLE by_range (id INT, d DATE) ENGINE=InnoDB
	PARTITION BY RANGE (YEAR(d)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2
	(PARTITION p0 VALUES LESS THAN (2000),
	PARTITION p1 VALUES LESS THAN (2010) COMMENT = 'it''s empty',
	PARTITION p2 VALUES LESS THAN MAXVALUE);
INSERT INTO by_range VALUES (1, '1999-12-31'), (2, '2020-01-01'), (3, NULL);
CREATE TABLE by_list (a INT, b CHAR(1)) ENGINE=InnoDB
	PARTITION BY LIST COLUMNS (a, b) (PARTITION p0 VALUES IN ((1, 'a')),
	PARTITION px DEFAULT);
INSERT INTO by_list VALUES (1, 'a'), (2, 'b');
CREATE TABLE by_key (a INT PRIMARY KEY) ENGINE=InnoDB
	PARTITION BY KEY () PARTITIONS 3;
INSERT INTO by_key VALUES (1), (2), (3), (4);

-- Other engines.
CREATE TABLE t_aria (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=Aria;
INSERT INTO t_aria (t) VALUES ('aria');
CREATE TABLE t_myisam (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=MyISAM;
INSERT INTO t_myisam (t) VALUES ('one'), ('two');
CREATE TABLE t_myisam2 LIKE t_myisam;
INSERT INTO t_myisam2 VALUES (10, 'ten');
CREATE TABLE a_merge (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=MERGE
	UNION=(t_myisam, t_myisam2) INSERT_METHOD=LAST;
CREATE TABLE t_memory (id INT PRIMARY KEY, t VARCHAR(10), KEY USING BTREE (t))
	ENGINE=MEMORY;
INSERT INTO t_memory VALUES (1, 'm');
CREATE TABLE t_csv (id INT NOT NULL, t VARCHAR(10) NOT NULL) ENGINE=CSV;
INSERT INTO t_csv VALUES (1, 'a"b,c'), (2, 'x');
CREATE TABLE t_compressed (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB
	ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4 STATS_PERSISTENT=0;
INSERT INTO t_compressed VALUES (1, REPEAT('x', 1000));

-- Character sets other than the session's, in data, defaults and comments.
CREATE TABLE charsets (
	l VARCHAR(20) CHARACTER SET latin1 DEFAULT 'ünïcödé',
	k VARCHAR(20) CHARACTER SET koi8r DEFAULT 'дом',
	u VARCHAR(20) CHARACTER SET utf16 DEFAULT 'Ω😀',
	s VARCHAR(20) CHARACTER SET sjis COMMENT '表示',
	e ENUM('é', 'ß') CHARACTER SET latin1 DEFAULT 'ß',
	m VARCHAR(20) CHARACTER SET utf8mb4 DEFAULT '😀',
	b VARBINARY(20) DEFAULT x'00FF27'
) ENGINE=InnoDB COLLATE latin1_german2_ci COMMENT='Größe 😀';
INSERT INTO charsets () VALUES ();
INSERT INTO charsets (s, b) VALUES ('表', x'5C27001A0D0A');

-- Functions, and procedures with text that a splitter may change.
DELIMITER //
CREATE DEFINER=definer@localhost FUNCTION twice(n INT) RETURNS INT
	DETERMINISTIC COMMENT 'it''s 2; $$ ;;' RETURN n * 2 //
CREATE FUNCTION aa_other.thrice(n INT) RETURNS VARCHAR(30) CHARSET utf8mb4
	DETERMINISTIC SQL SECURITY INVOKER RETURN CONCAT(n * 3, '😀') //
CREATE PROCEDURE splitter(INOUT a INT, IN `b ; c` TEXT)
BEGIN
	-- a comment; with a ' quote
	/* and ; one // more */
	DECLARE x TEXT DEFAULT ';;$$';	
	SET x = "a;b''", a = 1;   
	label: LOOP
		LEAVE label;
	END LOOP;
	SELECT 'DELIMITER ;' AS `DELIMITER`, x;
END //
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT' //
CREATE FUNCTION "ansi""mode" () RETURNS TEXT NO SQL RETURN 'a\' || 'b;' //
SET sql_mode = 'ORACLE' //
CREATE PROCEDURE oracle_p (a INT, b OUT VARCHAR2) AS
	c NUMBER := 1;
BEGIN
	b := a || ';' || c;
END; //
CREATE PACKAGE pack AS
	FUNCTION one RETURN INT;
	PROCEDURE nothing;
END; //
CREATE PACKAGE BODY pack AS
	v INT := 1;
	FUNCTION one RETURN INT AS BEGIN RETURN v; END;
	PROCEDURE nothing AS BEGIN NULL; END;
BEGIN
	v := 1;
END; //
SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO' //
SET NAMES latin1 //
CREATE PROCEDURE latin1_p() SELECT 'bytes of \xE9' //
SET NAMES utf8mb4 COLLATE utf8mb4_spanish_ci //
CREATE PROCEDURE spanish_p() SELECT 'ñandú 😀' AS ñ //
SET NAMES utf8mb4 //

-- Triggers: two on one event, in the order in which they were made; one that
-- would double rows if it were there before them.
CREATE TABLE watched (id INT PRIMARY KEY, n INT, log TEXT) ENGINE=InnoDB //
CREATE TABLE watched_log (what VARCHAR(20)) ENGINE=InnoDB //
CREATE TRIGGER z_first BEFORE INSERT ON watched FOR EACH ROW
	SET NEW.log = CONCAT(COALESCE(NEW.log, ''), 'z') //
CREATE DEFINER=definer@localhost TRIGGER a_second BEFORE INSERT ON watched
	FOR EACH ROW SET NEW.log = CONCAT(NEW.log, 'a') //
CREATE TRIGGER m_before BEFORE INSERT ON watched FOR EACH ROW PRECEDES z_first
BEGIN
	SET NEW.n = COALESCE(NEW.n, 0) + 1;
END //
SET sql_mode = 'ANSI_QUOTES' //
CREATE TRIGGER "after ""it""" AFTER INSERT ON watched FOR EACH ROW
	INSERT INTO "watched_log" VALUES (CONCAT('row ', NEW.id)) //
SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO' //
DELIMITER ;
INSERT INTO watched (id) VALUES (1), (2);

-- Views: on views, in an order against the alphabet; on functions; across
-- databases; with names and options that must be kept. (Those WITH CHECK OPTION
-- in that order are more than mariadb-dump can do.)
CREATE VIEW v9 AS SELECT a, b, twice(a) AS `double ``a```, '`v1`.`v0`' AS `q'uote`
	FROM columns;
CREATE DEFINER=definer@localhost SQL SECURITY INVOKER VIEW v1 (x, `y ; z`) AS
	SELECT a, b FROM v9 WHERE a > 0;
CREATE ALGORITHM=TEMPTABLE VIEW v3 AS SELECT x, COUNT(*) AS n FROM v1
	GROUP BY x ORDER BY n;
CREATE VIEW aa_other.across AS SELECT v.x, n.t, aa_other.thrice(3) AS t3
	FROM objects.v3 v LEFT JOIN aa_other.numbered n ON n.id = v.x;
CREATE VIEW aa_other.c9 AS SELECT x AS a, `y ; z` AS b FROM objects.v1 WHERE x < 100
	WITH LOCAL CHECK OPTION;
CREATE ALGORITHM=MERGE VIEW aa_other.c1 AS SELECT a FROM aa_other.c9
	WHERE b > 0 WITH CASCADED CHECK OPTION;
SET NAMES latin1;
CREATE VIEW v_latin1 AS SELECT 'é' AS e;
SET NAMES utf8mb4;

-- Events, in time zones, on and off.
SET time_zone = '+05:30';
CREATE EVENT every_day ON SCHEDULE EVERY 1 DAY STARTS '2033-01-01 03:00:00'
	ENDS '2034-01-01 00:00:00' ON COMPLETION PRESERVE
	COMMENT 'it''s' DO INSERT INTO watched_log VALUES ('event');
SET time_zone = 'SYSTEM', sql_mode = 'ANSI_QUOTES';
CREATE DEFINER=definer@localhost EVENT once ON SCHEDULE AT '2034-06-01 00:00:00'
	DISABLE DO DELETE FROM "watched_log";
CREATE EVENT on_slave ON SCHEDULE EVERY 1 HOUR STARTS '2033-01-01 00:00:00'
	DISABLE ON SLAVE DO SET @a = 1;
SET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO';

-- Names.
CREATE DATABASE `we``ird 100% a.b -- c*/; ж`;
USE `we``ird 100% a.b -- c*/; ж`;
CREATE TABLE `new
line -- DROP TABLE x;` (`co
l` INT PRIMARY KEY, `#` INT, ` x` INT, `a.b` INT, `100%` INT, `back\slash` INT)
	ENGINE=InnoDB;
INSERT INTO `new
line -- DROP TABLE x;` VALUES (1, 2, 3, 4, 5, 6);
CREATE TABLE `'; DROP DATABASE objects; --` (`"` INT) ENGINE=InnoDB;
INSERT INTO `'; DROP DATABASE objects; --` VALUES (1);
CREATE TABLE `back``tick*/` (`ж``` INT) ENGINE=InnoDB COMMENT='*/ ; --';
INSERT INTO `back``tick*/` VALUES (1);
CREATE VIEW `view
line*/` AS SELECT `ж``` AS `a
b` FROM `back``tick*/`;
CREATE SEQUENCE `se``q'`;
DELIMITER //
CREATE TRIGGER `tr``ig
ger` BEFORE INSERT ON `back``tick*/` FOR EACH ROW SET @a = 1//
CREATE PROCEDURE `pro``c
*/` () SELECT 1//
CREATE EVENT `ev``ent
*/` ON SCHEDULE EVERY 1 HOUR STARTS '2033-01-01 00:00:00' DISABLE DO SELECT 1//
DELIMITER ;
