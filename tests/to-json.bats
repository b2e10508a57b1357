# SPDX-License-Identifier: MIT
# to-json: how each type is written, what has no JSON form, when text is written.
# shellcheck disable=SC2154,SC2016 # bats sets stderr; what sh -c expands stands in single quotes

load helper

@test "every type, in the order of the schema" {
	{
		printf 'schema\tb:bool\ti:int\tf:float\td:decimal\tt:text\ty:bytes\tday:date\tat:datetime\tts:timestamp\tj:json\n'
		printf 'row\ttrue\t18446744073709551615\t0.1\t-001.50\tq"\\\\ \\n日\t00ff10\t2026-11-20\t2026-11-20T13:00:00.5\t2026-11-20T13:00:00.123456789Z\tx|y\n'
		printf 'row\tfalse\t-9223372036854775808\t1e300\t0\t\t\t0001-01-01\t1969-12-31T23:59:59.999999\t1969-12-31T23:59:59Z\t\n'
		printf 'row\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n'
	} | spell >types.mam
	run -0 --separate-stderr to-json <types.mam
	[ "${lines[0]}" = '{"b":true,"i":18446744073709551615,"f":0.1,"d":-1.50,"t":"q\"\\ \n日","y":"AP8Q","day":"2026-11-20","at":"2026-11-20T13:00:00.500","ts":"2026-11-20T13:00:00.123456789Z","j":{"list":["x","y"]}}' ]
	[ "${lines[1]}" = '{"b":false,"i":-9223372036854775808,"f":1e300,"d":0,"t":"","y":"","day":"0001-01-01","at":"1969-12-31T23:59:59.999999","ts":"1969-12-31T23:59:59Z","j":{"list":[""]}}' ]
	[ "${lines[2]}" = '{"b":null,"i":null,"f":null,"d":null,"t":null,"y":null,"day":null,"at":null,"ts":null,"j":null}' ]
	[ "${#lines[@]}" -eq 3 ]
	[ -z "$stderr" ]
}

@test "--decimal-text puts decimals into quotes, nested ones too" {
	[ "$(echo '{"a":0.30000000000000000001,"b":[1.5,1e30000000]}' | sed 's/1e30000000/18446744073709551616/' | from-json | to-json --decimal-text)" = \
		'{"a":"0.30000000000000000001","b":[1.5,"18446744073709551616"]}' ]
}

@test "records without a schema, and schemas that change" {
	[ "$(printf 'map\ta:int=1\tb=x\nmap\nmap\t=\t日"=1\n' | spell | to-json)" = $'{"a":1,"b":"x"}\n{}\n{"":"","日\\"":"1"}' ]
	[ "$(printf 'schema\ta:int\nrow\t1\nschema\tb:int\ta:int\nrow\t2\t3\n' | spell | to-json)" = $'{"a":1}\n{"b":2,"a":3}' ]
	printf 'schema\ta:int\nrow\t1\n' | spell >one.mam
	printf 'map\tz:int=2\n' | spell >two.mam
	[ "$(cat one.mam two.mam one.mam | to-json)" = $'{"a":1}\n{"z":2}\n{"a":1}' ]
}

@test "--array: one array, closed only when the input was complete" {
	printf 'map\ta:int=1\nmap\ta:int=2\n' | spell >two.mam
	[ "$(to-json --array <two.mam)" = $'[\n{"a":1},\n{"a":2}\n]' ]
	[ "$(cat two.mam two.mam | to-json --array | jq -c .)" = '[{"a":1},{"a":2},{"a":1},{"a":2}]' ]
	[ "$(spell </dev/null | to-json --array)" = '[]' ]
	run -76 --separate-stderr bash -c "printf 'map\ta:int=1\ncut\n' | spell | to-json --array"
	[ "$output" = $'[\n{"a":1}' ]
}

@test "what has no JSON form is 65 and names record and field" {
	printf 'schema\ta:int\tf:float\nrow\t1\t0.5\nrow\t2\tnan\n' | spell >bad.mam
	run -65 --separate-stderr to-json <bad.mam
	[ "$output" = '{"a":1,"f":0.5}' ]
	[ "$stderr" = 'to-json: record 2: "f": a float that is not a number (NaN) has no JSON form' ]
	printf 'map\tx:float=-inf\n' | spell >bad.mam
	run -65 --separate-stderr to-json <bad.mam
	[ "$stderr" = 'to-json: record 1: "x": an infinite float has no JSON form' ]
	[ -z "$output" ]
	printf 'map\tx:text=a\xff\n' | spell >bad.mam
	run -65 --separate-stderr to-json <bad.mam
	[ "$stderr" = 'to-json: record 1: "x": is not valid UTF-8' ]
	printf 'map\t\xff:text=a\n' | spell >bad.mam
	run -65 --separate-stderr to-json <bad.mam
	[ "$stderr" = 'to-json: record 1: "�": the name is not valid UTF-8' ]
}

@test "where the input fails, the records before it are written, and the status is the first failure's" {
	printf 'map\ta:int=1\nfail\t77\tno such token\n' | spell >aborted.mam || true
	run -77 --separate-stderr to-json <aborted.mam
	[ "$output" = '{"a":1}' ]
	[ "$stderr" = 'spell: no such token' ]
	printf 'map\ta:int=1\ncut\n' | spell >cut.mam
	run -76 --separate-stderr to-json <cut.mam
	[ "$output" = '{"a":1}' ]
	[[ $stderr == *"without its end mark"* ]]
}

@test "text is written before the program waits" {
	mkfifo pipe
	to-json <pipe >out &
	exec 7>pipe
	printf 'map\ta:int=1\nsleep\t0\n' | spell | head -c -20 >&7
	for ((i = 0; i < 500; i++)); do
		[ -s out ] && break
		sleep 0.02
	done
	[ "$(cat out)" = '{"a":1}' ]
	exec 7>&-
	local status=0
	wait $! || status=$?
	[ "$status" -eq 76 ]
}

@test "a full disk and a closed output are 74, also when nothing is to be written" {
	printf 'map\ta:int=1\n' | spell >one.mam
	spell </dev/null >none.mam
	run -74 sh -c 'to-json <one.mam >/dev/full'
	[ "$output" = "to-json: cannot write standard output: No space left on device" ]
	run -74 sh -c 'to-json <one.mam >&-'
	run -74 sh -c 'to-json <none.mam >&-'
	run -0 sh -c 'to-json <none.mam >/dev/full'
}

@test "a reader that goes away ends it by SIGPIPE" {
	seq 1 200000 | awk '{ printf "{\"a\":%d}\n", $1 }' | from-json >many.mam
	run -0 statuses 'to-json <many.mam | head -n 1'
	[[ $output == *"statuses: 141 0"* ]]
}

@test "operands are refused" {
	run -64 to-json file </dev/null
}
