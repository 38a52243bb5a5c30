"""Tell the shop what happened, and repeat it until the shop answers `success`."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx

from core import signatures
from paylab.store import Row, Store

logger = logging.getLogger(__name__)

HEADERS = signatures.Headers("Paylab")
ANSWER = "success"
PAUSES = (2, 5, 15, 60, 300, 900, 3600, 7200)  # seconds before a notice is repeated; then no more
TIMEOUT_SECONDS = 5


class Messenger(threading.Thread):
    """Sends due notices one after the other, five times a second."""

    def __init__(self, store: Store, private_key: str) -> None:
        super().__init__(daemon=True, name="messenger")
        self._store = store
        self._private_key = private_key

    def run(self) -> None:
        """Send until the process ends."""
        while True:
            for notice in self._store.due_notices(time.time()):
                self.send(notice)
            time.sleep(0.2)

    def send(self, notice: Row) -> bool:
        """Send one notice and note whether the shop took it."""
        body = str(notice["body"]).encode()
        headers = signatures.sign(body, private_key=self._private_key, names=HEADERS, at=datetime.now(UTC))
        try:
            answer = httpx.post(
                notice["notify_url"],
                content=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=TIMEOUT_SECONDS,
            )
            is_answered = answer.status_code == httpx.codes.OK and answer.text == ANSWER
        except httpx.HTTPError as error:
            logger.warning("shop not reached: %s", type(error).__name__)
            is_answered = False
        tried = int(notice["attempts"])
        is_over = is_answered or tried >= len(PAUSES)
        pause = 0 if is_over else PAUSES[tried]
        self._store.note_attempt(notice["id"], is_answered=is_over, due_at=time.time() + pause)
        return is_answered


def trade_notice(trade: Row) -> dict[str, Any]:
    """Return the content of a notice about a trade, with an event number of its own."""
    return {
        "event_id": f"E{secrets.token_hex(12)}",
        "created_at": datetime.now(UTC).isoformat(),
        "trade": public(trade),
    }


def public(trade: Row) -> dict[str, str]:
    """Return what the shop may know of a trade."""
    names = ("app_id", "out_trade_no", "trade_no", "amount", "currency", "status")
    return {name: str(trade[name]) for name in names}


def signed(content: dict[str, Any], private_key: str) -> tuple[bytes, dict[str, str]]:
    """Return an answer's body and headers."""
    body = json.dumps(content).encode()
    return body, signatures.sign(body, private_key=private_key, names=HEADERS, at=datetime.now(UTC))
