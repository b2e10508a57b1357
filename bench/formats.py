# SPDX-License-Identifier: MIT
"""What is measured of the stages that reshape records, and of those for the formats of other programs."""

import shlex

from lab import Contender, Failed
from prompt import duckdb
from section import Section, beside

GROUP = 10
KINDS = 'link_click post_reaction comment video_view'.split()


def of_groups(lab, rows):
    """JSON lines with an array of ten rows of the ad report in each."""
    awk = (f'{{ s = s (NR % {GROUP} == 1 ? "" : ",") $0 }} NR % {GROUP} == 0 '
           '{ printf "{\\"page\\":%d,\\"rows\\":[%s]}\\n", NR, s; s = "" }')
    return lab.made(f'groups-{rows}.jsonl', f"awk '{awk}' <{lab.json(rows)}")


def same(lab, ours, theirs):
    """Both give as many lines, or the comparison would be none."""
    n = [lab.shell(f'{command} | wc -l').strip() for command in (ours, theirs)]
    if n[0] != n[1]:
        raise Failed(f'{ours}: {n[0]} lines, and {theirs}: {n[1]}')


def explode(lab):
    """explode beside jq and DuckDB."""
    small, big = of_groups(lab, lab.slow_rows), of_groups(lab, lab.rows)
    ours = 'from-json <{} | explode rows | to-json'
    theirs = f"jq -c '. as $o | .rows[] | {{page: $o.page}} + .' <{small}"
    stream = lab.made('groups.mam', f'from-json <{big}')
    c = [Contender('explode', ours.format(small) + ' >/dev/null')]
    if lab.has('jq'):
        same(lab, ours.format(small), theirs)
        c.append(Contender('jq', theirs + ' >/dev/null'))
    c += duckdb(lab, 'DuckDB', f"copy (select page, unnest(rows, recursive := true) from read_json('{lab.path(small)}')) "
                "to '/dev/null' (format json)")
    lab.alternate(c)
    s = Section('explode beside jq and DuckDB', f'An array of {GROUP} objects to {GROUP} records, JSON lines to JSON lines; '
                'the last row is explode alone, from stream to stream. DuckDB may use all processors.')
    beside(s, c, lab.slow_rows)
    alone(lab, s, 'explode alone, all rows', f'explode rows <{stream} >/dev/null', lab.rows)
    return s


def alone(lab, section, label, command, rows):
    c = lab.alternate([Contender(label, command)])[0]
    wall = c.median('wall')
    section.add(c, f'{rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{rows / wall:,.0f}',
                f'{c.median("memory"):.0f}', '')


def actions(lab, rows):
    each = ','.join(f'{{\\"type\\":\\"{k}\\",\\"value\\":\\"%d\\"}}' for k in KINDS)
    values = ', '.join(f'NR * {i + 3} % 1000' for i in range(len(KINDS)))
    awk = f'{{ printf "{{\\"id\\":%d,\\"actions\\":[{each}]}}\\n", NR, {values} }}'
    return lab.made(f'actions-{rows}.jsonl', f"seq {rows} | awk '{awk}'")


def pivot(lab):
    """pivot beside jq."""
    small, big = actions(lab, lab.slow_rows), actions(lab, lab.rows)
    columns = ','.join(KINDS)
    stage = f'pivot actions --name type --columns {columns}'
    ours = f'from-json <{small} | {stage} | to-json'
    theirs = f"jq -c '(.actions | map({{(.type): .value}}) | add) as $c | del(.actions) + $c' <{small}"
    stream = lab.made('actions.mam', f'from-json <{big}')
    c = [Contender('pivot', ours + ' >/dev/null')]
    if lab.has('jq'):
        if lab.shell(f'{ours} | jq -cS .') != lab.shell(f'{theirs} | jq -cS .'):
            raise Failed('pivot and jq give different records')
        c.append(Contender('jq', theirs + ' >/dev/null'))
    lab.alternate(c)
    s = Section('pivot beside jq', f'An array of {len(KINDS)} objects with a name and a value to as many fields, JSON lines '
                'to JSON lines; the last row is pivot alone, from stream to stream.')
    beside(s, c, lab.slow_rows)
    alone(lab, s, 'pivot alone, all rows', f'{stage} <{stream} >/dev/null', lab.rows)
    return s


def msgpack(lab):
    """to-msgpack and from-msgpack beside Python's msgpack, whose work is done in C."""
    loose = lab.made('loose-small.mam', f'from-json <{lab.json(lab.slow_rows)}')
    plain = lab.made('plain.msgpack', f'to-msgpack <{loose}')
    c = [Contender('from-msgpack', f'from-msgpack <{plain} | to-json >/dev/null')]
    d = [Contender('to-msgpack', f'from-json <{lab.json(lab.slow_rows)} | to-msgpack >/dev/null')]
    python = lab.peer('duckdb/bin/python3')
    if python:
        run = shlex.quote(python) + ' -c "import json, msgpack, sys; {}"'
        read = 'list(map(lambda r: print(json.dumps(r)), msgpack.Unpacker(sys.stdin.buffer)))'
        write = 'list(map(lambda l: sys.stdout.buffer.write(msgpack.packb(json.loads(l))), sys.stdin))'
        c.append(Contender('Python, from msgpack', run.format(read) + f' <{plain} >/dev/null'))
        d.append(Contender('Python, to msgpack', run.format(write) + f' <{lab.json(lab.slow_rows)} >/dev/null'))
    s = Section('from-msgpack and to-msgpack beside Python', 'From msgpack to JSON lines, and the other way.')
    for pair in c, d:
        lab.alternate(pair)
        beside(s, pair, lab.slow_rows)
    s.header[-1] = 'ours takes'
    return s


def from_singer(lab):
    """from-singer beside jq."""
    rows = lab.slow_rows
    schema = ('{"type":"SCHEMA","stream":"ads","schema":{"properties":{"n":{"type":["null","integer"]},'
              '"name":{"type":["null","string"]},"cost":{"type":["null","number"]}}},"key_properties":["n"]}')
    awk = ('{ printf "{\\"type\\":\\"RECORD\\",\\"stream\\":\\"ads\\",\\"record\\":{\\"n\\":%d,'
           '\\"name\\":\\"ad group %d, exact\\",\\"cost\\":%d.25}}\\n", NR, NR, NR % 9000 }')
    name = lab.made('singer.jsonl', f"{{ echo '{schema}'; seq {rows} | awk '{awk}'; }}")
    c = [Contender('from-singer', f'from-singer --stream ads -- cat {name} | to-json >/dev/null')]
    if lab.has('jq'):
        theirs = f"jq -c 'select(.type == \"RECORD\") | .record' <{name}"
        same(lab, f'from-singer --stream ads -- cat {name} | to-json', theirs)
        c.append(Contender('jq', theirs + ' >/dev/null'))
    lab.alternate(c)
    s = Section('from-singer beside jq', 'The messages of a tap to JSON lines of its records; from-singer checks each '
                'against its schema, jq takes them as they are.')
    beside(s, c, rows)
    return s
