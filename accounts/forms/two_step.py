"""Allauth's forms of the second step in the shop's words; wrong codes are counted, and no code passes twice."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services import two_step
from core import logins

REFUSED = _("This passkey was not accepted. Please try again.")
WRONG = _("This code is not right. Codes change every half minute, and each works once.")
NAME_LENGTH = 60


def _name_field(*, is_required: bool) -> forms.CharField:
    """Return the field of a passkey's name."""
    return forms.CharField(
        label=_("Name of the passkey"),
        max_length=NAME_LENGTH,
        required=is_required,
        error_messages={"required": _("Enter a name")},
    )


class PasswordAgainForm(account_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password of who is signed in already."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("Current password")
        self.fields["password"].error_messages["required"] = _("Enter your password")


class _Code:
    """A code of an authenticator app, or a recovery code: a few tries, and each code once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["code"]  # type: ignore[attr-defined]  # mixin
        field.label = _("Verification code")
        field.error_messages["required"] = _("Enter the code")

    def clean_code(self) -> str:
        """Return a code that is right; raise TooManyTriesError before looking at one too many."""
        user_id = self.user.pk  # type: ignore[attr-defined]  # mixin
        seconds = logins.wait_with_code(user_id=user_id)
        if seconds:
            raise logins.TooManyTriesError(seconds)
        code: str = super().clean_code()  # type: ignore[misc]  # mixin
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]  # mixin
            try:
                two_step.spend_code(authenticator_id=self.authenticator.pk, code=code)  # type: ignore[attr-defined]
            except two_step.CodeUsedError as error:
                raise forms.ValidationError(WRONG, code="incorrect_code") from error
        logins.forget_codes(user_id=user_id)
        return code


class CodeForm(_Code, base_forms.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of a login."""


class CodeAgainForm(_Code, base_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code of who is signed in already."""


class ActivationForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code of an app, which shows that it knows the secret."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].label = _("Verification code")
        self.fields["code"].error_messages["required"] = _("Enter the code")


class _Passkey:
    """What a browser answers for a passkey; it is signed, so there is nothing to guess and to count."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages |= {"required": REFUSED, "invalid": REFUSED}  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        """Return the passkey that has signed; what is no answer at all is refused like a wrong one."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # mixin
        except (forms.ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise forms.ValidationError(REFUSED, code="incorrect_code") from error


class PasskeyForm(_Passkey, webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of a login, by passkey."""


class PasskeyAgainForm(_Passkey, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # no types
    """A passkey of who is signed in already."""


class PasskeyLoginForm(_Passkey, webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A login by passkey alone, which shows possession and, by finger or PIN, the owner."""


class NewPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey just made, and what to call it; each may sign in alone if its device can."""

    passwordless = None
    name = _name_field(is_required=False)  # the passkey is made already: it gets a name of itself

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages |= {"required": REFUSED, "invalid": REFUSED}

    def clean(self) -> dict[str, Any]:
        """Return name and passkey; what is no passkey at all is refused like a wrong one."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except (forms.ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise forms.ValidationError(REFUSED, code="incorrect_code") from error
        return cleaned


class PasskeyNameForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Another name for a passkey."""

    name = _name_field(is_required=True)
