"""The privacy impact assessment in sentences, section by section: for the page, the terminal and the printed file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.intake.suggesting.personal import PersonalColumn
    from analysis.translate import Translate
    from analysis.workspace.care.assessment import Assessment


@dataclass(frozen=True)
class Section:
    """A title, its sentences, and a table with its titles first, which may be empty."""

    title: str
    sentences: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = field(default=())


def answer(found: Assessment, t: Translate) -> str:
    """Say how many points are open.

    Examples
    --------
    >>> from analysis.workspace.care.assessment import Assessment
    >>> from analysis.privacy.care import DataCare
    >>> from datetime import date
    >>> from texts import translator
    >>> found = Assessment("Shop", date(2026, 3, 1), DataCare(), 1, 9, 3, (), {}, 0, 0, "open", True, ("purpose",))
    >>> answer(found, translator("en"))
    'One point is open.'
    """
    return t("assessment.answer", n=len(found.open_points)) if found.open_points else t("assessment.answer_none")


def sections(found: Assessment, t: Translate) -> list[Section]:
    """Write the assessment."""
    care = found.care
    return [
        Section(t("assessment.data"), _data(found, t), _register(found.columns, t)),
        Section(t("assessment.purpose"), (care.purpose.strip() or t("assessment.not_said"),)),
        Section(t("assessment.retention"), (_retention(found, t),)),
        Section(
            t("assessment.recipients"),
            (
                care.recipients.strip() or t("assessment.no_others"),
                t("assessment.exported", n=sum(found.exports.values())),
            ),
            _exports(found, t),
        ),
        Section(t("assessment.protection"), _protection(found, t)),
        Section(t("assessment.rights"), (t("assessment.forgotten", n=found.n_forgotten),)),
        Section(
            t("assessment.open"),
            tuple(t(f"assessment.open_{code}") for code in found.open_points) or (t("assessment.answer_none"),),
        ),
        Section(t("assessment.measures"), (care.measures.strip() or t("assessment.not_said"),)),
        Section(t("assessment.next"), (_next(found, t),)),
    ]


def _data(found: Assessment, t: Translate) -> tuple[str, ...]:
    told = [t("assessment.size", files=found.n_files, rows=found.n_rows)]
    if found.n_customers is not None:
        told.append(t("assessment.customers", n=found.n_customers))
    told.append(t("assessment.columns", n=len(found.columns)) if found.columns else t("assessment.no_columns"))
    return tuple(told)


def _register(columns: Sequence[PersonalColumn], t: Translate) -> tuple[tuple[str, ...], ...]:
    if not columns:
        return ()
    between = t("audit.separator")
    titles = (t("audit.table"), t("audit.column"), t("audit.kind"), t("audit.sensitive"))
    rows = tuple(
        (
            one.table,
            one.header,
            between.join(t(f"personal.{kind}") for kind in ([one.kind] if one.kind else one.inside)),
            between.join(t(f"sensitive.{kind}") for kind in one.sensitive),
        )
        for one in columns
    )
    return (titles, *rows)


def _exports(found: Assessment, t: Translate) -> tuple[tuple[str, ...], ...]:
    if not found.exports:
        return ()
    titles = (t("assessment.what"), t("assessment.how"), t("assessment.times"))
    rows = (
        (t(f"audit.what_{what}"), t("assessment.masked" if masked else "assessment.full"), str(n))
        for (what, masked), n in sorted(found.exports.items())
    )
    return (titles, *rows)


def _retention(found: Assessment, t: Translate) -> str:
    if found.care.keep_until is None:
        return t("assessment.not_said")
    code = "assessment.kept_past" if found.care.is_past(found.made_on) else "assessment.kept_until"
    return t(code, day=found.care.keep_until)


def _next(found: Assessment, t: Translate) -> str:
    day = found.care.next_assessment
    return t("assessment.not_said") if day is None else t("assessment.next_on", day=day)


def _protection(found: Assessment, t: Translate) -> tuple[str, ...]:
    return (
        t(f"assessment.key_{found.key}"),
        t("assessment.masks", n=found.n_unmasked),
        t("assessment.log_whole" if found.log_is_whole else "assessment.log_broken"),
    )
