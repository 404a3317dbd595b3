# SPDX-License-Identifier: EUPL-1.2
"""A real OpenID Connect server on loopback: authorisation code with PKCE, discovery, keys, signed identity tokens.

It approves at once, in the name of ``claims``. What it gets wrong on purpose is said by its attributes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "carene", "secret-of-the-tests"
Claims = dict[str, Any]


@cache
def new_key(name: str = "forged") -> rsa.RSAPrivateKey:
    """One key for each name: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class OidcServer:
    """``with OidcServer() as server`` → ``server.issuer``. ``claims`` is who signs in."""

    def __init__(self) -> None:
        self.key, self.kid = new_key("honest"), "k1"
        self.claims: Claims = {"sub": "s-1", "email": "personne@ch.example", "email_verified": True, "name": "P. Un"}
        self.signed_userinfo = False
        self.refuse = False
        self.spoil_id_token: Callable[[Claims], Claims] = lambda claims: claims
        self.spoil_userinfo: Callable[[Claims], Claims] = lambda claims: claims
        self.signing_key: Any = self.key
        self.algorithm = "RS256"
        self.told_issuer = ""
        self.requests: list[dict[str, str]] = []  # what was asked of the authorisation endpoint
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()

    def __enter__(self) -> OidcServer:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_": self}))
        self.issuer = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.told_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.requests.append(asked)
        if self.refuse:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        asked = self._codes.pop(sent.get("code", ""), None)  # a code serves once
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked.get("code_challenge"):
            return None
        if sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        access = secrets.token_urlsafe(16)
        self._tokens.add(access)
        identity = {"sub": self.claims["sub"], "nonce": asked.get("nonce"), "acr": asked.get("acr_values", "eidas1")}
        identity = self.spoil_id_token(identity | self.stamps())
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": self.sign(identity)}

    def stamps(self) -> Claims:
        now = int(time.time())
        return {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60}

    def sign(self, claims: Claims) -> str:
        key = None if self.algorithm == "none" else self.signing_key
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})

    def userinfo(self, access: str) -> tuple[str, bytes] | None:
        if access not in self._tokens:
            return None
        claims = self.spoil_userinfo(dict(self.claims))
        if self.signed_userinfo:
            return "application/jwt", self.sign({**self.stamps(), **claims}).encode()
        return "application/json", json.dumps(claims).encode()


class _Handler(BaseHTTPRequestHandler):
    server_: OidcServer

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.server_.discovery())
        elif parts.path == "/jwks":
            self._json(self.server_.jwks())
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server_.authorize(asked))
            self.end_headers()
        elif parts.path == "/userinfo":
            found = self.server_.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer "))
            self._send(401, "text/plain", b"") if found is None else self._send(200, *found)
        else:
            self._send(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        answer = self.server_.token({key: values[0] for key, values in parse_qs(body).items()})
        self._send(400, "application/json", b'{"error": "invalid_grant"}') if answer is None else self._json(answer)

    def _json(self, data: dict[str, Any]) -> None:
        self._send(200, "application/json", json.dumps(data).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
