"""The shop under test: everything `python3 run.py` starts, in a folder of its own, with products to fight for."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import catalogue
from benchmarks.shop import SETUP
from shop.embedded import children, folders

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
START_SECONDS, STOP_SECONDS = 180, 60
PRODUCTS, SCARCE = 24, 6
PLENTY = 1_000_000
SHOPPERS_FOR_EACH_SCARCE_UNIT = 12
PAYMENT_WINDOW_SECONDS = 90
SETTINGS = {  # all others are those of production
    "DEMO": "false",
    "CART_ADDS_PER_MINUTE": "1000000",  # all shoppers come from one address
    "PAYMENT_WINDOW_SECONDS": str(PAYMENT_WINDOW_SECONDS),
    "CANCELLATION_WAIT_SECONDS": "20",
}
WORDS = {  # what stands in a process's command line
    "paylab": ("-m", "paylab"),
    "web": ("gunicorn", "shop.wsgi"),
    "worker": ("celery", "worker"),
    "beat": ("celery", "beat"),
    "postgres": ("bin/postgres", "-D"),
    "redis": ("valkey-server",),
}


@dataclass(frozen=True)
class Product:
    """What a shopper can buy."""

    sku: str
    path: str
    stock: int

    @property
    def is_scarce(self) -> bool:
        """Whether not everybody who wants it can have it."""
        return self.stock < PLENTY


class Stage:
    """A running shop: its addresses, its processes, its files."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.folder = folder
        self.log = folder / "shop.log"
        port, paylab_port = _free_port(), _free_port()
        self.url, self.paylab_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{paylab_port}"
        own = {"VAR_DIR": str(folder), "PORT": str(port), "PAYLAB_PORT": str(paylab_port)}
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._environment = inherited | SETTINGS | own | settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything, and wait until the shop says that it is open."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "shop.embedded"]
            self._process = children.spawn(
                command,
                output=log,
                end_signal=signal.SIGTERM,
                folder=folders.ROOT,
                environment=self._environment,
            )
        end = time.monotonic() + START_SECONDS
        while "the shop is open" not in self.log.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"the shop did not open; see {self.log}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Press Ctrl-C."""
        if self._process:
            children.stop(self._process, seconds=STOP_SECONDS)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a management command beside the shop, and return what it said."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=folders.ROOT, env=self._environment, capture_output=True, text=True, check=False
        )

    def process(self, name: str) -> psutil.Process | None:
        """Return the process of this name that we could kill now; None while there is none."""
        if self._process is None:
            return None
        for child in psutil.Process(self._process.pid).children():
            try:
                line = " ".join(child.cmdline())
            except psutil.Error:  # it ended just now
                continue
            if all(word in line for word in WORDS[name]) and child.status() != psutil.STATUS_ZOMBIE:
                return child
        return None

    @property
    def database_url(self) -> str:
        """The address of the shop's PostgreSQL."""
        return str(json.loads((self.folder / "servers.json").read_text())["database_url"])

    @property
    def redis_url(self) -> str:
        """The address of the shop's Redis."""
        return str(json.loads((self.folder / "servers.json").read_text())["redis_url"])

    @property
    def secrets(self) -> dict[str, str]:
        """The keys of the shop and of the gateway."""
        values: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())
        return values

    def fill(self, *, shoppers: int) -> list[Product]:
        """Put products into the shop, some of them fewer than will be wanted; return them, the scarce ones first."""
        path = self.folder / "products.jsonl"
        catalogue.write(path, PRODUCTS)
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows[:SCARCE]:
            row["stock"] = max(2, shoppers // SHOPPERS_FOR_EACH_SCARCE_UNIT)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for words in (("import_products", str(path)), ("shell", "-c", SETUP)):
            done = self.manage(*words)
            if done.returncode:
                raise SystemExit(f"{words[0]} failed:\n{done.stdout}{done.stderr}")
        slugs = json.loads(self.manage("shell", "-v", "0", "-c", _SLUGS).stdout)
        return [Product(row["sku"], f"/products/{slugs[row['sku']]}/", row["stock"]) for row in rows]


_SLUGS = """
import json
from catalog.models import Variant
print(json.dumps(dict(Variant.objects.values_list("sku", "product__slug"))))
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
