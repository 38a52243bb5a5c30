import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Time zone, birthday and picture of people, and what they changed."""

    dependencies = [
        ("accounts", "0009_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="avatar_name",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=24),
        ),
        migrations.AddField(
            model_name="user",
            name="birthday",
            field=models.DateField(blank=True, null=True, verbose_name="birthday"),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", max_length=40, verbose_name="time zone"),
        ),
        migrations.CreateModel(
            name="Avatar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("picture", models.BinaryField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="avatar",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "avatar",
                "verbose_name_plural": "avatars",
            },
        ),
        migrations.CreateModel(
            name="ProfileChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("NAME", "Full name"),
                            ("PHONE", "Mobile number"),
                            ("LANGUAGE", "Language"),
                            ("TIME_ZONE", "Time zone"),
                            ("BIRTHDAY", "Birthday"),
                            ("AVATAR", "Picture"),
                            ("EMAIL", "Email"),
                        ],
                        max_length=20,
                        verbose_name="field",
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=254, verbose_name="before")),
                ("after", models.CharField(blank=True, max_length=254, verbose_name="after")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile_changes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of the profile",
                "verbose_name_plural": "changes of the profile",
                "indexes": [models.Index(fields=["user", "-id"], name="accounts_profilechange_newest")],
            },
        ),
    ]
