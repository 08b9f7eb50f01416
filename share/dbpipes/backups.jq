# backups.jq: the events of catalogues (catalog.jq, in $events) and whether the
# files are there ($present), as backups, the newest first. $ARGS.positional has
# the number of sources that are wanted (0: all), them, and those that are not.

def wanted:
	.source as $source | $ARGS.positional | (.[0] | tonumber) as $n | .[1:]
	| ($n == 0 or any(.[:$n][]; . == $source))
		and all(.[$n:][]; . != $source);

# State: null as nobody looked or there is no name to look for; else present,
# gone (nobody said why), pruned or replaced (by one with the same name).
def with_state($present):
	if .state then . elif $present == null then .
	elif $present then .state = "present" else .state = "gone" end;

def backups:
	[$events[].backup | values] as $all
	| [range($all | length) as $i | $all[$i] | with_state($present[$i])
		| select(wanted)]
	| sort_by([.at, .line]) | reverse;

# by_age: backups of one source, the newest first: in one catalogue its order says
# what is newer, not the clock, which may have been ahead once.
def by_age:
	if (map(.catalog) | unique | length) == 1 then sort_by(.line) | reverse else . end;

# restorable: to the best of what is known.
def restorable: .ok and .verified.ok != false
	and (.state == null or .state == "present");
