#!/usr/bin/env bats
# replica-soak.bats: the short form of tests/soak/seed-under-writes.

@test "a replica seeded from a busy source ends up with its rows, by position, GTID, TLS and name" {
	run "$BATS_TEST_DIRNAME/soak/seed-under-writes" 4
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '4 runs, 4 equal' ]
}
