"""The plays of the open study, with what was changed by hand; computed once for the same choices."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from analysis.act.campaign import Campaign, Expectation
from analysis.act.playbook import plays
from analysis.act.playbook.fill import FilledPlay
from analysis.act.playbook.value import expected_value
from ui import compute
from ui.act import trades

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.act.listing import Act


def filled(act: Act) -> list[FilledPlay]:
    """Return the play of each segment, in the order of the first screen; computed once for the same choices."""
    chosen, used = compute.workspace().play_settings(act.study.id), compute.chosen_trade(act.study)
    read = [(one.name, one.came.model_dump_json()) for one in act.campaigns if one.came is not None]
    told = json.dumps(
        [act.plan, used.model_dump(mode="json"), trades.settings(act.study.id), read], default=str, sort_keys=True
    )
    return act.study.run.small(
        "plays", hashlib.sha256(told.encode()).hexdigest(),
        lambda: plays.filled_plays(
            used, chosen, act.cards, act.labels, act.profiles, act.standard, currency=act.study.recipe.currency
        ),
    )  # fmt: skip


def channel_of(act: Act, segments: list[str]) -> str:
    """Return the channel of the play of the first of some segments."""
    return next((play.channel for play in filled(act) if play.segment in segments[:1]), "other")


def rise_of(act: Act, segments: Sequence[str], sizes: Mapping[str, int]) -> float | None:
    """Return by how much the plays expect to raise the share that orders; None where a segment has no play.

    ``sizes`` are customers of the list by segment, in proportion to which the plays count.
    """
    middles = {play.segment: play.value.assumption.middle for play in filled(act) if play.play.channels}
    known = [one for one in segments if sizes.get(one)]
    if not known or not set(known) <= set(middles):
        return None
    return sum(middles[one] * sizes[one] for one in known) / sum(sizes[one] for one in known)


def expectation(act: Act, campaign: Campaign) -> Expectation | None:
    """Return what a list may bring by the plays of its segments, all of them together."""
    parts = {play.segment: play for play in filled(act)}
    values = []
    for arms in campaign.arms:
        play = parts.get(arms.segment)
        if play is None or not play.play.channels:
            return None
        cost, n = trades.settings(act.study.id).get("cost"), len(arms.sent)
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
