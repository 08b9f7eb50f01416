#!/usr/bin/env bats
# dbsnap-mounts.bats: snapshots of a data directory on btrfs, on a loop device,
# that the server reaches by a bind mount, or on one btrfs within another: what
# is frozen is what the server has, not what the path says. And those of files
# that are written in place, and of what is read-only.

# Commands are for another shell, and run sets stderr.
# shellcheck disable=SC2016,SC2154
bats_require_minimum_version 1.5.0
load lib/servers
load lib/snap

setup_file() {
	export SNAP_SKIP=''
	snap_begin btrfs >"$BATS_FILE_TMPDIR/reason" || {
		SNAP_SKIP=$(cat "$BATS_FILE_TMPDIR/reason")
		return 0
	}
}

teardown_file() {
	[ -n "$SNAP_SKIP" ] || snap_end
}

# A folder for each test. The kernel was seen to say of a mount point that was made
# anew where another one had been removed that there is none, and to go on so.
setup() {
	[ -z "$SNAP_SKIP" ] || skip "$SNAP_SKIP"
	btrfs=$SERVERS
	outer=$btrfs/$BATS_TEST_NUMBER
	mkdir "$outer"
	SERVERS=$outer
}

teardown() {
	local left
	[ -z "$SNAP_SKIP" ] || return 0
	server_kill source
	SERVERS=$btrfs
	if mountpoint -q "$outer/inner"; then
		wait_until 10 umount -R "$outer/inner"
	fi
	left=$(btrfs subvolume list "$btrfs" | grep -v "/source$") || :
	while umount -q "$outer/source/data"; do :; done
	btrfs subvolume delete "$outer/source" >/dev/null 2>&1 || :
	rm -rf "$outer"
	[ ! -e "$btrfs/.dbsnap" ] || rmdir "$btrfs/.dbsnap"
	[ -z "$left" ]
}

# start_bound: the data directory is $SERVERS/elsewhere, mounted where the server
# has it.
start_bound() {
	local dir=$SERVERS/source
	mkdir -p "$dir/tmp" "$dir/data"
	cp -a --reflink=auto "$DBPIPES_TEST_DIR/template/data" "$SERVERS/elsewhere"
	mount --bind "$SERVERS/elsewhere" "$dir/data"
	server_free_port >"$dir/port"
	cp "$dir/port" "$dir/id"
	server_start source --log-bin=binlog
	fill
}

fill() {
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.item (id INT PRIMARY KEY);
		INSERT INTO shop.item SELECT seq FROM shop.seq_1_to_500'
}

# proves METHOD [OPTION…]: a snapshot by this method holds what the server has.
proves() {
	snap source "${@:2}" --report="$BATS_TEST_TMPDIR/report" >"$SERVERS/tar"
	jq -e --arg method "$1" '.method == $method' "$BATS_TEST_TMPDIR/report"
	snap_server copy "$SERVERS/tar"
	[ "$(sql copy 'SELECT COUNT(*) FROM shop.item')" = 500 ]
	server_drop copy
	rm "$SERVERS/tar"
}

@test "the subvolume is that of the data directory, not of what it is mounted on" {
	btrfs subvolume create "$SERVERS/source"
	start_bound
	proves btrfs
}

@test "a data directory that is mounted elsewhere within its subvolume is found there" {
	start_bound
	proves btrfs
}

@test "where the root of its subvolume cannot be seen, that is said, and auto takes reflink" {
	local in_hiding='mount -t tmpfs tmpfs "$1" && shift && exec "$@"'
	start_bound
	run -69 --separate-stderr unshare --mount sh -c "$in_hiding" - "$SERVERS/elsewhere" \
		dbsnap --defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" --method=btrfs
	[[ $stderr == *'--method=btrfs: the root of the subvolume'*'cannot be seen here'*'mount the subvolume'* ]]
	run -0 --separate-stderr unshare --mount sh -c "$in_hiding" - "$SERVERS/elsewhere" \
		dbsnap --defaults-file="$(server_cnf source)" --state-dir="$SERVERS/state" take --name=one
	jq -e '.method == "reflink"' <<<"$output"
	snap source drop one
}

# start_inner [COMMAND…]: the server is on a btrfs of its own, mounted within the
# other one; or where this mounts it, run in there.
start_inner() {
	truncate -s 1G "$BATS_TEST_TMPDIR/image"
	mkfs.btrfs -q "$BATS_TEST_TMPDIR/image" 2>/dev/null
	mkdir "$outer/inner"
	mount -o loop "$BATS_TEST_TMPDIR/image" "$outer/inner"
	SERVERS=$outer/inner
	"${@:-:}"
	server_start source --log-bin=binlog
	fill
}

@test "a btrfs that is mounted within another one has its snapshots on itself, and none elsewhere" {
	local dir
	start_inner
	proves btrfs
	[ -d "$SERVERS/.dbsnap" ] && [ ! -e "$outer/.dbsnap" ] && [ ! -e "$btrfs/.dbsnap" ]
	mkdir -m 0700 "$outer/elsewhere"
	for dir in "$outer/elsewhere" "$outer/elsewhere/new"; do
		run -69 --separate-stderr snap source --method=btrfs --snapshot-dir="$dir"
		[[ $stderr == *"cannot be made in '$outer/elsewhere"*"', which is on another file system"* ]]
	done
}

mount_again() {
	btrfs subvolume create "$SERVERS/sub"
	mkdir "$SERVERS/again"
	mount -o subvol=sub "$(findmnt -no SOURCE "$SERVERS")" "$SERVERS/again"
	SERVERS=$SERVERS/again
}

@test "a subvolume that is mounted within its own btrfs has its snapshots beside it" {
	start_inner mount_again
	proves btrfs
	[ ! -e "$SERVERS/.dbsnap" ] && [ -d "$SERVERS/../.dbsnap" ]
}

# is_in_place FILE: no copy of a block is made when it is written to.
is_in_place() {
	lsattr "$1" | cut -d ' ' -f 1 | grep -q C
}

@test "files that are written in place (chattr +C) are shared, too, by a snapshot and by a clone" {
	local dir=$SERVERS/source
	mkdir -p "$dir/tmp" "$dir/data"
	chattr +C "$dir/data"
	cp -r --reflink=never "$DBPIPES_TEST_DIR/template/data/." "$dir/data/"
	server_free_port >"$dir/port"
	cp "$dir/port" "$dir/id"
	server_start source --log-bin=binlog
	is_in_place "$dir/data/ibdata1"
	fill
	# Also in a directory of which that is true, for files of which it is not.
	echo copied >"$dir/copied"
	mv "$dir/copied" "$dir/data/shop/copied.frm"
	proves reflink --method=reflink
	mkdir -m 0700 "$dir/in-place"
	chattr +C "$dir/in-place"
	proves reflink --method=reflink --snapshot-dir="$dir/in-place"
	server_stop source
	run -0 dbsnap clone "$dir/data" "$dir/clone"
	diff -r --exclude=ddl.log "$dir/data" "$dir/clone"
	is_in_place "$dir/clone/ibdata1"
	run ! is_in_place "$dir/clone/shop/copied.frm"
}

@test "a read-only snapshot can be cloned, and a server starts on that" {
	local dir=$SERVERS/copy
	btrfs subvolume create "$SERVERS/source"
	start_bound
	snap source take --name=one
	mkdir -p "$dir/tmp"
	server_free_port >"$dir/port"
	cp "$dir/port" "$dir/id"
	run -0 dbsnap clone "$(snap source list | jq -r .record.path)" "$dir/data"
	snap source drop one
	server_start copy
	[ "$(sql copy 'SELECT COUNT(*) FROM shop.item')" = 500 ]
	server_drop copy
}
