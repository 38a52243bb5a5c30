from django.db import migrations, models


class Migration(migrations.Migration):
    """A further kind of entry in the timeline."""

    dependencies = [
        ("orders", "0017_staff_orders"),
    ]

    operations = [
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
                    ("CHANGE_PROPOSED", "Change proposed"),
                    ("CHANGED", "Order changed"),
                    ("CHANGE_ENDED", "Proposed change withdrawn"),
                    ("READDRESSED", "Address changed"),
                    ("MAILED", "Mail sent again"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
    ]
