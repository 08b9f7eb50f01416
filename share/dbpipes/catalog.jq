# catalog.jq: a catalogue, backups.jsonl, as the backups that it tells of. Run with
# -nR on one catalogue; $folder is where it lies, $catalog its name, $source the
# name of what has none. Out comes an object a line: {"catalog": …} its name, {"backup":
# …} in no order, {"undelivered": …} a notice that did not arrive, {"torn": …} a
# line that is no record.
include "proof";

# What stands in a catalogue may be anything: only what has the right type counts.
def text: if type == "string" and . != "" then . else null end;
def number: if type == "number" and . >= 0 and . < 1e18 then . else null end;
def moment: if type == "string" then try fromdateiso8601 catch null else null end;
def position: if type == "object"
	then {log_file: (.log_file | text), log_pos: (.log_pos | number), gtid: (.gtid | text)}
		| if all(.[]; . == null) then null else . end
	else null end;

# inside: a file's name relative to the folder, where it lies in there. Who runs
# dbverify names a file relative to a folder above, too.
def inside: if . == null then . else
	ltrimstr($folder + "/") | ltrimstr("./") | text
	| (split("/")[:-1] | join("/")) as $before
	| if $before != "" and ($folder | endswith("/" + $before))
		then ltrimstr($before + "/") else . end end;
def last_part: split("/") | last;

# line: what its record is about; "torn": of another one a part is lost there.
def lines:
	foreach inputs as $line ({n: 0};
		{n: (.n + 1), record: null, torn: false}
		| if $line | test("^\\s*$") then .
			else .record = ($line | record)
				| .torn = (try ($line | fromjson | type) catch null) != "object" end;
		.);

def backup($kind; $ok): {
	line, at: (.time | moment), source: ((.source | text) // $source),
	kind: ($kind // "–"), ok: $ok, file: (.file | text | inside),
	server: (.server | text), position: (.position | position),
	tables: (.tables | number), rows: (.rows | number), bytes: (.bytes | number),
	written: ((.written // .tar_bytes) | number), sha256: (.sha256 | text),
	lock_ms: (.lock_ms | number), seconds: (.seconds | number),
	code: (.code | number), msg: (.msg | text), state: null, reason: null,
	verified: null};

# fingerprint($less): what a dump and its verification both state; the end of the
# last line may be a byte less there.
def fingerprint($less): [(.bytes | values - $less), .rows, .tables,
	.position.log_file, .position.log_pos] | tojson;

def verification: proof as $proof | {ok: $proof.ok, at: (.time | moment),
	mode: ($proof.mode | text), reason: (if only_too_old then null else .reason | text end),
	server: (.server | text)};

def format_kind:
	if .format | text // "" | test("snapshot|tar") then "snapshot" else "dump" end;

# event: a record as one of the four kinds that matter here, or nothing.
def event:
	if .event == "backup" then {what: "backup", of: backup(.kind | text; .ok == true)}
	elif .event == "dumped" then {what: "backup", of: backup("dump"; true)}
	elif .event == "streamed" then {what: "backup", of: backup("snapshot"; true)}
	elif .event == "verified" then select(only_differs | not) | {what: "verified", of: verification,
		alone: (backup(format_kind; true) | .msg = null | .server = null),
		file: ((.file // .input) | text | inside)}
	elif .event == "pruned" then {what: "pruned", file: (.file | text | inside),
		of: {reason: (.reason | text)}, at: (.time | moment)}
	elif .event == "notice-failed" then {what: "undelivered", at: (.time | moment),
		of: {at: (.time | moment), url: (.url | text)}}
	else empty end
	| select((.of.at // .at) != null);

# lives: the events of one file name, or of what was piped elsewhere, in order, as
# the backups that they are about; a file is replaced by the next of its name. A
# verification without a backup stands for one.
def lives:
	foreach (.[], {what: "end"}) as $e ({};
		def next($of): {now: $of, done: (.now | if . and $of then
			.state = (.state // if .file then "replaced" else null end) else . end)};
		def alone: $e.alone | .file = $e.file | .alone = true | proven($e.of);
		if $e.what == "backup" then next($e.of)
		elif $e.what == "end" then next(null)
		elif $e.what == "pruned" then .done = null
			| if .now then .now += {state: "pruned", reason: $e.of.reason} else . end
		elif .now == null then next(alone)
		elif .now.alone and $e.of.ok and
			(.now | fingerprint(0)) != ($e.alone | fingerprint(0)) then next(alone)
		else .done = null | .now |= proven($e.of) end;
		.done | values | del(.alone));

def object_of(key; value): map({(key): value}) | add // {};

# backups: events joined to what they are about.
def backups:
	(map(select(.what == "verified" and .of.ok and .file and .of.mode != "against"))
		| object_of(.alone | fingerprint(0); .file)) as $seen
	| map(if .what == "backup" and .of.ok and .of.file == null
		then .of.file = ($seen[.of | fingerprint(0)] // $seen[.of | fingerprint(1)])
		else . end)
	| map(select(.what == "backup") | .of.file | values) as $names
	| (($names | object_of(last_part; .)) + ($names | object_of(.; .))) as $known
	| map(if .what == "backup" then .file = (.of | if .ok then .file else null end)
		elif .file then .file = ($known[.file] // $known[.file | last_part]
			// if .of.mode == "against" then null else .file end)
		else . end)
	| (map(select(.what == "backup" and .of.ok and .file == null) | .of)
		| object_of(fingerprint(1); fingerprint(0))
			+ object_of(fingerprint(0); fingerprint(0))) as $nameless
	| map(.key = (.file // if .what == "verified" and .of.mode != "against"
		then $nameless[.alone | fingerprint(0)]
		elif .what == "backup" and .of.ok then .of | fingerprint(0) else null end))
	| (.[] | select(.key == null and .what == "backup") | .of),
		(map(select(.key != null)) | group_by(.key)[] | sort_by(.line) | lives);

def catalog:
	{catalog: $catalog}, ([lines]
	| (.[] | select(.torn) | {torn: {line: .n, catalog: $catalog}}),
		(map(select(.record) | .n as $n | .record | .line = $n | event | .line = $n)
		| (.[] | select(.what == "undelivered") | {undelivered: .of}),
			(backups | .catalog = $catalog | {backup: .})));
