"""The words of uplift: what a campaign did, and whether there is a pattern in whom it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.predict.uplift.uplift import UpliftResult
    from analysis.translate import Translate


def answer(found: UpliftResult, t: Translate) -> list[str]:
    """Return the effect, and a pattern or that there is none worth acting on."""
    came = found.customers.groupby("treated")["came"].mean()
    facts = {"effect": found.effect, "low": found.low, "high": found.high}
    arms = {"treated": came[True], "n_treated": found.n_treated, "control": came[False], "n_control": found.n_control}
    told = [t("uplift.effect", **facts, **arms)]
    qini = {"qini": found.qini.value, "low": found.qini.low, "high": found.qini.high}
    if not found.has_pattern:
        return [*told, t("uplift.no_pattern", **qini)]
    first, last = found.fifths.iloc[0], found.fifths.iloc[-1]
    return [
        *told,
        t("uplift.pattern", **qini),
        t("uplift.fifths", first=first["effect"], last=last["effect"]),
    ]


def short(found: UpliftResult, t: Translate) -> str:
    """Return the same of one arm among several in a line: the effect, and whether there is a pattern."""
    key = "uplift.short_pattern" if found.has_pattern else "uplift.short_no_pattern"
    return t(key, effect=found.effect, low=found.low, high=found.high)
