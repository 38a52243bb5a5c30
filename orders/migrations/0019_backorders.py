import django.db.models.deletion
import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Queues those who have bought what is not there yet."""

    dependencies = [
        ("catalog", "0010_backorders"),
        ("orders", "0018_readdressed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backorder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.PositiveIntegerField(verbose_name="units")),
                ("promised_on", models.DateField(blank=True, null=True, verbose_name="ships from")),
                ("filled_at", models.DateTimeField(blank=True, null=True, verbose_name="filled at")),
                ("given_up_at", models.DateTimeField(blank=True, null=True, verbose_name="given up at")),
            ],
            options={
                "verbose_name": "back-order",
                "verbose_name_plural": "back-orders",
            },
        ),
        migrations.AddField(
            model_name="orderline",
            name="waiting_quantity",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="not there yet"),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "waiting_quantity__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("quantity"), "-", models.F("shipped_quantity")
                        ),
                    )
                ),
                name="orders_orderline_waiting_stays",
            ),
        ),
        migrations.AddField(
            model_name="backorder",
            name="level",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="backorders", to="catalog.stocklevel"
            ),
        ),
        migrations.AddField(
            model_name="backorder",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="backorders", to="orders.orderline"
            ),
        ),
        migrations.AddIndex(
            model_name="backorder",
            index=models.Index(
                models.F("level"),
                models.F("id"),
                condition=models.Q(("filled_at", None), ("given_up_at", None)),
                name="orders_backorder_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="backorder",
            constraint=models.CheckConstraint(condition=models.Q(("units__gte", 1)), name="orders_backorder_of_units"),
        ),
        migrations.AddConstraint(
            model_name="backorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("filled_at", None), ("given_up_at", None), _connector="OR"),
                name="orders_backorder_ends_in_one_way",
            ),
        ),
    ]
