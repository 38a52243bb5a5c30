from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

GUARD = """
CREATE FUNCTION orders_repayment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
        OR to_jsonb(OLD) - '{settled_at,settled_amount}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{settled_at,settled_amount}'::text[]
    THEN
        RAISE EXCEPTION 'a refund that was decided stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_repayment_guard BEFORE UPDATE OR DELETE ON orders_repayment
    FOR EACH ROW EXECUTE FUNCTION orders_repayment_guard();
CREATE FUNCTION orders_repaymentline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a refund that was decided stays so' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER orders_repaymentline_guard BEFORE UPDATE OR DELETE ON orders_repaymentline
    FOR EACH ROW EXECUTE FUNCTION orders_repaymentline_guard();
"""
UNDO = """
DROP TRIGGER orders_repaymentline_guard ON orders_repaymentline;
DROP FUNCTION orders_repaymentline_guard();
DROP TRIGGER orders_repayment_guard ON orders_repayment;
DROP FUNCTION orders_repayment_guard();
"""


class Migration(migrations.Migration):
    """Indexes for what falls due, the look at old rows, and what must not happen to decisions about money."""

    atomic = False
    dependencies = [("orders", "0006_order_life")]
    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                models.F("receive_by"),
                condition=models.Q(("fulfilment_status__in", ["SHIPPED", "DELIVERED"]), ("status", "OPEN")),
                name="orders_order_to_receive",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                models.F("completed_at"), condition=models.Q(("is_to_review", True)), name="orders_order_to_review"
            ),
        ),
        ValidateConstraint("order", "orders_order_repayments_within_paid"),
        ValidateConstraint("order", "orders_order_repaid_delivery_within_delivery"),
        ValidateConstraint("orderline", "orders_orderline_cancelled_stays"),
        ValidateConstraint("orderline", "orders_orderline_repaid_within_paid"),
        migrations.RunSQL(GUARD, UNDO),
    ]
