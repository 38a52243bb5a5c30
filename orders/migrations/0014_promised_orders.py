from datetime import timedelta

from django.conf import settings
from django.db import migrations
from django.db.models import F


def promise(apps, schema_editor):
    """Orders that wait to be sent since before there were promises are to leave as soon as others."""
    waiting = apps.get_model("orders", "Order").objects.filter(
        status="OPEN", fulfilment_status__in=["NONE", "PARTLY_SHIPPED"], ship_by=None, paid_at__isnull=False
    )
    waiting.update(ship_by=F("paid_at") + timedelta(hours=settings.SHIP_WITHIN_HOURS))


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_late_orders_index")]
    operations = [migrations.RunPython(promise, migrations.RunPython.noop)]
