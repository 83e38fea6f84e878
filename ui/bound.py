"""The way a widget's value is kept: shown as it is saved, and saved in the widget's own callback.

A page that is left by a click right after the typing is not run to its end, so nothing is saved after it is drawn. A
field says what it may hold; what is saved and not offered any more is shown as the default and stays saved until the
reader chooses anew. The key of a widget names what it belongs to, so that nothing leaks from one study to another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ui import compute, session

_NOTHING = object()


@dataclass(frozen=True)
class _Field:
    key: str
    kind: TypeAdapter[Any]
    offered: Collection[Any] | None
    many: bool

    def offers(self, value: Any) -> bool:
        if self.offered is None or value is None:
            return True
        return all(one in self.offered for one in (value if self.many else [value]))

    def dump(self, value: Any) -> Any:
        """Return a value as JSON; raises ValidationError when it is none, such as half a period."""
        return self.kind.dump_python(self.kind.validate_python(value), mode="json")

    def load(self, saved: Any, default: Any) -> Any:
        """Return what a widget shows of what is saved."""
        try:
            value = self.kind.validate_python(saved)
        except ValidationError:
            return default
        return value if self.offers(value) else default


@dataclass
class Bound:
    """The widgets of one page that belong to one thing.

    Attributes
    ----------
    page, scope : str
        Name the page and what its values belong to, such as the id of a study.
    load : callable
        Returns what is saved, JSON by name of the field.
    save : callable
        Takes all of it, changed; called at most once in a run.
    """

    page: str
    scope: str
    load: Callable[[], Mapping[str, Any]]
    save: Callable[[dict[str, Any]], None]
    _fields: dict[str, _Field] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the key of the widget of a field."""
        return f"{self.page}_{name}_{self.scope}"

    def to(
        self, name: str, default: Any, *, offered: Collection[Any] | None = None, many: bool = False, kind: Any = Any
    ) -> dict[str, Any]:
        """Give a widget its value and return what binds it: ``st.pills(label, options, **bind.to("days", 90))``.

        Parameters
        ----------
        name : str
        default : Any
            Shown while nothing is saved that can be shown.
        offered : collection, optional
            What can be chosen now.
        many : bool
            The widget holds several of them.
        kind : type
            Of the value, by which JSON is read and checked; what does not fit is not saved.
        """
        this = self._fields[name] = _Field(self.key(name), TypeAdapter(kind), offered, many)
        saved = self.load().get(name, _NOTHING)
        mirrored = session.mirrored()
        known = mirrored.get(this.key, (_NOTHING, None))[0]
        held = session.widget(this.key)
        # What is held and cannot be saved yet, such as half a period, stays while what is saved stays the same.
        if not session.holds(this.key) or known != saved or not this.offers(held):
            shown = default if saved is _NOTHING else this.load(saved, default)
            session.set_widget(this.key, shown)
            mirrored[this.key] = saved, shown
        return {"key": this.key, "on_change": self._take}

    def put(self, name: str, value: Any) -> None:
        """Change a field from a callback, as the reader would in its widget."""
        session.set_widget(self.key(name), value)
        self._take()

    def _take(self) -> None:
        """Save what the reader has changed; with one widget all the others that were changed before the click."""
        mirrored, changed = session.mirrored(), {}
        for name, this in self._fields.items():
            value = session.widget(this.key)
            # Another visit may have changed the others meanwhile.
            if not session.holds(this.key) or value == mirrored.get(this.key, (None, _NOTHING))[1]:
                continue
            try:
                changed[name] = this.dump(value)
            except ValidationError:
                continue
            mirrored[this.key] = changed[name], value
        saved = dict(self.load())
        if saved | changed != saved:
            self.save(saved | changed)


def to_study(study: compute.LoadedStudy, page: str) -> Bound:
    """Return what binds the widgets of a page to the study: kept in its settings under the name of the page."""
    return Bound(
        page,
        study.id,
        lambda: compute.workspace().setting(page, {}, study.id),
        lambda values: compute.workspace().set_setting(page, values, study.id),
    )
