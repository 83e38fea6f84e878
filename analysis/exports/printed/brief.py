"""The brief of the month as a page to print or to mail."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from analysis.history.words import brief_parts, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.history.brief import Brief
    from analysis.translate import Translate


def brief_html(
    brief: Brief,
    name: str,
    t: Translate,
    *,
    language: str,
    local: Callable[[datetime], datetime] = lambda moment: moment,
) -> str:
    """Write the page.

    Parameters
    ----------
    brief : Brief
    name : str
        Of the study.
    t : Translator
    language : str
        ``"en"`` or ``"zh"``.
    local : callable, optional
        Turns a moment into that of the reader's clock.

    Examples
    --------
    >>> from analysis.history.telling import brief
    >>> from analysis.study import read, run
    >>> from texts import translator
    >>> page = brief_html(brief(run(read("sample_data/b2b_crm_en.xlsx"))), "A <b>", translator("en"), language="en")
    >>> "A &lt;b&gt;" in page, "What happened" in page, "<script" in page
    (True, True, False)
    """
    from analysis.exports.experiment.report import report_page, report_part

    parts = [
        report_part(part.title, [one for _, one in part.sentences])
        for part in brief_parts(brief, t, local=local, every=True)
    ]
    made = datetime.combine(brief.as_of, time(), UTC)
    return report_page(name, made, title(brief, t), parts, t, language=language, dated="brief.made_on")
