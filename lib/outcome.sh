# shellcheck shell=bash
# outcome.sh: what dbpipes-backup says at its end: to the catalogue, to people,
# to the shell. After the other parts; it uses the variables at the end of
# bin/dbpipes-backup.
# shellcheck disable=SC2154 # these

# record_of OK STATUS MESSAGE: a record of this run, around what the tool says of
# a backup that it made.
record_of() {
	local written=null
	[ ! -f "$file" ] || written=$(stat -c %s -- "$file")
	jq -nc --slurpfile own "$work/record" --arg tool "$TOOL" \
		--arg time "$(now)" --arg source "$source" \
		--arg kind "${setting[method]}" --arg file "$file" --argjson ok "$1" \
		--arg scope "$scope" --argjson code "$2" --arg msg "$3" --argjson seconds "$SECONDS" \
		--argjson written "$written" '
		def text: if . == "" then null else . end;
		{tool: $tool, event: "backup", time: $time, source: $source,
			scope: ($scope | text), kind: $kind, ok: $ok, file: null, server: null,
			position: null, tables: null, rows: null, bytes: null,
			written: null, sha256: null, lock_ms: null,
			seconds: $seconds, code: $code, msg: ($msg | text)}
		+ if $ok then ($own[-1] // {} | del(.tool, .event, .time)) +
			{file: ($file | text), written: ($written // $own[-1].written)}
		else {} end'
}

# record_backup: it is made. `record` is set when there is a record to write: a
# signal before that leaves a run that made none, and says so.
record_backup() {
	local made sum
	made=$(record_of true 0 '')
	if [ -n "$locked" ] && [ -n "${setting[filter]}" ]; then
		# For those who cannot undo the filter.
		sum=$(digest "$file") || die "$EX_IOERR" "$file cannot be read back"
		made=$(jq -c --arg sum "$sum" '.file_sha256 = $sum' <<<"$made")
	fi
	record=$made outcome=$made
	catalogue_add "$record" ||
		die "$EX_IOERR" "${file:-the backup} is made, but $catalogue cannot be written"
}

# record_failure STATUS: of a run that made none, or that fails after it made one.
# Of a backup that is not good dbverify has said so.
record_failure() {
	if [ -z "$record" ]; then
		outcome=$(record_of false "$1" "$died")
		catalogue_add "$outcome" || warn "$catalogue cannot be written"
	elif [ "$(jq .ok <<<"$outcome")" = true ]; then
		outcome=$(jq -c --argjson code "$1" --arg msg "$died" --arg time "$(now)" \
			'.ok = false | .code = $code | .msg = $msg | .time = $time' <<<"$record")
		catalogue_add "$outcome" || warn "$catalogue cannot be written"
	fi
}

# fail STATUS: the tool made no backup; its own words are the reason.
fail() {
	local said=$blame
	[ -n "$said" ] || said=$(jq -rR '(fromjson? | objects | select(.event == "error") | .msg),
		(capture("^([a-z]+: )?error: (?<msg>.*)") | .msg)' "$work/said" | tail -n 1)
	die "$1" "no backup of $source: ${said:-it ended with status $1}"
}

# verify: what went through a pipe has been verified beside it.
verify() {
	local status=$checked line
	[ "${setting[verify]}" != none ] || return 0
	if [ -z "$stream" ] || [ -n "${setting[unfilter]}" ]; then
		status=0
		verify_file "$source" "$file" "${setting[unfilter]}" || status=$?
	fi
	line=$(receipt "$file" "$source" | jq -c 'select(.event == "verified")')
	if [ -n "$line" ]; then
		outcome=$line
		catalogue_add "$line" || die "$EX_IOERR" "$catalogue cannot be written"
	fi
	case $status in
	0) ;;
	1) die 1 "${file:-the backup} is not good" ;;
	*) die "$status" "${file:-the backup} could not be verified" ;;
	esac
}

# prune: what no rule keeps.
prune() {
	local status=0
	[ -n "$locked" ] || return 0
	[ -z "${setting[skip_prune]}" ] || return 0
	child dbpipes-prune ${defaults[@]+"${defaults[@]}"} \
		${quiet:+--quiet} . >/dev/null || status=$?
	[ "$status" = 0 ] || die "$status" "$file is good, but older ones could not be pruned"
}

# tell_of_killed: a run that ended by kill -9 could not say so itself. It may have
# been of another source: the name of its file says which.
tell_of_killed() {
	local dead said
	dead=$(head -n 1 "$LOCK")
	: >"$LOCK"
	[[ $dead =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || return 0
	rm -f -- ".$dead."*.tmp
	said="the run that was to make $dead was killed"
	if catalogue_records | jq -ne --arg file "$dead" \
		'any(inputs; .event == "backup" and .file == $file)' >/dev/null; then
		said="the run that made $dead was killed before its end"
	elif [ -e "$dead" ]; then
		# Not ours to delete: another catalogue may have it.
		said+="; the file is there, and not in $catalogue: it is for you to keep or delete"
	fi
	warn "$said"
	outcome=$(record_of_dead "$dead" "$said")
	catalogue_add "$outcome" || warn "$catalogue cannot be written"
	tell "$outcome" || :
	outcome=''
}

# record_of_dead FILE MESSAGE: of the run that was at work on it.
record_of_dead() {
	local source=${1%-*-*} scope=''
	local -A setting=([method]=dump)
	[[ ${1##*-} != *Z.tar* ]] || setting[method]=snapshot
	record_of false 137 "$2"
}

# finish: the end of every run that began.
finish() {
	local status=$?
	signals_off
	trap - EXIT ERR
	set +e
	replica_start
	(hook after "$status") || [ "$status" != 0 ] || {
		status=$EX_UNAVAILABLE died='the command --after failed'
	}
	[ "$status" = 0 ] || record_failure "$status"
	tell "$outcome" || [ "$status" != 0 ] || status=$EX_UNAVAILABLE
	if [ -n "$locked" ]; then
		# What the catalogue does not know would never be listed, nor go.
		[ -n "$record" ] || [ -z "$file" ] || rm -f -- "$file" ".$file."*.tmp
		: >"$LOCK"
	fi
	rm -rf "$work"
	end_as "$status"
}
