# SPDX-License-Identifier: MIT
# fetch-api --each: a record may name the host, and credentials must not follow it.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
	# The scripted server is every host.
	export http_proxy=$BASE no_proxy='' TOKEN=t0ken-value KEY=k3y-value
	answer '{"path":"/t","json":{"access_token":"acc-1","expires_in":3600}}' \
		'{"path":"/r","status":302,"headers":{"Location":"http://api.example/1"}}' \
		'{"path":"/j","json":{"d":[],"next":"http://10.0.0.1/ok"}}' '{"json":[{"a":1}]}'
	credentials=(--auth bearer --token env:TOKEN)
}

teardown() {
	http_stop
}

urls() { # URL...
	printf '{"url":"%s"}\n' "$@" | from-json >urls.mam
}

# to URL OPTION...: asks for the URL of a record, and for no other.
to() {
	local url=$1
	shift
	: >log
	urls "$url"
	fetch --each --url '{url}' "$@" <urls.mam >/dev/null
	[ "$(asked .target)" = "$url" ]
}

@test "credentials do not go to a host that only a record names" {
	urls http://api.example/1 'http://evil.example/2?sig=x'
	fails 69 'record 1: --url: {url} leads to http://api.example/1, and credentials do not go to a host that only a record names: allow it with --allow-host api.example:80, or send none with --any-host' \
		--each --url '{url}' "${credentials[@]}" <urls.mam
	[ "$(requests)" -eq 0 ]
	fails 69 'record 2: --url: {url} leads to http://evil.example/2?…, and' \
		--each --url '{url}' "${credentials[@]}" --allow-host api.example:80 <urls.mam
	[ "$(asked .target)" = http://api.example/1 ]
	[ "$(asked .headers.authorization)" = 'Bearer t0ken-value' ]
	urls https://evil.example/
	fails 69 'allow it with --allow-host evil.example, or' --each --url '{url}' "${credentials[@]}" <urls.mam
}

@test "every way to send a secret counts as credentials" {
	urls http://evil.example/
	for words in "--auth api-key --api-key env:KEY --api-key-header X-Key" "--auth api-key --api-key env:KEY --api-key-param key" \
		"--auth basic --user me --password env:KEY" "--secret k=env:KEY --param k={k}" "--secret k=env:KEY --param {k}=1" \
		"--secret k=env:KEY --header Authorization:{k}" '--secret k=env:KEY --body {"k":{k}}'; do
		read -ra options <<<"$words"
		fails 69 'credentials do not go to a host' --each --url '{url}' "${options[@]}" <urls.mam
	done
	fails 69 'credentials do not go to a host' --each --url '{url}?k={k}' --secret k=env:KEY <urls.mam
	[ "$(requests)" -eq 0 ]
}

@test "a field in a part of the host, or right after it, names the host" {
	for url in 'http://{h}.example/' 'http://api.{h}/' 'http://api.example{h}' 'http://api.example:8{h}/' 'http://api{h}/x' '{base}{h}/'; do
		printf '{"h":"0"}\n' | from-json |
			fails 69 'record 1: --url: {h} leads to http://' --each --url "$url" --set base=http://api.example "${credentials[@]}"
	done
	[ "$(requests)" -eq 0 ]
	# What follows the host does not.
	for url in 'http://api.example/{h}' 'http://api.example?{h}' '{base}/x/{h}' 'http://{base2}/{h}'; do
		printf '{"h":"0"}\n' | from-json |
			fetch --each --url "$url" --set base=http://api.example --set base2=api.example "${credentials[@]}" >/dev/null
	done
	[ "$(requests)" -eq 4 ]
	printf '{"h":"eu"}\n' | from-json | fetch --each --url 'http://{h}.example:81/' "${credentials[@]}" --allow-host eu.example:81 >/dev/null
	[ "$(asked .target | tail -n 1)" = http://eu.example:81/ ]
}

@test "--allow-host names a host, a port, or the hosts of a domain" {
	to http://api.example/ "${credentials[@]}" --allow-host x.example --allow-host API.example:80
	to http://a.b.example.org:8080/ "${credentials[@]}" --allow-host '*.example.org:8080'
	for url in http://example.org:80/ http://xexample.org/ http://a.example.org:8080/ http://a.example.org.evil.org/ \
		http://a.example.org@evil.org/ 'http://evil.org/#a.example.org' http://a.example.org./; do
		urls "$url"
		run fetch --each --url '{url}' "${credentials[@]}" --allow-host '*.example.org:80' <urls.mam
		[[ $status -eq 69 || $status -eq 65 ]]
	done
	# A name without a port means https.
	urls http://api.example/ http://api.example:443/
	fails 69 'record 1: --url: {url} leads to' --each --url '{url}' "${credentials[@]}" --allow-host api.example <urls.mam
	urls http://api.example:443/
	fails 69 'record 1: --url: {url} leads to' --each --url '{url}' "${credentials[@]}" --allow-host api.example:443 <urls.mam
	[ "$(requests)" -eq 1 ]
	fails 64 '--allow-host: "*" means every host: give --any-host' --url "$BASE" --allow-host '*'
	fails 64 '--allow-host: "*.com" is too wide' --url "$BASE" --allow-host '*.com'
	fails 64 '--allow-host: "http://a/" is a URL' --url "$BASE" --allow-host http://a/
	fails 64 '--allow-host: "a b" is not HOST, HOST:PORT or *.DOMAIN' --url "$BASE" --allow-host 'a b'
}

@test "the host of --token-url is known" {
	oauth=(--auth oauth2-refresh-token --client-id env:KEY --refresh-token env:TOKEN --token-cache none)
	urls http://auth.example/1
	fetch --each --url '{url}' "${oauth[@]}" --token-url http://auth.example/t <urls.mam >/dev/null
	[ "$(asked .headers.authorization | tail -n 1)" = 'Bearer acc-1' ]
	fails 69 '--allow-host auth.example:80' --each --url '{url}' "${oauth[@]}" --token-url http://auth.example:81/t <urls.mam
}

@test "--any-host downloads from another host without credentials and without headers" {
	urls http://api.example/1 'http://files.example/2?sig=x'
	fetch --each --url '{url}' "${credentials[@]}" --header 'X-Account: 7' --any-host --allow-host api.example:80 <urls.mam >/dev/null
	[ "$(asked '.headers.authorization + " " + .headers["x-account"]' | head -n 1)" = 'Bearer t0ken-value 7' ]
	[ "$(asked .target | tail -n 1)" = 'http://files.example/2?sig=x' ]
	[ "$(asked '.headers | has("authorization") or has("x-account")' | tail -n 1)" = false ]
	# Not even after a redirect back to a host that gets them.
	urls http://files.example/r
	fetch --each --url '{url}' "${credentials[@]}" --any-host --allow-host api.example:80 <urls.mam >/dev/null
	[ "$(asked .target | tail -n 1)" = http://api.example/1 ]
	[ "$(asked '.headers | has("authorization")' | tail -n 1)" = false ]
	fails 64 '--any-host: --param would send a secret to any host' --each --url '{url}' --any-host --secret k=env:KEY --param 'k={k}' <urls.mam
	fails 64 '--any-host: --body would be sent to any host' --each --url '{url}' --any-host --body '{}' <urls.mam
}

@test "without credentials a record may name any host but a private address" {
	to http://files.example/f --header 'X-Account: 7'
	[ "$(asked '.headers["x-account"]')" = 7 ]
	for private in http://127.0.0.1/ http://169.254.169.254/latest http://10.0.0.1:8080/ http://localhost/ 'http://[::1]/' http://2130706433/; do
		urls "$private"
		fails 69 'a record chose this private address (see --allow-host and --allow-private)' --each --url '{url}' <urls.mam
		fails 69 'a record chose this private address' --each --url '{url}' "${credentials[@]}" --any-host <urls.mam
	done
	[ "$(requests)" -eq 1 ]
	to http://10.0.0.1/ --allow-private
	to http://10.0.0.1/ --allow-host 10.0.0.1:80
	to http://10.0.0.1/ "${credentials[@]}" --any-host --allow-private
	[ "$(asked '.headers | has("authorization")')" = false ]
	# No link leads back inside either.
	urls http://files.example/j
	fails 69 'a record chose this private address' --each --url '{url}' --record-path d --paginator json-link --next-url-path next <urls.mam
}
