"""The choices about cleaning: which rows count, and how cells of single columns are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from analysis.intake.standard.states import count_states
from analysis.intake.standard.worth.excluded import suggested_states, types_of
from analysis.mapping import source_of
from analysis.recipe import Recipe
from ui import bound, compute, session

STEPS: dict[str, tuple[str, ...]] = {
    "test_orders": ("keep", "set_aside"),
    "zero_amounts": ("keep", "set_aside"),
    "prepaid": ("auto", "visits", "paid_only"),
    "repeated_lines": ("keep", "set_aside"),
    "outliers": ("keep", "cap"),
    "order_totals": ("auto", "each_line", "split"),
    "sub_orders": ("auto", "keep"),
    "credit_numbers": ("auto", "return", "sale"),
    "movements": ("auto", "keep"),
    "overlaps": ("auto", "keep"),
    "blank_cells": ("fill_down", "leave"),
    "categories": ("merge", "keep"),
    "ages": ("keep", "blank"),
}
KEPT_IN_OTHER_WORDS = ("ages", "categories")  # nothing is counted there
MISSING = ("leave", "unknown", "median", "most_frequent")


def key(study: compute.LoadedStudy, name: str) -> str:
    """Name a table after the revision it shows, so that an undone choice is shown undone."""
    return f"{name}_{study.revision}"


def choices(study: compute.LoadedStudy) -> None:
    """Show the choices about returns, copies and order states; the others closed."""
    t = session.t()
    left, right = st.columns(2, gap="large")
    with left:
        st.radio(
            t("check.returns"),
            ("net", "set_aside"),
            format_func=lambda code: t(f"check.returns_{code}"),
            **_to(study, "returns", "returns"),
        )
    with right:
        st.radio(
            t("check.duplicates"),
            ("keep", "set_aside"),
            format_func=lambda code: t(f"check.duplicates_{code}"),
            **_to(study, "duplicates", "duplicate_lines"),
        )
    order_states(study)
    with st.expander(t("cleaning.more"), key="more_cleaning"):
        _more(study)
        _columns(study)


def _to(study: compute.LoadedStudy, name: str, field: str) -> dict[str, Any]:
    """Return what binds a widget to one choice of the cleaning."""
    now = getattr(study.recipe.cleaning, field)
    return bound.one(
        f"{name}_{study.id}", now, lambda chosen: compute.edit_recipe(lambda recipe: _with(recipe, {field: chosen}))
    )


def _with(recipe: Recipe, values: dict[str, Any]) -> Recipe:
    return recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update=values)})


def _more(study: compute.LoadedStudy) -> None:
    t = session.t()

    def word(step: str) -> Callable[[str], str]:
        own = step in KEPT_IN_OTHER_WORDS
        return lambda code: t(f"cleaning.{step}_{code}") if own and code == "keep" else t(f"cleaning.{code}")

    columns = st.columns(2, gap="large")
    for place, (step, options) in enumerate(STEPS.items()):
        with columns[place % 2]:
            st.radio(
                t(f"cleaning.{step}"),
                options,
                format_func=word(step),
                horizontal=True,
                help=t("cleaning.outliers_help") if step == "outliers" else None,
                **_to(study, step, step),
            )


def order_states(study: compute.LoadedStudy) -> None:
    """Show every order state with its rows and a tick for those left out."""
    import pandas as pd

    t = session.t()
    columns, sources = [], []
    for table in study.tables:
        source = source_of(study.recipe, study.tables, table)
        for role in ("status", "payment_state"):
            column = source.column(role) if source and source.kind in ("orders", "order_heads") else None
            if column is not None and column.name in table.columns:
                columns.append((table, column.name))
                sources.append(source)
    if not columns:
        st.caption(t("check.no_states"))
        return
    st.markdown(t("check.states"))
    counted = study.run.small("states", "", lambda: count_states(columns))
    states = [state for state, _ in counted]
    by_table = list(zip((table for table, _ in columns), sources, strict=True))
    types = study.run.small("types", "", lambda: [types_of(table, source) for table, source in by_table])
    suggested = {
        state
        for source, words in zip(sources, types, strict=True)
        for state in suggested_states(states, source, words).states
    }
    evidence = [note for one in study.run.decisions() for note in one.evidence]
    suggested |= {state for note in evidence if note.code == "not_yet" for state in note.facts["words"]}
    excluded = study.recipe.cleaning.excluded_states
    left_out = tuple({*(suggested if excluded == "auto" else excluded), *study.recipe.cleaning.not_sold})
    edited = st.data_editor(
        pd.DataFrame(
            {
                "state": [state for state, _ in counted],
                "rows": [n for _, n in counted],
                "left_out": [state in left_out for state, _ in counted],
            }
        ),
        key=key(study, "states"),
        hide_index=True,
        disabled=["state", "rows"],
        width=520,
        alt=t("check.states_alt"),
        column_config={
            "state": st.column_config.TextColumn(t("check.state"), width=280),
            "rows": st.column_config.NumberColumn(t("check.rows"), format="localized", width=70),
            "left_out": st.column_config.CheckboxColumn(t("check.left_out"), width=70),
        },
    )
    chosen = tuple(sorted(edited.loc[edited["left_out"], "state"]))
    st.caption(t("check.states_help"))
    if chosen != tuple(sorted(left_out)):
        states = "auto" if chosen == tuple(sorted(suggested)) else chosen
        compute.change(study, _with(study.recipe, {"excluded_states": states, "not_sold": ()}))


def _columns(study: compute.LoadedStudy) -> None:
    """Show how the cells of every column in use are read, to be corrected in place."""
    import pandas as pd

    t = session.t()
    used = [
        (place, column)
        for place, source in enumerate(study.recipe.sources)
        if source.kind != "ignore"
        for column in source.columns
        if column.role != "ignore"
    ]
    if not used:
        return
    gaps = {code: t(f"cleaning.missing_{code}") for code in MISSING}
    st.markdown(t("cleaning.columns"))
    edited = st.data_editor(
        pd.DataFrame(
            {
                "source": [_place(study.recipe, place) for place, _ in used],
                "column": [column.name for _, column in used],
                "nothing": ["" if column.nothing == "auto" else ", ".join(column.nothing) for _, column in used],
                "missing": [gaps[column.missing] for _, column in used],
                "merges": ["; ".join(f"{old} → {new}" for old, new in column.merges) for _, column in used],
            }
        ),
        key=key(study, "cells"),
        hide_index=True,
        disabled=["source", "column"],
        alt=t("cleaning.columns_alt"),
        column_config={
            "source": st.column_config.TextColumn(t("check.table"), width="small"),
            "column": st.column_config.TextColumn(t("quality.column"), width="small"),
            "nothing": st.column_config.TextColumn(t("cleaning.nothing"), width="medium"),
            "missing": st.column_config.SelectboxColumn(
                t("cleaning.missing"), options=list(gaps.values()), required=True, width="small"
            ),
            "merges": st.column_config.TextColumn(t("cleaning.merges"), width="medium"),
        },
    )
    st.caption(t("cleaning.columns_help"))
    codes = {word: code for code, word in gaps.items()}
    recipe = study.recipe
    for (place, column), row in zip(used, edited.to_dict("records"), strict=True):
        changed = column.model_copy(
            update={
                "nothing": _words(row["nothing"]) or "auto",
                "missing": codes.get(row["missing"], "leave"),
                "merges": _pairs(row["merges"]),
            }
        )
        if changed != column:
            source = recipe.sources[place]
            columns = tuple(changed if other.name == column.name else other for other in source.columns)
            sources = list(recipe.sources)
            sources[place] = source.model_copy(update={"columns": columns})
            recipe = recipe.model_copy(update={"sources": tuple(sources)})
    compute.change(study, recipe)


def _place(recipe: Recipe, place: int) -> str:
    source = recipe.sources[place]
    return source.sheet or source.file


def _words(text: Any) -> tuple[str, ...]:
    """Read words separated by commas of either width."""
    return tuple(word for part in re.split("[,，、]", str(text or "")) if (word := part.strip()))


def _pairs(text: Any) -> tuple[tuple[str, str], ...]:
    """Read ``a → b; c → d``."""
    pairs = []
    for part in re.split("[;；]", str(text or "")):
        sides = [side.strip() for side in re.split("→|->|=>", part)]
        if len(sides) == 2 and all(sides):
            pairs.append((sides[0], sides[1]))
    return tuple(pairs)
