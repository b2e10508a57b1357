# SPDX-License-Identifier: MIT
# fetch-api: several requests at once. The order, the limits, one failure, one token, and what
# waits for a slow answer.

load helper
load http
load certificates

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
	[ -z "${H2_PID:-}" ] || kill "$H2_PID" 2>/dev/null || true
}

# ids N: N records with the field id, from 1.
ids() {
	seq "$1" | sed 's/.*/{"id":&}/' | from-json
}

counter() { # NAME FILE: of the last stage that is in its end mark
	python3 - "$1" "$2" <<-'END'
	import sys
	data = open(sys.argv[2], 'rb').read()
	data = data[data.rindex(b'\xa5stage\xa9fetch-api'):]
	at = data.index(bytes([0xa0 | len(sys.argv[1])]) + sys.argv[1].encode()) + 1 + len(sys.argv[1])
	head, size = data[at], {0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8}.get(data[at], 0)
	print(int.from_bytes(data[at + 1:at + 1 + size], 'big') if size else head)
	END
}

# The process of fetch-api in the background job PID, whose shell may wait for it.
fetch_of() {
	local child
	child=$(pgrep -P "$1" -x fetch-api) || child=$1
	echo "$child"
}

# The most requests that were under way at once.
most() {
	asked .open | sort -n | tail -n 1
}

@test "--concurrency: the order of the input stays, whatever answers first" {
	answer '{"echo":true,"delay":[0,0.04]}'
	ids 60 | fetch --each --concurrency 8 --url "$BASE/{id}" --include id | to-json >out
	[ "$(jq -r .id out)" = "$(seq 60)" ]
	[ "$(jq -r .target out)" = "$(seq 60 | sed 's|^|/|')" ]
	[ "$(most)" -le 8 ]
	[ "$(most)" -ge 4 ]
	# The server saw them in another order than the one in which they were answered.
	[ "$(asked .connection | sort -u | wc -l)" -le 8 ]
}

@test "--concurrency: pages, polling and files stay together" {
	answer '{"query":"page=1","json":{"rows":[{"p":1},{"p":1}]},"delay":[0,0.02],"times":1000}' \
		'{"query":"page=2","json":{"rows":[{"p":2}]},"delay":[0,0.02],"times":1000}' \
		'{"query":"page=","json":{"rows":[]},"delay":[0,0.02],"times":1000}'
	ids 20 | fetch --each --concurrency 5 --url "$BASE/{id}" --include id --record-path rows --paginator page-number --page-param page |
		to-json >out
	[ "$(jq -r '"\(.id) \(.p)"' out)" = "$(for i in $(seq 20); do printf '%s 1\n%s 1\n%s 2\n' "$i" "$i" "$i"; done)" ]
	http_stop
	http_start
	for i in 1 2 3 4; do
		answer "{\"path\":\"/$i\",\"json\":{\"state\":\"RUNNING\"},\"times\":$((5 - i))}" "{\"path\":\"/$i\",\"json\":{\"state\":\"DONE\"}}"
	done
	[ "$(ids 4 | records --each --concurrency 4 --url "$BASE/{id}" --include id --until state=DONE --interval 5ms | jq -r .id)" = "$(seq 4)" ]
	http_stop
	http_start
	for i in 1 2 3; do
		answer "{\"path\":\"/$i\",\"text\":\"$i\",\"repeat\":300000,\"delay\":0.$((4 - i))}"
	done
	ids 3 | fetch --each --concurrency 3 --url "$BASE/{id}" --decoder raw --include id >files.mam
	to-json <files.mam | jq -r '"\(.id) \(.chunk | @base64d | length)"' |
		awk '{ n[$1] += $2; if ($1 < last) exit 1; last = $1 } END { exit !(n[1] == 300000 && n[2] == 300000 && n[3] == 300000) }'
}

@test "--concurrency: a slow first answer holds the others back, in bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's memory tells nothing"
	answer '{"path":"/1","text":"first","delay":4}' '{"text":"0123456789","repeat":100000}'
	ids 200 | fetch --each --concurrency 20 --url "$BASE/{id}" --decoder raw --include id >out.mam 3>&- &
	pid=$!
	for _ in $(seq 60); do
		[ "$(requests)" -lt 40 ] || break
		sleep 0.05
	done
	sleep 0.2
	# Twenty at once, the first one among them; and as many that are done.
	n=$(requests)
	echo "requests: $n"
	[ "$n" -le 40 ]
	[ "$n" -ge 30 ]
	# More than 16 MB wait: what is more is in a file that has no name.
	find "/proc/$(fetch_of $pid)/fd" -lname "*(deleted)" | grep .
	wait "$pid"
	[ "$(requests)" -eq 200 ]
	[ "$(to-json <out.mam | jq -r .id | uniq | paste -sd' ')" = "$(seq 200 | paste -sd' ')" ]
	[ "$("$MAM_ROOT/tests/tools/look" chunks <out.mam | head -c 15)" = first0123456789 ]
	[ "$("$MAM_ROOT/tests/tools/look" chunks <out.mam | wc -c)" -eq $((199 * 1000000 + 5)) ]
	peak=$(counter peak_memory out.mam)
	echo "peak: $peak"
	# Twenty answers, up to 1 MB of each in memory, and 16 MiB of output and what is left of each.
	[ "$peak" -lt $((80 * 1024 * 1024)) ]
}

@test "--concurrency: one failure ends all, and nothing is sealed" {
	answer '{"path":"/20","status":400,"text":"no such thing"}' '{"json":[{"a":1}],"delay":[0,0.02]}'
	run -69 bash -c 'seq 1000 | sed "s/.*/{\"id\":&}/" | from-json | fetch-api --each --concurrency 6 --url "$BASE/{id}" >out.mam'
	[[ $output == *"record 20: GET $BASE/20: 400 no such thing"* ]]
	[ "$(requests)" -lt 60 ]
	run -69 to-json <out.mam
	# So does one of the input.
	run -65 bash -c '{ seq 30 | sed "s/.*/{\"id\":&}/"; echo "{\"id\":"; } | from-json | fetch-api --each --concurrency 6 --url "$BASE/{id}x" >out.mam'
	run -65 to-json <out.mam
}

@test "--concurrency: --rate counts the requests of all" {
	answer '{"json":[{"a":1}],"delay":[0,0.01]}'
	ids 40 | fetch --each --concurrency 10 --url "$BASE/{id}" --rate 5/200ms >out.mam
	[ "$(requests)" -eq 40 ]
	# Any six in a row take 200 ms, but for what the way to the server takes more or less.
	asked .at | awk '{ at[NR] = $1 } NR > 5 && at[NR] - at[NR - 5] < 0.15 { print NR, at[NR] - at[NR - 5]; bad = 1 } END { exit bad }'
	[ "$(most)" -le 10 ]
}

@test "--concurrency: one token for all, and one that replaces it" {
	export ID=client SECRET=s3cret-value REFRESH=refresh-value
	answer '{"path":"/token","json":{"access_token":"token-one","token_type":"bearer"},"delay":0.1,"times":1}' \
		'{"path":"/token","json":{"access_token":"token-two","token_type":"bearer"},"delay":0.1,"times":1}' \
		'{"path":"/token","status":500}' \
		'{"when":{"authorization":"Bearer token-one"},"json":[{"a":1}],"delay":[0,0.02],"times":20}' \
		'{"when":{"authorization":"Bearer token-one"},"status":401,"delay":[0,0.05],"times":1000}' \
		'{"when":{"authorization":"Bearer token-two"},"json":[{"a":2}],"delay":[0,0.02],"times":1000}'
	ids 60 | fetch --each --concurrency 12 --url "$BASE/{id}" --auth oauth2-refresh-token --token-url "$BASE/token" \
		--client-id env:ID --client-secret env:SECRET --refresh-token env:REFRESH --token-cache token --include id | to-json >out
	[ "$(jq -r .id out)" = "$(seq 60)" ]
	[ "$(asked 'select(.target == "/token").n' | wc -l)" -eq 2 ]
	[ "$(jq -s 'map(select(.a == 1)) | length' out)" -eq 20 ]
}

@test "--concurrency: a lock that the next stage waits for is not held while the output is full" {
	export ID=client SECRET=s3cret-value REFRESH=refresh-value
	answer '{"path":"/token","json":{"access_token":"token-one","token_type":"bearer","expires_in":1},"delay":0.2,"times":1000}' \
		"{\"json\":[{\"a\":\"$(printf 'x%.0s' {1..200000})\"}],\"delay\":[0,0.02]}"
	oauth=(--auth oauth2-refresh-token --token-url "$BASE/token" --client-id env:ID --client-secret env:SECRET
		--refresh-token env:REFRESH --token-cache token)
	ids 30 | fetch --each --concurrency 5 --url "$BASE/{id}" "${oauth[@]}" |
		timeout 60 bash -c 'HOME=. exec fetch-api --each --concurrency 3 --url "$BASE/second" "$@"' - "${oauth[@]}" >out.mam
	[ "$(to-json <out.mam | wc -l)" -eq 30 ]
}

@test "--concurrency: a next stage that takes nothing for a while is no reason to run out of time" {
	answer '{"query":"file","text":"0123456789","repeat":60000,"delay":0.1,"times":1000}'
	ids 12 | fetch --each --concurrency 4 --url "$BASE/{id}?file" --decoder raw --include id --max-time 1s --read-timeout 1s --retries 0 |
		(sleep 2.5 && to-json) | jq -r '"\(.id) \(.chunk | @base64d | length)"' | awk '{ n[$1] += $2 } END { for (i in n) print i, n[i] }' | sort -n >out
	[ "$(cat out)" = "$(seq -f '%g 600000' 12)" ]
	# What is polled meanwhile has its whole --timeout.
	answer '{"path":"/7","json":{"state":"RUNNING"},"times":3}' '{"path":"/7","json":{"state":"DONE"}}' \
		"{\"query\":\"big\",\"json\":{\"state\":\"DONE\",\"big\":\"$(printf '%0400000d' 0)\"},\"times\":9}"
	ids 7 | fetch --each --concurrency 7 --url "$BASE/{id}?big" --include id --until state=DONE --interval 200ms --timeout 2s |
		(sleep 3 && to-json) | jq -r .id >out
	[ "$(cat out)" = "$(seq 7)" ]
}

@test "--concurrency: windows that are ignored, and the order of coverage" {
	answer '{"path":"/3","status":404}' '{"path":"/7","status":404}' '{"json":[{"a":1}],"delay":[0,0.03]}'
	ids 10 | fetch --each --concurrency 5 --url "$BASE/{id}" --on status=404 ignore --cover 'id={id}' >out.mam 2>err
	[ "$(grep -c '404.*; ignored' err)" -eq 2 ]
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -r .window.id | paste -sd' ')" = '1 2 4 5 6 8 9 10' ]
	[ "$(counter ignored out.mam)" -eq 2 ]
	[ "$(counter requests out.mam)" -eq 10 ]
}

@test "--concurrency: state of the input stays after the records that it follows" {
	answer '{"path":"/1","json":[{"a":1}],"delay":0.3}' '{"path":"/2","json":[{"a":2}],"delay":0.2}' '{"json":[{"a":3}]}'
	printf 'state\tk\tnone\nmap\tid:int=1\nstate\tk\tone\nmap\tid:int=2\nmap\tid:int=3\nstate\tk\tthree\nstate\tk\tlast\n' | spell |
		fetch --each --concurrency 3 --url "$BASE/{id}" >out.mam
	python3 - out.mam <<-'END'
		import sys
		data = open(sys.argv[1], 'rb').read()
		places = [data.index(part) for part in (b'none', b'\x81\xa1a\1', b'\xa3one', b'\x81\xa1a\2', b'\x81\xa1a\3', b'three', b'last')]
		sys.exit(places != sorted(places))
	END
}

@test "--concurrency: one connection of HTTP/2 carries all requests" {
	command -v nghttpd >/dev/null || skip 'SKIPPED: nghttpd is not here'
	authority ours
	certificate good ours IP:127.0.0.1 30
	mkdir www
	for i in $(seq 40); do printf '[{"a":%s}]' "$i" >"www/$i"; done
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	nghttpd -v -a 127.0.0.1 -d www "$port" good.key good.pem >h2.log 2>&1 3>&- &
	H2_PID=$!
	# nghttpd speaks nothing but HTTP/2.
	ids 40 | fetch --each --concurrency 20 --url "https://127.0.0.1:$port/{id}" --cacert ours-ca.pem --retries 20 --backoff 100ms |
		to-json >out
	[ "$(jq -r .a out)" = "$(seq 40)" ]
	[ "$(sed -n 's/.*\[id=\([0-9]*\)\].*:method: GET.*/\1/p' h2.log | sort -u | wc -l)" -eq 1 ]
	[ "$(grep -c ':method: GET' h2.log)" -eq 40 ]
}

@test "--concurrency: a slow first answer stops nobody, with TLS either" {
	http_stop
	authority ours
	certificate good ours IP:127.0.0.1 30
	for tls in '' tls; do
		http_start ${tls:+--cert good.pem --key good.key}
		answer '{"path":"/1","json":[{"a":1}],"delay":2}' '{"json":[{"a":2}]}'
		ids 10 | fetch --each --concurrency 10 --url "$BASE/{id}" --cacert ours-ca.pem >out.mam
		# The others came before the first one had its answer.
		[ "$(requests)" -eq 10 ]
		asked .at | sort -n | awk 'NR == 1 { first = $1 } END { exit !($1 - first < 1.9) }'
		http_stop
	done
}

@test "--concurrency: without --each, in a rehearsal and with --print-request there is one request after the other" {
	answer '{"json":[{"a":1}]}'
	[ "$(records --concurrency 5 --url "$BASE/x")" = '{"a":1}' ]
	ids 9 | MAM_DRY_RUN=1 fetch --each --concurrency 5 --url "$BASE/{id}" >out.mam
	[ "$(requests)" -eq 2 ]
	[ "$(ids 3 | fetch --each --concurrency 5 --url "$BASE/{id}" --print-request | grep -c "$BASE")" -eq 3 ]
	fails 64 '--concurrency' --url "$BASE/x" --concurrency 0
	fails 64 '--concurrency' --url "$BASE/x" --concurrency 1001
}

@test "--concurrency: an input that comes slowly does not hold the answers back" {
	answer '{"json":[{"a":1}],"delay":0.1}'
	printf 'map\tid:int=1\nsleep\t3\nmap\tid:int=2\n' | spell | fetch --each --concurrency 4 --url "$BASE/{id}" >out.mam 3>&- &
	pid=$! record=$'\x81\xa1a\x01'
	for _ in $(seq 50); do
		! LC_ALL=C grep -aqF "$record" out.mam || break
		sleep 0.05
	done
	LC_ALL=C grep -aqF "$record" out.mam
	[ "$(requests)" -eq 1 ]
	wait "$pid"
	[ "$(to-json <out.mam | wc -l)" -eq 2 ]
}

@test "--concurrency: the windows of --step side by side, each covered" {
	answer '{"echo":true,"delay":[0,0.03]}'
	ids 3 | fetch --each --concurrency 6 --url "$BASE/{id}/{from}" --from 2026-11-01 --to 2026-11-11 --step 2d --include id \
		--cover 'day={from}..{to}' --cover 'id={id}' >out.mam
	[ "$(to-json <out.mam | jq -r .target | paste -sd' ')" = "$(for i in 1 2 3; do
		printf "/$i/2026-11-%s\n" 01 03 05 07 09
	done | paste -sd' ')" ]
	[ "$(most)" -ge 3 ]
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -r '"\(.window.id) \(.window.day[0]) \(.records)"' | head -n 2 | paste -sd,)" = '1 2026-11-01 1,1 2026-11-03 1' ]
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | wc -l)" -eq 15 ]
}

@test "--concurrency: broken answers are asked for again, and nothing is lost or doubled" {
	for i in 2 5 9 14 20; do
		answer "{\"path\":\"/$i\",\"json\":{\"rows\":[1,2]},\"do\":\"truncate\",\"at\":7}" "{\"path\":\"/$i\",\"do\":\"close\"}" \
			"{\"path\":\"/$i\",\"status\":503}" "{\"path\":\"/$i\",\"json\":[{\"a\":1},{\"a\":2}],\"do\":\"reset\",\"at\":9}"
	done
	answer '{"json":[{"a":1},{"a":2}],"delay":[0,0.02],"times":1000}'
	ids 24 | fetch --each --concurrency 7 --url "$BASE/{id}" --include id >out.mam
	[ "$(to-json <out.mam | jq -r '"\(.id) \(.a)"')" = "$(for i in $(seq 24); do printf '%s 1\n%s 2\n' "$i" "$i"; done)" ]
	# libcurl itself asks again when an old connection is closed without an answer.
	[ "$(requests)" -eq 44 ]
	[ "$(counter retries out.mam)" -ge 15 ]
	# Each request has its own number of tries.
	http_stop
	http_start
	answer '{"path":"/7","status":503,"times":100}' '{"json":[{"a":1}]}'
	ids 9 >in.mam
	fails 75 'record 7: GET' --each --concurrency 4 --url "$BASE/{id}" --retries 3 <in.mam
	[ "$(asked 'select(.target == "/7").n' | wc -l)" -eq 4 ]
}

@test "--concurrency: more requests than the shell's limit of open files allows" {
	answer '{"json":[{"a":1}],"delay":0.5,"times":1000}'
	ids 120 >in.mam
	run -0 bash -c 'ulimit -Sn 60; fetch-api --each --concurrency 120 --url "$BASE/{id}" --retries 0 <in.mam | to-json | wc -l'
	[ "${lines[-1]}" = 120 ]
	[ "$(most)" -gt 60 ]
}
