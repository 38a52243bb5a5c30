import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets a product say how soon after payment it leaves."""

    dependencies = [("catalog", "0005_variant_measures")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="ships_within_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="After payment. Empty: as the shop promises for everything.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(8760),
                ],
                verbose_name="ships within hours",
            ),
        ),
    ]
