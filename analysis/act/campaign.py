"""A list that was made, as the study keeps it: who was to be written to, who was held out, and what is planned.

Together the campaigns are a ledger of contacts: the next list knows from them whom it would reach too soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, get_args

from pydantic import Field

from analysis.act.params import MOST_SEED, ListChoices
from analysis.params import Params
from analysis.privacy.salted import Hash

MOST_PEOPLE = 400_000
State = Literal["planned", "sent", "done", "dropped"]
STATES: tuple[State, ...] = get_args(State)
Verdict = Literal["keep", "change", "stop"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Arms(Params):
    """The customers of one segment, as hashes: those to be written to, and those held out."""

    segment: str = Field(max_length=200)
    sent: tuple[Hash, ...] = Field(default=(), max_length=MOST_PEOPLE)
    held: tuple[Hash, ...] = Field(default=(), max_length=MOST_PEOPLE)


class Expectation(Params):
    """What a campaign was thought to bring before it was sent; shares 0..1, money in the currency of the study."""

    response_low: float = Field(ge=0, le=1)
    response_high: float = Field(ge=0, le=1)
    order: float | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)
    low: float | None = None
    high: float | None = None


class Counted(Params):
    """What one arm of one segment did: customers, those who ordered (or answered), and the money with its squares."""

    segment: str = Field(max_length=200)
    arm: Literal["sent", "held"]
    n: int = Field(ge=0)
    responded: int = Field(ge=0)
    money: float = 0.0
    money_squares: float = Field(default=0.0, ge=0)


class Before(Params):
    """What those written to did in as many days up to the list as were counted after it; the weaker comparison."""

    days: int = Field(ge=1)
    n: int = Field(ge=0)
    responded: int = Field(ge=0)
    money: float = 0.0


class Came(Params):
    """What came of a campaign, by counts alone."""

    read_on: date
    source: Literal["orders", "results"]
    counts: tuple[Counted, ...]
    knows_money: bool = False
    held_reached: int = Field(default=0, ge=0)
    cost: float | None = Field(default=None, ge=0)
    before: Before | None = None


class Campaign(Params):
    """A list that was made.

    Attributes
    ----------
    made_on, as_of : date
        The day it was made, and the day of the data.
    method : str
        The kind of segmentation of its segments; ``everybody`` for none.
    action : str
        The code of what is done (``overview.actions.ACTIONS``), empty for a list without one.
    window_days : int, optional
        Days from ``made_on`` on in which what happens counts as its effect; None for a list that nobody measures.
    arms : tuple of Arms
        By segment.
    expected, came : optional
        What it was thought to bring, and what came of it.
    """

    name: str = Field(min_length=1, max_length=120)
    made_on: date
    as_of: date
    method: str = Field(max_length=64)
    choices: ListChoices
    seed: str = Field(min_length=1, max_length=MOST_SEED)
    arms: tuple[Arms, ...]
    action: str = Field(default="", max_length=64)
    owner: str = Field(default="", max_length=80)
    due: date | None = None
    state: State = "planned"
    window_days: int | None = Field(default=None, ge=1, le=730)
    expected: Expectation | None = None
    came: Came | None = None
    verdict: Verdict | None = None

    @property
    def n_sent(self) -> int:
        """How many were to be written to."""
        return sum(len(one.sent) for one in self.arms)

    @property
    def n_held(self) -> int:
        """How many were held out."""
        return sum(len(one.held) for one in self.arms)

    @property
    def contacts(self) -> tuple[str, ...]:
        """Whom it reached, as hashes; nobody once it was dropped."""
        return () if self.state == "dropped" else tuple(one for arms in self.arms for one in arms.sent)

    @property
    def asks(self) -> tuple[str, ...]:
        """The features of tags that it asks for while it is to be sent or counted; none once it is over."""
        return tuple(one.column for one in self.choices.tags) if self.state in ("planned", "sent") else ()

    @property
    def cost(self) -> float | None:
        """What it was thought to cost; None where nobody said so."""
        return None if self.expected is None else self.expected.cost

    def held_on(self, day: date) -> tuple[str, ...]:
        """Return who is held out on a day, as hashes: nobody once its days are over, or once it was dropped."""
        if self.state == "dropped" or self.window_days is None:
            return ()
        if day > self.made_on + timedelta(days=self.window_days):
            return ()
        return tuple(one for arms in self.arms for one in arms.held)

    def without(self, gone: set[str]) -> Campaign:
        """Return the campaign without some people.

        Examples
        --------
        >>> one, two = "0" * 32, "1" * 32
        >>> kept = Campaign(
        ...     name="May", made_on=date(2024, 5, 1), as_of=date(2024, 4, 30), method="rfm", choices=ListChoices(),
        ...     seed="May", arms=(Arms(segment="lost", sent=(one, two)),),
        ... )
        >>> kept.without({one}).arms[0].sent == (two,)
        True
        """
        arms = tuple(
            Arms(
                segment=one.segment,
                sent=tuple(each for each in one.sent if each not in gone),
                held=tuple(each for each in one.held if each not in gone),
            )
            for one in self.arms
        )
        return self.model_copy(update={"arms": arms})


def is_overdue(campaign: Campaign, today: date) -> bool:
    """Say whether a campaign should have been sent by now."""
    return campaign.state == "planned" and campaign.due is not None and campaign.due < today


def in_order(campaigns: Sequence[Campaign], today: date) -> list[Campaign]:
    """Return campaigns as a list of things to do: overdue first, then planned by day, then sent, then the rest.

    Examples
    --------
    >>> def one(name, **more):
    ...     day = date(2024, 5, 1)
    ...     given = dict(name=name, made_on=day, as_of=day, method="rfm", choices=ListChoices(), seed="s", arms=())
    ...     return Campaign(**(given | more))
    >>> listed = [one("b", state="done"), one("a", due=date(2024, 6, 1)), one("c", due=date(2024, 5, 2))]
    >>> [each.name for each in in_order(listed, date(2024, 5, 20))]
    ['c', 'a', 'b']
    """
    states = {state: place for place, state in enumerate(STATES)}

    def key(one: Campaign) -> tuple[bool, int, date, date, str]:
        return (not is_overdue(one, today), states[one.state], one.due or date.max, one.made_on, one.name)

    return sorted(campaigns, key=key)
