"""What the page of tags shows: how many have each, one tag closely, the dictionary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from analysis.charts import compare as compare_charts
from analysis.charts import tags as charts
from analysis.compare.compare import compare
from analysis.segments.result import segmentation_of
from analysis.tags.health import association_of, crossed
from analysis.tags.naming import alike_names
from analysis.tags.words import alike_words, definition, effect_words, in_words, name_of, value_words, weak_words
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.customers import customer_list
from ui.tags import draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.profiles.result import Profiles
    from analysis.tags.apply import Tagged
    from analysis.tags.dictionary import TagEntry
    from analysis.tags.params import Tag
    from analysis.tags.values import TagValues

VIEWS = ("values", "who", "crossed", "about")
MOST_BARS = 10
STRONG, MIDDLE = 0.95, 0.3


def chosen(entries: Sequence[TagEntry]) -> TagEntry:
    """Offer one tag to look at; the first before anyone chooses."""
    t = session.t()
    by_key = {entry.tag.key: entry for entry in entries}
    now = session.kept(draft.LOOKED_AT)
    now = now if now in by_key else next(iter(by_key))

    def choose(key: str) -> None:
        session.keep(draft.LOOKED_AT, key)

    st.selectbox(
        t("tags.looked"), list(by_key), format_func=lambda key: name_of(by_key[key].tag, t),
        **bound.one("tag_chosen", now, choose),
    )  # fmt: skip
    return by_key[now]


def actions(study: compute.LoadedStudy, entry: TagEntry, uses: str) -> None:
    """Offer to change, list, retire or delete the tag."""
    t, tag = session.t(), entry.tag
    with st.container(horizontal=True):
        listed = entry.values if entry.n else None
        if listed and st.button(t("tags.list"), key="tag_list", type="primary", icon=":material/list:"):
            _list(study.run.tagged().profiles, listed)
        st.button(t("tags.edit"), key="tag_edit", icon=":material/edit:", on_click=draft.begin, args=(study, tag))
        at_once = tag.retired or not uses
        asked = st.button(
            t("tags.use_again" if tag.retired else "tags.retire"), key="tag_retire", icon=":material/inventory_2:",
            on_click=draft.retire if at_once else None, args=(tag.key, not tag.retired) if at_once else None,
        )  # fmt: skip
        if asked and not at_once:
            _ask("retire", tag, uses)
        if st.button(t("tags.delete"), key="tag_delete", icon=":material/delete:", type="tertiary"):
            _ask("delete", tag, uses)


def _list(profiles: Profiles, values: TagValues) -> None:
    t = session.t()
    name = name_of(values.tag, t)

    @st.dialog(show.md_escape(name), width="large")
    def opened() -> None:
        value = None
        if not values.is_flag:
            words = {None: t("tags.all_values")} | {one: value_words(values.tag, one, t) for one in values.values}
            value = st.selectbox(t("tags.whose"), list(words), format_func=lambda one: words[one], key="tag_list_value")
        called = name if value is None else t("charts.level", feature=name, level=value_words(values.tag, value, t))
        customer_list.listed(profiles, values.who(value), name=called, key="tag")

    opened()


def _ask(what: Literal["retire", "delete"], tag: Tag, uses: str) -> None:
    """Ask before what uses the tag would stop, or the tag be gone."""
    t = session.t()
    do = partial(draft.retire, tag.key, True) if what == "retire" else partial(draft.delete, tag.key)

    @st.dialog(show.md_escape(t(f"tags.{what}")))
    def opened() -> None:
        st.markdown(show.md_escape(t(f"tags.{what}_sure", name=name_of(tag, t))))
        if uses:
            st.warning(show.md_escape(t(f"tags.{what}_used", uses=uses)), icon=":material/warning:")
        if st.button(t(f"tags.{what}"), key=f"tag_{what}_sure", type="primary", on_click=do):
            st.rerun()

    opened()


def coverage(entries: Sequence[TagEntry]) -> None:
    """Show how many customers have each tag."""
    import pandas as pd

    t = session.t()
    known = [entry for entry in entries if entry.values is not None]
    if not known:
        return
    data = pd.DataFrame(
        {
            t("tags.tag"): [name_of(entry.tag, t) for entry in known],
            t("tags.who"): [entry.n for entry in known],
            t("tags.column.coverage"): [entry.coverage for entry in known],
        }
    )
    show.chart(charts.coverage_bars(known, t), t("tags.coverage_alt"), name="tags_coverage", data=data)


def closely(
    study: compute.LoadedStudy, entry: TagEntry, entries: Sequence[TagEntry], tagged: Tagged, uses: str
) -> None:  # fmt: skip
    """Show one tag: its values, who they are, crossed with another, what it is and was."""
    t = session.t()
    view = st.segmented_control(
        t("segments.closer"), VIEWS, format_func=lambda one: t(f"tags.tab.{one}"), required=True,
        label_visibility="collapsed", **bound.to_visit("tags").to("view", "values", offered=VIEWS),
    )  # fmt: skip
    if view == "about" or entry.values is None:
        about(study, entry, tagged, uses)
    elif view == "values":
        values(entry)
    elif view == "who":
        against(study, entry.values, tagged)
    elif view == "crossed":
        cross(entry, entries)


def values(entry: TagEntry) -> None:
    """Show how many customers have each value."""
    t, found = session.t(), entry.values
    assert found is not None
    names = [value_words(found.tag, str(value), t) for value in found.counts["value"]]
    data = found.counts.assign(value=names).rename(
        columns={
            "value": t("tags.value"), "customers": t("column.customers"), "share": t("column.share"),
            "revenue": t("column.revenue"),
        }
    )  # fmt: skip
    show.chart(charts.value_bars(found, t), t("tags.values_alt"), name="tag_values", data=data)


def against(study: compute.LoadedStudy, found: TagValues, tagged: Tagged) -> None:
    """Show what sets the customers of a tag apart from everyone else, beyond what it is made of."""
    import numpy as np

    t, profiles = session.t(), tagged.profiles
    value = None
    if not found.is_flag:
        value = st.selectbox(
            t("tags.value"), list(found.values), format_func=lambda one: value_words(found.tag, one, t),
            **bound.to_visit("tags").to(f"against_{found.tag.key}", found.values[0], offered=found.values),
        )  # fmt: skip
    inside = found.who(value)
    if inside.all() or not inside.any():
        show.empty_state(t("tags.who_all"))
        return
    feature = profiles.feature(found.tag.column)
    made = (found.tag.column, *(feature.made_of if feature else ()))
    groups = segmentation_of(np.where(inside, 0, 1), ["inside", "rest"], method="rules", made_of=made)
    key = f"{study.run.state} {found.tag.key} {value}"
    comparison = study.run.small("tag_against", key, lambda: compare(profiles, groups, ["inside"]))
    rows = comparison.differences
    rows = rows[~rows["by_construction"] & rows["significant"]].head(MOST_BARS).reset_index(drop=True)
    if not len(rows):
        show.empty_state(t("tags.who_none"))
        return
    from dataclasses import replace

    name = name_of(found.tag, t) if value is None else value_words(found.tag, value, t)
    chart = compare_charts.difference_bars(replace(comparison, differences=rows), t, names={"inside": name})
    show.chart(chart, t("compare.differs_alt"), name="tag_against", data=rows)


def cross(entry: TagEntry, entries: Sequence[TagEntry]) -> None:
    """Show the tag crossed with another."""
    t = session.t()
    others = {one.tag.key: one for one in entries if one.values is not None and one.tag.key != entry.tag.key}
    assert entry.values is not None
    if not others:
        return
    key = st.selectbox(
        t("tags.other"), list(others), format_func=lambda one: name_of(others[one].tag, t),
        **bound.to_visit("tags").to(f"cross_{entry.tag.key}", next(iter(others)), offered=others),
    )  # fmt: skip
    other = others[key].values
    assert other is not None
    table = crossed(entry.values, other)
    if (v := association_of(entry.values, other)) is not None:
        how = "strong" if v >= STRONG else "middle" if v >= MIDDLE else "weak"
        st.caption(show.md_escape(t("tags.crossed_said", v=v, how=t(f"tags.crossed_{how}"))))
    data = table.reset_index(names=name_of(entry.tag, t))
    show.chart(
        charts.crossed_heat(table, entry.tag, other.tag, t), t("tags.crossed_alt"), name="tag_crossed", data=data
    )


def about(study: compute.LoadedStudy, entry: TagEntry, tagged: Tagged, uses: str) -> None:
    """Say what the tag is, how old, what uses it, what is weak about it, and what it was before."""
    t, tag = session.t(), entry.tag
    tags = {one.key: one for one in study.recipe.tags}
    if entry.problem is not None:
        show.error(in_words(entry.problem, tags, tagged.profiles, t))
    told = [
        definition(tag, tagged.profiles, t),
        t("tags.about.type", type=t(f"tags.type.{tag.type}"), version=tag.version),
    ]
    if entry.computed_as_of is not None:
        told.append(t("tags.about.as_of", day=entry.computed_as_of))
    if entry.due is not None:
        told.append(t("tags.about.due", day=entry.due))
    if tag.lives_days:
        told.append(t("tags.about.lives", n=tag.lives_days, expired=t(f"tags.expired_{tag.expired}")))
    if entry.values is not None and entry.values.n_expired:
        told.append(t("tags.about.n_expired", n=entry.values.n_expired))
    if entry.values is not None and entry.values.n_disputed:
        told.append(t("tags.about.n_disputed", n=entry.values.n_disputed))
    if tag.goal:
        told.append(t("tags.about.goal", goal=t(f"goal.{tag.goal}")))
    if tag.owner:
        told.append(t("tags.about.owner", owner=tag.owner))
    told.append(t("tags.about.used", uses=uses) if uses else t("tags.about.unused"))
    told += [t("tags.about.weak", why=weak_words(one, tags, t)) for one in entry.weak]
    if entry.effect is not None and not entry.effect.by_construction:
        told.append(effect_words(entry.effect, tag, tagged.profiles, t))
    st.markdown(show.md_escape(prose(told, t)))
    history(study, tag)


def history(study: compute.LoadedStudy, tag: Tag) -> None:
    """Show the definitions that the tag had before."""
    t = session.t()
    kept = compute.workspace().document("tag_history", tag.key, study.id)
    if kept is None:
        return
    st.markdown(f"**{show.md_escape(t('tags.history.title'))}**")
    profiles = compute.prepared_or_stop(study).profiles
    for one in reversed(kept.value.versions):
        facts: dict[str, Any] = one.model_dump(include={"version", "n_before", "n_after", "n_in", "n_out", "n_moved"})
        money = one.money_out is not None
        key = "tags.history.change_money" if money else "tags.history.change"
        was = definition(tag.model_copy(update={"source": one.source, "several": False}), profiles, t)
        said = t(key, **facts, day=one.until, money_in=one.money_in or 0.0, money_out=one.money_out or 0.0)
        st.markdown(show.md_escape(prose([said, was], t)))
    st.caption(show.md_escape(t("tags.recomputed")))


def dictionary(entries: Sequence[TagEntry], tagged: Tagged, uses: Mapping[str, str]) -> None:
    """Show every tag in a table."""
    import pandas as pd

    t = session.t()
    tags = {entry.tag.key: entry.tag for entry in entries}
    rows = [
        {
            "name": name_of(entry.tag, t),
            "definition": definition(entry.tag, tagged.profiles, t),
            "type": t(f"tags.type.{entry.tag.type}"),
            "customers": entry.n,
            "coverage": entry.coverage,
            "effect": "" if entry.effect is None or entry.effect.by_construction or not entry.effect.effect
            else effect_words(entry.effect, entry.tag, tagged.profiles, t),
            "weak": "; ".join(weak_words(one, tags, t) for one in entry.weak),
            "used": uses[entry.tag.key],
            "state": t(f"tags.state.{_state(entry)}"),
            "version": entry.tag.version,
            "goal": t(f"goal.{entry.tag.goal}") if entry.tag.goal else "",
            "owner": entry.tag.owner,
            "as_of": entry.computed_as_of,
            "due": entry.due,
            "lives": entry.tag.lives_days,
        }
        for entry in entries
    ]  # fmt: skip
    frame = pd.DataFrame(rows).astype({"customers": "Int64", "lives": "Int64"})
    titles = {name: t(f"tags.column.{name}") for name in frame.columns}
    share = st.column_config.ProgressColumn(titles["coverage"], format="percent", min_value=0, max_value=1)
    show.table(
        frame.rename(columns=titles), {titles["coverage"]: share}, alt=t("tags.dictionary_alt"), name="tags",
        file=t("tags.title"),
    )  # fmt: skip


def _state(entry: TagEntry) -> str:
    return "retired" if entry.tag.retired else "failed" if entry.values is None else "used"


def one_name(study: compute.LoadedStudy) -> None:
    """Say which names are one to a reader, and offer to retire the second."""
    t, tags = session.t(), {tag.key: tag for tag in study.recipe.tags}
    for pair in alike_names(study.recipe.tags)[:3]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(show.md_escape(alike_words(pair, tags, t)), icon=":material/content_copy:", width="stretch")
            st.button(
                t("tags.merge", name=show.md_escape(name_of(tags[pair.second], t))),
                key=f"tag_merge_{pair.first}_{pair.second}", on_click=draft.retire, args=(pair.second, True),
            )  # fmt: skip


def use_words(entry: TagEntry, tags: Mapping[str, Tag]) -> str:
    """Return what uses a tag, in words."""
    t = session.t()
    names = {
        use: t(f"compare.{use.name}")
        if use.kind == "segmentation"
        else name_of(tags[use.name], t)
        if use.kind == "tag"
        else use.name
        for use in entry.used_by
    }
    return t("segments.between").join(t(f"tags.use.{use.kind}", name=name) for use, name in names.items())


def open_lists(study: compute.LoadedStudy) -> dict[str, tuple[str, ...]]:
    """Return the features that lists still to be sent or counted ask for, by the name of the list."""
    return {one.name: one.asks for one in compute.workspace().campaigns(study.id) if one.asks}
