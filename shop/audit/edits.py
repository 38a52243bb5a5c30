"""Changes of paid orders: what was added is in the order, paid for, and credited once."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class AddedGoodsAreInTheirOrder(Invariant):
    """What a change has added is what the order costs more."""

    statement = _("what an order calls added later was added by its changes")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(edit.added), 0) || ' / ' || COALESCE(sum(lines.total), 0)
            AS expected, o.added_total AS found
        FROM orders_order o
        LEFT JOIN orders_orderedit edit ON edit.order_id = o.id AND edit.status = 'APPLIED'
        LEFT JOIN (
            SELECT order_id, edit_id, sum(total) AS total FROM orders_orderline
            WHERE edit_id IS NOT NULL GROUP BY order_id, edit_id
        ) lines ON lines.order_id = o.id AND lines.edit_id = edit.id
        GROUP BY o.id
        HAVING o.added_total <> COALESCE(sum(edit.added), 0) OR o.added_total <> COALESCE(sum(lines.total), 0)
        ORDER BY o.id"""
    repair = _("Somebody has written into the database: restore the order, its lines and its changes from a backup.")


class CreditsAreDecided(Invariant):
    """What was credited was taken out of the order."""

    statement = _("what an order calls credited was decided, and pays for what was added")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(r.credited_amount), 0) AS expected, o.credited_total AS found
        FROM orders_order o LEFT JOIN orders_repayment r ON r.order_id = o.id
        GROUP BY o.id
        HAVING o.credited_total <> COALESCE(sum(r.credited_amount), 0) OR o.credited_total > o.added_total
        ORDER BY o.id"""
    repair = _("Correct the order's sum by its list of refunds decided before anything else of it is refunded.")


class DifferencesArePaid(Invariant):
    """Nothing is added that nobody paid for, and nobody pays for nothing."""

    statement = _("a change that costs more is made when, and only when, its difference is paid")
    query = """
        SELECT 'change ' || edit.id AS row, max(o.number) AS orders,
            CASE WHEN edit.status = 'APPLIED' THEN GREATEST(edit.added - edit.taken_out, 0) ELSE 0 END AS expected,
            COALESCE(sum(kept.amount), 0) AS found
        FROM orders_orderedit edit JOIN orders_order o ON o.id = edit.order_id
        LEFT JOIN payments_payment kept ON kept.edit_id = edit.id AND kept.status = 'SUCCEEDED' AND NOT kept.is_surplus
        GROUP BY edit.id
        HAVING COALESCE(sum(kept.amount), 0)
            <> CASE WHEN edit.status = 'APPLIED' THEN GREATEST(edit.added - edit.taken_out, 0) ELSE 0 END
        ORDER BY edit.id"""
    repair = _("Look the payment up at the provider by our number, and give back what no change needed.")


class ChangesEnd(Invariant):
    """A change nobody pays for does not wait for ever."""

    statement = _("a change that was not paid in time has ended")
    query = """
        SELECT 'change ' || edit.id AS row, o.number AS orders, edit.pay_by AS since
        FROM orders_orderedit edit JOIN orders_order o ON o.id = edit.order_id
        WHERE edit.status = 'PROPOSED' AND edit.pay_by < now() - interval '1 hour' ORDER BY edit.id"""
    repair = _("Worker or beat do not run: run manage.py doctor and start what it misses.")
