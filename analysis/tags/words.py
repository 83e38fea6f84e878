"""The words for tags: their names and values, the definition as a sentence made from the rule, what is weak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.profiles.words import coded_value, feature_name, mean_text, tag_name, value_text
from analysis.segments.by_rule.rule_reason import expression_words
from analysis.segments.names import segment_name
from analysis.tags.apply import names_of
from analysis.tags.values import YES, band_names
from analysis.translate import word

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles
    from analysis.tags.apply import Tagged
    from analysis.tags.dictionary import TagEntry
    from analysis.tags.health import Weak
    from analysis.tags.measure import TagEffect
    from analysis.tags.naming import Alike
    from analysis.tags.params import Tag
    from analysis.translate import Translate


def name_of(tag: Tag, t: Translate) -> str:
    """Return what a tag is called in the reader's language.

    Examples
    --------
    >>> from analysis.tags.params import Tag, Top
    >>> from texts import Translator
    >>> tag = Tag(key="big_spender", type="value", source=Top(feature="spend", share=0.2))
    >>> name_of(tag, Translator("en")), name_of(tag.model_copy(update={"name_zh": "大客户"}), Translator("en"))
    ('Top 20 % by spend', '大客户')
    """
    return tag_name(tag.key, names_of(tag), t)


def value_words(tag: Tag, value: str, t: Translate) -> str:
    """Return a value of a tag in words; of a tag that is had or not, that it is had; ``""`` is not to have it."""
    if value in (YES, ""):
        return t("tags.yes" if value else "tags.without")
    if tag.source.kind == "segment":
        return segment_name(value, t)
    said = coded_value(tag.column, value, t)
    feature = getattr(tag.source, "feature", None)
    return said if said != value or feature is None else coded_value(str(feature), value, t)


def definition(tag: Tag, profiles: Profiles, t: Translate) -> str:
    """Return what a tag is, as one sentence that is made from its rule.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.tags.params import Tag, Top
    >>> from texts import Translator
    >>> base = Profiles(pd.DataFrame({"customer_id": ["a"], "spend": [9.0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> definition(Tag(key="big", type="value", source=Top(feature="spend", share=0.2)), base, Translator("en"))
    'The 20% of customers with the highest “Spend”; those equal to the last are inside.'
    """
    return _SENTENCES[tag.source.kind](tag, {feature.key: feature for feature in profiles.features}, t)


_Known = Mapping[str, "Feature"]


def _called(key: str, known: _Known, t: Translate) -> str:
    return feature_name(known[key], t) if key in known else key


def _column(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    flag = source.feature in known and known[source.feature].kind == "flag"
    return t("tags.def.column_flag" if flag else "tags.def.column", feature=_called(source.feature, known, t))


def _bands(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    feature = _called(source.feature, known, t)
    if source.quantiles:
        return t("tags.def.bands_equal", feature=feature, n=source.quantiles)
    plain = band_names(source)
    bands = plain if not source.names else [f"{name} {band}" for name, band in zip(source.names, plain, strict=True)]
    return t("tags.def.bands", feature=feature, bands=_listed(bands, t))


def _rule(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    return t("tags.def.rule", conditions=expression_words(source.when, known.values(), t))


def _cases(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    cases = [
        t(
            "tags.def.case", value=value_words(tag, case.value, t),
            conditions=expression_words(case.when, known.values(), t),
        )
        for case in source.cases
    ]  # fmt: skip
    key = "tags.def.cases_several" if tag.several else "tags.def.cases"
    return t(key, cases=_listed(cases, t, "tags.list_semicolon"))


def _top(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    feature, key = _called(source.feature, known, t), "low" if source.lowest else "top"
    if source.n is not None:
        return t(f"tags.def.{key}_n", n=source.n, feature=feature)
    return t(f"tags.def.{key}_share", share=source.share, feature=feature)


def _edge(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    return t(f"tags.def.{source.edge}", of=t(f"role.{source.of}"))


def _favourite(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    return t("tags.def.favourite", of=t(f"role.{source.of}"), share=source.least_share, n=source.least_count)


def _activity(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    return t("tags.def.activity", n=source.least_days, days=source.days)


def _segment(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    method = t(f"compare.{source.method}") if t.has(f"compare.{source.method}") else source.method
    if not source.segments:
        return t("tags.def.segment", method=method)
    return t("tags.def.segments", method=method, segments=_listed([segment_name(one, t) for one in source.segments], t))


def _imported(tag: Tag, known: _Known, t: Translate) -> str:
    return t("tags.def.imported")


def _look_alike(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    return t(
        "tags.def.look_alike", n=source.n, conditions=expression_words(source.seeds, known.values(), t),
        features=_listed([_called(key, known, t) for key in source.features], t),
    )  # fmt: skip


def _score(tag: Tag, known: _Known, t: Translate) -> str:
    source: Any = tag.source
    feature = known.get(source.feature)
    threshold = t.number(source.threshold) if feature is None else value_text(source.threshold, feature, t)
    return t(
        "tags.def.score_below" if source.below else "tags.def.score", feature=_called(source.feature, known, t),
        threshold=threshold, model=word(t, f"tags.model.{source.model}", source.model), version=source.model_version,
    )  # fmt: skip


_SENTENCES: dict[str, Callable[[Tag, _Known, Translate], str]] = {
    "column": _column,
    "bands": _bands,
    "rule": _rule,
    "cases": _cases,
    "top": _top,
    "edge": _edge,
    "favourite": _favourite,
    "activity": _activity,
    "segment": _segment,
    "imported": _imported,
    "look_alike": _look_alike,
    "score": _score,
}


def _listed(parts: Iterable[str], t: Translate, key: str = "tags.list_comma") -> str:
    return reduce(lambda first, second: t(key, first=first, second=second), parts)


def weak_words(weak: Weak, tags: Mapping[str, Tag], t: Translate) -> str:
    """Return why a tag is weak, as a clause."""
    facts: dict[str, Any] = dict(weak.facts)
    if "other" in facts:
        facts["other"] = name_of(tags[str(facts["other"])], t)
    return t(f"tags.weak.{weak.why}", **facts)


def alike_words(alike: Alike, tags: Mapping[str, Tag], t: Translate) -> str:
    """Return what two names have in common, as a sentence."""
    return t(f"tags.alike.{alike.why}", first=name_of(tags[alike.first], t), second=name_of(tags[alike.second], t))


def in_words(problem: AnalysisError, tags: Mapping[str, Tag], profiles: Profiles, t: Translate) -> AnalysisError:
    """Return a refusal with the tags and features that it names in words."""
    facts = dict(problem.facts)
    for name in ("tag", "other"):
        if str(facts.get(name)) in tags:
            facts[name] = name_of(tags[str(facts[name])], t)
    known = profiles.feature(str(facts.get("feature")))
    if known is not None:
        facts["feature"] = feature_name(known, t)
    return AnalysisError(problem.code, **facts)


def effect_words(effect: TagEffect, tag: Tag, profiles: Profiles, t: Translate) -> str:
    """Return what a tag says about the goal's measure, as a sentence with n and interval.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.tags.measure import TagEffect
    >>> from analysis.tags.params import Tag, Top
    >>> from texts import Translator
    >>> base = Profiles(pd.DataFrame({"customer_id": ["a"], "spend": [9.0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> tag = Tag(key="x", name_en="Fan", type="value", source=Top(feature="n_orders", share=0.2))
    >>> said = TagEffect("x", "spend", False, "yes", "", 90.0, 30.0, 40, 160, 60.0, 40.0, 80.0, 0.2, 8.0, False)
    >>> effect_words(said, tag, base, Translator("en", "GBP"))
    '“Fan”: has it £90 (n = 40), without £30 (n = 160); £60 apart (£40 to £80).'
    """
    feature = profiles.feature(effect.feature)

    def write(value: float) -> str:
        return t.percent(value) if effect.of_share or feature is None else mean_text(value, feature, t)

    return t(
        "tags.effect_sentence", tag=name_of(tag, t), high=value_words(tag, effect.high, t),
        low=value_words(tag, effect.low, t), at_high=write(effect.at_high), at_low=write(effect.at_low),
        n_high=effect.n_high, n_low=effect.n_low, spread=write(effect.spread), lower=write(max(effect.lower, 0.0)),
        upper=write(effect.upper),
    )  # fmt: skip


def measure_words(effect: TagEffect, profiles: Profiles, t: Translate) -> str:
    """Return what is measured of customers: the mean of a number, or the share of those of whom something is true."""
    feature = profiles.feature(effect.feature)
    name = effect.feature if feature is None else feature_name(feature, t)
    if not effect.of_share:
        return t("tags.measure.mean", feature=name)
    key = f"tags.measure.{effect.feature}"
    return t(key) if t.has(key) else t("tags.measure.outcome", feature=name)


def answer(entries: Sequence[TagEntry], tagged: Tagged, t: Translate) -> list[str]:
    """Return how many tags there are and for how many customers, which tells most about the goal, how many are weak."""
    import numpy as np

    values = [entry.values for entry in entries if entry.values is not None]
    n = len(tagged.profiles.customers)
    some = np.logical_or.reduce([one.has for one in values]) if values else np.zeros(n, dtype=bool)
    told = [t("tags.answer", n=len(values), share=float(some.mean()) if n else 0.0, customers=n)]
    for entry in entries:
        if entry.effect is not None and entry.effect.effect > 0 and not entry.effect.by_construction:
            sentence = effect_words(entry.effect, entry.tag, tagged.profiles, t)
            measure = measure_words(entry.effect, tagged.profiles, t)
            told.append(t("tags.answer_best", measure=measure, sentence=sentence))
            break
    if weak := sum(bool(entry.weak) for entry in entries):
        told.append(t("tags.answer_weak", n=weak))
    return told


def tags_of(tagged: Tagged, row: int, t: Translate) -> list[str]:
    """Return the tags of one customer in words, with the value where a tag has one and the day where it has its own.

    Parameters
    ----------
    tagged : Tagged
    row : int
        Of ``Profiles.customers``.
    t : Translator
    """
    found = []
    for one in tagged.values.values():
        held = [one.values[place] for place in range(len(one.values)) if one.held is not None and one.held[place, row]]
        if one.held is None and one.codes[row] >= 0:
            held = [one.values[one.codes[row]]]
        name = name_of(one.tag, t)
        for value in held:
            told = name if one.is_flag else t("charts.level", feature=name, level=value_words(one.tag, value, t))
            known = one.set_on is not None and one.set_on[row] == one.set_on[row]
            found.append(t("tags.since", tag=told, day=one.set_on[row].item()) if known else told)
    return found
