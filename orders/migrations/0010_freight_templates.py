from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# A method's template is of the same merchant and counts in the same currency, whoever changes one of the three.
OWN_TEMPLATE = """
ALTER TABLE orders_deliverymethod ADD CONSTRAINT orders_deliverymethod_own_template
    FOREIGN KEY (template_id, merchant_id, currency) REFERENCES orders_freighttemplate (id, merchant_id, currency)
    DEFERRABLE INITIALLY DEFERRED;
"""

# Each region has one price: checked when all rules of a page are written, since two may exchange their regions.
ONE_RULE = """
CREATE FUNCTION orders_freightrule_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_freighttemplate WHERE id = NEW.template_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM orders_freightrule one JOIN orders_freightrule other
            ON other.template_id = one.template_id AND other.id > one.id
        WHERE one.template_id = NEW.template_id
            AND (one.regions && other.regions OR (one.regions = '{}' AND other.regions = '{}'))
    ) THEN
        RAISE EXCEPTION 'template %: a region has two rules', NEW.template_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_freightrule_guard AFTER INSERT OR UPDATE ON orders_freightrule
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_freightrule_guard();
"""

UNDO = """
DROP TRIGGER orders_freightrule_guard ON orders_freightrule;
DROP FUNCTION orders_freightrule_guard();
ALTER TABLE orders_deliverymethod DROP CONSTRAINT orders_deliverymethod_own_template;
"""


class Migration(migrations.Migration):
    """Lets merchants price parcels by pieces, weight or volume, and by where they go."""

    dependencies = [
        ("accounts", "0011_view_as_customer"),
        ("orders", "0009_case_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="FreightTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "basis",
                    models.CharField(
                        choices=[("PIECE", "By piece"), ("WEIGHT", "By weight"), ("VOLUME", "By volume")],
                        default="PIECE",
                        max_length=10,
                        verbose_name="counted",
                    ),
                ),
                ("volume_divisor", models.PositiveIntegerField(default=0, verbose_name="cm³ that count as one kg")),
                (
                    "unknown_weight_grams",
                    models.PositiveIntegerField(default=1000, verbose_name="grams of a piece of unknown weight"),
                ),
                (
                    "unknown_volume_cm3",
                    models.PositiveIntegerField(default=5000, verbose_name="cm³ of a piece of unknown size"),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="freight_templates",
                        to="accounts.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "freight template",
                "verbose_name_plural": "freight templates",
            },
        ),
        migrations.CreateModel(
            name="FreightRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="regions",
                    ),
                ),
                ("is_excluded", models.BooleanField(default=False, verbose_name="not delivered to")),
                ("first_units", models.PositiveIntegerField(blank=True, null=True, verbose_name="first units")),
                (
                    "first_price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="their price"
                    ),
                ),
                (
                    "additional_units",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="each further units"),
                ),
                (
                    "additional_price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="price of each"
                    ),
                ),
                (
                    "free_from_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="free from"
                    ),
                ),
                (
                    "free_from_pieces",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="free from, pieces"),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="orders.freighttemplate",
                        verbose_name="freight template",
                    ),
                ),
            ],
            options={
                "verbose_name": "freight rule",
                "verbose_name_plural": "freight rules",
            },
        ),
        migrations.AddField(
            model_name="deliverymethod",
            name="template",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="methods",
                to="orders.freighttemplate",
                verbose_name="freight template",
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.UniqueConstraint(
                models.F("merchant"),
                models.F("name"),
                name="orders_freighttemplate_unique_name",
                violation_error_message="The merchant has a template of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.UniqueConstraint(
                fields=("id", "merchant", "currency"), name="orders_freighttemplate_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="orders_freighttemplate_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="orders_freighttemplate_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["PIECE", "WEIGHT", "VOLUME"])), name="orders_freighttemplate_basis"
            ),
        ),
        migrations.AddConstraint(
            model_name="freighttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("volume_divisor", 0), ("basis", "WEIGHT"), _connector="OR"),
                name="orders_freighttemplate_divisor_of_weight",
            ),
        ),
        migrations.AddConstraint(
            model_name="freightrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("additional_price__isnull", True),
                        ("additional_units__isnull", True),
                        ("first_price__isnull", True),
                        ("first_units__isnull", True),
                        ("free_from_amount__isnull", True),
                        ("free_from_pieces__isnull", True),
                        ("is_excluded", True),
                    ),
                    models.Q(
                        ("additional_price__isnull", False),
                        ("additional_units__isnull", False),
                        ("first_price__isnull", False),
                        ("first_units__isnull", False),
                        ("is_excluded", False),
                    ),
                    _connector="OR",
                ),
                name="orders_freightrule_priced_or_excluded",
                violation_error_message="Fill in units and prices, or tick “not delivered to” and leave them empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="freightrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("additional_units__gte", 1), ("first_units__gte", 1)),
                name="orders_freightrule_units_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="freightrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("additional_price__gte", Decimal(0)), ("first_price__gte", Decimal(0))),
                name="orders_freightrule_prices_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="freightrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("free_from_amount__gt", Decimal(0))),
                name="orders_freightrule_free_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="freightrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("free_from_pieces__gte", 1)), name="orders_freightrule_free_pieces_positive"
            ),
        ),
        migrations.RunSQL([OWN_TEMPLATE, ONE_RULE], [UNDO]),
    ]
