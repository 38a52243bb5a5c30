"""Addresses that tests of the whole shop go through."""

from core import admin as sites

PUBLIC = [
    "/",
    "/zh-hans/",
    "/products/",
    "/cart/",
    "/orders/lookup/",
    "/pages/nowhere/",
    "/healthz/",
    "/admin/login/",
    "/merchant/login/",
    "/demo/mails/",
    "/favicon.ico",
]


def _lists(site, prefix: str) -> list[str]:
    names = (model._meta for model in site._registry)
    return [f"{prefix}/{meta.app_label}/{meta.model_name}/" for meta in names]


OFFICE = [
    "/admin/",
    "/merchant/",
    "/zh-hans/admin/",
    *_lists(sites.operators, "/admin"),
    *_lists(sites.merchants, "/merchant"),
    "/admin/catalog/product/add/",
    "/merchant/catalog/product/add/",
    "/admin/accounts/user/add/",
]
