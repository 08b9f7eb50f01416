#!/usr/bin/env bats
# dbpack.bats: images as archives: what is in them, as umoci, skopeo, tar and jq
# see it.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images

setup_file() {
	servers_begin -
	images_begin
	cd "$IMAGES" || return
	printf '%s\n' '-- MariaDB dump 10.19' '--' 'SELECT 1;' \
		'-- Dump completed on 2026-11-21  3:04:05' >dump.sql
	make_data
}

teardown_file() {
	images_end
	servers_end
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	BASE=$IMAGES/tiny.tar
}

# make_data: what looks like a data directory.
make_data() {
	mkdir -p data/mysql data/shop
	echo system >data/ibdata1
	truncate -s 3M data/shop/sparse.ibd
	echo end >>data/shop/sparse.ibd
	ln -s ibdata1 data/link
	chmod 700 data
	chmod 660 data/ibdata1
	find data -exec touch -h -d @1600000000 {} +
	tar -C data --sort=name -cSf data.tar .
}

# config IMAGE, manifest IMAGE, new_layer IMAGE: out of an archive.
config() { tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Config')"; }
manifest() {
	tar -xOf "$1" "blobs/sha256/$(tar -xOf "$1" index.json |
		jq -r '.manifests[0].digest[7:]')"
}
new_layer() { tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Layers[-1]')"; }

# unpacked IMAGE DIR: the file system, by umoci.
unpacked() {
	needs skopeo umoci
	[ "$(id -u)" = 0 ] || skip 'umoci keeps owners for root alone'
	skopeo copy -q "oci-archive:$1" oci:layout:x
	umoci unpack --image layout:x "$2" >/dev/null 2>&1
}

# listed DIR FORMAT: what is in it, as find prints it.
listed() { find "$1" -mindepth 1 -printf "$2\n" | sort; }

# refused STATUS COMMAND…: with a reason.
# shellcheck disable=SC2154 # stderr is set by run
refused() {
	local status=$1
	shift
	run -"$status" --separate-stderr "$@"
	[[ $stderr == *error:* ]]
}

@test "a dump becomes .sql.zst where official images import from" {
	dbpack -b "$BASE" -t shop:1 "$IMAGES/dump.sql" >image.tar
	new_layer image.tar | tar -xO docker-entrypoint-initdb.d/dump.sql.zst |
		zstd -dc | cmp - "$IMAGES/dump.sql"
	new_layer image.tar | tar -tv --numeric-owner >list
	grep -q '^drwxr-xr-x 0/0 .* docker-entrypoint-initdb.d/$' list
	grep -q '^-rw-r--r-- 0/0 ' list
}

@test "one that is zstd is stored as it is, gzip is packed anew" {
	zstd -q -19 "$IMAGES/dump.sql" -o dump.sql.zst
	dbpack -b "$BASE" -t shop:1 dump.sql.zst >image.tar
	new_layer image.tar | tar -xO docker-entrypoint-initdb.d/dump.sql.zst |
		cmp - dump.sql.zst
	gzip -c "$IMAGES/dump.sql" | dbpack -b "$BASE" --path=/d/x.zst >image.tar
	new_layer image.tar | tar -xO d/x.zst | zstd -dc | cmp - "$IMAGES/dump.sql"
}

@test "the base's layers and what it says stay, what says how it was made goes" {
	dbpack -b "$BASE" -t shop:1 "$IMAGES/dump.sql" >image.tar
	tar -xOf image.tar "$(tar -xOf image.tar manifest.json |
		jq -r '.[0].Layers[0]')" | cmp - "$IMAGES/tiny/layer.tar"
	run -0 config image.tar
	jq -e '.config["x-unknown"] == [1] and .config.Env == ["PATH=/bin", "A=1"]
		and .config.Cmd == ["/bin/sh"] and has("docker_version") == false
		and (.history | length) == 2' <<<"$output"
	[ "$(jq -r '.rootfs.diff_ids[0]' <<<"$output")" = \
		"sha256:$(sha256sum <"$IMAGES/tiny/layer.tar" | cut -d ' ' -f 1)" ]
}

@test "what the image says is set by options" {
	# shellcheck disable=SC2016 # for the image's shell
	dbpack -b "$BASE" -t x:1 --input=none --label=a.b=c=d --env=A=2 --env=B= \
		--cmd='["one","two words"]' --user=mysql --workdir=/srv --port=03306 \
		--port=53/udp --healthcheck='true && true' --entrypoint='exec "$@"' >image.tar
	run -0 config image.tar
	jq -e '.config | .Env == ["PATH=/bin", "A=2", "B="] and .Labels["a.b"] == "c=d"
		and .Cmd == ["one", "two words"] and .User == "mysql"
		and .WorkingDir == "/srv"
		and (.ExposedPorts | keys) == ["3306/tcp", "53/udp"]
		and .Healthcheck.Test == ["CMD-SHELL", "true && true"]
		and .Entrypoint == ["/bin/sh", "-c", "exec \"$@\""]' <<<"$output"
	manifest image.tar | jq -e '.annotations["a.b"] == "c=d"'
}

@test "labels and annotations are the same; what an option gives holds, the last one of it" {
	SOURCE_DATE_EPOCH=86400 dbpack -b "$BASE" -t x:1 --label=a=1 --label=a=2 \
		--label=dbpipes.log_file=mine "$IMAGES/data.tar" >image.tar
	config image.tar | jq -S .config.Labels >labels
	manifest image.tar | jq -S .annotations | cmp - labels
	jq -e '. == {a: "2", "dbpipes.log_file": "mine",
		"org.opencontainers.image.created": "1970-01-02T00:00:00Z"}' labels
	manifest image.tar | grep -o '"a":' | wc -l | grep -qx 1
}

@test "--about labels what was made of a dump, which stays outside" {
	refused 66 dbpack -b "$BASE" -t x:1 --about=nowhere "$IMAGES/data.tar"
	printf '%s\n' '-- MariaDB dump 10.19' "-- CHANGE MASTER TO MASTER_LOG_FILE='b.000007', MASTER_LOG_POS=4711;" \
		'-- Dump completed on 2026-11-21  3:04:05' >about.sql
	dbpack -b "$BASE" -t x:1 --about=about.sql "$IMAGES/data.tar" >image.tar
	config image.tar | jq -e '.config.Labels | .["dbpipes.log_file"] == "b.000007"
		and .["dbpipes.log_pos"] == "4711"'
	new_layer image.tar | tar -t >list
	run ! grep -q '\.sql' list
	head -n 2 about.sql >cut.sql
	refused 65 dbpack -b "$BASE" -t x:1 --about=cut.sql "$IMAGES/data.tar"
}

@test "options that make no sense are usage errors" {
	local option
	for option in --label=x --env==1 --port=0 --port=99999 --port=x/tcp \
		--cmd='[1]' --cmd='["x"' --platform=linux --path=relative \
		--path=/a/../b --path=/x.sql --add=x --tag=UPPER:1 \
		--tag=x@sha256:1 --prune --load --push=a//b \
		--{label,env}=$'x=\xff' --{label,env}=$'\xff=x' \
		--{cmd,entrypoint,user,workdir,healthcheck}=$'\xff' --platform=x/$'\xff'; do
		refused 64 dbpack -b "$BASE" "$option" "$IMAGES/dump.sql"
		[ -z "$output" ]
	done
	refused 64 dbpack "$IMAGES/dump.sql"
	for option in mysql 1 1: :1 -1:1 1:-1 1:4294967296 99999999999:1 ' 1:1' 1:1:; do
		refused 64 dbpack -b "$BASE" --owner="$option" "$IMAGES/data.tar"
	done
	for option in 999 10000 -1 +644 40000000644 6x ''; do
		refused 64 dbpack -b "$BASE" --add="/etc/passwd:/x:$option" "$IMAGES/dump.sql"
	done
	refused 64 dbpack -b "$BASE" --input=none "$IMAGES/dump.sql"
	refused 66 dbpack -b "$BASE" --add=/nowhere:/x --input=none
	refused 66 dbpack -b mariadb:10.11 "$IMAGES/dump.sql"
	[[ $stderr == *mariadb:10.11*'docker://NAME:TAG is an image of a registry'* ]]
}

@test "an unfinished dump is never packed (case 68)" {
	head -c 40 "$IMAGES/dump.sql" >cut.sql
	refused 65 dbpack -b "$BASE" cut.sql
	[ -z "$output" ]
	[[ $stderr == *'complete'* ]]
	gzip -c cut.sql >cut.gz
	refused 65 dbpack -b "$BASE" -r image.tar <cut.gz
	[ ! -e image.tar ]
	gzip -c "$IMAGES/dump.sql" | head -c 60 >cut.gz
	refused 65 dbpack -b "$BASE" cut.gz
	refused 65 dbpack -b "$BASE" /dev/null
}

@test "a data directory is ready: outside the base's VOLUME, of the base's mysql (case 67)" {
	dbpack -b "$BASE" -t data:1 <"$IMAGES/data.tar" >image.tar
	unpacked image.tar bundle
	cd bundle/rootfs
	diff -r "$IMAGES/data" var/lib/dbpipes
	# Every file: kind, mode, time and target; and whose it is.
	diff <(listed "$IMAGES/data" '%P %y %m %T@ %l') \
		<(listed var/lib/dbpipes '%P %y %m %T@ %l')
	[ -z "$(find var/lib/dbpipes ! \( -uid 777 -gid 778 \))" ]
	diff <(listed "$IMAGES/tiny/tree" '%P %y %m %U:%G %l') \
		<(listed . '%P %y %m %U:%G %l' | grep -v 'var/lib/dbpipes\|etc/mysql/conf.d')
	[ "$(stat -c '%a %u:%g' var/lib/dbpipes)" = '700 777:778' ]
	[ "$(stat -c '%a %u:%g %Y' var/lib/dbpipes/ibdata1)" = '660 777:778 1600000000' ]
	[ "$(readlink var/lib/dbpipes/link)" = ibdata1 ]
	[ "$(cat etc/mysql/conf.d/zz-dbpipes.cnf)" = \
		$'[mysqld]\ndatadir = /var/lib/dbpipes' ]
	# What was there is as it was.
	[ "$(stat -c '%a %u:%g' etc/mysql)" = '750 5:6' ]
	[ "$(stat -c '%a %u:%g' etc)" = '755 0:0' ]
	[ "$(readlink sbin)" = bin ]
}

@test "a place in the base's VOLUME is refused (case 67)" {
	refused 64 dbpack -b "$BASE" --path=/var/lib/mysql/x "$IMAGES/data.tar"
	[[ $stderr == *'VOLUME /var/lib/mysql'* ]]
}

# base_of FOLDER NAME: NAME.tar, an image of that tree, and of tiny otherwise.
base_of() {
	mkdir -p "$2"
	tar -C "$1" --sort=name -cf "$2/layer.tar" .
	jq --arg id "sha256:$(sha256sum <"$2/layer.tar" | cut -d ' ' -f 1)" \
		'.rootfs.diff_ids = [$id]' "$IMAGES/tiny/config.json" >"$2/config.json"
	cp "$IMAGES/tiny/manifest.json" "$2"
	tar -C "$2" -cf "$2.tar" manifest.json config.json layer.tar
}

@test "a place that links of the base lead into its VOLUME is refused" {
	mkdir -p tree/var/lib/mysql tree/srv
	ln -s lib/mysql tree/var/db
	ln -s mysql tree/var/lib/other
	base_of tree linked
	for place in /var/db/x /var/lib/other/x; do
		refused 64 dbpack -b linked.tar --path="$place" "$IMAGES/data.tar"
		[[ $stderr == *'VOLUME /var/lib/mysql'* ]]
	done
	dbpack -b linked.tar --path=/srv/x "$IMAGES/data.tar" >image.tar
	# The volume's own place may be a link.
	rm -r tree/var/lib/mysql
	ln -s ../../srv tree/var/lib/mysql
	base_of tree linked
	refused 64 dbpack -b linked.tar --path=/srv/x "$IMAGES/data.tar"
	ln -sfn mysql tree/var/lib/mysql
	base_of tree linked
	dbpack -b linked.tar --path=/srv/x "$IMAGES/data.tar" >image.tar
}

@test "the base's /etc/passwd may be a link, symbolic or hard" {
	local how
	for how in -s ''; do
		rm -rf tree
		mkdir -p tree/etc tree/usr/share
		echo mysql:x:31:32::/:/bin/sh >tree/a-passwd
		[ -n "$how" ] || ln tree/a-passwd tree/etc/passwd
		[ -z "$how" ] || ln -s ../usr/share/link tree/etc/passwd
		ln -s /a-passwd tree/usr/share/link
		base_of tree linked
		dbpack -b linked.tar "$IMAGES/data.tar" >image.tar
		new_layer image.tar | tar --numeric-owner -tv >list
		grep -q ' 31/32 .* var/lib/dbpipes/ibdata1$' list
	done
	ln -sf passwd tree/etc/passwd
	base_of tree linked
	refused 65 dbpack -b linked.tar "$IMAGES/data.tar"
	[[ $stderr == *circles* ]]
}

@test "a place that the server's option file cannot name is refused" {
	local path
	for path in '/a#b' '/a\b' $'/a\nb=c' '/a '; do
		refused 64 dbpack -b "$BASE" --path="$path" "$IMAGES/data.tar"
		[[ $stderr == *'cannot be named to the server'* ]]
	done
	dbpack -b "$BASE" --path='/my data' "$IMAGES/data.tar" >image.tar
}

@test "folders that the tar does not tell of are mysql's" {
	mkdir -p bare/shop/deep
	echo x | tee bare/ibdata1 bare/shop/a.ibd >bare/shop/deep/b
	tar -C bare -cf bare.tar ibdata1 shop/a.ibd shop/deep/b
	dbpack -b "$BASE" bare.tar >image.tar
	new_layer image.tar | tar --numeric-owner -tv | grep var/lib/dbpipes/ >list
	[ "$(grep -c ' 777/778 ' list)" = 6 ]
	[ "$(wc -l <list)" = 6 ]
	grep -q '^drwxr-xr-x .* var/lib/dbpipes/shop/deep/$' list
}

@test "two files for one place are refused" {
	echo one >one
	refused 64 dbpack -b "$BASE" --add=one:/x --add=one:/x "$IMAGES/dump.sql"
	[[ $stderr == *'there already'* ]]
	refused 64 dbpack -b "$BASE" --add=one:/bin/x --add=one:/sbin/x "$IMAGES/dump.sql"
	refused 64 dbpack -b "$BASE" --add=one:/docker-entrypoint-initdb.d/dump.sql.zst "$IMAGES/dump.sql"
	refused 65 dbpack -b "$BASE" --add=one:/x --add=one:/x/y "$IMAGES/dump.sql"
}

@test "a file put into the data directory leaves its folders to mysql" {
	dbpack -b "$BASE" --add="$IMAGES/dump.sql:/var/lib/dbpipes/shop/note" \
		"$IMAGES/data.tar" >image.tar
	new_layer image.tar | tar --numeric-owner -tv >list
	grep -c 'var/lib/dbpipes/shop/$' list | grep -qx 1
	grep 'var/lib/dbpipes/shop/$' list | grep -q '777/778'
}

@test "in the index a tag has the name that containerd looks for" {
	local tag
	for tag in x:1=docker.io/library/x:1 me/x:1=docker.io/me/x:1 \
		docker.io/x:1=docker.io/library/x:1 localhost/x:1=localhost/x:1 \
		h:5000/a/x:1=h:5000/a/x:1 reg.example.org/x:1=reg.example.org/x:1; do
		dbpack -b "$BASE" -t "${tag%=*}" "$IMAGES/dump.sql" >image.tar
		[ "$(tar -xOf image.tar index.json | jq -r \
			'.manifests[0].annotations["io.containerd.image.name"]')" = "${tag#*=}" ]
	done
}

@test "what the base has in the data directory's place is hidden" {
	dbpack -b "$BASE" --path=/etc/mysql --owner=1:2 "$IMAGES/data.tar" >image.tar
	new_layer image.tar | tar -t >list
	grep -qx 'etc/mysql/.wh..wh..opq' list
	# Layers need not have the directories of what is in them.
	mkdir -p bare/var/lib/dbpipes
	echo old >bare/var/lib/dbpipes/old.ibd
	tar -C bare -cf bare/layer.tar var/lib/dbpipes/old.ibd
	jq --arg id "sha256:$(sha256sum <bare/layer.tar | cut -d ' ' -f 1)" \
		'.rootfs.diff_ids = [$id]' "$IMAGES/tiny/config.json" >bare/config.json
	cp "$IMAGES/tiny/manifest.json" bare
	tar -C bare -cf bare.tar manifest.json config.json layer.tar
	dbpack -b bare.tar "$IMAGES/data.tar" >image.tar
	unpacked image.tar bundle
	diff -r "$IMAGES/data" bundle/rootfs/var/lib/dbpipes
	refused 64 dbpack -b bare.tar --input=none --add="$BASE:/var/lib"
}

@test "a data directory that is cut off, or none, is refused (case 68)" {
	local size
	size=$(stat -c %s "$IMAGES/data.tar")
	for size in $((size - 10240)) 4096 1536 600; do
		head -c "$size" "$IMAGES/data.tar" >cut.tar
		refused 65 dbpack -b "$BASE" cut.tar
		[ -z "$output" ]
	done
	tar -C "$IMAGES" -cf wrong.tar data
	refused 65 dbpack -b "$BASE" wrong.tar
	[[ $stderr == *ibdata1* ]]
}

@test "files are added where links of the base lead, with their modes" {
	echo one >one
	dbpack -b "$BASE" -t x:1 --input=none --add=one:/sbin/one:755 \
		--add=one:/new/deep/one --add=one:/etc/mysql/one:4711 >image.tar
	unpacked image.tar bundle
	cd bundle/rootfs
	[ "$(stat -c '%a %u:%g' bin/one)" = '755 0:0' ]
	[ "$(readlink sbin)" = bin ]
	[ "$(stat -c %a new/deep)" = 755 ]
	[ "$(stat -c %a etc/mysql/one)" = 4711 ]
	[ "$(stat -c '%a %u:%g' etc/mysql)" = '750 5:6' ]
	cmp bin/one new/deep/one
}

@test "a file takes no directory's place, and no name that deletes" {
	local path
	echo one >one
	for path in /etc /etc/ /var/lib/mysql /new /sbin/.wh.sh \
		/etc/.wh..wh..opq /.wh.etc/one "/$(printf '%0256d' 0)"; do
		refused 64 dbpack -b "$BASE" --input=none --add=one:/new/deep/one \
			--add="one:$path"
	done
	refused 64 dbpack -b "$BASE" --path=/etc/.wh.zst "$IMAGES/dump.sql"
	# A link at the end of the path is what the file takes the place of.
	dbpack -b "$BASE" --input=none --add=one:/sbin \
		--add="one:/$(printf '%0255d' 0)" >image.tar
	unpacked image.tar bundle
	cmp one bundle/rootfs/sbin
	cmp one "bundle/rootfs/$(printf '%0255d' 0)"
}

@test "long names, large numbers and foreign letters arrive" {
	local name
	name=$(printf 'long-%.0s' {1..30})
	echo x >x
	dbpack -b scratch --input=none --add="x:/$name/$name/ä ö" >image.tar
	[ "$(new_layer image.tar | LC_ALL=C.UTF-8 tar -t --quoting-style=literal |
		tail -n 1)" = "$name/$name/ä ö" ]
	tar -C "$IMAGES/data" -cf data.tar .
	dbpack -b scratch --owner=4000000000:3999999999 data.tar >image.tar
	new_layer image.tar | tar -tv --numeric-owner | grep -q 4000000000/3999999999
}

@test "gzip and plain layers hold the same, and gzip -t finds them good" {
	local how
	head -c 3000000 /dev/urandom >noise
	for how in none gzip; do
		dbpack -b "$BASE" --input=none --add=noise:/noise -z "$how" >"$how.tar"
	done
	new_layer gzip.tar | gzip -dc | cmp - <(new_layer none.tar)
	[ "$(config none.tar | jq -c .rootfs)" = "$(config gzip.tar | jq -c .rootfs)" ]
}

# Programs that are watched by something else take more.
@test "an image of any size takes no more than 32 MB of memory, plain and gzip" {
	local how peak
	[ -z "${DBPIPES_SLOW:-}" ] || skip 'this build takes more by itself'
	head -c 150000000 /dev/zero | tr '\0' x >large
	for how in none gzip; do
		/usr/bin/time -f %M -o peak dbpack -b "$BASE" --input=none \
			--add=large:/large -z "$how" >/dev/null
		peak=$(cat peak)
		echo "$how: $peak KiB"
		[ "$peak" -lt $((32 * 1024)) ]
	done
}

@test "same input, same options: the same bytes for another user, zone, umask, time (case 68)" {
	local -a options=(-b "$BASE" -t x:1 --add="$IMAGES/dump.sql:/x" -z gzip)
	dbpack "${options[@]}" "$IMAGES/data.tar" >one.tar
	(
		umask 077
		export TZ=Asia/Tokyo LC_ALL=C HOME=/ USER=other
		unset TMPDIR
		sleep 1
		dbpack "${options[@]}" - < <(cat "$IMAGES/data.tar")
	) >two.tar
	cmp one.tar two.tar
	[ "$(id -u)" = 0 ] || return 0
	chmod a+rx "$IMAGES" "$DBPIPES_TEST_DIR"
	mkdir -m 777 "$IMAGES/spool"
	# The tree may be in a home that is closed to others.
	install -m 755 "$(command -v dbpack)" "$IMAGES/spool/dbpack"
	setpriv --reuid=65534 --regid=65534 --clear-groups env TMPDIR="$IMAGES/spool" \
		"$IMAGES/spool/dbpack" "${options[@]}" <"$IMAGES/data.tar" >three.tar
	cmp one.tar three.tar
}

@test "created is of SOURCE_DATE_EPOCH, or of the base" {
	dbpack -b "$BASE" "$IMAGES/dump.sql" >image.tar
	[ "$(config image.tar | jq -r .created)" = 2023-11-14T22:13:20Z ]
	SOURCE_DATE_EPOCH=86400 dbpack -b "$BASE" "$IMAGES/dump.sql" >image.tar
	[ "$(config image.tar | jq -r .created)" = 1970-01-02T00:00:00Z ]
	TZ=UTC tar -xOf image.tar "$(tar -xOf image.tar manifest.json |
		jq -r '.[0].Layers[-1]')" | TZ=UTC tar -tv | grep -q 1970-01-02
	SOURCE_DATE_EPOCH=x refused 64 dbpack -b "$BASE" "$IMAGES/dump.sql"
	SOURCE_DATE_EPOCH=1790000000000 refused 64 dbpack -b "$BASE" "$IMAGES/dump.sql"
	mkdir zone
	cp "$IMAGES/tiny/"{manifest.json,layer.tar} zone
	jq '.created = "2023-11-15T03:43:20.5+05:30"' "$IMAGES/tiny/config.json" \
		>zone/config.json
	tar -C zone -cf zone.tar manifest.json config.json layer.tar
	dbpack -b zone.tar "$IMAGES/dump.sql" >image.tar
	[ "$(config image.tar | jq -r .created)" = 2023-11-14T22:13:20Z ]
	# What kaniko makes: the root by its name, and no time, in Go's words.
	mkdir -p image tree
	cp "$IMAGES/tiny/manifest.json" image
	tar -C tree -P --transform='s|^\./|/|;s|^\.$|/|' -cf image/layer.tar .
	tar -tPf image/layer.tar | grep -qx /
	jq --arg id "sha256:$(sha256sum <image/layer.tar | cut -d ' ' -f 1)" \
		'.created = "0001-01-01T00:00:00Z" | .rootfs.diff_ids = [$id]' \
		"$IMAGES/tiny/config.json" >image/config.json
	tar -C image -cf kaniko.tar manifest.json config.json layer.tar
	dbpack -b kaniko.tar --owner=1:1 "$IMAGES/dump.sql" >image.tar
	[ "$(config image.tar | jq -r .created)" = 1970-01-01T00:00:00Z ]
}

@test "bases: a layout in a folder, in a tar, an index of platforms, a pipe" {
	needs skopeo
	dbpack -b "$BASE" -t x:1 "$IMAGES/dump.sql" >direct.tar
	skopeo copy -q "docker-archive:$BASE" oci:layout:x
	dbpack -b layout -t x:1 "$IMAGES/dump.sql" >image.tar
	skopeo inspect oci-archive:image.tar | jq -e '.Layers | length == 2'
	tar -C layout -cf layout.tar .
	dbpack -b layout.tar -t x:1 "$IMAGES/dump.sql" | cmp - image.tar
	dbpack -b <(cat "$BASE") -t x:1 "$IMAGES/dump.sql" | cmp - direct.tar
	jq -c '.manifests = [(.manifests[0] | .platform = {os: "linux", architecture: "arm64"}),
		(.manifests[0] | .platform = {os: "linux", architecture: "s390x"})]' \
		layout/index.json >index && mv index layout/index.json
	dbpack -b layout -t x:1 --platform=linux/s390x "$IMAGES/dump.sql" | cmp - image.tar
	refused 65 dbpack -b layout --platform=linux/ppc64le "$IMAGES/dump.sql"
	[[ $stderr == *linux/ppc64le* ]]
}

@test "of several variants of an architecture the plain one is taken, unless one is named" {
	local variant
	for variant in v3 plain; do
		dbpack -b "$BASE" --format=oci --input=none --env=IS=$variant >$variant.tar
		mkdir -p layout
		tar -C layout -xf $variant.tar
		jq -c --arg v "$variant" '.manifests[0] | .platform = {os: "linux", architecture: "amd64"}
			+ if $v == "plain" then {} else {variant: $v} end' layout/index.json >$variant
	done
	jq -s '{schemaVersion: 2, manifests: .}' v3 plain >layout/index.json
	for variant in plain v3; do
		dbpack -b layout --input=none -t x:1 \
			--platform="linux/amd64$([ $variant = plain ] || echo /$variant)" >image.tar
		skopeo inspect --config docker-archive:image.tar |
			jq -e --arg v "IS=$variant" '.config.Env | index($v)'
	done
}

@test "a layout that holds several images is no base, and says so" {
	needs skopeo
	skopeo copy -q "docker-archive:$BASE" oci:layout:one
	dbpack -b "$BASE" -t x:1 "$IMAGES/dump.sql" >other.tar
	skopeo copy -q docker-archive:other.tar oci:layout:two
	refused 65 dbpack -b layout "$IMAGES/dump.sql"
	[[ $stderr == *'several images'*'skopeo copy oci:'* ]]
	# Also where they say what they are for.
	jq -c '.manifests[].platform = {os: "linux", architecture: "amd64"}' layout/index.json \
		>index && mv index layout/index.json
	refused 65 dbpack -b layout --platform=linux/amd64 "$IMAGES/dump.sql"
	[[ $stderr == *'several images'* ]]
	skopeo copy -q oci:layout:two oci:alone:two
	dbpack -b alone "$IMAGES/dump.sql" >image.tar
}

@test "a base put into a tar by hand, with hard links, is one" {
	mkdir hand
	tar -C hand -xf "$BASE"
	ln hand/layer.tar hand/a.tar
	# The layer is a link to what has come before.
	tar -C hand -cf hand.tar ./a.tar ./config.json ./manifest.json ./layer.tar
	tar -tvf hand.tar | grep -q '^h.* ./layer.tar link to ./a.tar'
	dbpack -b hand.tar "$IMAGES/dump.sql" >image.tar
	dbpack -b "$BASE" "$IMAGES/dump.sql" | cmp - image.tar
}

@test "its own images are bases, too" {
	dbpack -b "$BASE" -t x:1 -z gzip "$IMAGES/dump.sql" >one.tar
	dbpack -b one.tar -t x:2 "$IMAGES/data.tar" >two.tar
	config two.tar | jq -e '(.history | length) == 3 and (.rootfs.diff_ids | length) == 3'
	new_layer two.tar | tar -tv --numeric-owner | grep -q ' 777/778 '
	# An index has an entry a name.
	dbpack -b "$BASE" -t x:1 -t x:2 --format=oci -z gzip "$IMAGES/dump.sql" >names.tar
	dbpack -b names.tar -t x:3 "$IMAGES/data.tar" >three.tar
	[ "$(config three.tar | jq -c .rootfs)" = "$(config two.tar | jq -c .rootfs)" ]
}

@test "skopeo copies archive, layout and docker archive into one another" {
	needs skopeo
	dbpack -b "$BASE" -t x:1 -z gzip "$IMAGES/dump.sql" >image.tar
	skopeo copy -q docker-archive:image.tar oci:one:x
	skopeo copy -q oci-archive:image.tar docker-archive:two.tar:x:1
	skopeo copy -q docker-archive:two.tar oci:three:x
	[ "$(skopeo inspect --config oci:one:x | jq -c .rootfs)" = \
		"$(skopeo inspect --config oci:three:x | jq -c .rootfs)" ]
	[ "$(skopeo inspect oci-archive:image.tar | jq -r .Digest)" = \
		"$(tar -xOf image.tar index.json | jq -r '.manifests[0].digest')" ]
}

@test "--format writes one form alone" {
	needs skopeo
	dbpack -b "$BASE" -t x:1 --format=docker "$IMAGES/dump.sql" >docker.tar
	dbpack -b "$BASE" -t x:1 --format=oci "$IMAGES/dump.sql" >oci.tar
	run -0 tar -tf docker.tar
	[[ $output == *manifest.json* && $output != *index.json* ]]
	run -0 tar -tf oci.tar
	[[ $output != *$'\n'manifest.json* && $output == *index.json* ]]
	skopeo inspect docker-archive:docker.tar >/dev/null
	skopeo inspect oci-archive:oci.tar >/dev/null
}

@test "a file appears whole or not at all, and the report says what it is" {
	dbpack -b "$BASE" -t x:1 -r image.tar --report=report "$IMAGES/dump.sql"
	dbpack -b "$BASE" -t x:1 "$IMAGES/dump.sql" | cmp - image.tar
	[ "$(stat -c %a image.tar)" = 600 ]
	jq -e '.tool == "dbpack" and .event == "packed" and .tags == ["x:1"]
		and .layers == 2 and .push == null' report
	[ "$(jq -r .digest report)" = \
		"$(tar -xOf image.tar index.json | jq -r '.manifests[0].digest')" ]
	[ "$(jq -r .written report)" = "$(stat -c %s image.tar)" ]
	[ "$(stat -c %s image.tar)" -gt 0 ]
	# shellcheck disable=SC2016 # for the other bash
	refused 74 bash -c 'dbpack -b "$1" "$2" >/dev/full' - "$BASE" "$IMAGES/dump.sql"
}

@test "no secret of an option file or the environment gets into an image (case 60)" {
	printf '[client]\npassword=Secret-77\n[dbpack]\nlabel=a=b\n' >my.cnf
	MYSQL_PWD=Secret-78 dbpack --defaults-file=my.cnf -b "$BASE" -t x:1 \
		"$IMAGES/dump.sql" >image.tar
	config image.tar | jq -e '.config.Labels.a == "b"'
	run -1 grep -c 'Secret-7' image.tar
}

@test "the example Makefile makes an image of a dump" {
	cp "$TREE/share/examples/Makefile" .
	zstd -q "$IMAGES/dump.sql" -o dump.sql.zst
	make -s BASE="$BASE" NAME=shop:1 image.tar
	new_layer image.tar | tar -xO docker-entrypoint-initdb.d/dump.sql.zst |
		cmp - dump.sql.zst
	: >dump.sql.zst
	run ! make -s BASE="$BASE" -W dump.sql.zst image.tar
}
