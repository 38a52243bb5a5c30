"""Forms that several apps share: an email address, a mailed code, a picture, and the logins of the two back offices."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import emails, logins, pictures

PROOF_SIDE = 2400  # pixels: large enough that a broken file is found out


class LimitedLoginForm(AuthenticationForm):
    """Lets an account be tried a few times from one address, whether it exists or not."""

    seconds_to_wait = 0

    @property
    def is_over_limit(self) -> bool:
        """Whether the password was not even looked at, because too many had been wrong."""
        return self.seconds_to_wait > 0

    def clean(self) -> dict[str, Any]:
        """Count the try, look at the password, and forget the count when it is right."""
        is_complete = {"username", "password"} <= self.cleaned_data.keys()
        if not is_complete or self.request is None:  # there is nothing to try
            return super().clean()
        name = self.cleaned_data["username"]
        self.seconds_to_wait = logins.wait(name=name, request=self.request)
        if self.is_over_limit:
            raise ValidationError(logins.later(self.seconds_to_wait), code="too_many")
        found = super().clean()
        logins.forget(name=name, request=self.request)
        return found

    def confirm_login_allowed(self, user: Any) -> None:
        """Answer who registered and did not activate like a stranger; who was let in by an operator has no address."""
        super().confirm_login_allowed(user)
        are_confirmed = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
        if are_confirmed and not any(are_confirmed):
            raise self.get_invalid_login_error()


class OperatorsLoginForm(LimitedLoginForm, AdminAuthenticationForm):
    """Lets operators in."""


class MembersLoginForm(LimitedLoginForm):
    """Lets any active user try; whether the office is open to them is the site's question."""

    required_css_class = "required"


class EmailField(forms.EmailField):
    """An email address, the same however it is written."""

    def clean(self, value: Any) -> Any:
        """Return the address as the shop keeps it."""
        return emails.canonical(super().clean(value))


class UploadField(forms.FileField):
    """A file that can be decoded as a picture; of at most PICTURE_BYTE_LIMIT bytes unless told otherwise."""

    def __init__(self, *, byte_limit: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.byte_limit = byte_limit

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Accept what can be decoded as a picture."""
        file = super().clean(data, initial)
        if not data:
            return file
        byte_limit, pixel_limit = self.byte_limit or settings.PICTURE_BYTE_LIMIT, settings.PICTURE_PIXEL_LIMIT
        try:
            pictures.decode(file, byte_limit=byte_limit, pixel_limit=pixel_limit, side=PROOF_SIDE)
        except pictures.TooLargeError as error:
            limits = {"megabytes": byte_limit // 1_000_000, "megapixels": pixel_limit // 1_000_000}
            raise ValidationError(
                gettext("The picture is too large: %(megabytes)s MB and %(megapixels)s megapixels at most.") % limits
            ) from error
        except pictures.NotAPictureError as error:
            raise ValidationError(
                gettext("This file is no picture we can use: take JPEG, PNG, WebP, AVIF or GIF.")
            ) from error
        return file


class CodeForm(forms.Form):
    """The code that was mailed."""

    code = forms.CharField(
        label=_("6-digit code"), max_length=20, error_messages={"required": _("Enter the code from the mail")}
    )

    def clean_code(self) -> str:
        """Return the digits alone; mail programs show them with gaps."""
        return re.sub(r"[\s-]", "", str(self.cleaned_data["code"]))
