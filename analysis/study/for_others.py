"""The results of a study as others may see them: no group of fewer than five people, nor one to be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.privacy.small_groups import LEAST, OUTSIDE, SMALL, is_small, leaves_few, together, withheld
from analysis.segments.result import EditedSegmentation, segmentation_of
from analysis.study.result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.compare.influence import Influence
    from analysis.intake.judging.finding import Finding
    from analysis.intake.judging.quality import QualityReport, TableQuality
    from analysis.overview.card_result import SegmentCard, SegmentCards
    from analysis.recipe import SegmentationPlan

COLUMNS = ("method", "segment", "customers", "share", "revenue", "revenue_share")


@dataclass(frozen=True)
class SharedStudy(StudyResult):
    """Results without small groups.

    Segments of fewer than five customers, and those that would give them away, are one segment ``small_groups``, which
    stands in the table so that it adds up, and nowhere else. As a frame it holds segments, not customers; its
    ``profiles``, from which more can be computed, do hold them and are not to be handed out.

    Attributes
    ----------
    left_out : mapping of str to int
        By segmentation, how many segments are not shown apart.
    """

    left_out: Mapping[str, int] = field(default_factory=dict)
    _own: StudyResult | None = field(default=None, repr=False, compare=False)

    @cached_property
    def cards(self) -> SegmentCards:
        """The cards, without what is said of fewer than five of their customers."""
        cards = super().cards
        n = len(cards.counted or ())
        counted = None if leaves_few(n, cards.customers) else cards.counted
        return replace(cards, counted=counted, cards=_advised(_hushed(cards.cards), self._own))

    def comparison(self, method: str) -> Comparison | None:
        """What the shown segments of a method differ in, without what is said of fewer than five of their customers."""
        from analysis.compare.for_others import comparison_for_others

        if method not in self._told:
            found = super().comparison(method)
            self._told[method] = None if found is None else comparison_for_others(found)
        return self._told[method]

    @cached_property
    def _told(self) -> dict[str, Comparison | None]:
        return {}

    @cached_property
    def influence(self) -> Influence | None:
        """What goes with the outcome that the files hold, without levels that tell of fewer than five customers."""
        from analysis.compare.for_others import influence_for_others

        found = super().influence
        return None if found is None else influence_for_others(found)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment: ``method``, ``segment``, ``customers``, ``share``, ``revenue`` and its share."""
        import pandas as pd

        tables = [one.segmentation.segments.assign(method=method) for method, one in self.edited.items()]
        return pd.concat(tables, ignore_index=True)[[*COLUMNS]] if tables else pd.DataFrame(columns=pd.Index(COLUMNS))

    def shown_frame(self) -> pd.DataFrame:
        """Return the same: it holds nothing to be masked."""
        return self.to_frame()

    def _shape(self) -> tuple[int, int]:
        return sum(len(one.segmentation.segments) for one in self.edited.values()), len(COLUMNS)

    def _segmentation(self, plan: SegmentationPlan) -> tuple[Any, EditedSegmentation]:
        kind = plan.params.kind
        found, edited = super()._segmentation(plan)
        if kind in self.edited:
            return found, edited
        pooled = _pooled({kind: edited}, self)[kind]
        return replace(found, segmentation=pooled.segmentation), pooled


def for_others(result: StudyResult) -> SharedStudy:
    """Return the results as others may see them.

    Raises
    ------
    AnalysisError
        ``share_too_few`` (n, least): the study holds fewer than five customers.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> shared = for_others(run(read("sample_data/b2b_crm_en.xlsx")))
    >>> min(n for one in shared.edited.values() for n in one.segmentation.segments["customers"]) >= 5
    True
    """
    n = len(result.profiles.customers)
    if n < LEAST:
        raise AnalysisError("share_too_few", n=n, least=LEAST)
    edited = _pooled(result.edited, result)
    left_out = {method: len(_keys(result.edited[method]) - _keys(one)) for method, one in edited.items()}
    found = {
        method: replace(one, segmentation=edited[method].segmentation)  # pyright: ignore[reportArgumentType]
        for method, one in result.segmentations.items()
    }
    given: dict[str, Any] = {one.name: getattr(result, one.name) for one in fields(StudyResult)}
    given |= {"edited": edited, "segmentations": found, "quality": _quality(result.quality)}
    return SharedStudy(**given, left_out={method: n for method, n in left_out.items() if n}, _own=result)


def _quality(found: QualityReport | None) -> QualityReport | None:
    """Return what is known of the data without what tells that a few customers have, or lack, a value.

    In a table of customers a row is a customer. Fewer than five rows of any table are of fewer than five customers,
    so the money of so few is not told, nor the cells of one.
    """
    if found is None:
        return None
    from analysis.intake.judging.quality import GUESSED

    customers = {table.table: table.rows for table in found.tables if table.kind == "customers"}

    def told(one: Finding) -> bool:
        if one.code.endswith(GUESSED):
            return True
        if "money" in one.facts and is_small(one.rows):
            return False
        if one.column is None or one.table not in customers:
            return True
        counts = [one.rows, *(one.facts.get(name, 0) for name in ("n", "filled"))]
        return not any(isinstance(n, int) and n and leaves_few(n, customers[one.table]) for n in counts)

    def bare(one: Finding) -> Finding:
        return replace(one, example=None, line=None, money=None if is_small(one.rows) else one.money)

    return replace(
        found,
        findings=tuple(bare(one) for one in found.findings if told(one)),
        tables=tuple(_without_few(one) if one.table in customers else one for one in found.tables),
    )


def _without_few(table: TableQuality) -> TableQuality:
    """Return a table of customers without columns that a few have, or lack, nor their part in its means."""
    import numpy as np

    columns = tuple(one for one in table.columns if not leaves_few(one.filled, one.rows))
    if len(columns) == len(table.columns):
        return table
    known = {name: [n for one in columns if (n := getattr(one, name)) is not None] for name in table.dimensions}
    return replace(
        table, columns=columns, dimensions={name: float(np.mean(told)) for name, told in known.items() if told}
    )


def _pooled(edited: Mapping[str, EditedSegmentation], result: StudyResult) -> dict[str, EditedSegmentation]:
    """Return segmentations whose small groups are one."""
    import numpy as np

    labels = {
        method: one.segmentation.labels.fillna(OUTSIDE).to_numpy(dtype=object).astype(str)
        for method, one in edited.items()
    }
    customers = result.profiles.customers
    spend = customers["spend"].to_numpy(dtype=float, na_value=np.nan) if "spend" in customers else None
    found = {}
    for method, pool in together(labels).items():
        one = edited[method]
        if not pool:
            found[method] = one
            continue
        keys = [key for key in one.segmentation.segments["segment"] if key not in pool]
        place = {key: i for i, key in enumerate(keys)} | dict.fromkeys(pool, len(keys))
        codes = np.array([place.get(key, -1) for key in labels[method]])
        merged = segmentation_of(codes, [*keys, SMALL], method=method, spend=spend, made_of=one.segmentation.made_of)
        hidden = (*(key for key in one.hidden if key in keys), SMALL)
        found[method] = replace(one, segmentation=merged, hidden=hidden)
    return found


def _keys(edited: EditedSegmentation) -> set[str]:
    return set(edited.segmentation.segments["segment"])


def _advised(cards: Sequence[SegmentCard], own: StudyResult | None) -> tuple[SegmentCard, ...]:
    """Return cards with the advice of the study itself: beside other groups a segment may weigh more or less."""
    if own is None:
        return tuple(cards)
    known = {key: card.action for card in own.cards.cards for key in card.segments}

    def same(card: SegmentCard) -> SegmentCard:
        said = {known.get(key, card.action) for key in card.segments}
        hidden = card.action == "know_them" and card.outcome is None
        return replace(card, action=said.pop()) if len(said) == 1 and not hidden else card

    return tuple(same(card) for card in cards)


def _hushed(cards: Sequence[SegmentCard]) -> tuple[SegmentCard, ...]:
    """Return cards without what is said of a few of their customers, nor what others of them would tell of it.

    What stands on several cards and adds up to a total that may be known is kept back on more of them (``withheld``).
    The advice stays: it follows where most of the money stands, and is told without the count that is kept back.
    """
    away, at_risk, once = (
        _kept([getattr(card, name) or 0 for card in cards], [card.customers for card in cards])
        for name in ("away", "at_risk", "once")
    )
    told = [card.outcome for card in cards if card.outcome is not None]
    came = iter(_kept([round(one.share * one.n) for one in told], [one.n for one in told]))
    hushed = []
    for i, card in enumerate(cards):
        pace, change = card.pace, card.change
        if pace is not None and leaves_few(pace.n, card.customers):
            pace = None
        if change is not None and (
            is_small(change.before) or is_small(change.now) or is_small(abs(change.now - change.before))
        ):
            change = None
        outcome = card.outcome if card.outcome is not None and next(came) else None
        risk = at_risk[i] and away[i] and not is_small((card.away or 0) - (card.at_risk or 0))
        hushed.append(
            replace(
                card, pace=pace, change=change, outcome=outcome,
                action=card.action if outcome is card.outcome else "know_them",
                away=card.away if away[i] else None, away_revenue=card.away_revenue if away[i] else None,
                at_risk=card.at_risk if risk else None, once=card.once if once[i] else None,
            )
        )  # fmt: skip
    return tuple(hushed)


def _kept(counts: Sequence[int], of: Sequence[int]) -> list[bool]:
    """Say which counts, each of a whole that is known, may be told: neither it nor what is left of the whole is few."""
    import numpy as np

    few = np.array([leaves_few(n, whole) for n, whole in zip(counts, of, strict=True)], dtype=bool)
    return [not (hidden or few[i]) for i, hidden in enumerate(withheld(np.array(counts, dtype=int), also=few))]
