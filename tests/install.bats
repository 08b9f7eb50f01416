#!/usr/bin/env bats
# install.bats: what `make install` puts where, and that it works from there.
# passes: plain

load lib/servers

setup_file() {
	export DESTDIR=$BATS_FILE_TMPDIR/dest
	make -s -C "$TREE" install DESTDIR="$DESTDIR" PREFIX=/usr
}

setup() {
	cd "$TREE" || return
	shopt -s nullglob
}

# same FILE PLACE MODE: it was installed there, unchanged, with that mode.
same() {
	echo "$1 → $2"
	cmp "$1" "$DESTDIR/usr/$2"
	[ "$(stat -c %a "$DESTDIR/usr/$2")" = "$3" ]
}

@test "programs and scripts are in PREFIX/bin" {
	local file
	for file in bin/*.c; do same "${file%.c}" "${file%.c}" 755; done
	for file in bin/dbpipes-*; do same "$file" "$file" 755; done
}

@test "manuals are in the sections of PREFIX/share/man" {
	local file found=0
	for file in share/man/*.[157]; do
		same "$file" "share/man/man${file##*.}/${file##*/}" 644
		found=$((found + 1))
	done
	[ "$found" -gt 0 ]
}

@test "every program and script has its bash completion" {
	local file
	for file in "$DESTDIR"/usr/bin/*; do
		same share/completions/dbpipes \
			"share/bash-completion/completions/${file##*/}" 644
	done
}

# completed TOOL OPTION: the values that are offered behind its `='.
completed() {
	bash -c '. share/completions/dbpipes; COMP_WORDS=("$1" "$2" =) COMP_CWORD=2
		_dbpipes && echo "${COMPREPLY[*]}"' bash "$@"
}

@test "bash completion offers the values that the program takes" {
	[ "$(completed dbpos --format)" = 'json sql sh' ]
	[ "$(completed dbpack --format)" = 'both docker oci' ]
	[ "$(completed dbsnap --lock)" = 'auto stage ftwrl' ]
	[ "$(completed dbdump --lock)" = 'auto none stage ftwrl' ]
	[ "$(completed dbseed --use-gtid)" = 'auto yes no' ]
}

@test "what scripts share, and the templates of pages, are in PREFIX/share/dbpipes" {
	local file
	for file in lib/*.sh; do same "$file" "share/dbpipes/${file##*/}" 644; done
	for file in share/dbpipes/*; do same "$file" "$file" 644; done
}

@test "examples, cron fragments, README and licence are with the documentation" {
	local file
	for file in cron/* share/dbpipes.cnf share/examples/*; do
		same "$file" "share/doc/dbpipes/examples/${file##*/}" 644
	done
	same README.md share/doc/dbpipes/README.md 644
	same COPYING share/doc/dbpipes/COPYING 644
}

@test "nothing is installed outside PREFIX/bin and PREFIX/share" {
	[ "$(ls "$DESTDIR")" = usr ]
	[ "$(cd "$DESTDIR/usr" && echo *)" = 'bin share' ]
}

@test "what is installed runs from there" {
	local file
	for file in "$DESTDIR"/usr/bin/*; do
		echo "$file"
		PATH=$DESTDIR/usr/bin:/usr/bin:/bin "$file" --version
		PATH=$DESTDIR/usr/bin:/usr/bin:/bin "$file" --help >/dev/null
	done
}

@test "an installed script finds what it shares and its templates" {
	: >"$BATS_TEST_TMPDIR/backups.jsonl"
	PATH=$DESTDIR/usr/bin:/usr/bin:/bin dbpipes-report "$BATS_TEST_TMPDIR" |
		grep '<h1 '
	[ "$(PATH=$DESTDIR/usr/bin:/usr/bin:/bin dbpipes-list "$BATS_TEST_TMPDIR" | wc -l)" = 1 ]
}

@test "no installed file names the folder that it was built or installed in" {
	run grep -rlF -e "$DESTDIR" --exclude-dir=bin "$DESTDIR"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "uninstall leaves no file behind" {
	local copy=$BATS_TEST_TMPDIR/copy
	cp -a "$DESTDIR" "$copy"
	make -s uninstall DESTDIR="$copy" PREFIX=/usr
	run find "$copy" -type f
	echo "$output"
	[ -z "$output" ]
}

@test "make dist makes a tarball that builds" {
	git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
	local tarball
	make -s dist BUILD="$BATS_TEST_TMPDIR/dist"
	tarball=$(echo "$BATS_TEST_TMPDIR"/dist/dbpipes-*.tar.gz)
	tar -C "$BATS_TEST_TMPDIR" -xzf "$tarball"
	cd "$BATS_TEST_TMPDIR"/dbpipes-*/
	make -s all
	bin/dbseed --version
}

# crontab lines of a fragment: neither comment, nor empty, nor a variable.
jobs_of() { grep -vE '^(#|$|[A-Z]+=)' "$1"; }

@test "cron fragments are as cron.d wants them: PATH, user, one run at a time, no pipe, no percent" {
	local file
	for file in cron/*; do
		[[ ${file##*/} =~ ^[a-z0-9-]+$ ]]
		grep -q '^PATH=' "$file"
		[ "$(jobs_of "$file" | wc -l)" -gt 0 ]
		while IFS= read -r job; do
			echo "$job"
			[[ $job =~ ^[0-9]+\ [0-9*]+\ [0-9*]+\ [0-9*]+\ [0-9*]+\ root\  ]]
			# These two lock the folder that they write to.
			[[ $job == *'flock -n'* || $job =~ 'dbpipes-'(backup|prune)' ' ]]
			[[ $job != *%* && $job != *' | '* ]]
		done < <(jobs_of "$file")
	done
}

@test "completion offers the long options that --help lists, and their choices" {
	run bash -c '
		. share/completions/dbpipes
		compopt() { :; }
		COMP_WORDS=(bin/dbseed --rep) COMP_CWORD=1
		_dbpipes
		printf "%s\n" "${COMPREPLY[@]}"
		COMP_WORDS=(bin/dbseed --log = j) COMP_CWORD=3
		_dbpipes
		printf "%s\n" "${COMPREPLY[@]}"
		COMP_WORDS=(bin/dbdump --events = d) COMP_CWORD=3
		_dbpipes
		printf "%s\n" "${COMPREPLY[@]}"'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = $'--replace-tables\n--replicate\njson\ndisable' ]
}
