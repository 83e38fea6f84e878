"""The words of offers: how often they were right, what they rest on, and why one customer is offered something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.predict.offers.result import Offers
    from analysis.translate import Translate


def answer(found: Offers, t: Translate) -> list[str]:
    """Return how many last orders held an offer, and whether other customers teach more than the plain rule."""
    measured = found.measured
    if measured is None:
        note = next(note for note in found.notes if note.code == "offers_untested")
        return [t("offers.lead_untested", customers=len(found.customers), n=note.facts["n"], least=note.facts["least"])]
    own = measured.row("all", found.used["all"])
    told = [
        t("offers.lead", n=measured.n, hit=own["hit"], low=own["hit_low"], high=own["hit_high"], at=measured.at),
        _beside(found, "all", t),
    ]
    if found.measured is not None and measured.gain("new").recall == measured.gain("new").recall:
        told.append(_beside(found, "new", t))
    return told


def _beside(found: Offers, task: str, t: Translate) -> str:
    """Say what finds more of the products: other customers or the plain rule."""
    measured: Any = found.measured
    gain = measured.gain(task)
    if gain.n == 0 or gain.recall != gain.recall:
        return t("offers.few_orders", n=gain.n)
    shares = {name: measured.row(task, way)["recall"] for name, way in (("model", gain.way), ("rule", gain.rule))}
    if found.used[task] != gain.way:
        return t(f"offers.{task}_{found.used[task]}", **shares)
    return t(f"offers.{task}_model" if gain.is_better else f"offers.{task}_chosen", **shares)


def reason_words(reason: str, because: str, t: Translate) -> str:
    """Return why something is offered to a customer."""
    if reason == "alike":
        return t("offers.reason.alike", because=because)
    return t(f"offers.reason.{reason}")


def customer_words(found: Offers, customer_id: str, t: Translate) -> list[str]:
    """Return what to offer to a customer, each with its reason.

    Raises
    ------
    KeyError
        There is no such customer.
    """
    if customer_id not in found.customers:
        raise KeyError(customer_id)
    return [
        t("offers.one", name=row["name"], reason=reason_words(row["reason"], row["because"], t))
        for row in found.of(customer_id).to_dict("records")
    ]
