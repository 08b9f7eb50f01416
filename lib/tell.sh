# shellcheck shell=bash
# tell.sh: what came of a verification, for the catalogue and for people. After
# dbpipes.sh, settings.sh and folder.sh; it uses $work.
# shellcheck disable=SC2154 # work

# receipt FILE SOURCE: what dbverify said last, of what is called so: verified or
# error; nothing where it came to no end.
receipt() {
	tail -n 1 "$work/verified" | jq -c --arg file "$1" --arg source "$2" '
		select(.event == "verified" or .event == "error") | . + {source: $source,
			file: (if $file == "" then null else $file end), msg: (.reason // .msg)}'
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

# answer STATUS SOURCE FILE: what dbverify said is published; ends with its STATUS.
answer() {
	local record
	record=$(receipt "$3" "$2")
	[ -n "$record" ] ||
		record=$(verdict error "$2" "$3" false "dbverify ended with status $1")
	publish "$record" || [ "$1" != 0 ] || return "$EX_UNAVAILABLE"
	return "$1"
}

# not_good EVENT SOURCE FILE REASON [STATUS]: say so wherever it is to be said; ends
# with STATUS, or 1.
not_good() {
	warn "$2: $4"
	publish "$(verdict "$1" "$2" "$3" false "$4")" || :
	return "${5:-1}"
}

# publish RECORD: in a catalogue if there is one to write to, to those who want to
# be told, and on stdout; fails as tell does.
publish() {
	local catalogue=${setting[catalog]:-$catalogue} status=0
	[ -n "${setting[catalog]}" ] || [ -w "$catalogue" ] || catalogue=''
	catalogue_add "$1" || warn "$catalogue cannot be written"
	tell "$1" || status=1
	# Last: whoever read it may be no more.
	records_print "$1"
	return "$status"
}

# tell RECORD: to those whom the settings of dbverify name, as a run of this script,
# whoever wrote the record: good or bad, it is one line of the metrics. Fails only
# if somebody could not be told, and that is noted. A full disk keeps no one from it.
tell() {
	local line told failed=0
	told=$(jq -c --arg tool "$TOOL" '.tool = $tool' <<<"$1")
	"${bound[@]}" dbverify ${defaults[@]+"${defaults[@]}"} \
		${quiet:+--quiet} --outcome=- <<<"$told" >"$work/untold" &
	wait $! || failed=1
	while IFS= read -r line; do
		catalogue_add "$line" || :
	done <"$work/untold"
	return "$failed"
}
