#!/usr/bin/env bats
# docs.bats: the manuals and the README say what the programs do. Options are
# compared both ways with --help, the table of exit statuses with the header,
# and every example is run as printed.
#
# Examples are the `.Bd -literal` blocks under EXAMPLES of a manual and the
# ```sh blocks of the README. Those of one page run in order, in one folder,
# where ~/.my.cnf is the source server and target.cnf and replica.cnf are
# another one, which is emptied before each block.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images
load lib/docs

setup_file() {
	servers_begin
	images_begin
	docs_begin
}

teardown_file() {
	images_end
	servers_end
}

@test "mandoc finds nothing to complain about in any manual" {
	local page
	for page in "$TREE"/share/man/*.[1-9]; do
		# Which pages a system has installed is no matter of ours.
		run -0 lint_page "$page"
		[ -z "$output" ] || fail "$output"
	done
}

@test "man shows each manual under its name" {
	local page name
	for page in "$TREE"/share/man/*.[1-9]; do
		name=$(basename "${page%.*}")
		run -0 man -l "$page"
		[[ $output == *"${name^^}(${page##*.})"* ]] || fail "$page"
	done
}

@test "a manual of ours that is referred to exists" {
	local page name section
	own_references >"$BATS_TEST_TMPDIR/references"
	[ -s "$BATS_TEST_TMPDIR/references" ]
	while read -r page name section; do
		[ -e "$TREE/share/man/$name.$section" ] ||
			fail "$page refers to $name($section)"
	done <"$BATS_TEST_TMPDIR/references"
}

@test "every program and script has a manual" {
	local program
	for program in "${TOOLS[@]}"; do
		[ -e "$TREE/share/man/$program.1" ] || fail "$program"
	done
	[ ${#TOOLS[@]} -ge 4 ]
}

@test "manuals have the same sections in the same order" {
	local page
	for page in "$TREE"/share/man/*.1; do
		run -0 sections "$page"
		[ "$output" = "$SECTIONS" ] || fail "$page: $output"
	done
}

@test "options in --help and in the manual are the same" {
	local tool
	for tool in "${TOOLS[@]}"; do
		run -0 diff <(help_options "$tool") <(manual_options "$tool")
		[ "$(help_options "$tool" | wc -l)" -ge 3 ]
	done
}

@test "the exit statuses of dbpipes(7) are those of the header" {
	run -0 diff <(header_statuses) <(manual_statuses dbpipes.7)
	[ "$(header_statuses | wc -l)" -ge 13 ]
}

@test "the exit statuses of each tool and of the README are among them" {
	local page
	for page in "$TREE"/share/man/*.1; do
		[ -n "$(manual_statuses "$page")" ]
		run -0 comm -23 <(manual_statuses "$page" | cut -d ' ' -f 1 | sort) \
			<(header_statuses | cut -d ' ' -f 1 | sort)
		[ -z "$output" ] || fail "$page: $output"
	done
	run -0 diff <(header_statuses | cut -d ' ' -f 1) <(readme_statuses)
}

@test "the README is not longer than 150 lines" {
	[ "$(wc -l <"$TREE/README.md")" -le 150 ]
}

@test "the README restores with the lines that it shows" {
	docs_sandbox restored
	target_empty
	bash -euo pipefail <(example README.md --zstd)
	[ "$(jq .log_pos < <(dbpos all.sql.zst))" -gt 0 ]
	bash -euo pipefail <(example README.md zstdcat)
	same_data
}

@test "the README makes a replica with the lines that it shows" {
	docs_sandbox replica
	target_empty
	bash -euo pipefail <(example README.md dbseed)
	sql source "REPLACE INTO shop.orders VALUES (99, 'later')"
	wait_until 30 same_data
}

@test "every command of the README works as printed" {
	run_examples README.md
}

@test "every example of dbdump(1) works as printed" {
	run_examples dbdump.1
}

@test "the example of dbdump(1) takes one table out of a compressed dump of all" {
	docs_sandbox salvage
	target_empty
	bash -euo pipefail <(example dbdump.1 '-z -r')
	bash -euo pipefail <(example dbdump.1 salvage)
	diff <(sql source 'SELECT * FROM shop.items') <(sql target 'SELECT * FROM salvage.items')
	[ "$(sql target 'SHOW TABLES FROM salvage')" = items ]
}

@test "every example of dbpack(1) works as printed" {
	run_examples dbpack.1
}

@test "every example of dbpos(1) works as printed" {
	run_examples dbpos.1
}

@test "the example of dbpos(1) restores what a session without a database changed" {
	docs_sandbox moment
	target_empty
	example dbpos.1 '--to-last-log' >lines
	# Of a minute ago, for the log is read up to now.
	sed 's/^mariadb-binlog/mariadb <change \&\& &/' lines >script
	echo "SET timestamp = UNIX_TIMESTAMP() - 60;
		REPLACE INTO shop.orders VALUES (97, 'moment')" >change
	bash -euo pipefail script
	[ "$(sql target 'SELECT COUNT(*) FROM shop.orders WHERE id = 97')" = 1 ]
	same_data
}

@test "every example of dbseed(1) works as printed" {
	run_examples dbseed.1
}

@test "every example of dbverify(1) works as printed" {
	run_examples dbverify.1
}

@test "every example of dbsnap(1) but the clone works as printed, with a stand-in for zfs" {
	local block dir=$BATS_TEST_TMPDIR/examples
	examples dbsnap.1 "$dir"
	docs_sandbox snapshots
	printf '[dbsnap]\nstate-dir=%s/state\n' "$HOME" >>.my.cnf
	ln -s "$TREE/tests/lib/zfs" bin/zfs
	export ZFS_ROOT=$SERVERS
	for block in "$dir"/*; do
		! grep -q 'dbsnap clone' "$block" || continue
		bash -euo pipefail "$block" >out 2>err </dev/null || {
			echo "status $? of:" && cat "$block" out err
			return 1
		}
	done
	[ -s db1.tar.zst ] && [ -s before-upgrade.tar.zst ] && [ -e copy/ibdata1 ]
}

@test "every example of dbpipes-backup(1) works as printed" {
	run_examples dbpipes-backup.1
}

@test "every example of dbpipes-verify(1) works as printed" {
	run_examples dbpipes-verify.1
}

@test "every example of dbpipes-prune(1) works as printed" {
	run_examples dbpipes-prune.1
}

@test "every example of dbpipes-list(1) works as printed" {
	run_examples dbpipes-list.1
}

@test "every example of dbpipes-report(1) works as printed" {
	run_examples dbpipes-report.1
}

@test "every example of dbpipes-replica(1) works as printed" {
	run_examples dbpipes-replica.1
}

@test "every example of dbpipes-stream(5) works as printed" {
	run_examples dbpipes-stream.5
}

@test "every recipe of dbpipes(7) works as printed" {
	run_examples dbpipes.7
}

@test "no example gives the end of a pipe a name before the pipe has ended well" {
	# Of a dump that is cut, `cat` sees the end alone.
	run -1 grep -nE "\| *ssh .*&& *mv |^[[:space:]]+ssh .*'cat .*&& *mv " \
		"$TREE"/share/man/*.[1-9] "$TREE/README.md" "$TREE"/share/examples/* "$TREE"/cron/*
}

@test "what dbpipes-stream(5) shows of a dump stands in a dump" {
	local block count=0
	docs_sandbox layout
	dbdump --databases shop >file.sql
	dbdump --databases --gtid shop >gtid.sql
	target_empty
	dbpipes-replica --source=source.cnf --target=replica.cnf >records
	dbdump --defaults-file=target.cnf --dump-slave=2 shop >replica.sql
	examples dbpipes-stream.5 blocks DESCRIPTION
	for block in blocks/*; do
		stands_in "$block" file.sql || stands_in "$block" gtid.sql ||
			stands_in "$block" replica.sql || fail "$(cat "$block")"
		count=$((count + 1))
	done
	[ "$count" -ge 8 ]
	grep -qF "SQL_MODE='$(sed -n 's/^\.Ql \(NO_AUTO.*\) ,/\1/p' \
		"$TREE/share/man/dbpipes-stream.5")'" file.sql
}

@test "row digests are what dbpipes-stream(5) makes of each row with xxhsum" {
	docs_sandbox digests
	dbdump --databases shop >shop.sql
	bash -euo pipefail <(example dbpipes-stream.5 xxhsum) >one
	[ "$(digest_of logins)" = "$(cut -d ' ' -f 1 one)" ]
	# The sum of all rows of a table, with nothing of ours.
	[ "$(digest_of orders)" = "$(digest_sum orders)" ]
}

@test "the examples of dbpipes-stream(5) take a table out of a compressed dump" {
	docs_sandbox packed
	dbdump --databases shop --zstd >shop.sql.zst
	run -0 bash -euo pipefail <(example dbpipes-stream.5 .position)
	[ "$(jq .log_pos <<<"$output")" -gt 0 ]
	bash -euo pipefail <(example dbpipes-stream.5 of=manifest)
	[ "$(jq -r 'select(.rows) | .table' manifest | xargs)" = 'items logins orders' ]
	bash -euo pipefail <(example dbpipes-stream.5 '"items"')
	run -0 cat items.sql
	[[ $output == *'CREATE TABLE '*"(1,'first'),"* ]]
	[[ $output != *logins* && $output != *orders* ]]
}

@test "the check of a dump in dbpipes-stream(5) sees a changed byte" {
	docs_sandbox changed
	dbdump --databases shop >shop.sql
	sed -i 's/first/fIrst/' shop.sql
	run bash -euo pipefail <(example dbpipes-stream.5 sha256sum)
	[ "$status" -ne 0 ]
	[[ $output == *FAILED* ]]
}
