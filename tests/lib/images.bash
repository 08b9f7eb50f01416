# shellcheck shell=bash
# images.bash: engines, registries and base images for tests. After servers.bash
# (servers_begin - where no server is wanted).
#
#   images_begin              a folder, $IMAGES, with tiny.tar in it: an image of
#                             busybox as `docker save` writes it
#   images_end                stop what was started, remove the folder
#   needs COMMAND…            skip the test where one is missing
#   server_base FILE          an image of this machine's MariaDB that keeps the
#                             official one's contract
#   engine_start              a private dockerd; DOCKER_HOST is its socket
#   registry_start NAME [open|readonly|htpasswd|token|tls]  a private
#                             docker-registry; user tester, password secret
#   registry_host NAME        HOST:PORT; registry_stop NAME
#   lie ANSWER…               a registry, at $HOST, that gives these, one a request;
#                             (printf makes the bytes); liar_end ends it
#   interrupt MS SIGNAL COMMAND…  run it, and send it the signal after so long
#   manifest_of HOST/NAME:TAG the digest of what a registry has there, or nothing
#   login_as HOST PASSWORD    a config.json with this login, in DOCKER_CONFIG
#   free_port                 a TCP port that nobody listens on

needs() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "there is no $command"
	done
}

images_begin() {
	IMAGES=$(mktemp -d "$DBPIPES_TEST_DIR/images.XXXXXX")
	export IMAGES DOCKER_CONFIG=$IMAGES/login XDG_CACHE_HOME=$IMAGES/cache
	unset DOCKER_HOST SOURCE_DATE_EPOCH REGISTRY_AUTH_FILE XDG_RUNTIME_DIR
	mkdir "$DOCKER_CONFIG"
	echo "{}" >"$DOCKER_CONFIG/config.json"
	tiny_base "$IMAGES/tiny.tar"
}

images_end() {
	local file
	[ -n "${IMAGES:-}" ] || return 0
	for file in "$IMAGES"/registry-*/pid; do
		[ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || :
	done
	for file in "$IMAGES"/registry-*/token-pid; do
		[ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || :
	done
	engine_stop
	rm -rf "$IMAGES"
}

# tiny_base FILE: with a user mysql of its own number, a link among its
# directories, one directory that is not root's, and a volume.
tiny_base() {
	local dir=$IMAGES/tiny id name
	mkdir -p "$dir/tree/"{bin,etc,usr,tmp,var/lib/mysql}
	if command -v busybox >/dev/null; then
		cp "$(command -v busybox)" "$dir/tree/bin/busybox"
		for name in sh ls cat stat find sha256sum id; do
			ln -s busybox "$dir/tree/bin/$name"
		done
	fi
	ln -s bin "$dir/tree/sbin"
	printf '%s\n' root:x:0:0::/:/bin/sh mysql:x:777:778::/:/bin/sh \
		>"$dir/tree/etc/passwd"
	mkdir -m 750 "$dir/tree/etc/mysql"
	[ "$(id -u)" != 0 ] || chown 5:6 "$dir/tree/etc/mysql"
	tar -C "$dir/tree" --sort=name --mtime=@1700000000 -cf "$dir/layer.tar" .
	id=$(sha256sum <"$dir/layer.tar" | cut -d ' ' -f 1)
	jq -cn --arg id "sha256:$id" '{architecture: "amd64", os: "linux",
		created: "2023-11-14T22:13:20Z", docker_version: "20",
		config: {Env: ["PATH=/bin", "A=1"], Cmd: ["/bin/sh"],
			Volumes: {"/var/lib/mysql": {}}, "x-unknown": [1]},
		rootfs: {type: "layers", diff_ids: [$id]},
		history: [{created_by: "a test"}]}' >"$dir/config.json"
	jq -cn '[{Config: "config.json", RepoTags: ["tiny:1"], Layers: ["layer.tar"]}]' \
		>"$dir/manifest.json"
	tar -C "$dir" -cf "$1" config.json manifest.json layer.tar
}

# with_libraries ROOT PROGRAM…: programs with what they are linked to.
with_libraries() {
	local root=$1 program file
	shift
	for program; do
		program=$(command -v "$program")
		install -D "$(readlink -f "$program")" "$root$program"
		# Some are scripts.
		{ ldd "$program" || :; } | { grep -o '/[^ ]*' || :; } | while IFS= read -r file; do
			[ -e "$root$file" ] || install -D "$(readlink -f "$file")" "$root$file"
		done
	done
}

server_base() {
	local dir=$IMAGES/server name
	needs busybox
	mkdir -p "$dir/"{bin,etc/mysql/conf.d,tmp,run/mysqld,docker-entrypoint-initdb.d,var/lib/mysql} \
		"$dir/usr/"{bin,sbin,share,local/bin}
	cp -a "$(dirname "$(readlink -f /usr/share/mysql/english)")" "$dir/usr/share/mysql"
	needs mariadb-backup
	with_libraries "$dir" mariadbd mariadb mariadb-admin mariadb-backup \
		mariadb-install-db my_print_defaults bash zstd 2>/dev/null
	cp "$(command -v busybox)" "$dir/bin/busybox"
	for name in $(busybox --list); do
		[ -e "$dir/bin/$name" ] || [ -e "$dir/usr/bin/$name" ] ||
			ln -s busybox "$dir/bin/$name"
	done
	[ -e "$dir/bin/bash" ] || ln -s /usr/bin/bash "$dir/bin/bash"
	printf '%s\n' root:x:0:0::/:/bin/sh mysql:x:999:999::/:/bin/sh >"$dir/etc/passwd"
	printf '%s\n' root:x:0: mysql:x:999: >"$dir/etc/group"
	printf '[mysqld]\nskip-log-bin\n!includedir /etc/mysql/conf.d/\n' >"$dir/etc/mysql/my.cnf"
	chown 999:999 "$dir/var/lib/mysql" "$dir/run/mysqld"
	chmod 1777 "$dir/tmp"
	install -m 755 "$TREE/tests/lib/official-entrypoint.sh" \
		"$dir/usr/local/bin/docker-entrypoint.sh"
	tar -C "$dir" -cf - . | docker import -c 'ENTRYPOINT ["docker-entrypoint.sh"]' \
		-c 'CMD ["mariadbd"]' -c 'VOLUME /var/lib/mysql' \
		-c 'ENV PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin' - server:1
	docker save -o "$1" server:1
	docker rmi server:1
	rm -rf "$dir"
}

engine_start() {
	local dir=$IMAGES/engine
	[ "$(id -u)" = 0 ] || skip 'an engine needs root'
	needs docker dockerd
	if [ ! -e "$dir/pid" ]; then
		mkdir -p "$dir"
		dockerd --data-root "$dir/data" --exec-root "$dir/exec" \
			-H "unix://$dir/docker.sock" --pidfile "$dir/pid" \
			--iptables=false --ip6tables=false --bridge=none \
			>"$dir/log" 2>&1 3>&- &
	fi
	export DOCKER_HOST=unix://$dir/docker.sock
	wait_until 30 docker version >/dev/null 2>&1 ||
		skip "dockerd does not run here: $(tail -n 1 "$dir/log")"
}

engine_stop() {
	local dir=$IMAGES/engine pid
	[ -e "$dir/pid" ] || return 0
	pid=$(cat "$dir/pid")
	kill "$pid" || return 0
	wait_until 30 is_gone "$pid"
	umount "$dir/exec/netns/default" 2>/dev/null || :
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
		Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

registry_start() {
	local dir=$IMAGES/registry-$1 kind=${2:-open}
	needs docker-registry curl
	mkdir -p "$dir"
	[ -e "$dir/port" ] || free_port >"$dir/port"
	[ -e "$dir/config.yml" ] || registry_config "$dir" "$kind" >"$dir/config.yml"
	docker-registry serve "$dir/config.yml" >>"$dir/log" 2>&1 3>&- &
	echo $! >"$dir/pid"
	wait_until 20 curl -sk -o /dev/null "http://127.0.0.1:$(cat "$dir/port")/v2/"
}

registry_config() {
	local dir=$1 here
	here=127.0.0.1:$(cat "$dir/port")
	cat <<-END
		version: 0.1
		log: {level: warn}
		storage:
		  filesystem: {rootdirectory: $dir/data}
		  delete: {enabled: true}
	END
	[ "$2" != readonly ] || echo '  maintenance: {readonly: {enabled: true}}'
	case $2 in
	tls)
		server_certificate "$dir" >&2
		echo "http: {addr: '$here', tls: {certificate: $dir/server.pem, key: $dir/server.key}}"
		;;
	*) echo "http: {addr: '$here'}" ;;
	esac
	case $2 in
	htpasswd)
		htpasswd -Bbn tester secret >"$dir/htpasswd"
		echo "auth: {htpasswd: {realm: r, path: $dir/htpasswd}}"
		;;
	token)
		server_certificate "$dir" >&2
		perl "$TREE/tests/lib/token-server.pl" "$dir/token-port" \
			"$dir/server.key" "$dir/server.pem" >"$dir/token-log" 2>&1 3>&- &
		echo $! >"$dir/token-pid"
		wait_until 10 test -e "$dir/token-port"
		echo "auth: {token: {realm: 'http://127.0.0.1:$(cat "$dir/token-port")/token'," \
			"service: r, issuer: tester, rootcertbundle: $dir/server.pem}}"
		;;
	esac
}

server_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
		-addext subjectAltName=IP:127.0.0.1 \
		-keyout "$1/server.key" -out "$1/server.pem" 2>/dev/null
}

registry_host() { echo "127.0.0.1:$(cat "$IMAGES/registry-$1/port")"; }

registry_stop() {
	local pid
	pid=$(cat "$IMAGES/registry-$1/pid")
	kill "$pid"
	wait_until 10 is_gone "$pid"
}

interrupt() {
	local pid
	"${@:3}" >/dev/null 2>&1 3>&- &
	pid=$!
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
	kill -s "$2" "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
}

manifest_of() {
	local name=${1#*/}
	curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
		"http://${1%%/*}/v2/${name%:*}/manifests/${name##*:}" -o "$IMAGES/manifest" ||
		return 0
	printf 'sha256:%s\n' "$(sha256sum <"$IMAGES/manifest" | cut -d ' ' -f 1)"
}

login_as() {
	jq -n --arg host "$1" --arg auth "$(printf 'tester:%s' "$2" | base64)" \
		'{auths: {($host): {auth: $auth}}}' >"$DOCKER_CONFIG/config.json"
}

lie() {
	printf '%s\n' "$@" >answers
	perl "$TREE/tests/lib/liar-registry.pl" port answers 3>&- &
	echo $! >liar
	wait_until 10 test -e port
	# shellcheck disable=SC2034 # for the tests
	HOST=127.0.0.1:$(cat port)
}

liar_end() { [ ! -e liar ] || kill "$(cat liar)"; }
