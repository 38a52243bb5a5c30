"""Orders: sums, numbers, states and their entries in the timeline."""

from django.utils.translation import gettext_lazy as _

from core import numbers
from shop.audit.invariants import Invariant


def _check_digit(text: str, *, digits: int) -> str:
    """Return SQL for the Damm check digit of the first digits of a text, by the table of core.numbers."""
    table = "".join(str(value) for row in numbers.DAMM for value in row)
    interim = "0"
    for place in range(1, digits + 1):
        interim = f"substr('{table}', 10 * ({interim})::int + substr({text}, {place}, 1)::int + 1, 1)"
    return interim


class OrdersAreTheSumOfTheirLines(Invariant):
    """The amount agreed to is that of the goods."""

    statement = _("an order's goods cost the sum of its lines")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(line.total), 0) AS expected, o.items_total AS found
        FROM orders_order o LEFT JOIN orders_orderline line ON line.order_id = o.id
        GROUP BY o.id HAVING o.items_total <> COALESCE(sum(line.total), 0) ORDER BY o.id"""
    repair = _(
        "A line was changed after the order was placed. The buyer's mail shows what was agreed to: restore the line "
        "from it or from a backup."
    )


class DiscountsAreTheirShares(Invariant):
    """Every cent of a discount belongs to a line."""

    statement = _("an order's discount is the sum of its lines' shares")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(line.discount_share), 0) AS expected,
            o.discount_total AS found
        FROM orders_order o LEFT JOIN orders_orderline line ON line.order_id = o.id
        GROUP BY o.id HAVING o.discount_total <> COALESCE(sum(line.discount_share), 0) ORDER BY o.id"""
    repair = _(
        "A refund of one line would give back a wrong amount. Restore the shares from a backup before refunding."
    )


class PurchasesAreTheSumOfTheirOrders(Invariant):
    """What is charged is what the orders cost."""

    statement = _("a purchase costs the sum of its orders")
    query = """
        SELECT 'purchase ' || p.id AS row, string_agg(o.number, ' ' ORDER BY o.id) AS orders,
            sum(o.total - o.added_total) AS expected, p.total AS found
        FROM orders_purchase p JOIN orders_order o ON o.purchase_id = p.id
        GROUP BY p.id HAVING p.total <> sum(o.total - o.added_total) ORDER BY p.id"""
    repair = _(
        "The buyer is asked for another amount than the orders cost. If it is not paid yet, cancel it; if it is, "
        "compare with the payment and give back what was too much."
    )


class PurchasesHaveOneBuyer(Invariant):
    """Whoever sees one order of a purchase sees all of it."""

    statement = _("an order belongs to the buyer of its purchase")
    query = """
        SELECT 'order ' || o.number AS row, p.user_id AS expected, o.user_id AS found
        FROM orders_order o JOIN orders_purchase p ON p.id = o.purchase_id
        WHERE o.user_id IS DISTINCT FROM p.user_id ORDER BY o.id"""
    repair = _(
        "Somebody may see an order of another person. Expected and found are numbers of users: compare both with the "
        "order's email, and correct the one that does not fit."
    )


class PurchasesHaveOneCurrency(Invariant):
    """Amounts that are added have one currency."""

    statement = _("a purchase, its orders and its payments have one currency")
    query = """
        SELECT 'purchase ' || p.id AS row, p.currency AS expected, string_agg(DISTINCT part.currency, ' ') AS found
        FROM orders_purchase p JOIN (
            SELECT purchase_id, currency FROM orders_order
            UNION ALL SELECT purchase_id, currency FROM payments_payment
        ) part ON part.purchase_id = p.id
        WHERE part.currency <> p.currency GROUP BY p.id ORDER BY p.id"""
    repair = _(
        "Sums of this purchase mean nothing. Ask the provider in which currency it was paid, and correct the others."
    )


class OrderNumbersAreGenuine(Invariant):
    """A number that was mistyped is no order's."""

    statement = _("an order's number ends with its check digit")
    query = f"""
        SELECT 'order ' || number AS row, expected, right(number, 1) AS found
        FROM (
            SELECT id, number, CASE WHEN number ~ '^[0-9]{{12}}$' THEN {_check_digit("number", digits=11)} ELSE '' END
                AS expected
            FROM orders_order
        ) checked
        WHERE expected <> right(number, 1) ORDER BY id"""  # noqa: S608  made of constants
    repair = _(
        "No page opens this order by its number. It was entered by hand or by another program: find out which, and "
        "give the order a number of the shop."
    )


class OpenOrdersArePaid(Invariant):
    """Nothing is sent that nobody paid for."""

    statement = _("an order that is open or completed is paid")
    query = """
        SELECT 'order ' || o.number AS row, o.total AS expected, o.paid_total AS found
        FROM orders_order o
        WHERE o.status IN ('OPEN', 'COMPLETED') AND (
            o.paid_total < o.total OR o.paid_at IS NULL
            OR o.payment_status NOT IN ('PAID', 'PARTLY_REFUNDED', 'REFUNDED', 'OVERPAID')
        ) ORDER BY o.id"""
    repair = _("Do not send it. Look for its payment at the provider; without one, the order was opened by hand.")


class UnpaidCancelledOrdersHoldNoMoney(Invariant):
    """Money that came late opens the order again or goes back."""

    statement = _("an order cancelled as unpaid has no money of its buyer")
    query = """
        SELECT 'order ' || o.number AS row, 0 AS expected, o.paid_total + COALESCE(kept.amount, 0) AS found
        FROM orders_order o
        LEFT JOIN payments_payment kept
            ON kept.purchase_id = o.purchase_id AND kept.status = 'SUCCEEDED' AND NOT kept.is_surplus
        WHERE o.status = 'CANCELLED' AND o.cancel_reason = 'UNPAID'
        AND o.paid_total + COALESCE(kept.amount, 0) > 0 ORDER BY o.id"""
    repair = _("The buyer has paid and gets nothing. Refund the payment of this order at once, then tell the buyer.")


class OrdersAreExpired(Invariant):
    """Goods are not kept for ever for who does not pay."""

    statement = _("an order waits for its payment no longer than it may")
    query = """
        SELECT 'order ' || o.number AS row, o.pay_by AS since FROM orders_order o
        WHERE o.status = 'AWAITING_PAYMENT' AND o.payment_status = 'NONE'
        AND o.pay_by < now() - interval '30 minutes' ORDER BY o.id"""
    repair = _(
        "Its goods cannot be sold to others. Either no worker runs (manage.py doctor tells), or the provider does not "
        "close its trade: the worker's log names the payment."
    )


class ShippedUnitsAreInParcels(Invariant):
    """What left the house left in a parcel."""

    statement = _("what lines call shipped is in parcels")
    query = """
        SELECT 'line ' || line.id AS row, max(o.number) AS orders, COALESCE(sum(parcel.quantity), 0) AS expected,
            line.shipped_quantity AS found
        FROM orders_orderline line
        JOIN orders_order o ON o.id = line.order_id
        LEFT JOIN (
            SELECT shipped.line_id, shipped.quantity FROM orders_shipmentline shipped
            JOIN orders_shipment shipment ON shipment.id = shipped.shipment_id
                AND shipment.case_id IS NULL AND shipment.undone_at IS NULL
        ) parcel ON parcel.line_id = line.id
        GROUP BY line.id HAVING line.shipped_quantity <> COALESCE(sum(parcel.quantity), 0) ORDER BY line.id"""
    repair = _("Compare with the carrier's list what was sent, and correct the line or the parcel that is wrong.")


class DeliveryIsWhatLinesSay(Invariant):
    """The buyer is told what has really been sent."""

    statement = _("an order's delivery is what its lines have sent")
    query = """
        SELECT 'order ' || number AS row, expected, fulfilment_status AS found
        FROM (
            SELECT o.id, o.number, o.fulfilment_status,
                CASE WHEN sum(line.shipped_quantity) = 0 THEN 'NONE'
                     WHEN sum(line.shipped_quantity) < sum(line.quantity - line.cancelled_quantity)
                         THEN 'PARTLY_SHIPPED'
                     ELSE 'SHIPPED' END AS expected
            FROM orders_order o JOIN orders_orderline line ON line.order_id = o.id GROUP BY o.id
        ) counted
        WHERE expected <> CASE
            WHEN fulfilment_status IN ('DELIVERED', 'RECEIVED') THEN 'SHIPPED'
            WHEN fulfilment_status = 'NOTHING_TO_SHIP' THEN 'NONE' ELSE fulfilment_status END
        ORDER BY id"""
    repair = _(
        "Buyer and warehouse read something wrong. Compare the order's parcels with its lines, and correct the state."
    )


class CancelledOrdersSentNothing(Invariant):
    """Who gets the money back gets no goods."""

    statement = _("nothing of a cancelled order has left")
    query = """
        SELECT 'order ' || o.number AS row, 0 AS expected, sum(line.shipped_quantity) AS found
        FROM orders_order o JOIN orders_orderline line ON line.order_id = o.id
        WHERE o.status = 'CANCELLED' GROUP BY o.id HAVING sum(line.shipped_quantity) > 0 ORDER BY o.id"""
    repair = _("Stop the parcel if it can still be stopped; else ask the buyer to pay or to send it back.")


class DeliveredOrdersHaveArrived(Invariant):
    """The time to confirm receipt does not run while a parcel is on its way."""

    statement = _("every parcel of a delivered order is delivered")
    query = """
        SELECT 'shipment ' || s.id AS row, o.number AS orders, s.shipped_at AS since
        FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
        WHERE o.fulfilment_status = 'DELIVERED' AND s.case_id IS NULL AND s.undone_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM orders_shipmentevent e WHERE e.shipment_id = s.id AND e.kind = 'DELIVERED')
        ORDER BY s.id"""
    repair = _(
        "The order will count as received although a parcel has not arrived. Ask the carrier; until it is there, tell "
        "the buyer to take more time on the page of the order."
    )


class ChangesAreInTheTimeline(Invariant):
    """No order changes without an entry that says when and why."""

    statement = _("every change of an order is in its timeline")
    query = """
        SELECT 'order ' || o.number AS row, change.kinds AS expected,
            (SELECT COALESCE(string_agg(DISTINCT e.kind, ' '), '') FROM orders_orderevent e WHERE e.order_id = o.id)
                AS found
        FROM orders_order o CROSS JOIN LATERAL (VALUES
            ('PLACED', true, 1),
            ('PAID/REOPENED', o.paid_at IS NOT NULL, 1),
            ('EXPIRED', o.status = 'CANCELLED' AND o.cancel_reason = 'UNPAID', 1),
            ('PAYMENT_REVIEW', o.payment_status = 'NEEDS_REVIEW', 1),
            ('SHIPPED', true, (SELECT count(*) FROM orders_shipment s WHERE s.order_id = o.id AND s.case_id IS NULL)),
            ('UNSHIPPED', true, (SELECT count(*) FROM orders_shipment s
                WHERE s.order_id = o.id AND s.undone_at IS NOT NULL)),
            ('DELIVERED', o.fulfilment_status = 'DELIVERED', 1)
        ) AS change(kinds, is_due, times)
        WHERE change.is_due AND change.times > (
            SELECT count(*) FROM orders_orderevent e
            WHERE e.order_id = o.id AND e.kind = ANY (string_to_array(change.kinds, '/'))
        ) ORDER BY o.id, change.kinds"""
    repair = _(
        "The order was changed past the shop. Its payments, parcels and mails tell what happened: check that the buyer "
        "got what was paid for, and look in the database's log for who wrote the row."
    )
