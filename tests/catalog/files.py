"""Product files to import, written for a test."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from accounts.selectors import default_merchant
from catalog.models import Product, ProductCard
from catalog.services.importing import writing
from tests.conftest import NOW


def row(number, **values):
    """Return a good row, in the shape of the catalogues; None takes a column out."""
    good = {
        "id": f"shop-{number}",
        "lang": "en",
        "sku": f"S{number}",
        "title": f"Kettle {number}",
        "brand": "Hearth",
        "category": "Kitchen > Kettles",
        "price": 20.95,
        "currency": "CNY",
        "description": "Boils water.",
        "ean": "0609585180055",
        "attributes": {"weight": 1.5, "cordless": True, "colour": "Red"},
    }
    return {name: value for name, value in (good | values).items() if value is not None}


def write(folder: Path, *rows, name: str = "products.jsonl") -> Path:
    """Write rows, or lines as they are, as JSON lines; a name that ends in .gz is compressed."""
    lines = [each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False).encode() for each in rows]
    path = folder / name
    content = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def load(path: Path, **options) -> writing.Report:
    """Import a file for the default merchant."""
    merchant = options.pop("merchant", None) or default_merchant()
    progress = options.pop("progress", lambda _done, _total: None)
    restart = options.pop("restart", False)
    source = writing.Source(path, merchant, "CNY", options.get("currency"), options.get("stock"))
    return writing.run(source=source, at=NOW, progress=progress, restart=restart)


def told(report: writing.Report) -> list[tuple[int, str]]:
    """Return line and column of each refused row."""
    return [(problem.line, problem.column) for problem in report.problems]


def counts(report: writing.Report) -> tuple[int, int, int, int]:
    """Return how many rows were created, updated, unchanged, refused."""
    run = report.run
    return run.rows_created, run.rows_updated, run.rows_unchanged, run.rows_refused


def shop() -> list[dict[str, Any]]:
    """Return everything an import may change: equal copies mean that nothing did."""
    columns = (
        "pk",
        "title_en",
        "title_zh_hans",
        "slug",
        "attributes",
        "brand__name",
        "category__name",
        "import_digest",
        "status",
        "sold_before",
        "variants__sku",
        "variants__ean",
        "variants__stock_policy",
        "variants__prices__amount",
        "variants__prices__price_list__kind",
        "variants__stock_levels__on_hand",
    )
    products = Product.objects.order_by("pk").values(*columns)
    return [*products, *ProductCard.objects.order_by("pk").values("pk", "price", "facets", "category_ids", "titles")]


def command(path: Path, **options) -> tuple[str, int]:
    """Run the command and return what it says and its exit status."""
    out = StringIO()
    try:
        call_command("import_products", path, stdout=out, stderr=StringIO(), **options)
    except SystemExit as error:
        return out.getvalue(), int(str(error.code))
    return out.getvalue(), 0
