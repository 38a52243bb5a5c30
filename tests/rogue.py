"""A server on a loopback port that says what a test wants, however wrong that is."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from typing import Self


class Rogue:
    """Answers every connection with the same bytes, after `pause_seconds`; `requests` counts them."""

    def __init__(self, answer: bytes | Callable[[], bytes], *, pause_seconds: float = 0) -> None:
        self.requests = 0
        self._answer = answer
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        rogue = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                rogue.requests += 1
                self.request.recv(65536)
                rogue._stopping.wait(rogue._pause_seconds)
                answer = rogue._answer() if callable(rogue._answer) else rogue._answer
                if answer and not rogue._stopping.is_set():
                    self.request.sendall(answer)

        return Handler


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True


def http(status: str, body: bytes, *, content_type: str = "application/json", **headers: str) -> bytes:
    """Return a whole HTTP answer; names of headers have _ for -."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
