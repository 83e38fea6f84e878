"""The choices of each way to make a tag."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.conditions import AllOf, AnyOf
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_names
from analysis.segments.by_rule.rule_edit import first_condition, grouped
from analysis.segments.names import result_names
from analysis.tags.params import Case
from analysis.tags.starters import bought_of, numbers_of, worded
from analysis.tags.values import plain_number
from ui import bound, session, show
from ui.segments import condition_rows, segments
from ui.tags import draft, importing

if TYPE_CHECKING:
    from analysis.profiles.result import Feature
    from analysis.study.prepared import Prepared
    from analysis.tags.params import Tag
    from ui import compute


def bind(field: str, value: Any, keep: Any) -> dict[str, Any]:
    """Return what binds a widget to a field of the draft."""
    return bound.one(f"tag_{field}", value, keep)


def choices(study: compute.LoadedStudy, tag: Tag, prepared: Prepared) -> None:
    """Show the choices of the way that the tag is made."""
    profiles = prepared.profiles
    kind, this = tag.source.kind, _any(tag)
    if kind == "rule":
        conditions(draft.DraftSlot(profiles), this.when)
    elif kind == "cases":
        cases(tag, prepared)
    elif kind in ("top", "bands", "score"):
        feature("feature", this.feature, numbers_of(profiles))
        {"top": top, "bands": bands, "score": score}[kind](this)
    elif kind == "column":
        feature("feature", this.feature, worded(profiles))
    elif kind in ("favourite", "edge"):
        bought(this, prepared)
    elif kind == "activity":
        activity(this)
    elif kind == "segment":
        segment(study, this)
    elif kind == "look_alike":
        look_alike(this, prepared)
    elif kind == "imported":
        importing.section(study, tag, prepared.profiles)


def _any(tag: Tag) -> Any:
    return tag.source


def conditions(slot: draft.DraftSlot, when: Any) -> None:
    """Show conditions as rows."""
    t, body = session.t(), grouped(when)

    def join(chosen: str) -> None:
        slot.change(lambda old: (AllOf if chosen == "all" else AnyOf)(parts=grouped(old).parts), check=True)

    if len(body.parts) > 1:
        st.selectbox(
            t("rules.join"), ("all", "any"), format_func=lambda one: t(f"rules.join_{one}"), width=260,
            **bound.one(slot.key("join", ()), body.kind, join),
        )  # fmt: skip
    for position, part in enumerate(body.parts):
        condition_rows.part_editor(slot, (position,), part)
    with st.container(horizontal=True):
        condition_rows.add_buttons(slot, (len(body.parts),))


def cases(tag: Tag, prepared: Prepared) -> None:
    """Show each value with its conditions."""
    t, this = session.t(), _any(tag)
    st.toggle(
        t("tags.several"),
        help=t("tags.several_help"),
        **bind("several", tag.several, lambda on: draft.change(several=on)),
    )
    for place, case in enumerate(this.cases):
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.text_input(
                    t("tags.value"), max_chars=80,
                    **bind(f"case_{place}", case.value, partial(_rename_case, this.cases, place)),
                )  # fmt: skip
                if len(this.cases) > 1:
                    st.button(
                        "", icon=":material/delete:", key=f"tag_case_delete_{place}", help=t("tags.remove_value"),
                        on_click=lambda place=place: draft.change_source(
                            cases=tuple(one for at, one in enumerate(this.cases) if at != place)
                        ),
                    )  # fmt: skip
            conditions(draft.DraftSlot(prepared.profiles, "case", place), case.when)
    if st.button(t("tags.add_value"), key="tag_case_add", icon=":material/add:"):
        first = first_condition(prepared.profiles, condition_rows.usable_features(prepared.profiles)[0].key)
        taken = {case.value for case in this.cases}
        value = next(one for n in range(len(taken) + 1) if (one := chr(ord("A") + n % 26) * (1 + n // 26)) not in taken)
        draft.change_source(cases=(*this.cases, Case(value=value, when=first)))
        st.rerun()


def _rename_case(cases: tuple[Case, ...], place: int, typed: str) -> None:
    if typed.strip():
        renamed = Case(value=typed.strip(), when=cases[place].when)
        draft.change_source(cases=(*cases[:place], renamed, *cases[place + 1 :]))


def feature(field: str, value: str, offered: list[Feature]) -> None:
    """Choose the feature that a tag is made of."""
    t, words = session.t(), feature_names(offered, session.t())
    options = list(words) if value in words else [value, *words]

    def choose(chosen: str) -> None:
        # Cuts and their names are those of the other feature.
        found = session.kept("tag_draft")
        other = {"cuts": (), "names": (), "quantiles": 4} if found and found.tag.source.kind == "bands" else {}
        draft.change_source(**{field: chosen}, **other)

    st.selectbox(
        t("rules.feature"), options, format_func=lambda key: words.get(str(key), str(key)), **bind(field, value, choose)
    )


def side(field: str, low: bool, above: str, below: str) -> None:
    """Choose the upper or the lower side of a number."""
    t = session.t()
    st.segmented_control(
        t("tags.side"), (False, True), required=True, format_func=lambda under: t(below if under else above),
        **bind(field, low, lambda under: draft.change_source(**{field: under})),
    )  # fmt: skip


def top(this: Any) -> None:
    """Choose how many of the highest or lowest."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side("lowest", this.lowest, "tags.highest", "tags.lowest")
        st.segmented_control(
            t("tags.how_many"), ("share", "n"), required=True, format_func=lambda one: t(f"tags.top_{one}"),
            **bind("top_by", "share" if this.share else "n", _top_by),
        )  # fmt: skip
        if this.share:
            st.number_input(
                t("tags.percent"), 0.1, 99.9, step=1.0, format="%.1f",
                **bind("share", this.share * 100, lambda typed: draft.change_source(share=typed / 100, n=None)),
            )  # fmt: skip
        else:
            st.number_input(
                t("tags.customers"), 1, 10_000_000, step=10,
                **bind("n", this.n, lambda typed: draft.change_source(n=int(typed), share=None)),
            )  # fmt: skip


def _top_by(chosen: str) -> None:
    draft.change_source(**({"share": 0.2, "n": None} if chosen == "share" else {"share": None, "n": 100}))


def bands(this: Any) -> None:
    """Choose equal parts, or cuts of one's own."""
    t = session.t()

    def by(chosen: str) -> None:
        own = {"quantiles": None, "cuts": (0.0,), "names": ()}
        draft.change_source(**({"quantiles": 4, "cuts": (), "names": ()} if chosen == "equal" else own))

    def cuts(typed: str) -> None:
        try:
            numbers = tuple(float(one) for one in typed.replace("，", ",").replace(";", ",").split(",") if one.strip())
        except ValueError as problem:
            raise AnalysisError("tag_cuts_numbers") from problem
        draft.change_source(cuts=numbers, names=())

    def named(typed: str) -> None:
        draft.change_source(names=tuple(one.strip() for one in typed.replace("，", ",").split(",") if one.strip()))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            t("tags.cut_by"), ("equal", "own"), required=True, format_func=lambda one: t(f"tags.cut_{one}"),
            **bind("cut_by", "equal" if this.quantiles else "own", by),
        )  # fmt: skip
        if this.quantiles:
            st.number_input(
                t("tags.parts"), 2, 20,
                **bind("quantiles", this.quantiles, lambda n: draft.change_source(quantiles=int(n), names=())),
            )  # fmt: skip
        else:
            st.text_input(
                t("tags.cuts"),
                help=t("tags.cuts_help"),
                **bind("cuts", ", ".join(plain_number(cut) for cut in this.cuts), cuts),
            )
    st.text_input(
        t("tags.band_names"),
        help=t("tags.band_names_help", n=this.n_bands),
        **bind("names", ", ".join(this.names), named),
    )
    for key in ("tag_cuts", "tag_names"):
        if (problem := bound.refusal(key)) is not None:
            show.error(problem)


def score(this: Any) -> None:
    """Choose the threshold of a score."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side("below", this.below, "tags.or_more", "tags.or_less")
        st.number_input(
            t("tags.threshold"), format="%.15g",
            **bind("threshold", this.threshold, lambda typed: draft.change_source(threshold=float(typed))),
        )  # fmt: skip


def bought(this: Any, prepared: Prepared) -> None:
    """Choose what of the orders, and first, last or most."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("tags.of"), bought_of(prepared.standard), format_func=lambda one: t(f"role.{one}"),
            **bind("of", this.of, lambda one: draft.change_source(of=one)),
        )  # fmt: skip
        if this.kind == "edge":
            st.segmented_control(
                t("tags.edge"), ("first", "last"), required=True, format_func=lambda one: t(f"tags.edge_{one}"),
                **bind("edge", this.edge, lambda one: draft.change_source(edge=one)),
            )  # fmt: skip
        else:
            st.number_input(
                t("tags.least_share"), 1, 100,
                **bind("least_share", round(this.least_share * 100), _least_share),
            )  # fmt: skip
            st.number_input(
                t("tags.least_count"), 1, 1_000,
                **bind("least_count", this.least_count, lambda n: draft.change_source(least_count=int(n))),
            )  # fmt: skip


def _least_share(percent: float) -> None:
    draft.change_source(least_share=percent / 100)


def activity(this: Any) -> None:
    """Choose the window and the days in it."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            t("tags.window"), 1, 3_660, **bind("days", this.days, lambda n: draft.change_source(days=int(n)))
        )
        st.number_input(
            t("tags.least_days"), 1, 3_660,
            **bind("least_days", this.least_days, lambda n: draft.change_source(least_days=int(n))),
        )  # fmt: skip
    for key in ("tag_days", "tag_least_days"):
        if (problem := bound.refusal(key)) is not None:
            show.error(problem)


def segment(study: compute.LoadedStudy, this: Any) -> None:
    """Choose the segmentation, and which of its segments give the tag; without any, each is a value."""
    t = session.t()
    methods = [plan.params.kind for plan in study.recipe.segmentations]
    st.selectbox(
        t("compare.segmentation"), methods if this.method in methods else [this.method, *methods],
        format_func=lambda one: t(f"compare.{one}"),
        **bind("method", this.method, lambda one: draft.change_source(method=one, segments=())),
    )  # fmt: skip
    try:
        result, edited = study.run.segmentation(this.method)
    except AnalysisError as problem:
        show.error(segments.missing_columns(problem))
        return
    keys = list(edited.segmentation.segments["segment"])
    words = result_names(result, keys, t, names=edited.names)
    st.multiselect(
        t("tags.segments"), keys, format_func=lambda key: words.get(str(key), str(key)), help=t("tags.segments_help"),
        wrap=True, placeholder=t("tags.segments_all"),
        **bind("segments", list(this.segments), lambda chosen: draft.change_source(segments=tuple(chosen))),
    )  # fmt: skip


def look_alike(this: Any, prepared: Prepared) -> None:
    """Choose the seeds, what is compared, and how many."""
    t = session.t()
    st.markdown(show.md_escape(t("tags.seeds")))
    conditions(draft.DraftSlot(prepared.profiles, "seeds"), this.seeds)
    offered = condition_rows.usable_features(prepared.profiles)
    words = feature_names(offered, t)

    def compare(chosen: list[str]) -> None:
        if chosen:
            draft.change_source(features=tuple(chosen))

    st.multiselect(
        t("tags.compared_by"), list(words), format_func=lambda key: words.get(str(key), str(key)),
        help=t("tags.compared_by_help"), wrap=True, placeholder=t("rules.value"),
        **bind("features", [key for key in this.features if key in words], compare),
    )  # fmt: skip
    st.number_input(
        t("tags.customers"), 1, 10_000_000, step=50, **bind("alike", this.n, lambda n: draft.change_source(n=int(n)))
    )
