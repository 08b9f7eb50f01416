#!/usr/bin/env bats
# dbpipes-image.bats: from backups to containers that answer, in one command.

# shellcheck disable=SC2030,SC2031 # each test is a subshell

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images
load lib/seed

setup_file() {
	servers_begin source
	images_begin
	seed_data source
	sql source "CREATE USER spy IDENTIFIED BY 'Secret-5'; GRANT ALL ON *.* TO spy"
	sql source "CREATE TABLE app.aria (a INT PRIMARY KEY, b LONGTEXT, FULLTEXT (b)) ENGINE=Aria;
		INSERT INTO app.aria SELECT seq, REPEAT(MD5(seq), 900) FROM app.seq_1_to_20;
		UPDATE app.aria SET b = REPEAT(MD5(a), 100) WHERE a % 2;
		CREATE SEQUENCE shop.numbers ENGINE=Aria"
	mkdir "$IMAGES/backups"
	dbdump --defaults-file="$(server_cnf source)" --users -z \
		--databases shop app -r "$IMAGES/backups/old.sql.zst"
}

teardown_file() {
	images_end
	servers_end
}

setup() {
	engine_start
	cd "$BATS_TEST_TMPDIR" || return
	BASE=$IMAGES/server.tar
	[ -e "$BASE" ] || server_base "$BASE"
	PASSWORD=plain-7
}

teardown() { docker rm -f test-db >/dev/null 2>&1 || :; }

# start IMAGE [OPTION…]: a container; inside NAME…: run something in it.
start() {
	docker run -d --name test-db --network none \
		-e MARIADB_ROOT_PASSWORD="$PASSWORD" "${@:2}" "$1"
	wait_until 60 is_ready || {
		docker logs test-db
		return 1
	}
}
inside() { docker exec -e MYSQL_PWD="$PASSWORD" test-db "$@"; }
# is_ready: the server that runs while a dump is imported answers, too.
is_ready() { [ "$(docker exec test-db cat /proc/1/comm)" = mariadbd ] && answers; }
answers() { [ "$(inside mariadb -BNe 'SELECT COUNT(*) FROM shop.item' 2>/dev/null)" = 200 ]; }

# aria_is_whole: a container's tables of Aria, whose log was left out.
aria_is_whole() {
	# shellcheck disable=SC2016 # SQL
	inside mariadb -BNe 'SELECT CONCAT("CHECK TABLE `", table_schema, "`.`", table_name,
		"` EXTENDED;") FROM information_schema.tables
		WHERE engine = "Aria" AND table_type = "BASE TABLE"' >check.sql
	docker exec -i -e MYSQL_PWD="$PASSWORD" test-db mariadb -BN <check.sql >checked
	grep -q '^mysql.proc' checked
	grep -q '^app.aria' checked
	run ! grep -v $'\tstatus\tOK$' checked
	inside mariadb -e 'SHOW FUNCTION STATUS; SHOW EVENTS FROM app' >/dev/null
	[ "$(inside mariadb -BNe 'SELECT NEXTVAL(shop.numbers)')" = 1 ]
	[ "$(inside mariadb -BNe 'CHECKSUM TABLE app.aria')" = "$(sql source 'CHECKSUM TABLE app.aria')" ]
}

spy_hash() { sql source "SELECT SUBSTR(PASSWORD('Secret-5'), 2)"; }

@test "a prebuilt image answers, with the password that it is started with (case 67)" {
	PASSWORD="it's \"me\"\\ \$x"
	# What is said of other servers is not for the private one.
	MYSQL_HOST=127.0.0.1 MYSQL_TCP_PORT=1 MYSQL_PWD=another \
		dbpipes-image --base="$BASE" --name=shop --prebuilt "$IMAGES/backups" >record
	jq -e '.loaded and (.tags | length) == 2 and .tags[1] == "shop:latest"' record
	start shop:latest -e MARIADB_DATABASE=new_db -e MARIADB_USER=me \
		-e MARIADB_PASSWORD=mine
	run -0 inside mariadb -BNe 'SELECT User, Host FROM mysql.user ORDER BY 1, 2'
	[ "$output" = "$(printf '%s\t%s\n' healthcheck 127.0.0.1 healthcheck ::1 \
		healthcheck localhost mariadb.sys localhost me % root % root localhost)" ]
	aria_is_whole
	inside mariadb -e "SET time_zone = 'Europe/Berlin'"
	docker exec test-db stat -c %a /var/lib/dbpipes/.my-healthcheck.cnf | grep -qx 600
	run ! docker exec -e MYSQL_PWD=wrong test-db mariadb -e 'SELECT 1'
	run ! docker exec test-db mariadb -e 'SELECT 1'
	docker exec -e MYSQL_PWD=mine test-db mariadb -ume new_db -e 'CREATE TABLE t (a INT)'
	# It writes through the overlay file system, and past the page cache.
	[ "$(inside mariadb -BNe 'SELECT @@innodb_flush_method')" = O_DIRECT ]
	inside mariadb -e 'CREATE TABLE shop.copy SELECT * FROM shop.item; DROP TABLE shop.copy'
	# Not a second time: what was changed since then stays.
	wait_until 30 docker exec test-db test ! -e /var/lib/dbpipes/dbpipes-new
	inside mariadb -e "ALTER USER root@localhost IDENTIFIED BY 'other'"
	docker restart test-db
	wait_until 60 docker exec -e MYSQL_PWD=other test-db mariadb -e 'SELECT 1'
	# And no password of the source is in it, nor its hash.
	docker image inspect shop:latest | jq -e '.[0].Config.Labels
		| .["dbpipes.log_pos"] and (.["dbpipes.rows"] | tonumber) > 200
		and (.["dbpipes.sha256"] | length) == 64'
	run ! grep -q -e Secret-5 -e "$(spy_hash)" <(docker save shop:latest)
}

@test "passwords are set at the first start alone, wherever the server's socket is" {
	# The official images on UBI have it in /run/mariadb.
	printf '[client-server]\nsocket=/tmp/mariadb.sock\n' >socket.cnf
	dbpack --base="$BASE" --input=none --tag=server:elsewhere --result-file=elsewhere.tar \
		--add=socket.cnf:/etc/mysql/conf.d/docker.cnf
	dbpipes-image --base=elsewhere.tar --name=elsewhere --prebuilt "$IMAGES/backups"
	start elsewhere:latest
	wait_until 30 docker exec test-db test ! -e /var/lib/dbpipes/dbpipes-new
	inside mariadb -e "ALTER USER root@localhost IDENTIFIED BY 'other'"
	docker restart test-db
	wait_until 60 docker exec -e MYSQL_PWD=other test-db mariadb -e 'SELECT 1'
}

@test "a prebuilt container without a password does not start" {
	local name
	docker image inspect shop:latest >/dev/null || skip 'the image was not made'
	run ! docker run --rm --network none shop:latest
	[[ $output == *MARIADB_ROOT_PASSWORD* ]]
	# Nor without one that it was to read, be it root's or another's.
	for name in MARIADB_PASSWORD MARIADB_ROOT_PASSWORD MARIADB_REPLICATION_PASSWORD; do
		run -1 timeout 60 docker run --rm --network none -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 \
			-e MARIADB_USER=me -e "${name}_FILE=/run/secrets/none" shop:latest
		[[ $output == *'/run/secrets/none'* ]]
	done
}

# digests OPTION…: of the rows of every table, as a dump states them.
digests() {
	dbdump "$@" --databases shop app | sed -n 's/^-- dbpipes-table //p' |
		jq -c '[.db, .table, .rows, .digest]'
}

@test "an image that imports at its first start has the same rows" {
	dbpipes-image --base="$BASE" --name=import \
		--source="$(server_cnf source)" --databases=shop,app
	mkdir run
	chmod 777 run
	start import:latest -v "$PWD/run:/run/mysqld"
	printf '[client]\nuser=root\npassword=%s\nsocket=%s/run/mysqld.sock\n' \
		"$PASSWORD" "$PWD" >cnf
	diff <(digests --defaults-file=cnf) \
		<(digests --defaults-file="$(server_cnf source)")
}

@test "passwords may be given as hashes, and a replica's account is made" {
	docker image inspect shop:latest >/dev/null || skip 'the image was not made'
	PASSWORD=hashed-8
	docker run -d --name test-db --network none \
		-e MARIADB_ROOT_PASSWORD_HASH="$(sql source "SELECT PASSWORD('$PASSWORD')")" \
		-e MARIADB_REPLICATION_USER=repl -e MARIADB_REPLICATION_PASSWORD=r \
		shop:latest
	wait_until 60 answers
	run -0 inside mariadb -BNe "SHOW GRANTS FOR repl"
	[[ $output == *'REPLICATION SLAVE'* ]]
}

@test "a snapshot becomes a prebuilt image, without accounts, logs and replication passwords" {
	sql source "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PASSWORD='Secret-6'"
	dbsnap --defaults-file="$(server_cnf source)" --method=copy -z \
		--state-dir="$PWD/state" --snapshot-dir="$PWD/copies" >snap.tar.zst
	sql source 'RESET SLAVE ALL'
	run -64 dbpipes-image --base="$BASE" --name=frozen snap.tar.zst
	[[ $output == *'--prebuilt takes them out'* ]]
	dbpipes-image --base="$BASE" --name=frozen --prebuilt snap.tar.zst
	docker image inspect frozen:latest | jq -e '.[0].Config.Labels["dbpipes.log_pos"]'
	start frozen:latest
	aria_is_whole
	diff <(inside mariadb -BNe 'CHECKSUM TABLE shop.item, app.note') \
		<(sql source 'CHECKSUM TABLE shop.item, app.note')
	run -0 inside mariadb -BNe "SELECT User, Host FROM mysql.user WHERE User <> 'healthcheck'
		ORDER BY 1, 2"
	[ "$output" = $'mariadb.sys\tlocalhost\nroot\t%\nroot\tlocalhost' ]
	run ! docker exec test-db sh -c 'ls /var/lib/dbpipes | grep -E "^(binlog|master.info|relay)"'
	run ! grep -q -e 'Secret-[56]' -e "$(spy_hash)" <(docker save frozen:latest)
}

@test "a prepared backup of mariadb-backup goes the official image's quick way, or is ready itself (case 69)" {
	local way
	mariadb-backup --defaults-file="$(server_cnf source)" --backup \
		--datadir="$SERVERS/source/data" --target-dir=backup >log 2>&1
	tar -C backup -cf raw.tar .
	run -65 dbpack -b "$BASE" raw.tar
	[[ $output == *'not prepared'*'mariadb-backup --prepare'* ]]
	mariadb-backup --prepare --target-dir=backup >log 2>&1
	tar -C backup -c . | zstd -q >backup.tar.zst
	dbpack -b "$BASE" -t way:quick --load --input=none \
		--add=backup.tar.zst:/docker-entrypoint-initdb.d/backup.tar.zst
	dbpack -b "$BASE" -t way:ready --load backup.tar.zst
	# The accounts are those of the backup.
	PASSWORD=$SERVER_PASSWORD
	for way in quick ready; do
		start way:$way
		diff <(inside mariadb -BNe 'CHECKSUM TABLE shop.item, app.note') \
			<(sql source 'CHECKSUM TABLE shop.item, app.note')
		docker rm -f test-db
	done
}

@test "runs of one name take turns, and one that was killed is no obstacle (case 70)" {
	local i before after killed
	local backup=$IMAGES/backups/old.sql.zst
	local -a run=(dbpipes-image --base="$IMAGES/tiny.tar" --name=turns --prune)
	before=$(docker image ls -qf dangling=true)
	for i in 1 2 3; do
		"${run[@]}" "$backup" -- --label="i=$i" >"record-$i" 3>&- &
	done
	wait
	[ "$(cat record-? | jq -s 'map(select(.loaded)) | length')" = 3 ]
	# The fourth is held up by its input.
	mkfifo held.sql.zst
	"${run[@]}" held.sql.zst -- --label=i=4 >record-4 3>&- &
	exec 7>held.sql.zst
	"${run[@]}" "$backup" -- --label=i=5 >record 2>said 3>&- 7>&- &
	wait_until 10 grep -q 'waiting for another run' said
	[ ! -s record ]
	cat "$backup" >&7
	exec 7>&-
	wait
	jq -e .loaded record-4
	jq -e --slurpfile one record-4 '.pruned == [$one[].id]' record
	# What a killed one has begun ends with it, and the next one clears up.
	mkdir temp
	TMPDIR=$PWD/temp "${run[@]}" held.sql.zst >record-6 3>&- &
	killed=$!
	exec 7>held.sql.zst
	kill -KILL "$killed"
	wait "$killed" || :
	[ -n "$(ls temp)" ]
	TMPDIR=$PWD/temp timeout 60 "${run[@]}" "$backup" -- --label=i=7 >record 3>&- 7>&-
	exec 7>&-
	[ ! -s record-6 ]
	[ -z "$(ls temp)" ]
	[ "$(docker image ls --no-trunc -q turns | sort -u)" = "$(jq -r .id record)" ]
	after=$(docker image ls -qf dangling=true)
	[ "$before" = "$after" ]
}

# ends_by_term COMMAND…: SIGTERM to it alone, once READY is there, ends all of it,
# at once, and nothing is left.
ends_by_term() {
	local pid
	mkdir temp
	TMPDIR=$PWD/temp "$@" >record 2>said 3>&- &
	pid=$!
	wait_until 60 bash -c "compgen -G '$READY'" >/dev/null
	kill -TERM "$pid"
	wait_until 10 is_gone "$pid"
	run -143 wait "$pid"
	[ ! -s record ]
	[ -z "$(find temp -mindepth 1 | tee /dev/stderr)" ]
	rmdir temp
	run ! pgrep -f -- "$PWD/temp"
}

# stub NAME SCRIPT: in the place of that program, in the folder `stub`.
stub() {
	mkdir -p stub
	printf '#!/bin/bash\n%s\n' "$2" >"stub/$1"
	chmod +x "stub/$1"
}

@test "SIGTERM ends it at once, whatever it is at" {
	local -a run=(dbpipes-image --name=ended)
	mkfifo held.sql.zst
	exec 7<>held.sql.zst
	READY='temp/*' ends_by_term "${run[@]}" --base="$IMAGES/tiny.tar" held.sql.zst
	exec 7>&-
	READY='temp/*/data/ibdata1' ends_by_term "${run[@]}" --base="$BASE" --prebuilt "$IMAGES/backups/old.sql.zst"
	READY='temp/*/socket' ends_by_term "${run[@]}" --base="$BASE" --prebuilt "$IMAGES/backups/old.sql.zst"
	# While it asks whether the server is there yet.
	stub mariadb-admin ">asked; exec sleep 100"
	PATH=$PWD/stub:$PATH READY=asked ends_by_term "${run[@]}" --base="$BASE" --prebuilt \
		"$IMAGES/backups/old.sql.zst"
}

@test "a temporary folder may have any name" {
	mkdir 'a #"b &'
	TMPDIR="$PWD/a #\"b &" timeout 120 dbpipes-image --base="$BASE" --name=named \
		--prebuilt "$IMAGES/backups/old.sql.zst" >record
	jq -e .loaded record
	rmdir 'a #"b &'
}

@test "a damaged snapshot is refused, and so is one under the name of a dump" {
	dbsnap --defaults-file="$(server_cnf source)" --method=copy \
		--state-dir="$PWD/state" --snapshot-dir="$PWD/copies" >good.tar
	cp good.tar bad.tar
	printf X | dd of=bad.tar bs=1 conv=notrunc status=none \
		seek=$((512 * $(tar -tRf bad.tar | sed -n 's/^block \([0-9]*\): .*ibdata1$/\1/p') + 90000))
	run -65 dbpipes-image --base="$BASE" --name=bad --prebuilt bad.tar
	[[ $output == *'bad.tar is damaged'* ]]
	# Cut where tar does not see it.
	head -c $((512 * $(tar -tRf good.tar | tail -n 1 | tr -dc 0-9))) good.tar >cut.tar
	run -65 dbpipes-image --base="$BASE" --name=bad --prebuilt cut.tar
	cp good.tar dump.sql
	run -65 dbpipes-image --base="$BASE" --name=bad dump.sql
	run ! docker image inspect bad:latest
}

@test "a base and a dump out of pipes are pushed under both names" {
	local host
	registry_start pipes
	host=$(registry_host pipes)
	dbpipes-image --base=<(cat "$IMAGES/tiny.tar") --name="$host/pipes" --push \
		<(cat "$IMAGES/backups/old.sql.zst") -- --insecure="$host" >record
	jq -se 'length == 2 and .[0].digest == .[1].digest' record
	[ -n "$(manifest_of "$host/pipes:latest")" ]
}

@test "without a catalogue the newest backup is taken, with a warning, and earlier images are pruned" {
	sql source "INSERT INTO app.note VALUES (7, 'newer')"
	dbdump --defaults-file="$(server_cnf source)" -z --databases app \
		-r "$IMAGES/backups/a-newer.sql.zst"
	touch -d '2 days ago' "$IMAGES/backups/old.sql.zst"
	dbpipes-image --base="$IMAGES/tiny.tar" --name=pick "$IMAGES/backups/old.sql.zst" >one
	dbpipes-image --base="$IMAGES/tiny.tar" --name=pick --prune "$IMAGES/backups" \
		>two 2>said
	grep -q 'warning: .* has no catalogue' said
	jq -e --argjson one "$(jq .id one)" '.pruned == [$one]' two
	docker image inspect "pick:$(date -u +%Y%m%d)" | jq -e \
		'.[0].Config.Labels["dbpipes.tables"] == "2"'
}

@test "of a folder with a catalogue the newest verified backup is taken" {
	local catalog=folder/backups.jsonl labels
	local -a run=(dbpipes-image --base="$IMAGES/tiny.tar" --name=known folder)
	mkdir folder
	cp "$IMAGES/backups/old.sql.zst" folder/a.sql.zst
	cp "$IMAGES/backups/old.sql.zst" folder/b.sql.zst
	printf '%s\n' '{"tool":"dbpipes-backup","event":"backup","time":"2026-11-20T03:00:00Z","source":"db1","ok":true,"file":"a.sql.zst"}' \
		'{"tool":"dbpipes-backup","event":"backup","time":"2026-11-21T03:00:00Z","source":"db1","ok":true,"file":"b.sql.zst"}' \
		'half a line' '["no object"]' >$catalog
	run -66 "${run[@]}"
	[[ $output == *'knows no backup'*dbverify* ]]
	dbverify --quick --catalog=$catalog folder/a.sql.zst
	"${run[@]}" 2>said
	grep -q 'b.sql.zst is newer than folder/a.sql.zst, but' said
	labels=$(docker image inspect known:20261120 | jq '.[0].Config.Labels')
	jq -e '.["dbpipes.source"] == "db1" and .["dbpipes.verified"] > "2026"' <<<"$labels"
	# Nor is a newer one passed over in silence that is good, and encrypted.
	echo secret >folder/c.sql.zst.age
	printf '%s\n' '{"event":"backup","time":"2026-11-22T03:00:00Z","ok":true,"file":"c.sql.zst.age"}' \
		'{"tool":"dbverify","event":"verified","time":"2026-11-22T03:00:01Z","ok":true,"mode":"restore","file":"c.sql.zst.age"}' >>$catalog
	"${run[@]}" 2>said
	grep -q 'folder/c.sql.zst.age is newer than folder/a.sql.zst, but cannot be packed' said
	# One that is no longer good, or was made anew since, does not count.
	dbverify --quick --catalog=$catalog folder/b.sql.zst
	"${run[@]}" 2>said
	grep -q 'packing folder/b.sql.zst' said
	echo '{"event":"verified","input":"folder/b.sql.zst","ok":false,"time":"x"}' >>$catalog
	"${run[@]}" 2>said
	grep -q 'packing folder/a.sql.zst' said
	mv $catalog elsewhere
	"${run[@]}" --catalog=elsewhere 2>said
	grep -q 'packing folder/a.sql.zst' said
	run -66 "${run[@]}" --catalog=nowhere
	# Made by a clock that was ahead: it is not the newest for ever.
	sed 's/2026-11-20T03/2031-11-20T03/' elsewhere >$catalog
	echo '{"event":"verified","input":"folder/b.sql.zst","ok":true,"time":"x"}' >>$catalog
	"${run[@]}" 2>said
	grep -q 'packing folder/b.sql.zst' said
}

@test "a full disk is named, and none of it stays full" {
	local size
	mkdir small
	mount -t tmpfs -o size=1M none small || skip 'no tmpfs'
	for size in 1 60 150; do
		mount -o "remount,size=${size}M" small
		TMPDIR=$PWD/small run -74 timeout 60 dbpipes-image --base="$BASE" --name=full \
			--prebuilt "$IMAGES/backups/old.sql.zst"
		[[ $output == *"there is no room in $PWD/small" ]]
		[ -z "$(ls -A small)" ]
	done
	# Where a table of Aria would wait for room.
	sql source "CREATE DATABASE big; USE big; CREATE TABLE a (a INT, b LONGTEXT) ENGINE=Aria;
		INSERT INTO a SELECT seq, REPEAT(MD5(seq), 2000) FROM seq_1_to_3000"
	dbdump --defaults-file="$(server_cnf source)" -z --databases big -r big.sql.zst
	sql source 'DROP DATABASE big'
	mount -o remount,size=420M small
	TMPDIR=$PWD/small run -74 timeout 60 dbpipes-image --base="$BASE" --name=full \
		--prebuilt big.sql.zst
	[[ $output == *"there is no room in $PWD/small" ]]
	[ -z "$(ls -A small)" ]
	# And while the data directory is made.
	mount -o remount,size=150M small
	stub mariadb-install-db "(until [ -e data/mysql/db.MAI ]; do sleep 0.01; done
		cat /dev/zero >'$PWD/small/rest') &
		exec '$(type -P mariadb-install-db)' \"\$@\""
	PATH=$PWD/stub:$PATH TMPDIR=$PWD/small run -74 timeout 60 dbpipes-image --base="$BASE" \
		--name=full --prebuilt "$IMAGES/backups/old.sql.zst"
	[[ $output == *"mariadb-install-db fails: there is no room in $PWD/small" ]]
	[ "$(ls -A small)" = rest ]
	wait_until 20 umount small # what filled it writes on
}

@test "what is killed by SIGKILL is told of, and leaves nothing behind" {
	mkdir temp
	stub dbpack 'kill -KILL $$'
	DBPIPES_BIN=$PWD/stub TMPDIR=$PWD/temp run -137 dbpipes-image --base="$BASE" --name=killed \
		"$IMAGES/backups/old.sql.zst"
	[[ $output == *'was killed (SIGKILL)' ]]
	rmdir temp
}

@test "a registry or an engine that will not take the image is found out first" {
	needs htpasswd
	[ -e "$IMAGES/registry-htpasswd" ] || registry_start htpasswd htpasswd
	local host
	local -a run
	host=$(registry_host htpasswd)
	run=(dbpipes-image --base="$BASE" --source=nowhere)
	login_as "$host" wrong
	run -77 "${run[@]}" --name="$host/early" --push -- --insecure="$host"
	[[ $output == *'refuses'*'UNAUTHORIZED'* || $output == *'does not take the login'* ]]
	[ "${#lines[@]}" -le 2 ]
	run -69 "${run[@]}" --name=early -- --engine="$PWD/none"
	[[ $output == *"the engine at $PWD/none"* ]]
	login_as "$host" secret
	dbpipes-image --base=<(cat "$IMAGES/tiny.tar") --name=early "$IMAGES/backups/old.sql.zst"
	dbpipes-image --base="$IMAGES/tiny.tar" --name="$host/early" --push \
		"$IMAGES/backups/old.sql.zst" -- --insecure="$host"
	echo '{}' >"$DOCKER_CONFIG/config.json"
}

@test "options stand in the group [dbpipes-image], and the line is stronger" {
	printf '[dbpipes]\nsource=db1\n[dbpipes-image]\nbase=%s\nname=grouped\nprune\n[dbpack]\nlabel=from=group\n' \
		"$IMAGES/tiny.tar" >group.cnf
	dbpipes-image --defaults-file=group.cnf "$IMAGES/backups/old.sql.zst" >record
	jq -e '.tags[1] == "grouped:latest"' record
	docker image inspect grouped:latest | jq -e '.[0].Config.Labels.from == "group"'
	dbpipes-image --defaults-file=group.cnf --name=line --skip-prune \
		"$IMAGES/backups/old.sql.zst" >record
	jq -e '.tags[1] == "line:latest"' record
	echo nonsense=1 >>group.cnf
	sed -i 's/^\[dbpack\]/[other]/' group.cnf
	sed -i 's/^prune/prone/' group.cnf
	run -78 dbpipes-image --defaults-file=group.cnf "$IMAGES/backups/old.sql.zst"
	[[ $output == *'[dbpipes-image] in the option files: unknown option --prone' ]]
}

@test "what is wrong is said, and nothing is left behind" {
	local name
	run -64 dbpipes-image --base="$BASE" "$IMAGES/backups"
	run -64 dbpipes-image --name=x "$IMAGES/backups"
	run -64 dbpipes-image --base="$BASE" --name=x
	run -64 dbpipes-image --base="$BASE" --name=x --source=a b
	run -64 dbpipes-image --base="$BASE" --name=x --nonsense
	for name in x:1 UPPER localhost:5000 x@sha256:1 'a b' x/; do
		run -64 dbpipes-image --base="$BASE" --name="$name" --source=nowhere
		[[ $output == *'has no tag'* ]]
	done
	run -66 dbpipes-image --base=nowhere.tar --name=x --source=elsewhere
	[[ $output == *'cannot read nowhere.tar'* ]]
	run -64 dbpipes-image --base="$BASE" --name=x --push --prune --source=nowhere
	[[ $output == *'not from a registry'* ]]
	run -64 dbpipes-image --base="$BASE" --name=x --databases=shop "$IMAGES/backups"
	[[ $output == *'--databases needs --source'* ]]
	TMPDIR=$PWD/nowhere run -73 dbpipes-image --base="$BASE" --name=x "$IMAGES/backups"
	XDG_CACHE_HOME=/proc/x run -73 dbpipes-image --base="$BASE" --name=x "$IMAGES/backups/old.sql.zst"
	mkdir empty temp
	run -66 dbpipes-image --base="$BASE" --name=x empty
	head -c 500 "$IMAGES/backups/old.sql.zst" >cut.sql.zst
	TMPDIR=$PWD/temp run -65 dbpipes-image --base="$BASE" --name=x cut.sql.zst
	TMPDIR=$PWD/temp run -65 dbpipes-image --base="$BASE" --name=x --prebuilt cut.sql.zst
	[ -z "$(ls -A temp)" ]
	run ! docker image inspect x:latest
}
