-- texts.sql: views, routines, triggers and events whose texts, definers and
-- character sets break tools that edit them by searching, and tables with
-- characters beyond U+FFFF. Load it as root with the stock client and its option
-- --comments; the accounts of `text_definers` of tests/lib/objects.bash have to
-- be there, and log_bin_trust_function_creators on.
SET NAMES utf8mb4;
SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES';
CREATE DATABASE texts DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
USE texts;

CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(40), b VARCHAR(200)) ENGINE=InnoDB;
CREATE TABLE fired (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
INSERT INTO t VALUES (1, 'DEFINER=`a`@`b`', NULL);

DELIMITER //
-- Definers: quotes, backticks, blanks, a line's end, a role; texts about them.
CREATE DEFINER=`o'n``e "x`@`%` PROCEDURE p_quotes()
	SELECT 'DEFINER=`a`@`b` SQL SECURITY DEFINER', "DEFINER=CURRENT_USER" //
CREATE DEFINER=`line
x*/ -- `@localhost FUNCTION f_line() RETURNS INT SQL SECURITY INVOKER
	COMMENT 'DEFINER=`a`@`b` /* ' RETURN 1 //
CREATE DEFINER=keeper PROCEDURE p_role() SELECT 1 /* DEFINER=`a`@`b` */ //
CREATE DEFINER=definer@localhost AGGREGATE FUNCTION f_sum(x INT) RETURNS INT
BEGIN
	DECLARE s INT DEFAULT 0;
	DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s;
	LOOP
		FETCH GROUP NEXT ROW;
		SET s = s + x;
	END LOOP;
END //
CREATE /* DEFINER=`a`@`b` */ DEFINER /* = */ = `o'n``e "x`@`%` /* DEFINER=`c`@`d` */
	TRIGGER /* DEFINER=`e`@`f` */ t_quotes BEFORE INSERT ON t FOR EACH ROW
	SET NEW.b = CONCAT(COALESCE(NEW.b, ''), 'DEFINER=`g`@`h`') //
CREATE TRIGGER t_second BEFORE INSERT ON t FOR EACH ROW SET NEW.b = CONCAT(NEW.b, '2') //
CREATE DEFINER=keeper TRIGGER t_first BEFORE INSERT ON t FOR EACH ROW PRECEDES t_quotes
	SET NEW.b = '0' //
CREATE DEFINER=`o'n``e "x`@`%` SQL SECURITY INVOKER VIEW `DEFINER=``a``@``b```
	AS SELECT id, 'DEFINER=`a`@`b`' AS `DEFINER=``x``@``y``` FROM t //
CREATE ALGORITHM=MERGE DEFINER=definer@localhost VIEW v_merge AS
	SELECT * FROM `DEFINER=``a``@``b``` //
CREATE DEFINER=keeper VIEW v_role AS SELECT f_line() AS `a``b``` //
CREATE DEFINER=definer@localhost EVENT `DO ENABLE` ON SCHEDULE
	EVERY '1:2' HOUR_MINUTE STARTS '2033-01-01 00:00:00' ENDS '2034-01-01 00:00:00'
	COMMENT 'ENABLE DO '' DEFINER=`a`@`b` \\'
	DO SET @a = 'ENABLE ON COMPLETION DEFINER=`a`@`b`' //
CREATE DEFINER=keeper EVENT e_off ON SCHEDULE AT '2034-01-01 00:00:00'
	ON COMPLETION PRESERVE DISABLE DO SET @a = 1 //
CREATE EVENT e_slave ON SCHEDULE EVERY 1 HOUR STARTS '2033-01-01 00:00:00'
	DISABLE ON SLAVE DO SET @a = 1 //
CREATE EVENT e_fires ON SCHEDULE EVERY 1 SECOND STARTS '2020-01-01 00:00:00'
	DO INSERT INTO fired VALUES (NULL) //

-- The same in other modes.
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES' //
CREATE DEFINER="o'n`e ""x"@"%" PROCEDURE "ansi ""( DEFINER="(a ENUM('\', ')') /* ) */)
	COMMENT 'back\slash ''quote'' \n' SELECT 'DEFINER="a"@"b" \' //
CREATE FUNCTION ansi_f() RETURNS ENUM('\', 'x') COMMENT '\' RETURN '\' //
CREATE DEFINER="o'n`e ""x"@"%" TRIGGER "ansi "" t" BEFORE UPDATE ON t FOR EACH ROW
	SET @a = '\', @b = 'DEFINER="a"@"b"' //
CREATE DEFINER="definer"@"localhost" EVENT "ansi "" e" ON SCHEDULE EVERY 1 DAY
	STARTS '2033-01-01 00:00:00' COMMENT '\ ENABLE ''' DO SET @a = '\' //
SET sql_mode = 'ORACLE' //
CREATE DEFINER="o'n`e ""x"@"%" PROCEDURE ora_p AS BEGIN
	SELECT 'DEFINER="a"@"b"'; END; //
CREATE DEFINER=definer@localhost FUNCTION ora_f(a VARCHAR2) RETURN VARCHAR2 AS
BEGIN
	RETURN a || 'DEFINER=';
END; //
CREATE DEFINER="o'n`e ""x"@"%" PACKAGE ora_pack COMMENT 'DEFINER=' AS
	PROCEDURE x;
END; //
CREATE DEFINER="o'n`e ""x"@"%" PACKAGE BODY ora_pack AS
	PROCEDURE x AS BEGIN SELECT 'DEFINER="a"@"b"'; END;
END; //
SET sql_mode = 'STRICT_TRANS_TABLES' //

-- Characters beyond U+FFFF in bodies.
CREATE PROCEDURE wide_p() SELECT '😀' AS ж //
CREATE TRIGGER wide_t BEFORE DELETE ON t FOR EACH ROW SET @a = '😀' //
CREATE EVENT wide_e ON SCHEDULE EVERY 1 DAY STARTS '2033-01-01 00:00:00' DISABLE
	DO SET @a = '😀' //
CREATE VIEW wide_v AS SELECT '😀?' AS ж //

-- Definitions beyond U+FFFF, and question marks that are some.
CREATE TABLE wide (
	id INT PRIMARY KEY,
	`d``?` VARCHAR(20) DEFAULT 'it''s 😀?\\' COMMENT '?',
	e ENUM('😀', '?', 'ж', '😁', 'it''s \\ ?') DEFAULT '😁',
	s SET('😀', '?', 'b') DEFAULT '😀,b',
	u VARCHAR(10) CHARACTER SET utf16 DEFAULT '😀',
	ue ENUM('😀', 'b') CHARACTER SET utf32 DEFAULT '😀',
	x VARCHAR(10) DEFAULT CONCAT('😀', '?'),
	g VARCHAR(10) AS (CONCAT('😀', e)) STORED,
	b VARBINARY(10) DEFAULT x'FF3F0027',
	l VARCHAR(10) CHARACTER SET latin1 DEFAULT '?',
	le ENUM('?', 'x') CHARACTER SET latin1 DEFAULT '?',
	CONSTRAINT c CHECK (`d``?` <> '😀?')
) ENGINE=InnoDB COMMENT='?' PARTITION BY KEY (id) PARTITIONS 2 //
INSERT INTO wide (id) VALUES (1) //

-- Names.
CREATE TABLE `sl/ash\.dot 100% 'q' "d"` (`-- a/*` INT) ENGINE=InnoDB //
CREATE TABLE `..` (` b` INT) ENGINE=InnoDB //
CREATE TABLE `-- x` (`a,b` INT) ENGINE=InnoDB //
CREATE VIEW `/*!50000 v*/` AS SELECT `a,b` AS `'``"` FROM `-- x` //
DELIMITER ;
