"""What the calculators found, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.experiments.arms.spending import FUTILE
from analysis.experiments.planning import calculators as engine
from analysis.experiments.words import (
    chance_text,
    effect_interval,
    effect_text,
    lift_interval,
    lift_text,
    significance_text,
    value_interval,
    value_text,
)

if TYPE_CHECKING:
    from analysis.experiments.planning.calculators import Calculator, CalculatorChoices
    from analysis.translate import Translate

SHARE = "proportion"


def calculator_answer(calculator: Calculator, choices: CalculatorChoices, t: Translate) -> list[str]:
    """Return what one calculator says of the figures typed in, most important first; raises as the calculator.

    Examples
    --------
    >>> from analysis.experiments.planning.calculators import CalculatorChoices
    >>> from texts import translator
    >>> calculator_answer("size", CalculatorChoices(baseline=20, points=5), translator("en"))[0]
    'To see 20.00% become 25.00% with a chance of 80%, each of the two arms needs 1,094 customers, 2,188 in all.'
    """
    return _ANSWERS[calculator](choices, t)


def _size(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.size_needed(choices)
    base, power = (choices.baseline or 0.0) / 100, (choices.power or 0.0) / 100
    needed = t(
        "calculators.size_answer", base=value_text(base, SHARE, t), n=found.planned.n_control,
        other=value_text(base + found.planned.effect, SHARE, t), power=t.percent(power), total=found.planned.n_total,
    )  # fmt: skip
    others = [t("calculators.size_by", formula=t(f"plan.formula_{formula}"), n=n) for formula, n in found.others]
    return [needed, *others, t("calculators.size_thumb", n=round(found.rule_of_thumb))]


def _power(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.power_there(choices)
    seen = t("calculators.power_answer", n=found.n, power=f"{found.power:.1%}", h=f"{found.h:.3f}")
    if found.smallest is None:
        return [seen, t("calculators.power_nothing")]
    return [seen, t("calculators.power_smallest", effect=effect_text(found.smallest, SHARE, t))]


def _significance(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.significance(choices)
    level = found.absolute.level
    shown = "clear" if found.test.p < 1 - level else "open"
    effect = t(
        "calculators.effect", value=value_text(found.treatment, SHARE, t), base=value_text(found.control, SHARE, t),
        effect=effect_text(found.absolute.value, SHARE, t), interval=effect_interval(found.absolute, SHARE, t),
        level=t.percent(level),
    )  # fmt: skip
    said = [t(f"calculators.significance_{shown}", test=significance_text(found.test, t)), effect]
    if found.relative is not None and found.control > 0:
        lift = {"lift": lift_text(found.relative.value, t), "interval": lift_interval(found.relative, t)}
        said.append(t("experiment.found_relative", **lift))
    return said


def _interval(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.one_share(choices)
    share = t(
        "calculators.interval_answer", share=value_text(found.share.value, SHARE, t),
        interval=value_interval(found.share, SHARE, t), level=t.percent(found.share.level),
    )  # fmt: skip
    shown = "clear" if found.test.p < 1 - found.share.level else "open"
    value = value_text(found.value, SHARE, t)
    return [share, t(f"calculators.against_{shown}", value=value, test=significance_text(found.test, t))]


def _sequential(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.looked_at(choices)
    shown = "clear" if (found.always.low or 0.0) > 0 or (found.always.high or 0.0) < 0 else "open"
    interval = effect_interval(found.always, SHARE, t)
    said = [t(f"calculators.always_{shown}", interval=interval, test=significance_text(found.test, t))]
    points, midway = effect_text((choices.points or 0.0) / 100, SHARE, t), found.midway
    power = f"{midway.power_now:.1%}"
    if midway.n_more == 0:
        said.append(t("calculators.midway_enough", points=points, power=power))
    else:
        said.append(t("calculators.midway_more", points=points, power=power, n=midway.n_more))
    lead = {"lead": found.lead.lead, "n": found.lead.conversions, "lift": t.percent((choices.lift or 0.0) / 100)}
    return [*said, t("calculators.lead", **lead), t(f"calculators.lead_{found.says}")]


def _looks(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.unplanned_look(choices)
    facts = {"level": f"{found.look.level:.2g}", "test": significance_text(found.test, t)}
    said = [t(f"calculators.looks_{'clear' if found.clear else 'open'}", **facts)]
    spent = {"spent": f"{found.look.spent:.2%}", "alpha": f"{(choices.alpha or 0.0) / 100:.2%}"}
    said.append(t("calculators.looks_spent", share=t.percent(found.look.information), n=found.n_before, **spent))
    if found.power_trend is not None and found.power_points is not None:
        points = effect_text((choices.points or 0.0) / 100, SHARE, t)
        chances = {"trend": chance_text(found.power_trend), "hoped": chance_text(found.power_points)}
        said.append(t("calculators.looks_ahead", points=points, **chances))
    if found.futile and not found.clear:
        said.append(t("calculators.looks_futile", least=t.percent(FUTILE)))
    return said


def _rates(choices: CalculatorChoices, t: Translate) -> list[str]:
    found = engine.rates(choices)
    one, level = found.reading, t.percent(found.reading.absolute.level)
    shown = "clear" if one.test.p < 1 - one.absolute.level else "open"
    said = [t(f"calculators.rates_{shown}", test=significance_text(one.test, t))]
    number = {name: t.number(value, 3) for name, value in (("value", one.treatment), ("base", one.control))}
    ends = [t.number(end, 3) for end in (one.absolute.low or 0.0, one.absolute.high or 0.0)]
    said.append(t("calculators.rates_effect", **number, low=ends[0], high=ends[1], level=level))
    if one.relative is not None:
        lift = {"lift": lift_text(one.relative.value, t), "interval": lift_interval(one.relative, t)}
        said.append(t("experiment.found_relative", **lift))
    return [*said, t("calculators.rates_chance", chance=chance_text(found.chance))]


def _bayesian(choices: CalculatorChoices, t: Translate) -> list[str]:
    control, treatment = engine.bayesian(choices)
    chance = treatment.beats_control or 0.0
    said = t("calculators.bayesian_answer", chance=chance_text(chance))
    loss = effect_text(treatment.expected_loss, SHARE, t).lstrip("+")
    shares = [value_interval(arm.share, SHARE, t) for arm in (control, treatment)]
    level = t.percent(control.share.level)
    return [
        said, t("calculators.bayesian_loss", loss=loss),
        t("calculators.bayesian_shares", control=shares[0], treatment=shares[1], level=level),
    ]  # fmt: skip


_ANSWERS: dict[Calculator, Callable[[CalculatorChoices, Translate], list[str]]] = {
    "size": _size,
    "power": _power,
    "significance": _significance,
    "interval": _interval,
    "sequential": _sequential,
    "looks": _looks,
    "rates": _rates,
    "bayesian": _bayesian,
}
