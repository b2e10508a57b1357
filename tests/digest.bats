# SPDX-License-Identifier: MIT
# The digest of schema and records in the seal, mam-stream(5): the same for the same data, whatever
# the run, the chunks and the stages, and different for different data.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >walk.py <<-'END'
	# An independent reading of mam-stream(5), with libxxhash by ctypes: what digests and hashes must be.
	import ctypes, struct, sys
	lib = ctypes.CDLL('libxxhash.so.0')
	class H128(ctypes.Structure):
	    _fields_ = [('low', ctypes.c_uint64), ('high', ctypes.c_uint64)]
	lib.XXH3_128bits.restype = H128
	lib.XXH3_64bits.restype = ctypes.c_uint64
	def h128(b):
	    h = lib.XXH3_128bits(b, ctypes.c_size_t(len(b)))
	    return '%016x%016x' % (h.high, h.low)
	def h64(b): return lib.XXH3_64bits(b, ctypes.c_size_t(len(b)))
	def size(b, p):
	    """The end of the object at p."""
	    c = b[p]
	    if c < 0x80 or c >= 0xe0: return p + 1
	    if c < 0xa0:
	        n, p = (c & 15) * (2 if c < 0x90 else 1), p + 1
	    elif c < 0xc0: return p + 1 + (c & 31)
	    elif c in (0xc0, 0xc2, 0xc3): return p + 1
	    elif c in (0xc4, 0xd9): return p + 2 + b[p + 1]
	    elif c in (0xc5, 0xda): return p + 3 + struct.unpack_from('>H', b, p + 1)[0]
	    elif c in (0xc6, 0xdb): return p + 5 + struct.unpack_from('>I', b, p + 1)[0]
	    elif c == 0xc7: return p + 3 + b[p + 1]
	    elif c == 0xc8: return p + 4 + struct.unpack_from('>H', b, p + 1)[0]
	    elif c == 0xc9: return p + 6 + struct.unpack_from('>I', b, p + 1)[0]
	    elif 0xca <= c <= 0xd3: return p + 1 + (4, 8, 1, 2, 4, 8, 1, 2, 4, 8)[c - 0xca]
	    elif c <= 0xd8: return p + 2 + (1, 2, 4, 8, 16)[c - 0xd4]
	    else:
	        n = struct.unpack_from('>H' if c in (0xdc, 0xde) else '>I', b, p + 1)[0] * (2 if c >= 0xde else 1)
	        p += 3 if c in (0xdc, 0xde) else 5
	    for _ in range(n): p = size(b, p)
	    return p
	def kind(b, p):
	    """The number of an ext, else None."""
	    c = b[p]
	    at = {0xc7: 2, 0xc8: 3, 0xc9: 5}.get(c, 1 if 0xd4 <= c <= 0xd8 else 0)
	    return b[p + at] if at else None
	def items(b):
	    p = 0
	    while p < len(b):
	        end = size(b, p)
	        yield kind(b, p), b[p:end]
	        p = end
	def digest(b):
	    kept, last = b'', None
	    for number, item in items(b):
	        if number is None or number == 17 and item != last: kept += item
	        if number == 17: last = item
	    return h128(kept)
	def text(s): return bytes([0xa0 | len(s)]) + s.encode()
	def seal(b, records, digest=None):
	    """b with an end mark."""
	    pairs = text('records') + bytes([records]) + text('xxh3') + struct.pack('>BQ', 0xcf, h64(b))
	    if digest is not None: pairs += text('digest') + b'\xd9' + bytes([len(digest)]) + digest.encode()
	    body = bytes([0x83 if digest is not None else 0x82]) + pairs
	    return b + struct.pack('>BBb', 0xc7, len(body), 20) + body
	END
}

digest_of() { # FILE: the digest that a reader reports
	MAM_LOG=json pass --null <"$1" 2>&1 | jq -r .digest
}

py() { python3 -c "import sys; sys.path.insert(0, '.'); from walk import *; $1" "${@:2}"; }

rows() {
	printf '{"id":%d,"cost":"1.%02d","name":"漢字 %d"}\n' 1 10 1 2 20 2 3 30 3
}

@test "it is XXH3-128 of schema and records, in the seal, the counters and the reader's counters" {
	rows | from-json >loose.mam
	MAM_LOG=json normalize id:int cost:decimal name:text <loose.mam >typed.mam 2>log
	for file in loose typed; do
		expected=$(py 'print(digest(open(sys.argv[1], "rb").read()))' $file.mam)
		[ "${#expected}" = 32 ]
		[ "$(digest_of $file.mam)" = "$expected" ]
		[ "$(strings $file.mam | grep -c "$expected")" -ge 1 ]
	done
	[ "$(jq -r .digest log)" = "$expected" ]
}

@test "two runs with equal data have equal digests and different seals" {
	rows | MAM_RUN_ID=one from-json >one.mam
	rows | MAM_RUN_ID=two from-json >two.mam
	[ "$(digest_of one.mam)" = "$(digest_of two.mam)" ]
	seals() { py 'print(h64(b"".join(i for k, i in items(open(sys.argv[1], "rb").read()) if k != 20)))' "$1"; }
	[ "$(seals one.mam)" != "$(seals two.mam)" ]
	# Nor do a rehearsal, a slow pipe, a filter that passes records on and its own header change it.
	rows | from-json --dry-run >dry.mam
	[ "$(digest_of dry.mam)" = "$(digest_of one.mam)" ]
	(rows | while IFS= read -r line; do echo "$line"; sleep 0.05; done) | from-json | pass | dedupe --key id >slow.mam
	[ "$(digest_of slow.mam)" = "$(digest_of one.mam)" ]
}

@test "any other data has another digest: a value, a scale, a name, a type, the order, a record more" {
	digests() {
		digest_of <(rows | from-json | normalize "$@")
	}
	{
		digests id:int cost:decimal name:text
		digests id:text cost:decimal name:text
		digests id:int cost:text name:text
		digests number:int=id cost:decimal name:text
		digests cost:decimal id:int name:text
		rows | sed 's/1.10/1.1/' | from-json | normalize id:int cost:decimal name:text >scale.mam
		digest_of scale.mam
		rows | tac | from-json | normalize id:int cost:decimal name:text >order.mam
		digest_of order.mam
		(rows; rows) | from-json | normalize id:int cost:decimal name:text >more.mam
		digest_of more.mam
		from-json --allow-empty </dev/null | normalize id:int cost:decimal name:text >none.mam
		digest_of none.mam
		rows | from-json >loose.mam
		digest_of loose.mam
	} >all
	[ "$(wc -l <all)" = 10 ]
	[ "$(sort -u all | wc -l)" = 10 ]
	[ "$(grep -cE '^[0-9a-f]{32}$' all)" = 10 ]
}

@test "streams that are read as one have the digest of one, with a schema that repeats left out" {
	rows | from-json | normalize id:int cost:decimal name:text >all.mam
	for id in 1 2 3; do
		rows | sed -n "${id}p" | from-json | normalize id:int cost:decimal name:text >$id.mam
	done
	cat 1.mam 2.mam 3.mam >joined.mam
	[ "$(digest_of joined.mam)" = "$(digest_of all.mam)" ]
	dedupe --key id <joined.mam >filtered.mam
	[ "$(digest_of filtered.mam)" = "$(digest_of all.mam)" ]
	cat 2.mam 1.mam 3.mam >other.mam
	[ "$(digest_of other.mam)" != "$(digest_of all.mam)" ]
	# A schema that differs counts, and so does the first one when it comes again.
	rows | from-json | normalize id:int cost:text name:text >text.mam
	cat all.mam text.mam all.mam >three.mam
	[ "$(digest_of three.mam)" = "$(py 'print(digest(open("three.mam", "rb").read()))')" ]
}

@test "of byte chunks it is that of the bytes, wherever they were cut, and of where a file ends" {
	seq 1 60000 >bytes
	pass --chunks <bytes >block.mam
	{
		printf 'schema\tchunk:bytes\n'
		xxd -p -c 250 bytes | sed 's/^/row\t/'
	} | spell >cut.mam
	[ "$(digest_of block.mam)" = "$(digest_of cut.mam)" ]
	pass <cut.mam >passed.mam
	[ "$(digest_of passed.mam)" = "$(digest_of block.mam)" ]
	python3 - >expected <<-'END'
	import sys; sys.path.insert(0, '.')
	from walk import *
	schema = [i for k, i in items(open('block.mam', 'rb').read()) if k == 17][0]
	content = open('bytes', 'rb').read()
	print(h128(schema + content + struct.pack('>Q', len(content))))
	END
	[ "$(digest_of block.mam)" = "$(cat expected)" ]
	two() {
		cat <(printf %s "$1" | pass --chunks) <(printf %s "$2" | pass --chunks)
	}
	two ab c >first.mam
	two a bc >second.mam
	[ "$(digest_of first.mam)" != "$(digest_of second.mam)" ]
}

@test "a stream without a digest is read as before; one with a wrong digest is 76" {
	rows | from-json >good.mam
	python3 - <<-'END'
	import sys; sys.path.insert(0, '.')
	from walk import *
	data = open('good.mam', 'rb').read()
	before = b''.join(i for k, i in items(data) if k != 20)
	open('old.mam', 'wb').write(seal(before, 3))
	open('wrong.mam', 'wb').write(seal(before, 3, '0' * 32))
	open('short.mam', 'wb').write(seal(before, 3, digest(data)[:31]))
	open('same.mam', 'wb').write(seal(before, 3, digest(data)))
	END
	run -0 pass --null <old.mam
	[ "$(digest_of old.mam)" = "$(digest_of good.mam)" ]
	run -0 pass --null <same.mam
	for file in wrong short; do
		run -76 pass --null <$file.mam
		[[ $output == *"the end mark's digest of the records differs"* ]]
	done
	# The second stream's own seal is judged, not that of both.
	run -0 bash -c 'cat good.mam same.mam | pass --null'
	run -76 bash -c 'cat good.mam wrong.mam | pass --null'
}

@test "a loader reports the digest of the records that it loaded, or in a rehearsal would have" {
	rows | from-json | normalize id:int cost:decimal name:text >typed.mam
	digest=$(digest_of typed.mam)
	MAM_LOG='' run -0 load-sqlite --to ads.db --table t --create --dry-run <typed.mam
	[[ ${lines[-1]} == *", digest $digest, "* ]]
	MAM_LOG='' run -0 load-sqlite --to ads.db --table t --create <typed.mam
	[[ ${lines[-1]} == *"3 rows inserted, 0 updated, 0 deleted, digest $digest, "* ]]
	MAM_LOG=json run -0 load-sqlite --to ads.db --table t <typed.mam
	[ "$(jq -r .digest <<<"$output")" = "$digest" ]
	# What to-json and the others read is checked and reported alike.
	MAM_LOG=json run -0 --separate-stderr to-json <typed.mam
	[ "$(jq -r .digest <<<"$stderr")" = "$digest" ]
}

@test "damage in records that nothing has checked does not disturb the search for the end mark" {
	pass --chunks <<<hello >good.mam
	python3 - <<-'END'
	import sys; sys.path.insert(0, '.')
	from walk import *
	data = open('good.mam', 'rb').read()
	parts = list(items(data))
	# An int and an empty array in place of records of chunks, and a record of another type before.
	out = b''.join(i for k, i in parts[:2]) + b'\x91\x01' + b'\x05' + b'\x90' + b'\x91\xa1x' * 300000
	open('bad.mam', 'wb').write(seal(out, 3))
	END
	run pass --null <bad.mam
	[ "$status" = 65 ] || [ "$status" = 76 ]
	[[ $output == pass:* ]]
}
