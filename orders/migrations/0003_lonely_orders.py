import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Finds a guest's orders by their address; made while orders go on being placed."""

    atomic = False
    dependencies = [("orders", "0002_guards")]
    operations = [
        AddIndexConcurrently(
            "order",
            models.Index(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("user", None)),
                name="orders_order_lonely",
            ),
        ),
    ]
