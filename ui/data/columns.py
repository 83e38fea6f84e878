"""What the columns of one table mean: as a table in which a role is corrected in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.intake.cells.values import plain
from analysis.intake.standard.order_headers import roles_of_order_headers
from analysis.intake.standard.standardise import any_money
from analysis.intake.suggesting.guess import missing_roles
from analysis.intake.suggesting.personal import shown_cell
from analysis.mapping import personal_kind_of, roles_for, roles_twice, source_of, with_roles
from ui import bound, compute, session, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.intake.roles import Evidence
    from analysis.intake.suggesting.guess import ColumnGuess, TableGuess
    from analysis.recipe import Source

EXAMPLE_LENGTH = 40
KEPT_TEXT = ('="', "'", "`")  # what keeps a number text in a spreadsheet is no part of it


def choose_table(study: compute.LoadedStudy, guesses: Sequence[TableGuess]) -> TableGuess:
    """Show which table is looked at, when there are several; those in use come first."""
    t = session.t()
    order = sorted(range(len(guesses)), key=lambda index: _kind_of(study, guesses[index]) == "ignore")
    if len(order) == 1:
        return guesses[0]
    place = st.segmented_control(
        t("columns.table"),
        order,
        required=True,
        format_func=lambda index: show.md_escape(guesses[index].table.sheet or guesses[index].table.file),
        **bound.to_visit("columns").to("table", order[0], offered=order),
    )
    return guesses[place]


def editor(study: compute.LoadedStudy, guess: TableGuess, source: Source) -> dict[str, str]:
    """Show the table of columns; return the role chosen for each header."""
    t = session.t()
    columns = st.column_config
    frame = _editable(guess, source)
    edited = st.data_editor(
        frame,
        key=f"meanings_{study.revision}_{[table.key for table in study.tables].index(guess.table.key)}_{t.language}",
        hide_index=True,
        num_rows="fixed",
        height="content" if len(frame) <= 30 else 640,
        disabled=[name for name in frame.columns if name != "role"],
        alt=t("columns.alt", table=guess.table.key),
        column_config={
            "name": columns.TextColumn(t("columns.column"), pinned=True),
            "examples": columns.TextColumn(t("columns.examples"), width=140),
            "role": columns.SelectboxColumn(
                t("columns.role"),
                options=roles_for(source.kind),
                format_func=lambda role: t(f"role.{role}"),
                required=True,
                width=120,
                help=t("columns.role_help"),
            ),
            "dimension": columns.TextColumn(t("columns.dimension"), help=t("columns.dimension_help"), width=80),
            "kind": columns.TextColumn(t("columns.kind"), width=72),
            "fill": columns.ProgressColumn(t("columns.fill"), format="%g%%", min_value=0, max_value=100, width=80),
            "reason": columns.TextColumn(t("columns.reason"), width=155),
            "confidence": columns.NumberColumn(t("columns.confidence"), format="%d%%", width=85),
        },
    )
    allowed = set(roles_for(source.kind))
    return {name: role for name, role in zip(edited["name"], edited["role"], strict=True) if role in allowed}


def problems(study: compute.LoadedStudy, guess: TableGuess, kind: str, chosen: dict[str, str]) -> list[str]:
    """Say what keeps the chosen roles from being used."""
    t = session.t()
    twice = [
        t("columns.twice", role=t(f"role.{role}"), columns=t("columns.separator").join(headers))
        for role, headers in roles_twice(chosen).items()
    ]
    present = set(chosen.values())
    present |= set(roles_of_order_headers(study.recipe, present)) if kind == "orders" else set()
    missing = missing_roles(kind, present)
    if missing == ("amount",) and not any_money(with_roles(study.recipe, study.tables, guess.table, chosen)):
        st.info(show.md_escape(t("columns.counted")), icon=":material/info:")
        missing = ()
    return [*(t(f"columns.missing_{role}") for role in missing), *twice]


def _kind_of(study: compute.LoadedStudy, guess: TableGuess) -> str:
    """Return what a table is used as."""
    found = source_of(study.recipe, study.tables, guess.table)
    return found.kind if found else "ignore"


def _editable(guess: TableGuess, source: Source | None) -> pd.DataFrame:
    """Return one row per column of the table: what it looks like, its role and why."""
    import pandas as pd

    t = session.t()
    from analysis.intake.roles import roles

    chosen = {column.name: column.role for column in source.columns} if source else {}
    rows = []
    for column in guess.columns:
        role = chosen.get(column.name, "ignore")
        dimension = roles()[role].dimension if role in roles() else None
        rows.append(
            {
                "name": column.name,
                "examples": _examples(role, column.name, column.evidence),
                "role": role,
                "dimension": t(f"dimension.{dimension}") if dimension else "",
                "kind": t(f"column_kind.{column.evidence.kind}"),
                "fill": show.percent(column.evidence.fill),
                "reason": _reason(column, role),
                "confidence": round(100 * column.confidence) if role == column.role else None,
            }
        )
    return pd.DataFrame(rows).astype({"confidence": "float64"})


def _examples(role: str, header: str, evidence: Evidence) -> str:
    """Write a few cells of a column, masked when they are personal."""
    written = [plain(cell) if cell.startswith(KEPT_TEXT) else cell for cell in evidence.examples]
    cells = [cell if len(cell) <= EXAMPLE_LENGTH else cell[:EXAMPLE_LENGTH] + "…" for cell in written]
    kind = None if session.unmasked() else personal_kind_of(header, role, evidence)
    if kind and cells:
        import pandas as pd

        from analysis.privacy.masks import mask

        cells = list(dict.fromkeys(mask(pd.Series(cells), kind)))
    elif not session.unmasked():
        cells = list(dict.fromkeys(shown_cell(header, cell) for cell in cells))
    t = session.t()
    return t("columns.separator").join(cells)


def _reason(column: ColumnGuess, role: str) -> str:
    """Say in words why a column has its role."""
    t = session.t()
    return t(f"guess.{column.reason if role == column.role else 'chosen'}")
