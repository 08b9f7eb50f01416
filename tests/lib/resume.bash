# shellcheck shell=bash
# resume.bash: loads that are killed and go on, for dbseed-resume.bats and
# tests/soak/seed-resume. After servers.bash and shapes.bash.
#
#   resume_dump FILE          a dump that takes a second or two to load: all
#                             shapes, and tables that are larger
#   resume_until_done FILE KILL  run dbseed --resume until it ends by itself; each
#                             time but the last, after a moment, KILL does harm.
#                             Prints how often it was interrupted
#   kill_dbseed, kill_server  harm

resume_dump() {
	shapes_sql
	echo 'CREATE DATABASE large; USE large;
		CREATE TABLE a (id INT PRIMARY KEY, n INT, t TEXT, KEY (n), FULLTEXT (t)) ENGINE=InnoDB;
		CREATE TABLE b LIKE a; CREATE TABLE m (id INT, t TEXT) ENGINE=MyISAM;'
	sql "${1:-source}" "SELECT CONCAT('INSERT INTO ', t, ' VALUES ',
			GROUP_CONCAT(CONCAT('(', seq, IF(t = 'm', '', CONCAT(',', seq * 7919 % 10007)),
				',''', REPEAT(CONCAT('word', seq, ' '), 4), ''')') ORDER BY seq), ';')
		FROM seq_1_to_60000, (SELECT 'a' AS t UNION SELECT 'b' UNION SELECT 'm') AS x
		GROUP BY t, (seq - 1) DIV 3000 ORDER BY t, MIN(seq)" mysql
	echo 'DELETE FROM a WHERE id % 1000 = 0; INSERT INTO b SELECT id + 1000000, n, t FROM a;'
}

kill_dbseed() { kill -KILL "$1"; }

kill_server() {
	server_kill target
	wait_until 60 server_is_gone_for "$1"
	server_start target "${target_options[@]}"
}

server_is_gone_for() { ! kill -0 "$1" 2>/dev/null; }

# resume_until_done FILE KILL MOMENT…: seconds after which harm is done.
resume_until_done() {
	local pid status moment interrupted=0
	for moment in "${@:3}" ''; do
		status=0
		dbseed --defaults-file="$(server_cnf target)" -j 3 --resume "$1" \
			>"$SERVERS/records" 2>"$SERVERS/said" 3>&- &
		pid=$!
		if [ -n "$moment" ]; then
			sleep "$moment"
			"$2" "$pid" 2>/dev/null || :
		fi
		wait "$pid" || status=$?
		[ $status -ne 0 ] || break
		interrupted=$((interrupted + 1))
		case $status in
		75 | 69 | 137) ;;
		*) cat "$SERVERS/said" >&2 && return 1 ;;
		esac
	done
	[ $status -eq 0 ] || { cat "$SERVERS/said" >&2 && return 1; }
	echo "$interrupted"
}
