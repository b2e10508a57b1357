# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the tests of fetch-api: a server with scripted answers
# (tests/servers/scripted), and ways to look at the requests it received.

# http_start [OPTION...]: a server of this test's own; BASE is its URL. Ends with the test.
http_start() {
	rm -f base.url
	: >answers
	: >log
	"$MAM_ROOT/tests/servers/scripted" --parent $$ --answers "$PWD/answers" --log "$PWD/log" "$@" \
		>base.url 2>server.err 3>&- &
	HTTP_PID=$!
	local tries=0
	until [ -s base.url ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$HTTP_PID" || return 1
		sleep 0.05
	done
	BASE=$(cat base.url)
	export BASE HTTP_PID
}

http_stop() {
	[ -z "${HTTP_PID:-}" ] || kill "$HTTP_PID" 2>/dev/null || true
}

# answer JSON...: adds answers after those already in the list.
answer() {
	printf '%s\n' "$@" >>answers
}

# asked JQ-FILTER: of each request that came, in turn.
asked() {
	jq -r "$1" log
}

requests() {
	wc -l <log
}

# fetch OPTION...: runs fetch-api with short waits and without a next stage.
fetch() {
	HOME=$BATS_TEST_TMPDIR fetch-api --backoff 1ms --interval 1ms "$@"
}

# records OPTION...: the fetched records as JSON lines; the first failure's status.
records() {
	fetch "$@" | to-json
}

# A stream of JSON lines as input, for --each.
input() {
	printf '%s\n' "$@" | from-json
}

# fails STATUS TEXT OPTION...: fetch-api exits with STATUS, and its message contains TEXT.
fails() {
	local wanted=$1 text=$2 status=0
	shift 2
	fetch "$@" >out.mam 2>err || status=$?
	if [ "$status" != "$wanted" ] || ! grep -qF -- "$text" err; then
		printf 'status %s, not %s: %s\nwanted: %s\n' "$status" "$wanted" "$(cat err)" "$text"
		return 1
	fi
}
