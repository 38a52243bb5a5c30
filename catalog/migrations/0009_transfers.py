from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the movement of units from one place to another."""

    dependencies = [("catalog", "0008_low_stock")]

    operations = [
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECEIVED", "Received"),
                    ("ALLOCATED", "Allocated to an order"),
                    ("RELEASED", "Released by an order"),
                    ("SHIPPED", "Shipped"),
                    ("UNSHIPPED", "Has not left after all"),
                    ("RETURNED", "Returned"),
                    ("ADJUSTED", "Counted"),
                    ("TRANSFERRED", "Moved to or from another place"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
