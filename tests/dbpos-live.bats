#!/usr/bin/env bats
# dbpos-live.bats: where servers are, how far they have gone since a backup, and
# the statements that make them replicas.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/tls

setup_file() {
	servers_begin -
	certificates "$SERVERS/tls"
	tls_server source "$SERVERS/tls" --log-bin=mysql-bin --server-id=1
	server_start sud --log-bin=sud-bin --server-id=55 --gtid-domain-id=5
	server_start target --log-bin=own-bin --server-id=2
	sql source "CREATE DATABASE shop; CREATE TABLE shop.t (a INT PRIMARY KEY) ENGINE=InnoDB"
	sql sud "CREATE DATABASE sud; CREATE TABLE sud.t (a INT PRIMARY KEY) ENGINE=InnoDB"
}

teardown_file() {
	servers_end
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	sql target "STOP ALL SLAVES"
	for channel in '' nord sud; do
		sql target "RESET SLAVE '$channel' ALL" 2>/dev/null || :
	done
	sql target "SET GLOBAL slave_parallel_threads = 0; SET GLOBAL gtid_slave_pos = '';
		DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS sud"
}

# at NAME ARGUMENT…: dbpos against this server.
at() { dbpos --defaults-file="$(server_cnf "$1")" "${@:2}"; }

# follow CHANNEL SOURCE MORE: the target becomes a replica.
follow() {
	sql target "CHANGE MASTER '$1' TO MASTER_HOST='127.0.0.1',
		MASTER_PORT=$(server_port "$2"), MASTER_USER='repl',
		MASTER_PASSWORD='$REPL_PASSWORD', $3; START SLAVE '$1'"
}

has_rows() { [ "$(sql target "SELECT COUNT(*) FROM $1" 2>/dev/null)" = "$2" ]; }

add_row() { sql "$1" "INSERT INTO $2 SELECT COALESCE(MAX(a), 0) + 1 FROM $2"; }

# status NAME: file and position as the stock client shows them.
status() { sql "$1" 'SHOW MASTER STATUS' | cut -f 1,2; }

@test "--live is what the server itself says, and its GTID belongs to its position (cases 5, 7)" {
	local file pos writer
	(
		for ((i = 0; i < 300; i++)); do
			echo "INSERT INTO shop.t VALUES ($((i + 1000)));"
		done | sql source
	) 3>&- &
	writer=$!
	for _ in 1 2 3 4 5; do
		run -0 at source --live
		file=$(jq -r .log_file <<<"$output")
		pos=$(jq -r .log_pos <<<"$output")
		[ "$(jq -r .gtid <<<"$output")" = "$(sql source "SELECT BINLOG_GTID_POS('$file', $pos)")" ]
	done
	wait "$writer"
	run -0 at source --live
	[ "$(jq -r '"\(.log_file)\t\(.log_pos)"' <<<"$output")" = "$(status source)" ]
	[ "$(jq -c '[.format, .input, .upstream, .upstreams]' <<<"$output")" = '["live","localhost",null,[]]' ]
}

@test "--live names each upstream by its channel, and tells own from executed (cases 7, 9)" {
	follow nord source MASTER_USE_GTID=slave_pos
	follow sud sud MASTER_USE_GTID=no
	add_row sud sud.t
	wait_until 30 has_rows sud.t 1
	wait_until 30 has_rows shop.t "$(sql source 'SELECT COUNT(*) FROM shop.t')"
	run -0 at target --live
	[ "$(jq -c '[.upstreams[].channel]' <<<"$output")" = '["nord","sud"]' ]
	[ "$(jq -r '.upstreams[0] | "\(.log_file)\t\(.log_pos)"' <<<"$output")" = "$(status source)" ]
	[ "$(jq -r '.upstreams[1] | "\(.log_file)\t\(.log_pos)"' <<<"$output")" = "$(status sud)" ]
	[ "$(jq -r '.upstreams[1].port' <<<"$output")" = "$(server_port sud)" ]
	# Its own log has not what it has only executed.
	[ "$(jq -r .gtid <<<"$output")" = "$(sql target "SELECT NULLIF(@@gtid_binlog_pos, '')" | sed s/NULL/null/)" ]
	[ "$(jq -r '.upstreams[0].gtid' <<<"$output")" = "$(sql target 'SELECT @@gtid_slave_pos')" ]
	[[ $output != *"$REPL_PASSWORD"* && $output != *'"repl"'* ]]
	run -0 at target --live -f sql --upstream --channel=sud
	[[ $output == "CHANGE MASTER 'sud' TO "*"MASTER_LOG_FILE='sud-bin.000001'"* ]]
	run -0 at target --live -f sql --upstream --channel=nord
	[[ ${lines[1]} == "CHANGE MASTER 'nord' TO "*MASTER_USE_GTID=slave_pos\; ]]
	run -1 at target --live -f sql --upstream --channel=ost
	[[ $output == *"no position of a connection 'ost'"* ]]
	run -64 at target --live -f sql --upstream --master-host=h
	[[ $output == *'2 upstreams'*--channel* ]]
}

@test "a position that has gaps is refused until the SQL thread stands still (case 8)" {
	follow nord source MASTER_USE_GTID=slave_pos
	follow sud sud MASTER_USE_GTID=slave_pos
	add_row sud sud.t
	add_row source shop.t
	wait_until 30 has_rows sud.t "$(sql sud 'SELECT COUNT(*) FROM sud.t')"
	wait_until 30 has_rows shop.t "$(sql source 'SELECT COUNT(*) FROM shop.t')"
	sql target "STOP ALL SLAVES; SET GLOBAL slave_parallel_threads = 4;
		CHANGE MASTER 'sud' TO MASTER_USE_GTID=no; START ALL SLAVES"
	run -69 at target --live
	[[ $output == *'out of order'*'SQL thread'* ]]
	sql target "STOP SLAVE 'sud' SQL_THREAD"
	run -0 at target --live
	[ "$(jq -r '.upstreams[1] | "\(.log_file)\t\(.log_pos)"' <<<"$output")" = "$(status sud)" ]
}

@test "a replica whose SQL thread has failed has no position (case 53)" {
	follow '' sud MASTER_USE_GTID=slave_pos
	wait_until 30 has_rows sud.t "$(sql sud 'SELECT COUNT(*) FROM sud.t')"
	sql target 'DROP TABLE sud.t'
	add_row sud sud.t
	wait_until 30 fails_at_target
	run -69 at target --live
	[[ $output == *"has failed here"*"sud.t"* ]]
}

fails_at_target() { sql target 'SHOW SLAVE STATUS' -E | grep -q "sud.t"; }

@test "a server without a binary log that is no replica states no position (case 6)" {
	server_start plain
	run -1 --separate-stderr at plain --live
	[ -z "$output" ]
	# shellcheck disable=SC2154 # run has set it
	[ "$stderr" = 'dbpos: localhost states no position' ]
	run -69 at plain --lag "$TREE/tests/data/positions/mariadb-dump-master-data-1.sql"
	[[ $output == *'keeps no binary log'* ]]
	server_drop plain
}

@test "who may not see positions is told which privileges it takes" {
	sql source "CREATE OR REPLACE USER nobody@localhost IDENTIFIED BY 'x'"
	printf '[client]\nsocket=%s\nuser=nobody\npassword=x\n' "$(server_socket source)" >nobody.cnf
	chmod 600 nobody.cnf
	run -77 dbpos --defaults-file=nobody.cnf --live
	[[ $output == *MONITOR* ]]
	sql source "GRANT REPLICA MONITOR ON *.* TO nobody@localhost"
	run -77 dbpos --defaults-file=nobody.cnf --live
	[[ $output == *'BINLOG MONITOR'* ]]
	sql source "GRANT BINLOG MONITOR ON *.* TO nobody@localhost"
	run -0 dbpos --defaults-file=nobody.cnf --live
	dbdump --defaults-file="$(server_cnf source)" shop >shop.sql
	run -0 dbpos --defaults-file=nobody.cnf --lag shop.sql
}

# checkpointed: the server has written, a moment after it began its present
# binary log, that it needs no older one: only then these can be purged.
checkpointed() {
	local log
	log=$(status source | cut -f 1)
	sql source "SHOW BINLOG EVENTS IN '$log'" |
		grep -q "Binlog_checkpoint.*$log$"
}

@test "--lag counts bytes over several logs and transactions of each domain" {
	local bytes
	mariadb-dump --defaults-file="$(server_cnf source)" --master-data=2 --gtid \
		--single-transaction shop >shop.sql
	run -0 at source --lag shop.sql
	[ "$(jq -c '[.bytes, .transactions, .available]' <<<"$output")" = '[0,"0",true]' ]
	add_row source shop.t
	sql source "FLUSH BINARY LOGS"
	for _ in 1 2 3; do add_row source shop.t; done
	sql source "SET gtid_domain_id = 9; INSERT INTO shop.t VALUES (-1); FLUSH BINARY LOGS"
	wait_until 20 checkpointed
	# The bytes of all logs but what the dump has of its own.
	bytes=$(sql source 'SHOW BINARY LOGS' | awk -v from="$(dbpos shop.sql | jq -r .log_file)" \
		'$1 == from { on = 1 } on { n += $2 } END { print n }')
	run -0 at source --lag shop.sql
	[ "$(jq .bytes <<<"$output")" -eq $((bytes - $(dbpos shop.sql | jq .log_pos))) ]
	[ "$(jq -c '[.transactions, (.domains | sort_by(.domain) | map({(.domain | tostring): .transactions}) | add)]' \
		<<<"$output")" = '["5",{"0":"4","9":"1"}]' ]
	[ "$(jq -r '.server | "\(.log_file)\t\(.log_pos)"' <<<"$output")" = "$(status source)" ]
	[ "$(jq -c .position <<<"$output")" = "$(dbpos shop.sql | jq -c '{log_file, log_pos, gtid}')" ]
	eval "$(at source --lag -f sh shop.sql)"
	# shellcheck disable=SC2154 # eval has set them
	[ "$dbpos_lag_bytes/$dbpos_lag_transactions/$dbpos_lag_available" = "$(jq -r .bytes <<<"$output")/5/yes" ]
	run -64 at source --lag -f sql shop.sql
	run -64 at source --lag --live
}

@test "--lag says no when the server cannot go on from the backup" {
	mariadb-dump --defaults-file="$(server_cnf source)" --master-data=2 shop >shop.sql
	sql source "FLUSH BINARY LOGS; FLUSH BINARY LOGS"
	wait_until 20 checkpointed
	sql source "PURGE BINARY LOGS TO '$(status source | cut -f 1)'"
	run -1 --separate-stderr at source --lag shop.sql
	[ "$(jq -c '[.bytes, .available]' <<<"$output")" = '[null,false]' ]
	[[ $stderr == *purged* ]]
	# A position that the server has not come to yet is another server's.
	sed -i 's/MASTER_LOG_POS=[0-9]*/MASTER_LOG_POS=99999999/' shop.sql
	sed -i "s/MASTER_LOG_FILE='[^']*'/MASTER_LOG_FILE='$(status source | cut -f 1)'/" shop.sql
	run -1 --separate-stderr at source --lag shop.sql
	[ "$(jq .available <<<"$output")" = false ]
	[[ $stderr == *'another server'* ]]
}

@test "--lag of an upstream asks for --upstream, and for the channel of several" {
	local dump=$TREE/tests/data/positions/mariadb-dump-dump-slave-1-two-channels-host.sql
	run -1 at source --lag "$dump"
	[[ $output == *--upstream* ]]
	run -64 at source --lag --upstream "$dump"
	run -1 --separate-stderr at source --lag --upstream --channel=nord "$dump"
	[ "$(jq -r .position.log_pos <<<"$output")" = 1398 ]
}

@test "--lag of an upstream leaves the GTID domains of the other ones aside" {
	local file pos gtid
	read -r file pos < <(status source)
	gtid=$(sql source "SELECT BINLOG_GTID_POS('$file', $pos)")
	cat >two.sql <<-SQL
		CHANGE MASTER 'nord' TO MASTER_LOG_FILE='$file', MASTER_LOG_POS=$pos;
		CHANGE MASTER 'sued' TO MASTER_LOG_FILE='sued.000007', MASTER_LOG_POS=1398;
		SET GLOBAL gtid_slave_pos='$gtid,4711-1-5';
	SQL
	add_row source shop.t
	run -0 at source --lag --upstream --channel=nord two.sql
	[ "$(jq -c '[.transactions, .available]' <<<"$output")" = '["1",true]' ]
	run -1 at source --lag --upstream --channel=sued two.sql
	# Of one upstream alone, they are its own.
	sed -i /sued/d two.sql
	run -1 --separate-stderr at source --lag --upstream two.sql
	[[ $stderr == *'another server'* ]]
}

@test "-f sql makes a replica over TLS, by a named connection, by position and by GTID (case 54)" {
	local option
	sql source "CREATE OR REPLACE USER tls@'127.0.0.1' IDENTIFIED BY 'tls-Secret-1' REQUIRE SSL;
		GRANT REPLICATION SLAVE ON *.* TO tls@'127.0.0.1'"
	for option in --skip-gtid --gtid; do
		sql target "STOP ALL SLAVES; RESET SLAVE 'nord' ALL" 2>/dev/null || :
		sql target "SET GLOBAL gtid_slave_pos=''; DROP DATABASE IF EXISTS shop"
		mariadb-dump --defaults-file="$(server_cnf source)" --master-data=2 \
			"$option" --databases shop >shop.sql
		sql target <shop.sql
		add_row source shop.t
		dbpos -f sql --channel=nord --master-host=127.0.0.1 --master-user=tls \
			--master-port="$(server_port source)" --master-ssl-ca="$SERVERS/tls/ca.pem" \
			--skip-master-ssl-verify-server-cert shop.sql >change.sql
		sql target <change.sql
		[[ $(tail -n 1 change.sql) == "CHANGE MASTER 'nord' TO MASTER_HOST='127.0.0.1', MASTER_PORT="*"MASTER_SSL=1, MASTER_SSL_CA="* ]]
		sql target "CHANGE MASTER 'nord' TO MASTER_PASSWORD='tls-Secret-1'; START SLAVE 'nord'"
		wait_until 30 has_rows shop.t "$(sql source 'SELECT COUNT(*) FROM shop.t')"
		mariadb --defaults-file="$(server_cnf target)" -E -e "SHOW SLAVE 'nord' STATUS" |
			grep -q 'Master_SSL_Allowed: Yes'
		run -0 at target --live
		[ "$(jq -r '.upstreams[0].channel' <<<"$output")" = nord ]
	done
}

@test "a server that is not there, and options that exclude each other" {
	run -69 dbpos --no-defaults --live --socket="$PWD/none"
	run -64 dbpos --no-defaults --live file
	run -64 dbpos --no-defaults --lag --pass --report=r
	[ ! -e r ]
}
