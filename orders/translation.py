"""Which texts of this app exist in every language of the shop."""

from modeltranslation.translator import TranslationOptions, register

from orders.models import DeliveryMethod


@register(DeliveryMethod)
class DeliveryMethodTranslation(TranslationOptions):
    """A method's name."""

    fields = ("name",)
