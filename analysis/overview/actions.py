"""What to do with a segment this week: a code that follows what it is worth, its rhythm and where it stands.

The sentences are ``action.<code>`` in the texts; the codes of ``ACTIONS`` are all there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from analysis.goals import Goal

Stage = Literal["prospect", "new", "active", "due", "at_risk", "dormant", "lost"]
Level = Literal["big", "middle", "small"]
Rhythm = Literal["yearly", "regular", "once"]
Action = Literal[
    "first_order", "second_order", "season_reminder", "thank", "next_buy", "routine", "reorder",
    "call", "come_back", "nudge", "ask_why", "win_back", "last_mail",
    "leave_alone", "best_service", "one_step_up", "launch_first", "launch_trial", "no_discount", "spend_less",
    "outcome_high", "outcome_low", "know_them",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
AWAY: tuple[Stage, ...] = ("at_risk", "dormant", "lost")

# By where most of a segment's money stands, and what one of its customers is worth.
_USUAL: dict[Stage, dict[Level, Action]] = {
    "prospect": {"big": "first_order", "middle": "first_order", "small": "first_order"},
    "new": {"big": "second_order", "middle": "second_order", "small": "second_order"},
    "active": {"big": "thank", "middle": "next_buy", "small": "routine"},
    "due": {"big": "reorder", "middle": "reorder", "small": "nudge"},
    "at_risk": {"big": "call", "middle": "come_back", "small": "nudge"},
    "dormant": {"big": "ask_why", "middle": "win_back", "small": "last_mail"},
    "lost": {"big": "ask_why", "middle": "win_back", "small": "last_mail"},
}
# What is done so that customers do not stay away.
KEEPING: frozenset[str] = frozenset(action for stage in AWAY for action in _USUAL[stage].values())
# What a study is for changes the advice where the usual one would not serve it.
_FOR_GOAL: dict[Goal, dict[Action, Action]] = {
    "win_back": {"thank": "leave_alone", "next_buy": "leave_alone", "routine": "leave_alone"},
    "repurchase": {},
    "best_customers": {"thank": "best_service", "next_buy": "one_step_up", "routine": "one_step_up"},
    "launch": {
        "thank": "launch_first", "next_buy": "launch_first", "season_reminder": "launch_first",
        "second_order": "launch_trial",
    },
    "cut_waste": {
        "thank": "no_discount", "next_buy": "no_discount", "routine": "spend_less", "nudge": "spend_less",
        "last_mail": "spend_less",
    },
}  # fmt: skip


def action(
    stage: Stage | None,
    level: Level,
    rhythm: Rhythm | None,
    goal: Goal | None = None,
    *,
    outcome: Literal["high", "low"] | None = None,
) -> Action:
    """Return what to do with a segment.

    Parameters
    ----------
    stage : Stage or None
        Where most of its money (for want of money most of its customers) stands; None when nobody knows orders.
    level : Level
        What one of its customers is worth beside the others.
    rhythm : Rhythm or None
    goal : Goal, optional
        What the study is for.
    outcome : high or low, optional
        Where there are no orders: how often the outcome that the files hold came about here.

    Examples
    --------
    >>> action("lost", "big", "regular"), action("active", "big", "yearly")
    ('ask_why', 'season_reminder')
    >>> action("active", "big", "regular", "launch")
    'launch_first'
    """
    if stage is None:
        return f"outcome_{outcome}" if outcome else "know_them"  # pyright: ignore[reportReturnType]
    usual: Action = _USUAL[stage][level]
    if rhythm == "yearly" and stage not in ("prospect", "new"):
        usual = "season_reminder"
    elif rhythm == "once" and stage == "active":
        usual = "second_order"
    return _FOR_GOAL[goal].get(usual, usual) if goal else usual
