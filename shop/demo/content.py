"""Reading of the demo's content files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def read(name: str) -> Any:
    """Return the content of a file, such as `products`."""
    return json.loads((FOLDER / "content" / f"{name}.json").read_text(encoding="utf-8"))
