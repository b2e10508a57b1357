# SPDX-License-Identifier: MIT
# fetch-api: answers whose status is a success and whose content is not: errors in a 200,
# nothing at all, work that is only accepted, a part.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

@test "an error in a 200 is not 'no data', with or without --record-path" {
	n=0
	for body in '{"data":null,"errors":[{"message":"Not authorized","extensions":{"code":"FORBIDDEN"}}]}' \
		'{"data":{"x":null},"error":"Not authorized"}' '{"data":{"x":[]},"ok":false,"message":"Not authorized"}' \
		'{"success":"false","message":"Not authorized","data":{"x":[]}}' '{"code":40100,"message":"Not authorized","data":null}' \
		'{"status":"error","message":"Not authorized","data":null}' '{"data":{"error":"Not authorized","x":null}}' \
		'{"errcode":40013,"errmsg":"Not authorized","data":{"x":[]}}'; do
		n=$((n + 1))
		answer "{\"path\":\"/$n\",\"json\":$body}"
		fails 69 'Not authorized' --url "$BASE/$n" --record-path data.x
		grep -qF "and no records; --on '... success' accepts it)" err
		[ -z "$(records --url "$BASE/$n" --record-path data.x --on 'status=200 success')" ]
		[ -z "$(records --url "$BASE/$n" --record-path data.x --allow-empty)" ]
		# An option that looks at something else does not make it good.
		fails 69 'Not authorized' --url "$BASE/$n" --record-path data.x --fail-on data.state=FAILED
	done
	answer '{"path":"/one","json":{"error":{"code":"E1","message":"no such report"}}}' '{"path":"/flag","json":{"success":false}}'
	fails 69 '200 E1 no such report (the answer has "error" and is not taken for a record' --url "$BASE/one"
	fails 69 'the answer has "success"' --url "$BASE/flag"
	[ "$(records --url "$BASE/one" --on status=200 success)" = '{"error":{"code":"E1","message":"no such report"}}' ]
}

@test "an error in place of the records of one batch is an error, whatever the others hold" {
	answer '{"path":"/b","json":[{"results":[{"a":1}]},{"error":{"code":500,"message":"cut short"}}]}' \
		'{"path":"/own","json":[{"results":[{"a":1}],"errors":[{"message":"a detail"}]}]}'
	fails 69 '200 500 cut short' --url "$BASE/b" --record-path '[].results[]'
	[ "$(records --url "$BASE/own" --record-path '[].results[]')" = '{"a":1}' ]
}

@test "an error in a 200 does not empty the window of a loader" {
	answer '{"json":{"data":null,"errors":[{"message":"Not authorized"}]}}'
	input '{"day":"2026-11-01","n":1}' | normalize day:date n:int | load-sqlite --to t.db --table t --key day --create
	run bash -c 'fetch-api --url "$BASE/g" --body "{\"query\":\"{ x }\"}" --record-path data.x --from 2026-11-01 --to 2026-11-02 \
		--cover "day={from}..{to}" | normalize day:date n:int | load-sqlite --to t.db --table t --mode delete-insert --key day'
	[ "$status" -eq 69 ]
	[[ $output == *'Not authorized'* ]]
	[ "$(sqlite3 t.db 'SELECT count(*) FROM t')" -eq 1 ]
}

@test "what only looks like an error is none" {
	n=0
	for body in '{"d":[],"error":null,"errors":[],"success":true}' '{"d":[],"error":{"code":"ok","message":"","log_id":"7"}}' \
		'{"d":[],"code":0,"message":"OK"}' '{"d":null,"code":200,"message":"Success."}' '{"d":[],"status":"COMPLETED","message":"done"}' \
		'{"d":[],"code":1,"msg":"m"}' '{"d":[],"errors":{"count":0}}'; do
		n=$((n + 1))
		answer "{\"path\":\"/$n\",\"json\":$body}"
		[ -z "$(records --url "$BASE/$n" --record-path d)" ]
	done
	# Fields of records are not the answer's own.
	answer '{"path":"/r","json":[{"error":"e","success":false}]}' '{"path":"/d","json":{"status":"error","code":7,"message":"m","d":[{"error":"e"}]}}'
	[ "$(records --url "$BASE/r")" = '{"error":"e","success":false}' ]
	[ "$(records --url "$BASE/d" --record-path d)" = '{"error":"e"}' ]
	[ "$(requests)" -eq 9 ]
}

@test "records beside an error are sent, with a message and without coverage" {
	answer '{"json":{"data":[{"a":1}],"errors":[{"message":"one shard is down"}]}}'
	fetch --url "$BASE/" --record-path data --cover account=7 >out.mam 2>err
	[ "$(to-json <out.mam)" = '{"a":1}' ]
	grep -qF '200 one shard is down (the answer has "errors" and records, so they may not be all' err
	[ -z "$("$MAM_ROOT/tests/tools/look" coverage <out.mam)" ]
	fetch --url "$BASE/" --record-path data --cover account=7 --on 'status=200 success' >out.mam 2>err
	[ -n "$("$MAM_ROOT/tests/tools/look" coverage <out.mam)" ]
	run ! grep -q shard err
}

@test "no content: 204 and 205 mean no data, 200 and its like do not" {
	for status in 200 201 203 204 205 206 207; do
		answer "{\"path\":\"/$status\",\"status\":$status}"
	done
	for decoder in json raw; do
		for status in 204 205; do
			fetch --url "$BASE/$status" --decoder "$decoder" >out.mam
		done
		: >log
		for status in 200 203 206 207; do
			fails 65 'the answer is empty (see --allow-empty) (tried 2 times' --url "$BASE/$status" --decoder "$decoder" --retries 1
			fetch --url "$BASE/$status" --decoder "$decoder" --on "status=$status success" >out.mam
		done
		# A 201 is not requested again.
		fails 65 'the answer is empty (see --allow-empty)' --url "$BASE/201" --decoder "$decoder"
		[ "$(requests)" -eq 13 ]
		fetch --url "$BASE/201" --decoder "$decoder" --allow-empty >out.mam
	done
}

@test "202: work that is accepted is not done" {
	answer '{"path":"/e","status":202,"headers":{"Retry-After":"1"}}' '{"path":"/n","status":202,"json":{"d":[]}}' \
		'{"path":"/text","status":202,"text":"your report is being made"}' '{"path":"/job","status":202,"json":{"id":7}}' \
		'{"path":"/p","status":202}' '{"path":"/p","status":202,"json":{"s":"RUNNING","d":[]}}' '{"path":"/p","json":{"s":"DONE","d":[{"a":1}]}}'
	cover=(--from 2026-11-01 --to 2026-11-02 --cover 'day={from}..{to}')
	fails 75 'the answer is empty: the work is accepted, not done (see --until and --allow-empty)' --url "$BASE/e" "${cover[@]}"
	fails 75 'the work is accepted, not done; see --until' --url "$BASE/n" --record-path d
	fails 75 'the work is accepted, not done' --url "$BASE/e" --decoder raw
	fails 75 'the work is accepted, not done' --url "$BASE/text" --decoder raw
	[ "$(requests)" -eq 4 ]
	[ -z "$(records --url "$BASE/e" --allow-empty)" ]
	[ -z "$(records --url "$BASE/e" --on status=202 success)" ]
	[ -z "$(records --url "$BASE/n" --record-path d --on status=202 success)" ]
	fails 75 'tried 2 times' --url "$BASE/e" --on status=202 'retry 1ms' --retries 1
	# A job that was created is a record, and --until goes on asking.
	[ "$(records --url "$BASE/job")" = '{"id":7}' ]
	[ "$(records --url "$BASE/p" --record-path d --until s=DONE)" = '{"a":1}' ]
}

@test "206 is a part, good only for a request with a Range" {
	answer '{"status":206,"json":[{"a":1}]}'
	fails 65 'the answer is a part, and no part was asked for' --url "$BASE/" --retries 0
	fails 65 'the answer is a part, and no part was asked for' --url "$BASE/" --retries 0 --decoder raw --accept-json
	[ "$(records --url "$BASE/" --header 'Range: items=0-9')" = '{"a":1}' ]
	[ "$(records --url "$BASE/" --on status=206 success)" = '{"a":1}' ]
}

@test "a zip without its end is fetched again, and 75 if it never comes whole; a comment belongs to the end" {
	python3 - >>answers <<-'END'
		import io, json, zipfile
		def made(comment):
		    b = io.BytesIO()
		    with zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED) as z:
		        z.writestr('r.csv', ''.join(f'{i},{i * i}\n' for i in range(3000)))
		        z.comment = comment
		    return b.getvalue()
		def answer(path, body):
		    return {'path': path, 'hex': body.hex()}
		whole = made(b'')
		for path, body in [('/whole', whole), ('/comment', made(b'PK\x05\x06' * 16000)), ('/cut', whole[:-1]),
		                   ('/half', whole[:len(whole) // 2]), ('/more', whole + b'x')]:
		    print(json.dumps(answer(path, body)))
	END
	for path in whole comment; do
		fetch --url "$BASE/$path" --decoder raw | from-csv --names a,b | to-json | wc -l >n
		[ "$(cat n)" -eq 3000 ]
	done
	for path in cut half more; do
		fails 75 'the answer is a zip file without its end: it was cut (tried 2 times' --url "$BASE/$path" --decoder raw --retries 1
	done
}
