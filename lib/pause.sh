# shellcheck shell=bash
# pause.sh: a replica that stands still while it is backed up. After dbpipes.sh,
# settings.sh and source.sh.
#
# The start is in good hands before the stop: those of a process that waits for
# the end of this script, and of all that it has started meanwhile, at a pipe that
# they hold open on descriptor 8. So it comes in every case, also after kill -9.
# shellcheck disable=SC2034,SC2154 # standing; defaults, rest, of settings.sh

guard='' standing='' server=()

# replica_find: how to reach the server that is backed up, in `server`: the client
# reads other groups than the tool does, and takes a port as a wish for TCP.
replica_find() {
	local word host=${MYSQL_HOST:-} protocol=default group=dbdump
	for word in ${rest[@]+"${rest[@]}"}; do
		[[ ! $word =~ ^-([hPS]|-(host|port|socket|protocol)) ]] ||
			die "$EX_USAGE" "--stop-replica finds the server in option files; ${word%%=*} is" \
				"for the backup alone"
	done
	[ "${setting[method]}" = dump ] || group=dbsnap
	mapfile -t server < <(server_options "$group")
	for word in "${server[@]}"; do
		case $word in
		--host=*) host=${word#*=} ;;
		--protocol=*) protocol=${word#*=} ;;
		esac
	done
	if [ "$protocol" = default ]; then
		protocol=tcp
		[[ ! $host =~ ^(localhost)?$ ]] || protocol=socket
	fi
	server+=("--host=${host:-localhost}" "--protocol=$protocol")
}

# replica_sql STATEMENT [COMMAND…]: by the stock client, which this command runs.
# Its character set would be that of the locale, of which cron has none.
replica_sql() {
	"${@:2}" mariadb ${defaults[@]+"${defaults[@]}"} "${server[@]}" --batch --column-names \
		--default-character-set=utf8mb4 --execute="$1" </dev/null
}

# replica_each START|STOP CONNECTIONS: all of them, whether one refuses or not.
replica_each() {
	local connection until status=0
	while IFS=$'\t' read -r connection until; do
		[ "$1" = START ] || until=''
		replica_sql "$1 SLAVE $connection SQL_THREAD $until" || status=$?
	done <<<"$2"
	return "$status"
}

# replica_running: the connections whose SQL thread runs, each as SQL, and behind a
# tab where START is to say that it ends. A server that hangs would never say so, nor
# let a signal end us. Which GTID one is to end at no server tells: status 3.
# `mariadb --batch` escapes as in strings of SQL, but for the quote.
replica_running() {
	replica_sql 'SHOW ALL SLAVES STATUS' timeout --foreground 30 | awk -F '\t' '
		function quoted(text) {
			gsub(/\047/, "\047\047", text)
			return "\047" text "\047"
		}
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["Slave_SQL_Running"] == "Yes" {
			kind = $column["Until_Condition"]
			until = ""
			if (kind ~ /^(Master|Relay)$/)
				until = "\tUNTIL " kind "_LOG_FILE = " quoted($column["Until_Log_File"]) \
					", " kind "_LOG_POS = " $column["Until_Log_Pos"]
			else if (kind != "None")
				status = 3
			print quoted($column["Connection_name"]) until
		}
		END { exit status }'
}

# replica_stop: the SQL threads that run; one that does not stays as it is.
replica_stop() {
	local running status=0
	need mariadb
	running=$(replica_running) || status=$?
	[ "$status" != 3 ] || die "$EX_UNAVAILABLE" "the SQL thread was started UNTIL a GTID," \
		"which the server does not tell: started again, it would run past it"
	[ "$status" = 0 ] ||
		die "$EX_UNAVAILABLE" "the server does not say whether it is a replica"
	[ -n "$running" ] || return 0
	exec 8> >(replica_guard "$running")
	guard=$!
	replica_each STOP "$running" || status=$?
	[ "$status" = 0 ] || die "$EX_UNAVAILABLE" "the SQL thread cannot be stopped"
}

# replica_guard RUNNING: patient with a server that is being restarted.
replica_guard() {
	local try
	signals_off
	cat >/dev/null
	for ((try = 0; try < 20; try++)); do
		replica_each START "$1" && return
		sleep 3
	done 2>/dev/null
	exit 1
}

# replica_start: let go, and see that it was done; else `standing` is set.
replica_start() {
	local pid=$guard
	[ -n "$guard" ] || return 0
	guard=''
	exec 8>&-
	wait "$pid" || {
		standing=on
		warn "the SQL thread, which was stopped for the backup, could not be" \
			"started again: START ALL SLAVES does it"
	}
}
