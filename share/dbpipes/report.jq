# report.jq: backups as a page, for dbpipes-report. $limit is the number of seconds
# after which a source is overdue, $limits the same by source, $days how many days
# are shown. What a catalogue holds comes into markup through @html or h alone.
include "text";
include "chart";
include "backups";

# standing: how a source stands: the worst that is true of it.
def standing:
	if .good == null then "none"
	elif .newest.verified.ok == false then "refused"
	elif .newest.state == "gone" then "gone"
	elif $now - .good.at > .limit then "overdue"
	elif .last.ok | not then "failed"
	elif .good.verified == null then "unverified"
	else "verified" end;

def badges: {none: "No good backup", overdue: "Overdue", refused: "Failed verification",
	gone: "File is gone", failed: "Last run failed", unverified: "Not verified",
	verified: "Verified"};
def severity: {failed: 1, unverified: 0, verified: 0}[.standing] // 2;
def look: if .standing == "unverified" then "plain" else ["good", "warn", "bad"][severity] end;

# source: of its backups.
def source: {
	name: .[0].source, limit: ($limits[0][.[0].source] // $limit), last: .[0], all: .,
	newest: first((.[] | select(.ok)), null),
	good: first((.[] | select(restorable)), null),
	kept: map(select(restorable and .file != null))}
	| .standing = standing;

def ago: if . == null then "never" else $now - .at | age
	| if . == "now" or startswith("in ") then . else . + " ago" end end;
def plural($word): "\(count) \($word)" + if . == 1 then "" else "s" end;
def plural_of($word): length | plural($word);
def stated: .written // .bytes;
def failure: (if .code then "\(.msg // "no reason given") (exit status \(.code))"
	else .msg // "no reason given" end) | shown(400);

# trouble: what is wrong with a source, as a sentence that its name begins.
def trouble:
	if .standing == "none" then "there is no backup that can be restored"
	elif .standing == "overdue" then
		"the last good backup is \($now - .good.at | age) old, the limit is \(.limit | age)"
	elif .standing == "failed" then "the last run failed \(.last | ago): \(.last | failure)"
	else (if .standing == "refused" then
			"the newest backup did not pass its verification: \(.newest.verified.reason | shown(300))"
		else "the file of the newest backup is gone: \(.newest.file | shown(200))" end)
		+ "; the last good one is \($now - .good.at | age) old" end;

# also: a failed run that is not all that is wrong.
def also: select((.last.ok | not) and .standing != "failed")
	| "The last run failed \(.last | ago): \(.last | failure)";

def icon: {good: "M3 8.5l3.2 3.2L13 4.8", plain: "M4.5 8h7",
	warn: "M8 4.5v4.2M8 11.4v.2", bad: "M4.5 4.5l7 7M11.5 4.5l-7 7"}[.]
	| @html "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"\(.)\"/></svg>";

def badge($look; $text): @html "<span class=\"badge \($look)\">" + ($look | icon)
	+ @html "\($text)</span>";

# One column a day, in UTC, today the last one.
def day_of: . / 86400 | floor;
def first_day: ($now | day_of) - $days + 1;
def day_names: [first_day, first_day + $days - 1] | map(. * 86400 | day_month);

# by_day: of a source: an array of arrays of backups.
def by_day:
	reduce (.all[] | select(.at >= first_day * 86400 and .at <= $now)) as $b
		([range($days) | []]; (($b.at | day_of) - first_day) as $i
			| setpath([$i]; .[$i] + [$b]));

def day($i): . as $all | first((.[] | select(.ok and .verified.ok)),
		(.[] | select(.ok and .verified.ok != false)), .[], null)
	| {state: (if . == null then "none"
		elif (.ok | not) or .verified.ok == false then "failed"
		elif .verified then "verified" else "good" end),
		title: ("\((first_day + $i) * 86400 | day_month): " +
			if . == null then "no backup"
			elif .ok | not then "failed: \(failure)"
			elif .verified.ok == false then "failed verification"
			else "\(if .verified then "verified" else "not verified" end), \(stated | size), in \(.seconds | span), lock \(.lock_ms | milliseconds)"
				+ (($all | length) as $n | if $n > 1 then ", \($n) runs" else "" end) end)};

# most: of what was measured on each day, the largest; null on others.
def most(value): map(map(select(.ok) | value | values) | max);

def history:
	by_day as $by | [range($days) as $i | $by[$i] | day($i)]
	| (map(select(.state == "good" or .state == "verified")) | length) as $good
	| strip("Good backups on \($good) of \($days) days");

def charts:
	by_day | day_names as $names
	| (most(stated) | chart("Size"; size_units; size; $names))
		+ (most(.seconds) | chart("Duration"; second_units; span; $names))
		+ (most(.lock_ms) | chart("Lock time"; millisecond_units; milliseconds; $names));

def fact($name; $what; $more):
	@html "<div><dt>\($name)</dt><dd>\($what)" + (if $more == "" then "" else @html " <small>\($more)</small>" end) + "</dd></div>";

def proof: if . == null then ["no", ""]
	elif .ok | not then ["refused", (.at | stamp)]
	else [({restore: "restored", quick: "read through", digest: "intact",
		against: "compared"}[.mode // ""] // (.mode // "yes" | shown(20))), (.at | stamp)] end;

# growth: against the oldest one that the charts show.
def growth:
	(.good | stated) as $to | (.all | map(select(.ok and .at >= first_day * 86400) | stated | values | select(. > 0)) | last) as $from
	| if $to == null or $from == null or $from == $to then "" else
		(($to - $from) / $from * 100 | round) as $percent
		| if $percent == 0 or ($percent | fabs) > 100000 then ""
			elif $percent > 0 then "+\($percent) %" else "−\(-$percent) %" end end;

def facts:
	"<dl class=\"facts\">" + (.good as $good
	| if $good == null then fact("Last good backup"; "none"; "") else
		fact("Last good backup"; $good | ago; $good.at | stamp)
		+ ($good.verified | proof as [$how, $when] | fact("Verified"; $how; $when))
		+ fact("Size"; $good | stated | size; growth)
		+ fact("Rows"; $good.rows | rough; if $good.tables then $good.tables | plural("table") else "" end)
		+ fact("Duration"; $good.seconds | span; "")
		+ fact("Lock time"; $good.lock_ms | milliseconds; "")
	end)
	+ fact("Kept"; .kept | length | plural("backup"); .kept | map(stated | values) | add // 0 | size)
	+ fact("Kind"; (.good // .last).kind | shown(20); (.good // .last).server // "" | shown(60))
	+ "</dl>";

# card($i; $open): of a source; what is in trouble is unfolded.
def card($i; $open):
	look as $look
	| @html "<details class=\"card \($look)\" id=\"source-\($i)\"" + (if $open or severity > 0 then " open=\"open\"" else "" end)
	+ "><summary><h3><span class=\"name\">" + (.name | h(120)) + "</span> " + badge($look; badges[.standing]) + "</h3>"
	+ @html "<span class=\"brief\">\(.good | ago) <span class=\"size\">\(.good | stated | size)</span></span>"
	+ history + "</summary>"
	+ (if severity > 0 then @html "<p class=\"why \($look)\">\(trouble[:1] | ascii_upcase)\(trouble[1:]).</p>" else "" end)
	+ ([also | @html "<p class=\"why warn\">\(.).</p>"] | join(""))
	+ facts + "<div class=\"charts\">" + charts + "</div></details>\n";

# row: of the table of all backups.
def cell($class; $name): "<td role=\"cell\" class=\"\($class)\" data-label=\"\($name)\">" + . + "</td>";
def row:
	(if .ok | not then badge("bad"; "Failed")
		elif .verified.ok == false then badge("bad"; "Refused")
		elif .verified then badge("good"; "Verified") else badge("plain"; "Not verified") end) as $badge
	| (if .ok | not then @html "<span class=\"bad\">\(failure)</span>"
		else (.file | if . == null then "" else @html "<span class=\"file\">\(shown(200))</span>" end)
			+ (if .state == null or .state == "present" then "" else @html " <span class=\"state\">\(.state)</span>" end)
			+ (if .verified.ok == false then @html "<span class=\"bad\">\(.verified.reason | shown(400))</span>" else "" end)
			+ (if .position then @html "<small>\(.position | position | shown(120))</small>" else "" end) end) as $file
	| "<tr role=\"row\"" + (if .state == null or .state == "present" then ">" else " class=\"away\">" end)
	+ (@html "<b>\(ago)</b> <small>\(.at | stamp)</small>" | cell("when"; "When"))
	+ ("<span>" + (.source | h(120)) + "</span>" | cell("source"; "Source")) + ($badge | cell("badges"; "Outcome"))
	+ (.kind | h(20) | cell("kind"; "Kind")) + (stated | size | h(20) | cell("n"; "Size"))
	+ (.rows | count | h(30) | cell("n"; "Rows")) + (.seconds | span | h(20) | cell("n"; "Duration"))
	+ (.lock_ms | milliseconds | h(20) | cell("n"; "Lock")) + ($file | cell("what"; "File and position")) + "</tr>\n";


def table:
	["When", "Source", "Outcome", "Kind", "Size", "Rows", "Duration", "Lock", "File and position"] as $headings
	| "<table role=\"table\" aria-labelledby=\"all\"><thead role=\"rowgroup\"><tr role=\"row\">"
	+ ([$headings[] | (if . == "Size" or . == "Rows" or . == "Duration" or . == "Lock" then "<th class=\"n\"" else "<th" end)
		+ @html " role=\"columnheader\" scope=\"col\">\(.)</th>"] | join(""))
	+ "</tr></thead><tbody role=\"rowgroup\">\n" + (map(row) | join("")) + "</tbody></table>";

# rows_most: as many as a browser takes gladly.
def rows_most: 500;
def all_backups:
	. as $all | map(select(.at >= first_day * 86400)) as $recent
	| $recent[:rows_most] as $rows
	| @html "<section><h2 id=\"all\">Backups of the last \($days) days</h2>"
	+ (if $rows == [] then "<p>None.</p>" else $rows | table end)
	+ (($all | length) - ($rows | length) | if . > 0 then
		@html "<p class=\"note\">\(plural("older backup")) in the catalogue; dbpipes-list shows them.</p>" else "" end)
	+ "</section>\n";

# verdict: of all sources, in one sentence, and how it looks.
def verdict:
	map(select(severity > 0)) as $troubled | length as $n
	| (map(select(.standing == "unverified")) | length) as $unverified
	| if $n == 0 then {look: "plain", text: "No backup yet."}
	elif $troubled != [] then {look: (if any($troubled[]; severity > 1) then "bad" else "warn" end),
		text: (if $n == 1 then "\(.[0].name | shown(80)) needs attention."
			else "\($troubled | length | count) of \($n | count) sources need\(if ($troubled | length) == 1 then "s" else "" end) attention." end)}
	else {look: (if $unverified > 0 then "plain" else "good" end),
		text: ((if $n == 1 then "\(.[0].name | shown(80)) has" elif $n == 2 then "Both sources have" else "All \($n | count) sources have" end)
			+ (if $unverified == 0 then " a fresh backup that was verified."
				elif $n == 1 then " a fresh backup; it is not verified."
				else " a fresh backup; \($unverified | count) of them \(if $unverified == 1 then "is" else "are" end) not verified." end))} end;

# troubles: of the first ten; who has more has the cards.
def troubles:
	map(select(severity > 0)) | if . == [] then "" else
		"<ul class=\"troubles\">" + ([.[:10][]
			| @html "<li class=\"\(look)\"><a href=\"#source-\(.i)\">\(.name | shown(120))</a>: \(trouble).</li>"]
			| join(""))
		+ (length - 10 | if . > 0 then @html "<li>And \(plural("other")), see below.</li>" else "" end)
		+ "</ul>" end;

def summary($backups):
	if $backups == [] then "<p>The catalogue tells of no backup. dbpipes-backup and dbdump --report write there.</p>"
	else troubles
		+ @html "<p>The newest good backup was made \(map(.good | values) | max_by(.at) | ago)."
		+ @html " Kept are \(map(.kept | length) | add | plural("backup")), \([.[].kept[] | stated | values] | add // 0 | size).</p>"
	end;

# notes: what else the catalogues tell that someone should know.
def note: @html "<p class=\"why warn\">\(.).</p>\n";
def notes:
	([$events[].undelivered | values | select(.at > $now - 7 * 86400)] | select(. != [])
		| max_by(.at) as $last
		| "\(plural_of("notice")) of the last 7 days could not be delivered, the last one \($last | ago), to \($last.url | shown(120))"
		| note),
	([$events[].torn | values] | select(. != [])
		| "\(plural_of("line")) could not be read: "
			+ (.[:5] | map("line \(.line) of \(.catalog | shown(120))") | join(", "))
			+ (if length > 5 then ", …" else "" end) | note),
	([$events[].backup | values | select(.at > $now + 3600)] | select(. != [])
		| "\(plural_of("backup")) of the future: a clock is wrong, or was" | note);

def legend:
	def sample($state; $text): ([{state: $state, title: $text}] | strip($text)) + @html "\($text)";
	"<p class=\"legend\">Each column is a day: <span>" + ([sample("verified"; "verified"), sample("good"; "not verified"),
		sample("failed"; "failed"), sample("none"; "no backup")] | join("</span> <span>")) + "</span></p>\n";

def sections($backups):
	if $backups == [] then "" else
		"<section><h2>Sources</h2>\n" + legend + "<div class=\"cards\">\n"
		+ (length as $n | [.[] | card(.i; $n <= 8)] | join("")) + "</div></section>\n"
		+ ($backups | all_backups) end;

# sources: of backups, those in trouble first.
def sources:
	group_by(.source) | map(source) | sort_by([-severity, .name])
	| [range(length) as $i | .[$i] | .i = $i + 1];

def all_good: backups | sources | . != [] and all(.[]; severity == 0);

def page:
	backups as $backups | ($backups | sources) as $sources
	| ($sources | verdict) as $verdict
	| @html "<!DOCTYPE html>\n<html lang=\"en\" data-made=\"\($now)\" data-limit=\"\($limit)\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	+ @html "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src 'sha256-\($hash)'\"/>\n"
	+ "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	+ @html "<meta name=\"generator\" content=\"dbpipes-report\"/>\n<title>Backups: \($verdict.text)</title>\n"
	+ "<style>\n" + $style + "</style>\n</head>\n<body>\n<header>\n"
	+ @html "<p class=\"made\">Backups, <time datetime=\"\($now | iso)\">\($now | strftime("%a %d %b %Y, %H:%M"))</time> UTC</p>\n"
	+ "<p id=\"stale\" class=\"why bad\" role=\"alert\" hidden=\"hidden\">This page was made <b></b> ago: what makes it does not run any more.</p>\n"
	+ @html "<h1 class=\"\($verdict.look)\">" + ($verdict.look | icon) + @html "\($verdict.text)</h1>\n"
	+ ($sources | summary($backups)) + ([notes] | join("")) + "</header>\n<main>\n" + ($sources | sections($backups)) + "</main>\n"
	+ @html "<footer><p>Made by dbpipes-report from \([$events[].catalog | values | shown(200)] | join(", ")). Times and days are UTC, sizes those of files; 1 KiB is 1024 bytes. Lock time is how long writes on the source were held back.</p></footer>\n"
	+ "<script>" + $script + "</script>\n</body>\n</html>";
