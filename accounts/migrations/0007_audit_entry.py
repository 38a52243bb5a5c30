import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION accounts_auditentry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_auditentry_guard BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_guard();
"""
BACK = """
DROP TRIGGER accounts_auditentry_guard ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_grace"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("TWO_STEP_RESET", "Two-step sign-in reset"),
                            ("LOCKED", "Account locked"),
                            ("UNLOCKED", "Account unlocked"),
                        ],
                        max_length=30,
                        verbose_name="act",
                    ),
                ),
                ("actor", models.CharField(max_length=150, verbose_name="done by")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("happened_at", models.DateTimeField(verbose_name="moment")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.RunSQL(APPEND_ONLY, BACK),
    ]
