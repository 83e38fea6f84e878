"""The playbook: what to do with each segment of the first screen, and what it may bring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.act.playbook.words import answer, arithmetic, lines, trade_words, value_words
from analysis.privacy.small_groups import leaves_few
from analysis.reports.content import Page, Table
from analysis.reports.parts import column, finding

if TYPE_CHECKING:
    from analysis.act.playbook.fill import FilledPlay
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page with each play in a line; for analysts also one for each, with its arithmetic."""
    plays = material.plays
    if not plays:
        return ()
    n, names = material.result.cards.customers, material.card_names(t)
    told = [play for play in plays if not _gives_away(play)]
    note = t("report.note.playbook", day=material.result.profiles.as_of)
    by_trade = trade_words(material.trade, material.used_trade, t)
    first = Page(
        finding(answer(told or plays, names, t) if told else t("playbook.answer_plain", n=len(plays)), n, t),
        table=_table(plays, names, t, goals=material.is_full), notes=(by_trade, note),
    )  # fmt: skip
    return (first, *(_play(play, names, t) for play in plays)) if material.is_full else (first,)


def _table(plays: tuple[FilledPlay, ...], names: dict[str, str], t: Translate, *, goals: bool) -> Table:
    no_cost = all(play.value.cost is None for play in plays)
    title = t("report.play.value_before_cost") if no_cost else t("report.play.value")
    columns = [
        column(t("workbook.segment"), "text", [names.get(play.segment, play.segment) for play in plays]),
        column(t("workbook.customers"), "count", [play.size for play in plays]),
        *([column(t("report.play.goal"), "text", [play.play.goal.of(t.language) for play in plays])] if goals else []),
        column(t("report.play.offer"), "text", [play.play.offer.of(t.language) for play in plays]),
        column(t("act.channel"), "text", [t(f"act.channel_{play.channel}") for play in plays]),
    ]
    columns.append(column(title, "text", [None if _gives_away(play) else _value(play, t) for play in plays]))
    return Table(tuple(columns))


def _value(play: FilledPlay, t: Translate) -> str:
    value = play.value
    if value.low is None or value.high is None or value.assumption.high == 0:
        return value_words(play, t)
    return t("report.play.range", low=value.low, high=value.high)


def _play(play: FilledPlay, names: dict[str, str], t: Translate) -> Page:
    one, liked = play.play, [(each, round(each.share * play.size)) for each in play.favourites]
    told = (each for each, n in liked if not leaves_few(n, play.size))
    shown = replace(play, favourites=tuple(told))
    sentences = (
        one.offer.of(t.language),
        *lines(shown, t),
        t("playbook.angle", angle=one.angle.of(t.language)),
        t("playbook.target", target=one.target.of(t.language), days=one.window_days),
        t("playbook.stop", stop=one.stop.of(t.language), days=one.quiet_days),
    )
    facts = {"segment": names.get(play.segment, play.segment), "goal": one.goal.of(t.language)}
    knows = not _gives_away(play) and play.value.low is not None and play.value.assumption.high > 0
    title = t("report.play.may_bring", value=_value(play, t), **facts) if knows else t("report.play", **facts)
    points = () if _gives_away(play) else (value_words(play, t), *arithmetic(play, t))
    return Page(finding(title, play.size, t), sentences, points=points)


def _gives_away(play: FilledPlay) -> bool:
    """Say whether what a play may bring tells of one to four customers who can be reached, or who cannot."""
    return leaves_few(play.value.reached, play.value.size)
