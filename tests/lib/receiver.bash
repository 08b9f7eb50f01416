# shellcheck shell=bash
# receiver.bash: somebody to tell: a receiver of webhooks, pings and mails
# (receiver.py). After servers.bash and tls.bash; $SERVERS is there.
#
#   receiver_begin            start it; its folder is $RECEIVER, with its
#                             certificate's authority in ca.pem
#   receiver_end
#   receiver_port http|https|smtp|smtps|plain
#   receiver_answers STATUS…  how to answer from now on
#   received [OPTION] FILTER  what came since receiver_forget, through jq
#   receiver_forget

RECEIVER_LOGIN=notices
RECEIVER_PASSWORD=notice-Secret-5d1e

receiver_begin() {
	export RECEIVER=$SERVERS/receiver RECEIVER_LOGIN RECEIVER_PASSWORD
	certificates "$RECEIVER"
	/usr/bin/python3 "$TREE/tests/lib/receiver.py" "$RECEIVER" \
		</dev/null >"$RECEIVER/log" 2>&1 3>&- 4>&- 9>&- &
	echo $! >"$RECEIVER/pid"
	disown $! 2>/dev/null || :
	wait_until 30 test -s "$RECEIVER/ports" || {
		cat "$RECEIVER/log" >&2
		return 1
	}
}

receiver_end() {
	[ -z "${RECEIVER:-}" ] || kill "$(cat "$RECEIVER/pid")" 2>/dev/null || :
}

receiver_port() {
	local http https smtp smtps plain
	# shellcheck disable=SC2034 # named by the argument
	read -r http https smtp smtps plain <"$RECEIVER/ports"
	echo "${!1}"
}

receiver_answers() {
	printf '%s\n' "$@" >"$RECEIVER/answers"
}

received() { jq -ec "$@" "$RECEIVER/received"; }

receiver_forget() { rm -f "$RECEIVER/answers" "$RECEIVER/received"; }
