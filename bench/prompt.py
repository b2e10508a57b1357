# SPDX-License-Identifier: MIT
"""What is measured of the programs that are typed at a prompt, beside those that people type today."""

import json
import os
import shlex

from lab import NORMALIZE, Contender, Failed, ratio
from section import Section

CONDITION = 'clicks >= 2000'


def duckdb(lab, label, sql):
    """A contender that gives DuckDB a statement; it reads CSV with all processors. None without it."""
    python = lab.peer('duckdb/bin/python3')
    if not python:
        return []
    run = 'import duckdb, sys; r = duckdb.sql(sys.argv[1]); r and print(r.fetchall())'
    return [Contender(label, f'{shlex.quote(python)} -c {shlex.quote(run)} {shlex.quote(sql)} >/dev/null')]


def xan(lab, label, words, name):
    path = lab.peer('bin/xan')
    return [Contender(label, f'{shlex.quote(path)} {words} <{name} >/dev/null')] if path else []


def tables(section, lab, slow, fast):
    """Slow peers on a tenth of the rows, the others on all; each beside the first of its list."""
    section.header = ['', 'rows', 'seconds', 'CPU s', 'rows/s', 'peak MB', 'ours takes']
    for rows, contenders in ((lab.slow_rows, slow), (lab.rows, fast)):
        lab.alternate(contenders)
        first = contenders[0]
        for c in contenders:
            wall = c.median('wall')
            section.add(c, f'{rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{rows / wall:,.0f}',
                        f'{c.median("memory"):.0f}', '' if c is first else
                        f'{ratio(first, c):.3f} × its time, {ratio(first, c, "cpu"):.3f} × its CPU')


def ahead(section, name, contenders):
    """The goal: less time and less memory than each peer that reads the same rows."""
    first, *peers = contenders
    if not peers:
        return
    slower = [c.label for c in peers if ratio(first, c) >= 1 or ratio(first, c, 'memory') >= 1]
    section.goal(f'{name} faster than {", ".join(c.label for c in peers)}, in less memory',
                 ', '.join(slower) if slower else
                 f'{max(ratio(first, c) for c in peers):.2f} × the time of the fastest', not slower)


def filter_records(lab):
    """filter beside jq, Miller, xan and DuckDB."""
    small = lab.made('typed-small.mam', f'from-json <{lab.json(lab.slow_rows)} | normalize {NORMALIZE}')
    typed, loose, big = lab.typed(), lab.loose(), lab.csv()
    kept = lab.shell(f"filter '{CONDITION}' <{small} | to-json | wc -l").strip()
    slow = [Contender('filter', f"filter '{CONDITION}' <{small} >/dev/null")]
    if lab.has('jq'):
        command = f"jq -c 'select(.clicks >= 2000)' <{lab.json(lab.slow_rows)}"
        slow.append(Contender('jq', f'{command} >/dev/null'))
        if lab.shell(f'{command} | wc -l').strip() != kept:
            raise Failed(f'filter and jq keep different records: {kept}')
    if lab.has('mlr'):
        slow.append(Contender('Miller', "mlr --icsv --ocsv filter '$clicks >= 2000' "
                              f'<{lab.csv(lab.slow_rows)} >/dev/null'))
    fast = [Contender('filter, all rows', f"filter '{CONDITION}' <{typed} >/dev/null")]
    fast += xan(lab, 'xan', f"filter '{CONDITION}'", big)
    fast += duckdb(lab, 'DuckDB', f"copy (select * from read_csv('{lab.path(big)}') where {CONDITION}) "
                   "to '/dev/null' (format csv)")
    s = Section('filter beside jq, Miller, xan and DuckDB', 'One condition on a number, which a third of the records '
                'meets. filter reads a typed stream and writes one; jq reads JSON lines, the others CSV, and they '
                'write what they read. DuckDB may use all processors.')
    tables(s, lab, slow, fast)
    others = lab.alternate([
        Contender('filter, three conditions', "filter 'clicks >= 1000' 'cost > 10.5' 'device = TABLET' "
                  f'<{typed} >/dev/null'),
        Contender('filter, a regular expression', "filter 'adgroup_name matches \"[0-9]7 (exact|broad)$\"' "
                  f'<{typed} >/dev/null'),
        Contender('filter, records without schema', f"filter '{CONDITION}' <{loose} >/dev/null"),
        Contender('from-csv, normalize, filter', f"from-csv <{big} | normalize {NORMALIZE} | "
                  f"filter '{CONDITION}' >/dev/null")])
    for c in others:
        wall = c.median('wall')
        s.add(c, f'{lab.rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{lab.rows / wall:,.0f}',
              f'{c.median("memory"):.0f}', '')
    rate = lab.rows / fast[0].median('cpu')
    s.goal('filter 2,000,000 records/s a core', f'{rate:,.0f}', rate >= 2e6)
    ahead(s, 'filter', slow)
    ahead(s, 'filter', fast)
    return s


def describe(lab):
    """describe beside Miller, xan and DuckDB."""
    small = lab.made('typed-small.mam', f'from-json <{lab.json(lab.slow_rows)} | normalize {NORMALIZE}')
    typed, big = lab.typed(), lab.csv()
    report = json.loads(lab.shell(f'describe --json <{typed}'))
    if report['records'] != lab.rows or not report['complete']:
        raise Failed(f'describe saw {report["records"]} records')
    slow = [Contender('describe', f'describe <{small} >/dev/null')]
    if lab.has('mlr'):
        slow.append(Contender('Miller, summary', f'mlr --icsv --ojson summary <{lab.csv(lab.slow_rows)} >/dev/null'))
    fast = [Contender('describe, all rows', f'describe <{typed} >/dev/null')]
    fast += xan(lab, 'xan, stats --approx', 'stats --approx', big)
    fast += duckdb(lab, 'DuckDB, SUMMARIZE of CSV', f"summarize select * from read_csv('{lab.path(big)}')")
    python = lab.peer('duckdb/bin/python3')
    if python:
        parquet = lab.path('rows.parquet')
        if not os.path.exists(parquet):
            sql = f"copy (select * from read_csv('{lab.path(big)}')) to '{parquet}'"
            lab.shell(f'{shlex.quote(python)} -c "import duckdb, sys; duckdb.sql(sys.argv[1])" {shlex.quote(sql)}')
        fast += duckdb(lab, 'DuckDB, SUMMARIZE of Parquet', f"summarize select * from '{parquet}'")
    s = Section('describe beside Miller, xan and DuckDB', 'Nulls, distinct values, least and greatest, and more of all '
                '12 fields. describe reads a typed stream and checks its seal; Miller, xan and DuckDB read CSV. DuckDB '
                'and xan estimate distinct values as describe does above 10,000. DuckDB may use all processors.')
    tables(s, lab, slow, fast)
    ahead(s, 'describe', slow)
    ahead(s, 'describe', fast)
    return s
