"""What somebody may try against accounts: guess, enumerate, replay, forge."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.forms import SignupForm
from accounts.models import User
from accounts.services import trust_addresses
from notifications.models import Message
from notifications.selectors import rendering
from tests import make
from tests.accounts.test_registration import TYPED, link

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def body(answer) -> str:
    """Return a page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.text)


@pytest.fixture
def encoded(monkeypatch) -> list[str]:
    """Passwords that were worked through since the list was cleared: what takes the time of an answer."""
    hasher, passwords = type(get_hasher()), []
    encode = hasher.encode

    def noted(self, password, *rest):
        passwords.append(password)
        return encode(self, password, *rest)

    monkeypatch.setattr(hasher, "encode", noted)
    return passwords


def attempt(login, typed="wrong horse", client=None):
    return (client or Client()).post(LOGIN, {"login": login, "password": typed})


def test_wrong_user_wrong_password_and_closed_account_are_answered_alike():
    make.user("anna")
    make.user("bert", is_active=False)

    answers = [attempt("nobody"), attempt("anna"), attempt("bert", "correct horse")]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    first, *others = [
        body(answer).replace(f'value="{name}"', "")
        for answer, name in zip(answers, ("nobody", "anna", "bert"), strict=True)
    ]
    assert others == [first, first]
    assert "The email or password is not correct" in first


@pytest.mark.parametrize("login", ["nobody", "nobody@example.com", "anna", "anna@example.com", "bert", "carl"])
def test_a_login_takes_the_work_of_one_password_whoever_is_named(login, encoded):
    make.verified_user("anna")
    make.verified_user("bert", is_active=False)
    make.user("carl")
    encoded.clear()

    answer = attempt(login)

    assert answer.status_code == 422
    assert len(encoded) == 1


@pytest.mark.parametrize("login", ["anna", "nobody"])
def test_the_sixth_wrong_password_has_to_wait_also_when_it_is_right(login):
    make.user("anna")

    answers = [attempt(login).status_code for _ in range(5)]
    sixth = attempt(login, "correct horse")

    assert answers == [422] * 5
    assert sixth.status_code == 429
    assert 1 <= int(sixth["Retry-After"]) <= 300
    assert "Too many attempts, try again in" in sixth.text


def test_the_session_has_another_key_after_login(client):
    make.verified_user("anna")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key

    attempt("anna", "correct horse", client)

    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_a_login_leads_nowhere_else(client, target):
    make.verified_user("anna")

    answer = client.post(LOGIN, {"login": "anna", "password": "correct horse", "next": target})

    assert (answer.status_code, answer.url) == (302, "/account/")


def test_a_login_leads_back_to_the_page_it_was_asked_for(client):
    make.verified_user("anna")

    answer = client.post(LOGIN, {"login": "anna", "password": "correct horse", "next": "/checkout/address/"})

    assert (answer.status_code, answer.url) == (302, "/checkout/address/")


def test_links_in_mails_lead_to_the_shop_whatever_host_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post("/account/signup/", TYPED, headers={"host": "evil.example"})

    assert Message.objects.get().context["link"].startswith(f"{settings.SITE_URL}/account/confirm-email/")


def test_no_page_repeats_a_password(client):
    pages = [attempt("anna", "correct horse"), client.post("/account/signup/", TYPED | {"terms": ""})]

    assert [page.status_code for page in pages] == [422, 422]
    assert not any("correct horse" in page.text for page in pages)


def test_a_form_makes_nobody_an_operator(client):
    client.post("/account/signup/", TYPED | {"is_staff": "on", "is_superuser": "on", "is_active": "on", "id": "1"})

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.memberships.count()) == (False, False, 0)


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_logout", "account_reset_password", "account_change_password"],
)
def test_no_form_is_taken_from_elsewhere(name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user())

    assert client.post(reverse(name), TYPED).status_code == 403


def test_an_activation_link_works_once_and_moves_nobody_in(client):
    client.post("/account/signup/", TYPED)
    path = link("email_confirmation")
    client.post(path)

    again = Client().post(path)

    assert again.status_code == 404 or "This link has expired" in again.text
    assert "_auth_user_id" not in Client().session


def test_a_forged_link_is_none(client):
    client.post("/account/signup/", TYPED)

    answer = client.get(link("email_confirmation")[:-3] + "xx/")

    assert "This link has expired" in answer.text
    assert not EmailAddress.objects.get().verified


def test_who_registers_faster_than_people_do_has_to_wait(client):
    answers = [client.post("/account/signup/", TYPED | {"username": ""}) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert "That was a little fast" in answers[-1].text
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["anna@example.com", "new@example.com"])
def test_a_registration_takes_the_work_of_one_password_known_or_not(client, encoded, email):
    make.verified_user("anna")
    encoded.clear()

    answer = client.post("/account/signup/", TYPED | {"email": email})

    assert answer.status_code == 302
    assert encoded == [TYPED["password1"]]


def test_the_office_shows_nobody_the_links_of_mails(client):
    client.post("/account/signup/", TYPED)
    message = Message.objects.get()
    client.force_login(make.operator())

    page = client.get(f"/admin/notifications/message/{message.pk}/change/")

    assert TYPED["email"] in page.text
    assert message.context["link"].rpartition("/confirm-email/")[2] not in page.text


def test_sending_again_lets_no_stranger_into_an_account_made_with_ones_address(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "9/1m/key"}
    Client().post("/account/signup/", TYPED | {"username": "stranger", "password1": "a stranger's secret"})
    client.post("/account/signup/", TYPED)
    Message.objects.all().delete()

    client.post("/account/confirm-email/")

    assert list(Message.objects.values_list("kind", flat=True)) == ["account_exists"]
    assert not EmailAddress.objects.filter(verified=True).exists()


TWINS = ["li.na@例子.公司", "LI.NA@xn--fsqu00a.xn--55qx5d", " li.na@XN--FSQU00A.公司 "]


@pytest.fixture
def chinese_mailbox():
    """Somebody whose address has a Chinese domain."""
    user = User.objects.create_user("anna", TWINS[0], "correct horse")
    trust_addresses(users=[user])
    return user


@pytest.mark.parametrize("twin", TWINS)
def test_one_mailbox_has_one_account_however_its_domain_is_written(client, chinese_mailbox, twin):
    answer = client.post("/account/signup/", TYPED | {"email": twin})

    assert answer.status_code == 302
    assert User.objects.get() == chinese_mailbox
    assert [each.kind for each in Message.objects.all()] == ["account_exists"]


@pytest.mark.parametrize("twin", TWINS)
def test_an_account_is_found_by_every_way_to_write_its_address(client, chinese_mailbox, twin):
    client.post("/account/password/reset/", {"email": twin})

    answer = attempt(twin, "correct horse", client)

    assert (answer.status_code, client.session["_auth_user_id"]) == (302, str(chinese_mailbox.pk))
    assert [each.kind for each in Message.objects.all()] == ["password_reset"]


def test_the_office_keeps_an_address_as_everybody_else(client):
    client.force_login(make.operator())
    typed = {"username": "anna", "email": TWINS[1], "usable_password": "true"}

    client.post("/admin/accounts/user/add/", typed | {"password1": "correct horse", "password2": "correct horse"})

    assert User.objects.get(username="anna").email == TWINS[0]


@pytest.mark.parametrize("name", ["\uff41nna", "ANNA", "\u212aim"])
def test_a_name_that_reads_like_another_is_taken(client, name):
    make.user("anna")
    make.user("kim")

    answer = client.post("/account/signup/", TYPED | {"username": name})

    assert answer.status_code == 422
    assert "This username is taken" in answer.text
    assert User.objects.count() == 2


def test_the_limit_holds_for_an_account_by_whatever_name():
    make.user("anna")

    answers = [attempt(name).status_code for name in ("anna", "anna@example.com", "ANNA", " anna ", "Anna@Example.com")]

    assert answers == [422] * 5
    assert attempt("anna", "correct horse").status_code == 429


def test_the_limit_holds_for_a_whole_network_of_ipv6():
    make.user("anna")

    def from_address(number):
        client = Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        return client.post(LOGIN, {"login": "anna", "password": "wrong horse"}).status_code

    assert [from_address(number) for number in range(1, 7)] == [422] * 5 + [429]


@pytest.mark.parametrize("told", ["192.0.2.7:5555", "[2001:db8::7]:5555", "unknown", ""])
def test_an_odd_address_hinders_nobody(client, settings, told):
    settings.TRUSTED_PROXIES = 1
    make.verified_user("anna")

    answer = client.post(
        LOGIN, {"login": "anna", "password": "correct horse"}, headers={"x-forwarded-for": told}, REMOTE_ADDR=""
    )

    assert (answer.status_code, answer.url) == (302, "/account/")


def test_a_form_sent_twice_at_once_makes_one_account(client, monkeypatch):
    validate = SignupForm.validate_unique_email

    def overtaken(form, value):
        found = validate(form, value)
        User.objects.create_user("faster", TYPED["email"])
        return found

    monkeypatch.setattr(SignupForm, "validate_unique_email", overtaken)

    answer = client.post("/account/signup/", TYPED)

    assert (answer.status_code, answer.url) == (302, "/account/confirm-email/")
    assert list(User.objects.values_list("username", flat=True)) == ["faster"]
    assert Message.objects.get().kind == "account_exists"


def test_a_mail_is_written_in_the_language_of_who_reads_it(client):
    make.verified_user("anna", language="zh-hans")

    client.post("/account/password/reset/", {"email": "anna@example.com"})

    assert Message.objects.get().language == "zh-hans"


def test_a_mail_to_a_stranger_holds_no_words_of_who_causes_it(client):
    user = make.verified_user("anna", name="You have won, call 555")
    client.force_login(user)

    client.post("/account/email/", {"email": "stranger@example.com", "password": "correct horse"})

    message = Message.objects.get(kind="email_change_new")
    assert "won" not in rendering.mail(message).body


def test_an_account_made_in_the_office_signs_in_and_stays(client):
    office = Client()
    office.force_login(make.operator())
    typed = {"username": "anna", "email": "anna@example.com", "usable_password": "true"}
    office.post("/admin/accounts/user/add/", typed | {"password1": "correct horse", "password2": "correct horse"})
    User.objects.filter(username="anna").update(joined_at=timezone.now() - timedelta(days=20))

    answer = attempt("anna", "correct horse", client)
    tasks.delete_never_activated()

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert User.objects.filter(username="anna").exists()
