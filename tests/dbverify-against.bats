#!/usr/bin/env bats
# dbverify-against.bats: a replica, or a backup, compared with a server: what is
# the same passes, what differs is named by its table, range and key.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin source
	export KINDS="(1, '123e4567-e89b-12d3-a456-426655440000', '::1', POINT(1, 2),
		2020, '10:00:00.5', 'a,b', 5, 0.1, 'x', 1e20)"
	# One row more than a range has, twice; numbers, texts, odd keys.
	sql source "CREATE DATABASE shop; USE shop;
		CREATE TABLE big (id INT UNSIGNED PRIMARY KEY, amount INT,
			note VARCHAR(60) NOT NULL);
		INSERT INTO big SELECT seq, seq % 1000, CONCAT('note ', seq)
			FROM seq_1_to_100001;
		CREATE TABLE named (name VARCHAR(20) COLLATE utf8mb4_bin, part INT,
			latin VARCHAR(20) CHARACTER SET latin1, wide TEXT
			CHARACTER SET ucs2, f FLOAT, d DOUBLE, b BIT(12),
			t TIMESTAMP(3) NULL, bytes BLOB, kind ENUM('a', 'b'), 
			made INT AS (part * 2) STORED, seen INT INVISIBLE,
			PRIMARY KEY (name, part));
		INSERT INTO named (name, part, latin, wide, f, d, b, t, bytes, kind)
			VALUES ('é', 1, 'é', 'é', 0.1, -0e0, b'101',
			'2020-02-02 02:02:02.5', X'00FF', 'a'),
			('é', 2, NULL, '', NULL, 1e300, NULL, NULL, '', NULL),
			('x', 1, '', NULL, 3e38, NULL, 0, NULL, NULL, 'b');
		CREATE TABLE sparse (id INT PRIMARY KEY, a INT, b VARCHAR(9),
			c INT, d INT NOT NULL, e INT NOT NULL, host INET6,
			place POINT, more JSON);
		INSERT INTO sparse (id, a, b, d, e) VALUES (1, 5, NULL, 1, 23);
		CREATE TABLE broad (id INT PRIMARY KEY$(printf ', c%d INT' {1..80}));
		INSERT INTO broad (id, c3) VALUES (1, 5);
		CREATE TABLE kinds (id INT PRIMARY KEY, u UUID NOT NULL, h INET6 NOT NULL,
			p POINT NOT NULL, y YEAR NOT NULL, t TIME(2) NOT NULL, s SET('a', 'b')
			NOT NULL, b BIT(3) NOT NULL, f FLOAT NOT NULL, m MEDIUMTEXT NOT NULL,
			n DECIMAL(40, 10) NOT NULL);
		INSERT INTO kinds VALUES $KINDS;
		CREATE TABLE keyless (a INT, b VARCHAR(9));
		INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, 'y');
		CREATE TABLE plain (a INT PRIMARY KEY) ENGINE=MyISAM;
		INSERT INTO plain VALUES (1), (2);
		CREATE TABLE versions (a INT PRIMARY KEY, b INT)
			WITH SYSTEM VERSIONING;
		INSERT INTO versions VALUES (1, 1);
		UPDATE versions SET b = 2;
		CREATE VIEW seen AS SELECT a FROM keyless;
		CREATE SEQUENCE numbers"
	export SOURCE
	SOURCE=$(server_cnf source)
	server_start replica
	export REPLICA
	REPLICA=$(replica_cnf replica source)
	dbdump --defaults-file="$SOURCE" -A --master-data --gtid |
		dbseed --defaults-file="$REPLICA" --replicate -q >/dev/null
}

teardown_file() { servers_end; }

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}

# against OPTION…: the replica with its source.
against() { dbverify --defaults-file="$REPLICA" --against="$SOURCE" -j 2 "$@"; }

record() { tail -n 1 <<<"$output" | jq -e "$1"; }

# differs TEXT: the replica does; the reason has this text.
differs() {
	run -1 --separate-stderr against
	[[ $stderr == *"dbverify: error: "*"$1"* ]]
	record '.event == "verified" and .ok == false and .mode == "against"'
}

# only_there STATEMENT: on the replica alone; it is no part of the replication.
only_there() { sql replica "SET sql_log_bin = 0; $1"; }

@test "a replica of every kind of table is the same as its source, at the same position" {
	run -0 --separate-stderr against
	record '.ok and .mode == "against" and .faults == 0 and .bytes == 0 and
		.format == null and .against.exact and .against.tables == 8 and
		.against.rows == 100013 and .against.ranges >= 10 and
		(.against.gtid | test("^0-")) and .against.log_pos > 0'
	run ! grep -v 'locked against writes' <<<"$stderr"
}

@test "one changed row is found, with its range and its key" {
	only_there "UPDATE shop.big SET amount = amount + 1 WHERE id = 70007"
	differs '`shop`.`big`: 1 of 3 ranges of the key are not the same, first (`id` > 50000) AND (`id` <= 100000); changed: (id=70007)'
	grep '"difference"' <<<"$output" | jq -es 'length == 1 and .[0].table == "big"
		and .[0].changed == ["id=70007"] and .[0].all and
		.[0].where == "(`id` > 50000) AND (`id` <= 100000)" and
		.[0].rows == 50000 and .[0].rows_there == 50000'
	only_there "UPDATE shop.big SET amount = amount - 1 WHERE id = 70007"
}

@test "rows that are missing on either side are told apart" {
	only_there "DELETE FROM shop.big WHERE id = 5;
		INSERT INTO shop.big VALUES (200000, 1, 'more')"
	differs '2 of 3 ranges'
	grep '"difference"' <<<"$output" | jq -es 'length == 2 and
		.[0].only_there == ["id=5"] and .[1].only_here == ["id=200000"]'
	only_there "INSERT INTO shop.big VALUES (5, 5, 'note 5');
		DELETE FROM shop.big WHERE id = 200000"
}

@test "two rows that have swapped a value differ, though the sum of their bits does not" {
	only_there "UPDATE shop.big SET amount = 1003 - amount WHERE id IN (1, 2);
		UPDATE shop.big SET amount = IF(id = 1, 2, 1) WHERE id IN (1, 2)"
	differs 'changed: (id=1) (id=2)'
	only_there "UPDATE shop.big SET amount = id WHERE id IN (1, 2)"
}

@test "NULL is no empty text, the smallest number no zero, and the last bit of a FLOAT counts" {
	local change part
	sql replica "CREATE DATABASE saved; CREATE TABLE saved.named AS
		SELECT name, part, latin, wide, f, d, b, t, bytes, kind, seen
		FROM shop.named"
	while IFS=: read -r part change; do
		only_there "UPDATE shop.named SET $change
			WHERE name = 'é' AND part = $part"
		run -1 --separate-stderr against --ignore-database=saved
		[[ $stderr == *"changed: (name='é', part=$part)" ]]
		only_there "REPLACE INTO shop.named (name, part, latin, wide, f, d,
			b, t, bytes, kind, seen) SELECT * FROM saved.named"
	done <<-'CHANGES'
		2:latin = ''
		2:wide = NULL
		1:d = 1e-300
		1:f = 0.10000001
		2:b = 0
		1:t = '2020-02-02 02:02:02.501'
		1:bytes = X'00FE'
		2:kind = 'a'
		2:seen = 0
		1:latin = 'e'
		1:wide = 'É'
	CHANGES
	sql replica 'DROP DATABASE saved'
}

@test "a value that has moved to another column is a change" {
	local change
	while read -r change; do
		only_there "UPDATE shop.sparse SET $change"
		differs 'changed: (id=1)'
		only_there 'REPLACE INTO shop.sparse (id, a, b, d, e)
			VALUES (1, 5, NULL, 1, 23)'
	done <<-'CHANGES'
		a = NULL, c = 5
		a = NULL, b = '5'
		b = ''
		d = 12, e = 3
		host = '::'
		place = POINT(0, 0)
		more = '[]'
	CHANGES
}

@test "so it is in a table of many columns, and every type counts" {
	local change
	# What stands at the same place of two chains: see row_hash.c.
	only_there 'UPDATE shop.broad SET c3 = NULL, c35 = 5'
	differs '`broad`'
	only_there 'UPDATE shop.broad SET c3 = 5, c35 = NULL'
	while read -r change; do
		only_there "UPDATE shop.kinds SET $change"
		differs '`kinds`'
		only_there "REPLACE INTO shop.kinds VALUES $KINDS"
	done <<-'CHANGES'
		u = '123e4567-e89b-12d3-a456-426655440001'
		h = '::2'
		p = POINT(1, 3)
		y = 2021
		t = '10:00:00.51'
		s = 'a'
		b = 6
		f = 0.10000001
		m = 'X'
		n = '100000000000000000000.0000000001'
	CHANGES
	run -0 against
}

@test "a doubled row is seen where there is no key" {
	only_there "UPDATE shop.keyless SET a = 2, b = 'y' WHERE a = 1"
	differs '`keyless`: the rows are not the same'
	only_there "UPDATE shop.keyless SET a = 1, b = 'x' LIMIT 2"
	run -0 against
}

@test "tables, views and databases on one side only, and definitions that differ, are named" {
	only_there "CREATE DATABASE extra; CREATE TABLE shop.more (a INT);
		DROP VIEW shop.seen;
		ALTER TABLE shop.plain ADD c INT DEFAULT 5;
		ALTER TABLE shop.big AUTO_INCREMENT = 7"
	run -1 --separate-stderr against
	grep '"fault"' <<<"$output" | jq -es '
		map([.kind, .db, .name]) | contains([
		["database", "extra", null], ["table", "shop", "more"],
		["view", "shop", "seen"], ["definition", "shop", "plain"]]) and
		length == 4'
	[[ $output == *'is defined as: `c` int(11) DEFAULT 5; on the other server as: PRIMARY KEY'* ]]
	run -1 --separate-stderr against --ignore-table=shop.more --ignore-database=extra
	record '.faults == 2'
	only_there "DROP DATABASE extra; DROP TABLE shop.more;
		CREATE VIEW shop.seen AS SELECT a FROM shop.keyless;
		ALTER TABLE shop.plain DROP c"
}

@test "a name or key that holds control bytes writes none to the terminal" {
	only_there "CREATE TABLE shop.\`a
zz\` (k INT)"
	run -1 --separate-stderr against
	[[ $stderr == *'a\x0Azz'* ]]
	run ! grep '^zz' <<<"$stderr"
	only_there "DROP TABLE shop.\`a
zz\`"
}

@test "a source that is written to all the time is no reason to call its replica different" {
	local writer
	while sql source "UPDATE shop.big SET amount = amount + 1 WHERE id % 997 = 3;
		INSERT INTO shop.keyless VALUES (9, 'w')" 2>/dev/null &&
		[ ! -e "$BATS_TEST_TMPDIR/stop" ]; do sleep 0.05; done 3>&- &
	writer=$!
	run -0 against
	only_there "UPDATE shop.big SET note = 'other' WHERE id = 3"
	run -1 --separate-stderr against
	touch "$BATS_TEST_TMPDIR/stop"
	wait "$writer"
	[[ $stderr == *'`big`: 1 of'*'changed: (id=3)' ]]
	only_there "UPDATE shop.big SET note = 'note 3' WHERE id = 3"
}

@test "a replica that stands still behind its source is worth another try, and is left standing" {
	sql replica 'STOP SLAVE SQL_THREAD'
	sql source "INSERT INTO shop.keyless VALUES (5, 'late')"
	run -75 --separate-stderr against --wait=1
	[[ $stderr == *'stands still'* ]]
	[ "$(sql replica "SELECT COUNT(*) FROM information_schema.PROCESSLIST
		WHERE COMMAND = 'Slave_SQL'")" = 0 ]
	sql replica 'START SLAVE SQL_THREAD'
	run -0 against
}

@test "a part of the ranges can be picked, the same one for the same seed" {
	run -0 against --sample=50 --sample-seed=1
	record '.sample == {"percent": 50, "seed": "1"} and .against.ranges < 10'
	[ "$(record .against.ranges)" = "$(against --sample=50 --sample-seed=1 |
		tail -n 1 | jq .against.ranges)" ]
	# Of each table at least one, however small it is.
	run -0 against --sample=1 --sample-seed=3
	record '.against.ranges >= 8 and .against.ranges <= 9'
	run -64 dbverify --sample=10 --against="$SOURCE" "$BATS_TEST_TMPDIR/dump"
	run -64 dbverify --sample=10 --against="$SOURCE" --latest="$TMPDIR"
}

@test "a backup is compared with its server, by the databases that it has" {
	dbdump --defaults-file="$SOURCE" -z --databases shop >"$BATS_TEST_TMPDIR/dump"
	sql source "CREATE DATABASE other"
	run -0 dbverify --against="$SOURCE" "$BATS_TEST_TMPDIR/dump"
	record '.ok and .mode == "against" and .format == "dbdump" and
		.against.tables == 8'
	dbdump --defaults-file="$SOURCE" shop >"$BATS_TEST_TMPDIR/unnamed"
	run -0 dbverify --against="$SOURCE" - <"$BATS_TEST_TMPDIR/unnamed"
	# What is left out has the names that it has there.
	sql source 'DROP TABLE IF EXISTS shop.extra; CREATE TABLE shop.extra (a INT)'
	run -0 dbverify --against="$SOURCE" --ignore-table=shop.extra \
		--ignore-table=shop.b% - <"$BATS_TEST_TMPDIR/unnamed"
	record '.ok and .against.tables == 6'
	run -0 dbverify --against="$SOURCE" --ignore-database=sho% \
		- <"$BATS_TEST_TMPDIR/unnamed"
	record '.against.tables == 0'
	sql source 'DROP TABLE shop.extra'
	mariadb-dump --defaults-file="$SOURCE" shop >"$BATS_TEST_TMPDIR/stock"
	run -0 dbverify --against="$SOURCE" - <"$BATS_TEST_TMPDIR/stock"
	record '.ok and .format == "mariadb-dump" and .against.tables == 8'
	# Nothing says of which database it is.
	dbdump --defaults-file="$SOURCE" --skip-comments shop >"$BATS_TEST_TMPDIR/bare"
	run -64 --separate-stderr dbverify --against="$SOURCE" "$BATS_TEST_TMPDIR/bare"
	[[ $stderr == *'which database'*'--databases'* ]]
	sed 's/^-- Host: .*/&\n-- Host: x    Database: other/' \
		"$BATS_TEST_TMPDIR/stock" >"$BATS_TEST_TMPDIR/two"
	run -64 dbverify --against="$SOURCE" "$BATS_TEST_TMPDIR/two"
	sql source "UPDATE shop.big SET note = 'new' WHERE id = 99; DROP DATABASE other"
	run -1 --separate-stderr dbverify --against="$SOURCE" "$BATS_TEST_TMPDIR/dump"
	[[ $stderr == *'`big`: 1 of'*'changed: (id=99)' ]]
	[ -z "$(ls -A "$TMPDIR")" ]
}

# account GRANT…: limited.cnf is one on the source, here.cnf its copy on the
# replica, that may do this alone.
account() {
	local on server
	sql source "CREATE OR REPLACE USER limited@localhost IDENTIFIED BY 'x';
		GRANT SLAVE MONITOR ON *.* TO limited@localhost"
	for on; do sql source "GRANT $on TO limited@localhost"; done
	for server in source replica; do
		printf '[client]\nuser=limited\npassword=x\nsocket=%s\n' \
			"$(server_socket "$server")" >"$TMPDIR/$server.cnf"
	done
	sql replica "DO MASTER_GTID_WAIT('$(sql source 'SELECT @@gtid_binlog_pos')')"
}

# denied TEXT ARGUMENT…: dbverify refuses with that.
denied() {
	run -77 --separate-stderr dbverify "${@:2}"
	[[ $stderr == *"$1"* ]]
}

@test "what an account may not see is not passed over" {
	local there=$TMPDIR/source.cnf here=$TMPDIR/replica.cnf
	account
	denied 'this server: tables may be hidden from this account: it has no SELECT on *.*' \
		--defaults-file="$here" --against="$there"
	account 'SELECT, LOCK TABLES ON shop.*'
	denied 'this server: ' --defaults-file="$here" --against="$SOURCE"
	denied 'grant SELECT on *.*' --defaults-file="$REPLICA" --against="$there"
	# Of a backup's databases it sees all.
	dbdump --defaults-file="$SOURCE" --databases shop >"$BATS_TEST_TMPDIR/dump"
	run -0 dbverify --against="$there" "$BATS_TEST_TMPDIR/dump"
	dbdump --defaults-file="$SOURCE" shop >"$BATS_TEST_TMPDIR/unnamed"
	run -0 dbverify --against="$there" "$BATS_TEST_TMPDIR/unnamed"
	account 'SELECT ON shop.big'
	denied 'this account: it has no SELECT on `shop`.*' \
		--against="$there" "$BATS_TEST_TMPDIR/unnamed"
	account 'SELECT, LOCK TABLES ON *.*'
	run -0 --separate-stderr dbverify --defaults-file="$here" --against="$there"
	record '.against.tables == 8'
	sql source 'DROP USER limited@localhost'
}

@test "wrong usage, one server twice, and a server that is not there" {
	local cnf
	run -64 dbverify --quick --against="$SOURCE" /dev/null
	run -66 dbverify --defaults-file="$REPLICA" --against="$TMPDIR/nowhere.cnf"
	printf '[client]\nsocket=%s/nobody\n' "$TMPDIR" >"$TMPDIR/cnf"
	run -69 --separate-stderr dbverify --defaults-file="$REPLICA" --against="$TMPDIR/cnf"
	[[ $stderr == *'the other server: '* ]]
	# One server by two ways.
	for cnf in "$REPLICA" "$TMPDIR/tcp.cnf"; do
		printf '[client]\nuser=root\npassword=%s\nhost=127.0.0.1\nport=%s\n' \
			"$SERVER_PASSWORD" "$(server_port replica)" >"$TMPDIR/tcp.cnf"
		run -64 --separate-stderr dbverify --defaults-file="$REPLICA" --against="$cnf"
		[[ $stderr == *'both are one server'* ]]
	done
	run -64 --separate-stderr dbverify --defaults-file="$SOURCE" --against="$SOURCE"
	run -64 against --sample=0
	run -64 against --sample=101
}

@test "servers that take the case of names differently are told so where a name is missed" {
	server_start folds --lower-case-table-names=1
	sql folds 'CREATE DATABASE Shop; CREATE TABLE Shop.Item (i INT PRIMARY KEY)'
	sql source 'CREATE DATABASE Names; CREATE TABLE Names.Item (i INT PRIMARY KEY)'
	dbdump --defaults-file="$(server_cnf source)" -B Names >"$BATS_TEST_TMPDIR/dump"
	sql source 'DROP DATABASE Names'
	run -1 --separate-stderr dbverify --against="$(server_cnf folds)" "$BATS_TEST_TMPDIR/dump"
	[[ $stderr == *'warning: lower_case_table_names differs between the servers'* ]]
	sql folds 'CREATE DATABASE names; CREATE TABLE names.item (i INT PRIMARY KEY)'
	dbdump --defaults-file="$(server_cnf folds)" -B names >"$BATS_TEST_TMPDIR/dump"
	run -0 --separate-stderr dbverify --against="$(server_cnf folds)" "$BATS_TEST_TMPDIR/dump"
	[ -z "$stderr" ]
	server_drop folds
}
