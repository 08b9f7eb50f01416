#!/usr/bin/env bats
# layers.bats: arrows point down only: bin → {capture, pack, seed, verify} →
# {stream, snap, db, image, store} → data → base; siblings do not include each
# other, but for verify, which restores what others made; and a program links
# only what it uses.
# passes: plain

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	shopt -s nullglob
	parts=(stream db store snap image)
	joins=(capture pack seed verify)
}

# includes PATTERN FOLDER…: our own headers that these folders include.
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

# one_of NAME…: as a pattern.
one_of() {
	local IFS='|'
	echo "($*)/"
}

# only_in FOLDER PATTERN: no other folder includes that.
only_in() {
	local folder
	local -a others=()
	for folder in bin lib/*/; do
		[ "${folder%/}" = "$1" ] || others+=("$folder")
	done
	none includes "$2" "${others[@]}"
}

@test "lib/base includes no layer above it" {
	none includes "$(one_of data "${parts[@]}" "${joins[@]}" bin)" lib/base
}

@test "lib/data includes no layer above it" {
	none includes "$(one_of "${parts[@]}" "${joins[@]}" bin)" lib/data
}

@test "lib/base is libc only" {
	none includes '(mysql|mariadb|zstd|zlib|openssl|xxhash|jansson|curl|archive)' \
		lib/base
}

@test "sibling layers include neither each other nor what joins them" {
	local layer other
	for layer in "${parts[@]}"; do
		local -a others=("${joins[@]}")
		for other in "${parts[@]}"; do
			[ "$other" = "$layer" ] || others+=("$other")
		done
		none includes "$(one_of "${others[@]}")" "lib/$layer"
	done
}

@test "what joins layers is included by programs only" {
	none includes "$(one_of capture pack seed)" lib/verify
	none includes "$(one_of store snap image capture pack verify)" lib/seed
	none includes "$(one_of db snap capture seed verify)" lib/pack
	none includes "$(one_of store image pack seed verify)" lib/capture
}

@test "nothing in lib includes a program's file" {
	none includes '\.?\.?/?bin/' lib
}

@test "a library's headers are included in one folder only" {
	only_in lib/db '(mysql|mariadb)/?[a-z_]*\.h'
	only_in lib/stream '(zstd|zlib|lzma)[a-z_]*\.h'
	none includes xxhash bin lib/base lib/db lib/image lib/store lib/snap \
		"${joins[@]/#/lib/}"
	only_in lib/data '(jansson|openssl/)'
	only_in lib/store curl/
	only_in lib/image '(archive|archive_entry|libdeflate)\.h'
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
