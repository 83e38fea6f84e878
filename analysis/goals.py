"""What a goal needs from the data, what can be answered without, and which missing column would help it most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from analysis.intake.choices import Choices
    from analysis.translate import Translate

Goal = Literal["win_back", "repurchase", "best_customers", "launch", "cut_waste"]
NOTHING_MISSING = "nothing"


@dataclass(frozen=True)
class Need:
    """Something a goal can use: it is there when one of the roles has a column."""

    key: str
    roles: frozenset[str]


ORDERS = Need("orders", frozenset({"order_date"}))
CONTACTS = Need("contacts", frozenset({"phone", "email"}))
CONSENT = Need("consent", frozenset({"sms_opt_in", "email_opt_in", "opt_in", "do_not_contact"}))
PRODUCTS = Need("products", frozenset({"product", "product_id", "category", "subcategory", "brand"}))
_ABOUT = ("age", "age_band", "birth_year", "birth_date", "gender", "industry", "company_size")
PEOPLE = Need("people", frozenset(_ABOUT))
MARGIN = Need("margin", frozenset({"cost"}))
DISCOUNTS = Need("discounts", frozenset({"discount", "coupon"}))
CHANNELS = Need("channels", frozenset({"channel"}))
SATISFACTION = Need("satisfaction", frozenset({"rating", "complaints"}))

# Results of somebody's RFM tell who came when, as orders do.
_AS_ORDERS = frozenset({"order_date", "recency_days", "last_order_date"})

NEEDS: dict[Goal, tuple[Need, ...]] = {
    "win_back": (ORDERS, CONTACTS, CONSENT, SATISFACTION, PRODUCTS),
    "repurchase": (ORDERS, PRODUCTS, CONTACTS, CHANNELS, DISCOUNTS),
    "best_customers": (ORDERS, MARGIN, PEOPLE, CHANNELS),
    "launch": (ORDERS, PRODUCTS, PEOPLE, CONTACTS),
    "cut_waste": (ORDERS, DISCOUNTS, CHANNELS, MARGIN, CONSENT),
}


def most_helpful(goal: Goal, recipe: Choices) -> str:
    """Return the key of the first need of a goal that no used column of the recipe meets, or ``"nothing"``.

    Examples
    --------
    >>> from analysis.intake.choices import Choices
    >>> most_helpful("win_back", Choices())
    'orders'
    """
    present = _present(recipe)
    return next((need.key for need in NEEDS[goal] if not need.roles & present), NOTHING_MISSING)


@dataclass(frozen=True)
class GoalAnswer:
    """What the data of a study can answer of a goal.

    Attributes
    ----------
    goal : str
    can : bool
        Whether anything says who came when, which each goal starts from.
    met, missing : tuple of str
        Keys of the goal's needs that a used column meets, and of the others; what would help most stands first.
    """

    goal: Goal
    can: bool
    met: tuple[str, ...]
    missing: tuple[str, ...]


def goal_answers(recipe: Choices) -> tuple[GoalAnswer, ...]:
    """Return for each goal what the used columns of a recipe can answer, and what they cannot.

    Examples
    --------
    >>> from analysis.intake.choices import Choices, Column, Source
    >>> columns = tuple(Column(name=role, role=role) for role in ("customer_id", "order_date", "amount", "product"))
    >>> [one] = [one for one in goal_answers(Choices(sources=(Source(kind="orders", columns=columns),)))
    ...          if one.goal == "launch"]
    >>> one.can, one.met, one.missing
    (True, ('orders', 'products'), ('people', 'contacts'))
    """
    present = _present(recipe)
    can = bool(_AS_ORDERS & present)

    def is_met(need: Need) -> bool:
        return can if need is ORDERS else bool(need.roles & present)

    return tuple(
        GoalAnswer(
            goal, can,
            tuple(need.key for need in NEEDS[goal] if is_met(need)),
            tuple(need.key for need in NEEDS[goal] if not is_met(need)),
        )
        for goal in get_args(Goal)
    )  # fmt: skip


def goal_sentences(answer: GoalAnswer, t: Translate) -> list[str]:
    """Return what can be answered of a goal, and what would help most with the export that usually holds it."""
    can = [t(f"goal_can.{answer.goal}")] if answer.can else []
    return [*can, t(f"goal_lacks.{answer.missing[0]}") if answer.missing else t(f"goal_need.{NOTHING_MISSING}")]


def goal_dict(answer: GoalAnswer, t: Translate | None = None) -> dict[str, Any]:
    """Return what ``summary.json`` and ``portrait inspect --json`` hold of a goal; with ``t`` the sentences too."""
    said = {} if t is None else {"sentences": goal_sentences(answer, t)}
    return {
        "goal": answer.goal, "can": answer.can, "met": list(answer.met), "missing": list(answer.missing),
    } | said  # fmt: skip


def _present(recipe: Choices) -> set[str]:
    return {column.role for source in recipe.sources if source.kind != "ignore" for column in source.columns}
