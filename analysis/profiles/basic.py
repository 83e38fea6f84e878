"""Basic 基本属性: who a customer is, from order lines; the customers table comes on top of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

PERSONAL = ("name", "phone", "email", "address", "id_number")
FROM_LINES = ("region", "city", "country", "gender", "age", "industry", "company", *PERSONAL)
KINDS = {"age": "number", "company": "text", **dict.fromkeys(PERSONAL, "text")}


def part(lines: Lines) -> Part:
    """The most recent value of each attribute that stands on order lines."""
    return Part(
        lines=tuple(
            Ask(
                column,
                nw.col(column),
                "max",
                "number" if column == "age" else "as_is",
                at=nw.col("order_time"),
                text=column,
            )
            for column in FROM_LINES
            if column in lines.roles
        )
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Nothing follows from the attributes of the lines alone; ``people`` looks at them beside the customers table."""


def features(roles: frozenset[str]) -> tuple[Feature, ...]:
    """Return the features behind the attributes that the order lines carry."""
    return tuple(
        Feature(
            key,
            "channel" if key in ("phone", "email") else "basic",
            KINDS.get(key, "category"),  # pyright: ignore
            "years" if key == "age" else "none",
            personal=key if key in PERSONAL else None,
        )
        for key in FROM_LINES
        if key in roles
    )
