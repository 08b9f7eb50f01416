-- mysql8.sql: what MySQL has from 8.0 on, and MariaDB not.
USE shop;
CREATE TABLE m8 (
	id INT PRIMARY KEY, a INT DEFAULT 5 /*!80023 INVISIBLE */,
	b VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, c INT, d VARCHAR(100) DEFAULT (UUID()), j JSON,
	CHECK (c > 0), KEY k ((c * 2)), KEY kd (c DESC), KEY ki (b) INVISIBLE,
	KEY mv ((CAST(j->'$.a' AS UNSIGNED ARRAY))));
INSERT INTO m8 (id, a, b, c, j) VALUES (1, 2, 'x', 3, '{"a": [1, 2]}'), (2, 5, 'ß', 4, NULL);
CREATE TABLE geo (id INT PRIMARY KEY, p POINT NOT NULL SRID 4326, SPATIAL KEY (p));
INSERT INTO geo VALUES (1, ST_GeomFromText('POINT(10 20)', 4326));
