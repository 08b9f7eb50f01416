# shellcheck shell=bash disable=SC2016 # scripts in quotes
# versions.bash: servers in root file systems of their own (../versions/roots).
# After servers.bash.
#
#   versions_begin       two of each version, of which `first` has things in it
#   versions_end
#   cnf VERSION NAME     the option file that leads to one
#   ask VERSION NAME [STATEMENT]
#   version_start VERSION NAME NUMBER [OPTION...]    again, on what it has
#   own_dump VERSION NAME [OPTION...]    shop, by its own program
#   program VERSION      its server for this root file system: a path

mysql8=(mysql-8.0 mysql-8.4 mysql-9)
versions=(mysql-5.7 "${mysql8[@]}" mariadb-10.5 mariadb-11.8)

versions_begin() {
	local version
	[ "$(id -u)" = 0 ] || skip 'servers in other root file systems: root only'
	servers_begin here
	ROOTS=$("$TREE/tests/versions/roots")
	export ROOTS
	for version in "${versions[@]}"; do
		version_start "$version" first 1
		version_start "$version" second 2
		version_fill "$version"
	done
}

versions_end() {
	local version dir
	[ -n "${ROOTS:-}" ] || return 0
	for version in "${versions[@]}"; do
		dir=$(place "$version")
		cat "$dir"/*/pid 2>/dev/null | xargs -r kill -KILL || :
		rm -rf --one-file-system "$dir"
	done
	servers_end
}

# place VERSION: where its servers are, as seen from outside. A socket's name is
# short.
place() { echo "$ROOTS/$1/srv/${SERVERS##*.}"; }

cnf() { echo "$(place "$1")/$2/cnf"; }

# within ROOT COMMAND…: there is no folder of this run.
within() { TMPDIR=/tmp chroot "$@"; }

# version_start VERSION NAME NUMBER [OPTION...]
version_start() {
	local dir inside root=$ROOTS/$1 server=mysqld number=$3
	local -a gtid=(--gtid-mode=ON --enforce-gtid-consistency=ON)
	dir=$(place "$1")/$2
	inside=${dir#"$root"}
	[ ! -e "$root/usr/sbin/mariadbd" ] || server=mariadbd gtid=()
	if [ ! -e "$dir/data" ]; then
		mkdir -p "$dir" "$root/var/lib/mysql-files"
		if [ "$server" = mysqld ]; then
			within "$root" mysqld --no-defaults --initialize-insecure --user=root \
				--datadir="$inside/data" >"$dir/log" 2>&1 || {
				cat "$dir/log"
				return 1
			}
		else
			within "$root" mariadb-install-db --no-defaults --skip-test-db --force \
				--auth-root-authentication-method=normal --user=root \
				--datadir="$inside/data" >"$dir/log" 2>&1 || {
				cat "$dir/log"
				return 1
			}
		fi
	fi
	server_free_port >"$dir/port"
	(umask 077 && printf '[client]\nuser=root\nsocket=%s\n' "$dir/s" >"$dir/cnf")
	within "$root" "$server" --no-defaults --user=root --datadir="$inside/data" \
		--socket="$inside/s" --pid-file="$inside/pid" \
		--bind-address=127.0.0.1 --port="$(cat "$dir/port")" ${gtid[@]+"${gtid[@]}"} \
		--server-id="$number" --log-bin=binlog --innodb-buffer-pool-size=64M \
		--performance-schema=OFF "${@:4}" >>"$dir/log" 2>&1 </dev/null 3>&- &
	wait_until 60 mariadb --defaults-file="$dir/cnf" -e 'DO 0' 2>/dev/null
}

# ask VERSION NAME [STATEMENT]
ask() {
	mariadb --defaults-file="$(cnf "$1" "$2")" --default-character-set=utf8mb4 -BN ${3:+-e "$3"}
}

version_fill() {
	ask "$1" first <"$TREE/tests/versions/objects.sql"
	case $1 in
	mysql-[89]*) ask "$1" first <"$TREE/tests/versions/mysql8.sql" ;;
	esac
}

# own_dump VERSION NAME [OPTION…]: of the database shop, by its own program.
own_dump() {
	local root=$ROOTS/$1 dir
	local -a options=(--databases shop --routines --events --triggers --hex-blob
		--default-character-set=utf8mb4 --single-transaction "${@:3}")
	dir=$(place "$1")/$2
	[[ $1 == mariadb-* ]] || options+=(--set-gtid-purged=OFF)
	within "$root" mysqldump --no-defaults -uroot -S "${dir#"$root"}/s" "${options[@]}" \
		2>>"$BATS_TEST_TMPDIR/said"
}

# libraries_of ROOT PATH [OPTION...]: a program of it, for here.
libraries_of() {
	local lib=$1/lib/x86_64-linux-gnu
	printf '%q ' exec "$lib/ld-linux-x86-64.so.2" --library-path \
		"$lib:$1/usr/lib/x86_64-linux-gnu:$1/usr/lib/mysql/private" "$1/usr/$2" "${@:3}"
}

# wrapped VERSION PATH [OPTION...]: a script of this path does the same, with these
# options behind --no-defaults, which has to be first.
wrapped() {
	local root=$ROOTS/$1 script
	script=$(place "$1")/program/$2
	mkdir -p "${script%/*}"
	printf '#!/bin/sh\ncase $1 in\n--no-defaults) shift && %s "$@" ;;\n*) %s "$@" ;;\nesac\n' \
		"$(libraries_of "$root" "$2" --no-defaults "${@:3}")" "$(libraries_of "$root" "$2")" \
		>"$script"
	chmod +x "$script"
}

program() {
	local root=$ROOTS/$1 base server=mysqld tool
	base=$(place "$1")/program
	[ ! -e "$root/usr/sbin/mariadbd" ] || server=mariadbd
	if [ ! -e "$base/sbin/$server" ]; then
		wrapped "$1" "sbin/$server" --basedir="$base" \
			--lc-messages-dir="$root/usr/share/mysql" \
			--character-sets-dir="$root/usr/share/mysql/charsets" \
			--plugin-dir="$root/usr/lib/mysql/plugin" >&2
		for tool in my_print_defaults resolveip mariadb-tzinfo-to-sql mysql_tzinfo_to_sql; do
			[ ! -e "$root/usr/bin/$tool" ] || wrapped "$1" "bin/$tool"
		done
		ln -s "$root/usr/share" "$base/share"
		if [ "$server" = mariadbd ]; then
			cp "$root/usr/bin/mariadb-install-db" "$base/bin"
			ln -s mariadbd "$base/sbin/mysqld" # as 10.5 calls it
		fi
	fi
	echo "$base/sbin/$server"
}
