# SPDX-License-Identifier: MIT
# fetch-api: who asks, the token that processes share, and that no secret is
# seen anywhere.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
	export TOKEN=t0ken-value KEY='k/ey+value' PASSWORD='pa:ss wörd' ID=client-1 SECRET='s3cret&x=y' REFRESH=refresh-1
}

teardown() {
	http_stop
}

# Static credentials.

@test "bearer, api-key in a header or a parameter, basic" {
	answer '{"json":[]}'
	fetch --url "$BASE/" --auth bearer --token env:TOKEN >/dev/null
	[ "$(asked .headers.authorization | tail -n 1)" = 'Bearer t0ken-value' ]
	printf 'from-file\n' >token
	fetch --url "$BASE/" --auth bearer --token file:token >/dev/null
	[ "$(asked .headers.authorization | tail -n 1)" = 'Bearer from-file' ]
	fetch --url "$BASE/" --auth api-key --api-key env:KEY --api-key-header X-Auth-Api >/dev/null
	[ "$(asked '.headers["x-auth-api"]' | tail -n 1)" = 'k/ey+value' ]
	fetch --url "$BASE/?a=1&key=old" --auth api-key --api-key env:KEY --api-key-param key >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?a=1&key=k%2Fey%2Bvalue' ]
	fetch --url "$BASE/" --auth basic --user me --password env:PASSWORD >/dev/null
	[ "$(asked .headers.authorization | tail -n 1)" = "Basic $(printf 'me:pa:ss wörd' | base64)" ]
}

@test "basic: every length of its base64" {
	answer '{"json":[]}'
	for password in x xy xyz xyzz; do
		PASSWORD=$password fetch --url "$BASE/" --auth basic --user '' --password env:PASSWORD >/dev/null
		[ "$(asked .headers.authorization | tail -n 1)" = "Basic $(printf ':%s' "$password" | base64)" ]
	done
}

@test "a refused login is 77, and nobody tries again" {
	answer '{"status":401,"json":{"error":{"code":"0111","message":"Authentication failed."}}}'
	fails 77 '401 0111 Authentication failed.' --url "$BASE/" --auth bearer --token env:TOKEN
	fails 77 '401 0111' --url "$BASE/" --auth basic --user me --password env:PASSWORD
	[ "$(requests)" -eq 2 ]
}

@test "a secret that cannot be read, and a literal in its place" {
	fails 78 '--token: environment variable "NO_SUCH" is not set' --url "$BASE/" --auth bearer --token env:NO_SUCH
	fails 78 '--token: cannot read "missing"' --url "$BASE/" --auth bearer --token file:missing
	EMPTY='' fails 78 '--token: the secret is empty' --url "$BASE/" --auth bearer --token env:EMPTY
	BROKEN=$'a\nb' fails 78 '--token: the secret holds a line end' --url "$BASE/" --auth bearer --token env:BROKEN
	for option in token api-key password client-id client-secret refresh-token; do
		words=(--auth bearer --token env:TOKEN)
		case $option in
		api-key) words=(--auth api-key --api-key-param k) ;;
		password) words=(--auth basic --user me) ;;
		client-* | refresh-*) words=(--auth oauth2-refresh-token --token-url "$BASE/t" --client-id env:ID --refresh-token env:REFRESH) ;;
		esac
		fails 64 "--$option takes the name of a secret" --url "$BASE/" "${words[@]}" "--$option" l1teral-value
		run ! grep -q l1teral err
	done
	fails 64 '--secret takes the name of a secret' --url "$BASE/" --secret k=l1teral-value
	run ! grep -q l1teral err
	[ "$(requests)" -eq 0 ]
}

@test "a secret may come from a command" {
	answer '{"json":[]}'
	fetch --url "$BASE/" --auth bearer --token 'exec:printf "%s\n" "$TOKEN"' >/dev/null
	[ "$(asked '.headers.authorization')" = 'Bearer t0ken-value' ]
	fails 78 '--token: the command exited with 3' --url "$BASE/" --auth bearer --token 'exec:echo l1teral; exit 3'
	fails 75 '--token: the command exited with 75' --url "$BASE/" --auth bearer --token 'exec:exit 75'
	fails 78 '--token: the command was ended by signal 9' --url "$BASE/" --auth bearer --token 'exec:kill -9 $$'
	fails 78 '--token: the secret is empty' --url "$BASE/" --auth bearer --token 'exec:cat'
	fails 78 '--token: the command wrote more than' --url "$BASE/" --auth bearer --token 'exec:yes l1teral'
	run ! grep -q l1teral err
	# Other stores are read once for the whole batch, not by each stage.
	fails 64 'secret exec --map NAME=SOURCE' --url "$BASE/" --auth bearer --token ssm:/mam/token
	[ "$(requests)" -eq 1 ]
}

@test "a literal where only a secret ever stands is refused" {
	for header in 'Authorization: Bearer x1' 'cookie: a=x1' 'X-Api-Key: x1' 'Developer-Token: x1'; do
		fails 64 'holds a secret, and an argument is visible' --url "$BASE/" --header "$header"
	done
	fails 64 '--param: "access_token" holds a secret' --url "$BASE/" --param access_token=x1
	fails 64 '--url: "access_token" holds a secret' --url "$BASE/?a=1&access_token=x1"
	run ! grep -q x1 err
	answer '{"json":[]}'
	fetch --url "$BASE/?access_token={t}" --param 'api_key={t}' --header 'Developer-Token: {t}' --secret t=env:TOKEN >/dev/null
	[ "$(asked .target)" = '/?access_token=t0ken-value&api_key=t0ken-value' ]
	[ "$(asked '.headers["developer-token"]')" = t0ken-value ]
}

@test "options of --auth that do not fit together are said" {
	fails 64 '--auth bearer needs --token' --url "$BASE/" --auth bearer
	fails 64 '--auth api-key needs --api-key' --url "$BASE/" --auth api-key
	fails 64 'needs one of --api-key-header and --api-key-param' --url "$BASE/" --auth api-key --api-key env:KEY
	fails 64 '--auth basic needs --user' --url "$BASE/" --auth basic
	fails 64 '--auth basic needs --password' --url "$BASE/" --auth basic --user me
	fails 64 'a colon would end the name' --url "$BASE/" --auth basic --user a:b --password env:PASSWORD
	fails 64 'needs --token-url' --url "$BASE/" --auth oauth2-refresh-token
	fails 64 'needs --refresh-token' --url "$BASE/" --auth oauth2-refresh-token --token-url "$BASE/t" --client-id env:ID
	fails 64 '--token is for --auth bearer' --url "$BASE/" --token env:TOKEN
	fails 64 '--api-key is for --auth api-key' --url "$BASE/" --api-key env:KEY
	fails 64 '--user (or --password) is for --auth basic' --url "$BASE/" --user me
	fails 64 'is for --auth oauth2-refresh-token' --url "$BASE/" --scope x
	fails 64 '--auth: "digest" is not one of' --url "$BASE/" --auth digest
}

# OAuth 2.0.

oauth() {
	fetch --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET \
		--refresh-token env:REFRESH "$@"
}

oauth_fails() {
	fails "$@" --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET \
		--refresh-token env:REFRESH
}

# An API that takes one token only, and the others' refusal.
api_takes() {
	answer "{\"path\":\"/api\",\"when\":{\"authorization\":\"Bearer $1\"},\"json\":[{\"a\":1}],\"times\":999999}"
}

@test "oauth2: a form by POST, or a query by GET, everything encoded" {
	answer '{"path":"/token","json":{"access_token":"at-1","token_type":"Bearer","expires_in":3600}}' '{"path":"/api","json":[]}'
	oauth --url "$BASE/api" --scope 'a b' --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target' | head -n 1)" = 'POST /token' ]
	[ "$(asked .body | head -n 1)" = 'grant_type=refresh_token&client_id=client-1&client_secret=s3cret%26x%3Dy&refresh_token=refresh-1&scope=a%20b' ]
	[ "$(asked '.headers["content-type"]' | head -n 1)" = application/x-www-form-urlencoded ]
	[ "$(asked .headers.authorization | tail -n 1)" = 'Bearer at-1' ]
	oauth --url "$BASE/api" --token-request query --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target' | sed -n 3p)" = 'GET /token?grant_type=refresh_token&client_id=client-1&client_secret=s3cret%26x%3Dy&refresh_token=refresh-1' ]
}

@test "oauth2: one token serves all processes, from a file that nobody else reads" {
	answer '{"path":"/token","delay":0.2,"json":{"access_token":"at-1","expires_in":3600}}'
	api_takes at-1
	pids=()
	for _ in 1 2 3 4 5 6; do
		oauth --url "$BASE/api" --token-cache cache >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 1 ]
	[ "$(asked 'select(.target == "/api") | .n' | wc -l)" -eq 6 ]
	[ "$(stat -c %a cache)" = 600 ]
	[ "$(stat -c %a cache.lock)" = 600 ]
	jq -e '.tokens[0] | .access_token == "at-1" and .expires > now + 3000' cache
	# Other credentials never take it.
	answer '{"path":"/api","json":[]}'
	REFRESH=refresh-2 oauth --url "$BASE/api" --token-cache cache >/dev/null
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 2 ]
}

@test "oauth2: the default cache is in the home, one file for each set of credentials" {
	answer '{"path":"/token","json":{"access_token":"at-1","expires_in":3600}}'
	api_takes at-1
	unset XDG_CACHE_HOME
	oauth --url "$BASE/api" >/dev/null
	oauth --url "$BASE/api" >/dev/null
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 1 ]
	[ "$(find .cache/mam-etl -name 'token-*[0-9a-f]' | wc -l)" -eq 1 ]
	[ "$(stat -c %a .cache/mam-etl)" = 700 ]
	mkdir xdg
	XDG_CACHE_HOME=$PWD/xdg oauth --url "$BASE/api" >/dev/null
	[ -d xdg/mam-etl ]
	# A home that cannot be written to is not a failure.
	: >file
	XDG_CACHE_HOME=$PWD/file oauth --url "$BASE/api" >/dev/null
	HOME=/proc fetch-api --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID \
		--refresh-token env:REFRESH --url "$BASE/api" >/dev/null
	# But it is reported.
	words=(--auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --refresh-token env:REFRESH --url "$BASE/api")
	HOME=/nonexistent fetch-api "${words[@]}" 2>err >/dev/null
	grep -qF 'access tokens are not kept for other processes' err
	grep -qF 'cannot make "/nonexistent/.cache"' err
	env -u HOME fetch-api "${words[@]}" 2>err >/dev/null
	grep -qF 'HOME is not set to a folder: give --token-cache' err
	HOME=/nonexistent fetch-api "${words[@]}" --token-cache none 2>err >/dev/null
	run ! grep -q 'not kept' err
}

@test "oauth2: --token-delay waits before the first use of a new token, and for nothing else" {
	answer '{"path":"/token","json":{"access_token":"at-1","expires_in":3600}}' '{"path":"/api","json":[]}'
	run -0 oauth --url "$BASE/api" --token-cache cache --token-delay 700ms
	# The log has no time; the server is asked for the token alone until then.
	oauth --url "$BASE/api" --token-cache other --token-delay 5m >/dev/null 2>err &
	pid=$!
	tries=0
	until [ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 2 ]; do
		[ $((tries++)) -lt 100 ]
		sleep 0.05
	done
	sleep 0.3
	# Not the shell that started it: the program would outlive the test, and bats would wait for it.
	kill "$(pgrep -P "$pid" -x fetch-api || echo "$pid")"
	wait $pid || true
	grep -qxF 'fetch-api: access token: waiting 300 s before its first use (--token-delay)' err
	[ "$(asked 'select(.target == "/api") | .n' | wc -l)" -eq 1 ]
	# A token of the cache is not new.
	timeout 10 bash -c 'fetch-api --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET \
		--refresh-token env:REFRESH --url "$BASE/api" --token-cache cache --token-delay 5m' >/dev/null
	oauth_fails 75 'no time is left to wait 300 s for its first use, see --max-time' --url "$BASE/api" --token-cache none \
		--token-delay 5m --max-time 1m
	fails 64 'token-url (or another option of oauth2)' --url "$BASE/" --token-delay 1s
}

@test "oauth2: a refused token is replaced once, for everybody" {
	answer '{"path":"/token","json":{"access_token":"at-1","expires_in":3600}}' '{"path":"/token","json":{"access_token":"at-2","expires_in":3600}}'
	api_takes at-2
	answer '{"path":"/api","status":401,"text":"expired"}'
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	[ "$(asked .target | tr '\n' ' ')" = '/token /api /token /api ' ]
	# Another process finds the new one there.
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	[ "$(requests)" -eq 5 ]
	# One that began with the old one takes the new one without asking for a third.
	jq -c '.tokens[0].access_token = "at-1"' cache >old && cat old >cache
	answer '{"path":"/slow","delay":0.5,"status":401,"times":1}' '{"path":"/slow","json":[]}'
	oauth --url "$BASE/slow" --token-cache cache >/dev/null &
	sleep 0.2
	jq -c '.tokens[0].access_token = "at-2"' cache >new && cat new >cache
	wait $!
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 2 ]
}

@test "oauth2: a second refusal is 77; a 401 is not a matter of retries" {
	answer '{"path":"/token","json":{"access_token":"at-1"}}' '{"path":"/api","status":401,"json":{"error":{"code":"0112","message":"no"}}}'
	fails 77 '401 0112 no' --url "$BASE/api" --retries 0 --token-cache none --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --refresh-token env:REFRESH
	[ "$(asked .target | tr '\n' ' ')" = '/token /api /token /api ' ]
}

@test "oauth2: a rule may say that a token is at its end" {
	answer '{"path":"/token","json":{"access_token":"at-1"},"times":1}' '{"path":"/token","json":{"access_token":"at-2"}}'
	api_takes at-2
	answer '{"path":"/api","json":{"code":40105,"message":"token expired"}}'
	[ "$(oauth --url "$BASE/api" --token-cache none --on code=40105 refresh-token-then-retry | to-json)" = '{"a":1}' ]
}

@test "oauth2: with a time to wait, a new token that is refused is tried again; in the end it is 77" {
	answer '{"path":"/token","json":{"access_token":"at-1"}}'
	answer '{"path":"/api","status":401,"json":{"message":"no"},"times":4}' '{"path":"/api","json":[{"a":1}]}'
	[ "$(oauth --url "$BASE/api" --token-cache none --on 'status=401 -> refresh-token-then-retry 1ms' | to-json)" = '{"a":1}' ]
	[ "$(asked .target | tr '\n' ' ')" = '/token /api /token /api /token /api /token /api /token /api ' ]
	answer '{"path":"/api","status":401,"json":{"message":"no"}}'
	fails 77 'tried 3 times' --url "$BASE/api" --retries 2 --token-cache none --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --refresh-token env:REFRESH --on 'status=401 -> refresh-token-then-retry 1ms'
}

@test "oauth2: with a time to wait, a new token that has ended meanwhile is replaced as well" {
	answer '{"path":"/token","json":{"access_token":"at-1"},"times":1}' '{"path":"/token","json":{"access_token":"at-2"},"times":1}' \
		'{"path":"/token","json":{"access_token":"at-3"}}'
	api_takes at-3
	answer '{"path":"/api","status":401,"json":{"message":"no"}}'
	[ "$(oauth --url "$BASE/api" --token-cache none --on 'status=401 -> refresh-token-then-retry 1ms' | to-json)" = '{"a":1}' ]
}

@test "oauth2: a token is replaced before it ends, and each page may have its own" {
	answer '{"path":"/token","json":{"access_token":"at-1","expires_in":"1"},"times":1}' '{"path":"/token","json":{"access_token":"at-2","expires_in":3600}}'
	answer '{"path":"/api","query":"p=1","json":[{"a":1}],"delay":1.1}' '{"path":"/api","json":[]}'
	oauth --url "$BASE/api" --paginator page-number --page-param p --token-cache cache >/dev/null
	[ "$(asked 'select(.target != "/token") | .headers.authorization' | tr '\n' ' ')" = 'Bearer at-1 Bearer at-2 ' ]
}

@test "oauth2: a rotated refresh token is kept and used" {
	answer '{"path":"/token","json":{"access_token":"at-1","refresh_token":"rotated-1"},"times":1}' \
		'{"path":"/token","json":{"access_token":"at-2","refresh_token":"rotated-2"}}'
	api_takes at-1
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	jq -e '.tokens[0].refresh_token == "rotated-1"' cache
	jq -c 'del(.tokens[0].access_token)' cache >without && cat without >cache
	answer '{"path":"/api","json":[]}'
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	[[ $(asked 'select(.target == "/token") | .body' | tail -n 1) == *'refresh_token=rotated-1' ]]
	jq -e '.tokens[0].refresh_token == "rotated-2"' cache
	oauth --url "$BASE/api" --token-cache none 2>err >/dev/null
	grep -q 'cannot be kept' err
}

@test "oauth2: the token URL is retried as the API is, and within the same time" {
	answer '{"path":"/api","json":[]}'
	answer '{"path":"/token","status":425,"text":"early","times":1}' '{"path":"/token","status":429,"text":"slow down","times":1}' \
		'{"path":"/token","json":{"access_token":"at-1"}}'
	oauth --url "$BASE/api" --token-cache none 2>err --backoff 40ms >/dev/null
	grep -q '425 early; trying again' err
	# Without a Retry-After, a 429 waits the whole bound of the backoff at least.
	grep -qE '429 slow down; trying again in 0\.(0[89]|1)' err
	: >answers
	answer '{"path":"/token","status":501,"text":"never"}'
	oauth_fails 69 'access token: POST '"$BASE"'/token: 501 never' --url "$BASE/api" --token-cache none
	run ! grep -q 'trying again' err
	: >answers
	answer '{"path":"/token","status":407,"text":"who are you"}'
	oauth_fails 77 '407 who are you' --url "$BASE/api" --token-cache none
	# --max-time holds for the API and its token together.
	: >answers
	answer '{"path":"/token","delay":0.7,"json":{"access_token":"at-1"},"times":9}' '{"path":"/api","status":401,"text":"expired"}'
	oauth_fails 75 "POST $BASE/token: " --url "$BASE/api" --token-cache none --max-time 1200ms
}

@test "oauth2: several sets of credentials share one file, and each keeps its rotated refresh token" {
	answer '{"path":"/token","json":{"access_token":"at-a","refresh_token":"a-2"},"times":1}' \
		'{"path":"/token","json":{"access_token":"at-b","refresh_token":"b-2"},"times":1}' '{"path":"/api","json":[]}'
	REFRESH=a-1 oauth --url "$BASE/api" --token-cache cache >/dev/null
	REFRESH=b-1 oauth --url "$BASE/api" --token-cache cache >/dev/null
	jq -e '[.tokens[].refresh_token] == ["b-2", "a-2"]' cache
	# Neither is asked for again.
	REFRESH=a-1 oauth --url "$BASE/api" --token-cache cache >/dev/null
	REFRESH=b-1 oauth --url "$BASE/api" --token-cache cache >/dev/null
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 2 ]
	[ "$(asked .headers.authorization | tail -n 2 | tr '\n' ' ')" = 'Bearer at-a Bearer at-b ' ]
	# The refresh token that was given is not in the file, nor are id and secret.
	run ! grep -qE 'a-1|b-1|client-1|s3cret' cache
	# When an access token is gone, the rotated one is used.
	jq -c 'del(.tokens[].access_token)' cache >without && cat without >cache
	answer '{"path":"/token","json":{"access_token":"at-c","refresh_token":"a-3"}}'
	REFRESH=a-1 oauth --url "$BASE/api" --token-cache cache >/dev/null
	[[ $(asked 'select(.target == "/token") | .body' | tail -n 1) == *'refresh_token=a-2' ]]
	jq -e '[.tokens[].refresh_token] == ["a-3", "b-2"]' cache
}

@test "oauth2: eight programs with eight sets of credentials at once lose no token" {
	for i in 1 2 3 4 5 6 7 8; do
		answer "{\"path\":\"/token$i\",\"json\":{\"access_token\":\"at-$i\",\"refresh_token\":\"rotated-$i\"}}"
	done
	answer '{"path":"/api","json":[]}'
	pids=()
	for i in 1 2 3 4 5 6 7 8; do
		fetch --auth oauth2-refresh-token --token-url "$BASE/token$i" --client-id env:ID --refresh-token env:REFRESH \
			--url "$BASE/api" --token-cache cache >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(jq -r '.tokens[].refresh_token' cache | sort | tr -d '\n')" = rotated-1rotated-2rotated-3rotated-4rotated-5rotated-6rotated-7rotated-8 ]
}

@test "oauth2: a cache of the old form is read, and what is of no use is dropped" {
	answer '{"path":"/token","json":{"access_token":"at-1","refresh_token":"rotated-1"}}' '{"path":"/api","json":[]}'
	umask 077
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	jq -c '.tokens[0] | .access_token = "at-old"' cache >old && grep -q '^{"owner":' old
	oauth --url "$BASE/api" --token-cache old >/dev/null
	[ "$(asked .headers.authorization | tail -n 1)" = 'Bearer at-old' ]
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 1 ]
	REFRESH=other oauth --url "$BASE/api" --token-cache old >/dev/null
	jq -e '[.tokens[].access_token] == ["at-1", "at-old"]' old
	jq -c '.tokens += [{owner: "0", expires: 7, access_token: "ended"}, {owner: "1", expires: 7, access_token: "ended", refresh_token: "kept"}]' old >others
	REFRESH=third oauth --url "$BASE/api" --token-cache others >/dev/null
	jq -e '[.tokens[].refresh_token] == ["rotated-1", "rotated-1", "rotated-1", "kept"]' others
	head -c 300000 /dev/zero | tr '\0' ' ' >large
	oauth_fails 78 '"large" is larger than 256 KiB' --url "$BASE/api" --token-cache large
}

@test "oauth2: a cache that is broken is begun anew, one that is something else is left alone" {
	answer '{"path":"/token","json":{"access_token":"at-1"}}'
	api_takes at-1
	umask 077
	: >empty
	oauth --url "$BASE/api" --token-cache empty >/dev/null
	jq -e '.tokens[0].access_token' empty
	head -c 30 empty >broken
	oauth --url "$BASE/api" --token-cache broken 2>err >/dev/null
	grep -q '"broken" is broken: it is now "broken.broken", and a new one is begun' err
	jq -e '.tokens[0].access_token' broken
	cmp broken.broken <(head -c 30 empty)
	printf 'precious\n' >other
	fails 78 '"other" holds something else' --url "$BASE/api" --token-cache other --auth oauth2-refresh-token \
		--token-url "$BASE/token" --client-id env:ID --refresh-token env:REFRESH
	[ "$(cat other)" = precious ]
	printf '{"a":1}' >other
	oauth_fails 78 'holds something else' --url "$BASE/api" --token-cache other
	chmod 644 empty
	oauth_fails 78 'must belong to you and be readable by you alone' --url "$BASE/api" --token-cache empty
	oauth_fails 74 'cannot open "no/such/folder.lock"' --url "$BASE/api" --token-cache no/such/folder
	ln -s empty link
	oauth_fails 74 'cannot open "link"' --url "$BASE/api" --token-cache link
}

@test "oauth2: a lock that was left behind holds nobody up, one that is held does" {
	answer '{"path":"/token","json":{"access_token":"at-1"}}'
	api_takes at-1
	: >cache.lock && : >cache.new
	oauth --url "$BASE/api" --token-cache cache >/dev/null
	flock cache.lock sleep 5 3>&- &
	until ! flock -n cache.lock true; do sleep 0.02; done
	oauth_fails 75 'another process holds "cache.lock" all the time' --url "$BASE/api" --token-cache cache --max-time 200ms
	kill %1
}

@test "oauth2: what the token URL answers in place of a token" {
	oauth_fails 69 'access token: POST '"$BASE"'/token: 404' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","status":400,"json":{"error":"invalid_grant","error_description":"it has ended"},"times":1}'
	oauth_fails 77 'access token: POST '"$BASE"'/token: 400 invalid_grant it has ended' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","status":503,"headers":{"Retry-After":"0"},"times":2}'
	oauth_fails 75 'tried 2 times' --url "$BASE/api" --token-cache none --retries 1
	answer '{"path":"/token","json":{"token":"x"},"times":1}'
	oauth_fails 65 'the answer has no access_token' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","json":{"errors":[{"code":"0110","message":"no"}]},"times":1}'
	oauth_fails 77 'the answer has no access_token' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","json":{"access_token":"a b"},"times":1}'
	oauth_fails 65 'holds a character that a header must not have' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","json":{"access_token":"ab","token_type":"mac"},"times":1}'
	oauth_fails 65 'of a type other than bearer' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","text":"<html>","times":1}'
	oauth_fails 69 'access token: POST' --url "$BASE/api" --token-cache none
	answer '{"path":"/token","text":" ","repeat":2000000,"times":1}'
	oauth_fails 65 'the answer is larger than 1048576 bytes' --url "$BASE/api" --token-cache none
	fails 64 '--token-url: ftp://x is not an http' --url "$BASE/" --auth oauth2-refresh-token --token-url ftp://x --client-id env:ID --refresh-token env:REFRESH
}

# Nothing is seen.

# Every secret in each of its encodings.
secrets='t0ken-value|k/ey|k%2Fey|pa:ss|pa%3Ass|client-1|s3cret|refresh-1|at-5ecret'

@test "an API that repeats what it was sent finds no way into a message or the stream" {
	export BASIC
	BASIC=$(printf 'me:pa:ss wörd' | base64)
	for told in 't0ken-value' 'k/ey+value' 'k%2Fey%2Bvalue' 'pa:ss wörd' "$BASIC"; do
		answer "{\"status\":400,\"text\":\"you sent <$told> \",\"repeat\":2,\"times\":3}"
		fails 69 'you sent <***> you sent <***>' --url "$BASE/{t}" --secret t=env:TOKEN --auth api-key --api-key env:KEY --api-key-param k \
			--secret p=env:PASSWORD --secret b=env:BASIC
		run ! grep -aqE "$secrets" err out.mam
		: >answers
	done
	answer "{\"status\":400,\"text\":\"Authorization: Basic $BASIC\"}"
	fails 69 'Authorization: Basic ***' --url "$BASE/" --auth basic --user me --password env:PASSWORD
	answer '{"path":"/token","json":{"access_token":"at-5ecret"}}'
	answer '{"path":"/echo","status":500,"echo":true}'
	MAM_LOG=json oauth --url "$BASE/echo?x={t}" --secret t=env:TOKEN --token-request query --token-cache none --retries 1 >out.mam 2>err || true
	grep -q 'trying again' err
	run ! grep -aqE "$secrets" err out.mam
	jq -e . err >/dev/null
}

@test "a secret is struck out in whatever spelling it comes back" {
	export SPACED='s3 cr/et+%&ö"'
	auth=(--auth basic --user m/e --password env:SPACED --secret k=env:KEY)
	basic=$(printf 'm/e:%s' "$SPACED" | base64)
	for told in 's3%20cr%2Fet%2B%25%26%C3%B6%22' 's3+cr%2fet%2b%25%26%c3%b6%22' 's3%2520cr%252fet%252B%2525%2526%25c3%25b6%2522' \
		's3+cr/et+%&ö%22' 's3 cr\/et+%\u0026\u00f6\"' 's3 cr&#x2f;et+%&amp;&#246;&quot;' "$basic" "${basic%%=*}" \
		"$(tr +/ -_ <<<"${basic%%=*}")" "$(printf %s "$SPACED" | base64)" 'k%2fey%2bvalue' 'k%2Fey value%2' "$(printf %s "$KEY" | base64)"; do
		: >answers
		jq -nc --arg t "you sent <$told>" '{status: 400, text: $t}' >>answers
		fails 69 'you sent <***' --url "$BASE/" "${auth[@]}"
		run ! grep -aqE 's3.*cr|k.*ey|value' <(sed 's/.*you sent//' err)
	done
	# A long one that is cut.
	: >answers
	answer '{"status":400,"text":"token 0123456789abcdef... is bad"}'
	LONG=0123456789abcdef0123456789abcdef fails 69 'token ***... is bad' --url "$BASE/" --auth bearer --token env:LONG
	# The pair of client id and secret, as a proxy may have made it.
	: >answers
	answer "{\"path\":\"/token\",\"status\":400,\"text\":\"Basic $(printf '%s:%s' "$ID" "$SECRET" | base64)\"}"
	oauth_fails 77 '400 Basic ***' --url "$BASE/" --token-cache none
}

@test "secrets stand in no argument, no error of libcurl, no URL that is shown" {
	answer '{"path":"/slow","delay":1,"json":[]}' '{"path":"/token","json":{"access_token":"at-5ecret"}}'
	oauth --url "$BASE/slow?key={k}" --secret k=env:KEY --token-cache cache >out.mam 2>err &
	sleep 0.3
	for file in /proc/[0-9]*/cmdline; do
		run ! grep -aqE "$secrets" "$file"
	done
	wait $!
	run ! grep -aqE "$secrets" err out.mam
	oauth --url "http://no-such-host.invalid/{k}?{k}" --secret k=env:KEY --token-cache cache --retries 0 2>err >out.mam || true
	grep -q 'no-such-host.invalid/\*\*\*?…' err
	run ! grep -aqE "$secrets" err out.mam
	for words in '--help' '--version'; do
		run ! grep -qE "$secrets" <(fetch-api --auth bearer --token env:TOKEN "$words")
	done
}

# Whether this command, killed by SIGQUIT while it waits for its answer, leaves a core: 1 or 0.
core_of() {
	ulimit -c unlimited
	python3 - "$@" <<-'END'
		import os, signal, subprocess, sys, time
		with open(os.devnull, "w") as none:
		    child = subprocess.Popen(sys.argv[1:], stdout=none, stderr=none)
		time.sleep(0.5)
		child.send_signal(signal.SIGQUIT)
		print(int(os.WCOREDUMP(os.waitpid(child.pid, 0)[1])))
	END
}

@test "a process that holds a secret leaves no core" {
	answer '{"delay":2,"json":[]}'
	[ "$(core_of fetch-api --url "$BASE/")" = 1 ] || skip 'no process leaves a core here'
	[ "$(core_of fetch-api --url "$BASE/" --auth bearer --token env:TOKEN)" = 0 ]
}
