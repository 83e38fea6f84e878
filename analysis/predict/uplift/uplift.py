"""Uplift: whom a campaign moves, from one that left some customers out by chance; and whether that differs at all.

Method, sources and limits: ``docs/methods/uplift.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.churn.design import design_matrix, learn_design
from analysis.predict.churn.model import few_threads, new_model, stratified
from analysis.predict.churn.windows import PREDICTED
from analysis.predict.uplift.qini import Qini, qini
from analysis.profiles.result import Feature
from analysis.stats.discrimination import auc
from analysis.stats.intervals import difference_of_shares
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.uplift.params import UpliftParams
    from analysis.profiles.result import Profiles

FOLDS = 5
FEW = 30  # of either outcome in either arm
FIFTHS = 5
MOST_LEVELS = 50


@dataclass(frozen=True)
class UpliftResult(Tabular, rows="customers"):
    """What a campaign did, and whom it moved.

    Attributes
    ----------
    customers : DataFrame, one row per customer of the two arms
        ``customer_id``, ``treated``, ``came``, ``uplift`` (foretold change of the chance, -1..1, by models that had not
        seen the customer).
    everybody : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``, ``uplift`` (the change that is foretold: of the two arms as in ``customers``, of others by the
        models of both arms; where there is no pattern the effect, the same for all), ``low``, ``high`` (95 % interval
        of the effect in the fifth with such a change; NaN where one of the arms has nobody in it).
    effect, low, high : float
        Share who came among the treated minus that among those left out, with Newcombe's interval.
    n_treated, n_control : int
    qini : Qini
        What the foretold changes are worth.
    fifths : DataFrame, one row per fifth of the customers, the highest foretold change first
        ``fifth``, ``n``, ``foretold``, ``effect``, ``low``, ``high``.
    levels : DataFrame, one row per level of a flag or a category with 30 customers in each arm
        ``feature``, ``level``, ``n``, ``effect``, ``low``, ``high``.
    features : tuple of Feature
    as_of : date
    notes : tuple of Note
    """

    customers: pd.DataFrame = field(repr=False)
    everybody: pd.DataFrame = field(repr=False)
    effect: float
    low: float
    high: float
    n_treated: int
    n_control: int
    qini: Qini = field(repr=False)
    fifths: pd.DataFrame = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def has_pattern(self) -> bool:
        """The order finds those whom the campaign moves better than chance, by more than noise."""
        return self.qini.beats_chance

    @property
    def score_feature(self) -> Feature:
        """What the foretold change is as a feature of the profiles."""
        made_of = tuple(feature.key for feature in self.features)
        return Feature(
            "campaign_uplift", "risk", "number", "share", origin="prediction", as_of=self.as_of, made_of=made_of
        )


def campaign_uplift(standard: StandardTables, profiles: Profiles, params: UpliftParams) -> UpliftResult:
    """Say whom a past campaign moved, as ``uplift`` does; the tables are what every prediction is made of.

    Raises
    ------
    AnalysisError
        As ``uplift``.
    """
    del standard
    return uplift(profiles, params)


def uplift(profiles: Profiles, params: UpliftParams) -> UpliftResult:
    """Say whom a past campaign moved.

    Two models foretell who comes, one learned from the treated and one from those left out (T-learner); each customer
    by models of the other four fifths. The difference is the change that the campaign brings.

    Raises
    ------
    AnalysisError
        ``uplift_unknown`` (feature, known): no such arm or outcome. ``uplift_outcome`` (feature): it is not yes or no.
        ``uplift_few`` (arm, n_came, n_not, least): too few of either outcome in an arm. ``uplift_no_features``: nothing
        is known of the customers that differs among them.

    References
    ----------
    Künzel et al. (2019), Metalearners for estimating heterogeneous treatment effects, PNAS 116.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.predict.uplift.params import UpliftParams
    >>> from analysis.profiles.result import Feature, Profiles
    >>> rng = np.random.default_rng(0)
    >>> base = pd.DataFrame({"sent": rng.random(2_000) < 0.5, "young": rng.random(2_000) < 0.5})
    >>> base["bought"] = rng.random(2_000) < 0.1 + 0.4 * (base["sent"] & base["young"])
    >>> features = tuple(Feature(key, "basic", "flag", header=key) for key in base)
    >>> base["customer_id"] = [f"c{n}" for n in range(2_000)]
    >>> found = uplift(Profiles(base, features, date(2024, 1, 1)), UpliftParams(arm="sent", outcome="bought"))
    >>> found.has_pattern, found.levels.round(1)["effect"].abs().tolist()
    (True, [0.0, 0.4])
    """
    import numpy as np
    import pandas as pd

    arm, outcome = _known(profiles, params.arm), _known(profiles, params.outcome)
    words = profiles.customers[arm.key].astype("string")
    answers = _yes_or_no(profiles.customers[outcome.key], outcome)
    inside = (words.isin([params.treated, params.control]) & answers.notna()).to_numpy(dtype=bool)
    customers = profiles.customers[inside].reset_index(drop=True)
    treated = (words[inside] == params.treated).to_numpy(dtype=bool)
    came = answers[inside].to_numpy(dtype=float) > 0.5
    for is_treated, level in ((True, params.treated), (False, params.control)):
        n_came = int(came[treated == is_treated].sum())
        n_not = int((treated == is_treated).sum()) - n_came
        if min(n_came, n_not) < FEW:
            raise AnalysisError("uplift_few", arm=level, n_came=n_came, n_not=n_not, least=FEW)
    features = _usable(profiles, (arm, outcome), params)
    design = learn_design(customers, features)
    if not design.columns:
        raise AnalysisError("uplift_no_features")
    matrix = design_matrix(design, customers)
    score = _cross_fitted(matrix, came, treated, params)
    effect, low, high = _effect(came, treated)
    found = qini(came, treated, score, cross_fitted=True, seed=params.seed)
    fifths = _fifths(came, treated, score)
    everybody = pd.DataFrame({"customer_id": profiles.customers["customer_id"], "uplift": effect})
    everybody["low"], everybody["high"] = low, high
    if found.beats_chance:
        foretold = np.empty(len(inside))
        foretold[inside] = score
        if not inside.all():
            others = design_matrix(design, profiles.customers[~inside])
            foretold[~inside] = _foretold(matrix, came, treated, others, params)
        everybody["uplift"] = foretold
        of_fifth = fifths.set_index("fifth").reindex(_fifth_of(foretold, score))
        everybody["low"], everybody["high"] = of_fifth["low"].to_numpy(), of_fifth["high"].to_numpy()
    return UpliftResult(
        customers=pd.DataFrame(
            {"customer_id": customers["customer_id"], "treated": treated, "came": came, "uplift": score}
        ),
        everybody=everybody,
        effect=effect,
        low=low,
        high=high,
        n_treated=int(treated.sum()),
        n_control=int((~treated).sum()),
        qini=found,
        fifths=fifths,
        levels=_levels(customers, design.features, came, treated),
        features=design.features,
        as_of=profiles.as_of,
        notes=_notes(matrix, treated, params.seed, np.array([came[treated].mean(), came[~treated].mean()])),
    )


def _known(profiles: Profiles, key: str) -> Feature:
    found = profiles.feature(key)
    if found is None or found.personal:
        known = tuple(each.key for each in profiles.features if not each.personal)
        raise AnalysisError("uplift_unknown", feature=key, known=known)
    return found


def _yes_or_no(values: pd.Series, feature: Feature) -> pd.Series:
    import pandas as pd

    if feature.kind == "flag":
        return values.astype("boolean").astype("Float64")
    numbers = pd.to_numeric(values, errors="coerce")
    if feature.kind != "number" or not numbers.dropna().isin([0, 1]).all():
        raise AnalysisError("uplift_outcome", feature=feature.header or feature.key)
    return numbers


def _usable(profiles: Profiles, taken: tuple[Feature, ...], params: UpliftParams) -> tuple[Feature, ...]:
    return tuple(
        feature
        for feature in profiles.features
        if feature not in taken
        and feature.key not in params.leave_out
        and feature.key not in PREDICTED
        and not feature.personal
        and feature.origin not in ("tag", "prediction")
        and (
            feature.kind in ("number", "flag")
            or (feature.kind == "category" and profiles.customers[feature.key].nunique() <= MOST_LEVELS)
        )
    )


def _cross_fitted(matrix: np.ndarray, came: np.ndarray, treated: np.ndarray, params: UpliftParams) -> np.ndarray:
    import numpy as np

    found = np.empty(len(came))
    for train, test in stratified(came + 2 * treated, FOLDS, params.seed):
        go_on()
        found[test] = _foretold(matrix[train], came[train], treated[train], matrix[test], params)
    return found


def _foretold(
    matrix: np.ndarray, came: np.ndarray, treated: np.ndarray, others: np.ndarray, params: UpliftParams
) -> np.ndarray:
    """Return the change of the chance of others, by a model of each arm."""
    chances = []
    with few_threads(len(matrix)):
        for arm in (treated, ~treated):
            model = new_model(params.method, params.seed).fit(matrix[arm], came[arm])
            chances.append(model.predict_proba(others)[:, 1])
    return chances[0] - chances[1]


def _fifth_of(foretold: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the fifth of the measured customers in which each foretold change lies, the highest being 1."""
    import numpy as np

    borders = np.quantile(score, np.arange(1, FIFTHS) / FIFTHS)
    return FIFTHS - np.searchsorted(borders, foretold)


def _effect(came: np.ndarray, treated: np.ndarray) -> tuple[float, float, float]:
    import numpy as np

    counts = [np.array([value]) for arm in (treated, ~treated) for value in (came[arm].sum(), arm.sum())]
    low, high = difference_of_shares(counts[0], counts[1], counts[2], counts[3])
    return float(came[treated].mean() - came[~treated].mean()), float(low[0]), float(high[0])


def _fifths(came: np.ndarray, treated: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    place = np.empty(len(score), dtype=int)
    place[np.argsort(-score, kind="stable")] = np.arange(len(score)) * FIFTHS // len(score)
    rows = []
    for fifth in range(FIFTHS):
        own = place == fifth
        if 0 < treated[own].sum() < own.sum():
            rows.append((fifth + 1, int(own.sum()), float(score[own].mean()), *_effect(came[own], treated[own])))
    return pd.DataFrame(rows, columns=["fifth", "n", "foretold", "effect", "low", "high"])


def _levels(
    customers: pd.DataFrame, features: tuple[Feature, ...], came: np.ndarray, treated: np.ndarray
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for feature in features:
        words = customers[feature.key].astype("string")
        if feature.kind == "number" and words.nunique() > 2:
            continue
        for level in sorted(words.dropna().unique()):
            own = words.eq(level).fillna(False).to_numpy(dtype=bool)
            if min((own & treated).sum(), (own & ~treated).sum()) >= FEW:
                rows.append((feature.key, str(level), int(own.sum()), *_effect(came[own], treated[own])))
    return pd.DataFrame(rows, columns=["feature", "level", "n", "effect", "low", "high"])


def _notes(matrix: np.ndarray, treated: np.ndarray, seed: int, shares: np.ndarray) -> tuple[Note, ...]:
    """Say where the features tell who was treated: then it was not chance that left the others out."""
    import numpy as np

    chosen = np.empty(len(treated))
    for train, test in stratified(treated, FOLDS, seed):
        model = new_model("logistic", seed).fit(matrix[train], treated[train])
        chosen[test] = model.predict_proba(matrix[test])[:, 1]
    found = auc(treated, chosen, alpha=0.01)
    if found.low > 0.5:
        return (
            Note("uplift_not_by_chance", {"auc": found.value, "difference": float(shares[0] - shares[1])}, "check"),
        )
    return ()
