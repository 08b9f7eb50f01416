# shellcheck shell=bash
# source.sh: which server dbpipes-backup is to back up, and what it is called.
# After dbpipes.sh and settings.sh.
# shellcheck disable=SC2034,SC2154 # source, scope; defaults, rest, setting

# source_name: in `source`; it becomes a part of file names.
source_name() {
	source=${setting[source]}
	if [ -z "$source" ]; then
		source=$(my_print_defaults ${defaults[@]+"${defaults[@]}"} client \
			client-mariadb dbpipes dbdump | sed -n 's/^--host=//p' | tail -n 1)
		case $source in
		'' | localhost | 127.* | ::1) source=$(uname -n) ;;
		esac
		source=${source//[^A-Za-z0-9._]/-}
	fi
	[[ $source =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$ ]] ||
		die "$EX_USAGE" "--source is of letters, digits, dots and dashes"
	scope=$(scope_of)
	[ -z "$scope" ] || scope=$(printf '%s' "$scope" | sha256sum | cut -c 1-16)
}

# server_options GROUP…: how a tool that reads these groups, too, reaches its server.
server_options() {
	my_print_defaults ${defaults[@]+"${defaults[@]}"} client client-mariadb dbpipes "$@" |
		sed -n '/^--\(host\|port\|socket\|protocol\)=/p'
}

# scope_of: what tells runs apart that have one name of the source: which part of
# a server, and which server, unless somebody has given it the name.
scope_of() {
	printf '%s' "${setting[databases]:+databases=${setting[databases]} }" "${rest[*]@Q}"
	[ -z "${setting[source]}" ] || return 0
	server_options dbdump dbsnap | sed '/^--protocol=/d'
	printf '%s' "${MYSQL_HOST:-}" "${MYSQL_TCP_PORT:-}" "${MYSQL_UNIX_PORT:-}"
}
