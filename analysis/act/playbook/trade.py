"""Trades as data: the plays of a retailer, a school, a hotel; read from files, checked, without code.

A trade holds what is its own; what it does not say is that of ``general``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from analysis.act.params import Channel
from analysis.errors import AnalysisError, ChoiceError
from analysis.intake.reading.layout import clean_text
from analysis.overview.actions import Action
from analysis.params import KEY, Params
from analysis.tags.library import library_keys

PlayKey = Literal[
    "first_order",
    "second_order",
    "thank",
    "grow",
    "remind",
    "rescue",
    "win_back",
    "last_mail",
    "rest",
    "know",
    "lead",
    "learn",
]
PLAYS: tuple[PlayKey, ...] = get_args(PlayKey)
TRADES = ("retail", "education", "software", "finance", "hospitality", "dining", "health", "membership", "b2b")
GENERAL = "general"
# The play of each code of the first screen.
PLAY_OF: dict[Action, PlayKey] = {
    "first_order": "first_order", "second_order": "second_order", "launch_trial": "second_order",
    "thank": "thank", "best_service": "thank", "no_discount": "thank", "launch_first": "thank",
    "next_buy": "grow", "one_step_up": "grow", "routine": "grow",
    "reorder": "remind", "season_reminder": "remind", "nudge": "remind",
    "call": "rescue", "come_back": "rescue", "win_back": "win_back", "ask_why": "win_back",
    "last_mail": "last_mail", "spend_less": "last_mail", "leave_alone": "rest",
    "outcome_high": "lead", "outcome_low": "learn", "know_them": "know",
}  # fmt: skip
_LEAST_SIGNS = 2
MOST_CHARACTERS = 100_000
OWN = "own_"  # before the keys of templates that a person brought
Text = Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=300)]


class Words(Params):
    """A text in both languages."""

    en: Text
    zh: Text

    def of(self, language: str) -> str:
        """Return the text of a language."""
        return self.zh if language == "zh" else self.en


class Play(Params):
    """What to do with a segment.

    ``response`` is the range, 0..1, of the share who order because of it: above those who would have ordered anyway.
    ``channels`` stand in the order in which they are tried, where the data does not say which one is answered.
    """

    goal: Words
    offer: Words
    angle: Words
    target: Words
    stop: Words
    channels: tuple[Channel, ...] = ()
    quiet_days: int = Field(ge=0, le=365)
    window_days: int = Field(ge=1, le=365)
    response: tuple[float, float]

    @model_validator(mode="after")
    def _in_order(self) -> Play:
        low, high = self.response
        if not 0 <= low <= high <= 1:
            raise ChoiceError("act_bad_response", low=low, high=high)
        return self


class Trade(Params):
    """A trade: its name, what it calls its customers, by which headings it is known, and its plays.

    ``measure`` is the Chinese measure word of a customer; ``roles`` are roles of columns that only such a firm has;
    ``firms`` are words for such a firm, which a file is called by ("咖啡馆订单");
    ``tags`` are those of the library to begin with; ``by_tag`` names the play of a segment most of which has a tag;
    ``report`` is the first to make of its study, ``experiment`` the first test that is worth making.
    """

    key: str = Field(pattern=KEY)
    name: Words
    customer: Words
    measure: str = Field(default="位", min_length=1, max_length=4)
    headings: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    by_tag: dict[str, PlayKey] = Field(default_factory=dict)
    report: Literal["owner", "consultant", "analyst"] = "owner"
    experiment: Words
    plays: dict[PlayKey, Play]

    @model_validator(mode="after")
    def _known_tags(self) -> Trade:
        for field, named in (("tags", self.tags), ("by_tag", self.by_tag)):
            for tag in named:
                if tag not in library_keys():
                    raise ChoiceError("choice_not_offered", value=tag, field=field, known=library_keys())
        return self


@dataclass(frozen=True)
class TradeFound:
    """The trade of some data, and the headings that say so (none for ``general``)."""

    trade: Trade
    because: tuple[str, ...]


def trade_from_toml(text: str, key: str) -> Trade:
    """Read a trade from a file of one; what it does not say is that of the general one.

    Raises
    ------
    AnalysisError
        ``act_trade_not_toml``; what ``Trade`` refuses, such as a misspelt name (``choice_unknown``).

    Examples
    --------
    >>> made = trade_from_toml('name = {en = "Garden", zh = "园艺"}', "garden")
    >>> made.name.en, made.plays["win_back"].window_days
    ('Garden', 30)
    """
    if len(text) > MOST_CHARACTERS:
        raise AnalysisError("act_trade_not_toml")
    try:
        own: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise AnalysisError("act_trade_not_toml") from None
    general = _raw(GENERAL)
    plays = {name: dict(play) for name, play in general["plays"].items()}
    given: Any = own.get("plays", {})
    if not isinstance(given, dict):
        raise AnalysisError("act_trade_not_toml")
    for name, play in given.items():
        if name not in PLAYS:
            raise ChoiceError("choice_unknown", name=name, field=f"plays.{name}", known=PLAYS)
        plays[name] = {**plays.get(name, {}), **play} if isinstance(play, dict) else play
    return Trade.model_validate({**general, **own, "plays": plays, "key": key})


def own_trade(content: bytes, name: str) -> Trade:
    """Read a template that a person brought: a file of UTF-8 and its name, from which its key is made.

    Raises
    ------
    AnalysisError
        As ``trade_from_toml``; a file of another coding is no template.

    Examples
    --------
    >>> own_trade('name = {en = "Garden", zh = "园艺"}'.encode(), "My Garden.toml").key
    'own_my_garden'
    """
    stem = re.sub(r"[^a-z0-9]+", "_", Path(name).stem.casefold()).strip("_").removeprefix(OWN)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnalysisError("act_trade_not_toml") from None
    return trade_from_toml(text, f"{OWN}{stem}"[:40].rstrip("_") if stem else f"{OWN}trade")


def trade_to_toml(one: Trade) -> str:
    """Return a trade as the file that ``trade_from_toml`` reads, with all its plays: to change, and to hand on.

    Examples
    --------
    >>> trade_from_toml(trade_to_toml(trade("retail")), "retail") == trade("retail")
    True
    """
    told = one.model_dump(mode="json", exclude={"key", "plays"})
    lines = [f"{name} = {_toml(value)}" for name, value in told.items()]
    for key, play in one.plays.items():
        lines += ["", f"[plays.{key}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in play.model_dump(mode="json").items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """Return a value in TOML; what JSON writes of texts and numbers is TOML as well."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@cache
def trade(key: str) -> Trade:
    """Return a trade by its key: one of ``TRADES``, or ``general``; refuses ``act_trade_unknown`` (trade, known)."""
    if key not in (*TRADES, GENERAL):
        raise AnalysisError("act_trade_unknown", trade=key, known=(GENERAL, *TRADES))
    return trade_from_toml(_path(key).read_text("utf-8"), key)


def find_trade(headings: Iterable[str], roles: Iterable[str] = (), names: Iterable[str] = ()) -> TradeFound:
    """Say of which trade some data is, by the headings of its columns; ``general`` where fewer than two say one thing.

    Where the names of the files call the firm by one trade alone, it is that: a café sells products, as a shop does.

    Parameters
    ----------
    headings : iterable of str
        As the files have them.
    roles : iterable of str
        That were found for the columns.
    names : iterable of str
        Of the files and their sheets.

    Examples
    --------
    >>> found = find_trade(["学员姓名", "课程", "校区", "金额"])
    >>> found.trade.key, found.because
    ('education', ('学员姓名', '课程', '校区'))
    >>> find_trade(["id", "amount"]).trade.key
    'general'
    >>> find_trade(["商品", "门店"], names=["咖啡馆订单_8-9月"]).trade.key
    'dining'
    """
    named = [
        (key, name) for name in dict.fromkeys(names) for key in TRADES
        if any(_says(name, word) for word in trade(key).firms)
    ]  # fmt: skip
    if len({key for key, _ in named}) == 1:
        return TradeFound(trade(named[0][0]), tuple(name for _, name in named))
    told, known = list(dict.fromkeys(headings)), set(roles)
    best, because = GENERAL, ()
    for key in TRADES:
        one = trade(key)
        signs = [heading for heading in told if any(_says(heading, word) for word in one.headings)]
        weight = len(signs) + len(known & set(one.roles))
        if weight >= _LEAST_SIGNS and len(signs) > 0 and weight > _weight(best, told, known):
            best, because = key, tuple(signs)
    return TradeFound(trade(best), because)


def _weight(key: str, headings: list[str], roles: set[str]) -> int:
    if key == GENERAL:
        return 0
    one = trade(key)
    return sum(any(_says(heading, word) for word in one.headings) for heading in headings) + len(roles & set(one.roles))


def _says(heading: str, word: str) -> bool:
    """Say whether a heading holds a word: anywhere in Chinese, as a whole word in English."""
    plain = heading.casefold().replace("_", " ").replace("-", " ")
    if word.isascii():
        return f" {word.replace('-', ' ')} " in f" {plain} " or f" {word}s " in f" {plain} "
    return word in plain


@cache
def _raw(key: str) -> dict[str, Any]:
    return tomllib.loads(_path(key).read_text("utf-8"))


def _path(key: str) -> Path:
    return Path(__file__).parent / "trades" / f"{key}.toml"
