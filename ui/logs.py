"""What the server logs of a failure: its kind and its place, never the values that its text may quote."""

from __future__ import annotations

import logging
import traceback
from typing import Any

_made = logging.getLogRecordFactory()


def keep_values_out() -> None:
    """Let every log of this process tell failures without their texts, which may hold what stands in a cell."""
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = _made(*args, **options)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = told(record.exc_info[1])
        record.exc_info = None
    return record


def told(problem: BaseException) -> str:
    """Return the lines of code that led to a failure, and to those behind it, each with its kind.

    Examples
    --------
    >>> try:
    ...     int("Ann Lee")
    ... except ValueError as problem:
    ...     print(told(problem).splitlines()[-1])
    ValueError
    """
    lines: list[str] = []
    seen: set[int] = set()
    behind: BaseException | None = problem
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        lines = [*traceback.format_tb(behind.__traceback__), f"{type(behind).__qualname__}\n", *lines]
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return "".join(lines).rstrip()
