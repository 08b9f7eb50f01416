#!/usr/bin/env bats
# dbpipes-backup-replica.bats: --stop-replica on a real replica: what is stopped is
# started again, in every way that a run can end, and nothing else is.
# passes: plain

# shellcheck disable=SC2016,SC2154 # commands for other shells; run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.item (id INT PRIMARY KEY);
		INSERT INTO shop.item SELECT seq FROM shop.seq_1_to_100;
		CREATE TABLE shop.noise (a INT PRIMARY KEY, b BLOB);
		INSERT INTO shop.noise SELECT seq, RANDOM_BYTES(1024) FROM shop.seq_1_to_8000'
	dbdump --defaults-file="$(server_cnf source)" --all-databases --master-data |
		dbseed --defaults-file="$(replica_cnf target source)" --replicate --wait
}

teardown_file() { servers_end; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir backups
	sql target 'START SLAVE'
	wait_until 20 sql_thread Yes
}

# sql_thread Yes|No [CONNECTION]: whether it runs.
sql_thread() {
	[ "$(mariadb --defaults-file="$(server_cnf target)" -e "SHOW SLAVE ${2:-} STATUS\G" |
		sed -n 's/ *Slave_SQL_Running: //p')" = "$1" ]
}
export -f sql_thread

backup() {
	dbpipes-backup --defaults-file="$(server_cnf target)" --quiet --stop-replica \
		--verify=quick --retries=0 "$@" backups </dev/null
}

# begin [CNF]: one that stands in the middle of its backup, of which a pipe holds only
# a part; its pid is $run.
begin() {
	dbpipes-backup --defaults-file="${1:-$(server_cnf target)}" --quiet --stop-replica \
		--filter='touch begun; while [ ! -e go ]; do sleep 0.1; done; cat' \
		backups 3>&- &
	run=$!
	wait_until 20 test -e backups/begun
	sql_thread No
}

@test "the SQL thread stands still for the backup, which states how far it came, and runs again" {
	position=$(sql source 'SHOW MASTER STATUS' | cut -f 2)
	begin
	sql source 'INSERT INTO shop.item VALUES (1001)'
	touch backups/go
	wait "$run"
	wait_until 20 sql_thread Yes
	wait_until 20 bash -c '[ "$(sql target "SELECT MAX(id) FROM shop.item")" = 1001 ]'
	run -0 dbpos backups/*.sql.zst.enc
	jq -e --argjson position "$position" '.upstream.log_pos == $position' <<<"$output"
}

@test "a thread that did not run is not started" {
	sql target 'STOP SLAVE SQL_THREAD'
	run -0 backup
	sql_thread No
}

@test "it runs again after a failure, SIGTERM and kill -9" {
	run -66 backup --databases=nowhere
	sql_thread Yes
	begin
	kill -TERM "$run"
	wait "$run" || [ $? = 143 ]
	sql_thread Yes
	rm backups/begun
	begin
	kill -9 "$run"
	wait "$run" || [ $? = 137 ]
	wait_until 20 sql_thread Yes
	wait_until 20 flock -n backups/.dbpipes.lock true
	[ -z "$(find backups -name '*.enc')" ]
}

@test "a connection that cannot be started again keeps no other from it" {
	local name again
	for name in aaa bbb; do
		again="CHANGE MASTER '$name' TO master_host='127.0.0.1', master_user='repl',
			master_log_file='binlog.000001', master_log_pos=4"
		sql target "$again; START SLAVE '$name' SQL_THREAD"
	done
	begin
	sql_thread No "'bbb'"
	sql target "RESET SLAVE 'aaa' ALL"
	touch backups/go
	wait_until 20 sql_thread Yes "'bbb'"
	wait_until 20 sql_thread Yes
	# It is tried again for a while.
	sql target "${again//bbb/aaa}"
	wait "$run"
	sql_thread Yes "'aaa'"
	for name in aaa bbb; do sql target "STOP SLAVE '$name'; RESET SLAVE '$name' ALL"; done
}

@test "the replica that stands still is the server that is backed up" {
	# The stock client reads [client] and [mysql], of which one names another server.
	(umask 077 && cat "$(server_cnf source)" - >cnf) <<-CNF
		[mysql]
		host=127.0.0.1
		[dbdump]
		socket=$(server_socket target)
	CNF
	begin "$PWD/cnf"
	touch backups/go
	wait "$run"
	wait_until 20 sql_thread Yes
	run -0 dbpos backups/*.sql.zst.enc
	jq -e '.upstream.log_pos > 0' <<<"$output"
	run -64 --separate-stderr dbpipes-backup --defaults-file="$PWD/cnf" --stop-replica \
		backups -- --host=127.0.0.1 --port="$(server_port target)"
	[[ $stderr == *'--host is for the backup alone'* ]]
}

@test "a server that is no replica is told so, and nothing is stopped" {
	run -69 --separate-stderr dbpipes-backup --defaults-file="$(server_cnf source)" \
		--quiet --stop-replica --verify=none backups
	[[ $stderr == *replica* ]]
}

@test "connections have any name, also where no locale is set, as by cron" {
	sql target "CHANGE MASTER '日本' TO master_host='127.0.0.1', master_user='repl',
		master_log_file='binlog.000001', master_log_pos=4; START SLAVE '日本' SQL_THREAD"
	export LC_ALL=C
	run -0 --separate-stderr backup
	export LC_ALL=C.UTF-8
	[ -z "$stderr" ]
	sql_thread Yes "'日本'"
	sql target "STOP SLAVE '日本'; RESET SLAVE '日本' ALL"
}

@test "a replica that hangs is told, and nothing waits for it" {
	kill -STOP "$(server_pid target)"
	run --separate-stderr timeout 60 dbpipes-backup --defaults-file="$(server_cnf target)" \
		--quiet --stop-replica --verify=none backups
	kill -CONT "$(server_pid target)"
	[ "$status" = 69 ]
	[[ $stderr == *'does not say whether it is a replica'* ]]
}

@test "killed in a unit of systemd, it leaves the time to start the SQL thread again" {
	begin
	mapfile -t left < <(pgrep -P "$run")
	[ ${#left[@]} -gt 2 ]
	kill -9 "$run"
	# As control-group does it: SIGTERM to what is left, SIGKILL in two minutes.
	kill -TERM "${left[@]}" 2>/dev/null || :
	wait "$run" || [ $? = 137 ]
	wait_until 20 sql_thread Yes
	[ "$(sed -n 's/^KillMode=//p' "$TREE/share/examples/dbpipes-backup.service")" = control-group ]
}
