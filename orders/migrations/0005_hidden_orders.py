from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets a buyer take orders that are over out of the own list."""

    dependencies = [("orders", "0004_lookups")]
    operations = [
        migrations.AddField(
            "order",
            "is_hidden",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="The buyer does not want it in the list any more.",
            ),
        ),
    ]
