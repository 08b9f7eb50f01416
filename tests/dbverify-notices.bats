#!/usr/bin/env bats
# dbverify-notices.bats: those who are told what came of a run: webhooks, pings,
# mails, metrics; and what is said when they cannot be told.

# shellcheck disable=SC2154 # run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/tls
load lib/receiver

setup_file() {
	servers_begin -
	receiver_begin
	export GOOD=$SERVERS/good.sql BAD=$SERVERS/bad.sql CNF=$SERVERS/my.cnf
	printf '%s\n' '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB' \
		'CREATE TABLE a (b INT);' 'INSERT INTO a VALUES (1),(2);' >"$BAD"
	cat "$BAD" - <<<'-- Dump completed on 2026-11-21  3:00:00' >"$GOOD"
	(umask 077 && printf '[dbverify]\nnotify-password=%s\n' \
		"$RECEIVER_PASSWORD" >"$CNF")
	export WEB SAFE
	WEB=http://127.0.0.1:$(receiver_port http)
	SAFE=https://localhost:$(receiver_port https)
}

teardown_file() {
	receiver_end
	servers_end
}

setup() { receiver_forget; }

# tell STATUS OPTION…: dbverify with these; its records stand in $output.
tell() {
	run "-$1" --separate-stderr dbverify --no-defaults "${@:2}"
}

quick() { tell "$1" --quick "${@:2}"; }

# mail STATUS PORT QUERY OPTION…: with the password from the option file.
mail() {
	run "-$1" --separate-stderr dbverify --defaults-file="$CNF" --quick \
		--notify="$2" "${@:3}"
}

@test "a webhook gets the record of the run as JSON, good or bad" {
	quick 0 --notify="$WEB/hook/x?y=z" --source=db1 "$GOOD"
	received '.method == "POST" and .path == "/hook/x?y=z" and
		.headers["content-type"] == "application/json"'
	[ "$(received '.body | fromjson')" = \
		"$(tail -n 1 <<<"$output" | jq -c .)" ]
	tail -n 1 <<<"$output" | jq -e '.source == "db1" and .size > 0 and .age >= 0'
	# An option file that is not there is no matter of the result.
	HOME=$BATS_TEST_TMPDIR run -0 dbverify --quick --notify="$WEB/hook" "$GOOD"
	receiver_forget
	quick 1 --notify="$WEB/hook" "$BAD"
	received '.body | fromjson | .event == "verified" and (.ok | not) and
		(.reason | test("truncated"))'
}

@test "Slack and those like it get a text, in which nothing of others is a command" {
	cp "$GOOD" "$BATS_TEST_TMPDIR/<!channel> & co"
	quick 0 --notify="slack+$WEB/hook" "$BATS_TEST_TMPDIR/<!channel> & co"
	received '.body | fromjson | keys == ["text"] and
		(.text | startswith("OK: ") and
			contains("&lt;!channel&gt; &amp; co (dbverify on "))'
}

@test "a monitor is pinged with the message, at /fail if the run failed" {
	quick 0 --notify="hc+$WEB/ping/uuid?rid=1" "$GOOD"
	received '.path == "/ping/uuid?rid=1" and (.body | startswith("OK: "))'
	receiver_forget
	quick 1 --notify="hc+$WEB/ping/uuid/?rid=1" "$BAD"
	received '.path == "/ping/uuid/fail?rid=1" and
		(.body | test("^FAILED: .*truncated") and test("\nfaults: 1\n"))'
}

@test "a mail goes out by STARTTLS, or TLS, with a password that nobody sees" {
	local url port
	for url in smtp smtps; do
		receiver_forget
		port=$(receiver_port "$url")
		mail 0 "$url://notices@localhost:$port/?to=ops@example.org,root&to=x%2By@example.org&from=db@example.org" \
			--notify-ca="$RECEIVER/ca.pem" "$GOOD"
		[ -z "$stderr" ]
		received '.tls and .login == "notices" and .from == "db@example.org" and
			.to == ["ops@example.org", "root", "x+y@example.org"] and
			.headers.to == "ops@example.org, root, x+y@example.org" and
			.headers.from == "db@example.org" and
			(.headers.subject | startswith("OK: ")) and
			.headers["auto-submitted"] == "auto-generated" and
			(.text | test("^OK: .*\n\ntool: dbverify\n"))'
	done
	DBPIPES_NOTIFY_PASSWORD=wrong-Secret-1 quick 69 --notify="smtp://notices@localhost:$(receiver_port smtp)/?to=ops@example.org" \
		--notify-ca="$RECEIVER/ca.pem" "$GOOD"
	[[ $output$stderr != *Secret* ]]
	DBPIPES_NOTIFY_PASSWORD=$RECEIVER_PASSWORD quick 0 --notify="smtp://notices@localhost:$(receiver_port smtp)/?to=ops@example.org" \
		--notify-ca="$RECEIVER/ca.pem" "$GOOD"
}

@test "a certificate that is not trusted gets no notice, nor does a server without TLS" {
	quick 69 --notify="$SAFE/hook" "$GOOD"
	[[ $stderr == *certificate* ]]
	mail 69 "smtp://localhost:$(receiver_port smtp)/?to=root" "$GOOD"
	mail 69 "smtp://localhost:$(receiver_port plain)/?to=root" "$GOOD"
	[ ! -e "$RECEIVER/received" ]
	quick 0 --notify="$SAFE/hook" --notify-ca="$RECEIVER/ca.pem" "$GOOD"
	mail 0 "smtp://localhost:$(receiver_port plain)/?to=root&tls=no" "$GOOD"
	received -s 'length == 2 and (.[1].tls | not)'
}

@test "text of others makes no header, and no line of its own" {
	local name=$'x\r\nBcc: evil@example.org\r\n.\r\n\033[2J\xff'
	cp "$GOOD" "$BATS_TEST_TMPDIR/$name"
	mail 0 "smtp://localhost:$(receiver_port plain)/?to=root&tls=no" \
		--notify="hc+$WEB/ping" --notify="$WEB/hook" \
		"$BATS_TEST_TMPDIR/$name"
	received -s 'length == 3 and (.[0].headers | has("bcc") | not) and
		(.[0].headers.subject | test("\\\\x0D\\\\x0ABcc")) and
		(.[1].body | startswith("OK: ") and (test("\nBcc") | not)) and
		(.[2].body | fromjson | .input | test("Bcc"))'
	mail 64 "smtp://localhost/?to=a%0D%0ARCPT%20TO:b&tls=no" "$GOOD"
	mail 64 "smtp://localhost/?to=root&from=<x>&tls=no" "$GOOD"
}

@test "a template of an option file makes the text" {
	printf '[dbverify]\nnotify-template="{status} {source}: {rows} rows\\n{{{mode}}} {nothing}"\n' \
		>"$BATS_TEST_TMPDIR/my.cnf"
	run -0 dbverify --defaults-file="$BATS_TEST_TMPDIR/my.cnf" --quick \
		--source=db1 --notify="slack+$WEB/hook" "$GOOD"
	received '.body == "{\"text\":\"OK db1: 2 rows\\n{quick} \"}"'
	quick 64 --notify-template='{status' --notify="$WEB/hook" "$GOOD"
}

@test "what may pass is tried again, what is refused for good is not, a redirect is no answer" {
	receiver_answers 503 429 200
	quick 0 --notify="$WEB/hook" "$GOOD"
	[ "$(wc -l <"$RECEIVER/received")" = 3 ]
	receiver_forget
	receiver_answers 451 250
	mail 0 "smtp://localhost:$(receiver_port plain)/?to=root&tls=no" "$GOOD"
	receiver_forget
	receiver_answers 404
	quick 69 --notify="$WEB/hook" "$GOOD"
	[ "$(wc -l <"$RECEIVER/received")" = 1 ]
	receiver_forget
	receiver_answers 302
	quick 69 --notify="$WEB/hook" "$GOOD"
	[ "$(wc -l <"$RECEIVER/received")" = 1 ]
}

@test "a notice that fails is told, hides no result, and shows no secret" {
	receiver_answers 404
	quick 69 --notify="$WEB/services/T0/token-Secret" --notify="hc+$WEB/ping" "$GOOD"
	[[ $stderr == *"warning: not told: $WEB: it answers with status 404: so it is"* ]]
	[[ $stderr == *'error: 2 of the notices'* ]]
	[[ $output$stderr != *token-Secret* ]]
	jq -es --arg url "$WEB" '[.[] | select(.event == "notice-failed")] |
		length == 2 and .[0].url == $url and .[0].name == "unavailable" and
		.[1].url == "hc+" + $url' <<<"$output"
	jq -es '[.[] | select(.event == "verified")] | length == 1 and .[0].ok' <<<"$output"
	quick 69 --notify="$WEB/echo/token-Secret" "$GOOD"
	[[ $stderr == *"not told: $WEB: it answers with status 404, in words that repeat"* ]]
	[[ $output$stderr != *token-Secret* ]]
	quick 1 --notify="$WEB/services/T0/token-Secret" "$BAD"
	[[ $stderr == *'error: '*truncated* ]]
	quick 66 --notify="$WEB/services/T0/token-Secret" "$BATS_TEST_TMPDIR/nowhere"
	received -s '.[-1].body | fromjson | .event == "error" and (.ok | not) and
		.name == "noinput" and (.input | endswith("/nowhere"))'
}

@test "metrics are written though somebody has locked their folder" {
	local folder=$BATS_TEST_TMPDIR/metrics holder
	mkdir "$folder"
	flock "$folder" sleep 100 3>&- &
	holder=$!
	wait_until 20 run ! flock -n "$folder" true
	quick 0 --metrics="$folder/m.prom" "$GOOD"
	kill "$holder"
	grep -q '^dbpipes_ok{.*} 1$' "$folder/m.prom"
}

@test "a run without a result is told, too: no backup, too little room" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	tell 66 --latest="$BATS_TEST_TMPDIR/empty" --notify="hc+$WEB/ping" \
		--metrics="$BATS_TEST_TMPDIR/m.prom"
	received '.path == "/ping/fail" and (.body | test("there is no backup in"))'
	grep -qx 'dbpipes_ok{tool="dbverify",source=""} 0' "$BATS_TEST_TMPDIR/m.prom"
	truncate -s 10T "$BATS_TEST_TMPDIR/huge"
	tell 75 --notify="hc+$WEB/ping" "$BATS_TEST_TMPDIR/huge"
	received -s '.[-1].body | test("MiB free") and test("code: 75")'
}

@test "notices can be of failures alone; pings are sent always" {
	quick 0 --notify-when=failure --notify="$WEB/hook" --notify="hc+$WEB/ping" "$GOOD"
	received '.path == "/ping"'
	quick 1 --notify-when=failure --notify="$WEB/hook" "$BAD"
	received -s 'length == 2'
}

@test "metrics are whole, for all to read, and keep the last success of a run that fails" {
	local prom=$BATS_TEST_TMPDIR/m.prom
	touch -d '1 hour ago' "$GOOD"
	quick 0 --metrics="$prom" --source='db"1' "$GOOD"
	[ "$(stat -c %a "$prom")" = 644 ]
	grep -qE '^dbpipes_age_seconds\{tool="dbverify",source="db\\"1"\} 36[0-9]{2}$' "$prom"
	grep -q '^dbpipes_rows{.*} 2$' "$prom"
	sed -i 's/^\(dbpipes_last_success.*\) .*/\1 1234/' "$prom"
	quick 1 --metrics="$prom" --source='db"1' "$BAD"
	grep -q '^dbpipes_last_success.* 1234$' "$prom"
	grep -q '^dbpipes_ok{.*} 0$' "$prom"
	# Not of a clock that was ahead, which would keep the alarm silent until then.
	sed -i 's/^\(dbpipes_last_success.*\) .*/\1 4000000000/' "$prom"
	quick 1 --metrics="$prom" --source='db"1' "$BAD"
	[ "$(sed -n 's/^dbpipes_last_success.*} //p' "$prom")" -le "$(date +%s)" ]
	[ "$(sed -n 's/^dbpipes_last_success.*} //p' "$prom")" -gt 1700000000 ]
	quick 0 --metrics="$prom" --source=db2 "$GOOD"
	[ "$(grep -c '^dbpipes_last_success' "$prom")" = 2 ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '.m.prom*')" ]
	quick 69 --metrics="$BATS_TEST_TMPDIR/none/m.prom" "$GOOD"
	jq -es '.[-1].event == "notice-failed"' <<<"$output"
}

@test "many runs at once lose no metrics of each other" {
	local prom=$BATS_TEST_TMPDIR/m.prom i
	for i in {1..12}; do
		dbverify --no-defaults --quick --metrics="$prom" --source="db$i" \
			"$GOOD" >/dev/null 3>&- &
	done
	wait
	[ "$(grep -c '^dbpipes_ok{.*} 1$' "$prom")" = 12 ]
}

@test "the outcome of another tool's run is told from its record" {
	local records=$BATS_TEST_TMPDIR/backups.jsonl
	printf '%s\n' '{"tool":"dbpipes-backup","event":"backup","source":"db1","ok":true,"file":"a.sql"}' \
		'{"tool":"dbpipes-backup","event":"backup","source":"db1","kind":"dump","ok":false,"file":null,"rows":null,"seconds":1.5,"code":69,"msg":"nobody\nanswers"}' \
		'{"tool":"dbpipes-prune","event":"pruned","file":"b.sql"}' 'no JSON' \
		'{"tool":"dbverify","event":"check","check":"load","ok":true}' >"$records"
	tell 0 --outcome="$records" --notify="hc+$WEB/ping" --notify="$WEB/hook" \
		--metrics="$BATS_TEST_TMPDIR/m.prom"
	[ -z "$output$stderr" ]
	received -s '(.[0] | .path == "/ping/fail" and
			(.body | startswith("FAILED: db1: nobody\\x0Aanswers (dbpipes-backup on "))) and
		(.[1].body | fromjson | .code == 69)'
	grep -qx 'dbpipes_ok{tool="dbpipes-backup",source="db1"} 0' "$BATS_TEST_TMPDIR/m.prom"
	grep -qx 'dbpipes_duration_seconds{.*} 1.5' "$BATS_TEST_TMPDIR/m.prom"
	receiver_answers 404
	run -69 dbverify --no-defaults --outcome=- --notify="$WEB/hook" < <(head -n 1 "$records")
	tell 65 --outcome="$GOOD" --notify="$WEB/hook"
	tell 66 --outcome="$BATS_TEST_TMPDIR/nowhere"
	tell 64 --outcome="$records" "$GOOD"
}

@test "a URL with a password, or of no known kind, is refused and not shown" {
	local url
	for url in "https://u:token-Secret@x/" 'ftp://x/token-Secret' 'token-Secret' \
		'hc+smtp://x/?to=token-Secret' 'smtp://x/' 'smtp://x/?token-Secret=1' \
		'smtp://u@x/?to=root&tls=no'; do
		quick 64 --notify="$url" "$GOOD"
		[[ $stderr == *'error: --notify: '* && $stderr != *token-Secret* ]]
	done
	quick 78 --notify='smtp://u@x/?to=root' "$GOOD"
	quick 64 --notify='smtp://u@x/?to=root' --notify='https://u@y/' "$GOOD"
	quick 64 --notify-password=token-Secret "$GOOD"
	[ ! -e "$RECEIVER/received" ]
}

@test "a signal ends the telling, and a receiver that says nothing ends it after its time" {
	receiver_answers stall
	dbverify --no-defaults --quick --notify="$WEB/hook" "$GOOD" \
		>"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	wait_until 20 test -s "$RECEIVER/received"
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
}
