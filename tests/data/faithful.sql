-- faithful.sql: what values.sql and every-object.sql do not have: all bytes, all
-- codes of all character sets, random bits as numbers, moments of a clock that is
-- put back, rows that their table would refuse today, and shapes of tables. Load
-- it as root behind those, on a server whose own time zone is that of Berlin.
-- Nothing in it depends on the time when it is loaded.
SET NAMES utf8mb4;
SET timestamp = 1700000000.5;
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';
SET foreign_key_checks = 0, check_constraint_checks = 0;
SET group_concat_max_len = 1000000;
CREATE DATABASE faithful DEFAULT CHARACTER SET utf8mb4;
USE faithful;

-- Numbers of random bits (but neither infinite nor none), each as the IEEE 754
-- bytes that a point holds; all powers of two, and the two zeros, where a server
-- keeps the second (MariaDB 10.11 stores it as the first, but for points).
CREATE TABLE doubles (id INT PRIMARY KEY, d DOUBLE) ENGINE=InnoDB;
INSERT INTO doubles
	SELECT seq, ST_X(ST_GeomFromWKB(CONCAT(x'0101000000',
		UNHEX(SUBSTR(MD5(seq), 1, 16)), x'0000000000000000')))
	FROM seq_1_to_3000
	WHERE CONV(SUBSTR(MD5(seq), 13, 4), 16, 10) >> 4 & 7 <> 7;
INSERT INTO doubles
	SELECT 10000 + seq, POW(2, seq - 1074.0) FROM seq_0_to_2097;
INSERT INTO doubles VALUES (20000, 0e0), (20001, -0e0), (20002, NULL),
	(20003, 1.7976931348623157e308), (20004, -5e-324), (20005, 0.1 + 0.2e0);
CREATE TABLE floats (id INT PRIMARY KEY, f FLOAT, k FLOAT NOT NULL,
	KEY (k)) ENGINE=InnoDB;
INSERT INTO floats
	SELECT seq, s * (1 + m / POW(2, 23)) * POW(2, e - 127e0),
		s * m * POW(2, -149)
	FROM (SELECT seq, CONV(SUBSTR(MD5(seq), 1, 6), 16, 10) & 0x7fffff m,
		1e0 + CONV(SUBSTR(MD5(seq), 7, 4), 16, 10) % 254 e,
		IF(seq % 2, 1e0, -1e0) s FROM seq_1_to_3000) parts;
INSERT INTO floats VALUES (10000, 0e0, -0e0), (10001, NULL, 1.4e-45),
	(10002, 3.4028234663852886e38, -3.4028234663852886e38);

-- A column of every width of BIT: none of its bits, all, and some.
CREATE TABLE bits (id INT PRIMARY KEY) ENGINE=InnoDB;
SELECT CONCAT('ALTER TABLE bits ',
	GROUP_CONCAT('ADD b', seq, ' BIT(', seq, ')' ORDER BY seq))
	INTO @sql FROM seq_1_to_64;
EXECUTE IMMEDIATE @sql;
SELECT CONCAT('INSERT INTO bits VALUES (1,',
	REPEAT('0,', 63), '0), (2,', GROUP_CONCAT((1 << (seq - 1)) - 1 + (1 << (seq - 1))
	ORDER BY seq), '), (3,', GROUP_CONCAT(0x5C27001A0D0A2722 & (1 << (seq - 1)) - 1
	ORDER BY seq), ')')
	INTO @sql FROM seq_1_to_64;
EXECUTE IMMEDIATE @sql;

-- Every byte, alone and beside the bytes that escapes are made of.
CREATE TABLE bytes (id INT PRIMARY KEY, b BLOB, vb VARBINARY(300), fb BINARY(3),
	l TEXT CHARACTER SET latin1, c CHAR(3) CHARACTER SET latin1,
	z BLOB COMPRESSED, e ENUM('a', x'5C27') CHARACTER SET binary) ENGINE=InnoDB;
INSERT INTO bytes
	SELECT seq, CHAR(seq), CONCAT(CHAR(seq), '\\', CHAR(seq), ''''), CHAR(seq, 92),
		CHAR(seq USING latin1), CONCAT(CHAR(seq USING latin1), '\''),
		REPEAT(CHAR(seq), seq), 1 + seq % 2 FROM seq_0_to_255;
INSERT INTO bytes (id, b, vb) SELECT 256,
	GROUP_CONCAT(CHAR(seq) ORDER BY seq SEPARATOR ''), '' FROM seq_0_to_255;

-- Of each character set all codes of one and two bytes that it knows, by sixteen,
-- and, if they may have more bytes, what it has of Unicode's first 131,072.
DELIMITER //
CREATE PROCEDURE each_charset()
BEGIN
	DECLARE codes INT;
	FOR cs IN (SELECT character_set_name name, maxlen
		FROM information_schema.character_sets
		WHERE character_set_name <> 'binary' ORDER BY 1)
	DO
		SET codes = IF(cs.maxlen > 1, 65535, 255);
		EXECUTE IMMEDIATE CONCAT('CREATE OR REPLACE TEMPORARY TABLE code (
			n INT PRIMARY KEY, t VARCHAR(2) CHARACTER SET ', cs.name,
			') ENGINE=MEMORY');
		EXECUTE IMMEDIATE CONCAT('INSERT IGNORE INTO code SELECT seq,
			UNHEX(IF(seq < 256, HEX(CHAR(seq)), LPAD(HEX(seq), 4, ''0'')))
			FROM seq_0_to_', codes);
		EXECUTE IMMEDIATE CONCAT('CREATE TABLE charset_', cs.name, ' (
			id INT PRIMARY KEY, t TEXT CHARACTER SET ', cs.name, ',
			v VARCHAR(40) CHARACTER SET ', cs.name, ') ENGINE=InnoDB');
		EXECUTE IMMEDIATE CONCAT('INSERT INTO charset_', cs.name, '
			SELECT n >> 4, GROUP_CONCAT(t ORDER BY n SEPARATOR ''''),
			MIN(t) FROM code WHERE LENGTH(t) > 0 GROUP BY n >> 4');
		IF cs.maxlen > 1 THEN
			EXECUTE IMMEDIATE CONCAT('INSERT IGNORE INTO charset_', cs.name, '
				SELECT 10000 + (seq >> 9), GROUP_CONCAT(
				CONVERT(CHAR(seq USING utf32) USING ', cs.name, ')
				ORDER BY seq SEPARATOR ''''), NULL
				FROM seq_32_to_131071 WHERE seq NOT BETWEEN 0xD800 AND 0xDFFF
				GROUP BY seq >> 9');
		END IF;
	END FOR;
END //
DELIMITER ;
CALL each_charset();
DROP PROCEDURE each_charset;
DROP TEMPORARY TABLE code;

-- The empty member of an ENUM, and the value that is none of its members.
CREATE TABLE members (id INT PRIMARY KEY, e ENUM('a', 'b'), s SET('a', 'b'),
	l ENUM('é', 'ß', '\\', '''') CHARACTER SET latin1) ENGINE=InnoDB;
INSERT IGNORE INTO members VALUES (1, 0, '', 0), (2, 'b', 'a,b', 'ß'), (3, NULL, 0, 3),
	(4, 'a', 'b', 4);

-- Moments: the hour that a clock in Berlin shows twice, by microseconds; dates
-- that are none.
CREATE TABLE moments (id INT PRIMARY KEY, t TIMESTAMP(6) NULL, s TIMESTAMP NULL,
	d DATETIME(6), day DATE, y YEAR, c TIME(6)) ENGINE=InnoDB;
SET time_zone = 'SYSTEM';
INSERT INTO moments (id, t, s, d)
	SELECT seq, FROM_UNIXTIME(1603580400 + seq * 900.123457),
		FROM_UNIXTIME(1603580400 + seq * 900),
		FROM_UNIXTIME(1603580400 + seq * 900.123457) FROM seq_0_to_20;
INSERT INTO moments (id, t, s, d)
	SELECT 100 + seq, FROM_UNIXTIME(1585440000 + seq * 900.5),
		FROM_UNIXTIME(1585440000 + seq * 900), NULL FROM seq_0_to_20;
SET time_zone = '+00:00';
INSERT INTO moments VALUES
	(200, 0, '0000-00-00', '0000-00-00', '0000-00-00', 0, 0),
	(201, '2038-01-19 03:14:07.999999', '1970-01-01 00:00:01',
	'2021-02-31 24:00:00', '2021-02-31', 2155, '838:59:59.999999'),
	(202, NULL, NULL, '2021-00-00 12:13:14.000001', '0000-12-31', 1901,
	'-838:59:59.999999'),
	(203, '1970-01-01 00:00:00.000001', NULL, '0001-01-01', '9999-12-31', 1970,
	'-00:00:00.000001');
CREATE TABLE by_moment (t TIMESTAMP NOT NULL, n INT) ENGINE=InnoDB
	PARTITION BY RANGE (UNIX_TIMESTAMP(t))
	(PARTITION before_hour VALUES LESS THAN (1603584000),
	PARTITION first_two VALUES LESS THAN (1603587600),
	PARTITION second_two VALUES LESS THAN (1603591200),
	PARTITION later VALUES LESS THAN MAXVALUE);
INSERT INTO by_moment SELECT s, id FROM moments WHERE id < 100 AND s > 0;

-- Rows that their table would refuse today, and JSON as it was written.
CREATE TABLE refused (id INT AUTO_INCREMENT PRIMARY KEY, n INT CHECK (n > 0),
	j JSON, u INT, CONSTRAINT never CHECK (u IS NULL)) ENGINE=InnoDB;
INSERT INTO refused VALUES (0, -1, '{"b":1,"a":2,"b":3, "":"\\u0041\\/"}', 4),
	(-1, 0, 'no JSON at all', NULL), (2, 1, '[1.0,1e2,-0]', 1);
CREATE TABLE nobodys_child (id INT PRIMARY KEY, parent INT,
	FOREIGN KEY (parent) REFERENCES nobodys_child (id)) ENGINE=InnoDB;
INSERT INTO nobodys_child VALUES (1, 99), (2, 3), (3, 2);

CREATE TABLE addresses (u UUID PRIMARY KEY, a INET4, b INET6) ENGINE=InnoDB;
INSERT INTO addresses
	SELECT UNHEX(MD5(seq)), INET_NTOA(CONV(SUBSTR(MD5(seq + 500), 1, 8), 16, 10)),
		INET6_NTOA(UNHEX(MD5(seq + 1000))) FROM seq_1_to_300;
INSERT INTO addresses VALUES ('00000000-0000-0000-0000-000000000000', NULL, '::');
/*M!110701 CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3) NOT NULL,
	VECTOR KEY (v)) ENGINE=InnoDB */;
/*M!110701 INSERT INTO vectors VALUES (1, VEC_FromText('[1,-0.1,3e38]')),
	(2, x'5C27001A0D0A27225C5C5C5C') */;

-- Every kind of shape, with and without a reference system, and empty ones.
CREATE TABLE geometries (id INT PRIMARY KEY, g GEOMETRY NOT NULL, p POINT, l LINESTRING,
	y POLYGON, mp MULTIPOINT, ml MULTILINESTRING, my MULTIPOLYGON,
	gc GEOMETRYCOLLECTION, SPATIAL KEY (g)) ENGINE=InnoDB;
INSERT INTO geometries VALUES
	(1, ST_GeomFromText('POINT(1e-320 -0.1)', 4326), ST_GeomFromText('POINT(39 92)', 10),
	ST_GeomFromText('LINESTRING(0 0,26 26)', 4326),
	ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 0),(1 1,2 1,2 2,1 1))', 31467),
	ST_GeomFromText('MULTIPOINT(1 1,2 2)'),
	ST_GeomFromText('MULTILINESTRING((1 1,2 2),(3 3,4 4))', 2147483647),
	ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))'),
	ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))', 4326)),
	(3, POINT(-0e0, 5e-324), POINT(-0e0, 1.7976931348623157e308), NULL, NULL, NULL,
	NULL, NULL, NULL),
	(2, ST_GeomFromText('GEOMETRYCOLLECTION EMPTY', 4326), NULL, NULL, NULL, NULL,
	NULL, NULL, ST_GeomFromText('GEOMETRYCOLLECTION EMPTY'));

-- Old versions: by parts of a second, of rows that are all gone, of periods, in
-- partitions by time, of generated columns alone.
CREATE TABLE history (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(10),
	u INT WITHOUT SYSTEM VERSIONING, g INT AS (CHAR_LENGTH(v)) STORED,
	i FLOAT INVISIBLE) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO history (id, v, u, i) VALUES (0, 'zero', 1, 0.1), (1, 'one', 2, 16777215);
SET timestamp = 1700000001.000001;
UPDATE history SET v = 'changed', i = 0.2;
SET timestamp = 1700000001.999999;
UPDATE history SET u = 7;
DELETE FROM history WHERE id = 0;
SET timestamp = 1700000003;
INSERT INTO history (id, v) VALUES (0, 'again');
CREATE TABLE all_gone (v BLOB) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO all_gone VALUES (x'00'), (x'27'), (x'27');
SET timestamp = 1700000004;
DELETE FROM all_gone;
CREATE TABLE bitemporal (id INT, f DATE, t DATE, PERIOD FOR valid (f, t),
	UNIQUE (id, valid WITHOUT OVERLAPS)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO bitemporal VALUES (1, '2020-01-01', '2021-01-01');
SET timestamp = 1700000005;
DELETE FROM bitemporal FOR PORTION OF valid FROM '2020-03-01' TO '2020-04-01';
CREATE TABLE history_parts (id INT PRIMARY KEY, v INT) ENGINE=InnoDB
	WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME INTERVAL 1 HOUR
	STARTS '2023-11-14 22:00:00' PARTITIONS 4;
INSERT INTO history_parts VALUES (1, 1), (2, 2);
SET timestamp = 1700003700;
UPDATE history_parts SET v = 10 WHERE id = 1;
SET timestamp = 1700007300;
UPDATE history_parts SET v = 20;
CREATE TABLE history_generated (g INT AS (1) STORED) ENGINE=InnoDB
	WITH SYSTEM VERSIONING;
INSERT INTO history_generated VALUES (), ();
SET timestamp = 1700007400;
DELETE FROM history_generated LIMIT 1;
SET timestamp = 1700007500;

-- Partitions of all kinds beside those of every-object.sql; many; none in use.
CREATE TABLE parts_hash (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB
	PARTITION BY LINEAR HASH (id) PARTITIONS 5;
INSERT INTO parts_hash SELECT seq, seq FROM seq_1_to_40;
CREATE TABLE parts_columns (d DATE NOT NULL, c VARCHAR(5) NOT NULL, n INT,
	PRIMARY KEY (c, d)) ENGINE=InnoDB
	PARTITION BY RANGE COLUMNS (d, c) SUBPARTITION BY KEY (c) SUBPARTITIONS 3
	(PARTITION p0 VALUES LESS THAN ('2020-01-01', 'm'),
	PARTITION `p ``1;'` VALUES LESS THAN ('2020-01-01', MAXVALUE),
	PARTITION p2 VALUES LESS THAN (MAXVALUE, MAXVALUE));
INSERT INTO parts_columns SELECT '2019-12-01' + INTERVAL seq DAY, CHAR(97 + seq % 26), seq
	FROM seq_1_to_60;
CREATE TABLE parts_list (n INT, t VARCHAR(5)) ENGINE=MyISAM
	PARTITION BY LIST (n) (PARTITION pn VALUES IN (NULL, 1),
	PARTITION pe VALUES IN (2, 4), PARTITION px DEFAULT);
INSERT INTO parts_list VALUES (NULL, 'null'), (1, 'one'), (99, 'other');
CREATE TABLE parts_empty (id INT) ENGINE=InnoDB PARTITION BY HASH (id) PARTITIONS 200;

-- Keys of every kind; a key that is nobody's to see; a table that refers to a
-- sequence in its key.
CREATE TABLE hidden_key (my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE
	PRIMARY KEY, a INT) ENGINE=InnoDB AUTO_INCREMENT=77;
INSERT INTO hidden_key (a) VALUES (1), (1), (2);
CREATE TABLE sorted (a VARCHAR(20) COLLATE utf8mb4_german2_ci, b INT UNSIGNED,
	c BINARY(4), h BLOB, PRIMARY KEY (a DESC, b, c DESC), KEY (b DESC, a(3)),
	UNIQUE (h)) ENGINE=InnoDB;
INSERT INTO sorted VALUES ('ä', 4294967295, x'FF00', 'x'), ('ae', 0, '', 'y'),
	('Ae ', 1, '', NULL), ('', 1, '', NULL);
CREATE SEQUENCE tickets START WITH -5 INCREMENT BY -5 MINVALUE -1000 CACHE 0;
CREATE TABLE by_ticket (id BIGINT DEFAULT (NEXTVAL(tickets) * 2) INVISIBLE PRIMARY KEY,
	a INT) ENGINE=InnoDB;
INSERT INTO by_ticket (a) VALUES (1), (2);

-- 1017 columns, and names of 64 letters.
CREATE TABLE wide (id INT PRIMARY KEY) ENGINE=InnoDB;
SELECT CONCAT('ALTER TABLE wide ', GROUP_CONCAT('ADD `',
	LPAD(seq, 12, 'ж'), '` INT DEFAULT ', seq ORDER BY seq))
	INTO @sql FROM seq_1_to_1016;
EXECUTE IMMEDIATE @sql;
INSERT INTO wide (id) VALUES (1), (2);
EXECUTE IMMEDIATE CONCAT('CREATE DATABASE `', REPEAT('ж', 64), '`');
EXECUTE IMMEDIATE CONCAT('CREATE TABLE `', REPEAT('ж', 64), '`.`', REPEAT('ш', 64), '` (`',
	REPEAT('щ', 64), '` INT PRIMARY KEY, CONSTRAINT `', REPEAT('ъ', 64),
	'` CHECK (`', REPEAT('щ', 64), '` > 0)) ENGINE=InnoDB');
EXECUTE IMMEDIATE CONCAT('INSERT INTO `', REPEAT('ж', 64), '`.`', REPEAT('ш', 64),
	'` VALUES (1)');
CREATE TABLE ` leading`` blank` (` a` INT, `_` INT, `%s%n` INT, `a--b` INT,
	`/*! x */` INT, `"` INT, `''` INT, `\\` INT, `select` INT) ENGINE=InnoDB;
INSERT INTO ` leading`` blank` VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9);

-- A row that as SQL nearly fills the 16 MiB that clients and servers take, for
-- each of its bytes is escaped; and one of nothing.
CREATE TABLE near_packet (id INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB;
INSERT INTO near_packet VALUES (1, REPEAT('''', (8 << 20) - 100)), (2, ''), (3, NULL);

-- Engines that a server may or may not have.
CREATE TABLE e_aria (id INT AUTO_INCREMENT PRIMARY KEY, f FLOAT) ENGINE=Aria
	TRANSACTIONAL=0 ROW_FORMAT=DYNAMIC;
INSERT INTO e_aria (f) VALUES (0.1), (16777215);
CREATE TABLE e_csv (f FLOAT NOT NULL, t TEXT NOT NULL) ENGINE=CSV;
INSERT INTO e_csv VALUES (0.1, 'a"b\\,\n');
CREATE TABLE e_memory (id INT, b VARBINARY(20), KEY USING HASH (id)) ENGINE=MEMORY;
INSERT INTO e_memory VALUES (1, x'00FF27'), (1, x'00FF27'), (NULL, '');
CREATE TABLE e_archive (t TEXT, f FLOAT) ENGINE=ARCHIVE;
INSERT INTO e_archive VALUES ('a', 0.1), (NULL, 16777215);
CREATE TABLE e_blackhole (id INT PRIMARY KEY) ENGINE=BLACKHOLE;
INSERT INTO e_blackhole VALUES (1);
