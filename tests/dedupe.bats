# SPDX-License-Identifier: MIT
# dedupe against a model of a few lines of Python, in memory and through the
# disk; what a key is; what memory and disk may take; every kind of bad input.

load helper

# Random records of a few and of many repetitions, and what each --keep is to give of them.
setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	cat >model.py <<-'END'
	import json, random, sys

	def keep(rows, how):
	    kept = {}
	    for row in rows:
	        key = (row['id'], row['k'])
	        if key not in kept or how == 'last' or \
	                how == 'max:v' and row['v'] > kept[key]['v'] or \
	                how == 'min:v' and row['v'] < kept[key]['v']:
	            kept[key] = row
	    return kept.values()

	def write(name, rows):
	    with open(name, 'w') as f:
	        for row in rows:
	            f.write(json.dumps(row, separators=(',', ':')) + '\n')

	random.seed(20261125)
	rows = []
	for i in range(int(sys.argv[1])):
	    many = random.random() < 0.3
	    rows.append({'id': random.randrange(50) if many else random.randrange(int(sys.argv[2])),
	                 'k': random.choice('ab'), 'v': random.randrange(1000),
	                 'pad': 'x' * random.randrange(60)})
	write('rows.jsonl', rows)
	for how in 'first', 'last', 'max:v', 'min:v':
	    write(how + '.jsonl', keep(rows, how))
	END
	python3 model.py 300000 200000
	from-json <rows.jsonl >rows.mam
	# The same with a schema, so that both ways of finding fields are gone.
	awk -F'[:,}"]+' 'BEGIN { print "schema\tid:int\tk:text\tv:int\tpad:text" }
		{ printf "row\t%s\t%s\t%s\t%s\n", $3, $5, $7, $9 }' rows.jsonl | spell >typed.mam
}

# One counter of this stage out of a stream's end mark.
counter() { # NAME FILE
	python3 - "$1" "$2" <<-'END'
	import sys
	data = open(sys.argv[2], 'rb').read()
	data = data[data.rindex(b'\xa5stage\xa6dedupe'):]
	at = data.index(bytes([0xa0 | len(sys.argv[1])]) + sys.argv[1].encode()) + 1 + len(sys.argv[1])
	head, size = data[at], {0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8}.get(data[at], 0)
	print(int.from_bytes(data[at + 1:at + 1 + size], 'big') if size else head)
	END
}

same() { # KEEP MEMORY FILE
	dedupe --key id,k --keep "$1" --memory "$2" <"$BATS_FILE_TMPDIR/$3" >out.mam
	to-json <out.mam >got
	cmp got "$BATS_FILE_TMPDIR/$1.jsonl"
}

@test "each --keep gives what the model gives, in memory" {
	for how in first last max:v min:v; do
		same $how 256M rows.mam
		[ "$(counter spilled out.mam)" = 0 ]
		same $how 256M typed.mam
	done
}

@test "each --keep gives what the model gives, through the disk" {
	for how in first last max:v min:v; do
		same $how 8M rows.mam
		[ "$(counter spilled out.mam)" -gt 1000 ]
		same $how 8M typed.mam
		[ "$(counter spilled out.mam)" -gt 1000 ]
	done
}

@test "records that outgrow memory when they are replaced stay exact" {
	# Small ones fill the memory, then each key comes again with a larger record, some a third time.
	python3 - <<-'END'
	import json
	kept = {}
	with open('rows.jsonl', 'w') as f:
	    for turn, pad in ((0, 0), (1, 90), (2, 10), (3, 200)):
	        for i in range(turn * 1000, 30000 - turn * 7000):
	            i = i * 7919 % 30000
	            row = {'id': i, 'k': 'a', 'v': turn, 'pad': 'x' * pad}
	            kept[i] = row if i in kept else row
	            f.write(json.dumps(row, separators=(',', ':')) + '\n')
	with open('wanted', 'w') as f:
	    for row in kept.values():
	        f.write(json.dumps(row, separators=(',', ':')) + '\n')
	END
	from-json <rows.jsonl >grow.mam
	for how in last max:v; do
		dedupe --key id --keep $how --memory 8M <grow.mam >out.mam
		[ "$(counter spilled out.mam)" -gt 1000 ]
		to-json <out.mam >got
		cmp got wanted
	done
}

@test "a key that comes a million times is settled in memory" {
	seq 1 1000000 | awk '{ printf "row\t%d\t%d\n", $1 < 200000 ? $1 : 199999, $1 }' |
		{ printf 'schema\tid:int\tv:int\n'; cat; } | spell >giant.mam
	dedupe --key id --keep last --memory 8M <giant.mam >out.mam
	[ "$(to-json <out.mam | wc -l)" = 199999 ]
	[ "$(to-json <out.mam | tail -n 1)" = '{"id":199999,"v":1000000}' ]
	# The one that is in no table is read once more, and no third time.
	[ "$(counter spilled out.mam)" -lt 1300000 ]
}

@test "one key whose records grow is settled in memory" {
	for ((i = 0; i < 2000; i++)); do
		printf 'map\tid:int=1\tv:int=%d\tpad:text=%0*d\n' $i $((1000 + i * 10)) $i
	done | spell >grow.mam
	dedupe --key id --keep last --memory 8M <grow.mam >out.mam
	[ "$(counter spilled out.mam)" = 0 ]
	[[ $(to-json <out.mam) == '{"id":1,"v":1999,'* ]]
}

@test "duplicates are counted, and those that differ from the kept record" {
	printf 'map\tid:int=%s\tv:int=%s\n' 1 1 1 1 2 1 1 2 1 1 | spell >in.mam
	dedupe --key id <in.mam >out.mam
	[ "$(counter duplicates out.mam)" = 3 ]
	[ "$(counter conflicts out.mam)" = 1 ]
	dedupe --key id --keep last <in.mam >out.mam
	[ "$(counter duplicates out.mam)" = 3 ]
	[ "$(counter conflicts out.mam)" = 2 ]
}

@test "ties of max and min keep the first" {
	printf 'map\tid:int=1\tv:int=%s\tn:text=%s\n' 5 a 5 b 4 c 5 d 4 e | spell >in.mam
	[ "$(dedupe --key id --keep max:v <in.mam | to-json)" = '{"id":1,"v":5,"n":"a"}' ]
	[ "$(dedupe --key id --keep min:v <in.mam | to-json)" = '{"id":1,"v":4,"n":"c"}' ]
}

@test "max and min by each kind of value" {
	best() { # TYPE KEEP VALUE...
		local type=$1 keep=$2
		shift 2
		printf "map\tid:int=1\tv:$type=%s\n" "$@" | spell | dedupe --key id --keep "$keep:v" | to-json
	}
	[ "$(best int max -5 18446744073709551615 9223372036854775807)" = '{"id":1,"v":18446744073709551615}' ]
	[ "$(best int min -5 18446744073709551615 -9223372036854775808)" = '{"id":1,"v":-9223372036854775808}' ]
	[[ $(best decimal max 9.5 10.25 -100 10.3) == *10.3* ]]
	[[ $(best decimal min 9.5 -2.5 -10.25 3) == *-10.25* ]]
	[[ $(best float max 1.5 2.5e10 -1) == *25000000000* ]]
	[[ $(best text max B a é z) == *é* ]]
	[[ $(best text min b abc ab) == *'"ab"'* ]]
	[[ $(best date max 2026-11-09 2026-11-10 2025-12-31) == *2026-11-10* ]]
	[[ $(best datetime min 2026-11-09T10:00:00 2026-11-09T09:59:59.5) == *09:59:59.5* ]]
	[[ $(best timestamp max 2026-11-09T10:00:00Z 2026-11-09T10:00:00.25Z) == *10:00:00.25* ]]
	[[ $(best bool max false true) == *true* ]]
}

@test "numbers of different kinds are put in order by value" {
	printf 'map\tid:int=1\tv:int=3\nmap\tid:int=1\tv:decimal=3.25\nmap\tid:int=1\tv:float=3.125\n' | spell >in.mam
	[[ $(dedupe --key id --keep max:v <in.mam | to-json) == *3.25* ]]
	[ "$(dedupe --key id --keep min:v <in.mam | to-json)" = '{"id":1,"v":3}' ]
}

# How many keys the values are: keys TYPE=VALUE...
keys() {
	printf 'map\tk:%s\n' "$@" | spell | dedupe --key k >out.mam
	echo $(($# - $(counter duplicates out.mam)))
}

@test "keys are the same by value" {
	[ "$(keys int=1 decimal=1 decimal=1.0 decimal=1.00 float=1 decimal=001)" = 1 ]
	[ "$(keys int=0 decimal=-0 decimal=0.00 float=-0.0 float=0)" = 1 ]
	[ "$(keys decimal=12.50 decimal=12.5 float=12.5)" = 1 ]
	[ "$(keys decimal=-0.10 float=-0.1)" = 1 ]
	[ "$(keys int=18446744073709551615 decimal=18446744073709551615.0)" = 1 ]
	[ "$(keys decimal=18446744073709551616 decimal=18446744073709551616.0)" = 1 ]
	[ "$(keys float=nan float=-nan)" = 1 ]
	# The three msgpack forms of a timestamp, all forms of an int, of a text and of bytes.
	same_forms d6ff00000005 d7ff0000000000000005 c70cff000000000000000000000005
	same_forms 05 cc05 cd0005 ce00000005 cf0000000000000005 d005 d10005 d200000005 d30000000000000005
	same_forms ff d0ff d1ffff d2ffffffff d3ffffffffffffffff
	same_forms a178 d90178 da000178 db0000000178
	same_forms c40178 c5000178 c60000000178
	same_forms d40131 c7010131 c800010131
}

# The values, given as msgpack in hex, are one key.
same_forms() {
	printf 'raw\t81a16b%s\n' "$@" | spell | dedupe --key k >out.mam
	[ "$(to-json <out.mam | wc -l)" = 1 ]
	[ "$(counter duplicates out.mam)" = $(($# - 1)) ]
}

@test "keys that differ are kept apart" {
	[ "$(keys int=1 text=1 bool=true bytes=31 date=1 datetime=1 timestamp=1)" = 7 ]
	[ "$(keys decimal=0.1 decimal=0.1000000000000000001 decimal=-0.1 decimal=0.01)" = 4 ]
	[ "$(keys float=inf float=-inf float=nan)" = 3 ]
	[ "$(keys int=9007199254740992 int=9007199254740993 float=9007199254740992)" = 2 ]
	[ "$(keys text=a 'text=a ' text=A text=)" = 4 ]
	# The border between two fields is part of the key.
	printf 'map\ta:text=%s\tb:text=%s\n' x yz xy z '' xyz | spell >in.mam
	[ "$(dedupe --key a,b <in.mam | to-json | wc -l)" = 3 ]
}

@test "the keys of maps whose fields come and go, and change places" {
	printf '%s\n' '{"a":1,"x":0,"b":2}' '{"b":2,"a":1}' '{"y":[{"a":5}],"b":3,"a":1}' '{"a":1,"b":3}' \
		'{"a":2,"x":1,"b":1,"y":2}' '{"a":2,"b":1}' >in.json
	from-json <in.json | dedupe --key a,b | to-json >out
	sed -n '1p;3p;5p' in.json | cmp - out
	from-json <in.json | dedupe --key a --keep max:b | to-json >out
	sed -n '3p;5p' in.json | cmp - out
}

@test "a dotted name leads into maps and arrays, unless a field has that name" {
	printf '%s\n' '{"a":{"b":[{"id":1},{"id":2}]}}' '{"a":{"b":[{"id":9},{"id":2}]}}' '{"a":{"b":[{"id":1},{"id":3}]}}' |
		from-json >in.mam
	[ "$(dedupe --key a.b.1.id <in.mam | to-json | wc -l)" = 2 ]
	[ "$(dedupe --key a.b.0.id,a.b.1.id <in.mam | to-json | wc -l)" = 3 ]
	printf '%s\n' '{"a.b":1,"a":{"b":1}}' '{"a.b":2,"a":{"b":1}}' '{"a":{"b":2}}' | from-json >in.mam
	[ "$(dedupe --key a.b <in.mam | to-json | wc -l)" = 2 ]
	printf 'schema\tid:int\tj:json\nrow\t1\tx|y\nrow\t2\tx|z\nrow\t3\tw|y\n' | spell >in.mam
	[ "$(dedupe --key j.list.1 <in.mam | to-json | wc -l)" = 2 ]
	[ "$(dedupe --key j.list.1,id,j.list.0 <in.mam | to-json | wc -l)" = 3 ]
	run -65 dedupe --key j.list.7 <in.mam
	[[ $output == *"record 1: j.list.7: is not there"* ]]
}

@test "a name with a comma is quoted" {
	[ "$(echo '{"a,b":1}{"a,b":1}' | from-json | dedupe --key '"a,b"' | to-json | wc -l)" = 1 ]
}

@test "a key that is null, missing or a map is a reject with record and field" {
	printf '%s\n' '{"id":1}' '{"id":null}' '{"x":1}' '{"id":{"a":1}}' '{"id":2}' | from-json >in.mam
	run -65 bash -c 'dedupe --key id <in.mam >out.mam'
	[ "$output" = "dedupe: record 2: id: is null, and a key must have a value" ]
	run -0 bash -c 'dedupe --key id --rejects bad.mam --max-rejects 3 <in.mam >out.mam'
	[[ $output == *"record 3: id: is not there"* ]]
	[[ $output == *"record 4: id: is a map or an array"* ]]
	[ "$(to-json <out.mam | wc -l)" = 2 ]
	[ "$(to-json <bad.mam | wc -l)" = 3 ]
	[[ $(to-json <bad.mam | sed -n 2p) == *'"x":1,"_reject":{"stage":"dedupe","record":3,"field":"id","rule":"key"'* ]]
	run -65 bash -c 'dedupe --key id --max-rejects 2 <in.mam >out.mam'
}

@test "an order that is null, missing, not a number or of another kind is a reject" {
	printf 'map\tid:int=1\tv:int=1\nmap\tid:int=1\tv:text=2\nmap\tid:int=1\tv:int=\\N\nmap\tid:int=2\nmap\tid:int=1\tv:float=nan\nmap\tid:int=1\tv:float=3\n' |
		spell >in.mam
	run -65 bash -c 'dedupe --key id --keep max:v <in.mam >out.mam'
	[ "$output" = "dedupe: record 2: v: is a text and cannot be compared with a number of record 1" ]
	run -0 bash -c 'dedupe --key id --keep max:v --max-rejects 4 <in.mam >out.mam'
	[[ $output == *"record 3: v: is null, which has no order"* ]]
	[[ $output == *"record 4: v: is not there"* ]]
	[[ $output == *"record 5: v: is not a number"* ]]
	[ "$(to-json <out.mam)" = '{"id":1,"v":3.0}' ]
}

@test "a schema without the key is 65 and tells what it has, even without records" {
	printf 'schema\tday:date\tname:text\n' | spell >in.mam
	run -65 bash -c 'dedupe --key day,idd <in.mam >out.mam'
	[ "$output" = 'dedupe: the schema has no field "idd", but day, name' ]
	run -65 bash -c 'dedupe --key day --keep max:x.y <in.mam >out.mam'
	[[ $output == *'no field "x.y"'* ]]
}

@test "options that cannot be are 64" {
	run -64 bash -c "dedupe <'$BATS_FILE_TMPDIR/rows.mam' >out.mam"
	[[ $output == *"--key is missing"* ]]
	run -64 bash -c 'dedupe --key id,,k </dev/null >out.mam'
	run -64 bash -c 'dedupe --key id,id </dev/null >out.mam'
	[[ $output == *'"id" is named twice'* ]]
	for keep in newest max max: min: maxv; do
		run -64 bash -c "dedupe --key id --keep $keep </dev/null >out.mam"
		[[ $output == *"first|last|max:FIELD|min:FIELD"* ]]
	done
	run -64 bash -c 'dedupe --key id --memory 1M </dev/null >out.mam'
	run -64 bash -c 'dedupe --key id operand </dev/null >out.mam'
}

@test "with the first kept, records pass at once" {
	mkfifo slow
	printf 'map\tid:int=1\nsleep\t60\n' | spell >slow 3>&- &
	dedupe --key id <slow >out.mam 3>&- &
	stage=$!
	for ((i = 0; i < 200; i++)); do
		[ ! -s out.mam ] || break
		sleep 0.05
	done
	kill "$stage"
	[[ $(xxd -p out.mam | tr -d '\n') == *81a2696401 ]]
}

@test "a schema that changes in mid-stream stays with its records" {
	for how in first last max:v min:v; do
		printf 'schema\tid:int\tv:int\nrow\t1\t1\nrow\t2\t1\nschema\tv:int\tid:int\tn:text\nrow\t2\t2\tx\nrow\t3\t1\ty\nschema\tid:int\tv:int\nrow\t1\t4\n' |
			spell | dedupe --key id --keep $how >out.mam
		to-json <out.mam >>got
	done
	cat >wanted <<-'END'
	{"id":1,"v":1}
	{"id":2,"v":1}
	{"id":1,"v":4}
	{"v":2,"id":2,"n":"x"}
	{"id":1,"v":4}
	{"v":2,"id":2,"n":"x"}
	{"id":1,"v":1}
	{"id":2,"v":1}
	END
	cmp got wanted
}

@test "concatenated streams are one; a schema without records is handed on" {
	printf 'schema\tid:int\nrow\t1\nrow\t2\n' | spell >a.mam
	printf 'schema\tid:int\nrow\t2\nrow\t3\n' | spell >b.mam
	for how in first last; do
		[ "$(cat a.mam b.mam | dedupe --key id --keep $how | to-json | tr -dc '0-9')" = 123 ]
	done
	for how in first last; do
		printf 'schema\tname_of_a_field:int\n' | spell | dedupe --key name_of_a_field --keep $how >out.mam
		[ "$(grep -c name_of_a_field out.mam)" = 1 ]
	done
}

@test "a coverage comes out behind the records that came before it" {
	printf 'schema\tid:int\nrow\t7777777\ncoverage\tid:int=3333333\nrow\t8888888\n' | spell >in.mam
	# Big-endian uint32 of the three.
	places() { xxd -p out.mam | tr -d '\n' | grep -oE '0076adf1|0032dcd5|0087a238' | tr '\n' ' '; }
	dedupe --key id <in.mam >out.mam
	[ "$(places)" = "0076adf1 0032dcd5 0087a238 " ]
	dedupe --key id --keep last <in.mam >out.mam
	[ "$(places)" = "0076adf1 0087a238 0032dcd5 " ]
}

@test "memory stays below --memory, tables and all" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	{ printf 'schema\tid:int\tv:int\tpad:text\n'; seq 1 600000 |
		awk '{ printf "row\t%d\t%d\tsome text that takes its room %d\n", $1, $1 % 1000, $1 }'; } | spell >in.mam
	for how in first last max:v; do
		for memory in 8 16 40; do
			dedupe --key id --keep $how --memory ${memory}M <in.mam >out.mam
			peak=$(counter peak_memory out.mam)
			echo "$how ${memory}M: $peak bytes"
			[ "$peak" -le $((memory * 1024 * 1024)) ]
		done
		run -0 bash -c "ulimit -v 40000; dedupe --key id --keep $how --memory 16M <in.mam | to-json | wc -l"
		[ "$output" = 600000 ]
	done
}

@test "a record that is larger than --memory is 65 and says so" {
	python3 -c "print('{\"id\":1,\"t\":\"' + 'x' * 20000000 + '\"}')" | from-json >in.mam
	run -65 bash -c 'dedupe --key id --keep last --memory 8M <in.mam >out.mam'
	[[ $output == *"record 1: its "*" bytes do not fit into --memory"* ]]
	run -65 bash -c 'dedupe --key t --memory 8M <in.mam >out.mam'
	[[ $output == *"record 1: its "*" bytes do not fit into --memory"* ]]
	# Where only keys are remembered, the rest may be as large as it likes.
	[ "$(dedupe --key id --memory 8M <in.mam | to-json | wc -c)" = 20000016 ]
}

@test "large records go through the disk and stay what they are" {
	python3 - <<-'END'
	import json, random
	random.seed(3)
	with open('rows', 'w') as f:
	    for i in range(300):
	        f.write(json.dumps({'id': i % 200, 'n': i, 't': chr(97 + i % 26) * random.randrange(100000)}, separators=(',', ':')) + '\n')
	END
	from-json <rows >in.mam
	dedupe --key id --keep last --memory 8M <in.mam >out.mam
	[ "$(counter spilled out.mam)" -gt 50 ]
	{ sed -n '201,300p' rows; sed -n '101,200p' rows; } >wanted
	to-json <out.mam | cmp - wanted
}

@test "a folder for --tmp that is not there is 74 at once" {
	run -74 bash -c "dedupe --key id --tmp ./nowhere <'$BATS_FILE_TMPDIR/rows.mam' >out.mam"
	[ "$output" = 'dedupe: cannot write to --tmp "./nowhere": No such file or directory' ]
	run -74 env TMPDIR=/proc/nowhere bash -c "dedupe --key id <'$BATS_FILE_TMPDIR/rows.mam' >out.mam"
	[[ $output == *"cannot write to --tmp \"/proc/nowhere\""* ]]
}

@test "a full disk under the spill is 74, names --tmp, and nothing behind loads" {
	in=$BATS_FILE_TMPDIR/rows.mam
	if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=1m none full 2>/dev/null; then
		run bash -c "dedupe --key id --keep last --memory 8M --tmp full <$in >out.mam"
		umount full
		[ "$status" = 74 ]
		[ "$output" = 'dedupe: cannot write to --tmp "full": No space left on device' ]
		run -74 to-json <out.mam
	fi
	# A limit on the size of files is the same trouble.
	run -74 bash -c "ulimit -f 1000; dedupe --key id --keep last --memory 8M --tmp . <$in | cat >/dev/null; exit \${PIPESTATUS[0]}"
	[[ $output == 'dedupe: cannot write to --tmp ".": File too large' ]]
}

@test "a kill leaves no file behind" {
	mkdir tmp
	mkfifo slow
	{ head -c 5000000 "$BATS_FILE_TMPDIR/typed.mam"; exec sleep 60; } >slow 3>&- &
	writer=$!
	dedupe --key id --keep last --memory 8M --tmp tmp <slow >out.mam 3>&- &
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

@test "records without a schema: fields in any order, and --keep by a field of the key" {
	printf '%s\n' '{"a":1,"b":2,"c":"x"}' '{"c":"y","b":2,"a":1}' '{"b":3,"a":1}' >lines
	from-json <lines | dedupe --key a,b --keep last | to-json >got
	printf '%s\n' '{"c":"y","b":2,"a":1}' '{"b":3,"a":1}' | diff got -
	from-json <lines | dedupe --key a,b --keep max:b | to-json >got
	[ "$(wc -l <got)" = 2 ]
}
