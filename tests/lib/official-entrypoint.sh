#!/bin/bash
# official-entrypoint.sh: what the tests need of the contract of the official
# image's entry point: an empty data directory is made, with root's password and
# what lies in /docker-entrypoint-initdb.d, or out of a prepared backup of
# mariadb-backup there; one that is there is left alone.
set -eu
config() { mariadbd --verbose --help 2>/dev/null | sed -n "s/^$1  *//p"; }
data=$(config datadir)
data=${data%/}
socket=$(config socket)

import() {
	local file
	mariadbd --user=mysql --skip-networking --socket="$socket" &
	until mariadb-admin --socket="$socket" ping >/dev/null 2>&1; do sleep 0.1; done
	for file in /docker-entrypoint-initdb.d/*; do
		case $file in
		*.sql) mariadb --socket="$socket" <"$file" ;;
		*.sql.zst) zstd -dc "$file" | mariadb --socket="$socket" ;;
		esac
	done
	mariadb --socket="$socket" <<-SQL
		SET sql_log_bin=0;
		CREATE USER root@'%' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
		GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
		ALTER USER root@localhost IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
	SQL
	mariadb-admin --socket="$socket" -p"$MARIADB_ROOT_PASSWORD" shutdown
	wait
}

# from_backup: what is in it holds, its passwords, too.
from_backup() {
	mkdir "$data/.init"
	zstd -dc /docker-entrypoint-initdb.d/*.tar.zst | tar -x -C "$data/.init"
	mariadb-backup --target-dir="$data/.init" --datadir="$data/.restore" --move-back
	mv "$data"/.restore/* "$data/"
	rm -rf "$data/.init" "$data/.restore"
	chown -R mysql: "$data"
}

[ "${1:-}" = mariadbd ] || exec "$@"
shift
if [ ! -d "$data/mysql" ] && ls /docker-entrypoint-initdb.d/*.tar.zst 2>/dev/null; then
	from_backup
elif [ ! -d "$data/mysql" ]; then
	: "${MARIADB_ROOT_PASSWORD:?}"
	mariadb-install-db --user=mysql --datadir="$data" --skip-test-db --force \
		--skip-name-resolve --auth-root-authentication-method=normal >&2
	import
fi
exec mariadbd --user=mysql --socket="$socket" --skip-networking "$@"
