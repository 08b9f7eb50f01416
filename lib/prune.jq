# prune.jq: which backups of a folder may go. In: the records of its catalogue,
# oldest first; $present[0]: {NAME: SIZE} of the files that are there; $keep:
# {hourly: N, daily: N, ...}. Out: {file, reason} of each that may be deleted, and
# {unproven: SOURCE} where some would be, had any been found good.
#
# The order of the catalogue says what is newer, never the clock: only whether
# two backups that follow each other are of the same hour, day and so on is read
# from their times, so that a clock that jumps makes periods more, never fewer.
include "proof";

def periods: {hourly: "%Y-%m-%dT%H", daily: "%Y-%m-%d", weekly: "%G-W%V",
	monthly: "%Y-%m", yearly: "%Y"};

# The backups that the catalogue knows and that are there, with `good` true, false, or
# null where no one has looked inside. What concerns a file is brought together by
# group_by, which keeps the order, and not by an object that grows: jq copies that at
# each change. The number is that of the record, since a name may come again: where a
# catalogue was appended to itself, say, or two were joined.
def backups:
	[foreach inputs as $record (0; . + 1; {number: ., $record, file: ($record | file_name)}) |
		select(.file as $name | $present[0] | has($name)) |
		.file as $file | .number as $number | .record |
		if .event == "backup" and .ok == true then
			{$file, $number, good: null, series: [.source, .scope, .kind],
				size: .written, time: (.time | try fromdateiso8601 catch null)}
		elif .event == "verified" and (only_differs | not) then {$file, proof: proof}
		else empty end] | group_by(.file) |
	map(reduce .[] as $event (null;
		if $event | has("number") then $event
		elif . == null then .
		else proven($event.proof) | .good = (.verified | good) end) | values);

# Only a file as it was made counts for anything, and is ever deleted.
def is_there: $present[0][.file] as $size | $size != null and .time != null and
	(.size == null or .size == $size);

# runs(f): neighbours for which f is the same, together.
def runs(f):
	[foreach .[] as $one ([0, null]; ($one | f) as $value |
		if .[1] == $value then . else [.[0] + 1, $value] end; {run: .[0], $one})] |
	group_by(.run) | map(map(.one));

# Of backups, the newest first: in each of the last periods the newest one,
# but a verified one before it.
def kept($period; $count):
	map(select(.good != false)) | runs(.time | strftime(periods[$period])) |
	.[:$count][] | (map(select(.good)) + .)[0].file;

[backups[] | select(is_there)] | group_by(.series)[] | sort_by(-.number) |
(map(.good == true) | index(true)) as $verified |
[. as $all | $keep | to_entries[] | select(.value > 0) | . as $rule |
	$all | kept($rule.key; $rule.value)] as $kept |
def unkept: select(.file as $file | $kept | index($file) | not);
select($keep | add > 0) |
if $verified == null then .[0].series[0] as $source |
	first(.[1:][] | unkept) | {unproven: $source}
else .[$verified].file as $newest |
	.[$verified + 1:][] | unkept |
	{file, reason: (if .good == false
		then "it is not good, and \($newest) is newer and good"
		else "no rule keeps it, and \($newest) is newer and good" end)}
end
