"""One shopper: looks at products, buys as a guest, pays or not, looks at the order, and remembers what was shown."""

from __future__ import annotations

import html
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from benchmarks.chaos.browser import Browser, GaveUpError, Log, Placing
from benchmarks.chaos.courier import Courier
from benchmarks.chaos.stage import Product
from benchmarks.shopper import ADDRESS, hidden

TRIES = 3
LOOKS, LOOK_PAUSE_SECONDS = 5, 1.0
SCARCE_SHARE, SECOND_PRODUCT_SHARE, TWO_PRESSES_SHARE = 0.4, 0.3, 0.15
CHOICES = {"pay": 78, "decline": 6, "decline, then pay": 6, "leave": 10}
CLOSES_SHARE = 0.4  # pays, and closes the window before the shop is seen again: only a notice or a sweep tells
CANCEL_PAID_SHARE, CANCEL_UNPAID_SHARE = 0.06, 0.4
REVIEW = "/checkout/review/"
_NUMBER = re.compile(r"/orders/(\d+)/pay/")
_TOTAL = re.compile(r'<div class="tot"><dt>[^<]*</dt><dd>(.*?)</dd>')
_SUM = re.compile(r'<p class="sum">([\d.]+) ([A-Z]{3})</p>')
_TRADE = re.compile(r"<dd>([^<]*-P\d+)</dd>")


@dataclass
class Visit:
    """What one shopper did and was shown; amounts are texts with two decimals."""

    email: str
    phone: str
    name: str
    ending: str = ""
    number: str = ""
    shown_total: str = ""
    asked_total: str = ""
    is_paid_shown: bool = False
    is_cancelled_shown: bool = False
    session: str = ""
    oddities: list[str] = field(default_factory=list)


class LeftError(Exception):
    """The shopper has gone; the message says why."""


class Shopper:
    """Number `index` of a run: the same seed makes the same decisions."""

    def __init__(self, *, index: int, seed: int, products: list[Product], url: str, log: Log, courier: Courier) -> None:
        self._chance = random.Random(f"{seed}-{index}")
        self._products = products
        self._courier = courier
        self._log = log
        self._browser = Browser(url, log)
        phone = f"138{index:08d}"
        self.visit = Visit(email=f"chaos-{seed}-{index}@example.com", phone=phone, name=f"Chaotic Shopper {index}")

    def shop(self) -> Visit:
        """Go the whole way; whatever happens, return what was seen."""
        try:
            self._fill_cart()
            self._check_out()
            self._place()
            self._pay()
            self._look_at_order()
        except GaveUpError as error:
            self.visit.ending = f"gave up: {error}"
        except LeftError as error:
            self.visit.ending = str(error)
        finally:
            self.visit.session = self._browser.session
            self._browser.close()
        return self.visit

    def _fill_cart(self) -> None:
        wanted = 2 if self._chance.random() < SECOND_PRODUCT_SHARE else 1
        taken = sum(self._add(self._choose()) for _ in range(wanted)) or sum(self._add(self._choose()) for _ in "ab")
        if not taken:
            raise LeftError("what was wanted was sold out")

    def _choose(self) -> Product:
        is_scarce = self._chance.random() < SCARCE_SHARE
        return self._chance.choice([each for each in self._products if each.is_scarce == is_scarce])

    def _add(self, product: Product) -> bool:
        """Put a product into the cart; false when its page or the cart says that there is none."""
        page = self._page(product.path).text
        if 'name="next" value="stay"' not in page:
            return False
        form = hidden(page.partition('id="buy"')[2]) | {"quantity": str(self._chance.randint(1, 3)), "next": "stay"}
        answer = self._browser.press("/cart/items/", form)
        self._expect(answer, 303, 409, 422)
        return answer.status_code == 303

    def _check_out(self) -> None:
        address = ADDRESS | {"email": self.visit.email, "phone": self.visit.phone, "name": self.visit.name}
        for path, form in (("/checkout/address/", address), ("/checkout/delivery/", {"delivery": "standard"})):
            page = self._page(path)
            if self._browser.place != path:
                raise LeftError("what was wanted was sold out")
            self._expect(self._browser.press(path, hidden(page.text) | form), 303)

    def _place(self) -> None:
        for _ in range(TRIES):
            page = self._page(REVIEW)
            if self._browser.place != REVIEW:
                raise LeftError("what was wanted was sold out")
            self.visit.shown_total = _written(page.text)
            form = hidden(page.text) | {"payment": "paylab", "note": ""}
            answer = self._press_place(form)
            self._expect(answer, 303, 422)
            if found := _NUMBER.search(answer.headers.get("Location", "")):
                self.visit.number = found[1]
                return
        raise LeftError("what was wanted was sold out")

    def _press_place(self, form: dict[str, str]) -> httpx.Response:
        """Press the button; some press it twice at once, and must be led to one order."""
        if self._chance.random() >= TWO_PRESSES_SHARE:
            return self._press_once(form)
        with ThreadPoolExecutor(2) as fingers:
            first, second = fingers.map(self._press_once, [form, form])
        led = {_NUMBER.search(each.headers.get("Location", "")) for each in (first, second)} - {None}
        if len({found[1] for found in led if found}) > 1:
            self.visit.oddities.append("two presses of one form led to two orders")
        return first if _NUMBER.search(first.headers.get("Location", "")) else second

    def _press_once(self, form: dict[str, str]) -> httpx.Response:
        answer = self._browser.press(REVIEW, form)
        if _NUMBER.search(answer.headers.get("Location", "")):
            ended = time.monotonic()
            self._log.placings.append(Placing(ended - answer.elapsed.total_seconds(), ended))
        return answer

    def _pay(self) -> None:
        cashier = f"/orders/{self.visit.number}/pay/"
        page = self._page(cashier)
        if self.visit.number not in page.text:
            self.visit.oddities.append("the cashier does not show the order")
        choice = self._chance.choices(list(CHOICES), list(CHOICES.values()))[0]
        self.visit.ending = choice
        for act in choice.split(", then "):
            self._at_gateway(cashier, act)

    def _at_gateway(self, cashier: str, act: str) -> None:
        """Open an attempt, press a button on the gateway's page, and come back."""
        page = self._page(cashier)
        if self._browser.place != cashier:  # paid, or over, by now
            return
        answer = self._browser.press(cashier, hidden(page.text) | {"payment": "paylab"})
        self._expect(answer, 302, 303)
        address = answer.headers.get("Location", "")
        if "/pay/L" not in address:
            return
        payment = self._page(address).text
        number, found = _TRADE.search(payment), _SUM.search(payment)
        if number and found:
            self.visit.asked_total = found[1]
            self._courier.rumour(number=number[1], amount=found[1], currency=found[2])
        answer = self._browser.press(address, {"act": act})
        self._expect(answer, 303)
        if act != "pay" or self._chance.random() >= CLOSES_SHARE:
            self._come_back(answer.headers.get("Location", ""), is_waiting=act == "pay")

    def _come_back(self, address: str, *, is_waiting: bool) -> None:
        """Look at what the shop says of the payment, and again while it does not know."""
        for _ in range(LOOKS if is_waiting else 1):
            page = self._page(address)
            if self._browser.place.endswith("/thanks/"):
                self.visit.is_paid_shown = "Payment received" in page.text
                return
            address = self._browser.place.removesuffix("status/") + "status/"
            if not address.startswith("/payments/"):
                return
            time.sleep(LOOK_PAUSE_SECONDS if is_waiting else 0)

    def _look_at_order(self) -> None:
        path = f"/orders/{self.visit.number}/"
        page = self._page(path)
        if self.visit.number not in page.text:
            self.visit.oddities.append("the order's page does not show it")
        self.visit.is_paid_shown = self.visit.is_paid_shown or "Payment received" in page.text
        if self._chance.random() >= (CANCEL_PAID_SHARE if "pay" in self.visit.ending else CANCEL_UNPAID_SHARE):
            return
        question = self._page(f"{path}cancel/")
        if self._browser.place != f"{path}cancel/":  # too late, or not possible any more
            return
        answer = self._browser.press(f"{path}cancel/", hidden(question.text))
        self._expect(answer, 302, 303)
        self.visit.is_cancelled_shown = "<h1>Cancelled</h1>" in self._page(path).text

    def _page(self, address: str) -> httpx.Response:
        answer = self._browser.open(address)
        self._expect(answer, 200)
        return answer

    def _expect(self, answer: httpx.Response, *statuses: int) -> None:
        """Note an answer that no shopper should get."""
        if answer.status_code not in statuses:
            request = answer.request
            self.visit.oddities.append(f"{request.method} {request.url.path}: {answer.status_code}")


def _written(page: str) -> str:
    """Return the total that a page shows."""
    found = _TOTAL.search(page)
    text = html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""
    return re.sub(r"[^\d.]", "", text)
