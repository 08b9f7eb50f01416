#!/usr/bin/env bats
# layers.bats: arrows point down only: bin → {seed, verify} → {stream, snap, db, image,
# store} → data → base; siblings do not include each other, and a program links
# only what it uses.
# passes: plain

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	shopt -s nullglob
}

# includes PATTERN DIR…: our own headers that these folders include.
includes() {
	grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]$1" \
		--include='*.[ch]' "${@:2}"
}

# none COMMAND…: it finds nothing; what it finds is printed.
none() {
	run "$@"
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "lib/base includes no layer above it" {
	none includes '(data|stream|db|store|snap|image|bin)/' lib/base
}

@test "lib/data includes no layer above it" {
	none includes '(stream|db|store|snap|image|bin)/' lib/data
}

@test "lib/base is libc only" {
	none includes '(mysql|mariadb|zstd|zlib|openssl|xxhash|jansson|curl|archive)' \
		lib/base
}

@test "sibling layers do not include each other" {
	local layer
	for layer in stream db store snap image; do
		[ -d "lib/$layer" ] || continue
		local others=(stream db store snap image)
		others=("${others[@]/#$layer/}")
		local pattern
		pattern=$(printf '%s\n' "${others[@]}" | grep . | paste -sd '|')
		none includes "($pattern)/" "lib/$layer"
	done
}

@test "lib/seed and lib/verify join a dump and a server, and only programs include them" {
	none includes '(store|snap|image|seed)/' lib/verify
	none includes '(store|snap|image|verify)/' lib/seed
	none includes '(seed|verify)/' lib/base lib/stream lib/db
}

@test "nothing in lib includes a program's file" {
	none includes '\.?\.?/?bin/' lib
}

@test "mysql.h is included under lib/db only" {
	none includes '(mysql|mariadb)/?[a-z_]*\.h' bin lib/base lib/data lib/stream \
		lib/image lib/store lib/seed lib/snap lib/verify
}

@test "a compression library's header is included under lib/stream only" {
	none includes '(zstd|zlib|lzma)[a-z_]*\.h' bin lib/base lib/data lib/db \
		lib/image lib/store lib/seed lib/snap lib/verify
}

@test "jansson and OpenSSL are included under lib/data only" {
	none includes '(jansson|openssl/)' bin lib/base lib/db lib/image lib/store lib/seed lib/snap lib/verify \
		lib/stream
}

@test "xxHash is included under lib/data and lib/stream only" {
	none includes 'xxhash' bin lib/base lib/db lib/image lib/store lib/seed lib/snap lib/verify
}

@test "curl.h is included under lib/store, libarchive and libdeflate under lib/image" {
	none includes 'curl/' bin lib/base lib/data lib/db lib/image lib/stream
	none includes '(archive|archive_entry|libdeflate)\.h' bin lib/base lib/data \
		lib/db lib/store lib/stream
}

# needed PROGRAM: the libraries it asks the loader for.
needed() {
	readelf -d "bin/$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

@test "each program links the libraries of its line in the Makefile, no more" {
	local source name packages library
	make -s all
	for source in bin/*.c; do
		name=$(basename "$source" .c)
		packages=$(sed -n "s/^${name}_PKGS *:= *//p" Makefile)
		[ -n "$packages" ] || [ "$(grep -c "^${name}_PKGS" Makefile)" = 1 ]
		for library in $(needed "$name"); do
			case $library in
			libc.so* | libm.so* | ld-linux* | libpthread*) continue ;;
			libz.so*) library=zlib ;;
			libjansson.so*) library=jansson ;;
			*) library=${library%%.so*} ;;
			esac
			echo "$name needs $library, the Makefile names: $packages"
			[[ " $packages " == *" $library "* ]]
		done
	done
}
