# SPDX-License-Identifier: MIT
# The stream itself, with the smallest stage there can be (tests/tools/pass):
# every cut, every broken rule, the abort that travels, the counters.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	seq 1 20000 >bytes
	pass --chunks <bytes >whole.mam
}

@test "a sealed stream passes and stays byte for byte what it was" {
	pass <whole.mam | pass --bytes >one.mam
	run -0 pass --null <one.mam
	run -0 bash -c 'pass --decode <whole.mam | pass --null'
}

@test "a stream cut at any byte is 76 and the cut travels" {
	small=$(seq 1 3 | pass --chunks | xxd -p | tr -d '\n')
	n=$((${#small} / 2))
	[ "$n" -gt 50 ]
	for ((i = 1; i < n; i++)); do
		echo "${small:0:$((2 * i))}" | xxd -r -p >cut.mam
		run pass --null <cut.mam
		[ "$status" = 76 ] || { echo "cut at $i of $n: status $status: $output"; return 1; }
	done
}

@test "one changed byte anywhere before the end mark is found" {
	seq 1 3 | pass --chunks >small.mam
	python3 - <<-'END'
	data = bytearray(open('small.mam', 'rb').read())
	at = data.index(b'1\n2\n3\n')
	data[at] ^= 4
	open('changed.mam', 'wb').write(data)
	END
	run -76 pass --null <changed.mam
	[[ $output == *"hash differs"* ]]
}

@test "zero bytes are 76: the stage before never started" {
	run -76 pass --null </dev/null
	[[ $output == *"never started"* ]]
}

@test "a killed writer never ends well, in plain sh without pipefail" {
	run sh -c '(pass --chunks <bytes; kill -9 $$) | head -c 60000 | pass | pass --null'
	[ "$status" -ne 0 ]
	run -76 sh -c 'head -c 60000 whole.mam | pass | pass --null'
	[[ $output == *"without its end mark"* ]]
}

@test "a failure travels: same status in every stage, its reason is the last line" {
	run -0 statuses 'pass --fail 3 <whole.mam | pass | pass --null'
	[[ $output == *"statuses: 65 65 65"* ]]
	run -65 sh -c 'pass --fail 3 <whole.mam | pass | pass --null'
	[ "${lines[-1]}" = "pass: record 3: asked to fail" ]
}

@test "an abort is handed on with its stage, status and reason" {
	pass --fail 3 <whole.mam >aborted.mam || true
	run -65 pass --null <aborted.mam
	[ "$output" = "pass: record 3: asked to fail" ]
}

@test "JSON, CSV, msgpack, zip and gzip are told from a stream, with the stage to use" {
	for first in '\201\241a\001' '\221\201\241a\001' '\336\000\001\241a\001' '\335\000\000\000\001\300'; do
		# shellcheck disable=SC2059 # the bytes are the format
		run -65 sh -c "printf '$first' | pass --null"
		[[ $output == *"looks like msgpack of another program: use from-msgpack"* ]]
	done
	run -65 pass --null <<<'{"a":1}'
	[[ $output == *"looks like JSON lines: use from-json"* ]]
	for first in '{"type":"SCHEMA","stream":"s"}' '{"type": "STATE", "value": {}}'; do
		run -65 pass --null <<<"$first"
		[[ $output == *"looks like the output of a Singer tap: use from-singer"* ]]
	done
	run -65 pass --null <<<'{"type":"SCHEMAS"}'
	[[ $output == *"looks like JSON lines: use from-json"* ]]
	run -65 pass --null <<<'a,b'
	[[ $output == *"use from-csv"* ]]
	printf 'PK\003\004xxxxxxxxxxxxxxxx' >z
	run -65 pass --null <z
	[[ $output == *"zip"* ]]
	gzip -c bytes >g
	run -65 pass --null <g
	[[ $output == *"gzip"* ]]
}

@test "concatenated streams are one; a tail of anything else is 76" {
	cat whole.mam whole.mam | pass >both.mam
	[ "$(pass --bytes <both.mam | strings | grep -c bytes)" -ge 1 ]
	run -76 bash -c 'cat whole.mam bytes | pass --null'
	run -76 bash -c 'cat whole.mam <(head -c 100 whole.mam) | pass --null'
}

@test "an ended stream without records is success" {
	pass --chunks --allow-empty </dev/null >empty.mam
	run -0 pass --null <empty.mam
}

@test "raw input of nothing is 76 unless --allow-empty" {
	run -76 bash -c 'pass --chunks </dev/null >out.mam'
	[[ $output == *"--allow-empty"* ]]
	run -76 pass --null <out.mam
	run -0 bash -c 'pass --chunks --allow-empty </dev/null >out.mam'
}

@test "a command's exit status decides whether its output is sealed" {
	run -0 bash -c 'pass --chunks -- seq 1 10 | pass --null'
	run -0 statuses 'pass --chunks -- sh -c "seq 10; exit 3" | pass --null'
	[[ $output == *"exited with 3"* ]]
	[[ $output == *"statuses: 76 76"* ]]
	run -0 statuses 'pass --chunks -- sh -c "seq 10; exit 75" | pass --null'
	[[ $output == *"statuses: 75 75"* ]]
	run -0 statuses 'pass --chunks -- sh -c "seq 10; kill -9 \$\$" | pass --null'
	[[ $output == *"signal 9"* ]]
	[[ $output == *"statuses: 76 76"* ]]
	run -0 statuses 'pass --chunks -- no-such-program | pass --null'
	[[ $output == *"statuses: 64 64"* ]]
}

@test "a full disk and a closed output are 74" {
	run -74 bash -c 'pass <whole.mam >/dev/full'
	[[ $output == *"No space left"* ]]
	run -74 bash -c 'pass <whole.mam >&-'
	run -74 bash -c 'pass <&- >out.mam'
	run -74 bash -c 'pass --help >/dev/full'
}

@test "rejects are a stream of their own, with reason, and counted" {
	run -65 bash -c 'pass --reject 2 <whole.mam >out.mam'
	[[ $output == *"record 2: chunk: asked to reject"* ]]
	run -0 bash -c 'pass --reject 2 --max-rejects 1 --rejects bad.mam <whole.mam >out.mam'
	[[ $output == *"rejected record 2: chunk: asked to reject"* ]]
	run -0 pass --null --decode <bad.mam
	strings bad.mam | grep -q 'asked to reject'
	run -0 env MAM_LOG=json bash -c 'pass --reject 2 --max-rejects 1 <whole.mam >out.mam'
	[[ $output == *'"rejected":1'* ]]
}

@test "an unwritable rejects file is 74 before anything is read" {
	run -74 bash -c 'pass --rejects /no/such/folder/x <whole.mam >out.mam'
}

@test "the rejects file of a failed run ends in an abort, not in an end mark" {
	run -65 bash -c 'pass --reject 2 --rejects bad.mam <whole.mam >out.mam'
	run -65 pass --null <bad.mam
}

@test "the counters of all stages are in the end mark and add up" {
	pass <whole.mam | pass >out.mam
	[ "$(strings out.mam | grep -c records_in)" = 3 ]
	run -0 env MAM_LOG=json pass --null <out.mam
	records=$(jq -r .records_in <<<"$output")
	[ "$records" = "$(jq -r .records_in <<<"$(MAM_LOG=json pass --null <whole.mam 2>&1)")" ]
}

@test "MAM_RUN_DIR gets the summary of each stage, a failed one with its status" {
	mkdir run
	MAM_RUN_DIR=run pass <whole.mam >out.mam
	[ "$(jq -s '.[0].records_out > 0' run/*.json)" = true ]
	rm run/*
	run -65 env MAM_RUN_DIR=run bash -c 'pass --fail 2 <whole.mam >out.mam'
	[ "$(jq .exit run/*.json)" = 65 ]
}

@test "a dry run is in the header and cannot be mixed with a real one" {
	pass --chunks --dry-run <bytes >dry.mam
	run -65 bash -c 'cat dry.mam whole.mam | pass --null'
	[[ $output == *"rehearsal"* ]]
	MAM_DRY_RUN=1 pass --chunks <bytes >env.mam
	run -65 bash -c 'cat env.mam whole.mam | pass --null'
}

@test "the run id is the batch runner's and is handed on" {
	MAM_RUN_ID=run-4711 pass --chunks <bytes | pass >out.mam
	strings out.mam | grep -q run-4711
}

@test "messages are one line, control characters seen, and JSON where asked" {
	run -64 pass $'--no\nsuch\033[31m'
	[ "${#lines[@]}" = 1 ]
	[[ $output == *'\n'*'\u001b'* ]]
	run -64 env MAM_LOG=json pass $'--no\nsuch"'
	[ "$(jq -r .exit <<<"$output")" = 64 ]
}

@test "records are not held back while the writer waits" {
	mkfifo slow
	pass --chunks <slow >out.mam &
	exec 7>slow
	echo hello >&7
	for _ in $(seq 50); do
		! grep -q hello out.mam || break
		sleep 0.1
	done
	grep -q hello out.mam
	exec 7>&-
	wait
	run -0 pass --null <out.mam
}

@test "options stand in a file as on the command line, later ones win" {
	printf '# a comment\n--fail 7\n\n--max-rejects = 5\n' >opts
	run -65 bash -c 'pass @opts <whole.mam >out.mam'
	[[ $output == *"record 7"* ]]
	run -65 bash -c 'pass @opts --fail=4 <whole.mam >out.mam'
	[[ $output == *"record 4"* ]]
	run -74 bash -c 'pass @nothere <whole.mam >out.mam'
	run -64 bash -c 'pass --fail x <whole.mam >out.mam'
	run -64 bash -c 'pass --fail <whole.mam >out.mam'
	run -64 bash -c 'pass operand <whole.mam >out.mam'
	[[ $output == *'takes no operands, but got "operand" (use < for a file'* ]]
	run -64 bash -c 'pass -x <whole.mam >out.mam'
}

@test "the reason in an abort is valid UTF-8 however it was cut" {
	name=a$(printf 'é%.0s' $(seq 150))
	printf 'map\t%s=x\n' "$name" | spell >long.mam
	run -65 bash -c 'pass --reject 1 <long.mam >out.mam'
	python3 - <<-'END'
	data = open('out.mam', 'rb').read()
	at = data.rindex(b'\xa3why') + 4
	head, n = data[at], data[at + 1]
	assert head in (0xd9, 0xda), head
	text = data[at + 2:at + 2 + n] if head == 0xd9 else data[at + 3:at + 3 + n * 256 + data[at + 2]]
	assert 'asked to reject' in text.decode('utf-8')
	END
}

@test "a stream with a schema and one without are not joined by a filter" {
	printf 'schema\tid:int\nrow\t1\n' | spell >typed.mam
	printf 'map\tid:int=2\n' | spell >loose.mam
	run -65 bash -c 'cat typed.mam loose.mam | pass >out.mam'
	[[ $output == *"put normalize before"* ]]
	run -0 bash -c 'cat loose.mam typed.mam | pass | pass --null'
}

@test "a loader at a terminal shows a live line, text on the same terminal does not" {
	need_terminal
	run -0 env -u MAM_LOG script -qec 'pass --null <whole.mam' /dev/null
	[[ $output == *$'\r\033[K'"pass: "*" records, "* ]]
	echo '{"a":1}' | from-json >one.mam
	run -0 env -u MAM_LOG script -qec 'to-json <one.mam' /dev/null
	[[ $output == *'{"a":1}'* ]]
	[[ $output != *'to-json: '*' records, '* ]]
}

@test "a closed standard output is not the rejects file" {
	seq 1 200000 | pass --chunks >large.mam
	run -74 bash -c 'pass --reject 1 --max-rejects 9 --rejects bad.mam <large.mam >&-'
	[[ ${lines[-1]} == "pass: cannot write standard output: Bad file descriptor" ]]
	run -74 pass --null --decode <bad.mam
	[ "${lines[-1]}" = "pass: cannot write standard output: Bad file descriptor" ]
	run -74 bash -c 'pass --reject 1 --max-rejects 9 --rejects bad.mam <&- >out.mam'
	run -74 bash -c 'pass --help >&-'
}

# Items that none of our stages writes, sealed as they are to be: hostile NAME PYTHON-EXPRESSION...
hostile() {
	python3 - "$@" <<-'END'
	import struct, sys, subprocess
	def ext(t, b): return b'\xc9' + struct.pack('>Ib', len(b), t) + b
	def text(x): return b'\xdb' + struct.pack('>I', len(x.encode())) + x.encode()
	def pairs(*kv): return bytes([0x80 | len(kv)]) + b''.join(text(k) + v for k, v in kv)
	def header(): return ext(16, pairs(('mam', b'\x01'), ('run', text('r')), ('dry', b'\xc2')))
	def schema(*names): return ext(17, pairs(('fields', bytes([0x90 | len(names)]) +
		b''.join(b'\x92' + text(n) + text(t) for n, t in names))))
	def abort(stage, status, why): return ext(21, pairs(
		('stage', text(stage)), ('exit', bytes([status])), ('why', text(why))))
	open(sys.argv[1], 'wb').write(b''.join(eval(e) for e in sys.argv[2:]))
	END
}

@test "a schema without fields breaks the stream, for a decoder of chunks too" {
	hostile empty.mam 'header()' 'schema()'
	run -76 pass --null <empty.mam
	[[ $output == *"a schema has no fields"* ]]
	run -76 bash -c 'pass --bytes <empty.mam >out.mam'
	[[ $output == *"a schema has no fields"* ]]
}

@test "records behind a stream of chunks are not taken for chunks" {
	printf 'map\tother:bytes=3132\n' | spell >named.mam
	printf 'map\n' | spell >bare.mam
	for tail in named bare; do
		run -65 bash -c "cat whole.mam $tail.mam | pass --bytes >out.mam"
		[[ $output == *"holds records already, not byte chunks"* ]]
	done
}

@test "a command that writes a whole stream and then fails is not believed" {
	run -0 statuses 'pass --bytes -- sh -c "cat whole.mam; exit 77" | pass --null'
	[[ $output == *"exited with 77"* ]]
	[[ $output == *"statuses: 77 77"* ]]
	run -0 bash -c 'pass --bytes -- cat whole.mam | pass --null'
}

@test "a parent that ignores SIGCHLD does not hide how a command ended" {
	ignoring() { python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"; }
	ignoring pass --chunks -- seq 3 >out.mam
	run -0 pass --null <out.mam
	run -75 ignoring pass --chunks -- sh -c 'exit 75' >out.mam
}

@test "MAM_STEP names a stage: in messages, summaries, counters and aborts, and not another's failure" {
	MAM_STEP=first run --separate-stderr -65 pass --fail 3 <whole.mam
	[[ $stderr == "pass[first]: record 3: asked to fail"* ]]
	# The stage after it reports the failure in the name of the stage that failed.
	run -65 bash -c 'MAM_STEP=first pass --fail 3 <whole.mam 2>/dev/null | MAM_STEP=last pass --null'
	[ "${lines[-1]}" = "pass[first]: record 3: asked to fail" ]
	mkdir run
	MAM_STEP=only MAM_LOG=json MAM_RUN_DIR=run pass --null <whole.mam 2>err
	[ "$(jq -r .stage err)" = "pass[only]" ]
	[ "$(jq -r .stage run/pass.*.json)" = "pass[only]" ]
	MAM_LOG='' MAM_STEP=only pass --null <whole.mam 2>err
	grep -q '^pass\[only\]: .* records in' err
	MAM_LOG='' MAM_STEP='' pass --null <whole.mam 2>err
	grep -q '^pass: .* records in' err
	MAM_STEP='a b' run -64 pass --null <whole.mam
	[ "$output" = "pass: MAM_STEP: \"a b\" is not a name of at most 64 letters, digits, '.', '_' and '-'" ]
}

@test "the stage named by an abort is shown as foreign text is: one line, valid JSON" {
	hostile aborted.mam 'header()' "abort('a\"b\\n\\x1b[31m', 65, 'no \"q\"')"
	run -65 pass --null <aborted.mam
	[ "$output" = 'a"b\n\u001b[31m: no "q"' ]
	run -65 env MAM_LOG=json pass --null <aborted.mam
	[ "$(jq -r .stage <<<"${lines[0]}")" = $'a"b\n\e[31m' ]
}

@test "an abort keeps its status where the text before it cannot be written" {
	hostile aborted.mam 'header()' "b'\\x81' + text('a') + b'\\x01'" "abort('x', 77, 'no')"
	run -77 bash -c 'to-json <aborted.mam >/dev/full'
	[ "$output" = "x: no" ]
	run -77 python3 -c 'import os, subprocess
read, write = os.pipe()
os.close(read)
raise SystemExit(subprocess.call(["to-json"], stdin=open("aborted.mam"), stdout=write))'
}

@test "a log that nobody reads hides no status: neither a failure's nor a success's" {
	deaf() { python3 -c 'import os, subprocess, sys
read, write = os.pipe()
os.close(read)
raise SystemExit(subprocess.call(sys.argv[1:], stderr=write))' "$@"; }
	run -65 deaf pass --fail 3 <whole.mam >out.mam
	deaf pass --fail 3 <whole.mam >out.mam || true
	run -65 pass --null <out.mam
	[ "$output" = "pass: record 3: asked to fail" ]
	run -0 deaf env MAM_LOG=text pass --null <whole.mam
	run -65 deaf pass --null <out.mam
}

@test "the summary of a failed stage says what it had put out" {
	run -65 env MAM_LOG=json bash -c 'pass --fail 3 <whole.mam >out.mam'
	[ "$(jq -r '"\(.records_in) \(.records_out)"' <<<"${lines[-1]}")" = "3 2" ]
	[ "$(jq .bytes_out <<<"${lines[-1]}")" -gt 10000 ]
}

@test "rejects go neither over the input nor over another stage's rejects" {
	cp whole.mam again.mam
	run -64 bash -c 'pass --reject 2 --max-rejects 1 --rejects again.mam <again.mam >out.mam'
	[[ $output == *"again.mam\" is the input itself: name another file" ]]
	cmp whole.mam again.mam
	mkfifo slow
	pass --rejects shared.mam <slow >out.mam &
	exec 7>slow
	for _ in $(seq 50); do
		[ ! -e shared.mam ] || break
		sleep 0.1
	done
	# It may exist for a moment before it is locked.
	sleep 0.2
	run -64 bash -c 'pass --reject 1 --max-rejects 1 --rejects shared.mam <whole.mam >out2.mam'
	[[ $output == *"another stage writes to \"shared.mam\": give each stage a file of its own" ]]
	cat whole.mam >&7
	exec 7>&-
	wait
	run -0 pass --null <shared.mam
	echo 'longer than any stream of rejects that is empty' >shared.mam
	yes | head -c 9000 >>shared.mam
	run -0 bash -c 'pass --rejects shared.mam <whole.mam >out.mam'
	run -0 pass --null <shared.mam
}

@test "a file of options may come from any editor, and nothing else is taken for one" {
	printf '\xef\xbb\xbf--fail 3\r\n--max-rejects 2' >bom
	run -65 bash -c 'pass @bom <whole.mam >out.mam'
	[[ $output == *"record 3"* ]]
	printf '\xff\xfe-\0-\0' >utf16
	run -64 bash -c 'pass @utf16 <whole.mam >out.mam'
	[ "$output" = "pass: @utf16 holds a NUL byte: it is to be UTF-8 text" ]
	run -64 timeout 20 pass @/dev/zero
	[[ $output == *"@/dev/zero: a file of options is larger than"* ]]
}

@test "a long record is looked at once, however many reads it takes" {
	# CPU seconds of a stage that is given one record of so many million values through a pipe, the best of three.
	seconds() {
		python3 -c 'import sys; sys.stdout.write("{\"a\":[" + "1," * (int(sys.argv[1]) * 1000000) + "1]}")' "$1" | from-json >long.mam
		for _ in 1 2 3; do
			head -c 99999999 long.mam | MAM_LOG=json pass --null 2>&1 | sed -n 's/.*"cpu_seconds":\([0-9.]*\).*/\1/p'
		done | sort -n | head -n 1
	}
	one=$(seconds 3)
	eight=$(seconds 24)
	echo "3 million values: $one s, 24 million: $eight s"
	# Eight times the bytes are 8 times the work, or 64 times where each read begins again.
	awk -v one="$one" -v eight="$eight" 'BEGIN { exit !(eight < 24 * (one + 0.002)) }'
}

@test "a control item that is not valid is 76, wherever it is broken" {
	# The window of a coverage names a field twice, a state holds bad UTF-8, a header's run too.
	python3 - <<-'END'
	head = b'\xc7\x06\x10\x81\xa3mam\x01'
	def ext(number, payload):
	    return b'\xc7' + bytes([len(payload), number]) + payload
	open('coverage.mam', 'wb').write(head + ext(19, b'\x82\xa6window\x82\xa1d\x01\xa1d\x02\xa7records\x00'))
	open('state.mam', 'wb').write(head + ext(18, b'\x82\xa3key\xa1k\xa5value\xa1\xff'))
	open('run.mam', 'wb').write(ext(16, b'\x82\xa3mam\x01\xa3run\xa1\xff'))
	open('list.mam', 'wb').write(head + ext(18, b'\x91\x01'))
	END
	for file in coverage state run list; do
		run -76 bash -c "pass <$file.mam | cat >out"'; exit ${PIPESTATUS[0]}'
		[[ $output == *"the input breaks mam-stream(5)"*"a control item"* ]]
	done
}

@test "a changed bit in a file is 76, also where it makes a value bad" {
	# normalize looks at the values before it sees the seal: the damage is not the producer's bad data.
	seq 1 20 | sed 's/.*/{"id":"&","cost":"&.50"}/' | from-json >good.mam
	cat >flip.py <<-'END'
	import subprocess, sys
	good = open('good.mam', 'rb').read()
	begin, end = good.index(b'\xa2id'), good.rindex(b'\xa7records')
	seen = {}
	for at in range(begin, end - 4):
	    bad = bytearray(good)
	    bad[at] ^= 1 << at % 8
	    open('bad.mam', 'wb').write(bad)
	    p = subprocess.run('normalize id:int cost:decimal <bad.mam 2>err | cat >out; exit ${PIPESTATUS[0]}',
	                       shell=True, executable='/bin/bash')
	    seen[p.returncode] = seen.get(p.returncode, 0) + 1
	    if p.returncode != 76:
	        sys.exit(f'bit {at % 8} of byte {at}: {p.returncode}: ' + open('err').read())
	print(seen)
	END
	run -0 python3 flip.py
	[[ $output == '{76: '*'}' ]]
	# The message has both: the value, and the end mark that does not agree.
	sed 's/"3"/"x"/; s/\xa13/\xa1x/' good.mam >bad.mam
	run -76 bash -c 'normalize id:int cost:decimal <bad.mam | cat >out; exit ${PIPESTATUS[0]}'
	[ "$output" = 'normalize: record 3: id: "x" is not an int; but the stream was changed or cut on its way: its end mark does not agree' ]
	# Bad data under a right seal is 65, and so is what comes through a pipe: its writer may take hours.
	printf '%s\n' '{"id":"x"}' '{"id":"1"}' | from-json >honest.mam
	run -65 bash -c 'normalize id:int <honest.mam | cat >out; exit ${PIPESTATUS[0]}'
	[ "$output" = 'normalize: record 1: id: "x" is not an int' ]
	run -65 bash -c 'cat bad.mam | normalize id:int cost:decimal | cat >out; exit ${PIPESTATUS[1]}'
	# A live writer that never ends holds nobody up.
	run -65 timeout 10 bash -c 'normalize id:int < <(head -c -1 honest.mam; exec sleep 30 2>/dev/null 3>&-) | cat >out; exit ${PIPESTATUS[0]}'
	# The end mark of another stream behind it is not this one's.
	cat honest.mam good.mam >both.mam
	run -65 bash -c 'normalize id:int <both.mam | cat >out; exit ${PIPESTATUS[0]}'
}

@test "a failure is in a log once, and it is the last line; in another log it is there too" {
	run -65 sh -c 'pass --fail 3 <whole.mam | pass | pass --null'
	[ "$output" = "pass: record 3: asked to fail" ]
	(pass --fail 3 <whole.mam | pass | pass --null) 2>shared.log || true
	[ "$(cat shared.log)" = "pass: record 3: asked to fail" ]
	pass --fail 3 <whole.mam 2>first.log | pass | pass --null 2>last.log || true
	[ "$(cat first.log)" = "pass: record 3: asked to fail" ]
	[ "$(cat last.log)" = "pass: record 3: asked to fail" ]
	# An abort that lies in a file was told in its time; who reads it now is told again.
	run -65 bash -c 'pass --fail 3 <whole.mam >aborted.mam; pass --null <aborted.mam'
	[ "${#lines[@]}" = 2 ]
	# Records that a text writer put onto the same terminal come after the first line: it is repeated below them.
	run -65 bash -c 'seq 5 | sed "s/.*/{\"a\":\"&\"}/;\$s/5/x/" | from-json | normalize a:int | to-json'
	[ "$output" = $'normalize: record 5: a: "x" is not an int\n{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\nnormalize: record 5: a: "x" is not an int' ]
	# Of a log that took nothing, nothing is missing.
	run -65 bash -c 'pass --fail 3 <whole.mam 2>/dev/full | pass --null'
	[ "$output" = "pass: record 3: asked to fail" ]
}
