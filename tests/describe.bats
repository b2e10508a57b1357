# SPDX-License-Identifier: MIT
# describe: against a model of a few lines of Python, on streams of maps and of several
# schemas, cut at every kind of place, aborted, damaged; and both forms of the report.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	cat >model.py <<-'END'
	import json, random
	from decimal import Decimal

	random.seed(20261127)
	rows = []
	for i in range(30000):
	    rows.append({'id': i * 7919 % 29989, 'day': '2026-11-%02d' % random.randrange(1, 31),
	                 'name': random.choice(['brand a', '日本語', 'x', '', 'a longer name']),
	                 'cost': None if random.random() < .1 else '%d.%02d' % (random.randrange(-50, 1000), random.randrange(100)),
	                 'rate': random.randrange(1000) / 100})
	with open('rows.jsonl', 'w') as f:
	    for row in rows:
	        f.write(json.dumps(row, ensure_ascii=False) + '\n')
	model = {}
	for name in rows[0]:
	    values = [r[name] for r in rows if r[name] is not None]
	    if name in ('id', 'rate', 'cost'):
	        values = [Decimal(str(v)) for v in values]
	        model[name] = {'sum': str(sum(values))}
	    else:
	        model[name] = {}
	    model[name].update(null=len(rows) - len(values), distinct=len(set(values)), min=str(min(values)), max=str(max(values)))
	    if name == 'name':
	        model[name].update(longest=max(map(len, values)), longest_bytes=max(len(v.encode()) for v in values),
	                           empty=values.count(''))
	json.dump(model, open('model.json', 'w'))
	END
	python3 model.py
	from-json <rows.jsonl >loose.mam
	normalize id:int day:date name:text cost:decimal rate:float <loose.mam >typed.mam
}

# What the model and the report differ in.
differences() { # <REPORT
	python3 -c '
import json, sys
from decimal import Decimal
model = json.load(open("'"$BATS_FILE_TMPDIR"'/model.json"))
report = json.load(sys.stdin, parse_float=Decimal)
assert report["complete"] and report["records"] == 30000
def same(a, b):
    try:
        return Decimal(a) == Decimal(b)
    except Exception:
        return str(a) == str(b)
for f in report["fields"]:
    for key, wanted in model.pop(f["name"]).items():
        got = f[key]
        if key == "distinct" and not f["distinct_exact"]:
            assert wanted > 10000
            if abs(got / wanted - 1) > .03:
                print(f["name"], key, got, wanted)
        elif f["name"] == "cost" and f["types"] == ["text"] and key in ("sum", "min", "max"):
            pass
        elif not same(got, wanted):
            print(f["name"], key, got, wanted)
print(*model)'
}

field() { # NAME FILTER <STREAM
	describe --json | jq -c ".fields[] | select(.name == \"$1\") | $2"
}

@test "typed records: nulls, distinct values, least, greatest, sums, lengths as a model has them" {
	[ -z "$(describe --json <"$BATS_FILE_TMPDIR/typed.mam" | differences)" ]
	[ "$(field cost '.types, .values + .null, .missing' <"$BATS_FILE_TMPDIR/typed.mam" | tr '\n' ' ')" = '["decimal"] 30000 0 ' ]
	[ "$(field id '.distinct_exact' <"$BATS_FILE_TMPDIR/typed.mam")" = false ]
}

@test "records that describe themselves: the same, by the types of their values" {
	[ -z "$(describe --json <"$BATS_FILE_TMPDIR/loose.mam" | differences)" ]
	[ "$(field cost .types <"$BATS_FILE_TMPDIR/loose.mam")" = '["text"]' ]
	printf '%s\n' '{"a":5,"b":"x"}' '{"a":2.5}' '{"b":null,"a":"text"}' '{"c":[1]}' | from-json >mixed.mam
	[ "$(field a '.types, .number, .text, .sum, .missing' <mixed.mam | tr '\n' ' ')" = \
		'["int","float","text"] {"min":2.5,"max":5} {"min":"text","max":"text"} 7.5 1 ' ]
	[ "$(field b '.values, .null, .missing' <mixed.mam | tr '\n' ' ')" = '1 1 2 ' ]
	[ "$(field c '.types, .examples' <mixed.mam | tr '\n' ' ')" = '["json"] [[1]] ' ]
	[ "$(describe --json <mixed.mam | jq .schemas)" = 0 ]
}

@test "several schemas and joined streams are one report" {
	from-json <<<'{"a":1,"b":"x"}' | normalize a:int b:text >one.mam
	from-json <<<'{"b":"y","a":"2.5"}' | normalize b:text a:decimal >two.mam
	cat one.mam two.mam one.mam | describe --json >report
	[ "$(jq -c '[.records, .streams, .schemas, (.stages | length)]' report)" = '[3,3,3,6]' ]
	[ "$(jq -c '.fields[] | [.name, .types, .distinct, .max]' report | tr '\n' ' ')" = \
		'["a",["int","decimal"],2,2.5] ["b",["text"],2,"y"] ' ]
	[[ $(cat one.mam two.mam | describe) == *'2 records of 2 fields'*', in 2 streams, complete and sealed'* ]]
}

@test "the stream itself: header, seal, digest, stages" {
	cd "$BATS_FILE_TMPDIR"
	describe --json <typed.mam >"$BATS_TEST_TMPDIR/report"
	cd "$BATS_TEST_TMPDIR"
	[ "$(jq -r .header.by report)" = "$(normalize --version | sed 's/ (mam-etl)//')" ]
	[ "$(jq -c '[.stages[] | [.stage, .records_in, .records_out]]' report)" = '[["from-json",0,30000],["normalize",30000,30000]]' ]
	[ "$(jq .bytes report)" = "$(stat -c %s "$BATS_FILE_TMPDIR/typed.mam")" ]
	# The hash is the one in the end mark, found there as bytes.
	python3 - "$BATS_FILE_TMPDIR/typed.mam" "$(jq -r .seal.xxh3 report)" <<-'END'
	import sys
	data = open(sys.argv[1], 'rb').read()
	at = data.rindex(b'\xa4xxh3\xcf') + 6
	assert data[at:at + 8].hex() == sys.argv[2], (data[at:at + 8].hex(), sys.argv[2])
	END
	run -0 describe <"$BATS_FILE_TMPDIR/typed.mam"
	[[ $output == *"seal      xxh3 $(jq -r .seal.xxh3 report)"* ]]
	[[ $output == *'normalize '*': 30000 in, 30000 out, 0 rejected'* ]]
}

@test "coverage and states are shown, 20 of each, and counted" {
	{ printf 'schema\tday:date\nrow\t2026-11-20\n'
		seq 25 | awk '{ printf "coverage\tday:date=2026-11-%02d..2026-11-30\t#%d\n", $1, $1 }'; } | spell >covered.mam
	[ "$(describe --json <covered.mam | jq -c '[.windows, (.coverage | length), .coverage[1]]')" = \
		'[25,20,{"window":{"day":["2026-11-02","2026-11-30"]},"records":2}]' ]
	run -0 describe <covered.mam
	[[ $output == *'coverage  {"window":{"day":["2026-11-01","2026-11-30"]},"records":1}'*'25 in all'* ]]
	# filter keeps the windows that its condition keeps whole.
	[ "$(filter 'day >= 2026-11-24' <covered.mam | describe --json | jq -c '[.windows, .records]')" = '[2,0]' ]
}

@test "a cut stream is described up to the cut, and the status is 76" {
	head -c 100000 "$BATS_FILE_TMPDIR/typed.mam" >cut.mam
	run --separate-stderr describe <cut.mam
	[ "$status" = 76 ]
	[[ $output == *'NOT COMPLETE: input ended after '*' records without its end mark'* ]]
	[[ $output == *'day '*'date '* ]] && [[ $output != *'seal '* ]]
	run -76 --separate-stderr describe --json <cut.mam
	n=$(jq .records <<<"$output")
	[ "$n" -gt 1000 ]
	[ "$(jq -c '[.complete, .failure.status, .failure.after_record, .fields[0].values]' <<<"$output")" = "[false,76,$n,$n]" ]
	# The byte is where the last whole record ends: up to there, all of them are read again.
	at=$(jq .failure.at_byte <<<"$output")
	[ "$at" -le 100000 ] && [ "$at" -gt 99900 ]
	run -76 --separate-stderr describe --json < <(head -c "$at" cut.mam)
	[ "$(jq -c '[.records, .failure.at_byte]' <<<"$output")" = "[$n,$at]" ]
}

@test "an aborted stream is described with its reason, and its status is passed on" {
	{ normalize id:int name:int <"$BATS_FILE_TMPDIR/loose.mam" >aborted.mam; } 2>/dev/null || true
	run --separate-stderr describe <aborted.mam
	[ "$status" = 65 ]
	[[ $output == *'NOT COMPLETE: normalize failed with 65: record 1: name: '* ]]
	run -65 --separate-stderr describe --json <aborted.mam
	[ "$(jq -c '[.complete, .failure.stage, .failure.status, (.stages | map(.stage))]' <<<"$output")" = \
		'[false,"normalize",65,["normalize"]]' ]
}

@test "damage is found with its record and byte" {
	cp "$BATS_FILE_TMPDIR/typed.mam" bad.mam
	# A byte that begins no msgpack object, in the place of a record's head.
	at=$(python3 -c 'd = open("bad.mam", "rb").read(); print(d.index(b"\x95", 60000))')
	printf '\301' | dd of=bad.mam bs=1 seek="$at" conv=notrunc status=none
	run -76 --separate-stderr describe --json <bad.mam
	found=$(jq .failure.at_byte <<<"$output")
	[ "$found" -le "$at" ] && [ "$found" -gt $((at - 100)) ]
	[ "$(jq .failure.after_record <<<"$output")" = "$(jq .records <<<"$output")" ]
	# A byte inside a text that is still a text: only the hash shows it.
	cp "$BATS_FILE_TMPDIR/typed.mam" changed.mam
	at=$(python3 -c 'd = open("changed.mam", "rb").read(); print(d.index(b"brand a", 60000))')
	printf 'B' | dd of=changed.mam bs=1 seek="$at" conv=notrunc status=none
	run -76 --separate-stderr describe --json <changed.mam
	[[ $(jq -r .failure.why <<<"$output") == *'hash differs'* ]]
	[ "$(jq .records <<<"$output")" = 30000 ]
}

@test "no stream, no report" {
	for input in '' 'a,b' '{"a":1}'; do
		run --separate-stderr describe <<<"$input"
		[ "$status" != 0 ] && [ -z "$output" ]
	done
	run -76 --separate-stderr describe </dev/null
	[ -z "$output" ]
}

@test "the text keeps to its width, whatever is in the stream" {
	python3 - <<-'END' | from-json >wide.mam
	import json
	for i in range(3):
	    print(json.dumps({'x' * 300: 'y' * 5000, '日本語の長い名前' * 9: '日本' * 600, 'c\u001b[31m\n': '\u001b[2J\u202e' * 50,
	                      'e': '', 'n': 10 ** 400, 'j': {'a': 'z' * 3000}, 'm': [5, 't', True, 1.5][i]}))
	END
	for width in 60 80 133; do
		describe --width "$width" <wide.mam >report
		python3 - "$width" <<-'END'
		import sys, unicodedata
		for line in open('report', encoding='utf-8', newline='\n'):
		    line = line[:-1]
		    assert all(c.isprintable() for c in line), line
		    columns = sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)
		    assert columns <= int(sys.argv[1]), (columns, line)
		END
	done
	run -64 describe --width 10 <wide.mam
}

@test "memory does not grow with records, fields or values" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer takes memory of its own"
	python3 - <<-'END' | from-json >many.mam 2>/dev/null
	import json
	for i in range(30):
	    print(json.dumps({'f%d' % k: 'value %d of %d' % (i, k) for k in range(4000)}))
	END
	MAM_LOG=json describe --json <many.mam 2>log >report
	[ "$(jq '.fields | length' report)" = 4000 ]
	[ "$(jq -c '[.fields[] | .distinct] | unique' report)" = '[30]' ]
	[ "$(jq 'select(.stage == "describe") | .peak_memory < 100000000' log)" = true ]
	MAM_LOG=json describe --json <"$BATS_FILE_TMPDIR/typed.mam" 2>log >report
	[ "$(jq 'select(.stage == "describe") | .peak_memory < 20000000' log)" = true ]
	# More fields than are described are counted.
	python3 - <<-'END' | from-json >many.mam 2>/dev/null
	import json
	for i in range(5):
	    print(json.dumps({'f%d' % (k + 1000 * i): i for k in range(1000)}))
	END
	[ "$(describe --json <many.mam | jq -c '[(.fields | length), .values_of_further_fields]')" = '[4096,904]' ]
}

@test "a full disk and a closed output are 74" {
	[ -e /dev/full ] || skip "SKIPPED: no /dev/full"
	run -74 sh -c 'describe <"$BATS_FILE_TMPDIR/typed.mam" >/dev/full'
	run -74 sh -c 'describe <"$BATS_FILE_TMPDIR/typed.mam" >&-'
}
