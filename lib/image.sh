# shellcheck shell=bash
# image.sh: of dbpipes-image, how the newest backup of a folder is found, in its
# catalogue where it has one, and how runs take turns. It uses $input, $catalog,
# $prebuilt, $name and is_snapshot, and sets $input, $labels and $day.
# shellcheck disable=SC2034,SC2154 # these

# Modules of jq, in a checkout as when installed.
templates=$(dirname "$(readlink -f "$0")")/../share/dbpipes

# verified: of the catalogue's backups those that were good when they were last
# verified: lines of the time of the backup or -, its source or -, the time at
# which it was verified, and its name.
verified() {
	# shellcheck disable=SC2016 # jq's variables
	jq -Rnr -L "$templates" 'include "proof";
		reduce (inputs | fromjson? | objects) as $r ({};
		($r | file_name) as $name
		| if $name == "" then .
		elif $r.event == "backup" then .[$name] = $r
		elif $r.event == "verified" then
			.[$name] |= (proven($r | proof)
				| .checked = (.verified | if good then .time else null end))
		elif $r.event == "pruned" then del(.[$name])
		else . end)
		| to_entries[] | select(.value.checked)
		| [.value.time // "-", .value.source // "-", .value.checked, .key]
		| map(tostring) | @tsv' "$1"
}

# is_wanted FILE: a dump, or with --prebuilt also a snapshot, that can be read.
is_wanted() {
	case $1 in
	*.sql | *.sql.zst | *.sql.gz) ;;
	*) [ -n "$prebuilt" ] && is_snapshot "$1" || return 1 ;;
	esac
	[ -f "$1" ] && [ -r "$1" ]
}

# pick_verified: the newest backup that is known to be good.
pick_verified() {
	local lines time from checked file found='' newest='' folder=$input
	lines=$(verified "$catalog")
	while IFS=$'\t' read -r time from checked file; do
		is_wanted "$folder/$file" || continue
		[ "$time" != - ] || time=$(date -u -r "$folder/$file" +%FT%TZ)
		[[ $time > $newest ]] || continue
		found=$file newest=$time
		labels=(--label="dbpipes.verified=$checked")
		[ "$from" = - ] || labels+=(--label="dbpipes.source=$from")
	done <<<"$lines"
	[ -n "$found" ] || die "$EX_NOINPUT" "$catalog knows no backup in $folder" \
		"that was verified: use dbverify --catalog=$catalog, or name a file"
	input=$folder/$found
	day=${newest:0:10} day=${day//-/}
	pick_newest "$folder"
	[[ $lines$'\n' == *$'\t'${newest_file##*/}$'\n'* ]] ||
		warn "$newest_file is newer than $input, but not known to be good"
}

# pick_newest FOLDER: the backup in it that was written last: $newest_file. One
# that is still being written has another name (it begins with a dot).
pick_newest() {
	local file
	newest_file=''
	for file in "$1"/*; do
		is_wanted "$file" || continue
		[ -n "$newest_file" ] && [ ! "$file" -nt "$newest_file" ] ||
			newest_file=$file
	done
}

pick() {
	[ -n "$catalog" ] || [ ! -e "$input/backups.jsonl" ] ||
		catalog=$input/backups.jsonl
	if [ -n "$catalog" ]; then
		[ -r "$catalog" ] || die "$EX_NOINPUT" "cannot read $catalog"
		pick_verified
		return
	fi
	pick_newest "$input"
	[ -n "$newest_file" ] || die "$EX_NOINPUT" "there is no backup in $input"
	warn "$input has no catalogue that tells which backups were verified:" \
		"taking the newest"
	input=$newest_file
}

# take_turns: two runs of one name would each remove what the other has made. The
# lock goes with the process.
take_turns() {
	local dir=${XDG_RUNTIME_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}}/dbpipes
	mkdir -p "$dir"
	exec 9>"$dir/image-${name//\//+}.lock"
	flock -n 9 || {
		log "waiting for another run that makes $name"
		flock 9
	}
}
