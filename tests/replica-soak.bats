#!/usr/bin/env bats
# replica-soak.bats: the short form of tests/soak/seed-under-writes.

@test "a replica seeded from a busy source ends up with its rows, by position and by GTID" {
	run "$BATS_TEST_DIRNAME/soak/seed-under-writes" 2
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '2 runs, 2 equal' ]
}
