"""The figures of an experiment as a person writes them; the sentences are handed in by the translator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.experiments.rows.stage import CROSS, NONE, OTHER

if TYPE_CHECKING:
    from analysis.experiments.arms.result import Estimate, Reading, Significance
    from analysis.experiments.choices import ReadChoices
    from analysis.experiments.decide_experiment import DecidedExperiment
    from analysis.experiments.reading.evaluate import Belief, Evaluation
    from analysis.experiments.reading.results import MetricResult
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.experiments.reading.targets import Targeting
    from analysis.experiments.rows.table import Joined
    from analysis.notes import Note
    from analysis.translate import Translate

_MINUS = "\N{MINUS SIGN}"
OF_CLUSTERS = ("experiment_by_cluster", "experiment_cluster_moved", "experiment_clusters_few")


def value_text(value: float, kind: str, t: Translate) -> str:
    """Write a value: a share in percent with two decimals, else to four significant figures; money has its sign.

    Examples
    --------
    >>> from texts import translator
    >>> value_text(0.44819, "proportion", translator("en")), value_text(1.42261, "mean", translator("en"))
    ('44.82%', '1.423')
    """
    number = f"{_number(value * 100, 2)}%" if kind == "proportion" else _number(value, _digits(value, 4))
    return _amount(number, kind, t)


def effect_text(value: float, kind: str, t: Translate) -> str:
    """Write a difference with its sign: percentage points for shares, else to three significant figures."""
    if kind == "proportion":
        return t("experiment.points", n=_signed(value * 100, 2))
    return _amount(_signed(value, _digits(value, 3)), kind, t)


def lift_text(value: float, t: Translate) -> str:
    """Write a relative effect in percent with its sign and one decimal.

    Examples
    --------
    >>> from texts import translator
    >>> lift_text(-0.0431, translator("en"))
    '−4.3%'
    """
    return f"{_signed(value * 100, 1)}%"


def effect_interval(estimate: Estimate, kind: str, t: Translate) -> str:
    """Write the interval of a difference; an end that is open says so."""
    if kind == "proportion":
        return t("experiment.points", n=_interval(estimate, lambda value: _signed(value * 100, 2), t))
    return _interval(estimate, lambda value: effect_text(value, kind, t), t)


def lift_interval(estimate: Estimate, t: Translate) -> str:
    """Write the interval of a relative effect."""
    return _interval(estimate, lambda value: lift_text(value, t), t)


def value_interval(estimate: Estimate, kind: str, t: Translate) -> str:
    """Write the interval of an arm's value."""
    return _interval(estimate, lambda value: value_text(value, kind, t), t)


def money_interval(estimate: Estimate, t: Translate) -> str:
    """Write the interval of an amount of money."""
    return _interval(estimate, lambda value: t.money(value), t)


def convention_text(name: str, t: Translate) -> str:
    """Return the name of a formula in words, or the key itself for one that has none."""
    key = f"convention.{name}"
    return t(key) if t.has(key) else name


def significance_text(test: Significance, t: Translate) -> str:
    """Write a p value with the test that gave it."""
    return t("experiment.p_of", p=t.p_value(test.p), test=convention_text(test.convention, t))


def level_text(segment: str, t: Translate) -> str:
    """Return a level of a breakdown in words: the ones that stand for others and for none have their own."""
    return CROSS.join(
        t("experiment.other") if part == OTHER else t("experiment.no_segment") if part == NONE else part
        for part in segment.split(CROSS)
    )


def note_text(note: Note, t: Translate) -> str:
    """Return the sentence of a note, its levels in words."""
    facts = dict(note.facts)
    if "segment" in facts:
        facts["segment"] = level_text(str(facts["segment"]), t)
    return t(f"note.{note.code}", **facts)


def reading_text(reading: Reading, kind: str, t: Translate, *, metric: str, arm: str, control: str) -> str:
    """Say what one comparison found: both values, the difference and its interval, the relative effect, then p."""
    facts = {
        "arm": arm,
        "metric": metric,
        "value": value_text(reading.treatment, kind, t),
        "base": value_text(reading.control, kind, t),
        "control": control,
        "effect": effect_text(reading.absolute.value, kind, t),
        "interval": effect_interval(reading.absolute, kind, t),
        "level": t.percent(reading.absolute.level),
    }
    sentence = t("experiment.found", **facts)
    if reading.relative is not None and reading.relative.high is None and reading.control == 0:
        opened = t("experiment.found_relative_open", low=lift_text(reading.relative.low or 0.0, t))
        sentence = t("experiment.then", first=sentence, second=opened)
    elif reading.relative is not None:
        lift = {"lift": lift_text(reading.relative.value, t), "interval": lift_interval(reading.relative, t)}
        sentence = t("experiment.then", first=sentence, second=t("experiment.found_relative", **lift))
    return t("experiment.then", first=sentence, second=t("experiment.found_p", test=significance_text(reading.test, t)))


def verdict_text(result: MetricResult, t: Translate) -> str:
    """Say in one sentence whether a treatment is better, worse, or cannot be told apart."""
    together, verdict = result.simultaneous, result.direction
    leaves_0_out = (together.low or 0) > 0 or (together.high or 0) < 0
    # Test and interval are of different formulas, and Holm's correction is milder than the interval's.
    if leaves_0_out == (verdict == "unclear"):
        verdict = "open" if verdict == "unclear" else f"{verdict}_edge"
    return t(f"experiment.verdict_{verdict}", arm=result.treatment, metric=result.metric.name)


def quasi_text(reading: Reading, design: str, kind: str, t: Translate, *, metric: str) -> str:
    """Say what a comparison found that was no experiment: before and after, or difference in differences."""
    facts = {
        "metric": metric,
        "effect": effect_text(reading.absolute.value, kind, t),
        "interval": effect_interval(reading.absolute, kind, t),
        "level": t.percent(reading.absolute.level),
        "test": significance_text(reading.test, t),
    }
    if design == "before_after":
        sides = [value_text(value, kind, t) for value in (reading.control, reading.treatment)]
    else:
        sides = [effect_text(value, kind, t) for value in (reading.control, reading.treatment)]
    return t(f"experiment.{design}", first=sides[0], second=sides[1], **facts)


def chance_text(chance: float) -> str:
    """Write a chance in percent; one that is nearly sure is not written as certainty.

    Examples
    --------
    >>> [chance_text(chance) for chance in (0.99628, 0.5, 0.99999, 0.00001)]
    ['99.6%', '50.0%', '> 99.9%', '< 0.1%']
    """
    if chance > 0.999:
        return "> 99.9%"
    return "< 0.1%" if chance < 0.001 else f"{chance * 100:.1f}%"


def loss_text(one: Belief, result: MetricResult, t: Translate) -> str:
    """Write the expected loss; one that is nothing beside the effect is not written to its last digit."""
    if one.loss < abs(result.reading.absolute.value) / 10_000:
        return t("experiment.no_loss")
    return effect_text(one.loss, result.metric.written, t).lstrip("+")


def credible_text(one: Belief, kind: str, t: Translate) -> str:
    """Write the credible interval: of the arm's share, or of the effect on a mean."""
    return value_interval(one.credible, kind, t) if one.shape else effect_interval(one.credible, kind, t)


def belief_text(result: MetricResult, one: Belief, t: Translate) -> str:
    """Say what to believe of one treatment."""
    facts = {"arm": result.treatment, "metric": result.metric.name, "chance": chance_text(one.chance)}
    sentence = t("experiment.belief", loss=loss_text(one, result, t), **facts)
    if one.best is None:
        return sentence
    return t("experiment.then", first=sentence, second=t("experiment.belief_best", best=chance_text(one.best)))


def always_text(result: MetricResult, always: Estimate, test: Significance, t: Translate) -> str:
    """Say whether it is safe to stop now, however often one has looked."""
    is_clear = (always.low or 0) > 0 or (always.high or 0) < 0
    return t(
        f"experiment.always_{'clear' if is_clear else 'open'}",
        arm=result.treatment,
        metric=result.metric.name,
        interval=effect_interval(always, result.metric.written, t),
        test=significance_text(test, t),
    )


def cuped_text(result: MetricResult, t: Translate) -> str:
    """Say that what was known before is taken out, how much of the variance that was, and the effect without it."""
    found = result.adjusted
    assert found is not None
    plain = found.plain.absolute
    return t(
        "experiment.cuped",
        metric=result.metric.name,
        arm=result.treatment,
        reduction=f"{found.variance_reduction * 100:.1f}%",
        correlation=f"{found.correlation:.3f}",
        effect=effect_text(plain.value, result.metric.written, t),
        interval=effect_interval(plain, result.metric.written, t),
        test=significance_text(found.plain.test, t),
    )


def z_now(result: MetricResult) -> float:
    """Return how many standard errors the effect is from nought, by the p value of its two-sided test."""
    from scipy.special import ndtri

    p = max(result.reading.test.p, 1e-300)
    return math.copysign(float(-ndtri(p / 2)), result.reading.absolute.value)


def answer(found: Evaluation, t: Translate) -> list[str]:
    """Return what the reading says, most important first: the main comparison in full, the others in one line each."""
    main = found.main
    as_counted = main.adjusted.plain if main.adjusted else main.reading  # the values that the owner knows
    others = [result for result in found.results if result is not main]
    # The intervals that hold for all treatments together: the headline is about the one that looks best.
    told = replace(as_counted, absolute=main.simultaneous, relative=main.simultaneous_relative, test=main.reading.test)
    names = {"metric": main.metric.name, "arm": main.treatment, "control": found.control}
    sentences = [
        *([t("experiment.if_sound")] if found.alarms else []),
        verdict_text(main, t),
        reading_text(told, main.metric.written, t, **names),
    ]
    if main.family > 1 and main.p_corrected != main.reading.test.p:
        sentences.append(t("experiment.found_p_corrected", n=main.family, p=t.p_value(main.p_corrected)))
    if main.adjusted is not None:
        plain = effect_text(as_counted.absolute.value, main.metric.written, t)
        taken = t.percent(main.adjusted.variance_reduction)
        sentences.append(t("experiment.counted_with", reduction=taken, effect=plain))
    sentences += [note_text(note, t) for note in found.notes if note.code in OF_CLUSTERS]
    guards = [result for result in others if result.metric.role == "guardrail" and result.direction == "worse"]
    sentences += [t("experiment.guardrail_worse", arm=result.treatment, metric=result.metric.name) for result in guards]
    clear = sum(result.direction != "unclear" for result in found.results)
    if others:
        sentences.append(t("experiment.of_all", clear=clear, n=len(found.results), correction=correction(found, t)))
    return sentences


def correction(found: Evaluation, t: Translate) -> str:
    """Return the correction of the p values in words."""
    return t(f"experiment.correction_{found.params.correction}")


def segments_answer(found: SegmentReading, t: Translate) -> list[str]:
    """Say whether the effect differs between segments, and where it is clear."""
    clear = [level_text(effect.segment, t) for effect in found.effects if effect.significant]
    sentences = []
    alpha = 1 - found.overall.level
    if found.interaction is not None:
        p, relative = found.interaction.p, found.interaction_relative
        facts, says = {"p": t.p_value(p)}, "differs" if p < alpha else "alike"
        if relative is not None and (relative.p < alpha) != (p < alpha):
            facts, says = (
                facts | {"p_relative": t.p_value(relative.p)},
                "differs_points" if p < alpha else "differs_relative",
            )
        sentences.append(t(f"experiment.segments_{says}", **facts))
    if found.qualitative is not None and found.qualitative.p < alpha:
        sentences.append(t("experiment.segments_opposite", p=t.p_value(found.qualitative.p)))
    if clear:
        names = t("segments.between").join(clear)
        sentences.append(t("experiment.segments_clear", n=len(clear), all=len(found.effects), names=names))
    else:
        sentences.append(t("experiment.segments_none", all=len(found.effects)))
    return sentences


def targets_answer(found: Targeting, t: Translate) -> str:
    """Say whom to send it to, and what that is expected to bring."""
    everyone = {"everyone": t.money(found.everyone.value), "everyone_interval": money_interval(found.everyone, t)}
    if found.chosen is None:
        return t("experiment.send_none", **everyone)
    names = t("segments.between").join(level_text(item.segment, t) for item in found.targets if item.advice == "send")
    money = {"money": t.money(found.chosen.value), "interval": money_interval(found.chosen, t)}
    return t("experiment.send", names=names, n=round(found.n_chosen), **money, **everyone)


def decision_text(decided: DecidedExperiment, t: Translate) -> list[str]:
    """Return the decision, its reason and the money of a year in sentences."""
    decision = decided.decision
    sentences = [
        t("read.verdict", verdict=t(f"experiment.decision_{decision.verdict}"), arm=decided.treatment),
        t(f"read.reason_{decision.reason}", metric=decided.metric),
    ]
    if decision.yearly is not None:
        money = {"money": t.money(decision.yearly.value), "interval": money_interval(decision.yearly, t)}
        sentences += [t("read.yearly", **money), t("read.yearly_seasons", days=max(decided.days, 1))]
        if decision.verdict == "ship" and decision.reason == "target_met":
            sentences.append(t("read.yearly_picked"))
    return sentences


def rule_text(decided: DecidedExperiment, t: Translate) -> str:
    """Return the rule that decided, and by which interval."""
    rule = decided.rule
    lost = f"{rule.guardrail_share * 100:g}%"
    if rule.guardrail is not None:
        lost = effect_text(rule.guardrail, decided.kind, t).lstrip("+")
    key = "read.rule_said" if rule.guardrail is not None else "read.rule_said_share"
    counts = rule.target if rule.goal == "better" else rule.margin or 0.0
    said = t(
        key if rule.goal == "better" else f"read.rule_said_{rule.goal}",
        target=effect_text(counts, decided.kind, t).lstrip("+"),  # turned so that more is better
        guardrail=lost,
        min_days=rule.min_days,
        max_days=rule.max_days,
        days=decided.days,
    )
    return prose([said, t(f"read.rule_by_{decided.by}")], t)


def source_text(choices: ReadChoices, counts: Any, join: Joined | None, t: Translate) -> list[str]:
    """Say where the figures come from, how many rows were read and kept, and what was set aside and why.

    ``counts`` are the ``RowCounts`` of a test, or the ``ChangeCounts`` of a change.
    """
    if choices.source == "typed" or choices.table is None:
        return [t("read.from_typed", n=counts.read)]
    sentences = [t("read.from_table", file=choices.table.file, read=counts.read, kept=counts.kept)]
    gone = ("no_arm", "no_time", "no_group", "no_unit", "no_value", "outside_dates", "in_two_arms", "in_two_groups")
    sentences += [t(f"read.gone_{name}", n=n) for name in gone if (n := getattr(counts, name, 0))]
    if join is not None:
        sentences.append(t("read.joined", known=join.known, unknown=join.unknown))
        if join.added:
            sentences.append(t("read.joined_added", n=join.added))
    return sentences


def prose(sentences: Iterable[str], t: Translate) -> str:
    """Return sentences one after the other, with the space that the language puts between them."""
    from functools import reduce

    return reduce(lambda first, second: t("experiment.then", first=first, second=second), sentences)


def _interval(estimate: Estimate, write: Callable[[float], str], t: Translate) -> str:
    low = t("experiment.open") if estimate.low is None else write(estimate.low)
    high = t("experiment.open") if estimate.high is None else write(estimate.high)
    return t("experiment.from_to", low=low, high=high)


def _digits(value: float, significant: int) -> int:
    if value == 0 or not math.isfinite(value):
        return 0
    return min(max(significant - 1 - math.floor(math.log10(abs(value))), 0), 8)


def _number(value: float, digits: int) -> str:
    # Both languages part thousands by a comma and decimals by a point; figures that are compared keep their zeros.
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", _MINUS)


def _amount(written: str, kind: str, t: Translate) -> str:
    """Put the currency's sign before the digits of an amount, behind plus or minus."""
    sign = t.currency_sign() if kind == "revenue" else ""
    sign += "\N{NO-BREAK SPACE}" if sign[-1:].isalpha() else ""
    plus = written[:1] if written[:1] in ("+", _MINUS) else ""
    return f"{plus}{sign}{written[len(plus) :]}"


def _signed(value: float, digits: int) -> str:
    text = _number(value, digits)
    return f"+{text}" if value > 0 and text.strip("0.,") else text
