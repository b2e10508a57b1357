# SPDX-License-Identifier: MIT
# The adapters of deploy/ under the engines themselves. `make check` runs what is quick, and names the
# rest, which `make check-ops` runs.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir pipelines
	export MAM_STATE_DIR=$PWD/state MAM_BATCHES=$PWD/pipelines MAM_HISTORY=$PWD/state/history.db
	unset FROM TO MAM_LAUNCHER PREFECT__FLOW_RUN_ID SLURM_JOB_ID AWS_BATCH_JOB_ID INVOCATION_ID
}

teardown_file() {
	[ ! -d "$BATS_FILE_TMPDIR/prefect" ] || "$MAM_ROOT/tests/servers/prefect" stop "$BATS_FILE_TMPDIR/prefect"
}

teardown() {
	[ ! -s worker.pid ] || kill -KILL -- "-$(cat worker.pid)" 2>/dev/null || true
	[ ! -d slurm ] || "$MAM_ROOT/tests/servers/slurm" stop "$PWD/slurm"
	[ -n "$BATS_TEST_COMPLETED" ] || tail -n 40 slurm/jobs slurm/*.log out.* worker.log 2>/dev/null
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

runs() { # COLUMN,...
	sqlite3 "$MAM_HISTORY" "SELECT $1 FROM mam_run ORDER BY started, id"
}

# Waits until a command succeeds, two minutes at most.
until_true() {
	local tries=0
	until "$@" >/dev/null 2>&1; do
		[ $((tries++)) -lt 600 ] || { echo "never: $*"; return 1; }
		sleep 0.2
	done
}

lines_of() { # FILE N
	[ "$(wc -l <"$1")" -eq "$2" ]
}

need() { # FILE NAME
	[ -n "${MAM_OPS:-}" ] || skip "SKIPPED: make check-ops runs the tests with $2"
	[ -e "$1" ] || skip "SKIPPED: $2 is not installed (make deps-ops)"
}

python_here() {
	if [ -x "$MAM_ROOT/build/ops/bin/python" ]; then echo "$MAM_ROOT/build/ops/bin/python"; else command -v python3; fi
}

start_slurm() {
	need /usr/sbin/slurmctld Slurm
	[ "$(id -u)" = 0 ] || skip 'SKIPPED: the daemons of Slurm need root'
	chmod 755 "$PWD"
	local said
	said=$("$MAM_ROOT/tests/servers/slurm" start "$PWD/slurm")
	eval "$said"
}

submit() {
	"$MAM_ROOT/deploy/slurm/submit" "$@" "--output=$PWD/out.%j"
}

recorded() { # COLUMN,... ROWS
	[ "$(runs "$1" | sort)" = "$2" ]
}

# One server for all tests; a worker and deployments of each test's own.
start_prefect() {
	need "$MAM_ROOT/build/ops/installed" Prefect
	[ -n "${MAM_TEST_PG:-}" ] || skip 'SKIPPED: the server of Prefect needs PostgreSQL (tests/run starts one)'
	local dir=$BATS_FILE_TMPDIR/prefect
	[ -s "$dir/pid" ] || "$MAM_ROOT/tests/servers/prefect" start "$dir" >&2
	. "$dir/env"
	export PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30
	schedule-batches --format prefect --entrypoint "$MAM_ROOT/deploy/prefect/slot.py:slot" --work-pool hosts >prefect.yaml
	prefect deploy --all --prefect-file prefect.yaml
	start_worker
}

start_worker() {
	setsid prefect worker start --pool hosts </dev/null >worker.log 2>&1 3>&- &
	echo $! >worker.pid
}

api() { # METHOD PATH [JSON]
	curl -sfS -X "$1" -H 'Content-Type: application/json' "$PREFECT_API_URL/$2" -d "${3:-{\}}"
}

flow_run() { # TIME: the number of a new flow run for it
	local deployment
	deployment=$(api POST deployments/filter | jq -r 'sort_by(.updated) | last | .id')
	api POST "deployments/$deployment/create_flow_run" "{\"parameters\": {\"at\": \"$1\"}}" | jq -r .id
}

state_of() { # FLOW-RUN TYPE
	[ "$(api GET "flow_runs/$1" '' | jq -r .state.type)" = "$2" ]
}

tasks_of() { # FLOW-RUN
	api POST task_runs/filter "{\"flow_runs\": {\"id\": {\"any_\": [\"$1\"]}}}" |
		jq -r '.[] | "\(.name)|\(.state.name)|\(.run_count)|\(.state.message)"' | sed 's/, log .*//; s/, [0-9.]* s$//' | sort
}

@test "the flow of Prefect compiles, and finds the slot of the schedule where clocks change" {
	python=$(python_here)
	cp "$MAM_ROOT"/deploy/prefect/*.py .
	"$python" -m py_compile launch.py slot.py
	"$python" -c 'import prefect' 2>/dev/null || skip 'SKIPPED: the half that runs it: Prefect is not installed (make deps-ops)'
	batch newyork 'schedule: 30 2 * * * America/New_York' -- true
	# 02:30 does not exist that day: we run at 03:00, Prefect starts the flow at 03:30.
	run -0 "$python" -c 'import slot; print(slot.slots(["newyork", "gone"], "2027-03-14T07:30:00+00:00"))'
	[ "$output" = "[('newyork', '2027-03-14T03:00:00-04:00'), ('gone', '2027-03-14T07:30:00+00:00')]" ]
	# Levels of lines that scripts of any language write.
	run -0 "$python" -c '
import launch
print(*map(launch.level, ["load-pg: 12 rows", "E, [2026-01-01] ERROR -- : x", "fetch-api: error: x", "{\"level\":\"warning\"}",
    "{\"stage\":\"a\",\"exit\":65}", "no errors: 0", "{\"a\"", "{\"level\":30}"]))'
	[ "$output" = '20 40 40 30 40 20 20 20' ]
}

@test "Prefect: a task with name, log and result for each batch; 75 is tried again by run-batch, 64 fails at once" {
	batch good 'schedule: 30 6 * * * Asia/Tokyo' -- 'echo "slot $MAM_SLOT"' 'echo "ERROR but it goes on"'
	batch flaky 'schedule: 30 6 * * * Asia/Tokyo' 'retries: 3' 'retry-wait: 50ms' -- "echo >>$PWD/flaky" "[ \$(wc -l <$PWD/flaky) -ge 3 ] || exit 75"
	batch wrong 'schedule: 30 6 * * * Asia/Tokyo' 'retries: 3' 'retry-wait: 50ms' -- "echo >>$PWD/wrong" 'echo "wrong: no such option"' 'exit 64'
	batch warned 'schedule: 30 6 * * * Asia/Tokyo' -- 'exit 79'
	start_prefect
	id=$(flow_run 2026-11-26T06:30:00+09:00)
	until_true state_of "$id" FAILED
	[ "$(api GET "flow_runs/$id" '' | jq -r .state.message)" = '1 of 4 batches failed: wrong' ]
	tasks_of "$id" >tasks
	diff tasks - <<-'END'
		flaky|Completed|1|run-batch: flaky: ok, slot 2026-11-25T21:30:00.000Z, attempt 3
		good|Completed|1|run-batch: good: ok, slot 2026-11-25T21:30:00.000Z, attempt 1
		warned|Warned|1|run-batch: warned: warned, slot 2026-11-25T21:30:00.000Z, attempt 1
		wrong|Failed|1|Task run encountered an exception Failed: wrong: exit status 64: wrong: no such option
	END
	lines_of flaky 3
	lines_of wrong 1
	recorded batch,launcher,launch "$(printf '%s|prefect|'"$id"'\n' flaky good warned wrong)"
	until_true eval 'api POST logs/filter "{\"logs\": {\"flow_run_id\": {\"any_\": [\"$id\"]}}}" | grep -q "but it goes on"'
	api POST logs/filter "{\"logs\": {\"flow_run_id\": {\"any_\": [\"$id\"]}}}" | jq -r '.[] | "\(.level) \(.message)"' >log
	grep -qx '20 slot 2026-11-25T21:30:00.000Z' log
	grep -qx '40 ERROR but it goes on' log
	# Again for the same slot: what succeeded is not run twice.
	id=$(flow_run 2026-11-26T06:30:00+09:00)
	until_true state_of "$id" FAILED
	[ "$(runs batch | sort | uniq -c | awk '{ print $1 $2 }' | xargs)" = '1flaky 1good 1warned 2wrong' ]
}

@test "Prefect: a flow run that is canceled stops its batches" {
	batch long 'schedule: 30 6 * * * Asia/Tokyo' -- "touch $PWD/started" 'sleep 300'
	start_prefect
	id=$(flow_run 2026-11-26T06:30:00+09:00)
	until_true [ -e started ]
	pid=$(runs pid)
	api POST "flow_runs/$id/set_state" '{"state": {"type": "CANCELLING"}}' >/dev/null
	until_true recorded state,status 'canceled|143'
	run ! kill -0 "$pid"
	until_true state_of "$id" CANCELLED
}

@test "Prefect: worker, engine and job are killed at once; the next slot runs, and the lost run shows as lost" {
	batch long 'schedule: 30 6 * * * Asia/Tokyo' -- "echo \$\$ >>$PWD/started" "[ -e $PWD/fast ] || sleep 300"
	start_prefect
	sed 's/within: 540/within: 60/' "$MAM_ROOT/deploy/prefect/automations.yaml" >automations.yaml
	prefect automation create --from-file automations.yaml
	lost=$(flow_run 2026-11-26T06:30:00+09:00)
	until_true [ -s started ]
	# The host is gone, with all that ran on it.
	kill -KILL "$(runs pid)" -- "-$(cat worker.pid)" "-$(cat started)" $(pgrep -f "$BATS_TEST_TMPDIR") || true
	touch fast
	start_worker
	next=$(flow_run 2026-11-27T06:30:00+09:00)
	until_true state_of "$next" COMPLETED
	recorded slot,state $'2026-11-25T21:30:00.000Z|lost\n2026-11-26T21:30:00.000Z|ok'
	# Two signs of life are missing after that.
	until_true state_of "$lost" CRASHED
	# A person starts the lost slot again.
	again=$(flow_run 2026-11-26T06:30:00+09:00)
	until_true state_of "$again" COMPLETED
	lines_of started 3
}

@test "shard: one shard, and the last job after all of them" {
	batch big 'schedule: 0 0 * * * UTC' -- 'echo "$SHARD of $SHARDS" >>ran' '[ "$SHARD" != 1 ] || [ -e good ] || exit 65'
	slot=2026-01-02T00:00:00Z
	SLURM_ARRAY_TASK_ID=0 "$MAM_ROOT/deploy/shard" big $slot 2
	AWS_BATCH_JOB_ARRAY_INDEX=1 run -65 "$MAM_ROOT/deploy/shard" big $slot 2
	run -75 --separate-stderr "$MAM_ROOT/deploy/shard" big $slot 2 finish
	[ "$stderr" = "shard: big, slot $slot: these shards have not succeeded: 1" ]
	touch good
	# A job that its engine starts again does nothing twice.
	AWS_BATCH_JOB_ARRAY_INDEX=1 "$MAM_ROOT/deploy/shard" big $slot 2
	SLURM_ARRAY_TASK_ID=0 "$MAM_ROOT/deploy/shard" big $slot 2
	"$MAM_ROOT/deploy/shard" big $slot 2 finish
	[ "$(cat ran)" = $'0 of 2\n1 of 2\n1 of 2\nfinish of 2' ]
	[ "$(runs batch,state)" = $'big.0|ok\nbig.1|failed\nbig.1|ok\nbig|ok' ]
	run -64 "$MAM_ROOT/deploy/shard" big $slot 2
	[ "${lines[0]}" = 'shard: neither SLURM_ARRAY_TASK_ID nor AWS_BATCH_JOB_ARRAY_INDEX is set' ]
	run -64 "$MAM_ROOT/deploy/shard" big $slot none
}

@test "Slurm: 75 is tried again inside the job, 65 ends it at once" {
	start_slurm
	batch flaky 'retries: 3' 'retry-wait: 50ms' -- 'echo >>flaky; [ $(wc -l <flaky) -ge 3 ] || exit 75'
	batch wrong 'retries: 3' 'retry-wait: 50ms' -- 'echo >>wrong; exit 65'
	submit flaky 2026-01-02T00:00:00Z
	id=$(submit wrong 2026-01-02T00:00:00Z)
	until_true lines_of slurm/jobs 2
	lines_of flaky 3
	lines_of wrong 1
	until_true recorded batch,state,status,attempt,launcher $'flaky|ok|0|3|slurm\nwrong|failed|65|1|slurm'
	grep -q "JobId=$id .* JobState=FAILED .* ExitCode=65:0" slurm/jobs
}

@test "Slurm: scancel stops the batch, and the record says so" {
	start_slurm
	batch long -- 'trap "echo stopped >>ended; exit 1" TERM' 'touch started' 'sleep 60 & wait'
	id=$(submit long 2026-01-02T00:00:00Z)
	until_true [ -e started ]
	scancel "$id"
	until_true recorded state,status 'canceled|143'
	[ "$(cat ended)" = stopped ]
}

@test "Slurm: shards of a lost node run again elsewhere, and the last job waits for them" {
	start_slurm
	batch big -- 'echo "$SHARD $SLURMD_NODENAME" >>ran' 'while [ -e wait ]; do sleep 0.1; done'
	touch ran wait
	id=$(submit --shards 4 big 2026-01-02T00:00:00Z)
	until_true lines_of ran 4
	[ "$(grep -c ' n2$' ran)" -eq 2 ]
	"$MAM_ROOT/tests/servers/slurm" lose "$PWD/slurm" n2
	rm wait
	until_true grep -c 'NODE_FAIL' slurm/jobs
	# Slurm holds such a job for two minutes.
	for job in $(squeue -h -t PD -o %i | grep _); do scontrol update "JobId=$job" StartTime=now; done
	until_true recorded batch,state $'big.0|ok\nbig.1|lost\nbig.1|ok\nbig.2|ok\nbig.3|lost\nbig.3|ok\nbig|ok'
	[ "$(sort ran)" = "$(sort -u ran)" ]
	[ "$(tail -n 1 ran)" = 'finish n1' ]
}

@test "AWS Batch: its model and a copy of its service take the definition; the engine repeats lost hosts only" {
	need "$MAM_ROOT/build/ops/installed" 'the models of AWS'
	cat >judge.py <<'END'
import fnmatch, json, sys
import boto3
from moto import mock_aws

definition = json.load(open(sys.argv[1]))
names = {"IMAGE": "mam-etl:1", "JOB_ROLE_ARN": "arn:aws:iam::123456789012:role/job",
         "EXECUTION_ROLE_ARN": "arn:aws:iam::123456789012:role/execution", "HISTORY_URL": "postgresql://history/mam"}
def fill(x):
    if isinstance(x, dict): return {k: fill(v) for k, v in x.items()}
    if isinstance(x, list): return [fill(v) for v in x]
    return names.get(x, x)
definition = fill(definition)

def action(status, reason, exit_code):
    """As AWS documents it: the first rule whose conditions all match; none: RETRY."""
    for rule in definition["retryStrategy"]["evaluateOnExit"]:
        given = {"onStatusReason": status, "onReason": reason, "onExitCode": exit_code}
        if all(fnmatch.fnmatchcase(given[k], rule[k]) for k in given if k in rule):
            return rule["action"]
    return "RETRY"
assert action("Essential container in task exited", "", "75") == "EXIT"
assert action("Essential container in task exited", "OutOfMemoryError: killed", "137") == "EXIT"
assert action("Host EC2 (instance i-1) terminated.", "", "") == "RETRY"
assert action("Your Spot Task was interrupted.", "", "143") == "RETRY"
assert action("Task failed to start", "CannotPullContainerError: timeout", "") == "RETRY"

with mock_aws():
    batch = boto3.client("batch", region_name="ap-northeast-1", aws_access_key_id="x", aws_secret_access_key="x")
    # botocore checks the request against the service's model before anything is sent.
    made = batch.register_job_definition(**definition)
    stored = batch.describe_job_definitions(jobDefinitions=[made["jobDefinitionArn"]])["jobDefinitions"][0]
    assert str(stored["retryStrategy"]).lower() == str(definition["retryStrategy"]).lower(), stored
    try:
        batch.register_job_definition(**{**definition, "retryStrategy": {"attempts": 3, "evaluateOnExit": [{"onReson": "*", "action": "EXIT"}]}})
        raise SystemExit("a misspelt condition was taken")
    except Exception as e:
        assert "onReson" in str(e), e
END
	"$MAM_ROOT/build/ops/bin/python" judge.py "$MAM_ROOT/deploy/aws-batch/job-definition.json"
}
