# shellcheck shell=bash
# prebuilt.sh: the part of dbpipes-image that loads a dump into a private server
# and packs its data directory. It uses $input, $strip, $work and deliver.
# shellcheck disable=SC2154 # these

# prebuilt_server: start it; its socket is all that it listens on. Whatever ends
# this script ends it, too.
prebuilt_server() {
	local try
	setpriv --pdeathsig TERM mariadbd --no-defaults "${as[@]}" \
		--datadir="$work/data" --socket="$work/socket" --pid-file="$work/pid" \
		--skip-networking --skip-log-bin --event-scheduler=OFF --innodb-flush-log-at-trx-commit=0 \
		>"$work/log" 2>&1 9>&- &
	for ((try = 0; try < 600; try++)); do
		! mariadb-admin --defaults-file="$work/cnf" ping >/dev/null 2>&1 || return 0
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	die "$EX_UNAVAILABLE" "the private server does not start:" \
		"$(grep -m 1 ERROR "$work/log")"
}

prebuilt_sql() { mariadb --defaults-file="$work/cnf" -BN; }

# prebuilt_strip: no account but root's, unless they are to be kept.
prebuilt_strip() {
	[ -n "$strip" ] || return 0
	prebuilt_sql <<-'SQL' >"$work/drop"
		SELECT CONCAT(IF(JSON_VALUE(Priv, '$.is_role') = 1, 'DROP ROLE ',
			'DROP USER '), QUOTE(User), IF(JSON_VALUE(Priv, '$.is_role') = 1,
			'', CONCAT('@', QUOTE(Host))), ';') FROM mysql.global_priv
			WHERE User <> 'mariadb.sys' AND (User, Host) <> ('root', 'localhost');
	SQL
	prebuilt_sql <"$work/drop"
}

# prebuilt_stop: with nothing left to do at the next start, and with a small log,
# for what is opened for writing is copied up when a container starts. From here
# on nobody can log in, until a container sets root's password.
prebuilt_stop() {
	prebuilt_sql <<-'SQL'
		SET GLOBAL innodb_log_file_size = 16777216;
		SET GLOBAL innodb_fast_shutdown = 0;
		SET GLOBAL innodb_buffer_pool_dump_at_shutdown = 0;
		ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING 'invalid';
		SHUTDOWN;
	SQL
	wait
}

prebuilt_image() {
	local status=0
	local -a as=()
	[ "$(id -u)" != 0 ] || as=(--user=root)
	printf '[client]\nuser=root\nsocket=%s\n' "$work/socket" >"$work/cnf"
	mariadb-install-db --no-defaults "${as[@]}" --skip-test-db --skip-log-bin \
		--auth-root-authentication-method=normal --datadir="$work/data" \
		>"$work/log" 2>&1 ||
		die "$EX_UNAVAILABLE" "mariadb-install-db fails: $(tail -n 1 "$work/log")"
	prebuilt_server
	dbseed --defaults-file="$work/cnf" "$input" >&2 || status=$?
	[ "$status" = 0 ] || end_as "$status"
	prebuilt_strip
	prebuilt_stop
	rm -f "$work"/data/{ib_buffer_pool,ibtmp1,*.pid,*.err}
	: >"$work/data/dbpipes-new"
	tar -C "$work/data" --sort=name -cf "$work/data.tar" .
	rm -rf "$work/data"
	deliver "$work/data.tar" --input=data --about="$input" \
		--add="${lib%/*}/prebuilt-entrypoint.sh:/usr/local/bin/dbpipes-entrypoint.sh:755" \
		--entrypoint='["dbpipes-entrypoint.sh"]' --cmd='["mariadbd"]'
}
