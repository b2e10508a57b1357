# SPDX-License-Identifier: MIT
# The first batch, yahoo-search-campaign-daily, from the practice ad server into
# SQLite: every value is compared with what the server made up. The other databases
# are in media-yahoo-search.bats.

load helper
load ads

# The batch as a tarball has it, somewhere else: programs in bin, batches in pipelines.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir root
	ln -s "$MAM_BIN" root/bin
	cp -r "$MAM_ROOT/pipelines" root
	export HOME=$PWD FROM=2026-07-01 TO=2026-07-04 TARGET=$PWD/ads.db TABLE=yahoo_$$_$BATS_TEST_NUMBER
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	export YAHOO_ACCOUNT_ID=11111111 YAHOO_BASE_ACCOUNT_ID=10000001
}

teardown() {
	ads_stop
}

practice() { # OPTION...
	ads_start --today 2026-07-10 --polls 0 --rate 0 "$@"
	export BASE_URL=$ADS
}

# Waits of seconds and minutes are none here.
hurried() {
	sed -i -e 's/\(rate-limited\|retry\) [0-9]*s$/\1 20ms/' -e '$a\
--backoff 20ms\
--rate 1000/1s' root/pipelines/media/yahoo-search.api
}

batch() {
	root/pipelines/yahoo-search-campaign-daily-sqlite
}

rows() {
	local query
	[ -s expected ] || curl -sS --fail "$ADS/practice/expected?from=$FROM&to=$TO" >expected
	query=$("$MAM_ROOT/tests/servers/practice/table.py" select sqlite "$TABLE" expected)
	sqlite3 -tabs ads.db "$query"
}

# The table holds what the last report held, and nothing else.
holds_the_truth() {
	curl -sS --fail "$ADS/practice/expected" >expected
	[ "$(wc -l <expected)" -gt 1 ]
	rows >table
	"$MAM_ROOT/tests/servers/practice/table.py" compare table expected
}

asked() { # OPERATION: how often
	ads_log "select(.op == \"$1\")" | wc -l
}

# A run that fails with this status changes nothing; what it said is in $output.
fails() { # STATUS
	rows >before
	run -"$1" batch
	rows | cmp before -
	[ "$(sqlite3 ads.db 'SELECT count(*) FROM sqlite_schema')" -eq 2 ] # the table and its key
}

@test "as it is, with no change but the base URL: into SQLite, and the report is removed" {
	practice --polls 1 --repeat 7 --rate 5
	batch
	holds_the_truth
	[ "$(curl -sS "$ADS/practice/reports" | jq -c '[.status, .removed]')" = '["COMPLETED",true]' ]
	[ "$(ads_log .op | tr -d '"' | tr '\n' ' ')" = 'token add get get download remove ' ]
}

@test "the three variants differ in their loader alone" {
	for kind in mysql sqlite; do
		grep -q "^export LOADER=load-$kind TARGET=" "$MAM_ROOT/pipelines/yahoo-search-campaign-daily-$kind"
	done
	grep -q 'LOADER:-load-pg' "$MAM_ROOT/pipelines/yahoo-search-campaign-daily"
}

@test "a report without rows empties its days; a window of another account stays" {
	practice
	batch
	sqlite3 ads.db "UPDATE $TABLE SET account_id = 7 WHERE campaign_id = 1000000000"
	[ "$(sqlite3 ads.db "SELECT count(*) FROM $TABLE WHERE account_id = 7")" -eq 3 ]
	ads_set '{"rows": 0}'
	batch
	[ "$(sqlite3 ads.db "SELECT count(*), min(account_id) FROM $TABLE")" = '3|7' ]
}

# Another form of the download: FORM is sed's words for the report's definition, the rest options of from-csv.
as_sent() { # FORM OPTION...
	sed -i "$1" root/pipelines/media/yahoo-search-campaign-daily.json
	shift
	sed -i "s/from-csv |/from-csv $* |/" root/pipelines/yahoo-search-campaign-daily
}

@test "the download in Shift_JIS, CSV" {
	practice
	as_sent 's/"UTF8"/"SJIS"/; s/"ZIP"/"NONE"/' --encoding CP932
	batch
	holds_the_truth
}

@test "the download in UTF-16LE with and without its mark, TSV" {
	practice
	as_sent 's/"UTF8"/"UTF16LE"/; s/"ZIP"/"NONE"/; s/"CSV"/"TSV"/' --encoding UTF-16LE --delimiter tab
	batch
	holds_the_truth
	ads_set '{"bom": []}'
	rm ads.db
	batch
	holds_the_truth
}

@test "the download in UTF-8 with a mark and CR LF, not zipped" {
	practice --bom UTF8 --newline crlf
	as_sent 's/"ZIP"/"NONE"/'
	batch
	holds_the_truth
}

@test "the download in Shift_JIS, TSV, zipped, with its row of totals" {
	practice
	as_sent 's/"UTF8"/"SJIS"/; s/"CSV"/"TSV"/; s/"reportSkipReportSummary": "TRUE"/"reportSkipReportSummary": "FALSE"/' \
		--encoding CP932 --delimiter tab --drop-last 1
	batch
	holds_the_truth
}

@test "the row of totals that nobody left out is an error, not a row" {
	practice
	batch
	as_sent 's/"reportSkipReportSummary": "TRUE"/"reportSkipReportSummary": "FALSE"/'
	fails 65
	[[ $output == *'normalize: record 1001: day: "" is not a date'* ]]
}

@test "a name that Yahoo! gives another column, or a new value of an enumeration, is an error" {
	practice
	batch
	sed -i 's/:text=配信状況/:text=配信/' root/pipelines/media/yahoo-search-campaign-daily.fields
	fails 65
	[[ $output == *'配信'* ]]
	sed -i 's/:text=配信;/:text=配信状況;/; s/,停止:STOP//' root/pipelines/media/yahoo-search-campaign-daily.fields
	fails 65
	[[ $output == *'status: "停止"'* ]]
}

@test "errors of the first kind, an HTTP status: 403 and 0098 is for good, credentials are 77" {
	practice
	hurried
	batch
	ads_fault 'at=add do=status status=403 code=0098'
	fails 77
	[[ $output == *'403'*'0098'* ]]
	ads_fault 'at=add do=status status=400 code=0114'
	fails 69
	YAHOO_REFRESH_TOKEN=stale HOME=$PWD/elsewhere fails 77
	unset YAHOO_CLIENT_SECRET
	fails 78
	[[ $output == *YAHOO_CLIENT_SECRET* ]]
}

@test "errors of the second kind, 200 and errors at the top" {
	practice
	hurried
	batch
	for at in add get download; do
		ads_fault "at=$at do=full-error code=R0001"
		fails 69
		[[ $output == *R0001* ]]
	done
}

@test "errors of the third kind, 200 and errors of one element" {
	practice
	hurried
	batch
	for at in add get; do
		ads_fault "at=$at do=part-error code=LT001"
		fails 69
		[[ $output == *LT001* ]]
	done
	# One that the server finds itself.
	sed -i 's/"CAMPAIGN_NAME"/"CAMPAIGN_TITLE"/' root/pipelines/media/yahoo-search-campaign-daily.json
	fails 69
	[[ $output == *V0001* ]]
}

@test "a report that fails is 69 with the medium's reason" {
	practice
	hurried
	batch
	ads_fault 'at=add do=fail-report'
	fails 69
	[[ $output == *'the job has failed, its status is "FAILED": Over limit of file size.'* ]]
	# It stays, to be looked at.
	[ "$(curl -sS "$ADS/practice/reports" | jq -c 'select(.removed | not) | .status')" = '"FAILED"' ]
}

@test "JSON where the file should be, asked too early: once is waited out, for ever is 75" {
	practice
	hurried
	ads_fault 'at=download do=full-error code=S0001 count=2'
	batch
	holds_the_truth
	[ "$(asked download)" -eq 3 ]
	ads_fault 'at=download do=full-error code=S0001 count=0'
	fails 75
}

@test "a storm of faults is weathered, each request its own" {
	practice
	hurried
	for at in add get download remove; do
		ads_fault "at=$at do=status status=500 code=0002" "at=$at do=status status=503 code=0099" \
			"at=$at do=status status=429 retry-after=0" "at=$at do=status status=403 code=0003"
	done
	ads_fault 'at=token do=status status=503' 'at=get do=expire skip=4' 'at=download do=reset bytes=100 skip=4'
	batch
	holds_the_truth
	[ "$(asked download)" -eq 6 ]
	[ "$(curl -sS "$ADS/practice/reports" | jq -c 'select(.status == "COMPLETED") | .removed')" = true ]
}

@test "a download that breaks off is fetched again, one that never comes whole is 75 and loads nothing" {
	practice
	hurried
	ads_fault 'at=download do=truncate bytes=2000' 'at=download do=reset bytes=2000' 'at=download do=slow bytes=20000 seconds=0.01'
	batch
	holds_the_truth
	for fault in 'truncate bytes=2000' 'reset bytes=2000' 'status status=503' 'status status=403 code=0003'; do
		ads_fault "at=download do=$fault count=0"
		fails 75
		curl -sS -X DELETE "$ADS/practice/faults"
	done
}

@test "a download that ends early and says that this was all is found by the zip" {
	practice
	hurried
	batch
	# Nothing at all is no file, so it is fetched again.
	ads_fault 'at=download do=cut bytes=0'
	batch
	[ "$(asked download)" -eq 3 ]
	# A zip without its end is fetched again in the same run, and 75 if it never comes whole.
	for bytes in 100 2000 20000; do
		asked=$(asked download)
		ads_fault "at=download do=cut bytes=$bytes"
		batch
		[ "$(asked download)" -eq $((asked + 2)) ]
	done
	rows >before
	for bytes in 100 20000; do
		ads_fault "at=download do=cut bytes=$bytes count=0"
		fails 75
		[[ $output == *'fetch-api: POST '*'/download: 200 the answer is a zip file without its end: it was cut'* ]]
		curl -sS -X DELETE "$ADS/practice/faults"
	done
	# One byte is not a zip, but not the report either.
	ads_fault "at=download do=cut bytes=1"
	fails 65
}

@test "a removal whose answer is lost is no failure" {
	practice
	hurried
	ads_fault 'at=remove do=reset bytes=10'
	batch
	[ "$(asked remove)" -eq 2 ]
	[ "$(curl -sS "$ADS/practice/reports" | jq -c .removed)" = true ]
}

@test "a removal that fails is a message: all rows are loaded" {
	practice
	hurried
	for fault in 'status status=403 code=0098' 'status status=503 count=0' 'full-error code=R0001'; do
		ads_fault "at=remove do=$fault"
		run -0 batch
		[[ $output == *'fetch-api: POST '*'/remove: '* ]]
		holds_the_truth
		curl -sS -X DELETE "$ADS/practice/faults"
		rm ads.db
	done
}

# How many stages of a batch with this process id still run.
followers() { # PID
	grep -lz "^MAM_BATCH_PID=$1$" /proc/[0-9]*/environ 2>/dev/null | wc -l
}

@test "a batch that is stopped by TERM, INT, HUP or KILL takes its pipe with it, and nothing loads" {
	practice
	hurried
	batch
	ads_set '{"restated": 3}'
	rows >before
	for signal in TERM KILL HUP INT; do
		# The download takes many seconds, and then everything would load.
		ads_fault 'at=download do=slow bytes=300 seconds=0.1 count=0'
		asked=$(asked download)
		# As a launcher or a terminal starts it: a process group of its own, and INT is not ignored as after "&".
		python3 -c 'import os, signal, sys
os.setsid()
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' root/pipelines/yahoo-search-campaign-daily-sqlite 2>log 3>&- &
		pid=$!
		tries=0
		until [ "$(asked download)" -gt "$asked" ]; do
			[ $((tries++)) -lt 200 ] || { cat log; return 1; }
			sleep 0.05
		done
		[ "$(followers $pid)" -ge 5 ]
		# Control-C reaches the whole group; bash alone would leave INT to its children.
		case $signal in
		INT) kill -INT -- -$pid ;;
		*) kill -"$signal" $pid ;;
		esac
		wait $pid && return 1
		tries=0
		until [ "$(followers $pid)" -eq 0 ]; do
			[ $((tries++)) -lt 40 ] || { echo "$signal: $(followers $pid) stages go on"; return 1; }
			sleep 0.05
		done
		rows | cmp before -
		curl -sS -X DELETE "$ADS/practice/faults"
	done
	batch
	run ! cmp <(rows) before
}

@test "a setting that is missing is named, and nothing is asked" {
	practice
	unset YAHOO_ACCOUNT_ID
	run -1 batch
	[[ $output == *'YAHOO_ACCOUNT_ID: unbound variable'* ]]
	[ "$(ads_log .op | wc -l)" -eq 0 ]
}

@test "no server is 75" {
	practice
	hurried
	batch
	holds_the_truth
	ads_stop
	rows >before
	run -75 batch
	rows | cmp before -
}

@test "a rehearsal does everything and changes nothing" {
	practice
	batch
	rows >before
	ads_set '{"restated": 3}'
	MAM_DRY_RUN=1 run -0 batch
	[[ $output == *'dry run: 1000 records fit, 1000 rows would be deleted'* ]]
	rows | cmp before -
}

@test "it runs from anywhere, through a link, and its default window is the last seven days" {
	practice --today "$(TZ=Asia/Tokyo date +%F)"
	unset FROM TO
	mkdir cron.d
	ln -s ../root/pipelines/yahoo-search-campaign-daily-sqlite cron.d/job
	(cd / && PATH=/usr/bin:/bin "$OLDPWD/cron.d/job")
	[ "$(sqlite3 ads.db "SELECT min(day), max(day) FROM $TABLE")" = \
		"$(TZ=Asia/Tokyo date -d '7 days ago' +%F)|$(TZ=Asia/Tokyo date -d yesterday +%F)" ]
}

@test "no secret is seen: in arguments, in the log, in what a failure says" {
	practice
	hurried
	ads_fault 'at=token do=status status=400'
	run batch
	[ "$status" -ne 0 ]
	[[ $output != *practice-secret* ]]
	[[ $output != *practice-refresh* ]]
	run ! grep -rE 'secret=[^ ]|practice-' "$MAM_ROOT/pipelines"
}

@test "every request of the batch, and every answer of the practice server, keeps to the official API file" {
	need_shared media/specs/yahoo-search-v20.bundled.yaml
	spec=$MAM_SHARED/media/specs/yahoo-search-v20.bundled.yaml
	practice --polls 1 --log log --bodies
	hurried
	batch
	run "$MAM_ROOT/tests/servers/prism" check "$spec" log
	[ "$status" -ne 69 ] || skip "SKIPPED: $output"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '5 exchanges, 0 violations' ]
	# What breaks the contract is found: on our side, and on the server's.
	sed 's/"x-z-base-account-id": "10000001"/"x-z-base-account-id": "ten"/' log >wrong
	run -1 "$MAM_ROOT/tests/servers/prism" check "$spec" wrong
	[[ $output == *x-z-base-account-id* ]]
	python3 - log >wrong <<-'END'
		import base64, json, sys
		for line in open(sys.argv[1]):
		    entry = json.loads(line)
		    if "answer" in entry and entry["op"] == "get":
		        body = base64.b64decode(entry["answer"]["body"]).replace(b'"COMPLETED"', b'"DONE"')
		        entry["answer"]["body"] = base64.b64encode(body).decode()
		    print(json.dumps(entry))
	END
	run -1 "$MAM_ROOT/tests/servers/prism" check "$spec" wrong
	[[ $output == *'get: '*reportJobStatus* ]]
}

@test "every batch has the lines of mam-batch(5) in its head, and no logic" {
	for file in "$MAM_ROOT"/pipelines/*; do
		[ -f "$file" ] || continue
		[ -x "$file" ] || { echo "$file cannot be run"; return 1; }
		[ "$(sed -n 's/^# batch: //p' "$file")" = "$(basename "$file")" ]
		for key in about schedule target owner timeout retries os; do
			[ "$(grep -c "^# $key: ." "$file")" -eq 1 ] || { echo "$file: no line $key"; return 1; }
		done
		grep -qE '^# schedule: ([0-9*/,-]+ ){5}([A-Za-z]+/[A-Za-z_]+|UTC)$' "$file"
		run ! grep -nE '(^|[;&|])[[:space:]]*(if|for|while|until|case|select|function)[[:space:]]' "$file"
	done
}

@test "mam-batch(5) tells every key that a head has" {
	cat "$MAM_ROOT"/pipelines/*-* 2>/dev/null | sed -n 's/^# \([a-z]*\): .*/\1/p' | sort -u >used
	[ -s used ]
	while read -r key; do
		grep -q "^\.It Cm $key$" "$MAM_ROOT/man/mam-batch.5" || { echo "no $key"; return 1; }
	done <used
}
