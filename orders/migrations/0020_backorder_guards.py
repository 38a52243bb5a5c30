from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Checks the guards on the rows that were there before."""

    dependencies = [("orders", "0019_backorders")]

    operations = [
        ValidateConstraint(model_name="orderline", name="orders_orderline_waiting_stays"),
    ]
