"""Carriers: how their tracking numbers look, where they tell of a parcel, and who can be asked about one.

The shop talks to no carrier by itself: staff enter what a carrier says (`Told`). A carrier's own interface becomes
another `Tracker`; nothing else has to change for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orders.models import Shipment, ShipmentEvent

Code = Shipment.Carrier


@dataclass(frozen=True)
class Carrier:
    """What is known of a carrier.

    numbers: pattern of a whole tracking number, written without spaces and hyphens, in capitals.
    page: address at which the public follows a parcel, with `{number}`; empty where none is known.
    """

    numbers: str
    example: str
    page: str = ""

    def accepts(self, number: str) -> bool:
        """Tell whether a tracking number can be one of this carrier's."""
        return bool(re.fullmatch(self.numbers, number, re.ASCII))


@dataclass(frozen=True)
class TrackingEvent:
    """What a carrier says of a parcel."""

    kind: ShipmentEvent.Kind
    happened_at: datetime
    place: str = ""
    text: str = ""


class Tracker(Protocol):
    """Somebody who can be asked where a parcel is."""

    def events(self, shipment: Shipment) -> Sequence[TrackingEvent]:
        """Return all that is known of a parcel, in no order; what was told before may be told again."""


@dataclass(frozen=True)
class Told:
    """The manual tracker: a person has read it elsewhere and enters it."""

    told: Sequence[TrackingEvent]

    def events(self, shipment: Shipment) -> Sequence[TrackingEvent]:
        """Return what was entered."""
        return self.told


# Source of SF, ZTO, YTO, JD, EMS (domestic): the patterns of github.com/BF-zh/Courier-Validation (src/pattern), made
# wider by the older numbers of 12 digits of SF, ZTO and YTO, which are still given out with pre-printed labels, and by
# shorter ones of SF with its letters, as its partners write them.
# Source of EMS abroad: UPU standard S10, Identification of postal items: two letters, nine digits, two letters.
# Source of DHL and UPS: github.com/jkeen/tracking_number_data (couriers/dhl.json, couriers/ups.json); check digits are
# left to the carriers, since a number that is refused here stops a parcel.
CARRIERS = {
    Code.SF: Carrier(
        r"SF[0-9A-Z]\d{8,12}|\d{12}|\d{15}",
        "SF1234567890123",
        "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}",
    ),
    Code.EMS: Carrier(
        r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}|P[A-Z]\d{11}",
        "EA123456785CN",
        "https://www.ems.com.cn/queryList?mailNo={number}",
    ),
    Code.ZTO: Carrier(r"7\d{13}|\d{12}", "78123456789012", "https://www.zto.com/GuestService/Bill?txtbill={number}"),
    Code.YTO: Carrier(r"YT\d{13}|[A-Z0-9]{10,12}|88[A-Z0-9]{16}", "YT1234567890123"),
    Code.JD: Carrier(
        r"JD[A-Z0-9]{2}\d{11,15}", "JD0012345678901", "https://www.jdl.com/orderSearch?waybillCode={number}"
    ),
    Code.DHL: Carrier(
        r"\d{10,11}|J[A-Z]{2,3}\d{9,20}|(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)\d{10,39}",
        "1234567890",
        "https://www.dhl.com/en/express/tracking.html?brand=DHL&AWB={number}",
    ),
    Code.UPS: Carrier(
        r"1Z[0-9A-Z]{16}|[A-Z]\d{10}|\d{9}|\d{12}", "1Z999AA10123456784", "https://www.ups.com/track?tracknum={number}"
    ),
    Code.OTHER: Carrier(r"", ""),
}


def accepts(carrier: str, number: str) -> bool:
    """Tell whether a tracking number can be one of this carrier's; of others anything that can be printed."""
    if carrier == Code.OTHER:
        return bool(number) and number.isprintable()
    return carrier in CARRIERS and CARRIERS[Code(carrier)].accepts(number)


def example(carrier: str) -> str:
    """Return how a tracking number of this carrier looks; empty when it may look like anything."""
    return CARRIERS[Code(carrier)].example


def page(carrier: str, number: str) -> str:
    """Return the carrier's own page of a parcel; empty where none is known."""
    known = CARRIERS.get(Code(carrier)) if carrier in Code.values else None
    is_sound = known is not None and bool(number) and known.accepts(number)  # older rows may hold anything
    return known.page.format(number=number) if known and is_sound else ""
