"""The words for a segment: its name, what it means, what to do, the rule behind it. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.profiles.words import feature_name
from analysis.segments.hybrid import key_parts
from analysis.segments.methods import numbered
from analysis.segments.scores.schemes import rule_of, scheme_of
from analysis.translate import unique_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.notes import Note
    from analysis.profiles.result import Feature
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate


def segment_names(
    keys: Iterable[str],
    t: Translate,
    *,
    names: Mapping[str, str] | None = None,
    traits: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    features: Iterable[Feature] = (),
    held: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """Return the name of each segment by key, no two the same; the choices are those of ``segment_name``."""
    keys, features = list(keys), tuple(features)
    words = [segment_name(key, t, names=names, traits=traits, features=features, held=held) for key in keys]
    return dict(zip(keys, unique_words(words), strict=True))


def result_names(
    result: SegmentationResult, keys: Iterable[str], t: Translate, *, names: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the name of each segment of a result by key, with all that the result knows of its segments.

    Parameters
    ----------
    result : SegmentationResult
    keys : iterable of str
    t : Translator
    names : mapping of str, optional
        A person's own names by key (``EditedSegmentation.names``); they win.
    """
    return segment_names(
        keys,
        t,
        names=names,
        traits=getattr(result, "traits", None),
        features=getattr(result, "features", ()),
        held=getattr(result, "held", None),
    )


def edited_names(result: SegmentationResult, edited: EditedSegmentation, t: Translate) -> dict[str, str]:
    """Return the words of every segment, before and after a person's merges, by key; screens and exports use these.

    Parameters
    ----------
    result : SegmentationResult
    edited : EditedSegmentation
        The same with a person's changes.
    t : Translator
    """
    base = result.segmentation.segments["segment"]
    own = [key for key in edited.names if key not in set(base)]
    names = result_names(result, [*base, *own], t, names=edited.names)
    missing = [key for key in edited.segmentation.segments["segment"] if key not in names]
    return names | segment_names(missing, t, names=edited.names)


def segment_name(
    key: str,
    t: Translate,
    *,
    names: Mapping[str, str] | None = None,
    traits: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    features: Iterable[Feature] = (),
    held: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return what a segment is called on screen and in exports.

    Parameters
    ----------
    key : str
        Segment key.
    t : Translator
    names : mapping of str, optional
        A person's own names by key (``EditedSegmentation.names``); they win.
    traits, features : optional
        ``ClusterResult.traits`` and ``.features``: what marks each cluster goes into its suggested name.
    held : optional
        ``HybridResult.held``: the columns whose customers a cell holds, of each cell that holds more than its own.

    Examples
    --------
    >>> from texts import Translator
    >>> segment_name("champions", Translator("en")), segment_name("cluster_2", Translator("zh"))
    ('Champions', '第2组')
    >>> segment_name("cluster_1", Translator("en"), traits={"cluster_1": [("spend", "high"), ("recency_days", "low")]})
    'Group 1: high spend, bought recently'
    """
    if names and names.get(key):
        return names[key]
    first, second = key_parts(key)
    if first:
        return _crossed(first, (held or {}).get(key, (second,)), t, names)
    if key not in (traits or {}):
        return _own_words(key, t)
    _, number = numbered(key)
    by_key = {feature.key: feature for feature in features}
    words = [_trait(trait, level, by_key, t) for trait, level in (traits or {})[key]]
    if not words:
        return t("segment.cluster", n=number)
    if len(words) == 1:
        return t("segment.cluster_one_trait", n=number, first=words[0])
    return t("segment.cluster_two_traits", n=number, first=words[0], second=words[1])


def _crossed(first: str, columns: Sequence[str], t: Translate, names: Mapping[str, str] | None) -> str:
    """Name a cell for what is in it: its row, and the columns whose customers it holds, the largest first."""
    row = segment_name(first, t, names=names)
    if not columns[0]:
        return row
    if columns[0] == "*":
        return t("segment.hybrid_rest", first=row)
    second, *others = (segment_name(column, t, names=names) for column in columns)
    if not others:
        return t("segment.hybrid", first=row, second=second)
    if len(others) == 1:
        return t("segment.hybrid_two", first=row, second=second, third=others[0])
    return t("segment.hybrid_others", first=row, second=second)


def segment_meaning(key: str, t: Translate) -> str | None:
    """Return one line on who is in a segment, where its key says it; None for a cluster."""
    return t(f"segment.{_shared(key)}.meaning") if t.has(f"segment.{_shared(key)}.meaning") else None


def segment_advice(key: str, t: Translate) -> str | None:
    """Return one line on what to do with a segment, where its key says it; None for a cluster."""
    return t(f"segment.{_shared(key)}.advice") if t.has(f"segment.{_shared(key)}.advice") else None


def segment_rule(key: str, t: Translate) -> str | None:
    """Return the rule behind an RFM segment, such as ``R 5 · F 4–5``; None for a cluster.

    Examples
    --------
    >>> from texts import Translator
    >>> segment_rule("champions", Translator("en")), segment_rule("eight_a.develop", Translator("en"))
    ('R 5 · F 4–5', 'R high · F low · M high')
    """
    rule = rule_of(key)
    if rule is None:
        return None
    if rule.m is None:
        return f"R {_span(rule.r)} · F {_span(rule.f)}"
    words = {1: t("segment.low"), 2: t("segment.high")}
    return f"R {words[rule.r[0]]} · F {words[rule.f[0]]} · M {words[rule.m[0]]}"


def note_sentence(
    note: Note, t: Translate, *, names: Mapping[str, str] | None = None, features: Iterable[Feature] = ()
) -> str:
    """Return the sentence of a note about segments, with its segment and feature in words.

    Parameters
    ----------
    note : Note
    t : Translator
    names : mapping of str, optional
        Words by segment key, as ``segment_names`` gives them.
    features : optional
        Where the feature of the note is described.
    """
    facts = dict(note.facts)
    if "segment" in facts:
        facts["segment"] = (names or {}).get(facts["segment"]) or segment_name(facts["segment"], t)
    by_key = {feature.key: feature for feature in features}
    for name in ("feature", "other"):
        if facts.get(name) in by_key:
            facts[name] = feature_name(by_key[facts[name]], t)
    return t(f"note.{note.code}", **facts)


def _own_words(key: str, t: Translate) -> str:
    if t.has(f"segment.{key}"):
        return t(f"segment.{key}")
    if key.startswith("box.") and t.has(f"segment.{key.removeprefix('box.')}"):
        return t(f"segment.{key.removeprefix('box.')}")
    beginning, number = numbered(key)
    return t(f"segment.{beginning}", n=number) if beginning else key


def _shared(key: str) -> str:
    """Both schools of the eight classes mean the same customers; a cell of two calls for what its row does."""
    key = key_parts(key)[0] or key
    if key.startswith("box."):
        return key.removeprefix("box.")
    scheme = scheme_of(key)
    return f"eight.{key.split('.', 1)[1]}" if scheme in ("eight_a", "eight_b") else key


def _span(digits: tuple[int, int]) -> str:
    low, high = digits
    return str(low) if low == high else f"{low}–{high}"


def _trait(key: str, level: str, features: Mapping[str, Feature], t: Translate) -> str:
    own = f"trait.{key}.{level}"
    if t.has(own):
        return t(own)
    words = feature_name(features[key], t) if key in features else key
    if key in features and features[key].kind == "flag":
        return t(f"trait.flag_{level}", feature=words)
    return t(f"trait.{level}", feature=words)
