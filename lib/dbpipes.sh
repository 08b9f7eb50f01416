# shellcheck shell=bash disable=SC2034 # for the scripts
# dbpipes.sh: what the dbpipes-* scripts share. A script names itself and reads
# this first:
#
#     TOOL=dbpipes-replica
#     lib=$(dirname "$(readlink -f "$0")")/../lib/dbpipes.sh
#     [ -e "$lib" ] || lib=${lib%/lib/*}/share/dbpipes/dbpipes.sh # installed
#     . "$lib"
#
# Exit statuses are those of the C tools (sysexits.h), messages look like
# theirs: text, or with DBPIPES_LOG=json one object a line.

set -Eeuo pipefail
shopt -s inherit_errexit
unset CDPATH
IFS=$' \t\n'

# One of these that is closed would go to the next pipe or file that is opened, and
# be written to. As in the C tools it is /dev/null, the wrong way round: it still fails.
{ : <&0; } 2>/dev/null || exec 0>/dev/null
{ : >&1; } 2>/dev/null || exec 1</dev/null
: >&2 || exec 2</dev/null

readonly EX_USAGE=64 EX_DATAERR=65 EX_NOINPUT=66 EX_UNAVAILABLE=69 \
	EX_SOFTWARE=70 EX_CANTCREAT=73 EX_IOERR=74 EX_TEMPFAIL=75 EX_NOPERM=77 EX_CONFIG=78

# A script may enter another folder.
[[ ${TMPDIR:-/} == /* ]] || TMPDIR=$PWD/$TMPDIR

# The C tools stand beside the script, in a checkout as when installed;
# DBPIPES_BIN is for tests of other builds.
bin=$(dirname "$(readlink -f "$0")")
PATH=${DBPIPES_BIN:+$DBPIPES_BIN:}$bin:$PATH
export PATH
# Modules of jq, and the templates of pages.
templates=$bin/../share/dbpipes

# json_text TEXT: TEXT as a JSON string, in quotes; without jq, so that even
# "jq is missing" can be said.
json_text() {
	local s=$1
	s=${s//\\/\\\\}
	s=${s//\"/\\\"}
	s=${s//$'\n'/\\n}
	s=${s//$'\t'/\\t}
	printf '"%s"' "${s//[[:cntrl:]]/?}"
}

# now: the time, as records have it.
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# say EVENT LEVEL-TEXT MESSAGE [KEY JSON-VALUE]…: one line on stderr. That it cannot
# be said makes no good run a bad one.
say() {
	local event=$1 prefix=$2 message=$3 more=''
	shift 3
	if [ "${DBPIPES_LOG:-text}" != json ]; then
		printf '%s: %s%s\n' "$TOOL" "$prefix" "${message//[[:cntrl:]]/?}" >&2 || :
		return 0
	fi
	while [ $# -gt 1 ]; do
		more+=",$(json_text "$1"):$2"
		shift 2
	done
	printf '{"tool":%s,"event":%s,"time":"%s"%s,"msg":%s}\n' \
		"$(json_text "$TOOL")" "$(json_text "$event")" "$(now)" "$more" \
		"$(json_text "$message")" >&2 || :
}

quiet=''
log() { [ -n "$quiet" ] || say info '' "$*"; }
warn() { say warning 'warning: ' "$*"; }

# die STATUS MESSAGE…: the one final line. What was said is in `died`, for a
# script that has more to do at its end than that.
died=''
die() {
	local status=$1
	shift
	died=$*
	say error 'error: ' "$*" code "$status"
	exit "$status"
}

# only COMMAND…: the end that --help and --version come to: what they print could not
# be printed, perhaps, but the work that the other options ask for is never done.
only() {
	local status=0
	"$@" || status=$?
	[ "$status" -eq 0 ] || [ "$status" -gt 128 ] ||
		die "$EX_IOERR" "cannot write the standard output"
	end_as "$status"
}

version() { dbdump --version | sed "s/^dbdump/$TOOL/"; }

# need PROGRAM…: that are not ours.
need() {
	local program
	for program; do
		type -P "$program" >/dev/null ||
			die "$EX_UNAVAILABLE" "$program is not installed"
	done
}

# jq 1.6 takes a time in UTC for one of the zone that it is run in, as far as
# summer goes: it would be an hour later.
jq() { TZ=UTC0 command jq "$@"; }

# shellcheck source-path=SCRIPTDIR source=signals.sh
. "${BASH_SOURCE[0]%/*}/signals.sh"
# shellcheck source-path=SCRIPTDIR source=words.sh
. "${BASH_SOURCE[0]%/*}/words.sh"

# A command that fails unforeseen is our bug; say where.
trap 'die "$EX_SOFTWARE" "unexpected failure at line $LINENO: $BASH_COMMAND"' ERR

# work_make: a folder for what a run needs meanwhile, in `work`. It is locked, on
# descriptor 5, by the script and what it starts; those that killed runs have left
# are not, and go, under their lock, which a run that begins may want.
work_make() {
	local left
	for left in "${TMPDIR:-/tmp}/$TOOL".tmp.??????; do
		if [ -d "$left" ] && [ -O "$left" ] && [ ! -L "$left" ]; then
			flock -n "$left" rm -rf -- "$left" || :
		fi
	done
	while :; do
		work=$(mktemp -d "${TMPDIR:-/tmp}/$TOOL.tmp.XXXXXX") ||
			die "$EX_CANTCREAT" "cannot make a folder in ${TMPDIR:-/tmp}"
		# Another run may have taken it for one that was left.
		! { exec 5<"$work"; } 2>/dev/null || ! flock -n 5 || [ ! -d "$work" ] || return 0
	done
}

# duration TEXT: whole seconds of 90, 15m, 26h or 8d, as the C tools read it, into
# `seconds`; fails if it is none.
duration() {
	local -A unit=([s]=1 [m]=60 [h]=3600 [d]=86400)
	[[ $1 =~ ^([0-9]{1,9})([smhd]?)$ ]] || return 1
	seconds=$((10#${BASH_REMATCH[1]} * ${unit[${BASH_REMATCH[2]:-s}]}))
}
