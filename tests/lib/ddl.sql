-- ddl.sql: tables that are created, altered, renamed, moved to another database,
-- emptied and dropped all the time, beside the shop (shop.sql), until
-- shop.control.stop, with pauses of up to so many seconds; with
-- shop.control.aria = 2, every other one is an Aria table.
CREATE DATABASE ddl;
CREATE DATABASE ddl_moved;
USE ddl;

DELIMITER $$
CREATE PROCEDURE work(me INT, pause DOUBLE)
BEGIN
	DECLARE n INT DEFAULT 0;
	DECLARE engine VARCHAR(10);
	REPEAT
		SET n = n + 1;
		SET engine = IF(n % 2 = 0 AND (SELECT aria FROM shop.control) = 2,
			'Aria', 'InnoDB');
		EXECUTE IMMEDIATE CONCAT('DROP TABLE IF EXISTS ddl_moved.t', me);
		EXECUTE IMMEDIATE CONCAT('CREATE TABLE t', me, ' (id INT
			AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=', engine);
		EXECUTE IMMEDIATE CONCAT('INSERT INTO t', me,
			' (t) SELECT UUID() FROM seq_1_to_20');
		DO SLEEP(RAND() * pause);
		EXECUTE IMMEDIATE CONCAT('ALTER TABLE t', me,
			' ADD c INT NOT NULL DEFAULT ', n, ', ADD KEY (c)');
		EXECUTE IMMEDIATE CONCAT('UPDATE t', me, ' SET c = id');
		DO SLEEP(RAND() * pause);
		EXECUTE IMMEDIATE CONCAT('RENAME TABLE t', me, ' TO r', me);
		DO SLEEP(RAND() * pause);
		EXECUTE IMMEDIATE CONCAT('TRUNCATE TABLE r', me);
		EXECUTE IMMEDIATE CONCAT('INSERT INTO r', me,
			' (t, c) VALUES (', n, ', ', me, ')');
		DO SLEEP(RAND() * pause);
		EXECUTE IMMEDIATE CONCAT('ALTER TABLE r', me, ' DROP c, MODIFY t
			VARCHAR(40) NOT NULL');
		EXECUTE IMMEDIATE CONCAT('RENAME TABLE r', me, ' TO ddl_moved.t', me);
		DO SLEEP(RAND() * pause);
	UNTIL (SELECT stop FROM shop.control) END REPEAT;
END$$
DELIMITER ;
