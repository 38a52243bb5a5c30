"""Which texts of this app exist in every language of the shop."""

from modeltranslation.translator import TranslationOptions, register

from accounts.models import Merchant


@register(Merchant)
class MerchantTranslation(TranslationOptions):
    """A merchant's name."""

    fields = ("name",)
