"""Visits that were paid before: whether rows of no money count as orders, and what each reading gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_row
from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import CleaningFix
from analysis.intake.sales import SALE
from analysis.intake.standard.worth.prepaid import GUESSED, SURE, UNTOLD
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked


def prepaid_visits(asked: Asked) -> Iterator[Decision]:
    """Rows of no money that count as visits, or may be such; sure where the file itself says that they were paid."""
    for note, one in asked.noted("visits_prepaid"):
        kinds, n, many = note.facts["kinds"], int(note.facts["n"]), bool(note.facts["untold"])
        chosen = asked.recipe.cleaning.prepaid
        choice = ("all_visits" if chosen == "visits" and many else "visits") if n else "paid_only"
        told = [kind for kind in (*SURE, *GUESSED) if kinds.get(kind)] + [UNTOLD] * many
        effects = _effects(asked)
        # All visits are another reading only where some of them are told by nothing.
        others = [code for code in ("visits", "all_visits", "paid_only") if code != choice and code in effects]
        if n or not any(kinds.get(kind) for kind in (*SURE, *GUESSED)):
            others = [code for code in others if code != "visits"]
        others = [code for code in others if code != "all_visits" or many]
        sure = not many and not any(kinds.get(kind) for kind in GUESSED)
        yield Decision(
            "prepaid", choice, "high" if sure else "middle",
            tuple(Note(f"prepaid_{kind}", {"n": kinds[kind]}) for kind in told), effects[choice],
            tuple(
                Alternative(code, effects[code], CleaningFix(field="prepaid", value=_VALUES[code])) for code in others
            ),
            "person" if chosen != "auto" else "found" if sure else "guessed", **one.about,
        )  # fmt: skip


_VALUES = {"visits": "auto", "all_visits": "visits", "paid_only": "paid_only"}


def _effects(asked: Asked) -> dict[str, dict[str, Any]]:
    """Return the buyers, orders and revenue that each reading gives, which leaves no money out and adds none."""
    assert asked.standard is not None
    with asked.standard.cursor() as cursor:
        paid, orders, revenue = fetch_row(
            cursor,
            f"SELECT count(DISTINCT order_id) FILTER ({SALE} AND amount IS NOT NULL), "
            f"count(DISTINCT order_id) FILTER ({SALE}), coalesce(sum(amount), 0) FROM orders",
        )
        buyers, with_visits = fetch_row(
            cursor,
            f"SELECT count(DISTINCT customer_id) FILTER ({SALE} AND amount IS NOT NULL), "
            f"count(DISTINCT customer_id) FILTER ({SALE}) FROM orders",
        )
    notes = [note.facts for note in asked.standard.notes if note.code == "visits_prepaid"]
    told = sum(n for facts in notes for kind, n in facts["kinds"].items() if kind != UNTOLD)
    untold = sum(facts["kinds"].get(UNTOLD, 0) for facts in notes)
    counted = {"auto": int(orders) - int(paid), "visits": told, "paid_only": told}[asked.recipe.cleaning.prepaid]
    money = {"revenue": round(float(revenue), 6)}
    return {
        "paid_only": {"buyers": int(buyers), "orders": int(paid), **money},
        "visits": {"buyers": int(with_visits), "orders": int(paid) + counted, **money},
        "all_visits": {"buyers": int(with_visits), "orders": int(paid) + counted + untold, **money},
    }
