#!/usr/bin/env bats
# dbpipes-image.bats: from backups to containers that answer, in one command.

bats_require_minimum_version 1.5.0
load lib/servers
load lib/images
load lib/seed

setup_file() {
	servers_begin source
	images_begin
	seed_data source
	sql source "CREATE USER spy IDENTIFIED BY 'Secret-5'; GRANT ALL ON *.* TO spy"
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
	wait_until 60 answers || {
		docker logs test-db
		return 1
	}
}
inside() { docker exec -e MYSQL_PWD="$PASSWORD" test-db "$@"; }
answers() { [ "$(inside mariadb -BNe 'SELECT COUNT(*) FROM shop.item' 2>/dev/null)" = 200 ]; }

@test "a prebuilt image answers, with the password that it is started with (case 67)" {
	PASSWORD="it's \"me\"\\ \$x"
	dbpipes-image --base="$BASE" --name=shop --prebuilt "$IMAGES/backups" >record
	jq -e '.loaded and (.tags | length) == 2 and .tags[1] == "shop:latest"' record
	start shop:latest -e MARIADB_DATABASE=new_db -e MARIADB_USER=me \
		-e MARIADB_PASSWORD=mine
	run -0 inside mariadb -BNe 'SELECT User, Host FROM mysql.user ORDER BY 1, 2'
	[ "$output" = $'mariadb.sys\tlocalhost\nme\t%\nroot\t%\nroot\tlocalhost' ]
	run ! docker exec -e MYSQL_PWD=wrong test-db mariadb -e 'SELECT 1'
	run ! docker exec test-db mariadb -e 'SELECT 1'
	docker exec -e MYSQL_PWD=mine test-db mariadb -ume new_db -e 'CREATE TABLE t (a INT)'
	# Not a second time: what was changed since then stays.
	wait_until 30 docker exec test-db test ! -e /var/lib/dbpipes/dbpipes-new
	inside mariadb -e "ALTER USER root@localhost IDENTIFIED BY 'other'"
	docker restart test-db
	wait_until 60 docker exec -e MYSQL_PWD=other test-db mariadb -e 'SELECT 1'
	# And no password of the source is in it.
	docker image inspect shop:latest | jq -e '.[0].Config.Labels["dbpipes.log_pos"]'
	run ! grep -q Secret-5 <(docker save shop:latest)
}

@test "a prebuilt container without a password does not start" {
	docker image inspect shop:latest >/dev/null || skip 'the image was not made'
	run ! docker run --rm --network none shop:latest
	[[ $output == *MARIADB_ROOT_PASSWORD* ]]
}

@test "an image that imports at its first start has the same rows" {
	dbpipes-image --base="$BASE" --name=import \
		--source="$(server_cnf source)" --databases=shop,app
	start import:latest
	diff <(inside mariadb -BNe 'CHECKSUM TABLE shop.item, app.note') \
		<(sql source 'CHECKSUM TABLE shop.item, app.note')
}

@test "the newest backup of the folder is taken, and earlier images are pruned" {
	sql source "INSERT INTO app.note VALUES (7, 'newer')"
	dbdump --defaults-file="$(server_cnf source)" -z --databases app \
		-r "$IMAGES/backups/a-newer.sql.zst"
	touch -d '2 days ago' "$IMAGES/backups/old.sql.zst"
	dbpipes-image --base="$IMAGES/tiny.tar" --name=pick "$IMAGES/backups/old.sql.zst" >one
	dbpipes-image --base="$IMAGES/tiny.tar" --name=pick --prune "$IMAGES/backups" >two
	jq -e --argjson one "$(jq .id one)" '.pruned == [$one]' two
	docker image inspect "pick:$(date -u +%Y%m%d)" | jq -e \
		'.[0].Config.Labels["dbpipes.tables"] == "1"'
}

@test "what is wrong is said, and nothing is left behind" {
	run -64 dbpipes-image --base="$BASE" "$IMAGES/backups"
	run -64 dbpipes-image --name=x "$IMAGES/backups"
	run -64 dbpipes-image --base="$BASE" --name=x
	run -64 dbpipes-image --base="$BASE" --name=x --source=a b
	run -64 dbpipes-image --base="$BASE" --name=x --nonsense
	mkdir empty temp
	run -66 dbpipes-image --base="$BASE" --name=x empty
	head -c 500 "$IMAGES/backups/old.sql.zst" >cut.sql.zst
	TMPDIR=$PWD/temp run -65 dbpipes-image --base="$BASE" --name=x cut.sql.zst
	TMPDIR=$PWD/temp run -65 dbpipes-image --base="$BASE" --name=x --prebuilt cut.sql.zst
	[ -z "$(ls -A temp)" ]
	run ! docker image inspect x:latest
}
