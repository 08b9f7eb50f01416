# shellcheck shell=bash
# bench-verify.bash: the groups of tests/bench/run that are about dbverify. After
# bench.bash; they use the caller's $cnf and ${server[@]}.
# shellcheck disable=SC2154 # these

round_verify() {
	[ -e "$SERVERS/bench.sql.zst" ] ||
		dbdump "$cnf" -z --databases bench >"$SERVERS/bench.sql.zst"
	load_with verify 'dbseed -j 2' "dbseed %s -j 2 $SERVERS/bench.sql.zst"
	measure verify 'dbverify --restore -j 2' source \
		"dbverify --restore -j 2 --tmpdir=\$PWD $SERVERS/bench.sql.zst"
}

make_replica() {
	sql source 'CREATE DATABASE many; USE many; CREATE TABLE orders (
			id BIGINT PRIMARY KEY AUTO_INCREMENT, customer INT NOT NULL,
			made DATETIME NOT NULL, amount DECIMAL(12, 2), weight DOUBLE,
			state ENUM("new", "paid", "sent") NOT NULL, note TEXT,
			KEY (customer));
		INSERT INTO orders SELECT seq, seq * 7919 % 100003, "2020-01-01" +
			INTERVAL seq SECOND, seq / 100, seq / 7, 1 + seq % 3,
			RPAD(CONCAT("Order ", seq, ": "), '"${WIDTH:-47}"', MD5(seq)) FROM seq_1_to_2000000;
		FLUSH TABLES'
	server_start replica "${server[@]}"
	dbdump "$cnf" --databases many --master-data --gtid | dbseed \
		--defaults-file="$(replica_cnf replica source)" -q --replicate >/dev/null
	sql replica 'SET sql_log_bin = 0;
		UPDATE many.orders SET amount = amount + 0.01 WHERE id = 1234567'
	bench_settle replica
}

round_against() {
	local replica
	[ -e "$SERVERS/replica" ] || make_replica
	replica=--defaults-file=$(server_cnf replica)
	measure against mariadb-dump replica \
		"mariadb-dump $replica --single-transaction --databases many >dump.sql"
	measure against 'dbdump -j 2' replica "dbdump $replica -j 2 --databases many >dump.sql"
	measure against 'dbverify --against -j 2' replica "{ dbverify $replica -j 2 \
		--against=$(server_cnf source) --ignore-database=bench \
		--ignore-database=small || [ \$? -eq 1 ]; } | jq -es 'map(select(
		.event == \"difference\" and (.where | length > 0))) | length == 1'"
}
