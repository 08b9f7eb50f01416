#!/usr/bin/env bats
# dbverify-snapshot.bats: data directories that dbverify lets pass or refuses: tars
# of dbsnap, of others, and directories; and that the server they come from is
# left alone.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/snap

# source_start: with full names of its logs, and the settings of a replica:
# recovery must not go on with either.
source_start() {
	server_start source --log-bin="$SERVERS/source/data/binlog" \
		--relay-log="$SERVERS/source/data/relays" --skip-slave-start
}

setup_file() {
	export SNAP_SKIP=''
	# Not in a shell of its own, for it sets what the tests need.
	snap_begin xfs >"$BATS_FILE_TMPDIR/reason" || {
		SNAP_SKIP=$(cat "$BATS_FILE_TMPDIR/reason")
		return 0
	}
	source_start
	sql source <"$TREE/tests/data/values.sql"
	sql source "CREATE DATABASE shop; USE shop;
		CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), KEY (name)) ENGINE=InnoDB;
		INSERT INTO item SELECT seq, CONCAT('item ', seq) FROM seq_1_to_5000;
		CREATE TABLE note (id INT PRIMARY KEY, text LONGTEXT) ENGINE=InnoDB;
		INSERT INTO note SELECT seq, REPEAT(CHAR(96 + seq), 200000) FROM seq_1_to_4;
		CREATE TABLE old (id INT) ENGINE=MyISAM; INSERT INTO old VALUES (1);
		CREATE TABLE precise (id INT, a BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
			b BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
			PERIOD FOR SYSTEM_TIME (a, b)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
		INSERT INTO precise (id) VALUES (1);
		CREATE VIEW cheap AS SELECT id FROM item;
		CREATE PROCEDURE fill() SELECT 1;
		CREATE EVENT tick ON SCHEDULE EVERY 1 SECOND DO DELETE FROM shop.item;
		CREATE TRIGGER mark BEFORE INSERT ON item FOR EACH ROW SET NEW.name = 'x';
		CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, MASTER_USER='x'"
	# What has been written to its pages, and what is in the redo log alone.
	server_stop source
	source_start
	sql source "USE shop; CREATE TABLE late (id INT PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO late SELECT seq FROM seq_1_to_100; START SLAVE"
	export TARS=$SERVERS/tars
	mkdir "$TARS"
	snap source >"$TARS/plain"
	snap source -z >"$TARS/zstd"
	mv "$SERVERS/source/data/shop/late.frm" "$SERVERS/source"
	snap source >"$TARS/orphan"
	mv "$SERVERS/source/late.frm" "$SERVERS/source/data/shop"
	sql source "UPDATE mysql.proc SET body = 'BEGIN NONSENSE(( END' WHERE name = 'fill';
		UPDATE mysql.event SET body = 'NONSENSE((' WHERE name = 'tick';
		CREATE TABLE shop.gone (id INT); CREATE VIEW shop.lost AS SELECT * FROM shop.gone;
		DROP TABLE shop.gone"
	snap source >"$TARS/broken"
	server_kill source
}

teardown_file() { [ -n "$SNAP_SKIP" ] || snap_end; }

setup() {
	[ -z "$SNAP_SKIP" ] || skip "$SNAP_SKIP"
	# Where files can be shared, and a server's user can reach it.
	export TMPDIR=$SERVERS/scratch
	mkdir -p "$TMPDIR"
	damaged=$BATS_TEST_TMPDIR/damaged
}

record() { tail -n 1 <<<"$output" | jq -e "$1"; }

nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	run -1 pgrep -f "$TMPDIR/dbverify"
}

refused() {
	local text=$1
	shift
	run -1 --separate-stderr dbverify "$@"
	[[ $stderr == "dbverify: error: "*"$text"* ]]
	record '.event == "verified" and .ok == false and .faults > 0'
}

# extracted NAME TAR: as a directory, its path.
extracted() {
	mkdir -p "$SERVERS/$1"
	tar -xf "$TARS/$2" -C "$SERVERS/$1"
	echo "$SERVERS/$1"
}

# all_files DIR: what they are.
all_files() { find "$1" -type f -exec sha256sum {} + | sort; }

@test "a whole snapshot is verified by reading it, from a file or a pipe" {
	local tar
	for tar in plain zstd; do
		run -0 --separate-stderr dbverify --quick "$TARS/$tar"
		[ -z "$stderr" ]
		record '.ok and .mode == "quick" and .format == "dbsnap" and
			.proof == "digest" and .method == "reflink" and
			.position.log_pos > 0 and .files > 100 and .rows == null'
	done
	run -0 dbverify --quick - < <(cat "$TARS/zstd")
	record '.ok and .proof == "digest"'
	[ "$(head -c -2048 "$TARS/plain" | sha256sum | cut -d ' ' -f 1)" = \
		"$(tar -xOf "$TARS/plain" dbpipes-snapshot.sha256)" ]
}

@test "a changed byte anywhere in a snapshot, and a missing end, are refused" {
	local seed tar how size
	for tar in plain zstd; do
		for how in byte cut; do
			for seed in {1..6}; do
				perl "$TREE/tests/lib/damage.pl" "$TARS/$tar" \
					"$how" "$seed" >"$damaged"
				refused '' --quick "$damaged"
				record '.proof == null and
					(.format | IN("tar", "sql"))'
			done
		done
	done
	# As a file is that was made large enough at once, and not filled.
	cp "$TARS/plain" "$damaged"
	size=$(stat -c %s "$damaged")
	dd if=/dev/zero of="$damaged" bs=4096 seek=$((size / 8192)) conv=notrunc \
		count=$((size / 8192)) status=none
	truncate -s $((size / 8192 * 8192)) "$damaged"
	refused '' --quick "$damaged"
	head -c -2048 "$TARS/plain" >"$damaged"
	head -c 1024 /dev/zero >>"$damaged"
	run -0 dbverify --quick "$damaged"
	record '.proof == "completion"'
}

@test "a snapshot is recovered, every table checked, every row read, and its server left alone" {
	local before what dir
	dir=$(extracted directory plain)
	before=$(all_files "$SERVERS/source/data" && all_files "$dir")
	tar -C "$dir" -cf "$TARS/stock" .
	for what in "$TARS/plain" "$TARS/zstd" "$TARS/stock" "$dir"; do
		run -0 --separate-stderr dbverify -j 2 "$what"
		[ -z "$stderr" ]
		jq -es '[.[] | select(.event == "check") | .check] |
			.[1:] == ["recovery", "tables", "programs", "rows"]' <<<"$output"
		record '.ok and .mode == "restore" and .rows >= 5005 and .tables > 5 and
			.upgrade_needed == false and .position.log_pos > 0 and
			(.server | test("^[0-9]+\\.[0-9]+"))'
		nothing_left
	done
	# Cases 64 and 66: no file of the server is touched, nor one of the copy.
	[ "$before" = "$(all_files "$SERVERS/source/data" && all_files "$dir")" ]
}

@test "a page that was changed is named by its table, in an index, a row, or a large value" {
	local dir table
	for table in item note; do
		dir=$(extracted "pages-$table" plain)
		# In each of its pages from the fourth on.
		perl -e 'open(my $f, "+<", $ARGV[0]) or die; my $n = (-s $f) / 16384;
			for (my $i = $ARGV[1]; $i < $n; $i++) {
				seek($f, $i * 16384 + 9000, 0);
				print $f "\xff\x00\xa5" x 20 }' \
			"$dir/shop/$table.ibd" "$([ $table = note ] && echo 5 || echo 4)"
		rm "$dir/dbpipes-snapshot.json"
		refused "\`$table\`" "$dir"
		jq -es --arg table "$table" 'any(.event == "fault" and
			(.name == $table or (.what | test("`" + $table + "`"))))' <<<"$output"
		nothing_left
	done
}

@test "a view on a missing table, and programs that do not parse, are named by their kind" {
	local dir
	dir=$(extracted broken broken)
	sed -i 's/SET NEW\.name/SETT NEW.name/' "$dir/shop/item.TRG"
	refused 'view `shop`.`lost`: ' "$dir"
	jq -es '[.[] | select(.event == "fault") | "\(.kind) \(.db).\(.name)"] ==
		["view shop.lost", "procedure shop.fill", "trigger shop.mark", "event shop.tick"]' \
		<<<"$output"
	nothing_left
}

@test "programs of several sql_modes are each parsed under their own" {
	server_start modes
	sql modes 'CREATE DATABASE app; USE app; CREATE TABLE t (i INT, s TEXT);
		SET sql_mode = "ANSI";
		CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW."s" = NEW."s" || "i";
		CREATE EVENT b ON SCHEDULE EVERY 1 DAY DO DELETE FROM "t";
		SET sql_mode = "";
		CREATE EVENT c ON SCHEDULE EVERY 1 DAY DO INSERT INTO t VALUES (1, "c");
		SET sql_mode = "NO_BACKSLASH_ESCAPES";
		CREATE TRIGGER d BEFORE UPDATE ON t FOR EACH ROW SET NEW.s = "\";
		CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT INTO t VALUES (1, "\");
		SET sql_mode = "";
		CREATE EVENT f ON SCHEDULE EVERY 1 DAY DO INSERT INTO t VALUES (1, "\"");'
	server_stop modes
	run -0 dbverify "$SERVERS/modes/data"
	record '.ok and .faults == 0'
	server_drop modes
}

@test "a tar that reaches out of its folder, or holds what a data directory has not, is refused" {
	local dir=$BATS_TEST_TMPDIR/hostile
	mkdir "$dir" && cd "$dir" || return
	truncate -s 12M ibdata1
	ln -s /etc/passwd link && ln ibdata1 hard && mkfifo pipe && echo x >'a.isl'
	tar -cf "$damaged" ibdata1 link && refused "'link', which is a link" "$damaged"
	tar -cf "$damaged" ibdata1 hard && refused "'hard', which is a link" "$damaged"
	tar -cf "$damaged" ibdata1 pipe && refused "'pipe', which is a device" "$damaged"
	tar -cf "$damaged" ibdata1 a.isl && refused "'a.isl', by which" "$damaged"
	tar -cf "$damaged" ibdata1 ibdata1 --hard-dereference &&
		refused "'ibdata1', more than once" "$damaged"
	tar -Pcf "$damaged" --transform 's|^|../|' ibdata1 && refused 'leads out' "$damaged"
	tar -cf "$damaged" --transform 's|^|a/|' ibdata1 && refused 'no ibdata1' "$damaged"
	tar -cf "$damaged" ibdata1 && refused '' "$damaged"
	mkdir -p d/shop && touch shop d/shop/t.frm "$(printf 'x%.0s' {1..255})"
	tar -cf "$damaged" --transform 's|^d/||' ibdata1 shop d/shop/t.frm &&
		refused 'no file system takes' "$damaged"
	tar -cf "$damaged" --transform 's|^xx|xxx|' ibdata1 x* &&
		refused 'no file system takes' "$damaged"
	# A tar that is whole, and of something else: of a folder where nothing is mounted.
	mkdir empty
	tar -C empty -cf "$damaged" . && refused 'no ibdata1' --quick "$damaged"
	tar -cf "$damaged" --transform 's|^|a/|' ibdata1 && refused 'no ibdata1' --quick "$damaged"
	nothing_left
	[ ! -e "$TMPDIR/../ibdata1" ]
}

@test "a table of which the .frm file, or all files, are missing is named, unless that was wished" {
	local dir=$BATS_TEST_TMPDIR/part what
	mkdir "$dir"
	tar -C "$dir" -xf "$TARS/plain"
	for what in shop/note.frm 'shop/note.*'; do
		tar -C "$dir" -cf "$damaged" --exclude="./$what" .
		run -1 --separate-stderr dbverify "$damaged"
		grep '"event":"fault"' <<<"$output" | jq -es 'any(.kind == "table" and
			.db == "shop" and .name == "note" and (.what | test("^InnoDB has it")))'
	done
	printf '%s\n' 'tool_name = mariadb-backup' 'partial = Y' 'incremental = N' >"$dir/xtrabackup_info"
	tar -C "$dir" -cf "$damaged" --exclude="./shop/note.*" .
	run -0 dbverify "$damaged"
	# The backup is what the server was, which did not have it either.
	mkdir "$BATS_TEST_TMPDIR/orphan"
	tar -C "$BATS_TEST_TMPDIR/orphan" -xf "$TARS/orphan"
	[ -e "$BATS_TEST_TMPDIR/orphan/shop/late.ibd" ]
	run -0 --separate-stderr dbverify "$TARS/orphan"
	[[ $stderr == *'warning: table `shop`.`late`: InnoDB has it, and its .frm file is missing'* ]]
	nothing_left
}

@test "a snapshot that lacks the newest binary log of its index is refused; an old index is warned of" {
	local dir newest
	dir=$(extracted logs plain)
	newest=$(tail -n 1 "$dir/binlog.index")
	tar -cf "$damaged" --exclude="${newest##*/}" -C "$dir" .
	run -2 tar -tf "$damaged" "./${newest##*/}"
	refused "'binlog.index' names '$newest' as its newest binary log" --restore "$damaged"
	rm "$dir/dbpipes-snapshot.json" "$dir/dbpipes-snapshot.sha256"
	: >"$dir/${newest##*/}"
	run -0 --separate-stderr dbverify --restore "$dir"
	[[ $stderr == "dbverify: warning: 'binlog.index' names '$newest'"* ]]
	# Of logs that are elsewhere nothing is known.
	rm "$dir"/binlog.0*
	run -0 --separate-stderr dbverify --restore "$dir"
	[ -z "$stderr" ]
	nothing_left
}

@test "recovery is waited for as long as it takes" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\n[ "$2" = --version ] || sleep 11\nexec %s "$@"\n' "$(command -v mariadbd)" \
		>"$BATS_TEST_TMPDIR/bin/mariadbd"
	chmod +x "$BATS_TEST_TMPDIR/bin/mariadbd"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 dbverify "$TARS/zstd"
	record '.ok and .seconds > 11'
	nothing_left
}

@test "a data directory that wants settings of its own gets them" {
	local dir=$SERVERS/odd
	mkdir "$dir"
	mariadb-install-db --no-defaults --force --skip-test-db --datadir="$dir" \
		--innodb-page-size=32k --innodb-log-file-size=8M \
		--innodb-data-file-path='ibdata1:12M;ibdata2:14M:autoextend' \
		--innodb-use-native-aio=0 --user="$(id -un)" >"$SERVERS/odd.log" 2>&1
	run -0 dbverify "$dir"
	record '.ok and .format == "directory" and .position == null'
	rm -rf "$dir"
}

@test "a backup of mariadb-backup is verified once it is prepared, and refused by name before" {
	local dir=$SERVERS/mb
	source_start
	sql source 'DROP VIEW shop.lost; DROP PROCEDURE shop.fill; DROP EVENT shop.tick'
	mariadb-backup --defaults-file="$(server_cnf source)" --backup \
		--target-dir="$dir" >"$dir.log" 2>&1
	server_kill source
	refused 'was not prepared' "$dir"
	[[ $stderr == *'mariadb-backup --prepare'* ]]
	mariadb-backup --prepare --target-dir="$dir" >>"$dir.log" 2>&1
	tar -C "$dir" -cf "$TARS/prepared" .
	run -0 dbverify "$TARS/prepared"
	record '.ok and .format == "tar" and .rows >= 5005'
}

@test "a directory that a server runs on is not touched, and --quick wants a stream" {
	server_start other
	run -69 --separate-stderr dbverify "$SERVERS/other/data"
	[[ $stderr == *'a server is running on'* ]]
	server_drop other
	run -64 dbverify --quick "$SERVERS/source/data"
	nothing_left
}

@test "a verification that is interrupted or killed leaves no server, and its folder goes next time" {
	local signal
	for signal in TERM KILL; do
		dbverify "$TARS/zstd" >/dev/null 2>&1 3>&- &
		wait_until 60 pgrep -f "datadir=$TMPDIR/dbverify"
		kill -"$signal" $!
		wait $! || true
		wait_until 20 none_running
	done
	dbverify "$TARS/zstd" >/dev/null
	nothing_left
}

none_running() { ! pgrep -f "$TMPDIR/dbverify"; }

@test "a snapshot without room for it is put off, before anything is unpacked" {
	head -c 100000 "$TARS/plain" >"$BATS_TEST_TMPDIR/huge"
	truncate -s 10T "$BATS_TEST_TMPDIR/huge"
	run -75 --separate-stderr dbverify "$BATS_TEST_TMPDIR/huge"
	[[ $stderr == *'MiB free'*--tmpdir* ]]
	nothing_left
}
