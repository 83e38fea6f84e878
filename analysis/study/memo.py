"""What has been computed already: a study asks a memo it is handed before it computes a step again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

# Called with a step, a key and what computes it, a memo returns what the step gave under this key before, or computes
# it; what is refused is not kept. The key is text that names the data and the choices, never a frame. What is returned
# may be shared, so nobody changes it.
Memo = Callable[[str, str, Callable[[], Any]], Any]


def in_dict(*, forget: Collection[str] = ()) -> Memo:
    """Return a memo that keeps everything as long as it lives, but for the steps to forget.

    Examples
    --------
    >>> memo = in_dict()
    >>> memo("sum", "1 2", lambda: 1 + 2), memo("sum", "1 2", lambda: 1 / 0)
    (3, 3)
    """
    kept: dict[tuple[str, str], Any] = {}

    def remember(step: str, key: str, compute: Callable[[], Any]) -> Any:
        if step in forget:
            return compute()
        if (step, key) not in kept:
            kept[step, key] = compute()
        return kept[step, key]

    return remember
