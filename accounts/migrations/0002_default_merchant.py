"""The one merchant every shop starts with."""

from django.db import migrations


def create(apps, schema_editor):
    """Make the default merchant; an operator gives it its name."""
    merchant = apps.get_model("accounts", "Merchant")
    merchant.objects.create(slug="default", name="Kaishi", name_en="Kaishi", is_default=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop, elidable=False)]
