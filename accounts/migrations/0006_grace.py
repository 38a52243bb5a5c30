from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="grace_began_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="first asked for a second step"),
        ),
    ]
