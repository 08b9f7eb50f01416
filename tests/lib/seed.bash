# shellcheck shell=bash
# seed.bash: small data and empty targets for the tests of dbseed and of
# replicas. After servers.bash.
#
#   seed_data NAME            databases `shop` and `app`, with 203 rows
#   server_empty NAME         drop all databases, replication and its position
#   server_cnf_as NAME USER PASSWORD  option file NAME/USER.cnf for another login
#   is_as_stock FILE [OPTION…]   fails unless dbseed with these makes of it in
#                             `target` what the stock client makes in `source`
#   loads_as_stock [OPTION…]  the same of standard input, in a new database

seed_data() {
	sql "$1" <<-'SQL'
		CREATE DATABASE shop; USE shop;
		CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(80), n INT)
			ENGINE=InnoDB;
		INSERT INTO item SELECT seq, CONCAT('it''s ; "', seq, '" \\'), 0
			FROM seq_1_to_200;
		CREATE VIEW big AS SELECT * FROM item WHERE id > 100;
		CREATE PROCEDURE touch(i INT) UPDATE item SET n = n + 1 WHERE id = i;
		CREATE TRIGGER before_item BEFORE INSERT ON item FOR EACH ROW
			SET NEW.n = COALESCE(NEW.n, 0);
		CREATE DATABASE app; USE app;
		CREATE TABLE note (id INT PRIMARY KEY, body BLOB) ENGINE=InnoDB;
		INSERT INTO note VALUES (1, x'00FF0A27'), (2, NULL), (3, '-- no;');
	SQL
}

server_empty() {
	local database
	sql "$1" "STOP ALL SLAVES"
	for database in $(sql "$1" 'SHOW ALL SLAVES STATUS' | cut -f 1); do
		sql "$1" "RESET SLAVE '$database' ALL"
	done
	sql "$1" "RESET SLAVE ALL; SET GLOBAL gtid_slave_pos = ''"
	while read -r database; do
		server_drop_database "$1" "$database"
	done < <(server_databases "$1")
}

# server_drop_database NAME DATABASE: a server that was killed may have left a file
# in it that it does not know: what is there when all it knows is gone.
server_drop_database() {
	local drop="DROP DATABASE \`${2//\`/\`\`}\`"
	sql "$1" "$drop" && return
	find "$SERVERS/$1/data/$2" -type f -print -delete >&2
	sql "$1" "$drop"
}

server_cnf_as() {
	local cnf=$SERVERS/$1/$2.cnf
	(umask 077 && cat >"$cnf") <<-CNF
		[client]
		user=$2
		password=$3
		host=127.0.0.1
		port=$(server_port "$1")
	CNF
}

is_as_stock() {
	mariadb --defaults-file="$(server_cnf source)" <"$1"
	dbseed --defaults-file="$(server_cnf target)" -j 4 "${@:2}" "$1" >"$BATS_TEST_TMPDIR/records"
	diff <(dump_of source) <(dump_of target)
}

loads_as_stock() {
	{ echo 'SET NAMES utf8mb4; CREATE DATABASE shapes; USE shapes;' && cat; } >"$BATS_TEST_TMPDIR/sql"
	is_as_stock "$BATS_TEST_TMPDIR/sql" "$@"
}
