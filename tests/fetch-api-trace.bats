# SPDX-License-Identifier: MIT
# fetch-api: --trace writes what was sent and answered as a HAR file, --replay gives the answers back without a network.

load helper
load http
load ads
load certificates

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
	export TOKEN=t0ken-value KEY='k/ey+value' ID=client-1 SECRET='s3cret&x=y' REFRESH=refresh-1
}

teardown() {
	http_stop
	ads_stop
}

entries() { # JQ FILTER
	jq -r ".log.entries[] | $1" x.har
}

# The API is gone, and so are the secrets.
offline() {
	http_stop
	unset TOKEN KEY ID SECRET REFRESH
}

@test "--trace: every request and answer, with the members that HAR 1.2 wants" {
	answer '{"path":"/a","status":503,"text":"busy","times":1}' '{"path":"/a","status":302,"headers":{"Location":"/b?x=1"}}' \
		'{"path":"/b","json":[{"a":"日本"}],"gzip":true,"headers":{"Set-Cookie":"session=abc"}}'
	[ "$(records --url "$BASE/a" --param 'q=é &' --trace x.har)" = '{"a":"日本"}' ]
	[ "$(stat -c %a x.har)" = 600 ]
	[ "$(entries '"\(.request.method) \(.request.url) \(.response.status) \(.response.statusText)"')" = "GET $BASE/a?q=%C3%A9%20%26 503 Service Unavailable
GET $BASE/a?q=%C3%A9%20%26 302 Found
GET $BASE/b?x=1 200 OK" ]
	jq -e '.log.version == "1.2" and (.log.creator | has("name") and has("version")) and (.log.entries | length == 3) and
		(.log.entries | all(
			(.startedDateTime | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]{3})?Z$")) and (.time | type == "number") and
			(.request | has("method") and has("url") and has("httpVersion") and has("cookies") and has("headers") and
				has("queryString") and has("headersSize") and has("bodySize")) and
			(.response | has("status") and has("statusText") and has("httpVersion") and has("cookies") and has("headers") and
				has("content") and has("redirectURL") and has("headersSize") and has("bodySize")) and
			(.response.content | has("size") and has("mimeType")) and has("cache") and
			(.timings | has("send") and has("wait") and has("receive")) and
			# The times add up.
			((.timings | [.blocked, .dns, .connect, .send, .wait, .receive] | map(select(. >= 0)) | add) - .time | fabs < 0.01)))' x.har
	[ "$(entries '.request.queryString | map("\(.name)=\(.value)") | join(",")' | head -n 1)" = 'q=é &' ]
	[ "$(entries '.response.redirectURL' | sed -n 2p)" = '/b?x=1' ]
	# A body is what it means, not how it was coded; the cookie is a secret.
	[ "$(entries '.response.content.text' | tail -n 1)" = '[{"a": "\u65e5\u672c"}]' ]
	[ "$(entries '.response.headers[] | select(.name == "Set-Cookie") | .value')" = '***' ]
	entries '.request.headers[].name' | grep -qx Host
	jq -e '.log.entries[2].response | .content.size == 23 and .bodySize > .content.size' x.har
	# The next run begins anew.
	fetch --url "$BASE/b" --trace x.har >/dev/null
	[ "$(entries .request.url)" = "$BASE/b" ]
}

@test "--trace: no secret is in it, wherever a server repeats one" {
	answer '{"path":"/token","json":{"access_token":"at-12345","refresh_token":"rt-67890","id_token":"it-1234","token_type":"Bearer","expires_in":"3600"}}' \
		'{"path":"/api","echo":true,"times":99}'
	fetch --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET --refresh-token env:REFRESH \
		--token-cache none --secret k=env:KEY --param 'k={k}' --header 'X-Mine: {k}' --body '{"k":"{k}","id":3600}' --trace x.har >/dev/null 2>&1
	[ "$(entries .request.url)" = "$BASE/token
$BASE/api?k=***" ]
	[ "$(entries '.response.content.text' | head -n 1 | jq -c '[.access_token, .refresh_token, .id_token, .token_type, .expires_in]')" = '["***","***","***","Bearer","3600"]' ]
	[ "$(entries '.request.headers[] | select(.name == "Authorization") | .value')" = '***' ]
	[ "$(entries '.request.postData.text' | head -n 1)" = 'grant_type=refresh_token&client_id=***&client_secret=***&refresh_token=***' ]
	[ "$(entries '.request.postData.text' | tail -n 1)" = '{"k":"***","id":3600}' ]
	for secret in at-12345 rt-67890 it-1234 client-1 s3cret refresh-1 'k/ey' 'k%2Fey' 'k\/ey'; do
		run ! grep -qF -- "$secret" x.har
	done
	# An answer of a token URL that is not JSON is left out.
	: >answers
	answer '{"path":"/token","text":"access_token=at-98765"}'
	run fetch --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --refresh-token env:REFRESH --token-cache none --trace x.har
	run ! grep -q at-98765 x.har
	[ "$(entries '.response.content._cut')" = true ]
	# Those of other kinds.
	: >answers
	answer '{"json":[]}'
	export CK=consumer-key CS=consumer-secret AK=AKIDEXAMPLE SK=sk-12345
	for words in '--auth bearer --token env:TOKEN' '--auth basic --user me --password env:TOKEN' '--auth api-key --api-key env:KEY --api-key-param key' \
		'--auth oauth1 --consumer-key env:CK --consumer-secret env:CS' '--auth line-jws --access-key env:AK --secret-key env:SK'; do
		# shellcheck disable=SC2086
		fetch --url "$BASE/" $words --trace x.har >/dev/null
		run ! grep -qE 't0ken|k/ey|k%2Fey|consumer-secret|sk-12345|oauth_signature|eyJ' x.har
	done
}

@test "--trace: bodies are cut at --trace-body, binary ones are in base64" {
	printf '\x00\x01\xff' >bin
	answer '{"path":"/bin","hex":"0001ff"}' '{"path":"/long","text":"{\"a\":\"日本語日本語\"}","headers":{"Content-Type":"application/json"}}'
	fetch --url "$BASE/bin" --decoder raw --trace x.har >/dev/null
	[ "$(entries '"\(.response.content.text) \(.response.content.encoding) \(.response.content.size)"')" = 'AAH/ base64 3' ]
	# On the border of a character, and never within a secret.
	fetch --url "$BASE/long" --trace x.har --trace-body 10 --body '{"t":"{t}"}' --secret t=env:TOKEN >/dev/null
	[ "$(entries '.response.content | "\(.text) \(._cut) \(.size)"')" = '{"a":"日 true 26' ]
	[ "$(entries .request.postData.text)" = '{"t":"***"' ]
	fetch --url "$BASE/long" --trace x.har --trace-body 7 --body '{"t":"{t}"}' --secret t=env:TOKEN >/dev/null
	[ "$(entries .request.postData.text)" = '{"t":"*' ]
	fetch --url "$BASE/long" --trace x.har --trace-body 0 >/dev/null
	[ "$(entries '.response.content | "\(.text) \(._cut)"')" = ' true' ]
	fails 64 '--trace-body' --url "$BASE/long" --trace x.har --trace-body x
}

@test "--trace: a request without an answer is there too" {
	answer '{"do":"close","times":1}' '{"json":[{"a":1}],"do":"truncate","at":3,"times":1}' '{"json":[{"a":1}]}'
	[ "$(records --url "$BASE/" --trace x.har 2>/dev/null)" = '{"a":1}' ]
	[ "$(entries '"\(.response.status) \(._result) \(.response._error != null)"')" = $'0 failed true\n200 failed true\n200 answered false' ]
	offline
	[ "$(records --url "$BASE/" --replay x.har 2>err)" = '{"a":1}' ]
	[ "$(grep -c 'trying again' err)" -eq 2 ]
}

@test "--replay: the same stream without network and secrets: retries, pages, redirects, files, errors" {
	printf '\x1f\x8b\x00\xff\x00' >file
	answer '{"path":"/p","query":"p=1","status":429,"headers":{"Retry-After":"1"},"text":"slow","times":1}' \
		'{"path":"/p","query":"p=1","json":[{"a":1}]}' '{"path":"/p","query":"p=2","json":[{"a":2}]}' '{"path":"/p","query":"p=3","json":[]}' \
		'{"path":"/r","status":302,"headers":{"Location":"/f"}}' '{"path":"/f","hex":"1f8b00ff00"}' \
		'{"path":"/e","status":403,"json":{"error":{"code":7,"message":"no"}}}' '{"path":"/token","json":{"access_token":"at-12345"}}'
	pages=(--url "$BASE/p" --paginator page-number --page-param p)
	fetch "${pages[@]}" --auth oauth2-client-credentials --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET --token-cache none --trace p.har >p.mam 2>/dev/null
	fetch --url "$BASE/r" --decoder raw --auth api-key --api-key env:KEY --api-key-param key --trace r.har >r.mam
	run fetch --url "$BASE/e" --auth basic --user u --password env:TOKEN --trace e.har
	n=$(requests)
	offline
	SECONDS=0
	fetch "${pages[@]}" --auth oauth2-client-credentials --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET --replay p.har >p2.mam 2>err
	grep -q '429 slow; trying again in 1.' err
	cmp <(to-json <p.mam) <(to-json <p2.mam)
	fetch --url "$BASE/r" --decoder raw --auth api-key --api-key env:KEY --api-key-param key --replay r.har >r2.mam
	cmp r.mam r2.mam || cmp <(to-json <r.mam) <(to-json <r2.mam)
	fails 77 '403 7 no' --url "$BASE/e" --auth basic --user u --password env:TOKEN --replay e.har
	[ "$(requests)" -eq "$n" ]
}

@test "--replay: a token that was refused, and signatures, need no secret" {
	answer '{"path":"/token","json":{"access_token":"at-12345"},"times":1}' '{"path":"/token","json":{"access_token":"at-67890"}}' \
		'{"path":"/api","when":{"authorization":"Bearer at-67890"},"json":[{"a":1}]}' '{"path":"/api","status":401,"text":"expired"}' '{"json":[{"b":2}]}'
	oauth=(--url "$BASE/api" --auth oauth2-client-credentials --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET --token-cache none)
	assertion=(--url "$BASE/api" --auth oauth2-client-credentials --token-url "$BASE/token" --client-id env:ID --client-assertion es256 --signing-key file:key.p8)
	oauth1=(--url "$BASE/s" --auth oauth1 --consumer-key env:ID --consumer-secret env:KEY)
	aws=(--url "$BASE/s" --auth aws-sigv4 --aws-service execute-api --aws-region eu-west-1)
	fetch "${oauth[@]}" --trace x.har >/dev/null
	[ "$(entries '.response.status' | tr '\n' ' ')" = '200 401 200 200 ' ]
	fetch "${oauth1[@]}" --trace s.har >/dev/null
	offline
	[ "$(records "${oauth[@]}" --replay x.har)" = '{"a":1}' ]
	[ "$(records "${assertion[@]}" --replay x.har)" = '{"a":1}' ]
	[ "$(records "${oauth1[@]}" --replay s.har)" = '{"b":2}' ]
	[ "$(AWS_SHARED_CREDENTIALS_FILE=none AWS_EC2_METADATA_DISABLED=true records "${aws[@]}" --replay s.har)" = '{"b":2}' ]
	# The name of a secret is still not a secret.
	fails 64 '--password takes the name of a secret' --url "$BASE/s" --auth basic --user u --password l1teral --replay s.har
}

@test "--trace: over TLS the handshake has its own time, and only once" {
	http_stop
	authority ours
	certificate good ours 'IP:127.0.0.1' 30
	http_start --cert "$PWD/good.pem" --key "$PWD/good.key"
	answer '{"json":[{"a":1}],"times":9}'
	input '{"n":1}' '{"n":2}' | fetch --each --url "$BASE/{n}" --cacert ours-ca.pem --trace x.har >/dev/null
	jq -e '.log.entries | (.[0].timings | .ssl > 0 and .connect >= .ssl) and (.[1].timings | .ssl == -1 and .connect == -1 and .dns == -1)
		and .[0].connection == .[1].connection and .[0].serverIPAddress == "127.0.0.1"' x.har
	# A certificate that is not trusted is a refusal, now and when it is replayed.
	fails 69 'certificate' --url "$BASE/1" --trace x.har
	[ "$(entries '"\(._result) \(.response.status)"')" = 'refused 0' ]
	offline
	fails 69 'certificate' --url "$BASE/1" --replay x.har
}

@test "--replay: waits take no time, limits of time count them" {
	answer '{"json":{"s":"W"},"times":200}' '{"json":{"s":"D"}}'
	poll=(--url "$BASE/" --until s=D --interval 1ms)
	fetch "${poll[@]}" --trace x.har >/dev/null 2>&1
	offline
	# 200 hours in a moment.
	timeout 20 fetch-api --url "$BASE/" --until s=D --interval 1h --timeout 300h --max-time 400h --replay x.har >/dev/null 2>&1
	fails 75 'see --timeout' --url "$BASE/" --until s=D --interval 1h --timeout 10h --replay x.har
	# Nor do they with --rate, and no other process is kept from its own.
	timeout 20 fetch-api --url "$BASE/" --until s=D --interval 1ms --rate 1/1h --limiter limiter --timeout 300h --max-time 400h --replay x.har >/dev/null 2>&1
	[ ! -e limiter ]
}

@test "--trace and --replay: many requests at once" {
	answer '{"echo":true,"times":99999}'
	seq 100 | sed 's/.*/{"n":&}/' | from-json >in.mam
	fetch --each --url "$BASE/{n}" --concurrency 10 --trace x.har <in.mam | to-json | jq -c .target >targets
	[ "$(entries .request.url | sort -u | wc -l)" -eq 100 ]
	offline
	fetch --each --url "$BASE/{n}" --concurrency 10 --replay x.har <in.mam | to-json | jq -c .target | cmp - targets
	fetch --each --url "$BASE/{n}" --replay x.har <in.mam | to-json | jq -c .target | cmp - targets
}

@test "--replay: a request that is not in the file is named, and so is a body that is not whole" {
	answer '{"json":[{"a":"0123456789"}]}'
	fetch --url "$BASE/a?x=1" --body '{"n":1}' --trace x.har >/dev/null
	fetch --url "$BASE/a?x=1" --trace cut.har --trace-body 5 >/dev/null
	offline
	fails 69 "POST $BASE/b?…: x.har has no such request, with the query ?x=1, with the body {" --url "$BASE/b?x=1" --body '{"n":1}' --replay x.har
	fails 69 'x.har has no such request, with the query ?x=2' --url "$BASE/a?x=2" --body '{"n":1}' --replay x.har
	fails 69 'x.har has no such request, with the query ?x=1, with the body {"n":2} (it has the URL with another body)' --url "$BASE/a?x=1" --body '{"n":2}' --replay x.har
	fails 69 'x.har has no such request' --url "$BASE/a?x=1" --replay x.har
	fails 69 'x.har has 1 answer to this request, and all were given' --url "$BASE/a?x=1" --body '{"n":1}' --on 'status=200 -> retry' --replay x.har
	fails 69 'the body of its answer is not whole in cut.har (see --trace-body)' --url "$BASE/a?x=1" --replay cut.har
}

@test "--replay: files that are none" {
	fails 74 '--replay: cannot read "none.har"' --url http://h/ --replay none.har
	echo '{' >x.har
	fails 78 '--replay: "x.har" is not a HAR file: line ' --url http://h/ --replay x.har
	echo '{"log":{}}' >x.har
	fails 78 'it has no log.entries' --url http://h/ --replay x.har
	echo '{"log":{"entries":[{"request":{"method":"GET","url":"http://h/"}}]}}' >x.har
	fails 78 'entry 1: it has no request or no response' --url http://h/ --replay x.har
	for bad in 7 '{"request":{},"response":{}}' '{"request":{"method":"GET","url":"u"},"response":{"status":"x","headers":[]}}' \
		'{"request":{"method":"GET","url":"u"},"response":{"status":200,"headers":{}}}'; do
		printf '{"log":{"entries":[%s]}}' "$bad" >x.har
		fails 78 'entry 1: ' --url http://h/ --replay x.har
	done
	fails 64 '--replay and --trace exclude each other' --url http://h/ --replay x.har --trace y.har
}

@test "--replay: an archive of a browser" {
	echo '{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
		{"request":{"method":"GET","url":"https://api.example.com/v1?p=1","headers":[]},"response":{"status":200,"headers":[{"name":"content-type","value":"application/json"}],
			"content":{"size":9,"mimeType":"application/json","text":"[{\"a\":1}]"}}},
		{"request":{"method":"GET","url":"https://api.example.com/v2","headers":[]},"response":{"status":200,"headers":[],"content":{"size":9,"mimeType":""}}}]}}' >x.har
	[ "$(records --url https://api.example.com/v1 --param p=1 --replay x.har)" = '{"a":1}' ]
	fails 69 'the body of its answer is not whole in x.har' --url https://api.example.com/v2 --replay x.har
}

@test "MAM_TRACE: processes share one file, which is whole at each moment" {
	answer '{"json":[{"a":1}],"times":9999}'
	seq 40 | sed 's/.*/{"n":&}/' | from-json >in.mam
	pids=()
	for step in s1 s2 s3 s4; do
		MAM_TRACE=x.har MAM_STEP=$step fetch --each --url "$BASE/{n}" <in.mam >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(entries ._step | sort | uniq -c | tr -s ' ')" = ' 40 fetch-api[s1]
 40 fetch-api[s2]
 40 fetch-api[s3]
 40 fetch-api[s4]' ]
	# Each step gets its own answers.
	offline
	[ "$(MAM_REPLAY=x.har MAM_STEP=s3 fetch --each --url "$BASE/{n}" <in.mam | to-json | wc -l)" -eq 40 ]
}

@test "MAM_TRACE: what a killed run has written stays, and the next one goes on" {
	answer '{"json":[{"a":1}],"times":9999}'
	seq 100000 | sed 's/.*/{"n":&}/' | from-json >in.mam
	for _ in 1 2 3; do
		MAM_TRACE=x.har fetch --each --url "$BASE/{n}" <in.mam >/dev/null 2>&1 &
		until [ "$(wc -l <x.har 2>/dev/null)" -gt 20 ]; do sleep 0.05; done
		kill -9 $!
		wait $! || true
		jq -e '.log.entries | length > 10' x.har
	done
	n=$(entries .time | wc -l)
	# One that was cut in the middle of an entry.
	for cut in 3 5 100 300; do
		head -c -$cut x.har >y.har
		MAM_TRACE=y.har fetch --url "$BASE/last" >/dev/null
		jq -e --argjson n "$n" '.log.entries | length >= $n and (.[-1].request.url | endswith("/last"))' y.har
	done
	echo '{"log":{}}' >other.har
	MAM_TRACE=other.har fails 78 '--trace: "other.har" holds something else: name another file' --url "$BASE/"
	[ "$(cat other.har)" = '{"log":{}}' ]
	fails 74 '--trace: cannot open "no/x.har"' --url "$BASE/" --trace no/x.har
}

@test "--trace: a full disk is 74, and the entries before are whole" {
	answer '{"json":[{"a":"0123456789012345678901234567890123456789"}],"times":9999}'
	seq 100 | sed 's/.*/{"n":&}/' | from-json >in.mam
	status=0
	(ulimit -f 16; fetch --each --url "$BASE/{n}" --trace x.har <in.mam 2>err >/dev/null) || status=$?
	[ "$status" -eq 74 ]
	grep -qF -- '--trace: cannot write "x.har": File too large' err
	jq -e '.log.entries | length > 5' x.har
}

@test "a whole batch is traced into one file, and replayed without its API" {
	http_stop
	mkdir root
	ln -s "$MAM_BIN" root/bin
	cp -r "$MAM_ROOT/pipelines" root
	export HOME=$PWD FROM=2026-07-01 TO=2026-07-04 TARGET=$PWD/ads.db TABLE=t YAHOO_ACCOUNT_ID=11111111 YAHOO_BASE_ACCOUNT_ID=10000001
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	ads_start --today 2026-07-10 --polls 2 --rate 0
	export BASE_URL=$ADS
	MAM_TRACE=$PWD/x.har root/pipelines/yahoo-search-campaign-daily-sqlite
	ads_stop
	run ! grep -q 'practice-' x.har
	[ "$(entries '.request.url | sub("[?].*"; "") | sub(".*/"; "")' | tr '\n' ' ')" = 'token add get get get download remove ' ]
	mv ads.db first.db
	unset YAHOO_CLIENT_ID YAHOO_CLIENT_SECRET YAHOO_REFRESH_TOKEN
	MAM_REPLAY=$PWD/x.har root/pipelines/yahoo-search-campaign-daily-sqlite
	query='SELECT * FROM t ORDER BY day, account_id, campaign_id'
	[ "$(sqlite3 ads.db 'SELECT count(*) FROM t')" -eq 1000 ]
	cmp <(sqlite3 first.db "$query") <(sqlite3 ads.db "$query")
	# Another day is another request.
	status=0
	FROM=2026-07-02 MAM_REPLAY=$PWD/x.har root/pipelines/yahoo-search-campaign-daily-sqlite 2>err || status=$?
	[ "$status" -eq 69 ]
	grep -q 'x.har has no such request' err
}
