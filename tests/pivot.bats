# SPDX-License-Identifier: MIT
# pivot: names with values to fields, as in Meta's actions; unknown and repeated names, types,
# and every kind of wrong element.

load helper

pivoted() { # WORD...
	from-json | pivot "$@" --name action_type | to-json
}

fails() { # STATUS PART-OF-MESSAGE JSON WORD...
	local wanted=$1 part=$2 json=$3
	shift 3
	run --separate-stderr bash -c 'from-json <<<"$1" | pivot "${@:2}" >out.mam' - "$json" "$@"
	[ "$status" = "$wanted" ] && [[ $stderr == *"$part"* ]] || {
		echo "pivot $*: $status, $stderr"
		return 1
	}
	run to-json <out.mam
	[ "$status" = "$wanted" ]
}

same() { # WANTED, and the records of standard input
	diff <(printf '%s\n' "$1") -
}

# As Meta sends an ad's insights, shortened.
meta() {
	echo '{"ad_id":"23854695759200548","actions":[{"action_type":"page_engagement","value":"10","1d_click":"9"},{"action_type":"offsite_conversion.fb_pixel_purchase","value":"2"}],"spend":"14.35"}'
}

@test "each column is the value of the element with its name, or null" {
	meta | pivoted actions --columns page_engagement,purchase=offsite_conversion.fb_pixel_purchase --columns link_click |
		same '{"ad_id":"23854695759200548","spend":"14.35","page_engagement":"10","purchase":"2","link_click":null}'
	printf '%s\n' '{"id":1,"actions":null}' '{"id":2}' '{"id":3,"actions":[]}' '{"id":4,"actions":[{"action_type":"x"}]}' |
		pivoted actions --columns x --optional | same '{"id":1,"x":null}
{"id":2,"x":null}
{"id":3,"x":null}
{"id":4,"x":null}'
}

@test "several values, a prefix, a default, a path" {
	meta | pivoted 'actions[]' --columns page_engagement,p=offsite_conversion.fb_pixel_purchase --value value=,1d_click --prefix a_ --default 0 |
		jq -c 'del(.ad_id,.spend)' | same '{"a_page_engagement":"10","a_page_engagement_1d_click":"9","a_p":"2","a_p_1d_click":0}'
	echo '{"o":{"a":[{"action_type":"x","value":1,"v":2}],"b":1}}' | pivoted o.a --columns y=x --value v=_all |
		same '{"o":{"b":1},"y_all":2}'
	echo '{"a":[]}' | pivoted a --columns x --default none | same '{"x":"none"}'
	echo '{"a":[]}' | pivoted a --columns x --default 0.00 --type decimal | same '{"x":0.00}'
}

@test "names that --columns does not have: an error, dropped and counted, or kept as json" {
	fails 65 'record 1: actions: has an element "page_engagement", which --columns does not name (see --rest)' \
		"$(meta)" actions --name action_type --columns x
	meta | from-json | MAM_LOG=json pivot actions --name action_type --columns page_engagement --rest drop 2>log | to-json |
		jq -c 'keys' | same '["ad_id","page_engagement","spend"]'
	[ "$(jq .unknown log)" = 1 ]
	meta | pivoted actions --columns page_engagement --rest json=others | jq -c .others |
		same '[{"action_type":"offsite_conversion.fb_pixel_purchase","value":"2"}]'
}

@test "a name that a record has twice: an error, or the exact sum" {
	json='{"a":[{"n":"x","value":"0.1"},{"n":"x","value":0.2},{"n":"x","value":null},{"n":"x","value":10000000000000000000000.05}]}'
	fails 65 'record 1: a: has the element "x" twice (see --duplicates)' "$json" a --name n --columns x
	from-json <<<"$json" | MAM_LOG=json pivot a --name n --columns x --duplicates sum 2>log | to-json |
		same '{"x":10000000000000000000000.35}'
	[ "$(jq .duplicates log)" = 3 ]
	from-json <<<'{"a":[{"n":"x","value":"2"},{"n":"x","value":3}]}' | pivot a --name n --columns x --duplicates sum --type int |
		to-json | same '{"x":5}'
	fails 65 'x: "many" is not a number to add up' '{"a":[{"n":"x","value":1},{"n":"x","value":"many"}]}' \
		a --name n --columns x --duplicates sum
	fails 65 'x: "many" is not a number to add up' '{"a":[{"n":"x","value":"many"},{"n":"x","value":1}]}' \
		a --name n --columns x --duplicates sum
	# The next record begins anew.
	printf '%s\n' '{"a":[{"n":"x","value":1},{"n":"x","value":1}]}' '{"a":[{"n":"x","value":1}]}' '{"a":[]}' | from-json |
		pivot a --name n --columns x --duplicates sum | to-json | same '{"x":2}
{"x":1}
{"x":null}'
}

@test "under a schema the output has one, whatever the data is" {
	meta | from-json | normalize ad_id:text actions:json spend:decimal >meta.mam
	pivot actions --name action_type --columns page_engagement,purchase=offsite_conversion.fb_pixel_purchase,none --type decimal \
		--rest json=others <meta.mam >out.mam
	"$MAM_ROOT/tests/tools/look" schema <out.mam | jq -c .fields |
		same '[["ad_id","text"],["spend","decimal"],["page_engagement","decimal"],["purchase","decimal"],["none","decimal"],["others","json"]]'
	to-json <out.mam | same '{"ad_id":"23854695759200548","spend":14.35,"page_engagement":10,"purchase":2,"none":null,"others":[]}'
	run -65 bash -c 'pivot actions --name action_type --columns x <meta.mam >/dev/null'
	[[ $output == *'the input has types: --type says'* ]]
	run -65 bash -c 'pivot actions --name action_type --columns spend --type int <meta.mam >/dev/null'
	[[ $output == *'the new field "spend" is a field of the input already'* ]]
}

@test "wrong elements make the record bad" {
	fails 65 'record 1: a: is not an array' '{"a":{"x":1}}' a --name n --columns x
	fails 65 'record 1: a: has an element that is not an object' '{"a":[7]}' a --name n --columns x
	fails 65 'record 1: a: has an element whose "n" is missing' '{"a":[{"value":7}]}' a --name n --columns x
	fails 65 'record 1: a: has an element whose "n" is not a text' '{"a":[{"n":7}]}' a --name n --columns x
	fails 65 'record 1: x: "1.5" is not of the type int' '{"a":[{"n":"x","value":1.5}]}' a --name n --columns x --type int
	fails 65 'record 1: x: is a field of the record already (see --prefix)' '{"x":1,"a":[]}' a --name n --columns x
	fails 65 'no record has a field "b" (see --optional); the input has "a"' '{"a":[]}' b --name n --columns x
	printf '%s\n' '{"id":1,"a":7}' '{"id":2,"a":[{"n":"x","value":3}]}' | from-json |
		pivot a --name n --columns x --rejects bad.mam --max-rejects 1 | to-json | same '{"id":2,"x":3}'
	to-json <bad.mam | jq -c '[.id, ._reject.field, ._reject.rule]' | same '[1,"a","array"]'
}

@test "wrong options" {
	fails 64 '--name is required' '{}' a --columns x
	fails 64 '--columns is required' '{}' a --name n
	fails 64 'say the one PATH' '{}' --name n --columns x
	fails 64 '"[]" is not possible here' '{}' 'a[].b' --name n --columns x
	fails 64 'a record is no array' '{}' '[]' --name n --columns x
	fails 64 '"x" is there twice' '{}' a --name n --columns x,y=x
	fails 64 'two fields would be called "x"' '{}' a --name n --columns x,x=y
	fails 64 '--value: "n"' '{}' a --name n --columns x --value n
	fails 64 'is not one of error, drop, json=FIELD' '{}' a --name n --columns x --rest keep
	fails 64 'is also a field of --columns' '{}' a --name n --columns x --rest json=x
	fails 64 'is not of the type int' '{}' a --name n --columns x --type int --default many
	fails 64 'is not a type' '{}' a --name n --columns x --type number
}
