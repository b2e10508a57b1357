# SPDX-License-Identifier: MIT
# fetch-api: which failures are retried and which are not, rules, polling, and
# the exit status of each failure.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

# Tried again.

@test "429, 408, 425 and 5xx are tried again" {
	for status in 429 408 425 500 502 503 504; do
		answer "{\"path\":\"/$status\",\"status\":$status,\"times\":2}" "{\"path\":\"/$status\",\"json\":[{\"a\":1}]}"
		[ "$(records --url "$BASE/$status" 2>err)" = '{"a":1}' ]
		grep -q "GET .*/$status: $status; trying again in 0.00[0-9] s (2 of 5)" err
	done
	[ "$(requests)" -eq 21 ]
}

@test "what is tried too often ends with the status of the failure" {
	answer '{"path":"/429","status":429}' '{"path":"/503","status":503,"text":"busy"}'
	fails 75 '429 (tried 3 times, see --retries)' --url "$BASE/429" --retries 2
	fails 75 '503 busy' --url "$BASE/503" --retries 0
	[ "$(requests)" -eq 4 ]
}

@test "refusals are final, each with its status" {
	for pair in 400:69 401:77 403:77 404:69 405:69 409:69 410:69 422:69 501:69 505:69 300:69; do
		answer "{\"path\":\"/${pair%:*}\",\"status\":${pair%:*},\"json\":{\"error\":{\"code\":7,\"message\":\"why\"}}}"
		fails "${pair#*:}" "${pair%:*} 7 why" --url "$BASE/${pair%:*}"
	done
	[ "$(requests)" -eq 11 ]
}

@test "an error that is in an answer twice is said once, and so is a code that is the status" {
	answer '{"path":"/a","status":403,"json":[{"error":{"code":403,"message":"closed","details":[{"errors":[{"errorCode":{"x":"Y"},"message":"closed"}]}]}}]}' \
		'{"path":"/b","status":400,"json":{"errors":[{"code":1,"message":"bad"},{"code":2,"message":"bad"},{"code":2,"message":"bad"}]}}' \
		'{"path":"/c","status":404,"json":{"error":{"code":404}}}' \
		'{"path":"/d","status":400,"json":{"errors":[{"code":403,"message":"a"},{"message":"b"},{"message":"b"},{"message":"a"}]}}'
	fails 77 '/a: 403 closed' --url "$BASE/a"
	[ "$(sed 's/.*: //' err)" = '403 closed' ]
	fails 69 '' --url "$BASE/b"
	[ "$(sed 's/.*: //' err)" = '400 1 bad; 2 bad' ]
	fails 69 '' --url "$BASE/c"
	[ "$(sed 's/.*: //' err)" = '404 404' ]
	fails 69 '' --url "$BASE/d"
	[ "$(sed 's/.*: //' err)" = '400 403 a; b' ]
}

@test "Retry-After: seconds, a date, one that has passed, and one that is too long" {
	answer '{"path":"/s","status":503,"headers":{"Retry-After":"1"}}' '{"path":"/s","json":[]}' \
		'{"path":"/long","status":429,"headers":{"retry-after":"7200"}}' '{"path":"/odd","status":503,"headers":{"Retry-After":"soon"}}' \
		'{"path":"/odd","json":[]}' '{"path":"/past","status":503,"headers":{"Retry-After":"Wed, 21 Oct 2015 07:28:00 GMT"}}' \
		'{"path":"/past","json":[]}' "{\"path\":\"/date\",\"status\":503,\"headers\":{\"Retry-After\":\"$(date -u -d '+2 hours' '+%a, %d %b %Y %T GMT')\"}}"
	fetch --url "$BASE/s" 2>err >/dev/null
	grep -q 'trying again in 1.00[01] s' err
	fetch --url "$BASE/odd" 2>err >/dev/null
	fetch --url "$BASE/past" 2>err >/dev/null
	grep -q 'trying again in 0.00' err
	# A wait that does not fit into the budget ends the program at once.
	fails 75 'no time is left to wait 7200.0' --url "$BASE/long" --backoff 1ms
	fails 75 'no time is left to wait 7' --url "$BASE/date"
}

@test "a broken connection and a cut body are tried again, and nothing of them is sent on" {
	for fault in '"do":"reset","at":5' '"do":"truncate","at":5' '"do":"close"' '"do":"truncate","at":7,"framing":"chunked"' '"do":"reset","at":0'; do
		answer "{\"path\":\"/x\",\"json\":[{\"a\":1},{\"a\":2}],$fault}"
	done
	answer '{"path":"/x","json":[{"a":1},{"a":2}]}' '{"path":"/cut","text":"[{\"a\":1},"}' '{"path":"/cut","json":[{"a":1}]}'
	[ "$(records --url "$BASE/x")" = $'{"a":1}\n{"a":2}' ]
	[ "$(requests)" -ge 6 ]
	# The framing agrees, but JSON knows that it was cut.
	[ "$(records --url "$BASE/cut")" = '{"a":1}' ]
	answer '{"path":"/always","text":"[{\"a\":1},","times":9}' '{"path":"/short","json":[1],"do":"truncate","at":1}'
	fails 65 'the answer is not JSON' --url "$BASE/always" --retries 1
	fails 75 'tried 2 times' --url "$BASE/short" --retries 1
	grep -qE 'short: .*(transfer closed|end of response|bytes remaining)' err
}

@test "a file that breaks off is fetched again whole" {
	answer '{"path":"/f","text":"0123456789","repeat":300000,"do":"reset","at":2000000}' \
		'{"path":"/f","text":"0123456789","repeat":300000,"do":"truncate","at":2999999}' '{"path":"/f","text":"0123456789","repeat":300000}'
	fetch --url "$BASE/f" --decoder raw >out.mam
	[ "$("$MAM_ROOT/tests/tools/look" chunks <out.mam | sha256sum)" = "$(yes 0123456789 | head -n 300000 | tr -d '\n' | sha256sum)" ]
	[ "$(pass --bytes <out.mam | to-json)" = '{"bytes":3000000}' ]
}

@test "no connection, no such host: 75" {
	fails 75 'tried 2 times' --url "http://127.0.0.1:1/" --retries 1
	grep -qi 'connect' err
	fails 75 'resolve' --url "http://no-such-host.invalid/" --retries 0
	# And a name that resolves later: the handle goes on.
	fails 75 'tried 2 times' --url "http://no-such-host.invalid/" --retries 1
}

@test "silence, slowness and a budget that is spent: 75" {
	answer '{"path":"/silent","delay":5,"json":[]}' '{"path":"/503","status":503}'
	fails 75 'Operation too slow' --url "$BASE/silent" --retries 0 --read-timeout 1s
	fails 75 'timed out' --url "$BASE/silent" --max-time 200ms
	fails 75 'no time is left to wait' --url "$BASE/503" --max-time 300ms --backoff 10s --retries 1000
	fails 64 'is not a duration' --url "$BASE/" --read-timeout 10ms
	fails 64 'is not a duration' --url "$BASE/" --connect-timeout 2h
	fetch --url "$BASE/" --connect-timeout 5s 2>err || true
}

@test "an answer larger than --max-response is an error, packed or not" {
	answer '{"path":"/big","json":[{"a":"xxxxxxxxxxxxxxxxxxxxxxxx"}]}' '{"path":"/bomb","text":" ","repeat":5000000,"gzip":true}'
	fails 65 'the answer is larger than 20 bytes (see --max-response)' --url "$BASE/big" --max-response 20
	fails 65 'the answer is larger than 20 bytes' --url "$BASE/big" --max-response 20 --decoder raw --accept-json
	fails 65 'the answer is larger than 1048576 bytes' --url "$BASE/bomb" --max-response 1M
	[ "$(requests)" -eq 3 ]
	[ "$(records --url "$BASE/big" --max-response 1K)" = '{"a":"xxxxxxxxxxxxxxxxxxxxxxxx"}' ]
}

@test "--rate keeps requests apart" {
	answer '{"json":[{"a":1}]}'
	start=$(date +%s%N)
	input '{"i":1}' '{"i":2}' '{"i":3}' '{"i":4}' '{"i":5}' | fetch --each --url "$BASE/{i}" --rate 2/200ms >/dev/null
	# Five at two in 200 ms are the third and the fifth that wait: not sooner than this.
	[ $((($(date +%s%N) - start) / 1000000)) -ge 400 ]
	[ "$(requests)" -eq 5 ]
	fails 64 '--rate: "5" is not N/DURATION' --url "$BASE/" --rate 5
	fails 64 'is not N/DURATION' --url "$BASE/" --rate 0/1s
	fails 64 'is not N/DURATION' --url "$BASE/" --rate 1/0s
	# A day is one in every unit, as in the other options that take a duration.
	fetch --url "$BASE/one" --rate 5/1d >/dev/null
	fetch --url "$BASE/one" --rate 5/86400000ms >/dev/null
}

# Rules.

@test "--on: an error code tells a limit from a refusal" {
	answer '{"path":"/limit","status":403,"json":{"errors":[{"code":"0003","message":"Frequency limit"}]},"times":2}' \
		'{"path":"/limit","json":[{"a":1}]}' '{"path":"/denied","status":403,"json":{"errors":[{"code":"0098","message":"Permission denied"}]}}'
	rule=(--on 'status=403 code=0003' 'rate-limited')
	[ "$(records --url "$BASE/limit" "${rule[@]}" 2>err)" = '{"a":1}' ]
	grep -q '403 0003 Frequency limit (--on status=403 code=0003); trying again' err
	fails 77 '403 0098 Permission denied' --url "$BASE/denied" "${rule[@]}"
	answer '{"path":"/for-ever","status":403,"json":{"errors":[{"code":"0003"}]}}'
	fails 75 'tried 2 times' --url "$BASE/for-ever" "${rule[@]}" --retries 1
	fails 75 'no time is left to wait 30.0' --url "$BASE/for-ever" --on 'code=0003' 'rate-limited 30s' --max-time 2s
}

@test "a 429 without Retry-After waits the whole bound of --backoff" {
	answer '{"status":429,"text":"slow down","times":2}' '{"json":[]}'
	fetch --url "$BASE/" --backoff 40ms 2>err >/dev/null
	grep -qE 'trying again in 0\.0([4-7].|80) s \(1 of 5\)' err
	grep -qE 'trying again in 0\.(0[89].|1[0-5].|160) s \(2 of 5\)' err
}

@test "rate-limited does not come back at once" {
	answer '{"status":429,"times":1}' '{"json":[]}'
	fetch --url "$BASE/" --on status=429 rate-limited --backoff 50ms 2>err >/dev/null
	grep -qE 'trying again in 0\.(0[5-9]|10)[0-9]* s' err
}

@test "--on: every way to say which answer" {
	answer '{"json":{"code":40100,"message":"QPS limit reached","data":{"n":0}},"headers":{"X-Left":"0"}}'
	for rule in 'code=40100 -> fail' "'message~QPS' fail" 'message~"QPS limit" fail' 'code!=0 fail' 'header.x-left=0 fail' \
		'content-type=application/json fail' 'data.n=0 fail' 'body.code=40100 fail' 'status=2xx fail' 'status=200 code fail'; do
		fails 69 'GET' --url "$BASE/" --on "$rule"
	done
	# The first rule that holds decides; none that does not hold does.
	[ "$(records --url "$BASE/" --record-path data --on 'code=1 fail' --on 'status=200 success' --on 'code=40100 fail')" = '{"n":0}' ]
	printf "%s\n" "--on 'code=40100' -> rate-limited 1ms" '--retries 0' >api
	fails 75 '(--on' @api --url "$BASE/"
}

@test "--on: success forgives a status but not a body that cannot be read" {
	answer '{"path":"/j","status":404,"json":[]}' '{"path":"/t","status":404,"text":"none"}'
	[ -z "$(records --url "$BASE/j" --on status=404 success)" ]
	fails 65 '404 none (--on status=404), but the answer is not JSON: line 1 column 1' --url "$BASE/t" --on status=404 success
}

@test "--on: ignore leaves one request out and counts it" {
	answer '{"path":"/1","status":403,"json":{"error":{"status":"CUSTOMER_NOT_ENABLED"}}}' '{"path":"/2","json":[{"a":2}]}'
	input '{"id":1}' '{"id":2}' | MAM_LOG=json fetch --each --url "$BASE/{id}" --on 'code=CUSTOMER_NOT_ENABLED' ignore 2>err | to-json >out
	[ "$(cat out)" = '{"a":2}' ]
	[ "$(jq -s -r 'map(select(.ignored)) | .[0].ignored' err)" = 1 ]
	grep -q 'record 1: GET .*/1: 403 CUSTOMER_NOT_ENABLED' err
}

@test "--on, --fail-on, --until: alternatives in values" {
	answer '{"path":"/meta","status":400,"json":{"error":{"code":17,"message":"(#17) limit"}},"times":2}' \
		'{"path":"/meta","status":400,"json":{"error":{"code":32}}}' '{"path":"/meta","json":[{"a":1}]}' \
		'{"path":"/bars","json":{"why":"a|b","data":[{"a":2}]}}' '{"path":"/job","json":{"s":["RUNNING","DONE"]}}' \
		'{"path":"/job","json":{"s":["READY","DONE"],"data":[{"a":3}]}}'
	[ "$(records --url "$BASE/meta" --on 'status=400|403 code=4|17|32' rate-limited 2>err)" = '{"a":1}' ]
	[ "$(grep -c 'trying again' err)" -eq 3 ]
	fails 69 '(--fail-on why="a|b")' --url "$BASE/bars" --record-path data --fail-on 'why="a|b"'
	[ "$(records --url "$BASE/bars" --record-path data --fail-on 'why=a|b')" = '{"a":2}' ]
	[ "$(records --url "$BASE/job" --record-path data --until 's[]=DONE|READY' 2>err)" = '{"a":3}' ]
}

@test "a value that a rule cannot mean is an error at the start" {
	fails 64 'alternatives are separated by "|", as in code=4|17' --url "$BASE/" --on 'code=4,17,32' rate-limited
	fails 64 'alternatives are separated' --url "$BASE/" --until 'status=DONE,READY'
	fails 64 'an alternative is empty' --url "$BASE/" --on 'code=4||17' retry
	fails 64 'an alternative is empty' --url "$BASE/" --fail-on 'status=FAILED|'
	fails 64 'alternatives are for values' --url "$BASE/" --fail-on 'error|errors'
	fails 64 'a status is three digits' --url "$BASE/" --on 'status=403|42' retry
	[ "$(requests)" -eq 0 ]
}

@test "--on: what is no rule is said" {
	fails 64 'has no action' --url "$BASE/" --on status=403
	fails 64 'has no action' --url "$BASE/" --on status=403 panic
	fails 64 'a status is three digits' --url "$BASE/" --on status=4 fail
	fails 64 'no condition' --url "$BASE/" --on '' fail
	fails 64 'reset-pagination is not offered' --url "$BASE/" --on 'status=403 reset-pagination'
	fails 64 'takes no operands' --url "$BASE/" more
	fails 64 'refresh-token-then-retry is for --auth oauth2' --url "$BASE/" --on 'status=401 refresh-token-then-retry'
}

@test "--fail-on: an error inside an answer with status 200" {
	answer '{"path":"/full","json":{"errors":[{"code":"0001","message":"Invalid Request."}]}}' \
		'{"path":"/part","json":{"errors":null,"rval":{"values":[{"errors":null},{"errors":[{"code":"F0001","message":"Invalid format."}]}]}}}' \
		'{"path":"/good","json":{"errors":null,"rval":{"values":[{"errors":null,"x":1}]}}}' '{"path":"/code","json":{"code":40002,"message":"no"}}'
	rules=(--fail-on errors --fail-on 'rval.values[].errors')
	fails 69 '200 0001 Invalid Request. (--fail-on errors)' --url "$BASE/full" "${rules[@]}"
	fails 69 '200 F0001 Invalid format. (--fail-on rval.values[].errors)' --url "$BASE/part" "${rules[@]}"
	[ -n "$(records --url "$BASE/good" "${rules[@]}" --record-path rval.values)" ]
	fails 69 '40002 no (--fail-on code!=0)' --url "$BASE/code" --fail-on 'code!=0'
	fails 64 '--fail-on: "a..b"' --url "$BASE/" --fail-on 'a..b'
}

# Polling.

@test "--until asks until every value is the one, and writes only that answer" {
	answer '{"path":"/p","json":{"v":[]}}' '{"path":"/p","json":{"v":[{"s":"RUNNING"},{"s":"DONE"}]}}' '{"path":"/p","json":{"v":[{"s":"DONE"},{"s":"DONE"}]}}'
	[ "$(records --url "$BASE/p" --record-path v --until 'v[].s=DONE' | wc -l)" -eq 2 ]
	[ "$(requests)" -eq 3 ]
	answer '{"path":"/q","json":{"s":"SKIPPED"}}'
	[ "$(records --url "$BASE/q" --until s=DONE --until s=SKIPPED)" = '{"s":"SKIPPED"}' ]
}

@test "--until: a state that --fail-on names ends it, an error on the way is tried again" {
	answer '{"path":"/f","json":{"s":"RUNNING"}}' '{"path":"/f","status":503}' '{"path":"/f","json":{"s":"FAILED","why":"Over limit of file size."}}'
	fails 69 '(--fail-on s=FAILED)' --url "$BASE/f" --until s=DONE --fail-on s=FAILED
	[ "$(requests)" -eq 3 ]
}

@test "--until: no time left is 75, and says what did not hold" {
	answer '{"json":{"s":"RUNNING"}}'
	# On a slow machine the last request itself may run out of time.
	fails 75 'no time is left to ' --url "$BASE/" --until s=DONE \
		--interval 400ms --timeout 1s
	[ "$(requests)" -ge 2 ]
	input '{"id":5}' >in.mam
	fails 75 'record 1: GET' --each --url "$BASE/{id}" --until s=DONE --interval 1s --timeout 100ms <in.mam
	fails 64 'is not PATH=VALUE' --url "$BASE/" --until s
	fails 64 '--until is for --decoder json' --url "$BASE/" --until s=1 --decoder raw
}

@test "--until: a path that is not in the answer is an error at once, unless --allow-missing" {
	answer '{"path":"/t","json":{"id":7,"data":{"state":"RUNNING"}}}'
	fails 65 '--until data.status=DONE leads nowhere in the answer: data has no "status" but "state" (see --allow-missing)' \
		--url "$BASE/t" --until data.status=DONE
	fails 65 'id is a number, not an object' --url "$BASE/t" --until id.status=DONE
	[ "$(requests)" -eq 2 ]
	# One of several that is there is enough; null and an empty list are something to wait for.
	answer '{"path":"/n","json":{"s":null,"v":[]}}' '{"path":"/n","status":204}' '{"path":"/n","json":{"s":"DONE","v":[1]}}'
	[ -n "$(records --url "$BASE/n" --until x.y=DONE --until s=DONE)" ]
	answer '{"path":"/v","json":{"v":[]}}' '{"path":"/v","json":{"v":[{"s":1}]}}'
	[ -n "$(records --url "$BASE/v" --until 'v[].s=1')" ]
	# An API may leave a member out until it is true.
	answer '{"path":"/a","json":{"name":"op"}}' '{"path":"/a","json":{"name":"op","done":true}}'
	[ -n "$(records --url "$BASE/a" --until done=true --allow-missing)" ]
	fails 64 '--allow-missing is for --until' --url "$BASE/a" --allow-missing
}

@test "--until: an error while it waits ends it" {
	answer '{"json":{"data":null,"errors":[{"message":"Not authorized"}]}}'
	fails 69 '200 Not authorized' --url "$BASE/" --record-path data.rows --until data.state=DONE
	[ "$(requests)" -eq 1 ]
}

@test "--until: a log gets the state at once and then once a minute, the end gets the last one" {
	for state in QUEUED RUNNING RUNNING; do
		answer "{\"path\":\"/p\",\"json\":{\"v\":[{\"s\":\"$state\"},{\"s\":\"$state\"}]}}"
	done
	answer '{"path":"/p","json":{"v":[{"s":"DONE"}]}}' '{"path":"/e","json":{"v":[{"s":"QUEUED"},{"s":7}]}}'
	records --url "$BASE/p" --until 'v[].s=DONE' 2>err >out
	[ "$(grep -c waiting err)" -eq 1 ]
	grep -qF "fetch-api: GET $BASE/p: waiting for --until v[].s=DONE, now \"QUEUED\"" err
	fails 75 '(see --timeout); there is "QUEUED", 7' --url "$BASE/e" --until 'v[].s=DONE' --timeout 5s --interval 6s
}

@test "--until: a terminal gets each new state" {
	need_terminal
	for state in QUEUED QUEUED RUNNING RUNNING DONE; do
		answer "{\"json\":{\"s\":\"$state\"}}"
	done
	unset MAM_LOG
	script -qec "fetch-api --interval 1ms --url $BASE/ --until s=DONE >out.mam" /dev/null >seen
	[ "$(grep -c 'now "QUEUED"' seen)" -eq 1 ]
	[ "$(grep -c 'now "RUNNING"' seen)" -eq 1 ]
}

# The stream.

@test "a failure travels: its reason stands in the abort, and the stage behind ends with its status" {
	answer '{"status":404,"text":"no such report"}'
	run bash -c 'fetch-api --url "$BASE/x" | to-json'
	[ "$status" -eq 69 ]
	fetch --url "$BASE/x" >out.mam 2>/dev/null || true
	[ "$("$MAM_ROOT/tests/tools/look" abort <out.mam | jq -r '"\(.stage) \(.exit) \(.why)"')" = "fetch-api 69 GET $BASE/x: 404 no such report" ]
}

@test "a temporary file that cannot be made is 74" {
	answer '{"text":"0123456789","repeat":200000}'
	TMPDIR=/nonexistent fails 74 'cannot write to "/nonexistent" (see TMPDIR)' --url "$BASE/" --decoder raw
}

@test "foreign text in a message is one line, and short" {
	answer '{"path":"/t","status":400,"text":"a\nb\u001b[31m\u0000","repeat":500}'
	fails 69 '400 a\nb\u001b[31m' --url "$BASE/t"
	[ "$(wc -l <err)" -eq 1 ]
	[ "$(wc -c <err)" -lt 1000 ]
}
