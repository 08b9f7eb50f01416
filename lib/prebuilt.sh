# shellcheck shell=bash
# prebuilt.sh: the part of dbpipes-image that loads a dump into a private server,
# or starts one on a snapshot, and packs its data directory. It uses $input,
# $strip, $work, is_snapshot and deliver.
# shellcheck disable=SC2154 # these

# shellcheck source-path=SCRIPTDIR source=prebuilt-server.sh
. "${lib%/*}/prebuilt-server.sh"

# prebuilt_each_aria STATEMENT [OPTION]: for every table of Aria; its answers.
prebuilt_each_aria() {
	prebuilt_sql <<-SQL >"$work/each"
		SELECT CONCAT('$1 TABLE \`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`',
			REPLACE(table_name, '\`', '\`\`'), '\` ${2:-};')
			FROM information_schema.tables
			WHERE engine = 'Aria' AND table_type <> 'SYSTEM VIEW';
	SQL
	prebuilt_sql <"$work/each"
}

# prebuilt_strip: no account but root's, unless they are to be kept; nor what is
# left of them: the tables are built anew, and so is Aria's log, which has all
# that was ever written to them. The pages of a table name places in that log, so
# each table is repaired for the new one. That fails on old pages of text that
# were freed (aria_chk --zerofill, too: error 176): so all tables are built anew
# before it. And no repair by the way, which hides what could not be repaired.
prebuilt_strip() {
	[ -n "$strip" ] || return 0
	prebuilt_sql <<-'SQL' >"$work/drop"
		SELECT CONCAT(IF(JSON_VALUE(Priv, '$.is_role') = 1, 'DROP ROLE ',
			'DROP USER '), QUOTE(User), IF(JSON_VALUE(Priv, '$.is_role') = 1,
			'', CONCAT('@', QUOTE(Host))), ';') FROM mysql.global_priv
			WHERE User <> 'mariadb.sys' AND (User, Host) <> ('root', 'localhost');
	SQL
	prebuilt_sql <"$work/drop"
	prebuilt_each_aria ALTER FORCE
	prebuilt_sql <<<SHUTDOWN
	prebuilt_ended
	rm -f "$work"/data/aria_log*
	prebuilt_server --aria-recover-options=OFF
	prebuilt_each_aria REPAIR >/dev/null
	prebuilt_each_aria CHECK >"$work/checked"
	# A sequence has nothing to check, which is noted.
	! grep -v -e $'\tstatus\tOK$' -e $'\tnote\t.*support check$' "$work/checked" \
		>"$work/broken" ||
		die "$EX_SOFTWARE" "a table of Aria is not whole without its log:" \
			"$(head -n 1 "$work/broken")"
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
	prebuilt_ended
}

# prebuilt_zones: by name, as the official image has them from its first start on;
# a dump may set one, for its events above all.
prebuilt_zones() {
	local zones=/usr/share/zoneinfo
	[ ! -d "$zones" ] || [ -z "$(command -v mariadb-tzinfo-to-sql)" ] ||
		prebuilt_sql < <(echo 'USE mysql;' && mariadb-tzinfo-to-sql "$zones" 2>/dev/null)
}

# prebuilt_load: a new data directory with what the dump holds.
prebuilt_load() {
	local status=0
	# A script, which takes no blanks in a folder's name.
	prebuilt_run env -C "$work" mariadb-install-db --no-defaults "${as[@]}" \
		--skip-test-db --skip-log-bin \
		--auth-root-authentication-method=normal --datadir=./data &
	wait "$!" || log_tells 'mariadb-install-db fails'
	prebuilt_server
	prebuilt_zones
	child dbseed "${prebuilt_client[@]}" "$input" >&2 || status=$?
	[ "$status" = 0 ] || ! is_full || log_tells 'the private server was stopped'
	[ "$status" = 0 ] || end_as "$status"
}

# prebuilt_unpack: the data directory that was frozen, without what belongs to
# the server that it came from: its logs, and the replication password in
# master.info. Root gets in without a password, for as long as that takes.
prebuilt_unpack() {
	local index file status=0
	# A server starts on damaged pages, and tar sees neither these nor a cut.
	child dbverify ${defaults[@]+"${defaults[@]}"} --quick "$input" >/dev/null || status=$?
	[ "$status" != 1 ] || die "$EX_DATAERR" "$input is damaged"
	[ "$status" = 0 ] || end_as "$status"
	mkdir "$work/data"
	child tar --force-local --no-same-owner -C "$work/data" -xf "$input" ||
		die "$EX_DATAERR" "$input cannot be unpacked"
	for index in "$work"/data/*.index; do
		[ -e "$index" ] || continue
		while IFS= read -r file || [ -n "$file" ]; do
			[ -z "$file" ] || rm -f "$work/data/${file##*/}"
		done <"$index"
	done
	rm -f "$work"/data/{auto.cnf,*.index,*.info,*.state,*.pid,*.err}
	prebuilt_server --skip-grant-tables
	prebuilt_sql <<-'SQL'
		FLUSH PRIVILEGES;
		CREATE OR REPLACE USER root@localhost IDENTIFIED VIA mysql_native_password;
		GRANT ALL ON *.* TO root@localhost WITH GRANT OPTION;
	SQL
}

prebuilt_image() {
	local -a as=() about=(--about="$input")
	[ "$(id -u)" != 0 ] || as=(--user=root)
	if is_snapshot "$input"; then
		prebuilt_unpack
		about=() # it tells of itself
	else
		prebuilt_load
	fi
	prebuilt_strip
	prebuilt_stop
	rm -f "$work"/data/{ib_buffer_pool,ibtmp1,*.pid,*.err}
	: >"$work/data/dbpipes-new"
	child tar -C "$work/data" --sort=name -cf "$work/data.tar" . ||
		die "$EX_IOERR" "cannot write $work/data.tar"
	rm -rf "$work/data"
	deliver "$work/data.tar" --input=data ${about[@]+"${about[@]}"} \
		--add="${lib%/*}/prebuilt-entrypoint.sh:/usr/local/bin/dbpipes-entrypoint.sh:755" \
		--entrypoint='["dbpipes-entrypoint.sh"]' --cmd='["mariadbd"]'
}
