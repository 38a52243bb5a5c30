"""Returns and refunds of orders: what was decided, what went back, what is on the shelf again."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class OrdersKnowWhatGoesBack(Invariant):
    """No cent is promised twice."""

    statement = _("what an order calls to be refunded was decided")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(repayment.amount), 0) AS expected, o.repayments_total AS found
        FROM orders_order o LEFT JOIN orders_repayment repayment ON repayment.order_id = o.id
        GROUP BY o.id HAVING o.repayments_total <> COALESCE(sum(repayment.amount), 0) ORDER BY o.id"""
    repair = _("Another refund may give too much or too little. Correct the order's sum by its list of decisions.")


class OrdersKnowWhatIsBack(Invariant):
    """The buyer is told what really came back."""

    statement = _("what an order calls refunded is back")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(repayment.settled_amount), 0) AS expected,
            o.refunded_total AS found
        FROM orders_order o LEFT JOIN orders_repayment repayment ON repayment.order_id = o.id
        GROUP BY o.id HAVING o.refunded_total <> COALESCE(sum(repayment.settled_amount), 0) ORDER BY o.id"""
    repair = _("Compare with the refunds of the order's payments, and correct the order's sum.")


class DecisionsAreTheirParts(Invariant):
    """What goes back is for something."""

    statement = _("a refund decided is the sum of its lines, delivery and rest")
    query = """
        SELECT 'decision ' || r.id AS row, max(o.number) AS orders,
            r.delivery_amount + r.other_amount + COALESCE(sum(line.amount), 0) AS expected, r.amount AS found
        FROM orders_repayment r JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN orders_repaymentline line ON line.repayment_id = r.id
        GROUP BY r.id HAVING r.amount <> r.delivery_amount + r.other_amount + COALESCE(sum(line.amount), 0)
        ORDER BY r.id"""
    repair = _("A decision never changes, so somebody has written into the database: restore the row from a backup.")


class LinesKnowWhatGoesBack(Invariant):
    """A unit is paid back once."""

    statement = _("what lines call refunded, units and money, was decided")
    query = """
        SELECT 'line ' || line.id AS row, max(o.number) AS orders,
            COALESCE(sum(part.quantity), 0) || ' × ' || COALESCE(sum(part.amount), 0) AS expected,
            line.repaid_quantity || ' × ' || line.repaid_amount AS found
        FROM orders_orderline line JOIN orders_order o ON o.id = line.order_id
        LEFT JOIN orders_repaymentline part ON part.line_id = line.id
        GROUP BY line.id
        HAVING line.repaid_quantity <> COALESCE(sum(part.quantity), 0)
            OR line.repaid_amount <> COALESCE(sum(part.amount), 0) ORDER BY line.id"""
    repair = _("The next return of this line would give back a wrong amount. Correct the line by its decisions.")


class DeliveryGoesBackOnce(Invariant):
    """What delivery cost is paid back once."""

    statement = _("what orders call refunded for delivery was decided")
    query = """
        SELECT 'order ' || o.number AS row, COALESCE(sum(r.delivery_amount), 0) AS expected, o.repaid_delivery AS found
        FROM orders_order o LEFT JOIN orders_repayment r ON r.order_id = o.id
        GROUP BY o.id HAVING o.repaid_delivery <> COALESCE(sum(r.delivery_amount), 0) ORDER BY o.id"""
    repair = _("Correct the order's figure by its list of decisions before anything else is refunded.")


class DecisionsKnowWhatIsBack(Invariant):
    """Books of orders and of payments tell the same."""

    statement = _("what a decision calls back is that of its finished refunds")
    query = """
        SELECT 'decision ' || r.id AS row, max(o.number) AS orders,
            r.credited_amount + COALESCE(sum(refund.amount), 0) AS expected, r.settled_amount AS found
        FROM orders_repayment r JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN payments_refund refund ON refund.repayment_id = r.id AND refund.status = 'SUCCEEDED'
        GROUP BY r.id
        HAVING r.settled_amount <> r.credited_amount + COALESCE(sum(refund.amount), 0)
            OR (r.settled_at IS NOT NULL) <> (r.settled_amount = r.amount) ORDER BY r.id"""
    repair = _("Ask the provider which refunds were executed, and correct decision and order by that.")


class DecisionsAreCarriedOut(Invariant):
    """Nobody waits for money that nobody has asked for."""

    statement = _("a refund decided is asked for, in full, within half an hour")
    query = """
        SELECT 'decision ' || r.id AS row, max(o.number) AS orders, r.amount - r.credited_amount AS expected,
            COALESCE(sum(refund.amount), 0) AS found
        FROM orders_repayment r JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN payments_refund refund ON refund.repayment_id = r.id
        WHERE r.decided_at < now() - interval '30 minutes'
        GROUP BY r.id HAVING r.amount - r.credited_amount <> COALESCE(sum(refund.amount), 0) ORDER BY r.id"""
    repair = _(
        "Either no worker runs (manage.py doctor tells), or the order's payments do not cover it: the worker's log "
        "names the decision."
    )


class CancelledOrdersGiveEverythingBack(Invariant):
    """Who gets nothing pays nothing."""

    statement = _("a cancelled order keeps no money of its buyer")
    query = """
        SELECT 'order ' || o.number AS row, o.paid_total AS expected, o.repayments_total AS found
        FROM orders_order o WHERE o.status = 'CANCELLED' AND o.repayments_total <> o.paid_total ORDER BY o.id"""
    repair = _("Decide in the back office that the rest goes back.")


class CancelledUnitsAreRefunded(Invariant):
    """What does not leave is not paid for."""

    statement = _("units that were cancelled after payment were refunded")
    query = """
        SELECT 'line ' || line.id AS row, o.number AS orders, line.cancelled_quantity AS expected,
            line.repaid_quantity AS found
        FROM orders_orderline line JOIN orders_order o ON o.id = line.order_id
        WHERE line.repaid_quantity < line.cancelled_quantity ORDER BY line.id"""
    repair = _("Refund the units that are missing.")


class OrdersKnowTheirOpenCases(Invariant):
    """An order with a question open neither completes nor is forgotten."""

    statement = _("an order says whether a return case of it is open")
    query = """
        SELECT 'order ' || o.number AS row, open.is_open AS expected, o.has_open_case AS found
        FROM orders_order o CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT 1 FROM orders_returncase c WHERE c.order_id = o.id AND c.status IN
                ('REQUESTED', 'AWAITING_GOODS', 'SENT', 'RECEIVED', 'REPLACING', 'REPLACED', 'ESCALATED')
            ) AS is_open
        ) open WHERE o.has_open_case <> open.is_open ORDER BY o.id"""
    repair = _("Set the order's mark by its cases.")


class ClaimsStayWithinWhatWasBought(Invariant):
    """Nobody returns more than was bought."""

    statement = _("open cases and refunds together never exceed what was bought")
    query = """
        SELECT 'line ' || line.id AS row, o.number AS orders, line.quantity AS expected,
            line.repaid_quantity + sum(asked.quantity) AS found
        FROM orders_orderline line JOIN orders_order o ON o.id = line.order_id
        JOIN orders_returnline asked ON asked.line_id = line.id
        JOIN orders_returncase c ON c.id = asked.case_id AND c.status IN
            ('REQUESTED', 'AWAITING_GOODS', 'SENT', 'RECEIVED', 'REPLACING', 'REPLACED', 'ESCALATED')
        GROUP BY line.id, o.number HAVING line.repaid_quantity + sum(asked.quantity) > line.quantity
        ORDER BY line.id"""
    repair = _("Decline the case that asks for units which have gone back already.")


class RefundingCasesHaveADecision(Invariant):
    """A case that says money is coming has decided so, and one that is done has given it."""

    statement = _("a case whose money goes back has a refund that is not back yet")
    query = """
        SELECT 'case ' || c.number AS row, o.number AS orders, 'open' AS expected,
            CASE WHEN r.id IS NULL THEN 'none' ELSE 'settled' END AS found
        FROM orders_returncase c JOIN orders_order o ON o.id = c.order_id
        LEFT JOIN orders_repayment r ON r.case_id = c.id
        WHERE c.status = 'REFUNDING' AND (r.id IS NULL OR r.settled_at IS NOT NULL) ORDER BY c.id"""
    repair = _("Look at the order's decisions: without one the buyer waits in vain, so decide; else close the case.")


class ReturnedStockWasInspected(Invariant):
    """Only what is as new is sold again, and once."""

    statement = _("what returns put on the shelf is what inspection found sellable")
    query = """
        SELECT 'case ' || c.number AS row, o.number AS orders, COALESCE(max(fine.units), 0) AS expected,
            COALESCE(sum(movement.on_hand_change), 0) AS found
        FROM orders_returncase c JOIN orders_order o ON o.id = c.order_id
        LEFT JOIN (
            SELECT row.case_id, sum(row.sellable) AS units FROM orders_returnline row
            JOIN orders_orderline line ON line.id = row.line_id
            JOIN catalog_variant variant ON variant.id = line.variant_id AND variant.stock_policy <> 'UNCOUNTED'
            WHERE row.sellable > 0 GROUP BY row.case_id
        ) fine ON fine.case_id = c.id
        LEFT JOIN catalog_stockmovement movement
            ON movement.kind = 'RETURNED' AND movement.key LIKE 'returned:case-' || c.number || '-%'
        GROUP BY c.id, o.number
        HAVING COALESCE(max(fine.units), 0) <> COALESCE(sum(movement.on_hand_change), 0) ORDER BY c.id"""
    repair = _("Count the shelf, and correct the stock with a reason.")


class CasesEndInTime(Invariant):
    """Silence has its outcome."""

    statement = _("no case stays half an hour beyond its deadline")
    query = """
        SELECT 'case ' || c.number AS row, o.number AS orders, c.due_at AS since
        FROM orders_returncase c JOIN orders_order o ON o.id = c.order_id
        WHERE c.due_at < now() - interval '30 minutes' ORDER BY c.id"""
    repair = _("Worker or beat do not run: run manage.py doctor and start what it misses. Nothing is lost meanwhile.")


class CompletedOrdersWereReceived(Invariant):
    """An order is over when its buyer has everything."""

    statement = _("a completed order was received, and says when")
    query = """
        SELECT 'order ' || o.number AS row, 'RECEIVED' AS expected, o.fulfilment_status AS found
        FROM orders_order o
        WHERE o.status = 'COMPLETED' AND (
            o.completed_at IS NULL OR o.fulfilment_status <> 'RECEIVED' OR NOT EXISTS (
                SELECT 1 FROM orders_orderevent e WHERE e.order_id = o.id AND e.kind = 'RECEIVED'
            )
        ) ORDER BY o.id"""
    repair = _("The order was completed past the shop. Ask the buyer whether everything arrived.")


class ReplacementsAreHeldUntilSent(Invariant):
    """What is kept for an exchange leaves with it, or is given back."""

    statement = _("a return case holds what it will send in exchange, and nothing else")
    query = """
        SELECT 'case ' || c.number AS row, max(o.number) AS orders,
            CASE WHEN c.status = 'REPLACING' THEN max(asked.units) ELSE 0 END AS expected, sum(held.quantity) AS found
        FROM orders_returncase c
        JOIN orders_order o ON o.id = c.order_id
        JOIN orders_allocation held ON held.case_id = c.id
        JOIN (
            SELECT case_id, sum(quantity) AS units FROM orders_returnline GROUP BY case_id
        ) asked ON asked.case_id = c.id
        GROUP BY c.id
        HAVING sum(held.quantity) > CASE WHEN c.status = 'REPLACING' THEN max(asked.units) ELSE 0 END
        ORDER BY c.id"""
    repair = _("The case keeps units from others. Compare its parcel with its lines, and give the difference back.")
