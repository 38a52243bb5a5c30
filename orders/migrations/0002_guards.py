"""What must never happen to an order, said by the database: numbers, sums, states, timeline."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE orders_number AS bigint START 1"

APPEND_ONLY = """
CREATE FUNCTION orders_orderevent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the timeline of an order is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER orders_orderevent_guard BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION orders_orderevent_guard();
"""

FIXED_AMOUNTS = """
CREATE FUNCTION orders_order_amounts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.currency, OLD.items_total, OLD.discount_total, OLD.delivery_total, OLD.total)
        IS DISTINCT FROM (NEW.number, NEW.currency, NEW.items_total, NEW.discount_total, NEW.delivery_total, NEW.total)
    THEN
        RAISE EXCEPTION 'the amounts of a placed order are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_order_amounts_guard BEFORE UPDATE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_order_amounts_guard();

CREATE FUNCTION orders_orderline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.sku, OLD.unit_price, OLD.quantity, OLD.total, OLD.discount_share, OLD.tax_rate)
        IS DISTINCT FROM
        (NEW.order_id, NEW.sku, NEW.unit_price, NEW.quantity, NEW.total, NEW.discount_share, NEW.tax_rate)
    THEN
        RAISE EXCEPTION 'the lines of a placed order are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_orderline_guard BEFORE UPDATE ON orders_orderline
    FOR EACH ROW EXECUTE FUNCTION orders_orderline_guard();
"""

SUM_OF_LINES = """
CREATE FUNCTION orders_order_sum_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint := CASE TG_TABLE_NAME WHEN 'orders_order' THEN NEW.id END;
    expected numeric;
    found numeric;
BEGIN
    IF TG_TABLE_NAME = 'orders_orderline' THEN
        checked := CASE TG_OP WHEN 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
    END IF;
    SELECT items_total INTO expected FROM orders_order WHERE id = checked;
    SELECT COALESCE(sum(total), 0) INTO found FROM orders_orderline WHERE order_id = checked;
    IF expected IS NOT NULL AND expected <> found THEN
        RAISE EXCEPTION 'order %: lines sum to %, order says %', checked, found, expected
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_order_sum_guard AFTER INSERT ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_order_sum_guard();
CREATE CONSTRAINT TRIGGER orders_orderline_sum_guard AFTER INSERT OR DELETE ON orders_orderline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_order_sum_guard();
"""

STATES = """
CREATE TABLE orders_transition (
    axis text NOT NULL, before text NOT NULL, after text NOT NULL, PRIMARY KEY (axis, before, after)
);
INSERT INTO orders_transition VALUES
    ('status', 'AWAITING_PAYMENT', 'OPEN'), ('status', 'AWAITING_PAYMENT', 'CANCELLED'),
    ('status', 'OPEN', 'COMPLETED'), ('status', 'OPEN', 'CANCELLED'), ('status', 'CANCELLED', 'OPEN'),
    ('payment', 'NONE', 'PARTIAL'), ('payment', 'NONE', 'PAID'), ('payment', 'NONE', 'NEEDS_REVIEW'),
    ('payment', 'PARTIAL', 'PAID'), ('payment', 'PARTIAL', 'OVERPAID'), ('payment', 'PARTIAL', 'REFUNDED'),
    ('payment', 'PARTIAL', 'NEEDS_REVIEW'), ('payment', 'NEEDS_REVIEW', 'NONE'), ('payment', 'NEEDS_REVIEW', 'PAID'),
    ('payment', 'NEEDS_REVIEW', 'REFUNDED'), ('payment', 'PAID', 'OVERPAID'), ('payment', 'PAID', 'PARTLY_REFUNDED'),
    ('payment', 'PAID', 'REFUNDED'), ('payment', 'OVERPAID', 'PAID'), ('payment', 'PARTLY_REFUNDED', 'REFUNDED'),
    ('fulfilment', 'NONE', 'PARTLY_SHIPPED'), ('fulfilment', 'NONE', 'SHIPPED'), ('fulfilment', 'NONE', 'NOTHING_TO_SHIP'),
    ('fulfilment', 'PARTLY_SHIPPED', 'SHIPPED'), ('fulfilment', 'SHIPPED', 'DELIVERED'),
    ('fulfilment', 'SHIPPED', 'RECEIVED'), ('fulfilment', 'DELIVERED', 'RECEIVED');

CREATE FUNCTION orders_order_states_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT * FROM (VALUES
            ('status', OLD.status, NEW.status),
            ('payment', OLD.payment_status, NEW.payment_status),
            ('fulfilment', OLD.fulfilment_status, NEW.fulfilment_status)
        ) AS pair(axis, before, after) WHERE before <> after
    LOOP
        IF NOT EXISTS (
            SELECT 1 FROM orders_transition t
            WHERE t.axis = change.axis AND t.before = change.before AND t.after = change.after
        ) THEN
            RAISE EXCEPTION 'order %: % may not go from % to %', OLD.number, change.axis, change.before, change.after
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_order_states_guard BEFORE UPDATE OF status, payment_status, fulfilment_status ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_order_states_guard();
"""

UNDO = """
DROP TRIGGER orders_order_states_guard ON orders_order;
DROP FUNCTION orders_order_states_guard();
DROP TABLE orders_transition;
DROP TRIGGER orders_orderline_sum_guard ON orders_orderline;
DROP TRIGGER orders_order_sum_guard ON orders_order;
DROP FUNCTION orders_order_sum_guard();
DROP TRIGGER orders_orderline_guard ON orders_orderline;
DROP FUNCTION orders_orderline_guard();
DROP TRIGGER orders_order_amounts_guard ON orders_order;
DROP FUNCTION orders_order_amounts_guard();
DROP TRIGGER orders_orderevent_guard ON orders_orderevent;
DROP FUNCTION orders_orderevent_guard();
DROP SEQUENCE orders_number;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL([SEQUENCE, APPEND_ONLY, FIXED_AMOUNTS, SUM_OF_LINES, STATES], [UNDO]),
    ]
