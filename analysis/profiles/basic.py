"""Basic 基本属性: who a customer is, from order lines; the customers table comes on top of it."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines, latest
from analysis.profiles.result import Feature

PERSONAL = ("name", "phone", "email", "address", "id_number")
FROM_LINES = ("region", "city", "country", "gender", "age", "industry", "company", *PERSONAL)
KINDS = {"age": "number", "company": "text", **dict.fromkeys(PERSONAL, "text")}


def basic(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """The most recent value of each attribute that stands on order lines."""
    return [latest(lines.all, column, column) for column in FROM_LINES if column in lines.roles]


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
