"""Domain events: how a lower app tells the apps above it that something happened."""

import logging
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)


class InnerEvent(Signal):
    """Something that an app above has to do in the same transaction; carries ids only.

    A receiver that fails makes the whole transaction fail. docs/EVENTS.md lists these too.
    """

    def tell(self, **ids: Sequence[int]) -> None:
        """Have it done now."""
        self.send(sender=self.__class__, **ids)


class DomainEvent(Signal):
    """Something that happened in the domain, told on commit to whoever listens; carries ids only.

    A receiver that fails is logged and does not disturb the others: what must happen is a row and
    a sweep, never an event. docs/EVENTS.md lists the events.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def publish(self, **ids: int) -> None:
        """Announce the event once the transaction is committed; nothing happens on a rollback."""
        transaction.on_commit(partial(self._announce, ids))

    def _announce(self, ids: dict[str, int]) -> None:
        for _, result in self.send_robust(sender=self.__class__, **ids):
            if isinstance(result, Exception):
                logger.error("event receiver failed", extra={"event": self.name, **ids}, exc_info=result)
