"""Who is leaving: the result, with all that tells how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.churn.definition import ChurnDefinition
    from analysis.predict.churn.leaks import Leak, LeakPair
    from analysis.predict.churn.measure import Beside, Measured
    from analysis.predict.churn.model import ModelKind
    from analysis.predict.churn.season import Season
    from analysis.stats.discrimination import AucDifference

SCORE = "churn_risk"


@dataclass(frozen=True)
class Money:
    """What an offer to everybody for whom it pays would save over a year, in the currency of the data.

    ``low`` and ``high`` are those of the range of the save rate, for the same ``n`` customers. ``pays_from`` is the
    save rate from which the offer to them brings back what it costs; where it pays for nobody, that for the one
    customer with most at stake, which may lie above 1. None without a cost.
    """

    n: int
    saved: float
    low: float
    high: float
    pays_from: float | None = None


@dataclass(frozen=True)
class ChurnResult(Tabular, rows="customers"):
    """The chance of leaving of every customer, and what it is worth beside the plain rule.

    Attributes
    ----------
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``; ``churn_risk`` (chance 0..1 of leaving in the window ahead; of who left by a column, what was
        foretold without knowing it; NaN for customers without an order); ``low``, ``high`` (95 % interval of the share
        who left among tested customers with such a chance, with the season's correction; drawn out to the chance where
        it lies beside); ``has_left`` (already, by the definition); ``reason_1`` to ``reason_3`` (keys of features, the
        strongest first, empty where there is none) and ``weight_1`` to ``weight_3`` (what they add to the log-odds
        compared with the average customer; above 0 towards leaving); ``change`` (key of the feature that would lower
        the chance most, of those that can be acted on), ``change_to`` (its value, as text) and ``risk_then``; ``value``
        (of a year), ``saved``, ``saved_low``, ``saved_high`` (expected, in the currency; NaN for those who have left,
        or without a value).
    definition : ChurnDefinition
    used : "rule", "logistic" or "trees"
        Behind the scores.
    tried : "logistic" or "trees"
        The model that was compared with the rule.
    measured, rule : Measured
        Of the model and of the plain rule, on the same customers, whom they had not seen.
    rule_feature : Feature
        Behind the rule.
    gain : AucDifference
        How much better the model tells who leaves.
    active : Beside or None
        The same of those alone who on the day had been silent for no longer than the definition allows: of the others
        everybody knows that they have left. It decides whether the model is used, where there are enough of them.
    windows : tuple of (last day known, last day of the window, customers, those who left)
        Learned on the first and tested on the second; empty for a column, where each tenth is foretold by the others.
    leaks : tuple of Leak
        Columns that know the future, left out.
    season : Season or None
    features : tuple of Feature
        That the model knew.
    typical : mapping of feature key to number or text
        The median, or the most frequent level, of the customers scored.
    money : Money or None
    as_of : date
    version : str
        Names the model: a hash of the choices and of what it learned from.
    notes : tuple of Note
    pair : LeakPair or None
        Two columns that know the future together, looked for where the model is too good to be true; which of them was
        written afterwards a person has to say, so neither is left out.
    """

    customers: pd.DataFrame = field(repr=False)
    definition: ChurnDefinition = field(repr=False)
    used: Literal["rule", "logistic", "trees"]
    tried: ModelKind
    measured: Measured = field(repr=False)
    rule: Measured = field(repr=False)
    rule_feature: Feature = field(repr=False)
    gain: AucDifference = field(repr=False)
    active: Beside | None = field(repr=False)
    windows: tuple[tuple[date, date, int, int], ...] = field(repr=False)
    leaks: tuple[Leak, ...] = field(repr=False)
    season: Season | None = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)
    typical: Mapping[str, float | str] = field(repr=False)
    money: Money | None
    as_of: date
    version: str
    notes: tuple[Note, ...] = field(default=(), repr=False)
    pair: LeakPair | None = field(default=None, repr=False)

    @property
    def model_is_better(self) -> bool:
        """The model tells who leaves better than the rule and than chance, by more than noise."""
        from analysis.predict.churn.measure import Beside

        return (self.active or Beside(self.measured, self.rule, self.gain)).model_is_better

    def figures(self) -> pd.DataFrame:
        """Return what the model and the rule are worth side by side, on all tested customers and on the active ones.

        Returns
        -------
        DataFrame, one row per scores and customers
            ``scores`` (``"model"``, ``"rule"``), ``customers`` (``"all"``, ``"active"``), ``auc``, ``low``, ``high``,
            ``precision`` (average), ``brier``, ``brier_base``, ``lift_leavers``, ``lift_stayers`` (of the tenths most
            and least at risk), ``foretold`` (mean risk), ``rate`` (share who left), ``n``, ``n_left``.
        """
        import pandas as pd

        tested = [("all", "model", self.measured), ("all", "rule", self.rule)]
        if self.active is not None:
            tested += [("active", "model", self.active.model), ("active", "rule", self.active.rule)]
        return pd.DataFrame(
            {
                "scores": scores, "customers": whom, "auc": of.auc.value, "low": of.auc.low, "high": of.auc.high,
                "precision": of.precision, "brier": of.brier, "brier_base": of.brier_base,
                "lift_leavers": of.leavers.value, "lift_stayers": of.stayers.value, "foretold": of.mean_foretold,
                "rate": of.rate, "n": of.n, "n_left": of.n_left,
            }
            for whom, scores, of in tested
        )  # fmt: skip

    @property
    def score_feature(self) -> Feature:
        """What ``churn_risk`` is as a feature of the profiles, for tags, segments and lists."""
        made_of = tuple(f.key for f in self.features) if self.used != "rule" else (self.rule_feature.key,)
        return Feature(SCORE, "risk", "number", "share", origin="prediction", as_of=self.as_of, made_of=made_of)
