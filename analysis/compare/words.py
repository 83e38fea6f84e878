"""The words of an explanation: conditions, rules and what they are worth. Words come from ``t``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from analysis.compare.compare import OTHER, YES
from analysis.compare.ranked import RANKS
from analysis.conditions import Condition, Expression, Not
from analysis.profiles.words import coded_value, feature_name, mean_text, outcome_name, value_text
from analysis.segments.by_rule.rule_reason import expression_words
from analysis.segments.definition import expression

if TYPE_CHECKING:
    from analysis.compare.compare import Comparison
    from analysis.compare.explain import Against, Separation
    from analysis.compare.influence import Influence, OutcomeColumn
    from analysis.compare.surrogate import SurrogateCondition as Found
    from analysis.compare.surrogate import SurrogateRule
    from analysis.profiles.result import Feature
    from analysis.segments.parts import Part
    from analysis.translate import Translate

TOLD = 3  # differences in an answer
SAME_SHARE = 0.1  # shares of one value under two headings that differ by less are one fact
NARROW = 3  # of 100 pairs: an interval that whole numbers would close
SMALL = 0.2  # of a standardised difference


def level_name(feature: Feature, level: str, t: Translate) -> str:
    """Return the words of a level: "other", "yes", those of a coded value, else the level as the file wrote it."""
    if level in (OTHER, YES):
        return t("charts.other") if level == OTHER else t("charts.yes")
    return coded_value(feature.key, level, t) if feature.header is None else level


def answer(comparison: Comparison, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return the differences that matter most, one sentence each; that there are none is a sentence too.

    What the segments were made of is named last: that they differ in it is no finding.

    Parameters
    ----------
    comparison : Comparison
    names : mapping of str
        Words by segment key.
    t : Translator
    """
    return [*findings(comparison, names, t), *by_construction(comparison, t)]


def findings(comparison: Comparison, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return at most three sentences on what segments differ in beyond their definition, one if it is little or none.

    Among thousands of customers trifles are beyond chance, and nobody stands out by one.
    """
    features = {feature.key: feature for feature in comparison.features}
    rows, made = telling_differences(comparison), "_else" if comparison.made_of else ""
    if not rows:
        return [t(f"compare.answer_none{made}")]
    if all(abs(row["effect"]) < SMALL for row in rows):
        most = max(rows, key=lambda row: abs(row["effect"]))
        name = feature_name(features[most["feature"]], t)
        return [t(f"compare.answer_slight{made}", feature=name, segment=names[most["segment"]])]
    return [_difference(row, features[row["feature"]], names, t) for row in rows]


def by_construction(comparison: Comparison, t: Translate) -> list[str]:
    """Say which features made the segments; no sentence where none did."""
    return _by_construction(comparison.made_of, {feature.key: feature for feature in comparison.features}, t)


def influence_answer(influence: Influence, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return the three strongest influences on belonging to a segment, one sentence each, and one if there is none.

    Of an outcome first how often it came about, and last which columns say the same as it.

    Parameters
    ----------
    influence : Influence
    names : mapping of str
        Words by segment key; an outcome needs none.
    t : Translator
    """
    if influence.outcome is not None:
        return _outcome_answer(influence, influence.outcome, t)
    segment = names[influence.segment]
    if len(influence.rows) == 0:
        return [t("compare.influence_none", segment=segment)]
    return [
        t("compare.influence", segment=segment, what=influence_name(row, influence.features, t),
          ratio=t.number(row["ratio"], 1), low=t.number(row["low"], 1), high=t.number(row["high"], 1),
          share=row["share"], n=row["n"])
        for row in influence.rows.head(TOLD).to_dict("records")
    ]  # fmt: skip


def _outcome_answer(influence: Influence, outcome: OutcomeColumn, t: Translate) -> list[str]:
    name, n = outcome_name(outcome.feature, outcome.answer, t), influence.n_known
    said = [t("compare.outcome_all", outcome=name, n=n, share=influence.n_came / n)]
    said += outcome_influences(influence, t) or [t("compare.outcome_none", outcome=name)]
    if influence.restated:
        by_key = {feature.key: feature for feature in influence.features}
        columns = t("compare.comma").join(feature_name(by_key[key], t) for key in influence.restated)
        said.append(t("compare.outcome_restated", features=columns))
    return said


def outcome_influences(influence: Influence | None, t: Translate) -> list[str]:
    """Say what goes with an outcome, a sentence for each of the strongest; nothing where nothing does."""
    if influence is None or influence.outcome is None:
        return []
    outcome = influence.outcome
    name = outcome_name(outcome.feature, outcome.answer, t)
    return [
        t("compare.outcome", outcome=name, what=influence_name(row, influence.features, t),
          ratio=t.number(row["ratio"], 1), low=t.number(row["low"], 1), high=t.number(row["high"], 1),
          share=row["share"], other_share=row["other_share"], n=row["n"])
        for row in influence.rows.head(TOLD).to_dict("records")
    ]  # fmt: skip


def influence_name(row: Mapping[Any, Any], features: Iterable[Feature], t: Translate) -> str:
    """Return when an influence holds, as "Contract: Monthly"; of a flag its name, of a number where it lies."""
    feature = next(feature for feature in features if feature.key == row["feature"])
    name = feature_name(feature, t)
    if feature.kind == "number":
        above, upto = (None if row[key] != row[key] else value_text(row[key], feature, t) for key in ("above", "upto"))
        if above is None or upto is None:
            key = "explain.condition.at_most" if above is None else "explain.condition.above"
            return t(key, feature=name, value=upto if above is None else above)
        return t("compare.band", feature=name, above=above, upto=upto)
    return name if row["level"] == YES else t("charts.level", feature=name, level=level_name(feature, row["level"], t))


def _by_construction(made_of: Sequence[str], features: Mapping[str, Feature], t: Translate) -> list[str]:
    if not made_of:
        return []
    names = t("compare.comma").join(feature_name(features[key], t) for key in made_of)
    return [t("compare.answer_by_construction", features=names)]


def sure_text(row: Mapping[Any, Any], t: Translate) -> str:
    """Say of a row of differences whether it is beyond chance; of what made the segments there is nothing to say."""
    if row["by_construction"]:
        return t("compare.sure_by_construction")
    return t("compare.sure_yes" if row["significant"] else "compare.sure_no")


def pairs_text(row: Mapping[Any, Any], t: Translate) -> str:
    """Return in how many of a hundred pairs a customer of the segment has more, and the interval; none of shares.

    Half of the pairs that have as much count: 50 is no difference. It is Cliff's delta on a scale to be counted on.

    Examples
    --------
    >>> from texts import translator
    >>> row = {"delta": 0.4, "delta_low": 0.148, "delta_high": 0.597}
    >>> pairs_text(row, translator("en"))
    '70 (57 to 80)'
    """
    if row["delta"] != row["delta"]:
        return ""
    value, low, high = (50 * (1 + row[name]) for name in RANKS)
    digits = 0 if high - low >= NARROW else 1
    value, low, high = (t.number(one, digits) for one in (value, low, high))
    return t("compare.pairs_of", value=value, low=low, high=high)


def separation_answer(found: Separation, features: Iterable[Feature], t: Translate) -> list[str]:
    """Say which feature sets the segments apart most beyond those that made them, and which those are.

    Parameters
    ----------
    found : Separation
        With a row at least.
    features : iterable of Feature
    t : Translator
    """
    by_key = {feature.key: feature for feature in features}
    made = found.features.loc[found.features["by_construction"], "feature"].tolist()
    others = found.features[~found.features["by_construction"]]
    sentences = []
    if len(others):
        first = others.iloc[0]
        facts: dict[str, Any] = {
            "feature": feature_name(by_key[first["feature"]], t),
            "strength": float(first["strength"]),
        }
        sure = others[others["significant"]]
        if len(sure):
            facts = {"feature": feature_name(by_key[sure.iloc[0]["feature"]], t)}
            facts["strength"] = float(sure.iloc[0]["strength"])
        key = ("answer" if len(sure) else "answer_none") + ("_else" if made else "")
        sentences.append(t(f"explain.{key}", n=found.n, **facts))
    return [*sentences, *_by_construction(made, by_key, t)]


def telling_differences(comparison: Comparison, most: int = TOLD) -> list[dict[str, Any]]:
    """Return the differences to tell of: the strongest of each segment first, then further ones.

    No feature is told twice while another one differs by more than a trifle; of large groups trifles are beyond chance.

    Parameters
    ----------
    comparison : Comparison
    most : int
        How many at most.

    Returns
    -------
    list of dict
        Rows of ``Comparison.differences`` beyond chance.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences, sec. 2.2 and 6.2: 0.2 is a small effect.
    """
    rows: list[Any] = comparison.differences[comparison.differences["significant"]].to_dict("records")
    rows = said_once([row for row in rows if not abs(row["effect"]) < SMALL] or rows)  # without a d none is larger
    taken: list[dict[str, Any]] = []
    for one_each, twice in ((True, False), (True, True), (False, False)):
        for row in rows:
            known = {other["feature"] for other in taken}
            has_one = one_each and row["segment"] in {other["segment"] for other in taken}
            if len(taken) < most and (twice or row["feature"] not in known) and not has_one:
                taken.append(row)
    return taken


def said_once(rows: Iterable[Mapping[Any, Any]]) -> list[Any]:
    """Return ranked differences without those that say again what one before has said, as a tag does of its column."""
    kept: list[Any] = []
    for row in rows:
        if not any(is_same_said(row, other) for other in kept):
            kept.append(row)
    return kept


def is_same_said(row: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Say whether two differences of a segment are one under two headings: "Category: Gift" and "Level: Gift"."""
    level = str(row["level"]).casefold()
    alike = row["segment"] == other["segment"] and level == str(other["level"]).casefold()
    return alike and level not in ("", YES.casefold()) and abs(row["value"] - other["value"]) < SAME_SHARE


def _difference(row: Mapping[str, Any], feature: Feature, names: Mapping[str, str], t: Translate) -> str:
    facts = {"segment": names[row["segment"]], "feature": feature_name(feature, t)}
    if not row["level"]:
        value, rest = (mean_text(row[name], feature, t) for name in ("value", "rest_value"))
        return t("compare.answer_mean", value=value, rest=rest, **facts)
    facts |= {"value": t.percent(row["value"]), "rest": t.percent(row["rest_value"])}
    if row["level"] == YES:
        return t("compare.answer_flag", **facts)
    return t("compare.answer_share", level=level_name(feature, row["level"], t), **facts)


def condition_text(condition: Found, features: Iterable[Feature], t: Translate) -> str:
    """Return one condition in words.

    Examples
    --------
    >>> from analysis.compare.surrogate import SurrogateCondition
    >>> from analysis.profiles.result import Feature
    >>> from texts import Translator
    >>> above = SurrogateCondition("spend", ">", 500.0)
    >>> condition_text(above, [Feature("spend", "value", "number", "money")], Translator("en"))
    'Spend above 500'
    """
    feature = next((feature for feature in features if feature.key == condition.feature), None)
    name = feature_name(feature, t) if feature else condition.feature
    if feature is None:
        return t("explain.condition.is", feature=name, value=condition.value)
    if not isinstance(condition.value, str):
        key = "explain.condition.at_most" if condition.op == "<=" else "explain.condition.above"
        return t(key, feature=name, value=value_text(condition.value, feature, t))
    if condition.value == YES:
        return t("explain.condition.yes" if condition.op == "is" else "explain.condition.no", feature=name)
    value = level_name(feature, condition.value, t)
    return t("explain.condition.is" if condition.op == "is" else "explain.condition.is_not", feature=name, value=value)


def rule_text(conditions: Iterable[Found], features: Iterable[Feature], t: Translate) -> str:
    """Return conditions joined with "and"."""
    features = list(features)
    words = [condition_text(condition, features, t) for condition in conditions]
    return reduce(lambda first, second: t("explain.and", first=first, second=second), words)


def rule_sentence(rule: SurrogateRule, name: str, features: Iterable[Feature], t: Translate) -> str:
    """Return the sentence for the owner: the rule, whom it reaches and how often it is right."""
    words = rule_text(rule.conditions, features, t)
    if rule.n_met == 0 or rule.n_segment == 0:
        return t("explain.sentence_unmeasured", segment=name, rule=words, n=rule.n_tested)
    return t(
        "explain.sentence", segment=name, rule=words, coverage=rule.coverage, precision=rule.precision, n=rule.n_tested
    )


def crm_rule(rule: SurrogateRule) -> dict[str, object]:
    """Return the rule for another system: conditions as field, op and value, all of which have to hold."""
    return {
        "segment": rule.segment,
        "all": [{"field": one.feature, "op": one.op, "value": one.value} for one in rule.conditions],
    }


def definition_text(parts: Sequence[Part], features: Iterable[Feature], t: Translate) -> str:
    """Return what a segment is by definition, in words.

    Examples
    --------
    >>> from analysis.segments.parts import Part
    >>> from analysis.conditions import Condition
    >>> from texts import Translator
    >>> older = Condition(feature="age", op="ge", values=(60,))
    >>> definition_text([Part("rule_a", Condition(feature="city", op="is_known"), (older,))], (), Translator("en"))
    'city is known, and no definition before it in the list holds'
    """
    features = list(features)
    words = [_part_text(part, features, t) for part in parts]
    return reduce(lambda first, second: t("explain.or_else", first=first, second=second), words)


def _part_text(part: Part, features: list[Feature], t: Translate) -> str:
    if part.when is None:
        return t("explain.rest", n=len(part.unless))
    words = expression_words(part.when, features, t)
    return t("explain.unless", rule=words) if part.unless else words


def crm_definition(segment: str, parts: Sequence[Part]) -> dict[str, object]:
    """Return a definition for another system: conditions as field, op and values within all, any and not."""
    return {"segment": segment, "when": _crm(expression(parts))}


def _crm(part: Expression) -> dict[str, object]:
    if isinstance(part, Condition):
        return {"field": part.feature, "op": part.op, "values": list(part.values)}
    if isinstance(part, Not):
        return {"not": _crm(part.part)}
    return {part.kind: [_crm(inner) for inner in part.parts]}


def neighbour_sentence(
    found: Against, names: Mapping[str, str], features: Iterable[Feature], t: Translate
) -> str | None:
    """Return what sets a segment apart most from its nearest neighbour; None when nothing is beyond chance."""
    sure = found.rows[found.rows["significant"]] if len(found.rows) else found.rows
    if len(sure) == 0:
        return None
    row = sure.iloc[0].to_dict()
    feature = next(feature for feature in features if feature.key == row["feature"])
    facts = {"segment": names[found.segment], "other": names[found.other], "feature": feature_name(feature, t)}
    if not row["level"]:
        value, other = (mean_text(row[key], feature, t) for key in ("value", "other_value"))
        return t("explain.neighbour_mean", value=value, other_value=other, **facts)
    value, other = t.percent(row["value"]), t.percent(row["other_value"])
    level = level_name(feature, row["level"], t)
    return t("explain.neighbour_share", value=value, other_value=other, level=level, **facts)
