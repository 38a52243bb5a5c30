"""Stock: what levels say, the ledger explains, and lines hold."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class StockOnHandIsItsMovements(Invariant):
    """Every unit came by a movement."""

    statement = _("stock on hand is the sum of its movements")
    query = """
        SELECT 'level ' || level.id AS row, COALESCE(sum(movement.on_hand_change), 0) AS expected,
            level.on_hand AS found
        FROM catalog_stocklevel level LEFT JOIN catalog_stockmovement movement ON movement.level_id = level.id
        GROUP BY level.id HAVING level.on_hand <> COALESCE(sum(movement.on_hand_change), 0) ORDER BY level.id"""
    repair = _(
        "The level was written past the ledger. Count the units on the shelf and enter the count on the product's "
        "page; then look in the database's log for who wrote the row."
    )


class AllocatedStockIsItsMovements(Invariant):
    """Every unit that is held was taken by a movement."""

    statement = _("allocated stock is the sum of its movements")
    query = """
        SELECT 'level ' || level.id AS row, COALESCE(sum(movement.allocated_change), 0) AS expected,
            level.allocated AS found
        FROM catalog_stocklevel level LEFT JOIN catalog_stockmovement movement ON movement.level_id = level.id
        GROUP BY level.id HAVING level.allocated <> COALESCE(sum(movement.allocated_change), 0) ORDER BY level.id"""
    repair = _(
        "The level was written past the ledger. Until it is put right the shop sells too much or too little of this: "
        "take the product off sale, then correct the level to what the ledger says."
    )


class AllocatedStockIsHeldByLines(Invariant):
    """Nothing is held for nobody."""

    statement = _("allocated stock is what order lines hold")
    query = """
        SELECT 'level ' || level.id AS row, COALESCE(sum(allocation.quantity), 0) AS expected,
            level.allocated AS found
        FROM catalog_stocklevel level LEFT JOIN orders_allocation allocation ON allocation.level_id = level.id
        GROUP BY level.id HAVING level.allocated <> COALESCE(sum(allocation.quantity), 0) ORDER BY level.id"""
    repair = _(
        "Units are held that no order needs, or an order counts on units that nobody holds. Compare the open orders of "
        "this variant with the level's movements; the order whose movements are missing is the one to correct."
    )


class LinesHoldWhatTheyOwe(Invariant):
    """What has left the house is not held any more."""

    statement = _("a line holds no more than it still has to send")
    query = """
        SELECT 'line ' || line.id AS row, max(o.number) AS orders, line.quantity - line.shipped_quantity AS expected,
            sum(allocation.quantity) AS found
        FROM orders_orderline line
        JOIN orders_order o ON o.id = line.order_id
        JOIN orders_allocation allocation ON allocation.line_id = line.id AND allocation.case_id IS NULL
        GROUP BY line.id HAVING sum(allocation.quantity) > line.quantity - line.shipped_quantity ORDER BY line.id"""
    repair = _(
        "The order keeps units from others that it has sent already or never asked for. Compare the order's parcels "
        "with its lines, and give the difference back to the stock."
    )


class CancelledOrdersHoldNothing(Invariant):
    """Goods of an order that is over are for sale again."""

    statement = _("lines of cancelled orders hold nothing")
    query = """
        SELECT 'order ' || o.number AS row, 0 AS expected, sum(allocation.quantity) AS found
        FROM orders_order o
        JOIN orders_orderline line ON line.order_id = o.id
        JOIN orders_allocation allocation ON allocation.line_id = line.id
        WHERE o.status = 'CANCELLED' GROUP BY o.id HAVING sum(allocation.quantity) > 0 ORDER BY o.id"""
    repair = _(
        "The order was cancelled without giving its goods back. Look at its timeline for how it was cancelled, and "
        "release what its lines hold."
    )


class OpenAlertsAreOfLowStock(Invariant):
    """Nobody is told to order what there is plenty of; two changes at once may miss it for a minute."""

    statement = _("an alert of low stock is open only while there are no more than its threshold")
    query = """
        SELECT 'alert ' || alert.id AS row, alert.threshold AS expected, COALESCE(there.units, 0) AS found
        FROM catalog_lowstockalert alert
        LEFT JOIN LATERAL (
            SELECT sum(level.on_hand - level.allocated) AS units, max(movement.created_at) AS moved_at
            FROM catalog_stocklevel level
            JOIN catalog_stocklocation location ON location.id = level.location_id
            LEFT JOIN LATERAL (
                SELECT created_at FROM catalog_stockmovement WHERE level_id = level.id ORDER BY id DESC LIMIT 1
            ) movement ON true
            WHERE level.variant_id = alert.variant_id AND location.is_active
        ) there ON true
        WHERE alert.over_at IS NULL AND there.units > alert.threshold
            AND there.moved_at < now() - interval '5 minutes'
        ORDER BY alert.id"""
    repair = _("Worker or beat do not run: run manage.py doctor and start what it misses. Nothing is lost meanwhile.")


class TransfersAreBalanced(Invariant):
    """What leaves one place arrives at the other."""

    statement = _("a transfer takes as many units from one place as it brings to the other")
    query = """
        SELECT 'movement ' || min(movement.id) AS row, 0 AS expected, sum(movement.on_hand_change) AS found
        FROM catalog_stockmovement movement
        JOIN catalog_stocklevel level ON level.id = movement.level_id
        WHERE movement.kind = 'TRANSFERRED'
        GROUP BY regexp_replace(movement.key, ':(in|out)$', '')
        HAVING sum(movement.on_hand_change) <> 0 OR count(*) <> 2 OR count(DISTINCT level.variant_id) <> 1
        ORDER BY min(movement.id)"""
    repair = _("Half of a transfer was written past the shop. Count both places, and correct the stock with a reason.")


class BackorderedStockIsItsQueue(Invariant):
    """Who waits is counted, and nobody else."""

    statement = _("units waited for are those of the open back-orders")
    query = """
        SELECT 'level ' || level.id AS row, COALESCE(sum(backorder.units), 0) AS expected, level.backordered AS found
        FROM catalog_stocklevel level
        LEFT JOIN orders_backorder backorder
            ON backorder.level_id = level.id AND backorder.filled_at IS NULL AND backorder.given_up_at IS NULL
        GROUP BY level.id HAVING level.backordered <> COALESCE(sum(backorder.units), 0) ORDER BY level.id"""
    repair = _(
        "The queue was written past the shop: it sells too much or too little of what is not there. Compare the open "
        "back-orders of this variant with its orders, then correct the level to their sum."
    )


class LinesWaitAsTheQueueSays(Invariant):
    """What cannot leave yet is in the queue."""

    statement = _("a line waits for as many units as its open back-orders, and for no more than it owes")
    query = """
        SELECT 'line ' || line.id AS row, o.number AS orders, COALESCE(queue.units, 0) AS expected,
            line.waiting_quantity AS found
        FROM orders_orderline line
        JOIN orders_order o ON o.id = line.order_id
        LEFT JOIN (
            SELECT line_id, sum(units) AS units FROM orders_backorder
            WHERE filled_at IS NULL AND given_up_at IS NULL GROUP BY line_id
        ) queue ON queue.line_id = line.id
        WHERE line.waiting_quantity <> COALESCE(queue.units, 0)
            OR line.waiting_quantity > line.quantity - line.shipped_quantity - line.cancelled_quantity
            OR (o.status IN ('CANCELLED', 'COMPLETED') AND line.waiting_quantity > 0)
        ORDER BY line.id"""
    repair = _("The line was written past the shop. Compare it with its back-orders, and correct it to what they say.")


class LinesHoldOrWaitForWhatTheyOwe(Invariant):
    """What was sold and has still to leave is held, or it is waited for."""

    statement = _("a line that ever waited holds or waits for all it has still to send")
    query = """
        SELECT 'line ' || line.id AS row, o.number AS orders,
            line.quantity - line.shipped_quantity - line.cancelled_quantity AS expected,
            line.waiting_quantity + COALESCE(held.units, 0) AS found
        FROM orders_orderline line
        JOIN orders_order o ON o.id = line.order_id AND o.status IN ('AWAITING_PAYMENT', 'OPEN')
        LEFT JOIN (
            SELECT line_id, sum(quantity) AS units FROM orders_allocation WHERE case_id IS NULL GROUP BY line_id
        ) held ON held.line_id = line.id
        WHERE line.id IN (SELECT line_id FROM orders_backorder)
            AND line.waiting_quantity + COALESCE(held.units, 0)
                <> line.quantity - line.shipped_quantity - line.cancelled_quantity
        ORDER BY line.id"""
    repair = _(
        "Somebody has bought units that nobody keeps for them. Look at the order's back-orders and at the movements of "
        "its stock; receive or adjust the stock so that they can be held."
    )


class FilledBackordersWereHeld(Invariant):
    """What came for somebody was put aside for them."""

    statement = _("as many units were held for filled back-orders as they have")
    query = """
        SELECT 'line ' || filled.line_id AS row, filled.units AS expected, COALESCE(sum(moved.units), 0) AS found
        FROM (
            SELECT line_id, sum(units) AS units FROM orders_backorder WHERE filled_at IS NOT NULL GROUP BY line_id
        ) filled
        LEFT JOIN orders_backorder own ON own.line_id = filled.line_id
        LEFT JOIN LATERAL (
            SELECT sum(movement.allocated_change) AS units FROM catalog_stockmovement movement
            WHERE movement.kind = 'ALLOCATED' AND movement.key LIKE 'allocated:backorder-' || own.id || '-%'
        ) moved ON true
        GROUP BY filled.line_id, filled.units HAVING filled.units <> COALESCE(sum(moved.units), 0)
        ORDER BY filled.line_id"""
    repair = _("The back-order was written past the shop. Compare it with the movements of its variant's stock.")


class NobodyWaitsForWhatIsThere(Invariant):
    """Stock that comes goes to those who wait."""

    statement = _("while somebody waits for a variant, none of it can be sold")
    query = """
        SELECT 'level ' || min(level.id) AS row, 0 AS expected, sum(level.on_hand - level.allocated) AS found
        FROM catalog_stocklevel level
        JOIN catalog_stocklocation location ON location.id = level.location_id AND location.is_active
        WHERE level.variant_id IN (SELECT variant_id FROM catalog_stocklevel WHERE backordered > 0)
        GROUP BY level.variant_id HAVING sum(level.on_hand - level.allocated) > 0 ORDER BY min(level.id)"""
    repair = _(
        "Others can buy what somebody waits for. Receive or count the variant on its product's page: that fills the "
        "queue; a place that was opened again is the usual reason."
    )
