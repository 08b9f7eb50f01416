-- literals.sql: INSERTs with every way to write a value, and values that LOAD
-- DATA reads in another way than SQL. As root.
SET NAMES utf8mb4, foreign_key_checks = 0, time_zone = '+00:00',
	sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';
CREATE DATABASE literals DEFAULT CHARACTER SET utf8mb4;
USE literals;

CREATE TABLE strings (id INT PRIMARY KEY, t TEXT, l VARCHAR(100) CHARACTER SET latin1, b BLOB, e ENUM('a', 'N', 'NULL', '1', ''),
	j JSON) ENGINE=InnoDB;
INSERT INTO strings VALUES (1, '', '', '', '', '""'), (2, '\'', '''', '\'\'', NULL, NULL), (3, '\N', '\N', '\N', '\N', NULL),
	(4, 'NULL', '\NULL', 'NULL', 'NULL', NULL), (5, '\\N', '\\\N', '\\', 'N', NULL), (6, '\%', '\_', '\%\_\\%', 'a', NULL),
	(7, '\0\b\n\r\t\Z\a\q\"\`', '\x41', '\0\b\n\r\t\Z\a\q\"\`', '1', '{"a\\n": "\\u0041\'"}'),
	(8, 'a,b', '1,2\n3', '),(', NULL, '[1,2]'), (9, 'line
	break', 'a''b', '''', 'a', NULL), (10, 'é€😀', 'é', 'é€😀', 'a', NULL), (11, '\é\€\😀', '\é', '\é\€\😀', 'a', NULL),
	(12, '''''', '''''''', '''''x', 'a', NULL), (13, '''\'''', '\'''\'', '\\''\\', 'a', NULL);
INSERT INTO strings VALUES(14,"double","it's","\"",'a',null),(15,"a""b",'a""b',"''",'a',Null) , ( 16 , " \% \N " , '	' , "\\" , 'a' , NULL ) ;
INSERT INTO strings (id, b) VALUES (17, _binary '\0\\\'\N\%'), (18, _binary'x'), (19, _binary "a'b"), (20, _BINARY 0x4127), (21, _binary x'5c'),
	(22, x'00275C0A2C'), (23, X'aBcD'), (24, 0x2c), (25, 0xABC), (26, b'101'), (27, B'0010011101011100'), (28, 0b100111), (29, x''), (30, b'');
-- Bytes that are no UTF-8: those that begin a character before a quote, a
-- backslash, a comma, a newline.
INSERT INTO strings (id, b) SELECT 100 + seq, CONCAT(CHAR(seq), '''', CHAR(seq), '\\', CHAR(seq), ',', CHAR(seq), '\n', CHAR(seq)) FROM seq_128_to_255;
-- Not literal, or not to be trusted: these go as they are.
INSERT INTO strings (id, t) VALUES (400, 'a' 'b'), (401, 'c');
INSERT INTO strings (id, t) VALUES (402, 'a'
	'b');
INSERT INTO strings (id, t) VALUES (403, _latin1 'é');
INSERT INTO strings (id, t) VALUES (404, N'n');
INSERT INTO strings (id, t) VALUES (405, CONCAT('a', 'b')), (406, ('p')), (407, @@version_comment = 5), (408, DEFAULT), (409, TRUE);
INSERT INTO strings (id, t) VALUES (410, 0x41), (411, x'42');
INSERT INTO strings (id, t) VALUES (412, _utf8mb4 x'C3A9');
INSERT INTO strings (id, t) VALUES (413, _binary 'é');
INSERT INTO strings (id, t) VALUES (414, 1.50), (415, 007), (416, 1e5), (417, -0), (418, .5);
INSERT INTO strings (id, t) VALUES (419, 5), (420, -12345678901234567890123), (421, 0);
INSERT INTO strings (id, e) VALUES (422, 2);
INSERT INTO strings (id, t) VALUES (423 /* c */, 'x') /* d */ , -- e
	(424, 'y');
INSERT INTO strings (id, t) VALUES (425, 'a' COLLATE utf8mb4_bin), (426, 'a' = 'a');
INSERT INTO strings SET id = 427, t = 'set';
INSERT INTO strings (id, t) SELECT 428, 'select';
INSERT INTO strings (id, t) VALUES (428, 'x') ON DUPLICATE KEY UPDATE t = 'updated';
INSERT INTO strings (id, t) VALUE (429, 'value');
INSERT INTO strings (id, l) VALUES (430, 'a' 'b'), (431, ''), (432, '' '');
INSERT strings () VALUES (433, 'no list', 'x', 'y', 'a', '1');
INSERT HIGH_PRIORITY INTO literals . strings (id, t) VALUES (434, 'qualified');
INSERT LOW_PRIORITY IGNORE `strings` (`id`, `t`) VALUES (435, 'quoted');
REPLACE INTO strings (id, t) VALUES (1, 'replaced'), (437, 'new');
REPLACE strings VALUES (2, 'replaced', NULL, NULL, NULL, NULL);
INSERT IGNORE INTO strings (id, t) VALUES (438, 'new'), (439, 'more');

SET sql_mode = 'NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO';
INSERT INTO strings (id, t, b) VALUES (500, '\', '\'), (501, '\N', '\\'), (502, 'a\''b', "\"), (503, "a""\", '''\'), (504, '\%', '\0');
SET sql_mode = 'ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO';
INSERT INTO "strings" ("id", "t") VALUES (510, 'a"b'), (511, '\'');
INSERT INTO strings (id, t) VALUES (512, CONCAT('a"', '''"'));
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

CREATE TABLE numbers (id INT PRIMARY KEY, i BIGINT, u BIGINT UNSIGNED ZEROFILL, d DECIMAL(40, 10), f FLOAT, g DOUBLE, o BOOL) ENGINE=InnoDB;
INSERT INTO numbers VALUES (1, -9223372036854775808, 18446744073709551615, -123456789012345678901234567890.0123456789, 3.4028234e38, 1.7976931348623157e308, 1),
	(2, 0, 0, 0, 0, 0, 0), (3, 00012, 00012, 00012.5000, 00012.5, 1.5E-3, 1), (4, '5', '5', '5.5', '5.5', '5e5', '1'), (5, -1, 1, .5, 5., 1e+10, 0),
	(6, 1.5, 2.5, 1.23456789015, 0.1, 0.1, 0), (7, -2.5, 3.49999, -0.5, -0.1, -1e-300, 0), (8, NULL, NULL, NULL, NULL, NULL, NULL),
	(9, 1, 1, 99999999999999999999999.99999999999, 16777217, 9007199254740993, 1), (10, 1, 1, 1, 1.17549435e-38, 2.2250738585072011e-308, 1),
	(11, 1, 1, 1, 1e-45, 4.9406564584124654e-324, 1), (12, 1, 1, 1, 123456789, 0.30000000000000004, 1);
INSERT INTO numbers (id, f, g) VALUES (20, -0, -0);
INSERT INTO numbers (id, f, g) VALUES (21, -0.0, -0e0);
INSERT INTO numbers (id, i) VALUES (22, 1e3);
INSERT INTO numbers (id, i) VALUES (23, 0x10), (24, b'11');
INSERT INTO numbers (id, i) VALUES (25, +5), (26, - 5), (27, --5), (28, 1 + 1), (29, TRUE);
INSERT INTO numbers (id, g) VALUES (30, 123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890);
INSERT INTO numbers (id, g) VALUES (31, '0x10'), (32, '');

CREATE TABLE times (id INT PRIMARY KEY, y YEAR, d DATE, dt DATETIME(3), t TIME(6), ts TIMESTAMP NULL) ENGINE=InnoDB;
INSERT INTO times VALUES (1, 2024, '2024-01-01', '2024-01-01 00:00:00.123', '-838:59:59', '2024-01-01 00:00:00'), (2, 0000, '0000-00-00', '0', '0', '0'),
	(3, 1901, '2024-02-31', '2024-00-00', '0', NULL);
INSERT INTO times VALUES (4, 0, NULL, NULL, NULL, NULL), (5, '0', NULL, NULL, NULL, NULL), (6, 2155, NULL, NULL, NULL, NULL), (7, '2000', '20240101', NULL, '12:00', NULL);
INSERT INTO times (id, y) VALUES (8, 70), (9, 5), (10, 00), (11, '70');
INSERT INTO times (id, d, dt) VALUES (14, NULL, 0);
INSERT INTO times (id, d) VALUES (12, 20240101), (13, 101);

CREATE TABLE bits (id INT PRIMARY KEY, a BIT(1), b BIT(10), c BIT(64), bin BINARY(4), g GEOMETRY) ENGINE=InnoDB;
INSERT INTO bits VALUES (1, b'1', b'1000000001', x'FFFFFFFFFFFFFFFF', 'ab', NULL), (2, 0x01, 0x0201, b'0', x'00', x'000000000101000000000000000000F03F000000000000F03F'),
	(3, '', _binary '\0', _binary '\'\\', 'a\0 ', _binary '\0\0\0\0\0\0\0\0\0\0\0\0\0\0@\0\0\0\0\0\0\'@'), (4, NULL, b'', '', '', NULL);
INSERT INTO bits (id, b) VALUES (5, 5), (6, 513);
INSERT INTO bits (id, g) VALUES (7, ST_GeomFromText('POINT(1 1)'));

CREATE TABLE hidden (id INT, a INT INVISIBLE DEFAULT 7, g INT AS (id + 1) VIRTUAL, b INT, PRIMARY KEY (id)) ENGINE=InnoDB;
INSERT INTO hidden (id, a, b) VALUES (1, 2, 3);
INSERT INTO hidden (ID, B) VALUES (2, 3);
INSERT INTO hidden VALUES (3, DEFAULT, 4);
CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, n INT) ENGINE=InnoDB;
INSERT INTO counted VALUES (0, 1), (NULL, 2), (5, 3), (NULL, 4);
CREATE TABLE one_column (a VARCHAR(5)) ENGINE=InnoDB;
INSERT INTO one_column VALUES (''), (NULL), ('\n'), ('NULL'), ('a'), ('\N'), ('\\N'), ('\\'), ('\''), (',');
INSERT INTO one_column VALUES (' '), ('\t'), ("'"), ("\""), ('\0');
CREATE TABLE generated_only (g INT AS (1) VIRTUAL) ENGINE=InnoDB;
INSERT INTO generated_only () VALUES (), ();
