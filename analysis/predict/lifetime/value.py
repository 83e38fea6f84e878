"""Lifetime value of shops without contracts: expected purchase days times what one brings, over the months ahead."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.intake.questions import share_kept
from analysis.notes import Note
from analysis.predict.lifetime.beta_geometric import NAMES
from analysis.predict.lifetime.contract_value import contract_value
from analysis.predict.lifetime.ladder import STEADY, Model, fit_orders
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.past import past, refuse_few, span_of
from analysis.predict.lifetime.result import LifetimeValue
from analysis.predict.lifetime.spend import Spend, fit_spend
from analysis.predict.lifetime.tried import Tried, again, as_wide_as_missed, held_open, tried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.tables import StandardTables
    from analysis.predict.lifetime.histories import Histories
    from analysis.predict.lifetime.past import Past
    from analysis.profiles.result import Profiles

    Floats = NDArray[np.float64]

WEEKS_A_MONTH = 365.25 / 12 / 7
MOST_DRAWS, FEWEST_DRAWS, AT_ONCE, DRAWN_IN_ALL = 400, 40, 50_000, 4_000_000
DEPENDS = 0.3  # correlation of frequency and spend from which the value of frequent customers leans to one side
FAR_OFF = 0.15  # of the sum in the trial
PARETO_NAMES = ("r", "alpha", "s", "beta")


def lifetime_value(standard: StandardTables, profiles: Profiles, params: LifetimeParams | None = None) -> LifetimeValue:
    """Return what each customer is worth over the months ahead.

    Shops that sell without a contract get a model of buying and leaving, subscriptions one of renewing; the data tells
    which: order lines, or an outcome beside the renewals made.

    Raises
    ------
    AnalysisError
        ``lifetime_no_orders``, ``lifetime_short`` (days, least), ``lifetime_few_customers`` (n, least),
        ``lifetime_few_repeats`` (n, repeats, least), and what ``contract_value`` refuses.
    """
    params = params or LifetimeParams()
    if standard.order_roles and params.model not in ("sbg", "bdw"):
        return _orders_value(standard, profiles, params)
    return contract_value(profiles, params)


def _orders_value(standard: StandardTables, profiles: Profiles, params: LifetimeParams) -> LifetimeValue:
    begun, last = span_of(standard, profiles.as_of)
    first = begun.days[0]
    weeks = params.months * WEEKS_A_MONTH
    kind = "auto" if params.model == "rule" else params.model
    trial = tried(standard, first, last, weeks, kind)
    known = past(standard, last, trial.window if trial else int(weeks * 7), first)
    refuse_few(known)
    model, ladder = fit_orders(known.seen, kind)
    spend = fit_spend(known.seen.at(known.seen.frequency), known.mean) if "amount" in standard.order_roles else None
    if spend is not None and not spend.mean > 0:
        spend = None
    kept = share_kept(standard, last) if spend else 1.0
    returned = Note("lifetime_all_returned", {}, "check") if kept <= 0 else None
    if returned:
        spend = None
    by_rule = trial is not None and (params.model == "rule" or (params.model == "auto" and not trial.model_is_better))
    if params.model == "rule" and trial is None:
        raise AnalysisError("lifetime_rule_needs_past", days=(last - first).days + 1)
    earned = kept * params.margin
    if by_rule and trial is not None:
        columns, totals = _by_rule(known, trial, spend, weeks, params, earned)
    else:
        columns, totals = _by_model(known, model, spend, weeks, params, earned)
    totals = as_wide_as_missed(totals, (trial.error_again if by_rule else trial.error) if trial else None)
    notes = (
        *begun.notes,
        *filter(None, (returned,)),
        *_notes(params, trial, spend, model, weeks, (last - first).days / 7, by_rule),
    )
    return LifetimeValue(
        params, profiles.as_of, "rule" if by_rule else model.kind, _aligned(profiles, known, columns), *totals,
        known.n, _fitted(model, spend), ladder, spend, trial, kept, _version(params, known), notes,
    )  # fmt: skip


def discounted_orders(
    model: Model, seen: Histories, months: int, discount: float, *, weeks_a_month: float = WEEKS_A_MONTH
) -> Floats:
    """Return the expected purchase days of each history in the next months, those of month i over (1 + d)^(i/12)."""
    if not discount:
        return model.expected(seen, months * weeks_a_month)
    found = np.zeros(len(seen.frequency))
    before = np.zeros(len(seen.frequency))
    for month in range(1, months + 1):
        upto = model.expected(seen, month * weeks_a_month)
        found += (upto - before) / (1 + discount) ** (month / 12)
        before = upto
    return found


def _by_model(
    known: Past, model: Model, spend: Spend | None, weeks: float, params: LifetimeParams, earned: float
) -> tuple[dict[str, Floats], tuple[float | None, float | None, float | None]]:
    seen = known.seen
    expected = seen.at(model.expected(seen, weeks))
    present = seen.at(discounted_orders(model, seen, params.months, params.discount))
    columns = {"orders": expected}
    frequency = seen.at(seen.frequency)
    if spend:
        columns["order_value"] = spend.expected(frequency, known.mean) * earned
        columns["value"] = present * columns["order_value"]
    worth = np.divide(present, expected, out=np.ones_like(present), where=expected > 0)
    rng = np.random.default_rng(params.seed)
    draws = int(np.clip(DRAWN_IN_ALL // max(known.n, 1), FEWEST_DRAWS, MOST_DRAWS))
    of_model = model.fit.drawn(draws, rng, model.loss(seen))
    of_spend = spend.params_drawn(draws, frequency, known.mean, rng) if spend else []
    totals = np.zeros(draws)
    for key in ("orders", "value") if spend else ("orders",):
        columns[f"{key}_low"], columns[f"{key}_high"] = np.empty(known.n), np.empty(known.n)
    for start in range(0, known.n, AT_ONCE):
        go_on()
        some = slice(start, start + AT_ONCE)
        part = replace(seen, row=seen.row[some])
        orders = np.stack([model.drawn(part, weeks, each, rng) for each in of_model])
        columns["orders_low"][some], columns["orders_high"][some] = np.quantile(orders, [0.1, 0.9], axis=0)
        if spend:
            drawn = zip(orders, of_spend, strict=True)
            money = np.stack([spend.drawn(n, frequency[some], known.mean[some], each, rng) for n, each in drawn])
            money *= earned * worth[some]
            columns["value_low"][some], columns["value_high"][some] = np.quantile(money, [0.1, 0.9], axis=0)
            totals += money.sum(axis=1)
    if not spend:
        return columns, (None, None, None)
    low, high = np.quantile(totals, [0.1, 0.9])
    return columns, (float(columns["value"].sum()), float(low), float(high))


def _by_rule(
    known: Past, trial: Tried, spend: Spend | None, weeks: float, params: LifetimeParams, earned: float
) -> tuple[dict[str, Floats], tuple[float | None, float | None, float | None]]:
    """Return what customers with as many purchase days did in the trial, for the time ahead."""
    longer = weeks / trial.weeks
    said = again(trial, known.recent)
    columns = {
        name: said[key] * longer for name, key in (("orders", "mean"), ("orders_low", "low"), ("orders_high", "high"))
    }
    if not spend:
        return columns, (None, None, None)
    half = (1 + params.discount) ** (-params.months / 24)
    columns["order_value"] = spend.expected(known.seen.at(known.seen.frequency), known.mean) * earned
    for end in ("", "_low", "_high"):
        columns[f"value{end}"] = columns[f"orders{end}"] * columns["order_value"] * half
    # The sum is as uncertain as the means of the groups are.
    spread = (columns["orders_high"] - columns["orders_low"]) / 2.5631 * columns["order_value"] * half
    total = float(columns["value"].sum())
    apart = 1.2816 * float(np.sqrt((spread**2).sum()))
    return columns, (total, max(total - apart, 0.0), total + apart)


def _aligned(profiles: Profiles, known: Past, columns: dict[str, Floats]) -> Any:
    import pandas as pd

    ids = profiles.customers["customer_id"]
    found = pd.DataFrame(held_open(columns), index=pd.Index(known.customers, name="customer_id"))
    order = ("orders", "orders_low", "orders_high", "order_value", "value", "value_low", "value_high")
    found = found[[key for key in order if key in found.columns]].reindex(ids.to_numpy())
    return found.rename_axis("customer_id").reset_index()


def _fitted(model: Model, spend: Spend | None) -> dict[str, float]:
    names = PARETO_NAMES if model.kind == "pareto_nbd" else NAMES
    found: dict[str, float] = dict(zip(names, model.fit.params, strict=False))
    if spend and spend.fit:
        found |= dict(zip(("p", "q", "gamma"), spend.fit.params, strict=True))
    return found


def _version(params: LifetimeParams, known: Past) -> str:
    """Name what the model was fitted to, and how."""
    digest = hashlib.sha256(params.model_dump_json().encode())
    for each in (known.seen.frequency, known.seen.recency, known.seen.age, known.seen.weight):
        digest.update(np.ascontiguousarray(each).tobytes())
    return digest.hexdigest()[:12]


def _notes(
    params: LifetimeParams,
    trial: Tried | None,
    spend: Spend | None,
    model: Model,
    weeks: float,
    span: float,
    rule: bool,
) -> tuple[Note, ...]:
    notes: list[Note] = []
    if trial is None:
        notes.append(Note("lifetime_untried", {"weeks": round(span)}, "check"))
    elif (missed := trial.error_again if rule else trial.error) is not None and abs(missed) >= FAR_OFF:
        notes.append(Note("lifetime_off", {"off": abs(missed), "months": params.months}, "check"))
    if weeks > span:
        notes.append(Note("lifetime_far", {"months": params.months, "seen": round(span / WEEKS_A_MONTH, 1)}, "check"))
    if spend and spend.correlation is not None and abs(spend.correlation) >= DEPENDS:
        notes.append(Note("lifetime_spend_depends", {"correlation": spend.correlation, "n": spend.n}, "check"))
    if model.kind == STEADY and not rule:
        notes.append(Note("lifetime_fit_failed", {}, "check"))
    return tuple(notes)
