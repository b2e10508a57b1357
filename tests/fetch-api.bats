# SPDX-License-Identifier: MIT
# fetch-api: its requests, and the records it makes of the answers. Paging, failures,
# credentials and connections have files of their own, fetch-api-*.bats.

load helper
load ads
load http

teardown() {
	ads_stop
	http_stop
}

# The request.

@test "a GET with parameters, in their order, repeated, encoded" {
	http_start
	answer '{"path":"/a","json":[]}'
	fetch --url "$BASE/a?raw=List(1,2)" --param 'a b=c&d' --param id=1 --param id=2 --param 'empty=' >/dev/null
	[ "$(asked '.method + " " + .target')" = 'GET /a?raw=List(1,2)&a%20b=c%26d&id=1&id=2&empty=' ]
	[ "$(asked '.headers | has("content-type")')" = false ]
}

@test "method, headers and body go out as they were given" {
	http_start
	answer '{"json":[]}'
	fetch --url "$BASE/a" --body '{"n":12345678901234567890.10}' --header 'X-One: 1' --header 'X-Two:  a, b ' >/dev/null
	[ "$(asked .method)" = POST ]
	[ "$(asked .body)" = '{"n":12345678901234567890.10}' ]
	[ "$(asked '.headers["content-type"]')" = application/json ]
	[ "$(asked '.headers["x-one"] + .headers["x-two"]')" = '1a, b' ]
	for method in PUT PATCH DELETE POST GET; do
		fetch --url "$BASE/a" --method "$method" --body '{}' >/dev/null
		[ "$(asked .method | tail -n 1)" = "$method" ]
		[ "$(asked .body | tail -n 1)" = '{}' ]
	done
}

@test "a body comes from a file, with the content type that is told" {
	http_start
	answer '{"json":[]}'
	printf '{"a":"{name}"}\n' >body.json
	fetch --url "$BASE/a" --body @body.json --set 'name=a"b' --header 'Content-Type: application/vnd.x.v3+json' >/dev/null
	[ "$(asked .body)" = '{"a":"a\"b"}' ]
	[ "$(asked '.headers["content-type"]')" = application/vnd.x.v3+json ]
	fetch --url "$BASE/a" --body 'a={name}' --set 'name=x y&z' \
		--header 'Content-Type: application/x-www-form-urlencoded' >/dev/null
	[ "$(asked .body | tail -n 1)" = 'a=x%20y%26z' ]
	fetch --url "$BASE/a" --body 'as {name} is' --set 'name=it"' --header 'Content-Type: text/plain' >/dev/null
	[ "$(asked .body | tail -n 1)" = 'as it" is' ]
	fails 74 'cannot read "missing.json"' --url "$BASE/a" --body @missing.json
	fails 64 'does not look like JSON' --url "$BASE/a" --body 'text'
}

@test "names stand for words, days of the window and secrets" {
	http_start
	answer '{"json":[]}'
	KEY=k-secret fetch --url "$BASE/{id}" --set id=a/b --from 2026-03-01 --to 2026-03-08 --secret key=env:KEY \
		--param 'since={from:%Y%m%d}' --param 'until={to-1d}' --header 'X-Key: {key}' >/dev/null
	[ "$(asked .target)" = '/a%2Fb?since=20260301&until=2026-03-07' ]
	[ "$(asked '.headers["x-key"]')" = k-secret ]
	FROM=2026-01-01 TO=2026-02-01 fetch --url "$BASE/" --param 'd={from}..{to}' >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?d=2026-01-01..2026-02-01' ]
	# --from overrides the environment, which may hold anything where it is not used.
	FROM=somebody TO=2026-02-01 fetch --url "$BASE/" --from 2026-01-31 --param 'd={from}' >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?d=2026-01-31' ]
}

@test "what a template cannot mean is said before anything is asked" {
	http_start
	fails 64 '{id} is undefined' --url "$BASE/{id}"
	fails 64 '{from} is undefined: give --from or set FROM' --url "$BASE/{from}"
	fails 64 '--from: "2026-13-01" is not a date' --url "$BASE/" --from 2026-13-01
	fails 64 'the window is empty' --url "$BASE/" --from 2026-03-01 --to 2026-03-01
	fails 64 'a date format knows' --url "$BASE/{from:%y}" --from 2026-03-01
	fails 64 'put quotes around it' --url "$BASE/" --set n=word --body '{"n":{n}}'
	fails 64 'the filled body is not JSON: line 1 column 8' --url "$BASE/" --set n=7 --body '{"n":{n},}'
	fails 64 'is not NAME=VALUE' --url "$BASE/" --set n
	fails 64 'is not NAME: VALUE' --url "$BASE/" --header 'no colon'
	fails 64 '--header: Host is set automatically' --url "$BASE/" --header 'Host: x'
	fails 64 'Content-Type is given twice' --url "$BASE/" --body '{}' --header 'Content-Type: a/b' --header 'content-type: c/d'
	fails 64 'holds a control character' --url "$BASE/" --set n=$'\x7f' --header 'X: {"a":"{n}"}'
	fails 64 'a control character' --url "$BASE/" --header $'X: a\nY: b'
	fails 64 'is not NAME=VALUE' --url "$BASE/" --param 'x'
	fails 64 'is not an http or https URL' --url ftp://127.0.0.1/
	fails 64 'is not an http or https URL' --url 'https://good\@127.0.0.1/'
	fails 64 'a space or a control character' --url "$BASE/a b"
	fails 64 'do not belong in a URL' --url 'http://user:pw@127.0.0.1/'
	fails 64 '--url is required' --method GET
	fails 64 'give the URL with --url' "$BASE/"
	[ "$(requests)" -eq 0 ]
}

@test "each record of the input is asked for, its fields written as their place demands" {
	http_start
	answer '{"path":"/x%20%26y","json":[]}' '{"json":[]}'
	input '{"a":{"b":"x &y"},"id":9007199254740993,"big":18446744073709551615,"cost":1.10,"list":[1,"2"],"t":"say \"hi\""}' |
		fetch --each --url "$BASE/{a.b}" --param 'list={list}' --header 'X-Cost: {cost}' \
			--body '{"ids":[{id},{big}],"t":"<{t}>","u":{t},"l":{list},"c":{cost}}' >/dev/null
	[ "$(asked .target)" = '/x%20%26y?list=%5B1%2C%222%22%5D' ]
	[ "$(asked '.headers["x-cost"]')" = 1.1 ]
	[ "$(asked .body)" = '{"ids":[9007199254740993,18446744073709551615],"t":"<say \"hi\">","u":"say \"hi\"","l":[1,"2"],"c":1.1}' ]
	input '{"id":1}' '{"id":2}' '{"id":3}' | fetch --each --url "$BASE/{id}" >/dev/null
	[ "$(asked .target | tail -n 3 | tr '\n' ' ')" = '/1 /2 /3 ' ]
}

@test "a URL may come from a record, and only a URL" {
	http_start
	answer '{"path":"/file","query":"sig=a%2Fb","text":"x,y\n"}'
	input "{\"url\":\"$BASE/file?sig=a%2Fb\"}" | fetch --each --url '{url}' --allow-private --decoder raw >out.mam
	grep -aq 'x,y' out.mam
	for bad in 'file:///etc/passwd' "$BASE/a b" 'x' 'https://good\\\\@evil/'; do
		run bash -c 'printf "{\"url\":\"%s\"}\n" "$1" | from-json | fetch-api --each --url "{url}" >/dev/null' sh "$bad"
		[ "$status" -eq 65 ]
		[[ $output == *'record 1: --url: {url} is no'* ]]
	done
}

@test "a field that is missing, null or of the wrong kind is an error that names the record" {
	http_start
	answer '{"json":[]}'
	input '{"id":1}' '{"ID":2}' >in.mam
	fails 65 'record 2: --url: {id} is undefined' --each --url "$BASE/{id}" <in.mam
	[ "$(requests)" -eq 1 ]
	input '{"id":null}' >in.mam
	fails 65 'record 1: --url: {id} is null' --each --url "$BASE/{id}" <in.mam
	input '{"id":".."}' >in.mam
	fails 65 'record 1: --url: {id} is a step in a path' --each --url "$BASE/{id}/x" <in.mam
	input '{"id":"a\nb"}' >in.mam
	fails 65 'record 1: --header: {id} holds a control character' --each --url "$BASE/" --header 'X: {id}' <in.mam
}

@test "a body of JSON is JSON under any media type: values are escaped, pages are placed" {
	http_start
	answer '{"path":"/r","json":[]}' '{"path":"/q","json":[]}'
	input '{"n":"a\",\"admin\":\"1"}' >in.mam
	for type in application/x-amz-json-1.1 application/vnd.x.v2+json text/json application/vnd.api.json \
		'text/plain; charset=utf-8' application/octet-stream application/x-www-form-urlencoded text/x-unknown; do
		fetch --each --url "$BASE/r" --header "Content-Type: $type" --body '{"name":"{n}"}' <in.mam >/dev/null
		[ "$(asked .body | tail -n 1)" = '{"name":"a\",\"admin\":\"1"}' ]
		[ "$(asked '.headers["content-type"]' | tail -n 1)" = "$type" ]
	done
	fetch --each --url "$BASE/r" --header 'Content-Type: {t}' --set t=text/x --body '[{n}]' <in.mam >/dev/null
	[ "$(asked .body | tail -n 1)" = '["a\",\"admin\":\"1"]' ]
	# A line of JSON Lines is one too, and a query parameter, and a header.
	fetch --each --url "$BASE/r" --header 'Content-Type: application/x-ndjson' --body $'{"i":1}\n{"name":"{n}"}\n' <in.mam >/dev/null
	[ "$(asked .body | tail -n 3)" = $'{"i":1}\n{"name":"a\\",\\"admin\\":\\"1"}' ]
	fails 64 'the filled body is not JSON: line 2 column' --url "$BASE/r" --header 'Content-Type: application/x-ndjson' --body $'{"i":1}\n{"n":}'
	fetch --each --url "$BASE/q" --param 'f={"name":"{n}"}' --header 'X-Arg: {"name":"{n}"}' <in.mam >/dev/null
	[ "$(asked .target | tail -n 1)" = '/q?f=%7B%22name%22%3A%22a%5C%22%2C%5C%22admin%5C%22%3A%5C%221%22%7D' ]
	[ "$(asked '.headers["x-arg"]' | tail -n 1)" = '{"name":"a\",\"admin\":\"1"}' ]
	# An API's own list in brackets is not JSON.
	fetch --url "$BASE/r" --from 2026-03-01 --to 2026-03-08 --param 'range=[{from},{to}]' >/dev/null
	[ "$(asked .target | tail -n 1)" = '/r?range=%5B2026-03-01%2C2026-03-08%5D' ]
	answer '{"path":"/p","json":{"v":[{"a":1}],"NextToken":"n1"}}' '{"path":"/p","json":{"v":[{"a":2}]}}'
	fetch --url "$BASE/p" --header 'Content-Type: application/x-amz-json-1.1' --body '{"Path":"/p"}' --record-path v \
		--paginator cursor --cursor-path NextToken --cursor-body-path NextToken | to-json >out
	[ "$(cat out)" = $'{"a":1}\n{"a":2}' ]
	[ "$(asked .body | tail -n 1)" = '{"NextToken":"n1","Path":"/p"}' ]
}

@test "JSON text in a string of JSON takes values as JSON, escaped once more" {
	http_start
	answer '{"json":[]}'
	input '{"n":"a\",\"admin\":\"1","i":7}' >in.mam
	fetch --each --url "$BASE/" --body '{"f":"{\"name\":\"{n}\",\"id\":{i}}"}' <in.mam >/dev/null
	[ "$(asked '.body | fromjson | .f | fromjson | tojson')" = '{"name":"a\",\"admin\":\"1","id":7}' ]
	fetch --each --url "$BASE/" --param 'filtering=[{"field":"x","value":"[\"{n}\"]"}]' <in.mam >/dev/null
	[ "$(python3 -c 'import sys, urllib.parse as u; print(u.parse_qs(sys.argv[1])["filtering"][0])' "$(asked '.target[2:]' | tail -n 1)" |
		jq -c '.[0].value | fromjson')" = '["a\",\"admin\":\"1"]' ]
}

@test "a body of XML takes values as text; one that only looks like JSON takes none" {
	http_start
	answer '{"json":[]}'
	input '{"n":"a</n><admin>1</admin><n b=\"&"}' >in.mam
	for type in text/xml application/xml 'application/soap+xml; charset=utf-8'; do
		fetch --each --url "$BASE/" --header "Content-Type: $type" --body '<n>{n}</n>' <in.mam >/dev/null
		[ "$(asked .body | tail -n 1)" = '<n>a&#60;/n&#62;&#60;admin&#62;1&#60;/admin&#62;&#60;n b=&#34;&#38;</n>' ]
	done
	fails 64 'CDATA section' --url "$BASE/" --set n=1 --header 'Content-Type: text/xml' --body '<n><![CDATA[{n}]]></n>'
	fails 64 'begins like JSON and is not JSON' --url "$BASE/" --set n=1 --header 'Content-Type: application/x-log' --body '[a] {n}'
	fetch --url "$BASE/" --set n=1 --header 'Content-Type: text/plain' --body '[a] {n}' >/dev/null
	[ "$(asked .body | tail -n 1)" = '[a] 1' ]
}

@test "a selection of GraphQL stays as it is, also where a record has such a field" {
	http_start
	answer '{"json":[]}'
	input '{"id":"x","name":"y"}' >in.mam
	body='{"query":"query($a:ID){campaigns(after:$a){nodes{id}}}","variables":{"a":{id},"b":"{name}"}}'
	fetch --each --url "$BASE/" --body "$body" <in.mam >/dev/null
	[ "$(asked .body)" = '{"query":"query($a:ID){campaigns(after:$a){nodes{id}}}","variables":{"a":"x","b":"y"}}' ]
	fetch --url "$BASE/" --body '{"query":"{me{id}}"}' >/dev/null
	[ "$(asked .body | tail -n 1)" = '{"query":"{me{id}}"}' ]
	fetch --each --url "$BASE/" --header 'Content-Type: application/graphql' --body '{me{id}}' <in.mam >/dev/null
	[ "$(asked .body | tail -n 1)" = '{me{id}}' ]
	fetch --each --url "$BASE/" --param 'query={me{id}}' <in.mam >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?query=%7Bme%7Bid%7D%7D' ]
	fails 64 'declare a variable' --each --url "$BASE/" --body '{"query":"{a(id:\"{id}\"){b}}"}' <in.mam
}

@test "a value that is empty or a step does not lead to another resource" {
	http_start
	answer '{"json":[]}'
	input '{"id":"","up":".."}' >in.mam
	fails 65 'record 1: --url: {id} is empty: the path would name something else' --each --url "$BASE/v1/accounts/{id}" <in.mam
	fails 65 '{id} is empty' --each --url "$BASE/v1/act_{id}/insights" <in.mam
	fails 65 '{id} is empty: the URL would have another host' --each --url 'https://{id}.example/' <in.mam
	fails 65 'record 1: --header: "X-Account": the filled value is empty' --each --url "$BASE/" --header 'X-Account: {id}' <in.mam
	fails 64 '--url: {id} is empty' --url "$BASE/v1/accounts/{id}" --set id=
	fails 64 '{id} is not part of a host name' --url 'https://{id}.example/' --set id=evil/
	fails 65 '{up} is a step in a path' --each --url "$BASE/v1/{up}" <in.mam
	for up in . .. %2e%2e %252e. a/../b 'a\..'; do
		fails 64 '{up} is a step in a path' --url "$BASE/v1/{up}/x" --set "up=$up"
	done
	[ "$(requests)" -eq 0 ]
	# A query may hold both.
	fetch --each --url "$BASE/?a={up}&b={id}" --param 'c={up}' --param 'd={id}' <in.mam >/dev/null
	[ "$(asked .target)" = '/?a=..&b=&c=..&d=' ]
}

@test "a name with two sources is an error that names both" {
	http_start
	answer '{"json":[]}'
	input '{"from":"2026-09-01","id":7}' >in.mam
	FROM=2026-11-01 fails 65 'record 1: --url: {from} has two sources, the environment variable FROM and a field of the record' \
		--each --url "$BASE/?d={from}" <in.mam
	fails 65 '{from} has two sources, --from and a field of the record' --each --url "$BASE/?d={from}" --from 2026-11-01 <in.mam
	fails 65 '{id} has two sources, --set and a field of the record' --each --url "$BASE/{id}" --set id=8 <in.mam
	ID=8 fails 65 '{id} has two sources, --secret and a field of the record' --each --url "$BASE/{id}" --secret id=env:ID <in.mam
	fails 65 '--cover: {id} has two sources, --set and a field' --each --url "$BASE/" --set id=8 --cover 'id={id}' <in.mam
	ID=8 fails 64 '{id} has two sources, --set and --secret' --url "$BASE/{id}" --set id=7 --secret id=env:ID
	fails 64 '{from} has two sources, --set and --from' --url "$BASE/" --set from=7 --from 2026-11-01
	FROM=2026-11-01 fails 64 '{from} has two sources, --set and the environment variable FROM' --url "$BASE/{from}" --set from=7
	ID=8 fails 64 'authorization is set by --auth already' --url "$BASE/" --auth bearer --token env:ID --secret t=env:ID --header 'authorization: {t}'
	# (The one of --cover asked before.)
	[ "$(requests)" -eq 1 ]
	# Where the name is not used, or the same option comes later, there is nothing to choose.
	FROM=2026-11-01 fetch --each --url "$BASE/{id}" <in.mam >/dev/null
	FROM=somebody fetch --url "$BASE/{from}" --set from=7 >/dev/null
	fetch --url "$BASE/{id}" --set id=1 --set id=2 >/dev/null
	[ "$(asked .target | tail -n 3 | tr '\n' ' ')" = '/7 /7 /2 ' ]
}

@test "a FROM or TO that is not a date is an error where it is used" {
	http_start
	input '{"id":7}' >in.mam
	FROM=2026/11/01 fails 64 'FROM: "2026/11/01" is not a date YYYY-MM-DD, and --param uses {from}' --each --url "$BASE/" --param 'd={from}' <in.mam
	TO=2026-11-31 fails 64 'TO: "2026-11-31" is not a date YYYY-MM-DD, and --url uses {to}' --url "$BASE/{to}"
	fails 64 '--from: "" is not a date' --url "$BASE/" --from ''
	[ "$(requests)" -eq 0 ]
}

@test "date parts are JSON numbers where they have digits only; epochs need a zone" {
	http_start
	answer '{"json":[]}'
	fetch --url "$BASE/" --from 2026-11-01 --to 2026-11-02 --zone UTC \
		--body '{"Day":{from:%-d},"Month":{from:%-m},"Year":{from:%Y},"epoch":{from:%s},"ms":{to:%Q},"m":{from:%m},"t":"{from:%-d}"}' >/dev/null
	[ "$(asked .body)" = '{"Day":1,"Month":11,"Year":2026,"epoch":1793491200,"ms":1793577600000,"m":"11","t":"1"}' ]
	fetch --url "$BASE/" --from 2026-11-01 --zone Asia/Tokyo --param 's={from:%s}' --param 't={from:%FT%T%:z}' >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?s=1793458800&t=2026-11-01T00%3A00%3A00%2B09%3A00' ]
	fails 64 '{from:%s} writes an instant: give --zone' --url "$BASE/" --from 2026-11-01 --param 's={from:%s}'
	fails 64 '--zone: "Asia/Edo" is not a time zone' --url "$BASE/" --zone Asia/Edo
	# The clock skips midnight: the day begins at one o'clock.
	fetch --url "$BASE/" --zone America/Sao_Paulo --from 2018-11-04 --param 's={from:%s}' --param 't={from:%FT%T%:z}' >/dev/null
	[ "$(asked .target | tail -n 1)" = '/?s=1541300400&t=2018-11-04T01%3A00%3A00-02%3A00' ]
	input '{"at":"2018-11-04T00:30:00"}' >skipped.mam
	fails 65 '{at} does not exist on the clock of --zone' --each --url "$BASE/" --zone America/Sao_Paulo --param 's={at:%s}' <skipped.mam
}

@test "POST, PUT and PATCH without a body say that it is empty" {
	http_start
	answer '{"json":[]}'
	for method in POST PUT PATCH; do
		fetch --url "$BASE/a?level=ad" --method "$method" >/dev/null
		[ "$(asked '.method + .headers["content-length"]' | tail -n 1)" = "${method}0" ]
		[ "$(asked '.headers | has("content-type")' | tail -n 1)" = false ]
	done
	for method in GET DELETE; do
		fetch --url "$BASE/a" --method "$method" >/dev/null
		[ "$(asked '.headers | has("content-length")' | tail -n 1)" = false ]
	done
}

@test "an empty input asks nothing and gives a stream without records" {
	http_start
	from-json --allow-empty </dev/null | fetch --each --url "$BASE/{id}" | to-json >out
	[ ! -s out ]
	[ "$(requests)" -eq 0 ]
}

@test "an abort of the input is handed on with its status, and nothing behind it is asked" {
	http_start
	answer '{"json":[]}'
	run bash -c '{ printf "map\tid=1\n"; printf "fail\t77\tno right\n"; } | spell | fetch-api --each --url "$BASE/{id}" | to-json'
	[ "$status" -eq 77 ]
	[[ $output == *'no right'* ]]
	[ "$(requests)" -le 1 ]
	printf 'map\tid=1\ncut\n' | spell >cut.mam
	fails 76 'input ended' --each --url "$BASE/{id}" <cut.mam
}

# The answer.

@test "records stand where --record-path leads" {
	http_start
	answer '{"path":"/root","json":[{"a":1},{"a":2}]}' '{"path":"/one","json":{"a":1}}' \
		'{"path":"/deep","json":{"rval":{"values":[{"a":1},{"a":2}]}}}' \
		'{"path":"/batches","json":[{"results":[{"a":1}]},{"results":[]},{"results":[{"a":2}]}]}' \
		'{"path":"/null","json":{"rval":{"values":null}}}' '{"path":"/part","json":[{"results":[{"a":1}]},{"x":0}]}'
	[ "$(records --url "$BASE/root")" = $'{"a":1}\n{"a":2}' ]
	[ "$(records --url "$BASE/root" --record-path '[]')" = $'{"a":1}\n{"a":2}' ]
	[ "$(records --url "$BASE/one")" = '{"a":1}' ]
	[ "$(records --url "$BASE/deep" --record-path rval.values)" = $'{"a":1}\n{"a":2}' ]
	[ "$(records --url "$BASE/deep" --record-path 'rval.values.1')" = '{"a":2}' ]
	[ "$(records --url "$BASE/batches" --record-path '[].results[]')" = $'{"a":1}\n{"a":2}' ]
	[ -z "$(records --url "$BASE/null" --record-path rval.values)" ]
	fails 65 '200: --record-path leads nowhere in the answer: the answer has no "data" but "a"' --url "$BASE/one" --record-path data
	# A typo is not answered with an option that empties the window, and a code of success is not an error.
	answer '{"path":"/code","json":{"code":0,"message":"OK","data":{"list":[]}}}'
	fails 65 '200: --record-path leads nowhere in the answer: data has no "lists" but "list"' --url "$BASE/code" --record-path data.lists
	run ! grep -q allow-empty err
	[ -z "$(records --url "$BASE/one" --record-path data --allow-empty)" ]
	fails 65 '--record-path leads nowhere in the answer: a is a number, not an object' --url "$BASE/one" --record-path a.b
	fails 64 '--record-path' --url "$BASE/one" --record-path 'a..b'
}

@test "numbers come through exactly, and a duplicate key is an error" {
	http_start
	answer '{"path":"/n","text":"{\"id\":18446744073709551615,\"big\":123456789012345678901234567890,\"c\":0.1,\"d\":1.10,\"m\":-9223372036854775808}"}' \
		'{"path":"/twice","text":"{\"a\":1,\"a\":2}"}'
	[ "$(records --url "$BASE/n")" = '{"id":18446744073709551615,"big":123456789012345678901234567890,"c":0.1,"d":1.1,"m":-9223372036854775808}' ]
	fails 65 'the answer is not JSON: line 1 column' --url "$BASE/twice"
}

@test "--wrap makes records of values, and without it they are an error" {
	http_start
	answer '{"path":"/v","json":{"ids":[7,"x",null,[1]]}}'
	[ "$(records --url "$BASE/v" --record-path 'ids[]' --wrap id)" = $'{"id":7}\n{"id":"x"}\n{"id":null}\n{"id":[1]}' ]
	fails 65 'record 1 of the answer: it is no object (see --record-path and --wrap)' --url "$BASE/v" --record-path 'ids[]'
}

@test "--include keeps fields of the input" {
	http_start
	answer '{"path":"/7","json":[{"a":1},{"a":2}]}' '{"path":"/8","json":[{"id":1}]}' '{"path":"/9","json":[1]}'
	[ "$(input '{"id":7,"o":{"n":"x"}}' | records --each --url "$BASE/{id}" --include 'id,name=o.n')" = \
		$'{"a":1,"id":7,"name":"x"}\n{"a":2,"id":7,"name":"x"}' ]
	[ "$(input '{"id":9}' | records --each --url "$BASE/{id}" --include id --wrap v)" = '{"v":1,"id":9}' ]
	input '{"id":8}' >in.mam
	fails 65 '"id" is a field of it already' --each --url "$BASE/{id}" --include id <in.mam
	fails 65 'record 1: --include: it has no field "x"' --each --url "$BASE/{id}" --include x <in.mam
	fails 64 '"a" is given twice' --each --url "$BASE/{id}" --include a,a <in.mam
	fails 64 'is also the name of --wrap' --each --url "$BASE/{id}" --include a --wrap a <in.mam
	fails 64 '--include is for --each' --url "$BASE/7" --include a
}

@test "--include NAME={…}: the window and other values that the answer does not repeat" {
	http_start
	answer '{"query":"f=2026-11-02&t=2026-11-04","status":400,"json":{"error":{"code":1,"message":"too large"}}}' \
		'{"json":[{"a":1}],"times":9}'
	url=(--url "$BASE/x?f={from}&t={to}")
	[ "$(records --url "$BASE/x?t={to}" --from 2026-11-01 --to 2026-11-02 --set m=7 --end inclusive --datetime-format %Y%m%d \
		--include 'day={from},to={to},last={to-1d},medium={m},both={m}/{from:%d}')" = \
		'{"a":1,"day":"2026-11-01","to":"2026-11-02","last":"2026-11-01","medium":"7","both":"7/01"}' ]
	[ "$(asked .target)" = '/x?t=20261101' ]
	# A date is one, for the stages after it. Each part of a window has its own, also after it was split.
	: >log
	[ "$(fetch "${url[@]}" --from 2026-10-31 --to 2026-11-04 --step 2d --on 'message~large -> split-window' --include 'day={from}' 2>err |
		filter 'day > 2026-10-31' | to-json | jq -r .day | paste -sd' ')" = '2026-11-02 2026-11-03' ]
	[ "$(requests)" = 4 ]
	[ "$(fetch "${url[@]}" --from 2026-11-01 --to 2026-11-02 --decoder raw --accept-json --include 'day={from}' |
		from-csv --names x 2>err | filter 'day = 2026-11-01' | to-json | jq -r .day)" = 2026-11-01 ]
	[ "$(input '{"id":7}' | records --each --url "$BASE/{id}" --set m=7 --include 'id,key={id}-{m},n={id}')" = '{"a":1,"id":7,"key":"7-7","n":7}' ]
	export S=secret-word
	fails 64 'would put a secret into the records' --url "$BASE/x" --secret s=env:S --include 'k={s}'
	fails 64 '{id} is undefined' --url "$BASE/x" --include 'k={id}'
	input '{"id":7}' >in.mam
	fails 64 '{id} is several values with --group' --each --group 2 --url "$BASE/{id}" --include 'k={id}' <in.mam
	fails 64 '{create.id} is not known there' --url "$BASE/x" --create-url "$BASE/c" --include 'k={create.id}'
	fails 64 '"a" is given twice' --url "$BASE/x" --set m=7 --include 'a={m},a={m}'
}

@test "an answer without content: 204 has no records, 200 has to be allowed" {
	http_start
	answer '{"path":"/204","status":204}' '{"path":"/200","text":" \n"}'
	[ -z "$(records --url "$BASE/204")" ]
	[ -z "$(records --url "$BASE/204" --record-path a.b)" ]
	fails 65 'the answer is empty (see --allow-empty) (tried 2 times, see --retries)' --url "$BASE/200" --retries 1
	[ -z "$(records --url "$BASE/200" --allow-empty)" ]
	answer '{"path":"/file"}'
	fails 65 'the answer is empty' --url "$BASE/file" --decoder raw --retries 0
	fetch --url "$BASE/file" --decoder raw --allow-empty >out.mam
	[ -z "$("$MAM_ROOT/tests/tools/look" chunks <out.mam)" ]
}

@test "a text that is not JSON is an error with its place" {
	http_start
	answer '{"path":"/html","text":"<html>\n","headers":{"Content-Type":"text/html"}}' '{"path":"/bad","text":"{\n\"a\":01}"}'
	fails 65 'the answer is not JSON: line 1 column 1' --url "$BASE/html"
	fails 65 'the answer is not JSON: line 2 column 6' --url "$BASE/bad"
	[ "$(requests)" -eq 2 ]
}

# Files.

@test "a file travels as it is, with the fields of --include beside it" {
	http_start
	head -c 3000000 /dev/urandom >file
	answer "{\"path\":\"/7\",\"hex\":\"$(od -An -v -tx1 file | tr -d ' \n')\"}" '{"path":"/8","text":"second"}'
	input '{"id":7}' '{"id":8}' | fetch --each --url "$BASE/{id}" --decoder raw --include id >out.mam
	[ "$(pass --bytes <out.mam | to-json)" = $'{"bytes":3000000,"id":7}\n{"bytes":6,"id":8}' ]
	"$MAM_ROOT/tests/tools/look" chunks <out.mam | cmp - <(cat file; printf second)
}

@test "a file of packed JSON is unpacked by from-json, whatever its Content-Type" {
	http_start
	answer '{"hex":"1f8b08000000000002038bae56ca4c51b232acd581308c6a6301ead147fa13000000","headers":{"Content-Type":"binary/octet-stream"}}'
	[ "$(fetch --url "$BASE/r.json.gz" --decoder raw | from-json | to-json)" = $'{"id":1}\n{"id":2}' ]
}

@test "where a file was expected, JSON and HTML are the API speaking" {
	http_start
	answer '{"path":"/early","json":{"rid":"r","errors":[{"code":"0001","message":"not ready"}]}}' \
		'{"path":"/html","text":"<!DOCTYPE html><p>sorry"}' '{"path":"/type","text":"a,b","headers":{"Content-Type":"application/json"}}' \
		'{"path":"/csv","text":"{not json},b\n"}' '{"path":"/array","text":" [1]"}'
	fails 69 '200 0001 not ready' --url "$BASE/early" --decoder raw
	fails 65 'the answer is an HTML page where a file was expected' --url "$BASE/html" --decoder raw
	fails 65 'the answer is JSON where a file was expected' --url "$BASE/type" --decoder raw
	fails 65 'the answer is JSON where a file was expected' --url "$BASE/array" --decoder raw
	fetch --url "$BASE/csv" --decoder raw | grep -aq '{not json}'
	fetch --url "$BASE/early" --decoder raw --accept-json | grep -aq 'not ready'
	fails 64 '--accept-json is for --decoder raw' --url "$BASE/early" --accept-json
}

@test "a file whose end nothing tells is not taken for whole" {
	http_start
	answer '{"path":"/f","text":"a,b\n1,2\n","framing":"none"}' '{"path":"/j","json":[{"a":1}],"framing":"none"}'
	fails 65 'the answer has no length' --url "$BASE/f" --decoder raw
	# The end of a JSON text is known without a length.
	[ "$(records --url "$BASE/j")" = '{"a":1}' ]
}

# Coverage and rehearsals.

coverage() { # the coverage items of a stream, as JSON
	"$MAM_ROOT/tests/tools/look" coverage
}

@test "coverage says what was fetched whole" {
	http_start
	answer '{"json":[{"a":1},{"a":2}]}'
	fetch --url "$BASE/" --from 2026-03-01 --to 2026-03-08 --cover 'day={from}..{to}' --cover account=7 \
		--cover 'id:text=007' >out.mam
	[ "$(coverage <out.mam)" = '{"window": {"day": ["2026-03-01", "2026-03-08"], "account": 7, "id": "007"}, "records": 2}' ]
	# One for each record of the input where its fields are in it, with their types.
	input '{"id":7}' '{"id":"8"}' | fetch --each --url "$BASE/{id}" --cover 'account={id}' --cover 'key:text={id}' >out.mam
	[ "$(coverage <out.mam)" = $'{"window": {"account": 7, "key": "7"}, "records": 2}\n{"window": {"account": 8, "key": "8"}, "records": 2}' ]
	fetch --url "$BASE/" --decoder raw --accept-json --cover account=x >out.mam
	[ "$(coverage <out.mam)" = '{"window": {"account": "x"}}' ]
	fails 64 'is neither FIELD=VALUE nor FIELD=FROM..TO' --url "$BASE/" --cover day
	fails 64 'a value is empty' --url "$BASE/" --cover 'day=..2026-03-08'
	fails 64 '"a" is given twice' --url "$BASE/" --cover a=1 --cover a=2
}

@test "what was ignored is not covered, and everything else is" {
	http_start
	answer '{"path":"/c/2","status":403,"json":{"error":{"code":"CUSTOMER_NOT_ENABLED"}},"times":99}' '{"json":[{"v":1}],"times":99}'
	rule=(--on 'code=CUSTOMER_NOT_ENABLED ignore')
	input '{"id":1}' '{"id":2}' '{"id":3}' >in.mam
	fetch --each --url "$BASE/c/{id}" "${rule[@]}" --include account=id --cover 'account={id}' <in.mam >out.mam 2>err
	[ "$(coverage <out.mam)" = $'{"window": {"account": 1}, "records": 1}\n{"window": {"account": 3}, "records": 1}' ]
	[ "$(to-json <out.mam)" = $'{"v":1,"account":1}\n{"v":1,"account":3}' ]
	grep -q 'record 2: GET .*/2: 403 CUSTOMER_NOT_ENABLED (--on code=CUSTOMER_NOT_ENABLED ignore); ignored' err
	grep -q 'the windows of requests whose records are missing are not covered$' err
	# One window for all: then nothing is.
	fetch --each --url "$BASE/c/{id}" "${rule[@]}" --cover account=all <in.mam >out.mam 2>err
	[ -z "$(coverage <out.mam)" ]
	grep -q 'nothing is covered completely, and no coverage is sent' err
	# The stage before cannot know which of its windows has lost a record.
	input '{"id":1}' | fetch --each --url "$BASE/c/{id}" --cover 'day={id}' --wrap id --record-path '[].v' |
		fetch --each --url "$BASE/c/2" "${rule[@]}" --cover 'account={id}' >out.mam 2>err
	[ -z "$(coverage <out.mam)" ]
	grep -q 'no other coverage is sent' err
}

@test "a window that shares rows with one that was ignored is not covered either" {
	http_start
	answer '{"path":"/x","status":404,"text":"gone","times":99}' '{"json":[{"v":1}],"times":99}'
	# Two campaigns of one account, one of them ignored: the account is not complete.
	input '{"p":"a","account":7,"n":1}' '{"p":"x","account":7,"n":2}' '{"p":"a","account":8,"n":3}' >in.mam
	fetch --each --url "$BASE/{p}" --on status=404 ignore --cover 'account={account}' <in.mam >out.mam 2>err
	[ "$(coverage <out.mam)" = '{"window": {"account": 8}, "records": 1}' ]
	grep -q 'not covered, nor are those that share rows with them' err
	input '{"p":"a","f":"2026-11-01","t":"2026-11-03","n":1}' '{"p":"x","f":"2026-11-03","t":"2026-11-05","n":1}' \
		'{"p":"a","f":"2026-11-04","t":"2026-11-08","n":1}' '{"p":"a","f":"2026-11-05","t":"2026-11-08","n":1}' \
		'{"p":"a","f":"2026-11-03","t":"2026-11-05","n":2}' >in.mam
	fetch --each --url "$BASE/{p}" --on status=404 ignore --cover 'day={f}..{t}' --cover 'n={n}' <in.mam >out.mam 2>err
	[ "$(coverage <out.mam | jq -r '"\(.window.day[0])/\(.window.n)"' | tr '\n' ' ')" = '2026-11-01/1 2026-11-05/1 2026-11-03/2 ' ]
}

@test "a rehearsal asks for one page, and with --each once" {
	http_start
	answer '{"json":[{"a":1}]}'
	fetch --url "$BASE/" --paginator page-number --page-param page --dry-run | to-json >out
	[ "$(requests)" -eq 1 ]
	input '{"id":1}' '{"id":2}' >in.mam
	printf 'map\tid=1\nmap\tid=2\n' | spell --dry | fetch --each --url "$BASE/{id}" | to-json >out
	[ "$(requests)" -eq 2 ]
	[ "$(wc -l <out)" -eq 1 ]
	MAM_DRY_RUN=1 fetch --url "$BASE/" --paginator page-number --page-param page >/dev/null
	[ "$(requests)" -eq 3 ]
	fails 64 '--dry-run is for the first stage of a pipe' --each --url "$BASE/{id}" --dry-run <in.mam
}

# The practice server.

medium() {
	YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh \
		HOME=$BATS_TEST_TMPDIR fetch-api --method POST --header 'Content-Type: application/json' \
		--header 'x-z-base-account-id: 10000001' --auth oauth2-refresh-token --token-request query \
		--token-url "$ADS/oauth/v1/token" --client-id env:YAHOO_CLIENT_ID \
		--client-secret env:YAHOO_CLIENT_SECRET --refresh-token env:YAHOO_REFRESH_TOKEN \
		--fail-on errors --fail-on 'rval.values[].errors' --set account=11111111 "$@"
}

@test "an asynchronous report: add, get until it is ready, download" {
	ads_start
	api=$ADS/api/v20/ReportDefinitionService
	medium --url "$api/add" --from 2026-07-01 --to 2026-07-04 --record-path rval.values \
		--body '{"accountId":{account},"operand":[{"reportName":"{from} {to}","reportType":"CAMPAIGN",
			"reportDateRangeType":"CUSTOM_DATE","dateRange":{"startDate":"{from:%Y%m%d}","endDate":"{to-1d:%Y%m%d}"},
			"fields":["DAY","CAMPAIGN_ID","COST"],"reportSkipReportSummary":"TRUE"}]}' |
		medium --each --url "$api/get" --record-path rval.values --interval 50ms --timeout 20s \
			--body '{"accountId":{account},"reportJobIds":[{reportDefinition.reportJobId}]}' \
			--until rval.values.0.reportDefinition.reportJobStatus=COMPLETED |
		medium --each --url "$api/download" --decoder raw \
			--body '{"accountId":{account},"reportJobId":{reportDefinition.reportJobId}}' >report.mam
	[ "$(ads_log 'select(.op == "get")' | wc -l)" -eq 3 ]
	# One token for all three, from the shared file.
	[ "$(ads_log 'select(.op == "token")' | wc -l)" -eq 1 ]
	grep -aq '2026-07-01,1000000000,' report.mam
	run ! grep -aq '2026-07-04,' report.mam
}
