#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares a table with the rows that a practice server expects in it.

    table.py select DIALECT TABLE EXPECTED...   prints the query that gives the table's rows
    table.py compare ROWS EXPECTED...           ROWS: what the query gave, cells as hexadecimal UTF-8 or
                                                NULL, separated by tabs

EXPECTED are answers of /practice/expected (medium.py): a line {"columns": {NAME: TYPE}, "key": [NAME, ...]},
then a row a line. Several are rows of one table, and must not share a key. Types: int decimal float text
bool date datetime timestamp json. A timestamp is compared as an instant; a table's is in UTC.
"""

import datetime
import decimal
import json
import sys

FORMS = {
    "sqlite": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE hex(CAST({0} AS TEXT)) END",
    "mysql": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE hex(CAST({0} AS CHAR)) END",
    "postgresql": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE encode(convert_to({0}::text, 'UTF8'), 'hex') END",
}
QUOTES = {"sqlite": '"', "mysql": "`", "postgresql": '"'}
FLAGS = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}


def moment(text):
    text = text.replace(" ", "T")
    if text.endswith("+00"):
        text = text[:-3]
    elif text.endswith("Z"):
        text = text[:-1]
    at = datetime.datetime.fromisoformat(text)
    return at.astimezone(datetime.timezone.utc).replace(tzinfo=None) if at.tzinfo else at


CONVERT = {
    "int": lambda v: int(v), "decimal": lambda v: decimal.Decimal(str(v)), "float": lambda v: float(v), "text": str,
    "bool": lambda v: v if isinstance(v, bool) else FLAGS[v], "date": str, "datetime": moment, "timestamp": moment,
    "json": lambda v: json.loads(v) if isinstance(v, str) else v,
}


def expected(paths):
    """Columns with their types, names of the key, and the rows."""
    columns, key, rows = None, None, []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            head = json.loads(file.readline())
            if columns not in (None, head["columns"]):
                sys.exit(f"{path}: other columns than before")
            columns, key = head["columns"], head["key"]
            rows += [json.loads(line) for line in file]
    return columns, key, rows


def by_key(what, columns, key, rows):
    """The rows by their key, each value as its type."""
    kinds = [CONVERT[kind] for kind in columns.values()]
    places = [list(columns).index(name) for name in key]
    done = {}
    for row in rows:
        values = [None if value is None else kind(value) for kind, value in zip(kinds, row, strict=True)]
        at = tuple(values[place] for place in places)
        if at in done:
            sys.exit(f"{what}: two rows of {at}")
        done[at] = values
    return done


def table_rows(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield [None if cell == "NULL" else bytes.fromhex(cell).decode() for cell in line.rstrip("\n").split("\t")]


def compare(path, paths):
    columns, key, rows = expected(paths)
    wanted, found = by_key("expected", columns, key, rows), by_key("the table", columns, key, table_rows(path))
    wrong = 0
    for at in wanted.keys() | found.keys():
        if wanted.get(at) != found.get(at):
            wrong += 1
            if wrong <= 5:
                print(f"{at}\n  wanted {wanted.get(at)}\n  found  {found.get(at)}")
    print(f"{len(wanted)} wanted, {len(found)} found, {wrong} differ")
    return 1 if wrong else 0


def main():
    if len(sys.argv) >= 5 and sys.argv[1] == "select":
        quote = QUOTES[sys.argv[2]]
        columns, _, _ = expected(sys.argv[4:])
        cells = ", ".join(FORMS[sys.argv[2]].format(quote + name + quote) for name in columns)
        print(f"SELECT {cells} FROM {sys.argv[3]}")
    elif len(sys.argv) >= 4 and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], sys.argv[3:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
