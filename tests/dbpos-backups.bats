#!/usr/bin/env bats
# dbpos-backups.bats: the positions in what other tools write, in folders and
# tars; what is damaged; and streams that are passed on.

bats_require_minimum_version 1.5.0
load lib/servers

setup_file() {
	servers_begin -
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

# refused FILE WORDS: as bad data, and without an answer.
refused() {
	run -65 --separate-stderr dbpos "$1"
	[ -z "$output" ]
	# shellcheck disable=SC2154 # run has set it
	[[ $stderr == *$2* ]] || { echo "$1: $stderr" && return 1; }
}

# cuts FILE: copies of it of the same name, each shorter by some bytes: cut/*/NAME.
cuts() {
	local size step n
	size=$(stat -c %s "$1")
	step=$((size / 6 + 1))
	rm -rf cut
	for ((n = 0; n < size; n += step)); do
		mkdir -p "cut/$n"
		head -c "$n" "$1" >"cut/$n/${1##*/}"
	done
}

@test "a folder packed as a tar of any format, plain or compressed, answers as the folder" {
	local folder format want
	for folder in mariadb-backup-10.11-replica mydumper-1.0-source-data mysqlsh-8.0; do
		want=$(dbpos "$DATA/$folder" | bare)
		for format in ustar pax gnu v7; do
			tar --format="$format" -cf a.tar -C "$DATA" "$folder"
			[ "$(dbpos a.tar | bare)" = "$want" ]
			[ "$(dbpos <a.tar | bare)" = "$want" ]
			# shellcheck disable=SC2002 # it must be a pipe
			[ "$(cat a.tar | dbpos | bare)" = "$want" ]
			[ "$(gzip -c a.tar | dbpos - | bare)" = "$want" ]
			zstd -qf a.tar -o a.tar.zst
			[ "$(dbpos a.tar.zst | bare)" = "$want" ]
		done
		tar -cf a.tar -C "$DATA/$folder" .
		[ "$(dbpos a.tar | bare)" = "$want" ]
	done
}

@test "documents may be compressed one by one, and stand behind big members" {
	cp -r "$DATA/mariadb-backup-10.11-replica" backup
	truncate -s 3G backup/ibdata1
	zstd -q --rm backup/xtrabackup_binlog_info
	gzip backup/xtrabackup_slave_info
	[ "$(dbpos backup | bare)" = "$(dbpos "$DATA/mariadb-backup-10.11-replica" | bare)" ]
	# The big member's content is passed over, not read.
	printf 'ibdata1\nxtrabackup_binlog_info.zst\n' >names
	tar -cf - -C backup -T names | head -c 4096 >/dev/null || :
	tar --sparse --format=gnu -cf sparse.tar -C backup ibdata1 xtrabackup_binlog_info.zst
	[ "$(dbpos sparse.tar | jq .log_pos)" = 807 ]
	tar --sparse --format=pax -cf sparse.tar -C backup ibdata1 xtrabackup_binlog_info.zst
	[ "$(dbpos sparse.tar | jq .log_pos)" = 807 ]
}

@test "of a big tar in a file only headers and documents are read" {
	mkdir big && truncate -s 1G big/ibdata1
	cp "$DATA"/mariadb-backup-10.11-source/* big
	# Its data take no room on the disk: a hole in the archive itself.
	tar -cf head.tar -C big --exclude=ibdata1 .
	{
		tar --format=gnu -cf - -C big ibdata1 | head -c 512
	} >big.tar || :
	truncate -s $((512 + (1 << 30))) big.tar
	cat head.tar >>big.tar
	# shellcheck disable=SC2016 # for the inner shell
	run -0 bash -c 'read -r _ before </proc/$$/io; dbpos big.tar >answer
		read -r _ after </proc/$$/io; echo $((after - before))'
	[ "$(jq .log_pos answer)" = 809 ]
	[ "$output" -lt $((${DBPIPES_SLOW:+60}4 << 20)) ]
}

@test "a snapshot's tar answers from its first member, also through a pipe that does not end" {
	local file
	file=$DATA/dbsnap.tar
	mkfifo pipe
	{
		head -c 1536 "$file"
		exec sleep 60
	} >pipe 3>&- &
	run -0 --separate-stderr timeout 20 dbpos pipe
	kill $!
	[ "$(jq -r '"\(.format) \(.log_file) \(.log_pos) \(.gtid)"' <<<"$output")" = "dbsnap mysql-bin.000001 809 0-1-3" ]
	# Of a file the rest must be there, too.
	head -c 1536 "$file" >cut.tar
	refused cut.tar 'ends at byte 1536'
	run -0 dbpos --first cut.tar
	# shellcheck disable=SC2002 # it must be a pipe
	cat cut.tar | {
		run -65 dbpos --full
		[[ $output == *'ends at byte 1536'* ]]
	}
}

@test "what other tools leave unfinished is bad data (case 6)" {
	cp -r "$DATA/mysqlsh-8.0" shell && rm shell/@.done.json
	refused shell '@.done.json'
	cp -r "$DATA/mydumper-0.10.1-source" my
	mv my/metadata my/metadata.partial
	refused my 'not finished'
	sed -i '/Finished/d' my/metadata.partial
	mv my/metadata.partial my/metadata
	refused my/metadata 'before the dump was finished'
	mkdir empty
	refused empty 'holds no file'
	tar -cf empty.tar -C empty .
	refused empty.tar 'holds no file'
}

@test "a dump that MySQL Shell calls inconsistent has no position (case 6)" {
	run -1 dbpos "$DATA/mysqlsh-8.0-inconsistent"
	sed 's/"consistent": false/"consistent": true/' "$DATA/mysqlsh-8.0-inconsistent/@.json" >shell.json
	run -0 dbpos shell.json
	[ "$(jq -c '[.log_pos, .gtid]' <<<"$output")" = '[196,null]' ]
}

@test "every document cut anywhere is bad data, with what it is cut in" {
	local document cut
	for document in "$DATA"/{mydumper-*,mysqlsh-8.0}/{metadata,@.json} \
		"$DATA"/*backup-*/*_binlog_info "$DATA"/dbsnap/*.json; do
		[ -e "$document" ] || continue
		cuts "$document"
		for cut in cut/*/*; do
			refused "$cut" "$cut: "
		done
	done
}

@test "a snapshot's GTID that is none is bad data" {
	run -0 dbpos "$DATA/dbsnap/dbpipes-snapshot.json"
	sed 's/"gtid":"0-/"gtid":"0-CREATE TABLE t (a INT);/' \
		"$DATA/dbsnap/dbpipes-snapshot.json" >dbpipes-snapshot.json
	run ! cmp -s "$DATA/dbsnap/dbpipes-snapshot.json" dbpipes-snapshot.json
	refused dbpipes-snapshot.json 'dbpipes-snapshot.json'
}

@test "a slave_info that is cut, or is none, is bad data" {
	local cut
	cuts "$DATA/mariadb-backup-10.11-replica/xtrabackup_slave_info"
	for cut in cut/*/*; do
		refused "$cut" "$cut: "
	done
	mkdir one
	echo 'SELECT 1;' >one/xtrabackup_slave_info
	refused one/xtrabackup_slave_info 'no CHANGE MASTER'
}

@test "a tar that is cut or damaged anywhere gives no answer" {
	local cut file
	for file in "$DATA"/{mariadb-backup-10.11-replica,mydumper-0.10.1-two-channels,mysqlsh-8.0}.tar; do
		cuts "$file"
		for cut in cut/*/*; do
			refused "$cut" "$cut: "
		done
	done
	# A byte of the second header.
	cp "$DATA/mariadb-backup-10.11-replica.tar" bad.tar
	printf X | dd of=bad.tar bs=1 seek=$((512 + 10)) conv=notrunc status=none
	refused bad.tar 'damaged tar at byte'
	# A record of an extended header without its sign.
	tar --format=posix --transform="s,^,$(printf '%0200d/' 0)," -cf bad.tar \
		-C "$DATA/mariadb-backup-10.11-source" xtrabackup_binlog_info
	sed -i 's/ path=/ path:/' bad.tar
	refused bad.tar 'an extended header is none'
}

@test "two backups in one place contradict each other" {
	mkdir two
	cp "$DATA/mariadb-backup-10.11-source/xtrabackup_binlog_info" two
	cp "$DATA/mydumper-0.10.1-replica/metadata" two
	run -65 dbpos two
	[[ $output == *contradicts* || $output == *'not the one stated elsewhere'* ]]
	tar -cf two.tar -C "$DATA" mydumper-0.10.1-{source,replica}
	refused two.tar 'another backup'
}

@test "binlog_info that is no such line is bad data, whoever says so" {
	local line
	for line in 'mysql-bin.000001\t' 'mysql-bin.000001\t0\n' 'b.1\t99999999999999999999\n' \
		'b.1\t4\tno GTID!\n' 'b.1\t4\t0-1-2'; do
		mkdir -p one
		printf '%b' "$line" >one/xtrabackup_binlog_info
		refused one ''
	done
}

@test "upstream and own positions of other tools stand under keys of their own (case 9)" {
	run -0 dbpos "$DATA/mydumper-0.10.1-replica"
	[ "$(jq -r '"\(.log_file) \(.upstream.log_file)"' <<<"$output")" = 'own-bin.000001 mysql-bin.000001' ]
	run -0 dbpos -f sql --upstream --master-host=h "$DATA/mariadb-backup-10.11-replica"
	[ "$output" = "CHANGE MASTER TO MASTER_HOST='h', MASTER_LOG_FILE='mysql-bin.000001', MASTER_LOG_POS=809, MASTER_USE_GTID=no;" ]
	run -0 dbpos -f sql --upstream "$DATA/mariadb-backup-10.11-two-channels"
	[ "$(grep -c "CHANGE MASTER '[ns][ou]r\?[dt]\?d\?' TO MASTER_USE_GTID=slave_pos;" <<<"$output")" = 2 ]
	eval "$(dbpos -f sh "$DATA/mydumper-0.10.1-two-channels")"
	# shellcheck disable=SC2154 # eval has set them
	[ "$dbpos_upstreams/$dbpos_upstream2_channel/$dbpos_upstream2_log_pos/$dbpos_log_pos" = 2/sud/795/326 ]
}

@test "the sandbox line may stand before or behind other comments, or be missing (case 58)" {
	local dump=$DATA/mariadb-dump-master-data-1.sql want
	want=$(dbpos "$dump" | bare)
	grep -v 'M!999999' "$dump" >without.sql
	[ "$(dbpos without.sql | bare)" = "$want" ]
	{
		printf '%s\n' '-- a note' '/*M!999999\- enable the sandbox mode */'
		cat without.sql
	} >behind.sql
	[ "$(dbpos behind.sql | bare)" = "$want" ]
	sed '1i /*!999999\\- enable the sandbox mode */' without.sql >old.sql
	[ "$(dbpos old.sql | bare)" = "$want" ]
}

@test "statements are in the words of the server that reads them; no password is among them (case 54)" {
	local mysql=$DATA/mysqldump-8.0-gtid-source-data-2.sql
	run -0 dbpos -f sql --flavor=mysql --master-host=db1 --master-ssl --channel=east "$mysql"
	[ "$output" = "CHANGE REPLICATION SOURCE TO SOURCE_HOST='db1', SOURCE_SSL=1, SOURCE_SSL_VERIFY_SERVER_CERT=1, SOURCE_LOG_FILE='binlog.000009', SOURCE_LOG_POS=196, SOURCE_AUTO_POSITION=0 FOR CHANNEL 'east';" ]
	run -0 dbpos -f sql --flavor=mysql-5.7 "$mysql"
	[ "$output" = "CHANGE MASTER TO MASTER_LOG_FILE='binlog.000009', MASTER_LOG_POS=196, MASTER_AUTO_POSITION=0;" ]
	run -0 dbpos -f sql --flavor=mysql "$DATA/mysqldump-5.7-gtid.sql"
	[ "${lines[0]}" = "SET @@GLOBAL.gtid_purged=CONCAT('+', GTID_SUBTRACT('3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:11-18,2174b383-5441-11e8-b90a-c80aa9429562:1-3', @@GLOBAL.gtid_executed));" ]
	[ "${lines[1]}" = "CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION=1;" ]
	run -65 dbpos -f sql "$DATA/mysqldump-5.7-gtid.sql"
	[[ $output == *--flavor=mysql* ]]
	cat >secret.sql <<-'SQL'
		CHANGE MASTER TO MASTER_HOST='h', MASTER_USER='repl',
		MASTER_PASSWORD='Geheim-1', MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4;
	SQL
	for format in json sh 'sql --upstream'; do
		# shellcheck disable=SC2086 # two words
		run -0 dbpos -f $format secret.sql
		[[ $output == *b.1* && $output != *Geheim* ]]
	done
}

@test "dumps behind each other must all state the same position" {
	local dump=$DATA/mysqldump-5.5-master-data-1.sql
	cat "$dump" "$dump" >same.sql
	[ "$(dbpos same.sql | bare)" = "$(dbpos "$dump" | bare)" ]
	cat "$dump" "$DATA/mariadb-dump-none.sql" >two.sql
	refused two.sql 'holds 2 dumps, the last one from byte '"$(stat -c %s "$dump" | cut -c 1)"
	cat "$DATA/mariadb-dump-none.sql" "$dump" >two.sql
	refused two.sql 'holds 2 dumps'
	cat "$DATA/mariadb-dump-none.sql" "$DATA/mariadb-dump-none.sql" >two.sql
	run -1 dbpos two.sql
	sed 's/mysql-bin/other-bin/' "$DATA/mariadb-dump-master-data-2.sql" |
		cat "$DATA/mariadb-dump-master-data-2.sql" - >two.sql
	refused two.sql 'not the one stated before'
}

@test "--pass hands on every byte, whatever it is, and reports aside" {
	local file
	head -c 3000000 /dev/urandom >random
	: >nothing
	zstd -q "$DATA/mariadb-dump-master-data-1.sql" -o packed.zst
	head -c 200 packed.zst >cut.zst
	for file in "$DATA"/mariadb-dump-{hostile,none,master-data-1}.sql \
		"$DATA"/*.tar "$DATA/mydumper-0.10.1-source/metadata" packed.zst cut.zst random nothing; do
		dbpos -q --pass --report=report <"$file" >out || :
		cmp "$file" out
		# shellcheck disable=SC2002 # it must be a pipe
		cat "$file" | dbpos -q --pass --report=report | cat >out || :
		cmp "$file" out
		# shellcheck disable=SC2002
		cat "$file" | dbpos -q --first --pass --report=report >out || :
		cmp "$file" out
	done
}

@test "--pass answers to a file or a descriptor, and its status tells" {
	local dump=$DATA/mariadb-dump-master-data-1.sql
	run -0 bash -o pipefail -c "cat '$dump' | dbpos --pass --report=report | cmp - '$dump'"
	[ "$(bare <report)" = "$(dbpos "$dump" | bare)" ]
	[ "$(jq -r .input report)" = 'standard input' ]
	[ "$(stat -c %a report)" = 600 ]
	dbpos --pass --report=7 -f sh <"$dump" 7>answer >/dev/null
	eval "$(cat answer)"
	# shellcheck disable=SC2154
	[ "$dbpos_log_file" = mysql-bin.000001 ]
	run -1 dbpos -q --pass --report=report <"$DATA/mariadb-dump-none.sql"
	[ "$output" = "$(cat "$DATA/mariadb-dump-none.sql")" ]
	head -c 1500 "$dump" >cut.sql
	run -65 --separate-stderr dbpos --pass --report=report <cut.sql
	[ "$output" = "$(cat cut.sql)" ]
	[ "$(wc -l <report)" = 1 ]
	run -64 dbpos --pass <"$dump"
	run -64 dbpos --report=report "$dump"
	run -64 dbpos --pass --report=report "$dump"
	# shellcheck disable=SC2016
	run -141 bash -c 'yes "SELECT 1;" | dbpos -q --pass --report=report | true
		exit "${PIPESTATUS[1]}"'
}

@test "hostile names in folders and tars mean nothing to a shell or a terminal" {
	local evil="x';touch pwned;\$(touch pwned)\`touch pwned\`"
	mkdir "$evil"
	printf '%s\t4\n' "${evil// /_}" >"$evil/xtrabackup_binlog_info"
	eval "$(dbpos -f sh "$evil")"
	[ ! -e pwned ]
	# shellcheck disable=SC2154
	[ "$dbpos_input/$dbpos_log_file" = "$evil/${evil// /_}" ]
	printf 'b\e[31m\t4\n' >"$evil/xtrabackup_binlog_info"
	run -65 dbpos "$evil"
	tar -cf evil.tar --transform=$'s,^.*info$,\e[31m/xtrabackup_binlog_info,' -C "$evil" xtrabackup_binlog_info
	run -65 dbpos evil.tar
	[[ $output != *$'\e'* ]]
}

@test "real backups of mydumper and mariadb-backup state what the server stated" {
	local want
	command -v mydumper mariadb-backup >/dev/null || skip "mydumper or mariadb-backup is missing"
	server_start source --log-bin=mysql-bin
	sql source "CREATE DATABASE shop; CREATE TABLE shop.t (a INT PRIMARY KEY); INSERT INTO shop.t VALUES (1)"
	want=$(dbpos --defaults-file="$(server_cnf source)" --live | jq -c '[.log_file, .log_pos, .gtid]')
	printf '[mydumper]\nhost=127.0.0.1\nport=%s\nuser=root\npassword=%s\n' \
		"$(server_port source)" "$SERVER_PASSWORD" >my.cnf
	printf '[client]\nsocket=%s\nuser=root\npassword=%s\n' \
		"$(server_socket source)" "$SERVER_PASSWORD" >backup.cnf
	chmod 600 my.cnf backup.cnf
	mydumper --defaults-file=my.cnf -B shop -o my
	[ "$(dbpos my | jq -c '[.log_file, .log_pos, .gtid]')" = "$want" ]
	mariadb-backup --defaults-file=backup.cnf --backup --target-dir=backup \
		--datadir="$SERVERS/source/data" >backup.log 2>&1
	[ "$(dbpos backup | jq -c '[.log_file, .log_pos, .gtid]')" = "$want" ]
	[ "$(tar -cf - backup | dbpos | jq -c '[.log_file, .log_pos, .gtid]')" = "$want" ]
}
