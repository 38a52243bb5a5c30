"""A browser whose owner presses again when a page does not come, and a log of every answer all of them got."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

TIMEOUT_SECONDS = 30
PRESSES, PAUSE_SECONDS = 60, 0.5
HOPS = 8
_LIMITS = httpx.Limits(keepalive_expiry=2)  # the shop keeps connections for 5 seconds
_CONTEXT = ssl.create_default_context()  # made once: it costs more than a page
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|L?\d{6,}|(?<=/products/)[^/]+")


class GaveUpError(Exception):
    """A page did not come, however often the shopper asked."""


@dataclass(frozen=True)
class Failure:
    """A request that got no page: `what` is a status or the name of an error; seconds of the monotonic clock."""

    began: float
    ended: float
    step: str
    what: str


@dataclass(frozen=True)
class Placing:
    """A press of "Place order" that led to an order, in seconds of the monotonic clock."""

    began: float
    ended: float


@dataclass
class Log:
    """What all shoppers together were answered."""

    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    placings: list[Placing] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, *, began: float, step: str, what: str, is_failure: bool) -> None:
        """Note one answer, or that none came."""
        with self.lock:
            self.statuses[what] += 1
            if is_failure:
                self.failures.append(Failure(began, time.monotonic(), step, what))


class Browser:
    """Remembers cookies, fills in no forms by itself, and asks again after 5xx and broken connections."""

    def __init__(self, url: str, log: Log) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, limits=_LIMITS, verify=_CONTEXT)
        self._log = log
        self.place = ""  # the path of the page that is open

    def open(self, address: str) -> httpx.Response:
        """Return a page, after following where it leads."""
        for _ in range(HOPS):
            answer = self.ask("GET", address)
            if not answer.has_redirect_location:
                self.place = answer.url.path
                return answer
            address = answer.headers["Location"]
        raise GaveUpError(f"{address} leads in a circle")

    def press(self, address: str, form: dict[str, str]) -> httpx.Response:
        """Send a form, again and again until it is answered."""
        return self.ask("POST", address, form)

    def ask(self, method: str, address: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Return the first answer that is a page or leads to one; raise GaveUpError when none comes."""
        step = f"{method} {_CHANGING.sub('…', urlsplit(address).path)}"
        for _ in range(PRESSES):
            began = time.monotonic()
            try:
                answer = self._client.request(method, address, data=form)
            except httpx.HTTPError as error:
                self._log.note(began=began, step=step, what=type(error).__name__, is_failure=True)
            else:
                is_failure = answer.status_code >= 500
                self._log.note(began=began, step=step, what=str(answer.status_code), is_failure=is_failure)
                if not is_failure:
                    return answer
            time.sleep(PAUSE_SECONDS)
        raise GaveUpError(step)

    @property
    def session(self) -> str:
        """The key of the session, which opens this shopper's orders."""
        return self._client.cookies.get("sessionid") or ""

    def close(self) -> None:
        """Hang up."""
        self._client.close()
