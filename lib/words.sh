# shellcheck shell=bash
# words.sh: the words of a command line. A part of dbpipes.sh, which reads it.

# words_to COMMAND WORD…: run it with these, the value of a long option joined on
# where it is a word of its own, which the C tools take, too. Which options have
# one, the text says that usage() prints. Here no value begins with a dash.
words_to() {
	local command=$1 valued
	local -a words=()
	shift
	valued=$(usage | sed -nE 's/^ *(-., )?(--[a-z-]+)=.*/\2/p')
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		if [[ $1 == --* && $# -gt 1 && $2 != -* &&
			$'\n'$valued$'\n' == *$'\n'"${1//_/-}"$'\n'* ]]; then
			set -- "$1=$2" "${@:3}"
		fi
		words+=("$1")
		shift
	done
	"$command" ${words[@]+"${words[@]}"} "$@"
}

# unknown WORD: no option of ours, or not in that place.
unknown() {
	local name=${1%%=*} help
	help=$(usage)
	if [[ $name =~ ^--(defaults-.*|no-defaults)$ && $help == *" $name"[=\ ]* ]]; then
		die "$EX_USAGE" "$name must come before all other options and operands"
	elif [[ $help == *" $name="* ]]; then
		die "$EX_USAGE" "$name wants a value; see --help"
	fi
	die "$EX_USAGE" "unknown option: $name; see --help"
}
