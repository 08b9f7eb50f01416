#!/usr/bin/env bats
# dbdump-objects.bats: views, triggers, routines and events: that their texts
# come back byte for byte, and what --definer, --events and --on-broken make of
# them; and definitions that SHOW CREATE does not tell right.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects

setup_file() {
	servers_begin
	every_object source
	seed_data source
	texts source
	text_definers target
	dump source -A >"$SERVERS/all.sql" 2>/dev/null
}

teardown_file() { servers_end; }

# in_target DATABASE STATEMENT
in_target() { sql target "$2" -D "$1"; }

# restored_texts OPTION…: a dump of `texts` is target's only content.
restored_texts() {
	dump source "$@" -B texts >"$BATS_TEST_TMPDIR/restored.sql"
	restore target "$BATS_TEST_TMPDIR/restored.sql"
}

# texts_of NAME: every byte of texts but definers, and the states of events.
texts_of() {
	sql "$1" "SELECT type, name, HEX(param_list), HEX(returns), HEX(body), HEX(body_utf8),
			HEX(comment), sql_mode, security_type, aggregate, character_set_client
			FROM mysql.proc WHERE db = 'texts' ORDER BY type, name;
		SELECT name, HEX(body), HEX(body_utf8), HEX(comment), sql_mode, starts, ends,
			execute_at, interval_value, interval_field, on_completion,
			character_set_client FROM mysql.event WHERE db = 'texts' ORDER BY name;
		SELECT trigger_name, event_object_table, event_manipulation, action_timing,
			action_order, HEX(action_statement), sql_mode, character_set_client
			FROM information_schema.triggers WHERE trigger_schema = 'texts'
			ORDER BY trigger_name;
		SELECT table_name, HEX(view_definition), security_type, algorithm,
			character_set_client FROM information_schema.views
			WHERE table_schema = 'texts' ORDER BY table_name"
}

# definers_of NAME: the kind, name and definer of each text.
definers_of() {
	sql "$1" "SELECT 'routine', name, definer FROM mysql.proc WHERE db = 'texts'
		UNION SELECT 'event', event_name, definer FROM information_schema.events
			WHERE event_schema = 'texts'
		UNION SELECT 'trigger', trigger_name, definer FROM information_schema.triggers
			WHERE trigger_schema = 'texts'
		UNION SELECT 'view', table_name, definer FROM information_schema.views
			WHERE table_schema = 'texts' ORDER BY 1, 2"
}

# all_defined_by ACCOUNT: each text of target, all that source has.
all_defined_by() {
	diff <(definers_of source | cut -f 1,2) <(definers_of target | cut -f 1,2)
	# Some lists say name@ of a role, some name.
	[ "$(definers_of target | cut -f 3 | sed 's/@$//' | sort -u)" = "$1" ]
	[ "$(definers_of target | wc -l)" -ge 29 ]
}

# states_of NAME: of its events.
states_of() {
	sql "$1" "SELECT event_name, status FROM information_schema.events
		WHERE event_schema = 'texts' ORDER BY 1"
}

# --- What is written comes back.

@test "texts with hostile definers, modes and character sets come back by mariadb and dbseed (cases 27, 40, 41)" {
	restored_texts
	diff <(dump_of source texts) <(dump_of target)
	diff <(texts_of source) <(texts_of target)
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/restored.sql"
	diff <(dump_of source texts) <(dump_of target)
	diff <(texts_of source) <(texts_of target)
	diff <(definers_of source) <(definers_of target)
}

@test "a text made by a latin1 client comes back whole, head and body (case 24)" {
	restored_texts
	[ "$(in_target texts "SELECT comment FROM mysql.proc WHERE name = 'é'")" = 'çé ?' ]
	[ "$(in_target texts "SELECT returns LIKE '%''é'',''ß''%' FROM mysql.proc WHERE name = 'fé'")" = 1 ]
	[ "$(in_target texts "SELECT HEX(event_comment) FROM information_schema.events
		WHERE event_name = 'evé'")" = C3A7C3A9 ]
	[ "$(definers_of target | grep -c 'ü@localhost$')" = 5 ]
}

@test "texts of clients that spoke sjis, cp932, gbk and big5 come back by the stock client and dbseed" {
	local charset text cnf
	cnf=$(server_cnf source)
	sql source "CREATE DATABASE spoken CHARACTER SET utf8mb4"
	# The second byte of each character is that of a backslash or a backtick.
	while read -r charset text; do
		iconv -f UTF-8 -t "$charset" <<-EOF |
			CREATE TABLE t_$charset (a VARCHAR(9), \`c${text:0:1}\` INT COMMENT '$text');
			DELIMITER //
			CREATE PROCEDURE p_$charset() COMMENT '$text' BEGIN /* '$text */ SELECT '$text'; END//
			CREATE FUNCTION \`f_${text:0:1}$charset\`() RETURNS ENUM('$text') RETURN '$text'//
			CREATE VIEW v_$charset AS SELECT '$text' AS \`v${text:0:1}\` FROM t_$charset//
			CREATE TRIGGER \`r_${text:0:1}$charset\` BEFORE INSERT ON t_$charset
				FOR EACH ROW SET NEW.a = '$text'//
			CREATE EVENT e_$charset ON SCHEDULE EVERY 1 DAY COMMENT '$text' DO SET @a = '$text'//
		EOF
			mariadb --defaults-file="$cnf" --default-character-set="$charset" spoken
	done <<-'EOF'
		sjis ソ
		cp932 表
		gbk 誠乣
		big5 功許
	EOF
	dump source -B spoken >"$BATS_TEST_TMPDIR/spoken.sql"
	restore target "$BATS_TEST_TMPDIR/spoken.sql"
	diff <(dump_of source spoken) <(dump_of target spoken)
	server_empty target
	# What is not picked stays out, also where its name is in digits.
	dbseed --defaults-file="$(server_cnf target)" --table=spoken.t_gbk \
		--definer=me@here "$BATS_TEST_TMPDIR/spoken.sql"
	[ "$(in_target spoken "SELECT GROUP_CONCAT(trigger_name, definer)
		FROM information_schema.triggers WHERE trigger_schema = 'spoken'")" = \
		r_誠gbkme@here ]
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/spoken.sql"
	diff <(dump_of source spoken) <(dump_of target spoken)
	# Programs are counted there, too.
	dbverify "$BATS_TEST_TMPDIR/spoken.sql" | grep '"check":"objects","ok":true'
	sql source 'DROP DATABASE spoken'
}

@test "a NUL in a routine or a trigger does not end its text, nor the dump" {
	local routines="SELECT HEX(body) FROM mysql.proc WHERE db = 'nuls' UNION
		SELECT HEX(action_statement) FROM information_schema.triggers
		WHERE trigger_schema = 'nuls'"
	sql source "CREATE DATABASE nuls; USE nuls; CREATE TABLE t (a CHAR(3));
		EXECUTE IMMEDIATE CONCAT('CREATE PROCEDURE p() SELECT \'a', x'00', 'b\', 1');
		EXECUTE IMMEDIATE CONCAT('CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW
			SET NEW.a = \'a', x'00', 'b\'')"
	[[ $(sql source "$routines") == *6100622* ]]
	dump source -B nuls >"$BATS_TEST_TMPDIR/nuls.sql"
	restore target "$BATS_TEST_TMPDIR/nuls.sql"
	[ "$(sql target "$routines")" = "$(sql source "$routines")" ]
	sql source 'DROP DATABASE nuls'
}

@test "a comment that its text's character set lacks is an error by name" {
	sql source "USE texts; SET NAMES latin1; CREATE PROCEDURE lacks() SELECT 1;
		SET NAMES utf8mb4; ALTER PROCEDURE lacks COMMENT 'ж'"
	run --separate-stderr dump source texts
	sql source 'DROP PROCEDURE texts.lacks'
	[ "$status" -eq 65 ]
	[[ -z $output && $stderr == *'PROCEDURE `lacks`'*latin1*'ж'* ]]
}

@test "a backslash in a comment is one where the mode has no escapes" {
	restored_texts
	[ "$(in_target texts "SELECT HEX(comment) FROM mysql.proc WHERE name LIKE 'ansi \"%'")" = \
		"$(printf "back\\\\slash 'quote' \\\\n" |
			od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)" ]
	[ "$(in_target texts "SELECT event_comment FROM information_schema.events
		WHERE event_name LIKE 'ansi%'" -r)" = "\\\\ ENABLE '" ]
}

@test "the text of a view keeps backticks in its aliases (case 39)" {
	restored_texts
	[ "$(in_target texts 'SELECT `a``b``` FROM v_role')" = 1 ]
	[ "$(in_target texts 'SELECT `DEFINER=``x``@``y``` FROM v_merge')" = 'DEFINER=`a`@`b`' ]
}

@test "three triggers of one event fire in their order (case 42)" {
	restored_texts
	in_target texts "INSERT INTO t VALUES (9, '', NULL)"
	[ "$(in_target texts 'SELECT b FROM t WHERE id = 9')" = '0DEFINER=`g`@`h`2' ]
	[ "$(in_target texts 'SELECT b IS NULL FROM t WHERE id = 1')" = 1 ]
}

@test "characters beyond U+FFFF come back in defaults, ENUM and SET, and a question mark as one (case 24)" {
	local query="SELECT HEX(DEFAULT(\`d\`\`?\`)), HEX(DEFAULT(e)), HEX(DEFAULT(s)),
		HEX(DEFAULT(u)), HEX(DEFAULT(ue)), HEX(DEFAULT(x)), HEX(DEFAULT(b)), DEFAULT(l),
		DEFAULT(le), HEX(g), CONCAT_WS(' ', HEX(\`d\`\`?\`), HEX(e), HEX(s)) FROM wide"
	local values="BEGIN NOT ATOMIC DECLARE e TYPE OF wide.e; DECLARE s TYPE OF wide.s;
		DECLARE i INT DEFAULT 1; SET sql_mode = '';
		WHILE i <= 5 DO SET e = i, s = 1 << i >> 1; SELECT i, HEX(e), HEX(s); SET i = i + 1;
		END WHILE; END"
	restored_texts
	[ "$(sql source "$query" -D texts)" = "$(in_target texts "$query")" ]
	[[ $(in_target texts "$query") == 697427732*F09F98803F5C*F09F9881*D83DDE00*0001F600*FF3F0027* ]]
	diff <(sql source "$values" -D texts --delimiter=//) \
		<(sql target "$values" -D texts --delimiter=//)
	[[ $(sql target "$values" -D texts --delimiter=//) == 1$'\t'F09F9880*3F*D0B6*F09F9881*69742773205C203F* ]]
	grep -qF "enum('😀','?','ж','😁','it\\'s \\\\ ?')" "$BATS_TEST_TMPDIR/restored.sql"
	# The stock tool writes what the server shows.
	run -1 grep -c "DEFAULT '😁'" <(dump_of source texts)
}

@test "no query is asked for a table without a question mark in doubt" {
	sql source "SET GLOBAL general_log_file = 'doubt.log', GLOBAL general_log = 1"
	dump source shop >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'CREATE OR REPLACE TABLE app.marks (a INT DEFAULT 1 COMMENT "?",
		l VARCHAR(9) CHARACTER SET latin1 DEFAULT "?", CHECK (l <> "?")) COMMENT "?"'
	dump source app marks >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'SET GLOBAL general_log = 0; DROP TABLE app.marks'
	grep -q 'SHOW CREATE TABLE `marks`' "$SERVERS/source/data/doubt.log"
	run -1 grep -nE 'TYPE OF|Field List' "$SERVERS/source/data/doubt.log"
}

@test "DDL that waits for a table does not hold up the closer look at it" {
	sql source 'CREATE DATABASE a_large; USE a_large; CREATE TABLE a (t TEXT) ENGINE=InnoDB
		AS SELECT REPEAT("x", 2000) AS t FROM seq_1_to_1000'
	paused_dump --lock-wait=5 -B a_large texts
	sql source 'ALTER TABLE texts.wide COMMENT "!"' 3>&- &
	wait_until 10 eval 'sql source "SHOW PROCESSLIST" | grep -q "Waiting for table metadata lock"'
	dump_rest
	wait $!
	sql source 'ALTER TABLE texts.wide COMMENT "?"; DROP DATABASE a_large'
	grep -q "DEFAULT '😁'.*" "$BATS_TEST_TMPDIR/rest.sql"
	[[ $(tail -n 1 "$BATS_TEST_TMPDIR/rest.sql") == '-- Dump completed'* ]]
}

@test "routines keep every byte of their text, comments and blanks (case 41)" {
	local query="SELECT name, HEX(body), HEX(body_utf8), sql_mode, definer,
		character_set_client, collation_connection, HEX(param_list), comment
		FROM mysql.proc WHERE db IN ('objects', 'aa_other') ORDER BY db, name, type"
	restore target "$SERVERS/all.sql"
	diff <(sql source "$query") <(sql target "$query")
	[[ $(sql target "SHOW CREATE PROCEDURE objects.splitter") == *'-- a comment; with'* ]]
}

@test "triggers keep their order, and no row is changed by them (case 42)" {
	restore target "$SERVERS/all.sql"
	in_target objects 'INSERT INTO watched (id) VALUES (3)'
	[ "$(in_target objects 'SELECT n, log FROM watched ORDER BY id')" = \
		$'1\tza\n1\tza\n1\tza' ]
	[ "$(in_target objects 'SELECT COUNT(*) FROM watched_log')" = 3 ]
}

@test "the AUTO_INCREMENT of an empty table is kept (case 30)" {
	restore target "$SERVERS/all.sql"
	in_target objects 'INSERT INTO empty_auto VALUES (NULL)'
	[ "$(in_target objects 'SELECT id FROM empty_auto')" = 12345 ]
}

@test "views on views, against the alphabet and across databases, work (case 37)" {
	restore target "$SERVERS/all.sql"
	[ "$(in_target aa_other 'SELECT COUNT(*) FROM across')" = 3 ]
	run in_target aa_other 'UPDATE c1 SET a = -1 WHERE a = 1'
	[[ $output == *'CHECK OPTION failed'* ]]
}

@test "a database may have any name (case 46)" {
	local name='it`s "x" \ '\''y'\'' --'
	sql source "CREATE DATABASE \`${name//\`/\`\`}\`;
		CREATE TABLE \`${name//\`/\`\`}\`.t AS SELECT 1 AS a"
	dump source -B "$name" >"$BATS_TEST_TMPDIR/dump.sql"
	sql source "DROP DATABASE \`${name//\`/\`\`}\`"
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target "SELECT a FROM \`${name//\`/\`\`}\`.t")" = 1 ]
	sql target "DROP DATABASE \`${name//\`/\`\`}\`"
	manifest_of "$BATS_TEST_TMPDIR/dump.sql" | jq -e --arg name "$name" '.db == $name'
}

@test "a newline in a name does not end a comment (case 46)" {
	run -1 grep -n '^line -- DROP' <(grep -A 1 '^-- ' "$SERVERS/all.sql")
}

@test "events come back as they were, on, off, or off on a replica (case 43)" {
	local query="SELECT event_name, status, time_zone, starts, execute_at
		FROM information_schema.events ORDER BY 1"
	restore target "$SERVERS/all.sql"
	[ "$(sql source "$query")" = "$(sql target "$query")" ]
	[ "$(sql target "$query" | cut -f 2 | sort -u | wc -l)" = 3 ]
}

@test "routines, packages and events are there without being asked for (case 44)" {
	[ "$(grep -acE '^/\*!50003 DROP (FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY) IF EXISTS' \
		"$SERVERS/all.sql")" = "$(sql source "SELECT COUNT(*) FROM mysql.proc
			WHERE db NOT IN ('mysql', 'sys')")" ]
	[ "$(grep -ac '^/\*!50003 DROP EVENT IF EXISTS' "$SERVERS/all.sql")" = \
		"$(sql source 'SELECT COUNT(*) FROM information_schema.events')" ]
}

@test "tables, columns and views may have any name, for mariadb and dbseed (case 46)" {
	local query='SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = "texts" ORDER BY 1, 2'
	restored_texts
	[ "$(sql source "$query")" = "$(sql target "$query")" ]
	[[ $(sql target 'SHOW TABLES FROM texts') == *'..'*'/*!50000 v*/'*'sl/ash'* ]]
	[ "$(in_target texts "SELECT COUNT(\`'\`\`\"\`) FROM \`/*!50000 v*/\`")" = 0 ]
}

# --- --definer

@test "--definer=drop and =current make whoever loads the dump the definer, bodies stay (case 40)" {
	local mode
	for mode in drop current; do
		restored_texts --definer="$mode"
		all_defined_by root@localhost
		diff <(texts_of source) <(texts_of target)
		diff <(states_of source) <(states_of target)
	done
	run -1 grep -anE '^CREATE (OR REPLACE )?(ALGORITHM=[A-Z]* )?DEFINER=[^C]' \
		"$BATS_TEST_TMPDIR/restored.sql"
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/restored.sql"
	all_defined_by root@localhost
	diff <(texts_of source) <(texts_of target)
}

@test "--definer=ACCOUNT names any account, in any character set (case 40)" {
	restored_texts --definer="'o''n\`e \"x'@'%'"
	all_defined_by 'o'\''n`e "x@%'
	diff <(texts_of source) <(texts_of target)
	restored_texts --definer=ü@localhost
	all_defined_by ü@localhost
	diff <(texts_of source) <(texts_of target)
}

@test "--definer=ROLE names a role, or a user of any host (case 40)" {
	restored_texts --definer=keeper
	all_defined_by keeper
	sql target 'CREATE USER plain'
	restored_texts --definer=plain
	sql target 'DROP USER plain'
	all_defined_by plain@%
}

@test "a definer that the target lacks loads, and the dump without it works there (case 40)" {
	sql source 'CREATE USER gone@h; GRANT ALL ON *.* TO gone@h;
		CREATE DEFINER=gone@h VIEW shop.a_gone AS SELECT * FROM shop.item;
		CREATE DEFINER=gone@h VIEW shop.b_gone AS SELECT * FROM shop.a_gone;
		CREATE DEFINER=gone@h PROCEDURE shop.p_gone() SELECT 1'
	dump source --definer=current -B shop >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP VIEW shop.a_gone, shop.b_gone; DROP PROCEDURE shop.p_gone; DROP USER gone@h'
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM shop.b_gone; CALL shop.p_gone()')" = $'200\n1' ]
}

@test "what is no account is wrong usage" {
	local account
	for account in '' @h a@ "'a" "'a'b@h"; do
		run -64 --separate-stderr dump source --definer="$account" shop
		[[ -z $output && $stderr == *--definer*'name@host'* ]]
	done
}

# --- --events

@test "--events=disable switches off what is on, so nothing fires where the scheduler runs (case 43)" {
	restored_texts --events=disable
	[ "$(states_of target | cut -f 2 | sort | uniq -c | tr -s ' \n' ' ')" = ' 2 DISABLED 5 SLAVESIDE_DISABLED ' ]
	diff <(states_of source | sed 's/\tENABLED$/\tSLAVESIDE_DISABLED/') <(states_of target)
	diff <(texts_of source) <(texts_of target)
	diff <(definers_of source) <(definers_of target)
	server_empty target
	sql target 'SET GLOBAL event_scheduler = ON'
	mariadb --defaults-file="$(server_cnf target)" --comments \
		<"$BATS_TEST_TMPDIR/restored.sql"
	sql target 'CREATE DATABASE witness; CREATE TABLE witness.saw (i INT);
		CREATE EVENT witness.sees ON SCHEDULE EVERY 1 SECOND
			DO INSERT INTO witness.saw VALUES (1)'
	wait_until 30 eval '[ "$(sql target "SELECT COUNT(*) FROM witness.saw")" -ge 3 ]'
	[ "$(sql target 'SELECT COUNT(*) FROM texts.fired')" = 0 ]
	sql target 'SET GLOBAL event_scheduler = OFF'
}

@test "--events=keep leaves them on, and they fire (case 43)" {
	server_empty target
	sql target 'SET GLOBAL event_scheduler = ON'
	dump source --events=keep -B texts |
		mariadb --defaults-file="$(server_cnf target)" --comments
	wait_until 30 eval '[ "$(sql target "SELECT COUNT(*) FROM texts.fired")" -ge 1 ]'
	sql target 'SET GLOBAL event_scheduler = OFF'
	diff <(states_of source) <(states_of target)
}

@test "-E and --events are --events=keep, --skip-events is --events=skip" {
	local option
	dump source --skip-dump-date -B texts >"$BATS_TEST_TMPDIR/keep.sql"
	dump source --skip-dump-date --events=skip -B texts >"$BATS_TEST_TMPDIR/skip.sql"
	grep -q '^CREATE .* EVENT' "$BATS_TEST_TMPDIR/keep.sql"
	run -1 grep -n EVENT "$BATS_TEST_TMPDIR/skip.sql"
	for option in -E -ER --events --events=1 --events=keep '--skip-events --events'; do
		# shellcheck disable=SC2086 # one or two words
		dump source --skip-dump-date $option -B texts | cmp - "$BATS_TEST_TMPDIR/keep.sql"
	done
	for option in --skip-events --disable-events --events=0 '-E --events=skip'; do
		# shellcheck disable=SC2086 # one or two words
		dump source --skip-dump-date $option -B texts | cmp - "$BATS_TEST_TMPDIR/skip.sql"
	done
	run -64 dump source --events=off-on-weekends texts
}

# --- --on-broken

# broken: a database of views, most of which do not work, among them views on
# broken ones, and one whose name and text hold all that could end a comment.
broken() {
	mariadb --defaults-file="$(server_cnf source)" --comments <<-'SQL'
		SET NAMES utf8mb4;
		CREATE DATABASE broken; USE broken;
		CREATE USER left_us@h; GRANT ALL ON *.* TO left_us@h;
		CREATE TABLE t (a INT) ENGINE=InnoDB; CREATE TABLE gone (a INT) ENGINE=InnoDB;
		CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
		INSERT INTO t VALUES (1);
		CREATE VIEW fine AS SELECT * FROM t;
		CREATE VIEW `z*/ -- 
		DROP TABLE t;` AS SELECT a AS `*/
		DROP TABLE t; -- x`, '*/\n\\! touch x
		DROP TABLE t; -- ' AS `q` FROM gone;
		CREATE VIEW a_on_z AS SELECT q FROM `z*/ -- 
		DROP TABLE t;`;
		CREATE VIEW on_f AS SELECT f();
		CREATE DEFINER=left_us@h VIEW left_view AS SELECT * FROM t;
		CREATE VIEW on_left AS SELECT * FROM left_view;
		CREATE DEFINER=left_us@h SQL SECURITY INVOKER VIEW invoked AS SELECT * FROM t;
		DROP TABLE gone; DROP FUNCTION f; DROP USER left_us@h;
	SQL
}

teardown() { sql source 'DROP DATABASE IF EXISTS broken'; }

@test "views that do not work are named, all, before the first byte (case 38)" {
	broken
	run -65 --separate-stderr dump source broken
	[ -z "$output" ]
	[ "$(grep -c '^dbdump: error: ' <<<"$stderr")" = 1 ]
	[ "$(wc -l <<<"$stderr")" = 2 ]
	[[ $stderr == *'`broken`.`a_on_z`'*references*'`broken`.`left_view`'*'`broken`.`on_f`'*'`broken`.`on_left`'*'`broken`.`z*/'* ]]
	[[ $stderr == *--ignore-table=*--on-broken* && $stderr != *'`fine`'* && $stderr != *'`invoked`'* ]]
	run -0 dump source --ignore-table='broken.%on_%' --ignore-table='broken.left%' \
		--ignore-table='broken.z%' broken
}

@test "--on-broken=comment writes them as comments that nothing ends, and warns (case 38)" {
	broken
	run -0 --separate-stderr dump source --on-broken=comment -r "$BATS_TEST_TMPDIR/dump.sql" -B broken
	[ "$(grep -c '^dbdump: warning: view `broken`' <<<"$stderr")" = 5 ]
	[ "$(wc -l <<<"$stderr")" = 5 ]
	[ "$(grep -c '^-- CREATE .* VIEW' "$BATS_TEST_TMPDIR/dump.sql")" = 5 ]
	run -1 grep -nE '^[[:space:]]*DROP TABLE t;' "$BATS_TEST_TMPDIR/dump.sql"
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SHOW TABLES FROM broken')" = $'fine\ninvoked\nt' ]
	[ "$(sql target 'SELECT * FROM broken.fine')" = 1 ]
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SHOW TABLES FROM broken')" = $'fine\ninvoked\nt' ]
	# Without comments, the warnings alone.
	run -0 --separate-stderr dump source --on-broken=comment --skip-comments broken
	[ "$(grep -c '^dbdump: warning: view `broken`' <<<"$stderr")" = 5 ]
	[[ $output != *left_view* ]]
	run -64 dump source --on-broken=ignore broken
}

@test "a view whose definer is gone works again with --definer (cases 38, 40)" {
	broken
	dump source --definer=current --ignore-table=broken.on_f --ignore-table='broken.%z%' \
		-B broken >"$BATS_TEST_TMPDIR/dump.sql"
	restore target "$BATS_TEST_TMPDIR/dump.sql"
	[ "$(sql target 'SELECT * FROM broken.on_left')" = 1 ]
	[ "$(sql target 'SELECT * FROM broken.invoked')" = 1 ]
}

@test "notes that the server keeps to itself are asked for (case 38)" {
	broken
	sql source 'SET GLOBAL sql_notes = 0, GLOBAL max_error_count = 0'
	run --separate-stderr dump source broken
	sql source 'SET GLOBAL sql_notes = DEFAULT, GLOBAL max_error_count = DEFAULT'
	[ "$status" -eq 65 ]
	[[ $stderr == *'`left_view`'* ]]
}

@test "a trigger names its table as the catalogue does, however it was typed" {
	server_start folds --lower-case-table-names=1
	sql folds "CREATE DATABASE typed; USE typed; CREATE TABLE Item (a INT);
		CREATE TRIGGER One BEFORE INSERT ON Item FOR EACH ROW SET NEW.a = NEW.a + 1;
		CREATE TRIGGER Typed.Two BEFORE INSERT ON Typed.\`ITEM\` FOR EACH ROW
			SET NEW.a = NEW.a * 10"
	dump folds -B typed >"$BATS_TEST_TMPDIR/typed.sql"
	server_stop folds
	sql target 'DROP DATABASE IF EXISTS typed'
	sql target <"$BATS_TEST_TMPDIR/typed.sql"
	[ "$(in_target typed 'INSERT INTO item VALUES (1); SELECT a FROM item')" = 20 ]
	sql target 'DROP DATABASE typed'
}

# programs_of SERVER: every trigger, event and procedure of two databases.
programs_of() {
	sql "$1" "SELECT 'trigger', CAST(event_object_schema AS BINARY),
			CAST(event_object_table AS BINARY), trigger_name
			FROM information_schema.triggers WHERE LOWER(event_object_schema) = 'twins'
		UNION SELECT 'event', CAST(event_schema AS BINARY), event_name, ''
			FROM information_schema.events WHERE LOWER(event_schema) = 'twins'
		UNION SELECT routine_type, CAST(routine_schema AS BINARY), routine_name, ''
			FROM information_schema.routines WHERE LOWER(routine_schema) = 'twins'
		ORDER BY 1, 2, 3, 4"
}

@test "tables and databases whose names differ in case alone have each its own triggers and programs" {
	sql source 'CREATE DATABASE twins; USE twins;
		CREATE TABLE Item (a INT) ENGINE=InnoDB; CREATE TABLE item (a INT) ENGINE=InnoDB;
		CREATE TRIGGER large BEFORE INSERT ON Item FOR EACH ROW SET NEW.a = 1;
		CREATE TRIGGER small BEFORE INSERT ON item FOR EACH ROW SET NEW.a = 2;
		CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1;
		CREATE PROCEDURE lower_one() SET @a = 1;
		CREATE DATABASE Twins; USE Twins; CREATE TABLE t (a INT) ENGINE=InnoDB;
		CREATE EVENT hourly ON SCHEDULE EVERY 1 HOUR DISABLE DO SET @a = 1;
		CREATE PROCEDURE upper_one() SET @a = 1'
	dump source -B Twins twins >"$BATS_TEST_TMPDIR/twins.sql"
	restore target "$BATS_TEST_TMPDIR/twins.sql"
	[ "$(programs_of source | wc -l)" = 6 ]
	diff <(programs_of source) <(programs_of target)
	sql source 'DROP DATABASE twins; DROP DATABASE Twins'
}
