"""Between the gateway and the shop: carries notices of payment as badly as networks do, and forges some.

Late: refused at first, so that the gateway repeats it. Lost: answered for the shop, which never sees it. Unanswered:
the shop takes it, the gateway is told it did not. Doubled: twice at once. Repeated: again after some seconds.
Overtaken: older and contradicting genuine notices of the trade follow it.
"""

from __future__ import annotations

import json
import random
import secrets
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core import signatures
from paylab.notices import ANSWER, HEADERS

PATH = "/payments/notify/paylab/"
WAYS = {"at once": 45, "late": 13, "doubled": 12, "lost": 8, "unanswered": 8, "repeated": 7, "overtaken": 7}
FORGERIES = ("strange key", "changed after signing", "ten minutes old", "unsigned", "other account")
FORGED_SHARE = 0.3  # of the trades a shopper sees, and again of the notices on their way
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Letter:
    """A notice: its bytes and headers."""

    body: bytes
    headers: dict[str, str]


class Courier:
    """A server that the gateway takes for the shop."""

    def __init__(self, chance: random.Random) -> None:
        self.ways: Counter[str] = Counter()
        self.forged: Counter[str] = Counter()
        self.believed: list[str] = []  # forgeries that were acknowledged and must not have been
        self._chance = chance
        self._stranger = _new_key()
        self._seen: set[str] = set()
        self._threads = ThreadPoolExecutor(8)
        self._mail = httpx.Client(timeout=TIMEOUT_SECONDS)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"courier": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._shop = self._key = self._account = ""

    def open(self, *, shop_url: str, gateway_key: str, account: str) -> None:
        """Begin to carry; the gateway's private key is for notices that it might have sent."""
        self._shop, self._key, self._account = shop_url, gateway_key, account
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Carry no more."""
        self._server.shutdown()
        self._threads.shutdown(cancel_futures=True)

    def take(self, letter: Letter) -> bytes | None:
        """Carry a notice in one of the ways; return the shop's answer, None when the gateway is to get none."""
        event_id = str(json.loads(letter.body)["event_id"])
        if event_id in self._seen:
            return self._deliver(letter)
        self._seen.add(event_id)
        if self._chance.random() < FORGED_SHARE:
            self._forge_id(letter)
        way = self._chance.choices(list(WAYS), list(WAYS.values()))[0]
        self.ways[way] += 1
        if way == "late":
            return None
        if way == "lost":
            return ANSWER.encode()
        if way == "doubled":
            self._threads.submit(self._deliver, letter)
        answer = self._deliver(letter)
        if way == "repeated":
            self._later(self._chance.uniform(1, 15), letter)
        if way == "overtaken":
            self._contradict(letter)
        return None if way == "unanswered" else answer

    def rumour(self, *, number: str, amount: str, currency: str) -> None:
        """Hear of a trade that nobody has paid yet; some are then said to be, by those who may not say so."""
        if self._chance.random() < FORGED_SHARE:
            kind = self._chance.choice(FORGERIES)
            trade = {"app_id": self._account, "out_trade_no": number, "trade_no": f"L{secrets.randbelow(10**15):015d}"}
            trade |= {"amount": amount, "currency": currency, "status": "succeeded"}
            self._threads.submit(self._send_forged, kind, self._forged(kind, trade))

    def _forged(self, kind: str, trade: dict[str, str]) -> Letter:
        content = _notice(trade)
        if kind == "strange key":
            return self._signed(content, key=self._stranger)
        if kind == "ten minutes old":
            return self._signed(content, at=datetime.now(UTC) - timedelta(minutes=10))
        if kind == "other account":
            return self._signed(_notice(trade | {"app_id": "somebody-else"}))
        if kind == "unsigned":
            return Letter(json.dumps(content).encode(), {})
        genuine = self._signed(content | {"trade": trade | {"status": "waiting"}})
        return Letter(json.dumps(content).encode(), genuine.headers)

    def _forge_id(self, letter: Letter) -> None:
        """Use the event number of a genuine notice before it arrives itself."""
        content = json.loads(letter.body)
        content["trade"]["status"] = "closed"
        self._send_forged("event number taken", self._signed(content, key=self._stranger))

    def _send_forged(self, kind: str, letter: Letter) -> None:
        self.forged[kind] += 1
        if self._deliver(letter) is not None and kind != "other account":  # that one is genuine, and about nothing here
            self.believed.append(f"{kind}: {letter.body.decode()}")

    def _contradict(self, letter: Letter) -> None:
        trade = json.loads(letter.body)["trade"]
        for status in ("waiting", "closed", "failed"):
            if trade["status"] != "failed":
                self._later(self._chance.uniform(0, 5), self._signed(_notice(trade | {"status": status})))

    def _later(self, seconds: float, letter: Letter) -> None:
        timer = threading.Timer(seconds, self._deliver, [letter])
        timer.daemon = True
        timer.start()

    def _deliver(self, letter: Letter) -> bytes | None:
        """Return the shop's acknowledgement, None for any other answer."""
        try:
            answer = self._mail.post(self._shop + PATH, content=letter.body, headers=letter.headers)
        except httpx.HTTPError:
            return None
        if answer.status_code == 500:
            self.believed.append("a notice made the shop fail: 500")
        return answer.content if answer.status_code == 200 and answer.text == ANSWER else None

    def _signed(self, content: dict[str, Any], *, key: str = "", at: datetime | None = None) -> Letter:
        body = json.dumps(content).encode()
        moment = at or datetime.now(UTC)
        return Letter(body, signatures.sign(body, private_key=key or self._key, names=HEADERS, at=moment))


class _Door(BaseHTTPRequestHandler):
    courier: Courier

    def do_POST(self) -> None:
        """Take a notice."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept = {name: value for name, value in self.headers.items() if name.title().startswith("Paylab-")}
        answer = self.courier.take(Letter(body, {"Content-Type": "application/json", **kept}))
        with suppress(OSError):  # the gateway was killed, or has stopped waiting
            self.send_response(200 if answer is not None else 503)
            self.send_header("Content-Length", str(len(answer or b"")))
            self.end_headers()
            self.wfile.write(answer or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Say nothing."""


def _notice(trade: dict[str, str]) -> dict[str, Any]:
    return {"event_id": f"E{secrets.token_hex(12)}", "created_at": datetime.now(UTC).isoformat(), "trade": trade}


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()
