import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Counts what is sold before it is there, and when it is expected."""

    dependencies = [
        ("catalog", "0009_transfers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpectedDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.PositiveIntegerField(verbose_name="units")),
                ("expected_on", models.DateField(verbose_name="expected on")),
                (
                    "received_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="received at"),
                ),
            ],
            options={
                "verbose_name": "expected delivery",
                "verbose_name_plural": "expected deliveries",
            },
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="backorder_ceiling",
            field=models.IntegerField(db_default=0, default=0, verbose_name="may wait"),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="backordered",
            field=models.IntegerField(db_default=0, default=0, verbose_name="waited for"),
        ),
        migrations.AddField(
            model_name="variant",
            name="backorder_limit",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="How many units may be sold that are not there yet.",
                verbose_name="may wait",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="preorder_on",
            field=models.DateField(blank=True, help_text="Of a pre-order.", null=True, verbose_name="ships from"),
        ),
        migrations.AlterField(
            model_name="variant",
            name="stock_policy",
            field=models.CharField(
                choices=[
                    ("DENY", "Sell what is there"),
                    ("UNCOUNTED", "Always available, not counted"),
                    ("BACKORDER", "Sell more than is there, up to a limit"),
                    ("PREORDER", "Sell before it is there, up to a limit"),
                ],
                default="DENY",
                max_length=10,
                verbose_name="stock policy",
            ),
        ),
        AddConstraintNotValid(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("backordered__gte", 0), ("backordered__lte", models.F("backorder_ceiling"))),
                name="catalog_stocklevel_backordered_within_ceiling",
            ),
        ),
        AddConstraintNotValid(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stock_policy", "PREORDER"), _negated=True),
                    ("preorder_on__isnull", False),
                    _connector="OR",
                ),
                name="catalog_variant_preorder_has_day",
                violation_error_message="Say from which day on the pre-orders are sent.",
            ),
        ),
        migrations.AddField(
            model_name="expecteddelivery",
            name="location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="expected_deliveries",
                to="catalog.stocklocation",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="expecteddelivery",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="expected_deliveries",
                to="catalog.variant",
                verbose_name="variant",
            ),
        ),
        migrations.AddIndex(
            model_name="expecteddelivery",
            index=models.Index(
                models.F("variant"),
                models.F("expected_on"),
                condition=models.Q(("received_at", None)),
                name="catalog_expected_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="expecteddelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 1)), name="catalog_expecteddelivery_of_units"
            ),
        ),
    ]
