"""Does a known export that lost a column, or has it under another name, come to other figures without a word?

``python -m benchmarks matrix drop`` takes each column out of a sample of each known export, and once gives it a
name that says nothing.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from analysis.errors import AnalysisError
from analysis.intake.judging.deciding import decisions
from analysis.intake.known.known_export import KnownExport, known_exports
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect, refuse_useless
from analysis.mapping import suggest_recipe
from benchmarks.matrix.samples import rows

N, UNDONE, REFUNDED = 24, (7, 15, 21), (5,)
NAMELESS = "Column 7"
OTHER = "read as "  # another kind of table
Figures = tuple[float, ...]
Verdict = Literal["right", "marked", "refused", "wrong"]


@dataclass(frozen=True)
class Dropped:
    """What became of an export that lost a column, ``how`` says in which way; ``was`` and ``now`` are its figures."""

    export: str
    how: str
    verdict: Verdict
    was: Figures
    now: Figures | str


def dropped(name: str, *, renamed: bool = True, only: frozenset[str] = frozenset()) -> Iterator[Dropped]:
    """Drop each column of an export, or those with a role of ``only``, and compare the figures."""
    known = known_exports()[name]
    whole = rows(known, N, undone=UNDONE, refunded=REFUNDED)
    was, _ = _figures(whole, known)
    assert not isinstance(was, str), f"{name}: {was}"
    roles = known.roles_of(whole[0])
    for place, header in enumerate(whole[0]):
        if only and roles[header] not in only:
            continue
        ways = {f"without {header}": [[*line[:place], *line[place + 1 :]] for line in whole]}
        if renamed:
            ways[f"nameless {header}"] = [[*whole[0][:place], NAMELESS, *whole[0][place + 1 :]], *whole[1:]]
        for how, lines in ways.items():
            now, marks = _figures(lines, known)
            same = not isinstance(now, str) and now == was
            refused = isinstance(now, str) and not now.startswith(OTHER)
            verdict: Verdict = "right" if same else "refused" if refused else "marked" if marks else "wrong"
            yield Dropped(name, f"{how} ({roles[header]})", verdict, was, now)


def _figures(lines: list[list[str]], known: KnownExport) -> tuple[Figures | str, tuple[str, ...]]:
    """Return customers, orders and revenue, or the code of the refusal; and what is marked."""
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    try:
        tables = read_file(written.getvalue().encode(), name="export.csv")
        guesses = inspect(tables)
        refuse_useless(guesses)
        recipe = suggest_recipe(guesses)
        standard = standardise(tables, recipe)
    except AnalysisError as problem:
        return problem.code, ()
    marks = tuple(one.subject for one in decisions(tables, guesses, recipe, standard) if one.is_guess)
    if recipe.sources[0].kind != known.kind:
        return f"{OTHER}{recipe.sources[0].kind}", marks
    if known.kind != "orders":
        return (float(standard.counts[0].kept),), marks
    query = "SELECT count(DISTINCT customer_id), count(DISTINCT order_id), coalesce(sum(amount), 0) FROM orders"
    [found] = standard.cursor().execute(query).fetchall()
    return tuple(map(float, found)), marks


def main() -> None:
    """Print what went wrong, and the sums."""
    sums: Counter[str] = Counter()
    for name in sorted(known_exports()):
        for one in dropped(name):
            sums[one.verdict] += 1
            if one.verdict in ("wrong", "refused"):
                print(f"{one.verdict}: {one.export} {one.how}: {one.was} {one.now}", flush=True)
    print(f"{sum(sums.values())} changed exports: {', '.join(f'{n} {verdict}' for verdict, n in sorted(sums.items()))}")
