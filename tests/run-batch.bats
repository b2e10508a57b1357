# SPDX-License-Identifier: MIT
# run-batch: windows and slots, locks, retries, timeouts, signals, records in three databases, and
# what is left when it is killed at any moment.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p pipelines
	export MAM_STATE_DIR=$PWD/state MAM_BATCHES=$PWD/pipelines MAM_HISTORY=$PWD/state/history.db
	unset FROM TO MAM_LAUNCHER PREFECT__FLOW_RUN_ID SLURM_JOB_ID AWS_BATCH_JOB_ID INVOCATION_ID
}

# A batch: its name, lines of its head, and after "--" its commands.
batch() {
	local file=pipelines/$1
	printf '#!/bin/bash\n# batch: %s\n' "$1" >"$file"
	shift
	while [ "$1" != -- ]; do
		echo "# $1" >>"$file"
		shift
	done
	shift
	printf '%s\n' "$@" >>"$file"
	chmod +x "$file"
}

# One column, or several, of all runs in their order.
runs() { # COLUMN,...
	sqlite3 "$MAM_HISTORY" "SELECT $1 FROM mam_run ORDER BY started, id"
}

# Waits until a command succeeds, half a minute at most.
until_true() {
	local tries=0
	until "$@" 2>/dev/null; do
		[ $((tries++)) -lt 1500 ] || { echo "never: $*"; return 1; }
		sleep 0.02
	done
}

none_left() { # PATTERN
	run ! pgrep -f "$1"
}

@test "a batch gets its window, slot, run and folder, and is recorded" {
	batch daily 'schedule: 30 6 * * * Asia/Tokyo' 'window: 7d' 'owner: ads' 'target: sqlite t' -- \
		'echo "$FROM $TO $MAM_SLOT $MAM_BATCH $MAM_ATTEMPT"' '[ -d "$MAM_RUN_DIR" ]' '[ -d "$MAM_CAPTURE_DIR" ]' 'echo "$MAM_RUN_ID" >id'
	run -0 --separate-stderr run-batch --slot 2026-03-10T06:30:00+09:00 daily
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = '2026-03-03 2026-03-10 2026-03-09T21:30:00.000Z daily 1' ]
	[[ ${stderr_lines[1]} == 'run-batch: daily: ok, slot 2026-03-09T21:30:00.000Z, attempt 1, '*"/log" ]]
	[ "$(runs batch,slot,state,window_from,window_to,owner,target,status,attempt,launcher)" = \
		'daily|2026-03-09T21:30:00.000Z|ok|2026-03-03|2026-03-10|ads|sqlite t|0|1|cron' ]
	[ "$(runs id)" = "$(cat id)" ]
	[ "$(cat "$(runs folder)/log")" = "${stderr_lines[0]}" ]
	[ -z "$(find state/locks state/pending -type f)" ]
	# Only the owner can read it.
	[ "$(stat -c %a state "$(runs folder)")" = $'700\n700' ]
}

@test "without --slot it is the last scheduled time; a slot that succeeded is not run twice" {
	batch daily 'schedule: 0 * * * * UTC' -- 'echo ran >>count'
	run-batch --quiet daily
	run -0 run-batch --quiet daily
	[[ $output == *'has succeeded already'*'--again runs it again' ]]
	run-batch --quiet --again daily
	[ "$(wc -l <count)" -eq 2 ]
	[[ $(runs slot | head -n 1) =~ T[0-9]{2}:00:00\.000Z$ ]]
	# Another window of the same slot is another thing to do.
	run-batch --quiet --from 2026-01-01 --to 2026-01-03 daily
	run-batch --quiet --from 2026-01-02 --to 2026-01-03 daily
	run-batch --quiet --from 2026-01-02 --to 2026-01-03 daily
	[ "$(wc -l <count)" -eq 4 ]
	[ "$(runs slot | tail -n 1)" = 2026-01-03T00:00:00.000Z ]
}

@test "--done reports whether the slot has succeeded, and runs nothing" {
	batch daily 'schedule: 0 0 * * * UTC' 'window: 1d' -- '[ -e good ] || exit 65'
	run -75 run-batch --done --slot 2026-01-02T00:00:00Z daily
	[ -z "$output" ]
	run -65 run-batch --slot 2026-01-02T00:00:00Z daily
	run -75 run-batch --done --slot 2026-01-02T00:00:00Z daily
	touch good
	run-batch --quiet --slot 2026-01-02T00:00:00Z daily
	run-batch --done --slot 2026-01-02T00:00:00Z daily
	run -75 run-batch --done --slot 2026-01-03T00:00:00Z daily
	run -75 run-batch --done --slot 2026-01-02T00:00:00Z --name daily.1 daily
	run -75 run-batch --done --from 2026-01-01 --to 2026-01-03 daily
	[ "$(runs count\(\*\))" = 2 ]
	MAM_HISTORY=postgresql://mam@127.0.0.1:1/none run -75 run-batch --done daily
	[[ $output == 'run-batch: cannot reach the history: '*'so it is not known whether the slot has succeeded' ]]
	run -64 run-batch --done --again daily
	[ "$output" = 'run-batch: --done runs nothing, so no option of a run goes with it' ]
}

@test "any executable with a head is a batch: Python, and Ruby where it is" {
	batch python -- ''
	printf '%s\n' '#!/usr/bin/env python3' '# -*- coding: utf-8 -*-' '# batch: snake' '# window: 1d' '# schedule: 0 0 * * * UTC' \
		'import os' 'print("python", os.environ["FROM"])' >pipelines/python
	run -0 run-batch --slot 2026-01-02T00:00:00Z snake
	[ "${lines[0]}" = 'python 2026-01-01' ]
	if ! command -v ruby >/dev/null; then
		skip 'SKIPPED: the Ruby half: ruby is not installed'
	fi
	printf '%s\n' '#!/usr/bin/env ruby' '# frozen_string_literal: true' '# batch: gem' '# retries: 1' 'puts "ruby #{ENV["MAM_BATCH"]}"' 'exit 3' >pipelines/ruby
	chmod +x pipelines/ruby
	run -3 run-batch gem
	[ "${lines[0]}" = 'ruby gem' ]
	[ "$(runs state,status | tail -n 1)" = 'failed|3' ]
}

@test "a command that has no head gets its settings from options" {
	run -0 run-batch --name adhoc --owner me --target 'mysql t' --schedule '0 0 * * * UTC' --window 2d --slot 2026-01-05T00:00:00Z -- sh -c 'echo "$FROM $TO"'
	[ "${lines[0]}" = '2026-01-03 2026-01-05' ]
	[ "$(runs batch,owner,target)" = 'adhoc|me|mysql t' ]
	run -127 run-batch -- no-such-program-here
	[ "${lines[0]}" = 'run-batch: cannot run no-such-program-here: No such file or directory' ]
	[ "$(runs batch,state,status,message | tail -n 1)" = "no-such-program-here|failed|127|${lines[0]}" ]
	touch plain
	run -126 run-batch -- ./plain
}

@test "exit status 75 is tried again, another is not" {
	batch flaky 'retries: 3' 'retry-wait: 50ms' -- 'echo >>count; [ $(wc -l <count) -ge 3 ] || exit 75'
	run -0 run-batch flaky
	[ "$(wc -l <count)" -eq 3 ]
	[ "$(runs state,attempt,status)" = 'ok|3|0' ]
	[[ $output == *'exit status 75: retry 2 of 3 in 0.1 s'* ]]
	batch busy 'retries: 2' 'retry-wait: 1ms' -- 'echo >>busy; exit 75'
	run -75 run-batch busy
	[ "$(wc -l <busy)" -eq 3 ]
	batch wrong 'retries: 2' 'retry-wait: 1ms' -- 'echo >>wrong; echo the reason; exit 65'
	run -65 run-batch wrong
	[ "$(wc -l <wrong)" -eq 1 ]
	[ "$(runs state,attempt,status,message | tail -n 1)" = 'failed|1|65|the reason' ]
	batch late -- 'exit 79'
	run -79 run-batch late
	[ "$(runs state,status | tail -n 1)" = 'warned|79' ]
}

@test "a timeout ends all processes of the batch, also those in another group" {
	batch slow 'timeout: 1s' -- 'timeout 1000 sleep 987.1 & setsid -f true; sleep 987.1'
	run -124 run-batch slow
	[ "$(runs state,status)" = 'timeout|124' ]
	none_left 'sleep 987.1'
	# Who ignores SIGTERM gets SIGKILL.
	batch stubborn 'timeout: 1s' -- 'trap "" TERM; while :; do sleep 987.2; done'
	run -124 run-batch --kill-after 200ms stubborn
	none_left 'sleep 987.2'
}

@test "TERM, INT and HUP to run-batch end the batch and are recorded" {
	batch long -- 'echo started >&2; sleep 987.3'
	for signal in TERM INT HUP; do
		python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' run-batch long 2>err 3>&- &
		pid=$!
		until_true grep -q started err
		kill -"$signal" $pid
		status=0
		wait $pid || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ "$(runs state,status | tail -n 1)" = "canceled|$status" ]
		none_left 'sleep 987.3'
		rm err
	done
}

@test "processes that a batch leaves behind are ended" {
	batch untidy -- 'sleep 987.4 >/dev/null 2>&1 & echo done'
	run -0 run-batch untidy
	[[ $output == *'processes that the batch left running were ended'* ]]
	none_left 'sleep 987.4'
}

@test "a second run of the same slot is 75, another slot is free" {
	batch long 'schedule: 0 0 * * * UTC' -- 'echo started >>"$MAM_STATE_DIR/begun"; sleep 2'
	run-batch --slot 2026-01-01T00:00:00Z --quiet long 2>/dev/null 3>&- &
	until_true [ -s state/begun ]
	run -75 run-batch --slot 2026-01-01T00:00:00Z long
	[[ $output == "run-batch: long@2026-01-01T00:00:00.000Z runs already, in process $!" ]]
	run -0 run-batch --slot 2026-01-02T00:00:00Z long
	wait
	[ "$(runs state)" = $'ok\nok' ]
}

@test "secrets and settings that are missing are all named before anything runs" {
	batch needy 'secrets: TOKEN_A TOKEN_B' 'settings: ACCOUNT' -- 'touch ran'
	TOKEN_B=practice run -78 run-batch needy
	[[ $output == *'missing or empty: ACCOUNT, TOKEN_A' ]]
	[ ! -e ran ]
	# Those of the command line count as well.
	TOKEN_A=practice TOKEN_B=practice ACCOUNT=1 run -78 run-batch --setting REGION --setting BUCKET needy
	[[ $output == *'missing or empty: '*BUCKET* && $output == *REGION* ]]
	[ ! -e ran ]
	TOKEN_A=practice TOKEN_B=practice ACCOUNT=1 REGION=1 BUCKET=1 run-batch --quiet --setting REGION --setting BUCKET needy
	[ -e ran ]
	rm ran
	TOKEN_A=practice TOKEN_B=practice ACCOUNT=1 run-batch --quiet needy
	[ -e ran ]
}

@test "a backfill runs each step, some at once, and goes on where it was" {
	batch daily 'schedule: 30 6 * * * Asia/Tokyo' -- 'echo "$FROM $TO" >>days; sleep 0.1'
	run -0 run-batch --from 2026-01-01 --to 2026-01-10 --step 2d --jobs 3 daily
	[[ $output == *'5 of 5: '* ]]
	[[ $output == *'5 steps, 0 failed'* ]]
	[ "$(sort days)" = "$(printf '2026-01-0%s 2026-01-%s\n' 1 03 3 05 5 07 7 09 9 10)" ]
}

@test "a backfill that failed runs only what is left the next time" {
	batch daily 'schedule: 30 6 * * * Asia/Tokyo' -- 'echo "$FROM" >>days; [ "$FROM" != 2026-01-03 ] || [ -e fixed ] || exit 65'
	run -65 run-batch --from 2026-01-01 --to 2026-01-05 --step 1d daily
	[[ $output == *'4 steps, 1 failed'* ]]
	touch fixed
	run -0 run-batch --from 2026-01-01 --to 2026-01-05 --step 1d daily
	[ "$(sort days | uniq -c | awk '{ print $1, $2 }')" = "$(printf '%s\n' '1 2026-01-01' '1 2026-01-02' '2 2026-01-03' '1 2026-01-04')" ]
	[ "$(runs slot | sort -u | head -n 1)" = 2026-01-01T15:00:00.000Z ]
}

@test "a stopped backfill ends its runs, and says how to go on" {
	batch slow -- 'echo >>begun; sleep 987.5'
	run-batch --from 2026-01-01 --to 2026-01-09 --step 1d --jobs 2 slow 2>err 3>&- &
	pid=$!
	until_true sh -c '[ "$(wc -l <begun)" = 2 ]'
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	grep -q 'stopped after 2 of 8 steps; the same command goes on from there' err
	none_left 'sleep 987.5'
	[ "$(runs state)" = $'canceled\ncanceled' ]
}

@test "the counters of the stages are in the record" {
	batch rows -- 'printf "{\"id\":1}\n{\"id\":2}\n{\"id\":\"x\"}\n" | from-json | normalize --rejects bad --max-rejects 1 id:int | load-sqlite --to t.db --table t --create'
	run -0 run-batch rows
	[ "$(runs records,rows_inserted,rows_updated,rows_deleted,rejected,bytes)" = '2|2|0|0|1|29' ]
	[ "$(runs stages | python3 -c 'import json, sys; print(sorted(s["stage"] for s in json.load(sys.stdin)))')" = "['from-json', 'load-sqlite', 'normalize']" ]
	[[ $output == *'2 rows inserted, 0 updated, 0 deleted'* ]]
}

# A medium that answers with two records.
medium() {
	printf '[{"id":1,"cost":2.50},{"id":2,"cost":null}]' >body.json
	python3 - >port 3>&- <<-'END' &
		import http.server, sys
		class Quiet(http.server.SimpleHTTPRequestHandler):
		    def log_message(self, *a): pass
		s = http.server.HTTPServer(('127.0.0.1', 0), Quiet)
		print(s.server_port, flush=True)
		for i in range(6): s.handle_request()
	END
	medium=$!
	until_true [ -s port ]
}

@test "streams of a failed run are kept, a test replays them without the medium" {
	medium
	batch fetch -- 'set -eo pipefail' "MAM_STEP=get fetch-api --url http://127.0.0.1:$(cat port)/body.json | normalize id:int cost:decimal | load-sqlite --to t.db --table t --create" 'exit ${STATUS:-0}'
	run-batch --quiet fetch
	[ -z "$(find state -name '*.mam')" ]
	STATUS=65 run -65 run-batch --quiet --again fetch
	kill $medium
	captured=$(echo state/runs/fetch/*/capture)
	[ "$(ls "$captured")" = $'fetch-api[get].mam\nload-sqlite.mam' ]
	[ "$(stat -c %a "$captured"/* | sort -u)" = 600 ]
	to-json <"$captured/load-sqlite.mam" >rows.json
	[ "$(cat rows.json)" = $'{"id":1,"cost":2.5}\n{"id":2,"cost":null}' ]
	rows() { sqlite3 t.db 'SELECT count(*) FROM t'; }
	[ "$(rows)" -eq 4 ]
	# The three lines of a test.
	run -0 run-batch --replay "$captured" --expect rows.json fetch
	[[ $output == *'2 records are as '*'rows.json expects; nothing was loaded'* ]]
	[ "$(rows)" -eq 4 ]
	[ "$(runs id | wc -l)" -eq 2 ]
	sed -i 's/2.5/2.6/' rows.json
	run -65 run-batch --replay "$captured" --expect rows.json fetch
	[[ $output == *'load-sqlite: record 1 is {"id":1,"cost":2.5}; line 1 of '*' expects {"id":1,"cost":2.6}'* ]]
	echo '{"id":1,"cost":2.5}' >rows.json
	run -65 run-batch --replay "$captured" --expect rows.json fetch
	[[ $output == *'record 2 is not expected'* ]]
	to-json <"$captured/load-sqlite.mam" >rows.json
	echo '{"id":3,"cost":1}' >>rows.json
	run -65 run-batch --replay "$captured" --expect rows.json fetch
	[[ $output == *'expects more than the 2 records that came'* ]]
	# Without a captured stream of that stage nothing is asked from the medium.
	rm "$captured/fetch-api[get].mam"
	run ! run-batch --replay "$captured" --expect rows.json fetch
	[[ $output == *'there is no captured stream '*'fetch-api[get].mam'* ]]
}

@test "captured streams are bounded, and a cut one does not load" {
	medium
	batch fetch -- "fetch-api --url http://127.0.0.1:$(cat port)/body.json | to-json"
	seq 20000 | sed 's/.*/{"id":&}/' | paste -sd, | sed 's/^/[/;s/$/]/' >body.json
	run-batch --quiet --capture all --capture-max 64K fetch
	kill $medium
	captured=$(find state -name '*.mam')
	[ "$(stat -c %s "$captured")" -eq 65536 ]
	run -76 to-json <"$captured"
	# A captured stream that cannot be written does not stop the stage.
	run -0 env MAM_CAPTURE_DIR=/nonexistent bash -c 'echo "{\"id\":1}" | from-json | normalize id:int | load-sqlite --to t.db --table t --create --dry-run'
	[[ $output == *'cannot capture the stream in /nonexistent'* ]]
}

@test "--dry-run rehearses: loaders roll back, and nothing is recorded" {
	batch rows -- 'echo "{\"id\":1}" | from-json | normalize id:int | load-sqlite --to t.db --table t --create'
	run -0 run-batch --dry-run rows
	[ ! -e state/history.db ]
	[ -z "$(sqlite3 t.db .tables)" ]
}

@test "mistakes are 64 or 78, and say what to do" {
	batch good -- :
	batch typo 'tiemout: 3h' -- :
	run -64 run-batch
	[[ $output == *'which batch?'* ]]
	run -64 run-batch good -- x
	run -78 run-batch god
	[[ $output == *'there is no batch "god", did you mean "good"?'* ]]
	run -78 run-batch typo
	[[ $output == *'pipelines/typo, line 3: "tiemout" is not a key, did you mean "timeout"?' ]]
	cp pipelines/good pipelines/copy
	run -78 run-batch good
	[[ $output == *'two batches have the name good: '* ]]
	run -78 run-batch pipelines/none
	run -64 run-batch --slot 2026-01-01 pipelines/good
	[[ $output == *'with its zone'* ]]
	run -64 run-batch --from 2026-01-01 pipelines/good
	run -64 run-batch --from 2026-01-02 --to 2026-01-02 pipelines/good
	run -64 run-batch --from 2026-01-01 --to 2026-01-03 --step 36h pipelines/good
	run -64 run-batch --step 1d pipelines/good
	run -64 run-batch --secret TOKEN=practice pipelines/good
	run -64 run-batch --schedule '0 0 30 2 * UTC' pipelines/good
	run -78 run-batch --schedule '0 0 * * * Asia/Tokio' pipelines/good
	[[ $output == *'the zone "Asia/Tokio" '* ]]
	run -78 run-batch --window 3d pipelines/good
	[[ $output == *'a window needs a schedule'* ]]
	MAM_BATCHES=/nonexistent run -78 run-batch good
	[[ $output == *'cannot read the folder of batches /nonexistent'* ]]
	run -78 env -u HOME -u MAM_STATE_DIR -u XDG_STATE_HOME run-batch pipelines/good
	[ ! -e state/history.db ]
}

@test "a history that cannot be reached stops nothing; the record is delivered later" {
	batch good -- 'echo ran >>count'
	run -0 run-batch --history postgresql://127.0.0.1:1/none good
	[[ $output == *'cannot reach the history: '*'; the batch runs'* ]]
	[ "$(ls state/pending | wc -l)" -eq 2 ]
	run -0 run-batch --quiet good
	[ -z "$(ls state/pending)" ]
	[ "$(runs state)" = $'ok\nok' ]
	# A mistake does not go away by itself, so it is an error at once.
	run -64 run-batch --history postgresql://u:practice@127.0.0.1/x good
	[[ $output != *practice* ]]
	[[ $output == *'--history-password env:NAME'* ]]
	run -78 run-batch --history 'host=127.0.0.1 dbname=x' good
	[[ $output == *'begins with postgresql://'* ]]
	[ "$(ls)" = "$(printf '%s\n' count pipelines state)" ]
	[ "$(wc -l <count)" -eq 2 ]
}

@test "a history that is restarted while the batch runs: found again, locked again, records delivered" {
	[ -n "${MAM_TEST_PG:-}" ] || skip 'SKIPPED: PostgreSQL does not run'
	folder=$(mktemp -d /tmp/mam-history.XXXXXX)
	chmod 755 "$folder"
	eval "$("$MAM_ROOT/tests/servers/postgres" start "$folder")"
	batch long 'schedule: 0 0 * * * UTC' -- 'echo >>begun; until [ -e go ]; do sleep 0.05; done'
	export MAM_HISTORY=$MAM_TEST_PG
	run-batch --quiet --heartbeat 1s --slot 2026-01-01T00:00:00Z long 2>said 3>&- &
	local run=$!
	until_true [ -s begun ]
	"$MAM_ROOT/tests/servers/postgres" restart "$folder" >/dev/null
	until_true grep -q 'the history is reached again' said
	run -75 run-batch --state other --slot 2026-01-01T00:00:00Z long
	[[ $output == *'runs already on another host'* ]]
	touch go
	wait "$run"
	[ -z "$(ls state/pending)" ]
	[ "$(ask_pg "$MAM_TEST_PG" query 'SELECT state FROM mam_run' 0 | grep '^row ')" = 'row ok' ]
	grep -q 'cannot reach the history: .*; the batch runs on' said
	"$MAM_ROOT/tests/servers/postgres" stop "$folder"
	rm -rf "$folder"
}

@test "a history locked by another process delays neither the timeout nor the batch" {
	batch long -- 'echo >>begun; sleep 30'
	run-batch --quiet --name first -- true
	python3 -c '
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
while not __import__("os").path.exists("begun"): time.sleep(0.02)
c.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(7)' "$MAM_HISTORY" >locked 3>&- &
	local start=$SECONDS
	run -124 run-batch --heartbeat 1s --timeout 3s long
	# It waits for the lock at the end, not during the run.
	[[ $output == *'cannot reach the history: '*'the batch runs on'* ]]
	[ $((SECONDS - start)) -lt 20 ]
	wait
	run -0 run-batch --quiet --name first --again -- true
	[ -z "$(ls state/pending)" ]
	[ "$(sqlite3 "$MAM_HISTORY" "SELECT state FROM mam_run WHERE batch = 'long'")" = timeout ]
}

@test "a record that the history can never take is set aside, and does not stop the others" {
	batch good -- :
	run-batch --quiet --history postgresql://127.0.0.1:1/none good
	run-batch --quiet good
	sqlite3 "$MAM_HISTORY" "CREATE TRIGGER no BEFORE INSERT ON mam_run WHEN NEW.batch = 'bad'
		BEGIN SELECT RAISE(ABORT, 'not this one'); END"
	batch bad -- :
	run -0 run-batch bad
	[[ $output == *'is refused by the history: '*'not this one'*'it is kept as '*'.bad'* ]]
	run -0 run-batch good
	[ -z "$(find state/pending -name '*.json')" ]
	[ "$(find state/pending -name '*.bad' | wc -l)" = 2 ]
}

@test "a reader that does not read delays neither the timeout nor a signal" {
	batch loud -- 'trap "" PIPE; yes'
	mkfifo pipe
	exec 7<>pipe
	local start=$SECONDS
	run -124 sh -c "run-batch --timeout 1s loud 2>&7"
	[ $((SECONDS - start)) -lt 20 ]
	[ "$(runs state)" = timeout ]
	exec 7>&-
}

@test "a batch within a batch gets its own window or none" {
	batch inner -- 'echo "inner ${FROM:-none} $MAM_BATCH $MAM_ATTEMPT" >>"$OUT"'
	batch outer 'schedule: 30 6 * * * Asia/Tokyo' 'window: 2d' -- 'echo "outer $FROM" >>"$OUT"; run-batch --quiet inner'
	export OUT=$PWD/out
	run -0 run-batch --quiet --slot 2026-03-10T06:30:00+09:00 outer
	[ "$(cat out)" = $'outer 2026-03-08\ninner none inner 1' ]
	rm out
	run -0 run-batch --quiet --dry-run --slot 2026-03-10T06:30:00+09:00 outer
	[ "$(cat out)" = $'outer 2026-03-08\ninner none inner 1' ]
	# A window from the environment of a person is the batch's.
	rm out
	FROM=2026-01-01 run -0 run-batch --quiet inner
	[ "$(cat out)" = 'inner 2026-01-01 inner 1' ]
}

@test "a history of a newer version is refused" {
	batch good -- 'echo ran >>count'
	run-batch --quiet good
	sqlite3 "$MAM_HISTORY" 'UPDATE mam_history SET version = 2'
	run -78 run-batch good
	[[ $output == *'written by a newer version of mam-etl'* ]]
	[ "$(wc -l <count)" -eq 1 ]
}

@test "a record that is damaged on disk is set aside, the others are delivered" {
	batch good -- :
	run-batch --quiet --history postgresql://127.0.0.1:1/none good
	echo '{"version":1' >state/pending/0-start.json
	run -0 run-batch good
	[[ $output == *'0-start.json is not valid JSON; it is kept as '*'.bad'* ]]
	[ "$(ls state/pending)" = 0-start.json.bad ]
	[ "$(runs state)" = $'ok\nok' ]
}

@test "a full disk does not stop a batch" {
	mkdir full
	mount -t tmpfs -o size=64k tmpfs full 2>/dev/null || skip 'SKIPPED: no file system can be mounted here'
	dd if=/dev/zero of=full/fill bs=1k 2>/dev/null || true
	batch good -- 'echo ran >>count; head -c 300000 /dev/zero'
	run run-batch --quiet --state full --history full/history.db good
	umount full
	[ "$status" -eq 0 ]
	[ "$(wc -l <count)" -eq 1 ]
	# The log of who called has the record then.
	[[ $output == *'the record of this run is in no history: {"version":1,'*'"state":"ok"'* ]]
}

@test "runs of one batch keep 50 folders" {
	mkdir -p state/runs/good
	for i in $(seq -w 60); do mkdir -p "state/runs/good/0000-$i/capture"; done
	batch good -- :
	run-batch --quiet good
	[ "$(ls state/runs/good | wc -l)" -eq 50 ]
	[ "$(ls -d state/runs/good/*/capture | wc -l)" -eq 3 ]
}

@test "a log is bounded: its beginning and its end are kept" {
	batch loud -- 'echo first; head -c 20000000 /dev/zero | tr "\0" x; echo; echo last'
	run-batch --quiet loud
	log=$(runs folder)/log
	[ "$(stat -c %s "$log")" -lt 9500000 ]
	[ "$(head -n 1 "$log")" = first ]
	[ "$(tail -n 1 "$log")" = last ]
	grep -q 'bytes of the log are left out here' "$log"
}

@test "the history is the same in PostgreSQL and MySQL, and locks between hosts there" {
	batch good 'owner: "ads" \ '"'team' 広告" -- :
	batch long 'schedule: 0 0 * * * UTC' -- 'echo >>begun; sleep 2'
	run-batch --quiet --history state/h.db good
	sqlite3 state/h.db 'SELECT batch, state, owner FROM mam_run' >want
	[ -n "${MAM_TEST_PG:-}${MAM_TEST_MYSQL:-}" ] || skip 'SKIPPED: neither PostgreSQL nor MariaDB runs'
	for url in ${MAM_TEST_PG:-} ${MAM_TEST_MYSQL:-}; do
		case $url in
		mysql*) ask=ask_mysql ;;
		*) ask=ask_pg ;;
		esac
		rm -rf begun state
		MAM_HISTORY=$url run-batch --quiet good
		MAM_HISTORY=$url run-batch --quiet --again good
		"$ask" "$url" query "SELECT batch, state, owner FROM mam_run WHERE batch = 'good'" 0 | grep '^row ' >got
		[ "$(sed 's/^row //' got | sort -u)" = "$(cat want)" ]
		[ "$(wc -l <got)" -eq 2 ]
		# Two hosts have two state folders and one history.
		MAM_HISTORY=$url run-batch --quiet --slot 2026-01-01T00:00:00Z long 3>&- &
		until_true [ -s begun ]
		MAM_HISTORY=$url run -75 run-batch --state other --slot 2026-01-01T00:00:00Z long
		[[ $output == *'runs already on another host'* ]]
		wait
		"$ask" "$url" run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' >/dev/null
	done
}

@test "a history whose tables are only half made is made whole" {
	batch good -- :
	mkdir state
	# Another run is about to do the rest, or was killed there.
	sqlite3 state/history.db 'CREATE TABLE mam_history (version int NOT NULL PRIMARY KEY)'
	run -0 run-batch --quiet good
	[[ $output != *newer* ]]
	[ "$(runs batch,state)" = 'good|ok' ]
	[ "$(sqlite3 state/history.db 'SELECT count(*) FROM mam_history')" = 1 ]
}

@test "eight runs at once make one history" {
	for i in 1 2 3 4 5 6 7 8; do batch "b$i" -- :; done
	for url in state/new.db ${MAM_TEST_PG:-} ${MAM_TEST_MYSQL:-}; do
		for i in 1 2 3 4 5 6 7 8; do
			MAM_HISTORY=$url run-batch --quiet "b$i" 2>>log 3>&- &
		done
		wait
		[ "$(grep -c ': ok, ' log)" -eq 8 ] || { cat log; return 1; }
		[ "$(wc -l <log)" -eq 8 ] || { cat log; return 1; }
		rm log
		case $url in
		mysql*) ask_mysql "$url" run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' >/dev/null ;;
		postgres*) ask_pg "$url" run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' >/dev/null ;;
		esac
	done
}

@test "kill -9 of run-batch at any moment, 200 times: history readable, lock free, nothing goes on, next run right" {
	batch work 'schedule: 0 0 * * * UTC' -- 'timeout 100 sleep 987.6 & sleep 0.05; kill %1; wait; echo "$MAM_RUN_ID" >>loaded'
	python3 - <<-'END'
		import os, random, signal, sqlite3, subprocess, time
		random.seed(20261126)
		none = subprocess.DEVNULL
		for i in range(200):
		    # Every third run meets the slot of the one before, which was killed.
		    slot = '2026-%02d-%02dT00:00:00Z' % (i // 3 % 12 + 1, i // 36 + 1)
		    p = subprocess.Popen(['run-batch', '--quiet', '--again', '--slot', slot, 'work'], stderr=subprocess.PIPE, stdin=none)
		    time.sleep(random.random() * 0.16)
		    p.send_signal(signal.SIGKILL)
		    err = p.stderr.read()
		    p.wait()
		    assert b'another host' not in err and b'cannot' not in err, err
		    if os.path.exists('state/history.db'):
		        sqlite3.connect('state/history.db').execute('SELECT count(*) FROM sqlite_master').fetchall()
		        # The next run waits until the guard has ended the one before.
		        for attempt in range(100):
		            q = subprocess.run(['run-batch', '--quiet', '--again', '--slot', slot, '--name', 'work', '--', 'true'], stderr=subprocess.PIPE, stdin=none)
		            if q.returncode == 0:
		                break
		            assert q.returncode == 75 and b'runs already' in q.stderr, (q.returncode, q.stderr)
		            time.sleep(0.02)
		        assert q.returncode == 0
		db = sqlite3.connect('state/history.db')
		states = dict(db.execute('SELECT state, count(*) FROM mam_run GROUP BY state'))
		print(states)
		assert set(states) <= {'ok', 'lost'}, states
		assert states['lost'] > 20, states
	END
	none_left 'sleep 987.6'
	[ -z "$(ls state/locks)" ]
}

@test "secrets are fetched once, through secret, and appear in no argument, log or record" {
	printf 'practice-hidden\n' >token
	batch needy "secrets: TOKEN=file:$PWD/token KEY=exec:true" -- 'echo "${#TOKEN}"; tr "\0" " " </proc/$$/cmdline; tr "\0" " " </proc/$PPID/cmdline'
	run ! run-batch needy
	batch needy "secrets: TOKEN=file:$PWD/token" 'secrets: KEY=exec:printf${IFS}two' -- 'echo "${#TOKEN} ${#KEY}"; tr "\0" " " </proc/$$/cmdline; tr "\0" " " </proc/$PPID/cmdline'
	run -0 run-batch needy
	[ "${lines[0]}" = '15 3' ]
	[[ $output != *practice-hidden* ]]
	run ! grep -rF practice-hidden state
	# A secret that does not exist: the batch does not start.
	batch none 'secrets: TOKEN=file:/nonexistent/token' -- 'touch ran'
	run -78 run-batch none
	[[ $output == *'secret: TOKEN: '*'/nonexistent/token'* ]]
	[ ! -e ran ]
	[ "$(runs state,status | tail -n 1)" = 'failed|78' ]
}

@test "a loop whose reader is gone ends: SIGPIPE is not ignored in a batch" {
	run -0 run-batch --timeout 10s --name pipe -- bash -c 'while :; do echo x; done 2>/dev/null | head -n 1'
	[ "${lines[0]}" = x ]
}

@test "the last line is kept whatever bytes it has" {
	run -1 run-batch --quiet --name bytes -- bash -c 'printf "a\377b\0c\n"; exit 1'
	[ -z "$(ls state/pending)" ]
	[ "$(runs state,message)" = 'failed|a�b\u0000c' ] || [ "$(runs state,message)" = 'failed|a�b\x00c' ]
	# A line is cut between characters.
	run -1 run-batch --quiet --name long -- python3 -c 'print("xx" + "広" * 400); exit(1)'
	[ "$(runs message | tail -n 1)" = "xx$(printf '広%.0s' {1..332})" ]
}

@test "a success that waits on disk counts before the slot is run again" {
	batch daily 'schedule: 0 0 * * * UTC' -- 'echo ran >>count'
	run-batch --quiet --history postgresql://127.0.0.1:1/none --slot 2026-01-02T00:00:00Z daily
	run -0 run-batch --quiet --slot 2026-01-02T00:00:00Z daily
	[[ $output == *'has succeeded already'* ]]
	[ "$(wc -l <count)" -eq 1 ]
}

@test "the record of a loss never replaces that of an end" {
	batch good -- :
	run-batch --quiet good
	printf '{"version":1,"id":"%s","batch":"good","state":"lost"}' "$(runs id)" >state/pending/0-end.json
	run-batch --quiet good
	[ -z "$(ls state/pending)" ]
	[ "$(runs state)" = $'ok\nok' ]
}

@test "a run that loads nothing, by the environment, is not recorded as a success" {
	batch daily 'schedule: 0 0 * * * UTC' 'window: 1d' -- 'echo "${MAM_RUN_DIR-none}"'
	for name in MAM_DRY_RUN MAM_REPLAY MAM_EXPECT; do
		run -0 env "$name=1" run-batch daily
		[[ $output == *'is set, so this is a test: nothing is recorded'* ]]
		[ ! -e state/history.db ]
	done
	# A batch may run another one: a test does not write to its folder.
	run -0 run-batch --name outer -- run-batch --dry-run daily
	[ "${lines[0]}" = none ]
	[ "$(runs batch)" = outer ]
}

@test "a backfill is rehearsed too" {
	batch rows -- 'echo "$FROM"; echo "{\"id\":1}" | from-json | normalize id:int | load-sqlite --to t.db --table t --create'
	run -0 run-batch --dry-run --from 2026-01-01 --to 2026-01-03 --step 1d rows
	[[ $output == *$'2026-01-01\n'* ]]
	[[ $output == *'2 steps, 0 failed'* ]]
	[ ! -e state/history.db ]
	[ -z "$(sqlite3 t.db .tables)" ]
	run -64 run-batch --expect t.db --from 2026-01-01 --to 2026-01-03 --step 1d rows
}

@test "folders of runs that go on are not removed by others" {
	batch long 'schedule: 0 0 * * * UTC' -- 'echo >>begun; until [ -e stop ]; do sleep 0.05; done; [ -d "$MAM_RUN_DIR" ] && [ -d "$MAM_CAPTURE_DIR" ]'
	run-batch --slot 2026-01-01T00:00:00Z --quiet long 2>err 3>&- &
	pid=$!
	until_true [ -s begun ]
	for i in $(seq -w 60); do mkdir -p "state/runs/long/f$i/capture"; done
	run-batch --slot 2026-01-02T00:00:00Z --quiet --name long -- true
	touch stop
	wait $pid
	[ "$(runs state)" = $'ok\nok' ]
}

@test "a state folder may be relative: records and batches get its whole path" {
	batch away -- 'cd /; [ -d "$MAM_RUN_DIR" ]'
	run-batch --quiet --state state away
	[ "$(runs folder)" = "$PWD/state/runs/away/$(runs id)" ]
}

@test "nohup is respected" {
	batch short -- 'echo >begun; sleep 0.5'
	nohup run-batch --quiet short >/dev/null 2>err 3>&- &
	pid=$!
	until_true [ -s begun ]
	kill -HUP $pid
	wait $pid
	[ "$(runs state)" = ok ]
}

@test "a run of another state folder is not lost because its lock is not here" {
	batch long 'schedule: 0 0 * * * UTC' -- 'echo >>begun; until [ -e stop ]; do sleep 0.05; done'
	run-batch --slot 2026-01-01T00:00:00Z --quiet long 2>err 3>&- &
	pid=$!
	until_true [ -s begun ]
	run-batch --state other --slot 2026-01-02T00:00:00Z --quiet --name long -- true
	[ "$(runs state)" = $'running\nok' ]
	touch stop
	wait $pid
}

@test "an address of an unknown kind is an error that does not show it" {
	for url in postgresq://u:practice@h/d mariadb://u:practice@h/d; do
		run -78 run-batch --history "$url" --name x -- touch ran
		[[ $output == 'run-batch: the history: an address begins with postgresql:// or mysql://'* ]]
	done
	[ ! -e ran ]
	[ -z "$(ls state/locks)" ]
}

@test "two captured streams of one name are not mixed up" {
	mkdir captured
	touch captured/fetch-api.mam captured/fetch-api-2.mam
	batch two -- 'fetch-api --url http://127.0.0.1:1/ | to-json'
	run -78 run-batch --replay captured two
	[[ $output == *'two stages had the same name'*'MAM_STEP'* ]]
}

@test "from clone to a scheduled batch, by the lines of the README that follow the installation" {
	printf '%s\n' '#!/bin/sh' '# schedule: 30 6 * * * Asia/Tokyo' '# retries: 3' 'echo "$MAM_BATCH runs"' >given
	sed -n '/^## From clone/,/^The same/s/^    //p' "$MAM_ROOT/README.md" |
		sed -e '/git clone/d' -e '/make deps/d' -e '/check-host/d' -e "s#/opt/mam-etl/bin#$MAM_BIN#" -e "s#/srv/batches#$PWD/srv#g" \
			-e "s#/var/lib/mam-etl#$PWD/lib#" -e "s#/etc/cron.d/mam-etl#$PWD/cron#" >lines
	[ "$(wc -l <lines)" -eq 7 ]
	unset MAM_HISTORY
	EDITOR="cp $PWD/given" run -0 bash -eu lines
	[[ $output == *'clicks runs'*'run-batch: clicks: ok'* ]]
	grep -q 'run-batch.* clicks' cron
	grep -q clicks srv/batches.html
}
