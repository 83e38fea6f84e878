"""The brief in sentences. Words come from ``t``; names of segments, features and columns are looked up here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.act.outcome import read_outcome
from analysis.act.outcome_words import outcome_words
from analysis.experiments.record_words import decision_text, reading_line
from analysis.history.matrix import ENTERED, GONE
from analysis.profiles.words import feature_name
from analysis.segments.crosstab import OUTSIDE
from analysis.segments.names import segment_names
from analysis.translate import prose, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from analysis.history.brief import Brief, BriefPart, Said
    from analysis.translate import Translate

PLACES = (OUTSIDE, ENTERED, GONE)
_SEGMENTS = ("segment", "was", "now")
_DAYS = ("first", "last", "until")
MONTHS = 12


@dataclass(frozen=True)
class PartText:
    """One part of the brief: its title, and each sentence beside what it says."""

    key: str
    title: str
    sentences: tuple[tuple[Said, str], ...]


def brief_parts(
    brief: Brief, t: Translate, *, local: Callable[[datetime], datetime] = lambda moment: moment, every: bool = False
) -> list[PartText]:
    """Return the parts of a brief that have something to say.

    Parameters
    ----------
    brief : Brief
    t : Translator
    local : callable, optional
        Turns a moment into that of the reader's clock.
    every : bool
        Every sentence instead of the first of each part.

    Examples
    --------
    >>> from analysis.history.telling import brief
    >>> from analysis.study import read, run
    >>> from texts import translator
    >>> found = brief(run(read("sample_data/中文店铺.xlsx")))
    >>> [part.title for part in brief_parts(found, translator("en", "CNY"))][:2]
    ['What happened', 'What moved']
    """
    return [
        PartText(part.key, t(f"brief.{part.key}"), told)
        for part in brief.parts
        if (told := tuple((one, sentence(one, brief, t, local=local)) for one in _said(part, every=every)))
    ]


def _said(part: BriefPart, *, every: bool) -> tuple[Said, ...]:
    return part.said if every else part.first


def sentence(
    said: Said, brief: Brief, t: Translate, *, local: Callable[[datetime], datetime] = lambda moment: moment
) -> str:
    """Write one sentence of a brief."""
    facts: dict[str, Any] = dict(said.facts)
    if experiment := facts.pop("experiment", None):
        return _experiment(experiment, t, local)
    if campaign := facts.pop("campaign", None):
        return _campaign(campaign, t)
    if method := facts.get("method"):
        names = place_names([facts[one] for one in _SEGMENTS if isinstance(facts.get(one), str)], method, brief, t)
        facts |= {one: names[facts[one]] for one in _SEGMENTS if isinstance(facts.get(one), str)}
        facts["method"] = t(f"compare.{method}") if t.has(f"compare.{method}") else method
    if "feature" in facts:
        facts["feature"] = _feature(facts["feature"], brief, t)
    if "column" in facts:
        facts["column"] = word(t, f"role.{facts['column']}", str(facts["column"]))
    if "value" in facts:
        facts["value"] = place_name(str(facts["value"]), t)
    if "action" in facts:
        facts["todo"] = _action(facts, t)
    elif "month" in facts:
        facts["month"] = month_name(facts["month"], t)
    if said.code.startswith("arrived_"):
        return arrival_sentence(said.code.removeprefix("arrived_"), facts, t)
    return t(f"brief.{said.code}", **facts)


def arrival_sentence(code: str, facts: Mapping[str, Any], t: Translate) -> str:
    """Write what differs in a file that came in; days that went through JSON are days again."""
    told = {
        name: date.fromisoformat(fact) if name in _DAYS and isinstance(fact, str) else fact
        for name, fact in facts.items()
    }
    if code.startswith("date_order"):
        told |= {one: t(f"arrival.order_{told[one]}") for one in ("was", "now")}
    return t(f"arrival.{code}", **told)


def place_names(keys: Iterable[str], method: str, brief: Brief, t: Translate) -> dict[str, str]:
    """Return the words of segments and of the places beside them, by key."""
    keys = list(dict.fromkeys(keys))
    names = segment_names([key for key in keys if key not in PLACES], t, names=brief.names.get(method))
    return names | {key: place_name(key, t) for key in keys if key in PLACES}


def place_name(key: str, t: Translate) -> str:
    """Return the word for where nobody's segment is, or a value as it stands."""
    return t(f"history.{key}") if key in (*PLACES, "other") else key


def month_name(day: date, t: Translate) -> str:
    """Return a month with its year.

    Examples
    --------
    >>> from datetime import date
    >>> from texts import translator
    >>> month_name(date(2024, 9, 1), translator("en")), month_name(date(2024, 9, 1), translator("zh"))
    ('September 2024', '2024 年 9 月')
    """
    return t("history.month", month=t(f"month.{day.month}"), year=str(day.year))


def title(brief: Brief, t: Translate) -> str:
    """Return what the brief covers."""
    if brief.since is None or brief.since == brief.as_of:
        return t("brief.of_today", as_of=brief.as_of)
    return t("brief.since", since=brief.since, as_of=brief.as_of)


def brief_text(
    brief: Brief, t: Translate, *, name: str = "", local: Callable[[datetime], datetime] = lambda moment: moment
) -> str:
    """Return the brief as plain text to paste into a message: titles on lines of their own, a dash per sentence."""
    lines = [line for line in (name, title(brief, t)) if line]
    for part in brief_parts(brief, t, local=local):
        lines += ["", part.title, *(f"- {one}" for _, one in part.sentences)]
    return "\n".join(lines) + "\n"


def _feature(key: str, brief: Brief, t: Translate) -> str:
    feature = next((one for one in brief.features if one.key == key), None)
    return word(t, f"feature.{key}", key) if feature is None else feature_name(feature, t)


def _action(facts: dict[str, Any], t: Translate) -> str:
    told: dict[str, Any] = {"n": facts["overdue"], "away": facts["away"], "days": facts["days"]}
    if "month" in facts:
        told["month"] = t(f"month.{facts['month']}")
        told["before"] = t(f"month.{(facts['month'] - 2) % MONTHS + 1}")
    if "feature" in facts:
        told["outcome"] = ": ".join(one for one in (facts["feature"], facts["word"]) if one)
        told |= {"share": facts["share"], "everyone": facts["everyone"]}
    return t(f"action.{facts['action']}", **told)


def _experiment(experiment: Any, t: Translate, local: Callable[[datetime], datetime]) -> str:
    found = [t("brief.experiment", name=experiment.name)]
    if (reading := experiment.last_reading) is not None:
        found.append(reading_line(experiment, reading, t, local=local))
    if experiment.decision is not None:
        found.append(decision_text(experiment.decision, t, local=local))
    return prose([one for one in found if one], t)


def _campaign(campaign: Any, t: Translate) -> str:
    """Say what came of a list, and what was decided; single segments stand on the page of the review."""
    found = [t("brief.campaign", name=campaign.name)]
    outcome = read_outcome(campaign)
    weaker = outcome.before if outcome.response is None else None
    found += outcome_words(replace(outcome, segments=(), before=weaker), {}, t)
    if campaign.verdict is not None:
        found.append(t(f"brief.campaign_{campaign.verdict}"))
    return prose(found, t)
