"""A shopper without JavaScript: follows links, fills in forms, remembers cookies."""

from __future__ import annotations

import re

import httpx

ADDRESS = {
    "email": "li.na@example.com",
    "country": "CN",
    "name": "Li Na",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "Hangzhou",
    "district": "Xihu",
    "street": "88 Wensan Road",
    "postcode": "",
}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
_LINK = re.compile(r'<h3><a href="(/products/[^"?]+/)"')


class Shopper:
    """One browser."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)

    def get(self, path: str) -> str:
        """Return a page; raise for anything but 200."""
        answer = self._client.get(path)
        answer.raise_for_status()
        return answer.text

    def post(self, path: str, data: dict[str, str]) -> str:
        """Send a form and return where it leads; raise for anything but a redirect."""
        answer = self._client.post(path, data=data)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise ValueError(f"{path}: {answer.status_code}")
        return answer.headers["Location"]

    def add(self, sku: str) -> None:
        """Put a product into the cart."""
        self.post("/cart/items/", {"sku": sku, "quantity": "1", "next": "stay"})

    def order(self, sku: str) -> str:
        """Buy a product as a guest, up to the cashier; return the cashier's address."""
        return self.place(self.prepare(sku))

    def prepare(self, sku: str) -> dict[str, str]:
        """Go as far as the last step of the checkout and return its form."""
        self.add(sku)
        self.get("/cart/")
        self.post("/checkout/address/", hidden(self.get("/checkout/address/")) | ADDRESS)
        self.post("/checkout/delivery/", hidden(self.get("/checkout/delivery/")) | {"delivery": "standard"})
        return hidden(self.get("/checkout/review/")) | {"payment": "paylab", "note": ""}

    def place(self, form: dict[str, str]) -> str:
        """Place the order; return the cashier's address."""
        return self.post("/checkout/review/", form)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return dict(_HIDDEN.findall(page))


def product_links(page: str) -> list[str]:
    """Return the addresses of the products on a listing."""
    return _LINK.findall(page)


def assets(page: str) -> list[str]:
    """Return the addresses of a page's style sheets and scripts."""
    return list(dict.fromkeys(_ASSET.findall(page)))
