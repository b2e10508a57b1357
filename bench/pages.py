#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pages.py: an HTTP server for fetch-api to read from, on a free loopback port that it prints.

GET /slow/N answers one record after 20 ms. GET /N?page=P answers {"rows": [...]} with the P-th thousand of N rows, an empty page at the end.
"""

import http.server
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

PAGE = 1000
ROWS = subprocess.run(['rows', 'json', str(PAGE)], check=True, stdout=subprocess.PIPE).stdout.splitlines()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path.startswith('/slow/'):
            time.sleep(0.02)
            self.answer(b'{"rows":[{"n":%d}]}' % int(url.path[6:]))
            return
        page = int(parse_qs(url.query)['page'][0])
        rows = ROWS[:max(0, int(url.path[1:]) - page * PAGE)]
        # No two pages are the same: fetch-api would say that the server goes round in circles.
        body = b'{"page":%d,"rows":[%s]}' % (page, b','.join([b'{"page":%d}' % page] * bool(rows) + rows[1:]))
        self.answer(body)

    def answer(self, body):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


if __name__ == '__main__':
    server = Server(('127.0.0.1', 0), Handler)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
