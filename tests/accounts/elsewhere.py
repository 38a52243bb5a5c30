"""A service that people sign in with elsewhere, as a real server on this machine: OpenID Connect and WeChat's way.

It signs real ID tokens, and checks what real ones check: client, secret, address to return to, code used once, PKCE.
What it does wrong is put into `wrong` by a test.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

CLIENT, SECRET = "shop-at-service", "top-secret-key-of-the-shop"
KID = "key-1"
ANNA: dict[str, Any] = {
    "sub": "subject-of-anna",
    "email": "anna@example.com",
    "email_verified": True,
    "name": "Anna Li",
    "preferred_username": "anna.li",
    "picture": "https://pictures.example/anna.png",
}
XIAOMING = {"openid": "openid-of-xiaoming", "unionid": "union-of-xiaoming", "nickname": "小明", "province": "浙江"}


@lru_cache
def key(name: str = KID) -> rsa.RSAPrivateKey:
    """Return a signing key; other names are other keys."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Elsewhere:
    """The running service, and who is signed in there now."""

    person: dict[str, Any] = field(default_factory=lambda: dict(ANNA))
    wrong: dict[str, Any] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Be gone: from now on connections are refused."""
        if self._thread.is_alive():
            self.server.shutdown()
            self._thread.join()
            self.server.server_close()

    def environment(self) -> dict[str, str]:
        """Return the settings that switch both services on."""
        keys = {"OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET, "OIDC_NAME": "Elsewhere"}
        weixin = {"WEIXIN_CLIENT_ID": CLIENT, "WEIXIN_CLIENT_SECRET": SECRET}
        urls = {"OIDC_SERVER_URL": self.url, "WEIXIN_OPEN_URL": self.url, "WEIXIN_API_URL": self.url}
        return keys | weixin | urls


ROUTES: dict[str, Callable[[Elsewhere, dict[str, str], dict[str, str]], Any]] = {}


def route(path: str) -> Callable[[Any], Any]:
    """Answer this path with a function of the service, the words of the request, and its headers."""

    def put(function: Any) -> Any:
        ROUTES[path] = function
        return function

    return put


@route("/.well-known/openid-configuration")
def _configuration(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    told = {
        "issuer": service.url,
        "authorization_endpoint": f"{service.url}/authorize",
        "token_endpoint": f"{service.url}/token",
        "jwks_uri": f"{service.url}/keys",
        "userinfo_endpoint": f"{service.url}/userinfo",
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }
    return told | service.wrong.get("configuration", {})


@route("/authorize")
@route("/connect/qrconnect")
def _authorize(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    """Send the person back at once, as somebody who is signed in there and agrees."""
    back = {"state": words["state"]}
    if "error" in service.wrong:
        back |= {"error": service.wrong["error"]}
    else:
        code = secrets.token_urlsafe(12)
        service.codes[code] = words | {"person": dict(service.person)}
        back |= {"code": code}
    return f"{words['redirect_uri']}?{urlencode(back)}"


@route("/token")
def _token(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    asked = service.codes.pop(words.get("code", ""), None)
    login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    if asked is None or headers.get("authorization") != f"Basic {login}":
        return 400, {"error": "invalid_grant"}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(words["code_verifier"].encode()).digest()).decode().rstrip("=")
    if challenge != asked["code_challenge"] or words["redirect_uri"] != asked["redirect_uri"]:
        return 400, {"error": "invalid_grant"}
    access_token = secrets.token_urlsafe(12)
    service.codes[access_token] = asked
    answer = {"access_token": access_token, "refresh_token": "refresh-me", "expires_in": 3600, "token_type": "Bearer"}
    return answer | {"id_token": _id_token(service, asked)} | service.wrong.get("token", {})


def _id_token(service: Elsewhere, asked: dict[str, Any]) -> str:
    now = int(time.time())
    claims = {"iss": service.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
    claims |= {"sub": asked["person"]["sub"]} if service.wrong.get("is_thin") else asked["person"]
    claims |= service.wrong.get("claims", {})
    claims = {name: value for name, value in claims.items() if value is not None}
    with_key = service.wrong.get("signed_with", key())
    algorithm = service.wrong.get("algorithm", "RS256")
    return jwt.encode(claims, with_key, algorithm=algorithm, headers={"kid": service.wrong.get("kid", KID)})


@route("/keys")
def _keys(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key().public_key()))
    return {"keys": [public | {"kid": KID, "use": "sig", "alg": "RS256"}]}


@route("/userinfo")
def _userinfo(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    asked = service.codes[headers["authorization"].removeprefix("Bearer ")]
    return asked["person"] | service.wrong.get("userinfo", {})


@route("/sns/oauth2/access_token")
def _weixin_token(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    asked = service.codes.pop(words.get("code", ""), None)
    if asked is None or (words["appid"], words["secret"]) != (CLIENT, SECRET):
        return {"errcode": 40029, "errmsg": "invalid code, rid: 1"}
    person = asked["person"]
    service.codes["weixin"] = asked
    ids = {"openid": person["openid"], "unionid": person["unionid"], "scope": "snsapi_login"}
    return {"access_token": "weixin", "expires_in": 7200, "refresh_token": "refresh-me"} | ids


@route("/sns/userinfo")
def _weixin_userinfo(service: Elsewhere, words: dict[str, str], headers: dict[str, str]) -> Any:
    if words["access_token"] not in service.codes:
        return {"errcode": 40001, "errmsg": "invalid credential"}
    picture = {"headimgurl": "https://thirdwx.example/head.png", "sex": 0, "privilege": []}
    return service.codes[words["access_token"]]["person"] | picture | service.wrong.get("userinfo", {})


def _handler(service: Elsewhere) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, *arguments: Any) -> None:
            """Be quiet."""

        def _answer(self, text: str) -> None:
            path = urlsplit(self.path).path
            service.requests.append(path)
            if path in service.wrong.get("slow", {}):
                time.sleep(service.wrong["slow"][path])
            words = {name: values[0] for name, values in parse_qs(text).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = service.wrong.get("raw", {}).get(path) or ROUTES[path](service, words, headers)
            self._send(found)

        def _send(self, found: Any) -> None:
            status, found = found if isinstance(found, tuple) else (200, found)
            is_way_back = isinstance(found, str)
            body = found if isinstance(found, bytes) else b"" if is_way_back else json.dumps(found).encode()
            self.send_response(302 if is_way_back else status)
            if is_way_back:
                self.send_header("Location", found)
            self.send_header("Content-Type", "text/plain" if "/sns/" in self.path else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            _write(self.wfile, body, service.wrong.get("drip", 0))

    return Handler


def _write(file: Any, body: bytes, pause: float) -> None:
    """Send an answer, drop by drop if there is a pause; who has stopped listening misses the rest."""
    pieces = [body[at : at + 1] for at in range(len(body))] if pause else [body]
    with suppress(BrokenPipeError, ConnectionResetError):
        for piece in pieces:
            file.write(piece)
            time.sleep(pause)


def running() -> Iterator[Elsewhere]:
    """Run the service as long as a test needs it."""
    service = Elsewhere()
    try:
        yield service
    finally:
        service.stop()


def leave(client: Client, service: str = "oidc", **words: str) -> str:
    """Press "Continue with …", and return where the page leads."""
    return leads_to(client.post(f"/account/with/{service}/", words))


def leads_to(page: Any) -> str:
    """Return where the page leads that a visitor leaves by."""
    assert page.status_code == 200, page
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found is not None
    return unescape(found[1])


def there(url: str) -> str:
    """Be signed in at the service, agree, and return where it sends the browser back to."""
    location = httpx.get(url.partition("#")[0]).headers["location"]
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"


def visit(client: Client, service: str = "oidc", **words: str) -> Any:
    """Go there and back, and return the shop's answer."""
    return client.get(there(leave(client, service, **words)))
