# SPDX-License-Identifier: MIT
"""The rows of a practice report of Yahoo! JAPAN Ads, Search: made from a seed,
one at a time, so that a million of them cost no memory, and written as the file
that the download operation sends.

A row's values depend on seed, restatement, campaign, day and segments only: two
reports that overlap agree where they overlap. Field names, display names and
display values are the official ones (yahoo-search-fields.tsv; tests/ads.bats
compares them with the official files). Some values are there to hurt: integers
past 2^53, amounts with more digits than a double keeps, campaigns named "--",
"NULL" and "\\N", characters that only CP932 has and characters whose second byte
in Shift_JIS is a backslash.

Not verified against the real service: "--" where a rate has no denominator (it is
recorded for TRACKING_URL; for CROSS_DEVICE_CONVERSIONS and BID_STRATEGY_ID the
official note says blank), percent as the unit of rates, and byte order marks.
"""

import csv
import datetime
import io
import itertools
import os
import zipfile

from .rows import CP932_NAMES as CAMPAIGNS
from .rows import IDS as CAMPAIGN_IDS
from .rows import MASK, mix

CSV_BLOCK = 2000  # rows to a piece of the body


class Field:
    def __init__(self, row):
        self.name, self.ja, self.en, self.xml = row["field"], row["ja"], row["en"], row["xml"]
        self.reports = row["reports"].split(",")
        self.type, self.kind = row["type"], row["kind"]
        self.values = {"JA": row["values_ja"].split("|"), "EN": row["values_en"].split("|")}
        self.enum = bool(row["values_en"])
        self.null = "" if row["blank"] else "--"
        self.incompatible = row["incompatible"].split()


def load_fields(name):
    path = os.path.join(os.path.dirname(__file__), name)
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["field"]: Field(row) for row in rows}


FIELDS = load_fields("yahoo-search-fields.tsv")

COST_EXTRA = {3: 9007199254740993}
VALUE_EXTRA = {4: 1234567890123456789}  # in hundredths

SEGMENTS = {"NETWORK": 2, "CLICK_TYPE": 3, "DEVICE": 3, "HOUR_OF_DAY": 24,
            "OBJECT_OF_CONVERSION_TRACKING": 3, "CONVERSION_NAME": 2}
DAY_FIELDS = {"DAY", "DAY_OF_WEEK", "QUARTER", "YEAR", "MONTH", "MONTH_OF_YEAR", "WEEK"}

class Row:
    """What the fields of one row are computed from. conv, value and the like are in hundredths."""
    __slots__ = ("campaign", "day", "segments", "bits", "imps", "clicks", "cost", "conv", "value",
                 "all_conv", "all_value", "invalid", "total")


def make_row(seed, campaign, day, segments, ordinal):
    row = Row()
    h = mix(seed + campaign * 0x9E3779B97F4A7C15 + (day.toordinal() if day else 0) * 0xD1B54A32D192ED03
            + ordinal * 0x8CB92BA72F3D8DD7 & MASK)
    row.campaign, row.day, row.segments, row.bits, row.total = campaign, day, segments, h, False
    row.imps = 1 + h % 90001
    row.clicks = (h >> 17) % (row.imps // 7 + 2) if row.imps > 1 else 0
    row.cost = row.clicks * (9 + (h >> 33) % 400) + COST_EXTRA.get(campaign, 0)
    row.conv = (h >> 41) % (row.clicks * 9 + 1)
    row.value = row.conv * ((h >> 23) % 4999) + VALUE_EXTRA.get(campaign, 0)
    row.all_conv = row.conv + (h >> 50) % 77
    row.all_value = row.value + (h >> 45) % 99999
    row.invalid = (h >> 13) % 9
    return row


def add_to(total, row):
    for name in ("imps", "clicks", "cost", "conv", "value", "all_conv", "all_value", "invalid"):
        setattr(total, name, getattr(total, name) + getattr(row, name))


def zero_row():
    row = make_row(0, 0, None, {}, 0)
    for name in ("imps", "clicks", "cost", "conv", "value", "all_conv", "all_value", "invalid"):
        setattr(row, name, 0)
    row.total = True
    return row


def hundredths(n):
    return f"{n // 100}.{n % 100:02d}"


class Values:
    """The value of a field in a row: int, str, or None where there is nothing. A
    report's language decides enum values, its decimal display how long rates are."""

    def __init__(self, language, full, account_id, fields):
        self.language, self.account_id, self.fields = language, account_id, fields
        self.places = 12 if full else 2

    def ratio(self, a, b):
        """a / b, rounded half up as decimal text; nothing when b is 0 (a total row says 0)."""
        if b == 0:
            return None
        scale = 10 ** self.places
        q = (2 * a * scale + b) // (2 * b)
        return f"{q // scale}.{q % scale:0{self.places}d}"

    def share(self, bits, missing):
        """An impression share in percent; every missing-th row has none."""
        return None if bits % missing == 0 else hundredths(bits % 10001)

    def enum(self, name, index):
        return self.fields[name].values[self.language][index]

    def of(self, name):
        """The function from row to value."""
        special = getattr(self, name, None)
        if special:
            return special
        if name in SEGMENTS and self.fields[name].enum:
            return lambda r: self.enum(name, r.segments[name])
        salt = mix(sum(name.encode()) * 7919)
        field = self.fields[name]
        if field.enum:
            n = len(field.values["EN"]) - 1
            return lambda r: self.enum(name, (r.campaign ^ salt) % n)
        if field.type == "DOUBLE":
            return lambda r: self.share((r.bits ^ salt) >> 20, 5)
        if field.type == "LONG":
            return lambda r: None if r.campaign % 3 else 100000 + (r.campaign ^ salt) % 1000000
        return lambda r: None if r.campaign % 2 else f"{name.lower()}-{r.campaign}"

    def ACCOUNT_ID(self, r):
        return str(self.account_id)

    def ACCOUNT_NAME(self, r):
        return "見本アカウント㈱"

    def CAMPAIGN_ID(self, r):
        return CAMPAIGN_IDS.get(r.campaign, 1000000000 + r.campaign)

    def CAMPAIGN_NAME(self, r):
        name = CAMPAIGNS[r.campaign % len(CAMPAIGNS)]
        return name if r.campaign < len(CAMPAIGNS) else f"{name} {r.campaign}"

    def CAMPAIGN_START_DATE(self, r):
        return (datetime.date(2025, 1, 1) + datetime.timedelta(r.campaign % 500)).isoformat()

    def TRACKING_URL(self, r):
        return None if r.campaign % 2 else f"https://example.jp/t?c={r.campaign}&u={{lpurl}}"

    def DAILY_SPENDING_LIMIT(self, r):
        return 500 * (1 + r.campaign % 40)

    def COST(self, r):
        return r.cost

    def IMPS(self, r):
        return r.imps

    def CLICKS(self, r):
        return r.clicks

    def CLICK_RATE(self, r):
        return self.ratio(100 * r.clicks, r.imps)

    def AVG_CPC(self, r):
        return self.ratio(r.cost, r.clicks)

    def INVALID_CLICKS(self, r):
        return r.invalid

    def INVALID_CLICK_RATE(self, r):
        return self.ratio(100 * r.invalid, r.clicks + r.invalid)

    def CONVERSIONS(self, r):
        return hundredths(r.conv)

    def CONV_RATE(self, r):
        return self.ratio(r.conv, r.clicks)

    def CONV_VALUE(self, r):
        return hundredths(r.value)

    def COST_PER_CONV(self, r):
        return self.ratio(100 * r.cost, r.conv)

    def VALUE_PER_CONV(self, r):
        return self.ratio(r.value, r.conv)

    def CONV_VALUE_PER_COST(self, r):
        return self.ratio(r.value, 100 * r.cost)

    def ALL_CONV(self, r):
        return hundredths(r.all_conv)

    def ALL_CONV_RATE(self, r):
        return self.ratio(r.all_conv, r.clicks)

    def ALL_CONV_VALUE(self, r):
        return hundredths(r.all_value)

    def COST_PER_ALL_CONV(self, r):
        return self.ratio(100 * r.cost, r.all_conv)

    def VALUE_PER_ALL_CONV(self, r):
        return self.ratio(r.all_value, r.all_conv)

    def ALL_CONV_VALUE_PER_COST(self, r):
        return self.ratio(r.all_value, 100 * r.cost)

    def CONVERSION_NAME(self, r):
        return ("資料請求", "購入完了")[r.segments["CONVERSION_NAME"]]

    def HOUR_OF_DAY(self, r):
        return r.segments["HOUR_OF_DAY"]

    def DAY(self, r):
        return r.day.isoformat()

    def DAY_OF_WEEK(self, r):
        return self.enum("DAY_OF_WEEK", r.day.weekday())

    def QUARTER(self, r):
        return r.day.replace(month=(r.day.month - 1) // 3 * 3 + 1, day=1).isoformat()

    def YEAR(self, r):
        return str(r.day.year)

    def MONTH(self, r):
        return r.day.replace(day=1).isoformat()

    def MONTH_OF_YEAR(self, r):
        return self.enum("MONTH_OF_YEAR", r.day.month - 1)

    def WEEK(self, r):
        return (r.day - datetime.timedelta(r.day.weekday())).isoformat()


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def passes(value, operator, wanted):
    """One filter of a definition. Numbers compare as numbers, all else as text."""
    if operator in ("EQUALS", "IN"):
        return any(str(value) == w or number(value) == number(w) is not None for w in wanted)
    if operator == "NOT_EQUALS":
        return not passes(value, "EQUALS", wanted)
    if operator == "CONTAINS":
        return any(w in str(value) for w in wanted)
    left, right = number(value), number(wanted[0])
    if left is None or right is None:
        return False
    return {"GREATER_THAN": left > right, "GREATER_THAN_EQUALS": left >= right,
            "LESS_THAN": left < right, "LESS_THAN_EQUALS": left <= right}[operator]


class Report:
    """The content of one report: definition (validated, defaults filled in) and settings of its time."""
    all_fields = FIELDS
    values_class = Values

    def __init__(self, definition, days, settings):
        self.definition, self.days = definition, days
        self.fields = definition["fields"]
        self.rows, self.repeat = settings.rows * (len(days) if settings.by_day else 1), settings.repeat
        self.bom, self.newline = settings.bom, settings.newline
        self.seed = mix(settings.seed * 1000003 + settings.restated)
        self.campaign_count = 1 if definition.get("reportType") == "ACCOUNT" else None
        self.values = self.values_class(
            definition["reportLanguage"], definition["reportDecimalPartDisplayType"] == "FULL_DISPLAY",
            definition["accountId"], self.all_fields)

    def each(self):
        """The rows in order, before filters, sorting and repetition."""
        segments = [s for s in SEGMENTS if s in self.fields]
        by_day = DAY_FIELDS & set(self.fields)
        cells = [(day, dict(zip(segments, combination)), at)
                 for day in (self.days if by_day else [None])
                 for at, combination in enumerate(itertools.product(*(range(SEGMENTS[s]) for s in segments)))]
        for i in range(self.rows if cells else 0):
            campaign, at = divmod(i, len(cells))
            if self.campaign_count and campaign >= self.campaign_count:
                return
            yield make_row(self.seed, campaign, *cells[at])

    def chosen(self):
        """The rows as the report has them."""
        tests = [(self.values.of(f["field"]), f["filterOperator"], f["values"])
                 for f in self.definition["filters"] or []]
        rows = (r for r in self.each() if all(passes(of(r), op, wanted) for of, op, wanted in tests))
        for sort in reversed(self.definition["sortFields"] or []):
            of = self.values.of(sort["field"])

            def key(r, of=of):
                value = of(r)
                n = number(value)
                return (value is None, n is None, n if n is not None else str(value))
            rows = iter(sorted(rows, key=key, reverse=sort["reportSortType"] == "DESC"))
        return rows

    def truth(self):
        """What a loader must end up with: one object a row, each once; rates as the text of the file."""
        columns = [(name, self.values.of(name)) for name in self.fields]
        for row in self.chosen():
            yield {name: of(row) for name, of in columns}

    def table(self):
        """The cells of the file, line by line."""
        if self.definition["reportSkipColumnHeader"] != "TRUE":
            language = self.definition["reportLanguage"].lower()
            yield [getattr(self.all_fields[name], language) for name in self.fields]
        columns = [(self.values.of(name), self.all_fields[name].null) for name in self.fields]
        total = zero_row()
        for n, row in enumerate(self.chosen(), 1):
            cells = [null if (value := of(row)) is None else value for of, null in columns]
            yield cells
            if self.repeat and n % self.repeat == 0:
                yield cells
            add_to(total, row)
        if self.definition["reportSkipReportSummary"] != "TRUE":
            yield [self.total_cell(name, total) for name in self.fields]

    def total_cell(self, name, total):
        """The total row has no label; what is no sum is empty, a rate of nothing is 0."""
        if self.all_fields[name].kind != "Metric":
            return ""
        if not hasattr(self.values_class, name):
            return "" if self.all_fields[name].null == "" else 0
        value = self.values.of(name)(total)
        if value is None or total.imps == 0:
            return 0
        return value

    def text(self):
        """The file's text, in pieces."""
        delimiter = "\t" if self.definition["reportDownloadFormat"] == "TSV" else ","
        lines = self.table()
        while block := list(itertools.islice(lines, CSV_BLOCK)):
            out = io.StringIO()
            csv.writer(out, delimiter=delimiter, lineterminator=self.newline).writerows(block)
            yield out.getvalue()

    def encoded(self):
        encode = self.definition["reportDownloadEncode"]
        codec = {"UTF8": "utf-8", "UTF8_BOM": "utf-8", "SJIS": "cp932", "UTF16LE": "utf-16-le"}[encode]
        if encode in self.bom:
            yield "\ufeff".encode(codec)
        for piece in self.text():
            yield piece.encode(codec)

    def file(self):
        """The body of the download, in pieces."""
        if self.definition["reportCompressType"] != "ZIP":
            yield from self.encoded()
            return
        sink = Sink()
        name = f"report.{self.definition['reportDownloadFormat'].lower()}"
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as member:
                for piece in self.encoded():
                    member.write(piece)
                    yield sink.take()
            yield sink.take()
        yield sink.take()


class Sink:
    """Where zipfile writes to: it cannot be wound back, so sizes go behind the data, as from a real stream."""

    def __init__(self):
        self.pieces = []

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def take(self):
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)
