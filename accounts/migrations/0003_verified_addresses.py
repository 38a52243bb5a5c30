from django.db import migrations


def trust_those_there(apps, schema_editor):
    """Accounts that were made by operators before there was activation are active."""
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user_id=pk, email=email, verified=True, primary=True)
            for pk, email in User.objects.exclude(email="").values_list("pk", "email")
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_default_merchant"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [migrations.RunPython(trust_those_there, migrations.RunPython.noop)]
