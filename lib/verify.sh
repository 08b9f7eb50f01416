# shellcheck shell=bash
# verify.sh: dbverify on a backup, and what can be seen from outside. After
# dbpipes.sh, settings.sh and tell.sh; it uses $work and the setting verify.
# shellcheck disable=SC2154 # work

# verifier SOURCE [OPTION…]: the command, in `verifier`. What comes of it is told by
# the script, once.
verifier() {
	verifier=("${bound[@]}" dbverify ${defaults[@]+"${defaults[@]}"}
		"--${setting[verify]}" --source="$1" --notify-when=never ${quiet:+--quiet}
		"${@:2}")
}

# verify_file SOURCE FILE [INVERSE]: through this command; with the status of
# dbverify. Its records are in $work/verified.
verify_file() {
	local status=0 inverse=0 reader
	: >"$work/verified"
	if [ -z "${3:-}" ]; then
		verifier "$1" "$2"
		"${verifier[@]}" >"$work/verified" &
		wait $!
		return
	fi
	# First: who opens the pipe waits for the other side.
	{ exec 6<"$2"; } 2>/dev/null || {
		warn "cannot read $2"
		no_answer "$1" "$2" "cannot read $2"
		return "$EX_NOPERM"
	}
	verifier "$1" -
	rm -f "$work/plain" && mkfifo "$work/plain"
	"${shell[@]}" "$3" <&6 >"$work/plain" 6<&- &
	reader=$!
	exec 6<&-
	"${verifier[@]}" <"$work/plain" >"$work/verified" &
	wait $! || status=$?
	wait "$reader" || inverse=$?
	[[ ! $inverse =~ ^(0|141)$ ]] || return "$status"
	# It may have failed only since dbverify, which refused what came, read no more.
	[ "$status" != 1 ] || ! child "${shell[@]}" "$3" <"$2" >/dev/null 2>&1 || return 1
	warn "the command --unfilter ended with status $inverse"
	[[ $status =~ ^[01]$ ]] || return "$status"
	# A key that is not there says nothing of the file, and what dbverify was
	# content with may not be all.
	no_answer "$1" "$2" "the command --unfilter ended with status $inverse"
	return "$EX_DATAERR"
}

# no_answer SOURCE FILE REASON: in the place of what dbverify said.
no_answer() {
	verdict error "$1" "$2" false "$3" >"$work/verified"
}

# digest FILE: its SHA-256.
digest() {
	child sha256sum -- "$1" | cut -c 1-64
}

# fault FILE SIZE SHA256: what is wrong with it, seen from outside. Of what went
# through a filter the catalogue has the digest. Fails where it cannot be read,
# which says nothing of it.
fault() {
	local found
	[ -r "$1" ] || return "$EX_NOPERM"
	found=$(stat -c %s -- "$1") || return "$EX_IOERR"
	if [ "$2" != - ] && [ "$2" != "$found" ]; then
		echo "$1 has not the $2 bytes that were written"
		return
	fi
	[ -n "$3" ] || return 0
	found=$(digest "$1") || return "$EX_IOERR"
	[ "$3" = "$found" ] || echo "$1 is not what was written"
}

# overdue FILE AGE: why there is no new backup. A clock that was set back makes none
# too old; but one dated far ahead would be new enough until then, though no other came.
overdue() {
	if [ -z "$1" ]; then
		echo "there is no backup of it in $PWD"
	elif [ ! -f "$1" ]; then
		echo "$1, the newest backup, is not in $PWD"
	elif [ "$2" -gt "${setting[max_age]}" ]; then
		echo "$1, the newest backup, is $(($2 / 3600)) h $(($2 / 60 % 60)) min old"
	elif [ "$2" -lt -86400 ]; then
		echo "$1, the newest backup, is $((-$2 / 3600)) h $((-$2 / 60 % 60)) min ahead of the clock"
	fi
}

# unseen EVENT FOLDER REASON [STATUS]: none of its sources can be looked at. Where
# nobody says which these are, the folder stands for them: by its path, which is no
# name of a source.
unseen() {
	local name names=$2 status=0
	[ -z "${setting[sources]}" ] || names=$(sources)
	while IFS= read -r name; do
		not_good "$1" "$name" '' "$3" ${4:+"$4"} || status=$?
	done <<<"$names"
	return "$status"
}

# check_digest SOURCE FILE: its bytes are those that were written: it is as good as
# it was before the filter.
check_digest() {
	local reason
	reason=$(catalogue_refusal "$2") || {
		not_good error "$1" "$2" "$PWD/$catalogue cannot be read" "$EX_IOERR" || return
	}
	[ -z "$reason" ] || {
		not_good verified "$1" "$2" "$2 was not good when it was verified: $reason" || return
	}
	publish "$(verdict verified "$1" "$2" true '')" || return "$EX_UNAVAILABLE"
}
