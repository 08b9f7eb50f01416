# shellcheck shell=bash
# steps.bash: what tests/vm/guest checks, each in a shell of its own with set -e.

# volume thick|thin xfs|ext4 [BYTES]: mounted on /srv/db, with a server and its
# shop, and a table of so many bytes.
volume() {
	local filling=${3:-0} size
	size=$((1024 + filling / 900000))
	case $1 in
	thick) lvcreate -q -y -n db -L "${size}M" vg ;;
	thin)
		lvcreate -q -y --type thin-pool -n pool -L "$((size + 500))M" -Zn vg
		lvcreate -q -y -n db -V "${size}M" --thinpool vg/pool
		;;
	esac
	"mkfs.$2" -q /dev/vg/db
	mount -t "$2" /dev/vg/db /srv/db
	SERVERS=/srv/db
	# An empty redo log of the usual size would be most of what is streamed.
	server_start source --log-bin=binlog --innodb-log-file-size=16M
	shop_make source 200
	[ "$filling" = 0 ] || sql source "CREATE DATABASE filling; USE filling;
		SET SESSION sql_log_bin = 0; CREATE TABLE filling.t (id INT PRIMARY KEY, b LONGBLOB);
		INSERT INTO filling.t SELECT seq, REPEAT(RANDOM_BYTES(1000), 900)
			FROM seq_1_to_$((filling / 900000))"
}

away() {
	local dir
	SERVERS=/srv/db
	for dir in "$SERVERS"/*/; do
		[ ! -e "$dir/pid" ] || server_kill "$(basename "$dir")"
	done
	wait_until 20 umount /srv/db
	lvremove -q -y -f vg
	rm -rf /run/state /run/copy
}

here=(--state-dir=/run/state --method=lvm --max-lock=60)

snap_here() { dbsnap --defaults-file="$(server_cnf source)" "${here[@]}" "$@"; }

# Nothing is left of a snapshot, and commits go through.
clean() {
	[ "$(lvs --noheadings -o lv_name vg | grep -c dbsnap)" = 0 ]
	[ "$(grep -c /run/state /proc/mounts)" = 0 ]
	sql source 'SET lock_wait_timeout = 5; UPDATE shop.savings SET balance = balance + 0'
}

# by_pipe: as at the head of the manual; the file that it made is in `tar`.
by_pipe() {
	tar=/run/snap.tar
	snap_here --report=/run/report >"$tar"
}

# by_backup: as a machine does it each night, to a folder on NFS. What proves it
# comes below.
by_backup() {
	dbpipes-backup --defaults-file="$(server_cnf source)" --quiet --source=vm \
		--method=snapshot --zstd=1 --verify=none --skip-prune /mnt/nfs -- \
		"${here[@]}"
	tail -n 1 /mnt/nfs/backups.jsonl >>/run/report
	tail -n 1 /run/report | jq -e '.event == "backup" and .kind == "snapshot" and .ok'
	tar=/mnt/nfs/$(tail -n 1 /run/report | jq -r .file)
}

# by_steps: taken and dropped.
by_steps() {
	snap_here take >>/run/report
	snap_here drop "$(tail -n 1 /run/report | jq -r .name)"
}

# snapped HOW: taken while 4 writers work.
snapped() {
	SERVERS=/srv/db
	shop_writers_start source 4
	sleep 3
	"$1"
	sleep 1
	shop_writers_stop source
	clean
	tail -n 1 /run/report | jq -r '"# \(.method): commits held up for \(.lock_ms) ms, \(.lock_wait_ms) of them before the lock was granted, lvcreate took \(.create_ms) ms"'
	tail -n 1 /run/report | jq -e '.method == "lvm" and .lock_ms - .lock_wait_ms <= .create_ms + 50' || echo '# held for more than 50 ms above lvcreate'
}

# under_writes HOW: and then proven on a second server, which lives in memory.
under_writes() {
	local tar
	snapped "$1"
	mkdir -p /run/copy
	ln -sfn /run/copy /srv/db/copy
	snap_server copy "$tar"
	snap_check copy
	[ "$(sql copy 'SELECT shop.money()')" = 400000 ]
	snap_replay source copy "$tar"
	[ "$(sql copy 'SELECT shop.money()')" = 400000 ]
	snap_same source copy shop
	server_kill copy
	rm -rf /run/copy /srv/db/copy "$tar"
	shop_forget_logs source
}

overflows() {
	local status=0
	SERVERS=/srv/db
	snap_here --size=8M 2>/run/err | {
		head -c 1000000 >/dev/null
		sql source 'USE shop; CREATE TABLE big AS SELECT seq, REPEAT(MD5(seq), 100) AS t FROM seq_1_to_20000' >&2
		sync
		cat >/dev/null
	} || status=${PIPESTATUS[0]}
	cat /run/err
	[ "$status" = 74 ]
	grep -q overflowed /run/err
	clean
}

# failing COMMAND STATUS: this command fails.
failing() {
	local status=0
	SERVERS=/srv/db
	mkdir -p "/run/bin.$1"
	printf '#!/bin/sh\necho "no luck" >&2\nexit 5\n' >"/run/bin.$1/$1"
	chmod +x "/run/bin.$1/$1"
	PATH=/run/bin.$1:$PATH snap_here >/run/tar 2>/run/err || status=$?
	cat /run/err
	[ "$status" = "$2" ]
	[ ! -s /run/tar ]
	grep -q "$1 failed with status 5: no luck" /run/err
	clean
}

# idle: no command of a run that was killed is still at work.
idle() { ! snap_here list | grep busy; }

# killed SIGNAL SECONDS: and what is left goes with the next run.
killed() {
	local pid status=0
	SERVERS=/srv/db
	# Not by a function: what is killed would be a shell.
	dbsnap --defaults-file="$(server_cnf source)" "${here[@]}" >/run/tar 2>/run/err &
	pid=$!
	sleep "$2"
	kill -s "$1" "$pid" 2>/dev/null || :
	wait "$pid" || status=$?
	[ "$status" = 0 ] || [ "$status" = $((128 + $(kill -l "$1"))) ]
	sql source 'SET lock_wait_timeout = 5; UPDATE shop.savings SET balance = balance + 0'
	if [ "$1" = KILL ]; then
		wait_until 30 idle
		snap_here list | jq -r .name | while read -r name; do snap_here drop "$name"; done
	fi
	clean
}

# nfs: this machine is both the server and its client.
nfs() {
	mount -t tmpfs tmpfs /srv/nfs
	mkdir -p /var/lib/nfs/{v4recovery,rpc_pipefs} /proc/fs/nfsd
	: >/var/lib/nfs/etab
	mount -t nfsd nfsd /proc/fs/nfsd
	# Seconds; the kernel takes no less.
	echo 10 >/proc/fs/nfsd/nfsv4gracetime
	echo 10 >/proc/fs/nfsd/nfsv4leasetime
	exportfs -o rw,no_root_squash,insecure,fsid=0 127.0.0.1:/srv/nfs
	rpc.mountd --no-nfs-version 3 -F &
	rpc.nfsd --no-nfs-version 3 --no-udp 2
	mount -t nfs -o vers=4.2,proto=tcp 127.0.0.1:/ /mnt/nfs
}
