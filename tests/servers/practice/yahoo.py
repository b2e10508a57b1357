# SPDX-License-Identifier: MIT
"""ReportDefinitionService and BaseAccountService of Yahoo! JAPAN Ads, as both its
APIs have them. An Edition has what differs between Search Ads v20 and Display Ads v19.

    BASE/oauth/v1/token                        token refresh, GET (biz-oauth.yahoo.co.jp)
    BASE/api/VERSION/ReportDefinitionService/NAME    add get download remove getReportFields
    BASE/api/VERSION/BaseAccountService/get    the accounts that the authorisation reaches
    GET  /practice/truth[?job=N]               the rows of a report (default: the last), JSON lines
    GET  /practice/expected?from=DAY&to=DAY    the rows that the batch must load (medium.py); with --by-day 1
    GET  /practice/expected[?job=N]            the same, of one report
    GET  /practice/reports                     all reports and their state, JSON lines
    POST /practice/expire                      ends all access tokens

Written from the official OpenAPI files, samples and guides. What those leave open is
decided strictly and marked "not documented" below. A report becomes IN_PROGRESS and
COMPLETED by being asked for.
"""

import argparse
import collections
import datetime
import json
import re
import threading
import time

from . import medium, rows, web, yahoo_rows
from .oauth import Tokens
from .yahoo_definition import Checker, Refusal, error, is_id

JST = datetime.timezone(datetime.timedelta(hours=9))
OPERATIONS = {f"ReportDefinitionService/{name}": name for name in ("add", "get", "download", "remove", "getReportFields")}
OPERATIONS["BaseAccountService/get"] = "accounts"
NO_BASE_ACCOUNT = ("getReportFields", "accounts")  # operations without x-z-base-account-id


class Edition:
    """What one of the two APIs has of its own."""
    title = version = variable = ""  # of --help; of the URLs; of the shell for its URL
    report_types = ()
    practised = None  # the report types whose rows the practice server has; None: add takes no type
    statuses = ranges = operators = ()
    choices = {}  # the enum fields of a definition: values that may be sent, and the one that counts when none is
    lacks = {}  # values of them that the practice server does not have
    definition_keys = ()  # all keys of a ReportDefinition, in the order of the official samples
    fields = {}
    name_required = True
    fields_keys = ("reportType",)  # of getReportFields
    report = yahoo_rows.Report
    language = "JA"  # in which the batch asks for its report
    columns = {}  # of the batch's table: {name: (type, field)}
    words = {}  # what stands there for the values of a field: {column: {value: word}}


class Settings:
    """What a test may change while the server runs (POST /practice/set)."""

    def __init__(self, options):
        self.rows, self.seed, self.restated, self.repeat = options.rows, options.seed, 0, options.repeat
        self.polls, self.rate, self.penalty = options.polls, options.rate, options.penalty
        self.bom = [name for name in options.bom.split(",") if name]
        self.newline = {"lf": "\n", "crlf": "\r\n"}[options.newline]
        self.today = options.today
        self.by_day = options.by_day
        self.open_reports, self.accounts = options.open_reports, options.accounts
        self.error_type = "application/json;charset=UTF-8"

    def change(self, values):
        for name, value in values.items():
            if type(value) is not type(getattr(self, name)) and name != "today":
                raise ValueError(f"set: {name} is not like {getattr(self, name)!r}")
            setattr(self, name, value)

    def day(self):
        return datetime.date.fromisoformat(self.today) if self.today else datetime.datetime.now(JST).date()


class Job:
    def __init__(self, number, definition, report):
        self.number, self.definition, self.report = number, definition, report
        self.asked = 0
        self.doomed = self.canceled = False
        self.removed = False

    @property
    def status(self):
        return self.definition["reportJobStatus"]


def now_text():
    return datetime.datetime.now(JST).strftime("%Y/%m/%d %H:%M:%S")


class Reports:
    """The API: from request to response."""
    FAULTS = ("cancel-report",)

    def __init__(self, edition, options):
        self.edition = edition
        self.api = f"/api/{edition.version}/"
        self.settings = Settings(options)
        self.tokens = Tokens(options.client_id, options.client_secret, options.refresh_token, options.expires_in)
        self.base_accounts = {options.base_account, options.account}
        self.account = options.account
        self.jobs = {}
        self.next_job = 2568854952
        self.rids = 0
        self.recent = collections.deque()
        self.barred_until = 0
        self.lock = threading.RLock()

    def operation(self, request):
        if request.path == "/oauth/v1/token":
            return "token"
        known = request.path.startswith(self.api)
        return OPERATIONS.get(request.path.removeprefix(self.api), "unknown") if known else "unknown"

    def respond(self, request, faults):
        if "status" in faults:
            args = faults["status"]
            headers = [("Retry-After", str(args["retry-after"]))] if "retry-after" in args else []
            code = args.get("code") or {500: "0002", 503: "0099", 403: "0098", 401: "0111"}.get(args["status"], "0002")
            return self.refuse(args["status"], error(code), headers)
        if request.op == "token":
            return self.tokens.respond(request)
        if "expire" in faults:
            self.tokens.expire()
        try:
            body = self.admit(request)
            if "full-error" in faults:
                raise Refusal(200, faults["full-error"].get("code", "0001"), ("practice", "fault"))
            if request.op == "download":  # may take long, changes nothing
                return self.do_download(request, body, faults)
            with self.lock:
                return getattr(self, "do_" + request.op)(request, body, faults)
        except Refusal as refusal:
            response = self.refuse(refusal.status, refusal.error)
            if request.op == "download" and refusal.status == 200:
                response.content_type = self.settings.error_type
            return response

    def rid(self):
        with self.lock:
            self.rids += 1
            return f"{self.rids:032x}"

    def refuse(self, status, what, headers=()):
        return web.Response.json(status, {"rid": self.rid(), "errors": [what]}, headers)

    def answer(self, rval):
        return web.Response.json(200, {"errors": None, "rid": self.rid(), "rval": rval})

    def admit(self, request):
        """All that is checked before the operation itself. Returns the body."""
        if request.op == "unknown" or request.method != "POST":
            raise Refusal(404, "0004")  # not documented for wrong methods
        code = self.tokens.check(request)
        if code:
            raise Refusal(401, code)
        self.count_request()
        base = None
        if request.op not in NO_BASE_ACCOUNT:
            base = request.headers.get("x-z-base-account-id", "")
            request.note["base_account"] = base
            if not re.fullmatch(r"[1-9]\d{0,18}", base):
                raise Refusal(400, "0005", ("x-z-base-account-id", base))  # not documented
            if int(base) not in self.base_accounts:
                raise Refusal(401, "0112")
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            body = json.loads(request.body) if kind == "application/json" else None
        except ValueError:
            body = None
        request.note["body"] = body
        if not isinstance(body, dict):
            raise Refusal(400, "0005")
        if base is not None:
            if not is_id(body.get("accountId")):
                raise Refusal(200, "0001", ("accountId", body.get("accountId")))
            if body["accountId"] != self.account:
                raise Refusal(403, "0098")
        return body

    def count_request(self):
        """At most rate requests in a second; past it 403 0003, and for penalty seconds more."""
        with self.lock:
            now = time.monotonic()
            while self.recent and now - self.recent[0] >= 1:
                self.recent.popleft()
            self.recent.append(now)
            if self.settings.rate and len(self.recent) > self.settings.rate:
                self.barred_until = now + self.settings.penalty
            elif now >= self.barred_until:
                return
            raise Refusal(403, "0003")

    @staticmethod
    def only_keys(body, *keys):
        for key in body:
            if key not in keys:  # not documented: refused, so that a typing error cannot go unseen
                raise Refusal(200, "0001", (key, "is not known"))

    @staticmethod
    def operand(body):
        items = body.get("operand")
        if items is None:
            raise Refusal(200, "R0001", ("operand", None))
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Refusal(200, "0001", ("operand", "must be a list of objects"))
        if not items:
            raise Refusal(200, "L0001", ("operand", 0))
        if len(items) > 30:
            raise Refusal(200, "L0002", ("operand", len(items)))
        return items

    @staticmethod
    def value(definition, errors):
        return {"errors": errors or None, "operationSucceeded": not errors,
                "reportDefinition": None if errors else definition}

    def do_add(self, request, body, faults):
        self.only_keys(body, "accountId", "operand")
        values = []
        for given in self.operand(body):
            checker = Checker(self.edition, given, body["accountId"], self.settings.day())
            definition = checker.definition()
            open_now = sum(job.status in ("WAIT", "IN_PROGRESS") and not job.removed for job in self.jobs.values())
            if not checker.errors and open_now >= self.settings.open_reports:
                checker.wrong("LT001", "operand", f"{open_now} reports are open")
            if "part-error" in faults:
                checker.wrong(faults["part-error"].get("code", "V0001"), "practice", "fault")
            if not checker.errors:
                definition.update(reportJobId=self.next_job, reportJobStatus="WAIT", requestTime=now_text())
                job = Job(self.next_job, definition,
                          self.edition.report(definition, checker.days, self.settings))
                job.doomed = "fail-report" in faults
                job.canceled = "cancel-report" in faults
                self.jobs[job.number] = job
                self.next_job += 1
                request.note["job"] = job.number
            values.append(self.value(definition, checker.errors))
        return self.answer({"values": values})

    def do_get(self, request, body, faults):
        self.only_keys(body, "accountId", "reportJobIds", "reportJobStatuses", "numberResults", "startIndex",
                       *(("reportTypes",) if self.edition.practised else ()))
        start, count = self.paging(body, 500)
        chosen = [job for job in self.jobs.values() if not job.removed]
        for key, of, allowed in (("reportJobIds", lambda job: job.number, None),
                                 ("reportJobStatuses", lambda job: job.status, self.edition.statuses),
                                 ("reportTypes", lambda job: job.definition.get("reportType"), self.edition.report_types)):
            wanted = body.get(key)
            if wanted is None:
                continue
            if not isinstance(wanted, list) or not all(
                    (w in allowed if allowed else is_id(w)) for w in wanted):
                raise Refusal(200, "V0001", (key, wanted))
            if len(wanted) > 500:
                raise Refusal(200, "L0002", (key, len(wanted)))
            chosen = [job for job in chosen if of(job) in wanted]
        page = chosen[start - 1:start - 1 + count]
        for job in page:
            self.advance(job)
        request.note["jobs"] = {job.number: job.status for job in page}
        part = [error(faults["part-error"].get("code", "V0001"), ("practice", "fault"))] if "part-error" in faults else []
        return self.answer({"totalNumEntries": len(chosen),
                            "values": [self.value(job.definition, part) for job in page] or None})

    @staticmethod
    def paging(body, size):
        for key, least, most, default in (("numberResults", 1, size, size), ("startIndex", 1, 2 ** 31 - 1, 1)):
            value = body.get(key)
            value = default if value is None else value
            if isinstance(value, bool) or not isinstance(value, int):
                raise Refusal(200, "0001", (key, "must be an integer"))
            if value < least:
                raise Refusal(200, "0001", (key, f"must be greater than or equal to {least}"))
            if value > most:
                raise Refusal(200, "0001", (key, f"must be less than or equal to {most}"))
        return body.get("startIndex") or 1, body.get("numberResults") or size

    def advance(self, job):
        """A report gets ready by being looked at: WAIT, IN_PROGRESS, then its end after as many looks as set."""
        if job.status not in ("WAIT", "IN_PROGRESS"):
            return
        job.asked += 1
        if job.asked <= self.settings.polls:
            job.definition["reportJobStatus"] = "WAIT" if job.asked == 1 else "IN_PROGRESS"
            return
        job.definition["reportJobStatus"] = "FAILED" if job.doomed else "CANCELED" if job.canceled else "COMPLETED"
        job.definition["reportJobErrorDetail"] = "Over limit of file size." if job.doomed else None
        job.definition["completeTime"] = now_text()

    def do_download(self, request, body, faults):
        self.only_keys(body, "accountId", "reportJobId")
        number = body.get("reportJobId")
        request.note["job"] = number
        job = self.jobs.get(number) if is_id(number) else None
        if number is None:
            raise Refusal(200, "R0001", ("reportJobId", None))
        if job is None or job.removed:
            raise Refusal(200, "V0001", ("reportJobId", number))
        if job.status != "COMPLETED":  # which code is not documented
            raise Refusal(200, "S0001", ("reportJobId", number))
        if job.report.rows > 20000:
            return web.Response(200, job.report.file())
        return web.Response(200, b"".join(job.report.file()))

    def do_remove(self, request, body, faults):
        self.only_keys(body, "accountId", "operand")
        values = []
        for item in self.operand(body):
            number = item.get("reportJobId")
            job = self.jobs.get(number) if is_id(number) else None
            errors = []
            if number is None:
                errors = [error("R0001", ("reportJobId", None))]
            elif job is None or job.removed or "part-error" in faults:
                errors = [error("V0001", ("reportJobId", number))]
            else:
                job.removed = True
                request.note["job"] = number
            values.append(self.value(job.definition if job else None, errors))
        return self.answer({"values": values})

    def do_getReportFields(self, request, body, faults):
        self.only_keys(body, *self.edition.fields_keys)
        for key in self.edition.fields_keys:
            if body.get(key) is None:
                raise Refusal(200, "R0001", (key, None))
        wanted = body["reportType"]
        if wanted not in self.edition.report_types:
            raise Refusal(200, "V0001", ("reportType", wanted))
        if body.get("lang", "JA") not in ("JA", "EN"):
            raise Refusal(200, "V0001", ("lang", body["lang"]))
        return self.answer({"errors": None, "operationSucceeded": True,
                            "fields": [self.edition.field_shown(field) for field in self.edition.fields.values()
                                       if wanted in field.reports]})

    def do_accounts(self, request, body, faults):
        """BaseAccountService: at most 200 a page. accounts is the number of those there are."""
        self.only_keys(body, "accountIds", "numberResults", "startIndex")
        start, count = self.paging(body, 200)
        wanted = body.get("accountIds")
        if wanted is not None and (not isinstance(wanted, list) or len(wanted) > 200 or not all(map(is_id, wanted))):
            raise Refusal(200, "V0001", ("accountIds", wanted))
        known = [self.account + i for i in range(self.settings.accounts)]
        chosen = [i for i in known if wanted is None or i in wanted]
        values = [{"errors": None, "operationSucceeded": True,
                   "account": {"accountId": i, "accountName": f"見本アカウント㈱ {i}", "accountStatus": "SERVING"}}
                  for i in chosen[start - 1:start - 1 + count]]
        return self.answer({"totalNumEntries": len(chosen), "values": values or None})

    def practice(self, request, method, what):
        if (method, what) == ("POST", "expire"):
            self.tokens.expire()
            return web.Response(200)
        if (method, what) == ("GET", "reports"):
            return web.Response.lines({"job": job.number, "status": job.status, "removed": job.removed,
                                       "name": job.definition["reportName"]} for job in self.jobs.values())
        if (method, what) == ("GET", "expected"):
            report = self.report_of(request) if request.param("from") is None else self.report_between(
                *(datetime.date.fromisoformat(request.param(name)) for name in ("from", "to")))
            return web.Response.lines(self.expected(report))
        if (method, what) == ("GET", "truth"):
            return web.Response(200, ((json.dumps(row, ensure_ascii=False) + "\n").encode()
                                      for row in self.report_of(request).truth()), "application/jsonl")
        return None

    def report_of(self, request):
        number = request.param("job") or (str(max(self.jobs)) if self.jobs else "0")
        return self.jobs[int(number)].report

    def report_between(self, first, after):
        """The report of the batch for these days, without asking the batch."""
        return self.edition.report({
            "reportType": "CAMPAIGN", "reportLanguage": self.edition.language, "accountId": self.account,
            "reportDecimalPartDisplayType": "SIMPLE_DISPLAY", "filters": None, "sortFields": None,
            "fields": [field for _, field in self.edition.columns.values()]}, rows.days(first, after), self.settings)

    def expected(self, report):
        columns, words = self.edition.columns, self.edition.words
        yield {"columns": {name: kind for name, (kind, _) in columns.items()}, "key": ["day", "account_id", "campaign_id"]}
        for row in report.truth():
            yield [words[name][row[field]] if name in words else row[field] for name, (_, field) in columns.items()]


Edition.application = Reports


def main(edition):
    """The command line of a practice server of this edition."""
    if medium.background(edition.variable):
        return
    parser = argparse.ArgumentParser(description=f"Practice server for Yahoo! JAPAN Ads, {edition.title}.")
    medium.server_options(parser)
    parser.add_argument("--rows", type=int, default=1000, help="rows of every report")
    parser.add_argument("--seed", type=int, default=1, help="what all values are made from")
    parser.add_argument("--repeat", type=int, default=0, help="send every N-th row of a report twice")
    parser.add_argument("--polls", type=int, default=2, help="times that get finds a report unfinished")
    parser.add_argument("--open-reports", type=int, default=60, help="reports that may be unfinished at a time")
    parser.add_argument("--by-day", type=int, default=0, help="1: --rows is for each day of a report")
    parser.add_argument("--accounts", type=int, default=1, help="accounts that BaseAccountService knows")
    parser.add_argument("--rate", type=int, default=5, help="requests a second that are let through (0: all)")
    parser.add_argument("--penalty", type=float, default=0, help="seconds of refusal after too many requests")
    parser.add_argument("--expires-in", type=float, default=3600, help="seconds that a token lives")
    parser.add_argument("--bom", default="UTF16LE", help="encodings that begin with a byte order mark, comma list")
    parser.add_argument("--newline", choices=("lf", "crlf"), default="lf", help="line ends of the files")
    parser.add_argument("--today", help="the day it is, YYYY-MM-DD (default: today in Japan)")
    parser.add_argument("--base-account", type=int, default=10000001)
    parser.add_argument("--account", type=int, default=11111111)
    parser.add_argument("--client-id", default="practice-client")
    parser.add_argument("--client-secret", default="practice-secret")
    parser.add_argument("--refresh-token", default="practice-refresh")
    options = parser.parse_args()
    server = web.Server(options.port, edition.application(edition, options), options.log, options.bodies)
    for fault in options.fault:
        server.faults.add(fault)
    web.run(server, options.parent, options.folder)

