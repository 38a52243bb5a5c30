"""The Celery application: how tasks travel, and the timetable of the sweeps.

The database is the truth and a task only a wake-up: every effect that must happen is a row,
and a sweep finds the row again when its task was lost.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("shop")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # a killed worker's tasks are back within seconds instead of an hour
        "visibility_timeout": 90,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        # a frozen Redis must not hold a web request
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "max_retries": 0,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=300,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.autodiscover_tasks()


def _every(seconds: int, task: str) -> dict[str, object]:
    """Return a timetable entry; a run that waited a whole period is dropped, the next one does its work."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": max(seconds, 5)}}


app.conf.beat_schedule = {
    "deliver mails": _every(settings.MAIL_SWEEP_SECONDS, "notifications.tasks.deliver_due"),
    "mail codes of look-ups": _every(settings.MAIL_SWEEP_SECONDS, "orders.tasks.answer_lookups"),
    "expire purchases": _every(settings.EXPIRY_SWEEP_SECONDS, "payments.tasks.expire_overdue"),
    "ask about payments": _every(settings.PAYMENT_SWEEP_SECONDS, "payments.tasks.query_open"),
    "execute refunds": _every(settings.REFUND_SWEEP_SECONDS, "payments.tasks.execute_refunds"),
    "complete orders": _every(settings.ORDER_SWEEP_SECONDS, "orders.tasks.act_on_deadlines"),
    "refresh listings": _every(settings.LISTING_SWEEP_SECONDS, "catalog.tasks.refresh_due_cards"),
    "watch low stock": _every(settings.LISTING_SWEEP_SECONDS, "catalog.tasks.watch_stock"),
    "count what was sold": _every(settings.LISTING_SWEEP_SECONDS, "orders.tasks.count_sold"),
    "delete refused notices": _every(settings.CLEANING_SECONDS, "payments.tasks.delete_old_refusals"),
    "pack personal data": _every(settings.MAIL_SWEEP_SECONDS, "shop.tasks.pack_exports"),
    "delete old exports": _every(settings.CLEANING_SECONDS, "shop.tasks.delete_old_exports"),
    "audit the books": _every(settings.AUDIT_SWEEP_SECONDS, "shop.tasks.run_audits"),
    "delete old audits": _every(settings.CLEANING_SECONDS, "shop.tasks.delete_old_audits"),
    "erase accounts": _every(settings.CLEANING_SECONDS, "shop.tasks.erase_due"),
    "delete old look-ups": _every(settings.CLEANING_SECONDS, "orders.tasks.delete_old_lookups"),
    "delete idle carts": _every(settings.CLEANING_SECONDS, "cart.tasks.delete_idle"),
    "delete accounts never activated": _every(settings.CLEANING_SECONDS, "accounts.tasks.delete_never_activated"),
    "end views as customer": _every(settings.CLEANING_SECONDS, "accounts.tasks.end_viewings"),
    "delete old sessions": _every(settings.CLEANING_SECONDS, "accounts.tasks.delete_old_sessions"),
}
