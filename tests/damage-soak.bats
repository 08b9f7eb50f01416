#!/usr/bin/env bats
# damage-soak.bats: the short form of tests/soak/damage.

@test "a dump damaged anywhere is refused, with the place, whatever form it has" {
	BYTES=25 CUTS=6 FRAMES=20 RESTORES=1 run "$BATS_TEST_DIRNAME/soak/damage"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 10 ]
}
