# shellcheck shell=bash
# verify.sh: dbverify on a backup, and what it said, for the catalogue and for
# people. After dbpipes.sh and settings.sh; it uses $work and the settings
# verify and unfilter.
# shellcheck disable=SC2154 # work

# verifier SOURCE [OPTION…]: the command, in `verifier`.
verifier() {
	verifier=("${bound[@]}" dbverify ${defaults[@]+"${defaults[@]}"}
		"--${setting[verify]}" --source="$1" ${quiet:+--quiet} "${@:2}")
}

# verify_file SOURCE FILE [OPTION…]: with the status of dbverify; its records are in
# $work/verified.
verify_file() {
	local status=0 inverse=0 reader
	: >"$work/verified"
	if [ -z "${setting[unfilter]}" ]; then
		verifier "$1" "${@:3}" "$2"
		"${verifier[@]}" >"$work/verified" &
		wait $!
		return
	fi
	# First: who opens the pipe waits for the other side.
	{ exec 6<"$2"; } 2>/dev/null || {
		warn "cannot read $2"
		return "$EX_NOPERM"
	}
	verifier "$1" "${@:3}" -
	rm -f "$work/plain" && mkfifo "$work/plain"
	"${shell[@]}" "${setting[unfilter]}" <&6 >"$work/plain" 6<&- &
	reader=$!
	exec 6<&-
	"${verifier[@]}" <"$work/plain" >"$work/verified" &
	wait $! || status=$?
	wait "$reader" || inverse=$?
	[ "$inverse" = 0 ] || [ "$inverse" = 141 ] || {
		warn "the command --unfilter ended with status $inverse"
		[ "$status" != 0 ] || status=$EX_DATAERR
	}
	return "$status"
}

# receipt FILE SOURCE: the last record of dbverify, of what is called so; nothing
# where it came to no answer.
receipt() {
	tail -n 1 "$work/verified" | jq -c --arg file "$1" --arg source "$2" '
		select(.event == "verified") | . + {source: $source,
			file: (if $file == "" then null else $file end), msg: .reason}'
}

# verdict EVENT SOURCE FILE OK MESSAGE: a record like dbverify's, without a look
# at the contents.
verdict() {
	jq -nc --arg tool "$TOOL" --arg event "$1" --arg source "$2" --arg file "$3" \
		--arg time "$(now)" --argjson ok "$4" --arg msg "$5" '
		def text: if . == "" then null else . end;
		{tool: $tool, event: $event, time: $time, source: $source,
			file: ($file | text), ok: $ok, msg: ($msg | text)}
		+ if $event == "verified" then {mode: "digest"} else {} end'
}

# digest FILE: its SHA-256.
digest() {
	child sha256sum -- "$1" | cut -c 1-64
}

# fault FILE SIZE SHA256: what is wrong with it, seen from outside. Of what went
# through a filter the catalogue has the digest.
fault() {
	if [ "$2" != - ] && [ "$2" != "$(stat -c %s -- "$1")" ]; then
		echo "$1 has not the $2 bytes that were written"
	elif [ -n "$3" ] && [ "$3" != "$(digest "$1")" ]; then
		echo "$1 is not what was written"
	fi
}

# overdue FILE AGE: why there is no new backup.
overdue() {
	if [ -z "$1" ]; then
		echo "there is no backup of it in $PWD"
	elif [ ! -f "$1" ]; then
		echo "$1, the newest backup, is not in $PWD"
	elif [ "$2" -gt "${setting[max_age]}" ]; then
		echo "$1, the newest backup, is $(($2 / 3600)) h $(($2 / 60 % 60)) min old"
	fi
}

# check_digest SOURCE FILE: its bytes are those that were written: it is as good as
# it was before the filter.
check_digest() {
	local record reason
	reason=$(catalogue_refusal "$2") || die "$EX_IOERR" "$PWD/$catalogue cannot be read"
	[ -z "$reason" ] || {
		not_good verified "$1" "$2" "$2 was not good when it was verified: $reason" || return
	}
	record=$(verdict verified "$1" "$2" true '')
	note "$record"
	tell "$record" || return "$EX_UNAVAILABLE"
}

# tell RECORD: to those whom the settings of dbverify name. Fails only if somebody
# could not be told, and that is noted.
tell() {
	local line failed=0
	"${bound[@]}" dbverify ${defaults[@]+"${defaults[@]}"} \
		${quiet:+--quiet} --outcome=- <<<"$1" >"$work/untold" &
	wait $! || failed=1
	while IFS= read -r line; do
		catalogue_add "$line" || :
	done <"$work/untold"
	return "$failed"
}
