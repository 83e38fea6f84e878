"""What the machine cannot do: a full disk, too little memory, a limit of the system; told apart from errors of ours."""

from __future__ import annotations

import errno
import os

from analysis.errors import AnalysisError

_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "file_size_limited",
    errno.EMFILE: "too_many_open_files",
    errno.ENFILE: "too_many_open_files",
}
# Whose errors quote what the system said, without its number.
_LIBRARIES = ("_duckdb", "duckdb", "pyarrow")


def refusal(problem: BaseException) -> AnalysisError | None:
    """Return the refusal for what the machine cannot do, or for a file that cannot be used; None for an error of ours.

    Examples
    --------
    >>> refusal(OSError(errno.ENOSPC, "No space left on device"))
    AnalysisError('disk_full', {})
    >>> refusal(ZeroDivisionError())
    """
    link: BaseException | None = problem
    while link is not None:  # libraries wrap what the system said
        if code := _code(link):
            return AnalysisError(code)
        link = link.__cause__ or link.__context__
    if isinstance(problem, OSError):
        what = ": ".join(str(part) for part in (problem.strerror or problem, problem.filename) if part)
        return AnalysisError("system_refused", problem=what)
    return None


def _code(problem: BaseException) -> str | None:
    if isinstance(problem, MemoryError) or type(problem).__name__ == "OutOfMemoryException":
        return "out_of_memory"
    if isinstance(problem, OSError) and problem.errno in _CODES:
        return _CODES[problem.errno]
    if isinstance(problem, OSError) or type(problem).__module__.partition(".")[0] in _LIBRARIES:
        said = str(problem)
        return next((code for number, code in _CODES.items() if os.strerror(number) in said), None)
    return None
