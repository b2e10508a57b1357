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

teardown() {
	[ ! -d slurm ] || "$MAM_ROOT/tests/servers/slurm" stop "$PWD/slurm"
	[ -n "$BATS_TEST_COMPLETED" ] || tail -n 20 slurm/jobs slurm/*.log out.* 2>/dev/null
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
