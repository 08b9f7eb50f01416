#!/usr/bin/env bats
# dbsnap.bats: snapshots of a server on XFS, by reflink, and on btrfs, both on
# loop devices, and clones; tar, a second server and its binary log are the
# judges. What goes wrong is in dbsnap-fails.bats.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers
load lib/shop
load lib/snap
load lib/traced

setup_file() {
	export SNAP_SKIP=''
	# Not in a shell of its own, for it sets what the tests need.
	snap_begin xfs source >"$BATS_FILE_TMPDIR/reason" || {
		SNAP_SKIP=$(cat "$BATS_FILE_TMPDIR/reason")
		return 0
	}
	shop_make source 500
}

teardown_file() {
	[ -n "$SNAP_SKIP" ] || snap_end
}

setup() {
	[ -z "$SNAP_SKIP" ] || skip "$SNAP_SKIP"
	shop_writers=()
}

# under_writes TAR OPTION…: with 4 writers, also on an Aria table.
under_writes() {
	sql source 'UPDATE shop.control SET aria = TRUE'
	shop_writers_start source 4
	sleep 1
	snap source "${@:2}" >"$1"
	shop_writers_stop source
}

# proves TAR: a server starts on it, all tables are sound, no money is missing,
# and what the source has logged since then makes it what the source is.
proves() {
	snap_server copy "$1"
	snap_check copy
	[ "$(sql copy 'SELECT shop.money()')" = 1000000 ]
	snap_replay source copy "$1"
	snap_same source copy shop
	server_drop copy
}

# nothing_left: of a snapshot.
nothing_left() {
	[ -z "$(find "$SERVERS/state" -mindepth 1)" ]
	[ -z "$(find "$SERVERS/source/.dbsnap" -mindepth 1)" ]
}

@test "a snapshot by reflink under writes restores to the stated position (cases 1, 5)" {
	under_writes "$SERVERS/tar" --report="$BATS_TEST_TMPDIR/report"
	jq -e '.method == "reflink" and .lock == "stage" and .event == "streamed"' "$BATS_TEST_TMPDIR/report"
	[ "$(tar -tf "$SERVERS/tar" | head -n 1)" = dbpipes-snapshot.json ]
	nothing_left
	proves "$SERVERS/tar"
}

@test "so does one under FLUSH TABLES WITH READ LOCK, after --flush, compressed" {
	under_writes "$SERVERS/tar.zst" --lock=ftwrl --flush -z
	zstd -qt "$SERVERS/tar.zst"
	proves "$SERVERS/tar.zst"
}

@test "so does one of a server that flushes its log but once a second" {
	sql source 'SET GLOBAL innodb_flush_log_at_trx_commit = 0'
	under_writes "$SERVERS/tar"
	sql source 'SET GLOBAL innodb_flush_log_at_trx_commit = 2'
	proves "$SERVERS/tar"
}

next_number() { sql "$1" 'SELECT next_not_cached_value FROM shop.numbers'; }
has_reserved() { [ "$(next_number source)" -gt "$1" ]; }

# What a sequence reserves within a transaction is in the binary log at the end of
# the statement, and no lock holds that up. Without a cache it is each value, so
# that one is the last event before the position.
@test "what a sequence has logged before the position is in the snapshot" {
	sql source <<-'SQL'
		USE shop
		CREATE SEQUENCE numbers NOCACHE;
		DELIMITER $$
		CREATE PROCEDURE reserve() REPEAT
			START TRANSACTION;
			FOR n IN 1..5000 DO
				DO NEXTVAL(numbers);
			END FOR;
			COMMIT;
		UNTIL (SELECT stop FROM control) END REPEAT$$
	SQL
	local file position logged before
	for _ in 1 2; do
		shop_writers_start source 0
		before=$(next_number source)
		shop_writer_start source 'CALL shop.reserve()'
		wait_until 20 has_reserved "$((before + 100))"
		snap source >"$SERVERS/tar"
		shop_writers_stop source
		read -r file position < <(dbpos <"$SERVERS/tar" | jq -r '"\(.log_file) \(.log_pos)"')
		logged=$(mariadb-binlog --verbose --base64-output=decode-rows \
			--stop-position="$position" "$SERVERS/source/data/$file" |
			sed -n '/INSERT INTO `shop`.`numbers`/,/@1=/s/^###   @1=//p' | tail -n 1)
		[ "$logged" -gt 10 ]
		snap_server copy "$SERVERS/tar"
		[ "$(next_number copy)" -ge "$logged" ]
		server_drop copy
		shop_forget_logs source
	done
	sql source 'USE shop; DROP PROCEDURE reserve; DROP SEQUENCE numbers'
}

# It is stopped when the table of Aria is cloned, and has files to come that keep
# it from being done by then.
@test "so does one in whose midst Aria writes, and makes a checkpoint" {
	local table=$SERVERS/source/.dbsnap/slow/data/shop/hit.MAD pid
	sql source 'SET GLOBAL aria_checkpoint_interval = 1'
	mkdir "$SERVERS/source/data/zoo"
	touch "$SERVERS/source/data/zoo/"{1..3000}
	shop_writers_start source 0
	shop_writer_start source "USE shop
		DELIMITER \$\$
		BEGIN NOT ATOMIC REPEAT
			INSERT INTO hit (page) SELECT REPEAT('p', 30) FROM seq_1_to_100;
			DO SLEEP(0.01);
		UNTIL (SELECT stop FROM control) END REPEAT; END\$\$"
	sleep 1
	dbsnap --defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" \
		--name=slow --method=reflink >"$SERVERS/tar" 3>&- &
	pid=$!
	until [ -e "$table" ]; do kill -0 "$pid"; done
	kill -STOP "$pid"
	sleep 3
	kill -CONT "$pid"
	wait "$pid"
	shop_writers_stop source
	sql source 'SET GLOBAL aria_checkpoint_interval = DEFAULT'
	rm -r "$SERVERS/source/data/zoo"
	proves "$SERVERS/tar"
}

# A log that is new may come behind the list of files; FLUSH LOGS waits for no
# lock. Tables of Aria between the two make that likely.
@test "every binary log that the index names is in the snapshot, also while new ones begin" {
	local i
	for i in {1..40}; do
		echo "CREATE DATABASE a$i; CREATE TABLE a$i.t (n INT) ENGINE=Aria;"
	done | sql source
	shop_writers_start source 0
	shop_writer_start source "USE shop
		DELIMITER \$\$
		BEGIN NOT ATOMIC REPEAT
			FLUSH BINARY LOGS;
			PURGE BINARY LOGS BEFORE NOW();
		UNTIL (SELECT stop FROM control) END REPEAT; END\$\$"
	for i in {1..8}; do
		snap source >"$SERVERS/tar"
		comm -13 <(tar -tf "$SERVERS/tar" | sort) \
			<(tar -xOf "$SERVERS/tar" binlog.index | sed 's|^\./||' | sort) \
			>"$SERVERS/missing"
		[ ! -s "$SERVERS/missing" ]
	done
	shop_writers_stop source
	for i in {1..40}; do echo "DROP DATABASE a$i;"; done | sql source
	shop_forget_logs source
	snap_server copy "$SERVERS/tar"
	server_drop copy
}

# Its blocks are reserved and hardly one is written. With another size it is made
# anew, as on a fresh server.
@test "so does one of a server whose redo log is new" {
	server_start fresh
	server_stop fresh
	server_start fresh --innodb-log-file-size=64M
	snap fresh >"$SERVERS/tar"
	server_drop fresh
	snap_server copy "$SERVERS/tar" --innodb-log-file-size=64M
	snap_check copy
	server_drop copy
}

@test "so does one of a server without InnoDB" {
	local options=(--skip-innodb --default-storage-engine=Aria)
	server_start fresh "${options[@]}"
	sql fresh 'CREATE DATABASE d; CREATE TABLE d.t (n INT); INSERT INTO d.t VALUES (7)'
	snap fresh --report="$BATS_TEST_TMPDIR/report" >"$SERVERS/tar"
	jq -e '.method == "reflink"' "$BATS_TEST_TMPDIR/report"
	server_drop fresh
	snap_server copy "$SERVERS/tar" "${options[@]}"
	[ "$(sql copy 'SELECT n FROM d.t')" = 7 ]
	server_drop copy
}

# The key is in a file, read by a plugin: in the server's folder of them, or another.
@test "so does one of a server whose redo log and tables are encrypted" {
	local plugins options
	plugins=$(mariadbd --no-defaults --verbose --help 2>/dev/null |
		sed -n 's/^plugin-dir *//p')
	plugins=${DBPIPES_TEST_PLUGINS:-$plugins}
	[ -e "$plugins/file_key_management.so" ] || skip 'no file_key_management'
	printf '1;%064d\n' 7 >"$SERVERS/keys"
	options=(--plugin-dir="$plugins" --plugin-load-add=file_key_management
		--file-key-management-filename="$SERVERS/keys"
		--innodb-encrypt-log --innodb-encrypt-tables)
	server_start secret --log-bin=binlog "${options[@]}"
	shop_make secret 500
	shop_writers_start secret 4
	sleep 1
	snap secret --report="$BATS_TEST_TMPDIR/report" >"$SERVERS/tar"
	shop_writers_stop secret
	jq -e '.method == "reflink"' "$BATS_TEST_TMPDIR/report"
	snap_server copy "$SERVERS/tar" "${options[@]}"
	snap_check copy
	[ "$(sql copy 'SELECT shop.money()')" = 1000000 ]
	snap_replay secret copy "$SERVERS/tar"
	snap_same secret copy shop
	server_drop copy
	server_drop secret
}

# snap_as_owner: which method is taken by one who owns the subvolume, and may do
# to the file system what an ordinary user may.
snap_as_owner() {
	setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin dbsnap \
		--defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" \
		--report="$SERVERS/report" >"$SERVERS/tar" || return
	jq -r .method "$SERVERS/report"
	rm "$SERVERS/report" "$SERVERS/tar"
}

@test "so does one of a subvolume of btrfs, where a nested one is refused by name (case 63)" {
	local xfs=$SERVERS
	command -v mkfs.btrfs >/dev/null || skip 'no mkfs.btrfs'
	truncate -s 1G "$BATS_FILE_TMPDIR/btrfs"
	mkfs.btrfs -q "$BATS_FILE_TMPDIR/btrfs"
	mkdir "$BATS_FILE_TMPDIR/mnt"
	mount -o loop "$BATS_FILE_TMPDIR/btrfs" "$BATS_FILE_TMPDIR/mnt" || skip 'cannot mount btrfs'
	SERVERS=$BATS_FILE_TMPDIR/mnt
	server_start source --log-bin=binlog
	shop_make source 500
	under_writes "$SERVERS/tar" --report="$BATS_TEST_TMPDIR/report"
	jq -e '.method == "btrfs"' "$BATS_TEST_TMPDIR/report"
	[ -z "$(btrfs subvolume list "$SERVERS")" ]
	proves "$SERVERS/tar"
	[ "$(snap_as_owner)" = reflink ]
	mount -o remount,user_subvol_rm_allowed "$SERVERS"
	[ "$(snap_as_owner)" = btrfs ]
	[ -z "$(btrfs subvolume list "$SERVERS")" ]
	btrfs subvolume create "$SERVERS/source/data/nested"
	run -69 --separate-stderr snap source
	[[ $stderr == *"'nested' in the data directory is another file system or subvolume"* ]]
	server_kill source
	SERVERS=$xfs
	wait_until 10 umount "$BATS_FILE_TMPDIR/mnt"
}

# The file in the home directory means another server.
@test "so does a copy by mariadb-backup, on a file system that can freeze nothing" {
	local -x HOME=$BATS_TEST_TMPDIR
	command -v mariadb-backup >/dev/null || skip 'no mariadb-backup'
	printf '[client]\n%s\n' host=192.0.2.1 port=1 protocol=tcp socket=/none user=nobody >"$HOME/.my.cnf"
	mkdir "$BATS_TEST_TMPDIR/copies"
	under_writes "$SERVERS/tar" --method=copy --snapshot-dir="$BATS_TEST_TMPDIR/copies" \
		--report="$BATS_TEST_TMPDIR/report"
	jq -e '.method == "copy" and .lock == "mariadb-backup"' "$BATS_TEST_TMPDIR/report"
	[ -z "$(ls "$BATS_TEST_TMPDIR/copies")" ]
	run ! grep -rq "$SERVER_PASSWORD" "$BATS_TEST_TMPDIR/report" "$SERVERS/state"
	run ! grep -aq "$SERVER_PASSWORD" "$SERVERS/tar"
	rm "$HOME/.my.cnf"
	proves "$SERVERS/tar"
	run -64 --separate-stderr snap source --method=copy --dump-slave
	[[ $stderr == *'--method=copy cannot be used with --dump-slave'* ]]
}

@test "take, list, stream and drop are the same in steps" {
	run -0 snap source take --name=one
	jq -e '.event == "taken" and .name == "one"' <<<"$output"
	[ -e "$(jq -r .path <<<"$output")/ibdata1" ]
	run -0 snap source list
	jq -e '.state == "taken" and .record.name == "one" and .used_percent == null' <<<"$output"
	snap source stream one >"$SERVERS/tar"
	tar -xOf "$SERVERS/tar" dbpipes-snapshot.json | jq -e '.name == "one"'
	snap source drop one
	nothing_left
	proves "$SERVERS/tar"
}

@test "a snapshot in a directory that was named from elsewhere is dropped, too" {
	local elsewhere=$PWD
	cd "$SERVERS"
	snap source take --name=one --snapshot-dir=snaps
	cd "$elsewhere"
	[ -e "$SERVERS/snaps/one/data/ibdata1" ]
	snap source drop one
	[ -z "$(ls "$SERVERS/snaps")" ]
	rmdir "$SERVERS/snaps"
}

@test "a directory for snapshots within the data directory is refused, and not made" {
	local data=$SERVERS/source/data method
	for method in reflink copy; do
		run -64 snap source --method="$method" --snapshot-dir="$data/snaps"
		[[ "$output" == *"$data/snaps is in the data directory"* ]]
		run -64 snap source --method="$method" --snapshot-dir="$data"
	done
	[ "$(server_databases source | grep -c snaps)" = 0 ]
	# But for the one that is left out by its name.
	snap source --snapshot-dir="$data/.dbsnap" >"$SERVERS/tar"
	tar -tf "$SERVERS/tar" >"$BATS_TEST_TMPDIR/members"
	grep -qx ibdata1 "$BATS_TEST_TMPDIR/members"
	[ "$(grep -c dbsnap "$BATS_TEST_TMPDIR/members")" = 0 ]
	rmdir "$data/.dbsnap"
}

# The other one has a state directory of its own.
@test "a snapshot or a copy that another one has made stays (case 70)" {
	local method dir=$BATS_TEST_TMPDIR/copies
	for method in reflink copy; do
		[ "$method" = reflink ] && dir=$SERVERS/source/.dbsnap
		mkdir -p "$dir/one/data"
		run -73 --separate-stderr snap source take --name=one --method="$method" --snapshot-dir="$dir"
		[[ $stderr == *"there is a snapshot 'one' already: $dir/one"* ]]
		rmdir "$dir/one/data" "$dir/one"
		[ -z "$(ls "$SERVERS/state")" ]
		dir=$BATS_TEST_TMPDIR/copies
	done
}

@test "what one streams, another cannot drop (case 70)" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	snap source take --name=one
	dbsnap stream one --state-dir="$SERVERS/state" >"$BATS_TEST_TMPDIR/pipe" 3>&- &
	exec 7<"$BATS_TEST_TMPDIR/pipe"
	head -c 1000 <&7 >/dev/null
	run -75 --separate-stderr snap source drop one
	[[ $stderr == *"'one' is in use"* ]]
	cat <&7 >/dev/null
	exec 7<&-
	wait $!
	snap source drop one
}

@test "two that list at once see the same, and who drops waits for one that looks" {
	local file=$SERVERS/state/one.state pid
	snap source take --name=one
	run -0 flock --shared "$file" dbsnap list --state-dir="$SERVERS/state"
	jq -e '.state == "taken" and .record.name == "one"' <<<"$output"
	flock --shared "$file" sleep 1 3>&- &
	pid=$!
	wait_until 5 is_looked_at "$file"
	snap source drop one
	wait "$pid"
	nothing_left
}

is_looked_at() { ! flock --nonblock "$1" true; }

@test "sockets, pid files and temporary tablespaces are left out, and what --exclude names" {
	: >"$SERVERS/source/data/other.pid"
	snap source --exclude='binlog.*' --exclude='shop/vi*.ibd' >"$SERVERS/tar"
	run -0 tar -tf "$SERVERS/tar"
	[[ $output != *.pid* && $output != *ibtmp1* && $output != *binlog.0* ]]
	[[ $output != *shop/visit.ibd* && $output == *shop/orders.ibd* ]]
	rm "$SERVERS/source/data/other.pid"
}

@test "owners, modes, long names and names that are not ASCII come back" {
	local long
	long=$(printf 'ä%.0s' {1..30})
	sql source "CREATE DATABASE \`$long\`; CREATE TABLE \`$long\`.\`$long\` (id INT)"
	snap source >"$SERVERS/tar"
	mkdir "$SERVERS/plain"
	tar -xf "$SERVERS/tar" -C "$SERVERS/plain"
	diff <(cd "$SERVERS/source/data" && find . -printf '%P %m %u:%g\n' | grep -vE '^ |ibtmp1|ddl.log' | sort) \
		<(cd "$SERVERS/plain" && find . -printf '%P %m %u:%g\n' | grep -vE '^ |dbpipes-snapshot' | sort)
	rm -r "$SERVERS/plain"
	sql source "DROP DATABASE \`$long\`"
}

@test "sparse files stay sparse, with their bytes, and their holes are not stored" {
	local file=$SERVERS/source/data/shop/holes.frm
	truncate -s 300M "$file"
	printf middle | dd of="$file" bs=1 seek=157286411 conv=notrunc status=none
	snap source >"$SERVERS/tar"
	[ "$(stat -c %s "$SERVERS/tar")" -lt 200000000 ]
	tar -xf "$SERVERS/tar" -C "$BATS_TEST_TMPDIR" shop/holes.frm
	cmp "$file" "$BATS_TEST_TMPDIR/shop/holes.frm"
	[ "$(du -k "$BATS_TEST_TMPDIR/shop/holes.frm" | cut -f 1)" -lt 1000 ]
	rm "$file"
}

@test "a file that does not fit never appears, and the snapshot goes" {
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=4M tmpfs "$BATS_TEST_TMPDIR/small"
	run --separate-stderr snap source --result-file="$BATS_TEST_TMPDIR/small/file.tar"
	ls -A "$BATS_TEST_TMPDIR/small" >"$BATS_TEST_TMPDIR/left"
	umount "$BATS_TEST_TMPDIR/small"
	[ "$status" = 74 ]
	[[ $stderr == *'No space left'* ]]
	[ ! -s "$BATS_TEST_TMPDIR/left" ]
	nothing_left
}

@test "where blocks cannot be shared, that is said, and nothing else is done (case 63)" {
	run -69 --separate-stderr snap source --method=reflink --snapshot-dir="$BATS_TEST_TMPDIR"
	[[ $stderr == *'cannot reflink'* ]]
	run -69 --separate-stderr snap source --method=lvm
	[[ $stderr == *'not on a logical volume'* ]]
	run -69 --separate-stderr snap source --method=btrfs
	[[ $stderr == *'not on btrfs'* ]]
}

# Of Aria's control file, under the lock, too, where it is looked at once more:
# without it there would be a snapshot in which Aria recovers nothing.
@test "a file that cannot be looked at is not left out in silence" {
	local nth
	for nth in {1..40}; do
		run --separate-stderr traced -P aria_log_control \
			-e inject=newfstatat:error=EIO:when="$nth" dbsnap \
			--defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" --method=reflink \
			--result-file="$BATS_TEST_TMPDIR/tar"
		injected || break
		[ "$status" = 74 ]
		[[ $stderr == *'aria_log_control: Input/output error'* ]]
		nothing_left
	done
	[ "$status" = 0 ]
	[ "$nth" -gt 5 ]
}

@test "blocks that cannot be shared for a broken disk or a full quota are no refusal for good" {
	local reason
	for reason in EIO EDQUOT ENOSPC; do
		run -74 --separate-stderr traced \
			-e inject=ioctl:error="$reason":when=30 dbsnap \
			--defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" --method=reflink
		[[ $stderr == *'cannot reflink '* ]]
		nothing_left
	done
}

@test "the clone of a stopped server's directory is a server of its own, with another UUID (case 66)" {
	local method
	snap source >"$SERVERS/tar"
	snap_server base "$SERVERS/tar"
	run -69 --separate-stderr dbsnap clone "$SERVERS/base/data" "$SERVERS/clone"
	[[ $stderr == *'a server is running on'* ]]
	[ ! -e "$SERVERS/clone" ]
	server_stop base
	printf '[auto]\nserver-uuid=c0ffee00-0000-4000-8000-000000000001\n' >"$SERVERS/base/data/auto.cnf"
	mkdir -p "$SERVERS/child/tmp"
	cp "$SERVERS/base/"{port,id} "$SERVERS/child/"
	run -0 dbsnap clone "$SERVERS/base/data" "$SERVERS/child/data"
	jq -e '.event == "cloned" and .method == "reflink" and .files > 100' <<<"$output"
	grep -qx "server-uuid=$(jq -r .server_uuid <<<"$output")" "$SERVERS/child/data/auto.cnf"
	run ! grep -q c0ffee "$SERVERS/child/data/auto.cnf"
	server_start child --log-bin=binlog
	snap_check child
	[ "$(sql child 'SELECT shop.money()')" = 1000000 ]
	run -73 --separate-stderr dbsnap clone "$SERVERS/base/data" "$SERVERS/child/data"
	[[ $stderr == *'is there already'* ]]
	server_drop child
	# The name that the clone has while it is made.
	run -73 --separate-stderr sh -c 'mkdir "$1.$$.tmp" && exec dbsnap clone "$0" "$1"' \
		"$SERVERS/base/data" "$SERVERS/third"
	rmdir "$SERVERS"/third.*.tmp
	run -69 --separate-stderr dbsnap clone "$SERVERS/base/data" "$BATS_TEST_TMPDIR/clone"
	[[ $stderr == *'cannot reflink'*'another one'* ]]
	# A page-compressed table is full of holes.
	truncate -s 64M "$SERVERS/base/data/holes"
	echo data | tee -a "$SERVERS/base/data/holes" | dd of="$SERVERS/base/data/holes" \
		bs=1M seek=32 conv=notrunc status=none
	truncate -s 96M "$SERVERS/base/data/holes"
	run -0 dbsnap clone --method=copy "$SERVERS/base/data" "$BATS_TEST_TMPDIR/clone"
	diff -r --exclude=auto.cnf "$SERVERS/base/data" "$BATS_TEST_TMPDIR/clone"
	[ "$(du -k "$BATS_TEST_TMPDIR/clone/holes" | cut -f 1)" -lt 1024 ]
	# It would go on until the disk is full.
	for method in reflink copy; do
		run -64 dbsnap clone --method="$method" "$SERVERS/base/data" "$SERVERS/base/data/in"
		[[ $output == *'/data/in is within'* ]]
	done
	[ -z "$(find "$SERVERS/base/data" -name 'in.*')" ]
	server_drop base
}

@test "a directory can be cloned by several at once" {
	local first=$SERVERS/first second=$SERVERS/second pid
	cp -r --reflink=auto "$DBPIPES_TEST_DIR/template/data" "$SERVERS/base"
	dbsnap clone --method=copy "$SERVERS/base" "$first" >/dev/null 3>&- &
	pid=$!
	until [ -e "$first.$pid.tmp" ]; do kill -0 "$pid"; done
	kill -STOP "$pid"
	run -0 dbsnap clone "$SERVERS/base" "$second"
	kill -CONT "$pid"
	wait "$pid"
	diff -r "$first" "$second"
	rm -r "$SERVERS/base" "$first" "$second"
}

@test "a directory whose redo log or system tablespace is elsewhere is not cloned without it (case 62)" {
	local base=$SERVERS/base
	server_start base
	server_stop base
	mkdir "$base/redo"
	mv "$base/data/ib_logfile0" "$base/redo/"
	# It is a server's that can be started.
	server_start base --innodb-log-group-home-dir="$base/redo"
	server_stop base
	run -69 --separate-stderr dbsnap clone "$base/data" "$SERVERS/clone"
	[[ $stderr == *"there is no redo log in $base/data"*'innodb_log_group_home_dir'* ]]
	# With its system tablespace elsewhere it is no clone that starts, either.
	mv "$base/redo/ib_logfile0" "$base/data/"
	mv "$base/data/ibdata1" "$base/redo/"
	server_start base --innodb-data-home-dir="$base/redo"
	server_stop base
	run -69 --separate-stderr dbsnap clone "$base/data" "$SERVERS/clone"
	[[ $stderr == *"there is no ibdata1 in $base/data"*'innodb_data_home_dir'* ]]
	run ! ls -d "$SERVERS/clone"*
	server_drop base
}
