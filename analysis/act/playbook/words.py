"""A filled play in sentences, each with what it rests on. Words come from ``t``, those of a trade from its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.profiles.words import tag_name
from analysis.translate import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.act.playbook.fill import FilledPlay
    from analysis.act.playbook.trade import Trade, TradeFound
    from analysis.act.playbook.value import Value
    from analysis.translate import Translate

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHOWN = 3  # headings that say the trade


def trade_words(found: TradeFound, used: Trade, t: Translate) -> str:
    """Return of which trade the advice is, and why: ``used``, where another one was found, was chosen."""
    name = used.name.of(t.language)
    if used.key != found.trade.key:
        return t("playbook.trade_chosen", trade=name)
    if not found.because:
        return t("playbook.trade_general")
    return t("playbook.trade_found", trade=name, columns=t("segments.between").join(found.because[:_SHOWN]))


def answer(plays: Sequence[FilledPlay], names: dict[str, str], t: Translate) -> str:
    """Return the sentence above the plays: what is worth most, or that nobody knows."""
    valued = [play for play in plays if play.value.high]
    if not valued:
        return t("playbook.answer_plain", n=len(plays))
    best = max(valued, key=lambda play: (play.value.low or 0.0) + (play.value.high or 0.0))
    facts = {"low": max(best.value.low or 0.0, 0.0), "high": best.value.high}
    return t("playbook.answer", name=names.get(best.segment, best.segment), **facts)


def lines(play: FilledPlay, t: Translate) -> list[str]:
    """Return what stands on the card of a play below its offer: channel, time, likings, prices, when it is due."""
    said = [_channel(play, t), _time(play, t)]
    if play.tag:
        said.insert(0, t("playbook.because_tag", share=play.tagged, n=play.size, tag=tag_name(play.tag, None, t)))
    if play.favourites:
        told = t("segments.between").join(
            t("playbook.favourite", name=one.name, share=one.share) for one in play.favourites
        )
        said.append(t("playbook.favourites", favourites=told))
    if play.prices is not None:
        said.append(t("playbook.prices", low=play.prices[0], high=play.prices[1]))
    if play.interval_days is not None:
        said.append(t("playbook.interval", days=round(play.interval_days)))
    return [one for one in said if one]


def value_words(play: FilledPlay, t: Translate) -> str:
    """Return what a play may bring."""
    value = play.value
    if value.assumption.high == 0:
        return t("playbook.value_none")
    if value.low is None or value.high is None:
        return t("playbook.value_orders", **_orders(value))
    key = "playbook.value" if value.cost is not None else "playbook.value_before_cost"
    return t(key, low=value.low, high=value.high)


def arithmetic(play: FilledPlay, t: Translate) -> list[str]:
    """Return how the value was reckoned, a step a sentence."""
    value, known = play.value, play.value.assumption
    said = [t("playbook.sum_reached", size=value.size, reached=value.reached, channel=t(f"act.channel_{play.channel}"))]
    key = "playbook.sum_learned" if known.n else "playbook.sum_assumed"
    said.append(t(key, low=known.low, high=known.high, n=known.n, campaigns=known.campaigns))
    said.append(t("playbook.sum_orders", low=value.orders_low, high=value.orders_high))
    if value.order is not None:
        said.append(t("playbook.sum_order", order=value.order))
    said.append(t("playbook.sum_cost", cost=value.cost) if value.cost is not None else t("playbook.sum_no_cost"))
    return said


def _channel(play: FilledPlay, t: Translate) -> str:
    by, word = play.answered, t(f"act.channel_{play.channel}")
    if by is None:
        return t("playbook.channel_usual", channel=word)
    if by.differs:
        return t("playbook.channel_proven", channel=by.channel, share=by.share, others=by.others, n=by.n)
    return t("playbook.channel_alike", channel=word)


def _no_time(play: FilledPlay, t: Translate) -> str:
    said, told = t("playbook.time_none", n=play.n_timed), play.told
    if told is None:
        return said
    key = "playbook.time_told" if told.least is not None else "playbook.time_too_few"
    return prose([said, t(key, least=told.least, share=told.share)], t)


def _time(play: FilledPlay, t: Translate) -> str:
    if play.time is None:
        return _no_time(play, t) if play.n_timed else ""
    one = play.time
    facts = {"share": one.share, "others": one.others, "n": one.n}
    if one.weekday is None:
        return t("playbook.time_hour", hour=f"{one.hour}:00", **facts)
    day = t(f"value.weekday.{WEEKDAYS[one.weekday]}")
    if one.hour is None:
        return t("playbook.time_day", day=day, **facts)
    return t("playbook.time", day=day, hour=f"{one.hour}:00", **facts)


def _orders(value: Value) -> dict[str, float]:
    """Return the orders that a play may bring, whole ones unless they come to less than one."""
    if value.orders_high < 1:
        return {"low": value.orders_low, "high": value.orders_high}
    return {"low": round(value.orders_low), "high": round(value.orders_high)}
