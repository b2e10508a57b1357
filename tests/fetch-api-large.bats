# SPDX-License-Identifier: MIT
# fetch-api: JSON answers that are too large for memory give the same records, messages and
# statuses as small ones, in little memory; JSON Lines; files that are JSON in gzip and zip.

load helper
load http

# 60,000 rows, 5.1 MB.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	jq -nc '[range(60000) | {id: ., name: "campaign \(.) 日本", cost: (. * 1.5), o: {x: [.]}}]' >rows.json
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	rows=$BATS_FILE_TMPDIR/rows.json
	http_start
}

teardown() {
	http_stop
}

# serve PATH FILTER: the answer for a path, made of the rows.
serve() {
	jq -c --arg path "$1" "{path: \$path, json: ($2), times: 9}" "$rows" >>answers
}

# The records of an answer are those that jq finds in it.
gives() { # PATH JQ-FILTER OPTION...
	local path=$1 filter=$2
	shift 2
	records --url "$BASE$path" "$@" >got
	jq -c "select(.path == \"$path\") | .json | $filter" answers >wanted
	[ -s wanted ]
	cmp <(jq -c . got) wanted
}

@test "records of large answers: lists, envelopes, batches, members, rows" {
	serve /root .
	gives /root '.[]'
	serve /list '{total: 60000, rval: {k: 1, values: ., after: {z: [1, 2]}}, next: null}'
	gives /list '.rval.after.z as $z | .rval.values[] | . + {z: $z[1]}' --record-path rval.values --include-from-parent z=rval.after.z.1 \
		--total-records-path total
	serve /batch '[range(0; 60) as $i | {results: .[$i * 1000:$i * 1000 + 1000], id: "r\($i)"}]'
	gives /batch '.[] | .id as $r | .results[] | . + {r: $r}' --record-path '[].results[]' --include-from-parent 'r=[].id'
	serve /members '{data: (map({key: "k\(.id)", value: .}) | from_entries)}'
	gives /members '.data | to_entries[] | .value + {key: .key}' --record-path 'data{key}'
	serve /lists '{data: {a: .[:30000], b: null, c: .[30000:]}}'
	gives /lists '.data | to_entries[] | select(.value) | .key as $k | .value[] | . + {key: $k}' --record-path 'data{key}'
	serve /rows '{c: ["a", "b", "c"], rows: map([.id, .name, null]), late: 9}'
	gives /rows '.rows[] | {a: .[0], b: .[1], c: .[2], l: 9}' --record-path rows --names-path c --include-from-parent l=late
	serve /values '{v: map(.id, .name)}'
	gives /values '.v[] | {w: .}' --record-path v --wrap w
	# Where the records are one object, and beside most of the answer.
	serve /one '{a: {rows: .}, b: 2}'
	gives /one .a --record-path a
	serve /beside '{big: ., rows: [{n: 1}]}'
	gives /beside '.rows[]' --record-path rows
	serve /index '{reports: [{rows: []}, {rows: .}]}'
	gives /index '.reports[1].rows[]' --record-path reports.1.rows
}

@test "pages of large answers: cursors, totals, offsets and repeated pages" {
	jq -c '{path: "/c", json: {next: "x", rows: .}}, {path: "/c", query: "c=x", json: {rows: .[:1000]}}' "$rows" | tac >>answers
	[ "$(records --url "$BASE/c" --record-path rows --paginator cursor --cursor-path next --cursor-param c | wc -l)" = 61000 ]
	serve /t '{total: 60001, rows: .}'
	fails 65 '60000 records came, and --total-records-path gives 60001' --url "$BASE/t" --record-path rows --total-records-path total
	fails 65 'holds the same records as page 1' --url "$BASE/t" --record-path rows --paginator offset --offset-param o
	# A path into the records by their number needs all of them.
	fails 65 'leads to no number' --url "$BASE/t" --record-path rows --total-records-path rows.59999.name
	serve /n '{rows: .}'
	fails 65 '60000 records came, and --total-records-path gives 59999' --url "$BASE/n" --record-path rows --total-records-path rows.59999.id
}

@test "errors and rules find the one record among many that they are about" {
	serve /e '{rval: {values: (.[:50000] + [{errors: [{code: "E7", message: "bad row"}]}] + .[50000:])}}'
	p=(--url "$BASE/e" --record-path rval.values)
	[ "$(records "${p[@]}" | wc -l)" = 60001 ]
	fails 69 'E7 bad row (--on code=E7 fail)' "${p[@]}" --on 'code=E7 fail'
	fails 69 'E7 bad row (--on code!=E8 body.rval.values[].id=50001 fail)' "${p[@]}" --on 'code!=E8 body.rval.values[].id=50001 fail'
	fails 69 '--fail-on rval.values[].errors' "${p[@]}" --fail-on 'rval.values[].errors'
	[ "$(records "${p[@]}" --on 'body.rval.values[].id=60001 fail' | wc -l)" = 60001 ]
	serve /top '{rows: ., errors: [{code: "X1", message: "not all"}]}'
	fetch --url "$BASE/top" --record-path rows >out.mam 2>err
	grep -qF 'X1 not all (the answer has "errors" and records, so they may not be all' err
	serve /batch '[{results: .}, {error: {code: 500, message: "cut short"}}]'
	fails 69 '200 500 cut short' --url "$BASE/batch" --record-path '[].results[]'
	# All jobs must be done; one in the middle is not.
	serve /jobs '{jobs: (map({id, status: "DONE"}) | .[30000].status = "RUNNING")}'
	serve /done '{jobs: map({id, pad: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", status: "DONE"})}'
	until=(--record-path jobs --until 'jobs[].status=DONE' --timeout 30s --interval 30s)
	fails 75 'does not hold' --url "$BASE/jobs" "${until[@]}"
	[ "$(records --url "$BASE/done" "${until[@]}" | wc -l)" = 60000 ]
}

@test "large answers that are cut, wrong or elsewhere have the messages of small ones" {
	jq -c '{path: "/cut", text: (tojson | .[:4100000]), times: 9}' "$rows" >>answers
	fails 65 'the answer is not JSON: line 1 column 4100001: ' --url "$BASE/cut" --retries 1
	[ "$(requests)" = 2 ]
	jq -c '{path: "/bad", text: (tojson + "}"), times: 9}' "$rows" >>answers
	fails 65 'more than one value' --url "$BASE/bad"
	serve /l '{rval: {k: 1, values: .}}'
	fails 65 'rval has no "valuez" but "k", "values"' --url "$BASE/l" --record-path rval.valuez
	fails 65 'rval is an object, not an array' --url "$BASE/l" --record-path 'rval[]'
	fails 65 'record 1 of the answer: it is no object' --url "$BASE/l" --record-path 'rval.k'
	fails 65 'no answer has "rval.z"' --url "$BASE/l" --record-path rval.values --include-from-parent z=rval.z
	serve /null '{rval: null, pad: .}'
	[ -z "$(records --url "$BASE/null" --record-path rval.values)" ]
	jq -c '{path: "/twice", text: ({rows: map({a: .id}), pad: .} | tojson | sub("\"a\":30000}"; "\"a\":1,\"a\":2}"))}' "$rows" >>answers
	fails 65 'a repeated name in an object' --url "$BASE/twice" --record-path rows
}

@test "the memory of an answer does not grow with its size" {
	# 37 MB; both passes, parents that come after the records, and a rule about them.
	jq -c '{path: "/big", json: {rows: (. + . + . + . + . + . + .), account: 7}}' "$rows" >>answers
	MAM_LOG=json fetch --url "$BASE/big" --record-path rows --include-from-parent account=account --on 'body.rows[].error fail' \
		2>log | tail -c 1 >/dev/null
	[ "$(tail -n 1 log | jq .records_out)" = 420000 ]
	[ "$(tail -n 1 log | jq .peak_memory)" -lt $((32 << 20)) ]
}

@test "large answers of several requests at once stay in the order of the input" {
	for i in 1 2 3; do serve "/$i" "{id: $i, rows: .[:50000] | map(. + {pad: \"0123456789012345678901234567890123456789\"})}"; done
	input '{"i":1}' '{"i":2}' '{"i":3}' | records --each --url "$BASE/{i}" --record-path rows --include i --include-from-parent parent=id --concurrency 3 |
		jq -c '[.i, .parent, .name]' >got
	for i in 1 2 3; do jq -c ".[:50000][] | [$i, $i, .name]" "$rows"; done | cmp got -
}

@test "JSON Lines by its Content-Type: an array of its values, even of one" {
	type='"headers":{"Content-Type":"application/x-ndjson; charset=utf-8"},"times":9'
	answer "{\"path\":\"/1\",\"text\":\"{\\\"a\\\":1}\\n\",$type}" "{\"path\":\"/2\",\"text\":\"{\\\"a\\\":[1]}\\n\\n{\\\"a\\\":[2,3]}\",$type}" \
		"{\"path\":\"/0\",\"text\":\"[]\\n\",$type}" "{\"path\":\"/bad\",\"text\":\"{}\\n{\",$type}"
	[ "$(records --url "$BASE/1")" = '{"a":1}' ]
	[ "$(records --url "$BASE/2")" = $'{"a":[1]}\n{"a":[2,3]}' ]
	[ "$(records --url "$BASE/2" --record-path '[].a[]' --wrap n)" = $'{"n":1}\n{"n":2}\n{"n":3}' ]
	fails 65 'the answer is not JSON: line 2 column 2' --url "$BASE/bad" --retries 0
	# As a file it is no error of the API, however many lines it has.
	[ "$(fetch --url "$BASE/1" --decoder raw | from-json | to-json)" = '{"a":1}' ]
	[ "$(fetch --url "$BASE/2" --decoder raw | from-json | to-json)" = $'{"a":[1]}\n{"a":[2,3]}' ]
	# An error is JSON whatever it is called.
	answer "{\"path\":\"/e\",\"status\":403,\"text\":\"{\\\"error\\\":{\\\"code\\\":7,\\\"message\\\":\\\"no\\\"}}\",$type}"
	fails 77 '403 7 no' --url "$BASE/e"
}

@test "files that are JSON in gzip and zip go through from-json, with a ceiling" {
	# As X and Amazon serve them: no Content-Encoding, any Content-Type.
	echo '[{"campaignId":123456789012345678,"cost":1.10},{"campaignId":2,"cost":null}]' | gzip >r.json.gz
	zip -q r.zip - <<<'{"rows":[{"a":1}]}'
	for f in r.json.gz r.zip; do
		printf '{"path":"/%s","hex":"%s","headers":{"Content-Type":"binary/octet-stream"},"times":9}\n' "$f" "$(od -An -v -tx1 $f | tr -d ' \n')" >>answers
	done
	[ "$(fetch --url "$BASE/r.json.gz" --decoder raw | from-json | to-json)" = $'{"campaignId":123456789012345678,"cost":1.1}\n{"campaignId":2,"cost":null}' ]
	[ "$(fetch --url "$BASE/r.zip" --decoder raw | from-json --record-path rows | to-json)" = '{"a":1}' ]
	run bash -c 'fetch-api --url "$BASE/r.json.gz" --decoder raw 2>/dev/null | from-json --max-unpacked 50 | to-json'
	[ "$status" -eq 65 ]
	[[ $output == *'--max-unpacked'* ]]
	# One that was cut before it was served: try again later.
	head -c 60 r.json.gz >cut.gz
	printf '{"path":"/cut","hex":"%s"}\n' "$(od -An -v -tx1 cut.gz | tr -d ' \n')" >>answers
	run bash -c 'fetch-api --url "$BASE/cut" --decoder raw 2>/dev/null | from-json | to-json'
	[ "$status" -eq 75 ]
}
