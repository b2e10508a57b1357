# SPDX-License-Identifier: MIT
"""What all subjects of the benchmark share: a folder of work, measured commands, two database servers."""

import glob
import json
import os
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICKS = os.sysconf('SC_CLK_TCK')

# The table of the ad report, in the words of each.
PEERS = os.environ.get('MAM_BENCH_PEERS', os.path.join(ROOT, 'build', 'bench-peers'))
FIELDS = ('day account_id campaign_id campaign_name adgroup_id adgroup_name device impressions clicks '
          'cost conversions updated_at').split()
NORMALIZE = ('day:date account_id:int campaign_id:int campaign_name:text adgroup_id:int adgroup_name:text '
             'device:text impressions:int clicks:int cost:decimal conversions:decimal updated_at:timestamp')
PG_TABLE = ('day date, account_id bigint, campaign_id bigint, campaign_name text, adgroup_id bigint, '
            'adgroup_name text, device text, impressions bigint, clicks bigint, cost numeric(18,2), '
            'conversions numeric(18,4), updated_at timestamptz')
MYSQL_TABLE = ('day date, account_id bigint, campaign_id bigint, campaign_name varchar(100), adgroup_id bigint, '
               'adgroup_name varchar(100), device varchar(20), impressions bigint, clicks bigint, '
               'cost decimal(18,2), conversions decimal(18,4), updated_at timestamp NULL')


class Failed(Exception):
    """A command of the benchmark failed, or did not do what it was measured for."""


class Sample:
    """One measured run of a command: seconds, megabytes, and the counters of our stages in it."""

    def __init__(self, line, server, stages):
        wall, user, system, resident = line.split()
        self.wall = float(wall)
        self.cpu = float(user) + float(system)
        self.server = server
        self.memory = int(resident) / 1024
        self.stages = stages


class Contender:
    """A command that is run in turn with others, and what its runs gave."""

    def __init__(self, label, command, server=None, prepare=None, verify=None):
        self.label = label
        self.command = command
        self.server = server
        self.prepare = prepare
        self.verify = verify
        self.samples = []

    def median(self, what):
        return statistics.median(getattr(s, what) for s in self.samples)

    def peaks(self):
        """Greatest resident megabytes of each of our stages."""
        peaks = {}
        for sample in self.samples:
            for stage in sample.stages:
                name = stage['stage']
                peaks[name] = max(peaks.get(name, 0), stage['peak_memory'] / 1024 / 1024)
        return peaks


def ratio(a, b, what='wall'):
    """Median over the rounds of a's figure divided by b's."""
    return statistics.median(
        getattr(x, what) / getattr(y, what) for x, y in zip(a.samples, b.samples))


class Server:
    """A throw-away database server of tests/servers."""

    def __init__(self, lab, name, env, words=()):
        self.script = os.path.join(ROOT, 'tests', 'servers', name)
        self.dir = os.path.join(lab.dir, 'server-' + name)
        said = subprocess.run([self.script, 'start', self.dir, *words], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, **env}).stdout
        for word in shlex.split(said):
            if '=' in word:
                key, value = word.split('=', 1)
                os.environ[key] = value

    def pid(self):
        for name in 'data/postmaster.pid', 'pid':
            path = os.path.join(self.dir, name)
            if os.path.exists(path):
                with open(path, encoding='ascii') as f:
                    return int(f.readline())
        raise Failed(f'{self.script}: no pid file')

    def cpu(self):
        """Seconds of the server's process, of its children that are there and of those that ended."""
        top = str(self.pid())
        total = 0
        for path in glob.glob('/proc/[0-9]*/stat'):
            try:
                with open(path, encoding='utf-8', errors='replace') as f:
                    stat = f.read()
            except OSError:
                continue
            fields = stat[stat.rindex(')') + 2:].split()
            if path.split('/')[2] == top:
                total += sum(int(n) for n in fields[11:15])
            elif fields[1] == top:
                total += sum(int(n) for n in fields[11:13])
        return total / TICKS

    def stop(self):
        subprocess.run([self.script, 'stop', self.dir], check=False)


class Background:
    """A server in the foreground of its own process."""

    def __init__(self, words):
        self.process = subprocess.Popen(words)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Lab:
    """Folder, settings, servers; everything is gone after close()."""

    def __init__(self, rows, runs, keys, growth):
        self.rows, self.runs, self.keys, self.growth = rows, runs, keys, growth
        self.slow_rows = max(rows // 10, 1)
        self.build = os.environ.get('MAM_BUILD', os.path.join(ROOT, 'build'))
        self.dir = tempfile.mkdtemp(prefix='mam-bench.')
        os.chmod(self.dir, 0o755)
        self.servers = {}
        self.web = None
        os.environ['PATH'] = ':'.join([os.path.join(self.build, 'bin'), os.path.join(self.build, 'bench'),
                                       os.environ['PATH'], '/usr/sbin'])
        os.environ.update(LC_ALL='C.UTF-8', MAM_LOG='quiet', PGTZ='UTC')
        for name in 'MAM_RUN_ID', 'MAM_DRY_RUN', 'MAM_RUN_DIR':
            os.environ.pop(name, None)

    def close(self):
        for server in self.servers.values():
            server.stop()
        if self.web:
            self.web.kill()
            self.web.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def has(self, *programs):
        """True when all are there; says which are not, since a benchmark that skips quietly misleads."""
        missing = [p for p in programs if not shutil.which(p)]
        if missing:
            print(f'bench: SKIPPED: not here: {" ".join(missing)}', flush=True)
        return not missing

    def peer(self, name):
        """The path of a program that bench/peers installed; says so and gives None if it is not there."""
        path = os.path.join(PEERS, name)
        if os.path.exists(path):
            return path
        print(f'bench: SKIPPED: not here: {name} (bench/peers install)', flush=True)
        return None

    def path(self, name):
        return os.path.join(self.dir, name)

    def shell(self, command):
        """Runs a command that is not measured; its output."""
        done = subprocess.run(['bash', '-c', 'set -o pipefail; ' + command], cwd=self.dir, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise Failed(f'{command}\n{done.stderr}')
        return done.stdout

    def made(self, name, command):
        """The file of data, made on its first use."""
        if not os.path.exists(self.path(name)):
            print(f'bench: making {name}', flush=True)
            self.shell(f'{command} >{name}.part && mv {name}.part {name}')
        return name

    def measure(self, command, server=None):
        run_dir = tempfile.mkdtemp(dir=self.dir)
        before = server.cpu() if server else 0
        done = subprocess.run(
            ['measure', self.path('sample'), 'bash', '-c', 'set -o pipefail; ' + command], cwd=self.dir,
            env={**os.environ, 'MAM_RUN_DIR': run_dir}, text=True, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode:
            raise Failed(f'{command}\n{done.stderr}')
        if server:
            time.sleep(0.3)  # a PostgreSQL backend's time is counted when it has ended
        used = server.cpu() - before if server else 0
        stages = []
        for path in glob.glob(run_dir + '/*.json'):
            with open(path, encoding='utf-8') as f:
                stages.append(json.load(f))
        shutil.rmtree(run_dir)
        with open(self.path('sample'), encoding='ascii') as f:
            return Sample(f.read(), used, stages)

    def alternate(self, contenders, runs=None):
        """A B A B …, so that what else the machine does meets all of them alike."""
        for turn in range(runs or self.runs):
            for c in contenders:
                if c.prepare:
                    c.prepare()
                c.samples.append(self.measure(c.command, c.server))
                if c.verify:
                    c.verify(c)
                print(f'bench:   {turn + 1} {c.label}: {c.samples[-1].wall:.2f} s', flush=True)
        return contenders

    def postgres(self):
        if 'postgres' not in self.servers:
            self.servers['postgres'] = Server(self, 'postgres', {'MAM_TEST_PG_SYNC': '1'})
            self.pg(f'CREATE TABLE ads ({PG_TABLE})')
        return self.servers['postgres']

    def pg(self, sql):
        return self.shell(f'psql -qAtX "$MAM_TEST_PG" -v ON_ERROR_STOP=1 -c {shlex.quote(sql)}').strip()

    def mysql(self):
        if 'mysql' not in self.servers:
            self.servers['mysql'] = Server(self, 'mysql', {}, ['--innodb-flush-method=fsync'])
            self.my(f'CREATE TABLE ads ({MYSQL_TABLE})')
        return self.servers['mysql']

    def my(self, sql):
        return self.shell(f'{self.my_client()} -e {shlex.quote(sql)}').strip()

    @staticmethod
    def my_client():
        return 'mariadb --no-defaults --local-infile=1 -S "$MAM_TEST_MYSQL_SOCKET" -u mam -N mam'

    def pages(self):
        """Starts the server of bench/pages.py; MAM_BENCH_PAGES is its URL."""
        if not self.web:
            self.web = subprocess.Popen([sys.executable, os.path.join(ROOT, 'bench', 'pages.py')], text=True,
                                        stdout=subprocess.PIPE)
            os.environ['MAM_BENCH_PAGES'] = f'http://127.0.0.1:{self.web.stdout.readline().strip()}'

    def nginx(self):
        """Starts nginx on what is in the folder www; MAM_BENCH_NGINX is its URL. /pages?page=N is www/p/N."""
        if 'nginx' in self.servers:
            return
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        os.makedirs(self.path('www'))
        with open(self.path('nginx.conf'), 'w', encoding='utf-8') as f:
            f.write(f'''worker_processes 1; daemon off; pid {self.dir}/nginx.pid; error_log {self.dir}/nginx.log;
                events {{ worker_connections 4096; }}
                http {{
                    access_log off; sendfile on; keepalive_requests 1000000; types {{}} default_type application/json;
                    client_body_temp_path {self.dir}/nginx-1; proxy_temp_path {self.dir}/nginx-2;
                    fastcgi_temp_path {self.dir}/nginx-3; uwsgi_temp_path {self.dir}/nginx-4;
                    scgi_temp_path {self.dir}/nginx-5;
                    server {{ listen 127.0.0.1:{port}; root {self.dir}/www; location /pages {{ try_files /p/$arg_page =404; }}
                        location /files/ {{ default_type text/csv; }} }}
                }}''')
        self.servers['nginx'] = Background(['nginx', '-c', self.path('nginx.conf'), '-e', self.path('nginx.log')])
        os.environ['MAM_BENCH_NGINX'] = f'http://127.0.0.1:{port}'
        self.shell('curl -s --retry 20 --retry-connrefused --retry-delay 0 "$MAM_BENCH_NGINX/" >/dev/null')

    # ---- the data ----

    def json(self, rows=None):
        rows = rows or self.rows
        return self.made(f'rows-{rows}.jsonl', f'rows json {rows}')

    def csv(self, rows=None):
        rows = rows or self.rows
        return self.made(f'rows-{rows}.csv', f'rows csv {rows}')

    def text(self):
        return self.made('rows.tsv', f'rows pg {self.rows}')

    def loose(self):
        return self.made('loose.mam', f'from-json <{self.json()}')

    def typed(self):
        return self.made('typed.mam', f'normalize {NORMALIZE} <{self.loose()}')

    def unique(self):
        """The typed stream without its repeated rows: what a loader is measured with."""
        return self.made('unique.mam', f'dedupe --key day,adgroup_id --memory 2G <{self.typed()}')

    def unique_rows(self):
        return self.rows - self.rows // 100
