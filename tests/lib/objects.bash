# shellcheck shell=bash
# objects.bash: the databases of tests/data/every-object.sql on a server, and
# dumps by dbdump. After servers.bash and seed.bash.
#
#   definers NAME             the account that some objects name as definer
#   every_object NAME         definers, and the databases
#   text_definers NAME        the definers of tests/data/texts.sql
#   texts NAME                text_definers, and its database
#   dump NAME [OPTION…]       dbdump of that server
#   restore NAME FILE [OPTION…]  with the stock client, into an empty server
#   values_of NAME DB         all values of the tables of tests/data/values.sql
#   paused_dump OPTION…       dbdump of source into a pipe of which only the first
#                             line is read; dump_rest: the rest, into
#                             $BATS_TEST_TMPDIR/rest.sql; its status is the dump's
#   liar STATEMENT [BEGIN [NAME]]  what stands before a server (source) and has it
#                             answer that in place of a SELECT of rows, or of a query
#                             that begins so: $liar_cnf is for it, $liar_pid ends it
#   rows_of FILE              "db.table rows" of its dbpipes-table lines
#   digests_of FILE           "db.table digest" likewise

definers() {
	sql "$1" "CREATE OR REPLACE USER definer@localhost;
		GRANT ALL ON *.* TO definer@localhost"
}

every_object() {
	definers "$1"
	mariadb --defaults-file="$(server_cnf "$1")" \
		--comments <"$TREE/tests/data/every-object.sql"
}

text_definers() {
	definers "$1"
	sql "$1" <<-'SQL'
		SET GLOBAL log_bin_trust_function_creators = 1;
		SET NAMES utf8mb4;
		CREATE USER `o'n``e "x`@`%`, `line
		x*/ -- `@localhost, `ü`@localhost;
		CREATE ROLE keeper;
		GRANT ALL ON *.* TO `o'n``e "x`@`%`, `line
		x*/ -- `@localhost, `ü`@localhost, keeper;
	SQL
}

texts() {
	text_definers "$1"
	mariadb --defaults-file="$(server_cnf "$1")" \
		--comments <"$TREE/tests/data/texts.sql"
	iconv -f UTF-8 -t ISO-8859-1 "$TREE/tests/data/texts-latin1.sql" |
		mariadb --defaults-file="$(server_cnf "$1")" \
			--default-character-set=latin1
}

dump() {
	dbdump --defaults-file="$(server_cnf "$1")" "${@:2}"
}

restore() {
	server_empty "$1"
	mariadb --defaults-file="$(server_cnf "$1")" --comments "${@:3}" <"$2"
}

paused_dump() {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	dbdump --defaults-file="$(server_cnf source)" "$@" \
		>"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	dump_pid=$!
	exec 8<"$BATS_TEST_TMPDIR/pipe"
	IFS= read -r _ <&8
}

dump_rest() {
	cat <&8 >"$BATS_TEST_TMPDIR/rest.sql"
	exec 8<&-
	wait "$dump_pid"
}

liar() {
	local port name=${3:-source}
	port=$(server_free_port)
	liar_cnf=$BATS_TEST_TMPDIR/liar.cnf
	sed -e "s/^port.*/port=$port/" -e 's/^socket.*/host=127.0.0.1/' \
		"$(server_cnf "$name")" >"$liar_cnf"
	chmod 600 "$liar_cnf"
	perl "$TREE/tests/lib/liar.pl" "$port" "$(server_socket "$name")" "${@:1:2}" 3>&- &
	# shellcheck disable=SC2034 # for tests
	liar_pid=$!
	wait_until 20 mariadb --defaults-file="$liar_cnf" -e 'DO 1'
}

manifest_of() { sed -n 's/^-- dbpipes-table //p' "$1"; }

rows_of() { manifest_of "$1" | jq -r '"\(.db).\(.table) \(.rows)"'; }

digests_of() { manifest_of "$1" | jq -r '"\(.db).\(.table) \(.digest)"'; }

# values_of NAME DB: every value of every table, as it is.
values_of() {
	local query
	sql "$1" "SELECT CONCAT('SELECT \\'', table_name, '\\', ', GROUP_CONCAT(
			IF(data_type IN ('float', 'double'),
				CONCAT(column_name, '*1e0'),
			IF(data_type IN ('int', 'bigint', 'tinyint', 'decimal', 'year'),
				column_name, CONCAT('HEX(', column_name, ')')))
			ORDER BY ordinal_position), ' FROM $2.', table_name,
			' ORDER BY id')
		FROM information_schema.columns WHERE table_schema = '$2'
		GROUP BY table_name ORDER BY table_name" |
		while IFS= read -r query; do
			sql "$1" "SET time_zone = '+00:00'; $query" </dev/null
		done
}
