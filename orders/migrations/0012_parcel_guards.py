"""What must never happen to a parcel, said by the database; and the ways back of one that has not left after all."""

from django.db import migrations

# Only orders.services.lifecycle.note_unshipped takes these ways. None leads back from DELIVERED or RECEIVED.
STATES = """
INSERT INTO orders_transition VALUES
    ('fulfilment', 'SHIPPED', 'PARTLY_SHIPPED'), ('fulfilment', 'SHIPPED', 'NONE'),
    ('fulfilment', 'PARTLY_SHIPPED', 'NONE')
"""
NO_STATES = """
DELETE FROM orders_transition WHERE axis = 'fulfilment'
AND (before, after) IN (('SHIPPED', 'PARTLY_SHIPPED'), ('SHIPPED', 'NONE'), ('PARTLY_SHIPPED', 'NONE'))
"""

GUARD = """
CREATE FUNCTION orders_shipment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
        OR to_jsonb(OLD) - '{undone_at,undone_by_id}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{undone_at,undone_by_id}'::text[]
    THEN
        RAISE EXCEPTION 'a parcel stays as it was sent, or is taken back once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_shipment_guard BEFORE UPDATE ON orders_shipment
    FOR EACH ROW EXECUTE FUNCTION orders_shipment_guard();
CREATE FUNCTION orders_shipmentevent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.place <> '' OR NEW.text <> ''
        OR to_jsonb(OLD) - '{place,text}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{place,text}'::text[]
    THEN
        RAISE EXCEPTION 'what a carrier says of a parcel is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_shipmentevent_guard BEFORE UPDATE OR DELETE ON orders_shipmentevent
    FOR EACH ROW EXECUTE FUNCTION orders_shipmentevent_guard();
"""
NO_GUARD = """
DROP TRIGGER orders_shipmentevent_guard ON orders_shipmentevent;
DROP FUNCTION orders_shipmentevent_guard();
DROP TRIGGER orders_shipment_guard ON orders_shipment;
DROP FUNCTION orders_shipment_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_parcels")]
    operations = [migrations.RunSQL(STATES, NO_STATES), migrations.RunSQL(GUARD, NO_GUARD)]
