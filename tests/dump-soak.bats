#!/usr/bin/env bats
# dump-soak.bats: the short forms of tests/soak/dump-under-writes and
# tests/soak/paused-reader.

@test "a dump of a busy source, caught up from the binary log, is the source" {
	LOCK_LIMIT=60000 run "$BATS_TEST_DIRNAME/soak/dump-under-writes" 3
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '3 runs, 3 equal' ]
}

@test "a reader that pauses for longer than the server's timeouts gets the whole dump (case 36)" {
	run "$BATS_TEST_DIRNAME/soak/paused-reader" 8
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '2 dumps, 2 whole' ]
}
