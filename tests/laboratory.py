"""The real payment laboratory in a thread of this process, and what happens at it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from paylab import notices
from paylab.__main__ import QuietHandler, ThreadingServer
from paylab.gateway import Gateway, Keys
from paylab.store import Store


@dataclass(frozen=True)
class Letter:
    """A notice on its way: the bytes and the headers that prove where they come from."""

    body: bytes
    headers: dict[str, str]


class Laboratory:
    """A running gateway with a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "paylab.sqlite3"
        self.store = Store(self.file)
        self.keys = Keys(
            app_id=os.environ["PAYLAB_APP_ID"],
            private=os.environ["PAYLAB_GATEWAY_PRIVATE_KEY"],
            shop_public=os.environ["PAYLAB_SHOP_PUBLIC_KEY"],
        )
        self._server = make_server("127.0.0.1", 0, _closed, ThreadingServer, QuietHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._server.set_app(Gateway(self.store, self.keys, self.url))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Be gone: from now on connections are refused."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def press(self, out_trade_no: str, act: str) -> httpx.Response:
        """Press a button of the payment page: `pay`, `decline` or `leave`."""
        trade_no = self.store.trade(out_trade_no)["trade_no"]
        return httpx.post(f"{self.url}/pay/{trade_no}", data={"act": act})

    def pay(self, out_trade_no: str) -> None:
        """Pay, as the shopper does on the page."""
        self.press(out_trade_no, "pay")

    def rewrite(self, out_trade_no: str, **values: str) -> None:
        """Make the gateway say something else of a trade from now on, as real ones sometimes do."""
        connection = sqlite3.connect(self.file)
        with connection:
            for name, value in values.items():
                connection.execute(f"UPDATE trade SET {name} = ? WHERE out_trade_no = ?", (value, out_trade_no))  # noqa: S608
        connection.close()

    def refunds(self) -> list[tuple[str, str]]:
        """Return number and amount of the refunds that were given."""
        connection = sqlite3.connect(self.file)
        rows = connection.execute("SELECT refund_no, amount FROM refund ORDER BY refund_no").fetchall()
        connection.close()
        return rows

    def notice(self, out_trade_no: str, /, **changes: Any) -> Letter:
        """Return a genuine notice about a trade; changes to the trade are signed as well."""
        content = notices.trade_notice(self.store.trade(out_trade_no))
        content["trade"] |= changes
        return self.signed(content)

    def signed(self, content: Any) -> Letter:
        """Return any content as a notice with the gateway's signature."""
        return Letter(*notices.signed(content, self.keys.private))


@pytest.fixture
def lab(tmp_path, settings) -> Iterator[Laboratory]:
    """A running laboratory that the shop's own adapter talks to."""
    laboratory = Laboratory(tmp_path)
    settings.PAYLAB_URL = laboratory.url
    yield laboratory
    if laboratory._thread.is_alive():
        laboratory.stop()


@lru_cache(maxsize=1)
def key_pair() -> tuple[str, str]:
    """Return a private and a public key that nobody knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _closed(environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []
