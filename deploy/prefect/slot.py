# SPDX-License-Identifier: MIT
"""The flow of all batches with one schedule, each a task with its own name, result and log.

The slot is the time that the flow run was scheduled for, so a run that starts late, or again, loads
the same days. list-batches(1) finds it for each batch: where clocks change, Prefect may start at
another minute than the schedule means.
"""
import json
import subprocess
from datetime import datetime, timedelta

from prefect import flow, get_run_logger, task
from prefect.futures import wait
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.task_runners import ThreadPoolTaskRunner

import launch

EARLY = timedelta(hours=2)  # more than clocks change


def is_lost(task, run, state):
    """The only reason to try again here: run-batch itself was killed."""
    return isinstance(state.result(raise_on_failure=False), launch.Lost)


@task(task_run_name="{name}", retries=2, retry_delay_seconds=30, retry_condition_fn=is_lost)
def run(name, slot):
    return launch.run_batch(name, slot)


def slots(batches, at):
    """The slot of each batch at that time; a batch that list-batches does not know is left to run-batch."""
    listed = subprocess.run(["list-batches", "--json", "--at", at], capture_output=True, text=True)
    for line in listed.stderr.splitlines():
        get_run_logger().error("%s", line)  # a mistake in one head does not stop the others
    found = {row["batch"]: row["slot"] for row in map(json.loads, listed.stdout.splitlines()) if row["slot"]}
    for name in batches:
        if name in found and datetime.fromisoformat(at) - datetime.fromisoformat(found[name]) > EARLY:
            get_run_logger().warning("%s: its last slot is %s: is this deployment made from its schedule?",
                                     name, found[name])
    return [(name, found.get(name, at)) for name in batches]


@flow(name="slot", task_runner=ThreadPoolTaskRunner(max_workers=8))
def slot(batches: list[str], at: str | None = None):
    """batches: their names; at: a scheduled time with its zone, instead of this flow run's own."""
    launch.stopping.clear()
    try:
        runs = [run.submit(*each) for each in slots(batches, at or flow_run.scheduled_start_time.isoformat())]
        wait(runs)
    finally:  # a cancellation or a timeout ends the wait by an exception
        launch.stop()
    bad = [name for name, one in zip(batches, runs) if not one.state.is_completed()]
    if bad:
        return Failed(message=f"{len(bad)} of {len(batches)} batches failed: {', '.join(bad)}")
