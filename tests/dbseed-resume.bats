#!/usr/bin/env bats
# dbseed-resume.bats: a load that was killed goes on where it was. The long form
# is tests/soak/seed-resume.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # names in messages; begin_with's pid; run
bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shapes
load lib/resume

setup_file() {
	servers_begin
	resume_data source
	resume_dump source >"$SERVERS/dump.sql"
	server_empty source
	mariadb --defaults-file="$(server_cnf source)" <"$SERVERS/dump.sql"
	dump_of source >"$SERVERS/expected"
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

@test "killed three times, a load goes on and ends with every row, none of them twice" {
	resume_until_done "$SERVERS/dump.sql" kill_dbseed 0.3 0.6 0.5 >"$BATS_TEST_TMPDIR/times"
	[ "$(cat "$BATS_TEST_TMPDIR/times")" -ge 1 ]
	diff "$SERVERS/expected" <(dump_of target)
	run -1 grep dbpipes <(server_databases target)
}

@test "so it does when the target is killed" {
	resume_until_done "$SERVERS/dump.sql" kill_server 0.7 >"$BATS_TEST_TMPDIR/times"
	[ "$(cat "$BATS_TEST_TMPDIR/times")" -ge 1 ]
	diff "$SERVERS/expected" <(dump_of target)
}

@test "a load of nothing but --resume is a whole one, and leaves nothing of its own" {
	seed --resume "$SERVERS/dump.sql"
	diff "$SERVERS/expected" <(dump_of target)
}

@test "a load whose input broke off within the rows of a table goes on with the whole of it" {
	{
		echo '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)'
		echo 'CREATE DATABASE cut; CREATE TABLE cut.t (id INT PRIMARY KEY);'
		printf 'INSERT INTO `cut`.`t` VALUES (%d);\n' {1..20}
		echo '-- Dump completed'
	} >"$BATS_TEST_TMPDIR/sql"
	# Between two statements, and within one.
	for lines in 12 12.5; do
		server_empty target
		run -65 --separate-stderr seed --resume < <(
			head -n "${lines%.*}" "$BATS_TEST_TMPDIR/sql"
			[ "$lines" = 12 ] || printf 'INSERT INTO `cut`.`t` VAL'
		)
		[[ $stderr == *truncated* ]]
		seed --resume "$BATS_TEST_TMPDIR/sql"
		[ "$(sql target 'SELECT COUNT(*) FROM cut.t')" = 20 ]
	done
}

@test "a package is loaded with --resume, too, though BEGIN is a program in sql_mode ORACLE" {
	sql source <<-'SQL'
		CREATE DATABASE packages; USE packages; SET sql_mode = ORACLE;
		DELIMITER //
		CREATE PACKAGE p AS FUNCTION f RETURN INT; END //
		CREATE PACKAGE BODY p AS FUNCTION f RETURN INT AS BEGIN RETURN 1; END; END //
	SQL
	for dump in mariadb-dump dbdump; do
		server_empty target
		"$dump" --defaults-file="$(server_cnf source)" --routines \
			--databases packages >"$BATS_TEST_TMPDIR/sql"
		seed --resume "$BATS_TEST_TMPDIR/sql"
		diff <(dump_of source packages) <(dump_of target packages)
	done
	sql source 'DROP DATABASE packages'
}

@test "so is a trigger for which an empty string is NULL, and into a server for which it is" {
	sql source <<-'SQL'
		CREATE DATABASE empties; USE empties;
		CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9)) ENGINE=InnoDB;
		INSERT INTO t VALUES (1, ''), (2, 'a');
		SET sql_mode = EMPTY_STRING_IS_NULL;
		CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW SET NEW.v = NEW.v;
	SQL
	mariadb-dump --defaults-file="$(server_cnf source)" --databases empties \
		>"$BATS_TEST_TMPDIR/sql"
	for mode in DEFAULT EMPTY_STRING_IS_NULL; do
		server_empty target
		sql target "SET GLOBAL sql_mode = $mode"
		run -0 seed --resume "$BATS_TEST_TMPDIR/sql"
		diff <(dump_of source empties) <(dump_of target)
	done
	sql target 'SET GLOBAL sql_mode = DEFAULT'
	sql source 'DROP DATABASE empties'
}

large_a_is_there() { [ "$(sql target 'SELECT COUNT(*) FROM large.a' 2>&1)" -gt 30000 ]; }

@test "another dump than the one begun is refused by name, and changes nothing" {
	local pid
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	seed --resume "$BATS_TEST_TMPDIR/pipe" >/dev/null 2>&1 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	sed '/^INSERT INTO `b` VALUES/,$d' "$SERVERS/dump.sql" >&8
	wait_until 60 large_a_is_there
	kill -KILL $pid
	wait $pid || :
	exec 8>&-
	wait_until 60 target_is_left_alone
	dump_of target >"$BATS_TEST_TMPDIR/before"
	sed '0,/word number 7/s//word number 8/' "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/other.sql"
	run -65 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/other.sql"
	[[ $stderr == *'not the dump that the load was begun with'* ]]
	diff "$BATS_TEST_TMPDIR/before" <(dump_of target)
	# Without --resume it is a target that holds data.
	run -69 seed "$SERVERS/dump.sql"
	seed --resume "$SERVERS/dump.sql"
	diff "$SERVERS/expected" <(dump_of target)
}

progress_is_there() { sql target 'SELECT 1 FROM dbpipes_seed.progress LIMIT 1' >/dev/null 2>&1; }

# dropping: the session that is about to drop the progress.
dropping() {
	sql target "SELECT id FROM information_schema.processlist
		WHERE info LIKE 'DROP DATABASE dbpipes\_seed%'" | grep .
}

dropping_has_ended() { ! dropping; }

@test "a load that is killed when it has told all goes on; one that had ended says so" {
	local pid
	cd "$BATS_TEST_TMPDIR"
	mkfifo pipe reader
	two_tables >whole.sql
	seed --resume pipe >records 2>&1 3>&- &
	pid=$!
	exec 8>pipe
	sed '$d' whole.sql >&8
	wait_until 20 progress_is_there
	# Who reads the progress keeps it from being dropped.
	mariadb --defaults-file="$(server_cnf target)" -n -N <reader >count 3>&- 8>&- &
	exec 9>reader
	echo "BEGIN; SELECT 'read', COUNT(*) FROM dbpipes_seed.progress;" >&9
	wait_until 20 grep -q read count
	sed -n '$p' whole.sql >&8
	exec 8>&-
	wait_until 20 dropping
	grep '"event":"loaded"' records
	kill -KILL "$pid"
	wait "$pid" || :
	sql target "KILL $(dropping)"
	wait_until 20 dropping_has_ended
	exec 9>&-
	seed --resume whole.sql >records
	grep '"event":"loaded"' records
	run -1 grep dbpipes <(server_databases target)
	run -69 --separate-stderr seed --resume whole.sql
	[[ $stderr == *'holds data already'*'one that was begun with --resume had ended'* ]]
}

@test "a load that was interrupted without --resume is not said to have ended" {
	{
		echo '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)'
		echo 'CREATE DATABASE IF NOT EXISTS cut; CREATE TABLE cut.t (id INT PRIMARY KEY);'
		printf 'INSERT INTO `cut`.`t` VALUES (%d);\n' {1..20}
		echo '-- Dump completed'
	} >"$BATS_TEST_TMPDIR/sql"
	run -65 seed < <(head -n 12 "$BATS_TEST_TMPDIR/sql")
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'holds data already'*--replace-tables*'without it keeps no progress' ]]
	seed --replace-tables "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT COUNT(*) FROM cut.t')" = 20 ]
}

@test "where its database may not be made, --resume is refused and the plain load is not" {
	sql target "CREATE DATABASE large; CREATE OR REPLACE USER loader@127.0.0.1
		IDENTIFIED BY 'loader-Secret'; GRANT ALL ON large.* TO loader@127.0.0.1"
	server_cnf_as target loader loader-Secret
	printf '%s\n' 'USE large; CREATE TABLE a (id INT PRIMARY KEY, t TEXT, KEY (t(9)));' \
		"INSERT INTO a VALUES $(times 2000 "(%d,'word %d')")" \
		>"$BATS_TEST_TMPDIR/large.sql"
	run -77 --separate-stderr dbseed --defaults-file="$SERVERS/target/loader.cnf" \
		--resume "$BATS_TEST_TMPDIR/large.sql"
	[[ $stderr == *dbpipes_seed*'without --resume'* ]]
	dbseed --defaults-file="$SERVERS/target/loader.cnf" "$BATS_TEST_TMPDIR/large.sql"
	sql target 'DROP USER loader@127.0.0.1'
}

some_of_z() { [ "$(sql target 'SELECT COUNT(*) FROM d.z' 2>&1)" -gt 1 ]; }

more_than_one() { [ "$(sql target 'SELECT COUNT(*) FROM d.m' 2>&1)" -gt 100000 ]; }

@test "a table without transactions whose rows come twice is not emptied of the first ones" {
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE m (id INT, t TEXT) ENGINE=MyISAM;'
		echo 'CREATE TABLE o (id INT) ENGINE=InnoDB; INSERT INTO m VALUES'
		times 100000 "(%d,'a')"
		echo 'INSERT INTO o VALUES (1);'
		for n in 1 2 3 4; do
			echo 'INSERT INTO m VALUES'
			times 100000 "(%d,'some text that makes it longer than a job is')"
			echo "-- $n"
		done
		echo 'CREATE VIEW v AS SELECT 1;'
	} | begin_with '^-- 3' more_than_one
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	# shellcheck disable=SC2016 # names
	[[ $stderr == *'`d`.`m` has no transactions'* ]]
	[ "$(sql target "SELECT COUNT(*) FROM d.m WHERE t = 'a'")" = 100000 ]
}

@test "nor of those that were put there by a statement of its own, or had another name" {
	{
		cat <<-'SQL'
			SET foreign_key_checks = 0; CREATE DATABASE d; USE d;
			CREATE TABLE z (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=MyISAM;
			CREATE TABLE s (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=Aria;
			CREATE TABLE e LIKE s; CREATE TABLE r (id INT, t TEXT) ENGINE=MyISAM;
			CREATE TABLE n (id INT, t TEXT) ENGINE=MyISAM;
			INSERT INTO z (t) VALUES ('first'); INSERT INTO s (t) SELECT t FROM z;
			INSERT INTO r VALUES (1,'first'); RENAME TABLE n TO k, r TO n;
			CREATE VIEW w AS SELECT 1;
		SQL
		times 20000 '-- %d: what is read ahead must be full'
		echo '-- so far'
		for table in s n z; do
			echo "INSERT INTO $table VALUES"
			times 40000 "(1%d,'some text that makes it longer than a job is: %d')"
			echo "INSERT INTO $table VALUES (7,'last');"
		done
		times 20000 '-- %d: what is read ahead must be full'
		echo '-- in z'
		echo "INSERT INTO z VALUES (8,'very last');"
	} >"$BATS_TEST_TMPDIR/whole"
	begin_with '^-- so far' has_w <"$BATS_TEST_TMPDIR/whole"
	seed --resume "$BATS_TEST_TMPDIR/sql"
	for table in s n; do
		[ "$(sql target "SELECT COUNT(*) FROM d.$table WHERE t LIKE '%st'")" = 2 ]
		[ "$(sql target "SELECT COUNT(*) FROM d.$table")" = 40002 ]
	done
	[ "$(sql target "SELECT COUNT(*) FROM d.z")" = 40003 ]
	# Within the rows nobody knows how many of them are in.
	server_empty target
	begin_with '^-- in z' some_of_z <"$BATS_TEST_TMPDIR/whole"
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	# shellcheck disable=SC2016 # names
	[[ $stderr == *'`d`.`z` has no transactions'* ]]
	[ "$(sql target "SELECT t FROM d.z WHERE id = 1")" = first ]
}

# at_work LIKE: a statement is, for a while.
at_work() {
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.processlist
		WHERE info LIKE '$1' AND time_ms > 300")" = 1 ]
}

rows_sleep() { at_work 'INSERT INTO m%SLEEP%'; }

@test "rows that are put into a table without transactions one by one do not come twice" {
	for autocommit in 1 0; do
		server_empty target
		{
			echo "CREATE DATABASE d; USE d; CREATE TABLE m (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=MyISAM;
				SET autocommit = $autocommit;
				INSERT INTO m (t) VALUES (1); INSERT INTO m (t) VALUES (2), (SLEEP(2));"
			times 20000 '-- %d: what is read ahead must be full'
			echo '-- so far'
			echo 'INSERT INTO m (t) VALUES (3); COMMIT;'
		} | begin_with '^-- so far' rows_sleep
		run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *'nobody knows'* ]]
		[ "$(sql target 'SELECT GROUP_CONCAT(t ORDER BY id) FROM d.m')" = 1,2,0 ]
	done
}

has_fk() { ends_unheard 'BEGIN; SELECT * FROM d.x' 'ALTER TABLE c%FOREIGN KEY%'; }

@test "a foreign key that had been added, and checked, when the load was interrupted is no error" {
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE x (a INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO x VALUES (1);
			CREATE TABLE c (a INT, KEY (a)) ENGINE=InnoDB; INSERT INTO c VALUES (1);
			CREATE VIEW w AS SELECT 1; SELECT SLEEP(2);
			ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (a);'
		times 20000 '-- %d: what is read ahead must be full'
		echo '-- so far'
		echo 'INSERT INTO x VALUES (2);'
	} | begin_with '^-- so far' has_fk
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(a) FROM d.x')" = 3 ]
}

@test "what the server did not understand may be corrected, also where it may not be run twice" {
	echo 'CREATE DATABASE d; USE d; CREATE TABLE a (x INT) ENGINE=InnoDB; INSERT INTO a VALUES (1);
		ALTER TABLE a RENAME COLUMN x INTO b; INSERT INTO a VALUES (2);' >"$BATS_TEST_TMPDIR/sql"
	for _ in 1 2; do
		run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
		[[ $stderr == *'error in your SQL syntax'* ]]
	done
	sed -i 's/INTO b/TO b/' "$BATS_TEST_TMPDIR/sql"
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(b) FROM d.a')" = 3 ]
}

# ends_unheard LOCKS LIKE: a statement that waits for these locks comes to its
# end, and dbseed, stopped, does not know of it. The server would give up a wait
# for a client that is gone.
ends_unheard() {
	has_w || return 1
	sql target "$1; SELECT SLEEP(5)" 3>&- 8>&- >/dev/null &
	wait_until 20 at_work "$2"
	kill -STOP "$pid" # begin_with's
	wait $!
	wait_until 20 has_ended "$2"
}

has_ended() {
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '$1'")" = 0 ]
}

has_exchanged() { ends_unheard 'BEGIN; SELECT * FROM d.x' 'ALTER TABLE p EXCHANGE%'; }

makes_account() { ends_unheard 'LOCK TABLES mysql.global_priv READ' 'CREATE USER resumed%'; }

@test "what would undo itself the second time is not run twice" {
	{
		echo 'SET foreign_key_checks = 0; CREATE DATABASE d; USE d; CREATE TABLE x (id INT) ENGINE=InnoDB;
			CREATE TABLE p (id INT) ENGINE=InnoDB
				PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10));
			INSERT INTO p VALUES (1); INSERT INTO x VALUES (2);
			CREATE VIEW w AS SELECT 1; SELECT SLEEP(2);
			ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE x;'
		times 20000 '-- %d: what is read ahead must be full'
		echo '-- so far'
		echo 'INSERT INTO x VALUES (3);'
	} | begin_with '^-- so far' has_exchanged
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'nobody knows'* ]]
	[ "$(sql target 'SELECT id FROM d.x')" = 1 ]
}

@test "what had been done when the load was interrupted, though it was not written down, is no error" {
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE c (a INT) ENGINE=InnoDB;
			CREATE TABLE p (id INT) ENGINE=InnoDB PARTITION BY LIST (id)
				(PARTITION p0 VALUES IN (0), PARTITION p1 VALUES IN (1));
			CREATE VIEW w AS SELECT 1; SELECT SLEEP(2); CREATE USER resumed@localhost;'
		times 20000 '-- %d: what is read ahead must be full'
		echo '-- so far'
		echo 'ALTER TABLE p DROP PARTITION p0;
			ALTER TABLE p ADD PARTITION (PARTITION p2 VALUES IN (2));
			ALTER TABLE c CHANGE a b INT; INSERT INTO c (b) VALUES (1); CREATE USER other@localhost;'
	} | begin_with '^-- so far' makes_account
	sql target 'USE d; ALTER TABLE p DROP PARTITION p0; ALTER TABLE c CHANGE a b INT;
		ALTER TABLE p ADD PARTITION (PARTITION p2 VALUES IN (2)); CREATE USER other@localhost'
	# But an account that the load had not come to is none of its own.
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *"CREATE USER failed for 'other'"* ]]
	sql target 'DROP USER other@localhost'
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT b FROM d.c')" = 1 ]
	sql target 'DROP USER other@localhost, resumed@localhost'
}

@test "a program and a statement with settings of its own are not run a second time" {
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE m (id INT) ENGINE=MyISAM; CREATE TABLE o (id INT) ENGINE=InnoDB;'
		echo 'SET STATEMENT max_statement_time = 0 FOR INSERT INTO o VALUES (1);'
		printf 'DELIMITER //\nBEGIN NOT ATOMIC INSERT INTO o VALUES (2); END //\nDELIMITER ;\n'
		echo 'INSERT INTO m VALUES'
		times 200000 '(%d)'
		echo 'SELECT 1;'
		yes -- '-- what is read ahead' | head -n 40000
		echo '-- 1'
		echo 'CREATE VIEW v AS SELECT 1;'
	} | begin_with '^-- 1' more_than_one
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT * FROM d.o')" = $'1\n2' ]
}

@test "what is put before the first rows is not taken for their end" {
	echo 'CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB' | sql target
	# shellcheck disable=SC2016 # names
	echo 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d`; USE `d`;
		INSERT INTO `t` VALUES (1),(2);' >"$BATS_TEST_TMPDIR/sql"
	seed --resume --force --table=d.t "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT COUNT(*) FROM d.t')" = 2 ]
}

@test "a dump that leaves autocommit off ends with --resume, too" {
	echo 'CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB;
		SET autocommit=0; INSERT INTO t VALUES (1),(2); COMMIT;
		CREATE VIEW v AS SELECT * FROM t;' >"$BATS_TEST_TMPDIR/sql"
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT COUNT(*) FROM d.v')" = 2 ]
}

two_tables() {
	echo 'CREATE DATABASE IF NOT EXISTS d; USE d;'
	echo 'DROP TABLE IF EXISTS a; CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB;'
	echo 'INSERT INTO a VALUES (1),(2);'
	echo 'CREATE OR REPLACE VIEW w AS SELECT 1;'
	times 20000 '-- %d: what is read ahead must be full'
	echo '-- a is in'
	echo 'DROP TABLE IF EXISTS b; CREATE TABLE b (id INT PRIMARY KEY) ENGINE=InnoDB;'
	echo 'INSERT INTO b VALUES (3),(4);'
}

has_w() { [ "$(sql target 'SELECT COUNT(*) FROM d.w' 2>&1)" = 1 ]; }

@test "what a load has refused to touch, the same command refuses again" {
	local n
	sql target 'CREATE DATABASE d; CREATE TABLE d.b (kept INT); INSERT INTO d.b VALUES (9)'
	two_tables >"$BATS_TEST_TMPDIR/sql"
	for n in 1 2 3; do
		# shellcheck disable=SC2002 # a pipe, which cannot be read twice
		run -69 --separate-stderr seed --resume < <(cat "$BATS_TEST_TMPDIR/sql")
		# shellcheck disable=SC2016 # names
		[[ $stderr == *'holds data already'*'`d`.`b`'* ]]
		[ "$(sql target 'SELECT kept FROM d.b')" = 9 ]
	done
	run -69 seed --resume "$BATS_TEST_TMPDIR/sql"
	sql target 'DROP TABLE d.b'
	seed --resume < <(cat "$BATS_TEST_TMPDIR/sql")
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 7 ]
	run -1 grep dbpipes <(server_databases target)
}

@test "so it does with a table that came after the interruption, and with a database to be dropped" {
	two_tables | begin_with '^-- a is in' has_w
	sql target 'CREATE TABLE d.b (kept INT)'
	run -69 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/sql"
	# shellcheck disable=SC2016 # names
	[[ $stderr == *'`d`.`b`'* && $stderr != *'`d`.`a`'* ]]
	sql target 'DROP TABLE d.b; CREATE DATABASE z; CREATE TABLE z.kept (id INT)'
	echo 'DROP DATABASE z;' >>"$BATS_TEST_TMPDIR/sql"
	for _ in 1 2; do
		run -69 --separate-stderr seed --resume < <(cat "$BATS_TEST_TMPDIR/sql")
		# shellcheck disable=SC2016 # a name
		[[ $stderr == *'`z` (which the dump drops'* ]]
	done
	[ "$(sql target 'SELECT COUNT(*) FROM z.kept')" = 0 ]
}

@test "after an interruption --replace-tables replaces what is left" {
	sql target 'CREATE DATABASE d; CREATE TABLE d.a (old INT); CREATE TABLE d.b (id INT PRIMARY KEY);
		INSERT INTO d.b VALUES (9)'
	two_tables | sed 's/^DROP TABLE IF EXISTS .; //' |
		begin_with '^-- a is in' has_w --replace-tables
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 9 ]
	seed --resume --replace-tables "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(id) FROM d.a')" = 3 ]
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 7 ]
}

@test "a table that a load with --force had not come to is no table of its own" {
	sql target 'CREATE DATABASE d; CREATE TABLE d.b (id INT PRIMARY KEY); INSERT INTO d.b VALUES (9)'
	two_tables | sed 's/^DROP TABLE IF EXISTS .; //' | begin_with '^-- a is in' has_w --force
	run -69 --separate-stderr seed --resume --force "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *"'b' already exists"* ]]
	[ "$(sql target 'SELECT SUM(id) FROM d.b')" = 9 ]
}

@test "another dump is known by its first statement, by one it lacks, and by its end" {
	two_tables | begin_with '^-- a is in' has_w
	{
		echo 'CREATE DATABASE other; -- before all else'
		cat "$BATS_TEST_TMPDIR/sql"
	} >"$BATS_TEST_TMPDIR/begins"
	sed 's/^INSERT INTO a/-- \nCREATE DATABASE other; INSERT INTO a/' "$BATS_TEST_TMPDIR/sql" \
		>"$BATS_TEST_TMPDIR/lacks"
	sed '/^INSERT INTO a/,$d' "$BATS_TEST_TMPDIR/sql" >"$BATS_TEST_TMPDIR/ends"
	for other in begins lacks ends; do
		run -65 --separate-stderr seed --resume "$BATS_TEST_TMPDIR/$other"
		[[ $stderr == *'not the dump that the load was begun with'* ]]
		run -1 grep other <(server_databases target)
	done
	seed --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(id) FROM d.a')" = 3 ]
}

@test "a table that the interrupted load had not come to is not emptied of what it held" {
	sql target 'CREATE DATABASE d; CREATE TABLE d.k (id INT) ENGINE=MyISAM; INSERT INTO d.k VALUES (9)'
	{
		two_tables
		echo 'CREATE TABLE IF NOT EXISTS k (id INT) ENGINE=MyISAM;'
		echo 'INSERT INTO k VALUES (1);'
	} | begin_with '^-- a is in' has_w --force
	seed --resume --force "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT SUM(id) FROM d.k')" = 10 ]
}
