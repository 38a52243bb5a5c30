"""Mails: every one that must be is in the outbox, and none lies there."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class PaidOrdersHaveTheirMail(Invariant):
    """Who has paid was told so."""

    statement = _("every paid order has its mail")
    query = """
        SELECT 'order ' || o.number AS row, o.paid_at AS since FROM orders_order o WHERE o.paid_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM notifications_message m WHERE m.key = 'order_confirmed:' || o.number)
        ORDER BY o.id"""
    repair = _("The buyer was never told that the payment arrived. Tell them, and look for who deleted the mail's row.")


class ParcelsHaveTheirMail(Invariant):
    """Who waits for a parcel was told that it left."""

    statement = _("every parcel has its mail")
    query = """
        SELECT 'shipment ' || s.id AS row, o.number AS orders, s.shipped_at AS since
        FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
        WHERE NOT EXISTS (SELECT 1 FROM notifications_message m WHERE m.key = 'order_shipped:' || s.id)
        ORDER BY s.id"""
    repair = _("The buyer was never told that the parcel left. Tell them, and look for who deleted the mail's row.")


class ParcelsTakenBackHaveTheirMail(Invariant):
    """Who waits for a parcel that is still here was told so."""

    statement = _("every parcel that was taken back has its mail")
    query = """
        SELECT 'shipment ' || s.id AS row, o.number AS orders, s.undone_at AS since
        FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
        WHERE s.undone_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM notifications_message m WHERE m.key = 'order_unshipped:' || s.id)
        ORDER BY s.id"""
    repair = _("The buyer waits for a parcel that has not left. Tell them, and look for who deleted the mail's row.")


class MailsAreTried(Invariant):
    """A worker takes up what is due."""

    statement = _("a mail waits ten minutes at most, unless its server fails")
    query = """
        SELECT 'message ' || m.id AS row, m.created_at AS since FROM notifications_message m
        WHERE m.status IN ('PENDING', 'SENDING') AND m.attempts = 0
        AND m.created_at < now() - interval '10 minutes' ORDER BY m.id"""
    repair = _("Nobody tries to send it: worker or beat do not run. Run manage.py doctor and start what it misses.")


class LookupsAreAnswered(Invariant):
    """A guest who asks for a code does not wait for nothing."""

    statement = _("a look-up is answered within ten minutes")
    query = """
        SELECT 'lookup ' || look.id AS row, look.asked_at AS since FROM orders_lookup look
        WHERE NOT look.is_answered AND look.asked_at < now() - interval '10 minutes' ORDER BY look.id"""
    repair = _("A guest waits for a code: worker or beat do not run. Run manage.py doctor and start what it misses.")
