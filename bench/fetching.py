# SPDX-License-Identifier: MIT
"""What is measured of fetch-api, against servers on the loopback."""

import os
import zipfile

from lab import Contender, ratio
from section import Section, beside

CHILDREN = 500
MANY = 10000
PAGE_ROWS = 8000


def fan_out(lab):
    """A request for each of 500 records, where an answer takes 20 ms."""
    lab.pages()
    ids = lab.made('children.mam', f'seq {CHILDREN} | jq -c "{{id: .}}" | from-json')
    urls = lab.made('children.curl', f'seq {CHILDREN} | sed "s|.*|url = $MAM_BENCH_PAGES/slow/&|"')
    fetch = f'fetch-api --each --record-path rows --url "$MAM_BENCH_PAGES/slow/{{id}}" <{ids}'
    c = [Contender('50 at once', f'{fetch} --concurrency 50 >/dev/null'),
         Contender('curl -Z', f'curl -sS -Z --parallel-max 50 -K {urls} >/dev/null'),
         Contender('one by one', f'{fetch} >/dev/null')]
    lab.alternate(c)
    s = Section('Fan-out', f'{CHILDREN} requests, each of which waits 20 ms for its answer. `curl -Z` writes the answers '
                'as they come; fetch-api reads them and keeps the order of its input.')
    beside(s, c, CHILDREN)
    times = ratio(c[0], c[1])
    s.goal(f'{CHILDREN} children at 20 ms no slower than curl -Z', f'{times:.2f} × its time', times <= 1.1)
    return s


def children(lab):
    """A request for each of 10,000 records, where an answer takes no time."""
    lab.nginx()
    www = lab.path('www/c')
    if not os.path.isdir(www):
        os.makedirs(www)
        for i in range(1, MANY + 1):
            with open(os.path.join(www, str(i)), 'w', encoding='ascii') as f:
                f.write(f'{{"rows":[{{"n":{i}}}]}}')
    ids = lab.made('many.mam', f'seq {MANY} | jq -c "{{id: .}}" | from-json')
    urls = lab.made('many.curl', f'seq {MANY} | sed "s|.*|url = $MAM_BENCH_NGINX/c/&|"')
    fetch = f'fetch-api --each --record-path rows --url "$MAM_BENCH_NGINX/c/{{id}}" <{ids}'
    c = [Contender('fetch-api', f'{fetch} >/dev/null'), Contender('50 at once', f'{fetch} --concurrency 50 >/dev/null'),
         Contender('1000 at once', f'{fetch} --concurrency 1000 >/dev/null'),
         Contender('curl', f'curl -sS -K {urls} >/dev/null')]
    lab.alternate(c)
    s = Section('Small requests', f'{MANY:,} requests to nginx, each for one record. curl reads none of its answers.')
    beside(s, c, MANY)
    return s


def json_pages(lab):
    """Pages of JSON into the pipe, beside curl with jq and Miller."""
    lab.nginx()
    www = lab.path('www/p')
    pages = max(1, lab.slow_rows * 2 // PAGE_ROWS)
    if not os.path.isdir(www):
        os.makedirs(www)
        with open(lab.path(lab.json(pages * PAGE_ROWS)), encoding='utf-8') as rows:
            for n in range(pages + 1):
                some = [next(rows).rstrip('\n') for _ in range(PAGE_ROWS if n < pages else 0)]
                with open(os.path.join(www, str(n)), 'w', encoding='utf-8') as f:
                    f.write('{"page":%d,"rows":[%s]}' % (n, ','.join(some)))
    size = sum(os.path.getsize(os.path.join(www, n)) for n in os.listdir(www))
    each = f'for i in $(seq 0 {pages}); do curl -sS "$MAM_BENCH_NGINX/pages?page=$i"; done'
    c = [Contender('fetch-api', 'fetch-api --url "$MAM_BENCH_NGINX/pages" --record-path rows --paginator page-number '
                   '--base-index 0 --page-param page >/dev/null')]
    c += [Contender(f'curl and {label}', f'{{ {each}; }} | {command} >/dev/null') for label, command in
          [('jq', "jq -c '.rows[]'"), ('Miller', 'mlr --ijson --ojsonl cat')] if lab.has(command.split()[0])]
    lab.alternate(c)
    s = Section('JSON pages', f'{pages} pages of {PAGE_ROWS:,} records from nginx, page by page. Each reads the records '
                'and writes them, fetch-api as a stream; Miller does not take them out of their page.')
    beside(s, c, pages * PAGE_ROWS, size)
    rate = size / c[0].median('cpu') / 1e6
    s.goal('JSON pages at 300 MB of body a second of CPU', f'{rate:.0f} MB', rate >= 300)
    return s


def files(lab):
    """The folder of csv_file: the report as UTF-8, as CP932 and in a zip, and a part of it for a slow peer."""
    www = lab.path('www/files')
    if not os.path.isdir(www):
        os.makedirs(www)
        os.symlink(lab.path(lab.csv()), os.path.join(www, 'ads.csv'))
        os.symlink(lab.path(lab.csv(lab.slow_rows)), os.path.join(www, 'part.csv'))
        lab.shell('iconv -f UTF-8 -t CP932 www/files/ads.csv >www/files/cp932.csv')
        with zipfile.ZipFile(os.path.join(www, 'ads.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
            z.write(lab.path(lab.csv()), 'ads.csv')
    return www


def csv_file(lab):
    """A report file into the pipe, beside curl with Miller and with DuckDB."""
    lab.nginx()
    www = files(lab)
    url = '"$MAM_BENCH_NGINX/files/{}"'
    ours = 'fetch-api --decoder raw --url ' + url + ' | from-csv{} >/dev/null'
    c = [Contender('UTF-8', ours.format('ads.csv', '')),
         Contender('CP932', ours.format('cp932.csv', ' --encoding CP932')),
         Contender('zip', ours.format('ads.zip', '')),
         Contender('fetch-api alone', f'fetch-api --decoder raw --url {url.format("ads.csv")} >/dev/null'),
         Contender('curl and from-csv', f'curl -sS {url.format("ads.csv")} | from-csv >/dev/null'),
         Contender('curl alone', f'curl -sS {url.format("ads.csv")} >/dev/null')]
    sizes = [os.path.getsize(os.path.join(www, n)) for n in ('ads.csv', 'cp932.csv')] + [
        os.path.getsize(os.path.join(www, 'ads.csv'))] * 4
    rows = [lab.rows] * 6
    if lab.has('mlr'):
        c.append(Contender('curl and Miller', f'curl -sS {url.format("part.csv")} | mlr --icsv --ojsonl cat >/dev/null'))
        sizes.append(os.path.getsize(os.path.join(www, 'part.csv')))
        rows.append(lab.slow_rows)
    lab.alternate(c)
    s = Section('A CSV file', 'From nginx into a stream of records. fetch-api keeps the file on disk until it is '
                'whole, so that a download that breaks off sends nothing and is tried again; curl passes on what comes. '
                'CPU is the least of the runs, of all programs of the pipe, and MB are those of the text '
                '(for the zip: unpacked).')
    s.header = ['', 'rows', 'seconds', 'least CPU s', 'MB per CPU s', 'peak MB']
    rates = []
    for one, n, size in zip(c, rows, sizes):
        least = min(x.cpu for x in one.samples)
        rates.append(size / least / 1e6)
        s.add(one, f'{n:,}', f'{one.median("wall"):.2f}', f'{least:.2f}', f'{rates[-1]:.0f}', f'{one.median("memory"):.0f}')
    s.goal('a CSV file at 700 MB of body a second of CPU', f'{rates[0]:.0f} MB; CP932 {rates[1]:.0f}', rates[0] >= 700)
    return s
