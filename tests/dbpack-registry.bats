#!/usr/bin/env bats
# dbpack-registry.bats: pushing to a real docker-registry and building upon what
# is there; skopeo and umoci judge what has arrived.
# shellcheck disable=SC2030,SC2031 # each test is a subshell

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images

setup_file() {
	servers_begin -
	images_begin
	printf '%s\n' '-- MariaDB dump 10.19' '--' 'SELECT 1;' \
		'-- Dump completed on 2026-11-21  3:04:05' >"$IMAGES/dump.sql"
}

teardown_file() {
	images_end
	servers_end
}

teardown() { liar_end; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	BASE=$IMAGES/tiny.tar
	rm -f "$DOCKER_CONFIG/config.json"
}

# start NAME KIND: and HOST is where it is.
start() {
	[ -e "$IMAGES/registry-$1/pid" ] || registry_start "$@"
	HOST=$(registry_host "$1")
}

pack() { dbpack -b "$BASE" --insecure="$HOST" "$@"; }

# is_there REF [OPTION…]: what skopeo takes from the registry unpacks to the
# files of an archive made of the same.
is_there() {
	local ref=$1
	shift
	needs skopeo umoci
	rm -rf pulled direct a b
	skopeo copy -q --src-tls-verify=false "${@:2}" "docker://$ref" oci:pulled:x
	skopeo copy -q "oci-archive:$1" oci:direct:x
	[ "$(skopeo inspect oci:pulled:x | jq -r .Digest)" = \
		"$(skopeo inspect oci:direct:x | jq -r .Digest)" ]
	[ "$(id -u)" = 0 ] || return 0
	umoci unpack --image pulled:x a >/dev/null 2>&1
	umoci unpack --image direct:x b >/dev/null 2>&1
	diff -r a/rootfs b/rootfs
}

# layers_of IMAGE, labels_of IMAGE: as its configuration has them.
layers_of() {
	local copy
	copy=$(mktemp -p "$BATS_TEST_TMPDIR")
	cat "$1" >"$copy"
	config_of "$copy" | jq -c .rootfs.diff_ids
}
labels_of() { config_of "$1" | jq -r '.config.Labels | to_entries[] | "\(.key)=\(.value)"'; }
config_of() { tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Config')"; }

@test "an image is pushed whole, plain and gzip, at once and in chunks" {
	local how
	start open
	for how in '-z none' '-z gzip' '-z gzip --chunk-size=700K' '--chunk-size=100K'; do
		head -c 1500000 /dev/urandom >noise
		# shellcheck disable=SC2086 # options are words
		set -- $how --add=noise:/noise "$IMAGES/dump.sql"
		pack "$@" >image.tar
		pack --push="$HOST/one/shop:latest" "$@" >record
		is_there "$HOST/one/shop:latest" image.tar
		jq -e '.push.uploaded >= 2 and .push.uploaded_bytes > 1500000' record
	done
}

@test "a second push uploads no blob" {
	start open
	pack --push="$HOST/two/shop" "$IMAGES/dump.sql"
	pack --push="$HOST/two/shop" "$IMAGES/dump.sql" >record
	jq -e '.push.uploaded == 0 and .push.uploaded_bytes == 0 and .push.there == 3' record
	# A name of an archive is none in the registry.
	run -0 --separate-stderr pack --push="$HOST/two/shop" --tag=other:1 "$IMAGES/dump.sql"
	[[ $stderr == "dbpack: warning: --tag=other:1 "*"--push=$HOST/two/shop alone" ]]
	run -0 --separate-stderr pack --push="$HOST/two/shop" --tag=other:1 -r image.tar "$IMAGES/dump.sql"
	[ -z "$stderr" ]
}

@test "a base in the registry is pulled, cached, and its layers are mounted" {
	start open
	dbpack -b "$BASE" --input=none --add="$IMAGES/dump.sql:/x" >base.tar
	pack --input=none --add="$IMAGES/dump.sql:/x" --push="$HOST/base/tiny:1" >digest
	dbpack -b base.tar "$IMAGES/dump.sql" >direct.tar
	BASE=docker://$HOST/base/tiny:1
	pack "$IMAGES/dump.sql" >pulled.tar
	[ "$(labels_of pulled.tar | grep base)" = "$(printf '%s\n' \
		"org.opencontainers.image.base.digest=$(jq -r .digest digest)" \
		"org.opencontainers.image.base.name=$HOST/base/tiny:1")" ]
	diff <(layers_of pulled.tar) <(layers_of direct.tar)
	pack "$IMAGES/dump.sql" --push="$HOST/upon/shop:1" >record
	jq -e '.push.mounted == 2 and .push.uploaded == 2' record
	is_there "$HOST/upon/shop:1" pulled.tar
	BASE=docker://$HOST/base/tiny@$(jq -r .digest digest)
	diff <(pack "$IMAGES/dump.sql" | layers_of /dev/stdin) <(layers_of direct.tar)
	[ "$(find "$XDG_CACHE_HOME/dbpipes/blobs" -type f | wc -l)" -ge 3 ]
	# From the cache, without the registry's blobs.
	mv "$IMAGES/registry-open/data/docker/registry/v2/blobs" away
	BASE=docker://$HOST/base/tiny:1
	run ! pack "$IMAGES/dump.sql"
	mv away "$IMAGES/registry-open/data/docker/registry/v2/blobs"
	# One that was damaged there is fetched anew.
	largest=$(find "$XDG_CACHE_HOME/dbpipes/blobs" -type f -printf '%s %p\n' | sort -n | tail -n 1)
	printf X | dd of="${largest#* }" bs=1 seek=5000 conv=notrunc status=none
	# And what a killed run has left there goes.
	touch "$XDG_CACHE_HOME/dbpipes/blobs/.new.tmp"
	touch -d '2 days ago' "${largest#* }" "$XDG_CACHE_HOME/dbpipes/blobs/.old.tmp"
	pack "$IMAGES/dump.sql" 2>said >again.tar
	cmp again.tar pulled.tar
	[ "$(basename -a "$XDG_CACHE_HOME"/dbpipes/blobs/.*.tmp)" = .new.tmp ]
	grep -q 'is damaged: fetching it anew' said
	run -66 pack -b "docker://$HOST/base/tiny:no" "$IMAGES/dump.sql"
	[[ $output == *MANIFEST_UNKNOWN* ]]
}

@test "a multi-platform index is resolved" {
	start open
	local digest size
	pack "$IMAGES/dump.sql" --push="$HOST/many/shop:amd64" | jq -r .digest >digest
	digest=$(cat digest)
	size=$(curl -s -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
		"http://$HOST/v2/many/shop/manifests/amd64" | wc -c)
	jq -nc --arg digest "$digest" --argjson size "$size" '{schemaVersion: 2,
		mediaType: "application/vnd.oci.image.index.v1+json", manifests: [
		{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest,
			size: $size, platform: {os: "linux", architecture: "amd64"}}]}' >index
	curl -sf -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
		--data-binary @index "http://$HOST/v2/many/shop/manifests/latest"
	pack -b "docker://$HOST/many/shop" --platform=linux/amd64 "$IMAGES/dump.sql" \
		>/dev/null
	run -65 pack -b "docker://$HOST/many/shop" --platform=linux/s390x "$IMAGES/dump.sql"
	[[ $output == *'no image for linux/s390x'* ]]
}

@test "a registry with htpasswd takes the login of config.json, and no other" {
	needs htpasswd
	start htpasswd htpasswd
	run -77 pack --push="$HOST/a/shop" "$IMAGES/dump.sql"
	[[ $output == *'wants a login'* ]]
	login_as "$HOST" wrong-Secret-8
	run -77 pack --push="$HOST/a/shop" "$IMAGES/dump.sql"
	[[ $output == *'authentication required (UNAUTHORIZED)'*'docker login'* ]]
	[[ $output != *Secret-8* ]]
	login_as "$HOST" secret
	pack --push="$HOST/a/shop" "$IMAGES/dump.sql" >record
	pack "$IMAGES/dump.sql" >image.tar
	is_there "$HOST/a/shop" image.tar --src-creds=tester:secret
	pack -b "docker://$HOST/a/shop" "$IMAGES/dump.sql" >/dev/null
}

@test "whether a registry takes an image is asked without one, and nothing is left there" {
	needs htpasswd
	start htpasswd htpasswd
	rm -f "$DOCKER_CONFIG/config.json"
	run -77 pack --dry-run --push="$HOST/dry/shop"
	login_as "$HOST" wrong
	run -77 pack --dry-run --push="$HOST/dry/shop"
	login_as "$HOST" secret
	run -0 pack --dry-run --push="$HOST/dry/shop" <&-
	[ -z "$output" ]
	# An upload was opened, and is no more.
	grep -q 'POST.*/v2/dry/shop/blobs/uploads/' "$IMAGES/registry-htpasswd/log"
	run -0 find "$IMAGES/registry-htpasswd/data/docker/registry/v2/repositories/dry" \
		-name startedat -o -name data
	[ -z "$output" ]
	run -66 pack -b "docker://$HOST/no/such" --dry-run --push="$HOST/dry/shop"
}

@test "a login is found in each form that docker takes, and a URL is a registry's name, too" {
	local form
	start htpasswd htpasswd
	# shellcheck disable=SC2016 # jq's variable
	for form in '{auths: {($h): {username: "tester", password: "secret"}}}' \
		'{auths: {"https://\($h)/v1/": {auth: ("tester:secret" | @base64)}}}' \
		'{auths: {"http://\($h)": {auth: ("tester:secret" | @base64)}}}' \
		'{auths: {($h): {auth: "dGVzdGVy\nOnNlY3JldA==\n"}}}' \
		'{auths: {($h): {auth: ("tester:secret" | @base64)}},
			credHelpers: {($h): ""}, credsStore: "none-such"}'; do
		jq -n --arg h "$HOST" "$form" >"$DOCKER_CONFIG/config.json"
		pack --push="$HOST/forms/shop" "$IMAGES/dump.sql"
	done
}

# auth_file FILE KEY=PASSWORD…: as podman writes it.
auth_file() {
	local pair file=$1
	mkdir -p "${file%/*}"
	shift
	for pair; do
		jq -n --arg key "${pair%=*}" --arg auth "$(printf 'tester:%s' "${pair##*=}" | base64)" \
			'{($key): {auth: $auth}}'
	done | jq -s '{auths: add}' >"$file"
}

@test "a login is found in podman's files, in their order, and the longest path counts" {
	needs skopeo
	start htpasswd htpasswd
	local push=$HOST/auth/deep/shop
	rm -f "$DOCKER_CONFIG/config.json"
	unset XDG_RUNTIME_DIR XDG_CONFIG_HOME
	export HOME=$PWD
	run -77 pack --dry-run --push="$push"
	auth_file .config/containers/auth.json "$HOST=secret"
	pack --dry-run --push="$push"
	# As skopeo has it.
	skopeo login --authfile "$PWD/run/containers/auth.json" --tls-verify=false -u tester -p secret "$HOST"
	export XDG_RUNTIME_DIR=$PWD/run
	auth_file .config/containers/auth.json "$HOST=wrong"
	pack --dry-run --push="$push"
	login_as "$HOST" wrong
	run -77 pack --dry-run --push="$push"
	auth_file "$PWD/only" "$HOST/auth/deep=secret" "$HOST/auth=wrong" "$HOST=wrong"
	export REGISTRY_AUTH_FILE=$PWD/only
	pack --dry-run --push="$push"
	skopeo copy -q --dest-tls-verify=false "docker-archive:$BASE" "docker://$push:skopeo"
	for push in "$HOST/auth/other" "$HOST/deep" "$HOST/auth/deeper"; do
		run -77 pack --dry-run --push="$push"
	done
	# Another's login is none of ours, nor is any other file read.
	auth_file "$PWD/only" "$HOST/auth/deep=secret"
	login_as "$HOST" secret
	run -77 pack --dry-run --push="$HOST/auth/other"
	[[ $output == *'we have none'* ]]
	unset REGISTRY_AUTH_FILE
	# Docker's own file knows registries alone.
	auth_file "$DOCKER_CONFIG/config.json" "$HOST/v9/x=secret"
	pack --dry-run --push="$HOST/auth/other"
	auth_file "$DOCKER_CONFIG/config.json" "$HOST=wrong" "$HOST/auth=secret"
	pack --dry-run --push="$HOST/auth/other"
}

@test "of several ways to log in the one that we know is taken" {
	local pid way='HTTP/1.1 401 x\r\nContent-Length: 0\r\nWWW-Authenticate: '
	printf '%s\n' "${way}Basic realm=x\r\nWWW-Authenticate: Negotiate\r\n\r\n" \
		'HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n' >answers
	perl "$TREE/tests/lib/liar-registry.pl" port answers 3>&- &
	pid=$!
	wait_until 10 test -e port
	HOST=127.0.0.1:$(cat port)
	login_as "$HOST" secret
	run pack -b "docker://$HOST/a/shop" "$IMAGES/dump.sql"
	kill "$pid"
	[ "$status" = 66 ]
	[[ $output == *'with status 404'* ]]
}

@test "a registry with tokens: by password, by identity token, for two repositories" {
	start token token
	login_as "$HOST" wrong
	run -77 pack --push="$HOST/a/shop" "$IMAGES/dump.sql"
	[[ $output == *'no such tester'* ]]
	login_as "$HOST" secret
	pack --push="$HOST/a/shop" "$IMAGES/dump.sql"
	pack -b "docker://$HOST/a/shop" --push="$HOST/b/shop" --input=none \
		--add="$IMAGES/dump.sql:/x" >record
	jq -e '.push.mounted == 2' record
	jq -n --arg host "$HOST" '{auths: {($host): {identitytoken: "identity"}}}' \
		>"$DOCKER_CONFIG/config.json"
	pack --push="$HOST/c/shop" "$IMAGES/dump.sql"
	pack -b "docker://$HOST/c/shop" --push="$HOST/d/shop" --input=none \
		--add="$IMAGES/dump.sql:/x" | jq -e '.push.mounted == 2'
	# Nobody may pull, and not push.
	rm "$DOCKER_CONFIG/config.json"
	pack -b "docker://$HOST/c/shop" "$IMAGES/dump.sql" >/dev/null
	run -77 pack --push="$HOST/c/shop" --label=new=1 "$IMAGES/dump.sql"
}

@test "layers of a base that the pushing login may not read are uploaded" {
	start token token
	# shellcheck disable=SC2016 # jq's variable
	jq -n --arg h "$HOST" '{auths: {
		"\($h)/closed": {auth: ("tester:secret" | @base64)},
		($h): {auth: ("stranger:secret" | @base64)}}}' >only
	export REGISTRY_AUTH_FILE=$PWD/only
	pack --push="$HOST/closed/shop" "$IMAGES/dump.sql"
	set -- -b "docker://$HOST/closed/shop" --input=none --add="$IMAGES/dump.sql:/x"
	dbpack --insecure="$HOST" "$@" >image.tar
	dbpack --insecure="$HOST" "$@" --push="$HOST/ours/shop" >record
	jq -e '.push | .mounted == 0 and .uploaded >= 4' record
	is_there "$HOST/ours/shop:latest" image.tar --src-creds=stranger:secret
}

@test "a credential helper is asked, without a shell" {
	start htpasswd htpasswd
	mkdir bin
	cat >bin/docker-credential-test <<-'END'
		#!/bin/sh
		echo "$1 $(cat)" >>asked
		echo '{"ServerURL":"x","Username":"tester","Secret":"secret"}'
	END
	printf '#!/bin/sh\necho credentials not found in native keychain\nexit 1\n' \
		>bin/docker-credential-none
	printf '#!/bin/sh\necho broken; exit 3\n' >bin/docker-credential-broken
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
	jq -n --arg host "$HOST" '{credHelpers: {($host): "test"}, credsStore: "broken"}' \
		>"$DOCKER_CONFIG/config.json"
	pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
	grep -qx "get $HOST" asked
	echo '{"credsStore": "none"}' >"$DOCKER_CONFIG/config.json"
	run -77 pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
	echo '{"credsStore": "broken"}' >"$DOCKER_CONFIG/config.json"
	run -78 pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
	# Nothing that might be a login is shown, and one who waits can be ended.
	printf '#!/bin/sh\necho {\\"Username\\":\\"u\\",\\"Secret\\":\\"so-secret\\"}; exit 3\n' \
		>bin/docker-credential-loud
	printf '#!/bin/sh\n: >asking; exec sleep 1000\n' >bin/docker-credential-waits
	chmod +x bin/*
	echo '{"credsStore": "loud"}' >"$DOCKER_CONFIG/config.json"
	run -78 pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
	[[ $output == *'failed with status 3'* && $output != *so-secret* ]]
	echo '{"credsStore": "waits"}' >"$DOCKER_CONFIG/config.json"
	dbpack -b scratch --push="$HOST/helped/shop" --dry-run 3>&- &
	pid=$!
	wait_until 10 test -e asking
	kill -TERM "$pid"
	wait_until 20 is_gone "$pid"
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	echo '{"credsStore": "../x; touch y"}' >"$DOCKER_CONFIG/config.json"
	run -78 pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
	echo '{' >"$DOCKER_CONFIG/config.json"
	run -78 pack --push="$HOST/helped/shop" "$IMAGES/dump.sql"
}

@test "TLS: a certificate of one's own is trusted when it is named, and only then" {
	start tls tls
	local ca=$IMAGES/registry-tls/server.pem
	dbpack -b "$BASE" --ca-file="$ca" --push="$HOST/a/shop" "$IMAGES/dump.sql"
	run -69 dbpack -b "$BASE" --push="$HOST/a/shop" "$IMAGES/dump.sql"
	[[ $output == *--ca-file* && $output != *again* ]]
	start open
	run -69 dbpack -b "$BASE" --push="$HOST/a/shop" "$IMAGES/dump.sql"
	[[ $output == *--insecure=* ]]
	run -69 dbpack -b "$BASE" --insecure=other:1 --push="$HOST/a/shop" "$IMAGES/dump.sql"
}

@test "a full disk at the registry is told in its own words" {
	[ "$(id -u)" = 0 ] || skip 'mounting needs root'
	mkdir -p "$IMAGES/registry-full/data"
	mount -t tmpfs -o size=1M none "$IMAGES/registry-full/data" || skip 'no tmpfs'
	start full
	head -c 4000000 /dev/urandom >noise
	run -75 timeout 100 dbpack -b scratch --insecure="$HOST" --input=none \
		--add=noise:/noise --push="$HOST/a/noise"
	registry_stop full
	umount "$IMAGES/registry-full/data"
	[[ $output == *'no space left'* || $output == *'status 500'* ]]
}

@test "a push that was interrupted, at any moment, is completed by the next one" {
	local i ref digest
	start open
	head -c 8000000 /dev/urandom >noise
	set -- --input=none --add=noise:/noise
	dbpack -b "$BASE" "$@" >image.tar
	digest=$(tar -xOf image.tar index.json | jq -r '.manifests[0].digest')
	for i in 1 2 3 4 5 6; do
		ref=$HOST/cut/noise-$i:1
		interrupt $((i * 30)) "$([ $((i % 2)) = 0 ] && echo KILL || echo TERM)" \
			dbpack -b "$BASE" --insecure="$HOST" --push="$ref" "$@" --chunk-size=1M
		# What the registry has under the name is whole, or nothing.
		[[ $(manifest_of "$ref") == "" || $(manifest_of "$ref") == "$digest" ]]
		pack --push="$ref" "$@" >record
		is_there "$ref" image.tar
		pack --push="$ref" "$@" | jq -e '.push.uploaded == 0'
	done
}

@test "an upload that the registry forgets is begun anew" {
	push_disturbed forgotten forget_upload 'status 404: blob upload .*; uploading it again'
}

@test "an upload whose bytes come out wrong is begun anew" {
	push_disturbed spoiled spoil_upload '(DIGEST_INVALID).*; uploading it again'
}

# push_disturbed NAME HOW SAYS: a push in chunks under which HOW takes the upload
# or changes it; it SAYS so, and the image is there whole in the end. A push may
# be through before it is caught, and the registry, which goes on meanwhile, may
# meet with what HOW does in its own way: then another is made, of other bytes.
push_disturbed() {
	local i pushed name
	start open
	for i in 1 2 3 4 5 6 7 8 9 10; do
		name=$1/noise-$i
		head -c 64000000 /dev/urandom >noise
		dbpack -b "$BASE" --insecure="$HOST" --push="$HOST/$name:1" \
			--chunk-size=1M --input=none --add=noise:/noise --verbose \
			>record 2>said 3>&- &
		pushed=$!
		disturb "$pushed" "$2" "$IMAGES/registry-open/data/docker/registry/v2/repositories/$name/_uploads"
		wait "$pushed" || {
			cat said
			return 1
		}
		! grep -q "$3" said || break
	done
	grep -q "$3" said
	dbpack -b "$BASE" --input=none --add=noise:/noise >image.tar
	is_there "$HOST/$name:1" image.tar
}

# disturb PID HOW UPLOADS: HOW UPLOADS while who sends the upload stands still.
disturb() {
	while kill -STOP "$1" 2>/dev/null; do
		if compgen -G "$3/*/hashstates/*/[1-9]*" >/dev/null; then
			"$2" "$3"
			kill -CONT "$1"
			return
		fi
		kill -CONT "$1"
		sleep 0.02
	done
}

# In one step, for the registry must not find a half of it; if that has ended the
# upload meanwhile, it is gone already.
forget_upload() { mv "$1" "$(mktemp -d -p "$IMAGES" gone.XXXXXX)" || :; }

# Without the states of its digest the registry reads all bytes once more.
spoil_upload() {
	local data
	for data in "$1"/*/data; do
		printf x | dd of="$data" conv=notrunc,nocreat status=none || return 0
		forget_upload "${data%/data}/hashstates"
	done
}

@test "a registry that takes nothing says so in its own words, before anything is read" {
	start frozen readonly
	run -69 pack --push="$HOST/frozen/shop:2" no-such-dump.sql
	[[ $output == *'refuses an upload with status 405: Method not allowed' ]]
}

# lies: gives the answers of the standard input, behind those to the upload that
# is opened and given up first.
lies() {
	local answers
	mapfile -t answers
	lie 'HTTP/1.1 202 Yes\r\nLocation: /v2/shop/blobs/uploads/0\r\nContent-Length: 0\r\n\r\n' \
		'HTTP/1.1 204 Yes\r\n\r\n' "${answers[@]}"
}

@test "a registry that asks for time in the middle of an upload is given it" {
	local began=$SECONDS refused='HTTP/1.1 429 No\r\nRetry-After: 2\r\n'
	local end='Content-Length: 0\r\n\r\n'
	lies <<-END
		HTTP/1.1 404 No\r\n$end
		HTTP/1.1 202 Yes\r\nLocation: /v2/shop/blobs/uploads/1\r\n$end
		$refused$end
		HTTP/1.1 204 Yes\r\nLocation: /v2/shop/blobs/uploads/1\r\nRange: 0-0\r\n\r\n
		$refused$end
		HTTP/1.1 403 No\r\n$end
	END
	run -77 pack --push="$HOST/shop" --chunk-size=100 "$IMAGES/dump.sql"
	((SECONDS - began >= 4))
}

@test "a blob that the registry took, without saying so, is not sent again" {
	local end='Content-Length: 0\r\n\r\n'
	local late="HTTP/1.1 504 Late\r\n$end" yes="HTTP/1.1 200 Yes\r\n$end"
	lies <<-END
		HTTP/1.1 404 No\r\n$end
		HTTP/1.1 202 Yes\r\nLocation: /v2/shop/blobs/uploads/1\r\n$end
		$late
		$yes
		$yes
		HTTP/1.1 201 Yes\r\n$end
	END
	dbpack -b scratch --insecure="$HOST" --push="$HOST/shop" "$IMAGES/dump.sql" >record
	jq -e '.push | .uploaded == 1 and .there == 1' record
}

@test "a registry that comes back is waited for" {
	start open
	registry_stop open
	(
		sleep 1
		registry_start open
	) 3>&- &
	pack --push="$HOST/late/shop" "$IMAGES/dump.sql"
	wait
}
