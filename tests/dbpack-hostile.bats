#!/usr/bin/env bats
# dbpack-hostile.bats: tars, images and registries that mean harm: refused, with
# a reason, and nothing is written.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images
load lib/tls

setup_file() {
	servers_begin -
	images_begin
	printf '%s\n' '-- MariaDB dump 10.19' 'SELECT 1;' \
		'-- Dump completed on 2026-11-21  3:04:05' >"$IMAGES/dump.sql"
}

teardown_file() {
	images_end
	servers_end
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	BASE=$IMAGES/tiny.tar
}

teardown() {
	liar_end
	[ ! -e tls-pid ] || kill "$(cat tls-pid)"
}

# refused STATUS WORDS COMMAND…: with these words, and no bytes on stdout.
# shellcheck disable=SC2154 # stderr is set by run
refused() {
	run -"$1" --separate-stderr "${@:3}"
	[[ $stderr == *"$2"* ]] || {
		echo "$stderr"
		return 1
	}
	[ -z "$output" ]
}

# data_tar OPTION…: a data directory with something bad in it.
data_tar() {
	rm -rf data
	mkdir -p data/sub
	echo x >data/ibdata1
	"$@"
	tar -C data -cf data.tar .
}

@test "a data directory with names that lead out of it is refused" {
	data_tar true
	tar -C data -rPf data.tar --transform='s|^sub|../sub|' sub
	refused 65 "leads out of its folder" dbpack -b "$BASE" data.tar
	data_tar true
	tar -C data -rPf data.tar --transform='s|^sub|/sub|' sub
	refused 65 "leads out of its folder" dbpack -b "$BASE" data.tar
	data_tar true
	tar -C data -rPf data.tar --transform='s|^sub|a/../../sub|' sub
	refused 65 "leads out of its folder" dbpack -b "$BASE" data.tar
}

@test "links out of a data directory are refused, links within it stay" {
	local target
	for target in /etc/passwd ../x sub/../../x; do
		data_tar ln -s "$target" data/link
		refused 65 "a link that leads out" dbpack -b "$BASE" data.tar
	done
	data_tar ln -s ../ibdata1 data/sub/link
	dbpack -b "$BASE" data.tar >image.tar
	# Two that lead out together, and a name through one.
	data_tar mkdir -p data/x/y/z
	ln -s ../../.. data/x/y/z/l
	ln -s x/y/z/l/../../../.. data/m
	tar -C data -cf data.tar ibdata1 x m
	refused 65 "a link that leads out" dbpack -b "$BASE" data.tar
	data_tar ln -s . data/s
	tar -C data -rf data.tar --transform='s|^ibdata1|s/ibdata2|' ibdata1
	refused 65 "a name that leads through a link" dbpack -b "$BASE" data.tar
	data_tar ln data/ibdata1 data/hard
	refused 65 "a hard link" dbpack -b "$BASE" data.tar
}

@test "a data directory cut off behind a file that ends in zeros is refused" {
	mkdir data
	echo x >data/ibdata1
	truncate -s 4096 data/undo001
	echo y >data/more
	tar -b 1 -C data -cf data.tar ibdata1 undo001 more
	dbpack -b "$BASE" data.tar >image.tar
	head -c $((1024 + 512 + 4096)) data.tar >cut.tar
	refused 65 "without the mark of a tar's end" dbpack -b "$BASE" cut.tar
}

@test "a second tar behind the first is refused, zeros behind it are none" {
	data_tar true
	tar -C data -cf more.tar sub
	cat data.tar more.tar >two.tar
	refused 65 "behind the tar's end, at byte 2048" dbpack -b "$BASE" two.tar
	zstd -q two.tar
	refused 65 "behind the tar's end, at byte 2048" dbpack -b "$BASE" two.tar.zst
	truncate -s 3M data.tar
	dbpack -b "$BASE" data.tar >image.tar
	echo x >>data.tar
	refused 65 "behind the tar's end, at byte 2048" dbpack -b "$BASE" data.tar
}

@test "a name that comes twice, which engines do not take, is refused, and so is one that is too long" {
	data_tar true
	tar -C data -rf data.tar ./ibdata1
	refused 65 "'ibdata1', and it again" dbpack -b "$BASE" data.tar
	# A folder that is told of twice is one.
	data_tar true
	tar -C data -rf data.tar ./sub
	dbpack -b "$BASE" data.tar >image.tar
	[ "$(new_layer image.tar | tar -t | sort | uniq -d)" = "" ]
	data_tar true
	tar -C data -rf data.tar --transform="s|^ibdata1|sub|" ibdata1
	refused 65 "'sub', and it again" dbpack -b "$BASE" data.tar
	data_tar true
	tar -C data -rf data.tar --transform="s|^ibdata1|$(printf 'n%.0s' {1..256})|" ibdata1
	refused 65 "a name that is too long" dbpack -b "$BASE" data.tar
	data_tar true
	tar -C data -rf data.tar --transform="s|^ibdata1|$(printf 'n/%.0s' {1..2100})x|" ibdata1
	refused 65 "a name that is too long" dbpack -b "$BASE" data.tar
}

@test "devices, pipes and names that delete are refused" {
	data_tar mkfifo data/pipe
	refused 65 "a device or a pipe" dbpack -b "$BASE" data.tar
	data_tar touch data/.wh.x
	refused 65 "images delete" dbpack -b "$BASE" data.tar
	[ "$(id -u)" = 0 ] || return 0
	data_tar mknod data/null c 1 3
	refused 65 "a device or a pipe" dbpack -b "$BASE" data.tar
}

@test "100,000 members pass in bounded memory; that many are no image" {
	# shellcheck disable=SC2016 # perl's own
	perl -e 'my $h = sub { my ($name, $type, $size) = @_;
		my $b = pack("a100a8a8a8a12a12a8aa100a6a2a32a32a8a8a155x12", $name,
		"0000644", "0000000", "0000000", sprintf("%011o", $size),
		"00000000000", " " x 8, $type, "", "ustar", "00", ("") x 5);
		substr($b, 148, 8) = sprintf("%06o\0 ", unpack("%32C*", $b)); print $b };
		$h->("ibdata1", 0, 0); $h->("t$_", 0, 0) for 1 .. 100001;
		print "\0" x 1024' >many.tar
	(
		[ -n "${DBPIPES_SLOW:-}" ] || ulimit -v 200000
		dbpack -b "$BASE" many.tar >image.tar
	)
	tar -xOf image.tar "$(tar -xOf image.tar manifest.json |
		jq -r '.[0].Layers[-1]')" | tar -t | wc -l | grep -qx '10000[0-9]'
	refused 65 'more than 100000 members' dbpack -b many.tar "$IMAGES/dump.sql"
}

new_layer() { tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Layers[-1]')"; }

# image FILTER…: an archive whose manifest, configuration or layer is changed.
image() {
	rm -rf image
	cp -r "$IMAGES/tiny" image
	(cd image && "$@")
	tar -C image -cf image.tar config.json manifest.json layer.tar
}

edit() { jq -c "$2" "$1" >new && mv new "$1"; }

@test "bases that make no sense are refused" {
	echo x >text
	refused 65 'no tar' dbpack -b text "$IMAGES/dump.sql"
	tar -cf other.tar text
	refused 65 'is no image' dbpack -b other.tar "$IMAGES/dump.sql"
	gzip -c "$BASE" >packed
	refused 65 'zcat' dbpack -b packed "$IMAGES/dump.sql"
	head -c 100000 "$BASE" >cut.tar
	refused 65 '' dbpack -b cut.tar "$IMAGES/dump.sql"
	image edit manifest.json '.[0].Config = "../../etc/passwd"'
	refused 65 lacks dbpack -b image.tar "$IMAGES/dump.sql"
	image edit manifest.json '.[0].Layers = ["no"]'
	refused 65 lacks dbpack -b image.tar "$IMAGES/dump.sql"
	image edit manifest.json '.[0].Layers = [7]'
	refused 65 name dbpack -b image.tar "$IMAGES/dump.sql"
	image edit manifest.json '. + .'
	refused 65 '2 images' dbpack -b image.tar "$IMAGES/dump.sql"
	image edit manifest.json '{}'
	refused 65 'no sense' dbpack -b image.tar "$IMAGES/dump.sql"
	image edit config.json '.rootfs.diff_ids = []'
	refused 65 'as many layers' dbpack -b image.tar "$IMAGES/dump.sql"
	image edit config.json '.rootfs.diff_ids = ["sha256:../x"]'
	refused 65 digest dbpack -b image.tar "$IMAGES/dump.sql"
	image edit config.json '[.]'
	refused 65 'no JSON object' dbpack -b image.tar "$IMAGES/dump.sql"
	image ln -sf loop loop
	(cd image && rm layer.tar && ln -s layer.tar layer.tar)
	tar -C image -cf image.tar config.json manifest.json layer.tar
	refused 65 lacks dbpack -b image.tar "$IMAGES/dump.sql"
}

@test "a manifest of a gigabyte is refused in bounded memory" {
	truncate -s 1G manifest.json
	tar -Scf sparse.tar manifest.json
	tar -cf huge.tar --hole-detection=seek manifest.json
	(
		[ -n "${DBPIPES_SLOW:-}" ] || ulimit -v 200000
		refused 65 '' dbpack -b huge.tar "$IMAGES/dump.sql"
		refused 65 '' dbpack -b sparse.tar "$IMAGES/dump.sql"
		mkdir layout
		ln manifest.json layout/index.json
		refused 65 'more than the' dbpack -b layout "$IMAGES/dump.sql"
	)
	rm huge.tar
}

@test "a registry's manifest of a gigabyte, or without an end, is refused in bounded memory" {
	lie 'HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n{' \
		"HTTP/1.1 200 OK\\r\\n\\r\\n$(head -c 5000000 /dev/zero | tr '\0' ' ')"
	(
		[ -n "${DBPIPES_SLOW:-}" ] || ulimit -v 400000
		refused 65 'more than is to come' pull
		refused 65 'more than the 4194304 bytes' pull
	)
}

@test "a layer that has not the digest it is named by is refused" {
	image bash -c 'printf X | dd of=layer.tar bs=1 seek=1500 conv=notrunc status=none'
	run -65 --separate-stderr dbpack -b image.tar -r out.tar "$IMAGES/dump.sql"
	[ ! -e out.tar ]
}

@test "a base whose links go round in circles ends with a reason" {
	image bash -c 'mkdir t && ln -s b t/a && ln -s a t/b && tar -C t -cf layer.tar .'
	(cd image && edit config.json ".rootfs.diff_ids = [\"sha256:$(
		sha256sum <layer.tar | cut -d ' ' -f 1
	)\"]")
	tar -C image -cf image.tar config.json manifest.json layer.tar
	refused 65 circles dbpack -b image.tar --input=none --add="$IMAGES/dump.sql:/a/x"
}

pull() { dbpack -b "docker://$HOST/a/b" --insecure="$HOST" "$IMAGES/dump.sql"; }

@test "a registry that redirects to a file, or to another plain host, is refused" {
	lie 'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/x\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n'
	refused 65 'redirects to file:///etc/passwd, which is refused' pull
	refused 65 'redirects to http://127.0.0.2:1/x, which is refused' pull
	refused 65 'redirects more than' pull
}

@test "a registry that sends us elsewhere for a token, or gives none, is refused" {
	lie 'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="file:///etc/passwd"\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'
	run ! pull
	[[ $output == *error:* && $output != *root:* ]]
	run ! pull
	refused 77 'wants a login' pull
}

@test "a password is not for where the registry redirects to" {
	local port
	certificates tls
	port=$(free_port)
	printf 'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="https://localhost:%s/token",service="x"\r\nContent-Length: 0\r\n\r\n' \
		"$port" >blob
	openssl s_server -HTTP -accept "127.0.0.1:$port" -cert tls/cert.pem -key tls/key.pem \
		>asked 2>&1 3>&- &
	echo $! >tls-pid
	lie "HTTP/1.1 302 Found\\r\\nLocation: https://localhost:$port/blob\\r\\nContent-Length: 0\\r\\n\\r\\n"
	login_as "$HOST" secret
	wait_until 10 grep -q ACCEPT asked
	refused 77 '' dbpack -b "docker://$HOST/a/b" --insecure="$HOST" --ca-file=tls/ca.pem \
		"$IMAGES/dump.sql"
	grep -q FILE:blob asked
	run ! grep -q -e token -e Authorization asked
}

@test "nobody's password is sent to another plain host, nor a layer to a file" {
	local push
	lie 'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="http://127.0.0.2:1/t"\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 202 OK\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 202 OK\r\nLocation: http://127.0.0.2:1/x\r\nContent-Length: 0\r\n\r\n'
	login_as "$HOST" secret
	push=(dbpack -b scratch --insecure="$HOST" --push="$HOST/a/b" "$IMAGES/dump.sql")
	refused 65 'for a token to http://127.0.0.2:1/t, which is refused' "${push[@]}"
	refused 65 'the upload to file:///etc/passwd, which is refused' "${push[@]}"
	refused 65 'the upload to http://127.0.0.2:1/x, which is refused' "${push[@]}"
}

@test "what a registry says when it refuses is shown, escaped and bounded" {
	local words
	words=$(head -c 3000 /dev/zero | tr '\0' x)
	lie 'HTTP/1.1 202 OK\r\nLocation: /upload\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 204 OK\r\n\r\n' 'HTTP/1.1 200 OK\r\n\r\n' 'HTTP/1.1 200 OK\r\n\r\n' \
		"HTTP/1.1 400 No\\r\\n\\r\\n{\"errors\":[{\"code\":\"MANIFEST_INVALID\",\"message\":\"\\u001b[31m$words\"}]}"
	refused 69 'refuses the manifest with status 400' dbpack -b scratch \
		--insecure="$HOST" --push="$HOST/a/b" "$IMAGES/dump.sql"
	[[ $stderr == *MANIFEST_INVALID* && $stderr != *$'\e'* ]]
	[ ${#stderr} -lt 1500 ]
}

@test "a registry that lies about lengths and digests is refused" {
	local config='{"rootfs":{"diff_ids":[]}}' digest manifest
	digest=$(printf %s "$config" | sha256sum | cut -d ' ' -f 1)
	manifest='{"config":{"digest":"sha256:'$digest'","size":26},"layers":[]}'
	answer() { printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$1" "$2"; }
	[ ${#config} = 26 ]
	lie "$(answer ${#manifest} "$manifest")" "$(answer 5000000000 "$config")" \
		"$(answer ${#manifest} "$manifest")" "$(answer 25 "${config:0:25}")" \
		"$(answer ${#manifest} "$manifest")" "$(answer 26 "${config/\{/[}")" \
		"$(answer 5000000000 x)" \
		"$(answer ${#manifest} "${manifest/26/99999999999999}")" \
		"$(answer ${#manifest} "$manifest")" "$(answer 26 "$config")"
	refused 65 'more than is to come' pull
	refused 65 'gives 25 bytes' pull
	refused 65 'has the digest' pull
	run ! timeout 60 dbpack -b "docker://$HOST/a/b" --insecure="$HOST" "$IMAGES/dump.sql"
	run ! pull
	pull >/dev/null
}
