"""The figures of a study as plain numbers and texts."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.goals import goal_answers, goal_dict, goal_sentences
from analysis.intake.decision import decision_dict
from analysis.intake.questions import order_count
from analysis.plain import plain
from analysis.predict.methods import PREDICTIONS
from analysis.privacy.small_groups import leaves_few, withheld
from analysis.segments.methods import METHODS
from analysis.study.for_others import SharedStudy

if TYPE_CHECKING:
    from analysis.notes import Note
    from analysis.study import StudyResult
    from analysis.translate import Translate


def summary(result: StudyResult, t: Translate | None = None) -> dict[str, Any]:
    """Return the figures of a study as plain numbers and texts, as ``summary.json`` holds them: JSON, without NaN.

    Parameters
    ----------
    result : StudyResult
        Of one as others may see it (``study.for_others``) small groups are left out, and so is what counts customers
        one by one: predictions, figures of a method of its own, what goes with an outcome.
    t : Translator, optional
        With it the sentences on what segments differ in, and on what goes with an outcome, stand beside the figures.
    """
    return plain(_summary(result) | ({} if t is None else {"sentences": _sentences(result, t)}))


def _summary(result: StudyResult) -> dict[str, Any]:
    profiles = result.profiles
    customers = profiles.customers
    orders = None
    if "orders" in _kinds(result):
        # Where nobody chose the day, an order whose date is a typing error counts as one.
        everything = result.recipe.as_of == "latest"
        orders = order_count(result.standard, date.max if everything else profiles.as_of)
    return {
        "as_of": profiles.as_of.isoformat(),
        "customers": len(customers),
        "buyers": _buyers(result),
        "orders": orders,
        "revenue": round(float(customers["spend"].sum()), 6) if "spend" in customers else None,
        "currency": result.recipe.money_in,
        "lines_after_as_of": profiles.n_after_as_of,
        "tables": {
            count.table: {"kind": count.kind, "read": count.read, "kept": count.kept, "set_aside": count.set_aside}
            for count in result.standard.counts
        },
        "cards": _cards(result),
        "outcome": _outcome(result),
        "segmentations": {method: _segments(result, method) for method in result.segmentations},
        "not_segmented": {method: {"code": e.code, **e.facts} for method, e in result.problems.items()},
        "notes": [
            {"code": note.code, "level": note.level, **note.facts}
            for note in (*result.standard.notes, *_of_profiles(result))
        ],
        "questions": [decision_dict(one) for one in result.decisions if one.is_question],
        "guesses": [decision_dict(one) for one in result.decisions if one.is_guess],
        "goals": [goal_dict(one) for one in goal_answers(result.recipe)],
        "quality": _quality(result),
        "predictions": _predictions(result),
        "tags": _tags(result),
    }


def _of_profiles(result: StudyResult) -> list[Note]:
    """Return the notes on customers; for others without those that count a few."""
    n_all, shared = len(result.profiles.customers), isinstance(result, SharedStudy)
    return [note for note in result.profiles.notes if not (shared and leaves_few(note.facts.get("n", 0), n_all))]


def _buyers(result: StudyResult) -> int | None:
    customers = result.profiles.customers
    if "n_orders" not in customers:
        return None
    n = int((customers["n_orders"] > 0).sum())
    return None if isinstance(result, SharedStudy) and leaves_few(n, len(customers)) else n


def _predictions(result: StudyResult) -> dict[str, Any]:
    """Return the figures of each prediction; one that could not be made says why."""
    if result.predicted is None or isinstance(result, SharedStudy):
        return {}
    found = {kind: PREDICTIONS[kind].figures(one) for kind, one in result.predicted.results.items()}
    return found | {
        kind: {"problem": {"code": problem.code, **problem.facts}}
        for kind, problem in result.predicted.problems.items()
    }


def _tags(result: StudyResult) -> dict[str, Any]:
    """Return who has each tag, as counts by value; a tag that cannot be computed says why, a retired one that it is."""
    from analysis.tags.dictionary import used_by

    found: dict[str, Any] = {}
    for tag in result.recipe.tags:
        uses = used_by(tag, result.recipe.tags, result.recipe.segmentations)
        entry: dict[str, Any] = {"type": tag.type, "version": tag.version, "retired": tag.retired}
        entry["used_by"] = [f"{use.kind} {use.name}" for use in uses]
        if result.tagged is not None and (values := result.tagged.values.get(tag.key)) is not None:
            counts = {str(v): int(n) for v, n in zip(values.counts["value"], values.counts["customers"], strict=True)}
            if isinstance(result, SharedStudy):
                entry |= _for_others(counts, len(result.profiles.customers), values.n)
            else:
                entry |= {"customers": values.n, "coverage": round(values.coverage, 6), "values": counts}
                entry["expired"] = values.n_expired
                if values.n_disputed:
                    entry["disputed"] = values.n_disputed
        elif result.tagged is not None and (problem := result.tagged.problems.get(tag.key)) is not None:
            entry["problem"] = {"code": problem.code, **problem.facts}
        found[tag.key] = entry
    return found


def _for_others(counts: dict[str, int], n_all: int, n: int) -> dict[str, Any]:
    """Return the values of a tag without those of a few customers; no total where a few would follow from it."""
    import numpy as np

    if leaves_few(n, n_all):
        return {}
    hidden = withheld(np.array(list(counts.values()), dtype=int))
    shown = {value: count for (value, count), few in zip(counts.items(), hidden, strict=True) if not few}
    return {"customers": n, "coverage": round(n / n_all, 6), "values": shown}


def _cards(result: StudyResult) -> list[dict[str, Any]]:
    """Return the answer of the first screen: segments, their weight and what to do, as codes."""
    return [
        {
            "method": result.cards.method,
            "segments": list(card.segments),
            "customers": card.customers,
            "share": round(card.share, 6),
            "revenue": None if card.revenue is None else round(card.revenue, 6),
            "stage": card.stage,
            "rhythm": card.pace.rhythm if card.pace else None,
            "month": card.pace.month if card.pace else None,
            "away": card.away,
            "action": card.action,
        }
        for card in result.cards.cards
    ]


def _outcome(result: StudyResult) -> dict[str, Any] | None:
    """Return what goes with the outcome that the files hold; None where they hold none, or too few of one answer."""
    found = None if isinstance(result, SharedStudy) else result.influence
    if found is None or found.outcome is None:
        return None
    return {
        "feature": found.outcome.feature.key,
        "answer": found.outcome.answer,
        "n": found.n_known,
        "share": round(found.n_came / found.n_known, 6),
        "restated": list(found.restated),
        "influences": _rounded(found.rows.to_dict("records")),
    }


def _differences(result: StudyResult, method: str) -> list[dict[str, Any]]:
    """Return the differences that Compare tells of."""
    from analysis.compare.words import telling_differences

    columns = ("segment", "feature", "level", "value", "rest_value", "effect", "n", "p_holm")
    found = result.comparison(method)
    return [] if found is None else _rounded([{k: row[k] for k in columns} for row in telling_differences(found)])


def _rounded(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Return rows with six significant digits, which sums in any order share; None where there is no number."""

    def rounded(value: Any) -> Any:
        if not isinstance(value, float):
            return value
        return float(f"{value:.6g}") if math.isfinite(value) else None

    return [{str(k): rounded(v) for k, v in row.items()} for row in rows]


def _sentences(result: StudyResult, t: Translate) -> dict[str, Any]:
    from analysis.compare.words import answer, influence_answer
    from analysis.segments.names import result_names

    said = {}
    for method, found in result.segmentations.items():
        compared = result.comparison(method)
        if compared is not None:
            edited = result.edited[method]
            keys = edited.segmentation.segments["segment"].tolist()
            said[method] = answer(compared, result_names(found, keys, t, names=edited.names), t)
    influence = result.influence
    goals = {one.goal: goal_sentences(one, t) for one in goal_answers(result.recipe)}
    return {"compare": said, "goals": goals, "outcome": [] if influence is None else influence_answer(influence, {}, t)}


def _quality(result: StudyResult) -> dict[str, Any] | None:
    from analysis.intake.judging.quality import quality_dict

    return None if result.quality is None else quality_dict(result.quality)


def _kinds(result: StudyResult) -> set[str]:
    return {count.kind for count in result.standard.counts if count.kept}


def _segments(result: StudyResult, method: str) -> dict[str, Any]:
    edited = result.edited[method]
    table = edited.segmentation.segments
    entry: dict[str, Any] = {
        "segments": [
            {
                "key": row["segment"],
                "name": edited.names.get(row["segment"]),
                "customers": int(row["customers"]),
                "share": round(float(row["share"]), 6),
                "revenue": round(float(row["revenue"]), 6) if row["revenue"] == row["revenue"] else None,
            }
            for row in table.to_dict("records")
        ],
        "outside": edited.segmentation.n_outside,
        "differences": _differences(result, method),
        "notes": [{"code": note.code, "level": note.level, **note.facts} for note in _marks(result, method)],
    }
    figures = METHODS[method].figures
    return (
        entry if figures is None or isinstance(result, SharedStudy) else entry | figures(result.segmentations[method])
    )


def _marks(result: StudyResult, method: str) -> list[Note]:
    """Return what is to be known of who stands under which name: edits that were left out, groups that are stored."""
    found = result.segmentations[method].notes
    return [*(note for note in found if note.code == "segments_frozen"), *result.edited[method].notes]
