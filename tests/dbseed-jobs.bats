#!/usr/bin/env bats
# dbseed-jobs.bats: dbseed with several connections at work: what is in the
# target then is what the stock client puts there.

# shellcheck disable=SC2154 # run
bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/shapes

setup_file() {
	servers_begin
	shapes_sql >"$SERVERS/shapes.sql"
	mariadb --defaults-file="$(server_cnf source)" <"$SERVERS/shapes.sql"
	dump_of source >"$SERVERS/expected"
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--databases shapes more >"$SERVERS/dump.sql"
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

loaded() { jq -c 'select(.event == "loaded")'; }

# Every table of the target, every row and every key of it.
target_is_sound() {
	local table
	while IFS= read -r table; do
		[ "$(sql target "CHECK TABLE $table EXTENDED" | cut -f 4 | sort -u)" = OK ] ||
			return 1
	done < <(sql target "SELECT CONCAT('\`', table_schema, '\`.\`',
		REPLACE(table_name, '\`', '\`\`'), '\`') FROM information_schema.tables
		WHERE table_type = 'BASE TABLE' AND table_schema IN ('shapes', 'more')")
}

@test "SQL of every shape gives what the stock client makes of it, however many load it" {
	local jobs
	for jobs in 4 1 2; do
		server_empty target
		seed -j $jobs "$SERVERS/shapes.sql" >"$BATS_TEST_TMPDIR/records"
		diff "$SERVERS/expected" <(dump_of target)
		[ "$(loaded <"$BATS_TEST_TMPDIR/records" | jq .jobs)" = $jobs ]
	done
	target_is_sound
}

@test "where connections are missing, it is said for how many -j there are enough" {
	sql target "CREATE USER few@127.0.0.1 IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS 4"
	sql target 'GRANT ALL ON *.* TO few@127.0.0.1'
	server_cnf_as target few few
	few() { dbseed --defaults-file="$SERVERS/target/few.cnf" -j "$1" "$SERVERS/dump.sql"; }
	run -75 --separate-stderr few 4
	[[ $stderr == *max_user_connections* ]]
	[[ $stderr =~ 'connections are there for -j '([1-3])$ ]]
	few "${BASH_REMATCH[1]}"
	sql target 'DROP USER few@127.0.0.1'
	diff "$SERVERS/expected" <(dump_of target)
}

@test "a dump of it does so, too, with keys after the rows and with keys in place" {
	seed -j 4 "$SERVERS/dump.sql"
	diff "$SERVERS/expected" <(dump_of target)
	target_is_sound
	server_empty target
	seed -j 4 --skip-defer-indexes "$SERVERS/dump.sql"
	diff "$SERVERS/expected" <(dump_of target)
}

@test "a view that names a key is made when that is there, from every kind of dump" {
	local dump
	sql source 'CREATE DATABASE hints; USE hints;
		CREATE TABLE t (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=InnoDB;
		INSERT INTO t SELECT seq, seq % 7 FROM seq_1_to_20000; CREATE TABLE none LIKE t;
		CREATE VIEW v AS SELECT t.id FROM t FORCE INDEX (n) LEFT JOIN none USE KEY (n) USING (n)'
	for dump in mariadb-dump dbdump; do
		server_empty target
		"$dump" --defaults-file="$(server_cnf source)" --databases hints >"$BATS_TEST_TMPDIR/sql"
		seed -j 2 "$BATS_TEST_TMPDIR/sql"
		diff <(dump_of source hints) <(dump_of target hints)
	done
	sql source 'DROP DATABASE hints'
}

@test "rows go in as bound values, and as text where the server cannot bind them" {
	sql target 'SET GLOBAL general_log = 1'
	seed -j 2 "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/records"
	sql target 'SET GLOBAL general_log = 0'
	[ "$(loaded <"$BATS_TEST_TMPDIR/records" | jq -r .way)" = bulk ]
	# What is bound is prepared, and what is prepared is not sent as text.
	# shellcheck disable=SC2016 # a name
	grep -aE 'Prepare[[:space:]].*INSERT INTO `parent`' "$SERVERS"/target/data/*.log
	# shellcheck disable=SC2016 # a name
	run ! grep -aE 'Query[[:space:]].*INSERT INTO `parent` VALUES *$' "$SERVERS"/target/data/*.log
	rm "$SERVERS"/target/data/*.log
	sql target 'FLUSH GENERAL LOGS'
}

# values_sql: tables of each type, and in them 200 rows of every value: enough to
# be bound. What cannot be bound to a type makes a whole table text, so that the
# kinds of values have tables of their own.
values_sql() {
	local types=(INT 'BIGINT UNSIGNED' FLOAT DOUBLE 'DOUBLE(9,3)' 'DECIMAL(12,2)'
		'DECIMAL(65,30)' DATE DATETIME 'DATETIME(3)' TIMESTAMP 'TIMESTAMP(6)' TIME YEAR
		'BIT(9)' "ENUM('1','2024-01-01','é')" "SET('1','é')" 'VARCHAR(40)'
		'CHAR(40) CHARACTER SET latin1' 'VARCHAR(40) CHARACTER SET utf8mb3'
		'VARCHAR(9) COLLATE utf8mb4_bin' TEXT TINYBLOB 'VARBINARY(9)')
	# shellcheck disable=SC2034 # named by `kind`
	local integers=(NULL 0 -0 7 -9223372036854775808 123456789012345678901)
	# shellcheck disable=SC2034 # named by `kind`
	local numbers=(0.0 -0.0 -0e0 2.5 -1.005 3.4028236e38 1e-400 4.9e-324 0.1 9007199254740993.0
		1.7976931348623157e308
		1234567890123456789012345678901234567890.123456789012345678901234567890)
	# shellcheck disable=SC2034 # named by `kind`
	local moments=("'2024-01-01'" "'2024-02-28 12:00:00'" "'2023-02-28 23:59:59.9996'"
		"'2024-1-1'" "'2024-02-30 00:00:00'" "'2024-02-31'" "'0000-00-00 00:00:00'"
		"'2024-03-31 02:30:00'" "'2024-03-27 02:30:00'" "'0001-01-01'" "'2024-12-28 23:59:59.1234567'"
		"'2024-12-28 24:00:00'" "'2024-12-28T10:00:00'" "'12:30:00'" "''" "'2024-01-00'")
	# shellcheck disable=SC2034 # named by `kind`
	local texts=("'1'" "'é'" "'a𝄞b'" "'a'' \\\\ \\n é'" "_binary 'é'"
		"'$(printf 'a\377b')'" "'$(printf 'a\355\240\200b')'" "'$(printf '12345678\303')'")
	local n=0 type kind value
	echo "CREATE DATABASE shapes; USE shapes; SET NAMES utf8mb4; SET sql_mode = '';
		SET time_zone = '+02:00';"
	for type in "${types[@]}"; do
		n=$((n + 1))
		for kind in integers numbers moments texts; do
			echo "CREATE TABLE v$n$kind (id INT, v $type NULL)
				ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;"
			local -n values=$kind
			for value in "${values[@]}"; do
				echo "INSERT INTO v$n$kind VALUES"
				times 200 "(%d,$value)"
			done
		done
	done
}

# values_of SERVER: whatever the order of the rows is.
values_of() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --skip-comments --hex-blob \
		--skip-extended-insert shapes | LC_ALL=C sort
}

other_has_rows() {
	[ "$(sql target 'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
		SELECT COUNT(*) FROM d.t')" = 1 ]
}

# waits_for_lock: a session of the target waits for a row of another one.
waits_for_lock() { sql target 'SELECT 1 FROM information_schema.innodb_lock_waits' | grep -q 1; }

@test "rows that are on their way behind those of a deadlock are not kept" {
	local pid
	cd "$BATS_TEST_TMPDIR"
	sql target "CREATE DATABASE d; USE d;
		CREATE TABLE t (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
		CREATE TABLE much (id INT PRIMARY KEY) ENGINE=InnoDB"
	echo "SET foreign_key_checks = 0; INSERT INTO d.t VALUES $(times 20000 "(%d,'what stands in row %d')")" >t.sql
	mkfifo other
	mariadb --defaults-file="$(server_cnf target)" --force <other >/dev/null 3>&- &
	exec 8>other
	# Of two that lock each other out the server ends the one with fewer rows.
	echo 'USE d; BEGIN; INSERT INTO much SELECT seq FROM seq_1_to_100000;
		INSERT INTO d.t VALUES (5000, "other");' >&8
	wait_until 20 other_has_rows
	seed --force -v -j 1 t.sql >records 2>said 3>&- 8>&- &
	pid=$!
	wait_until 20 waits_for_lock
	echo 'INSERT INTO d.t VALUES (1, "other"); ROLLBACK;' >&8
	exec 8>&-
	wait "$pid"
	[ "$(loaded <records | jq .rows)" = 20000 ]
	[ "$(sql target 'SELECT COUNT(*), SUM(t = CONCAT("what stands in row ", id)) FROM d.t')" = $'20000\t20000' ]
	[ "$(sql target 'SELECT COUNT(*) FROM d.much')" = 0 ]
	grep -q 'Deadlock found' said
}

@test "rows are bound in packets that the target takes" {
	local packet
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
			CREATE TABLE n (id INT PRIMARY KEY, a INT, b INT, c INT) ENGINE=InnoDB;'
		echo "INSERT INTO t VALUES $(times 40 "(%d,'$(printf '%020000d' 7)')")"
		echo "INSERT INTO n VALUES $(times 30000 '(%d,1,2,3)')"
	} >"$BATS_TEST_TMPDIR/rows.sql"
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/rows.sql"
	dump_of target >"$BATS_TEST_TMPDIR/expected"
	for packet in 64 256; do
		sql target "DROP DATABASE d; SET GLOBAL max_allowed_packet = $packet * 1024"
		seed -v "$BATS_TEST_TMPDIR/rows.sql" 2>"$BATS_TEST_TMPDIR/said" >/dev/null
		sql target 'SET GLOBAL max_allowed_packet = DEFAULT'
		diff "$BATS_TEST_TMPDIR/expected" <(dump_of target)
		! grep 'loaded as text' "$BATS_TEST_TMPDIR/said"
	done
}

# lengths_sql: rows of texts around each length that a packet writes in another
# way, and of values whose types alternate.
lengths_sql() {
	local n=0 length values
	echo 'CREATE DATABASE d; USE d; SET NAMES utf8mb4; SET sql_mode = "";
		CREATE TABLE t (id INT PRIMARY KEY, t MEDIUMTEXT, i BIGINT DEFAULT 8,
			f DOUBLE, d DATETIME(6), s DECIMAL(20, 3)) ENGINE=InnoDB;
		INSERT INTO t VALUES'
	for length in 0 1 249 250 251 252 65534 65535 65536 65537 300000; do
		for values in "1, 1, '2026-01-02 03:04:05', 1" \
			"'2', '2.5', '2026-01-02 03:04:05.000006', '2.5'" \
			"NULL, NULL, NULL, NULL" "DEFAULT, 1e10, '2026-01-02', 3.125" \
			"99999999999999999999, 1e-400, '0000-00-00', 10.5"; do
			printf "(%d, '%*s', %s),\n" "$((++n))" "$length" '' "$values"
		done
	done
	echo "(0, '', 0, 0, NULL, 0);"
}

# status NAME: of the target.
status() { sql target "SHOW GLOBAL STATUS LIKE '$1'" | cut -f 2; }

@test "values of each length and of types that alternate are bound, too" {
	local taken_back executed
	lengths_sql >"$BATS_TEST_TMPDIR/rows.sql"
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/rows.sql"
	dump_of target >"$BATS_TEST_TMPDIR/expected"
	sql target 'DROP DATABASE d'
	taken_back=$(status Handler_rollback)
	executed=$(status Com_stmt_execute)
	seed "$BATS_TEST_TMPDIR/rows.sql"
	# What is sent as text had rows taken back before.
	[ "$(status Handler_rollback)" = "$taken_back" ]
	[ "$(status Com_stmt_execute)" -gt "$executed" ]
	diff "$BATS_TEST_TMPDIR/expected" <(dump_of target)
}

@test "a value that is bound is what the stock client makes of it, for every type of column" {
	sql source 'DROP DATABASE shapes'
	values_sql >"$BATS_TEST_TMPDIR/values.sql"
	mariadb --defaults-file="$(server_cnf source)" <"$BATS_TEST_TMPDIR/values.sql"
	seed -j 2 "$BATS_TEST_TMPDIR/values.sql" >/dev/null
	diff <(values_of source) <(values_of target)
}

# numbered_sql COLUMNS ORDER: statements of 1 MB; from the third on the server
# makes up the numbers of their rows. ORDER: of number and text in a row.
numbered_sql() {
	echo "CREATE DATABASE shapes; USE shapes; CREATE TABLE n
		(id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=InnoDB;"
	awk -v columns="$1" -v order="$2" 'BEGIN {
		split("NULL DEFAULT 0", made)
		filler = sprintf("%1000s", "")
		for (i = 0; i < 12; i++) {
			printf "INSERT INTO n %s VALUES ", columns
			for (j = 1; j <= 1000; j++) {
				id = i > 1 ? made[i % 3 + 1] : i * 1000 + j
				text = "\047" i "-" j filler "\047"
				printf("%s(%s)", (j > 1 ? "," : ""),
					(order == "it" ? id "," text : text "," id))
			}
			print ";"
		}
	}'
}

@test "rows that the server numbers get the numbers that they get one by one" {
	local columns order
	while read -r order columns; do
		server_empty target
		numbered_sql "$columns" "$order" | seed -j 4
		# The text says the order.
		[ "$(sql target "SELECT COUNT(*), SUM(id - 1 = SUBSTRING_INDEX(t, '-', 1) * 1000 +
			SUBSTRING_INDEX(SUBSTRING_INDEX(t, ' ', 1), '-', -1) - 1)
			FROM shapes.n")" = '12000	12000' ]
	done <<-'END'
		it
		it (id, t)
		ti (t, ID)
	END
}

@test "each table has a record with its rows, and the last one has them all" {
	local rows
	seed -j 2 "$SERVERS/dump.sql" >"$BATS_TEST_TMPDIR/records"
	rows=$(jq -s 'map(select(.event == "table").rows) | add' "$BATS_TEST_TMPDIR/records")
	[ "$(loaded <"$BATS_TEST_TMPDIR/records" | jq .rows)" = "$rows" ]
	[ "$(jq -r 'select(.table == "child").rows' "$BATS_TEST_TMPDIR/records")" = 1500 ]
	jq -es 'map(select(.event == "table") | .db, .table, .rows, .bytes, .seconds) | all(. != null)' \
		"$BATS_TEST_TMPDIR/records"
}

@test "the target's limit for the time of a statement does not count for a load" {
	{
		echo 'CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, t TEXT, KEY (t(20)));'
		echo 'INSERT INTO t VALUES'
		times 50000 "(%d,'some text of row %d')"
		echo 'CREATE TABLE u (i INT); INSERT INTO u VALUES (SLEEP(0.2));'
	} >"$BATS_TEST_TMPDIR/sql"
	sql target 'SET GLOBAL max_statement_time = 0.02'
	run seed -j 2 "$BATS_TEST_TMPDIR/sql"
	sql target 'SET GLOBAL max_statement_time = 0'
	[ "$status" -eq 0 ]
	[ "$(sql target 'SELECT COUNT(*) FROM d.t')" = 50000 ]
	[ "$(sql target 'SELECT i FROM d.u')" = 0 ]
}

@test "nor do a COMMIT that ends the session, and limits for joins and idle transactions" {
	local settings=(completion_type=2 sql_big_selects=0 max_join_size=1
		idle_transaction_timeout=1 idle_write_transaction_timeout=1)
	sql target "${settings[*]/#/; SET GLOBAL }"
	run seed -j 2 < <(
		echo 'CREATE DATABASE d; USE d; CREATE TABLE t (id INT, KEY k (id));
			CREATE TABLE u (id INT); SET autocommit = 0;
			INSERT INTO t VALUES (1), (2); COMMIT; INSERT INTO u SELECT id FROM t;'
		sleep 2.2
		echo 'COMMIT;'
	)
	settings=("${settings[@]/=*/=DEFAULT}")
	sql target "${settings[*]/#/; SET GLOBAL }"
	[ "$status" -eq 0 ]
	[ "$(sql target 'SELECT COUNT(*) FROM d.u')" = 2 ]
}

# failing_sql: table `b` gets a row twice, later `c`.
failing_sql() {
	local table
	echo "CREATE DATABASE f; USE f;"
	for table in a b c d; do
		echo "CREATE TABLE $table (id INT PRIMARY KEY, t TEXT, KEY (t(9))) ENGINE=InnoDB;"
		echo "INSERT INTO $table VALUES"
		times 1000 "(%d,'row %d')"
		case $table in
		[bc]) echo "INSERT INTO $table VALUES (1001, 'more'), (7, 'again');" ;;
		esac
	done
}

@test "of several errors the first one in the dump is told, by its offset and its table" {
	local offset
	failing_sql >"$BATS_TEST_TMPDIR/sql"
	offset=$(grep -abo "INSERT INTO b VALUES (1001" "$BATS_TEST_TMPDIR/sql" | cut -d: -f1)
	run -69 --separate-stderr seed -j 4 "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *"byte $offset "*'INSERT INTO b'*"Duplicate entry '7'"* ]]
	[[ $stderr == *'keys may be missing'*'empty the target'* ]]
	[[ $stderr != *'nothing behind it'* ]]
	[ -z "$(loaded <<<"$output")" ]
}

@test "--on-error=skip-table leaves the tables out that fail, and ends with 69 and their names" {
	failing_sql >"$BATS_TEST_TMPDIR/sql"
	run -69 --separate-stderr seed -j 4 --on-error=skip-table "$BATS_TEST_TMPDIR/sql"
	# shellcheck disable=SC2016 # names
	[[ $stderr == *'`f`.`b`'*"Duplicate entry '7'"* ]]
	# shellcheck disable=SC2016 # names
	[[ $stderr == *'`f`.`c`'*"Duplicate entry '7'"* ]]
	[[ ${stderr##*$'\n'} == *'2 tables'* || $stderr == *'2 tables'* ]]
	[ "$(jq -r 'select(.event == "table") | .table' <<<"$output" | sort | paste -sd' ')" = 'a d' ]
	[ "$(sql target 'SELECT COUNT(*) FROM f.a')" = 1000 ]
	[ "$(sql target 'SELECT COUNT(*) FROM f.d')" = 1000 ]
	# shellcheck disable=SC2016 # a name
	[ "$(sql target 'SHOW CREATE TABLE f.d' | grep -c 'KEY `t`')" = 1 ]
}

# others_sql: what of no thread's but our own connection's is refused, and whole
# tables before and behind it.
others_sql() {
	cat <<-'SQL'
		CREATE DATABASE o; USE o;
		CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO a VALUES (1);
		CREATE TABLE gone (id INT PRIMARY KEY) ENGINE=NONE;
		INSERT INTO gone SELECT 1;
		CREATE TABLE child (id INT PRIMARY KEY, a INT REFERENCES a (id)) ENGINE=InnoDB;
		INSERT INTO child VALUES (1, 1);
		INSERT INTO child VALUES (2, 99);
		INSERT INTO child VALUES (3, 1);
		CREATE TABLE like_gone LIKE gone;
		INSERT INTO like_gone VALUES (1);
		ALTER TABLE gone ADD FOREIGN KEY (id) REFERENCES a (id);
		CREATE VIEW of_gone AS SELECT * FROM gone;
		CREATE VIEW of_a AS SELECT * FROM a;
		CREATE DATABASE o2; USE o2;
		CREATE TABLE b (id INT PRIMARY KEY, KEY (id)) ENGINE=InnoDB; INSERT INTO b VALUES (1);
	SQL
}

@test "--on-error=skip-table goes on behind a view of what is left out, and rows that go in alone" {
	others_sql >"$BATS_TEST_TMPDIR/sql"
	run -69 --separate-stderr seed -j 2 --on-error=skip-table --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(grep -o '[a-z_]*. is left out' <<<"$stderr" | tr -d '\140' | sort | cut -d ' ' -f 1 |
		paste -sd' ')" = 'child gone like_gone of_gone' ]
	[[ $stderr == *'4 tables were left out'* ]]
	[ "$(sql target 'SELECT (SELECT GROUP_CONCAT(id) FROM o.child), (SELECT COUNT(*) FROM o.of_a),
		(SELECT COUNT(*) FROM o2.b)')" = $'1\t1\t1' ]
	# The command goes on with them when what they lack is there.
	sql target 'CREATE TABLE o.gone (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO o.a VALUES (99)'
	run -69 --separate-stderr seed -j 2 --on-error=skip-table --resume "$BATS_TEST_TMPDIR/sql"
	[ "$(sql target 'SELECT GROUP_CONCAT(id) FROM o.child')" = 1,2,3 ]
	[ "$(sql target 'SELECT COUNT(*) FROM o.of_gone')" = 0 ]
}

# logged_by MODE DUMP: a server that logs gets it, another one gets its log.
logged_by() {
	server_start source-logs --log-bin=binlog --binlog-format="$1"
	dbseed --defaults-file="$(server_cnf source-logs)" -j 4 "$2"
	server_empty target
	mariadb-binlog "$SERVERS"/source-logs/data/binlog.0* |
		mariadb --defaults-file="$(server_cnf target)"
	diff <(dump_of source-logs) <(dump_of target)
	server_drop source-logs
}

@test "the target's binary log has the load in full, so that its replicas do" {
	logged_by MIXED "$SERVERS/dump.sql"
	mariadb-dump --defaults-file="$(server_cnf source)" --databases more \
		>"$BATS_TEST_TMPDIR/more.sql"
	logged_by STATEMENT "$BATS_TEST_TMPDIR/more.sql"
}

@test "tables that foreign keys tie together are replaced side by side" {
	local n
	for n in a b c d; do
		cat <<-END
			DROP TABLE IF EXISTS \`$n\`;
			CREATE TABLE \`$n\` (
			  \`id\` int NOT NULL,
			  \`p\` int,
			  PRIMARY KEY (\`id\`),
			  KEY \`p\` (\`p\`),
			  CONSTRAINT \`f$n\` FOREIGN KEY (\`p\`) REFERENCES \`z\` (\`id\`)
			) ENGINE=InnoDB;
			INSERT INTO \`$n\` VALUES (1,1);
		END
	done >"$BATS_TEST_TMPDIR/children"
	{
		echo 'CREATE DATABASE IF NOT EXISTS fk; USE fk; SET foreign_key_checks = 0;'
		cat "$BATS_TEST_TMPDIR/children"
		echo 'DROP TABLE IF EXISTS z; CREATE TABLE z (id int PRIMARY KEY) ENGINE=InnoDB;
			INSERT INTO z VALUES (1);'
	} >"$BATS_TEST_TMPDIR/sql"
	for n in {1..12}; do
		seed -j 4 --replace-tables "$BATS_TEST_TMPDIR/sql"
	done
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS
		WHERE CONSTRAINT_SCHEMA = 'fk'")" = 4 ]
}
