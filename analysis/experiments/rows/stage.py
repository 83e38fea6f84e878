"""The rows of an experiment in DuckDB: one row per customer, then sums; every row kept or counted as set aside.

``read.py`` is the door; this file holds the SQL of the rows, ``sums.py`` that of the sums.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from analysis.booleans import FEW_UNREAD, read_flags
from analysis.engine import fetch_row, fetch_rows, fetch_value, literals, quoted_name
from analysis.errors import AnalysisError
from analysis.experiments.rows.labels import first_row
from analysis.experiments.rows.ticked import ticked_outcome, ticks_sql
from analysis.intake.cells.dates import date_form, timestamp
from analysis.intake.cells.flags import distinct_cells, flag_sql
from analysis.intake.cells.values import NOTHING, column_style, is_nothing, number
from analysis.sums import Extent, exact_sum, extent_of

if TYPE_CHECKING:
    import duckdb

    from analysis.experiments.rows.params import Metric, ReadParams

OTHER = "__other__"
NONE = "__none__"
CROSS = " × "
WHOLE_OR_DECIMAL = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
    "DECIMAL",
)
NUMBERS = (*WHOLE_OR_DECIMAL, "FLOAT", "DOUBLE")
_DATES_LOOKED_AT = 5000
# Figures among zeros and ones that are neither, as a share of those that are; of words ``booleans.FEW_UNREAD``.
STRAY_CELLS = 0.001
# One or two such figures are slips among so many times as many as well, unless it is a count in which they are usual.
FEW_STRAY, TIMES_STRAY, UNUSUAL = 2, 30, 0.01
_MOST_CELLS = 20


def stage(
    con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams, arms: list[str], merged: dict[str, str]
) -> None:
    """Create ``sorted``, every row with what became of it, and ``people``, one row per customer kept."""
    con.execute("CREATE TEMP TABLE labels (label VARCHAR, arm TINYINT)")
    codes = {arm: i for i, arm in enumerate(arms)} | {label: arms.index(arm) for label, arm in merged.items()}
    con.executemany("INSERT INTO labels VALUES (?, ?)", list(codes.items()))
    columns, folds = _measures(con, types, params)
    columns |= {"unit": unit_of(types, params.unit), "day": day_of(con, types, params.day)}
    if params.cluster is not None:
        columns["cluster"], folds["cluster"] = unit_of(types, params.cluster), "min(cluster)"
    columns["segment"], segments = _code_levels(con, "segment", params.segment)
    columns["second"], seconds = _code_levels(con, "second", params.crossed)
    inside = "true"
    if params.start is not None or params.end is not None:
        if params.day is None:
            raise AnalysisError("experiment_no_day_column")
        inside = f"day BETWEEN DATE '{params.start or date.min}' AND DATE '{params.end or date.max}'"
    typed = ", ".join(f"{what} AS {name}" for name, what in columns.items())
    con.execute(
        f"CREATE TEMP VIEW typed AS SELECT labels.arm AS arm, {typed} "
        f"FROM rows LEFT JOIN labels ON CAST({quoted(params.arm)} AS VARCHAR) = labels.label{segments}{seconds}"
    )
    who = [name for name, column in (("unit", params.unit), ("cluster", params.cluster)) if column]
    nobody = " OR ".join(f"{name} IS NULL" for name in who) or "false"
    state = (
        f"CASE WHEN arm IS NULL THEN 'no_arm' WHEN {nobody} THEN 'no_unit' "
        f"WHEN NOT coalesce({inside}, false) THEN 'outside_dates' ELSE 'kept' END"
    )
    con.execute(f"CREATE TEMP TABLE sorted AS SELECT *, {state} AS state FROM typed")
    if params.unit is None or _one_row_each(con):
        con.execute("CREATE TEMP VIEW people AS SELECT *, 1 AS n_rows, false AS two FROM sorted WHERE state = 'kept'")
        return
    added = [name for name, how in folds.items() if how == "sum"]
    extents = extents_of(con, added, "sorted WHERE state = 'kept'")
    folds |= {name: exact_sum(name, extents[name]) for name in added} | {
        name: f"max({name})" for name, how in folds.items() if how == "max"
    }
    con.execute(
        "CREATE TEMP TABLE people AS SELECT unit, min(arm) AS arm, min(day) AS day, min(segment) AS segment, "
        f"min(second) AS second, {', '.join(f'{how} AS {name}' for name, how in folds.items())}, count(*) AS n_rows, "
        "min(arm) <> max(arm) AS two FROM sorted WHERE state = 'kept' GROUP BY unit"
    )


def count_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return rows by what became of them, rows and customers in two arms, and days that cannot be read."""
    counts = dict(fetch_rows(con, "SELECT state, count(*) FROM sorted GROUP BY state"))
    two, units = fetch_row(con, "SELECT coalesce(sum(n_rows), 0), count(*) FROM people WHERE two")
    return counts | {"in_two_arms": int(two), "units_in_two_arms": int(units)}


def quoted(name: str) -> str:
    """Return a column of the uploaded rows as SQL."""
    return f"rows.{quoted_name(name)}"


def _measures(
    con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns of every metric, and how a customer's rows become one: sum, max or an expression."""
    columns, folds = {}, {}
    for i, metric in enumerate(params.metrics):
        columns[f"top{i}"] = _outcome(con, types, params, metric)
        folds[f"top{i}"] = "max" if metric.kind == "proportion" else "sum"
        columns[f"bottom{i}"] = (
            "1.0" if metric.denominator is None else number_of(con, types, metric.denominator, "mean")
        )
        # Without a denominator a customer counts once, however many rows there are.
        folds[f"bottom{i}"] = "sum" if metric.denominator is not None else "1.0"
    if params.customers is not None:
        columns["size"], folds["size"] = number_of(con, types, params.customers, "mean"), "sum"
    for i, covariate in enumerate(params.covariates):
        columns[f"past{i}"] = number_of(con, types, covariate, "mean")
        folds[f"past{i}"] = "max"
    return columns, folds


def _outcome(con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams, metric: Metric) -> str:
    """Return the expression that reads an outcome; one that is a date counts from the day of the assignment on."""
    if params.customers is not None:
        return number_of(con, types, metric.column, "mean")
    if not is_dated(types, metric):
        return number_of(con, types, metric.column, metric.kind)
    when = quoted(metric.column)
    if params.day is None:
        return f"CASE WHEN {when} IS NULL THEN 0.0 ELSE 1.0 END"
    late, known = before_assignment(con, types, params, metric), f"{day_of(con, types, params.day)} IS NOT NULL"
    return f"CASE WHEN {when} IS NULL OR {late} THEN 0.0 WHEN {known} THEN 1.0 END"


def is_dated(types: dict[str, str], metric: Metric) -> bool:
    """Say whether an outcome is given as the date of a conversion, empty for those who did not convert."""
    return metric.kind == "proportion" and types[metric.column].startswith(("DATE", "TIMESTAMP"))


def before_assignment(con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams, metric: Metric) -> str:
    """Return the condition that a conversion lies before the assignment: by the clock where both have one."""
    assert params.day is not None
    when, day = quoted(metric.column), day_of(con, types, params.day)
    if types[metric.column].startswith("TIMESTAMP") and types[params.day].startswith("TIMESTAMP"):
        return f"coalesce({when} < {quoted(params.day)}, false)"
    return f"coalesce(CAST({when} AS DATE) < {day}, false)"


def unit_of(types: dict[str, str], column: str | None) -> str:
    """Return the expression that reads a column as the customer: text without spaces around it, else as it is."""
    if column is None:
        return "NULL"
    name = quoted(column)
    return f"nullif(trim({name}), '')" if types[column] == "VARCHAR" else name


def _code_levels(con: duckdb.DuckDBPyConnection, role: str, column: str | None) -> tuple[str, str]:
    """Number the levels of a column in the order of their names; return a row's number and the join it needs.

    ``<role>_name`` names every number, ``<role>_raw`` numbers every text found: trimming, comparing and grouping
    a million texts takes several times as long as their numbers.
    """
    if column is None:
        con.execute(
            f"CREATE TEMP TABLE {role}_name AS SELECT * FROM (VALUES ('{NONE}', 1), ('{OTHER}', 2)) t(name, code)"
        )
        return "1", ""
    text = f"CAST({quoted(column)} AS VARCHAR)"
    con.execute(
        f"CREATE TEMP TABLE {role}_text AS SELECT raw, coalesce(nullif(trim(raw), ''), '{NONE}') AS name "
        f"FROM (SELECT DISTINCT {text} AS raw FROM rows)"
    )
    con.execute(
        f"CREATE TEMP TABLE {role}_name AS SELECT name, CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS code "
        f"FROM (SELECT name FROM {role}_text UNION SELECT '{OTHER}')"
    )
    con.execute(f"CREATE TEMP TABLE {role}_raw AS SELECT raw, code FROM {role}_text JOIN {role}_name USING (name)")
    return f"{role}_raw.code", f" LEFT JOIN {role}_raw ON {role}_raw.raw IS NOT DISTINCT FROM {text}"


def _one_row_each(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether no customer has two rows: different hashes are different customers, and hashes sort quickly."""
    import numpy as np

    hashes = np.sort(con.execute("SELECT hash(unit) AS h FROM sorted WHERE state = 'kept'").fetchnumpy()["h"])
    return bool((hashes[1:] != hashes[:-1]).all())


def day_of(con: duckdb.DuckDBPyConnection, types: dict[str, str], column: str | None) -> str:
    """Return the expression that reads a column as a day; a column without a single day is refused."""
    if column is None:
        return "NULL::DATE"
    name = quoted(column)
    if types[column].startswith(("DATE", "TIMESTAMP")):
        return f"CAST({name} AS DATE)"
    text = f"CAST({name} AS VARCHAR)"
    # By their hash, so that the same cells are looked at whichever thread comes first.
    seen = fetch_rows(
        con,
        f"SELECT cell FROM (SELECT DISTINCT trim({text}) AS cell FROM rows WHERE {name} IS NOT NULL) "
        f"ORDER BY hash(cell), cell LIMIT {_DATES_LOOKED_AT}",
    )
    cells = sorted(cell for (cell,) in seen if cell)
    read = f"CAST({timestamp(text, form=date_form(cells))} AS DATE)"
    if cells and not _is_one(con, f"SELECT count({read}) > 0 FROM rows"):
        raise AnalysisError("experiment_unreadable_days", column=column)
    return read


def number_of(con: duckdb.DuckDBPyConnection, types: dict[str, str], column: str, kind: str) -> str:
    """Return the expression that reads a column as a number.

    Raises ``experiment_text_outcome`` (column, n, row) for text that is none, ``experiment_infinite`` (column, n, row).
    Neither quotes a cell: a column chosen by mistake may hold names.
    """
    name = quoted(column)
    if kind == "proportion" and (ticks := ticked_outcome(con, column, types[column])):
        return ticks_sql(name, ticks)
    if kind == "proportion" and types[column].startswith(NUMBERS) and stray_cells(con, column, types[column], "rows"):
        return f"CASE WHEN {name} IN (0, 1) THEN CAST({name} AS DOUBLE) END"
    if types[column] == "BOOLEAN" or types[column].startswith(WHOLE_OR_DECIMAL):
        return f"CAST({name} AS DOUBLE)"
    if types[column].startswith(NUMBERS):
        read = f"CAST({name} AS DOUBLE)"
        _refuse_cells(con, "experiment_infinite", column, f"isinf({read})")
        return f"CASE WHEN isfinite({read}) THEN {read} END"
    written = f"CAST({name} AS VARCHAR)"
    text = f"lower(trim({written}))"
    read = f"TRY_CAST({text} AS DOUBLE)"
    cells = distinct_cells(con, "rows", written) if kind == "proportion" else {}
    if flags := read_flags(cells, nothing=NOTHING, asked=True, rows=cells):
        return f"CAST({flag_sql(written, flags)} AS DOUBLE)"
    if kind == "proportion" and (strays := stray_cells(con, column, types[column], "rows")):
        return f"CASE WHEN {text} NOT IN ({literals(strays)}) THEN {read} END"
    no_figure = f"NOT ({is_nothing(written)}) AND ({read}) IS NULL"
    if _is_one(con, f"SELECT count(*) > 0 FROM rows WHERE {no_figure}"):
        # Beside what is none, figures may be written with separators or a currency.
        as_written = number(written, decimal=column_style(con, "rows", written))
        _refuse_cells(con, "experiment_text_outcome", column, f"{no_figure} AND ({as_written}) IS NULL")
        read = f"coalesce({read}, CAST({as_written} AS DOUBLE))"
    _refuse_cells(con, "experiment_infinite", column, f"isinf({read})")
    return f"CASE WHEN isfinite({read}) THEN {read} END"


def _refuse_cells(con: duckdb.DuckDBPyConnection, code: str, column: str, condition: str) -> None:
    n = fetch_value(con, f"SELECT count(*) FROM rows WHERE {condition}")
    if n:
        raise AnalysisError(code, column=column, n=int(n), row=first_row(con, condition))


def stray_cells(con: duckdb.DuckDBPyConnection, column: str, kind: str, rows: str) -> dict[str, int]:
    """Return the cells of a column of zeros and ones, or of yes and no, that are neither, with their rows.

    None where they are many: a column in which figures are more than a few among thousands is none of zeros and ones.
    One or two are slips among fewer as well, unless they are as usual as in a count (orders of a customer), by Poisson.
    A word is no count, so a few of them are slips among hundreds.
    """
    name = quoted_name(column)
    if kind == "BOOLEAN" or not kind.startswith((*NUMBERS, "VARCHAR")):
        return {}
    if kind.startswith(NUMBERS):
        other = f"SELECT count(*) FILTER ({name} NOT IN (0, 1)), count({name}) FROM {rows}"
        odd, filled = fetch_row(con, other)
        if odd == 0 or odd > max(STRAY_CELLS * filled, FEW_STRAY):
            return {}
    elif unread := _unread_words(con, name, rows):
        return unread
    text = f"lower(trim(CAST({name} AS VARCHAR)))"
    found = fetch_rows(
        con,
        f"SELECT {text} AS cell, TRY_CAST({text} AS DOUBLE) AS value, count(*) AS n FROM {rows} "
        f"WHERE {text} <> '' GROUP BY 1, 2 ORDER BY n DESC LIMIT {_MOST_CELLS}",
    )
    ones = sum(n for _, value, n in found if value == 1.0)
    sound = sum(n for _, value, n in found if value == 0.0) + ones
    strays = {cell: int(n) for cell, value, n in found if value not in (0.0, 1.0)}
    words = sum(int(n) for _, value, n in found if value is None)
    twos = sum(int(n) for _, value, n in found if value == 2.0)
    few = len(found) < _MOST_CELLS and _are_slips(sum(strays.values()) - words, twos, ones, sound)
    return strays if few and words <= FEW_UNREAD * sound else {}


def _are_slips(odd: int, twos: int, ones: int, sound: int) -> bool:
    """Say whether figures beside zeros and ones are slips: hardly any, or one or two that a count would not hold so."""
    from scipy.stats import poisson

    if odd <= STRAY_CELLS * (sound + odd):
        return True
    if odd > FEW_STRAY or odd * TIMES_STRAY > sound or not 0 < ones < sound:
        return False
    expected = ones * ones / (2 * (sound - ones))  # twos of a count with so many zeros and ones
    return twos < odd or bool(poisson.cdf(twos, expected) < UNUSUAL)


def _unread_words(con: duckdb.DuckDBPyConnection, column: str, rows: str) -> dict[str, int]:
    """Return the few cells of a column of yes and no that mean neither, as small letters."""
    cells = distinct_cells(con, rows, f"CAST({column} AS VARCHAR)")
    flags = read_flags(cells, nothing=NOTHING, rows=cells)
    found: dict[str, int] = {}
    for cell in flags.unread if flags else ():
        found[cell.strip().lower()] = found.get(cell.strip().lower(), 0) + cells[cell]
    return found


def extents_of(con: duckdb.DuckDBPyConnection, columns: list[str], rows: str) -> dict[str, Extent]:
    """Return what is known of the numbers of some columns, in one look at the rows."""
    if not columns:
        return {}
    [found] = fetch_rows(con, f"SELECT {', '.join(extent_of(name) for name in columns)} FROM {rows}")
    return {name: Extent(*found[3 * place : 3 * place + 3]) for place, name in enumerate(columns)}


def _is_one(con: duckdb.DuckDBPyConnection, query: str) -> bool:
    return bool(fetch_value(con, query))
