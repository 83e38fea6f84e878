"""Conditions as rows that can be changed: each condition and group of one expression, wherever it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, get_args

import streamlit as st

from analysis.conditions import DEEPEST, OPS, AnyOf, Condition, Expression
from analysis.profiles.words import feature_names
from analysis.segments.by_rule.rule_edit import (
    GroupKind,
    first_condition,
    group_kind,
    group_parts,
    part_at,
    put,
    regrouped,
)
from ui import bound, session
from ui.tags import gone

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles

MOST_OPTIONS = 500
ROW = (200, 140, 180, 40)  # pixels: feature, comparison, value, remove; a narrow page wraps them
Path = tuple[int, ...]


class Slot(Protocol):
    """Where an expression is kept."""

    @property
    def profiles(self) -> Profiles:
        """Whom the conditions are asked of."""
        ...

    def key(self, kind: str, path: Path) -> str:
        """Return the key of a widget of the part at a path."""
        ...

    def change(self, make: Callable[[Expression], Expression | None], *, check: bool) -> None:
        """Keep what is made of the expression as it is saved, None to take it out; ``check`` what nobody can fulfil."""
        ...


def add_buttons(slot: Slot, path: Path) -> None:
    """Offer one more condition, and one more group where another level is allowed."""
    t = session.t()
    usable = usable_features(slot.profiles)
    if not usable:
        return
    condition = first_condition(slot.profiles, usable[0].key)
    st.button(
        t("rules.add_condition"), icon=":material/add:", type="tertiary", key=slot.key("add", path),
        on_click=put_part, args=(slot, path, condition),
    )  # fmt: skip
    if len(path) + 2 <= DEEPEST:
        st.button(
            t("rules.add_group"), icon=":material/data_array:", type="tertiary", key=slot.key("group", path),
            on_click=put_part, args=(slot, path, AnyOf(parts=(condition,))),
        )  # fmt: skip


def part_editor(slot: Slot, path: Path, part: Expression) -> None:
    """Show one condition, or one group of conditions."""
    t = session.t()
    if isinstance(part, Condition):
        condition_editor(slot, path, part)
        return
    inside, parts = group_parts(part)
    with st.container(border=True, gap="small"):
        st.selectbox(
            t("rules.group"), get_args(GroupKind), format_func=lambda kind: t(f"rules.group_{kind}"),
            label_visibility="collapsed", width=260,
            **bound.one(slot.key("kind", path), group_kind(part), partial(set_kind, slot, path, part)),
        )  # fmt: skip
        for position, inner in enumerate(parts):
            part_editor(slot, (*path, *inside, position), inner)
        with st.container(horizontal=True):
            add_buttons(slot, (*path, *inside, len(parts)))


def condition_editor(slot: Slot, path: Path, condition: Condition) -> None:
    """Show one condition as a row: feature, comparison, value."""
    t = session.t()
    usable = {feature.key: feature for feature in usable_features(slot.profiles)}
    known, words = usable.get(condition.feature), feature_names(usable.values(), t)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")
    with row:
        columns = [st.container(width=width) for width in ROW]
    with columns[0]:
        options = list(usable) if known else [condition.feature, *usable]
        st.selectbox(
            t("rules.feature"), options, format_func=lambda key: words.get(str(key)) or gone.called(str(key)),
            label_visibility="collapsed",
            **bound.one(slot.key("feature", path), condition.feature, partial(set_feature, slot, path)),
        )  # fmt: skip
    if known is not None:
        with columns[1]:
            ops = partial(set_op, slot, path, condition)
            st.selectbox(
                t("rules.op"), [*OPS[known.kind]], format_func=lambda op: t(f"rules.op_{op}"),
                label_visibility="collapsed", **bound.one(slot.key("op", path), condition.op, ops),
            )  # fmt: skip
        with columns[2]:
            values(slot, path, condition, known)
    with columns[3]:
        st.button(
            "", icon=":material/close:", key=slot.key("remove", path), type="tertiary", help=t("rules.remove"),
            on_click=put_part, args=(slot, path, None),
        )  # fmt: skip


def values(slot: Slot, path: Path, condition: Condition, feature: Feature) -> None:
    """Show the values of a condition in the widget that suits the feature."""
    t = session.t()

    def to(kind: str, value: Any, keep: Callable[..., object]) -> dict[str, Any]:
        return bound.one(slot.key(kind, path), value, partial(keep, slot, path, condition))

    if condition.op in ("in", "not_in"):
        column = slot.profiles.customers[feature.key]
        found = column.dropna().astype("str").value_counts().index[:MOST_OPTIONS].tolist()
        chosen = [str(value) for value in condition.values]
        st.multiselect(
            t("rules.value"), list(dict.fromkeys([*chosen, *found])), label_visibility="collapsed",
            wrap=True, placeholder=t("rules.value"), **to("words", chosen, set_words),
        )  # fmt: skip
    elif condition.op == "contains":
        st.text_input(t("rules.value"), label_visibility="collapsed", **to("text", str(condition.values[0]), set_text))
    elif condition.values:
        for column, (position, value) in zip(
            st.columns(len(condition.values)), enumerate(condition.values), strict=True
        ):
            key = f"{slot.key('value', path)}_{position}"
            label = t("rules.to") if position else t("rules.value")
            keep = partial(set_value, slot, path, condition, position)
            with column:
                if feature.kind == "date":
                    st.date_input(
                        label, min_value=date(1900, 1, 1), max_value=date(2199, 12, 31), format="YYYY-MM-DD",
                        label_visibility="collapsed", **bound.one(key, date.fromisoformat(str(value)), keep),
                    )  # fmt: skip
                else:
                    st.number_input(
                        label, label_visibility="collapsed", format="%.15g", **bound.one(key, float(value), keep)
                    )


def usable_features(profiles: Profiles) -> list[Feature]:
    """Return the features that conditions may ask about; personal ones single out people, not groups."""
    return [f for f in profiles.features if not f.personal and f.key in profiles.customers.columns]


def put_part(slot: Slot, path: Path, part: Expression | None) -> None:
    """Replace, add or take out one part; what nobody can fulfil is refused."""
    slot.change(lambda when: put(when, path, part), check=part is not None)


def set_kind(slot: Slot, path: Path, part: Expression, kind: GroupKind) -> None:
    """Ask something else of the parts of a group."""
    put_part(slot, path, regrouped(part, kind))


def set_feature(slot: Slot, path: Path, feature: str) -> None:
    """Ask about another feature, from a condition that suits it."""
    put_part(slot, path, first_condition(slot.profiles, feature))


def _change(slot: Slot, path: Path, seen: Condition, make: Callable[[Condition], Condition]) -> None:
    """Change a condition as it is saved now.

    What the page showed may be older than the last click; a value that was typed for another kind of question is left.
    """
    kinds = {feature.key: feature.kind for feature in slot.profiles.features}

    def changed(when: Expression) -> Expression | None:
        now = part_at(when, path)
        if not isinstance(now, Condition):
            return when
        same = kinds.get(now.feature) == kinds.get(seen.feature) and len(now.values) == len(seen.values)
        return put(when, path, make(now)) if same else when

    slot.change(changed, check=True)


def set_op(slot: Slot, path: Path, seen: Condition, op: str) -> None:
    """Compare in another way; the values stay where it takes as many."""

    def compared(now: Condition) -> Condition:
        new = first_condition(slot.profiles, now.feature, op)
        keeps = len(new.values) == len(now.values) or {op, now.op} == {"in", "not_in"}
        return new.model_copy(update={"values": now.values}) if keeps else new

    _change(slot, path, seen, compared)


def set_words(slot: Slot, path: Path, seen: Condition, chosen: list[str]) -> None:
    """Keep the categories; none at all is no condition, so the last one stays."""
    if chosen:
        put_part(slot, path, seen.model_copy(update={"values": tuple(chosen)}))


def set_text(slot: Slot, path: Path, seen: Condition, typed: str) -> None:
    """Keep the text to look for; none at all is no condition, so the last one stays."""
    if text := typed.strip()[:200]:
        _change(slot, path, seen, lambda now: now.model_copy(update={"values": (text,)}))


def set_value(slot: Slot, path: Path, seen: Condition, position: int, value: date | float | None) -> None:
    """Keep a number or a date."""
    if value is None:
        return
    written = value.isoformat() if isinstance(value, date) else float(value)

    def valued(now: Condition) -> Condition:
        return now.model_copy(update={"values": (*now.values[:position], written, *now.values[position + 1 :])})

    _change(slot, path, seen, valued)
