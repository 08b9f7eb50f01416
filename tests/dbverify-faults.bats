#!/usr/bin/env bats
# dbverify-faults.bats: what the machine fails to tell dbverify is an error, and
# neither a good backup nor a bad one. The faults are strace's, in dbverify's own
# process: what it starts is let go.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load lib/servers
load lib/traced

setup_file() {
	servers_begin source
	sql source 'CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY, v VARCHAR(20));
		INSERT INTO shop.t VALUES (1, "one"), (2, "two")'
	mariadb-dump --defaults-file="$(server_cnf source)" --compact --databases shop \
		>"$SERVERS/compact.sql"
	dbdump --defaults-file="$(server_cnf source)" --databases shop \
		--result-file="$SERVERS/shop.sql"
}

teardown_file() {
	servers_end
}

# faulty CALLS ERRNO PATH COMMAND…: each of these calls on that path fails.
faulty() {
	local calls=$1 number=$2 path=$3
	shift 3
	traced -b execve -P "$path" \
		-e inject="$calls:error=$number" "$@"
}

@test "--latest: a file that cannot be looked at may be the newest: no older one is taken" {
	local dir=$BATS_TEST_TMPDIR/backups
	mkdir "$dir"
	cp "$SERVERS/shop.sql" "$dir/old.sql"
	ln -s gone.sql "$dir/nothing.sql"
	run -0 dbverify --quick --latest="$dir"
	ln -s new.sql "$dir/new.sql" # to itself
	run -74 --separate-stderr dbverify --quick --latest="$dir"
	[[ $stderr == *"cannot look at all backups in $dir: "* ]]
	rm "$dir/new.sql"
	run -74 --separate-stderr faulty getdents64 EIO "$dir" dbverify --quick --latest="$dir"
	[[ $stderr == *"cannot look at all backups in $dir: Input/output error" ]]
	injected
}

@test "a catalogue that cannot be read may know the dump: its damage is not passed over" {
	local dir=$BATS_TEST_TMPDIR/backups call
	mkdir "$dir"
	cp "$SERVERS/compact.sql" "$dir/shop.sql"
	jq -cn --arg sum "$(sha256sum <"$dir/shop.sql" | cut -d ' ' -f 1)" \
		'{event: "backup", file: "shop.sql", sha256: $sum}' >"$dir/backups.jsonl"
	run -0 dbverify --quick "$dir/shop.sql"
	sed -i 's/two/2wo/' "$dir/shop.sql"
	run -1 dbverify --quick "$dir/shop.sql"
	for call in openat read; do
		run -74 --separate-stderr faulty "$call" EIO "$dir/backups.jsonl" \
			dbverify --quick "$dir/shop.sql"
		[[ $stderr == *"cannot read $dir/backups.jsonl, which may say "*"Input/output error"* ]]
		injected
	done
	rm "$dir/backups.jsonl"
	run -0 dbverify --quick "$dir/shop.sql"
}

@test "metrics that cannot be looked at are not taken for none: those of others stay" {
	local file=$BATS_TEST_TMPDIR/metrics.prom
	printf '%s\n' 'other{a="b"} 1' >"$file"
	run -69 --separate-stderr faulty fstat,newfstatat EIO "$file" \
		dbverify --quick --source=here --metrics="$file" "$SERVERS/shop.sql"
	[[ $stderr == *"cannot read $file: Input/output error"* ]]
	injected
	[ "$(cat "$file")" = 'other{a="b"} 1' ]
	run -0 dbverify --quick --source=here --metrics="$file" "$SERVERS/shop.sql"
	grep -qxF 'other{a="b"} 1' "$file"
}

@test "a folder that the private server's user would not get is an error, not an empty database" {
	local calls=$BATS_TEST_TMPDIR/calls dir=$BATS_TEST_TMPDIR nth
	command -v mariadb-backup >/dev/null || skip 'no mariadb-backup'
	[ "$(id -u)" = 0 ] || skip 'only root gives the files away'
	dbsnap --defaults-file="$(server_cnf source)" --method=copy \
		--state-dir="$BATS_TEST_TMPDIR/state" --snapshot-dir="$BATS_TEST_TMPDIR" \
		--result-file="$BATS_TEST_TMPDIR/tar"
	while [[ $dir == */dbpipes-* ]]; do
		chmod o+x "$dir"
		dir=${dir%/*}
	done
	# Until then it does much the same each time; which folder is met does not matter.
	traced -y -b execve dbverify "$BATS_TEST_TMPDIR/tar"
	mv "$calls" "$calls.whole"
	nth=$(grep 'openat(' "$calls.whole" | grep -nm1 '/data/shop", ' | cut -d : -f 1)
	[ -n "$nth" ] || skip 'the files are not given away where not everybody can reach them'
	run -71 --separate-stderr traced -b execve \
		-e inject=openat:error=EMFILE:when="$nth" dbverify "$BATS_TEST_TMPDIR/tar"
	[[ $stderr == *'cannot change the owner of '*'/data'*': Too many open files'* ]]
	injected
	nth=$(grep 'getdents64(' "$calls.whole" | grep -nm1 '/data/shop>, ' | cut -d : -f 1)
	run -71 --separate-stderr traced -b execve \
		-e inject=getdents64:error=EIO:when="$nth" dbverify "$BATS_TEST_TMPDIR/tar"
	[[ $stderr == *'cannot change the owner of '*'/data'*': Input/output error'* ]]
	injected
}

@test "a limit of a file's size is no fault of a snapshot with larger ones" {
	local dir=$BATS_TEST_TMPDIR/tmp
	command -v mariadb-backup >/dev/null || skip 'no mariadb-backup'
	mkdir "$dir"
	dbsnap --defaults-file="$(server_cnf source)" --method=copy \
		--state-dir="$BATS_TEST_TMPDIR/state" --snapshot-dir="$BATS_TEST_TMPDIR" \
		--result-file="$BATS_TEST_TMPDIR/tar"
	run -73 --separate-stderr prlimit --fsize=100000 dbverify --tmpdir="$dir" "$BATS_TEST_TMPDIR/tar"
	[[ $stderr == *"cannot unpack '"*"': File too large"*'ulimit -f'* ]]
	run ! grep '"fault"\|"verified"' <<<"$output"
	[ -z "$(ls -A "$dir")" ]
}

@test "a process that cannot be started is an error, and nobody else is killed for it" {
	local nth dir=$BATS_TEST_TMPDIR/tmp
	# Where a signal to all would reach those of this test alone.
	local apart=(unshare --user --map-root-user --pid --fork --kill-child)
	[ "$(id -u)" != 0 ] || apart=(unshare --pid --fork --kill-child)
	"${apart[@]}" true 2>/dev/null || skip 'no process namespaces here'
	mkdir "$dir"
	export -f traced
	for nth in {1..9}; do
		run --separate-stderr "${apart[@]}" bash -c 'traced "$@"; exit "$?"' - \
			-b execve -e inject=clone,fork,vfork:error=EAGAIN:when="$nth" \
			dbverify --tmpdir="$dir" "$SERVERS/shop.sql"
		injected || break
		[ "$status" = 71 ]
		[[ $stderr == *'dbverify: error: cannot start '*': Resource temporarily unavailable'* ]]
		[ -z "$(ls -A "$dir")" ]
	done
	# mariadb-install-db, mariadbd and dbseed at least.
	[ "$status" = 0 ] && [ "$nth" -gt 3 ]
}

@test "a place where nothing can be locked is an error with its cause, and no folder stays there" {
	local dir=$BATS_TEST_TMPDIR/tmp
	mkdir "$dir"
	run -73 --separate-stderr traced -b execve \
		-e inject=flock:error=ENOLCK dbverify --tmpdir="$dir" "$SERVERS/shop.sql"
	[[ $stderr == *"cannot lock a folder in $dir: No locks available"* ]]
	injected
	[ -z "$(ls -A "$dir")" ]
}

@test "a folder of its own that cannot be removed is told of, and gone after the next run" {
	local dir=$BATS_TEST_TMPDIR/tmp
	mkdir "$dir"
	run -0 --separate-stderr traced -b execve \
		-e inject=unlink,unlinkat,rmdir:error=EIO \
		dbverify --tmpdir="$dir" "$SERVERS/shop.sql"
	injected
	[[ $stderr == *"warning: $dir/"*' cannot be removed: the next run tries again'* ]]
	[ -n "$(ls -A "$dir")" ]
	run -0 dbverify --tmpdir="$dir" "$SERVERS/shop.sql"
	[ -z "$(ls -A "$dir")" ]
}

@test "a load that gets no thread says nothing about a good dump" {
	local bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	cp "$(command -v dbverify)" "$bin" # it takes the dbseed beside it
	export -f traced
	printf '#!/bin/bash\ntraced -e inject=clone3:error=EAGAIN %q "$@"\n' \
		"$(command -v dbseed)" >"$bin/dbseed"
	chmod +x "$bin/dbseed"
	run --separate-stderr "$bin/dbverify" "$SERVERS/shop.sql"
	injected || skip 'threads are not started by clone3 here'
	[ "$status" = 69 ]
	[[ $stderr == *'cannot start a thread: Resource temporarily unavailable'*'no fault of the backup'* ]]
	run ! grep '"fault"\|"verified"' <<<"$output"
}
