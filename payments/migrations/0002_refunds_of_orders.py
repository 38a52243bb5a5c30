import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Ties refunds to the decision about an order that they carry out."""

    dependencies = [
        ("orders", "0007_order_life_indexes"),
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="repayment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="orders.repayment",
                verbose_name="decision",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("SURPLUS", "Paid twice"),
                    ("TOO_LATE", "Paid after the order was cancelled"),
                    ("ORDER", "Decided for an order"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                models.F("repayment"), models.F("payment"), name="payments_refund_once_per_decision"
            ),
        ),
    ]
