# SPDX-License-Identifier: MIT
# normalize: what each type takes, what each rule does and counts, and that
# everything else is refused by name.
#
# bats sets stderr and stderr_lines; some texts look like typing errors; $1 is for the inner bash.
# shellcheck disable=SC2154,SC1112,SC2016

load helper

# norm JSON OPERAND...: whole pipe, JSON in and JSON out.
norm() {
	printf '%s' "$1" | from-json | normalize "${@:2}" | to-json
}

# takes JSON-VALUE TYPE-AND-RULES WANTED: one field x.
takes() {
	local got
	got=$(norm "{\"x\":$1}" "x:$2")
	[ "$got" = "{\"x\":$3}" ] || {
		echo "$1 as $2: $got, not $3"
		return 1
	}
}

# refuses JSON-VALUE TYPE-AND-RULES REASON: the whole message behind "record 1: x: ".
refuses() {
	run -65 --separate-stderr bash -c 'printf "{\"x\":%s}" "$1" | from-json | normalize "x:$2" >out' sh "$1" "$2"
	[ "$stderr" = "normalize: record 1: x: $3" ] || {
		echo "$1 as $2: $stderr"
		return 1
	}
}

# usage MESSAGE WORD...: refused at the start.
usage() {
	run -64 --separate-stderr bash -c 'normalize "$@" </dev/null >out' sh "${@:2}"
	[ "$stderr" = "normalize: $1" ] || {
		echo "got: $stderr"
		return 1
	}
}

@test "README: the message of a value that does not fit" {
	run -65 --separate-stderr bash -c 'printf "%s\n" "{\"cost\":\"1\"}" "{\"cost\":\"2\"}" "{\"cost\":\"--\"}" |
		from-json | normalize cost:decimal >out'
	[ "$stderr" = 'normalize: record 3: cost: "--" is not a decimal' ]
}

@test "fields are selected, renamed, and stand in the order of the operands" {
	[ "$(norm '{"a":1,"b":"x","c":true}' 'z:bool=c' a:int)" = '{"z":true,"a":1}' ]
	[ "$(norm '{"日 (JST)":"x"}' '日付:text=日 (JST)')" = '{"日付":"x"}' ]
	[ "$(norm '{"a":1}' a:int 'b:int=a' 'c:text=a')" = '{"a":1,"b":1,"c":"1"}' ]
}

@test "the stream out has one schema, also without records" {
	norm '{"a":1}' a:int >/dev/null
	from-json --allow-empty </dev/null | normalize day:date cost:decimal >out.mam
	grep -qa day out.mam
	grep -qa decimal out.mam
	[ "$(to-json <out.mam)" = "" ]
	printf '{"a":"1"}' | from-json | normalize a:int >a.mam
	cat a.mam a.mam | normalize a:text | to-json >out
	[ "$(cat out)" = $'{"a":"1"}\n{"a":"1"}' ]
	cat a.mam a.mam | normalize a:text >two.mam
	[ "$(grep -ca 'fields' two.mam)" = 1 ]
}

@test "a schema that changes on the way" {
	printf 'schema\ta:int\tb:text\nrow\t1\tx\nschema\tb:text\tnew:int\ta:text\nrow\ty\t5\t2\n' |
		spell | normalize a:int b:text | to-json >out
	[ "$(cat out)" = $'{"a":1,"b":"x"}\n{"a":2,"b":"y"}' ]
}

@test "maps whose fields come and go, and change places" {
	[ "$(norm '{"a":1,"b":2}{"b":3,"a":4}{"x":0,"b":5}{"b":6,"x":7,"a":8}{}' a:int b:int)" = \
		$'{"a":1,"b":2}\n{"a":4,"b":3}\n{"a":null,"b":5}\n{"a":8,"b":6}\n{"a":null,"b":null}' ]
}

@test "maps of many fields in any order, between streams with a schema" {
	# In each map one name is left out, and every third map has the names backwards.
	seq 30 | jq -c '. as $r | [range(20) | select(. != $r % 20) | {key: "name \(.)", value: ($r * 100 + .)}]
		| if $r % 3 == 0 then reverse else . end | from_entries' >maps.json
	from-json <maps.json >maps.mam
	from-json <maps.json | normalize 'name 7:int;optional' 'other:int=name 3;optional' >schema.mam
	cat maps.mam schema.mam maps.mam schema.mam >all.mam
	normalize 'a:int=name 7;optional' 'b:int=name 19;optional' 'c:int=other;optional' --rest json=r <all.mam |
		to-json | jq -cS '.r |= keys_unsorted' >out
	jq -cS '{a: .["name 7"], b: .["name 19"], c: null, r: (keys_unsorted - ["name 7", "name 19"])}' maps.json >one
	jq -c '{a: .["name 7"], b: null, c: .["name 3"], r: []}' maps.json >two
	cat one two one two | cmp - out
}

@test "nested sources: by path, by index, and a whole name wins" {
	[ "$(norm '{"m":{"a":[{"b":7},{"b":8}]}}' 'x:int=m.a.1.b')" = '{"x":8}' ]
	[ "$(norm '{"m.a":1,"m":{"a":2}}' 'x:int=m.a')" = '{"x":1}' ]
	[ "$(norm '{"m":{"a":2},"m.a":1}' 'x:int=m.a')" = '{"x":1}' ]
	[ "$(norm '{"m":{"a":2}}' m.a:int)" = '{"m.a":2}' ]
	[ "$(norm '{"m":{"a.b":2}}' 'x:int=m.a.b')" = '{"x":2}' ]
	[ "$(norm '{"m":{"a":{"b":[{"c":1}]},"z":2}}{"m":{"z":3,"a":{"b":[{"c":4}]}}}' 'x:int=m.a.b.0.c' 'z:int=m.z' 'x2:int=m.a.b.0.c')" = \
		$'{"x":1,"z":2,"x2":1}\n{"x":4,"z":3,"x2":4}' ]
	[ "$(norm '{"m":{"a":1}}{"m":{"b":2}}{"m":[5]}{"n":1}' 'a:int=m.a;default=0' 'b:int=m.b' 'first:int=m.0')" = \
		$'{"a":1,"b":null,"first":null}\n{"a":0,"b":2,"first":null}\n{"a":0,"b":null,"first":5}\n{"a":0,"b":null,"first":null}' ]
	# What is not there, or not an object, is null.
	[ "$(norm '{"m":null}{"m":5}{"m":{"a":{"b":1}}}' 'x:int=m.a.b')" = $'{"x":null}\n{"x":null}\n{"x":1}' ]
}

@test "quoted names: dots, colons, equals signs, semicolons, quotes" {
	[ "$(norm '{"a.b":1,"a":{"b":2}}' 'x:int="a.b"')" = '{"x":1}' ]
	[ "$(norm '{"a":{"b":2}}' 'x:int="a.b";optional')" = '{"x":null}' ]
	[ "$(norm '{"a;b":1}' 'x:int="a;b"')" = '{"x":1}' ]
	[ "$(norm '{"a=b:c":1}' '"a=b:c":int')" = '{"a=b:c":1}' ]
	[ "$(norm '{"say \"a\"":1}' 'x:int="say ""a"""')" = '{"x":1}' ]
	[ "$(norm '{"m":{"a.b":{"c;d":1}}}' 'x:int=m."a.b"."c;d"')" = '{"x":1}' ]
	[ "$(norm '{"a":"--;"}' 'a:int;null="--;"')" = '{"a":null}' ]
}

@test "@FILE: operands one to a line" {
	printf '%s\n' '# fields' 'a:int' '' "day:date=d;format=%Y/%m/%d" >fields
	[ "$(norm '{"a":1,"d":"2026/1/2"}' @fields)" = '{"a":1,"day":"2026-01-02"}' ]
}

@test "bool" {
	takes true bool true
	takes '"TRUE"' bool true
	takes '"False"' bool false
	takes 1 'bool;map=1:true,0:false' true
	takes '"no"' 'bool;map=yes:true,no:false' false
	refuses 1 bool '"1" is not a bool'
	refuses '"yes"' bool '"yes" is not a bool'
	refuses '""' bool '"" is not a bool'
	refuses 2 'bool;map=1:true,0:false' '"2" is not a bool'
}

@test "int: exact beyond 2^53, whole numbers of every type" {
	takes 9007199254740993 int 9007199254740993
	takes '"9007199254740993"' int 9007199254740993
	takes '"18446744073709551615"' int 18446744073709551615
	takes '"-9223372036854775808"' int -9223372036854775808
	takes '"007"' int 7
	takes '"+5"' int 5
	takes 3.0 int 3
	takes '"3.00"' int 3
	takes '"1e3"' int 1000
	refuses '"18446744073709551616"' int '"18446744073709551616" is not an int from -2^63 to 2^64-1'
	refuses '"-9223372036854775809"' int '"-9223372036854775809" is not an int from -2^63 to 2^64-1'
	refuses '"3.5"' int '"3.5" is not an int'
	refuses 3.5 int '"3.5" is not an int'
	refuses '" 3"' int '" 3" is not an int'
	refuses '"0x10"' int '"0x10" is not an int'
	refuses true int '"true" is not an int'
	refuses '[1]' int '"[1]" is not an int'
	refuses '""' int '"" is not an int'
	refuses '"1_000"' int '"1_000" is not an int'
	refuses '"１"' int '"１" is not an int'
}

@test "float: only what a float gives back" {
	takes 0.1 float 0.1
	takes '"0.1"' float 0.1
	takes '"-12.50"' float -12.5
	takes 3 float 3.0
	takes '"0"' float 0.0
	takes '"1e22"' float 1e22
	takes '"0.0012"' float 0.0012
	refuses '"0.30000000000000000001"' float '"0.30000000000000000001" has more digits than a float can carry: take decimal'
	refuses 9007199254740993 float '"9007199254740993" has more digits than a float can carry: take decimal'
	refuses '"1e999"' float '"1e999" has more digits than a float can carry: take decimal'
	refuses '"nan"' float '"nan" is not a float'
}

@test "decimal: all digits are kept" {
	takes '"1234.50"' decimal 1234.50
	takes '"00012.50"' decimal 12.50
	takes '".5"' decimal 0.5
	takes '"5."' decimal 5
	takes '"-2E-18"' decimal -0.000000000000000002
	takes -2E-18 decimal -0.000000000000000002
	takes 12.5 decimal 12.5
	takes 17 decimal 17
	takes 1e22 decimal 10000000000000000000000
	takes 0.30000000000000000001 decimal 0.30000000000000000001
	takes '"-0.00"' decimal 0.00
	takes -0.0 decimal 0
	takes 123456789012345678901234567890.5 decimal 123456789012345678901234567890.5
	refuses '"--"' decimal '"--" is not a decimal'
	refuses '"-"' decimal '"-" is not a decimal'
	refuses '"."' decimal '"." is not a decimal'
	refuses '"1,234.50"' decimal '"1,234.50" is not a decimal'
	refuses '"1.2.3"' decimal '"1.2.3" is not a decimal'
	refuses '"¥1,234"' decimal '"¥1,234" is not a decimal'
	refuses '"1e5000"' decimal '"1e5000" is not a decimal'
	refuses false decimal '"false" is not a decimal'
}

@test "NaN and infinities are floats and no decimals" {
	printf 'map\tx:float=nan\n' | spell >nan.mam
	run -65 --separate-stderr normalize x:decimal <nan.mam
	[ "$stderr" = 'normalize: record 1: x: "NaN" is not a decimal' ]
	normalize x:float <nan.mam >out
}

@test "text, bytes, json" {
	takes 9007199254740993 text '"9007199254740993"'
	takes true text '"true"'
	takes 0.1 text '"0.1"'
	takes '{"a":[1,"é\n"]}' text '"{\"a\":[1,\"é\\n\"]}"'
	takes '"  a "' text '"  a "'
	takes '""' text '""'
	takes '"abc"' bytes '"YWJj"'
	takes '{"a":[1.50]}' json '{"a":[1.5]}'
	takes '"{\"a\":[9007199254740993]}"' json '{"a":[9007199254740993]}'
	refuses '"17"' json '"17" is neither an object nor an array'
	refuses '"{"' json '"{" is no JSON: an object has no end (column 2)'
	refuses 17 json '"17" is neither an object nor an array'
	refuses 17 bytes '"17" is not bytes'
	printf 'schema\tb:bytes\td:date\tt:timestamp\te:decimal\nrow\t00ff\t2026-11-01\t2026-11-01T00:00:00Z\t1.50\n' | spell >b.mam
	[ "$(normalize d:text t:text e:text <b.mam | to-json)" = '{"d":"2026-11-01","t":"2026-11-01T00:00:00Z","e":"1.50"}' ]
	run -65 --separate-stderr normalize b:text <b.mam
	[ "$stderr" = 'normalize: record 1: b: "00ff" is not text' ]
}

@test "date" {
	takes '"2026-11-01"' date '"2026-11-01"'
	takes '"2026/11/1"' 'date;format=%Y/%m/%d' '"2026-11-01"'
	takes '"20261101"' 'date;format=%Y%m%d' '"2026-11-01"'
	takes 20261101 'date;format=%Y%m%d' '"2026-11-01"'
	takes '"2026-11-01 00:00:00"' 'date;format=%Y-%m-%d %H:%M:%S' '"2026-11-01"'
	takes '"Nov 2026"' 'date;format=%b %Y;day=first' '"2026-11-01"'
	takes '"2024-02"' 'date;format=%Y-%m;day=last' '"2024-02-29"'
	takes '"2026-11-01T15:00:00Z"' 'date;zone=Asia/Tokyo' '"2026-11-02"'
	takes '"2026-11-01T15:30:00Z"' 'date;zone=Asia/Tokyo;round=down' '"2026-11-02"'
	takes '{"year":2026,"month":11,"day":1}' date '"2026-11-01"'
	refuses '{"year":2026,"month":2,"day":29}' date '"{"year":2026,"month":2,"day":29}" is not a date'
	refuses '{"year":2026,"month":0,"day":1}' date '"{"year":2026,"month":0,"day":1}" is not a date'
	refuses '{"year":2026,"month":11}' date '"{"year":2026,"month":11}" is not a date'
	refuses '{"year":2026,"month":11,"day":"1"}' date '"{"year":2026,"month":11,"day":"1"}" is not a date'
	refuses '"2026/11/1"' date '"2026/11/1" is not a date in ISO 8601 (format= tells another spelling)'
	refuses '"2026-02-29"' date '"2026-02-29" is not a date in ISO 8601 (format= tells another spelling)'
	refuses '"2026/2/30"' 'date;format=%Y/%m/%d' '"2026/2/30" is not a date by format=%Y/%m/%d'
	refuses '"2026-11-01T00:00:00Z"' date '"2026-11-01T00:00:00Z" is an instant: zone= has to say on which clock'
	refuses '"2026-11-01 13:00:00"' date '"2026-11-01 13:00:00" has a time of day (round=down would leave it out)'
	refuses '"2026-11-01 00:00:00.5"' date '"2026-11-01 00:00:00.5" has a time of day (round=down would leave it out)'
	refuses 20261101 date '"20261101" is not a date'
	refuses 0.5 'date;format=%s;zone=UTC' '"0.5" is not a date by format=%s'
	refuses '""' date '"" is not a date in ISO 8601 (format= tells another spelling)'
	refuses '"0000-00-00"' date '"0000-00-00" is not a date in ISO 8601 (format= tells another spelling)'
}

@test "datetime" {
	takes '"2026-11-01T13:00:00"' datetime '"2026-11-01T13:00:00"'
	takes '"2026-11-01 13:00:00.5"' datetime '"2026-11-01T13:00:00.500"'
	takes '"11/01/2026 01:02:03 PM"' 'datetime;format=%m/%d/%Y %I:%M:%S %p' '"2026-11-01T13:02:03"'
	takes 1793500000 'datetime;format=%s;zone=Asia/Tokyo' '"2026-11-01T11:26:40"'
	takes '"2026-11-01T00:00:00.1234567"' 'datetime;format=%Y-%m-%dT%H:%M:%S.%f;round=down' '"2026-11-01T00:00:00.123456"'
	refuses '"2026-11-01T00:00:00.1234567"' 'datetime;format=%Y-%m-%dT%H:%M:%S.%f' \
		'"2026-11-01T00:00:00.1234567" has less than microseconds (round=down would leave them out)'
	takes '"2026-11-01T00:00:00.123456789"' 'datetime;round=down' '"2026-11-01T00:00:00.123456"'
	takes '"2026-11-01T00:00:00.123456789"' 'timestamp;zone=UTC' '"2026-11-01T00:00:00.123456789Z"'
	refuses '"2026-11-01T00:00:00.1234567"' datetime \
		'"2026-11-01T00:00:00.1234567" has less than microseconds (round=down would leave them out)'
	refuses '"2026-11-01T13:00:00Z"' datetime '"2026-11-01T13:00:00Z" is an instant: zone= has to say on which clock'
	refuses '"2026-11-01"' datetime '"2026-11-01" is not a datetime in ISO 8601 (format= tells another spelling)'
}

@test "timestamp, and the clock of a zone" {
	takes '"2026-11-01T13:00:00+09:00"' timestamp '"2026-11-01T04:00:00Z"'
	takes '"2026-11-01T13:00:00"' 'timestamp;zone=Asia/Tokyo' '"2026-11-01T04:00:00Z"'
	takes '"2026-11-01 13:00:00"' 'timestamp;format=%Y-%m-%d %H:%M:%S;zone=+09:00' '"2026-11-01T04:00:00Z"'
	takes '"2026/11/1"' 'timestamp;format=%Y/%m/%d;zone=Asia/Tokyo' '"2026-10-31T15:00:00Z"'
	takes 1793500000 'timestamp;format=%s' '"2026-11-01T02:26:40Z"'
	takes '"1793500000123"' 'timestamp;format=%Q' '"2026-11-01T02:26:40.123Z"'
	takes '"Sun, 01 Nov 2026 02:26:40 GMT"' 'timestamp;format=%a, %d %b %Y %H:%M:%S %Z' '"2026-11-01T02:26:40Z"'
	refuses '"2026-11-01T13:00:00"' timestamp '"2026-11-01T13:00:00" is on a wall clock: zone= has to say on which one'
	refuses 1793500000 timestamp '"1793500000" is not a timestamp'
	# New York: 02:30 never was on 2026-03-08, 01:30 was twice on 2026-11-01.
	refuses '"2026-03-08T02:30:00"' 'timestamp;zone=America/New_York' \
		'"2026-03-08T02:30:00" never was: the clock of the zone was put over it'
	refuses '"2026-11-01T01:30:00"' 'timestamp;zone=America/New_York' \
		'"2026-11-01T01:30:00" was twice: zone=NAME,earlier or zone=NAME,later has to choose'
	takes '"2026-11-01T01:30:00"' 'timestamp;zone=America/New_York,earlier' '"2026-11-01T05:30:00Z"'
	takes '"2026-11-01T01:30:00"' 'timestamp;zone=America/New_York,later' '"2026-11-01T06:30:00Z"'
	refuses '"2026-03-08T02:30:00"' 'timestamp;zone=America/New_York,later' \
		'"2026-03-08T02:30:00" never was: the clock of the zone was put over it'
}

@test "typed values pass, and between times a zone has to be asked for" {
	printf 'schema\td:date\tw:datetime\tt:timestamp\nrow\t2026-11-01\t2026-11-01T23:30:00\t2026-11-01T23:30:00.123456789Z\n' | spell >t.mam
	[ "$(normalize d:date w:datetime t:timestamp <t.mam | to-json)" = \
		'{"d":"2026-11-01","w":"2026-11-01T23:30:00","t":"2026-11-01T23:30:00.123456789Z"}' ]
	[ "$(normalize 'd:date=t;zone=Asia/Tokyo;round=down' 'w:datetime=t;zone=Asia/Tokyo;round=down' \
		't:timestamp=w;zone=Asia/Tokyo' <t.mam | to-json)" = \
		'{"d":"2026-11-02","w":"2026-11-02T08:30:00.123456","t":"2026-11-01T14:30:00Z"}' ]
	run -65 --separate-stderr normalize w:datetime=d <t.mam
	[ "$stderr" = 'normalize: record 1: w: "2026-11-01" is not a datetime' ]
	run -65 --separate-stderr normalize t:timestamp=d <t.mam
	[ "$stderr" = 'normalize: record 1: t: "2026-11-01" is not a timestamp' ]
}

@test "null=, several spellings, --null for all; empty text is no null by itself" {
	takes '"--"' 'decimal;null=--;null=-' null
	takes '"-"' 'decimal;null=--;null=-' null
	takes '""' 'date;null=' null
	takes '""' 'text;null=' null
	takes -1 'int;null=-1' null
	takes null int null
	[ "$(norm '{"a":"--","b":"-","c":"--"}' --null -- --null - a:int b:decimal c:text)" = '{"a":null,"b":null,"c":null}' ]
	refuses '" --"' 'decimal;null=--' '" --" is not a decimal'
	takes '" --"' 'decimal;trim;null=--' null
}

@test "trim" {
	takes '" \t12.5 \r\n"' 'decimal;trim' 12.5
	takes '"　東京 "' 'text;trim' '"東京"' # ideographic space
	takes '"\u00a0--\u3000"' 'int;trim;null=--' null
	takes '"   "' 'text;trim' '""'
	takes '"  "' 'int;trim;null=' null
}

@test "default= for what is null, absent or spelled null; const= without source" {
	takes null 'int;default=0' 0
	takes '"--"' 'decimal;null=--;default=0.00' 0.00
	takes 5 'int;default=0' 5
	[ "$(norm '{"a":1}' 'b:int;default=0' 'c:text;const=yahoo' 'd:date;const=2026-11-01' 'e:json;const={"a":[1]}' \
		'f:timestamp;const=2026-11-01T00:00:00+09:00' 'g:bool;default=false')" = \
		'{"b":0,"c":"yahoo","d":"2026-11-01","e":{"a":[1]},"f":"2026-10-31T15:00:00Z","g":false}' ]
}

@test "map=" {
	takes '"スマートフォン"' 'text;map=スマートフォン:SMARTPHONE,PC:DESKTOP' '"SMARTPHONE"'
	takes '"a,b"' 'text;map="a,b":"c:d",x:y' '"c:d"'
	takes '"x"' 'text;map=a:1;map=x:2' '"2"'
	takes '"x"' 'text;map=a:b,*:OTHER' '"OTHER"'
	takes '"x"' 'text;map=a:b,*:*' '"x"'
	takes '"*"' 'text;map="*":star' '"star"'
	takes '"17"' 'int;map=--:0' 17
	takes '"--"' 'int;map=--:0' 0
	takes '"a"' 'text;map=a:' '""'
	takes 1 'text;map=1:one,true:yes' '"one"'
	takes true 'text;map=1:one,true:yes' '"yes"'
	takes 7 'text;map=a:b,*:OTHER' '"OTHER"'
	refuses 7 'text;map=a:b' '"7" is in no pair of map= (the pair *:* would let it pass)'
	refuses '[1]' 'text;map=a:b,:c' '"[1]" is in no pair of map= (the pair *:* would let it pass)'
	refuses '"タブレット"' 'text;map=スマートフォン:SMARTPHONE' '"タブレット" is in no pair of map= (the pair *:* would let it pass)'
}

@test "group=: threes or nothing" {
	takes '"1,234.50"' 'decimal;group=,' 1234.50
	takes '"-12,345,678"' 'int;group=,' -12345678
	takes '"123"' 'int;group=,' 123
	takes '"1234.5"' 'decimal;group=,' 1234.5
	takes '"1 234.5"' 'decimal;group= ' 1234.5
	takes '"1’234.5"' 'decimal;group=’' 1234.5
	for bad in '12,3' '1,2345' ',123' '1,,234' '1234,567' '1,234,5' '1,23.5' '1,234,' '1,234.5,6'; do
		run -65 norm "{\"x\":\"$bad\"}" 'x:decimal;group=,'
		[[ $output == *"\"$bad\" is not "* ]]
	done
	refuses '"12,3"' 'decimal;group=,' '"12,3" is not in groups of three digits'
}

@test "percent=, micros, shift=, scale= and round=" {
	takes '"1.59%"' 'decimal;percent=ratio' 0.0159
	takes '"1.59%"' 'decimal;percent=number' 1.59
	takes '"1,234.5%"' 'decimal;percent=number;group=,' 1234.5
	takes 1.59 'decimal;percent=ratio' 0.0159
	takes '"100%"' 'int;percent=ratio' 1
	refuses '"1.59"' 'decimal;percent=ratio' '"1.59" has no percent sign at its end'
	refuses '"<10%"' 'decimal;percent=ratio' '"<10%" is not a decimal'
	takes '"1000000"' 'decimal;micros' 1.000000
	takes 1 'decimal;micros' 0.000001
	takes '"-1234567"' 'decimal;micros' -1.234567
	takes '"2000000"' 'int;micros' 2
	refuses '"1500000"' 'int;micros' '"1500000" is not an int'
	takes '"1999"' 'decimal;shift=-2' 19.99
	takes '"1.5"' 'int;shift=3' 1500
	takes '"1.5"' 'decimal;scale=2' 1.50
	takes '"1.500"' 'decimal;scale=2' 1.50
	refuses '"1.505"' 'decimal;scale=2' '"1.505" has more than 2 digits behind the point (round= would allow it)'
	takes '"1.505"' 'decimal;scale=2;round=half-up' 1.51
	takes '"1.505"' 'decimal;scale=2;round=half-even' 1.50
	takes '"-1.505"' 'decimal;scale=2;round=down' -1.50
	takes '"1234567"' 'decimal;round=half-up;micros;scale=2' 1.23
	takes '"2.5"' 'int;round=half-up' 3
}

@test "what was changed is counted by field and rule, and only that" {
	printf '%s\n' '{"c":"1,000","m":"5","t":" a","n":"--","d":1,"p":"1%","s":"1.005","k":"x","z":"2026-11-01T00:00:00","p2":"2026-11-01T00:00:00Z"}' \
		'{"c":"2","m":"6","t":"b","n":"1","d":null,"p":"2%","s":"1.00","k":"y","z":"2026-11-01T00:00:00"}' |
		from-json | MAM_LOG=json normalize 'c:int;group=,' 'm:decimal;micros' 't:text;trim' 'n:int;null=--' 'd:int;default=0' \
		'p:decimal;percent=number' 's:decimal;scale=2;round=down' 'k:text;map=x:1,*:*' 'z:timestamp;zone=UTC' 'w:datetime=p2;zone=UTC' 'same:int=d' 2>log >/dev/null
	[ "$(tail -n 1 log | jq -c .changed)" = '{"c":{"group":1},"m":{"micros":2},"t":{"trim":1},"n":{"null":1},"d":{"default":1},"p":{"percent":2},"s":{"round":1},"k":{"map":1},"z":{"zone":2},"w":{"zone":1}}' ]
}

@test "--rest drop, error, json=NAME" {
	[ "$(norm '{"a":1,"b":2,"c":{"d":[3]}}' a:int --rest drop)" = '{"a":1}' ]
	[ "$(norm '{"a":1,"b":2.50,"c":{"d":[3]}}{"a":1}' a:int --rest json=rest)" = \
		$'{"a":1,"rest":{"b":2.5,"c":{"d":[3]}}}\n{"a":1,"rest":{}}' ]
	[ "$(norm '{"a":{"x":1,"y":2},"b":3}' x:int=a.x --rest json=rest)" = '{"x":1,"rest":{"b":3}}' ]
	[ "$(norm '{"a":1}' a:int --rest error)" = '{"a":1}' ]
	run -65 --separate-stderr norm '{"a":1}{"a":1,"new":2}' a:int --rest error
	[[ $stderr == *'normalize: record 2: new: no operand names this field (--rest error)'* ]]
	printf 'schema\ta:int\tb:text\td:decimal\nrow\t1\tx\t1.50\n' | spell >s.mam
	[ "$(normalize a:int --rest json=r <s.mam | to-json)" = '{"a":1,"r":{"b":"x","d":1.50}}' ]
	run -65 normalize a:int --rest error <s.mam
}

@test "--rest keep, under a schema: all other fields stay, each in its place" {
	printf 'schema\ta:int\tb:text\td:decimal\tt:timestamp\tf:float\nrow\t1\tx\t1.50\t2026-11-01T00:00:00.123456789Z\t1.5\nrow\t\\N\t\\N\t\\N\t\\N\t\\N\n' | spell >s.mam
	kept() { normalize --rest keep "$@" <s.mam | to-json; }
	[ "$(kept | cmp - <(to-json <s.mam))" = "" ]
	[ "$(kept d:float 'x:text;const=new' name:text=b aa:text=a | sed -n 1p)" = \
		'{"aa":"1","name":"x","d":1.5,"t":"2026-11-01T00:00:00.123456789Z","f":1.5,"x":"new"}' ]
	[ "$(kept a2:text=a a:int --drop b --drop t | sed -n 1p)" = '{"a2":"1","a":1,"d":1.50,"f":1.5}' ]
	run -65 --separate-stderr normalize --rest keep --drop dd <s.mam
	[ "$stderr" = 'normalize: --drop: the input has no field "dd"; the input has "a", "b", "d", "t", "f"' ]
	run -65 --separate-stderr normalize --rest keep b:int=a <s.mam
	[[ $stderr == 'normalize: "b": an operand and a field that --rest keep keeps have this name'* ]]
	run -65 --separate-stderr normalize --rest keep bb:text=x <s.mam
	[[ $stderr == *'the input has no field "x"'* ]]
	# Types are those of the schema: nothing is read twice, and empty streams have them as well.
	printf 'schema\ta:int\tb:decimal\n' | spell | normalize --rest keep c:decimal=b | grep -qa decimal
	[ "$(kept --null x --drop t 2>/dev/null | sed -n 1p)" = '{"a":1,"b":null,"d":1.50,"f":1.5}' ]
}

@test "--rest keep, a schema that changes on the way" {
	printf 'schema\ta:int\tb:text\nrow\t1\tx\n' | spell >1.mam
	printf 'schema\tc:bool\tb:text\ta:decimal\nrow\ttrue\ty\t2.5\nrow\tfalse\tz\t2.5\n' | spell >2.mam
	printf '{"b":"m","q":7}' | from-json >3.mam
	printf '{"b":"n","a":8}' | from-json >4.mam
	[ "$(cat 1.mam 2.mam 3.mam 1.mam | normalize --rest keep x:text=b | to-json)" = \
		$'{"a":1,"x":"x"}\n{"c":true,"x":"y","a":2.5}\n{"c":false,"x":"z","a":2.5}\n{"x":"m","q":7}\n{"a":1,"x":"x"}' ]
	[ "$(cat 3.mam 2.mam 4.mam | normalize --rest keep | to-json)" = \
		$'{"b":"m","q":7}\n{"c":true,"b":"y","a":2.5}\n{"c":false,"b":"z","a":2.5}\n{"b":"n","a":8}' ]
	# A field of an earlier schema is not lost without a word.
	(seq 1 1000 | sed 's/.*/{"b":"&"}/'; echo '{"b":"n","a":8}') | from-json >5.mam
	run -65 --separate-stderr bash -c 'cat 2.mam 5.mam | normalize --rest keep >out'
	[[ $stderr == 'normalize: record 1003: a: the first records do not have this field'* ]]
	# The same records, whether they are held or not.
	cat 1.mam 1.mam 2.mam 2.mam | normalize --rest keep a:float 'n:int;const=1' | to-json | sort -u | wc -l | grep -qx 3
}

@test "--rest keep, without a schema: fields and types are those of the first records" {
	[ "$(norm '{"a":1,"b":"x","d":null}{"b":null,"c":3,"e":{"f":[1]},"a":1.5}' --rest keep)" = \
		$'{"a":1,"b":"x","d":null,"c":null,"e":null}\n{"a":1.5,"b":null,"d":null,"c":3,"e":{"f":[1]}}' ]
	[ "$(printf '{"a":1}{"a":0.1}{"a":9007199254740993}' | from-json | normalize --rest keep | to-json)" = \
		$'{"a":1}\n{"a":0.1}\n{"a":9007199254740993}' ]
	printf '{"a":1}{"a":0.1}' | from-json | normalize --rest keep | grep -qa decimal
	# An object that a path leads into stays, and --drop leaves it out.
	[ "$(norm '{"a":1,"m":{"cost":3,"x":1}}' --rest keep cost:int=m.cost)" = '{"a":1,"m":{"cost":3,"x":1},"cost":3}' ]
	[ "$(norm '{"a":1,"m":{"cost":3,"x":1}}' --rest keep cost:int=m.cost --drop m)" = '{"a":1,"cost":3}' ]
	[ "$(norm '{"a":1,"m.cost":3,"m":4}' --rest keep cost:int=m.cost)" = '{"a":1,"cost":3,"m":4}' ]
	[ "$(norm '{"a":1,"m":"--"}{"a":2,"m":5}{"a":0,"m":null}' --rest keep --null -- --null 0)" = \
		$'{"a":1,"m":null}\n{"a":2,"m":5}\n{"a":null,"m":null}' ]
	run -65 --separate-stderr norm '{"a":1}' --rest keep --drop b
	[[ $stderr == *'--drop: no record has a field "b"; the input has "a"'* ]]
	run -65 --separate-stderr norm '{"a":1}{"a":"x"}' --rest keep
	[[ $stderr == *'normalize: record 2: a: "x" is not an int, and the first records have int in this field: give it a type by an operand'* ]]
	[ "$(printf '{"a":1}{"a":true}{"a":2}' | from-json | normalize --rest keep --rejects bad.mam --max-rejects 1 | to-json)" = $'{"a":1}\n{"a":2}' ]
	to-json <bad.mam | jq -c '[._reject | .record, .field, .rule]' | grep -qx '\[2,"a","rest"\]'
	from-json --allow-empty </dev/null | normalize --rest keep >empty.mam
	[ "$(to-json <empty.mam)" = "" ]
	from-json --allow-empty </dev/null | normalize --rest keep a:int | grep -qa int
}

@test "--rest keep holds 1,000 records, 16 MiB, and the order of all items" {
	many() { seq 1 "$1" | sed 's/.*/{"a":&}/'; }
	[ "$( (many 999; echo '{"z":1}') | from-json | normalize --rest keep | to-json | tail -n 1)" = '{"a":null,"z":1}' ]
	run -65 --separate-stderr bash -c '(seq 1 1000 | sed "s/.*/{\"a\":&}/"; echo "{\"z\":1}") | from-json | normalize --rest keep >out'
	[ "$stderr" = 'normalize: record 1001: z: the first records do not have this field: name it in an operand, or --drop it' ]
	(many 1500; echo '{"z":1}') | from-json | normalize --rest keep 'z:int;optional' | to-json | tail -n 1 | grep -qx '{"a":null,"z":1}'
	# Large records: the memory is that of 16 MiB and one record.
	python3 -c '
for i in range(60): print("{\"a\":\"" + "x" * 1000000 + "\"}")' | from-json >big.mam
	/usr/bin/time -f %M normalize --rest keep <big.mam 2>kib | to-json | cmp - <(to-json <big.mam)
	[ "$(tail -n 1 kib)" -lt 60000 ]
	# Coverage stays between the records that it was between.
	printf 'coverage\tx=first\nmap\ta=one\ncoverage\tx=other\nmap\ta=two\n' | spell | normalize --rest keep >order.mam
	[ "$(grep -abo 'first\|one\|other\|two' order.mam | cut -d: -f2 | paste -sd' ')" = 'first one other two' ]
	printf 'coverage\tx=first\nschema\ta:text\nrow\tone\n' | spell | normalize --rest keep | grep -qa first
	# A stream that is cut while records are held, or fails.
	printf 'map\ta=one\ncut\n' | spell >cut.mam
	run -76 normalize --rest keep <cut.mam
	printf 'map\ta=one\nfail\t77\tno\n' | spell >failed.mam || [ $? = 77 ]
	run -77 normalize --rest keep <failed.mam
}

@test "a source that is nowhere is an error, unless optional or default=" {
	run -65 --separate-stderr norm '{"a":1}{"a":2}' a:int cost:decimal=Cost
	[[ $stderr == *'normalize: cost: no record has a field "Cost" (optional or default= would allow it)'* ]]
	printf '{"a":1}' | from-json | { run -65 normalize a:int cost:decimal=Cost; }
	[ "$(norm '{"a":1}' a:int 'cost:decimal=Cost;optional')" = '{"a":1,"cost":null}' ]
	[ "$(norm '{"a":1}{"a":1,"Cost":2}' a:int cost:decimal=Cost)" = $'{"a":1,"cost":null}\n{"a":1,"cost":2}' ]
	[ "$(norm '{"a":1,"Cost":null}' a:int cost:decimal=Cost)" = '{"a":1,"cost":null}' ]
	printf 'schema\ta:int\nrow\t1\n' | spell >s.mam
	run -65 --separate-stderr normalize a:int b:int <s.mam
	[[ $stderr == 'normalize: b: the input has no field "b" (optional or default= would allow it); the input has "a"'* ]]
	printf 'schema\tchunk:bytes\nrow\t00\n' | spell >s.mam
	run -65 --separate-stderr normalize a:int <s.mam
	[ "$stderr" = 'normalize: the input is bytes that are not decoded yet: put from-csv or from-json before' ]
}

@test "rejects keep the whole record and what was wrong" {
	printf '%s\n' '{"id":1,"cost":"--","x":[1]}' '{"id":2,"cost":"5"}' '{"id":3,"cost":"6"}' |
		from-json | normalize id:int 'cost:decimal' --rejects bad.mam --max-rejects 1 2>err | to-json >out
	[ "$(cat out)" = $'{"id":2,"cost":5}\n{"id":3,"cost":6}' ]
	[ "$(to-json <bad.mam)" = '{"id":1,"cost":"--","x":[1],"_reject":{"stage":"normalize","record":1,"field":"cost","rule":"decimal","reason":"\"--\" is not a decimal"}}' ]
	grep -q 'normalize: rejected record 1: cost: "--" is not a decimal' err
	# Repaired, they can be loaded.
	[ "$(normalize id:int 'cost:decimal;null=--' <bad.mam | to-json)" = '{"id":1,"cost":null}' ]
	run -65 --separate-stderr bash -c 'printf "%s\n" "{\"a\":\"x\"}" "{\"a\":\"y\"}" | from-json | normalize a:int --max-rejects 1 >out'
	[ "${stderr_lines[-1]}" = 'normalize: record 2: a: "y" is not an int (more than --max-rejects 1)' ]
	# All records rejected is not a wrong name.
	printf '{"a":"x","b":1}' | from-json | normalize a:int b:int --max-rejects 1 2>err | to-json
}

@test "state passes, coverage gets the new names and types" {
	printf 'schema\tDay:text\tacc:text\nrow\t2026/11/1\t7\ncoverage\tDay=2026/11/1..2026/11/3\tacc=7\tother:int=5\n' | spell >c.mam
	normalize 'day:date=Day;format=%Y/%m/%d' account_id:int=acc <c.mam >out.mam
	printf 'schema\tday:date\taccount_id:int\nrow\t2026-11-01\t7\ncoverage\tday:date=2026-11-01..2026-11-03\taccount_id:int=7\tother:int=5\n' |
		spell >want.mam
	# The items themselves, without header and end: from the schema to the last value of the coverage.
	items() {
		python3 -c 'import sys; b = open(sys.argv[1], "rb").read(); i = b.index(b"fields"); print(b[i:b.index(b"other", i) + 6].hex())' "$1"
	}
	[ "$(items out.mam)" = "$(items want.mam)" ]
	# A day that tells a range of times begins at midnight on the field's clock.
	printf 'schema\tt:text\nrow\t2026-11-01T00:00:00\ncoverage\tt:date=2026-11-01..2026-11-02\n' | spell |
		normalize 'at:timestamp=t;zone=Asia/Tokyo' >out.mam
	printf 'schema\tat:timestamp\nrow\t2026-10-31T15:00:00Z\ncoverage\tat:timestamp=2026-10-31T15:00:00Z..2026-11-01T15:00:00Z\n' |
		spell >want.mam
	[ "$(items out.mam)" = "$(items want.mam)" ]
	# Told by a name of the output: its type and zone.
	printf 'schema\tt:text\ta:text\nrow\t2026-11-01T00:00:00\t7\ncoverage\tat:date=2026-11-01..2026-11-02\tacc:int=7\tid=7\n' | spell |
		normalize 'at:timestamp=t;zone=Asia/Tokyo' acc:text=a 'id:int;const=7' >out.mam
	printf 'schema\tat:timestamp\tacc:text\tid:int\nrow\t2026-10-31T15:00:00Z\t7\t7\ncoverage\tat:timestamp=2026-10-31T15:00:00Z..2026-11-01T15:00:00Z\tacc=7\tid:int=7\n' |
		spell >want.mam
	[ "$(items out.mam)" = "$(items want.mam)" ]
	# Two heirs, or none: unchanged.
	normalize d:text=Day e:text=Day <c.mam >out.mam
	LC_ALL=C grep -qa 'Day.*2026/11/3' out.mam
	# A part of an object is no heir of it; and what is changed in a bound is no changed record.
	printf 'map\tm:json=a|b\ncoverage\tm=x\n' | spell | normalize 'x:text=m."list"."0"' >out.mam
	LC_ALL=C grep -qa 'window..m.x' out.mam
	printf 'schema\tm:text\nrow\t5\ncoverage\tm=7\n' | spell | MAM_LOG=json normalize 'm:decimal;micros' 2>log >out.mam
	[ "$(tail -n 1 log | jq -c .changed)" = '{"m":{"micros":1}}' ]
	LC_ALL=C grep -qa '0.000007' out.mam
	printf 'schema\tacc:text\nrow\ta\ncoverage\tacc=a..b\n' | spell >c.mam
	run -65 --separate-stderr normalize 'acc:int;map=a:1,b:2' <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "acc": a bound is a range, and map= keeps no order' ]
	printf 'schema\tacc:text\nrow\t7\ncoverage\tacc=\\N\n' | spell >c.mam
	run -65 --separate-stderr normalize acc:int <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "acc": a bound is null' ]
	# A bound that is rounded would cover, and a loader delete, what nobody sent.
	printf 'schema\tt:datetime\nrow\t2026-11-01T13:00:00\ncoverage\tt:datetime=2026-11-01T12:00:00..2026-11-02T00:00:00\n' | spell >c.mam
	run -65 --separate-stderr normalize 't:date;round=down' <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "t": a bound would be rounded, and the window would cover something else' ]
	printf 'schema\tt:datetime\nrow\t2026-11-01T13:00:00\ncoverage\tt:datetime=2026-11-01T00:00:00..2026-11-02T00:00:00\n' | spell |
		normalize 't:date;round=down' >out.mam
	printf 'schema\tt:date\nrow\t2026-11-01\ncoverage\tt:date=2026-11-01..2026-11-02\n' | spell >want.mam
	[ "$(items out.mam)" = "$(items want.mam)" ]
	printf 'schema\tacc:text\nrow\t7\ncoverage\tacc=all\n' | spell >c.mam
	run -65 --separate-stderr normalize 'acc:int;null=all;default=1' <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "acc": "all" would be null' ]
	printf 'schema\tacc:text\nrow\t7\ncoverage\tacc=x\n' | spell >c.mam
	run -65 --separate-stderr normalize acc:int <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "acc": "x" is not an int' ]
	printf 'schema\tacc:text\nrow\t7\ncoverage\tacc=--\n' | spell >c.mam
	run -65 --separate-stderr normalize 'acc:int;null=--' <c.mam
	[ "$stderr" = 'normalize: coverage of the input: "acc": "--" would be null' ]
}

@test "a wrong operand is 64, is named, and says what is expected" {
	usage 'no fields: say NAME:TYPE[=SOURCE][;RULE...] for each'
	usage '"cost": a field is NAME:TYPE[=SOURCE][;RULE...]' cost
	usage '":int": the name is empty' :int
	usage '"a:number": there is no type "number": bool, int, float, decimal, text, bytes, date, datetime, timestamp, json' a:number
	usage '"a": two fields have the same name' a:int a:text
	usage '"a:int=": the source is empty' a:int=
	usage '"a:int;trin": there is no rule "trin": const=, trim, null=, default=, optional, map=, format=, century=, day=, zone=, fullwidth, unit=, sign=, percent=, group=, point=, micros, shift=, scale=, round=' 'a:int;trin'
	usage '"a:int;trim=x": trim takes no value' 'a:int;trim=x'
	usage '"a:int;group": group= needs a value' 'a:int;group'
	usage '"a:int;group=.": group=: "." is the decimal point, unless point= names another one' 'a:int;group=.'
	usage '"a:int;point=.;group=.": group=: "." is the decimal point, unless point= names another one' 'a:int;point=.;group=.'
	usage '"a:int;group=,;point=,": group= and point= are the same character' 'a:int;group=,;point=,'
	usage '"a:int;group=-": group=: "-" is not one character that can part groups of digits' 'a:int;group=-'
	usage '"a:int;point=5": point=: "5" is not one character that can be a decimal point' 'a:int;point=5'
	usage '"a:int;point=,,": point=: ",," is not one character that can be a decimal point' 'a:int;point=,,'
	usage '"a:int;unit=5": unit=: "5" is not a unit: one has no digit, sign, parenthesis, percent sign or blank' 'a:int;unit=5'
	usage '"a:int;unit=": unit=: "" is not a unit: one has no digit, sign, parenthesis, percent sign or blank' 'a:int;unit='
	usage '"a:int;sign=trailing,x": sign=: "x" is not one of parentheses, trailing, minus, triangle' 'a:int;sign=trailing,x'
	usage '"a:text;unit=x": unit goes with int, float and decimal only' 'a:text;unit=x'
	usage '"a:int;fullwidth=1": fullwidth takes no value' 'a:int;fullwidth=1'
	usage '"a:int;group=,;group= ": group is given twice' 'a:int;group=,;group= '
	usage '"a:text;micros": micros goes with int, float and decimal only' 'a:text;micros'
	usage '"a:int;format=%d": format goes with date, datetime and timestamp only' 'a:int;format=%d'
	usage '"a:date;format=%y%m%d": format=%y%m%d: %y needs century=YEAR, the first of the hundred years that it means' 'a:date;format=%y%m%d'
	usage '"a:date;format=%H:%M": format=%H:%M: a date needs %Y and %m (or %b)' 'a:date;format=%H:%M'
	usage '"a:timestamp;zone=Asia/Edo": zone=: "Asia/Edo" is not a time zone that this machine knows (package tzdata)' 'a:timestamp;zone=Asia/Edo'
	usage '"a:timestamp;zone=../../etc/passwd": zone=: "../../etc/passwd" is not a time zone; examples are Asia/Tokyo, UTC and +09:00' 'a:timestamp;zone=../../etc/passwd'
	usage '"a:timestamp;zone=UTC,first": zone=: "first" is neither earlier nor later' 'a:timestamp;zone=UTC,first'
	usage '"a:decimal;percent=x": percent=: "x" is neither ratio (1.59% is 0.0159) nor number (1.59% is 1.59)' 'a:decimal;percent=x'
	usage '"a:decimal;percent=ratio;micros": only one of micros, percent=ratio and shift= moves the point' 'a:decimal;percent=ratio;micros'
	usage '"a:decimal;scale=-1": scale=: "-1" is not a number from 0 to 1000' 'a:decimal;scale=-1'
	usage '"a:decimal;round=up": round= needs scale=' 'a:decimal;round=up'
	usage '"a:decimal;scale=1;round=x": round=: "x" is not one of down, up, floor, ceiling, half-up, half-down, half-even' 'a:decimal;scale=1;round=x'
	usage '"a:date;round=up": a date can only be rounded down' 'a:date;round=up'
	usage '"a:int;default=x": default=: "x" is not an int' 'a:int;default=x'
	usage '"a:int=b;const=1": const= takes the place of a source' 'a:int=b;const=1'
	usage '"a:int;const=1;trim": const= goes with no other rule' 'a:int;const=1;trim'
	usage '"a:bool;map=1": map=: "1" is no pair FROM:TO' 'a:bool;map=1'
	usage '"a:bool;map=1:yes": map=: "yes" is not a bool' 'a:bool;map=1:yes'
	usage '"a:text;map=x:1,x:2": map= names "x" twice' 'a:text;map=x:1,x:2'
	usage '"a:int;null="x": a quote is not closed' 'a:int;null="x'
	usage '--rest: "all" is not one of drop, error, json=NAME, keep' a:int --rest all
	usage '--drop needs --rest keep: without it only fields of operands remain' a:int --drop b
	usage 'no fields: say NAME:TYPE[=SOURCE][;RULE...] for each'
	usage '"a": two fields have the same name' a:int --rest json=a
}

@test "--help lists the types and rules that the program and the page have" {
	usage_words() { # MESSAGE-PART WORD
		normalize "$2" 2>&1 >/dev/null </dev/null | sed -n "s/.*$1 [^:]*: //p" | sed 's/, /\n/g'
	}
	help_words() { # HEADING
		normalize --help | awk -v heading="$1" '/^[A-Z]/ { inside = index($0, heading) } inside && /^  [^ ]/ { print $1 }'
	}
	page_words() { # SECTION: the items of its first list
		sed -n "/^\.Ss $1/,/^\.Ss/p" "$MAM_ROOT/man/normalize.1" | sed -n '/^\.Bl.*compact/,/^\.El/d; s/^\.It \(Cm \)\{0,1\}\([a-z]*=\{0,1\}\).*/\2/p'
	}
	usage_words 'there is no rule' 'a:int;x' >rules
	[ "$(wc -l <rules)" -ge 20 ]
	help_words 'Rules' | sed 's/=.*/=/' >help
	diff rules help
	page_words Rules >page
	diff rules page
	usage_words 'there is no type' a:x >types
	[ "$(wc -l <types)" -eq 10 ]
	help_words 'Types' >help
	diff types help
	page_words 'Values of each type' >page
	diff types page
}

@test "an error in an @FILE names the file and the line, also for operands" {
	wrong() { # MESSAGE WORD...
		run -64 --separate-stderr normalize "${@:2}" </dev/null
		[ "$stderr" = "normalize: $1" ] || { echo "$stderr"; return 1; }
	}
	printf '# fields\n\n  a:int  \r\nb:int;trin=x\n' >inner
	printf 'c:int\n@inner\nd:int\n' >outer
	run -64 --separate-stderr normalize @outer </dev/null
	[[ $stderr == 'normalize: @inner: line 4: "b:int;trin=x": there is no rule "trin": '* ]]
	printf 'a:int\nb:text\na:int' >twice
	wrong '@twice: line 3: "a": two fields have the same name' @twice
	printf 'a:int\n--max-rejects x\n' >number
	wrong '@number: line 2: --max-rejects: "x" is not a number from 0 to 9223372036854775807' @number
	# The place is that of the word, not of the last file that was read.
	printf 'a:int\n' >good
	wrong '"b": a field is NAME:TYPE[=SOURCE][;RULE...]' @good b
	wrong '"b": a field is NAME:TYPE[=SOURCE][;RULE...]' b @good
	printf '@good\nb\n' >after
	wrong '@after: line 2: "b": a field is NAME:TYPE[=SOURCE][;RULE...]' @after
	wrong '--rest: "x" is not one of drop, error, json=NAME, keep' @good --rest x
	printf 'b:int\n' >>good
	printf '{"a":"x","b":1}' | from-json >x.mam
	run -65 --separate-stderr normalize @good <x.mam
	[ "$stderr" = 'normalize: record 1: a: "x" is not an int' ]
}

@test "nesting, wide records and long values have their ceilings" {
	deep() {
		printf '%*s' "$1" '' | tr ' ' '['
		printf 1
		printf '%*s' "$1" '' | tr ' ' ']'
	}
	takes "$(deep 63)" json "$(deep 63)"
	takes "\"$(deep 63)\"" json "$(deep 63)"
	run -65 --separate-stderr bash -c 'printf "{\"a\":\"%s\"}" "$1" | from-json | normalize a:json >out' sh "$(deep 64)"
	[ "$stderr" = 'normalize: record 1: would be nested deeper than 64 levels' ]
	run -65 --separate-stderr bash -c 'printf "{\"a\":1,\"b\":%s}" "$1" | from-json | normalize a:int --rest json=r >out' sh "$(deep 63)"
	[ "$stderr" = 'normalize: record 1: would be nested deeper than 64 levels' ]
	seq 1 4096 | sed 's/.*/f&:int/' >fields
	seq 1 4096 | jq -sc 'map({("f\(.)"): .}) | add' >wide.jsonl
	from-json <wide.jsonl | normalize @fields | to-json >wide.out
	cmp wide.out wide.jsonl
	echo extra:int >>fields
	run -64 --separate-stderr normalize @fields </dev/null
	[ "$stderr" = 'normalize: @fields: line 4097: "extra": more than 4096 fields' ]
	run -65 --separate-stderr norm "{\"x\":\"$(printf '%2000s' '' | tr ' ' 1)\"}" x:decimal
	[[ $stderr == *'…" is not a decimal'* ]]
}

@test "years at the ends of what a type can hold" {
	printf 'map\tx:datetime=-9223372036854775808\nmap\tx:datetime=9223372036854775807\n' | spell >ends.mam
	normalize 'x:date;round=down' <ends.mam >out
	normalize 'x:timestamp;zone=Asia/Tokyo' <ends.mam >out
	printf 'map\tx:timestamp=-9223372036854775808\n' | spell >ends.mam
	run -65 --separate-stderr normalize 'x:datetime;zone=Asia/Tokyo' <ends.mam
	[[ $stderr == 'normalize: record 1: x: '*' is not a datetime' ]]
	printf 'schema\tx:datetime\ncoverage\tx:date=-2147483648..2147483647\n' | spell >ends.mam
	run -65 --separate-stderr normalize x:datetime <ends.mam
	[ "$stderr" = 'normalize: coverage of the input: "x": a bound is not a datetime' ]
}

@test "recorded answers of media" {
	need_shared media/fixtures
	media=$MAM_SHARED/media/fixtures
	from-json --single --record-path data.list <"$media/tiktok-ads/advertisers_audience_reports_lifetime.json" |
		normalize id:int=dimensions.advertiser_id age:text=dimensions.age spend:decimal=metrics.spend \
			'ctr:decimal=metrics.ctr;shift=-2' clicks:int=metrics.clicks | to-json >out
	[ "$(head -n 1 out)" = '{"id":872746382648,"age":"AGE_35_44","spend":31.56,"ctr":0.0126,"clicks":87}' ]
	[ "$(wc -l <out)" = "$(jq '.data.list | length' "$media/tiktok-ads/advertisers_audience_reports_lifetime.json")" ]
	from-json --single --record-path data <"$media/smartnews-ads/account_insights_amv1_and_amv2.json" |
		normalize account_id:int=accountId cpm:decimal 'spend:decimal;scale=6' campaign:text=campaignId | to-json >out
	[ "$(head -n 1 out)" = '{"account_id":10000000,"cpm":11.235955056179774,"spend":6.000000,"campaign":null}' ]
	# Names with dots that are names, and what is no report.
	from-json <"$media/google-ads/airbyte_expected_records.jsonl" |
		normalize currency:text=data.customer.currency_code \
			'cost:decimal=data.metrics.active_view_measurable_cost_micros;micros' stream:text | to-json >out
	[ "$(head -n 1 out)" = '{"currency":"USD","cost":0.000000,"stream":"account_performance_report"}' ]
	from-json --single <"$media/microsoft-ads/accountperformancereportmonthly_records.json" |
		normalize day:date=TimePeriod 'spend:decimal=Spend;scale=2' ctr:decimal=Ctr rate:decimal=ConversionRate | to-json >out
	[ "$(head -n 1 out)" = '{"day":"2021-06-01","spend":3.34,"ctr":0.0159,"rate":null}' ]
}

@test "a value of nobody's type inside of an object is refused, whatever it is to become" {
	printf '{"m":{"a":"xx","b":1}}' | from-json >good.mam
	for field in 'x:text=m.a' 'x:int=m.a' 'x:text=m."a"' 'x:date=m.a;format=%Y%m%d'; do
		# The text of two bytes becomes an ext of one, number 99; what the seal says comes too late.
		sed 's/\xa2xx/\xd4\x63x/' good.mam >bad.mam
		run -65 --separate-stderr normalize "$field" < <(cat bad.mam)
		[ "$stderr" = 'normalize: record 1: "m": is of no type of mam-stream(5)' ]
	done
	printf '{"x":"xx"}' | from-json | sed 's/\xa2xx/\xd4\x63x/' >bad.mam
	run -65 --separate-stderr normalize x:text < <(cat bad.mam)
	[ "$stderr" = 'normalize: record 1: "x": is of no type of mam-stream(5)' ]
}

@test "records that break mam-stream(5): a name twice, a value of another type than its schema's" {
	printf 'map\ta:int=1\tb:int=2\ta:int=3\n' | spell >bad.mam
	run -65 --separate-stderr normalize a:int <bad.mam
	[ "$stderr" = 'normalize: record 1: "a": the name occurs twice' ]
	printf 'schema\ta:int\nrow\t7\n' | spell | sed 's/\x91\x07/\x91\xc3/' >bad.mam
	run -65 --separate-stderr normalize a:text < <(cat bad.mam)
	[ "$stderr" = "normalize: record 1: \"a\": is not of its schema's type" ]
}

@test "foreign bytes in place of values never pass, crash or hang" {
	printf '%s' '{"a":"1","b":{"c":[1,2]},"d":"2026-11-01"}' | from-json >good.mam
	size=$(stat -c %s good.mam)
	wanted=$(normalize a:int 'b:int=b.c.1' d:date 'j:text=b' --rest json=r <good.mam | to-json)
	for ((i = 0; i < 200; i++)); do
		cp good.mam bad.mam
		printf '%b' "\\x$(printf %02x $((RANDOM % 256)))" |
			dd of=bad.mam bs=1 seek=$((RANDOM % size)) conv=notrunc status=none
		status=0
		timeout 10 normalize a:int 'b:int=b.c.1' d:date 'j:text=b' --rest json=r <bad.mam >out 2>err || status=$?
		case $status in
		0) [ "$(to-json <out)" = "$wanted" ] ;; # the counters behind the seal
		64 | 65 | 76) ;;
		*)
			echo "status $status"
			od -c bad.mam
			return 1
			;;
		esac
	done
}

@test "messages and rejects show invisible and direction-changing characters" {
	printf 'id,clicks\n1,\ufeff5\n2,\u00a06\n3,7\u200b\n4,\u202e8\n' | from-csv >hidden.mam
	normalize id:int clicks:int --max-rejects 9 --rejects bad.mam <hidden.mam >out.mam 2>err
	grep -F '"\ufeff5" is not an int' err
	grep -F '"\u00a06" is not an int' err
	grep -F '"7\u200b" is not an int' err
	grep -F '"\u202e8" is not an int' err
	to-json <bad.mam | jq -r ._reject.reason >reasons
	grep -F '"\u202e8" is not an int' reasons
	run -65 --separate-stderr normalize id:int clicks:int <hidden.mam
	[[ $stderr == *'"\ufeff5" is not an int'* ]]
	# The reason that travels in the abort is the same text.
	run -65 --separate-stderr bash -c 'normalize id:int clicks:int <hidden.mam 2>first | MAM_LOG=json to-json'
	[[ $(jq -r .message <<<"$stderr") == *'"\ufeff5" is not an int'* ]]
}

@test "names that look alike do not look alike in a message" {
	printf '\u200ba,b\u00a0\n1,2\n' | from-csv >names.mam
	run -65 --separate-stderr normalize $'a:int=\u200bz' <names.mam
	[[ $stderr == *'has no field "\u200bz"'* ]]
	run -65 --separate-stderr dedupe --key a <names.mam
	[[ $stderr == *'\u200ba'* ]]
	[[ $stderr == *'b\u00a0'* ]]
	run --separate-stderr from-csv $'@no\u202esuch'
	[[ $stderr == *'no\u202esuch'* ]]
	run -64 --separate-stderr normalize $'\u2066a:nonsense' <names.mam
	[[ $stderr == *'\u2066'* ]]
	[[ $stderr != *$'\u2066'* ]]
}

@test "group=: a first group that begins with 0 is a decimal comma, so it is a reject" {
	printf 'n\n0,123\n0,500\n-0,999\n+0,123\n00,123\n01,234\n1,234\n12,345\n-1,234\n0\n0.5\n-0.5\n1,234.50\n' >in.csv
	for type in decimal int float; do
		from-csv --delimiter ';' <in.csv | normalize --max-rejects 99 --rejects bad.mam "n:$type;group=," 2>/dev/null | to-csv --header none >"$type" || true
		for text in 0,123 0,500 -0,999 +0,123 00,123 01,234; do
			to-json <bad.mam | jq -r 'select(._reject.rule == "group") | .n' | grep -qxF -- "$text" || { echo "$type $text"; return 1; }
		done
	done
	[ "$(tr '\n' ' ' <decimal)" = '1234 12345 -1234 0 0.5 -0.5 1234.50 ' ]
	[ "$(tr '\n' ' ' <int)" = '1234 12345 -1234 0 ' ]
	refused() { # RULES TEXT
		run -65 bash -c "printf 'n\n\"%s\"\n' '$2' | from-csv | normalize 'n:$1' >out"
		[[ $output == *'is not in groups of three digits'* ]]
	}
	refused 'decimal;group=,;percent=ratio' '0,015%'
	refused 'decimal;group=,;micros' '0,123'
	refused 'decimal;group=,' '0,123e3'
	refused 'decimal;group= ' '0 123'
	refused "decimal;group=_" "0_123"
}

@test "point=: a decimal comma" {
	printf 'n;amount\n1;1.234,50\n2;12,5\n3;0,05\n4;-1.234.567,89\n' | from-csv --delimiter ';' |
		normalize n:int 'amount:decimal;point=,;group=.' | to-csv --header none >out
	[ "$(cat out)" = $'1,1234.50\n2,12.5\n3,0.05\n4,-1234567.89' ]
	takes '"12,5"' 'decimal;point=,' 12.5
	takes '"12"' 'int;point=,' 12
	takes '"-,5"' 'decimal;point=,' -0.5
	takes '"1,5e3"' 'decimal;point=,' 1500
	takes '"12,345"' 'decimal;point=,;group=.' 12.345
	takes '"1 234,5"' 'decimal;point=,;group= ' 1234.5
	takes '"12٫5"' 'decimal;point=٫' 12.5
	takes '"12,5%"' 'decimal;point=,;percent=ratio' 0.125
	takes '"1234567,123456789012345678901234567890"' 'decimal;point=,' 1234567.123456789012345678901234567890
	takes 12.5 'decimal;point=,' 12.5
	point='has a point, which point= does not name'
	refuses '"12.5"' 'decimal;point=,' "\"12.5\" $point"
	refuses '"1,234.5"' 'decimal;point=,' "\"1,234.5\" $point"
	refuses '"12,5.000"' 'decimal;point=,;group=.' "\"12,5.000\" $point"
	refuses '"0.123"' 'decimal;point=,;group=.' '"0.123" is not in groups of three digits'
	refuses '"12.5"' 'decimal;point=,;group=.' '"12.5" is not in groups of three digits'
	refuses '"1,2,3"' 'decimal;point=,' '"1,2,3" is not a decimal'
}

@test "unit=, sign= and fullwidth: each spelling by its own rule and never without it" {
	# by VALUE WANTED RULE...: these rules let it in; with one of them less, all others are no help.
	all=('group=,' 'unit=$' 'unit=¥' 'unit=円' sign=parentheses sign=trailing sign=minus sign=triangle fullwidth)
	rules() { # RULE...: joined, the signs as one list
		local rule signs='' text=decimal
		for rule in "$@"; do
			case $rule in
			sign=*) signs+="${signs:+,}${rule#sign=}" ;;
			*) text+=";$rule" ;;
			esac
		done
		echo "$text${signs:+;sign=$signs}"
	}
	by() {
		takes "\"$1\"" "$(rules "${@:3}")" "$2"
		takes "\"$1\"" "$(rules "${all[@]}")" "$2"
		local rule others
		for rule in "${@:3}"; do
			others=()
			for other in "${all[@]}"; do
				[ "$other" = "$rule" ] || others+=("$other")
			done
			run ! norm "{\"x\":\"$1\"}" "x:$(rules "${others[@]}")"
		done
	}
	by '$1,234.50' 1234.50 'unit=$' group=,
	by '($900.23)' -900.23 'unit=$' sign=parentheses
	by '¥1,234' 1234 'unit=¥' group=,
	by '1,234 円' 1234 'unit=円' group=,
	by '50.00-' -50.00 sign=trailing
	by '−12.50' -12.50 sign=minus
	by '▲1,234' -1234 sign=triangle group=,
	by '△5' -5 sign=triangle
	by '１，２３４' 1234 fullwidth group=,
	by '－１２．５０' -12.50 fullwidth
	by '5+' 5 sign=trailing
	by '-$5' -5 'unit=$'
	by '$-5' -5 'unit=$'
	by '$ 5-' -5 'unit=$' sign=trailing
	by '$(5)' -5 'unit=$' sign=parentheses
	by '（¥５）' -5 fullwidth 'unit=¥' sign=parentheses
	by '(0.00)' 0.00 sign=parentheses
	# All of them in one column.
	printf 'n\tamount\n1\t$1,234.50\n2\t($900.23)\n3\t¥1,234\n4\t1,234 円\n5\t50.00-\n6\t−12.50\n7\t▲1,234\n8\t１，２３４\n' |
		from-csv --delimiter tab | MAM_LOG=json normalize n:int "amount:$(rules "${all[@]}")" 2>log | to-csv --header none >out
	[ "$(tr '\n' ' ' <out)" = '1,1234.50 2,-900.23 3,1234 4,1234 5,-50.00 6,-12.50 7,-1234 8,1234 ' ]
	[ "$(tail -n 1 log | jq -c .changed)" = '{"amount":{"fullwidth":1,"unit":4,"sign":4,"group":5}}' ]
}

@test "a sign or a unit that is given twice is a reject" {
	rules='decimal;unit=$;unit=円;unit=kr;unit=kr.;sign=parentheses,trailing,minus,triangle;fullwidth'
	twice() {
		refuses "\"$1\"" "$rules" "\"$1\" has more than one $2"
	}
	twice '(-5)' sign
	twice '-5-' sign
	twice '--5' sign
	twice '+-5' sign
	twice '-(5)' sign
	twice '((5))' sign
	twice '−-5' sign
	twice '▲5-' sign
	twice '-$-5' sign
	twice '（－５）' sign
	twice '$5円' unit
	twice '$$5' unit
	refuses '"(5"' "$rules" '"(5" is not a decimal'
	refuses '"5)"' "$rules" '"5)" is not a decimal'
	refuses '"()"' "$rules" '"()" is not a decimal'
	refuses '"-"' "$rules" '"-" is not a decimal'
	refuses '"$"' "$rules" '"$" is not a decimal'
	refuses '"5 -"' "$rules" '"5 -" is not a decimal'
	refuses '"5 5円"' "$rules" '"5 5円" is not a decimal'
	refuses '"5€"' "$rules" '"5€" is not a decimal'
	takes '"5kr."' "$rules" 5
	takes '"5 kr"' "$rules" 5
	takes '"(1.5%)"' "$rules;percent=ratio" -0.015
	takes '"1.5-%"' "$rules;percent=number" -1.5
	refuses '"(1.5)"' "$rules;percent=ratio" '"(1.5)" has no percent sign at its end'
	takes '"１，２３４"' 'int;fullwidth;group=，' 1234
	takes '"５ＵＳＤ"' 'int;fullwidth;unit=ＵＳＤ' 5
	takes '"12345678901234567890.12円"' 'decimal;unit=円;scale=2' 12345678901234567890.12
}

@test "a date object with other members than year, month and day is a reject" {
	printf '%s\n' '{"at":{"year":2026,"month":11,"day":1,"hours":23}}' '{"at":{"year":2026,"month":11,"day":2}}' \
		'{"at":{"day":3,"utcOffset":"9h","month":11,"year":2026}}' '{"at":{"year":2026,"month":11,"day":4,"x":null}}' >in.jsonl
	from-json <in.jsonl | normalize --max-rejects 9 --rejects bad.mam at:date 2>err | to-json >out
	[ "$(cat out)" = '{"at":"2026-11-02"}' ]
	[ "$(to-json <bad.mam | jq -c '[._reject.record, ._reject.rule]' | tr '\n' ' ')" = '[1,"date"] [3,"date"] [4,"date"] ' ]
	grep -q 'has other members than year, month and day' err
	run -65 bash -c "head -n 1 in.jsonl | from-json | normalize 'at:date;round=down'"
}

@test "a format that no value can match is refused at the start" {
	never() { # FORMAT WHY
		usage "\"a:datetime;format=$1\": format=$1: $2" "a:datetime;format=$1"
	}
	never '%Y-%m-%d %I:%M' '%I and %p need each other'
	never '%Y-%m-%d %p' '%I and %p need each other'
	never '%Y-%m-%d %H:%M %p' '%H gives the hour, so %I and %p cannot'
	never '%Y-%m-%d %H %I %p' '%H gives the hour, so %I and %p cannot'
	never '%Y-%m-%d :%M' '%M and %S need an hour, %H or %I'
	never '%s%f' 'two numbers are side by side, so their border is unknown'
	never '%s%Y' 'two numbers are side by side, so their border is unknown'
	never '%Y-%m %H:%M:%S.%f%d' 'two numbers are side by side, so their border is unknown'
	never '%Y' 'a date needs %Y and %m (or %b)'
	never '%m/%d' 'a date needs %Y and %m (or %b)'
	never '%j' '%j needs %Y'
	never '%Y-%j-%d' '%j gives month and day, so %m and %d cannot'
	never '%G-%m' '%G, %V and %u need each other: a week is %G-W%V'
	never '%G-W%V %Y' '%G and %V give the whole date, so %Y, %m, %d and %j cannot'
	never '%s %H' '%s and %Q give the whole time, so nothing else can'
	never '%Q.%f' '%f and %.f are the fraction of a second: they need %S or %s'
	never '%Y-%m-%d %.f' '%f and %.f are the fraction of a second: they need %S or %s'
	never '%Y-%m-%d %d' 'it has the same part of a time twice'
	never '%Y-%m-%d %3Q' 'it has an unknown directive'
	never '%Y-%m-%d %H:%S' '%S needs the minute, %M'
	never '%Y-%m' 'a date needs %d (day=first or day=last is for a column of months)'
	never '%s0' '%s, %Q and %f read all digits, so a digit after them can never match'
	never '%Q5' '%s, %Q and %f read all digits, so a digit after them can never match'
	never '%Y-%m-%d %H:%M:%S.%f7' '%s, %Q and %f read all digits, so a digit after them can never match'
	never '%Y-%m-%d %H:%M:%S%.f7' '%s, %Q and %f read all digits, so a digit after them can never match'
	never '%Y-%m-%d %H:%M:%S.%.f' '%.f has a point of its own, so no point can come before it'
	never '%Y-%m-%d %z%H' 'two numbers are side by side, so their border is unknown'
}

@test "a format that lacks what the type needs is refused at the start" {
	lacks() { # OPERAND FORMAT WHY
		usage "\"a:$1\": format=$2: $3" "a:$1"
	}
	no_zone='it has no zone, so a timestamp needs zone= (or %z, %Z or %s in it)'
	lacks 'timestamp;format=%Y-%m-%d %H:%M' '%Y-%m-%d %H:%M' "$no_zone"
	lacks 'timestamp;format=%Y-%m-%d' '%Y-%m-%d' "$no_zone"
	instant='it reads an instant, so a date or datetime needs zone= for the clock on which to show it'
	lacks 'date;format=%s' '%s' "$instant"
	lacks 'datetime;format=%Q' '%Q' "$instant"
	lacks 'date;format=%Y-%m-%d %z' '%Y-%m-%d %z' "$instant"
	lacks 'datetime;format=%Y-%m-%d %H:%M %Z' '%Y-%m-%d %H:%M %Z' "$instant"
	lacks 'date;trim;format= %Y-%m-%d' ' %Y-%m-%d' 'it begins or ends with white space, which trim removes'
	lacks 'date;format=%Y-%m-%d ;trim' '%Y-%m-%d ' 'it begins or ends with white space, which trim removes'
	lacks 'date;format=%Y-%m-%d;day=first' '%Y-%m-%d' '%d gives the day, so day= cannot'
	lacks 'date;format=%Y-%j;day=first' '%Y-%j' 'day= goes with months only'
	lacks 'date;format=%Y-%m-%d;century=1970' '%Y-%m-%d' 'it has no %y, so century= cannot'
	usage '"a:date;day=last": day= needs format=' 'a:date;day=last'
	usage '"a:date;century=1970": century= needs format=' 'a:date;century=1970'
	usage '"a:date;format=%Y-%m;day=1": day=: "1" is neither first nor last' 'a:date;format=%Y-%m;day=1'
	usage '"a:date;format=%y%m%d;century=70000": century=: "70000" is not a number from 1 to 9900' 'a:date;format=%y%m%d;century=70000'
	usage '"a:text;century=1970": century goes with date, datetime and timestamp only' 'a:text;century=1970'
	# With the zone they are taken.
	takes '"2026-11-01 13:00"' 'timestamp;format=%Y-%m-%d %H:%M;zone=Asia/Tokyo' '"2026-11-01T04:00:00Z"'
	takes '"1793500000"' 'date;format=%s;zone=Asia/Tokyo;round=down' '"2026-11-01"'
	takes '"20261101 +09:00"' 'date;format=%Y%m%d %z;zone=Asia/Tokyo' '"2026-11-01"'
}

@test "century=: two-digit years under the hundred that is stated" {
	takes '"11/01/26"' 'date;format=%m/%d/%y;century=1970' '"2026-11-01"'
	takes '"69-12-31"' 'date;format=%y-%m-%d;century=1970' '"2069-12-31"'
	takes '"70-01-01"' 'date;format=%y-%m-%d;century=1970' '"1970-01-01"'
	takes '"000229"' 'date;format=%y%m%d;century=2000' '"2000-02-29"'
	takes 261101 'date;format=%y%m%d;century=1950' '"2026-11-01"'
	refuses '"1926-11-01"' 'date;format=%y-%m-%d;century=1970' '"1926-11-01" is not a date by format=%y-%m-%d'
	refuses '"6-11-01"' 'date;format=%y-%m-%d;century=1970' '"6-11-01" is not a date by format=%y-%m-%d'
}

@test "times since 1970 in micro- and nanoseconds, with a fraction, and fractions that only some rows have" {
	at() { # JSON FORMAT
		printf '{"a":%s}\n' "$1" | from-json | normalize "a:timestamp;format=$2" | to-json
	}
	[ "$(at 1793491200123456 %6Q)" = '{"a":"2026-11-01T00:00:00.123456Z"}' ]
	[ "$(at '"1793491200123456"' %6Q)" = '{"a":"2026-11-01T00:00:00.123456Z"}' ]
	[ "$(at 1793491200123456789 %9Q)" = '{"a":"2026-11-01T00:00:00.123456789Z"}' ]
	[ "$(at -1 %6Q)" = '{"a":"1969-12-31T23:59:59.999999Z"}' ]
	[ "$(at -1 %9Q)" = '{"a":"1969-12-31T23:59:59.999999999Z"}' ]
	[ "$(at 253402300799999999 %6Q)" = '{"a":"9999-12-31T23:59:59.999999Z"}' ]
	run -65 at 253402300800000000 %6Q
	[ "$(at 1793491200.25 %s.%f)" = '{"a":"2026-11-01T00:00:00.250Z"}' ]
	[ "$(at 1793491200.25 %s%.f)" = '{"a":"2026-11-01T00:00:00.250Z"}' ]
	[ "$(at 1793491200.0 %s%.f)" = '{"a":"2026-11-01T00:00:00Z"}' ]
	[ "$(at 1793491200 %s%.f)" = '{"a":"2026-11-01T00:00:00Z"}' ]
	[ "$(at 1793491200.000000001 %s%.f)" = '{"a":"2026-11-01T00:00:00.000000001Z"}' ]
	[ "$(at -0.25 %s%.f)" = '{"a":"1969-12-31T23:59:59.750Z"}' ]
	run -65 at 1793491200.25 %s
	printf 'at\n2026-11-01 21:34:02 UTC\n2026-11-01 21:34:02.1 UTC\n2026-11-01 21:34:02.123456 UTC\n' | from-csv |
		normalize 'at:timestamp;format=%Y-%m-%d %H:%M:%S%.f %Z' | to-csv --header none >out
	[ "$(cat out)" = '2026-11-01T21:34:02Z
2026-11-01T21:34:02.100Z
2026-11-01T21:34:02.123456Z' ]
	run -65 bash -c "printf 'at\n2026-11-01 21:34:02. UTC\n' | from-csv | normalize 'at:timestamp;format=%Y-%m-%d %H:%M:%S%.f %Z'"
}

@test "format=excel: serial numbers, exact to the microsecond or rounded by a rule" {
	takes 46327 'date;format=excel' '"2026-11-01"'
	takes '"46327"' 'date;format=excel' '"2026-11-01"'
	takes 44865 'date;format=excel-1904' '"2026-11-01"'
	takes 59 'date;format=excel' '"1900-02-28"'
	takes 61 'date;format=excel' '"1900-03-01"'
	takes 1 'date;format=excel' '"1900-01-01"'
	takes 0 'date;format=excel-1904' '"1904-01-01"'
	takes 46327.5625 'datetime;format=excel' '"2026-11-01T13:30:00"'
	takes '"46327.5000000003125"' 'datetime;format=excel' '"2026-11-01T12:00:00.000027"'
	takes 46327.5625 'timestamp;format=excel;zone=Asia/Tokyo' '"2026-11-01T04:30:00Z"'
	takes 46327.5625 'date;format=excel;round=down' '"2026-11-01"'
	refuses 60 'date;format=excel' '"60" is 1900-02-29 in Excel, a day that did not exist'
	refuses 60.5 'datetime;format=excel' '"60.5" is 1900-02-29 in Excel, a day that did not exist'
	refuses 0 'date;format=excel' '"0" is not a date by format=excel'
	refuses -1 'date;format=excel' '"-1" is not a date by format=excel'
	refuses 2958466 'date;format=excel' '"2958466" is not a date by format=excel'
	refuses '"2026-11-01"' 'date;format=excel' '"2026-11-01" is not a date by format=excel'
	refuses 46327.5625 'date;format=excel' '"46327.5625" has a time of day (round=down would leave it out)'
	refuses '"46327.00000000000001"' 'date;format=excel' '"46327.00000000000001" has a time of day (round=down would leave it out)'
	# 13:20 is 5/9 of a day, which no decimal is.
	refuses 46327.5555555556 'datetime;format=excel' '"46327.5555555556" has more than 6 digits of a second (round= would allow it)'
	takes 46327.5555555556 'datetime;format=excel;scale=3;round=half-up' '"2026-11-01T13:20:00"'
	takes 46327.5555555556 'datetime;format=excel;round=half-up' '"2026-11-01T13:20:00.000004"'
	takes 46327.5555555556 'timestamp;format=excel;zone=UTC;scale=0;round=half-even' '"2026-11-01T13:20:00Z"'
	refuses 46327.5555555556 'datetime;format=excel;scale=0' '"46327.5555555556" has more than 0 digits of a second (round= would allow it)'
	printf '{"x":46327.5555555556}{"x":46327.5}' | from-json |
		MAM_LOG=json normalize 'x:datetime;format=excel;scale=0;round=half-up' 'd:date=x;format=excel;round=down' 2>log >out
	[ "$(tail -n 1 log | jq -c .changed)" = '{"x":{"round":1},"d":{"round":2}}' ]
	# A time that is one already is not cut by a rule that rounds half up.
	printf 'map\tx:timestamp=2026-11-01T00:00:00.123456789Z\n' | spell >ns.mam
	run -65 normalize 'x:datetime;format=excel;zone=UTC;round=half-up' <ns.mam
	normalize 'x:datetime;format=excel;zone=UTC;round=down' <ns.mam >out
	usage '"a:timestamp;format=excel": format=excel: it has no zone, so a timestamp needs zone=' 'a:timestamp;format=excel'
	usage '"a:date;format=excel;century=1970": format=excel: a serial number is a whole date, so century= and day= cannot' 'a:date;format=excel;century=1970'
	usage '"a:datetime;format=excel;scale=7": format=excel: scale= can be 6 at most, for microseconds' 'a:datetime;format=excel;scale=7'
	usage '"a:date;format=excel;round=up": a date can only be rounded down' 'a:date;format=excel;round=up'
	usage '"a:date;format=excel;scale=1": scale goes with decimal only' 'a:date;format=excel;scale=1'
	usage '"a:datetime;round=half-up": a datetime can only be rounded down' 'a:datetime;round=half-up'
	usage '"a:timestamp;round=down": round goes with int, decimal, date and datetime only' 'a:timestamp;round=down'
	usage '"a:datetime;format=Excel": format=Excel: a date needs %Y and %m (or %b)' 'a:datetime;format=Excel'
}

@test "ISO weeks and days of the year" {
	day() { # TEXT FORMAT
		printf 'a\n%s\n' "$1" | from-csv | normalize "a:date;format=$2" | to-csv --header none
	}
	[ "$(day 2026-W53 %G-W%V)" = 2026-12-28 ]
	[ "$(day 2026-W01 %G-W%V)" = 2025-12-29 ]
	[ "$(day 2020-W53-7 %G-W%V-%u)" = 2021-01-03 ]
	[ "$(day 2021W017 %GW%V%u)" = 2021-01-10 ]
	[ "$(day 'Sun 2026-W44' '%a %G-W%V')" = 2026-11-01 ]
	run -65 day 2025-W53 %G-W%V
	run -65 day 2026-W00 %G-W%V
	[ "$(day 2026-305 %Y-%j)" = 2026-11-01 ]
	[ "$(day 2026305 %Y%j)" = 2026-11-01 ]
	[ "$(day 2024-366 %Y-%j)" = 2024-12-31 ]
	run -65 day 2026-366 %Y-%j
	run -65 day 2026-0 %Y-%j
	# Against another calendar, over many years.
	python3 -c '
import datetime
day = datetime.date(1999, 1, 1)
print("a,b,c")
while day < datetime.date(2032, 1, 1):
    y, w, d = day.isocalendar()
    print(f"{y}-W{w:02}-{d},{day:%Y-%j},{day}")
    day += datetime.timedelta(1)' | from-csv | normalize 'a:date;format=%G-W%V-%u' 'b:date;format=%Y-%j' c:date | to-csv --header none >days
	[ "$(wc -l <days)" -eq 12053 ]
	[ -z "$(awk -F, '$1 != $3 || $2 != $3' days)" ]
}

@test "a source that the input does not have: the message lists the names that are there, and the nearest" {
	run -65 --separate-stderr sh -c "echo '{\"Campaign ID\":1,\"cost\":2}' | from-json | normalize 'id:int=Campaing ID' >/dev/null"
	[[ $stderr == *'no record has a field "Campaing ID" (optional or default= would allow it); the input has "Campaign ID", "cost", did you mean "Campaign ID"?' ]]
	run -65 --separate-stderr sh -c "echo '{\"a\":1,\"cost\":2}' | from-json | normalize a:int cost:int | normalize cots:int >/dev/null"
	[[ $stderr == *'the input has no field "cots" (optional or default= would allow it); the input has "a", "cost", did you mean "cost"?' ]]
	# A record of many fields does not fill the screen.
	run -65 --separate-stderr sh -c "seq 500 | sed 's/.*/\"f&\":1/' | paste -sd, | sed 's/.*/{&}/' | from-json | normalize x:int >/dev/null"
	[[ $stderr == *'"f20" and 480 more' ]]
}
