"""The way a widget's value is kept: shown as it is saved, and saved in the widget's own callback.

A page that is left by a click right after the typing is not run to its end, so nothing is saved after it is drawn. A
field says what it may hold; what is saved and not offered any more is shown as the default and stays saved until the
reader chooses anew. What cannot be saved yet, such as half a period, stays on the screen while what is saved stays the
same. ``one`` binds a widget to one value that is saved in a way of its own, such as a part of the recipe; ``Bound`` the
widgets of a page to values that are saved together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from analysis.errors import AnalysisError
from ui import compute, session

_NOTHING = object()


@dataclass(frozen=True)
class Mirror:
    """What a widget was given: ``shown`` of what was ``saved`` then, for what it belongs to.

    ``is_draft`` says that the reader has typed ``shown`` since and it could not be saved; ``refusal`` why, if a rule of
    the engine says so.
    """

    scope: str
    saved: Any
    shown: Any
    is_draft: bool = False
    refusal: AnalysisError | None = None


def _known(key: str) -> Mirror | None:
    return session.mirrored().get(key)


def _mirror(key: str, scope: str, saved: Any, shown: Any) -> Any:
    """Return what a widget is to show: what is saved, or a draft that stands beside it."""
    known = _known(key)
    if known is not None and known.is_draft and (known.scope, known.saved) == (scope, saved):
        shown = known.shown
    else:
        session.mirrored()[key] = Mirror(scope, saved, shown)
    return shown


def _keep_draft(key: str, value: Any, refusal: AnalysisError | None = None) -> None:
    known = _known(key)
    if known is not None:
        session.mirrored()[key] = replace(known, shown=value, is_draft=True, refusal=refusal)


def one(key: str, value: Any, keep: Callable[[Any], object], *, kind: Any = Any, scope: str = "") -> dict[str, Any]:
    """Give a widget its value and return what binds it: ``st.slider(label, 2, 9, **bound.one("k", params.k, set_k))``.

    Parameters
    ----------
    key : str
        Of the widget.
    value : Any
        As it is saved now.
    keep : callable
        Saves what the reader has chosen, which it is handed. What it refuses with an AnalysisError stays on the screen,
        and ``refusal`` says why; a value that was not saved without one is shown as it was.
    kind : type
        What does not fit it is not saved, and stays on the screen.
    scope : str
        What the value belongs to beside the open study.
    """
    session.give(key, _mirror(key, f"{session.study_id()} {scope}", value, value))
    return {"key": key, "on_change": _keep_one, "args": (key, keep, kind)}


def _keep_one(key: str, keep: Callable[[Any], object], kind: Any) -> None:
    value = session.widget(key)
    forget(key)
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        _keep_draft(key, value)
        return
    try:
        keep(value)
    except AnalysisError as problem:
        _keep_draft(key, value, problem)


def refusal(key: str) -> AnalysisError | None:
    """Return why what stands in a widget is not saved, or None."""
    known = _known(key)
    return known.refusal if known else None


def forget(key: str) -> None:
    """Let a widget show what is saved again, whatever was typed."""
    known = _known(key)
    if known is not None:
        session.mirrored()[key] = replace(known, is_draft=False, refusal=None)


@dataclass(frozen=True)
class Field:
    """What a widget of a page may hold.

    Attributes
    ----------
    default : Any
        Shown while nothing is saved that can be shown.
    offered : collection, optional
        What can be chosen now.
    many : bool
        The widget holds several of them.
    kind : type
        Of the value, by which JSON is read and checked; what does not fit is not saved.
    """

    default: Any
    offered: Collection[Any] | None = None
    many: bool = False
    kind: Any = Any

    def dump(self, value: Any) -> Any:
        """Return a value as JSON; raises ValidationError when it is none, such as half a period."""
        kind = TypeAdapter(self.kind)
        return kind.dump_python(kind.validate_python(value), mode="json")

    def load(self, saved: Any) -> Any:
        """Return what a widget shows of what is saved."""
        if saved is _NOTHING:
            return self.default
        try:
            value = TypeAdapter(self.kind).validate_python(saved)
        except ValidationError:
            return self.default
        if self.offered is None or value is None:
            return value
        if self.many:
            known = [one for one in value if one in self.offered]
            return known if known or not value else self.default
        return value if value in self.offered else self.default


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
    whole : bool
        The first change saves with it what all the fields show, because the result needs them together.
    """

    page: str
    scope: str
    load: Callable[[], Mapping[str, Any]]
    save: Callable[[dict[str, Any]], None]
    whole: bool = False
    _fields: dict[str, Field] = field(default_factory=dict)
    _shown: dict[str, Any] = field(default_factory=dict)
    _loaded: Mapping[str, Any] | None = None

    def key(self, name: str) -> str:
        """Return the key of the widget of a field."""
        return "_".join(part for part in (self.page, name, self.scope) if part)

    def to(
        self, name: str, default: Any, *, offered: Collection[Any] | None = None, many: bool = False, kind: Any = Any
    ) -> dict[str, Any]:
        """Give a widget its value and return what binds it: ``st.pills(label, options, **bind.to("days", 90))``.

        The parameters are those of ``Field``.
        """
        return self.to_field(name, Field(default, offered, many, kind))

    def to_field(self, name: str, this: Field) -> dict[str, Any]:
        """Give the widget of a field its value and return what binds it."""
        self.declare(name, this)
        return self.of(name)

    def declare(self, name: str, this: Field) -> None:
        """Say what a field may hold whose widget is drawn later (``of``), or not at all."""
        self._fields[name] = this
        if self._loaded is None:
            self._loaded = self.load()
        saved = self._loaded.get(name, _NOTHING)
        self._shown[name] = _mirror(self.key(name), self.scope, saved, this.load(saved))

    def of(self, name: str) -> dict[str, Any]:
        """Give the widget of a declared field its value and return what binds it."""
        session.give(self.key(name), self._shown[name])
        return {"key": self.key(name), "on_change": self._take}

    def value(self, name: str) -> Any:
        """Return what a declared field shows, be its widget drawn or not."""
        return self._shown[name]

    def held(self, name: str) -> Any:
        """Return, in a callback, what the reader has just chosen or typed in the widget of a field."""
        return session.widget(self.key(name), self._shown.get(name))

    def put(self, name: str, value: Any) -> None:
        """Change a field from a callback, as the reader would in its widget."""
        forget(self.key(name))
        self._write({name: value})

    def _take(self) -> None:
        """Save what the reader has changed; with one widget all the others that were changed before the click."""
        changed: dict[str, Any] = {}
        for name, this in self._fields.items():
            key, value = self.key(name), session.widget(self.key(name))
            known = _known(key)
            # Another visit may have changed the others meanwhile.
            if not session.holds(key) or (known is not None and value == known.shown):
                continue
            try:
                changed[name] = this.dump(value)
            except ValidationError:
                _keep_draft(key, value)
            else:
                session.mirrored()[key] = Mirror(self.scope, changed[name], value)
        self._write(changed)

    def _write(self, changed: dict[str, Any]) -> None:
        saved = dict(self.load())
        if saved | changed != saved:
            self.save(self._all_shown() | saved | changed)
        self._loaded = None

    def _all_shown(self) -> dict[str, Any]:
        shown = {}
        for name, this in self._fields.items() if self.whole else ():
            with suppress(ValidationError):
                shown[name] = this.dump(self.held(name))
        return shown


def to_study(study: compute.LoadedStudy, page: str, *, keyed: bool = True) -> Bound:
    """Return what binds the widgets of a page to the study: kept in its settings under the name of the page.

    The keys of a page that is not ``keyed`` do not name the study.
    """
    return Bound(
        page,
        study.id if keyed else "",
        lambda: compute.workspace().setting(page, {}, study.id),
        lambda values: compute.workspace().set_setting(page, values, study.id),
    )


def to_visit(page: str) -> Bound:
    """Return what binds the widgets of a page to this visit of the open study: what is looked at, no choice of it."""
    place = f"{page} {session.study_id()}"
    return Bound(page, "", lambda: session.kept(place, {}), lambda values: session.keep(place, values))
