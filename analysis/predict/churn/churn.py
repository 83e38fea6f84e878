"""Churn: define leaving, learn from one past window, test on the next one beside the plain rule, and score everybody.

Method, sources and limits: ``docs/methods/churn.md``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.churn.definition import FEW, ChurnDefinition, churn_definition, refuse_few, who_left
from analysis.predict.churn.design import Design, design_matrix, learn_design
from analysis.predict.churn.leaks import HIGH, TOO_GOOD, Leak, LeakPair, find_leak_pair, find_leaks
from analysis.predict.churn.measure import Beside, beside, observed_near
from analysis.predict.churn.model import FittedModel, ModelKind, fit_model, log_odds
from analysis.predict.churn.money import saved, yearly_value
from analysis.predict.churn.reasons import MOST_REASONS, actionable, changes, reasons, typical
from analysis.predict.churn.result import SCORE, ChurnResult
from analysis.predict.churn.rule import BY_SILENCE, column_rule, silence_rule
from analysis.predict.churn.season import Season, season_of
from analysis.predict.churn.windows import PREDICTED, Window, past_windows, usable
from analysis.predict.left_out import unknown_names

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.churn.params import ChurnParams
    from analysis.profiles.result import Feature, Profiles

TENTHS = 10
MOST_COLUMN_LEVELS = 50  # a category with more levels than these is a name, not a group


def churn(standard: StandardTables, profiles: Profiles, params: ChurnParams) -> ChurnResult:
    """Say who is leaving, as well as it can be known, and how well that is.

    Parameters
    ----------
    standard : StandardTables
    profiles : Profiles
        Of these tables; their as-of day is the day from which the window ahead begins.
    params : ChurnParams

    Returns
    -------
    ChurnResult
        With ``method="auto"`` the scores are those of the plain rule unless the model is better by more than noise.

    Raises
    ------
    AnalysisError
        As ``churn_definition`` and ``yearly_value``; ``churn_few_customers``, ``churn_nobody_left``,
        ``churn_everybody_left``, ``churn_few_left``: too little to learn from; ``churn_no_features`` (n_leaks): every
        column knows the future, or says the same of everybody; ``churn_all_alike``: each says the same of everybody.

    Examples
    --------
    >>> from analysis import begin, read
    >>> from analysis.predict.churn.params import ChurnParams
    >>> prepared = begin(read("sample_data/中文店铺.xlsx")).prepared()
    >>> result = churn(prepared.standard, prepared.profiles, ChurnParams(method="logistic"))
    >>> result.definition.kind, len(result.customers)
    ('silence', 1350)
    """
    definition = churn_definition(standard, profiles, params)
    if definition.kind == "silence":
        learned = _of_silence(standard, profiles, definition, params)
    else:
        learned = _of_column(profiles, definition, params)
    return _result(profiles, definition, learned, params)


@dataclass(frozen=True)
class _Learned:
    """What either way leaves: customers who can be scored, their chances by the rule and by the model, and the rest."""

    scored: pd.DataFrame
    has_left: np.ndarray
    by_model: np.ndarray
    by_rule: np.ndarray
    all: Beside
    active: Beside | None
    tried: ModelKind
    rule_feature: Feature
    design: Design
    fitted: FittedModel
    leaks: tuple[Leak, ...]
    windows: tuple[tuple[date, date, int, int], ...] = ()
    season: Season | None = None
    pair: LeakPair | None = None


def _of_silence(
    standard: StandardTables, profiles: Profiles, definition: ChurnDefinition, params: ChurnParams
) -> _Learned:
    assert definition.days is not None
    early, late = past_windows(standard, definition)
    for window in (early, late):
        refuse_few(window.left)
    features, leaks = _without_leaks(early.customers, _wanted(early.features, params), early.left)
    kept = {feature.key for feature in features}
    first, tested = _fitted(early, features, params)
    chance = tested.chances(design_matrix(first, late.customers))
    early_rule = silence_rule(early.customers[BY_SILENCE].to_numpy(), early.left)
    rule_chance = early_rule.chances(late.customers[BY_SILENCE].to_numpy())
    base = float(early.left.mean())
    season = season_of(standard, definition, chance, late.left, train=early.cut)
    # What is foretold now is learned from the later window, whose season is the nearest.
    every = beside(late.left, chance, rule_chance, base=base)
    active = _of_active(early, late, definition.days, chance, rule_chance)
    gives_way = params.method == "auto" and not (active or every).model_is_better
    now_features = tuple(feature for feature in usable(late.features) if feature.key in kept)
    # A model that gives way to the rule scores nobody: the quicker one says what it would have known.
    design, fitted = _fitted(late, now_features, params, "logistic" if gives_way else tested.kind)
    scored = profiles.customers[profiles.customers["n_orders"] > 0]
    rule = silence_rule(late.customers[BY_SILENCE].to_numpy(), late.left)
    silent = scored[BY_SILENCE].to_numpy(dtype=float)
    return _Learned(
        scored=scored,
        has_left=silent > definition.days,
        by_model=fitted.chances(design_matrix(design, scored)),
        by_rule=rule.chances(silent),
        all=every,
        active=active,
        tried=tested.kind,
        rule_feature=_feature(late.features, BY_SILENCE),
        design=design,
        fitted=fitted,
        leaks=leaks,
        windows=tuple((w.cut, w.end, len(w.left), int(w.left.sum())) for w in (early, late)),
        season=season,
        pair=_pair(active, early.customers, features, early.left, params.seed),
    )


def _of_column(profiles: Profiles, definition: ChurnDefinition, params: ChurnParams) -> _Learned:
    import numpy as np

    answers = who_left(profiles, definition)
    known = answers.notna().to_numpy()
    customers, left = profiles.customers[known], answers[known].to_numpy(dtype=bool)
    refuse_few(left)
    features, leaks = _without_leaks(customers, _columns(profiles, definition, params), left)
    design = learn_design(customers, features)
    matrix = design_matrix(design, customers)
    kind = "logistic" if params.method == "rule" else params.method
    fitted = fit_model(matrix, left, kind, folds=TENTHS, seed=params.seed)
    rule, rule_seen = column_rule(customers, design.features, left, folds=TENTHS, seed=params.seed)
    base = float(left.mean())
    everybody = profiles.customers
    by_model, by_rule = fitted.chances(design_matrix(design, everybody)), rule.chances(everybody)
    model_seen = fitted.unseen_chances(matrix)
    by_model[known], by_rule[known] = model_seen, rule_seen
    every = beside(left, model_seen, rule_seen, base=base)
    has_left = np.zeros(len(everybody), dtype=bool)
    has_left[known] = left
    return _Learned(
        scored=everybody,
        has_left=has_left,
        by_model=by_model,
        by_rule=by_rule,
        all=every,
        active=None,
        tried=fitted.kind,
        rule_feature=rule.bands.feature,
        design=design,
        fitted=fitted,
        leaks=leaks,
        pair=_pair(every, customers, features, left, params.seed),
    )


def _of_active(early: Window, late: Window, days: int, model: np.ndarray, rule: np.ndarray) -> Beside | None:
    """Measure on those who were still there on the day: of the others everybody knows that they have left."""
    there = [window.customers[BY_SILENCE].to_numpy() <= days for window in (early, late)]
    left, base = late.left[there[1]], early.left[there[0]]
    if min(left.sum(), (~left).sum()) < FEW or not len(base):
        return None
    return beside(left, model[there[1]], rule[there[1]], base=float(base.mean()))


def _fitted(
    window: Window, features: tuple[Feature, ...], params: ChurnParams, kind: Any = None
) -> tuple[Design, FittedModel]:
    design = learn_design(window.customers, features)
    matrix = design_matrix(design, window.customers)
    wanted = kind or ("logistic" if params.method == "rule" else params.method)
    return design, fit_model(matrix, window.left, wanted, seed=params.seed)


def _wanted(features: tuple[Feature, ...], params: ChurnParams) -> tuple[Feature, ...]:
    return tuple(feature for feature in features if feature.key not in params.leave_out)


def _columns(profiles: Profiles, definition: ChurnDefinition, params: ChurnParams) -> tuple[Feature, ...]:
    """Return what a file of customers says of them, but the outcome, names, and what tags or models say."""
    return tuple(
        feature
        for feature in _wanted(profiles.features, params)
        if feature != definition.feature
        and not feature.personal
        and feature.origin not in ("tag", "prediction")
        and feature.key not in PREDICTED
        and (
            feature.kind in ("number", "flag", "date")
            or (feature.kind == "category" and profiles.customers[feature.key].nunique() <= MOST_COLUMN_LEVELS)
        )
    )


def _without_leaks(
    customers: pd.DataFrame, features: tuple[Feature, ...], left: np.ndarray
) -> tuple[tuple[Feature, ...], tuple[Leak, ...]]:
    """Leave out columns that know the future. What was counted up to a day before the window cannot."""
    leaks = find_leaks(customers, _written(features), left)
    leaking = {leak.feature.key for leak in leaks}
    kept = tuple(feature for feature in features if feature.key not in leaking)
    if not learn_design(customers, kept).columns:
        raise AnalysisError("churn_no_features", n_leaks=len(leaks)) if leaks else AnalysisError("churn_all_alike")
    return kept, leaks


def _written(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    return tuple(feature for feature in features if feature.origin not in ("orders", "records"))


def _pair(
    deciding: Beside | None, customers: pd.DataFrame, features: tuple[Feature, ...], left: np.ndarray, seed: int
) -> LeakPair | None:
    """Look for two columns that know the future together, where the model is too good to be true."""
    if deciding is None or deciding.model.auc.value <= TOO_GOOD:
        return None
    return find_leak_pair(customers, _written(features), left, seed=seed)


def _feature(features: tuple[Feature, ...], key: str) -> Feature:
    return next(feature for feature in features if feature.key == key)


def _result(profiles: Profiles, definition: ChurnDefinition, learned: _Learned, params: ChurnParams) -> ChurnResult:
    import numpy as np
    import pandas as pd
    from scipy.special import expit

    used: Literal["rule", "logistic", "trees"] = learned.tried
    deciding = learned.active or learned.all
    if params.method == "rule" or (params.method == "auto" and not deciding.model_is_better):
        used = "rule"
    shift = learned.season.shift if learned.season is not None else 0.0
    unshifted = learned.by_rule if used == "rule" else learned.by_model
    chance = expit(log_odds(unshifted) + shift) if shift else unshifted
    low, high = observed_near(learned.all.rule if used == "rule" else learned.all.model, unshifted, shift)
    scored = learned.scored
    rows = pd.DataFrame({SCORE: chance, "low": low, "high": high, "has_left": learned.has_left})
    if used == "rule":
        why, change = _reason_of_rule(learned, len(rows)), _no_change(len(rows))
    else:
        matrix = design_matrix(learned.design, scored)
        why = reasons(learned.design, learned.fitted, matrix, unshifted, float(learned.fitted.seen.mean()))
        can = actionable(learned.design.features, params.actionable)
        change = changes(learned.design, learned.fitted, scored.reset_index(drop=True), can, shift)
    places = scored.index.to_numpy()
    table, money = saved(chance, yearly_value(profiles, params)[places], learned.has_left, params)
    found = pd.concat([rows, why, change, table], axis=1)
    found.index = scored.index
    customers = found.reindex(profiles.customers.index)
    customers.insert(0, "customer_id", profiles.customers["customer_id"])
    customers["has_left"] = customers["has_left"].astype("boolean").fillna(False).astype(bool)
    texts = [*(f"reason_{number + 1}" for number in range(MOST_REASONS)), "change", "change_to"]
    customers[texts] = customers[texts].fillna("")
    told = {feature.key: feature for feature in (*learned.design.features, learned.rule_feature)}
    return ChurnResult(
        customers=customers,
        definition=definition,
        used=used,
        tried=learned.tried,
        measured=learned.all.model,
        rule=learned.all.rule,
        rule_feature=learned.rule_feature,
        gain=learned.all.gain,
        active=learned.active,
        windows=learned.windows,
        leaks=learned.leaks,
        pair=learned.pair,
        season=learned.season,
        features=learned.design.features,
        typical=typical(scored, tuple(told.values())),
        money=money,
        as_of=profiles.as_of,
        version=_version(params, definition, learned, np.round(chance, 9)),
        notes=(
            *_notes(definition, learned, used=used),
            *unknown_names(params.leave_out, {feature.key for feature in profiles.features}),
        ),
    )


def _reason_of_rule(learned: _Learned, n: int) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    rate = learned.all.rule.rate
    weight = log_odds(learned.by_rule) - log_odds(rate)
    table: dict[str, Any] = {"reason_1": learned.rule_feature.key}
    table |= {f"reason_{number}": "" for number in range(2, MOST_REASONS + 1)}
    table |= {"weight_1": weight} | {f"weight_{number}": np.nan for number in range(2, MOST_REASONS + 1)}
    return pd.DataFrame(table, index=range(n))


def _no_change(n: int) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    return pd.DataFrame({"change": "", "change_to": "", "risk_then": np.nan}, index=range(n))


def _notes(definition: ChurnDefinition, learned: _Learned, *, used: str) -> tuple[Note, ...]:
    found = []
    deciding = learned.active or learned.all
    if (deciding.rule if used == "rule" else deciding.model).auc.low <= 0.5:
        found.append(Note("churn_by_chance", {"n": deciding.model.n}, "check"))
    if definition.n_before:
        found.append(Note("orders_begun", {"day": definition.first, "n": definition.n_before}, "check"))
    if definition.bounded:
        facts = {"days": definition.days, "gap": definition.gap_days}
        found.append(Note("churn_days_bounded", facts, "check"))
    for leak in learned.leaks:
        code = "churn_leak" if leak.why == "too_good" else "churn_leak_pure"
        facts = {"feature": leak.feature.key, "auc": leak.auc, "n": leak.n}
        found.append(Note(code, facts, "check"))
    seen = deciding.model.auc.value
    # Where those who had left before are counted too, everybody is told apart by their silence: no column had to know.
    of_leavers_too = learned.active is None and learned.windows
    if learned.pair is not None:
        first, second = (feature.key for feature in learned.pair.features)
        found.append(Note("churn_leak_pair", {"first": first, "second": second, "auc": learned.pair.auc}, "check"))
    elif seen > TOO_GOOD and not of_leavers_too:
        # What was counted up to a day before the tested ones knows no future: then the orders follow a plan.
        found.append(Note("churn_too_even" if learned.windows else "churn_too_good", {"auc": seen}, "check"))
    elif seen > HIGH and not learned.windows:
        found.append(Note("churn_high", {"auc": seen, "feature": learned.rule_feature.key}, "check"))
    return tuple(found)


def _version(params: ChurnParams, definition: ChurnDefinition, learned: _Learned, chance: np.ndarray) -> str:
    told = (params.model_dump_json(), definition.kind, definition.days, definition.answer, learned.windows)
    digest = hashlib.sha256(repr(told).encode())
    digest.update(chance.tobytes())
    return f"churn_{digest.hexdigest()[:12]}"
