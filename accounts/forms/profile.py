"""What people tell about themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.selectors import zones
from accounts.services.profile import AVATAR_BYTES
from core.forms import UploadField

OLDEST_YEARS = 130


class ProfileForm(forms.Form):
    """Name, telephone, language, time zone, birthday, and whether there may be news."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Full name"), max_length=100, required=False)
    phone = forms.RegexField(
        r"^\s*\+?[0-9 ()-]{5,40}\s*$",
        label=_("Mobile number"),
        max_length=40,
        required=False,
        error_messages={"invalid": _("Enter a phone number")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter a day, like 1990-12-31")},
    )
    news = forms.BooleanField(label=_("Send me news and offers by mail, until I say otherwise"), required=False)

    def __init__(self, *arguments: Any, at: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = at.date()
        shops = ("", _("As the shop (%(zone)s)") % {"zone": settings.TIME_ZONE})
        known = zones.choices(language=get_language() or settings.LANGUAGE_CODE, at=at)
        self.fields["time_zone"].choices = [shops, *known]  # type: ignore[attr-defined]  # of a ChoiceField

    def clean_birthday(self) -> date | None:
        """Refuse a day on which nobody who lives was born."""
        birthday: date | None = self.cleaned_data["birthday"]
        if birthday and (birthday > self.today or birthday.year < self.today.year - OLDEST_YEARS):
            raise forms.ValidationError(_("This cannot be a birthday"))
        return birthday


class AvatarForm(forms.Form):
    """A picture of oneself."""

    avatar = UploadField(
        label=_("Choose a picture"), byte_limit=AVATAR_BYTES, error_messages={"required": _("Choose a picture first")}
    )
