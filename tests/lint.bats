#!/usr/bin/env bats
# lint.bats: what compilers and linters say of the tree. `make lint` runs it.
# passes: plain

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	shopt -s nullglob
	mapfile -t c_files < <(find bin lib tests -name '*.[ch]')
	shell_files=(bin/dbpipes-* lib/*.sh .ci/run tests/run tests/deps tests/demo
		tests/soak/* tests/vm/* tests/bench/* tests/fuzz/run tests/lib/*.bash tests/lib/zfs
		tests/*.bats share/completions/*)
	manuals=(share/man/*.?)
	# Only what is part of the project, not what lies about.
	for list in c_files shell_files manuals; do
		tracked "$list"
	done
}

# tracked ARRAY: drop what git does not know; outside a repository: nothing.
tracked() {
	local -n files=$1
	git rev-parse --git-dir >/dev/null 2>&1 || return 0
	[ ${#files[@]} -gt 0 ] || return 0
	mapfile -t files < <(git ls-files -- "${files[@]}")
}

@test "gcc warns of nothing" {
	make -s -j2 BUILD=build/lint-gcc CC=gcc WERROR=1 all units
}

@test "clang warns of nothing" {
	make -s -j2 BUILD=build/lint-clang CC=clang WERROR=1 all units
}

@test "clang-format would change nothing" {
	[ ${#c_files[@]} -gt 0 ]
	clang-format --dry-run -Werror "${c_files[@]}"
}

@test "cppcheck finds nothing" {
	cppcheck -q -j2 --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,performance,portability -D_GNU_SOURCE -Ilib \
		--suppress=missingIncludeSystem "${c_files[@]}"
}

@test "shellcheck finds nothing in scripts and tests" {
	shellcheck -x "${shell_files[@]}"
}

@test "shfmt would change nothing" {
	shfmt -d "${shell_files[@]}"
}

@test "mandoc finds nothing wrong with the manuals" {
	[ ${#manuals[@]} -gt 0 ]
	mandoc -T lint -W warning "${manuals[@]}"
}

@test "no script has more than 150 lines" {
	local file
	for file in "${shell_files[@]}"; do
		case $file in *.bats | *.bash) continue ;; esac
		if [ "$(wc -l <"$file")" -gt 150 ]; then
			echo "$file has $(wc -l <"$file") lines"
			return 1
		fi
	done
}

@test "no tracked file names a home, a workplace or an address of this machine" {
	git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
	run git grep -nIE '/(home|root|work|tmp/w)/[a-z]' -- . \
		':!tests/lint.bats' ':!COPYING'
	echo "$output"
	[ "$status" -eq 1 ]
}
