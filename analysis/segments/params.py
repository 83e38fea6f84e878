"""What a person chooses about each segmentation method."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.conditions import Expression, refuse_deep
from analysis.errors import ChoiceError
from analysis.params import KEY, Params

MOST_CUTS = 9
Cuts = Literal["quantile", "mean", "median", "own", "interval"]
Scheme = Literal["two_digit", "eight_a", "eight_b", "boxes"]
Digit = Annotated[int, Field(ge=1, le=5)]


def repeated(values: Iterable[Any]) -> Any:
    """Return the first value that stands a second time, or None."""
    seen: set[Any] = set()
    return next((value for value in values if value in seen or seen.add(value)), None)


def _refuse_repeated(keys: Iterable[str], taken: str | None = None) -> None:
    """Refuse keys that are not each their own; ``taken`` is one that the method gives itself."""
    twice = repeated([*keys] if taken is None else [taken, *keys])
    if twice is not None:
        raise ChoiceError("key_twice", key=twice)


class MethodParams(Params):
    """What a person chooses about a method; each has a ``kind`` of its own, by which a recipe knows it."""

    kind: str


class Box(Params):
    """One class of a naming scheme: the lowest and the highest digit (1..5, 5 is best) of each score."""

    key: str = Field(pattern=KEY)
    name: str | None = Field(default=None, max_length=80)
    r: tuple[Digit, Digit] = (1, 5)
    f: tuple[Digit, Digit] = (1, 5)
    m: tuple[Digit, Digit] = (1, 5)

    @model_validator(mode="after")
    def _bands_go_up(self) -> Box:
        for low, high in (self.r, self.f, self.m):
            if low > high:
                raise ChoiceError("box_reversed", key=self.key, low=low, high=high)
        return self


# The eleven classes as they are widely printed, in their order; read from the top they leave gaps and empty names.
ELEVEN = (
    Box(key="champions", r=(4, 5), f=(4, 5), m=(4, 5)),
    Box(key="loyal", r=(2, 5), f=(3, 5), m=(3, 5)),
    Box(key="potential_loyalists", r=(3, 5), f=(1, 3), m=(1, 3)),
    Box(key="new", r=(4, 5), f=(1, 1), m=(1, 1)),
    Box(key="promising", r=(3, 4), f=(1, 1), m=(1, 1)),
    Box(key="needs_attention", r=(2, 3), f=(2, 3), m=(2, 3)),
    Box(key="about_to_sleep", r=(2, 3), f=(1, 2), m=(1, 2)),
    Box(key="at_risk", r=(1, 2), f=(2, 5), m=(2, 5)),
    Box(key="cant_lose", r=(1, 1), f=(4, 5), m=(4, 5)),
    Box(key="hibernating", r=(1, 2), f=(1, 2), m=(1, 2)),
    Box(key="lost", r=(1, 1), f=(1, 1), m=(1, 1)),
)


class RfmParams(MethodParams):
    """How customers are scored by recency, frequency and money, and how the scores are named.

    ``own_recency`` (days), ``own_frequency`` (orders) and ``own_monetary`` (currency) are increasing cuts, used with
    ``cuts="own"``. The eight classes compare with one value per measure, so they take ``mean``, ``median`` or one own
    cut each. ``cuts="interval"`` cuts recency at the median, the 75th and the 90th percentile of the days between two
    orders, and the others at quantiles.

    ``one_time_apart`` gives customers with one order the lowest frequency score, and parts the others by quantiles.
    ``weights`` of recency, frequency and money make the weighted score by which customers can be ranked. ``boxes`` are
    the classes of ``scheme="boxes"``, read from the top; what none covers is "other".
    """

    kind: Literal["rfm"] = "rfm"
    scheme: Scheme = "two_digit"
    cuts: Cuts = "quantile"
    n_scores: int = Field(default=5, ge=2, le=10)
    own_recency: tuple[float, ...] = ()
    own_frequency: tuple[float, ...] = ()
    own_monetary: tuple[float, ...] = ()
    one_time_apart: bool = False
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    boxes: tuple[Box, ...] = Field(default=ELEVEN, min_length=1, max_length=60)

    @model_validator(mode="after")
    def _cuts_fit_the_scheme(self) -> RfmParams:
        own = (self.own_recency, self.own_frequency, self.own_monetary)
        asked = own[:2] if self.scheme == "two_digit" else own
        if self.cuts == "own" and not all(asked):
            raise ChoiceError("rfm_own_cuts_missing")
        if any(list(cuts) != sorted(set(cuts)) for cuts in own):
            raise ChoiceError("rfm_own_cuts_fall")
        if (most := max(map(len, own))) > MOST_CUTS:
            raise ChoiceError("rfm_own_cuts_many", n=most, most=MOST_CUTS)
        if min(self.weights) < 0 or sum(self.weights) <= 0 or max(self.weights) > 1000:
            raise ChoiceError("rfm_weights_unfit")
        _refuse_repeated([box.key for box in self.boxes], taken="other")
        if self.scheme.startswith("eight"):
            if self.cuts in ("quantile", "interval"):
                raise ChoiceError("rfm_eight_cuts", cuts=self.cuts)
            if self.cuts == "own" and any(len(cuts) != 1 for cuts in own):
                raise ChoiceError("rfm_eight_own_cuts")
        return self


ClusterMethod = Literal["kmeans", "bisecting", "ward", "gaussian", "hdbscan", "mixed"]


class Preparation(Params):
    """How features are brought to one scale before clustering.

    ``skew`` treats money, counts and unitless numbers with a skewness above 1; ``cap`` pulls in values beyond 5
    interquartile ranges from the quartiles; ``correlated`` says what becomes of a feature whose correlation with one
    before it is ``alike`` (0.5..1) or more; ``weights`` (0.1..10, by feature key) multiply a feature's share in the
    squared distance.
    """

    skew: Literal["log", "yeo_johnson", "none"] = "log"
    scale: Literal["standard", "robust"] = "standard"
    cap: bool = True
    missing: Literal["median", "leave_out"] = "median"
    correlated: Literal["keep", "leave_out"] = "keep"
    alike: float = Field(default=0.9, ge=0.5, le=1)
    weights: dict[str, Annotated[float, Field(ge=0.1, le=10)]] = Field(default_factory=dict)


class GroupAnchor(Params):
    """Where a group lay when a person named it: what its number, name and merges stand on.

    ``values`` is its centre by number feature, in the feature's own unit; ``levels`` the share (0..1) of each level,
    by category.
    """

    number: int = Field(ge=1, le=999)
    values: dict[str, float] = Field(default_factory=dict)
    levels: dict[str, dict[str, float]] = Field(default_factory=dict)


class ClusterParams(MethodParams):
    """How customers are clustered: ``features=()`` takes the suggested features, ``k=None`` suggests the number.

    A suggested number leaves no group below ``smallest_share`` (0..1) of the customers and makes at most
    ``most_segments`` groups, where the data allows it. ``numbers`` are those that the groups bear, in the order of
    their value, so that a group keeps its number, name and colour from one run to the next; with another number of
    groups than that they count from one. ``anchors`` say where the groups lay when they got their numbers: a group
    found there bears the number, whatever its value has become, and where none is found the number is not given.
    """

    kind: Literal["clusters"] = "clusters"
    method: ClusterMethod = "kmeans"
    features: tuple[str, ...] = ()
    preparation: Preparation = Preparation()
    k: int | None = Field(default=None, ge=2, le=20)
    smallest_share: float = Field(default=0.01, ge=0, le=0.5)
    most_segments: int = Field(default=10, ge=2, le=10)
    numbers: tuple[Annotated[int, Field(ge=1, le=999)], ...] = Field(default=(), max_length=200)
    anchors: tuple[GroupAnchor, ...] = Field(default=(), max_length=200)
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _numbers_differ(self) -> ClusterParams:
        for numbers in (self.numbers, [anchor.number for anchor in self.anchors]):
            if (twice := repeated(numbers)) is not None:
                raise ChoiceError("number_twice", number=twice)
        return self


class Tier(Params):
    """One tier of value: its key, a person's own name for it, and how far down it reaches.

    ``share`` (0..1) is the tier's own part of the buyers or of the revenue; ``at_least`` (currency) the least that a
    customer of the tier has spent. The last tier takes the rest and has neither.
    """

    key: str = Field(pattern=KEY)
    name: str | None = Field(default=None, max_length=80)
    share: float | None = Field(default=None, gt=0, lt=1)
    at_least: float | None = Field(default=None, gt=0)


class TierParams(MethodParams):
    """How customers are put into tiers by what they spent; customers who spent nothing are the tier ``zero``.

    ``by`` says what the tiers are measured in: a share of the buyers, a share of the revenue, or an amount of money.
    """

    kind: Literal["tiers"] = "tiers"
    by: Literal["customers", "revenue", "amount"] = "customers"
    tiers: tuple[Tier, ...] = Field(
        default=(Tier(key="heavy", share=0.2), Tier(key="medium", share=0.3), Tier(key="light")),
        min_length=2,
        max_length=10,
    )

    @model_validator(mode="after")
    def _tiers_go_down(self) -> TierParams:
        _refuse_repeated([tier.key for tier in self.tiers], taken="zero")
        *upper, last = self.tiers
        if last.share is not None or last.at_least is not None:
            raise ChoiceError("tier_last_takes_rest", key=last.key)
        if self.by == "amount":
            amounts = [tier.at_least for tier in upper if tier.at_least is not None and tier.share is None]
            if len(amounts) < len(upper) or amounts != sorted(set(amounts), reverse=True):
                raise ChoiceError("tier_amounts")
            return self
        shares = [tier.share for tier in upper if tier.share is not None and tier.at_least is None]
        if len(shares) < len(upper) or sum(shares) >= 1 - 1e-9:
            raise ChoiceError("tier_shares")
        return self


class MovementParams(MethodParams):
    """Which two periods are compared: the last ``days`` up to the study's date and as many before, or four dates.

    ``start`` to ``end`` is the later period, ``before_start`` to ``before_end`` the earlier one; all days are inside.
    """

    kind: Literal["movement"] = "movement"
    days: int = Field(default=90, ge=1, le=3650)
    start: date | None = None
    end: date | None = None
    before_start: date | None = None
    before_end: date | None = None

    @model_validator(mode="after")
    def _periods_follow_each_other(self) -> MovementParams:
        days = (self.before_start, self.before_end, self.start, self.end)
        given = [day for day in days if day is not None]
        if not given:
            return self
        if len(given) < len(days):
            raise ChoiceError("movement_dates")
        if given != sorted(given) or given[1] == given[2]:
            raise ChoiceError("movement_order")
        return self


class SegmentRule(Params):
    """One segment: its key, a person's own name for it, and who belongs to it."""

    key: str = Field(pattern=KEY)
    name: str | None = Field(default=None, max_length=80)
    when: Expression

    @model_validator(mode="after")
    def _not_too_deep(self) -> SegmentRule:
        refuse_deep(self.when)
        return self


class RulesParams(MethodParams):
    """Segments by rules, read from the top: the first rule that holds decides; the rest is ``other``."""

    kind: Literal["rules"] = "rules"
    rules: tuple[SegmentRule, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _keys_differ(self) -> RulesParams:
        _refuse_repeated([rule.key for rule in self.rules])
        return self


class HybridParams(MethodParams):
    """Which two segmentations of the study are crossed, and when a cell is too small to stand alone.

    A cell needs ``smallest_share`` (0..1) of the customers in both segmentations, and at least ``least`` customers.
    ``small`` says what becomes of the others: those of one row stand together as its ``rest`` (in the row's
    ``largest`` cell when even together they are too few), join the row's ``largest`` cell at once, or are kept. A row
    without a cell that is large enough stays whole.
    """

    kind: Literal["hybrid"] = "hybrid"
    first: str = "rfm"
    second: str = "clusters"
    smallest_share: float = Field(default=0.01, ge=0, le=0.5)
    least: int = Field(default=30, ge=1, le=1_000_000)
    small: Literal["rest", "largest", "keep"] = "rest"

    @model_validator(mode="after")
    def _two_that_differ(self) -> HybridParams:
        if self.first == self.second:
            raise ChoiceError("hybrid_crosses_itself", method=self.first)
        return self


class SegmentEdit(Params):
    """What a person changed about one segment: its name, where it was merged into, whether it is hidden."""

    segment: str
    name: str | None = Field(default=None, max_length=80)
    merge_into: str | None = None
    hidden: bool = False
