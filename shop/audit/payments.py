"""Payments: all money is in the books or on its way back, and nothing stays undecided."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class PaidOrdersHaveTheirMoney(Invariant):
    """No order is paid without money, and no money without an order."""

    statement = _("what orders call paid was received, once")
    query = """
        SELECT 'purchase ' || p.id AS row, string_agg(o.number, ' ' ORDER BY o.id) AS orders,
            COALESCE(max(kept.amount), 0) + sum(o.credited_total) AS expected, sum(o.paid_total) AS found
        FROM orders_purchase p
        JOIN orders_order o ON o.purchase_id = p.id
        LEFT JOIN (
            SELECT purchase_id, sum(amount) AS amount FROM payments_payment
            WHERE status = 'SUCCEEDED' AND NOT is_surplus GROUP BY purchase_id
        ) kept ON kept.purchase_id = p.id
        GROUP BY p.id
        HAVING sum(o.paid_total) <> COALESCE(max(kept.amount), 0) + sum(o.credited_total) ORDER BY p.id"""
    repair = _(
        "Look the payment up at the provider by our number, which begins with the order's. Was it paid, the order must "
        "be; was it not, do not send the goods."
    )


class MoneyAgreesPerCurrency(Invariant):
    """The sums of the whole shop agree too."""

    statement = _("in each currency, orders are paid with what payments brought")
    query = """
        SELECT 'currency ' || currency AS row, sum(received) AS expected, sum(paid) AS found
        FROM (
            SELECT currency, amount AS received, 0 AS paid FROM payments_payment
            WHERE status = 'SUCCEEDED' AND NOT is_surplus
            UNION ALL SELECT currency, 0, paid_total - credited_total FROM orders_order
        ) sums GROUP BY currency HAVING sum(received) <> sum(paid) ORDER BY currency"""
    repair = _("The purchases that are named under the other statements explain the difference. Put those right first.")


class SurplusGoesBack(Invariant):
    """Nobody pays twice."""

    statement = _("money that no order needed goes back")
    query = """
        SELECT 'payment ' || payment.out_trade_no AS row, payment.amount AS expected,
            COALESCE(sum(refund.amount), 0) AS found
        FROM payments_payment payment
        LEFT JOIN payments_refund refund ON refund.payment_id = payment.id AND refund.status <> 'FAILED'
        WHERE payment.status = 'SUCCEEDED' AND payment.is_surplus
        GROUP BY payment.id HAVING payment.amount <> COALESCE(sum(refund.amount), 0) ORDER BY payment.id"""
    repair = _(
        "The buyer waits for this money. If the provider refused the refund, its error says why: pay it back in the "
        "provider's own office or by transfer, and note that on the order."
    )


class RefundedIsWhatRefundsGave(Invariant):
    """What is called refunded went back."""

    statement = _("a payment's refunded sum is that of its finished refunds")
    query = """
        SELECT 'payment ' || payment.out_trade_no AS row, COALESCE(sum(refund.amount), 0) AS expected,
            payment.refunded AS found
        FROM payments_payment payment
        LEFT JOIN payments_refund refund ON refund.payment_id = payment.id AND refund.status = 'SUCCEEDED'
        GROUP BY payment.id HAVING payment.refunded <> COALESCE(sum(refund.amount), 0) ORDER BY payment.id"""
    repair = _(
        "Ask the provider how much of this payment went back, and correct the sum or the refund that is missing."
    )


class RefundsStayWithinTheirPayment(Invariant):
    """No more goes back than came in."""

    statement = _("refunds of a payment never exceed it")
    query = """
        SELECT 'payment ' || payment.out_trade_no AS row,
            CASE WHEN payment.status = 'SUCCEEDED' THEN payment.amount ELSE 0 END AS expected,
            sum(refund.amount) AS found
        FROM payments_payment payment
        JOIN payments_refund refund ON refund.payment_id = payment.id AND refund.status IN ('REQUESTED', 'SUCCEEDED')
        GROUP BY payment.id
        HAVING sum(refund.amount) > CASE WHEN payment.status = 'SUCCEEDED' THEN payment.amount ELSE 0 END
        ORDER BY payment.id"""
    repair = _(
        "The shop gives away money. Ask the provider which refunds were executed, and mark one that was not as failed "
        "before it is."
    )


class RefundsAreTried(Invariant):
    """A refund that is due is asked for."""

    statement = _("a refund that is due is tried within half an hour")
    query = """
        SELECT 'refund ' || refund.number AS row, refund.due_at AS since FROM payments_refund refund
        WHERE refund.status = 'REQUESTED' AND refund.due_at < now() - interval '30 minutes' ORDER BY refund.id"""
    repair = _("Worker or beat do not run: run manage.py doctor and start what it misses. Nothing is lost meanwhile.")


class AttemptsAreDecided(Invariant):
    """What became of a payment is known after a day."""

    statement = _("no attempt to pay stays undecided for more than 25 hours")
    query = """
        SELECT 'payment ' || payment.out_trade_no AS row, payment.created_at AS since FROM payments_payment payment
        WHERE payment.status IN ('CREATED', 'PRESENTED')
        AND GREATEST(payment.created_at, payment.expires_at) < now() - interval '25 hours' ORDER BY payment.id"""
    repair = _(
        "The provider does not say what became of it. Look it up in the provider's own office by our number; money "
        "that arrived there must be booked or given back."
    )


class NoticesHaveAVerdict(Invariant):
    """No genuine notice is left lying."""

    statement = _("a genuine notice was dealt with")
    query = """
        SELECT 'notice ' || event.id AS row, event.received_at AS since FROM payments_providerevent event
        WHERE event.is_verified AND event.verdict IN ('RECEIVED', 'FORGED') ORDER BY event.id"""
    repair = _(
        "The provider believes that we know. Let it send the notice again from its own office, or compare payment and "
        "order with what it says."
    )


class AppliedNoticesDecidedTheirPayment(Invariant):
    """What a notice changed stays changed."""

    statement = _("a payment that a notice decided is decided")
    query = """
        SELECT 'notice ' || event.id AS row, 'SUCCEEDED/CLOSED/FAILED' AS expected,
            COALESCE(payment.status, '') AS found
        FROM payments_providerevent event LEFT JOIN payments_payment payment ON payment.id = event.payment_id
        WHERE event.verdict = 'APPLIED' AND COALESCE(payment.status, 'CREATED') IN ('CREATED', 'PRESENTED')
        ORDER BY event.id"""
    repair = _(
        "The payment was set back by hand or by a restored backup. It is asked for again while it is open; if it stays "
        "so, look it up at the provider."
    )
