-- texts-latin1.sql: behind texts.sql, what a client made that speaks latin1. The
-- file is UTF-8 and turned into latin1 on its way to the server.
SET NAMES latin1;
USE texts;
CREATE TABLE `tä` (`ö` INT) ENGINE=InnoDB;
CREATE DEFINER=`ü`@localhost PROCEDURE `é`(`ñ` ENUM('ß')) COMMENT 'çé ?' SELECT 'é' AS `ñ`;
CREATE DEFINER=`ü`@localhost FUNCTION `fé`(`ñ` INT) RETURNS ENUM('é', 'ß') COMMENT 'ç' RETURN 'é';
CREATE DEFINER=`ü`@localhost TRIGGER `tré` BEFORE INSERT ON `tä` FOR EACH ROW SET @`é` = 'é';
CREATE DEFINER=`ü`@localhost EVENT `evé` ON SCHEDULE EVERY 1 DAY STARTS '2033-01-01 00:00:00'
	COMMENT 'çé' DO SELECT 'é' AS `ñ`;
CREATE DEFINER=`ü`@localhost VIEW `vé` AS SELECT 'é' AS `ñ`, `ö` FROM `tä`;
