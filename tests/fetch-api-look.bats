# SPDX-License-Identifier: MIT
# fetch-api at the prompt: the request as a command, each request and answer as a line, and the reason
# of an error wherever the server gives it.

load helper
load http

teardown() {
	http_stop
}

# What the server saw of each request, but for the headers that name the program.
seen() {
	jq -cS '{method, target, body, headers: (.headers | del(.["user-agent"], .accept, .["accept-encoding"], .connection))}' log
}

# fetch-api sends the request, then sh runs the command that --print-request gives: both are the same.
same_request() { # OPTION...
	: >log
	fetch-api "$@" >/dev/null 2>&1
	seen >by_fetch_api
	: >log
	fetch-api --print-request "$@" >printed
	[ ! -s log ]
	run ! grep -F "$KEY" printed
	sh printed >/dev/null 2>&1
	seen >by_curl
	diff by_fetch_api by_curl
	[ -s by_curl ]
}

@test "--print-request is a curl command that sends the same request, without a secret in it" {
	http_start
	answer '{"json":[]}'
	export KEY=practice-key\'\"\ \$x
	printf '%s' "$KEY" >"it's a file"
	same_request --url "$BASE/a/{x}?q={x}" --set "x=it's \"5\" & more" --param 'fields=["a",{"b":1}]' --param n=1
	same_request --url "$BASE/a" --header 'X-One: {k}' --secret k=env:KEY --header 'X-Two:' --header "X-Three: it's"
	for method in PUT PATCH DELETE POST GET; do
		same_request --url "$BASE/a" --method "$method" --body '{"n":12345678901234567890.10,"t":"@it'\''s"}'
		same_request --url "$BASE/a" --method "$method" --paginator offset --page-size 5 --limit-param l --offset-param o
	done
	same_request --url "$BASE/a" --body 'a={x}' --set "x=y z" --header 'Content-Type: application/x-www-form-urlencoded'
	same_request --url "$BASE/a" --body 'plain {x}' --set "x=y z" --header 'Content-Type: text/plain'
	same_request --url "$BASE/a" --auth bearer --token env:KEY
	same_request --url "$BASE/a" --auth api-key --api-key "file:it's a file" --api-key-header X-Key
	same_request --url "$BASE/a" --auth basic --user me --password 'exec:printf %s "$KEY"'
	KEY=plain
	same_request --url "$BASE/a" --auth api-key --api-key env:KEY --api-key-param key
}

@test "--print-request needs no secret, asks for no token, and seals nothing" {
	http_start
	run -0 --separate-stderr fetch-api --print-request --url "$BASE/a" --auth oauth2-refresh-token \
		--token-url "$BASE/token" --client-id env:MISSING_ID --refresh-token env:MISSING
	[[ ${lines[0]} == "# ACCESS_TOKEN: an access token of $BASE/token" ]]
	[[ $output == *'Authorization: Bearer '\''"$ACCESS_TOKEN"'* ]]
	[ ! -s log ]
	[ -z "$stderr" ]
	run -64 fetch-api --print-request --url "$BASE/a" --auth bearer --token practice-token
	[[ $output != *practice-token* ]]
	run -74 sh -c "fetch-api --print-request --url '$BASE/a' >/dev/full"
}

@test "--print-request with --each prints a command for each record, of a whole stream only" {
	printf '{"id":1}\n{"id":"a b"}\n' | from-json >ids.mam
	run -0 --separate-stderr fetch-api --each --print-request --url 'http://127.0.0.1/{id}' <ids.mam
	[ "$(grep -c '^curl ' <<<"$output")" = 2 ]
	[[ $output == *"'http://127.0.0.1/a%20b'" ]]
	head -c -5 ids.mam >cut.mam
	run -76 fetch-api --each --print-request --url 'http://127.0.0.1/{id}' <cut.mam
}

@test "--verbose gives a line for each request and answer, secrets struck out" {
	http_start
	answer '{"path":"/a","query":"p=1","json":[1,2]}' '{"path":"/a","query":"p=2","times":1,"status":503,"headers":{"Retry-After":"0"},"text":"try\nlater practice-key"}' \
		'{"path":"/a","query":"p=2","json":[]}'
	export KEY=practice-key
	fetch-api --verbose --backoff 10ms --url "$BASE/a" --wrap v --auth api-key --api-key env:KEY --api-key-param key --param "q=practice-key" \
		--paginator page-number --page-param p 2>said >/dev/null
	cat said
	run ! grep practice-key said
	grep -q "^fetch-api: GET $BASE/a?q=\*\*\*&p=1: 200, 6 bytes of application/json, [0-9.]* s\$" said
	grep -q "^fetch-api: GET $BASE/a?q=\*\*\*&p=2: 503, .*, Retry-After: 0: try\\\\nlater \*\*\*, [0-9.]* s\$" said
	[ "$(grep -c "GET $BASE/a?.* s\$" said)" = 3 ]
	run -75 --separate-stderr fetch-api --verbose --retries 0 --url http://127.0.0.1:1/x
	[[ $stderr == *'GET http://127.0.0.1:1/x: '*' s'* ]]
}

@test "--verbose shows no token that a token URL gives" {
	http_start
	answer '{"path":"/token","json":{"access_token":"practice-access","token_type":"bearer","expires_in":3600}}' '{"path":"/a","json":[]}'
	export ID=practice-id REFRESH=practice-refresh
	fetch-api --verbose --url "$BASE/a" --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID \
		--refresh-token env:REFRESH --token-cache none 2>said >/dev/null
	grep -q "POST $BASE/token, body of [0-9]* bytes: 200" said
	grep -q "GET $BASE/a: 200" said
	run ! grep -E 'practice-(access|id|refresh)' said
}

@test "a reason that is in a header only is in the message" {
	http_start
	answer '{"status":401,"headers":{"WWW-Authenticate":"Bearer error=\"invalid_token\", error_description=\"The token expired\""},"text":""}'
	run -77 fetch-api --url "$BASE/a"
	[[ $output == *': 401 WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"'* ]]
	rm answers
	answer '{"status":400,"headers":{"X-Amzn-ErrorType":"ThrottledException"},"text":"<html></html>"}'
	run -69 fetch-api --url "$BASE/a"
	[[ $output == *': 400 X-Amzn-ErrorType: ThrottledException'* ]]
}
