#!/usr/bin/env bats
# faithful.bats: that nothing is lost. Every kind of value and of object that a
# server can hold goes through a dump, into a server in another time zone, by the
# stock client and by dbseed, and is what it was: every definition as SHOW CREATE
# says it, every value by its bytes. And what other dumpers lose of the same.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects
load lib/faithful

# The ways to write a dump; each has to lose nothing.
variants=('-j 1' '-j 4' '-z -j 1' '-z -j 4')

setup_file() {
	local data
	servers_begin -
	TZ=Europe/Berlin server_start source --log-bin=binlog \
		--innodb-log-file-size=256M --plugin-load-add=ha_blackhole \
		--plugin-load-add=ha_archive
	TZ=America/New_York server_start target --innodb-log-file-size=256M \
		--plugin-load-add=ha_blackhole --plugin-load-add=ha_archive
	every_object source
	definers target
	for data in values faithful; do
		mariadb --defaults-file="$(server_cnf source)" --comments \
			<"$TREE/tests/data/$data.sql"
	done
	definitions_of source >"$SERVERS/definitions"
	rows_with source >"$SERVERS/rows"
}

teardown_file() { servers_end; }

# same: target holds what source holds.
same() { compare_definitions source target && compare_values source target; }

# each_variant COMMAND: with every way of writing it in $BATS_TEST_TMPDIR/dump.
each_variant() {
	local options
	for options in "${variants[@]}"; do
		echo "dbdump $options"
		# shellcheck disable=SC2086 # options are words
		dump source $options -A >"$BATS_TEST_TMPDIR/dump" 2>/dev/null
		"$@" "$BATS_TEST_TMPDIR/dump"
	done
}

# text_of FILE: of a dump, compressed or not.
text_of() { zstdcat -f "$1"; }

by_stock_client() {
	server_empty target
	text_of "$1" | mariadb --defaults-file="$(server_cnf target)" --comments
	same
}

by_dbseed() {
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$1"
	same
}

# rows_in NAME TABLE: how many rows of it the files of the last comparison have.
rows_in() { grep -c "^$2"$'\t' "$SERVERS/$1"; }

@test "what is compared is there: each kind of value, each character set, old versions" {
	local charset
	for charset in $(sql source "SELECT character_set_name
		FROM information_schema.character_sets WHERE maxlen > 1"); do
		[ "$(rows_in rows "faithful.charset_$charset")" -gt 4300 ]
	done
	[ "$(rows_in rows faithful.charset_latin1)" = 16 ]
	[ "$(rows_in rows faithful.doubles)" -gt 4500 ]
	[ "$(rows_in rows faithful.history)" = 5 ]
	[ "$(rows_in rows faithful.all_gone)" = 3 ]
	grep -q $'^faithful.doubles\t4E21,' "$SERVERS/rows"
	grep -q $'^faithful.e_archive\t' "$SERVERS/rows"
	[ "$(cut -f 1 "$SERVERS/rows" | sort -u | wc -l)" -gt 100 ]
	# The largest finite double, by its bits, and an ENUM that is no member.
	grep -q $'^faithful.doubles\t4E23,FFFFFFFFFFFFEF7F' "$SERVERS/rows"
	grep -q $'^faithful.members\t1,0,0,0$' "$SERVERS/rows"
	run -1 grep -c '[,	]?' "$SERVERS/rows"
}

@test "the comparison sees one bit of a value, and one word of a definition" {
	local table change
	dump source -A >"$BATS_TEST_TMPDIR/dump" 2>/dev/null
	by_stock_client "$BATS_TEST_TMPDIR/dump"
	while IFS=: read -r table change; do
		sql target "$change" -D faithful </dev/null
		run -0 lost
		grep -qxF "faithful.$table" <<<"$output"
	done <<-'SQL'
		floats: UPDATE floats SET f = f * 1.0000001192092896 WHERE id = 77
		members: UPDATE members SET e = 'a' WHERE id = 1
		moments: UPDATE moments SET t = t + INTERVAL 1 MICROSECOND WHERE id = 4
		geometries: UPDATE geometries SET g = ST_GeomFromWKB(ST_AsBinary(g), 1) WHERE id = 2
		charset_cp932: UPDATE charset_cp932 SET v = x'FA51' WHERE id = 4005
		all_gone: DELETE HISTORY FROM all_gone
	SQL
	[ "$(wc -l <<<"$output")" = 6 ]
	run -1 compare_values source target
	compare_definitions source target
	sql target 'ALTER TABLE faithful.sorted ALTER b SET DEFAULT 0'
	run -1 compare_definitions source target
}

@test "every definition and every value comes back by the stock client (cases 16 to 20, 22 to 26, 28, 29, 31, 32, 35, 45)" {
	each_variant by_stock_client
}

@test "every definition and every value comes back through dbseed (cases 16 to 20, 22 to 26, 28, 29, 31, 32, 35, 45)" {
	each_variant by_dbseed
}

# partitions_of NAME: the rows in each partition.
partitions_of() {
	each_of "$1" "SELECT HEX(CONCAT('SELECT ', QUOTE(CONCAT(table_schema, '.',
			table_name, '/', COALESCE(subpartition_name, partition_name))),
			', COUNT(*) FROM ', table_schema, '.', table_name, ' PARTITION (\`',
			REPLACE(COALESCE(subpartition_name, partition_name), '\`', '\`\`'), '\`)'))
		FROM information_schema.partitions WHERE partition_name IS NOT NULL
		ORDER BY table_schema, table_name, partition_name, subpartition_name"
}

@test "rows are in the partitions that they were in, old versions too (case 32)" {
	by_stock_client_parts() {
		by_stock_client "$1"
		diff <(partitions_of source) <(partitions_of target)
	}
	each_variant by_stock_client_parts
	[ "$(partitions_of target | wc -l)" -gt 200 ]
	partitions_of target | grep -q $'history_parts/p[0-9]\t[1-9]'
}

# longest FILE: bytes of the longest statement with rows.
longest() {
	text_of "$1" | LC_ALL=C awk '/^INSERT INTO/ { len = 0 }
		/^INSERT INTO/, /;$/ { len += length + 1; if (len > max) max = len }
		END { print max + 0 }'
}

@test "no statement is larger than the packet of a client and a server as they come (case 33)" {
	all_fit() { [ "$(longest "$1")" -gt $((16 << 20 - 1)) ] && [ "$(longest "$1")" -lt $((16 << 20)) ]; }
	each_variant all_fit
	# The other rows go by about --net-buffer-length, which is 1 MiB here.
	small() { [ "$(longest "$1")" -lt $(((1 << 20) + 4096)) ]; }
	variants=("${variants[@]/%/ --ignore-table=faithful.near_packet}")
	each_variant small
}

@test "a row of 20 MiB comes back into a server that takes such packets; another is told the size (cases 33, 34)" {
	sql source 'SET GLOBAL max_allowed_packet = 64 << 20'
	sql target 'SET GLOBAL max_allowed_packet = 64 << 20'
	sql source 'CREATE DATABASE big; CREATE TABLE big.t (id INT PRIMARY KEY, b LONGBLOB,
		t LONGTEXT CHARACTER SET latin1); INSERT INTO big.t VALUES
		(1, "a", NULL), (2, REPEAT("x", 20 << 20), "y"), (3, "", REPEAT("\\", 10 << 20))'
	# As long as one packet of the protocol, a byte less, and more than it.
	sql source 'USE big; INSERT INTO t SELECT seq, REPEAT("z", 16777204 - 5 + seq), ""
		FROM seq_4_to_6'
	dump source -B big >"$BATS_TEST_TMPDIR/big.sql"
	sql source 'SET GLOBAL max_allowed_packet = DEFAULT'
	server_empty target
	mariadb --defaults-file="$(server_cnf target)" <"$BATS_TEST_TMPDIR/big.sql"
	diff <(sql source 'SELECT id, SHA1(b), SHA1(t) FROM big.t') \
		<(sql target 'SELECT id, SHA1(b), SHA1(t) FROM big.t')
	server_empty target
	dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/big.sql"
	diff <(sql source 'SELECT id, SHA1(b), SHA1(t) FROM big.t') \
		<(sql target 'SELECT id, SHA1(b), SHA1(t) FROM big.t')
	sql target 'SET GLOBAL max_allowed_packet = DEFAULT'
	server_empty target
	run -69 --separate-stderr dbseed --defaults-file="$(server_cnf target)" "$BATS_TEST_TMPDIR/big.sql"
	[[ $stderr == *'has 2097'*' bytes; the target takes 16777216'*max_allowed_packet* ]]
	sql source 'DROP DATABASE big'
}

# --- What others lose of the same.

# lost: the tables that are not in target what they are in source.
lost() {
	rows_with target >"$BATS_TEST_TMPDIR/rows"
	differing "$SERVERS/rows" "$BATS_TEST_TMPDIR/rows"
}

# mariadb_dump OPTION…: all that it can be asked for.
mariadb_dump() {
	local -a databases
	mapfile -t databases < <(server_databases source)
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--triggers --dump-history --single-transaction "$@" --databases \
		"${databases[@]}"
}

# forced FILE: what the stock client refuses of it, in words.
forced() {
	server_empty target
	mariadb --defaults-file="$(server_cnf target)" --comments --force <"$1" 2>&1 |
		grep -a '^ERROR'
}

@test "a dump by mariadb-dump does not restore where a sequence is a default, or a row is older than its CHECK (cases 23, 31)" {
	mariadb_dump >"$BATS_TEST_TMPDIR/peer.sql"
	run -0 forced "$BATS_TEST_TMPDIR/peer.sql"
	[[ $output == *"1100"*"'tickets' was not locked with LOCK TABLES"* ]]
	[[ $output == *"1100"*"'z_ticket' was not locked with LOCK TABLES"* ]]
	[[ $output == *"1146"*"'objects.z_ticket' doesn't exist"* ]]
	[[ $output == *'4025'*'CONSTRAINT `refused.n` failed'* ]]
	run lost
	[[ $output == *aa_other.numbered* && $output == *faithful.by_ticket* ]]
	[[ $output == *faithful.refused* && $output == *objects.a_numbered* ]]
}

@test "mariadb-dump loses digits of FLOAT, codes of character sets, and dates that are none (cases 16, 24, 28)" {
	local table
	mariadb_dump --skip-add-locks >"$BATS_TEST_TMPDIR/peer.sql"
	run -0 forced "$BATS_TEST_TMPDIR/peer.sql"
	run lost
	for table in faithful.floats faithful.e_aria faithful.history vals.reals \
		faithful.moments vals.times faithful.charset_{big5,cp932,euckr,gbk,sjis,ujis}; do
		grep -qxF "$table" <<<"$output"
	done
	diff "$SERVERS/rows" "$BATS_TEST_TMPDIR/rows" >"$BATS_TEST_TMPDIR/diff" || :
	# Nearly every FLOAT is another one, and hundreds of codes are.
	[ "$(grep -c '^< faithful.floats' "$BATS_TEST_TMPDIR/diff")" -gt 2900 ]
	[ "$(grep -c '^< faithful.charset_sjis' "$BATS_TEST_TMPDIR/diff")" -gt 400 ]
}

# my_dumper DIRECTORY OPTION…: where a query fails, its threads now and then wait
# for each other without end.
my_dumper() {
	local cnf=$SERVERS/source/mydumper.cnf try status
	(umask 077 && printf '[mydumper]\nhost=127.0.0.1\nport=%s\nuser=root\npassword=%s\n' \
		"$(server_port source)" "$SERVER_PASSWORD" >"$cnf")
	for try in 1 2 3; do
		status=0
		rm -rf "$1"
		timeout 60 mydumper --defaults-file="$cnf" --trx-consistency-only --events \
			--routines --triggers --threads=2 --outputdir="$1" "${@:2}" || status=$?
		[ $status = 124 ] || return $status
	done
	echo "mydumper does not end (try $try)"
	return 1
}

@test "mydumper stops at tables without a column to insert, and at names (cases 20, 35, 46)" {
	run -1 my_dumper "$BATS_TEST_TMPDIR/all" \
		--regex '^(?!(mysql|information_schema|performance_schema|sys)\.)'
	[[ $output == *'(objects.only_generated)'*'error in your SQL syntax'* ]]
	[[ $output == *'(faithful.history_generated)'*'error in your SQL syntax'* ]]
	[[ $output == *'(faithful. leading` blank)'*'error in your SQL syntax'* ]]
	[[ $output == *'back`tick*/'*'Could not create output file'* ]]
	# The name of 64 letters makes a file name that is too long.
	[[ $output == *'ж'*'.sql (36)'* || $output == *'?'*'.sql (36)'* ]]
}

@test "mydumper ends well and has lost old versions and digits of FLOAT (cases 16, 22)" {
	local table file dir=$BATS_TEST_TMPDIR/some
	my_dumper "$dir" --database=faithful \
		--regex '^faithful\.(floats|history|all_gone|charset_sjis|doubles)$'
	server_empty target
	sql target 'CREATE DATABASE faithful'
	for table in floats history all_gone charset_sjis doubles; do
		for file in "$dir/faithful.$table-schema.sql" "$dir/faithful.$table.sql"; do
			[ ! -e "$file" ] || mariadb --defaults-file="$(server_cnf target)" \
				faithful <"$file"
		done
	done
	run lost
	for table in floats history all_gone; do
		grep -qxF "faithful.$table" <<<"$output"
	done
	# It sends bytes as they are, whatever their character set.
	run -1 grep -xE 'faithful.(doubles|charset_sjis)' <<<"$output"
	run -1 grep -c '^faithful.all_gone' "$BATS_TEST_TMPDIR/rows"
	run -0 grep -c '^faithful.doubles' "$BATS_TEST_TMPDIR/rows"
}
