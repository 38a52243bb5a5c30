from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets a category say how long its products can be returned without a reason."""

    dependencies = [
        ("catalog", "0003_card_available_variants"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="return_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: as the shop has it. 0: not at all, such as food that spoils; the product's page says so.",
                null=True,
                verbose_name="days to return without a reason",
            ),
        ),
    ]
