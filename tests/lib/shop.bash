# shellcheck shell=bash
# shop.bash: a shop (shop.sql) on a private server, writers in it, and the
# comparison of two servers, table by table. After servers.bash.
#
#   shop_make NAME CUSTOMERS [aria]  the data; aria: writers use such a table, too
#   shop_writers_start NAME COUNT    each a stock client, until they are stopped
#   shop_writer_start NAME STATEMENT one more, that ends by control.stop as they do
#   shop_writers_stop NAME           fails if one of them had failed
#   shop_writers_end                 those that a test left, if any, on any server
#   shop_forget_logs NAME            nobody will ask for its binary logs so far
#   tables_of NAME                   "database table rows checksum" of all tables
#                                    but the system's, by CHECKSUM TABLE
#   replica_status NAME              SHOW SLAVE STATUS, a line each
#   replica_await NAME SOURCE SECONDS  until NAME has executed what SOURCE has
#                                    logged; fails with its status otherwise

shop_make() {
	local customers=$2
	{
		echo "SET @customers = $customers;"
		cat "$TREE/tests/lib/shop.sql"
		[ "${3:-}" != aria ] || echo 'UPDATE shop.control SET aria = TRUE;'
	} | sql "$1"
}

shop_writers_start() {
	local me
	sql "$1" 'USE shop; UPDATE control SET stop = FALSE'
	shop_writers=()
	for ((me = 1; me <= $2; me++)); do
		shop_writer_start "$1" "CALL shop.work($me)"
	done
}

shop_writer_start() {
	sql "$1" "$2" </dev/null >"$SERVERS/writer.${#shop_writers[@]}" 2>&1 3>&- &
	shop_writers+=($!) shop_at=$1
}

shop_writers_stop() {
	local index status=0
	sql "$1" 'USE shop; UPDATE control SET stop = TRUE'
	for index in "${!shop_writers[@]}"; do
		wait "${shop_writers[index]}" && continue
		cat "$SERVERS/writer.$index" >&2
		status=1
	done
	shop_writers=()
	return "$status"
}

shop_writers_end() {
	[ ${#shop_writers[@]} -eq 0 ] || shop_writers_stop "$shop_at" || :
}

shop_forget_logs() {
	sql "$1" 'FLUSH BINARY LOGS'
	sql "$1" "PURGE BINARY LOGS TO '$(sql "$1" 'SHOW MASTER STATUS' | cut -f 1)'"
}

tables_of() {
	local database table checksum rows
	sql "$1" "SELECT table_schema, table_name FROM information_schema.tables
		WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql',
		'information_schema', 'performance_schema', 'sys')
		ORDER BY 1, 2" | while IFS=$'\t' read -r database table; do
		checksum=$(sql "$1" "CHECKSUM TABLE \`$database\`.\`$table\` EXTENDED" </dev/null)
		rows=$(sql "$1" "SELECT COUNT(*) FROM \`$database\`.\`$table\`" </dev/null)
		echo "$database $table $rows ${checksum##*$'\t'}"
	done
}

replica_status() {
	mariadb --defaults-file="$(server_cnf "$1")" -e 'SHOW ALL SLAVES STATUS\G'
}

replica_await() {
	local file position
	read -r file position _ < <(sql "$2" 'SHOW MASTER STATUS')
	[ "$(sql "$1" "SELECT MASTER_POS_WAIT('$file', $position, $3, '${4:-}') >= 0")" = 1 ] || {
		replica_status "$1" >&2
		return 1
	}
}
