# shellcheck shell=bash
# prebuilt-server.sh: the private server of prebuilt.sh, and how it is asked. It
# uses $work and ${as[@]}.
# shellcheck disable=SC2154 # these

# prebuilt_pool: for the keys: a quarter of the free memory, at most 1 GiB.
prebuilt_pool() {
	awk '/^MemAvailable:/ { mb = int($2 / 4096) }
		END { print (mb > 1024 ? 1024 : mb < 64 ? 64 : mb) "M" }' /proc/meminfo
}

# What the clients are told: no option file, which could not name every socket.
prebuilt_client=(--no-defaults --user=root --socket="$work/socket")
# They are of other servers.
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_UNIX_PORT MYSQL_PWD

# prebuilt_run COMMAND…: the server, or what makes its data directory, in a process
# group; ends as it does. Whatever ends this script kills it: its data is for nothing
# then, and SIGTERM can be lost on a server that starts. So does a full disk, which
# tables of Aria would wait upon for ever: either the log tells of that, or it has no
# room itself.
prebuilt_run() {
	local pid='' log status=0
	trap 'kill -KILL ${pid:+"-$pid"} ${pid:-$(jobs -p)}; exit 0' TERM HUP
	exec 7> >(exec sed -u '/Waiting for someone to free/q' >"$work/log")
	log=$!
	# Killed, it may leave a file in TMPDIR.
	TMPDIR=$work setpriv --pdeathsig KILL setsid "$@" >&7 2>&1 7>&- 9>&- &
	pid=$!
	exec 7>&-
	while kill -0 "$pid" && kill -0 "$log" && kill -0 $$; do
		sleep 0.2
	done
	kill -KILL "-$pid" || :
	wait "$log" || : >"$work/log"
	wait "$pid" || status=$?
	return "$status"
} 2>/dev/null 9>&-

# prebuilt_server [OPTION…]: start it; its socket is all that it listens on. The
# recovery of a snapshot takes its time.
prebuilt_server() {
	local pid
	: >"$work/log"
	prebuilt_run mariadbd --no-defaults "${as[@]}" \
		--datadir="$work/data" --socket="$work/socket" --pid-file="$work/pid" \
		--skip-networking --skip-log-bin --event-scheduler=OFF --innodb-flush-log-at-trx-commit=0 \
		--innodb-buffer-pool-size="$(prebuilt_pool)" --innodb-log-file-size=256M \
		--skip-slave-start "$@" &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		! child mariadb-admin "${prebuilt_client[@]}" ping >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	log_tells 'the private server does not start'
}

# prebuilt_ended: wait for that, once it was told to. SHUTDOWN is answered before.
prebuilt_ended() {
	wait
	grep -q 'Shutdown complete' "$work/log" ||
		log_tells 'the private server did not end well'
}

prebuilt_sql() {
	child mariadb "${prebuilt_client[@]}" -BN || log_tells 'the private server failed'
}

# is_full: the log tells of a full disk, or there was no room for it.
is_full() {
	[ ! -s "$work/log" ] ||
		grep -qiE 'no space left|(error|errno|errcode):? 28\b' "$work/log"
}

# log_tells WHAT: die, with what the log says of it.
log_tells() {
	! is_full || die "$EX_IOERR" "$1: there is no room in ${TMPDIR:-/tmp}"
	die "$EX_UNAVAILABLE" "$1: $(grep -m 1 ERROR "$work/log" ||
		grep . "$work/log" | tail -n 1)"
}
