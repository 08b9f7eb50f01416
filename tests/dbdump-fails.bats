#!/usr/bin/env bats
# dbdump-fails.bats: how dbdump ends when it cannot end well: the status, one
# line with the remedy, no dump that looks whole, nothing left behind, and no
# password anywhere.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # SQL names; a test is a subshell; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects
load lib/tls

setup_file() {
	servers_begin source
	seed_data source
	sql source 'CREATE DATABASE large; CREATE TABLE large.a (id INT PRIMARY KEY, t TEXT)
		ENGINE=InnoDB; USE large;
		INSERT INTO a SELECT seq, REPEAT("x", 2000) FROM seq_1_to_30000'
}

teardown_file() { servers_end; }

not_whole() { run -1 grep -n 'Dump completed' "$BATS_TEST_TMPDIR/rest.sql"; }

nothing_is_locked() {
	sql source 'SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1;
		UPDATE large.a SET t = t WHERE id = 1; ALTER TABLE large.a COMMENT = "";
		FLUSH TABLES WITH READ LOCK'
}

connections_of_dbdump() {
	sql source "SELECT id FROM information_schema.processlist
		WHERE user = 'root' AND id <> CONNECTION_ID()"
}

nobody_is_connected() { [ -z "$(connections_of_dbdump)" ]; }

# one_error STATUS: $stderr is an error in one line, with at most one more that
# says what to do.
one_error() {
	[ "$(grep -c '^dbdump: error: ' <<<"$stderr")" = 1 ]
	[ "$(wc -l <<<"$stderr")" -le 2 ]
	[ "$(grep -vc '^dbdump: ' <<<"$stderr")" = 0 ]
}

# --- Before the first byte.

@test "a wrong password is a matter of privilege, and is not shown" {
	server_cnf_as source root wrong-Secret
	run -77 --separate-stderr dbdump --defaults-file="$SERVERS/source/root.cnf" shop
	[ -z "$output" ]
	one_error
	[[ $stderr == *'Access denied'*'option file'* && $stderr != *wrong-Secret* ]]
}

@test "--block-ddl and --lock=stage, of which only one can be had, are refused" {
	run -64 --separate-stderr dump source --block-ddl --lock=stage shop
	one_error
	[[ $stderr == *'exclude each other'* ]]
}

@test "a server that is not there is unavailable" {
	run -69 --separate-stderr dbdump --no-defaults -h 127.0.0.1 -P 1 shop
	one_error
	[[ $stderr == *'127.0.0.1:1'*'is the server running'* ]]
	run -69 dbdump --no-defaults -S "$BATS_TEST_TMPDIR/none" shop
	run -69 dbdump --no-defaults --host=no-such-host.invalid shop
}

@test "a database or table that is not there is named before the first byte" {
	run -66 --separate-stderr dump source nowhere
	[[ -z $output && $stderr == *"no database 'nowhere'"* ]]
	one_error
	run -66 --separate-stderr dump source -B shop nowhere
	[[ -z $output && $stderr == *"no database 'nowhere'"* ]]
	run -66 --separate-stderr dump source shop item nothing
	[[ -z $output && $stderr == *"no table 'nothing' in database 'shop'"* ]]
	one_error
}

@test "what is named and left out at once is refused" {
	run -64 --separate-stderr dump source --ignore-database='shop%' shop item
	[[ -z $output && $stderr == *"'shop' is named, and --ignore-database leaves it out"* ]]
	one_error
	run -64 dump source --ignore-database=app -B shop app
	run -64 --separate-stderr dump source --ignore-table='shop.b%' shop item big
	[[ -z $output && $stderr == *"'big' is named, and --ignore-table leaves it out"* ]]
	one_error
}

@test "wrong usage is said with a pointer to the help" {
	run -64 --separate-stderr dump source
	[[ -z $output && $stderr == *'which database'*'--help'* ]]
	run -64 dump source -A shop
	run -64 dump source -A -B shop
	run -64 dump source --no-such-option shop
	run -64 dump source --lock=tight shop
	run -64 dump source ''
}

@test "numbers of readers and levels that there are not are wrong usage, and said with those that there are" {
	local option
	for option in --jobs=0 -j0 --jobs=33 -j1000; do
		run -64 --separate-stderr dump source $option shop
		[[ -z $output && $stderr == *'--jobs is from 1 to 32'* ]]
		one_error
	done
	for option in --zstd=20 -z20; do
		run -64 --separate-stderr dump source $option shop
		[[ -z $output && $stderr == *'--zstd takes a level from 1 to 19'* ]]
		one_error
	done
	for option in --jobs=x --jobs=-1 --jobs= --zstd=x --zstd= --zstd=-3; do
		run -64 --separate-stderr dump source "$option" shop
		[[ -z $output && $stderr == *"${option%%=*}: '${option#*=}' is not a whole number"* ]]
		one_error
	done
	run -64 --separate-stderr dump source --block-ddl --lock=stage shop
	[[ -z $output && $stderr == *'--block-ddl and --lock=stage exclude each other'* ]]
	one_error
}

@test "--zstd=0 and --skip-zstd turn compression off, as of any option with a value" {
	local option
	for option in --zstd=0 --skip-zstd; do
		dump source -z "$option" shop item >"$BATS_TEST_TMPDIR/plain.sql"
		[ "$(head -c 9 "$BATS_TEST_TMPDIR/plain.sql")" = '-- dbdump' ]
	done
}

@test "a condition that the server does not take is its error, with the table's name" {
	run --separate-stderr dump source --where='no_such_column = 1' shop item
	[ "$status" -eq 69 ]
	one_error
	[[ $stderr == *'`shop`.`item`'*no_such_column* ]]
	[[ $output != *'Dump completed'* ]]
	nothing_is_locked
}

# --- The output.

@test "a full disk is an I/O error with the remedy in one line (case 56)" {
	run -74 --separate-stderr eval 'dump source large >/dev/full'
	one_error
	[[ $stderr == *'No space left on device'* ]]
	[ "$(wc -l <<<"$stderr")" -le 2 ]
	nothing_is_locked
}

@test "a reader that goes away ends it as it ends any filter, at once (case 56)" {
	run bash -c 'dbdump --defaults-file="$1" large | head -c 1000 >/dev/null
		echo "${PIPESTATUS[0]}"' - "$(server_cnf source)"
	[ "${lines[-1]}" = 141 ]
	wait_until 10 nobody_is_connected
	nothing_is_locked
}

@test "a folder that cannot be written to is said before the dump begins" {
	run -73 --separate-stderr dump source -r "$BATS_TEST_TMPDIR/no/dir/file.sql" shop
	[[ $stderr == *no/dir/file.sql* ]]
	run --separate-stderr dump source --report="$BATS_TEST_TMPDIR/no/record" shop
	[ "$status" -eq 73 ]
	[ -z "$output" ]
}

@test "a result file is there whole or not at all (case 55)" {
	local file=$BATS_TEST_TMPDIR/out/file.sql
	mkdir "$BATS_TEST_TMPDIR/out"
	run -66 dump source -r "$file" shop item nothing
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/out")" ]
	run dump source -r "$file" --where='id = nothing' shop item
	[ "$status" -ne 0 ]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/out")" ]
	echo old >"$file"
	run dump source -r "$file" --where='id = nothing' shop item
	[ "$(cat "$file")" = old ]
	[ "$(ls -A "$BATS_TEST_TMPDIR/out")" = file.sql ]
	dump source -r "$file" shop item
	[[ $(tail -n 1 "$file") == '-- Dump completed'* ]]
}

@test "SIGTERM, SIGINT and SIGHUP are deaths by that signal and leave no file and no lock" {
	local signal status file=$BATS_TEST_TMPDIR/file.sql
	for signal in TERM INT HUP; do
		# SLEEP makes the dump last; a shell's background job ignores INT.
		perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' dbdump \
			--defaults-file="$(server_cnf source)" -r "$file" \
			--report="$BATS_TEST_TMPDIR/record" --where='SLEEP(0.1) = 0' large \
			2>"$BATS_TEST_TMPDIR/err" 3>&- &
		dump_pid=$! status=0
		wait_until 20 eval 'sql source "SHOW PROCESSLIST" | grep -q SLEEP.0.1'
		kill -s "$signal" "$dump_pid"
		wait "$dump_pid" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		run -1 compgen -G "$BATS_TEST_TMPDIR/*file.sql*"
		[ ! -s "$BATS_TEST_TMPDIR/record" ]
		sql source "KILL $(connections_of_dbdump | head -n 1)" 2>/dev/null || :
		wait_until 20 nobody_is_connected
		nothing_is_locked
	done
}

@test "a file that may not grow further is an I/O error, and no part of it stays (case 56)" {
	local file=$BATS_TEST_TMPDIR/out/file.sql
	mkdir "$BATS_TEST_TMPDIR/out"
	run -74 --separate-stderr bash -c 'ulimit -f 1000; exec dbdump --defaults-file="$1" \
		-r "$2" large' - "$(server_cnf source)" "$file"
	one_error
	[[ $stderr == *'File too large'*'ulimit -f'* ]]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/out")" ]
	run -74 bash -c 'ulimit -f 1000; exec dbdump --defaults-file="$1" large >"$2"' \
		- "$(server_cnf source)" "$file"
	run -1 grep -c 'Dump completed' "$file"
	wait_until 10 nobody_is_connected
	nothing_is_locked
}

@test "a warning is no failure, and what healed by another try is none either (case 57)" {
	local i
	sql source 'CREATE DATABASE warned; CREATE TABLE warned.t (i INT) ENGINE=MyISAM'
	run -0 --separate-stderr dump source -B warned
	sql source 'DROP DATABASE warned'
	[[ $stderr == 'dbdump: warning: '*'warned.t (MyISAM)'* ]]
	[[ $stderr != *error* && $output == *'Dump completed'* ]]
	run -0 --separate-stderr dump source -q -B shop
	[ -z "$stderr" ]
	# The first tries meet a table that comes and goes.
	for ((i = 0; i < 300; i++)); do
		echo 'CREATE TABLE shop.healed (i INT) ENGINE=InnoDB; DROP TABLE shop.healed;'
	done | sql source 3>&- &
	for i in 1 2 3; do
		run -0 --separate-stderr dump source -B shop
		[[ -z $stderr && $output == *'Dump completed'* ]]
	done
	wait $!
}

@test "a dump that is cut anywhere before its last line is refused by dbpos and dbseed (case 55)" {
	local whole=$BATS_TEST_TMPDIR/whole.sql cut=$BATS_TEST_TMPDIR/cut.sql size last at
	server_start other
	dump source -B shop app >"$whole"
	size=$(stat -c %s "$whole") last=$(tail -n 1 "$whole" | wc -c)
	for at in $(seq 1 $((size / 50)) $((size - last - 300))) \
		$(seq $((size - last - 300)) 7 $((size - last))) $((size - last)); do
		head -c "$at" "$whole" >"$cut"
		run -65 dbpos "$cut"
		run -65 dbpos - <"$cut"
		run -65 eval 'cat "$cut" | dbpos'
	done
	for at in 1 200 $((size / 3)) $((size / 2)) $((size - last - 500)) \
		$((size - last - 100)) $((size - last)); do
		head -c "$at" "$whole" >"$cut"
		server_empty other
		run -65 dbseed --defaults-file="$(server_cnf other)" "$cut"
	done
	server_empty other
	run -0 dbseed --defaults-file="$(server_cnf other)" "$whole"
	server_drop other
}

# --- The server.

@test "an answer with other columns than were asked for, or with none, is no dump" {
	local statement
	for statement in 'SELECT 1' 'SELECT 1, 2, 3, 4' 'DO 1'; do
		liar "$statement"
		run -69 --separate-stderr dbdump --defaults-file="$liar_cnf" shop item
		kill "$liar_pid"
		one_error
		[[ $stderr == *"table \`shop\`.\`item\`"*malformed* ]]
		[[ $output != *'Dump completed'* ]]
	done
}

@test "an answer with fewer columns than were asked for, or NULL in place of a name, is no dump" {
	local begin statement
	while IFS='|' read -r begin statement; do
		liar "$statement" "$begin"
		run -69 --separate-stderr dbdump --defaults-file="$liar_cnf" --users -B shop
		kill "$liar_pid"
		one_error
		[[ $stderr == *'malformed answer to'*"$begin"* ]]
		[[ $output != *'Dump completed'* ]]
	done <<-'LIES'
		SHOW GLOBAL STATUS LIKE|SELECT NULL, 1
		SELECT SCHEMA_NAME|SELECT NULL
		SELECT t.TABLE_NAME|SELECT 1, NULL, 1, 1
		SELECT t.TABLE_NAME|SELECT 'item'
		SHOW CREATE TABLE|SELECT 1, NULL
		SHOW CREATE DATABASE|SELECT 1
		SHOW CREATE USER|SELECT NULL
		SHOW GRANTS FOR|SELECT NULL
		SHOW STATUS LIKE|SELECT NULL, 1
	LIES
}

@test "a connection that is killed in mid-dump is worth another try, and the dump is not whole" {
	local id status=0
	paused_dump large
	for id in $(connections_of_dbdump); do sql source "KILL $id"; done
	dump_rest || status=$?
	[ "$status" -eq 75 ]
	not_whole
	grep -q 'try again' "$BATS_TEST_TMPDIR/err"
	grep -q 'table `large`.`a`' "$BATS_TEST_TMPDIR/err"
}

# kept_alive: every TCP connection to the source, three at least, has the timer
# (2) that keeps it alive, of a minute (in hundredths of a second) at most.
kept_alive() {
	awk -v to="$(printf ':%04X$' "$(server_port source)")" \
		'$3 ~ to && $4 == "01" { n++ }
		$3 ~ to && $4 == "01" && ($6 !~ /^02:/ || substr($6, 4) > "00001770") { bad = 1 }
		END { exit bad || n < 3 }' /proc/net/tcp
}

@test "connections that say nothing while others read are kept alive, each minute" {
	paused_dump -h 127.0.0.1 --protocol=tcp large
	wait_until 10 kept_alive
	dump_rest
}

@test "a server that dies in mid-dump is worth another try, and the dump is not whole" {
	local status=0
	paused_dump large
	server_kill source
	dump_rest || status=$?
	server_start source --log-bin=binlog
	[ "$status" -eq 75 ]
	not_whole
}

# --- Privileges.

# dump_as USER OPTION…
dump_as() { dbdump --defaults-file="$SERVERS/source/$1.cnf" "${@:2}"; }

account() {
	sql source "CREATE OR REPLACE USER $1@127.0.0.1 IDENTIFIED BY '$1-Secret'; $2"
	server_cnf_as source "$1" "$1-Secret"
}

@test "an account that is locked, or whose password has expired, is a matter of privilege" {
	account reader 'ALTER USER reader@127.0.0.1 ACCOUNT LOCK'
	run -77 --separate-stderr dump_as reader shop
	[ -z "$output" ]
	one_error
	sql source 'ALTER USER reader@127.0.0.1 ACCOUNT UNLOCK PASSWORD EXPIRE'
	run -77 --separate-stderr dump_as reader shop
	[ -z "$output" ]
	one_error
	[[ $stderr == *'needs a new password'* ]]
}

@test "the text of a routine that is not shown to us is no gap but an error" {
	account reader 'GRANT ALL ON shop.* TO reader@127.0.0.1'
	run -77 --separate-stderr dump_as reader shop
	[ -z "$output" ]
	one_error
	[[ $stderr == *'PROCEDURE `touch`'*'--skip-routines'* ]]
	run -0 --separate-stderr dump_as reader --skip-routines shop
	[[ $output == *'Dump completed'* ]]
	sql source 'GRANT SELECT ON mysql.proc TO reader@127.0.0.1'
	run -0 --separate-stderr dump_as reader shop
	[[ $output == *'PROCEDURE `touch`'* ]]
}

@test "routines, events, triggers and views that the server hides are no gap either" {
	account poor 'GRANT SELECT ON shop.* TO poor@127.0.0.1'
	run -77 --separate-stderr dump_as poor shop
	[[ -z $output && $stderr == *'`shop`: its routines'*'mysql.proc'*'--skip-routines'* ]]
	one_error
	run -77 --separate-stderr dump_as poor --skip-routines shop
	[[ -z $output && $stderr == *'its events'*'grant EVENT'*'--skip-events'* ]]
	run -77 --separate-stderr dump_as poor --skip-routines --skip-events shop
	[[ -z $output && $stderr == *'its triggers'*'grant TRIGGER'*'--skip-triggers'* ]]
	run -77 --separate-stderr dump_as poor --skip-routines --skip-events --skip-triggers shop
	[[ -z $output && $stderr == *'SHOW VIEW'* ]]
	run -0 --separate-stderr dump_as poor --skip-routines --skip-events --skip-triggers \
		--ignore-table=shop.big shop
	run -0 --separate-stderr dump_as poor -t shop
}

@test "all databases of an account that sees none are no dump, and of one that sees some said to be" {
	account bare ''
	run -77 --separate-stderr dump_as bare -A
	[[ -z $output && $stderr == *'sees no database'*'grant SELECT on *.*'* ]]
	one_error
	run -77 --separate-stderr dump_as bare -A -t
	account some "GRANT ALL ON shop.* TO some@127.0.0.1; GRANT SELECT ON mysql.proc TO some@127.0.0.1"
	run -0 --separate-stderr dump_as some -A
	[[ $output != *'`large`'*'Dump completed'* ]]
	[[ $stderr == *'warning: databases and tables may be hidden'*'no SELECT on *.*'* ]]
	run -0 --separate-stderr dump_as some -B shop
	[[ $stderr != *hidden* ]]
	account every "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO every@127.0.0.1"
	run -0 --separate-stderr dump_as every -A
	[[ $output == *'`large`'*'Dump completed'* && $stderr != *hidden* ]]
}

@test "privileges are counted that come by a role, by a pattern, or table by table" {
	account roleful "CREATE OR REPLACE ROLE keeper;
		GRANT SELECT, EVENT ON *.* TO keeper; GRANT SELECT ON mysql.proc TO keeper;
		GRANT keeper TO roleful@127.0.0.1; SET DEFAULT ROLE keeper FOR roleful@127.0.0.1;
		GRANT SHOW VIEW ON \`s%\`.* TO roleful@127.0.0.1;
		GRANT TRIGGER ON shop.item TO roleful@127.0.0.1"
	run -0 --separate-stderr dump_as roleful shop
	[[ $output == *'Dump completed'* ]]
	grep -q before_item <<<"$output"
	sql source 'DROP ROLE keeper'
}

@test "a position that was asked for and may not be seen is no gap either (case 6)" {
	account reader 'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO reader@127.0.0.1'
	run --separate-stderr dump_as reader --skip-routines --master-data --lock=stage shop
	[ "$status" -eq 77 ]
	[ -z "$output" ]
}

@test "an account with no privilege of an administrator dumps, and what that costs is said (case 61)" {
	account tenant 'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON *.*
		TO tenant@127.0.0.1'
	run -0 --separate-stderr dump_as tenant --master-data=2 shop
	[[ $output == *'-- CHANGE MASTER TO MASTER_LOG_FILE='*'Dump completed'* ]]
	[[ $stderr == *'DDL on the dumped tables waits until the end'*'BINLOG ADMIN'* ]]
	[[ $stderr != *error* ]]
	run -77 --separate-stderr dump_as tenant --lock=ftwrl shop
	[[ -z $output && $stderr == *'RELOAD privilege'* ]]
	one_error
}

@test "a connection that is refused is not taken for a lock" {
	account few 'GRANT ALL ON *.* TO few@127.0.0.1 WITH MAX_USER_CONNECTIONS 2'
	sql source 'CREATE TABLE shop.plain (i INT) ENGINE=MyISAM'
	# One for the definitions, one to read; none is left to lock the table.
	run -75 --separate-stderr dump_as few -j 1 shop plain
	sql source 'DROP TABLE shop.plain; DROP USER few@127.0.0.1'
	[[ -z $output && $stderr == *max_user_connections* && $stderr != *lock-wait* ]]
	one_error
}

# as_tenant OPTION…: dbdump as an account without RELOAD, before the liar.
as_tenant() {
	sed -i -e 's/^user=.*/user=tenant/' -e 's/^password=.*/password=tenant/' "$liar_cnf"
	dbdump --defaults-file="$liar_cnf" "$@"
}

@test "a lock that an account may not take is done without, and a position that is lost by it is said (case 61)" {
	sql source "CREATE USER tenant@localhost IDENTIFIED BY 'tenant';
		GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO tenant@localhost"
	# One reader, and a table is always just being dropped.
	liar 'SELECT 1' 'SELECT COUNT(*) FROM information_schema.PROCESSLIST'
	run -75 --separate-stderr as_tenant -j 1 shop
	[[ -z $output && $stderr == *'without pause'* ]]
	kill "$liar_pid"
	# A server that does not tell a snapshot's position.
	liar 'SELECT "5.2.0-MariaDB"' 'SELECT VERSION()'
	run -0 --separate-stderr as_tenant --report="$BATS_TEST_TMPDIR/record" shop
	[[ $stderr == *'warning: the dump states no position'*RELOAD* && $stderr != *error* ]]
	[[ $output == *'Dump completed'* && $output != *'CHANGE MASTER'* ]]
	jq -e '.position == null and .lock == "none"' "$BATS_TEST_TMPDIR/record"
	run -77 --separate-stderr as_tenant --master-data=2 shop
	[[ -z $output && $stderr == *RELOAD* ]]
	one_error
	kill "$liar_pid"
	sql source 'DROP USER tenant@localhost'
}

# --- TLS.

@test "what was never committed is not dumped from a server that is rescued without a word" {
	local level open
	server_start broken
	sql broken 'CREATE DATABASE shop; USE shop; CREATE TABLE t (i INT PRIMARY KEY)
		ENGINE=InnoDB; INSERT INTO t SELECT seq FROM seq_1_to_200'
	(echo 'BEGIN; DELETE FROM shop.t WHERE i < 100; DO SLEEP(100);' |
		sql broken) 3>&- 9>&- &
	open=$!
	wait_until 20 eval 'sql broken "SHOW PROCESSLIST" | grep -q "SLEEP(100)"'
	sql broken 'FLUSH ENGINE LOGS'
	server_kill broken
	wait "$open" || :
	cp -a "$SERVERS/broken/data" "$BATS_TEST_TMPDIR/data"
	for level in 4 5; do
		rm -r "$SERVERS/broken/data"
		cp -a "$BATS_TEST_TMPDIR/data" "$SERVERS/broken/data"
		server_start broken --innodb-force-recovery="$level"
		run -0 --separate-stderr dbdump --defaults-file="$(server_cnf broken)" shop
		server_kill broken
		if [ "$level" = 4 ]; then
			[ -z "$stderr" ]
		else
			[[ $stderr == *'warning: innodb_force_recovery is 5: what was never committed'* ]]
		fi
	done
	server_drop broken
}

@test "TLS that was asked for is used and checked, or the error says what is missing (case 59)" {
	local option tls=$BATS_TEST_TMPDIR/tls
	local dump=(dbdump --defaults-file="$SERVERS/source/tls.cnf")
	account secure 'GRANT ALL ON *.* TO secure@127.0.0.1'
	sql source 'ALTER USER secure@127.0.0.1 REQUIRE SSL'
	mv "$SERVERS/source/secure.cnf" "$SERVERS/source/tls.cnf"
	# This server has none; a dump in the clear is not what was asked for.
	for option in --ssl --tls-version=TLSv1.3 --ssl-verify-server-cert; do
		run -69 --separate-stderr "${dump[@]}" "$option" shop
		[[ -z $output && $stderr == *SSL* ]]
		one_error
	done
	run -69 --separate-stderr dump source --protocol=tcp -h 127.0.0.1 --ssl \
		--skip-ssl-verify-server-cert shop
	[[ -z $output && $stderr == *'TLS was asked for'* ]]
	run -0 dump source --protocol=tcp -h 127.0.0.1 --skip-ssl shop
	run -0 dump source --protocol=tcp -h 127.0.0.1 --skip-ssl-verify-server-cert shop
	certificates "$tls"
	certificates "$tls.other"
	server_stop source
	tls_server source "$tls" --log-bin=binlog
	for option in --ssl-ca --ssl-capath --ssl-cert --ssl-key; do
		run -66 --separate-stderr "${dump[@]}" "$option=$tls/none" shop
		[[ -z $output && $stderr == *"cannot read $option=$tls/none: No such file"* ]]
		one_error
	done
	run -69 --separate-stderr "${dump[@]}" --ssl-ca="$tls.other/ca.pem" shop
	[[ -z $output && $stderr == *certificate*--ssl-ca* ]]
	one_error
	run -69 --separate-stderr "${dump[@]}" --ssl shop
	[[ -z $output && $stderr == *--ssl-ca* ]]
	# The certificate is that of localhost.
	run -69 --separate-stderr "${dump[@]}" --ssl-ca="$tls/ca.pem" shop
	[[ -z $output && $stderr == *'for that host?'*--ssl-ca* ]]
	run -0 --separate-stderr "${dump[@]}" --ssl-ca="$tls/ca.pem" -h localhost \
		--protocol=tcp shop
	[[ $output == *'Dump completed'* ]]
	for option in --ssl --tls-version=TLSv1.2; do
		run -0 --separate-stderr "${dump[@]}" "$option" \
			--skip-ssl-verify-server-cert shop
		[[ $output == *'Dump completed'* ]]
	done
	# Rows come another way then (see packets.h), and are the same.
	diff <(dump source --skip-dump-date shop | sed '/^-- \(Host\|dbpipes-sha\)/d') \
		<("${dump[@]}" --skip-dump-date --ssl --skip-ssl-verify-server-cert \
			shop | sed '/^-- \(Host\|dbpipes-sha\)/d')
	run -77 --separate-stderr "${dump[@]}" shop
	server_stop source
	server_start source --log-bin=binlog
}

# --- Passwords and messages.

@test "a password on the command line is refused, and no process shows one (case 60)" {
	local option
	for option in "-p$SERVER_PASSWORD" "--password=$SERVER_PASSWORD"; do
		run -64 --separate-stderr dbdump --no-defaults "$option" \
			-S "$(server_socket source)" -u root shop
		[[ $stderr == *'option file'* && $stderr != *"$SERVER_PASSWORD"* ]]
	done
	paused_dump large
	[[ $(tr '\0' ' ' <"/proc/$dump_pid/cmdline") == *defaults-file* ]]
	run -1 grep -c "$SERVER_PASSWORD" "/proc/$dump_pid/cmdline"
	dump_rest
}

@test "no password in the dump, the record, an error, or the server's log (case 60)" {
	sql source "SET GLOBAL general_log_file = 'general.log', GLOBAL general_log = 1"
	dump source -v --report="$BATS_TEST_TMPDIR/record" -B shop \
		>"$BATS_TEST_TMPDIR/dump" 2>"$BATS_TEST_TMPDIR/err"
	dump source --log=json nowhere 2>>"$BATS_TEST_TMPDIR/err" || :
	sql source 'SET GLOBAL general_log = 0'
	grep -q 'SHOW CREATE' "$SERVERS/source/data/general.log"
	[ -s "$BATS_TEST_TMPDIR/err" ]
	run -1 grep -rl "$SERVER_PASSWORD" "$BATS_TEST_TMPDIR" \
		"$SERVERS/source/data/general.log"
}

@test "an error is one JSON object with its status under --log=json" {
	run -66 --separate-stderr dump source --log=json nowhere
	[ "$(wc -l <<<"$stderr")" = 1 ]
	jq -e '.tool == "dbdump" and .event == "error" and .code == 66 and
		(.msg | contains("nowhere")) and (.time | endswith("Z"))' <<<"$stderr"
}

@test "names that hold control bytes cannot write to the terminal or make a second line" {
	run -66 --separate-stderr dump source $'no\e[31m\nwhere'
	one_error
	[[ $stderr != *$'\e'* ]]
}
