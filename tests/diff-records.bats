# SPDX-License-Identifier: MIT
# diff-records against a model of a few lines of Python, in memory and through the disk; what
# is equal; summaries; fields that differ; every kind of bad input, on either side.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	cat >model.py <<-'END'
	import json, random
	from decimal import Decimal

	random.seed(20261127)
	def text(row):
	    return '{' + ','.join('"%s":%s' % pair for pair in row.items()) + '}'

	def day(i):
	    return '"2026-09-%02d"' % (i % 28 + 1)

	old, new = {}, {}
	for i in range(30000):
	    row = {'day': day(i), 'id': str(i), 'cost': '%d.%02d' % (random.randrange(1000), random.randrange(100)),
	           'clicks': str(random.randrange(-50, 50)), 'name': '"n%d"' % random.randrange(9)}
	    which = random.random()
	    if which < 0.97:
	        old[row['day'], i] = row
	    if which > 0.03:
	        other = dict(row)
	        if random.random() < 0.05:
	            other['cost'] = '%d.%02d0' % (random.randrange(1000), random.randrange(100))
	        if random.random() < 0.05:
	            other['name'] = 'null'
	        new[row['day'], i] = other

	def write(name, rows):
	    rows = list(rows)
	    random.shuffle(rows)
	    with open(name, 'w') as f:
	        f.writelines(text(r) + '\n' for r in rows)

	write('old.jsonl', old.values())
	write('new.jsonl', new.values())
	number = lambda t: Decimal(t).normalize()
	wanted, sums = [], {}
	def group(k):
	    return sums.setdefault(k, {f: [Decimal(0), Decimal(0), 0, 0, 0] for f in (None, 'cost', 'clicks', 'name')})
	for key in sorted(old.keys() | new.keys()):
	    a, b, g = old.get(key), new.get(key), group(key[0])
	    for side, row in enumerate((a, b)):
	        if row:
	            g[None][side] += 1
	            for f in 'cost', 'clicks':
	                g[f][side] += Decimal(row[f])
	    head = {'day': key[0], 'id': str(key[1])}
	    if not a or not b:
	        rest = text({k: v for k, v in (a or b).items() if k not in head})
	        wanted.append({'change': '"removed"' if a else '"added"', **head, 'field': 'null',
	                       'old': rest if a else 'null', 'new': rest if b else 'null'})
	        for f in None, 'cost', 'clicks', 'name':
	            g[f][3 if a else 2] += f is None or (a or b)[f] != 'null'
	        continue
	    fields = [f for f in ('cost', 'clicks', 'name') if a[f] != b[f] and
	              (f == 'name' or number(a[f]) != number(b[f]))]
	    for f in fields:
	        wanted.append({'change': '"changed"', **head, 'field': '"%s"' % f, 'old': a[f], 'new': b[f]})
	    for f in fields + ([None] if fields else []):
	        g[f][4] += 1
	with open('wanted.jsonl', 'w') as f:
	    f.writelines(text(w) + '\n' for w in wanted)
	with open('sums', 'w') as f:
	    for k, g in sorted(sums.items()):
	        for name, (a, b, added, removed, changed) in g.items():
	            if added or removed or changed:
	                both = (None, None) if name == 'name' else (float(a), float(b))
	                f.write(json.dumps([json.loads(k), name, *both, added, removed, changed]) + '\n')
	END
	python3 model.py
	for side in old new; do from-json <$side.jsonl >$side.mam; done
	from-json <wanted.jsonl | to-json >wanted
}

# Both streams in the current folder, made from lines of JSON: make NAME [FIELD:TYPE ...] <LINES
make() {
	local name=$1
	shift
	if [ $# -gt 0 ]; then from-json | normalize "$@" >"$name.mam"; else from-json >"$name.mam"; fi
}

@test "the differences are the model's, in memory and through the disk" {
	cd "$BATS_FILE_TMPDIR"
	for memory in 256M 8M; do
		diff-records --key day,id --memory $memory old.mam new.mam | to-json >got
		cmp got wanted
	done
	# Typed on both sides, or on one: numbers are the same.
	for side in old new; do
		normalize day:text id:int cost:decimal clicks:int name:text <$side.mam >typed-$side.mam
	done
	diff-records --key id,day typed-old.mam typed-new.mam | to-json | jq -c 'del(.id, .day, .old, .new)' | sort >got
	jq -c 'del(.id, .day, .old, .new)' <wanted | sort | cmp got -
	diff-records --key day,id old.mam - <typed-new.mam | to-json | jq -c 'del(.old, .new)' >got
	jq -c 'del(.old, .new)' <wanted | cmp got -
}

@test "the sums by day are the model's" {
	cd "$BATS_FILE_TMPDIR"
	for memory in 256M 8M; do
		diff-records --key id,day --by day --memory $memory old.mam new.mam | to-json |
			jq -c '[.day, .field, .old, .new, .added, .removed, .changed]' >got
		jq -c . <sums | cmp - got
	done
	diff-records --key day,id --summary old.mam new.mam | to-json >got
	[ "$(jq -s 'map(select(.field == "cost"))[0].changed' got)" = "$(jq -s 'map(select(.[1] == "cost")[6]) | add' sums)" ]
	[ "$(jq -c -s 'map(.field)' got)" = '[null,"cost","clicks","name"]' ]
}

@test "sums are exact, percent is rounded, counts add up" {
	make old k:int d:text a:decimal b:float c:int <<-'END'
	{"k":1,"d":"x","a":"0.10","b":0.1,"c":9223372036854775807}
	{"k":2,"d":"x","a":"0.20","b":0.2,"c":9223372036854775807}
	{"k":3,"d":"y","a":"0.00","b":0.3,"c":1}
	END
	make new k:int d:text a:decimal b:float c:int <<-'END'
	{"k":1,"d":"x","a":"0.1","b":0.1,"c":-9223372036854775808}
	{"k":2,"d":"x","a":"0.2001","b":0.2,"c":9223372036854775807}
	{"k":3,"d":"y","a":"123456789012345678901234567890.12","b":null,"c":1}
	END
	diff-records --key d,k --by d old.mam new.mam | to-json >got
	cat >wanted <<-'END'
	{"d":"x","field":null,"old":2,"new":2,"difference":0,"percent":0.00,"added":0,"removed":0,"changed":2}
	{"d":"x","field":"a","old":0.30,"new":0.3001,"difference":0.0001,"percent":0.03,"added":0,"removed":0,"changed":1}
	{"d":"x","field":"c","old":18446744073709551614,"new":-1,"difference":-18446744073709551615,"percent":-100.00,"added":0,"removed":0,"changed":1}
	{"d":"y","field":null,"old":1,"new":1,"difference":0,"percent":0.00,"added":0,"removed":0,"changed":1}
	{"d":"y","field":"a","old":0.00,"new":123456789012345678901234567890.12,"difference":123456789012345678901234567890.12,"percent":null,"added":0,"removed":0,"changed":1}
	{"d":"y","field":"b","old":0.3,"new":0,"difference":-0.3,"percent":-100.00,"added":0,"removed":0,"changed":1}
	END
	diff wanted got
	printf '%s\n' 'schema	k:int	v:float' 'row	1	nan' 'row	2	inf' 'row	3	1' | spell >nan.mam
	printf '%s\n' 'schema	k:int	v:float' 'row	1	nan' 'row	2	inf' 'row	3	2' | spell >other.mam
	[ "$(diff-records --key k --summary nan.mam other.mam | to-json | jq -c 'select(.field == "v") | [.old, .new, .percent, .changed]')" = '[null,null,null,1]' ]
}

@test "no differences: no records, sealed, status 0 with and without --exit-code" {
	cd "$BATS_FILE_TMPDIR"
	run -0 --separate-stderr env MAM_LOG=text bash -c 'diff-records --key day,id --exit-code old.mam old.mam >same.mam'
	[[ $stderr == *', 0 added, 0 removed, 0 changed, '*' equal, '* ]]
	[ -z "$(to-json <same.mam)" ]
	run -0 bash -c 'diff-records --key day,id --by day --exit-code old.mam old.mam | to-json'
	[ -z "$output" ]
	# With differences the output is sealed, whatever the status is.
	run -1 bash -c 'diff-records --key day,id --exit-code old.mam new.mam >differ.mam'
	run -0 bash -c 'to-json <differ.mam | cmp - wanted'
	run -0 bash -c 'diff-records --key day,id old.mam new.mam >differ.mam'
}

@test "equal values in other forms are no difference; other kinds are" {
	make old <<<'{"k":1,"a":1,"b":"x","c":{"p":1},"d":null,"e":1e400,"f":"1"}'
	make new <<<'{"f":1,"e":1e400,"c":{"p":1},"b":"x","a":1.0,"k":1.0}'
	diff-records --key k old.mam new.mam | to-json >got
	printf '%s\n' '{"change":"field-removed","k":null,"field":"d","old":null,"new":null}' \
		'{"change":"changed","k":1,"field":"f","old":"1","new":1}' | diff - got
	# A field that some records of a side lack is null there.
	make old <<<$'{"k":1,"a":1}\n{"k":2}'
	make new <<<$'{"k":1}\n{"k":2,"a":5}'
	diff-records --key k old.mam new.mam | to-json >got
	printf '%s\n' '{"change":"changed","k":1,"field":"a","old":1,"new":null}' \
		'{"change":"changed","k":2,"field":"a","old":null,"new":5}' | diff - got
	# Null is a value of a key.
	make old <<<$'{"k":1,"j":null,"a":1}\n{"k":1,"j":2,"a":1}'
	make new <<<$'{"k":1,"j":2,"a":1}\n{"k":1,"j":null,"a":2}'
	[ "$(diff-records --key k,j old.mam new.mam | to-json)" = '{"change":"changed","k":1,"j":null,"field":"a","old":1,"new":2}' ]
}

@test "fields that were added, removed, or changed their type are reported once" {
	make old k:int a:int b:text d:int <<<$'{"k":1,"a":5,"b":"x","d":1}\n{"k":2,"a":6,"b":"y","d":1}'
	make new k:int a:decimal c:date d:text <<<$'{"k":1,"a":5.0,"c":"2026-11-01","d":"1"}\n{"k":2,"a":6.5,"c":"2026-11-01","d":"1"}'
	diff-records --key k --ignore d old.mam new.mam | to-json >got
	cat >wanted <<-'END'
	{"change":"field-type","k":null,"field":"a","old":"int","new":"decimal"}
	{"change":"field-removed","k":null,"field":"b","old":"text","new":null}
	{"change":"field-type","k":null,"field":"d","old":"int","new":"text"}
	{"change":"field-added","k":null,"field":"c","old":null,"new":"date"}
	{"change":"changed","k":2,"field":"a","old":6,"new":6.5}
	END
	diff wanted got
	run -1 --separate-stderr bash -c 'diff-records --key k --ignore d,a --summary --exit-code old.mam new.mam >out'
	[ "${stderr_lines[0]}" = 'diff-records: field "a" is of type int in old.mam, decimal in new.mam' ]
	[ "${stderr_lines[1]}" = 'diff-records: field "b" is only in old.mam' ]
	[ "${stderr_lines[3]}" = 'diff-records: field "c" is only in new.mam' ]
	[ -z "$(to-json <out)" ]
}

@test "two records with one key are 65 and named, on either side, in memory and on disk" {
	make one <<<'{"k":1,"j":"a"}'
	make two <<<$'{"k":1,"j":"b"}\n{"k":1,"j":"a"}\n{"k":1,"j":"b"}'
	run -65 bash -c 'diff-records --key k,j two.mam one.mam >out'
	[ "$output" = 'diff-records: two.mam: records 1 and 3 have the same key, k=1, j=b: put dedupe before, or name more fields in --key' ]
	run -65 to-json <out
	run -65 bash -c 'diff-records --key k,j one.mam - <two.mam >out'
	[[ $output == 'diff-records: standard input: records 1 and 3 have the same key'* ]]
	cd "$BATS_FILE_TMPDIR"
	cat old.mam old.mam >twice.mam
	run -65 bash -c 'diff-records --key day,id --memory 8M new.mam twice.mam >out'
	[[ $output == 'diff-records: twice.mam: records '*' have the same key, day=2026-09-01, id='* ]]
}

@test "a key that one stream lacks, or has as another kind, is 65 and names file and fields" {
	make old day:int id:int <<<'{"day":1,"id":2}'
	make new day:int adid:int <<<'{"day":1,"adid":2}'
	run -65 bash -c 'diff-records --key day,id old.mam new.mam >out'
	[ "$output" = 'diff-records: new.mam: the schema has no field "id", but day, adid' ]
	make loose <<<'{"day":1,"adid":2}'
	run -65 bash -c 'diff-records --key day,id loose.mam old.mam >out'
	[ "$output" = 'diff-records: loose.mam: --key: no record has a field "id"; the first has day, adid' ]
	make text <<<$'{"day":1,"id":null}\n{"day":1,"id":"2"}'
	run -65 bash -c 'diff-records --key day,id old.mam text.mam >out'
	[ "$output" = 'diff-records: text.mam: record 2: "id": is a text and cannot be compared with a number of record 1 in old.mam: put normalize before' ]
	make map <<<'{"day":1,"id":{"a":1}}'
	run -65 bash -c 'diff-records --key day,id map.mam old.mam >out'
	[ "$output" = 'diff-records: map.mam: record 1: "id": is a map or an array, which has no order' ]
}

@test "a stream that was cut, changed or aborted is never a result, on either side" {
	cd "$BATS_FILE_TMPDIR"
	head -c 100000 new.mam >cut.mam
	{ normalize id:int day:int <old.mam >aborted.mam; } 2>/dev/null || true
	cp new.mam changed.mam
	printf '\001' | dd of=changed.mam bs=1 seek=50000 conv=notrunc status=none
	: >empty.mam
	for order in 'cut.mam old.mam' 'old.mam cut.mam'; do
		run -76 bash -c "diff-records --key day,id $order >out"
		[[ $output == 'diff-records: cut.mam: input ended after '*' records without its end mark'* ]]
		run -76 to-json <out
	done
	for order in 'changed.mam old.mam' 'old.mam changed.mam'; do
		run -76 bash -c "diff-records --key day,id $order >out"
		[[ $output == 'diff-records: changed.mam: '* ]]
	done
	for order in 'aborted.mam old.mam' 'old.mam aborted.mam'; do
		run -65 bash -c "diff-records --key day,id $order >out"
		[[ $output == 'diff-records: aborted.mam: ends with an abort of normalize: "record 1: '* ]]
		run -65 to-json <out
		[[ ${lines[-1]} == 'normalize: record 1: '* ]]
	done
	for order in 'empty.mam old.mam' 'old.mam empty.mam'; do
		run -76 bash -c "diff-records --key day,id $order >out"
		[[ $output == 'diff-records: empty.mam: the input is empty: the stage before never started' ]]
	done
	run -65 bash -c 'diff-records --key day,id old.mam new.jsonl >out'
	[[ $output == 'diff-records: new.jsonl: this looks like JSON lines: use from-json' ]]
	# A sealed stream without records is a stream: all records were removed.
	from-json --allow-empty </dev/null >none.mam
	[ "$(diff-records --key day,id old.mam none.mam | to-json | jq -r .change | sort | uniq -c | tr -d ' ')" = "$(wc -l <old.jsonl)removed" ]
}

@test "wrong words are 64, missing files 74" {
	make old <<<'{"k":1,"field":2}'
	for words in '' 'old.mam old.mam' '--key k old.mam' '--key k old.mam old.mam old.mam' '--key k - -' '--key k,k old.mam old.mam' \
		'--key k --by field old.mam old.mam' '--key k --by k,k old.mam old.mam' '--key k,field old.mam old.mam' \
		'--key field --by field old.mam old.mam' '--key k --memory 1M old.mam old.mam'; do
		run -64 bash -c "diff-records $words <old.mam >out"
	done
	run -64 bash -c 'diff-records --key k,field old.mam old.mam >out'
	[ "$output" = 'diff-records: --key: "field" is the name of a field of the output: put normalize before, and give it another name' ]
	run -65 bash -c 'diff-records --key k --ignore cots old.mam old.mam >out'
	[ "$output" = 'diff-records: --ignore: neither old.mam nor old.mam has a field "cots"' ]
	run -74 bash -c 'diff-records --key k old.mam nothing.mam >out'
	[ "$output" = 'diff-records: cannot open "nothing.mam": No such file or directory' ]
	run -74 bash -c 'diff-records --key k . old.mam >out'
	[ "$output" = 'diff-records: cannot read ".": Is a directory' ]
	run -74 bash -c "ulimit -f 1000; diff-records --key day,id --memory 8M --tmp . '$BATS_FILE_TMPDIR'/{old,new}.mam | cat >/dev/null; exit \${PIPESTATUS[0]}"
	[[ $output == 'diff-records: '*'cannot write to --tmp ".": File too large' ]]
}

@test "a rehearsal and a real stream are not compared" {
	make old <<<'{"k":1}'
	MAM_DRY_RUN=1 from-json <<<'{"k":1}' >dry.mam
	run -65 bash -c 'diff-records --key k old.mam dry.mam >out'
	[[ $output == 'diff-records: dry.mam: a rehearsal (dry run) and a real stream cannot be read as one' ]]
	diff-records --key k dry.mam dry.mam >out
	run -0 to-json <out
}

@test "the counters of both streams and their stages are kept, and memory is bounded" {
	cd "$BATS_FILE_TMPDIR"
	MAM_LOG=json diff-records --key day,id --memory 8M old.mam new.mam 2>log >out.mam
	[ "$(grep -ao 'from-json' out.mam | wc -l)" -ge 2 ]
	[ "$(jq -r '.records_in' log)" = $(($(wc -l <old.jsonl) + $(wc -l <new.jsonl))) ]
	[ "$(jq -r '.added + .removed + .changed' log)" = "$(jq -c '[.day, .id]' <wanted | uniq | wc -l)" ]
	[ -n "${MAM_SANITIZED:-}" ] || [ "$(jq .peak_memory log)" -le $((8 * 1024 * 1024)) ]
}
