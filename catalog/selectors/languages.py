"""Texts that exist once for each language."""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname


def in_all_languages(instance: Model, field: str) -> dict[str, str]:
    """Return a translated field's texts by language code, empty ones left out."""
    texts = {code: getattr(instance, build_localized_fieldname(field, code)) for code, _ in settings.LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def pick(texts: Mapping[str, str], language: str) -> str:
    """Return the text in this language, or in the first other one that has it."""
    return texts.get(language) or next((texts[code] for code, _ in settings.LANGUAGES if texts.get(code)), "")


def localized(field: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return model fields for texts by language code, such as `title_en`; languages not given become empty."""
    return {build_localized_fieldname(field, code): texts.get(code, "") for code, _ in settings.LANGUAGES}
