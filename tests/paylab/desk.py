"""A shop as the laboratory sees it: an address for notices."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer


class Shop(HTTPServer):
    """Takes notices, and answers what it is told to."""

    answer: tuple[int, bytes] = (200, b"success")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.came: list[tuple[bytes, dict[str, str]]] = []


class _Desk(BaseHTTPRequestHandler):
    server: Shop

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((body, dict(self.headers)))
        status, answer = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Say nothing."""
