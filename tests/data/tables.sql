-- tables.sql: CREATE TABLEs of every shape that makes it hard to add their keys
-- later: kinds and orders of keys, names and comments that look like clauses,
-- clauses in comments, what ALTER refuses. As root, on MariaDB 10.11 or newer.
SET NAMES utf8mb4, foreign_key_checks = 0, sql_mode = '';
CREATE DATABASE tables DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
USE tables;

CREATE TABLE plain (id INT NOT NULL, a INT, b VARCHAR(20), c TEXT, PRIMARY KEY (id),
	UNIQUE KEY ub (b), UNIQUE KEY ua (a), KEY kb (b, a), KEY kc (c(10) DESC, a),
	FULLTEXT KEY ft (c)) ENGINE=InnoDB;
INSERT INTO plain VALUES (1, 1, 'a', 'x'), (2, 2, 'b', 'y z');
-- Keys first, columns behind them; keys without names, which are made up.
CREATE TABLE keys_first (KEY (a), KEY (a, b), UNIQUE (b), PRIMARY KEY (id), id INT, a INT,
	b INT, INDEX (b, a), KEY `a_2x` (a)) ENGINE=InnoDB;
CREATE TABLE only_keys_before (KEY k (id), id INT) ENGINE=InnoDB;
CREATE TABLE only_keys_after (id INT, KEY k (id), INDEX k2 USING BTREE (id)) ENGINE=InnoDB;
-- No primary key.
CREATE TABLE no_primary (a INT NOT NULL, b INT, KEY kb (b), UNIQUE KEY ub (b),
	UNIQUE KEY ua (a), KEY ka (a)) ENGINE=InnoDB;
CREATE TABLE no_primary_null (a INT, b INT, UNIQUE KEY ub (b), KEY ka (a)) ENGINE=InnoDB;
-- UNIQUE of each class that the server sorts: NOT NULL, of prefixes, with NULL.
CREATE TABLE sorted_keys (id INT PRIMARY KEY, n INT, m INT NOT NULL, t VARCHAR(100) NOT NULL,
	UNIQUE n1 (n), UNIQUE t1 (t(5)), UNIQUE m1 (m), KEY k1 (n), FULLTEXT f1 (t),
	KEY k2 (m), UNIQUE n2 (n, m), UNIQUE m2 (m, t), FULLTEXT f2 (t), UNIQUE t2 (t(6)))
	ENGINE=InnoDB;
-- AUTO_INCREMENT that is not the first column of the primary key.
CREATE TABLE counted (a INT NOT NULL, id INT NOT NULL AUTO_INCREMENT, b INT, PRIMARY KEY (a, id),
	KEY kb (b), KEY kid (id), KEY kid_b (id, b), KEY ka (b, a)) ENGINE=InnoDB AUTO_INCREMENT=77;
CREATE TABLE counted_unique (a INT NOT NULL PRIMARY KEY, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	b INT, UNIQUE ub (b), UNIQUE uid (id), UNIQUE ua (a, b), KEY kb (b)) ENGINE=InnoDB;
CREATE TABLE counted_inline (a INT PRIMARY KEY, id INT AUTO_INCREMENT UNIQUE, b INT UNIQUE KEY,
	KEY (b)) ENGINE=InnoDB;
CREATE TABLE counted_primary (id INT AUTO_INCREMENT PRIMARY KEY, b INT, KEY (b), KEY (id)) ENGINE=InnoDB;
CREATE TABLE serial_number (id SERIAL, b INT, KEY (b)) ENGINE=InnoDB;
CREATE TABLE inline_late (id INT PRIMARY KEY, KEY k (b), UNIQUE u (c), b INT, c INT UNIQUE,
	d INT UNIQUE) ENGINE=InnoDB;
-- Names and comments.
CREATE TABLE `na``me, (KEY` (`id` INT NOT NULL, `KEY ``x`` (id),` INT COMMENT 'KEY a (b), '')',
	`)` INT DEFAULT 5 COMMENT "\"(,", `back\slash` INT, `'` INT, PRIMARY KEY (`id`),
	KEY `k,(``)` (`)`, `KEY ``x`` (id),`) COMMENT 'a''b\\, KEY c (d)', UNIQUE KEY `'` (`'`),
	KEY ` leading` (`back\slash`)) ENGINE=InnoDB COMMENT='), KEY (';
CREATE TABLE key_words (`key` INT, `index` INT, period INT, `primary` INT, `unique` INT, vector_ INT,
	`constraint` INT, `check` INT, PRIMARY KEY (`key`), KEY `key` (`index`), KEY (`check`),
	CONSTRAINT `unique` UNIQUE (`unique`)) ENGINE=InnoDB;
CREATE TABLE ключи (номер INT PRIMARY KEY, имя VARCHAR(50), KEY имена (имя), UNIQUE (имя, номер)) ENGINE=InnoDB;
-- Types, defaults, expressions with commas and parentheses.
CREATE TABLE generated (id INT PRIMARY KEY, e ENUM('a,', ')', 'it''s') DEFAULT 'a,', s SET('(', 'b'),
	d DECIMAL(10, 2) DEFAULT (CONCAT('1', ',') + (2)), v INT GENERATED ALWAYS AS (CONCAT(id, ',)') + 1) VIRTUAL,
	p INT AS (ABS(id)) PERSISTENT COMMENT ')', i INT INVISIBLE DEFAULT 3, KEY (d), KEY (v), UNIQUE (p), KEY (i, e, s),
	CONSTRAINT positive CHECK (d > 0 AND e <> ',)'), CHECK (i IN (1, 2, 3))) ENGINE=InnoDB;
-- Attributes of keys.
CREATE TABLE attributes (id INT, a VARCHAR(300), b INT, g POINT NOT NULL, PRIMARY KEY (id) USING BTREE,
	KEY ka USING BTREE (a(20)) COMMENT 'note' IGNORED, KEY kb (b) KEY_BLOCK_SIZE=4 USING BTREE,
	SPATIAL KEY kg (g), SPATIAL INDEX (g), UNIQUE INDEX ub (b) COMMENT 'one') ENGINE=InnoDB ROW_FORMAT=COMPRESSED;
CREATE TABLE hashed (id INT PRIMARY KEY, b BLOB, t TEXT, v VARCHAR(4000), UNIQUE KEY ut (t) USING HASH, UNIQUE ub (b),
	UNIQUE uv (v), UNIQUE ui (id, b(5)), KEY (v(5))) ENGINE=InnoDB;
CREATE TABLE searched (FTS_DOC_ID BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, a TEXT, b TEXT,
	UNIQUE KEY FTS_DOC_ID_INDEX (FTS_DOC_ID), FULLTEXT fa (a), FULLTEXT fb (b), FULLTEXT fab (a, b)) ENGINE=InnoDB;
CREATE TABLE three_texts (id INT PRIMARY KEY, a TEXT, b TEXT, FULLTEXT fa (a), KEY ka (a(5)), FULLTEXT KEY fb (b),
	FULLTEXT INDEX fab (a, b)) ENGINE=InnoDB;
INSERT INTO three_texts VALUES (1, 'some words', 'other words'), (2, NULL, 'more');
-- Foreign keys: with and without a key of their own, named and not.
CREATE TABLE parent (id INT PRIMARY KEY, n INT, KEY kn (n)) ENGINE=InnoDB;
CREATE TABLE child (id INT PRIMARY KEY, p INT, q INT, r INT, KEY kp (p), KEY kq (q, r),
	CONSTRAINT zz FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
	FOREIGN KEY (q) REFERENCES parent (n), CONSTRAINT aa FOREIGN KEY (q, r) REFERENCES pair (x, y),
	FOREIGN KEY fk_name (r) REFERENCES child (q)) ENGINE=InnoDB;
CREATE TABLE pair (x INT, y INT, UNIQUE (x, y), KEY (y)) ENGINE=InnoDB;
CREATE TABLE named_child (id INT PRIMARY KEY, p INT, q INT, KEY kp (p), KEY kq (q),
	CONSTRAINT zz1 FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
	CONSTRAINT FOREIGN KEY (q) REFERENCES tables.parent (n), CONSTRAINT `a,(` FOREIGN KEY (q, id) REFERENCES pair (x, y)) ENGINE=InnoDB;
CREATE TABLE tree (id INT PRIMARY KEY, up INT, KEY up (up), CONSTRAINT FOREIGN KEY (up) REFERENCES tree (id)) ENGINE=InnoDB;
INSERT INTO tree VALUES (2, 1), (1, NULL), (3, 2);
CREATE TABLE inline_child (id INT PRIMARY KEY, up INT REFERENCES parent (id), KEY k (id)) ENGINE=InnoDB;
CREATE TABLE own_parent (a INT NOT NULL, b INT, PRIMARY KEY (a), KEY (b),
	FOREIGN KEY (a) REFERENCES parent (id)) ENGINE=InnoDB;
-- Partitions, versions, periods.
CREATE TABLE parts (id INT, d DATE, n INT, PRIMARY KEY (id, d), KEY kn (n), UNIQUE un (n, d, id)) ENGINE=InnoDB
	PARTITION BY RANGE (YEAR(d)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2
	(PARTITION `p,(` VALUES LESS THAN (2020), PARTITION q VALUES LESS THAN MAXVALUE);
INSERT INTO parts VALUES (1, '2019-01-01', 1), (2, '2021-01-01', 2);
CREATE TABLE parts_key (id INT, n INT, KEY kn (n), UNIQUE (id)) ENGINE=InnoDB PARTITION BY KEY (id) PARTITIONS 3;
CREATE TABLE versions (id INT PRIMARY KEY, n INT, KEY kn (n)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
CREATE TABLE versions_named (id INT PRIMARY KEY, n INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
	e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e), KEY kn (n)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
CREATE TABLE versions_column (id INT PRIMARY KEY, n INT WITH SYSTEM VERSIONING, KEY kn (n)) ENGINE=InnoDB;
CREATE TABLE periods (id INT, s DATE, e DATE, n INT, PERIOD FOR p (s, e), PRIMARY KEY (id, p WITHOUT OVERLAPS),
	UNIQUE (n, p WITHOUT OVERLAPS), KEY kn (n), UNIQUE (n, id, s)) ENGINE=InnoDB;
-- Other engines, temporary ones, and those that come of others.
CREATE TABLE myisam (id INT PRIMARY KEY, n INT, KEY (n)) ENGINE=MyISAM;
CREATE TABLE aria (id INT PRIMARY KEY, n INT, KEY (n)) ENGINE = 'Aria';
CREATE TABLE memory (id INT PRIMARY KEY, n INT, KEY USING BTREE (n)) ENGINE MEMORY;
CREATE TABLE default_engine (id INT PRIMARY KEY, n INT, KEY (n), FULLTEXT (t), t TEXT);
CREATE TABLE likeness LIKE plain;
CREATE TABLE selected (n INT, KEY (n)) ENGINE=InnoDB SELECT 1 AS n, 2 AS m;
CREATE TABLE selected_plain AS SELECT 1 AS n;
CREATE TABLE selected_parentheses (KEY (m)) ENGINE=InnoDB AS (SELECT 1 AS n, 2 AS m);
CREATE TEMPORARY TABLE passing (id INT, KEY (id));
CREATE OR REPLACE TABLE replaced (id INT, KEY (id)) ENGINE=InnoDB;
CREATE TABLE IF NOT EXISTS plain (id INT, KEY (id));
CREATE TABLE IF NOT EXISTS tables.qualified (id INT, KEY (id), UNIQUE (id)) ENGINE=InnoDB;
CREATE TABLE `tables` . `qualified too` (id INT, KEY (id), FULLTEXT (t), t TEXT) ENGINE=InnoDB;
-- Comments.
CREATE TABLE commented ( -- KEY (a),
	id INT /* , KEY (id) */ PRIMARY KEY, # KEY (b)
	a INT, -- the last, (
	b INT, KEY (a) -- one
	, KEY (b) /* two ) */ ) ENGINE=InnoDB;
/*!40101 CREATE TABLE in_comment (id INT, KEY (id)) ENGINE=InnoDB */;
CREATE TABLE part_comment (id INT /*!50000 , n INT, KEY (n) */, KEY (id) /*M!100100 , KEY k3 (id, n) */) ENGINE=InnoDB;
CREATE TABLE key_comment (id INT, n INT, /*!50000 KEY kn (n), */ KEY (id) /*!50100 USING BTREE */) /*!50100 ENGINE=InnoDB */ /*!50100 PARTITION BY KEY (id) PARTITIONS 2 */;
CREATE TABLE block_comment (id INT, n INT, KEY /* , (( */ kn (n /* ) */), KEY (id /* x */) /* ', */ COMMENT ')') ENGINE=InnoDB;
-- As MySQL 8 writes them, but for its own collations.
CREATE TABLE `mysql8` (
  `my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */,
  `id` int NOT NULL,
  `name` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT NULL,
  `pos` point NOT NULL /*!80003 SRID 4326 */,
  `j` json DEFAULT (json_array()),
  `g` int GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL,
  `hidden` int DEFAULT NULL /*!80023 INVISIBLE */,
  PRIMARY KEY (`my_row_id`),
  UNIQUE KEY `name` (`name`),
  KEY `id` (`id`) /*!80000 INVISIBLE */,
  KEY `g` (`g` DESC),
  SPATIAL KEY `pos` (`pos`),
  CONSTRAINT `mysql8_chk_1` CHECK ((`id` > 0)) /*!80016 NOT ENFORCED */
) /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci STATS_PERSISTENT=1 /*!80016 ENCRYPTION='N' */;
SET sql_mode = 'ANSI_QUOTES';
CREATE TABLE "ansi ""quoted""" ("id" INT, "KEY (x)" INT, KEY "k,""" ("KEY (x)"), PRIMARY KEY ("id"),
	FULLTEXT "f" ("t"), "t" TEXT COMMENT 'KEY "a" (') ENGINE=InnoDB;
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
CREATE TABLE no_escapes (id INT COMMENT '\', n INT, KEY kn (n) COMMENT 'a\', KEY (id)) ENGINE=InnoDB;
