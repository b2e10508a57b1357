# SPDX-License-Identifier: MIT
"""HTTP/1.1 for practice servers: a log of the requests, faults on demand, and
an end together with the parent process. An application hands over a function
from Request to Response; all else that a test may want is here.

Paths below /practice/ are for tests and no part of any medium's API:

    GET    /practice/log        the requests so far, JSON lines
    DELETE /practice/log        forgets them
    GET    /practice/faults     the faults that still wait
    POST   /practice/faults     one fault a line, as on the command line
    DELETE /practice/faults     takes all of them back
    POST   /practice/set        {"rows": 5, ...}: changes settings
    others                      the application's own

A fault is words "key=value": at=OPERATION (default any), do=WHAT, count=N
(default 1; 0 is for ever), skip=N (requests of the operation that it lets pass
first; it may have to wait longer for another one of its kind), and what WHAT needs:

    do=latency seconds=S                 answers later
    do=status status=503 [code=0099] [retry-after=S]   an HTTP error
    do=full-error code=0001              error in a 200 answer, whole request
    do=part-error code=V0001             error in a 200 answer, one element
    do=expire                            the token ends before this request
    do=reset bytes=N                     connection reset after N body bytes
    do=truncate bytes=N                  closed after N bytes, the framing promised more
    do=cut bytes=N                       N bytes and a framing that agrees: no HTTP client can see it
    do=slow bytes=N seconds=S            rests S seconds after every N bytes
    others                               the application's own (Medium.FAULTS in medium.py)
"""

import base64
import http.server
import json
import os
import socket
import struct
import sys
import threading
import time
import urllib.parse

CHUNK = 65536


class Request:
    """One request, its body read; op is the application's name for what it asks."""

    def __init__(self, method, target, headers, body):
        parts = urllib.parse.urlsplit(target)
        self.method, self.target = method, target
        self.path = parts.path
        self.raw_query = parts.query
        self.query = urllib.parse.parse_qs(parts.query, keep_blank_values=True, strict_parsing=False)
        self.headers = headers
        self.body = body
        self.op = ""
        self.parts = {}  # of the path, as the application named them
        self.storage = False  # it came to the second host
        self.faults = {}
        self.note = {}  # what the application adds to the log

    def param(self, name):
        """The only value of a query parameter, or None (repeated counts as absent)."""
        values = self.query.get(name, [])
        return values[0] if len(values) == 1 else None


class Response:
    """status, headers and a body: bytes, or an iterator of bytes (sent chunked)."""

    def __init__(self, status, body=b"", content_type="application/octet-stream", headers=()):
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = list(headers)

    @classmethod
    def json(cls, status, value, headers=()):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return cls(status, text.encode(), "application/json;charset=UTF-8", headers)

    @classmethod
    def lines(cls, values):
        return cls(200, ("".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values)).encode(),
                   "application/jsonl")


class Fault:
    NUMBERS = {"count": int, "skip": int, "seconds": float, "status": int, "bytes": int, "retry-after": int}
    KINDS = ("latency", "status", "full-error", "part-error", "expire", "fail-report",
             "reset", "truncate", "cut", "slow")

    def __init__(self, text, others=()):
        self.at, self.do, self.count, self.skip = "*", None, 1, 0
        self.args = {}
        for word in text.split():
            key, equals, value = word.partition("=")
            if not equals:
                raise ValueError(f"fault: {word!r} is not key=value")
            value = self.NUMBERS.get(key, str)(value)
            if key in ("at", "do", "count", "skip"):
                setattr(self, key, value)
            else:
                self.args[key] = value
        if self.do not in self.KINDS and self.do not in others:
            raise ValueError(f"fault: do={self.do} is not one of {', '.join([*self.KINDS, *others])}")

    def __str__(self):
        words = [f"at={self.at}", f"do={self.do}", f"count={self.count}", f"skip={self.skip}"]
        return " ".join(words + [f"{k}={v}" for k, v in self.args.items()])


class Faults:
    def __init__(self, others=()):
        self.waiting = []
        self.others = tuple(others)  # kinds that the application has besides those above
        self.lock = threading.Lock()

    def add(self, text):
        fault = Fault(text, self.others)
        with self.lock:
            self.waiting.append(fault)

    def clear(self):
        with self.lock:
            self.waiting = []

    def take(self, op):
        """The faults that this request meets, by kind. Each is counted down."""
        taken = {}
        with self.lock:
            for fault in list(self.waiting):
                if fault.at not in ("*", op):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.do in taken:
                    continue
                taken[fault.do] = fault.args
                if fault.count == 1:
                    self.waiting.remove(fault)
                elif fault.count > 1:
                    fault.count -= 1
        return taken


class Log:
    def __init__(self, path):
        self.entries = []
        self.lock = threading.Lock()
        self.file = open(path, "a", buffering=1, encoding="utf-8") if path else None

    def add(self, entry):
        with self.lock:
            entry = {"n": len(self.entries) + 1, **entry}
            self.entries.append(entry)
            if self.file:
                self.file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return entry


class Hangup(Exception):
    """The connection is to be dropped here; reset says how."""

    def __init__(self, reset):
        super().__init__()
        self.reset = reset


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "practice"
    sys_version = ""
    timeout = 120

    def log_message(self, *args):  # requests are logged by Log, not on standard error
        pass

    def do_GET(self):
        self.serve()

    do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_GET

    def serve(self):
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > 16 << 20:
            self.close_connection = True
            self.send_plain(Response.json(411, {"message": "a body needs a Content-Length of at most 16 MiB"}))
            return
        request = Request(self.command, self.path, self.headers, self.rfile.read(int(length)))
        request.storage = self.server.storage
        if request.path.startswith("/practice/"):
            self.send_plain(self.server.admin(request))
            return
        app = self.server.app
        request.op = app.operation(request)
        faults = self.server.faults.take(request.op)
        if "latency" in faults:
            time.sleep(faults["latency"]["seconds"])
        started = time.time()
        try:
            response = app.respond(request, faults)
        except Exception as trouble:  # a practice server that breaks must say so, and not look like the medium
            print(f"practice server: {request.op}: {trouble!r}", file=sys.stderr, flush=True)
            response = Response.json(599, {"message": repr(trouble)})
        entry = {"at": round(started, 3), "op": request.op, "method": request.method, "path": request.path,
                 "status": response.status, "faults": sorted(faults), **request.note}
        if self.server.bodies:
            entry.update(whole(request, response))
        entry = self.server.log.add(entry)
        entry["sent"] = 0
        try:
            self.send_body(response, faults, entry)
        except Hangup as hangup:
            self.hang_up(hangup.reset)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    def send_plain(self, response):
        self.send_body(response, {}, {"sent": 0})

    def send_body(self, response, faults, entry):
        body = response.body
        if isinstance(body, (bytes, bytearray)):
            pieces, length = iter([bytes(body)]), len(body)
        else:
            pieces, length = body, None
        if "cut" in faults:
            pieces = cut(pieces, faults["cut"]["bytes"])
            length = None if length is None else min(length, faults["cut"]["bytes"])
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers:
            self.send_header(name, value)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in hindered(pieces, faults):
            if isinstance(piece, Hangup):
                raise piece
            if not piece:
                continue
            if length is None:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            else:
                self.wfile.write(piece)
            entry["sent"] += len(piece)
        if length is None:
            self.wfile.write(b"0\r\n\r\n")

    def hang_up(self, reset):
        """Ends the connection here and now: by RST, or by FIN in the middle of the body."""
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


def whole(request, response):
    """What else the log holds with bodies: all that was said on both sides. Of a body in pieces, nothing."""
    body = response.body if isinstance(response.body, (bytes, bytearray)) else b""
    return {"request": {"headers": dict(request.headers.items()), "body": base64.b64encode(request.body).decode()},
            "answer": {"status": response.status, "type": response.content_type,
                       "body": base64.b64encode(body).decode()}}


def cut(pieces, limit):
    """The first limit bytes of the pieces, and an ordinary end."""
    for piece in pieces:
        if limit <= 0:
            return
        yield piece[:limit]
        limit -= len(piece)


def hindered(pieces, faults):
    """The pieces with a Hangup behind the byte where a fault wants it, and rests in between."""
    stop = faults.get("reset") or faults.get("truncate")
    left = stop["bytes"] if stop else None
    slow = faults.get("slow")
    step = slow["bytes"] if slow else CHUNK
    for piece in pieces:
        for at in range(0, len(piece), step):
            part = piece[at:at + step]
            if left is not None and len(part) > left:
                yield part[:left]
                yield Hangup("reset" in faults)
            if left is not None:
                left -= len(part)
            yield part
            if slow:
                time.sleep(slow["seconds"])
    if stop:
        yield Hangup("reset" in faults)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port, app, log_path=None, bodies=False, twin=None):
        """With twin this is a second host of the same application: log and faults are those of the twin."""
        super().__init__(("127.0.0.1", port), Handler)
        self.app = app
        self.storage = twin is not None
        self.bodies = twin.bodies if twin else bodies
        self.faults = twin.faults if twin else Faults(getattr(app, "FAULTS", ()))
        self.log = twin.log if twin else Log(log_path)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    def admin(self, request):
        what = (request.method, request.path.removeprefix("/practice/"))
        try:
            if what == ("GET", "log"):
                return Response.lines(self.log.entries)
            if what == ("DELETE", "log"):
                self.log.entries.clear()
                return Response(200)
            if what == ("GET", "faults"):
                return Response(200, "".join(f"{f}\n" for f in self.faults.waiting).encode(), "text/plain")
            if what == ("POST", "faults"):
                for line in request.body.decode().splitlines():
                    self.faults.add(line)
                return Response(200)
            if what == ("DELETE", "faults"):
                self.faults.clear()
                return Response(200)
            if what == ("POST", "set"):
                self.app.settings.change(json.loads(request.body))
                return Response(200)
            response = self.app.practice(request, *what)
        except (ValueError, KeyError, AttributeError) as trouble:
            return Response(400, f"{trouble}\n".encode(), "text/plain")
        return response or Response(404, b"no such practice path\n", "text/plain")


def gone(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except ProcessLookupError:
        return True
    except OSError:  # not ours to signal, or no /proc here
        return False


def watch(parent, folder):
    """Ends this process together with its parent (or that process), or with the folder: no test leaves a server behind."""
    original = os.getppid()
    while True:
        time.sleep(0.2)
        if folder and not os.path.isdir(folder):
            os._exit(0)
        if parent and gone(parent) or not parent and not folder and os.getppid() != original:
            os._exit(0)


def run(server, parent=None, folder=None):
    """Prints the base URL as the only line of standard output and serves until the end that watch sees."""
    threading.Thread(target=watch, args=(parent, folder), daemon=True).start()
    print(server.url, flush=True)
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)  # whoever reads the URL from a pipe sees its end
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
