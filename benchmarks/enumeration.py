"""Whether the time of an answer tells if an address has an account: login, registration, new password.

    python3 -m benchmarks.enumeration --folder /tmp/kaishi-enumeration [--tries 200]

Known and unknown names take turns, so that a busy machine slows both. Trust the ratios: within a few standard errors
of 1 nothing is told.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import django
from django.conf import settings
from django.test import Client

from benchmarks import shop

RIGHT, WRONG = "correct horse", "wrong horse"
UNLIMITED = 10**9
Act = Callable[[], None]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tries", type=int, default=200)
    options = parser.parse_args()
    with shop.data(options.folder, 10, None):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        django.setup()
        settings.ALLOWED_HOSTS, settings.ACCOUNT_RATE_LIMITS = ["testserver"], False
        settings.LOGIN_FAILURES = settings.LOGIN_FAILURES_ANYWHERE = UNLIMITED
        logging.disable(logging.CRITICAL)
        _people()
        for title, acts in _pairs().items():
            _print(title, _times(acts, options.tries))


def _people() -> None:
    """Make an account that is used, and one that is closed."""
    from accounts.models import User  # noqa: PLC0415  the settings come first
    from accounts.services import trust_addresses  # noqa: PLC0415

    for name, is_active in (("known", True), ("closed", False)):
        if not User.objects.filter(username=name).exists():
            made = User.objects.create_user(name, f"{name}@example.com", RIGHT, is_active=is_active)
            trust_addresses(users=[made])


def _pairs() -> dict[str, dict[str, Act]]:
    """Return what is compared: acts by the state of the account that they name."""
    return {
        "login": {name: _login(name) for name in ("known", "unknown", "closed")},
        "registration": {name: _registration(name) for name in ("known", "unknown")},
        "new password": {name: _reset(name) for name in ("known", "unknown")},
    }


def _login(name: str) -> Act:
    return lambda: _post("/account/login/", 422, login=f"{name}@example.com", password=WRONG)


def _registration(name: str) -> Act:
    def register() -> None:
        fresh = uuid.uuid4().hex
        email = f"{name if name == 'known' else fresh}@example.com"
        form = {"email": email, "username": fresh, "password1": "battery staple kettle", "terms": "on"}
        _post("/account/signup/", 302, **form)

    return register


def _reset(name: str) -> Act:
    return lambda: _post("/account/password/reset/", 302, email=f"{name}@example.com")


def _post(path: str, expected: int, **form: str) -> None:
    answer = Client().post(path, form)
    if answer.status_code != expected:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _times(acts: Mapping[str, Act], tries: int) -> dict[str, list[float]]:
    """Return milliseconds of each try; the first of each, which loads what is needed, is not among them."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(tries + 1):
        for name, act in list(acts.items())[:: 1 if turn % 2 else -1]:  # nobody is always the first
            began = time.perf_counter()
            act()
            found[name].append((time.perf_counter() - began) * 1000)
    return {name: times[1:] for name, times in found.items()}


def _print(title: str, times: Mapping[str, list[float]]) -> None:
    known = statistics.mean(times["known"])
    for name, each in times.items():
        mean, error = statistics.mean(each), statistics.stdev(each) / len(each) ** 0.5
        middle = statistics.median(each)
        print(
            f"{title:13} {name:8} mean {mean:7.1f} ± {error:.1f} ms, median {middle:7.1f} ms, ratio {mean / known:.3f}"
        )


if __name__ == "__main__":
    main()
