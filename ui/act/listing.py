"""The list that is being made: its choices, who is left on it, and what the study keeps of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from analysis.act.campaign import Campaign
from analysis.act.contacts import contacts_of
from analysis.act.ladder import Ladder, eligibility
from analysis.act.params import HoldOut, ListChoices, TagWanted
from analysis.act.people import People, people_of
from analysis.act.playbook.plays import offered_channels
from analysis.compare.made_of import of_orders
from analysis.errors import AnalysisError
from analysis.overview.actions import AWAY
from ui import bound, compute, session, show
from ui.customers import customer_list, segment_cards

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.overview.card_result import SegmentCards
    from analysis.profiles.result import Profiles
    from texts import Translator

REGIONS = ("CN", "HK", "TW", "US", "GB", "DE", "FR", "JP", "KR", "IN", "SG", "AU", "CA")


@dataclass(frozen=True)
class Act:
    """What the pages of Act need of the open study.

    Attributes
    ----------
    names : dict of str
        Words by segment key.
    labels : Series of str, aligned with the profiles
        Segment keys of the first screen.
    t : Translator
        Calls customers what the trade of the study calls them.
    """

    study: compute.LoadedStudy
    standard: StandardTables
    profiles: Profiles
    cards: SegmentCards
    names: dict[str, str]
    labels: pd.Series
    people: People
    campaigns: tuple[Campaign, ...]
    hold_out: HoldOut
    t: Translator

    @property
    def method(self) -> str:
        """The kind of segmentation."""
        return self.cards.method

    @property
    def plan(self) -> str:
        """The segmentation of the first screen with its params and edits, as JSON: what labels are of."""
        return "" if self.cards.plan is None else self.cards.plan.model_dump_json()

    @property
    def is_of_orders(self) -> bool:
        """Whether the segments are made of orders, so that they differ in orders by how they are made."""
        plan = self.cards.plan
        return plan is not None and of_orders(self.study.run.segmentation(plan)[1].segmentation)

    @property
    def segments(self) -> list[str]:
        """The keys of the segments in the order of the first screen."""
        return [key for card in self.cards.cards for key in card.segments]


def of_study(study: compute.LoadedStudy) -> Act:
    """Return what the pages need of a study whose tables are prepared."""
    import pandas as pd

    workspace = compute.workspace()
    run = study.run
    prepared = run.prepared()
    cards = run.cards()
    profiles = run.tagged().profiles if study.recipe.tags else prepared.profiles
    n = len(profiles.customers)
    labels = (
        pd.Series(segment_cards.EVERYBODY, index=range(n), dtype="str")
        if cards.plan is None
        else run.segmentation(cards.plan)[1].segmentation.labels
    )
    merges = workspace.people_salt(study.id)
    who = people_of(profiles.customers["customer_id"].tolist(), merges)
    return Act(
        study, prepared.standard, profiles, cards, segment_cards.names_of(study, cards), labels, who,
        tuple(workspace.campaigns(study.id)), workspace.hold_out(study.id),
        session.t(),
    )  # fmt: skip


def first_segment(act: Act) -> list[str]:
    """Return the segment that a list is for when nobody has chosen: the most money that is away, else the first."""
    away = [card for card in act.cards.cards if card.stage in AWAY and card.segment is not None]
    best = max(away, key=lambda card: card.away_revenue or 0.0, default=None)
    return [best.segments[0]] if best is not None else act.segments[:1]


def controls(act: Act, bind: bound.Bound, usual: str) -> ListChoices:
    """Ask whom the list is for, by which channel (the usual one at first), within which limits."""
    t = act.t
    st.multiselect(
        t("act.segments"), act.segments, format_func=lambda key: act.names.get(str(key), ""),
        wrap=True, placeholder=t("act.everybody"),
        **bind.to("segments", first_segment(act), offered=act.segments, many=True, kind=list[str]),
    )  # fmt: skip
    coded = {json.dumps(one): said for one, said in customer_list.tags_offered(act.profiles).items()}
    bind.declare("tags", bound.Field([], list(coded), many=True, kind=list[str]))
    asked = bool(bind.value("tags"))
    if asked:  # by them the list is for others than the segments above say
        _tags(t, bind, coded)
    offered = offered_channels(act.profiles)
    st.selectbox(
        t("act.channel"), offered, format_func=lambda one: t(f"act.channel_{one}"),
        **bind.to("channel", usual if usual in offered else offered[0], offered=offered, kind=str),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.number_input(
            t("act.quiet_days"), 0, 365, step=1, help=t("act.quiet_days_help"), **bind.to("quiet_days", 14, kind=int)
        )
        st.number_input(t("act.most"), 0, step=10, help=t("act.most_help"), **bind.to("most", 0, kind=int))
    st.slider(
        t("act.hold_out"), 0, 50, step=5, format="%d%%", help=t("act.hold_out_help"),
        **bind.to("hold_out", 10, kind=int),
    )  # fmt: skip
    with st.popover(t("act.more"), type="tertiary", icon=":material/tune:", key="lists_more"):
        if coded and not asked:
            _tags(t, bind, coded)
        st.number_input(
            t("act.most_contacts"), 0, 100, step=1, help=t("act.most_contacts_help"),
            **bind.to("most_contacts", 0, kind=int),
        )  # fmt: skip
        st.number_input(t("act.within_days"), 1, 365, step=1, **bind.to("within_days", 30, kind=int))
        st.selectbox(
            t("act.region"), ["", *REGIONS], format_func=lambda one: t.country(one) if one else t("act.region_guessed"),
            help=t("act.region_help"), **bind.to("region", "", offered=["", *REGIONS], kind=str),
        )  # fmt: skip
        st.toggle(t("act.leave_out_own"), help=t("act.leave_out_own_help"), **bind.to("own", True, kind=bool))
        st.toggle(t("act.leave_out_left"), help=t("act.leave_out_left_help"), **bind.to("left", True, kind=bool))
        _always(act)
    _say_gone(act, bind, coded)
    chosen = [json.loads(one) for one in bind.value("tags")]
    return ListChoices(
        segments=tuple(bind.value("segments")),
        tags=tuple(TagWanted(column=column, value=value) for column, value in chosen),
        channel=bind.value("channel"),
        region=bind.value("region") or None,
        quiet_days=bind.value("quiet_days"),
        most_contacts=bind.value("most_contacts"),
        within_days=bind.value("within_days"),
        most=bind.value("most"),
        hold_out=bind.value("hold_out") / 100,
        leave_out_own=bind.value("own"),
        leave_out_left=bind.value("left"),
    )


def _tags(t: Translator, bind: bound.Bound, coded: dict[str, str]) -> None:
    """Ask which tags those on the list have."""
    st.multiselect(
        t("act.tags"), list(coded), placeholder=t("tags.filter_any"), format_func=lambda one: coded.get(one, ""),
        wrap=True, **bind.of("tags"),
    )  # fmt: skip


def _say_gone(act: Act, bind: bound.Bound, tags: Collection[str]) -> None:
    """Say which choices of before stand for nobody now; without its tag a list would be for everybody: none is made."""
    t, saved = act.t, bind.load()
    if gone := [one for one in saved.get("segments", ()) if one not in act.segments]:
        st.caption(show.md_escape(t("act.segments_gone", n=len(gone))))
    if gone := [one for one in saved.get("tags", ()) if one not in tags]:
        show.error(AnalysisError("act_tag_gone", tag=json.loads(gone[0])[0].removeprefix("tag_")))
        st.button(t("act.without_tags"), key="lists_without_tags", on_click=bind.put, args=("tags", []))
        st.stop()


def _always(act: Act) -> None:
    """Ask which share of all customers no list takes."""
    t, study_id = act.t, act.study.id

    def keep(percent: int) -> None:
        now = compute.workspace().hold_out(study_id)
        compute.workspace().save_hold_out(study_id, now.model_copy(update={"share": percent / 100}))

    st.slider(
        t("act.always"), 0, 20, step=1, format="%d%%", help=t("act.always_help"),
        **bound.one("lists_always", round(act.hold_out.share * 100), keep, kind=int),
    )  # fmt: skip


def ladder(act: Act, choices: ListChoices, seed: str) -> Ladder:
    """Return who is left on the list; computed once for the same choices and the same lists before."""
    made = [(one.name, one.state, one.n_sent) for one in act.campaigns]
    told = f"{choices.model_dump_json()} {seed} {act.plan} {made} {act.hold_out.model_dump_json()} {date.today()}"

    def compute_it() -> Ladder:
        known = contacts_of(act.profiles, act.people, act.campaigns, on=date.today(), standard=act.standard)
        return eligibility(
            act.profiles, act.labels, choices, act.people, seed=seed, contacts=known, hold_out=act.hold_out,
            currency=act.study.recipe.money_in,
        )  # fmt: skip

    return act.study.run.small("act", hashlib.sha256(told.encode()).hexdigest(), compute_it)


def ladder_or_stop(act: Act, choices: ListChoices, seed: str) -> Ladder:
    """Return who is left on the list; say why there can be none and stop the page."""
    try:
        return ladder(act, choices, seed)
    except AnalysisError as problem:
        show.error(problem)
        st.stop()


def name_of(act: Act, choices: ListChoices) -> str:
    """Return what a list is called when nobody has named it: its segments, or else its tags, and a day; none taken."""
    t = act.t
    offered = customer_list.tags_offered(act.profiles) if choices.tags and not choices.segments else {}
    asked = [act.names.get(one, one) for one in choices.segments] or [
        said for one, said in offered.items() if TagWanted(column=one[0], value=one[1]) in choices.tags
    ]
    named = t("segments.between").join(asked[:2]) or t("act.everybody")
    called = t("act.called", names=named, day=date.today())[:100]
    taken = {one.name for one in act.campaigns}
    number, found = 2, called
    while found in taken:
        found, number = f"{called} {number}", number + 1
    return found


def action_of(act: Act, segments: Sequence[str]) -> str:
    """Return the code of what is done with the segments: that of the card of the first."""
    wanted = segments[0] if segments else None
    return next((card.action for card in act.cards.cards if wanted in card.segments), "")
