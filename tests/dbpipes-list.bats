#!/usr/bin/env bats
# dbpipes-list.bats: the table that is made of a catalogue, of what dbdump, dbsnap
# and dbverify write themselves and of what the nightly scripts do.
# passes: plain

# shellcheck disable=SC2154 # run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/catalog

setup_file() {
	servers_begin source
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.a (id INT PRIMARY KEY);
		INSERT INTO shop.a VALUES (1), (2)'
}

teardown_file() { servers_end; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir backups
	catalog=backups/backups.jsonl
	export SOURCE_DATE_EPOCH=$NOW
}

# listed FILTER [OPTION…]: of all that is listed as an array.
listed() {
	dbpipes-list --json "${@:2}" backups | tee /dev/stderr | jq -es "$1"
}

dump() {
	dbdump --defaults-file="$(server_cnf source)" --databases shop -z \
		--report="$catalog" --result-file="$1"
}

@test "records of dbdump and dbverify alone are joined: which file, and that it restores" {
	unset SOURCE_DATE_EPOCH
	dump backups/a.sql.zst
	listed 'length == 1 and .[0].file == null and .[0].source == "backups" and
		.[0].rows == 2 and .[0].verified == null and .[0].state == null'
	dbverify --quick --catalog="$catalog" backups/a.sql.zst
	listed 'length == 1 and .[0].file == "a.sql.zst" and .[0].verified.mode == "quick" and
		.[0].state == "present" and .[0].age < 100'
	dbverify --catalog="$catalog" --latest=backups
	listed '.[0].verified.mode == "restore" and .[0].verified.ok'
	dbverify --quick --catalog="$catalog" "$PWD/backups/a.sql.zst"
	listed 'length == 1 and .[0].verified.mode == "restore"'
	sql source 'INSERT INTO shop.a VALUES (3)'
	dump backups/a.sql.zst
	dbverify --quick --catalog="$catalog" backups/a.sql.zst
	listed 'length == 2 and map(.state) == ["present", "replaced"] and
		map(.rows) == [3, 2] and map(.verified.mode) == ["quick", "restore"]'
	head -c -100 backups/a.sql.zst >half && mv half backups/a.sql.zst
	run -1 dbverify --quick --catalog="$catalog" backups/a.sql.zst
	listed '.[0].verified.ok == false and (.[0].verified.reason | length) > 9'
	[ -z "$(dbpipes-list --latest --json backups)" ]
}

@test "a backup that dbverify refused for its age alone is no bad one" {
	unset SOURCE_DATE_EPOCH
	dump backups/a.sql.zst
	touch -d '3 hours ago' backups/a.sql.zst
	run -1 dbverify --quick --catalog="$catalog" --latest=backups --max-age=1h
	listed '.[0].verified.ok and .[0].verified.mode == "quick"'
}

@test "dumps of other tools, that nothing but dbverify knows, are as old as its first look" {
	unset SOURCE_DATE_EPOCH
	mariadb-dump --defaults-file="$(server_cnf source)" --databases shop >backups/a.sql
	dbverify --quick --catalog="$catalog" backups/a.sql
	jq -c '.time = "2020-01-01T00:00:00Z"' "$catalog" >old && mv old "$catalog"
	dbverify --catalog="$catalog" backups/a.sql
	listed 'length == 1 and .[0].age > 86400 and .[0].verified.mode == "restore" and
		.[0].file == "a.sql" and .[0].rows > 0'
}

@test "a snapshot is listed, too" {
	records 'backup | {tool: "dbsnap", event: "streamed", time, name: "x", server, position,
		files: 9, bytes: 1000000, lock_ms: 3, tar_bytes: 2097152, seconds}' >"$catalog"
	listed '.[0].kind == "snapshot" and .[0].written == 2097152 and .[0].lock_ms == 3'
	[[ $(dbpipes-list backups | tail -n 1) == *' backups  snapshot  2.0 MiB '* ]]
}

@test "a backup that was piped elsewhere and verified on the way is one, a compared replica none" {
	records '(backup | .file = null), (verified(null) | .position = null | .file = null),
		(backup | .file = null | .time = ago(86400) | .rows = 7),
		(verified("replica.example.org") | .mode = "against"),
		(verified("other.sql") | .mode = "digest" | .rows = 9)' >"$catalog"
	sed -i 's/"position":{[^}]*}/"position":null/' "$catalog"
	listed 'length == 3 and map(.file) == ["other.sql", null, null] and
		map(.verified.mode) == ["digest", "restore", null] and
		all(.[1:][]; .state == null)'
}

@test "a restore is not made less by a lesser check, and undone by a refusal" {
	touch backups/a.sql.zst
	records 'backup, verified("a.sql.zst"), (verified("a.sql.zst") | .mode = ("quick", "digest"))' \
		>"$catalog"
	listed '.[0].verified.mode == "restore"'
	records 'verified("a.sql.zst") | .mode = "digest" | .ok = false' >>"$catalog"
	listed '.[0].verified.ok == false'
	records 'verified("a.sql.zst") | .ok = (false, true, true) | .mode = if .ok then
		("quick", "digest") else .mode end' >>"$catalog"
	listed '.[0].verified | .ok == false and .mode == "restore"'
	records 'backup, verified("a.sql.zst"), (verified("a.sql.zst") | .mode = "against"
		| .ok = false | .against = {server: "x"} | .faults = 2)' >"$catalog"
	listed '.[0].verified | .ok and .mode == "restore"'
	records 'backup, (verified("a.sql.zst") | .sample = {percent: 10, seed: "1"})' >"$catalog"
	listed '.[0].verified | .ok and .mode == "quick"'
}

@test "the newest is first; what failed, was pruned, replaced or is gone is marked" {
	touch backups/{old,new}.sql.zst
	records '(backup | .file = "old.sql.zst" | .time = ago(86400 * 9)), pruned("old.sql.zst"),
		(backup | .file = "gone.sql.zst" | .time = ago(86400 * 2)),
		(backup | .file = "new.sql.zst" | .time = ago(86400, 7200)), failed' >"$catalog"
	run -0 dbpipes-list backups
	[ "$output" = "\
   AGE  SOURCE  KIND     SIZE   ROWS   LOCK       TOOK  VERIFIED  POSITION                      FILE
60 min  db1     dump        –      –      –      5.0 s  –         –                             failed, 75: the lock was not granted in 10 s
   2 h  db1     dump  1.2 MiB  3,456  12 ms  1 min 2 s  –         mysql-bin.000007:4711 0-1-23  new.sql.zst
  24 h  db1     dump  1.2 MiB  3,456  12 ms  1 min 2 s  –         mysql-bin.000007:4711 0-1-23  new.sql.zst (replaced)
   2 d  db1     dump  1.2 MiB  3,456  12 ms  1 min 2 s  –         mysql-bin.000007:4711 0-1-23  gone.sql.zst (gone)
   9 d  db1     dump  1.2 MiB  3,456  12 ms  1 min 2 s  –         mysql-bin.000007:4711 0-1-23  old.sql.zst (pruned)" ]
	listed 'map(.state) == [null, "present", "replaced", "gone", "pruned"]'
	listed 'map(.state) == [null, null, "replaced", null, "pruned"]' --skip-files
	listed 'length == 1 and .[0].file == "new.sql.zst" and .[0].age == 7200' --latest
}

@test "a clock that was ahead once makes nothing the newest for ever" {
	touch backups/{ahead,new}.sql.zst
	records '(backup | .file = "ahead.sql.zst" | .time = ago(-86400 * 9)),
		(backup | .file = "new.sql.zst")' >"$catalog"
	listed 'length == 1 and .[0].file == "new.sql.zst"' --latest
	# Of two catalogues only the clock can tell.
	mkdir others
	records 'backup | .file = "other.sql.zst" | .time = ago(60)' >others/backups.jsonl
	touch others/other.sql.zst
	tail -n 1 "$catalog" >last && mv last "$catalog"
	listed 'length == 1 and .[0].file == "other.sql.zst"' --latest others
}

@test "columns stay in line whatever the width of their characters" {
	local line
	history 3 >"$catalog"
	records 'backup | .source = ("データ倉庫", "e\u0301te\u0301", "plain", "📦archive")' >>"$catalog"
	dbpipes-list --skip-files backups >table
	# Columns as the C library counts them, up to the word that all rows have.
	while IFS= read -r line; do
		line=${line%% dump *}
		line=${line%% snapshot *}
		printf '%s\n' "$line"
	done < <(tail -n +2 table) | expand >before
	[ "$(LC_ALL=C.UTF-8 wc -L <before)" = "$(while IFS= read -r line; do
		LC_ALL=C.UTF-8 wc -L <<<"$line"
	done <before | sort -u)" ]
}

@test "a narrow terminal gets fewer columns, and no line that is too long" {
	history 3 >"$catalog"
	script -qec "stty cols 70 && dbpipes-list --skip-files backups" /dev/null |
		tr -d '\r' >table
	[ "$(LC_ALL=C.UTF-8 wc -L <table)" -le 70 ]
	[[ $(head -n 1 table) == *AGE*SOURCE*SIZE*VERIFIED*FILE* ]]
	[[ $(head -n 1 table) != *POSITION* ]]
}

@test "a source is picked by its whole name, an empty catalogue has headings alone" {
	history 3 >"$catalog"
	listed 'length == 3 and all(.[]; .source == "wiki")' --source=wiki
	listed 'length == 6' --source=wiki --source=orders
	[ -z "$(dbpipes-list --json --source=wik backups)" ]
	: >"$catalog"
	[ "$(dbpipes-list backups | wc -l)" -eq 1 ]
	[ -z "$(dbpipes-list --json backups)" ]
}

@test "a name that no file can have makes none there or gone" {
	records 'backup | .file = ("x\u0000y", "gone", "there") | .source = .file' >"$catalog"
	touch backups/there
	listed 'map({(.source): .state}) | add == {"x\u0000y": null, gone: "gone", there: "present"}'
}

@test "a folder may have any name, also one like an option or of another character set" {
	local name
	records backup >"$catalog"
	touch backups/a.sql.zst
	mv backups ./-x
	for name in -x $'odd \n"%s'\' $'latin1-\xfc'; do
		[ -e "./$name" ] || cp -r ./-x "./$name"
		run -0 dbpipes-list --json -- "$name" "$PWD/$name"
		jq -es 'length == 2 and all(.[]; .file == "a.sql.zst" and .state == "present")' <<<"$output"
	done
}

@test "what is no catalogue is refused, with one line" {
	printf '%s\n' '-- MariaDB dump' 'CREATE TABLE t (a INT);' >shop.sql
	run -65 dbpipes-list shop.sql
	[ "$output" = 'dbpipes-list: error: shop.sql is no catalogue: none of its lines is a record' ]
	# Half of a first record is all that a crash has left.
	echo '{"event":"ba' >torn.jsonl
	run -0 dbpipes-list torn.jsonl
	[[ ${lines[0]} == *'torn.jsonl, line 1 is no whole record'* ]]
}

@test "wrong usage and missing catalogues are told" {
	run -64 dbpipes-list --nonsense
	run -64 dbpipes-list --source
	[[ $output == *'--source wants a value'* ]]
	run -66 dbpipes-list nowhere
	[[ $output == *'there is no catalogue nowhere'* ]]
}

@test "a list that cannot be written is told" {
	records 'backup | .source = "-n"' >"$catalog"
	run -0 dbpipes-list --source=-n --json backups
	jq -e '.source == "-n"' <<<"$output"
	run -74 bash -c 'dbpipes-list backups >/dev/full'
	[[ $output == *'the list cannot be written'* ]]
}
