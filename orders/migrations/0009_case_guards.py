"""What must never happen to a return case, said by the database: its number, its thread, its stages."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE orders_case_number AS bigint START 1"

GUARD = """
CREATE FUNCTION orders_caseentry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.text <> '' OR to_jsonb(OLD) - 'text' IS DISTINCT FROM to_jsonb(NEW) - 'text' THEN
        RAISE EXCEPTION 'the thread of a case is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_caseentry_guard BEFORE UPDATE OR DELETE ON orders_caseentry
    FOR EACH ROW EXECUTE FUNCTION orders_caseentry_guard();
"""

STATES = """
INSERT INTO orders_transition VALUES
    ('case', 'REQUESTED', 'AWAITING_GOODS'), ('case', 'REQUESTED', 'REFUNDING'), ('case', 'REQUESTED', 'DONE'),
    ('case', 'REQUESTED', 'REJECTED'), ('case', 'REQUESTED', 'WITHDRAWN'),
    ('case', 'REJECTED', 'REQUESTED'), ('case', 'REJECTED', 'ESCALATED'),
    ('case', 'ESCALATED', 'AWAITING_GOODS'), ('case', 'ESCALATED', 'REFUNDING'), ('case', 'ESCALATED', 'DONE'),
    ('case', 'ESCALATED', 'REJECTED'), ('case', 'ESCALATED', 'WITHDRAWN'),
    ('case', 'AWAITING_GOODS', 'SENT'), ('case', 'AWAITING_GOODS', 'WITHDRAWN'), ('case', 'AWAITING_GOODS', 'CLOSED'),
    ('case', 'SENT', 'RECEIVED'), ('case', 'SENT', 'REFUNDING'), ('case', 'SENT', 'DONE'),
    ('case', 'RECEIVED', 'REFUNDING'), ('case', 'RECEIVED', 'DONE'), ('case', 'RECEIVED', 'REPLACING'),
    ('case', 'REPLACING', 'REPLACED'), ('case', 'REPLACING', 'REFUNDING'), ('case', 'REPLACING', 'DONE'),
    ('case', 'REPLACED', 'DONE'), ('case', 'REFUNDING', 'DONE');

CREATE FUNCTION orders_returncase_states_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> NEW.status AND NOT EXISTS (
        SELECT 1 FROM orders_transition t
        WHERE t.axis = 'case' AND t.before = OLD.status AND t.after = NEW.status
    ) THEN
        RAISE EXCEPTION 'case %: may not go from % to %', OLD.number, OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_returncase_states_guard BEFORE UPDATE OF status ON orders_returncase
    FOR EACH ROW EXECUTE FUNCTION orders_returncase_states_guard();
"""

UNDO = """
DROP TRIGGER orders_returncase_states_guard ON orders_returncase;
DROP FUNCTION orders_returncase_states_guard();
DELETE FROM orders_transition WHERE axis = 'case';
DROP TRIGGER orders_caseentry_guard ON orders_caseentry;
DROP FUNCTION orders_caseentry_guard();
DROP SEQUENCE orders_case_number;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_return_cases")]
    operations = [migrations.RunSQL([SEQUENCE, GUARD, STATES], [UNDO])]
