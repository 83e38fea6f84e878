"""What a goal needs from the data, and which missing table or column would help it most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from analysis.intake.choices import Choices

Goal = Literal["win_back", "repurchase", "best_customers", "launch", "cut_waste"]
NOTHING_MISSING = "nothing"


@dataclass(frozen=True)
class Need:
    """Something a goal can use: it is there when one of the roles has a column."""

    key: str
    roles: frozenset[str]


ORDERS = Need("orders", frozenset({"order_date"}))
CONTACTS = Need("contacts", frozenset({"phone", "email"}))
CONSENT = Need("consent", frozenset({"sms_opt_in", "email_opt_in"}))
PRODUCTS = Need("products", frozenset({"product", "product_id", "category", "subcategory", "brand"}))
_ABOUT = ("age", "age_band", "birth_year", "birth_date", "gender", "industry", "company_size")
PEOPLE = Need("people", frozenset(_ABOUT))
MARGIN = Need("margin", frozenset({"cost"}))
DISCOUNTS = Need("discounts", frozenset({"discount", "coupon"}))
CHANNELS = Need("channels", frozenset({"channel"}))
SATISFACTION = Need("satisfaction", frozenset({"rating", "complaints"}))

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
    present = {column.role for source in recipe.sources if source.kind != "ignore" for column in source.columns}
    return next((need.key for need in NEEDS[goal] if not need.roles & present), NOTHING_MISSING)
