# SPDX-License-Identifier: MIT
# fetch-api: the paginators, where they end, and which answers they refuse.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	http_start
}

teardown() {
	http_stop
}

targets() {
	asked .target | tr '\n' ' '
}

@test "offset in the query: by the records that came, until a page is empty" {
	answer '{"query":"start=1","json":[{"a":1},{"a":2}]}' '{"query":"start=3","json":[{"a":3}]}' '{"json":[]}'
	[ "$(records --url "$BASE/?x=y" --paginator offset --offset-param start --base-index 1 \
		--limit-param count --page-size 2 | tr '\n' ' ')" = '{"a":1} {"a":2} {"a":3} ' ]
	[ "$(targets)" = '/?x=y&count=2&start=1 /?x=y&count=2&start=3 /?x=y&count=2&start=4 ' ]
}

@test "offset: a server that caps the page size skips nothing" {
	for at in 0 2 4 5; do
		answer "{\"path\":\"/p\",\"query\":\"offset=$at&\",\"json\":{\"d\":$(jq -nc "[range($at;[$at+2,6]|min)|{id:.}]"),\"n\":6},\"times\":99}"
	done
	answer '{"path":"/p","json":{"d":[],"n":6},"times":99}'
	offset=(--record-path d --paginator offset --offset-param offset --limit-param limit --page-size 5 --param end=1)
	sixth=$'{"id":0}\n{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n{"id":5}'
	[ "$(records --url "$BASE/p?offset=0&" "${offset[@]}")" = "$sixth" ]
	[ "$(records --url "$BASE/p?offset=0&" "${offset[@]}" --total-path n)" = "$sixth" ]
	# A server whose offset counts in another way: an option sets it, and the total proves it.
	fails 65 '3 records came, and --total-path gives 6' --url "$BASE/p?offset=0&" "${offset[@]}" --total-path n --offset-step page-size
	fails 64 '--offset-step is for --paginator offset' --url "$BASE/p" --offset-step records
	fails 64 '--offset-step is for --paginator offset (page-size: with --page-size)' --url "$BASE/p" --paginator offset \
		--offset-param o --offset-step page-size
}

@test "offset counts the elements of the first array, however many records each of them gives" {
	answer '{"query":"o=0","json":{"n":3,"c":[{"s":[{"a":1},{"a":2},{"a":3}]},{"s":[]}]},"times":9}' \
		'{"query":"o=2","json":{"n":3,"c":[{"s":[{"a":4}]}]},"times":9}' '{"json":{"n":3,"c":[]}}'
	nested=(--url "$BASE/" --record-path 'c[].s[]' --paginator offset --offset-param o)
	[ "$(records "${nested[@]}" | wc -l)" -eq 4 ]
	[ "$(targets)" = '/?o=0 /?o=2 /?o=3 ' ]
	[ "$(records "${nested[@]}" --limit-param l --page-size 3 --total-path n | wc -l)" -eq 4 ]
}

@test "offset without a page size: by the records that came" {
	answer '{"query":"o=0","json":[{"a":1},{"a":2},{"a":3}]}' '{"query":"o=3","json":[{"a":4}]}' '{"json":[]}'
	[ "$(records --url "$BASE/" --paginator offset --offset-param o | wc -l)" -eq 4 ]
	[ "$(targets)" = '/?o=0 /?o=3 /?o=4 ' ]
}

@test "offset in the body, as Yahoo! JAPAN has it: to the total, null for nothing" {
	answer '{"path":"/get","json":{"rval":{"totalNumEntries":3,"values":[{"a":1},{"a":2}]}}}' \
		'{"path":"/get","json":{"rval":{"totalNumEntries":3,"values":[{"a":3}]}}}' \
		'{"path":"/none","json":{"rval":{"totalNumEntries":0,"values":null}}}'
	pages() {
		records --body '{"accountId":7,"selector":{"x":1}}' --record-path rval.values --paginator offset \
			--offset-body-path selector.startIndex --limit-body-path selector.numberResults --page-size 2 --base-index 1 \
			--total-path rval.totalNumEntries "$@"
	}
	[ "$(pages --url "$BASE/get" | tr '\n' ' ')" = '{"a":1} {"a":2} {"a":3} ' ]
	[ "$(asked '.body | fromjson | .selector | "\(.startIndex)/\(.numberResults)/\(.x)"' | tr '\n' ' ')" = '1/2/1 3/2/1 ' ]
	[ -z "$(pages --url "$BASE/none")" ]
	[ "$(requests)" -eq 3 ]
}

@test "offset: fewer or more records than the total tells are an error, and so is a total that changes" {
	answer '{"path":"/few","json":{"n":4,"v":[{"a":1},{"a":2}]}}' '{"path":"/few","json":{"n":4,"v":[{"a":3}]}}' '{"path":"/few","json":{"n":4,"v":[]}}' \
		'{"path":"/moves","json":{"n":4,"v":[{"a":1},{"a":2}]}}' '{"path":"/moves","json":{"n":5,"v":[{"a":3},{"a":4}]}}' \
		'{"path":"/word","json":{"n":"x","v":[]}}' '{"path":"/text","json":{"n":"1","v":[{"a":1}]}}'
	by_total=(--record-path v --paginator offset --offset-param o --page-size 2 --total-path n)
	fails 65 '3 records came, and --total-path gives 4' --url "$BASE/few" "${by_total[@]}"
	fails 75 'the total was 4 and is now 5: it changes while it is read' --url "$BASE/moves" "${by_total[@]}"
	fails 65 '--total-path leads to no number' --url "$BASE/word" "${by_total[@]}"
	fails 65 '--total-path leads to no number: the answer has no "none" but "n", "v"' --url "$BASE/word" --record-path v --paginator offset \
		--offset-param o --total-path none
	[ "$(records --url "$BASE/text" "${by_total[@]}")" = '{"a":1}' ]
}

@test "page number in the query and in the body, to the total of pages" {
	answer '{"query":"page=1","json":{"pages":2,"data":[{"a":1}]}}' '{"query":"page=2","json":{"pages":2,"data":[{"a":2}]}}' \
		'{"path":"/body","json":[{"a":1}]}' '{"path":"/body","json":[]}'
	[ "$(records --url "$BASE/" --record-path data --paginator page-number --page-param page --total-path pages | wc -l)" -eq 2 ]
	[ "$(targets)" = '/?page=1 /?page=2 ' ]
	records --url "$BASE/body" --body '{"info":{}}' --paginator page-number --page-body-path info.index --base-index 0 >out
	[ "$(asked .body | tail -n 2 | tr '\n' ' ')" = '{"info":{"index":0}} {"info":{"index":1}} ' ]
}

@test "a short page is the last only when that is said" {
	answer '{"path":"/s","json":[{"a":1},{"a":2}]}' '{"path":"/s","json":[{"a":3}]}' '{"path":"/s","json":[]}' \
		'{"path":"/t","json":[{"a":1},{"a":2}]}' '{"path":"/t","json":[{"a":3}]}'
	size=(--paginator page-number --page-param p --page-size 2 --limit-param n)
	[ "$(records --url "$BASE/s" "${size[@]}" | wc -l)" -eq 3 ]
	[ "$(requests)" -eq 3 ]
	[ "$(records --url "$BASE/t" "${size[@]}" --stop-after-short-page | wc -l)" -eq 3 ]
	[ "$(requests)" -eq 5 ]
	[ "$(asked .target | tail -n 1)" = '/t?n=2&p=2' ]
}

@test "--has-more-path tells by itself" {
	answer '{"path":"/m","json":{"more":true,"d":[{"a":1}]}}' '{"path":"/m","json":{"more":true,"d":[]}}' \
		'{"path":"/m","json":{"more":false,"d":[{"a":2}]}}'
	# An empty page in the middle ends nothing then.
	[ "$(records --url "$BASE/m" --record-path d --paginator page-number --page-param p --has-more-path more | tr '\n' ' ')" = '{"a":1} {"a":2} ' ]
	[ "$(requests)" -eq 3 ]
	answer '{"path":"/o","json":{"more":true,"d":[]}}'
	fails 65 'page 1 is empty and not the last: paging would go on for ever' --url "$BASE/o" --record-path d \
		--paginator offset --offset-param o --has-more-path more
}

@test "page number: an empty page before the last one that is announced has lost its records" {
	answer '{"path":"/e","query":"p=2","json":{"n":3,"all":2,"d":[]}}' '{"path":"/e","query":"p=1","json":{"n":3,"all":2,"d":[{"a":1}]}}' \
		'{"path":"/e","query":"p=3","json":{"n":3,"all":2,"d":[{"a":2}]}}' '{"path":"/last","json":{"n":2,"d":[{"a":1}]}}' \
		'{"path":"/last","json":{"n":2,"d":[]}}' '{"path":"/none","json":{"n":1,"d":[]}}'
	number=(--record-path d --paginator page-number --page-param p)
	fails 65 'page 2 of 3 is empty: records may be missing (see --total-records-path)' --url "$BASE/e" "${number[@]}" --total-path n
	# The total of records proves that nothing is missing.
	[ "$(records --url "$BASE/e" "${number[@]}" --total-path n --total-records-path all | wc -l)" -eq 2 ]
	# The last one may be empty, and the only one.
	[ "$(records --url "$BASE/last" "${number[@]}" --total-path n)" = '{"a":1}' ]
	[ -z "$(records --url "$BASE/none" "${number[@]}" --total-path n)" ]
	# Without a total of pages the total of records ends the pages.
	fails 65 '1 records came, and --total-records-path gives 2' --url "$BASE/e" "${number[@]}" --total-records-path all
	answer '{"path":"/t","query":"p=1","json":{"all":2,"d":[{"a":1}]}}' '{"path":"/t","json":{"all":2,"d":[{"a":2}]}}'
	: >log
	[ "$(records --url "$BASE/t" "${number[@]}" --total-records-path all | wc -l)" -eq 2 ]
	[ "$(requests)" -eq 2 ]
}

@test "a total of no pages beside records, and a link that is only a fragment, are errors" {
	answer '{"path":"/z","json":{"d":[{"a":1}],"t":0}}' '{"path":"/e","json":{"d":[],"t":0}}' '{"path":"/f","json":{"d":[{"a":1}],"n":"#x"}}'
	local number=(--record-path d --paginator page-number --page-param page --total-path t)
	fails 65 '1 pages came, and --total-path gives 0' --url "$BASE/z" "${number[@]}"
	[ -z "$(records --url "$BASE/e" "${number[@]}")" ]
	fails 65 'page 2 holds the same records as page 1' --url "$BASE/f" --record-path d --paginator json-link --next-url-path n
	[ "$(asked .target | tail -n 2)" = $'/f\n/f' ]
}

@test "--total-records-path: every paginator compares it with what came" {
	answer '{"path":"/c","query":"c=x","json":{"all":3,"d":[{"a":2}]}}' '{"path":"/c","json":{"all":3,"d":[{"a":1}],"c":"x"}}' \
		'{"path":"/l","json":{"all":3,"d":[{"a":1}],"next":"/m"}}' '{"path":"/m","json":{"all":3,"d":[{"a":2}]}}' \
		'{"path":"/h","json":{"all":2,"d":[{"a":1}]}}' '{"path":"/moves","json":{"all":3,"d":[{"a":1}],"c":"y"}}' '{"path":"/moves","json":{"all":4,"d":[{"a":2}]}}'
	total=(--record-path d --total-records-path all)
	by_cursor=(--paginator cursor --cursor-path c --cursor-param c)
	fails 65 '2 records came, and --total-records-path gives 3' --url "$BASE/c" "${total[@]}" "${by_cursor[@]}"
	fails 65 '2 records came, and --total-records-path gives 3' --url "$BASE/l" "${total[@]}" --paginator json-link --next-url-path next
	fails 65 '1 records came, and --total-records-path gives 2' --url "$BASE/h" "${total[@]}" --paginator header-link
	# No paginator, and there are more pages.
	fails 65 '1 records came, and --total-records-path gives 2' --url "$BASE/h" "${total[@]}"
	fails 75 'the total was 3 and is now 4' --url "$BASE/moves" "${total[@]}" "${by_cursor[@]}"
	fails 64 '--total-records-path is for another --paginator than offset' --url "$BASE/" --paginator offset --offset-param o --total-records-path n
	fails 64 '--total-records-path is for --decoder json' --url "$BASE/" --decoder raw --total-records-path n
}

@test "--has-more-path that contradicts the rest of the answer is an error" {
	answer '{"path":"/c","json":{"more":true,"d":[{"a":1}]}}' '{"path":"/h","json":{"more":true,"d":[{"a":1}]}}' \
		'{"path":"/n","json":{"more":false,"pages":3,"d":[{"a":1}]}}' '{"path":"/text","json":{"more":"False","d":[{"a":1}]}}'
	more=(--record-path d --has-more-path more)
	fails 65 'there is another page, but --cursor-path leads to none' --url "$BASE/c" "${more[@]}" --paginator cursor --cursor-path c --cursor-param c
	fails 65 'there is another page, but --next-url-path leads to none' --url "$BASE/c" "${more[@]}" --paginator json-link --next-url-path c
	fails 65 'there is another page, but the header Link leads to none' --url "$BASE/h" "${more[@]}" --paginator header-link
	fails 65 '1 pages came, and --total-path gives 3' --url "$BASE/n" "${more[@]}" --paginator page-number --page-param p --total-path pages
	# A text that reads "false" is not something.
	[ "$(records --url "$BASE/text" "${more[@]}" --paginator page-number --page-param p)" = '{"a":1}' ]
	[ "$(requests)" -eq 5 ]
}

@test "pages that come again in turn are an error" {
	for page in 1 2 3 4; do
		answer "{\"path\":\"/ab\",\"json\":{\"d\":[{\"id\":$((page % 2))},{\"id\":$((page % 2 + 5))}]}}"
	done
	answer '{"path":"/ab","json":{"d":[]}}'
	number=(--record-path d --paginator page-number --page-param p)
	fails 65 'page 3 holds the same records as page 1: paging would go on for ever' --url "$BASE/ab" "${number[@]}"
	[ "$(requests)" -eq 3 ]
	# One record may be there twice by chance, but not for ever.
	for page in 1 2 1 3 2 1; do
		answer "{\"path\":\"/one\",\"json\":{\"d\":[{\"id\":$page}]}}"
	done
	fails 65 'page 6 holds the same records as page 1' --url "$BASE/one" "${number[@]}"
	for page in 1 2 1 3; do
		answer "{\"path\":\"/chance\",\"json\":{\"d\":[{\"id\":$page}]}}"
	done
	answer '{"path":"/chance","json":{"d":[]}}'
	[ "$(records --url "$BASE/chance" "${number[@]}" | wc -l)" -eq 4 ]
	# Cursors that differ lead to the same page.
	answer '{"path":"/c","query":"c=y","json":{"d":[{"a":1},{"a":2}],"c":"z"}}' '{"path":"/c","query":"c=x","json":{"d":[],"c":"y"}}' \
		'{"path":"/c","json":{"d":[{"a":1},{"a":2}],"c":"x"}}'
	fails 65 'page 3 holds the same records as page 1' --url "$BASE/c" --record-path d --paginator cursor --cursor-path c --cursor-param c
}

@test "many pages, none of them seen before" {
	answer '{"path":"/count","json":[{"echo":1}],"echo":true}'
	fails 65 'there are more than 300 pages' --url "$BASE/count" --paginator page-number --page-param p --max-pages 300
}

@test "cursor: in the query, in the body, until there is none" {
	answer '{"path":"/c","query":"after=n%3D2%26","json":{"d":[{"a":2}],"paging":{"next":null}}}' \
		'{"path":"/c","json":{"d":[{"a":1}],"paging":{"next":"n=2&"}}}' \
		'{"path":"/b","json":{"d":[{"a":1}],"next":18446744073709551615}}' '{"path":"/b","json":{"d":[{"a":2}]}}'
	[ "$(records --url "$BASE/c?after=" --record-path d --paginator cursor --cursor-path paging.next --cursor-param after | tr '\n' ' ')" = '{"a":1} {"a":2} ' ]
	[ "$(targets)" = '/c?after= /c?after=n%3D2%26 ' ]
	records --url "$BASE/b" --body '{"q":1}' --record-path d --paginator cursor --cursor-path next --cursor-body-path page.token >out
	[ "$(asked .body | tail -n 1 | jq -r .page)" != null ]
	grep -q '18446744073709551615' log
	[ "$(wc -l <out)" -eq 2 ]
}

@test "json-link: relative or whole, a GET without a body, until there is none" {
	answer '{"path":"/l","json":{"d":[{"a":1}],"next":"more?x=1#f"}}' '{"path":"/more","query":"x=1","json":{"d":[{"a":2}],"next":"@BASE/last"}}' \
		'{"path":"/last","json":{"d":[{"a":3}],"next":""}}'
	[ "$(records --url "$BASE/l" --body '{}' --header 'X-Key: 1' --record-path d --paginator json-link --next-url-path next | wc -l)" -eq 3 ]
	[ "$(asked '.method + .target' | tr '\n' ' ')" = 'POST/l GET/more?x=1 GET/last ' ]
	[ "$(asked '.headers["x-key"]' | tr '\n' ' ')" = '1 1 1 ' ]
	[ "$(asked .body | tail -n 2 | tr -d '\n')" = '' ]
}

@test "header-link: rel=next of the header Link" {
	answer '{"path":"/h","json":[{"a":1}],"headers":[["Link","</x>; rel=\"prev\""],["Link","<?p=1>; rel=prev, <?p=2>; rel=\"last next\""]]}' '{"path":"/nothing"}'
	answer '{"path":"/g","query":"p=2","json":[{"a":2}]}' '{"path":"/g","json":[{"a":1}],"headers":{"Link":"<?p=2>; rel=next"}}'
	[ "$(records --url "$BASE/g" --paginator header-link | tr '\n' ' ')" = '{"a":1} {"a":2} ' ]
	[ "$(targets)" = '/g /g?p=2 ' ]
}

@test "paging that would go on for ever is an error" {
	answer '{"path":"/same","json":[{"a":1}]}' '{"path":"/cursor","json":{"d":[],"c":"x"}}' \
		'{"path":"/link","json":{"d":[],"next":"/link?1"}}' '{"path":"/count","json":[{"echo":1}],"echo":true}'
	fails 65 'page 2 holds the same records as page 1' --url "$BASE/same" --paginator page-number --page-param p
	fails 65 'page 2 leads to a page that was there before' --url "$BASE/cursor" --record-path d \
		--paginator cursor --cursor-path c --cursor-param c
	fails 65 'page 2 leads to a page that was there before' --url "$BASE/link" --record-path d \
		--paginator json-link --next-url-path next
	fails 65 'there are more than 3 pages (see --max-pages)' --url "$BASE/count" --paginator page-number \
		--page-param p --max-pages 3
	[ "$(requests)" -eq 9 ]
}

@test "a link to another host takes nothing of ours along" {
	first=$BASE
	mkdir other && cd other
	http_start
	answer '{"json":{"d":[{"a":2}],"next":null}}'
	cd ..
	answer "{\"json\":{\"d\":[{\"a\":1}],\"next\":\"$BASE/next\"}}"
	TOKEN=s3cret-token records --url "$first/" --auth bearer --token env:TOKEN --header 'X-Mine: 1' --record-path d \
		--paginator json-link --next-url-path next >out
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(asked '.headers | "\(.authorization) \(."x-mine")"')" = 'Bearer s3cret-token 1' ]
	[ "$(requests)" -eq 1 ]
	cd other
	[ "$(asked '.target + "\(.headers.authorization) \(.headers."x-mine")"')" = '/nextnull null' ]
	run ! grep -q s3cret log
}

@test "a link to another host and back gets no credentials any more" {
	first=$BASE
	mkdir other && cd other
	http_start
	answer "{\"json\":{\"d\":[{\"a\":2}],\"next\":\"$first/back\"}}"
	cd ..
	answer "{\"path\":\"/\",\"json\":{\"d\":[{\"a\":1}],\"next\":\"$BASE/next\"}}" '{"path":"/back","json":{"d":[]}}'
	TOKEN=s3cret-token fetch --url "$first/" --auth bearer --token env:TOKEN --record-path d \
		--paginator json-link --next-url-path next >/dev/null
	[ "$(asked '.target + " \(.headers.authorization)"')" = $'/ Bearer s3cret-token\n/back null' ]
}

@test "a link from https to http is not followed" {
	plain=$BASE
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 30 \
		-subj /CN=x -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	mkdir tls && cd tls
	http_start --cert ../cert.pem --key ../key.pem
	answer "{\"path\":\"/j\",\"json\":{\"d\":[{\"a\":1}],\"next\":\"$plain/next?key=x\"}}" \
		"{\"path\":\"/h\",\"json\":[],\"headers\":{\"Link\":\"<$plain/next>; rel=next\"}}" \
		"{\"path\":\"/up\",\"json\":{\"d\":[],\"next\":\"$BASE/end\"}}" '{"path":"/end","json":{"d":[{"a":2}]}}'
	fails 69 "the link to the next page leads from https to http: $plain/next?…" --url "$BASE/j" --cacert ../cert.pem \
		--record-path d --paginator json-link --next-url-path next
	fails 69 'the link to the next page leads from https to http' --url "$BASE/h" --cacert ../cert.pem --paginator header-link
	cd ..
	[ "$(requests)" -eq 0 ]
	# The other way is fine.
	answer "{\"json\":{\"d\":[{\"a\":1}],\"next\":\"$BASE/end\"}}"
	[ "$(records --url "$plain/" --cacert cert.pem --record-path d --paginator json-link --next-url-path next | wc -l)" -eq 2 ]
}

@test "a link that is no URL, or that hides its host, is not followed" {
	answer '{"path":"/f","json":{"d":[],"next":"file:///etc/passwd"}}' '{"path":"/n","json":{"d":[],"next":7}}' \
		'{"path":"/b","json":{"d":[],"next":"http://127.0.0.1\\@evil.invalid/"}}' '{"path":"/u","json":{"d":[],"next":"http://u:p@127.0.0.1/"}}'
	links=(--record-path d --paginator json-link --next-url-path next)
	fails 65 'the link to the next page is not an http or https URL: file:///etc/passwd' --url "$BASE/f" "${links[@]}"
	fails 65 '--next-url-path leads to no text' --url "$BASE/n" "${links[@]}"
	fails 65 'is not an http or https URL' --url "$BASE/b" "${links[@]}"
	fails 65 'do not belong in a URL' --url "$BASE/u" "${links[@]}"
}

@test "a page that fails after others were sent ends the stream unsealed" {
	answer '{"query":"p=1","json":[{"a":1}]}' '{"query":"p=2","status":404,"text":"no"}'
	run bash -c 'fetch-api --url "$BASE/" --paginator page-number --page-param p 2>/dev/null | to-json >out'
	[ "$status" -eq 69 ]
}

@test "a parameter that the paginator sets is not taken from --param as well" {
	answer '{"json":[]}'
	fails 64 '--param: "page" is set by --page-param already' --url "$BASE/" --param page=5 --paginator page-number --page-param page
	fails 64 '--param: "start" is set by --offset-param already' --url "$BASE/" --param start=5 --paginator offset --offset-param start
	fails 64 '--param: "n" is set by --limit-param already' --url "$BASE/" --param n=5 --limit-param n --page-size 7
	KEY=k-value fails 64 '--param: "key" is set by --api-key-param already' --url "$BASE/" --param 'key={k}' --secret k=env:KEY \
		--auth api-key --api-key env:KEY --api-key-param key
	[ "$(requests)" -eq 0 ]
	# Where the first page needs a cursor, it is given so.
	fetch --url "$BASE/" --param cursor=first --paginator cursor --cursor-path c --cursor-param cursor --allow-empty >/dev/null
	[ "$(targets)" = '/?cursor=first ' ]
}

@test "options of pages that do not fit together are said" {
	fails 64 '--paginator offset needs --offset-param or --offset-body-path' --url "$BASE/" --paginator offset
	fails 64 '--paginator page-number needs --page-param' --url "$BASE/" --paginator page-number
	fails 64 '--paginator cursor needs --cursor-path' --url "$BASE/" --paginator cursor --cursor-path a
	fails 64 '--paginator json-link needs --next-url-path' --url "$BASE/" --paginator json-link
	fails 64 '--offset-param and --offset-body-path exclude each other' --url "$BASE/" --paginator offset \
		--offset-param a --offset-body-path b --body '{}'
	fails 64 'needs a --body of JSON' --url "$BASE/" --paginator offset --offset-body-path b
	fails 64 'one place of the body is meant, so no []' --url "$BASE/" --paginator offset --offset-body-path 'b[]' --body '{}'
	fails 64 'it needs an object there' --url "$BASE/" --paginator offset --offset-body-path a.b --body '{"a":1}'
	fails 64 '--page-param (or --page-body-path) is for --paginator page-number' --url "$BASE/" --page-param a
	fails 64 '--cursor-path is for --paginator cursor' --url "$BASE/" --cursor-path a
	fails 64 '--next-url-path is for --paginator json-link' --url "$BASE/" --next-url-path a
	fails 64 '--total-path is for --paginator offset or page-number' --url "$BASE/" --total-path a
	fails 64 '--base-index is for' --url "$BASE/" --base-index 1
	fails 64 '--has-more-path is for a --paginator' --url "$BASE/" --has-more-path a
	fails 64 '--page-size is for --limit-param' --url "$BASE/" --page-size 1
	fails 64 'is for --page-size' --url "$BASE/" --paginator offset --offset-param o --limit-param a
	fails 64 '--stop-after-short-page is for' --url "$BASE/" --stop-after-short-page
	fails 64 '--paginator is for --decoder json' --url "$BASE/" --paginator header-link --decoder raw
	fails 64 '--paginator: "pages" is not one of' --url "$BASE/" --paginator pages
	[ "$(requests)" -eq 0 ]
}
