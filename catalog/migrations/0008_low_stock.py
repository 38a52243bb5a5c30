import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Remembers when goods have run low, and from how few units on they have."""

    dependencies = [("catalog", "0007_unshipped_units")]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="low_stock_units",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="You get a mail when so many or fewer are left. Empty: as the shop does for everything.",
                null=True,
                verbose_name="low from",
            ),
        ),
        migrations.CreateModel(
            name="LowStockAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("available", models.IntegerField(verbose_name="available")),
                ("threshold", models.PositiveIntegerField(verbose_name="low from")),
                ("raised_at", models.DateTimeField(verbose_name="since")),
                ("over_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="low_stock_alerts",
                        to="catalog.variant",
                        verbose_name="variant",
                    ),
                ),
            ],
            options={
                "verbose_name": "low stock alert",
                "verbose_name_plural": "low stock alerts",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("variant"),
                        condition=models.Q(("over_at", None)),
                        name="catalog_lowstockalert_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("available__lte", models.F("threshold"))),
                        name="catalog_lowstockalert_is_low",
                    ),
                ],
            },
        ),
    ]
