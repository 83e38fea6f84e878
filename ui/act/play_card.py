"""The card of a play: what to do with one segment, what it may bring, and the way to its list."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from analysis.act.playbook.fill import FilledPlay
from analysis.act.playbook.words import arithmetic, lines, value_words
from ui import bound, session, show
from ui.act import plays, wanted

if TYPE_CHECKING:
    from ui.act.listing import Act


def card(act: Act, play: FilledPlay) -> None:
    """Show a play."""
    t = session.t()
    key = hashlib.sha256(play.segment.encode()).hexdigest()[:10]
    name, goal = act.names.get(play.segment, play.segment), play.play.goal.of(t.language)
    with st.container(border=True, height="stretch", gap="xsmall", key=f"play_{key}", vertical_alignment="distribute"):
        with st.container(gap="xsmall"):
            st.markdown(f"**{show.md_escape(name)}** · {show.md_escape(goal)}")
            st.markdown(show.md_escape(play.play.offer.of(t.language)))
            st.caption(show.md_escape(value_words(play, t)))
        with st.container(horizontal=True, gap="small"):
            with st.popover(t("playbook.details"), type="tertiary", key=f"play_more_{key}"):
                _details(act, play, key)
            if play.play.channels and st.button(
                t("playbook.list"), key=f"play_list_{key}", type="tertiary", icon=":material/playlist_add_check:"
            ):
                wanted.use([play.segment], channel=play.channel, quiet_days=play.play.quiet_days)
                st.switch_page(show.page_path("act/lists"))


def _details(act: Act, play: FilledPlay, key: str) -> None:
    t, one = session.t(), play.play
    for line in lines(play, t):
        st.markdown(show.md_escape(line))
    told = [
        t("playbook.angle", angle=one.angle.of(t.language)),
        t("playbook.target", target=one.target.of(t.language), days=one.window_days),
        t("playbook.stop", stop=one.stop.of(t.language), days=one.quiet_days),
    ]
    st.caption(show.md_escape("  ".join(told)))
    for line in arithmetic(play, t):
        st.caption(show.md_escape(line))

    def keep(ends: tuple[float, float]) -> None:
        now = dict(plays.settings(act).get("response", {}))
        plays.keep(act, response=now | {play.segment: [round(end / 100, 5) for end in ends]})

    low, high = (round(end * 100, 2) for end in one.response)
    st.slider(
        t("playbook.response"), 0.0, 20.0, step=0.1, format="%.1f%%", help=t("playbook.response_help"),
        **bound.one(f"response_{key}", (min(low, 20.0), min(high, 20.0)), keep, scope=act.study.id),
    )  # fmt: skip
