"""Keys: who takes money, and what SECRET_KEY has sealed."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings

from accounts.services.two_step import SEALED
from core import sealing
from payments.providers import registry
from shop.doctor.checks import Check, Clock, Remark, fine, unfit, wrong

LABORATORY = "paylab"


class PaymentProviders(Check):
    """Somebody can pay."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Say who is offered and who lacks keys."""
        offered = [provider.code for provider in registry.offered(settings.CURRENCY)]
        lacking = [code for code in registry.NAMES if code not in offered]
        yield fine(f"offered: {', '.join(offered) or 'none'}; without keys: {', '.join(lacking) or 'none'}")
        if not offered:
            yield wrong("no payment provider is offered: nobody can pay", "Set the keys of one: docs/OPERATIONS.md.")
        if LABORATORY in offered:
            yield unfit("the payment laboratory is offered: it takes no real money", "Take the PAYLAB_ settings out.")


class SealedSecrets(Check):
    """Secrets of second steps can be opened with the keys of today."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Try every one."""
        rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk").values_list("pk", "data")
        shut = [pk for pk, data in rows.iterator() if not all(_opens(data[name]) for name in SEALED if name in data)]
        if shut:
            yield wrong(
                f"{len(shut)} secrets of second steps cannot be opened: SECRET_KEY was changed",
                "Put the older key into SECRET_KEY_FALLBACKS and run manage.py seal_anew; without it, reset_mfa each.",
            )


def _opens(sealed: str) -> bool:
    try:
        sealing.unseal(sealed)
    except InvalidToken:
        return False
    return True
