# SPDX-License-Identifier: MIT
"""Runs one batch through run-batch(1), for the flow of slot.py.

run-batch has the lock, the timeout and the retries after exit status 75. Nothing here repeats them.
"""
import json
import logging
import os
import re
import subprocess
import threading
from collections import deque

from prefect import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

LINES_MAX = 2000  # of one batch that go to Prefect; the run's own log has more
WORD = re.compile(r".{0,60}?\b((?:CRITICAL|FATAL|ERROR|WARN|WARNING|DEBUG)\b|(?i:fatal|error|warning)(?=:))")
WARNED = 79  # the rows are loaded, a later step failed

running, lock, stopping = set(), threading.Lock(), threading.Event()


class Failed(Exception):
    """The batch failed. A task must not repeat it: run-batch has tried as often as it may."""


class Lost(Exception):
    """run-batch was killed, so the run has no end. Another may be started."""


def level(line):
    """The level that a line in JSON gives, or a word such as ERROR at the beginning of another."""
    fields, found = {}, WORD.match(line)
    if line.startswith("{"):
        try:
            fields, found = json.loads(line), None
        except ValueError:
            pass
    word = fields.get("level") or ("error" if fields.get("exit") else found and found.group(1))
    number = logging.getLevelName(str(word).upper())
    return number if isinstance(number, int) else logging.INFO


def start(command):
    environment = {**os.environ, "MAM_LAUNCHER": "prefect", "MAM_LAUNCH_ID": str(flow_run.id)}
    with lock:  # so that stop() misses no process
        if stopping.is_set():
            raise Failed("the flow run was stopped before this batch began")
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True,
                                   cwd=os.path.expanduser("~"))
        running.add(process)
    return process


def run_batch(name, slot):
    """Returns the state of the task, or raises Failed or Lost."""
    logger, last = get_run_logger(), deque(maxlen=2)
    process = start(["run-batch", "--slot", slot, name])
    for n, line in enumerate(process.stderr):
        last.append(line.rstrip("\n"))
        if n < LINES_MAX:
            logger.log(level(last[-1]), "%s", last[-1])
    status = process.wait()
    with lock:
        running.discard(process)
    if status < 0:
        raise Lost(f"{name}: run-batch was ended by signal {-status}")
    summary = last[-1] if last else f"exit status {status}"
    if status in (0, WARNED):
        return Completed(name="Warned" if status else "Completed", message=summary)
    raise Failed(f"{name}: exit status {status}: {last[0] if last else 'without a message'}")


def stop():
    """Ends all that runs: run-batch passes SIGTERM on to its batch, and records the end."""
    with lock:
        stopping.set()
        for process in running:
            process.terminate()
