# shellcheck shell=bash
# faithful.bash: whether two servers hold the same, by nothing but the stock
# client and the servers' own words. After servers.bash and seed.bash.
#
#   definitions_of NAME       what SHOW CREATE says of every object of every
#                             database but the system's, one line each
#   rows_with NAME            every row of every table, old versions too, one line
#                             each: the bytes of its values in hexadecimal
#                             digits, a long value as its SHA-224
#   compare_definitions SOURCE TARGET   fail, and show what differs
#   compare_values SOURCE TARGET        likewise
#   differing FILE FILE       the tables of two outputs of rows_with that differ

# ask NAME: the statements on stdin, in a session that shows bytes as they are.
ask() {
	{
		echo "SET SESSION time_zone = '+00:00', sql_mode = '',
			group_concat_max_len = 100000000, sql_quote_show_create = 1;"
		cat
	} | mariadb --defaults-file="$(server_cnf "$1")" -N -B \
		--default-character-set=utf8mb4 --max-allowed-packet=1G
}

# each_of NAME QUERY: the statements that are the rows of QUERY. No name in them
# passes through the client's reader of statements.
each_of() {
	ask "$1" <<<"$2" | sed "s/.*/EXECUTE IMMEDIATE CONVERT(x'&' USING utf8mb4);/" |
		ask "$1"
}

# own COLUMN: not the server's own databases.
own() {
	echo "$1 NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')"
}

# named KIND FROM…: of each, its name, then what SHOW CREATE says.
named() {
	echo "SELECT HEX(CONCAT('SHOW CREATE $1 \`', REPLACE(db, '\`', '\`\`'), '\`.\`',
		REPLACE(name, '\`', '\`\`'), '\`')) FROM (SELECT $2) o ORDER BY db, name"
}

definitions_of() {
	local own_schema own_routine kind
	own_schema=$(own table_schema) own_routine=$(own db)
	each_of "$1" "SELECT HEX(CONCAT('SHOW CREATE DATABASE \`',
		REPLACE(schema_name, '\`', '\`\`'), '\`'))
		FROM information_schema.schemata WHERE $(own schema_name) ORDER BY schema_name"
	each_of "$1" "$(named TABLE "table_schema db, table_name name
		FROM information_schema.tables WHERE $own_schema AND
		table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')")"
	each_of "$1" "$(named SEQUENCE "table_schema db, table_name name
		FROM information_schema.tables WHERE $own_schema AND
		table_type = 'SEQUENCE'")"
	each_of "$1" "$(named VIEW "table_schema db, table_name name
		FROM information_schema.tables WHERE $own_schema AND
		table_type = 'VIEW'")"
	for kind in PROCEDURE FUNCTION PACKAGE 'PACKAGE BODY'; do
		each_of "$1" "$(named "$kind" "db, name FROM mysql.proc
			WHERE $own_routine AND type = '$kind'")"
	done
	each_of "$1" "$(named EVENT "db, name FROM mysql.event WHERE $own_routine")"
	# The last field is when it was made.
	each_of "$1" "$(named TRIGGER "trigger_schema db, trigger_name name
		FROM information_schema.triggers WHERE $(own trigger_schema)")" |
		sed 's/\t[^\t]*$//'
	ask "$1" <<<"SELECT event_object_schema, event_object_table, action_timing,
			event_manipulation, action_order, trigger_name
		FROM information_schema.triggers WHERE $(own trigger_schema)
		ORDER BY 1, 2, 3, 4, 5;
		SELECT db, name, status, on_completion, time_zone FROM mysql.event WHERE $own_routine ORDER BY 1, 2"
}

# Of each type, what shows its bits. A point holds the eight bytes of a double,
# and every float is a double; of an ENUM the number tells the empty member from
# the value that is none.
bits="CASE
	WHEN data_type IN ('float', 'double')
		THEN CONCAT('HEX(SUBSTR(ST_AsBinary(POINT(', c, ', 0)), 6, 8))')
	WHEN data_type IN ('enum', 'set') THEN CONCAT('HEX(', c, '+0)')
	WHEN data_type IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'bit')
		THEN CONCAT('HEX(', c, ')')
	WHEN data_type LIKE '%text' OR data_type LIKE '%blob' OR
		data_type LIKE '%char' OR data_type LIKE '%binary'
		THEN CONCAT('IF(LENGTH(', c, ') > 40, SHA2(CAST(', c,
			' AS BINARY), 224), HEX(', c, '))')
	WHEN shape OR data_type = 'vector'
		THEN CONCAT('IF(LENGTH(', c, ') > 40, SHA2(', c, ', 224), HEX(', c, '))')
	ELSE CONCAT('HEX(CAST(', c, ' AS CHAR))') END"

# The columns of tables: those that information_schema knows, and of tables with
# old versions the two that they have without naming them.
columns="SELECT table_schema, table_name, ordinal_position n, data_type,
		CONCAT('\`', REPLACE(column_name, '\`', '\`\`'), '\`') c,
		data_type LIKE '%point' OR data_type LIKE '%string' OR
			data_type LIKE '%polygon' OR data_type LIKE 'geom%' shape
	FROM information_schema.columns WHERE $(own table_schema)
	UNION ALL SELECT table_schema, table_name, 10000, 'timestamp', c, FALSE
	FROM information_schema.tables t, (SELECT 'row_start' c UNION SELECT 'row_end') p
	WHERE table_type = 'SYSTEM VERSIONED' AND NOT EXISTS (SELECT 1
		FROM information_schema.columns n WHERE n.table_schema = t.table_schema
		AND n.table_name = t.table_name AND n.generation_expression = 'ROW START')"

rows_with() {
	each_of "$1" "SELECT HEX(CONCAT('SELECT ', QUOTE(CONCAT(table_schema, '.', table_name)),
			', CONCAT_WS('','', ', GROUP_CONCAT('COALESCE(', $bits, ',
			IF(', c, ' IS NULL, ''NULL'', ''?''))' ORDER BY n, c), ') AS v FROM \`',
			REPLACE(table_schema, '\`', '\`\`'), '\`.\`',
			REPLACE(table_name, '\`', '\`\`'), '\`',
			IF(table_type = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''),
			' ORDER BY 2'))
		FROM information_schema.tables JOIN ($columns) columns
			USING (table_schema, table_name)
		WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE')
		GROUP BY table_schema, table_name ORDER BY table_schema, table_name"
}

differing() { diff "$1" "$2" | sed -n 's/^[<>] \([^\t]*\)\t.*/\1/p' | sort -u; }

compare_definitions() {
	local dir
	dir=$(mktemp -d "$SERVERS/compare.XXXXXX")
	definitions_of "$1" >"$dir/source"
	definitions_of "$2" >"$dir/target"
	[ -s "$dir/source" ] && diff "$dir/source" "$dir/target"
}

compare_values() {
	local dir
	dir=$(mktemp -d "$SERVERS/compare.XXXXXX")
	rows_with "$1" >"$dir/source"
	rows_with "$2" >"$dir/target"
	# No value was too large to be looked at.
	if grep -q '[,	]?' "$dir/source" "$dir/target"; then
		return 1
	fi
	[ -s "$dir/source" ] && diff "$dir/source" "$dir/target" | cut -c 1-300
	cmp -s "$dir/source" "$dir/target"
}
