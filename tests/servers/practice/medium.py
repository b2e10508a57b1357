# SPDX-License-Identifier: MIT
"""What the practice servers of all media share.

To add a practice server:

 1. tests/servers/NAME: a class of Medium, and main(CLASS, __doc__) at the end. Keep it at 100 to
    200 lines. Its docstring says from which sources it was written; a comment says "not documented"
    where it decides by itself.
 2. ROUTES names the operations: {"report": ("GET", "/v1/report/{account}")}. Each is a method
    do_report(request, account=...) that returns a web.Response. Refuse with raise Refusal(...).
 3. admit(request) checks the credentials of every request, token requests excepted. LIMIT is the
    medium's own limit; too_many() its answer to a request above it. wrong() is its answer to anything
    else that is refused: an unknown path, a method, a parameter.
 4. Be strict: exactly() refuses unknown and missing parameters; check types, formats, spans, sizes.
 5. The rows come from rows.facts(self.settings, account, first, after). Write them as the medium does,
    and in expected(first, after) as the values that the table must have, in the order of COLUMNS.
    Say it twice: do not compute the second from the first.
 6. OPTIONS are further settings, as {name: default}: each is an option --name of the command line and
    can be changed by POST /practice/set. All media have those of SETTINGS.
 7. FAULTS are the medium's own faults, as {"quota": method name}; "at=report do=quota count=2" makes
    the next two answers of that operation the Response which the method returns. Those of all media
    are in web.py: latency, status, expire, reset, truncate, cut, slow.
 8. STORAGE = True: the downloads of the medium lie on another host, a second port. A route "//PATH"
    is of that host, self.storage_url is its URL, and a request there with credentials is refused. The
    batch says ${BASE_URL:+--allow-private}, since such a URL of this machine is refused otherwise.
 9. tests/media-NAME.bats, see tests/media.bash.

    GET  /practice/expected?from=DAY&to=DAY   a line {"columns": {NAME: TYPE}, "key": [...]}, then a row a
                                              line, an array; practice/table.py compares a table with it
    POST /practice/expire                     ends all access tokens
    and those of web.py
"""

import argparse
import collections
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import zoneinfo

from . import web

SETTINGS = {
    "rows": (40, "campaigns of each day; 0: no data"),
    "seed": (1, "what all values are made from"),
    "restated": (0, "another number changes the values, and which rows exist"),
    "repeat": (0, "send every N-th row twice"),
    "polls": (1, "times that a report is found unfinished"),
    "rate": (-1, "requests of the medium's span that are let through (-1: the medium's limit, 0: all)"),
    "today": ("", "the day it is, YYYY-MM-DD (default: today in the medium's zone)"),
}


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response):
        super().__init__(response.status)
        self.response = response


class Settings:
    """What a test may change while the server runs (POST /practice/set)."""

    def __init__(self, values):
        self.__dict__.update(values)

    def change(self, values):
        for name, value in values.items():
            if type(value) is not type(getattr(self, name)):
                raise ValueError(f"set: {name} is not like {getattr(self, name)!r}")
            setattr(self, name, value)


class Limit:
    """At most n requests in any such number of seconds, for each key."""

    def __init__(self, n, seconds):
        self.n, self.seconds = n, seconds
        self.recent = collections.defaultdict(collections.deque)

    def passes(self, n, key=""):
        now, recent = time.monotonic(), self.recent[key]
        while recent and now - recent[0] >= self.seconds:
            recent.popleft()
        recent.append(now)
        return not n or len(recent) <= n

    def ends(self, key=""):
        """Seconds until the oldest counted request counts no longer."""
        recent = self.recent[key]
        return max(0.0, recent[0] + self.seconds - time.monotonic()) if recent else 0.0


def is_text(value):
    return isinstance(value, str) and value != ""


def is_int(value, least=None, most=None):
    return (isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least)
            and (most is None or value <= most))


def parse_day(text, form="%Y-%m-%d"):
    """The day, or None unless it is written exactly so."""
    try:
        day = datetime.datetime.strptime(text, form)
    except (TypeError, ValueError):
        return None
    return day.date() if day.strftime(form) == text else None


class Medium:
    ROUTES = {}
    COLUMNS = ""  # of the batch's table: "day:date campaign_id:int ..."; types as in table.py
    KEY = ()
    ZONE = "UTC"
    LIMIT = None  # (requests, seconds)
    OPTIONS = {}
    FAULTS = {}
    STORAGE = False

    def __init__(self, settings):
        self.settings = settings
        self.url = self.storage_url = ""
        self.tokens = None  # oauth.Tokens, if the medium has any
        self.limit = Limit(*self.LIMIT) if self.LIMIT else None
        self.lock = threading.RLock()
        self.routes = [(name, method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)))
                       for name, (method, path) in self.ROUTES.items()]

    def today(self):
        if self.settings.today:
            return datetime.date.fromisoformat(self.settings.today)
        return datetime.datetime.now(zoneinfo.ZoneInfo(self.ZONE)).date()

    def wrong(self, status, text):
        """The medium's answer to a request that is wrong."""
        return web.Response.json(status, {"error": {"code": status, "message": text}})

    def too_many(self, seconds):
        """The medium's answer to a request above its limit, of which some is free again in so many seconds."""
        response = self.wrong(429, "too many requests")
        response.headers.append(("Retry-After", str(max(1, round(seconds + 0.5)))))
        return response

    def unauthorized(self):
        return self.wrong(401, "the access token is invalid or has expired")

    def admit(self, request):
        """Checks the credentials of a request."""
        if self.tokens and not self.tokens.valid(request):
            raise Refusal(self.unauthorized())

    def refuse(self, status, text):
        raise Refusal(self.wrong(status, text))

    def operation(self, request):
        path = ("/" + request.path if request.storage else request.path)
        for name, method, pattern in self.routes:
            found = pattern.fullmatch(path)
            if found and request.method in method.split("|"):
                request.parts = {key: urllib.parse.unquote(value) for key, value in found.groupdict().items()}
                return name
        return "unknown"

    def respond(self, request, faults):
        try:
            request.faults = faults
            if "status" in faults:
                return self.status_fault(faults["status"])
            for name in faults:
                if name in self.FAULTS:
                    return getattr(self, self.FAULTS[name])(request, faults[name])
            if "expire" in faults and self.tokens:
                self.tokens.expire()
            if request.op == "unknown":
                self.refuse(404, f"no such path: {request.method} {request.path}")
            with self.lock:
                self.check(request)
                return getattr(self, "do_" + request.op)(request, **request.parts)
        except Refusal as refusal:
            return refusal.response

    def check(self, request):
        if request.op == "token":
            return
        if request.storage:
            if request.headers.get("Authorization"):
                self.refuse(400, "credentials of the API were sent to the storage host")
            return
        n = self.settings.rate if self.settings.rate >= 0 else (self.LIMIT or (0,))[0]
        if self.limit and not self.limit.passes(n):
            request.note["over"] = True
            raise Refusal(self.too_many(self.limit.ends()))
        self.admit(request)

    def status_fault(self, args):
        response = self.too_many(0) if args["status"] == 429 else self.wrong(args["status"], "practice fault")
        response.status = args["status"]
        if args["status"] == 429 or "retry-after" in args:
            response.headers = [h for h in response.headers if h[0] != "Retry-After"]
            response.headers.append(("Retry-After", str(args.get("retry-after", 0))))
        return response

    def do_token(self, request):
        return self.tokens.respond(request)

    def exactly(self, given, needed, allowed=()):
        """Refuses names in given (a query, an object) that are not needed or allowed, and missing ones."""
        for name in given:
            if name not in needed and name not in allowed:
                self.refuse(400, f"{name} is not known")
        for name in needed:
            if name not in given:
                self.refuse(400, f"{name} is missing")

    def json_body(self, request, kind="application/json"):
        """The JSON object of a body with this Content-Type."""
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != kind:
            self.refuse(415, f"Content-Type must be {kind}")
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self.refuse(400, "the body is not a JSON object")
        return body

    def expected(self, first, after):
        """The rows that the table must have, as sequences of values in the order of COLUMNS: None, int,
        bool, or the text of anything else."""
        raise NotImplementedError

    def expected_lines(self, request):
        columns = dict(item.split(":") for item in self.COLUMNS.split())
        window = [datetime.date.fromisoformat(request.param(name)) for name in ("from", "to")]
        yield {"columns": columns, "key": list(self.KEY)}
        for row in self.expected(*window):
            if len(row) != len(columns):
                raise ValueError(f"a row of {len(row)} values for {len(columns)} columns")
            yield list(row)

    def practice(self, request, method, what):
        if (method, what) == ("POST", "expire") and self.tokens:
            self.tokens.expire()
            return web.Response(200)
        if (method, what) == ("GET", "expected"):
            return web.Response.lines(list(self.expected_lines(request)))
        return None


def start(name, folder, arguments):
    """Runs a server that outlives this call; tests/run sets MAM_CHECK_PID to the process that it ends with."""
    os.makedirs(folder, exist_ok=True)
    parent = os.environ.get("MAM_CHECK_PID")
    with open(os.path.join(folder, "errors"), "ab") as errors:
        server = subprocess.Popen(
            [sys.executable, os.path.abspath(sys.argv[0]), "--while", folder,
             *(["--parent", parent] if parent else []), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
    url = server.stdout.readline().decode().strip()
    if not url:
        sys.exit(f"{os.path.basename(sys.argv[0])}: did not start, see {folder}/errors")
    with open(os.path.join(folder, "pid"), "w", encoding="ascii") as file:
        file.write(str(server.pid))
    print(f"export {name}={url}")


def stop(folder):
    try:
        with open(os.path.join(folder, "pid"), encoding="ascii") as file:
            os.kill(int(file.read()), signal.SIGTERM)
        os.remove(os.path.join(folder, "pid"))
    except (FileNotFoundError, ProcessLookupError):
        pass


def background(name):
    """Handles "start FOLDER" and "stop FOLDER"; false if the command line is neither."""
    if len(sys.argv) < 3 or sys.argv[1] not in ("start", "stop"):
        return False
    if sys.argv[1] == "start":
        start(name, sys.argv[2], sys.argv[3:])
    else:
        stop(sys.argv[2])
    return True


def server_options(parser):
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default 0: any free one)")
    parser.add_argument("--fault", action="append", default=[], help="a fault, e.g. 'at=report do=status status=503'")
    parser.add_argument("--log", help="append the log of requests to this file too")
    parser.add_argument("--bodies", action="store_true", help="log the bodies of requests and answers, too")
    parser.add_argument("--parent", type=int, help="end with this process instead of the one that started us")
    parser.add_argument("--while", dest="folder", help="end when this folder is gone, and not with a parent")


def main(medium, about):
    """The command line of a practice server."""
    name = os.path.basename(sys.argv[0])
    if background(f"MAM_TEST_{name.upper().replace('-', '_')}"):
        return
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    server_options(parser)
    settings = SETTINGS | {key: value if isinstance(value, tuple) else (value, None)
                           for key, value in medium.OPTIONS.items()}
    for key, (default, text) in settings.items():
        parser.add_argument("--" + key.replace("_", "-"), type=type(default), default=default, help=text)
    options = parser.parse_args()
    app = medium(Settings({key: getattr(options, key) for key in settings}))
    server = web.Server(options.port, app, options.log, options.bodies)
    app.url = server.url
    if medium.STORAGE:
        storage = web.Server(0, app, twin=server)
        app.storage_url = storage.url
        threading.Thread(target=storage.serve_forever, daemon=True).start()
    for fault in options.fault:
        server.faults.add(fault)
    web.run(server, options.parent, options.folder)
