import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Return cases: requests about an order, their lines, thread and photographs."""

    dependencies = [
        ("catalog", "0004_return_days"),
        ("orders", "0007_order_life_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.AlterField(
            model_name="repayment",
            name="reason",
            field=models.CharField(
                choices=[("CANCELLED", "Order cancelled"), ("RETURN", "Return or refund"), ("GOODWILL", "Goodwill")],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.CreateModel(
            name="ReturnCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CANCELLATION", "Cancel and refund"),
                            ("REFUND_ONLY", "Refund only"),
                            ("RETURN", "Return and refund"),
                            ("EXCHANGE", "Exchange"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("NO_REASON", "7-day no-reason return"),
                            ("QUALITY", "Quality problem"),
                            ("NOT_AS_DESCRIBED", "Not as described"),
                            ("WRONG_ITEM", "Wrong or missing item"),
                            ("DAMAGED", "Damaged in transit"),
                            ("NOT_WANTED", "No longer wanted"),
                            ("OTHER", "Other"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Requested"),
                            ("AWAITING_GOODS", "Approved, goods to be sent back"),
                            ("SENT", "Goods on their way back"),
                            ("RECEIVED", "Goods being inspected"),
                            ("REPLACING", "Replacement to be sent"),
                            ("REPLACED", "Replacement on its way"),
                            ("REFUNDING", "Refund on its way"),
                            ("DONE", "Done"),
                            ("REJECTED", "Declined"),
                            ("ESCALATED", "Being decided by the platform"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("CLOSED", "Closed"),
                        ],
                        default="REQUESTED",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=500, verbose_name="explanation")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("is_changed", models.BooleanField(default=False, verbose_name="changed by the buyer")),
                ("is_final", models.BooleanField(default=False, verbose_name="decided for good")),
                (
                    "carrier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SF", "SF Express"),
                            ("EMS", "EMS"),
                            ("ZTO", "ZTO Express"),
                            ("YTO", "YTO Express"),
                            ("JD", "JD Logistics"),
                            ("DHL", "DHL"),
                            ("UPS", "UPS"),
                            ("OTHER", "Other carrier"),
                        ],
                        max_length=10,
                        verbose_name="carrier",
                    ),
                ),
                ("tracking_number", models.CharField(blank=True, max_length=60, verbose_name="tracking number")),
                ("is_restocked", models.BooleanField(default=False, verbose_name="inspected")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "return case",
                "verbose_name_plural": "return cases",
            },
        ),
        migrations.CreateModel(
            name="CasePicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("content", models.BinaryField(verbose_name="picture")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="orders.returncase",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
            },
        ),
        migrations.CreateModel(
            name="CaseEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("BUYER", "Buyer"), ("SHOP", "Shop"), ("PLATFORM", "Platform"), ("CLOCK", "System")],
                        max_length=8,
                        verbose_name="who",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MESSAGE", "Message"),
                            ("REQUESTED", "Requested"),
                            ("CHANGED", "Request changed"),
                            ("WITHDRAWN", "Request withdrawn"),
                            ("APPROVED", "Approved"),
                            ("REJECTED", "Declined"),
                            ("ESCALATED", "Platform asked to decide"),
                            ("SENT", "Sent back"),
                            ("RECEIVED", "Goods have arrived at the shop"),
                            ("INSPECTED", "Goods inspected"),
                            ("REPLACED", "Replacement sent"),
                            ("REFUNDED", "Refunded"),
                            ("DONE", "Done"),
                            ("CLOSED", "Closed"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="text")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="amount"),
                ),
                ("created_at", models.DateTimeField(verbose_name="at")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="orders.returncase",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "thread",
            },
        ),
        migrations.AddField(
            model_name="allocation",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="orders.returncase",
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repayments",
                to="orders.returncase",
                verbose_name="case",
            ),
        ),
        migrations.AddField(
            model_name="shipment",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shipments",
                to="orders.returncase",
                verbose_name="replacement for",
            ),
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("sellable", models.PositiveIntegerField(default=0, verbose_name="sellable")),
                ("damaged", models.PositiveIntegerField(default=0, verbose_name="damaged")),
                ("missing", models.PositiveIntegerField(default=0, verbose_name="missing")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.returncase",
                        verbose_name="case",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="orders.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "wanted",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.variant",
                        verbose_name="wanted instead",
                    ),
                ),
            ],
            options={
                "verbose_name": "returned line",
                "verbose_name_plural": "returned lines",
            },
        ),
        migrations.AddIndex(
            model_name="returncase",
            index=models.Index(models.F("order"), models.F("id"), name="orders_returncase_by_order"),
        ),
        migrations.AddIndex(
            model_name="returncase",
            index=models.Index(
                models.F("due_at"), condition=models.Q(("due_at__isnull", False)), name="orders_returncase_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="returncase",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="orders_returncase_amount_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="caseentry",
            index=models.Index(models.F("case"), models.F("id"), name="orders_caseentry_by_case"),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(
                models.F("case"), models.F("line"), name="orders_returnline_unique_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="orders_returnline_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "quantity__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("sellable"), "+", models.F("damaged")
                            ),
                            "+",
                            models.F("missing"),
                        ),
                    )
                ),
                name="orders_returnline_inspected_within_quantity",
            ),
        ),
    ]
