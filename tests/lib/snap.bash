# shellcheck shell=bash
# snap.bash: servers on file systems of their own, on loop devices, and the
# proof of a snapshot. After servers.bash and shop.bash.
#
#   snap_begin xfs|btrfs [NAME…]  make such a file system, start these servers on
#                             it; $SERVERS is there. Fails with the reason on
#                             stdout where that cannot be done: for skip
#   snap_end                  kill them, unmount it
#   snap NAME [OPTION…]       dbsnap against this server, state in $SERVERS/state
#   snap_server NAME TAR [OPTION…]  extract with tar, start a server on it
#   snap_check NAME           CHECK TABLE of all tables, also the system's
#   snap_replay SOURCE TARGET TAR  what SOURCE has logged since the position that
#                             the snapshot states, into TARGET
#   snap_same SOURCE TARGET DB…  the rows are equal

snap_begin() {
	local type=$1 base
	shift
	[ "$(id -u)" = 0 ] || {
		echo 'only root can mount a loop device'
		return 1
	}
	if [ ! -e /dev/loop-control ] || ! command -v "mkfs.$type" >/dev/null; then
		echo "no loop devices, or no mkfs.$type"
		return 1
	fi
	servers_begin -
	base=$SERVERS
	truncate -s "${SNAP_SIZE:-2G}" "$base/image"
	"mkfs.$type" -q "$base/image" >"$base/mkfs" 2>&1
	mkdir "$base/fs"
	if ! mount -o loop "$base/image" "$base/fs" 2>"$base/mount"; then
		echo "cannot mount $type: $(cat "$base/mount")"
		servers_end
		return 1
	fi
	SERVERS=$base/fs
	for name; do
		server_start "$name" --log-bin=binlog
	done
}

snap_end() {
	local dir
	[ -n "${SERVERS:-}" ] || return 0
	for dir in "$SERVERS"/*/; do
		[ ! -e "$dir/pid" ] || server_kill "$(basename "$dir")"
	done
	# A server's threads may outlive its first one for a moment.
	wait_until 10 umount -q "$SERVERS" 2>/dev/null || umount -l "$SERVERS"
	SERVERS=${SERVERS%/fs}
	servers_end
}

snap() {
	dbsnap --defaults-file="$(server_cnf "$1")" \
		--state-dir="$SERVERS/state" "${@:2}"
}

snap_server() {
	local dir=$SERVERS/$1
	mkdir -p "$dir/data" "$dir/tmp"
	zstd -dcfq "$2" | tar -xf - -C "$dir/data"
	server_free_port >"$dir/port"
	cp "$dir/port" "$dir/id"
	server_start "$1" --log-bin=binlog --event-scheduler=0 "${@:3}"
}

# Sequences and views have nothing to check.
snap_check() {
	mariadb-check --defaults-file="$(server_cnf "$1")" --all-databases \
		--extended >"$SERVERS/$1/check" 2>&1
	# Not by a `!`, which set -e lets pass.
	if grep -E -A 2 '^(Error|error|warning|Warning)|Corrupt|crashed' "$SERVERS/$1/check"; then
		return 1
	fi
	[ "$(grep -c ' OK$' "$SERVERS/$1/check")" -ge 25 ]
}

snap_replay() {
	local first start stop
	local -a files
	read -r first start < <(zstd -dcfq "$3" | tar -xOf - dbpipes-snapshot.json |
		jq -r '.position | "\(.log_file) \(.log_pos)"')
	read -r _ stop _ < <(sql "$1" 'SHOW MASTER STATUS')
	mapfile -t files < <(sql "$1" 'SHOW BINARY LOGS' |
		awk -v dir="$SERVERS/$1/data/" -v first="$first" \
			'$1 >= first { print dir $1 }')
	mariadb-binlog --start-position="$start" --stop-position="$stop" \
		"${files[@]}" >"$SERVERS/replay.sql" &&
		sql "$2" <"$SERVERS/replay.sql"
}

# Rows without a key stand in the order of their inserts, the binary log in that
# of the commits. The next AUTO_INCREMENT is also that of rows rolled back.
snap_same() {
	local name
	for name in "$1" "$2"; do
		dump_of "$name" "${@:3}" --skip-extended-insert |
			sed '/^) ENGINE=/s/ AUTO_INCREMENT=[0-9]*//' | sort \
			>"$SERVERS/$name.sql"
	done
	[ -s "$SERVERS/$1.sql" ] || return 1
	diff "$SERVERS/$1.sql" "$SERVERS/$2.sql" >"$SERVERS/diff" && return 0
	cut -c -300 "$SERVERS/diff" | head -n 20
	return 1
}
