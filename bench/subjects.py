# SPDX-License-Identifier: MIT
"""What is measured: each function gives a Section and the goals that it decides."""

import os
import shlex

from databases import fetch_mysql, fetch_pg
from fetching import children, csv_file, fan_out, json_pages
from formats import explode, from_singer, msgpack, pivot
from lab import FIELDS, NORMALIZE, Contender, Failed, ratio
from prompt import describe, filter_records
from section import Section, beside
from sorting import diff_records, sort_records

KEY = 'day,adgroup_id'


def beside_server(section, contenders, rows):
    """The same where a database does most of the work."""
    first = contenders[0]
    section.header = ['', 'rows', 'seconds', 'client CPU s', 'server CPU s', 'rows/s', f'{first.label} takes']
    for c in contenders:
        wall = c.median('wall')
        section.add(c, f'{rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{c.median("server"):.2f}',
                    f'{rows / wall:,.0f}', '' if c is first else
                    f'{ratio(first, c):.3f} × its time, {ratio(first, c, "server"):.3f} × its server CPU')


def startup(lab):
    """Start-up of each program beside true."""
    times = 200
    programs = sorted(os.listdir(os.path.join(lab.build, 'bin')))
    loop = f'for i in $(seq {times}); do {{}} >/dev/null; done'
    contenders = [Contender('true', loop.format('env true'))]
    contenders += [Contender(p, loop.format(f'env {p} --version')) for p in programs]
    lab.alternate(contenders)
    s = Section('Start-up', f'{times} starts with `--version` in a row; a start of `true` costs the same fork.')
    s.header = ['', 'ms a start', 'more than true', 'of it CPU']
    base, base_cpu = (contenders[0].median(what) / times * 1000 for what in ('wall', 'cpu'))
    worst = {}
    for c in contenders[1:]:
        ms = c.median('wall') / times * 1000
        s.rows.append([c.label, f'{ms:.2f}', f'{ms - base:.2f}', f'{c.median("cpu") / times * 1000 - base_cpu:.2f}'])
        worst[c.label] = ms - base
    s.commands = [(c.label, c.command) for c in contenders[:2]]
    slow = {name: ms for name, ms in worst.items() if ms > 2}
    s.goal('start-up 2 ms a stage', ', '.join(f'{name} {ms:.1f} ms' for name, ms in slow.items()) or
           f'{max(worst.values()):.1f} ms more than `true` at most', not slow)
    return s


def tokens(lab):
    """The token reader beside msgpack-c."""
    times = 40
    name = lab.made('loose-small.mam', f'from-json <{lab.json(lab.slow_rows)}')
    c = [Contender(way, f'read-tokens {way} {name} {times}') for way in ('tokens', 'skip', 'msgpack-c')]
    lab.alternate(c)
    said = {lab.shell(x.command).split(' objects')[0] for x in c}
    if len(said) != 1 or lab.shell(c[0].command) != lab.shell(c[2].command):
        raise Failed(f'the ways to read tokens differ: {said}')
    s = Section('Token reader beside msgpack-c', f'A stream of maps in memory, gone through {times} times: every value '
                'read by common/record/mp.h, only the ends of records found, every value decoded by msgpack-c.')
    beside(s, c, times * lab.slow_rows, times * os.path.getsize(lab.path(name)))
    times = 1 / ratio(c[0], c[2], 'cpu')
    s.goal('token reader twice as fast as msgpack-c', f'{times:.1f} times', times >= 2)
    return s


def decoder(lab, section, small, big, peers):
    """A from-… stage beside slow peers on a tenth of the rows, and alone on all."""
    name = section.title.split()[0]
    c = [Contender(name, f'{name} <{small} >/dev/null')]
    c += [Contender(label, f'{command} <{small} >/dev/null') for label, command in peers
          if lab.has(command.split()[0])]
    lab.alternate(c)
    whole = lab.alternate([Contender(f'{name}, all rows', f'{name} <{big} >/dev/null')])[0]
    beside(section, c, lab.slow_rows, os.path.getsize(lab.path(small)))
    size, wall = os.path.getsize(lab.path(big)), whole.median('wall')
    section.add(whole, f'{lab.rows:,}', f'{wall:.2f}', f'{whole.median("cpu"):.2f}', f'{lab.rows / wall:,.0f}',
                f'{size / wall / 1e6:.0f}', f'{whole.median("memory"):.0f}', '')
    return c, size / whole.median('cpu') / 1e6


def from_json(lab):
    """from-json beside jq and Miller."""
    s = Section('from-json beside jq and Miller', 'Each reads JSON lines and writes what it writes.')
    c, rate = decoder(lab, s, lab.json(lab.slow_rows), lab.json(),
                      [('jq', 'jq -c .'), ('Miller', 'mlr --ijsonl --ojsonl cat')])
    if len(c) > 1:
        times = 1 / ratio(c[0], c[1])
        s.goal('from-json 20 × jq', f'{times:.1f} ×', times >= 20)
    s.goal('from-json at least half of the AVX2 loop (930 MB/s on the reference machine)',
           f'{rate:.0f} MB/s a core', rate >= 465)
    return s


def from_csv(lab):
    """from-csv beside Miller."""
    s = Section('from-csv beside Miller', 'jq reads no CSV.')
    decoder(lab, s, lab.csv(lab.slow_rows), lab.csv(), [('Miller', 'mlr --icsv --ojsonl cat')])
    return s


def normalize(lab):
    """normalize alone."""
    name = lab.loose()
    c = lab.alternate([Contender('normalize', f'normalize {NORMALIZE} <{name} >/dev/null')])
    s = Section('normalize', 'All 12 fields, from maps of JSON values to typed records.')
    beside(s, c, lab.rows, os.path.getsize(lab.path(name)))
    rate = lab.rows / c[0].median('cpu')
    s.goal('normalize 1,000,000 records/s a core', f'{rate:,.0f}', rate >= 1e6)
    return s


def dedupe(lab):
    """dedupe beside mawk and sort, and with little memory."""
    typed = lab.typed()
    tsv = lab.made('again.tsv', f'tr , "\\t" <{lab.csv()} | tail -n +2')
    c = [Contender('dedupe', f'dedupe --key {KEY} --memory 1G <{typed} >/dev/null'),
         Contender('dedupe, last', f'dedupe --key {KEY} --keep last --memory 1G <{typed} >/dev/null'),
         Contender('dedupe, spilling', f'dedupe --key {KEY} --memory 32M <{typed} >/dev/null')]
    if lab.has('mawk'):
        c.append(Contender('mawk', f"mawk -F'\\t' '!seen[$1, $5]++' <{tsv} >/dev/null"))
    c.append(Contender('sort -u', f"LC_ALL=C sort -u -t $'\\t' -k1,1 -k5,5 <{tsv} >/dev/null"))
    lab.alternate(c)
    s = Section('dedupe beside mawk and sort -u', 'A key of two fields, one row in a hundred comes twice. '
                'mawk and sort read the same rows as tab-separated text; sort loses the order.')
    beside(s, c, lab.rows)
    rate = lab.rows / c[0].median('cpu')
    s.goal('dedupe 3,000,000 records/s a core in memory', f'{rate:,.0f}', rate >= 3e6)
    return s


def keys(lab):
    """Many small keys in a bounded memory that is far too small for them."""
    megabytes = max(round(lab.keys * 512 / 1e8), 8)
    name = lab.made('keys.mam', f'rows keys {lab.keys} | from-json')
    ways = [Contender(f'dedupe --keep {keep}',
                      f'dedupe --key id --keep {keep} --memory {megabytes}M --tmp . <{name} >/dev/null')
            for keep in ('first', 'last')]
    lab.alternate(ways, 1)
    s = Section(f'{lab.keys:,} keys in {megabytes} MiB', 'Records of one field in random order, the last tenth '
                'of the keys comes twice. Nine in ten of the records go through the disk.')
    s.header = ['', 'records', 'seconds', 'CPU s', 'records/s', 'peak MB', 'spilled', 'left out']
    for c in ways:
        counters = c.samples[0].stages[0]
        if counters['duplicates'] != lab.keys // 10:
            raise Failed(f'{c.label}: {counters["duplicates"]} duplicates, not {lab.keys // 10}')
        s.add(c, f'{lab.keys:,}', f'{c.median("wall"):.1f}', f'{c.median("cpu"):.1f}',
              f'{lab.keys / c.median("wall"):,.0f}', f'{c.peaks()["dedupe"]:.1f}', f'{counters["spilled"]:,}',
              f'{counters["duplicates"]:,}')
    peak = max(c.peaks()['dedupe'] for c in ways)
    kept = peak <= megabytes
    # The goal's own number takes 2 GB of disk and some minutes: BENCH_KEYS=100000000.
    s.goal('dedupe 100,000,000 keys exactly in 512 MiB', f'{lab.keys:,} in {peak:.0f} of {megabytes} MiB, exactly',
           kept if lab.keys >= 10 ** 8 or not kept else None)
    return s


# Databases.

def pg_contender(lab, label, command):
    def verify(_):
        got = int(lab.pg('SELECT count(*) FROM ads'))
        if got != lab.unique_rows():
            raise Failed(f'{label}: {got} rows in the table, not {lab.unique_rows()}')

    return Contender(label, command, lab.postgres(), lambda: lab.pg('TRUNCATE ads; CHECKPOINT'), verify)


def copy_text(lab):
    columns = ', '.join(FIELDS)
    return pg_contender(lab, 'psql \\copy', 'psql -qX "$MAM_TEST_PG" -c ' +
                        shlex.quote(f"\\copy ads ({columns}) from '{lab.text()}'"))


def load_pg(lab):
    """load-pg beside psql and a bare libpq."""
    lab.postgres()
    unique = lab.unique()
    binary = lab.path('rows.copy')
    if not os.path.exists(binary):
        copy_text(lab).prepare()
        lab.shell(copy_text(lab).command)
        lab.pg(f"\\copy ads to '{binary}' (format binary)")
    c = [pg_contender(lab, 'load-pg', f'load-pg --to "$MAM_TEST_PG" --table ads --mode append <{unique}'),
         pg_contender(lab, 'libpq', 'send-binary "$MAM_TEST_PG" ads rows.copy'), copy_text(lab)]
    lab.alternate(c)
    s = Section('load-pg beside psql and libpq', 'psql sends ready text, bench/send-binary.c a ready binary file. '
                'The server syncs to disk.')
    beside_server(s, c, lab.unique_rows())
    r = ratio(c[0], c[1])
    s.goal('load-pg within 5 % of libpq sending a ready binary file', f'{r:.3f}', r <= 1.05)
    return s


def load_mysql(lab):
    """load-mysql beside LOAD DATA LOCAL."""
    server, unique, text = lab.mysql(), lab.unique(), lab.text()

    def contender(label, command):
        def verify(_):
            got = int(lab.my('SELECT count(*) FROM ads'))
            if got != lab.unique_rows():
                raise Failed(f'{label}: {got} rows in the table, not {lab.unique_rows()}')

        return Contender(label, command, server, lambda: lab.my('TRUNCATE ads'), verify)

    sql = f"SET time_zone = '+00:00'; LOAD DATA LOCAL INFILE '{text}' INTO TABLE ads CHARACTER SET utf8mb4"
    c = [contender('load-mysql', f'load-mysql --to "$MAM_TEST_MYSQL" --table ads --mode append <{unique}'),
         contender('LOAD DATA', f'{lab.my_client()} -e {shlex.quote(sql)}')]
    lab.alternate(c)
    s = Section('load-mysql beside LOAD DATA LOCAL', 'The mariadb client sends the ready text. InnoDB syncs to disk.')
    beside_server(s, c, lab.unique_rows())
    r = ratio(c[0], c[1])
    s.goal('load-mysql within 5 % of LOAD DATA LOCAL INFILE of the ready file', f'{r:.3f}', r <= 1.05)
    return s


def load_sqlite(lab):
    """load-sqlite beside the shell's .import."""
    unique, text = lab.unique(), lab.text()
    columns = ', '.join(FIELDS)

    def fresh():
        lab.shell(f'rm -f ads.db; sqlite3 ads.db "CREATE TABLE ads ({columns})"')

    def verify(_):
        if int(lab.shell('sqlite3 ads.db "SELECT count(*) FROM ads"')) != lab.unique_rows():
            raise Failed('a load into SQLite lost rows')

    c = [Contender('load-sqlite', f'load-sqlite --to ads.db --table ads --create --mode append <{unique}', None,
                   lambda: lab.shell('rm -f ads.db'), verify)]
    if lab.has('sqlite3'):
        c.append(Contender('sqlite3 .import', f"sqlite3 -cmd '.mode tabs' ads.db '.import {text} ads'", None, fresh,
                           verify))
    lab.alternate(c)
    s = Section('load-sqlite beside sqlite3 .import', 'The shell stores every field as the text that it came as.')
    beside(s, c, lab.unique_rows())
    return s


def pipe(lab):
    """The whole pipe from JSON lines beside psql with ready text."""
    lab.postgres()
    c = [pg_contender(lab, 'the pipe', f'from-json <{lab.json()} | normalize {NORMALIZE} | dedupe --key {KEY} | '
                      'load-pg --to "$MAM_TEST_PG" --table ads --mode append'), copy_text(lab)]
    lab.alternate(c)
    s = Section('The whole pipe beside psql', 'From JSON lines to rows: decoded, typed, deduplicated, loaded; '
                'psql has the text ready.')
    beside_server(s, c, lab.unique_rows())
    s.header.append('peak MB of its stages')
    peaks = ', '.join(f'{name} {mb:.0f}' for name, mb in sorted(c[0].peaks().items()))
    s.rows[0].append(peaks)
    s.rows[1].append('')
    r = ratio(c[0], c[1])
    s.goal('the whole pipe no slower than `psql \\copy` of the ready text', f'{r:.3f}', r <= 1)
    return s


def still_grows(by_size):
    """True when ten times as many rows at the end took a tenth more memory: what fills up to a limit has stopped.

    Ten rows do not even fill the buffers and are not one of the two.
    """
    last = [by_size[size] for size in sorted(by_size) if size >= 10 ** 4][-2:]
    return len(last) == 2 and last[1] > 1.1 * last[0] + 0.5


def growth(lab):
    """Peak memory of each stage from ten rows to lab.growth."""
    sizes = [10] + [10 ** n for n in range(4, 9) if 10 ** n <= lab.growth]
    typed = f'rows json {{}} | from-json | normalize {NORMALIZE} | dedupe --key {KEY} --memory 64M'
    pipes = [typed + ' | ' + end for end in ('to-json >/dev/null',
             'load-pg --to "$MAM_TEST_PG" --table ads --mode truncate-insert',
             'load-mysql --to "$MAM_TEST_MYSQL" --table ads --mode truncate-insert',
             'load-sqlite --to grow.db --table ads --create --mode truncate-insert')]
    pipes += ['rows csv {} | from-csv | to-csv >/dev/null', 'rows csv {} | from-csv | to-table >/dev/null',
              'fetch-api --url "$MAM_BENCH_PAGES/{}" --paginator page-number --page-param page --record-path rows '
              '| to-json >/dev/null']
    pipes = [p for p in pipes if all(lab.has(w.split()[0]) for w in p.split(' | '))]
    if any('load-pg' in p for p in pipes):
        lab.postgres()
    if any('load-mysql' in p for p in pipes):
        lab.mysql()
    if any('fetch-api' in p for p in pipes):
        lab.pages()
    peaks = {}
    for size in sizes:
        for p in pipes:
            # InnoDB takes a minute and more for 10,000,000 rows, and so does the server in Python.
            if size > 10 ** 6 and ('load-mysql' in p or 'fetch-api' in p):
                continue
            ends = f'{p.split()[0]} … {p.split(" | ")[-1].split()[0]}'
            c = lab.alternate([Contender(f'{size:,} rows, {ends}', p.format(size))], 1)[0]
            for stage, mb in c.peaks().items():
                peaks.setdefault(stage, {})[size] = max(mb, peaks.get(stage, {}).get(size, 0))
    s = Section('Growth', 'Peak resident MB of each stage by the number of rows; dedupe has `--memory 64M`.')
    s.header = [''] + [f'{size:,} rows' for size in sizes]
    for stage, by_size in sorted(peaks.items()):
        s.rows.append([stage] + [f'{by_size[size]:.1f}' if size in by_size else '–' for size in sizes])
    s.commands = [(f'pipe {i + 1}', p.format('N')) for i, p in enumerate(pipes)]
    rest = {stage: by_size[sizes[0]] for stage, by_size in peaks.items()}
    worst = max(rest, key=rest.get)
    s.goal('resident memory 8 MiB a stage at rest', f'{rest[worst]:.1f} MiB ({worst}) with ten rows',
           rest[worst] <= 8)
    grown = [stage for stage, by_size in peaks.items() if stage != 'dedupe' and still_grows(by_size)]
    s.goal('memory stays the same whatever the size', 'grows: ' + ', '.join(grown) if grown else
           f'from 10,000 to {max(sizes):,} rows', not grown)
    return s


SUBJECTS = {
    'startup': (startup, []),
    'tokens': (tokens, ['from-json']),
    'from-json': (from_json, ['from-json']),
    'from-csv': (from_csv, ['from-csv']),
    'normalize': (normalize, ['from-json', 'normalize']),
    'dedupe': (dedupe, ['from-json', 'normalize', 'dedupe']),
    'keys': (keys, ['from-json', 'dedupe']),
    'filter': (filter_records, ['from-json', 'from-csv', 'normalize', 'filter', 'to-json']),
    'describe': (describe, ['from-json', 'from-csv', 'normalize', 'describe']),
    'sort-records': (sort_records, ['from-json', 'from-csv', 'normalize', 'sort-records', 'to-csv']),
    'diff-records': (diff_records, ['from-json', 'normalize', 'dedupe', 'filter', 'sort-records', 'diff-records',
                                    'to-json']),
    'load-pg': (load_pg, ['from-json', 'normalize', 'dedupe', 'load-pg', 'psql']),
    'load-mysql': (load_mysql, ['from-json', 'normalize', 'dedupe', 'load-mysql', 'mariadb']),
    'fetch-pg': (fetch_pg, ['from-json', 'normalize', 'dedupe', 'load-pg', 'fetch-pg', 'describe', 'psql', 'jq']),
    'fetch-mysql': (fetch_mysql, ['from-json', 'normalize', 'dedupe', 'load-mysql', 'fetch-mysql', 'describe', 'mariadb',
                                  'jq']),
    'load-sqlite': (load_sqlite, ['from-json', 'normalize', 'dedupe', 'load-sqlite']),
    'pipe': (pipe, ['from-json', 'normalize', 'dedupe', 'load-pg', 'psql']),
    'fan-out': (fan_out, ['from-json', 'fetch-api', 'curl', 'jq']),
    'children': (children, ['from-json', 'fetch-api', 'curl', 'jq', 'nginx']),
    'json-pages': (json_pages, ['fetch-api', 'curl', 'nginx']),
    'csv-file': (csv_file, ['fetch-api', 'from-csv', 'curl', 'nginx']),
    'explode': (explode, ['from-json', 'explode', 'to-json']),
    'pivot': (pivot, ['from-json', 'pivot', 'to-json']),
    'msgpack': (msgpack, ['from-json', 'from-msgpack', 'to-msgpack', 'to-json']),
    'from-singer': (from_singer, ['from-singer', 'to-json']),
    'growth': (growth, ['from-json', 'normalize', 'dedupe', 'to-json']),
}
