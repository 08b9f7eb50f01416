# text.jq: numbers, times and the texts of others, as people read them. What is
# not known is a dash.

def digits($count): tostring | ("0" * ($count - length) // "") + .;

def hex:
	if . < 16 then "0123456789abcdef"[.:. + 1]
	else (. / 16 | floor | hex) + (. % 16 | hex) end;

# visible: a text of unknown origin, fit for a terminal and a page: characters
# that control, change the direction or are none are shown as escapes.
def visible:
	if test("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{fffe}\\x{ffff}]") | not then .
	else [explode[] | [.] | implode
		| if test("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{fffe}\\x{ffff}]")
			then "\\u{" + (explode[0] | hex) + "}" else . end] | add
	end;

# shown($most): the same of any value, with at most this many characters.
def shown($most):
	if . == null then "–"
	else tostring[:$most + 1]
		| if length > $most then .[:$most - 1] + "…" else . end | visible
	end;

# decimal($places): a number with so many decimals.
def decimal($places):
	(. * pow(10; $places) | round) as $n | pow(10; $places) as $one
	| if $places == 0 then "\($n)"
		else "\($n / $one | floor).\($n % $one | digits($places))" end;

# unit_of($units): the largest of [[factor, name], …] that the number reaches.
def unit_of($units): . as $n | last($units[] | select(.[0] <= $n)) // $units[0];

def size_units: [[1, "B"], [1024, "KiB"], [1048576, "MiB"], [1073741824, "GiB"],
	[1099511627776, "TiB"], [1125899906842624, "PiB"]];
def second_units: [[1, "s"], [60, "min"], [3600, "h"], [86400, "d"]];
def millisecond_units: [[1, "ms"], [1000, "s"], [60000, "min"], [3600000, "h"]];

def size:
	if . == null then "–"
	else unit_of(size_units) as [$factor, $unit] | . / $factor
		| decimal(if $factor == 1 or . >= 99.95 then 0 else 1 end) + " " + $unit
	end;

def count:
	if . == null then "–"
	elif . < 1000 then tostring
	else (. / 1000 | floor | count) + "," + (. % 1000 | digits(3))
	end;

def plural($word): "\(count) \($word)" + if . == 1 then "" else "s" end;

# rough: a count where its size matters, not its last digit.
def rough:
	if . == null or . < 1e6 then count
	else unit_of([[1e6, "million"], [1e9, "billion"]]) as [$factor, $unit]
		| . / $factor | decimal(if . < 9.995 then 2 elif . < 99.95 then 1 else 0 end) + " " + $unit
	end;

# in_two: in units of so many seconds.
def in_two($large; $large_name; $small; $small_name):
	"\(. / $large | floor) \($large_name)"
	+ (. % $large / $small | floor | if . > 0 then " \(.) \($small_name)" else "" end);

# span: seconds, in two units at most.
def span:
	if . == null then "–"
	elif . < 0 then "in " + (-. | span)
	elif . < 10 then decimal(1) + " s"
	else (if . < 86400 then round else . end) | if . < 60 then "\(.) s"
	elif . < 3600 then in_two(60; "min"; 1; "s")
	elif . < 86400 then in_two(3600; "h"; 60; "min")
	else in_two(86400; "d"; 3600; "h")
	end end;

# age: seconds, rounded as one speaks of the past.
def age:
	if . == null then "–"
	elif . < 0 then "in " + (-. | age)
	elif . < 60 then "now"
	elif . < 5400 then "\(. / 60 | floor) min"
	elif . < 36000 then in_two(3600; "h"; 60; "min")
	elif . < 172800 then "\(. / 3600 | floor) h"
	else "\(. / 86400 | floor) d"
	end;

def milliseconds:
	if . == null then "–"
	elif . < 1000 then "\(round) ms"
	else . / 1000 | span
	end;

def stamp: if . == null then "–" else strftime("%Y-%m-%d %H:%M") end;
def iso: strftime("%Y-%m-%dT%H:%M:%SZ");
def day_month: strftime("%d %b") | ltrimstr("0");

def position:
	if . == null then "–"
	else ([.log_file, .log_pos] | map(select(. != null) | tostring) | join(":")) as $at
		| [$at, .gtid] | map(strings | select(. != "")) | join(" ")
		| if . == "" then "–" else . end
	end;

# verification: what was proven, in a word.
def verification:
	if . == null then "–"
	elif .ok | not then "refused"
	else .mode // "yes"
	end;
