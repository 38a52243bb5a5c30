"""The stock ledger refuses changes; levels leave room on their pages for updates in place."""

from django.db import migrations

GUARD = """
CREATE FUNCTION catalog_stockmovement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('kaishi.may_delete_ledger', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the stock ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER catalog_stockmovement_guard BEFORE UPDATE OR DELETE ON catalog_stockmovement
    FOR EACH ROW EXECUTE FUNCTION catalog_stockmovement_guard();
"""
NO_GUARD = """
DROP TRIGGER catalog_stockmovement_guard ON catalog_stockmovement;
DROP FUNCTION catalog_stockmovement_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD, NO_GUARD),
        migrations.RunSQL(
            "ALTER TABLE catalog_stocklevel SET (fillfactor = 50)", "ALTER TABLE catalog_stocklevel RESET (fillfactor)"
        ),
    ]
