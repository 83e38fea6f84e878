"""What reconciling found, in sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from analysis.plain import plain

if TYPE_CHECKING:
    from analysis.intake.reconcile.result import Explanation, Reconciliation, Treatment
    from analysis.translate import Translate

SURE = 0.05  # explanations that fit by chance less often than this are told as what the report does


def reconcile_lines(found: Reconciliation, t: Translate) -> list[str]:
    """Return what explains another report's revenue, the answer first.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.intake.reconcile.result import Reconciliation
    >>> from texts import translator
    >>> found = Reconciliation(120.0, 100.0, date(2024, 1, 1), date(2024, 1, 31), 0.5, 40)
    >>> reconcile_lines(found, translator("en"))[0]
    'From 1 Jan 2024 to 31 Jan 2024 your report shows 120.00 and this study 100.00: 20.00 more.'
    """
    facts = {
        "since": found.since, "until": found.until, "total": _exact(found.total), "counted": _exact(found.counted),
        "gap": _exact(abs(found.difference)),
    }  # fmt: skip
    if found.agrees:
        return [t("reconcile.agrees", **facts)]
    lines = [t("reconcile.more" if found.difference > 0 else "reconcile.less", **facts)]
    if not found.exact:
        lines.append(t("reconcile.unexplained", n=found.ways))
        return [*lines, *(nearest_line(one, t) for one in found.nearest)]
    return [*lines, *(explanation_line(one, t) for one in found.exact)]


def explanation_line(one: Explanation, t: Translate) -> str:
    """Return one explanation that fits, and how sure it is."""
    key = "reconcile.explained" if one.by_chance < SURE else "reconcile.perhaps"
    return t(key, ways=_and(one, t))


def nearest_line(one: Explanation, t: Translate) -> str:
    """Return one treatment that brings the study nearer to the report."""
    return t("reconcile.nearest", ways=_and(one, t), left=_exact(one.left))


def _exact(money: float) -> str:
    """Write money to the cent, as a report does: a rounded figure cannot be held against another."""
    return f"{money:,.2f}"


def _and(one: Explanation, t: Translate) -> str:
    return t("reconcile.and").join(treatment_phrase(part, t) for part in one.treatments)


def treatment_phrase(one: Treatment, t: Translate) -> str:
    """Return one treatment in words, with the money that it makes."""
    facts: dict[str, object] = {"money": f"{one.money:+,.2f}", "subject": one.subject}
    if one.kind == "with_set_aside":
        facts["subject"] = t(f"reason.{one.subject}")
    if one.kind == "day_begins":
        facts["hour"] = f"{int(one.subject) % 24:02d}:00"
        return t("reconcile.day_before" if int(one.subject) < 0 else "reconcile.day_begins", **facts)
    return t(f"reconcile.{one.kind}{'_once' if one.once else ''}", **facts)


def reconcile_dict(found: Reconciliation) -> dict[str, Any]:
    """Return what was found as JSON holds it; ``fix`` is the change of the recipe, as ``apply_fix`` takes it."""
    told = plain({**asdict(found), "difference": found.difference})
    for kind in ("exact", "nearest"):
        for way, one in zip(told[kind], getattr(found, kind), strict=True):
            for part, treatment in zip(way["treatments"], one.treatments, strict=True):
                part["fix"] = treatment.fix.model_dump(mode="json") if treatment.fix else None
    return told
