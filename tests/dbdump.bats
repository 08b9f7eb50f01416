#!/usr/bin/env bats
# dbdump.bats: what a dump holds and how it restores, the options that shape it,
# and the lines it is checked by. Locks and positions are in dbdump-locks.bats,
# failures in dbdump-fails.bats, views, triggers, routines and events in
# dbdump-objects.bats.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects

setup_file() {
	servers_begin
	every_object source
	mariadb --defaults-file="$(server_cnf source)" \
		<"$TREE/tests/data/values.sql"
	seed_data source
	definers target
	dump source -A >"$SERVERS/all.sql" 2>/dev/null
}

teardown_file() { servers_end; }

# in_target DATABASE STATEMENT
in_target() { sql target "$2" -D "$1"; }

# restored OPTION…: a dump of source is now target's only content.
restored() {
	dump source "$@" >"$BATS_TEST_TMPDIR/restored.sql" 2>/dev/null
	restore target "$BATS_TEST_TMPDIR/restored.sql"
}

same_values() { diff <(values_of source vals) <(values_of target vals); }

# without_time FILE: without what may differ between dumps of the same data.
without_time() {
	grep -av -e '^-- dbpipes-sha256 ' -e '^-- Dump completed on ' \
		-e '^-- CHANGE MASTER TO ' -e '^-- SET GLOBAL gtid' "$1"
}

# --- What is written comes back.

@test "every kind of object comes back by the stock client, whatever its character set (cases 18, 19, 32, 45)" {
	local charset
	for charset in utf8mb4 latin1; do
		restore target "$SERVERS/all.sql" --default-character-set="$charset"
		diff <(dump_of source) <(dump_of target)
	done
}

@test "every kind of object comes back through dbseed" {
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$SERVERS/all.sql"
	diff <(dump_of source) <(dump_of target)
}

@test "the restored server's own dump says the same, digests and all" {
	restore target "$SERVERS/all.sql"
	dump target -A >"$BATS_TEST_TMPDIR/again.sql" 2>/dev/null
	diff <(manifest_of "$SERVERS/all.sql") <(manifest_of "$BATS_TEST_TMPDIR/again.sql")
	diff <(sed 1,/SQL_NOTES=0/d "$SERVERS/all.sql" | without_time - |
		sed -n '/Current Database/,$p') \
		<(sed 1,/SQL_NOTES=0/d "$BATS_TEST_TMPDIR/again.sql" |
			without_time - | sed -n '/Current Database/,$p')
}

@test "a dump loads over itself" {
	restore target "$SERVERS/all.sql"
	mariadb --defaults-file="$(server_cnf target)" --comments <"$SERVERS/all.sql"
	diff <(dump_of source) <(dump_of target)
}

@test "a dump loads into servers whose modes, zone and character set are others (cases 26, 27, 28)" {
	sql target "SET GLOBAL sql_mode = 'ORACLE,NO_BACKSLASH_ESCAPES,NO_ZERO_DATE,STRICT_ALL_TABLES',
		GLOBAL time_zone = '-11:00', GLOBAL character_set_server = 'ucs2',
		GLOBAL explicit_defaults_for_timestamp = 0"
	restore target "$SERVERS/all.sql"
	sql target "SET GLOBAL sql_mode = DEFAULT, GLOBAL time_zone = 'SYSTEM',
		GLOBAL character_set_server = DEFAULT,
		GLOBAL explicit_defaults_for_timestamp = DEFAULT"
	diff <(dump_of source) <(dump_of target)
	same_values
}

@test "the modes, zone, limits and other settings of the source change nothing in the dump (case 27)" {
	sql source "SET GLOBAL sql_mode = 'ORACLE,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH',
		GLOBAL time_zone = '+12:45', GLOBAL sql_quote_show_create = 0,
		GLOBAL sql_select_limit = 1, GLOBAL autocommit = 0,
		GLOBAL completion_type = 'RELEASE', GLOBAL lock_wait_timeout = 1,
		GLOBAL tx_isolation = 'READ-UNCOMMITTED'"
	dump source -A >"$BATS_TEST_TMPDIR/other.sql" 2>/dev/null
	sql source "SET GLOBAL sql_mode = DEFAULT, GLOBAL time_zone = 'SYSTEM',
		GLOBAL sql_quote_show_create = 1, GLOBAL sql_select_limit = DEFAULT,
		GLOBAL autocommit = 1, GLOBAL completion_type = DEFAULT,
		GLOBAL lock_wait_timeout = DEFAULT, GLOBAL tx_isolation = DEFAULT"
	diff <(without_time "$SERVERS/all.sql") \
		<(without_time "$BATS_TEST_TMPDIR/other.sql")
}

# collations_of SERVER DB: of columns, parameters and programs.
collations_of() {
	sql "$1" "SELECT table_name, column_name, character_set_name, collation_name
			FROM information_schema.columns WHERE table_schema = '$2';
		SELECT specific_name, ordinal_position, collation_name
			FROM information_schema.parameters WHERE specific_schema = '$2';
		SELECT routine_name, database_collation
			FROM information_schema.routines WHERE routine_schema = '$2';
		SELECT trigger_name, database_collation
			FROM information_schema.triggers WHERE trigger_schema = '$2';
		SELECT event_name, database_collation
			FROM information_schema.events WHERE event_schema = '$2'"
}

@test "what a database's collation was when a table or program was made stays (case 48)" {
	sql source "CREATE DATABASE turned COLLATE latin2_bin; USE turned;
		CREATE TABLE t (a VARCHAR(9), b VARCHAR(9) COLLATE latin2_croatian_ci);
		CREATE FUNCTION f(x VARCHAR(9)) RETURNS VARCHAR(9) DETERMINISTIC RETURN x;
		CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 'a';
		CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SET @x = 'b';
		ALTER DATABASE turned COLLATE utf8mb4_bin;
		CREATE FUNCTION g(x VARCHAR(9)) RETURNS VARCHAR(9) DETERMINISTIC RETURN x"
	restored -B turned
	diff <(collations_of source turned) <(collations_of target turned)
	diff <(dump_of source turned) <(dump_of target turned)
	# Under another name, in a database with a collation of its own.
	dump source turned | dbseed --defaults-file="$(server_cnf target)" --into=copy
	diff <(collations_of source turned | grep -v '^g') \
		<(collations_of target copy | grep -v '^g')
	sql source 'DROP DATABASE turned'
}

@test "sequences that are defaults go on where they were (case 23)" {
	restore target "$SERVERS/all.sql"
	[ "$(sql source 'SELECT next_not_cached_value FROM objects.z_ticket')" = \
		"$(sql target 'SELECT next_not_cached_value FROM objects.z_ticket')" ]
	[ "$(in_target objects 'SELECT NEXTVAL(z_down)')" = -3 ]
	in_target aa_other "INSERT INTO numbered (t) VALUES ('four')"
	[ "$(in_target aa_other 'SELECT MAX(id) > 1030 FROM numbered')" = 1 ]
}

@test "old row versions come back with their times (case 22)" {
	local query="SELECT id, v, row_start, row_end FROM versioned
		FOR SYSTEM_TIME ALL ORDER BY id, row_start"
	restore target "$SERVERS/all.sql"
	[ "$(sql source "$query" -D objects)" = "$(in_target objects "$query")" ]
	[ "$(in_target objects "$query" | wc -l)" = 3 ]
	restored --skip-dump-history -B objects
	[ "$(in_target objects "$query" | wc -l)" = 1 ]
}

@test "rows that hold nothing to insert keep their number (case 20)" {
	restore target "$SERVERS/all.sql"
	[ "$(in_target objects 'SELECT COUNT(*) FROM only_generated')" = 3 ]
}

@test "every value comes back to the last bit, in each layout (cases 16, 17, 24 to 26, 28, 29)" {
	local form
	for form in '' --hex-blob --skip-extended-insert --complete-insert --compact; do
		restored $form -B vals
		same_values
	done
}

@test "FLOAT comes back to the last bit (case 16)" {
	restored -B vals
	[ "$(in_target vals 'SELECT f + 0e0 FROM reals WHERE id = 1')" = 16777215 ]
	[ "$(in_target vals 'SELECT f + 0e0 FROM reals WHERE id = 2')" = 0.12345679104328156 ]
	[ "$(in_target vals 'SELECT f = 1.401298464324817e-45 FROM reals WHERE id = 6')" = 1 ]
}

@test "latin1 columns return the same bytes, whatever they were meant to be (case 24)" {
	restored -B vals
	[ "$(in_target vals 'SELECT HEX(l) FROM wrong WHERE id = 1')" = C3A9E282ACF09F9880 ]
	[ "$(in_target vals 'SELECT HEX(l) FROM wrong WHERE id = 2')" = \
		808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D ]
}

@test "a TIMESTAMP is the same moment, also in the hour that comes twice (case 29)" {
	sql source "SET GLOBAL time_zone = '+02:00'"
	dump source -B vals >"$BATS_TEST_TMPDIR/dump.sql"
	sql source "SET GLOBAL time_zone = 'SYSTEM'"
	sql target "SET GLOBAL time_zone = '-05:00'"
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	sql target "SET GLOBAL time_zone = 'SYSTEM'"
	same_values
	[[ $(sql target "SET time_zone = '+00:00'; SHOW CREATE TABLE vals.times") == *"DEFAULT '2020-03-29 01:30:00'"* ]]
}

@test "JSON is kept byte for byte, doubled keys and all (case 31)" {
	restored -B vals
	[ "$(mariadb --defaults-file="$(server_cnf target)" -rN -e \
		'SELECT j FROM vals.types WHERE id = 1')" = \
		'{"b": 1, "a": "\u00e9\"\\", "b": 2,  "c": [1.0, 1e2]}' ]
}

@test "a key that nobody sees keeps its values (cases 19, 21)" {
	sql source 'USE app; CREATE OR REPLACE TABLE hidden (my_row_id BIGINT UNSIGNED NOT NULL
		AUTO_INCREMENT INVISIBLE PRIMARY KEY, a INT) ENGINE=InnoDB;
		INSERT INTO hidden (my_row_id, a) VALUES (7, 1), (5, 1)'
	restored -B app
	sql source 'DROP TABLE app.hidden'
	[ "$(in_target app 'SELECT my_row_id, a FROM hidden ORDER BY 1')" = $'5\t1\n7\t1' ]
	in_target app 'INSERT INTO hidden (a) VALUES (2)'
	[ "$(in_target app 'SELECT MAX(my_row_id) FROM hidden')" = 8 ]
}

@test "foreign keys in a circle and across databases hold again (case 45)" {
	restored -B aa_other objects
	run in_target aa_other 'INSERT INTO chick VALUES (99)'
	[[ $output == *'foreign key constraint fails'* ]]
	run in_target objects 'INSERT INTO hen VALUES (99, 99)'
	[[ $output == *'foreign key constraint fails'* ]]
	# Of one table alone, the key that leads out of its database is kept, too.
	dump source aa_other chick >"$BATS_TEST_TMPDIR/dump.sql"
	server_empty target
	sql target 'CREATE DATABASE aa_other'
	mariadb --defaults-file="$(server_cnf target)" aa_other <"$BATS_TEST_TMPDIR/dump.sql"
	[[ $(sql target 'SHOW CREATE TABLE aa_other.chick') == *'REFERENCES `objects`.`egg`'* ]]
}

@test "1017 columns and names of 64 letters of two bytes come back (case 35)" {
	local name=жжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжж
	[ ${#name} = 64 ]
	sql source "SET NAMES utf8mb4; CREATE DATABASE $name; USE $name;
		CREATE TABLE $name ($name INT PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO $name VALUES (1);
		CREATE TABLE wide (id INT PRIMARY KEY) ENGINE=InnoDB;
		SELECT CONCAT('ALTER TABLE wide ', GROUP_CONCAT('ADD c', seq, ' INT DEFAULT ', seq))
		INTO @add FROM seq_1_to_1016; EXECUTE IMMEDIATE @add;
		INSERT INTO wide (id) VALUES (1), (2)"
	dump source -c -B "$name" >"$BATS_TEST_TMPDIR/dump.sql"
	dump source --skip-extended-insert --hex-blob -B "$name" >"$BATS_TEST_TMPDIR/other.sql"
	sql source "DROP DATABASE $name"
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target "SELECT $name FROM $name.$name")" = 1 ]
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.columns
		WHERE table_schema = '$name' AND table_name = 'wide'")" = 1017 ]
	[ "$(sql target "SELECT id, c1, c1016 FROM $name.wide")" = $'1\t1\t1016\n2\t1\t1016' ]
	restore target "$BATS_TEST_TMPDIR/other.sql"
	[ "$(sql target "SELECT id, c1, c1016 FROM $name.wide")" = $'1\t1\t1016\n2\t1\t1016' ]
}

@test "thousands of partitions, most of them empty, come back (case 32)" {
	sql source 'USE app; CREATE OR REPLACE TABLE parts (id INT PRIMARY KEY) ENGINE=MyISAM
		PARTITION BY HASH (id) PARTITIONS 2000;
		INSERT INTO parts VALUES (1), (1999), (2001)'
	dump source app parts >"$BATS_TEST_TMPDIR/dump.sql" 2>/dev/null
	sql source 'DROP TABLE app.parts'
	server_empty target
	sql target 'CREATE DATABASE app'
	mariadb --defaults-file="$(server_cnf target)" app <"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(in_target app 'SELECT COUNT(*) FROM parts PARTITION (p1)')" = 2 ]
	[ "$(sql target "SELECT COUNT(*) FROM information_schema.partitions
		WHERE table_schema = 'app'")" = 2000 ]
}

@test "a table with versions by transaction numbers is refused by name, unless history is not dumped (case 22)" {
	sql source 'USE app; CREATE OR REPLACE TABLE precise (id INT,
		a BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
		b BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
		PERIOD FOR SYSTEM_TIME (a, b)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
		INSERT INTO precise (id) VALUES (1), (2); UPDATE precise SET id = 3 WHERE id = 1'
	run -69 --separate-stderr dump source -B app
	[ -z "$output" ]
	[[ $stderr == *'`app`.`precise`'*'transaction numbers'*'--skip-dump-history'* ]]
	run -0 dump source -B app --ignore-table=app.precise
	run -0 dump source -B app --skip-dump-history
	sql source 'DROP TABLE app.precise'
	[[ $(rows_of <(echo "$output")) == *'app.precise 2'* ]]
}

@test "old versions of rows do not go into REPLACE, which no server would take" {
	sql source 'CREATE DATABASE kept; CREATE TABLE kept.v (id INT PRIMARY KEY, n INT)
		WITH SYSTEM VERSIONING; INSERT INTO kept.v VALUES (1, 1); UPDATE kept.v SET n = 2'
	run -69 --separate-stderr dump source -B kept --replace
	[ -z "$output" ]
	[[ $stderr == *'`kept`.`v`'*'--replace'*'--skip-dump-history'* ]]
	sql target 'CREATE DATABASE kept'
	dump source kept --replace --skip-dump-history |
		mariadb --defaults-file="$(server_cnf target)" kept
	[ "$(sql target 'SELECT * FROM kept.v')" = $'1\t2' ]
	sql target 'DROP DATABASE kept'
	sql source 'DROP DATABASE kept'
}

# --- The stream.

@test "the last line says that the dump is complete, the one above has its digest (case 55)" {
	local sha bytes time
	[[ $(tail -n 1 "$SERVERS/all.sql") == '-- Dump completed on '*Z ]]
	read -r _ _ sha bytes time < <(tail -n 2 "$SERVERS/all.sql" | head -n 1)
	[ "$(head -c "$bytes" "$SERVERS/all.sql" | sha256sum)" = "$sha  -" ]
	[ "$(head -n -2 "$SERVERS/all.sql" | wc -c)" = "$bytes" ]
	[ "$(tail -n 1 "$SERVERS/all.sql")" = "-- Dump completed on $time" ]
}

@test "a table's line counts its rows, history too" {
	local db table rows
	manifest_of "$SERVERS/all.sql" | jq -e .digest >/dev/null
	while IFS=$'\t' read -r db table rows; do
		[ "$(sql source "SELECT COUNT(*) FROM \`${db//\`/\`\`}\`.\`${table//\`/\`\`}\`")" = "$rows" ]
	done < <(manifest_of "$SERVERS/all.sql" | jq -r 'select((.table |
		contains("\n") or startswith("versioned")) | not) |
		[.db, .table, .rows] | @tsv')
	[ "$(rows_of "$SERVERS/all.sql" | grep -c '^objects.versioned 4$')" = 0 ]
	[ "$(rows_of "$SERVERS/all.sql" | sed -n 's/^objects.versioned //p')" = 3 ]
}

@test "the digest of one row is the XXH3 of its text" {
	local digest
	sql source "CREATE OR REPLACE TABLE app.one (a INT, b TEXT);
		INSERT INTO app.one VALUES (7, 'it''s')"
	dump source app one >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP TABLE app.one'
	digest=$(printf '%s' "(7,'it\\'s')" | xxhsum -H128)
	[ "$(digests_of "$BATS_TEST_TMPDIR/dump.sql")" = "app.one xxh3-128:${digest%% *}" ]
}

@test "the digest does not see the order of rows, but sees a doubled one" {
	local -a digests
	sql source "CREATE OR REPLACE TABLE app.heap (a INT);
		INSERT INTO app.heap VALUES (1), (2), (3)"
	digests+=("$(dump source app heap | sed -n 's/.*digest":"//p')")
	sql source 'TRUNCATE app.heap; INSERT INTO app.heap VALUES (3), (1), (2)'
	digests+=("$(dump source app heap | sed -n 's/.*digest":"//p')")
	sql source 'INSERT INTO app.heap VALUES (3), (3)'
	digests+=("$(dump source app heap | sed -n 's/.*digest":"//p')")
	sql source 'DROP TABLE app.heap'
	[ "${digests[0]}" = "${digests[1]}" ]
	[ "${digests[1]}" != "${digests[2]}" ]
}

@test "two dumps of unchanged data differ in time and position only" {
	sql source 'CREATE TABLE app.moves (i INT); DROP TABLE app.moves'
	dump source -A >"$BATS_TEST_TMPDIR/again.sql" 2>/dev/null
	diff <(without_time "$SERVERS/all.sql") <(without_time "$BATS_TEST_TMPDIR/again.sql")
	run -1 cmp -s "$SERVERS/all.sql" "$BATS_TEST_TMPDIR/again.sql"
}

@test "--skip-dump-date leaves the date out, and two dumps are the same bytes" {
	dump source --skip-dump-date -B vals >"$BATS_TEST_TMPDIR/a.sql"
	dump source --skip-dump-date -B vals >"$BATS_TEST_TMPDIR/b.sql"
	cmp "$BATS_TEST_TMPDIR/a.sql" "$BATS_TEST_TMPDIR/b.sql"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/a.sql")" = '-- Dump completed' ]
}

@test "--skip-comments and --compact write no comment and restore all the same" {
	local option
	for option in --skip-comments --compact; do
		dump source "$option" -B shop app >"$BATS_TEST_TMPDIR/dump.sql"
		run -1 grep -n '^--' "$BATS_TEST_TMPDIR/dump.sql"
		restore target "$BATS_TEST_TMPDIR/dump.sql"
		diff <(dump_of source app shop) <(dump_of target)
	done
	run -1 grep -n '^DROP TABLE' "$BATS_TEST_TMPDIR/dump.sql"
}

@test "a compact dump pins its mode, so a backslash is one anywhere (case 26)" {
	sql target "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'"
	restored --compact -B vals
	sql target 'SET GLOBAL sql_mode = DEFAULT'
	same_values
}

@test "--result-file makes the same dump, for its owner alone" {
	dump source --skip-dump-date -r "$BATS_TEST_TMPDIR/file.sql" -B app
	dump source --skip-dump-date -B app >"$BATS_TEST_TMPDIR/stdout.sql"
	cmp "$BATS_TEST_TMPDIR/file.sql" "$BATS_TEST_TMPDIR/stdout.sql"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/file.sql")" = 600 ]
}

@test "the record says what was done, on a descriptor or appended to a file" {
	local record=$BATS_TEST_TMPDIR/record out=$BATS_TEST_TMPDIR/out
	dump source --report="$record" -B app shop >"$out"
	dump source --report=8 -B app shop >"$out" 8>>"$record"
	[ "$(wc -l <"$record")" = 2 ]
	tail -n 1 "$record" | jq -e --argjson bytes "$(wc -c <"$out")" \
		--arg version "$(sql source 'SELECT VERSION()')" \
		--arg sha "$(sed -n 's/^-- dbpipes-sha256 \([0-9a-f]*\) .*/\1/p' "$out")" \
		--argjson pos "$(sql source 'SHOW MASTER STATUS' | cut -f 2)" '
		.tool == "dbdump" and .event == "dumped" and (.time | endswith("Z")) and
		.tables == 2 and .rows == 203 and .bytes == $bytes and .written == $bytes and
		.sha256 == $sha and .lock == "none" and .lock_ms == 0 and
		.server == $version and .position.log_pos == $pos and
		.position.log_file == "binlog.000001" and
		(.position.gtid | startswith("0-")) and (.seconds | type) == "number"'
}

@test "the stream does not go to a terminal, unless forced" {
	run script -qec "dbdump --defaults-file=$(server_cnf source) app" /dev/null
	[ "$status" -eq 64 ]
	[[ $output == *terminal* && $output != *INSERT* ]]
	run -0 script -qec "dbdump --defaults-file=$(server_cnf source) --force-terminal app" /dev/null
	[[ $output == *'INSERT INTO'*'Dump completed'* ]]
}

# --- What is chosen.

@test "a database named alone is written without CREATE DATABASE and USE" {
	dump source app >"$BATS_TEST_TMPDIR/dump.sql"
	run -1 grep -nE '^(CREATE DATABASE|USE)' "$BATS_TEST_TMPDIR/dump.sql"
	server_empty target
	sql target 'CREATE DATABASE other'
	mariadb --defaults-file="$(server_cnf target)" other <"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM other.note')" = 3 ]
}

@test "tables can be named behind their database" {
	dump source objects egg hen >"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql")" = $'objects.egg 1\nobjects.hen 1' ]
	run -1 grep -nE 'PROCEDURE|EVENT|VIEW' "$BATS_TEST_TMPDIR/dump.sql"
}

@test "all databases are all but the server's own, which are never read (case 12)" {
	diff <(sed -n 's/^USE `\(.*\)`;/\1/p' "$SERVERS/all.sql" | sed 's/``/`/g' | sort -u) \
		<(server_databases source | sort)
	run -64 --separate-stderr dump source mysql
	[[ $stderr == *"server's own"* ]]
}

@test "a directory beside the databases is passed over; a table named like a file is an error" {
	local data=$SERVERS/source/data
	mkdir "$data/lost+found" "$data/.cache" "$data/copy.d"
	dump source -A --skip-dump-date >"$BATS_TEST_TMPDIR/dump.sql"
	run -65 --separate-stderr dump source -B 'app' '#mysql50#lost+found'
	rmdir "$data/lost+found" "$data/.cache" "$data/copy.d"
	run -1 grep -n mysql50 "$BATS_TEST_TMPDIR/dump.sql"
	# What the client would not take is not in a dump that ended well.
	sql source 'CREATE TABLE app.old (id INT) ENGINE=MyISAM; FLUSH TABLES app.old'
	for kind in frm MYD MYI; do
		cp "$data/app/old.$kind" "$data/app/copy-old.$kind"
	done
	run -1 sql target 'CREATE DATABASE made; CREATE TABLE made.`#mysql50#copy-old` (id INT)'
	run -65 --separate-stderr dump source app
	dump source app --ignore-table='app.#mysql50#%' >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP TABLE app.old, app.`#mysql50#copy-old`'
	[[ $stderr == *"'#mysql50#copy-old'"*'--ignore-table'* ]]
	grep -q 'CREATE TABLE `old`' "$BATS_TEST_TMPDIR/dump.sql"
}

@test "how far a load into this server has come is no matter of its dump" {
	sql source 'CREATE DATABASE dbpipes_seed; CREATE TABLE dbpipes_seed.progress (i INT)'
	dump source -A >"$BATS_TEST_TMPDIR/dump.sql"
	dump source dbpipes_seed >"$BATS_TEST_TMPDIR/named.sql"
	sql source 'DROP DATABASE dbpipes_seed'
	run -1 grep dbpipes_seed "$BATS_TEST_TMPDIR/dump.sql"
	grep -q 'CREATE TABLE `progress`' "$BATS_TEST_TMPDIR/named.sql"
}

@test "--ignore-table and --ignore-database leave out what their patterns name" {
	dump source -A --ignore-database='%other' --ignore-database='we%' \
		--ignore-database=objects --ignore-table='vals.%s' \
		--ignore-table=shop.big >"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql" | cut -d ' ' -f 1 | tr '\n' ' ')" = \
		'app.note shop.item vals.asian vals.auto vals.wrong ' ]
	run -1 grep -n '`big`' "$BATS_TEST_TMPDIR/dump.sql"
	run -64 dump source -A --ignore-table=item
}

@test "where a server folds names, what is left out may be written in any case" {
	server_start folds --lower-case-table-names=1
	sql folds "CREATE DATABASE hr; CREATE TABLE hr.staff (n INT);
		CREATE TABLE hr.salary (n INT); INSERT INTO hr.salary VALUES (1)"
	dump folds -A --ignore-table=HR.S%RY \
		>"$BATS_TEST_TMPDIR/folded.sql"
	run -64 --separate-stderr dump folds HR STAFF --ignore-table=Hr.Staff
	server_stop folds
	[[ $stderr == *"'STAFF' is named, and --ignore-table leaves it out"* ]]
	grep 'CREATE TABLE .staff' "$BATS_TEST_TMPDIR/folded.sql"
	run -1 grep -i salary "$BATS_TEST_TMPDIR/folded.sql"
	# To another server these are two names.
	dump source shop --ignore-table=SHOP.ITEM >"$BATS_TEST_TMPDIR/exact.sql"
	grep 'CREATE TABLE .item' "$BATS_TEST_TMPDIR/exact.sql"
}

@test "--where chooses rows" {
	dump source --where="id BETWEEN 3 AND 5" shop item >"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(rows_of "$BATS_TEST_TMPDIR/dump.sql")" = 'shop.item 3' ]
}

@test "--no-data writes no row, --no-create-info nothing else" {
	restored -d -B shop app
	diff <(sql source 'SHOW CREATE TABLE shop.item') <(sql target 'SHOW CREATE TABLE shop.item')
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 0 ]
	dump source -t -B shop app >"$BATS_TEST_TMPDIR/rows.sql"
	run -1 grep -nE '^(CREATE|DROP)|TRIGGER|PROCEDURE' "$BATS_TEST_TMPDIR/rows.sql"
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/rows.sql"
	diff <(dump_of source app shop) <(dump_of target)
}

@test "--no-create-db writes USE alone, --add-drop-database drops first" {
	dump source -n -B app >"$BATS_TEST_TMPDIR/dump.sql"
	grep -qx 'USE `app`;' "$BATS_TEST_TMPDIR/dump.sql"
	run -1 grep -n 'CREATE DATABASE' "$BATS_TEST_TMPDIR/dump.sql"
	server_empty target
	sql target 'CREATE DATABASE app; CREATE TABLE app.left_over (i INT)'
	dump source --add-drop-database -B app |
		mariadb --defaults-file="$(server_cnf target)"
	[ "$(sql target 'SHOW TABLES FROM app')" = note ]
}

# drops: what a dump drops.
drops() { grep -oE 'DROP [A-Z ]+ IF EXISTS `[^`]*`' | sort; }

@test "--skip-add-drop-table keeps what is there" {
	restored -B app
	run mariadb --defaults-file="$(server_cnf target)" \
		< <(dump source --skip-add-drop-table -B app)
	[[ $output == *"Table 'note' already exists"* ]]
	[ "$(sql target 'SELECT COUNT(*) FROM app.note')" = 3 ]
	# Stand-ins for views alone, as mariadb-dump.
	dump source --skip-add-drop-table -B objects shop >"$BATS_TEST_TMPDIR/dump.sql"
	diff <(drops <"$BATS_TEST_TMPDIR/dump.sql") \
		<(mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
			--skip-add-drop-table --databases objects shop | drops)
	diff <(dump source --compact -B objects shop | drops) <(drops <"$BATS_TEST_TMPDIR/dump.sql")
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	diff <(dump_of source objects shop) <(dump_of target)
}

@test "--insert-ignore and --replace load over rows that are there" {
	local option
	for option in --insert-ignore --replace; do
		restored -B shop
		sql target "UPDATE shop.item SET name = 'mine' WHERE id = 1;
			DELETE FROM shop.item WHERE id = 2"
		dump source -t "$option" -B shop | mariadb --defaults-file="$(server_cnf target)"
		[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 200 ]
		[ "$(sql target "SELECT COUNT(*) FROM shop.item WHERE name = 'mine'")" = \
			"$([ "$option" = --replace ] && echo 0 || echo 1)" ]
	done
	run -64 dump source --insert-ignore --replace app
}

@test "--complete-insert names the columns, --skip-extended-insert writes a row at a time" {
	dump source -c app >"$BATS_TEST_TMPDIR/dump.sql"
	grep -qF 'INSERT INTO `note` (`id`,`body`) VALUES' "$BATS_TEST_TMPDIR/dump.sql"
	dump source --skip-extended-insert shop >"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(grep -c '^INSERT INTO `item` VALUES$' "$BATS_TEST_TMPDIR/dump.sql")" = 200 ]
}

@test "no statement is longer than --net-buffer-length (case 33)" {
	sql source 'USE app; CREATE OR REPLACE TABLE wide AS SELECT seq AS id,
		REPEAT(CHAR(65 + seq % 26), seq * 7) AS t FROM seq_1_to_800'
	dump source --net-buffer-length=16K app wide >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP TABLE app.wide'
	[ "$(awk '/^INSERT/ { len = 0 } /^INSERT/,/;$/ { len += length + 1
		if (len > max) max = len } END { print (max <= 16384 + 64 && max > 8192) }' \
		"$BATS_TEST_TMPDIR/dump.sql")" = 1 ]
	server_empty target
	sql target 'CREATE DATABASE app'
	mariadb --defaults-file="$(server_cnf target)" app <"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT COUNT(*), SUM(LENGTH(t)) FROM app.wide')" = $'800\t2242800' ]
	run -64 dump source --net-buffer-length=4 app
}

@test "--skip-routines, --skip-events and --skip-triggers leave those out" {
	restored --skip-routines --skip-events --skip-triggers \
		--ignore-table=objects.v% -B objects
	[ "$(sql target "SELECT (SELECT COUNT(*) FROM information_schema.events) +
		(SELECT COUNT(*) FROM information_schema.triggers
			WHERE trigger_schema = 'objects') +
		(SELECT COUNT(*) FROM mysql.proc WHERE db = 'objects')")" = 0 ]
	[ "$(in_target objects 'SELECT COUNT(*) FROM watched')" = 2 ]
}

@test "--sandbox begins with the line that newer clients want, no dump else has it (case 58)" {
	dump source --sandbox -B app >"$BATS_TEST_TMPDIR/dump.sql"
	[[ $(head -n 1 "$BATS_TEST_TMPDIR/dump.sql") == '/*M!999999\- enable the sandbox mode */'* ]]
	run -1 grep -n 'M!999999' "$SERVERS/all.sql"
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/dump.sql"
	diff <(dump_of source app) <(dump_of target)
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	diff <(dump_of source app) <(dump_of target)
	dump source -A >"$BATS_TEST_TMPDIR/other.sql" 2>/dev/null
	diff <(dbpos "$BATS_TEST_TMPDIR/dump.sql" | jq '.log_file, .log_pos') \
		<(dbpos "$BATS_TEST_TMPDIR/other.sql" | jq '.log_file, .log_pos')
}

@test "everyday options of mariadb-dump are taken" {
	dump source --single-transaction --quick --opt --set-charset --tz-utc -y -Q \
		--skip-lock-tables -K --add-locks -R -E --triggers -e \
		--skip-dump-date -B app >"$BATS_TEST_TMPDIR/a.sql"
	dump source --skip-dump-date -B app >"$BATS_TEST_TMPDIR/b.sql"
	cmp "$BATS_TEST_TMPDIR/a.sql" "$BATS_TEST_TMPDIR/b.sql"
}

@test "--skip-opt drops nothing and writes a row at a time, as mariadb-dump does" {
	dump source --skip-opt shop item >"$BATS_TEST_TMPDIR/plain.sql"
	run -1 grep -n DROP "$BATS_TEST_TMPDIR/plain.sql"
	[ "$(grep -c '^INSERT' "$BATS_TEST_TMPDIR/plain.sql")" = 200 ]
	# What stands last counts.
	dump source --skip-opt --extended-insert shop item >"$BATS_TEST_TMPDIR/last.sql"
	run -1 grep -n DROP "$BATS_TEST_TMPDIR/last.sql"
	[ "$(grep -c '^INSERT' "$BATS_TEST_TMPDIR/last.sql")" = 1 ]
	dump source --skip-add-drop-table --opt shop item | grep -x 'DROP TABLE IF EXISTS `item`;'
}

@test "options come from the groups of an option file, and from those with a suffix" {
	local cnf=$BATS_TEST_TMPDIR/my.cnf
	(umask 077 && cat "$(server_cnf source)" - >"$cnf") <<-'CNF'
		[dbdump]
		compact
		skip-routines
		[dbdump_night]
		where = id = 1
		[mariadb-dump]
		no-such-option
	CNF
	dbdump --defaults-file="$cnf" shop >"$BATS_TEST_TMPDIR/dump.sql"
	run -1 grep -nE '^--|PROCEDURE' "$BATS_TEST_TMPDIR/dump.sql"
	dbdump --defaults-file="$cnf" --defaults-group-suffix=_night --comments shop item \
		>"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(grep -c "^(" "$BATS_TEST_TMPDIR/dump.sql")" = 1 ]
}

dbseed_into_empty() {
	server_empty target
	dbseed --defaults-file="$(server_cnf target)"
}

@test "mariadb-dump's text of a database with every object loads by dbseed" {
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--dump-history --skip-add-locks --databases objects |
		dbseed_into_empty
	diff <(dump_of source objects) <(dump_of target)
}
