from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Finds the orders that are to leave next."""

    atomic = False
    dependencies = [("orders", "0012_parcel_guards")]
    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                models.F("ship_by"),
                condition=models.Q(("fulfilment_status__in", ["NONE", "PARTLY_SHIPPED"]), ("status", "OPEN")),
                name="orders_order_ship_by",
            ),
        ),
    ]
