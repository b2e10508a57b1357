# SPDX-License-Identifier: MIT
# to-table: how columns are laid out, what values look like, what --limit leaves.

load helper

table() {
	printf '%s' "$1" | from-json | to-table "${@:2}"
}

@test "columns as wide as what is in them, numbers to the right" {
	table '{"name":"a","cost":1.5,"n":1}{"name":"longer","cost":-1234.25,"n":null}' >got
	diff got - <<-'END'
		name        cost     n
		------  --------  ----
		a            1.5     1
		longer  -1234.25  null
	END
}

@test "Chinese, Japanese and Korean characters count double, combining marks not at all" {
	table '{"日":"コスト","b":1}{"日":"abc","b":2}{"日":"e\u0301é","b":3}{"日":"한국어","b":4}{"日":"😀","b":5}' >got
	diff got - <<-END
		日      b
		------  -
		コスト  1
		abc     2
		$(printf 'e\u0301é')      3
		한국어  4
		😀      5
	END
}

@test "null, text that says null, empty text and a missing field all look different" {
	table '{"a":null,"z":1}{"a":"null","z":1}{"a":"","z":1}{"z":1}{"a":"NULL","z":1}{"a":" x","z":1}{"a":"x ","z":1}{"a":"\"q","z":1}{"a":"a b","z":1}' >got
	diff got - <<-'END'
		a       z
		------  -
		null    1
		"null"  1
		""      1
		        1
		NULL    1
		" x"    1
		"x "    1
		"\"q"   1
		a b     1
	END
}

@test "control characters, and what turns or hides text, are made visible" {
	table '{"a\tb":"x\ny\r\u0000\u001b[31m"}{"a\tb":"a\u202eb\u200b\ufeff\u0085\u007f"}' >got
	diff got - <<-'END'
		"a\tb"
		----------------------------------
		"x\ny\r\u0000\u001b[31m"
		"a\u202eb\u200b\ufeff\u0085\u007f"
	END
}

@test "spaces that are not U+0020 are visible, U+3000 between words stays" {
	table '{"\u00a0a":"\u00a06"}{"\u00a0a":"7\u3000"}{"\u00a0a":"\u3000広告\u3000一"}{"\u00a0a":"広告\u3000一"}{"\u00a0a":"1\u202f234"}{"\u00a0a":"\ue000\ufffe"}' >got
	diff got - <<-'END'
		"\u00a0a"
		--------------------
		"\u00a06"
		"7\u3000"
		"\u3000広告\u3000一"
		広告　一
		"1\u202f234"
		"\ue000\ufffe"
	END
	# Emoji and Persian text need their joiners and selectors; after other characters these hide.
	table '{"a":"❤\ufe0f\u200d🔥"}{"a":"می\u200cخواهم"}{"a":"5\ufe0f"}{"a":"日付\u200d"}' | tail -n 4 >got
	diff got - <<-END
		$(printf '❤\ufe0f\u200d🔥')
		$(printf 'می\u200cخواهم')
		"5\\ufe0f"
		"日付\\u200d"
	END
}

@test "what is shown tells two texts apart, quotes and backslashes among them" {
	table '{"a":"\"引用符\"入り"}{"a":"x\ny"}{"a":"x\\ny"}{"a":"x\n\\n\"y\""}{"a":"x\"y"}{"a":" \\"}' >got
	diff got - <<-'END'
		a
		----------------
		"\"引用符\"入り"
		"x\ny"
		x\ny
		"x\n\\n\"y\""
		x"y
		" \\"
	END
	# A mark is not parted from what it marks.
	[ "$(table '{"a":"\"\"\"\""}' --width 6 | tail -n 1)" = '"\"\"…' ]
}

@test "a name that a record has twice hides no value, nor does what JSON cannot say" {
	printf 'raw\t82a16101a16102\n' | spell >twice.mam
	run -65 --separate-stderr to-table <twice.mam
	[ "$stderr" = 'to-table: record 1: "a": the name occurs twice' ]
	# [7, NaN]
	printf 'raw\t81a1619207cb7ff8000000000000\n' | spell | to-table --width 80 >got
	diff got - <<-'END'
		a
		----------------------------------------------------------
		[7,… (a float that is not a number (NaN) has no JSON form)
	END
}

@test "what is wider than --width is cut" {
	table '{"a":"12345","b":"123456","c":"日本語","d":"日本語x","a long name":1}' --width 5 >got
	diff got - <<-'END'
		a      b      c      d      a lo…
		-----  -----  -----  -----  -----
		12345  1234…  日本…  日本…      1
	END
	table '{"a":"日本語日本語日本語日本語日本語日本語日本語"}' >got
	diff got - <<-'END'
		a
		---------------------------------------
		日本語日本語日本語日本語日本語日本語日…
	END
	# What closes a quotation counts as well.
	[ "$(table '{"a":" 234"}' --width 6 | tail -n 1)" = '" 234"' ]
	[ "$(table '{"a":" 234"}' --width 5 | tail -n 1)" = '" 23…' ]
}

@test "the reason of a reject is not cut, unless --width asks for it" {
	printf 'id,clicks\n1,a value of more than forty characters that is not an int\n' | from-csv |
		normalize id:int clicks:int --rejects bad.mam --max-rejects 1 | to-json
	to-table <bad.mam >got
	grep -F '"reason":"\"a value of more than forty characters that is not an int\" is not an int"}' got
	grep -F 'a value of more than forty characters t…' got
	run ! grep -F '…"' got
	to-table --width 40 <bad.mam >got
	run ! grep reason got
}

@test "the records before a failure are shown" {
	bad() { seq 1 599 | sed '500s/.*/x/;s/.*/{"a":"&"}/' | from-json | normalize a:int; }
	run -65 --separate-stderr bash -c "$(declare -f bad); bad | to-table"
	[ "${#lines[@]}" = 501 ]
	[ "${lines[1]}" = --- ]
	[ "${lines[500]}" = 499 ]
	[[ $stderr == *'record 500: a: "x" is not an int'* ]]
	# Also when the stream is cut, when the failure is to-table's own, and after --limit.
	seq 1 50 | from-csv --names n >n.mam
	head -c -20 n.mam >cut.mam
	run -76 --separate-stderr to-table <cut.mam
	[ "${lines[2]}" = 1 ]
	printf 'raw\t81a16101\nraw\t82a16101a16102\n' | spell >twice.mam
	run -65 --separate-stderr to-table <twice.mam
	[ "$output" = $'a\n-\n1' ]
	run -65 bash -c "$(declare -f bad); bad 2>/dev/null | to-table --limit 2 2>/dev/null"
	[ "$output" = $'a\n-\n1\n2' ]
	# No record, no table; the status is still that of the failure.
	head -c 40 n.mam >cut.mam
	run -76 --separate-stderr to-table <cut.mam
	[ "$output" = "" ]
	run -76 bash -c 'to-table <cut.mam >/dev/full'
}

@test "every type" {
	{
		printf 'schema\tb:bool\tu:int\tf:float\td:decimal\tx:bytes\tday:date\tdt:datetime\tts:timestamp\tj:json\n'
		printf 'row\ttrue\t18446744073709551615\t5\t1.500\t00ff10\t2026-11-20\t2026-11-20T13:00:00\t2026-11-20T13:00:00Z\tx\n'
	} | spell | to-table >got
	diff got - <<-'END'
		b                        u    f      d  x         day         dt                   ts                    j
		----  --------------------  ---  -----  --------  ----------  -------------------  --------------------  --------------
		true  18446744073709551615  5.0  1.500  0x00ff10  2026-11-20  2026-11-20T13:00:00  2026-11-20T13:00:00Z  {"list":["x"]}
	END
}

@test "--limit shows the first records, counts the rest, and reads to the end mark" {
	seq 1 5000 | from-csv --names n >n.mam
	[ "$(to-table --limit 2 <n.mam)" = $'n\n-\n1\n2\n(4998 more records)' ]
	[ "$(to-table --limit 4999 <n.mam | tail -n 1)" = '(1 more record)' ]
	[ "$(to-table --limit 0 <n.mam)" = '(5000 more records)' ]
	[ "$(to-table --limit 5000 <n.mam | tail -n 1)" = 5000 ]
	[ "$(to-table <n.mam | wc -l)" = 5002 ]
	head -c 10000 n.mam >cut.mam
	run -76 --separate-stderr bash -c 'to-table --limit 2 <cut.mam'
	[[ $stderr == *"without its end mark"* ]]
	[ "${lines[3]}" = 2 ]
}

@test "no records are said to be none" {
	[ "$(printf 'schema\ta:int\n' | spell | to-table)" = '(no records)' ]
}

@test "columns are the fields of all of the first records" {
	table '{"a":1}{"b":2}{"c":3,"a":4}{}' >got
	diff got - <<-'END'
		a  b  c
		-  -  -
		1
		   2
		4     3

	END
}

@test "a new field behind the first 1,000 records begins another table; a wide value does not" {
	{ seq 1 1000 | sed 's/.*/{"a":&}/'; echo '{"a":123456}'; echo '{"a":1,"new":"x"}'; echo '{"a":2}'; } | from-json | to-table | tail -n 7 >got
	diff got - <<-'END'
		1000
		123456

		a  new
		-  ---
		1  x
		2
	END
}

@test "another schema with the same fields goes on in the same table" {
	printf 'schema\ta:int\tb:text\nrow\t1\tx\nschema\tb:text\ta:text\nrow\ty\tz\n' | spell | to-table >got
	diff got - <<-'END'
		a  b
		-  -
		1  x
		z  y
	END
}

@test "colour on a terminal only, and not with NO_COLOR" {
	need_terminal
	echo '{"a":null}' | from-json >a.mam
	[ "$(to-table <a.mam)" = $'a\n----\nnull' ]
	run env -u NO_COLOR TERM=xterm script -qec 'to-table <a.mam' /dev/null
	[[ $output == *$'\e[1ma\e[0m'* ]]
	[[ $output == *$'\e[2mnull\e[0m'* ]]
	run env NO_COLOR=1 TERM=xterm script -qec 'to-table <a.mam' /dev/null
	[[ $output != *$'\e'* ]]
	run env -u NO_COLOR TERM=dumb script -qec 'to-table <a.mam' /dev/null
	[[ $output != *$'\e'* ]]
}

@test "large records in the first rows take bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	python3 -c '
for i in range(300):
    print("{" + ",".join("\"f%d\":\"%s\"" % (k, "x" * 1000) for k in range(400)) + "}")' | from-json >large.mam
	run -0 bash -c 'ulimit -v 60000; to-table --width 500 <large.mam | wc -l'
	[ "${lines[-1]}" = 302 ]
}

@test "--vertical shows one field a line, not cut, and records by number" {
	printf '%s\n' '{"id":1,"name":"日本","note":null}' "{\"longer name\":\"$(printf '%0100d' 7)\",\"x\":\"a\\nb\"}" '{}' | from-json >v.mam
	to-table --vertical <v.mam >got
	diff - got <<-END
	record 1
	id    1
	name  日本
	note  null

	record 2
	longer name  $(printf '%0100d' 7)
	x            "a\nb"

	record 3
	(no fields)
	END
	to-table --vertical --width 5 --limit 2 <v.mam >got
	diff - got <<-'END'
	record 1
	id    1
	name  日本
	note  null

	record 2
	longer name  0000…
	x            "a\n…
	(1 more record)
	END
	[ "$(from-json --allow-empty </dev/null | to-table --vertical)" = '(no records)' ]
	# The records before a failure, one by one.
	seq 1 9 | sed '5s/.*/x/;s/.*/{"a":"&"}/' | from-json >some-bad.mam
	run -65 bash -c 'normalize a:int <some-bad.mam 2>/dev/null | to-table --vertical >got'
	[ "$(grep -c '^record' got)" = 4 ]
}

on_terminal() { # COLUMNS FILE [WORD ...]
	TERM=dumb script -qec "stty cols $1; to-table ${*:3} <$2" /dev/null | tr -d '\r'
}

@test "a terminal that is too narrow makes the table vertical, and nothing is wider than it" {
	need_terminal
	printf '%s\n' '{"campaign":"a name of some length","cost":12.50}' '{"campaign":"b","cost":7}' | from-json >t.mam
	# 21 + 2 + 4 columns.
	on_terminal 27 t.mam >got
	to-table <t.mam | diff - got
	on_terminal 26 t.mam >got
	printf '%s\n' 'record 1' 'campaign  a name of some …' 'cost      12.5' '' 'record 2' 'campaign  b' 'cost      7' | diff - got
	# Neither when a width is asked for, nor in a pipe, nor when the terminal does not know its width.
	on_terminal 26 t.mam --width 30 >got
	to-table <t.mam | diff - got
	on_terminal 0 t.mam >got
	to-table <t.mam | diff - got
	on_terminal 80 t.mam --vertical | grep -qx 'record 2'
	# Later rows have the widths of the first ones; what is too wide is cut at the edge.
	{ seq 1000 | sed 's/.*/{"a":&,"b":"x","c":"y"}/'; printf '{"a":1,"b":"%040d","c":"%040d"}\n' 1 2; } | from-json >rows.mam
	[ "$(on_terminal 40 rows.mam | tail -n 1 | sed 's/0\{5,\}/0/')" = '   1  0…  …' ]
	[ "$(on_terminal 40 rows.mam | awk '{ if (length($0) > n) n = length($0) } END { print n }')" -le 40 ]
	# A table that fits, and then one that does not.
	{ seq 1001 | sed 's/.*/{"a":&}/'; printf '{"a":1,"b":"%040d"}\n' 1; } | from-json >turn.mam
	on_terminal 30 turn.mam | tail -n 4 >got
	printf '%s\n' '' 'record 1002' 'a  1' "b  $(printf '%026d' 0)…" | diff - got
}

@test "the reason of a reject is not cut on a terminal" {
	need_terminal
	seq 3 | sed 's/.*/{"id":"a value that is long enough to fill a line, number &"}/' | from-json |
		normalize --rejects bad.mam --max-rejects 9 id:int >/dev/null
	on_terminal 60 bad.mam >got
	[ "$(grep -c 'is not an int"}$' got)" = 3 ]
	grep -qx 'record 3' got
}
