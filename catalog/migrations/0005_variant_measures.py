from django.db import migrations, models


class Migration(migrations.Migration):
    """Says what a variant weighs and measures, for the price of its parcel."""

    dependencies = [
        ("catalog", "0004_return_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="height_mm",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="height, mm"),
        ),
        migrations.AddField(
            model_name="variant",
            name="length_mm",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="length, mm"),
        ),
        migrations.AddField(
            model_name="variant",
            name="weight_grams",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="weight, g"),
        ),
        migrations.AddField(
            model_name="variant",
            name="width_mm",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="width, mm"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight_grams__lte", 10000000)),
                name="catalog_variant_weight_below_ten_tonnes",
                violation_error_message="A packed piece weighs at most 10,000 kg.",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("height_mm__lte", 100000), ("length_mm__lte", 100000), ("width_mm__lte", 100000)),
                name="catalog_variant_sides_below_hundred_metres",
                violation_error_message="A packed piece is at most 100 m long, wide and high.",
            ),
        ),
    ]
