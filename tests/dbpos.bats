#!/usr/bin/env bats
# dbpos.bats: the coordinates in dumps: found where they are stated, and only
# there, with as little reading as can be.

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin
}

teardown_file() {
	servers_end
}

setup() {
	DATA=$TREE/tests/data/positions
	cd "$BATS_TEST_TMPDIR" || return
}

# bare: a record without what differs from run to run.
bare() { jq -c 'del(.tool, .event, .time, .input)'; }

# expected FILE: what must be printed for it.
expected() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$DATA/expected.tsv"; }

# answer ARGUMENT…: the bare record, or "none" for status 1.
answer() {
	local status=0
	dbpos -q "$@" >answer || status=$?
	case $status in
	0) bare <answer ;;
	1) echo none ;;
	*) return "$status" ;;
	esac
}

# big_dump MEGABYTES: a dump with so much in one statement, in rows of NULs,
# which take no room on the disk, and a GTID at its end.
big_dump() {
	local sql=$DATA/mariadb-dump-master-data-2-gtid.sql
	sed '/^INSERT INTO/,$d' "$sql" >big.sql
	printf "INSERT INTO \`t\` VALUES (1,'" >>big.sql
	truncate -s "+$1M" big.sql
	printf "');\n" >>big.sql
	sed '1,/^INSERT INTO/d; /^([0-9]/d' "$sql" >>big.sql
}

# bytes_read COMMAND…: how much a program reads; the kernel adds what children
# have read to their parent's count.
bytes_read() {
	bash -c 'read -r _ before </proc/$$/io; "$@" >/dev/null
		read -r _ after </proc/$$/io; echo $((after - before))' - "$@"
}

@test "every layout of a backup gives exactly the record expected of it" {
	local file count=0
	while IFS=$'\t' read -r file record; do
		[ "$(answer "$DATA/$file")" = "$record" ] || {
			echo "$file: $(cat answer), not $record"
			return 1
		}
		count=$((count + 1))
	done <"$DATA/expected.tsv"
	[ "$count" -ge 74 ]
	# Each dump, folder and tar is in the table, once.
	diff <(find "$DATA" -mindepth 1 -maxdepth 1 ! -name README ! -name expected.tsv -printf '%f\n' | sort) \
		<(cut -f 1 "$DATA/expected.tsv" | grep -v / | sort)
}

@test "a pipe, zstd and gzip give the same answers as a file" {
	local file record
	while IFS=$'\t' read -r file record; do
		# shellcheck disable=SC2002 # it must be a pipe
		[ "$(cat "$DATA/$file" | answer)" = "$record" ]
		[ "$(zstd -qc "$DATA/$file" | answer -)" = "$record" ]
		gzip -c "$DATA/$file" >packed
		[ "$(answer packed)" = "$record" ]
	done < <(grep -E '^[^[:space:]]*(gtid|none|hostile)[^[:space:]]*\.sql' "$DATA/expected.tsv")
}

@test "a record has its keys in order, and the input by its name" {
	dbpos "$DATA/mariadb-dump-master-data-2.sql" >record
	[ "$(jq -c keys_unsorted record)" = '["tool","event","time","input","format","log_file","log_pos","gtid","upstream","upstreams"]' ]
	[ "$(jq -r .input record)" = "$DATA/mariadb-dump-master-data-2.sql" ]
	[ "$(jq -r .tool,.event record | paste -sd ' ')" = "dbpos position" ]
	[[ $(jq -r .time record) =~ ^20[0-9-]{8}T[0-9:]{8}Z$ ]]
	dbpos <"$DATA/mariadb-dump-master-data-2.sql" >record
	[ "$(jq -r .input record)" = "standard input" ]
}

@test "several files give a record each, in order" {
	run -0 --separate-stderr dbpos "$DATA"/mysqldump-5.5-*.sql
	[ "$(jq -r .input <<<"$output")" = "$(printf '%s\n' "$DATA"/mysqldump-5.5-*.sql)" ]
}

@test "without a position the status is 1, and one line says so" {
	run -1 --separate-stderr dbpos "$DATA/mariadb-dump-none.sql"
	[ -z "$output" ]
	[ "$stderr" = "dbpos: $DATA/mariadb-dump-none.sql states no position" ]
	run -1 --separate-stderr dbpos -q "$DATA/mariadb-dump-none.sql"
	[ -z "$output$stderr" ]
	run -1 --separate-stderr dbpos "$DATA"/mariadb-dump-{none,master-data-1}.sql
	[ "$(jq -r .log_file <<<"$output")" = mysql-bin.000001 ]
}

@test "of a gigabyte in a file, head and end are read, also on standard input" {
	big_dump 1024
	local want
	want=$(expected mariadb-dump-master-data-2-gtid.sql)
	[ "$(answer big.sql)" = "$want" ]
	[ "$(answer <big.sql)" = "$want" ]
	# Valgrind reads much more than dbpos.
	[ "$(bytes_read dbpos big.sql)" -lt $((${DBPIPES_SLOW:+60}4 << 20)) ]
}

@test "a big dump gives the same answer through a pipe and with --full" {
	local want
	want=$(expected mariadb-dump-master-data-2-gtid.sql)
	big_dump 20
	# shellcheck disable=SC2002 # it must be a pipe
	[ "$(cat big.sql | answer)" = "$want" ]
	[ "$(answer --full big.sql)" = "$want" ]
}

@test "--first answers from the head of a pipe that does not end" {
	mkfifo pipe
	{
		head -c 2500 "$DATA/mariadb-dump-master-data-2.sql"
		exec sleep 60
	} >pipe 3>&- &
	run -0 --separate-stderr timeout 20 dbpos --first pipe
	kill $!
	[ "$(jq -r '"\(.log_file) \(.log_pos) \(.gtid)"' <<<"$output")" = "mysql-bin.000001 1398 null" ]
}

@test "a truncated dump is bad data, whatever its head says" {
	local cut
	for cut in 1300 1700 2200; do
		head -c "$cut" "$DATA/mariadb-dump-master-data-1.sql" >cut.sql
		run -65 --separate-stderr dbpos cut.sql
		[ -z "$output" ]
		[[ $stderr == *"cut.sql: ends at byte $cut"* ]]
		[[ $stderr == *truncated* ]]
	done
	big_dump 20
	truncate -s 15M big.sql
	run -65 --separate-stderr dbpos big.sql
	[[ $stderr == *"inside the string"*truncated* ]]
}

@test "a message of the dump tool before a dump does not hide its head" {
	local file
	for file in mariadb-dump-master-data-1 mariadb-dump-master-data-2 \
		mysqldump-8.0-gtid-source-data-2; do
		{
			echo 'mysqldump: [Warning] Using a password on the' \
				'command line interface can be insecure.'
			cat "$DATA/$file.sql"
		} >message.sql
		run -65 --separate-stderr dbpos message.sql
		[ -z "$output" ]
		[[ $stderr == *"at byte 0, before the dump, is no SQL"* ]]
	done
	# A dump that a row holds is none.
	printf "INSERT INTO t VALUES ('a\n-- MySQL dump 10');\n" >row.sql
	run -1 dbpos row.sql
	[[ $output == *"states no position"* ]]
}

@test "empty, binary, cut and missing inputs are told apart" {
	: >empty
	run -65 --separate-stderr dbpos empty
	[[ $stderr == *"no SQL at all"* ]]
	head -c 100000 "$(command -v bash)" >binary
	run -65 --separate-stderr dbpos binary
	[[ $stderr == *"not SQL"* ]]
	zstd -qc "$DATA/mariadb-dump-master-data-1.sql" | head -c 500 >cut.zst
	run -65 --separate-stderr dbpos cut.zst
	[[ $stderr == *"zstd data end in the middle"* ]]
	run -66 --separate-stderr dbpos missing
	run -64 --separate-stderr dbpos --frist
}

@test "two dumps in one file contradict each other" {
	cat "$DATA"/mysqldump-{5.5-master-data-1,8.4-source-data-1}.sql >two.sql
	run -65 --separate-stderr dbpos two.sql
	[[ $stderr == *"not the one stated before"* ]]
}

@test "-f sh is safe for eval with hostile names" {
	local evil="x';touch pwned;\$(touch pwned)\`touch pwned\`'"
	cat >evil.sql <<-SQL
		CHANGE MASTER '${evil//\'/\'\'}' TO MASTER_HOST='${evil//\'/\'\'}',
		MASTER_LOG_FILE='${evil//\'/\'\'}', MASTER_LOG_POS=4;
	SQL
	cp evil.sql "a';touch pwned;'.sql"
	eval "$(dbpos -f sh "a';touch pwned;'.sql")"
	[ ! -e pwned ]
	# shellcheck disable=SC2154 # eval has set them
	[ "$dbpos_upstreams/$dbpos_upstream1_channel" = "1/$evil" ]
	# shellcheck disable=SC2154
	[ "$dbpos_upstream1_host/$dbpos_upstream1_log_file" = "$evil/$evil" ]
	# shellcheck disable=SC2154
	[ "$dbpos_input" = "a';touch pwned;'.sql" ]
}

@test "-f sql asks for --upstream rather than mix up whose position it is" {
	run -1 --separate-stderr dbpos -f sql "$DATA/mariadb-dump-dump-slave-1.sql"
	[ -z "$output" ]
	[[ $stderr == *--upstream* ]]
	run -0 dbpos -f sql --upstream --master-host=h \
		"$DATA/mariadb-dump-dump-slave-1.sql"
	[ "$output" = "CHANGE MASTER TO MASTER_HOST='h', MASTER_LOG_FILE='mysql-bin.000001', MASTER_LOG_POS=1398, MASTER_USE_GTID=no;" ]
	run -1 dbpos -f sql --upstream "$DATA/mysqldump-5.5-master-data-1.sql"
	run -64 dbpos -f sql --upstream --master-host=h \
		"$DATA/mariadb-dump-dump-slave-1-two-channels-host.sql"
}

@test "-f sql refuses names that it cannot write for every sql_mode" {
	local option
	for option in master-host master-user master-ssl-ca channel; do
		run -64 --separate-stderr dbpos -f sql "--$option=a\\b" \
			"$DATA/mysqldump-5.5-master-data-1.sql"
		[[ $stderr == *"--$option: backslashes"* ]]
	done
	run -64 dbpos -f sql --master-host= "$DATA/mysqldump-5.5-master-data-1.sql"
}

@test "-f sql of a real dump makes a real server a replica, by position and by GTID" {
	local option
	sql source "CREATE OR REPLACE DATABASE shop"
	sql source "CREATE TABLE shop.t (a INT PRIMARY KEY)"
	for option in --skip-gtid --gtid; do
		sql target "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL gtid_slave_pos=''; DROP DATABASE IF EXISTS shop"
		mariadb-dump --defaults-file="$(server_cnf source)" --master-data=2 \
			"${option/--skip-gtid/--skip-comments}" --databases shop >shop.sql
		sql target <shop.sql
		sql source "INSERT INTO shop.t SELECT COALESCE(MAX(a), 0) + 1 FROM shop.t"
		dbpos -f sql --master-host=127.0.0.1 --master-user=repl \
			--master-port="$(server_port source)" shop.sql | sql target
		sql target "CHANGE MASTER TO MASTER_PASSWORD='$REPL_PASSWORD'; START SLAVE"
		wait_until 30 same_rows
	done
}

same_rows() {
	[ "$(sql target "SELECT * FROM shop.t")" = "$(sql source "SELECT * FROM shop.t")" ]
}

@test "a reader that leaves ends dbpos as it ends other filters" {
	mkfifo late
	{
		sleep 0.5
		cat "$DATA/mysqldump-5.5-master-data-1.sql"
	} >late 3>&- &
	# shellcheck disable=SC2016
	run -141 bash -c 'dbpos late | true; exit "${PIPESTATUS[0]}"'
}
