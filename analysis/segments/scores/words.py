"""What segmentations by scores and borders found, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.segments.result import leading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.segments.result import EditedSegmentation
    from analysis.segments.scores.boxes import BoxCheck
    from analysis.translate import Translate

# Good customers who have not been back: the keys in each naming scheme.
AWAY = frozenset(
    {
        "at_risk",
        "cant_lose",
        "box.at_risk",
        "box.cant_lose",
        *(f"eight_{school}.{key}" for school in "ab" for key in ("keep", "win_back")),
    }
)
# Customers whose next order is overdue by their own rhythm, and who are not lost yet.
DUE = ("lifecycle_at_risk", "lifecycle_dormant")
PROSPECTS = "lifecycle_prospect"


def rfm_answer(result: Any, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return which segment brings most, how many good customers stay away, and who is outside."""
    base = result.segmentation.segments
    if top := leading(edited.table, names):
        sentences = [t("rfm.answer_top", **top)]
    else:  # returns outweigh the sales, or a person has hidden every segment
        sentences = [t("rfm.answer_count", n=int(base["customers"].sum()), k=len(base))]
    away = base[base["segment"].isin(AWAY)]
    if len(away):
        n, revenue = int(away["customers"].sum()), float(away["revenue"].sum(skipna=False))
        knows = revenue == revenue
        sentences.append(t("rfm.answer_away", n=n, revenue=revenue) if knows else t("rfm.answer_away_count", n=n))
    if result.n_outside:
        sentences.append(t("rfm.answer_outside", n=result.n_outside))
    return sentences


def tiers_answer(result: Any, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return what the highest tier brings, and who has bought nothing or is outside."""
    top = result.borders.iloc[0].to_dict()
    facts = {"segment": names[top["segment"]], "share": top["customer_share"], "revenue_share": top["revenue_share"]}
    sentences = [t("tiers.answer", **facts, n=result.n_buyers)]
    n_outside = result.segmentation.n_outside
    n_zero = len(result.segmentation.labels) - result.n_buyers - n_outside
    if n_zero:
        sentences.append(t("tiers.answer_zero", n=n_zero))
    if n_outside:
        sentences.append(t("tiers.answer_outside", n=n_outside))
    return sentences


def movement_answer(result: Any, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return the revenue of both periods, who came and went, and what left with those who lapsed."""
    counts = result.money.set_index("segment")
    n = {key: int(counts["customers"].get(f"movement_{key}", 0)) for key in ("new", "returned", "repeating", "lapsed")}
    facts = {"before_start": result.before[0], "before_end": result.before[1], "start": result.now[0]}
    sentences = [
        t("movement.answer", before=result.revenue_before, now=result.revenue_now, end=result.now[1], **facts),
        t("movement.answer_customers", **n),
    ]
    if n["lapsed"]:
        lost, back = (float(counts[period]["movement_lapsed"]) for period in ("before", "now"))
        # What they have sent back since is part of their step in the picture.
        key = "movement.answer_lost_returned" if back < 0 else "movement.answer_lost"
        sentences.append(t(key, n=n["lapsed"], revenue=lost, returned=-back))
    return sentences


def lifecycle_answer(result: Any, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return how many are still there, who is overdue, the usual rhythm, and who has never bought."""
    table = result.segmentation.segments.set_index("segment")
    prospects = int(table["customers"].get(PROSPECTS, 0))
    sentences = [t("lifecycle.answer", n=len(result.customers) - prospects, share=result.share_here)]
    due = table[table.index.isin(DUE)]
    if len(due):
        revenue = float(due["revenue"].sum(min_count=1))
        key = "lifecycle.answer_due" if revenue == revenue else "lifecycle.answer_due_count"
        sentences.append(t(key, n=int(due["customers"].sum()), revenue=revenue))
    if result.shop_rhythm == result.shop_rhythm:
        sentences.append(t("lifecycle.answer_rhythm", rhythm=result.shop_rhythm, first=result.usual_first_gap))
    if prospects:
        sentences.append(t("lifecycle.answer_prospects", n=prospects))
    return sentences


def boxes_check(found: BoxCheck, n_other: int, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return what a scheme of boxes leaves out, covers twice and never reaches.

    Parameters
    ----------
    n_other : int
        Customers whose scores lie in no box.
    names : mapping of str
        Words by segment key, of every box.
    """
    sentences = [
        t("rfm.check_uncovered", n=len(found.uncovered), customers=n_other)
        if found.uncovered
        else t("rfm.check_covered")
    ]
    if found.twice:
        sentences.append(t("rfm.check_twice", n=len(found.twice)))
    if found.empty:
        listed = t("segments.between").join(names[key] for key in found.empty)
        sentences.append(t("rfm.check_empty", names=listed))
    return sentences


def span(above: float, up_to: float, measure: str, t: Translate, *, two_classes: bool) -> str:
    """Write the values that get one score.

    Parameters
    ----------
    above, up_to : float
        Borders of ``cuts.thresholds``; NaN where the range is open.
    measure : str
        ``r`` (days), ``f`` (orders) or ``m`` (currency).
    two_classes : bool
        Scores are only high and low, as in the eight classes.

    Examples
    --------
    >>> from texts import Translator
    >>> span(30.0, 90.0, "r", Translator("en"), two_classes=False)
    '31 – 90'
    """
    write = t.money if measure == "m" else t.number
    if two_classes and measure == "r":
        # Below the comparison value is high; at it is already low.
        return t("rfm.below", high=write(up_to)) if above != above else t("rfm.from", low=write(above))
    if above == up_to:
        return t("rfm.unused")
    whole = measure != "m"
    low = float(int(above // 1) + 1) if whole and above == above else above
    high = float(up_to // 1) if whole and up_to == up_to else up_to
    if above != above:
        return t("rfm.up_to", high=write(high))
    if up_to != up_to:
        return t("rfm.from" if whole else "rfm.over", low=write(low))
    if whole and low > high:
        return t("rfm.unused")
    return write(low) if whole and low == high else t("rfm.span", low=write(low), high=write(high))
