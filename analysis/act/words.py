"""What a ladder comes to, in sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.translate import prose

if TYPE_CHECKING:
    from analysis.act.ladder import Ladder, Rung
    from analysis.act.make import Power
    from analysis.act.notify.deliver import Try
    from analysis.translate import Translate


def answer(ladder: Ladder, t: Translate) -> list[str]:
    """Return the sentences above a ladder: how many can be written to, and what nobody knows.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.act.ladder import eligibility
    >>> from analysis.act.params import ListChoices
    >>> from analysis.act.people import people_of
    >>> from analysis.profiles.result import Profiles
    >>> from texts import translator
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abcd")}), (), date(2024, 1, 1))
    >>> found = eligibility(base, ["lost"] * 4, ListChoices(hold_out=0.25), people_of("abcd"), seed="May")
    >>> answer(found, translator("en"))[0]
    '3 of 4 customers are on the list; 1 more is held out, so that the effect can be told.'
    """
    n, sent, held = ladder.rungs[0].n, len(ladder.sent), len(ladder.held)
    if not sent:
        said = [t("act.answer_nobody", n=n)]
    elif held:
        said = [t("act.answer_held", n=n, sent=sent, held=held)]
    else:
        said = [t("act.answer", n=n, sent=sent)]
    if gone := int((ladder.reason == "gone").sum()):
        said.append(t("act.answer_gone", n=gone))
    if not ladder.knows_consent:
        said.append(t("act.consent_unknown"))
    if ladder.reach.is_guess:
        said.append(t("act.region_guess", region=ladder.reach.region))
    return said


def step_words(rung: Rung, ladder: Ladder, t: Translate) -> str:
    """Return what a step is called."""
    return t(f"act.step_{rung.step}", days=ladder.choices.quiet_days)


def why_words(rung: Rung, ladder: Ladder, t: Translate) -> str:
    """Return why customers fell out at a step, with their numbers; empty where none did."""
    facts = {
        "days": ladder.choices.quiet_days,
        "most": ladder.choices.most_contacts,
        "within": ladder.choices.within_days,
    }
    told = [t(f"act.why_{why}", n=n, **facts) for why, n in rung.gone.items()]
    return t("segments.between").join(told)


def try_words(one: Try, t: Translate) -> str:
    """Return what came back of a try to tell another system."""
    if one.code:
        return t("act.try_coded", status=str(one.status), code=str(one.code))
    return t(f"act.try_{one.why}", status=str(one.status))


def power_words(power: Power, t: Translate) -> str:
    """Return what a hold-out can show, said before anything is sent; and what showing the expected would take."""
    facts = {"held": power.n_held, "baseline": power.baseline}
    if not power.n_held:
        return t("act.power_none")
    said = [
        t("act.power_nothing", **facts) if power.effect is None else t("act.power", points=power.effect * 100, **facts)
    ]
    if power.is_too_small and power.rise is not None and power.needed is not None:
        share = power.n_held / (power.n_sent + power.n_held)
        held = round(power.needed * share)
        said.append(t("act.power_needed", points=power.rise * 100, needed=power.needed, held=held))
    return prose(said, t)
