# shellcheck shell=bash disable=SC2034 # for the scripts
# signals.sh: how a script ends, and what it runs ends with it. A part of
# dbpipes.sh, which reads it.

# With this before it, a program gets SIGTERM when the script that started it is
# no more, even after kill -9.
bound=(setpriv --pdeathsig TERM)
# The same for a command line of the administrator; with a process group for all
# that it runs. That a part of a pipe in it fails is seen.
shell=("${bound[@]}" setsid bash -o pipefail -c)

# child COMMAND…: run it so that a signal to the script need not wait for its end.
child() {
	"${bound[@]}" "$@" <&0 &
	wait "$!"
}

# All that end a script: untrapped, it comes to the trap of EXIT with status 0.
readonly SIGNALS=(INT TERM HUP PIPE USR1 USR2 XCPU)

# signals_catch: each of them ends the script by stop.
signals_catch() {
	local signal
	for signal in "${SIGNALS[@]}"; do
		# shellcheck disable=SC2064 # this one
		trap "stop $signal" "$signal"
	done
}

# signals_off: none of them does from here on.
signals_off() {
	trap '' "${SIGNALS[@]}"
	trap : PIPE # for us alone: programs are to end when nobody reads them
}

# unaware PID: SIGTERM ends it without a word: that it lives tells that it got none.
unaware() {
	local mask
	mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) &&
		[ -n "$mask" ] && [ $((16#$mask >> 14 & 1)) = 0 ]
}

# stop SIGNAL: what runs now ends with us, and undoes what it has begun.
stop() {
	local pids pid
	signals_off
	died="ended by SIG$1"
	read -r -d '' -a pids <<<"$(jobs -pr)" || :
	[ ${#pids[@]} -eq 0 ] || kill -s TERM -- "${pids[@]}" "${pids[@]/#/-}" 2>/dev/null || :
	# wait may never end: of a child that ends with the signal, bash 5.2 can lose it.
	while [ ${#pids[@]} -gt 0 ] && kill -0 "${pids[@]}" 2>/dev/null; do
		sleep 0.1
		# So can one that it has just started lose the signal, and wait on a pipe
		# for those that are gone.
		for pid in "${pids[@]}"; do
			! unaware "$pid" || kill -s TERM "$pid" 2>/dev/null || :
		done
	done
	exit $((128 + $(kill -l "$1")))
}

# end_as STATUS: end as a child ended: signal deaths stay signal deaths. But for
# SIGKILL, which would keep us, too, from clearing up, and of which the child
# cannot have said a word.
end_as() {
	local status=$1
	if [ "$status" = 137 ]; then
		[ -n "$died" ] || die "$status" "a program that it needs was killed (SIGKILL)"
		exit "$status"
	fi
	if [ "$status" -gt 128 ] && [ "$status" -lt 160 ]; then
		trap - ERR "$((status - 128))"
		kill -s "$((status - 128))" "$$"
	fi
	exit "$status"
}
