#!/bin/bash
# dbpipes-entrypoint.sh: in an image whose data directory is ready. The official
# entry point takes no notice of passwords then; this one sets, at the first
# start, those that the container was given, before anyone can connect, and goes
# on to that one. The variables are those of the official image: MARIADB_ or
# MYSQL_, and _FILE for a file that holds the value.
set -eu
conf=/etc/mysql/conf.d/zz-dbpipes.cnf
data=$(sed -n 's/^datadir = //p' "$conf")

# variable NAME: of the environment, or of the file that it names.
variable() {
	local name value file
	for name in "MARIADB_$1" "MYSQL_$1"; do
		value=${!name:-}
		file=${name}_FILE
		[ -n "$value" ] || [ -z "${!file:-}" ] || value=$(cat "${!file}")
		[ -z "$value" ] || break
	done
	printf %s "$value"
}

# quote TEXT, as a string of SQL, and name TEXT, as an identifier.
quote() {
	local s=${1//\\/\\\\}
	printf "'%s'" "${s//\'/\\\'}"
}
# shellcheck disable=SC2016 # backquotes of SQL
name() { printf '`%s`' "${1//\`/\`\`}"; }

one_line() {
	case $1 in
	*$'\n'*)
		echo "dbpipes-entrypoint: a password or name has a newline in it" >&2
		exit 1
		;;
	esac
}

# accounts: as the official entry point makes them.
accounts() {
	local root host user password database
	root=$(variable ROOT_PASSWORD) host=$(variable ROOT_HOST)
	user=$(variable USER) password=$(variable PASSWORD)
	database=$(variable DATABASE)
	if [ -z "$root" ] && [ -n "$(variable RANDOM_ROOT_PASSWORD)" ]; then
		root=$(head -c 18 /dev/urandom | base64)
		echo "GENERATED ROOT PASSWORD: $root" >&2
	elif [ -z "$root" ] && [ -z "$(variable ALLOW_EMPTY_ROOT_PASSWORD)" ] &&
		[ -z "$(variable ALLOW_EMPTY_PASSWORD)" ]; then
		echo 'dbpipes-entrypoint: set MARIADB_ROOT_PASSWORD,' \
			'MARIADB_RANDOM_ROOT_PASSWORD or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD' >&2
		exit 1
	fi
	one_line "$root$host$user$password$database"
	echo "SET sql_log_bin=0, sql_mode='';"
	echo "ALTER USER root@localhost IDENTIFIED BY $(quote "$root");"
	if [ "${host:=%}" != localhost ]; then
		echo "CREATE OR REPLACE USER root@$(quote "$host") IDENTIFIED BY $(quote "$root");"
		echo "GRANT ALL ON *.* TO root@$(quote "$host") WITH GRANT OPTION;"
	fi
	[ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS $(name "$database");"
	[ -n "$user" ] && [ -n "$password" ] || return 0
	echo "CREATE OR REPLACE USER $(quote "$user")@'%' IDENTIFIED BY $(quote "$password");"
	[ -z "$database" ] ||
		echo "GRANT ALL ON $(name "${database//_/\\_}").* TO $(quote "$user")@'%';"
}

case ${1:-} in
-* | mariadbd | mysqld) ;;
*) exec docker-entrypoint.sh "$@" ;;
esac
[ -e "$data/dbpipes-new" ] || exec docker-entrypoint.sh "$@"
# Root's alone while it is written, in memory where that can be had.
init=$(mktemp -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
accounts >"$init"
[ "$(id -u)" != 0 ] || chown "$(stat -c %u:%g "$data")" "$init"
# It answers only when the accounts are set: then neither is wanted any more.
(
	for _ in {1..3000}; do
		mariadb-admin --no-defaults --socket=/run/mysqld/mysqld.sock ping \
			>/dev/null 2>&1 || {
			sleep 0.2
			continue
		}
		rm -f "$data/dbpipes-new" "$init"
		break
	done
) &
[ "${1#-}" = "$1" ] || set -- mariadbd "$@"
exec docker-entrypoint.sh "$@" --init-file="$init"
