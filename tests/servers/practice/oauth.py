# SPDX-License-Identifier: MIT
"""Access tokens by refresh token, asked for by GET with everything in the query
string, as Yahoo! JAPAN's business ID does it. Error bodies are RFC 6749's (5.2):
what the real endpoint answers is not documented."""

import hashlib
import threading
import time

from .web import Response


class Tokens:
    def __init__(self, client_id, client_secret, refresh_token, expires_in):
        self.client = (client_id, client_secret)
        self.refresh_token = refresh_token
        self.expires_in = expires_in
        self.issued = {}  # token -> (ordinal, end)
        self.lock = threading.Lock()

    def respond(self, request):
        """One refresh. The log gets the names of the parameters, never a value."""
        request.note["params"] = sorted(request.query)
        if request.method != "GET":
            return Response.json(405, {"error": "invalid_request"}, [("Allow", "GET")])
        if request.param("grant_type") is None:
            return self.refuse(400, "invalid_request", "grant_type")
        if request.param("grant_type") != "refresh_token":
            return self.refuse(400, "unsupported_grant_type", "grant_type")
        if (request.param("client_id"), request.param("client_secret")) != self.client:
            return self.refuse(401, "invalid_client", "client authentication failed")
        if request.param("refresh_token") != self.refresh_token:
            return self.refuse(400, "invalid_grant", "refresh token is invalid or expired")
        with self.lock:
            ordinal = len(self.issued) + 1
            token = "practice-" + hashlib.sha256(f"{ordinal} {self.client}".encode()).hexdigest()
            self.issued[token] = (ordinal, time.monotonic() + self.expires_in)
        request.note["token"] = ordinal
        return Response.json(200, {"access_token": token, "token_type": "Bearer",
                                   "expires_in": int(self.expires_in)}, [("Cache-Control", "no-store")])

    @staticmethod
    def refuse(status, error, description):
        return Response.json(status, {"error": error, "error_description": description})

    def expire(self):
        """Ends every token that is out."""
        with self.lock:
            self.issued = {token: (ordinal, 0) for token, (ordinal, _) in self.issued.items()}

    def check(self, request):
        """None when the request carries a good token, else the code of the refusal."""
        header = request.headers.get("Authorization")
        if not header:
            return "0110"
        scheme, _, token = header.partition(" ")
        ordinal, end = self.issued.get(token, (None, 0))
        request.note["token"] = ordinal
        return None if scheme == "Bearer" and time.monotonic() < end else "0111"
