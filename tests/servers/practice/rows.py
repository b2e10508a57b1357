# SPDX-License-Identifier: MIT
"""The facts that practice servers make up, the same in every run: of each day and
campaign, so many impressions, clicks, costs and conversions. A server writes them
in the form of its medium, and once more as the rows that its batch must load.

A fact depends on seed, restatement, account, campaign and day only, so requests
that overlap agree where they overlap. Some values are there to hurt: ids past 2^53,
amounts with more digits than a double keeps, names such as "--" and "NULL", quotes,
commas, backslashes, characters of Shift_JIS whose second byte is a backslash, and
emoji, which take four bytes.
"""

import datetime
from datetime import date  # noqa: F401 (for the servers)

MASK = (1 << 64) - 1
DAY = datetime.timedelta(1)

CP932_NAMES = [
    "ブランド_指名⑳", "㈱見本商事　春～夏", "キャンペーン－一般", "ソーシャル表示能力", "東京,大阪", '"引用符"入り',
    "--", "NULL", "\\N", "007", " 前後に空白 ", "100％オフ！", "ｱﾄﾞﾃｽﾄ", "髙﨑・纊", "=1+1", "'; DROP TABLE x; --",
]
NAMES = CP932_NAMES + ["🎉セール👨‍👩‍👧", "Côte d'Azur & <b>co</b>", "a\tb\\c/d?e#f%20g", "{id} {{x}} $1"]
IDS = {1: 9007199254740993, 2: 9223372036854775807}


def mix(x):
    """splitmix64's finisher: every bit of x counts in every bit of the result."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def bits(*parts):
    """64 bits that depend on all parts, which are integers or texts."""
    h = 0x9E3779B97F4A7C15
    for part in parts:
        for byte in str(part).encode():
            h = mix(h + byte * 0xD1B54A32D192ED03 & MASK)
        h = mix(h + 0x8CB92BA72F3D8DD7 & MASK)
    return h


def fixed(n, places):
    """The decimal text of n / 10^places: fixed(1234, 2) is 12.34."""
    scale = 10 ** places
    sign, n = ("-" if n < 0 else ""), abs(n)
    return f"{sign}{n // scale}.{n % scale:0{places}d}"


def days(first, after):
    """The days from first to the one before after."""
    return [first + datetime.timedelta(i) for i in range((after - first).days)]


class Fact:
    """What happened to one campaign on one day. micros is the cost in millionths; conversions and
    value are in hundredths; bits is for whatever else a medium reports."""
    __slots__ = ("account", "campaign", "id", "name", "day", "bits", "impressions", "clicks", "micros",
                 "conversions", "value")


def campaign_id(n):
    return IDS.get(n, 1000000000 + n)


def campaign_name(n):
    return NAMES[n % len(NAMES)] if n < len(NAMES) else f"{NAMES[n % len(NAMES)]} {n}"


def fact(settings, account, campaign, day):
    """The fact, or None: one in sixteen days of a campaign had no impression. A restatement changes which."""
    h = bits(settings.seed, settings.restated, account, campaign, day.toordinal())
    if h % 16 == 0:
        return None
    it = Fact()
    it.account, it.campaign, it.day, it.bits = account, campaign, day, h
    it.id, it.name = campaign_id(campaign), campaign_name(campaign)
    it.impressions = 1 + (h >> 4) % 90001
    it.clicks = (h >> 17) % (it.impressions // 7 + 1)
    it.micros = it.clicks * (9000000 + (h >> 33) % 400000000)
    it.conversions = (h >> 41) % (it.clicks * 9 + 1)
    it.value = it.conversions * ((h >> 23) % 4999)
    if campaign == 3:
        it.micros += 9007199254740993
    if campaign == 4:
        it.value += 1234567890123456789
    return it


def facts(settings, account, first, after):
    """The facts of settings.rows campaigns, day by day from first to the one before after."""
    for day in days(first, after):
        for campaign in range(settings.rows):
            it = fact(settings, account, campaign, day)
            if it:
                yield it


def repeated(items, n):
    """The items, every n-th of them twice: pages over changing data have some rows twice. 0: none."""
    for at, item in enumerate(items, 1):
        yield item
        if n and at % n == 0:
            yield item
