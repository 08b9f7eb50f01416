# report.jq: the parts of the page that report.html frames, for dbpipes-report.
# What a catalogue holds comes into markup through @html alone; what is markup
# already is put together with +, element and join.
include "text";
include "chart";
include "backups";
include "sources";

# element: markup or text around markup.
def element($tag): "<\($tag)>" + . + "</\($tag)>";
def element($tag; $class): @html "<\($tag) class=\"\($class)\">" + . + "</\($tag)>";
def text($most): shown($most) | @html;
def joined(parts): [parts] | join("");

def look: if .standing == "unverified" then "plain"
	else ["good", "warn", "bad"][severity] end;

# icon: of a look; its meaning stands beside it.
def icon:
	{good: "M3 8.5l3.2 3.2L13 4.8", plain: "M4.5 8h7",
		warn: "M8 4.5v4.2M8 11.4v.2", bad: "M4.5 4.5l7 7M11.5 4.5l-7 7"}[.]
	| @html "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
		+ @html "<path d=\"\(.)\"/></svg>";

# badge($look): around a text.
def badge($look): ($look | icon) + @html | element("span"; "badge " + $look);

def badges: {none: "No good backup", overdue: "Overdue", refused: "Failed verification",
	gone: "File is gone", failed: "Last run failed", unverified: "Not verified",
	verified: "Verified"}[.];

# why($look): around a text.
def why($look): @html "\(.)." | element("p"; "why " + $look);

# day_mark($day): of the backups of a day.
def day_mark($day):
	length as $runs | best | outcome as $outcome
	| {state: (if $outcome == "refused" then "failed" else $outcome end),
		title: ("\($day | day_name): \($outcome | outcome_words)"
			+ (if $outcome == "good" or $outcome == "verified" then
				", \(stated | size), in \(.seconds | span), lock \(.lock_ms | milliseconds)"
			elif $outcome == "failed" then ": \(failure)" else "" end)
			+ (if $runs > 1 then ", \($runs) runs" else "" end))};

def day_strip:
	[range($days) as $i | .[$i] | day_mark(first_day + $i)]
	| (map(select(.state == "good" or .state == "verified")) | length) as $good
	| strip("Good backups on \($good) of \($days) days");

def charts:
	day_names as $names
	| (most(stated) | chart("Size"; size_units; size; $names)),
	(most(.seconds) | chart("Duration"; second_units; span; $names)),
	(most(.lock_ms) | chart("Lock time"; millisecond_units; milliseconds; $names));

# fact($name; $more): around what is known of it.
def fact($name; $more):
	@html "<dt>\($name)</dt><dd>\(.)"
	+ (if $more == "" then "" else @html " <small>\($more)</small>" end) + "</dd>"
	| element("div");

def proof:
	if . == null then "no"
	elif .ok | not then "refused"
	else {restore: "restored", quick: "read through", digest: "intact",
		against: "compared"}[.mode // ""] // (.mode // "yes" | shown(20)) end;

def facts:
	(if .good == null then "none" | fact("Last good backup"; "") else
		growth as $growth | .good
		| (.at | stamp) as $made
		| (ago | fact("Last good backup"; $made)),
		(.verified | (if . then .at | stamp else "" end) as $at | proof | fact("Verified"; $at)),
		(stated | size | fact("Size"; $growth)),
		((if .tables then .tables | plural("table") else "" end) as $tables
			| .rows | rough | fact("Rows"; $tables)),
		(.seconds | span | fact("Duration"; "")),
		(.lock_ms | milliseconds | fact("Lock time"; ""))
	end),
	((.kept | total | size) as $size | .kept | length | plural("backup") | fact("Kept"; $size)),
	(.good // .last | (.server // "" | shown(60)) as $server
		| .kind | shown(20) | fact("Kind"; $server));

# card($open): of a source; what is in trouble is unfolded.
def card($open):
	look as $look | by_day as $by_day
	| @html "<details class=\"card \($look)\" id=\"source-\(.i)\""
	+ (if $open or severity > 0 then " open=\"open\"" else "" end) + ">"
	+ (((.name | text(120) | element("span"; "name")) + " "
			+ (.standing | badges | badge($look)) | element("h3"))
		+ (@html "\(.good | ago) <span class=\"size\">\(.good | stated | size)</span>"
			| element("span"; "brief"))
		+ ($by_day | day_strip) | element("summary"))
	+ (if severity > 0 then trouble | (.[:1] | ascii_upcase) + .[1:] | why($look) else "" end)
	+ joined(trouble_too | why("warn"))
	+ (joined(facts) | element("dl"; "facts"))
	+ (joined($by_day | charts) | element("div"; "charts"))
	+ "</details>\n";

# The table of all backups: cells say their role, as on a phone they are no cells.
def headings: ["When", "Source", "Outcome", "Kind", "Size", "Rows", "Duration", "Lock",
	"File and position"];
def classes: ["when", "source", "badges", "kind", "n", "n", "n", "n", "what"];

def is_there: .state == null or .state == "present";

def outcome_badge: outcome
	| if . == "failed" then "Failed" | badge("bad")
	elif . == "refused" then "Refused" | badge("bad")
	elif . == "verified" then "Verified" | badge("good")
	else "Not verified" | badge("plain") end;

def what_cell:
	if .ok | not then failure | text(500) | element("span"; "bad")
	else joined(
		(.file | values | text(200) | element("span"; "file")),
		(select(is_there | not) | .state | " " + element("span"; "state")),
		(select(outcome == "refused") | .verified.reason | text(400) | element("span"; "bad")),
		(.position | values | position | text(120) | element("small")))
	end;

def cells: [@html "<b>\(ago)</b> <small>\(.at | stamp)</small>",
	(.source | text(120) | element("span")), outcome_badge, (.kind | text(20)),
	(stated | size), (.rows | count), (.seconds | span), (.lock_ms | milliseconds), what_cell];

def row:
	(if is_there then "<tr role=\"row\">" else "<tr role=\"row\" class=\"away\">" end)
	+ joined(cells as $cells | range(headings | length)
		| @html "<td role=\"cell\" class=\"\(classes[.])\" data-label=\"\(headings[.])\">"
			+ $cells[.] + "</td>")
	+ "</tr>\n";

def table:
	"<table role=\"table\" aria-labelledby=\"all\"><thead role=\"rowgroup\"><tr role=\"row\">"
	+ joined(range(headings | length)
		| @html "<th role=\"columnheader\" scope=\"col\" class=\"\(classes[.])\">\(headings[.])</th>")
	+ "</tr></thead><tbody role=\"rowgroup\">\n" + joined(.[] | row) + "</tbody></table>";

# rows_most: as many as a browser takes gladly.
def rows_most: 500;

def all_backups:
	length as $n | recent[:rows_most]
	| @html "<h2 id=\"all\">Backups of the last \($days) days</h2>\n"
	+ (if . == [] then "None." | element("p") else table end)
	+ ($n - length | if . == 0 then "" else
		"\(plural("older backup")) in the catalogue; dbpipes-list shows them."
			| element("p"; "note") end)
	| element("section") + "\n";

def legend:
	def sample($text): [{state: ., title: $text}] | strip($text) + $text | element("span");
	"Each column is a day: " + joined(("verified" | sample("verified")),
		("good" | sample("not verified")), ("failed" | sample("failed")),
		("none" | sample("no backup"))) | element("p"; "legend");

def sections($backups):
	if . == [] then "" else
		"<h2>Sources</h2>\n" + legend
		+ ((length <= 8) as $open | joined(.[] | card($open)) | element("div"; "cards"))
		| element("section") + "\n" + ($backups | all_backups)
	end;

# troubles: of the first ten sources; who has more has the cards.
def troubles:
	map(select(severity > 0)) | if . == [] then "" else
		joined((.[:10][]
			| @html "<li class=\"\(look)\"><a href=\"#source-\(.i)\">\(.name | shown(120))</a>"
				+ @html ": \(trouble).</li>"),
			(length - 10 | select(. > 0) | "And \(plural("other")), see below." | element("li")))
		| element("ul"; "troubles") end;

def summary:
	if . == [] then "The catalogue tells of no backup. dbpipes-backup and dbdump --report"
		+ " write there." | element("p")
	else troubles
		+ (map(.kept[]) as $kept
			| "The newest good backup was made \(map(.good | values) | max_by(.at) | ago). "
			+ "Kept are \($kept | length | plural("backup")), \($kept | total | size)."
			| @html | element("p"))
	end + "\n";

# notes: what else the catalogues tell that someone should know.
def notes:
	([$events[].undelivered | values | select(.at > $now - 7 * 86400)] | select(. != [])
		| "\(length | plural("notice")) of the last 7 days could not be delivered, "
		+ (max_by(.at) | "the last one \(ago), to \(.url | shown(120))")),
	([$events[].torn | values] | select(. != [])
		| "\(length | plural("line")) could not be read: "
		+ (.[:5] | map("line \(.line) of \(.catalog | shown(120))") | join(", "))
		+ (if length > 5 then ", …" else "" end)),
	([$events[].backup | values | select(.at > $now + 3600)] | select(. != [])
		| "\(length | plural("backup")) of the future: a clock is wrong, or was");

# fill($values): the places in a template; what is put there is not looked at.
def fill($values):
	split("{{") | .[0] + joined(.[1:][] | split("}}") | $values[.[0]] + (.[1:] | join("}}")));

def page:
	backups as $backups | ($backups | sources) as $sources | ($sources | verdict) as $verdict
	| $template | rtrimstr("\n") | fill({made: "\($now)", limit: "\($limit)", $hash, $style, $script,
		time: ($now | iso), date: ($now | strftime("%a %d %b %Y, %H:%M")),
		look: $verdict.look, icon: ($verdict.look | icon), verdict: ($verdict.text | @html),
		summary: ($sources | summary), notes: joined(notes | why("warn") + "\n"),
		sections: ($sources | sections($backups)),
		catalogs: ([$events[].catalog | values | text(200)] | join(", "))});
