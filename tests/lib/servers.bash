# shellcheck shell=bash
# servers.bash: private MariaDB servers for tests, the demo and the soak runs.
#
# In a .bats file:
#
#     load lib/servers
#     setup_file() { servers_begin; }    # starts `source` and `target`
#     teardown_file() { servers_end; }
#
# Each file gets servers of its own, begun from one template data directory
# (made once in a run), so no file sees what another one did. `source` has a
# binary log, `target` has none; both are empty and have a server_id.
#
#   servers_begin [NAME…]     start these instead (none: `servers_begin -`)
#   servers_end               kill all servers of this file, remove their files
#   server_start NAME [OPTION…]  start one, with options for mariadbd; one that
#                             was stopped or killed goes on with its data
#   server_stop NAME          orderly; server_kill NAME: like a crash
#   server_drop NAME          kill it and remove its data
#   server_cnf NAME           option file (mode 0600) with [client]: root, its
#                             password, socket, port: --defaults-file="$(…)"
#   replica_cnf NAME SOURCE   the same with a [dbseed] group: master-host, -port,
#                             -user, -password of SOURCE: for dbseed --replicate
#   server_socket|server_port|server_pid|server_log NAME
#   sql NAME [STATEMENT [OPTION…]]  stock client, bare rows; else from stdin
#   dump_of NAME [DB…]        mariadb-dump of these (or all but the system's)
#                             databases without dates: the judge of equality
#   server_databases NAME     all but the system's
#   wait_until SECONDS COMMAND…  try until it succeeds
#
# Accounts on each server: root (SERVER_PASSWORD) and repl (REPL_PASSWORD),
# which may replicate. Environment: DBPIPES_TEST_DIR, the folder of the run,
# made here when unset; DBPIPES_BIN, a folder with other builds of the programs
# (sanitized, under valgrind); DBPIPES_SLOW is set when those are slow.

TREE=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
SERVER_PASSWORD=root-Secret-7f3a
REPL_PASSWORD=repl-Secret-91cc
PATH=${DBPIPES_BIN:+$DBPIPES_BIN:}$TREE/bin:$PATH:/usr/sbin:/sbin
# The stock clients take their character set from the locale.
export LC_ALL=C.UTF-8
export TREE SERVER_PASSWORD REPL_PASSWORD PATH

# What all servers run with: small and quick, but with transactions logged, so
# that a killed server comes back with all that it had committed.
server_options=(
	--skip-name-resolve --max-connections=80
	--innodb-buffer-pool-size=48M --innodb-log-file-size=48M
	--innodb-flush-log-at-trx-commit=2 --skip-innodb-doublewrite
	--innodb-use-native-aio=0 --innodb-buffer-pool-dump-at-shutdown=0
	--innodb-buffer-pool-load-at-startup=0 --aria-pagecache-buffer-size=8M
	--key-buffer-size=4M
)

servers_begin() {
	local name
	[ $# -gt 0 ] || set -- source target
	if [ -z "${DBPIPES_TEST_DIR:-}" ]; then
		DBPIPES_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/dbpipes-test.XXXXXX")
		SERVERS_OWN_DIR=$DBPIPES_TEST_DIR
		export DBPIPES_TEST_DIR SERVERS_OWN_DIR
	fi
	SERVERS=$(mktemp -d "$DBPIPES_TEST_DIR/servers.XXXXXX")
	export SERVERS
	servers_template
	for name; do
		case $name in
		-) ;;
		source*) server_start "$name" --log-bin=binlog ;;
		*) server_start "$name" ;;
		esac
	done
}

servers_end() {
	local dir
	[ -n "${SERVERS:-}" ] || return 0
	for dir in "$SERVERS"/*/; do
		[ ! -e "$dir/pid" ] || server_kill "$(basename "$dir")"
	done
	rm -rf "$SERVERS"
	unset SERVERS
	[ -n "${SERVERS_OWN_DIR:-}" ] || return 0
	rm -rf "$SERVERS_OWN_DIR"
	unset SERVERS_OWN_DIR DBPIPES_TEST_DIR
}

# servers_template: make $DBPIPES_TEST_DIR/template unless it is there.
servers_template() {
	local dir=$DBPIPES_TEST_DIR/template
	(
		flock 9
		[ -e "$dir/ready" ] || server_template_make "$dir"
	) 9>"$DBPIPES_TEST_DIR/template.lock" 3>&-
}

server_template_make() {
	local dir=$1
	rm -rf "$dir" && mkdir -p "$dir/data" "$dir/tmp"
	server_identity
	if ! {
		mariadb-install-db --no-defaults --force --skip-test-db \
			--auth-root-authentication-method=normal \
			--innodb-log-file-size=48M --datadir="$dir/data" \
			"${server_identity[@]}" &&
			server_accounts | mariadbd --no-defaults --bootstrap \
				--tmpdir="$dir/tmp" --datadir="$dir/data" \
				"${server_options[@]}" "${server_identity[@]}"
	} >"$dir/log" 2>&1; then
		cat "$dir/log" >&2
		return 1
	fi
	: >"$dir/ready"
}

server_identity() {
	server_identity=()
	[ "$(id -u)" != 0 ] || server_identity=(--user=root)
}

server_accounts() {
	cat <<-SQL
		FLUSH PRIVILEGES;
		ALTER USER root@localhost IDENTIFIED BY '$SERVER_PASSWORD';
		CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '$SERVER_PASSWORD';
		GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;
		CREATE USER repl@127.0.0.1 IDENTIFIED BY '$REPL_PASSWORD';
		GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO repl@127.0.0.1;
	SQL
}

# server_start NAME [OPTION…]
server_start() {
	local name=$1 dir=$SERVERS/$1 try
	shift
	if [ ! -d "$dir" ]; then
		mkdir "$dir" "$dir/tmp"
		cp -a --reflink=auto "$DBPIPES_TEST_DIR/template/data" "$dir/data"
		server_free_port >"$dir/port"
		# server_id: the port is unique among the servers of a machine.
		cp "$dir/port" "$dir/id"
	fi
	for try in 1 2 3 4 5; do
		server_cnf_write "$name"
		server_launch "$dir" "$@"
		server_await "$dir" && return 0
		grep -q 'TCP/IP port' "$dir/log" || break
		server_free_port >"$dir/port"
	done
	echo "server $name does not start (try $try):" >&2
	tail -n 30 "$dir/log" >&2
	return 1
}

server_launch() {
	local dir=$1
	shift
	server_identity
	: >"$dir/log"
	# Not a child that a shell waits for or that keeps bats's output open.
	mariadbd --no-defaults --datadir="$dir/data" --socket="$dir/sock" \
		--tmpdir="$dir/tmp" --bind-address=127.0.0.1 \
		--port="$(cat "$dir/port")" --server-id="$(cat "$dir/id")" \
		--log-error="$dir/log" --pid-file="$dir/pid.mariadbd" \
		"${server_options[@]}" "${server_identity[@]}" "$@" \
		</dev/null >>"$dir/log" 2>&1 3>&- 4>&- 9>&- &
	echo $! >"$dir/pid"
	disown $! 2>/dev/null || :
}

# server_await DIR: until it answers; fails when it ended instead.
server_await() {
	local dir=$1 deadline=$((SECONDS + 60))
	until mariadb-admin --defaults-file="$dir/client.cnf" ping \
		>/dev/null 2>&1; do
		server_alive "$(cat "$dir/pid")" || return 1
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# server_alive PID: a zombie, which nobody may have waited for, is dead.
server_alive() {
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || :
	[ -n "$state" ] && [ "$state" != Z ]
}

server_free_port() {
	local port
	while port=$((20000 + SRANDOM % 12000)); do
		# shellcheck disable=SC2188 # only to see whether it opens
		(: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

server_stop() { server_end_by TERM "$1"; }
server_kill() { server_end_by KILL "$1"; }

server_drop() { server_kill "$1" && rm -rf "${SERVERS:?}/$1"; }

server_end_by() {
	local pid deadline=$((SECONDS + 60))
	pid=$(server_pid "$2") || return 0
	kill -s "$1" "$pid" 2>/dev/null || :
	while server_alive "$pid"; do
		[ "$SECONDS" -lt "$deadline" ] || kill -s KILL "$pid" || :
		sleep 0.02
	done
	rm -f "$SERVERS/$2/pid"
}

server_cnf_write() {
	local dir=$SERVERS/$1
	(umask 077 && cat >"$dir/client.cnf") <<-CNF
		[client]
		user=root
		password=$SERVER_PASSWORD
		socket=$dir/sock
		port=$(cat "$dir/port")
	CNF
}

replica_cnf() {
	local cnf=$SERVERS/$1/replica-of-$2.cnf
	(umask 077 && cat "$(server_cnf "$1")" - >"$cnf") <<-CNF
		[dbseed]
		master-host=127.0.0.1
		master-port=$(server_port "$2")
		master-user=repl
		master-password=$REPL_PASSWORD
	CNF
	echo "$cnf"
}

server_cnf() { echo "$SERVERS/$1/client.cnf"; }
server_socket() { echo "$SERVERS/$1/sock"; }
server_log() { echo "$SERVERS/$1/log"; }
server_port() { cat "$SERVERS/$1/port"; }
server_pid() { cat "$SERVERS/$1/pid" 2>/dev/null; }

sql() {
	local name=$1
	shift
	if [ $# -eq 0 ]; then
		mariadb --defaults-file="$(server_cnf "$name")" -N -B
	else
		mariadb --defaults-file="$(server_cnf "$name")" -N -B \
			"${@:2}" -e "$1"
	fi
}

server_databases() {
	sql "$1" "SELECT schema_name FROM information_schema.schemata
		WHERE schema_name NOT IN ('information_schema', 'mysql',
			'performance_schema', 'sys') ORDER BY 1"
}

dump_of() {
	local name=$1
	shift
	local -a databases=("$@")
	[ $# -gt 0 ] || mapfile -t databases < <(server_databases "$name")
	[ ${#databases[@]} -gt 0 ] || return 0
	mariadb-dump --defaults-file="$(server_cnf "$name")" \
		--skip-dump-date --skip-comments --routines --events --triggers \
		--dump-history --order-by-primary --single-transaction \
		--databases "${databases[@]}"
}

wait_until() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# For tests that run `bash -c` around a pipe.
export -f sql server_cnf server_socket server_port server_pid server_log
