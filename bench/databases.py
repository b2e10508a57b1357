# SPDX-License-Identifier: MIT
"""Reading a database: fetch-pg and fetch-mysql beside the servers' own clients."""

from lab import Contender, Failed, ratio
from section import Section


def beside_client(lab, stage, clients, fill, count):
    """The stage and its clients read one table, which fill has loaded once."""
    if count() != lab.unique_rows():
        fill()

    def verify(_):
        got = lab.shell('describe --json <out.mam | jq .records').strip()
        if got != str(lab.unique_rows()):
            raise Failed(f'{stage.label}: {got} records, not {lab.unique_rows()}')

    stage.verify = verify
    contenders = [stage, *clients]
    lab.alternate(contenders)
    s = Section(f'{stage.label} beside {clients[0].label}',
                'The whole table is read and written to a file: typed and sealed by us, as the server\'s text by its client.')
    s.header = ['', 'rows', 'seconds', 'client CPU s', 'server CPU s', 'rows/s', f'{stage.label} takes']
    for c in contenders:
        wall = c.median('wall')
        s.add(c, f'{lab.unique_rows():,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{c.median("server"):.2f}',
              f'{lab.unique_rows() / wall:,.0f}', '' if c is stage else
              f'{ratio(stage, c):.3f} × its time, {ratio(stage, c, "cpu"):.3f} × its client CPU')
    return s


def fetch_pg(lab):
    """fetch-pg beside psql's COPY, as text and binary, and row by row as it reads with parameters."""
    server, unique = lab.postgres(), lab.unique()
    copy = 'psql -qX "$MAM_TEST_PG" -c "COPY ads TO STDOUT{}" >out.copy'

    def fill():
        lab.pg('TRUNCATE ads')
        lab.shell(f'load-pg --to "$MAM_TEST_PG" --table ads --mode append <{unique}')

    one_by_one = 'fetch-pg --url "$MAM_TEST_PG" --query "SELECT * FROM ads WHERE clicks >= {least}" --param least:int=0 >out.mam'
    return beside_client(lab, Contender('fetch-pg', 'fetch-pg --url "$MAM_TEST_PG" --table ads >out.mam', server),
                         [Contender('psql COPY', copy.format(''), server),
                          Contender('psql COPY binary', copy.format(' (FORMAT binary)'), server),
                          Contender('fetch-pg with a parameter', one_by_one, server)],
                         fill, lambda: int(lab.pg('SELECT count(*) FROM ads')))


def fetch_mysql(lab):
    """fetch-mysql beside mariadb --quick."""
    server, unique = lab.mysql(), lab.unique()

    def fill():
        lab.my('TRUNCATE ads')
        lab.shell(f'load-mysql --to "$MAM_TEST_MYSQL" --table ads --mode append <{unique}')

    return beside_client(lab, Contender('fetch-mysql', 'fetch-mysql --url "$MAM_TEST_MYSQL" --table ads >out.mam', server),
                         [Contender('mariadb --quick', f'{lab.my_client()} --quick --batch -e "SELECT * FROM ads" >out.txt',
                                    server)],
                         fill, lambda: int(lab.my('SELECT count(*) FROM ads')))
