# chart.jq: charts of one column a day, as SVG that stretches to any width; what
# is to be read stands around it as text, so that it does not stretch.
include "text";

# round_up: to a number that a scale can end with.
def round_up:
	. as $n | pow(10; log10 | floor) as $power
	| first((1, 1.5, 2, 3, 4, 5, 6, 8, 10) | . * $power | select(. >= $n * 0.9999))
		// $n;

# scale($units): for values up to this number: the top, and labels in a unit.
def scale($units):
	([., 1] | max) as $most | ($most | unit_of($units)) as [$factor, $unit]
	| ($most / $factor | round_up) as $top
	| {top: ($top * $factor), factor: $factor, unit: $unit, labels: [$top, $top / 2, 0]};

def tenth: . * 10 | round / 10;

# bars($top): a path of the columns; a value of nothing is still to be seen.
def bars($top):
	[range(length) as $i | .[$i] | values
		| ([. / $top * 100, 2] | max | tenth) as $high
		| "M\($i * 10 + 1.5) 100v-\($high)h7v\($high)z"] | join("");

# svg($width; $high; $says): the frame; what it says to those who do not see it.
def svg($width; $high; $says):
	@html "<svg viewBox=\"0 0 \($width) \($high)\" preserveAspectRatio=\"none\""
	+ @html " role=\"img\" aria-label=\"\($says)\">" + . + "</svg>";

# labels($class): around texts that the picture says in its own words.
def labels($class):
	@html "<ol class=\"\($class)\" aria-hidden=\"true\">"
	+ (map(@html "<li>\(.)</li>") | join("")) + "</ol>";

# chart($title; $units; write; $days): of an array with a number or null a day,
# $days being its first and last one in words.
def chart($title; $units; write; $days):
	map(values) as $known
	| if $known == [] then "" else
		($known | max | scale($units)) as $scale
		| ($known | last / $scale.factor
			| decimal(if . < 10 and . != floor then 1 else 0 end)) as $last
		| ($known | "\($title): last \(last | write), from \(min | write) to \(max | write), "
			+ ($days | join(" to "))) as $says
		| "<figure>"
		+ @html "<figcaption>\($title), \($scale.unit) <b>\($last) \($scale.unit)</b></figcaption>"
		+ "<div class=\"plot\">"
		+ (length as $n | "<path d=\"\(bars($scale.top))\"/>" | svg($n * 10; 100; $says))
		+ ($scale.labels | labels("y")) + "</div>" + ($days | labels("x")) + "</figure>"
	end;

# strip($says): of an array of {state, title}, a mark a day: full where a backup
# was verified, half where it is there, broken where it failed, a dot for none.
def strip($says):
	def mark($x):
		if .state == "verified" then "M\($x) 0h8v24h-8z"
		elif .state == "good" then "M\($x) 10h8v14h-8z"
		elif .state == "failed" then "M\($x) 0h8v9h-8zM\($x) 15h8v9h-8z"
		else "M\($x) 21h8v3h-8z" end;
	length as $n
	| [range($n) as $i | .[$i]
		| @html "<path class=\"\(.state)\" d=\"\(mark($i * 10 + 1))\">"
			+ @html "<title>\(.title)</title></path>"]
	| join("") | svg($n * 10; 24; $says);
