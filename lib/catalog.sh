# shellcheck shell=bash disable=SC2154 # of dbpipes.sh
# catalog.sh: what dbpipes-list and dbpipes-report share: reading catalogues.

# seconds_of OPTION DURATION: in whole seconds, into `seconds`.
seconds_of() {
	duration "$2" || die "$EX_USAGE" "$1: '$2' is no duration; as 90m, 26h or 8d"
}

# catalog_now: what ages are counted from, into `now`.
catalog_now() {
	now=${SOURCE_DATE_EPOCH:-$(date +%s)}
	[[ $now =~ ^[0-9]{1,11}$ ]] ||
		die "$EX_USAGE" "SOURCE_DATE_EPOCH is no number of seconds"
}

# catalog_events CATALOG NAME: what it tells, see catalog.jq; what has no source
# gets this NAME.
catalog_events() {
	local folder
	folder=$(cd "$(dirname -- "$1")" && pwd)
	# shellcheck disable=SC2094 # it is its name
	[ -n "$folder" ] && jq -nRc -L "$templates" --arg catalog "$1" --arg folder "$folder" \
		--arg source "$2" 'include "catalog"; catalog' <"$1"
}

# catalog_names: into `names`, the source of records that name none: the folder's
# name; the whole path where two catalogues lie in folders of the same name.
catalog_names() {
	local folder other
	local -A seen=()
	for folder in "${catalogs[@]}"; do
		folder=$(cd "$(dirname -- "$folder")" && pwd)
		other=${seen["${folder##*/}/"]:-}
		if [ -n "$other" ] && [ "$other" != "$folder" ]; then
			names+=("$folder")
		else
			names+=("${folder##*/}")
			seen["${folder##*/}/"]=$folder
		fi
	done
}

# catalog_find: the operands, folders or catalogues, as files; the folder that we
# are in, if there are none.
catalog_find() {
	local i
	[ ${#catalogs[@]} -gt 0 ] || catalogs=(.)
	for i in "${!catalogs[@]}"; do
		# cd has options, and - is another folder to it.
		[[ ${catalogs[i]} != -* ]] || catalogs[i]=./${catalogs[i]}
		[ ! -d "${catalogs[i]}" ] || catalogs[i]=${catalogs[i]%/}/backups.jsonl
		[ -e "${catalogs[i]}" ] ||
			die "$EX_NOINPUT" "there is no catalogue ${catalogs[i]}"
		[ -r "${catalogs[i]}" ] || die "$EX_NOPERM" "cannot read ${catalogs[i]}"
	done
}

# catalog_read WORK: all of `catalogs` into WORK/events, and into WORK/present a
# line for each of their backups: whether its file is there.
catalog_read() {
	local i line
	local -a names=()
	need jq
	catalog_find
	catalog_names
	for i in "${!catalogs[@]}"; do
		catalog_events "${catalogs[i]}" "${names[i]}" >"$1/one" ||
			die "$EX_IOERR" "${catalogs[i]} cannot be read, or $1 not be written to"
		# A crash tears a line; of a dump, all of them are none of ours.
		! jq -se 'length > 2 and all(.[1:][]; has("torn"))' "$1/one" >/dev/null ||
			die "$EX_DATAERR" "${catalogs[i]} is no catalogue: none of its lines is a record"
		while read -r line; do
			warn "${catalogs[i]}, line $line is no whole record: it is left out"
		done < <(jq '.torn // empty | .line' "$1/one")
		catalog_present "$(dirname -- "${catalogs[i]}")" <"$1/one" >>"$1/present"
		cat "$1/one"
	done >"$1/events"
}

# catalog_present FOLDER: of its events, whether the file of each backup is there. The
# name of the folder is for us alone: to jq, all names are UTF-8.
catalog_present() {
	local file
	# No file has a name with the character that ends them here.
	jq -j '.backup // empty | (.file // "" | if test("\u0000") then "" else . end) +
		"\u0000"' | while IFS= read -r -d '' file; do
		if [ -z "$file" ] || [ -z "$look" ]; then
			echo null
		elif [[ $file == /* && -e $file || $file != /* && -e $1/$file ]]; then
			echo true
		else
			echo false
		fi
	done
}
