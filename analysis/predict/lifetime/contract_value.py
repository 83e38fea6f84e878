"""Lifetime value of subscriptions: how long subscribers stay, by the renewals that others made before they left."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.lifetime.contract_tried import contract_tried
from analysis.predict.lifetime.contracts import counted, fit_constant, fit_contract
from analysis.predict.lifetime.ladder import Rung
from analysis.predict.lifetime.likely import weighed
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.result import LifetimeValue
from analysis.predict.lifetime.tried import as_wide_as_missed, held_open
from analysis.profiles.outcome import came_about, too_few_left, who_has_left

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles

FEWEST_CUSTOMERS, FEWEST_LEFT = 50, 20
DRAWS = 400
# What columns of the renewals made are called, and of what a period brings.
_RENEWALS = re.compile(
    r"(?<![a-z])(tenure|months?( (on book|active|subscribed|since join))?|renewals?|periods?)(?![a-z])"
    r"|在网(时长|月数)|入网月数|订阅(月数|时长)|合约月数|续费次数|在册月数|会员月数|laufzeit|ancienneté|antigüedad|継続月数|利用月数",
    re.IGNORECASE,
)
_FEE = re.compile(
    r"(?<![a-z])(monthly (charges?|fee|amount|price)|mrr|plan price|subscription (fee|price)|fee)(?![a-z])"
    r"|月费|月租|套餐费|月消费|每月费用|monatsbeitrag|月額",
    re.IGNORECASE,
)


def contract_value(profiles: Profiles, params: LifetimeParams) -> LifetimeValue:
    """Return what each subscriber is worth over the periods (months) ahead.

    Raises
    ------
    AnalysisError
        ``lifetime_no_orders``: neither orders nor an outcome beside the renewals made; ``lifetime_feature_unknown``
        (feature); ``lifetime_few_customers`` (n, least); ``lifetime_few_left`` (n, left, least);
        ``lifetime_nobody_stays`` (n).
    """
    renewals = _chosen(profiles, params.renewals, "number") or _named(profiles, _RENEWALS)
    outcome = _chosen(profiles, params.left, "flag", "category") or _who_left(profiles)
    if renewals is not None and outcome is None and (answers := too_few_left(profiles)) is not None:
        _refuse_one_sided(len(answers), int(answers.sum()))
    if renewals is None or outcome is None:
        raise AnalysisError("lifetime_no_orders")
    said = came_about(outcome, profiles)
    if said is None:
        raise AnalysisError("lifetime_feature_unknown", feature=outcome.header or outcome.key)
    fee = _chosen(profiles, params.fee, "number") or _named(profiles, _FEE)
    frame = profiles.customers
    months = months_of(renewals.header or "")
    age = np.floor(_numbers(frame[renewals.key]) * months)
    left = said[0].to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(age) & np.isfinite(left) & (age >= 0)
    gone = known & (left == 1)
    n, n_left = int(known.sum()), int(gone.sum())
    if n < FEWEST_CUSTOMERS:
        raise AnalysisError("lifetime_few_customers", n=n, least=FEWEST_CUSTOMERS)
    _refuse_one_sided(n, n_left)
    here = known & ~gone
    rows = (*counted(np.maximum(age[gone], 1)), *counted(age[here]))
    kind = params.model if params.model in ("sbg", "bdw") else "auto"
    learned, rule = fit_contract(*rows, kind), fit_constant(*rows)
    simple = fit_contract(*rows, "sbg") if learned.kind == "bdw" else learned
    models = (learned, rule) if simple is learned else (learned, simple, rule)
    trial = contract_tried(np.maximum(age[known], gone[known]), gone[known], kind)
    gives_way = params.model == "rule" or (params.model == "auto" and trial is not None and not trial.model_is_better)
    model = rule if gives_way else learned
    ladder = tuple(Rung(each.kind, each.fit.loglik, each.fit.found) for each in models)
    paid = None if fee is None else _numbers(frame[fee.key])
    columns = _columns(model, age, here, gone, paid, params)
    missed = trial.missed("rule" if gives_way else "model", params.months) if trial else None
    totals = as_wide_as_missed(columns.totals, missed)
    import pandas as pd

    customers = pd.DataFrame({"customer_id": frame["customer_id"], **columns.found})
    digest = hashlib.sha256(params.model_dump_json().encode())
    for each in rows:
        digest.update(np.ascontiguousarray(each).tobytes())
    names = ("gamma", "delta", "c") if model is not rule else ("rate",)
    notes = [] if model.fit.covariance is not None else [Note("lifetime_fit_failed", {}, "check")]
    notes.append(Note("lifetime_left_by", {"column": outcome.header or outcome.key}))
    if months != 1:
        notes.append(Note("lifetime_turned", {"column": renewals.header}, "check"))
    if paid is not None and (n_free := int((here & ~np.isfinite(paid)).sum())):
        notes.append(Note("lifetime_no_fee", {"n": n_free, "of": int(here.sum())}, "check"))
    if trial is None:
        notes.append(Note("lifetime_stay_untried", {"n": n, "left": n_left}))
    return LifetimeValue(
        params, profiles.as_of, model.kind, customers, *totals, n,
        dict(zip(names, model.fit.params, strict=False)), ladder, None, None, 1.0, digest.hexdigest()[:12],
        tuple(notes), trial,
    )  # fmt: skip


def _who_left(profiles: Profiles) -> Feature | None:
    told = who_has_left(profiles)
    return None if told is None else told[0]


def _refuse_one_sided(n: int, n_left: int) -> None:
    if n_left == n:
        raise AnalysisError("lifetime_nobody_stays", n=n)
    if n_left < FEWEST_LEFT:
        raise AnalysisError("lifetime_few_left", n=n, left=n_left, least=FEWEST_LEFT)


class _Columns:
    """Columns per customer, and the sum with its interval."""

    def __init__(self, found: dict[str, Any], totals: tuple[float | None, float | None, float | None]) -> None:
        self.found, self.totals = found, totals


def _columns(model: Any, age: Any, here: Any, gone: Any, fee: Any, params: LifetimeParams) -> _Columns:
    """Return the periods and the money ahead; of those who left nothing, of those who are not known NaN."""
    ages, place = np.unique(age[here], return_inverse=True)
    ahead = np.arange(1, params.months + 1)
    weight = (1 + params.discount) ** (-ahead / 12)
    stays = model.stays(ages, params.months)
    # How many periods one subscriber stays: all up to the first one that is not renewed.
    shares = np.column_stack([1 - stays[:, 0], stays[:, :-1] - stays[:, 1:], stays[:, -1]])
    upto = shares.cumsum(axis=1)
    lows, highs = ((upto < level - 1e-12).sum(axis=1) for level in (0.1, 0.9))
    worth = np.concatenate([[0.0], weight.cumsum()])
    of_here = {"orders": stays.sum(axis=1), "orders_low": lows, "orders_high": highs}
    of_value = {"value": (stays * weight).sum(axis=1), "value_low": worth[lows], "value_high": worth[highs]}
    of_here, of_value = held_open(of_here), held_open(of_value)
    found: dict[str, Any] = {}
    for key, values in of_here.items():
        found[key] = _spread(values[place], here, gone)
    if fee is None:
        return _Columns(found, (None, None, None))
    earned = np.where(np.isfinite(fee), fee, np.nan) * params.margin
    found["order_value"] = earned
    for key, values in of_value.items():
        found[key] = _spread(values[place], here, gone) * np.where(gone, 1.0, earned)
    fees = np.bincount(place, weights=np.nan_to_num(earned[here]), minlength=len(ages))
    squares = np.bincount(place, weights=np.nan_to_num(earned[here]) ** 2, minlength=len(ages))
    rng = np.random.default_rng(params.seed)
    sums = []
    for each in model.fit.drawn(DRAWS, rng):
        chance = model.stays(ages, params.months, each)
        share = np.column_stack([1 - chance[:, 0], chance[:, :-1] - chance[:, 1:], chance[:, -1]])
        mean = (share * worth).sum(axis=1)
        spread = np.maximum((share * worth**2).sum(axis=1) - mean**2, 0)
        sums.append(weighed(fees, mean) + rng.normal() * np.sqrt(weighed(squares, spread)))
    low, high = np.quantile(sums, [0.1, 0.9])
    return _Columns(found, (float(np.nansum(found["value"])), float(low), float(high)))


def _spread(values: Any, here: Any, gone: Any) -> Any:
    found = np.full(len(here), np.nan)
    found[here] = values
    found[gone] = 0.0
    return found


def _numbers(column: Any) -> Any:
    return column.to_numpy(dtype="float64", na_value=np.nan)


def months_of(header: str) -> float:
    """Return how many months one unit of a column of time is, by its header; 1 where it names none.

    Examples
    --------
    >>> [round(months_of(one), 3) for one in ("tenure", "tenure_days", "Tenure (years)", "在网时长（天）", "在网月数")]
    [1, 0.033, 12, 0.033, 1]
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).replace("_", " ").lower()
    if re.search(r"(?<![a-z])months?(?![a-z])|月", words):
        return 1
    units = ((r"(?<![a-z])days?(?![a-z])|天", 12 / 365.25), (r"(?<![a-z])weeks?(?![a-z])|周", 84 / 365.25),
             (r"(?<![a-z])years?(?![a-z])|年", 12))  # fmt: skip
    return next((each for unit, each in units if re.search(unit, words)), 1)


def _chosen(profiles: Profiles, key: str | None, *kinds: str) -> Feature | None:
    if key is None:
        return None
    feature = profiles.feature(key)
    if feature is None or feature.kind not in kinds:
        raise AnalysisError("lifetime_feature_unknown", feature=key)
    return feature


def _named(profiles: Profiles, words: re.Pattern[str]) -> Feature | None:
    """Return the first number of the user's own whose header says so."""
    for feature in profiles.features:
        header = (feature.header or "").replace("_", " ")
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
        if feature.kind == "number" and not feature.personal and words.search(spaced):
            return feature
    return None
