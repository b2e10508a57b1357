# SPDX-License-Identifier: MIT
"""Access tokens of OAuth 2.0 as media give them: by refresh token or client
credentials, in a form, or by GET with everything in the query string as Yahoo! JAPAN
does it. Error bodies are RFC 6749's (5.2), also where a medium documents none."""

import base64
import binascii
import hashlib
import threading
import time
import urllib.parse

from .web import Response

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "practice-client", "practice-secret", "practice-refresh"


class Tokens:
    """how: "form", "basic" (a form, and the client in the Authorization header) or "query".
    grant: "refresh_token" or "client_credentials". needs: further parameters and their values,
    such as scope. rotates: a refresh token is good once, and the answer has the next."""

    def __init__(self, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, refresh_token=REFRESH_TOKEN, expires_in=3600,
                 how="query", grant="refresh_token", needs=None, rotates=False):
        self.client = (client_id, client_secret)
        self.refresh_token = refresh_token
        self.expires_in = expires_in
        self.how, self.grant, self.needs, self.rotates = how, grant, needs or {}, rotates
        self.issued = {}  # token -> (ordinal, end)
        self.lock = threading.Lock()

    def given(self, request):
        """The parameters of the request, or None if they came in another way than they must."""
        if self.how == "query":
            return {name: request.param(name) for name in request.query} if request.method == "GET" else None
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if request.method != "POST" or request.query or kind != "application/x-www-form-urlencoded":
            return None
        pairs = urllib.parse.parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        return dict(pairs) if len(dict(pairs)) == len(pairs) else None

    def client_of(self, request, given):
        if self.how != "basic":
            return given.get("client_id"), given.get("client_secret")
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (urllib.parse.unquote_plus(name), urllib.parse.unquote_plus(secret)) if scheme == "Basic" else None

    def respond(self, request):
        """One grant. The log gets the names of the parameters, never a value."""
        given = self.given(request)
        if given is None:
            return Response.json(405 if self.how == "query" else 400, {"error": "invalid_request"},
                                 [("Allow", "GET" if self.how == "query" else "POST")])
        request.note["params"] = sorted(given)
        if given.get("grant_type") is None:
            return self.refuse(400, "invalid_request", "grant_type")
        if given["grant_type"] != self.grant:
            return self.refuse(400, "unsupported_grant_type", "grant_type")
        if self.client_of(request, given) != self.client:
            return self.refuse(401, "invalid_client", "client authentication failed")
        for name, value in self.needs.items():
            if given.get(name) != value:
                return self.refuse(400, "invalid_scope" if name == "scope" else "invalid_request", name)
        with self.lock:
            if self.grant == "refresh_token" and given.get("refresh_token") != self.refresh_token:
                return self.refuse(400, "invalid_grant", "refresh token is invalid or expired")
            answer = self.issue(request)
        return Response.json(200, answer, [("Cache-Control", "no-store")])

    def issue(self, request):
        ordinal = len(self.issued) + 1
        token = "practice-" + hashlib.sha256(f"{ordinal} {self.client}".encode()).hexdigest()
        self.issued[token] = (ordinal, time.monotonic() + self.expires_in)
        request.note["token"] = ordinal
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(self.expires_in)}
        if self.rotates:
            self.refresh_token = f"practice-refresh-{ordinal}"
            answer["refresh_token"] = self.refresh_token
        return answer

    @staticmethod
    def refuse(status, error, description):
        return Response.json(status, {"error": error, "error_description": description})

    def expire(self):
        """Ends every token that is out."""
        with self.lock:
            self.issued = {token: (ordinal, 0) for token, (ordinal, _) in self.issued.items()}

    def valid(self, request):
        """Whether the request carries a good token."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        ordinal, end = self.issued.get(token, (None, 0))
        request.note["token"] = ordinal
        return scheme == "Bearer" and time.monotonic() < end

    def check(self, request):
        """None when the request carries a good token, else Yahoo! JAPAN's code of the refusal."""
        if not request.headers.get("Authorization"):
            return "0110"
        return None if self.valid(request) else "0111"
