"""The cards of the first screen: a segment each, its customers one click away, a test of what to do another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.palette import GREY, segment_colours
from analysis.compare.words import outcome_influences
from analysis.overview.card_words import CardText, card_texts, changes_since, few_words, headline, outside_words
from analysis.overview.cards import EVERYBODY as EVERYBODY
from analysis.overview.cards import compared
from analysis.segments.methods import METHODS
from analysis.segments.names import edited_names, segment_names
from analysis.study.cards import strongest_influence
from analysis.translate import prose
from ui import compute, menu, session, show
from ui.act import wanted
from ui.customers import customer_list
from ui.experiments import experiments, from_segment

if TYPE_CHECKING:
    from analysis.overview.card_result import SegmentCard, SegmentCards
    from analysis.profiles.result import Profiles

NO_COLOUR = GREY[1]
LEAST_DAYS = 7  # between two runs, for a change to say something
_LISTED, _COUNTED = "cards_listed", "counted"


def answer(study: compute.LoadedStudy, profiles: Profiles, *, headed: bool = True) -> str:
    """Show the sentence above the cards, and the cards; return what holds of them all, to be said once below.

    ``headed`` makes the sentence the answer of the page.
    """
    import numpy as np

    t = session.t()
    with st.spinner(t("app.working")):
        cards = _since_last_run(study, study.run.cards())
    if menu.lead(cards.method):
        st.rerun()
    names = names_of(study, cards)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = prose([headline(cards, profiles, names, t), *_influence(study, cards, profiles)], t)
        if headed:
            show.answer(said)
        else:
            st.markdown(show.md_escape(said))
        _counted(cards)
    since = changes_since(cards, t)
    texts = card_texts(cards, profiles, names, t, since=not since)
    _colours(cards)
    decided = experiments.decided(cards.method)
    with st.grid(min_column_width=200, gap="small"):
        for place, (card, text) in enumerate(zip(cards.cards, texts, strict=True)):
            _card(place, card, text, cards, decided.get(card.segment or ""))
    listed = session.kept(_LISTED)
    session.keep(_LISTED, None)
    if listed == _COUNTED and cards.counted is not None:
        inside = np.isin(np.arange(len(profiles.customers)), cards.counted.rows)
        _list(t(f"cards.counted_{cards.counted.what}"), inside, profiles)
    elif isinstance(listed, int) and listed < len(cards.cards):
        inside = _inside(study, cards, cards.cards[listed], profiles)
        _list(texts[listed].name, inside, profiles, list(cards.cards[listed].segments) if cards.plan else [])
    return prose(filter(None, (since, few_words(cards, t), outside_words(cards, t))), t)


def _influence(study: compute.LoadedStudy, cards: SegmentCards, profiles: Profiles) -> list[str]:
    """Say what goes most with the outcome that the cards count: it need not be what made the groups."""
    found = study.run.small("strongest_influence", cards.method, lambda: strongest_influence(cards, profiles))
    return outcome_influences(found, session.t())


def _since_last_run(study: compute.LoadedStudy, cards: SegmentCards) -> SegmentCards:
    """Return the cards with what changed since an earlier run, where one is kept; groups found anew are other ones."""
    if cards.plan is None or (METHODS[cards.plan.params.kind].found_anew and cards.plan.fit == "refit"):
        return cards
    until = cards.as_of - timedelta(days=LEAST_DAYS)
    earlier = compute.workspace().segments_before(study.id, cards.plan, until)
    return compared(cards, *earlier) if earlier else cards


def names_of(study: compute.LoadedStudy, cards: SegmentCards) -> dict[str, str]:
    """Return the words of every segment by key."""
    t = session.t()
    if cards.plan is None:
        return segment_names([key for card in cards.cards for key in card.segments], t)
    return edited_names(*study.run.segmentation(cards.plan), t)


def _card(place: int, card: SegmentCard, text: CardText, cards: SegmentCards, decided: str | None) -> None:
    t = session.t()
    with st.container(
        border=True, height="stretch", gap="xsmall", vertical_alignment="distribute", key=f"segment_card_{place}"
    ):
        with st.container(gap="xsmall"):
            about = " · ".join(line for line in (text.pace, text.change) if line)
            st.markdown(f"**{show.md_escape(text.name)}**  \n{show.md_escape(text.size)}")
            if about:
                st.caption(show.md_escape(about))
            st.markdown(show.md_escape(text.action))
            if decided:
                st.caption(f":material/gavel: {show.md_escape(decided)}")
        with st.container(horizontal=True, gap="small"):
            st.button(
                t("cards.list"), key=f"card_list_{place}", on_click=session.keep, args=(_LISTED, place),
                type="tertiary", icon=":material/list:",
            )  # fmt: skip
            if card.segment is None or cards.plan is None:
                return
            if st.button(t("cards.test"), key=f"card_test_{place}", type="tertiary", icon=":material/science:"):
                from_segment.begin(compute.study_or_stop(), cards.plan, card.segment)


def _colours(cards: SegmentCards) -> None:
    """Give each card the colour that its segment has in every chart."""
    colours = segment_colours([card.segments[0] for card in cards.cards])
    rules = [
        f".st-key-segment_card_{place} {{ border-top-color: {colours[card.segment] if card.segment else NO_COLOUR}; }}"
        for place, card in enumerate(cards.cards)
    ]
    st.html(f"<style>{' '.join(rules)}</style>")


def _counted(cards: SegmentCards) -> None:
    """Offer the list of those whom the first sentence counts."""
    if cards.counted is not None:
        st.button(
            session.t()("cards.list_counted", n=len(cards.counted)), key="list_counted", type="tertiary",
            icon=":material/list:", on_click=session.keep, args=(_LISTED, _COUNTED),
        )  # fmt: skip


def _inside(study: compute.LoadedStudy, cards: SegmentCards, card: SegmentCard, profiles: Profiles) -> Any:
    if cards.plan is None:
        return [True] * len(profiles.customers)
    return study.run.segmentation(cards.plan)[1].segmentation.labels.isin(card.segments).fillna(False)


def _list(name: str, inside: Any, profiles: Profiles, segments: list[str] | None = None) -> None:
    @st.dialog(show.md_escape(name), width="large")
    def opened() -> None:
        if segments is not None and st.button(
            session.t()("cards.send_list"), key="card_send", type="primary", icon=":material/playlist_add_check:"
        ):
            wanted.use(segments)
            st.switch_page(show.page_path("act/lists"))
        customer_list.listed(profiles, inside, name=name, key="card")

    opened()
