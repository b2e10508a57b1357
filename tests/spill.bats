# SPDX-License-Identifier: MIT
# Bytes that leave memory on the way: the temporary files of dedupe and fetch-api are damaged while
# they are in use. A stage either finds it, status 74, or the damage hit a byte that it does not use.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	seq 1 40000 | sed 's/.*/{"id":&,"name":"name of &, and some more"}/' | from-json >big.mam
	# What the two drivers share: the temporary file of a process, and how it is damaged.
	cat >spill.py <<-'END'
	import fcntl, os, random, struct, sys, termios, time

	def spill_file(pid):
	    """The descriptor of the file without a name that the process has open."""
	    for fd in os.listdir(f'/proc/{pid}/fd'):
	        path = f'/proc/{pid}/fd/{fd}'
	        try:
	            if '(deleted)' in os.readlink(path) and os.stat(path).st_size:
	                return path
	        except FileNotFoundError:
	            pass
	    return None

	def wait_for_file(pid, drained):
	    """The file, once everything that was sent is in it and nothing moves."""
	    for _ in range(2000):
	        path = drained() and spill_file(pid)
	        if path:
	            size = os.stat(path).st_size
	            time.sleep(0.02)
	            if os.stat(path).st_size == size:
	                return path
	        time.sleep(0.005)
	    sys.exit('no temporary file to be seen')

	def bit(path, at):
	    with open(path, 'r+b') as f:
	        f.seek(at)
	        old = f.read(1)[0]
	        f.seek(at)
	        f.write(bytes([old ^ 1 << at % 8]))

	def zeros(path, at):
	    with open(path, 'r+b') as f:
	        f.seek(at)
	        f.write(bytes(4096))

	def cut(path, at):
	    os.truncate(path, at)

	def ones(path, at):
	    """A length that leads out of every buffer."""
	    with open(path, 'r+b') as f:
	        f.seek(at)
	        f.write(b'\xff' * 8)

	def damages(path_size, block):
	    """Half of them anywhere, half in the heads of blocks, where the lengths are."""
	    random.seed(20261126)
	    blocks = path_size // block
	    for i in range(12):
	        yield bit, random.randrange(block, path_size)
	        yield random.choice([bit, ones]), random.randrange(1, blocks) * block + random.randrange(32)
	    for i in range(4):
	        yield zeros, random.randrange(1, blocks) * block + 4096 * random.randrange(block // 4096)
	    yield cut, path_size // 2

	def check(what, status, errors, out, good, where):
	    """Right and 0, or 74 and no seal."""
	    if status == 0 and out == good:
	        return 0
	    if status == 74 and where in errors and ('was changed' in errors or 'was cut' in errors):
	        return 1
	    sys.exit(f'{what}: status {status}, output {"right" if out == good else "WRONG"}: {errors}')
	END
}

@test "a damaged temporary file of dedupe is 74, never another record and never a crash" {
	cat >driver.py <<-'END'
	import subprocess
	from spill import *

	data = open(sys.argv[1], 'rb').read()
	half = len(data) * 9 // 10

	def run(damage):
	    p = subprocess.Popen(['dedupe', '--key', 'id', '--keep', 'last', '--memory', '8M', '--tmp', '.'],
	                         stdin=subprocess.PIPE, stdout=open('out', 'wb'), stderr=open('err', 'wb'))
	    p.stdin.write(data[:half])
	    p.stdin.flush()
	    unread = lambda: struct.unpack('i', fcntl.ioctl(p.stdin, termios.FIONREAD, b'    '))[0]
	    path = wait_for_file(p.pid, lambda: unread() == 0)
	    size = os.stat(path).st_size
	    damage(path)
	    try:
	        p.stdin.write(data[half:])
	        p.stdin.close()
	    except BrokenPipeError:
	        pass
	    return p.wait(), open('err').read(), open('out', 'rb').read(), size

	def records(out):
	    """Without the end mark, which holds times."""
	    return out[:out.rindex(b'\xa7records')]

	status, errors, out, size = run(lambda path: None)
	assert status == 0, errors
	good = records(out)
	found = 0
	for how, at in damages(size, 16384):
	    status, errors, out, _ = run(lambda path: how(path, at))
	    if status == 0:
	        out = records(out)
	    found += check(f'{how.__name__} at {at}', status, errors, out, good, '--tmp "."')
	print(found)
	END
	PYTHONPATH=$BATS_FILE_TMPDIR run python3 driver.py "$BATS_FILE_TMPDIR/big.mam"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" -ge 24 ]
}

@test "a damaged temporary file of fetch-api is 74, never other bytes" {
	cat >driver.py <<-'END'
	import http.server, subprocess, threading
	from spill import *

	body = random.Random(1).randbytes(4_000_000)
	half = 3_500_000
	job = {}

	class Handler(http.server.BaseHTTPRequestHandler):
	    def log_message(self, *_):
	        pass

	    def do_GET(self):
	        self.send_response(200)
	        self.send_header('Content-Type', 'application/octet-stream')
	        self.send_header('Content-Length', str(len(body)))
	        self.end_headers()
	        self.wfile.write(body[:half])
	        job['started'].wait()
	        path = wait_for_file(job['p'].pid, lambda: True)
	        for _ in range(400):    # all but the last block and what is still in memory
	            if os.stat(path).st_size > 2_000_000:
	                break
	            time.sleep(0.005)
	        job['size'] = os.stat(path).st_size
	        job['damage'](path)
	        try:
	            self.wfile.write(body[half:])
	        except ConnectionError:
	            pass

	server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	url = f'http://127.0.0.1:{server.server_port}/report'

	def run(damage):
	    job.update(damage=damage, started=threading.Event())
	    p = job['p'] = subprocess.Popen(['fetch-api', '--url', url, '--decoder', 'raw'],
	                                    stdout=open('out', 'wb'), stderr=open('err', 'wb'))
	    job['started'].set()
	    return p.wait(), open('err').read(), open('out', 'rb').read()

	def chunks(out):
	    """The body out of the stream: only its chunks are longer than 255 bytes."""
	    at, whole = 0, b''
	    while (at := min((i for i in (out.find(b'\x91\xc5', at), out.find(b'\x91\xc6', at)) if i >= 0), default=-1)) >= 0:
	        size = {0xc5: 2, 0xc6: 4}[out[at + 1]]
	        n = int.from_bytes(out[at + 2:at + 2 + size], 'big')
	        whole += out[at + 2 + size:at + 2 + size + n]
	        at += 2 + size + n
	    return whole

	status, errors, out = run(lambda path: None)
	assert status == 0, errors
	assert chunks(out) == body
	found = 0
	for how, at in damages(job['size'], 131104):
	    status, errors, out = run(lambda path: how(path, at))
	    if status == 0:
	        out = chunks(out)
	    found += check(f'{how.__name__} at {at}', status, errors, out, body, 'TMPDIR')
	print(found)
	END
	PYTHONPATH=$BATS_FILE_TMPDIR TMPDIR=$PWD run python3 driver.py
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" -ge 24 ]
	[ -z "$(find . -name 'mam-*')" ]
}
