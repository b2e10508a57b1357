# SPDX-License-Identifier: MIT
"""What is measured of the programs that sort: sort-records and diff-records."""

from lab import NORMALIZE, Contender, Failed
from prompt import ahead, duckdb, tables, xan
from section import Section

KEY = 'day,adgroup_id'


def sort_records(lab):
    """sort-records beside sort, Miller, xan and DuckDB."""
    small = lab.made('typed-small.mam', f'from-json <{lab.json(lab.slow_rows)} | normalize {NORMALIZE}')
    typed, big = lab.typed(), lab.csv()
    tsv = lab.made('again.tsv', f'tr , "\\t" <{big} | tail -n +2')
    ours = lab.shell(f'sort-records --key cost:desc <{typed} | to-csv | cut -d, -f10 | tail -n +2 | md5sum')
    if ours != lab.shell(f"LC_ALL=C sort -s -t $'\\t' -k10,10nr -T . {tsv} | cut -f10 | md5sum"):
        raise Failed('sort-records and sort differ')
    slow = [Contender('sort-records', f'sort-records --key cost:desc <{small} >/dev/null')]
    if lab.has('mlr'):
        slow.append(Contender('Miller', f'mlr --icsv --ocsv sort -nr cost <{lab.csv(lab.slow_rows)} >/dev/null'))
    fast = [Contender('sort-records, all rows', f'sort-records --key cost:desc <{typed} >/dev/null'),
            Contender('sort', f"LC_ALL=C sort -s -t $'\\t' -k10,10nr -T . {tsv} >/dev/null")]
    fast += xan(lab, 'xan', 'sort --numeric --reverse --select cost', big)
    fast += duckdb(lab, 'DuckDB', f"copy (select * from read_csv('{lab.path(big)}') order by cost desc) "
                   "to '/dev/null' (format csv)")
    s = Section('sort-records beside sort, Miller, xan and DuckDB', 'By a number of two places, from the greatest down. '
                'sort-records reads a typed stream and writes one; sort reads tab-separated text, the others CSV, and '
                'they write what they read. sort and DuckDB may use all processors.')
    tables(s, lab, slow, fast)
    others = lab.alternate([
        Contender('sort-records, spilling', f'sort-records --key cost:desc --memory 32M --tmp . <{typed} >/dev/null'),
        Contender('sort-records, two fields', f'sort-records --key day,cost:desc --memory 1G <{typed} >/dev/null'),
        Contender('sort-records, text', f'sort-records --key adgroup_name --memory 1G <{typed} >/dev/null'),
        Contender('from-csv, normalize, sort-records, to-csv', f'from-csv <{big} | normalize {NORMALIZE} | '
                  'sort-records --key cost:desc | to-csv >/dev/null')])
    alone(s, others, lab.rows)
    ahead(s, 'sort-records', slow)
    ahead(s, 'sort-records', fast)
    return s


def alone(section, contenders, rows):
    for c in contenders:
        wall = c.median('wall')
        section.add(c, f'{rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{rows / wall:,.0f}',
                    f'{c.median("memory"):.0f}', '')


def diff_records(lab):
    """diff-records of two streams that differ in one row."""
    old = lab.unique()
    new = lab.made('restated.mam', f"filter 'adgroup_id != 70000000000' <{old} | sort-records --key adgroup_id:desc "
                   '--memory 2G')
    command = f'diff-records --key {KEY} {{}} {old} {new}'
    if lab.shell(command.format('') + ' | to-json | grep -c removed').strip() != '1':
        raise Failed('diff-records does not find the row that was removed')
    c = lab.alternate([
        Contender('diff-records', command.format('--memory 2G') + ' >/dev/null'),
        Contender('diff-records --by day', command.format('--memory 2G --by day') + ' >/dev/null'),
        Contender('diff-records, spilling', command.format('--memory 64M --tmp .') + ' >/dev/null')])
    s = Section('diff-records', 'The same rows in another order, one of them removed; records of both streams are '
                'counted. With --by all fields of all records are decoded and added up.')
    s.header = ['', 'records', 'seconds', 'CPU s', 'records/s', 'peak MB', '']
    alone(s, c, 2 * lab.unique_rows())
    return s
