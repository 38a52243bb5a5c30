import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Changes of paid orders: what is taken out and put in, and what of it was credited."""

    dependencies = [
        ("accounts", "0011_view_as_customer"),
        ("catalog", "0007_unshipped_units"),
        ("orders", "0014_promised_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(editable=False, help_text="Makes a repeat impossible.", unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Waits for the difference to be paid"),
                            ("APPLIED", "Done"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("EXPIRED", "Not paid in time"),
                        ],
                        default="PROPOSED",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("taken_out", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="taken out")),
                ("added", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="added")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="words for the buyer")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("pay_by", models.DateTimeField(verbose_name="pay by")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "is_counted",
                    models.BooleanField(default=False, editable=False, help_text="Its units are in the sold figures."),
                ),
            ],
            options={
                "verbose_name": "change of an order",
                "verbose_name_plural": "changes of orders",
            },
        ),
        migrations.CreateModel(
            name="OrderEditLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
            ],
            options={
                "verbose_name": "changed line",
                "verbose_name_plural": "changed lines",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="added_total",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="added later"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="credited_total",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                help_text="Paid and refunded at once, when an item was replaced by another.",
                max_digits=12,
                verbose_name="credited for what was taken out",
            ),
        ),
        migrations.AddField(
            model_name="repayment",
            name="credited_amount",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                help_text="Not paid out: it pays for what was added to the order.",
                max_digits=12,
                verbose_name="credited",
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
                    ("CHANGE_PROPOSED", "Change proposed"),
                    ("CHANGED", "Order changed"),
                    ("CHANGE_ENDED", "Proposed change withdrawn"),
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
                choices=[
                    ("CANCELLED", "Order cancelled"),
                    ("RETURN", "Return or refund"),
                    ("GOODWILL", "Goodwill"),
                    ("EDIT", "Order changed"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("added_total__gte", 0), ("added_total__lte", models.F("items_total"))),
                name="orders_order_added_within_items",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("credited_total__gte", 0), ("credited_total__lte", models.F("refunded_total"))),
                name="orders_order_credited_within_refunded",
            ),
        ),
        AddConstraintNotValid(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("credited_amount__gte", 0), ("credited_amount__lte", models.F("settled_amount"))),
                name="orders_repayment_credit_is_settled",
            ),
        ),
        migrations.AddField(
            model_name="orderedit",
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
            model_name="orderedit",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="edits",
                to="orders.order",
                verbose_name="order",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="edit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="added_lines",
                to="orders.orderedit",
                verbose_name="added by",
            ),
        ),
        migrations.AddField(
            model_name="ordereditline",
            name="edit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.orderedit",
                verbose_name="change",
            ),
        ),
        migrations.AddField(
            model_name="ordereditline",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.orderline",
                verbose_name="line",
            ),
        ),
        migrations.AddField(
            model_name="ordereditline",
            name="variant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.variant",
                verbose_name="variant",
            ),
        ),
        migrations.AddIndex(
            model_name="orderedit",
            index=models.Index(
                models.F("pay_by"), condition=models.Q(("status", "PROPOSED")), name="orders_orderedit_open"
            ),
        ),
        migrations.AddIndex(
            model_name="orderedit",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("is_counted", False), ("status", "APPLIED")),
                name="orders_orderedit_uncounted",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderedit",
            constraint=models.UniqueConstraint(
                models.F("order"), condition=models.Q(("status", "PROPOSED")), name="orders_orderedit_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("added__gte", 0), ("taken_out__gte", 0)), name="orders_orderedit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereditline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line", None), ("variant__isnull", False)),
                    models.Q(("line__isnull", False), ("variant", None)),
                    _connector="OR",
                ),
                name="orders_orderedit_line_one_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereditline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("quantity__gte", 1)), name="orders_orderedit_line_positive"
            ),
        ),
    ]
