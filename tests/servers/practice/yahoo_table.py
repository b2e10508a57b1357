#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares a table of yahoo-search-campaign-daily with what the practice server
made up: yahoo_table.py TRUTH TABLE. TRUTH is what /practice/truth sends, JSON
lines. TABLE is one row a line, the columns in COLUMNS' order as hexadecimal
UTF-8 or NULL, separated by tabs; "yahoo_table.py select DIALECT TABLE-NAME"
prints the query that gives it.

What a column should hold is said here once more, independent of the batch.
"""

import decimal
import json
import sys

COLUMNS = {
    "day": "DAY", "account_id": "ACCOUNT_ID", "campaign_id": "CAMPAIGN_ID", "campaign_name": "CAMPAIGN_NAME",
    "campaign_type": "CAMPAIGN_TYPE", "status": "CAMPAIGN_DISTRIBUTION_STATUS", "cost": "COST",
    "impressions": "IMPS", "clicks": "CLICKS", "avg_cpc": "AVG_CPC", "conversions": "CONVERSIONS",
    "conversion_value": "CONV_VALUE",
}
NUMBERS = {"account_id", "campaign_id", "cost", "impressions", "clicks", "avg_cpc", "conversions", "conversion_value"}
WORDS = {
    "campaign_type": {"標準": "STANDARD", "アプリ訴求": "APP", "動的検索連動型広告": "DYNAMIC_ADS", "その他": "OTHER"},
    "status": {"配信中": "SERVING", "終了": "ENDED", "ペンディング": "PENDING", "停止": "STOP", "その他": "OTHER"},
}


def select(dialect, table):
    form = {
        "sqlite": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE hex(CAST({0} AS TEXT)) END",
        "mysql": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE hex(CAST({0} AS CHAR)) END",
        "postgresql": "CASE WHEN {0} IS NULL THEN 'NULL' ELSE encode(convert_to({0}::text, 'UTF8'), 'hex') END",
    }[dialect]
    return f"SELECT {', '.join(form.format(name) for name in COLUMNS)} FROM {table}"


def plain(name, value):
    if value is None:
        return None
    return decimal.Decimal(value) if name in NUMBERS else str(value)


def from_truth(line):
    row = json.loads(line)
    values = {name: row[field] for name, field in COLUMNS.items()}
    for name, words in WORDS.items():
        values[name] = words[values[name]]
    return tuple(plain(name, value) for name, value in values.items())


def from_table(line):
    cells = [None if cell == "NULL" else bytes.fromhex(cell).decode("utf-8") for cell in line.rstrip("\n").split("\t")]
    return tuple(plain(name, cell) for name, cell in zip(COLUMNS, cells, strict=True))


def read(path, of):
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = of(line)
            if row[:3] in rows:
                sys.exit(f"{path}: two rows of {row[:3]}")
            rows[row[:3]] = row
    return rows


def main():
    if sys.argv[1] == "select":
        print(select(*sys.argv[2:]))
        return
    wanted, found = read(sys.argv[1], from_truth), read(sys.argv[2], from_table)
    wrong = 0
    for key in wanted.keys() | found.keys():
        if wanted.get(key) != found.get(key) and (wrong := wrong + 1) <= 5:
            print(f"wanted {wanted.get(key)}\nfound  {found.get(key)}")
    print(f"{len(wanted)} wanted, {len(found)} found, {wrong} differ")
    sys.exit(wrong > 0 or not wanted)


if __name__ == "__main__":
    main()
