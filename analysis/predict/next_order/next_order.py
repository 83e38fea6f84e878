"""The next order as a window: own gaps drawn towards the shop's, as wide as held-back gaps ask for.

Method, sources and limits: ``docs/methods/next_order.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.intake.questions import order_days, order_days_of
from analysis.notes import Note
from analysis.predict.beginning import refuse_without_sales
from analysis.predict.next_order.coverage import LEAST_BEYOND, LEVELS, calibrate, held_back, measure_coverage
from analysis.predict.next_order.curves import Curve, first_curve
from analysis.predict.next_order.gaps import Gaps, foretell, gaps_of
from analysis.predict.next_order.result import NextOrders

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.next_order.params import NextOrderParams
    from analysis.profiles.result import Profiles

LEAST_CUSTOMERS = 50  # with two gaps: fewer say nothing about how wide a window has to be
LEAST_GAPS = 200  # of one category
LATE = 0.9
HALF_A_DAY = 0.5
FARTHEST = 3_653.0  # days: ten years; a window that reaches further says nothing
MOST_OFF = 0.03  # of the coverage
WINDOW = ("low_50", "high_50", "low_80", "high_80", "middle")


def next_orders(standard: StandardTables, profiles: Profiles, params: NextOrderParams) -> NextOrders:
    """Say in which window each customer orders next, and how often such windows were right.

    Parameters
    ----------
    standard : StandardTables
    profiles : Profiles
        Of these tables; windows begin after their as-of day.
    params : NextOrderParams

    Raises
    ------
    AnalysisError
        ``next_order_no_orders``: there are no orders with days. ``predict_no_sales`` (n). ``next_order_few`` (n,
        least): too few customers ordered on three days. ``next_order_no_column`` (column): the order lines have no such
        column.

    Examples
    --------
    >>> from analysis import begin, read
    >>> from analysis.predict.next_order.params import NextOrderParams
    >>> prepared = begin(read("sample_data/中文店铺.xlsx")).prepared()
    >>> found = next_orders(prepared.standard, prepared.profiles, NextOrderParams())
    >>> found.column, found.coverage["level"].tolist()
    ('category', [0.5, 0.8])
    """
    import pandas as pd

    days = order_days(standard, profiles.as_of)
    refuse_without_sales(standard)
    if not len(days):
        raise AnalysisError("next_order_no_orders")
    gaps, day = gaps_of(days), profiles.as_of.toordinal()
    n_tested = int((gaps.n >= 2).sum())
    if n_tested < LEAST_CUSTOMERS:
        raise AnalysisError("next_order_few", n=n_tested, least=LEAST_CUSTOMERS)
    rows, coverage = _windows(gaps, day, params.seed)
    column = _column(standard, params)
    by_category, categories, curves = _by_value(standard, profiles, column, params)
    curves = (first_curve("", gaps, day), *curves)
    rows = rows.join(_once(standard, profiles, gaps, curves, column, params.days))
    customers = rows.reindex(pd.Index(profiles.customers["customer_id"])).reset_index()
    customers["state"] = customers["state"].fillna("no_order")
    customers["curve"] = customers["curve"].fillna("")
    customers["n_gaps"] = customers["n_gaps"].fillna(0).astype("int64")
    return NextOrders(
        customers=customers,
        by_category=by_category,
        categories=categories,
        coverage=coverage,
        curves=curves,
        column=column,
        days=params.days,
        as_of=profiles.as_of,
        notes=_notes(coverage),
    )


def _windows(gaps: Gaps, day: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the window of each customer with a gap, indexed by customer, and the coverage of such windows."""
    import numpy as np
    import pandas as pd

    misses, known, _ = held_back(gaps)
    coverage = measure_coverage(misses, known, seed=seed)
    widths, told = calibrate(misses, known), foretell(gaps)
    # Nothing came in the days up to now: of the gaps of customers alike, only those that lasted longer are left, and
    # those that end on the very day.
    silent = np.maximum(day - gaps.last - HALF_A_DAY, HALF_A_DAY)
    passed, beyond = widths.below(gaps.n, (np.log(silent) - told.middle) / told.spread)

    def after(share: float) -> np.ndarray:
        miss = widths.quantile(gaps.n, passed + share * (1 - passed))
        # Days are whole: what lies beside one by the rounding of logarithms alone is that day.
        return np.round(np.exp(told.middle + told.spread * miss), 6)

    state = np.where(gaps.n == 0, "one_order", np.where((passed > LATE) | (beyond < LEAST_BEYOND), "overdue", "window"))
    frame = pd.DataFrame({"n_gaps": gaps.n}, index=gaps.customers)
    frame["usual_days"] = np.where(gaps.n > 0, np.exp(told.middle + told.spread * widths.quantile(gaps.n, 0.5)), np.nan)
    told_days = {"middle": np.rint(after(0.5))}
    for level in LEVELS:
        name = round(100 * level)
        told_days[f"low_{name}"], told_days[f"high_{name}"] = (
            np.ceil(after((1 - level) / 2)), np.floor(after((1 + level) / 2)),
        )  # fmt: skip
    state = np.where((state == "window") & (told_days["high_80"] - silent > FARTHEST), "too_wide", state)
    frame["state"] = state
    for name in WINDOW:
        ahead = np.maximum(gaps.last + told_days[name], day)
        frame[name] = _as_days(np.where(state == "window", ahead, np.nan))
    for level in ("50", "80"):  # a window of less than a day is that day
        frame[f"high_{level}"] = frame[f"high_{level}"].where(
            frame[f"high_{level}"] >= frame[f"low_{level}"], frame[f"low_{level}"]
        )
    frame["next_order_days"] = np.where(state == "window", np.maximum(gaps.last + told_days["middle"] - day, 0), np.nan)
    return frame, coverage


def _column(standard: StandardTables, params: NextOrderParams) -> str | None:
    if params.by == "none":
        return None
    wanted = "category" if params.by == "auto" else params.by
    if wanted in standard.order_roles:
        return wanted
    if params.by == "auto":
        return None
    raise AnalysisError("next_order_no_column", column=wanted)


def _by_value(
    standard: StandardTables, profiles: Profiles, column: str | None, params: NextOrderParams
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Curve, ...]]:
    """Return windows within each value that has 200 gaps, what is usual there, and the curves of first orders."""
    import numpy as np
    import pandas as pd

    windows = [pd.DataFrame(columns=["customer_id", "value", "n_gaps", "usual_days", *WINDOW])]
    usual, curves = [], []
    days = None if column is None else order_days_of(standard, column, profiles.as_of)
    for value, own in () if days is None else days.groupby("value", sort=True):
        go_on()
        gaps = gaps_of(own)
        if len(gaps.logs) < LEAST_GAPS or (gaps.n >= 2).sum() < LEAST_CUSTOMERS:
            continue
        rows, coverage = _windows(gaps, profiles.as_of.toordinal(), params.seed)
        kept = rows[rows["state"] == "window"].rename_axis("customer_id").reset_index()
        windows.append(kept.assign(value=value)[list(windows[0].columns)])
        usual.append((value, len(gaps.logs), float(np.exp(np.median(gaps.logs))), *coverage["covered"]))
        curves.append(first_curve(str(value), gaps, profiles.as_of.toordinal()))
    found = pd.concat(windows[1:] or windows, ignore_index=True)
    table = pd.DataFrame(usual, columns=["value", "n_gaps", "usual_days", "covered_50", "covered_80"])
    return found, table, tuple(curves)


def _once(
    standard: StandardTables,
    profiles: Profiles,
    gaps: Gaps,
    curves: tuple[Curve, ...],
    column: str | None,
    days: int,
) -> pd.DataFrame:
    """Return, of those who ordered once, the share who come back by the curve of what they bought, else the shop's."""
    import numpy as np
    import pandas as pd

    once = gaps.n == 0
    silent = np.maximum(profiles.as_of.toordinal() - gaps.last, 0).astype(float)
    bought = pd.Series("", index=gaps.customers)
    if column is not None and len(curves) > 1:
        first = order_days_of(standard, column, profiles.as_of)
        first = first[first["value"].isin([curve.name for curve in curves[1:]])]
        first = first.drop_duplicates("customer_id").set_index("customer_id")["value"]
        bought = first.reindex(gaps.customers).fillna("")
    comes_back = np.full(len(gaps.n), np.nan)
    for curve in curves:
        own = once & (bought == curve.name).to_numpy()
        comes_back[own] = curve.comes_back(silent[own], float(days))
    return pd.DataFrame({"curve": np.where(once, bought, ""), "comes_back": comes_back}, index=gaps.customers)


def _as_days(ordinals: np.ndarray) -> np.ndarray:
    import numpy as np
    import pandas as pd

    known = np.isfinite(ordinals)
    days = np.where(known, ordinals, 0).astype("int64") - 719_163  # the ordinal of 1 January 1970
    return pd.Series(pd.to_datetime(np.where(known, days, 0), unit="D")).where(known).to_numpy()


def _notes(coverage: pd.DataFrame) -> tuple[Note, ...]:
    return tuple(
        Note("next_order_coverage", {name: row[name] for name in ("level", "covered", "n")}, "check")
        for row in coverage.to_dict("records")
        if abs(row["covered"] - row["level"]) > MOST_OFF
    )
