#!/usr/bin/env bats
# dbpack-engine.bats: a real engine loads and runs what dbpack makes.
# shellcheck disable=SC2154 # stderr is set by run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images

setup_file() {
	servers_begin -
	images_begin
	printf '%s\n' '-- MariaDB dump 10.19' '--' 'SELECT 1;' \
		'-- Dump completed on 2026-11-21  3:04:05' >"$IMAGES/dump.sql"
	mkdir "$IMAGES/data"
	echo system >"$IMAGES/data/ibdata1"
	truncate -s 3M "$IMAGES/data/sparse.ibd"
	echo end >>"$IMAGES/data/sparse.ibd"
	tar -C "$IMAGES/data" -cSf "$IMAGES/data.tar" .
}

teardown_file() {
	images_end
	servers_end
}

setup() {
	engine_start
	cd "$BATS_TEST_TMPDIR" || return
	BASE=$IMAGES/tiny.tar
}

runs() { docker run --rm --network none "$@"; }

@test "docker loads and runs an image of a dump, plain and gzip, and saves it again" {
	local how
	needs busybox
	for how in none gzip; do
		dbpack -b "$BASE" -t "dump-$how:1" -z "$how" --env="HOW=$how" \
			"$IMAGES/dump.sql" | docker load -q
		runs "dump-$how:1" cat /docker-entrypoint-initdb.d/dump.sql.zst |
			zstd -dc | cmp - "$IMAGES/dump.sql"
		# An engine that cannot put a layer together again says so here.
		docker save "dump-$how:1" >saved.tar
		dbpack -b saved.tar -t again:1 --input=none --add=saved.tar:/x >again.tar
	done
}

# An engine takes a layer with holes, and cannot give it out again.
@test "docker runs an image of a data directory, and gives out its sparse files (case 68)" {
	needs busybox
	dbpack -b "$BASE" -t data:1 "$IMAGES/data.tar" | docker load -q
	[ "$(runs data:1 stat -c '%u:%g' /var/lib/dbpipes/ibdata1)" = 777:778 ]
	[ "$(runs data:1 sha256sum /var/lib/dbpipes/sparse.ibd | cut -d ' ' -f 1)" = \
		"$(sha256sum <"$IMAGES/data/sparse.ibd" | cut -d ' ' -f 1)" ]
	docker save data:1 >saved.tar
	dbpack -b saved.tar -t again:1 --input=none --add=saved.tar:/x >again.tar
}

@test "each format that docker takes is loaded with layers that it has not seen" {
	local format
	for format in both docker; do
		head -c 10000 /dev/urandom >noise
		dbpack -b "$BASE" -t "f-$format:1" --format=$format --input=none \
			--add=noise:/noise | docker load -q
		docker image inspect "f-$format:1" >/dev/null
	done
}

@test "--load hands it over without an archive, and says so" {
	dbpack -b "$BASE" -t load:1 -t load:latest --load "$IMAGES/dump.sql" >record
	jq -e '.loaded and .tags == ["load:1", "load:latest"] and .written == 0' record
	[ "$(docker image inspect -f '{{.Id}}' load:latest)" = "$(jq -r .id record)" ]
	dbpack -b "$BASE" -t load --load --engine="${DOCKER_HOST#unix://}" "$IMAGES/dump.sql"
}

@test "--prune removes the earlier images of the name, but none that is in use" {
	local i ids=()
	needs busybox
	for i in 1 2 3 4; do
		echo "$i" >file
		dbpack -b "$BASE" -t "prune:$i" --load --input=none --add=file:/file |
			jq -r .id >id
		ids+=("$(cat id)")
	done
	docker tag prune:3 other:3
	docker create --name user --network none prune:2 sh
	docker load -qi "$BASE"
	echo 5 >file
	dbpack -b "$BASE" -t prune:1 --load --prune --input=none --add=file:/file >record
	[ "$(jq -r '.pruned | sort | .[]' record)" = \
		"$(printf '%s\n' "${ids[0]}" "${ids[3]}" | sort)" ]
	[ "$(jq -r '.kept | sort | .[]' record)" = \
		"$(printf '%s\n' "${ids[1]}" "${ids[2]}" | sort)" ]
	docker image inspect prune:2 prune:3 other:3 tiny:1 >/dev/null
	run ! docker image inspect "${ids[0]}"
	run ! docker image inspect "${ids[3]}"
	docker rm user
}

@test "--prune knows a name of Docker Hub by its full name, too" {
	local name id
	for name in docker.io/library/full docker.io/tester/full; do
		dbpack -b "$BASE" -t "$name:1" --label=v=1 --load "$IMAGES/dump.sql" >one
		dbpack -b "$BASE" -t "$name:2" --label=v=2 --load --prune "$IMAGES/dump.sql" >two
		id=$(jq -r .id one)
		[ "$(jq -r '.pruned[]' two)" = "$id" ]
		run ! docker image inspect "$id"
		docker image inspect "$name:2" >/dev/null
	done
}

@test "the same again changes nothing, and prunes nothing" {
	dbpack -b "$BASE" -t same:1 --load "$IMAGES/dump.sql" >one
	dbpack -b "$BASE" -t same:1 --load --prune "$IMAGES/dump.sql" >two
	jq -e '.pruned == [] and .kept == []' two
	[ "$(jq -r .id one)" = "$(jq -r .id two)" ]
}

@test "without an engine it fails, and says which one" {
	run -69 --separate-stderr dbpack -b "$BASE" -t x:1 --load \
		--engine=unix:///nowhere/docker.sock "$IMAGES/dump.sql"
	[[ $stderr == */nowhere/docker.sock* ]]
	[ -z "$output" ]
	run -64 dbpack -b "$BASE" -t x:1 --load --engine=tcp://x "$IMAGES/dump.sql"
}

@test "a damaged base is refused by us before the engine has it" {
	cp "$BASE" bad.tar
	printf X | dd of=bad.tar bs=1 seek=40000 conv=notrunc status=none
	run -65 --separate-stderr dbpack -b bad.tar -t bad:1 --load "$IMAGES/dump.sql"
	[[ $stderr == *'damaged image'* ]]
	run ! docker image inspect bad:1
}
