"""What a trade brings beside its plays: tags to begin with, a report, a first test, and its file to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.act.playbook.trade import OWN, Trade, own_trade, trade_to_toml
from analysis.errors import AnalysisError
from analysis.tags.library import library_tag
from analysis.tags.words import name_of
from analysis.workspace.stores.act import TRADE
from ui import compute, show
from ui.act import trades
from ui.tags import draft

if TYPE_CHECKING:
    from ui.act.listing import Act


def brings(act: Act, used: Trade) -> None:
    """Show what a trade brings beside its plays: tags to begin with, a report, an experiment, and its file."""
    t = act.t
    with st.expander(show.md_escape(t("playbook.brings", trade=used.name.of(t.language))), key="playbook_trade_box"):
        st.markdown(show.md_escape(t("playbook.brings_experiment", experiment=used.experiment.of(t.language))))
        _tags(act, used)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(t("playbook.brings_plan"), key="trade_plan", icon=":material/science:"):
                st.switch_page(show.page_path("experiments/plan"))
            if st.button(t(f"playbook.brings_report_{used.report}"), key="trade_report", icon=":material/summarize:"):
                from ui.share import reports

                reports.change(act.study.id, preset=used.report, sections=())
                st.switch_page(show.page_path("share/report"))
        _own(act, used)


def _tags(act: Act, used: Trade) -> None:
    """Offer the tags that a trade begins with, as far as the data carries them."""
    t, recipe = act.t, act.study.recipe
    found = [library_tag(key, act.profiles, act.standard) for key in used.tags]
    ready = tuple(one for one in found if one is not None)
    left = tuple(one for one in ready if recipe.tag(one.key) is None)
    if not ready:
        return
    names = t("segments.between").join(name_of(one, t) for one in ready)
    st.markdown(show.md_escape(t("playbook.brings_tags" if left else "playbook.brings_tags_there", tags=names)))
    if left:
        st.button(
            t("playbook.take_tags", n=len(left)), key="trade_tags", icon=":material/sell:",
            on_click=draft.switch_on, args=(left,),
        )  # fmt: skip


def _own(act: Act, used: Trade) -> None:
    """Offer the trade as a file, take in one of one's own, and let one go."""
    t, workspace = act.t, compute.workspace()
    st.caption(show.md_escape(t("playbook.own_what")))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            t("playbook.own_download"), lambda: trade_to_toml(used).encode(), f"{used.key.removeprefix(OWN)}.toml",
            "application/toml", key="trade_download", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        if used.key.startswith(OWN):
            st.button(
                t("playbook.own_remove"), key="trade_remove", icon=":material/delete:",
                on_click=_remove, args=(act.study.id, used.key),
            )  # fmt: skip
    file = st.file_uploader(t("playbook.own_file"), type=["toml"], key="trade_file", help=t("playbook.own_help"))
    if file is None:
        return
    try:
        given = own_trade(file.getvalue(), file.name)
    except AnalysisError as problem:
        st.error(show.md_escape(f"{file.name}: {problem.sentence(t)}"), icon=":material/error:")
        return
    if given in workspace.trades(act.study.id):
        st.success(show.md_escape(t("playbook.own_kept", trade=given.name.of(t.language))), icon=":material/check:")
    else:
        st.button(
            show.md_escape(t("playbook.own_take", trade=given.name.of(t.language))), key="trade_take",
            icon=":material/add:", on_click=_take, args=(act.study.id, given),
        )  # fmt: skip


def _take(study_id: str, given: Trade) -> None:
    compute.workspace().save_document(TRADE, given, given.key, study_id, revision=None)
    trades.keep(study_id, trade=given.key)


def _remove(study_id: str, key: str) -> None:
    compute.workspace().remove_document(TRADE, key, study_id)
    trades.keep(study_id, trade=None)
