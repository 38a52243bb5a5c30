"""The laboratory's addresses: a signed JSON interface for the shop, a page for the shopper."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from core import signatures
from paylab import notices, pages
from paylab.store import ConflictError, NoSuchTradeError, Row, Store

BODY_LIMIT = 65536
ENDS = {"pay": "succeeded", "decline": "failed"}
REASONS = {200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Not Allowed"}


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Keys:
    """The laboratory's private key, the shop's public one, and the account it serves."""

    app_id: str
    private: str = field(repr=False)
    shop_public: str


class Gateway:
    """A WSGI application."""

    def __init__(self, store: Store, keys: Keys, base_url: str) -> None:
        self._store = store
        self._keys = keys
        self._base_url = base_url
        self._interface: dict[str, Callable[[Row], dict[str, Any]]] = {
            "/v1/trades": self._create,
            "/v1/trades/query": lambda content: notices.public(store.trade_now(str(content["out_trade_no"]))),
            "/v1/trades/close": lambda content: notices.public(store.finish(str(content["out_trade_no"]), "closed")),
            "/v1/refunds": store.refund,
            "/v1/refunds/query": lambda content: store.refund_state(str(content["refund_no"])),
            "/v1/bills": lambda content: {"rows": store.bill(str(content["day"]))},
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        reply = self._route(environ)
        headers = {"Content-Length": str(len(reply.body)), "Cache-Control": "no-store", **reply.headers}
        start_response(f"{reply.status} {REASONS[reply.status]}", list(headers.items()))
        return [reply.body]

    def _route(self, environ: WSGIEnvironment) -> Reply:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        length = min(int(environ.get("CONTENT_LENGTH") or 0), BODY_LIMIT)
        body = environ["wsgi.input"].read(length)
        if path in self._interface and method == "POST":
            return self._answer(self._interface[path], body, _headers(environ))
        if path.startswith("/pay/") and method in ("GET", "POST"):
            return self._pay(path.removeprefix("/pay/"), body if method == "POST" else None)
        return Reply(404, b"", {})

    def _answer(self, act: Callable[[Row], dict[str, Any]], body: bytes, headers: dict[str, str]) -> Reply:
        """Check the shop's signature, act, and sign the answer."""
        try:
            signatures.verify(
                body, headers, public_key=self._keys.shop_public, names=notices.HEADERS, at=datetime.now(UTC)
            )
            content = json.loads(body)
            if content["app_id"] != self._keys.app_id:
                return self._signed(401, {"error": "UNKNOWN_APP"})
            return self._signed(200, act(content))
        except signatures.SignatureError:
            return self._signed(401, {"error": "SIGNATURE"})
        except NoSuchTradeError:
            return self._signed(404, {"error": "NOT_FOUND"})
        except ConflictError as error:
            return self._signed(400, {"error": str(error)})
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return self._signed(400, {"error": "MALFORMED"})

    def _signed(self, status: int, content: dict[str, Any]) -> Reply:
        body, headers = notices.signed(content, self._keys.private)
        return Reply(status, body, {"Content-Type": "application/json", **headers})

    def _create(self, content: Row) -> dict[str, Any]:
        trade = self._store.create_trade(content)
        return {**notices.public(trade), "pay_url": f"{self._base_url}/pay/{trade['trade_no']}"}

    def _pay(self, trade_no: str, form: bytes | None) -> Reply:
        """Show the page, or do what the shopper pressed and send the browser back."""
        try:
            trade = self._store.trade_now(self._store.trade_by_own_number(trade_no)["out_trade_no"])
        except NoSuchTradeError:
            return Reply(404, b"", {})
        if form is None:
            return Reply(200, pages.payment_page(trade).encode(), {"Content-Type": "text/html; charset=utf-8"})
        act = parse_qs(form.decode(errors="replace")).get("act", [""])[0]
        if act in ENDS and trade["status"] == "waiting":
            trade = self._store.finish(trade["out_trade_no"], ENDS[act])
            self._store.queue_notice(trade["notify_url"], notices.trade_notice(trade), time.time())
        return Reply(303, b"", {"Location": trade["return_url"]})


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the request's headers under their usual names."""
    return {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
