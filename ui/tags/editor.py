"""The editor of a tag: its name, the way its values are found, and how many have it while it is changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.goals import Goal
from analysis.profiles.words import feature_names
from analysis.study.tagging import basis_of, segments_moved
from analysis.tags.change import tag_change
from analysis.tags.params import TAG_TYPES, Tag
from analysis.tags.starters import WAYS, first_source
from analysis.tags.words import definition, name_of
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.segments import condition_rows, segments
from ui.tags import draft, ways
from ui.tags.shown import open_lists

if TYPE_CHECKING:
    from analysis.conditions import Expression
    from analysis.study.prepared import Prepared
    from analysis.tags.values import TagValues
    from texts import Translator

SAMPLE = 0.1  # share of the customers that a change may be tried on


def editor(study: compute.LoadedStudy, found: draft.Draft, prepared: Prepared) -> None:
    """Show the draft with the number of customers it gives the tag, and save it on a click."""
    t, tag = session.t(), found.tag
    show.problem()
    with st.container(border=True):
        left, right = st.columns([2, 1], gap="medium")
        with left:
            names(tag)
            way(study, tag, prepared)
            ways.choices(study, tag, prepared)
        with right:
            count(study, found, prepared)
            about(tag)
        with st.container(horizontal=True):
            st.button(
                t("tags.save"), key="tag_save", type="primary", icon=":material/check:", on_click=draft.save,
                args=(study,), disabled=not (tag.name_en or tag.name_zh or found.before),
                help=None if tag.name_en or tag.name_zh or found.before else t("tags.name_first"),
            )  # fmt: skip
            st.button(t("tags.cancel"), key="tag_cancel", on_click=draft.stop)


def names(tag: Tag) -> None:
    """Ask for the name in both languages."""
    t = session.t()
    own = name_of(tag, t) if t.has(f"tag.{tag.key}") else ""
    for column, field in zip(
        st.columns(2), ("name_zh", "name_en") if t.language == "zh" else ("name_en", "name_zh"), strict=True
    ):
        with column:
            st.text_input(
                t(f"tags.{field}"), max_chars=80, placeholder=own or t(f"tags.example_{field}"),
                **ways.bind(field, getattr(tag, field), partial(_rename, field)),
            )  # fmt: skip


def _rename(field: str, typed: str) -> None:
    draft.change(**{field: typed.strip()})


def way(study: compute.LoadedStudy, tag: Tag, prepared: Prepared) -> None:
    """Choose how the values are found; another way starts from what the data carries."""
    t = session.t()
    methods = [plan.params.kind for plan in study.recipe.segmentations]
    sources = {one: first_source(one, prepared.profiles, prepared.standard, methods) for one in WAYS}
    offered = [one for one, first in sources.items() if first is not None or one == tag.source.kind]

    def choose(chosen: str) -> None:
        if chosen and chosen != tag.source.kind:
            draft.change(source=sources[chosen], several=False)

    st.selectbox(
        t("tags.way"), offered, format_func=lambda one: t(f"tags.way.{one}"), help=t("tags.way_help"),
        **ways.bind("way", tag.source.kind, choose),
    )  # fmt: skip


def about(tag: Tag) -> None:
    """Ask what the tag is for, who answers for it, and how long it holds."""
    t = session.t()
    with st.expander(t("tags.about"), icon=":material/info:"):
        st.selectbox(
            t("tags.type"), TAG_TYPES, format_func=lambda one: t(f"tags.type.{one}"),
            **ways.bind("type", tag.type, lambda one: draft.change(type=one)),
        )  # fmt: skip
        st.selectbox(
            t("tags.goal"), [None, *get_args(Goal)], format_func=lambda one: t(f"goal.{one}") if one else "–",
            **ways.bind("goal", tag.goal, lambda one: draft.change(goal=one)),
        )  # fmt: skip
        st.text_input(
            t("tags.owner"), max_chars=80, **ways.bind("owner", tag.owner, lambda one: draft.change(owner=one.strip()))
        )
        st.number_input(
            t("tags.refresh"), 1, 3_660, help=t("tags.refresh_help"),
            **ways.bind("refresh", tag.refresh_days, lambda n: draft.change(refresh_days=n and int(n))),
        )  # fmt: skip
        st.number_input(
            t("tags.lives"), 1, 3_660, help=t("tags.lives_help"),
            **ways.bind("lives", tag.lives_days, lambda n: draft.change(lives_days=n and int(n))),
        )  # fmt: skip
        if tag.lives_days:
            st.selectbox(
                t("tags.expired"), ("drop", "stay"), format_func=lambda one: t(f"tags.expired_{one}"),
                **ways.bind("expired", tag.expired, lambda one: draft.change(expired=one)),
            )  # fmt: skip
        for key in ("tag_refresh", "tag_lives"):
            if (problem := bound.refusal(key)) is not None:
                show.error(problem)


def count(study: compute.LoadedStudy, found: draft.Draft, prepared: Prepared) -> None:
    """Say how many customers have the tag as it is now, what it is in a sentence, and what the change would do."""
    t, tag = session.t(), found.tag
    try:
        values = _values(study, tag)
    except AnalysisError as problem:
        if problem.code == "tag_nothing_imported":  # the uploader beside it says so
            show.metrics([show.Metric(t("tags.who"), t.number(0), help=t("tags.who_help"))])
        else:
            show.error(segments.feature_in_words(problem, prepared.profiles))
        return
    show.metrics([show.Metric(t("tags.who"), t.number(values.n), help=t("tags.who_help"))])
    st.caption(show.md_escape(t("tags.of_all", share=values.coverage, n=len(values.codes))))
    st.markdown(show.md_escape(definition(tag, prepared.profiles, t)))
    if found.before is not None and found.before.source != tag.source and not found.before.retired:
        effect(study, found, prepared)


def _values(study: compute.LoadedStudy, tag: Tag) -> TagValues:
    """Return who has the draft; what was just imported for it is not yet among the values of the study."""
    if tag.source.kind != "imported":
        return study.run.tag_values(tag)
    from analysis.tags.values import tag_values

    imported = compute.workspace().tag_values(study.id)
    return tag_values(tag, replace(basis_of(study.run, tag), imported=imported))


def effect(study: compute.LoadedStudy, found: draft.Draft, prepared: Prepared) -> None:
    """Say what saving the changed definition would do, on everyone or on a pilot."""
    t = session.t()
    only = _pilot(prepared, t)
    try:
        change = tag_change(found.before or found.tag, found.tag, basis_of(study.run, found.tag), only=only)
    except AnalysisError as problem:
        show.error(problem)
        return
    known = change.revenue_out == change.revenue_out
    facts = {"n_in": change.n_in, "n_out": change.n_out, "n_moved": change.n_moved, "n": change.n_looked_at}
    money = {"money_in": change.revenue_in, "money_out": change.revenue_out} if known else {}
    key = "tags.effect_money" if known else "tags.effect"
    told = [t(key, **facts, **money)]
    for kind, n in segments_moved(study.run, found.tag, only).items():
        told.append(t("tags.effect_segments", name=t(f"compare.{kind}"), n=n))
    if lists := [name for name, asked in open_lists(study).items() if any(found.tag.gives(one) for one in asked)]:
        told.append(t("tags.effect_lists", lists=t("segments.between").join(lists)))
    st.info(show.md_escape(prose(told, t)), icon=":material/compare_arrows:")


def _pilot(prepared: Prepared, t: Translator) -> Expression | float | None:
    """Ask on whom a change is tried: everyone, a sample, or those of a region, a channel and the like."""
    pilots = [f for f in condition_rows.usable_features(prepared.profiles) if f.kind == "category"][:20]
    words = {"": t("tags.pilot_sample", share=SAMPLE), **feature_names(pilots, t)}
    with st.popover(t("tags.pilot"), icon=":material/science:", help=t("tags.pilot_help")):
        column = st.selectbox(
            t("rules.feature"), [None, *words], format_func=lambda key: words.get(key, "–"), key="tag_pilot_of"
        )
        if not column:
            return None if column is None else SAMPLE
        levels = prepared.profiles.customers[column].dropna().astype("str").value_counts().index[:100].tolist()
        level = st.selectbox(t("rules.value"), levels, key=f"tag_pilot_{column}")
    return Condition(feature=column, op="in", values=(str(level),))
