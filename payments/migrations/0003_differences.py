import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Payments for a change of an order; one is kept for the purchase, and one for each change."""

    dependencies = [
        ("orders", "0015_edits"),
        ("payments", "0002_refunds_of_orders"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="payments_payment_one_kept",
        ),
        migrations.AddField(
            model_name="payment",
            name="edit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="What is paid for; empty for the purchase as it was placed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="orders.orderedit",
                verbose_name="change of an order",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                models.F("purchase"),
                condition=models.Q(("edit", None), ("is_surplus", False), ("status", "SUCCEEDED")),
                name="payments_payment_one_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                models.F("edit"),
                condition=models.Q(("is_surplus", False), ("status", "SUCCEEDED")),
                name="payments_payment_one_kept_per_edit",
            ),
        ),
    ]
