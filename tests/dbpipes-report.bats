#!/usr/bin/env bats
# dbpipes-report.bats: what the page says of catalogues: good, bad, empty, torn and
# hostile. An XML parser is the judge of its markup, and finds what it says.
# passes: plain

# shellcheck disable=SC2154 # run

bats_require_minimum_version 1.5.0
load lib/servers
load lib/catalog

setup() {
	export SOURCE_DATE_EPOCH=$NOW TMPDIR=$BATS_TEST_TMPDIR/tmp
	cd "$BATS_TEST_TMPDIR" || return
	mkdir backups tmp
	catalog=backups/backups.jsonl
}

# page [OPTION…]: of backups, into page.html.
page() {
	dbpipes-report --result-file=page.html "$@" backups
	xmllint --noout page.html
	[ -z "$(ls -A tmp)" ]
}

at() { xmllint --xpath "string($1)" page.html; }
number_of() { xmllint --xpath "count($1)" page.html; }
card() { echo "//details[.//*[@class='name']='$1']"; }
standing() { at "$(card "$1")//*[starts-with(@class, 'badge')]"; }
# is TEXT EXPECTED
is() {
	echo "<$1> should be <$2>"
	[ "$1" = "$2" ]
}

@test "an empty catalogue gives a page that says so" {
	: >"$catalog"
	page
	is "$(at //h1)" 'No backup yet.'
	is "$(number_of //details)" 0
	run -1 dbpipes-report --check backups
}

@test "a fresh backup that was restored is good news; one that was not verified is told" {
	touch backups/a.sql.zst
	records 'backup, verified("a.sql.zst")' >"$catalog"
	page --check
	is "$(at //h1)" 'db1 has a fresh backup that was verified.'
	is "$(standing db1)" Verified
	is "$(at "$(card db1)//div[dt='Last good backup']/dd")" '60 min ago 2026-11-24 05:00'
	is "$(at "$(card db1)//div[dt='Verified']/dd")" 'restored 2026-11-24 05:10'
	is "$(at "$(card db1)//div[dt='Lock time']/dd")" '12 ms'
	is "$(at '//tbody/tr/td[5]')" '1.2 MiB'
	records 'backup' >"$catalog"
	page --check
	is "$(at //h1)" 'db1 has a fresh backup; it is not verified.'
	is "$(standing db1)" 'Not verified'
}

@test "times are those of UTC, and ages right, where it is summer, too" {
	touch backups/{a.sql.zst,b.sql}
	records '(backup | .source = "late" | .time = ago(95000) | .file = "b.sql"), backup' >"$catalog"
	TZ=AEST-10AEDT,M10.1.0,M4.1.0/3 page
	is "$(at "$(card db1)//div[dt='Last good backup']/dd")" '60 min ago 2026-11-24 05:00'
	is "$(standing late)" Overdue
	is "$(at '//tbody/tr[2]/td[1]')" '26 h ago 2026-11-23 03:36'
}

@test "what needs attention stands at the top, and is the answer of --check" {
	touch backups/a.sql.zst
	records 'backup | .time = ago(86400 * 3)' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" Overdue
	is "$(at '//ul/li')" 'db1: the last good backup is 3 d old, the limit is 26 h.'
	dbpipes-report --check --max-age=db1:4d backups >page.html
	is "$(standing db1)" 'Not verified'
	dbpipes-report --check --max-age=4d --max-age=db2:1h backups >page.html
	run -1 dbpipes-report --check --max-age=4d --max-age=db1:1h backups

	records 'backup, failed | .time = ago(if .ok then 7200 else 3600 end)' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" 'Last run failed'
	[[ $(at '//ul/li') == *'the lock was not granted in 10 s (exit status 75).' ]]

	records 'backup, (verified("a.sql.zst") | .ok = false | .faults = 1
		| .reason = "rows are missing")' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" 'No good backup'

	rm backups/a.sql.zst
	touch backups/0.sql
	records '(backup | .time = ago(7200) | .file = "0.sql"), backup' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" 'File is gone'
	page --check --skip-files
	is "$(standing db1)" 'Not verified'
}

@test "a run that fails after a clock was ahead needs attention" {
	touch backups/ahead.sql.zst
	records '(backup | .file = "ahead.sql.zst" | .time = ago(-86400 * 9)), failed' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" 'Last run failed'
	records 'backup' >>"$catalog"
	touch backups/a.sql.zst
	page --check
	is "$(standing db1)" 'Not verified'
	is "$(at "$(card db1)//div[dt='Last good backup']/dd")" '60 min ago 2026-11-24 05:00'
}

@test "a backup dated far ahead is not new until then" {
	touch backups/a.sql.zst
	records 'backup + {time: "2027-05-21T03:17:00Z"}' >"$catalog"
	run -1 dbpipes-report --check --result-file=page.html backups
	is "$(standing db1)" Overdue
	records 'backup + {time: "2026-11-25T03:17:00Z"}' >"$catalog"
	page --check
}

@test "four hundred entries make a page of cards, charts and rows" {
	history 100 >"$catalog"
	[ "$(jq -s 'map(select(.event == "backup")) | length' "$catalog")" -gt 400 ]
	page --skip-files --max-age=archive:8d
	is "$(at //h1)" '3 of 6 sources need attention.'
	is "$(number_of //details)" 6
	is "$(standing shop-replica)" Overdue
	is "$(standing データ倉庫)" 'Failed verification'
	is "$(standing orders)" 'Last run failed'
	is "$(standing db1.example.org)" Verified
	is "$(standing archive)" Verified
	is "$(standing wiki)" 'Not verified'
	is "$(number_of "$(card wiki)//figure")" 3
	# A day a column; a week's backups have gaps, and a chart no lack of them.
	is "$(number_of "$(card archive)//*[local-name()='path'][@class='none']")" 26
	is "$(at "$(card archive)//figure[1]//*[local-name()='path']/@d" | grep -o M | wc -l)" 4
	[ "$(number_of '//tbody/tr')" -gt 100 ]
	[ "$(number_of '//tbody/tr')" -lt 160 ]
	[[ $(at '//p[@class="note"]') == *'older backups in the catalogue'* ]]
	[[ $(at //header) == *'1 notice of the last 7 days could not be delivered'* ]]
	page --skip-files --source=wiki --source=archive --days=100
	is "$(number_of //details)" 2
	page --skip-files --ignore-source=wiki
	is "$(number_of //details)" 5
}

@test "thousands of lines are no burden" {
	local n
	for n in {1..12}; do
		history 100 | sed "s/wiki/wiki$n/g; s/archive/archive$n/g"
	done >"$catalog"
	[ "$(wc -l <"$catalog")" -gt 5000 ]
	page --skip-files
	is "$(number_of //details)" 28
	is "$(number_of '//tbody/tr')" 500
}

@test "names and messages that are markup, script or controls are shown and do nothing" {
	local evil="</title></style></script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp;"
	evil+=$'\x1b[2J\u202e]]><!--\u0000'
	records "$(jq -nr --arg evil "$evil" '$evil | tojson as $evil |
		"(backup, failed | .source = \($evil), .source = 7, .kind = \($evil), .file = \($evil),
			.msg = \($evil), .server = \($evil), .position.log_file = \($evil),
			.position.gtid = \($evil), .bytes = \($evil), .rows = -1,
			.seconds = \($evil), .lock_ms = [], .code = 1e300, .position = \($evil)),
		(backup | .file = \($evil)),
		(verified(\($evil)) | .ok = false, .ok = 1 | .reason = \($evil) | .mode = \($evil)),
		(pruned(\($evil)) | .reason = \($evil)),
		{tool: \"dbverify\", event: \"notice-failed\", time: ago(9), url: \($evil)}"')" >"$catalog"
	printf '%s\n' '[]' 7 null '"x"' '{"event":[]}' '{"event":"backup","time":{}}' \
		'{"event":"verified","time":"2026-11-24T00:00:00Z","input":{}}' >>"$catalog"
	page --ignore-source="$evil "
	is "$(number_of //script)" 1
	is "$(number_of //img)" 0
	is "$(number_of '//@*[starts-with(name(), "on")]')" 0
	[ "$(number_of '//*[contains(., "<script>alert(1)")]')" -gt 0 ]
	run ! grep -P '[\x00-\x08\x0b-\x1f]' page.html
	run ! grep $'\u202e' page.html
	dbpipes-list backups >list
	run ! grep -P '[\x00-\x09\x0b-\x1f]' list
	grep -F 'u{1b}[2J\u{202e}' list
}

@test "a page loads nothing, and runs its own script alone" {
	local hash
	history 9 >"$catalog"
	page --skip-files
	is "$(number_of '//*[@src]')" 0
	is "$(number_of '//link | //iframe | //object')" 0
	is "$(number_of '//@href[not(starts-with(., "#"))]')" 0
	run ! grep -E 'url\(|@import' page.html
	hash=$(xmllint --xpath 'string(//script)' page.html | head -c -1 |
		openssl dgst -sha256 -binary | base64)
	[[ $(at '//meta[@http-equiv]/@content') == "default-src 'none'"*"'sha256-$hash'"* ]]
}

@test "charts say in words what they show, tables have headers, cards headings" {
	history 9 >"$catalog"
	page --skip-files
	is "$(number_of '//*[local-name()="svg"][@role="img"][not(string(@aria-label))]')" 0
	is "$(number_of '//*[local-name()="svg"][not(@role="img")][not(@aria-hidden)]')" 0
	[[ $(at "$(card wiki)//figure[2]//@aria-label") == 'Duration: last '*', from '*' to '*', 26 Oct to 24 Nov' ]]
	is "$(number_of '//th[@scope="col"]')" 9
	is "$(number_of '//tbody/tr[count(td) != 9]')" 0
	is "$(number_of //summary/h3)" 6
	is "$(at /html/@lang)" en
	is "$(number_of '//meta[@name="viewport"]')" 1
}

@test "a torn line is left out, with its number; the record behind it is not" {
	{
		records backup
		records 'backup | .file = "b.sql"' | head -c 50
		records 'backup | .file = "c.sql"'
		records 'backup | .file = "d.sql"' | head -c 70
		echo
		records 'backup | .file = "e.sql"' | jq -cS .
	} >"$catalog"
	dbpipes-report --skip-files backups >page.html 2>said
	is "$(cat said)" "dbpipes-report: warning: $catalog, line 2 is no whole record: it is left out
dbpipes-report: warning: $catalog, line 3 is no whole record: it is left out"
	is "$(number_of //tbody/tr)" 3
	[[ $(at //header) == *"2 lines could not be read: line 2 of $catalog, line 3"* ]]
	dbpipes-list --skip-files --json backups 2>/dev/null | jq -r .file | sort >files
	is "$(cat files)" $'a.sql.zst\nc.sql\ne.sql'
}

@test "several catalogues make one page; what names no source has the name of its folder" {
	mkdir -p other/backups
	records 'backup | del(.source)' >"$catalog"
	records 'backup | del(.source)' >other/backups/backups.jsonl
	dbpipes-report --skip-files backups other/backups >page.html
	is "$(standing backups)" 'Not verified'
	is "$(standing "$PWD/other/backups")" 'Not verified'
	dbpipes-report --skip-files backups/backups.jsonl backups >page.html
	is "$(number_of //details)" 1
}

@test "a page replaces another one whole, and keeps its mode" {
	history 9 >"$catalog"
	page
	is "$(stat -c %a page.html)" 600
	chmod 644 page.html
	page
	is "$(stat -c %a page.html)" 644
	run -73 dbpipes-report -r nowhere/page.html backups
	mkdir here
	run -73 dbpipes-report -r here backups
	run ! compgen -G '.*html*'
	run ! compgen -G 'here/*'
}

@test "a page goes behind a link, and into a pipe or a device, which stay what they are" {
	: >"$catalog"
	echo old >real.html
	ln -s real.html page.html
	page
	[ -L page.html ]
	ln -s nowhere/page.html lost
	run -73 --separate-stderr dbpipes-report -r lost backups
	is "$stderr" "dbpipes-report: error: cannot write in $PWD/nowhere"
	mkfifo pipe
	cat pipe >got 3>&- &
	run -0 timeout 20 dbpipes-report --result-file=pipe backups
	wait $!
	[ -p pipe ]
	cmp got real.html
	[ "$(id -u)" = 0 ] && mknod null c 1 3 || skip 'only root can make a device'
	run -0 dbpipes-report -r null backups
	[ -c null ]
}

@test "a full disk leaves the page as it was, and ends with 74" {
	[ "$(id -u)" = 0 ] || skip 'only root can mount a small file system'
	mkdir small
	mount -t tmpfs -o size=24k tmpfs small || skip 'no mount here'
	history 40 >"$catalog"
	echo old >small/page.html
	run -74 dbpipes-report --skip-files -r small/page.html backups
	is "$(ls -A small) $(cat small/page.html)" 'page.html old'
	rm small/page.html
	head -c 24k /dev/zero >small/other || :
	TMPDIR=small run -74 dbpipes-report --skip-files backups
	TMPDIR=small run -74 dbpipes-list --skip-files backups
	is "$(ls -A small)" other
	umount small
	TMPDIR=nowhere run -73 dbpipes-list backups
}

@test "a standard output that takes nothing is told, or ends it as a pipe does" {
	history 400 >"$catalog"
	run -74 bash -c 'dbpipes-report --skip-files backups >/dev/full'
	[[ $output == *'the page cannot be written'* ]]
	run -141 --separate-stderr bash -o pipefail -c 'dbpipes-report --skip-files backups | head -n 1'
	[ -z "$stderr" ]
	[ -z "$(ls -A tmp)" ]
}

@test "a source may be called like an option" {
	records 'backup | .source = ("-n", "--arg") | .time = ago(86400 * 3) | .file = .source' >"$catalog"
	page --skip-files --source=-n --max-age=-n:8d
	is "$(number_of "//details")" 1
	is "$(standing -n)" 'Not verified'
	page --skip-files --ignore-source=-n
	is "$(number_of "//details")" 1
}

@test "wrong usage and missing or unreadable catalogues are told" {
	: >"$catalog"
	run -64 dbpipes-report --nonsense
	run -64 dbpipes-report --max-age=soon backups
	run -64 dbpipes-report --max-age soon backups
	[[ $output == *"'soon' is no duration"* ]]
	run -64 dbpipes-report --max-age=db1:soon backups
	run -64 dbpipes-report --days=0 backups
	run -64 dbpipes-report --days=1000 backups
	run -66 dbpipes-report nowhere
	run -66 dbpipes-report
	run -0 env -C backups dbpipes-report
}

@test "without jq it is said that jq is not installed" {
	local program
	: >"$catalog"
	mkdir path
	for program in bash dirname readlink cat sed date flock; do
		ln -s "$(type -P "$program")" path/
	done
	PATH=$PWD/path run -69 "$(type -P dbpipes-report)" backups
	[[ $output == 'dbpipes-report: error: jq is not installed' ]]
}
