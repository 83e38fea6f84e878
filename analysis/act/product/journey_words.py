"""The largest losses of a journey in sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.act.product.ticket_scores import LEAST
from analysis.stats.intervals import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.act.product.journey import Journey, Stage
    from analysis.translate import Translate


def step_words(stage: Stage, found: Journey, t: Translate) -> str:
    """Return what a step is called, with the days that it may take."""
    days = found.params.ticket_days if stage.of_tickets else found.params.days
    return t(f"product.step_{stage.step}", days=days)


def journey_answer(stages: Sequence[Stage], found: Journey, names: Mapping[str, str], t: Translate) -> str:
    """Return where most are lost, of the steps at which a segment falls behind the others, else of all."""
    behind = [one for one in stages if one.others is not None and one.p <= ALPHA]
    losses = [one for one in stages if one.step != "scored"] or list(stages)
    worst = max([one for one in behind if one in losses] or losses, key=lambda one: one.lost)
    key = f"product.lost_{worst.step}" + ("" if worst in behind else "_plain")
    facts = {"name": names.get(worst.segment, worst.segment), "n": worst.n, "lost": worst.lost, "share": worst.share}
    days = found.params.ticket_days if worst.of_tickets else found.params.days
    return t(key, days=days, others=worst.others or 0.0, **facts)


def scores_answer(found: Journey, names: Mapping[str, str], t: Translate) -> str:
    """Return whose tickets score lowest, of the segments that differ from the others beyond chance, else of all."""
    different = [one for one in found.scores if one.p <= ALPHA and one.mean < one.others]
    worst = (different or list(found.scores))[0]
    key = "product.score_lowest" if different else "product.score_alike"
    return t(
        key, name=names.get(worst.segment, worst.segment), mean=worst.mean, low=worst.low, high=worst.high, n=worst.n,
        customers=worst.customers, others=worst.others, least=LEAST,
    )  # fmt: skip
