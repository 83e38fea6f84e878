"""The plays of a study: its trade, what a person changed by hand, and each segment's play filled from the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.act.outcome import seen_effects
from analysis.act.params import CHANNELS, Channel, ListChoices
from analysis.act.playbook.fill import FilledPlay, chosen_play, contacts_with_answers, fill
from analysis.act.playbook.trade import GENERAL, Trade, TradeFound, Words, find_trade, trade
from analysis.act.reach import ADDRESSES, address_kinds, reach, refusals
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.act.campaign import Campaign
    from analysis.act.playbook.trade import PlayKey
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.overview.card_result import SegmentCards
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe

TEXTS = ("offer", "angle", "target", "stop")


@dataclass(frozen=True)
class PlaySettings:
    """What a person changed of the plays, and the campaigns that they learn from.

    Attributes
    ----------
    trade : str or None
        None for the one that the columns say.
    cost : float or None
        Of a contact, in the currency of the study.
    responses : mapping of segment to (low, high), 0..1
        Extra response in place of that of the play.
    campaigns : tuple of Campaign
    texts : mapping of segment to texts by field
        What was written in place of the words of the play (``TEXTS``), in whatever language.
    trades : tuple of Trade
        Templates of one's own, to be chosen beside the others.
    """

    trade: str | None = None
    cost: float | None = None
    responses: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    campaigns: tuple[Campaign, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trades: tuple[Trade, ...] = ()

    @classmethod
    def kept(
        cls, kept: Mapping[str, Any], campaigns: Iterable[Campaign] = (), trades: Iterable[Trade] = ()
    ) -> PlaySettings:
        """Return the settings as a study keeps them: ``trade``, ``cost``, ``response`` and ``texts`` by segment.

        Examples
        --------
        >>> PlaySettings.kept({"response": {"lost": [0.0, 0.02], "new": None}}).responses
        {'lost': (0.0, 0.02)}
        """
        given: Mapping[str, Any] = kept.get("response", {})
        responses = {segment: (float(ends[0]), float(ends[1])) for segment, ends in given.items() if ends}
        return cls(
            kept.get("trade"), kept.get("cost"), responses, tuple(campaigns), kept.get("texts", {}), tuple(trades)
        )  # fmt: skip


def found_trade(tables: Iterable[RawTable], recipe: Recipe) -> TradeFound:
    """Return the trade that the columns of some tables say, and the roles that a recipe gives them."""
    tables = list(tables)
    headings = [name for table in tables for name in table.columns]
    roles = {column.role for source in recipe.sources for column in source.columns if column.role}
    names = [Path(table.file).stem for table in tables] + [table.sheet for table in tables if table.sheet]
    return find_trade(headings, roles, names)


def used_trade(found: TradeFound, settings: PlaySettings) -> Trade:
    """Return the trade that was chosen, else the one that was found; so also where the chosen one is none any more."""
    own = {one.key: one for one in settings.trades}
    if settings.trade in own:
        return own[settings.trade]
    try:
        return trade(settings.trade) if settings.trade else found.trade
    except AnalysisError:
        return found.trade


def called(used: Trade) -> tuple[str, str, str] | None:
    """Return what a trade calls customers in English and in Chinese, and the Chinese measure word; None for customers.

    Examples
    --------
    >>> called(trade("education")), called(trade("retail"))
    (('learners', '学员', '位'), None)
    """
    if used.customer == trade(GENERAL).customer:
        return None
    return used.customer.en, used.customer.zh, used.measure


def offered_channels(profiles: Profiles) -> list[Channel]:
    """Return the channels for which the files hold numbers or addresses."""
    known = address_kinds(profiles)
    return [one for one in CHANNELS if not ADDRESSES[one] or known & set(ADDRESSES[one])]


def filled_plays(
    used: Trade,
    settings: PlaySettings,
    cards: SegmentCards,
    labels: pd.Series,
    profiles: Profiles,
    standard: StandardTables,
    *,
    currency: str | None = None,
) -> list[FilledPlay]:
    """Return the play of each segment, in the order of the first screen.

    Parameters
    ----------
    used : Trade
        From ``used_trade``.
    cards : SegmentCards
        The first screen.
    labels : Series of str, aligned with the profiles
        Segment keys of the first screen; missing for customers in none.
    currency : str, optional
        Of the study, from which a country of phone numbers is suggested.
    """
    import numpy as np

    contacts = contacts_with_answers(standard)
    can = {channel: _can_reach(profiles, channel, currency) for channel in offered_channels(profiles)}
    keys, found = labels.fillna("").to_numpy(dtype=object), []
    for card in cards.cards:
        for segment in card.segments:
            inside = np.asarray(keys == segment, dtype=bool)
            found.append(
                fill(
                    as_changed(used, chosen_play(used, card, profiles, inside)[0], segment, settings), card, profiles,
                    inside, segment=segment, contacts=contacts, contact_cost=settings.cost,
                    reached={channel: int((who & inside).sum()) for channel, who in can.items()},
                    seen={channel: seen_effects(settings.campaigns, segment, channel) for channel in CHANNELS},
                )
            )  # fmt: skip
    return found


def _can_reach(profiles: Profiles, channel: Channel, currency: str | None) -> np.ndarray:
    """Say of each customer whether a list by this channel could hold them."""
    allowed = refusals(profiles, channel) == ""
    if channel == "other":
        return allowed
    try:
        found = reach(profiles, ListChoices(channel=channel), currency=currency)
    except AnalysisError:
        return allowed & False
    return allowed & found.address.notna().to_numpy(dtype=bool)


def as_changed(used: Trade, key: PlayKey, segment: str, settings: PlaySettings) -> Trade:
    """Return the trade with the response and the words that a person put in place of those of a segment's play.

    Examples
    --------
    >>> settings = PlaySettings.kept({"texts": {"lost": {"offer": "A cake"}}})
    >>> as_changed(trade("retail"), "win_back", "lost", settings).plays["win_back"].offer.en
    'A cake'
    """
    response = settings.responses.get(segment)
    written = {
        name: Words(en=text, zh=text)
        for name, text in settings.texts.get(segment, {}).items()
        if name in TEXTS and text.strip()
    }
    if response is None and not written:
        return used
    update = dict(written) if response is None else {"response": response, **written}
    play = used.plays[key].model_copy(update=update)
    return used.model_copy(update={"plays": {**used.plays, key: play}})
