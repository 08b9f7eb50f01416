# shellcheck shell=bash
# image.sh: of dbpipes-image, how the newest backup of a folder is found, in its
# catalogue where it has one, how runs take turns, and how the image is delivered.
# It uses the script's variables and is_snapshot, and sets $input, $labels, $day.
# shellcheck disable=SC2034,SC2154 # these

# verified: of the catalogue's backups those that were good when they were last
# verified: lines of the time of the backup or -, its source or -, the time at
# which it was verified, and its name; in the order in which they were made.
verified() {
	# shellcheck disable=SC2016 # jq's variables
	jq -Rnr -L "$templates" 'include "proof";
		reduce (foreach (inputs | fromjson? | objects) as $r (0; . + 1; [., $r])) as [$n, $r] ({};
		($r | file_name) as $name
		| if $name == "" then .
		elif $r.event == "backup" then .[$name] = $r + {$n}
		elif $r.event == "verified" then
			.[$name] |= (proven($r | proof)
				| .checked = (.verified | if good then .time else null end))
		elif $r.event == "pruned" then del(.[$name])
		else . end)
		| to_entries | sort_by(.value.n // 0)[] | select(.value.checked)
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

# pick_verified: the newest backup that is known to be good: the last one of the
# catalogue, for a clock may have been ahead; by its time, what is not told there.
pick_verified() {
	local lines time from checked file found='' newest='' listed told=- folder=$input left=''
	lines=$(verified "$catalog")
	while IFS=$'\t' read -r time from checked file; do
		is_wanted "$folder/$file" || [[ $file != *.sql.* || ! -f $folder/$file ]] || left=$file
		is_wanted "$folder/$file" || continue
		listed=$time
		[ "$time" != - ] || time=$(date -u -r "$folder/$file" +%FT%TZ)
		[[ $listed != - && $told != - ]] || [[ $time > $newest ]] || continue
		found=$file newest=$time told=$listed left=''
		labels=(--label="dbpipes.verified=$checked")
		[ "$from" = - ] || labels+=(--label="dbpipes.source=$from")
	done <<<"$lines"
	[ -n "$found" ] || die "$EX_NOINPUT" "$catalog knows no backup in $folder" \
		"that was verified${left:+ and can be packed as it is, as $left cannot}:" \
		"use dbverify --catalog=$catalog, or name a file"
	input=$folder/$found
	[ -z "$left" ] || warn "$folder/$left is newer than $input, but cannot be packed as it is"
	day=${newest:0:10} day=${day//-/}
	pick_newest "$folder"
	[[ $lines$'\n' == *$'\t'${newest_file##*/}$'\n'* ]] ||
		warn "$newest_file is newer than $input, but not known to be good"
}

# pick_newest FOLDER: the backup written last: $newest_file. Unfinished ones are hidden.
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
	local dir=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dbpipes
	local lock=$dir/image-${name//\//+}.lock
	# With a group: the failure of exec alone would end us.
	{ mkdir -p "$dir" && { exec 9>"$lock"; }; } 2>/dev/null ||
		die "$EX_CANTCREAT" "cannot make $lock"
	flock -n 9 || {
		log "waiting for another run that makes $name"
		child flock 9
	}
}

# find_input: a file to pack; a live source is dumped into one.
find_input() {
	local status=0
	if [ -n "$source_file" ]; then
		input=$work/dump.sql.zst
		child dbdump --defaults-file="$source_file" --zstd --result-file="$input" \
			"${dump[@]}" || status=$?
		[ "$status" = 0 ] || end_as "$status"
	elif [ -d "$input" ]; then
		pick
	fi
	[ -r "$input" ] || die "$EX_NOINPUT" "cannot read $input"
	! is_snapshot "$input" || [ -n "$prebuilt" ] ||
		die "$EX_USAGE" "$input is a snapshot, with the accounts of its server:" \
			"--prebuilt takes them out"
	log "packing $input"
}

# run_dbpack OPTION…: ends as it does, unless that is well.
run_dbpack() {
	local status=0
	child dbpack ${defaults[@]+"${defaults[@]}"} "$@" || status=$?
	[ "$status" = 0 ] || end_as "$status"
}

# rehearse: will the image be taken, once it is made? A base that can be read only
# once is left for then.
rehearse() {
	local -a to=(--load --tag="$name")
	local from=scratch
	[ -z "$push" ] || to=(--push="$name")
	[[ $base != docker://* && ! -f $base && ! -d $base ]] || from=$base
	run_dbpack --dry-run --base="$from" "${to[@]}" ${pack[@]+"${pack[@]}"}
}

# deliver FILE [OPTION…]: under both names.
deliver() {
	local tag
	day=${day:-$(date -u -r "$input" +%Y%m%d)}
	if [ -n "$push" ]; then
		for tag in "$day" latest; do
			run_dbpack --base="$base" --push="$name:$tag" "${@:2}" \
				${labels[@]+"${labels[@]}"} ${pack[@]+"${pack[@]}"} "$1"
		done
		return
	fi
	run_dbpack --base="$base" --load --tag="$name:$day" --tag="$name:latest" \
		"${@:2}" ${labels[@]+"${labels[@]}"} ${pack[@]+"${pack[@]}"} "$1"
}
