"""Catalogue: what listings read."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class PublishedProductsHaveACard(Invariant):
    """Whatever is on sale can be found."""

    statement = _("a published product has a card")
    query = """
        SELECT 'product ' || p.id AS row FROM catalog_product p
        WHERE p.status = 'PUBLISHED'
        AND NOT EXISTS (SELECT 1 FROM catalog_productcard card WHERE card.product_id = p.id) ORDER BY p.id"""
    repair = _("No listing shows the product. Save it once more in the back office: its card is written anew.")
