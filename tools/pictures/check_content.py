"""Check the demonstration catalogue: python -m tools.pictures.check_content.

Reads shop/demo/content and shop/demo/pictures, prints every fault and the counts, ends with 1 when there is a fault.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tools.pictures.derive import BANNERS, file_names

# Any: what JSON holds is only known after these checks
Row = dict[str, Any]

DEMO = Path(__file__).resolve().parents[2] / "shop" / "demo"
LANGUAGES = {"en", "zh-hans"}
TOP_CATEGORIES = ["tableware", "kitchen", "lighting", "textiles", "desk", "plants"]
PAGES = {"about", "delivery", "returns-policy", "terms", "privacy", "accessibility", "contact", "faq"}
KINDS = {"text", "int", "decimal", "bool", "choice", "multi", "date"}
TAGS = {"a", "details", "h2", "li", "ol", "p", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
CODE = re.compile(r"[a-z][a-z0-9_]*")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SKU = re.compile(r"(YW|ZY)-[A-Z]{2}-\d{4}")
SWATCH = re.compile(r"#[0-9a-f]{6}")
DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
PRICE = re.compile(r"\d+\.\d\d")
TAG = re.compile(r"</?([a-z0-9]+)")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Catalogue:
    """The content files, and the names of the picture files."""

    rows: dict[str, list[Row]]
    storefront: Row
    files: frozenset[str]
    attributes: dict[str, Row] = field(default_factory=dict)

    def codes(self, name: str, key: str) -> list[str]:
        """Return one field of every row of a file."""
        return [row[key] for row in self.rows[name]]

    def categories(self) -> list[Row]:
        """Return all categories, top ones before their children."""
        return [row for top in self.rows["categories"] for row in (top, *top["children"])]

    def choices(self, attribute: str) -> set[str]:
        """Return the choice codes of an attribute."""
        return {choice["code"] for choice in self.attributes.get(attribute, {}).get("choices", [])}


def load(folder: Path) -> Catalogue:
    """Read all files of a demo folder."""
    names = ("categories", "attributes", "product_types", "brands", "merchants", "customers", "products", "pages")
    rows = {name: json.loads((folder / "content" / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    storefront = json.loads((folder / "content" / "storefront.json").read_text(encoding="utf-8"))
    files = frozenset(path.name for path in (folder / "pictures").iterdir())
    return Catalogue(rows, storefront, files, {row["code"]: row for row in rows["attributes"]})


def repeated(what: str, values: Sequence[str]) -> Iterator[str]:
    """Name the values that occur twice."""
    yield from (f"{what}: {value} occurs {count} times" for value, count in Counter(values).items() if count > 1)


def check_text(value: object, where: str) -> Iterator[str]:
    """Find texts with a language missing or empty, and half-width marks between Chinese characters."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from check_text(item, f"{where}[{index}]")
    elif isinstance(value, dict) and LANGUAGES & set(value):
        if set(value) != LANGUAGES or not all(isinstance(text, str) and text.strip() for text in value.values()):
            yield f"{where}: not in both languages"
        elif HALF_WIDTH.search(re.sub(r"<[^>]*>", "", value["zh-hans"])):
            yield f"{where}: half-width punctuation in Chinese"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from check_text(item, f"{where}.{key}")


def check_translated(row: Row, where: str, *names: str) -> Iterator[str]:
    """Find fields that have to be in both languages and are not, or whose Chinese is not Chinese."""
    for name in names:
        text = row.get(name)
        if not isinstance(text, dict) or set(text) != LANGUAGES:
            yield f"{where}.{name}: not in both languages"
        elif not HAN.search(text["zh-hans"]) and not text["zh-hans"][0].isdigit():
            yield f"{where}.{name}: no Chinese in {text['zh-hans']!r}"


def check_categories(shop: Catalogue) -> Iterator[str]:
    """Check the tree: six departments in order, three to six children each, slugs unique."""
    if shop.codes("categories", "slug") != TOP_CATEGORIES:
        yield "categories: top level differs"
    yield from repeated("category", [row["slug"] for row in shop.categories()])
    for row in shop.categories():
        yield from check_translated(row, f"category {row['slug']}", "name", "description")
        if not SLUG.fullmatch(row["slug"]):
            yield f"category {row['slug']}: not a slug"
    for top in shop.rows["categories"]:
        if not 3 <= len(top["children"]) <= 6:
            yield f"category {top['slug']}: {len(top['children'])} children"
        yield from check_picture(shop, top["picture"], f"category {top['slug']}")


def check_attributes(shop: Catalogue) -> Iterator[str]:
    """Check codes, kinds, choices and swatches, and that types name known attributes."""
    yield from repeated("attribute", shop.codes("attributes", "code"))
    for row in shop.rows["attributes"]:
        where, has_choices = f"attribute {row['code']}", row["kind"] in {"choice", "multi"}
        yield from check_translated(row, where, "name")
        if not CODE.fullmatch(row["code"]) or row["kind"] not in KINDS or has_choices != bool(row.get("choices")):
            yield f"{where}: code, kind or choices wrong"
        if row["variant_making"] and row["kind"] != "choice":
            yield f"{where}: makes variants but is no choice"
        yield from repeated(where, [choice["code"] for choice in row.get("choices", [])])
        for choice in row.get("choices", []):
            yield from check_translated(choice, f"{where} {choice['code']}", "label")
            if not SLUG.fullmatch(choice["code"]) or not SWATCH.fullmatch(choice.get("swatch", "#000000")):
                yield f"{where} {choice['code']}: code or swatch wrong"
    yield from repeated("type", shop.codes("product_types", "code"))
    for row in shop.rows["product_types"]:
        yield from check_translated(row, f"type {row['code']}", "name")
        yield from (f"type {row['code']}: no attribute {a}" for a in row["attributes"] if a not in shop.attributes)


def check_people(shop: Catalogue) -> Iterator[str]:
    """Check merchants, their staff and the customers."""
    merchants, customers = shop.rows["merchants"], shop.rows["customers"]
    people = [member for merchant in merchants for member in merchant["staff"]] + customers
    yield from repeated("username", [person["username"] for person in people])
    yield from repeated("email", [person["email"] for person in people])
    yield from (f"{p['username']}: email not at example.com" for p in people if not p["email"].endswith("@example.com"))
    if [merchant["default"] for merchant in merchants] != [True, False]:
        yield "merchants: not one default and one other"
    wanted = {"country", "name", "phone", "province", "city", "district", "street", "postcode"}
    yield from (f"{p['username']}: address incomplete" for p in customers if set(p["address"]) != wanted)


def check_value(shop: Catalogue, code: str, value: object) -> bool:
    """Whether a fact's value fits its attribute."""
    kind = shop.attributes[code]["kind"]
    if kind == "choice":
        return value in shop.choices(code)
    if kind == "multi":
        return isinstance(value, list) and bool(value) and set(value) <= shop.choices(code)
    if kind == "date":
        return isinstance(value, str) and DAY.fullmatch(value) is not None
    expected: dict[str, type | tuple[type, ...]] = {"text": dict, "int": int, "decimal": (int, float), "bool": bool}
    return isinstance(value, expected[kind]) and (kind == "bool" or not isinstance(value, bool))


def check_product(shop: Catalogue, row: Row) -> Iterator[str]:
    """Check one product's references, facts and figures."""
    where = f"product {row['slug']}"
    yield from check_translated(row, where, "title", "description")
    known = {
        "merchant": shop.codes("merchants", "slug"),
        "category": [category["slug"] for category in shop.categories()],
        "type": shop.codes("product_types", "code"),
        "brand": shop.codes("brands", "slug"),
    }
    yield from (f"{where}: no {key} {row[key]}" for key, codes in known.items() if row[key] not in codes)
    allowed = {kind["code"]: kind["attributes"] for kind in shop.rows["product_types"]}.get(row["type"], [])
    for code, value in row["attributes"].items():
        if code not in allowed or shop.attributes[code]["variant_making"]:
            yield f"{where}: fact {code} not of its type"
        elif not check_value(shop, code, value):
            yield f"{where}: fact {code} is {value!r}"
    if len(row["options"]) > 3 or not {c for c in allowed if shop.attributes[c]["variant_making"]} >= set(
        row["options"]
    ):
        yield f"{where}: options {row['options']}"
    if not SLUG.fullmatch(row["slug"]) or not 3 <= row["released_days_ago"] <= 700 or not 0 <= row["sold"] <= 5000:
        yield f"{where}: slug, release or sold wrong"
    for text in row["description"].values():
        if text.count("\n\n") != 1:
            yield f"{where}: description is not two paragraphs"


def check_variants(shop: Catalogue, row: Row) -> Iterator[str]:
    """Check one product's variants: options complete and unique, prices in order."""
    where = f"product {row['slug']}"
    if not row["variants"] or (not row["options"] and len(row["variants"]) > 1):
        yield f"{where}: number of variants"
    yield from repeated(where, [json.dumps(variant["options"], sort_keys=True) for variant in row["variants"]])
    for variant in row["variants"]:
        if not SKU.fullmatch(variant["sku"]):
            yield f"{where}: SKU {variant['sku']}"
        if list(variant["options"]) != row["options"]:
            yield f"{where} {variant['sku']}: options differ from the product's"
        for code, choice in variant["options"].items():
            if choice not in shop.choices(code):
                yield f"{where} {variant['sku']}: no {code} {choice}"
        if not is_priced(variant) or variant["stock"] < 0:
            yield f"{where} {variant['sku']}: price or stock wrong"


def is_priced(variant: Row) -> bool:
    """Whether the price is within 18 and 1,899 and the regular price, if any, is higher."""
    try:
        price, was = Decimal(variant["price"]), Decimal(variant["was"] or "Infinity")
    except InvalidOperation:
        return False
    written = [text for text in (variant["price"], variant["was"]) if text]
    return all(PRICE.fullmatch(text) for text in written) and Decimal(18) <= price <= Decimal(1899) and was > price


def check_picture(shop: Catalogue, name: str, where: str) -> Iterator[str]:
    """Name the files of a picture that are missing."""
    yield from (f"{where}: no file {file}" for file in file_names(name) if file not in shop.files)


def check_pictures(shop: Catalogue) -> Iterator[str]:
    """Check that pictures named exist, those that exist are used, and their options are offered."""
    used = set(BANNERS) | {row["picture"] for row in shop.rows["categories"]}
    for row in shop.rows["products"]:
        for picture in row["pictures"]:
            where = f"product {row['slug']} {picture['file']}"
            used.add(picture["file"])
            yield from check_picture(shop, picture["file"], where)
            yield from check_translated(picture, where, "alt")
            for code, choice in picture.get("options", {}).items():
                if not any(variant["options"].get(code) == choice for variant in row["variants"]):
                    yield f"{where}: no variant with {code} {choice}"
        yield from repeated(f"product {row['slug']}", [picture["file"] for picture in row["pictures"]])
    for name in sorted(BANNERS):
        yield from check_picture(shop, name, "storefront")
    expected = {file for name in used for file in file_names(name)}
    yield from (f"pictures: {file} is used nowhere" for file in sorted(shop.files - expected))


def check_pages(shop: Catalogue) -> Iterator[str]:
    """Check the pages' names and that their HTML is plain."""
    if set(shop.codes("pages", "slug")) != PAGES:
        yield "pages: slugs differ"
    for row in shop.rows["pages"]:
        yield from check_translated(row, f"page {row['slug']}", "title", "body")
        for language, body in row["body"].items():
            strange = set(TAG.findall(body)) - TAGS
            if strange or re.search(r"\s(style|on\w+)=", body):
                yield f"page {row['slug']} {language}: {sorted(strange)} not allowed"
    for name in ("tagline", "meta_description", "announcement", "footer_about", "legal", "home_title"):
        yield from check_translated(shop.storefront, "storefront", name)
    yield from check_translated(shop.storefront["hero"], "hero", "alt", "eyebrow", "heading", "text", "button")
    slug = shop.storefront["hero"]["link"].split("/")[2]
    if slug not in {row["slug"] for row in shop.categories()}:
        yield f"hero: no category {slug}"


def faults(shop: Catalogue) -> Iterator[str]:
    """Return everything that is wrong, in the order of the files."""
    yield from check_categories(shop)
    yield from check_attributes(shop)
    yield from check_people(shop)
    yield from repeated("product", shop.codes("products", "slug"))
    yield from repeated("SKU", [variant["sku"] for row in shop.rows["products"] for variant in row["variants"]])
    for row in shop.rows["products"]:
        yield from check_product(shop, row)
        yield from check_variants(shop, row)
    yield from check_pictures(shop)
    yield from check_pages(shop)
    for name, rows in shop.rows.items():
        yield from check_text(rows, name)
    yield from check_text(shop.storefront, "storefront")


def count(shop: Catalogue) -> dict[str, object]:
    """Return the figures that describe the catalogue."""
    products = shop.rows["products"]
    variants = [variant for row in products for variant in row["variants"]]
    prices = sorted(Decimal(variant["price"]) for variant in variants)
    parents = {child["slug"]: top["slug"] for top in shop.rows["categories"] for child in (top, *top["children"])}
    return {
        **{name: len(rows) for name, rows in shop.rows.items()},
        "variants": len(variants),
        "prices": f"{prices[0]} to {prices[-1]}",
        "products by department": dict(Counter(parents[row["category"]] for row in products)),
        "products by merchant": dict(Counter(row["merchant"] for row in products)),
        "on sale": sum(any(variant["was"] for variant in row["variants"]) for row in products),
        "sold out": sum(all(not variant["stock"] for variant in row["variants"]) for row in products),
        "low stock": sum(any(1 <= variant["stock"] <= 5 for variant in row["variants"]) for row in products),
        "several variants": sum(len(row["variants"]) > 1 for row in products),
        "several options": sum(len(row["options"]) > 1 and len(row["variants"]) > 1 for row in products),
        "without picture": sum(not row["pictures"] for row in products),
        "very long names": sum(len(row["title"]["en"]) > 75 for row in products),
        "pictures": len({file.rpartition("-")[0] for file in shop.files}),
        "picture files": len(shop.files),
    }


def main() -> int:
    """Print faults and counts; return 1 when there is a fault."""
    shop = load(DEMO)
    found = list(faults(shop))
    lines = found + [f"{name}: {value}" for name, value in count(shop).items()]
    lines.append(f"{len(found)} faults")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
