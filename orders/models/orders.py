"""Orders and their lines: copies of everything they show."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import AddressFields, Merchant, User
from catalog.models import Product, StockLevel, Variant
from core.money import Money
from orders.models.purchases import Purchase


class OrderQuerySet(models.QuerySet["Order"]):
    """Sets of orders."""

    def visible_to(self, user: User) -> OrderQuerySet:
        """Orders this shopper has placed."""
        return self.filter(user=user)

    def to_receive(self) -> OrderQuerySet:
        """Orders that have left whole, and whose buyers have not said that they arrived."""
        return self.filter(
            status="OPEN", fulfilment_status__in=[Order.FulfilmentStatus.SHIPPED, Order.FulfilmentStatus.DELIVERED]
        )

    def to_ship(self) -> OrderQuerySet:
        """Paid orders of which something has still to leave."""
        return self.filter(
            status="OPEN", fulfilment_status__in=[Order.FulfilmentStatus.NONE, Order.FulfilmentStatus.PARTLY_SHIPPED]
        )

    def to_pack(self) -> OrderQuerySet:
        """Orders to ship whose buyers have not asked to cancel what is left."""
        asked = models.Q(cases__kind="CANCELLATION", cases__status__in=["REQUESTED", "ESCALATED"])
        return self.to_ship().exclude(pk__in=Order.objects.filter(asked).values("pk"))

    def managed_by(self, user: User) -> OrderQuerySet:
        """Orders this user may handle: an operator all, a member those of the own merchants."""
        if user.is_superuser:
            return self
        return self.filter(merchant__in=Merchant.objects.worked_for_by(user))


class Order(AddressFields):
    """What one merchant owes one buyer; its three states are written by orders.services.lifecycle alone."""

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Awaiting payment")
        OPEN = "OPEN", _("Open")
        COMPLETED = "COMPLETED", _("Completed")
        CANCELLED = "CANCELLED", _("Cancelled")

    class PaymentStatus(models.TextChoices):
        NONE = "NONE", _("Not paid")
        PARTIAL = "PARTIAL", _("Partly paid")
        PAID = "PAID", _("Paid")
        PARTLY_REFUNDED = "PARTLY_REFUNDED", _("Partly refunded")
        REFUNDED = "REFUNDED", _("Refunded")
        OVERPAID = "OVERPAID", _("Overpaid")
        NEEDS_REVIEW = "NEEDS_REVIEW", _("Needs review")

    class FulfilmentStatus(models.TextChoices):
        NONE = "NONE", _("Not shipped")
        PARTLY_SHIPPED = "PARTLY_SHIPPED", _("Partly shipped")
        SHIPPED = "SHIPPED", _("Shipped")
        DELIVERED = "DELIVERED", _("Delivered")
        RECEIVED = "RECEIVED", _("Received")
        NOTHING_TO_SHIP = "NOTHING_TO_SHIP", _("Nothing to ship")

    class CancelReason(models.TextChoices):
        UNPAID = "UNPAID", _("Not paid in time")
        BUYER = "BUYER", _("Cancelled by the buyer")
        SHOP = "SHOP", _("Cancelled by the shop")

    number = models.CharField(_("number"), max_length=12, unique=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="orders", verbose_name=_("purchase"))
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="orders", verbose_name=_("merchant"))
    merchant_name = models.CharField(_("merchant's name"), max_length=120)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("user")
    )
    email = models.EmailField(_("email"))
    language = models.CharField(_("language"), max_length=10)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.AWAITING_PAYMENT)
    payment_status = models.CharField(
        _("payment"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.NONE
    )
    fulfilment_status = models.CharField(
        _("delivery"), max_length=20, choices=FulfilmentStatus.choices, default=FulfilmentStatus.NONE
    )
    currency = models.CharField(_("currency"), max_length=3)
    items_total = models.DecimalField(_("items"), max_digits=12, decimal_places=2)
    discount_total = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    delivery_total = models.DecimalField(_("delivery"), max_digits=12, decimal_places=2, default=0)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    added_total = models.DecimalField(_("added later"), max_digits=12, decimal_places=2, default=0, db_default=0)
    paid_total = models.DecimalField(_("paid"), max_digits=12, decimal_places=2, default=0)
    credited_total = models.DecimalField(
        _("credited for what was taken out"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Paid and refunded at once, when an item was replaced by another."),
    )
    repayments_total = models.DecimalField(
        _("to be refunded"), max_digits=12, decimal_places=2, default=0, db_default=0
    )
    repaid_delivery = models.DecimalField(
        _("delivery to be refunded"), max_digits=12, decimal_places=2, default=0, db_default=0
    )
    refunded_total = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)
    delivery_code = models.CharField(max_length=40)
    delivery_name = models.CharField(_("delivery method"), max_length=80)
    delivery_from = models.DateField(_("arrives from"))
    delivery_to = models.DateField(_("arrives until"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=10, choices=CancelReason.choices, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    pay_by = models.DateTimeField(_("pay by"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    ships_within_hours = models.PositiveSmallIntegerField(
        _("ships within hours"),
        null=True,
        blank=True,
        help_text=_("The longest of its goods, as promised when placed."),
    )
    ship_by = models.DateTimeField(_("ship by"), null=True, blank=True)
    urged_at = models.DateTimeField(_("buyer asked to hurry"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    receive_by = models.DateTimeField(_("counts as received from"), null=True, blank=True)
    is_receipt_extended = models.BooleanField(_("receipt extended"), default=False, db_default=False)
    is_receipt_reminded = models.BooleanField(default=False, db_default=False, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    return_by = models.DateTimeField(_("can be returned until"), null=True, blank=True)
    is_to_review = models.BooleanField(
        default=False, db_default=False, editable=False, help_text=_("Its buyer may write reviews.")
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    picked_at = models.DateTimeField(_("being packed since"), null=True, blank=True)
    has_open_case = models.BooleanField(_("open case"), default=False, db_default=False, editable=False)
    is_counted = models.BooleanField(default=False, editable=False, help_text=_("Its units are in the sold figures."))
    is_hidden = models.BooleanField(
        default=False, db_default=False, editable=False, help_text=_("The buyer does not want it in the list any more.")
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("items_total") + F("delivery_total") - F("discount_total")),
                name="orders_order_total_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(items_total__gte=0, delivery_total__gte=0, discount_total__gte=0, total__gte=0),
                name="orders_order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid_total__gte=0, refunded_total__gte=0, refunded_total__lte=F("paid_total")),
                name="orders_order_refunded_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(repayments_total__lte=F("paid_total"), refunded_total__lte=F("repayments_total")),
                name="orders_order_repayments_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(repaid_delivery__gte=0, repaid_delivery__lte=F("delivery_total")),
                name="orders_order_repaid_delivery_within_delivery",
            ),
            models.CheckConstraint(
                condition=Q(added_total__gte=0, added_total__lte=F("items_total")),
                name="orders_order_added_within_items",
            ),
            models.CheckConstraint(
                condition=Q(credited_total__gte=0, credited_total__lte=F("refunded_total")),
                name="orders_order_credited_within_refunded",
            ),
            models.UniqueConstraint("purchase", "merchant", name="orders_order_one_per_merchant"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="orders_order_by_merchant"),
            models.Index(fields=["user", "-id"], name="orders_order_by_user"),
            models.Index("merchant", "status", "fulfilment_status", "paid_at", name="orders_order_to_ship"),
            models.Index("pay_by", name="orders_order_unpaid", condition=Q(status="AWAITING_PAYMENT")),
            models.Index("email", name="orders_order_by_email"),
            models.Index(Lower("email"), name="orders_order_lonely", condition=Q(user=None)),
            models.Index(
                "paid_at", name="orders_order_uncounted", condition=Q(is_counted=False, paid_at__isnull=False)
            ),
            models.Index(
                "receive_by",
                name="orders_order_to_receive",
                condition=Q(status="OPEN", fulfilment_status__in=["SHIPPED", "DELIVERED"]),
            ),
            models.Index("completed_at", name="orders_order_to_review", condition=Q(is_to_review=True)),
            models.Index(
                "ship_by",
                name="orders_order_ship_by",
                condition=Q(status="OPEN", fulfilment_status__in=["NONE", "PARTLY_SHIPPED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the buyer's page."""
        return reverse("orders:order", args=[self.number])

    @property
    def money(self) -> Money:
        """What the order costs."""
        return Money(self.total, self.currency)

    @property
    def money_back(self) -> Money:
        """What went back to where it came from; what was credited stayed in the order."""
        return Money(self.refunded_total - self.credited_total, self.currency)

    @property
    def refund_on_its_way(self) -> Money:
        """What goes back and is not there yet."""
        return Money(self.repayments_total - self.refunded_total, self.currency)


class OrderLine(models.Model):
    """What was bought, as it was called and priced then; pages show the copies and never the links."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="order_lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="order_lines")
    sku = models.CharField(_("SKU"), max_length=300)
    title = models.CharField(_("title"), max_length=300)
    options = models.CharField(_("options"), max_length=300, blank=True)
    picture_name = models.CharField(max_length=40, blank=True)
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    regular_price = models.DecimalField(_("regular price"), max_digits=12, decimal_places=2, null=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    discount_share = models.DecimalField(_("share of discounts"), max_digits=12, decimal_places=2, default=0)
    return_days = models.PositiveSmallIntegerField(
        _("days to return without a reason"), null=True, blank=True, help_text=_("As promised when it was bought.")
    )
    tax_rate = models.DecimalField(_("tax rate"), max_digits=6, decimal_places=4, default=0)
    edit = models.ForeignKey(
        "orders.OrderEdit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="added_lines",
        db_index=False,
        verbose_name=_("added by"),
    )
    shipped_quantity = models.PositiveIntegerField(_("shipped"), default=0)
    waiting_quantity = models.PositiveIntegerField(_("not there yet"), default=0, db_default=0)
    cancelled_quantity = models.PositiveIntegerField(_("cancelled"), default=0, db_default=0)
    repaid_quantity = models.PositiveIntegerField(_("units refunded"), default=0, db_default=0)
    repaid_amount = models.DecimalField(_("amount refunded"), max_digits=12, decimal_places=2, default=0, db_default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint("order", "position", name="orders_orderline_unique_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_orderline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="orders_orderline_total_is_product"
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__lte=F("quantity")), name="orders_orderline_not_overshipped"
            ),
            models.CheckConstraint(
                condition=Q(waiting_quantity__lte=F("quantity") - F("shipped_quantity")),
                name="orders_orderline_waiting_stays",
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__lte=F("quantity") - F("cancelled_quantity")),
                name="orders_orderline_cancelled_stays",
            ),
            models.CheckConstraint(
                condition=Q(
                    repaid_quantity__lte=F("quantity"),
                    repaid_amount__gte=0,
                    repaid_amount__lte=F("total") - F("discount_share"),
                ),
                name="orders_orderline_repaid_within_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def unshipped_quantity(self) -> int:
        """Units that still have to go out."""
        return self.quantity - self.shipped_quantity - self.cancelled_quantity

    @property
    def ready_quantity(self) -> int:
        """Units that can go out now."""
        return self.unshipped_quantity - self.waiting_quantity


class Allocation(models.Model):
    """Units of a stock level held for a line; shrinks as they are shipped or released.

    case: they are for an exchange of units of that line.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="allocations")
    case = models.ForeignKey(
        "orders.ReturnCase", on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    quantity = models.PositiveIntegerField(_("held"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        indexes = [models.Index("level", name="orders_allocation_held", condition=Q(quantity__gt=0))]

    def __str__(self) -> str:
        return str(self.quantity)


class OrderEvent(models.Model):
    """One entry of an order's timeline; the database refuses to change or delete it."""

    class Kind(models.TextChoices):
        PLACED = "PLACED", _("Order placed")
        PAID = "PAID", _("Payment received")
        PAYMENT_REVIEW = "PAYMENT_REVIEW", _("Payment needs review")
        SURPLUS = "SURPLUS", _("Surplus payment, to be refunded")
        REFUNDED = "REFUNDED", _("Refunded")
        EXPIRED = "EXPIRED", _("Not paid in time")
        REOPENED = "REOPENED", _("Paid late, accepted")
        SHIPPED = "SHIPPED", _("Shipped")
        UNSHIPPED = "UNSHIPPED", _("A parcel has not left after all")
        DELIVERED = "DELIVERED", _("Everything is delivered")
        URGED = "URGED", _("The buyer asks when it leaves")
        CANCELLED = "CANCELLED", _("Cancelled")
        REFUND_DECIDED = "REFUND_DECIDED", _("Refund on its way")
        EXTENDED = "EXTENDED", _("Time to confirm receipt extended")
        RECEIVED = "RECEIVED", _("Receipt confirmed")
        CASE_OPENED = "CASE_OPENED", _("Return or refund requested")
        CASE_CLOSED = "CASE_CLOSED", _("Return or refund decided")
        PICKED = "PICKED", _("Being packed")
        LINES_CANCELLED = "LINES_CANCELLED", _("Items cancelled")
        CHANGE_PROPOSED = "CHANGE_PROPOSED", _("Change proposed")
        CHANGED = "CHANGED", _("Order changed")
        CHANGE_ENDED = "CHANGE_ENDED", _("Proposed change withdrawn")
        READDRESSED = "READDRESSED", _("Address changed")
        MAILED = "MAILED", _("Mail sent again")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", verbose_name=_("order"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    is_public = models.BooleanField(_("shown to the buyer"), default=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        indexes = [models.Index("order", "id", name="orders_orderevent_by_order")]

    def __str__(self) -> str:
        return self.get_kind_display()
