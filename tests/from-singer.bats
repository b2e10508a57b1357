# SPDX-License-Identifier: MIT
# from-singer: the messages of a tap, and what breaks their rules. The taps of others are in singer.bats.
# shellcheck disable=SC2154,SC2016 # bats sets stderr; what sh -c expands stands in single quotes

load helper

schema='{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"n":{"type":["null","number"],"multipleOf":0.01},"t":{"type":["null","string"]}},"required":["id"]},"key_properties":["id"]}'
state='{"type":"STATE","value":{"bookmarks":{"s":7}}}'

record() { # MEMBERS [STREAM [MORE]]
	printf '{"type":"RECORD","stream":"%s","record":{%s}%s}\n' "${2:-s}" "$1" "${3:-}"
}

json() { # MESSAGES [OPTION...]
	printf '%s\n' "$1" | from-singer "${@:2}" | to-json
}

# refused STATUS MESSAGE MESSAGES [OPTION...]: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'printf "%s\n" "$1" | from-singer "${@:2}" >out' sh "$3" "${@:4}"
	[ "$stderr" = "from-singer: $2" ] || {
		echo "got: $stderr"
		return 1
	}
	run "-$1" to-json <out
}

@test "SCHEMA, RECORD and STATE become a schema, records and state items in their order" {
	printf '%s\n' "$schema" "$(record '"id":1,"n":12.5,"t":"x"')" "$state" "$schema" "$(record '"id":2')" "$state" >in
	[ "$(from-singer <in | to-json)" = $'{"id":1,"n":12.5,"t":"x"}\n{"id":2,"n":null,"t":null}' ]
	from-singer <in | describe --json | jq -e '.schemas == 1 and .states == 2 and .state[0] == {"key": "singer", "value": {"bookmarks": {"s": 7}}} and (.fields | map(.types[0])) == ["int", "decimal", "text"]'
	from-singer --state-key mine <in | describe --json | jq -e '.state[0].key == "mine"'
	# A new schema of the same stream.
	wider=${schema/'"t":{'/'"u":{"type":["null","boolean"]},"t":{'}
	[ "$(json "$schema
$(record '"id":1')
$wider
$(record '"id":2,"u":true')")" = $'{"id":1,"n":null,"t":null}\n{"id":2,"n":null,"u":true,"t":null}' ]
}

@test "one of several streams; without a choice an error that lists them" {
	two="$schema
${schema/'"s"'/'"b"'}
$(record '"id":1' b)
$(record '"id":2')
${schema/'"s"'/'"c"'}"
	[ "$(json "$two" --stream b)" = '{"id":1,"n":null,"t":null}' ]
	refused 65 'the tap sends several streams, choose one with --stream: "s", "b", "c"' "$two"
	printf '%s\n' "$two" >two
	run -65 --separate-stderr bash -c 'from-singer -- cat two >out'
	[ "$stderr" = 'from-singer: the tap sends several streams, choose one with --stream: "s", "b" and perhaps more' ]
	refused 65 'the tap has no stream "x"; it has "s", "b", "c"' "$two" --stream x
	[ "$(json "$two" --stream x --allow-empty)" = '' ]
	# Of the other streams nothing is checked but the messages themselves.
	[ "$(json "$schema
$(record '"wrong":1' b)
$(record '"id":3')" --stream s)" = '{"id":3,"n":null,"t":null}' ]
}

@test "a stream that breaks its own rules: record, field, value and rule" {
	refused 65 'line 1: a RECORD before the SCHEMA of its stream: "s"' "$(record '"id":1')"
	refused 65 'record 2: "id": "x" is not an integer' "$schema
$(record '"id":1')
$(record '"id":"x"')"
	refused 65 'record 1: "n": "1.505" has more digits than the multipleOf of its schema' "$schema
$(record '"id":1,"n":1.505')"
	refused 65 'record 1: "id": is a key property and has no value' "$schema
$(record '"n":1')"
	refused 65 'record 1: "id": is a key property and has no value' "$schema
$(record '"id":null')"
	refused 65 'record 1: "x": is not in the schema of the stream (see --extra)' "$schema
$(record '"id":1,"x":1')"
	printf '%s\n' "$schema" "$(record '"id":1,"x":1')" >extra
	[ "$(from-singer --extra drop <extra | to-json)" = '{"id":1,"n":null,"t":null}' ]
	from-singer --extra drop <extra | describe --json | jq -e '.stages[0].extra_dropped == 1'
	one='{"type":"SCHEMA","stream":"s","schema":{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]},"key_properties":[]}'
	refused 65 'record 1: "b": is required by the schema and is missing' "$one
$(record '"a":"x"')"
	refused 65 'record 1: "a": is null, which its schema does not allow' "$one
$(record '"a":null,"b":"x"')"
	refused 65 'line 2: a RECORD without an object as its record' "$schema
{\"type\":\"RECORD\",\"stream\":\"s\",\"record\":5}"
	refused 65 'line 2: a RECORD without a record' "$schema
{\"type\":\"RECORD\",\"stream\":\"s\"}"
	refused 65 'line 1: is in key_properties, and the schema has no such property: "z"' "${schema/'"key_properties":["id"]'/'"key_properties":["z"]'}"
	refused 65 'line 1: the schema has no properties' '{"type":"SCHEMA","stream":"s","schema":{},"key_properties":[]}'
}

@test "messages that are none, BATCH, and other texts" {
	refused 65 'line 1: an unknown type of message: "RECORDS"' '{"type":"RECORDS","stream":"s"}'
	refused 65 'line 1: a message without a type: this is not the output of a Singer tap' '{"a":1}'
	refused 65 'line 1: a message without the name of its stream: "SCHEMA"' '{"type":"SCHEMA","schema":{}}'
	refused 65 'line 1: a STATE without a value' '{"type":"STATE"}'
	refused 65 'line 2: a BATCH message names files beside the stream, which are not read: configure the tap without batch_config' "$schema
{\"type\":\"BATCH\",\"stream\":\"s\",\"encoding\":{},\"manifest\":[]}"
	refused 65 'line 2, column 11: a control character in a string: "\n"' "$schema
{\"type\":\"T"
	run -65 --separate-stderr bash -c 'echo "INFO starting" | from-singer >out'
	[[ $stderr == 'from-singer: line 1, column 1: a value is expected'* ]]
	refused 65 'line 1, column 17: a repeated name in an object: "type"' '{"type":"STATE","type":"SCHEMA"}'
}

@test "ACTIVATE_VERSION: one version is passed, two are an error" {
	v1="$schema
{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"s\",\"version\":5}
$(record '"id":1' s ',"version":5')
{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"s\",\"version\":5}"
	[ "$(json "$v1")" = '{"id":1,"n":null,"t":null}' ]
	printf '%s\n' "$v1" | from-singer | describe --json | jq -e '.stages[0].activated_version == 5'
	refused 65 'line 5: a RECORD of another version than those before: rows of two versions do not belong together' "$v1
$(record '"id":2' s ',"version":6')"
	refused 65 'line 3: an ACTIVATE_VERSION of another version than the records before, which are not valid then' "$schema
$(record '"id":1')
{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"s\",\"version\":5}"
	refused 65 'line 2: an ACTIVATE_VERSION without a version' "$schema
{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"s\"}"
}

@test "--number and --date-time" {
	s='{"type":"SCHEMA","stream":"s","schema":{"properties":{"n":{"type":"number"},"t":{"type":"string","format":"date-time"}}}}'
	r=$(record '"n":9007199254740993,"t":"2026-11-27T01:02:03+09:00"')
	refused 65 'record 1: "n": "9007199254740993" is not exactly a float (see --number)' "$s
$r"
	[ "$(json "$s
$r" --number decimal)" = '{"n":9007199254740993,"t":"2026-11-26T16:02:03Z"}' ]
	r=$(record '"n":1,"t":"2026-11-27 01:02:03"')
	refused 65 'record 1: "t": "2026-11-27 01:02:03" has no zone (see --date-time)' "$s
$r"
	[ "$(json "$s
$r" --date-time datetime)" = '{"n":1.0,"t":"2026-11-27T01:02:03"}' ]
	[ "$(json "$s
$r" --date-time text)" = '{"n":1.0,"t":"2026-11-27 01:02:03"}' ]
}

@test "a tap that fails seals nothing; one that ends well without records does" {
	printf '%s\n' "$schema" "$(record '"id":1')" >in
	[ "$(from-singer -- cat in | to-json)" = '{"id":1,"n":null,"t":null}' ]
	run -76 --separate-stderr bash -c 'from-singer -- sh -c "cat in; exit 1" >out'
	[ "$stderr" = 'from-singer: "sh" exited with 1' ]
	run -76 to-json <out
	run -75 bash -c 'from-singer -- sh -c "cat in; exit 75" >out'
	from-singer -- true >none.mam
	[ "$(describe --json <none.mam | jq .records)" = 0 ]
	run -76 bash -c 'from-singer </dev/null >out'
	from-singer --allow-empty </dev/null | to-json
	gzip -k in
	[ "$(from-singer <in.gz | to-json)" = '{"id":1,"n":null,"t":null}' ]
	zip -q in.zip in in.gz
	[ "$(from-singer --member in <in.zip | to-json)" = '{"id":1,"n":null,"t":null}' ]
	run -65 from-singer --member in --max-unpacked 5 <in.zip
	printf '%s\n{"type":"RECORD","stream":"s","record":{"id":1,"t":"\xff"}}\n' "$schema" >bad
	run -65 from-singer <bad
	[ "$(from-singer --invalid-text replace <bad | to-json)" = '{"id":1,"n":null,"t":"�"}' ]
	from-singer --dry-run <in | describe --json | jq -e .header.dry
}

@test "a hundred thousand records in bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	{ echo "$schema"; seq 100000 | sed 's/.*/{"type":"RECORD","stream":"s","record":{"id":&,"n":&.5,"t":"name &"}}/'; } >big
	(ulimit -v 60000 && from-singer <big >big.mam)
	[ "$(describe --json <big.mam | jq .records)" = 100000 ]
}
