# SPDX-License-Identifier: MIT
# fetch-api: grants and signatures. The server checks each signature by code of its own
# (tests/servers/practice/signing.py), written from the specifications.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
	export CONSUMER=ck-1234 CONSUMER_SECRET='c&s/ecret=' TOKEN=tok-5678 TOKEN_SECRET=ts-secret
	export LINE_ACCESS=line-access LINE_SECRET=line-s3cret
	export ID=client-1 SECRET='s3cret&x=y' REFRESH=refresh-1
}

teardown() {
	http_stop
}

oauth1=(--auth oauth1 --consumer-key env:CONSUMER --consumer-secret env:CONSUMER_SECRET --token env:TOKEN --token-secret env:TOKEN_SECRET)
line=(--auth line-jws --access-key env:LINE_ACCESS --secret-key env:LINE_SECRET)
aws=(--auth aws-sigv4 --aws-service execute-api --aws-region eu-west-1)

signed_oauth1='"signed":{"by":"OAuth1","consumer_key":"ck-1234","consumer_secret":"c&s/ecret=","token":"tok-5678","token_secret":"ts-secret"}'
signed_line='"signed":{"by":"LineJws","access_key":"line-access","secret_key":"line-s3cret"}'
signed_aws='"signed":{"by":"SigV4","access_key":"AKIDEXAMPLE","secret_key":"wJalr/XUtn","region":"eu-west-1","service":"execute-api","token":"ses/sion+1"}'

# Every byte that a URL or a form could spell in two ways.
reserved=$'!"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{{|}}~ \t\xc3\xa9\xe6\x97\xa5'

# OAuth 1.0a.

@test "oauth1: the query, a form and reserved characters are signed as they are sent" {
	answer "{$signed_oauth1,\"json\":[{\"a\":1}],\"times\":99}"
	for method in GET POST PUT DELETE; do
		[ "$(records --url "$BASE/12/a%20b/(c)" --method "$method" "${oauth1[@]}" --param "v=$reserved" --param "$reserved=1" \
			--param a=2 --param a=1 --param 'a=' --param B=3)" = '{"a":1}' ]
	done
	[ "$(records --url "$BASE/?b=%7e&a=x+y&plain&c=%2b" "${oauth1[@]}")" = '{"a":1}' ]
	form=(--header 'Content-Type: application/x-www-form-urlencoded; charset=UTF-8' --body 'status=Hello {w}+1%2b&b={r}&a=')
	[ "$(records --url "$BASE/f?include=true" "${oauth1[@]}" "${form[@]}" --set "w=$reserved" --set 'r=a&b=c')" = '{"a":1}' ]
	# A body of another type is not part of it.
	[ "$(records --url "$BASE/f?include=true" "${oauth1[@]}" --body '{"a":"b=c&d"}')" = '{"a":1}' ]
	[ "$(records --url "${BASE/127.0.0.1/LocalHost}/" "${oauth1[@]}")" = '{"a":1}' ]
	[ "$(asked .headers.authorization | grep -c '^OAuth oauth_consumer_key="ck-1234", oauth_nonce="[0-9a-f]*", ')" -eq 8 ]
}

@test "oauth1: without a token the client asks for itself" {
	answer '{"signed":{"by":"OAuth1","consumer_key":"ck-1234","consumer_secret":"c&s/ecret="},"json":[{"a":1}]}'
	[ "$(records --url "$BASE/" --auth oauth1 --consumer-key env:CONSUMER --consumer-secret env:CONSUMER_SECRET)" = '{"a":1}' ]
}

@test "a retry, a page and a poll each have a signature of their own" {
	for kind in oauth1 line aws; do
		export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn AWS_SESSION_TOKEN=ses/sion+1
		local -n words=$kind signed=signed_$kind
		: >log
		answer "{\"path\":\"/$kind\",$signed,\"status\":503,\"text\":\"busy\",\"times\":2}" \
			"{\"path\":\"/$kind\",$signed,\"json\":[{\"a\":1}],\"query\":\"p=1\"}" "{\"path\":\"/$kind\",$signed,\"json\":[]}"
		[ "$(records --url "$BASE/$kind" "${words[@]}" --paginator page-number --page-param p)" = '{"a":1}' ]
		[ "$(requests)" -eq 4 ]
		if [ $kind = oauth1 ]; then
			[ "$(asked .headers.authorization | grep -o 'nonce="[^"]*"' | sort -u | wc -l)" -eq 4 ]
		fi
	done
}

@test "a signature has the time of its attempt, also after a wait" {
	answer "{$signed_oauth1,\"status\":503,\"headers\":{\"Retry-After\":\"2\"},\"times\":1}" "{$signed_oauth1,\"json\":[]}"
	fetch --url "$BASE/" "${oauth1[@]}" >/dev/null
	mapfile -t times < <(asked .headers.authorization | grep -o 'timestamp="[0-9]*"' | tr -dc '0-9\n')
	[ $((times[1] - times[0])) -ge 2 ]
}

# LINE Ads.

@test "line-jws: body, type, path and date are signed, the query is not" {
	answer "{$signed_line,\"json\":[{\"a\":1}],\"times\":99}"
	[ "$(records --url "$BASE/api/v3/adaccounts/A1/campaigns?page=1&size=20" "${line[@]}")" = '{"a":1}' ]
	[ "$(records --url "$BASE/api/v3/adaccounts/A1/pfreports" "${line[@]}" --body '{"name":"日本"}')" = '{"a":1}' ]
	[ "$(records --url "$BASE/api/v3/x" "${line[@]}" --header 'Content-Type: application/json;charset=UTF-8' --body '[1]')" = '{"a":1}' ]
	[ "$(records --url "$BASE" "${line[@]}" --method POST --body '')" = '{"a":1}' ]
	[ "$(records --url "$BASE/api/v3/pfreports/7" "${line[@]}" --method DELETE)" = '{"a":1}' ]
	[ "$(asked .headers.date | grep -cE '^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$')" -eq 5 ]
}

# AWS.

@test "aws-sigv4: credentials as AWS programs find them, the session token signed" {
	answer "{$signed_aws,\"json\":[{\"a\":1}],\"times\":99}"
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn AWS_SESSION_TOKEN=ses/sion+1
	[ "$(records --url "$BASE/prod/a%20b/(c)" "${aws[@]}" --param "v=$reserved" --param b=1 --param a=)" = '{"a":1}' ]
	[ "$(records --url "$BASE/prod" "${aws[@]}" --body '{"x":1}' --header 'X-Api: a   b')" = '{"a":1}' ]
	[ "$(AWS_REGION=eu-west-1 records --url "$BASE/prod" --auth aws-sigv4 --aws-service execute-api)" = '{"a":1}' ]
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
	printf '[mine]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalr/XUtn\naws_session_token = ses/sion+1\nregion = eu-west-1\n' >credentials
	: >config
	export AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials AWS_CONFIG_FILE=$PWD/config AWS_EC2_METADATA_DISABLED=true
	[ "$(AWS_PROFILE=mine records --url "$BASE/prod" --auth aws-sigv4 --aws-service execute-api)" = '{"a":1}' ]
	fails 77 'there are no AWS credentials' --url "$BASE/prod" "${aws[@]}"
	fails 78 'no AWS region is set' --url "$BASE/prod" --auth aws-sigv4 --aws-service execute-api
	fails 64 '--auth aws-sigv4 needs --aws-service' --url "$BASE/prod" --auth aws-sigv4
}

@test "aws-sigv4: for S3 the digest of the body is a header" {
	answer '{"json":[]}'
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn
	fetch --url "$BASE/k" --auth aws-sigv4 --aws-service s3 --aws-region eu-west-1 --method PUT --header "Content-Type: text/plain" --body hello >/dev/null
	[ "$(asked '.headers["x-amz-content-sha256"]')" = "$(printf hello | sha256sum | cut -d' ' -f1)" ]
	asked .headers.authorization | grep -q 'SignedHeaders=.*x-amz-content-sha256.*Signature='
}

# Refusals, keys, hosts.

@test "a refused signature is 77, and is not tried again" {
	answer "{$signed_oauth1,\"json\":[]}"
	CONSUMER_SECRET=other fails 77 '401 signature wrong signature' --url "$BASE/" "${oauth1[@]}"
	TOKEN=other fails 77 '401 signature unknown token' --url "$BASE/" "${oauth1[@]}"
	: >answers
	answer "{$signed_line,\"json\":[]}"
	LINE_SECRET=other fails 77 '401 signature wrong signature' --url "$BASE/" "${line[@]}"
	: >answers
	answer "{$signed_aws,\"json\":[]}"
	AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=other AWS_SESSION_TOKEN=ses/sion+1 \
		fails 77 '401 signature wrong signature' --url "$BASE/" "${aws[@]}"
	[ "$(requests)" -eq 4 ]
}

@test "a key that is none is 78, before any request" {
	CONSUMER_SECRET=$'a\nb' fails 78 '--consumer-secret: the secret is not a key' --url "$BASE/" "${oauth1[@]}"
	TOKEN='a b' fails 78 '--token: the secret is not a key' --url "$BASE/" "${oauth1[@]}"
	LINE_SECRET='' fails 78 '--secret-key: the secret is empty' --url "$BASE/" "${line[@]}"
	LINE_ACCESS=$'\xff1' fails 78 '--access-key: the secret is not a key' --url "$BASE/" "${line[@]}"
	AWS_ACCESS_KEY_ID=a fails 78 'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not' --url "$BASE/" "${aws[@]}"
	[ "$(requests)" -eq 0 ]
}

@test "options of signatures that do not fit together" {
	fails 64 '--auth oauth1 needs --consumer-key' --url "$BASE/" --auth oauth1
	fails 64 '--auth oauth1 needs --consumer-secret' --url "$BASE/" --auth oauth1 --consumer-key env:CONSUMER
	fails 64 '--token and --token-secret belong together' --url "$BASE/" --auth oauth1 --consumer-key env:CONSUMER \
		--consumer-secret env:CONSUMER_SECRET --token env:TOKEN
	fails 64 '--auth line-jws needs --secret-key' --url "$BASE/" --auth line-jws --access-key env:LINE_ACCESS
	fails 64 '--consumer-key (or another option of oauth1) is for --auth oauth1' --url "$BASE/" --consumer-key env:CONSUMER
	fails 64 '--access-key (or --secret-key) is for --auth line-jws' --url "$BASE/" --secret-key env:LINE_SECRET
	fails 64 '--aws-service (or --aws-region) is for --auth aws-sigv4' --url "$BASE/" --aws-region eu-west-1
	for header in 'Date: x' 'authorization: {t}'; do
		fails 64 'is set by --auth already' --url "$BASE/" "${line[@]}" --header "$header" --secret t=env:TOKEN
	done
	fails 64 'X-Amz-Date is set by --auth already' --url "$BASE/" "${aws[@]}" --header 'X-Amz-Date: x'
	for option in consumer-key consumer-secret token token-secret; do
		fails 64 "--$option takes the name of a secret" --url "$BASE/" "${oauth1[@]}" "--$option" l1teral
	done
	for option in access-key secret-key; do
		fails 64 "--$option takes the name of a secret" --url "$BASE/" "${line[@]}" "--$option" l1teral
	done
	[ "$(requests)" -eq 0 ]
}

@test "a redirect within the host is signed anew, one to another host is not signed" {
	answer "{\"path\":\"/old\",$signed_oauth1,\"status\":302,\"headers\":{\"Location\":\"/new?x=1\"}}" \
		"{\"path\":\"/new\",$signed_oauth1,\"json\":[{\"a\":1}]}"
	[ "$(records --url "$BASE/old?y=2" "${oauth1[@]}")" = '{"a":1}' ]
	[ "$(asked .target | tr '\n' ' ')" = '/old?y=2 /new?x=1 ' ]
	answer "{\"path\":\"/away\",\"status\":302,\"headers\":{\"Location\":\"${BASE/127.0.0.1/localhost}/there\"}}" '{"path":"/there","json":[{"b":1}]}'
	for kind in oauth1 line aws; do
		export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn AWS_SESSION_TOKEN=ses/sion+1
		local -n words=$kind
		: >log
		[ "$(records --url "$BASE/away" "${words[@]}")" = '{"b":1}' ]
		jq -se '.[0].headers.authorization != null and .[1].headers.authorization == null and .[1].headers.date == null
			and .[1].headers["x-amz-security-token"] == null' log
	done
}

@test "a clock that is wrong is named where the signature is refused" {
	answer '{"path":"/slow","status":401,"text":"no","headers":{"Date":"Wed, 22 Dec 2045 00:00:00 GMT"}}' \
		'{"path":"/fast","status":401,"text":"no","headers":{"Date":"Wed, 22 Dec 2021 00:00:00 GMT"}}' '{"path":"/right","status":401,"text":"no"}'
	fails 77 ' s slow by the Date of the answer, and a signature has the time in it' --url "$BASE/slow" "${oauth1[@]}"
	fails 77 ' s fast by the Date of the answer' --url "$BASE/fast" "${line[@]}"
	fails 77 '401 no' --url "$BASE/right" "${oauth1[@]}"
	run ! grep -q 'the clock of this machine' err
	# A token that does not depend on the time has nothing to do with it.
	fails 77 '401 no' --url "$BASE/slow" --auth bearer --token env:TOKEN
	run ! grep -q 'the clock of this machine' err
}

@test "no secret and no signature is in a message" {
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn AWS_SESSION_TOKEN=ses/sion+1
	answer '{"status":401,"echo":true,"headers":{"WWW-Authenticate":"x"}}'
	for kind in oauth1 line aws; do
		local -n words=$kind
		: >log
		fails 77 '401' --url "$BASE/" "${words[@]}" --verbose
		[ "$(requests)" -eq 1 ]
		asked .headers.authorization >header
		# The server said it all: the header is in the answer, and was struck out of the message.
		case $kind in
		oauth1) secret=$(grep -o 'oauth_signature="[^"]*"' header | cut -d'"' -f2) ;;
		line) secret=$(cut -d. -f3 header) ;;
		aws) secret=$(grep -o '[0-9a-f]*$' header) ;;
		esac
		[ ${#secret} -ge 28 ]
		for text in "$secret" "${secret//%/\\%}" 'c&s' ts-secret line-s3cret wJalr ses/sion; do
			run ! grep -qF -- "$text" err
		done
		grep -qF '***' err
	done
}

@test "signatures of many requests at once are struck out of what comes in the end" {
	answer '{"status":400,"echo":true,"delay":0.7,"times":999}'
	seq 150 | sed 's/.*/{"id":&}/' | from-json |
		fetch --each --concurrency 150 --url "$BASE/{id}" "${oauth1[@]}" --on 'status=400 -> ignore' --trace x.har >/dev/null 2>err
	asked .headers.authorization | grep -o 'oauth_signature="[^"]*' | cut -d'"' -f2 >signatures
	[ "$(wc -l <signatures)" -eq 150 ]
	[ "$(grep -c 'ignored$' err)" -eq 150 ]
	run ! grep -qFf signatures x.har err
}

@test "--print-request names what a curl command cannot have" {
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalr/XUtn AWS_SESSION_TOKEN=ses/sion+1
	fetch --url "$BASE/x?a=1" "${oauth1[@]}" --print-request >curl.sh
	grep -q '^# AUTHORIZATION: an OAuth 1.0a signature of this request' curl.sh
	answer "{\"path\":\"/x\",\"when\":{\"authorization\":\"OAuth x\"},\"json\":[7]}" "{\"path\":\"/y\",\"when\":{\"date\":\"D\",\"authorization\":\"Bearer j\"},\"json\":[8]}" \
		"{\"path\":\"/z\",$signed_aws,\"json\":[9]}"
	[ "$(AUTHORIZATION='OAuth x' bash -c "$(cat curl.sh)" 2>/dev/null)" = '[7]' ]
	fetch --url "$BASE/y" "${line[@]}" --print-request >curl.sh
	grep -q '^# DATE: ' curl.sh
	[ "$(DATE=D AUTHORIZATION='Bearer j' bash -c "$(cat curl.sh)" 2>/dev/null)" = '[8]' ]
	# curl has a signer for AWS.
	fetch --url "$BASE/z" "${aws[@]}" --print-request >curl.sh
	[ "$(bash -c "$(cat curl.sh)" 2>/dev/null)" = '[9]' ]
	fetch --url "$BASE/z" --auth aws-sigv4 --aws-service execute-api --print-request >curl.sh
	[ "$(AWS_REGION=eu-west-1 bash -c "$(cat curl.sh)" 2>/dev/null)" = '[9]' ]
	run ! grep -qE 'wJalr|c&s|s3cret' curl.sh
	[ "$(requests)" -eq 4 ]
}

@test "a rule may say that it is a matter of who asks" {
	answer '{"json":{"code":40105,"message":"Access token is incorrect"}}'
	fails 77 'Access token is incorrect' --url "$BASE/" --on code=40105 unauthorized
	fails 77 '(--on code=40105 -> unauthorized)' --url "$BASE/" --on 'code=40105 -> unauthorized'
	[ "$(requests)" -eq 2 ]
}

# OAuth 2.0.

credentials() {
	fetch --auth oauth2-client-credentials --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET "$@"
}

api_takes() {
	answer "{\"path\":\"/api\",\"when\":{\"authorization\":\"Bearer $1\"},\"json\":[{\"a\":1}],\"times\":999999}"
}

@test "client-credentials: a form, the client in it, in a header or in the query" {
	answer '{"path":"/token","json":{"access_token":"at-1","token_type":"bearer","expires_in":900}}'
	api_takes at-1
	credentials --url "$BASE/api" --scope 'a b' --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target + " " + .body' | head -n 1)" = \
		'POST /token grant_type=client_credentials&client_id=client-1&client_secret=s3cret%26x%3Dy&scope=a%20b' ]
	: >log
	credentials --url "$BASE/api" --client-auth basic --token-cache none --token-param 'audience=https://x/?a' --token-param b=2 >/dev/null
	[ "$(asked '.method + " " + .target + " " + .body' | head -n 1)" = 'POST /token grant_type=client_credentials&audience=https%3A%2F%2Fx%2F%3Fa&b=2' ]
	[ "$(asked .headers.authorization | head -n 1)" = "Basic $(printf 'client-1:s3cret%%26x%%3Dy' | base64)" ]
	: >log
	credentials --url "$BASE/api" --client-auth query --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target + " " + .body' | head -n 1)" = \
		'POST /token?client_id=client-1&client_secret=s3cret%26x%3Dy grant_type=client_credentials' ]
	: >log
	credentials --url "$BASE/api" --token-request query --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target + " " + .body' | head -n 1)" = \
		'GET /token?grant_type=client_credentials&client_id=client-1&client_secret=s3cret%26x%3Dy ' ]
	: >log
	credentials --url "$BASE/api" --token-request query --client-auth basic --token-cache none >/dev/null
	[ "$(asked '.method + " " + .target' | head -n 1)" = 'GET /token?grant_type=client_credentials' ]
	# A grant of a server's own.
	: >log
	credentials --url "$BASE/api" --token-param grant_type=account_credentials --token-param account_id=7 --token-cache none >/dev/null
	[[ $(asked .body | head -n 1) == 'grant_type=account_credentials&'*'&account_id=7' ]]
}

@test "refresh-token: Basic, and parameters with secrets" {
	answer '{"path":"/token","json":{"access_token":"at-1"}}'
	api_takes at-1
	P=pass-word fetch --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET \
		--refresh-token env:REFRESH --client-auth basic --secret p=env:P --token-param 'resource={p}/x' --token-cache none >/dev/null
	[ "$(asked .body | head -n 1)" = 'grant_type=refresh_token&refresh_token=refresh-1&resource=pass-word%2Fx' ]
	fails 64 '--token-param: "password" holds a secret' --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --refresh-token env:REFRESH --token-param password=x1
	fails 64 'it cannot have a field of one' --each --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --refresh-token env:REFRESH --token-param 'a={b}' < <(input '{"b":1}')
	fails 64 '--token-param: scope is set by another option' --url "$BASE/api" --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --refresh-token env:REFRESH --token-param scope=x
}

@test "client-credentials: processes share one token; other parameters have another" {
	answer '{"path":"/token","delay":0.2,"json":{"access_token":"at-1","expires_in":900}}'
	api_takes at-1
	pids=()
	for _ in 1 2 3 4 5 6; do
		credentials --url "$BASE/api" --token-cache cache >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 1 ]
	[ "$(asked 'select(.target == "/api") | .n' | wc -l)" -eq 6 ]
	credentials --url "$BASE/api" --token-cache cache --token-param a=b >/dev/null
	[ "$(asked 'select(.target == "/token") | .n' | wc -l)" -eq 2 ]
	jq -e '.tokens | length == 2' cache
	# A refresh token that comes with it is of no use here.
	run ! grep -q refresh_token cache
}

@test "client-credentials: a refused token is replaced once, refused credentials are 77" {
	answer '{"path":"/token","json":{"access_token":"at-1"},"times":1}' '{"path":"/token","json":{"access_token":"at-2","refresh_token":"rt"},"times":1}'
	api_takes at-2
	answer '{"path":"/api","status":401,"text":"expired"}'
	credentials --url "$BASE/api" --token-cache none 2>err >/dev/null
	[ "$(asked .target | tr '\n' ' ')" = '/token /api /token /api ' ]
	run ! grep -q 'refresh token' err
	answer '{"path":"/no","status":400,"json":{"error":"invalid_client"}}'
	fails 77 'invalid_client' --url "$BASE/api" --auth oauth2-client-credentials --token-url "$BASE/no" --client-id env:ID --client-secret env:SECRET
}

key() {
	openssl ecparam -name "${1:-prime256v1}" -genkey -noout 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -out "${2:-key.p8}"
	openssl pkey -in "${2:-key.p8}" -pubout -out public.pem
	export KEY_ID=KEY1 TEAM=TEAM1
}

assertion=(--auth oauth2-client-credentials --client-id env:ID --client-assertion es256 --signing-key file:key.p8 --key-id env:KEY_ID)

@test "client assertion: a JWT as the client's secret, made anew for each attempt (Apple)" {
	key
	claims='"public":"public.pem","key_id":"KEY1","iss":"TEAM1","sub":"client-1","aud":"https://appleid.apple.com"'
	answer "{\"path\":\"/token\",\"assertion\":{\"name\":\"client_secret\",$claims},\"status\":503,\"text\":\"busy\",\"times\":1}" \
		"{\"path\":\"/token\",\"assertion\":{\"name\":\"client_secret\",$claims},\"json\":{\"access_token\":\"at-1\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"
	api_takes at-1
	fetch --url "$BASE/api" --token-url "$BASE/token" "${assertion[@]}" --issuer env:TEAM --audience https://appleid.apple.com \
		--scope searchadsorg --token-cache none --verbose 2>err >/dev/null
	[ "$(asked 'select(.target == "/token") | .body' | sort -u | wc -l)" -eq 2 ]
	[[ $(asked .body | head -n 1) == 'grant_type=client_credentials&client_id=client-1&client_secret=ey'*'&scope=searchadsorg' ]]
	run ! grep -q 'eyJ' err
	for way in query basic; do
		: >log
		[ $way = query ] || sed -i "1s/.*/{\"path\":\"\\/token\",\"json\":{\"access_token\":\"at-1\"}}/;2d" answers
		fetch --url "$BASE/api" --token-url "$BASE/token" "${assertion[@]}" --issuer env:TEAM --audience https://appleid.apple.com \
			--token-request query --client-auth $way --token-cache none >/dev/null
	done
	asked .headers.authorization | head -n 1 | grep -q '^Basic '
}

@test "client assertion: private-key-jwt of RFC 7523, the defaults of issuer and audience" {
	key
	answer "{\"path\":\"/token\",\"assertion\":{\"name\":\"client_assertion\",\"public\":\"public.pem\",\"key_id\":\"KEY1\",\"iss\":\"client-1\",\"sub\":\"client-1\",\"aud\":\"$BASE/token\"},\"json\":{\"access_token\":\"at-1\"}}"
	api_takes at-1
	fetch --url "$BASE/api" --token-url "$BASE/token" "${assertion[@]}" --client-auth private-key-jwt --token-cache none >/dev/null
	[[ $(asked .body | head -n 1) == *'&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=ey'* ]]
	run ! grep -q client_secret log
	asked .body | head -n 1 | sed 's/.*client_assertion=[^.]*\.//; s/\..*//' | tr -- '-_' '+/' | base64 -di 2>/dev/null | grep -q '"jti":"[0-9a-f]\{32\}"'
}

@test "client assertion: a key that is none is 78, a refusal 77, and the clock is named" {
	fetch_as() { fails "$@" --url "$BASE/api" --token-url "$BASE/token" "${assertion[@]}" --token-cache none; }
	key
	cp key.p8 good.p8
	echo nothing >key.p8
	fetch_as 78 '--signing-key: the secret is not a private key in PEM'
	key secp384r1
	fetch_as 78 '--signing-key: the secret is a key of another kind than ECDSA with the curve P-256'
	openssl pkcs8 -topk8 -in good.p8 -passout pass:x -out key.p8
	fetch_as 78 'or needs a pass phrase' </dev/null
	[ "$(requests)" -eq 0 ]
	key
	openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -out key.p8
	answer '{"path":"/token","assertion":{"name":"client_secret","public":"public.pem","key_id":"KEY1"},"json":{"access_token":"at-1"}}'
	fetch_as 77 'signature wrong signature'
	run ! grep -q 'eyJ' err
	: >answers
	answer '{"path":"/token","status":400,"json":{"error":"invalid_client"},"headers":{"Date":"Wed, 22 Dec 2045 00:00:00 GMT"}}'
	fetch_as 77 ' s slow by the Date of the answer'
	fails 64 '--client-assertion es256 needs --signing-key' --url "$BASE/" --auth oauth2-client-credentials --token-url "$BASE/token" \
		--client-id env:ID --client-assertion es256
	fails 64 '--client-assertion: "rs256" is not es256' --url "$BASE/" --token-url "$BASE/token" "${assertion[@]}" --client-assertion rs256
	fails 64 '--client-secret and --client-assertion exclude each other' --url "$BASE/" --token-url "$BASE/token" "${assertion[@]}" --client-secret env:SECRET
	fails 64 '--client-auth private-key-jwt needs --client-assertion' --url "$BASE/" --auth oauth2-client-credentials --token-url "$BASE/token" \
		--client-id env:ID --client-secret env:SECRET --client-auth private-key-jwt
	fails 64 'with --token-request query there is no form' --url "$BASE/" --auth oauth2-client-credentials --token-url "$BASE/token" \
		--client-id env:ID --client-secret env:SECRET --client-auth form --token-request query
	fails 64 '--signing-key (or --key-id, --issuer, --audience) is for --client-assertion' --url "$BASE/" --auth bearer --token env:TOKEN --audience x
	fails 64 'needs --client-secret (or --client-assertion)' --url "$BASE/" --auth oauth2-client-credentials --token-url "$BASE/t" --client-id env:ID
}
