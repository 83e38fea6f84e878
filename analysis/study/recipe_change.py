"""What was changed between two recipes, as a code with its facts, so that a change can be told and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.notes import Note
from analysis.params import Params
from analysis.profiles.words import tag_name
from analysis.recipe import Recipe
from analysis.segments.names import segment_name
from analysis.tags.apply import names_of

if TYPE_CHECKING:
    from analysis.recipe import SegmentationPlan
    from analysis.translate import Translate

# Parts of a recipe whose name alone says what was changed.
PARTS = ("name", "goal", "as_of", "currency", "rates", "time_zone", "cleaning", "accepted", "sources", "predictions")


class RecipeChange(Params):
    """A recipe before and after a change of a person."""

    before: Recipe
    after: Recipe


class RecipeChanges(Params):
    """The last changes of a study, the newest last, so that they can be taken back."""

    changes: tuple[RecipeChange, ...] = ()


def recipe_change(before: Recipe, after: Recipe) -> Note:
    """Return what was changed first between two recipes: one change of a person changes one thing.

    Returns
    -------
    Note
        ``change_named`` (method, segment, name), ``change_merged`` (method, segment, into), ``change_hidden`` and
        ``change_shown`` (method, segment), ``change_edits`` (method), ``change_fit`` (method), ``change_param``
        (method, field), ``change_method`` (method: begun or taken out), ``change_tag`` (key, named) and
        ``change_tags`` (several), ``change_<part>`` of ``PARTS``, or ``change_nothing``.

    Examples
    --------
    >>> from analysis.recipe import Recipe
    >>> plan = Recipe().plan_or_usual("rfm")
    >>> fewer = plan.model_copy(update={"params": plan.params.model_copy(update={"n_scores": 3})})
    >>> change = recipe_change(Recipe(), Recipe().with_plan(fewer))
    >>> change.code, change.facts
    ('change_param', {'method': 'rfm', 'field': 'n_scores'})
    """
    for part in PARTS:
        if getattr(before, part) != getattr(after, part):
            return Note(f"change_{part}")
    if before.tags != after.tags:
        return _tag_change(before, after)
    kinds = [plan.params.kind for plan in (*before.segmentations, *after.segmentations)]
    for kind in dict.fromkeys(kinds):
        old, new = before.plan(kind), after.plan(kind)
        if old != new:
            return Note("change_method", {"method": kind}) if old is None or new is None else _plan_change(old, new)
    return Note("change_nothing")


def _tag_change(before: Recipe, after: Recipe) -> Note:
    changed = [
        one
        for one in dict.fromkeys(tag.key for tag in (*before.tags, *after.tags))
        if before.tag(one) != after.tag(one)
    ]
    if len(changed) != 1:
        return Note("change_tags")
    tag = after.tag(changed[0]) or before.tag(changed[0])
    return Note("change_tag", {"key": changed[0], "named": names_of(tag) if tag else None})


def _plan_change(old: SegmentationPlan, new: SegmentationPlan) -> Note:
    method = {"method": new.params.kind}
    # What a change of the groups does to their numbers and names is part of it, and its last part.
    fields = [name for name in _changed(old.params, new.params) if name not in ("numbers", "anchors")]
    if fields:
        return Note("change_param", method | {"field": fields[0]})
    if old.fit != new.fit:
        return Note("change_fit", method)
    was, now = ({edit.segment: edit for edit in plan.edits} for plan in (old, new))
    changed = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    if len(changed) != 1:
        return Note("change_edits", method)
    [key] = changed
    one, other = was.get(key), now.get(key)
    facts = method | {"segment": key}
    if other is not None and other.name and (one is None or one.name != other.name):
        return Note("change_named", facts | {"name": other.name})
    if other is not None and other.merge_into and (one is None or one.merge_into != other.merge_into):
        return Note("change_merged", facts | {"into": other.merge_into})
    if (hidden := bool(other and other.hidden)) != bool(one and one.hidden):
        return Note("change_hidden" if hidden else "change_shown", facts)
    return Note("change_edits", method)


def _changed(old: Params, new: Params) -> list[str]:
    return [name for name in type(new).model_fields if getattr(old, name, None) != getattr(new, name)]


def change_sentence(change: Note, t: Translate) -> str:
    """Return a change in a few words, as it stands in the list of what can be taken back.

    Examples
    --------
    >>> from texts import Translator
    >>> change_sentence(Note("change_param", {"method": "rfm", "field": "n_scores"}), Translator("en"))
    'RFM: Number of scores'
    >>> change_sentence(Note("change_param", {"method": "rfm", "field": "weights"}), Translator("en"))
    'RFM: a choice'
    """
    facts: dict[str, Any] = dict(change.facts)
    if "method" in facts:
        kind = facts["method"]
        facts["method"] = t(f"compare.{kind}")
        if change.code == "change_param":
            label = f"{kind}.{facts.pop('field')}"
            # Of a choice that has no label of its own, and of one that shares its key with a longer text, none is told.
            if not t.has(label) or "\n" in t(label):
                return t("change.choice", **facts)
            facts["field"] = t(label)
    if change.code == "change_tag":
        return t("change.tag", name=tag_name(facts["key"], facts["named"], t))
    for name in ("segment", "into"):
        if name in facts:
            facts[name] = segment_name(str(facts[name]), t)
    return t(f"change.{change.code.removeprefix('change_')}", **facts)
