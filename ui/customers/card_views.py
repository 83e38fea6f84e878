"""The closer views of one customer: what happened, the segments and why, who is most alike, all features, the lines."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.compare.nearest import nearest_other
from analysis.compare.place import places
from analysis.customer.alike import most_alike
from analysis.customer.timeline import timeline
from analysis.customer.words import happening
from analysis.errors import AnalysisError
from analysis.intake.people.one import LINES, customer_lines
from analysis.profiles.personal import id_kind_of
from analysis.profiles.words import feature_names
from ui import bound, compute, controls, session, show
from ui.customers import card_parts, reasons
from ui.segments import explain, segments

if TYPE_CHECKING:
    from analysis.privacy.kinds import PersonalKind
    from analysis.profiles.result import Profiles
    from analysis.study.prepared import Prepared

SHORT = 6  # rows that need no frame of their own to scroll in
MOST_FEATURES = 6  # as columns beside each other
VIEWS = ("timeline", "segments", "alike", "profile", "lines")


def closer(study: compute.LoadedStudy, prepared: Prepared, row: int) -> None:
    """Offer the views and draw the chosen one alone: the others would cost time that nobody asked for."""
    t, standard = session.t(), prepared.standard
    has_lines = bool(standard.record_roles) or "order_date" in standard.order_roles
    offered = VIEWS if has_lines else ("segments", "alike", "profile")
    if len(prepared.profiles.customers) < 2:
        offered = tuple(view for view in offered if view != "alike")
    view = st.segmented_control(
        t("card.view"), offered, format_func=lambda one: t(f"card.view.{one}"), required=True,
        label_visibility="collapsed", **bound.to_visit("card").to("view", offered[0], offered=offered),
    )  # fmt: skip
    if view == "timeline":
        _timeline(prepared, row)
    elif view == "segments":
        _segments(study, prepared.profiles, row)
    elif view == "alike":
        _alike(study, prepared.profiles, row)
    elif view == "profile":
        _profile(prepared.profiles, row)
    elif view == "lines":
        _lines(study, prepared, row)


def _timeline(prepared: Prepared, row: int) -> None:
    """List orders and all other records, the newest first."""
    import pandas as pd

    t, profiles = session.t(), prepared.profiles
    ids = profiles.customers["customer_id"]
    found = timeline(prepared.standard, str(ids.iloc[row]), profiles.as_of)
    if not found.happenings:
        show.empty_state(t("card.nothing_happened"))
        return
    write = partial(happening, t=t, masked=not session.unmasked(), id_kind=id_kind_of(ids))
    table = {
        t("card.order_day"): [one.day.isoformat() if one.day else t("card.no_day") for one in found.happenings],
        t("card.kind"): [t(f"card.kind.{one.kind}") for one in found.happenings],
    }
    if any(what := [write(one) for one in found.happenings]):
        table[t("card.what")] = what
    if any(one.amount is not None for one in found.happenings):
        table[t("card.order_amount")] = ["" if one.amount is None else t.money(one.amount) for one in found.happenings]
    # A table wraps the names of products; a grid would cut them off.
    words = pd.DataFrame(table).map(show.md_escape)
    with st.container(height=320 if len(words) > SHORT else "content", border=False):
        st.table(words, hide_index=True, border="horizontal", alt=t("card.timeline_alt"))
    if found.n > len(words):
        st.caption(show.md_escape(t("card.timeline_shown", shown=len(words), n=found.n)))


def _segments(study: compute.LoadedStudy, profiles: Profiles, row: int) -> None:
    """Show the segments of the customer with the nearest other one, and behind a mark what decided each."""
    t = session.t()
    views, problems = explain.views_and_problems(study, profiles)
    segments.left_out(problems, profiles)
    for place, (method, view) in enumerate(views.items()):
        segmentation = view.edited.segmentation
        segment = segmentation.labels.iloc[row]
        facts = {"method": explain.method_name(method)}
        if segment not in view.names:
            st.markdown(show.md_escape(t("card.outside", **facts)))
            continue
        facts["segment"] = view.names[segment]
        if len(segmentation.segments) < 2:
            st.markdown(show.md_escape(t("card.in_only_segment", n=int(segmentation.labels.notna().sum()), **facts)))
            continue
        find = partial(nearest_other, profiles, segmentation, row)
        other = view.names[study.run.small("nearest", f"{explain.key_of(study, view)} {row}", find)]
        with st.popover(
            show.md_escape(t("card.is_in", other=other, **facts)), icon=":material/help:", type="tertiary",
            key=f"why_{place}", help=t("card.why"),
        ):  # fmt: skip
            st.markdown("\n".join(reasons.lines(study, profiles, view, row)))


def _alike(study: compute.LoadedStudy, profiles: Profiles, row: int) -> None:
    """Show the customers most like this one, and lead to their cards."""
    import pandas as pd

    t = session.t()
    method, keys = _made_of(study, profiles)
    try:
        found = study.run.small("alike", f"{method} {row}", lambda: most_alike(profiles, row, keys))
    except AnalysisError as problem:
        show.error(problem)
        return
    features = [feature for key in found.features if (feature := profiles.feature(key)) is not None]
    named = feature_names(features, t)
    by = t("segments.between").join(named.values())
    facts = {"method": explain.method_name(method), "features": by}
    st.caption(show.md_escape(t("card.alike_by", **facts) if method else t("card.alike_by_all")))
    everyone = [row, *found.rows]
    part = card_parts.shown_part(profiles, everyone)
    called = card_parts.called(part)
    table: dict[str, list[Any]] = {
        t("column.customer_id"): called,
        t("card.likeness"): [1.0, *(round(one, 2) for one in found.likeness)],
    }
    for feature in features[:MOST_FEATURES]:
        table[named[feature.key]] = [
            card_parts.written(feature, part.customers[feature.key].iloc[place]) for place in range(len(everyone))
        ]
    likeness = st.column_config.ProgressColumn(
        t("card.likeness"), format="percent", min_value=0, max_value=1, help=t("card.likeness_help")
    )
    show.table(pd.DataFrame(table), {t("card.likeness"): likeness}, alt=t("card.alike_alt"), name="card_alike")
    ids = [str(profiles.customers["customer_id"].iloc[place]) for place in found.rows]
    with st.container(horizontal=True, gap="small"):
        for place, (one, name) in enumerate(zip(ids, called[1:], strict=True)):
            st.button(
                show.md_escape(name), key=f"alike_{place}", icon=":material/badge:", type="tertiary",
                help=t("card.open"), on_click=card_parts.open_card, args=(one,),
            )  # fmt: skip


def _made_of(study: compute.LoadedStudy, profiles: Profiles) -> tuple[str, tuple[str, ...]]:
    """Return the segmentation of the first screen and the features it is made of; all features where it names none."""
    from analysis.compare.explain import described

    plan = study.run.cards().plan
    if plan is not None:
        made = study.run.segmentation(plan)[1].segmentation.made_of
        if any(profiles.feature(key) is not None for key in made):
            return plan.params.kind, made
    return "", tuple(feature.key for feature in described(profiles))


def _profile(profiles: Profiles, row: int) -> None:
    """Show every feature in its dimension, with the place among all customers."""
    t = session.t()
    if any(feature.personal for feature in profiles.features):
        controls.show_personal()
    config = {t("card.percentile"): st.column_config.ProgressColumn(
        t("card.percentile"), format="percent", min_value=0, max_value=1, help=t("card.percentile_help")
    )}  # fmt: skip
    rows = card_parts.profile_rows(places(profiles, row), card_parts.shown_part(profiles, [row]))
    show.table(rows, config, alt=t("card.profile_alt"), name="card")


def _lines(study: compute.LoadedStudy, prepared: Prepared, row: int) -> None:
    """Show the lines of the files behind the figures; personal cells are masked."""
    import pandas as pd

    from analysis.privacy.masks import mask_cells

    t, ids = session.t(), prepared.profiles.customers["customer_id"]
    rows = customer_lines(prepared.standard, str(ids.iloc[row]))
    if not len(rows):
        show.empty_state(t("card.lines_none"))
        return
    controls.show_personal()
    cells = rows["cells"]
    if not session.unmasked():
        personal: dict[str, PersonalKind] = {
            header: kind for table in study.tables for header, kind in compute.personal_columns(study, table).items()
        }
        cells = mask_cells(cells, personal)
    wide = pd.DataFrame([json.loads(cell) for cell in cells])
    named = [t("check.table"), t("check.line")]
    wide = wide.rename(columns={header: f"{header} " for header in wide.columns if header in named})
    frame = pd.concat([rows[["table_key", "line"]].set_axis(named, axis=1), wide], axis=1)
    st.caption(show.md_escape(t("card.lines_most" if len(rows) == LINES else "card.lines_what", n=len(rows))))
    show.table(frame, alt=t("card.lines_alt"), name="card_lines")
