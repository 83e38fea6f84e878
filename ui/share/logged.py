"""What is taken along is entered in the log, at the moment that it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ui import compute, session

T = TypeVar("T")


def logged(
    what: str, make: Callable[[], T], *, masked: bool, of: str | None = None, filters: str | None = None
) -> Callable[[], T]:
    """Return what makes a download and enters it in the log; what cannot be entered is not handed out.

    Parameters
    ----------
    what : str
        A key of the texts ``audit.what_<what>``.
    masked : bool
        Personal data in it is masked.
    of : str, optional
        Whose list it is: a segment, an arm.
    filters : str, optional
        By what it was filtered, in words.
    """
    workspace, study = compute.workspace(), session.study_id()
    reason = None if masked else session.unmask_reason() or None

    def made() -> T:
        content = make()
        workspace.record("exported", study, what=what, masked=masked, reason=reason, of=of, filters=filters or None)
        return content

    return made
