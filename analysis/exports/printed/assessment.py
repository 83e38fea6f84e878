"""The privacy impact assessment as a page to print: no script, nothing fetched, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analysis.translate import Translate


class Section(Protocol):
    """A title, its sentences, and a table with its titles first, as ``workspace.care.words`` writes them."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def sentences(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def table(self) -> tuple[tuple[str, ...], ...]: ...  # noqa: D102


def assessment_html(
    name: str, made_on: date, answer: str, sections: Sequence[Section], t: Translate, *, language: str
) -> str:
    """Write the page.

    Examples
    --------
    >>> from texts import translator
    >>> page = assessment_html("Shop <b>", date(2026, 3, 1), "Nothing is open.", [], translator("en"), language="en")
    >>> "Shop &lt;b&gt;" in page, "<script" in page
    (True, False)
    """
    from analysis.exports.experiment.report import report_page, report_part

    parts = [
        report_part(
            one.title,
            list(one.sentences),
            table={"titles": list(one.table[0]), "rows": list(map(list, one.table[1:]))} if one.table else None,
        )
        for one in sections
    ]
    made = datetime.combine(made_on, time(), UTC)
    return report_page(name, made, answer, parts, t, language=language, dated="assessment.made_on")
