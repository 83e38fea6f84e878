"""Words of states and of kinds of rows that nobody knows, each answered by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.intake.cells.values import one_of
from analysis.intake.decision import Alternative
from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.asked import exactly, tables_of

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used

MOST_WORDS = 6  # that are answered apart


def states_apart(
    asked: Asked, one: Used, doubted: Sequence[str], each: Mapping[str, Mapping[str, float]], revenue: float | None
) -> Iterator[Alternative]:
    """Offer to leave out the orders of each word by itself, the one with the most money first."""
    before = asked.recipe.cleaning.not_sold
    for word in sorted(doubted, key=lambda word: -abs(each[word]["revenue"]))[:MOST_WORDS]:
        fix = CleaningFix(field="not_sold", value=(*before, word))
        left = {} if revenue is None else {"revenue": exactly(asked, one, fix, revenue - each[word]["revenue"])}
        yield Alternative(word, left, fix)


def kinds_apart(doubted: Sequence[str], each: Mapping[str, Mapping[str, float]], total: float) -> Iterator[Alternative]:
    """Offer to leave out the rows of each of several words by itself, the one with the most money first."""
    words = sorted(doubted, key=lambda word: -abs(each[word]["revenue"]))[:MOST_WORDS] if len(doubted) > 1 else []
    for word in words:
        left = {"revenue": round(total - each[word]["revenue"], 6)}
        yield Alternative(word, left, CleaningFix(field="left_out_types", value=(word,)))


def counted_states(asked: Asked, one: Used, states: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the rows and the money of states as they count: without what is in another currency, or left out since."""
    places = ", ".join(map(str, tables_of(asked, one)))
    if asked.standard is None or not states:
        return {}
    with asked.standard.cursor() as cursor:
        found = fetch_rows(
            cursor,
            f"SELECT status, count(*), coalesce(sum(amount), 0) FROM orders WHERE source IN ({places}) AND "
            f"{one_of('status', states)} GROUP BY status",
        )
    return {str(state): {"rows": int(n), "revenue": float(money)} for state, n, money in found}
