import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Parcels that were taken back, what carriers say of them, and until when an order is to leave."""

    dependencies = [
        ("accounts", "0011_view_as_customer"),
        ("orders", "0010_freight_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShipmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ACCEPTED", "Accepted by the carrier"),
                            ("IN_TRANSIT", "In transit"),
                            ("OUT_FOR_DELIVERY", "Out for delivery"),
                            ("DELIVERED", "Delivered"),
                            ("EXCEPTION", "Something is wrong"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="text")),
                ("noted_at", models.DateTimeField(verbose_name="noted at")),
            ],
            options={
                "verbose_name": "tracking event",
                "verbose_name_plural": "tracking events",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="ship_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ship by"),
        ),
        migrations.AddField(
            model_name="order",
            name="ships_within_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="The longest of its goods, as promised when placed.",
                null=True,
                verbose_name="ships within hours",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="urged_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="buyer asked to hurry"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken back at"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken back by",
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PLACED", "Order placed"),
                    ("PAID", "Payment received"),
                    ("PAYMENT_REVIEW", "Payment needs review"),
                    ("SURPLUS", "Surplus payment, to be refunded"),
                    ("REFUNDED", "Refunded"),
                    ("EXPIRED", "Not paid in time"),
                    ("REOPENED", "Paid late, accepted"),
                    ("SHIPPED", "Shipped"),
                    ("UNSHIPPED", "A parcel has not left after all"),
                    ("DELIVERED", "Everything is delivered"),
                    ("URGED", "The buyer asks when it leaves"),
                    ("CANCELLED", "Cancelled"),
                    ("REFUND_DECIDED", "Refund on its way"),
                    ("EXTENDED", "Time to confirm receipt extended"),
                    ("RECEIVED", "Receipt confirmed"),
                    ("CASE_OPENED", "Return or refund requested"),
                    ("CASE_CLOSED", "Return or refund decided"),
                    ("PICKED", "Being packed"),
                    ("LINES_CANCELLED", "Items cancelled"),
                    ("MAILED", "Mail sent again"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AddField(
            model_name="shipmentevent",
            name="noted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="shipmentevent",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="orders.shipment",
                verbose_name="shipment",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentevent",
            constraint=models.UniqueConstraint(
                models.F("shipment"), models.F("happened_at"), models.F("kind"), name="orders_shipmentevent_once"
            ),
        ),
    ]
