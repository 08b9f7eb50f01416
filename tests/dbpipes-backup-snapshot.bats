#!/usr/bin/env bats
# dbpipes-backup-snapshot.bats: --method=snapshot of a server on XFS, on a loop
# device; what is in the folder is a tar that a server starts on.
# passes: plain

# shellcheck disable=SC2030,SC2031,SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers
load lib/snap

setup_file() {
	export SNAP_SKIP=''
	snap_begin xfs source >"$BATS_FILE_TMPDIR/reason" || {
		SNAP_SKIP=$(cat "$BATS_FILE_TMPDIR/reason")
		return 0
	}
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.item (id INT PRIMARY KEY);
		INSERT INTO shop.item SELECT seq FROM shop.seq_1_to_500'
}

teardown_file() {
	[ -n "$SNAP_SKIP" ] || snap_end
}

setup() {
	[ -z "$SNAP_SKIP" ] || skip "$SNAP_SKIP"
	mkdir -p "$SERVERS/backups"
}

@test "a snapshot goes to a folder as a tar, with its line in the catalogue, and is verified" {
	dbpipes-backup --defaults-file="$(server_cnf source)" --quiet --source=db1 \
		--method=snapshot "$SERVERS/backups" -- --state-dir="$SERVERS/state"
	jq -es '.[0] | .event == "backup" and .kind == "snapshot" and .ok and
		.method == "reflink" and .position.log_pos > 0 and .written > 0 and
		.sha256 == null and .rows == null' "$SERVERS/backups/backups.jsonl"
	tail -n 1 "$SERVERS/backups/backups.jsonl" |
		jq -e '.event == "verified" and .ok and .mode == "restore"'
	zstd -dc "$SERVERS"/backups/db1-000001-*.tar.zst >"$SERVERS/tar"
	snap_server copy "$SERVERS/tar"
	[ "$(sql copy 'SELECT COUNT(*) FROM shop.item')" = 500 ]
	server_drop copy
	[ -z "$(find "$SERVERS/state" -mindepth 1)" ]
}
