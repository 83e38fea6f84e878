"""The only caches of the app: what a study computes, kept once for all sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.intake.tables import RawTable
    from analysis.study import Prepared
    from analysis.workspace import Workspace

# How many results of each step are kept for all sessions together.
KEPT = {
    "prepared": 4, "predicted": 16, "tagged": 8, "guesses": 16, "features": 8, "segmentation": 64, "numbered": 16,
    "matching": 16, "small": 256, "snapshot": 256, "experiment": 24, "drawn": 64,
}  # fmt: skip
# Results of studies with few rows are small: with more of them kept, many readers at once do not compute in turn what
# the others' results pushed out.
FEW_ROWS = 50_000
KEPT_OF_FEW_ROWS = {
    "prepared": 24,
    "predicted": 48,
    "tagged": 48,
    "guesses": 64,
    "features": 32,
    "segmentation": 128,
    "numbered": 48,
    "matching": 48,
}


def cache_of(step: str, most: int, name: str) -> Callable[..., Any]:
    """Return the cache of one step: small results are copied for each reader, the others shared."""

    def kept(study_id: str, key: str, _compute: Callable[[], Any]) -> Any:
        return _compute()

    kept.__qualname__ = f"kept_{name}"  # by which Streamlit tells caches apart
    cache = st.cache_data if step == "small" else st.cache_resource
    return cache(show_spinner=False, max_entries=most)(kept)


CACHES = {step: cache_of(step, most, step) for step, most in KEPT.items()}
CACHES_OF_FEW_ROWS = {step: cache_of(step, most, f"{step}_of_few_rows") for step, most in KEPT_OF_FEW_ROWS.items()}


def clear() -> None:
    """Let go of everything that is kept."""
    for cache in (*CACHES.values(), *CACHES_OF_FEW_ROWS.values()):
        cache.clear()  # pyright: ignore[reportFunctionMemberAccess]


def remember(
    workspace: Callable[[], Workspace],
    study_id: str,
    tables: Sequence[RawTable],
    step: str,
    key: str,
    compute: Callable[[], Any],
) -> Any:
    """Be the memo of a study; its prepared tables are kept in its folder too, where the rows stay."""
    if step == "prepared":
        compute = partial(_kept_in_folder, workspace().run_folder(study_id, key), tables, compute)
    compute = partial(_told, workspace, study_id, compute)
    few = sum(table.n_rows for table in tables) <= FEW_ROWS
    cache = (few and CACHES_OF_FEW_ROWS.get(step)) or CACHES[step]
    return cache(study_id, key, compute)


def _told(workspace: Callable[[], Workspace], study_id: str, compute: Callable[[], Any]) -> Any:
    """Compute; when the rows turn out to be damaged only now, say so."""
    import duckdb

    try:
        return compute()
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.DataError):
        workspace().raw_tables(study_id, thorough=True)
        raise


def _kept_in_folder(folder: Path, tables: Sequence[RawTable], compute: Callable[[], Prepared]) -> Prepared:
    from analysis.workspace.runs import load_prepared, save_prepared

    kept = load_prepared(folder, tables)
    if kept is None:
        save_prepared(compute(), folder)
        kept = load_prepared(folder, tables)
        assert kept is not None
    return kept
