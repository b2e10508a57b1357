# SPDX-License-Identifier: MIT
# to-singer: the messages for each type. The targets of others are in singer.bats.
# shellcheck disable=SC2154,SC2016 # bats sets stderr; what sh -c expands stands in single quotes

load helper

rows() {
	printf 'schema\tid:int\tf:float\td:decimal\tt:text\tb:bytes\tday:date\tdt:datetime\tts:timestamp\tyes:bool\nrow\t9007199254740993\t0.1\t12.50\t"テ"\tff\t2026-11-20\t2026-11-20T13:00:00\t2026-11-20T13:00:00Z\ttrue\nrow\t2\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n' | spell
}

@test "a SCHEMA with the types, a RECORD with the values" {
	rows | to-singer --stream 'my "ads"' --key id >out
	[ "$(wc -l <out)" = 3 ]
	head -n 1 out | jq -e '.type == "SCHEMA" and .stream == "my \"ads\"" and .key_properties == ["id"] and .schema.type == "object" and
		.schema.properties == {"id": {"type": ["integer"]}, "f": {"type": ["null", "number"]}, "d": {"type": ["null", "number"]}, "t": {"type": ["null", "string"]},
		"b": {"type": ["null", "string"], "contentEncoding": "base64"}, "day": {"type": ["null", "string"], "format": "date"},
		"dt": {"type": ["null", "string"], "format": "date-time"}, "ts": {"type": ["null", "string"], "format": "date-time"}, "yes": {"type": ["null", "boolean"]}}'
	[ "$(sed -n 2p out)" = '{"type":"RECORD","stream":"my \"ads\"","record":{"id":9007199254740993,"f":0.1,"d":12.50,"t":"\"テ\"","b":"/w==","day":"2026-11-20","dt":"2026-11-20T13:00:00","ts":"2026-11-20T13:00:00Z","yes":true}}' ]
	[ "$(sed -n 3p out)" = '{"type":"RECORD","stream":"my \"ads\"","record":{"id":2,"f":null,"d":null,"t":null,"b":null,"day":null,"dt":null,"ts":null,"yes":null}}' ]
}

@test "--decimal and --scale" {
	printf 'schema\td:decimal\nrow\t12.50\nrow\t7\n' | spell >d.mam
	[ "$(to-singer --stream s --scale 2 <d.mam | head -n 1 | jq -c .schema.properties.d)" = '{"type":["null","number"],"multipleOf":0.01}' ]
	[ "$(printf 'schema\td:decimal\nrow\t7.0\n' | spell | to-singer --stream s --scale 0 | head -n 1 | jq -c .schema.properties.d)" = '{"type":["null","number"],"multipleOf":1}' ]
	run -65 --separate-stderr bash -c 'to-singer --stream s --scale 0 <d.mam >out'
	[ "$stderr" = 'to-singer: record 1: "d": "12.50" has more digits after the point than --scale' ]
	to-singer --stream s --decimal string <d.mam >out
	[ "$(head -n 1 out | jq -c .schema.properties.d)" = '{"type":["null","string"],"format":"singer.decimal"}' ]
	[ "$(sed -n 2p out)" = '{"type":"RECORD","stream":"s","record":{"d":"12.50"}}' ]
	run -64 to-singer --stream s --decimal string --scale 2 <d.mam
}

@test "STATE: what from-singer gave comes back, any other gets its key" {
	m='{"type":"SCHEMA","stream":"s","schema":{"type":"object","properties":{"a":{"type":["null","integer"]}}},"key_properties":[]}
{"type":"RECORD","stream":"s","record":{"a":1}}
{"type":"STATE","value":{"bookmarks":{"s":[1.5,null]}}}'
	[ "$(printf '%s\n' "$m" | from-singer | to-singer --stream s)" = "$m" ]
	[ "$(printf '%s\n' "$m" | from-singer --state-key k | to-singer --stream s | tail -n 1)" = '{"type":"STATE","value":{"k":{"bookmarks":{"s":[1.5,null]}}}}' ]
}

@test "what cannot be written is 65 with record and field" {
	run -64 to-singer </dev/null
	[[ $output == *'--stream is missing'* ]]
	run -65 --separate-stderr bash -c 'echo "{\"a\":1}" | from-json | to-singer --stream s >out'
	[ "$stderr" = 'to-singer: record 1: the records have no schema, which Singer needs: put normalize before' ]
	run -65 --separate-stderr bash -c 'printf "schema\tid:int\nrow\t1\nrow\t\\\\N\n" | spell | to-singer --stream s --key id >out'
	[ "$stderr" = 'to-singer: record 2: "id": is null, and a field of --key' ]
	run -65 --separate-stderr bash -c 'printf "schema\tid:int\nrow\t1\n" | spell | to-singer --stream s --key day >out'
	[ "$stderr" = 'to-singer: --key: the records have no field "day"; they have "id"' ]
	run -65 --separate-stderr bash -c 'printf "schema\tf:float\nrow\tnan\n" | spell | to-singer --stream s >out'
	[[ $stderr == 'to-singer: record 1: "f": '*'has no JSON form' ]]
}

@test "there and back: every type is unchanged" {
	rows >all.mam
	to-singer --stream s --key id --decimal string <all.mam | from-singer --date-time text |
		normalize id:int f:float d:decimal t:text b:text day:date dt:datetime ts:timestamp yes:bool >back.mam
	# Bytes are text of base64 now, as they are in JSON.
	to-json <all.mam >a
	to-json <back.mam >b
	cmp a b
}
