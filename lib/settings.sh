# shellcheck shell=bash
# settings.sh: the options of a script, from option files and from its command
# line. After dbpipes.sh. The text that usage() prints is their table: a line
# that begins with --name=VALUE is a setting with a value, one with --name a flag,
# and a short form may stand before it.
#
#     setting=([max_age]=26h)   # of --max-age; a flag is on or ''
#     settings_read "$@"
#
# In option files the groups [dbpipes] and [NAME-OF-THE-SCRIPT] count, as
# my_print_defaults reads them. What the C tools have to be told of option files
# is in `defaults`, operands are in `operands`, and what stands behind -- in `rest`.
# A script names in `theirs` what means something else to others in [dbpipes].

declare -A setting=() setting_kind=()
# shellcheck disable=SC2034 # for the scripts
declare -a defaults=() operands=() rest=() theirs=()

settings_read() {
	need my_print_defaults
	settings_table
	words_to settings_of_words "$@"
}

settings_of_words() {
	while [[ ${1:-} =~ ^--(no-defaults$|defaults-(file|extra-file|group-suffix)=) ]]; do
		# From here: some scripts enter another folder.
		[[ ! $1 =~ ^--defaults-(extra-)?file=[^/~] ]] ||
			set -- "${1%%=*}=$PWD/${1#*=}" "${@:2}"
		defaults+=("$1")
		shift
	done
	settings_of_group dbpipes known
	settings_of_group "$TOOL" all
	settings_of_line "$@"
}

settings_table() {
	local word more
	while read -r word more _; do
		if [[ $word == -?, ]]; then
			setting_kind[${word%,}]=$more
			word=$more
		fi
		case $word in
		--defaults-* | --no-defaults) ;;
		--*=*) setting_kind[${word%%=*}]=value ;;
		--*) setting_kind[$word]=flag ;;
		esac
	done < <(usage)
}

# settings_of_group GROUP known|all: unknown ones in a group that other programs
# read, too, are theirs.
settings_of_group() {
	local lines line status=0
	lines=$(my_print_defaults ${defaults[@]+"${defaults[@]}"} "$1") || status=$?
	[ "$status" = 0 ] || die "$EX_CONFIG" "the option files cannot be read"
	while IFS= read -r line; do
		[ -n "$line" ] || continue
		[[ $2 == all || " ${theirs[*]-} " != *" ${line%%=*} "* ]] || continue
		settings_take "$line" || [ "$2" = known ] || [[ $line == --loose-* ]] ||
			die "$EX_CONFIG" "[$1] in the option files: unknown option ${line%%=*}"
	done <<<"$lines"
}

settings_of_line() {
	local word
	while [ $# -gt 0 ]; do
		word=$1
		shift
		# shellcheck disable=SC2034
		case $word in
		--)
			rest=("$@")
			break
			;;
		--help | '-?') only usage ;;
		--version | -V) only version ;;
		-?) settings_take "${setting_kind[$word]:-$word}" || unknown "$word" ;;
		-?*) settings_take "$word" || unknown "$word" ;;
		*) operands+=("$word") ;;
		esac
	done
}

# settings_take --NAME[=VALUE]: fails if there is no such setting.
settings_take() {
	local name=${1%%=*} key value='' off=''
	[[ $1 != *=* ]] || value=${1#*=}
	name=${name//_/-}
	name=${name/#--loose-/--}
	if [[ $name =~ ^--(skip|disable)-(.+) && -z ${setting_kind[$name]:-} ]]; then
		name=--${BASH_REMATCH[2]} off=0
	fi
	key=${name#--} key=${key//-/_}
	case ${setting_kind[$name]:-} in
	value)
		[[ $1 == *=* || -n $off ]] || die "$EX_USAGE" "$name wants a value; see --help"
		setting[$key]=$value
		;;
	flag)
		case ${off:-${value,,}} in
		0 | off | false | no) setting[$key]='' ;;
		'' | 1 | on | true | yes) setting[$key]=on ;;
		*) die "$EX_USAGE" "$name is a flag: '$value' is no value of one; see --help" ;;
		esac
		;;
	*) return 1 ;;
	esac
}

# setting_number KEY: it is a whole number, else it is a usage error.
setting_number() {
	[[ ${setting[$1]} =~ ^[0-9]{1,9}$ ]] ||
		die "$EX_USAGE" "--${1//_/-} takes a number, not '${setting[$1]}'"
	setting[$1]=$((10#${setting[$1]}))
}

# setting_choice KEY WORD…: it is one of these.
setting_choice() {
	local name=$1
	shift
	[[ " $* " == *" ${setting[$name]} "* ]] ||
		die "$EX_USAGE" "--${name//_/-} is one of: $*"
}

# setting_duration KEY: in seconds from here on; as in dbpipes(7).
setting_duration() {
	local seconds
	duration "${setting[$1]}" ||
		die "$EX_USAGE" "--${1//_/-} takes a time such as 90, 15m, 26h, 8d, not '${setting[$1]}'"
	setting[$1]=$seconds
}
