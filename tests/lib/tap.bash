# shellcheck shell=bash
# tap.bash: many TAP outputs become one, with counts. For tests/run.

passed=0 failed=0 skipped=0
declare -a failures=() skips=()

# collect NAME FILE STATUS: print the TAP in FILE under our numbers.
collect() {
	local line title plan=0 seen=0 bad=0 name=$1
	while IFS= read -r line; do
		case $line in
		1..*) plan=${line#1..} ;;
		'ok '* | 'not ok '*)
			seen=$((seen + 1))
			title=$(sed -E 's/^(not )?ok *[0-9]* *-? *//' <<<"$line")
			[ "${line%% *}" = ok ] || bad=1
			result "${line%% *}" "$name: $title"
			;;
		*) printf '# %s\n' "${line#\# }" ;;
		esac
	done <"$2"
	if [ "$seen" -ne "${plan%% *}" ] || [ "$seen" -eq 0 ] ||
		{ [ "$3" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		result not "$name: ends with status $3 after $seen of $plan tests"
	fi
}

# result ok|not TITLE
result() {
	local number=$((passed + failed + skipped + 1))
	case $1:$2 in
	ok:*' # skip'* | ok:*' # SKIP'*)
		skipped=$((skipped + 1)) skips+=("$2")
		;;
	ok:*) passed=$((passed + 1)) ;;
	*) failed=$((failed + 1)) failures+=("$2") ;;
	esac
	[ "$1" = ok ] && echo "ok $number - $2" || echo "not ok $number - $2"
}

# collect_reports DIR: what a sanitizer or valgrind said counts even if a test
# did not look; mere warnings do not: of allocations that were refused (ASan),
# and of a thread that is gone (LeakSanitizer, in a program that a test kills by
# SIGKILL while it ends).
collect_reports() {
	local report warning='WARNING: | Warning: |    | *$|Unable to get registers from'
	for report in "$1"/*; do
		[ -s "$report" ] || continue
		grep -qvE "^==[0-9]+==($warning)" "$report" ||
			continue
		result not "report ${report##*/}: $(head -n 3 "$report" | tr '\n' ' ')"
		sed 's/^/# /' "$report"
	done
}

# tap_summary: plan, skips with their reasons, failures, and the counts. Fails
# unless something passed and nothing failed.
tap_summary() {
	echo "1..$((passed + failed + skipped))"
	[ ${#skips[@]} -eq 0 ] || printf '# skipped: %s\n' "${skips[@]}"
	[ ${#failures[@]} -eq 0 ] || printf '# failed: %s\n' "${failures[@]}"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
