"""What an entry of the log says, as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.translate import Translate
    from analysis.workspace.audit import Entry


def sentence(entry: Entry, t: Translate) -> str:
    """Write what was done.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from analysis.workspace.audit import Entry
    >>> from texts import translator
    >>> one = Entry(1, datetime(2024, 3, 5, tzinfo=UTC), "ann", "unmasked", None, {"reason": "a call"}, "0" * 64)
    >>> sentence(one, translator("en"))
    'Personal data shown in full: a call'
    """
    facts = dict(entry.facts)
    if entry.action == "exported":
        form = "audit.exported_masked" if facts.get("masked", True) else "audit.exported_full"
        said = {"what": t(f"audit.what_{facts.get('what', 'list')}"), "of": str(facts.get("of", ""))}
        if "filters" in facts:
            return t(f"{form}_filtered", filters=str(facts["filters"]), **said)
        return t(f"{form}_of" if "of" in facts else form, **said)
    if entry.action == "unmasked":
        return t("audit.unmasked", reason=str(facts.get("reason", "")))
    if entry.action == "uploaded":
        return t("audit.uploaded", file=str(facts.get("file", "")), n=int(facts.get("rows", 0)))
    if entry.action == "deleted":
        return t("audit.deleted", n=int(facts.get("files", 0)))
    if entry.action == "forgotten":
        return t("audit.forgotten", hash=str(facts.get("customer", "")))
    return t(f"audit.{entry.action}")
