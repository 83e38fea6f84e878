"""Find what another report does otherwise: every way of counting is tried on sums, and those that fit are named."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.fixes import AnyFix, CleaningFix
from analysis.intake.reconcile.cube import COUNTED_ELSEWHERE, HOURS, Cube, Measure, cube_of
from analysis.intake.reconcile.result import Explanation, Reconciliation, Treatment, TreatmentKind

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.choices import Choices
    from analysis.intake.tables import RawTable, StandardTables

MOST_TOGETHER = 3
MOST_TOGGLES = 16
SHOWN = 5
NEAREST = 3
NEARER = 0.9  # of the difference may be left by what is told as nearest
_PLACES = 6  # of money, beyond which sums of floats differ by the order they are added in


@dataclass(frozen=True)
class _Toggle:
    """Which lines are counted otherwise: ``among`` are those of the cube that it is about."""

    kind: TreatmentKind
    subject: str
    among: np.ndarray
    is_in: bool
    fix: AnyFix | None = None


_Parts = tuple[tuple[TreatmentKind, int], ...]  # columns that are counted otherwise, by their place among measures


@dataclass(frozen=True, eq=False)
class _Way:
    """One way of counting, and the revenue that it gives."""

    size: int
    chosen: tuple[_Toggle, ...] = ()
    hour: int = 0
    columns: _Parts = ()
    revenue: float = 0.0

    @property
    def parts(self) -> frozenset[tuple[str, str]]:
        """What is done otherwise, each once."""
        named = [(one.kind, one.subject) for one in self.chosen]
        named += [(kind, str(place)) for kind, place in self.columns]
        return frozenset([*named, *([("day_begins", str(self.hour))] if self.hour else [])])

    @property
    def key(self) -> object:
        """The same as something to look up by."""
        return self.parts


def reconcile(
    tables: Sequence[RawTable],
    recipe: Choices,
    *,
    total: Decimal | float | str,
    since: date | None = None,
    until: date | None = None,
    standard: StandardTables | None = None,
) -> Reconciliation:
    """Return what explains that another report shows ``total`` for a period.

    Tried are, alone and up to three together: lines that are set aside here (by reason and by state), states, returns,
    test orders and repeated lines that count here, columns of money beside the amount (added, taken off, or in its
    place; once an order where they repeat on its lines), and a day that begins at another hour.

    Parameters
    ----------
    tables, recipe
        As for ``standardise``.
    total : Decimal, float or str
        Revenue as the report shows it, in the currency of the study. As text its digits say how exact it is:
        ``"62,266"`` is met within half a unit, ``"62,266.10"`` within half a cent; a float counts to the cent unless
        it is whole.
    since, until : date, optional
        First and last day of the report; left out, those of the orders.
    standard : StandardTables, optional
        What ``standardise`` gave for the same tables and recipe; left out, they are standardised here.

    Raises
    ------
    AnalysisError
        ``reconcile_not_a_number`` (value), ``reconcile_period`` (since, until), ``reconcile_no_orders``.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> rows = "order_id,customer_id,order_date,amount,shipping\\n"
    >>> rows += "".join(f"{n},c{n % 5},2024-03-{n + 1:02d},{10 + n}.00,{n % 3 + 3}.50\\n" for n in range(20))
    >>> tables = read_file(rows.encode(), name="orders.csv")
    >>> found = reconcile(tables, suggest(tables), total="479.00")
    >>> [(one.kind, one.subject) for one in found.exact[0].treatments]
    [('plus_column', 'shipping')]
    """
    from analysis.intake.standard.standardise import standardise

    wanted, tolerance = _read_total(total)
    if since is not None and until is not None and since > until:
        raise AnalysisError("reconcile_period", since=since, until=until)
    standard = standard or standardise(tables, recipe)
    cube = cube_of(tables, recipe, standard, since=since, until=until)
    if cube is None:
        raise AnalysisError("reconcile_no_orders")
    if cube.since > cube.until:
        raise AnalysisError("reconcile_period", since=cube.since, until=cube.until)
    return _search(cube, recipe, wanted, tolerance)


_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
_WRITTEN = re.compile(
    r"(?:[^\W\d_]{3}|[^\w\s.+-]{1,3}|[A-Z]{1,3}[$¥£])?(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))"
    r"(?P<unit>[kKmM万萬亿億]?)(?:元|圆|[^\W\d_]{3}|[^\w\s.+-])?"
)


def _read_total(total: Decimal | float | str) -> tuple[float, float]:
    """Return a total and how far apart counts as equal: half of its last digit, as a report rounds it."""
    import math
    import unicodedata

    text = unicodedata.normalize("NFKC", str(total)).strip().replace(",", "").replace(" ", "")
    # As a report writes it: a sign or a code of a currency before or behind, and a unit of thousands or more.
    found = _WRITTEN.fullmatch(text)
    value = float(found["number"]) * _UNITS[found["unit"].lower()] if found else math.nan
    if found is None or not math.isfinite(value):
        raise AnalysisError("reconcile_not_a_number", value=str(total)[:40])
    if isinstance(total, float):
        return value, 0.5 if total.is_integer() else 0.005
    _, point, digits = found["number"].partition(".")
    unit = _UNITS[found["unit"].lower()]
    shown = len(digits) if unit > 1 else min(len(digits), 2)
    return value, 0.5 * unit * 10.0**-shown if point else 0.5 * unit


def _search(cube: Cube, recipe: Choices, total: float, tolerance: float) -> Reconciliation:
    """Try every way of counting and keep what fits."""
    import numpy as np

    toggles, hours = _toggles(cube, recipe), [0, *_hours(cube)]
    combined = _combined(cube.measures)
    period = np.stack([_within(cube, hour) for hour in hours])
    base, out = cube.cells["reason"].eq("").to_numpy(), _left_out_states(cube)
    counted = round(float(cube.money[base & period[0], 0].sum()), _PLACES)
    fits: list[_Way] = []
    alone: list[_Way] = []
    levels: dict[int, list[np.ndarray]] = {}
    for chosen in _subsets(toggles):
        by_hour = (period & _inside(cube, base, chosen, out)) @ cube.money
        for moved in (False, True):
            rows = by_hour[1:] if moved else by_hour[:1]
            for columns, (parts, weights) in combined.items():
                size = len(chosen) + moved + columns
                if size > MOST_TOGETHER or not len(rows):
                    continue
                values = rows @ weights.T
                levels.setdefault(size, []).append(values.ravel())
                wanted = np.ones_like(values, dtype=bool) if size == 1 else np.abs(values - total) <= tolerance
                for row, column in np.argwhere(wanted):
                    hour = hours[row + 1] if moved else 0
                    way = _Way(size, chosen, hour, parts[column], round(float(values[row, column]), _PLACES))
                    if abs(way.revenue - total) <= tolerance:
                        fits.append(way)
                    if size == 1:
                        alone.append(way)
    expected = _by_chance(levels, total, tolerance)
    single = {way.key: round(way.revenue - counted, _PLACES) for way in alone}
    fits.sort(key=lambda way: (way.size, way.hour != 0, abs(way.revenue - total)))
    exact = [_explained(way, cube, total, single, expected) for way in _without_idle(fits)[:SHOWN]]
    nearest: list[Explanation] = []
    if not exact:
        better = [way for way in alone if abs(way.revenue - total) <= NEARER * abs(counted - total)]
        better.sort(key=lambda way: abs(way.revenue - total))
        nearest = [_explained(way, cube, total, single, expected) for way in better[:NEAREST]]
    ways = sum(part.size for values in levels.values() for part in values)
    return Reconciliation(total, counted, cube.since, cube.until, tolerance, ways, tuple(exact), tuple(nearest))


def _explained(
    way: _Way, cube: Cube, total: float, single: dict[object, float], expected: dict[int, float]
) -> Explanation:
    parts = [Treatment(one.kind, one.subject, single[_Way(1, (one,)).key], fix=one.fix) for one in way.chosen]
    for kind, place in way.columns:
        measure = cube.measures[place]
        money = single[_Way(1, columns=((kind, place),)).key]
        parts.append(Treatment(kind, measure.header, money, measure.once))
    if way.hour:
        parts.append(Treatment("day_begins", str(way.hour), single[_Way(1, hour=way.hour).key]))
    parts.sort(key=lambda part: -abs(part.money))
    return Explanation(tuple(parts), way.revenue, total - way.revenue, expected.get(way.size, 0.0))


def _without_idle(found: Sequence[_Way]) -> list[_Way]:
    """Leave out what says the same as a shorter one with something beside it that changes nothing."""
    kept: list[_Way] = []
    for one in found:
        if not any(other.parts < one.parts or other.parts == one.parts for other in kept):
            kept.append(one)
    return kept


def _subsets(toggles: Sequence[_Toggle]) -> Iterator[tuple[_Toggle, ...]]:
    for size in range(MOST_TOGETHER + 1):
        yield from itertools.combinations(toggles, size)


def _combined(measures: Sequence[Measure]) -> dict[int, tuple[Sequence[_Parts], np.ndarray]]:
    """Return by number of columns what may stand in the place of the amount, and the weights of the sums."""
    import numpy as np

    kinds: tuple[TreatmentKind, ...] = ("plus_column", "minus_column", "column_instead")
    single: list[tuple[TreatmentKind, int]] = [(kind, place) for place in range(len(measures)) for kind in kinds]
    # What a column is known to be, a discount or shipping, is part of an amount and never one.
    single = [one for one in single if one[0] != "column_instead" or measures[one[1]].role == "ignore"]
    found: dict[int, tuple[Sequence[_Parts], np.ndarray]] = {}
    for size in range(MOST_TOGETHER + 1):
        chosen: list[_Parts] = [
            parts
            for parts in itertools.combinations(single, size)
            if len({measures[place].header for _, place in parts}) == size
            and sum(kind == "column_instead" for kind, _ in parts) <= 1
        ]
        weights = np.zeros((len(chosen), 1 + len(measures)))
        for row, parts in enumerate(chosen):
            weights[row, 0] = 0.0 if any(kind == "column_instead" for kind, _ in parts) else 1.0
            for kind, place in parts:
                weights[row, 1 + place] = -1.0 if kind == "minus_column" else 1.0
        if chosen:
            found[size] = chosen, weights
    return found


def _toggles(cube: Cube, recipe: Choices) -> list[_Toggle]:
    """Return which lines may be counted otherwise, those with most money first."""
    cells, counts = cube.cells, cube.cells["reason"].eq("").to_numpy()
    found: list[_Toggle] = []
    state = cells["state"].to_numpy()
    left = [str(one) for one in dict.fromkeys(cells["state"][cells["reason"] == "excluded_state"]) if one]
    for reason in COUNTED_ELSEWHERE:
        among = cells["reason"].eq(reason).to_numpy()
        if reason == "excluded_state":
            for one in left:
                fix = CleaningFix(field="excluded_states", value=tuple(other for other in left if other != one))
                found.append(_Toggle("with_state", one, among & (state == one), True, fix))
            among = among & (state == "")
        found.append(_Toggle("with_set_aside", reason, among, True, _undone(reason)))
    states = [str(one) for one in dict.fromkeys(state[counts]) if one]
    for one in states if len(states) > 1 else ():
        fix = CleaningFix(field="excluded_states", value=(*left, one))
        found.append(_Toggle("without_state", one, counts & (state == one), False, fix))
    for kind, column, field in (
        ("without_returns", "is_return", "returns"),
        ("without_tests", "is_test", "test_orders"),
        ("without_repeats", "is_repeat", "repeated_lines"),
    ):
        among = counts & cells[column].to_numpy(dtype=bool)
        found.append(_Toggle(kind, "", among, False, CleaningFix(field=field, value="set_aside")))  # type: ignore[arg-type]
    money = abs(cube.money[:, 0])
    found = [one for one in found if money[one.among].sum() > 0]
    return sorted(found, key=lambda one: -float(money[one.among].sum()))[:MOST_TOGGLES]


def _undone(reason: str) -> AnyFix | None:
    """Return the change by which lines of a reason count."""
    known = {
        "return": ("returns", "net"), "test_order": ("test_orders", "keep"),
        "duplicate_line": ("duplicate_lines", "keep"),
        "repeated_line": ("repeated_lines", "keep"), "duplicate_order": ("overlaps", "keep"),
        "not_a_sale": ("movements", "keep"), "zero_amount": ("zero_amounts", "keep"),
    }  # fmt: skip
    field, value = known.get(reason, ("", ""))
    return CleaningFix(field=field, value=value) if field else None  # type: ignore[arg-type]


def _inside(cube: Cube, base: np.ndarray, chosen: Sequence[_Toggle], out: np.ndarray) -> np.ndarray:
    """Return which cells count; a line that is set aside twice over counts when both are undone."""
    inside = base.copy()
    shown = [one.subject for one in chosen if one.kind == "with_state"]
    for one in chosen:
        if one.is_in:
            hidden = out & ~cube.cells["state"].isin(shown).to_numpy()
            inside |= one.among & ~hidden if one.kind == "with_set_aside" else one.among
    for one in chosen:
        if not one.is_in:
            column = {"without_returns": "is_return", "without_tests": "is_test", "without_repeats": "is_repeat"}
            if one.kind in column:
                inside &= ~cube.cells[column[one.kind]].to_numpy(dtype=bool)
            else:
                inside &= ~(cube.cells["state"] == one.subject).to_numpy()
    return inside


def _left_out_states(cube: Cube) -> np.ndarray:
    """Return which cells have a state that is left out, whatever else sets them aside."""
    cells = cube.cells
    left = set(cells["state"][cells["reason"] == "excluded_state"]) - {""}
    kept = set(cells["state"][cells["reason"] == ""])
    return cells["state"].isin(left - kept).to_numpy() & cells["reason"].ne("excluded_state").to_numpy()


def _within(cube: Cube, hour: int) -> np.ndarray:
    cells = cube.cells
    return ((cells["from_begin"] >= hour) & (cells["from_end"] < hour)).to_numpy()


def _hours(cube: Cube) -> list[int]:
    """Return other hours at which a day may begin, nearest first; those that change nothing are left out."""
    if not cube.has_time:
        return []
    plain = _within(cube, 0)
    every = sorted((hour for hour in range(-HOURS, HOURS + 1) if hour), key=abs)
    return [hour for hour in every if (_within(cube, hour) != plain).any()]


def _by_chance(levels: dict[int, list[np.ndarray]], total: float, tolerance: float) -> dict[int, float]:
    """Return, by the number of treatments, how many ways would fit by chance alone.

    It is how dense the revenues tried lie around the total (the nearest quarter of them), times the width that fits.
    """
    import numpy as np

    expected, so_far = {}, 0.0
    for size in sorted(levels):
        away = np.abs(np.unique(np.round(np.concatenate(levels[size]), 3)) - total)
        reach = float(np.quantile(away, 0.25))
        if size and reach > 0:
            so_far += float((away <= reach).sum()) * min(tolerance / reach, 1.0)
        expected[size] = so_far
    return expected
