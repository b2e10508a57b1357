# SPDX-License-Identifier: MIT
"""Checks the signatures of requests as a server does, written from the specifications and not from
our own code. Each function raises Bad with the reason, and returns nothing else of use.

A request has method, target (path and query as they came), headers (a mapping that ignores case) and
body (bytes); scheme is that of the server.
"""

import base64
import calendar
import email.utils
import hashlib
import hmac
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.parse


class Bad(Exception):
    pass


def check(good, why):
    if not good:
        raise Bad(why)


def quote(text):
    """RFC 3986: all but letters, digits and -._~."""
    return urllib.parse.quote(text, safe="-._~")


def pairs(text):
    return urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=False)


class OAuth1:
    """OAuth 1.0a with HMAC-SHA1 (RFC 5849); a nonce is good once."""

    def __init__(self, consumer_key, consumer_secret, token=None, token_secret="", window=300):
        self.consumer_key, self.consumer_secret = consumer_key, consumer_secret
        self.token, self.token_secret, self.window = token, token_secret, window
        self.seen = set()

    def verify(self, request, scheme="http"):
        header = request.headers.get("Authorization") or ""
        check(header.startswith("OAuth "), "no OAuth header")
        given = {}
        for part in header[6:].split(", "):
            found = re.fullmatch(r'(\w+)="([A-Za-z0-9._~%-]*)"', part)
            check(found, f"not a parameter: {part}")
            check(found[1] not in given, f"twice: {found[1]}")
            given[found[1]] = urllib.parse.unquote(found[2])
        wanted = {"oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method",
                  "oauth_timestamp", "oauth_version"} | ({"oauth_token"} if self.token else set())
        check(set(given) == wanted, f"parameters {sorted(given)}")
        signature = given.pop("oauth_signature")
        check(given["oauth_version"] == "1.0" and given["oauth_signature_method"] == "HMAC-SHA1", "method")
        check(given["oauth_consumer_key"] == self.consumer_key, "unknown consumer")
        check(given.get("oauth_token") == self.token, "unknown token")
        check(abs(int(given["oauth_timestamp"]) - time.time()) <= self.window, "timestamp out of bounds")
        nonce = (given["oauth_timestamp"], given["oauth_nonce"])
        check(nonce not in self.seen and len(given["oauth_nonce"]) >= 8, "nonce used before")
        path, _, query = request.target.partition("?")
        everything = list(given.items()) + pairs(query)
        if (request.headers.get("Content-Type") or "").startswith("application/x-www-form-urlencoded"):
            everything += pairs(request.body.decode())
        joined = "&".join(f"{k}={v}" for k, v in sorted((quote(k), quote(v)) for k, v in everything))
        host = request.headers["Host"].lower()
        host = re.sub(r":80$" if scheme == "http" else r":443$", "", host)
        base = "&".join([request.method, quote(f"{scheme}://{host}{path}"), quote(joined)])
        key = f"{quote(self.consumer_secret)}&{quote(self.token_secret)}"
        right = base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
        check(hmac.compare_digest(right, signature), "wrong signature")
        self.seen.add(nonce)


class LineJws:
    """The token of LINE Ads: base64url with padding, the Date header within 15 minutes."""

    def __init__(self, access_key, secret_key, window=900):
        self.access_key, self.secret_key, self.window = access_key, secret_key, window

    def verify(self, request, scheme="http"):
        del scheme
        header = request.headers.get("Authorization") or ""
        check(header.startswith("Bearer ") and header.count(".") == 2, "no token")
        head, payload, signature = header[7:].split(".")
        check(all(len(part) % 4 == 0 for part in (head, payload, signature)), "not padded")
        right = hmac.new(self.secret_key.encode(), f"{head}.{payload}".encode(), hashlib.sha256).digest()
        check(hmac.compare_digest(base64.urlsafe_b64encode(right).decode(), signature), "wrong signature")
        jose = json.loads(base64.urlsafe_b64decode(head))
        check(jose == {"alg": "HS256", "kid": self.access_key, "typ": "text/plain"}, f"header {jose}")
        parsed = email.utils.parsedate(request.headers.get("Date") or "")
        check(parsed, "no Date")
        date = calendar.timegm(parsed)
        check(abs(date - time.time()) <= self.window, "Date out of bounds")
        kind = (request.headers.get("Content-Type") or "") if request.body else ""
        lines = [hashlib.sha256(request.body).hexdigest(), kind,
                 time.strftime("%Y%m%d", time.gmtime(date)), request.target.partition("?")[0]]
        check(base64.urlsafe_b64decode(payload).decode() == "\n".join(lines), "payload is of another request")


class SigV4:
    """AWS Signature Version 4, in the Authorization header."""

    def __init__(self, access_key, secret_key, region, service, token=None, window=300):
        self.access_key, self.secret_key, self.token = access_key, secret_key, token
        self.region, self.service, self.window = region, service, window

    def verify(self, request, scheme="http"):
        del scheme
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})",
                             request.headers.get("Authorization") or "")
        check(found, "no signature of version 4")
        access, scope, signed, signature = found.groups()
        stamp = request.headers.get("X-Amz-Date") or ""
        check(re.fullmatch(r"\d{8}T\d{6}Z", stamp), "no X-Amz-Date")
        check(abs(calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ")) - time.time()) <= self.window, "too old")
        check(access == self.access_key, "unknown access key")
        check(request.headers.get("X-Amz-Security-Token") == self.token, "another session token")
        check(scope == f"{stamp[:8]}/{self.region}/{self.service}/aws4_request", f"scope {scope}")
        names = signed.split(";")
        check("host" in names and "x-amz-date" in names, "headers that must be signed")
        check(not self.token or "x-amz-security-token" in names, "the session token is not signed")
        check(not request.body or "content-type" in names, "Content-Type is not signed")
        path, _, query = request.target.partition("?")
        canonical = "\n".join([
            request.method, quote_path(path),
            "&".join(f"{k}={v}" for k, v in sorted((quote(k), quote(v)) for k, v in pairs(query))),
            "".join(f"{name}:{' '.join((request.headers.get(name) or '').split())}\n" for name in names),
            signed, hashlib.sha256(request.body).hexdigest()])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.secret_key).encode()
        for step in (stamp[:8], self.region, self.service, "aws4_request", text):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        check(hmac.compare_digest(key.hex(), signature), "wrong signature")


def quote_path(path):
    """The path, encoded once more than it is sent."""
    return urllib.parse.quote(path, safe="/-._~")


def decode_part(text):
    check("=" not in text, "padded")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der(raw):
    """A pair of 32 bytes as the sequence of two integers that openssl reads."""
    numbers = b""
    for part in (raw[:32], raw[32:]):
        part = part.lstrip(b"\0") or b"\0"
        part = b"\0" + part if part[0] & 0x80 else part
        numbers += bytes([2, len(part)]) + part
    return bytes([0x30, len(numbers)]) + numbers


def jwt_es256(text, public_key, key_id, claims):
    """A JWT signed with ES256 (RFC 7518, 3.4); public_key is a PEM file. Returns its claims. iat and exp
    are checked by the clock, claims must be there as they are."""
    check(text and text.count(".") == 2, "no JWT")
    head, payload, signature = text.split(".")
    header = json.loads(decode_part(head))
    check(header.get("alg") == "ES256" and header.get("kid") == key_id, f"header {header}")
    raw = decode_part(signature)
    check(len(raw) == 64, f"a signature of {len(raw)} bytes")
    with tempfile.NamedTemporaryFile() as file:
        file.write(der(raw))
        file.flush()
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", os.fspath(public_key), "-signature", file.name],
                              input=f"{head}.{payload}".encode(), capture_output=True, check=False)
    check(done.returncode == 0, "wrong signature")
    given = json.loads(decode_part(payload))
    now = time.time()
    check(given["iat"] - 60 <= now < given["exp"] <= given["iat"] + 180 * 86400, "not valid now")
    for name, value in claims.items():
        check(given.get(name) == value, f"{name} is {given.get(name)!r}")
    return given
