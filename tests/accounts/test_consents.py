"""What somebody has agreed to: when, where, to which text."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Consent, User
from accounts.services import consents
from catalog.models import ContentPage
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/profile/"
TYPED = {"name": "Anna", "phone": "", "language": "en"}


def said() -> list[tuple[str, bool, str, str]]:
    """Return every consent, the oldest first."""
    return list(Consent.objects.order_by("pk").values_list("kind", "is_given", "source", "text"))


def test_who_registers_agrees_to_the_terms_as_they_are(client):
    page = ContentPage.objects.create(slug="terms", title="Terms", body="Be kind.")
    form = {"email": "mei@example.com", "username": "mei", "password1": "a kettle of tea", "terms": "on"}

    client.post("/account/signup/", form)

    assert said() == [("TERMS", True, "SIGNUP", f"terms {page.updated_at:%Y-%m-%d %H:%M}")]
    assert Consent.objects.get().user == User.objects.get(username="mei")
    assert (timezone.now() - Consent.objects.get().said_at).total_seconds() < 60


def test_who_does_not_agree_is_not_registered(client):
    client.post("/account/signup/", {"email": "mei@example.com", "username": "mei", "password1": "a kettle of tea"})

    assert said() == []
    assert not User.objects.exists()


def test_news_are_wished_and_taken_back_each_once(client):
    anna = make.verified_user("anna")
    client.force_login(anna)
    text = "Send me news and offers by mail, until I say otherwise"

    for news in ({}, {"news": "on"}, {"news": "on"}, {}, {}):
        client.post(PAGE, TYPED | news)

    assert said() == [("NEWS", True, "PROFILE", text), ("NEWS", False, "PROFILE", text)]
    assert not consents.wants_news(user=anna)


def test_the_box_is_ticked_as_long_as_news_are_wished(client):
    anna = make.verified_user("anna")
    client.force_login(anna)
    before = client.get(PAGE).text
    consents.set_news(user=anna, is_given=True, text="x", at=timezone.now())

    after = client.get(PAGE).text

    assert ['name="news" checked' in page for page in (before, after)] == [False, True]
    assert not consents.wants_news(user=make.user())
