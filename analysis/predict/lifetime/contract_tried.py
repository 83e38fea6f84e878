"""How subscribers stay, tried on renewals that the model has not seen, beside the plainest rule: a constant rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.predict.lifetime.contracts import Contract, counted, fit_constant, fit_contract
from analysis.stats.intervals import Z95
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

LEAST_THERE, LEAST_LEFT = 50, 20
LEAST_RENEWALS = 4  # two to learn from, two to try on


@dataclass(frozen=True)
class ContractTried(Tabular, rows="track"):
    """What model and rule would have said of later renewals, and what came.

    Attributes
    ----------
    until, upto : int
        Both knew the renewals up to ``until``, and were tried on those up to ``upto``.
    n : int
        Subscribers who were there after ``until`` renewals, and seen at the next one.
    track : DataFrame, one row per renewal after ``until``
        ``renewals``; of those there at ``until``, the share still there: ``came`` (Kaplan–Meier) with ``low`` and
        ``high`` (95 %, Greenwood), ``model``, ``rule``.
    off_model, off_rule : float
        Mean distance from ``came`` (share).
    noise : float
        Mean standard error of ``came``.
    """

    until: int
    upto: int
    n: int
    track: pd.DataFrame = field(repr=False)
    off_model: float
    off_rule: float
    noise: float

    @property
    def model_is_better(self) -> bool:
        """Whether the model is nearer to what came than the rule, by more than one standard error of it."""
        return self.off_rule - self.off_model > self.noise

    def missed(self, way: Literal["model", "rule"], periods: int) -> float:
        """Return how far off the periods stayed were, of the next ``periods``, as a share of those that came."""
        rows = self.track.head(periods)
        return float(rows[way].sum() / rows["came"].sum() - 1) if rows["came"].sum() > 0 else 0.0


def contract_tried(age: Any, left: Any, kind: str) -> ContractTried | None:
    """Try a model on the later half of the renewals; None where too few were seen, or too few left before.

    Parameters
    ----------
    age : float array, shape (subscribers,)
        Renewals made; of who left, the one at which they left (1, 2, …).
    left : bool array, shape (subscribers,)
    kind : "auto", "sbg" or "bdw"

    References
    ----------
    Fader and Hardie (2007), Journal of Interactive Marketing 21:76, for the test; Kaplan and Meier (1958), JASA 53;
    Greenwood (1926).
    """
    age = np.asarray(age, dtype=int)
    there = np.array([(age >= renewals).sum() for renewals in range(1, int(age.max(initial=0)) + 1)])
    upto = int((there >= LEAST_THERE).sum())
    until = upto // 2
    early = left & (age <= until)
    if upto < LEAST_RENEWALS or early.sum() < LEAST_LEFT:
        return None
    rows = (*counted(age[early]), *counted(np.minimum(age[~early], until)))
    model, rule = fit_contract(*rows, kind), fit_constant(*rows)
    return _beside(model, rule, age, left, until, upto)


def _beside(model: Contract, rule: Contract, age: Any, left: Any, until: int, upto: int) -> ContractTried:
    import pandas as pd

    renewals = np.arange(until + 1, upto + 1)
    at_risk = np.array([(age >= each).sum() for each in renewals])
    going = np.array([(left & (age == each)).sum() for each in renewals])
    came = np.cumprod(1 - going / at_risk)
    spread = came * np.sqrt(np.cumsum(going / np.maximum(at_risk * (at_risk - going), 1)))
    both = (("model", model), ("rule", rule))
    said = {name: each.survival(renewals) / each.survival(until) for name, each in both}
    track = pd.DataFrame({
        "renewals": renewals, "came": came, "low": np.clip(came - Z95 * spread, 0, 1),
        "high": np.clip(came + Z95 * spread, 0, 1), **said,
    })  # fmt: skip
    off = {name: float(np.abs(share - came).mean()) for name, share in said.items()}
    return ContractTried(until, upto, int(at_risk[0]), track, off["model"], off["rule"], float(spread.mean()))
