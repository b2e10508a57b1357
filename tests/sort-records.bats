# SPDX-License-Identifier: MIT
# sort-records against a model of a few lines of Python, in memory and through the disk;
# what has an order; several schemas; states and coverage; what memory and disk may take.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	cat >model.py <<-'END'
	import decimal, functools, json, random

	def number():
	    kind = random.randrange(4)
	    if kind == 0:
	        return str(random.randrange(-50, 50))
	    if kind == 1:
	        return '%d.%d0' % (random.randrange(20), random.randrange(10))
	    if kind == 2:
	        return '-0.%03d' % random.randrange(1000)
	    return random.choice(['18446744073709551615', '9007199254740993', '9007199254740992', '1e22', '0.1',
	                          '0.10000000000000000001', '123456789012345678901234567890.5', '-0', '5e-324'])

	random.seed(20261127)
	rows = []
	for i in range(40000):
	    row = {'i': str(i), 'day': '"2026-11-%02d"' % random.randrange(1, 29), 'n': number(),
	           't': json.dumps(random.choice(['a', 'b', 'ab', '\u3042', '\u0000', '']) * random.randrange(3),
	                           ensure_ascii=False),
	           'pad': '"' + 'x' * random.randrange(400) + '"'}
	    if random.random() < 0.02:
	        row['n'] = 'null'
	    elif random.random() < 0.02:
	        del row['n']
	    rows.append(row)

	def write(name, rows):
	    with open(name, 'w', encoding='utf-8') as f:
	        for row in rows:
	            f.write('{' + ','.join('"%s":%s' % pair for pair in row.items()) + '}\n')

	def ordered(rows, *keys, nulls_first=False):
	    for field, descending in reversed(keys):
	        text = field in ('day', 't')
	        def value(row):
	            return json.loads(row[field]).encode() if text else decimal.Decimal(row[field])
	        there = [r for r in rows if r.get(field, 'null') != 'null']
	        null = [r for r in rows if r.get(field, 'null') == 'null']
	        there.sort(key=value, reverse=descending)
	        rows = null + there if nulls_first else there + null
	    return rows

	write('rows.jsonl', rows)
	write('1.jsonl', ordered(rows, ('day', False), ('n', True)))
	write('2.jsonl', ordered(rows, ('n', False), ('t', True), nulls_first=True))
	write('3.jsonl', ordered(rows, ('t', False)))
	END
	python3 model.py
	from-json <rows.jsonl >rows.mam
	for i in 1 2 3; do from-json <$i.jsonl | to-json >$i.wanted; done
}

# One counter of this stage out of a stream's end mark.
spilled() { # FILE
	python3 - "$1" <<-'END'
	import sys
	data = open(sys.argv[1], 'rb').read()
	at = data.rindex(b'\xa7spilled') + 8
	head, size = data[at], {0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8}.get(data[at], 0)
	print(int.from_bytes(data[at + 1:at + 1 + size], 'big') if size else head)
	END
}

@test "the order is the model's, in memory and through the disk" {
	cd "$BATS_FILE_TMPDIR"
	for memory in 256M 8M; do
		sort-records --key day,n:desc --memory $memory <rows.mam >1.mam
		to-json <1.mam | cmp - 1.wanted
		sort-records --key n,t:desc --nulls first --memory $memory <rows.mam | to-json | cmp - 2.wanted
		sort-records --key t:asc --memory $memory <rows.mam | to-json | cmp - 3.wanted
		[ $memory = 8M ] || [ "$(spilled 1.mam)" = 0 ]
	done
	[ "$(spilled 1.mam)" -ge 40000 ]
}

@test "more runs than can be read at once are merged in several steps" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "the data is too much for a sanitizer"
	# 120 blocks fit into 8M; each run has about 2 MB, and records of 100 KB fill it fast.
	awk 'BEGIN { pad = sprintf("%99000s", ""); for (i = 0; i < 4000; i++) printf "{\"id\":%d,\"v\":%d,\"pad\":\"%s\"}\n", i * 7919 % 100, i, pad }' |
		from-json | sort-records --key id --memory 8M >out.mam
	[ "$(spilled out.mam)" -gt 4000 ]
	to-json <out.mam | cut -d, -f1,2 | tr -cd '0-9,\n' >got
	[ "$(wc -l <got)" = 4000 ]
	LC_ALL=C sort -t, -s -k1,1n got | cmp - got
	LC_ALL=C sort -t, -k1,1n -k2,2n got | cmp - got
}

@test "every type has its order; int, decimal and float are one" {
	printf '%s\n' 'schema	i:int	v:decimal' 'row	1	2.50' 'row	2	-1' 'row	3	\N' 'row	4	2.5' 'row	5	10' | spell >decimal.mam
	[ "$(sort-records --key v:desc,i:desc <decimal.mam | to-json | jq -c .i | tr '\n' ' ')" = '5 4 1 2 3 ' ]
	printf '%s\n' 'schema	i:int	v:bool' 'row	1	true' 'row	2	false' | spell >bool.mam
	[ "$(sort-records --key v <bool.mam | to-json | jq -c .i | tr '\n' ' ')" = '2 1 ' ]
	for type in date datetime timestamp; do
		printf '%s\n' '{"i":1,"v":"2026-11-02"}' '{"i":2,"v":"1969-12-31"}' '{"i":3,"v":"2026-11-01"}' | from-json |
			normalize i:int "v:$type=v;format=%Y-%m-%d$([ $type != timestamp ] || echo ';zone=UTC')" >$type.mam
		[ "$(sort-records --key v <$type.mam | to-json | jq -c .i | tr '\n' ' ')" = '2 3 1 ' ]
	done
	# One stream has ints, the next decimals: numbers all the same.
	{ printf '%s\n' 'schema	i:int	v:int' 'row	1	3' 'row	2	2' | spell; cat decimal.mam; } | sort-records --key v,i >mixed.mam
	[ "$(to-json <mixed.mam | jq -c .i | tr '\n' ' ')" = '2 2 1 4 1 5 3 ' ]
	[ "$(grep -ac decimal mixed.mam)" -ge 1 ]
}

@test "a field of a nested map, and names with colons and commas" {
	printf '%s\n' '{"a":{"b":2},"x:desc":1,"y,z":"p"}' '{"a":{"b":10},"x:desc":2,"y,z":"o"}' | from-json >nested.mam
	[ "$(sort-records --key a.b:desc <nested.mam | to-json | jq -c .a.b | tr '\n' ' ')" = '10 2 ' ]
	[ "$(sort-records --key x:desc:desc <nested.mam | to-json | jq -c .a.b | tr '\n' ' ')" = '10 2 ' ]
	[ "$(sort-records --key x:desc:asc <nested.mam | to-json | jq -c .a.b | tr '\n' ' ')" = '2 10 ' ]
	[ "$(sort-records --key '"y,z:asc"' <nested.mam | to-json | jq -c .a.b | tr '\n' ' ')" = '10 2 ' ]
}

@test "a field that does not exist, or that no record has, is 65 and names those that do" {
	printf '{"day":1,"cost":2}\n' | from-json >loose.mam
	normalize day:int cost:int <loose.mam >typed.mam
	run -65 bash -c 'sort-records --key cots <typed.mam >out'
	[[ $output == 'sort-records: the schema has no field "cots", but day, cost, did you mean "cost"?' ]]
	run -76 bash -c 'head -c 30 typed.mam | sort-records --key cots >out'
	run -65 bash -c 'sort-records --key day,cots <loose.mam >out'
	[[ $output == 'sort-records: --key: no record has a field "cots"; the first has day, cost' ]]
	run -65 to-json <out
	# One record in many that lacks it is sorted as null.
	printf '%s\n' '{"a":1}' '{"b":1}' '{"a":0}' | from-json | sort-records --key a | to-json >got
	printf '%s\n' '{"a":0}' '{"a":1}' '{"b":1}' | cmp got -
}

@test "values without an order, or of another kind, are rejects with their reason" {
	printf '%s\n' '{"v":1}' '{"v":"x"}' '{"v":[1]}' '{"v":0}' '{"v":true}' | from-json >bad.mam
	run -65 bash -c 'sort-records --key v <bad.mam >out'
	[[ $output == 'sort-records: record 2: v: is a text and cannot be compared with a number of record 1: put normalize before' ]]
	sort-records --key v --rejects rejects.mam --max-rejects 3 <bad.mam | to-json >got
	printf '%s\n' '{"v":0}' '{"v":1}' | cmp got -
	[ "$(to-json <rejects.mam | jq -r ._reject.reason | tr '\n' '|')" = 'is a text and cannot be compared with a number of record 1: put normalize before|is a map or an array, which has no order|is a bool and cannot be compared with a number of record 1: put normalize before|' ]
	# NaN has a place: after all other numbers.
	printf '%s\n' 'schema	i:int	v:float' 'row	1	nan' 'row	2	inf' 'row	3	-inf' 'row	4	\N' 'row	5	1' | spell >nan.mam
	sort-records --key v <nan.mam | to-table | awk 'NR > 2 { printf "%s ", $1 }' >got
	[ "$(cat got)" = '3 5 2 1 4 ' ]
}

@test "wrong words are 64" {
	for words in '' '--key' '--key a,,b' '--key a,a' '--key a,a:desc' '--key a --nulls middle' '--key a --memory 7M'; do
		run -64 bash -c "sort-records $words <'$BATS_FILE_TMPDIR/rows.mam' >out"
	done
	run -64 bash -c "sort-records --key '$(seq -s, 1 70)' <'$BATS_FILE_TMPDIR/rows.mam' >out"
	[[ $output == 'sort-records: --key: more than 64 fields' ]]
}

@test "coverage comes after the records, in its order; a schema comes again where records change theirs" {
	printf '%s\n' 'schema	a:int' 'row	3' 'coverage	day=2026-11-20..2026-11-21	#1' 'row	1' 'schema	b:text	a:int' 'row	x	2' \
		'coverage	day=2026-11-21..2026-11-22	#2' 'row	y	0' | spell >several.mam
	sort-records --key a <several.mam >out.mam
	[ "$(to-json <out.mam | jq -c .a | tr '\n' ' ')" = '0 1 2 3 ' ]
	"$MAM_ROOT/tests/tools/look" coverage <several.mam >wanted
	[ -s wanted ]
	"$MAM_ROOT/tests/tools/look" coverage <out.mam | cmp - wanted
	# b,a then a, then b,a, then a again.
	[ "$(grep -ao 'fields' out.mam | wc -l)" = 4 ]
	# A loader needs the fields of a stream without records.
	printf '%s\n' 'schema	a:int' | spell | sort-records --key a | to-csv >got
	[ "$(cat got)" = a ]
	# Many of them do not stay in memory.
	{ echo 'schema	a:int'; seq 5000 | sed 's/.*/coverage	day=2026-11-20..2026-11-21	n:int=&	#1/'; echo 'row	1'; } | spell >many.mam
	sort-records --key a --memory 8M <many.mam >out.mam
	"$MAM_ROOT/tests/tools/look" coverage <many.mam >wanted
	[ "$(wc -l <wanted)" = 5000 ]
	"$MAM_ROOT/tests/tools/look" coverage <out.mam | cmp - wanted
}

@test "records with and without a schema do not mix" {
	printf '{"a":1}\n' | from-json >loose.mam
	normalize a:int <loose.mam >typed.mam
	run -65 bash -c 'cat typed.mam loose.mam | sort-records --key a >out'
	[[ $output == 'sort-records: record 2 has no schema, and records before it have one: put normalize before, which makes all streams alike' ]]
	run -65 bash -c 'cat loose.mam typed.mam | sort-records --key a >out'
	[[ $output == 'sort-records: record 2 has a schema, and records before it have none: put normalize before, which makes all streams alike' ]]
}

@test "a full disk and a folder that cannot be written are 74; a kill leaves no file behind" {
	run -74 bash -c "sort-records --key n --tmp /nonexistent <'$BATS_FILE_TMPDIR/rows.mam' >out"
	[[ $output == *'cannot write to --tmp "/nonexistent": No such file or directory' ]]
	run -74 bash -c "ulimit -f 2000; sort-records --key n --memory 8M --tmp . <'$BATS_FILE_TMPDIR/rows.mam' | cat >/dev/null; exit \${PIPESTATUS[0]}"
	[[ $output == *'cannot write to --tmp ".": File too large' ]]
	mkdir tmp
	mkfifo slow
	{ cat "$BATS_FILE_TMPDIR/rows.mam"; head -c 100 "$BATS_FILE_TMPDIR/rows.mam"; exec sleep 60; } >slow 3>&- &
	writer=$!
	sort-records --key n --memory 8M --tmp tmp <slow >out.mam 3>&- &
	stage=$!
	for ((i = 0; i < 200; i++)); do
		files=$(readlink /proc/$stage/fd/* || true)
		[[ $files != *"$PWD/tmp/"* ]] || break
		sleep 0.05
	done
	[[ $files == *"$PWD/tmp/"* ]]
	kill -9 $stage
	wait $stage || true
	kill $writer 2>/dev/null || true
	[ -z "$(ls -A tmp)" ]
	run -76 to-json <out.mam
}

@test "the memory that is given is kept; a record that does not fit is 65" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer takes memory of its own"
	for memory in 8 12; do
		MAM_LOG=json sort-records --key pad,n --memory ${memory}M <"$BATS_FILE_TMPDIR/rows.mam" 2>log >out.mam
		[ "$(jq .peak_memory log)" -le $((memory * 1024 * 1024)) ]
	done
	awk 'BEGIN { printf "{\"a\":\"%9000000s\"}\n{\"a\":\"b\"}\n", "" }' | from-json >large.mam
	run -65 bash -c 'sort-records --key a --memory 8M <large.mam >out'
	[[ $output == 'sort-records: record 1: its '*' bytes do not fit into --memory' ]]
}

@test "a rehearsal stays one, and the counters of the stages before are kept" {
	MAM_DRY_RUN=1 from-json <<<'{"a":1}' | normalize a:int | sort-records --key a >dry.mam
	grep -aq from-json dry.mam
	run -0 bash -c 'load-sqlite --to x.db --table t --create <dry.mam'
	[ "$(sqlite3 x.db "select count(*) from sqlite_master where name = 't'")" = 0 ]
}
