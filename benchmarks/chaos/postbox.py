"""A mail server on a loopback port that keeps what it is given, and now and then fails as real ones do."""

from __future__ import annotations

import email
import random
import socketserver
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

HANGS_UP, COMES_BACK_LATER = 0.01, 0.01  # how often: after it took a mail, without a word; instead of taking it
_COMMANDS = {"EHLO": "250 postbox", "HELO": "250 postbox", "MAIL": "250 OK", "RCPT": "250 OK", "RSET": "250 OK"}


@dataclass(frozen=True)
class Mail:
    """One mail as it was taken: `at` is seconds of the monotonic clock."""

    message_id: str
    recipient: str
    subject: str
    at: float


class Postbox:
    """Takes mail until it is closed."""

    def __init__(self, chance: random.Random) -> None:
        self.mails: list[Mail] = []
        self._chance = chance
        self._server = _Server(("127.0.0.1", 0), type("Talk", (_Talk,), {"postbox": self}))
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()

    def take(self, content: bytes) -> str:
        """Keep a mail, or not, and return the answer; an empty one hangs up."""
        draw = self._chance.random()
        if draw < COMES_BACK_LATER:
            return "451 come back later"
        mail = email.message_from_bytes(content, _class=EmailMessage, policy=SMTP)
        self.mails.append(Mail(str(mail["Message-ID"]), str(mail["To"]), str(mail["Subject"]), time.monotonic()))
        return "" if draw < COMES_BACK_LATER + HANGS_UP else "250 taken"


class _Talk(socketserver.StreamRequestHandler):
    postbox: Postbox

    def handle(self) -> None:
        try:
            self._say("220 postbox")
            while line := self.rfile.readline().decode().rstrip():
                if not self._obey(line.partition(" ")[0].upper()):
                    return
        except OSError:  # a worker that was killed hangs up without a word
            return

    def _obey(self, word: str) -> bool:
        if word == "QUIT":
            return self._say("221 bye") and False
        if word != "DATA":
            return self._say(_COMMANDS.get(word, "502 unknown"))
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:  # cut off in the middle: this is no mail
                return False
            lines.append(line)
        return self._say(self.postbox.take(b"".join(lines)))

    def _say(self, answer: str) -> bool:
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
