"""Two models of who leaves, calibrated on customers that they have not seen: a logistic regression, and boosted trees.

No class is weighted or resampled: that would ruin the calibration, and with it every sum of money.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import go_on

if TYPE_CHECKING:
    import numpy as np

ModelKind = Literal["logistic", "trees"]
FOLDS = 5
MOST_ROWS = {"logistic": 50_000, "trees": 20_000}  # customers that a model is fitted on
MOST_TRIED = 20_000  # customers that tell which model is the better one
ONE_THREAD = 20_000  # rows up to which threads wait longer for each other, on a busy machine, than they help
FEW_FOLDS = 3  # that tell which one is better, and calibrate where there are more customers
SMALLEST = 1e-6


@dataclass(frozen=True)
class FittedModel:
    """A model and the line that calibrates its log-odds.

    Attributes
    ----------
    kind : "logistic" or "trees"
    weights : float array, shape (columns,)
        Of the logistic regression per standard deviation; of trees those of the one fitted beside them, for reasons.
    slope, offset : float
        Calibrated log-odds = ``slope`` · log-odds + ``offset`` (Platt), learned on customers held out.
    rows : int array
        Places of those it was learned from, among the customers that were given.
    seen : float array, shape (rows,)
        Calibrated chances of these, each by a model that had not seen them.
    log_loss : float
        Of these.
    """

    kind: ModelKind
    model: Any
    weights: np.ndarray
    slope: float
    offset: float
    rows: np.ndarray
    seen: np.ndarray
    log_loss: float

    def chances(self, matrix: np.ndarray) -> np.ndarray:
        """Return the calibrated chance of each row of a design matrix."""
        from scipy.special import expit

        with few_threads(len(matrix)):
            return expit(self.slope * log_odds(self.model.predict_proba(matrix)[:, 1]) + self.offset)

    def unseen_chances(self, matrix: np.ndarray) -> np.ndarray:
        """Return the chance of each customer that was given, by a model that has not seen them."""
        import numpy as np

        if len(self.rows) == len(matrix):
            return self.seen
        found = self.chances(matrix)
        np.put(found, self.rows, self.seen)
        return found


def fit_model(
    matrix: np.ndarray, left: np.ndarray, kind: Literal["auto", "logistic", "trees"], *, folds: int = FOLDS, seed: int
) -> FittedModel:
    """Fit a model of who left.

    Parameters
    ----------
    matrix : float array, shape (customers, columns)
    left : bool array, shape (customers,)
        At least ``folds`` of each.
    kind : "auto", "logistic" or "trees"
        ``auto`` takes the trees only where their loss on customers held out is smaller by more than one standard error.
    folds : int
        Stratified parts of the customers; each is foretold by a model of the others, and calibrated by the others.
        Three where there are many customers.
    seed : int

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines; Friedman (2001), Greedy function approximation,
    Annals of Statistics 29; van den Goorbergh et al. (2022), The harm of class imbalance corrections for risk
    prediction models, JAMIA 29.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-2, 2, 200)[:, None]
    >>> left = np.sin(np.arange(200) * 1.7) < x[:, 0]
    >>> fitted = fit_model(x, left, "logistic", seed=0)
    >>> fitted.kind, bool(fitted.chances(np.array([[2.0]]))[0] > 0.9)
    ('logistic', True)
    """
    with few_threads(len(left)):
        return _fitted(matrix, left, kind, folds, seed)


def _fitted(
    matrix: np.ndarray, left: np.ndarray, kind: Literal["auto", "logistic", "trees"], folds: int, seed: int
) -> FittedModel:
    many, seen_odds = len(left) > MOST_TRIED, None
    folds = FEW_FOLDS if many else folds
    if kind == "auto":
        kind, seen_odds = _better(matrix, left, seed)
    rows = some(left, MOST_ROWS[kind], seed)
    if seen_odds is None or not many or kind != "trees":  # trees of many were tried in the same folds
        seen_odds = out_of_fold(matrix[rows], left[rows], kind, folds=folds, seed=seed)
    seen = _calibrated_in_turn(seen_odds, left[rows], folds, seed)
    slope, offset = calibration_line(seen_odds, left[rows])
    model = new_model(kind, seed).fit(matrix[rows], left[rows])
    logistic = model if kind == "logistic" else new_model("logistic", seed).fit(matrix[rows], left[rows])
    return FittedModel(kind, model, logistic.coef_[0], slope, offset, rows, seen, log_loss(left[rows], seen))


def out_of_fold(matrix: np.ndarray, left: np.ndarray, kind: ModelKind, *, folds: int, seed: int) -> np.ndarray:
    """Return log-odds of each customer by a model of the other folds."""
    import numpy as np

    found = np.empty(len(left))
    for train, test in stratified(left, folds, seed):
        go_on()
        model = new_model(kind, seed).fit(matrix[train], left[train])
        found[test] = log_odds(model.predict_proba(matrix[test])[:, 1])
    return found


def stratified(left: np.ndarray, folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return train and test places of each fold, with as many who left in each."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(np.empty((len(left), 0)), left))


def calibration_line(odds: np.ndarray, left: np.ndarray) -> tuple[float, float]:
    """Return the slope and the offset that turn log-odds into those that came true; a score of no use has no slope."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e6, max_iter=1_000).fit(odds[:, None], left)
    slope = float(line.coef_[0, 0])
    if slope <= 0:  # worse than none: everybody has the chance of all
        return 0.0, float(log_odds(left.mean()))
    return slope, float(line.intercept_[0])


def few_threads(n: int) -> AbstractContextManager[Any]:
    """Let models of few rows run in one thread: beside other work, trees wait for their threads at every split."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1) if n <= ONE_THREAD else nullcontext()


def new_model(kind: ModelKind, seed: int) -> Any:
    """Return a model that has learned nothing yet."""
    if kind == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=1.0, max_iter=1_000)
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(learning_rate=0.05, max_depth=3, max_iter=200, random_state=seed)


def log_odds(chance: Any) -> Any:
    """Return log-odds, away from certainty."""
    import numpy as np
    from scipy.special import logit

    return logit(np.clip(chance, SMALLEST, 1 - SMALLEST))


def log_loss(left: np.ndarray, chance: np.ndarray) -> float:
    """Return the mean loss of chances, in nats."""
    return float(_losses(left, chance).mean())


def _losses(left: np.ndarray, chance: np.ndarray) -> np.ndarray:
    import numpy as np

    chance = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return -np.where(left, np.log(chance), np.log1p(-chance))


def _better(matrix: np.ndarray, left: np.ndarray, seed: int) -> tuple[ModelKind, np.ndarray]:
    """Return the model with the smaller loss on customers held out, and its log-odds of them."""
    import numpy as np
    from scipy.special import expit

    rows = some(left, MOST_TRIED, seed)
    kinds: tuple[ModelKind, ...] = ("logistic", "trees")
    odds = [out_of_fold(matrix[rows], left[rows], kind, folds=FEW_FOLDS, seed=seed) for kind in kinds]
    losses = [_losses(left[rows], expit(one)) for one in odds]
    gain = losses[0] - losses[1]
    place = int(gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)))
    return kinds[place], odds[place]


def _calibrated_in_turn(odds: np.ndarray, left: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Calibrate each fold by the line of the others."""
    import numpy as np
    from scipy.special import expit

    found = np.empty(len(left))
    for train, test in stratified(left, folds, seed):
        slope, offset = calibration_line(odds[train], left[train])
        found[test] = expit(slope * odds[test] + offset)
    return found


def some(left: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return places of all customers, or of a sample with the share of those who left."""
    import numpy as np

    if len(left) <= most:
        return np.arange(len(left))
    rng = np.random.default_rng(seed)
    chosen = [
        rng.choice(side, round(most * len(side) / len(left)), replace=False)
        for side in (np.flatnonzero(left), np.flatnonzero(~left))
    ]
    return np.sort(np.concatenate(chosen))
