"""The words of the ways: how many go how far, where most stop, and what contacts are credited with."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.predict.paths.result import Paths
    from analysis.translate import Translate


def answer(found: Paths, t: Translate) -> list[str]:
    """Return how many go from the first step to the last, where most stop, and the contact with the most credit."""
    told = []
    if found.funnel is not None and found.funnel.steps["customers"].iloc[0]:
        steps = found.funnel.steps
        first, last = steps.iloc[0], steps.iloc[-1]
        told.append(
            t(
                "paths.answer", n=int(last["customers"]), of=int(first["customers"]), share=float(last["share"]),
                first=first["step"], last=last["step"],
            )
        )  # fmt: skip
        rows: list[Any] = steps.to_dict("records")
        pairs = [(one, other) for one, other in pairwise(rows) if other["of_before"] == other["of_before"]]
        if pairs:
            one, row = min(pairs, key=lambda pair: pair[1]["of_before"])
            before = one["step"]
            facts = {"share": 1 - row["of_before"], "low": 1 - row["high"], "high": 1 - row["low"]}
            told.append(t("paths.worst", step=row["step"], before=before, **facts))
    elif found.funnel is not None:
        told.append(t("paths.nobody", step=found.funnel.steps["step"].iloc[0]))
    if found.credits is not None:
        best = found.credits.iloc[0]
        told.append(t("paths.credit", contact=best["contact"], n=float(best["removal"]), of=found.n_orders))
    return told
