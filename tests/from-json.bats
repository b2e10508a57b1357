# SPDX-License-Identifier: MIT
# from-json: which texts are JSON, what their values become, and how a text
# that is none is refused.
# shellcheck disable=SC2154,SC2016 # bats sets stderr; what sh -c expands stands in single quotes

load helper

# Whole pipe, text in and text out: json TEXT [OPTION...]
json() {
	printf '%s' "$1" | from-json "${@:2}" | to-json
}

# refused STATUS MESSAGE TEXT [OPTION...]: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'printf "%s" "$1" | from-json "${@:2}" >out' sh "$3" "${@:4}"
	[ "$stderr" = "from-json: $2" ] || {
		echo "got: $stderr"
		return 1
	}
}

# Bytes as hexadecimal digits, as spell(1) of the tests takes them.
hex() {
	od -An -v -tx1 | tr -d ' \n'
}

@test "lines, values without white space, an array, all of them mixed" {
	wanted=$'{"a":1}\n{"a":2}\n{"a":3}'
	[ "$(json $'{"a":1}\n{"a":2}\n{"a":3}\n')" = "$wanted" ]
	[ "$(json '{"a":1}{"a":2}{"a":3}')" = "$wanted" ]
	[ "$(json '[{"a":1},{"a":2},{"a":3}]')" = "$wanted" ]
	[ "$(json $'\xef\xbb\xbf [ {"a" : 1} ] {"a":2}[]\r\n\t[{"a":3}]')" = "$wanted" ]
}

@test "fields keep their order, names may be anything" {
	[ "$(json '{"z":1,"":2,"日":3,"a\tb":4,"a":null}')" = '{"z":1,"":2,"日":3,"a\tb":4,"a":null}' ]
}

@test "a record is given out when it is whole, not when the block is full" {
	mkfifo pipe
	from-json <pipe | to-json >out &
	exec 7>pipe
	printf '{"a":1}' >&7
	for ((i = 0; i < 500; i++)); do
		[ -s out ] && break
		sleep 0.02
	done
	[ "$(cat out)" = '{"a":1}' ]
	printf '\n{"a":2}' >&7
	exec 7>&-
	wait $!
	[ "$(cat out)" = $'{"a":1}\n{"a":2}' ]
}

@test "numbers: what an int or a float carries exactly is one, all else is a decimal" {
	[ "$(json '{"a":[0,-0,-1,9223372036854775807,18446744073709551615,-9223372036854775808]}')" = \
		'{"a":[0,-0.0,-1,9223372036854775807,18446744073709551615,-9223372036854775808]}' ]
	# In quotes are decimals.
	[ "$(printf '{"a":[18446744073709551616,-9223372036854775809,9007199254740993.0,0.1,1.50,1e2]}' |
		from-json | to-json --decimal-text)" = \
		'{"a":["18446744073709551616","-9223372036854775809","9007199254740993.0",0.1,1.5,100.0]}' ]
	[ "$(printf '{"a":[0.30000000000000000001,1e400,-1.5E-400,1e22,1E+2,12.50]}' |
		from-json | to-json --decimal-text | tr , '\n' | cut -c 1-30)" = \
		"$(printf '%s\n' '{"a":["0.30000000000000000001"' '"1'"$(printf '0%.0s' {1..28})" \
			'"-0.00000000000000000000000000' '1e22' '100.0' '12.5]}')" ]
}

@test "a number that needs too many digits is 65" {
	refused 65 'line 1, column 6: a number needs more than 4096 digits: "1"' '{"a":1e5000}'
	refused 65 'line 1, column 6: a number is longer than 8192 bytes: "9"' "{\"a\":$(printf '9%.0s' {1..8193})}"
}

@test "--record-path: members, elements, arrays of arrays, an index" {
	[ "$(json '{"x":[1],"rval":{"values":[{"i":1},{"i":2}],"n":2}}' --record-path rval.values)" = $'{"i":1}\n{"i":2}' ]
	[ "$(json '[{"results":[{"i":1}]},{"q":1},{"results":[{"i":2}]}]' --record-path '[].results[]')" = $'{"i":1}\n{"i":2}' ]
	[ "$(json '{"d":[[{"i":1}],[],[{"i":2}]]}' --record-path 'd[][]')" = $'{"i":1}\n{"i":2}' ]
	[ "$(json '{"d":[{"i":1},{"i":2}]}' --record-path 'd.1')" = '{"i":2}' ]
	[ "$(json '{"a.b":{"c":{"i":1}}}' --record-path '"a.b".c')" = '{"i":1}' ]
	[ "$(json '{"d":[]} {"d":null} {"d":{"i":1}}' --record-path d)" = '{"i":1}' ]
}

@test "--record-path: one that leads nowhere is 65 in any of the values, unless --allow-empty" {
	refused 65 'line 2, column 1: the record path leads nowhere; there is "error"' $'{"d":[{}]}\n{"error":"no"}' --record-path d
	[ "$(json $'{"d":[{}]}\n{"error":"no"}' --record-path d --allow-empty)" = '{}' ]
	refused 65 'line 1, column 6: the record path needs an object here' '{"d":[{}]}' --record-path d.e
	refused 65 'line 1, column 1: the record path needs an array here' '{"d":[{}]}' --record-path '[].e'
	# An index beyond the array is not an array without records.
	refused 65 'line 1, column 1: the record path leads nowhere' '{"d":[{},{}]}' --record-path d.5
	refused 65 'line 1, column 1: the record path leads nowhere' '{"d":[]}' --record-path d.0
	refused 65 'line 1, column 1: the record path leads nowhere' '{"status":200,"data":[{"rows":[{"id":1}]},{"rows":[{"id":2}]}]}' --record-path data.5
	refused 65 'line 1, column 1: the record path leads nowhere' '{"status":200,"data":[{"rows":[{"id":1}]},{"rows":[{"id":2}]}]}' --record-path data.5.rows
	[ "$(json '{"d":[{},{}]}' --record-path d.5 --allow-empty)" = '' ]
	# What is beside the path is checked all the same.
	refused 65 'line 1, column 21: a value is expected: "]"' '{"d":[{}],"x":[[1,2,]]}' --record-path d
	refused 64 '--record-path: "a..b": a name is missing beside a dot' '{}' --record-path a..b
}

@test "--wrap makes records of what is none" {
	[ "$(json '[1,"x",null,[2],{"a":1},true]' --wrap v)" = $'{"v":1}\n{"v":"x"}\n{"v":null}\n{"v":[2]}\n{"a":1}\n{"v":true}' ]
	[ "$(json $'1 2\n"x"3' --wrap 日)" = $'{"日":1}\n{"日":2}\n{"日":"x"}\n{"日":3}' ]
	refused 65 'line 1, column 10: a value that is not an object (see --wrap and --record-path)' '[{"a":1},7]'
	refused 65 'line 1, column 3: white space is missing between two values: """' '12"x"' --wrap v
	refused 64 '--wrap: the name is longer than 1024 bytes' '1' --wrap "$(printf 'x%.0s' {1..1025})"
}

@test "--wrap with deep values: the record counts as a level" {
	deep() { printf '[%.0s' $(seq "$1") && printf 1 && printf ']%.0s' $(seq "$1"); }
	[ "$(json "[$(deep 63)]" --wrap v)" = "{\"v\":$(deep 63)}" ]
	refused 65 'line 1, column 2: nested deeper than 64 levels, including the record of --wrap' "[$(deep 64)]" --wrap v
	[ "$(json "{\"a\":$(deep 63)}")" = "{\"a\":$(deep 63)}" ]
	refused 65 'line 1, column 69: nested deeper than 64 levels' "{\"a\":$(deep 64)}"
}

@test "--single: exactly one text" {
	[ "$(json ' {"a":1} ' --single)" = '{"a":1}' ]
	[ "$(json '[{"a":1},{"a":2}]' --single)" = $'{"a":1}\n{"a":2}' ]
	refused 65 'line 2, column 1: more than one value: "{"' $'{"a":1}\n{"a":2}' --single
	refused 65 'line 1, column 2: the text holds no value' ' ' --single
	[ -z "$(json ' ' --single --allow-empty)" ]
}

@test "repeated names are 65 at any depth, or the one that is asked for" {
	refused 65 'line 1, column 14: a repeated name in an object: "a" (see --duplicate-keys)' '{"a":1,"b":2,"a":3}'
	refused 65 'line 1, column 13: a repeated name in an object: "A" (see --duplicate-keys)' '{"x":{"A":1,"\u0041":2}}'
	[ "$(json '{"a":1,"b":2,"a":3,"c":{"d":1,"d":2}}' --duplicate-keys first)" = '{"a":1,"b":2,"c":{"d":1}}' ]
	[ "$(json '{"a":1,"b":2,"a":3,"c":{"d":1,"d":2}}' --duplicate-keys last)" = '{"b":2,"a":3,"c":{"d":2}}' ]
	[ "$(json '{"a":{"b":1},"b":{"a":1}}')" = '{"a":{"b":1},"b":{"a":1}}' ]
	run -64 from-json --duplicate-keys both </dev/null
}

@test "nothing but white space is 76 unless --allow-empty; an empty array is no nothing" {
	nothing='the input is empty, and nothing says that it is complete: its writer may have died (see --allow-empty)'
	refused 76 "$nothing" ''
	refused 76 "$nothing" $' \n\t\r '
	refused 76 "$nothing" $'\xef\xbb\xbf'
	refused 76 "$nothing" '' --record-path a
	[ -z "$(json '' --allow-empty)" ]
	[ -z "$(json '[]')" ]
	[ -z "$(json '{"a":[]}' --record-path a)" ]
}

@test "a text that ends too early is 65 and loads nothing" {
	refused 65 'line 2, column 6: the text ends where a value is expected' $'{"a":1}\n{"b":'
	refused 65 'line 1, column 9: an array has no end' '[{"a":1}'
	run -65 bash -c "printf '[{\"a\":1}' | from-json 2>/dev/null | to-json"
	[ "${lines[0]}" = '{"a":1}' ]
	[ "${lines[-1]}" = 'from-json: line 1, column 9: an array has no end' ]
}

@test "what looks like something else is named" {
	run -65 --separate-stderr bash -c 'printf "{}" | iconv -t UTF-16LE | from-json >out'
	[ "$stderr" = "from-json: line 1, column 1: the text is not UTF-8 (it looks like UTF-16 or UTF-32): \"{\"" ]
	run -65 --separate-stderr bash -c 'printf "<html>" | from-json >out'
	[ "$stderr" = "from-json: line 1, column 1: a value is expected: \"<\" (the input looks like HTML or XML)" ]
	run -65 --separate-stderr bash -c 'printf "id,day\n" | from-json >out'
	[ "$stderr" = "from-json: line 1, column 1: a value is expected: \"i\" (if the input is CSV, use from-csv)" ]
	refused 65 'line 1, column 2: a value is expected: "i"' '[id'
}

@test "zip and gzip are unpacked" {
	printf '{"a":1}\n{"a":2}\n' >r.json
	gzip -k r.json
	zip -q r.zip r.json
	[ "$(from-json <r.json.gz | to-json)" = "$(cat r.json)" ]
	[ "$(from-json <r.zip | to-json)" = "$(cat r.json)" ]
	printf 'schema\tchunk:bytes\tid:int\nrow\t%s\t7\n' "$(xxd -p r.json.gz | tr -d '\n')" | spell >chunks.mam
	[ "$(from-json <chunks.mam | to-json)" = $'{"a":1,"id":7}\n{"a":2,"id":7}' ]
	cp r.json other.json
	zip -q two.zip r.json other.json
	run -65 bash -c 'from-json <two.zip >out'
	[ "$output" = 'from-json: the zip file holds more than one file ("r.json", "other.json"): choose with --member' ]
	[ "$(from-json --member 'o*' <two.zip | to-json)" = "$(cat r.json)" ]
	[ "$(from-json --member '*' <two.zip | to-json | wc -l)" -eq 4 ]
}

@test "--record-path with {FIELD}: each member of an object, its name in a field" {
	[ "$(json '{"data":{"2026-11-01":{"cost":1.5},"2026-11-02":{"cost":2.5}},"total":2}' --record-path 'data{day}')" = \
		$'{"day":"2026-11-01","cost":1.5}\n{"day":"2026-11-02","cost":2.5}' ]
	# More than one level, arrays below and above, names of any text.
	[ "$(json '{"7":{"rows":{"d1":[{"a":1},{"a":2}],"d2":[]}},"8":{"rows":{"d1":[{"a":3}]}}}' --record-path '{account}.rows{day}')" = \
		$'{"account":"7","day":"d1","a":1}\n{"account":"7","day":"d1","a":2}\n{"account":"8","day":"d1","a":3}' ]
	[ "$(json '[{"x":{"a":1}},{"y":{"a":2}}]' --record-path '[]{"the name"}')" = $'{"the name":"x","a":1}\n{"the name":"y","a":2}' ]
	[ "$(json '{"":{"a":1},"\u65e5\n":{"a":2}}' --record-path '{k}')" = $'{"k":"","a":1}\n{"k":"日\\n","a":2}' ]
	[ "$(json '{"d":{"x":1,"y":2}}' --record-path 'd{k}' --wrap v)" = $'{"k":"x","v":1}\n{"k":"y","v":2}' ]
	# An object without members has no records; nothing there at all is an error.
	[ -z "$(json '{"d":{}}' --record-path 'd{k}')" ]
	[ -z "$(json '{"d":null}' --record-path 'd{k}')" ]
	refused 65 'line 1, column 1: the record path leads nowhere; there is "e"' '{"e":{}}' --record-path 'd{k}'
	refused 65 'line 1, column 6: the record path needs an object here' '{"d":[1]}' --record-path 'd{k}'
	refused 65 'line 1, column 11: a value that is not an object (see --wrap and --record-path)' '{"d":{"x":1}}' --record-path 'd{k}'
	# Names that are there twice.
	refused 65 "line 1, column 12: a field of this name comes from the record path or the input's file, too: \"k\" (another {FIELD} or fetch-api --include NAME=FIELD avoids it)" '{"d":{"x":{"k":1}}}' --record-path 'd{k}'
	refused 64 '--record-path: "{k}{k}": the field "k" is there twice' '{}' --record-path '{k}{k}'
	refused 64 '--record-path: "d{": "{" without "}"' '{}' --record-path 'd{'
	refused 65 'line 1, column 14: a repeated name in an object: "x" (see --duplicate-keys)' '{"d":{"x":{},"x":{}}}' --record-path 'd{k}'
}

@test "--header first: the first array has the names of the rows after it" {
	[ "$(json '[["day","cost"],["2026-11-01","1.50"],["2026-11-02",2]]' --header first)" = \
		$'{"day":"2026-11-01","cost":"1.50"}\n{"day":"2026-11-02","cost":2}' ]
	[ "$(json '{"rows":[["a"],[{"deep":[1]}],[null]]}' --header first --record-path rows)" = $'{"a":{"deep":[1]}}\n{"a":null}' ]
	[ -z "$(json '[["a","b"]]' --header first)" ]
	[ -z "$(json '[]' --header first)" ]
	refused 65 'line 1, column 12: the row has 1 values, the header row has 2' '[["a","b"],[1]]' --header first
	refused 65 'line 1, column 8: a value that is not an array (see --header)' '[["a"],{"a":1}]' --header first
	refused 65 'the header row: "a": a name is there twice' '[["a","a"]]' --header first
	refused 65 'line 1, column 2: a name in the header row is not a text' '[["a",1]]' --header first
	refused 65 'line 1, column 2: the header row is empty' '[[]]' --header first
	refused 64 '--header first and --wrap exclude each other' '[]' --header first --wrap v
	# With the name of a member, and with the fields of the input's file.
	[ "$(json '{"d1":[["a"],[1]]}' --header first --record-path '{day}' )" = '{"day":"d1","a":1}' ]
	printf 'schema\tchunk:bytes\tid:int\nrow\t%s\t7\nschema\tchunk:bytes\tid:int\nrow\t%s\t8\n' \
		"$(printf '[["a"],[1]]' | hex)" "$(printf '[["b"],[2]]' | hex)" | spell >chunks.mam
	[ "$(from-json --header first <chunks.mam | to-json)" = $'{"a":1,"id":7}\n{"b":2,"id":8}' ]
	printf 'schema\tchunk:bytes\tid:int\nrow\t%s\t7\n' "$(printf '[["id"],[1]]' | hex)" | spell >chunks.mam
	run -65 --separate-stderr bash -c 'from-json --header first <chunks.mam >out'
	[ "$stderr" = "from-json: the header row: \"id\": the input's file already has this field" ]
}

@test "names beside the record path take bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	names() { seq "$1" | sed 's/.*/"k&":1/' | paste -sd , -; }
	for text in "{\"names\":{$(names 600000)},\"data\":[{\"a\":1}]}" "{$(names 600000),\"data\":[{\"a\":1}]}"; do
		printf '%s' "$text" >beside.json
		[ "$(bash -c 'ulimit -v 40000; from-json --record-path data <beside.json' | to-json)" = '{"a":1}' ]
	done
	printf '{"data":{%s}}' "$(seq 600000 | sed 's/.*/"k&":{"a":1}/' | paste -sd , -)" >members.json
	[ "$(bash -c 'ulimit -v 40000; from-json --record-path "data{k}" <members.json' | to-json | wc -l)" -eq 600000 ]
	# The path's own name is found whatever came before it, and a second one is still an error.
	printf '{%s,"data":[{"a":1}],"data":[{"a":2}]}' "$(names 200000)" >twice.json
	run -65 --separate-stderr bash -c 'from-json --record-path data <twice.json >out'
	[[ $stderr == *'a repeated name in an object: "data"'* ]]
}

@test "limits: fields, names, record" {
	fields() { seq "$1" | sed 's/.*/"f&":&/' | paste -sd , -; }
	[ "$(json "{$(fields 4096)}" | md5sum)" = "$(echo "{$(fields 4096)}" | md5sum)" ]
	run -65 --separate-stderr bash -c "echo '{$(fields 4097)}' | from-json >out"
	[[ $stderr == *"too many members in an object"* ]]
	long=$(printf 'n%.0s' {1..1024})
	[ "$(json "{\"$long\":1}")" = "{\"$long\":1}" ]
	refused 65 "line 1, column 2: a field's name is longer than 1024 bytes: \"${long:0:200}…\"" "{\"n$long\":1}"
	# A map of one, the name "a" and the head of its text are eight bytes.
	{ printf '{"a":"' && head -c 67108856 /dev/zero | tr '\0' x && printf '"}'; } >largest
	[ "$(from-json <largest | to-json | wc -c)" -eq 67108865 ]
	{ printf '{"a":"' && head -c 67108857 /dev/zero | tr '\0' x && printf '"}'; } >large
	run -65 --separate-stderr bash -c 'from-json <large >out'
	[ "$stderr" = "from-json: line 1, column 1: a value is too large" ]
}

@test "-- COMMAND: its output counts only if it exits with 0" {
	[ "$(from-json -- printf '{"a":%d}' 1 2 | to-json)" = $'{"a":1}\n{"a":2}' ]
	[ -z "$(from-json -- true | to-json)" ]
	run -75 --separate-stderr bash -c 'from-json -- sh -c "echo {}; exit 75" | to-json'
	[[ ${stderr_lines[-1]} == 'from-json: "sh" exited with 75' ]]
	run -76 --separate-stderr bash -c 'from-json -- sh -c "echo {}; exit 1" >out'
	[ "$stderr" = 'from-json: "sh" exited with 1' ]
	run -76 --separate-stderr bash -c 'from-json -- sh -c "kill -9 \$\$" >out'
	[ "$stderr" = 'from-json: "sh" was ended by signal 9' ]
	run -76 --separate-stderr bash -c 'from-json -- sh -c "echo {}; kill -9 \$\$" | to-json'
	run -64 --separate-stderr bash -c 'from-json -- no-such-program >out'
}

@test "byte chunks: each file is a text of its own, its fields go into its records" {
	{
		printf 'schema\tchunk:bytes\tid:int\tday:date\n'
		printf 'row\t%s\t7\t2026-11-20\n' "$(printf '[{"a":1},{"' | hex)" "$(printf 'a":2}]' | hex)"
		printf 'schema\tchunk:bytes\tid:int\tday:date\n'
		printf 'row\t%s\t8\t\\N\n' "$(printf '{"a":3}' | hex)"
		printf 'coverage\tday=2026-11-20\n'
		printf 'schema\tchunk:bytes\n'
		printf 'row\t%s\n' "$(printf '{"id":9}' | hex)"
	} | spell >chunks.mam
	[ "$(from-json <chunks.mam | to-json)" = '{"a":1,"id":7,"day":"2026-11-20"}
{"a":2,"id":7,"day":"2026-11-20"}
{"a":3,"id":8,"day":null}
{"id":9}' ]
	# Two texts are not joined to one.
	printf 'schema\tchunk:bytes\nrow\t%s\nschema\tchunk:bytes\nrow\t%s\n' "$(printf '{"a":' | hex)" "$(printf '1}' | hex)" | spell >two.mam
	run -65 --separate-stderr bash -c 'from-json <two.mam >out'
	[ "$stderr" = 'from-json: line 1, column 6: the text ends where a value is expected' ]
	printf 'schema\tchunk:bytes\nrow\t%s\nschema\tchunk:bytes\nrow\t%s\n' "$(printf '{"a":1}' | hex)" "$(printf '1}' | hex)" | spell >two.mam
	run -65 --separate-stderr bash -c 'from-json --wrap v <two.mam >out'
	[ "$stderr" = "from-json: file 2, line 1, column 2: white space is missing between two values: \"}\"" ]
}

@test "byte chunks: a field that is there twice is 65, and so is one that --wrap names" {
	printf 'schema\tchunk:bytes\tid:int\nrow\t%s\t7\n' "$(printf '{"b":{"id":1}} {"id":2}' | hex)" | spell >chunks.mam
	run -65 --separate-stderr bash -c 'from-json <chunks.mam >out'
	[ "$stderr" = "from-json: line 1, column 17: a field of this name comes from the record path or the input's file, too: \"id\" (another {FIELD} or fetch-api --include NAME=FIELD avoids it)" ]
	printf 'schema\tchunk:bytes\tid:int\nrow\t%s\t7\n' "$(printf '1' | hex)" | spell >chunks.mam
	[ "$(from-json --wrap v <chunks.mam | to-json)" = '{"v":1,"id":7}' ]
	run -65 --separate-stderr bash -c 'from-json --wrap id <chunks.mam >out'
	[ "$stderr" = "from-json: the input's file already has a field \"id\"; use another name in --wrap or --record-path" ]
}

@test "byte chunks: an ended stream without data is no error, a cut one is 76" {
	printf 'schema\tchunk:bytes\n' | spell >none.mam
	[ -z "$(from-json <none.mam | to-json)" ]
	printf 'schema\tchunk:bytes\nrow\t%s\ncut\n' "$(printf '{"a":1}' | hex)" | spell >cut.mam
	run -76 --separate-stderr bash -c 'from-json <cut.mam | to-json'
	[[ ${stderr_lines[-1]} == *"without its end mark"* ]]
	printf 'schema\ta:int\nrow\t1\n' | spell >records.mam
	run -65 --separate-stderr bash -c 'from-json <records.mam >out'
	[[ $stderr == *"holds records already"* ]]
}

@test "a rehearsal is said in the header" {
	echo '{}' | from-json --dry-run >dry.mam
	echo '{}' | from-json >real.mam
	run -65 bash -c 'cat dry.mam real.mam | to-json'
	[[ $output == *"a rehearsal (dry run) and a real stream cannot be read as one"* ]]
}

# Is it JSON at all? Sets status, and message to what was said.
judge() { # FILE
	status=0
	message=$(from-json --single --wrap value --duplicate-keys last <"$1" 2>&1 >/dev/null) || status=$?
}

@test "RFC 8259, rule by rule: what is JSON is taken, what is none is 65 with its place" {
	local verdict place text n=0 wrong=0
	while IFS=$'\t' read -r verdict place text; do
		[[ $verdict != '#'* ]] || continue
		n=$((n + 1))
		printf '%b' "$text" >text
		judge text
		[ "$verdict $status" != "y 0" ] || continue
		[[ $verdict != n || $status != 65 || $message != "from-json: line ${place%:*}, column ${place#*:}: "* ]] || continue
		echo "$verdict $place $text: status $status: $message"
		wrong=$((wrong + 1))
	done <"$MAM_ROOT/tests/from-json.cases"
	[ "$wrong" -eq 0 ]
	[ "$n" -gt 200 ]
}

@test "JSONTestSuite: its y files are taken, its n files are 65 with line and column" {
	local folder file n=0 wrong=0
	folder=$("$MAM_ROOT/tests/json-suite") || skip "SKIPPED: JSONTestSuite is not here (tests/json-suite install)"
	for file in "$folder"/[yn]_*.json; do
		n=$((n + 1))
		judge "$file"
		[[ $file != */y_* || $status != 0 ]] || continue
		[[ $file != */n_* || $status != 65 || ! $message =~ ^from-json:\ line\ [0-9]+,\ column\ [0-9]+:\  ]] || continue
		echo "${file##*/}: status $status: $message"
		wrong=$((wrong + 1))
	done
	[ "$wrong" -eq 0 ]
	[ "$n" -gt 250 ]
}

# Whether the files of each pair, JSON texts, hold the same: names in order, numbers exactly, of a
# repeated name the last. Of an array each element is a text.
same_values() { # A B [A B ...]
	python3 - "$@" <<-'END'
		import decimal, json, sys
		decimal.getcontext().prec = 10000
		def number(text):
		    value = decimal.Decimal(text)
		    return ('number', value.is_signed(), value)
		def members(pairs):
		    last = {name: i for i, (name, _) in enumerate(pairs)}
		    return ('object', [pair for i, pair in enumerate(pairs) if last[pair[0]] == i])
		decoder = json.JSONDecoder(parse_int=number, parse_float=number, object_pairs_hook=members)
		def values(path):
		    text, at = open(path, encoding='utf-8').read().rstrip(), 0
		    while at < len(text):
		        at += len(text[at:]) - len(text[at:].lstrip())
		        value, at = decoder.raw_decode(text, at)
		        yield from value if isinstance(value, list) else [value]
		for left, right in zip(sys.argv[1::2], sys.argv[2::2]):
		    a, b = list(values(left)), list(values(right))
		    assert a == b, (left, [pair for pair in zip(a, b) if pair[0] != pair[1]][:1] or (len(a), len(b)))
	END
}

@test "the comparison of the next test finds a changed value" {
	printf '{"a":1.10,"b":[9007199254740993,{"c":"x"}]}' >a
	same_values a a
	printf '{"a":1.1,"b":[9007199254740993,{"c":"x"}]}' >b
	same_values a b
	for other in '{"a":1.1,"b":[9007199254740992,{"c":"x"}]}' '{"b":[9007199254740993,{"c":"x"}],"a":1.1}' \
		'{"a":1.1,"b":[9007199254740993,{"c":"X"}]}' '{"a":1.1}' '{"a":1.1000000000000001,"b":[9007199254740993,{"c":"x"}]}'; do
		printf '%s' "$other" >b
		run same_values a b
		[ "$status" -ne 0 ]
	done
}

@test "recorded bodies of media pass through from-json and to-json without a changed value" {
	need_shared media/fixtures
	local file n=0 repeated=0 pairs=()
	for file in "$MAM_SHARED"/media/fixtures/*/*.json*; do
		n=$((n + 1))
		if ! from-json <"$file" 2>message | to-json >$n.out 2>/dev/null; then
			[[ $(cat message) == *"a repeated name in an object: \"id\""* ]]
			repeated=$((repeated + 1))
			from-json --duplicate-keys last <"$file" | to-json >$n.out
		fi
		pairs+=("$file" "$n.out")
	done
	same_values "${pairs[@]}"
	[ "$n" -gt 100 ]
	# index.md: two of them hold the key id twice in one object.
	[ "$repeated" -eq 2 ]
}

@test "a file as an operand is 64 and is not taken for standard input" {
	echo x >file
	run -64 bash -c 'from-json file <file >out.mam'
	[[ $output == 'from-json: takes no operands, but got "file" (use < for a file'* ]]
}

@test "--invalid-text replace: U+FFFD for bytes that are not UTF-8 and for half pairs, counted" {
	printf '{"a":"x\xffy","b":"\\ud800 \\udc00\\ud83d\\ude00\\ud800\\u0041"}\n{"a":"\xe3\x81","c\xff":1}' >bad.json
	run -65 from-json <bad.json
	env -u MAM_LOG from-json --invalid-text replace <bad.json 2>log | to-json >got
	printf '{"a":"x\xef\xbf\xbdy","b":"\xef\xbf\xbd \xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbdA"}\n{"a":"\xef\xbf\xbd","c\xef\xbf\xbd":1}\n' | cmp got -
	grep -q '6 replaced by U+FFFD' log
	python3 -c '
import random
r = random.Random(7)
b = b"".join(b"{\"a\":\"" + bytes(r.choice([65, 66, 0xe3, 0x81, 0x82, 0xff, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xed, 0xa0]) for _ in range(30)) + b"\"}\n" for _ in range(20000))
open("random.json", "wb").write(b)
open("wanted.json", "w").write(b.decode("utf-8", "replace"))'
	from-json --invalid-text replace <random.json | to-json | cmp - wanted.json
	printf '{"a":"\xff"}{"a\xff":1,"a\xfe":2}' >twice.json
	run -65 --separate-stderr from-json --invalid-text replace <twice.json
}

@test "--record-path: one that leads nowhere lists the names that are there, and the nearest" {
	refused 65 'line 1, column 1: the record path leads nowhere; there is "data", "meta", did you mean "data"?' '{"data":[{"a":1}],"meta":{"x":1}}' --record-path datas
	refused 65 'line 1, column 1: the record path leads nowhere; there is "rows", "total", did you mean "rows"?' '{"x":1,"data":{"rows":[{"a":1}],"total":1},"y":2}' --record-path data.row
	refused 65 'line 2, column 1: the record path leads nowhere; there is "b"' $'{"a":[]}\n{"b":[]}' --record-path a
	refused 65 'line 1, column 1: the record path leads nowhere' '{"x":1,"a":{}}' --record-path a.b
}
