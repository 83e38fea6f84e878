"""The editor of rules: every rule in a box, its conditions and groups in rows; each change is kept at once."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.conditions import DEEPEST, OPS, AllOf, AnyOf, Condition, Expression
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_names
from analysis.segments.by_rule.holding import holds, refuse_contradictions
from analysis.segments.by_rule.rule_edit import (
    GroupKind,
    add_rule,
    first_condition,
    group_kind,
    group_parts,
    grouped,
    move_up,
    put,
    regrouped,
    with_rule,
)
from analysis.segments.by_rule.rules import RulesResult, segment_key
from analysis.segments.by_rule.starters import starter_rules
from analysis.segments.param_edit import own_name
from analysis.segments.params import RulesParams, SegmentRule
from ui import bound, compute, session, show
from ui.segments import segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.profiles.result import Feature, Profiles

MOST_OPTIONS = 500
ROW = (230, 170, 230, 40)  # pixels: feature, comparison, value, remove; a narrow page wraps them
Path = tuple[int, ...]


def editor(params: RulesParams, profiles: Profiles, result: RulesResult | None) -> None:
    """Show every rule, in the order in which they are read; each change is kept at once."""
    t = session.t()
    show.problem()
    for place, rule in enumerate(params.rules):
        with st.container(border=True, gap="small"):
            rule_editor(place, rule, profiles, result)
    with st.container(horizontal=True):
        st.button(t("rules.add_rule"), icon=":material/add:", type="primary", on_click=add, args=(profiles,))
        st.button(t("rules.start_again"), icon=":material/restart_alt:", on_click=start_again, args=(profiles,))


def rule_editor(place: int, rule: SegmentRule, profiles: Profiles, result: RulesResult | None) -> None:
    """Show one rule: its name, how many it covers, its conditions."""
    t = session.t()
    suggested = segments.word(segment_key(rule))
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    with left:
        st.text_input(
            t("rules.rule", n=place + 1, name=t("rules.name")), max_chars=80,
            **bound.one(f"rules_name_{place}", rule.name or suggested, partial(rename, place, suggested)),
        )  # fmt: skip
    body = grouped(rule.when)
    with middle:
        st.selectbox(
            t("rules.join"), ("all", "any"), format_func=lambda kind: t(f"rules.join_{kind}"),
            **bound.one(f"rules_join_{place}", body.kind, partial(join, place, profiles)),
        )  # fmt: skip
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if place:
            st.button(
                "", icon=":material/arrow_upward:", key=f"rules_up_{place}", help=t("rules.up"),
                on_click=change, args=(lambda params: move_up(params, place),),
            )  # fmt: skip
        st.button(
            "", icon=":material/delete:", key=f"rules_delete_{place}", help=t("rules.remove_rule"),
            on_click=change, args=(lambda params: with_rule(params, place, None),),
        )  # fmt: skip
    for position, part in enumerate(body.parts):
        part_editor(place, (position,), part, profiles)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True):
            n = len(body.parts)
            add_buttons(place, (n,), profiles)
        if result is not None:
            row: Any = result.rules.iloc[place].to_dict()
            facts = {"matches": row["matches"], "taken": row["taken"]}
            known = row["revenue"] == row["revenue"]
            told = t("rules.head", **facts, revenue=row["revenue"]) if known else t("rules.head_count", **facts)
            st.caption(show.md_escape(told), width="content")


def add_buttons(place: int, path: Path, profiles: Profiles) -> None:
    """Offer one more condition, and one more group where another level is allowed."""
    t = session.t()
    usable = usable_features(profiles)
    if not usable:
        return
    condition = first_condition(profiles, usable[0].key)
    name = "_".join(map(str, (place, *path)))
    st.button(
        t("rules.add_condition"), icon=":material/add:", type="tertiary", key=f"rules_add_{name}",
        on_click=put_part, args=(place, path, condition, profiles),
    )  # fmt: skip
    if len(path) + 2 <= DEEPEST:
        st.button(
            t("rules.add_group"), icon=":material/data_array:", type="tertiary", key=f"rules_group_{name}",
            on_click=put_part, args=(place, path, AnyOf(parts=(condition,)), profiles),
        )  # fmt: skip


def part_editor(place: int, path: Path, part: Expression, profiles: Profiles) -> None:
    """Show one condition, or one group of conditions."""
    t = session.t()
    if isinstance(part, Condition):
        condition_editor(place, path, part, profiles)
        return
    name = "_".join(map(str, (place, *path)))
    inside, parts = group_parts(part)
    with st.container(border=True, gap="small"):
        kinds = partial(set_kind, place, path, part, profiles)
        st.selectbox(
            t("rules.group"), get_args(GroupKind), format_func=lambda kind: t(f"rules.group_{kind}"),
            label_visibility="collapsed", width=260, **bound.one(f"rules_kind_{name}", group_kind(part), kinds),
        )  # fmt: skip
        for position, inner in enumerate(parts):
            part_editor(place, (*path, *inside, position), inner, profiles)
        with st.container(horizontal=True):
            add_buttons(place, (*path, *inside, len(parts)), profiles)


def condition_editor(place: int, path: Path, condition: Condition, profiles: Profiles) -> None:
    """Show one condition as a row: feature, comparison, value."""
    t = session.t()
    usable = {feature.key: feature for feature in usable_features(profiles)}
    known, words = usable.get(condition.feature), feature_names(usable.values(), t)
    name = "_".join(map(str, (place, *path)))
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        columns = [st.container(width=width) for width in ROW]
    with columns[0]:
        options = list(usable) if known else [condition.feature, *usable]
        st.selectbox(
            t("rules.feature"), options, format_func=lambda key: words.get(str(key), str(key)),
            label_visibility="collapsed",
            **bound.one(f"rules_feature_{name}", condition.feature, partial(set_feature, place, path, profiles)),
        )  # fmt: skip
    if known is not None:
        with columns[1]:
            ops = partial(set_op, place, path, condition, profiles)
            st.selectbox(
                t("rules.op"), [*OPS[known.kind]], format_func=lambda op: t(f"rules.op_{op}"),
                label_visibility="collapsed", **bound.one(f"rules_op_{name}", condition.op, ops),
            )  # fmt: skip
        with columns[2]:
            values(place, path, name, condition, known, profiles)
    with columns[3]:
        st.button(
            "", icon=":material/close:", key=f"rules_remove_{name}", type="tertiary", help=t("rules.remove"),
            on_click=put_part, args=(place, path, None, profiles),
        )  # fmt: skip


def values(
    place: int, path: Path, name: str, condition: Condition, feature: Feature, profiles: Profiles
) -> None:  # fmt: skip
    """Show the values of a condition in the widget that suits the feature."""
    t = session.t()

    def to(kind: str, value: Any, keep: Callable[..., object]) -> dict[str, Any]:
        return bound.one(f"rules_{kind}_{name}", value, partial(keep, place, path, condition, profiles))

    if condition.op in ("in", "not_in"):
        found = profiles.customers[feature.key].dropna().astype("str").value_counts().index[:MOST_OPTIONS].tolist()
        chosen = [str(value) for value in condition.values]
        st.multiselect(
            t("rules.value"), list(dict.fromkeys([*chosen, *found])), label_visibility="collapsed",
            placeholder=t("rules.value"), **to("words", chosen, set_words),
        )  # fmt: skip
    elif condition.op == "contains":
        st.text_input(t("rules.value"), label_visibility="collapsed", **to("text", str(condition.values[0]), set_text))
    elif condition.values:
        for column, (position, value) in zip(
            st.columns(len(condition.values)), enumerate(condition.values), strict=True
        ):
            key, label = f"rules_value_{name}_{position}", t("rules.to") if position else t("rules.value")
            keep = partial(set_value, place, path, condition, profiles, position)
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
    """Return the features that rules may ask about; personal ones single out people, not groups."""
    return [f for f in profiles.features if not f.personal and f.key in profiles.customers.columns]


def change(make: Callable[[RulesParams], RulesParams]) -> None:
    """Change the rules as they are saved."""

    segments.edit_params("rules", make)


def put_part(place: int, path: Path, part: Expression | None, profiles: Profiles) -> None:
    """Replace, add or take out one part of a rule; what nobody can fulfil is refused."""

    def changed(params: RulesParams) -> RulesParams:
        when = put(grouped(params.rules[place].when), path, part)
        if when is not None and part is not None:
            try:
                holds(when, profiles, rule=place + 1)
                refuse_contradictions(when, profiles, rule=place + 1)
            except AnalysisError as problem:
                raise segments.feature_in_words(problem, profiles) from problem
        return with_rule(params, place, when)

    change(changed)


def add(profiles: Profiles) -> None:
    """Add a rule with one condition."""
    usable = usable_features(profiles)
    if usable:
        change(lambda params: add_rule(params, first_condition(profiles, usable[0].key)))


def start_again(profiles: Profiles) -> None:
    """Take the rules suggested for the goal of the study."""
    saved = compute.saved_study()
    found = starter_rules(profiles, saved.goal if saved else None)
    change(lambda params: RulesParams(rules=found))


def rename(place: int, suggested: str, typed: str) -> None:
    """Keep the name of a rule; its suggested one, or none, is no name of one's own."""
    name = own_name(typed, suggested)

    def changed(params: RulesParams) -> RulesParams:
        rules = list(params.rules)
        rules[place] = rules[place].model_copy(update={"name": name})
        return RulesParams(rules=tuple(rules))

    change(changed)


def join(place: int, profiles: Profiles, chosen: str) -> None:
    """Ask for all conditions of a rule, or for any."""
    kind = AllOf if chosen == "all" else AnyOf

    def changed(params: RulesParams) -> RulesParams:
        when = kind(parts=grouped(params.rules[place].when).parts)
        try:
            refuse_contradictions(when, profiles, rule=place + 1)
        except AnalysisError as problem:
            raise segments.feature_in_words(problem, profiles) from problem
        return with_rule(params, place, when)

    change(changed)


def set_kind(place: int, path: Path, part: Expression, profiles: Profiles, kind: GroupKind) -> None:
    """Ask something else of the parts of a group."""
    put_part(place, path, regrouped(part, kind), profiles)


def set_feature(place: int, path: Path, profiles: Profiles, feature: str) -> None:
    """Ask about another feature, from a condition that suits it."""
    put_part(place, path, first_condition(profiles, feature), profiles)


def set_op(place: int, path: Path, condition: Condition, profiles: Profiles, op: str) -> None:
    """Compare in another way; the values stay where it takes as many."""
    new = first_condition(profiles, condition.feature, op)
    listed = {"in", "not_in"}
    if len(new.values) == len(condition.values) or {op, condition.op} == listed:
        new = new.model_copy(update={"values": condition.values})
    put_part(place, path, new, profiles)


def set_words(place: int, path: Path, condition: Condition, profiles: Profiles, chosen: list[str]) -> None:
    """Keep the categories; none at all is no condition, so the last one stays."""
    if chosen:
        put_part(place, path, condition.model_copy(update={"values": tuple(chosen)}), profiles)


def set_text(place: int, path: Path, condition: Condition, profiles: Profiles, typed: str) -> None:
    """Keep the text to look for; none at all is no condition, so the last one stays."""
    text = typed.strip()[:200]
    if text:
        put_part(place, path, condition.model_copy(update={"values": (text,)}), profiles)


def set_value(
    place: int, path: Path, condition: Condition, profiles: Profiles, position: int, value: date | float | None
) -> None:
    """Keep a number or a date."""
    if value is None:
        return
    values = list(condition.values)
    values[position] = value.isoformat() if isinstance(value, date) else float(value)
    put_part(place, path, condition.model_copy(update={"values": tuple(values)}), profiles)
