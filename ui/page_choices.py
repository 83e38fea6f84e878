"""What the widgets of a page hold, kept with the study and given back on the next visit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ui import compute, session


@dataclass(frozen=True)
class Choice:
    """A widget whose choice is kept with the study: its key, what it offers, and what it starts with.

    ``free`` is for a widget into which anything can be typed, whatever is offered; ``read`` turns what was kept (JSON)
    back into what the widget holds.
    """

    key: str
    offered: Collection[Any]
    default: Any
    many: bool = False
    read: Callable[[Any], Any] = lambda value: value
    free: bool = False

    def offers(self, value: Any) -> bool:
        """Say whether the widget can show what was kept."""
        return self.free or all(one in self.offered for one in (value if self.many else [value]))


def restore(study: compute.LoadedStudy, page: str, choices: Mapping[str, Choice]) -> None:
    """Give the widgets of a page what was chosen on the last visit, before they are drawn.

    A choice that the data no longer offers is left out.
    """
    saved = compute.workspace().setting(page, {}, study.id)
    for name, choice in choices.items():
        if session.widget(choice.key) is not None:
            continue
        value = saved.get(name)
        offered = value is not None and choice.offers(value)
        session.set_widget(choice.key, choice.read(value) if offered else choice.default)


def save(study: compute.LoadedStudy, page: str, choices: Mapping[str, Choice]) -> None:
    """Keep what the widgets of a page hold, so that a refresh or a restart finds it again."""
    saved = compute.workspace().setting(page, {}, study.id)
    held = {name: session.widget(choice.key) for name, choice in choices.items()}
    now = saved | {
        name: [str(one) for one in value] if isinstance(value, tuple) else value
        for name, value in held.items()
        if value is not None and not (isinstance(value, tuple) and len(value) < 2)  # a period that is half chosen
    }
    if now != saved:
        compute.workspace().set_setting(page, now, study.id)
