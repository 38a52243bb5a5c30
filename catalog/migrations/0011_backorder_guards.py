from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Checks the guards on the rows that were there before."""

    dependencies = [("catalog", "0010_backorders")]

    operations = [
        ValidateConstraint(model_name="stocklevel", name="catalog_stocklevel_backordered_within_ceiling"),
        ValidateConstraint(model_name="variant", name="catalog_variant_preorder_has_day"),
    ]
