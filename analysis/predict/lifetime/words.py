"""The words for lifetime value: what is expected, how sure it is, how the model did on the past, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.predict.lifetime.result import LifetimeValue
    from analysis.translate import Translate


WIDE = 3.0  # times the lower end: what the sum may be says little from here on
CONTRACTS = ("sbg", "bdw", "constant")


def answer(result: LifetimeValue, t: Translate) -> list[str]:
    """Return the answer in sentences: the sum, who brings it, and where the figures come from."""
    rows = result.customers
    facts = {"months": result.params.months, "n": result.n}
    if result.total is None:
        off = [t("note.lifetime_off", **note.facts) for note in result.notes if note.code == "lifetime_off"]
        told = t("lifetime.answer_orders", orders=float(rows["orders"].sum()), **facts)
        return [told, *off, used_sentence(result, t)]
    told = t(f"lifetime.answer{_off(result)}", total=result.total, low=result.total_low, high=result.total_high,
             off=abs(result.missed or 0.0), **facts)  # fmt: skip
    wide = [t("lifetime.wide")] if (result.total_high or 0.0) > WIDE * (result.total_low or 0.0) else []
    best = np.sort(rows["value"].dropna().to_numpy())[::-1]
    n_best = max(round(len(best) / 10), 1)
    share = float(best[:n_best].sum() / best.sum()) if best.sum() > 0 else 0.0
    return [told, *wide, t("lifetime.best", n=n_best, share=share), used_sentence(result, t)]


def _off(result: LifetimeValue) -> str:
    """Return which way the sum was off in the trial, where by so much that the sum is not to be told without it."""
    if result.missed is None or not any(note.code == "lifetime_off" for note in result.notes):
        return ""
    return "_high" if result.missed > 0 else "_low"


def used_sentence(result: LifetimeValue, t: Translate) -> str:
    """Say where the figures come from, and why."""
    trial, used = result.tried, t(f"lifetime.used.{result.used}")
    if result.used in CONTRACTS:
        return _of_renewals(result, used, t)
    if trial is None:
        return t("lifetime.from_untried", model=used)
    facts = {"weeks": trial.weeks, "rule": trial.mae_rule, "model": trial.mae_model}
    if result.used == "rule":
        chosen = result.params.model == "rule"
        return t("lifetime.from_rule_chosen" if chosen else "lifetime.from_rule", **facts)
    return t("lifetime.from_model" if trial.model_is_better else "lifetime.from_model_chosen", used=used, **facts)


def _of_renewals(result: LifetimeValue, used: str, t: Translate) -> str:
    trial = result.stayed
    if trial is None:
        return t("lifetime.from_renewals", model=used)
    facts = {"until": trial.until, "upto": trial.upto, "n": trial.n, "model": trial.off_model, "rule": trial.off_rule}
    if result.used == "constant":
        chosen = result.params.model == "rule"
        return t("lifetime.stay_rule_chosen" if chosen else "lifetime.stay_rule", **facts)
    return t("lifetime.stay_model" if trial.model_is_better else "lifetime.stay_model_chosen", used=used, **facts)


def trial_sentence(result: LifetimeValue, t: Translate) -> str:
    """Say what the model would have said of the last part of the data, and what came; empty where it was not tried."""
    trial = result.tried
    if trial is None:
        return ""
    facts = {
        "weeks": trial.weeks, "cut": trial.cut, "n": trial.n, "expected": trial.expected, "came": trial.came,
        "off": abs(trial.error or 0.0),
    }  # fmt: skip
    if trial.error is None:
        return t("lifetime.trial_none", **facts)
    return t("lifetime.trial_more" if trial.error >= 0 else "lifetime.trial_fewer", **facts)


def unused_sentence(result: LifetimeValue, t: Translate) -> str:
    """Say that the model of the trial is not used, and how the rule did that is; empty where the model is used."""
    trial = result.tried
    if trial is None or result.used != "rule":
        return ""
    return t("lifetime.trial_unused", again=trial.again, came=trial.came)
