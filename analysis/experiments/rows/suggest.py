"""Which column is the customer, the arm, the outcome: a first guess from names and values, for a person to correct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.booleans import read_flags
from analysis.engine import fetch_row, fetch_rows, literal, look, quoted_name
from analysis.experiments.rows.read import MAX_ARMS
from analysis.experiments.rows.stage import stray_cells
from analysis.experiments.rows.ticked import OUTCOME, ticked
from analysis.experiments.rows.totals import totals_column
from analysis.intake.cells.values import NOTHING, is_nothing
from analysis.intake.meaning.words import words_of

if TYPE_CHECKING:
    import duckdb

_NAMES = {
    "arm": r"arm|variant|variation|version|group|treatment|bucket|test|segment|实验组|分组|组别|版本|方案",
    "unit": r"(user|customer|client|member|visitor|buyer|account)?[ _]?id|userid|客户|会员|用户|买家",
    "day": r"date|day|time|日期|时间|天",
    "covariate": r"^pre|before|prior|history|previous|之前|历史|前期",
    "outcome": OUTCOME.pattern,
    "segment": r"segment|region|city|country|channel|category|tier|城市|地区|渠道|分群|等级",
}
# A header that names a person and no more: of the customer where nearly every row holds another one.
_PERSON = re.compile(
    r"^(user|customer|client|member|visitor|buyer|account|subscriber|e-?mail|phone|mobile)s?$"
    r"|^(顾客|邮箱|手机号?|电话)$",
    re.IGNORECASE,
)
_BESIDE_FIGURES = r"[,\s\p{Sc}%元]"
_FIGURES_TO_A_WORD = 9
_LABELS = re.compile(r"treatment|variant|e-?mail|gate|^[ab]$|实验", re.IGNORECASE)


@dataclass(frozen=True)
class SuggestedColumns:
    """Columns by role; None or empty where nothing fits.

    ``proportions`` hold two values, or the date of a conversion, ``means`` numbers. ``customers`` is found in a table
    of totals alone; ``proportions`` are then how many converted.
    """

    arm: str | None
    unit: str | None
    day: str | None
    covariate: str | None
    segment: str | None
    proportions: tuple[str, ...]
    means: tuple[str, ...]
    customers: str | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The columns that are named like an outcome, shares first; the first column of all where none is."""
        every = (*self.proportions, *self.means)
        return tuple(name for name in every if _named("outcome", name)) or every[:1]


def suggest_columns(rows: Any, *, sample: int = 50_000) -> SuggestedColumns:
    """Guess the roles of the columns of a table of results.

    Parameters
    ----------
    rows : pandas frame, Arrow table or DuckDB relation
    sample : int
        The first rows looked at.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"user_id": [1, 2, 3, 4], "group": ["A", "A", "B", "B"], "bought": [0, 1, 1, 0]})
    >>> found = suggest_columns(rows)
    >>> found.unit, found.arm, found.proportions
    ('user_id', 'group', ('bought',))
    """

    with look() as con:
        con.register("rows", rows)
        con.execute(f"CREATE TEMP TABLE seen AS SELECT * FROM rows LIMIT {int(sample)}")
        columns = fetch_rows(con, "DESCRIBE seen")
        seen = [(name, str(kind), *_values(con, name)) for name, kind, *_ in columns]
        filled = {name: _all_filled(con, name) for name, kind, *_ in columns if str(kind).startswith(("DATE", "TIMES"))}
        nearly = {name for name, kind, *_ in columns if stray_cells(con, name, str(kind), "seen")}
        ticks = {name for name, kind, *_ in columns if _named("outcome", name) and ticked(con, name, str(kind), "seen")}
        repeats = {name: _repeats(con, name) for name, *_ in columns}
        figures = {name for name, kind, *_ in columns if str(kind) == "VARCHAR" and _mostly_figures(con, name)}
    text = {name for name, kind, *_ in seen if kind == "VARCHAR" or kind.startswith("ENUM")}
    # A date that many do not have, of something done, is no day of everybody but a conversion.
    converted = [name for name, whole in filled.items() if not whole and _named("outcome", name)]
    dates = sorted((name for name in filled if name not in converted), key=lambda name: _named("outcome", name))
    levels = {name: values for name, _, count, values in seen if 2 <= count <= MAX_ARMS}
    binary = {name for name, values in levels.items() if read_flags(values, nothing=NOTHING)} | nearly

    arms_said = words_of("arms")

    def score(name: str) -> tuple[bool, bool, bool]:
        labelled = any(_LABELS.search(value) or arms_said.says(value, "control") for value in levels[name])
        return labelled, _named("arm", name), name in text

    arms = sorted((name for name in levels if name not in binary or _named("arm", name)), key=score, reverse=True)
    arm = arms[0] if arms and any(score(arms[0])[:2]) else None
    rest = [item for item in seen if item[0] != arm]
    if arm is not None and (totals := _totals(rows, arm)) is not None:
        named = tuple(name for name in totals[1] if _named("outcome", name)) or totals[1][:1]
        day = dates[0] if dates else None
        parts = [name for name, *_ in rest if name in text and name != day]
        return SuggestedColumns(arm, None, day, None, parts[0] if parts else None, named, (), totals[0])
    many = {name for name, _, count, _ in seen if count > MAX_ARMS}
    unit = next((name for name, *_ in rest if _named("unit", name) and name not in binary), None)
    unit = unit or next((name for name, *_ in rest if _PERSON.match(name.strip()) and name in many), None)
    words = text - figures  # a few cells that are no figure do not make a column of figures one of words
    day = dates[0] if dates else next((name for name, *_ in rest if name in words and _named("day", name)), None)
    rest = [item for item in rest if item[0] not in (unit, day)]
    measured = [item for item in rest if item[0] not in filled]  # a date is no amount
    amounts = [name for name, _, count, _ in measured if name not in binary and count > 2]
    # Read as amounts, they are refused with the rows of those cells: said, where leaving them out would be silent.
    numbers = [name for name in amounts if name not in text or (name in figures and _named("outcome", name))]
    covariate = next((name for name in numbers if _named("covariate", name)), None)
    by_name = [name for name, _, count, _ in rest if name in text and name not in nearly and count >= 2]
    segment = next((name for name in by_name if _named("segment", name)), None)
    parts = (name for name in by_name if name in words and repeats[name] and not _named("outcome", name))
    segment = segment or next(parts, None)
    shares = tuple(name for name, *_ in rest if name in binary or name in converted or name in ticks)
    return SuggestedColumns(
        arm, unit, day, covariate, segment, shares, tuple(name for name in numbers if name != covariate)
    )


def _totals(rows: Any, arm: str) -> tuple[str, tuple[str, ...]] | None:
    with look() as con:
        con.register("rows", rows)
        return totals_column(con, "rows", arm)


def _all_filled(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(fetch_row(con, f"SELECT count({quoted_name(name)}) = count(*) FROM seen")[0])


def _values(con: duckdb.DuckDBPyConnection, name: str) -> tuple[int, tuple[str, ...]]:
    """Return how many different values there are, and a few of them in small letters."""
    column = quoted_name(name)
    text = f"lower(trim(CAST({column} AS VARCHAR)))"
    found = con.execute(f"SELECT DISTINCT {text} FROM seen WHERE {column} IS NOT NULL ORDER BY 1 LIMIT {MAX_ARMS + 1}")
    values = tuple(value for (value,) in found.fetchall())
    return len(values), values


def _repeats(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Say whether a value stands in two rows or more on average: a column of ids or remarks makes no segments."""
    column = quoted_name(name)
    filled, different = fetch_row(con, f"SELECT count({column}), count(DISTINCT {column}) FROM seen")
    return filled >= 2 * different


def _mostly_figures(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Say whether nearly all cells of a column of text are figures, with or without a currency and separators."""
    cell = f"trim(CAST({quoted_name(name)} AS VARCHAR))"
    read = f"TRY_CAST(regexp_replace({cell}, {literal(_BESIDE_FIGURES)}, '', 'g') AS DOUBLE)"
    query = f"SELECT count({read}), count(*) FROM seen WHERE {cell} <> '' AND NOT {is_nothing(cell)}"
    figures, filled = fetch_row(con, query)
    return 0 < filled <= figures * (1 + 1 / _FIGURES_TO_A_WORD)


def _named(role: str, name: str) -> bool:
    return re.search(_NAMES[role], name, re.IGNORECASE) is not None
