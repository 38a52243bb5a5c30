"""The laboratory as a process of its own: what it was told survives a kill, and the shop is told afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from shop.embedded import folders
from tests.paylab.conftest import NUMBER, ask_at, refund, trade

PATIENCE_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def laboratory(file: Path, port: int) -> Iterator[str]:
    """Run a laboratory on a file of its own and kill it at the end."""
    settings = {"PAYLAB_DATABASE": str(file), "PAYLAB_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "paylab", str(port)], cwd=folders.ROOT, env=os.environ | settings, stderr=subprocess.PIPE
    )
    try:
        _wait_until(lambda: _answers(port))
        yield settings["PAYLAB_URL"]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def _wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_what_happened_survives_a_kill(tmp_path):
    file, port = tmp_path / "lab" / "paylab.sqlite3", free_port()
    with laboratory(file, port) as url:
        page = ask_at(url, "/v1/trades", trade()).json()["pay_url"]
        httpx.post(page, data={"act": "pay"})
        given = ask_at(url, "/v1/refunds", refund(amount="8.00")).json()
        before = ask_at(url, "/v1/trades/query", {"out_trade_no": NUMBER}).json()

    with laboratory(file, port) as url:
        after = ask_at(url, "/v1/trades/query", {"out_trade_no": NUMBER}).json()
        assert (after, after["status"]) == (before, "succeeded")
        assert ask_at(url, "/v1/refunds/query", {"refund_no": "R1"}).json() == given
        assert ask_at(url, "/v1/refunds", refund("R2", "60.01")).json() == {"error": "NOT_REFUNDABLE"}
        assert 'value="pay"' not in httpx.get(page).text


def test_a_notice_that_was_not_taken_before_a_kill_comes_after_it(tmp_path, shop):
    file, port, shop.answer = tmp_path / "paylab.sqlite3", free_port(), (503, b"")
    with laboratory(file, port) as url:
        content = trade(notify_url=f"http://127.0.0.1:{shop.server_port}/")
        httpx.post(ask_at(url, "/v1/trades", content).json()["pay_url"], data={"act": "pay"})
        _wait_until(lambda: shop.came)
    shop.answer = (200, b"success")

    with laboratory(file, port):
        refused = len(shop.came)
        _wait_until(lambda: len(shop.came) > refused)

    assert {body for body, _ in shop.came} == {shop.came[0][0]}
    assert b'"status": "succeeded"' in shop.came[0][0]


def test_the_laboratory_knows_nothing_of_the_shop(tmp_path):
    program = "import sys, paylab.__main__; print([name for name in sys.modules if name.split('.')[0] in %r])"
    apps = ("django", "shop", "payments", "orders", "cart", "catalog", "notifications", "accounts")

    loaded = subprocess.run(
        [sys.executable, "-c", program % (apps,)], cwd=folders.ROOT, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"
