# SPDX-License-Identifier: MIT
# to-msgpack: the bytes that other programs get for each type.
# shellcheck disable=SC2154 # bats sets stderr

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	printf 'schema\ti:int\tf:float\td:decimal\tt:text\tb:bytes\tday:date\tdt:datetime\tts:timestamp\tyes:bool\nrow\t300\t1.5\t12.50\tテ\tff\t2026-11-20\t2026-11-20T13:00:00.5\t2026-11-20T13:00:00Z\ttrue\nrow\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n' |
		spell >all.mam
}

hex() {
	od -An -v -tx1 | tr -d ' \n'
}

need_python_msgpack() {
	for python in /usr/bin/python3 python3; do
		"$python" -c 'import msgpack' 2>/dev/null && return
	done
	skip 'SKIPPED: python3-msgpack is not installed'
}

@test "each record is a map; decimals, dates and datetimes are text, timestamps ext -1" {
	[ "$(printf '{"a":1,"b":[1.5,{"c":null}]}' | from-json | to-msgpack | hex)" = '82a16101a16292cb3ff800000000000081a163c0' ]
	# Decimal, date, datetime, timestamp of the first record.
	bytes=$(to-msgpack <"$BATS_FILE_TMPDIR/all.mam" | hex)
	[[ $bytes == 89a169cd012c* ]]
	[[ $bytes == *a164a531322e3530* ]]
	[[ $bytes == *a3646179aa"$(printf 2026-11-20 | hex)"* ]]
	[[ $bytes == *a26474b7"$(printf 2026-11-20T13:00:00.500 | hex)"* ]]
	[[ $bytes == *a27473d6ff"$(printf %08x "$(date -ud '2026-11-20 13:00:00' +%s)")"* ]]
	# A decimal inside of a json value.
	[ "$(printf '{"a":[0.30000000000000000001]}' | from-json | to-msgpack | hex)" = "81a16191b6$(printf 0.30000000000000000001 | hex)" ]
}

@test "--ext mam writes the extension types of mam-stream(5)" {
	bytes=$(to-msgpack --ext mam <"$BATS_FILE_TMPDIR/all.mam" | hex)
	[[ $bytes == *a164c7050131322e3530* ]]
	[[ $bytes == *a3646179d602* ]]
	[[ $bytes == *a26474d703* ]]
}

@test "--rows: arrays in the order of the first record, with --header first its names before" {
	[ "$(printf '{"a":1,"b":2}{"a":3,"b":null}' | from-json | to-msgpack --rows | hex)" = 9201029203c0 ]
	[ "$(printf '{"a":1,"b":2}' | from-json | to-msgpack --rows --header first | hex)" = 92a161a162920102 ]
	run -65 --separate-stderr bash -c "printf '{\"a\":1}{\"b\":2}' | from-json | to-msgpack --rows >out"
	[ "$stderr" = 'to-msgpack: record 2: the first record has the field "a" where this one has "b": --rows writes no names' ]
	run -65 --separate-stderr bash -c "printf '{\"a\":1}{\"a\":2,\"b\":2}' | from-json | to-msgpack --rows >out"
	[ "$stderr" = 'to-msgpack: record 2: has 2 fields, the first record 1: --rows writes no names' ]
	run -64 to-msgpack --header first
	# Under a second schema with the same names.
	cat "$BATS_FILE_TMPDIR/all.mam" "$BATS_FILE_TMPDIR/all.mam" | to-msgpack --rows | from-msgpack --fields i,f,d,t,b,day,dt,ts,yes | to-json >out
	[ "$(wc -l <out)" -eq 4 ]
}

@test "a terminal gets no msgpack" {
	need_terminal
	run script -qec "to-msgpack <$BATS_FILE_TMPDIR/all.mam" /dev/null
	[ "$status" -eq 64 ]
	[[ $output == *'standard output is a terminal, and msgpack is not text'* ]]
}

@test "Python's msgpack reads every type" {
	need_python_msgpack
	to-msgpack <"$BATS_FILE_TMPDIR/all.mam" >all.mp
	run -0 "$python" - all.mp <<-'END'
		import datetime, msgpack, sys
		u = msgpack.Unpacker(open(sys.argv[1], "rb"), timestamp=3)
		a, b = list(u)
		assert a == {"i": 300, "f": 1.5, "d": "12.50", "t": "テ", "b": b"\xff", "day": "2026-11-20",
		             "dt": "2026-11-20T13:00:00.500", "yes": True,
		             "ts": datetime.datetime(2026, 11, 20, 13, tzinfo=datetime.timezone.utc)}, a
		assert set(b.values()) == {None} and list(b) == list(a), b
	END
}
