# SPDX-License-Identifier: MIT
# fetch-api: what a hostile or broken server can send. Each has a clear message, the right status,
# an abort in the stream, and loads nothing.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	rm -f base.url
}

teardown() {
	http_stop
	[ -z "${HOSTILE_PID:-}" ] || kill "$HOSTILE_PID" 2>/dev/null || true
}

hostile_start() {
	"$MAM_ROOT/tests/servers/hostile" --parent $$ >hostile.url 2>hostile.err 3>&- &
	HOSTILE_PID=$!
	local tries=0
	until [ -s hostile.url ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$HOSTILE_PID" || return 1
		sleep 0.05
	done
	BASE=$(cat hostile.url)
}

# refused STATUS TEXT OPTION...: as fails, and the stream ends with an abort, and nothing of it is loaded.
refused() {
	local status=0
	fails "$@" || return 1
	[ "$("$MAM_ROOT/tests/tools/look" abort <out.mam | jq -r '"\(.stage) \(.exit)"')" = "fetch-api $1" ] || return 1
	normalize a:int <out.mam 2>/dev/null | load-sqlite --to t.db --table t --create 2>/dev/null || status=$?
	[ "$status" = "$1" ] || return 1
	[ "$(sqlite3 t.db 'select count(*) from t' 2>/dev/null || echo 0)" = 0 ] || return 1
	# One line, however long and whatever was sent.
	[ "$(wc -l <err)" -eq 1 ] && [ "$(wc -c <err)" -lt 1000 ] && ! grep -q '[[:cntrl:]]' err
}

# table OPTION...: each line of standard input is NAME|STATUS|REQUESTS|TEXT, a behaviour of the server and what comes of it.
table() {
	local name wanted times text bad=0
	while IFS='|' read -r name wanted times text; do
		echo "$name" >>"$BATS_FILE_TMPDIR/tested"
		refused "$wanted" "$text" --retries 1 --max-response 16M --max-time 20s --read-timeout 5s --url "$BASE/$name" "$@" || {
			echo "$name: $(cat err)"
			bad=1
		}
		[ "$(curl -s "$BASE/asked")" = "$times" ] || {
			echo "$name: not $times requests"
			bad=1
		}
	done
	return $bad
}

# fetch OPTION...: as of the other tests, but with only the last message, which is the one that counts where a request is tried again.
fetch() {
	local status=0
	HOME=$BATS_TEST_TMPDIR fetch-api --backoff 1ms --interval 1ms "$@" 2>messages || status=$?
	grep -v '; trying again in' messages >&2 || true
	return $status
}

@test "hostile: parts of an answer without end" {
	hostile_start
	table <<-'END'
	endless-status|69|1|a line of the headers is too long
	endless-header|69|1|a line of the headers is too long
	endless-headers|69|1|the headers of the answer are larger than 256 KiB
	endless-small-headers|69|1|the headers of the answer are larger than 256 KiB
	endless-cookies|69|1|the headers of the answer are larger than 256 KiB
	endless-folds|69|1|the headers of the answer are larger than 256 KiB
	endless-1xx|69|1|the headers of the answer are larger than 256 KiB
	endless-103|69|1|the headers of the answer are larger than 256 KiB
	endless-trailers|69|1|the headers of the answer are larger than 256 KiB
	endless-chunk-size|75|2|(tried 2 times, see --retries)
	endless-body|65|1|the answer is larger than 16777216 bytes (see --max-response)
	endless-space|65|1|the answer is larger than 16777216 bytes
	endless-number|65|1|the answer is larger than 16777216 bytes
	endless-string|65|1|the answer is larger than 16777216 bytes
	endless-name|65|1|the answer is larger than 16777216 bytes
	endless-names|65|1|the answer is larger than 16777216 bytes
	endless-depth|65|1|the answer is larger than 16777216 bytes
	endless-gzip|65|1|the answer is larger than 16777216 bytes
	error-endless|65|1|the answer is larger than 16777216 bytes
	error-500-endless|65|1|the answer is larger than 16777216 bytes
	END
	table --max-response 1M <<<'endless-chunks|65|1|the answer is larger than 1048576 bytes'
	# Nothing of a chunk's extension is part of the body: time is its limit.
	table --max-time 1s <<<'endless-chunk-extension|75|1|see --max-time'
}

@test "hostile: lengths and chunks that contradict each other or are none" {
	hostile_start
	table <<-'END'
	two-lengths|75|2|the answer has more than one Content-Length, or one that is none
	length-list|75|2|the answer has more than one Content-Length, or one that is none
	length-negative|75|2|tried 2 times
	length-text|75|2|tried 2 times
	length-huge|75|2|tried 2 times
	length-8-exabyte|75|2|tried 2 times
	length-short|65|2|the answer is not JSON: line 1 column 17: an array has no end
	length-zero|65|2|the answer is empty (see --allow-empty)
	chunk-negative|75|2|tried 2 times
	chunk-huge|75|2|tried 2 times
	chunk-too-huge|75|2|tried 2 times
	chunk-text|75|2|tried 2 times
	chunk-no-newline|75|2|tried 2 times
	transfer-unknown|69|1|the answer has a coding that is not known: rot13
	END
	# The same of a file, whose own end nobody knows.
	table --decoder raw --accept-json <<-'END'
	two-lengths|75|2|the answer has more than one Content-Length, or one that is none
	length-list|75|2|the answer has more than one Content-Length, or one that is none
	length-huge|75|2|tried 2 times
	length-8-exabyte|75|2|tried 2 times
	chunk-huge|75|2|tried 2 times
	END
	# RFC 9112, 6.3: chunks count.
	[ "$(records --url "$BASE/length-and-chunked")" = $'{"a":1}\n{"a":2}' ]
	echo length-and-chunked >>"$BATS_FILE_TMPDIR/tested"
}

@test "hostile: heads that are none" {
	hostile_start
	table <<-'END'
	no-http|69|1|HTTP
	http-0.9|69|1|HTTP
	http-9.9|69|1|HTTP
	status-text|69|1|HTTP
	status-000|69|1|GET
	status-099|69|1|GET
	status-1000|69|1|GET
	status-101|69|1|101
	status-999|75|2|999
	header-nul|75|2|tried 2 times
	header-no-colon|75|2|tried 2 times
	only-newlines|69|1|GET
	nothing|75|2|tried 2 times
	END
}

@test "hostile: codings that are broken, unknown, or bombs" {
	hostile_start
	table <<-'END'
	coding-unknown|69|1|the answer has a coding that is not known: UTF-8
	gzip-garbage|75|2|tried 2 times
	gzip-not|75|2|tried 2 times
	gzip-and-more|75|2|the body goes on after the end of its content coding
	gzip-crc|75|2|tried 2 times
	gzip-6-times|75|2|tried 2 times
	br-garbage|75|2|tried 2 times
	zstd-garbage|75|2|tried 2 times
	zstd-window|75|2|tried 2 times
	gzip-bomb|65|1|the answer is larger than 16777216 bytes
	gzip-bomb-twice|65|1|the answer is larger than 16777216 bytes
	END
	# In constant memory.
	(ulimit -v 300000 && refused 65 'larger than 16777216 bytes' --url "$BASE/gzip-bomb" --max-response 16M)
}

@test "hostile: JSON that is none, and JSON that goes wrong late" {
	hostile_start
	table <<-'END'
	json-deep|65|1|nested deeper than 64 levels
	json-deep-objects|65|1|nested deeper than 64 levels
	json-nul|65|1|line 1 column 9
	json-twice|65|1|more than one value
	json-half-surrogate|65|1|a lone surrogate in a string
	json-utf-16|65|1|the text is not UTF-8
	json-not-utf-8|65|1|invalid UTF-8
	json-number|65|1|a number needs more than 4096 digits
	json-digits|65|1|a number is longer than 8192 bytes
	json-nan|65|1|a value is expected
	json-duplicate-last|65|1|line 1 column 14009: a repeated name in an object
	json-scalar|65|1|it is no object (see --record-path and --wrap)
	json-open|65|2|the text ends where a value is expected
	json-control|65|1|a control character in a string
	large-cut|65|2|the text ends where a value is expected
	large-duplicate|65|1|column 9500009: a repeated name in an object
	large-not-utf-8|65|1|column 9500008: invalid UTF-8
	large-more|65|1|more than one value
	large-list|65|1|record 500001 of the answer: it is no object
	large-deep|65|1|nested deeper than 64 levels
	END
	table --record-path d <<<'large-error-nothing|69|1|too late'
	# Records beside an error are sent, and not covered.
	fetch --url "$BASE/large-error" --record-path d --cover day=1 >out.mam 2>err
	echo large-error >>"$BATS_FILE_TMPDIR/tested"
	grep -qF 'too late (the answer has "errors" and records' err
	[ "$(to-json <out.mam | wc -l)" -eq 500001 ]
	run ! grep -qa window out.mam
}

@test "hostile: redirects" {
	hostile_start
	table <<-'END'
	redirect-file|69|1|it redirects to a URL that is not http or https
	redirect-ftp|69|1|it redirects to a URL that is not http or https
	redirect-gopher|69|1|it redirects to a URL that is not http or https
	redirect-dict|69|1|it redirects to a URL that is not http or https
	redirect-ldap|69|1|it redirects to a URL that is not http or https
	redirect-data|69|1|it redirects to a URL that is not http or https
	redirect-javascript|69|1|it redirects to a URL that is not http or https
	redirect-unix|69|1|it redirects to a URL that is not http or https
	redirect-control|69|1|it redirects to a URL that is not http or https
	redirect-bad-port|69|1|it redirects to a URL that is not http or https
	redirect-bad-host|69|1|it redirects to a URL that is not http or https
	redirect-backslash|69|1|it redirects to a URL that is not http or https
	redirect-user|69|1|it redirects to a URL with a user in it
	redirect-empty|69|1|302
	redirect-long|69|1|a line of the headers is too long
	redirect-spaces|75|2|tried 2 times
	redirect-no-host|75|2|tried 2 times
	redirect-not-utf-8|69|2|404 not here
	redirect-dots|69|2|404 not here
	redirect-fragment|69|11|it redirects more than 10 times
	redirect-self|69|11|it redirects more than 10 times
	redirect-onwards|69|11|it redirects more than 10 times
	redirect-endless-body|69|1|it redirects with a body larger than 1 MiB
	END
	# The first of two counts.
	[ "$(records --url "$BASE/redirect-twice")" = $'{"a":1}\n{"a":2}' ]
	echo redirect-twice >>"$BATS_FILE_TMPDIR/tested"
}

@test "hostile: pages without end, errors that speak" {
	hostile_start
	table --record-path d --paginator json-link --next-url-path next --max-pages 50 <<-'END'
	pages-onwards|65|50|there are more than 50 pages (see --max-pages)
	pages-empty|65|50|there are more than 50 pages (see --max-pages)
	pages-self|65|2|page 2 leads to a page that was there before
	END
	table --record-path d --paginator cursor --cursor-path cursor --cursor-param c --max-pages 50 <<-'END'
	pages-onwards|65|50|there are more than 50 pages
	pages-empty|65|50|there are more than 50 pages
	END
	table <<-'END'
	error-deep|69|1|400
	error-terminal|69|1|400 \u001b]0;x\u0007\u202e\u009b31m\r\nfetch-api: all is well
	error-empty|69|1|400
	END
	# Each behaviour of the server has been in a table.
	[ "$(sort -u "$BATS_FILE_TMPDIR/tested")" = "$("$MAM_ROOT/tests/servers/hostile" --list | sort)" ]
}

# cuts KIND OPTION...: the answer of the server, cut at every byte.
cuts() {
	local kind=$1 size whole n
	shift
	size=$(curl -s "$BASE/size/$kind")
	[ "$size" -gt 60 ]
	# Tried again: each record gets the whole answer, once, in order.
	seq 0 "$size" | sed 's/.*/{"n":&}/' | from-json >in.mam
	fetch --each --concurrency 8 --retries 1 --url "$BASE/once/$kind/{n}" --include n "$@" <in.mam >out.mam
	[ "$(to-json <out.mam | jq -r .n | uniq)" = "$(seq 0 "$size")" ]
	[ "$(to-json <out.mam | jq -c 'del(.n)' | sort | uniq -c | awk '{print $1}' | sort -u)" = $((size + 1)) ]
	# Not tried again: 75 at every byte. The last line end of a chunked body is the only one that nobody needs.
	whole=$((size - 1))
	[[ $kind != *chunked ]] || whole=$((size - 2))
	for ((n = 0; n <= whole; n++)); do
		fails 75 "/cut/$kind/$n: " --retries 0 --allow-empty --url "$BASE/cut/$kind/$n" "$@" || return 1
		run ! to-json <out.mam
	done
}

@test "hostile: an answer that is cut at any byte, of its headers too, is never whole" {
	hostile_start
	cuts length
	cuts chunked
	cuts gzip
	cuts continue
	cuts file --decoder raw
	cuts file-chunked --decoder raw
}

@test "hostile: one of many requests at once is cut" {
	hostile_start
	for ((n = 0; n < $(curl -s "$BASE/size/length"); n += 7)); do
		for i in {1..20}; do [ "$i" = 11 ] && echo "{\"u\":\"$BASE/cut/length/$n\"}" || echo "{\"u\":\"$BASE/good?$i\"}"; done |
			from-json >in.mam
		refused 75 "record 11: GET $BASE/cut/length/$n: " --each --concurrency 8 --retries 0 --allow-private --url '{u}' <in.mam
	done
}
