# shellcheck shell=bash disable=SC2154 # of dbpipes.sh
# folder.sh: a folder of backups, which is the current directory: its lock, its
# catalogue, the names in it, the room in it. After dbpipes.sh.
#
# The catalogue holds one JSON object a line, oldest first. Each line is written
# at once, so that dbverify and people may append to it as well. A line that a
# full disk has torn is passed over, but not the one that follows it.

readonly LOCK=.dbpipes.lock
catalogue=''

# folder_enter DIR
folder_enter() {
	# cd has options, and - is another folder to it.
	[[ $1 != -* ]] || set -- "./$1"
	[ -d "$1" ] || die "$EX_NOINPUT" "there is no folder $1"
	cd "$1" 2>/dev/null || die "$EX_NOPERM" "cannot enter the folder $1"
	catalogue=backups.jsonl
}

# folder_lock: one run at a time that writes to a folder, and what a run starts
# shares its lock: also after kill -9, until the last of them has ended. It is on
# descriptor 9.
folder_lock() {
	[ "${DBPIPES_LOCKED:-}" != "$PWD" ] || return 0
	{ exec 9>>"$LOCK"; } 2>/dev/null || die "$EX_CANTCREAT" "cannot write to $PWD"
	flock -n 9 || die "$EX_TEMPFAIL" "another run is at work in $PWD"
	export DBPIPES_LOCKED=$PWD
}

# catalogue_records: its lines that are whole.
catalogue_records() {
	[ ! -s "$catalogue" ] ||
		jq -cR -L "$templates" 'include "proof"; record | objects' "$catalogue"
}

# catalogue_add LINE: with one write. dd, since a shell's own writes come in
# parts.
catalogue_add() {
	local line=$1
	[ -n "$catalogue" ] || return 0
	# Behind a torn line it would be lost.
	[ -z "$(tail -c 1 "$catalogue" 2>/dev/null)" ] || line=$'\n'$line
	dd of="$catalogue" bs=4M iflag=fullblock oflag=append conv=notrunc,fsync \
		status=none <<<"$line"
}

# records_print RECORD…: on stdout, once they are noted.
records_print() {
	printf '%s\n' "$@" 2>/dev/null ||
		die "$EX_IOERR" "the records cannot be written to the standard output"
}

# file_number SOURCE: of the names on stdin, the number of each backup.
file_number() {
	local name
	while IFS= read -r name; do
		[[ $name == "$1"-* && ${name#"$1"-} =~ ^([0-9]{6,12})-[0-9]{8}T ]] || continue
		echo $((10#${BASH_REMATCH[1]}))
	done
}

# file_next SOURCE SUFFIX: a name that sorts behind all that were given out for
# this source, whatever the clock says: they are counted.
file_next() {
	local last
	last=$({
		catalogue_records | jq -r '.file? | strings'
		find . -maxdepth 1 -printf '%f\n'
	} | file_number "$1" | sort -n | tail -n 1)
	printf '%s-%06d-%s.%s\n' "$1" "$((${last:-0} + 1))" \
		"$(date -u +%Y%m%dT%H%M%SZ)" "$2"
}

# space_check SOURCE SCOPE KIND: there is room for a backup as large as the last one,
# and a tenth more.
space_check() {
	local last room
	last=$(catalogue_records | jq -r --arg source "$1" --arg scope "$2" --arg kind "$3" '
		select(.event == "backup" and .ok and .source == $source and
			(.scope // "") == $scope and .kind == $kind) | .written | numbers | floor' | tail -n 1)
	# Not -P: the name of a device may hold a space.
	room=$(df --output=avail -B1 . | tail -n 1 | tr -dc 0-9)
	[ "${room:-0}" -ge $((${last:-0} * 11 / 10)) ] ||
		die "$EX_IOERR" "$PWD has room for $room bytes, and the last backup of" \
			"$1 took $last; make room there"
}

# catalogue_sources: those of which a backup was ever tried, one a line.
catalogue_sources() {
	catalogue_records | jq -rn '[inputs | select(.event == "backup") |
		.source | strings] | unique[]'
}

# catalogue_refusal FILE: why it was not good when its contents were last looked at;
# nothing if it was.
catalogue_refusal() {
	catalogue_records | jq -rn -L "$templates" --arg file "$1" 'include "proof";
		reduce (inputs | select(.event == "verified" and file_name == $file and
			.mode != "digest")) as $record ({};
			proven($record | proof + {why: (.reason // .msg)})) |
		.verified | select(.ok == false) | .why // "no reason given"'
}

# catalogue_newest SOURCE: the record of its last backup that was made, with its age in
# seconds, or nothing.
catalogue_newest() {
	catalogue_records | jq -cn --arg source "$1" '
		[inputs | select(.event == "backup" and .ok == true and
			.source == $source and (.file | type) == "string" and
			(.file | test("\\A[^./-][^/]*\\z")))] | last // empty |
		.age = (try (now - (.time | fromdateiso8601) | floor) catch 1e12)'
}
