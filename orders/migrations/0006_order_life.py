from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Receipt and completion of orders, and decisions to give money back."""

    dependencies = [
        ("accounts", "0011_view_as_customer"),
        ("catalog", "0003_card_available_variants"),
        ("orders", "0005_hidden_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Repayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="Makes a repeat impossible.", max_length=60, unique=True, verbose_name="key"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[("CANCELLED", "Order cancelled"), ("GOODWILL", "Goodwill")],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                (
                    "delivery_amount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="for delivery"),
                ),
                (
                    "other_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=12, verbose_name="for nothing in particular"
                    ),
                ),
                (
                    "settled_amount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="back"),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="money back at")),
            ],
            options={
                "verbose_name": "refund decided",
                "verbose_name_plural": "refunds decided",
            },
        ),
        migrations.CreateModel(
            name="RepaymentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
            ],
            options={
                "verbose_name": "refunded line",
                "verbose_name_plural": "refunded lines",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="has_open_case",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="open case"),
        ),
        migrations.AddField(
            model_name="order",
            name="return_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="can be returned until"),
        ),
        migrations.AddField(
            model_name="order",
            name="picked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="being packed since"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="return_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="As promised when it was bought.",
                null=True,
                verbose_name="days to return without a reason",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="completed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="completed at"),
        ),
        migrations.AddField(
            model_name="order",
            name="is_receipt_extended",
            field=models.BooleanField(db_default=False, default=False, verbose_name="receipt extended"),
        ),
        migrations.AddField(
            model_name="order",
            name="is_receipt_reminded",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="order",
            name="is_to_review",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text="Its buyer may write reviews."
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="receive_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="counts as received from"),
        ),
        migrations.AddField(
            model_name="order",
            name="repaid_delivery",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="delivery to be refunded"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="repayments_total",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="to be refunded"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="cancelled_quantity",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="cancelled"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="repaid_amount",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="amount refunded"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="repaid_quantity",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="units refunded"),
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
                    ("CANCELLED", "Cancelled"),
                    ("REFUND_DECIDED", "Refund on its way"),
                    ("EXTENDED", "Time to confirm receipt extended"),
                    ("RECEIVED", "Receipt confirmed"),
                    ("MAILED", "Mail sent again"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_total__lte", models.F("repayments_total")),
                    ("repayments_total__lte", models.F("paid_total")),
                ),
                name="orders_order_repayments_within_paid",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("repaid_delivery__gte", 0), ("repaid_delivery__lte", models.F("delivery_total"))),
                name="orders_order_repaid_delivery_within_delivery",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "shipped_quantity__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("quantity"), "-", models.F("cancelled_quantity")
                        ),
                    )
                ),
                name="orders_orderline_cancelled_stays",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repaid_amount__gte", 0),
                    (
                        "repaid_amount__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("total"), "-", models.F("discount_share")
                        ),
                    ),
                    ("repaid_quantity__lte", models.F("quantity")),
                ),
                name="orders_orderline_repaid_within_paid",
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="actor",
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
            model_name="repayment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repayments",
                to="orders.order",
                verbose_name="order",
            ),
        ),
        migrations.AddField(
            model_name="repaymentline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repayment_lines",
                to="orders.orderline",
                verbose_name="order line",
            ),
        ),
        migrations.AddField(
            model_name="repaymentline",
            name="repayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.repayment",
                verbose_name="refund decided",
            ),
        ),
        migrations.AddIndex(
            model_name="repayment",
            index=models.Index(models.F("order"), models.F("id"), name="orders_repayment_by_order"),
        ),
        migrations.AddIndex(
            model_name="repayment",
            index=models.Index(
                models.F("id"), condition=models.Q(("settled_at", None)), name="orders_repayment_unsettled"
            ),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("delivery_amount__gte", 0), ("other_amount__gte", 0)),
                name="orders_repayment_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("delivery_amount"), "+", models.F("other_amount")
                        ),
                    )
                ),
                name="orders_repayment_parts_fit",
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentline",
            constraint=models.UniqueConstraint(
                models.F("repayment"), models.F("line"), name="orders_repaymentline_unique_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", Decimal(0)), ("quantity__gte", 1)),
                name="orders_repaymentline_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_amount__gte", 0), ("settled_amount__lte", models.F("amount"))),
                name="orders_repayment_settled_within_amount",
            ),
        ),
    ]
