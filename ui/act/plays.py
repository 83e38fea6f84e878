"""The plays of the open study: its trade, what was changed by hand, and each segment's play filled from the data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.act.campaign import Campaign, Expectation
from analysis.act.outcome import seen_effects
from analysis.act.params import CHANNELS, Channel, ListChoices
from analysis.act.playbook.fill import FilledPlay, contacts_with_answers, fill
from analysis.act.playbook.trade import PLAY_OF, Trade, TradeFound, find_trade, trade
from analysis.act.playbook.value import expected_value
from analysis.act.reach import reach, refusals
from analysis.errors import AnalysisError
from ui import compute
from ui.act import listing

if TYPE_CHECKING:
    import numpy as np

    from ui.act.listing import Act

PAGE = "playbook"


def settings(act: Act) -> dict[str, Any]:
    """Return what was changed by hand: ``trade``, ``cost`` of a contact, and ``response`` by segment."""
    return dict(compute.workspace().setting(PAGE, {}, act.study.id))


def keep(act: Act, **changed: Any) -> None:
    """Keep what was changed by hand."""
    compute.workspace().set_setting(PAGE, settings(act) | changed, act.study.id)


def found_trade(act: Act) -> TradeFound:
    """Return the trade that the columns say."""
    headings = [name for table in act.study.tables for name in table.columns]
    roles = {column.role for source in act.study.recipe.sources for column in source.columns if column.role}
    return find_trade(headings, roles)


def chosen_trade(act: Act) -> Trade:
    """Return the trade that was chosen, else the one that the columns say."""
    chosen = settings(act).get("trade")
    try:
        return trade(chosen) if chosen else found_trade(act).trade
    except AnalysisError:
        return found_trade(act).trade


def filled(act: Act) -> list[FilledPlay]:
    """Return the play of each segment, in the order of the first screen; computed once for the same choices."""
    chosen, used = settings(act), chosen_trade(act)
    read = [(one.name, one.came.model_dump_json()) for one in act.campaigns if one.came is not None]
    told = json.dumps([act.method, used.key, chosen, read], default=str, sort_keys=True)
    return act.study.run.small("plays", hashlib.sha256(told.encode()).hexdigest(), lambda: _filled(act, used, chosen))


def _filled(act: Act, used: Trade, chosen: Mapping[str, Any]) -> list[FilledPlay]:
    import numpy as np

    contacts = contacts_with_answers(act.standard)
    can = {channel: _can_reach(act, channel) for channel in CHANNELS if channel in listing.channels(act.profiles)}
    labels = act.labels.fillna("").to_numpy(dtype=object)
    found = []
    for card in act.cards.cards:
        for segment in card.segments:
            inside = np.asarray(labels == segment, dtype=bool)
            found.append(
                fill(
                    _changed(used, card.action, chosen.get("response", {}).get(segment)), card, act.profiles, inside,
                    segment=segment, contacts=contacts, contact_cost=chosen.get("cost"),
                    reached={channel: int((who & inside).sum()) for channel, who in can.items()},
                    seen={channel: seen_effects(act.campaigns, segment, channel) for channel in CHANNELS},
                )
            )  # fmt: skip
    return found


def channel_of(act: Act, segments: list[str]) -> str:
    """Return the channel of the play of the first of some segments."""
    return next((play.channel for play in filled(act) if play.segment in segments[:1]), "other")


def expectation(act: Act, campaign: Campaign) -> Expectation | None:
    """Return what a list may bring by the plays of its segments, all of them together."""
    parts = {play.segment: play for play in filled(act)}
    values = []
    for arms in campaign.arms:
        play = parts.get(arms.segment)
        if play is None or not play.play.channels:
            return None
        cost, n = settings(act).get("cost"), len(arms.sent)
        values.append(expected_value(n, n, play.value.assumption, order=play.value.order, contact_cost=cost))
    n = sum(one.reached for one in values)
    if not n:
        return None

    def together(ends: list[float | None]) -> float | None:
        return None if None in ends else sum(end for end in ends if end is not None)

    return Expectation(
        response_low=sum(one.orders_low for one in values) / n,
        response_high=sum(one.orders_high for one in values) / n,
        order=values[0].order if len(values) == 1 else None,
        cost=together([one.cost for one in values]),
        low=together([one.low for one in values]),
        high=together([one.high for one in values]),
    )


def _can_reach(act: Act, channel: Channel) -> np.ndarray:
    """Say of each customer whether a list by this channel could hold them."""
    allowed = refusals(act.profiles, channel) == ""
    if channel == "other":
        return allowed
    try:
        found = reach(act.profiles, ListChoices(channel=channel), currency=act.study.recipe.currency)
    except AnalysisError:
        return allowed & False
    return allowed & found.address.notna().to_numpy(dtype=bool)


def _changed(used: Trade, action: Any, response: Any) -> Trade:
    """Return the trade with the response that a person put in place of the play's."""
    if not response:
        return used
    key = PLAY_OF[action]
    play = used.plays[key].model_copy(update={"response": tuple(response)})
    return used.model_copy(update={"plays": {**used.plays, key: play}})
