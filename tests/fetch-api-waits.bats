# SPDX-License-Identifier: MIT
# fetch-api: waits that an API asks for in its headers, and pauses before a limit is reached.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

# limited HEADERS: a server that is at its limit once, then answers.
limited() {
	: >answers
	answer "{\"status\":429,\"headers\":$1}" '{"json":[{"a":1}]}'
	http_stop
	http_start_again
}

http_start_again() {
	local kept
	kept=$(cat answers)
	http_start
	printf '%s\n' "$kept" >answers
}

# waits SECONDS HEADERS OPTION...: after a 429 with these headers the wait is that long, and a fraction of jitter.
waits() {
	local seconds=$1 headers=$2
	shift 2
	limited "$headers"
	[ "$(records --url "$BASE/x" "$@" 2>err)" = '{"a":1}' ]
	grep -qE "429; trying again in ${seconds}[0-9]* s" err || {
		cat err
		return 1
	}
}

@test "Retry-After: a fraction, an epoch in seconds and in milliseconds, a date" {
	local now
	waits '0\.2[05]' '{"Retry-After":"0.2"}'
	# The server's clock counts: its Date is far from ours.
	now='"Date":"Thu, 26 Nov 2026 12:48:50 GMT"'
	waits '1\.00' "{$now,\"Retry-After\":\"1795697331\"}"
	waits '0\.25' "{$now,\"Retry-After\":\"1795697330250\"}"
	waits '1\.00' "{$now,\"Retry-After\":\"Thu, 26 Nov 2026 12:48:51 GMT\"}"
	waits '0\.00' "{$now,\"Retry-After\":\"1795697000\"}"
}

@test "--wait-time-from-header: seconds, milliseconds, minutes, JSON" {
	waits '0\.30' '{"X-Wait":"0.3"}' --wait-time-from-header X-Wait
	waits '0\.30' '{"X-Wait":"300"}' --wait-time-from-header x-wait:ms
	waits '0\.30' '{"X-Wait":"0.005"}' --wait-time-from-header x-wait:minutes
	# The largest number there is, and not a wait that is over.
	answer '{"path":"/huge","status":429,"headers":{"X-Wait":"9223372036854775807"}}'
	fails 75 'no time is left to wait 9223372036854775.807 s' --url "$BASE/huge" --wait-time-from-header x-wait:ms --backoff 60s
	# Meta's header: an object by account, in minutes; the longest counts.
	waits '0\.30' '{"x-business-use-case-usage":"{\"7\":[{\"estimated_time_to_regain_access\":0.005},{\"estimated_time_to_regain_access\":0}]}"}' \
		--wait-time-from-header 'x-business-use-case-usage:{account}[].estimated_time_to_regain_access:minutes'
	# fastify's milliseconds in Retry-After: the option replaces the meaning that the header has by itself.
	waits '0\.30' '{"Retry-After":"300"}' --wait-time-from-header Retry-After:ms
	# The longest of several; one that cannot be read is none.
	waits '0\.30' '{"X-A":"0.1","X-B":"0.3","X-C":"soon"}' --wait-time-from-header x-a --wait-time-from-header x-b --wait-time-from-header x-c
}

@test "--wait-until-time-from-header: epoch in seconds and milliseconds, dates" {
	local now='"Date":"Thu, 26 Nov 2026 12:48:50 GMT"'
	waits '1\.00' "{$now,\"x-rate-limit-reset\":\"1795697331\"}" --wait-until-time-from-header x-rate-limit-reset
	waits '0\.40' "{$now,\"x-reset\":\"1795697330400\"}" --wait-until-time-from-header x-reset:ms
	waits '1\.00' "{$now,\"x-reset\":\"Thu, 26 Nov 2026 12:48:51 GMT\"}" --wait-until-time-from-header x-reset:date
	waits '0\.50' "{$now,\"x-reset\":\"2026-11-26T21:48:50.5+09:00\"}" --wait-until-time-from-header x-reset:date
	# One that has passed is no reason to wait.
	waits '0\.00' "{$now,\"x-reset\":\"1795697320\"}" --wait-until-time-from-header x-reset
}

@test "the RateLimit fields of all drafts are waits after a 429" {
	waits '1\.00' '{"RateLimit":"\"default\";r=0;t=1"}'
	waits '1\.00' '{"RateLimit-Policy":"\"burst\";q=100;w=1","RateLimit":"\"burst\";r=0"}'
	waits '1\.00' '{"RateLimit":"limit=10, remaining=0, reset=1"}'
	waits '1\.00' '{"RateLimit-Remaining":"0","RateLimit-Reset":"1"}'
	# Retry-After is about this request.
	waits '0\.20' '{"Retry-After":"0.2","RateLimit":"\"default\";r=0;t=9"}' --max-time 5s || true
	grep -q 'trying again in 0\.20' err
}

@test "a wait header does not make other failures wait" {
	answer '{"status":503,"headers":{"x-rate-limit-reset":"4000000000"}}' '{"json":[{"a":1}]}'
	[ "$(records --url "$BASE/x" --wait-until-time-from-header x-rate-limit-reset 2>err)" = '{"a":1}' ]
	grep -q '503; trying again in 0.00' err
	# With a rule that calls it a limit it does.
	answer '{"path":"/y","status":400,"headers":{"x-wait":"0.3"},"json":{"error":{"code":80000}}}' '{"path":"/y","json":[{"a":2}]}'
	[ "$(records --url "$BASE/y" --wait-time-from-header x-wait --on 'code=80000|80004 -> rate-limited' 2>err)" = '{"a":2}' ]
	grep -q 'trying again in 0.30' err
}

@test "--max-wait: a longer wait ends at once and says so" {
	answer '{"path":"/x","status":429,"headers":{"Retry-After":"1200"}}' '{"path":"/p","headers":{"left":"0"},"json":{"next":"/p2","data":[{"a":1}]}}'
	fails 75 'the server asks to wait 1200.000 s, longer than --max-wait' --url "$BASE/x" --max-wait 15m
	fails 75 'the server asks to wait 1800.000 s, longer than --max-wait' --url "$BASE/p" --record-path data \
		--paginator json-link --next-url-path next --pause-below 'left=1 30m' --max-wait 15m
	fails 75 'no time is left to wait 1800.000 s before the request, see --max-time (left is 0, --pause-below 1)' \
		--url "$BASE/p" --record-path data --paginator json-link --next-url-path next --pause-below 'left=1 30m' --max-time 20m
	[ "$(requests)" -eq 3 ]
}

@test "--pause-below: the next request waits, and no request after the last one" {
	answer '{"path":"/1","headers":{"x-rate-limit-remaining":"1"},"json":{"next":"/2","data":[{"a":1}]}}' \
		'{"path":"/2","headers":{"x-rate-limit-remaining":"0","Date":"Thu, 26 Nov 2026 12:48:50 GMT","x-rate-limit-reset":"1795697331"},"json":{"next":"/3","data":[{"a":2}]}}' \
		'{"path":"/3","headers":{"x-rate-limit-remaining":"0","x-rate-limit-reset":"4000000000"},"json":{"data":[{"a":3}]}}'
	[ "$(records --url "$BASE/1" --record-path data --paginator json-link --next-url-path next \
		--pause-below x-rate-limit-remaining=1 --wait-until-time-from-header x-rate-limit-reset 2>err)" = $'{"a":1}\n{"a":2}\n{"a":3}' ]
	grep -qE 'GET .*/3: x-rate-limit-remaining is 0, --pause-below 1; pausing for (1.000|0.99.) s before the next request' err
	[ "$(grep -c pausing err)" -eq 1 ]
}

@test "--pause-above: a share that is used, in JSON" {
	answer '{"path":"/1","headers":{"u":"{\"app_id_util_pct\":95.5,\"acc_id_util_pct\":3}"},"json":{"next":"/2","data":[{"a":1}]}}' \
		'{"path":"/2","headers":{"u":"{\"app_id_util_pct\":95,\"acc_id_util_pct\":3}"},"json":{"next":"/3","data":[{"a":2}]}}' '{"path":"/3","json":{"data":[]}}'
	fetch --url "$BASE/1" --record-path data --paginator json-link --next-url-path next \
		--pause-above 'u:acc_id_util_pct=95 10m' --pause-above 'u:app_id_util_pct=95 300ms' 2>err >/dev/null
	grep -qE '/2: u is 95.5, --pause-above 95; pausing for (0.300|0.29.) s' err
	[ "$(grep -c pausing err)" -eq 1 ]
}

@test "a quota that is used up, by its RateLimit field, is a pause" {
	answer '{"path":"/1","headers":{"RateLimit":"\"day\";r=7;t=900, \"burst\";r=0;t=1"},"json":{"next":"/2","data":[{"a":1}]}}' '{"path":"/2","json":{"data":[]}}'
	fetch --url "$BASE/1" --record-path data --paginator json-link --next-url-path next 2>err >/dev/null
	grep -qE '/2: the quota is used up, by its RateLimit header; pausing for (1.000|0.99.) s' err
}

@test "a pause holds the requests for other records, too" {
	answer '{"path":"/1","headers":{"left":"0"},"json":[{"a":1}]}' '{"path":"/2","json":[{"a":2}]}'
	[ "$(input '{"id":1}' '{"id":2}' | records --each --url "$BASE/{id}" --pause-below 'left=1 200ms' 2>err)" = $'{"a":1}\n{"a":2}' ]
	grep -qE 'record 2: GET .*/2: left is 0, --pause-below 1; pausing for 0' err
}

@test "wait options that mean nothing are errors" {
	fails 64 'that is not a unit of it' --url "$BASE/" --wait-time-from-header x-wait:min
	fails 64 'that is not a unit of it' --url "$BASE/" --wait-until-time-from-header x-reset:seconds
	fails 64 'the name of a header is missing' --url "$BASE/" --wait-time-from-header :ms
	fails 64 'it is not NAME=N or NAME:PATH=N' --url "$BASE/" --pause-below left
	fails 64 'is not a duration' --url "$BASE/" --pause-above 'used=95 soon'
	printf '%s\n' '--pause-below left=x' >api
	fails 64 'api: line 1' @api --url "$BASE/"
	[ "$(requests)" -eq 0 ]
}
