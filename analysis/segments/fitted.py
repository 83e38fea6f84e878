"""What a segmentation learned from its data, kept so that next month's customers are put into the same groups.

Plain numbers and keys, as JSON: cuts, borders, centres and scaling, and the words given to the groups. No customer
is in it; ``labels`` is a hash.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from analysis.params import Params
from analysis.segments.params import (
    HybridParams,
    MethodParams,
    MovementParams,
    RfmParams,
    RulesParams,
    SegmentEdit,
    TierParams,
)

Row = tuple[float, ...]


class Fitted(Params):
    """What one method learned; each has a ``kind`` and the ``params`` it was learned under.

    ``learned_on`` is the as-of date of the run that learned it, ``labels`` a hash of who was in which group, and
    ``edits`` are the names, merges and hidden groups of that time.
    """

    kind: str
    params: MethodParams
    learned_on: date | None = None
    labels: str = ""
    edits: tuple[SegmentEdit, ...] = ()


class FittedRfm(Fitted):
    """The cuts of recency (days), frequency (orders) and money (currency); unlike own cuts they may be equal."""

    kind: Literal["rfm"] = "rfm"
    params: RfmParams
    r: Row
    f: Row
    m: Row


class FittedTiers(Fitted):
    """The least that a customer of each tier but the last has spent (currency), going down; ties are empty tiers."""

    kind: Literal["tiers"] = "tiers"
    params: TierParams
    at_least: Row


class HybridCell(Params):
    """Two segments crossed, and the segment that their customers stand under."""

    first: str
    second: str
    segment: str


class FittedHybrid(Fitted):
    """Which cells stand alone and which stand together; ``largest`` is the segment of most customers in each row."""

    kind: Literal["hybrid"] = "hybrid"
    params: HybridParams
    cells: tuple[HybridCell, ...]
    largest: dict[str, str]


class FittedRules(Fitted):
    """Rules learn nothing from the data: the choices are all there is."""

    kind: Literal["rules"] = "rules"
    params: RulesParams


class FittedMovement(Fitted):
    """Movement learns nothing from the data: the choices are all there is."""

    kind: Literal["movement"] = "movement"
    params: MovementParams
