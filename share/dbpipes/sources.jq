# sources.jq: how the sources of backups stand. $limit is the number of seconds
# after which a source is overdue, $limits the same by source, $days how many days
# are looked at, today the last.
include "text";
include "backups";

# standing: the worst that is true of a source. A good backup that is dated far ahead,
# by a clock that was wrong, would be new enough until then, though no other came.
def standing:
	if .good == null then "none"
	elif .newest.verified.ok == false then "refused"
	elif .newest.state == "gone" then "gone"
	elif $now - .good.at > .limit then "overdue"
	elif .last.ok | not then "failed"
	elif .good.at - $now > 86400 then "overdue"
	elif .good.verified == null then "unverified"
	else "verified" end;

# severity: 0 is no reason to do anything.
def severity: {failed: 1, unverified: 0, verified: 0}[.standing] // 2;

# source: of its backups, the newest first.
def source: {
	name: .[0].source, limit: ($limits[0][.[0].source] // $limit),
	all: ., last: .[0], newest: first((.[] | select(.ok)), null),
	good: first((.[] | select(restorable)), null),
	kept: map(select(restorable and .file != null))}
	| .standing = standing;

# sources: of backups, those in trouble first.
def sources:
	group_by(.source) | map(by_age | source) | sort_by([-severity, .name])
	| [range(length) as $i | .[$i] | .i = $i + 1];

def all_good: backups | sources | . != [] and all(.[]; severity == 0);

def stated: .written // .bytes;
def total: map(stated | values) | add // 0;
def old: $now - .at | age;
def ago: if . == null then "never" else old
	| if . == "now" or startswith("in ") then . else . + " ago" end end;

# failure: of a run, in its own words.
def failure:
	((.msg // "no reason given") | shown(400))
	+ if .code then " (exit status \(.code))" else "" end;

# trouble: what is wrong with a source, as a sentence that its name begins.
def trouble:
	if .standing == "none" then "there is no backup that can be restored"
	elif .standing == "overdue" and .good.at > $now then
		"the last good backup is dated ahead of the clock: \(.good | old)"
	elif .standing == "overdue" then
		"the last good backup is \(.good | old) old, the limit is \(.limit | age)"
	elif .standing == "failed" then "the last run failed \(.last | ago): \(.last | failure)"
	else
		if .standing == "gone"
		then "the file of the newest backup is gone: \(.newest.file | shown(200))"
		else "the newest backup did not pass its verification: "
			+ (.newest.verified.reason | shown(300)) end
		+ "; the last good one is \(.good | old) old"
	end;

# trouble_too: a failed run that is not all that is wrong.
def trouble_too:
	select((.last.ok | not) and .standing != "failed")
	| "The last run failed \(.last | ago): \(.last | failure)";

# Days are those of UTC, numbered from 1970.
def day_of: . / 86400 | floor;
def first_day: ($now | day_of) - $days + 1;
def day_name: . * 86400 | day_month;
def day_names: [first_day, ($now | day_of)] | map(day_name);
def recent: map(select(.at >= first_day * 86400));

# by_day: of a source: an array of arrays of backups.
def by_day:
	reduce (.all | recent[] | select(.at <= $now)) as $backup ([range($days) | []];
		(($backup.at | day_of) - first_day) as $i
		| setpath([$i]; .[$i] + [$backup]));

# best: of a day's backups, the one that it is judged by.
def best: first((.[] | select(.ok and .verified.ok)),
	(.[] | select(.ok and .verified.ok != false)), .[], null);

# outcome: of a backup.
def outcome:
	if . == null then "none"
	elif .ok | not then "failed"
	elif .verified == null then "good"
	elif .verified.ok then "verified"
	else "refused" end;

def outcome_words: {none: "no backup", failed: "failed", good: "not verified",
	verified: "verified", refused: "failed verification"}[.];

# most(value): of what was measured on each day, the largest; null on others.
def most(value): map(map(select(.ok) | value | values) | max);

# growth: against the oldest backup of these days, in per cent.
def growth:
	(.good | stated // 0) as $to
	| (.all | recent | map(select(.ok) | stated | values | select(. > 0)) | last) as $from
	| if $from == null then null else ($to - $from) / $from * 100 | round end
	| if . == null or . == 0 or fabs > 100000 then ""
		elif . > 0 then "+\(.) %" else "−\(-.) %" end;

# verdict: of all sources, in one sentence, and how it looks.
def verdict:
	def needs($count): if $count == 1 then "needs" else "need" end;
	def are($count): if $count == 1 then "is" else "are" end;
	length as $n | (.[0].name | shown(80)) as $first
	| map(select(severity > 0)) as $troubled | ($troubled | length) as $bad
	| (map(select(.standing == "unverified")) | length) as $unverified
	| if $n == 0 then {look: "plain", text: "No backup yet."}
	elif $bad > 0 then {
		look: (if any($troubled[]; severity > 1) then "bad" else "warn" end),
		text: ((if $n == 1 then $first else "\($bad | count) of \($n | count) sources" end)
			+ " \(needs($bad)) attention.")}
	else {
		look: (if $unverified > 0 then "plain" else "good" end),
		text: ((if $n == 1 then "\($first) has" elif $n == 2 then "Both sources have"
			else "All \($n | count) sources have" end) + " a fresh backup"
			+ (if $unverified == 0 then " that was verified."
				elif $n == 1 then "; it is not verified."
				else "; \($unverified | count) of them \(are($unverified)) not verified." end))}
	end;
