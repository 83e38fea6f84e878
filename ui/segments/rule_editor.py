"""The editor of rules: every rule in a box, its conditions and groups in rows; each change is kept at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.conditions import AllOf, AnyOf, Expression
from analysis.errors import AnalysisError
from analysis.segments.by_rule.holding import holds, refuse_contradictions
from analysis.segments.by_rule.rule_edit import add_rule, first_condition, grouped, move_up, with_rule
from analysis.segments.by_rule.rules import RulesResult, segment_key
from analysis.segments.by_rule.starters import starter_rules
from analysis.segments.param_edit import own_name
from analysis.segments.params import RulesParams, SegmentRule
from ui import bound, compute, session, show
from ui.segments import segments
from ui.segments.condition_rows import Path, add_buttons, part_editor, usable_features

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.profiles.result import Profiles


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
    slot = RuleSlot(place, profiles)
    for position, part in enumerate(body.parts):
        part_editor(slot, (position,), part)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True):
            n = len(body.parts)
            add_buttons(slot, (n,))
        if result is not None:
            row: Any = result.rules.iloc[place].to_dict()
            facts = {"matches": row["matches"], "taken": row["taken"]}
            known = row["revenue"] == row["revenue"]
            told = t("rules.head", **facts, revenue=row["revenue"]) if known else t("rules.head_count", **facts)
            st.caption(show.md_escape(told), width="content")


@dataclass(frozen=True)
class RuleSlot:
    """The conditions of one rule."""

    place: int
    profiles: Profiles

    def key(self, kind: str, path: Path) -> str:
        """Return the key of a widget."""
        return f"rules_{kind}_{'_'.join(map(str, (self.place, *path)))}"

    def change(self, make: Callable[[Expression], Expression | None], *, check: bool) -> None:
        """Change the rule as it is saved."""

        def changed(params: RulesParams) -> RulesParams:
            when = make(grouped(params.rules[self.place].when))
            if when is not None and check:
                try:
                    holds(when, self.profiles, rule=self.place + 1)
                    refuse_contradictions(when, self.profiles, rule=self.place + 1)
                except AnalysisError as problem:
                    raise segments.feature_in_words(problem, self.profiles) from problem
            return with_rule(params, self.place, when)

        change(changed)


def change(make: Callable[[RulesParams], RulesParams]) -> None:
    """Change the rules as they are saved."""

    segments.edit_params("rules", make)


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
