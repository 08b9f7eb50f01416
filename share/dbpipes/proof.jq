# proof.jq: the records of a catalogue, and what those of dbverify prove of a backup:
# for all who read one and ask whether a file is good.

# record: of a line. A crash can have torn one without its end, so that the next
# one follows in the same line; that one is whole.
def record:
	"{\"tool\":" as $begin
	| (try fromjson catch null) as $whole
	| if ($whole | type) == "object" then $whole
		elif contains($begin) then try ($begin + (split($begin) | last) | fromjson
			| select(type == "object")) catch null
		else null end;

# file_name: of the file that a record is about, wherever it lay.
def file_name: .file // .input // "" | tostring | sub(".*/"; "");

# only_too_old: that, or that its date is to come, alone was refused; what was read is as good as it was.
def only_too_old: .faults == 1 and ((.reason | strings) // ""
	| test(", the newest backup, is [0-9]+ h [0-9]+ min (old|ahead of the clock)$"));

# only_differs: it restored, but the server that it was compared with may have moved on.
def only_differs: .ok != true and .mode == "against" and (.against | type) == "object";

# proof: of a record, as proven() wants it. That a sample restores proves no more of
# the whole than --quick does; that it does not is a refusal like any other.
def proof: {ok: (.ok == true or only_too_old), mode: ((.mode | strings) // null), time}
	+ if .sample != null and .mode == "restore" and (.ok == true or only_too_old)
		then {mode: "quick"} else {} end;

# weight: how much a kind of verification proves.
def weight: {digest: 1, quick: 2}[.mode // ""] // 3;

# proven($by): the last verification counts, unless it proves less than one before:
# then it can only refuse what was good.
def proven($by):
	if .verified and ($by | weight) < (.verified | weight) and ($by.ok or (.verified.ok | not))
	then . else .verified = $by end;

# good: of a proof. That the bytes are those that were written is none of what they
# hold: null.
def good: if .ok and weight == 1 then null else .ok end;
