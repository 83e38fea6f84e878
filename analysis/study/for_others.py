"""The results of a study as others may see them: no group of fewer than five people, nor one to be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.privacy.small_groups import LEAST, OUTSIDE, is_small, together
from analysis.segments.result import EditedSegmentation, segmentation_of
from analysis.study.result import StudyResult

if TYPE_CHECKING:
    from analysis.overview.card_result import SegmentCard, SegmentCards
    from analysis.recipe import SegmentationPlan

SMALL = "small_groups"  # the segment of all who are not shown apart


@dataclass(frozen=True)
class SharedStudy(StudyResult, rows="profiles.customers"):
    """Results without small groups.

    Segments of fewer than five customers, and those that would give them away, are one segment ``small_groups``, which
    stands in the table so that it adds up, and nowhere else.

    Attributes
    ----------
    left_out : mapping of str to int
        By segmentation, how many segments are not shown apart.
    """

    left_out: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def cards(self) -> SegmentCards:
        """The cards, without what is said of fewer than five of their customers."""
        cards = super().cards
        counted = None if cards.counted is not None and is_small(len(cards.counted)) else cards.counted
        return replace(cards, counted=counted, cards=tuple(_hushed(card) for card in cards.cards))

    def _segmentation(self, plan: SegmentationPlan) -> tuple[Any, EditedSegmentation]:
        found, edited = super()._segmentation(plan)
        if plan.params.kind in self.edited:
            return found, edited
        return found, _pooled({plan.params.kind: edited}, self)[plan.params.kind]


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
    given: dict[str, Any] = {one.name: getattr(result, one.name) for one in fields(StudyResult)} | {"edited": edited}
    return SharedStudy(**given, left_out={method: n for method, n in left_out.items() if n})


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


def _hushed(card: SegmentCard) -> SegmentCard:
    """Return a card without what is said of a few of its customers."""
    pace, change = card.pace, card.change
    if pace is not None and (is_small(pace.n) or is_small(card.customers - pace.n)):
        pace = None
    if change is not None and (
        is_small(change.before) or is_small(change.now) or is_small(abs(change.now - change.before))
    ):
        change = None
    told = (card.at_risk, card.away, card.once, *((_came(card.outcome.share, card.outcome.n)) if card.outcome else ()))
    return replace(card, pace=pace, change=change, action="know_them" if any(map(is_small, told)) else card.action)


def _came(share: float, n: int) -> tuple[int, int]:
    return round(share * n), n - round(share * n)
