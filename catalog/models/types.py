"""Which facts a product may carry: types, their attributes, and the choices of an attribute."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[a-z][a-z0-9_]*$", _("Use small letters, digits and underscores."))
COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("Use a colour such as #343c45."))


class Attribute(models.Model):
    """A typed fact about products, such as colour or weight; shared by all types that use it."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        INT = "int", _("Whole number")
        DECIMAL = "decimal", _("Decimal number")
        BOOL = "bool", _("Yes or no")
        CHOICE = "choice", _("One choice")
        MULTI = "multi", _("Several choices")
        DATE = "date", _("Date")

    code = models.CharField(_("code"), max_length=80, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_filterable = models.BooleanField(_("filter in listings"), default=False)
    is_variant_making = models.BooleanField(_("makes variants"), default=False)
    is_searchable = models.BooleanField(_("searched"), default=True)
    is_imported = models.BooleanField(_("made by an import"), default=False, editable=False)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_variant_making=False) | models.Q(kind="choice"),
                name="catalog_attribute_variants_by_choice",
                violation_error_message=_("Only an attribute with one choice can make variants."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttributeChoice(models.Model):
    """One value that may be chosen for an attribute."""

    attribute = models.ForeignKey(
        Attribute, on_delete=models.CASCADE, related_name="choices", verbose_name=_("attribute")
    )
    code = models.SlugField(_("code"), max_length=80, allow_unicode=True)
    label = models.CharField(_("label"), max_length=120)
    swatch = models.CharField(_("colour shown"), max_length=7, blank=True, validators=[COLOUR])
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint("attribute", "code", name="catalog_choice_unique_code")]

    def __str__(self) -> str:
        return self.label


class ProductType(models.Model):
    """A kind of product: says which attributes apply."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    attributes = models.ManyToManyField(
        Attribute, through="TypeAttribute", related_name="types", verbose_name=_("attributes")
    )

    class Meta:
        verbose_name = _("product type")
        verbose_name_plural = _("product types")

    def __str__(self) -> str:
        return self.name


class TypeAttribute(models.Model):
    """An attribute of a type, and where it stands in the form and in the table of facts."""

    product_type = models.ForeignKey(ProductType, on_delete=models.CASCADE, verbose_name=_("product type"))
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, verbose_name=_("attribute"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute of a type")
        verbose_name_plural = _("attributes of a type")
        constraints = [models.UniqueConstraint("product_type", "attribute", name="catalog_typeattribute_unique")]

    def __str__(self) -> str:
        return f"{self.product_type} · {self.attribute}"
