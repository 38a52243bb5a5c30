"""What allauth asks the shop about second steps: secrets are sealed, the shop has a name, words are ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import qrcode
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from accounts.forms.two_step import WRONG
from catalog.selectors import content
from core import devices, sealing


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """The shop's side of allauth's second steps."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG,
        "unverified_email": _("Confirm your email first, then you can turn on two-step sign-in."),
        "cannot_generate_recovery_codes": _("There is no second step yet that recovery codes could stand in for."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return sealing.unseal(encrypted_text)

    def is_mfa_enabled(self, user: Any, types: Iterable[str] | None = None) -> bool:
        """Tell whether an account has a second step, of these kinds; a page that changes nothing looks once."""
        kinds: frozenset[str] | None = getattr(user, "factor_kinds", None)
        if kinds is None:
            rows = Authenticator.objects.filter(user_id=user.pk)
            kinds = frozenset() if user.is_anonymous else frozenset(rows.values_list("type", flat=True))
            if context.request.method in ("GET", "HEAD"):
                user.factor_kinds = kinds
        return bool(kinds if types is None else kinds.intersection(types))

    def get_totp_issuer(self) -> str:
        """Return what an app shows above the codes."""
        return str(content.storefront().name)

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an element to stand in a page: no declaration, no style."""
        drawn = qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")
        return str(drawn)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth's
        """Return a first name for a passkey: that of the device it is made on."""
        request: HttpRequest = context.request
        return devices.name_of(request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for a passkey; the browser shows the name, and binds the key to the host."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": self.get_totp_issuer()}
