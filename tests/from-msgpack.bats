# SPDX-License-Identifier: MIT
# from-msgpack and to-msgpack's other side: which msgpack of other programs becomes which records, and
# how the rest is refused. Python's msgpack judges where it is installed.
# shellcheck disable=SC2154,SC2016 # bats sets stderr; what sh -c expands stands in single quotes

load helper

# Bytes given in hexadecimal digits: msgpack 81a16101 | from-msgpack
msgpack() {
	xxd -r -p <<<"$*"
}

# refused STATUS MESSAGE HEX [OPTION...]: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'xxd -r -p <<<"$1" | from-msgpack "${@:2}" >out' sh "$3" "${@:4}"
	[ "$stderr" = "from-msgpack: $2" ] || {
		echo "got: $stderr"
		return 1
	}
}

# Records from hexadecimal digits as JSON.
json() {
	msgpack "$1" | from-msgpack "${@:2}" | to-json
}

# The Python that has msgpack: Debian's own, not one that a version manager put before it.
need_python_msgpack() {
	for python in /usr/bin/python3 python3; do
		"$python" -c 'import msgpack' 2>/dev/null && return
	done
	skip 'SKIPPED: python3-msgpack is not installed'
}

@test "maps are records, and so are the maps in an array" {
	# {"a":1} {"a":{"b":[nil,true]}}
	[ "$(json '81a16101 81a161 81a162 92 c0 c3')" = $'{"a":1}\n{"a":{"b":[null,true]}}' ]
	[ "$(json '92 81a16101 81a16102 90 81a16103')" = $'{"a":1}\n{"a":2}\n{"a":3}' ]
	refused 65 'record 1: byte 1: a value that is not a map (see --record-path)' '91 91 81a16101'
	refused 65 'record 2: byte 4: a value that is not a map: 5 (see --record-path)' '81a16101 05'
}

@test "all types: ints of any form, float32, bin, timestamps of 4, 8 and 12 bytes" {
	[ "$(json '82 a161 cf ffffffffffffffff a162 d3 8000000000000000')" = '{"a":18446744073709551615,"b":-9223372036854775808}' ]
	[ "$(json '81 a161 ca 3fc00000')" = '{"a":1.5}' ]
	[ "$(json '81 a161 c4 02 ff00')" = '{"a":"/wA="}' ]
	[ "$(json '81 a161 d6 ff 00000001')" = '{"a":"1970-01-01T00:00:01Z"}' ]
	[ "$(json '81 a161 d7 ff 00000fa000000001')" = '{"a":"1970-01-01T00:00:01.000001Z"}' ]
	[ "$(json '81 a161 c7 0c ff 00000000 ffffffffffffffff')" = '{"a":"1969-12-31T23:59:59Z"}' ]
	# A timestamp of 10^9 nanoseconds, and one of 3 bytes.
	refused 65 'record 1: "a": is of no type of mam-stream(5)' '81 a161 c7 0c ff 3b9aca00 0000000000000000'
	refused 65 'record 1: "a": is of no type of mam-stream(5)' '81 a161 c7 03 ff 000000'
}

@test "a key that is not a text, a repeated key, text that is not UTF-8: the record and the field" {
	refused 65 'record 2: a key is not a text: 5' '81a16101 81 05 01'
	refused 65 'record 1: "a": a key is not a text: "b"' '81 a161 91 81 c40162 01'
	refused 65 'record 1: "a": the name occurs twice' '82 a16101 a16102'
	refused 65 'record 1: "b": the name occurs twice' '81 a161 91 82 a16201 a16202'
	refused 65 'record 1: "a": is not valid UTF-8 (see --invalid-text)' '81 a161 a1ff'
	[ "$(json '82 a161 a2ff62 a162 91a1ff' --invalid-text replace)" = '{"a":"�b","b":["�"]}' ]
	msgpack '81 a161 a2ff62' | from-msgpack --invalid-text replace | describe --json | jq -e '.stages[0].text_replaced == 1'
}

@test "--nan: NaN and infinities are an error, null, or kept" {
	refused 65 'record 1: "a": is not a finite number: NaN (see --nan)' '81 a161 cb7ff8000000000000'
	refused 65 'record 1: "a": is not a finite number: -Infinity (see --nan)' '81 a161 91 caff800000'
	[ "$(json '81 a161 92 cb7ff8000000000000 01' --nan null)" = '{"a":[null,1]}' ]
	msgpack '81 a161 cb7ff8000000000000' >nan
	from-msgpack --nan keep <nan | to-msgpack >back
	cmp back nan
}

@test "--ext: extension types of other programs" {
	refused 65 'record 1: "a": is of an extension type: 5 (see --ext)' '81 a161 d40561'
	# 2 is a date of ours, which another program does not mean.
	refused 65 'record 1: "a": is of an extension type: 2 (see --ext)' '81 a161 d602 00000001'
	[ "$(json '81 a161 d40561' --ext bytes)" = '{"a":"YQ=="}' ]
	[ "$(json '82 a161 d602 00000001 a162 c70301312e35' --ext mam)" = '{"a":"1970-01-02","b":1.5}' ]
	refused 65 'record 1: "a": is of an extension type: 5 (see --ext)' '81 a161 d40561' --ext mam
	refused 65 'record 1: "a": is of no type of mam-stream(5)' '81 a161 d40161' --ext mam
}

@test "--fields and --header: arrays are records" {
	[ "$(json '92 01 a178 92 02 c0' --fields id,name)" = $'{"id":1,"name":"x"}\n{"id":2,"name":null}' ]
	[ "$(json '92 a161 a162 92 01 02' --header first)" = '{"a":1,"b":2}' ]
	# An array of rows.
	[ "$(json '92 91a161 9105' --header first --record-path '[]')" = '{"a":5}' ]
	refused 65 'record 2: the row has 1 values, the list of --fields 2' '92 01 02 91 01' --fields a,b
	refused 65 'record 1: the row has 3 values, the header 1' '91 a161 93 01 02 03' --header first
	refused 65 'record 1: a name in the header is not a text: 5' '91 05' --header first
	refused 65 'record 1: "a": the header has this name twice' '92 a161 a161' --header first
	refused 65 'record 1: byte 0: a value that is not an array' '81a16101' --fields a
	refused 64 '--fields and --header first exclude each other' '' --fields a --header first
	refused 64 '--fields: "a" is there twice' '' --fields a,a
}

@test "--record-path, as in from-json" {
	# {"x":{5:[1]},"d":{"r":[{"a":1},{"a":2}]}}
	[ "$(json '82 a178 81 05 9101 a164 81 a172 92 81a16101 81a16102' --record-path d.r)" = $'{"a":1}\n{"a":2}' ]
	[ "$(json '81 a164 82 a178 81a16101 a179 c0' --record-path 'd{day}')" = '{"day":"x","a":1}' ]
	refused 65 'record 1: "day": the name occurs twice' '81 a164 81 a178 81a364617901' --record-path 'd{day}'
	refused 65 'record 1: byte 4: the record path leads nowhere' '81a16101' --record-path d
	[ "$(json '81a16101' --record-path d --allow-empty)" = '' ]
	refused 64 '--record-path: "a..b": a name is missing beside a dot' '' --record-path a..b
}

@test "input that is cut, empty, or of another format" {
	refused 65 'record 2: byte 4: the input ends inside an object' '81a16101 81a1'
	refused 65 'record 1: byte 0: the byte 0xc1 is not msgpack' 'c1'
	refused 76 'the input is empty, and nothing says that it is complete: its writer may have died (see --allow-empty)' ''
	[ "$(json '' --allow-empty)" = '' ]
	run -65 --separate-stderr bash -c "printf '{\"a\":1}' | from-msgpack >out"
	[[ $stderr == *'(the input looks like JSON: use from-json)' ]]
	run -65 --separate-stderr bash -c 'echo id,name | from-msgpack >out'
	[[ $stderr == *'(the input looks like text)' ]]
	run -65 to-json <out
	[[ $output == 'from-msgpack: record 1: '* ]]
}

@test "a value larger than 64 MiB is refused before it is kept" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	{ msgpack '81 a161 c6 ffffffff'; head -c 80000000 /dev/zero; } >large
	run -65 --separate-stderr bash -c 'ulimit -v 400000; from-msgpack <large >out'
	[ "$stderr" = 'from-msgpack: record 1: byte 0: a value is too large' ]
}

@test "one array of a million records passes in constant memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	{ msgpack 'dd 000f4240'; yes | head -n 1000000 | tr -d '\n' | sed 's/y/\x81\xa2id\xcd\x04\x00/g'; } >big
	(ulimit -v 60000 && from-msgpack <big >big.mam)
	[ "$(describe --json <big.mam | jq .records)" = 1000000 ]
}

@test "gzip, zip with --member, byte chunks with fields beside them, a command" {
	msgpack '81a16101' >one
	gzip -k one
	[ "$(from-msgpack <one.gz | to-json)" = '{"a":1}' ]
	zip -q both.zip one one.gz
	[ "$(from-msgpack --member one <both.zip | to-json)" = '{"a":1}' ]
	run -65 from-msgpack --member one --max-unpacked 2 <both.zip
	printf 'schema\tchunk:bytes\tid:int\nraw\t92c40481a1610107\nraw\t92c40181 07\n' | tr -d ' ' | spell >cut.mam
	run -65 --separate-stderr bash -c 'from-msgpack <cut.mam >out'
	[[ $stderr == *'record 2: byte 4: the input ends inside an object' ]]
	printf 'schema\tchunk:bytes\tid:int\nraw\t92c40281a107\nraw\t92c402610107\n' | spell >whole.mam
	[ "$(from-msgpack <whole.mam | to-json)" = '{"a":1,"id":7}' ]
	[ "$(from-msgpack -- cat one | to-json)" = '{"a":1}' ]
	from-msgpack --dry-run <one | describe --json | jq -e .header.dry
	run -76 --separate-stderr bash -c 'from-msgpack -- sh -c "cat one; exit 3" >out'
	run -76 to-json <out
}

@test "what to-msgpack --ext mam writes comes back unchanged" {
	printf 'schema\ta:int\tb:float\tc:decimal\td:text\te:bytes\tf:date\tg:datetime\th:timestamp\tj:bool\nrow\t-5\t0.1\t12.50\tテスト\tff\t2026-11-20\t2026-11-20T13:00:00\t2026-11-20T13:00:00.000000001Z\ttrue\nrow\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n' |
		spell >all.mam
	to-msgpack --ext mam <all.mam | from-msgpack --ext mam |
		normalize a:int b:float c:decimal d:text e:bytes f:date g:datetime h:timestamp j:bool >back.mam
	[ -z "$(diff-records --key a all.mam back.mam | to-json)" ]
}

@test "Python's msgpack writes, from-msgpack reads" {
	need_python_msgpack
	"$python" - >in.mp <<-'END'
		import datetime, msgpack, sys
		p = msgpack.Packer(datetime=True)
		utc = datetime.timezone.utc
		for i in range(1000):
		    sys.stdout.buffer.write(p.pack({
		        "id": i * 10**15, "neg": -i, "f": i / 7, "t": "日本%d" % i, "b": bytes([i % 256]) * (i % 40),
		        "at": datetime.datetime(2026, 11, 20, 13, 0, 0, i * 1000, tzinfo=utc),
		        "n": None, "yes": i % 2 == 0, "list": list(range(i % 20)), "map": {"k%d" % j: j for j in range(i % 20)}}))
	END
	from-msgpack <in.mp >in.mam
	to-msgpack <in.mam | cmp - in.mp
}
