"""The two back offices, and the base of their pages.

`operators` (/admin/) shows everything. `merchants` (/merchant/) shows a member what belongs to the own
merchants: every list, object, choice and search goes through ScopedModelAdmin.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import ForeignKey, Manager, ManyToManyField, Model, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _


class OperatorsSite(AdminSite):
    """The back office of those who run the shop."""

    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Overview")
    enable_nav_sidebar = True


class MembersLoginForm(AuthenticationForm):
    """Lets any active user try; whether the office is open to them is the site's question."""

    required_css_class = "required"


class MerchantsSite(OperatorsSite):
    """The back office of a merchant's members."""

    login_form = MembersLoginForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active members of active merchants, and operators."""
        return bool(request.user.is_active and (request.user.is_superuser or own_merchant_ids(request)))


operators = OperatorsSite(name="admin")
merchants = MerchantsSite(name="merchant")


class _Scoped:
    """What lists and inlines of merchants' things have in common."""

    merchant_lookup = "merchant"

    def scope(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that belong to the user's merchants; all of them to an operator."""
        if self._is_operator(request):
            return queryset
        return queryset.filter(**{f"{self.merchant_lookup}__in": own_merchants(request)})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Offer only the own merchants' things to choose from."""
        field = super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]  # mixin
        return self._narrow(field, request)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """Offer only the own merchants' things to choose from."""
        field = super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]  # mixin
        return self._narrow(field, request)

    def _narrow(self, field: Any, request: HttpRequest) -> Any:
        is_choice = isinstance(field, ModelChoiceField | ModelMultipleChoiceField)
        if not is_choice or field.queryset is None or self._is_operator(request):
            return field
        model = field.queryset.model
        if model is _merchant_model():
            field.queryset = own_merchants(request)
        elif any(each.name == "merchant" for each in model._meta.get_fields()):  # noqa: SLF001  public by custom
            field.queryset = field.queryset.filter(merchant__in=own_merchants(request))
        return field

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members see their merchant's things; operators by Django's permissions."""
        return self._is_own(request, obj) or super().has_view_permission(request, obj)  # type: ignore[misc]  # mixin

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members change their merchant's things; operators by Django's permissions."""
        return self._is_own(request, obj) or super().has_change_permission(request, obj)  # type: ignore[misc]  # mixin

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Members add things for their merchant; operators by Django's permissions."""
        return self._is_own(request, None) or super().has_add_permission(request, *parents)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members delete their merchant's things; operators by Django's permissions."""
        return self._is_own(request, obj) or super().has_delete_permission(request, obj)  # type: ignore[misc]  # mixin

    def _is_operator(self, request: HttpRequest) -> bool:
        """Whether all merchants' things are shown: to anybody in the operators' office, where rights decide."""
        return bool(request.user.is_superuser or self.admin_site is operators)  # type: ignore[attr-defined]  # mixin

    def _is_own(self, request: HttpRequest, obj: Model | None) -> bool:
        """Whether the user may act here as a merchant's member."""
        if self._is_operator(request) or not own_merchant_ids(request):
            return False
        return obj is None or self.scope(request, rows_of(type(obj)).filter(pk=obj.pk)).exists()


class ScopedModelAdmin(_Scoped, ModelAdmin[Any]):
    """A list and form of things that belong to merchants.

    merchant_lookup: the way from the model to its merchant, such as `order__merchant`.
    A column or filter called `merchant` appears only once there are several merchants.
    """

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows this user may see."""
        return self.scope(request, super().get_queryset(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row; what is somebody else's is as missing as what never was."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns, the merchant's only to operators and when it tells something."""
        columns = super().get_list_display(request)
        return _without_merchant(columns) if self._is_operator(request) else _other(columns)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters, the merchant's only to operators and when it tells something."""
        filters = super().get_list_filter(request)
        return _without_merchant(filters) if self._is_operator(request) else _other(filters)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to members and permitted operators."""
        return self._is_own(request, None) or super().has_module_permission(request)


class ScopedInline(_Scoped, InlineModelAdmin[Any, Any]):
    """Rows of a merchant's thing, edited on its page; the parent has been scoped already."""

    def _is_own(self, request: HttpRequest, obj: Model | None) -> bool:
        return not self._is_operator(request) and bool(own_merchant_ids(request))


class SharedModelAdmin(ModelAdmin[Any]):
    """A list and form of things that belong to the whole shop: operators change them, members may look."""

    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let members look, and choose from them in their own forms."""
        return bool(own_merchant_ids(request)) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to those who may look."""
        return self.has_view_permission(request)


def own_merchants(request: HttpRequest) -> QuerySet[Any]:
    """Return the merchants the signed-in user works for."""
    return rows_of(_merchant_model()).filter(pk__in=own_merchant_ids(request))


def own_merchant_ids(request: HttpRequest) -> list[int]:
    """Return the ids of the merchants the signed-in user works for; looked up once for each request."""
    found: list[int] | None = getattr(request, "own_merchant_ids", None)
    if found is None:
        rows = rows_of(_merchant_model()).filter(is_active=True, members__user=request.user.pk)
        found = list(rows.values_list("pk", flat=True)) if request.user.is_authenticated else []
        request.own_merchant_ids = found  # type: ignore[attr-defined]  # ours, for this request only
    return found


def rows_of(model: type[Model]) -> Manager[Any]:
    """Return a model's manager."""
    return model._default_manager  # noqa: SLF001  Django's public name for it


def _merchant_model() -> type[Model]:
    return apps.get_model("accounts", "Merchant")


def _without_merchant(names: Any) -> Any:
    if rows_of(_merchant_model()).order_by("pk")[1:2].exists():
        return names
    return _other(names)


def _other(names: Any) -> Any:
    return [name for name in names if name != "merchant"]
