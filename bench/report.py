# SPDX-License-Identifier: MIT
"""bench/RESULTS.md: the machine, the versions, a table of each subject, the goals."""

import datetime
import os
import platform
import subprocess

from lab import PEERS, ROOT

VERSIONS = [
    ('DuckDB', f'"{PEERS}/duckdb/bin/python3" -c "import duckdb; print(duckdb.__version__)"'),
    ('xan', f'"{PEERS}/bin/xan" --version'),
    ('gcc', 'gcc --version'), ('jq', 'jq --version'), ('Miller', 'mlr --version'), ('mawk', 'mawk -W version 2>&1'),
    ('sort', 'sort --version'), ('psql', 'psql --version'), ('MariaDB client', 'mariadb --version'),
    ('SQLite', 'sqlite3 --version'), ('msgpack-c', 'pkg-config --modversion msgpack-c || pkg-config --modversion msgpack'),
]


def first_line(command):
    done = subprocess.run(['sh', '-c', command], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False)
    lines = done.stdout.splitlines()
    return lines[0].strip() if lines else 'not here'


def machine():
    model, memory = platform.machine(), ''
    with open('/proc/cpuinfo', encoding='utf-8') as f:
        for line in f:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    with open('/proc/meminfo', encoding='ascii') as f:
        memory = f'{int(f.readline().split()[1]) / 1024 / 1024:.0f} GiB'
    load = os.getloadavg()
    return (f'{os.cpu_count()} × {model}, {memory}, Linux {platform.release()}; '
            f'load average at the end {load[0]:.1f}.')


def table(header, rows):
    lines = ['| ' + ' | '.join(header) + ' |', '|' + '---|' * len(header)]
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows]


def stands(reached):
    return {True: 'reached', False: '**missed**', None: ''}[reached]


def write(lab, sections, skipped):
    commit = first_line(f'git -C "{ROOT}" rev-parse --short HEAD')
    lines = [
        '# Results of the benchmark',
        '',
        f'Made by `make bench` (`bench/run`) on {datetime.date.today()} at commit {commit}: {lab.rows:,} ad-report '
        f'rows of 12 fields from `bench/rows.c`, {lab.runs} runs of each in turn (A B A B …), medians; a ratio is '
        'the median of the ratios of each round. Compare ratios: seconds are those of this machine and hour.',
        '',
        machine(),
        '',
        'Versions: ' + '; '.join(f'{name}: {first_line(command)}' for name, command in VERSIONS) + '.',
        '',
        '## Goals',
        '',
    ]
    goals = [[name, text, stands(reached)] for s in sections for name, text, reached in s.goals]
    lines += table(['goal', 'stands at', ''], goals)
    if skipped:
        lines += ['', 'Not measured: ' + ', '.join(skipped) + '.']
    for s in sections:
        lines += ['', f'## {s.title}', '', s.about, '']
        lines += table(s.header, s.rows)
        lines += ['', '```sh']
        for label, command in s.commands:
            lines += [f'# {label}', command.replace(ROOT, '.').replace(lab.dir + '/', '')]
        lines += ['```']
    path = os.path.join(ROOT, 'bench', 'RESULTS.md')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines) + '\n')
    return goals
