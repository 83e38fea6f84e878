"""What exports need of a translator; ``texts.Translator`` is one."""

from __future__ import annotations

from typing import Any, Protocol


class Words(Protocol):
    """Turns keys and facts into sentences of one language."""

    @property
    def language(self) -> str:
        """``"en"`` or ``"zh"``."""
        ...

    def __call__(self, key: str, **facts: Any) -> str:
        """Return the sentence of a key."""
        ...

    def has(self, key: str) -> bool:
        """Say whether there is a sentence of this key."""
        ...


def word(t: Words, key: str, instead: str) -> str:
    """Return the text of a key, or what stands for it when there is none (an own column, an own segment)."""
    return t(key) if t.has(key) else instead
