# SPDX-License-Identifier: MIT
# fetch-api: TLS, proxies, HTTP/2, content codings, redirects, kept connections.

load helper
load http
load certificates

# Two authorities and certificates of theirs, for all tests of this file.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	authority ours
	authority theirs
	certificate good ours 'IP:127.0.0.1,DNS:localhost' 30
	certificate theirs theirs 'IP:127.0.0.1' 30
	certificate other-name ours 'DNS:elsewhere.invalid' 30
	certificate expired ours 'IP:127.0.0.1' -1
}

teardown() {
	http_stop
	[ -z "${H2_PID:-}" ] || kill "$H2_PID" 2>/dev/null || true
}

tls_start() { # CERTIFICATE
	http_start --cert "$BATS_FILE_TMPDIR/$1.pem" --key "$BATS_FILE_TMPDIR/$1.key"
	CA=$BATS_FILE_TMPDIR/ours-ca.pem
}

# TLS.

@test "a private authority is trusted when it is named, and only then" {
	tls_start good
	answer '{"json":[{"a":1}]}'
	[ "$(records --url "$BASE/" --cacert "$CA")" = '{"a":1}' ]
	fails 69 'certificate' --url "$BASE/"
	[ "$(requests)" -eq 1 ]
	fails 78 '--cacert: cannot read "missing"' --url "$BASE/" --cacert missing
	echo 'no certificate' >broken.pem
	fails 69 'GET https://' --url "$BASE/" --cacert broken.pem
}

@test "--cacert stands in place of the system's authorities, folder and all" {
	tls_start theirs
	answer '{"json":[]}'
	strace -f -e trace=file -o trace fetch-api --url "$BASE/" --cacert "$CA" >out.mam 2>err || true
	grep -q ours-ca.pem trace
	# OpenSSL looks for the issuer by its hash in a folder that is trusted.
	run ! grep -E '/[0-9a-f]{8}\.[0-9]"' trace
}

@test "a certificate of another authority, of another name, or that has ended: 69, and nothing is sent" {
	for name in theirs other-name expired; do
		tls_start $name
		answer '{"json":[]}'
		TOKEN=t0ken-value fails 69 'GET https://127.0.0.1' --url "$BASE/" --cacert "$CA" --auth bearer --token env:TOKEN
		grep -qiE 'certificate|SSL|subject name' err
		[ "$(requests)" -eq 0 ]
		http_stop
	done
}

@test "https that is none is an error of the connection" {
	http_start
	fails 75 'SSL' --url "${BASE/http:/https:}/" --retries 0
}

@test "HTTP/2 where the server has it" {
	command -v nghttpd >/dev/null || skip 'SKIPPED: nghttpd is not here'
	mkdir www
	printf '[{"a":1}]' >www/a.json
	printf 'x,y\n' >www/f.csv
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	nghttpd -v -a 127.0.0.1 -d www "$port" "$BATS_FILE_TMPDIR/good.key" "$BATS_FILE_TMPDIR/good.pem" >h2.log 2>&1 3>&- &
	H2_PID=$!
	# nghttpd speaks nothing but HTTP/2.
	[ "$(records --url "https://127.0.0.1:$port/a.json" --cacert "$BATS_FILE_TMPDIR/ours-ca.pem" --retries 20 --backoff 100ms)" = '{"a":1}' ]
	fetch --url "https://127.0.0.1:$port/f.csv" --decoder raw --cacert "$BATS_FILE_TMPDIR/ours-ca.pem" | grep -aq 'x,y'
	grep -q ':method: GET' h2.log
}

# Proxies.

@test "the proxy of the environment is asked, by its kind, but for no_proxy" {
	http_start
	answer '{"path":"/x","json":[{"a":1}]}'
	[ "$(http_proxy=$BASE records --url http://api.invalid/x)" = '{"a":1}' ]
	[ "$(asked .target)" = 'http://api.invalid/x' ]
	[ "$(all_proxy=$BASE no_proxy=127.0.0.1 records --url "$BASE/x")" = '{"a":1}' ]
	[ "$(asked .target | tail -n 1)" = /x ]
	http_proxy=http://127.0.0.1:1 fails 75 'GET http://api.invalid/x' --url http://api.invalid/x --retries 0
}

@test "https goes through a tunnel, and the proxy sees no credentials" {
	http_start
	proxy=$BASE
	mkdir tls && cd tls
	tls_start good
	answer '{"json":[{"a":1}]}'
	[ "$(TOKEN=t0ken-value https_proxy=$proxy records --url "${BASE/127.0.0.1/localhost}/x" --cacert "$CA" --auth bearer --token env:TOKEN --header 'X-Mine: 1')" = '{"a":1}' ]
	[ "$(asked .headers.authorization)" = 'Bearer t0ken-value' ]
	cd ..
	[ "$(asked .method)" = CONNECT ]
	[ "$(asked '.headers | has("authorization") or has("x-mine")')" = false ]
}

# Content codings.

@test "gzip, br and zstd are undone where JSON is wanted" {
	http_start
	answer '{"path":"/gzip","json":[{"a":1},{"a":"日本"}],"gzip":true}' \
		'{"path":"/br","hex":"215c00045b7b2261223a317d2c7b2261223a22e697a5e69cac227d5d03","headers":{"Content-Encoding":"br"}}' \
		'{"path":"/zstd","hex":"28b52ffd2418c100005b7b2261223a317d2c7b2261223a22e697a5e69cac227d5dbc13ca18","headers":{"Content-Encoding":"zstd"}}' \
		'{"path":"/odd","json":[],"headers":{"Content-Encoding":"rot13"}}' '{"path":"/bad","text":"[]","headers":{"Content-Encoding":"gzip"}}'
	[ "$(records --url "$BASE/gzip")" = $'{"a":1}\n{"a":"日本"}' ]
	offered=$(asked '.headers["accept-encoding"]')
	[[ $offered == *gzip* ]]
	# The other codings of this libcurl.
	for coding in br zstd; do
		[[ $offered == *$coding* ]] || continue
		[ "$(records --url "$BASE/$coding")" = $'{"a":1}\n{"a":"日本"}' ]
	done
	fails 69 'the answer has a coding that is not known: rot13' --url "$BASE/odd"
	fails 75 'GET' --url "$BASE/bad" --retries 0
}

@test "a gzip that is cut is seen" {
	http_start
	answer '{"json":[{"a":"a long enough text to be cut somewhere in its middle 0123456789"}],"gzip":true,"do":"truncate","at":40,"framing":"none"}'
	fails 65 'the answer is not JSON' --url "$BASE/" --retries 0
}

@test "a file is asked for without a coding; gzip is handed on packed, another coding refused" {
	http_start
	answer '{"path":"/gz","text":"a,b\n","gzip":true}' '{"path":"/br","text":"a,b\n","headers":{"Content-Encoding":"br"}}'
	fetch --url "$BASE/gz" --decoder raw >out.mam
	[ "$(asked '.headers | has("accept-encoding")')" = false ]
	[ "$("$MAM_ROOT/tests/tools/look" chunks <out.mam | gzip -dc)" = a,b ]
	fails 65 'a content coding that was not asked for: br' --url "$BASE/br" --decoder raw
}

@test "chunked bodies, and one connection for many requests" {
	http_start
	answer '{"json":[{"a":1}],"framing":"chunked"}'
	input '{"i":1}' '{"i":2}' '{"i":3}' | fetch --each --url "$BASE/{i}" | to-json >out
	[ "$(wc -l <out)" -eq 3 ]
	[ "$(asked .connection | sort -u | wc -l)" -eq 1 ]
}

# Redirects.

@test "redirects are followed; a POST becomes a GET where HTTP says so" {
	http_start
	for status in 301 302 303 307 308; do
		answer "{\"path\":\"/$status\",\"status\":$status,\"headers\":{\"Location\":\"/to?x=$status\"},\"text\":\"moved\"}"
	done
	answer '{"path":"/to","json":[{"a":1}]}'
	for status in 301 302 303 307 308; do
		[ "$(records --url "$BASE/$status" --body '{"b":1}' --header 'X-Mine: 1')" = '{"a":1}' ]
	done
	[ "$(asked 'select(.target | startswith("/to")) | .method + .body' | tr '\n' ' ')" = 'GET GET GET POST{"b":1} POST{"b":1} ' ]
	[ "$(asked 'select(.headers["x-mine"] != "1") | .n' | wc -l)" -eq 0 ]
}

@test "a redirect to another host takes no credentials along, nor does the way back" {
	http_start
	first=$BASE
	mkdir other && cd other
	http_start
	other=$BASE
	answer "{\"path\":\"/away\",\"status\":302,\"headers\":{\"Location\":\"$first/back\"}}" '{"path":"/file","text":"x,y\n"}'
	cd ..
	answer "{\"path\":\"/start\",\"status\":302,\"headers\":{\"Location\":\"$other/away\"}}" '{"path":"/back","json":[{"a":1}]}' \
		"{\"path\":\"/post\",\"status\":307,\"headers\":{\"Location\":\"$other/file\"}}" \
		"{\"path\":\"/file\",\"status\":302,\"headers\":{\"Location\":\"$other/file\"}}"
	export TOKEN=t0ken-value KEY=k3y-value
	mine=(--header 'X-Mine: 1' --auth bearer --token env:TOKEN)
	[ "$(records --url "$first/start" "${mine[@]}")" = '{"a":1}' ]
	[ "$(asked '.target + " \(.headers.authorization) \(.headers["x-mine"])"')" = $'/start Bearer t0ken-value 1\n/back null null' ]
	fails 69 'it redirects the body of the request to another host' --url "$first/post" --body '{}' "${mine[@]}"
	# A download that lies in a bucket elsewhere.
	fetch --url "$first/file" --decoder raw --auth api-key --api-key env:KEY --api-key-param k | grep -aq 'x,y'
	fetch --url "$first/file" --decoder raw --auth basic --user me --password env:KEY | grep -aq 'x,y'
	cd other
	[ "$(asked '.target + "\(.headers.authorization)\(.headers["x-mine"])"' | sort -u | tr '\n' ' ')" = '/awaynullnull /filenullnull ' ]
	run ! grep -qE 't0ken|k3y' log
}

@test "what no redirect may do" {
	http_start
	answer '{"path":"/loop","status":302,"headers":{"Location":"/loop"}}' '{"path":"/file","status":302,"headers":{"Location":"file:///etc/passwd"}}' \
		'{"path":"/user","status":302,"headers":{"Location":"http://u:p@127.0.0.1/"}}' '{"path":"/bare","status":302,"text":"x"}'
	fails 69 'it redirects more than 10 times' --url "$BASE/loop"
	[ "$(requests)" -eq 11 ]
	fails 69 'it redirects to a URL that is not http or https' --url "$BASE/file"
	fails 69 'it redirects to a URL with a user in it' --url "$BASE/user"
	fails 69 '302 x' --url "$BASE/bare"
	plain=$BASE
	mkdir tls && cd tls
	tls_start good
	answer "{\"status\":302,\"headers\":{\"Location\":\"$plain/\"}}"
	fails 69 'it redirects from https to http' --url "$BASE/" --cacert "$CA"
}

@test "neither a redirect nor a link leads from a public address to a private one" {
	http_start
	export http_proxy=$BASE no_proxy=
	answer '{"path":"/ok","json":[{"a":1}]}'
	for private in 169.254.169.254 127.0.0.1 10.0.0.1:8080 192.168.0.1 localhost x.localhost. '[::1]' '[fd00:ec2::254]' 2852039166 0x7f.1; do
		answer "{\"path\":\"/r\",\"status\":302,\"headers\":{\"Location\":\"http://$private/ok\"},\"times\":2}" \
			"{\"path\":\"/j\",\"json\":{\"d\":[],\"next\":\"http://$private/ok\"},\"times\":2}" \
			"{\"path\":\"/h\",\"json\":[],\"headers\":{\"Link\":\"<http://$private/ok>; rel=next\"},\"times\":2}"
		for public in 203.0.113.5 api.invalid; do
			fails 69 'leads from a public address to a private one (see --allow-private)' --url "http://$public/r"
			fails 69 'leads from a public address to a private one' --url "http://$public/j" --record-path d --paginator json-link --next-url-path next
			fails 69 'leads from a public address to a private one' --url "http://$public/h" --paginator header-link
		done
	done
	run ! grep -q '/ok' <(asked .target)
	# From a private one, to the same host, or when it is asked for.
	answer '{"path":"/r","status":302,"headers":{"Location":"http://10.0.0.1/ok"}}' '{"path":"/s","status":302,"headers":{"Location":"/ok"}}'
	[ "$(records --url http://192.168.0.1/r)" = '{"a":1}' ]
	[ "$(records --url http://203.0.113.5/s)" = '{"a":1}' ]
	[ "$(records --url http://203.0.113.5/r --allow-private)" = '{"a":1}' ]
}

@test "the address that a name has counts, not the name" {
	unshare -Urn true 2>/dev/null || skip 'no network of its own can be made here'
	http_start
	unset http_proxy https_proxy all_proxy
	cat >inside <<-'END'
		ip link set lo up && ip addr add 203.0.113.5/32 dev lo || exit 3
		python3 - <<-'PYTHON' &
			import http.server
			class Handler(http.server.BaseHTTPRequestHandler):
			    def do_GET(self):
			        print(self.path, file=open("inside.log", "a"))
			        self.send_response(302 if self.path == "/r" else 200)
			        self.send_header("Location", "http://%s:8000/ok" % open("name").read().strip())
			        self.send_header("Content-Length", "2")
			        self.end_headers()
			        self.wfile.write(b"[]")
			http.server.HTTPServer(("", 8000), Handler).serve_forever()
		PYTHON
		server=$!
		for _ in $(seq 100); do bash -c ': </dev/tcp/127.0.0.1/8000' 2>/dev/null && break; sleep 0.05; done
		fetch-api --url http://203.0.113.5:8000/r >out.mam 2>err
		echo "$?" >status
		kill "$server"
	END
	# A name of /etc/hosts that is not localhost.
	getent hosts "$(hostname)" | awk '{print $1}' >address
	hostname >name
	sed -i "s#ip link set lo up#& \&\& ip addr add $(cat address)/32 dev lo#" inside
	unshare -Urn bash ./inside 3>&- || skip 'no address can be added here'
	cat err
	[ "$(cat status)" = 69 ]
	grep -q 'leads from a public address to a private one' err
	[ "$(cat inside.log)" = /r ]
}

@test "headers without end are refused" {
	http_start
	python3 - >>answers <<-'END'
		import json
		print(json.dumps({"json": [], "headers": [["X-%d" % i, "y" * 4000] for i in range(90)]}))
	END
	fails 69 'the headers of the answer are larger than 256 KiB' --url "$BASE/"
}
