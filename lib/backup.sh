# shellcheck shell=bash
# backup.sh: how dbpipes-backup makes one backup, and what it says of it. After
# the other parts; it uses the variables at the end of bin/dbpipes-backup.
# shellcheck disable=SC2034,SC2154 # these

# hook before|after: the administrator's own command; it has no part in our lock.
hook() {
	local status=0
	[ -n "${setting[$1]}" ] || return 0
	env -u DBPIPES_LOCKED DBPIPES_SOURCE="$source" DBPIPES_KIND="${setting[method]}" \
		DBPIPES_FOLDER="$PWD" DBPIPES_FILE="$file" \
		DBPIPES_STATUS="${2:-}" DBPIPES_MESSAGE="$died" \
		"${shell[@]}" "${setting[$1]}" >&2 5>&- 9>&- &
	wait $! || status=$?
	[ "$status" = 0 ] ||
		die "$EX_UNAVAILABLE" "the command --$1 ended with status $status"
}

# producer [OPTION…]: the command that makes the backup, in `producer`.
producer() {
	local names level="--zstd=${setting[zstd]}"
	[ "${setting[zstd]}" != 0 ] || level=--skip-zstd
	: >"$work/record"
	producer=("${bound[@]}" dbdump)
	[ "${setting[method]}" = dump ] || producer=("${bound[@]}" dbsnap)
	producer+=(${defaults[@]+"${defaults[@]}"} "$level" --report="$work/record"
		${quiet:+--quiet} ${rest[@]+"${rest[@]}"} "$@")
	[ ! -t 2 ] || producer+=(--progress=always)
	case ${setting[method]}:${setting[stop_replica]} in
	dump:on) producer+=(--dump-slave=2) ;;
	snapshot:on) producer+=(--dump-slave) ;;
	esac
	[ "${setting[method]}" = dump ] || return 0
	mapfile -t -d , names < <(printf %s "${setting[databases]}")
	if [ ${#names[@]} -gt 0 ]; then
		producer+=(--skip-all-databases --databases "${names[@]}")
	else
		producer+=(--all-databases)
	fi
}

name_file() {
	local suffix=sql
	[ "${setting[method]}" = dump ] || suffix=tar
	[ "${setting[zstd]}" = 0 ] || suffix+=.zst
	[ -z "${setting[filter]}" ] || suffix+=.${setting[suffix]}
	file=$(file_next "$source" "$suffix")
	# For the next run, if this one is killed.
	echo "$file" >"$LOCK"
}

# attempt: one try; what the tool said is kept on its way to stderr.
attempt() {
	local status=0 log
	blame=''
	[ -z "$locked" ] || name_file
	[ -z "${setting[stop_replica]}" ] || replica_stop
	exec 7> >(signals_off && exec tee "$work/said" >&2 8>&- 9>&-)
	log=$!
	if [ -n "$stream" ]; then to_stream; else to_file; fi || status=$?
	exec 7>&-
	wait "$log" || :
	replica_start
	return "$status"
}

# to_file: the tool's own file, whole or not at all.
to_file() {
	producer --result-file="$file"
	"${producer[@]}" 2>&7 &
	wait $!
}

# Run a command; what it has left of its input, be it what a pipe holds, is a failure.
# shellcheck disable=SC2016 # for its own shell
all_taken='"$@" || exit; [ "$(head -c 1 | wc -c)" = 0 ] || exit 141'

# to_stream: past dbverify and through the filter. Every part is a child of its
# own, and the status of each counts.
to_stream() {
	local -A pid=()
	local from=$work/dump part=.$file.$$.tmp status=0
	rm -f "$work"/{dump,copy,checked} && mkfifo "$work"/{dump,copy,checked}
	if [ -n "$locked" ]; then exec 6>"$part"; else exec 6>&1; fi
	producer
	"${producer[@]}" >"$work/dump" 2>&7 6>&- &
	pid[dump]=$!
	[ "${setting[verify]}" = none ] || [ -n "${setting[unfilter]}" ] || fork_stream
	"${shell[@]}" "$all_taken" filter "${bound[@]}" bash -o pipefail -c \
		"${setting[filter]:-cat}" <"$from" >&6 5>&- 6>&- 7>&- 8>&- 9>&- &
	pid[filter]=$!
	exec 6>&-
	wait_stream || status=$?
	[ -z "$locked" ] || keep_part "$status" "$part" || status=$EX_IOERR
	return "$status"
}

# fork_stream: for dbverify to read as well. That it reads no more is no reason to
# stop.
fork_stream() {
	from=$work/checked
	"${bound[@]}" tee --output-error=warn "$work/copy" \
		<"$work/dump" >"$from" 2>/dev/null 6>&- 7>&- 8>&- &
	pid[tee]=$!
	verifier "$source" -
	"${verifier[@]}" <"$work/copy" >"$work/verified" 6>&- 7>&- 8>&- &
	pid[check]=$!
}

# wait_stream: for its parts; what dbverify says is in `checked`.
wait_stream() {
	local dumped=0 filtered=0
	checked=0
	wait "${pid[dump]}" || dumped=$?
	replica_start
	wait "${pid[filter]}" || filtered=$?
	[ -z "${pid[check]:-}" ] || wait "${pid[check]}" || checked=$?
	# A filter that was content without taking all.
	[ -z "${pid[tee]:-}" ] || wait "${pid[tee]}" || [ "$checked" != 0 ] ||
		[ "$filtered" != 0 ] || filtered=141
	[ "$dumped" != 141 ] || [ -z "${setting[filter]}" ] ||
		[ "$filtered" != 0 ] || filtered=141
	if [ "$filtered" != 0 ] && [[ $dumped =~ ^(0|141)$ ]]; then
		dumped=$EX_IOERR blame="the filter ended with status $filtered"
	fi
	return "$dumped"
}

# keep_part STATUS FILE: it gets its name when it is whole, and on the disk.
keep_part() {
	if [ "$1" != 0 ]; then
		rm -f -- "$2"
	elif [ ! -s "$2" ]; then
		blame='the filter wrote nothing to its standard output'
		return 1
	else
		sync -- "$2" && mv -T -- "$2" "$file" && sync .
	fi
}
