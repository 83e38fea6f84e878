"""Compare what a file was taken for with what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.guess import TableGuess
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import suggest_recipe
from benchmarks.roles.files import MadeFile

NAMES = {"lead_id": "customer_id", "outcome": "extra"}  # roles of the files that the product calls otherwise


@dataclass(frozen=True)
class Measured:
    """How often something came out right.

    ``wrong`` holds a line for each that did not; ``customers`` counts ``by`` and right, asked, marked or wrong.
    """

    n_files: int
    kinds_right: int
    n_roles: int
    roles_right: int
    customers: Counter[tuple[str, str]]
    wrong: tuple[str, ...]


def measured(files: Sequence[MadeFile]) -> Measured:
    """Read every file and count."""
    kinds = n_roles = roles_right = 0
    customers: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for file in files:
        tables = read_file(file.content, name=f"{file.name}.csv")
        [guess] = inspect(tables)
        found = {column.name: column.role for column in guess.columns}
        kind_right = guess.kind in file.kinds
        kinds += kind_right
        if not kind_right:
            wrong.append(f"{file.name}: kind {guess.kind} {guess.missing}, columns {', '.join(found)}")
        customer = _customer(file, guess, tables)
        customers[(file.by, customer)] += 1
        if customer == "wrong":
            taken = next((name for name, role in found.items() if role == "customer_id"), None)
            wrong.append(f"{file.name}: customer {taken} instead of {file.customer} ({guess.kind}, {guess.customer})")
        for header, right in file.roles.items():
            if header == file.customer:
                continue
            n_roles += 1
            good = found.get(header) in [NAMES.get(role, role) for role in right]
            roles_right += good
            if not good and kind_right:
                wrong.append(f"{file.name}: {header} is {right[0]}, taken for {found.get(header)}")
    return Measured(len(files), kinds, n_roles, roles_right, customers, tuple(wrong))


def _customer(file: MadeFile, guess: TableGuess, tables: Sequence[RawTable]) -> str:
    """Return ``right``, ``marked`` or ``asked`` (with the right one among the offers), or ``wrong``."""
    key = guess.column("customer_id")
    taken = key.name if key is not None and guess.kind != "ignore" else ""
    if guess.kind == "ignore":
        return "right" if not file.customer else "wrong"
    about = [one for one in decisions(tables, (guess,), suggest_recipe((guess,))) if one.subject == "customer"]
    [one] = about or [None]
    if one is None or not one.is_guess:
        return "right" if taken == file.customer else "wrong"
    offers = (one.choice, *(other.choice for other in one.alternatives))
    if file.customer in offers:
        return "asked" if one.is_question else "marked"
    return "wrong" if file.customer else "marked"


def report(found: Measured) -> str:
    """Return the figures, and a line for each thing that went wrong."""
    lines = [
        *found.wrong,
        f"kind of table: {found.kinds_right} of {found.n_files}",
        f"columns that matter: {found.roles_right} of {found.n_roles} ({found.roles_right / found.n_roles:.1%})",
    ]
    for by in ("header", "part", "values", "nothing"):
        counts = {how: n for (what, how), n in sorted(found.customers.items()) if what == by}
        lines.append(f"customer by {by}: {', '.join(f'{n} {how}' for how, n in counts.items())}")
    return "\n".join(lines)
