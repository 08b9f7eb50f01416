#!/usr/bin/env bats
# snap-soak.bats: the short form of tests/soak/snap-killed, where there are loop
# devices.

@test "a snapshot that is killed, whenever, leaves no lock, and nothing that stays" {
	TYPES=xfs run "$BATS_TEST_DIRNAME/soak/snap-killed" 4
	echo "$output"
	[ "$status" -ne 69 ] || skip "${lines[-1]}"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '8 kills, 8 right' ]
}
