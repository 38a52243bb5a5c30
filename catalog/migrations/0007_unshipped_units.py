from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the movement of units whose parcel has not left after all."""

    dependencies = [("catalog", "0006_ships_within")]

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
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
