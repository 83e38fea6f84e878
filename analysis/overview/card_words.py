"""The words of the first screen: the sentence above the cards, and what stands on each. Words come from ``t``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.overview.card_result import is_asked_for
from analysis.profiles.words import days_text, feature_name
from analysis.segments.names import segment_names
from analysis.translate import prose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.overview.card_result import SegmentCard, SegmentCards
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

MONTHS = 12
MANY_TIMES = 1.0  # from here on growth is a factor, not a percentage
FEW = 30  # customers below which shares and changes are mostly chance
# What the sentence of an advice cannot do without; others are not always told it.
COUNTED = {"call": "n", "come_back": "n", "win_back": "away", "season_reminder": "month"}
NAMED = 4  # of the segments that share a card


@dataclass(frozen=True)
class CardText:
    """What stands on one card; a line that has nothing to say is empty.

    Attributes
    ----------
    name : str
    size : str
        Customers and their part of the money.
    pace : str
        How they buy.
    change : str
        What became of the segment.
    action : str
        What to do this week.
    """

    name: str
    size: str
    pace: str
    change: str
    action: str


def card_texts(
    cards: SegmentCards, profiles: Profiles, names: Mapping[str, str], t: Translate, *, since: bool = True
) -> list[CardText]:
    """Return what stands on each card.

    Parameters
    ----------
    cards : SegmentCards
    profiles : Profiles
        Where the outcome is described.
    names : mapping of str
        Words by segment key (``segments.names.edited_names``).
    t : Translator
    since : bool
        Each card says against which day its change is; else ``changes_since`` has to say it for all of them.
    """
    return [
        CardText(
            name=card_name(card, names, t),
            size=_size(card, t),
            pace=_pace(card, t),
            change=_change(card, t, since=since),
            action=_action(card, _facts(card, cards, profiles, t), t),
        )
        for card in cards.cards
    ]


def changes_since(cards: SegmentCards, t: Translate) -> str:
    """Return against which day the changes of all cards are; empty where it is not one day for all."""
    days = {card.change.days for card in cards.cards if card.change is not None and card.change.change is not None}
    return t("cards.change_since", days=days.pop()) if len(days) == 1 else ""


def few_words(cards: SegmentCards, t: Translate) -> str:
    """Return what it means that a card says "few", once for all of them; empty where none does."""
    return t("cards.few_means", n=FEW) if any(card.customers < FEW for card in cards.cards) else ""


def outside_words(cards: SegmentCards, t: Translate) -> str:
    """Return of how many customers the shares are, where others are in no segment; empty where nobody is outside."""
    return t("cards.outside", n=cards.whole, outside=cards.outside) if cards.outside else ""


def card_name(card: SegmentCard, names: Mapping[str, str], t: Translate) -> str:
    """Return the name of a card: that of its segment, or of the first that share it."""
    if card.segment is not None:
        name = names.get(card.segment) or t(f"segment.{card.segment}")
        if card.level == "big" and card.pace is not None and card.pace.month is not None:
            return t("cards.name_yearly", month=_month(card.pace.month, t), name=name)
        return name
    told = [_without_traits(key, names[key], t) for key in card.segments[:NAMED]]
    key = "cards.rest" if len(card.segments) <= NAMED else "cards.rest_more"
    return t(key, names=t("segments.between").join(told))


def _without_traits(key: str, name: str, t: Translate) -> str:
    """Return the number of a group that is named with its traits: of several they make no heading."""
    plain = segment_names([key], t)[key]
    return plain if name.startswith(plain) else name


def headline(cards: SegmentCards, profiles: Profiles, names: Mapping[str, str], t: Translate) -> str:
    """Return the sentence above the cards, worded by what the study is for."""
    said = _for_goal(cards, t) or _usual(cards, profiles, names, t)
    return prose(said, t)


def _for_goal(cards: SegmentCards, t: Translate) -> list[str]:
    counted = cards.counted
    if counted is None or counted.what == "good_due":
        return []
    plain, facts = "" if cards.knows_money else "_plain", {"n": len(counted)}
    if counted.what == "win_back":
        revenues = [card.away_revenue for card in cards.cards]
        known = [revenue for revenue in revenues if revenue is not None]
        plain = plain if len(known) == len(revenues) else "_plain"  # a sum without one of its parts is none
        return [t(f"cards.win_back{plain}", revenue=sum(known), **facts)]
    if counted.what == "repurchase":
        gap = cards.first_gap_days
        first_gap = [] if gap is None else [t("cards.first_gap", days=round(gap))]
        return [t("cards.repurchase", all=cards.customers, **facts), *first_gap]
    share = sum(card.revenue_share or 0.0 for card in cards.cards if is_asked_for(card, counted.what))
    return [t(f"cards.{counted.what}{plain}", share=share, **facts)]


def _usual(cards: SegmentCards, profiles: Profiles, names: Mapping[str, str], t: Translate) -> list[str]:
    alone = [card for card in cards.cards if card.segment is not None]
    if cards.knows_money and len(alone) > 1:
        top = max(alone, key=lambda card: card.revenue_share or 0.0)
        facts = {"share": top.share, "revenue_share": top.revenue_share, "name": card_name(top, names, t)}
        said = [t("cards.money", **facts)]
        if cards.counted is not None and cards.counted.what == "good_due":
            said.append(t("cards.good_due", n=len(cards.counted)))
        return said
    told = [(card, card.outcome) for card in alone if card.outcome is not None]
    if len(told) > 1 and not any(outcome.differs for _, outcome in told):
        card, outcome = told[0]
        return [t("cards.outcome_alike", outcome=_outcome_name(card, profiles, t), everyone=outcome.everyone)]
    if len(told) > 1:
        most, least = (end(told, key=lambda one: one[1].share) for end in (max, min))
        return [
            t(
                "cards.outcome", outcome=_outcome_name(most[0], profiles, t), everyone=most[1].everyone,
                high=most[1].share, most=card_name(most[0], names, t),
                low=least[1].share, least=card_name(least[0], names, t),
            )
        ]  # fmt: skip
    if len(alone) > 1:
        top = max(alone, key=lambda card: card.share)
        return [t("cards.largest", name=card_name(top, names, t), share=top.share, n=cards.whole)]
    return [t("cards.everybody", n=cards.whole)]


def _size(card: SegmentCard, t: Translate) -> str:
    size = _plain_size(card, t)
    return t("cards.few", size=size) if card.customers < FEW else size


def _plain_size(card: SegmentCard, t: Translate) -> str:
    if card.revenue_share is not None:
        return t("cards.size_money", n=card.customers, share=card.revenue_share)
    if card.outcome is not None:
        return t("cards.size_outcome", n=card.customers, share=card.share)
    return t("cards.size", n=card.customers, share=card.share)


def _pace(card: SegmentCard, t: Translate) -> str:
    found = card.pace
    if found is None:
        return ""
    if found.rhythm == "yearly" and found.month is not None:
        return t("cards.pace_yearly", n=found.n, month=_month(found.month, t), share=found.share)
    if found.rhythm == "once":
        if found.n == card.customers:
            return t("cards.pace_once_all")
        return t("cards.pace_once", share=found.n / card.customers)
    return t("cards.pace_regular", gap=days_text(found.gap_days, t))


def _change(card: SegmentCard, t: Translate, *, since: bool) -> str:
    moved = None if card.change is None else card.change.change
    if card.change is None or moved is None:
        return ""
    facts = {"days": card.change.days} if since else {}
    told = "" if since else "_brief"
    if moved >= MANY_TIMES:
        return t(f"cards.change_many{told}", times=t.number(moved + 1, 1), **facts)
    key = "same" if abs(moved) < 0.005 else "up" if moved > 0 else "down"
    share = {} if key == "same" else {"change": abs(moved)}
    return t(f"cards.change_{key}{told}", **share, **facts)


def _action(card: SegmentCard, facts: Mapping[str, Any], t: Translate) -> str:
    """Return what to do; the same advice without its count where others are not told it."""
    if COUNTED.get(card.action, "days") not in facts:
        return t(f"action_without.{card.action}")
    return t(f"action.{card.action}", **facts)


def _facts(card: SegmentCard, cards: SegmentCards, profiles: Profiles, t: Translate) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if card.away is not None:
        facts["away"] = card.away
        if card.at_risk is not None:
            facts["n"] = card.at_risk or card.away
    gap = cards.first_gap_days
    facts["days"] = 30 if gap is None else max(round(gap), 1)
    if card.pace is not None and card.pace.month is not None:
        facts["month"] = _month(card.pace.month, t)
        facts["before"] = _month((card.pace.month - 2) % MONTHS + 1, t)
    if card.outcome is not None:
        facts["outcome"] = _outcome_name(card, profiles, t)
        facts |= {"share": card.outcome.share, "everyone": card.outcome.everyone}
    return facts


def _outcome_name(card: SegmentCard, profiles: Profiles, t: Translate) -> str:
    feature = profiles.feature(card.outcome.feature) if card.outcome else None
    if feature is None or card.outcome is None:
        return ""
    return ": ".join(one for one in (feature_name(feature, t), card.outcome.word) if one)


def _month(month: int, t: Translate) -> str:
    return t(f"month.{month}")
