#!/usr/bin/env bats
# snapshot-races.bats: dumps that begin while another session is in the middle
# of something. Whatever it is, the dump and the binary log behind its
# position make all of it together.
# shellcheck disable=SC2154 # stderr: run sets it
bats_require_minimum_version 1.5.0

load lib/servers
load lib/seed
load lib/objects

setup_file() { servers_begin source; }
teardown_file() { servers_end; }

setup() {
	sql source <<-'SQL'
		CREATE OR REPLACE DATABASE one;
		CREATE OR REPLACE DATABASE two;
		CREATE TABLE one.base (id INT PRIMARY KEY) ENGINE=InnoDB;
		CREATE TABLE one.plain (id INT) ENGINE=MyISAM;
		CREATE TABLE two.mover (id INT PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO two.mover VALUES (4);
	SQL
}

source_dump() { dbdump --defaults-file="$(server_cnf source)" "$@"; }

# has_processes N TEXT: so many sessions of the source run such a statement.
has_processes() {
	[ "$(sql source "SELECT COUNT(*) FROM information_schema.PROCESSLIST
		WHERE INFO LIKE '$2' AND ID <> CONNECTION_ID()")" -ge "$1" ]
}

# hold STATEMENTS: a session that holds what these lock for two seconds.
hold() { sql source "$1; SELECT SLEEP(2) AS held" >"$2" 2>&1 3>&- & }

@test "a table that a waiting RENAME brings during the snapshot is in the dump (case 13)" {
	hold "BEGIN; SELECT * FROM two.mover" "$BATS_TEST_TMPDIR/reader"
	wait_until 10 has_processes 1 'SELECT SLEEP(2)%'
	sql source "RENAME TABLE two.mover TO one.arrived" 3>&- &
	wait_until 10 has_processes 1 'RENAME TABLE%'
	# It keeps the dump between its list of tables and its snapshot.
	sql source "LOCK TABLES one.plain WRITE; SELECT SLEEP(4)" 3>&- >&2 &
	wait_until 10 has_processes 1 'SELECT SLEEP(4)%'
	source_dump --databases one >"$BATS_TEST_TMPDIR/dump.sql"
	wait
	grep -F "INSERT INTO \`arrived\`" "$BATS_TEST_TMPDIR/dump.sql"
}

# changes_behind_it: what is then between the liar and the source renames a view
# and drops a database, once, just when the snapshot is taken.
changes_behind_it() {
	sql source <<-'SQL'
		CREATE OR REPLACE DATABASE race;
		CREATE OR REPLACE DATABASE three;
		CREATE OR REPLACE VIEW one.seen AS SELECT * FROM one.base;
		DROP VIEW IF EXISTS one.renamed;
		DELIMITER //
		CREATE PROCEDURE race.once() BEGIN
			COMMIT;
			IF EXISTS (SELECT 1 FROM information_schema.SCHEMATA
				WHERE SCHEMA_NAME = 'three') THEN
				RENAME TABLE one.seen TO one.renamed;
				DROP DATABASE three;
			END IF;
		END//
	SQL
	liar 'CALL race.once()' COMMIT
}

@test "a view that is renamed, or a database dropped, just behind the snapshot is no fault of theirs (case 13)" {
	local how
	for how in fail comment; do
		changes_behind_it
		run -0 --separate-stderr dbdump --defaults-file="$liar_cnf" --on-broken=$how -A \
			--ignore-database=race
		kill "$liar_pid"
		[ "$(sql source 'SHOW TABLES FROM one' | tail -n 1)" = renamed ]
		[[ $output == *"Final structure for view \`renamed\`"*'Dump completed'* ]]
		[[ $output != *three* ]]
		run -1 grep -v plain <<<"$stderr"
	done
	sql source 'DROP DATABASE race'
}

@test "a view that does not work is said to, whatever becomes of tables meanwhile (case 38)" {
	local busy
	sql source 'CREATE VIEW one.broken AS SELECT * FROM two.mover; DROP TABLE two.mover'
	while :; do
		echo 'CREATE TABLE two.t (id INT); DROP TABLE two.t;'
	done | mariadb --defaults-file="$(server_cnf source)" 3>&- &
	busy=$!
	run -65 --separate-stderr source_dump one
	kill "$busy"
	wait "$busy" || :
	[[ -z $output && $stderr == *"view \`one\`.\`broken\` does not work"* ]]
}

@test "a prepared XA transaction refuses a position that was asked for (case 6)" {
	sql source "XA START 'x'; INSERT INTO one.base VALUES (7); XA END 'x';
		XA PREPARE 'x'"
	run -75 --separate-stderr source_dump --master-data one
	[ -z "$output" ]
	[[ $stderr == *"XA transactions are prepared"*"XA RECOVER"* ]]
	run -0 --separate-stderr source_dump one
	[[ $stderr == *warning*"XA transactions are prepared"* ]]
	sql source "XA COMMIT 'x'"
	run -0 --separate-stderr source_dump --master-data one
	[[ $output == *"(7)"* ]]
}
