"""One reading of the data as one value: what was chosen, how sure it is, why, and what else it could be.

Made once by ``judging.deciding`` and read by the quality report, pages, commands and ``summary.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.intake.fixes import AnyFix
from analysis.intake.recipe_lines import accepting_line, recipe_line
from analysis.notes import Note

Subject = Literal[
    "kind", "customer", "order", "date", "date_order", "year", "calendar", "real_dates", "amount", "decimal",
    "minor_units", "direction", "currency", "state", "join", "order_totals", "worth", "row_type",
    "guests", "stand_in", "unpaid", "voucher", "drawdown", "left_out", "order_number",
    "prepaid",
]  # fmt: skip
Confidence = Literal["high", "middle", "low"]
DecidedBy = Literal["found", "guessed", "person"]
ROW_NUMBERS = "row_numbers"  # the customer of a table with one row for each and no number


@dataclass(frozen=True)
class Alternative:
    """Another choice, the result that it would give (``customers``, ``come_back``, ``first_day``, …) and its fix."""

    choice: str
    effect: Mapping[str, Any] = field(default_factory=dict)
    fix: AnyFix | None = None


@dataclass(frozen=True)
class Decision:
    """What one table or column was taken for.

    Attributes
    ----------
    subject : str
        What was decided; the words are ``decision.<subject>`` in ``texts``.
    choice : str
        A header, or a code such as a kind of table, an order of day and month; empty when nothing was found.
    confidence : str
        ``high`` (go on), ``middle`` (go on, and say so wherever its figures stand), ``low`` (ask).
    evidence : tuple of Note
        Codes with facts, the strongest first; the sentences are ``evidence.<code>``.
    effect : mapping
        The result that the choice gives, in the words of the alternatives' effects.
    alternatives : tuple of Alternative
        The best first.
    decided : str
        ``found`` in headers or values, ``guessed``, or chosen by a ``person`` (on a page or in a recipe).
    table : str
        File and sheet; empty when it concerns all.
    source : int or None
        Place of the table's source in the recipe.
    column : str or None
        The column that it is about.
    """

    subject: Subject
    choice: str
    confidence: Confidence = "high"
    evidence: tuple[Note, ...] = ()
    effect: Mapping[str, Any] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    decided: DecidedBy = "found"
    table: str = ""
    source: int | None = None
    column: str | None = None

    @property
    def id(self) -> str:
        """Name of the decision, as ``Recipe.accepted`` holds it once a person has said that it is right."""
        return ":".join((self.code, "" if self.source is None else str(self.source), self.column or ""))

    @property
    def code(self) -> str:
        """Code of the finding that says it in the quality report."""
        return f"{self.subject}_guessed"

    @property
    def is_guess(self) -> bool:
        """Whether figures rest on it without anybody having said that it is right."""
        return self.decided == "guessed" and self.confidence != "high"

    @property
    def is_question(self) -> bool:
        """Whether it should be asked before figures are trusted."""
        return self.is_guess and self.confidence == "low"


def decision_dict(decision: Decision) -> dict[str, Any]:
    """Return a decision as ``summary.json`` and ``portrait inspect --json`` hold it."""
    return {
        "id": decision.id,
        "what": decision.subject,
        "table": decision.table,
        "column": decision.column,
        "chosen": decision.choice,
        "confidence": decision.confidence,
        "decided": decision.decided,
        "evidence": [{"code": one.code, **one.facts} for one in decision.evidence],
        "effect": dict(decision.effect),
        "answer": accepting_line(decision.id),
        "alternatives": [
            {"choice": one.choice, "effect": dict(one.effect), "answer": recipe_line(one.fix)}
            for one in decision.alternatives
        ],
    }
