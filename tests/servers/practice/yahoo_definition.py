# SPDX-License-Identifier: MIT
"""The errors of Yahoo! JAPAN Ads, and the checks of a report's definition, element by element."""

import datetime
import json
import re

MESSAGES = {
    "0001": "Invalid Request.", "0002": "An internal error has occurred.",
    "0003": "Frequency limit exceeded. Please try your request again later", "0004": "URL not found.",
    "0005": "Bad request.", "0098": "Permission denied.", "0099": "Out of service.",
    "0110": "Require access token.", "0111": "Authentication failed.", "0112": "Account not found.",
    "0113": "Deactivated account.", "0114": "Invalid scope.",
    "F0001": "Invalid format.", "R0001": "Require.", "V0001": "Invalid value.", "L0001": "Lower list size.",
    "L0002": "Over list size.", "S0001": "Invalid Status.", "I0001": "Deactivated Id.", "D0001": "Duplicate.",
    "RL001": "Invalid relation.", "LT001": "Over limit.", "240003": "Invalid Filters Item.",
    "240004": "Can not Specify Date Range.",
}


class Refusal(Exception):
    """The whole request is refused: by an HTTP status, or (status 200) as a Full Error."""

    def __init__(self, status, code, *details):
        super().__init__(code)
        self.status, self.error = status, error(code, *details)


def error(code, *details):
    return {"code": code, "message": MESSAGES.get(code, "Unknown."),
            "details": [{"requestKey": key, "requestValue": text(value)} for key, value in details]}


def text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_id(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 63


def date_range(kind, today):
    """First and last day of a named range, both included."""
    day = datetime.timedelta(1)
    monday = today - today.weekday() * day - 7 * day
    first = today.replace(day=1)
    before = {"LAST_7_DAYS": 7, "LAST_14_DAYS": 14, "LAST_30_DAYS": 30, "YESTERDAY": 1, "ALL_TIME": 365}
    if kind in before:
        return today - before[kind] * day, today - day
    return {"TODAY": (today, today), "LAST_WEEK": (monday, monday + 6 * day),
            "LAST_BUSINESS_WEEK": (monday, monday + 4 * day), "THIS_MONTH": (first, today),
            "THIS_MONTH_EXCEPT_TODAY": (first, today - day),
            "LAST_MONTH": ((first - day).replace(day=1), first - day)}[kind]


def parse_day(value):
    """A day in the API's yyyyMMdd, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{8}", value):
        return None
    try:
        return datetime.datetime.strptime(value, "%Y%m%d").date()
    except ValueError:
        return None


class Checker:
    """Checks one definition of add, element by element, as a Part Error reports it."""

    def __init__(self, edition, given, account_id, today):
        self.edition, self.given, self.account_id, self.today = edition, given, account_id, today
        self.errors = []
        self.days = []

    def wrong(self, code, key, value=None):
        self.errors.append(error(code, (key, value)))

    def definition(self):
        """The definition with its defaults; self.errors tells whether it is any good."""
        given = self.given
        for key in given:
            if key not in self.edition.definition_keys:  # not documented: taken as wrong
                self.wrong("0001", key, given[key])
        done = {key: None for key in self.edition.definition_keys}
        done["accountId"] = self.account_id
        if given.get("accountId", self.account_id) != self.account_id:
            self.wrong("RL001", "accountId", given["accountId"])
        done["reportName"] = self.name()
        if self.edition.practised:
            done["reportType"] = self.report_type()
        for key, (allowed, default) in self.edition.choices.items():
            done[key] = given.get(key) if given.get(key) is not None else default
            if done[key] not in allowed:
                self.wrong("V0001", key, done[key])
            elif done[key] in self.edition.lacks.get(key, ()):
                self.wrong("V0001", key, f"{done[key]} (the practice server has not)")
        done["fields"] = self.fields(done.get("reportType"))
        done["filters"] = self.filters(done.get("reportType"))
        done["sortFields"] = self.sort_fields(done["fields"])
        done["reportDateRangeType"], done["dateRange"] = self.range()
        return done

    def name(self):
        if self.edition.name_required or self.given.get("reportName") is not None:
            return self.required_text("reportName")
        return None

    def required_text(self, key):
        value = self.given.get(key)
        if value is None or value == "":
            self.wrong("R0001", key)
        elif not isinstance(value, str):
            self.wrong("F0001", key, value)
        return value

    def report_type(self):
        value = self.required_text("reportType")
        if isinstance(value, str) and value not in self.edition.report_types:
            self.wrong("V0001", "reportType", value)
        elif value not in (*self.edition.practised, None, ""):
            self.wrong("V0001", "reportType", f"{value} (the practice server has {', '.join(self.edition.practised)})")
        return value

    def list_of(self, key, most):
        value = self.given.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong("F0001", key, value)
            return []
        if len(value) > most:
            self.wrong("L0002", key, len(value))
        return value

    def known(self, key, name, report_type):
        field = self.edition.fields.get(name) if isinstance(name, str) else None
        if field is None or report_type is not None and report_type not in field.reports:
            self.wrong("V0001", key, name)
            return False
        return True

    def fields(self, report_type):
        names = self.list_of("fields", len(self.edition.fields))
        if not names:
            self.wrong("R0001", "fields")
        good = [name for name in names if self.known("fields", name, report_type)]
        for name in {name for name in good if good.count(name) > 1}:
            self.wrong("D0001", "fields", name)
        for name in good:
            for other in self.edition.fields[name].incompatible:
                if other in good and (name < other or name not in self.edition.fields[other].incompatible):
                    self.errors.append(error("RL001", ("fields", name), ("fields", other)))
        return good

    def filters(self, report_type):
        done = self.list_of("filters", 6)
        for at, item in enumerate(done):
            key = f"filters[{at}]"
            if not isinstance(item, dict) or set(item) - {"field", "filterOperator", "values"}:
                self.wrong("F0001", key, item)
                continue
            self.known(f"{key}/field", item.get("field"), report_type)
            if item.get("filterOperator") not in self.edition.operators:
                self.wrong("V0001", f"{key}/filterOperator", item.get("filterOperator"))
            values = item.get("values")
            if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
                self.wrong("240003", f"{key}/values", values)
        return done or None

    def sort_fields(self, fields):
        done = self.list_of("sortFields", 5)
        for at, item in enumerate(done):
            key = f"sortFields[{at}]"
            if not isinstance(item, dict) or set(item) - {"field", "reportSortType"}:
                self.wrong("F0001", key, item)
                continue
            if item.get("field") not in fields:
                self.wrong("V0001", f"{key}/field", item.get("field"))
            if item.get("reportSortType") not in ("ASC", "DESC"):
                self.wrong("V0001", f"{key}/reportSortType", item.get("reportSortType"))
        return done or None

    def range(self):
        kind = self.required_text("reportDateRangeType")
        window = self.given.get("dateRange")
        if kind in (None, ""):
            return None, None
        if kind not in self.edition.ranges:
            self.wrong("V0001", "reportDateRangeType", kind)
            return kind, window
        if kind != "CUSTOM_DATE":
            if window is not None:
                self.wrong("240004", "dateRange", window)
            self.set_days(*date_range(kind, self.today))
            return kind, None
        if not isinstance(window, dict):
            self.wrong("R0001", "dateRange", window)
            return kind, window
        for key in set(window) - {"startDate", "endDate"}:
            self.wrong("0001", f"dateRange/{key}", window[key])
        days = []
        for key in ("startDate", "endDate"):
            days.append(parse_day(window.get(key)))
            if window.get(key) is None:
                self.wrong("R0001", f"dateRange/{key}")
            elif days[-1] is None:
                self.wrong("F0001", f"dateRange/{key}", window[key])
        # As in the official sample, a range whose dates cannot be read is contradictory as well.
        if None in days or days[0] > days[1]:
            self.errors.append(error("RL001", ("reportDateRangeType", kind),
                                     ("dateRange/startDate", window.get("startDate")),
                                     ("dateRange/endDate", window.get("endDate"))))
        else:
            self.set_days(*days)
        return kind, window

    def set_days(self, first, last):
        last = min(last, self.today)  # nothing has happened tomorrow
        self.days = [first + datetime.timedelta(i) for i in range((last - first).days + 1)]
