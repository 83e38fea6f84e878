"""Page: tags: those to start with, one looked at closely, the dictionary, and the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.exports.code import tags_code
from analysis.tags.apply import with_tags
from analysis.tags.dictionary import dictionary, suggested, used_by
from analysis.tags.library import ready_tags
from analysis.tags.measure import tag_effects
from analysis.tags.past import earlier_counts, unused_for
from analysis.tags.words import answer, definition, measure_words, name_of, spread_words
from analysis.translate import prose
from ui import compute, session, show
from ui.segments import segments
from ui.tags import draft, editor, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.tags.apply import Tagged
    from analysis.tags.dictionary import TagEntry
    from analysis.tags.params import Tag


def ready(study: compute.LoadedStudy) -> tuple[tuple[Tag, ...], Tagged, tuple[str, ...]]:
    """Return the tags of the library that this data carries, who has them, and the keys of those to start with."""
    found = compute.prepared_or_stop(study)

    def compute_them() -> tuple[tuple[Tag, ...], Tagged, tuple[str, ...]]:
        tags = ready_tags(found.profiles, found.standard)
        tagged = with_tags(found.profiles, tags, standard=found.standard)
        return tags, tagged, suggested(tagged, study.recipe.goal)

    return study.run.kept("tagged", f"ready {study.recipe.goal}", compute_them)


def start(study: compute.LoadedStudy) -> None:
    """Offer the tags to start with."""
    tags, tagged, keys = ready(study)
    if not tags:
        show.answer(t("tags.none_ready"))
        return
    goal = study.recipe.goal
    effects = {one.key: one for one in tag_effects(tagged, goal)}
    measured = next(iter(effects.values()), None)
    measure = measure_words(measured, tagged.profiles, t) if measured else ""
    if goal:
        lead = t("tags.goal_start", goal=t(f"goal.{goal}"), n=len(keys))
    elif measured is None:
        lead = t("tags.any_start", n=len(keys))
    else:
        about = "plain" if measured.feature == "spend" else "about"
        lead = t(f"tags.{about}_start", n=len(keys), measure=measure)
    show.answer(t("tags.answer_start", n=len(tags), goal=lead))
    by_key = {tag.key: tag for tag in tags}
    first = tuple(by_key[key] for key in keys)
    with st.container(horizontal=True):
        st.button(
            t("tags.start", n=len(first)), key="tags_start", type="primary", icon=":material/sell:",
            on_click=draft.switch_on, args=(first,),
        )  # fmt: skip
        new_button(study)
    rows = {t("tags.column.name"): [], t("tags.column.definition"): [], t("tags.column.customers"): []}
    rows[t("tags.column.apart", measure=measure) if measure else t("tags.column.effect")] = []
    for tag in first:
        effect = effects.get(tag.key)
        told = [
            name_of(tag, t),
            definition(tag, tagged.profiles, t),
            t("tags.bar", n=tagged.values[tag.key].n, share=tagged.values[tag.key].coverage),
            spread_words(effect, tagged.profiles, t) if effect and not effect.by_construction else "–",
        ]
        for column, words in zip(rows.values(), told, strict=True):
            column.append(show.md_escape(words))
    import pandas as pd

    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal", alt=t("tags.dictionary_alt"))
    more(study)


def new_button(study: compute.LoadedStudy) -> None:
    """Offer to make a tag of one's own."""
    st.button(t("tags.new"), key="tag_new", icon=":material/add:", on_click=draft.begin, args=(study, None))


def more(study: compute.LoadedStudy) -> None:
    """Offer the ready tags that the study does not have yet."""
    tags, tagged, _ = ready(study)
    left = {tag.key: tag for tag in tags if study.recipe.tag(tag.key) is None}
    if not left:
        return
    with st.expander(t("tags.ready"), icon=":material/library_add:"):
        chosen = st.multiselect(
            t("tags.ready_choose"), list(left), key="tags_ready", wrap=True, placeholder=t("tags.ready_choose"),
            format_func=lambda key: counted(left[key], tagged),
        )  # fmt: skip
        st.button(
            t("tags.ready_add"), key="tags_ready_add", on_click=draft.switch_on,
            args=(tuple(left[key] for key in chosen),), disabled=not chosen,
        )  # fmt: skip


def with_past(study: compute.LoadedStudy, tagged: Tagged, lists: Mapping[str, tuple[str, ...]]) -> tuple[TagEntry, ...]:
    """Return the dictionary, with what earlier runs of the study say of its tags."""
    tags, segmentations = study.recipe.tags, study.recipe.segmentations
    runs = [(one.as_of, one.summary) for one in compute.workspace().snapshots(study.id)]
    used = [tag.key for tag in tags if used_by(tag, tags, segmentations, lists)]
    return dictionary(
        tags, tagged, goal=study.recipe.goal, segmentations=segmentations, lists=lists,
        unused_for=unused_for(runs, tags, used), before=earlier_counts(runs, tags, tagged.profiles.as_of),
    )  # fmt: skip


def counted(tag: Tag, tagged: Tagged) -> str:
    """Return a tag with the number of customers who would have it."""
    return t("charts.level", feature=name_of(tag, t), level=t.number(tagged.values[tag.key].n))


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    editing = draft.draft(study)
    if editing is not None:
        editor.editor(study, editing, prepared)
        return
    show.problem()
    if not study.recipe.tags:
        start(study)
        return
    tagged, lists = study.run.tagged(), shown.open_lists(study)
    entries = study.run.kept(
        "tagged", f"dictionary {study.recipe.model_dump_json()} {lists}",
        lambda: with_past(study, tagged, lists),
    )  # fmt: skip
    tags = {tag.key: tag for tag in study.recipe.tags}
    show.answer(prose(answer(entries, tagged, t), t))
    shown.one_name(study)
    uses = {entry.tag.key: shown.use_words(entry, tags) for entry in entries}
    with st.grid(min_column_width=400, gap="medium"):  # one above the other where buttons and bars would be cut
        left, right = st.container(), st.container()
    with left:
        shown.coverage(entries)
    with right:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            new_button(study)
        entry = shown.chosen(entries)
        shown.actions(study, entry, uses[entry.tag.key])
        shown.closely(study, entry, entries, tagged, uses[entry.tag.key])
    with st.expander(t("tags.tab.all"), icon=":material/table_view:"):
        shown.dictionary(entries, tagged, uses)
    more(study)
    show.code(tags_code(study.in_code))


segments.begin("tags")
t = session.t()
main()
show.how_computed("tags.method")
show.next_step("segments/rules")
