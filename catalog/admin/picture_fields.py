"""Pictures on the forms of the office: a file to upload, the present picture beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AdminFileWidget
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.selectors import default_merchant
from catalog.models import Picture
from catalog.selectors import pictures as picture_paths
from catalog.services import pictures
from core.forms import UploadField

FILE = "_file"
PREVIEW_HEIGHT = 96


class PresentPicture:
    """A picture as the file field shows it: small, with a link to the large one."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.url = picture_paths.url(picture.name, 800, "webp")

    def __str__(self) -> SafeString:
        width = round(self.picture.width * PREVIEW_HEIGHT / self.picture.height)
        small = picture_paths.url(self.picture.name, 320, "webp")
        return format_html('<img src="{}" width="{}" height="{}" alt="{}">', small, width, PREVIEW_HEIGHT, _("picture"))


class PicturedForm(forms.ModelForm[Any]):
    """A thing with pictures: for its column `picture` the form declares an UploadField `picture_file`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.upload_names():
            column = name.removesuffix(FILE)
            self.fields[name].label = capfirst(self.instance._meta.get_field(column).verbose_name)  # noqa: SLF001  public
            picture = getattr(self.instance, column, None)
            self.initial[name] = PresentPicture(picture) if picture else None
            setattr(self.instance, name, str(self.initial[name] or ""))  # a page that may only be looked at shows it

    def upload_names(self) -> list[str]:
        """Return the names of the fields that take a file."""
        return [name for name, field in self.fields.items() if isinstance(field, UploadField)]

    def keep_pictures(self) -> None:
        """Keep what was uploaded, and let go of what was taken away."""
        for name in self.upload_names():
            file = self.cleaned_data.get(name)
            if name in self.changed_data:
                picture = pictures.store(merchant=default_merchant(), content=file) if file else None
                setattr(self.instance, name.removesuffix(FILE), picture)


class PicturedAdmin(ModelAdmin[Any]):
    """Things whose form is a PicturedForm."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:  # noqa: FBT001  Django's
        """Keep the pictures before the thing that shows them is saved."""
        form.keep_pictures()
        return super().save_form(request, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any
    ) -> HttpResponse:
        """Show the page; a browser does not send the files of a refused form again."""
        ask_again(context["adminform"].form)
        return super().render_change_form(request, context, *arguments, **options)


def upload_field(**options: Any) -> UploadField:
    """Return a field for a file beside the present picture."""
    return UploadField(widget=AdminFileWidget(attrs={"accept": "image/*"}), **options)


def ask_again(form: forms.BaseForm) -> None:
    """Say beside each file of a refused form that it has to be chosen again."""
    for name, field in form.fields.items():
        if isinstance(field, UploadField) and form.add_prefix(name) in form.files and name not in form.errors:
            form.add_error(name, _("Choose the file again."))
