import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Operators may look at the shop as a customer; the beginning and the end are audit entries."""

    dependencies = [
        ("accounts", "0010_profile"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("view_as_user", "Can view the shop as a customer")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AddField(
            model_name="auditentry",
            name="beginning",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ending",
                to="accounts.auditentry",
                verbose_name="began with",
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="act",
            field=models.CharField(
                choices=[
                    ("TWO_STEP_RESET", "Two-step sign-in reset"),
                    ("LOCKED", "Account locked"),
                    ("UNLOCKED", "Account unlocked"),
                    ("VIEW_BEGAN", "View as customer began"),
                    ("VIEW_ENDED", "View as customer ended"),
                ],
                max_length=30,
                verbose_name="act",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "VIEW_ENDED"), ("beginning__isnull", False)),
                    models.Q(models.Q(("act", "VIEW_ENDED"), _negated=True), ("beginning", None)),
                    _connector="OR",
                ),
                name="accounts_auditentry_end_has_beginning",
            ),
        ),
    ]
