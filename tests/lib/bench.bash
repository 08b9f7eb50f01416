# shellcheck shell=bash
# bench.bash: the data of tests/bench/run, and the measuring. After servers.bash.
#
#   bench_make NAME SCALE     database `bench`: narrow numbers, wide text with
#                             JSON, blobs; 1 makes about 80 MB of SQL
#   bench_make_small NAME     database `small`: 2,000 tables of two rows
#   bench_settle NAME         until the server has written what it has to
#   bench_begin MB            a folder for output, $bench_out: in /dev/shm if it has
#                             that much room, else in $SERVERS; or in $OUT
#   bench_end                 remove it
#   measure GROUP LABEL NAME SCRIPT  one run, in the folder $bench_out, against this
#                             server; fails with what it said
#   report GROUP              medians, and ratios to the label that ran first

bench_make() {
	local scale=$2
	sql "$1" <<-SQL
		SET SESSION sql_log_bin = 0;
		CREATE DATABASE bench;
		USE bench;
		CREATE TABLE narrow (id BIGINT PRIMARY KEY, a INT, b DOUBLE,
			c DATETIME, d DECIMAL(12, 2), KEY (a));
		INSERT INTO narrow SELECT seq, seq * 7919 % 1000003, seq / 3,
			'2020-01-01' + INTERVAL seq SECOND, seq / 100
			FROM seq_1_to_$((scale * 500000));
		CREATE TABLE wide (id INT PRIMARY KEY, t TEXT, j JSON, f DOUBLE,
			s TIMESTAMP, u UUID) CHARSET utf8mb4;
		INSERT INTO wide SELECT seq, REPEAT(CONCAT('Line ', seq,
			' it''s \\n'), 10), JSON_OBJECT('n', seq, 'text',
			MD5(seq)), RAND(seq), FROM_UNIXTIME(1600000000 + seq),
			UUID() FROM seq_1_to_$((scale * 100000));
		CREATE TABLE blobs (id INT PRIMARY KEY, b MEDIUMBLOB);
		INSERT INTO blobs SELECT seq, CONCAT(RANDOM_BYTES(1024),
			RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024))
			FROM seq_1_to_$((scale * 4000));
	SQL
}

bench_make_small() {
	local i
	sql "$1" 'CREATE DATABASE small'
	for ((i = 1; i <= 2000; i++)); do
		echo "CREATE TABLE small.t$i (id INT PRIMARY KEY, a TEXT);
			INSERT INTO small.t$i VALUES (1, 'one'), (2, 'two');"
	done | sql "$1"
}

bench_settle() {
	sql "$1" 'SET GLOBAL innodb_max_dirty_pages_pct = 0'
	wait_until 300 bench_is_settled "$1"
	sql "$1" 'SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT'
}

bench_is_settled() {
	[ "$(sql "$1" "SELECT variable_value FROM information_schema.global_status
		WHERE variable_name = 'Innodb_buffer_pool_pages_dirty'")" = 0 ]
}

bench_begin() {
	local free
	free=$(df --output=avail -B 1M /dev/shm 2>/dev/null | tail -n 1)
	[ -n "${OUT:-}" ] || [ "${free:-0}" -lt "$1" ] || OUT=/dev/shm
	bench_out=$(mktemp -d "${OUT:-$SERVERS}/dbpipes-bench.XXXXXX")
	mkdir "$SERVERS/results"
}

bench_end() { rm -rf "${bench_out:-}"; }

# server_ticks NAME: user and system time that the server has taken.
server_ticks() {
	awk '{ print $14 + $15 }' "/proc/$(server_pid "$1")/stat"
}

# A run is a line "wall client server memory size" of results/GROUP:LABEL.
measure() {
	local before after size line=$SERVERS/time results=$SERVERS/results
	before=$(server_ticks "$3")
	(cd "$bench_out" && /usr/bin/time -o "$line" -f '%e %U %S %M' \
		bash -Eeuo pipefail -c "$4" </dev/null >"$SERVERS/said" 2>&1) || {
		echo "$2 fails:" && tail "$SERVERS/said"
		exit 1
	}
	after=$(server_ticks "$3")
	size=$(find "$bench_out" -type f -printf '%s\n' | awk '{ n += $1 } END { print n / 1e6 }')
	find "$bench_out" -mindepth 1 -delete
	[ -e "$results/$1:$2" ] || echo "$2" >>"$results/$1"
	awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v size="$size" '{
		print $1, $2 + $3, ticks / hz, $4 / 1024, size
	}' "$line" >>"$results/$1:$2"
}

# medians FILE: of each column.
medians() {
	local column
	for column in 1 2 3 4 5; do
		cut -d' ' -f$column "$1" | sort -n |
			awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
	done | paste -sd' '
}

report() {
	local label results=$SERVERS/results
	printf '\n%-30s %8s %8s %8s %8s %8s  ratios\n' "$1" 'wall s' 'client s' \
		'server s' 'peak MB' 'out MB'
	while IFS= read -r label; do
		echo "$(medians "$results/$1:$label") $label"
	done <"$results/$1" | awk '{
		label = $6
		for (i = 7; i <= NF; i++)
			label = label " " $i
		printf "%-30s %8.2f %8.2f %8.2f %8.1f %8.1f ", label, $1, $2, $3, $4, $5
		for (i = 1; i <= 5; i++) {
			if (NR == 1)
				base[i] = $i
			printf " %s", base[i] ? sprintf("%.2f", $i / base[i]) : "-"
		}
		print ""
	}'
}

# What follows uses the caller's $cnf, --defaults-file of the source, and
# ${server[@]}, the options of servers.

# the_dump: the data as SQL, without a position: its path.
the_dump() {
	# shellcheck disable=SC2154
	[ -e "$SERVERS/bench.sql" ] ||
		mariadb-dump "$cnf" --single-transaction --databases bench \
			>"$SERVERS/bench.sql"
	echo "$SERVERS/bench.sql"
}

# load_with GROUP LABEL COMMAND: into an empty server; %s is its option file.
load_with() {
	# shellcheck disable=SC2154
	server_start target --local-infile=1 "${server[@]}"
	# shellcheck disable=SC2059 # the command is the format
	measure "$1" "$2" target "$(printf "$3" "--defaults-file=$(server_cnf target)")"
	server_drop target
}

# Dumps are made once; each is read from a file, or from a pipe behind the dump.
load_dumps() {
	[ ! -e "$SERVERS/$1.my" ] || return 0
	mariadb-dump "$cnf" --single-transaction --databases "$1" >"$SERVERS/$1.sql"
	dbdump "$cnf" -z --databases "$1" >"$SERVERS/$1.sql.zst"
	mydumper "$cnf" -t 2 --trx-consistency-only -o "$SERVERS/$1.my" -B "$1"
}
