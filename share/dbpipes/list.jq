# list.jq: backups as a table, or as objects, for dbpipes-list.
include "text";
include "backups";

def listed:
	backups
	| if $latest then map(select(restorable)) | group_by(.source) | map(by_age[0])
		| sort_by(.at) | reverse else . end;

def json:
	listed[] | {tool: "dbpipes-list", event: "listed", time: (.at | iso)}
		+ {age: ($now - .at)} + del(.at, .line)
	| .verified |= (if . == null then . else {ok, time: (.at | iso), mode, reason, server} end)
	| tojson;

# wide: what takes two columns of a terminal.
# Source: Unicode, EastAsianWidth.txt, W and F, in large ranges.
def wide:
	. >= 4352 and (. <= 4447 or (. >= 11904 and . <= 42191 and . != 12351)
	or (. >= 43360 and . <= 43391) or (. >= 44032 and . <= 55203)
	or (. >= 63744 and . <= 64255) or (. >= 65040 and . <= 65049)
	or (. >= 65072 and . <= 65135) or (. >= 65281 and . <= 65376)
	or (. >= 65504 and . <= 65510) or (. >= 127744 and . <= 128591)
	or (. >= 128640 and . <= 128767) or (. >= 129280 and . <= 129791)
	or (. >= 131072 and . <= 262141));

# columns: of a character on a terminal; marks stand upon the one before.
def columns:
	if . < 768 then 1
	elif [.] | implode | test("[\\p{Mn}\\p{Me}]") then 0
	elif wide then 2 else 1 end;

def width:
	if length == utf8bytelength then length else explode | map(columns) | add end;

# cut($most): to so many columns.
def cut($most):
	if width <= $most then .
	else [foreach (explode[] | [., columns]) as [$c, $columns] (0; . + $columns;
		select(. < $most) | $c)] | implode + "…" end;

def spaces($count): " " * $count // "";
def left($to): . + spaces($to - width);
def right($to): spaces($to - width) + .;

# file: its name, what became of it, or why there is none.
def file:
	if .ok | not then "failed" + (if .code then ", \(.code)" else "" end)
		+ (if .msg then ": " + (.msg | shown(300)) else "" end)
	else (.file | shown(300))
		+ (if .state == null or .state == "present" then "" else " (\(.state))" end)
		+ (if .verified.ok == false then ": " + (.verified.reason | shown(300)) else "" end)
	end;

def headings: ["AGE", "SOURCE", "KIND", "SIZE", "ROWS", "LOCK", "TOOK", "VERIFIED",
	"POSITION", "FILE"];
def right_aligned: [0, 3, 4, 5, 6];
# What a narrow terminal goes without, the first one first.
def spared: [8, 6, 5, 4, 2];

def cells: [($now - .at | age), (.source | shown(40)), (.kind | shown(10)),
	(.written // .bytes | size), (.rows | count), (.lock_ms | milliseconds),
	(.seconds | span), (.verified | verification | shown(12)),
	(.position | position | shown(60)), file];

# fit: those columns that there is room for; the last one is cut.
def fit($widths):
	def needs: map($widths[.] + 2) | add;
	def drop($which): if $width > 0 and ([.[:-1] | needs, 16] | add) > $width
		then map(select(. != $which)) else . end;
	reduce spared[] as $which ([range($widths | length)]; drop($which));

def table:
	[headings, (listed[] | cells)] as $rows
	| [range(headings | length) as $c | [$rows[][$c] | width] | max] as $widths
	| fit($widths) as $columns
	| ([$columns[:-1][] | $widths[.] + 2] | add) as $before
	| $rows[] | . as $row
	| [$columns[:-1][] as $c | $row[$c]
		| if right_aligned | index($c) then right($widths[$c]) else left($widths[$c]) end]
		+ [$row[-1] | if $width > 0 then cut([$width - $before, 8] | max) else . end]
	| join("  ");
