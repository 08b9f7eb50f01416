#!/usr/bin/env bats
# users.bats: dbdump --users: accounts, roles and grants as SQL text. The judges
# are the server's own SHOW CREATE USER and SHOW GRANTS, mariadb-dump
# --system=users, and logins.

# shellcheck disable=SC2016,SC2154 # SQL names; run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/seed
load lib/objects

setup_file() {
	servers_begin -
	# Debian has it in a package that starts a server of its own.
	export PLUGIN=ed25519
	[ -e /usr/lib/mysql/plugin/auth_ed25519.so ] || PLUGIN=mysql_native_password
	new_server source --log-bin=binlog --log-bin-trust-function-creators=1
	seed_data source
	sed "s/ed25519/$PLUGIN/" "$TREE/tests/data/accounts.sql" | sql source
	dump source --users -A >"$SERVERS/all.sql"
	accounts_of source >"$SERVERS/accounts"
}

teardown_file() { servers_end; }

# target is as new: no data, and no accounts but those of any server.
setup() { new_server target; }

teardown() { server_drop target; }

# new_server NAME [OPTION…]: accounts whose host is a name are of use where
# names are resolved.
new_server() {
	server_start "$1" --skip-name-resolve=0 "${@:2}"
	[ "$PLUGIN" != ed25519 ] || sql "$1" "INSTALL SONAME 'auth_ed25519'"
}

# names_of NAME: SQL text that names each account and each role, one a row,
# behind what to show of it.
names_of() {
	local account='CONCAT("`", REPLACE(user, "`", "``"), "`@`",
			REPLACE(host, "`", "``"), "`")' \
		role='CONCAT("`", REPLACE(user, "`", "``"), "`")'
	sql "$1" "SELECT CONCAT('SHOW CREATE USER ', $account, ';
				SHOW GRANTS FOR ', $account, ';')
			FROM mysql.user WHERE is_role = 'N';
		SELECT CONCAT('SHOW GRANTS FOR ', IF(user = 'PUBLIC', user, $role), ';')
			FROM mysql.user WHERE is_role = 'Y'" -r
}

# accounts_of NAME: all that the server says of all accounts and roles.
accounts_of() {
	names_of "$1" >"$SERVERS/$1/show.sql"
	sql "$1" <"$SERVERS/$1/show.sql" | sort
}

# stock_accounts NAME: the same as mariadb-dump sees them.
stock_accounts() {
	mariadb-dump --defaults-file="$(server_cnf "$1")" --system=users \
		--skip-comments | sort
}

load_client() {
	mariadb --defaults-file="$(server_cnf target)" --comments <"$1"
}

load_dbseed() {
	dbseed --defaults-file="$(server_cnf target)" "$1" >/dev/null
}

# login SERVER USER [PASSWORD]: who the server takes us for.
login() {
	(umask 077 && printf '[client]\nuser="%s"\npassword="%s"\nsocket=%s\n' \
		"$2" "${3:-}" "$(server_socket "$1")" >"$BATS_TEST_TMPDIR/login.cnf")
	mariadb --defaults-file="$BATS_TEST_TMPDIR/login.cnf" -N -B \
		-e 'SELECT CURRENT_USER()' 2>&1
}

shows() { sql target "SHOW $1"; }

# --- What is written comes back.

@test "accounts of a plugin that must be loaded are dumped with it" {
	[ "$PLUGIN" = ed25519 ] || skip 'no auth_ed25519.so: Debian has it in mariadb-server'
	[ "$(grep -c 'VIA `*ed25519' "$SERVERS/all.sql")" -ge 2 ]
}

@test "accounts, roles and grants of every kind come back as they were, by the stock client (case 50)" {
	[ "$(wc -l <"$SERVERS/accounts")" -gt 60 ]
	load_client "$SERVERS/all.sql"
	diff "$SERVERS/accounts" <(accounts_of target)
	diff <(stock_accounts source) <(stock_accounts target)
	diff <(dump_of source) <(dump_of target)
}

@test "accounts, roles and grants of every kind come back through dbseed (case 50)" {
	load_dbseed "$SERVERS/all.sql"
	diff "$SERVERS/accounts" <(accounts_of target)
	diff <(dump_of source) <(dump_of target)
}

@test "the target's own dump of them is the same text (case 50)" {
	load_client "$SERVERS/all.sql"
	diff <(dump source --users --skip-comments) \
		<(dump target --users --skip-comments)
}

@test "a dump loads over its own accounts and changes nothing (case 50)" {
	local option
	for option in --users --replace --insert-ignore; do
		dump source --users "$option" -A >"$BATS_TEST_TMPDIR/dump.sql"
		load_client "$BATS_TEST_TMPDIR/dump.sql"
		diff "$SERVERS/accounts" <(accounts_of target)
	done
}

@test "who could log in can, with the old password, and nobody else (case 50)" {
	local server
	load_client "$SERVERS/all.sql"
	for server in source target; do
		run -0 login "$server" plain plain-Secret
		[ "$output" = plain@% ]
		run -0 login "$server" ed ed-Secret
		[ "$output" = ed@% ]
		run -0 login "$server" several first-Secret
		[ "$output" = several@localhost ]
		run -0 login "$server" several second-Secret
		run -1 login "$server" several third-Secret
		run -1 login "$server" plain wrong
		[[ $output == *'(28000)'* ]]
		run -1 login "$server" socket
		[[ $output == *'(28000)'* ]]
		run -1 login "$server" locked locked-Secret
		[[ $output == *'(HY000)'*locked* ]]
		run -1 login "$server" expired expired-Secret
		[[ $output == *'ERROR 1820 '* ]]
		run -1 login "$server" aged aged-Secret
		[[ $output == *'ERROR 1820 '* ]]
		run -1 login "$server" unset ''
	done
}

@test "the role that is the default one is active after a login (case 50)" {
	load_client "$SERVERS/all.sql"
	login target ed ed-Secret
	run -0 mariadb --defaults-file="$BATS_TEST_TMPDIR/login.cnf" -N \
		-e 'SELECT CURRENT_ROLE(); SELECT COUNT(*) FROM shop.item' -B
	[ "$output" = $'manager\n200' ]
}

# --- Names.

@test "a name or string with SQL in it stays a name, and adds no comment line (cases 46, 50)" {
	load_client "$SERVERS/all.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM app.note')" = 3 ]
	# Two lines begin so within a name; what counts comes last.
	[ "$(tail -n 2 "$SERVERS/all.sql" | grep -c '^-- dbpipes-sha256 \|^-- Dump completed')" = 2 ]
	run -0 dump source --users --compact
	[[ $output != *"-- Accounts"* ]]
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/compact.sql"
	server_drop target
	new_server target
	seed_data target
	load_client "$BATS_TEST_TMPDIR/compact.sql"
	[ "$(sql target 'SELECT COUNT(*) FROM app.note')" = 3 ]
	shows 'CREATE USER `back\`@`%`'
}

# --- Accounts that are there.

# there: target has plain@% with a definition and a grant of its own.
there() {
	sql target "CREATE DATABASE mine;
		CREATE USER plain@'%' IDENTIFIED BY 'mine-Secret' REQUIRE SSL
			WITH MAX_QUERIES_PER_HOUR 7 ACCOUNT LOCK
			PASSWORD EXPIRE INTERVAL 5 DAY;
		CREATE USER bare@'%'; CREATE USER other@'%' IDENTIFIED BY 'other';
		GRANT DELETE ON mine.* TO plain@'%'"
}

@test "an account that is there gets the dump's definition and keeps its grants (case 50)" {
	there
	load_client "$SERVERS/all.sql"
	diff <(sql source "SHOW CREATE USER plain@'%'") \
		<(shows "CREATE USER plain@'%'")
	run -0 shows "GRANTS FOR plain@'%'"
	[[ $output == *'GRANT DELETE ON `mine`.*'* ]]
	[ "$(login target plain plain-Secret)" = plain@% ]
	run -0 login target other other
}

@test "an account without a password in the dump has none afterwards, nor other limits" {
	sql source "CREATE USER bare@localhost"
	dump source --users >"$BATS_TEST_TMPDIR/bare.sql"
	sql source "DROP USER bare@localhost"
	sql target "CREATE USER bare@localhost IDENTIFIED VIA unix_socket REQUIRE X509
		WITH MAX_USER_CONNECTIONS 1 MAX_STATEMENT_TIME 2 PASSWORD EXPIRE NEVER"
	seed_data target
	load_client "$BATS_TEST_TMPDIR/bare.sql"
	[ "$(shows 'CREATE USER bare@localhost')" = 'CREATE USER `bare`@`localhost`' ]
	[ "$(login target bare)" = bare@localhost ]
}

@test "--replace drops what an account was granted before" {
	there
	dump source --users --replace -A >"$BATS_TEST_TMPDIR/dump.sql"
	load_client "$BATS_TEST_TMPDIR/dump.sql"
	diff <(sql source "SHOW GRANTS FOR plain@'%'" | sort) \
		<(shows "GRANTS FOR plain@'%'" | sort)
	diff <(sql source "SHOW CREATE USER plain@'%'") \
		<(shows "CREATE USER plain@'%'")
	run -0 login target other other
}

@test "--insert-ignore leaves the definition of an account that is there" {
	there
	dump source --users --insert-ignore -A >"$BATS_TEST_TMPDIR/dump.sql"
	sql target "CREATE USER aged@'%' IDENTIFIED BY 'mine'"
	shows "CREATE USER plain@'%'" >"$BATS_TEST_TMPDIR/before"
	load_client "$BATS_TEST_TMPDIR/dump.sql"
	diff "$BATS_TEST_TMPDIR/before" <(shows "CREATE USER plain@'%'")
	run -0 shows "GRANTS FOR plain@'%'"
	[[ $output == *'DELETE ON `mine`'* && $output == *'LOCK TABLES ON `sh\\_p%`'* ]]
	[[ $(shows "CREATE USER aged@'%'") != *EXPIRE* ]]
	sql target "ALTER USER plain@'%' REQUIRE NONE ACCOUNT UNLOCK"
	[ "$(login target plain mine-Secret)" = plain@% ]
}

@test "the account that loads is not locked out, and the server's own is not touched (case 50)" {
	local option before
	sql target "CREATE USER loader@localhost IDENTIFIED BY 'target-Secret';
		GRANT ALL ON *.* TO loader@localhost WITH GRANT OPTION;
		GRANT PROXY ON ''@'' TO loader@localhost WITH GRANT OPTION"
	sql source "CREATE USER loader@localhost IDENTIFIED BY 'source-Secret'
		ACCOUNT LOCK"
	before=$(sql target "SELECT * FROM mysql.global_priv WHERE user = 'mariadb.sys'")
	[ -n "$before" ]
	for option in --users --replace; do
		dump source --users "$option" -A >"$BATS_TEST_TMPDIR/dump.sql"
		run -0 login target loader target-Secret
		[ "$output" = loader@localhost ]
		# Roles have administrators, which it becomes by making them.
		sql target "$(sql target "SELECT CONCAT('DROP ROLE \`', REPLACE(user,
			'\`', '\`\`'), '\`;') FROM mysql.user
			WHERE is_role = 'Y' AND user <> 'PUBLIC'" -r)"
		mariadb --defaults-file="$BATS_TEST_TMPDIR/login.cnf" \
			<"$BATS_TEST_TMPDIR/dump.sql"
		run -0 login target loader target-Secret
		[ "$output" = loader@localhost ]
		run -0 shows 'GRANTS FOR loader@localhost'
		[[ $output == *'ALL PRIVILEGES ON *.*'*'GRANT OPTION'* ]]
		[ "$(sql target "SELECT * FROM mysql.global_priv
			WHERE user = 'mariadb.sys'")" = "$before" ]
		[ "$(sql target 'SELECT COUNT(*) FROM mysql.user')" -gt 20 ]
	done
	sql source 'DROP USER loader@localhost'
	run -1 grep -n 'mariadb\.sys' "$SERVERS/all.sql"
}

# --- What is not there.

@test "grants on what no longer exists, or not on the target, do not stop a load" {
	sql source "CREATE TABLE shop.gone (a INT, b INT); CREATE USER late@localhost;
		GRANT SELECT (a), INSERT ON shop.gone TO late@localhost;
		GRANT SELECT (id, n) ON shop.item TO late@localhost;
		GRANT DELETE ON shop.item TO late@localhost;
		GRANT DELETE ON app.note TO late@localhost;
		DROP TABLE shop.gone"
	dump source --users -B app >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP USER late@localhost'
	load_client "$BATS_TEST_TMPDIR/dump.sql"
	run -0 shows 'GRANTS FOR late@localhost'
	[[ $output == *'DELETE ON `app`.`note`'* && $output != *shop* ]]
	run -0 shows 'GRANTS FOR reader'
	[[ $output == *'SELECT ON `shop`.*'* ]]
}

@test "a default role that was revoked does not stop a load" {
	sql source "CREATE USER stale@localhost; GRANT alone TO stale@localhost;
		SET DEFAULT ROLE alone FOR stale@localhost;
		REVOKE alone FROM stale@localhost"
	dump source --users >"$BATS_TEST_TMPDIR/dump.sql"
	sql source 'DROP USER stale@localhost'
	load_client "$BATS_TEST_TMPDIR/dump.sql"
	run -0 shows 'GRANTS FOR stale@localhost'
	[[ $output != *alone* ]]
}

@test "an account that the server does not use is named in a warning" {
	server_start strict
	sql strict "CREATE USER far@'Db.Example.org'; CREATE USER near@localhost;
		FLUSH PRIVILEGES"
	run -0 --separate-stderr dump strict --users
	[[ $stderr == *'warning: account `far`@`db.example.org` is not dumped'*skip_name_resolve* ]]
	[[ $output == *'`near`@`localhost`'*'Dump completed'* && $output != *'`far`'* ]]
	server_drop strict
}

@test "no accounts are in a dump unless asked for, nor any data in one of accounts alone" {
	run -0 --separate-stderr dump source -A
	[[ $output != *'CREATE USER'* && $output != *'GRANT '* ]]
	run -0 --separate-stderr dump source --users
	[[ $output == *'CREATE USER'* ]]
	[[ $output != *'CREATE TABLE'* && $output != *'INSERT INTO'* ]]
}

# --- Privileges, and who may read it.

@test "an account that may not read accounts gets 77 before the first byte" {
	sql source "CREATE USER poor@localhost IDENTIFIED BY 'poor';
		GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON app.* TO poor@localhost;
		GRANT SELECT ON mysql.proc TO poor@localhost"
	login source poor poor
	run -77 --separate-stderr dbdump \
		--defaults-file="$BATS_TEST_TMPDIR/login.cnf" --users app
	[[ -z $output && $stderr == *'accounts are not shown'*'SELECT on mysql.*'*--users* ]]
	sql source 'GRANT SELECT ON mysql.* TO poor@localhost'
	run -0 --separate-stderr dbdump \
		--defaults-file="$BATS_TEST_TMPDIR/login.cnf" --users app
	[[ $output == *'CREATE USER'*'Dump completed'* ]]
	sql source 'DROP USER poor@localhost'
}

@test "--users and --no-create-info exclude each other" {
	run -64 --separate-stderr dump source --users -t shop
	[[ $stderr == *--users*--no-create-info* ]]
}

@test "a dump with hashes of passwords is its owner's alone" {
	(umask 0 && dump source --users -r "$BATS_TEST_TMPDIR/secret.sql")
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/secret.sql")" = 600 ]
	grep -q 'IDENTIFIED' "$BATS_TEST_TMPDIR/secret.sql"
	run -1 grep -n "plain-Secret\|$SERVER_PASSWORD" "$BATS_TEST_TMPDIR/secret.sql"
}

@test "an account made while the objects are read is in the dump or the dump is taken anew" {
	local i
	(for i in {1..200}; do
		echo "CREATE OR REPLACE USER busy$((i % 7))@localhost;"
		echo "GRANT SELECT ON shop.item TO busy$((i % 7))@localhost;"
	done | sql source) &
	run --separate-stderr dump source --users -A
	wait $!
	[ "$status" = 0 ] || [[ $status == 75 && $stderr == *accounts* ]]
	[ "$status" = 75 ] || [[ $output == *'Dump completed'* ]]
	for i in {0..6}; do sql source "DROP USER IF EXISTS busy$i@localhost"; done
	run -0 --separate-stderr dump source --users -A
}
