#!/bin/bash
# dbpipes-entrypoint.sh: in an image whose data directory is ready. The official
# entry point takes no notice of passwords then; this one sets, at the first
# start, those that the container was given, before anyone can connect, and goes
# on to that one. The variables are those of the official image: MARIADB_ or
# MYSQL_, and _FILE for a file that holds the value.
set -eu
conf=/etc/mysql/conf.d/zz-dbpipes.cnf
data=$(sed -n 's/^datadir = //p' "$conf")

# variable NAME: of the environment, or of the file that it names; ends the shell
# where that cannot be read. So each call is a command of its own.
variable() {
	local name value file
	for name in "MARIADB_$1" "MYSQL_$1"; do
		value=${!name:-}
		file=${name}_FILE
		[ -n "$value" ] || [ -z "${!file:-}" ] || value=$(cat "${!file}") || exit 1
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

# identified PASSWORD HASH: how an account proves who it is.
identified() {
	if [ -n "$2" ]; then
		echo "IDENTIFIED BY PASSWORD $(quote "$2")"
	else
		echo "IDENTIFIED BY $(quote "$1")"
	fi
}

no_newlines() {
	case $1 in
	*$'\n'*)
		echo "dbpipes-entrypoint: a password or name has a newline in it" >&2
		exit 1
		;;
	esac
}

random() { head -c 18 /dev/urandom | base64; }

# root_accounts: without a password for root nothing starts.
root_accounts() {
	local root hash host
	root=$(variable ROOT_PASSWORD)
	hash=$(variable ROOT_PASSWORD_HASH)
	host=$(variable ROOT_HOST)
	if [ -z "$root$hash" ] && [ -n "$(variable RANDOM_ROOT_PASSWORD)" ]; then
		root=$(random)
		echo "GENERATED ROOT PASSWORD: $root" >&2
	elif [ -z "$root$hash" ] && [ -z "$(variable ALLOW_EMPTY_ROOT_PASSWORD)" ] &&
		[ -z "$(variable ALLOW_EMPTY_PASSWORD)" ]; then
		echo 'dbpipes-entrypoint: set MARIADB_ROOT_PASSWORD,' \
			'MARIADB_RANDOM_ROOT_PASSWORD or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD' >&2
		exit 1
	fi
	no_newlines "$root$hash$host"
	echo "ALTER USER root@localhost $(identified "$root" "$hash");"
	[ "${host:=%}" != localhost ] || return 0
	echo "CREATE OR REPLACE USER root@$(quote "$host") $(identified "$root" "$hash");"
	echo "GRANT ALL ON *.* TO root@$(quote "$host") WITH GRANT OPTION;"
}

# user_accounts: a database and whom it is for, and one for replicas.
user_accounts() {
	local user password hash database
	user=$(variable USER)
	database=$(variable DATABASE)
	password=$(variable PASSWORD)
	hash=$(variable PASSWORD_HASH)
	no_newlines "$user$password$hash$database"
	[ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS $(name "$database");"
	if [ -n "$user" ] && [ -n "$password$hash" ]; then
		echo "CREATE OR REPLACE USER $(quote "$user")@'%' $(identified "$password" "$hash");"
		[ -z "$database" ] ||
			echo "GRANT ALL ON $(name "${database//_/\\_}").* TO $(quote "$user")@'%';"
	fi
	user=$(variable REPLICATION_USER)
	password=$(variable REPLICATION_PASSWORD)
	hash=$(variable REPLICATION_PASSWORD_HASH)
	[ -n "$user" ] && [ -n "$password$hash" ] || return 0
	no_newlines "$user$password$hash"
	echo "CREATE OR REPLACE USER $(quote "$user")@'%' $(identified "$password" "$hash");"
	echo "GRANT REPLICATION SLAVE ON *.* TO $(quote "$user")@'%';"
}

# health_account: the one of the official image's healthcheck.sh, and the file
# with its password, which is nobody's else.
health_account() {
	local password host file=$data/.my-healthcheck.cnf
	password=$(random)
	for host in localhost 127.0.0.1 ::1; do
		echo "CREATE OR REPLACE USER healthcheck@'$host' IDENTIFIED BY '$password';"
	done
	(
		umask 077
		printf '[mariadb-client]\nuser=healthcheck\npassword=%s\nprotocol=tcp\n' \
			"$password" >"$file"
	)
	[ "$(id -u)" != 0 ] || chown "$(stat -c %u:%g "$data")" "$file"
}

accounts() {
	echo "SET sql_log_bin=0, sql_mode='';"
	root_accounts
	user_accounts
	health_account
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
[ "${1#-}" = "$1" ] || set -- mariadbd "$@"
# Where the server listens its configuration says, which is not the same in all
# images. It answers only when the accounts are set: then neither file is wanted
# any more.
(
	socket=$(mariadbd "${@:2}" --log-bin-index="$(mktemp -u)" --verbose --help 2>/dev/null |
		sed -n 's/^socket  *//p')
	for _ in {1..3000}; do
		mariadb-admin --no-defaults --socket="$socket" ping >/dev/null 2>&1 || {
			sleep 0.2
			continue
		}
		rm -f "$data/dbpipes-new" "$init"
		break
	done
) &
exec docker-entrypoint.sh "$@" --init-file="$init"
