# SPDX-License-Identifier: MIT
# fetch-api --limiter: one budget for all processes that name the same file.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	http_stop
}

# counting LIMIT PERIOD [OPTION...]: a server that counts the requests of each window.
counting() {
	local limit=$1 period=$2 tries=0
	shift 2
	rm -f base.url
	: >log
	"$MAM_ROOT/tests/servers/counting" --parent $$ --limit "$limit" --period "$period" --log "$PWD/log" "$@" \
		>base.url 2>server.err 3>&- &
	HTTP_PID=$!
	until [ -s base.url ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$HTTP_PID" || return 1
		sleep 0.05
	done
	BASE=$(cat base.url)
}

# ask NUMBER OPTION...: a process of NUMBER requests.
ask() {
	local n=$1
	shift
	# shellcheck disable=SC2046
	input $(seq -f '{"id":%g}' "$n") | fetch --each --url "$BASE/{id}" --limiter "$PWD/lim" --retries 0 "$@"
}

@test "--limiter: 20 processes, and some that are killed, keep to one budget in every window" {
	local i pids=() killed=() failed=0
	counting 30 2 --delay 0.1
	for i in {1..20}; do
		ask 4 --rate 30/2s >"out$i.mam" 2>"err$i" &
		pids+=($!)
	done
	# Killed while they wait, send, or hold the lock.
	for i in {1..6}; do
		input '{"id":1}' '{"id":2}' '{"id":3}' '{"id":4}' '{"id":5}' '{"id":6}' '{"id":7}' '{"id":8}' >killed.mam
		HOME=$PWD fetch-api --each --url "$BASE/{id}" --limiter "$PWD/lim" --rate 30/2s <killed.mam >/dev/null 2>&1 &
		killed+=($!)
	done
	for i in "${killed[@]}"; do
		sleep "0.$((RANDOM % 9 + 1))"
		kill -9 "$i" || true
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=1
	done
	cat err* >&2
	[ "$failed" -eq 0 ]
	[ "$(grep -c ' 200 ' log)" -ge 80 ]
	run ! grep ' 429 ' log
	for i in {1..20}; do
		[ "$(to-json <"out$i.mam" | wc -l)" -eq 4 ]
	done
}

@test "--limiter: many requests at once in a few processes, more than have a place in the queue" {
	local i pids=() failed=0
	counting 100 2 --delay 0.1
	for i in 1 2 3; do
		seq -f '{"id":%g}' 1 100 | from-json | fetch --each --url "$BASE/{id}" --limiter "$PWD/lim" --rate 100/2s --concurrency 70 --retries 0 >"out$i.mam" 2>"err$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=1
	done
	cat err* >&2
	[ "$failed" -eq 0 ]
	[ "$(grep -c ' 200 ' log)" -eq 300 ]
	run ! grep ' 429 ' log
}

@test "--limiter: the same server refuses the same processes without it" {
	counting 15 1
	local i pids=()
	for i in {1..10}; do
		input '{"id":1}' '{"id":2}' '{"id":3}' '{"id":4}' | fetch --each --url "$BASE/{id}" --rate 15/1s --retries 0 >/dev/null 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}" || true
	grep -q ' 429 ' log
}

@test "--limiter: a lock whose holder is killed is free, and the file is good" {
	counting 100 1
	ask 1 --rate 100/1s >/dev/null
	(
		exec 9<>lim
		flock 9
		exec sleep 60
	) &
	local holder=$!
	until ! flock -n lim true; do sleep 0.05; done
	(sleep 0.5 && kill -9 "$holder") &
	[ "$(ask 1 --rate 100/1s | to-json)" = '{"a":1}' ]
	wait "$holder" || true
}

@test "--limiter: a lock that is held all the time is 75" {
	http_start
	: >lim
	exec 7<lim
	flock 7
	fails 75 'another process holds' --url "$BASE/" --limiter lim --rate 5/1s --max-time 300ms
	exec 7<&-
}

@test "--limiter: a 429 that one process gets holds all of them" {
	http_start
	answer '{"path":"/a","status":429,"headers":{"Retry-After":"1"}}' '{"path":"/a","json":[{"a":1}]}' '{"path":"/b","json":[{"a":2}]}'
	fetch --url "$BASE/a" --limiter lim --rate 100/1s >a.mam 2>a.err &
	local first=$!
	until grep -q 'trying again' a.err 2>/dev/null; do sleep 0.02; done
	[ "$(records --url "$BASE/b" --limiter lim --rate 100/1s 2>b.err)" = '{"a":2}' ]
	grep -qE '/b: a limit is reached, by --limiter; pausing for [01]\.[0-9]{3} s before the next request' b.err
	wait "$first"
	[ "$(to-json <a.mam)" = '{"a":1}' ]
}

@test "--limiter: a pause before a limit is reached is shared, too" {
	http_start
	answer '{"path":"/a","headers":{"left":"0"},"json":[{"a":1}]}' '{"path":"/b","json":[{"a":2}]}'
	fetch --url "$BASE/a" --limiter lim --rate 100/1s --pause-below 'left=1 500ms' >/dev/null
	records --url "$BASE/b" --limiter lim --rate 100/1s 2>err
	grep -q 'a limit is reached, by --limiter' err
}

@test "--limiter: another --rate for the same file is reported, and the smaller one counts" {
	counting 3 1
	ask 3 --rate 3/1s >/dev/null
	ask 6 --rate 1000/1s 2>err | to-json >out
	grep -q 'lim" is also used with --rate 3/1000ms; requests keep to both' err
	[ "$(grep -c . out)" -eq 6 ]
	run ! grep ' 429 ' log
}

@test "--limiter: a file that is damaged or something else is 78, and stays as it is" {
	http_start
	answer '{"json":[]}'
	echo 'some text of somebody' >lim
	cp lim before
	fails 78 'is damaged, or something else: remove it, or name another file' --url "$BASE/" --limiter lim --rate 5/1s
	cmp lim before
	rm lim
	fetch --url "$BASE/" --limiter lim --rate 5/1s >/dev/null
	[ "$(stat -c %a lim)" = 600 ]
	printf 'X' | dd of=lim bs=1 seek=100 conv=notrunc status=none
	fails 78 'is damaged' --url "$BASE/" --limiter lim --rate 5/1s
	head -c 100 /dev/urandom >lim
	fails 78 'is damaged' --url "$BASE/" --limiter lim --rate 5/1s
	fails 78 'is not a file' --url "$BASE/" --limiter /dev/null --rate 5/1s
	fails 74 'cannot open' --url "$BASE/" --limiter none/lim --rate 5/1s
	# An entry of the ring from the future.
	rm lim
	fetch --url "$BASE/" --limiter lim --rate 1/1ms >/dev/null
	printf '\177' | dd of=lim bs=1 seek=4103 conv=notrunc status=none
	fails 78 'is damaged: remove it' --url "$BASE/" --limiter lim --rate 1/1ms
}

@test "--limiter: a file that is removed meanwhile is made again" {
	http_start
	answer '{"path":"/1","json":{"next":"/2","data":[]},"delay":0.5}' '{"path":"/2","json":{"data":[]}}'
	fetch --url "$BASE/1" --record-path data --paginator json-link --next-url-path next --limiter lim --rate 5/1s >/dev/null &
	local first=$!
	until [ -s lim ]; do sleep 0.02; done
	rm lim
	wait "$first"
	[ -s lim ]
}

@test "--limiter: a removal that is sent without its turn leaves the times of other requests" {
	http_start
	answer '{"json":{"id":7}}' '{"json":[]}' '{"json":{}}'
	fetch --create-url "$BASE/create" --url "$BASE/data" --delete-url "$BASE/{create.id}" --rate 2/1m --limiter "$PWD/limit" --max-time 2s >/dev/null
	[ "$(asked .method | tail -n 1)" = DELETE ]
	# The first request was answered before the second was sent.
	python3 - <<-'END'
	import struct
	first, second = struct.iter_unpack('<qq', open('limit', 'rb').read()[4096:4096 + 32])
	assert 0 < first[1] <= second[0], (first, second)
	END
}

@test "--limiter needs --rate, and time" {
	http_start
	answer '{"json":[]}'
	fails 64 '--limiter is for --rate' --url "$BASE/" --limiter lim
	fetch --url "$BASE/" --limiter lim --rate 1/1m >/dev/null
	fails 75 's before the request, see --max-time (--rate)' --url "$BASE/" --limiter lim --rate 1/1m --max-time 10s
}
