"""The words of churn: what leaving is, what the scores are worth, why a customer is at risk. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.predict.churn.definition import NO
from analysis.predict.churn.result import SCORE
from analysis.profiles.words import coded_value, feature_name, outcome_name, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.notes import Note
    from analysis.predict.churn.definition import ChurnDefinition
    from analysis.predict.churn.result import ChurnResult
    from analysis.profiles.result import Feature
    from analysis.translate import Translate

MOST_REASONS = 3
TOO_GOOD = ("churn_too_good", "churn_too_even", "churn_leak_pair", "churn_high")  # notes
MOSTLY = 0.5  # from here on who stays is the rarer thing, and the tenth that finds them says more


def answer(result: ChurnResult, t: Translate) -> list[str]:
    """Return how many are at risk, what leaving is, what is used and why, how good it is, the season, and the money."""
    found = [*lead(result, t), definition_words(result.definition, t), used_words(result, t), *doubt_words(result, t)]
    found += worth_words(result, t)
    if (season := season_words(result, t)) is not None:
        found.append(season)
    return [*found, *money_words(result, t)]


def money_words(result: ChurnResult, t: Translate) -> list[str]:
    """Return what an offer may save, and the save rate from which it pays; nothing where no value is known."""
    money = result.money
    if money is None:
        return []
    if money.n == 0:
        if money.pays_from is None:
            return [t("churn.money_nothing")]
        return [t("churn.money_never" if money.pays_from > 1 else "churn.money_none", rate=money.pays_from)]
    told = [t("churn.money", n=money.n, saved=money.saved, low=money.low, high=money.high)]
    if money.pays_from is not None:
        told.append(t("churn.money_from", rate=money.pays_from))
    return told


def lead(result: ChurnResult, t: Translate) -> list[str]:
    """Return how many are at risk, and those at risk above all, within which time; nothing where all have left."""
    here = result.customers[~result.customers["has_left"]][SCORE].dropna()
    if here.empty:
        return []
    n = max(round(len(here) / 10), 1)
    facts = {"n": len(here), "share": float(here.mean()), "n_top": n, "top": float(here.nlargest(n).mean())}
    days = result.definition.days
    return [t("churn.lead_column", **facts) if days is None else t("churn.lead_days", **facts, days=days)]


def definition_words(definition: ChurnDefinition, t: Translate) -> str:
    """Return what leaving is, with the numbers behind it."""
    if definition.feature is not None:
        if definition.kind == "ended":
            return t("churn.defined_ended", column=feature_name(definition.feature, t))
        if definition.feature.kind == "flag" and definition.answer == NO:
            return t("churn.defined_flag_no", column=feature_name(definition.feature, t))
        if not definition.answer:
            return t("churn.defined_flag", column=feature_name(definition.feature, t))
        return t("churn.defined_status", outcome=outcome_name(definition.feature, definition.answer, t))
    if definition.gap_days is None:
        return t("churn.defined_chosen", days=definition.days)
    facts = {"days": definition.days, "gap": definition.gap_days, "n": definition.n_gaps}
    return t("churn.defined_bounded" if definition.bounded else "churn.defined_silence", **facts)


def used_words(result: ChurnResult, t: Translate) -> str:
    """Return which scores are used, and how they compare with the others on customers whom neither had seen."""
    deciding = result.active
    model = deciding.model if deciding is not None else result.measured
    rule = deciding.rule if deciding is not None else result.rule
    facts: dict[str, Any] = {
        "rule": feature_name(result.rule_feature, t),
        "auc": model.auc.value,
        "low": model.auc.low,
        "high": model.auc.high,
        "of_rule": rule.auc.value,
    }
    if result.used == "rule":
        return t("churn.used_rule_chosen" if result.model_is_better else "churn.used_rule", **facts)
    if not result.model_is_better:
        return t("churn.used_model_chosen", **facts)
    return t("churn.used_model" if result.windows else "churn.used_model_people", **facts)


def doubt_words(result: ChurnResult, t: Translate) -> list[str]:
    """Return that the scores are better than such scores are, where they are: beside the figure, not below it."""
    return [note_words(result, note, t) for note in result.notes if note.code in TOO_GOOD]


def note_words(result: ChurnResult, note: Note, t: Translate) -> str:
    """Return the sentence of a note, the features in it by their names."""
    of_pair = () if result.pair is None else result.pair.features
    known = (result.rule_feature, *(leak.feature for leak in result.leaks), *of_pair)
    names = {feature.key: feature_name(feature, t) for feature in known}
    facts = {name: names.get(fact, fact) if isinstance(fact, str) else fact for name, fact in note.facts.items()}
    return t(f"note.{note.code}", **facts)


def worth_words(result: ChurnResult, t: Translate) -> list[str]:
    """Return the lift of the tenth that says most, and the error of the chances beside the base rate."""
    measured = result.rule if result.used == "rule" else result.measured
    mostly = measured.rate > MOSTLY
    lift = measured.stayers if mostly else measured.leavers
    key = "churn.lift_stay" if mostly else "churn.lift_leave"
    gain = measured.brier_gain
    active: tuple[str, ...] = ()
    if result.windows:
        (first, _, _, _), (second, end, n, n_left) = result.windows
        of = t("churn.tested_active", n=result.active.model.n) if result.active else t("churn.tested_with_gone")
        active = (of,)
        tested = t("churn.tested_window", first=first, second=second, end=end, n=n, n_left=n_left)
    else:
        tested = t("churn.tested_tenths", n=measured.n, n_left=measured.n_left)
    return [
        tested,
        *active,
        t(key, lift=lift.value, low=lift.low, high=lift.high),
        t("churn.brier_better", gain=gain) if gain > 0 else t("churn.brier_worse"),
    ]


def season_words(result: ChurnResult, t: Translate) -> str | None:
    """Return what was expected in the tested window and what came, where a correction can be made or is missing."""
    season = result.season
    if season is None:
        return None
    facts = {"foretold": season.foretold, "observed": season.observed, "corrected": season.corrected}
    if season.corrected is None:
        return t("churn.season_unknown", **facts)
    return t("churn.season_used" if season.used else "churn.season_unused", **facts)


def reason_words(
    result: ChurnResult, row: Mapping[str, Any], values: Mapping[str, Any], t: Translate, *, raising: bool = False
) -> list[str]:
    """Return why a customer is at risk (or is not), at most three reasons, the strongest first.

    Parameters
    ----------
    result : ChurnResult
    row : mapping
        The customer's row of ``result.customers``.
    values : mapping
        The customer's row of the profiles.
    raising : bool
        Those alone that raise the risk, without saying of each that it does.
    """
    known = {feature.key: feature for feature in (*result.features, result.rule_feature)}
    found = []
    for number in range(1, MOST_REASONS + 1):
        feature = known.get(row[f"reason_{number}"])
        if feature is not None and (row[f"weight_{number}"] > 0 or not raising):
            way = "" if raising else "_more" if row[f"weight_{number}"] > 0 else "_less"
            value, typical = known_value(values.get(feature.key), feature, t), result.typical.get(feature.key)
            usual = None if typical is None else known_value(typical, feature, t)
            how = "_alone" if usual is None else "_alike" if usual == value else ""
            facts = {"typical": usual} if not how else {}
            found.append(t(f"churn.reason{way}{how}", feature=feature_name(feature, t), value=value, **facts))
    return found


def change_words(result: ChurnResult, row: Mapping[str, Any], t: Translate) -> str | None:
    """Return the change that goes with the lowest risk, as what is seen and not as a promise; None without one."""
    known = {feature.key: feature for feature in result.features}
    feature = known.get(row["change"])
    if feature is None:
        return None
    facts = {"then": row["risk_then"], "now": row["churn_risk"]}
    if feature.key == "recency_days":
        return t("churn.change_order", **facts)
    value = float(row["change_to"]) if feature.kind == "number" else row["change_to"]
    return t("churn.change", feature=feature_name(feature, t), value=known_value(value, feature, t), **facts)


def known_value(value: Any, feature: Feature, t: Translate) -> str:
    """Return what a customer has of a feature, in words, or that it is not known."""
    if value is None or value != value:
        return t("churn.not_known")
    if feature.kind == "number":
        return value_text(float(value), feature, t)
    if feature.kind == "flag":
        return t("charts.yes" if str(value) == "True" else "churn.no")
    return coded_value(feature.key, str(value), t) if feature.header is None else str(value)
