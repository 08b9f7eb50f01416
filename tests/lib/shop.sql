-- shop.sql: a small shop and the work that goes on in it. @customers says how
-- big it is. Money only moves: the sum over customer and savings never changes.
CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4;
USE shop;

CREATE TABLE control (stop BOOL NOT NULL, aria TINYINT NOT NULL, PRIMARY KEY (stop));
INSERT INTO control VALUES (FALSE, FALSE);

CREATE SEQUENCE ticket START WITH 1000;

CREATE TABLE customer (
	id INT UNSIGNED NOT NULL PRIMARY KEY,
	name VARCHAR(80) NOT NULL,
	balance BIGINT NOT NULL,
	note TEXT,
	name_length INT AS (CHAR_LENGTH(name)) VIRTUAL,
	KEY (name)
);

CREATE TABLE savings (
	id INT UNSIGNED NOT NULL PRIMARY KEY,
	balance BIGINT NOT NULL
);

CREATE TABLE orders (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	customer_id INT UNSIGNED NOT NULL,
	ticket BIGINT,
	state ENUM('new', 'paid', 'sent') NOT NULL DEFAULT 'new',
	total DECIMAL(12, 2) NOT NULL,
	at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	KEY (customer_id),
	FOREIGN KEY (customer_id) REFERENCES customer (id)
);

-- No primary key, and rows that are equal.
CREATE TABLE visit (customer_id INT, page VARCHAR(40), seconds DOUBLE,
	KEY (customer_id));

CREATE TABLE picture (
	id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
	owner INT NOT NULL,
	body LONGBLOB,
	KEY (owner)
);
CREATE TABLE removed_picture (
	id INT NOT NULL PRIMARY KEY,
	at DATETIME(6) NOT NULL
);

-- Not transactional: written to only if control.aria says so.
CREATE TABLE hit (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, page VARCHAR(40))
	ENGINE=Aria;

CREATE VIEW customer_total AS
	SELECT c.id, c.name, COUNT(o.id) AS orders, SUM(o.total) AS total
	FROM customer c LEFT JOIN orders o ON o.customer_id = c.id
	GROUP BY c.id, c.name;

DELIMITER $$
CREATE FUNCTION money() RETURNS BIGINT READS SQL DATA
	RETURN (SELECT SUM(balance) FROM customer) +
		(SELECT SUM(balance) FROM savings)$$

CREATE TRIGGER picture_removed AFTER DELETE ON picture FOR EACH ROW
	INSERT INTO removed_picture VALUES (OLD.id, NOW(6))$$

CREATE PROCEDURE fill(customers INT)
BEGIN
	EXECUTE IMMEDIATE CONCAT('INSERT INTO customer (id, name, balance, note)
		SELECT seq, CONCAT(''Зоя O\\''Neill \\\\ '', seq), 1000,
		IF(seq % 7 = 0, NULL, REPEAT(MD5(seq), 1 + seq % 4))
		FROM seq_1_to_', customers);
	INSERT INTO savings SELECT id, 1000 FROM customer;
	INSERT INTO orders (customer_id, state, total)
		SELECT 1 + (id * 7919) % customers, 1 + id % 3, id % 1000 / 7
		FROM customer;
	INSERT INTO visit
		SELECT id % 100, CONCAT('/page/', id % 50), id / 3
		FROM customer WHERE id % 4 = 0;
END$$

-- One writer: goes on until control.stop.
CREATE PROCEDURE work(me INT)
BEGIN
	DECLARE n, one, two, amount, customers INT DEFAULT 0;
	SELECT COUNT(*) INTO customers FROM customer;
	REPEAT
		SET n = n + 1;
		SET one = 1 + FLOOR(RAND() * customers);
		SET two = 1 + FLOOR(RAND() * customers);
		SET amount = FLOOR(RAND() * 100);
		CALL transfer(one, two, amount);
		INSERT INTO visit VALUES
			(me, CONCAT('/page/', n % 10), amount / 3),
			(me, CONCAT('/page/', n % 10), amount / 3);
		UPDATE visit SET seconds = seconds + 1
			WHERE customer_id = me LIMIT 3;
		DELETE FROM visit WHERE customer_id = me LIMIT 1;
		IF n % 4 = 0 THEN CALL hang_picture(me); END IF;
		IF n % 16 = me THEN CALL own_table(me); END IF;
		IF (SELECT aria FROM control) THEN
			INSERT INTO hit (page) VALUES (CONCAT(me, '/', n));
		END IF;
		DO SLEEP(0.005);
	UNTIL (SELECT stop FROM control) END REPEAT;
END$$

CREATE PROCEDURE transfer(one INT, two INT, amount INT)
BEGIN
	DECLARE last BIGINT;
	DECLARE EXIT HANDLER FOR 1205, 1213 ROLLBACK;
	START TRANSACTION;
	UPDATE customer SET balance = balance - amount WHERE id = one;
	INSERT INTO orders (customer_id, ticket, total)
		VALUES (one, NEXTVAL(ticket), amount);
	SET last = LAST_INSERT_ID();
	UPDATE savings SET balance = balance + amount WHERE id = two;
	UPDATE orders SET state = 'paid' WHERE id = last - 8;
	DELETE FROM orders WHERE id = last - 800;
	COMMIT;
END$$

CREATE PROCEDURE hang_picture(me INT)
BEGIN
	DECLARE last INT;
	DECLARE EXIT HANDLER FOR 1205, 1213 ROLLBACK;
	INSERT INTO picture (owner, body)
		VALUES (me, REPEAT(RANDOM_BYTES(1000), 1 + FLOOR(RAND() * 20)));
	SET last = LAST_INSERT_ID();
	DELETE FROM picture WHERE owner = me AND id < last - 20;
END$$

-- A table that comes and goes.
CREATE PROCEDURE own_table(me INT)
BEGIN
	EXECUTE IMMEDIATE CONCAT('CREATE TABLE own_', me, '
		(id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) SELECT ', me, ' AS t');
	EXECUTE IMMEDIATE CONCAT('INSERT INTO own_', me, ' (t) VALUES (UUID())');
	DO SLEEP(RAND() * 0.05);
	EXECUTE IMMEDIATE CONCAT('DROP TABLE own_', me);
END$$
DELIMITER ;

CALL fill(@customers);
