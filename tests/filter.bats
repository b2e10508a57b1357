# SPDX-License-Identifier: MIT
# filter: conditions against values of every type, null and missing fields, positions,
# what passes beside records, and every kind of wrong condition. The language itself has
# its truth tables in tests/unit/predicate.c.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	printf '%s\n' \
		'{"id":1,"day":"2026-11-01","name":"brand A","cost":"1.50","clicks":5,"ok":true,"f":0.1,"n":{"a":[1,{"b":"x"}]},"at":"2026-11-01T10:00:00","ts":"2026-11-01T10:00:00+09:00"}' \
		'{"id":2,"day":"2026-11-02","name":"other","cost":null,"clicks":100,"ok":false,"f":1e300,"n":{"a":[]},"at":"2026-11-02T00:00:00","ts":"2026-11-01T15:00:00Z"}' \
		'{"id":18446744073709551615,"day":"2026-11-03","name":"ブランド","cost":"100","clicks":101,"ok":null,"f":-2.5,"n":[7],"at":"2026-11-02T23:59:59.5","ts":"2026-11-03T00:00:00Z"}' |
		from-json >loose.mam
	normalize id:int day:date name:text cost:decimal clicks:int ok:bool f:float n:json at:datetime \
		ts:timestamp <loose.mam >typed.mam
}

# The first digits of the ids that pass.
ids() { # WORD... <FILE
	filter "$@" | to-json | sed -E 's/^\{"id":([0-9]).*/\1/' | tr -d '\n'
}

keeps() { # WANTED WORD...
	local got wanted=$1
	shift
	got=$(ids "$@" <"$BATS_FILE_TMPDIR/${from:-typed.mam}")
	[ "$got" = "$wanted" ] || {
		echo "filter $*: kept \"$got\", not \"$wanted\""
		return 1
	}
}

fails() { # STATUS PART-OF-MESSAGE WORD...
	local status wanted=$1 part=$2
	shift 2
	run --separate-stderr bash -c '"$@" >out.mam' - filter "$@" <"$BATS_FILE_TMPDIR/${from:-typed.mam}"
	[ "$status" = "$wanted" ] && [[ $stderr == *"$part"* ]] || {
		echo "filter $*: $status, $stderr"
		return 1
	}
	# The failure travels: nothing that looks complete is behind it.
	run to-json <out.mam
	[ "$status" = "$wanted" ]
}

# One value of this stage's counters out of the JSON log.
counter() { # NAME <LOG
	jq -c "select(.stage == \"filter\") | .$1"
}

@test "numbers are compared by value across int, decimal and float" {
	keeps 21 'clicks >= 100'
	keeps 1 'clicks>100'
	keeps 1 'cost = 1.500'
	keeps 1 'cost = 1.5' 'cost < 1.50000000000000000000001'
	keeps 1 'id > 9223372036854775807'
	keeps 1 'id = 18446744073709551615.0'
	keeps 12 'f >= 0.1'
	keeps 1 'f = 0.10' 'f < 0.1000000000000000000001'
	keeps 1 'clicks between 5 and 99.9'
	keeps 11 'id not in (2, 3)'
}

@test "text: bytes, prefix, suffix, contains, a regular expression" {
	keeps 1 'name ~ "brand"'
	keeps 1 'name ~ ブラ'
	keeps 21 'name !~ brand'
	keeps 1 'name starts with brand'
	keeps 1 "name ends with 'ンド'"
	keeps 2 'name not starts with "b"' 'name not ends with ド'
	keeps 1 'name matches "(?i)^BRAND .$"'
	keeps 1 'name matches "^\p{Katakana}{4}$"'
	keeps 21 'name not matches "^b"'
	keeps 12 'name in ("brand A", other)'
	keeps 12 'name < "p"'
}

@test "dates and times; a date is its whole day" {
	keeps 21 'day >= 2026-11-02'
	keeps 2 'day >= 2026-11-02' 'day < 2026-11-03'
	keeps 21 'at = 2026-11-02'
	keeps 1 'at <= 2026-11-01'
	keeps 2 'at = 2026-11-02T00:00:00'
	keeps 1 'at > 2026-11-02T23:59:59.499999' 'at <= "2026-11-02 23:59:59.5"'
	keeps 1 'ts < 2026-11-01T11:00:00+09:00'
	keeps 2 --zone Asia/Tokyo 'ts = 2026-11-02'
	keeps 1 --zone +09:00 'ts = 2026-11-01T10:00:00'
}

@test "null, missing, bools and nested values" {
	keeps 2 'cost is null'
	keeps 11 'cost is not null'
	keeps 1 'cost != 1.5'
	keeps 1 'not cost = 1.5'
	keeps 21 --invert 'cost = 1.5'
	keeps 12 'n.a is not missing'
	keeps 121 'other_field is missing'
	keeps 1 ok
	keeps 2 'ok = false'
	keeps 21 'not ok'
	keeps 1 'n.a.1.b = x'
	keeps 1 'n.0 = 7'
}

@test "conditions are joined: all, any, and, or, not, parentheses, a file" {
	keeps 2 'clicks >= 100' 'cost is null'
	keeps 12 --any 'clicks = 5' 'cost is null'
	keeps 1 --any --invert 'clicks = 5' 'cost is null'
	keeps 1 '(clicks > 5 or name ~ brand) and not (day = 2026-11-02 or day = 2026-11-03)'
	keeps 11 'clicks = 5 OR cost IS NOT NULL AND NOT name ~ other'
	printf '# brand\nname ~ brand\n--invert\n' >conditions
	keeps 21 @conditions
}

@test "positions: --record, --skip, --limit, alone and together" {
	keeps 2 --record 2
	keeps 11 --record 3,1
	keeps 21 --record 2-
	keeps 12 --record 1-2 --record 2
	keeps 21 --skip 1
	keeps 2 --skip 1 --limit 1
	keeps 1 --skip 1 'clicks >= 100'
	keeps "" --limit 0
	keeps "" --record 1 'clicks >= 100'
	from-json >two.mam <<<'{"id":4}'
	cat two.mam two.mam | filter --record 2 >out.mam
	[ "$(to-json <out.mam)" = '{"id":4}' ]
}

@test "the chunks of a file are not cut by position" {
	printf 'schema\tchunk:bytes\tfile:text\nrow\t612c620a\ta.csv\nrow\t310a\ta.csv\n' | spell >chunks.mam
	for word in "--limit 1" "--skip 1" "--record 2"; do
		run --separate-stderr bash -c "filter $word <chunks.mam | from-csv"
		[ "$status" = 65 ] && [[ $stderr == *'the bytes of a file in chunks'*'use from-csv'* ]]
	done
	[ "$(filter 'file = a.csv' <chunks.mam | to-json)" = "$(to-json <chunks.mam)" ]
}

@test "records pass byte for byte" {
	cd "$BATS_FILE_TMPDIR"
	filter 'id > 0' <typed.mam | filter 'clicks is not null' >all.mam
	cmp <(to-json <typed.mam) <(to-json <all.mam)
	python3 - <<-'END'
	def records(name):
	    data = open(name, 'rb').read()
	    # From the first record, an array of ten values, to the timestamp that ends the last one.
	    return data[data.index(b'\x9a\x01'):data.rindex(b'\xd6\xff') + 6]
	assert len(records('typed.mam')) > 100 and records('typed.mam') == records('all.mam')
	END
}

@test "records that describe themselves: values of a wrong type are bad, unless a field is missing" {
	from=loose.mam keeps 21 'clicks >= 100'
	from=loose.mam keeps 1 'cost = "1.50"'
	from=loose.mam fails 65 'record 1: cost: "1.50" is text, and 5 is a number' 'cost > 5'
	printf '%s\n' '{"a":5}' '{"b":1}' '{"a":"x"}' '{"a":null}' '{"b":2,"a":7}' | from-json >mixed.mam
	filter --rejects bad.mam --max-rejects 1 'a >= 5' <mixed.mam | to-json >kept
	[ "$(cat kept)" = '{"a":5}
{"b":2,"a":7}' ]
	[ "$(to-json <bad.mam | jq -r '._reject.reason')" = '"x" is text, and 5 is a number: put the value in quotes to compare text, or normalize the field to a number before' ]
	[ "$(filter 'a is missing' <mixed.mam | to-json)" = '{"b":1}' ]
}

@test "a field that does not exist names those that do, and the nearest" {
	fails 65 'the input has no field "nme"; the input has "id", "day", "name",' 'nme = a'
	fails 65 'did you mean "name"?' 'nme = a'
	from=loose.mam fails 65 'no record has a field "clickz"; the input has "id",' 'clickz > 5'
	fails 65 'field "id" is an int and has no members, such as "x"' 'id.x = 5'
	# Also in a later schema of the same input.
	from-json <<<'{"b":1}' | normalize b:int >b.mam
	from-json <<<'{"a":1}' | normalize a:int >a.mam
	run --separate-stderr bash -c 'cat a.mam b.mam | filter "a > 0" | to-json'
	[ "$status" = 65 ] && [[ $stderr == *'the input has no field "a"; the input has "b"'* ]]
	[ "$output" = '{"a":1}' ]
	# Fields in another order under a later schema.
	from-json <<<'{"b":1,"a":2}' | normalize b:int a:decimal >b.mam
	[ "$(cat a.mam b.mam | filter 'a >= 1.5' | to-json)" = '{"b":1,"a":2}' ]
	# No records: nothing shows which fields there are.
	from-json --allow-empty </dev/null | filter 'a > 0' | to-json
}

@test "a condition that cannot hold for the type is an error at once" {
	fails 65 'field "name" is text, and 5 is a number: put the value in quotes' 'name > 5'
	fails 65 'field "day" is a date, and 5 is a number: write it as in 2026-11-01' 'day > 5'
	fails 65 'field "day" is a date, and 2026/11/01 is text' 'day = 2026/11/01'
	fails 65 'with a time of day: a date has none' 'day = 2026-11-01T00:00:00'
	fails 65 'field "clicks" is an int, and "~" is for text' 'clicks ~ 5'
	fails 65 'field "clicks" is an int, and abc is text' 'clicks = abc'
	fails 65 'field "ok" is a bool, and ">" is for values with an order' 'ok > false'
	fails 65 'field "n" is a map or an array' 'n = 5'
	fails 65 '2026-11-01 has no zone: write a time with Z or an offset, or give --zone' 'ts > 2026-11-01'
	fails 65 'a datetime is on a wall clock' 'at > 2026-11-01T00:00:00Z'
	fails 65 'does not exist in the zone' --zone Europe/Berlin 'ts = 2026-03-29T02:30:00'
	fails 65 'occurs twice in the zone' --zone Europe/Berlin 'ts = 2026-10-25T02:30:00'
}

@test "a condition that is wrong in itself is a usage error that shows the place" {
	fails 64 'there is no condition'
	fails 64 '--invert needs a condition' --invert --limit 1
	fails 64 '2026-13-01 is not a date' 'day >= 2026-13-01'
	fails 64 'condition "x =": ends where a value is expected' 'x ='
	fails 64 'is expected at A' 'name = brand A'
	fails 64 'no value equals null: write "is null"' 'cost = null'
	fails 64 'a quote is not closed' 'name = "brand'
	fails 64 'ends where ")" is expected' '(a = 1'
	fails 64 '"(" is not a regular expression: missing closing parenthesis' 'name matches "("'
	fails 64 '--zone: "Mars/Base"' --zone Mars/Base 'ts > 2026-11-01'
	fails 64 '--record: "0" is not a record' --record 0
	fails 64 '--record: "5-2" is not a record' --record 5-2
	printf 'id > 0\nname = brand A\n' >conditions
	fails 64 '@conditions: line 2: condition "name = brand A"' @conditions
	fails 65 '--record asks for record 9, and the input has 3 records' --record 1,9
}

@test "a regular expression that never ends is stopped" {
	printf '{"a":"%s"}\n' "$(printf 'a%.0s' {1..60})!" | from-json >a.mam
	run --separate-stderr filter 'a matches "^(a|aa)+$"' <a.mam
	[ "$status" = 65 ] && [[ $stderr == *'match limit exceeded'*'write a simpler expression'* ]]
}

@test "left out records are counted, each once" {
	cd "$BATS_FILE_TMPDIR"
	MAM_LOG=json filter --record 1-2 --skip 1 'clicks < 100' <typed.mam 2>log >out.mam
	[ "$(counter left_out <log)" = '{"condition":1,"record":1,"skip":1,"limit":0}' ]
	MAM_LOG=json filter --limit 1 'clicks >= 5' <typed.mam 2>log >out.mam
	[ "$(counter left_out <log)" = '{"condition":0,"record":0,"skip":0,"limit":2}' ]
	[[ $(MAM_LOG=text filter 'clicks > 100' <typed.mam 2>&1 >out.mam) == *' 1 out, 0 rejected, 2 left out, '* ]]
}

@test "the input is read to its end, so a cut one is never sealed" {
	head -c $(($(stat -c %s "$BATS_FILE_TMPDIR/typed.mam") - 30)) "$BATS_FILE_TMPDIR/typed.mam" >cut.mam
	run bash -c 'filter --limit 1 <cut.mam >out.mam'
	[ "$status" = 76 ]
	run to-json <out.mam
	[ "$status" = 76 ]
}

# A stream with a window of dates, another one of an account, and a bookmark.
covered() {
	python3 - <<-'END'
	import struct, sys
	def text(s):
	    return bytes([0xa0 | len(s)]) + s.encode()
	def item(kind, body):
	    return bytes([0xc7, len(body), kind]) + body
	def date(n):
	    return b'\xd6\x02' + struct.pack('>i', n)
	schema = b'\x81' + text('fields') + b'\x92' + b'\x92' + text('day') + text('date') + b'\x92' + text('n') + text('int')
	out = item(17, schema)
	for day, n in ((20758, 1), (20760, 2)):
	    out += b'\x92' + date(day) + bytes([n])
	window = b'\x81' + text('day') + b'\x92' + date(20758) + date(20765)
	out += item(19, b'\x82' + text('window') + window + text('records') + b'\x02')
	out += item(19, b'\x82' + text('window') + b'\x81' + text('n') + b'\x05' + text('records') + b'\x00')
	out += item(18, b'\x82' + text('key') + text('k') + text('value') + b'\x07')
	sys.stdout.buffer.write(out)
	END
}

# Header and end mark around such items, by a stage that passes them.
@test "coverage passes only where whole windows do, state unless records go by number" {
	covered >items
	from-json --allow-empty </dev/null >empty.mam 2>/dev/null
	python3 - <<-'END'
	# The header is the first item; the seal is made by xxh3 of filter itself: the practice is to let a stage write it.
	data = open('empty.mam', 'rb').read()
	size = {0xc7: 3 + data[1]}[data[0]]
	open('open.mam', 'wb').write(data[:size] + open('items', 'rb').read())
	END
	# Without an end mark the input is cut; all that passes is looked at before the abort.
	count() { # WORD...
		filter "$@" <open.mam 2>/dev/null >out.mam || true
		python3 -c 'import sys; d = open("out.mam", "rb").read(); print(d.count(b"\xa6window"), d.count(b"\xa3key\xa1k"))'
	}
	[ "$(count 'day >= 2026-11-01')" = '1 1' ]
	[ "$(count 'day between 2026-11-01 and 2026-11-07')" = '1 1' ]
	[ "$(count 'day >= 2026-11-02')" = '0 1' ]
	[ "$(count --invert 'day > 2026-11-07')" = '1 1' ]
	[ "$(count 'day > 2026-12-01 or n = 5')" = '1 1' ]
	[ "$(count 'n > 0')" = '1 1' ]
	[ "$(count 'day is not null')" = '1 1' ]
	[ "$(count --any 'day >= 2026-11-01' 'n = 5')" = '2 1' ]
	[ "$(count --keep-coverage 'n > 0' 'day >= 2026-11-02')" = '2 1' ]
	[ "$(count --limit 5 'day >= 2026-11-01')" = '0 0' ]
	[ "$(count --skip 0 --record 1-9 'day >= 2026-11-01')" = '0 0' ]
}

@test "--keep-coverage with a sample is refused" {
	for option in '--limit 5' '--skip 1' '--record 1-9'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr filter --keep-coverage $option 'n > 0' </dev/null
		[[ $stderr == *"--keep-coverage cannot be used with"* ]]
	done
}
