# SPDX-License-Identifier: MIT
# to-csv: which columns there are, what values become, what is refused.

load helper

# refused STATUS MESSAGE COMMAND: the last line, without the program's name; MESSAGE may hold patterns.
refused() {
	run "-$1" --separate-stderr bash -c "$3"
	[[ ${stderr_lines[-1]} == to-csv:\ $2 ]] || {
		echo "got: $stderr"
		return 1
	}
}

json() {
	printf '%s' "$1" | from-json | to-csv "${@:2}"
}

@test "a line of names, then the records" {
	[ "$(json '{"a":1,"b c":"x"}{"a":2,"b c":"y"}')" = $'a,b c\n1,x\n2,y' ]
}

@test "quotes where they are needed and nowhere else" {
	[ "$(json '{"a":"1,5","b":"say \"x\"","c":"l\nm","d":"n\ro","e":" f ","g":"\u0027;\t"}')" = \
		$'a,b,c,d,e,g\n"1,5","say ""x""","l\nm","n\ro", f ,\';\t' ]
	[ "$(json '{"a,b":1,"c\"d":2,"":3}')" = $'"a,b","c""d",""\n1,2,3' ]
	[ "$(json '{"a":"1,5","b":"2;5"}' --delimiter ';')" = $'a;b\n1,5;"2;5"' ]
	[ "$(json '{"a":"x","b":"y\tz"}' --delimiter tab)" = $'a\tb\nx\t"y\tz"' ]
	# A delimiter that is part of a number.
	[ "$(json '{"a":-1.5,"b":2}' --delimiter .)" = $'a.b\n"-1.5".2' ]
	[ "$(json '{"a":-15,"b":2}' --delimiter -)" = $'a-b\n"-15"-2' ]
}

@test "null is nothing, empty text a pair of quotes" {
	[ "$(json '{"a":null,"b":"","c":"null"}')" = $'a,b,c\n,"",null' ]
}

@test "what readers would take for an end, a mark or no line at all is quoted" {
	[ "$(json '{"a":"\\."}{"a":"x"}')" = $'a\n"\\."\nx' ]
	[ "$(json '{"a":"\\.x","b":"C:\\."}')" = $'a,b\n\\.x,C:\\.' ]
	[ "$(json '{"\ufeffa":1}')" = $'"\ufeffa"\n1' ]
	[ "$(json '{"\ufeffa":1}' | from-csv | to-json)" = $'{"\ufeffa":"1"}' ]
	[ "$(json '{"a":""}{"a":"x"}' --null NULL)" = $'a\n""\nx' ]
	[ "$(json '{"a":""}{"a":"x"}' --null '')" = $'a\n""\nx' ]
	refused 65 'record 1: "a": null alone would be an empty line, which readers skip (see --null)' \
		"printf '{\"a\":null}' | from-json | to-csv --null ''"
}

@test "--null is for null alone" {
	[ "$(json '{"a":null,"b":"","c":"x"}' --null NULL)" = $'a,b,c\nNULL,,x' ]
	[ "$(json '{"a":null,"b":"x"}' --null 'no, it is "null"')" = $'a,b\n"no, it is ""null""",x' ]
	[ "$(json '{"a":null,"b":"x"}' --null '')" = $'a,b\n,x' ]
	refused 65 'record 2: "b": the value would look like --null' \
		'echo "{\"a\":null,\"b\":\"x\"}{\"a\":1,\"b\":\"NULL\"}" | from-json | to-csv --null NULL'
	refused 65 'record 1: "b": the value would look like --null' \
		'echo "{\"a\":null,\"b\":0}" | from-json | to-csv --null 0'
	refused 65 'record 1: "b": the value would look like --null' \
		'echo "{\"a\":null,\"b\":\"\"}" | from-json | to-csv --null ""'
	refused 65 'record 1: "b": the value would look like --null' \
		'echo "{\"a\":null,\"b\":\"x,y\"}" | from-json | to-csv --null x,y'
}

@test "a lone null is no empty line" {
	refused 65 'record 2: "a": null alone would be an empty line, which readers skip (see --null)' \
		'echo "{\"a\":1}{\"a\":null}" | from-json | to-csv'
	[ "$(json '{"a":null}' --null -)" = $'a\n-' ]
	[ "$(json '{"a":""}')" = $'a\n""' ]
}

@test "every type" {
	{
		printf 'schema\tb:bool\ti:int\tu:int\tf:float\td:decimal\tt:text\tx:bytes\tday:date\tdt:datetime\tts:timestamp\tj:json\n'
		printf 'row\ttrue\t-9223372036854775808\t18446744073709551615\t0.1\t1.500\t日本\t00ff10\t2026-11-20\t2026-11-20T13:00:00\t2026-11-20T13:00:00.5Z\tx|y"z\n'
		printf 'row\tfalse\t0\t9223372036854775807\t5\t-0.00\t\t\t1969-12-31\t2026-11-20T13:00:00.000001\t1969-12-31T23:59:59Z\t1\n'
		printf 'row\t\\N\t\\N\t\\N\tnan\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n'
		printf 'row\t\\N\t\\N\t\\N\t-inf\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n'
	} | spell | to-csv >got
	cat >wanted <<-'END'
		b,i,u,f,d,t,x,day,dt,ts,j
		true,-9223372036854775808,18446744073709551615,0.1,1.500,日本,AP8Q,2026-11-20,2026-11-20T13:00:00,2026-11-20T13:00:00.500Z,"{""list"":[""x"",""y\""z""]}"
		false,0,9223372036854775807,5.0,-0.00,"","",1969-12-31,2026-11-20T13:00:00.000001,1969-12-31T23:59:59Z,"{""list"":[""1""]}"
		,,,NaN,,,,,,,
		,,,-Infinity,,,,,,,
	END
	diff got wanted
}

@test "the first record's fields are the columns, in any order later, null where missing" {
	[ "$(json '{"a":1,"b":2,"c":3}{"c":6,"a":4}{}{"b":8,"c":9,"a":7}')" = $'a,b,c\n1,2,3\n4,,6\n,,\n7,8,9' ]
	refused 65 'record 2: "d": no column is named so: the first record had no such field (normalize gives all records the same)' \
		'echo "{\"a\":1}{\"a\":2,\"d\":3}" | from-json | to-csv'
	refused 65 'record 1: it has no field, so there are no columns' 'echo "{}" | from-json | to-csv'
}

@test "another schema is fitted to the columns" {
	printf 'schema\ta:int\tb:text\nrow\t1\tx\nschema\tb:text\ta:int\nrow\ty\t2\nschema\tb:text\nrow\tz\n' |
		spell | to-csv >got
	[ "$(cat got)" = $'a,b\n1,x\n2,y\n,z' ]
	# One without records asks for nothing.
	printf 'schema\tq:int\nschema\ta:int\tb:text\nrow\t1\tx\nschema\tz:int\n' | spell | to-csv >got
	[ "$(cat got)" = $'a,b\n1,x' ]
	refused 65 'record 2: "c": no column is named so*' \
		'printf "schema\ta:int\nrow\t1\nschema\tc:int\nrow\t1\n" | spell | to-csv'
	# Concatenated streams are one.
	printf 'schema\ta:int\nrow\t1\n' | spell >one.mam
	printf 'map\ta=2\n' | spell >two.mam
	[ "$(cat one.mam two.mam one.mam | to-csv)" = $'a\n1\n2\n1' ]
}

@test "a name that a record has twice is an error" {
	refused 65 'record 2: "a": the name occurs twice' \
		'printf "map\ta=1\tb=2\nmap\ta=2\ta=3\n" | spell | to-csv'
}

@test "a stream without records has its schema's names, or nothing" {
	[ "$(printf 'schema\ta:int\tb:text\n' | spell | to-csv)" = a,b ]
	[ "$(printf '' | spell | to-csv)" = '' ]
	[ "$(printf 'schema\ta:int\tb:text\n' | spell | to-csv --header none)" = '' ]
}

@test "--header none and --line-end crlf" {
	[ "$(json '{"a":1,"b":2}' --header none)" = 1,2 ]
	json '{"a":1,"b":"l\nm"}' --line-end crlf >got
	printf 'a,b\r\n1,"l\nm"\r\n' | cmp got -
	refused 64 '--delimiter: """ is not one ASCII character that may separate fields' "to-csv --delimiter '\"' </dev/null"
	refused 64 '--delimiter: "日" is not one ASCII character that may separate fields' 'to-csv --delimiter 日 </dev/null'
}

@test "what was read is written, and reads back as the same" {
	python3 - <<-'END'
		import json, random
		random.seed(5)
		pieces = ['a', 'bc', ',', '"', '\n', '\r\n', '\r', ' ', '日本', '😀', 'x' * 40, '', ';', '\t', '""']
		with open('in.json', 'w') as f:
		    for n in range(5000):
		        f.write(json.dumps({'f%d' % i: ''.join(random.choices(pieces, k=random.randrange(6))) for i in range(5)},
		                ensure_ascii=False, separators=(',', ':')) + '\n')
	END
	for delimiter in ',' tab ';'; do
		from-json <in.json | to-csv --delimiter "$delimiter" >out.csv
		from-csv --delimiter "$delimiter" <out.csv | to-json | cmp in.json -
	done
	from-json <in.json | to-csv --line-end crlf >out.csv
	from-csv <out.csv | to-json | cmp in.json -
	python3 -c '
import csv, json
rows = [list(json.loads(l).values()) for l in open("in.json")]
assert list(csv.reader(open("out.csv", newline="")))[1:] == rows'
}

@test "a record is written when it is whole, not when the block is full" {
	mkfifo pipe
	from-csv <pipe | to-csv >out &
	exec 7>pipe
	printf 'a,b\n1,2\n' >&7
	for ((i = 0; i < 500; i++)); do
		[ -s out ] && break
		sleep 0.02
	done
	[ "$(cat out)" = $'a,b\n1,2' ]
	exec 7>&-
	wait $!
}
