"""Faults of the catalogue."""

from catalog.models import ProductCard
from orders.models import Order
from shop.audit import catalog as audit
from tests.shop.faults import breaks


@breaks(audit.PublishedProductsHaveACard)
def a_product_without_a_card(order: Order) -> str:
    product = order.lines.get().product_id
    ProductCard.objects.filter(product=product).delete()
    return f"product {product}"
