# SPDX-License-Identifier: MIT
# fetch-api: windows (--step, --lookback, --max-age), their spellings, and answers that are too large.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

# targets: the query or path of each request, in turn.
targets() {
	asked .target | sed 's/^[^?]*?//' | paste -sd' '
}

# covered <STREAM: the coverage items.
covered() {
	"$MAM_ROOT/tests/tools/look" coverage | jq -c .
}

W=(--param 'f={from}' --param 't={to}')

@test "--step: one window after the other, the last one shorter, coverage for each" {
	answer '{"query":"f=2026-11-08","json":[]}' '{"json":[{"a":1},{"a":2}],"times":9}'
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-18 --step 7d --cover 'day={from}..{to}' --cover account=7 >out.mam
	[ "$(targets)" = 'f=2026-11-01&t=2026-11-08 f=2026-11-08&t=2026-11-15 f=2026-11-15&t=2026-11-18' ]
	[ "$(covered <out.mam)" = '{"window":{"day":["2026-11-01","2026-11-08"],"account":7},"records":2}
{"window":{"day":["2026-11-08","2026-11-15"],"account":7},"records":0}
{"window":{"day":["2026-11-15","2026-11-18"],"account":7},"records":2}' ]
	[ "$(to-json <out.mam | wc -l)" -eq 4 ]
}

@test "--step: months, weeks and years; FROM and TO; no gap and no overlap" {
	answer '{"json":[]}'
	FROM=2026-01-31 TO=2026-05-01 fetch --url "$BASE/x" "${W[@]}" --step 1m >/dev/null
	[ "$(targets)" = 'f=2026-01-31&t=2026-02-28 f=2026-02-28&t=2026-03-31 f=2026-03-31&t=2026-04-30 f=2026-04-30&t=2026-05-01' ]
	: >log
	fetch --url "$BASE/x" "${W[@]}" --from 2026-01-01 --to 2026-02-01 --step 2w >/dev/null
	[ "$(targets)" = 'f=2026-01-01&t=2026-01-15 f=2026-01-15&t=2026-01-29 f=2026-01-29&t=2026-02-01' ]
}

@test "--step with --each: the windows of each record, in the order of the input" {
	answer '{"json":[]}'
	input '{"id":1}' '{"id":2}' | fetch --each --url "$BASE/{id}" "${W[@]}" --from 2026-11-01 --to 2026-11-03 --step 1d \
		--cover 'day={from}..{to}' --cover 'id={id}' >out.mam
	[ "$(asked .target | paste -sd' ')" = '/1?f=2026-11-01&t=2026-11-02 /1?f=2026-11-02&t=2026-11-03 /2?f=2026-11-01&t=2026-11-02 /2?f=2026-11-02&t=2026-11-03' ]
	[ "$(covered <out.mam | jq -c '[.window.id, .window.day[0]]' | paste -sd' ')" = '[1,"2026-11-01"] [1,"2026-11-02"] [2,"2026-11-01"] [2,"2026-11-02"]' ]
}

@test "--step with --concurrency: side by side, records in order" {
	local day
	for day in 01 02 03 04; do
		answer "{\"query\":\"f=2026-11-$day\",\"json\":[{\"a\":$((10#$day))}],\"delay\":0.$((5 - 10#$day))}"
	done
	[ "$(records --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-05 --step 1d --concurrency 4 | paste -sd' ')" = '{"a":1} {"a":2} {"a":3} {"a":4}' ]
}

@test "an ignored window is not covered, and the others are" {
	answer '{"query":"f=2026-11-02","status":404,"json":{"error":{"code":7}}}' '{"json":[{"a":1}],"times":9}'
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-04 --step 1d --on 'code=7 ignore' --cover 'day={from}..{to}' >out.mam 2>err
	[ "$(covered <out.mam | jq -r '.window.day[0]' | paste -sd' ')" = '2026-11-01 2026-11-03' ]
}

@test "--lookback moves the start back, --max-age clamps it and says so" {
	local old young
	answer '{"json":[]}'
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-20 --to 2026-11-21 --lookback 28d >/dev/null
	[ "$(targets)" = 'f=2026-10-23&t=2026-11-21' ]
	: >log
	old=$(date -u -d '-200 days' +%F) young=$(date -u -d '-90 days' +%F)
	fetch --url "$BASE/x" "${W[@]}" --from "$old" --to "$(date -u +%F)" --max-age 90d >/dev/null 2>err
	grep -qF -- "--max-age 90d: the window begins on $young, not on $old" err
	[ "$(targets)" = "f=$young&t=$(date -u +%F)" ]
	# Nothing to say where nothing changes; months are counted by the calendar.
	fetch --url "$BASE/x" "${W[@]}" --from "$old" --to "$(date -u +%F)" --max-age 37m --lookback 1d >/dev/null 2>err
	run ! grep max-age err
	# Covered is what was asked for, not what the options would have liked.
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-20 --to 2026-11-21 --lookback 28d --cover 'day={from}..{to}' >out.mam
	[ "$(covered <out.mam | jq -c .window.day)" = '["2026-10-23","2026-11-21"]' ]
	fetch --url "$BASE/x" "${W[@]}" --from "$old" --to "$(date -u +%F)" --max-age 90d --concurrency 2 --cover 'day={from}..{to}' >out.mam
	[ "$(covered <out.mam | jq -c .window.day)" = "[\"$young\",\"$(date -u +%F)\"]" ]
	fails 64 '--max-age 37m: the window cannot begin before' --url "$BASE/x" "${W[@]}" --from 2019-01-01 --to 2019-02-01 --max-age 37m
	fails 64 'and it would end on 2019-02-01' --url "$BASE/x" "${W[@]}" --from 2019-01-01 --to 2019-02-01 --max-age 3y
}

@test "--datetime-format and --end: every spelling of a window" {
	answer '{"json":[]}'
	local F=(--from 2026-11-01 --to 2026-11-08)
	fetch --url "$BASE/x" "${W[@]}" "${F[@]}" --datetime-format %Y%m%d --end inclusive >/dev/null
	fetch --url "$BASE/x" "${W[@]}" "${F[@]}" --end inclusive >/dev/null
	fetch --url "$BASE/x" "${W[@]}" "${F[@]}" --end inclusive --zone Asia/Tokyo --datetime-format %FT%T%:z >/dev/null
	fetch --url "$BASE/x" "${W[@]}" "${F[@]}" --zone Asia/Tokyo --datetime-format %s >/dev/null
	fetch --url "$BASE/x" "${W[@]}" "${F[@]}" --zone Asia/Tokyo --datetime-format %Q --end inclusive >/dev/null
	# A format of its own wins; a moved day is counted from the end without the option.
	fetch --url "$BASE/x" --param 'f={from:%Y/%-m/%-d}' --param 't={to-1d}' "${F[@]}" --datetime-format %Y%m%d --end inclusive >/dev/null
	[ "$(targets)" = "f=20261101&t=20261107 f=2026-11-01&t=2026-11-07 f=2026-11-01T00%3A00%3A00%2B09%3A00&t=2026-11-07T23%3A59%3A59%2B09%3A00 f=1793458800&t=1794063600 f=1793458800000&t=1794063599000 f=2026%2F11%2F1&t=20261107" ]
}

@test "JSON numbers, parts and epochs in a body; coverage is not written in the format" {
	answer '{"json":[{"a":1}]}'
	fetch --url "$BASE/x" --from 2026-11-01 --to 2026-11-08 --zone Asia/Tokyo --end inclusive --datetime-format %Y%m%d --cover 'day={from}..{to}' \
		--body '{"n":{from},"s":"{to}","e":{to:%s},"d":{"year":{to:%Y},"month":{to:%-m},"day":{to:%-d}},"z":"{from:%FT%H:00:00%:z}"}' >out.mam
	[ "$(asked .body)" = '{"n":20261101,"s":"20261107","e":1794063599,"d":{"year":2026,"month":11,"day":7},"z":"2026-11-01T00:00:00+09:00"}' ]
	[ "$(covered <out.mam)" = '{"window":{"day":["2026-11-01","2026-11-08"]},"records":1}' ]
}

@test "windows of hours: offsets are right where the clock changes" {
	answer '{"json":[]}'
	fetch --url "$BASE/x" "${W[@]}" --from 2026-10-25 --to 2026-10-26 --zone Europe/Berlin --step 12h --cover 't={from}..{to}' >out.mam
	[ "$(targets | sed 's/%3A/:/g; s/%2B/+/g')" = 'f=2026-10-25T00:00:00+02:00&t=2026-10-25T11:00:00+01:00 f=2026-10-25T11:00:00+01:00&t=2026-10-25T23:00:00+01:00 f=2026-10-25T23:00:00+01:00&t=2026-10-26T00:00:00+01:00' ]
	[ "$(covered <out.mam | jq -r '.window.t[0]' | paste -sd' ')" = '2026-10-24T22:00:00Z 2026-10-25T10:00:00Z 2026-10-25T22:00:00Z' ]
	: >log
	fetch --url "$BASE/x" --param 'f={from:%FT%H:00:00%:z}' --param 't={to:%Y%m%d%H}' --from 2026-03-29 --to 2026-03-30 --zone Europe/Berlin --step 24h --end inclusive >/dev/null
	[ "$(targets | sed 's/%3A/:/g; s/%2B/+/g')" = 'f=2026-03-29T00:00:00+01:00&t=2026032923' ]
	: >log
	# Days whose midnight is skipped begin when the clock goes on.
	fetch --url "$BASE/x" --param 'f={from:%FT%T%:z}' --from 2026-04-24 --to 2026-04-25 --zone Africa/Cairo >/dev/null
	[ "$(targets | sed 's/%3A/:/g; s/%2B/+/g')" = 'f=2026-04-24T01:00:00+03:00' ]
	: >log
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-02 --step 12h >/dev/null
	[ "$(targets | sed 's/%3A/:/g')" = 'f=2026-11-01T00:00:00&t=2026-11-01T12:00:00 f=2026-11-01T12:00:00&t=2026-11-02T00:00:00' ]
}

# A server that refuses windows of more than two days: by its answers, as a window has its query.
refusing() {
	local n from to
	for n in 8 7 4 3; do
		for from in {1..8}; do
			to=$((from + n))
			answer "{\"query\":\"f=2026-11-0$from&t=2026-11-$(printf %02d "$to")\",\"status\":500,\"json\":{\"error\":{\"code\":1,\"message\":\"Please reduce the amount of data\"}}}"
		done
	done
	for from in {1..8}; do
		answer "{\"query\":\"f=2026-11-0$from&\",\"json\":{\"data\":[{\"a\":$from}]}}"
	done
}

@test "split-window: a window that is too large is halved until it is not" {
	refusing
	fetch --url "$BASE/x" "${W[@]}" --record-path data --from 2026-11-01 --to 2026-11-09 --on 'message~reduce -> split-window' \
		--cover 'day={from}..{to}' >out.mam 2>err
	grep -q '500 1 Please reduce the amount of data (--on message~reduce -> split-window); asking for less: 2026-11-01 to 2026-11-05' err
	[ "$(covered <out.mam | jq -r '.window.day | join("/")' | paste -sd' ')" = '2026-11-01/2026-11-03 2026-11-03/2026-11-05 2026-11-05/2026-11-07 2026-11-07/2026-11-09' ]
	[ "$(to-json <out.mam | paste -sd' ')" = '{"a":1} {"a":3} {"a":5} {"a":7}' ]
	# A day cannot be split: the refusal is final.
	answer '{"path":"/one","status":500,"json":{"error":{"code":1,"message":"reduce"}}}'
	fails 69 'the window cannot be split any further' --url "$BASE/one" "${W[@]}" --from 2026-11-01 --to 2026-11-05 --on 'message~reduce split-window'
}

@test "status=broken: an answer that breaks off is asked for in halves, and again when it cannot be halved" {
	local o=(--url "$BASE/x" "${W[@]}" --record-path data --from 2026-11-01 --to 2026-11-05 --backoff 10ms --on 'status=broken split-window' --cover 'day={from}..{to}')
	answer '{"query":"f=2026-11-01&t=2026-11-05","json":{"data":[{"a":1},{"a":3}]},"do":"truncate","at":12}' \
		'{"query":"f=2026-11-01&t=2026-11-03","json":{"data":[{"a":1}]}}' \
		'{"query":"f=2026-11-03&t=2026-11-05","json":{"data":[{"a":3},{"a":4}]},"do":"reset","at":9}' \
		'{"query":"f=2026-11-03&t=2026-11-04","json":{"data":[{"a":3}]},"do":"truncate","at":9}' \
		'{"query":"f=2026-11-03&t=2026-11-04","json":{"data":[{"a":3}]}}' '{"query":"f=2026-11-04","json":{"data":[{"a":4}]}}'
	fetch "${o[@]}" >out.mam 2>err
	grep -q '(--on status=broken split-window); asking for less: 2026-11-01 to 2026-11-03' err
	[ "$(to-json <out.mam | paste -sd' ')" = '{"a":1} {"a":3} {"a":4}' ]
	[ "$(covered <out.mam | jq -r '.window.day | join("/")' | paste -sd' ')" = '2026-11-01/2026-11-03 2026-11-03/2026-11-04 2026-11-04/2026-11-05' ]
	[ "$(targets | wc -w)" = 6 ]
	# A day that never comes whole may come another time. An answer that never begins is no large window.
	answer '{"path":"/never","times":99,"json":{"data":[]},"do":"truncate","at":5}' '{"path":"/closed","times":99,"do":"close"}'
	fails 75 'status=broken split-window' "${o[@]}" --url "$BASE/never" --retries 2
	fails 75 '' "${o[@]}" --url "$BASE/closed" --retries 2
	[[ $stderr != *'asking for less'* ]]
	fails 64 'neither success nor who may ask' "${o[@]}" --on 'status=broken success'
	fails 64 'status=broken' "${o[@]}" --on 'status!=broken retry'
}

@test "split-window: pages that came before the refusal are not sent twice, in memory or in a file" {
	local big
	big=$(head -c 300000 /dev/zero | tr '\0' x)
	answer '{"query":"f=2026-11-01&t=2026-11-03&c=2","times":9,"status":500,"json":{"error":{"code":1}}}' \
		"{\"query\":\"f=2026-11-01&t=2026-11-03\",\"times\":9,\"json\":{\"next\":2,\"data\":[{\"a\":1,\"x\":\"$big\"}]}}" \
		'{"query":"f=2026-11-01&t=2026-11-02&c=2","times":9,"json":{"data":[{"a":2}]}}' \
		'{"query":"f=2026-11-01&t=2026-11-02","times":9,"json":{"next":2,"data":[{"a":1}]}}' '{"query":"f=2026-11-02","json":{"data":[{"a":3}]}}'
	local o=(--url "$BASE/x" "${W[@]}" --record-path data --paginator cursor --cursor-path next --cursor-param c --on 'code=1 split-window' --cover 'day={from}..{to}')
	for step in 2d 1m; do
		for n in 1 3; do
			fetch "${o[@]}" --from 2026-11-01 --to 2026-11-03 --step "$step" --concurrency "$n" >out.mam 2>err
			[ "$(to-json <out.mam | jq -c '[.a, (.x // "" | length)]' | paste -sd' ')" = '[1,0] [2,0] [3,0]' ]
			[ "$(covered <out.mam | jq -c '[.window.day[0], .records]' | paste -sd' ')" = '["2026-11-01",2] ["2026-11-02",1]' ]
		done
	done
}

@test "split-window: windows of hours down to an hour, and files" {
	answer '{"query":"f=00&t=03","status":400,"json":{"error":{"code":9}}}' '{"query":"f=01&t=03","status":400,"json":{"error":{"code":9}}}' '{"text":"file","times":9}'
	fetch --url "$BASE/x" --param 'f={from:%H}' --param 't={to:%H}' --from 2026-11-01 --to 2026-11-02 --step 3h --on 'code=9 split-window' --decoder raw >out.mam 2>err
	[ "$(targets | cut -d' ' -f1-6)" = 'f=00&t=03 f=00&t=01 f=01&t=03 f=01&t=02 f=02&t=03 f=03&t=06' ]
	[ "$("$MAM_ROOT/tests/tools/look" chunks <out.mam | grep -o file | wc -l)" -eq 10 ]
}

@test "shrink-page: paging goes on from the same record with smaller pages" {
	# By offset: 6 records, pages of 4 are refused at the second one.
	answer '{"path":"/o","query":"n=4&o=0","json":{"total":6,"data":[{"a":0},{"a":1},{"a":2},{"a":3}]}}' \
		'{"path":"/o","query":"n=4&o=4","status":500,"json":{"error":{"code":1,"message":"reduce"}}}' \
		'{"path":"/o","query":"n=2&o=4","status":500,"json":{"error":{"code":1,"message":"reduce"}}}' \
		'{"path":"/o","query":"n=1&o=4","json":{"total":6,"data":[{"a":4}]}}' '{"path":"/o","query":"n=1&o=5","json":{"total":6,"data":[{"a":5}]}}'
	[ "$(records --url "$BASE/o" --record-path data --paginator offset --offset-param o --limit-param n --page-size 4 --total-path total \
		--on 'message~reduce -> shrink-page' 2>err | jq -c .a | paste -sd' ')" = '0 1 2 3 4 5' ]
	grep -q 'asking for less: pages of 2' err
	grep -q 'asking for less: pages of 1' err
	# By number: page 2 of 4 is page 3 of 2; the total of pages is another one then.
	answer '{"path":"/p","query":"n=4&p=1","json":{"pages":2,"data":[{"a":0},{"a":1},{"a":2},{"a":3}]}}' \
		'{"path":"/p","query":"n=4&p=2","status":400,"json":{"error":{"code":1,"message":"reduce"}}}' \
		'{"path":"/p","query":"n=2&p=3","json":{"pages":4,"data":[{"a":4},{"a":5}]}}' '{"path":"/p","query":"n=2&p=4","json":{"pages":4,"data":[{"a":6}]}}'
	[ "$(records --url "$BASE/p" --record-path data --paginator page-number --page-param p --limit-param n --page-size 4 --total-path pages \
		--on 'message~reduce -> shrink-page' 2>err | jq -c .a | paste -sd' ')" = '0 1 2 3 4 5 6' ]
	# By link: the limit in it is replaced.
	answer '{"path":"/l","query":"n=4","json":{"next":"@BASE/l2?after=x&n=4","data":[{"a":0}]}}' '{"path":"/l2","query":"after=x&n=4","status":400,"json":{"error":{"code":1,"message":"reduce"}}}' \
		'{"path":"/l2","query":"after=x&n=2","json":{"data":[{"a":1}]}}'
	[ "$(records --url "$BASE/l" --record-path data --paginator json-link --next-url-path next --limit-param n --page-size 4 \
		--on 'message~reduce -> shrink-page' 2>err | jq -c .a | paste -sd' ')" = '0 1' ]
	answer '{"path":"/never","status":400,"json":{"error":{"code":1,"message":"reduce"}}}'
	fails 69 'there is no smaller page to ask for' --url "$BASE/never" --paginator offset --offset-param o --limit-param n --page-size 4 --on 'message~reduce -> shrink-page'
}

@test "a rehearsal asks for one window, --print-request prints each" {
	answer '{"json":[{"a":1}]}'
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-05 --step 1d --dry-run >/dev/null
	[ "$(requests)" -eq 1 ]
	fetch --url "$BASE/x" "${W[@]}" --from 2026-11-01 --to 2026-11-03 --step 1d --print-request >out
	[ "$(grep -c '^curl' out)" -eq 2 ]
	grep -q 't=2026-11-03' out
}

@test "window options that mean nothing are errors" {
	local o=(--url "$BASE/x" --from 2026-11-01 --to 2026-11-05)
	fails 64 'is not a length of hours, days' "${o[@]}" --step 30s
	fails 64 'is not a length of hours, days' "${o[@]}" --step 0d
	fails 64 'is for windows of hours' "${o[@]}" --step 1d --lookback 6h
	# A file of options alone is checked, too.
	printf '%s\n' '# a medium' '--max-age 90' >api
	fails 64 'api: line 2: --max-age: "90" is not a length' @api --check
	printf '%s\n' '--lookback 6h' '--datetime-format %Y%m%d' '--limiter x' >api
	fetch @api --check
	fails 64 'every window would be the same request' "${o[@]}" --step 1d --cover 'day={from}..{to}'
	fails 64 '--step needs --from and --to' --url "$BASE/x" --step 1d --from 2026-11-01
	fails 64 '--lookback needs --from and --to' --url "$BASE/x" --lookback 1d
	fails 64 '--on split-window needs --from and --to' --url "$BASE/x" --on 'status=500 split-window'
	fails 64 'a date format knows' "${o[@]}" --datetime-format %B
	fails 64 'it has no part of a date' "${o[@]}" --datetime-format day
	fails 64 'writes an instant: give --zone' "${o[@]}" --param 'f={from}' --datetime-format %s
	fails 64 'on shrink-page is for a --paginator' "${o[@]}" --on 'status=500 shrink-page'
	[ "$(requests)" -eq 0 ]
}
