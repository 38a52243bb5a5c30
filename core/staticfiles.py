"""One stylesheet for the browser, one file for each component in the editor."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "shop.css"
LAYERS = ("reset", "tokens", "base", "layout", "components", "pages", "utilities")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANK = re.compile(r"\s*\n\s*")


class StylesheetFinder(BaseFinder):
    """Joins static/css/<layer>.css and static/css/<layer>/*.css into shop.css, layer by layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._source = Path(settings.BASE_DIR) / "static" / "css"
        self._target = Path(settings.STATIC_ROOT).parent / "stylesheet"

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # noqa: FBT001,FBT002  Django's
        """Return the joined file's path when asked for it."""
        if path != NAME:
            return []
        return [str(self._build())] if find_all else str(self._build())

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Yield the joined file."""
        self._build()
        yield NAME, FileSystemStorage(location=str(self._target))

    def _build(self) -> Path:
        parts = [f"@layer {', '.join(LAYERS)};"]
        for layer in LAYERS:
            single = self._source / f"{layer}.css"
            files = [single] if single.exists() else sorted((self._source / layer).glob("*.css"))
            content = "".join(_compact(file.read_text()) for file in files)
            parts.append(f"@layer {layer} {{{content}}}")
        self._target.mkdir(parents=True, exist_ok=True)
        path = self._target / NAME
        text = "\n".join(parts)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        return path


def _compact(css: str) -> str:
    """Return the rules without comments and indentation; the browser reads the same."""
    return _BLANK.sub("\n", _COMMENT.sub("", css)).strip() + "\n"
