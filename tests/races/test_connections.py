"""Of two ways into an account one stays, and of two accounts that want one identity one gets it."""

from __future__ import annotations

from functools import partial

from allauth.socialaccount.models import SocialAccount

from accounts.models import User
from accounts.services import identities
from tests import make
from tests.crowd import Crossing, at_once

OFFERED = ("oidc", "weixin")
ACCOUNT_LOCK = (r" FOR NO KEY UPDATE\b.*$", "")
AFTER_THE_LOOK = 'AS "a" FROM "socialaccount_socialaccount"'


def _disconnect(user: User, account_id: int) -> str:
    try:
        identities.disconnect(user=user, account_id=account_id, offered=OFFERED)
    except identities.OnlyWayInError:
        return "refused"
    return "disconnected"


def _both() -> list[partial[str]]:
    user = User.objects.create_user("anna", "anna@example.com")
    rows = [SocialAccount.objects.create(user=user, provider=name, uid="x") for name in OFFERED]
    return [partial(_disconnect, user, row.pk) for row in rows]


def test_two_connections_taken_away_at_once_leave_one():
    answers = at_once(*_both(), crossing=Crossing(AFTER_THE_LOOK, are_kept_apart=True))

    assert sorted(answers) == ["disconnected", "refused"]
    assert SocialAccount.objects.count() == 1


def test_control_without_the_lock_nobody_gets_in_any_more():
    at_once(*_both(), crossing=Crossing(AFTER_THE_LOOK, without=[ACCOUNT_LOCK]))

    assert SocialAccount.objects.count() == 0


def _connect(user: User) -> str:
    try:
        return str(identities.connect(user=user, provider="oidc", uid="x", label=""))
    except identities.TakenError:
        return "taken"


def test_one_identity_wanted_by_two_accounts_at_once_belongs_to_one():
    answers = at_once(*(partial(_connect, make.verified_user()) for _ in range(2)))

    assert sorted(answers) == ["True", "taken"]
    assert SocialAccount.objects.count() == 1
