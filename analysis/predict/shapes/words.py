"""The words of shapes: which there are, beside chance, and what cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.predict.shapes.forms import AGAINST_CHANCE
from analysis.stats.stability import STABLE

if TYPE_CHECKING:
    from analysis.predict.shapes.result import Shapes
    from analysis.translate import Translate


def answer(found: Shapes, t: Translate) -> list[str]:
    """Return who was looked at, which shapes there are, the rule of thumb beside them, and who was left out."""
    told = [_found(found, t)]
    told.append(t("shapes.rule", n=round(found.rule), chance=round(found.rule_by_chance)))
    if found.n_new + found.n_few:
        told.append(t("shapes.left_out", n_new=found.n_new, n_few=found.n_few, orders=found.least_orders))
    return told


def _found(found: Shapes, t: Translate) -> str:
    told = found.shapes[found.shapes["is_told"]].sort_values("customers", ascending=False, kind="stable")
    counts = {str(name): int(n) for name, n in zip(told["shape"], told["customers"], strict=True)}
    if not any(name in AGAINST_CHANCE for name in counts):
        steady = counts.get("steady", 0)
        even = t("shapes.none_steady", n=steady, share=steady / found.n, of=found.n) if steady else ""
        return t("shapes.none", n=found.n) + even
    parts = [
        t("shapes.part", shape=t(f"value.shape.{name}"), n=n, share=n / found.n, of=found.n)
        for name, n in counts.items()
    ]
    over = found.n - sum(counts.values())
    return t("shapes.answer", n=found.n, n_over=over, parts=t("shapes.comma").join(parts))


def how_sure(stable: float, t: Translate) -> str:
    """Return how well a shape is found again, in words."""
    if stable != stable:
        return "–"
    return t("shapes.stable" if stable >= STABLE else "shapes.doubtful", share=stable)
