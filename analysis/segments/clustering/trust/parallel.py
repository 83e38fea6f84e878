"""Independent pieces of one measurement on all processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_THREADS = 4
Item = TypeVar("Item")
Result = TypeVar("Result")


def each(call: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return ``call`` of every item, in order.

    The calls run in threads, for work that NumPy and scikit-learn do without the interpreter's lock. They share nothing
    that changes, so that the results do not depend on the number of processors.

    Parameters
    ----------
    call : callable of one item
    items : iterable

    Examples
    --------
    >>> each(len, ["a", "bc"])
    [1, 2]
    """
    import os
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        return list(pool.map(call, items))
