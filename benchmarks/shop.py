"""A shop of our own to measure: servers, data and web processes in a folder, and the CPU they use."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import catalogue
from shop.embedded import children, environment, folders, servers


@dataclass(frozen=True)
class Usage:
    """CPU seconds used so far."""

    app: float
    database: float
    redis: float

    def __sub__(self, before: Usage) -> Usage:
        return Usage(self.app - before.app, self.database - before.database, self.redis - before.redis)

    @property
    def total(self) -> float:
        """All three together."""
        return self.app + self.database + self.redis


@contextlib.contextmanager
def data(folder: Path, rows: int, source: Path | None) -> Iterator[None]:
    """Own servers in a folder with so many products; the folder is used again when it has them already."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    os.environ["VAR_DIR"] = str(folder)
    for name in ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "STATIC_ROOT", "EMAIL_URL", "PAYLAB_DATABASE"):
        os.environ.pop(name, None)
    with servers.own():
        if not (folder / "ready").exists():
            file = folder / "products.jsonl"
            catalogue.write(file, rows, source)
            manage("prepare", DEMO="false")
            manage("import_products", str(file))
            manage("shell", "-c", SETUP)
            (folder / "ready").touch()
        manage("prepare", DEMO="false")
        yield


SETUP = """
from decimal import Decimal
from accounts.selectors import default_merchant
from orders.models import DeliveryMethod
DeliveryMethod.objects.create(merchant=default_merchant(), code="standard", name="Standard", name_en="Standard",
    currency="CNY", price=Decimal(8), free_from=Decimal(88), countries=["CN"])
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
"""


def manage(*words: str, **settings: str) -> None:
    """Run a management command on the servers in use."""
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=folders.ROOT, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)


class Web:
    """The web processes under measurement."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self._process = process
        self.url = url

    def usage(self) -> Usage:
        """Return the CPU time of web processes, PostgreSQL and Redis up to now."""
        family = psutil.Process(self._process.pid)
        app = _seconds([family, *family.children(recursive=True)])
        postgres = [p for p in psutil.process_iter(["name"]) if p.info["name"] == "postgres" and _is_ours(p)]
        valkey = [p for p in psutil.process_iter(["name"]) if p.info["name"] == "valkey-server" and _is_ours(p)]
        return Usage(app, _seconds(postgres, with_ended=True), _seconds(valkey))


@contextlib.contextmanager
def web(*, port: int, **settings: str) -> Iterator[Web]:
    """Run the shop's web server with further settings, as `run.py` does."""
    command = [sys.executable, "-m", "gunicorn", "shop.wsgi", "--config", "shop/gunicorn.py"]
    process = children.spawn(
        [*command, "--bind", f"127.0.0.1:{port}"],
        output=subprocess.DEVNULL,
        end_signal=signal.SIGTERM,
        folder=folders.ROOT,
        environment=os.environ | {"DEMO": "false", "LOG_LEVEL": "ERROR", "CART_ADDS_PER_MINUTE": "1000000"} | settings,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield Web(process, url)
    finally:
        children.stop(process, seconds=20)


def port() -> int:
    """Return the port to measure on; PORT sets it."""
    return environment.port() + 500


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url + "/healthz/", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the web server does not answer")


def _is_ours(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return Path(process.cwd()).is_relative_to(folders.var())
    return False


def _seconds(processes: list[psutil.Process], *, with_ended: bool = False) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
            if with_ended:
                total += times.children_user + times.children_system
    return total
