"""The amounts of a placed order change by what was added to it alone, and its lines add up then too."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

AMOUNTS = """
CREATE OR REPLACE FUNCTION orders_order_amounts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.currency, OLD.discount_total, OLD.delivery_total,
            OLD.items_total - OLD.added_total, OLD.total - OLD.added_total)
        IS DISTINCT FROM (NEW.number, NEW.currency, NEW.discount_total, NEW.delivery_total,
            NEW.items_total - NEW.added_total, NEW.total - NEW.added_total)
        OR NEW.added_total < OLD.added_total
    THEN
        RAISE EXCEPTION 'the amounts of a placed order are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER orders_order_added_sum_guard AFTER UPDATE OF items_total ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_order_sum_guard();
"""
FIXED_AMOUNTS = """
DROP TRIGGER orders_order_added_sum_guard ON orders_order;
CREATE OR REPLACE FUNCTION orders_order_amounts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.currency, OLD.items_total, OLD.discount_total, OLD.delivery_total, OLD.total)
        IS DISTINCT FROM (NEW.number, NEW.currency, NEW.items_total, NEW.discount_total, NEW.delivery_total, NEW.total)
    THEN
        RAISE EXCEPTION 'the amounts of a placed order are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
GUARD = """
CREATE FUNCTION orders_orderedit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'APPLIED' AND NEW.status <> 'APPLIED'
        OR to_jsonb(OLD) - '{status,ended_at,is_counted,note}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{status,ended_at,is_counted,note}'::text[]
    THEN
        RAISE EXCEPTION 'a change of an order stays as it was proposed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_orderedit_guard BEFORE UPDATE OR DELETE ON orders_orderedit
    FOR EACH ROW EXECUTE FUNCTION orders_orderedit_guard();
"""
NO_GUARD = """
DROP TRIGGER orders_orderedit_guard ON orders_orderedit;
DROP FUNCTION orders_orderedit_guard();
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0015_edits")]
    operations = [
        ValidateConstraint("order", "orders_order_added_within_items"),
        ValidateConstraint("order", "orders_order_credited_within_refunded"),
        ValidateConstraint("repayment", "orders_repayment_credit_is_settled"),
        migrations.RunSQL(AMOUNTS, FIXED_AMOUNTS),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
