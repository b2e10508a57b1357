# SPDX-License-Identifier: MIT
# fetch-api: several records of the input in one request, and records that are not asked for.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
	answer '{"echo":true}'
}

teardown() {
	http_stop
}

ids() {
	seq "$1" | sed 's/.*/{"id":&}/' | from-json
}

@test "--group: the values of N records in one request, the last group smaller" {
	ids 7 | fetch --each --group 3 --url "$BASE/u/{id}" --param 'ids={id}' --header 'X-Ids: {id}' >out.mam
	[ "$(asked .target)" = $'/u/1,2,3?ids=1%2C2%2C3\n/u/4,5,6?ids=4%2C5%2C6\n/u/7?ids=7' ]
	[ "$(asked '.headers["x-ids"]')" = $'1,2,3\n4,5,6\n7' ]
	# Duplicates stay, and so does the type.
	input '{"id":5,"s":"a\"b"}' '{"id":5,"s":"é,"}' '{"id":12345678901234567890,"s":""}' |
		fetch --each --group 9 --url "$BASE/x" --body '{"ids":{id},"texts":{s},"in":"id in ({id})"}' >out.mam
	[ "$(asked .body | tail -n 1)" = '{"ids":[5,5,12345678901234567890],"texts":["a\"b","é,",""],"in":"id in (5,5,12345678901234567890)"}' ]
	# An array in JSON even of one value.
	ids 1 | fetch --each --group 2 --url "$BASE/x" --body '{"ids":{id}}' >out.mam
	[ "$(asked .body | tail -n 1)" = '{"ids":[1]}' ]
	ids 2 | fetch --each --group 1 --url "$BASE/x" --body '[{id}]' >out.mam
	[ "$(asked .body | tail -n 2)" = $'[[1]]\n[[2]]' ]
	# Without the option a record is a request as before.
	ids 1 | fetch --each --url "$BASE/x" --body '[{id}]' >out.mam
	[ "$(asked .body | tail -n 1)" = '[1]' ]
}

@test "--group: forms, dates and --join" {
	input '{"id":"a b"}' '{"id":"c&d"}' | fetch --each --group 2 --url "$BASE/x" --header 'Content-Type: application/x-www-form-urlencoded' \
		--body 'id={id}' --join '&id=' >out.mam
	[ "$(asked .body | tail -n 1)" = 'id=a%20b&id=c%26d' ]
	ids 3 | fetch --each --group 3 --url "$BASE/x?id={id}" --join '&id=' >out.mam
	[ "$(asked .target | tail -n 1)" = '/x?id=1&id=2&id=3' ]
	ids 3 | fetch --each --group 3 --url "$BASE/x" --param 'f={id}' --join '|' >out.mam
	[ "$(asked .target | tail -n 1)" = '/x?f=1%7C2%7C3' ]
	printf 'schema\tday:date\nrow\t2026-11-01\nrow\t2026-11-30\n' | spell |
		fetch --each --group 2 --url "$BASE/x" --body '{"d":{day:%Y%m%d},"t":"{day+1d:%m/%d}"}' >out.mam
	[ "$(asked .body | tail -n 1)" = '{"d":[20261101,20261130],"t":"11/02,12/01"}' ]
	ids 2 | fetch --each --group 2 --url "$BASE/x" --header 'Content-Type: text/xml' --body '<i>{id}</i>' --join '</i><i>' >out.mam
	[ "$(asked .body | tail -n 1)" = '<i>1</i><i>2</i>' ]
}

@test "--group-by: a group has one value of a field" {
	input '{"a":1,"id":1}' '{"a":1,"id":2}' '{"a":2,"id":3}' '{"a":2,"id":4}' '{"a":2,"id":5}' '{"a":1,"id":6}' |
		fetch --each --group 2 --group-by a --url "$BASE/{a}/{id}" --include a --cover 'a={a}' >out.mam
	[ "$(asked .target)" = $'/1/1,2\n/2/3,4\n/2/5\n/1/6' ]
	[ "$(to-json <out.mam | jq .a | paste -sd' ')" = '1 2 2 1' ]
	input '{"a":1}' '{"b":1}' >two.mam
	fails 65 'record 2: --group-by: it has no field "a"' --each --group 2 --group-by a --url "$BASE/{a}" <two.mam
}

@test "--group: what cannot be grouped is an error" {
	ids 3 >in.mam
	fails 65 'record 2: --include: "id" is not the same in all records of its group (see --group-by)' \
		--each --group 2 --url "$BASE/{id}" --include id <in.mam
	input '{"id":1,"a":7}' '{"id":2,"a":7}' >same.mam
	[ "$(records --each --group 2 --url "$BASE/{id}" --include a <same.mam | jq .a)" = 7 ]
	input '{"id":1}' '{"x":2}' >lacks.mam
	fails 65 'record 2: --param: {id} is undefined' --each --group 2 --url "$BASE/x" --param 'i={id}' <lacks.mam
	input '{"id":1}' '{"id":null}' >null.mam
	fails 65 'records 1 to 2: --param: {id} is null' --each --group 2 --url "$BASE/x" --param 'i={id}' <null.mam
	fails 64 '--group: {id} decides the host of --url' --each --group 2 --url '{id}' <in.mam
	fails 64 '--group: {id} decides the host of --url' --each --group 2 --url 'http://{id}.example.com/' <in.mam
	fails 65 'cannot be joined by a text with a slash in a URL' --each --group 2 --url "$BASE/{id}" --join / <in.mam
	fails 64 '--group is for --each' --url "$BASE/x" --group 2
	fails 64 '--group-by is for --group' --each --url "$BASE/x" --group-by a <in.mam
	fails 64 '--join is for --group' --each --url "$BASE/x" --join ';' <in.mam
	fails 64 '--group' --each --url "$BASE/x" --group 0 <in.mam
	answer '{"path":"/3","status":400}'
	run -69 bash -c 'fetch-api --each --group 2 --url "$BASE/no/{id}" --fail-on n <in.mam >/dev/null'
	[[ $output == *'fetch-api: records 1 to 2: GET '*'/no/1,2: 200'* ]]
}

@test "--group: an item of coverage for each record, counted where there is one" {
	ids 3 | fetch --each --group 2 --url "$BASE/{id}" --cover 'id={id}' >out.mam
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -c '[.window.id, .records]' | paste -sd' ')" = '[1,null] [2,null] [3,1]' ]
	# Records of one window have one item.
	input '{"id":1,"a":7}' '{"id":2,"a":7}' '{"id":3,"a":8}' | fetch --each --group 3 --url "$BASE/{id}" --cover 'a={a}' >out.mam
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -c .window.a | paste -sd' ')" = '7 8' ]
	# A request that is ignored leaves out the windows of all.
	http_stop
	http_start
	answer '{"path":"/1,2","status":404}' '{"json":[{"a":1}]}'
	ids 3 | fetch --each --group 2 --url "$BASE/{id}" --on status=404 ignore --cover 'id={id}' >out.mam
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -c '[.window.id, .records]' | paste -sd' ')" = '[3,1]' ]
}

@test "--group with --concurrency, --print-request, a rehearsal, and state in between" {
	ids 50 | fetch --each --group 4 --concurrency 5 --url "$BASE/{id}" >out.mam
	[ "$(to-json <out.mam | jq -r .target)" = "$(seq 50 | paste -d, - - - - | sed 's/,*$//; s|^|/|')" ]
	[ "$(ids 5 | fetch --each --group 2 --url "$BASE/{id}" --print-request | grep -c "$BASE")" -eq 3 ]
	before=$(requests)
	ids 5 | MAM_DRY_RUN=1 fetch --each --group 2 --url "$BASE/{id}" >out.mam
	[ "$(asked .target | tail -n +$((before + 1)))" = /1,2 ]
	for n in 1 3; do
		printf 'map\tid:int=1\nstate\tk\tmiddle\nmap\tid:int=2\nstate\tk\tlast\n' | spell |
			fetch --each --group 2 --concurrency "$n" --url "$BASE/{id}" --wrap v --record-path target >out.mam
		python3 - out.mam <<-'END'
			import sys
			data = open(sys.argv[1], 'rb').read()
			places = [data.index(part) for part in (b'/1,2', b'middle', b'last')]
			sys.exit(places != sorted(places))
		END
	done
}

@test "--skip-without: a record without a value is not asked for" {
	input '{"id":1,"a":1}' '{"id":2}' '{"id":3,"a":null}' '{"id":4,"a":""}' '{"id":5,"a":0}' '{"id":6,"a":"x"}' '{"a":1}' >in.mam
	fetch --each --url "$BASE/{id}/{a}" --skip-without a --skip-without id --cover 'id={id}' <in.mam >out.mam
	[ "$(asked .target)" = $'/1/1\n/5/0\n/6/x' ]
	# Its window is covered, by no records; without the field there is no window.
	[ "$("$MAM_ROOT/tests/tools/look" coverage <out.mam | jq -c '[.window.id, .records]' | sort | paste -sd' ')" = '[1,1] [2,0] [3,0] [4,0] [5,1] [6,1]' ]
	grep -aqF $'skipped\x04' out.mam
	fetch --each --print-request --url "$BASE/{id}/{a}" --skip-without a --skip-without id --cover 'id={id}' <in.mam >requests.sh
	[ "$(grep -c curl requests.sh)" -eq 3 ]
	fetch --each --group 2 --concurrency 2 --url "$BASE/g/{a}" --skip-without a <in.mam >out.mam
	[ "$(asked .target | grep g/ | sort)" = $'/g/1,0\n/g/x,1' ]
	input '{"id":1}' | fetch --each --url "$BASE/none" --skip-without a >out.mam
	[ "$(to-json <out.mam | wc -l)" -eq 0 ]
	fails 64 'neither create.PATH nor poll.PATH, and without --each no field of a record' --url "$BASE/x" --skip-without id
}

@test "--group: a value that the server would read as two is an error" {
	input '{"id":"1"}' '{"id":"2,3"}' >in.mam
	for place in "--url $BASE/{id}" "--url $BASE/?id={id}" "--url $BASE/ --param id={id}" "--url $BASE/ --header X-Id:{id}" \
		"--url $BASE/ --body [\"{id}\"]" "--url $BASE/ --header Content-Type:text/xml --body <i>{id}</i>"; do
		read -ra options <<<"$place"
		fails 65 'records 1 to 2: ' --each --group 2 "${options[@]}" <in.mam
		grep -qF '{id} holds the text of --join: the server would see more values' err
	done
	[ "$(requests)" -eq 0 ]
	fetch --each --group 2 --url "$BASE/?id={id}" --join '&id=' <in.mam >out.mam
	fetch --each --group 2 --url "$BASE/" --param 'id={id}' --join '|' <in.mam >out.mam
	fetch --each --group 2 --url "$BASE/" --body '{"id":{id}}' <in.mam >out.mam
	[ "$(asked '.target + .body')" = $'/?id=1&id=2%2C3\n/?id=1%7C2%2C3\n/{"id":["1","2,3"]}' ]
}
