"""The words of feedback: how many are glad, what they are sad about, and how often that was told right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.predict.feedback.result import Accuracy, Feedback
    from analysis.translate import Translate

LEAST_NAMED = 5  # texts that speak sadly of an aspect, for it to be named


def answer(found: Feedback, t: Translate) -> list[str]:
    """Return how many texts are glad and sad, of what people complain most, and how sure that is."""
    n = sum(found.counts.values())
    if not n:
        return [t("feedback.only_scores")]
    facts = {name: found.counts[name] / n for name in ("positive", "negative")}
    told = [t("feedback.answer", n=n, rest=1 - sum(facts.values()), **facts)]
    sad = found.aspects[found.aspects["negative"] >= LEAST_NAMED].nlargest(1, "negative")
    for row in sad.to_dict("records"):
        told.append(
            t(
                "feedback.most_sad", aspect=t(f"value.aspect.{row['aspect']}"), n=int(row["negative"]),
                share=row["negative_share"], low=row["low"], high=row["high"],
            )
        )  # fmt: skip
    return [*told, how_sure(found, t)]


def how_sure(found: Feedback, t: Translate) -> str:
    """Return by what texts were judged, and how often that was right."""
    if found.accuracy is None:
        return t("feedback.unmeasured")
    beside = found.rule_accuracy
    if found.by == "ratings" and beside is not None and found.accuracy.of == "ratings":
        return t("feedback.learned", words=beside.share, **_facts(found.accuracy))
    return t(f"feedback.by_{found.by}_{found.accuracy.of}", **_facts(found.accuracy))


def _facts(found: Accuracy) -> dict[str, float]:
    return {
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "neither": found.n_neither / found.n,
    }
