"""How many customers of some segments order by themselves: measured on an earlier window, else what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import EVERYBODY, OutlookParams, outlook
from analysis.experiments.planning.smallest import bounded

if TYPE_CHECKING:
    from analysis.act.params import ListChoices
    from ui.act.listing import Act

USUAL = 0.05
MOST_CUSTOMERS = 100_000  # beyond which profiles of an earlier day take longer than a reader waits


def baseline_of(act: Act, choices: ListChoices, days: int) -> float:
    """Return the share that orders within some days without being written to, above 0 and below 1."""
    plan = act.cards.plan
    if plan is None or len(act.profiles.customers) > MOST_CUSTOMERS or "order_date" not in act.standard.order_roles:
        return USUAL
    run = act.study.run

    def measure() -> dict[str, tuple[float, int]]:
        try:
            found = outlook(
                act.standard, act.profiles, run.segmentation(plan)[1], plan, OutlookParams(days=max(days, 1))
            )
        except AnalysisError:
            return {}
        told = {one.segment: one.statistic for one in found if one.statistic is not None and one.measured}
        return {key: (bounded(one).mean, one.n) for key, one in told.items()}

    known = run.small("act_baseline", f"{plan.model_dump_json()} {days}", measure)
    parts = [known[key] for key in (choices.segments or (EVERYBODY,)) if key in known]
    n = sum(size for _, size in parts)
    share = sum(mean * size for mean, size in parts) / n if n else USUAL
    return min(max(share, 0.001), 0.999)
