-- keys.sql: a table for each kind of primary key, with rows for several chunks
-- each. n numbers the rows; p makes them wide. In utf8mb4.
SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_UNSIGNED_SUBTRACTION', time_zone = '+00:00';
CREATE DATABASE `keys` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
USE `keys`;

CREATE TABLE n_signed (id BIGINT PRIMARY KEY, n INT, p VARCHAR(250) DEFAULT REPEAT('wide ', 50));
INSERT INTO n_signed (id, n) VALUES (-9223372036854775808, 1), (-9223372036854775807, 2),
	(9223372036854775806, 3), (9223372036854775807, 4), (-1, 5), (0, 6);
INSERT IGNORE INTO n_signed (id, n) SELECT (seq - 1000) * 9000000000000000, seq FROM seq_7_to_2000;
INSERT IGNORE INTO n_signed (id, n) SELECT seq - 9000, seq FROM seq_2001_to_10000;

CREATE TABLE n_unsigned LIKE n_signed;
ALTER TABLE n_unsigned MODIFY id BIGINT UNSIGNED;
INSERT INTO n_unsigned (id, n) VALUES (0, 1), (18446744073709551615, 2), (9223372036854775807, 3),
	(9223372036854775808, 4);
INSERT INTO n_unsigned (id, n) SELECT 18446744073709547614 + seq, seq FROM seq_5_to_4000;
INSERT INTO n_unsigned (id, n) SELECT seq * 3, seq FROM seq_4001_to_8000;

CREATE TABLE n_dense LIKE n_signed;
ALTER TABLE n_dense MODIFY id INT AUTO_INCREMENT;
INSERT INTO n_dense (id, n) SELECT seq, seq FROM seq_1_to_30000;

-- Sparse, then dense; and the other way round.
CREATE TABLE n_burst LIKE n_signed;
INSERT INTO n_burst (id, n) SELECT seq * 100000, seq FROM seq_1_to_10000;
INSERT IGNORE INTO n_burst (id, n) SELECT 1000000000 + seq, seq FROM seq_10001_to_25000;
INSERT IGNORE INTO n_burst (id, n) SELECT seq * 1000003, seq FROM seq_25001_to_30000;

CREATE TABLE n_random LIKE n_signed;
ALTER TABLE n_random MODIFY id INT UNSIGNED ZEROFILL;
INSERT IGNORE INTO n_random (id, n) SELECT CRC32(seq), seq FROM seq_1_to_8000;

CREATE TABLE n_down LIKE n_dense;
ALTER TABLE n_down DROP PRIMARY KEY, ADD PRIMARY KEY (id DESC);
INSERT INTO n_down (id, n) SELECT id, n FROM n_dense LIMIT 8000;

CREATE TABLE n_decimal LIKE n_signed;
ALTER TABLE n_decimal MODIFY id DECIMAL(40, 10);
INSERT INTO n_decimal (id, n) SELECT (seq - 3000) * 12345678901234567890.0123456789, seq
	FROM seq_1_to_6000;
INSERT INTO n_decimal (id, n) VALUES (0.0000000001, 7001), (-0.0000000001, 7002);

CREATE TABLE n_float LIKE n_signed;
ALTER TABLE n_float MODIFY id FLOAT;
INSERT IGNORE INTO n_float (id, n) SELECT seq / 7, seq FROM seq_1_to_6000;

CREATE TABLE n_bit LIKE n_signed;
ALTER TABLE n_bit MODIFY id BIT(40);
INSERT INTO n_bit (id, n) SELECT seq * 99991, seq FROM seq_1_to_6000;

-- Text. Equal but for case, accents and blanks where the collation tells them
-- apart.
CREATE TABLE s_ci (k VARCHAR(100), n INT, p VARCHAR(250) DEFAULT REPEAT('wide ', 50), PRIMARY KEY (k));
CREATE TABLE s_bin LIKE s_ci;
ALTER TABLE s_bin MODIFY k VARCHAR(100) COLLATE utf8mb4_bin;
CREATE TABLE s_unicode LIKE s_ci;
ALTER TABLE s_unicode MODIFY k VARCHAR(100) COLLATE utf8mb4_unicode_ci;
CREATE TABLE s_nopad LIKE s_ci;
ALTER TABLE s_nopad MODIFY k VARCHAR(100) COLLATE utf8mb4_nopad_bin;
CREATE TABLE s_unicode_nopad LIKE s_ci;
ALTER TABLE s_unicode_nopad MODIFY k VARCHAR(100) COLLATE utf8mb4_unicode_520_nopad_ci;
CREATE TABLE s_uca LIKE s_ci;
ALTER TABLE s_uca MODIFY k VARCHAR(100) COLLATE utf8mb4_uca1400_as_cs;
CREATE TABLE s_char LIKE s_ci;
ALTER TABLE s_char MODIFY k CHAR(100) COLLATE utf8mb4_german2_ci;
CREATE TABLE s_utf16 LIKE s_ci;
ALTER TABLE s_utf16 MODIFY k VARCHAR(100) CHARACTER SET utf16 COLLATE utf16_unicode_ci;

CREATE TABLE words (k VARCHAR(100) COLLATE utf8mb4_nopad_bin, n INT);
INSERT INTO words VALUES ('', 1), (' ', 2), ('  ', 3), ('a', 4), ('a ', 5), ('a  ', 6),
	('a\t', 7), ('a\n', 8), ('a\0', 9), ('A', 10), ('ä', 11), ('Ä', 12), ('ae', 13), ('ß', 14),
	('ss', 15), ('s', 16), ('😀', 17), ('😁', 18), ('\\', 19), ('''', 20), ('%', 21), ('z', 22);
INSERT INTO words SELECT CONCAT(ELT(1 + seq % 9, '', 'a', 'A', 'ä', 'ß', 'Ω', '日本', 'e\u0301', '😀'),
	ELT(1 + seq % 5, '', ' ', '\t', 'x', '\\'''), MD5(seq DIV 2),
	ELT(1 + seq % 4, '', ' ', '\t', '!')), seq FROM seq_23_to_8000;
INSERT IGNORE INTO s_ci (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_bin (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_unicode (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_nopad (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_unicode_nopad (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_uca (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_char (k, n) SELECT * FROM words ORDER BY n;
INSERT IGNORE INTO s_utf16 (k, n) SELECT * FROM words ORDER BY n;
DROP TABLE words;

-- Any byte, and bytes that Unicode does not give back.
CREATE TABLE bytes (k VARBINARY(20), n INT);
INSERT INTO bytes SELECT CONCAT(CHAR(seq % 256), UNHEX(LEFT(MD5(seq DIV 3), 6)),
	ELT(1 + seq % 3, '', '\0', x'FF')), seq FROM seq_1_to_8000;
INSERT INTO bytes VALUES ('', 9001), (x'00', 9002), (x'0000', 9003), (x'FF', 9004), (x'FFFF', 9005);
CREATE TABLE b_var LIKE s_ci;
ALTER TABLE b_var MODIFY k VARBINARY(100);
INSERT IGNORE INTO b_var (k, n) SELECT * FROM bytes ORDER BY n;
CREATE TABLE b_fix LIKE s_ci;
ALTER TABLE b_fix MODIFY k BINARY(8);
INSERT IGNORE INTO b_fix (k, n) SELECT * FROM bytes ORDER BY n;
CREATE TABLE b_latin1 LIKE s_ci;
ALTER TABLE b_latin1 MODIFY k VARCHAR(100) CHARACTER SET latin1 COLLATE latin1_german1_ci;
INSERT IGNORE INTO b_latin1 (k, n) SELECT * FROM bytes ORDER BY n;
CREATE TABLE b_cp1251 LIKE s_ci;
ALTER TABLE b_cp1251 MODIFY k VARCHAR(100) CHARACTER SET cp1251 COLLATE cp1251_bin;
INSERT IGNORE INTO b_cp1251 (k, n) SELECT * FROM bytes ORDER BY n;
DROP TABLE bytes;

CREATE TABLE lossy (h VARBINARY(20), n INT);
INSERT INTO lossy SELECT CONCAT(CHAR(0x81 + seq % 31), CHAR(0x40 + seq % 63), HEX(seq)), seq
	FROM seq_1_to_8000;
INSERT INTO lossy VALUES (x'8790', 9001), (x'81E0', 9002), (x'FA54', 9003), (x'81CA', 9004);
CREATE TABLE b_cp932 LIKE s_ci;
ALTER TABLE b_cp932 MODIFY k VARCHAR(100) CHARACTER SET cp932 COLLATE cp932_bin;
INSERT IGNORE INTO b_cp932 (k, n) SELECT CONVERT(h USING cp932), n FROM (SELECT h, n FROM lossy
	WHERE HEX(CONVERT(h USING cp932)) = HEX(h)) AS same;
CREATE TABLE b_gbk LIKE s_ci;
ALTER TABLE b_gbk MODIFY k VARCHAR(100) CHARACTER SET gbk COLLATE gbk_chinese_ci;
INSERT IGNORE INTO b_gbk (k, n) SELECT CONVERT(h USING gbk), n FROM (SELECT h, n FROM lossy
	WHERE HEX(CONVERT(h USING gbk)) = HEX(h)) AS same;
DROP TABLE lossy;

-- Times, with those that are none.
CREATE TABLE t_date LIKE s_ci;
ALTER TABLE t_date MODIFY k DATE;
INSERT INTO t_date (k, n) VALUES ('0000-00-00', 1), ('2020-02-31', 2), ('2020-00-10', 3),
	('2020-10-00', 4), ('9999-12-31', 5), ('0001-01-01', 6), ('2001-04-31', 7);
INSERT IGNORE INTO t_date (k, n) SELECT '2000-01-01' + INTERVAL seq DAY, seq FROM seq_10_to_8000;
CREATE TABLE t_invalid LIKE t_date;
INSERT IGNORE INTO t_invalid (k, n) SELECT
	CONCAT(LPAD(seq DIV 13 + 1, 4, '0'), '-', LPAD(seq % 13, 2, '0'), '-', IF(seq % 2, '31', '00')), seq
	FROM seq_1_to_8000;
CREATE TABLE t_datetime LIKE s_ci;
ALTER TABLE t_datetime MODIFY k DATETIME(6);
INSERT INTO t_datetime (k, n) VALUES ('0000-00-00 00:00:00', 1), ('2020-02-31 23:59:59.999999', 2),
	('0000-00-00 00:00:00.000001', 3);
INSERT IGNORE INTO t_datetime (k, n) SELECT '1970-01-01' + INTERVAL seq * 4321123 MICROSECOND, seq
	FROM seq_10_to_8000;
CREATE TABLE t_timestamp LIKE s_ci;
ALTER TABLE t_timestamp MODIFY k TIMESTAMP(3) DEFAULT '0000-00-00 00:00:00';
INSERT INTO t_timestamp (k, n) VALUES ('0000-00-00 00:00:00', 1), ('1970-01-01 00:00:01', 2),
	('2038-01-19 03:14:07.999', 3);
INSERT INTO t_timestamp (k, n) SELECT '2021-10-30 22:00:00' + INTERVAL seq * 1.111 SECOND, seq
	FROM seq_10_to_8000;
CREATE TABLE t_time LIKE s_ci;
ALTER TABLE t_time MODIFY k TIME(2);
INSERT INTO t_time (k, n) VALUES ('-838:59:59', 1), ('838:59:59.99', 2), ('00:00:00', 3);
INSERT IGNORE INTO t_time (k, n) SELECT SEC_TO_TIME((seq - 4000) * 333.33), seq FROM seq_10_to_8000;

CREATE TABLE v_uuid LIKE s_ci;
ALTER TABLE v_uuid MODIFY k UUID;
INSERT INTO v_uuid (k, n) SELECT INSERT(INSERT(MD5(seq), 13, 1, ELT(1 + seq % 3, '1', '4', '7')),
	17, 1, ELT(1 + seq % 2, '8', 'b')), seq FROM seq_1_to_8000;
CREATE TABLE v_inet6 LIKE s_ci;
ALTER TABLE v_inet6 MODIFY k INET6;
INSERT IGNORE INTO v_inet6 (k, n) SELECT IF(seq % 2, CONCAT('::ffff:10.0.', seq DIV 256, '.', seq % 256),
	CONCAT('2001:db8::', HEX(seq))), seq FROM seq_1_to_8000;
CREATE TABLE v_inet4 LIKE s_ci;
ALTER TABLE v_inet4 MODIFY k INET4;
INSERT INTO v_inet4 (k, n) SELECT CONCAT(seq % 256, '.0.', seq DIV 256, '.9'), seq FROM seq_1_to_8000;

-- Several columns.
CREATE TABLE c_int_text (a INT, k VARCHAR(60), n INT, p VARCHAR(250) DEFAULT REPEAT('wide ', 50), PRIMARY KEY (a, k));
INSERT INTO c_int_text (a, k, n) SELECT seq % 3 - 1, CONCAT(MD5(seq), IF(seq % 2, 'x', 'ÄX ')), seq
	FROM seq_1_to_15000;
CREATE TABLE c_three LIKE c_int_text;
ALTER TABLE c_three ADD t DATETIME, MODIFY n INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (k, t, n);
INSERT INTO c_three (a, k, t, n) SELECT seq, ELT(1 + seq % 3, 'one', 'Two', ''),
	IF(seq % 2, '0000-00-00', '2020-02-31 10:00:00'), seq FROM seq_1_to_15000;
CREATE TABLE c_down LIKE c_int_text;
ALTER TABLE c_down MODIFY n INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (a DESC, k, n DESC);
INSERT INTO c_down (a, k, n) SELECT seq % 2, ELT(1 + seq % 3, 'x', 'y', 'Z'), seq FROM seq_1_to_12000;
CREATE TABLE c_enum_first LIKE c_int_text;
ALTER TABLE c_enum_first ADD e ENUM('b', 'a') NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (e, a);
INSERT INTO c_enum_first (e, a, k, n) SELECT 1 + seq % 2, seq, '', seq FROM seq_1_to_6000;
CREATE TABLE c_enum_second LIKE c_enum_first;
ALTER TABLE c_enum_second MODIFY n INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (a, e, n);
INSERT INTO c_enum_second (e, a, k, n) SELECT 1 + seq % 2, seq DIV 4000, '', seq FROM seq_1_to_15000;
CREATE TABLE c_float_second LIKE c_int_text;
ALTER TABLE c_float_second ADD f FLOAT, DROP PRIMARY KEY, ADD PRIMARY KEY (a, f);
INSERT INTO c_float_second (a, f, k, n) SELECT seq DIV 7, seq / 3, '', seq FROM seq_1_to_8000;
CREATE TABLE c_year LIKE c_int_text;
ALTER TABLE c_year ADD y YEAR, DROP PRIMARY KEY, ADD PRIMARY KEY (y, a);
INSERT INTO c_year (y, a, k, n) SELECT IF(seq % 5 = 0, 0, 1901 + seq % 255), seq, '', seq FROM seq_1_to_12000;
CREATE TABLE c_prefix LIKE c_int_text;
ALTER TABLE c_prefix DROP PRIMARY KEY, ADD PRIMARY KEY (k(40));
INSERT INTO c_prefix (a, k, n) SELECT seq, MD5(seq), seq FROM seq_1_to_6000;
CREATE TABLE `c name''%s` (`a``\\"'%s` INT, `select` VARCHAR(9), p VARCHAR(250) DEFAULT REPEAT('wide ', 50), PRIMARY KEY (`a``\\"'%s`, `select`));
INSERT INTO `c name''%s` (`a``\\"'%s`, `select`) SELECT seq DIV 10, seq FROM seq_1_to_8000;

-- Partitions, history, no key, and an engine without transactions.
CREATE TABLE x_hash LIKE n_dense;
INSERT INTO x_hash (id, n) SELECT id, n FROM n_signed WHERE id BETWEEN -9000 AND 2000000000;
ALTER TABLE x_hash PARTITION BY HASH (id) PARTITIONS 7;
CREATE TABLE x_range LIKE n_dense;
INSERT INTO x_range (id, n) SELECT id, n FROM n_dense WHERE n <= 12000;
ALTER TABLE x_range PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (100),
	PARTITION b VALUES LESS THAN (6000), PARTITION c VALUES LESS THAN MAXVALUE);
CREATE TABLE x_key LIKE s_unicode;
INSERT INTO x_key SELECT * FROM s_unicode;
ALTER TABLE x_key PARTITION BY KEY (k) PARTITIONS 5;
CREATE TABLE x_history (id INT PRIMARY KEY, n INT, p VARCHAR(250) DEFAULT REPEAT('wide ', 50)) WITH SYSTEM VERSIONING;
INSERT INTO x_history (id, n) SELECT seq, seq FROM seq_1_to_3000;
UPDATE x_history SET n = n + 1;
UPDATE x_history SET n = n + 1 WHERE id % 3 = 0;
DELETE FROM x_history WHERE id % 7 = 0;
CREATE TABLE x_no_key (id INT, n INT, p VARCHAR(250) DEFAULT REPEAT('wide ', 50)) ENGINE=InnoDB;
INSERT INTO x_no_key (id, n) SELECT seq % 100, seq FROM seq_1_to_6000;
CREATE TABLE x_aria ENGINE=Aria AS SELECT * FROM x_no_key;
CREATE TABLE x_myisam (id INT PRIMARY KEY) ENGINE=MyISAM SELECT * FROM n_dense;
CREATE TABLE x_exact LIKE n_dense;
INSERT INTO x_exact (id) SELECT seq FROM seq_1_to_500;
CREATE TABLE x_one_more LIKE n_dense;
INSERT INTO x_one_more (id) SELECT seq FROM seq_1_to_501;
CREATE TABLE x_empty LIKE n_dense;
