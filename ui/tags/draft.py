"""The tag that is being made or changed: a draft of this visit, counted at each change and saved on a click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.by_rule.rule_edit import grouped
from analysis.study.tagging import basis_of
from analysis.tags.change import tag_change
from analysis.tags.history import TagHistory, changed
from analysis.tags.params import Case, Tag
from analysis.tags.starters import first_source, free_key
from ui import compute, session

if TYPE_CHECKING:
    from analysis.conditions import Expression
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe
    from ui.segments.condition_rows import Path

_DRAFT, LOOKED_AT = "tag_draft", "tag_looked_at"


@dataclass(frozen=True)
class Draft:
    """A tag as it is being edited; ``before`` is the tag as saved, None for a new one."""

    study_id: str
    tag: Tag
    before: Tag | None


def draft(study: compute.LoadedStudy) -> Draft | None:
    """Return the draft of the open study, or None."""
    found: Draft | None = session.kept(_DRAFT)
    return found if found is not None and found.study_id == study.id else None


def begin(study: compute.LoadedStudy, tag: Tag | None) -> None:
    """Begin to change a tag, or to make a new one by a rule."""
    if tag is not None:
        session.keep(_DRAFT, Draft(study.id, tag, tag))
        return
    found = compute.prepared_or_stop(study)
    source = next(
        source
        for way in ("rule", "column", "imported")
        if (source := first_source(way, found.profiles, found.standard)) is not None
    )
    # Values imported for a draft that was left, or for a tag that was deleted, are not those of this one.
    taken = [*(one.key for one in study.recipe.tags), *compute.workspace().tag_values(study.id)]
    key = free_key("", taken)
    session.keep(_DRAFT, Draft(study.id, Tag(key=key, type="value", source=source), None))


def stop() -> None:
    """Leave the draft."""
    session.keep(_DRAFT, None)


def change(**fields: Any) -> None:
    """Change fields of the draft; what cannot be is refused with an AnalysisError, and the draft stays."""
    found: Draft | None = session.kept(_DRAFT)
    if found is not None:
        session.keep(_DRAFT, Draft(found.study_id, found.tag.model_copy(update=fields), found.before))


def change_source(**fields: Any) -> None:
    """Change fields of the definition."""
    found: Draft | None = session.kept(_DRAFT)
    if found is not None:
        change(source=found.tag.source.model_copy(update=fields))


@dataclass(frozen=True)
class DraftSlot:
    """The conditions of the draft: of its rule, of its seeds, or of the case at ``place``."""

    profiles: Profiles
    field: str = "when"
    place: int | None = None

    def key(self, kind: str, path: Path) -> str:
        """Return the key of a widget."""
        return "_".join(map(str, ("tag", self.field, self.place, kind, *path)))

    def change(self, make: Callable[[Expression], Expression | None], *, check: bool) -> None:
        """Change the draft; the last condition stays, and what cannot hold is refused."""
        from analysis.tags.asking import who_holds

        found: Draft | None = session.kept(_DRAFT)
        if found is None:
            return
        source: Any = found.tag.source
        old = source.cases[self.place].when if self.place is not None else getattr(source, self.field)
        when = make(grouped(old))
        if when is None:
            return
        try:
            if check:
                who_holds(found.tag, when, self.profiles)
            if self.place is None:
                change_source(**{self.field: when})
            else:
                cases = list(source.cases)
                cases[self.place] = Case(value=cases[self.place].value, when=when)
                change_source(cases=tuple(cases))
        except AnalysisError as problem:
            session.keep(session.REFUSED, problem)


def save(study: compute.LoadedStudy) -> None:
    """Keep the draft: a changed definition is a new version, with what the change did in its history."""
    found = draft(study)
    if found is None:
        return
    tag = found.tag
    if found.before is None:
        imported = compute.workspace().tag_values(study.id)
        if tag.key not in imported:  # values that were imported are kept under the key, so it stays what it is
            name, taken = tag.name_en or tag.name_zh, [*imported, *(one.key for one in study.recipe.tags)]
            tag = tag.model_copy(update={"key": free_key(name, taken)})
        keep(lambda recipe: recipe.with_tag(tag))
    else:
        before = found.before
        tag = changed(before, tag)
        if tag.version != before.version and not before.retired:
            _remember(study, before, tag)
        keep(lambda recipe: recipe.with_tag(tag))
    if session.kept(session.REFUSED) is None:
        stop()
        session.keep(LOOKED_AT, tag.key)


def _remember(study: compute.LoadedStudy, before: Tag, after: Tag) -> None:
    from datetime import date

    try:
        effect = tag_change(before, after, basis_of(study.run, after))
    except AnalysisError:
        return  # a definition that could not be computed did nothing

    def grown(history: TagHistory | None) -> TagHistory:
        return (history or TagHistory()).grown(before, effect, date.today())

    try:
        compute.workspace().change_document("tag_history", before.key, grown, study.id)
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)


def keep(edit: Callable[[Recipe], Recipe]) -> None:
    """Change the recipe; what is refused shows on the next run."""
    compute.edit_recipe(edit)


def retire(key: str, retired: bool) -> None:
    """Take a tag out of use, or back into it."""

    def edit(recipe: Recipe) -> Recipe:
        tag = recipe.tag(key)
        return recipe if tag is None else recipe.with_tag(tag.model_copy(update={"retired": retired}))

    keep(edit)


def delete(key: str) -> None:
    """Take a tag out of the study."""
    keep(lambda recipe: recipe.without_tag(key))
    session.keep(LOOKED_AT, None)


def switch_on(tags: tuple[Tag, ...]) -> None:
    """Take tags of the library into the study."""

    def edit(recipe: Recipe) -> Recipe:
        for tag in tags:
            recipe = recipe if recipe.tag(tag.key) else recipe.with_tag(tag)
        return recipe

    keep(edit)
