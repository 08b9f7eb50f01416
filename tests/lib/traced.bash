# shellcheck shell=bash
# traced.bash: faults of the machine, by strace.
#
#   traced OPTION… COMMAND…   run it under strace, with its calls in
#                             $BATS_TEST_TMPDIR/calls
#   injected                  the fault of -e inject was met

# LeakSanitizer traces the program itself and ends it where strace does already.
traced() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 \
		strace -f -qq -o "$BATS_TEST_TMPDIR/calls" "$@"
}

injected() {
	grep -q INJECTED "$BATS_TEST_TMPDIR/calls"
}
