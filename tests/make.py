"""Makes what tests need, with the fewest words: `make.product(price="9.90", stock=3)`."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client
from django.utils.text import slugify

from accounts.models import Address, Merchant, MerchantMember, User
from accounts.selectors import default_merchant
from accounts.services import addresses, trust_addresses
from cart import http as cart_http
from cart import services as carts
from cart.models import Cart
from catalog.models import Attribute, AttributeChoice, Brand, Category, Product, ProductType, TypeAttribute, Variant
from catalog.selectors.languages import localized
from catalog.services import cards, categories, prices, products
from catalog.services import stock as stocks
from orders.models import Checkout, DeliveryMethod, FreightRule, FreightTemplate, Order, Purchase, ReturnCase
from orders.selectors import quoting
from orders.services import checkouts, lifecycle, placing, receiving, shipping
from orders.services.cases import requesting
from payments.models import Payment
from tests.conftest import NOW

_numbers = count(1)
ADDRESS = {
    "country": "CN",
    "name": "Li Na",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "Hangzhou",
    "district": "Xihu",
    "street": "88 Wensan Road",
    "postcode": "",
}


def user(username: str = "", **fields: Any) -> User:
    """Return a user with the password `correct horse`."""
    name = username or f"user{next(_numbers)}"
    return User.objects.create_user(name, f"{name}@example.com", "correct horse", **fields)


def verified_user(username: str = "", **fields: Any) -> User:
    """Return a user who has confirmed the email address."""
    found = user(username, **fields)
    trust_addresses(users=[found])
    return found


def operator() -> User:
    """Return a user who may do everything."""
    return user(is_staff=True, is_superuser=True)


def merchant(slug: str = "") -> Merchant:
    """Return a further merchant."""
    name = slug or f"merchant-{next(_numbers)}"
    return Merchant.objects.create(slug=name, **localized("name", {"en": name}))


def member(of: Merchant | None = None) -> User:
    """Return a user who works for a merchant, the default one unless told."""
    found = user()
    MerchantMember.objects.create(merchant=of or default_merchant(), user=found)
    return found


def category(name: str = "", *, parent: Category | None = None) -> Category:
    """Return a category of the first level, or below another."""
    text = name or f"Category {next(_numbers)}"
    return categories.add(slug=slugify(text), names={"en": text}, parent=parent)


def brand(name: str) -> Brand:
    """Return the brand of this name, made when there is none."""
    return Brand.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0]


def product_type(*attributes: Attribute) -> ProductType:
    """Return a product type with these attributes."""
    number = next(_numbers)
    made = ProductType.objects.create(code=f"type-{number}", **localized("name", {"en": f"Type {number}"}))
    for place, attribute in enumerate(attributes):
        TypeAttribute.objects.create(product_type=made, attribute=attribute, position=place)
    return made


def attribute(code: str, *choices: str, kind: str = "choice", **fields: Any) -> Attribute:
    """Return an attribute; with choices one that makes variants and filters listings, unless told otherwise."""
    options = {"is_variant_making": kind == "choice", "is_filterable": kind in ("choice", "multi", "bool")} | fields
    made = Attribute.objects.create(
        code=code, kind=kind, position=next(_numbers), **localized("name", {"en": code.title()}), **options
    )
    for place, choice in enumerate(choices):
        label = localized("label", {"en": choice.title()})
        AttributeChoice.objects.create(attribute=made, code=choice, position=place, **label)
    return made


def product(
    title: str = "", *, price: str | None = "10.00", stock: int | None = 10, at: datetime = NOW, **fields: Any
) -> Product:
    """Return a published product with one variant, its SKU `SKU-<n>`; stock None means not counted."""
    number = next(_numbers)
    made = products.create(
        merchant=fields.pop("merchant", None) or default_merchant(),
        product_type=fields.pop("product_type", None) or product_type(),
        category=fields.pop("category", None) or category(),
        titles={"en": title or f"Product {number}"},
        status=Product.Status.PUBLISHED,
        publish_at=at - timedelta(days=400),
        **fields,
    )
    variant(made, price=price, stock=stock, at=at)
    return made


def variant(
    of: Product, *, price: str | None = "10.00", stock: int | None = 10, at: datetime = NOW, **options: str
) -> Variant:
    """Return a further variant of a product, with options such as `colour="ink"`."""
    policy = Variant.StockPolicy.DENY if stock is not None else Variant.StockPolicy.UNCOUNTED
    made = products.add_variant(product=of, sku=f"SKU-{next(_numbers)}", options=options, stock_policy=policy)
    if price is not None:
        prices.set_base(variant=made, amount=Decimal(price), currency="CNY")
    if stock is not None:
        location = stocks.main_location(of.merchant)
        stocks.open_levels(quantities={made.pk: stock}, location=location, reason="test")
    cards.refresh(product_ids=[of.pk], at=at)
    return made


def only_variant(of: Product) -> Variant:
    """Return a product's first variant."""
    return Variant.objects.select_related("product__merchant").filter(product=of).order_by("pk")[0]


def delivery(of: Merchant | None = None, code: str = "standard", **fields: Any) -> DeliveryMethod:
    """Return a way to deliver to China for CN¥8, free from CN¥88."""
    options = {"price": Decimal(8), "free_from": Decimal(88), "currency": "CNY", "countries": ["CN"]} | fields
    names = localized("name", {"en": code.title()})
    return DeliveryMethod.objects.create(merchant=of or default_merchant(), code=code, **names, **options)


def freight(of: Merchant | None = None, *rules: FreightRule, **fields: Any) -> FreightTemplate:
    """Return a freight template by piece with these rules; without any, CN¥8 and CN¥2 for each further piece."""
    options = {"name": f"Freight {next(_numbers)}", "currency": "CNY"} | fields
    made = FreightTemplate.objects.create(merchant=of or default_merchant(), **options)
    for each in rules or (freight_rule(),):
        each.template = made
        each.save()
    return made


def freight_rule(*regions: str, first: str = "8.00", further: str = "2.00", **fields: Any) -> FreightRule:
    """Return an unsaved rule, by single units unless told: what these regions cost, without any everywhere else."""
    options = {"first_units": 1, "additional_units": 1} | fields
    return FreightRule(regions=list(regions), first_price=Decimal(first), additional_price=Decimal(further), **options)


def no_freight(*regions: str) -> FreightRule:
    """Return an unsaved rule that excludes regions; without any, everywhere else."""
    return FreightRule(regions=list(regions), is_excluded=True)


def cart(*variants: Variant, quantity: int = 1, user: User | None = None, at: datetime = NOW) -> Cart:
    """Return a cart with these variants."""
    made = Cart.objects.create(user=user)
    for each in variants:
        carts.add(cart=made, variant=each, quantity=quantity, at=at)
    made.refresh_from_db()
    return made


def checkout(of: Cart | None = None, **address: str) -> Checkout:
    """Return a checkout that is ready to be placed: address and standard delivery filled in."""
    if not DeliveryMethod.objects.exists():
        delivery()
    basket = of or cart(only_variant(product()))
    found = checkouts.find(cart=basket)
    checkouts.set_address(checkout=found, email="li.na@example.com", address=ADDRESS | address)
    found = checkouts.find(cart=basket)
    checkouts.set_delivery(checkout=found, code="standard")
    return checkouts.find(cart=basket)


def agreement(of: Checkout, *, at: datetime = NOW, **fields: Any) -> placing.Agreement:
    """Return what a shopper sends who agrees to a checkout as it is shown now."""
    digest = quoting.quote(checkout=of, at=at).digest
    options: dict[str, Any] = {"checkout_token": of.token, "digest": digest, "language": "en"} | fields
    return placing.Agreement(**options)


def purchase(of: Cart | None = None, *, at: datetime = NOW, **fields: Any) -> Purchase:
    """Return a placed, unpaid purchase."""
    return placing.place(agreement=agreement(checkout(of), at=at, **fields), at=at)


def order(of: Cart | None = None, *, at: datetime = NOW, **fields: Any) -> Order:
    """Return the order of a placed, unpaid purchase."""
    return purchase(of, at=at, **fields).orders.get()


def paid_order(of: Cart | None = None, *, at: datetime = NOW, **fields: Any) -> Order:
    """Return an order that is paid, with its payment."""
    made = order(of, at=at, **fields)
    payment(made.purchase, status=Payment.Status.SUCCEEDED)
    lifecycle.receive_payment(purchase_id=made.purchase_id, at=at)
    made.refresh_from_db()
    return made


def completed_order(of: Cart | None = None, *, at: datetime = NOW, **fields: Any) -> Order:
    """Return an order that was paid, shipped and received."""
    made = paid_order(of, at=at, **fields)
    shipping.ship(order=made, label=shipping.Label("SF", "SF9876543210"), at=at)
    receiving.confirm(order=made, at=at)
    made.refresh_from_db()
    return made


def case(of: Order, *, kind: str = "CANCELLATION", quantity: int = 1, at: datetime = NOW, **fields: Any) -> ReturnCase:
    """Return a request about units of an order's first line."""
    options: dict[str, Any] = {"reason": ReturnCase.Reason.OTHER, "units": {of.lines.order_by("pk")[0].pk: quantity}}
    wish = requesting.Wish(kind=ReturnCase.Kind(kind), **options | fields)
    return requesting.request(order=of, wish=wish, at=at, actor=of.user)


def payment(of: Purchase, *, number: str = "", **fields: Any) -> Payment:
    """Return a payment that was presented at the laboratory."""
    options = {"provider": "paylab", "status": Payment.Status.PRESENTED, "expires_at": of.pay_by, "amount": of.total}
    out_trade_no = number or f"{of.orders.order_by('pk')[0].number}-P{of.payments.count() + 1}"
    return Payment.objects.create(purchase=of, out_trade_no=out_trade_no, currency=of.currency, **options | fields)


def carry(client: Client, of: Cart) -> None:
    """Give a visitor's browser the cookie of a cart."""
    client.cookies[cart_http.COOKIE] = cart_http._signer.sign(str(of.token))


def review_form(of: Checkout, *, at: datetime = NOW, **fields: str) -> dict[str, str]:
    """Return what the checkout's last page sends when it is shown now."""
    quote = quoting.quote(checkout=of, at=at)
    return {"token": str(of.token), "quote": quote.signed_digest, "payment": "paylab"} | fields


def address(user: User, **fields: Any) -> Address:
    """Return an address that this user has saved; the first one is the default."""
    return addresses.add(user=user, values={**ADDRESS, **fields})
