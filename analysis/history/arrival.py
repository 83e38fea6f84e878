"""Files that come in: which study they continue, how they join what is there, and what differs in them.

Tables are known by their columns, whatever the file is called. Everything is said before anything is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError
from analysis.intake.cells.units import header_scale
from analysis.intake.moved import Outline, outline
from analysis.intake.roles import IGNORE
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.describe import cut_short
from analysis.mapping import with_tables
from analysis.plain import plain
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.intake.choices import Source
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.recipe import Recipe

Mode = Literal["append", "overlap", "late", "replace", "other_table", "same", "foreign"]
ALIKE = 0.6  # of the columns of a source that a table has, or of the letters of a heading
USUAL_DAYS = 90
LEAST_LINES = 30  # below which rows per day say nothing
FEWER = 0.5
GAP_DAYS = 7
LEAST_CUSTOMERS = 30  # below which it says nothing that none of them is known
LEAST_BACK = 0.1  # share of the customers of the study that came back, from which some are expected again
OTHER_SIZE = 20.0  # times a usual sale
UNREAD = 0.05
UNREAD_REASONS = ("date_unreadable", "amount_unreadable", "no_date", "no_amount")
# What has to be looked at before it is taken in: a figure of the study would be wrong, or nobody knows.
SERIOUS = (
    "foreign",
    "columns_missing",
    "amounts_other_size",
    "currency",
    "unread",
    "date_order_chosen",
    "strangers",
    "cut",
)


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise in a table than in those before it; the sentence is ``arrival.<code>``."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_serious(self) -> bool:
        """Whether it has to be accepted before the table is taken in."""
        return self.code in SERIOUS


@dataclass(frozen=True)
class Arrival(Tabular, columns=("file=table.key", "mode", "rows=table.n_rows")):
    """One table that came in.

    Attributes
    ----------
    table : RawTable
        With headings renamed as ``renames`` says.
    mode : str
        ``append`` (days after those that are there), ``overlap`` (also some of them; orders that both tell count once,
        as the newer file tells them), ``late`` (days of the past alone), ``replace`` (all days that are there, and
        more), ``other_table`` (no orders), ``same`` (this very file is there), ``foreign`` (no table of the study).
    place : int or None
        Of the source in the recipe that reads it.
    differences : tuple of Difference
    renames : mapping of str
        Headings of the file, and the ones they are taken for.
    """

    table: RawTable
    mode: Mode
    place: int | None
    differences: tuple[Difference, ...] = ()
    renames: Mapping[str, str] = field(default_factory=dict)

    @property
    def serious(self) -> tuple[Difference, ...]:
        """What has to be accepted first."""
        return tuple(one for one in self.differences if one.is_serious)


@dataclass(frozen=True)
class Known:
    """The orders of a study in a few figures: all of them, and those of its last 90 days.

    ``customers`` are the ids of its customers, ``coming_back`` the share 0..1 of them who ordered more than once; none
    and 0 where nobody looked.
    """

    whole: Outline
    usual: Outline
    customers: frozenset[str] = field(default=frozenset(), repr=False)
    coming_back: float = 0.0

    def with_customers(self, profiles: pd.DataFrame) -> Known:
        """Return the same with the customers of the study, by its profiles."""
        if "n_orders" not in profiles or profiles.empty:
            return self
        back = float((profiles["n_orders"] > 1).mean())
        ids = profiles["customer_id"].astype(str).to_numpy(dtype=object).tolist()
        return replace(self, customers=frozenset(ids), coming_back=back)


def known_of(standard: StandardTables) -> Known:
    """Return the figures of a study that what comes in is compared with."""
    whole = outline(standard)
    since = None if whole.last is None else whole.last - timedelta(days=USUAL_DAYS - 1)
    return Known(whole, outline(standard, since))


def arrivals(
    tables: Sequence[RawTable], there: Sequence[RawTable], recipe: Recipe, known: Known | None = None
) -> tuple[Arrival, ...]:
    """Recognise tables as the next ones of a study.

    Parameters
    ----------
    tables : sequence of RawTable
        What came in.
    there, recipe
        Of the study.
    known : Known, optional
        What the study holds; without it days, rows and sizes are not compared.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> rows = "".join(f"{n},a{n % 7},2024-01-{n:02d},5\\n" for n in range(1, 29))
    >>> there = read_file(f"order_id,customer_id,order_date,amount\\n{rows}".encode(), name="january.csv")
    >>> next_one = f"order no,customer_id,order_date,amount\\n{rows}".replace("-01-", "-02-").encode()
    >>> found = arrivals(read_file(next_one, name="x.csv"), there, suggest(there))[0]
    >>> found.mode, dict(found.renames)
    ('append', {'order no': 'order_id'})
    """
    from analysis.intake.suggesting.suggest import inspect

    fingerprints = {table.fingerprint for table in there}
    guesses = inspect(tables)
    return tuple(
        Arrival(table, "same", None, (Difference("same", {"file": table.file}),))
        if table.fingerprint in fingerprints
        else _arrival(table, guess, there, recipe, known)
        for table, guess in zip(tables, guesses, strict=True)
    )


def likeness(columns: Sequence[str], source: Source) -> float:
    """Return how much of what a source needs a table has, 0..1; headings that differ by little count by how little."""
    needed = source.needed
    if not needed:
        return 0.0
    return sum(max((_ratio(one, other) for other in columns), default=0.0) for one in needed) / len(needed)


def continues(tables: Sequence[RawTable], recipe: Recipe) -> float:
    """Return how well tables continue a study by their columns: the mean likeness of each to its nearest source."""
    sources = [source for source in recipe.sources if source.kind != IGNORE]
    if not tables or not sources:
        return 0.0
    return sum(max(likeness(table.columns, source) for source in sources) for table in tables) / len(tables)


def need_usable(found: Sequence[Arrival], accepted: Sequence[str] = ()) -> None:
    """Refuse files that would make a study wrong.

    Raises
    ------
    AnalysisError
        ``arrival_nothing_new`` (files): all of them are there; ``arrival_foreign`` (file); ``arrival_not_accepted``
        (file, codes): what is serious in a table and was not accepted.
    """
    if all(one.mode == "same" for one in found):
        raise AnalysisError("arrival_nothing_new", files=", ".join(dict.fromkeys(one.table.file for one in found)))
    for one in found:
        if one.mode == "foreign":
            raise AnalysisError("arrival_foreign", file=one.table.file)
        if left := [each.code for each in one.serious if each.code not in accepted]:
            raise AnalysisError("arrival_not_accepted", file=one.table.file, codes=", ".join(left))


def as_json(found: Sequence[Arrival]) -> tuple[Mapping[str, Any], ...]:
    """Return what differed as JSON values, to be kept with the run and told in its brief."""
    return tuple(
        {"code": one.code, "facts": plain(dict(one.facts))} for arrival in found for one in arrival.differences
    )


def _arrival(
    table: RawTable, guess: TableGuess, there: Sequence[RawTable], recipe: Recipe, known: Known | None
) -> Arrival:
    places = find_sources([*there, table], recipe)
    place, renames, units = places[-1], {}, []
    if place is None or recipe.sources[place].kind == IGNORE:
        place = _nearest(table, recipe)
        if place is None:
            return Arrival(table, "foreign", None, (Difference("foreign", {"file": table.file}),))
        renames = _renames(table, guess, recipe.sources[place])
        units = _other_units(table, guess, recipe.sources[place], renames)
        if units:  # read as the heading says: a source of its own, beside the one that it continues
            place, renames = len(recipe.sources), {}
            recipe = with_tables(recipe, [*there, table], [guess])
        table = replace(table, columns=tuple(renames.get(one, one) for one in table.columns))
    source = recipe.sources[place]
    missing = sorted(source.needed - set(table.columns))
    sisters = [one for one, at in zip(there, places, strict=False) if at == place]
    differences = [Difference("renamed", {"file": table.file, "now": now, "was": was}) for now, was in renames.items()]
    differences += units or _columns(table, sisters, source, missing)
    if line := cut_short(table):
        differences.append(Difference("cut", {"file": table.file, "line": line}))
    if missing:
        return Arrival(table, "append", place, tuple(differences), renames)
    if sisters and sisters[-1].unit != table.unit:
        differences.append(
            Difference("unit", {"file": table.file, "was": sisters[-1].unit or "–", "now": table.unit or "–"})
        )
    from analysis.intake.suggesting.suggest import guess_currency

    currency = guess_currency([guess])
    if currency and recipe.currency and currency != recipe.currency:
        differences.append(Difference("currency", {"file": table.file, "was": recipe.currency, "now": currency}))
    if source.kind != "orders":
        return Arrival(table, "other_table", place, tuple(differences), renames)
    differences += _day_order(table, sisters, source)
    mode: Mode = "append"
    if known is not None and source.column("order_date") and source.column("customer_id"):  # else its orders say both
        mode, more = _days(table, recipe.model_copy(update={"sources": (source,)}), known)
        differences += more
    return Arrival(table, mode, place, tuple(differences), renames)


def _nearest(table: RawTable, recipe: Recipe) -> int | None:
    found = [
        (likeness(table.columns, source), -place)
        for place, source in enumerate(recipe.sources)
        if source.kind != IGNORE
    ]
    best = max(found, default=(0.0, 0))
    return -best[1] if best[0] >= ALIKE else None


def _renames(table: RawTable, guess: TableGuess, source: Source) -> dict[str, str]:
    """Return headings of a table that stand for others of the source: they play the same role, or are nearly alike.

    One that gives its numbers another unit is another column: its numbers would be read in the old one.
    """
    free = [one for one in table.columns if one not in {column.name for column in source.columns}]
    roles = {column.name: column.role for column in guess.columns}
    found: dict[str, str] = {}
    for name in sorted(source.needed - set(table.columns)):
        role = next(column.role for column in source.columns if column.name == name)
        near = [
            ((roles.get(one) == role) + _ratio(one, name), one)
            for one in free
            if one not in found and header_scale(one) == header_scale(name)
        ]
        score, best = max(near, default=(0.0, ""))
        if score >= ALIKE:
            found[best] = name
    return found


def _other_units(table: RawTable, guess: TableGuess, source: Source, renames: Mapping[str, str]) -> list[Difference]:
    """Say which headings tell the money of the source in another unit; none where other columns are missing as well."""
    roles = {column.role: column.name for column in guess.columns}
    missing = source.needed - set(table.columns) - set(renames.values())
    pairs = [(roles.get(column.role, ""), column.name) for column in source.columns if column.name in missing]
    if not all(now and header_scale(now) != header_scale(was) for now, was in pairs):
        return []
    return [Difference("unit", {"file": table.file, "was": was, "now": now}) for now, was in pairs]


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _columns(table: RawTable, sisters: Sequence[RawTable], source: Source, missing: list[str]) -> list[Difference]:
    known = set(sisters[-1].columns) if sisters else {column.name for column in source.columns}
    facts = {"file": table.file}
    new = sorted(set(table.columns) - known)
    gone = sorted(known - set(table.columns) - set(missing))
    found = [Difference("columns_missing", facts | {"columns": ", ".join(missing)})] if missing else []
    if new:
        found.append(Difference("columns_new", facts | {"columns": ", ".join(new)}))
    if gone:
        found.append(Difference("columns_gone", facts | {"columns": ", ".join(gone)}))
    return found


def _day_order(table: RawTable, sisters: Sequence[RawTable], source: Source) -> list[Difference]:
    """Say where a file writes days and months in another order than the one before it, or than a person has chosen."""
    column = source.column("order_date")
    if column is None or not sisters:
        return []
    is_chosen = column.date_order != "auto"
    was = column.date_order if is_chosen else _order_in(sisters[-1], column.name)
    now = _order_in(table, column.name)
    if now is None or was in (None, now):
        return []
    facts = {"file": table.file, "column": column.name, "was": was, "now": now}
    return [Difference("date_order_chosen" if is_chosen else "date_order", facts)]


def _order_in(table: RawTable, name: str) -> str | None:
    from analysis.intake.cells.dates import decided_order
    from analysis.intake.suggesting.describe import samples

    return decided_order(samples(table)[table.columns.index(name)]) if name in table.columns else None


def _days(table: RawTable, recipe: Recipe, known: Known) -> tuple[Mode, list[Difference]]:
    """Compare days, rows per day and the size of a usual sale with what is there."""
    from analysis.intake.standard.standardise import standardise

    facts: dict[str, Any] = {"file": table.file}
    try:
        own = standardise([table], recipe)
    except AnalysisError as problem:
        if problem.code.startswith("no_"):
            return "append", [Difference("unread", facts | {"n": table.n_rows, "all": table.n_rows})]
        raise
    new, before = outline(own), known.whole
    found = []
    unread = sum(count.set_aside.get(reason, 0) for count in own.counts for reason in UNREAD_REASONS)
    if unread > UNREAD * max(table.n_rows, 1):
        found.append(Difference("unread", facts | {"n": unread, "all": table.n_rows}))
    if new.first is None or new.last is None:
        return "append", [*found, Difference("empty", facts)]
    if before.first is None or before.last is None:
        return "append", found
    found += _sizes(new, known.usual, (before.last - before.first).days + 1, facts) + _strangers(own, known, facts)
    days = {"first": new.first, "last": new.last, "until": before.last}
    if new.first > before.last:
        gap = (new.first - before.last).days - 1
        if gap > GAP_DAYS:
            found.append(Difference("gap", facts | days | {"days": gap}))
        return "append", found
    mode: Mode = "late" if new.last <= before.last else "overlap"
    if new.first <= before.first and new.last >= before.last:
        mode = "replace"
    found.append(Difference(mode, facts | days | {"days": (min(new.last, before.last) - new.first).days + 1}))
    return mode, found


def _strangers(own: StandardTables, known: Known, facts: dict[str, Any]) -> list[Difference]:
    """Say that nobody of a table is known in a study whose customers come back: it may be another shop's."""
    if known.coming_back < LEAST_BACK or len(known.customers) < LEAST_CUSTOMERS:
        return []
    ids = set(own.orders().select("customer_id").unique().collect()["customer_id"].to_list())
    if len(ids) < LEAST_CUSTOMERS or ids & known.customers:
        return []
    return [Difference("strangers", facts | {"n": len(ids), "share": known.coming_back})]


def _sizes(new: Outline, usual: Outline, span: int, facts: dict[str, Any]) -> list[Difference]:
    assert new.first is not None and new.last is not None
    found = []
    per_day = usual.lines / min(USUAL_DAYS, span)
    expected = per_day * ((new.last - new.first).days + 1)
    if expected >= LEAST_LINES and new.lines < FEWER * expected:
        found.append(Difference("fewer", facts | {"n": new.lines, "usual": round(expected)}))
    if new.median and usual.median and min(new.lines, usual.lines) >= LEAST_LINES:
        times = new.median / usual.median
        if max(times, 1 / times) >= OTHER_SIZE:
            sizes = {"now": new.median, "was": usual.median, "times": max(times, 1 / times)}
            found.append(Difference("amounts_other_size", facts | sizes))
    return found
