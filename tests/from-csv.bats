# SPDX-License-Identifier: MIT
# from-csv: what rows and fields are, encodings, packed files, what stands around
# the rows, and how an input that is no CSV is refused.

# Texts are printf formats, for their escapes.
# shellcheck disable=SC2059

load helper

# Whole pipe, text in and text out: csv TEXT [OPTION...]
csv() {
	printf "$1" | from-csv "${@:2}" | to-json
}

# refused STATUS MESSAGE TEXT [OPTION...]: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'printf "$1" | from-csv "${@:2}" >out' sh "$3" "${@:4}"
	[ "$stderr" = "from-csv: $2" ] || {
		echo "got: $stderr"
		return 1
	}
}

# Rows and fields.

@test "the first row names the fields, every value is the text that stands there" {
	[ "$(csv 'a,b,c\n1,,--\n 01 ,NULL,1.50\n')" = $'{"a":"1","b":"","c":"--"}\n{"a":" 01 ","b":"NULL","c":"1.50"}' ]
}

@test "the records come under a schema of text" {
	printf 'a,b\n1,2\n' | from-csv >out.mam
	[ "$(grep -ac fields out.mam)" = 1 ]
	[ "$(grep -ao text out.mam | wc -l)" = 2 ]
}

@test "quotes hold delimiters, line ends and doubled quotes" {
	[ "$(csv 'a,b\n"1,5","x ""y"" z"\n"l\nm","n\r\no"\n"",""""\n')" = \
		$'{"a":"1,5","b":"x \\"y\\" z"}\n{"a":"l\\nm","b":"n\\r\\no"}\n{"a":"","b":"\\""}' ]
}

@test "a quote that does not begin a field is an ordinary character" {
	[ "$(csv 'a,b\n5" screen,x"y"\n "q",z\n')" = $'{"a":"5\\" screen","b":"x\\"y\\""}\n{"a":" \\"q\\"","b":"z"}' ]
}

@test "LF, CR LF and CR end a row, and the last row needs no end" {
	wanted=$'{"a":"1","b":"2"}\n{"a":"3","b":"4"}'
	for text in 'a,b\n1,2\n3,4\n' 'a,b\r\n1,2\r\n3,4\r\n' 'a,b\r1,2\r3,4\r' 'a,b\n1,2\n3,4' 'a,b\r\n1,2\r3,4'; do
		[ "$(csv "$text")" = "$wanted" ] || { echo "$text"; return 1; }
	done
}

@test "an empty line is no row, but in a file of one column an empty field" {
	[ "$(csv '\n\na,b\n\n1,2\n\r\n3,4\n\n')" = $'{"a":"1","b":"2"}\n{"a":"3","b":"4"}' ]
	[ "$(csv 'a\n1\n\n2\n')" = $'{"a":"1"}\n{"a":""}\n{"a":"2"}' ]
}

@test "--delimiter and --quote" {
	[ "$(csv 'a;b\n1,5;"x;y"\n' --delimiter ';')" = '{"a":"1,5","b":"x;y"}' ]
	[ "$(csv 'a\tb\n1\t2\n' --delimiter tab)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'a\tb\n1\t2\n' --delimiter '\t')" = '{"a":"1","b":"2"}' ]
	[ "$(csv "a,b\n'1,5','it''s'\n" --quote "'")" = $'{"a":"1,5","b":"it\'s"}' ]
	[ "$(csv 'a\tb\n"1\t{"x":2}\n' --quote none --delimiter tab)" = '{"a":"\"1","b":"{\"x\":2}"}' ]
	refused 64 '--delimiter: "ab" is not one ASCII character' 'a\n' --delimiter ab
	refused 64 '--delimiter: "、" is not one ASCII character' 'a\n' --delimiter 、
	refused 64 '--quote: "" is not one ASCII character' 'a\n' --quote ''
	refused 64 '--delimiter and --quote are the same character' 'a\n' --delimiter '"'
}

@test "a short, a long and a broken row are errors that name the line" {
	refused 65 'line 3: has 1 field, not 2' 'a,b\n1,2\n3\n'
	refused 65 'line 5: has 3 fields, not 2' 'a,b\n"1\n\r\n",2\n1,2,3\n'
	refused 65 'line 2: field 2 has text after its closing quote' 'a,b\n1,"2"x\n'
}

@test "rejects keep the row, its line and why; the others pass" {
	printf 'a,b\n1,2\n3\n"x"y,4\n5,6\n' >in.csv
	from-csv --rejects bad.mam --max-rejects 2 <in.csv 2>err >out.mam
	[ "$(to-json <out.mam)" = $'{"a":"1","b":"2"}\n{"a":"5","b":"6"}' ]
	[ "$(cat err)" = 'from-csv: rejected line 3: has 1 field, not 2
from-csv: rejected line 4: field 1 has text after its closing quote' ]
	to-json <bad.mam >bad.json
	[ "$(jq -r '.raw | @base64d' bad.json)" = $'3\n"x"y,4' ]
	[ "$(jq -c '._reject | [.stage, .record, .rule, .reason]' bad.json)" = \
		$'["from-csv",3,"columns","has 1 field, not 2"]\n["from-csv",4,"quotes","field 1 has text after its closing quote"]' ]
	run -65 --separate-stderr bash -c 'from-csv --max-rejects 1 <in.csv >out.mam'
	[[ ${stderr_lines[-1]} == *"line 4: field 1"*"(more than --max-rejects 1)" ]]
	run -65 bash -c 'to-json <out.mam'
}

@test "a quote that is never closed names the line where its row begins" {
	refused 65 'line 3: a quote in the row that begins here is not closed: the file is cut, or the quote belongs to the text' \
		'a,b\n1,2\n3,"4\n5,6\n7,8\n'
}

@test "a row past --max-row is refused, with the line where it begins" {
	{ printf 'a\n1\n'; head -c 3000 /dev/zero | tr '\0' x; } >long.csv
	run -65 bash -c 'from-csv --max-row 2K <long.csv >out'
	[ "$output" = 'from-csv: line 3: a row longer than --max-row 2048' ]
	from-csv --max-row 4K <long.csv | to-json | tail -n 1 | grep -q xxx
	# The same when it is whole and others follow.
	printf '\n2\n' >>long.csv
	run -65 bash -c 'from-csv --max-row 2K <long.csv >out'
	[ "$output" = 'from-csv: line 3: a row longer than --max-row 2048' ]
	# And one that does not end within a block, because of a quote.
	{ printf 'a\n"'; yes 1234567 | head -c 2000000; } >open.csv
	run -65 bash -c 'from-csv --max-row 1M <open.csv >out'
	[ "$output" = 'from-csv: line 2: a row longer than --max-row 1048576; a quote in it is not closed' ]
}

@test "a field of several blocks passes whole" {
	yes '0123456789,"' | head -c 3000000 | sed 's/"/""/g' >text
	{ printf 'a,b\n"'; cat text; printf '",2\n'; } >big.csv
	from-csv <big.csv | to-json | python3 -c '
import json, sys
r = json.load(sys.stdin)
assert r["b"] == "2" and r["a"] == open("text").read().replace(chr(34) * 2, chr(34)), len(r["a"])'
}

@test "the same as python's csv module on 2,000 random files" {
	cat >make.py <<-'END'
		import csv, io, json, os, random
		random.seed(20261125)
		pieces = ['a', 'bc', ',', '"', '""', '\n', '\r\n', '\r', ' ', '日本', '😀', 'x' * 31, 'y' * 32, 'z' * 70, '', '', ';', '\t',
		          'é' * 20, '\\\\', '""",']
		def field():
		    text = ''.join(random.choices(pieces, k=random.randrange(5)))
		    if random.random() < .3 or text[:1] == '"' or any(c in text for c in ',\r\n'):
		        return '"' + text.replace('"', '""') + '"'
		    return text
		os.mkdir('files')
		with open('wanted', 'w') as wanted:
		    for n in range(2000):
		        columns = random.choice([1, 2, 3, 12, 40])
		        end = random.choice(['\n', '\r\n', '\r'])
		        body = ''.join(','.join(field() for _ in range(columns)) + end for _ in range(random.randrange(20)))
		        if random.random() < .3 and body:
		            body = body[:-len(end)]
		        for row in csv.reader(io.StringIO(body, newline='')):
		            row = row or [''] if columns == 1 else row
		            assert len(row) == columns
		            names = ['f%d' % i for i in range(columns)]
		            wanted.write(json.dumps(dict(zip(names, row)), ensure_ascii=False, separators=(',', ':')) + '\n')
		        open('files/%04d.%s' % (n, ','.join('f%d' % i for i in range(columns))), 'w', newline='').write(body)
	END
	python3 make.py
	for file in files/*; do
		from-csv --allow-empty --names "${file#*.}" <"$file" | to-json
	done >got
	cmp got wanted
}

# Encodings.

@test "CP932, by any of its names, is what Windows wrote" {
	python3 -c 'open("in.csv", "wb").write("日,コスト\r\n①㈱～－ソ表,\\~\r\n".encode("cp932"))'
	for name in CP932 SJIS sjis Shift_JIS MS932 Windows-31J; do
		[ "$(from-csv --encoding "$name" <in.csv | to-json)" = '{"日":"①㈱～－ソ表","コスト":"\\~"}' ]
	done
}

@test "every character of CP932 is what python makes of it" {
	python3 - <<-'END'
		import codecs
		good = bytes(range(0x20, 0x7f)).decode('cp932').replace('"', '').replace(',', '')
		chars = [c for c in good]
		for a in list(range(0x81, 0xa0)) + list(range(0xe0, 0xfd)):
		    for b in range(0x40, 0xfd):
		        try:
		            c = bytes([a, b]).decode('cp932')
		        except UnicodeDecodeError:
		            continue
		        chars.append((bytes([a, b]), c))
		with open('in.csv', 'wb') as raw, open('wanted', 'w') as wanted:
		    raw.write(b'c\n')
		    for c in chars:
		        raw.write((c.encode() if isinstance(c, str) else c[0]) + b'\n')
		        wanted.write((c if isinstance(c, str) else c[1]) + '\n')
	END
	from-csv --encoding CP932 <in.csv | to-json | jq -r .c >got
	cmp got wanted
	[ "$(wc -l <wanted)" -gt 9000 ]
}

@test "characters of one or two bytes are what iconv makes of them, the first time and later" {
	python3 - <<-'END'
		def chars(codec):
		    ones = range(0xa1, 0xe0) if codec == 'cp932' else range(0x80, 0x100)
		    both = [bytes([a]) for a in ones] + [bytes([a, b]) for a in range(0x81, 0xff) for b in range(0x40, 0xff)]
		    for c in both:
		        try:
		            if len(c.decode(codec)) == 1 and b'"' not in c and b',' not in c:
		                yield c
		        except UnicodeDecodeError:
		            pass
		for name, codec in ('CP932', 'cp932'), ('EUC-JP', 'euc_jp'), ('EUC-KR', 'euc_kr'), ('CP949', 'cp949'), \
		        ('GBK', 'gbk'), ('CP1252', 'cp1252'), ('ISO-8859-1', 'latin1'):
		    some = list(chars(codec))
		    with open(name, 'wb') as f:
		        f.write(b'c\n')
		        # Before ASCII, before another one, in the other order, before the end of a line.
		        for c, d in zip(some, some[1:] + some[:1]):
		            f.write(c + b'a' + c + d + c + b'\n' + d + c + b'\n')
		        if name == 'EUC-JP':
		            f.write(b'\x8f\xb0\xa1 and \xb0\xa1\x8f\xb0\xa2\n')
	END
	for name in CP932 EUC-JP EUC-KR CP949 GBK CP1252 ISO-8859-1; do
		iconv -f "$name" -t UTF-8 "$name" >wanted
		from-csv --encoding "$name" <"$name" | to-csv >got
		cmp got wanted
		[ "$(wc -l <got)" -gt 200 ]
		# A byte that is no character, in the midst of what is known.
		printf 'c\n\241\241x\241\241\377\nb\n' >bad
		case $name in ISO-8859-1 | CP1252) continue ;; esac
		status=0
		from-csv --encoding "$name" <bad 2>log >/dev/null || status=$?
		[ "$status" = 65 ]
		grep -q "line 2: $name cannot have the bytes: ff" log
	done
}

@test "UTF-16 with its mark needs no option, and a mark is never text" {
	for encoding in UTF-16LE UTF-16BE UTF-8; do
		python3 -c 'import sys; sys.stdout.buffer.write("\ufeff日,b\n1,😀\n".encode(sys.argv[1]))' "$encoding" >in.csv
		[ "$(from-csv <in.csv | to-json)" = '{"日":"1","b":"😀"}' ]
		[ "$(from-csv --encoding "$encoding" <in.csv | to-json)" = '{"日":"1","b":"😀"}' ]
		[ "$encoding" = UTF-8 ] || [ "$(from-csv --encoding utf-16 <in.csv | to-json)" = '{"日":"1","b":"😀"}' ]
	done
	# Behind the first characters it is a character like any other.
	[ "$(printf 'a\n\xef\xbb\xbfx\n' | from-csv | to-json)" = $'{"a":"\ufeffx"}' ]
}

@test "UTF-16LE and UTF-16BE without a mark, when they are named" {
	for encoding in UTF-16LE UTF-16BE; do
		python3 -c 'import sys; sys.stdout.buffer.write("日,b\n1,😀\n".encode(sys.argv[1]))' "$encoding" >in.csv
		[ "$(from-csv --encoding "$encoding" <in.csv | to-json)" = '{"日":"1","b":"😀"}' ]
	done
	refused 65 'the file has no UTF-16 byte order mark: use --encoding UTF-16LE or UTF-16BE' 'a\n' --encoding UTF-16
}

@test "the last character arrives without a line end, in every encoding that iconv has" {
	# iconv(3) makes the bytes, and what it makes of them is expected. All streams are read by one to-json.
	python3 - >got <<-'END'
		import ctypes, subprocess, sys
		libc = ctypes.CDLL(None)
		libc.iconv_open.restype, libc.iconv.restype = ctypes.c_void_p, ctypes.c_size_t
		libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
		libc.iconv_close.argtypes = [ctypes.c_void_p]
		def iconv(to, of, data):
		    cd = libc.iconv_open(to.encode(), of.encode())
		    if cd == ctypes.c_void_p(-1).value:
		        return None
		    source, room = ctypes.create_string_buffer(data, len(data)), ctypes.create_string_buffer(4096)
		    at, n = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_size_t(len(data))
		    out, left = ctypes.c_void_p(ctypes.addressof(room)), ctypes.c_size_t(4096)
		    # 0: nothing was replaced by something like it.
		    good = libc.iconv(cd, ctypes.byref(at), ctypes.byref(n), ctypes.byref(out), ctypes.byref(left)) == 0
		    libc.iconv(cd, None, None, ctypes.byref(out), ctypes.byref(left))
		    libc.iconv_close(cd)
		    return room.raw[:4096 - left.value] if good else None
		names = sorted({name.rstrip('/') for name in subprocess.run(['iconv', '-l'], capture_output=True, text=True).stdout.split()})
		letters = 'عაեกαб中한ÊカאéeaA'
		tried, seen, without, wrong = 0, set(), [], []
		streams = []
		for name in names:
		    for letter in letters:
		        data = iconv(name, 'UTF-8', ('a,b\n1,' + letter).encode())
		        if data and iconv('UTF-8', name, data):
		            break
		    else:
		        # No comma, no newline, or none of the letters: such a file cannot be CSV.
		        without.append(name)
		        continue
		    want = iconv('UTF-8', name, data).decode().lstrip('\ufeff').split('\n')[1].split(',')[1]
		    run = subprocess.run(['from-csv', '--encoding', name], input=data, capture_output=True)
		    if run.returncode:
		        wrong.append((name, letter, run.stderr))
		        continue
		    streams.append((name, want, run.stdout))
		said = subprocess.run(['to-json'], input=b''.join(s for _, _, s in streams), capture_output=True).stdout.decode()
		for (name, want, _), line in zip(streams, said.splitlines(), strict=True):
		    if line != '{"a":"1","b":"%s"}' % want:
		        wrong.append((name, want, line))
		print(len(streams) > 1000, len(without), wrong)
	END
	grep -q '^True [0-9]* \[\]$' got || { cat got; return 1; }
	# A one-column file: the whole last record would disappear.
	[ "$(printf 'n\na' | from-csv --encoding CP1258 | to-json)" = '{"n":"a"}' ]
}

@test "a last row without a line end, from a pipe: a message; a file, a stream and a command know their end" {
	run -0 --separate-stderr bash -c 'printf "a,b\n1,17" | from-csv | to-json'
	[ "$output" = '{"a":"1","b":"17"}' ]
	[ "$stderr" = 'from-csv: the last row has no line end: if the writer was cut off, so was the row (from-csv -- COMMAND notices that)' ]
	printf 'a,b\n1,17' >file.csv
	for words in 'from-csv <file.csv' 'from-csv -- cat file.csv' 'printf "a,b\n1,17\n" | from-csv' 'gzip -c file.csv | from-csv' \
		'printf "a,b\n1,17\nTotal,1" | from-csv --stop-at Total'; do
		run -0 --separate-stderr bash -c "$words | to-json"
		[ "$output" = '{"a":"1","b":"17"}' ]
		[ -z "$stderr" ] || { echo "$words: $stderr"; return 1; }
	done
	printf 'schema\tchunk:bytes\nrow\t%s\n' "$(xxd -p file.csv)" | spell | run -0 --separate-stderr from-csv
	[ -z "$stderr" ]
}

@test "a header of one column with another delimiter in it gets a hint" {
	for case in ';|;' '\t|tab' '||'; do
		char=${case%%|*}
		[ "$case" != '||' ] || char='|'
		run -0 --separate-stderr bash -c "printf 'a${char}b\n1${char}2\n' | from-csv | to-json"
		[[ $stderr == "from-csv: line 1: the header has one column, \"a"*"b\": is it --delimiter "*"?" ]] || { echo "$stderr"; return 1; }
	done
	run -0 --separate-stderr bash -c "printf 'a,b\n1,2\n' | from-csv --delimiter ';' | to-json"
	[ "$stderr" = 'from-csv: line 1: the header has one column, "a,b": is it --delimiter ,?' ]
	run -0 --separate-stderr bash -c "printf 'name\n1;2\n' | from-csv | to-json"
	[ -z "$stderr" ]
}

@test "a row of another number of fields gets the hint, too" {
	refused 65 "line 2: has 1 field, not 2; is it --delimiter ';'?" 'Day;Cost, JPY\n2026-11-01;7\n'
	refused 65 'line 2: has 3 fields, not 2; is it --delimiter tab?' 'a\tb,c\n1,5\t2,5\n'
	refused 65 "line 1: has 2 fields, not 3; is it --delimiter ';'?" '1;2,5;3\n' --names a,b,c
	refused 65 'line 2: has 1 field, not 2' 'a,b;c\n1\n'
	refused 65 'line 2: has 3 fields, not 2' 'a,b\n1,2,3\n'
}

@test "a workbook is named as one" {
	mkdir -p xl _rels
	echo '<?xml version="1.0"?>' >'[Content_Types].xml'
	cp '[Content_Types].xml' xl/workbook.xml
	cp '[Content_Types].xml' _rels/.rels
	for first in '[Content_Types].xml' xl/workbook.xml _rels/.rels; do
		rm -f book.xlsx
		zip -q book.xlsx "${first/\[/\\[}" xl/workbook.xml
		run -65 bash -c 'from-csv <book.xlsx >out'
		[ "$output" = 'from-csv: the input is a workbook (.xlsx) or another Office document; export its sheet as CSV' ]
	done
	# The older form, whatever encoding is given.
	for words in '' '--encoding CP932' '--encoding UTF-16'; do
		refused 65 'the input is a workbook (.xls) or another Office document; export its sheet as CSV' \
			'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0' $words
	done
	# OpenDocument: its first member is stored, and gives the type.
	printf application/vnd.oasis.opendocument.spreadsheet >mimetype
	zip -q -0 -X book.ods mimetype
	zip -q book.ods xl/workbook.xml
	run -65 bash -c 'from-csv <book.ods >out'
	[ "$output" = 'from-csv: the input is a workbook (.ods) or another Office document; export its sheet as CSV' ]
	printf application/epub+zip >mimetype
	rm book.ods
	zip -q -0 -X book.epub mimetype
	run -65 bash -c 'from-json <book.epub >out'
	[ "$output" = 'from-json: the input is a document of type "application/epub+zip"' ]
	# A report may have that name.
	printf 'application,n\n1,2\n' >mimetype
	rm book.epub
	zip -q -0 -X report.zip mimetype
	[ "$(from-csv <report.zip | to-json)" = '{"application":"1","n":"2"}' ]
}

@test "UTF-16 and UTF-32 without a byte order mark are an error that names the option" {
	local encoding text
	for encoding in UTF-16LE UTF-16BE UTF-32LE UTF-32BE; do
		for text in 'Day,n\n1,2\n' 'id\n1\n2\n' 'Day,Clicks\r\n2026-11-01,7\r\n' $'\u65e5,n\\n1,2\\n'; do
			printf "$text" | iconv -f UTF-8 -t "$encoding" >in.csv
			run -65 --separate-stderr bash -c 'from-csv <in.csv >out'
			[[ "$stderr" = *"looks like $encoding without a byte order mark: give --encoding $encoding, or"* ]] || {
				echo "$encoding: $stderr"
				return 1
			}
			[ "$(from-csv --encoding "$encoding" <in.csv | to-json)" = "$(csv "$text")" ]
		done
	done
	# CJK text may have no NUL among its first four bytes, or one that points to the other order.
	for encoding in UTF-16LE UTF-16BE UTF-32LE UTF-32BE; do
		for text in $'\u5e74\u6708,\u5024\n\u5e74,1\n' $'\u5e74\u6708\n\u6708\n' $'\u4e00\u5e74,\u5024\n\u5e74,1\n'; do
			printf '%s\n' "$text" | iconv -f UTF-8 -t "$encoding" >in.csv
			run -65 --separate-stderr bash -c 'from-csv <in.csv >out'
			[[ "$stderr" = *"looks like $encoding without a byte order mark"* ]] || { echo "$encoding: $stderr"; return 1; }
		done
	done
	# A byte 0A before the first NUL looks like a line end, and skipped lines may hide the header: no name holds NUL.
	for text in $'\u4e0a\n\u6708\n' $'\u5e74\u4e0a\u4e0a\u6708\u6708,\u5024\n\u5e74,1\n' $'\u5e74\u6708\u5024\n\u5e74\u6708,\u5024\n1,2\n'; do
		for encoding in UTF-16LE UTF-16BE; do
			printf '%s' "$text" | iconv -f UTF-8 -t "$encoding" >in.csv
			run -65 bash -c 'from-csv <in.csv >out'
			[[ "$output" = *UTF-16* ]] || { echo "$encoding: $output"; return 1; }
		done
	done
	# The beginning may come in pieces of any size.
	for encoding in UTF-16LE UTF-16BE UTF-32LE UTF-32BE; do
		for text in $'Day,n\n1,2\n' $'\u5e74\u6708,\u5024\n\u5e74,1\n' $'\u4e00\u4e01\n\u4e02\n'; do
			printf '%s' "$text" | iconv -f UTF-8 -t "$encoding" >in.csv
			run -65 bash -c '{ head -c 1; sleep 0.05; head -c 1; sleep 0.05; head -c 3; sleep 0.05; cat; } <in.csv | from-csv >out'
			[[ "$output" = *"looks like $encoding without a byte order mark"* ]] || { echo "$encoding: $output"; return 1; }
		done
	done
	run -65 bash -c "printf 'title\na\0,b\n1,2\n' | from-csv --skip 1 >out"
	[[ "$output" = *'the name of column 1 holds NUL: give --encoding UTF-16LE or UTF-16BE'* ]]
	refused 65 'the text looks like UTF-16LE without a byte order mark: give --encoding UTF-16LE, or, if it really holds NUL, --drop-nul to drop NUL or --encoding UTF-8 to keep it' 'a\0b\n1\n'
	# The way out for a file that really holds NUL.
	[ "$(csv 'a\0b\n1\n' --encoding UTF-8)" = '{"a\u0000b":"1"}' ]
	[ "$(csv 'a\0b\n1\n' --drop-nul 2>note)" = '{"ab":"1"}' ]
}

@test "a byte order mark of UTF-32 is understood" {
	for encoding in UTF-32LE UTF-32BE; do
		printf '\ufeffa\n1\n' | iconv -f UTF-8 -t "$encoding" >in.csv
		[ "$(from-csv <in.csv | to-json)" = '{"a":"1"}' ]
		[ "$(from-csv --encoding "$encoding" <in.csv | to-json)" = '{"a":"1"}' ]
	done
}

@test "a mark of another encoding than the one named is an error" {
	refused 65 'the file begins with the byte order mark of UTF-16LE, not with UTF-8' '\xff\xfea\0' --encoding UTF-8
	refused 65 'the file begins with the byte order mark of UTF-8, not with CP932' '\xef\xbb\xbfa' --encoding SJIS
	refused 65 'the file begins with the byte order mark of UTF-16BE, not with UTF-16LE' '\xfe\xff\0a' --encoding UTF-16LE
}

@test "bytes that are none of the encoding are an error with their line" {
	refused 65 'line 3: UTF-8 cannot have the bytes: 83 52 83 58 (see --encoding)' 'a,b\n1,2\n3,\x83\x52\x83\x58\n'
	refused 65 'line 4: UTF-8 cannot have the bytes: ff 0a' 'a,b\n"1\n\n",\xff\n' --encoding UTF-8
	refused 65 'line 2: UTF-8 text ends within a character: e6 97 (see --encoding)' 'a,b\n1,\xe6\x97'
	refused 65 'line 2: CP932 cannot have the bytes: 81 0a' 'a\n\x81\n' --encoding CP932
	refused 65 'line 2: CP932 text ends within a character: 81' 'a\n\x81' --encoding CP932
	refused 65 'line 2: UTF-16LE cannot have the bytes: 00 d8 0a 00' 'a\0\n\0\0\xd8\n\0' --encoding UTF-16LE
	refused 65 'line 2: UTF-16LE text ends within a character: 62' 'a\0\n\0b' --encoding UTF-16LE
	refused 64 "this system's iconv knows no encoding \"KLINGON\" (iconv -l lists them)" 'a\n' --encoding KLINGON
}

@test "characters cut by a block's end are whole" {
	# 300,000 characters of 3 bytes, an odd number of bytes before them; the same in CP932 and UTF-16.
	python3 - <<-'END'
		text = 'a,日\n' + ''.join('%d,日本語コスト😀\n' % (i * 7) for i in range(40000))
		open('utf8', 'wb').write(text.encode())
		open('utf16', 'wb').write(text.encode('utf-16-le'))
		open('sjis', 'wb').write(text.replace('😀', '表').encode('cp932'))
	END
	from-csv <utf8 | to-json >one
	from-csv --encoding UTF-16LE <utf16 | to-json >two
	from-csv --encoding SJIS <sjis | to-json | sed 's/表/😀/' >three
	[ "$(wc -l <one)" = 40000 ]
	cmp one two
	cmp one three
	[ "$(tail -n 1 one)" = '{"a":"279993","日":"日本語コスト😀"}' ]
	# Written byte by byte to the pipe, reads end anywhere.
	head -n 21 utf8 >short
	for encoding in UTF-8 UTF-16LE; do
		iconv -t "$encoding" short >bytes
		python3 -c '
import os, time
for b in open("bytes", "rb").read():
    os.write(1, bytes([b])); time.sleep(0.0003)' | from-csv --encoding "$encoding" | to-json >four
		cmp four <(head -n 20 one)
	done
}

@test "--drop-nul leaves out NUL bytes and counts them; else they are text" {
	[ "$(csv 'a,b\n1\0,2\n')" = '{"a":"1\u0000","b":"2"}' ]
	[ "$(csv 'a,b\n\0001\0,2\0\n' --drop-nul)" = '{"a":"1","b":"2"}' ]
	printf 'a,b\n\0001\0,2\0\n' | MAM_LOG=json from-csv --drop-nul 2>err | cat >/dev/null
	[ "$(jq .nul_dropped err)" = 3 ]
}

# Header.

@test "a name that is there twice or not at all is an error" {
	refused 65 'line 2: columns 1 and 3 are both named "a" (see --names)' '\na,b,a\n1,2,3\n'
	refused 65 'line 1: column 2 has no name (see --names)' 'a,,c\n1,2,3\n'
	refused 65 'line 1: field 1 has text after its closing quote' '"a"x,b\n'
	run -65 bash -c "head -c 1025 /dev/zero | tr '\\0' n | from-csv >out"
	[ "$output" = "from-csv: line 1: column 1: a field's name is longer than 1024 bytes" ]
	run -65 bash -c "seq -s, 1 5000 | from-csv >out"
	[ "$output" = 'from-csv: line 1: 5000 columns are more than 4096' ]
	# As many as there may be, and a row that is longer.
	{ seq -s, 1 4096; seq -s, 1 4096; seq -s, 1 4099; } >wide.csv
	run -65 bash -c 'from-csv <wide.csv | to-json'
	[[ ${lines[-1]} == 'from-csv: line 3: has 4099 fields, not 4096' ]]
}

@test "--names and the ways of --header" {
	wanted='{"x":"1","y z":"2"}'
	[ "$(csv '1,2\n' --names 'x,y z')" = "$wanted" ]
	[ "$(csv '1,2\n' --names x,y --header none)" = '{"x":"1","y":"2"}' ]
	[ "$(csv 'a,b\n1,2\n' --names 'x,y z' --header skip)" = "$wanted" ]
	[ "$(csv 'x,y z\n1,2\n' --names 'x,y z' --header check)" = "$wanted" ]
	[ "$(csv '1,2\n' --names '"x,1",y')" = '{"x,1":"1","y":"2"}' ]
	refused 65 'line 1: column 2 is named "b", not "y" (--names)' 'x,b\n1,2\n' --names x,y --header check
	refused 65 'line 1: column 3, "z", is not among --names' 'x,y,z\n1,2,3\n' --names x,y --header check
	refused 65 'line 1: there is no column "y" (--names)' 'x\n1\n' --names x,y --header check
	refused 65 '--names: columns 1 and 2 are both named "x" (see --names)' '1,2\n' --names x,x
	refused 65 'line 1: has 2 fields, not 3' '1,2\n' --names x,y,z
	refused 64 '--header skip needs --names' 'a\n' --header skip
	refused 64 '--header first takes the names from the file: leave out --names, or say check or skip' 'a\n' --header first --names a
}

# What stands around the rows.

@test "--skip and --skip-until leave out lines, whatever quotes are in them" {
	[ "$(csv 'Report "x\n\nYes, "y" and\na,b\n1,2\n' --skip 3)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'Report "x\n"Rows: 1"\n\n"a","b"\n1,2\n' --skip-until 'a"')" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'Report "x\n"Rows: 1"\n\n"a","b"\n1,2\n' --skip-until '"a')" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'Account,7\nReport Fields\na,b\n1,2\n' --skip-until 'Report Fields' --skip 1)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'one\r\ntwo\ra,b\r\n1,2' --skip 2)" = '{"a":"1","b":"2"}' ]
	refused 65 'no line begins with --skip-until "Report Fields"' 'a,b\n1,2\n' --skip-until 'Report Fields'
	refused 65 'the file ends within the 3 lines of --skip' 'a,b\n1,2\n' --skip 3
	refused 65 'line 4: has 1 field, not 2' 'x\na,b\n1,2\n3\n' --skip 1
}

@test "--stop-at ends before a row, --expect-stop wants one" {
	[ "$(csv 'a,b\n1,2\nTotal,2\n3,4\n' --stop-at Total)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'a,b\nTotals,2\n"Total"\n"\n' --stop-at Total)" = '{"a":"Totals","b":"2"}' ]
	[ "$(csv 'a,b\n1,2\n\n"©2026 A Medium. All rights reserved."\n' --stop-at '©*' --expect-stop)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'a,b\n1,2\n' --stop-at Total)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'a,b\n1,2\nTotal,2\n©\n' --stop-at '©*' --stop-at Total --expect-stop)" = '{"a":"1","b":"2"}' ]
	[ "$(csv 'a,b\n1,2\n©\n' --stop-at '©*' --stop-at Total --expect-stop)" = '{"a":"1","b":"2"}' ]
	refused 76 'no row begins with --stop-at "©*" or another one: the file is cut' 'a,b\n1,2\n' --stop-at '©*' --stop-at Total --expect-stop
	refused 64 '--stop-at: the text is empty' 'a\n' --stop-at Total --stop-at ''
	refused 76 'no row begins with --stop-at "Total": the file is cut' 'a,b\n1,2\n' --stop-at Total --expect-stop
	refused 65 'line 3 or later: UTF-8 cannot have the bytes: ff (see --encoding)' 'a\nTotal\n\xff' --stop-at Total
	refused 64 '--expect-stop needs --stop-at' 'a\n' --expect-stop
	refused 64 '--stop-at: the text is empty' 'a\n' --stop-at '*'
	refused 64 '--skip-until: the text is empty' 'a\n' --skip-until ''
}

@test "--drop-last leaves out rows at the end, however many fields they have" {
	[ "$(csv 'a,b\n1,2\n3,4\nTotal,2,x\nend\n' --drop-last 2)" = $'{"a":"1","b":"2"}\n{"a":"3","b":"4"}' ]
	[ "$(csv 'a,b\n1,2\n"3\n",4\nTotal,2\n\n©\n' --drop-last 1 --stop-at '©')" = $'{"a":"1","b":"2"}\n{"a":"3\\n","b":"4"}' ]
	[ "$(csv 'a,b\nTotal,0\n' --drop-last 1)" = '' ]
	refused 65 'line 3: has 1 field, not 2' 'a,b\n1,2\n3\n4,5\nTotal\n' --drop-last 1
	refused 65 'the file has 0 rows, fewer than --drop-last 1' 'a,b\n' --drop-last 1
	seq 1 10000 >many.csv
	[ "$(from-csv --names n --drop-last 1000 <many.csv | to-json | tail -n 1)" = '{"n":"9000"}' ]
	[ "$(from-csv --names n --drop-last 1000 <many.csv | to-json | wc -l)" = 9000 ]
}

@test "what is left out is counted" {
	printf 'x\ny\na,b\n\n1,2\nTotal,2\n' | MAM_LOG=json from-csv --skip 2 --drop-last 1 2>err | cat >/dev/null
	[ "$(jq -c '[.lines_skipped, .blank_lines, .rows_dropped, .records_out]' err)" = '[2,1,1,1]' ]
}

# Packed files.

@test "zip and gzip are unpacked by what they begin with" {
	printf 'a,b\n1,2\n' >x.csv
	gzip -k x.csv
	zip -q x.zip x.csv
	[ "$(from-csv <x.csv.gz | to-json)" = '{"a":"1","b":"2"}' ]
	[ "$(from-csv <x.zip | to-json)" = '{"a":"1","b":"2"}' ]
	# Two gzip files one behind the other are one.
	{ printf 'a,b\n1,' | gzip; printf '2\n' | gzip; } | from-csv | to-json >got
	[ "$(cat got)" = '{"a":"1","b":"2"}' ]
	printf '日\n1\n' | iconv -t UTF-16LE | gzip | from-csv --encoding UTF-16LE | to-json >got
	[ "$(cat got)" = '{"日":"1"}' ]
	refused 65 'the input is not a zip file, so it has no members (--member)' 'a\n1\n' --member x
}

@test "a zip with more than one file says which there are; --member chooses" {
	mkdir data
	printf 'a,b\n1,2\n' >x.csv
	printf 'a,c\n3,4\n' >data/y.csv
	printf 'hello' >readme.txt
	zip -qr x.zip x.csv data readme.txt
	run -65 bash -c 'from-csv <x.zip >out'
	[ "$output" = 'from-csv: the zip file holds more than one file ("x.csv", "data/y.csv"): choose with --member' ]
	[ "$(from-csv --member '*.csv' <x.zip | to-json)" = '{"a":"1","b":"2"}' ]
	[ "$(from-csv --member '*/*.csv' <x.zip | to-json)" = '{"a":"3","c":"4"}' ]
	run -65 bash -c 'from-csv --member "*.tsv" <x.zip >out'
	[ "$output" = 'from-csv: no file in the zip matches --member "*.tsv": it holds "x.csv", "data/y.csv", "readme.txt"' ]
	# Several that are meant are read one after the other, each under its header; the second is file 2.
	printf 'a,c\n5\n' >z.csv
	zip -q two.zip x.csv z.csv
	run -65 bash -c 'from-csv --member "*.csv" <two.zip | to-json'
	[ "${lines[0]}" = 'from-csv: file 2, line 2: has 1 field, not 2' ]
}

@test "zeros after a gzip file are padding, as gzip(1) takes them; other bytes are not" {
	{ printf 'a\n1\n' | gzip; head -c 1 /dev/zero; } >one.gz
	{ printf 'a\n1\n' | gzip; head -c 300000 /dev/zero; } >many.gz
	[ "$(from-csv <one.gz | to-json)" = '{"a":"1"}' ]
	[ "$(from-csv <many.gz | to-json)" = '{"a":"1"}' ]
	{ cat one.gz; printf 'x'; } >other.gz
	run -65 bash -c 'from-csv <other.gz >out'
	[[ "$output" = *"the gzip file is "* ]]
}

@test "a packed file that unpacks to far more than any report does is refused, unless --max-unpacked allows it" {
	head -c 80000000 /dev/zero | tr '\0' a | gzip >bomb.gz
	head -c 80000000 /dev/zero | tr '\0' a >a.csv
	zip -q bomb.zip a.csv
	rm a.csv
	for file in bomb.gz bomb.zip; do
		for stage in 'from-csv --names n --max-row 60M' 'from-json --wrap n'; do
			run -65 bash -c "$stage <$file >out"
		done
	done
	# Rows that are short: only the ceiling can stop it.
	yes 'a,b,c,d' | head -c 80000000 | gzip >rows.gz
	run -65 bash -c 'from-csv --names a,b,c,d <rows.gz >out'
	[[ $output == "from-csv: "*"which no report does; --max-unpacked SIZE allows it" ]]
	run -65 bash -c 'to-json <out >/dev/null'
	from-csv --names a,b,c,d --max-unpacked 100M <rows.gz >/dev/null
	run -65 bash -c 'from-csv --names a,b,c,d --max-unpacked 50M <rows.gz >out'
	[ "$output" = 'from-csv: the packed file holds more than --max-unpacked 52428800 bytes' ]
	# A large report that packs 30 to 1 is fine.
	seq 1 9000000 | sed 's/.*/2026-11-01,&,0,0,0,0,0,0/' | gzip -1 | from-csv --names a,b,c,d,e,f,g,h >/dev/null
}

@test "damage in a packed file of a sealed stream is 75: the download was cut, so fetch it again" {
	seq 1 20000 >s
	gzip -k s
	zip -q s.zip s
	for file in s.gz s.zip; do
		size=$(stat -c %s $file)
		for keep in 30 1000 $((size / 2)) $((size - 1)); do
			printf 'schema\tchunk:bytes\nrow\t%s\n' "$(head -c "$keep" $file | xxd -p | tr -d '\n')" | spell >cut.mam
			for stage in 'from-csv --names n' 'from-json --wrap n'; do
				run -75 bash -c "$stage <cut.mam >out.mam"
				[[ $output == *"the ${file##*.} file is "*"; it was when it was fetched, so fetch it again" ]] ||
					[[ $output == *"the gzip file is "*"fetch it again" ]]
				# The next stage ends with the same status.
				run -75 bash -c 'to-json <out.mam >/dev/null'
			done
		done
	done
}

@test "a damaged or cut zip or gzip is an error, and nothing is sealed" {
	seq 1 100000 >s
	gzip -k s
	zip -q s.zip s
	python3 - <<-'END'
		gz, z = open('s.gz', 'rb').read(), open('s.zip', 'rb').read()
		def put(name, data): open(name, 'wb').write(data)
		def flip(data, at): return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
		put('bad-1.gz', flip(gz, len(gz) - 8))
		put('bad-2.gz', flip(gz, len(gz) // 2))
		put('bad-3.gz', gz[:len(gz) // 2])
		put('bad-4.gz', gz[:-4])
		put('bad-5.gz', gz + b'more')
		put('bad-6.gz', gz + gz[:5000])
		put('bad-1.zip', flip(z, 5000))
		put('bad-2.zip', z[:len(z) // 2])
		put('bad-3.zip', z[:z.rindex(b'PK\1\2')])
		put('bad-4.zip', z[:-10])
		put('bad-5.zip', z[:z.rindex(b'PK\1\2') + 20])
	END
	for file in bad-*; do
		run ! bash -c 'from-csv --names n <"$1" >out.mam' sh "$file"
		[ "$status" = 65 ] || { echo "$file: $status"; return 1; }
		[[ $output == "from-csv: the ${file##*.} file is "* || $output == "from-csv: the gzip file is "* ]] ||
			{ echo "$file: $output"; return 1; }
		run -65 bash -c 'to-json <out.mam >/dev/null'
	done
	# Rows that are not wanted are checked all the same.
	run -65 bash -c 'from-csv --names n --stop-at 5 <bad-1.gz >out'
	run -65 bash -c 'from-csv --names n --stop-at 5 <bad-1.zip >out'
	run -65 bash -c 'from-csv --names n <bad-1.gz 2>&1 >out'
	[[ $output == *"incorrect data check" ]]
	run -65 bash -c 'from-csv --names n <bad-5.zip 2>&1 >out'
	[ "$output" = 'from-csv: the zip file is cut' ]
}

@test "zips of all makers: stored, deflated, sizes behind, zip64, comments, folders" {
	python3 - <<-'END'
		import io, zipfile
		body = 'a,b\n' + ''.join('%d,x%d\n' % (i, i * i) for i in range(50000))
		class Pipe(io.RawIOBase): # cannot seek, so sizes stand behind the members
		    def __init__(self, f): self.f = f
		    def writable(self): return True
		    def write(self, b): return self.f.write(b)
		def make(name, method, pipe=False, force=False, comment=b'', folder=False):
		    with open(name, 'wb') as f, zipfile.ZipFile(Pipe(f) if pipe else f, 'w', method) as z:
		        if folder:
		            z.writestr('data/', '')
		        z.comment = comment
		        with z.open('data/x.csv', 'w', force_zip64=force) as member:
		            member.write(body.encode())
		make('1.zip', zipfile.ZIP_STORED)
		make('2.zip', zipfile.ZIP_DEFLATED, comment=b'a comment', folder=True)
		make('3.zip', zipfile.ZIP_DEFLATED, pipe=True)
		make('4.zip', zipfile.ZIP_DEFLATED, pipe=True, force=True)
		make('5.zip', zipfile.ZIP_STORED, force=True)
		make('bzip2', zipfile.ZIP_BZIP2)
		make('stored', zipfile.ZIP_STORED, pipe=True)
		open('body', 'w').write(body)
	END
	zip -q - - <body >6.zip
	from-csv <body | to-json >wanted
	for n in 1 2 3 4 5 6; do
		from-csv <$n.zip | to-json >got
		cmp got wanted
	done
	run -65 bash -c 'from-csv <bzip2 >out'
	[ "$output" = 'from-csv: "data/x.csv" in the zip file is packed by method 12; only deflate is supported' ]
	run -65 bash -c 'from-csv <stored >out'
	[[ $output == 'from-csv: a file in the zip is stored without its length'* ]]
}

@test "a zip's directory has to be that of its members" {
	printf 'a,b\n1,2\n' >x.csv
	printf 'a,b\n3,4\n' >y.csv
	zip -qX x.zip x.csv y.csv
	python3 - <<-'END'
		data = open('x.zip', 'rb').read()
		second, directory = data.index(b'PK\3\4', 4), data.index(b'PK\1\2')
		entry, end = data.index(b'PK\1\2', directory + 4), data.index(b'PK\5\6')
		def put(name, *parts): open(name, 'wb').write(b''.join(parts))
		put('bad-1', data[second:]) # a member is not there
		put('bad-2', data[:directory], data[entry:]) # one is in no directory
		put('bad-3', data[:directory + 16], b'xxxx', data[directory + 20:]) # another checksum
		put('bad-4', data[:end + 10], b'\7\0', data[end + 12:]) # another number of files
		put('bad-5', data, b'\0')
	END
	for file in bad-[1234]; do
		run -65 bash -c 'from-csv --member "*" <"$1" >out' sh $file
		[ "$output" = "from-csv: the zip file is damaged: its directory does not fit its members" ]
	done
	run -65 bash -c 'from-csv --member "*" <bad-5 >out'
	[ "$output" = 'from-csv: the zip file is damaged: something follows its end' ]
}

@test "no byte of a packed file can change unseen" {
	printf 'a,b\n1,22\n' >x.csv
	zip -qX x.zip x.csv
	zip -qX - - <x.csv >y.zip
	gzip -nk x.csv
	from-csv <x.csv | to-json >wanted
	python3 - <<-'END'
		import subprocess
		wanted, kinds = open('wanted', 'rb').read(), set()
		for name in ['x.zip', 'y.zip', 'x.csv.gz']:
		    data = open(name, 'rb').read()
		    damages = [data[:i] + bytes([data[i] ^ bit]) + data[i + 1:] for i in range(4, len(data)) for bit in (1, 0x40)]
		    damages += [data[:i] for i in range(5, len(data))] + [data + (b'x' if name.endswith('gz') else b'\0'), data + data[:20]]
		    for damage in damages:
		        open('now', 'wb').write(damage)
		        run = subprocess.run('from-csv <now 2>err | to-json', shell=True, stdout=subprocess.PIPE,
		                             stderr=subprocess.PIPE, timeout=20)
		        assert run.returncode == 65 or (run.returncode == 0 and run.stdout == wanted and len(damage) == len(data)), \
		            (name, run.returncode, run.stdout, open('err').read())
		        kinds.add(run.returncode)
		assert kinds == {0, 65}, kinds # times and the like do not matter
	END
}

@test "an encrypted zip says so" {
	printf 'a\n1\n' >x.csv
	zip -q -P secret x.zip x.csv
	run -65 bash -c 'from-csv <x.zip >out'
	[ "$output" = 'from-csv: "x.csv" in the zip file is encrypted' ]
}

# What the input is.

@test "nothing at all is 76, unless --allow-empty; a header alone is fine" {
	[ "$(csv 'a,b\n')" = '' ]
	from-csv --allow-empty </dev/null | to-json
	for text in '' '\n\r\n' '\xef\xbb\xbf'; do
		refused 76 'the input is empty, and nothing says that it is complete: its writer may have died (see --allow-empty)' "$text"
	done
	refused 76 'the input is empty, and nothing says that it is complete: its writer may have died (see --allow-empty)' '' --names a,b
	refused 76 'the input is empty, and nothing says that it is complete: its writer may have died (see --allow-empty)' '' --skip 2 --skip-until x
	[ "$(csv '1,2\n' --names a,b)" = '{"a":"1","b":"2"}' ]
	# An archive vouches for its empty file.
	gzip </dev/null | from-csv | to-json
}

@test "JSON, HTML and XML are no CSV" {
	refused 65 'the input is JSON, not CSV: "{"errors":[{"code":"0003"}]}"' '{"errors":[{"code":"0003"}]}'
	refused 65 'the input is JSON, not CSV: "{\n "a": 1}"' '{\n "a": 1}'
	refused 65 'the input is JSON, not CSV: "[]"' '[]\n'
	refused 65 'the input is JSON, not CSV: "{"a":1}"' '{"a":1}' --skip 3
	refused 65 'the input is JSON, not CSV: "{"a":1}"' '{"a":1}' --skip-until Day
	refused 65 'the input is HTML or XML, not CSV: "<!DOCTYPE html>\n<p>busy"' '\n<!DOCTYPE html>\n<p>busy'
	refused 65 'the input is HTML or XML, not CSV: "<?xml version="1.0"?>"' '<?xml version="1.0"?>'
	# And these are.
	[ "$(csv '[a],b\n1,2\n')" = '{"[a]":"1","b":"2"}' ]
	[ "$(csv '{"a\tb\n1\t2\n' --quote none --delimiter tab)" = '{"{\"a":"1","b":"2"}' ]
}

@test "records are no CSV either" {
	echo '{"a":1}' | from-json >a.mam
	run -65 bash -c 'from-csv <a.mam >out'
	[[ ${lines[0]} == *"holds records already"* ]]
}

@test "byte chunks: each file has its header, the fields beside are put into each record" {
	{
		printf 'schema\tchunk:bytes\taccount:int\n'
		printf 'row\t%s\t7\n' "$(printf 'a,b\n1,' | od -An -tx1 | tr -d ' \n')"
		printf 'row\t%s\t7\n' "$(printf '2\n' | od -An -tx1 | tr -d ' \n')"
		printf 'schema\tchunk:bytes\taccount:int\n'
		printf 'row\t%s\t8\n' "$(printf 'a,b\n3,4\n' | gzip | od -An -tx1 -v | tr -d ' \n')"
		printf 'schema\tchunk:bytes\taccount:int\n'
		printf 'row\t%s\t9\n' "$(printf 'c\n5\n' | od -An -tx1 | tr -d ' \n')"
	} | spell >chunks.mam
	from-csv <chunks.mam >out.mam
	[ "$(to-json <out.mam)" = '{"a":"1","b":"2","account":7}
{"a":"3","b":"4","account":8}
{"c":"5","account":9}' ]
	# The second file's header is the first's: one schema serves both.
	[ "$(grep -ao fields out.mam | wc -l)" = 2 ]
	printf 'schema\tchunk:bytes\tb:int\nrow\t%s\t7\n' "$(printf 'a,b\n1,2\n' | od -An -tx1 | tr -d ' \n')" | spell >twice.mam
	run -65 bash -c 'from-csv <twice.mam >out'
	[[ ${lines[0]} == 'from-csv: the file has a column "b", and a field that comes with it is named so'* ]]
	# A cut stream of chunks never becomes a whole one of records.
	head -c $(($(stat -c %s chunks.mam) - 5)) chunks.mam >cut.mam
	run -76 bash -c 'from-csv <cut.mam >out.mam'
}

@test "a command's output counts only when it succeeds" {
	[ "$(from-csv -- printf 'a\n1\n' | to-json)" = '{"a":"1"}' ]
	run -76 bash -c 'from-csv -- sh -c "printf \"a\n1\n\"; exit 3" >out.mam'
	run -76 bash -c 'to-json <out.mam'
}

@test "a row is given out when it is whole, not when the block is full" {
	mkfifo pipe
	from-csv <pipe | to-json >out &
	exec 7>pipe
	printf 'a,b\n1,2\n3,' >&7
	for ((i = 0; i < 500; i++)); do
		[ -s out ] && break
		sleep 0.02
	done
	[ "$(cat out)" = '{"a":"1","b":"2"}' ]
	printf '4' >&7
	exec 7>&-
	wait $!
	[ "$(cat out)" = $'{"a":"1","b":"2"}\n{"a":"3","b":"4"}' ]
}

@test "the recorded bodies of the media pass without a changed value" {
	need_shared media/fixtures
	n=0
	for file in "$MAM_SHARED"/media/fixtures/*/*.csv; do
		from-csv <"$file" | to-json >got
		python3 -c '
import csv, json, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline="")):
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))' "$file" >wanted
		cmp got wanted
		[ -s got ]
		n=$((n + 1))
	done
	[ "$n" -ge 6 ]
}

@test "a file as an operand is 64 and is not taken for standard input" {
	echo x >file
	run -64 bash -c 'from-csv file <file >out.mam'
	[[ $output == 'from-csv: takes no operands, but got "file" (use < for a file'* ]]
}

@test "--invalid-text replace: U+FFFD for each malformed character, counted; never without being asked" {
	printf 'a,b\nx\xffy,\xe3\x81z\n\xf0\x9f\x98\x80,\xe3\x81\n' >bad.csv
	run -65 from-csv <bad.csv
	run -65 from-csv --invalid-text error <bad.csv
	env -u MAM_LOG from-csv --invalid-text replace <bad.csv 2>log | to-json >got
	printf '{"a":"x\xef\xbf\xbdy","b":"\xef\xbf\xbdz"}\n{"a":"\xf0\x9f\x98\x80","b":"\xef\xbf\xbd"}\n' | cmp got -
	grep -q '0 rejected, 3 replaced by U+FFFD' log
	[ "$(MAM_LOG=json from-csv --invalid-text replace <bad.csv 2>&1 >/dev/null | tail -n 1 | jq .text_replaced)" = 3 ]
	# A delimiter or line end after the first byte of a character stays what it is.
	printf 'a,b\n\x81,x\x82\xa0\n\xfd\xfe,\x85\n' |
		from-csv --encoding CP932 --invalid-text replace 2>log | to-csv | sed -n '2,3p' >got
	printf '\xef\xbf\xbd,x\xe3\x81\x82\n' | cmp - <(sed -n 1p got)
	printf 'a\0\n\0\0\xd8x\0\n\0' | from-csv --encoding UTF-16LE --invalid-text replace | to-csv | tail -n 1 | cmp - <(printf '\xef\xbf\xbdx\n')
	# As Python does it, across the borders of blocks.
	python3 -c '
import random, sys
r = random.Random(7)
b = b"t\n" + b"".join(bytes(r.choice([65, 66, 0xe3, 0x81, 0x82, 0xff, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xed, 0xa0]) for _ in range(30)) + b"\n" for _ in range(20000))
open("random.csv", "wb").write(b)
open("wanted.csv", "w").write(b.decode("utf-8", "replace"))'
	from-csv --invalid-text replace <random.csv | to-csv | cmp - wanted.csv
	env -u MAM_LOG from-csv --invalid-text replace <wanted.csv 2>log | to-csv | cmp - wanted.csv
	[[ $(<log) != *replaced* ]]
}

@test "--escape backslash: the escapes of MySQL, and \\N is null" {
	printf '%s\n' 'a	b	c' '\N	x\ty\nz	back\\slash' 'tab\	in	line\' 'end	\N' 'é\é	\0	\"' >mysql.tsv
	[ "$(from-csv --delimiter tab --quote none --escape backslash <mysql.tsv | to-json)" = \
		'{"a":null,"b":"x\ty\nz","c":"back\\slash"}
{"a":"tab\tin","b":"line\nend","c":null}
{"a":"éé","b":"\u0000","c":"\""}' ]
	printf '%s\n' 'a,b' '"say \"hi\", ok","C:\\dir"' 'x\,y,"a ""b"" \"c\""' '"\\N",\N' >quoted.csv
	[ "$(from-csv --escape backslash <quoted.csv | to-json)" = \
		'{"a":"say \"hi\", ok","b":"C:\\dir"}
{"a":"x,y","b":"a \"b\" \"c\""}
{"a":"\\N","b":null}' ]
	# Without the option a backslash is a character.
	[ "$(printf 'a\n\\N\n' | from-csv | to-json)" = '{"a":"\\N"}' ]
	for bad in '\q' 'a\N' '"\N"' 'x\'; do
		printf 'a,b\n1,2\n3,%s' "$bad" | from-csv --escape backslash --max-rejects 1 --rejects bad.mam | to-json >got
		[ "$(<got)" = '{"a":"1","b":"2"}' ]
		[ "$(to-json <bad.mam | jq -r .raw | base64 -d)" = "3,$bad" ]
	done
	to-json <bad.mam | jq -r ._reject.reason | grep -q 'has the unknown escape'
	run -64 from-csv --escape backslash --quote '\' </dev/null
	# Escapes across the borders of blocks, in every position.
	python3 -c '
import random
r = random.Random(3)
rows = [["".join(r.choice("ab\\\n\t\r,\"\0") for _ in range(r.randrange(40))) for _ in range(3)] for _ in range(20000)]
enc = {"\\": "\\\\", "\n": "\\n", "\t": "\\\t", "\r": "\\r", ",": "\\,", "\"": "\\\"", "\0": "\\0"}
open("e.csv", "w", newline="").write("a,b,c\n" + "".join(",".join("".join(enc.get(c, c) for c in f) for f in row) + "\n" for row in rows))
import json
open("e.json", "w").write("".join(json.dumps(dict(zip("abc", row))) + "\n" for row in rows))'
	from-csv --escape backslash <e.csv | to-json | cmp - <(from-json <e.json | to-json)
}
