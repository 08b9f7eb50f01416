#!/usr/bin/env bats
# dbseed-pick.bats: --database and --table, from dumps of every kind.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed

setup_file() {
	servers_begin
	seed_data source
	sql source "CREATE DATABASE wide; USE wide; CREATE TABLE wide.filler (id INT PRIMARY KEY,
			body VARCHAR(2000)) ENGINE=InnoDB;
		INSERT INTO wide.filler SELECT seq, REPEAT(MD5(seq), 40) FROM seq_1_to_8000;
		CREATE TABLE wide.item (id INT PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO wide.item VALUES (1), (2);
		CREATE FUNCTION wide.f() RETURNS INT DETERMINISTIC RETURN 1;
		CREATE EVENT wide.e ON SCHEDULE EVERY 1 HOUR DISABLE DO SET @a = 1;
		CREATE TRIGGER log_item AFTER INSERT ON item FOR EACH ROW SET @a = 1"
	dbdump --defaults-file="$(server_cnf source)" -q --zstd --databases app shop wide \
		--result-file="$SERVERS/all.sql.zst"
	zstd -qdc "$SERVERS/all.sql.zst" >"$SERVERS/all.sql"
	mariadb-dump --defaults-file="$(server_cnf source)" --routines --events \
		--databases app shop wide >"$SERVERS/stock.sql"
}

teardown_file() { servers_end; }

setup() { server_empty target; }

seed() { dbseed --defaults-file="$(server_cnf target)" "$@"; }

# same DB TABLE: it is the source's, with its triggers.
same() {
	diff <(one source "$@") <(one target "$@")
}

one() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --skip-dump-date \
		--skip-comments --triggers "$2" "$3"
}

tables() {
	sql target "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables
		WHERE table_schema IN ('app', 'shop', 'wide') ORDER BY 1" | paste -sd ' '
}

@test "--database picks a database with all in it, from every kind of dump" {
	local dump
	for dump in all.sql.zst all.sql stock.sql; do
		server_empty target
		seed --database=wide "$SERVERS/$dump"
		[ "$(server_databases target)" = wide ]
		diff <(dump_of source wide) <(dump_of target wide)
		server_empty target
		seed --database=wide - < <(cat "$SERVERS/$dump")
		diff <(dump_of source wide) <(dump_of target wide)
	done
}

@test "--table picks tables by name, with database and by pattern, with their triggers" {
	local dump
	for dump in all.sql.zst all.sql stock.sql; do
		server_empty target
		seed --table=wide.item --table=no% "$SERVERS/$dump"
		[ "$(tables)" = 'app.note wide.item' ]
		same wide item
		same app note
		[ "$(sql target 'SELECT COUNT(*) FROM information_schema.routines
			WHERE routine_schema = "wide"')" = 0 ]
	done
	server_empty target
	seed --table=item "$SERVERS/all.sql.zst"
	[ "$(tables)" = 'shop.item wide.item' ]
	server_empty target
	seed --database=shop --table=item "$SERVERS/all.sql.zst"
	[ "$(tables)" = shop.item ]
}

@test "--table picks a table whose name, or whose database's, has dots in it" {
	local table
	sql source 'CREATE DATABASE `v1.2`; USE `v1.2`; CREATE TABLE c (i INT);
		CREATE TABLE `c.d` (i INT); CREATE TABLE `2` (i INT)'
	dump_of source v1.2 app >"$BATS_TEST_TMPDIR/stock.sql"
	sql source 'DROP DATABASE `v1.2`'
	for table in c c.d 2; do
		server_empty target
		seed --table="v1.2.$table" "$BATS_TEST_TMPDIR/stock.sql"
		[ "$(sql target "SELECT table_name FROM information_schema.tables
			WHERE table_schema = 'v1.2'")" = "$table" ]
	done
	run -65 seed --table=v1.c "$BATS_TEST_TMPDIR/stock.sql"
}

@test "a table comes out of a compressed file of which the rest is not read" {
	local file=$BATS_TEST_TMPDIR/holed.zst line offset length
	cp "$SERVERS/all.sql.zst" "$file"
	line=$(tail -c 100000 "$file" | grep -a -o '{"db":"wide","table":"filler"[^}]*}')
	offset=$(jq .offset <<<"$line") length=$(jq .length <<<"$line")
	[ "$length" -gt $(($(stat -c %s "$file") / 2)) ]
	# What stands there is no zstd any more: who reads it fails.
	dd if=/dev/zero of="$file" bs=1 seek="$offset" count="$length" conv=notrunc status=none
	run -65 --separate-stderr seed "$file"
	[[ $stderr == *SHA-256*'nothing was loaded'* ]]
	seed --table=shop.item --table=wide.item "$file"
	[ "$(tables)" = 'shop.item wide.item' ]
	same shop item
	same wide item
}

@test "a frame of the picked table that was changed is bad data" {
	local file=$BATS_TEST_TMPDIR/damaged.zst line offset
	cp "$SERVERS/all.sql.zst" "$file"
	line=$(tail -c 100000 "$file" | grep -a -o '{"db":"wide","table":"filler"[^}]*}')
	offset=$(($(jq .offset <<<"$line") + $(jq .length <<<"$line") / 2))
	printf 'XX' | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
	run -65 --separate-stderr seed --table=filler "$file"
	[[ $stderr == *'damaged dump near byte'* ]]
}

@test "a name that the dump does not have is bad data, and changes nothing" {
	run -65 --separate-stderr seed --table=shop.item --table=shop.itme "$SERVERS/stock.sql"
	[[ $stderr == *--table=shop.itme*'nothing was loaded'* ]]
	[ -z "$(server_databases target)" ]
	run -64 seed --table= "$SERVERS/stock.sql"
}

@test "what is not picked is not in the way, nor is its database" {
	sql target 'CREATE DATABASE app; CREATE TABLE app.note (i INT);
		CREATE DATABASE shop; CREATE TABLE shop.kept (i INT)'
	seed --database=shop "$SERVERS/all.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM shop.item')" = 200 ]
	[ "$(sql target 'SELECT COUNT(*) FROM app.note')" = 0 ]
	sql target 'SELECT * FROM shop.kept'
}

@test "a database that the dump does not name takes --into's" {
	mariadb-dump --defaults-file="$(server_cnf source)" wide >"$BATS_TEST_TMPDIR/wide.sql"
	seed --into=copy --table=item "$BATS_TEST_TMPDIR/wide.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM copy.item')" = 2 ]
	[ "$(sql target 'SELECT COUNT(*) FROM information_schema.tables
		WHERE table_schema = "copy"')" = 1 ]
}

@test "a dump that names its database is not loaded over that one for --into's copy" {
	local dump
	sql target 'CREATE DATABASE shop; CREATE TABLE shop.item (kept INT)'
	for dump in all.sql all.sql.zst stock.sql; do
		run -64 --separate-stderr seed --into=copy --table=shop.item \
			--replace-tables "$SERVERS/$dump"
		[[ $stderr == *"names its database"*--into=copy*'nothing was loaded'* ]]
		run -64 --separate-stderr seed --into=copy --replace-tables --dry-run "$SERVERS/$dump"
		[ "$(sql target 'SHOW COLUMNS FROM shop.item' | cut -f 1)" = kept ]
	done
	# The same name is no other one, and what names none may stand before.
	seed --into=shop --database=shop --replace-tables "$SERVERS/all.sql"
	same shop item
	server_empty target
	{
		mariadb-dump --defaults-file="$(server_cnf source)" wide
		cat "$SERVERS/stock.sql"
	} >"$BATS_TEST_TMPDIR/two.sql"
	seed --into=copy "$BATS_TEST_TMPDIR/two.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM copy.item')" = 2 ]
	same shop item
}

@test "a database without tables is picked by its name, and made" {
	local dump
	sql source 'CREATE DATABASE bare CHARACTER SET utf16'
	mariadb-dump --defaults-file="$(server_cnf source)" --databases app bare \
		>"$BATS_TEST_TMPDIR/stock.sql"
	dbdump --defaults-file="$(server_cnf source)" -z --databases app bare \
		>"$BATS_TEST_TMPDIR/dump.zst"
	sql source 'DROP DATABASE bare'
	for dump in stock.sql dump.zst; do
		server_empty target
		seed --database=bare "$BATS_TEST_TMPDIR/$dump"
		[ "$(server_databases target)" = bare ]
		[ "$(sql target 'SELECT default_character_set_name FROM
			information_schema.schemata WHERE schema_name = "bare"')" = utf16 ]
		server_empty target
		seed --table=note "$BATS_TEST_TMPDIR/$dump"
		[ "$(server_databases target)" = app ]
	done
}

@test "the database of what is picked has the collation that is put in the place of another" {
	cat >"$BATS_TEST_TMPDIR/sql" <<-'SQL'
		CREATE DATABASE a COLLATE utf8mb4_there_only; USE a; CREATE TABLE t (id INT);
		CREATE DATABASE b COLLATE utf8mb4_nowhere; USE b; CREATE TABLE u (id INT);
	SQL
	run -69 --separate-stderr seed --table=t "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'does not know'*utf8mb4_there_only*'nothing was loaded'* ]]
	[[ $stderr != *utf8mb4_nowhere* ]]
	[ -z "$(server_databases target)" ]
	for pick in --table=t --database=a; do
		server_empty target
		seed "$pick" --map-collation=utf8mb4_there_only=utf8mb4_bin "$BATS_TEST_TMPDIR/sql"
		[ "$(sql target 'SELECT schema_name FROM information_schema.schemata
			WHERE default_collation_name = "utf8mb4_bin"')" = a ]
	done
}

@test "a database is picked out of a dump that is not UTF-8, whatever its name is" {
	{
		echo 'SET NAMES latin1;'
		echo 'CREATE DATABASE `é`; USE `é`; CREATE TABLE `ü` (id INT); CREATE TABLE u (id INT);'
	} | iconv -t latin1 >"$BATS_TEST_TMPDIR/sql"
	for pick in --database=é --table=ü --table=u; do
		server_empty target
		seed "$pick" "$BATS_TEST_TMPDIR/sql"
		[ "$(server_databases target)" = é ]
	done
}

@test "what nothing fits is named also where nothing else of the dump is left" {
	run -65 --separate-stderr seed --table=nope - <<<'CREATE DATABASE d; CREATE TABLE d.t (i INT);'
	[[ $stderr == *'nothing that --table=nope picks'* ]]
	[[ $stderr != *'no statement'* ]]
	echo 'CREATE DATABASE d; CREATE TABLE d.t (i INT);' >"$BATS_TEST_TMPDIR/sql"
	run -65 --separate-stderr seed --table=nope "$BATS_TEST_TMPDIR/sql"
	[[ $stderr == *'nothing that --table=nope picks'* ]]
}
