# SPDX-License-Identifier: MIT
# explode: arrays of objects and of single values, arrays within arrays, parallel arrays as X sends
# them, series over a change of the clock, types, and every kind of wrong array and name.

load helper

# The records that the JSON lines of standard input become.
exploded() { # WORD...
	from-json | explode "$@" | to-json
}

fails() { # STATUS PART-OF-MESSAGE JSON WORD...
	local wanted=$1 part=$2 json=$3
	shift 3
	run --separate-stderr bash -c 'from-json <<<"$1" | explode "${@:2}" >out.mam' - "$json" "$@"
	[ "$status" = "$wanted" ] && [[ $stderr == *"$part"* ]] || {
		echo "explode $*: $status, $stderr"
		return 1
	}
	run to-json <out.mam
	[ "$status" = "$wanted" ]
}

same() { # WANTED, and the records of standard input
	diff <(printf '%s\n' "$1") -
}

# As X sends a campaign's week, shortened (developer.x.com, GET stats/accounts/:account_id).
x_campaign() {
	echo '{"id":"2mvb28","start":"2019-03-09T08:00:00Z","segment":null,"metrics":{"impressions":[10,0,3],"url_clicks":null,"conversion_purchases":{"metric":[1,2,3],"order_quantity":[4,5,6]}}}'
}

@test "the members of an element become fields, and the other fields are repeated" {
	echo '{"id":1,"rows":[{"day":"a","n":1},{"day":"b","n":null,"more":[1]}],"z":9007199254740993}' |
		exploded rows | same '{"id":1,"z":9007199254740993,"day":"a","n":1}
{"id":1,"z":9007199254740993,"day":"b","n":null,"more":[1]}'
	echo '{"id":1,"rows":[{"id":2}]}' | exploded rows --prefix row_ | same '{"id":1,"row_id":2}'
	echo '{"id":1,"rows":[{"id":2},3]}' | exploded rows --as row --index i |
		same '{"id":1,"i":0,"row":{"id":2}}
{"id":1,"i":1,"row":3}'
}

@test "an element that is no object is a field of the array's name" {
	echo '{"id":1,"tags":["a",null,[2]]}' | exploded tags | same '{"id":1,"tags":"a"}
{"id":1,"tags":null}
{"id":1,"tags":[2]}'
}

@test "a path: into objects, through other arrays, with a dot in a name" {
	echo '{"id":1,"a":{"rows":[{"x":1}],"rest":2}}' | exploded a.rows | same '{"id":1,"a":{"rest":2},"x":1}'
	echo '{"id":1,"a.b":[{"x":1}]}' | exploded '"a.b"' | same '{"id":1,"x":1}'
	# As Snapchat sends it, shortened.
	echo '{"stats":[{"status":"SUCCESS","stat":{"id":"c","series":[{"start":"d1"},{"start":"d2"}]}},{"status":"EMPTY","stat":{"id":"k","series":[]}},{"status":"NULL","stat":null}]}' >snap.json
	exploded 'stats[].stat.series[]' <snap.json | same '{"stats":{"status":"SUCCESS","stat":{"id":"c"}},"start":"d1"}
{"stats":{"status":"SUCCESS","stat":{"id":"c"}},"start":"d2"}'
	exploded 'stats[].stat.series[]' --keep-empty --index n <snap.json | tail -n 2 |
		same '{"stats":{"status":"EMPTY","stat":{"id":"k"}},"n":null,"series":null}
{"stats":{"status":"NULL","stat":null},"n":null,"series":null}'
	echo '{"m":[[1,2],[],[3]]}' | exploded 'm[][]' | same '{"m":1}
{"m":2}
{"m":3}'
}

@test "an array without elements gives no record, or with --keep-empty one, and is counted" {
	printf '%s\n' '{"id":1,"a":[]}' '{"id":2,"a":null}' '{"id":3}' '{"id":4,"a":[{"x":1}]}' >in.json
	exploded a <in.json | same '{"id":4,"x":1}'
	exploded a --keep-empty --index i <in.json | same '{"id":1,"i":null,"a":null}
{"id":2,"i":null,"a":null}
{"id":3,"i":null,"a":null}
{"id":4,"i":0,"x":1}'
	from-json <in.json | MAM_LOG=json explode a 2>log >/dev/null
	[ "$(jq '.empty' log)" = 3 ]
	[[ $(jq -r .records_out log) == 1 ]]
}

@test "--zip: parallel arrays, null for all, objects of arrays flattened" {
	x_campaign | exploded --zip metrics --index i | same '{"id":"2mvb28","start":"2019-03-09T08:00:00Z","segment":null,"i":0,"impressions":10,"url_clicks":null,"conversion_purchases_metric":1,"conversion_purchases_order_quantity":4}
{"id":"2mvb28","start":"2019-03-09T08:00:00Z","segment":null,"i":1,"impressions":0,"url_clicks":null,"conversion_purchases_metric":2,"conversion_purchases_order_quantity":5}
{"id":"2mvb28","start":"2019-03-09T08:00:00Z","segment":null,"i":2,"impressions":3,"url_clicks":null,"conversion_purchases_metric":3,"conversion_purchases_order_quantity":6}'
	# Only some of them; the others stay where they are.
	x_campaign | jq -c 'del(.start)' | exploded --zip 'metrics.impressions,buys=metrics.conversion_purchases.metric' | tail -n 1 |
		same '{"id":"2mvb28","segment":null,"metrics":{"url_clicks":null,"conversion_purchases":{"order_quantity":[4,5,6]}},"impressions":3,"buys":3}'
	echo '{"m":{"a":{"b":[1]}}}' | exploded --zip x=m --separator . --prefix p- | same '{"p-x.a.b":1}'
	# An array that is not there is null as well.
	echo '{"a":[1,2]}' | exploded --zip a,b --optional | same '{"a":1,"b":null}
{"a":2,"b":null}'
	# Arrays that are all null have no elements.
	echo '{"id":1,"m":{"a":null,"b":null}}' | exploded --zip m >got
	[ ! -s got ]
	echo '{"id":1,"m":{"a":null,"b":null}}' | exploded --zip m --keep-empty | same '{"id":1,"a":null,"b":null}'
}

@test "--zip: arrays of unequal lengths are an error with both names and lengths" {
	fails 65 'record 1: b: has 2 elements, and "a" has 1' '{"a":[1],"b":[1,2]}' --zip a,b
	fails 65 'record 2: order_count: has 1 elements, and "imps" has 2' \
		'{"m":null}{"m":{"imps":[1,2],"url":null,"order":{"count":[1]}}}' --zip m
	fails 65 'record 1: m_b: is a single value' '{"m":{"a":[1],"m":{"b":7}}}' --zip m --prefix '' --separator _
	fails 65 'a: is a single value' '{"a":"text"}' --zip a
	fails 65 'a_b: is already a field' '{"a_b":1,"m":{"a":{"b":[1]}}}' --zip m
	fails 65 'a_b: is already a field' '{"m":{"a":{"b":[1]},"a_b":[2]}}' --zip m
}

@test "--series: days of a zone over both changes of its clock" {
	# 2019-03-10 and 2019-11-03: the clock of Los Angeles goes forward and back.
	x_campaign | exploded --zip metrics.impressions --series day=start,1d --zone America/Los_Angeles |
		jq -r .day | same $'2019-03-09\n2019-03-10\n2019-03-11'
	echo '{"start":"2019-11-02T07:00:00Z","n":[1,2,3]}' |
		exploded n --series day=start,1d --zone America/Los_Angeles | jq -r .day |
		same $'2019-11-02\n2019-11-03\n2019-11-04'
	echo '{"start":"2019-11-02","n":[1,2]}' | exploded n --series week=start,1w | jq -r .week |
		same $'2019-11-02\n2019-11-09'
	# Hours are counted in real time: the day on which the clock goes back has 25.
	echo '{"start":"2019-11-03T00:00:00-07:00","n":[0,1,2,3]}' | exploded n --series at=start,1h | jq -r .at |
		same $'2019-11-03T07:00:00Z\n2019-11-03T08:00:00Z\n2019-11-03T09:00:00Z\n2019-11-03T10:00:00Z'
	echo '{"start":"2019-11-03T00:00:00","n":[0,1]}' |
		exploded n --series at=start,15m --zone America/Los_Angeles | jq -r .at |
		same $'2019-11-03T07:00:00Z\n2019-11-03T07:15:00Z'
}

@test "--series: a start that is no beginning is an error" {
	fails 65 'start: "2019-03-09T08:00:00Z" is not the beginning of a day in that zone' \
		'{"start":"2019-03-09T08:00:00Z","n":[1]}' n --series day=start,1d --zone Asia/Tokyo
	fails 65 'is an instant, and no zone says whose days are meant (see --zone)' \
		'{"start":"2019-03-09T08:00:00Z","n":[1]}' n --series day=start,1d
	fails 65 'has no offset from UTC, and no zone says whose clock it is' \
		'{"start":"2019-03-09T08:00:00","n":[1]}' n --series at=start,1h
	fails 65 'does not exist in that zone' \
		'{"start":"2019-03-10T02:30:00","n":[1]}' n --series at=start,1h --zone America/Los_Angeles
	fails 65 'occurs twice in that zone' \
		'{"start":"2019-11-03T01:30:00","n":[1]}' n --series at=start,1h --zone America/Los_Angeles
	fails 65 'start: "1551430800" is not a date or time' '{"start":1551430800,"n":[1]}' n --series day=start,1d
	fails 65 'start: is null or missing' '{"n":[1]}' n --series day=start,1d
	fails 65 'has a fraction of a second' '{"start":"2019-11-03T00:00:00.5Z","n":[1]}' n --series at=start,1h
	# Without elements no start is needed.
	echo '{"n":[]}' | exploded n --series day=start,1d --keep-empty | same '{"day":null,"n":null}'
}

@test "under a schema the output has one, whatever the data is" {
	x_campaign | from-json | normalize id:text start:timestamp metrics:json >x.mam
	explode --zip metrics --series day=start,1d --zone America/Los_Angeles --rest drop \
		--types impressions:int,spend:decimal,url_clicks:int <x.mam >typed.mam
	"$MAM_ROOT/tests/tools/look" schema <typed.mam | jq -c .fields |
		same '[["id","text"],["start","timestamp"],["day","date"],["impressions","int"],["spend","decimal"],["url_clicks","int"]]'
	to-json <typed.mam | jq -c '[.day,.impressions,.spend]' | head -n 1 | same '["2019-03-09",10,null]'
	# The same schema without any record.
	from-json --allow-empty </dev/null | normalize id:text start:timestamp metrics:json |
		explode --zip metrics --types impressions:int | "$MAM_ROOT/tests/tools/look" schema | jq -c .fields |
		same '[["id","text"],["start","timestamp"],["impressions","int"]]'
	# A nested array leaves its object.
	echo '{"o":{"rows":[{"n":"1.50"},{"n":2},{"n":1e2},{"n":null}],"x":1}}' | from-json | normalize o:json |
		explode o.rows --types n:decimal | to-json | same '{"o":{"x":1},"n":1.50}
{"o":{"x":1},"n":2}
{"o":{"x":1},"n":100}
{"o":{"x":1},"n":null}'
	echo '{"o":[[1],{"a":2}]}' | from-json | normalize o:json | explode o --as e --types e:json | to-json |
		same '{"e":[1]}
{"e":{"a":2}}'
}

@test "--types: a value of another type, and a field that it does not name, make the record bad" {
	fails 65 'record 1: n: "1.5" is not an int' '{"a":[{"n":1},{"n":1.5}]}' a --types n:int
	fails 65 'record 1: m: --types does not name this field of an element' '{"a":[{"m":1}]}' a --types n:int
	fails 65 'n: "2019-02-29" is not a date' '{"a":[{"n":"2019-02-29"}]}' a --types n:date
	echo '{"a":[{"n":"2020-02-29","m":1}]}' | exploded a --types n:date --rest drop | same '{"n":"2020-02-29"}'
}

@test "--rejects: a record goes there whole, and none of its elements goes on" {
	printf '%s\n' '{"id":1,"a":[{"n":1},{"n":"x"}]}' '{"id":2,"a":[{"n":3}]}' '{"id":4,"a":7}' | from-json |
		explode a --types n:int --rejects bad.mam --max-rejects 2 | to-json | same '{"id":2,"n":3}'
	to-json <bad.mam | jq -c '[.id, ._reject.field, ._reject.rule]' | same '[1,"n","types"]
[4,"a","array"]'
}

@test "wrong fields, names and paths" {
	fails 65 'no record has a field "b" (see --optional); the input has "a"' '{"a":[]}' b
	fails 65 'record 1: a: is an object, not an array' '{"a":{"x":[]}}' a
	fails 65 'record 1: id: is a field of the record and of an element (see --prefix and --as)' '{"id":1,"a":[{"id":2}]}' a
	fails 65 'record 1: i: is a field of the record already' '{"i":1,"a":[2]}' a --index i
	fails 65 'record 1: x: is a field of the record already' '{"x":1,"a":[2]}' a --as x
	# Also when the names of records change all the time.
	fails 65 'record 4: x: is a field of the record and of an element' \
		'{"x":1,"a":[{"y":1}]}{"y":1,"a":[{"x":1}]}{"x":1,"a":[{"y":1}]}{"x":1,"a":[{"x":1}]}' a
	fails 64 '"[]" is not possible here' '{"a":[]}' --zip 'a[].b'
	fails 64 'PATH is not taken with it' '{"a":[]}' a --zip b
	fails 64 'a record is no array' '{"a":[]}' '[].a'
	fails 64 'is not NAME:TYPE' '{"a":[]}' a --types n
	fails 64 'is not a type' '{"a":[]}' a --types n:number
	fails 64 'is also a name of --types' '{"a":[]}' a --types n:int --index n
	fails 64 'is not a step such as 1d' '{"a":[]}' a --series d=x,1y
	fails 64 '--zone needs --series' '{"a":[]}' a --zone UTC
	fails 64 '--as and --prefix exclude each other' '{"a":[]}' a --as x --prefix y
	echo '{"a":1,"t":"x"}' | from-json | normalize a:int t:text >typed.mam
	run -65 bash -c 'explode t --types x:int <typed.mam >/dev/null'
	[[ $output == *'field "t" has the type text, not json'* ]]
	run -65 bash -c 'explode b --types x:int <typed.mam >/dev/null'
	[[ $output == *'the input has no field "b"'*'"a"'* ]]
	run -65 bash -c 'explode t <typed.mam >/dev/null'
	[[ $output == *'--types NAME:TYPE,... says which fields'* ]]
	run -65 bash -c 'explode b --optional --types a:int <typed.mam >/dev/null'
	[[ $output == *'the new field "a" is a field of the input already'* ]]
}

@test "coverage passes in its place" {
	printf '%s\n' 'schema	id:int	a:json' 'raw	9201920102' 'coverage	id:int=1	#1' 'raw	92029103' 'coverage	id:int=2	#1' |
		spell >in.mam
	explode a --as a --types a:int <in.mam >out.mam
	"$MAM_ROOT/tests/tools/look" coverage <in.mam >wanted
	[ "$(wc -l <wanted)" = 2 ]
	"$MAM_ROOT/tests/tools/look" coverage <out.mam | cmp - wanted
	describe --json <out.mam | jq -c '[.records, .windows]' | same '[3,2]'
}

@test "memory does not grow with the elements" {
	{ printf '{"id":1,"pad":"%01000d","a":[' 0; seq -s , 1 300000; echo ']}'; } | from-json >big.mam
	MAM_LOG=json explode a --index i <big.mam 2>log | tail -c 1 >/dev/null
	[ "$(jq .records_out log)" = 300000 ]
	[ "$(jq '.peak_memory' log)" -lt $((40 << 20)) ]
}
