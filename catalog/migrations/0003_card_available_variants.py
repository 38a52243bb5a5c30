"""Which variants can be bought, on the card: a card is derived again when one of several sells out."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_ledger_guards")]

    operations = [
        migrations.AddField(
            "productcard",
            "available_variant_ids",
            ArrayField(models.BigIntegerField(), db_default=[], default=list),
        ),
    ]
