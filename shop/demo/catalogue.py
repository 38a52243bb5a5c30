"""Categories, types, products, prices, stock and pictures of the demo."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image

from accounts.models import Merchant
from catalog.models import (
    Attribute,
    AttributeChoice,
    Brand,
    Category,
    Picture,
    Product,
    ProductPicture,
    ProductType,
    TypeAttribute,
    Variant,
)
from catalog.selectors.languages import localized
from catalog.services import cards, categories, pictures, prices, products, stock
from orders.models import DeliveryMethod, FreightRule, FreightTemplate
from shop.demo.content import FOLDER, read

CURRENCY = "CNY"
DELIVERY: tuple[dict[str, Any], ...] = (
    {
        "code": "standard",
        "names": {"en": "Standard", "zh-hans": "标准快递"},
        "price": "8",
        "free_from": "88",
        "days": (2, 4),
        "countries": ["CN"],
    },
    {
        "code": "sf",
        "names": {"en": "SF Express", "zh-hans": "顺丰速运"},
        "price": "18",
        "free_from": None,
        "days": (1, 1),
        "countries": ["CN"],
    },
    {
        "code": "abroad",
        "names": {"en": "International", "zh-hans": "国际快递"},
        "price": "60",
        "free_from": None,
        "days": (7, 12),
        "countries": ["SG", "GB"],
    },
)


KILO = {"first_units": 1000, "additional_units": 1000}
FREIGHT = (  # a template ready to be given to a delivery method: its regions and prices
    {
        "regions": ["上海市", "江苏省", "浙江省", "安徽省"],
        **KILO,
        "first_price": Decimal(7),
        "additional_price": Decimal(1),
        "free_from_amount": Decimal(99),
    },
    {
        "regions": ["内蒙古自治区", "青海省", "宁夏回族自治区", "新疆维吾尔自治区"],
        **KILO,
        "first_price": Decimal(18),
        "additional_price": Decimal(14),
    },
    {"regions": ["西藏自治区"], "is_excluded": True},
    {
        "regions": ["CN"],
        **KILO,
        "first_price": Decimal(10),
        "additional_price": Decimal(4),
        "free_from_amount": Decimal(199),
    },
)


class Pictures:
    """The rendered pictures, taken over one by one as they are needed."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._found: dict[str, Picture] = {}

    def get(self, file: str) -> Picture:
        """Return the picture of this file name, with the derivatives that were rendered ahead."""
        if file not in self._found:
            derived = {path.stem.rpartition("-")[2] + path.suffix: path for path in _files(file)}
            largest = max((path for path in derived.values() if path.suffix == ".webp"), key=_width)
            with Image.open(largest) as image:
                size = image.size
            self._found[file] = pictures.adopt(
                merchant=self._merchant,
                name=hashlib.sha256(f"demo {file}".encode()).hexdigest()[:24],
                master=largest.read_bytes(),
                size=size,
                derived={key: path.read_bytes() for key, path in derived.items()},
            )
        return self._found[file]


def load(merchants: dict[str, Merchant], found: Pictures, *, at: datetime) -> int:
    """Create the whole catalogue and return the number of products."""
    categories = _categories(found)
    types = _types()
    brands = {row["slug"]: Brand.objects.create(**row) for row in read("brands")}
    for merchant in merchants.values():
        _delivery(merchant)
        _freight(merchant)
    ids = []
    for row in read("products"):
        product = products.create(
            merchant=merchants[row["merchant"]],
            product_type=types[row["type"]],
            category=categories[row["category"]],
            titles=row["title"],
            slug=row["slug"],
            brand=brands[row["brand"]],
            attributes=row["attributes"],
            sold_before=row["sold"],
            status=Product.Status.PUBLISHED,
            publish_at=at - timedelta(days=row["released_days_ago"]),
            **localized("description", row["description"]),
        )
        _variants(product, row["variants"], grams=int(row["attributes"].get("weight", 0)))
        _pictures(product, row["pictures"], found)
        ids.append(product.pk)
    cards.refresh(product_ids=ids, at=at)
    return len(ids)


def _categories(found: Pictures) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for top in read("categories"):
        root = _category(top, None, picture=found.get(top["picture"]))
        made[root.slug] = root
        for row in top["children"]:
            made[row["slug"]] = _category(row, root)
    return made


def _category(row: dict[str, Any], parent: Category | None, **fields: Any) -> Category:
    described = localized("description", row["description"])
    return categories.add(slug=row["slug"], names=row["name"], parent=parent, **described, **fields)


def _types() -> dict[str, ProductType]:
    attributes = {}
    for position, row in enumerate(read("attributes")):
        attribute = Attribute.objects.create(
            code=row["code"],
            kind=row["kind"],
            unit=row["unit"],
            position=position,
            is_filterable=row["filterable"],
            is_variant_making=row["variant_making"],
            **localized("name", row["name"]),
        )
        AttributeChoice.objects.bulk_create(
            AttributeChoice(
                attribute=attribute,
                code=choice["code"],
                swatch=choice.get("swatch") or "",
                position=place,
                **localized("label", choice["label"]),
            )
            for place, choice in enumerate(row.get("choices", []))
        )
        attributes[attribute.code] = attribute
    types = {}
    for row in read("product_types"):
        made = ProductType.objects.create(code=row["code"], **localized("name", row["name"]))
        TypeAttribute.objects.bulk_create(
            TypeAttribute(product_type=made, attribute=attributes[code], position=place)
            for place, code in enumerate(row["attributes"])
        )
        types[made.code] = made
    return types


def _delivery(merchant: Merchant) -> None:
    for position, row in enumerate(DELIVERY):
        DeliveryMethod.objects.create(
            merchant=merchant,
            code=row["code"],
            price=Decimal(row["price"]),
            free_from=Decimal(row["free_from"]) if row["free_from"] else None,
            currency=CURRENCY,
            days_min=row["days"][0],
            days_max=row["days"][1],
            countries=row["countries"],
            position=position,
            **localized("name", row["names"]),
        )


def _freight(merchant: Merchant) -> None:
    template = FreightTemplate.objects.create(
        merchant=merchant,
        name="By weight · 按重量计费",
        currency=CURRENCY,
        basis=FreightTemplate.Basis.WEIGHT,
        volume_divisor=6000,
    )
    FreightRule.objects.bulk_create(FreightRule(template=template, **row) for row in FREIGHT)


def _variants(product: Product, rows: list[dict[str, Any]], *, grams: int) -> None:
    location = stock.main_location(product.merchant)
    quantities = {}
    for row in rows:
        variant: Variant = products.add_variant(
            product=product, sku=row["sku"], options=row["options"], weight_grams=grams
        )
        regular = Decimal(row["was"] or row["price"])
        prices.set_base(variant=variant, amount=regular, currency=CURRENCY)
        if row["was"]:
            prices.set_sale(variant=variant, amount=Decimal(row["price"]), currency=CURRENCY)
        quantities[variant.pk] = row["stock"]
    stock.open_levels(quantities=quantities, location=location, reason="demo")


def _pictures(product: Product, rows: list[dict[str, Any]], found: Pictures) -> None:
    ProductPicture.objects.bulk_create(
        ProductPicture(
            product=product,
            picture=found.get(row["file"]),
            shows=row.get("options") or {},
            position=position,
            **localized("alt", row["alt"]),
        )
        for position, row in enumerate(rows)
    )


def _files(file: str) -> list[Path]:
    return sorted(path for path in (FOLDER / "pictures").glob(f"{file}-*") if path.stem == f"{file}-{_width(path)}")


def _width(path: Path) -> int:
    width = path.stem.rpartition("-")[2]
    return int(width) if width.isdecimal() else 0
