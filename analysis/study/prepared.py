"""The first two stages of a study: standard tables and profiles, and the name of the state they were made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.study.version import engine_version
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.privacy.forget import Forgotten
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared(Tabular, rows="profiles.customers"):
    """Standard tables and the profiles made from them."""

    standard: StandardTables
    profiles: Profiles

    def shown_frame(self) -> pd.DataFrame:
        """Return the profiles, masked."""
        return self.profiles.shown_frame()


def prepare(
    tables: Sequence[RawTable],
    recipe: Recipe,
    *,
    merges: Merges | None = None,
    forgotten: Forgotten | None = None,
    progress: Progress = lambda step: None,
) -> Prepared:
    """Clean the tables and reduce them to one row per customer; ``merges`` says which ids are the same customer,
    ``forgotten`` whose rows are left out.
    """
    from analysis.intake.standard.standardise import standardise
    from analysis.profiles.build import build_profiles
    from analysis.profiles.personal import kind_of_ids
    from analysis.profiles.words import with_headings

    progress("standardise")
    standard = standardise(tables, recipe, merges, forgotten)
    progress("profiles")
    profiles = with_headings(build_profiles(standard, as_of=recipe.as_of), recipe)
    return Prepared(standard, replace(profiles, id_kind=kind_of_ids(profiles.customers["customer_id"], recipe)))


def prepared_version(
    tables: Sequence[RawTable], recipe: Recipe, merges: Merges | None = None, forgotten: Forgotten | None = None
) -> str:
    """Name the state of a study that ``prepare`` depends on.

    The rows, the merges, who was forgotten, the choices before segmentation.
    """
    import hashlib

    parts = [
        engine_version(),
        read_as(tables),
        recipe.model_dump_json(include={"version", "sources", "cleaning", "as_of", "time_zone"}),
        merges.state() if merges else "",
        forgotten.state() if forgotten else "",
        "" if _says_a_day(recipe) else today(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _says_a_day(recipe: Recipe) -> bool:
    """Say whether profiles look back from a day of the recipe or of the files, not from the day they are made on."""
    from analysis.intake.roles import roles

    dated = {role for role, known in roles().items() if known.kind == "date"} - {"birth_date"}
    if any(source.kind == "customers" for source in recipe.sources):
        dated &= {"order_date", "last_order_date", "signup_date", "event_time"}  # ``profiles.members.latest_day``
    used = {column.role for source in recipe.sources if source.kind != "ignore" for column in source.columns}
    return recipe.as_of != "latest" or bool(dated & used)


def today() -> str:
    """Return the day of the computer's clock, as what is kept of a day names it."""
    from datetime import date

    return date.today().isoformat()


def read_as(tables: Sequence[RawTable]) -> str:
    """Name the rows of tables as they were read; forgetting a customer leaves fewer of them."""
    return "\n".join(
        f"{table.fingerprint} {table.key} {table.header_row} {table.encoding} {table.n_rows}" for table in tables
    )
