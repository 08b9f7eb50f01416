#!/usr/bin/env bats
# dbseed-map-database.bats: what a dump has of one database, loaded into another.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed

setup_file() {
	servers_begin
	seed_data source
	# What names its own database in words that a dump repeats.
	sql source 'USE shop; CREATE SEQUENCE numbers;
		CREATE TABLE parent (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE child (id INT PRIMARY KEY DEFAULT NEXTVAL(numbers), p INT,
			KEY (p), FOREIGN KEY (p) REFERENCES parent (id)) ENGINE=InnoDB;
		INSERT INTO parent VALUES (1), (2); INSERT INTO child (p) VALUES (1), (2), (2);
		CREATE VIEW both_ways AS SELECT i.id, "shop.item" AS word FROM shop.item i, app.note n;
		CREATE TRIGGER count_child AFTER INSERT ON child FOR EACH ROW
			UPDATE shop.item SET n = n + 1 WHERE id = NEW.p;
		CREATE FUNCTION items() RETURNS INT READS SQL DATA
			RETURN (SELECT COUNT(*) FROM `shop` . item);
		CREATE EVENT clean ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM shop.item WHERE id < 0'
	dbdump --defaults-file="$(server_cnf source)" -q --zstd --databases app shop \
		--result-file="$SERVERS/all.sql.zst"
	zstd -qdc "$SERVERS/all.sql.zst" >"$SERVERS/all.sql"
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--databases app shop >"$SERVERS/stock.sql"
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

# as_stock NAME DB: what the server has of it, under no name.
as_stock() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --skip-dump-date --skip-comments \
		--routines --events "$2"
}

# renamed: as_stock's text of shop, as it is in shop_old.
renamed() { sed 's/`shop`\( *\)\./`shop_old`\1./g; s/shop\.item \(SET\|WHERE\)/`shop_old`.item \1/g'; }

@test "--map-database puts a database of a dump of every kind beside the live one" {
	local dump
	as_stock source shop | renamed >"$BATS_TEST_TMPDIR/want"
	grep -q 'nextval(`shop_old`.`numbers`)' "$BATS_TEST_TMPDIR/want"
	grep -q 'UPDATE `shop_old`.item' "$BATS_TEST_TMPDIR/want"
	for dump in all.sql.zst all.sql stock.sql; do
		server_empty target
		seed "$SERVERS/stock.sql"
		sql target 'UPDATE shop.item SET name = "alive"'
		as_stock target shop >"$BATS_TEST_TMPDIR/alive"
		seed --database=shop --map-database=shop=shop_old "$SERVERS/$dump"
		as_stock target shop_old | diff "$BATS_TEST_TMPDIR/want" -
		as_stock target shop | diff "$BATS_TEST_TMPDIR/alive" -
		server_drop_database target shop_old
		seed --database=shop --map-database=shop=shop_old - < <(cat "$SERVERS/$dump")
		as_stock target shop_old | diff "$BATS_TEST_TMPDIR/want" -
		as_stock target shop | diff "$BATS_TEST_TMPDIR/alive" -
	done
}

@test "--map-database with --table puts one table there" {
	seed "$SERVERS/stock.sql"
	sql target 'DELETE FROM shop.item'
	seed --table=shop.item --map-database=shop=rescue "$SERVERS/all.sql.zst"
	[ "$(sql target 'SHOW TABLES FROM rescue')" = item ]
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 0 ]
	diff <(sql source 'SELECT * FROM shop.item') <(sql target 'SELECT * FROM rescue.item')
	# The dump's name picks, not the new one.
	run -65 --separate-stderr seed --table=rescue.item --map-database=shop=rescue --force \
		"$SERVERS/all.sql.zst"
	[[ $stderr == *'has nothing that --table=rescue.item picks'* ]]
}

@test "--map-database of a whole dump renames one database, or swaps two" {
	seed --map-database=shop=shop_old "$SERVERS/stock.sql"
	[ "$(server_databases target | paste -sd ' ')" = 'app shop_old' ]
	as_stock source shop | renamed | diff - <(as_stock target shop_old)
	diff <(as_stock source app) <(as_stock target app)
	server_empty target
	seed --map-database=shop=app --map-database=app=shop "$SERVERS/stock.sql"
	diff <(as_stock source app) <(as_stock target shop)
	diff <(sql source 'SELECT * FROM shop.item') <(sql target 'SELECT * FROM app.item')
	[ "$(sql target 'SELECT app.items()')" = 200 ]
	[[ $(sql target 'SHOW CREATE VIEW app.both_ways') == *'`shop`.`note`'* ]]
}

@test "--into with --map-database renames also what a dump names that uses none" {
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events shop \
		>"$BATS_TEST_TMPDIR/shop.sql"
	sql target 'CREATE DATABASE app; CREATE TABLE app.note (id INT)'
	seed --into=shop_old --map-database=shop=shop_old "$BATS_TEST_TMPDIR/shop.sql"
	[ "$(server_databases target | paste -sd ' ')" = 'app shop_old' ]
	as_stock source shop | renamed | diff - <(as_stock target shop_old)
}

@test "--into takes the new name, not the one that --map-database moves away from" {
	# Its program would go into the live database, and reach into the copy.
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.t (a INT)'
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		DROP TABLE IF EXISTS t; CREATE TABLE t (b INT);
		CREATE FUNCTION rows_of_t() RETURNS INT RETURN (SELECT COUNT(*) FROM shop.t);
	SQL
	run -64 --separate-stderr seed --into=shop --map-database=shop=shop_old --replace-tables \
		"$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'--map-database=shop=shop_old, which renames it'*'--into=shop_old'* ]]
	[[ $(sql target 'SHOW CREATE TABLE shop.t') == *'`a`'* ]]
	seed --into=shop_old --map-database=shop=shop_old "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT shop_old.rows_of_t()')" = 0 ]
}

@test "--map-database renames in what people write by hand" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.t (a INT); INSERT INTO shop.t VALUES (7)'
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		create schema if not exists Copy;
		CREATE DATABASE IF NOT EXISTS shop DEFAULT CHARACTER SET latin1;
		CREATE TABLE `shop`.`t` (`a` INT PRIMARY KEY, b VARCHAR(20)) ENGINE=InnoDB;
		CREATE TABLE shop.u LIKE shop.t;
		INSERT INTO `shop`.`t` VALUES (1, 'shop.t'), (2, 'shop');
		INSERT INTO shop.u SELECT * FROM shop.t;
		REPLACE INTO shop.u VALUES (3, (SELECT MAX(b) FROM shop.t x));
		use shop
		INSERT INTO t VALUES (4, '');
		UPDATE shop.t, shop.u SET u.b = 'both' WHERE t.a = u.a AND t.a = 2;
		DELETE FROM shop.t WHERE a = 1;
		RENAME TABLE shop.u TO shop.w;
		TRUNCATE shop.t;
		ALTER TABLE shop.w RENAME shop.v;
		DROP TABLE shop.t;
	SQL
	seed --map-database=shop=shop_old "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SHOW TABLES FROM shop_old')" = v ]
	[ "$(sql target 'SELECT * FROM shop_old.v' | paste -sd ';')" = $'1\tshop.t;2\tboth;3\tshop.t' ]
	[ "$(sql target 'SELECT * FROM shop.t')" = 7 ]
	[[ $(sql target 'SHOW CREATE DATABASE shop_old') == *latin1* ]]
}

@test "--map-database finds a name with a backtick where rows are read, too" {
	sql target 'CREATE DATABASE `a``b`; CREATE TABLE `a``b`.t (a INT); INSERT INTO `a``b`.t VALUES (7)'
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE `a``b`; USE `a``b`; CREATE TABLE t (a INT); CREATE TABLE u (a INT);
		INSERT INTO t VALUES (1);
		INSERT INTO u SELECT a FROM `a``b`.t;
	SQL
	seed --map-database='a`b=copy' "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT a FROM copy.u')" = 1 ]
}

@test "--map-database leaves names that begin with digits names" {
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE shop; USE shop; CREATE TABLE `2020_sales` (a INT); CREATE TABLE `order` (a INT);
		INSERT INTO shop.2020_sales VALUES (1);
		CREATE PROCEDURE p() INSERT INTO shop.2020_sales SELECT a + 1 FROM shop.2020_sales;
		CREATE VIEW v AS SELECT * FROM shop.order;
	SQL
	seed --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'CALL copy.p(); SELECT * FROM copy.2020_sales' | paste -sd ' ')" = '1 2' ]
}

@test "--map-database refuses a name that may be another thing's, and loads nothing" {
	local sql statement=(
		'CREATE VIEW v AS SELECT shop.a FROM t AS shop'
		'CREATE TABLE shop (a INT, b INT AS (shop.a) STORED)'
		'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @x = (SELECT shop.a FROM x.shop)'
	)
	for sql in "${statement[@]}"; do
		printf 'CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT);\n%s;\n' "$sql" \
			>"$BATS_TEST_TMPDIR/sql"
		run -69 --separate-stderr seed --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *"at byte 56 has 'shop' with a dot behind it and also without"*'nothing was loaded'* ]]
	done
	printf '%s\n' 'CREATE DATABASE `NEW`; USE `NEW`; CREATE TABLE t (a INT);' \
		'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;' >"$BATS_TEST_TMPDIR/sql"
	run -69 --separate-stderr seed --map-database=NEW=copy "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *"'NEW' with a dot behind it"* ]]
	[ -z "$(server_databases target)" ]
}

@test "--map-database lets no program or string of a dump reach the live database" {
	local sql
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.t (a INT)'
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE shop; USE shop;
		CREATE PROCEDURE wipe() DROP DATABASE IF EXISTS shop;
		EXECUTE IMMEDIATE 'CREATE TABLE t (a INT)';
	SQL
	seed --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
	sql target 'CALL copy.wipe()'
	[ "$(server_databases target)" = shop ]
	for sql in "EXECUTE IMMEDIATE 'INSERT INTO shop.t VALUES (99)'" \
		'EXECUTE IMMEDIATE _utf8mb4 0x494e5345525420494e544f2073686f702e742056414c554553202831' \
		"PREPARE s FROM 'INSERT INTO shop.t VALUES (99)'" 'PREPARE s FROM @a'; do
		printf 'CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT);\n%s;\n' "$sql" \
			>"$BATS_TEST_TMPDIR/sql"
		run -69 --separate-stderr seed --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *'at byte 56 runs another one'*'nothing was loaded'* ]]
	done
	[ "$(sql target 'SELECT COUNT(*) FROM shop.t')" = 0 ]
}

@test "--map-database refuses a dump in which its name cannot be found for sure" {
	printf 'SET NAMES latin1; CREATE DATABASE `caf\xe9`; USE `caf\xe9`; CREATE TABLE t (a INT);\n' \
		>"$BATS_TEST_TMPDIR/sql"
	run -69 --separate-stderr seed --map-database=café=copy "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'in latin1'*'nothing was loaded'*utf8mb4* ]]
	# What does not have it goes, in whatever character set: mariadb-dump and
	# dbdump write each program in its own.
	printf 'SET NAMES sjis; CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT COMMENT "\x95\x5c");\n' \
		>"$BATS_TEST_TMPDIR/sql"
	seed --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
	[[ $(sql target 'SHOW CREATE TABLE copy.t') == *表* ]]
	printf 'CREATE VIEW v AS SELECT "\x95\x5c" FROM shop.t;\n' >>"$BATS_TEST_TMPDIR/sql"
	run -69 --separate-stderr seed --force --map-database=shop=copy "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'in sjis'*'nothing was loaded'* ]]
	server_empty target
	printf 'SET NAMES utf8mb4; CREATE DATABASE `café`; USE `café`; CREATE TABLE t (a INT);\n' \
		>"$BATS_TEST_TMPDIR/sql"
	seed --map-database=café=thé "$BATS_TEST_TMPDIR/sql"
	[ "$(server_databases target)" = thé ]
}

@test "--map-database puts no two databases into one" {
	run -64 --separate-stderr seed --map-database=shop=app "$SERVERS/stock.sql"
	[[ $stderr == *"the dump has a database 'app' itself"*'nothing was loaded'*--database* ]]
	[ -z "$(server_databases target)" ]
	# Where that one is not wanted, there is no such thing.
	sql target 'CREATE DATABASE app; CREATE TABLE app.note (id INT)'
	seed --database=shop --map-database=shop=app "$SERVERS/all.sql.zst"
	diff <(sql source 'SELECT * FROM shop.item') <(sql target 'SELECT * FROM app.item')
	run -64 --separate-stderr seed --map-database=shop=x --map-database=app=x "$SERVERS/stock.sql"
	[[ $stderr == *"cannot both become 'x'"* ]]
	run -64 --separate-stderr seed --map-database=shop=x --map-database=shop=y "$SERVERS/stock.sql"
	[[ $stderr == *'another name for the same'* ]]
	run -64 --separate-stderr seed --map-database=shop "$SERVERS/stock.sql"
	[[ $stderr == *"'shop' is not OLD=NEW"* ]]
	run -64 --separate-stderr seed --map-database=shop=mysql "$SERVERS/stock.sql"
	[[ $stderr == *"system's databases"* ]]
	run -64 --separate-stderr dbseed --defaults-file="$(replica_cnf target source)" --replicate \
		--map-database=shop=x "$SERVERS/stock.sql"
	[[ $stderr == *'a replica has the names of its source'* ]]
}

@test "--map-database makes the database as the dump does the old one, not one of the new name" {
	local pick
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE app CHARACTER SET latin1; USE app; CREATE TABLE u (a INT);
		CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop; CREATE TABLE t (a VARCHAR(9));
	SQL
	for pick in --database=shop --table=shop.t; do
		seed "$pick" --map-database=shop=app "$BATS_TEST_TMPDIR/sql"
		[[ $(sql target 'SHOW CREATE TABLE app.t') == *utf8mb4* ]]
		server_empty target
	done
}

@test "--map-database puts no two databases into one that --into names, too" {
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE IF NOT EXISTS shop; USE shop; CREATE TABLE t (a INT);
		CREATE DATABASE IF NOT EXISTS app; USE app; CREATE TABLE u (a INT);
	SQL
	run -64 --separate-stderr seed --into=app --map-database=shop=app "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *"the dump has a database 'app' itself"*'nothing was loaded'* ]]
	[ -z "$(server_databases target)" ]
}

@test "what is live under the new name is refused like any, and --dry-run says where rows go" {
	seed --database=app "$SERVERS/stock.sql"
	sql target 'CREATE DATABASE shop_old; CREATE TABLE shop_old.item (x INT)'
	run -69 --separate-stderr seed --database=shop --map-database=shop=shop_old "$SERVERS/all.sql.zst"
	[[ $stderr == *'`shop_old`.`item`'*'nothing was loaded'* ]]
	seed --dry-run --replace-tables --database=shop --map-database=shop=shop_old \
		"$SERVERS/all.sql.zst" >"$BATS_TEST_TMPDIR/plan"
	[ "$(jq -r 'select(.action == "replace").name' "$BATS_TEST_TMPDIR/plan")" = '`shop_old`.`item`' ]
	run ! grep -F '`shop`' "$BATS_TEST_TMPDIR/plan"
	seed --replace-tables --database=shop --map-database=shop=shop_old "$SERVERS/all.sql.zst" \
		>"$BATS_TEST_TMPDIR/records"
	[ "$(jq -r 'select(.event == "table").db' "$BATS_TEST_TMPDIR/records" | sort -u)" = shop_old ]
	as_stock source shop | renamed | diff - <(as_stock target shop_old)
	# The error of a load over what lives names this way.
	run -69 --separate-stderr seed --database=shop --map-database=shop=shop_old "$SERVERS/all.sql"
	[[ $stderr == *--map-database=OLD=NEW* ]]
}

@test "--map-database goes by lower_case_table_names of the target" {
	server_start folds --lower-case-table-names=1
	dbseed --defaults-file="$(server_cnf folds)" --map-database=Shop=shop_old "$SERVERS/stock.sql"
	[ "$(server_databases folds | paste -sd ' ')" = 'app shop_old' ]
	server_empty folds
	run -64 --separate-stderr dbseed --defaults-file="$(server_cnf folds)" \
		--map-database=shop=APP "$SERVERS/stock.sql"
	[[ $stderr == *"the dump has a database 'app' itself"*'nothing was loaded'* ]]
	run -64 --separate-stderr dbseed --defaults-file="$(server_cnf folds)" \
		--map-database=shop=x --map-database=app=X "$SERVERS/stock.sql"
	[[ $stderr == *"cannot both become 'X'"* ]]
	run -64 --separate-stderr dbseed --defaults-file="$(server_cnf folds)" \
		--map-database=shop=x --map-database=SHOP=y "$SERVERS/stock.sql"
	[[ $stderr == *"'shop' and 'SHOP' are one"* ]]
	[ -z "$(server_databases folds)" ]
	server_drop folds
	run -65 --separate-stderr seed --map-database=Shop=shop_old "$SERVERS/stock.sql"
	[[ $stderr == *"nothing of a database 'Shop'"*'nothing was loaded'* ]]
	[ -z "$(server_databases target)" ]
}

@test "--map-database of a database that is not there loads over no other one" {
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.item (live INT)'
	for pick in --dry-run --replace-tables --database=shop --table=shop.item; do
		run -65 --separate-stderr seed "$pick" --replace-tables --map-database=shpo=x "$SERVERS/all.sql.zst"
		[[ $stderr == *"nothing of a database 'shpo'"*'nothing was loaded'* ]]
	done
	[ "$(sql target 'SELECT GROUP_CONCAT(column_name) FROM information_schema.columns
		WHERE table_schema = "shop"')" = live ]
	# Of a pipe, what is loaded by then stays.
	run -65 --separate-stderr seed --database=app --map-database=shop=x < <(cat "$SERVERS/stock.sql")
	[[ $stderr == *"nothing of a database 'shop'"* ]]
	# What is only named is there.
	sql target 'CREATE DATABASE x; CREATE TABLE x.t (a INT)'
	printf 'CREATE DATABASE v; USE v; CREATE VIEW v AS SELECT * FROM shop.t;\n' >"$BATS_TEST_TMPDIR/sql"
	seed --map-database=shop=x "$BATS_TEST_TMPDIR/sql"
}

@test "--resume with --map-database goes on there, and not anywhere else" {
	sed '/^CREATE TABLE `parent`/i INSERT INTO no_such_table VALUES (1);' "$SERVERS/stock.sql" \
		>"$BATS_TEST_TMPDIR/broken.sql"
	sql target 'CREATE DATABASE blocked; CREATE TABLE blocked.t (i INT)'
	run -69 seed --resume --map-database=shop=shop_old "$BATS_TEST_TMPDIR/broken.sql"
	run -65 --separate-stderr seed --resume --map-database=shop=other "$BATS_TEST_TMPDIR/broken.sql"
	[[ $stderr == *'with the same options again'* ]]
	run -65 seed --resume "$BATS_TEST_TMPDIR/broken.sql"
	sql target 'CREATE TABLE shop_old.no_such_table (i INT)'
	seed --resume --map-database=shop=shop_old "$BATS_TEST_TMPDIR/broken.sql"
	sql target 'DROP TABLE shop_old.no_such_table'
	as_stock source shop | renamed | diff - <(as_stock target shop_old)
	[ "$(server_databases target | paste -sd ' ')" = 'app blocked shop_old' ]
}
