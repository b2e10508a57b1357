# SPDX-License-Identifier: MIT
# fetch-api: values of an answer or a file that are odd on purpose: of jobs, waits, totals, cursors,
# links and tokens, of an archive to replay and of a limiter. (Odd HTTP is in fetch-api-hostile.bats.)

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

# The answers of the list are all used anew.
answers() {
	http_stop
	http_start
	answer "$@"
}

# text JSON...: the answer whose body is this text, for bodies that jq would change; PATH is where.
text() {
	local body
	for body in "$@"; do
		jq -nc --arg body "$body" --arg path "${at:-}" '{text: $body} + if $path == "" then {} else {path: $path} end' >>answers
	done
}

# long N CHARACTER: it, N times.
long() {
	printf '%*s' "$1" '' | tr ' ' "$2"
}

# job OPTION...: the options of a job.
job() {
	options=(--create-url "$BASE/c" --create-body '{}' --poll-url "$BASE/p/{create.id}" --status-path s --completed DONE --running RUN --failed BAD
		--url "$BASE/d/{create.id}" --timeout 1s --retries 0 "$@")
}

@test "odd: a job's id cannot lead elsewhere" {
	local id
	while IFS='|' read -r id why; do
		answers
		at=/c text "{\"id\":$id}"
		answer '{"json":{"s":"DONE"}}'
		job
		fails 65 "--poll-url: {create.id} $why" "${options[@]}"
		[ "$(requests)" -eq 1 ]
	done <<-'END'
	"../../admin"|is a step in a path
	".."|is a step in a path
	"%2e%2E"|is a step in a path
	""|is empty
	null|is null
	{"id":1}|is an object or array
	[1]|is an object or array
	END
	answers
	at=/c text "{\"id\":\"$(long 70000 a)\"}"
	job
	fails 65 'a filled template is larger than 65536 bytes' "${options[@]}"
	# These are names, each in one part of the path.
	while IFS='|' read -r id path; do
		answers
		at=/c text "{\"id\":$id}"
		answer '{"json":{"s":"DONE"}}'
		job
		[ "$(records "${options[@]}")" = '{"s":"DONE"}' ]
		[ "$(asked .target)" = "$(printf '/c\n/p/%s\n/d/%s' "$path" "$path")" ]
	done <<-'END'
	"a?b=c#d"|a%3Fb%3Dc%23d
	"a/b"|a%2Fb
	"\r\nX: y\u0000"|%0D%0AX%3A%20y%00
	"http://169.254.169.254/"|http%3A%2F%2F169.254.169.254%2F
	123456789012345678901234567890|123456789012345678901234567890
	END
}

@test "odd: a job's status of another type or spelling, and a URL that is none" {
	local word
	for word in 1 true '[]' '["RUN","DONE"]' '{}' '"done"' '" DONE"' '"DONE\u0000"' '[["DONE"]]' '"\u001b[31mX"' \
		"\"$(long 99999 b)\""; do
		answers '{"path":"/c","json":{"id":1}}'
		at=/p/1 text "{\"s\":$word}"
		job
		fails 65 '200: the job has an unknown status "' "${options[@]}"
		[ "$(requests)" -eq 2 ]
		[ "$(wc -c <err)" -lt 1000 ] && [ "$(wc -l <err)" -eq 1 ] && ! grep -q '[[:cntrl:]]' err
	done
	answers '{"path":"/c","json":{"id":1}}' '{"path":"/p/1","json":{"s":"RUN"}}'
	job --timeout 100ms
	fails 75 "$BASE/p/1" "${options[@]}"
	for url in file:///etc/passwd ftp://x/ //169.254.169.254/x javascript:x '' /rel 'http://h/ x' 'http://[::1' http://u:p@h/ ' http://h/'; do
		answers '{"path":"/c","json":{"id":1}}' "$(jq -nc --arg u "$url" '{path: "/p/1", json: {s: "DONE", u: $u}}')"
		job --url '{poll.u}' --any-host
		run fetch "${options[@]}"
		[[ $status -eq 65 || $status -eq 69 ]]
		[ "$(requests)" -eq 2 ]
	done
}

@test "odd: an expression of --adopt on a long text ends soon" {
	python3 -c 'import json; print(json.dumps({"path": "/c", "status": 425, "json": {"detail": "a" * 8000000 + "b"}, "times": 9}))' >>answers
	job
	for regex in '(a*)*c' '(a|aa)+c' '(a+)+c' 'is a duplicate of : ([0-9]+)'; do
		fails 75 '425 aaa' "${options[@]}" --adopt "id=detail~$regex"
	done
}

@test "odd: waits that are no time are as if they were not there, those without end end at once" {
	local value
	for value in 1000000000000000000 99999999999999999999999999 -5 -0 NaN inf 1e400 0x10 '' '5 5' 1.5.5 . 1,2 'Wed, 99 Foo 2026 99:99:99 GMT' \
		'Thu, 01 Jan 1970 00:00:00 GMT' 1000000001; do
		answers "$(jq -nc --arg v "$value" '{status: 429, headers: {"Retry-After": $v, "RateLimit-Remaining": "0", "RateLimit-Reset": $v}}')" \
			'{"json":[{"a":1}]}'
		[ "$(records --url "$BASE/" --max-time 20s)" = '{"a":1}' ]
	done
	for value in 5e8 999999999 'Fri, 31 Dec 9999 23:59:59 GMT' 9999-12-31T23:59:59Z 9999999999999; do
		answers "$(jq -nc --arg v "$value" '{status: 429, headers: {"Retry-After": $v}}')"
		fails 75 'no time is left to wait' --url "$BASE/"
		[ "$(requests)" -eq 1 ]
	done
	for value in 'r=0;t=99999999999999999999' '"x";r=0;t=-1' '"x";r=0;t=nan' ';;;;' '"x' '"x";r=;t=' "$(long 60000 '"')" \
		"$(long 60000 ';')"; do
		answers "$(jq -nc --arg v "$value" '{status: 429, headers: {RateLimit: $v, "X-J": $v}}')" \
			"$(jq -nc --arg v "$value" '{json: [{a: 1}], headers: {RateLimit: $v, "X-J": $v}}')"
		[ "$(records --url "$BASE/" --max-time 20s --wait-time-from-header 'x-j:{account}[].m:minutes' \
			--wait-time-from-header x-j:ms --wait-until-time-from-header x-j:date --pause-below 'x-j:{account}[].m=5')" = '{"a":1}' ]
	done
	for value in '{"a":[{"m":1e999}]}' '{"a":[{"m":-1}]}' '{"a":[{"m":"x"}]}' '{"a":' '{"a":{"m":1}}' null "$(long 60000 '[')"; do
		answers "$(jq -nc --arg v "$value" '{status: 429, headers: {"X-J": $v}}')" '{"json":[{"a":1}]}'
		[ "$(records --url "$BASE/" --max-time 20s --wait-time-from-header 'x-j:{account}[].m:minutes')" = '{"a":1}' ]
	done
}

@test "odd: totals, cursors and next links" {
	local value
	for value in -1 1e18 99999999999999999999999 '"x"' 1.5 null true '[]'; do
		answers
		text "{\"d\":[{\"a\":1},{\"a\":2}],\"t\":$value}" '{"d":[]}'
		fails 65 '200: --total-path leads to no number' --url "$BASE/" --record-path d --paginator offset --offset-param o --total-path t
		fails 65 '--total-path leads to no number' --url "$BASE/" --record-path d --paginator page-number --page-param o --total-path t
	done
	# A cursor is one value in the query, and one in the body.
	while IFS='|' read -r value query; do
		answers
		text "{\"d\":[{\"a\":1}],\"c\":$value}" '{"d":[{"a":2}]}' "{\"d\":[{\"a\":1}],\"c\":$value}" '{"d":[{"a":2}]}'
		[ "$(records --url "$BASE/" --record-path d --paginator cursor --cursor-path c --cursor-param c | wc -l)" -eq 2 ]
		[ "$(asked .target | tail -n 1)" = "/?c=$query" ]
		[ "$(records --url "$BASE/" --record-path d --paginator cursor --cursor-path c --cursor-body-path x.c --body '{"q":1}' | wc -l)" -eq 2 ]
		[ "$(asked .body | tail -n 1 | jq -c .x.c)" = "$(jq -c . <<<"$value")" ]
	done <<-'END'
	"a&b=c"|a%26b%3Dc
	"a\r\nX: y"|a%0D%0AX%3A%20y
	"\u0000"|%00
	"\"}"|%22%7D
	"{id}"|%7Bid%7D
	[1]|%5B1%5D
	END
	for value in file:///etc/passwd javascript:1 'data:,[]' http://127.0.0.1:99999/ '\u0000' http://u:p@127.0.0.1/ 'http://[::zz]/' "?$(long 70000 c)"; do
		answers
		text "{\"d\":[{\"a\":1}],\"n\":\"$value\"}"
		run fetch --url "$BASE/" --record-path d --paginator json-link --next-url-path n
		[ "$status" -eq 65 ]
		[ "$(requests)" -eq 1 ]
	done
}

@test "odd: tokens that are none" {
	export KEY=k SECRET=s REFRESH=r
	local auth=(--auth oauth2-refresh-token --client-id env:KEY --client-secret env:SECRET --refresh-token env:REFRESH --token-cache "$PWD/cache")
	while IFS='|' read -r value why; do
		answers
		at=/t text "{\"access_token\":$value,\"expires_in\":3600}"
		fails 65 "$why" --url "$BASE/x" "${auth[@]}" --token-url "$BASE/t"
		[ "$(asked .target)" = /t ]
		[ ! -e cache ] || ! grep -q access_token cache
	done <<-'END'
	"acc\r\nX: y"|the token holds a character that a header must not have
	"acc 1"|the token holds a character that a header must not have
	"acc\u0000"|the token holds a character that a header must not have
	"ключ"|the token holds a character that a header must not have
	""|the answer has no access_token
	null|the answer has no access_token
	1|the answer has no access_token
	["a"]|the answer has no access_token
	END
	# A time that is none is not believed: the token is used until it is refused.
	for value in -1 0 1e18 99999999999999999999 '"x"' null 1.5 true '[]'; do
		answers
		at=/t text "{\"access_token\":\"acc\",\"expires_in\":$value,\"refresh_token\":{}}"
		answer '{"path":"/x","json":[{"a":1}]}'
		rm -f cache
		[ "$(records --url "$BASE/x" "${auth[@]}" --token-url "$BASE/t")" = '{"a":1}' ]
		[ "$(asked .target)" = $'/t\n/x' ]
	done
}

@test "odd: an archive to replay" {
	local request='"request":{"method":"GET","url":"http://x/x"}'
	har() { printf '{"log":{"entries":[%s]}}' "$1" >a.har; }
	for entry in null '{}' '[]' '{"request":{},"response":{}}' "{$request,\"response\":{\"status\":\"200\",\"headers\":[]}}" \
		"{$request,\"response\":{\"status\":99999999999,\"headers\":[]}}" "{$request,\"response\":{\"status\":-1,\"headers\":[]}}" \
		"{$request,\"response\":{\"status\":200,\"headers\":\"x\"}}"; do
		har "$entry"
		fails 78 '--replay: "a.har": entry 1: ' --url http://x/x --replay a.har
	done
	har "{$request,\"response\":{\"status\":302,\"headers\":[{\"name\":\"Location\",\"value\":\"file:///etc/passwd\"}],\"content\":{}}}"
	fails 69 'it redirects to a URL that is not http or https' --url http://x/x --replay a.har
	har "{$request,\"response\":{\"status\":302,\"headers\":[{\"name\":\"Location\",\"value\":\"/x\"}],\"content\":{}}}"
	fails 69 'a.har has 1 answer to this request, and all were given' --url http://x/x --replay a.har
	python3 -c 'print("{\"log\":" * 100000)' >a.har
	fails 78 'nested deeper than 64 levels' --url http://x/x --replay a.har
	# What stands for a secret is tried at many places, and it ends.
	python3 - >a.har <<-'END'
	import json
	entry = {"request": {"method": "GET", "url": "http://x/" + "***a" * 5000}, "response": {"status": 200, "headers": [], "content": {"text": "[]"}}}
	print(json.dumps({"log": {"entries": [entry] * 30}}))
	END
	fails 69 'a.har has no such request' --url "http://x/$(long 60000 a)b" --replay a.har
	rm a.har && mkdir a.har
	fails 74 'Is a directory' --url http://x/x --replay a.har
	rmdir a.har && ln -s /dev/zero a.har
	fails 78 '"a.har" is larger than 512 MiB' --url http://x/x --replay a.har
}

@test "odd: a limiter that is something else" {
	answer '{"json":[{"a":1}]}'
	limited() { fails "$1" "$2" --url "$BASE/x" --rate 100/1s --limiter limit; }
	mkdir limit && limited 74 'Is a directory' && rmdir limit
	mkfifo limit && limited 78 '"limit" is not a file' && rm limit
	echo secret >target && ln -s target limit && limited 74 'cannot open "limit"' && [ "$(cat target)" = secret ] && rm limit target
	ln -s limit limit && limited 74 'cannot open "limit"' && rm limit
	ln -s target limit && limited 74 'cannot open "limit"' && [ ! -e target ] && rm limit
	head -c 100000 /dev/urandom >limit && limited 78 '"limit" is damaged, or something else' && rm limit
	truncate -s 1T limit && limited 78 '"limit" is damaged, or something else' && [ "$(stat -c %s limit)" = 1099511627776 ] && rm limit
	fails 78 'is not a file' --url "$BASE/x" --rate 100/1s --limiter /dev/zero
	[ "$(requests)" -eq 0 ]
}

@test "odd: arrays without measure, exploded and pivoted in the memory of the record" {
	python3 -c 'print("{\"id\":1,\"a\":[" + ",".join(["1"] * 10000000) + "]}")' | from-json >in.mam
	[ "$( (ulimit -v 100000 && explode a <in.mam) | to-json | tail -n 1)" = '{"id":1,"a":1}' ]
	run bash -c 'ulimit -v 100000; pivot --name n --columns x a <in.mam'
	[ "$status" -eq 65 ]
	[[ $output == *'a: has an element that is not an object'* ]]
	python3 -c 'print("{\"id\":1,\"a\":" + "[" * 60 + "1" + "]" * 60 + "}")' | from-json >in.mam
	[ "$(explode a <in.mam | to-json | jq -c .id)" = 1 ]
	run ! pivot --name n --columns x a <in.mam
}
