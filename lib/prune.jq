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
# null where no one has looked inside. Years of files that have gone are passed over
# here: jq copies the object at each change. The number is that of the record, since a
# name may come again: where a catalogue was appended to itself, say, or two were
# joined.
def backups:
	reduce (foreach inputs as $record (0; . + 1; [., $record])) as [$number, $record] ({};
		($record | file_name) as $name |
		if $present[0] | has($name) | not then .
		elif $record.event == "backup" and $record.ok == true then
			.[$name] = {file: $name, $number, good: null,
				series: [$record.source, $record.scope, $record.kind],
				size: $record.written,
				time: ($record.time | try fromdateiso8601 catch null)}
		elif $record.event == "verified" and has($name) and
			($record | only_differs | not) then
			.[$name] |= (proven($record | proof) | .good = (.verified | good))
		else . end) | map(.);

# Only a file as it was made counts for anything, and is ever deleted.
def is_there: $present[0][.file] as $size | $size != null and .time != null and
	(.size == null or .size == $size);

# runs(f): neighbours for which f is the same, together.
def runs(f):
	reduce .[] as $one ([];
		if length > 0 and (.[-1][0] | f) == ($one | f)
		then .[-1] += [$one] else . + [[$one]] end);

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
