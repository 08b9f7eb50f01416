SELECT 'begin';
SELECT ';', "a;b", 'it''s;', 'a\'b;', "a\"b;", "c"";";
SELECT 1 AS `;`, 2 AS `a``b;`, 3 AS `\`, 4 AS `--`; SELECT 5;;
select 'two
lines;
-- no comment
# nor this
/* nor this */
delimiter //
'; SELECT '\\'; SELECT '\\\';';
SELECT 4--2; SELECT 4 - -2; SELECT 8/2*2;
SELECT 'é;', _latin1'x;', x'3b', N'n;', \N;
/*!40101 SELECT ';' , 1 */; /*M!100100 SELECT 'version;' */;
SELECT /*!40101 'a;', */ 2 /*!999999 , nonsense */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_BACKSLASH_ESCAPES' */;
SELECT '\', ';'; SELECT "\", ";";
SET SQL_MODE=@OLD_SQL_MODE;
SELECT '\';';
SET sql_mode = 'ANSI_QUOTES';
SELECT 1 AS "\", '\';' AS "b;""";
SET SESSION sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES');
SELECT '\', 1 AS "\";
SET @saved = @@sql_mode, sql_mode = DEFAULT, @x := 1;
SELECT "\";";
SET @@session.sql_mode = @saved;
SELECT '\';
SET sql_mode = replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '');
SELECT '\';', 1 AS "\";
SET LOCAL sql_mode = 4;
SELECT 1 AS "\";
set sql_mode = oracle;
SELECT 1 AS "\", 'it''s \';';
SET GLOBAL max_connections = 80, sql_mode = @@GLOBAL.sql_mode;
SELECT 1 AS "\";
SET sql_mode = '';
DELIMITER ;;
CREATE PROCEDURE nasty.p()
BEGIN
  SELECT ';'; SELECT "$$";
END;;
DELIMITER $$
/*!50003 CREATE*/ /*!50003 FUNCTION nasty.f() RETURNS INT
BEGIN
  DECLARE a INT; SET a = 1;
  RETURN a;
END */$$
SELECT '$$', 1 AS nasty$
$$
Delimiter //
SELECT 8/2, '//' //
delimiter ;
CALL p(); SELECT nasty.f();
SET NAMES utf8mb4;
SELECT 'end';
