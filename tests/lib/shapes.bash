# shellcheck shell=bash
# shapes.bash: SQL as dumps write it and as people do, for what dbseed makes of
# it: each table has enough rows to be loaded as bound values.
#
#   shapes_sql                databases `shapes` and `more`, on stdout

# times N TEXT: N rows, %d is the number of each, joined by commas.
times() {
	seq "$1" | TEXT=$2 awk '{
		row = ENVIRON["TEXT"]
		gsub(/%d/, $1, row)
		printf "%s%s", (NR > 1 ? ",\n" : ""), row
	} END { print ";" }'
}

shapes_sql() {
	cat <<-'SQL'
		/*!40101 SET NAMES utf8mb4 */;
		SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0;
		SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO', TIME_ZONE='+00:00';
		CREATE DATABASE shapes; USE shapes;
		CREATE TABLE numbers (id INT PRIMARY KEY, i BIGINT UNSIGNED, d DECIMAL(30,10),
			f DOUBLE, g FLOAT, b BIT(12), e ENUM('1','2','three'), s SET('a','b','c'),
			y YEAR, t VARCHAR(40), KEY (i), UNIQUE KEY (d, id), KEY (t)) ENGINE=InnoDB;
	SQL
	echo 'INSERT INTO numbers VALUES'
	times 400 "(%d,18446744073709551615,123456789012345.0123456789,1e-%d,0.1,b'101',2,3,2024,%d)" |
		sed "s/1e-\([0-9]*\)/\11.5/" | sed 's/^(3\(.*\),[0-9.]*,0.1,/(3\1,7,0.1,/'
	echo 'INSERT INTO numbers (id, f, g, t, y, e, b) VALUES'
	times 400 "(1000%d,-1.5e-%d,-%d,'%d','69','2',0x0f)" | sed 's/e-[0-9]*,/e-7,/'
	echo 'INSERT INTO numbers VALUES'
	times 300 "(2000%d,NULL,-0,.5,-5,NULL,'three','a,c','0',1.50)"
	echo 'INSERT INTO numbers VALUES'
	times 300 "(3000%d,%d,%d,%d,%d.5,5,NULL,NULL,0,1e3)"
	cat <<-'SQL'
		CREATE TABLE texts (id INT AUTO_INCREMENT PRIMARY KEY, a TEXT, b BLOB,
			l VARCHAR(60) CHARACTER SET latin1, j JSON, g INT AS (LENGTH(b)) STORED,
			u UUID DEFAULT NULL, FULLTEXT KEY (a), KEY (l)) ENGINE=InnoDB;
	SQL
	echo 'INSERT INTO texts (id, a, b, l, j, u) VALUES'
	times 300 "(%d,'it''s \\\\ \"q\" \\n\\t\\0\\Z\\% ü€😀 (%d), ; --','x\\0y\\'%d','Käse %d','{\"n\": %d}','01234567-89ab-cdef-0123-456789abcdef')"
	echo 'INSERT INTO texts (a, b) VALUES'
	times 400 "(\"double ''quoted'' %d\",_binary 'ab\\0%d')"
	echo 'INSERT INTO texts (a, b) VALUES'
	times 400 "(NULL,0xDEADBEEF00),(DEFAULT,x'4d7953514c')"
	echo 'INSERT INTO texts (a, b) VALUES'
	times 400 "(CONCAT('made ', %d), UNHEX('41'))"
	echo "SET SQL_MODE='NO_BACKSLASH_ESCAPES,ANSI_QUOTES';"
	echo 'INSERT INTO "texts" ("a") VALUES'
	times 700 "('back\\slash\\n %d ''quoted''')"
	echo "SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';"
	cat <<-'SQL'
		CREATE TABLE parent (id INT PRIMARY KEY, n INT, KEY (n)) ENGINE=InnoDB;
		CREATE TABLE child (id INT PRIMARY KEY, p INT, KEY (p),
			CONSTRAINT to_parent FOREIGN KEY (p) REFERENCES parent (id)) ENGINE=InnoDB;
	SQL
	echo 'INSERT INTO child VALUES'
	times 1500 '(%d,%d)'
	echo 'INSERT INTO parent VALUES'
	times 1500 '(%d,%d)'
	cat <<-'SQL'
		CREATE TRIGGER adds AFTER INSERT ON parent FOR EACH ROW INSERT INTO added VALUES (NEW.id);
		CREATE TABLE added (id INT) ENGINE=InnoDB;
		INSERT INTO parent VALUES (9001, 1), (9002, 2);
		CREATE TABLE isam (id INT PRIMARY KEY, t TEXT, FULLTEXT (t)) ENGINE=MyISAM;
		/*!40000 ALTER TABLE isam DISABLE KEYS */;
	SQL
	echo 'INSERT INTO isam VALUES'
	times 1500 "(%d,'word number %d')"
	cat <<-'SQL'
		/*!40000 ALTER TABLE isam ENABLE KEYS */;
		CREATE TABLE latest (id INT PRIMARY KEY, n INT) ENGINE=InnoDB;
	SQL
	echo 'REPLACE INTO latest VALUES'
	times 1500 '(%d,1)'
	echo 'REPLACE INTO latest VALUES'
	times 1500 '(%d,2)'
	echo 'INSERT IGNORE INTO latest VALUES'
	times 1500 '(%d,3)'
	cat <<-'SQL'
		INSERT INTO latest VALUES (1, 5), (2, 5) ON DUPLICATE KEY UPDATE n = n + 10;
		INSERT INTO latest SELECT id + 100000, n FROM parent;
		CREATE VIEW seen AS SELECT COUNT(*) AS n FROM numbers;
		CREATE SEQUENCE counter START WITH 100;
		CREATE TABLE counted (id INT PRIMARY KEY DEFAULT NEXTVAL(counter), t TEXT) ENGINE=InnoDB;
	SQL
	echo 'INSERT INTO counted (t) VALUES'
	times 1500 "('counted %d')"
	cat <<-'SQL'
		CREATE TABLE parts (id INT, n INT, PRIMARY KEY (id), KEY (n)) ENGINE=InnoDB
			PARTITION BY HASH (id) PARTITIONS 4;
	SQL
	echo 'INSERT INTO parts VALUES'
	times 2000 '(%d,%d)'
	cat <<-'SQL'
		CREATE DATABASE more; USE more;
		CREATE TABLE `odd ``name;` (`a-b` INT PRIMARY KEY, `c``d` POINT NOT NULL,
			SPATIAL KEY (`c``d`)) ENGINE=InnoDB;
	SQL
	# shellcheck disable=SC2016 # names
	echo 'INSERT INTO `odd ``name;` (`a-b`, `c``d`) VALUES'
	times 700 '(%d,0x000000000101000000000000000000F03F0000000000000040)'
	cat <<-'SQL'
		CREATE TABLE keyless (t VARCHAR(30), KEY (t)) ENGINE=InnoDB;
	SQL
	echo 'INSERT INTO keyless VALUES'
	times 2000 "('row %d')"
	cat <<-'SQL'
		CREATE TABLE late LIKE keyless;
	SQL
	echo 'INSERT INTO late VALUES'
	times 2000 "('row %d')"
	cat <<-'SQL'
		ALTER TABLE keyless ADD COLUMN n INT DEFAULT 7, ADD KEY (n);
		INSERT INTO keyless VALUES ('one more', 8);
		SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS, SQL_MODE=@OLD_SQL_MODE;
	SQL
}
