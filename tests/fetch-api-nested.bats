# SPDX-License-Identifier: MIT
# fetch-api: records within records: fields of the objects around them, records keyed by
# an id, rows beside a list of names.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

same() { # WANTED, and the records of standard input
	diff <(printf '%s\n' "$1") -
}

@test "--include-from-parent: values of the answer and of each object on the way" {
	# As SmartNews sends insights; the id comes before and after them.
	answer '{"path":"/s","json":{"account":{"id":7},"data":[{"id":"c1","insights":[{"n":1},{"n":2}]},{"insights":[],"id":"c2"},{"insights":[{"n":3}],"id":"c3"}]}}'
	records --url "$BASE/s" --record-path 'data[].insights[]' --include-from-parent 'campaign=data[].id' \
		--include-from-parent account=account.id | same '{"n":1,"campaign":"c1","account":7}
{"n":2,"campaign":"c1","account":7}
{"n":3,"campaign":"c3","account":7}'
	# Without [] at the end, and an object that lacks the value.
	answer '{"path":"/g","json":[{"results":[{"n":1}],"requestId":"x","o":{"deep":[5,6]}},{"results":[{"n":2}]}]}'
	records --url "$BASE/g" --record-path '[].results' --include-from-parent 'r=[].requestId' --include-from-parent 'six=[].o.deep.1' |
		same '{"n":1,"r":"x","six":6}
{"n":2,"r":null,"six":null}'
	# The element itself is the innermost parent; a whole object is a value, too.
	answer '{"path":"/e","json":{"d":[{"a":1},{"a":2}],"o":{"x":null}}}'
	records --url "$BASE/e" --record-path 'd[]' --include-from-parent 'b=d[].a' --include-from-parent o=o |
		same '{"a":1,"b":1,"o":{"x":null}}
{"a":2,"b":2,"o":{"x":null}}'
}

@test "--include-from-parent: each page has its own parents" {
	answer '{"path":"/p","json":{"meta":{"page":1},"d":[{"n":1}],"next":"/p2"}}' '{"path":"/p2","json":{"meta":{"page":2},"d":[{"n":2}]}}'
	records --url "$BASE/p" --record-path d --paginator json-link --next-url-path next --include-from-parent page=meta.page |
		same '{"n":1,"page":1}
{"n":2,"page":2}'
}

@test "--include-from-parent: wrong paths and names" {
	answer '{"path":"/none","json":{"data":[]}}' '{"path":"/x","json":{"data":[{"id":1,"rows":[{"n":1}]}]},"times":9}'
	from=--include-from-parent
	fails 65 'no answer has "data[].key"' --url "$BASE/x" --record-path 'data[].rows' $from 'k=data[].key'
	fails 65 'record 1 of the answer: "n" is a field of it already' --url "$BASE/x" --record-path 'data[].rows' $from 'n=data[].id'
	fails 64 'is not NAME=PATH' --url "$BASE/x" --record-path 'data[].rows' $from 'data[].id'
	fails 64 'is given twice' --url "$BASE/x" --record-path 'data[].rows' $from 'k=data[].id' $from k=x
	fails 64 'is not a member of an object that --record-path passes' --url "$BASE/x" --record-path 'data[].rows' $from 'k=other[].id'
	fails 64 'is not a member of an object that --record-path passes' --url "$BASE/x" --record-path 'data[].rows' $from 'k=data[]'
	fails 64 'is not a member of an object that --record-path passes' --url "$BASE/x" --record-path 'data' $from 'k=data[].id'
	fails 64 '"[" without "]"' --url "$BASE/x" --record-path data $from 'k=data[0]'
	fails 64 'is also the name of --wrap' --url "$BASE/x" --record-path data --wrap k $from k=id
	fails 64 'is for --decoder json' --url "$BASE/x" --decoder raw $from k=id
	input '{"k":1}' >in.mam
	fails 64 'is also a name of --record-path' --each --url "$BASE/x" --include k $from k=id <in.mam
	# No record, so nothing is missing.
	records --url "$BASE/none" --record-path 'data[].rows' $from 'k=data[].id' >out
	[ ! -s out ]
}

@test "records keyed by an id, also within each other" {
	# As TikTok and Meta key some answers.
	answer '{"path":"/k","json":{"data":{"7":{"n":1},"a.b\u3042":{"n":null},"":{}}},"times":2}'
	records --url "$BASE/k" --record-path 'data{id}' | same '{"n":1,"id":"7"}
{"n":null,"id":"a.bあ"}
{"id":""}'
	answer '{"path":"/kk","json":{"act":{"name":"A","days":{"2026-11-01":[{"n":1},{"n":2}],"2026-11-02":[]}},"act2":{"name":"B","days":{"2026-11-03":[{"n":3}]}}}}'
	records --url "$BASE/kk" --record-path '{account}.days{day}[]' --include-from-parent 'name={account}.name' |
		same '{"n":1,"account":"act","day":"2026-11-01","name":"A"}
{"n":2,"account":"act","day":"2026-11-01","name":"A"}
{"n":3,"account":"act2","day":"2026-11-03","name":"B"}'
	# A member that is an array has records, as in from-json.
	answer '{"path":"/lists","json":{"d":{"a":[{"n":1},{"n":2}],"b":null,"c":[]}}}'
	records --url "$BASE/lists" --record-path 'd{k}' | same '{"n":1,"k":"a"}
{"n":2,"k":"a"}'
	fails 65 '"n" is a field of it already' --url "$BASE/k" --record-path 'data{n}'
	answer '{"path":"/bad","json":{"data":[1]}}' '{"path":"/empty","json":{"data":{}}}' '{"path":"/null","json":{"data":null}}' '{"path":"/off","json":{"data":{"a":{"n":1},"b":{"n":2}}}}' '{"path":"/off","json":{"data":{}}}'
	fails 65 '--record-path leads nowhere in the answer: data is an array, not an object' --url "$BASE/bad" --record-path 'data{id}'
	[ -z "$(records --url "$BASE/empty" --record-path 'data{id}')" ]
	[ -z "$(records --url "$BASE/null" --record-path 'data{id}')" ]
	# An offset counts the members.
	records --url "$BASE/off" --record-path 'data{id}' --paginator offset --offset-param o >/dev/null
	[ "$(asked .target | tail -n 1)" = '/off?o=2' ]
	fails 64 'is given twice' --url "$BASE/k" --record-path '{a}{a}'
	fails 64 '"{" without "}"' --url "$BASE/k" --record-path 'data{a'
}

@test "--names-path: rows beside a list of names" {
	answer '{"path":"/r","json":{"columns":["day","n"],"rows":[["2026-11-01",1],["2026-11-02",null]]}}' \
		'{"path":"/o","json":{"schema":{"fields":[{"name":"a"},{"name":"b"}]},"rows":[[1,[2]]]}}' \
		'{"path":"/each","json":{"d":[{"c":["a"],"rows":[[1]]},{"c":["b","c"],"rows":[[2,3],[4,5]]}]}}'
	records --url "$BASE/r" --record-path rows --names-path columns | same '{"day":"2026-11-01","n":1}
{"day":"2026-11-02","n":null}'
	records --url "$BASE/o" --record-path 'rows[]' --names-path 'schema.fields[].name' | same '{"a":1,"b":[2]}'
	records --url "$BASE/each" --record-path 'd[].rows' --names-path 'd[].c' --include-from-parent 'names=d[].c' | same '{"a":1,"names":["a"]}
{"b":2,"c":3,"names":["b","c"]}
{"b":4,"c":5,"names":["b","c"]}'
}

@test "--names-path: a wrong count names the row; wrong names" {
	answer '{"path":"/short","json":{"c":["a","b"],"rows":[[1,2],[3]]}}' '{"path":"/obj","json":{"c":["a"],"rows":[{"a":1}]}}' \
		'{"path":"/twice","json":{"c":["a","a"],"rows":[[1,2]]}}' '{"path":"/num","json":{"c":["a",1],"rows":[[1,2]]}}' \
		'{"path":"/none","json":{"rows":[[1,2]]}}' '{"path":"/x","json":{"c":["a"],"rows":[]}}'
	fails 65 'record 2 of the answer: it has 1 values, and --names-path has 2 names' --url "$BASE/short" --record-path rows --names-path c
	fails 65 'it is no array (see --names-path)' --url "$BASE/obj" --record-path rows --names-path c
	fails 65 'a name is there twice' --url "$BASE/twice" --record-path rows --names-path c
	fails 65 'a value there is not a text' --url "$BASE/num" --record-path rows --names-path c
	fails 65 '--names-path "c": it leads to no names' --url "$BASE/none" --record-path rows --names-path c
	[ -z "$(records --url "$BASE/x" --record-path rows --names-path c)" ]
	fails 64 '--names-path and --wrap exclude each other' --url "$BASE/x" --record-path rows --names-path c --wrap w
}

@test "an error in place of one keyed object's records is an error" {
	answer '{"json":{"data":{"7":{"rows":[{"n":1}]},"8":{"error":{"code":100,"message":"no such account"}}}},"times":2}'
	fails 69 '200 100 no such account' --url "$BASE/e" --record-path 'data{id}.rows'
	records --url "$BASE/e" --record-path 'data{id}.rows' --on 'code=100 success' >out.json
	same '{"n":1,"id":"7"}' <out.json
}
