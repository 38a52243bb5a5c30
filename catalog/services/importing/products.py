"""Turn checked rows into products, variants, prices and stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.text import slugify

from accounts.models import Merchant
from catalog.models import Attribute, Price, PriceList, Product, StockLocation, Variant
from catalog.selectors.languages import localized
from catalog.services import facts, prices, stock
from catalog.services.importing import planning
from catalog.services.importing.planning import Plan
from catalog.services.importing.reading import MEASURES, Problem, Row

SLUG_LENGTH = 100


@dataclass
class Context:
    """What all batches of a run share."""

    merchant: Merchant
    plan: Plan
    at: datetime
    location: StockLocation
    price_lists: dict[tuple[str, str], PriceList] = field(default_factory=dict)

    def price_list(self, currency: str, kind: PriceList.Kind) -> PriceList:
        """Return the merchant's base or sale list, looked up once."""
        key = (currency, kind)
        if key not in self.price_lists:
            find = prices.base_list if kind == PriceList.Kind.BASE else prices.sale_list
            self.price_lists[key] = find(self.merchant, currency)
        return self.price_lists[key]


@dataclass
class Outcome:
    """What became of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changed_ids: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Item:
    """A row with the product and variant it becomes."""

    row: Row
    product: Product
    variant: Variant


def with_options(row: Row, *, currency: str | None, stock: int | None) -> Row:
    """Return the row with the command's currency, and its stock where the row names none."""
    return replace(row, currency=currency or row.currency, stock=row.stock if row.stock is not None else stock)


def write(rows: Sequence[Row], context: Context) -> Outcome:
    """Create or update the products of a batch; rows that are the same as last time are left alone."""
    outcome = Outcome()
    _add_missing_choices(rows, context.plan)
    by_id, by_sku = _existing(rows, context.merchant)
    new: list[Item] = []
    changed: list[Item] = []
    slugs = _taken_slugs(rows)
    for row in rows:
        variant = by_id.get(row.external_id) or (by_sku.get(row.sku) if row.is_known_by_sku else None)
        if variant is not None and variant.product.merchant_id != context.merchant.pk:
            outcome.problems.append(Problem(row.line, "sku", "belongs to another merchant"))
        elif variant is not None and variant.product.import_digest == row.digest:
            outcome.unchanged += 1
        else:
            item = _item(row, variant, by_sku, slugs, context, outcome)
            if item is None:
                continue
            (changed if variant else new).append(item)
            by_sku[item.variant.sku] = item.variant
    _save_new(new)
    _save_changed(changed)
    _save_prices([*new, *changed], context)
    _save_stock(new, changed, context)
    outcome.created, outcome.updated = len(new), len(changed)
    outcome.changed_ids = [item.product.pk for item in [*new, *changed]]
    return outcome


def _existing(rows: Sequence[Row], merchant: Merchant) -> tuple[dict[str, Variant], dict[str, Variant]]:
    """Return the variants there are already, by external id of this merchant, and by SKU of any.

    The merchant's products are locked first: they are written back whole, with what the file does not name.
    """
    ids = [row.external_id for row in rows if row.external_id]
    skus = {sku for row in rows for sku in sku_candidates(row)}
    _lock(merchant.products.filter(external_id__in=ids), merchant.products.filter(variants__sku__in=skus))
    variants = Variant.objects.select_related("product").order_by("-position", "-pk")
    by_id = {
        variant.product.external_id: variant
        for variant in variants.filter(product__merchant=merchant, product__external_id__in=ids)
    }
    by_sku = {variant.sku: variant for variant in variants.filter(sku__in=skus)}
    return by_id, by_sku


def _lock(*sets: QuerySet[Product]) -> None:
    """Lock these products by pk, as everybody does."""
    product_ids = {pk for products in sets for pk in products.values_list("pk", flat=True)}
    list(Product.objects.filter(pk__in=product_ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _item(
    row: Row,
    variant: Variant | None,
    by_sku: dict[str, Variant],
    slugs: set[str],
    context: Context,
    outcome: Outcome,
) -> Item | None:
    """Return the row with its objects filled in, unsaved; note why not when it cannot be."""
    try:
        values = _facts(row, context.plan)
    except facts.FactError as error:
        problem = Problem(row.line, f"attributes.{error.code}", f"does not fit: {str(error.value)[:60]!r}")
        outcome.problems.append(problem)
        return None
    if variant is None:
        sku = _free_sku(row, by_sku, outcome)
        if sku is None:
            return None
        product = Product(merchant=context.merchant, external_id=row.external_id, slug=_slug(row, slugs))
        product.publish_at = _publish_at(row, context.at)
        product.status = Product.Status.PUBLISHED
        variant = Variant(product=product, sku=sku)
    product = variant.product
    _fill(product, row, context.plan, values)
    variant.ean = row.ean or variant.ean
    for name, number in row.measures.items():
        setattr(variant, name, number)
    if row.stock is None and not variant.pk:
        variant.stock_policy = Variant.StockPolicy.UNCOUNTED
    elif row.stock is not None and not variant.is_counted:  # one that may be waited for stays so
        variant.stock_policy = Variant.StockPolicy.DENY
    return Item(row, product, variant)


def _fill(product: Product, row: Row, plan: Plan, values: dict[str, Any]) -> None:
    """Bring a product to what the row says; what the row does not name stays as it was."""
    if row.category or not product.pk:
        path = row.category or planning.OTHER
        product.product_type_id = plan.types[path[0]]
        product.category_id = plan.categories[path]
    if row.brand:
        product.brand_id = plan.brands[row.brand]
    product.attributes = {**product.attributes, **values}
    product.sold_before = row.sold or product.sold_before
    product.import_digest = row.digest
    for name in ("title", "description"):
        for column, text in localized(name, {row.language: getattr(row, name)}).items():
            if text:
                setattr(product, column, text)


def _add_missing_choices(rows: Sequence[Row], plan: Plan) -> None:
    """Make the choices that this batch is the first to use."""
    wanted: dict[str, dict[str, str]] = {}
    for row in rows:
        for name, value in row.attributes.items():
            definition = plan.definitions[plan.codes[name]]
            if definition.kind != Attribute.Kind.CHOICE or value == "":
                continue
            code = planning.choice_code(str(value))
            if code not in definition.choices:
                wanted.setdefault(definition.code, {}).setdefault(code, str(value))
    if wanted:
        planning.add_choices(plan=plan, wanted=wanted)


def _facts(row: Row, plan: Plan) -> dict[str, Any]:
    """Return the row's attributes by code, in the form they are stored in."""
    values: dict[str, Any] = {}
    for name, value in row.attributes.items():
        definition = plan.definitions[plan.codes[name]]
        if value == "":
            continue
        values[definition.code] = facts.clean_one(definition, _in_kind(value, definition.kind))
    return values


def _in_kind(value: Any, kind: str) -> Any:
    """Return a file's value as its attribute's kind expects it."""
    if kind == Attribute.Kind.CHOICE:
        return planning.choice_code(str(value))
    if kind == Attribute.Kind.TEXT and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    return value


def _free_sku(row: Row, by_sku: dict[str, Variant], outcome: Outcome) -> str | None:
    """Return the row's SKU, or one made with its id where another product has that SKU already."""
    for sku in sku_candidates(row):
        if sku not in by_sku:
            if sku != row.sku:
                outcome.notes.append(Problem(row.line, "sku", f"is another product's already; {sku} is used instead"))
            return sku
    outcome.problems.append(Problem(row.line, "sku", "is another product's already"))
    return None


def sku_candidates(row: Row) -> list[str]:
    """Return the SKUs a row's product may get, the one in the row first."""
    if not row.external_id or row.is_known_by_sku:
        return [row.sku]
    return [row.sku, row.external_id, f"{row.sku[:190]}-{row.external_id}"]


def _taken_slugs(rows: Sequence[Row]) -> set[str]:
    candidates = [slug for row in rows for slug in _slug_candidates(row)]
    return set(Product.objects.filter(slug__in=candidates).values_list("slug", flat=True))


def _slug(row: Row, taken: set[str]) -> str:
    candidates = _slug_candidates(row)
    slug = next((each for each in candidates if each not in taken), "")
    number = 2
    while not slug or slug in taken:
        slug = f"{candidates[-1][:140]}-{number}"
        number += 1
        if slug not in taken and Product.objects.filter(slug=slug).exists():
            taken.add(slug)
    taken.add(slug)
    return slug


def _slug_candidates(row: Row) -> list[str]:
    """Return addresses for a product, the nicest first; SKU or id make the later ones unique."""
    title = slugify(row.title)[:SLUG_LENGTH].strip("-")
    code = slugify(row.external_id or row.sku)[:40] or "product"
    return [title, f"{title}-{code}"] if title else [code]


def _publish_at(row: Row, at: datetime) -> datetime:
    """Return when the product was released, for rows that say so; otherwise now."""
    released = datetime.combine(row.released, time(), UTC) if row.released else at
    return min(released, at)


def _save_new(items: Sequence[Item]) -> None:
    Product.objects.bulk_create([item.product for item in items])
    for item in items:
        item.variant.product = item.product
    Variant.objects.bulk_create([item.variant for item in items])


def _save_changed(items: Sequence[Item]) -> None:
    texts = [name for field_name in ("title", "description") for name in (field_name, *localized(field_name, {}))]
    columns = ["product_type", "category", "brand", "attributes", "sold_before", "import_digest", *texts]
    Product.objects.bulk_update([item.product for item in items], columns, batch_size=200)
    Product.objects.filter(pk__in=[item.product.pk for item in items]).update(version=F("version") + 1)
    columns = ["ean", "stock_policy", *MEASURES]
    Variant.objects.bulk_update([item.variant for item in items], columns, batch_size=200)


def _save_prices(items: Sequence[Item], context: Context) -> None:
    """Write base and reduced prices of the rows that name a price."""
    kinds = [PriceList.Kind.BASE, PriceList.Kind.SALE]
    variants = [item.variant for item in items if item.row.price is not None]
    Price.objects.filter(variant__in=variants, price_list__kind__in=kinds).delete()
    made = []
    for item in items:
        row = item.row
        if row.price is None:
            continue
        base = context.price_list(row.currency, PriceList.Kind.BASE)
        made.append(Price(variant=item.variant, price_list=base, amount=row.regular or row.price))
        if row.regular:
            sale = context.price_list(row.currency, PriceList.Kind.SALE)
            made.append(Price(variant=item.variant, price_list=sale, amount=row.price))
    Price.objects.bulk_create(made)


def _save_stock(new: Sequence[Item], changed: Sequence[Item], context: Context) -> None:
    """Open the levels of counted variants; a level there is already is brought to the file's number."""
    counted = {item.variant.pk: item.row.stock for item in [*new, *changed] if item.row.stock is not None}
    stock.open_levels(quantities=counted, location=context.location, reason="import")
    for item in changed:
        if item.row.stock is not None:
            stock.bring_to(
                variant=item.variant,
                location=context.location,
                on_hand=item.row.stock,
                key=f"import:{item.variant.pk}:{item.product.import_digest}:{int(context.at.timestamp())}",
                reason="import",
            )
