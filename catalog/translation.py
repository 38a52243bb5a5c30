"""Which texts of this app exist in every language of the shop."""

from modeltranslation.translator import TranslationOptions, register

from catalog.models import (
    Attribute,
    AttributeChoice,
    Banner,
    Category,
    ContentPage,
    Product,
    ProductPicture,
    ProductType,
    Storefront,
)


@register([Attribute, ProductType])
class NamedTranslation(TranslationOptions):
    """Things with a name."""

    fields = ("name",)


@register(AttributeChoice)
class AttributeChoiceTranslation(TranslationOptions):
    """A choice's label."""

    fields = ("label",)


@register(Category)
class CategoryTranslation(TranslationOptions):
    """A category's name and sentence."""

    fields = ("name", "description")


@register(Product)
class ProductTranslation(TranslationOptions):
    """A product's title and description."""

    fields = ("title", "description")


@register(ProductPicture)
class ProductPictureTranslation(TranslationOptions):
    """A picture's description."""

    fields = ("alt",)


@register(Storefront)
class StorefrontTranslation(TranslationOptions):
    """The frame's texts."""

    fields = (
        "name",
        "home_title",
        "meta_description",
        "announcement",
        "footer_about",
        "service_hours",
        "legal",
    )


@register(Banner)
class BannerTranslation(TranslationOptions):
    """A banner's texts."""

    fields = ("eyebrow", "heading", "text", "button", "alt")


@register(ContentPage)
class ContentPageTranslation(TranslationOptions):
    """A page's title and text."""

    fields = ("title", "body")
