"""What a comparison of two arms says: an effect with its interval, a p value, and the convention of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, get_args

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.tabular import Tabular, under

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Alternative = Literal["two_sided", "greater", "less"]
ALPHA = 0.05


# Columns of readings as frames, all with the same names.
EFFECT = ("effect=absolute.value", "low=absolute.low", "high=absolute.high")
READING = (
    *("control", "treatment", "n_control", "n_treatment"), *EFFECT,
    *("relative=relative.value", "relative_low=relative.low", "relative_high=relative.high", "p=test.p"),
)  # fmt: skip
RESULT = ("metric=metric.name", "arm=treatment", *under("reading", READING), "p_corrected", "direction")


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    ``low`` or ``high`` is None where the interval has no end on that side (one-sided tests, unbounded Fieller).
    ``convention`` names the formula: a key such as ``"newcombe"``, ``"welch_t"``, ``"delta_normal"``. ``level`` is the
    confidence, 0..1; ``se`` the standard error where the formula has one.
    """

    value: float
    low: float | None
    high: float | None
    level: float
    convention: str
    se: float | None = None


@dataclass(frozen=True)
class Significance:
    """A p value, its test statistic and degrees of freedom where there are any, and the name of the test."""

    p: float
    convention: str
    alternative: Alternative = "two_sided"
    statistic: float | None = None
    df: float | None = None


@dataclass(frozen=True)
class Reading(Tabular, columns=READING):
    """Treatment against control.

    ``absolute`` is treatment less control in the unit of the outcome; ``relative`` is the same over control, None when
    control is 0 (the note ``experiment_no_relative`` says so).
    """

    control: float
    treatment: float
    n_control: int
    n_treatment: int
    absolute: Estimate
    relative: Estimate | None
    test: Significance
    notes: tuple[Note, ...] = field(default=())


# As SciPy, statsmodels and R write the sides of a test.
_SPELLINGS: dict[str, Alternative] = {
    **dict.fromkeys(("two_sided", "two-sided", "two.sided", "two sided", "twosided", "2-sided"), "two_sided"),
    **dict.fromkeys(("greater", "larger"), "greater"),
    **dict.fromkeys(("less", "smaller"), "less"),
}  # fmt: skip


# Squares of larger values, and of those below 1 / LARGEST, are no numbers any more, or have lost digits.
LARGEST = 1e140
LEAST_ALPHA = 1e-12  # below which the ends of an interval lie beyond what numbers can hold


def check_alpha(alpha: float) -> None:
    """Raise ``experiment_bad_alpha`` unless 0 < alpha < 1, and not so small that no interval can be computed."""
    if not isinstance(alpha, Real):
        raise AnalysisError("experiment_not_a_number", field="alpha")
    if not LEAST_ALPHA <= alpha < 1:
        raise AnalysisError("experiment_bad_alpha", alpha=alpha)


def side_of(alternative: object) -> Alternative:
    """Return the sides of a test however they are spelled; ``experiment_unknown_choice`` for what is no spelling.

    Examples
    --------
    >>> side_of("two-sided"), side_of("larger"), side_of("smaller")
    ('two_sided', 'greater', 'less')
    """
    found = _SPELLINGS.get(alternative.strip().lower()) if isinstance(alternative, str) else None
    if found is None:
        raise AnalysisError(
            "experiment_unknown_choice", field="alternative", value=str(alternative), known=get_args(Alternative)
        )
    return found


def check_choice(field: str, value: Any, choices: Any) -> None:
    """Raise ``experiment_unknown_choice`` (field, value, known) for what is none of a ``Literal``."""
    known = get_args(choices)
    if value not in known:
        raise AnalysisError("experiment_unknown_choice", field=field, value=str(value), known=known)


def p_of_z(z: float, alternative: Alternative) -> float:
    """Return the p value of a standard normal statistic; ``experiment_too_extreme`` for none that is finite."""
    from scipy.special import ndtr

    alternative = side_of(alternative)
    _check_statistic(z)
    if alternative == "two_sided":
        return float(2 * ndtr(-abs(z)))
    return float(ndtr(-z) if alternative == "greater" else ndtr(z))


def p_of_t(t: float, df: float, alternative: Alternative) -> float:
    """Return the p value of a Student t statistic; ``experiment_too_extreme`` for none that is finite."""
    from scipy.special import stdtr

    alternative = side_of(alternative)
    _check_statistic(t)
    if alternative == "two_sided":
        return float(2 * stdtr(df, -abs(t)))
    return float(stdtr(df, -t) if alternative == "greater" else stdtr(df, t))


def _check_statistic(value: float) -> None:
    # A difference beside an error so tiny that their ratio is no number: nothing of real figures.
    if not math.isfinite(value):
        raise AnalysisError("experiment_too_extreme")


def interval(
    value: float, se: float, *, alpha: float, alternative: Alternative, convention: str, df: float | None = None
) -> Estimate:
    """Return value ± quantile · se, with one end open for a one-sided alternative."""
    from scipy.special import ndtri, stdtrit

    check_alpha(alpha)
    alternative = side_of(alternative)
    tail = 1 - (alpha / 2 if alternative == "two_sided" else alpha)
    half = float(ndtri(tail) if df is None else stdtrit(df, tail)) * se
    low = None if alternative == "less" else value - half
    high = None if alternative == "greater" else value + half
    return Estimate(value, low, high, 1 - alpha, convention, se)


def relative_delta(
    control: float,
    treatment: float,
    var_control: float,
    var_treatment: float,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
    df: float | None = None,
) -> Estimate | None:
    """Return treatment over control less one, with the delta method's interval.

    None when control is 0, or so near to it that the ratio or its interval is no finite number, and when treatment is 0
    without a noise of its own: the interval would have no width.

    Parameters
    ----------
    control, treatment : float
        Means.
    var_control, var_treatment : float
        Squared standard errors of the means, the arms independent.
    df : float, optional
        With it Student's quantile, else the normal one.

    References
    ----------
    Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD.

    Examples
    --------
    >>> lift = relative_delta(0.2, 0.25, 0.00016, 0.0001875)
    >>> round(lift.low, 4), round(lift.high, 4)
    (0.045, 0.455)
    """
    if control == 0 or (treatment == 0 and var_treatment == 0):
        return None
    ratio = treatment / control
    se = math.sqrt(var_treatment + var_control * ratio * ratio) / abs(control)
    name = "delta_normal" if df is None else "delta_t"
    lift = (treatment - control) / abs(control)
    return _finite(interval(lift, se, alpha=alpha, alternative=alternative, convention=name, df=df))


def relative_fieller(
    control: float, treatment: float, var_control: float, var_treatment: float, *, alpha: float = ALPHA,
    alternative: Alternative = "two_sided", df: float | None = None,
) -> Estimate | None:  # fmt: skip
    """Return treatment over control less one with Fieller's interval, which is not symmetric.

    It holds every ratio that the test of treatment less so many times control does not reject, and so where the delta
    method's is too short: amounts of few buyers. With ``df`` the quantile is Student's. ``se`` is the delta method's.

    None when control is 0, or so near to it that the ratio is no finite number. Both ends are None when control is not
    different from 0 at ``alpha``: every ratio is then possible.

    References
    ----------
    Fieller (1954), Some problems in interval estimation, JRSS B 16.

    Examples
    --------
    >>> lift = relative_fieller(0.2, 0.25, 0.00016, 0.0001875)
    >>> round(lift.low, 3), round(lift.high, 3)
    (0.062, 0.477)
    """
    from scipy.special import ndtri, stdtrit

    if control == 0 or (treatment == 0 and var_treatment == 0):
        return None
    check_alpha(alpha)
    alternative = side_of(alternative)
    tail = 1 - (alpha / 2 if alternative == "two_sided" else alpha)
    z2 = float(ndtri(tail) if df is None else stdtrit(df, tail)) ** 2
    a = control * control - z2 * var_control
    lift, ratio = treatment / control - 1, treatment / control
    se = math.sqrt(var_treatment + var_control * ratio * ratio) / abs(control)
    if a <= 0:
        return _finite(Estimate(lift, None, None, 1 - alpha, "fieller_unbounded", se))
    b = control * treatment
    root = math.sqrt(max(b * b - a * (treatment * treatment - z2 * var_treatment), 0.0))
    low = None if alternative == "less" else (b - root) / a - 1
    high = None if alternative == "greater" else (b + root) / a - 1
    return _finite(Estimate(lift, low, high, 1 - alpha, "fieller", se))


def _finite(found: Estimate) -> Estimate | None:
    known = (found.value, found.se, found.low, found.high)
    return found if all(math.isfinite(number) for number in known if number is not None) else None


def finite(values: ArrayLike) -> Any:
    """Return values as an array of finite numbers, shape (n,), n at least 1.

    Raises ``experiment_not_a_number``, ``experiment_empty_arm`` and ``experiment_too_extreme``; what stood in place of
    a number is quoted nowhere.
    """
    import numpy as np

    try:
        array = np.asarray(values, dtype=float)
        if array.ndim != 1:
            raise AnalysisError("experiment_not_a_number", field="values")
    except (TypeError, ValueError):
        raise AnalysisError("experiment_not_a_number", field="values") from None
    if len(array) == 0:
        raise AnalysisError("experiment_empty_arm")
    if not np.isfinite(array).all():
        raise AnalysisError("experiment_not_a_number", field="values")
    largest = np.abs(array).max()
    if largest > LARGEST or 0 < largest < 1 / LARGEST:
        raise AnalysisError("experiment_too_extreme")
    return array
