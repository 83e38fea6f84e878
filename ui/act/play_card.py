"""The card of a play: what to do with one segment, what it may bring, and the way to its list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from analysis.act.playbook.fill import FilledPlay
from analysis.act.playbook.plays import TEXTS
from analysis.act.playbook.words import arithmetic, lines, value_words
from analysis.intake.reading.layout import clean_text
from ui import bound, show
from ui.act import trades, wanted

if TYPE_CHECKING:
    from ui.act.listing import Act


def card(act: Act, play: FilledPlay) -> None:
    """Show a play."""
    t = act.t
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
    t, one = act.t, play.play
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
        now = dict(trades.settings(act.study.id).get("response", {}))
        trades.keep(act.study.id, response=now | {play.segment: [round(end / 100, 5) for end in ends]})

    low, high = (round(end * 100, 2) for end in one.response)
    st.slider(
        t("playbook.response"), 0.0, 20.0, step=0.1, format="%.1f%%", help=t("playbook.response_help"),
        **bound.one(f"response_{key}", (min(low, 20.0), min(high, 20.0)), keep, scope=act.study.id),
    )  # fmt: skip
    with st.expander(t("playbook.words"), key=f"words_box_{key}"):
        for name in TEXTS:
            st.text_area(
                t(f"playbook.text_{name}"), max_chars=300, height="content", help=t("playbook.words_help"),
                **bound.one(
                    f"words_{name}_{key}", getattr(one, name).of(t.language), _keeps_text(act, play.segment, name),
                    kind=str, scope=act.study.id,
                ),
            )  # fmt: skip


def _keeps_text(act: Act, segment: str, name: str) -> Callable[[str], None]:
    """Return what keeps a text of a play; an empty one gives way to that of the trade."""

    def keep(text: str) -> None:
        texts = dict(trades.settings(act.study.id).get("texts", {}))
        texts[segment] = {**texts.get(segment, {}), name: clean_text(text)}
        trades.keep(act.study.id, texts=texts)

    return keep
