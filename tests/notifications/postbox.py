"""A mail server on a loopback port: keeps what it is given, and fails as it is told."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

Answer = Callable[[str], str]  # a command or a whole mail: what to answer, "" for hanging up
_COMMANDS = {"EHLO": "250 postbox", "HELO": "250 postbox", "MAIL": "250 OK", "RCPT": "250 OK", "RSET": "250 OK"}


class Postbox:
    """Takes mail; `mails` are those it took, `connections` counts who came.

    answers: by command ("RCPT", "" for a whole mail), when it is to be another than usual.
    """

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.answers = answers or {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def ids(self) -> list[str]:
        """Return the Message-IDs of what came, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    def recipients(self) -> list[str]:
        """Return to whom each mail that came was addressed, in order."""
        return [str(mail["To"]) for mail in self.mails]

    def _handler(self) -> type[_Talk]:
        return type("Talk", (_Talk,), {"postbox": self})


class _Talk(socketserver.StreamRequestHandler):
    postbox: Postbox

    def handle(self) -> None:
        self.postbox.connections += 1
        self._say("220 postbox")
        while line := self.rfile.readline().decode().rstrip():
            if not self._obey(line):
                return

    def _obey(self, line: str) -> bool:
        word = line.partition(" ")[0].upper()
        if word == "QUIT":
            return self._say("221 bye") and False
        if word == "DATA":
            return self._take()
        return self._say(self.postbox.answers.get(word, lambda _: _COMMANDS.get(word, "502 unknown"))(line))

    def _take(self) -> bool:
        self._say("354 go on")
        text = b"".join(iter(self.rfile.readline, b".\r\n"))
        answer = self.postbox.answers.get("", lambda _: "250 taken")(text.decode())
        if answer.startswith("250") or not answer:  # whoever hangs up may well have taken the mail
            self.postbox.mails.append(email.message_from_bytes(text, _class=EmailMessage, policy=SMTP))
        return self._say(answer)

    def _say(self, answer: str) -> bool:
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
