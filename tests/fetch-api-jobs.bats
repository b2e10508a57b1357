# SPDX-License-Identifier: MIT
# fetch-api: asynchronous jobs, as six media have them (tests/servers/jobs).

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	"$MAM_ROOT/tests/servers/jobs" --parent $$ >base 2>server.err 3>&- &
	pid=$!
	local tries=0
	until [ -s base ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$pid" || { cat server.err; return 1; }
		sleep 0.05
	done
	B=$(cat base)
	export TOKEN=practice-token HOME=$PWD
	media
}

teardown() {
	kill "$pid" 2>/dev/null || true
}

# The options of each medium, as its .api file and batch would have them.
media() {
	local job='{create.rval.values.0.reportDefinition.reportJobId}' status=rval.values.0.reportDefinition
	yahoo=(--header 'Content-Type: application/json' --fail-on errors --fail-on 'rval.values[].errors'
		--on 'code=S0001 -> retry 1ms'
		--create-url "$B/yahoo/add" --create-body '{"operand":[{"day":"{from}"}]}'
		--poll-url "$B/yahoo/get" --poll-body '{"reportJobIds":['"$job"']}'
		--status-path "$status.reportJobStatus" --completed COMPLETED --running 'WAIT|IN_PROGRESS' --failed FAILED
		--error-path "$status.reportJobErrorDetail"
		--url "$B/yahoo/download" --body '{"reportJobId":'"$job"'}' --decoder raw
		--delete-url "$B/yahoo/remove" --delete-body '{"operand":[{"reportJobId":'"$job"'}]}')
	meta=(--on 'error.code=2637 -> retry 1ms'
		--create-url "$B/meta/act_1/insights" --create-param 'time_range={"since":"{from}"}'
		--poll-url "$B/meta/{create.report_run_id}"
		--status-path async_status --completed 'Job Completed' --failed 'Job Failed|Job Skipped'
		--running 'Job Not Started|Job Started|Job Running' --error-path error_message
		--url "$B/meta/{create.report_run_id}/insights" --record-path data
		--paginator cursor --cursor-path paging.cursors.after --cursor-param after --has-more-path paging.next)
	x=(--create-url "$B/x/stats/jobs" --create-param 'day={from}' --poll-url "$B/x/stats/jobs"
		--poll-param 'job_ids={create.data.id_str}' --status-path data.0.status --allow-missing
		--completed SUCCESS --running 'QUEUED|PROCESSING' --failed FAILED
		--url '{poll.data.0.url}' --any-host --decoder raw --header 'X-Account: 1')
	line=(--create-url "$B/line/pfreports" --create-body '{"since":"{from}"}'
		--poll-url "$B/line/pfreports" --poll-param 'ids={create.id}'
		--status-path datas.0.status --completed READY --running 'CREATED|PREPARING' --failed ERROR
		--url "$B/line/pfreports/{create.id}/download" --decoder raw
		--delete-url "$B/line/pfreports/{create.id}")
	microsoft=(--create-url "$B/microsoft/Submit" --create-body '{"day":"{from}"}'
		--poll-url "$B/microsoft/Poll" --poll-body '{"ReportRequestId":"{create.ReportRequestId}"}'
		--status-path ReportRequestStatus.Status --completed Success --running Pending --failed Error
		--url '{poll.ReportRequestStatus.ReportDownloadUrl}' --any-host --decoder raw
		--skip-without poll.ReportRequestStatus.ReportDownloadUrl)
	amazon=(--create-url "$B/amazon/reporting/reports" --create-body '{"startDate":"{from}"}'
		--create-header 'Content-Type: application/vnd.createasyncreportrequest.v3+json'
		--adopt 'reportId=detail~is a duplicate of : ([0-9A-Za-z-]+)'
		--poll-url "$B/amazon/reporting/reports/{create.reportId}" --status-path status
		--completed COMPLETED --running 'PENDING|PROCESSING' --failed 'FAILURE|CANCELLED' --error-path failureReason
		--url '{poll.url}' --any-host --decoder raw)
}

# jobs OPTION...: of one day, with short waits.
jobs() {
	fetch-api --auth bearer --token env:TOKEN --backoff 1ms --interval 1ms --from 2026-07-01 --to 2026-07-02 "$@"
}

# The same for the days of the records in "days", --each of which is a job.
each() {
	printf '{"from":"2026-07-%02d"}\n' {1..8} | from-json |
		fetch-api --each --auth bearer --token env:TOKEN --backoff 1ms --interval 1ms "$@"
}

setting() { # JSON
	curl -sS --fail --data "$1" "$B/practice/set"
}

made() { # JQ-FILTER: of each job
	curl -sS "$B/practice/jobs" | jq -c "$1"
}

# fails STATUS TEXT OPTION...: nothing is sealed, and the message contains TEXT.
fails() {
	local wanted=$1 text=$2 status=0
	shift 2
	jobs "$@" >out.mam 2>err || status=$?
	if [ "$status" != "$wanted" ] || ! grep -qF -- "$text" err; then
		printf 'status %s, not %s: %s\nwanted: %s\n' "$status" "$wanted" "$(cat err)" "$text"
		return 1
	fi
}

three='"1" "2" "3"'

# What "jobs OPTION..." downloads, as the numbers of its rows.
numbers() {
	jobs "$@" | from-csv | to-json | jq -c .n | tr '\n' ' ' | sed 's/ $//'
}

# A stream without records that covers its day, and no other one.
empties_its_day() { # STREAM
	sqlite3 a.db "CREATE TABLE t (day TEXT, n INTEGER); INSERT INTO t VALUES ('2026-07-01', 9), ('2026-07-02', 9)"
	normalize day:date n:int <"$1" | load-sqlite --to a.db --table t --mode delete-insert --key day 2>/dev/null
	[ "$(sqlite3 a.db 'SELECT day FROM t')" = 2026-07-02 ]
}

@test "Yahoo: a number of 10 digits deep in the answer, POST bodies, removed at the end" {
	[ "$(numbers "${yahoo[@]}")" = "$three" ]
	[ "$(made '[.id, .status, .removed]')" = '["2568854952","COMPLETED",true]' ]
	[ "$(curl -sS "$B/practice/log" | jq -r .op | tr '\n' ' ')" = \
		'yahoo-POST-add yahoo-POST-get yahoo-POST-get yahoo-POST-download yahoo-POST-remove ' ]
}

@test "Yahoo: JSON where the file should be, asked too early, is asked again" {
	setting '{"early": 3}'
	[ "$(numbers "${yahoo[@]}")" = "$three" ]
	setting '{"early": 9}'
	fails 75 'S0001 Invalid Status.' "${yahoo[@]}"
	# The job stays, to be looked at.
	[ "$(made 'select(.removed | not) | .status')" = '"COMPLETED"' ]
}

@test "Meta: a POST without a body, text as number, pages, completed and not readable yet" {
	setting '{"polls": 4, "early": 2}'
	jobs "${meta[@]}" | to-json | jq -c .n | tr '\n' ' ' >numbers
	[ "$(cat numbers)" = '1 2 3 ' ]
	setting '{"fail": 1}'
	fails 69 'the job has failed, its status is "Job Failed": Service temporarily unavailable' "${meta[@]}"
}

@test "X: no job in the list at first, a file of another host that must not get credentials or headers" {
	setting '{"blind": 3}'
	[ "$(numbers "${x[@]}")" = "$three" ]
	[ "$(made .id)" = '"111111111111111111"' ]
	# The server would have refused both; that it looked is in its log.
	[ "$(curl -sS "$B/practice/log" | jq -c 'select(.op == "storage") | [.status, .authorized]')" = '[200,false]' ]
	fails 65 '--status-path leads to no status: data has 0 elements' "${x[@]/--allow-missing/--accept-json}"
	# Without --any-host nothing is asked there.
	fails 69 'credentials do not go to a host that only an answer names' "${x[@]/--any-host/--accept-json}"
	[ "$(curl -sS "$B/practice/log" | jq -c 'select(.op == "storage")' | wc -l)" -eq 1 ]
}

@test "X: the number keeps its 18 digits as a number, too; an id that is there twice" {
	[ "$(numbers "${x[@]/id_str/id}")" = "$three" ]
	setting '{"twice": true}'
	fails 65 'the answer is not JSON: line 1' "${x[@]/id_str/id}"
	for which in first last; do
		[ "$(numbers "${x[@]/id_str/id}" --duplicate-keys $which)" = "$three" ]
	done
}

@test "LINE: requests without a body have no Content-Type, DELETE answers 204" {
	[ "$(numbers "${line[@]}")" = "$three" ]
	[ "$(numbers "${line[@]}" --header 'Content-Type: application/json' 2>err)" = '' ] || return 1
	grep -qF 'a request without a body has no Content-Type' err
	[ "$(made .removed | tr '\n' ' ')" = 'true false ' ]
}

@test "Microsoft: success without a URL is an ended, empty, covered stream" {
	[ "$(numbers "${microsoft[@]}")" = "$three" ]
	setting '{"empty": true}'
	jobs "${microsoft[@]}" --cover 'day={from}..{to}' | from-csv >out.mam
	empties_its_day out.mam
	# Without the option it is an error.
	set -- "${microsoft[@]}"
	fails 65 '{poll.ReportRequestStatus.ReportDownloadUrl} is null' "${@:1:$#-2}"
}

@test "a status that means no data; JSON records" {
	setting '{"fail": 1}'
	set -- "${meta[@]/'Job Failed|Job Skipped'/'Job Skipped'}"
	jobs "$@" --skipped 'Job Failed' --cover 'day={from}..{to}' >out.mam
	empties_its_day out.mam
}

@test "Amazon: the type of the create request alone, and a job that a 425 names" {
	[ "$(numbers "${amazon[@]}")" = "$three" ]
	[ "$(numbers "${amazon[@]}" 2>err)" = "$three" ]
	[ "$(made .id | wc -l)" -eq 1 ]
	grep -qF '425 The Request is a duplicate of : 0b3e7e4e-1b1c-4a11-9d52-000000000001; going on with that job' err
	# An adopted job is another's: it stays.
	[ "$(numbers "${amazon[@]}" --delete-url "$B/amazon/reporting/reports/{create.reportId}")" = "$three" ]
	[ "$(curl -sS "$B/practice/log" | jq -r 'select(.method == "DELETE")' | wc -l)" -eq 0 ]
	# 425 without --adopt, and one that another expression looks for, are tried again.
	fails 75 '425' "${amazon[@]/'is a duplicate of'/'was'}" --retries 1
}

@test "an unknown status is an error that names it, at once" {
	setting '{"odd": true, "polls": 0}'
	fails 65 'the job has an unknown status "PAUSED": name it with --completed, --running, --failed or --skipped' "${yahoo[@]}"
	[ "$(made .removed)" = false ]
	# A word is compared whole and as it is.
	setting '{"odd": false}'
	fails 65 'unknown status "COMPLETED"' "${yahoo[@]/#COMPLETED/Completed}"
}

@test "a path that leads nowhere says which names are there" {
	fails 65 '--status-path leads to no status: rval.values.0.reportDefinition has no "state" but "reportJobId", "reportJobStatus", "reportJobErrorDetail"' \
		"${yahoo[@]/#rval.values.0.reportDefinition.reportJobStatus/rval.values.0.reportDefinition.state}"
	fails 65 '--poll-url: {create.run_id} is undefined: the answer has no "run_id" but "report_run_id"' \
		"${meta[@]/report_run_id/run_id}"
}

@test "a job that fails twice and then works; the failed ones are removed" {
	setting '{"fail": 2}'
	[ "$(numbers "${yahoo[@]}" --job-retries 2 2>err)" = "$three" ]
	[ "$(made '[.status, .removed]' | tr '\n' ' ')" = '["FAILED",true] ["FAILED",true] ["COMPLETED",true] ' ]
	[ "$(grep -c 'the job has failed, its status is "FAILED": Over limit of file size.; making it anew in' err)" -eq 2 ]
}

@test "a job that fails for ever: 69, 75 with --job-retries, 69 by a rule; the last one stays" {
	setting '{"fail": 99}'
	fails 69 '"FAILED": Over limit of file size.' "${yahoo[@]}"
	[ "$(made .removed)" = false ]
	fails 75 '"FAILED": Over limit of file size. (made 3 times, see --job-retries)' "${yahoo[@]}" --job-retries 2
	[ "$(made .removed | tr '\n' ' ')" = 'false true true false ' ]
	fails 69 '(--on rval.values.0.reportDefinition.reportJobErrorDetail~size -> fail)' "${yahoo[@]}" --job-retries 2 \
		--on 'rval.values.0.reportDefinition.reportJobErrorDetail~size -> fail'
	[ "$(made .id | wc -l)" -eq 5 ]
}

@test "no time is left: 75 with the status that was seen" {
	setting '{"polls": 1000000}'
	fails 75 'the job is not done, its status is "IN_PROGRESS"; no time is left to ask again (see --timeout)' \
		"${yahoo[@]}" --timeout 5s --interval 10s
	setting '{"blind": 1000000}'
	fails 75 'the job is not done and has no status; no time is left' "${x[@]}" --timeout 5s --interval 10s
}

@test "the interval grows up to its ceiling" {
	setting '{"polls": 5}'
	jobs "${line[@]}" --interval 20ms --max-interval 100ms >/dev/null
	# 20, 40, 80, 100, 100: the gaps are no shorter, whatever else the machine does.
	curl -sS "$B/practice/log" | jq -s '[.[] | select(.path == "/line/pfreports" and .method == "GET") | .at] |
		[range(1; length) as $i | .[$i] - .[$i - 1]]' >gaps
	jq -e 'length == 5 and .[0] >= 0.018 and .[1] >= 0.038 and .[2] >= 0.078 and .[3] >= 0.098 and .[4] >= 0.098' gaps
	run -64 jobs "${line[@]}" --interval 20ms --max-interval 10ms
}

@test "a removal that fails is a message and a count: the records are whole" {
	for fault in 'status=403' 'status=503 count=0'; do
		curl -sS --fail --data "at=yahoo-POST-remove do=status $fault" "$B/practice/faults"
		MAM_LOG=json jobs "${yahoo[@]}" >out.mam 2>err
		[ "$(from-csv <out.mam | to-json | wc -l)" -eq 3 ]
		grep -qE '/yahoo/remove: (403|503)' err
		grep -qF '"not removed":1' err
		curl -sS -X DELETE "$B/practice/faults"
	done
	[ "$(made .removed | tr '\n' ' ')" = 'false false ' ]
	# One that works at the second try is none.
	curl -sS --fail --data "at=yahoo-POST-remove do=status status=503" "$B/practice/faults"
	MAM_LOG=json jobs "${yahoo[@]}" 2>&1 >/dev/null | grep -F '"not removed":0'
}

@test "a job for each record; each is removed before the next one is created" {
	setting '{"cap": 1}'
	each "${line[@]}" --max-open 1 --cover 'day={from}' | from-csv | to-json | jq -r '"\(.day) \(.n)"' >rows
	[ "$(wc -l <rows)" -eq 24 ]
	sort -c rows
	[ "$(curl -sS "$B/practice/peak")" -eq 1 ]
	[ "$(made .removed | sort | uniq -c | tr -s ' ')" = ' 8 true' ]
}

@test "--max-open: never more open jobs than that, whatever --concurrency is; the rows in the order of the input" {
	setting '{"cap": 3}'
	each "${line[@]}" --max-open 3 --concurrency 8 --cover 'day={from}' | from-csv | to-json | jq -r '"\(.day) \(.n)"' >rows
	[ "$(wc -l <rows)" -eq 24 ]
	sort -c rows
	[ "$(curl -sS "$B/practice/peak")" -eq 3 ]
	[ "$(made .removed | sort | uniq -c | tr -s ' ')" = ' 8 true' ]
	# A failed job keeps its place for the next one.
	setting '{"fail": 4}'
	each "${line[@]}" --max-open 1 --concurrency 8 --job-retries 4 2>/dev/null | from-csv | to-json | jq -r '"\(.day) \(.n)"' | cmp - rows
	# Without it the medium refuses one.
	run -69 each "${line[@]}" --concurrency 8
	[[ $output == *'CAP too many jobs are open'* ]]
}

@test "a file of a medium with words about its jobs is good for other requests, too" {
	load http
	http_start
	answer '{"path":"/accounts","json":[{"a":1}]}'
	printf '%s\n' '--status-path status' '--completed DONE' '--running R' '--failed F' '--job-retries 1' '--max-open 3' \
		'--error-path reason' '--adopt id=detail~of ([0-9]+)' >m.api
	[ "$(jobs @m.api --url "$BASE/accounts" | to-json)" = '{"a":1}' ]
	http_stop
}

@test "a create request that is refused since too many jobs are open is tried again by a rule" {
	setting '{"cap": 1}'
	fetch-api --auth bearer --token env:TOKEN --url "$B/line/pfreports" --body '{"since":"2026-06-01"}' | to-json >first
	fails 69 'CAP too many jobs are open' "${line[@]}"
	(sleep 0.5 && curl -sS -X DELETE -H 'Authorization: Bearer practice-token' "$B/line/pfreports/$(jq -r .id first)") &
	[ "$(numbers "${line[@]}" --on 'code=CAP -> retry 100ms' --retries 100)" = "$three" ]
	wait $!
}

@test "a rule leaves a job out: it is removed, its window is not covered, the others are" {
	curl -sS --fail --data 'at=line-GET-2 do=status status=404 skip=2' "$B/practice/faults"
	each "${line[@]}" --cover 'day={from}' --on 'status=404 -> ignore' >out.mam 2>err
	[ "$(from-csv <out.mam | to-json | jq -r .day | uniq | wc -l)" -eq 7 ]
	[ "$(made .removed | sort | uniq -c | tr -s ' ')" = ' 8 true' ]
	grep -qF 'record 3: GET' err
}

@test "the removal may name the job by the last answer of --poll-url" {
	local id='{poll.rval.values.0.reportDefinition.reportJobId}'
	setting '{"fail": 1}'
	[ "$(numbers "${yahoo[@]}" --job-retries 1 --delete-body '{"operand":[{"reportJobId":'"$id"'}]}')" = "$three" ]
	[ "$(made '[.status, .removed]' | tr '\n' ' ')" = '["FAILED",true] ["COMPLETED",true] ' ]
	# That answer is ignored, so that the name is not known, and the other jobs go on.
	each "${line[@]}" --delete-url "$B/line/pfreports/{poll.datas.0.id}" --on 'request=poll datas.0.id=R3 -> ignore' >out.mam 2>err
	[ "$(from-csv <out.mam | to-json | jq -r .day | uniq | wc -l)" -eq 7 ]
	grep -qF 'record 3: the job is not removed: --delete-url needs the answer of --poll-url' err
}

@test "a rule may be for one of the requests" {
	curl -sS --fail --data 'at=line-DELETE-1 do=status status=404 code=GONE count=2' "$B/practice/faults"
	MAM_LOG=json jobs "${line[@]}" --on 'request=delete code=GONE -> success' 2>&1 >/dev/null | grep -F '"not removed":0'
	MAM_LOG=json jobs "${line[@]}" --on 'request=poll|download code=GONE -> success' 2>&1 >/dev/null | grep -F '"not removed":1'
	fails 64 'a request is create, poll, download or delete' "${line[@]}" --on 'request=get -> fail'
}

@test "a job that is too large: its window is split, the failed job removed, and one made for each part" {
	setting '{"fail": 1}'
	jobs "${yahoo[@]}" --to 2026-07-05 --cover 'day={from}..{to}' \
		--on 'request=poll rval.values.0.reportDefinition.reportJobErrorDetail~size -> split-window' >out.mam 2>err
	[ "$(from-csv <out.mam | to-json | jq -r .day | uniq | tr '\n' ' ')" = '2026-07-01 2026-07-03 ' ]
	[ "$(made '[.day, .status, .removed]' | tr '\n' ' ')" = '["2026-07-01","FAILED",true] ["2026-07-01","COMPLETED",true] ["2026-07-03","COMPLETED",true] ' ]
	# A page cannot be smaller than that of a request without pages; it was left out as if ignored.
	setting '{"fail": 1}'
	fails 69 'there is no smaller page to ask for' "${meta[@]}" --page-size 8 --limit-param limit \
		--on 'error_message~unavailable -> shrink-page'
	# What is refused for the removal is no reason to ask again.
	curl -sS --fail --data 'at=yahoo-POST-remove do=status status=403' "$B/practice/faults"
	[ "$(numbers "${yahoo[@]}" --to 2026-07-05 --on 'status=403 -> split-window')" = "$three" ]
}

@test "an answer about a job has a maximum of its own" {
	load http
	http_start
	answer '{"path":"/make","text":"{\"id\":1,\"x\":\"abcdefgh\"}"}' \
		'{"path":"/huge","text":"{\"id\":1,                                             \n","repeat":600000}'
	fails 65 'the answer is larger than 16 bytes (see --max-response)' --create-url "$BASE/make" --url "$BASE/x" --max-response 16
	fails 65 'the answer is larger than 16777216 bytes' --create-url "$BASE/huge" --url "$BASE/x"
	run ! grep -q max-response err
	http_stop
}

@test "killed in the middle: nothing is sealed, and the job is not removed" {
	setting '{"polls": 1000000}'
	jobs "${line[@]}" >out.mam 3>&- &
	local run=$! tries=0
	until [ "$(made .id | wc -l)" -eq 1 ]; do
		[ $((tries++)) -lt 200 ]
		sleep 0.02
	done
	kill -KILL $run
	wait $run || true
	run -76 from-csv <out.mam
	[ "$(made .removed)" = false ]
}

@test "a rehearsal creates, downloads and removes one job" {
	each "${line[@]}" >/dev/null
	[ "$(made .id | wc -l)" -eq 8 ]
	printf '{"from":"2026-08-%02d"}\n' 1 2 3 | MAM_DRY_RUN=1 from-json |
		fetch-api --each --auth bearer --token env:TOKEN --interval 1ms "${line[@]}" | from-csv | to-json >/dev/null
	[ "$(made 'select(.day > "2026-07-31") | .removed')" = true ]
}

@test "--print-request prints all requests, which a shell can run, and sends none" {
	jobs "${yahoo[@]}" --print-request >script
	[ "$(curl -sS "$B/practice/log" | wc -l)" -eq 0 ]
	run ! grep -q practice-token script
	[ "$(grep -c '^curl ' script)" -eq 4 ]
	grep -qx '# create_rval_values_0_reportDefinition_reportJobId: rval.values.0.reportDefinition.reportJobId of the answer of --create-url' script
	# Run in their turn, with the variable set in between, they do what the program does.
	awk '/^# create a job/ { n = 1 } /^# poll/ { n = 2 } /^# download/ { n = 3 } /^# delete/ { n = 4 } { print >n ".sh" }' script
	create_rval_values_0_reportDefinition_reportJobId=$(sh 1.sh 2>/dev/null | jq '.rval.values[0].reportDefinition.reportJobId')
	export create_rval_values_0_reportDefinition_reportJobId
	sh 2.sh >/dev/null 2>&1
	sh 2.sh 2>/dev/null | grep -q COMPLETED
	[ "$(sh 3.sh 2>/dev/null | wc -l)" -eq 4 ]
	sh 4.sh >/dev/null 2>&1
	[ "$(made .removed)" = true ]
	# A URL that an answer will give, whose host gets nothing.
	jobs "${x[@]}" --print-request | sed -n '/^# download/,$p' >last
	grep -qF '"$poll_data_0_url"' last
	run ! grep -q 'Authorization\|X-Account' last
}

@test "--verbose shows all requests, without the token and without the signature of another host's URL" {
	jobs "${x[@]}" --verbose 2>err >/dev/null
	[ "$(grep -c 'POST\|GET' err)" -ge 4 ]
	grep -qE 'GET http://[^ ]*/file/111111111111111111\?\*\*\*: 200' err
	run ! grep -q 'practice-' err
}

@test "https to http, and a public server that leads inside, are refused" {
	load http
	http_start
	export http_proxy=$BASE no_proxy=''
	answer '{"path":"/create","json":{"url":"http://10.0.0.1/file"}}' '{"path":"/file","text":"day,n\n"}'
	fails 69 '10.0.0.1' --create-url http://api.example/create --url '{create.url}' --any-host --decoder raw
	[ "$(requests)" -eq 1 ]
	jobs --create-url http://api.example/create --url '{create.url}' --any-host --allow-private --decoder raw >/dev/null
	[ "$(asked 'select(.target == "http://10.0.0.1/file") | .headers.authorization')" = null ]
	http_stop
}

@test "a host that created the job gets the credentials for a URL that its answer names" {
	load http
	http_start
	answer '{"path":"/create","json":{"url":"@BASE/file?x=1"}}' '{"path":"/file","text":"day,n\n"}'
	jobs --create-url "$BASE/create" --url '{create.url}' --any-host --decoder raw >/dev/null
	[ "$(asked 'select(.target == "/file?x=1") | .headers.authorization')" = 'Bearer practice-token' ]
	http_stop
}

@test "without --poll-url; a 202 without content; errors in a 200" {
	load http
	http_start
	answer '{"path":"/make","status":202}' '{"path":"/rows","json":{"state":"busy","rows":[]}}' \
		'{"path":"/rows","json":{"state":"done","rows":[{"a":1}]}}'
	[ "$(jobs --create-url "$BASE/make" --url "$BASE/rows" --until state=done --record-path rows | to-json)" = '{"a":1}' ]
	answer '{"path":"/bad","json":{"error":{"code":7,"message":"no such report"}}}'
	fails 69 '7 no such report (the answer has "error" and is not accepted' --create-url "$BASE/bad" --url "$BASE/rows"
	fails 65 '--url: {create.id} is undefined' --create-url "$BASE/make" --url "$BASE/rows/{create.id}"
	http_stop
}

@test "a field of the record beside a value of a job is an error where it is used" {
	echo '{"from":"2026-07-01","create":{"id":"7"}}' | from-json >in.mam
	run -65 fetch-api --each --auth bearer --token env:TOKEN --interval 1ms "${line[@]}" <in.mam
	[[ $output == *'{create.id} has two sources, the answer about a job and a field of the record'* ]]
}

@test "options that do not fit together are 64, before any request" {
	wrong() { # TEXT OPTION...
		fails 64 "$@"
		[ "$(curl -sS "$B/practice/log" | wc -l)" -eq 0 ]
	}
	local create=(--create-url "$B/c") poll=(--poll-url "$B/p" --status-path s --completed C)
	wrong '--poll-url needs --create-url' --url "$B/u" "${poll[@]}"
	wrong '--delete-url needs --create-url' --url "$B/u" --delete-url "$B/d"
	wrong '--create-method (or another option of it) is for --create-url' --url "$B/u" --create-body '{}'
	wrong '--poll-method (or another option of it) is for --poll-url' --url "$B/u" "${create[@]}" --poll-param a=b
	wrong '--delete-method (or another option of it) is for --delete-url' --url "$B/u" "${create[@]}" --delete-header 'a: b'
	wrong '--poll-url needs --status-path' --url "$B/u" "${create[@]}" --poll-url "$B/p"
	wrong '--poll-url needs --completed' --url "$B/u" "${create[@]}" --poll-url "$B/p" --status-path s
	wrong '--status-path (or --completed, --running, --failed, --skipped) is for --poll-url' --url "$B/u" "${create[@]}" --running R
	wrong '--job-retries is for --failed' --url "$B/u" "${create[@]}" "${poll[@]}" --job-retries 1
	wrong 'the regular expression has no group ( )' --url "$B/u" "${create[@]}" --adopt 'id=a~b'
	wrong 'the regular expression is malformed' --url "$B/u" "${create[@]}" --adopt 'id=a~(b'
	wrong 'it is not NAME=PATH~REGEX' --url "$B/u" "${create[@]}" --adopt 'id=a'
	wrong '--failed: "A||B": a word is empty' --url "$B/u" "${create[@]}" "${poll[@]}" --failed 'A||B'
	wrong 'the status "C" has two meanings' --url "$B/u" "${create[@]}" "${poll[@]}" --failed 'A|C'
	wrong '--skip-without: "id" is neither create.PATH nor poll.PATH' --url "$B/u" "${create[@]}" --skip-without id
	wrong '{poll.x} is not known there' --url "$B/u" "${create[@]}" "${poll[@]}" --poll-param 'a={poll.x}'
	wrong '{create.x} is not known there' --url "$B/u" --create-url "$B/{create.x}"
	wrong '{create.x} is not known there' --url "$B/u" "${create[@]}" --header 'a: {create.x}'
	wrong '{create.x} is not known there' --url "$B/u" "${create[@]}" --cover 'a={create.x}'
	wrong '{create.x} has two sources' --url "$B/{create.x}" "${create[@]}" --set create.x=1
	wrong '--any-host: --poll-body would be sent to any host' --url "$B/u" "${create[@]}" --poll-url '{create.u}' \
		--status-path s --completed C --poll-body '{}' --any-host
	wrong '--allow-missing is for --until or --poll-url' --url "$B/u" "${create[@]}" --allow-missing
	wrong '--create-header: "x-api-key" holds a secret' --url "$B/u" "${create[@]}" --create-header 'x-api-key: abc'
}

@test "each request of a job has headers and parameters of its own" {
	setting '{"polls": 0}'
	jobs "${line[@]}" --trace t.har --header 'X-Step: all' --param 'of=download' \
		--create-header 'X-Step: create' --create-param 'of=create {from}' \
		--poll-header 'X-Step: poll {create.id}' --poll-param 'of=poll' \
		--delete-header 'X-Step: delete' --delete-param 'of=delete {create.id}' >out.mam
	id=$(made .id | tr -d '"')
	jq -r '.log.entries[].request | [.method, ([.headers[] | select(.name == "X-Step").value] | join("+")),
		([.queryString[] | select(.name == "of").value] | join("+"))] | join(" ")' t.har >asked
	printf '%s\n' 'POST create create 2026-07-01' "GET poll $id poll" 'GET all download' "DELETE delete delete $id" |
		diff - asked
}

@test "--check finds what is wrong in a file of a medium" {
	printf '%s\n' '--completed DONE' '--failed DONE' >m.api
	run -64 fetch-api --check @m.api
	[[ $output == *'has two meanings'* ]]
	printf '%s\n' '--adopt id=detail~of : ([0-9]+)' '--max-open 10' >m.api
	fetch-api --check @m.api
}
